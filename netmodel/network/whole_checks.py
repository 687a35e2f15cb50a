"""Whether the parts of a network fit together: ids, ends, courses."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from netmodel.errors import Problem, did_you_mean, nearest_names
from netmodel.network.field_checks import shown

if TYPE_CHECKING:
    from netmodel.network.railway import Hub, Link, Network


def find_mistakes(network: Network) -> Iterator[Problem]:
    """Find duplicate ids, references to nothing, and bad courses."""
    hub_ids = {hub.id for hub in network.hubs}
    yield from _find_twice(network.hubs, hub_ids, "hub")
    link_ids = {link.id for link in network.links}
    yield from _find_twice(network.links, link_ids, "link")
    for link in network.links:
        for end in (link.from_hub, link.to_hub):
            if end not in hub_ids:
                remedy = did_you_mean(nearest_names(end, hub_ids))
                yield Problem(what=f"link {link.id!r}: unknown hub {end!r}", where="links",
                              remedy=remedy)  # fmt: skip
    for station in network.stations:
        if station.link not in link_ids:
            remedy = did_you_mean(nearest_names(station.link, link_ids))
            what = f"station {station.name!r} lies on unknown link {station.link!r}"
            yield Problem(what=what, where="stations", remedy=remedy)
    yield from _find_bad_courses(network.geometry, link_ids)


def find_course_mistakes(course: Sequence[Sequence[float]]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a course, and what to do: it needs two points on Earth.

    Examples
    --------
    >>> list(find_course_mistakes([(30.0, 50.0), (31.0, 50.0)]))
    []
    """
    if len(course) < 2:
        yield f"a course needs at least 2 points, this has {len(course)}", ""
    if not len(course):
        return
    points = np.asarray(course, dtype=np.float64)
    if points.shape[1:] != (2,):
        yield "a course is made of points of lon and lat", ""
        return
    with np.errstate(invalid="ignore"):
        off = ~((np.abs(points[:, 0]) <= 180) & (np.abs(points[:, 1]) <= 90))
    if off.any():
        lon, lat = points[int(np.argmax(off))].tolist()
        what = f"the point lon, lat (={lon:g}, {lat:g}) is not on Earth"
        yield what, "give degrees, EPSG:4326, longitude first"


def _find_twice(
    members: Sequence[Hub] | Sequence[Link], ids: Collection[str], noun: str
) -> Iterator[Problem]:
    if len(ids) == len(members):
        return
    seen: set[str] = set()
    for each in members:
        if each.id in seen:
            yield Problem(what=f"{noun} id {each.id!r} is used twice", where=f"{noun}s")
        seen.add(each.id)


def _find_bad_courses(geometry: object, links: Collection[str]) -> Iterator[Problem]:
    if not isinstance(geometry, Mapping):
        what = f"{shown(geometry)} is not a mapping of link ids to courses"
        yield Problem(what=what, where="geometry")
        return
    for link_id, course in geometry.items():
        if link_id not in links:
            remedy = did_you_mean(nearest_names(str(link_id), links))
            what = f"a course is given for unknown link {shown(link_id)}"
            yield Problem(what=what, where="geometry", remedy=remedy)
        try:
            found = list(find_course_mistakes(course))
        except (TypeError, ValueError):
            found = [(f"{shown(course)} is not a course of points of lon and lat", "")]
        for what, remedy in found:
            yield Problem(what=f"link {link_id!r}: {what}", where="geometry", remedy=remedy)
