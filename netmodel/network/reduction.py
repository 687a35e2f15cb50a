"""From chains to links: parallel tracks merged, stubs absorbed, what is no hub contracted."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from netmodel.network.areas import END, JUNCTION, Areas
from netmodel.network.chains import Bundle, Chains, Step
from netmodel.network.tracks import FloatArray, Tracks

_SHARES = (0.25, 0.5, 0.75)
_LENGTH_SHARE = 0.15
_LENGTH_M = 300.0
_PAIRED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Distances that decide what is one thing, metres.

    Parameters
    ----------
    hub_m
        Switches within so much track of a station or junction belong to it.
    stub_m
        A dead end without a station that is shorter belongs to the hub it leaves.
    parallel_m
        Tracks between the same hubs that stay within it of each other are parallel tracks.
    """

    hub_m: float
    stub_m: float
    parallel_m: float


class Reduction:
    """Bundles of track between areas, reduced until every area that is left is a hub."""

    def __init__(
        self,
        tracks: Tracks,
        areas: Areas,
        chains: Chains,
        chosen: Collection[int],
        reach: Reach,
    ) -> None:
        self.tracks = tracks
        self.areas = areas
        self.chosen = chosen
        self.reach = reach
        self.bundles: dict[int, Bundle] = dict(enumerate(chains.bundles))
        self.inner: dict[int, list[int]] = {}
        for piece, area in chains.inner.items():
            self.inner.setdefault(area, []).append(piece)
        self.absorbed_places: dict[int, list[int]] = {}
        self._next = len(self.bundles)
        self._at: dict[int, dict[int, None]] = {n: {} for n in range(len(areas.areas))}
        self._gone: set[int] = set()
        self._xy = tracks.xy
        for number, bundle in self.bundles.items():
            self._at[bundle.tail][number] = None
            self._at[bundle.head][number] = None

    def run(self) -> None:
        """Reduce until nothing changes."""
        queue = deque(range(len(self.areas.areas)))
        while queue:
            while queue:
                area = queue.popleft()
                if area not in self._gone:
                    queue.extend(self._visit(area))
            queue.extend(self._join_short())

    def hubs(self) -> list[int]:
        """Return the areas that are left, in their order."""
        return [number for number in range(len(self.areas.areas)) if number not in self._gone]

    def degree(self, area: int) -> int:
        """Return how many bundles end at an area."""
        return len(self._at[area])

    def _visit(self, area: int) -> list[int]:
        """Simplify around one area; return the areas to look at again."""
        self._merge_parallels(area)
        numbers = list(self._at[area])
        if area in self.chosen:
            return []
        if len(numbers) == 1:
            return self._absorb_stub(area, numbers[0])
        if len(numbers) == 2:
            return self._contract(area, numbers[0], numbers[1])
        return []

    def _from(self, area: int, number: int) -> Bundle:
        """Return a bundle as it leaves an area."""
        bundle = self.bundles[number]
        return bundle if bundle.tail == area else bundle.turned()

    def _remove(self, number: int) -> Bundle:
        bundle = self.bundles.pop(number)
        del self._at[bundle.tail][number]
        self._at[bundle.head].pop(number, None)
        return bundle

    def _add(self, bundle: Bundle) -> None:
        self.bundles[self._next] = bundle
        self._at[bundle.tail][self._next] = None
        self._at[bundle.head][self._next] = None
        self._next += 1

    def _merge_parallels(self, area: int) -> None:
        by_end: dict[int, list[int]] = {}
        for number in self._at[area]:
            bundle = self.bundles[number]
            other = bundle.head if bundle.tail == area else bundle.tail
            by_end.setdefault(other, []).append(number)
        for numbers in by_end.values():
            if len(numbers) < 2:
                continue
            ranked = sorted(
                numbers, key=lambda n: (not self.bundles[n].running, self.bundles[n].length_m, n)
            )
            leaders: list[int] = []
            for number in ranked:
                bundle = self._from(area, number)
                twin = next((n for n in leaders if self._are_parallel(area, n, bundle)), None)
                if twin is None:
                    leaders.append(number)
                    continue
                merged = merge_parallel(self._from(area, twin), bundle)
                self._remove(number)
                self._remove(twin)
                self._add(merged)
                leaders[leaders.index(twin)] = self._next - 1

    def _are_parallel(self, area: int, number: int, bundle: Bundle) -> bool:
        first = self._from(area, number)
        gap = abs(first.length_m - bundle.length_m)
        if gap > max(_LENGTH_M, _LENGTH_SHARE * max(first.length_m, bundle.length_m)):
            return False
        apart = self._points(first) - self._points(bundle)
        return bool((np.hypot(apart[:, 0], apart[:, 1]) <= self.reach.parallel_m + gap / 2).all())

    def _points(self, bundle: Bundle) -> FloatArray:
        """Return the places a quarter, a half and three quarters along a bundle."""
        course = course_of(self.tracks, bundle.steps, self._xy)
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(course, axis=0).T))])
        wanted = np.array(_SHARES) * along[-1]
        return np.column_stack([np.interp(wanted, along, course[:, axis]) for axis in (0, 1)])

    def _absorb_stub(self, area: int, number: int) -> list[int]:
        """Let a short dead end without a station belong to the hub that it leaves."""
        bundle = self._from(area, number)
        kind = self.areas.areas[area].kind
        if kind not in {JUNCTION, END} or bundle.stops or bundle.length_m >= self.reach.stub_m:
            return []
        self._remove(number)
        pieces = [piece for steps, _ in [(bundle.steps, 0), *bundle.others] for piece, _ in steps]
        self._take_over(area, bundle.head, [*pieces, *bundle.absorbed])
        return [bundle.head]

    def _take_over(self, area: int, keeper: int, pieces: list[int]) -> None:
        self._gone.add(area)
        pieces = [*pieces, *self.inner.pop(area, [])]
        self.inner.setdefault(keeper, []).extend(pieces)
        self.absorbed_places.setdefault(keeper, []).extend(self.areas.areas[area].places)
        self.absorbed_places[keeper] += self.absorbed_places.pop(area, [])

    def _contract(self, area: int, first: int, second: int) -> list[int]:
        """Join the two bundles of an area that is no hub."""
        ends = {self._from(area, first).head, self._from(area, second).head}
        if len(ends) != 2:
            return []
        before, after = self._from(area, first).turned(), self._from(area, second)
        self._remove(first)
        self._remove(second)
        joined = join_bundles(
            before, after, self.tracks.length_m,
            area if self.areas.areas[area].places else None,
        )  # fmt: skip
        joined.absorbed += self.inner.pop(area, [])
        self._gone.add(area)
        self._add(joined)
        return [joined.tail, joined.head]

    def _join_short(self) -> list[int]:
        """Let junctions yield to what lies within reach of them, the shortest way first."""
        short = sorted(
            (bundle.length_m, number)
            for number, bundle in self.bundles.items()
            if bundle.length_m < self.reach.hub_m and not bundle.stops
        )
        changed: list[int] = []
        for _, number in short:
            if number not in self.bundles:
                continue
            bundle = self.bundles[number]
            for loser, keeper in ((bundle.head, bundle.tail), (bundle.tail, bundle.head)):
                if self._may_yield(loser, keeper):
                    self._merge_areas(loser, keeper)
                    changed.append(keeper)
                    break
        return [area for area in dict.fromkeys(changed) if area not in self._gone]

    def _may_yield(self, loser: int, keeper: int) -> bool:
        """Return whether a junction may become part of its neighbour."""
        between = [n for n in self._at[loser] if n in self._at[keeper]]
        lengths = [self.bundles[number].length_m for number in between]
        return (
            self.areas.areas[loser].kind == JUNCTION
            and loser not in self.chosen
            and max(lengths) < 2 * self.reach.hub_m
            and not any(self.bundles[number].stops for number in between)
        )

    def _merge_areas(self, loser: int, keeper: int) -> None:
        between = [n for n in self._at[loser] if n in self._at[keeper]]
        lead = min(between, key=lambda number: self.bundles[number].length_m)
        way = self._from(keeper, lead)
        pieces = []
        for number in between:
            bundle = self._remove(number)
            pieces += [p for steps, _ in [(bundle.steps, 0), *bundle.others] for p, _ in steps]
            pieces += bundle.absorbed
        for number in list(self._at[loser]):
            onward = self._from(loser, number)
            self._remove(number)
            lane = Bundle(tail=keeper, head=loser, steps=list(way.steps), length_m=way.length_m)
            self._add(_extend(lane, onward, self.tracks.length_m))
        self._take_over(loser, keeper, pieces)


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
    )


