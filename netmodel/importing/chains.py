"""Chains of track between hubs, and bundles of parallel ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from netmodel.importing.stations import LOOP, Adjacency, Areas, add_area, extend_areas
from netmodel.importing.tags import TrackFacts
from netmodel.importing.tracks import FloatArray, Tracks, split_pieces

Step = tuple[int, bool]
"""A piece of track, and whether it is run from its tail to its head."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """How trains may pass along tracks from a tail to a head.

    Parameters
    ----------
    forward, backward
        Whether they may run to the head, and back to the tail.
    preferred
        The directions in which they usually run: 1 to the head, -1 to the tail.
    gauges
        The gauges that go through; empty where none is known.
    """

    forward: bool = True
    backward: bool = True
    preferred: frozenset[int] = frozenset()
    gauges: frozenset[int] = frozenset()

    def turned(self) -> Passage:
        """Return the same passage from head to tail."""
        preferred = frozenset(-each for each in self.preferred)
        return replace(self, forward=self.backward, backward=self.forward, preferred=preferred)

    def beside(self, other: Passage) -> Passage:
        """Return the passage along either of two parallel tracks."""
        return Passage(
            forward=self.forward or other.forward,
            backward=self.backward or other.backward,
            preferred=self.preferred | other.preferred,
            gauges=self.gauges | other.gauges,
        )

    def then(self, other: Passage) -> Passage | None:
        """Return the passage along one track and then another; ``None`` where no train may."""
        forward, backward = self.forward and other.forward, self.backward and other.backward
        known = self.gauges and other.gauges
        gauges = self.gauges & other.gauges if known else self.gauges | other.gauges
        if not (forward or backward) or (known and not gauges):
            return None
        preferred = self.preferred | other.preferred
        return Passage(forward=forward, backward=backward, preferred=preferred, gauges=gauges)


FREE = Passage()
"""Nothing is known that stands in the way of a train."""


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
    passage
        How trains may pass along it.
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
    passage: Passage = FREE

    def turned(self) -> Bundle:
        """Return the same tracks from head to tail."""
        return replace(
            self,
            tail=self.head,
            head=self.tail,
            steps=turn(self.steps),
            others=[(turn(steps), length) for steps, length in self.others],
            stops=[(area, self.length_m - at_m) for area, at_m in reversed(self.stops)],
            passage=self.passage.turned(),
        )


def turn(steps: list[Step]) -> list[Step]:
    """Return a course in the opposite direction.

    Examples
    --------
    >>> turn([(4, True), (7, False)])
    [(7, True), (4, False)]
    """
    return [(piece, not forward) for piece, forward in reversed(steps)]


@dataclass(slots=True, kw_only=True)
class TrackChains:
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
    known: Sequence[TrackFacts],
) -> tuple[Tracks, TrackChains]:
    """Return the chains of track between areas; long loops get a hub at half their length.

    Parameters
    ----------
    loop_m
        A chain that returns to its own area belongs to the area, unless it is longer.
    known
        What the source says of each feature.
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
        known=known,
    )
    bundles = [_to_bundle(areas, facts, walk) for walk in between]
    return tracks, TrackChains(bundles=bundles, inner=dict(within))


@dataclass(slots=True, kw_only=True)
class _Facts:
    """Facts by piece and by feature, as lists, which are quicker to look up one by one."""

    tails: list[int]
    feature: list[int]
    known: Sequence[TrackFacts]


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
    stated = [number for each in features if (number := facts.known[each].tracks)]
    out = [(piece, facts.tails[piece] == node) for piece, node in areas.path_to_seed(start)]
    onto = [(piece, facts.tails[piece] == node) for piece, node in areas.path_to_seed(end)]
    return Bundle(
        tail=areas.area_of[start],
        head=areas.area_of[end],
        steps=[*turn(out), *steps, *onto],
        length_m=total,
        running=all(facts.known[each].running for each in features),
        stated_tracks=min(stated) if stated else None,
        passage=passage_along(
            [(facts.known[facts.feature[piece]], forward) for piece, forward in steps]
        ),
    )


