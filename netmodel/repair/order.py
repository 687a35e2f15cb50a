"""In which order to restore: given the outages that are there, the sequence that loses least.

Every outage here has happened. What is compared is in which order crews restore them, by the
resilience loss until the last one is done, beside the orders that come to mind first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem
from netmodel.impact.assessment import Assessor, Measures
from netmodel.impact.costs import links_with_effect
from netmodel.impact.situation import METRICS
from netmodel.outages.outage import Outage
from netmodel.repair.jobs import Hours, RepairJob, collect_jobs
from netmodel.repair.search import (
    RepairProblem,
    best_order_of_one_crew,
    branch_and_bound,
    greedy_order,
    improve_order,
    pairwise_bound,
)
from netmodel.runs.computation import Computation

if TYPE_CHECKING:
    import pandas as pd


EXACT_UP_TO = 10
"""Jobs up to which the best order is searched exactly: 1,024 sets of outages to measure."""
MOST_NODES = 60_000
MOST_SETS = 3_000
"""Sets of outages measured at most when the search is not exact."""
MOST_JOBS = 62
MOST_EXACT = 16
_NO_LOSS = 1e-9
_END_OF_TIME = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLoss:
    """An order of repairs and the resilience loss that it comes to, hours."""

    rule: str
    order: tuple[str, ...]
    loss: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairPlan:
    """The best order found, and how good it can be known to be.

    Parameters
    ----------
    best
        Rule ``least loss``. Loss in hours, mean over draws, until all is restored, beyond what
        remains lost then.
    lower_bound
        No order of these jobs with these crews loses less.
    exact
        Whether no order is better.
    finish_hours
        When each job of the best order is done, mean over draws.
    alternatives
        First come, shortest first, most traffic first.
    metric
        Of which the loss is.
    """

    crews: int
    draws: int
    best: OrderLoss
    lower_bound: float
    exact: bool
    finish_hours: tuple[float, ...]
    alternatives: tuple[OrderLoss, ...]
    metric: str = "connected_share"

    @property
    def finding(self) -> str:
        """What the orders come to, in words; that it makes no difference, where it makes none.

        Nothing is lost in any order if nothing is while all jobs are still to be done; and with
        a crew for each job, all begin at once.

        Examples
        --------
        >>> tied = OrderLoss(rule="least loss", order=("x", "y"), loss=0.0)
        >>> plan = RepairPlan(crews=1, draws=1, best=tied, lower_bound=0.0, exact=True,
        ...                   finish_hours=(1.0, 2.0), alternatives=())
        >>> plan.finding.split(":")[0]
        'the order makes no difference'
        """
        if math.isclose(self.best.loss, 0.0, abs_tol=_NO_LOSS):
            why = f"what is out takes nothing from {self.metric}"
            if self.metric == "connected_share":
                why += ", as it cuts no journey (longer and slower ones are no loss)"
            return f"the order makes no difference: {why}"
        if self.crews >= len(self.best.order):
            return "the order makes no difference: there is a crew for each, so all begin at once"
        most = max(self.alternatives, key=lambda each: each.loss, default=self.best)
        if math.isclose(most.loss, self.best.loss, rel_tol=_NO_LOSS):
            return f"the orders compared lose the same, {self.best.loss:.3f} h"
        return (
            f"the best order loses {self.best.loss:.3f} h, "
            f"{most.loss - self.best.loss:.3f} h less than {most.rule!r}"
        )

    @property
    def gap(self) -> float:
        """By what share of its loss the best order might be beaten at most; 0 when exact."""
        if self.exact or self.best.loss <= 0:
            return 0.0
        return max(0.0, 1.0 - self.lower_bound / self.best.loss)

    def to_table(self) -> pd.DataFrame:
        """Return one row for each order: rule, loss, loss over that of the best, the order."""
        import pandas as pd

        orders = (self.best, *self.alternatives)
        return pd.DataFrame(
            {
                "rule": [each.rule for each in orders],
                "loss_hours": [each.loss for each in orders],
                "over_best_hours": [each.loss - self.best.loss for each in orders],
                "order": ["; ".join(each.order) for each in orders],
            }
        )


@refuse_wrong_kinds
def plan_repairs(
    assessor: Assessor,
    jobs: Sequence[RepairJob],
    *,
    crews: int = 1,
    standing: Sequence[Outage] = (),
    metric: str = "connected_share",
    exact_up_to: int = EXACT_UP_TO,
) -> RepairPlan:
    """Return the order of repairs with least resilience loss.

    One crew: exact by dynamic programming over sets of jobs. Several: exact by branch and bound,
    where that ends in time. More than `exact_up_to` jobs: the best of four orders, improved by
    exchanging and moving jobs, with a bound below every order.

    Parameters
    ----------
    crews
        >= 1; each restores one job at a time and takes the next of the order when it is free.
        Travel between places is not counted.
    standing
        Outages that stay through it all.
    metric
        A monotone metric that is 1 when nothing is wrong.

    Raises
    ------
    InputError
        With no jobs, too few crews, a job without an outage, hours that are no positive number,
        unequal numbers of draws, or a metric that more outages can improve.

    Examples
    --------
    >>> from netmodel.impact.demand import uniform_demand
    >>> from netmodel.times import Bounds
    >>> from netmodel.network.railway import Hub, Link, Network
    >>> from netmodel.routing.profiles import PASSENGER
    >>> network = Network(
    ...     hubs=tuple(Hub(id=i, name=i, lon=n, lat=0) for n, i in enumerate("abc")),
    ...     links=(Link(id="ab", from_hub="a", to_hub="b", length_km=60),
    ...            Link(id="bc", from_hub="b", to_hub="c", length_km=60)))
    >>> def job(link, hours):
    ...     outage = Outage(incident=link, link=link, effect="closed", traffic=("passenger",),
    ...         start=Bounds(), end=Bounds(), start_milestone="start",
    ...         end_milestone="first_traffic", documents=("d",))
    ...     return RepairJob(name=link, outages=(outage,), hours=(hours,))
    >>> plan = plan_repairs(Assessor(network, uniform_demand("abc"), PASSENGER),
    ...                     [job("ab", 10.0), job("bc", 2.0)])
    >>> plan.best.order, round(plan.best.loss, 3), plan.exact
    (('bc', 'ab'), 8.667, True)
    """
    _check(jobs, crews, metric, exact_up_to)
    problem = _build_problem(assessor, jobs, crews, standing, metric)
    rules = {
        "first come": _by(jobs, lambda job: job.began or _END_OF_TIME),
        "shortest first": _by(jobs, lambda job: float(np.mean(job.hours))),
        "most traffic first": _by(jobs, lambda job: -_traffic(assessor, job)),
    }
    order, exact = _search(problem, list(rules.values()), exact_up_to)
    best = problem.mean_loss(order)
    bound = best
    if not exact:
        bound = max(
            float(problem.pooled_bound[-1].mean()) if problem.count <= exact_up_to else 0.0,
            (
                pairwise_bound(assessor, jobs, crews, standing)
                if metric == "connected_share"
                else 0.0
            ),
        )
    names = [job.name for job in jobs]
    return RepairPlan(
        crews=crews,
        draws=problem.hours.shape[1],
        best=OrderLoss(rule="least loss", order=tuple(names[n] for n in order), loss=best),
        lower_bound=min(bound, best),
        exact=exact,
        finish_hours=tuple(problem.finish_hours(order)[0].mean(axis=1).tolist()),
        alternatives=tuple(
            OrderLoss(rule=rule, order=tuple(names[n] for n in each), loss=problem.mean_loss(each))
            for rule, each in rules.items()
        ),
        metric=metric,
    )


@refuse_wrong_kinds
def plan_run_repairs(
    run: Computation,
    at: datetime,
    hours: Mapping[str, Hours] | None = None,
    *,
    crews: int = 1,
    traffic: str | None = None,
    metric: str = "connected_share",
    exact_up_to: int = EXACT_UP_TO,
) -> RepairPlan:
    """Return the best order to restore what is out in a run at an instant.

    `collect_jobs` and `plan_repairs` in one; see there.
    """
    jobs, standing = collect_jobs(run, at, hours)
    return plan_repairs(
        run.impact_on(traffic).assessor,
        jobs,
        crews=crews,
        standing=standing,
        metric=metric,
        exact_up_to=exact_up_to,
    )


def _check(jobs: Sequence[RepairJob], crews: int, metric: str, exact_up_to: int) -> None:
    problems = []
    if not jobs:
        problems.append(Problem(what="no outage to restore"))
    if isinstance(crews, bool) or not isinstance(crews, int) or crews < 1:
        problems.append(Problem(what=f"crews (={crews!r}) must be a whole number, at least 1"))
    if len(jobs) > MOST_JOBS:
        what = f"{len(jobs)} jobs are more than {MOST_JOBS}"
        problems.append(Problem(what=what, remedy="join jobs that one crew does in one go"))
    if not 0 <= exact_up_to <= MOST_EXACT:
        what = f"exact_up_to (={exact_up_to}) must be from 0 to {MOST_EXACT}"
        problems.append(Problem(what=what))
    if metric not in METRICS or not METRICS[metric].monotone or METRICS[metric].worse != "lower":
        usable = [m.name for m in METRICS.values() if m.monotone and m.worse == "lower"]
        what = f"metric {metric!r} is no measure of performance that outages only lower"
        problems.append(Problem(what=what, remedy=f"one of {', '.join(usable)}"))
    draws = max((len(job.hours) for job in jobs), default=1)
    for job in jobs:
        where = f"job {job.name}"
        if not job.outages:
            problems.append(Problem(what="no link to restore", where=where))
        if not job.hours or not all(np.isfinite(each) and each > 0 for each in job.hours):
            problems.append(Problem(what="hours must be numbers > 0", where=where))
        elif len(job.hours) not in (1, draws):
            what = f"{len(job.hours)} draws of its hours, others have {draws}"
            problems.append(Problem(what=what, where=where))
    names = [job.name for job in jobs]
    problems += [
        Problem(what=f"job {name!r} occurs more than once")
        for name in sorted({each for each in names if names.count(each) > 1})
    ]
    if problems:
        raise InputError(problems)


def _build_problem(
    assessor: Assessor,
    jobs: Sequence[RepairJob],
    crews: int,
    standing: Sequence[Outage],
    metric: str,
) -> RepairProblem:
    outages: list[Outage] = list(standing)
    held = []
    for job in jobs:
        held.append(frozenset(range(len(outages), len(outages) + len(job.outages))))
        outages += job.outages
    stays = frozenset(range(len(standing)))
    measures = Measures(assessor, outages, (metric,))
    restored = measures.of(stays)[metric]
    if np.isnan(restored):
        raise InputError([Problem(what="no demand is connected in the base, so none can be lost")])

    def rate(undone: int) -> float:
        out = stays.union(*(part for number, part in enumerate(held) if undone >> number & 1))
        return restored - measures.of(out)[metric]

    draws = max(len(job.hours) for job in jobs)
    hours = np.array([np.broadcast_to(job.hours, draws) for job in jobs], dtype=np.float64)
    return RepairProblem(hours=hours, crews=crews, rate=rate)


def _search(
    problem: RepairProblem, orders: Sequence[tuple[int, ...]], exact_up_to: int
) -> tuple[tuple[int, ...], bool]:
    few = problem.count <= exact_up_to
    if problem.crews == 1 and few:
        return best_order_of_one_crew(problem), True
    starts = sorted([*orders, greedy_order(problem)], key=problem.mean_loss)
    best, _ = improve_order(problem, starts[0], most_sets=MOST_SETS)
    if problem.crews >= problem.count:
        return best, True  # all begin at once, in any order
    if few:
        return branch_and_bound(problem, best, most_nodes=MOST_NODES)
    return best, False


def _by(jobs: Sequence[RepairJob], key: Callable[[RepairJob], float | datetime]) -> tuple[int, ...]:
    return tuple(sorted(range(len(jobs)), key=lambda number: (key(jobs[number]), number)))


def _traffic(assessor: Assessor, job: RepairJob) -> float:
    """Return the trips whose way in the base runs over a link of the job."""
    marked = np.zeros(len(assessor.network.links))
    for effect in {outage.effect for outage in job.outages}:
        marked += links_with_effect(assessor.network, assessor.profile, job.outages, effect)
    over = assessor.share_over(assessor.base_travel, marked > 0)
    return float((assessor.demand.trips * over).sum())
