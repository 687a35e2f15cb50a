"""services.csv and train_ways.csv: published trains to and from tables, mistakes at their lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal, cast

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem, point_out
from netmodel.files.csv import Row, read_rows, read_text
from netmodel.files.shipped import shipped_folder
from netmodel.files.whole import write_file
from netmodel.trains.odd_times import find_long_stays
from netmodel.trains.train import (
    DAY_MINUTES,
    AssumedWay,
    StopTime,
    Timetable,
    Train,
    read_clock,
)

REQUIRED = ("number", "kind", "stops")
COLUMNS = (
    "id", "number", "name", "kind", "traffic", "stops", "times", "via", "days", "from_date",
    "to_date", "departs", "arrives", "document", "operator", "more_stops",
)  # fmt: skip
WAY_COLUMNS = ("train", "basis", "via", "of")
"""Of ``train_ways.csv``: what is assumed of the way of trains, by id of the train."""


@refuse_wrong_kinds
def read_trains(*paths: Path | str) -> Timetable:
    r"""Read trains from tables with the columns of ``services.csv``.

    Parameters
    ----------
    paths
        CSV files; ``number, kind, stops`` are required, the stops separated by ``;``. ``times``
        has one part for each stop: ``dep``, ``arr/dep``, ``arr/``, ``/dep``, or nothing;
        ``departs`` and ``arrives`` are those of the first and the last stop. Without an ``id`` a
        train goes by its number, and by number and line where another has that too. A stay of
        more than half a day that no ``+1`` tells is pointed out as an `InputWarning`: its times
        may be mixed up.

    Raises
    ------
    InputError
        With every mistake at ``file:line``.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "services.csv"
    >>> table = "number,kind,stops,departs,arrives\n85,long_distance,Lviv;Dnipro,18:00,09:30\n"
    >>> _ = path.write_text(table)
    >>> read_trains(path).trains[0].minutes
    930.0
    """
    told = collect_trains(paths)
    if told.problems:
        raise InputError(told.problems)
    return told.timetable


@dataclass(frozen=True, slots=True)
class TableOfTrains:
    """What was read of tables of trains, with all mistakes of their rows.

    Parameters
    ----------
    timetable
        The trains of the rows that are in order.
    problems
        What is wrong with the others.
    places, documents
        Where each place and each document is first named, in whatever row.
    """

    timetable: Timetable
    problems: tuple[Problem, ...]
    places: Mapping[str, str]
    documents: Mapping[str, str]


def collect_trains(paths: Iterable[Path | str]) -> TableOfTrains:
    """Read trains as `read_trains` does, and return what is wrong beside those that are right."""
    problems: list[Problem] = []
    trains: list[Train] = []
    origins: dict[str, str] = {}
    places: dict[str, str] = {}
    documents: dict[str, str] = {}
    for path in map(Path, paths):
        for row in read_rows(path, problems, required=REQUIRED, known=COLUMNS):
            for column, named in (("stops", places), ("via", places), ("document", documents)):
                for name in _split(read_text(row, column)):
                    named.setdefault(name, row.where)
            train = _parse_train(row, problems)
            name = read_text(row, "id") or read_text(row, "number")
            if name in origins and not read_text(row, "id"):
                name = f"{name}@{row.line}"
            elif name in origins:
                what = f"train id {name!r} is used twice"
                remedy = f"first at {origins[name]}; ids are unique"
                problems.append(Problem(what=what, where=row.where, remedy=remedy))
                continue
            if name:
                origins[name] = row.where
            if train is not None:
                trains.append(replace(train, id=name))
    for train in trains:
        for problem in find_long_stays(train, origins[train.id]):
            point_out(problem)
    kept = {train.id: origins[train.id] for train in trains}
    timetable = Timetable(trains=tuple(trains), origins=kept)
    return TableOfTrains(timetable, tuple(problems), places, documents)


@refuse_wrong_kinds
def write_trains(timetable: Timetable, path: Path | str) -> Path:
    """Write trains as a table with the columns of ``services.csv``; return the path.

    What is assumed of their ways is no part of it: see `write_train_ways`.

    Raises
    ------
    InputError
        If a name holds ``;``, which separates names, or the file cannot be written.
    """
    write_file(Path(path), trains_text(timetable))
    return Path(path)


def trains_text(timetable: Timetable) -> str:
    """Return the text of a table of trains.

    Raises
    ------
    InputError
        If a name holds ``;``, which separates names.
    """
    problems = [
        Problem(what=f"{place!r} holds ';', which separates stops", where=timetable.where(train))
        for train in timetable.trains
        for place in (*train.stops, *train.via)
        if ";" in place
    ]
    if problems:
        raise InputError(problems)
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_row(train) for train in timetable.trains)
    return text.getvalue()


@refuse_wrong_kinds
def read_train_ways(timetable: Timetable, path: Path | str) -> Timetable:
    """Return trains with the ways that a table with the columns of ``train_ways.csv`` assumes.

    Raises
    ------
    InputError
        With every unknown train, unknown basis and train named twice, at ``file:line``.
    """
    problems: list[Problem] = []
    known = {train.id for train in timetable.trains}
    ways: dict[str, AssumedWay] = {}
    for row in read_rows(Path(path), problems, required=WAY_COLUMNS[:2]):
        train = read_text(row, "train")
        if train not in known or train in ways:
            what = f"train {train!r} " + ("is named twice" if train in ways else "is not known")
            problems.append(Problem(what=what, where=row.where))
            continue
        try:
            ways[train] = AssumedWay(
                basis=read_text(row, "basis"),
                via=_split(read_text(row, "via")),
                of=_split(read_text(row, "of")),
            )
        except InputError as error:
            problems += [replace(problem, where=row.where) for problem in error.problems]
    if problems:
        raise InputError(problems)
    trains = tuple(replace(each, way=ways.get(each.id)) for each in timetable.trains)
    return replace(timetable, trains=trains)


@refuse_wrong_kinds
def write_train_ways(timetable: Timetable, path: Path | str) -> Path:
    """Write what is assumed of the ways of trains as ``train_ways.csv``; return the path.

    Examples
    --------
    >>> import tempfile
    >>> way = AssumedWay(basis="inherited", via=("Dnipro",), of=("38",))
    >>> train = Train(id="37", number="37", kind="long_distance", stops=("Kyiv", "Lviv"), way=way)
    >>> path = write_train_ways(Timetable(trains=(train,)), Path(tempfile.mkdtemp()) / "ways.csv")
    >>> path.read_text().splitlines()
    ['train,basis,via,of', '37,inherited,Dnipro,38']
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(WAY_COLUMNS)
    for train in timetable.trains:
        if train.way is not None:
            way = train.way
            writer.writerow([train.id, way.basis, ";".join(way.via), ";".join(way.of)])
    write_file(Path(path), text.getvalue())
    return Path(path)


