"""Tables of journeys: waits, detours, flows and capacities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem
from netmodel.impact.assessment import Assessor
from netmodel.impact.capacity import CapacityFlow, flow_under_capacity
from netmodel.impact.decision import ForecastDecision, decide_on_forecast
from netmodel.impact.near_ways import NearWay
from netmodel.impact.redundancy import (
    IncidentWays,
    PairRedundancy,
    WayRound,
    disjoint_routes,
    incident_ways,
    link_flows,
    pair_redundancy,
    ways_round,
)
from netmodel.impact.waiting import WaitingModel, WaitOrDetour, even_departures
from netmodel.network.names import Names
from netmodel.outages.outage import MilestoneTimes
from netmodel.routing.route_texts import RouteTexts
from netmodel.runs.computation import Computation, Progress, TrafficImpact
from netmodel.runs.documents import RunDetour, RunDetours
from netmodel.runs.effort import is_included


@refuse_wrong_kinds
def wait_or_detour(
    run: Computation,
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
    >>> import netmodel as nm
    >>> found = nm.runs.wait_or_detour(nm.run("crimea-may-2023"))
    >>> bool((found.minutes <= found.wait_minutes).all())
    True
    """
    every = 6.0 if run.scenario.waiting is None else run.scenario.waiting.every_hours
    chosen = even_departures(run.timeline.window, every) if departures is None else departures
    model = WaitingModel(run.impact_on(traffic).assessor, run.timeline, services=services)
    return model.delays(chosen, times)


@refuse_wrong_kinds
def decide_in_run(
    run: Computation,
    departures: Sequence[datetime],
    forecast: Sequence[Mapping[str, MilestoneTimes]],
    *,
    traffic: str | None = None,
    weights: Sequence[float] | None = None,
) -> ForecastDecision:
    """Return journeys whose way is chosen at departure on a forecast; see `decide_on_forecast`."""
    model = WaitingModel(run.impact_on(traffic).assessor, run.timeline)
    return decide_on_forecast(model, departures, forecast, weights=weights)


def state_delays(
    run: Computation, impact: TrafficImpact, *, progress: Progress | None = None
) -> NDArray[np.float64] | None:
    """Return the minutes over the base of journeys that depart when each state begins.

    Returns
    -------
    ndarray or None
        Shape ``(states, hubs, hubs)``; inf where a train never arrives, nan without a base route.
        ``None`` where ``waiting`` is no part of the run; see `netmodel.runs.effort`.
    """
    if not is_included(run, "waiting"):
        return None
    model = WaitingModel(impact.assessor, run.timeline)
    departures = [state.start for state in run.timeline.states]
    return model.delay_minutes(
        departures,
        progress=None
        if progress is None
        else lambda done: progress(f"{impact.traffic} waiting", done, len(departures)),
    )


@refuse_wrong_kinds
def capacity_in_state(run: Computation, state: int, *, traffic: str | None = None) -> CapacityFlow:
    """Return the flow under the scenario's capacities in one state.

    Pairs without a route in the base have no trains: what no outage cut is not unserved.

    Parameters
    ----------
    state
        Its number.

    Raises
    ------
    InputError
        If the scenario states no capacities.
    """
    impact = run.impact_on(traffic)
    options, capacity = run.scenario.capacity, run.scenario.link_capacities
    if options is None or capacity is None:
        what = "the scenario states no capacities"
        raise InputError([Problem(what=what, where=run.name, remedy="add `capacity:` to it")])
    assessor = impact.assessor
    trips = np.where(assessor.base.connected, assessor.demand.trips, 0.0)
    wanted = options.wanted_trains(impact.traffic)
    if wanted is not None:
        total = trips.sum()
        trips = trips * (wanted / total) if total else trips
    active = [run.timeline.outages[n] for n in sorted(run.timeline.states[state].active)]
    return flow_under_capacity(assessor, active, capacity, trains=trips, diesels=options.diesels)


