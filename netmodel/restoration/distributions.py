"""Distributions of restoration times."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem
from netmodel.restoration.algebra import FloatArray
from netmodel.restoration.likelihood import STANDARD

if TYPE_CHECKING:
    from typing import Self


DISTRIBUTIONS = tuple(STANDARD)
LONGEST_HOURS = 1e9
"""A quantile beyond this (114,000 years) is given as infinite."""


class Predictive(Protocol):
    """What a scored forecast must answer; hours run from the start of the incident."""

    @property
    def jumps_hours(self) -> tuple[float, ...]:
        """Hours at which the distribution function jumps."""

    def cdf(self, hours: FloatArray) -> FloatArray:
        """Return the probability of at most so many hours."""

    def density(self, hours: float) -> float:
        """Return the probability density per hour; ``inf`` at a jump."""

    def quantile(self, probability: float) -> float:
        """Return the hours that the duration stays below with this probability."""

    def given_longer_than(self, hours: float) -> Predictive:
        """Return the distribution once the duration is known to exceed so many hours."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mixture:
    """An equal mixture of lognormal, Weibull or log-logistic durations, one per draw.

    Each draw of the parameters of a fit is one component, so that the uncertainty of the fit is
    part of the distribution. In each, ``log T = location + scale * W`` with W standard normal
    (lognormal), standard smallest-extreme-value (Weibull) or standard logistic (log-logistic).

    Parameters
    ----------
    location, scale
        Arrays with one entry per draw; of the logarithm of hours.
    after_hours
        The duration is known to exceed this. Components under which that is likelier weigh more,
        as Bayes' rule has it.

    Raises
    ------
    InputError
        For an unknown distribution, arrays of unlike or zero length, scales that are not
        positive, or a negative `after_hours`.

    Examples
    --------
    >>> one = Mixture(distribution="lognormal", location=np.array([2.0]), scale=np.array([1.0]))
    >>> round(one.quantile(0.5), 3)
    7.389
    >>> round(one.given_longer_than(10.0).quantile(0.5), 2)
    17.74
    """

    distribution: str
    location: FloatArray
    scale: FloatArray
    after_hours: float = 0.0

    @refuse_wrong_kinds
    def __post_init__(self) -> None:
        problems = []
        if self.distribution not in DISTRIBUTIONS:
            problems.append(f"unknown distribution {self.distribution!r}")
        if self.location.shape != self.scale.shape or self.location.size < 1:
            problems.append("location and scale need the same number of draws, at least 1")
        elif not (self.scale > 0).all() or not np.isfinite(self.location).all():
            problems.append("scales must be > 0 and locations finite")
        if not 0 <= self.after_hours < math.inf:
            problems.append(f"after_hours (={self.after_hours}) must be >= 0 and finite")
        if problems:
            raise InputError([Problem(what=what, where="predictive") for what in problems])

    @property
    def jumps_hours(self) -> tuple[float, ...]:
        """None."""
        return ()

    def given_longer_than(self, hours: float) -> Self:
        """Return the distribution once the duration is known to exceed so many hours."""
        return replace(self, after_hours=max(hours, self.after_hours))

    def cdf(self, hours: FloatArray) -> FloatArray:
        """Return the probability of at most so many hours, given what is known.

        Parameters
        ----------
        hours
            From the start of the incident; any shape.
        """
        clipped = np.maximum(np.asarray(hours, dtype=np.float64), self.after_hours)
        z = self._standardize(clipped)
        if self.after_hours == 0:
            return np.asarray(STANDARD[self.distribution].cdf(z).mean(axis=-1), dtype=np.float64)
        log_survival = _log_mean_exp(STANDARD[self.distribution].log_survival(z))
        values: FloatArray = -np.expm1(log_survival - self._log_known())
        return values

    def density(self, hours: float) -> float:
        """Return the density per hour; 0 at and before the hours known to have passed."""
        if hours <= self.after_hours:
            return 0.0
        z = (math.log(hours) - self.location) / self.scale
        log_each = STANDARD[self.distribution].log_density(z) - np.log(self.scale * hours)
        return float(np.exp(_log_mean_exp(log_each) - self._log_known()))

    def quantile(self, probability: float) -> float:
        """Return the hours that the duration stays below with this probability.

        Returns
        -------
        float
            From the start of the incident; infinite beyond 10⁹ hours.
        """
        check_probability(probability)
        from scipy.optimize import brentq

        def excess(log_hours: float) -> float:
            return chance_by(self, math.exp(log_hours)) - probability

        low = math.log(max(self.after_hours, 1e-9))
        high = math.log(LONGEST_HOURS)
        if excess(low) >= 0:
            return math.exp(low)
        if excess(high) < 0:
            return math.inf
        return math.exp(float(brentq(excess, low, high, xtol=1e-10)))

    def draw(self, count: int, *, seed: int) -> FloatArray:
        """Draw durations in hours, each longer than what is known to have passed.

        Raises
        ------
        InputError
            If `count` is below 1.

        Examples
        --------
        >>> one = Mixture(distribution="weibull", location=np.zeros(1), scale=np.ones(1))
        >>> bool(one.given_longer_than(5.0).draw(3, seed=1).min() > 5.0)
        True
        """
        if count < 1:
            raise InputError([Problem(what=f"samples (={count}) must be >= 1")])
        uniform = np.random.default_rng(seed).uniform(size=count)
        return np.array([self.quantile(float(each)) for each in uniform])

    def _log_known(self) -> float:
        if self.after_hours == 0:
            return 0.0
        z = self._standardize(np.array(self.after_hours))
        return float(_log_mean_exp(STANDARD[self.distribution].log_survival(z)))

    def _standardize(self, hours: FloatArray) -> FloatArray:
        """Return what ``W`` must be under each draw, along a last axis of its own."""
        with np.errstate(divide="ignore"):
            log_hours = np.log(hours)
        values: FloatArray = (log_hours[..., None] - self.location) / self.scale
        return values


