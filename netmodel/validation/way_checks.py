"""Ways of trains, compared with timetables that were kept apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from netmodel.network.railway import Network
from netmodel.trains.course import Course, Courses, find_courses
from netmodel.trains.inherited import inherit_ways
from netmodel.trains.speeds import half_of
from netmodel.trains.train import Timetable, Train

SUBURBAN = "suburban"
LONG_KM = 160.0
"""A line as long has more than one plausible way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WayCheck:
    """A line whose way documents state, and the ways found of its two ends alone.

    Parameters
    ----------
    pair
        Its ends.
    passes
        The places that its train is stated to pass, stops included.
    inherited, least
        Whether the way that other lines tell, and the least minutes, pass all of them in order.
    """

    pair: tuple[str, str]
    passes: tuple[str, ...]
    inherited: bool
    least: bool


def check_ways(
    network: Network, timetable: Timetable, *, published: Mapping[str, date] | None = None
) -> tuple[WayCheck, ...]:
    """Find the ways of lines of the checking half from other lines, by their two ends alone.

    A line is a pair of ends of trains that are no suburban trains, at least `LONG_KM` apart by its
    stated way; of several trains the one that states most places counts. No train of any line of
    the checking half gives a way.

    Parameters
    ----------
    published
        Date of each document by its id.

    Examples
    --------
    >>> check_ways(Network(hubs=(), links=()), Timetable(trains=()))
    ()
    """
    courses = find_courses(timetable, network)
    best: dict[frozenset[str], Course] = {}
    for course in courses.courses.values():
        train = course.train
        ends = frozenset(courses.hub_of[stop] for stop in train.pair)
        if train.kind == SUBURBAN or half_of(train) != "check" or len(ends) < 2:
            continue
        if len(_inner(train)) == 0 or _length(course, network) < LONG_KM:
            continue
        known = best.get(ends)
        if known is None or len(_inner(known.train)) < len(_inner(train)):
            best[ends] = course
    bare = Timetable(
        trains=tuple(
            replace(each.train, stops=each.train.pair, via=(), times=(), way=None)
            for each in best.values()
        )
    )
    others = tuple(each for each in timetable.trains if half_of(each) != "check")
    told = inherit_ways(bare, network, sources=Timetable(trains=others), published=published)
    inherited, least = find_courses(told, network), find_courses(bare, network)
    return tuple(
        WayCheck(
            pair=course.train.pair,
            passes=(course.train.stops[0], *_inner(course.train), course.train.stops[-1]),
            inherited=_passes(inherited, course, courses),
            least=_passes(least, course, courses),
        )
        for course in best.values()
    )


def _inner(train: Train) -> tuple[str, ...]:
    """Return the places between the ends, in no certain order of stops against places passed."""
    return (*train.stops[1:-1], *train.via)


def _length(course: Course, network: Network) -> float:
    return sum(network.link(link).length_km for link in course.links)


def _passes(found: Courses, stated: Course, places: Courses) -> bool:
    """Whether a way passes the stops of a train in order, and the places that it passes."""
    course = found.courses.get(stated.train.id)
    if course is None:
        return False
    index = {hub: number for number, hub in enumerate(course.hubs)}
    whole = {part: link for link, parts in places.promotion.parts.items() for part in parts}

    def position(place: str) -> float:
        hub = places.hub_of[place]
        if hub in index:
            return index[hub]
        if "@" not in hub:
            return np.nan
        inner = places.promotion.network
        links = {whole.get(link, link) for link in inner.links_at_hub[hub]}
        return 0.5 if links & set(course.links) else np.nan

    stops = [position(place) for place in stated.train.stops if "@" not in places.hub_of[place]]
    rest = [position(place) for place in (*stated.train.stops, *stated.train.via)]
    return bool(np.all(np.diff(stops) > 0)) and not bool(np.any(np.isnan(rest)))
