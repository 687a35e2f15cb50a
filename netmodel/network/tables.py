"""A network as a folder of CSV files, read with line numbers, written in a fixed order."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from netmodel.errors import InputError, Problem, did_you_mean, nearest_names
from netmodel.network.courses import Course, read_courses, write_courses
from netmodel.network.model import Hub, Link, Network, Station
from netmodel.network.rows import HUB_COLUMNS, LINK_COLUMNS, STATION_COLUMNS, network_rows

_REQUIRED = {
    "hubs.csv": ("id", "name", "lon", "lat"),
    "links.csv": ("id", "from", "to", "length_km"),
    "stations.csv": ("name", "link", "km"),
}
OFF_END_KM = 0.5
"""How far beyond an end of its link a station may lie, for lengths that are rounded, km."""
_KNOWN = {"hubs.csv": HUB_COLUMNS, "links.csv": LINK_COLUMNS, "stations.csv": STATION_COLUMNS}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_TRUTH = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def read_network(folder: Path | str, *, name: str = "") -> Network:
    """Read a network from a folder of ``hubs.csv``, ``links.csv`` and optional files.

    Parameters
    ----------
    folder
        Holds ``hubs.csv`` and ``links.csv``; ``stations.csv`` and ``geometry.geojson`` if wanted.

    Returns
    -------
    Network
        Rows in the order of the files.

    Raises
    ------
    InputError
        With every problem of all files, each at ``file:line``.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError([Problem(what="no such network folder", where=str(folder))])
    problems: list[Problem] = []
    hub_rows = _read_rows(folder / "hubs.csv", problems)
    link_rows = _read_rows(folder / "links.csv", problems)
    stations_file = folder / "stations.csv"
    station_rows = _read_rows(stations_file, problems) if stations_file.exists() else []
    if problems and not (hub_rows and link_rows):
        raise InputError(problems)
    hubs = [_parse_hub(row, problems) for row in hub_rows]
    links = [_parse_link(row, problems) for row in link_rows]
    stations = [_parse_station(row, problems) for row in station_rows]
    problems += _cross_check(hub_rows, link_rows, station_rows)
    geometry: dict[str, Course] = {}
    try:
        courses = folder / "geometry.geojson"
        geometry = read_courses(courses, [_text(row, "id") for row in link_rows])
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)
    return Network(
        hubs=tuple(hub for hub in hubs if hub),
        links=tuple(link for link in links if link),
        stations=tuple(station for station in stations if station),
        geometry=geometry,
        name=name or folder.name,
    )


def parse_network(
    tables: Mapping[str, Sequence[Mapping[str, str]]],
    geometry: Mapping[str, tuple[tuple[float, float], ...]],
    *,
    name: str,
    source: str,
) -> Network:
    """Return the network of rows of text that another format holds; see `read_network`.

    Parameters
    ----------
    tables
        Rows by the name of their CSV file.
    source
        Named in problems as the place where they are.

    Raises
    ------
    InputError
        With every problem of all rows.
    """
    problems: list[Problem] = []
    hub_rows, link_rows, station_rows = (
        [_Row(file, number, cells) for number, cells in enumerate(tables.get(file, ()), start=1)]
        for file in ("hubs.csv", "links.csv", "stations.csv")
    )
    hubs = [_parse_hub(row, problems) for row in hub_rows]
    links = [_parse_link(row, problems) for row in link_rows]
    stations = [_parse_station(row, problems) for row in station_rows]
    problems += _cross_check(hub_rows, link_rows, station_rows)
    if problems:
        raise InputError(
            replace(each, where=f"{source}: {each.where.replace('.csv:', ' row ')}")
            for each in problems
        )
    return Network(
        hubs=tuple(hub for hub in hubs if hub),
        links=tuple(link for link in links if link),
        stations=tuple(station for station in stations if station),
        geometry=geometry,
        name=name,
    )


def write_network(network: Network, folder: Path | str) -> None:
    """Write a network as a folder of CSV files, the same bytes for the same network."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for file_name, (columns, rows) in network_rows(network).items():
        with (folder / file_name).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows([row.get(column, "") for column in columns] for row in rows)
    if network.geometry:
        write_courses(network.geometry, folder / "geometry.geojson")


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a CSV file with its file and line."""

    file: str
    line: int
    cells: Mapping[str, str]

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}"


def _read_rows(path: Path, problems: list[Problem]) -> list[_Row]:
    if not path.exists():
        remedy = f"a network folder needs it, with columns {', '.join(_REQUIRED[path.name])}"
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
        problems.append(Problem(what=f"no CSV ({error})", where=where, remedy="mind the quotes"))
        return []
    if not header:
        problems.append(Problem(what="the file is empty", where=path.name))
        return []
    for column in _REQUIRED[path.name]:
        if column not in header:
            remedy = did_you_mean(nearest_names(column, header))
            what = f"column {column!r} is missing"
            problems.append(Problem(what=what, where=f"{path.name}:1", remedy=remedy))
    for column in {each for each in header if header.count(each) > 1}:
        what = f"column {column!r} is written twice"
        problems.append(Problem(what=what, where=f"{path.name}:1"))
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
        row = _Row(path.name, line, dict(zip(header, cells, strict=True)))
        problems += [
            Problem(
                what=f"{column} (={row.cells[column]!r}) holds a control character",
                where=row.where,
                remedy="type it anew",
            )
            for column in ("id", "name")
            if _CONTROL.search(row.cells.get(column, ""))
        ]
        rows.append(row)
    return rows


def _text(row: _Row, column: str) -> str:
    return row.cells.get(column, "").strip()


def _number(row: _Row, column: str, problems: list[Problem], *, required: bool) -> float | None:
    text = _text(row, column)
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
        problems.append(Problem(what=what, where=row.where))
        return None
    return value


