"""What is to be restored: one job for each incident in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from netmodel.errors import InputError, Problem, did_you_mean, nearest_names
from netmodel.instants import format_instant, hours_between
from netmodel.outages.outage import Outage

if TYPE_CHECKING:
    from netmodel.study.run import Run

Hours = float | Sequence[float]
"""The duration of a repair, or several draws of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairJob:
    """What one crew restores in one go.

    Parameters
    ----------
    outages
        Over when the job is done; at least one.
    hours
        Its duration, > 0; or several draws of it, the same number for all jobs.
    began
        Since when it has been waiting, for the order first come, first served.
    """

    name: str
    outages: tuple[Outage, ...]
    hours: tuple[float, ...]
    began: datetime | None = None


def collect_jobs(
    run: Run, at: datetime, hours: Mapping[str, Hours] | None = None
) -> tuple[tuple[RepairJob, ...], tuple[Outage, ...]]:
    """Return one job for each studied incident in force at an instant, and what stays.

    Parameters
    ----------
    at
        Aware; within the run's window. Who is in force is decided by the times of the scenario's
        rule; standing closures stay.
    hours
        Repair durations by incident, one or several draws; for the others what is left of them
        at that instant under the rule.

    Raises
    ------
    InputError
        With every incident named in `hours` that is unknown, has no link or is not in force, and
        every one in force whose end is not in the record and that has no hours given.
    """
    given = dict(hours or {})
    try:
        active = run.timeline.state_at(at).active
    except ValueError as error:
        raise InputError([Problem(what=str(error))]) from None
    held: dict[str, list[int]] = {}
    standing: list[Outage] = []
    repairable = {each.incident.id for each in run.placements if not each.incident.standing}
    for number in sorted(active):
        outage = run.timeline.outages[number]
        if outage.incident in repairable:
            held.setdefault(outage.incident, []).append(number)
        else:
            standing.append(outage)
    problems = [_not_in_force(run, incident, at) for incident in given if incident not in held]
    jobs = []
    for incident, numbers in held.items():
        outages = tuple(run.timeline.outages[number] for number in numbers)
        ends = [run.timeline.chosen(outage)[1] for outage in outages]
        known = [end for end in ends if end is not None]
        if incident not in given and len(known) < len(ends):
            what = f"incident {incident} has no end in the record"
            problems.append(Problem(what=what, remedy="give its hours"))
            continue
        left = given.get(incident, max((hours_between(at, end) for end in known), default=0.0))
        jobs.append(
            RepairJob(
                name=incident,
                outages=outages,
                hours=(left,) if isinstance(left, int | float) else tuple(left),
                began=run.timeline.chosen(outages[0])[0],
            )
        )
    if problems:
        raise InputError(problems)
    return tuple(jobs), tuple(standing)


def _not_in_force(run: Run, incident: str, at: datetime) -> Problem:
    placements = {each.incident.id: each for each in (*run.placements, *run.background)}
    placement = placements.get(incident)
    if placement is None:
        remedy = did_you_mean(nearest_names(incident, placements))
        return Problem(what=f"unknown incident {incident!r}", remedy=remedy)
    if not placement.outages:
        return Problem(what=f"incident {incident} has no link to restore: {placement.reason}")
    if placement.incident.standing:
        return Problem(what=f"incident {incident} is a standing closure, which is not repaired")
    return Problem(what=f"incident {incident} is not in force at {format_instant(at)}")
