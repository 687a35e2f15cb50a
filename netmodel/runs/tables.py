"""The tables of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netmodel.evidence.incident import QUOTAS
from netmodel.impact.attribution import Attribution
from netmodel.impact.capacity import CapacityFlow
from netmodel.impact.near_ways import find_near_ways
from netmodel.impact.waiting import Matrices, mean_delay_hours, never_share
from netmodel.outages.timeline import StateSpan
from netmodel.runs.columns import OUTAGES, SCHEMA, SPANS, to_instants
from netmodel.runs.computation import Computation, Progress, TrafficImpact
from netmodel.runs.documents import PairsKept
from netmodel.runs.journeys import (
    capacity_by_state,
    capacity_table,
    flow_table,
    redundancy_table,
    state_delays,
    tell_ways,
)
from netmodel.runs.named_stations import stations_table
from netmodel.runs.pair_rows import record_pairs
from netmodel.runs.reached import pairs_column
from netmodel.runs.record import RunRecord
from netmodel.runs.summary import describe_provenance, figure_row, list_figures, summarise
from netmodel.runs.testimony import describe_evidence
from netmodel.runs.train_decisions import find_decisions, with_decisions
from netmodel.runs.train_tables import (
    count_columns,
    days_table,
    running_fates,
    services_table,
    trains_table,
)
from netmodel.runs.uncertainty import state_quantiles
from netmodel.scenario.writing import scenario_texts
from netmodel.times import hours_between

COORDINATE_DIGITS = 4


def build_record(
    run: Computation,
    attribution: Attribution | None,
    *,
    progress: Progress | None = None,
    keep_pairs: str | None = None,
) -> RunRecord:
    """Return a run as the tables and documents of its folder.

    Parameters
    ----------
    attribution
        What each incident did to the loss, where it is known.
    progress
        Called as the long parts go on.
    keep_pairs
        Which pairs the tables hold; see `pair_rows.record_pairs`.
    """
    delays = {each.traffic: state_delays(run, each, progress=progress) for each in run.impacts}
    flows = {each.traffic: capacity_by_state(run, each, progress=progress) for each in run.impacts}
    states = _states(run, delays, flows)
    near = {impact.traffic: find_near_ways(impact.assessor) for impact in run.impacts}
    outages = _outages(run)
    ways, told = tell_ways(run, near)
    texts = scenario_texts(run.scenario)
    trains = run.trains
    decisions = {} if trains is None else find_decisions(run, trains)
    fates = [] if trains is None else list(running_fates(run, trains))
    pairs = record_pairs(run, delays, near, keep=keep_pairs)
    summary = summarise(run, attribution, states=states, outages=outages, progress=progress)
    shown = [] if trains is None else with_decisions(fates, trains, decisions)
    evidence = describe_evidence(run, attribution, told, decisions)
    services = None if trains is None else services_table(run, trains)
    fared = None if trains is None else trains_table(shown, run.network, decisions)
    return RunRecord(
        states=states,
        pair_table=pairs,
        hubs=_hubs(run),
        links=_links(run),
        outages=outages,
        summary=replace(summary, pairs_kept=cast("PairsKept", pairs.keep)),
        evidence=evidence,
        provenance=describe_provenance(run, texts),
        inputs=texts,
        ways=_typed(ways, "ways"),
        flows=_typed(flow_table(run), "flows"),
        redundancy=_typed(redundancy_table(run, near), "redundancy"),
        capacity=_typed(capacity_table(run, flows), "capacity"),
        stations=stations_table(run.network, evidence, (services, fared)),
        services=services,
        trains=fared,
        train_days=None if trains is None else days_table(trains),
    )


def _typed(table: pd.DataFrame | None, name: str) -> pd.DataFrame | None:
    """Return a table whose columns are of the types that they are read back as, rows or none."""
    if table is None or len(table):
        return table
    whole, number = ("whole", "flag"), ("number", "share")
    kinds = {column.name: column.kind for column in SCHEMA[name].columns if column.name in table}
    return table.astype(
        {
            **{each: "int64" for each, kind in kinds.items() if kind in whole},
            **{each: "float64" for each, kind in kinds.items() if kind in number},
        }
    )


def headline_figures(run: Computation) -> list[dict[str, object]]:
    """Return the headline figures of a computation, without the tables of its folder.

    Returns
    -------
    list of dict
        ``traffic, figure, unit, value, guaranteed, possible`` of each; nan where there is none.
    """
    figures = list_figures(run, _states(run, {}, {}), _outages(run))
    return [figure_row(each) for each in figures]


def _states(
    run: Computation,
    delays: Mapping[str, Matrices | None],
    flows: Mapping[str, Sequence[CapacityFlow]],
) -> pd.DataFrame:
    rows = []
    further = {
        impact.traffic: _journey_columns(
            run, impact, delays.get(impact.traffic), flows.get(impact.traffic, ())
        )
        for impact in run.impacts
    }
    quantiles = {impact.traffic: state_quantiles(run, impact.traffic) for impact in run.impacts}
    counted = [] if run.trains is None else count_columns(run.trains)
    for number, state in enumerate(run.timeline.states):
        row: dict[str, object] = {
            "state": state.number,
            "start": state.start,
            "end": state.end,
            "hours": round(hours_between(state.start, state.end), 4),
            "outages": len(state.active),
            "outages_certain": len(state.certain),
            "outages_possible": len(state.possible),
        }
        for impact in run.impacts:
            prefix = run.prefix_of(impact.traffic)
            result = impact.states[number]
            row |= {f"{prefix}{name}": round(v, 6) for name, v in result.metrics.items()}
            for name, bounds in result.bounds.items():
                row[f"{prefix}{name}_guaranteed"] = round(bounds.guaranteed, 6)
                row[f"{prefix}{name}_possible"] = round(bounds.possible, 6)
            if run.ensemble is not None:
                drawn = quantiles[impact.traffic][number]
                row |= {f"{prefix}{name}": value for name, value in drawn.items()}
            row |= {f"{prefix}{k}": v for k, v in further[impact.traffic][number].items()}
        if counted:
            prefix = run.prefix_of("passenger")
            row |= {f"{prefix}{name}": value for name, value in counted[number].items()}
        rows.append(row)
    table = pd.DataFrame(rows).set_index("state")
    return _with_instants(table, ("start", "end"))


def _with_instants(table: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    return table.assign(**{name: to_instants(table[name]).array for name in names})


def _journey_columns(
    run: Computation,
    impact: TrafficImpact,
    delays: Matrices | None,
    flows: Sequence[CapacityFlow],
) -> list[dict[str, float]]:
    """Return, for each state, delays by wait or detour and flows under capacity, if known."""
    columns: list[dict[str, float]] = [{} for _ in run.timeline.states]
    if delays is not None:
        trips = impact.assessor.demand.trips
        figures = mean_delay_hours(delays, trips), never_share(delays, trips)
        for row, hours, never in zip(columns, *figures, strict=True):
            row["wait_or_detour_delay_hours"] = round(float(hours), 4)
            row["never_arrives_share"] = round(float(never), 6)
    for row, flow in zip(columns, flows, strict=False):
        row["trains_served"] = round(float(flow.served.sum()), 4)
        row["trains_rerouted"] = round(float(flow.rerouted.sum()), 4)
        row["trains_unserved"] = round(float(flow.unserved.sum()), 4)
        row["links_full"] = float(len(flow.full))
    return columns


def _hubs(run: Computation) -> pd.DataFrame:
    """Return hubs with, for demand hubs, the demand-hours that lost their path by rail."""
    hours = dict.fromkeys(run.impacts[0].assessor.demand.hubs, 0.0)
    total = dict.fromkeys(run.impacts[0].assessor.demand.hubs, 0.0)
    first = run.impacts[0]
    trips = first.assessor.demand.trips
    before = first.assessor.base.connected
    wanted = _at_hubs(trips * before)
    for result in first.states:
        lost = result.sums.lost
        for number, hub in enumerate(first.assessor.demand.hubs):
            hours[hub] += float(lost[number]) * result.state.hours
            total[hub] += float(wanted[number]) * result.state.hours
    demand = {hub for impact in run.impacts for hub in impact.assessor.demand.hubs}
    joined = _joined_pairs(run)
    rows = [
        {
            "id": hub.id,
            "name": hub.name,
            "lon": round(hub.lon, COORDINATE_DIGITS),
            "lat": round(hub.lat, COORDINATE_DIGITS),
            "country": hub.country,
            "region": hub.region,
            "kind": hub.kind,
            "population": hub.population,
            "aliases": ";".join(hub.aliases),
            "in_demand": int(hub.id in demand),
            "is_anchor": int(hub.id in run.scenario.anchors),
            "cut_share": (round(hours[hub.id] / total[hub.id], 6) if total.get(hub.id) else None),
            **{name: counts.get(hub.id) for name, counts in joined.items()},
        }
        for hub in run.network.hubs
    ]
    table = pd.DataFrame(rows).astype(
        {"lon": float, "lat": float, "population": "Int64", "cut_share": "Float64"}
    )
    table = table.astype(dict.fromkeys(joined, "Int64"))
    return table.set_index("id")


def _joined_pairs(run: Computation) -> dict[str, dict[str, int]]:
    """Return, for each kind of traffic, how many pairs of each hub have a path in the base."""
    kinds = [each.traffic for each in run.impacts]
    found = {}
    for impact in run.impacts:
        counts = _at_hubs(impact.assessor.wanted_before.astype(float)).astype(int).tolist()
        hubs = impact.assessor.demand.hubs
        found[pairs_column(kinds, impact.traffic)] = dict(zip(hubs, counts, strict=True))
    return found


def _at_hubs(trips: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the trips from and to each hub."""
    return np.asarray(trips.sum(axis=1) + trips.sum(axis=0))


