"""Figures, method and capacity on the page."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from netmodel.files.shipped import BUILT_IN
from netmodel.report.page.headline import format_figure, moment_of
from netmodel.runs.documents import Figure
from netmodel.runs.moment import later_closures, pairs_in_base, traffic_prefixes, trips_in_base
from netmodel.runs.parquet import LARGE as LARGE_TABLES
from netmodel.runs.parquet import parquet_name
from netmodel.runs.record import OPTIONAL_TABLES, RunRecord
from netmodel.times import hours_between
from netmodel.words.strings import Phrases
from netmodel.words.wording import (
    HubNames,
    format_duration,
    format_number,
    hub_names,
    show_controls,
    tell_span,
)

LARGE = (
    "pairs_cut_at_worst", "lowest_connected_share", "resilience_loss", "time_to_recover",
)  # fmt: skip
_NOTHING = {"highest": 0.0, "lowest": 1.0, "longest": 0.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureView:
    """A figure in words.

    Parameters
    ----------
    incidents
        Numbers of the incidents it rests on, on the page.
    state
        The state it speaks of; ``None`` for the window as a whole.
    standing, later
        How many standing closures of the base state were in force, and how many that began later.
    trivial
        Whether it only says that nothing happened.
    numbers
        Unit, value, and its worst and best value, for the tables that the page gives away.
    """

    name: str
    traffic: str
    label: str
    value: str
    range: str
    quantiles: str
    explanation: str
    moment: str
    state: int | None
    incidents: tuple[int, ...]
    documents: int
    standing: int
    later: int
    large: bool
    trivial: bool
    numbers: str


def view_figures(
    record: RunRecord, phrases: Phrases, incident_number: Mapping[str, int]
) -> list[FigureView]:
    """Return the figures of a summary in words, in its order."""
    return [_view(record, each, phrases, incident_number) for each in record.summary.figures]


def _view(
    record: RunRecord, figure: Figure, phrases: Phrases, incident_number: Mapping[str, int]
) -> FigureView:
    name, unit, value = figure.name, figure.unit, figure.value
    later = later_closures(record)
    nothing = next((v for word, v in _NOTHING.items() if name.startswith(word)), 0.0)
    return FigureView(
        name=name,
        traffic=figure.traffic,
        label=phrases.find("figure", name),
        value=format_figure(value, unit, phrases),
        range=describe_range(figure, phrases),
        quantiles=_quantiles(record, figure, phrases),
        explanation=_explanation(record, figure, phrases),
        moment=moment_of(record, figure, phrases),
        state=figure.states[0] if len(figure.states) == 1 else None,
        incidents=tuple(
            incident_number[each] for each in figure.incidents if each in incident_number
        ),
        documents=len(figure.documents),
        standing=len(set(figure.standing_closures) - later),
        later=len(later.intersection(figure.standing_closures)),
        large=name in LARGE,
        trivial=value is None or value == nothing,
        numbers=_write_numbers(figure),
    )


def _write_numbers(figure: Figure) -> str:
    """Return unit, value, worst and best value; nothing for what is not known.

    Examples
    --------
    >>> _write_numbers(Figure(name="n", traffic="passenger", unit="hours", value=2.125,
    ...                       guaranteed=math.inf, possible=None))
    'hours;2.125;inf;'
    """
    numbers = (figure.value, figure.guaranteed, figure.possible)
    return ";".join([figure.unit, *("" if n is None else f"{n:.6g}" for n in numbers)])


def describe_range(figure: Figure, phrases: Phrases) -> str:
    """Return between what and what a figure lies, for all times that the evidence allows."""
    if figure.guaranteed is None and figure.possible is None:
        return ""
    if figure.guaranteed == figure.possible == figure.value:
        return phrases("figure.range_same")
    known = [each for each in (figure.guaranteed, figure.possible) if each is not None]
    low, high = min(known), max(known)
    hours = figure.unit == "hours"
    shown = (
        format_duration(low, phrases, beside=high)
        if hours
        else format_figure(low, figure.unit, phrases)
    )
    if math.isinf(high):
        return phrases("figure.range_open", low=shown)
    return phrases("figure.range", low=shown, high=format_figure(high, figure.unit, phrases))


def _quantiles(record: RunRecord, figure: Figure, phrases: Phrases) -> str:
    """Return the range of nine in ten samples, if the run drew samples."""
    ensemble = record.summary.ensemble
    if ensemble is None or figure.name != "resilience_loss":
        return ""
    found = ensemble.resilience_loss.get(figure.traffic, {})
    low, high = found.get("q05"), found.get("q95")
    if low is None or high is None:
        return ""
    return phrases(
        "figure.quantiles",
        low=format_figure(low, figure.unit, phrases),
        high=format_figure(high, figure.unit, phrases),
    )


def _explanation(record: RunRecord, figure: Figure, phrases: Phrases) -> str:
    name, unit = figure.name, figure.unit
    if name == "pairs_cut_at_worst":
        total = pairs_in_base(record, figure.traffic)
        if total is None:
            return ""
        text = phrases("figure.explain_pairs", n=format_number(total, phrases.language))
        directed = figure.traffic in record.summary.directed
        return text + (phrases("count.each_way") if directed else "")
    if name == "resilience_loss":
        return phrases("figure.explain_loss")
    if name == "time_to_recover":
        return phrases("figure.explain_time")
    if name == "longest_extra_minutes" and figure.start_hub and figure.end_hub:
        names = HubNames(record, phrases.language)
        extra = figure.value or 0.0
        pair = phrases(
            "figure.explain_extra",
            origin=names.get(figure.start_hub, figure.start_hub),
            destination=names.get(figure.end_hub, figure.end_hub),
        )
        return f"{pair}, +{format_duration(extra / 60, phrases)}" if extra >= 120 else pair
    if unit == "share":
        return phrases("figure.explain_share")
    if name in ("train_hours_late", "stops_not_served"):
        return phrases("figure.explain_by_time")
    return _explain_minutes(record, figure, phrases) if name == "highest_extra_minutes" else ""


def _explain_minutes(record: RunRecord, figure: Figure, phrases: Phrases) -> str:
    """Return of how many trips the minutes are the sum, and what they come to for each."""
    trips = trips_in_base(record, figure.traffic)
    if not trips or figure.value is None or figure.value < trips:
        return phrases("figure.explain_minutes")
    each = format_figure(figure.value / trips, "minutes", phrases)
    digits = 0 if trips == int(trips) or trips >= 10 else 1
    shown = format_number(trips, phrases.language, digits=digits)
    return phrases("figure.explain_minutes_of", n=shown, each=each)


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
    same = [
        (tuple(values), by_state.get(state, ()))
        for state, values in zip(order, figures.round(4).to_numpy().tolist(), strict=True)
    ]
    firsts = [n for n in range(len(order)) if n == 0 or same[n] != same[n - 1]]
    lasts = [*(n - 1 for n in firsts[1:]), len(order) - 1]
    rows = []
    for first, last in zip(firsts, lasts, strict=True):
        values, links = same[first]
        shown = links[:LINKS_SHOWN]
        if len(links) > LINKS_SHOWN:
            shown = (*shown, phrases("unit.and_more", n=len(links) - LINKS_SHOWN))
        rows.append(
            CapacityRow(
                state=int(order[first]),
                when=tell_span(record, order[first], order[last], phrases),
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


_TOLD = ("states", "pairs", "hubs", "links", "outages")
_LOOKUPS = 5
_LEAST = 1 / 120


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenanceView:
    """Where a run comes from, in words."""

    title: str
    command: str
    provenance: tuple[tuple[str, str], ...]
    inputs: tuple[tuple[str, str], ...]


CITED = ("states", "pairs", "outages")
"""Tables of a run's folder that its page leads to, beside the status and the evidence."""


