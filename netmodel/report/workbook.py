"""A run as one workbook for a spreadsheet: names, local times, definitions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from netmodel.errors import InputError, Problem, install_extra
from netmodel.impact.situation import METRICS
from netmodel.runs.moment import traffic_prefixes
from netmodel.runs.status import status_table
from netmodel.times import load_zone
from netmodel.words.strings import Phrases

if TYPE_CHECKING:
    import pandas as pd

    from netmodel.runs.record import RunRecord

MOST_ROWS = 1_048_575
"""Rows that a sheet of a spreadsheet holds, without its header."""
MOST_TEXT = 32_767
"""Letters that a cell holds."""
_WIDEST, _NARROWEST, _SAMPLE = 60, 9, 400
_ENDS = ("from", "to", "hub", "link")
_DEFINED = {
    "base_minutes": "minutes of the journey in the base state",
    "connected": "1 where there is a path by rail, else 0",
    "certainty": "whether that holds for every time that the evidence allows",
    "km": "length of the journey by rail in the state",
    "base_km": "length of the journey by rail in the base state",
    "minutes": "minutes of the journey by rail in the state",
    "served_minutes": "minutes of the journey with documented replacement services",
    "wait_minutes": "delay of a journey that departs as the state begins and may wait or take a "
    "detour, over the quickest way in the base state",
    "via": "hubs that the journey passes",
    "hours": "length of the state",
    "outages": "outages in force under the chosen times",
    "outages_certain": "outages in force whatever the times that the evidence allows",
    "outages_possible": "outages in force under some times that the evidence allows",
    "…_guaranteed": "the figure at the least favourable times that the evidence allows",
    "…_possible": "the figure at the most favourable times that the evidence allows",
    "start_earliest, start_latest": "bounds of the start; empty where the record has none",
    "end_earliest, end_latest": "bounds of the end; empty where the record has none",
    "since_known, until_known": "reported (to the minute), between (two bounds), assumed, or open",
    "reliability": "several publishers, one publisher, or assumed",
    "standing": "of an incident: 1 for a standing closure, which the run does not study; "
    "of an outage: 1 for a closure that holds until the record reports its end",
    "gets_through": "whether the train passes its first and last stop by rail",
    "fate": "what the network allowed the train under the rules of the scenario",
}


def write_workbook(record: RunRecord, path: Path | str) -> Path:
    """Write a run as a workbook; return its path.

    Times are local times of the window's zone, as dates that a spreadsheet calculates with.
    Pairs are those only that a state touched. Texts are never read as formulas.

    Raises
    ------
    InputError
        If xlsxwriter is not installed.
    """
    try:
        import xlsxwriter
    except ImportError:
        what = "xlsxwriter is not installed"
        problem = Problem(what=what, where="workbook", remedy=install_extra("tables"))
        raise InputError([problem]) from None

    path, zone = Path(path), record.summary.window.zone
    options = {
        "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "nan_inf_to_errors": True, "constant_memory": True,
        "default_date_format": "yyyy-mm-dd hh:mm",
    }  # fmt: skip
    with xlsxwriter.Workbook(str(path), options) as book:
        # The day of making would make each copy differ.
        made = record.summary.window.start.replace(tzinfo=None)
        book.set_properties({"title": record.summary.title, "created": made})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        for name, table in _sheets(record):
            _write_sheet(book.add_worksheet(name), _localise(table, zone), head)
    return path


def _sheets(record: RunRecord) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the name and the table of each sheet, what a reader asks first coming first."""
    yield "Summary", _summary(record)
    yield "States", record.states.reset_index()
    for name, sheet in (("train_days", "Trains by day"), ("trains", "Trains by state")):
        table = getattr(record, name, None)
        if table is not None and len(table):
            yield sheet, _with_train_names(record, table)
    yield "Status", _status(record)
    yield "Incidents", _incidents(record)
    yield "Pairs", _with_names(record, _touched_pairs(record))
    further = {"ways": "Detours", "redundancy": "Redundancy", "capacity": "Capacity"}
    for name, sheet in further.items():
        table = getattr(record, name)
        if table is not None and len(table):
            yield sheet, _with_names(record, table)
    yield "Outages", _with_names(record, record.outages.reset_index())
    yield "Hubs", record.hubs.reset_index()
    yield "Links", _with_names(record, record.links.drop(columns="course").reset_index())
    yield "Documents", _documents(record)
    yield "Definitions", _definitions(record)


def _status(record: RunRecord) -> pd.DataFrame:
    status = status_table(record)
    return status.assign(date=[_tell_in_zone(each, record) for each in status["date"]])


def _summary(record: RunRecord) -> pd.DataFrame:
    import pandas as pd

    phrases, summary = Phrases("en"), record.summary
    window = " to ".join(f"{each:%Y-%m-%d %H:%M}" for each in summary.window.local)
    facts = [
        {"what": "title", "value": summary.title},
        {"what": "description", "value": summary.description or ""},
        {"what": "window", "value": window},
        {"what": "zone of all times", "value": summary.window.zone},
        {"what": "times chosen within their bounds", "value": summary.time_rule},
        {"what": "netmodel", "value": record.provenance.netmodel or ""},
    ]
    figures = [
        {
            "what": phrases.find("figure", each.name),
            "traffic": each.traffic,
            "value": _finite(each.value),
            "unit": each.unit,
            "guaranteed": _finite(each.guaranteed),
            "possible": _finite(each.possible),
            "documents": len(each.documents),
        }
        for each in summary.figures
    ]
    return pd.DataFrame([*facts, *figures])


def _finite(number: object) -> object:
    """Return a number; a word for one that is not reached within the window."""
    return "not within the window" if number == float("inf") else number