def leader_courses(bundle: Bundle) -> list[tuple[list[Step], float]]:
    """Return the courses of all tracks of a bundle, the leading one first."""
    return [(bundle.steps, bundle.length_m), *bundle.others]


def join_bundles(
    before: Bundle, after: Bundle, length_m: FloatArray, station: int | None
) -> Bundle:
    """Return two bundles that meet as one, with the station where they meet as a stop."""
    steps, length, meeting = _join_steps(before, after, length_m)
    first, second = leader_courses(before), leader_courses(after)
    pairs = _pair_courses([x for x, _ in first], [x for x, _ in second], length_m)
    if len(first) <= _PAIRED and len(second) <= _PAIRED:
        lead = next((pair for pair in pairs if pair[0] == 0), (0, 0))
        steps, saved = _cancel(first[0][0], second[lead[1]][0], length_m)
        length = max(first[0][1] + second[lead[1]][1] - saved, 1.0)
        meeting = max(first[0][1] - saved / 2, 0.0)
        pairs = [lead, *(pair for pair in pairs if pair != lead)]
    others = []
    for i, j in pairs[1:]:
        joined, saved = _cancel(first[i][0], second[j][0], length_m)
        others.append((joined, max(first[i][1] + second[j][1] - saved, 1.0)))
    rest = [x for n, x in enumerate(first) if n not in {i for i, _ in pairs}]
    rest += [x for n, x in enumerate(second) if n not in {j for _, j in pairs}]
    stated = [number for number in (before.stated_tracks, after.stated_tracks) if number]
    saved_m = before.length_m + after.length_m - length
    return Bundle(
        tail=before.tail,
        head=after.head,
        steps=steps,
        length_m=length,
        running=before.running and after.running,
        drawn_tracks=min(before.drawn_tracks, after.drawn_tracks),
        stated_tracks=min(stated) if stated else None,
        others=others,
        absorbed=[
            *before.absorbed, *after.absorbed, *(p for course, _ in rest for p, _ in course),
        ],
        stops=[
            *((area, min(at, length)) for area, at in before.stops),
            *([(station, meeting)] if station is not None else []),
            *((area, max(before.length_m + at - saved_m, 0.0)) for area, at in after.stops),
        ],
    )  # fmt: skip


