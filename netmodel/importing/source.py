"""What an import reads: lines and named points of any source, before anything is joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from netmodel.network.account import DROPPED, Entry

_DEGREE_DIGITS = 7
_CROSSING_ARMS = 4
_STRAIGHT = -0.7
"""The cosine of the angle at which two arms of a crossing are at most one track: 135 degrees."""
_FLAT = "a flat crossing: its tracks pass each other"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePoint:
    """A named point of a source: a stop, a station, a halt.

    Parameters
    ----------
    other_mode
        Why the point may belong to another railway (``tram=yes``); it is kept only when it lies
        on a track that is kept. Empty for a plain station.
    columns
        What else the source says of it, as text.
    """

    feature: str
    name: str
    lon: float
    lat: float
    aliases: tuple[str, ...] = ()
    other_mode: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatCrossing:
    """A point where tracks cross on the level and trains cannot turn from one to the other.

    Parameters
    ----------
    key
        The key of the vertices that lie there; see `Source`.
    """

    feature: str
    key: int
    lon: float
    lat: float


@dataclass(frozen=True, kw_only=True)
class Source:
    """Lines and points of a source, with what was dropped on reading and why.

    Parameters
    ----------
    features
        Ids of the line features that are kept so far.
    attributes
        Attributes of each of them, as text.
    lonlat
        Vertices of all lines one after another, degrees, shape ``(vertices, 2)``.
    offsets
        Where each line begins in `lonlat`, shape ``(lines + 1,)``.
    owner
        Position in `features` of the feature of each line; a multi-line has several lines.
    vertex_keys
        Equal where vertices are the same place of the track: the source's node ids, or
        ``None`` when equal coordinates mean the same place.
    id_column
        The column of ``links.csv`` that takes the ids of the source.
    shared_nodes
        Whether the source's lines meet in shared nodes, so that nothing needs snapping.
    """

    name: str
    features: tuple[str, ...]
    attributes: tuple[Mapping[str, str], ...]
    lonlat: NDArray[np.float64]
    offsets: NDArray[np.int64]
    owner: NDArray[np.int64]
    vertex_keys: NDArray[np.int64] | None = None
    points: tuple[SourcePoint, ...] = ()
    crossings: tuple[FlatCrossing, ...] = ()
    entries: tuple[Entry, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    other_objects: Mapping[str, int] = field(default_factory=dict)
    id_column: str = "source_ids"
    shared_nodes: bool = False
    attribution: str = ""


def pack_lines(
    courses: Sequence[NDArray[np.float64]],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return courses as one array of vertices and the offsets at which each begins.

    Examples
    --------
    >>> lonlat, offsets = pack_lines([np.zeros((2, 2)), np.ones((3, 2))])
    >>> lonlat.shape, offsets.tolist()
    ((5, 2), [0, 2, 5])
    """
    if not courses:
        return np.zeros((0, 2)), np.zeros(1, dtype=np.int64)
    counts = np.fromiter((len(course) for course in courses), dtype=np.int64, count=len(courses))
    return np.concatenate(courses), np.concatenate([[0], np.cumsum(counts)])


def keep_features(source: Source, without_service: Sequence[str]) -> Source:
    """Return a source without the tracks of some values of ``service``, which are dropped."""
    unwanted = set(without_service)
    keep = np.array(
        [tags.get("service", "") not in unwanted for tags in source.attributes], dtype=bool
    )
    if not unwanted or keep.all():
        return source
    lines = keep[source.owner]
    counts = np.diff(source.offsets)
    vertices = np.repeat(lines, counts)
    entries = tuple(
        Entry(feature=feature, disposition=DROPPED, reason=f"service={tags['service']}")
        for feature, tags, kept in zip(source.features, source.attributes, keep, strict=True)
        if not kept
    )
    keys = source.vertex_keys
    return replace(
        source,
        features=tuple(x for x, kept in zip(source.features, keep, strict=True) if kept),
        attributes=tuple(x for x, kept in zip(source.attributes, keep, strict=True) if kept),
        lonlat=source.lonlat[vertices],
        offsets=np.concatenate([[0], np.cumsum(counts[lines])]),
        owner=(np.cumsum(keep) - 1)[source.owner[lines]],
        vertex_keys=None if keys is None else keys[vertices],
        entries=(*source.entries, *entries),
    )


