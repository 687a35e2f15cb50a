"""Hub, Link, Station and Network: frozen values that describe a railway."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, UnknownNameError, nearest_names, shown
from netmodel.forms import make_form, make_of
from netmodel.network.about import About
from netmodel.network.aliases import Alias, find_alias_mistakes
from netmodel.network.field_checks import (
    FieldChecks,
    Refuse,
    Rule,
    check_truth,
    find_mistakes,
    further_rule,
    members_rule,
    number_rule,
    text_rule,
    texts_rule,
    whole_rule,
    wholes_rule,
)

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    from netmodel.network.rows import NetworkFrames


LINE_CLASSES = ("main", "secondary", "branch", "industrial", "connector", "road")
LENGTH_BASES = ("measured", "tariff", "timetable", "estimated")
DIRECTIONS = ("both", "forward")
SIDES = ("", "A", "B")
HUB_COLUMNS = (
    "id", "name", "lon", "lat", "country", "region", "kind", "population", "aliases", "source",
)  # fmt: skip
LINK_COLUMNS = (
    "id", "from", "to", "length_km", "minutes", "line_class", "tracks", "electrified",
    "gauge_mm", "capacity_trains_per_day", "direction", "length_basis", "source",
    "from_side", "to_side",
)  # fmt: skip
STATION_COLUMNS = ("name", "link", "km", "aliases")
MOST_KM = 20_000
"""Of a link: half way round the Earth."""
MOST_MINUTES = 100_000
"""Of a link; far longer ones would count as closed."""
EARTH_RADIUS_KM = 6371.0088
_DEGREES = "give degrees, EPSG:4326, longitude first"
_NEEDED, _FREE, _SIDE = text_rule(required=True), text_rule(), text_rule(known=SIDES)
_HUB_RULES = {
    "id": _NEEDED,
    "name": _NEEDED,
    "lon": number_rule(least=-180, most=180, remedy=_DEGREES),
    "lat": number_rule(least=-90, most=90, remedy=_DEGREES),
    "country": _FREE,
    "region": _FREE,
    "kind": _FREE,
    "source": _FREE,
    "population": whole_rule(),
    "aliases": texts_rule(separator=";"),
    "extra": further_rule(HUB_COLUMNS),
}
_LINK_RULES = {
    "id": _NEEDED,
    "from_hub": _NEEDED,
    "to_hub": _NEEDED,
    "length_km": number_rule(positive=True, most=MOST_KM),
    "minutes": number_rule(positive=True, most=MOST_MINUTES, optional=True),
    "line_class": text_rule(known=LINE_CLASSES),
    "tracks": whole_rule(),
    "electrified": check_truth,
    "gauges_mm": wholes_rule(least=1),
    "capacity_trains_per_day": number_rule(least=0, optional=True),
    "direction": text_rule(known=DIRECTIONS),
    "length_basis": text_rule(known=("", *LENGTH_BASES)),
    "source": _FREE,
    "from_side": _SIDE,
    "to_side": _SIDE,
    "extra": further_rule(LINK_COLUMNS),
}
_STATION_RULES = {
    "name": _NEEDED,
    "link": _NEEDED,
    "km": number_rule(),
    "aliases": texts_rule(separator=";"),
    "extra": further_rule(STATION_COLUMNS),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """A station or junction that is a node of the graph.

    Parameters
    ----------
    lon, lat
        Degrees, EPSG:4326; town-level in the built-in network.
    population
        Inhabitants of the town; ``None`` when not known.
    aliases
        Other spellings: Ukrainian, Russian, Latin.
    extra
        Further columns of ``hubs.csv``, kept as text; an empty one is left out.

    Raises
    ------
    InputError
        With every field of a wrong type, outside its range, or that files could not carry.

    Examples
    --------
    >>> hub = Hub(id="sevastopol", name="Sevastopol", lon=33.53, lat=44.6, kind="station")
    >>> hub.population is None
    True
    """

    id: str
    name: str
    lon: float
    lat: float
    country: str = ""
    region: str = ""
    kind: str = ""
    population: int | None = None
    aliases: tuple[str, ...] = ()
    source: str = ""
    extra: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        checks = FieldChecks(self, "hub")
        checks.check(_HUB_RULES)
        checks.finish()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A line section between two hubs; parallel links are allowed and kept.

    Parameters
    ----------
    from_hub, to_hub
        Ids of the hubs at its ends.
    length_km
        Length along the track, km, > 0 and at most 20,000.
    minutes
        Running time, > 0 and at most 100,000; ``None`` lets the profile compute it from the
        line class.
    line_class
        ``main``, ``secondary``, ``branch``, ``industrial``, ``connector``, or ``road`` for a
        replacement service.
    tracks, electrified, capacity_trains_per_day
        ``None`` when not known.
    gauges_mm
        The gauges that the link carries, each > 0; a train needs one of them. Empty when not
        known. In files it is the column ``gauge_mm``: ``1520``, or ``1435;1520``.
    direction
        ``both``, or ``forward`` for a link used from `from_hub` to `to_hub` only.
    length_basis
        ``measured``, ``tariff``, ``timetable`` or ``estimated``; empty when not stated.
    from_side, to_side
        The side (``A`` or ``B``) of the hub on which this end lies; empty when every movement
        through the hub is free, or the side is not known.
    extra
        Further columns of ``links.csv``, kept as text; an empty one is left out.

    Raises
    ------
    InputError
        With every field of a wrong type, outside its range, or that files could not carry, and
        for a link that joins a hub to itself.

    Examples
    --------
    >>> link = Link(id="ab", from_hub="a", to_hub="b", length_km=80, tracks=1)
    >>> link.line_class, link.direction, link.electrified
    ('main', 'both', None)
    """

    id: str
    from_hub: str
    to_hub: str
    length_km: float
    minutes: float | None = None
    line_class: str = "main"
    tracks: int | None = None
    electrified: bool | None = None
    gauges_mm: tuple[int, ...] = ()
    capacity_trains_per_day: float | None = None
    direction: str = "both"
    length_basis: str = ""
    source: str = ""
    from_side: str = ""
    to_side: str = ""
    extra: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        checks = FieldChecks(self, "link")
        checks.check(_LINK_RULES)
        if isinstance(self.from_hub, str) and self.from_hub == self.to_hub:
            checks.refuse("to_hub", f"joins hub {self.from_hub!r} to itself")
        checks.finish()


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A named place on a link, without a hub of its own.

    Parameters
    ----------
    km
        Kilometres from the link's `from_hub`.
    extra
        Further columns of ``stations.csv``, kept as text; an empty one is left out.

    Raises
    ------
    InputError
        With every field of a wrong type, or that files could not carry.

    Examples
    --------
    >>> hubs = Hub(id="a", name="A", lon=33, lat=45), Hub(id="b", name="B", lon=34, lat=45)
    >>> link = Link(id="ab", from_hub="a", to_hub="b", length_km=80)
    >>> halt = Station(name="Halt", link="ab", km=12.5)
    >>> Network(hubs=hubs, links=(link,), stations=(halt,)).stations_on_link["ab"][0].name
    'Halt'
    """

    name: str
    link: str
    km: float
    aliases: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        checks = FieldChecks(self, "station")
        checks.check(_STATION_RULES)
        checks.finish()


@dataclass(frozen=True, kw_only=True)
class Network:
    """An immutable railway: hubs, links and stations, in the order given.

    Parameters
    ----------
    geometry
        Optional course of a link: ``(lon, lat)`` points from its `from_hub` to its `to_hub`;
        a straight line where a link has none.
    aliases
        Words that texts use for its places, and those that only look like its names.
    about
        The zone of its times, who runs it and who published it, as far as it is known.

    Raises
    ------
    InputError
        With every duplicate id, unknown hub or link, course that is not a line on Earth, and
        alias that means nothing here.

    Examples
    --------
    >>> network = Network(
    ...     hubs=(Hub(id="a", name="A", lon=33, lat=45), Hub(id="b", name="B", lon=34, lat=45)),
    ...     links=(Link(id="a--b", from_hub="a", to_hub="b", length_km=80),),
    ... )
    >>> network
    <Network: 2 hubs, 1 link, 0 stations, 80 km>
    """

    hubs: tuple[Hub, ...]
    links: tuple[Link, ...]
    stations: tuple[Station, ...] = ()
    geometry: Mapping[str, tuple[tuple[float, float], ...]] = field(
        default_factory=dict, hash=False
    )
    name: str = ""
    aliases: tuple[Alias, ...] = ()
    about: About = field(default_factory=About)

    def __post_init__(self) -> None:
        checks = FieldChecks(self, "network")
        checks.check(_NETWORK_RULES)
        checks.finish()
        problems = [*find_mistakes(self), *find_alias_mistakes(self)]
        if problems:
            raise InputError(problems)
        if not all(isinstance(course, tuple) for course in self.geometry.values()):
            courses = {link: _as_course(line) for link, line in self.geometry.items()}
            object.__setattr__(self, "geometry", courses)

    @cached_property
    def hub_index(self) -> Mapping[str, int]:
        """Position of each hub id in `hubs`."""
        return {hub.id: number for number, hub in enumerate(self.hubs)}

    @cached_property
    def link_index(self) -> Mapping[str, int]:
        """Position of each link id in `links`."""
        return {link.id: number for number, link in enumerate(self.links)}

    @cached_property
    def link_ends(self) -> NDArray[np.int64]:
        """Positions of the hubs at the ends of each link, shape ``(links, 2)``."""
        index = self.hub_index
        flat = chain.from_iterable((index[x.from_hub], index[x.to_hub]) for x in self.links)
        ends = np.fromiter(flat, dtype=np.int64, count=2 * len(self.links)).reshape(-1, 2)
        ends.setflags(write=False)
        return ends

    @cached_property
    def length_km(self) -> NDArray[np.float64]:
        """Length of each link in km, shape ``(links,)``."""
        lengths = np.array([link.length_km for link in self.links], dtype=np.float64)
        lengths.setflags(write=False)
        return lengths

    @cached_property
    def is_one_way(self) -> NDArray[np.bool_]:
        """Whether each link is used from its `from_hub` to its `to_hub` only, ``(links,)``."""
        one_way = np.array([link.direction == "forward" for link in self.links], dtype=bool)
        one_way.setflags(write=False)
        return one_way

    @cached_property
    def links_at_hub(self) -> Mapping[str, tuple[str, ...]]:
        """Ids of the links that end at each hub."""
        found: dict[str, list[str]] = {hub.id: [] for hub in self.hubs}
        for link in self.links:
            found[link.from_hub].append(link.id)
            found[link.to_hub].append(link.id)
        return {hub: tuple(links) for hub, links in found.items()}

    @cached_property
    def stations_on_link(self) -> Mapping[str, tuple[Station, ...]]:
        """Stations of each link that has any, by km."""
        found: dict[str, list[Station]] = {}
        for station in sorted(self.stations, key=lambda each: each.km):
            found.setdefault(station.link, []).append(station)
        return {link: tuple(stations) for link, stations in found.items()}

    def hub(self, hub_id: str) -> Hub:
        """Return the hub of that id.

        Raises
        ------
        UnknownNameError
            If there is none, with the nearest ids.
        """
        number = self.hub_index.get(hub_id)
        if number is None:
            raise UnknownNameError("hub", hub_id, nearest_names(hub_id, self.hub_index))
        return self.hubs[number]

    def link(self, link_id: str) -> Link:
        """Return the link of that id.

        Raises
        ------
        UnknownNameError
            If there is none, with the nearest ids.
        """
        number = self.link_index.get(link_id)
        if number is None:
            raise UnknownNameError("link", link_id, nearest_names(link_id, self.link_index))
        return self.links[number]

    def line(self, link_id: str) -> tuple[tuple[float, float], ...]:
        """Return the course of a link as ``(lon, lat)`` points, straight where none is stored."""
        stored = self.geometry.get(link_id)
        if stored:
            return stored
        link = self.link(link_id)
        ends = self.hub(link.from_hub), self.hub(link.to_hub)
        return tuple((hub.lon, hub.lat) for hub in ends)

    def position(self, station: Station) -> tuple[float, float]:
        """Return where a station lies along the course of its link: lon and lat.

        Examples
        --------
        >>> hubs = Hub(id="a", name="A", lon=0, lat=0), Hub(id="b", name="B", lon=1, lat=0)
        >>> halt = Station(name="Halt", link="ab", km=28)
        >>> link = Link(id="ab", from_hub="a", to_hub="b", length_km=112)
        >>> Network(hubs=hubs, links=(link,), stations=(halt,)).position(halt)
        (0.25, 0.0)
        """
        course = np.array(self.line(station.link), dtype=np.float64)
        steps = np.hypot(*(np.diff(course, axis=0) * [np.cos(np.radians(course[0, 1])), 1.0]).T)
        along = np.concatenate([[0.0], np.cumsum(steps)])
        share = min(max(station.km / self.link(station.link).length_km, 0.0), 1.0)
        lon, lat = (float(np.interp(share * along[-1], along, axis)) for axis in course.T)
        return lon, lat

    def with_links(self, links: Iterable[Link]) -> Network:
        """Return this network with further links, such as replacement services."""
        return replace(self, links=(*self.links, *links))

    def to_pandas(self) -> NetworkFrames:
        """Return ``hubs, links, stations``: tables with the columns of the CSV files, by name.

        `from_pandas` makes the network of them again.

        Examples
        --------
        >>> import netmodel as nm
        >>> tables = nm.built_in_network().to_pandas()
        >>> hubs, links, stations = tables
        >>> tables.hubs is hubs, hubs.loc["sevastopol", "name"]
        (True, 'Sevastopol')
        """
        made: NetworkFrames = make_form(self, "pandas")  # type: ignore[assignment]
        return made

    @classmethod
    @refuse_wrong_kinds
    def from_pandas(
        cls,
        hubs: pd.DataFrame,
        links: pd.DataFrame,
        stations: pd.DataFrame | None = None,
        *,
        geometry: Mapping[str, tuple[tuple[float, float], ...]] | None = None,
        name: str = "",
    ) -> Network:
        """Return the network of tables with the columns of the CSV files; `to_pandas` gives them.

        Parameters
        ----------
        hubs
            ``id, name, lon, lat`` and, where known, the other columns of ``hubs.csv``. The ids
            may be the index. What is missing (NaN, None, NA) is not known.
        links
            ``id, from, to, length_km`` and the other columns of ``links.csv``.
        stations
            ``name, link, km``; none by default. Further columns of all tables are kept as text.
        geometry, name
            As of a `Network`.

        Raises
        ------
        InputError
            With every mistake of all tables, by table and row; the first row is 1.

        Examples
        --------
        >>> import pandas as pd
        >>> hubs = pd.DataFrame({"id": ["a", "b"], "name": ["Aton", "Beton"], "lon": [10, 10.5],
        ...                      "lat": 50, "population": [20_000, None]})
        >>> links = pd.DataFrame({"id": ["ab"], "from": "a", "to": "b", "length_km": 38})
        >>> network = Network.from_pandas(hubs, links, name="small")
        >>> network, network.hub("a").population, network.hub("b").population
        (<Network 'small': 2 hubs, 1 link, 0 stations, 38 km>, 20000, None)
        """
        made: Network = make_of(  # type: ignore[assignment]
            cls, "pandas", hubs, links, stations, geometry=geometry, name=name
        )
        return made

    def to_networkx(self) -> nx.MultiGraph[str]:
        """Return a networkx MultiGraph: hub ids as nodes, link ids as edge keys.

        A link of direction ``forward`` keeps that as an attribute.

        Examples
        --------
        >>> hubs = (Hub(id="a", name="A", lon=0, lat=0), Hub(id="b", name="B", lon=1, lat=0))
        >>> links = tuple(Link(id=i, from_hub="a", to_hub="b", length_km=112) for i in ("1", "2"))
        >>> Network(hubs=hubs, links=links).to_networkx().number_of_edges("a", "b")
        2
        """
        made: nx.MultiGraph[str] = make_form(self, "networkx")  # type: ignore[assignment]
        return made

    def plot(self, ax: Axes | None = None, **options: object) -> Axes:
        """Draw the hubs and links on an axis of matplotlib; see `netmodel.plot`.

        Parameters
        ----------
        ax
            A new one where none is given.

        Returns
        -------
        Axes
            The axis, to be drawn on.
        """
        made: Axes = make_form(self, "plot", ax, **options)  # type: ignore[assignment]
        return made

    def __repr__(self) -> str:
        def count(number: int, noun: str) -> str:
            return f"{number:,} {noun}{'' if number == 1 else 's'}"

        title = f" {self.name!r}" if self.name else ""
        return (
            f"<Network{title}: {count(len(self.hubs), 'hub')}, {count(len(self.links), 'link')}, "
            f"{count(len(self.stations), 'station')}, {self.length_km.sum():,.0f} km>"
        )

    def _repr_html_(self) -> str:
        return str(make_form(self, "html"))


RULES: Mapping[type, Mapping[str, Rule]] = {
    Hub: _HUB_RULES,
    Link: _LINK_RULES,
    Station: _STATION_RULES,
}
"""What the fields of a part of a network must hold."""


def _check_about(value: Any, refuse: Refuse) -> Any:
    if not isinstance(value, About):
        refuse(f"{shown(value)} is no About", "give for example About(zone='Europe/Oslo')")
    return value


_NETWORK_RULES = {
    "hubs": members_rule(Hub),
    "links": members_rule(Link),
    "stations": members_rule(Station),
    "name": _FREE,
    "aliases": members_rule(Alias),
    "about": _check_about,
}


def _as_course(points: Iterable[Iterable[float]]) -> tuple[tuple[float, float], ...]:
    """Return the points of an array or of lists as a course."""
    return tuple((float(lon), float(lat)) for lon, lat in points)


def great_circle_km(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Return the great-circle distance in km on a sphere of 6371.0088 km (haversine).

    Examples
    --------
    >>> round(great_circle_km(34.10, 44.95, 33.53, 44.60), 1)
    59.5
    """
    return float(great_circles_km(lon1, lat1, lon2, lat2))


def great_circles_km(
    lon1: ArrayLike, lat1: ArrayLike, lon2: ArrayLike, lat2: ArrayLike
) -> NDArray[np.float64]:
    """Return great-circle distances in km, of arrays of degrees: see `great_circle_km`.

    Examples
    --------
    >>> great_circles_km([34.10, 0.0], [44.95, 0.0], 33.53, 44.60).round(1).tolist()
    [59.5, 5959.1]
    """
    phi1, phi2 = np.radians(lat1), np.radians(lat2)
    half = np.sin((phi2 - phi1) / 2) ** 2
    half = half + np.cos(phi1) * np.cos(phi2) * np.sin(np.radians(np.subtract(lon2, lon1)) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(half)), dtype=np.float64)
