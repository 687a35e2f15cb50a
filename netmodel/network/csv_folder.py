"""A network to and from a folder of CSV files."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from netmodel.errors import InputError, Problem, did_you_mean, nearest_names
from netmodel.files.csv import Row, read_number, read_rows, read_text, read_whole
from netmodel.files.exchange import Note
from netmodel.files.whole import complete_folder
from netmodel.network.account import Account, account_texts
from netmodel.network.railway import (
    DIRECTIONS,
    LENGTH_BASES,
    LINE_CLASSES,
    SIDES,
    Hub,
    Link,
    Network,
    Station,
)
from netmodel.network.rows import HUB_COLUMNS, LINK_COLUMNS, STATION_COLUMNS, network_rows

Course = tuple[tuple[float, float], ...]


def read_courses(path: Path, links: Iterable[str]) -> dict[str, Course]:
    """Read the course of each link that has one.

    Parameters
    ----------
    path
        A FeatureCollection of LineStrings with the property ``id``; no file means no courses.
    links
        Ids of the links that there are.

    Raises
    ------
    InputError
        With every feature that is no line on Earth of one of the links.
    """
    if not path.exists():
        return {}
    try:
        features = json.loads(path.read_text(encoding="utf-8-sig"))["features"]
        numbered = list(enumerate(features, start=1))
    except (ValueError, KeyError, TypeError) as error:
        what = f"no GeoJSON FeatureCollection ({error})"
        raise InputError([Problem(what=what, where=path.name)]) from None
    known = set(links)
    problems: list[Problem] = []
    courses: dict[str, Course] = {}
    for number, feature in numbered:
        try:
            link, points = _read_feature(feature)
        except (ValueError, KeyError, TypeError, IndexError, OverflowError) as error:
            what = f"no LineString with an id ({error!r})"
            problems.append(Problem(what=what, where=f"{path.name}: feature {number}"))
            continue
        where = f"{path.name}: feature {number} ({link!r})"
        found = [*_find_mistakes(link, points, known, where)]
        if link in courses:
            found.append(Problem(what="a second course of this link", where=where))
        problems += found
        courses[link] = points
    if problems:
        raise InputError(problems)
    return courses


def write_courses(courses: Mapping[str, Course], path: Path) -> None:
    """Write courses, the same bytes for the same ones."""
    features = [
        {
            "type": "Feature",
            "properties": {"id": link_id},
            "geometry": {"type": "LineString", "coordinates": [list(xy) for xy in line]},
        }
        for link_id, line in courses.items()
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def _read_feature(feature: Any) -> tuple[str, Course]:
    shape = feature["geometry"]
    if shape["type"] != "LineString":
        raise ValueError(f"{shape['type']} where a LineString is needed")
    points = tuple((float(xy[0]), float(xy[1])) for xy in shape["coordinates"])
    return str(feature["properties"]["id"]), points


def _find_mistakes(link: str, points: Course, known: set[str], where: str) -> Iterator[Problem]:
    if link not in known:
        remedy = did_you_mean(nearest_names(link, known))
        yield Problem(what=f"unknown link {link!r}", where=where, remedy=remedy)
    if len(points) < 2:
        what = f"a course needs two points at least, this has {len(points)}"
        yield Problem(what=what, where=where)
    for lon, lat in points:
        if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
            what = f"the point lon, lat (={lon:g}, {lat:g}) is not on Earth"
            remedy = "give degrees, EPSG:4326, longitude first"
            yield Problem(what=what, where=where, remedy=remedy)
            return


OFF_END_KM = 0.5
"""How far beyond an end of its link a station may lie, for lengths that are rounded, km."""
_KNOWN = {"hubs.csv": HUB_COLUMNS, "links.csv": LINK_COLUMNS, "stations.csv": STATION_COLUMNS}
_TRUTH = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def read_network(folder: Path | str, *, name: str = "") -> Network:
    r"""Read a network from a folder of ``hubs.csv``, ``links.csv`` and optional files.

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

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "hubs.csv").write_text("id,name,lon,lat\na,A,33,45\nb,B,34,45\n")
    >>> _ = (folder / "links.csv").write_text("id,from,to,length_km\na--b,a,b,80\n")
    >>> read_network(folder, name="ab")
    <Network 'ab': 2 hubs, 1 link, 0 stations, 80 km>
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError([Problem(what="no such network folder", where=str(folder))])
    problems: list[Problem] = []
    hub_rows = read_rows(folder / "hubs.csv", problems)
    link_rows = read_rows(folder / "links.csv", problems)
    stations_file = folder / "stations.csv"
    station_rows = read_rows(stations_file, problems) if stations_file.exists() else []
    if problems and not (hub_rows and link_rows):
        raise InputError(problems)
    hubs = [_parse_hub(row, problems) for row in hub_rows]
    links = [_parse_link(row, problems) for row in link_rows]
    stations = [_parse_station(row, problems) for row in station_rows]
    problems += _cross_check(hub_rows, link_rows, station_rows)
    geometry: dict[str, Course] = {}
    try:
        courses = folder / "geometry.geojson"
        geometry = read_courses(courses, [read_text(row, "id") for row in link_rows])
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
        [Row(file, number, cells) for number, cells in enumerate(tables.get(file, ()), start=1)]
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