def cited_tables(record: RunRecord, tables: str) -> tuple[str, ...]:
    """Return the names of the files that a page leads to, in the form in which they are written.

    Parameters
    ----------
    tables
        ``csv`` or ``parquet``.
    """
    names = _file_names(record, CITED, tables)
    return (*names, "status.csv", "evidence.json")


def _file_names(record: RunRecord, names: Iterable[str], tables: str) -> list[str]:
    kept = (each for each in names if each != "pairs" or record.pair_table.keep != "none")
    return [
        parquet_name(each) if tables == "parquet" and each in LARGE_TABLES else f"{each}.csv"
        for each in kept
    ]


def view_method(record: RunRecord, phrases: Phrases, tables: str = "csv") -> list[str]:
    """Return the method in a few sentences that name the run's own choices and its tables."""
    summary, kind = record.summary, record.provenance.scenario.demand
    hours = hours_between(summary.window.start, summary.window.end)
    return [
        phrases(
            "method.text_states",
            states=phrases.count("count.states", summary.states),
            window=format_duration(hours, phrases),
        ),
        phrases(
            "method.text_rule",
            rule=phrases.find("method", f"rule_{summary.time_rule}", summary.time_rule),
        ),
        phrases(
            "method.text_demand",
            kind=phrases.find("method", f"demand_{kind}", kind),
            hubs=phrases.count("count.hubs", summary.demand_hubs),
            pairs=phrases.count("count.pairs", summary.pairs)
            + (phrases("count.each_way") if summary.directed else ""),
        ),
        *([] if record.services is None else [phrases("method.text_ways")]),
        _left_out_of_model(record, phrases),
        *([phrases("method.text_trains")] if record.trains is not None else []),
        phrases("method.tables", files=", ".join(_file_names(record, _TOLD, tables))),
        *_further_tables(record, phrases, tables),
    ]


def _left_out_of_model(record: RunRecord, phrases: Phrases) -> str:
    """Return what the model of a run does not know: less where it has trains or capacities."""
    things = ["method.not_timetables" if record.services is None else "method.not_hours"]
    if record.capacity is None:
        things.append("method.not_crowding")
    told = ", ".join(map(phrases, things))
    return phrases("method.text_not", things=told)


