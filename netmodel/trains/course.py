"""The course of a train: the hubs and links that its stops mean, in the base state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from netmodel.errors import AmbiguousNameError, InputError, Problem, UnknownNameError
from netmodel.network.names import Names
from netmodel.network.promotion import Promotion, promote_stations
from netmodel.network.railway import Network
from netmodel.routing.profiles import (
    TIMED_PROFILES,
    Profile,
    costs_from_minutes,
    running_minutes,
)
from netmodel.routing.router import Router, Routes
from netmodel.trains.train import Timetable, Train

PROFILE_OF_KIND: Mapping[str, Profile] = {
    "intercity": TIMED_PROFILES["intercity"],
    "long_distance": TIMED_PROFILES["passenger"],
    "international": TIMED_PROFILES["passenger"],
    "regional": TIMED_PROFILES["regional"],
    "suburban": TIMED_PROFILES["suburban"],
}
"""How trains of each kind run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """The way of a train from one stop to the next.

    Parameters
    ----------
    start, end
        Positions of the two stops in the train.
    hubs
        Ids of the hubs passed, both ends included, where they are hubs.
    links
        Ids of the links run over, in order.
    minutes
        Of the profile of its kind.
    """

    start: int
    end: int
    hubs: tuple[str, ...]
    links: tuple[str, ...]
    minutes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The way of a train through the network, stop by stop.

    Parameters
    ----------
    legs
        One for each pair of neighbouring stops.
    """

    train: Train
    legs: tuple[Leg, ...]

    @property
    def links(self) -> tuple[str, ...]:
        """Ids of all links run over, in order; a link on which a station lies counts once."""
        return _merged(leg.links for leg in self.legs)

    @property
    def hubs(self) -> tuple[str, ...]:
        """Ids of all hubs passed, in order."""
        return _merged(leg.hubs for leg in self.legs)

    @property
    def minutes(self) -> float:
        """Running minutes of all legs together, stops not counted."""
        return sum(leg.minutes for leg in self.legs)


@dataclass(frozen=True, eq=False, kw_only=True)
class Courses:
    """The courses of the trains of a timetable on a network.

    Parameters
    ----------
    courses
        By id of the train, in the order of the timetable.
    without
        Trains that have no way in the base state, each with the two stops between which there is
        none.
    promotion
        The network in which every stop is a hub.
    hub_of
        Id of the hub of each place in `promotion`.
    """

    courses: Mapping[str, Course]
    without: Mapping[str, tuple[str, str]]
    promotion: Promotion
    hub_of: Mapping[str, str]

    def over(self, links: Iterable[str]) -> tuple[Course, ...]:
        """Return the courses that run over any of some links."""
        wanted = set(links)
        return tuple(each for each in self.courses.values() if wanted.intersection(each.links))

    def __repr__(self) -> str:
        return f"<Courses: {len(self.courses):,} trains, {len(self.without):,} without a way>"


def find_courses(
    timetable: Timetable,
    network: Network,
    *,
    closed: Iterable[str] = (),
    profiles: Mapping[str, Profile] = PROFILE_OF_KIND,
) -> Courses:
    """Find the way of every train through its stops and the places that it passes.

    Between two neighbouring places a train takes the least minutes of its profile. Places of
    ``via`` are put between stops where they cost least, in their own order.

    Parameters
    ----------
    closed
        Ids of links that are closed in the base state.
    profiles
        How trains of each kind run.

    Raises
    ------
    InputError
        With every stop that the network does not know, at the line of its train.

    Examples
    --------
    >>> from netmodel.network.railway import Hub, Link
    >>> hubs = tuple(Hub(id=i, name=i.upper(), lon=n, lat=0) for n, i in enumerate("abc"))
    >>> links = (Link(id="ab", from_hub="a", to_hub="b", length_km=60),
    ...          Link(id="bc", from_hub="b", to_hub="c", length_km=60))
    >>> train = Train(id="1", number="1", kind="suburban", stops=("A", "C"))
    >>> courses = find_courses(Timetable(trains=(train,)), Network(hubs=hubs, links=links))
    >>> courses.courses["1"].links
    ('ab', 'bc')
    """
    promotion, hub_of = place_stops(timetable, network)
    ways = _Ways(promotion, tuple(dict.fromkeys(hub_of.values())), tuple(closed))
    courses: dict[str, Course] = {}
    without: dict[str, tuple[str, str]] = {}
    for train in timetable.trains:
        routes = ways.routes(profiles[train.kind])
        places = order_places(train, ways.between(routes, hub_of))
        legs, gap = _lay_legs(train, places, routes, ways, hub_of)
        if gap is None:
            courses[train.id] = Course(train=train, legs=legs)
        else:
            without[train.id] = gap
    return Courses(courses=courses, without=without, promotion=promotion, hub_of=hub_of)


def place_stops(timetable: Timetable, network: Network) -> tuple[Promotion, dict[str, str]]:
    """Return the network in which every stop is a hub, and the hub of each place.

    Raises
    ------
    InputError
        With every place that the network does not know or knows twice, at the line of its train.
    """
    names = Names(network)
    problems: dict[str, Problem] = {}
    for train in timetable.trains:
        for place in (*train.stops, *train.via):
            if place not in problems and not names.find_hubs(place):
                problem = _station_problem(names, place, timetable.where(train))
                if problem is not None:
                    problems[place] = problem
    if problems:
        raise InputError(problems.values())
    promotion = promote_stations(network, timetable.places)
    spellings = Names(promotion.network)
    return promotion, {place: spellings.hub(place).id for place in timetable.places}


def _station_problem(names: Names, place: str, where: str) -> Problem | None:
    stations = names.find_stations(place)
    if len(stations) == 1:
        return None
    if not stations:
        error = UnknownNameError("hub or station", place, names.suggest(place))
        what = f"unknown {error.kind} {error.name!r}"
        return Problem(what=what, where=where, remedy=error.remedy)
    choices = [f"{each.name} on {each.link}" for each in stations]
    return Problem(what=str(AmbiguousNameError("station", place, choices)), where=where)


class _Ways:
    """Least-cost ways between the places of a timetable, by profile."""

    def __init__(
        self, promotion: Promotion, terminals: tuple[str, ...], closed: tuple[str, ...]
    ) -> None:
        self.network = promotion.network
        self.position = {hub: number for number, hub in enumerate(terminals)}
        self.terminals = terminals
        self._shut = [self.network.link_index[part] for part in promotion.expand(closed)]
        self._parent = {part: link for link, parts in promotion.parts.items() for part in parts}
        self._routes: dict[int, Routes] = {}
        self._routers: dict[tuple[float, float], Router] = {}

    def routes(self, profile: Profile) -> Routes:
        """Return the ways of a profile between all places."""
        found = self._routes.get(id(profile))
        if found is None:
            minutes = running_minutes(self.network, profile)
            minutes[self._shut] = np.inf
            costs = costs_from_minutes(self.network, minutes)
            found = self._routes[id(profile)] = self._router(profile).solve(costs)
        return found

    def _router(self, profile: Profile) -> Router:
        key = (profile.reversal_minutes, profile.gauge_change_minutes)
        if key not in self._routers:
            self._routers[key] = Router(
                self.network,
                self.terminals,
                reversal_minutes=key[0],
                gauge_change_minutes=key[1],
            )
        return self._routers[key]

    def minutes(self, routes: Routes, start: str, end: str) -> float:
        """Return the minutes between two hubs; inf where there is no way."""
        return float(routes.minutes[self.position[start], self.position[end]])

    def between(self, routes: Routes, hub_of: Mapping[str, str]) -> Callable[[str, str], float]:
        """Return the function that tells the minutes between two places."""
        return lambda one, other: self.minutes(routes, hub_of[one], hub_of[other])

    def way(self, routes: Routes, start: str, end: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the hubs and the undivided links of the way between two hubs."""
        first, last = self.position[start], self.position[end]
        parts = [self.network.links[number].id for number, _ in routes.links_between(first, last)]
        links = _merged([(self._parent.get(part, part),) for part in parts])
        return routes.hubs_between(first, last), links


