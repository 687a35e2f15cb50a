"""Lines of trains laid one behind the other: the links they run over, their calls, their turns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netmodel.network.edit import Promotion
from netmodel.network.railway import Network
from netmodel.routing.profiles import CLOSED, whole_cost
from netmodel.trains.course import Course, Courses
from netmodel.trains.relevance import RelevantTrains
from netmodel.trains.train import Train

Numbers = NDArray[np.int64]
Calls = tuple[tuple[Numbers, Numbers], ...]
"""Of each line, the hubs at which it calls and the flat steps there."""
LIKELY, KNOWN = 1, 2
"""What is known of the way of a train: that such trains run there, or what documents say of it."""


@dataclass(frozen=True, eq=False, kw_only=True)
class LaidLines:
    """The links that lines of trains run over, one line behind the other.

    Parameters
    ----------
    link, forward
        Position of each link run over, and whether it is run forward, shape ``(steps,)``.
    turn
        Whole-number cost of the reversal and the change of gauge before each step; 0 on the first
        of a line.
    tail
        Position of the hub from which each step sets out.
    trains
        Ids of the trains of each line.
    own, returned
        Trains of each line in the window, and those that run the same line the other way: their
        return may not be in the record.
    """

    link: Numbers
    forward: NDArray[np.bool_]
    turn: Numbers
    tail: Numbers
    trains: tuple[tuple[str, ...], ...]
    own: NDArray[np.float64]
    returned: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LaidOut:
    """Lines with their flat steps, and of each its calls: their hubs, and the flat steps there."""

    laid: LaidLines
    first_step: Numbers
    last_step: Numbers
    calls: Calls
    shows_way: Numbers


@dataclass(frozen=True, slots=True)
class _Line:
    """A run of trains over links between stops that are hubs.

    Parameters
    ----------
    stops
        Position of the hub of each stop, and the step at which it is left.
    shows_way
        Where no more is known of the stops of the trains than the first and last: whether their way
        is `KNOWN` or `LIKELY`; else 0.
    """

    stops: tuple[tuple[int, int], ...]
    steps: tuple[tuple[int, bool], ...]
    shows_way: int

    def turned(self) -> _Line:
        """Return the line run the other way."""
        last = len(self.steps)
        return _Line(
            tuple((hub, last - place) for hub, place in reversed(self.stops)),
            tuple((link, not forward) for link, forward in reversed(self.steps)),
            self.shows_way,
        )


_Counted = dict[_Line, dict[str, int]]
"""The trains of each line, with the days on which they run."""


def lay_trains(
    courses: Courses,
    running: RelevantTrains,
    network: Network,
    reversal_minutes: float,
    gauge_change_minutes: float,
) -> LaidOut:
    """Return the lines of the trains that run in the window, out and back, laid behind each other.

    Trains with one course share a line. A train between stations that are no hubs has none.
    """
    counted: _Counted = {}
    known: dict[int, list[_Line]] = {}
    tracks = _Tracks(courses.promotion, network)
    for train, course in courses.courses.items():
        days = len(running.days.get(train, ()))
        if not days:
            continue
        key = id(course.legs)
        if key not in known:
            known[key] = list(_lines_of(course, courses.hub_of, tracks))
        for line in known[key]:
            mine = counted.setdefault(line, {})
            mine[train] = mine.get(train, 0) + days
    turns = Turns(network, reversal_minutes, gauge_change_minutes)
    return _flatten(counted, _turn_back(counted, network), network, turns)


def _lines_of(course: Course, hub_of: Mapping[str, str], tracks: _Tracks) -> Iterator[_Line]:
    """Yield the runs of a train between stops that are hubs, and not stations on a link."""
    at = [hub_of[stop] for stop in course.train.stops]
    position = tracks.network.hub_index
    shows_way = _shows_way(course.train)
    stops: list[tuple[int, int]] = []
    steps: list[tuple[int, bool]] = []
    passed: list[str] = []
    last = ""
    if at[0] in position:
        last = at[0]
        stops.append((position[last], 0))
    for leg in course.legs:
        passed += leg.parts
        hub = at[leg.end]
        if hub not in position:
            continue
        walked = tracks.walk(last, hub, passed) if stops else None
        if walked is None:
            if len(stops) > 1:
                yield _Line(tuple(stops), tuple(steps), shows_way)
            stops, steps = [(position[hub], 0)], []
        else:
            steps += walked
            stops.append((position[hub], len(steps)))
        last, passed = hub, []
    if len(stops) > 1:
        yield _Line(tuple(stops), tuple(steps), shows_way)


def _shows_way(train: Train) -> int:
    if len(train.stops) > 2:
        return 0
    if train.way is None:
        return KNOWN if train.via else 0
    return {"inherited": KNOWN, "preferred": LIKELY}.get(train.way.basis, 0)


class _Tracks:
    """Links of a network, and the parts into which the stops of trains divide them."""

    def __init__(self, promotion: Promotion, network: Network) -> None:
        self.network, self._divided = network, promotion.network
        self._whole = {part: link for link, parts in promotion.parts.items() for part in parts}

    def walk(self, start: str, end: str, parts: Sequence[str]) -> list[tuple[int, bool]] | None:
        """Return the steps over whole links from one hub to another.

        ``None`` where the parts do not lead there, or turn back at a station on a link.
        """
        walked: list[tuple[int, bool]] = []
        here = start
        for part in parts:
            link = self._divided.link(part)
            forward = here == link.from_hub
            if not forward and here != link.to_hub:
                return None
            step = self.network.link_index[self._whole.get(part, part)], forward
            if here in self.network.hub_index:
                walked.append(step)
            elif walked[-1] != step:
                return None
            here = link.to_hub if forward else link.from_hub
        return walked if here == end and walked else None


def _turn_back(counted: _Counted, network: Network) -> _Counted:
    """Return the trains of the way back of lines that run over no one-way link."""
    one_way = network.is_one_way
    return {
        line.turned(): trains
        for line, trains in counted.items()
        if not any(one_way[link] for link, _ in line.steps)
    }


class Turns:
    """The cost of reversals and changes of gauge along lines; as on the kernel of routes."""

    def __init__(self, network: Network, reversal: float, gauge_change: float) -> None:
        self._reversal, self._gauge_change = whole_cost(reversal), whole_cost(gauge_change)
        sides = [(link.from_side, link.to_side) for link in network.links]
        self._sided = any(any(each) for each in sides)
        self._way = np.array(
            [
                [-1 - (side == "B") if side else 2 * number + end for end, side in enumerate(each)]
                for number, each in enumerate(sides)
            ],
            dtype=np.int64,
        ).reshape(-1, 2)
        self._gauges = [frozenset(link.gauges_mm) for link in network.links]
        self._mixed = len({*self._gauges} - {frozenset()}) > 1

    def along(self, link: Numbers, forward: NDArray[np.bool_]) -> Numbers:
        """Return the cost of the turn before each step of a line, `CLOSED` at most."""
        turn = np.zeros(len(link), dtype=np.int64)
        if self._sided:
            came = self._way[link[:-1], forward[:-1].astype(int)]
            leaves = self._way[link[1:], 1 - forward[1:].astype(int)]
            turn[1:] += np.where(came == leaves, self._reversal, 0)
        if self._mixed:
            turn[self._other_gauge(link)] += self._gauge_change
        return np.minimum(turn, CLOSED)

    def _other_gauge(self, link: Numbers) -> list[int]:
        """Return the steps before which a train must change its gauge."""
        changes, possible = [], frozenset[int]()
        for step, number in enumerate(link.tolist()):
            gauges = self._gauges[number]
            if gauges and possible and not gauges & possible:
                changes.append(step)
                possible = gauges
            elif gauges:
                possible = gauges & possible if possible else gauges
        return changes


def _flatten(own: _Counted, returned: _Counted, network: Network, turns: Turns) -> LaidOut:
    """Put lines one behind the other; a line with a turn that is forbidden is left out."""
    kept: list[tuple[_Line, Numbers, NDArray[np.bool_], Numbers]] = []
    for line in dict.fromkeys((*own, *returned)):
        link = np.array([step[0] for step in line.steps], dtype=np.int64)
        forward = np.array([step[1] for step in line.steps], dtype=bool)
        turn = turns.along(link, forward)
        if (turn < CLOSED).all():
            kept.append((line, link, forward, turn))
    link = np.concatenate([each[1] for each in kept] or [np.zeros(0, np.int64)])
    forward = np.concatenate([each[2] for each in kept] or [np.zeros(0, bool)])
    lengths = np.array([len(each[1]) for each in kept], dtype=np.int64)
    lines = [each[0] for each in kept]
    laid = LaidLines(
        link=link,
        forward=forward,
        turn=np.concatenate([each[3] for each in kept] or [np.zeros(0, np.int64)]),
        tail=network.link_ends[link, 1 - forward.astype(int)],
        trains=tuple(tuple({**own.get(line, {}), **returned.get(line, {})}) for line in lines),
        own=_days_of(lines, own),
        returned=_days_of(lines, returned),
    )
    last = np.cumsum(lengths)
    first = last - lengths
    return LaidOut(
        laid=laid,
        first_step=first,
        last_step=last,
        calls=tuple(
            (
                np.array([hub for hub, _ in each[0].stops]),
                np.array([place for _, place in each[0].stops]) + begin,
            )
            for each, begin in zip(kept, first.tolist(), strict=True)
        ),
        shows_way=np.array([each[0].shows_way for each in kept], dtype=np.int64),
    )


def _days_of(lines: Sequence[_Line], counted: _Counted) -> NDArray[np.float64]:
    """Return the days on which all trains of each line run."""
    return np.array([sum(counted.get(line, {}).values()) for line in lines], dtype=np.float64)
