"""The search for an order of repair.

A job is a bit. The loss rate of a set of jobs still to be done is known for every set that is
asked for, and falls as jobs are done. Crews take the next job of the order as they come free;
among all ways of sharing jobs out, that loses nothing: a schedule in which a crew waits is never
better than the list of its jobs by their starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from netmodel.impact.assessment import Assessor
from netmodel.impact.costs import state_minutes
from netmodel.outages.outage import Outage
from netmodel.routing.profiles import UNITS_PER_MINUTE, costs_from_minutes, running_minutes

if TYPE_CHECKING:
    from netmodel.repair.jobs import RepairJob


FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class RepairProblem:
    """Jobs, crews, and what it costs per hour while a set of jobs is undone.

    Parameters
    ----------
    hours
        Duration of each job in each sample, > 0, shape ``(jobs, samples)``.
    crews
        >= 1; each works on one job at a time.
    rate
        Loss per hour while the jobs of a set, given as bits, are undone; falls to 0 with the
        last one, and never rises when a job is done.
    """

    hours: FloatArray
    crews: int
    rate: Callable[[int], float]
    _rates: dict[int, float] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many jobs there are."""
        return len(self.hours)

    def rate_of(self, undone: int) -> float:
        """Return the loss rate of a set, each asked for once."""
        if undone not in self._rates:
            self._rates[undone] = self.rate(undone)
        return self._rates[undone]

    @property
    def sets_known(self) -> int:
        """How many sets have been asked for."""
        return len(self._rates)

    def finish_hours(self, order: Sequence[int]) -> tuple[FloatArray, FloatArray]:
        """Return when each job of a list is done, and when the first crew is free after them.

        Returns
        -------
        tuple of ndarray
            Shapes ``(len(order), samples)`` and ``(samples,)``.
        """
        samples = self.hours.shape[1]
        free = np.zeros((samples, self.crews))
        rows = np.arange(samples)
        done = np.empty((len(order), samples))
        for place, job in enumerate(order):
            crew = free.argmin(axis=1)
            done[place] = free[rows, crew] + self.hours[job]
            free[rows, crew] = done[place]
        return done, free.min(axis=1)

    def mean_loss(self, order: Sequence[int]) -> float:
        """Return the loss of an order until all is done, the mean over samples."""
        done, _ = self.finish_hours(order)
        return float(self._loss_until(order, done, None).mean())

    def _loss_until(
        self, order: Sequence[int], done: FloatArray, until: FloatArray | None
    ) -> FloatArray:
        """Return the loss of each sample up to an hour, or to the end; ``(samples,)``."""
        everyone = (1 << self.count) - 1
        bits = np.array([1 << job for job in order], dtype=np.int64)
        places = np.argsort(done, axis=0, kind="stable")
        times = np.take_along_axis(done, places, 0)
        undone = everyone - np.vstack([np.zeros(done.shape[1], np.int64), bits[places]]).cumsum(0)
        edges = np.vstack([np.zeros(done.shape[1]), times])
        if until is not None:
            edges = np.vstack([np.minimum(edges, until), until])
        else:
            undone = undone[:-1]
        distinct, place = np.unique(undone, return_inverse=True)
        rates = np.array([self.rate_of(int(each)) for each in distinct])
        return np.asarray((np.diff(edges, axis=0) * rates[place.reshape(undone.shape)]).sum(axis=0))

    @cached_property
    def pooled_bound(self) -> FloatArray:
        """A bound below the loss of each set of jobs yet to start, ``(2 ** jobs, samples)``.

        As if all crews could work on one job together: then jobs are done one after another in
        1 / crews of their time, and the best order follows by dynamic programming over sets. No
        set of jobs can be done sooner than that, whoever does them. With one crew it is the loss
        itself.
        """
        size = 1 << self.count
        best = np.zeros((size, self.hours.shape[1]))
        for undone in range(1, size):
            rate = self.rate_of(undone)
            best[undone] = np.min(
                [
                    best[undone & ~(1 << job)] + rate * self.hours[job] / self.crews
                    for job in range(self.count)
                    if undone >> job & 1
                ],
                axis=0,
            )
        return best


