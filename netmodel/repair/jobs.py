"""Repairs as jobs.

The question is whether limited effects become systemic ones. While repairs are quick, incidents
pass before the next one comes, and the loss grows in step with the time that repairs take. When
they are slow, closures overlap; if what is cut together is worse than the sum of what is cut
alone, the loss grows faster than the repair time and compounding rises above 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem, did_you_mean, nearest_names
from netmodel.evidence.notes import join_notes
from netmodel.impact.attribution import compounding, loss_alone
from netmodel.impact.loss import LossModel
from netmodel.outages.milestones import as_microseconds, milestone_limits
from netmodel.outages.outage import Outage, scale_repairs, times_by_incident
from netmodel.runs.computation import Computation
from netmodel.runs.uncertainty import build_loss_model
from netmodel.times import format_instant, hours_between

if TYPE_CHECKING:
    import pandas as pd


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
    run: Computation, at: datetime, hours: Mapping[str, Hours] | None = None
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


def _not_in_force(run: Computation, incident: str, at: datetime) -> Problem:
    placements = {each.incident.id: each for each in (*run.placements, *run.background)}
    placement = placements.get(incident)
    if placement is None:
        remedy = did_you_mean(nearest_names(incident, placements))
        return Problem(what=f"unknown incident {incident!r}", remedy=remedy)
    if not placement.outages:
        reasons = join_notes(placement.reasons)
        return Problem(what=f"incident {incident} has no link to restore: {reasons}")
    if placement.incident.standing:
        return Problem(what=f"incident {incident} is a standing closure, which is not repaired")
    return Problem(what=f"incident {incident} is not in force at {format_instant(at)}")


SCALES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairSpeed:
    """The loss if every restoration took so many times as long; hours.

    Parameters
    ----------
    loss
        Under the rule of the scenario.
    guaranteed, possible
        Under every scaled time that the evidence allows: at the worst, and at the best.
    alone
        Sum of the losses of the incidents one by one.
    most_at_once
        The most studied incidents in force at the same time.
    open_at_end
        Studied incidents not restored when the window ends: what they cost later is not counted,
        so that a longer window gives a higher loss.
    """

    scale: float
    loss: float
    guaranteed: float
    possible: float
    alone: float
    compounding: float
    most_at_once: int
    open_at_end: int


@refuse_wrong_kinds
def sweep_repair_speed(
    run: Computation, scales: Sequence[float] = SCALES, *, traffic: str | None = None
) -> tuple[RepairSpeed, ...]:
    """Return the resilience loss of a run for restorations of several speeds.

    Parameters
    ----------
    scales
        > 0; relative to the run, which may be scaled itself. Standing closures stay.

    Raises
    ------
    InputError
        If there is no scale, or one is not a number above 0.

    Examples
    --------
    >>> from netmodel.runs.run import run_scenario
    >>> points = sweep_repair_speed(run_scenario("crimea-may-2023"), [1, 2])
    >>> points[0].loss < points[1].loss
    True
    """
    if not scales:
        raise InputError([Problem(what="no scale to try", remedy=f"give some of {SCALES}")])
    model = build_loss_model(run, traffic)
    return tuple(_at_scale(run, model, float(scale)) for scale in scales)


@refuse_wrong_kinds
def repair_speed_table(points: Sequence[RepairSpeed]) -> pd.DataFrame:
    """Return one row for each scale, the columns being the fields of `RepairSpeed`."""
    import pandas as pd

    names = RepairSpeed.__dataclass_fields__
    rows = [{name: getattr(point, name) for name in names} for point in points]
    return pd.DataFrame(rows, columns=list(names)).set_index("scale")


def _at_scale(run: Computation, base: LossModel, scale: float) -> RepairSpeed:
    placements = (*run.background, *scale_repairs(run.placements, scale))
    limits = milestone_limits(placements, run.timeline.window)
    # the measures know outages by position and effect only, which scaling leaves alone
    model = LossModel(base.measures, limits)
    times = times_by_incident(placements, run.scenario.time_rule)
    chosen = as_microseconds(limits, times)
    bounds = model.bounds()
    incidents = run.incidents_with_outages
    together, alone = loss_alone(model, times, incidents)
    at_once = [_held(model, active, incidents) for active in model.hours_of_sets(chosen)]
    at_end = model.stages.cut(chosen[None], np.array([limits.span - 1]))
    return RepairSpeed(
        scale=scale,
        loss=float(model.losses(chosen[None])[0]),
        guaranteed=bounds.guaranteed,
        possible=bounds.possible,
        alone=alone,
        compounding=compounding(together, alone),
        most_at_once=max(at_once, default=0),
        open_at_end=_held(model, model.stages.active(at_end.keys[0]), incidents),
    )


def _held(model: LossModel, active: frozenset[int], incidents: Sequence[str]) -> int:
    """Return how many of some incidents are in force."""
    return len({model.measures.outages[number].incident for number in active} & set(incidents))
