"""The courses of links: read and written as GeoJSON, and the place at a kilometre of one."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from netmodel.errors import InputError, Problem, did_you_mean, nearest_names
from netmodel.network.railway import Network
from netmodel.network.whole_checks import find_course_mistakes

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
        With every feature that is not a line on Earth for one of the links.
    """
    if not path.exists():
        return {}
    try:
        features = json.loads(path.read_text(encoding="utf-8-sig"))["features"]
        numbered = list(enumerate(features, start=1))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        what = f"not a GeoJSON FeatureCollection ({error})"
        raise InputError([Problem(what=what, where=path.name)]) from None
    known = set(links)
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
