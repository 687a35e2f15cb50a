"""The rule of decisions: the choice among simple rules, on the calibration incidents alone."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from netmodel.impact.fate_rules import FateRules
from netmodel.validation.train_outcomes import TrainOutcome

WAY_GRID: Mapping[str, tuple[float | None, ...]] = {
    "detour_passes_population": (200_000, None, 500_000, 100_000),
    "skipped_stop_minutes": (20.0, 60.0, 120.0),
}
"""What decides by which way a train is diverted; of equals the first counts, as below."""
DECISION_GRID: Mapping[str, tuple[object, ...]] = {
    "hold_first_minutes": (360.0, 0.0, 240.0, 720.0),
    "detour_at_most_minutes": (480.0, 240.0, 120.0),
    "kinds_held": (("suburban",), ()),
    "hold_at_most_minutes": (900.0, 720.0, 1440.0),
}
"""What decides whether a train is held, diverted or cut; of equals the first counts, which is the
default in each list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChoice:
    """A rule, and how well it explains decisions.

    Parameters
    ----------
    rules
        The one that was chosen.
    tried
        How many.
    as_good
        How many explain the calibration as well.
    left_out
        Of the calibration reports, how many are right by the rule chosen without their incident.
    """

    rules: FateRules
    tried: int
    as_good: int
    left_out: int


def choose_way_rules(
    check: Callable[[FateRules], Sequence[TrainOutcome]],
) -> tuple[FateRules, Mapping[tuple[float | None, ...], tuple[int, int]]]:
    """Return the rules by whose ways most detours of the calibration incidents agree.

    Parameters
    ----------
    check
        Gives the outcomes of the reports under some rules.

    Returns
    -------
    tuple
        The rules, the first of those that do best, and of each that was tried how many detours
        agree, of how many.
    """
    tried: dict[tuple[float | None, ...], tuple[int, int]] = {}
    best = FateRules()
    for values in product(*WAY_GRID.values()):
        rules = replace(FateRules(), **dict(zip(WAY_GRID, values, strict=True)))  # type: ignore[arg-type]
        told = [each.way_agrees for each in check(rules) if each.half == "calibration"]
        agreeing = sum(each is True for each in told)
        if all(agreeing > done for done, _ in tried.values()):
            best = rules
        tried[values] = agreeing, sum(each is not None for each in told)
    return best, tried


def choose_decision_rules(outcomes: Iterable[TrainOutcome], start: FateRules) -> RuleChoice:
    """Choose the rule that explains most decisions of the calibration incidents.

    Of equals the first of the grid counts. What a rule is worth on an incident that did not help to
    choose it is told by leaving out each incident in turn.

    Parameters
    ----------
    outcomes
        With the detours that `start` allows.
    start
        The rules of ways, which stay.

    Examples
    --------
    >>> choose_decision_rules([], FateRules()).tried
    72
    """
    known = [each for each in outcomes if each.decided and each.half == "calibration"]
    grid = list(_grid(start))
    best = _best(grid, known)
    score = _score(best, known)
    right = 0
    for incident in sorted({each.report.incident for each in known}):
        others = [each for each in known if each.report.incident != incident]
        rule = _best(grid, others)
        mine = [each for each in known if each.report.incident == incident]
        right += sum(decide(rule, each) == each.decided for each in mine)
    return RuleChoice(
        rules=best,
        tried=len(grid),
        as_good=sum(_score(rule, known) == score for rule in grid),
        left_out=right,
    )


def decide(rules: FateRules, outcome: TrainOutcome) -> str:
    """Return what rules decide of a train, from the length of its closure and of its detour."""
    if outcome.train is None:
        return ""
    lasts, extra = outcome.closed_minutes, outcome.detour_minutes
    limit = rules.detour_limit(math.inf)
    diverted = (
        extra <= limit and math.isfinite(extra) and outcome.train.kind not in rules.kinds_held
    )
    if diverted and lasts > rules.hold_first_minutes:
        return "detoured"
    return "held" if lasts <= rules.hold_at_most_minutes else "cut"


def confusion(outcomes: Iterable[TrainOutcome]) -> Mapping[tuple[str, str], int]:
    """Return how often each decision of an operator meets each decision of the model.

    Examples
    --------
    >>> confusion([])
    {}
    """
    return dict(Counter((each.decided, each.modelled) for each in outcomes if each.decided))


def _grid(start: FateRules) -> Iterator[FateRules]:
    for values in product(*DECISION_GRID.values()):
        yield replace(start, **dict(zip(DECISION_GRID, values, strict=True)))  # type: ignore[arg-type]


def _best(grid: Sequence[FateRules], known: Sequence[TrainOutcome]) -> FateRules:
    """Return the rule of the best score, the first of several."""
    return max(grid, key=lambda rule: _score(rule, known))


def _score(rule: FateRules, known: Sequence[TrainOutcome]) -> int:
    return sum(decide(rule, each) == each.decided for each in known)
