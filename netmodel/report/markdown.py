"""The report in words and tables, for people who live in text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from netmodel.impact.situation import METRICS
from netmodel.report.page.figures import tell_samples, view_capacity
from netmodel.report.page.incidents import describe_detours
from netmodel.runs.columns import write_instants
from netmodel.runs.documents import RunIncident, Summary
from netmodel.runs.moment import later_closures
from netmodel.runs.record import RunRecord
from netmodel.times import Bounds, format_instant
from netmodel.words.sentences import word_place, word_recorded
from netmodel.words.strings import Phrases
from netmodel.words.wording import hub_names

if TYPE_CHECKING:
    import pandas as pd


_STATE_COLUMNS = (
    "start", "end", "outages", "connected_share", "connected_share_guaranteed",
    "connected_share_possible", "served_share", "rerouted_share", "extra_minutes",
)  # fmt: skip
_MOST_AFFECTED = 15
_SPELLS_TOLD = 8
"""So many closures of an incident are told one by one."""
_QUANTILES = ("q05", "q25", "q50", "q75", "q95")
_RANGE = (
    "The figures lie between the best case and the worst case of all start and restoration times "
    "that the evidence allows."
)


def render_markdown(record: RunRecord) -> str:
    """Return the report of a run as Markdown: figures, states, pairs, incidents, documents."""
    summary = record.summary
    parts = [
        f"# {_text(summary.title)}",
        _text(summary.description),
        _scope(record),
        "## Figures",
        _RANGE,
        _figures(record),
        *_samples(record),
        "## States",
        _states(record.states),
        *_capacity(record),
        "## Most affected pairs",
        _pairs(record),
        "## Incidents",
        *_incidents(record),
        "## Documents",
        _documents(record),
        "## Provenance",
        _provenance(record),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _scope(record: RunRecord) -> str:
    summary = record.summary
    each_way = " (each direction counted by itself)" if summary.directed else ""
    counts = ", ".join(
        f"{count} {one if count == 1 else many}"
        for count, one, many in (
            (summary.hubs, "hub", "hubs"),
            (summary.links, "link", "links"),
            (summary.pairs, f"hub pair with demand{each_way}", f"hub pairs with demand{each_way}"),
            (summary.incidents, "incident", "incidents"),
            (summary.standing_closures, "standing closure", "standing closures"),
        )
    )
    start, end = format_instant(summary.window.start), format_instant(summary.window.end)
    begun = len(later_closures(record))
    later = f" Standing closures that began within the window: {begun}." if begun else ""
    return (
        f"Window {start} to {end}. {counts}.{later} "
        f"Where one time had to be chosen within the bounds of the evidence: "
        f"{summary.time_rule}.{_left_out(summary)}"
    )


def _left_out(summary: Summary) -> str:
    """Return what a run as of an instant says of incidents reported later; nothing for others."""
    if summary.not_yet_reported is None:
        return ""
    later = f" Incidents left out, not yet reported then: {_not_yet(summary)}."
    if not summary.undated:
        return later
    names = ", ".join(map(_text, summary.undated))
    return f"{later} Left out, since their documents have no date: {names}."


def _not_yet(summary: Summary) -> int:
    return (summary.not_yet_reported or 0) - len(summary.undated)


def _text(value: object) -> str:
    """Return text that Markdown and HTML leave as it is."""
    text = "" if value is None else str(value)
    for mark in ("\\", "`", "*", "_", "[", "]", "#", "|"):
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").split())


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [f"| {' | '.join(columns)} |", f"|{' --- |' * len(columns)}"]
    lines += [f"| {' | '.join(_text(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines)


def _figures(record: RunRecord) -> str:
    return _table(
        ["traffic", "figure", "value", "unit", "best case", "worst case", "incidents", "documents"],
        [
            [
                each.traffic,
                each.name.replace("_", " "),
                _number(each.value),
                each.unit,
                _number(each.possible),
                _number(each.guaranteed),
                ", ".join(each.incidents),
                len(each.documents),
            ]
            for each in record.summary.figures
        ],
    )


def _samples(record: RunRecord) -> Iterable[str]:
    """Yield how samples were drawn and what came out; nothing without an ensemble."""
    ensemble = record.summary.ensemble
    if ensemble is None:
        return
    yield "## Samples"
    told = tell_samples(record, Phrases("en")) or f"{ensemble.samples:,}, seed {ensemble.seed}"
    yield f"Samples of the times: {_text(told)}. Drawn {_text(ensemble.drawing)}."
    rows = [
        [traffic, *(found.get(name) for name in _QUANTILES)]
        for traffic, found in ensemble.resilience_loss.items()
    ]
    yield _table(["resilience loss, hours", *_QUANTILES], rows)


def _number(value: float | None) -> object:
    return "not within the window" if value == math.inf else value


def _states(states: pd.DataFrame) -> str:
    columns = [column for column in _STATE_COLUMNS if column in states]
    meanings = "\n".join(
        f"- {metric.name.replace('_', ' ')} ({metric.unit}): {metric.meaning}"
        for metric in METRICS.values()
        if metric.name in columns
    )
    numbers = states[columns].select_dtypes("number").columns
    table = write_instants(states[columns].round(dict.fromkeys(numbers, 3)))
    rows = table.astype(object).where(table.notna(), "").to_numpy().tolist()
    return f"{_table([column.replace('_', ' ') for column in columns], rows)}\n\n{meanings}"


def _capacity(record: RunRecord) -> Iterable[str]:
    """Yield what the lines could carry; nothing without capacities in the scenario."""
    views = view_capacity(record, Phrases("en"))
    if views:
        yield "## Capacity"
    for view in views:
        yield _table(
            [
                "traffic",
                f"when ({record.summary.window.zone})",
                "trains run",
                "rerouted",
                "without a path",
                "links at capacity",
            ],
            [
                [view.traffic, row.when, *row.figures, "; ".join(row.full) or "none"]
                for row in view.rows
            ],
        )
        if view.left_out:
            yield f"And {view.left_out} more spans; states.csv and capacity.csv hold them all."


def _pairs(record: RunRecord) -> str:
    """Return the pairs that lost most hours, then those with the longest extra time."""
    columns = ["hours_cut", "longest_extra_minutes"]
    pairs = record.pair_table.sum_up(record.states["hours"])
    worst = pairs.sort_values(columns, ascending=False, kind="stable").head(_MOST_AFFECTED)
    worst = worst[(worst[columns] > 0).any(axis=1)]
    if record.pair_table.keep == "none":
        return Phrases("en")("pair.kept_none")
    if worst.empty:
        return "No pair was cut, and no journey took longer."
    names = record.hubs["name"]
    rows = [
        [traffic, names[start], names[end], round(cut, 1), round(extra, 1)]
        for traffic, start, end, cut, extra in worst.itertuples(index=False)
    ]
    return _table(["traffic", "from", "to", "hours cut", "longest extra minutes"], rows)


def _incidents(record: RunRecord) -> Iterable[str]:
    names = dict(zip(record.hubs.index, hub_names(record, "en"), strict=True))
    english = Phrases("en")
    for incident in record.evidence.studied:
        places = "; ".join(word_place(each.place, english) for each in incident.places)
        yield f"### {_text(incident.title)}"
        yield (
            f"{_text(places)}: effect {incident.effect}"
            f"{', then ' + incident.then if incident.then else ''}"
            f"{f', {incident.traffic[0]} only' if len(incident.traffic) == 1 else ''}. "
            f"Start {_bounds(incident.start)}; first traffic "
            f"{_bounds(incident.first_traffic)}; full service "
            f"{_bounds(incident.full_service)}. {_text(word_recorded(incident.reason, english))}"
        ).strip()
        if incident.spells:
            yield _spells(incident)
        yield from map(
            _text, describe_detours(incident.detours, names, english, record.summary.directed)
        )
        yield _table(
            ["claim", "about", "speaker", "says", "document", "in the resolution"],
            [
                [
                    number,
                    f"{each.about} ({each.basis})",
                    each.speaker,
                    each.says,
                    each.document,
                    "used" if each.used else word_recorded(each.set_aside, english),
                ]
                for number, each in enumerate(incident.claims)
            ],
        )
        if incident.told:
            yield "On these times: " + _text(word_recorded(incident.told, english)) + "."
        if incident.conflicts:
            yield "Conflicts: " + "; ".join(
                f"{_text(each.about.replace('_', ' '))} (claims "
                f"{', '.join(map(str, each.claims))}): "
                f"{_text(word_recorded(each.treatment, english))}"
                for each in incident.conflicts
            )


def _spells(incident: RunIncident) -> str:
    """Return from when to when each of several closures held; of many the first and the last."""
    closed, told = incident.effect == "closed", []
    for each in incident.spells:
        end = each.first_traffic if closed else each.full_service
        kinds = () if each.traffic == incident.traffic else each.traffic
        whom = ", ".join((*kinds, *each.links))
        told.append(f"{_text(whom)}{': ' if whom else ''}{_bounds(each.start)} → {_bounds(end)}")
    if len(told) > _SPELLS_TOLD:
        told[1:-1] = [f"{len(told) - 2} more"]
    return f"In parts ({len(incident.spells)}): {'; '.join(told)}."


def _bounds(bounds: Bounds) -> str:
    earliest, latest = format_instant(bounds.earliest), format_instant(bounds.latest)
    if not earliest and not latest:
        return "not in the record"
    if not latest:
        return f"after {earliest}"
    if not earliest:
        return f"before {latest}"
    return earliest if earliest == latest else f"{earliest} to {latest}"


def _documents(record: RunRecord) -> str:
    return _table(
        ["id", "publisher", "published", "title", "url"],
        [
            [name, each.publisher, each.published, each.title, each.url]
            for name, each in record.evidence.documents.items()
        ],
    )


def _provenance(record: RunRecord) -> str:
    source = record.provenance
    return f"`{source.command}` with netmodel {source.netmodel}.\n\n" + _table(
        ["input", "sha256"], [[each.file, each.sha256] for each in source.inputs]
    )
