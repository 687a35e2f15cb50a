"""Rows of CSV files as text, with their lines, and the values of their cells."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from netmodel.errors import Problem, did_you_mean, nearest_names

REQUIRED = {
    "accepted.csv": ("rule", "id", "reason"),
    "hubs.csv": ("id", "name", "lon", "lat"),
    "links.csv": ("id", "from", "to", "length_km"),
    "stations.csv": ("name", "link", "km"),
}
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a CSV file with its file and line."""

    file: str
    line: int
    cells: Mapping[str, str]

    @property
    def where(self) -> str:
        """``file:line``."""
        return f"{self.file}:{self.line}"


def read_rows(
    path: Path, problems: list[Problem], *, kind: str = "", required: Sequence[str] = ()
) -> list[Row]:
    """Return the rows of a table; none where it cannot be read as one.

    Parameters
    ----------
    problems
        Where what is wrong is added.
    kind
        The name of a table of a network in `REQUIRED`; by default the name of the file.
    required
        Columns that the table must have, for a table that is not of a network.
    """
    required = required or REQUIRED[kind or path.name]
    if not path.exists():
        remedy = f"it is needed, with columns {', '.join(required)}"
        problems.append(Problem(what="no such file", where=str(path), remedy=remedy))
        return []
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"not UTF-8 text (byte {error.start})"
        problems.append(Problem(what=what, where=path.name, remedy="save as UTF-8"))
        return []
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        header = next(reader, None)
        table = [(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        where = f"{path.name}:{reader.line_num}"
        problems.append(Problem(what=f"not CSV ({error})", where=where, remedy="check the quotes"))
        return []
    if not header:
        problems.append(Problem(what="the file is empty", where=path.name))
        return []
    mistakes = [*_header_mistakes(header, path.name, required)]
    problems += mistakes
    if mistakes:
        return []
    rows = []
    for line, cells in table:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            what = f"{len(cells)} cells where the header has {len(header)}"
            remedy = "quote cells that hold a comma"
            where = f"{path.name}:{line}"
            problems.append(Problem(what=what, where=where, remedy=remedy))
            continue
        row = Row(path.name, line, dict(zip(header, cells, strict=True)))
        problems += [
            Problem(
                what=f"{column} (={row.cells[column]!r}) holds a control character",
                where=row.where,
                remedy="delete it and type the text again",
            )
            for column in ("id", "name")
            if CONTROL.search(row.cells.get(column, ""))
        ]
        rows.append(row)
    return rows


def _header_mistakes(
    header: Sequence[str], file: str, required: Sequence[str]
) -> Iterator[Problem]:
    """Find what keeps the rows of a table from being read at all."""
    where = f"{file}:1"
    if len(header) == 1 and any(mark in header[0] for mark in ";\t"):
        mark = "semicolons" if ";" in header[0] else "tabs"
        what = f"the columns are separated by {mark}"
        yield Problem(what=what, where=where, remedy="save as CSV with commas")
        return
    for column in required:
        if column not in header:
            remedy = did_you_mean(nearest_names(column, header))
            yield Problem(what=f"column {column!r} is missing", where=where, remedy=remedy)
    for column in sorted({each for each in header if header.count(each) > 1}):
        yield Problem(what=f"column {column!r} is written twice", where=where)


def read_text(row: Row, column: str) -> str:
    """Return a cell without blanks around it; empty if the column is missing."""
    return row.cells.get(column, "").strip()


def read_number(row: Row, column: str, problems: list[Problem], *, required: bool) -> float | None:
    """Return a cell as a finite number; ``None`` where it is empty or, then noted, is none."""
    text = read_text(row, column)
    if not text:
        if required and column in row.cells:
            problems.append(Problem(what=f"{column} is empty", where=row.where))
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        what = f"{column} (={text!r}) is not a finite number"
        remedy = "write decimals with a point" if "," in text else ""
        problems.append(Problem(what=what, where=row.where, remedy=remedy))
        return None
    return value


def read_whole(row: Row, column: str, problems: list[Problem]) -> int | None:
    """Return a cell as a whole number, not negative; ``None`` as in `read_number`."""
    value = read_number(row, column, problems, required=False)
    if value is not None and (value != int(value) or value < 0):
        what = f"{column} (={read_text(row, column)!r}) must be a whole number, not negative"
        problems.append(Problem(what=what, where=row.where))
        return None
    return None if value is None else int(value)
