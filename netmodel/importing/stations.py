"""Stations placed on the tracks.

An area grows along the track, never across it, so that tracks which only cross are not joined.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netmodel.importing.source import SourcePoint
from netmodel.importing.tracks import FloatArray, IntArray, Tracks, split_pieces, to_plane
from netmodel.network.account import DROPPED, Entry
from netmodel.network.names import normalise_name

_SAME_STATION_M = 1000.0
_ABREAST_M = 8.0
_WIDEST_M = 250.0
_ON_TRACK_M = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StationSite:
    """A station with the nodes at which tracks pass it.

    Parameters
    ----------
    features
        The points of the source that are this station.
    nodes
        A node of every track abreast of its middle; the first is the nearest to it.
    stop_nodes
        The nodes at its stops, which may lie far along a platform.
    """

    name: str
    aliases: tuple[str, ...]
    lon: float
    lat: float
    features: tuple[str, ...]
    nodes: tuple[int, ...]
    stop_nodes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Group:
    """Points of one name, near each other and on one component."""

    points: tuple[int, ...]
    middle: FloatArray
    reach_m: float
    component: int


def place_stations(
    tracks: Tracks, points: Sequence[SourcePoint], reach_m: float
) -> tuple[Tracks, tuple[StationSite, ...], tuple[Entry, ...]]:
    """Find the tracks at each station and split them abreast of it.

    Points of one name within 1 km of each other, on tracks that are connected, are one station.

    Parameters
    ----------
    reach_m
        How far a point may lie from the nearest track.

    Returns
    -------
    Tracks
        Split at the stations.
    places
        The stations, in the order of the points.
    entries
        The points that are not stations of these tracks, and why.
    """
    import shapely

    if not points or not len(tracks.tail):
        reason = f"no track within {reach_m:g} m"
        return tracks, (), tuple(_dropped(point, reason) for point in points)
    courses = tracks.courses()
    tree = shapely.STRtree(courses)
    xy = to_plane(tracks.plane, np.array([(point.lon, point.lat) for point in points]))
    dots = shapely.points(xy)
    nearest = np.asarray(tree.nearest(dots), dtype=np.int64)
    distance = shapely.distance(dots, courses[nearest])
    nearest = _of_main_component(tracks, tree, courses, dots, nearest, distance)
    entries, usable = [], []
    for number, point in enumerate(points):
        reason = _reason_off_track(point, float(distance[number]), reach_m)
        if reason:
            entries.append(_dropped(point, reason))
        else:
            usable.append(number)
    groups = _group(points, usable, xy, tracks.component[tracks.tail[nearest]], distance)
    tracks, places = _split_abreast(tracks, points, groups, tree, courses, dots, nearest)
    return tracks, places, tuple(entries)


def _dropped(point: SourcePoint, reason: str) -> Entry:
    return Entry(feature=point.feature, disposition=DROPPED, reason=reason)


def _reason_off_track(point: SourcePoint, distance_m: float, reach_m: float) -> str:
    if point.other_mode and distance_m > _ON_TRACK_M:
        return f"{point.other_mode}, and not on a track that is read"
    return f"no track within {reach_m:g} m" if distance_m > reach_m else ""


def _of_main_component(
    tracks: Tracks,
    tree: object,
    courses: NDArray[np.object_],
    dots: NDArray[np.object_],
    nearest: IntArray,
    distance: FloatArray,
) -> IntArray:
    """Return the nearest piece of each point; off the track, of the longest component near."""
    import shapely

    chosen = nearest.copy()
    weight = np.bincount(
        tracks.component[tracks.tail], weights=tracks.length_m, minlength=tracks.nodes
    )
    off = np.flatnonzero(distance > _ON_TRACK_M)
    for number in off.tolist():
        near = tree.query(  # type: ignore[attr-defined]
            dots[number], predicate="dwithin", distance=float(distance[number]) + _ABREAST_M
        )
        worth = weight[tracks.component[tracks.tail[near]]]
        rival = near[worth == worth.max(initial=0.0)]
        if len(rival):
            gaps = shapely.distance(dots[number], courses[rival])
            chosen[number] = rival[int(np.argmin(gaps))]
    return chosen


def _group(
    points: Sequence[SourcePoint],
    usable: Sequence[int],
    xy: FloatArray,
    component: IntArray,
    distance: FloatArray,
) -> list[_Group]:
    """Return the points as groups of one name, component and neighbourhood."""
    by_name: dict[tuple[str, int], list[int]] = {}
    for number in usable:
        key = (normalise_name(points[number].name), int(component[number]))
        by_name.setdefault(key, []).append(number)
    groups = []
    for (_, part), members in by_name.items():
        for near in _neighbourhoods(members, xy):
            place = xy[near]
            middle = place.mean(axis=0)
            spread = np.sqrt(np.linalg.eigvalsh(np.cov(place.T))[0]) if len(near) > 2 else 0.0
            reach = float(distance[near].min()) + _ABREAST_M + 2 * float(np.nan_to_num(spread))
            reach = min(reach, max(_WIDEST_M, float(distance[near].min()) + _ABREAST_M))
            groups.append(_Group(tuple(near), middle, reach, part))
    return sorted(groups, key=lambda group: group.points[0])


def _neighbourhoods(members: list[int], xy: FloatArray) -> Iterable[list[int]]:
    """Yield the members in runs whose neighbours are within 1 km."""
    left = list(members)
    while left:
        run = [left.pop(0)]
        for each in run:
            near = [x for x in left if np.hypot(*(xy[x] - xy[each])) <= _SAME_STATION_M]
            run += near
            left = [x for x in left if x not in near]
        yield sorted(run)


def _split_abreast(
    tracks: Tracks,
    points: Sequence[SourcePoint],
    groups: Sequence[_Group],
    tree: object,
    courses: NDArray[np.object_],
    dots: NDArray[np.object_],
    nearest: IntArray,
) -> tuple[Tracks, tuple[StationSite, ...]]:
    import shapely

    pieces: list[int] = []
    at_m: list[float] = []
    spans: list[tuple[int, int, int]] = []
    for group in groups:
        dot = shapely.points(group.middle)
        near = tree.query(dot, predicate="dwithin", distance=group.reach_m)  # type: ignore[attr-defined]
        near = near[tracks.component[tracks.tail[near]] == group.component]
        gaps = shapely.distance(dot, courses[near])
        near = near[np.lexsort((near, gaps))]
        begin = len(pieces)
        pieces += near.tolist()
        at_m += shapely.line_locate_point(courses[near], dot).tolist()
        stops = list(group.points)
        spans.append((begin, len(pieces), len(pieces) + len(stops)))
        pieces += nearest[stops].tolist()
        at_m += shapely.line_locate_point(courses[nearest[stops]], dots[stops]).tolist()
    tracks, nodes = split_pieces(tracks, np.array(pieces, dtype=np.int64), np.array(at_m))
    places = []
    for group, (begin, middle, end) in zip(groups, spans, strict=True):
        stop_nodes = tuple(dict.fromkeys(nodes[middle:end].tolist()))
        abreast = tuple(dict.fromkeys(nodes[begin:middle].tolist())) or stop_nodes
        places.append(_to_place(tracks, points, group, abreast, stop_nodes))
    return tracks, tuple(places)


def _to_place(
    tracks: Tracks,
    points: Sequence[SourcePoint],
    group: _Group,
    nodes: tuple[int, ...],
    stop_nodes: tuple[int, ...],
) -> StationSite:
    members = [points[number] for number in group.points]
    name = Counter(each.name for each in members).most_common(1)[0][0]
    spellings = [each for point in members for each in (point.name, *point.aliases)]
    lon, lat = tracks.node_lonlat[nodes[0]]
    return StationSite(
        name=name,
        aliases=tuple(dict.fromkeys(each for each in spellings if each != name)),
        lon=float(lon),
        lat=float(lat),
        features=tuple(point.feature for point in members),
        nodes=nodes,
        stop_nodes=stop_nodes,
    )
