"""From a place to links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from netmodel.errors import AmbiguousNameError, UnknownNameError
from netmodel.evidence.notes import Note, NoteValue
from netmodel.evidence.places import (
    HubPlace,
    LinksPlace,
    NearPlace,
    NoPlace,
    Place,
    RegionPlace,
    SectionPlace,
    StationPlace,
    TownPlace,
    note_place,
    read_place,
)
from netmodel.network.gazetteer import Town, find_town
from netmodel.network.names import Names
from netmodel.network.railway import Hub, Network, Station
from netmodel.routing.profiles import CLOSED, PASSENGER, LinkCosts, costs_from_minutes
from netmodel.routing.profiles import running_minutes as profile_minutes
from netmodel.routing.router import Router

RIVAL_COST_RATIO = 1.25
"""A way between two named places is a rival if it takes at most so many times the quickest."""
Ends = Mapping[str, tuple[int, float]]
"""Hubs by which a stop is left: cost and km from the stop to each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A way between two stops.

    Parameters
    ----------
    cost
        From stop to stop, in the units of the links' costs.
    path
        Ids of the links between the hubs nearest to the stops.
    links
        Those of the path, then the stops' own links.
    km
        Length of the way from stop to stop.
    """

    cost: int
    path: tuple[str, ...]
    hubs: tuple[str, ...]
    links: tuple[str, ...]
    km: float


def find_lines(
    network: Network, costs: LinkCosts, start: Hub | Station, end: Hub | Station
) -> tuple[Line, ...]:
    """Return the quickest line between two stops and then its rivals; empty where there is none.

    A station lies on its link, and costs its part of the link to either end. A rival avoids some
    link of the quickest line, or the hub where the links of two stations meet, and takes at most
    `RIVAL_COST_RATIO` times as long.

    Examples
    --------
    >>> from netmodel.network.railway import Link
    >>> from netmodel.routing.profiles import PASSENGER, costs_from_minutes, running_minutes
    >>> hubs = tuple(Hub(id=i, name=i.upper(), lon=n, lat=0) for n, i in enumerate("abc"))
    >>> links = (Link(id="ab", from_hub="a", to_hub="b", length_km=80),
    ...          Link(id="bc", from_hub="b", to_hub="c", length_km=80))
    >>> stops = Station(name="M", link="ab", km=70), Station(name="N", link="bc", km=20)
    >>> network = Network(hubs=hubs, links=links, stations=stops)
    >>> costs = costs_from_minutes(network, running_minutes(network, PASSENGER))
    >>> [(line.links, line.hubs, line.km) for line in find_lines(network, costs, *stops)]
    [(('ab', 'bc'), ('b',), 30)]
    """
    tails, heads = _ends_of(network, costs, start), _ends_of(network, costs, end)
    router = Router(network, list(dict.fromkeys([*tails, *heads])))
    own = [stop.link for stop in (start, end) if isinstance(stop, Station)]
    best = _quickest(router, costs, tails, heads, own)
    if best is None:
        return ()
    lines = {frozenset(best.links): best}
    for closed, without in _trials(best, own):
        other = _quickest(
            router, _close(network, costs, closed), _drop(tails, without), _drop(heads, without),
            own,
        )  # fmt: skip
        if other and other.cost <= RIVAL_COST_RATIO * best.cost:
            lines.setdefault(frozenset(other.links), other)
    return tuple(lines.values())


def _trials(best: Line, own: list[str]) -> Iterator[tuple[list[str], str]]:
    """Yield links to close, and a hub to avoid, each of which takes the quickest line away."""
    for link in best.path:
        yield [link], ""
    if not best.path:
        yield own, best.hubs[0]


def _drop(ends: Ends, hub: str) -> Ends:
    return {each: costs for each, costs in ends.items() if each != hub}


def _close(network: Network, costs: LinkCosts, links: list[str]) -> LinkCosts:
    positions = [network.link_index[link] for link in links]
    forward, backward = costs.forward.copy(), costs.backward.copy()
    forward[positions] = backward[positions] = CLOSED
    return LinkCosts(forward, backward)


def _ends_of(network: Network, costs: LinkCosts, stop: Hub | Station) -> Ends:
    """Return the hubs by which a stop is left; a part of a line has no direction."""
    if isinstance(stop, Hub):
        return {stop.id: (0, 0.0)}
    link = network.link(stop.link)
    whole = int(costs.forward[network.link_index[link.id]])
    before = min(max(stop.km, 0.0), link.length_km)
    return {
        hub: (round(whole * km / link.length_km), km)
        for hub, km in ((link.from_hub, before), (link.to_hub, link.length_km - before))
    }


def _quickest(
    router: Router, costs: LinkCosts, tails: Ends, heads: Ends, own: list[str]
) -> Line | None:
    """Return the quickest line from one of the tails to one of the heads, if any is joined."""
    routes = router.solve(costs)
    position = {hub: number for number, hub in enumerate(router.terminals)}
    joined = [
        (tails[tail][0] + int(routes.cost[position[tail], position[head]]) + heads[head][0],
         tail, head)
        for tail in tails for head in heads
        if routes.connected[position[tail], position[head]]
    ]  # fmt: skip
    if not joined:
        return None
    cost, tail, head = min(joined, key=lambda each: each[0])
    ends = position[tail], position[head]
    network = router.network
    path = tuple(network.links[number].id for number, _ in routes.links_between(*ends))
    hubs = tuple(routes.hubs_between(*ends)) or (tail,)
    km = tails[tail][1] + heads[head][1] + sum(network.link(link).length_km for link in path)
    links = (*path, *(link for link in dict.fromkeys(own) if link not in path))
    return Line(cost=cost, path=path, hubs=hubs, links=links, km=km)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """Another reading of the same place."""

    links: tuple[str, ...]
    reason: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The links that a place means.

    Parameters
    ----------
    status
        ``certain``; ``ambiguous`` when several readings are left, which `rivals` lists;
        ``region`` when a region was named and no section of it, so that `candidates` may be
        meant; ``none`` when the place is not on the network.
    links
        Ids of the links meant; empty unless the status is ``certain``.
    candidates
        For ``region``: ids of the links that may be meant.
    distance_km
        For a point: its distance from the nearest link.
    """

    place: Place
    status: str
    links: tuple[str, ...] = ()
    rivals: tuple[Rival, ...] = ()
    candidates: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    distance_km: float | None = None


