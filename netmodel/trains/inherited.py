"""The way of trains: what trains with known stops tell of the way of trains with few."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np

from netmodel.arguments import refuse_wrong_kinds
from netmodel.network.railway import Network
from netmodel.routing.profiles import LinkTime, Profile, running_minutes
from netmodel.trains.course import (
    LONGEST_ASSUMED,
    PROFILE_OF_KIND,
    Course,
    Courses,
    find_courses,
)
from netmodel.trains.relevance import NEAR_DAYS, valid_days
from netmodel.trains.train import KINDS, AssumedWay, Timetable, Train

STATED_KM = 160.0
"""A stretch without a stated place is stated all the same where it is no longer."""
GAP_SHARE = 0.6
"""The longest stretch without a stated place, over the whole, of a way that others inherit."""
UNSTATED = 1.25
"""Cost of a link on which no train is stated to run, over that of one on which some is."""
CITY = 500_000
"""Inhabitants of a town by which trains go on purpose."""
CITY_SHARE = 0.12
"""What that may cost at most, over the minutes of the stretch."""
LONGER = 1.25
"""How much longer than the least cost a way may be if a train of that number or line gives it."""
NEAR = 1.1
"""The same for a way that another train gives."""
PREFERRED_SHARE = 0.75
"""Share of the links of a way that must be stated by others for it to count as preferred."""


@refuse_wrong_kinds
def inherit_ways(
    timetable: Timetable,
    network: Network,
    *,
    closed: Iterable[str] = (),
    profiles: Mapping[str, Profile] = PROFILE_OF_KIND,
    sources: Timetable | None = None,
    published: Mapping[str, date] | None = None,
) -> Timetable:
    """Let trains whose way is not stated take the way of trains whose way is.

    The least minutes are often not the way of trains: trunk lines compete within minutes. So each
    stretch between two neighbouring stated places of a train (its stops, and the places that it
    passes) of more than `STATED_KM` along the least cost is given

    1. the way of a train that passes both its ends in any direction and states a place between
       them, so that no more than `GAP_SHARE` of the way is unstated, and that is hardly longer
       than the least cost (`NEAR`); a train of the same number, or one with these very ends, may
       go further round (`LONGER`), and one of the same number and line however far. Of several,
       one that may have run on the same days, then one of the same number or its pair, then one
       with the same ends, then one of the same kind, then the one that leaves the least unstated;
    2. else by the city of more than `CITY` inhabitants, greater than those on the least cost, that
       costs least, if no more than `CITY_SHARE` of the minutes; and, between these, the way of
       least cost where links on which no train is stated to run cost `UNSTATED`
       times their minutes, if it differs or runs over links with stated trains for the most part;
    3. else the least cost.

    A way by which a train would run over a link twice is not taken, unless its own documents or
    those of the train that gives the way tell so, nor one of more than `LONGEST_ASSUMED` times the
    minutes that the train needs by what its documents state. It is tried again without cities, then
    without the ways of others.

    Parameters
    ----------
    closed
        Ids of links that are closed in the base state.
    profiles
        How trains of each kind run.
    sources
        Trains from which ways are taken; those of the timetable by default.
    published
        Date of each document by its id, for the days on which trains ran (see `valid_days`).

    Returns
    -------
    Timetable
        The same trains; ``way`` says what is assumed of those whose own stops leave their way
        open. What was assumed before is forgotten.

    Raises
    ------
    InputError
        If the network does not know a stop.

    Examples
    --------
    >>> from netmodel.network.railway import Hub, Link
    >>> hubs = tuple(Hub(id=i, name=i, lon=n, lat=0) for n, i in enumerate("abcd"))
    >>> ends = {"ab": 200, "bd": 200, "ac": 190, "cd": 190}
    >>> links = tuple(Link(id=i, from_hub=i[0], to_hub=i[1], length_km=k) for i, k in ends.items())
    >>> one = Train(id="1", number="1", kind="long_distance", stops=("a", "b", "d"))
    >>> other = Train(id="2", number="2", kind="long_distance", stops=("d", "a"))
    >>> told = inherit_ways(Timetable(trains=(one, other)), Network(hubs=hubs, links=links))
    >>> told.trains[1].way
    AssumedWay(basis='inherited', via=('b',), of=('1',))
    """
    options: dict[str, Any] = {"closed": tuple(closed)}
    trains = _forget(timetable)
    givers = trains if sources is None else _forget(sources)
    courses = find_courses(givers, network, profiles=profiles, **options)
    stated = [_stated_way(course, courses) for course in courses.courses.values()]
    if sources is None:
        least, ways = courses, {way.train.id: way for way in stated}
    else:
        least = find_courses(trains, network, profiles=profiles, **options)
        ways = {train: _stated_way(course, least) for train, course in least.courses.items()}
    left = {train: way for train, way in ways.items() if _gaps(way)}
    shared = _Givers(stated, published or {})
    taken = {train: _take_ways(way, shared) for train, way in left.items()}
    stretches = [(*ends, way.train.kind) for train, way in left.items() for ends in taken[train][2]]
    cities = _cities_between(stretches, network, profiles=profiles, **options)
    used = {kind: _stated_links(stated, _kinds_like(kind)) for kind in profiles}
    dearer = _prefer(network, profiles, used)
    found: dict[str, AssumedWay | None] = {
        train: AssumedWay(basis="least cost", via=way.train.via) for train, way in left.items()
    }
    for inherit, by_city in ((True, True), (True, False), (False, False)):
        inner = {train: taken[train] if inherit else _NOTHING for train in left}
        after = Timetable(
            trains=tuple(
                replace(way.train, via=_fill(way, inner[train], cities if by_city else {}))
                for train, way in left.items()
            )
        )
        plain = find_courses(after, network, profiles=profiles, **options)
        dear = find_courses(after, network, profiles=dearer, **options)
        assumed = tuple(
            replace(
                left[train.id].train,
                way=_pin(train, plain, dear, used[train.kind], inner[train.id][1]),
            )
            for train in after.trains
            if train.id in dear.courses
        )
        laid = find_courses(Timetable(trains=assumed), network, profiles=profiles, **options)
        for train, course in laid.courses.items():
            alone = least.courses[train]
            if _follows(course, laid) and _runs_on(course, alone, courses):
                found[train] = course.train.way
                del left[train]
    return replace(
        trains,
        trains=tuple(replace(each, way=found.get(each.id)) for each in trains.trains),
    )


def _follows(course: Course, laid: Courses) -> bool:
    """Whether a train runs on the way assumed of it, which gives place if it is far longer."""
    way = course.train.way
    return way is None or {laid.hub_of[place] for place in way.via} <= set(course.hubs)


def _runs_on(course: Course, stated: Course, givers: Courses) -> bool:
    """Whether an assumed course is not much longer than it need be, and runs nowhere and back.

    Parameters
    ----------
    stated
        The course of the same train by nothing but what its documents state.
    givers
        The same of other trains: what those whose way it takes run twice, it may.
    """
    of = course.train.way.of if course.train.way else ()
    known = [_run_twice(each.hubs) for each in (stated, *(givers.courses[one] for one in of))]
    again = _run_twice(course.hubs).difference(*known)
    return not again and course.minutes <= LONGEST_ASSUMED * stated.minutes


def _run_twice(hubs: Iterable[str]) -> set[frozenset[str]]:
    """Return the pairs of neighbouring hubs between which a course runs more than once.

    One hub alone stands for a link on which it turns at a station.
    """
    runs = Counter(map(frozenset, pairwise(hub for hub in hubs if "@" not in hub)))
    return {ends for ends, times in runs.items() if times > 1 or len(ends) == 1}


def _forget(timetable: Timetable) -> Timetable:
    """Return trains without what is assumed of their ways."""
    return replace(timetable, trains=tuple(replace(each, way=None) for each in timetable.trains))


def _prefer(
    network: Network, profiles: Mapping[str, Profile], used: Mapping[str, frozenset[str]]
) -> Mapping[str, Profile]:
    """Return profiles by which links on which no train is stated to run cost more."""
    dearer: dict[tuple[int, frozenset[str]], Profile] = {}
    preferred = {}
    for kind, profile in profiles.items():
        key = id(profile), used[kind]
        if key not in dearer:
            dearer[key] = replace(profile, times=_dearer(network, profile, used[kind]))
        preferred[kind] = dearer[key]
    return preferred


@dataclass(frozen=True, slots=True)
class _Stated:
    """A way, hub by hub, with the stated places on it.

    `km` holds the kilometre of each hub, `places` the position and the name of each stated place.
    """

    train: Train
    hubs: tuple[str, ...]
    km: tuple[float, ...]
    links: tuple[str, ...]
    places: tuple[tuple[int, str], ...]

    @property
    def ends(self) -> frozenset[str]:
        """Its first and its last hub."""
        return frozenset((self.hubs[0], self.hubs[-1]))


def _stated_way(course: Course, courses: Courses) -> _Stated:
    network = courses.promotion.network
    whole = {part: link for link, parts in courses.promotion.parts.items() for part in parts}
    hubs, km, links = list(course.legs[0].hubs[:1]), [0.0], []
    for leg in course.legs:
        for one, other in pairwise(leg.hubs):
            joining = {*network.links_at_hub[one]} & {*network.links_at_hub[other]}
            found = [network.link(each) for each in joining if whole.get(each, each) in leg.links]
            link = min(found, key=lambda each: (each.length_km, each.id))
            hubs.append(other)
            links.append(whole.get(link.id, link.id))
            km.append(km[-1] + link.length_km)
    names: dict[str, str] = {}
    for place in (*course.train.via, *course.train.stops):
        names[courses.hub_of[place]] = place
    places = tuple((n, names[hub]) for n, hub in enumerate(hubs) if hub in names)
    return _Stated(course.train, tuple(hubs), tuple(km), tuple(links), places)


def _kinds_like(kind: str) -> tuple[str, ...]:
    """Return the kinds of train whose ways a kind may take: all, or all but suburban trains."""
    return KINDS if kind == "suburban" else tuple(each for each in KINDS if each != "suburban")


def _stated_links(stated: Sequence[_Stated], kinds: Sequence[str]) -> frozenset[str]:
    """Return the links on stretches of no more than `STATED_KM` between two stated places."""
    found: set[str] = set()
    for way in stated:
        if way.train.kind in kinds:
            for (start, _), (end, _) in pairwise(way.places):
                if way.km[end] - way.km[start] <= STATED_KM:
                    found.update(way.links[start:end])
    return frozenset(found)


def _dearer(network: Network, profile: Profile, used: frozenset[str]) -> Mapping[str, LinkTime]:
    """Return the minutes of links, those on which no train is stated to run dearer."""
    minutes = running_minutes(network, profile)
    return {
        link.id: LinkTime(
            length_km=link.length_km,
            minutes=float(minutes[number]) * (1.0 if link.id in used else UNSTATED),
        )
        for number, link in enumerate(network.links)
        if np.isfinite(minutes[number]) and link.line_class != "industrial"
    }


def _cities_between(
    stretches: Iterable[tuple[str, str, str]], network: Network, **options: Any
) -> Mapping[tuple[str, str, str], str]:
    """Return the city by which a train of a kind goes from one hub to another, where there is one.

    The one that costs least, if no more than `CITY_SHARE` of the minutes without it, and if the
    train does not run to it and back.
    """
    people = {hub.id: hub.population for hub in network.hubs if (hub.population or 0) >= CITY}
    wanted = [each for each in dict.fromkeys(stretches) if each[2] != "suburban"]
    legs = dict.fromkeys(
        (kind, *pair)
        for one, other, kind in wanted
        for pair in ((one, other), *((one, c) for c in people), *((c, other) for c in people))
        if pair[0] != pair[1]
    )
    trains = tuple(Train(id=" ".join(leg), number="1", kind=leg[0], stops=leg[1:]) for leg in legs)
    courses = find_courses(Timetable(trains=trains), network, **options).courses
    found = {}
    for one, other, kind in wanted:
        without = courses.get(f"{kind} {one} {other}")
        if without is None:
            continue
        passed = max((people.get(hub) or 0 for hub in without.hubs[1:-1]), default=0)
        costs = []
        for city in people:
            to, onward = courses.get(f"{kind} {one} {city}"), courses.get(f"{kind} {city} {other}")
            if (people[city] or 0) <= passed or to is None or onward is None:
                continue
            if not _run_twice((*to.hubs, *onward.hubs[1:])):
                costs.append((to.minutes + onward.minutes, city))
        minutes, city = min(costs, default=(np.inf, ""))
        if minutes <= (1.0 + CITY_SHARE) * without.minutes:
            found[one, other, kind] = city
    return found


def _gaps(way: _Stated) -> list[tuple[int, int]]:
    """Return the stretches of a way between two stated places that are too long to be stated."""
    ends = [position for position, _ in way.places]
    return [pair for pair in pairwise(ends) if way.km[pair[1]] - way.km[pair[0]] > STATED_KM]


class _Givers:
    """Ways with stated places, by the hubs that they pass."""

    def __init__(self, ways: Iterable[_Stated], published: Mapping[str, date]) -> None:
        self.ways = [way for way in ways if len(way.places) > 2]
        self.published = published
        self.days = [self.days_of(way.train) for way in self.ways]
        self.position = [{hub: n for n, hub in enumerate(way.hubs)} for way in self.ways]
        self.passing: dict[str, set[int]] = {}
        for number, way in enumerate(self.ways):
            for hub in way.hubs:
                self.passing.setdefault(hub, set()).add(number)

    def days_of(self, train: Train) -> tuple[date, date]:
        """Return the days between which a train may have run."""
        return valid_days(train, self.published, timedelta(days=NEAR_DAYS))

    def find(self, way: _Stated, start: int, end: int) -> tuple[tuple[str, ...], str] | None:
        """Return the places stated between two hubs of a way by the train that tells most of it."""
        one, other = way.hubs[start], way.hubs[end]
        least = way.km[end] - way.km[start]
        from_day, to_day = self.days_of(way.train)
        best: tuple[tuple[object, ...], tuple[str, ...], str] | None = None
        for number in sorted(self.passing.get(one, set()) & self.passing.get(other, set())):
            giver = self.ways[number]
            if giver.train.id == way.train.id or giver.train.kind not in _kinds_like(
                way.train.kind
            ):
                continue
            first, last = sorted((self.position[number][one], self.position[number][other]))
            inner = [each for each in giver.places if first < each[0] < last]
            marks = [giver.km[n] for n in (first, *(n for n, _ in inner), last)]
            length = marks[-1] - marks[0]
            gap = max(two - one for one, two in pairwise(marks)) / max(length, 1.0)
            same_ends = {one, other} == {giver.hubs[0], giver.hubs[-1]}
            other_number, other_kind = _likeness(way.train, giver.train)
            longest = (LONGER if same_ends or not other_number else NEAR) * least
            if not other_number and way.ends == giver.ends:
                longest = np.inf  # that very train: its documents tell how far round it goes
            if not inner or length > longest or (gap > GAP_SHARE and not same_ends):
                continue
            together = self.days[number][0] <= to_day and from_day <= self.days[number][1]
            rank = (not together, other_number, not same_ends, other_kind, gap, giver.train.id)
            if best is None or rank < best[0]:
                names = tuple(name for _, name in inner)
                back = self.position[number][one] > self.position[number][other]
                best = rank, tuple(reversed(names)) if back else names, giver.train.id
        return None if best is None else best[1:]


def _likeness(train: Train, giver: Train) -> tuple[bool, bool]:
    """Return whether two trains differ in the pair of their numbers, and in their kind."""
    pairs = [{(int(n) + 1) // 2 for n in re.findall(r"\d+", t.number)} for t in (train, giver)]
    return not pairs[0] & pairs[1], train.kind != giver.kind


_Taken = tuple[Mapping[tuple[str, str], tuple[str, ...]], tuple[str, ...], list[tuple[str, str]]]
_NOTHING: _Taken = ({}, (), [])


def _take_ways(way: _Stated, givers: _Givers) -> _Taken:
    """Return what others state of the long stretches of a train, those others, and what is left.

    The first by the hubs at the ends of the stretch, the last as hubs of the network.
    """
    inner: dict[tuple[str, str], tuple[str, ...]] = {}
    heirs: list[str] = []
    left: list[tuple[str, str]] = []
    for start, end in _gaps(way):
        ends = way.hubs[start], way.hubs[end]
        found = givers.find(way, start, end)
        if found is not None:
            inner[ends] = found[0]
            heirs.append(found[1])
        elif "@" not in "".join(ends):
            left.append(ends)
    return inner, tuple(heirs), left


def _fill(
    way: _Stated, taken: _Taken, cities: Mapping[tuple[str, str, str], str]
) -> tuple[str, ...]:
    """Return the places that a train passes, in order, with those that it takes from others."""
    via: list[str] = []
    for (start, _), (end, name) in pairwise(way.places):
        ends = way.hubs[start], way.hubs[end]
        via += taken[0].get(ends, ())
        if (*ends, way.train.kind) in cities:
            via.append(cities[*ends, way.train.kind])
        via.append(name)
    return tuple(place for place in dict.fromkeys(via) if place not in way.train.stops)


def _pin(
    train: Train, plain: Courses, dear: Courses, used: frozenset[str], of: tuple[str, ...]
) -> AssumedWay:
    """Return the way that a train prefers, by the hubs that tell it from the least cost."""
    place_of = {dear.hub_of[place]: place for place in train.via}
    via: list[str] = []
    pinned = False
    for cheap, wanted in zip(
        plain.courses[train.id].legs, dear.courses[train.id].legs, strict=True
    ):
        known = set(cheap.hubs)
        for hub in wanted.hubs[1:-1]:
            if hub in place_of:
                via.append(place_of[hub])
            elif hub not in known and "@" not in hub:
                via.append(hub)
                pinned = True
    passed = tuple(dict.fromkeys(via)) if pinned else train.via
    if of:
        return AssumedWay(basis="inherited", via=passed, of=of)
    links = dear.courses[train.id].links
    shared = sum(link in used for link in links) >= PREFERRED_SHARE * len(links)
    return AssumedWay(basis="preferred" if pinned or shared else "least cost", via=passed)
