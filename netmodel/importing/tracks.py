"""The tracks of a source as a graph: what was drawn apart joined, tracks split where they meet.

Only the ends of lines are ever snapped, never two tracks that cross: a bridge stays a bridge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from netmodel.importing.source import FlatCrossing, Source, coordinate_keys

if TYPE_CHECKING:
    from pyproj import Transformer


IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
_AT_END_M = 0.5
_LEAST_RATIO, _MOST_RATIO = 0.5, 3.0


@dataclass(frozen=True, kw_only=True)
class Tracks:
    """Pieces of track between nodes; nothing between two nodes is shared with another piece.

    Parameters
    ----------
    tail, head
        Nodes at the ends of each piece, shape ``(pieces,)``.
    length_m
        Length of each piece on the WGS 84 ellipsoid, metres.
    feature
        Position of its feature in the source.
    lonlat, offsets
        Vertices of all pieces, and where each piece begins.
    node_lonlat
        Degrees, shape ``(nodes, 2)``.
    plane
        From degrees to metres of a plane around the middle of the data.
    """

    tail: IntArray
    head: IntArray
    length_m: FloatArray
    feature: IntArray
    lonlat: FloatArray
    offsets: IntArray
    node_lonlat: FloatArray
    plane: Transformer

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return len(self.node_lonlat)

    @cached_property
    def xy(self) -> FloatArray:
        """Vertices in the plane, metres."""
        return to_plane(self.plane, self.lonlat)

    @cached_property
    def degree(self) -> IntArray:
        """How many ends of pieces lie at each node."""
        ends = np.concatenate([self.tail, self.head])
        return np.bincount(ends, minlength=self.nodes).astype(np.int64)

    @cached_property
    def component(self) -> IntArray:
        """A number for the component of each node."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        ones = np.ones(len(self.tail), dtype=np.int8)
        graph = coo_array((ones, (self.tail, self.head)), shape=(self.nodes, self.nodes))
        return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)

    def courses(self) -> NDArray[np.object_]:
        """Return the pieces as shapely lines in the plane."""
        import shapely

        counts = np.diff(self.offsets)
        lines = shapely.linestrings(self.xy, indices=np.repeat(np.arange(len(counts)), counts))
        return np.asarray(lines, dtype=np.object_)

    def course(self, piece: int) -> FloatArray:
        """Return the vertices of a piece, degrees, from its tail to its head."""
        return self.lonlat[self.offsets[piece] : self.offsets[piece + 1]]


def build_tracks(source: Source) -> Tracks:
    """Return the tracks of a source, joined where its lines share a vertex and nowhere else."""
    keys = source.vertex_keys
    if keys is None:
        keys = coordinate_keys(source.lonlat)
    _, vertex = np.unique(keys, return_inverse=True)
    vertex = vertex.reshape(-1).astype(np.int64)
    counts = np.diff(source.offsets)
    line = np.repeat(np.arange(len(counts)), counts)
    at_end = np.zeros(len(vertex), dtype=bool)
    at_end[source.offsets[:-1]] = True
    at_end[source.offsets[1:] - 1] = True
    is_node = np.zeros(int(vertex.max(initial=-1)) + 1, dtype=bool)
    is_node[vertex[at_end]] = True
    is_node |= np.bincount(vertex, minlength=len(is_node)) >= 2
    stops = np.flatnonzero(is_node[vertex])
    pairs = line[stops[:-1]] == line[stops[1:]]
    start, end = stops[:-1][pairs], stops[1:][pairs]
    plane = plane_around(source.lonlat)
    number = np.cumsum(is_node) - 1
    along = cumulative_m(source.lonlat)
    first = np.zeros(int(is_node.sum()), dtype=np.int64)
    first[number[vertex[stops[::-1]]]] = stops[::-1]
    spans = end - start + 1
    offsets = np.concatenate([[0], np.cumsum(spans)])
    taken = np.arange(offsets[-1]) - np.repeat(offsets[:-1] - start, spans)
    tracks = Tracks(
        tail=number[vertex[start]],
        head=number[vertex[end]],
        length_m=along[end] - along[start],
        feature=source.owner[line[start]],
        lonlat=source.lonlat[taken],
        offsets=offsets,
        node_lonlat=source.lonlat[first],
        plane=plane,
    )
    return drop_pieces(tracks, (tracks.length_m <= 0) & (tracks.tail == tracks.head))


