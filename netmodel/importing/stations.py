"""Stations of a source made places, and the areas of track that are one hub.

An area grows along the track, never across it, so that tracks which only cross are not joined.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from netmodel.importing.source import SourcePoint
from netmodel.importing.tags import TrackFacts
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
    columns
        What its points say of it; several values of one column are joined by ``;``.
    """

    name: str
    aliases: tuple[str, ...]
    lon: float
    lat: float
    features: tuple[str, ...]
    nodes: tuple[int, ...]
    stop_nodes: tuple[int, ...]
    columns: Mapping[str, str] = field(default_factory=dict)


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
        columns=_joint_columns(members),
    )


def _joint_columns(points: Sequence[SourcePoint]) -> dict[str, str]:
    values: dict[str, dict[str, None]] = {}
    for point in points:
        for column, text in point.columns.items():
            values.setdefault(column, {})[text] = None
    return {column: ";".join(texts) for column, texts in values.items()}


_ENDS_ABREAST_M = 30.0
STATION, JUNCTION, END, LOOP = "station", "junction", "end", "loop"


@dataclass(slots=True, kw_only=True)
class Area:
    """Nodes of track that become one hub, or a station on a link.

    Parameters
    ----------
    seed
        The node whose place is the place of the hub.
    places
        Stations within it: the first gives it its name.
    """

    kind: str
    seed: int
    places: list[int] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Areas:
    """Which area each node belongs to, and the way from the node to its seed.

    Parameters
    ----------
    area_of
        Number of the area of each node; -1 for none.
    distance_m
        Metres along the track from a node to its area's seed, or to a track abreast of it.
    toward
        The next piece on the way to the seed and the node behind it; -1 at the seed.
    """

    areas: list[Area]
    area_of: list[int]
    distance_m: list[float]
    toward: list[tuple[int, int]]

    def path_to_seed(self, node: int) -> list[tuple[int, int]]:
        """Return the pieces from a node to its seed, each with the node that it begins at."""
        path = []
        while self.toward[node][0] >= 0:
            piece, following = self.toward[node]
            path.append((piece, node))
            node = following
        return path


class Adjacency:
    """The pieces at every node."""

    def __init__(self, tracks: Tracks) -> None:
        nodes = np.concatenate([tracks.tail, tracks.head])
        others = np.concatenate([tracks.head, tracks.tail])
        pieces = np.tile(np.arange(len(tracks.tail)), 2)
        order = np.argsort(nodes, kind="stable")
        self._others: list[int] = others[order].tolist()
        self._pieces: list[int] = pieces[order].tolist()
        self._begin: list[int] = np.searchsorted(nodes[order], np.arange(tracks.nodes + 1)).tolist()

    def __getitem__(self, node: int) -> Iterable[tuple[int, int]]:
        """Return (piece, other end) of every piece at a node; a loop appears twice."""
        span = slice(self._begin[node], self._begin[node + 1])
        return zip(self._pieces[span], self._others[span], strict=True)


def find_gauge_breaks(tracks: Tracks, facts: Sequence[TrackFacts]) -> list[int]:
    """Return the nodes where a track ends and goes on in another gauge."""
    gauges = [frozenset(each.gauges_mm) for each in facts]
    if len({each for each in gauges if each}) < 2:
        return []
    nodes = np.concatenate([tracks.tail, tracks.head])
    features = np.concatenate([tracks.feature, tracks.feature])
    order = np.argsort(nodes, kind="stable")
    nodes, features = nodes[order], features[order]
    first = np.flatnonzero(tracks.degree[nodes[:-1]] == 2) if len(nodes) else nodes
    pairs = first[nodes[first] == nodes[first + 1]]
    return [
        int(nodes[place])
        for place in pairs[features[pairs] != features[pairs + 1]].tolist()
        if gauges[features[place]]
        and gauges[features[place + 1]]
        and gauges[features[place]].isdisjoint(gauges[features[place + 1]])
    ]