def best_order_of_one_crew(problem: RepairProblem) -> tuple[int, ...]:
    """Return the order with least mean loss for one crew, exactly, by dynamic programming.

    With one crew the loss of a given order is linear in the durations, so the means do.
    """
    mean = problem.hours.mean(axis=1)
    size = 1 << problem.count
    best = np.zeros(size)
    choice = np.zeros(size, dtype=np.int64)
    for undone in range(1, size):
        rate = problem.rate_of(undone)
        options = [
            (best[undone & ~(1 << job)] + rate * mean[job], job)
            for job in range(problem.count)
            if undone >> job & 1
        ]
        best[undone], choice[undone] = min(options)
    order = []
    undone = size - 1
    while undone:
        order.append(int(choice[undone]))
        undone &= ~(1 << order[-1])
    return tuple(order)


def improve_order(
    problem: RepairProblem, order: Sequence[int], *, most_sets: int
) -> tuple[tuple[int, ...], float]:
    """Return an order that no exchange of two jobs and no move of one job makes better.

    Parameters
    ----------
    most_sets
        Stop earlier once the loss rates of so many sets have been asked for.
    """
    best, loss = tuple(order), problem.mean_loss(order)
    improved = True
    while improved and problem.sets_known < most_sets:
        improved = False
        for other in _neighbours(best):
            found = problem.mean_loss(other)
            if found < loss - 1e-12 * max(1.0, loss):
                best, loss, improved = other, found, True
                break
            if problem.sets_known >= most_sets:
                break
    return best, loss


def _neighbours(order: tuple[int, ...]) -> Iterable[tuple[int, ...]]:
    for one, other in combinations(range(len(order)), 2):
        swapped = list(order)
        swapped[one], swapped[other] = swapped[other], swapped[one]
        yield tuple(swapped)
    for place in range(len(order)):
        rest = order[:place] + order[place + 1 :]
        for target in range(len(order)):
            if target not in (place, place - 1):
                yield (*rest[:target], order[place], *rest[target:])


def greedy_order(problem: RepairProblem) -> tuple[int, ...]:
    """Return jobs by how much their completion alone lowers the loss rate per hour of work."""
    mean = problem.hours.mean(axis=1)
    undone, order = (1 << problem.count) - 1, []
    while undone:
        rate = problem.rate_of(undone)
        left = [job for job in range(problem.count) if undone >> job & 1]
        gain = [(problem.rate_of(undone & ~(1 << j)) - rate) / mean[j] for j in left]
        order.append(min(zip(gain, mean[left], left, strict=True))[2])
        undone &= ~(1 << order[-1])
    return tuple(order)


def branch_and_bound(
    problem: RepairProblem, order: Sequence[int], *, most_nodes: int
) -> tuple[tuple[int, ...], bool]:
    """Return the order with least mean loss, and whether it is proved to be.

    Orders are built from the front. A beginning is given up when what it has cost until the next
    job starts, and the pooled bound of the jobs not yet started, come to no less than the best
    order known.

    Parameters
    ----------
    order
        A good one to begin with.
    most_nodes
        Beginnings looked at before the search is broken off.
    """
    best = tuple(order)
    limit = problem.mean_loss(best)
    everyone = (1 << problem.count) - 1
    stack: list[tuple[int, ...]] = [()]
    nodes = 0
    while stack:
        prefix = stack.pop()
        nodes += 1
        if nodes > most_nodes:
            return best, False
        waiting = everyone
        for job in prefix:
            waiting &= ~(1 << job)
        done, free = problem.finish_hours(prefix)
        spent = problem._loss_until(prefix, done, free)  # noqa: SLF001 - same module
        bound = float((spent + problem.pooled_bound[waiting]).mean())
        if bound >= limit - 1e-12 * max(1.0, limit):
            continue
        left = [job for job in range(problem.count) if waiting >> job & 1]
        if len(left) <= 1:
            complete = (*prefix, *left)
            loss = problem.mean_loss(complete)
            if loss < limit:
                best, limit = complete, loss
            continue
        stack.extend((*prefix, job) for job in reversed(left))
    return best, True


