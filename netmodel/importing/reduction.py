"""From chains to links: parallel tracks merged, stubs absorbed, other nodes contracted."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from netmodel.importing.chains import (
    Bundle,
    TrackChains,
    course_of,
    extend_bundle,
    join_bundles,
    merge_parallel,
)
from netmodel.importing.stations import END, JUNCTION, Areas
from netmodel.importing.tracks import FloatArray, Tracks

_SHARES = (0.25, 0.5, 0.75)
_LENGTH_SHARE = 0.15
_LENGTH_M = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Distances that decide what is one thing, metres.

    Parameters
    ----------
    hub_m
        Switches closer than this (metres of track) to a station or junction belong to it.
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
        chains: TrackChains,
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
        """Join the two bundles of an area that is not a hub, if trains may go on there.

        Where gauges break or one-way tracks meet head on, the area stays a hub.
        """
        ends = {self._from(area, first).head, self._from(area, second).head}
        if len(ends) != 2:
            return []
        before, after = self._from(area, first).turned(), self._from(area, second)
        if before.passage.then(after.passage) is None:
            return []
        self._remove(first)
        self._remove(second)
        joined = join_bundles(
            before, after, self.tracks,
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
            self._add(extend_bundle(lane, onward, self.tracks.length_m))
        self._take_over(loser, keeper, pieces)
