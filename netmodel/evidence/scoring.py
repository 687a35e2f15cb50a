"""Scores of a predictive distribution against an outcome that is known only between bounds."""

from __future__ import annotations

import math

import numpy as np

from netmodel.errors import InputError, Problem
from netmodel.evidence.predictive import FloatArray, Predictive, chance_by, check_probability

HORIZON_HOURS = 8760.0
GRID_SIZE = 1200
SMALLEST_GRID_HOURS = 1e-3
VERDICTS = ("inside", "undecided", "outside")


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
    >>> from netmodel.evidence.naive import ExponentialRule
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
    >>> from netmodel.evidence.naive import PointRule
    >>> round(score_crps(PointRule(hours=24.0), 10.0, 10.0), 6)
    14.0
    """
    check_outcome(lower_hours, upper_hours)
    if not horizon_hours > 0:
        raise InputError([Problem(what=f"horizon_hours (={horizon_hours}) must be > 0")])
    hours = _grid(forecast, lower_hours, upper_hours, horizon_hours)
    share = forecast.cdf(hours)
    weight = 1 / (1 + hours) if logarithmic else np.ones_like(hours)
    before = hours <= lower_hours
    after = hours >= upper_hours
    total = 0.0
    if before.sum() > 1:
        total += float(np.trapezoid((share**2 * weight)[before], hours[before]))
    if after.sum() > 1:
        total += float(np.trapezoid(((1 - share) ** 2 * weight)[after], hours[after]))
    return total


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
    >>> from netmodel.evidence.naive import ExponentialRule
    >>> judge_interval(ExponentialRule(mean_hours=4.0), 0.8, 2.0, 6.0)
    'inside'
    """
    check_probability(level)
    check_outcome(lower_hours, upper_hours)
    low = forecast.quantile((1 - level) / 2)
    high = forecast.quantile((1 + level) / 2)
    if low <= lower_hours and upper_hours <= high:
        return "inside"
    if upper_hours < low or lower_hours > high:
        return "outside"
    return "undecided"


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


def _grid(forecast: Predictive, lower: float, upper: float, horizon: float) -> FloatArray:
    """Return the hours at which to integrate: dense in logarithm, exact at bounds and jumps."""
    points = np.concatenate(
        [
            np.geomspace(SMALLEST_GRID_HOURS, horizon, GRID_SIZE),
            [0.0, horizon],
            [each for each in (lower, upper) if each <= horizon],
            [
                side
                for jump in forecast.jumps_hours
                if jump <= horizon
                for side in (np.nextafter(jump, 0), jump)
            ],
        ]
    )
    grid: FloatArray = np.unique(points)
    return grid
