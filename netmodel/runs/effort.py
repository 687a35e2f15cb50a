"""What the long parts of a run will take, and which of them are part of it.

The seconds are estimated from the work and not by a clock, so that a run has the same parts on
every machine. ``benchmarks/bench_gates.py`` compares them with what the parts take.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from netmodel.arguments import refuse_wrong_kinds
from netmodel.impact.assessment import Assessor
from netmodel.impact.attribution import EVIDENCE_POINTS, count_open_times, sets_to_solve
from netmodel.runs.computation import Computation, TrafficImpact
from netmodel.runs.uncertainty import build_loss_model
from netmodel.scenario.settings import PARTS

LIMIT_SECONDS = 1.0
"""A part that is expected to take longer is left out, unless the scenario asks for it."""
SECONDS_PER_LABEL = 7e-9
"""Waiting: for each place that a journey's start does not reach within a state, as a share of all
places, each arc, and each link of the longest way: labels are corrected step by step."""
SECONDS_PER_DEPARTURE = 1e-3
"""Waiting: for each state at least."""
SECONDS_PER_LIMIT = 3e-4
"""Capacity: for each pair of places and link that its trains would overload."""
SECONDS_PER_FLOW = 8e-4
"""Capacity: for each pair of places at least."""
SECONDS_PER_SET = 5e-4
"""Attribution: for each set of outages, beside the search for routes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartEffort:
    """What one long part of a run is expected to take.

    Parameters
    ----------
    part
        ``waiting``, ``capacity`` or ``attribution``.
    seconds
        On one core; 0 where the run has nothing of the kind.
    included
        Whether it is part of the run: asked for, or quick and not left out.
    asked
        What the scenario says; ``None`` where it leaves that to the time it takes.
    """

    part: str
    seconds: float
    included: bool
    asked: bool | None


@refuse_wrong_kinds
def expect_effort(run: Computation) -> tuple[PartEffort, ...]:
    """Return what each long part of a run is expected to take, and whether it is part of it.

    The parts are ``waiting``, the delays of journeys that may wait; ``capacity``, flows under the
    capacities of links, where the scenario states any; and ``attribution``, what each incident did
    to the loss, and what each open time is worth.

    A part that is expected to take longer than a second is left out unless the scenario asks for
    it in ``parts`` (on the command line, ``--with``). The figures are estimates by the work: they
    tell seconds from minutes and minutes from hours.

    Examples
    --------
    >>> import netmodel as nm
    >>> efforts = nm.runs.expect_effort(nm.run("crimea-may-2023"))
    >>> [(each.part, each.included) for each in efforts]
    [('waiting', True), ('capacity', False), ('attribution', True)]
    """
    return tuple(effort_of(run, part) for part in PARTS)


def effort_of(run: Computation, part: str) -> PartEffort:
    """Return what one long part of a run is expected to take; see `expect_effort`."""
    # Several tables ask: what was found is kept with the run, which nothing changes.
    known: dict[str, float] = vars(run).setdefault("_seconds_of_parts", {})
    if part not in known:
        known[part] = sum(_ESTIMATES[part](run, impact) for impact in run.impacts)
    seconds, asked = known[part], asked_for(run, part)
    wanted = seconds <= LIMIT_SECONDS if asked is None else asked
    return PartEffort(part=part, seconds=seconds, included=bool(wanted and seconds), asked=asked)


def asked_for(run: Computation, part: str) -> bool | None:
    """Return whether the scenario asks for a part or leaves it out; ``None`` if it says neither."""
    scenario = run.scenario
    if part in scenario.parts:
        return scenario.parts[part]
    return True if part == "waiting" and scenario.waiting is not None else None


def is_included(run: Computation, part: str) -> bool:
    """Whether a long part is part of a run; nothing is estimated where the scenario says so."""
    asked = asked_for(run, part)
    return effort_of(run, part).included if asked is None else asked


def left_out_for_time(run: Computation) -> tuple[PartEffort, ...]:
    """Return the parts that are left out because of the time that they are expected to take."""
    undecided = (part for part in PARTS if asked_for(run, part) is None)
    found = (effort_of(run, part) for part in undecided)
    return tuple(each for each in found if each.seconds and not each.included)


def tell_seconds(seconds: float) -> str:
    """Return a time that is expected, no more exact than it is known.

    Examples
    --------
    >>> tell_seconds(1.2), tell_seconds(7.2), tell_seconds(190), tell_seconds(9000)
    ('1 second', '7 seconds', '3 minutes', '2.5 hours')
    """
    if seconds < 100:
        return f"{seconds:.0f} second{'' if round(seconds) == 1 else 's'}"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"


def _waiting_seconds(_run: Computation, impact: TrafficImpact) -> float:
    """Return what the delays of journeys that depart with each state are expected to take.

    Only journeys that meet a change on their way are followed in time.
    """
    assessor = impact.assessor
    joined = assessor.base.connected & (assessor.demand.trips > 0)
    if not joined.any():
        return 0.0
    late = 0
    for result in impact.states:
        minutes = 60 * result.state.hours
        late += int((joined & (result.routes.minutes >= minutes)).sum())
    labels = late / len(joined) * len(assessor.router.kernel.arc_tail)
    phases = len({result.state.active for result in impact.states})
    return (
        SECONDS_PER_LABEL * labels * _links_on_the_way(assessor)
        + SECONDS_PER_DEPARTURE * len(impact.states)
        + phases * assessor.router.cost_seconds
    )


def _links_on_the_way(assessor: Assessor) -> float:
    """Return how many links the longest way of the base state has."""
    count = assessor.sum_along(assessor.base_travel, np.ones(len(assessor.network.links)))
    return float(np.nanmax(count)) if np.isfinite(count).any() else 0.0


def _capacity_seconds(run: Computation, impact: TrafficImpact) -> float:
    """Return what the flows under capacities are expected to take: links that would overflow."""
    options, capacity = run.scenario.capacity, run.scenario.link_capacities
    if options is None or capacity is None:
        return 0.0
    assessor = impact.assessor
    trips = np.where(assessor.base.connected, assessor.demand.trips, 0.0)
    wanted, total = options.wanted_trains(impact.traffic), trips.sum()
    if wanted is not None and total:
        trips = trips * (wanted / total)
    pairs = int((trips > 0).sum())
    seconds, known = 0.0, set()
    for result in impact.states:
        if result.state.active in known:
            continue
        known.add(result.state.active)
        load = result.routes.load_links(trips)[: len(capacity)].sum(axis=1)
        over = int((load > capacity).sum())
        seconds += pairs * (SECONDS_PER_FLOW + SECONDS_PER_LIMIT * over)
    return seconds


def _attribution_seconds(run: Computation, impact: TrafficImpact) -> float:
    """Return what sharing the loss out among the incidents is expected to take."""
    incidents = run.incidents_with_outages
    if not incidents or impact is not run.impacts[0]:
        return 0.0
    model, search = build_loss_model(run), impact.assessor.router.cost_seconds
    sets, searches = sets_to_solve(model, run.timeline.times, incidents)
    bounds = EVIDENCE_POINTS * count_open_times(model, incidents)
    return (sets + bounds) * SECONDS_PER_SET + (searches + bounds) * search


_ESTIMATES = {
    "waiting": _waiting_seconds,
    "capacity": _capacity_seconds,
    "attribution": _attribution_seconds,
}
