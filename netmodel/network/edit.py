"""A network changed: sides given to its hubs, stations made hubs.

A train that leaves a hub on the side where it entered has to reverse. Which links lie on one
side can be seen on the course of the track near the hub: those that leave in nearly the same
direction do. Straight lines between towns do not show it, so that only links whose course is
stored are looked at.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import AmbiguousNameError, UnknownNameError
from netmodel.network.aliases import keep_aliases
from netmodel.network.names import Names
from netmodel.network.railway import Hub, Link, Network, Station, great_circle_km

SAME_SIDE_DEGREES = 60.0
"""Links that leave a hub at this angle or less lie on the same side of it."""
OPPOSITE_DEGREES = 120.0
"""Links that leave a hub at this angle or more lie on opposite sides."""
LOOK_KM = 2.0
"""How far along its course a link is followed to see in which direction it leaves."""


@refuse_wrong_kinds
def assign_sides(network: Network, *, curves: Iterable[tuple[str, str]] = ()) -> Network:
    """Return a network in which the side of each link end is filled, where the angles show it.

    The two links that leave a hub most nearly in opposite directions make its sides A and B;
    every other link takes the side of the one that it leaves next to. Where all links leave
    in one direction, the hub is a terminus: all are on side A. A link in between gets no side,
    nor does a link without a stored course; movements over such links are free. Sides that are
    known already are kept.

    Parameters
    ----------
    curves
        Hub and link ids: a connecting curve lets trains run on to this link without reversal
        from every other, so that its end there gets no side.

    Raises
    ------
    UnknownNameError
        If a hub or link of `curves` is not in the network.

    Examples
    --------
    >>> from netmodel.network import Hub, Link
    >>> hubs = tuple(Hub(id=i, name=i, lon=x, lat=y) for i, x, y in
    ...              [("west", 29, 48), ("junction", 30, 48), ("east", 31, 48), ("spur", 31, 48.1)])
    >>> links = tuple(Link(id=end, from_hub="junction", to_hub=end, length_km=80)
    ...               for end in ("west", "east", "spur"))
    >>> lines = {end: ((30, 48), (x, y)) for end, x, y in
    ...          [("west", 29, 48), ("east", 31, 48), ("spur", 31, 48.1)]}
    >>> sided = assign_sides(Network(hubs=hubs, links=links, geometry=lines))
    >>> [link.from_side for link in sided.links]
    ['A', 'B', 'B']
    """
    free = set(curves)
    for hub, link in sorted(free):
        network.hub(hub)
        if link not in network.links_at_hub[hub]:
            raise UnknownNameError.among(f"link at hub {hub}", link, network.links_at_hub[hub])
    sides: dict[tuple[str, str], str] = {}
    for hub, links in network.links_at_hub.items():
        bearings = {
            link: bearing
            for link in links
            if (bearing := _bearing(network, link, hub)) is not None and (hub, link) not in free
        }
        for link, side in _split(bearings).items():
            sides[hub, link] = side
    return replace(
        network,
        links=tuple(
            replace(
                link,
                from_side=link.from_side or sides.get((link.from_hub, link.id), ""),
                to_side=link.to_side or sides.get((link.to_hub, link.id), ""),
            )
            for link in network.links
        ),
    )


def _bearing(network: Network, link_id: str, hub_id: str) -> float | None:
    """Return the direction in which a link leaves a hub, degrees from north."""
    course = network.geometry.get(link_id, ())
    if len(course) < 2:
        return None
    if network.link(link_id).to_hub == hub_id:
        course = course[::-1]
    lon, lat = course[0]
    ahead = course[-1]
    for point in course[1:]:
        if great_circle_km(lon, lat, *point) >= LOOK_KM:
            ahead = point
            break
    east = (ahead[0] - lon) * math.cos(math.radians(lat))
    north = ahead[1] - lat
    if east == north == 0:
        return None
    return math.degrees(math.atan2(east, north))


def _angle(one: float, other: float) -> float:
    apart = abs(one - other) % 360.0
    return min(apart, 360.0 - apart)


def _split(bearings: Mapping[str, float]) -> dict[str, str]:
    """Return the sides of the links of one hub; links whose side is unclear are left out."""
    links = list(bearings)
    if len(links) < 2:
        return {}
    angles = {
        (one, other): _angle(bearings[one], bearings[other])
        for place, one in enumerate(links)
        for other in links[place + 1 :]
    }
    first, second = max(angles, key=lambda pair: angles[pair])
    widest = angles[first, second]
    if widest <= SAME_SIDE_DEGREES:
        return dict.fromkeys(links, "A")
    if widest < OPPOSITE_DEGREES:
        return {}
    sides = {}
    for link in links:
        near_first = _angle(bearings[link], bearings[first]) <= SAME_SIDE_DEGREES
        near_second = _angle(bearings[link], bearings[second]) <= SAME_SIDE_DEGREES
        if near_first != near_second:
            sides[link] = "A" if near_first else "B"
    return sides


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


@refuse_wrong_kinds
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
        network, hubs=tuple(hubs), links=tuple(links), stations=tuple(stations),
        geometry=geometry, aliases=keep_aliases(network.aliases, hubs, links, stations),
    )  # fmt: skip
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
