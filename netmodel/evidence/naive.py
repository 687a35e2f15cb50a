"""Rules of thumb for the duration of a restoration, to measure a model against."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from netmodel.evidence.predictive import FloatArray, Predictive, check_probability


@dataclass(frozen=True, slots=True, kw_only=True)
class PointRule:
    """A rule that names one duration, whatever happened.

    Examples
    --------
    >>> PointRule(hours=24.0).quantile(0.9)
    24.0
    """

    hours: float

    @property
    def jumps_hours(self) -> tuple[float, ...]:
        """The hours that it names."""
        return (self.hours,)

    def cdf(self, hours: FloatArray) -> FloatArray:
        """Return 0 before the hours that it names and 1 from there."""
        return (np.asarray(hours) >= self.hours).astype(np.float64)

    def density(self, hours: float) -> float:
        """Return infinity where it names the hour exactly, else 0."""
        return math.inf if hours == self.hours else 0.0

    def quantile(self, probability: float) -> float:
        """Return the hours that it names."""
        check_probability(probability)
        return self.hours


@dataclass(frozen=True, slots=True, kw_only=True)
class ExponentialRule:
    """A rule that knows an average and no more: an exponential distribution with that mean.

    Examples
    --------
    >>> round(ExponentialRule(mean_hours=4.0).quantile(0.5), 2)
    2.77
    """

    mean_hours: float

    @property
    def jumps_hours(self) -> tuple[float, ...]:
        """None."""
        return ()

    def cdf(self, hours: FloatArray) -> FloatArray:
        """Return the probability of at most so many hours."""
        values: FloatArray = -np.expm1(-np.asarray(hours, dtype=np.float64) / self.mean_hours)
        return values

    def density(self, hours: float) -> float:
        """Return the density per hour."""
        return math.exp(-hours / self.mean_hours) / self.mean_hours

    def quantile(self, probability: float) -> float:
        """Return the hours that the duration stays below with this probability."""
        check_probability(probability)
        return -self.mean_hours * math.log1p(-probability)


NAIVE_RULES: Mapping[str, Predictive] = {
    "one day, always": PointRule(hours=24.0),
    "four hours, always": PointRule(hours=4.0),
    "about one day": ExponentialRule(mean_hours=24.0),
    "about four hours": ExponentialRule(mean_hours=4.0),
}
"""The first two name one duration; the others have it as mean of an exponential distribution."""
