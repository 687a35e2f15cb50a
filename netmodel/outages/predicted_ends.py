"""Open ends drawn from a model of restoration times, given what is known to have passed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from netmodel.evidence.model import Incident
from netmodel.evidence.predictive import Predictive
from netmodel.evidence.restoration import RestorationFit

FloatArray = NDArray[np.float64]
TABLE_POINTS = 4000
FIT_DRAWS = 200
"""Draws of the parameters of a fit in each predictive distribution."""
SHORTEST_HOURS, LONGEST_HOURS = 1e-3, 1e7


@dataclass(frozen=True, kw_only=True)
class PredictedEnds:
    """An `EndSampler` that draws from predictive distributions by kind and effect of incident.

    Each draw is from the distribution given that the duration exceeds what is known to have
    passed. The distribution function is inverted by a table of the cumulative hazard, so that
    any model which has one will do.

    Parameters
    ----------
    model
        What is told to the reader of a run.
    by_kind
        By kind and effect of the incident.
    otherwise
        For those that are not in `by_kind`.

    Examples
    --------
    >>> from netmodel.evidence.naive import ExponentialRule
    >>> ends = PredictedEnds(model="4 h", by_kind={}, otherwise=ExponentialRule(mean_hours=4.0))
    >>> from netmodel.evidence.model import NoPlace
    >>> incident = Incident(id="x", title="x", kind="fire", zone="UTC",
    ...     places=(NoPlace(reason="example"),), effect="closed", claims=())
    >>> hours = ends.draw_hours(incident, "first_traffic", np.full(20_000, 10.0),
    ...                         np.random.default_rng(1))
    >>> bool(hours.min() >= 10), bool(13.8 < hours.mean() < 14.2)
    (True, True)
    """

    model: str
    by_kind: Mapping[tuple[str, str], Predictive]
    otherwise: Predictive
    _tables: dict[tuple[str, str], FloatArray] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What is told to the reader of a run."""
        return self.model

    def draw_hours(
        self,
        incident: Incident,
        milestone: str,  # noqa: ARG002 - one model for both; full service is only conditioned on more
        longer_than_hours: FloatArray,
        rng: np.random.Generator,
    ) -> FloatArray:
        """Return hours from the start, none below the figures given; inf beyond the table."""
        hazard = self._hazard_of((incident.kind, incident.effect))
        log_known = np.log(np.maximum(longer_than_hours, SHORTEST_HOURS))
        passed = np.interp(log_known, self._log_hours, hazard)
        target = passed + rng.exponential(size=len(log_known))
        hours = np.exp(np.interp(target, hazard, self._log_hours))
        found = np.where(target > hazard[-1], np.inf, np.maximum(hours, longer_than_hours))
        return np.asarray(found, dtype=np.float64)

    @cached_property
    def _log_hours(self) -> FloatArray:
        return np.linspace(np.log(SHORTEST_HOURS), np.log(LONGEST_HOURS), TABLE_POINTS)

    def _hazard_of(self, wanted: tuple[str, str]) -> FloatArray:
        """Return the cumulative hazard over the table of hours, never falling."""
        key = wanted if wanted in self.by_kind else ("", "")
        if key not in self._tables:
            model = self.by_kind.get(wanted, self.otherwise)
            survival = np.maximum(1.0 - model.cdf(np.exp(self._log_hours)), 1e-300)
            self._tables[key] = np.maximum.accumulate(-np.log(survival))
        return self._tables[key]


def ends_from_fit(
    fit: RestorationFit, incidents: Iterable[Incident], *, seed: int = 0
) -> PredictedEnds:
    """Return a sampler of open ends by a fitted model, for the kinds of some incidents.

    Parameters
    ----------
    seed
        For the draws of the fit's parameters, by which its uncertainty enters.
    """
    kinds = sorted({(incident.kind, incident.effect) for incident in incidents})
    return PredictedEnds(
        model=f"{fit.distribution} fitted to {fit.count} durations, given what has passed",
        by_kind={
            (kind, effect): fit.predict(kind, effect=effect, draws=FIT_DRAWS, seed=seed)
            for kind, effect in kinds
        },
        otherwise=fit.predict("other", draws=FIT_DRAWS, seed=seed),
    )
