"""What an import reads: lines and named points of any source, before anything is joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from netmodel.network.account import DROPPED, Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePoint:
    """A named point of a source: a stop, a station, a halt.

    Parameters
    ----------
    other_mode
        Why the point may belong to another railway (``tram=yes``); it is kept only when it lies
        on a track that is kept. Empty for a plain station.
    """

    feature: str
    name: str
    lon: float
    lat: float
    aliases: tuple[str, ...] = ()
    other_mode: str = ""


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