def coordinate_keys(lonlat: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return a number per vertex, equal where coordinates agree to seven decimals (1 cm)."""
    scaled = np.rint(lonlat * 10.0**_DEGREE_DIGITS).astype(np.int64)
    return np.asarray(scaled[:, 0] * np.int64(2**32) + scaled[:, 1], dtype=np.int64)


def part_crossings(source: Source) -> Source:
    """Return a source whose tracks pass each other at flat crossings, instead of meeting there.

    The arms of a crossing belong together two and two: those of one line, or else the pair that
    runs straightest through it. Where they do not come out even (a switch lies in the crossing),
    the tracks still meet. The account says of each crossing which it is; only those where tracks
    pass each other are left in the source.
    """
    if not source.crossings:
        return source
    keys = coordinate_keys(source.lonlat) if source.vertex_keys is None else source.vertex_keys
    order = np.argsort(keys, kind="stable")
    begin, end = (
        np.searchsorted(keys[order], [each.key for each in source.crossings], side=side)
        for side in ("left", "right")
    )
    parted = keys.copy()
    fresh = int(keys.min(initial=0)) - 1
    ends = np.zeros((2, len(keys)), dtype=bool)
    ends[0, source.offsets[:-1]] = True
    ends[1, source.offsets[1:] - 1] = True
    entries, passed = [], []
    for crossing, first, last in zip(source.crossings, begin.tolist(), end.tolist(), strict=True):
        arms = [
            (vertex, vertex + step)
            for vertex in sorted(order[first:last].tolist())
            for at_end, step in ((0, -1), (1, 1))
            if not ends[at_end, vertex]
        ]
        pairs = _straight_pairs(source.lonlat, arms) if len(arms) >= _CROSSING_ARMS else []
        for pair in pairs[1:]:
            parted[[arms[number][0] for number in pair]] = fresh
            fresh -= 1
        if pairs:
            passed.append(crossing)
        reason = _FLAT if pairs else _no_crossing(len(arms))
        entries.append(Entry(feature=crossing.feature, disposition=DROPPED, reason=reason))
    return replace(
        source,
        vertex_keys=parted,
        entries=(*source.entries, *entries),
        crossings=tuple(passed),
    )


def _no_crossing(arms: int) -> str:
    if not arms:
        return "a flat crossing of tracks that are not read"
    if arms < _CROSSING_ARMS:
        return "a flat crossing with a track that is not read"
    return "a flat crossing with a switch in it: its tracks meet"


def _straight_pairs(
    lonlat: NDArray[np.float64], arms: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return which arms go on as which; none where they do not pair off."""
    here, there = lonlat[[arm[0] for arm in arms]], lonlat[[arm[1] for arm in arms]]
    away = (there - here) * [np.cos(np.radians(here[0, 1])), 1.0]
    length = np.hypot(away[:, 0], away[:, 1])
    if not length.all():
        return []
    away = away / length[:, None]
    cosine = away @ away.T
    ranked = sorted(
        (arms[one][0] != arms[other][0], float(cosine[one, other]), one, other)
        for one in range(len(arms))
        for other in range(one + 1, len(arms))
        if arms[one][0] == arms[other][0] or cosine[one, other] <= _STRAIGHT
    )
    pairs: list[tuple[int, int]] = []
    taken: set[int] = set()
    for _, _, one, other in ranked:
        if not taken & {one, other}:
            pairs.append((one, other))
            taken |= {one, other}
    return pairs if len(taken) == len(arms) else []