class Matcher:
    """Matches places to the links of one network.

    Examples
    --------
    >>> from netmodel.network.railway import Hub, Link
    >>> hubs = tuple(Hub(id=i, name=i.upper(), lon=n, lat=45) for n, i in enumerate("abc"))
    >>> links = (Link(id="ab", from_hub="a", to_hub="b", length_km=80),
    ...          Link(id="bc", from_hub="b", to_hub="c", length_km=80))
    >>> matcher = Matcher(Network(hubs=hubs, links=links))
    >>> matcher.match("A - C").links
    ('ab', 'bc')
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.names = Names(network)

    @cached_property
    def _costs(self) -> LinkCosts:
        return costs_from_minutes(self.network, profile_minutes(self.network, PASSENGER))

    def match(self, place: Place | str | Mapping[str, object]) -> Match:
        """Return the links that a place means.

        Parameters
        ----------
        place
            A place, a mapping as in a file of incidents, or a text such as ``"Kyiv - Lviv"``.

        Raises
        ------
        UnknownNameError
            If no hub, station, link or region carries a name of the place.
        InputError
            If it is no place.
        """
        return self._match(read_place(place))

    def _match(self, place: Place) -> Match:
        match place:
            case HubPlace():
                return self._match_hub(place)
            case StationPlace():
                return self._match_station(place)
            case SectionPlace():
                return self._match_section(place)
            case NearPlace():
                return self._match_near(place)
            case TownPlace():
                return self._match_town(place)
            case RegionPlace():
                return self._match_region(place)
            case LinksPlace():
                links = tuple(self.network.link(link).id for link in place.links)
                return Match(place=place, status="certain", links=links)
            case NoPlace():
                return Match(place=place, status="none", notes=(note_place(place),))

    def _match_hub(self, place: HubPlace) -> Match:
        found = self.names.find_hubs(place.hub)
        if not found:
            if self.names.find_stations(place.hub):
                return self._match_station(StationPlace(station=place.hub), shown=place)
            raise UnknownNameError("hub", place.hub, self.names.suggest(place.hub))
        if len(found) > 1:
            rivals = [
                Rival(
                    links=self.network.links_at_hub[hub.id],
                    reason=Note("rival_hub", {"name": hub.name, "id": hub.id}),
                )
                for hub in found
            ]
            return _ambiguous(place, rivals, Note("several_hubs"))
        return Match(place=place, status="certain", links=self.network.links_at_hub[found[0].id])

    def _match_station(self, place: StationPlace, *, shown: Place | None = None) -> Match:
        stations = self.names.find_stations(place.station)
        if not stations:
            if self.names.find_hubs(place.station):
                return self._match_hub(HubPlace(hub=place.station))
            raise UnknownNameError("station", place.station, self.names.suggest(place.station))
        links = tuple(dict.fromkeys(station.link for station in stations))
        if len(links) > 1:
            rivals = [
                Rival(links=(each.link,), reason=_note_station("rival_station", each))
                for each in stations
            ]
            return _ambiguous(shown or place, rivals, Note("several_stations"))
        note = _note_station("lies_at", stations[0])
        return Match(place=shown or place, status="certain", links=links, notes=(note,))

    def _match_section(self, place: SectionPlace) -> Match:
        stops = [self._stop(name) for name in place.between]
        links: list[str] = []
        notes: list[Note] = []
        rivals: list[Rival] = []
        for start, end in pairwise(stops):
            leg = self._match_leg(start, end)
            links += [link for link in leg.links if link not in links]
            notes += leg.notes
            rivals += leg.rivals
        if rivals:
            return _ambiguous(place, rivals, *notes)
        return Match(place=place, status="certain", links=tuple(links), notes=tuple(notes))

    def _stop(self, name: str) -> Hub | Station:
        """Return the one hub or station of a name; a hub outranks a station."""
        hubs = self.names.find_hubs(name)
        if len(hubs) > 1:
            raise AmbiguousNameError("hub", name, [hub.id for hub in hubs])
        if hubs:
            return hubs[0]
        stations = self.names.find_stations(name)
        if len(stations) > 1:
            rivals = [f"{station.name} on {station.link}" for station in stations]
            raise AmbiguousNameError("station", name, rivals)
        if not stations:
            raise UnknownNameError("hub or station", name, self.names.suggest(name))
        return stations[0]

    def _match_leg(self, start: Hub | Station, end: Hub | Station) -> Match:
        """Match the line between two neighbouring stops of a section."""
        place = SectionPlace(between=(start.name, end.name))
        shared = set(self._links_at(start)) & set(self._links_at(end))
        if shared:
            rivals = [
                Rival(
                    links=(link,),
                    reason=Note(
                        "rival_link", {"link": link, "km": self.network.link(link).length_km}
                    ),
                )
                for link in sorted(shared)
            ]
            if len(rivals) > 1:
                return _ambiguous(place, rivals, Note("parallel", {"names": place.between}))
            return Match(place=place, status="certain", links=tuple(shared))
        return self._match_path(place, start, end)

    def _links_at(self, stop: Hub | Station) -> tuple[str, ...]:
        if isinstance(stop, Station):
            return (stop.link,)
        return self.network.links_at_hub[stop.id]

    def _match_path(self, place: SectionPlace, start: Hub | Station, end: Hub | Station) -> Match:
        """Match the quickest line between two stops that no single link joins."""
        lines = find_lines(self.network, self._costs, start, end)
        if not lines:
            return Match(
                place=place, status="none", notes=(Note("no_line", {"names": place.between}),)
            )
        if len(lines) > 1:
            rivals = [Rival(links=line.links, reason=self._note_line(line)) for line in lines]
            return _ambiguous(place, rivals, Note("many_lines", {"names": place.between}))
        return Match(place=place, status="certain", links=lines[0].links)

    def _note_line(self, line: Line) -> Note:
        names = tuple(self.network.hub(hub).name for hub in line.hubs)
        return Note("rival_line", {"names": names, "km": round(line.km)})

    def _match_near(self, place: NearPlace) -> Match:
        """Match the links whose course passes within the distance of a point."""
        distances = self._distances_km(place.lon, place.lat)
        order = np.argsort(distances, kind="stable")
        within = [int(n) for n in order if distances[n] <= place.within_km]
        ids = [self.network.links[n].id for n in within]
        nearest = float(distances[order[0]]) if len(order) else None
        if not ids:
            notes = () if nearest is None else (Note("nearest", {"km": round(nearest, 1)}),)
            return Match(place=place, status="none", notes=notes, distance_km=nearest)
        if len(ids) > 1:
            rivals = [
                Rival(
                    links=(link,),
                    reason=Note("rival_near", {"link": link, "km": round(float(distances[n]), 1)}),
                )
                for n, link in zip(within, ids, strict=True)
            ]
            match = _ambiguous(place, rivals, Note("several_links"))
            return replace(match, distance_km=nearest)
        return Match(place=place, status="certain", links=tuple(ids), distance_km=nearest)

    def _match_town(self, place: TownPlace) -> Match:
        """Match the links near the town of a name; every town that carries it is a rival."""
        countries = sorted({hub.country for hub in self.network.hubs if hub.country})
        found = find_town(place.town, countries=countries)
        readings = []
        for town in (found.town, *found.rivals):
            near = NearPlace(lon=town.lon, lat=town.lat, within_km=place.within_km)
            match = self._match_near(near)
            if match.status != "none":
                readings.append((town, match))
        if not readings:
            note = Note("no_link_near", {"km": place.within_km, "town": found.town.name})
            return Match(place=place, status="none", notes=(note,))
        if len(readings) == 1:
            town, match = readings[0]
            return replace(
                match,
                place=place,
                notes=(_note_town("town", town, population=town.population), *match.notes),
            )
        rivals = [
            Rival(links=links, reason=_note_town("rival_town", town, links=links))
            for town, match in readings
            for links in [match.links or tuple(rival.links[0] for rival in match.rivals)]
        ]
        return _ambiguous(place, rivals, Note("several_towns", {"n": len(readings)}))

    def _distances_km(self, lon: float, lat: float) -> NDArray[np.float64]:
        """Return the distance of every link's course from a point, in a projection around it."""
        import shapely
        from pyproj import Transformer

        plane = f"+proj=aeqd +lat_0={lat} +lon_0={lon} +units=km +datum=WGS84"
        transform = Transformer.from_crs("EPSG:4326", plane, always_xy=True)
        lines = [self.network.line(link.id) for link in self.network.links]
        counts = np.array([len(line) for line in lines])
        flat = np.array([xy for line in lines for xy in line])
        x, y = transform.transform(flat[:, 0], flat[:, 1])
        courses = shapely.linestrings(
            np.column_stack([x, y]), indices=np.repeat(np.arange(len(lines)), counts)
        )
        return np.asarray(shapely.distance(courses, shapely.Point(0, 0)))

    def _match_region(self, place: RegionPlace) -> Match:
        region, hubs = self.names.hubs_in(place.region)
        inside = {hub.id for hub in hubs}
        links = tuple(
            link.id
            for link in self.network.links
            if link.from_hub in inside or link.to_hub in inside
        )
        if place.extent == "whole":
            both = tuple(
                link
                for link in links
                if {self.network.link(link).from_hub, self.network.link(link).to_hub} <= inside
            )
            return Match(
                place=place,
                status="certain",
                links=both,
                notes=(Note("all_of", {"region": region}),),
            )
        note = Note("no_section", {"region": region, "n": len(links)})
        return Match(place=place, status="region", candidates=links, notes=(note,))


def _note_station(code: str, station: Station) -> Note:
    return Note(code, {"name": station.name, "km": station.km, "link": station.link})


def _note_town(code: str, town: Town, **values: NoteValue) -> Note:
    point = {"lat": round(town.lat, 2), "lon": round(town.lon, 2)}
    return Note(code, {"name": town.name, "country": town.country, **point, **values})


def _ambiguous(place: Place, rivals: Sequence[Rival], *notes: Note) -> Match:
    return Match(place=place, status="ambiguous", rivals=tuple(rivals), notes=notes)
