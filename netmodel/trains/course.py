"""The course of a train: the hubs and links that its stops mean, in the base state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import AmbiguousNameError, InputError, Problem, UnknownNameError
from netmodel.network.edit import Promotion, promote_stations
from netmodel.network.names import Names
from netmodel.network.railway import Network
from netmodel.routing.profiles import (
    TIMED_PROFILES,
    Profile,
    costs_from_minutes,
    running_minutes,
)
from netmodel.routing.way_search import FoundWays, WaySearch
from netmodel.trains.train import Timetable, Train

PROFILE_OF_KIND: Mapping[str, Profile] = {
    "intercity": TIMED_PROFILES["intercity"],
    "long_distance": TIMED_PROFILES["passenger"],
    "international": TIMED_PROFILES["passenger"],
    "regional": TIMED_PROFILES["regional"],
    "suburban": TIMED_PROFILES["suburban"],
}
"""How trains of each kind run."""
LONGEST_ASSUMED = 1.4
"""How many times the least minutes an assumed way may take: where it is closed, what is left may
run to a place and back."""


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
    parts
        Ids of the links run over in the network in which every stop is a hub.
    """

    start: int
    end: int
    hubs: tuple[str, ...]
    links: tuple[str, ...]
    minutes: float
    parts: tuple[str, ...] = ()


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
        found = sorted({number for link in links for number in self._numbers_by_link.get(link, ())})
        courses = list(self.courses.values())
        return tuple(courses[number] for number in found)

    def along(self, links: Iterable[str]) -> tuple[Course, ...]:
        """Return the courses that run over all of some links; all where there are no links."""
        runs = [set(self._numbers_by_link.get(link, ())) for link in links]
        courses = list(self.courses.values())
        found = set.intersection(*runs) if runs else range(len(courses))
        return tuple(courses[number] for number in sorted(found))

    @cached_property
    def _numbers_by_link(self) -> Mapping[str, Sequence[int]]:
        """The positions of the courses that run over each link."""
        numbers: dict[str, list[int]] = {}
        for number, course in enumerate(self.courses.values()):
            for link in dict.fromkeys(course.links):
                numbers.setdefault(link, []).append(number)
        return numbers

    def __repr__(self) -> str:
        return f"<Courses: {len(self.courses):,} trains, {len(self.without):,} without a way>"


