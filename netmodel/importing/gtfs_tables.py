"""The tables of a GTFS feed: opened safely, read in pieces, each mistake at ``file:line``."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pandas as pd

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem, did_you_mean, nearest_names

MOST_BYTES = 4 << 30
"""Of all tables together when unpacked; a feed that declares more is refused."""
MOST_RATIO = 250.0
"""Of unpacked to packed bytes of one table; text packs five to forty times smaller."""
SMALL_BYTES = 1 << 20
"""A table up to this size is not asked for its ratio."""
CHUNK_ROWS = 200_000
NEEDED = ("stops.txt", "routes.txt", "trips.txt", "stop_times.txt")
_SHOWN = 10
_LINE = re.compile(r"(line|row) (\d+)")
_DAMAGED = (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, EOFError, OSError)
_UNLISTED = (*_DAMAGED, UnicodeDecodeError)
"""What listing a damaged zip may end in; a name in it may be no text."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Feed:
    """The tables of a feed, in a zip file or a folder.

    Parameters
    ----------
    members
        Where each table stands, by its name: a member of the zip, or a file of the folder.
    """

    path: Path
    members: Mapping[str, str]
    archive: zipfile.ZipFile | None = None

    def has(self, table: str) -> bool:
        """Whether the feed has a table."""
        return table in self.members

    def size(self, table: str) -> int:
        """Return the bytes of a table, unpacked."""
        if self.archive is None:
            return Path(self.members[table]).stat().st_size
        return self.archive.getinfo(self.members[table]).file_size

    def stream(self, table: str) -> IO[bytes]:
        """Open a table for reading."""
        if self.archive is None:
            return Path(self.members[table]).open("rb")
        try:
            return self.archive.open(self.members[table])
        except UnicodeDecodeError as error:
            raise InputError([_damaged(self.path.name, f"{table}: {error}")]) from None

    def read(
        self, table: str, required: Sequence[str], optional: Sequence[str] = ()
    ) -> pd.DataFrame:
        """Return a table as text, indexed by line; an optional column that lacks is empty.

        A table that the feed lacks has no rows.

        Raises
        ------
        InputError
            If a column is missing, or the text cannot be read, with the line.
        """
        if not self.has(table):
            return pd.DataFrame(columns=[*required, *optional], dtype=str)
        parts = list(self.chunks(table, required, optional))
        return pd.concat(parts) if len(parts) > 1 else parts[0]

    def chunks(
        self,
        table: str,
        required: Sequence[str],
        optional: Sequence[str] = (),
        *,
        progress: Callable[[int, int], None] | None = None,
    ) -> Iterator[pd.DataFrame]:
        """Yield a table in pieces of bounded size; see `read`.

        Parameters
        ----------
        progress
            Told the bytes read and the bytes of the table after each piece.
        """
        total = self.size(table)
        try:
            with self.stream(table) as raw:
                yield from _read_chunks(raw, table, required, optional, progress, total)
        except UnicodeDecodeError:
            with self.stream(table) as raw:
                raise InputError([_undecodable(raw, table)]) from None
        except pd.errors.ParserError as error:
            raise InputError([_unparsable(error, table)]) from None
        except IndexError:  # the first row has more cells than the header
            with self.stream(table) as raw:
                raise InputError([_too_wide(raw, table)]) from None
        except _DAMAGED as error:
            raise InputError([_damaged(self.path.name, f"{table}: {error}")]) from None


@contextmanager
def open_feed(path: Path | str) -> Iterator[Feed]:
    """Open a GTFS feed, a zip file or a folder, and check what it declares before unpacking.

    Raises
    ------
    InputError
        If there is no such file, it is no zip, it declares too much, or tables are missing.
    """
    path = Path(path)
    if path.is_dir():
        files = {each.name: str(each) for each in sorted(path.glob("*.txt"))}
        _check_tables(path.name, files)
        yield Feed(path=path, members=files)
        return
    if not path.exists():
        raise InputError([Problem(what="no such file", where=str(path))])
    try:
        archive = zipfile.ZipFile(path)
    except _UNLISTED as error:
        raise InputError([_damaged(path.name, str(error))]) from None
    with archive:
        members = _find_members(archive)
        _check_tables(path.name, members)
        _check_sizes(path.name, archive, members)
        yield Feed(path=path, members=members, archive=archive)


_TELLING = ("stop_times.txt", "trips.txt")


@refuse_wrong_kinds
def is_feed(path: Path | str) -> bool:
    """Return whether a zip file or folder has the calls or trips of a GTFS feed.

    Examples
    --------
    >>> is_feed("railway.osm.pbf")
    False
    """
    path = Path(path)
    if path.is_dir():
        return any((path / each).is_file() for each in _TELLING)
    if not path.is_file() or not zipfile.is_zipfile(path):
        return False
    try:
        return any(each.rpartition("/")[2] in _TELLING for each in list_zipped(path))
    except InputError:
        return False


