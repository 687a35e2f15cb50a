"""The sides of hubs, found from the course of the track.

A train that leaves a hub on the side where it entered has to reverse. Which links lie on one
side can be seen on the course of the track near the hub: those that leave in nearly the same
direction do. Straight lines between towns do not show it, so that only links whose course is
stored are looked at.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

from netmodel.errors import UnknownNameError, nearest_names
from netmodel.network.railway import Network, great_circle_km

SAME_SIDE_DEGREES = 60.0
"""Links that leave a hub at this angle or less lie on the same side of it."""
OPPOSITE_DEGREES = 120.0
"""Links that leave a hub at this angle or more lie on opposite sides."""
LOOK_KM = 2.0
"""How far along its course a link is followed to see in which direction it leaves."""


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
            raise UnknownNameError(
                f"link at hub {hub}", link, nearest_names(link, network.links_at_hub[hub])
            )
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