@refuse_wrong_kinds
def built_in_timetable(*, ways: bool = True) -> Timetable:
    """Return the trains that come with netmodel, as documents report them.

    Parameters
    ----------
    ways
        Whether to say, where their stops leave the way open, what is assumed of it. `inherit_ways`
        found that.

    Examples
    --------
    >>> len(built_in_timetable().trains) > 250
    True
    """
    seeds = shipped_folder("seeds")
    timetable = read_trains(seeds / "services.csv")
    return read_train_ways(timetable, seeds / "train_ways.csv") if ways else timetable


def _parse_train(row: Row, problems: list[Problem]) -> Train | None:
    before = len(problems)
    number = read_text(row, "number")
    stops = _split(read_text(row, "stops"))
    times = _parse_times(row, stops, problems)
    days = [_parse_date(row, column, problems) for column in ("from_date", "to_date")]
    try:
        train = Train(
            id=read_text(row, "id") or number or "without a number",
            number=number,
            kind=read_text(row, "kind"),
            stops=stops,
            name=read_text(row, "name"),
            traffic=read_text(row, "traffic") or "passenger",
            times=times,
            via=_split(read_text(row, "via")),
            days=read_text(row, "days"),
            from_date=days[0],
            to_date=days[1],
            documents=_split(read_text(row, "document")),
            operator=read_text(row, "operator"),
            more_stops=_parse_count(read_text(row, "more_stops")),
        )
    except InputError as error:
        problems += [replace(problem, where=row.where) for problem in error.problems]
        return None
    return train if len(problems) == before else None


