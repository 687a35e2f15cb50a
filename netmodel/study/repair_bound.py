"""A bound below the loss of every order of repairs, one pair of hubs at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from netmodel.impact.assessment import Assessor
from netmodel.impact.costs import state_minutes
from netmodel.outages.outage import Outage
from netmodel.routing.profiles import UNITS_PER_MINUTE, costs_from_minutes, running_minutes

if TYPE_CHECKING:
    from netmodel.study.repair_jobs import RepairJob

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