def list_zipped(path: Path) -> list[str]:
    """Return the names of the files in a zip file.

    Raises
    ------
    InputError
        If it is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return [name for name in archive.namelist() if not name.endswith("/")]
    except _UNLISTED as error:
        raise InputError([_damaged(path.name, str(error))]) from None


def refuse_rows(
    table: str, frame: pd.DataFrame, column: str, wrong: Iterable[bool], what: str, remedy: str = ""
) -> list[Problem]:
    """Return a problem for each of the first rows that are wrong, quoting a column.

    Parameters
    ----------
    what
        Said after the quoted value.
    """
    found = frame.loc[list(wrong), column]
    problems = [
        Problem(what=f"{column} {value!r} {what}", where=f"{table}:{line}", remedy=remedy)
        for line, value in found.head(_SHOWN).items()
    ]
    if len(found) > _SHOWN:
        more = f"... and {len(found) - _SHOWN:,} more rows like these"
        problems.append(Problem(what=more, where=table))
    return problems


def _find_members(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return where each table stands; a feed may lie in a folder of the zip."""
    names = [each for each in archive.namelist() if each.endswith(".txt")]
    folders = sorted(
        {each.rpartition("/")[0] for each in names}, key=lambda each: (len(each), each)
    )
    for folder in folders:
        prefix = f"{folder}/" if folder else ""
        if f"{prefix}stop_times.txt" in names:
            break
    else:
        prefix = f"{folders[0]}/" if folders and folders[0] else ""
    return {
        each.removeprefix(prefix): each
        for each in names
        if each.startswith(prefix) and "/" not in each.removeprefix(prefix)
    }


def _check_tables(where: str, members: Mapping[str, str]) -> None:
    missing = [each for each in NEEDED if each not in members]
    if "calendar.txt" not in members and "calendar_dates.txt" not in members:
        missing.append("calendar.txt or calendar_dates.txt")
    if missing:
        what = f"has no {', no '.join(missing)}"
        remedy = "a GTFS feed is a zip file of such tables"
        raise InputError([Problem(what=what, where=where, remedy=remedy)])


def _check_sizes(where: str, archive: zipfile.ZipFile, members: Mapping[str, str]) -> None:
    problems = []
    infos = {table: archive.getinfo(member) for table, member in members.items()}
    total = sum(each.file_size for each in infos.values())
    if total > MOST_BYTES:
        what = f"declares {total / 2**30:,.1f} GiB of tables; {MOST_BYTES / 2**30:,.1f} are read"
        problems.append(Problem(what=what, where=where, remedy="unpack it, and give the folder"))
    for table, info in infos.items():
        ratio = info.file_size / max(info.compress_size, 1)
        if info.file_size > SMALL_BYTES and ratio > MOST_RATIO:
            what = f"{table} declares {ratio:,.0f} times its packed size; {MOST_RATIO:g} are read"
            remedy = "tables do not pack so small: do not trust this file"
            problems.append(Problem(what=what, where=where, remedy=remedy))
    if problems:
        raise InputError(problems)


def _read_chunks(
    raw: IO[bytes],
    table: str,
    required: Sequence[str],
    optional: Sequence[str],
    progress: Callable[[int, int], None] | None,
    total: int,
) -> Iterator[pd.DataFrame]:
    with io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text:
        header = [each.strip(' "\r\n\t') for each in text.readline().split(",")]
        _check_header(table, header, required)
        wanted = [each for each in (*required, *optional) if each in header]
        # Commas at the end of a header make columns without a name, which pandas takes for one.
        named = [each or f"column {number}" for number, each in enumerate(header, start=1)]
        empty = dict.fromkeys((each for each in optional if each not in header), "")
        line = 2
        try:
            reader = pd.read_csv(
                text, names=named, header=None, index_col=False, usecols=wanted, dtype=str,
                keep_default_na=False, na_filter=False, skip_blank_lines=False,
                chunksize=CHUNK_ROWS,
            )  # fmt: skip
        except pd.errors.EmptyDataError:
            yield pd.DataFrame(columns=[*required, *optional], dtype=str)
            return
        for chunk in reader:
            chunk.index = pd.RangeIndex(line, line + len(chunk))
            line += len(chunk)
            part = chunk.fillna("").apply(lambda column: column.str.strip())
            part = part[(part != "").any(axis=1)].assign(**empty)
            if progress is not None:
                progress(min(raw.tell(), total), total)
            yield part


def _check_header(table: str, header: Sequence[str], required: Sequence[str]) -> None:
    problems = []
    for column in required:
        if column not in header:
            remedy = did_you_mean(nearest_names(column, header))
            what = f"column {column!r} is missing"
            problems.append(Problem(what=what, where=f"{table}:1", remedy=remedy))
    problems += [
        Problem(what=f"column {column!r} is written twice", where=f"{table}:1")
        for column in sorted({each for each in header if each and header.count(each) > 1})
    ]
    if problems:
        raise InputError(problems)


def _undecodable(raw: IO[bytes], table: str) -> Problem:
    where = table
    for number, line in enumerate(raw, start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            where = f"{table}:{number}"
            break
    return Problem(what="not UTF-8 text", where=where, remedy="save as UTF-8")


def _too_wide(raw: IO[bytes], table: str) -> Problem:
    with io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text:
        rows = csv.reader(text)
        header, first = len(next(rows)), len(next(rows))
    what = f"{first} cells where the header has {header}"
    return Problem(what=what, where=f"{table}:2", remedy="quote cells that hold a comma")


def _unparsable(error: pd.errors.ParserError, table: str) -> Problem:
    text = str(error).strip().removeprefix("Error tokenizing data. C error: ")
    found = _LINE.search(text)
    # The parser counts from the line after the header: lines from 1, rows from 0.
    where = f"{table}:{int(found[2]) + (1 if found[1] == 'line' else 2)}" if found else table
    return Problem(what=f"no CSV ({text})", where=where, remedy="mind the quotes and commas")


def _damaged(name: str, reason: str) -> Problem:
    what = f"is no zip file that can be read ({reason})"
    return Problem(what=what, where=name, remedy="download it anew")
