"""The rules by which a network is checked, one function each, and what they find."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from netmodel.network.names import normalise_name
from netmodel.network.railway import EARTH_RADIUS_KM, Hub, Network

DEAD_END_KINDS = frozenset({"terminus", "end", "border", "port", "industrial", "depot"})
"""Kinds of hubs at which a line may end."""
SLACK_KM = 1.5
"""Coordinates of two decimals may lie 0.7 km off at either end."""
SHORT_SHARE, LONG_SHARE, LONG_KM = 0.99, 1.6, 8.0
COURSE_SHARE, COURSE_KM = 0.15, 3.0
MANY_LINKS = 9
SLOW_KMH, FAST_KMH = 8.0, 250.0
ONE_PLACE_KM = 0.3
OFF_HUB_KM = 3.0
_SHOWN = 6
_WANTED_OF_HUBS = {"country": "country", "kind": "kind"}
_WANTED_OF_LINKS = {
    "tracks": "tracks", "electrified": "electrified", "gauge_mm": "gauges_mm",
    "length_basis": "length_basis",
}  # fmt: skip
"""The columns that should be filled, each with the field that holds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that may be wrong.

    Parameters
    ----------
    id
        The hub, link or attribute that it is about; what an accepted exception names.
    accepted
        Why it is accepted; empty while it is not.

    Examples
    --------
    >>> print(Finding(rule="dead_end", id="a", what="one link ends here", remedy="accept it"))
    dead_end a: one link ends here; accept it
    """

    rule: str
    id: str
    what: str
    remedy: str
    accepted: str = ""

    def __str__(self) -> str:
        return f"{self.rule} {self.id}: {self.what}; {self.remedy}"


def find_components(network: Network) -> Iterator[Finding]:
    """Find all components but the largest."""
    label = component_labels(network)
    if not len(label):
        return
    sizes = np.bincount(label)
    main = int(sizes.argmax())
    for number in np.flatnonzero(np.arange(len(sizes)) != main).tolist():
        members = [network.hubs[n] for n in np.flatnonzero(label == number)]
        what = f"{len(members)} hubs are cut off from the main component: {_names(members)}"
        remedy = "add the link that is missing, or accept it"
        yield Finding(rule="component", id=members[0].id, what=what, remedy=remedy)


def component_labels(network: Network) -> np.ndarray:
    """Return the number of the component of each hub, shape ``(hubs,)``."""
    parent = list(range(len(network.hubs)))

    def root(hub: int) -> int:
        while parent[hub] != hub:
            parent[hub] = parent[parent[hub]]
            hub = parent[hub]
        return hub

    for tail, head in network.link_ends.tolist():
        parent[root(tail)] = root(head)
    roots = np.array([root(hub) for hub in range(len(parent))], dtype=np.int64)
    return np.unique(roots, return_inverse=True)[1].reshape(-1) if len(roots) else roots


def find_isolated(network: Network) -> Iterator[Finding]:
    """Find hubs without a link."""
    for hub in network.hubs:
        if not network.links_at_hub[hub.id]:
            yield Finding(rule="isolated_hub", id=hub.id, what=f"{hub.name} has no link",
                          remedy="add its links, or remove it")  # fmt: skip


def find_single_links(network: Network) -> Iterator[Finding]:
    """Find links that alone join two regions: often another line between them is missing."""
    regions = {hub.id: hub.region or hub.country for hub in network.hubs}
    across = [
        link for link in network.links
        if regions[link.from_hub] and regions[link.to_hub]
        and regions[link.from_hub] != regions[link.to_hub]
    ]  # fmt: skip
    if not across:
        return
    alone = bridge_links(network)
    for link in across:
        if network.link_index[link.id] in alone:
            pair = f"{regions[link.from_hub]} and {regions[link.to_hub]}"
            what = f"is the only line on which a part of the network hangs, between {pair}"
            remedy = "check that no neighbouring line is missing, or accept it"
            yield Finding(rule="bridge_between_regions", id=link.id, what=what, remedy=remedy)


def bridge_links(network: Network) -> frozenset[int]:
    """Return the positions of the links without which a component falls apart.

    Depth first, with the lowest place reached again (Tarjan 1974, 10.1016/0020-0190(74)90003-9);
    parallel links are never bridges.
    """
    at: list[list[tuple[int, int]]] = [[] for _ in network.hubs]
    for number, (tail, head) in enumerate(network.link_ends.tolist()):
        at[tail].append((number, head))
        at[head].append((number, tail))
    order = [-1] * len(at)
    low = [0] * len(at)
    found = set()
    clock = 0
    for start in range(len(at)):
        if order[start] >= 0:
            continue
        order[start] = low[start] = clock
        clock += 1
        stack = [(start, -1, iter(at[start]))]
        while stack:
            hub, came_by, onward = stack[-1]
            step = next(onward, None)
            if step is None:
                stack.pop()
                if stack:
                    before = stack[-1][0]
                    low[before] = min(low[before], low[hub])
                    if low[hub] > order[before]:
                        found.add(came_by)
                continue
            link, other = step
            if link == came_by:
                continue
            if order[other] >= 0:
                low[hub] = min(low[hub], order[other])
                continue
            order[other] = low[other] = clock
            clock += 1
            stack.append((other, link, iter(at[other])))
    return frozenset(found)


def find_dead_ends(network: Network) -> Iterator[Finding]:
    """Find hubs of one link that are not said to be an end."""
    for hub in network.hubs:
        if len(network.links_at_hub[hub.id]) == 1 and hub.kind not in DEAD_END_KINDS:
            what = f"{hub.name} has one link, and its kind is {hub.kind or 'not given'}"
            remedy = "add the line onward, or give it the kind terminus, border or end"
            yield Finding(rule="dead_end", id=hub.id, what=what, remedy=remedy)


def find_short_lengths(network: Network) -> Iterator[Finding]:
    """Find links shorter than the great circle between their ends."""
    for number, straight in enumerate(great_circles_km(network).tolist()):
        link = network.links[number]
        if link.length_km < SHORT_SHARE * straight - SLACK_KM:
            what = f"length_km (={link.length_km:g}) is less than the {straight:.1f} km straight"
            remedy = "correct the length or the coordinates of its hubs"
            yield Finding(rule="length_below_great_circle", id=link.id, what=what, remedy=remedy)


def find_long_lengths(network: Network) -> Iterator[Finding]:
    """Find links far longer than the great circle and than their course."""
    for number, straight in enumerate(great_circles_km(network).tolist()):
        link = network.links[number]
        if link.id in network.geometry:
            continue
        if link.length_km > max(LONG_SHARE * straight, straight + LONG_KM):
            what = f"length_km (={link.length_km:g}) is far over the {straight:.1f} km straight"
            remedy = "correct it, or accept a winding line"
            yield Finding(rule="length_over_great_circle", id=link.id, what=what, remedy=remedy)


def great_circles_km(network: Network) -> np.ndarray:
    """Return the great-circle distance between the ends of each link, km."""
    place = np.radians(np.array([(hub.lon, hub.lat) for hub in network.hubs]).reshape(-1, 2))
    return _haversine_km(place[network.link_ends[:, 0]], place[network.link_ends[:, 1]])


def _haversine_km(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    half = np.sin((end[:, 1] - start[:, 1]) / 2) ** 2
    half += np.cos(start[:, 1]) * np.cos(end[:, 1]) * np.sin((end[:, 0] - start[:, 0]) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(half)))


def find_off_courses(network: Network) -> Iterator[Finding]:
    """Find links whose drawn course has another length, or begins away from its hubs."""
    for link_id, line in network.geometry.items():
        link = network.link(link_id)
        course = np.radians(np.array(line).reshape(-1, 2))
        drawn = float(_haversine_km(course[:-1], course[1:]).sum())
        if abs(drawn - link.length_km) > max(COURSE_SHARE * link.length_km, COURSE_KM):
            what = f"length_km (={link.length_km:g}) is not that of its course, {drawn:.1f} km"
            remedy = "correct the one that is wrong"
            yield Finding(rule="length_off_course", id=link_id, what=what, remedy=remedy)
        for end, hub_id in ((course[:1], link.from_hub), (course[-1:], link.to_hub)):
            hub = network.hub(hub_id)
            away = _haversine_km(end, np.radians([[hub.lon, hub.lat]]))
            if len(away) and away[0] > OFF_HUB_KM:
                what = f"its course ends {away[0]:.1f} km from {hub.name}"
                remedy = "draw it from its from hub to its to hub"
                yield Finding(rule="course_off_hub", id=link_id, what=what, remedy=remedy)


def find_degrees(network: Network) -> Iterator[Finding]:
    """Find hubs of unusually many links."""
    for hub in network.hubs:
        count = len(network.links_at_hub[hub.id])
        if count >= MANY_LINKS:
            what = f"{hub.name} has {count} links"
            remedy = "see that none is there twice, or accept a great junction"
            yield Finding(rule="unusual_degree", id=hub.id, what=what, remedy=remedy)


def find_duplicate_names(network: Network) -> Iterator[Finding]:
    """Find hubs that share a name or an alias, so that a document's place is ambiguous."""
    carriers: dict[str, list[Hub]] = {}
    for hub in network.hubs:
        for name in {normalise_name(each) for each in (hub.name, *hub.aliases)}:
            carriers.setdefault(name, []).append(hub)
    named = set()
    for name, hubs in carriers.items():
        key = tuple(sorted(hub.id for hub in hubs))
        if len(hubs) > 1 and key not in named:
            named.add(key)
            what = f"the name {name!r} is carried by {_names(hubs)}"
            remedy = "remove the alias from all but one, or make the names different"
            yield Finding(rule="duplicate_name", id=key[0], what=what, remedy=remedy)


