"""The resilience loss of a window as a function of the milestone times."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from netmodel.errors import InputError, Problem
from netmodel.impact.assessment import Measures
from netmodel.impact.bounds import MetricBounds
from netmodel.outages.draws import Stages
from netmodel.outages.milestones import Extreme, IntArray, MilestoneLimits

MICROSECONDS_PER_HOUR = 3_600_000_000
EXTREMES: tuple[Extreme, Extreme] = ("gravest", "mildest")


class LossModel:
    """The resilience loss of a window under many sets of milestone times.

    Parameters
    ----------
    measures
        Of one metric of performance that is 1 when nothing is wrong, such as connected share.
    limits
        Of all incidents that have outages, the background included.
    """

    def __init__(self, measures: Measures, limits: MilestoneLimits) -> None:
        if len(measures.metrics) != 1:
            what = f"a loss is that of one metric, not of {len(measures.metrics)}"
            raise InputError([Problem(what=what)])
        self.measures = measures
        self.limits = limits
        self.stages = Stages(limits, measures.outages)
        self._metric = measures.metrics[0]

    def performance(self, active: frozenset[int]) -> float:
        """Return the performance while the given outages hold."""
        return self.measures.of(active)[self._metric]

    def losses(self, times: IntArray) -> NDArray[np.float64]:
        """Return the loss under each set of times, shape ``(samples, incidents, 3)``; hours."""
        spans = self.stages.cut(times)
        active = [self.stages.active(key) for key in spans.keys]
        self.measures.expect(active)
        drop = np.array([1.0 - self.performance(each) for each in active])
        hours = spans.microseconds / MICROSECONDS_PER_HOUR
        totals = np.bincount(spans.sample, hours * drop[spans.number], minlength=len(times))
        return totals.astype(np.float64)

    def hours_of_sets(self, times: IntArray) -> dict[frozenset[int], float]:
        """Return for how long each distinct set of outages holds under one set of times."""
        spans = self.stages.cut(times[None])
        micros = np.bincount(spans.number, spans.microseconds, minlength=len(spans.keys))
        return {
            self.stages.active(key): float(total) / MICROSECONDS_PER_HOUR
            for key, total in zip(spans.keys, micros, strict=True)
        }

    def bounds(self, limits: MilestoneLimits | None = None) -> MetricBounds:
        """Return the loss at its worst and its best over all times that the evidence allows.

        Attained where the times of every incident are nested, or where of those that are not no
        two are in doubt at the same time. Else an outer bound: see `tightening`.

        Parameters
        ----------
        limits
            Narrower ones than those of the model, which are the default.
        """
        limits = self.limits if limits is None else limits
        gravest, mildest = self.losses(
            np.stack([limits.extreme("gravest"), limits.extreme("mildest")])
        )
        less, more = (self.tightening(which, limits) for which in EXTREMES)
        return MetricBounds(guaranteed=float(gravest) - less, possible=float(mildest) + more)

    def tightening(self, which: Extreme, limits: MilestoneLimits | None = None) -> float:
        """Return by how much the extreme loss is nearer than that of the extreme times; hours.

        Where an incident's times are not nested, its extreme times are none that it can have
        had. Its own worst or best loss beside the extremes of all others is found exactly: given
        the start its times are nested, and the loss moves evenly with the start until a
        milestone passes one of the others. What several gain adds up where they are never in
        doubt at the same time; of those that are, only the one that gains most is counted, since
        another may gain nothing beside it.
        """
        limits = self.limits if limits is None else limits
        rows = np.flatnonzero(~limits.nested(which)).tolist()
        if not rows:
            return 0.0
        extreme = limits.extreme(which)
        reached = float(self.losses(extreme[None])[0])
        gains = {row: self._gain(row, which, limits, extreme, reached) for row in rows}
        return sum(max(gains[row] for row in group) for group in _meeting(limits, rows))

    def _gain(
        self, row: int, which: Extreme, limits: MilestoneLimits, extreme: IntArray, reached: float
    ) -> float:
        low, high = _doubt(limits, row)
        others = np.unique(np.delete(extreme, row, axis=0))
        instants = [low, *others[(low < others) & (others < high)].tolist(), high]
        starts = limits.allowed[row].turning_starts(which, instants)
        times = np.repeat(extreme[None], len(starts), axis=0)
        times[:, row] = [limits.given_start(row, start, which) for start in starts]
        found = self.losses(times)
        gain = reached - found.max() if which == "gravest" else found.min() - reached
        return max(0.0, float(gain))


def _doubt(limits: MilestoneLimits, row: int) -> tuple[int, int]:
    """Return from when to when within the window an incident may hold."""
    low = int(np.clip(limits.earliest[row, 0], 0, limits.span))
    last = limits.latest[row, limits.matters[row]].max()
    return low, max(low, int(np.clip(last, 0, limits.span)))


def _meeting(limits: MilestoneLimits, rows: Sequence[int]) -> list[list[int]]:
    """Return some incidents in groups, such that those of different groups never meet."""
    groups: list[list[int]] = []
    until = -1
    for row in sorted(rows, key=lambda row: _doubt(limits, row)):
        low, high = _doubt(limits, row)
        if groups and low < until:
            groups[-1].append(row)
        else:
            groups.append([row])
        until = max(until, high)
    return groups
