"""The page of several runs side by side: one slider for all, differences in a table."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from netmodel.errors import InputError, Problem
from netmodel.files.whole import write_file
from netmodel.report.page.figures import describe_range, view_provenance
from netmodel.report.page.headline import WHOLE_UNITS, format_figure, lead_of
from netmodel.report.page.incidents import view_incidents
from netmodel.report.page.leads import Lead, LedSentence
from netmodel.report.page.render import assemble_page, describe_window
from netmodel.report.page.sources import view_documents
from netmodel.runs.comparing import Comparison, hours_of_fates
from netmodel.runs.documents import Figure
from netmodel.runs.moment import traffic_prefixes
from netmodel.runs.record import RunRecord
from netmodel.words.strings import Phrases, choose_language, tell_in
from netmodel.words.wording import format_duration, format_number, show_controls

MOST_TOLD = 4
"""Figures that the sentence on a run names."""
MOST_RUNS = 8
MOST_TRAINS = 60
"""Trains that the page names, those that differ longest first."""
_SETTING_LIMIT = 200
_SETTINGS_IN_TITLE = 2
_NOT_A_SETTING = ("title", "description", "titles", "descriptions", "report")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One figure of one run; `difference` is that from the first run.

    Parameters
    ----------
    lead
        To what sets the figure in this run.
    difference_lead
        To what sets it in this run or in the first.
    """

    value: str
    range: str
    difference: str
    changed: bool
    lead: Lead
    difference_lead: Lead


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceRow:
    """One figure of every run."""

    name: str
    kind: str
    label: str
    traffic: str
    cells: tuple[Cell, ...]

    @property
    def changed(self) -> bool:
        """Whether the runs differ in the figure, or in what the evidence allows for it."""
        return len({(cell.value, cell.range) for cell in self.cells}) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainDifference:
    """A train that fares differently: what became of it in each run, how long, and why."""

    number: str
    name: str
    told: tuple[tuple[tuple[str, str], ...], ...]
    leads: tuple[Lead, ...]


def render_comparison(records: Sequence[RunRecord], *, language: str | None = None) -> str:
    """Return two or more runs on one offline page: maps side by side, curves together.

    Parameters
    ----------
    records
        Two to eight runs; differences are taken from the first.
    language
        ``en`` or ``uk``; by default the language of the first run's scenario.

    Raises
    ------
    InputError
        If there are too few or too many runs, or no such language.

    Examples
    --------
    >>> from netmodel.runs.run import run_scenario
    >>> runs = [run_scenario("crimea-may-2023", time_rule=rule) for rule in ("earliest", "latest")]
    >>> "time_rule" in render_comparison([run.record for run in runs])
    True
    """
    if not 2 <= len(records) <= MOST_RUNS:
        what = f"{len(records)} runs given; a comparison shows 2 to {MOST_RUNS}"
        raise InputError([Problem(what=what, where="compare")])
    phrases = Phrases(choose_language(language, records[0].provenance.scenario.language))
    records = [tell_in(record, phrases.language) for record in records]
    titles = run_titles(records, phrases)
    documents = view_documents(records, phrases)
    differences = view_differences(records, phrases)
    kinds = list(dict.fromkeys(kind for record in records for kind in traffic_prefixes(record)))
    trains = view_trains(records, phrases)
    return assemble_page(
        records,
        phrases,
        titles=titles,
        title=page_title(records, titles, phrases),
        window=" · ".join(dict.fromkeys(describe_window(each, phrases) for each in records)),
        opening=_tell_differences(differences, titles, phrases),
        headline=[],
        description=" ".join([phrases("compare.intro"), *_tell_apart(records, phrases)]),
        differences=differences,
        train_differences=trains[:MOST_TRAINS],
        trains_more=max(0, len(trains) - MOST_TRAINS),
        settings=view_settings(records, phrases),
        inputs_differ=", ".join(_differing_inputs(records)),
        several_traffic=len(kinds) > 1,
        capacity=(),
        incidents=view_incidents(records, phrases, documents),
        documents=sorted(documents.values(), key=lambda each: each.number),
        lookup=None,
        method=[],
        runs=[
            view_provenance(record, title, phrases)
            for record, title in zip(records, titles, strict=True)
        ],
    )


def _tell_apart(records: Sequence[RunRecord], phrases: Phrases) -> list[str]:
    """Return a sentence where the windows of runs have no time in common; else none."""
    windows = [record.summary.window for record in records]
    common = max(each.start for each in windows) < min(each.end for each in windows)
    return [] if common else [phrases("compare.apart")]