def capacity_by_state(
    run: Computation, impact: TrafficImpact, *, progress: Progress | None = None
) -> list[CapacityFlow]:
    """Return the flow under the scenario's capacities in each state.

    Empty without capacities, or where ``capacity`` is no part of the run; see
    `netmodel.runs.effort`.
    """
    if run.scenario.capacity is None or not is_included(run, "capacity"):
        return []
    known: dict[frozenset[int], CapacityFlow] = {}
    if progress is not None:
        progress(f"{impact.traffic} capacity", 0, len(run.timeline.states))
    for number, state in enumerate(run.timeline.states):
        if state.active not in known:
            known[state.active] = capacity_in_state(run, number, traffic=impact.traffic)
        if progress is not None:
            progress(f"{impact.traffic} capacity", number + 1, len(run.timeline.states))
    return [known[state.active] for state in run.timeline.states]


@refuse_wrong_kinds
def redundancy_of(
    run: Computation, pairs: Sequence[tuple[str, str]], *, traffic: str | None = None
) -> tuple[tuple[PairRedundancy, ...], tuple[WayRound, ...]]:
    """Return link-disjoint routes of named pairs, and ways round the run's incidents.

    Parameters
    ----------
    pairs
        Hubs of the demand, by id or name.

    Examples
    --------
    >>> import netmodel as nm
    >>> run = nm.run("crimea-may-2023")
    >>> pairs, rounds = nm.runs.redundancy_of(run, [("Simferopol", "Sevastopol")])
    >>> pairs[0].disjoint_routes, [each.exists for each in rounds]
    (1, [False])
    """
    names = Names(run.network)
    ids = [(names.hub(one).id, names.hub(other).id) for one, other in pairs]
    assessor = run.impact_on(traffic).assessor
    return pair_redundancy(assessor, ids), ways_round(assessor, run.timeline.outages, ids)


PAIRS_KEPT = 1000
"""Rows of ``ways.csv`` for each incident and kind of traffic: the pairs with most demand."""
WAYS_COLUMNS = (
    "incident", "traffic", "from", "to", "share", "exists", "extra_minutes", "extra_km", "via",
)  # fmt: skip
MINUTE_DIGITS = 1
SHARE_DIGITS = 4
Rows = list[dict[str, object]]
Places = NDArray[np.int64]


NearWays = Mapping[tuple[int, int], NearWay]


def tell_ways(
    run: Computation, near: Mapping[str, NearWays]
) -> tuple[pd.DataFrame, dict[str, tuple[RunDetours, ...]]]:
    """Return the table of detours, and for each incident what they come to.

    Each studied incident that closed a link is taken alone, on the background of the base
    state, whatever its times.

    Parameters
    ----------
    near
        For each kind of traffic the second ways of its pairs in the base.

    Returns
    -------
    ways : DataFrame
        One row for each incident, kind of traffic and pair with demand of which the incident
        closed a way, or with share 0 its second way; `PAIRS_KEPT` of each at most; incidents in
        the order of the run.
    told : dict
        For each incident that closed a link, one summary for each kind of traffic.
    """
    studied = [placement.incident.id for placement in run.placements]
    rows: dict[str, Rows] = {incident: [] for incident in studied}
    told: dict[str, tuple[RunDetours, ...]] = {}
    outages = [outage for placement in run.placements for outage in placement.outages]
    for impact in run.impacts:
        scene = _DetourScene(impact, near[impact.traffic])
        for ways in incident_ways(impact.assessor, outages):
            found = list(scene.rows(ways))
            rows[ways.incident] += found
            hit = [row for row in found if row["share"]]
            told[ways.incident] = (*told.get(ways.incident, ()), scene.sum_up(ways, hit))
    flat = [row for incident in studied for row in rows[incident]]
    table = pd.DataFrame(flat, columns=list(WAYS_COLUMNS))
    return table.astype({"extra_minutes": float, "extra_km": float}), told


