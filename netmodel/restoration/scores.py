"""How good forecasts of restoration times are."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from netmodel.errors import InputError, Problem, UnknownNameError, nearest_names
from netmodel.restoration.distributions import (
    DISTRIBUTIONS,
    NAIVE_RULES,
    FloatArray,
    Predictive,
    chance_by,
    check_probability,
)
from netmodel.restoration.durations import Duration, Durations
from netmodel.restoration.fit import (
    SHRINKAGE_SD,
    RestorationFit,
    fit_restoration,
)

if TYPE_CHECKING:
    import pandas as pd


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
    >>> from netmodel.restoration.distributions import ExponentialRule
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


LEVELS = (0.5, 0.8, 0.95)
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One forecast of one incident, scored.

    Parameters
    ----------
    median_hours, low_hours, high_hours
        Of the forecast; low and high are the 10th and 90th percentiles.
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
    verdicts: Mapping[float, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """The scores of all rules on all incidents.

    Parameters
    ----------
    scores
        One entry per rule and incident, in the order of the incidents.
    refused
        Incidents without whose duration no model could be fitted, and why.
    """

    scores: tuple[Scored, ...]
    refused: tuple[tuple[str, str], ...] = ()

    @property
    def rules(self) -> tuple[str, ...]:
        """Names of the rules, the models first."""
        return tuple(dict.fromkeys(score.rule for score in self.scores))

    def of_rule(self, rule: str) -> tuple[Scored, ...]:
        """Return the scores of one rule.

        Raises
        ------
        UnknownNameError
            If there is none of this name.
        """
        found = tuple(score for score in self.scores if score.rule == rule)
        if not found:
            raise UnknownNameError("rule", rule, nearest_names(rule, self.rules))
        return found

    def coverage(self, rule: str, level: float) -> tuple[float, float]:
        """Return the least and the largest share of outcomes inside the interval of a level."""
        verdicts = [score.verdicts[level] for score in self.of_rule(rule)]
        inside, undecided, _ = (verdicts.count(name) / len(verdicts) for name in VERDICTS)
        return inside, inside + undecided

    def advantage(self, rule: str, rival: str, score: str = "crps_hours") -> tuple[float, float]:
        """Return by how much a rule scores below a rival, and the standard error of that.

        Parameters
        ----------
        score
            ``crps_hours`` or ``crps_log``.

        Returns
        -------
        tuple
            Mean over the incidents of the rival's score minus the rule's (positive when the rule
            is better), and its standard error; nan with a single incident.
        """
        ours = np.array([getattr(each, score) for each in self.of_rule(rule)])
        theirs = np.array([getattr(each, score) for each in self.of_rule(rival)])
        gain = theirs - ours
        error = gain.std(ddof=1) / math.sqrt(len(gain)) if len(gain) > 1 else math.nan
        return float(gain.mean()), float(error)

    def summary(self) -> pd.DataFrame:
        """Return one row per rule: mean scores (smaller is better) and coverage in percent.

        A log score of plus infinity means that the rule held at least one outcome impossible;
        `impossible` counts them.
        """
        import pandas as pd

        rows = []
        for rule in self.rules:
            scores = self.of_rule(rule)
            row: dict[str, object] = {
                "rule": rule,
                "incidents": len(scores),
                "crps_hours": _mean([score.crps_hours for score in scores]),
                "crps_log": _mean([score.crps_log for score in scores]),
                "log_score": _mean([score.log_score for score in scores]),
                "impossible": sum(score.log_score == math.inf for score in scores),
            }
            for level in LEVELS:
                least, most = self.coverage(rule, level)
                row[f"inside_{level:.0%}"] = f"{least:.0%}–{most:.0%}"
            rows.append(row)
        return pd.DataFrame(rows).set_index("rule")

    def to_table(self) -> pd.DataFrame:
        """Return one row per rule and incident."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "rule": score.rule,
                    "incident": score.duration.incident,
                    "kind": score.duration.kind,
                    "lower_hours": score.duration.lower_hours,
                    "upper_hours": score.duration.upper_hours,
                    "median_hours": score.median_hours,
                    "low_hours": score.low_hours,
                    "high_hours": score.high_hours,
                    "crps_hours": score.crps_hours,
                    "crps_log": score.crps_log,
                    "log_score": score.log_score,
                }
                for score in self.scores
            ]
        )


