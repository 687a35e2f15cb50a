"""The backtest: forecast every incident from others, and compare the scores with naive rules."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem, UnknownNameError
from netmodel.files.kept import keep_pieces
from netmodel.files.whole import Note
from netmodel.files.workers import ExecutorGiven, find_executor_problems, open_pool
from netmodel.restoration.algebra import FloatArray
from netmodel.restoration.distributions import DISTRIBUTIONS, NAIVE_RULES
from netmodel.restoration.durations import Durations
from netmodel.restoration.fit import PRIOR, RestorationPrior, fit_restoration
from netmodel.restoration.scores import LEVELS, VERDICTS, ForecastTable, Scored

if TYPE_CHECKING:
    import pandas as pd


Progress = Callable[[str, int, int], None]
MOST_LEFT_OUT_ALONE = 500
"""Larger samples are split into folds unless something else is asked for."""
FOLDS = 10
BLOCK_FITS = 8
"""Folds in one piece of work for a worker."""
RANK_CELLS = 40
RANK_STEPS = 300
RESAMPLES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """The scores of all rules on all incidents.

    Parameters
    ----------
    scores
        One entry per rule and incident, in the order of the incidents.
    folds
        In how many parts the sample was split; as many as incidents if each was left out alone.
    """

    scores: tuple[Scored, ...]
    folds: int

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
            raise UnknownNameError.among("rule", rule, self.rules)
        return found

    def coverage(self, rule: str, level: float) -> tuple[float, float]:
        """Return the least and the largest share of outcomes inside the interval of a level."""
        verdicts = [score.verdicts[level] for score in self.of_rule(rule)]
        inside, undecided, _ = (verdicts.count(name) / len(verdicts) for name in VERDICTS)
        return inside, inside + undecided

    def likely_coverage(self, rule: str, level: float) -> tuple[float, float]:
        """Return the most likely share of outcomes inside an interval, and its standard error.

        The rank of each outcome within its forecast is known between bounds. The share is that of
        the distribution of ranks under which these bounds are most likely (Turnbull 1976), found
        by expectation and maximization from the even one, over cells of a fortieth. The
        standard error is that of 200 resamples of the days on which incidents began.

        Returns
        -------
        tuple
            Both nan for rules that name one duration; the error nan with a single day.
        """
        scores = self.of_rule(rule)
        lower = np.array([score.rank_lower for score in scores])
        upper = np.array([score.rank_upper for score in scores])
        if np.isnan(lower).any():
            return math.nan, math.nan
        first = np.clip(np.floor(lower * RANK_CELLS), 0, RANK_CELLS - 1).astype(int)
        last = np.clip(np.ceil(upper * RANK_CELLS) - 1, first, RANK_CELLS - 1).astype(int)
        pairs, which = np.unique(np.stack([first, last]), axis=1, return_inverse=True)
        groups = _groups_of_a_day(scores)
        drawn = np.random.default_rng(0).multinomial(
            groups.max() + 1, np.full(groups.max() + 1, 1 / (groups.max() + 1)), size=RESAMPLES
        )
        times = np.concatenate([np.ones((1, len(scores))), drawn[:, groups]])
        weights = np.zeros((len(times), pairs.shape[1]))
        np.add.at(weights.T, which.ravel(), times.T)
        cells = np.arange(RANK_CELLS)
        ranks = _most_likely_ranks(
            weights, (cells >= pairs[0][:, None]) & (cells <= pairs[1][:, None])
        )
        middle = (cells + 0.5) / RANK_CELLS
        shares = ranks[:, np.abs(middle - 0.5) < level / 2].sum(axis=1)
        error = float(shares[1:].std(ddof=1)) if groups.max() else math.nan
        return float(shares[0]), error

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
            is better), and its standard error; nan with a single day. Incidents that began on one
            day count as one in the standard error (Liang & Zeger 1986, doi:10.1093/biomet/73.1.13).
        """
        scores = self.of_rule(rule)
        ours = np.array([getattr(each, score) for each in scores])
        theirs = np.array([getattr(each, score) for each in self.of_rule(rival)])
        gain = theirs - ours
        groups = _groups_of_a_day(scores)
        sums = np.bincount(groups, weights=gain - gain.mean())
        if len(sums) < 2:
            return float(gain.mean()), math.nan
        factor = len(sums) / (len(sums) - 1)
        return float(gain.mean()), math.sqrt(factor * float((sums**2).sum())) / len(gain)

    def summary(self) -> pd.DataFrame:
        """Return one row per rule: mean scores, coverage as a range, and the likely one of 80 %.

        ``impossible`` counts the incidents that a rule held impossible; its log score is then
        infinite.
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
            share, error = self.likely_coverage(rule, 0.8)
            row["likely_inside_80%"] = _with_error(share, error)
            rows.append(row)
        return pd.DataFrame(rows).set_index("rule")

    def to_table(self) -> pd.DataFrame:
        """Return one row per rule and incident."""
        import pandas as pd

        names = [
            *("median_hours", "low_hours", "high_hours", "crps_hours", "crps_log", "log_score"),
            *("rank_lower", "rank_upper"),
        ]
        return pd.DataFrame(
            [
                {
                    "rule": score.rule,
                    "incident": score.duration.incident,
                    "kind": score.duration.kind,
                    "lower_hours": score.duration.lower_hours,
                    "upper_hours": score.duration.upper_hours,
                    **{name: getattr(score, name) for name in names},
                }
                for score in self.scores
            ]
        )


@refuse_wrong_kinds
def run_backtest(
    durations: Durations,
    *,
    distributions: tuple[str, ...] = DISTRIBUTIONS,
    prior: RestorationPrior = PRIOR,
    folds: int | None = None,
    draws: int = 400,
    seed: int = 0,
    workers: int | None = None,
    executor: ExecutorGiven = None,
    resume: bool = True,
    progress: Progress | None = None,
    note: Note | None = None,
) -> Backtest:
    """Leave incidents out, fit to the others, forecast those left out, and score the forecasts.

    Parameters
    ----------
    distributions
        Models to test, beside the naive rules, which need no fit.
    prior
        What is held before the durations are seen.
    folds
        In how many parts the sample is split at random, each of which is left out in turn; by
        default every incident alone up to 500, and 10 parts beyond.
    draws
        Of the parameters, for the predictive distribution.
    seed
        Of the draws and of the folds.
    workers
        Processes; the result is the same for any number. With more than one, a script needs the
        usual ``if __name__ == "__main__"``. With another executor, how many workers it has.
    executor
        Who does the fits: an executor of `concurrent.futures`, ``processes``, ``threads``, or
        ``dask://HOST:PORT``. The result does not depend on it.
    resume
        Whether fits that were finished before are taken from the user's cache, and those done now
        are kept there; see `files.kept`.
    progress
        Called with what is done, how many, and of how many.
    note
        Told how much was taken from the cache.

    Raises
    ------
    InputError
        If there are fewer than two durations, `folds`, `draws` or `workers` is out of its range,
        or there is no such executor.
    UnknownNameError
        For an unknown distribution.

    Examples
    --------
    >>> hours = [2.0, 3.0, 5.0, 9.0, 14.0]
    >>> sample = Durations.from_bounds([(str(h), "power", h, h) for h in hours])
    >>> test = run_backtest(sample, distributions=("lognormal",), draws=50)
    >>> test.rules[0], len(test.of_rule("lognormal"))
    ('lognormal', 5)
    """
    _check_counts(durations, folds, draws, find_executor_problems(executor, workers))
    parts = _split(len(durations), folds, seed)
    task = _Task(
        durations=durations, distributions=distributions, prior=prior, draws=draws, seed=seed
    )
    size = BLOCK_FITS if len(parts) == len(durations) else 1
    blocks = [parts[first : first + size] for first in range(0, len(parts), size)]
    scores: dict[tuple[str, int], Scored] = {}
    done = 0
    keeping = keep_pieces(
        lambda: ("backtest", task), resume=resume and len(blocks) > 1,
        pack=_pack, unpack=partial(_unpack, task), note=note,
    )  # fmt: skip
    with open_pool(executor, workers) as pool:
        results = pool.map(_score_block, task, blocks, keeping=keeping)
        for block, found in zip(blocks, results, strict=True):
            scores |= found
            done += sum(len(part) for part in block)
            if progress is not None:
                progress("backtest", done, len(durations))
    names = (*distributions, *NAIVE_RULES)
    return Backtest(
        scores=tuple(scores[name, place] for name in names for place in range(len(durations))),
        folds=len(parts),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What every worker needs."""

    durations: Durations
    distributions: tuple[str, ...]
    prior: RestorationPrior
    draws: int
    seed: int

    def score_part(self, part: Sequence[int]) -> Iterator[tuple[tuple[str, int], Scored]]:
        """Yield the scores of the incidents of a part, fitted to all others."""
        rows = self.durations.rows
        others = self.durations.without(*(rows[place].incident for place in part))
        models = [
            fit_restoration(others, distribution=name, prior=self.prior)
            for name in self.distributions
        ]
        # Incidents of which the same is visible beforehand have the same forecast.
        alike: dict[tuple[str, str, str, float], list[int]] = {}
        for place in part:
            row = rows[place]
            key = (row.kind, row.effect, row.traffic, row.entry_hours)
            alike.setdefault(key, []).append(place)
        for (kind, effect, traffic, entry), places in alike.items():
            forecasts = dict(NAIVE_RULES) | {
                model.distribution: model.predict(
                    kind, effect=effect, traffic=traffic, draws=self.draws, seed=self.seed
                )
                for model in models
            }
            for name, forecast in forecasts.items():
                table = ForecastTable.of(forecast.given_longer_than(entry) if entry else forecast)
                for place in places:
                    yield (name, place), table.score(name, rows[place])


