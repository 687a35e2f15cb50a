"""The data of a page: runs, steps, pairs and outages as compact columns of plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from netmodel.evidence.vocabulary import OUTAGE_EFFECTS
from netmodel.plot.basemap import fit_plane, project_basemap
from netmodel.report.page.allowance import (
    ALLOWANCES,
    Allowance,
    choose_places,
    keep_pairs,
    tell_ways,
)
from netmodel.report.page.drawn_links import DrawnLinks, choose_links, find_met_links
from netmodel.report.page.encoding import (
    encode_flows,
    encode_network,
    encode_pairs,
    encode_paths,
    encode_redundancy,
    extent_of,
)
from netmodel.report.page.incidents import anchor_of, was_planned
from netmodel.report.page.train_section import encode_trains
from netmodel.runs.columns import FATE_COLUMNS, SPANS, TRAIN_BOUNDS
from netmodel.runs.documents import RunIncident
from netmodel.runs.instants import KNOWN, REPORTED, know_breaks
from netmodel.runs.moment import (
    background_incidents,
    hold_on,
    told_state,
    traffic_prefixes,
    trips_in_base,
)
from netmodel.runs.outcomes import find_outcomes
from netmodel.runs.reached import count_joined, cut_off_spans
from netmodel.runs.record import RunRecord
from netmodel.times import load_zone
from netmodel.words.strings import Phrases
from netmodel.words.wording import (
    choose_ticks,
    format_moment,
    format_short_interval,
    show_controls,
)

SCRIPT_SECTIONS = (
    "unit", "traffic", "metric", "effect", "map", "time", "curve", "pair", "matrix", "affected",
    "count", "incident", "flow", "give", "define", "train", "fate",
    "band", "sort", "journey", "zip", "embed",
)  # fmt: skip
_SHARED = {"hours", "outages", "outages_certain", "outages_possible"}
_SUMS = ("extra_minutes", "extra_km")
"""Metrics that are sums over all demand."""
_TRAINS = {"trains", *(f"trains_{each}" for each in (*FATE_COLUMNS.values(), *TRAIN_BOUNDS))}
"""Columns of trains that a section of their own shows."""
_UNDRAWN = re.compile(r".+_q(?!05$|95$)\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """The merged break points of all runs of a page.

    Parameters
    ----------
    points
        Instants, UTC; one more than there are steps.
    """

    points: tuple[datetime, ...]

    def minutes(self, instant: datetime) -> float:
        """Return the minutes from the first point to an instant."""
        return round((instant - self.points[0]).total_seconds() / 60, 2)


def build_payload(
    records: Sequence[RunRecord],
    phrases: Phrases,
    titles: Sequence[str],
    papers: Mapping[str, int],
    allowance: Allowance = ALLOWANCES[0],
) -> dict[str, Any]:
    """Return everything that the page's script needs.

    Parameters
    ----------
    titles
        What to call each run.
    papers
        Numbers of the documents on the page, by their ids.
    allowance
        How much of each part it may hold.
    """
    plane = fit_plane(*extent_of(records))
    lon, lat = extent_of(records)
    steps = merge_steps(records)
    zone = load_zone(records[0].summary.window.zone)
    place = number_incidents(records)
    networks: list[dict[str, object]] = []
    runs = []
    for record, title in zip(records, titles, strict=True):
        places = choose_places(record, allowance)
        pairs = keep_pairs(record, places)
        shown = tell_ways(record, pairs, allowance.way_hubs)
        drawn = choose_links(record, shown, plane, allowance)
        network = encode_network(
            drawn, plane, phrases, places=places, points=allowance.course_points
        )
        if network not in networks:
            networks.append(network)
        run = _encode_run(drawn.record, steps, place, shown, allowance, whole=record)
        if not drawn.whole:
            run["met"] = _encode_met(record, drawn, pairs, run)
        if len(records) == 1:
            trains = encode_trains(
                drawn.record, phrases, incidents=place, papers=papers, most=allowance.train_rows
            )
            run |= {} if trains is None else {"trains": trains}
        runs.append({"title": title, "network": networks.index(network), **run})
    local = [point.astimezone(zone) for point in steps.points]
    known = _know_points(records, steps)
    box = (lon.min(), lat.min(), lon.max(), lat.max()) if len(lon) else (22.0, 44.0, 40.0, 52.0)
    return {
        "language": phrases.language,
        "strings": {
            key: list(text) if isinstance(text, tuple) else text
            for key, text in phrases.section(*SCRIPT_SECTIONS)
        },
        "effects": OUTAGE_EFFECTS,
        "unit_km": plane.unit_km,
        "basemap": project_basemap(plane, *(float(value) for value in box)),
        "networks": networks,
        "incidents": [_encode_incident(each) for each in _each_incident(records)],
        "begins": steps.points[0].isoformat(),
        "zone": records[0].summary.window.zone,
        "minutes": [steps.minutes(point) for point in steps.points],
        "known": [KNOWN.index(each) for each in known],
        "labels": [
            _mark_ends(format_short_interval(start, end, phrases), ends)
            for (start, end), ends in zip(pairwise(local), pairwise(known), strict=True)
        ],
        "points": [
            _mark(format_moment(point, phrases), each)
            for point, each in zip(local, known, strict=True)
        ],
        "ticks": choose_ticks(local, phrases),
        "runs": runs,
    }


def merge_steps(records: Sequence[RunRecord]) -> Steps:
    """Return the break points of all runs together."""
    instants = {
        instant.to_pydatetime()
        for record in records
        for column in ("start", "end")
        for instant in record.states[column]
    }
    return Steps(points=tuple(sorted(instants)))


def _know_points(records: Sequence[RunRecord], steps: Steps) -> list[str]:
    """Return how each break point is known, by the run that knows it best."""
    best: dict[datetime, str] = {}
    for record in records:
        for point in know_breaks(record):
            before = best.get(point.at, KNOWN[-1])
            best[point.at] = min(before, point.known, key=KNOWN.index)
    return [best[point] for point in steps.points]


def _mark(text: str, known: str) -> str:
    """Return an instant with a mark before it where no document reports it."""
    return text if known in REPORTED else f"≈ {text}"


def _mark_ends(text: str, known: tuple[str, str]) -> str:
    """Return two instants, each with a mark before it where no document reports it."""
    return " – ".join(map(_mark, text.split(" – ", 1), known))


def number_incidents(records: Sequence[RunRecord]) -> dict[str, int]:
    """Return the number on the page of every incident, each once, in the order of the records."""
    ids = dict.fromkeys(each.id for record in records for each in record.evidence.incidents)
    return {incident: number for number, incident in enumerate(ids)}


def _each_incident(records: Sequence[RunRecord]) -> list[RunIncident]:
    """Return every incident once, in the order of their numbers, from the first that has it."""
    found: dict[str, RunIncident] = {}
    for record in records:
        for each in record.evidence.incidents:
            found.setdefault(each.id, each)
    return list(found.values())


def _encode_incident(incident: RunIncident) -> dict[str, object]:
    """Return title and anchor of an incident, and whether it was planned."""
    shown = {"title": show_controls(incident.title), "anchor": anchor_of(incident.id)}
    return {**shown, "planned": True} if was_planned(incident) else {**shown}


def _encode_run(
    record: RunRecord,
    steps: Steps,
    incidents: Mapping[str, int],
    changes: pd.DataFrame,
    allowance: Allowance,
    *,
    whole: RunRecord,
) -> dict[str, object]:
    hub_index = {str(hub): number for number, hub in enumerate(record.hubs.index)}
    prefixes = traffic_prefixes(record)
    paths: dict[str, int] = {}
    pairs = {
        kind: encode_pairs(changes[changes["traffic"] == kind], hub_index, paths)
        for kind in prefixes
    }
    for kind, encoded in pairs.items():
        encoded |= encode_redundancy(record, kind, encoded)
        joined = count_joined(record, kind)
        if record.pair_table.keep == "affected" and joined is not None:
            encoded["joined"] = joined.tolist()
    flows = encode_flows(record, list(prefixes), allowance.flow_changes)
    return {
        "at": _state_of_step(steps, record.states),
        "opening": told_state(record),
        "picture": find_outcomes(record).of,
        "hours": record.states["hours"].round(4).tolist(),
        "traffic": list(prefixes),
        "metrics": {
            kind: _by_journey(
                _metrics(record.states, prefix, [p for p in prefixes.values() if p]),
                trips_in_base(record, kind),
            )
            for kind, prefix in prefixes.items()
        },
        "outages": _encode_outages(record, list(prefixes), incidents),
        "bars": _encode_bars(record, steps, incidents),
        "background": [incidents[each.id] for each in record.evidence.incidents if each.background],
        "pairs": pairs,
        "kept": record.pair_table.keep,
        "cut_off": {kind: _encode_cut_off(whole, kind, hub_index) for kind in prefixes},
        "paths": encode_paths(paths, hub_index),
        **({} if flows is None else {"flows": flows}),
    }


def _encode_cut_off(
    record: RunRecord, kind: str, hub_index: Mapping[str, int]
) -> dict[str, list[int]]:
    """Return in which states each drawn hub has no path to any place that it has demand with.

    Its first state and the one after its last, two numbers a span, by the number of the hub.
    """
    return {
        str(hub_index[hub]): [state for span in spans for state in span]
        for hub, spans in cut_off_spans(record, kind).items()
        if hub in hub_index
    }


def _encode_met(
    record: RunRecord, drawn: DrawnLinks, rows: pd.DataFrame, run: Mapping[str, Any]
) -> dict[str, list[list[int]]]:
    """Return the links with outages on the usual way of each encoded pair, by kind of traffic.

    For a page that does not hold every link, and so cannot find them itself.
    """
    hubs = [str(hub) for hub in drawn.record.hubs.index]
    number = {str(link): n for n, link in enumerate(drawn.record.links.index)}
    met = {}
    for kind, pairs in run["pairs"].items():
        known = find_met_links(record, rows[rows["traffic"] == kind])
        ends = zip(pairs["from"], pairs["to"], strict=True)
        met[kind] = [[number[link] for link in known.get((hubs[a], hubs[b]), ())] for a, b in ends]
    return met


def _state_of_step(steps: Steps, states: pd.DataFrame) -> list[int]:
    """Return the run's state at every step; -1 outside its window."""
    points = pd.DatetimeIndex(steps.points[:-1])
    found = np.asarray(states["start"].searchsorted(points, side="right")) - 1
    inside = np.asarray(points < states["end"].iloc[-1])
    return [int(state) for state in np.where(inside, found, -1)]


