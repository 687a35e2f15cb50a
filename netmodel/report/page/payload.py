"""The data of a page: runs, steps, pairs and outages as compact columns of plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netmodel.evidence.vocabulary import OUTAGE_EFFECTS
from netmodel.plot.basemap import fit_plane, project_basemap
from netmodel.report.page.encoding import (
    encode_flows,
    encode_network,
    encode_pairs,
    encode_paths,
    encode_redundancy,
    extent_of,
)
from netmodel.runs.moment import sure_ends
from netmodel.runs.record import RunRecord
from netmodel.times import load_zone
from netmodel.words.record_parts import (
    incident_numbers,
    incidents_of,
    traffic_prefixes,
    window_zone,
)
from netmodel.words.strings import Phrases
from netmodel.words.wording import (
    choose_ticks,
    format_moment,
    format_short_interval,
    parse_utc,
    show_controls,
)

SCRIPT_SECTIONS = (
    "unit", "traffic", "metric", "effect", "map", "time", "curve", "pair", "matrix", "affected",
    "count", "incident", "flow",
)  # fmt: skip
_SHARED = {"hours", "outages", "outages_certain", "outages_possible"}
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
    records: Sequence[RunRecord], phrases: Phrases, titles: Sequence[str]
) -> dict[str, object]:
    """Return everything that the page's script needs.

    Parameters
    ----------
    titles
        What to call each run.
    """
    plane = fit_plane(*extent_of(records))
    lon, lat = extent_of(records)
    steps = merge_steps(records)
    zone = load_zone(window_zone(records[0]))
    place = incident_numbers(records)
    networks: list[dict[str, object]] = []
    runs = []
    for record, title in zip(records, titles, strict=True):
        network = encode_network(record, plane, phrases)
        if network not in networks:
            networks.append(network)
        run = _encode_run(record, steps, place)
        runs.append({"title": title, "network": networks.index(network), **run})
    local = [point.astimezone(zone) for point in steps.points]
    box = (lon.min(), lat.min(), lon.max(), lat.max()) if len(lon) else (22.0, 44.0, 40.0, 52.0)
    return {
        "language": phrases.language,
        "strings": {
            key: list(text) if isinstance(text, tuple) else text
            for key, text in phrases.section(*SCRIPT_SECTIONS)
        },
        "unit_km": plane.unit_km,
        "basemap": project_basemap(plane, *(float(value) for value in box)),
        "networks": networks,
        "incidents": [{"title": title_of_incident(records, incident)} for incident in place],
        "minutes": [steps.minutes(point) for point in steps.points],
        "labels": [format_short_interval(start, end, phrases) for start, end in pairwise(local)],
        "points": [format_moment(point, phrases) for point in local],
        "ticks": choose_ticks(local, phrases),
        "runs": runs,
    }


def merge_steps(records: Sequence[RunRecord]) -> Steps:
    """Return the break points of all runs together."""
    texts = {
        text for record in records for column in ("start", "end") for text in record.states[column]
    }
    return Steps(points=tuple(sorted(datetime.fromisoformat(text) for text in texts)))


def title_of_incident(records: Sequence[RunRecord], incident: str) -> str:
    """Return the title of an incident, from the first record that has it."""
    return next(
        show_controls(each["title"])
        for record in records
        for each in incidents_of(record)
        if each["id"] == incident
    )


def _encode_run(record: RunRecord, steps: Steps, incidents: Mapping[str, int]) -> dict[str, object]:
    hub_index = {str(hub): number for number, hub in enumerate(record.hubs.index)}
    prefixes = traffic_prefixes(record)
    paths: dict[str, int] = {}
    pairs = {
        kind: encode_pairs(record.pairs[record.pairs["traffic"] == kind], hub_index, paths)
        for kind in prefixes
    }
    for kind, encoded in pairs.items():
        encoded |= encode_redundancy(record, kind, encoded)
    starts = [datetime.fromisoformat(text) for text in record.states["start"]]
    last = datetime.fromisoformat(record.states["end"].iloc[-1])
    flows = encode_flows(record, list(prefixes))
    return {
        "at": _state_of_step(steps, starts, last),
        "hours": record.states["hours"].round(4).tolist(),
        "traffic": list(prefixes),
        "metrics": {
            kind: _metrics(record.states, prefix, [p for p in prefixes.values() if p])
            for kind, prefix in prefixes.items()
        },
        "outages": _encode_outages(record, list(prefixes), starts, last, incidents),
        "bars": _encode_bars(record, steps, incidents),
        "background": [
            incidents[str(each["id"])] for each in incidents_of(record) if each["background"]
        ],
        "pairs": pairs,
        "paths": encode_paths(paths, hub_index),
        **({} if flows is None else {"flows": flows}),
    }


def _state_of_step(steps: Steps, starts: Sequence[datetime], last: datetime) -> list[int]:
    """Return the run's state at every step; -1 outside its window."""
    found = np.searchsorted(_seconds(starts), _seconds(steps.points[:-1]), side="right") - 1
    inside = _seconds(steps.points[:-1]) < last.timestamp()
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
        values = states[column]
        if not pd.api.types.is_numeric_dtype(values):
            continue
        chosen[name.removeprefix(prefix)] = [
            None if not np.isfinite(value) else _compact(value)
            for value in values.to_numpy(float, na_value=np.nan)
        ]
    return chosen