def run_backtest(
    durations: Durations,
    *,
    distributions: tuple[str, ...] = DISTRIBUTIONS,
    shrinkage_sd: float = SHRINKAGE_SD,
    draws: int = 400,
    seed: int = 0,
    progress: Progress | None = None,
) -> Backtest:
    """Leave one incident out, fit to the others, forecast it, and score the forecast.

    Parameters
    ----------
    distributions
        Models to test, beside the naive rules, which need no fit.
    draws, seed
        Of the parameters, for the predictive distribution.
    progress
        Called with what is done, how many, and of how many.

    Raises
    ------
    InputError
        If `draws` is below 1, or the whole sample allows no fit.

    Examples
    --------
    >>> hours = [2.0, 3.0, 5.0, 9.0, 14.0]
    >>> sample = Durations.from_bounds([(str(h), "power", h, h) for h in hours])
    >>> test = run_backtest(sample, distributions=("lognormal",), draws=50)
    >>> test.rules[0], len(test.of_rule("lognormal"))
    ('lognormal', 5)
    """
    if draws < 1:
        raise InputError([Problem(what=f"draws (={draws}) must be >= 1")])
    whole = {
        name: fit_restoration(durations, distribution=name, shrinkage_sd=shrinkage_sd)
        for name in distributions
    }
    scores: list[Scored] = []
    refused: list[tuple[str, str]] = []
    for number, duration in enumerate(durations.rows):
        try:
            forecasts = _forecast_left_out(durations, duration, whole, draws, seed)
        except InputError as error:
            refused.append((duration.incident, str(error)))
            continue
        scores += [score_forecast(name, duration, each) for name, each in forecasts.items()]
        if progress is not None:
            progress("backtest", number + 1, len(durations))
    if not scores:
        raise InputError(
            [Problem(what="without any one incident the others allow no fit", where="backtest")]
        )
    ordered = sorted(scores, key=lambda score: [*whole, *NAIVE_RULES].index(score.rule))
    return Backtest(scores=tuple(ordered), refused=tuple(refused))


def score_forecast(rule: str, duration: Duration, forecast: Predictive) -> Scored:
    """Score one forecast by every measure.

    Examples
    --------
    >>> from netmodel.restoration.distributions import PointRule
    >>> row = Durations.from_bounds([("a", "power", 10, 10)]).rows[0]
    >>> round(score_forecast("one day", row, PointRule(hours=24.0)).crps_hours, 6)
    14.0
    """
    bounds = (duration.lower_hours, duration.upper_hours)
    return Scored(
        rule=rule,
        duration=duration,
        median_hours=forecast.quantile(0.5),
        low_hours=forecast.quantile(0.1),
        high_hours=forecast.quantile(0.9),
        log_score=score_log(forecast, *bounds),
        crps_hours=score_crps(forecast, *bounds),
        crps_log=score_crps(forecast, *bounds, logarithmic=True),
        verdicts={level: judge_interval(forecast, level, *bounds) for level in LEVELS},
    )


def _forecast_left_out(
    durations: Durations,
    duration: Duration,
    whole: Mapping[str, RestorationFit],
    draws: int,
    seed: int,
) -> dict[str, Predictive]:
    others = durations.without(duration.incident)
    forecasts: dict[str, Predictive] = {}
    for name, start in whole.items():
        fit = fit_restoration(
            others, distribution=name, shrinkage_sd=start.shrinkage_sd, start=start
        )
        forecasts[name] = fit.predict(duration.kind, effect=duration.effect, draws=draws, seed=seed)
    return forecasts | dict(NAIVE_RULES)


def _mean(values: list[float]) -> float:
    """Return the mean; infinite as soon as one value is, whatever the others are."""
    if math.inf in values:
        return math.inf
    return float(np.mean(values))
