"""Chains of track between areas: what will be links, before any of them is joined."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from netmodel.network.areas import LOOP, Adjacency, Areas, add_area, extend_areas
from netmodel.network.tracks import Tracks, split_pieces

Step = tuple[int, bool]
"""A piece of track, and whether it is run from its tail to its head."""


@dataclass(slots=True, kw_only=True)
class Bundle:
    """One or more parallel tracks between two areas.

    Parameters
    ----------
    tail, head
        Numbers of the areas.
    steps
        The course of the leading track from seed to seed.
    length_m
        Length of that course.
    running
        Whether trains run through on it, rather than being shunted.
    drawn_tracks, stated_tracks
        How many tracks the source draws, at the fewest; how many its tags state.
    others
        The courses and lengths of the parallel tracks.
    absorbed
        Pieces that belong to it without being on the course of a track.
    stops
        Areas of the stations on it, with metres from the tail.
    """

    tail: int
    head: int
    steps: list[Step]
    length_m: float
    running: bool = True
    drawn_tracks: int = 1
    stated_tracks: int | None = None
    others: list[tuple[list[Step], float]] = field(default_factory=list)
    absorbed: list[int] = field(default_factory=list)
    stops: list[tuple[int, float]] = field(default_factory=list)

    def turned(self) -> Bundle:
        """Return the same tracks from head to tail."""
        return replace(
            self,
            tail=self.head,
            head=self.tail,
            steps=turn(self.steps),
            others=[(turn(steps), length) for steps, length in self.others],
            stops=[(area, self.length_m - at_m) for area, at_m in reversed(self.stops)],
        )


def turn(steps: list[Step]) -> list[Step]:
    """Return a course the other way round.

    Examples
    --------
    >>> turn([(4, True), (7, False)])
    [(7, True), (4, False)]
    """
    return [(piece, not forward) for piece, forward in reversed(steps)]


@dataclass(slots=True, kw_only=True)
class Chains:
    """The chains between areas, and the pieces within one.

    Parameters
    ----------
    inner
        The area of each piece that lies within one, by piece.
    """

    bundles: list[Bundle]
    inner: dict[int, int]


def find_chains(
    tracks: Tracks,
    areas: Areas,
    adjacency: Adjacency,
    loop_m: float,
    running: NDArray[np.bool_],
    stated_tracks: list[int | None],
) -> tuple[Tracks, Chains]:
    """Return the chains of track between areas; long loops get a hub half-way round.

    Parameters
    ----------
    loop_m
        A chain that returns to its own area belongs to the area, unless it is longer.
    running
        Whether trains run through, by feature.
    stated_tracks
        Number of tracks that the source states, by feature.
    """
    while True:
        walks, loose = _walk_all(tracks, areas, adjacency)
        lengths: list[float] = tracks.length_m.tolist()
        between, within, loops = [], [], []
        for start, end, steps in walks:
            along = sum(lengths[piece] for piece, _ in steps)
            if areas.area_of[start] != areas.area_of[end]:
                total = areas.distance_m[start] + along + areas.distance_m[end]
                between.append((start, end, steps, total))
            elif along > loop_m:
                loops.append((steps, along))
            else:
                within += [(piece, areas.area_of[start]) for piece, _ in steps]
        if not loops and not loose:
            break
        tracks = _cut_loops(tracks, areas, loops)
        adjacency = Adjacency(tracks)
        for node in loose:
            add_area(areas, node, LOOP)
    facts = _Facts(
        tails=tracks.tail.tolist(),
        feature=tracks.feature.tolist(),
        running=running.tolist(),
        stated_tracks=stated_tracks,
    )
    bundles = [_to_bundle(areas, facts, walk) for walk in between]
    return tracks, Chains(bundles=bundles, inner=dict(within))


@dataclass(slots=True, kw_only=True)
class _Facts:
    """Facts by piece and by feature, as lists, which are quicker to look up one by one."""

    tails: list[int]
    feature: list[int]
    running: list[bool]
    stated_tracks: list[int | None]


Walk = tuple[int, int, list[Step]]


def _walk_all(tracks: Tracks, areas: Areas, adjacency: Adjacency) -> tuple[list[Walk], list[int]]:
    """Return every walk from area to area, and a node of each circle that touches none."""
    tails: list[int] = tracks.tail.tolist()
    done = bytearray(len(tails))
    walks: list[Walk] = []
    for start, area in enumerate(areas.area_of):
        if area < 0:
            continue
        for piece, other in adjacency[start]:
            if done[piece]:
                continue
            done[piece] = 1
            steps = [(piece, tails[piece] == start)]
            node = other
            while areas.area_of[node] < 0:
                onward = next(((p, o) for p, o in adjacency[node] if not done[p]), None)
                if onward is None:
                    break
                done[onward[0]] = 1
                steps.append((onward[0], tails[onward[0]] == node))
                node = onward[1]
            walks.append((start, node, steps))
    return walks, _circles(tails, done, adjacency)


def _circles(tails: list[int], done: bytearray, adjacency: Adjacency) -> list[int]:
    """Return one node of each circle of pieces that no walk has met."""
    found = []
    for piece, node in enumerate(tails):
        if done[piece]:
            continue
        found.append(node)
        while True:
            onward = next(((p, o) for p, o in adjacency[node] if not done[p]), None)
            if onward is None:
                break
            done[onward[0]] = 1
            node = onward[1]
    return found


def _to_bundle(areas: Areas, facts: _Facts, walk: tuple[int, int, list[Step], float]) -> Bundle:
    start, end, steps, total = walk
    features = [facts.feature[piece] for piece, _ in steps]
    stated = [number for each in features if (number := facts.stated_tracks[each])]
    out = [(piece, facts.tails[piece] == node) for piece, node in areas.path_to_seed(start)]
    onto = [(piece, facts.tails[piece] == node) for piece, node in areas.path_to_seed(end)]
    return Bundle(
        tail=areas.area_of[start],
        head=areas.area_of[end],
        steps=[*turn(out), *steps, *onto],
        length_m=total,
        running=all(facts.running[each] for each in features),
        stated_tracks=min(stated) if stated else None,
    )


def _cut_loops(tracks: Tracks, areas: Areas, loops: list[tuple[list[Step], float]]) -> Tracks:
    """Make a hub half-way round each loop, splitting a piece where it needs to be."""
    pieces, at_m = [], []
    for steps, along in loops:
        passed = 0.0
        for piece, forward in steps:
            length = float(tracks.length_m[piece])
            if passed + length >= along / 2:
                share = (along / 2 - passed) / length
                begin, end = int(tracks.offsets[piece]), int(tracks.offsets[piece + 1])
                plane_m = float(np.hypot(*np.diff(tracks.xy[begin:end], axis=0).T).sum())
                pieces.append(piece)
                at_m.append((share if forward else 1 - share) * plane_m)
                break
            passed += length
    if not pieces:
        return tracks
    count = len(tracks.tail)
    split, nodes = split_pieces(tracks, np.array(pieces), np.array(at_m))
    extend_areas(areas, split.nodes)
    gone = np.zeros(count, dtype=bool)
    gone[
        [piece for piece, node in zip(pieces, nodes.tolist(), strict=True) if node >= tracks.nodes]
    ] = True
    renumbered = np.cumsum(~gone) - 1
    areas.toward = [
        (int(renumbered[piece]) if piece >= 0 else piece, node) for piece, node in areas.toward
    ]
    for node in nodes.tolist():
        if areas.area_of[node] < 0:
            add_area(areas, node, LOOP)
    return split