@refuse_wrong_kinds
def find_courses(
    timetable: Timetable,
    network: Network,
    *,
    closed: Iterable[str] = (),
    profiles: Mapping[str, Profile] = PROFILE_OF_KIND,
) -> Courses:
    """Find the way of every train through its stops and the places that it passes.

    Between two neighbouring places a train takes the least minutes of its profile. The places
    that it passes, stated or assumed, are put between stops where they cost least, in their own
    order. An assumed way that is closed gives place to the least minutes.

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
    found: dict[str, _Laid] = {}
    for profile, trains in _group_trains(timetable, profiles):
        runs = {
            train.id: (_Run(train.stops, train.passed), _Run(train.stops, train.via))
            for train in trains
        }
        between = ways.between(
            profile, hub_of, dict.fromkeys(r for each in runs.values() for r in each)
        )
        laid: dict[_Run, _Laid] = {}
        for name, (assumed, stated) in runs.items():
            run = assumed if assumed == stated or _holds(assumed, stated, between) else stated
            if run not in laid:
                laid[run] = _lay_legs(run, between)
            found[name] = laid[run]
    courses: dict[str, Course] = {}
    without: dict[str, tuple[str, str]] = {}
    for train in timetable.trains:
        legs, gap = found[train.id]
        if gap is None:
            courses[train.id] = Course(train=train, legs=legs)
        else:
            without[train.id] = gap
    return Courses(courses=courses, without=without, promotion=promotion, hub_of=hub_of)


class _Run(NamedTuple):
    """What decides the course of a train of some profile: trains of one run share it."""

    stops: tuple[str, ...]
    via: tuple[str, ...]


_Laid = tuple[tuple[Leg, ...], tuple[str, str] | None]
"""The legs of a run, and the two stops between which there is no way, if so."""


def _holds(assumed: _Run, stated: _Run, between: _Between) -> bool:
    """Whether the assumed way of a train is open, and not much longer than it need be."""
    minutes = [
        sum(between.minutes(one, other) for (one, _), (other, _) in pairwise(places))
        for places in (between.order(assumed), between.order(stated))
    ]
    return np.isfinite(minutes[0]) and minutes[0] <= LONGEST_ASSUMED * minutes[1]


def _group_trains(
    timetable: Timetable, profiles: Mapping[str, Profile]
) -> list[tuple[Profile, list[Train]]]:
    """Return the trains of each profile."""
    found: dict[int, tuple[Profile, list[Train]]] = {}
    for train in timetable.trains:
        profile = profiles[train.kind]
        found.setdefault(id(profile), (profile, []))[1].append(train)
    return list(found.values())


def place_stops(timetable: Timetable, network: Network) -> tuple[Promotion, dict[str, str]]:
    """Return the network in which every stop is a hub, and the hub of each place.

    Raises
    ------
    InputError
        With every place that the network does not know or knows twice, at the line of its train.
    """
    problems = find_unknown_stops(timetable, network)
    if problems:
        raise InputError(problems)
    first = timetable.places
    promotion = promote_stations(network, first)
    spellings = Names(promotion.network)
    return promotion, {place: spellings.hub(place).id for place in first}


def find_unknown_stops(timetable: Timetable, network: Network) -> tuple[Problem, ...]:
    """Return the places that the network does not know or knows twice, each at its first train."""
    first: dict[str, str] = {}
    for train in timetable.trains:
        for place in (*train.stops, *train.via, *train.passed):
            first.setdefault(place, timetable.where(train))
    return find_unknown_places(first, network)


def find_unknown_places(places: Mapping[str, str], network: Network) -> tuple[Problem, ...]:
    """Return those of some places that the network does not know or knows twice.

    Parameters
    ----------
    places
        Where each is named.
    """
    names = Names(network)
    found = (
        _station_problem(names, place, where)
        for place, where in places.items()
        if not names.find_hubs(place)
    )
    return tuple(problem for problem in found if problem is not None)


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
        self.parent = {part: link for link, parts in promotion.parts.items() for part in parts}
        self._shut = [self.network.link_index[part] for part in promotion.expand(closed)]
        self._reaches: dict[tuple[float, float], WaySearch] = {}

    def between(
        self, profile: Profile, hub_of: Mapping[str, str], runs: Iterable[_Run]
    ) -> _Between:
        """Return the ways of a profile from every place from which its runs set out."""
        starts = {self.position[hub_of[place]] for run in runs for place in (*run.stops, *run.via)}
        minutes = running_minutes(self.network, profile)
        minutes[self._shut] = np.inf
        costs = costs_from_minutes(self.network, minutes)
        found = self._reach(profile).search(costs, sorted(starts))
        places = {place: self.position[hub] for place, hub in hub_of.items()}
        return _Between(self, found, places)

    def _reach(self, profile: Profile) -> WaySearch:
        key = (profile.reversal_minutes, profile.gauge_change_minutes)
        if key not in self._reaches:
            self._reaches[key] = WaySearch(
                self.network,
                self.terminals,
                reversal_minutes=key[0],
                gauge_change_minutes=key[1],
            )
        return self._reaches[key]


class _Between:
    """The ways of one profile between places, each found once."""

    def __init__(self, ways: _Ways, found: FoundWays, places: Mapping[str, int]) -> None:
        self._ways, self._found, self._places = ways, found, places
        self._minutes: dict[tuple[str, str], float] = {}
        self._order: dict[_Run, list[tuple[str, int]]] = {}
        self._way: dict[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...]]] = {}

    def minutes(self, one: str, other: str) -> float:
        """Return the minutes between two places; inf where there is no way."""
        known = self._minutes.get((one, other))
        if known is None:
            start, end = self._places[one], self._places[other]
            known = 0.0 if start == end else self._found.minutes(start, end)
            self._minutes[one, other] = known
        return known

    def order(self, run: _Run) -> list[tuple[str, int]]:
        """Return the stops of a run and the places that it passes, in the order of running."""
        known = self._order.get(run)
        if known is None:
            known = self._order[run] = order_places(run.stops, run.via, self.minutes)
        return known

    def way(self, one: str, other: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the hubs and the links, parts of divided ones, between two places."""
        known = self._way.get((one, other))
        if known is None:
            start, end = self._places[one], self._places[other]
            links = self._ways.network.links
            hubs, parts = self._found.way(start, end)
            known = self._way[one, other] = hubs, tuple(links[each].id for each in parts)
        return known

    def whole(self, parts: Iterable[str]) -> tuple[str, ...]:
        """Return the undivided links of some parts."""
        parent = self._ways.parent
        return _merged([(parent.get(part, part),) for part in parts])


def order_places(
    stops: Sequence[str], via: Sequence[str], minutes: Callable[[str, str], float]
) -> list[tuple[str, int]]:
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
    passed = [place for place in via if place not in stops]

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


def _lay_legs(run: _Run, between: _Between) -> _Laid:
    places = between.order(run)
    legs: list[Leg] = []
    pieces: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    minutes, start = 0.0, 0
    for (one, _), (other, stop) in pairwise(places):
        minutes += between.minutes(one, other)
        pieces.append(between.way(one, other))
        if stop < 0:
            continue
        if not np.isfinite(minutes):
            return tuple(legs), (run.stops[start], run.stops[stop])
        parts = tuple(part for _, parts in pieces for part in parts)
        legs.append(
            Leg(
                start=start,
                end=stop,
                hubs=_merged(hubs for hubs, _ in pieces),
                links=between.whole(parts),
                minutes=minutes,
                parts=parts,
            )
        )
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
