"""Rows of CSV files as text, with their lines, and the values of their cells."""

from __future__ import annotations

import csv
import difflib
import io
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from netmodel.errors import InputError, Problem, did_you_mean, nearest_names, point_out
from netmodel.files.text import read_file

REQUIRED = {
    "about.csv": ("key", "value"),
    "accepted.csv": ("rule", "id", "reason"),
    "aliases.csv": ("form", "language", "kind", "means"),
    "hubs.csv": ("id", "name", "lon", "lat"),
    "links.csv": ("id", "from", "to", "length_km"),
    "stations.csv": ("name", "link", "km"),
}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r(?!\n)")
"""What no cell may hold; a line within quotes may end in any usual way."""
SLIP = 0.83
"""How alike a column and a known one must be to be taken for a slip of the pen."""


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


@dataclass(frozen=True, slots=True)
class RowTable:
    """The rows of a table, held column by column: a large one is read and checked so.

    Parameters
    ----------
    lines
        The line of each row.
    columns
        The cells of each column, one for each row; ``None`` where the row has no such cell.

    Examples
    --------
    >>> rows = RowTable("hubs.csv", (2, 3), {"id": ("a ", "b"), "name": ("A", None)})
    >>> rows.texts("id"), rows.texts("name"), rows.texts("kind")
    (['a', 'b'], ['A', ''], ['', ''])
    >>> [row.where for row in rows], dict(rows.row(1).cells)
    (['hubs.csv:2', 'hubs.csv:3'], {'id': 'b'})
    """

    file: str = ""
    lines: Sequence[int] = ()
    columns: Mapping[str, Sequence[str | None]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.lines)

    def __iter__(self) -> Iterator[Row]:
        return map(self.row, range(len(self)))

    def row(self, number: int) -> Row:
        """Return one row, by its position."""
        cells = ((name, column[number]) for name, column in self.columns.items())
        held = {name: cell for name, cell in cells if cell is not None}
        return Row(self.file, self.lines[number], held)

    def texts(self, column: str) -> list[str]:
        """Return the cells of a column without blanks around them; empty where there is none."""
        cells = self.columns.get(column)
        if cells is None:
            return [""] * len(self)
        return [cell.strip() if cell else "" for cell in cells]


def read_rows(
    path: Path,
    problems: list[Problem],
    *,
    kind: str = "",
    required: Sequence[str] = (),
    known: Sequence[str] = (),
) -> RowTable:
    """Return the rows of a table; none where it cannot be read as one.

    Every row has as many cells as the header, and no column stands twice. A further column that
    looks like one of the known ones is pointed out.

    Parameters
    ----------
    problems
        Where what is wrong is added.
    kind
        The name of a table of a network in `REQUIRED`; by default the name of the file.
    required
        Columns that the table must have, for a table that is not of a network.
    known
        All columns that have a meaning; those that are not required may be left out.
    """
    required = required or REQUIRED[kind or path.name]
    try:
        text = read_file(path, kind="table")
    except InputError as error:
        needed = f"it is needed, with columns {', '.join(required)}"
        problems += [
            replace(each, remedy=each.remedy or needed) if each.what.startswith("no such") else each
            for each in error.problems
        ]
        return RowTable()
    try:
        records = read_records(text, path.name)
    except InputError as error:
        problems += error.problems
        return RowTable()
    if not records:
        problems.append(Problem(what="the file is empty", where=path.name))
        return RowTable()
    header = records[0][1]
    mistakes = [*_header_mistakes(header, path.name, required)]
    problems += mistakes
    if mistakes:
        return RowTable()
    point_out_slips(header, known, f"{path.name}:1")
    lines, kept = [], []
    for line, cells in records[1:]:
        if not "".join(cells).strip():
            continue
        if len(cells) != len(header):
            what = f"{len(cells)} cells where the header has {len(header)}"
            remedy = "quote cells that hold a comma"
            where = f"{path.name}:{line}"
            problems.append(Problem(what=what, where=where, remedy=remedy))
            continue
        lines.append(line)
        kept.append(cells)
    columns = zip(*kept, strict=True) if kept else [()] * len(header)
    rows = RowTable(path.name, lines, dict(zip(header, columns, strict=True)))
    if CONTROL.search(text):
        problems += _find_controls(rows)
    return rows


