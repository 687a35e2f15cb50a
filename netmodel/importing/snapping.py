"""Ends of lines joined to the nodes and tracks near them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netmodel.importing.tracks import (
    FloatArray,
    IntArray,
    Tracks,
    merge_nodes,
    split_pieces,
    to_plane,
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


def snap_ends(tracks: Tracks, tolerance_m: float) -> tuple[Tracks, Joins]:
    """Join the ends of lines to what lies within a tolerance of them.

    First every loose end (a node at which one piece ends) goes to the nearest node of the
    nearest other track, if that is within the tolerance too, else to the track itself, which is
    split there. Then, for components that are still apart, the ends of their other lines.

    Parameters
    ----------
    tolerance_m
        Metres in the plane; 0 joins nothing.
    """
    if tolerance_m <= 0 or not len(tracks.tail):
        return tracks, Joins()
    loose = np.flatnonzero(tracks.degree == 1)
    tracks, to_nodes, to_tracks = _join(tracks, loose, tolerance_m, apart=False)
    between = 0
    for _ in range(3):
        main = np.bincount(tracks.component[tracks.tail]).argmax()
        ends = np.flatnonzero((tracks.component != main) & (tracks.degree > 0))
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