def _compact(value: float) -> float | int:
    rounded = round(float(value), 6)
    return int(rounded) if rounded == int(rounded) else rounded


def _encode_outages(
    record: RunRecord,
    kinds: Sequence[str],
    starts: Sequence[datetime],
    last: datetime,
    incidents: Mapping[str, int],
) -> dict[str, list[int]]:
    """Return the outages that may hold within the window, each with its spans of states.

    ``chosen``, ``certain`` and ``possible`` hold first state and the one after the last, two
    numbers an outage; both are 0 where there is none.
    """
    link_index = {str(link): number for number, link in enumerate(record.links.index)}
    edges = np.append(_seconds(starts), last.timestamp())
    columns: dict[str, list[int]] = {
        name: [] for name in ("link", "effect", "traffic", "incident", "standing",
                              "chosen", "certain", "possible")
    }  # fmt: skip
    rows = record.outages.to_dict("records")
    for row, end_sure in zip(rows, sure_ends(record.outages), strict=True):
        standing = int(row["standing"])
        chosen = _span(edges, row["start"] or None, row["end"])
        certain = _span(edges, row["start_latest"] or None, end_sure)
        possible = _span(edges, row["start_earliest"], row["end_latest"])
        if row["effect"] not in OUTAGE_EFFECTS or possible == chosen == (0, 0):
            continue
        kinds_hit = str(row["traffic"]).split(";")
        columns["link"].append(link_index[str(row["link"])])
        columns["effect"].append(OUTAGE_EFFECTS.index(str(row["effect"])))
        columns["traffic"].append(
            sum(1 << number for number, kind in enumerate(kinds) if kind in kinds_hit)
        )
        columns["incident"].append(incidents[str(row["incident"])])
        columns["standing"].append(standing)
        for name, span in (("chosen", chosen), ("certain", certain), ("possible", possible)):
            columns[name] += span
    return columns


def _span(edges: NDArray[np.float64], start: str | None, end: str | None) -> tuple[int, int]:
    """Return the states between two instants; ``None`` means never, an empty text an open side."""
    if start is None or end is None:
        return 0, 0
    first = 0 if not start else int(np.searchsorted(edges, _second(start), side="left"))
    count = len(edges) - 1
    after = count if not end else min(count, int(np.searchsorted(edges, _second(end), side="left")))
    return (first, after) if after > first else (0, 0)


def _encode_bars(
    record: RunRecord, steps: Steps, incidents: Mapping[str, int]
) -> list[list[float | None]]:
    """Return for each studied incident its number and four bounds in minutes, for the lanes.

    The bounds are the earliest and latest start, the earliest and latest end of its outages;
    ``None`` where the record sets none, or where a standing closure surely holds on.
    """
    surely = sure_ends(record.outages)
    background = {str(each["id"]) for each in incidents_of(record) if each["background"]}
    bars = []
    for incident, rows in record.outages.groupby("incident", sort=False):
        if incident in background:
            continue
        first = [_minute(steps, rows[c].min()) for c in ("start_earliest", "start_latest")]
        # An outage that is sure at no time is as if it surely ended where it may first begin.
        sure = surely[rows.index].fillna(rows["start_earliest"])
        ends = [
            None if (texts == "").any() else _minute(steps, texts.max())
            for texts in (sure, rows["end_latest"])
        ]
        bars.append([incidents[str(incident)], *first, *ends])
    return sorted(bars, key=lambda bar: (bar[1] if bar[1] is not None else -1e12, bar[0]))


def _minute(steps: Steps, text: str) -> float | None:
    instant = parse_utc(text)
    return None if instant is None else steps.minutes(instant)


def _second(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _seconds(instants: Sequence[datetime]) -> NDArray[np.float64]:
    return np.array([instant.timestamp() for instant in instants], dtype=np.float64)