def write_network(
    network: Network,
    folder: Path | str,
    *,
    account: Account | None = None,
    force: bool = False,
    note: Note | None = None,
) -> None:
    """Write a network as a folder of CSV files, the same bytes for the same network.

    A network that netmodel wrote there before is replaced as a whole, unless it was changed.

    Parameters
    ----------
    account
        Of an import, to be written beside the network.
    force, note
        Whether to move what may not be replaced to ``NAME.old``, and what is told of it; see
        `netmodel.files.whole.complete_folder`.

    Raises
    ------
    InputError
        If the folder holds anything that netmodel did not write, such as a network made by
        hand, or is that of a run.

    Examples
    --------
    >>> import tempfile
    >>> from netmodel.network.formats import built_in_network
    >>> folder = tempfile.mkdtemp()
    >>> write_network(built_in_network(), folder)
    >>> sorted(path.name for path in Path(folder).glob("*.csv"))
    ['hubs.csv', 'links.csv', 'stations.csv']
    """
    tables = network_rows(network)
    with complete_folder(folder, holds="network", force=force, note=note) as partial:
        for file_name, (columns, rows) in tables.items():
            with (partial / file_name).open("w", encoding="utf-8", newline="") as stream:
                writer = csv.writer(stream, lineterminator="\n")
                writer.writerow(columns)
                writer.writerows([row.get(column, "") for column in columns] for row in rows)
        if network.geometry:
            write_courses(network.geometry, partial / "geometry.geojson")
        for name, text in account_texts(account).items() if account else ():
            (partial / name).write_text(text, encoding="utf-8", newline="")


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _extra(row: Row) -> dict[str, str]:
    known = _KNOWN[row.file]
    return {key: value for key, value in row.cells.items() if key not in known}


def _parse_hub(row: Row, problems: list[Problem]) -> Hub | None:
    before = len(problems)
    lon = read_number(row, "lon", problems, required=True)
    lat = read_number(row, "lat", problems, required=True)
    population = read_whole(row, "population", problems)
    if lon is not None and lat is not None and not (abs(lon) <= 180 and abs(lat) <= 90):
        remedy = "give degrees, EPSG:4326, longitude first"
        what = f"lon, lat (={lon}, {lat}) is not on Earth"
        problems.append(Problem(what=what, where=row.where, remedy=remedy))
    problems += [
        Problem(what=f"{column} is empty", where=row.where)
        for column in ("id", "name")
        if not read_text(row, column)
    ]
    if len(problems) > before or lon is None or lat is None:
        return None
    return Hub(
        id=read_text(row, "id"),
        name=read_text(row, "name"),
        lon=lon,
        lat=lat,
        country=read_text(row, "country"),
        region=read_text(row, "region"),
        kind=read_text(row, "kind"),
        population=population,
        aliases=_split(read_text(row, "aliases")),
        source=read_text(row, "source"),
        extra=_extra(row),
    )


