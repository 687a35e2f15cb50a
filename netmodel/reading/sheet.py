"""A sheet: the rows of a CSV file or of a workbook as text, each with its line."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netmodel.errors import InputError, Problem, did_you_mean, install_extra, nearest_names
from netmodel.files.csv import Row, read_records
from netmodel.files.text import no_such, read_file

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.worksheet.worksheet import Worksheet

MOST_CELLS = 20_000_000
"""Of a sheet: a workbook may claim far more rows than it has."""
SMALL_BYTES = 1 << 20
"""A part of a workbook up to this size may be packed as small as it likes."""
MOST_RATIO = 250.0
"""Of unpacked to packed bytes of a part; sheets pack ten to fifty times smaller."""
MOST_MERGED = 1_000_000
"""Cells that merged ones may cover."""
_MERGED = re.compile(rb'mergeCell [^>]{0,99}ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, LookupError, ValueError,
    TypeError, AttributeError, ArithmeticError, AssertionError, SyntaxError,
)  # fmt: skip
"""What the reading of a damaged workbook may end in."""
_MARKS = (",", ";", "\t", "|")


def read_sheet(
    path: Path,
    *,
    sheet: str | None = None,
    header: int = 1,
    delimiter: str | None = None,
    encoding: str | None = None,
) -> tuple[list[str], list[Row]]:
    """Return the columns of a table and its rows that are not blank.

    A merged cell of a workbook holds for every row and column that it covers. Dates of a workbook
    become ISO text.

    Parameters
    ----------
    path
        A file ``.xlsx`` or ``.xlsm``, else CSV.
    sheet
        Of a workbook; the first by default.
    header
        The line on which the names of the columns stand.
    delimiter
        Between the cells of a CSV file; by default the one that the header has most of.
    encoding
        Of a CSV file, such as ``cp1251``; UTF-8 by default.

    Raises
    ------
    InputError
        If the file cannot be read, or its header cannot be used.
    """
    if not path.is_file():
        raise InputError([no_such("file", path)])
    if path.suffix.casefold() in (".xlsx", ".xlsm"):
        records = _read_workbook(path, sheet)
    else:
        records = _read_csv(path, header, delimiter, encoding)
    titles = next((cells for line, cells in records if line == header), None)
    if titles is None or not any(titles):
        what = f"line {header} has no names of columns"
        remedy = "say with `header:` on which line of the table they stand"
        raise InputError([Problem(what=what, where=path.name, remedy=remedy)])
    while not titles[-1]:
        titles.pop()
    _check_titles(titles, f"{path.name}:{header}")
    rows = []
    problems = []
    for line, cells in records:
        if line <= header or not any(cells):
            continue
        if any(cells[len(titles) :]):
            what = f"{len(cells)} cells where the header has {len(titles)}"
            remedy = "quote cells that hold the delimiter"
            problems.append(Problem(what=what, where=f"{path.name}:{line}", remedy=remedy))
            continue
        filled = [*cells, *[""] * (len(titles) - len(cells))][: len(titles)]
        rows.append(Row(path.name, line, dict(zip(titles, filled, strict=True))))
    if problems:
        raise InputError(problems)
    return titles, rows


def find_columns(titles: Sequence[str], wanted: Mapping[str, str], file: str) -> list[Problem]:
    """Return a problem for each column that a map names and the table lacks.

    Parameters
    ----------
    wanted
        Where the map names each column.
    """
    problems = []
    for column, where in wanted.items():
        if column not in titles:
            known = ", ".join(titles[:12]) + (", …" if len(titles) > 12 else "")
            remedy = did_you_mean(nearest_names(column, titles)) or f"{file} has {known}"
            problems.append(
                Problem(what=f"{file} has no column {column!r}", where=where, remedy=remedy)
            )
    return problems


def _check_titles(titles: Sequence[str], where: str) -> None:
    twice = sorted({title for title in titles if title and titles.count(title) > 1})
    unnamed = [number for number, title in enumerate(titles, 1) if not title]
    problems = [Problem(what=f"column {title!r} is written twice", where=where) for title in twice]
    if len(unnamed) > len(titles) / 2:
        remedy = "if the names stand on another line, say so with `header:`"
        what = f"{len(unnamed)} of {len(titles)} columns have no name"
        problems.append(Problem(what=what, where=where, remedy=remedy))
    if problems:
        raise InputError(problems)


def _read_csv(
    path: Path, header: int, delimiter: str | None, encoding: str | None
) -> list[tuple[int, list[str]]]:
    text = read_file(path, kind="table") if encoding is None else _decode(path, encoding)
    lines = text.splitlines()
    top = lines[header - 1] if header <= len(lines) else ""
    mark = delimiter or max(_MARKS, key=top.count)
    records = read_records(text, path.name, delimiter=mark)
    return [(line, [cell.strip() for cell in cells]) for line, cells in records]


def _decode(path: Path, encoding: str) -> str:
    content = path.read_bytes()
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except LookupError:
        problem = Problem(what=f"no encoding is called {encoding!r}", remedy="such as cp1251")
        raise InputError([problem]) from None
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        what = f"not {encoding} text"
        raise InputError([Problem(what=what, where=f"{path.name}:{line}")]) from None


def _refuse_bomb(path: Path) -> None:
    """Refuse a workbook that declares much more than it holds, before it is unpacked."""
    with zipfile.ZipFile(path) as archive:
        for part in archive.infolist():
            ratio = part.file_size / max(part.compress_size, 1)
            if part.file_size > SMALL_BYTES and ratio > MOST_RATIO:
                what = f"{part.filename} declares {ratio:,.0f} times its packed size"
                remedy = f"{MOST_RATIO:g} times are read; do not trust this file"
                raise InputError([Problem(what=what, where=path.name, remedy=remedy)])
            if "worksheets/" in part.filename:
                _refuse_wide_merges(archive.read(part), path.name)


def _refuse_wide_merges(sheet: bytes, name: str) -> None:
    """Refuse merged cells that cover more than a sheet may have: each is filled when it is read."""
    covered = 0
    for one, first, other, last in _MERGED.findall(sheet):
        width = abs(_column(other) - _column(one)) + 1
        covered += width * (abs(int(last) - int(first)) + 1)
        if covered > MOST_MERGED:
            what = f"merged cells cover more than {MOST_MERGED:,} cells"
            remedy = "unmerge whole columns, or save as CSV"
            raise InputError([Problem(what=what, where=name, remedy=remedy)])


def _column(letters: bytes) -> int:
    return sum((letter - 64) * 26**place for place, letter in enumerate(reversed(letters)))


def _read_workbook(path: Path, sheet: str | None) -> list[tuple[int, list[str]]]:
    try:
        import openpyxl
    except ImportError:
        what = "workbooks need the package openpyxl, which is not installed"
        remedy = f"install the extra: {install_extra('tables')}; or save the sheet as CSV"
        raise InputError([Problem(what=what, where=path.name, remedy=remedy)]) from None
    try:
        _refuse_bomb(path)
        book: Any = openpyxl.load_workbook(path, data_only=True)
    except InputError:
        raise
    except _DAMAGED as error:
        what = f"cannot be read as a workbook ({' '.join(str(error).split())})"
        remedy = "open it and save it again as .xlsx, or as CSV"
        raise InputError([Problem(what=what, where=path.name, remedy=remedy)]) from None
    pages = {page.title: page for page in book.worksheets}  # no sheets of charts
    if not pages:
        remedy = "open it and save it again as .xlsx, or as CSV"
        raise InputError([Problem(what="has no sheet of cells", where=path.name, remedy=remedy)])
    if sheet is not None and sheet not in pages:
        remedy = did_you_mean(nearest_names(sheet, pages))
        remedy = remedy or f"it has {', '.join(pages)}"
        raise InputError([Problem(what=f"no sheet {sheet!r}", where=path.name, remedy=remedy)])
    page = next(iter(pages.values())) if sheet is None else pages[sheet]
    if page.max_row * page.max_column > MOST_CELLS:
        what = f"the sheet claims {page.max_row:,} rows of {page.max_column:,} columns"
        remedy = "delete the empty ones, or save as CSV"
        raise InputError([Problem(what=what, where=path.name, remedy=remedy)])
    return list(_rows_of(page))


def _rows_of(page: Worksheet) -> Iterator[tuple[int, list[str]]]:
    covered = {
        (row, column): (area.min_row, area.min_col)
        for area in page.merged_cells.ranges
        for row in range(area.min_row, area.max_row + 1)
        for column in range(area.min_col, area.max_col + 1)
    }
    timed = {
        cell.column
        for cells in page.iter_rows()
        for cell in cells
        if isinstance(cell.value, datetime) and cell.value.time() != time()
    }
    for line, cells in enumerate(page.iter_rows(), 1):
        yield (
            line,
            [
                _as_text(
                    page.cell(*covered[line, number]) if (line, number) in covered else cell, timed
                )
                for number, cell in enumerate(cells, 1)
            ],
        )


def _as_text(cell: Cell | MergedCell, timed: Collection[int]) -> str:
    """Return a cell of a workbook as text; whole numbers without a point, dates as ISO.

    A date that is shown without a time is a day, as is midnight in a column that is not among
    those with other times.
    """
    from openpyxl.styles.numbers import is_datetime

    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        shown_as_day = is_datetime(cell.number_format) == "date"
        if value.time() == time() and (shown_as_day or cell.column not in timed):
            return value.date().isoformat()
        rounded = (value + timedelta(microseconds=500_000)).replace(microsecond=0)
        return rounded.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).strip()
