"""What is wrong with the files of a run.

All checks are linear in the size of the tables: columns are looked at by their distinct values.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from netmodel.errors import Problem
from netmodel.impact.situation import METRICS
from netmodel.runs.columns import NUMERIC, SCHEMA, TRUTHS, Column, Table, parse_column, parse_days
from netmodel.runs.documents import Evidence, Provenance, Summary
from netmodel.runs.pair_table import number_pairs
from netmodel.times import format_instant

if TYPE_CHECKING:
    import pandas as pd


REMEDY = "run the scenario again"
_COLUMNS_TOLD = 4
_NO_NUMBER = ("", "nan", "NaN")


def read_cells(path: Path, table: Table) -> tuple[pd.DataFrame | None, list[Problem]]:
    """Return the cells of a table, numbers as numbers where a column holds nothing else.

    Ids and other texts stay as they stand, ``001`` and ``NA`` among them. ``None``, with the
    reason, for a file that is no table with all required columns.
    """
    import pandas as pd

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file), [])
        problems = [*_header_problems(path, header, table), *_cut_short(path)]
        if problems:
            return None, problems
        kinds = {column.name: column.kind for column in table.columns}
        texts = [name for name in header if kinds.get(name, "number") not in NUMERIC]
        cells = pd.read_csv(
            path,
            dtype=dict.fromkeys(texts, str),
            keep_default_na=False,
            na_values={name: list(_NO_NUMBER) for name in header if name not in texts},
            index_col=False,
            low_memory=False,
            encoding="utf-8-sig",
        )
    except (ValueError, csv.Error, OSError) as error:
        what = f"is no table ({' '.join(str(error).split())})"
        return None, [Problem(what=what, where=str(path), remedy=REMEDY)]
    return cells, []


def _header_problems(path: Path, header: Sequence[str], table: Table) -> list[Problem]:
    where = f"{path}:1"
    if not header:
        return [Problem(what="is empty", where=str(path), remedy=REMEDY)]
    needed = [column.name for column in table.columns if column.required]
    twice = [name for name in dict.fromkeys(header) if header.count(name) > 1]
    found = [
        tell_columns([name for name in needed if name not in header], "is missing", "are missing"),
        tell_columns(twice, "stands twice", "stand twice"),
    ]
    return [Problem(what=what, where=where, remedy=REMEDY) for what in found if what]


def tell_columns(names: Sequence[str], one: str, several: str) -> str:
    """Return a sentence about some columns, of which the first few are named.

    Examples
    --------
    >>> tell_columns(["km", "via"], "is missing", "are missing")
    "columns 'km', 'via' are missing"
    """
    if not names:
        return ""
    shown = ", ".join(repr(name) for name in names[:_COLUMNS_TOLD])
    more = len(names) - _COLUMNS_TOLD
    rest = f" and {more:,} more" if more > 0 else ""
    return f"column {shown} {one}" if len(names) == 1 else f"columns {shown}{rest} {several}"


def _cut_short(path: Path) -> list[Problem]:
    """Find whether a file ends within a line; what a run writes ends with a whole one."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        if not size:
            return []
        file.seek(size - 1)
        whole = file.read(1) in b"\r\n"
    return [] if whole else [Problem(what="ends within a line", where=str(path), remedy=REMEDY)]


