"""What the lines could carry: trains run and left behind, and the links that were full."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import pandas as pd

from netmodel.report.network_payload import hub_names
from netmodel.report.record_parts import local_span, traffic_prefixes
from netmodel.report.strings import Phrases
from netmodel.report.wording import (
    format_duration,
    format_interval,
    format_number,
    show_controls,
)
from netmodel.study.record import RunRecord

FIGURES = ("trains_served", "trains_rerouted", "trains_unserved")
ROWS_SHOWN = 60
LINKS_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityRow:
    """A span of states in which the same trains run; `figures` in the order of `FIGURES`."""

    state: int
    when: str
    figures: tuple[str, ...]
    full: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityView:
    """What one kind of traffic came to under capacities; `left_out` counts rows not shown."""

    traffic: str
    rows: tuple[CapacityRow, ...]
    left_out: int


def view_capacity(record: RunRecord, phrases: Phrases) -> tuple[CapacityView, ...]:
    """Return trains and full links span by span; nothing without capacities in the scenario."""
    if record.capacity is None:
        return ()
    names = _link_names(record, phrases)
    views = []
    for kind, prefix in traffic_prefixes(record).items():
        columns = [f"{prefix}{name}" for name in FIGURES]
        if not set(columns) <= set(record.states.columns):
            continue
        full = record.capacity[record.capacity["traffic"] == kind]
        rows = _rows(record, record.states[columns], full, names, phrases)
        views.append(
            CapacityView(
                traffic=phrases.find("traffic", kind),
                rows=tuple(rows[:ROWS_SHOWN]),
                left_out=max(0, len(rows) - ROWS_SHOWN),
            )
        )
    return tuple(views)


def _rows(
    record: RunRecord,
    figures: pd.DataFrame,
    full: pd.DataFrame,
    names: Mapping[str, str],
    phrases: Phrases,
) -> list[CapacityRow]:
    """Return one row for each span of states that follow each other and have the same flow."""
    by_state = {
        state: tuple(_describe_link(row, names, phrases) for row in rows.to_dict("records"))
        for state, rows in full.groupby("state")
    }
    order = list(record.states.index)
    told = [
        (tuple(values), by_state.get(state, ()))
        for state, values in zip(order, figures.round(4).to_numpy().tolist(), strict=True)
    ]
    firsts = [n for n in range(len(order)) if n == 0 or told[n] != told[n - 1]]
    lasts = [*(n - 1 for n in firsts[1:]), len(order) - 1]
    rows = []
    for first, last in zip(firsts, lasts, strict=True):
        values, links = told[first]
        shown = links[:LINKS_SHOWN]
        if len(links) > LINKS_SHOWN:
            shown = (*shown, phrases("unit.and_more", n=len(links) - LINKS_SHOWN))
        rows.append(
            CapacityRow(
                state=int(order[first]),
                when=format_interval(*local_span(record, order[first], order[last]), phrases),
                figures=tuple(_number(value, phrases) for value in values),
                full=shown,
            )
        )
    return rows


def _describe_link(
    row: Mapping[Hashable, object], names: Mapping[str, str], phrases: Phrases
) -> str:
    name = names.get(str(row["link"]), show_controls(row["link"]))
    trains, minutes = float(str(row["shadow_trains"])), float(str(row["shadow_minutes"]))
    if trains > 0:
        return phrases("capacity.more_trains", link=name, n=_number(trains, phrases))
    if minutes > 0:
        saved = format_duration(minutes / 60, phrases)
        return phrases("capacity.less_time", link=name, duration=saved)
    return name


def _number(value: float, phrases: Phrases) -> str:
    digits = 0 if abs(value - round(value)) < 0.05 else 1
    return format_number(value, phrases.language, digits=digits)


def _link_names(record: RunRecord, phrases: Phrases) -> dict[str, str]:
    names = dict(zip(record.hubs.index, hub_names(record, phrases.language), strict=True))
    links = record.links
    return {
        str(link): show_controls(f"{names.get(start, start)} – {names.get(end, end)}")
        for link, start, end in zip(links.index, links["from"], links["to"], strict=True)
    }