def read_records(text: str, file: str, *, delimiter: str = ",") -> list[tuple[int, list[str]]]:
    """Return the records of a text in CSV, each with its first line.

    Raises
    ------
    InputError
        If the text is no CSV.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            records.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        problem = Problem(
            what=f"not CSV ({error})", where=f"{file}:{line}", remedy="check the quotes"
        )
        raise InputError([problem]) from None
    return records


def _find_controls(rows: RowTable) -> Iterator[Problem]:
    for row in rows:
        for column, cell in row.cells.items():
            if CONTROL.search(cell):
                what = f"{column} (={cell[:60]!r}) holds a control character"
                remedy = "delete it and type the text again"
                yield Problem(what=what, where=row.where, remedy=remedy)


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
    for number, column in enumerate(header, start=1):
        if not column.strip():
            what, remedy = f"column {number} has no name", "name it or delete it"
            yield Problem(what=what, where=where, remedy=remedy)
    for column, count in Counter(header).items():
        if count > 1 and column.strip():
            yield Problem(what=f"column {column!r} is written twice", where=where)


def point_out_slips(header: Iterable[str], known: Sequence[str], where: str) -> None:
    """Warn of every column without a meaning that looks like one that is not there.

    Examples
    --------
    >>> import warnings
    >>> with warnings.catch_warnings(record=True) as noted:
    ...     warnings.simplefilter("always")
    ...     point_out_slips(["id", "line_clas", "owner"], ["id", "line_class"], "links.csv:1")
    >>> [str(each.message) for each in noted]
    ["links.csv:1: column 'line_clas' has no meaning; did you mean 'line_class'?"]
    """
    header = list(header)
    absent = [column for column in known if column not in header]
    for column in header:
        if column in known:
            continue
        plain = column.strip().casefold().replace(" ", "_").replace("-", "_")
        near = difflib.get_close_matches(plain, absent, n=1, cutoff=SLIP)
        if near:
            what = f"column {column!r} has no meaning"
            point_out(Problem(what=what, where=where, remedy=did_you_mean(near)))


def read_text(row: Row, column: str) -> str:
    """Return a cell without blanks around it; empty if the column is missing."""
    return row.cells.get(column, "").strip()


def read_number(row: Row, column: str, problems: list[Problem], *, required: bool) -> float | None:
    """Return a cell as a finite number; ``None`` where it is empty or, then noted, is none."""
    text = read_text(row, column)
    if required and not text and column in row.cells:
        problems.append(Problem(what=f"{column} is empty", where=row.where))
    try:
        return parse_number(column, text)
    except InputError as error:
        problems += (replace(each, where=row.where) for each in error.problems)
    return None


def parse_number(column: str, text: str) -> float | None:
    """Return the text of a cell as a finite number; ``None`` for an empty one.

    Raises
    ------
    InputError
        If it is none.
    """
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        what = f"{column} (={text!r}) is not a finite number"
        remedy = "write decimals with a point, thousands without a sign" if "," in text else ""
        raise InputError([Problem(what=what, remedy=remedy)])
    return value


def parse_whole(column: str, text: str) -> int | None:
    """Return the text of a cell as a whole number, not negative; ``None`` for an empty one.

    Raises
    ------
    InputError
        If it is none.
    """
    value = parse_number(column, text)
    if value is not None and (value != int(value) or value < 0):
        what = f"{column} (={text!r}) must be a whole number, not negative"
        raise InputError([Problem(what=what)])
    return None if value is None else int(value)