def _parse_count(text: str) -> int | Literal["some"] | None:
    """Return a cell of ``more_stops``; the train refuses what is no count."""
    return int(text) if text.isdecimal() else cast("Literal['some']", text) if text else None


def _parse_times(row: Row, stops: Sequence[str], problems: list[Problem]) -> tuple[StopTime, ...]:
    """Return a time for each stop; none at all where the row has none."""
    given = read_text(row, "times")
    cells = [cell.strip() for cell in given.split(";")] if given else [""] * len(stops)
    if len(cells) != len(stops):
        what = f"{len(cells)} times where there are {len(stops)} stops"
        remedy = "leave a time empty that is not known, and keep its ';'"
        problems.append(Problem(what=what, where=row.where, remedy=remedy))
        return ()
    if cells:
        cells[0] = cells[0] or read_text(row, "departs")
        cells[-1] = cells[-1] or read_text(row, "arrives")
    if not any(cells):
        return ()
    times: list[StopTime] = []
    before, minute = len(problems), 0
    for position, cell in enumerate(cells):
        try:
            time = _parse_time(cell, minute, first=position == 0, last=position == len(cells) - 1)
        except ValueError as error:
            problems.append(Problem(what=f"times: {error}", where=row.where))
            continue
        minute = max(minute, time.arrival or 0, time.departure or 0)
        times.append(time)
    return tuple(times) if len(problems) == before else ()


def _parse_time(cell: str, after: int, *, first: bool, last: bool) -> StopTime:
    if not cell:
        return StopTime()
    if "/" in cell:
        came, _, left = cell.partition("/")
        arrival = read_clock(came, after) if came.strip() else None
        departure = read_clock(left, arrival or after) if left.strip() else None
        return StopTime(arrival=arrival, departure=departure)
    minute = read_clock(cell, after)
    return StopTime(arrival=None if first else minute, departure=None if last else minute)


def _parse_date(row: Row, column: str, problems: list[Problem]) -> date | None:
    text = read_text(row, column)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        what = f"{column} (={text!r}) is no date"
        problems.append(Problem(what=what, where=row.where, remedy="write for example 2026-02-15"))
        return None


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _row(train: Train) -> dict[str, str]:
    return {
        "id": train.id,
        "number": train.number,
        "name": train.name,
        "kind": train.kind,
        "traffic": train.traffic,
        "stops": ";".join(train.stops),
        "times": ";".join(_times(train.times)),
        "via": ";".join(train.via),
        "days": train.days,
        "from_date": "" if train.from_date is None else train.from_date.isoformat(),
        "to_date": "" if train.to_date is None else train.to_date.isoformat(),
        "document": ";".join(train.documents),
        "operator": train.operator,
        "more_stops": "" if train.more_stops is None else str(train.more_stops),
    }


def _times(times: Iterable[StopTime]) -> list[str]:
    """Return the times of a train as cells that `read_trains` reads back."""
    cells = []
    last = 0
    for time in times:
        parts = []
        for minute in (time.arrival, time.departure):
            parts.append("" if minute is None else _clock(minute, last))
            last = last if minute is None else minute
        cells.append("/".join(parts) if any(parts) else "")
    return cells


def _clock(minute: int, after: int) -> str:
    """Return a clock time, marked where it is more than a day after another minute."""
    text = f"{minute // 60 % 24:02d}:{minute % 60:02d}"
    later = (minute - read_clock(text, after)) // DAY_MINUTES
    return f"{text}+{later}" if later else text