def _parse_link(row: Row, problems: list[Problem]) -> Link | None:
    before = len(problems)
    length = read_number(row, "length_km", problems, required=True)
    minutes = read_number(row, "minutes", problems, required=False)
    capacity = read_number(row, "capacity_trains_per_day", problems, required=False)
    tracks = read_whole(row, "tracks", problems)
    gauge = read_whole(row, "gauge_mm", problems)
    for column, value in (("length_km", length), ("minutes", minutes), ("gauge_mm", gauge)):
        if value is not None and value <= 0:
            problems.append(Problem(what=f"{column} (={value:g}) must be > 0", where=row.where))
    if capacity is not None and capacity < 0:
        what = f"capacity_trains_per_day (={capacity:g}) must not be negative"
        problems.append(Problem(what=what, where=row.where))
    problems += _unknown_values(row)
    electrified = read_text(row, "electrified").casefold()
    if electrified and electrified not in _TRUTH:
        what = f"electrified (={electrified!r}) is neither yes nor no"
        problems.append(Problem(what=what, where=row.where))
    if len(problems) > before or length is None:
        return None
    return Link(
        id=read_text(row, "id"),
        from_hub=read_text(row, "from"),
        to_hub=read_text(row, "to"),
        length_km=length,
        minutes=minutes,
        line_class=read_text(row, "line_class") or "main",
        tracks=tracks,
        electrified=_TRUTH.get(electrified),
        gauge_mm=gauge,
        capacity_trains_per_day=capacity,
        direction=read_text(row, "direction") or "both",
        length_basis=read_text(row, "length_basis"),
        source=read_text(row, "source"),
        from_side=read_text(row, "from_side"),
        to_side=read_text(row, "to_side"),
        extra=_extra(row),
    )


def _unknown_values(row: Row) -> Iterator[Problem]:
    """Find cells of a link that hold none of the words that their column knows."""
    for column, known in (
        ("line_class", LINE_CLASSES), ("direction", DIRECTIONS), ("length_basis", LENGTH_BASES),
        ("from_side", SIDES), ("to_side", SIDES),
    ):  # fmt: skip
        text = read_text(row, column)
        if text and text not in known:
            choices = [each for each in known if each]
            near = did_you_mean(nearest_names(text, choices))
            what = f"{column} {text!r} is not known"
            yield Problem(what=what, where=row.where, remedy=near or f"one of {', '.join(choices)}")


def _parse_station(row: Row, problems: list[Problem]) -> Station | None:
    km = read_number(row, "km", problems, required=True)
    if km is None:
        return None
    return Station(
        name=read_text(row, "name"),
        link=read_text(row, "link"),
        km=km,
        aliases=_split(read_text(row, "aliases")),
    )


def _cross_check(
    hub_rows: Sequence[Row], link_rows: Sequence[Row], station_rows: Sequence[Row]
) -> Iterator[Problem]:
    """Find duplicate ids and references to nothing, at their lines."""
    hub_lines: dict[str, int] = {}
    link_lines: dict[str, int] = {}
    for rows, lines, noun in ((hub_rows, hub_lines, "hub"), (link_rows, link_lines, "link")):
        for row in rows:
            row_id = read_text(row, "id")
            if row_id in lines:
                remedy = f"first at line {lines[row_id]}; ids are unique"
                what = f"{noun} id {row_id!r} is used twice"
                yield Problem(what=what, where=row.where, remedy=remedy)
            lines.setdefault(row_id, row.line)
    for row in link_rows:
        ends = (read_text(row, "from"), read_text(row, "to"))
        for end in ends:
            if end not in hub_lines:
                remedy = did_you_mean(nearest_names(end, hub_lines))
                yield Problem(what=f"unknown hub {end!r}", where=row.where, remedy=remedy)
        if ends[0] == ends[1]:
            yield Problem(what=f"link joins hub {ends[0]!r} to itself", where=row.where)
    yield from _check_stations(station_rows, link_rows, link_lines)


def _check_stations(
    station_rows: Sequence[Row], link_rows: Sequence[Row], link_lines: Mapping[str, int]
) -> Iterator[Problem]:
    lengths = {read_text(row, "id"): read_text(row, "length_km") for row in link_rows}
    for row in station_rows:
        link = read_text(row, "link")
        if link not in link_lines:
            remedy = did_you_mean(nearest_names(link, link_lines))
            yield Problem(what=f"unknown link {link!r}", where=row.where, remedy=remedy)
        elif _lies_off(read_text(row, "km"), lengths[link]):
            what = f"km (={read_text(row, 'km')}) is not within its link of {lengths[link]} km"
            yield Problem(what=what, where=row.where, remedy="count from its from hub")


def _lies_off(km: str, length: str) -> bool:
    try:
        return not -OFF_END_KM <= float(km) <= float(length) + OFF_END_KM
    except ValueError:
        return False