def order_places(train: Train, minutes: Callable[[str, str], float]) -> list[tuple[str, int]]:
    """Return stops and places passed in the order of running.

    Parameters
    ----------
    minutes
        Of the way between two places.

    Returns
    -------
    list of tuple
        Name and position of each stop; the position of a place that is only passed is -1. The
        stops keep their order, so do the places passed, and together they cost least.
    """
    stops = train.stops
    passed = [place for place in train.via if place not in stops]

    def cost_of(gap: int, first: int, last: int) -> float:
        places = (stops[gap], *passed[first:last], stops[gap + 1])
        return sum(minutes(one, other) for one, other in pairwise(places))

    # How many places are passed before each gap ends, and what that costs at least.
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for gap in range(len(stops) - 1):
        best = {
            last: min(
                (cost + cost_of(gap, first, last), (*ends, last))
                for first, (cost, ends) in best.items()
                if first <= last
            )
            for last in range(len(passed) + 1)
        }
    cost, ends = best[len(passed)]
    if not np.isfinite(cost):
        ends = (0,) * (len(stops) - 1)
    ordered = [(stops[0], 0)]
    for gap, (first, last) in enumerate(pairwise((0, *ends))):
        ordered += [(place, -1) for place in passed[first:last]]
        ordered.append((stops[gap + 1], gap + 1))
    return ordered


def _lay_legs(
    train: Train,
    places: Sequence[tuple[str, int]],
    routes: Routes,
    ways: _Ways,
    hub_of: Mapping[str, str],
) -> tuple[tuple[Leg, ...], tuple[str, str] | None]:
    """Return the legs of a train, and the two stops between which there is no way, if so."""
    legs: list[Leg] = []
    pieces: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    minutes, start = 0.0, 0
    for (one, _), (other, stop) in pairwise(places):
        if hub_of[one] != hub_of[other]:
            minutes += ways.minutes(routes, hub_of[one], hub_of[other])
            pieces.append(ways.way(routes, hub_of[one], hub_of[other]))
        if stop < 0:
            continue
        if not np.isfinite(minutes):
            return tuple(legs), (train.stops[start], train.stops[stop])
        hubs = _merged(hubs for hubs, _ in pieces)
        links = _merged(links for _, links in pieces)
        legs.append(Leg(start=start, end=stop, hubs=hubs, links=links, minutes=minutes))
        pieces, minutes, start = [], 0.0, stop
    return tuple(legs), None


def _merged(parts: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Return parts one after another, without what is repeated where they meet."""
    merged: list[str] = []
    for part in parts:
        for each in part:
            if not merged or merged[-1] != each:
                merged.append(each)
    return tuple(merged)
