"""Questions to a computed run: waiting or going round, flows under capacity, redundancy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from netmodel.errors import InputError, Problem
from netmodel.impact.capacity import CapacityFlow, flow_under_capacity
from netmodel.impact.delays import even_departures
from netmodel.impact.forecast import ForecastDecision, decide_on_forecast
from netmodel.impact.redundancy import PairRedundancy, WayRound, pair_redundancy, ways_round
from netmodel.impact.waiting import WaitingModel, WaitOrDetour
from netmodel.network.names import Names
from netmodel.outages.outage import MilestoneTimes
from netmodel.study.uncertainty import find_impact

if TYPE_CHECKING:
    from netmodel.study.run import Run, TrafficImpact

QUICK_WORK = 4_000_000
"""States times hubs times arcs up to which delays are part of every run: about a second."""


def wait_or_detour(
    run: Run,
    traffic: str | None = None,
    *,
    departures: Sequence[datetime] | None = None,
    times: Mapping[str, MilestoneTimes] | None = None,
    services: bool = False,
) -> WaitOrDetour:
    """Return what journeys of a run took that could wait, go round, or do part of each.

    Parameters
    ----------
    traffic
        The first of the scenario by default.
    departures
        By default as often as the scenario's ``waiting`` says, every six hours if it says
        nothing.
    times
        Milestones of each incident, such as one draw; those of the run by default.
    services
        Whether replacement services may be used.

    Examples
    --------
    >>> from netmodel.study.run import run_scenario
    >>> run = run_scenario("crimea-may-2023")
    >>> found = wait_or_detour(run)
    >>> bool((found.minutes <= found.wait_minutes).all())
    True
    """
    every = 6.0 if run.scenario.waiting is None else run.scenario.waiting.every_hours
    chosen = even_departures(run.timeline.window, every) if departures is None else departures
    model = WaitingModel(find_impact(run, traffic).assessor, run.timeline, services=services)
    return model.delays(chosen, times)


def decide_in_run(
    run: Run,
    departures: Sequence[datetime],
    forecast: Sequence[Mapping[str, MilestoneTimes]],
    *,
    traffic: str | None = None,
    weights: Sequence[float] | None = None,
) -> ForecastDecision:
    """Return journeys whose way is chosen at departure on a forecast; see `decide_on_forecast`."""
    model = WaitingModel(find_impact(run, traffic).assessor, run.timeline)
    return decide_on_forecast(model, departures, forecast, weights=weights)


def state_delays(run: Run, impact: TrafficImpact) -> WaitOrDetour | None:
    """Return journeys that depart when each state begins.

    Returns
    -------
    WaitOrDetour or None
        ``None`` where that takes long and the scenario does not ask for ``waiting``.
    """
    states = run.timeline.states
    assessor = impact.assessor
    arcs = 2 * len(assessor.network.links)
    work = len(states) * len(assessor.demand.hubs) * arcs
    if run.scenario.waiting is None and work > QUICK_WORK:
        return None
    return WaitingModel(assessor, run.timeline).delays([state.start for state in states])


def capacity_in_state(run: Run, state: int, *, traffic: str | None = None) -> CapacityFlow:
    """Return the flow under the scenario's capacities in one state.

    Parameters
    ----------
    state
        Its number.

    Raises
    ------
    InputError
        If the scenario states no capacities.
    """
    impact = find_impact(run, traffic)
    options, capacity = run.scenario.capacity, run.inputs.capacity
    if options is None or capacity is None:
        what = "the scenario states no capacities"
        raise InputError([Problem(what=what, where=run.name, remedy="add `capacity:` to it")])
    assessor = impact.assessor
    trips = assessor.demand.trips
    wanted = options.wanted_trains(impact.traffic)
    if wanted is not None:
        total = trips[assessor.base.connected].sum()
        trips = trips * (wanted / total) if total else trips
    active = [run.timeline.outages[n] for n in sorted(run.timeline.states[state].active)]
    return flow_under_capacity(assessor, active, capacity, trains=trips, diesels=options.diesels)


def capacity_by_state(run: Run, impact: TrafficImpact) -> list[CapacityFlow]:
    """Return the flow under the scenario's capacities in each state; empty without capacities."""
    if run.scenario.capacity is None:
        return []
    known: dict[frozenset[int], CapacityFlow] = {}
    for number, state in enumerate(run.timeline.states):
        if state.active not in known:
            known[state.active] = capacity_in_state(run, number, traffic=impact.traffic)
    return [known[state.active] for state in run.timeline.states]


def redundancy_of(
    run: Run, pairs: Sequence[tuple[str, str]], *, traffic: str | None = None
) -> tuple[tuple[PairRedundancy, ...], tuple[WayRound, ...]]:
    """Return link-disjoint routes of named pairs, and ways round the run's incidents.

    Parameters
    ----------
    pairs
        Hubs of the demand, by id or name.

    Examples
    --------
    >>> from netmodel.study.run import run_scenario
    >>> run = run_scenario("crimea-may-2023")
    >>> pairs, rounds = redundancy_of(run, [("Simferopol", "Sevastopol")])
    >>> pairs[0].disjoint_routes, [each.exists for each in rounds]
    (1, [False])
    """
    names = Names(run.network)
    ids = [(names.hub(one).id, names.hub(other).id) for one, other in pairs]
    assessor = find_impact(run, traffic).assessor
    return pair_redundancy(assessor, ids), ways_round(assessor, run.timeline.outages, ids)