def grow_areas(
    tracks: Tracks,
    places: Sequence[StationSite],
    adjacency: Adjacency,
    hub_m: float,
    breaks: Sequence[int] = (),
) -> Areas:
    """Gather nodes into areas: first around stations, then around the switches that are left.

    Parameters
    ----------
    hub_m
        How far along the track from its seed an area reaches, metres.
    breaks
        Nodes that are to lie in an area as switches do: breaks of gauge.
    """
    count = tracks.nodes
    found = Areas(
        areas=[], area_of=[-1] * count, distance_m=[0.0] * count, toward=[(-1, -1)] * count
    )
    lengths: list[float] = tracks.length_m.tolist()
    sources: list[int] = []
    for number, place in enumerate(places):
        free = [node for node in place.nodes if found.area_of[node] < 0]
        if not free:
            found.areas[found.area_of[place.nodes[0]]].places.append(number)
            continue
        _found(found, Area(kind=STATION, seed=free[0], places=[number]), free)
        sources += free
    _grow(found, sources, lengths, adjacency, hub_m)
    later = []
    for area in list(found.areas):
        for node in places[area.places[0]].stop_nodes:
            if found.area_of[node] < 0:
                found.area_of[node] = found.area_of[area.seed]
                later.append(node)
    _grow(found, later, lengths, adjacency, hub_m)
    degree = tracks.degree
    switches = np.flatnonzero(degree >= 3)
    for node in [*switches[np.argsort(-degree[switches], kind="stable")].tolist(), *breaks]:
        if found.area_of[node] < 0:
            _found(found, Area(kind=JUNCTION, seed=node), [node])
            _grow(found, [node], lengths, adjacency, hub_m)
    free = [n for n in np.flatnonzero(degree == 1).tolist() if found.area_of[n] < 0]
    for nodes in _ends_abreast(tracks, free):
        _found(found, Area(kind=END, seed=nodes[0]), nodes)
    return found


def _ends_abreast(tracks: Tracks, nodes: list[int]) -> list[list[int]]:
    """Return ends of track in groups: the tracks of one line that all end there."""
    if not nodes:
        return []
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    xy = to_plane(tracks.plane, tracks.node_lonlat[nodes])
    pairs = cKDTree(xy).query_pairs(_ENDS_ABREAST_M, output_type="ndarray")
    part = tracks.component[nodes]
    pairs = pairs[part[pairs[:, 0]] == part[pairs[:, 1]]]
    ones = np.ones(len(pairs), dtype=np.int8)
    near = coo_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(len(nodes), len(nodes)))
    label = connected_components(near, directed=False)[1]
    groups: dict[int, list[int]] = {}
    for number, node in zip(label.tolist(), nodes, strict=True):
        groups.setdefault(number, []).append(node)
    return list(groups.values())


def add_area(areas: Areas, node: int, kind: str) -> None:
    """Make one more node an area of its own."""
    _found(areas, Area(kind=kind, seed=node), [node])


def extend_areas(areas: Areas, nodes: int) -> None:
    """Make room for nodes that were made since."""
    missing = nodes - len(areas.area_of)
    areas.area_of += [-1] * missing
    areas.distance_m += [0.0] * missing
    areas.toward += [(-1, -1)] * missing


def _found(found: Areas, area: Area, nodes: Sequence[int]) -> None:
    for node in nodes:
        found.area_of[node] = len(found.areas)
    found.areas.append(area)


def _grow(
    found: Areas, sources: Sequence[int], lengths: list[float], adjacency: Adjacency, limit_m: float
) -> None:
    """Let areas take free nodes in the order of their distance, up to a limit."""
    reach = [(0.0, node) for node in sources]
    heapq.heapify(reach)
    settled = set()
    best = dict.fromkeys(sources, 0.0)
    while reach:
        far, node = heapq.heappop(reach)
        if node in settled:
            continue
        settled.add(node)
        for piece, other in adjacency[node]:
            to_other = far + lengths[piece]
            if to_other > limit_m or to_other >= best.get(other, np.inf):
                continue
            if found.area_of[other] >= 0 and other not in best:
                continue
            best[other] = to_other
            found.area_of[other] = found.area_of[node]
            found.distance_m[other] = to_other
            found.toward[other] = (piece, node)
            heapq.heappush(reach, (to_other, other))
