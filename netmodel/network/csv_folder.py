"""A network as a folder of CSV files, with the courses of its links as GeoJSON."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from netmodel.errors import InputError, Problem, Suggestions, did_you_mean
from netmodel.files.csv import RowTable, read_rows
from netmodel.files.text import read_file
from netmodel.files.whole import Note, complete_folder
from netmodel.network.about import ABOUT_COLUMNS, parse_about
from netmodel.network.account import Account, account_texts
from netmodel.network.aliases import ALIAS_COLUMNS, parse_aliases
from netmodel.network.field_checks import find_course_mistakes
from netmodel.network.railway import Network
from netmodel.network.rows import ABOUT, ALIASES, TABLES, network_rows, parse_rows

Course = tuple[tuple[float, float], ...]


def read_csv_folder(folder: Path, *, name: str = "") -> Network:
    """Read a network from a folder; see `netmodel.network.read_network`.

    Raises
    ------
    InputError
        With every problem of all files, each at ``file:line``.
    """
    if not folder.is_dir():
        raise InputError([Problem(what="no such network folder", where=str(folder))])
    problems: list[Problem] = []
    hub_rows, link_rows, station_rows = (
        read_rows(folder / file, problems, known=known)
        if file != "stations.csv" or (folder / file).exists()
        else RowTable(file)
        for file, known in TABLES.items()
    )
    if problems and not (hub_rows and link_rows):
        raise InputError(problems)
    hubs, links, stations = parse_rows(hub_rows, link_rows, station_rows, problems)
    words = folder / ALIASES
    word_rows = read_rows(words, problems, known=ALIAS_COLUMNS) if words.exists() else RowTable()
    aliases = parse_aliases(word_rows, hub_rows, link_rows, station_rows, problems)
    told = folder / ABOUT
    told_rows = read_rows(told, problems, known=ABOUT_COLUMNS) if told.exists() else RowTable()
    about = parse_about(told_rows, problems)
    try:
        courses = folder / "geometry.geojson"
        geometry = read_courses(courses, link_rows.texts("id"))
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)
    return Network(
        hubs=hubs,
        links=links,
        stations=stations,
        geometry=geometry,
        name=name or folder.resolve().name,
        aliases=aliases,
        about=about,
    )


def write_csv_folder(
    network: Network,
    folder: Path,
    *,
    account: Account | None = None,
    force: bool = False,
    note: Note | None = None,
) -> None:
    """Write a network as a folder, the same bytes for the same network.

    A network that netmodel wrote there before is replaced as a whole, unless it was changed.

    Parameters
    ----------
    account
        Of an import, to be written into the same folder.
    force, note
        Whether to move what may not be replaced to ``NAME.old``, and a function that is given
        the sentence about it; see
        `netmodel.files.whole.complete_folder`.

    Raises
    ------
    InputError
        If the folder holds anything that netmodel did not write, such as a network made by
        hand, or is that of a run.
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
        With every feature that is not a line on Earth for one of the links.
    """
    if not path.exists():
        return {}
    text = read_file(path)
    try:
        numbered = list(enumerate(json.loads(text)["features"], start=1))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        what = f"not a GeoJSON FeatureCollection ({error})"
        raise InputError([Problem(what=what, where=path.name)]) from None
    known = dict.fromkeys(links)
    near = Suggestions(known)
    problems: list[Problem] = []
    courses: dict[str, Course] = {}
    for number, feature in numbered:
        try:
            link, points = _read_feature(feature)
        except (ValueError, KeyError, TypeError, IndexError, OverflowError) as error:
            what = f"not a LineString with an id ({error!r})"
            problems.append(Problem(what=what, where=f"{path.name}: feature {number}"))
            continue
        where = f"{path.name}: feature {number} ({link!r})"
        found = [*_find_mistakes(link, points, known, near, where)]
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


def _find_mistakes(
    link: str, points: Course, known: Collection[str], near: Suggestions, where: str
) -> Iterator[Problem]:
    if link not in known:
        remedy = did_you_mean(near.near(link))
        yield Problem(what=f"unknown link {link!r}", where=where, remedy=remedy)
    for what, remedy in find_course_mistakes(points):
        yield Problem(what=what, where=where, remedy=remedy)


def place_on_link(network: Network, link_id: str, km: float) -> tuple[float, float]:
    """Return the longitude and latitude of a place on a link, by its share of the course.

    Examples
    --------
    >>> from netmodel.network import Hub, Link
    >>> hubs = (Hub(id="a", name="A", lon=0, lat=0), Hub(id="b", name="B", lon=1, lat=0))
    >>> network = Network(hubs=hubs, links=(Link(id="l", from_hub="a", to_hub="b", length_km=120),))
    >>> place_on_link(network, "l", 30)
    (0.25, 0.0)
    """
    course = network.line(link_id)
    squeeze = math.cos(math.radians(course[0][1]))
    steps = [math.hypot((b[0] - a[0]) * squeeze, b[1] - a[1]) for a, b in pairwise(course)]
    left = sum(steps) * min(max(km / network.link(link_id).length_km, 0.0), 1.0)
    for start, end, step in zip(course, course[1:], steps, strict=False):
        if left <= step and step > 0:
            share = left / step
            return (
                start[0] + share * (end[0] - start[0]),
                start[1] + share * (end[1] - start[1]),
            )
        left -= step
    return course[-1]