def _metrics(
    states: pd.DataFrame, prefix: str, others: Sequence[str]
) -> dict[str, list[float | None]]:
    """Return the metric columns of one kind of traffic, without its prefix; ``None`` for nan."""
    chosen = {}
    for column in states.columns:
        name = str(column)
        if name in ("start", "end") or name in _SHARED or _UNDRAWN.fullmatch(name):
            continue
        if prefix:
            if not name.startswith(prefix):
                continue
        elif name.startswith(tuple(others) or ("\0",)):
            continue
        if name.removeprefix(prefix) in _TRAINS:
            continue
        values = states[column]
        if not pd.api.types.is_numeric_dtype(values):
            continue
        chosen[name.removeprefix(prefix)] = [
            None if not np.isfinite(value) else _compact(value)
            for value in values.to_numpy(float, na_value=np.nan)
        ]
    return chosen


def _by_journey(
    metrics: dict[str, list[float | None]], demand: float | None
) -> dict[str, list[float | None]]:
    """Return the sums over all demand as means of the journeys that are made."""
    shares = metrics.get("connected_share")
    if demand is None or shares is None:
        return metrics
    made = [None if share is None else share * demand for share in shares]
    return {
        f"{name}_each" if name in _SUMS else name: [
            None if value is None or not trips else _compact(value / trips)
            for value, trips in zip(values, made, strict=True)
        ]
        if name in _SUMS
        else values
        for name, values in metrics.items()
    }