def give_types(cells: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return a table that was found sound with its values and its index.

    Columns that the table does not describe are of metrics: numbers, whole or not.
    """
    known = {column.name for column in table.columns}
    whole = [name for name in cells.select_dtypes("integer") if name not in known]
    typed = cells.assign(
        **{
            column.name: _typed(cells[column.name], column)
            for column in table.columns
            if column.name in cells
        },
        **{str(name): cells[name].astype("float64") for name in whole},
    )
    return typed.set_index(table.index) if table.index else typed


def _typed(cells: pd.Series, column: Column) -> pd.Series:
    if column.kind == "truth":
        return cells.map(TRUTHS).astype("boolean")
    if column.kind == "instant":
        return parse_column(cells)
    if column.kind == "day":
        return parse_days(cells)
    if column.kind == "share" and column.name == "cut_share":
        return cells.astype("Float64")
    if column.kind in ("whole", "flag"):
        return cells.astype("Int64" if column.empty else "int64")
    if column.kind in NUMERIC and not len(cells):
        return cells.astype("float64")
    return cells


Tables: TypeAlias = Mapping[str, "pd.DataFrame"]
Known: TypeAlias = Mapping[str, Collection[object]]
Mask: TypeAlias = NDArray[np.bool_]
MOST_PROBLEMS = 20
"""How many problems of a folder are named; of the others only their number."""
_NOUNS = {
    "hubs": "hub", "links": "link", "states": "state", "services": "train", "incidents": "incident",
    "documents": "document", "traffic": "kind of traffic", "routes": "route",
}  # fmt: skip
_SHARE_SLACK = 1e-6


def find_problems(
    folder: Path,
    tables: Tables,
    *,
    schemas: Mapping[str, Table],
    summary: Summary | None,
    evidence: Evidence | None,
    provenance: Provenance | None,
) -> Iterator[Problem]:
    """Find what is wrong with the cells of a run and with what they refer to.

    Parameters
    ----------
    tables
        Cells by the name of the table, as `read_cells` gives them; those that could not be read
        are left out, and nothing is checked against them.
    schemas
        What each of them should hold.
    summary, evidence, provenance
        ``None`` where they could not be read.
    """
    known = known_ids(tables, evidence, provenance)
    for name, cells in tables.items():
        tell = partial(_problem, folder / schemas[name].file, cells)
        for column in schemas[name].columns:
            if column.name in cells:
                yield from _column_problems(cells[column.name], column, known, tell)
        yield from _twice(cells, schemas[name].index, tell)
    if "states" in tables:
        yield from _metric_problems(folder, tables["states"], provenance)
        yield from _gaps(folder, tables["states"], summary)
    yield from _count_problems(folder, tables, summary)


def known_ids(tables: Tables, evidence: Evidence | None, provenance: Provenance | None) -> Known:
    """Return the ids that a cell may refer to, by what they are ids of; only what is known."""
    known: dict[str, Collection[object]] = {
        name: set(tables[name][SCHEMA[name].index])
        for name in ("hubs", "links", "states", "services", "routes")
        if name in tables
    }
    if evidence is not None:
        known["incidents"] = {each.id for each in evidence.incidents}
        known["documents"] = set(evidence.documents)
    if provenance is not None:
        known["traffic"] = set(provenance.scenario.traffic)
    return known


def _problem(path: Path, cells: pd.DataFrame, bad: Mask, what: str) -> Iterator[Problem]:
    """Yield one problem at the first bad row, with the number of the others."""
    rows = np.flatnonzero(bad)
    if not len(rows):
        return
    first = int(rows[0])
    before = cells.iloc[:first].select_dtypes(include="object")
    breaks = sum(int(before[name].str.count("\n").sum()) for name in before)
    more = f", and in {len(rows) - 1:,} more rows" if len(rows) > 1 else ""
    yield Problem(what=f"{what}{more}", where=f"{path}:{first + 2 + breaks}", remedy=REMEDY)


Tell: TypeAlias = Callable[[Mask, str], Iterator[Problem]]


def _column_problems(
    cells: pd.Series, column: Column, known: Known, tell: Tell
) -> Iterator[Problem]:
    name = column.name
    if column.kind in NUMERIC:
        if not column.empty:
            yield from tell(cells.isna().to_numpy(bool), f"{name} is no number")
        yield from _number_problems(cells, column, known, tell)
        return
    codes, values = _distinct(cells)
    yield from tell(codes < 0, f"{name} is missing; the row has fewer cells than the header")
    if not column.empty and column.kind != "text":
        yield from tell(np.append(values == "", False)[codes], f"{name} is empty")
    fits = _test_of(column, known)
    if fits is None:
        return
    wrong = np.array([value != "" and not fits(value) for value in values], dtype=bool)
    bad = np.append(wrong, False)[codes]
    if bad.any():
        first = str(values[codes[np.flatnonzero(bad)[0]]])
        yield from tell(bad, _what(column, first, known))


def _distinct(cells: pd.Series) -> tuple[NDArray[np.intp], NDArray[np.object_]]:
    import pandas as pd

    codes, values = pd.factorize(cells)
    return codes, np.asarray(values, dtype=object)


def _number_problems(
    cells: pd.Series, column: Column, known: Known, tell: Tell
) -> Iterator[Problem]:
    numbers, bad = _as_numbers(cells)
    if bad.any():
        yield from tell(bad, f"{column.name} {cells[bad].iloc[0]!r} is no number")
        return
    finite = np.isfinite(numbers)
    low, high = (0.0, 1.0) if column.kind in ("flag", "share") else (column.low, column.high)
    slack = _SHARE_SLACK if column.kind == "share" else 0.0
    wrong = np.isinf(numbers)
    if low is not None:
        wrong |= finite & (numbers < low - slack)
    if high is not None:
        wrong |= finite & (numbers > high + slack)
    if column.kind in ("whole", "flag"):
        wrong |= finite & (numbers != np.rint(numbers))
    if wrong.any():
        shown = numbers[np.flatnonzero(wrong)[0]]
        yield from tell(wrong, f"{column.name} (={shown:g}) is not {_range(column, low, high)}")
    elif column.refers in known:
        lost = finite & ~np.isin(numbers, _numeric_ids(known[column.refers]))
        if lost.any():
            shown = numbers[np.flatnonzero(lost)[0]]
            yield from tell(lost, f"unknown {_NOUNS[column.refers]} {shown:g}")


def _numeric_ids(ids: Collection[object]) -> NDArray[np.float64]:
    """Return ids as numbers; those that are none are told where they stand."""
    import pandas as pd

    found, bad = _as_numbers(pd.Series(list(ids), dtype=object))
    return found[~bad]


def _as_numbers(cells: pd.Series) -> tuple[NDArray[np.float64], Mask]:
    """Return a column as numbers, and where it holds something else."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells):
        return cells.to_numpy(float, na_value=np.nan), np.zeros(len(cells), bool)
    numbers = pd.to_numeric(cells.astype(object).astype(str), errors="coerce")
    bad = numbers.isna() & cells.notna()
    return numbers.to_numpy(float), bad.to_numpy(bool)


def _range(column: Column, low: float | None, high: float | None) -> str:
    if column.kind == "flag":
        return "0 or 1"
    noun = "a whole number" if column.kind == "whole" else "a finite number"
    if low is None:
        return noun
    return f"{noun} of {low:g} or more" if high is None else f"between {low:g} and {high:g}"


def _test_of(column: Column, known: Known) -> Callable[[str], bool] | None:
    """Return what tells whether a text that is not empty may stand in a column."""
    if column.kind == "instant":
        return _is_instant
    if column.kind == "day":
        return _is_day
    if column.kind == "course":
        return _is_course
    allowed: Collection[object] | None = column.among or None
    if column.kind == "truth":
        allowed = TRUTHS
    if column.refers:
        allowed = known.get(column.refers)
    if allowed is None:
        return None
    choices = frozenset(allowed)
    if column.kind in ("ids", "words"):
        return lambda text: choices.issuperset(text.split(";"))
    return lambda text: text in choices


def _what(column: Column, value: str, known: Known) -> str:
    if column.refers:
        parts = value.split(";") if column.kind == "ids" else [value]
        lost = next(part for part in parts if part not in known[column.refers])
        return f"unknown {_NOUNS[column.refers]} {lost!r} in {column.name}"
    what = f"{column.name} {value[:60]!r} is "
    if column.kind == "instant":
        return what + "no instant such as 2023-05-18T04:40:00Z"
    if column.kind == "day":
        return what + "no day such as 2023-05-18"
    if column.kind == "course":
        return what + "no course of lon,lat points"
    return what + f"none of {', '.join(column.among or ('yes', 'no'))}"


def _is_instant(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_course(text: str) -> bool:
    try:
        points = [tuple(map(float, point.split(","))) for point in text.split()]
    except ValueError:
        return False
    return len(points) > 1 and all(
        len(point) == 2 and abs(point[0]) <= 180 and abs(point[1]) <= 90 for point in points
    )


def _twice(cells: pd.DataFrame, index: str, tell: Tell) -> Iterator[Problem]:
    if index:
        again = cells[index].duplicated().to_numpy(bool)
        if again.any():
            yield from tell(again, f"{index} {cells[index][again].iloc[0]} is used twice")


def _metric_problems(
    folder: Path, states: pd.DataFrame, provenance: Provenance | None
) -> Iterator[Problem]:
    """Find metrics of the scenario without a column, and those that are no numbers."""
    path = folder / SCHEMA["states"].file
    kinds, metrics = (
        (provenance.scenario.traffic, provenance.scenario.metrics) if provenance else ((), ())
    )
    prefixes = ["", *(f"{kind}_" for kind in kinds[1:])]
    wanted = [f"{prefix}{name}" for prefix in prefixes for name in metrics]
    lost = tell_columns(
        [each for each in wanted if each not in states], "is missing", "are missing"
    )
    if lost:
        yield Problem(what=lost, where=f"{path}:1", remedy=REMEDY)
    starts = tuple(f"{prefix}{metric}" for prefix in prefixes for metric in METRICS)
    for name in map(str, states.columns):
        if name.startswith(starts):
            _, bad = _as_numbers(states[name])
            if bad.any():
                what = f"{name} {states[name][bad].iloc[0]!r} is no number"
                yield from _problem(path, states, bad, what)


def _gaps(folder: Path, states: pd.DataFrame, summary: Summary | None) -> Iterator[Problem]:
    """Find whether the states follow one another and fill the window."""
    path = folder / SCHEMA["states"].file
    if not len(states):
        yield Problem(what="has no states", where=str(path), remedy=REMEDY)
        return
    number = _as_numbers(states["state"])[0]
    start, end = (parse_column(states[name]) for name in ("start", "end"))
    out = number != np.arange(len(states))
    before = end.shift()
    out |= (start.notna() & before.notna() & (start != before)).to_numpy(bool)
    yield from _problem(path, states, out, "the state does not follow the one before")
    if summary is None or out.any() or start.isna().iloc[0] or end.isna().iloc[-1]:
        return
    window = format_instant(summary.window.start), format_instant(summary.window.end)
    if (format_instant(start.iloc[0]), format_instant(end.iloc[-1])) != window:
        what = f"the states do not fill the window {window[0]} to {window[1]}"
        yield Problem(what=what, where=str(path), remedy=REMEDY)


def _count_problems(folder: Path, tables: Tables, summary: Summary | None) -> Iterator[Problem]:
    """Find tables with fewer rows than the run had; pairs that not every state has."""
    counted = {"hubs": summary.hubs, "links": summary.links} if summary else {}
    for name, wanted in counted.items():
        if name in tables and len(tables[name]) != wanted:
            what = f"has {len(tables[name]):,} rows where the summary counts {wanted:,} {name}"
            where = str(folder / SCHEMA[name].file)
            yield Problem(what=what, where=where, remedy=REMEDY)
    if "pairs" not in tables or not len(tables.get("states", ())):
        return
    path, count = folder / SCHEMA["pairs"].file, len(tables["states"])
    if "state" in tables["pairs"]:
        yield from _state_counts(path, tables["pairs"], count)
    else:
        yield from _span_problems(path, tables["pairs"], count)


def _state_counts(path: Path, pairs: pd.DataFrame, count: int) -> Iterator[Problem]:
    """Find pairs that not every state has, in a table with a row for each state."""
    numbers, bad = _as_numbers(pairs["state"])
    inside = ~bad & (numbers >= 0) & (numbers < count)
    codes, kinds = _distinct(pairs["traffic"])
    for code, kind in enumerate(kinds):
        mine = numbers[inside & (codes == code)].astype(np.int64)
        rows = np.bincount(mine, minlength=count)
        if rows.min() != rows.max():
            state = int(np.argmin(rows))
            what = f"state {state} has {rows[state]:,} pairs of {kind}, others have {rows.max():,}"
            yield Problem(what=what, where=str(path), remedy=REMEDY)


def _span_problems(path: Path, pairs: pd.DataFrame, count: int) -> Iterator[Problem]:
    """Find pairs whose rows do not follow one another from the first state to the last."""
    (first, bad), (last, also) = (_as_numbers(pairs[name]) for name in ("first", "last"))
    if (bad | also).any() or not np.isfinite([first, last]).all():
        return
    pair = number_pairs(pairs)
    order = np.lexsort([first, pair])
    begins = np.diff(pair[order], prepend=-1) != 0
    due = np.where(begins, 0, np.concatenate([[0], last[order][:-1] + 1]))
    off = (first[order] != due) | (last[order] < first[order])
    off |= np.append(begins[1:], True)[: len(order)] & (last[order] != count - 1)
    wrong = np.zeros(len(pairs), dtype=bool)
    wrong[order[off]] = True
    what = "the states of the pair do not follow one another to the end of the window"
    yield from _problem(path, pairs, wrong, what)