def _score_block(task: _Task, parts: Sequence[Sequence[int]]) -> dict[tuple[str, int], Scored]:
    """Return the scores by rule and place of the incident, each part left out in turn."""
    return {key: score for part in parts for key, score in task.score_part(part)}


def _pack(scores: Mapping[tuple[str, int], Scored]) -> bytes:
    """Return scores as JSON; the duration of each is known by its place."""
    rows = [
        {
            **{each.name: getattr(score, each.name) for each in fields(score)},
            "duration": place,
            "verdicts": list(score.verdicts.items()),
        }
        for (_, place), score in scores.items()
    ]
    return json.dumps(rows).encode()


def _unpack(
    task: _Task, packed: bytes, block: Sequence[Sequence[int]]
) -> dict[tuple[str, int], Scored]:
    found = {}
    for row in json.loads(packed):
        place = row["duration"]
        values = {**row, "duration": task.durations.rows[place], "verdicts": dict(row["verdicts"])}
        found[row["rule"], place] = Scored(**values)
    places = [place for part in block for place in part]
    if set(found) != set(product((*task.distributions, *NAIVE_RULES), places)):
        raise ValueError("not the scores of this block")
    return found


def _check_counts(
    durations: Durations, folds: int | None, draws: int, problems: list[Problem]
) -> None:
    if len(durations) < 2:
        what = f"{len(durations)} durations leave nothing to forecast one of them from"
        remedy = "add incidents whose duration the record bounds"
        problems.append(Problem(what=what, where="backtest", remedy=remedy))
    elif folds is not None and not 2 <= folds <= len(durations):
        what = f"folds (={folds}) must be from 2 to the number of durations ({len(durations)})"
        problems.append(Problem(what=what))
    if draws < 1:
        problems.append(Problem(what=f"draws (={draws}) must be >= 1"))
    if problems:
        raise InputError(problems)