def _pair_courses(
    before: list[list[Step]], after: list[list[Step]], length_m: FloatArray
) -> list[tuple[int, int]]:
    """Return which tracks go on as which: those that would cross over and back stay on theirs."""
    if len(before) > _PAIRED or len(after) > _PAIRED:
        return [(number, number) for number in range(min(len(before), len(after)))]
    ranked = sorted(
        (-_saved_m(first, second, length_m), abs(i - j), i, j)
        for i, first in enumerate(before)
        for j, second in enumerate(after)
    )
    pairs: dict[int, int] = {}
    for _, _, i, j in ranked:
        if i not in pairs and j not in pairs.values():
            pairs[i] = j
    return sorted(pairs.items())


def _extend(lane: Bundle, onward: Bundle, length_m: FloatArray) -> Bundle:
    """Return a bundle that begins farther back; its tracks all begin with the same lane."""
    steps, length, _ = _join_steps(lane, onward, length_m)
    shift = length - onward.length_m
    others = []
    for course, course_m in onward.others:
        joined, saved = _cancel(lane.steps, course, length_m)
        others.append((joined, lane.length_m + course_m - saved))
    onward.tail = lane.tail
    onward.steps, onward.length_m, onward.others = steps, length, others
    onward.stops = [(area, max(at + shift, 0.0)) for area, at in onward.stops]
    return onward


def _join_steps(
    before: Bundle, after: Bundle, length_m: FloatArray
) -> tuple[list[Step], float, float]:
    """Return the joint course, its length, and metres from its tail to where they meet."""
    steps, saved = _cancel(before.steps, after.steps, length_m)
    length = before.length_m + after.length_m - saved
    return steps, max(length, 1.0), max(before.length_m - saved / 2, 0.0)


def _saved_m(before: list[Step], after: list[Step], length_m: FloatArray) -> float:
    """Return how much of two courses would be run straight back where they meet, metres."""
    return sum(2 * float(length_m[piece]) for piece, _ in after[: _back(before, after)])


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