def _whole(row: _Row, column: str, problems: list[Problem]) -> int | None:
    value = _number(row, column, problems, required=False)
    if value is not None and (value != int(value) or value < 0):
        what = f"{column} (={_text(row, column)!r}) must be a whole number, not negative"
        problems.append(Problem(what=what, where=row.where))
        return None
    return None if value is None else int(value)


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _extra(row: _Row) -> dict[str, str]:
    known = _KNOWN[row.file]
    return {key: value for key, value in row.cells.items() if key not in known}


def _parse_hub(row: _Row, problems: list[Problem]) -> Hub | None:
    before = len(problems)
    lon = _number(row, "lon", problems, required=True)
    lat = _number(row, "lat", problems, required=True)
    population = _whole(row, "population", problems)
    if lon is not None and lat is not None and not (abs(lon) <= 180 and abs(lat) <= 90):
        remedy = "give degrees, EPSG:4326, longitude first"
        what = f"lon, lat (={lon}, {lat}) is not on Earth"
        problems.append(Problem(what=what, where=row.where, remedy=remedy))
    problems += [
        Problem(what=f"{column} is empty", where=row.where)
        for column in ("id", "name")
        if not _text(row, column)
    ]
    if len(problems) > before or lon is None or lat is None:
        return None
    return Hub(
        id=_text(row, "id"),
        name=_text(row, "name"),
        lon=lon,
        lat=lat,
        country=_text(row, "country"),
        region=_text(row, "region"),
        kind=_text(row, "kind"),
        population=population,
        aliases=_split(_text(row, "aliases")),
        source=_text(row, "source"),
        extra=_extra(row),
    )


def _parse_link(row: _Row, problems: list[Problem]) -> Link | None:
    before = len(problems)
    length = _number(row, "length_km", problems, required=True)
    minutes = _number(row, "minutes", problems, required=False)
    capacity = _number(row, "capacity_trains_per_day", problems, required=False)
    tracks = _whole(row, "tracks", problems)
    gauge = _whole(row, "gauge_mm", problems)
    for column, value in (("length_km", length), ("minutes", minutes), ("gauge_mm", gauge)):
        if value is not None and value <= 0:
            problems.append(Problem(what=f"{column} (={value:g}) must be > 0", where=row.where))
    if capacity is not None and capacity < 0:
        what = f"capacity_trains_per_day (={capacity:g}) must not be negative"
        problems.append(Problem(what=what, where=row.where))
    electrified = _text(row, "electrified").casefold()
    if electrified and electrified not in _TRUTH:
        what = f"electrified (={electrified!r}) is neither yes nor no"
        problems.append(Problem(what=what, where=row.where))
    if len(problems) > before or length is None:
        return None
    return Link(
        id=_text(row, "id"),
        from_hub=_text(row, "from"),
        to_hub=_text(row, "to"),
        length_km=length,
        minutes=minutes,
        line_class=_text(row, "line_class") or "main",
        tracks=tracks,
        electrified=_TRUTH.get(electrified),
        gauge_mm=gauge,
        capacity_trains_per_day=capacity,
        direction=_text(row, "direction") or "both",
        length_basis=_text(row, "length_basis"),
        source=_text(row, "source"),
        from_side=_text(row, "from_side"),
        to_side=_text(row, "to_side"),
        extra=_extra(row),
    )


def _parse_station(row: _Row, problems: list[Problem]) -> Station | None:
    km = _number(row, "km", problems, required=True)
    if km is None:
        return None
    return Station(
        name=_text(row, "name"),
        link=_text(row, "link"),
        km=km,
        aliases=_split(_text(row, "aliases")),
    )


def _cross_check(
    hub_rows: Sequence[_Row], link_rows: Sequence[_Row], station_rows: Sequence[_Row]
) -> Iterator[Problem]:
    """Find duplicate ids and references to nothing, at their lines."""
    hub_lines: dict[str, int] = {}
    link_lines: dict[str, int] = {}
    for rows, lines, noun in ((hub_rows, hub_lines, "hub"), (link_rows, link_lines, "link")):
        for row in rows:
            row_id = _text(row, "id")
            if row_id in lines:
                remedy = f"first at line {lines[row_id]}; ids are unique"
                what = f"{noun} id {row_id!r} is used twice"
                yield Problem(what=what, where=row.where, remedy=remedy)
            lines.setdefault(row_id, row.line)
    for row in link_rows:
        ends = (_text(row, "from"), _text(row, "to"))
        for end in ends:
            if end not in hub_lines:
                remedy = did_you_mean(nearest_names(end, hub_lines))
                yield Problem(what=f"unknown hub {end!r}", where=row.where, remedy=remedy)
        if ends[0] == ends[1]:
            yield Problem(what=f"link joins hub {ends[0]!r} to itself", where=row.where)
    yield from _check_stations(station_rows, link_rows, link_lines)


def _check_stations(
    station_rows: Sequence[_Row], link_rows: Sequence[_Row], link_lines: Mapping[str, int]
) -> Iterator[Problem]:
    lengths = {_text(row, "id"): _text(row, "length_km") for row in link_rows}
    for row in station_rows:
        link = _text(row, "link")
        if link not in link_lines:
            remedy = did_you_mean(nearest_names(link, link_lines))
            yield Problem(what=f"unknown link {link!r}", where=row.where, remedy=remedy)
        elif _lies_off(_text(row, "km"), lengths[link]):
            what = f"km (={_text(row, 'km')}) is not within its link of {lengths[link]} km"
            yield Problem(what=what, where=row.where, remedy="count from its from hub")


def _lies_off(km: str, length: str) -> bool:
    try:
        return not -OFF_END_KM <= float(km) <= float(length) + OFF_END_KM
    except ValueError:
        return False