def _tell_differences(
    rows: Sequence[DifferenceRow], titles: Sequence[str], phrases: Phrases
) -> list[LedSentence]:
    """Return a sentence for each further run that says in what it differs most from the first."""
    sentences = []
    for number, title in enumerate(titles[1:], start=1):
        differing = [
            row
            for row in rows
            if row.kind == rows[0].kind and row.cells[number].value != row.cells[0].value
        ][:MOST_TOLD]
        told = [
            phrases(
                "compare.figure",
                figure=row.label,
                value=row.cells[number].value,
                other=row.cells[0].value,
            )
            for row in differing
        ]
        if told:
            leads = [row.cells[number].difference_lead for row in differing]
            text = phrases("compare.sentence", run=title, first=titles[0], what="; ".join(told))
            sentences.append(LedSentence(text=text, lead=_join(leads, title)))
    return sentences


def _join(leads: Sequence[Lead], name: str) -> Lead:
    """Return a lead to all that several lead to."""
    incidents = dict.fromkeys(each for lead in leads for each in lead.incidents)
    return Lead(name=name, incidents=tuple(incidents), anchor=leads[0].anchor)


def write_comparison(
    comparison: Comparison, path: Path | str, *, language: str | None = None
) -> Path:
    """Write the page of two runs that were compared; return its path."""
    write_file(path, render_comparison(comparison.records, language=language))
    return Path(path)


def run_titles(records: Sequence[RunRecord], phrases: Phrases) -> list[str]:
    """Return a title for each run; those of one scenario are named by what was set differently."""
    plain = [show_controls(record.summary.title) for record in records]
    if len(set(plain)) == len(plain):
        return plain
    names = [show_controls(record.summary.name) for record in records]
    if len(set(names)) < len(names):
        settings = view_settings(records, phrases)
        if 0 < len(settings) <= _SETTINGS_IN_TITLE:
            names = [
                ", ".join([name, *(f"{key} {values[n]}" for key, values in settings)])
                for n, name in enumerate(names)
            ]
    if len(set(names)) < len(names):
        names = [phrases("compare.same_title", title=name, n=n) for n, name in enumerate(names, 1)]
    return names


def page_title(records: Sequence[RunRecord], titles: Sequence[str], phrases: Phrases) -> str:
    """Return what the page is called: the runs' common title, or all of them."""
    plain = {show_controls(record.summary.title) for record in records}
    runs = plain.pop() if len(plain) == 1 else " · ".join(titles)
    return phrases("compare.title", runs=runs)


def view_differences(records: Sequence[RunRecord], phrases: Phrases) -> list[DifferenceRow]:
    """Return every figure that some run has, run by run, in the order of the first."""
    tables = [_figures_of(record) for record in records]
    keys = list(dict.fromkeys(key for table in tables for key in table))
    return [
        DifferenceRow(
            name=name,
            kind=kind,
            label=phrases.find("figure", name),
            traffic=phrases.find("traffic", kind),
            cells=tuple(_cell(table.get((kind, name)), tables[0].get((kind, name)), phrases)
                        for table in tables),
        )
        for kind, name in keys
    ]  # fmt: skip


def view_trains(records: Sequence[RunRecord], phrases: Phrases) -> list[TrainDifference]:
    """Return the trains of which not all runs say the same, those that differ longest first."""
    sides = [hours_of_fates(record) for record in records]
    every = list(dict.fromkeys(train for each in sides for train in each.index))
    known = [each.reindex(every) for each in sides]
    lengths = pd.concat([each.sum(axis=1) for each in known], axis=1)
    spread = lengths.max(axis=1) - lengths.min(axis=1)
    alike = [np.isclose(each, known[0], equal_nan=True).all(axis=1) for each in known]
    spread = spread[~np.all(alike, axis=0)]
    because = [_incidents_of_trains(record) for record in records]
    names: dict[object, tuple[str, str]] = {}
    for record in records:
        if record.services is not None:
            told = zip(record.services["number"], record.services["name"], strict=True)
            names |= dict(zip(record.services.index, told, strict=True))
    return [
        TrainDifference(
            number=show_controls(str(names[train][0])),
            name=show_controls(str(names[train][1])),
            told=tuple(_tell_fates(each.loc[train], phrases) for each in known),
            leads=tuple(
                Lead(
                    name=show_controls(str(names[train][0])),
                    incidents=each.get(train, ()),
                    anchor="differences",
                )
                for each in because
            ),
        )
        for train in spread.sort_values(ascending=False, kind="stable").index
    ]


