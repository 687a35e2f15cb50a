"""Lines: the courses of trains that run alike, with their points and sections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from netmodel.impact.fate_rules import FateRules, Point
from netmodel.network.railway import Network
from netmodel.routing.profiles import Profile
from netmodel.trains.course import Course, Courses

Numbers = NDArray[np.int64]
ROUNDED = 0.5
"""Minutes beyond those of the links that are no more than rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class TrainLine:
    """One course, shared by all trains of a kind with the same legs.

    Parameters
    ----------
    points
        Stops and towns, in order, and `hubs` their ids.
    sections
        Where the way from each point to the next begins and ends in `parts`.
    parts
        Positions of the links run over in the network in which every stop is a hub.
    legs
        Of each leg, from stop to stop, where it begins and ends in `sections`, and its minutes
        without outages.
    passed
        Ids of the hubs passed.
    """

    kind: str
    points: tuple[Point, ...]
    hubs: tuple[str, ...]
    sections: tuple[tuple[int, int], ...]
    parts: Numbers
    legs: tuple[tuple[int, int, float], ...]
    passed: frozenset[str]

    def turns(self, running: NDArray[np.float64]) -> list[float]:
        """Return the minutes of turns, those of a leg told at its last section.

        Parameters
        ----------
        running
            Minutes of each link with which the courses were found.
        """
        along = self.over_sections(running)
        turns = [0.0] * len(along)
        for start, end, minutes in self.legs:
            turn = minutes - sum(along[start:end])
            turns[end - 1] = turn if turn > ROUNDED else 0.0
        return turns

    def over_sections(self, values: NDArray[np.float64]) -> list[float]:
        """Return the sum of a value per link from each point to the next."""
        mine = values[self.parts]
        return [float(mine[start:end].sum()) for start, end in self.sections]


@dataclass(frozen=True, eq=False)
class Lines:
    """The lines of some courses, and which of them run over each link.

    Parameters
    ----------
    line_of
        Position of the line of each train by its id.
    divided
        Ids of the hubs that are stations on the links of the network as it was.
    """

    network: Network
    lines: tuple[TrainLine, ...]
    line_of: Mapping[str, int]
    divided: frozenset[str]

    @cached_property
    def _by_part(self) -> tuple[Numbers, Numbers]:
        """Where the lines over each link begin, and these lines."""
        lengths = [len(line.parts) for line in self.lines]
        owner = np.repeat(np.arange(len(self.lines)), lengths)
        parts = np.concatenate([line.parts for line in self.lines] or [np.zeros(0, np.int64)])
        order = np.argsort(parts, kind="stable")
        starts = np.searchsorted(parts[order], np.arange(len(self.network.links) + 1))
        return starts, owner[order]

    def over(self, parts: Iterable[int]) -> Numbers:
        """Return the positions of the lines that run over any of some links."""
        starts, owner = self._by_part
        found = [owner[starts[part] : starts[part + 1]] for part in parts]
        return np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)

    def of_profile(self, profiles: Mapping[str, Profile]) -> list[tuple[Profile, str, Numbers]]:
        """Return the lines of each profile and kind."""
        kinds: dict[str, list[int]] = {}
        for number, line in enumerate(self.lines):
            kinds.setdefault(line.kind, []).append(number)
        return [(profiles[kind], kind, np.array(mine)) for kind, mine in sorted(kinds.items())]


def lay_lines(courses: Courses, rules: FateRules) -> Lines:
    """Gather the lines of courses.

    Courses that share their legs, as `find_courses` makes them, are one line.
    """
    network = courses.promotion.network
    known: dict[tuple[str, int], int] = {}
    lines: list[TrainLine] = []
    line_of: dict[str, int] = {}
    towns = _towns(network, rules.turn_over_population)
    cities = _towns(network, rules.detour_passes_population)
    for train, course in courses.courses.items():
        key = (course.train.kind, id(course.legs))
        if key not in known:
            known[key] = len(lines)
            lines.append(_lay_line(course, network, towns, cities, courses.hub_of))
        line_of[train] = known[key]
    divided = frozenset(
        network.link(part).to_hub
        for parts in courses.promotion.parts.values()
        for part in parts[:-1]
    )
    return Lines(network, tuple(lines), line_of, divided)


def _towns(network: Network, population: int | None) -> Mapping[str, str]:
    """Return the names of the hubs in towns of at least so many inhabitants, by id."""
    if population is None:
        return {}
    return {hub.id: hub.name for hub in network.hubs if (hub.population or 0) >= population}


def _lay_line(
    course: Course,
    network: Network,
    towns: Mapping[str, str],
    cities: Mapping[str, str],
    hub_of: Mapping[str, str],
) -> TrainLine:
    stops = course.train.stops
    index = network.link_index
    parts: list[int] = []
    points, hubs, marks, legs = [Point(stops[0], 0)], [hub_of[stops[0]]], [0], []
    for number, leg in enumerate(course.legs, start=1):
        start, first = len(parts), len(marks) - 1
        parts += [index[part] for part in leg.parts]
        for place, hub in enumerate(leg.hubs[1:-1], start=1):
            if hub in towns or hub in cities:
                points.append(Point(network.hub(hub).name, -1, hub in cities))
                hubs.append(hub)
                marks.append(start + place)
        hub = hub_of[stops[number]]
        points.append(Point(stops[number], number, hub in cities))
        hubs.append(hub)
        marks.append(len(parts))
        legs.append((first, len(marks) - 1, leg.minutes))
    return TrainLine(
        kind=course.train.kind,
        points=tuple(points),
        hubs=tuple(hubs),
        sections=tuple(pairwise(marks)),
        parts=np.array(parts, dtype=np.int64),
        legs=tuple(legs),
        passed=frozenset(hub for leg in course.legs for hub in leg.hubs),
    )