def find_duplicate_stations(network: Network) -> Iterator[Finding]:
    """Find stations twice on one link, or on several links under one name."""
    carriers: dict[str, list[str]] = {}
    for station in network.stations:
        carriers.setdefault(normalise_name(station.name), []).append(station.link)
    for name, links in carriers.items():
        if len(links) > 1:
            what = f"the station {name!r} is on {', '.join(sorted(links)[:_SHOWN])}"
            remedy = "make the names different with an addition, or accept them"
            yield Finding(rule="duplicate_station", id=name, what=what, remedy=remedy)


def find_one_place(network: Network) -> Iterator[Finding]:
    """Find hubs of different names at one place that no link of their own joins."""
    if len(network.hubs) < 2:
        return
    from scipy.spatial import cKDTree

    radians = np.radians(np.array([(hub.lon, hub.lat) for hub in network.hubs]))
    cos_lat = np.cos(radians[:, 1])
    sphere = EARTH_RADIUS_KM * np.column_stack(
        [cos_lat * np.cos(radians[:, 0]), cos_lat * np.sin(radians[:, 0]), np.sin(radians[:, 1])]
    )
    joined = {frozenset(pair) for pair in network.link_ends.tolist()}
    for first, second in sorted(cKDTree(sphere).query_pairs(ONE_PLACE_KM)):
        if {first, second} in joined:
            continue
        one, other = network.hubs[first], network.hubs[second]
        what = f"{one.name} and {other.name} ({other.id}) lie within {ONE_PLACE_KM:g} km"
        remedy = "make them one hub, or give them their own coordinates"
        yield Finding(rule="hubs_at_one_place", id=one.id, what=what, remedy=remedy)