def plane_around(lonlat: FloatArray) -> Transformer:
    """Return a projection to metres that is true around the middle of the vertices."""
    from pyproj import Transformer

    lon, lat = (lonlat.min(axis=0) + lonlat.max(axis=0)) / 2 if len(lonlat) else (0.0, 0.0)
    # By its steps, for to look for the ways between two systems takes a hundred times as long.
    return Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
        f"+step +proj=aeqd +lat_0={lat:.4f} +lon_0={lon:.4f} +datum=WGS84"
    )


def to_plane(plane: Transformer, lonlat: FloatArray) -> FloatArray:
    """Return degrees as metres of the plane."""
    x, y = plane.transform(lonlat[:, 0], lonlat[:, 1])
    return np.column_stack([x, y])


def cumulative_m(lonlat: FloatArray) -> FloatArray:
    """Return metres from the first vertex to each, on the WGS 84 ellipsoid.

    Examples
    --------
    >>> cumulative_m(np.array([[0.0, 0.0], [1.0, 0.0]])).round().tolist()
    [0.0, 111319.0]
    """
    from pyproj import Geod

    if len(lonlat) < 2:
        return np.zeros(len(lonlat))
    geod = Geod(ellps="WGS84")
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    metres = geod.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2]
    return np.concatenate([[0.0], np.cumsum(metres)])


def drop_pieces(tracks: Tracks, drop: NDArray[np.bool_]) -> Tracks:
    """Return the tracks without some pieces."""
    if not drop.any():
        return tracks
    keep = ~drop
    counts = np.diff(tracks.offsets)
    return replace(
        tracks,
        tail=tracks.tail[keep],
        head=tracks.head[keep],
        length_m=tracks.length_m[keep],
        feature=tracks.feature[keep],
        lonlat=tracks.lonlat[np.repeat(keep, counts)],
        offsets=np.concatenate([[0], np.cumsum(counts[keep])]),
    )


def scale_lengths(tracks: Tracks, stated_m: Mapping[int, float]) -> tuple[Tracks, dict[int, float]]:
    """Return the tracks with the lengths that their source states.

    Parameters
    ----------
    stated_m
        Length of a whole feature, metres, by its position in the source.

    Returns
    -------
    Tracks
        With the pieces of these features in proportion.
    refused
        How many times its drawn length a stated one is, where that is less than half of it or
        more than three times it, as with other units; the drawn length stands there.
    """
    if not stated_m:
        return tracks, {}
    drawn = np.bincount(tracks.feature, weights=tracks.length_m)
    scale = np.ones(len(drawn))
    refused = {}
    for feature, metres in stated_m.items():
        if feature >= len(drawn) or drawn[feature] <= 0:
            continue
        ratio = float(metres / drawn[feature])
        if _LEAST_RATIO <= ratio <= _MOST_RATIO:
            scale[feature] = ratio
        else:
            refused[feature] = ratio
    return replace(tracks, length_m=tracks.length_m * scale[tracks.feature]), refused


def split_pieces(tracks: Tracks, pieces: IntArray, at_m: FloatArray) -> tuple[Tracks, IntArray]:
    """Split pieces at distances from their tails.

    Parameters
    ----------
    at_m
        Metres in the plane from the tail of each of `pieces`; a piece may be named many times.

    Returns
    -------
    Tracks
        With the pieces split; those that are not named come first, in their order.
    nodes
        The node at each place asked for; an end of the piece where it is within 0.5 m of it.
    """
    wanted: dict[int, list[int]] = {}
    for request, piece in enumerate(pieces.tolist()):
        wanted.setdefault(piece, []).append(request)
    nodes = np.full(len(pieces), -1, dtype=np.int64)
    new_nodes: list[FloatArray] = []
    parts: list[tuple[int, int, int, FloatArray, float]] = []
    untouched = np.ones(len(tracks.tail), dtype=bool)
    for piece, requests in wanted.items():
        begin, stop = int(tracks.offsets[piece]), int(tracks.offsets[piece + 1])
        steps = np.hypot(*np.diff(tracks.xy[begin:stop], axis=0).T)
        along = np.concatenate([[0.0], np.cumsum(steps)])
        cuts: list[tuple[float, int]] = []
        for request in sorted(requests, key=lambda each: at_m[each]):
            place = float(at_m[request])
            if place <= _AT_END_M:
                nodes[request] = tracks.tail[piece]
            elif place >= along[-1] - _AT_END_M:
                nodes[request] = tracks.head[piece]
            elif cuts and place - cuts[-1][0] < _AT_END_M:
                nodes[request] = cuts[-1][1]
            else:
                nodes[request] = tracks.nodes + len(new_nodes)
                cuts.append((place, int(nodes[request])))
                new_nodes.append(_point_at(tracks.lonlat[begin:stop], along, place))
        if cuts:
            untouched[piece] = False
            parts += _cut(tracks, piece, along, cuts, new_nodes)
    if not parts:
        return tracks, nodes
    return _with_parts(drop_pieces(tracks, ~untouched), parts, new_nodes), nodes


