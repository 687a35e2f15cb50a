"""The resilience loss of a window as a function of the milestone times."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netmodel.errors import InputError, Problem
from netmodel.impact.bounds import MetricBounds
from netmodel.impact.measures import Measures
from netmodel.outages.milestones import IntArray, MilestoneLimits
from netmodel.outages.stages import Stages

MICROSECONDS_PER_HOUR = 3_600_000_000


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
        drop = np.array([1.0 - self.performance(self.stages.active(key)) for key in spans.keys])
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

    def bounds(self) -> MetricBounds:
        """Return the loss at its worst and its best over all times that the evidence allows."""
        gravest, mildest = self.losses(
            np.stack([self.limits.extreme("gravest"), self.limits.extreme("mildest")])
        )
        return MetricBounds(guaranteed=float(gravest), possible=float(mildest))
