"""Metrics of sets of outages, each distinct set measured once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from netmodel.outages.outage import Outage

if TYPE_CHECKING:
    from netmodel.impact.assessment import Assessor


class Measures:
    """Values of some metrics under sets of outages, remembered by set.

    Scenarios have dozens of outages and thousands of samples, but few distinct sets.

    Parameters
    ----------
    outages
        Sets are given as positions in this sequence.
    metrics
        Names of metrics.
    forget_every
        After so many sets solved, let go of their routes; for long ensembles.
    """

    def __init__(
        self,
        assessor: Assessor,
        outages: Sequence[Outage],
        metrics: Sequence[str],
        *,
        forget_every: int | None = None,
    ) -> None:
        self.assessor = assessor
        self.outages = tuple(outages)
        self.metrics = tuple(metrics)
        self._forget_every = forget_every
        self._known: dict[frozenset[int], Mapping[str, float]] = {}
        traffic = assessor.profile.traffic
        concerned = (
            number
            for number, outage in enumerate(self.outages)
            if assessor.services or traffic in outage.traffic
        )
        self._concerned = frozenset(concerned)

    def of(self, active: frozenset[int]) -> Mapping[str, float]:
        """Return the value of every metric while the given outages hold."""
        key = active & self._concerned
        known = self._known.get(key)
        if known is None:
            held = [self.outages[number] for number in sorted(key)]
            known = self._known[key] = self.assessor.measure(held, self.metrics)
            if self._forget_every and len(self._known) % self._forget_every == 0:
                self.assessor.forget()
        return known

    @property
    def solved(self) -> int:
        """How many distinct sets have been measured."""
        return len(self._known)