def chance_by(forecast: Predictive, hours: float) -> float:
    """Return the probability of at most so many hours.

    Examples
    --------
    >>> one = Mixture(distribution="lognormal", location=np.zeros(1), scale=np.ones(1))
    >>> chance_by(one, 1.0)
    0.5
    """
    return float(forecast.cdf(np.array([hours], dtype=np.float64))[0])


def check_probability(probability: float) -> None:
    """Refuse what is no probability strictly between 0 and 1.

    Raises
    ------
    InputError
        If it is not.

    Examples
    --------
    >>> check_probability(0.5)
    """
    if not 0 < probability < 1:
        raise InputError([Problem(what=f"probability (={probability}) must be > 0 and < 1")])


def _log_mean_exp(values: FloatArray) -> FloatArray:
    top = np.max(values, axis=-1, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        mean = np.log(np.mean(np.exp(values - top), axis=-1)) + top[..., 0]
    return np.asarray(mean, dtype=np.float64)


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

    def given_longer_than(self, hours: float) -> PointRule:
        """Return the rule that names so many hours at least."""
        return replace(self, hours=max(hours, self.hours))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExponentialRule:
    """A rule that knows an average and no more: an exponential distribution with that mean.

    Parameters
    ----------
    mean_hours
        From the start, or from what is known to have passed.
    after_hours
        The duration is known to exceed this.

    Examples
    --------
    >>> round(ExponentialRule(mean_hours=4.0).quantile(0.5), 2)
    2.77
    """

    mean_hours: float
    after_hours: float = 0.0

    @property
    def jumps_hours(self) -> tuple[float, ...]:
        """None."""
        return ()

    def cdf(self, hours: FloatArray) -> FloatArray:
        """Return the probability of at most so many hours."""
        passed = np.maximum(np.asarray(hours, dtype=np.float64) - self.after_hours, 0.0)
        values: FloatArray = -np.expm1(-passed / self.mean_hours)
        return values

    def density(self, hours: float) -> float:
        """Return the density per hour."""
        if hours < self.after_hours:
            return 0.0
        return math.exp(-(hours - self.after_hours) / self.mean_hours) / self.mean_hours

    def quantile(self, probability: float) -> float:
        """Return the hours that the duration stays below with this probability."""
        check_probability(probability)
        return self.after_hours - self.mean_hours * math.log1p(-probability)

    def given_longer_than(self, hours: float) -> ExponentialRule:
        """Return the distribution once the duration is known to exceed so many hours."""
        return replace(self, after_hours=max(hours, self.after_hours))


NAIVE_RULES: Mapping[str, Predictive] = {
    "one day, always": PointRule(hours=24.0),
    "four hours, always": PointRule(hours=4.0),
    "about one day": ExponentialRule(mean_hours=24.0),
    "about four hours": ExponentialRule(mean_hours=4.0),
}
"""The first two name one duration; the others have it as mean of an exponential distribution."""