def _split(count: int, folds: int | None, seed: int) -> list[list[int]]:
    """Return the places of each part; at random, and of sizes that differ by one at most."""
    if folds is None:
        folds = count if count <= MOST_LEFT_OUT_ALONE else FOLDS
    if folds == count:
        return [[place] for place in range(count)]
    order = np.random.default_rng(seed).permutation(count)
    return [sorted(order[first::folds].tolist()) for first in range(folds)]


def _groups_of_a_day(scores: Sequence[Scored]) -> np.ndarray:
    """Return a number for each score, the same for incidents that began on one day."""
    days = [score.duration.day or f"incident {place}" for place, score in enumerate(scores)]
    numbers: np.ndarray = np.unique(days, return_inverse=True)[1]
    return numbers


def _most_likely_ranks(weights: FloatArray, possible: np.ndarray) -> FloatArray:
    """Return the probabilities of the cells that make what was seen most likely.

    Parameters
    ----------
    weights
        One row per resample: how often each pair of bounds was seen.
    possible
        One row per pair of bounds: the cells between them.
    """
    allowed = possible.astype(np.float64)
    total = weights.sum(axis=1, keepdims=True)
    ranks = np.full((len(weights), RANK_CELLS), 1 / RANK_CELLS)
    for _ in range(RANK_STEPS):
        ranks = ranks * ((weights / np.maximum(ranks @ allowed.T, 1e-300)) @ allowed) / total
    return ranks


def _with_error(share: float, error: float) -> str:
    if math.isnan(share):
        return ""
    return f"{share:.0%}" if math.isnan(error) else f"{share:.0%} ± {error:.0%}"


def _mean(values: list[float]) -> float:
    """Return the mean; infinite as soon as one value is, whatever the others are."""
    if math.inf in values:
        return math.inf
    return float(np.mean(values))
