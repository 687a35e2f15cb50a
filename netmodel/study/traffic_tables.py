"""What outages did to traffic, link by link: flows, full links, and routes that share no link."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netmodel.impact.flows import link_flows
from netmodel.impact.redundancy import disjoint_routes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from netmodel.impact.capacity import CapacityFlow
    from netmodel.study.run import Run, TrafficImpact

FLOW_ROWS_KEPT = 1_000_000
"""A table of flows with more rows than this is left out."""
QUICK_PAIR_LINKS = 2_000_000
"""Pairs times links up to which routes that share no link are counted: about a second."""

FLOW_COLUMNS = ("state", "traffic", "link", "base_trips", "trips")
CAPACITY_COLUMNS = (
    "state", "traffic", "link", "capacity", "trains", "shadow_trains", "shadow_minutes",
)  # fmt: skip
TRIP_DIGITS = 4
_TOLERANCE = 1e-6


def flow_table(run: Run) -> pd.DataFrame | None:
    """Return the flow over each link whose flow in a state differs from that in the base.

    All-or-nothing: every pair takes its one route by rail, whatever the capacity. Demand without
    a route is on no link.

    Returns
    -------
    DataFrame or None
        In the order of states, kinds of traffic and links, both directions together, in the
        unit of the demand. ``None`` where it would have more than `FLOW_ROWS_KEPT` rows.
    """
    frames: list[pd.DataFrame] = []
    for impact in run.impacts:
        found = _flows_of(impact, FLOW_ROWS_KEPT - sum(len(each) for each in frames))
        if found is None:
            return None
        frames.append(found)
    table = pd.concat([each for each in frames if len(each)] or frames[:1], ignore_index=True)
    return table.sort_values("state", kind="stable", ignore_index=True)


def _flows_of(impact: TrafficImpact, room: int) -> pd.DataFrame | None:
    assessor = impact.assessor
    links = np.array([link.id for link in assessor.network.links[: assessor.rail_count]])
    trips = assessor.demand.trips
    base = link_flows(assessor.base, trips)[: assessor.rail_count].sum(axis=1)
    base_shown = np.round(base, TRIP_DIGITS)
    known: dict[int, tuple[NDArray[np.int64], NDArray[np.float64]]] = {}
    numbers, states, flows = [], [], []
    for result in impact.states:
        key = id(result.routes)
        if key not in known:
            flow = link_flows(result.routes, trips)[: assessor.rail_count].sum(axis=1)
            shown = np.round(flow, TRIP_DIGITS)
            # Sums in another order differ in the last digits; that is no other flow.
            changed = (np.abs(flow - base) > _TOLERANCE * (1 + base)) & (shown != base_shown)
            known[key] = np.flatnonzero(changed), shown[changed]
        changed_links, shown_flows = known[key]
        room -= len(changed_links)
        if room < 0:
            return None
        numbers.append(changed_links)
        flows.append(shown_flows)
        states.append(np.full(len(changed_links), result.state.number))
    at = np.concatenate(numbers) if numbers else np.zeros(0, np.int64)
    return pd.DataFrame(
        {
            "state": np.concatenate(states) if states else at,
            "traffic": impact.traffic,
            "link": links[at] if len(links) else [],
            "base_trips": base_shown[at],
            "trips": np.concatenate(flows) if flows else np.zeros(0),
        },
        columns=list(FLOW_COLUMNS),
    )


def redundancy_table(run: Run) -> pd.DataFrame | None:
    """Return, for each kind of traffic and pair with demand, the routes that share no link.

    Returns
    -------
    DataFrame or None
        ``traffic, from, to, trips, disjoint_routes``, pairs in the order of ``pairs.csv``.
        ``None`` where pairs times links are more than `QUICK_PAIR_LINKS`.
    """
    frames = []
    for impact in run.impacts:
        assessor = impact.assessor
        start, end = np.nonzero(assessor.demand.trips > 0)
        if len(start) * len(assessor.network.links) > QUICK_PAIR_LINKS:
            return None
        hubs = np.array(assessor.demand.hubs)
        pairs = list(zip(hubs[start].tolist(), hubs[end].tolist(), strict=True))
        frames.append(
            pd.DataFrame(
                {
                    "traffic": impact.traffic,
                    "from": hubs[start],
                    "to": hubs[end],
                    "trips": np.round(assessor.demand.trips[start, end], TRIP_DIGITS),
                    "disjoint_routes": disjoint_routes(assessor, pairs),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def capacity_table(run: Run, flows: Mapping[str, Sequence[CapacityFlow]]) -> pd.DataFrame | None:
    """Return the links that are full in each state, in the order of the network.

    Parameters
    ----------
    flows
        For each kind of traffic the flow in every state; empty without capacities.

    Returns
    -------
    DataFrame or None
        ``capacity`` and ``trains`` a day, both directions together; ``shadow_trains``: trains a
        day that one more over the link would let be served; ``shadow_minutes``: train minutes a
        day that it would save. ``None`` where the scenario states no capacities.
    """
    if run.scenario.capacity is None:
        return None
    links = run.network.links
    rows = [
        {
            "state": state.number,
            "traffic": traffic,
            "link": links[position].id,
            "capacity": _rounded(flow.capacity[position]),
            "trains": _rounded(flow.flow[position].sum()),
            "shadow_trains": _rounded(flow.shadow_trains[position]),
            "shadow_minutes": _rounded(flow.shadow_minutes[position]),
        }
        for number, state in enumerate(run.timeline.states)
        for traffic, by_state in flows.items()
        for flow in by_state[number : number + 1]
        for position in flow.full
        if position < len(links)
    ]
    return pd.DataFrame(rows, columns=list(CAPACITY_COLUMNS))


def _rounded(value: float) -> float:
    return round(float(value), TRIP_DIGITS) + 0.0  # no minus zero