def passage_along(course: Iterable[tuple[TrackFacts, bool]]) -> Passage:
    """Return how trains may pass along a track without a switch.

    What one part of it says against another (a one-way line drawn the wrong way) is not heeded.

    Parameters
    ----------
    course
        What is known of each piece, and whether it is run as it is drawn.
    """
    passage = FREE
    for facts, as_drawn in dict.fromkeys(course):
        way = facts.one_way if as_drawn else -facts.one_way
        usual = facts.preferred if as_drawn else -facts.preferred
        piece = Passage(
            forward=way >= 0,
            backward=way <= 0,
            preferred=frozenset({usual} - {0}),
            gauges=frozenset(facts.gauges_mm),
        )
        passage = passage.then(piece) or passage
    return passage


def _cut_loops(tracks: Tracks, areas: Areas, loops: list[tuple[list[Step], float]]) -> Tracks:
    """Make a hub at half the length of each loop, splitting a piece where needed."""
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


_PAIRED = 6


def merge_parallel(leader: Bundle, other: Bundle) -> Bundle:
    """Return two parallel bundles as one; the leader's course and length stand."""
    counted = other.running or not leader.running
    stated = [n for n in (leader.stated_tracks, other.stated_tracks if counted else None) if n]
    scale = leader.length_m / other.length_m if other.length_m else 1.0
    known = {area for area, _ in leader.stops}
    stops = [*leader.stops, *((a, at * scale) for a, at in other.stops if a not in known)]
    others = [*leader.others, *leader_courses(other)] if counted else leader.others
    uncounted = [] if counted else [p for steps, _ in leader_courses(other) for p, _ in steps]
    return Bundle(
        tail=leader.tail,
        head=leader.head,
        steps=leader.steps,
        length_m=leader.length_m,
        running=leader.running,
        drawn_tracks=leader.drawn_tracks + (other.drawn_tracks if counted else 0),
        stated_tracks=max(stated) if stated else None,
        others=others,
        absorbed=[*leader.absorbed, *other.absorbed, *uncounted],
        stops=sorted(stops, key=lambda stop: stop[1]),
        passage=leader.passage.beside(other.passage) if counted else leader.passage,
    )


def leader_courses(bundle: Bundle) -> list[tuple[list[Step], float]]:
    """Return the courses of all tracks of a bundle, the leading one first."""
    return [(bundle.steps, bundle.length_m), *bundle.others]


def join_bundles(before: Bundle, after: Bundle, tracks: Tracks, station: int | None) -> Bundle:
    """Return two bundles that meet as one, with the station where they meet as a stop."""
    first, second = leader_courses(before), leader_courses(after)
    pairs = _pair_courses([x for x, _ in first], [x for x, _ in second], tracks)
    joined = []
    for i, j in pairs:
        steps, saved = _cancel(first[i][0], second[j][0], tracks.length_m)
        joined.append((steps, max(first[i][1] + second[j][1] - saved, 1.0), saved))
    steps, length, saved = joined[0]
    lead = pairs[0]
    meeting = max(first[lead[0]][1] - saved / 2, 0.0)
    rest = [x for n, x in enumerate(first) if n not in {i for i, _ in pairs}]
    rest += [x for n, x in enumerate(second) if n not in {j for _, j in pairs}]
    stated = [number for number in (before.stated_tracks, after.stated_tracks) if number]
    before_share = meeting / before.length_m if before.length_m else 1.0
    after_share = (length - meeting) / after.length_m if after.length_m else 1.0
    return Bundle(
        tail=before.tail,
        head=after.head,
        steps=steps,
        length_m=length,
        running=before.running and after.running,
        drawn_tracks=min(before.drawn_tracks, after.drawn_tracks),
        stated_tracks=min(stated) if stated else None,
        others=[(course, metres) for course, metres, _ in joined[1:]],
        absorbed=[
            *before.absorbed, *after.absorbed, *(p for course, _ in rest for p, _ in course),
        ],
        stops=[
            *((area, at * before_share) for area, at in before.stops),
            *([(station, meeting)] if station is not None else []),
            *((area, meeting + at * after_share) for area, at in after.stops),
        ],
        passage=before.passage.then(after.passage) or FREE,
    )  # fmt: skip