def _further_tables(record: RunRecord, phrases: Phrases, tables: str) -> list[str]:
    """Return a sentence that names the tables only some runs have."""
    further = (name for name in OPTIONAL_TABLES if name != "stations")  # names, no figures
    present = [name for name in further if getattr(record, name) is not None]
    if not present:
        return []
    files = ", ".join(_file_names(record, present, tables))
    return [phrases("method.further_tables", files=files)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupItem:
    """A time that is worth knowing, and the incident it belongs to."""

    number: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupView:
    """What to look up next."""

    intro: str
    entries: tuple[LookupItem, ...]


def view_lookup(
    record: RunRecord, phrases: Phrases, incident_number: Mapping[str, int]
) -> LookupView | None:
    """Return which open times would narrow the answer most, if the run says so."""
    telling = [
        each
        for each in record.summary.value_of_evidence or ()
        if each.incident in incident_number and (each.shrinks_by or 0.0) > _LEAST
    ]
    if not telling:
        return None
    titles = {each.id: each.title for each in record.evidence.incidents}
    entries = tuple(
        LookupItem(
            number=incident_number[each.incident],
            text=show_controls(
                phrases(
                    "incident.lookup_item",
                    about=phrases.find("incident", each.about),
                    title=titles[each.incident],
                    hours=format_duration(each.shrinks_by or 0.0, phrases),
                )
            ),
        )
        for each in telling[:_LOOKUPS]
    )
    width = format_duration(telling[0].width or 0.0, phrases)
    return LookupView(intro=phrases("incident.lookup_intro", width=width), entries=entries)


def view_provenance(record: RunRecord, title: str, phrases: Phrases) -> ProvenanceView:
    """Return command, versions, seed and inputs of a run."""
    provenance, summary = record.provenance, record.summary
    versions = [f"netmodel {provenance.netmodel}", f"Python {provenance.python}"]
    versions += [f"{name} {version}" for name, version in provenance.libraries.items()]
    facts = [(phrases("method.versions"), show_controls(", ".join(versions)))]
    if provenance.seed is not None:
        facts.append((phrases("method.seed"), str(provenance.seed)))
    if provenance.scenario.as_of:
        facts.append((phrases("method.as_of"), show_controls(provenance.scenario.as_of)))
    later = (summary.not_yet_reported or 0) - len(summary.undated)
    if later:
        left_out = phrases.count("count.incidents", later)
        facts.append((phrases("method.not_yet_reported"), left_out))
    size = [
        phrases.count("count.hubs", summary.hubs),
        phrases.count("count.links", summary.links),
    ]
    facts.append((phrases("method.network"), ", ".join(size)))
    facts += _uncertainty(record, phrases)
    return ProvenanceView(
        title=title,
        command=show_controls(provenance.command),
        provenance=tuple(facts),
        inputs=tuple(
            (show_controls(each.file), show_controls(each.sha256)) for each in provenance.inputs
        ),
    )


def _tell_open_ends(record: RunRecord, phrases: Phrases) -> str:
    """Return whose durations open ends are drawn from; nothing where a rule drew them."""
    ensemble = record.summary.ensemble
    if ensemble is None or "fitted" not in ensemble.drawing:
        return ""
    if ensemble.durations is None:  # written by an earlier version
        return phrases("method.ensemble_fitted")
    count = phrases.count("count.durations", ensemble.durations)
    if ensemble.durations_of == "own":
        return phrases("method.ensemble_own", durations=count)
    here = record.provenance.scenario.network == BUILT_IN
    return phrases(
        "method.ensemble_built_in" if here else "method.ensemble_foreign", durations=count
    )


def tell_samples(record: RunRecord, phrases: Phrases) -> str:
    """Return how many samples were drawn, between what half of them lie, and from what they are."""
    ensemble = record.summary.ensemble
    first = next(iter(ensemble.resilience_loss.values()), {}) if ensemble is not None else {}
    low, high = first.get("q25"), first.get("q75")
    if ensemble is None or low is None or high is None:
        return ""
    text = phrases(
        "method.ensemble_text",
        samples=format_number(ensemble.samples, phrases.language),
        seed=ensemble.seed,
        low=format_duration(low, phrases, beside=high),
        high=format_duration(high, phrases),
    )
    return text + _tell_open_ends(record, phrases)


def _uncertainty(record: RunRecord, phrases: Phrases) -> list[tuple[str, str]]:
    """Return how samples were drawn and how losses compound, if the run says so."""
    samples = tell_samples(record, phrases)
    facts = [(phrases("method.ensemble"), samples)] if samples else []
    compounding = record.summary.compounding
    if compounding is not None and len(record.evidence.studied) > 1:
        value = format_number(compounding, phrases.language, digits=3)
        known = math.isfinite(compounding)
        key = "method.compounding_text" if known else "method.compounding_alone"
        facts.append((phrases("method.compounding"), phrases(key, value=value)))
    return facts