def find_duplicate_links(network: Network) -> Iterator[Finding]:
    """Find parallel links of the same length, class and gauge: one may be there twice."""
    seen: dict[tuple[frozenset[str], float, str, tuple[int, ...]], str] = {}
    for link in network.links:
        ends = frozenset({link.from_hub, link.to_hub})
        key = (ends, link.length_km, link.line_class, link.gauges_mm)
        if key in seen:
            what = f"has the ends, length, class and gauge of {seen[key]}"
            remedy = "remove one, or give the tracks as an attribute"
            yield Finding(rule="duplicate_link", id=link.id, what=what, remedy=remedy)
        seen.setdefault(key, link.id)


def find_speeds(network: Network) -> Iterator[Finding]:
    """Find links whose minutes mean a speed that no train has."""
    for link in network.links:
        if link.minutes is None:
            continue
        speed = 60 * link.length_km / link.minutes
        if not SLOW_KMH <= speed <= FAST_KMH:
            what = f"minutes (={link.minutes:g}) for {link.length_km:g} km is {speed:.0f} km/h"
            remedy = "correct the minutes or the length"
            yield Finding(rule="implausible_speed", id=link.id, what=what, remedy=remedy)


def find_stray_stations(network: Network) -> Iterator[Finding]:
    """Find stations beyond the ends of their link."""
    for station in network.stations:
        length = network.link(station.link).length_km
        if not 0 <= station.km <= length:
            what = f"{station.name} is at km {station.km:g} of a link of {length:g} km"
            remedy = "correct the km, counted from the from hub"
            yield Finding(rule="station_off_link", id=station.link, what=what, remedy=remedy)


def find_missing(network: Network) -> Iterator[Finding]:
    """Find attributes that hubs or links lack, one finding an attribute."""
    for noun, rows, wanted in (
        ("hubs", network.hubs, _WANTED_OF_HUBS),
        ("links", network.links, _WANTED_OF_LINKS),
    ):
        for column, field in wanted.items():
            lacking = [row.id for row in rows if getattr(row, field) in (None, "", ())]
            if lacking:
                shown = ", ".join(lacking[:_SHOWN]) + (", …" if len(lacking) > _SHOWN else "")
                what = f"{len(lacking)} of {len(rows)} {noun} have none: {shown}"
                remedy = f"fill the column {column} of {noun}.csv, or accept what is not known"
                yield Finding(
                    rule="missing_attribute", id=f"{noun}.{column}", what=what, remedy=remedy
                )


def _names(hubs: list[Hub]) -> str:
    shown = ", ".join(f"{hub.name} ({hub.id})" for hub in hubs[:_SHOWN])
    return shown + (f" and {len(hubs) - _SHOWN} more" if len(hubs) > _SHOWN else "")


MISTAKES = frozenset(
    {"isolated_hub", "length_below_great_circle", "duplicate_link", "implausible_speed",
     "station_off_link"}
)  # fmt: skip
"""Rules by which what is found is nearly always wrong; what others find may well be so."""
RULES: Mapping[str, Callable[[Network], Iterator[Finding]]] = MappingProxyType(
    {
        "component": find_components,
        "isolated_hub": find_isolated,
        "bridge_between_regions": find_single_links,
        "dead_end": find_dead_ends,
        "length_below_great_circle": find_short_lengths,
        "length_over_great_circle": find_long_lengths,
        "length_off_course": find_off_courses,
        "unusual_degree": find_degrees,
        "duplicate_name": find_duplicate_names,
        "duplicate_station": find_duplicate_stations,
        "duplicate_link": find_duplicate_links,
        "hubs_at_one_place": find_one_place,
        "implausible_speed": find_speeds,
        "station_off_link": find_stray_stations,
        "missing_attribute": find_missing,
    }
)