class _DetourScene:
    """The pairs of one kind of traffic, and the towns that their routes pass."""

    def __init__(self, impact: TrafficImpact, near: NearWays) -> None:
        self.near = near
        self.traffic = impact.traffic
        self.assessor: Assessor = impact.assessor
        self.trips = self.assessor.demand.trips
        self.asked = (self.trips > 0) & self.assessor.base.connected
        self._texts = RouteTexts(self.assessor.router)
        self._place = {hub: place for place, hub in enumerate(self.assessor.demand.hubs)}
        self._inhabitants = {hub.id: hub.population for hub in impact.assessor.network.hubs
                             if hub.population}  # fmt: skip

    def rows(self, ways: IncidentWays) -> Iterator[dict[str, object]]:
        """Yield the rows of one incident, pairs in the order of the demand's hubs."""
        hubs = self.assessor.demand.hubs
        start, end = self._kept(ways.closed & self.asked | self._near_closed(ways))
        whole = ~ways.closed[start, end]
        via = np.empty(len(start), dtype=object)
        via[whole] = self._tell_base(start[whole], end[whole])
        via[~whole] = self._texts.between(ways.routes, start[~whole], end[~whole])
        exists = whole | ways.routes.connected[start, end]
        for i, j, kept, there, hubs_passed in zip(start, end, whole, exists, via, strict=True):
            yield {
                "incident": ways.incident,
                "traffic": self.traffic,
                "from": hubs[i],
                "to": hubs[j],
                "share": round(float(ways.share[i, j]), SHARE_DIGITS),
                "exists": int(there),
                "extra_minutes": 0.0 if kept else _rounded(ways.extra_minutes[i, j]),
                "extra_km": 0.0 if kept else _rounded(ways.extra_km[i, j]),
                "via": hubs_passed,
            }

    def sum_up(self, ways: IncidentWays, rows: Rows) -> RunDetours:
        """Return what the ways round one incident come to, over all pairs."""
        closed = ways.closed & self.asked
        extra = ways.extra_minutes[closed]
        longer = extra[np.isfinite(extra)]
        least, median, greatest = (
            (longer.min(), np.median(longer), longer.max()) if len(longer) else (None,) * 3
        )
        passed = self._newly_passed([row for row in rows if row["exists"]])
        often = Counter(hub for hubs in passed.values() for hub in hubs)
        shared = [hub for hub, count in often.items() if 2 * count > len(passed)]
        return RunDetours(
            traffic=self.traffic,
            pairs=int(self.asked.sum()),
            closed=int(closed.sum()),
            with_way=len(longer),
            least_extra_minutes=_plain(least),
            median_extra_minutes=_plain(median),
            greatest_extra_minutes=_plain(greatest),
            by=self._largest(shared),
            examples=tuple(
                RunDetour(
                    start_hub=str(row["from"]),
                    end_hub=str(row["to"]),
                    extra_minutes=float(str(row["extra_minutes"])) if row["exists"] else None,
                    by=self._largest(passed.get((str(row["from"]), str(row["to"])), ())),
                )
                for row in _examples(rows)
            ),
        )

    def _near_closed(self, ways: IncidentWays) -> NDArray[np.bool_]:
        """Return the pairs whose second way the incident closed and whose own it did not."""
        closed = np.zeros(ways.share.shape, dtype=bool)
        for pair, way in self.near.items():
            closed[pair] = not ways.share[pair] and not ways.links.isdisjoint(way.links)
        return closed

    def _kept(self, closed: NDArray[np.bool_]) -> tuple[Places, Places]:
        start, end = np.nonzero(closed)
        most = np.sort(np.argsort(-self.trips[start, end], kind="stable")[:PAIRS_KEPT])
        return start[most], end[most]

    def _tell_base(self, start: Places, end: Places) -> list[str]:
        """Return the hubs that pairs pass in the base, both ends left out; starts ascend."""
        travel, network = self.assessor.base_travel, self.assessor.network
        texts = self._texts.between(travel.routes, start, end)
        if len(travel.ways):
            for place in np.flatnonzero(travel.main_way[start, end] >= 0).tolist():
                hubs = travel.hubs_between(int(start[place]), int(end[place]), network)
                texts[place] = ";".join(hubs[1:-1])
        return texts

    def _newly_passed(self, rows: Rows) -> dict[tuple[str, str], list[str]]:
        """Return the towns that each detour passes and the base route does not, by its ends."""
        if not self._inhabitants:
            return {(str(row["from"]), str(row["to"])): [] for row in rows}
        towns = {
            (str(row["from"]), str(row["to"])): [
                hub for hub in str(row["via"]).split(";") if hub in self._inhabitants
            ]
            for row in rows
        }
        asked = [pair for pair, hubs in towns.items() if hubs]
        places = [(self._place[start], self._place[end]) for start, end in asked]
        base = self._tell_base(*np.array(places, dtype=np.int64).reshape(-1, 2).T)
        for pair, via in zip(asked, base, strict=True):
            before = {*via.split(";"), *pair}
            towns[pair] = [hub for hub in towns[pair] if hub not in before]
        return towns

    def _largest(self, hubs: Sequence[str]) -> str | None:
        """Return the hub with most inhabitants; ``None`` where there is none."""
        return max(hubs, key=lambda hub: (self._inhabitants[hub], hub), default=None)