def _incidents_of_trains(record: RunRecord) -> dict[object, tuple[str, ...]]:
    """Return the incidents that touched each train, by the train."""
    found: dict[object, dict[str, None]] = {}
    if record.trains is not None:
        rows = record.trains[["train", "incidents"]].drop_duplicates()
        for train, incidents in rows.dropna().itertuples(index=False):
            ids = (each for each in str(incidents).split(";") if each)
            found.setdefault(train, {}).update(dict.fromkeys(ids))
    return {train: tuple(incidents) for train, incidents in found.items()}


def _tell_fates(hours: pd.Series, phrases: Phrases) -> tuple[tuple[str, str], ...]:
    """Return what became of a train, and how long; a dash where a run has no such train."""
    if hours.isna().all():
        return ((phrases("unit.none"), ""),)
    told = tuple(
        (phrases.find("fate", str(fate).replace(" ", "_")), format_duration(each, phrases))
        for fate, each in hours.items()
        if each
    )
    return told or ((phrases("fate.as_timetabled"), ""),)


def _figures_of(record: RunRecord) -> dict[tuple[str, str], Figure]:
    return {(each.traffic, each.name): each for each in record.summary.figures}


def _cell(figure: Figure | None, first: Figure | None, phrases: Phrases) -> Cell:
    if figure is None:
        nowhere = Lead(name="", anchor="differences")
        return Cell(
            value=phrases("unit.none"), range="", difference="", changed=False,
            lead=nowhere, difference_lead=nowhere,
        )  # fmt: skip
    unit, low, high = figure.unit, figure.guaranteed, figure.possible
    shown = "" if low == high else describe_range(figure, phrases)
    value, before = figure.value, first.value if first else None
    difference, changed = phrases("unit.none"), False
    if value is not None and before is not None and value != before:
        changed = True
        change = _as_shown(value, unit) - _as_shown(before, unit)
        text = _difference(change, unit, phrases) if math.isfinite(change) else ""
        if text and not re.search("[1-9]", text):
            text = f"≈ {format_figure(0.0, unit, phrases)}"
        sign = "+" if change > 0 and not text.startswith("≈") else ""
        difference = f"{sign}{text}" if text else phrases("unit.none")
    lead = lead_of(figure, phrases, "differences")
    before_lead = lead_of(first, phrases, "differences") if first else lead
    return Cell(
        value=format_figure(value, unit, phrases),
        range=shown,
        difference=difference,
        changed=changed,
        lead=lead,
        difference_lead=_join([lead, before_lead], lead.name),
    )


def _as_shown(value: float, unit: str) -> float:
    """Return a value as its figure shows it, so that a difference is that of what is shown."""
    whole = unit in WHOLE_UNITS or (unit == "minutes" and abs(value) >= 10)
    return float(round(value)) if whole and math.isfinite(value) else value


def _difference(change: float, unit: str, phrases: Phrases) -> str:
    """Return a difference with its unit; that of two shares is in points of a hundred."""
    if unit != "share":
        return format_figure(change, unit, phrases)
    digits = 0 if round(change * 100, 1) == int(change * 100) else 1
    return phrases("unit.points", n=format_number(change * 100, phrases.language, digits=digits))


def view_settings(
    records: Sequence[RunRecord], phrases: Phrases
) -> list[tuple[str, tuple[str, ...]]]:
    """Return what the scenarios set differently: its path, and each run's value."""
    flat = [dict(_flatten(record.provenance.scenario.fields, "")) for record in records]
    keys = list(dict.fromkeys(key for each in flat for key in each))
    found = []
    for key in keys:
        values = tuple(each.get(key, "") for each in flat)
        if len(set(values)) > 1 and key.split(".")[0] not in _NOT_A_SETTING:
            found.append((show_controls(key), tuple(_say_value(v, phrases) for v in values)))
    return found


def _say_value(value: str, phrases: Phrases) -> str:
    """Return a value of a setting in words where it is one of the language's own."""
    words = {"": "compare.not_set", "True": "compare.yes", "False": "compare.no"}
    return phrases(words[value]) if value in words else show_controls(value)


def _flatten(value: object, path: str) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [
            item
            for key, inner in value.items()
            for item in _flatten(inner, f"{path}.{key}" if path else str(key))
        ]
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    text = "" if value is None else text
    return [(path, text if len(text) <= _SETTING_LIMIT else f"{text[:_SETTING_LIMIT]}…")]


def _differing_inputs(records: Sequence[RunRecord]) -> list[str]:
    hashes: dict[str, set[str | None]] = {}
    tables: list[dict[str, str]] = []
    for record in records:
        inputs = record.provenance.inputs
        tables.append({show_controls(each.file): each.sha256 for each in inputs})
    for table in tables:
        for file in table:
            hashes[file] = {each.get(file) for each in tables}
    return sorted(file for file, found in hashes.items() if len(found) > 1)
