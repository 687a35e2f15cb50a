"""One table of a run from its file: the text of the cells first, then values."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from netmodel.errors import Problem
from netmodel.study.record_schema import NUMERIC, TRUTHS, Column, Table

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
    told = [
        tell_columns([name for name in needed if name not in header], "is missing", "are missing"),
        tell_columns(twice, "stands twice", "stand twice"),
    ]
    return [Problem(what=what, where=where, remedy=REMEDY) for what in told if what]


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
    """Return a table that was found sound with its values and its index."""
    typed = cells.assign(
        **{
            column.name: _typed(cells[column.name], column)
            for column in table.columns
            if column.name in cells
        }
    )
    return typed.set_index(table.index) if table.index else typed


def _typed(cells: pd.Series, column: Column) -> pd.Series:
    if column.kind == "truth":
        return cells.map(TRUTHS).astype("boolean")
    if column.kind == "share" and column.name == "cut_share":
        return cells.astype("Float64")
    if column.kind in ("whole", "flag"):
        return cells.astype("Int64" if column.empty else "int64")
    if column.kind in NUMERIC and not len(cells):
        return cells.astype("float64")
    return cells