def _point_at(course: FloatArray, along: FloatArray, place: float) -> FloatArray:
    number = min(int(np.searchsorted(along, place, side="right")), len(along) - 1)
    span = along[number] - along[number - 1]
    share = (place - along[number - 1]) / span if span > 0 else 0.0
    point: FloatArray = course[number - 1] + share * (course[number] - course[number - 1])
    return point


def _cut(
    tracks: Tracks,
    piece: int,
    along: FloatArray,
    cuts: list[tuple[float, int]],
    new_nodes: list[FloatArray],
) -> list[tuple[int, int, int, FloatArray, float]]:
    """Return the parts of a piece as (tail, head, feature, course, length)."""
    course = tracks.course(piece)
    total = float(tracks.length_m[piece])
    scale = total / along[-1] if along[-1] > 0 else 1.0
    parts = []
    place, node = 0.0, int(tracks.tail[piece])
    first = course[0]
    for next_place, next_node in [*cuts, (float(along[-1]), int(tracks.head[piece]))]:
        inside = course[(along > place) & (along < next_place)]
        is_last = next_place >= along[-1]
        last = course[-1] if is_last else new_nodes[next_node - tracks.nodes]
        points = np.vstack([first, inside, last])
        length = (next_place - place) * scale
        parts.append((node, next_node, int(tracks.feature[piece]), points, length))
        place, node, first = next_place, next_node, last
    return parts


def _with_parts(
    tracks: Tracks,
    parts: list[tuple[int, int, int, FloatArray, float]],
    new_nodes: list[FloatArray],
) -> Tracks:
    counts = np.array([len(part[3]) for part in parts])
    return replace(
        tracks,
        tail=np.concatenate([tracks.tail, [part[0] for part in parts]]),
        head=np.concatenate([tracks.head, [part[1] for part in parts]]),
        feature=np.concatenate([tracks.feature, [part[2] for part in parts]]),
        length_m=np.concatenate([tracks.length_m, [part[4] for part in parts]]),
        lonlat=np.concatenate([tracks.lonlat, *(part[3] for part in parts)]),
        offsets=np.concatenate([tracks.offsets, tracks.offsets[-1] + np.cumsum(counts)]),
        node_lonlat=np.concatenate([tracks.node_lonlat, new_nodes]),
    )