def _pair_courses(
    before: list[list[Step]], after: list[list[Step]], tracks: Tracks
) -> list[tuple[int, int]]:
    """Return which tracks go on as which: none crosses over, or over and back, needlessly."""
    if len(before) == 1 or len(after) == 1 or len(before) > _PAIRED or len(after) > _PAIRED:
        return [(number, number) for number in range(min(len(before), len(after)))]
    ends = [_place(tracks, *course[-1], at_end=True) for course in before]
    starts = [_place(tracks, *course[0], at_end=False) for course in after]
    ranked = sorted(
        (float(np.hypot(*(ends[i] - starts[j]))) - _saved_m(first, second, tracks), i, j)
        for i, first in enumerate(before)
        for j, second in enumerate(after)
    )
    pairs: dict[int, int] = {}
    for _, i, j in ranked:
        if i not in pairs and j not in pairs.values():
            pairs[i] = j
    return sorted(pairs.items())


def _place(tracks: Tracks, piece: int, forward: bool, *, at_end: bool) -> FloatArray:
    """Return the place in the plane where a step begins or ends."""
    last = int(tracks.offsets[piece + 1]) - 1 if forward == at_end else int(tracks.offsets[piece])
    place: FloatArray = tracks.xy[last]
    return place


def extend_bundle(lane: Bundle, onward: Bundle, length_m: FloatArray) -> Bundle:
    """Return a bundle that begins farther back; its tracks all begin with the same lane."""
    steps, saved = _cancel(lane.steps, onward.steps, length_m)
    length = max(lane.length_m + onward.length_m - saved, 1.0)
    shift = length - onward.length_m
    others = []
    for course, course_m in onward.others:
        joined, saved = _cancel(lane.steps, course, length_m)
        others.append((joined, max(lane.length_m + course_m - saved, 1.0)))
    onward.tail = lane.tail
    onward.steps, onward.length_m, onward.others = steps, length, others
    onward.stops = [(area, max(at + shift, 0.0)) for area, at in onward.stops]
    return onward


def _saved_m(before: list[Step], after: list[Step], tracks: Tracks) -> float:
    """Return how much of two courses would be run straight back where they meet, metres."""
    back = after[: _back(before, after)]
    return sum(2 * float(tracks.length_m[piece]) for piece, _ in back)


def _back(before: list[Step], after: list[Step]) -> int:
    """Return how many steps the second course would run straight back."""
    back, most = 0, min(len(before), len(after)) - 1
    while back < most:
        (first, first_forward), (second, second_forward) = before[-1 - back], after[back]
        if first != second or first_forward == second_forward:
            break
        back += 1
    return back


def _cancel(
    before: list[Step], after: list[Step], length_m: FloatArray
) -> tuple[list[Step], float]:
    """Join two courses; leave out what the second would run straight back, and say how much."""
    back = _back(before, after)
    saved = sum(2 * float(length_m[piece]) for piece, _ in after[:back])
    return [*before[: len(before) - back], *after[back:]], saved


def course_of(tracks: Tracks, steps: list[Step], vertices: FloatArray) -> FloatArray:
    """Return the vertices along a course, in degrees or in the plane as given."""
    offsets = tracks.offsets
    parts = []
    for piece, forward in steps:
        part = vertices[offsets[piece] : offsets[piece + 1]]
        parts.append(part if forward else part[::-1])
    if len(parts) == 1:
        return parts[0]
    course = np.concatenate(parts)
    fresh = np.ones(len(course), dtype=bool)
    fresh[1:] = (course[1:] != course[:-1]).any(axis=1)
    kept: FloatArray = course[fresh]
    return kept