TOTAL_MINUTES = 20_000.0
"""What all the work comes to, in the minutes of the routes by which it is added up."""
TURN_SCALE = 1e-4
"""Turns within hubs are no work, but a route may not be free of cost; so they cost next to none."""


def pairwise_bound(
    assessor: Assessor, jobs: Sequence[RepairJob], crews: int, standing: Sequence[Outage]
) -> float:
    """Return a loss of connected share, hours, that no order of repairs falls below.

    A pair is cut at least until the longest job of the best way between its hubs is done, and
    until the crews together have worked off the jobs of the way with least work. Each pair is
    given its own best way, so the sum over pairs is a bound, in general not attained.

    Parameters
    ----------
    jobs
        With several draws, the shortest of each job counts.

    Notes
    -----
    The work of a job is spread evenly over its links, so that a way is charged no more than the
    job's work whichever of its links it uses.
    """
    hours = np.array([min(job.hours) for job in jobs])
    base = assessor.base.connected
    wanted = np.where(base, assessor.demand.trips, 0.0)
    total = wanted.sum()
    if not total:
        return 0.0
    least = np.maximum(
        _longest_job(assessor, jobs, hours, standing),
        _least_work(assessor, jobs, hours, standing) / crews,
    )
    open_again = assessor.routes(standing).connected
    return float((wanted * np.where(open_again, least, 0.0)).sum() / total)


def _longest_job(
    assessor: Assessor,
    jobs: Sequence[RepairJob],
    hours: NDArray[np.float64],
    standing: Sequence[Outage],
) -> NDArray[np.float64]:
    """Return for each pair the least hours by which all jobs no longer than that connect it."""
    result = np.zeros(assessor.demand.trips.shape)
    for done_by in (0.0, *sorted(set(hours.tolist()))):
        undone = [
            outage
            for job, length in zip(jobs, hours, strict=True)
            if length > done_by
            for outage in job.outages
        ]
        connected = assessor.routes([*standing, *undone]).connected
        longer = hours[hours > done_by]
        result[~connected] = longer.min() if len(longer) else result[~connected]
    return result


def _least_work(
    assessor: Assessor,
    jobs: Sequence[RepairJob],
    hours: NDArray[np.float64],
    standing: Sequence[Outage],
) -> NDArray[np.float64]:
    """Return for each pair the hours of work on the way with least of it."""
    network, profile = assessor.network, assessor.profile

    def minutes(outages: Sequence[Outage]) -> NDArray[np.float64]:
        undisturbed = running_minutes(network, profile)
        found = state_minutes(network, profile, undisturbed, outages, advisory=assessor.advisory)
        found[assessor.rail_count :] = np.inf  # replacement services are no rail
        return found

    usable = np.isfinite(minutes(standing))
    scale = TOTAL_MINUTES / hours.sum()
    work = np.zeros(len(network.links))
    for job, length in zip(jobs, hours, strict=True):
        closed = usable & ~np.isfinite(minutes([*standing, *job.outages]))
        if closed.any():
            work[closed] += length * scale / closed.sum()
    costs = costs_from_minutes(network, np.where(usable, work, np.inf))
    routes = assessor.router.solve(costs, turn_scale=TURN_SCALE)
    found = np.where(routes.connected, routes.minutes, 0.0) - _slack_minutes(assessor)
    return np.asarray(np.maximum(found, 0.0) / scale)


def _slack_minutes(assessor: Assessor) -> float:
    """Return more than rounding, turns and the least cost of a link can add to any route."""
    profile = assessor.profile
    turns = sum(
        minutes
        for minutes in (profile.reversal_minutes, profile.gauge_change_minutes)
        if np.isfinite(minutes)
    )
    steps = 2 * len(assessor.network.links)
    return steps * (3.0 / UNITS_PER_MINUTE + TURN_SCALE * turns)