def _compact(value: float) -> float | int:
    rounded = round(float(value), 6)
    return int(rounded) if rounded == int(rounded) else rounded


def _encode_outages(
    record: RunRecord, kinds: Sequence[str], incidents: Mapping[str, int]
) -> dict[str, list[int]]:
    """Return the outages that may hold within the window, each with its spans of states.

    ``chosen``, ``certain`` and ``possible`` hold first state and the one after the last, two
    numbers an outage; both are 0 where there is none.
    """
    links = pd.Index(record.links.index)
    firsts = [f"{span}_first" for span in SPANS]
    outages = record.outages[record.outages[firsts].notna().any(axis=1)]
    encoded = {
        "link": links.get_indexer(pd.Index(outages["link"])).tolist(),
        "effect": [OUTAGE_EFFECTS.index(effect) for effect in outages["effect"]],
        "traffic": [
            sum(1 << number for number, kind in enumerate(kinds) if kind in hit.split(";"))
            for hit in outages["traffic"]
        ],
        "incident": [incidents[incident] for incident in outages["incident"]],
        "standing": outages["incident"].isin(background_incidents(record)).astype(int).tolist(),
    }
    for span in SPANS:
        first = outages[f"{span}_first"].fillna(0)
        after = (outages[f"{span}_last"] + 1).fillna(0)
        encoded[span] = np.column_stack([first, after]).astype(int).ravel().tolist()
    return encoded


def _encode_bars(
    record: RunRecord, steps: Steps, incidents: Mapping[str, int]
) -> list[list[float | None]]:
    """Return number, four bounds and effect of each stage of a studied incident, for the lanes.

    The bounds, in minutes, are the earliest and latest start, and the earliest and latest end;
    ``None`` where the record sets none, or where a standing closure surely holds on.
    """
    background = {each.id for each in record.evidence.incidents if each.background}
    bars: list[list[float | None]] = []
    for (incident, effect), rows in record.outages.groupby(["incident", "effect"], sort=False):
        if incident in background or effect not in OUTAGE_EFFECTS:
            continue
        # An outage that is sure at no time is as if it surely ended where it may first begin.
        sure = rows["end_earliest"].fillna(rows["start_earliest"]).max(skipna=False)
        instants = (
            rows["start_earliest"].min(skipna=False),
            rows["start_latest"].min(skipna=False),
            None if hold_on(rows).any() else sure,
            rows["end_latest"].max(skipna=False),
        )
        minutes = [_minute(steps, each) for each in instants]
        bars.append([incidents[str(incident)], *minutes, OUTAGE_EFFECTS.index(effect)])
    return sorted(bars, key=lambda bar: (bar[1] if bar[1] is not None else -1e12, bar[0]))


def _minute(steps: Steps, instant: pd.Timestamp | None) -> float | None:
    return None if instant is None or pd.isna(instant) else steps.minutes(instant)
