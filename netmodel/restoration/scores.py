"""How good one forecast of a restoration time is, once the outcome is known between bounds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from netmodel.errors import InputError, Problem
from netmodel.restoration.algebra import FloatArray
from netmodel.restoration.distributions import Predictive, chance_by, check_probability
from netmodel.restoration.durations import Duration

HORIZON_HOURS = 8760.0
GRID_SIZE = 800
SMALLEST_GRID_HOURS = 1e-3
VERDICTS = ("inside", "undecided", "outside")
LEVELS = (0.5, 0.8, 0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One forecast of one incident, scored.

    Parameters
    ----------
    median_hours, low_hours, high_hours
        Of the forecast; low and high are the 10th and 90th percentiles.
    rank_lower, rank_upper
        The probability that the forecast gave to at most the lower, and at most the upper bound.
        The rank of the outcome lies between them; ranks of perfect forecasts are spread evenly
        from 0 to 1. Not a number for rules that name one duration.
    verdicts
        By level: ``inside``, ``outside`` or ``undecided``.
    """

    rule: str
    duration: Duration
    median_hours: float
    low_hours: float
    high_hours: float
    log_score: float
    crps_hours: float
    crps_log: float
    rank_lower: float
    rank_upper: float
    verdicts: Mapping[float, str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ForecastTable:
    """A forecast evaluated once over a grid of hours, for scoring any number of outcomes.

    Parameters
    ----------
    hours, share
        The grid, dense in logarithm and exact at jumps, and the distribution function there.
    before, after
        Integrals from 0 to each hour of the grid: of the squared distribution function, and of the
        squared rest; in the first row over hours, in the second over log(1 + hours).
    quantiles
        By probability, for the median and the ends of each level's interval.
    """

    forecast: Predictive
    horizon_hours: float
    hours: FloatArray
    share: FloatArray
    before: FloatArray
    after: FloatArray
    quantiles: Mapping[float, float]

    @classmethod
    def of(cls, forecast: Predictive, *, horizon_hours: float = HORIZON_HOURS) -> ForecastTable:
        """Evaluate a forecast.

        Raises
        ------
        InputError
            If the horizon is not positive.
        """
        if not horizon_hours > 0:
            raise InputError([Problem(what=f"horizon_hours (={horizon_hours}) must be > 0")])
        hours = _grid(forecast, horizon_hours)
        share = forecast.cdf(hours)
        wanted = [0.5, *(end for level in LEVELS for end in _ends_of(level))]
        return cls(
            forecast=forecast,
            horizon_hours=horizon_hours,
            hours=hours,
            share=share,
            before=_integrate(hours, share**2),
            after=_integrate(hours, (1 - share) ** 2),
            quantiles={each: _invert(forecast, hours, share, each) for each in wanted},
        )

    def score(self, rule: str, duration: Duration) -> Scored:
        """Score one outcome by every measure."""
        lower, upper = duration.lower_hours, duration.upper_hours
        crps_hours, crps_log = self.crps(lower, upper)
        named = bool(self.forecast.jumps_hours)
        ranks = self.forecast.cdf(np.array([lower, upper]))
        low, high = _ends_of(0.8)
        return Scored(
            rule=rule,
            duration=duration,
            median_hours=self.quantiles[0.5],
            low_hours=self.quantiles[low],
            high_hours=self.quantiles[high],
            log_score=score_log(self.forecast, lower, upper),
            crps_hours=crps_hours,
            crps_log=crps_log,
            rank_lower=math.nan if named else float(ranks[0]),
            rank_upper=math.nan if named else float(ranks[1]),
            verdicts={
                level: _judge((self.quantiles[first], self.quantiles[last]), lower, upper)
                for level, (first, last) in zip(LEVELS, map(_ends_of, LEVELS), strict=True)
            },
        )

    def crps(self, lower_hours: float, upper_hours: float) -> tuple[float, float]:
        """Return `score_crps` in hours and in log-hours."""
        check_outcome(lower_hours, upper_hours)
        bounds = np.minimum([lower_hours, upper_hours], self.horizon_hours)
        below, above = self.forecast.cdf(bounds)
        place = int(np.searchsorted(self.hours, bounds[0], side="right")) - 1
        first = self.before[:, place] + _trapezoid(
            (self.hours[place], bounds[0]), (self.share[place] ** 2, below**2)
        )
        place = int(np.searchsorted(self.hours, bounds[1], side="left"))
        second = (
            self.after[:, -1]
            - self.after[:, place]
            + _trapezoid(
                (bounds[1], self.hours[place]), ((1 - above) ** 2, (1 - self.share[place]) ** 2)
            )
        )
        return float(first[0] + second[0]), float(first[1] + second[1])


def score_log(forecast: Predictive, lower_hours: float, upper_hours: float) -> float:
    """Return the logarithmic score: minus the log of what the forecast gave to the outcome.

    For bounds, the probability between them; for an exact outcome, the density per hour.

    Parameters
    ----------
    lower_hours, upper_hours
        Bounds of the outcome; equal when it is exact, the upper infinite when right-censored.

    Returns
    -------
    float
        Smaller is better; infinite when the forecast held the outcome impossible, minus infinity
        when a rule named an exact outcome exactly.

    References
    ----------
    Gneiting, T. & Raftery, A. E. (2007). Strictly proper scoring rules, prediction, and
    estimation. Journal of the American Statistical Association 102, 359–378.
    doi:10.1198/016214506000001437

    Examples
    --------
    >>> from netmodel.restoration.distributions import ExponentialRule
    >>> round(score_log(ExponentialRule(mean_hours=4.0), 2.0, math.inf), 3)
    0.5
    """
    check_outcome(lower_hours, upper_hours)
    if lower_hours == upper_hours:
        chance = forecast.density(lower_hours)
    else:
        below = 0.0 if lower_hours == 0 else chance_by(forecast, lower_hours)
        above = 1.0 if math.isinf(upper_hours) else chance_by(forecast, upper_hours)
        chance = above - below
        if any(lower_hours == jump for jump in forecast.jumps_hours):
            chance = 1.0
    if math.isinf(chance):
        return -math.inf
    return math.inf if chance <= 0 else -math.log(chance)


def score_crps(
    forecast: Predictive,
    lower_hours: float,
    upper_hours: float,
    *,
    horizon_hours: float = HORIZON_HOURS,
    logarithmic: bool = False,
) -> float:
    r"""Return the continuous ranked probability score of a censored outcome.

    .. math:: \int_0^{l} F(t)^2 \, w(t) \, dt + \int_u^{h} (1 - F(t))^2 \, w(t) \, dt

    with the outcome between l and u and the horizon h: between the bounds nothing is known, and
    nothing is counted. Weight w is 1, or 1/(1 + t) for the score of log(1 + t). For an exact
    outcome and a rule that names one duration it is the absolute error.

    Parameters
    ----------
    horizon_hours
        Nothing beyond is counted; a year by default.
    logarithmic
        Score log(1 + hours) instead of hours: being wrong by a factor counts alike for short
        and for long durations.

    Returns
    -------
    float
        In hours (or log-hours); smaller is better. Zero when nothing is known of the outcome.

    References
    ----------
    Avati, A. et al. (2020). Countdown regression: sharp and calibrated survival predictions.
    Proceedings of Machine Learning Research 115, 145–155.
    Bosse, N. I. et al. (2023). Scoring epidemiological forecasts on transformed scales. PLoS
    Computational Biology 19, e1011393. doi:10.1371/journal.pcbi.1011393

    Examples
    --------
    >>> from netmodel.restoration.distributions import PointRule
    >>> round(score_crps(PointRule(hours=24.0), 10.0, 10.0), 6)
    14.0
    """
    table = ForecastTable.of(forecast, horizon_hours=horizon_hours)
    return table.crps(lower_hours, upper_hours)[int(logarithmic)]


def judge_interval(
    forecast: Predictive, level: float, lower_hours: float, upper_hours: float
) -> str:
    """Return whether the outcome fell into the central interval of some probability.

    Parameters
    ----------
    level
        Probability of the interval, such as 0.8 for the one from the 10th to the 90th percentile.

    Returns
    -------
    str
        ``inside`` or ``outside`` when the bounds of the outcome leave no doubt, else
        ``undecided``.

    Examples
    --------
    >>> from netmodel.restoration.distributions import ExponentialRule
    >>> judge_interval(ExponentialRule(mean_hours=4.0), 0.8, 2.0, 6.0)
    'inside'
    """
    check_probability(level)
    check_outcome(lower_hours, upper_hours)
    first, last = _ends_of(level)
    interval = (forecast.quantile(first), forecast.quantile(last))
    return _judge(interval, lower_hours, upper_hours)


def check_outcome(lower_hours: float, upper_hours: float) -> None:
    """Refuse bounds of an outcome that exclude each other.

    Raises
    ------
    InputError
        If they do, or the lower one is negative or infinite.

    Examples
    --------
    >>> check_outcome(1.0, 2.0)
    """
    if not 0 <= lower_hours <= upper_hours or math.isinf(lower_hours):
        what = f"an outcome between {lower_hours} and {upper_hours} h cannot be scored"
        raise InputError([Problem(what=what, remedy="give 0 <= lower <= upper")])


def _judge(interval: tuple[float, float], lower: float, upper: float) -> str:
    low, high = interval
    if low <= lower and upper <= high:
        return "inside"
    if upper < low or lower > high:
        return "outside"
    return "undecided"


def _ends_of(level: float) -> tuple[float, float]:
    """Return the probabilities at which the central interval of a level begins and ends."""
    return (1 - level) / 2, (1 + level) / 2


def _grid(forecast: Predictive, horizon: float) -> FloatArray:
    """Return the hours at which to integrate: dense in logarithm, with both sides of each jump."""
    jumps = [
        side
        for jump in forecast.jumps_hours
        if jump <= horizon
        for side in (np.nextafter(jump, 0), jump)
    ]
    least = min(SMALLEST_GRID_HOURS, horizon / 2)
    grid: FloatArray = np.unique(
        np.concatenate([[0.0], np.geomspace(least, horizon, GRID_SIZE)[:-1], [horizon], jumps])
    )
    return grid


def _invert(
    forecast: Predictive, hours: FloatArray, share: FloatArray, probability: float
) -> float:
    """Return a quantile, by interpolation in log-hours where the grid holds it."""
    if not share[1] < probability < share[-1]:
        return forecast.quantile(probability)
    return math.exp(float(np.interp(probability, share[1:], np.log(hours[1:]))))


def _integrate(hours: FloatArray, values: FloatArray) -> FloatArray:
    """Return the integrals from 0 to each hour, in rows over hours and over log(1 + hours)."""
    middle = (values[1:] + values[:-1]) / 2
    steps = np.stack([np.diff(hours), np.diff(np.log1p(hours))])
    return np.concatenate([np.zeros((2, 1)), np.cumsum(middle * steps, axis=1)], axis=1)


def _trapezoid(hours: tuple[float, float], values: tuple[float, float]) -> FloatArray:
    """Return the integral over one step, over hours and over log(1 + hours)."""
    first, last = hours
    steps = np.array([last - first, math.log1p(last) - math.log1p(first)])
    return steps * sum(values) / 2
