"""The courses of links as GeoJSON, each mistake at its feature."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from netmodel.errors import InputError, Problem, did_you_mean, nearest_names

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