def _with_names(record: RunRecord, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the names of hubs and sections beside their ids."""
    hubs = record.hubs["name"]
    ends = record.links[["from", "to"]].apply(lambda ids: ids.map(hubs))
    sections = ends["from"] + " – " + ends["to"]
    made = table.copy()
    for column in [each for each in _ENDS if each in made.columns]:
        names = made[column].map(sections if column == "link" else hubs)
        place = list(made.columns).index(column) + 1
        made.insert(place, f"{column}_name", names)
    return made


def _with_train_names(record: RunRecord, table: pd.DataFrame) -> pd.DataFrame:
    """Return trains with their numbers and names, where the record tells them."""
    services = getattr(record, "services", None)
    if services is None or "train" not in table.columns:
        return table.reset_index() if table.index.name else table
    told = services if services.index.name else services.set_index("id")
    made = table.copy()
    place = list(made.columns).index("train") + 1
    for column in ("name", "number"):
        if column in told.columns:
            made.insert(place, column, made["train"].map(told[column]))
    return made


def _touched_pairs(record: RunRecord) -> pd.DataFrame:
    """Return the pairs of the states in which they fare otherwise than in the base, or may."""
    pairs = record.pair_table.spans
    longer = (pairs["minutes"] - pairs["base_minutes"]).abs() > 1e-9
    doubtful = ~pairs["certainty"].isin(["connected", "cut in base"])
    lost = pairs["base_minutes"].notna() & (pairs["connected"] == 0)
    return record.pair_table.spread((longer | doubtful | lost).to_numpy(bool))


def _incidents(record: RunRecord) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for each in record.evidence.incidents:
        row: dict[str, object] = {
            "id": each.id, "title": each.title, "kind": each.kind, "effect": each.effect,
            "traffic": ";".join(each.traffic), "standing": int(each.background),
        }  # fmt: skip
        for name in ("start", "first_traffic", "full_service"):
            bounds = getattr(each, name)
            row[f"{name}_earliest"] = pd.Timestamp(bounds.earliest) if bounds.earliest else pd.NaT
            row[f"{name}_latest"] = pd.Timestamp(bounds.latest) if bounds.latest else pd.NaT
        cited = dict.fromkeys(claim.document for claim in each.claims)
        row |= {"links": len(each.links), "documents": ";".join(cited)}
        rows.append(row)
    return pd.DataFrame(rows)


def _documents(record: RunRecord) -> pd.DataFrame:
    import pandas as pd

    rows = [
        {"id": name, "publisher": each.publisher, "title": each.title or "",
         "published": _tell_in_zone(each.published, record), "url": each.url or "",
         "note": each.note or ""}
        for name, each in record.evidence.documents.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _tell_in_zone(text: str, record: RunRecord) -> str:
    """Return a time as a document gives it in the zone of the workbook; a day as it is."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return text
    if instant.tzinfo is None:
        return text
    return f"{record.summary.window.to_zone(instant):%Y-%m-%d %H:%M}"


def _definitions(record: RunRecord) -> pd.DataFrame:
    """Return what the columns mean, those of metrics by the table of metrics."""
    import pandas as pd

    rows = [{"column": name, "unit": "", "meaning": text} for name, text in _DEFINED.items()]
    for traffic, prefix in traffic_prefixes(record).items():
        rows += [
            {"column": f"{prefix}{each.name}", "unit": each.unit,
             "meaning": f"{traffic}: {each.meaning}"}
            for each in METRICS.values()
            if f"{prefix}{each.name}" in record.states
        ]  # fmt: skip
    return pd.DataFrame(rows)


def _localise(table: pd.DataFrame, zone: str) -> pd.DataFrame:
    """Return a table with its instants as local times, which is what a spreadsheet knows."""
    moved = {
        str(name): column.dt.tz_convert(load_zone(zone)).dt.tz_localize(None)
        for name, column in table.select_dtypes("datetimetz").items()
    }
    return table.assign(**moved)


def _write_sheet(sheet: Any, table: pd.DataFrame, head: Any) -> None:
    """Write a table under a frozen header, in columns as wide as what they hold."""
    columns = [_cells(table[name]) for name in table.columns]
    for place, (name, cells) in enumerate(zip(table.columns, columns, strict=True)):
        sheet.set_column(place, place, _width(str(name), cells))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, min(len(table), MOST_ROWS), max(len(columns) - 1, 0))
    sheet.write_row(0, 0, [str(name) for name in table.columns], head)
    for number, row in enumerate(zip(*columns, strict=True), start=1):
        if number > MOST_ROWS:
            break
        for place, cell in enumerate(row):
            if cell is not None:
                sheet.write(number, place, cell)


def _cells(column: pd.Series) -> Sequence[object]:
    """Return the cells of a column as plain values; ``None`` for what is not known."""
    import pandas as pd

    if column.dtype.kind == "M":
        return [_local_time(each) for each in column.dt.round("s")]
    values = column.astype(object).where(column.notna(), None)
    if pd.api.types.is_bool_dtype(column) or not pd.api.types.is_numeric_dtype(column):
        return [_cell(each) for each in values]
    return [None if each is None or np.isinf(float(each)) else each for each in values]


def _local_time(moment: pd.Timestamp) -> object:
    """Return a local time; as a text where it lies before the days that a spreadsheet counts."""
    import pandas as pd

    if pd.isna(moment):
        return None  # type: ignore[unreachable]
    return moment.to_pydatetime() if moment.year > 1900 else moment.isoformat(" ")


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value[:MOST_TEXT] if isinstance(value, str) else value


def _width(name: str, cells: Sequence[object]) -> int:
    shown = [each if isinstance(each, str) else str(each)[:16] for each in cells[:_SAMPLE]]
    return min(_WIDEST, max(_NARROWEST, *(len(each) for each in (name, *shown))) + 1)
