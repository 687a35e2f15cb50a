"""How well a model would have told each restoration time from all the others."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from netmodel.errors import InputError, Problem, UnknownNameError, nearest_names
from netmodel.evidence.durations import Duration, Durations
from netmodel.evidence.naive import NAIVE_RULES
from netmodel.evidence.predictive import DISTRIBUTIONS, Predictive
from netmodel.evidence.restoration import (
    SHRINKAGE_SD,
    RestorationFit,
    fit_restoration,
)
from netmodel.evidence.scoring import VERDICTS, judge_interval, score_crps, score_log

if TYPE_CHECKING:
    import pandas as pd

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
    >>> from netmodel.evidence.naive import PointRule
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