def _examples(rows: Rows) -> Rows:
    """Return a pair without a detour, and those with the least and the longest one."""
    none = [row for row in rows if not row["exists"]]
    some = sorted(
        (row for row in rows if row["exists"]), key=lambda row: float(str(row["extra_minutes"]))
    )
    chosen = [*none[:1], *some[:1], *some[-1:]]
    return [row for number, row in enumerate(chosen) if row not in chosen[:number]]


def _rounded(value: float) -> float:
    return round(float(value), MINUTE_DIGITS) if np.isfinite(value) else float("nan")


def _plain(value: float | None) -> float | None:
    return None if value is None else round(float(value), MINUTE_DIGITS)


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


def flow_table(run: Computation) -> pd.DataFrame | None:
    """Return the flow over each link whose flow in a state differs from that in the base.

    Every pair takes the ways of its trains by their shares, or its one route by rail, whatever the
    capacity. Demand without a route is on no link.

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
    base = link_flows(assessor.base_travel, trips)[: assessor.rail_count].sum(axis=1)
    base_shown = np.round(base, TRIP_DIGITS)
    known: dict[bytes, tuple[NDArray[np.int64], NDArray[np.float64]]] = {}
    numbers, states, flows = [], [], []
    for result in impact.states:
        key = result.mark
        if key not in known:
            flow = link_flows(result.travel, trips)[: assessor.rail_count].sum(axis=1)
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


def redundancy_table(run: Computation, near: Mapping[str, NearWays]) -> pd.DataFrame | None:
    """Return, for each kind of traffic and pair with demand, the routes that share no link.

    Parameters
    ----------
    near
        For each kind of traffic the second ways of its pairs in the base.

    Returns
    -------
    DataFrame or None
        ``traffic, from, to, trips, disjoint_routes, near_via``, in the order of ``pairs.csv``.
        ``None`` where pairs times links are more than `QUICK_PAIR_LINKS`.
    """
    frames = []
    for impact in run.impacts:
        assessor, second = impact.assessor, near[impact.traffic]
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
                    "near_via": [
                        ";".join(second[place].hubs[1:-1]) if place in second else ""
                        for place in zip(start.tolist(), end.tolist(), strict=True)
                    ],
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def capacity_table(
    run: Computation, flows: Mapping[str, Sequence[CapacityFlow]]
) -> pd.DataFrame | None:
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
    if not any(flows.values()):
        return None
    links = run.network.links
    rows = [
        {
            "state": state.number,
            "traffic": traffic,
            "link": links[position].id,
            "capacity": _rounded_columns(flow.capacity[position]),
            "trains": _rounded_columns(flow.flow[position].sum()),
            "shadow_trains": _rounded_columns(flow.shadow_trains[position]),
            "shadow_minutes": _rounded_columns(flow.shadow_minutes[position]),
        }
        for number, state in enumerate(run.timeline.states)
        for traffic, by_state in flows.items()
        for flow in by_state[number : number + 1]
        for position in flow.full
        if position < len(links)
    ]
    return pd.DataFrame(rows, columns=list(CAPACITY_COLUMNS))


def _rounded_columns(value: float) -> float:
    return round(float(value), TRIP_DIGITS) + 0.0  # no minus zero
