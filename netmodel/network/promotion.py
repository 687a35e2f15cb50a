"""A network in which stations that a document names are hubs, so that trains may turn there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from netmodel.errors import AmbiguousNameError, UnknownNameError
from netmodel.network.names import Names
from netmodel.network.railway import Hub, Link, Network, Station

MARGIN_KM = 0.01
"""A station keeps this distance from the ends of its link, so that no part has length zero."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Promotion:
    """A network with some of its stations as hubs.

    Parameters
    ----------
    parts
        Ids of the parts of each link that was divided, from its `from_hub` to its `to_hub`.

    Examples
    --------
    >>> import netmodel as nm
    >>> whole = Promotion(network=nm.built_in_network(), parts={"ab": ("ab#1", "ab#2")})
    >>> whole.expand(["ab", "cd"])
    ('ab#1', 'ab#2', 'cd')
    """

    network: Network
    parts: Mapping[str, tuple[str, ...]]

    def expand(self, links: Iterable[str]) -> tuple[str, ...]:
        """Return the ids of the parts of links; a link that is whole stands for itself."""
        return tuple(part for link in links for part in self.parts.get(link, (link,)))

    def at_hub(self, hub: str) -> tuple[str, ...]:
        """Return the ids of the links and parts that end at a hub."""
        return self.network.links_at_hub[hub]


def promote_stations(network: Network, names: Iterable[str]) -> Promotion:
    """Make hubs of the stations that carry the given names; names of hubs are passed over.

    Raises
    ------
    UnknownNameError
        If neither a hub nor a station carries a name.
    AmbiguousNameError
        If no hub and several stations carry it.

    Examples
    --------
    >>> from netmodel.network import Hub, Link, Network, Station
    >>> hubs = (Hub(id="a", name="A", lon=0, lat=0), Hub(id="b", name="B", lon=1, lat=0))
    >>> links = (Link(id="a--b", from_hub="a", to_hub="b", length_km=100.0),)
    >>> stations = (Station(name="M", link="a--b", km=30),)
    >>> promoted = promote_stations(Network(hubs=hubs, links=links, stations=stations), ["M"])
    >>> [(link.id, link.length_km) for link in promoted.network.links]
    [('a--b#1', 30.0), ('a--b#2', 70.0)]
    """
    spellings = Names(network)
    chosen: dict[str, list[Station]] = {}
    for name in dict.fromkeys(names):
        if spellings.find_hubs(name):
            continue
        station = _only_station(spellings, name)
        if station not in chosen.setdefault(station.link, []):
            chosen[station.link].append(station)
    hubs, links, stations = list(network.hubs), [], []
    parts: dict[str, tuple[str, ...]] = {}
    for link in network.links:
        if link.id not in chosen:
            links.append(link)
            continue
        stops = sorted(chosen[link.id], key=lambda each: each.km)
        hubs += [_hub_of(network, link, stop) for stop in stops]
        divided = _divide(link, stops)
        links += divided
        parts[link.id] = tuple(part.id for part in divided)
    stations = [each for each in network.stations if each.link not in chosen]
    geometry = {link: line for link, line in network.geometry.items() if link not in chosen}
    promoted = replace(
        network, hubs=tuple(hubs), links=tuple(links), stations=tuple(stations), geometry=geometry
    )
    return Promotion(network=promoted, parts=parts)


def _only_station(spellings: Names, name: str) -> Station:
    stations = spellings.find_stations(name)
    if not stations:
        raise UnknownNameError("hub or station", name, spellings.suggest(name))
    if len(stations) > 1:
        raise AmbiguousNameError(
            "station", name, [f"{each.name} on {each.link}" for each in stations]
        )
    return stations[0]


def _hub_of(network: Network, link: Link, station: Station) -> Hub:
    start, end = network.hub(link.from_hub), network.hub(link.to_hub)
    share = min(station.km / link.length_km, 1.0)
    return Hub(
        id=_station_id(station),
        name=station.name,
        lon=start.lon + share * (end.lon - start.lon),
        lat=start.lat + share * (end.lat - start.lat),
        kind="station",
        aliases=station.aliases,
    )


def _station_id(station: Station) -> str:
    return f"{station.link}@{station.name}"


def _divide(link: Link, stops: list[Station]) -> list[Link]:
    """Return the parts of a link between its stations, each with its share of the minutes."""
    kms = [0.0]
    for number, stop in enumerate(stops):
        room = MARGIN_KM * (len(stops) - number)
        kms.append(min(max(stop.km, kms[-1] + MARGIN_KM), link.length_km - room))
    kms.append(link.length_km)
    ends = [link.from_hub, *(_station_id(stop) for stop in stops), link.to_hub]
    last = len(ends) - 2
    return [
        replace(
            link,
            id=f"{link.id}#{number + 1}",
            from_hub=ends[number],
            to_hub=ends[number + 1],
            length_km=kms[number + 1] - kms[number],
            minutes=None
            if link.minutes is None
            else link.minutes * (kms[number + 1] - kms[number]) / link.length_km,
            from_side=link.from_side if number == 0 else "",
            to_side=link.to_side if number == last else "",
        )
        for number in range(len(ends) - 1)
    ]