def _links(run: Computation) -> pd.DataFrame:
    network = run.network
    rows = [
        {
            "id": link.id,
            "from": link.from_hub,
            "to": link.to_hub,
            "length_km": link.length_km,
            "line_class": link.line_class,
            "electrified": link.electrified,
            "course": " ".join(
                f"{round(lon, COORDINATE_DIGITS)},{round(lat, COORDINATE_DIGITS)}"
                for lon, lat in network.geometry.get(link.id, ())
            ),
        }
        for link in network.links
    ]
    return pd.DataFrame(rows).astype({"length_km": float, "electrified": "boolean"}).set_index("id")


def _outages(run: Computation) -> pd.DataFrame:
    rows = []
    for number, (outage, span) in enumerate(
        zip(run.timeline.outages, run.timeline.spans, strict=True)
    ):
        start, end = run.timeline.chosen(outage)
        rows.append(
            {
                "outage": number,
                "incident": outage.incident,
                "link": outage.link,
                "effect": outage.effect,
                "traffic": ";".join(outage.traffic),
                "start": start,
                "end": end,
                "start_earliest": outage.start.earliest,
                "start_latest": outage.start.latest,
                "end_earliest": outage.end.earliest,
                "end_latest": outage.end.latest,
                "standing": int(outage.standing),
                "place": outage.place,
                "documents": ";".join(outage.documents),
                **_columns_of(span),
                "slowed_minutes": outage.slowed_minutes,
                **{name: getattr(outage, name) for name in QUOTAS},
            }
        )
    table = pd.DataFrame(rows, columns=[column.name for column in OUTAGES.columns])
    instants = [column.name for column in OUTAGES.columns if column.kind == "instant"]
    ends = [f"{span}_{end}" for span in SPANS for end in ("first", "last")]
    numbers = dict.fromkeys(("slowed_minutes", *QUOTAS), "float64")
    types = {**dict.fromkeys(ends, "Int64"), **numbers}
    return _with_instants(table.astype(types), instants).set_index("outage")


def _columns_of(span: StateSpan) -> dict[str, int]:
    """Return the first and last state in which an outage is chosen, certain and possible."""
    return {
        name: number
        for kind in SPANS
        if (states := getattr(span, kind))
        for name, number in ((f"{kind}_first", states[0]), (f"{kind}_last", states[-1]))
    }