def merge_nodes(tracks: Tracks, first: IntArray, second: IntArray) -> Tracks:
    """Return the tracks with each pair of nodes made one; the place of `first` stands."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not len(first):
        return tracks
    ones = np.ones(len(first), dtype=np.int8)
    pairs = coo_array((ones, (first, second)), shape=(tracks.nodes, tracks.nodes))
    count, label = connected_components(pairs, directed=False)
    place = np.full(count, tracks.nodes, dtype=np.int64)
    np.minimum.at(place, label, np.arange(tracks.nodes))
    place[label[first]] = first
    return replace(
        tracks,
        tail=label[tracks.tail].astype(np.int64),
        head=label[tracks.head].astype(np.int64),
        node_lonlat=tracks.node_lonlat[place],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Joins:
    """How many ends were joined, and how.

    Parameters
    ----------
    to_nodes
        Loose ends joined to a node within the tolerance.
    to_tracks
        Loose ends joined to the middle of a track, which was split there.
    between_components
        Ends where tracks already met, joined because their component was cut off otherwise.
    """

    to_nodes: int = 0
    to_tracks: int = 0
    between_components: int = 0


def snap_ends(
    tracks: Tracks, tolerance_m: float, crossings: Sequence[FlatCrossing] = ()
) -> tuple[Tracks, Joins]:
    """Join the ends of lines to what lies within a tolerance of them.

    First every loose end (a node at which one piece ends) goes to the nearest node of the
    nearest other track, if that is within the tolerance too, else to the track itself, which is
    split there. Then, for components that are still apart, the ends of their other lines.

    Parameters
    ----------
    tolerance_m
        Metres in the plane; 0 joins nothing.
    crossings
        Where tracks pass each other; what ends there is not joined to what passes.
    """
    if tolerance_m <= 0 or not len(tracks.tail):
        return tracks, Joins()
    passed = coordinate_keys(np.array([(x.lon, x.lat) for x in crossings]).reshape(-1, 2))
    loose = np.flatnonzero(tracks.degree == 1)
    tracks, to_nodes, to_tracks = _join(tracks, loose, tolerance_m, apart=False)
    between = 0
    for _ in range(3):
        main = np.bincount(tracks.component[tracks.tail]).argmax()
        apart = (
            (tracks.component != main)
            & (tracks.degree > 0)
            & ~np.isin(coordinate_keys(tracks.node_lonlat), passed)
        )
        ends = np.flatnonzero(apart)
        tracks, nodes, splits = _join(tracks, ends, tolerance_m, apart=True)
        between += nodes + splits
        if nodes + splits == 0:
            break
    return tracks, Joins(to_nodes=to_nodes, to_tracks=to_tracks, between_components=between)


def _join(
    tracks: Tracks, ends: IntArray, tolerance_m: float, *, apart: bool
) -> tuple[Tracks, int, int]:
    """Join some ends; return the tracks, and how many were joined to nodes and to tracks."""
    import shapely

    if not len(ends):
        return tracks, 0, 0
    courses = tracks.courses()
    places = to_plane(tracks.plane, tracks.node_lonlat[ends])
    found = shapely.STRtree(courses).query(
        shapely.points(places), predicate="dwithin", distance=tolerance_m
    )
    end, piece = ends[found[0]], found[1]
    foreign = _is_foreign(tracks, end, piece, apart=apart)
    asked, end, piece = found[0][foreign], end[foreign], piece[foreign]
    if not len(end):
        return tracks, 0, 0
    points = shapely.points(places[asked])
    distance = shapely.distance(points, courses[piece])
    order = np.lexsort((piece, distance, end))
    nearest = order[np.unique(end[order], return_index=True)[1]]
    end, piece, points = end[nearest], piece[nearest], points[nearest]
    at_m = shapely.line_locate_point(courses[piece], points)
    at_m = _prefer_nodes(courses, piece, points, at_m, tolerance_m)
    before = tracks.nodes
    tracks, nodes = split_pieces(tracks, piece, at_m)
    is_new = nodes >= before
    different = nodes != end
    pairs = np.sort(np.column_stack([nodes, end])[different & ~is_new], axis=1)
    merged = merge_nodes(tracks, nodes[different], end[different])
    return merged, len(np.unique(pairs, axis=0)), int((different & is_new).sum())


def _is_foreign(
    tracks: Tracks, end: IntArray, piece: IntArray, *, apart: bool
) -> NDArray[np.bool_]:
    """Return which pairs of an end and a near piece may be joined.

    A loose end is not joined to its own piece, nor to a track on which that piece begins.
    """
    if apart:
        return np.asarray(tracks.component[end] != tracks.component[tracks.tail[piece]])
    far = np.zeros(tracks.nodes, dtype=np.int64)
    far[tracks.tail] = tracks.head
    far[tracks.head] = tracks.tail
    touches = (tracks.tail[piece] == end) | (tracks.head[piece] == end)
    touches |= (tracks.tail[piece] == far[end]) | (tracks.head[piece] == far[end])
    return np.asarray(~touches)


def _prefer_nodes(
    courses: NDArray[np.object_],
    piece: IntArray,
    points: NDArray[np.object_],
    at_m: FloatArray,
    tolerance_m: float,
) -> FloatArray:
    """Return the places on the pieces, moved to an end of the piece that is within tolerance."""
    import shapely

    lengths = shapely.length(courses[piece])
    to_tail = shapely.distance(points, shapely.get_point(courses[piece], 0))
    to_head = shapely.distance(points, shapely.get_point(courses[piece], -1))
    near_tail = (to_tail <= tolerance_m) & (to_tail <= to_head)
    near_head = (to_head <= tolerance_m) & ~near_tail
    return np.asarray(np.where(near_tail, 0.0, np.where(near_head, lengths, at_m)))
