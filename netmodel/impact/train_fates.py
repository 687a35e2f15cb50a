"""The fate of every train in every state of a timeline."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem
from netmodel.impact.fate_rules import AS_TIMETABLED, GETS_THROUGH, Fate, FateRules
from netmodel.impact.line_states import TOLERANCE, LineFate, LineSolver, LineState, Sets
from netmodel.impact.train_lines import Lines, Numbers, lay_lines
from netmodel.network.edit import Promotion
from netmodel.outages.outage import Outage
from netmodel.outages.timeline import Timeline
from netmodel.routing.profiles import Profile
from netmodel.routing.way_search import WaySearch
from netmodel.trains.course import PROFILE_OF_KIND, Courses

YES, NO, IN_DOUBT = range(3)
Closure = tuple[datetime, datetime | None]
"""When the course of a train is closed and open again; ``None`` where no end is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainFate:
    """The fate of one train in one state.

    Parameters
    ----------
    gets_through
        Whether it passes its first and its last stop by rail: ``yes`` or ``no`` whatever the
        times that the evidence allows, else ``in doubt``.
    incidents, documents
        Of the outages that may hold and touch its course; with the documents of the train.
    """

    state: int
    train: str
    fate: Fate
    gets_through: str
    incidents: tuple[str, ...]
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """What solved the lines of one group, and what it found for sets of outages."""

    solver: LineSolver
    found: Mapping[Sets, LineState]
    alone: dict[tuple[int, Sets], LineFate] = field(default_factory=dict)

    def of(self, line: int, outages: Sets, *, told: bool) -> LineFate:
        """Return what a set of outages does to one line, solved alone if need be."""
        known = self.found.get(outages)
        if known is not None and (known.told or not told):
            return known.of(line)
        key = line, outages
        if key not in self.alone:
            self.alone[key] = self.solver.solve_line(line, outages)
        return self.alone[key]


@dataclass(frozen=True, eq=False, kw_only=True)
class TrainFates:
    """The fates of all trains in all states.

    Parameters
    ----------
    outcome
        Position in `fates` of the fate of each line in each state, shape ``(states, lines)``.
    through
        Position in `GETS_THROUGH`, of the same shape.
    passes
        Whether each line gets through by rail under the chosen times, of the same shape.
    touching
        Positions of the outages that touch each line, beside those of the base.
    closing
        Positions of the outages that close each line by themselves.
    solutions
        What solved the lines, and the position of that of each line.
    without
        Trains that have no way in the base state: they are not counted.
    """

    courses: Courses
    timeline: Timeline
    lines: Lines
    fates: tuple[Fate, ...]
    outcome: NDArray[np.int32]
    through: NDArray[np.int8]
    passes: NDArray[np.bool_]
    touching: Mapping[int, tuple[int, ...]]
    closing: Mapping[int, tuple[int, ...]]
    solutions: tuple[Sequence[Solution], NDArray[np.int64]]
    without: tuple[str, ...] = ()
    rules: FateRules = field(default_factory=FateRules)

    @cached_property
    def trains(self) -> tuple[str, ...]:
        """Ids of the trains counted, in the order of the timetable."""
        gone = set(self.without)
        return tuple(train for train in self.courses.courses if train not in gone)

    def solve_line(self, line: int, outages: Sets, *, told: bool = False) -> LineFate:
        """Return what a set of outages does to one line.

        Parameters
        ----------
        outages
            Positions of the outages in the timeline.
        told
            Whether its fates are asked for.
        """
        solutions, places = self.solutions
        return solutions[int(places[line])].of(line, outages, told=told)

    def causes(self, line: int, fate: Fate, outages: Sets) -> Sets:
        """Return those of some outages that a line owes its fate to.

        They close its course, or, where that is open and slower, slow it.
        """
        closing = frozenset(self.closing.get(line, ()))
        if fate.fate != "slower":
            return outages & closing
        slowing = (frozenset(self.touching[line]) & outages) - closing
        return frozenset(n for n in slowing if self.timeline.outages[n].effect != "limited")

    @cached_property
    def line_numbers(self) -> Numbers:
        """Position of the line of each train counted."""
        return np.array([self.lines.line_of[train] for train in self.trains], dtype=np.int64)

    def of(self, state: int, train: str) -> TrainFate:
        """Return the fate of one train in one state.

        Raises
        ------
        KeyError
            If the train is not counted.
        """
        line = self.lines.line_of[train]
        outages = [
            self.timeline.outages[number]
            for number in self.touching.get(line, ())
            if number in self.timeline.states[state].possible
        ]
        known = self.courses.courses[train].train.documents
        papers = (*(each for outage in outages for each in outage.documents), *known)
        return TrainFate(
            state=state,
            train=train,
            fate=self.fates[self.outcome[state, line]],
            gets_through=GETS_THROUGH[self.through[state, line]],
            incidents=tuple(dict.fromkeys(outage.incident for outage in outages)),
            documents=tuple(dict.fromkeys(papers)),
        )

    def rows(self, *, touched_only: bool = True) -> Iterator[TrainFate]:
        """Yield the fates by state and train; those as timetabled only where they are asked for.

        Parameters
        ----------
        touched_only
            Leave out trains that run as timetabled and certainly get through.
        """
        for state in range(len(self.timeline.states)):
            plain = (self.outcome[state] == 0) & (self.through[state] == YES)
            for train, line in zip(self.trains, self.line_numbers, strict=True):
                if not (touched_only and plain[line]):
                    yield self.of(state, train)

    def __repr__(self) -> str:
        count, states = len(self.trains), len(self.timeline.states)
        return f"<TrainFates: {count:,} trains, {states:,} states>"


@refuse_wrong_kinds
def assess_trains(
    courses: Courses,
    timeline: Timeline,
    *,
    rules: FateRules | None = None,
    profiles: Mapping[str, Profile] = PROFILE_OF_KIND,
    base_outages: Sequence[Outage] = (),
    advisory: str = "use",
) -> TrainFates:
    """Return the fate of every train in every state.

    A train whose course is closed is diverted, held, cut short, split or does not run, by
    `FateRules`. A diverted train leaves its course at a stop before the closure and comes back
    at one behind it, by the quickest way; it keeps the stops between that lie on that way. The
    fate is that under the chosen times; whether a train gets through is bounded: ``yes`` if it
    does with every outage that may hold, ``no`` if not even with every incident at its mildest.
    More outages never let more trains through.

    Parameters
    ----------
    courses
        From `netmodel.trains.course.find_courses`, with the links closed that `base_outages`
        close.
    rules
        The default rules if not given.
    profiles
        How trains of each kind run; those with which the courses were found.
    base_outages
        Outages that hold in the base state; lateness counts from there.
    advisory
        ``use`` or ``avoid`` sections that passengers are advised against.

    Raises
    ------
    InputError
        If an outage lies on a link that the network of the courses lacks.

    Examples
    --------
    >>> from netmodel.outages.outage import MilestoneTimes
    >>> from netmodel.network.railway import Hub, Link, Network
    >>> from netmodel.times import Bounds, Window, parse_instant
    >>> from netmodel.trains.course import find_courses
    >>> from netmodel.trains.train import Timetable, Train
    >>> hubs = tuple(Hub(id=i, name=i, lon=n, lat=0) for n, i in enumerate("abc"))
    >>> links = (Link(id="ab", from_hub="a", to_hub="b", length_km=60),
    ...          Link(id="bc", from_hub="b", to_hub="c", length_km=60))
    >>> train = Train(id="1", number="1", kind="regional", stops=("a", "b", "c"))
    >>> courses = find_courses(Timetable(trains=(train,)), Network(hubs=hubs, links=links))
    >>> start, end = parse_instant("2026-02-01T00:00Z"), parse_instant("2026-02-02T00:00Z")
    >>> outage = Outage(incident="x", link="bc", effect="closed", traffic=("passenger",),
    ...     start=Bounds(earliest=start, latest=start), end=Bounds(earliest=end, latest=None),
    ...     start_milestone="start", end_milestone="first_traffic", documents=("d",))
    >>> times = {"x": MilestoneTimes(start=start, first_traffic=None, full_service=None)}
    >>> timeline = Timeline(window=Window(start=start, end=end), outages=(outage,), times=times)
    >>> found = assess_trains(courses, timeline).of(0, "1")
    >>> found.fate.fate, found.fate.turned_at, found.gets_through, found.incidents
    ('cut short', 'b', 'no', ('x',))
    """
    rules = rules or FateRules()
    lines = lay_lines(courses, rules)
    outages = tuple(_spread(courses.promotion, timeline.outages))
    base = tuple(part for each in _spread(courses.promotion, base_outages) for part in each)
    known = set(base_outages)
    standing = frozenset(n for n, each in enumerate(timeline.outages) if each in known)
    table = _Table(timeline, lines, rules)
    searches: dict[tuple[float, float], WaySearch] = {}
    lost: set[int] = set()
    touching: dict[int, list[int]] = {}
    for profile, kinds, numbers in _group(lines, profiles, rules):
        solver = LineSolver(
            lines, numbers, profile, outages, base, rules,
            _search(searches, lines, profile), advisory, kinds,
        )  # fmt: skip
        lost |= solver.lost
        touch = solver.touched(standing)
        for number, mine in touch.items():
            for line in mine.tolist():
                touching.setdefault(line, []).append(number)
        table.fill(solver, touch)
    gone = tuple(train for train, line in lines.line_of.items() if line in lost)
    return TrainFates(
        courses=courses,
        timeline=timeline,
        lines=lines,
        fates=tuple(table.fates),
        outcome=table.outcome,
        through=table.through,
        passes=table.passes,
        touching={line: tuple(sorted(mine)) for line, mine in touching.items()},
        closing=table.closing,
        solutions=(tuple(table.solutions), table.solution_of),
        without=(*courses.without, *gone),
        rules=rules,
    )


def _spread(promotion: Promotion, outages: Iterable[Outage]) -> Iterator[tuple[Outage, ...]]:
    """Yield each outage as outages of the parts of its link."""
    network = promotion.network
    problems = []
    for outage in outages:
        parts = promotion.parts.get(outage.link, (outage.link,))
        if any(part not in network.link_index for part in parts):
            what = f"link {outage.link!r} is not in the network of the courses"
            problems.append(Problem(what=what, where=f"incident {outage.incident}"))
            continue
        total = sum(network.link(part).length_km for part in parts)
        yield tuple(
            replace(
                outage,
                link=part,
                share=outage.share * network.link(part).length_km / total,
            )
            for part in parts
        )
    if problems:
        raise InputError(problems)


def _group(
    lines: Lines, profiles: Mapping[str, Profile], rules: FateRules
) -> Iterator[tuple[Profile, bool, Numbers]]:
    """Yield profile, whether detours need the overhead line, and lines that are solved at once."""
    found: dict[tuple[int, bool], tuple[Profile, list[Numbers]]] = {}
    for profile, kind, numbers in lines.of_profile(profiles):
        key = (id(profile), kind in rules.kinds_electric)
        found.setdefault(key, (profile, []))[1].append(numbers)
    for (_, electric), (profile, parts) in found.items():
        yield profile, electric, np.sort(np.concatenate(parts))


def _search(
    searches: dict[tuple[float, float], WaySearch], lines: Lines, profile: Profile
) -> WaySearch:
    key = (profile.reversal_minutes, profile.gauge_change_minutes)
    if key not in searches:
        terminals = dict.fromkeys(hub for line in lines.lines for hub in line.hubs)
        searches[key] = WaySearch(
            lines.network, tuple(terminals), reversal_minutes=key[0], gauge_change_minutes=key[1]
        )
    return searches[key]


class _Table:
    """Fates and bounds by state and line, filled one group of lines after another."""

    def __init__(self, timeline: Timeline, lines: Lines, rules: FateRules) -> None:
        shape = len(timeline.states), len(lines.lines)
        self.timeline, self.lines, self.rules = timeline, lines, rules
        self.outcome = np.zeros(shape, dtype=np.int32)
        self.through = np.zeros(shape, dtype=np.int8)
        self.passes = np.ones(shape, dtype=bool)
        self.fates: list[Fate] = [AS_TIMETABLED]
        self.closing: dict[int, tuple[int, ...]] = {}
        self.solutions: list[Solution] = []
        self.solution_of = np.zeros(shape[1], dtype=np.int64)
        self._number: dict[Fate, int] = {AS_TIMETABLED: 0}

    def fill(self, solver: LineSolver, touch: Mapping[int, Numbers]) -> None:
        """Write down what became of the lines of one group."""
        states = self.timeline.states
        mildest = [state.certain for state in states]
        asked = [state.active for state in states]
        chosen = solver.solve(asked, others=[*mildest, *(state.possible for state in states)])
        for number, active in enumerate(asked):
            solved = chosen[active]
            self.passes[number, solved.blocked[~solved.through]] = False
        for number, state in enumerate(states):
            self._bound(number, chosen[mildest[number]], chosen[state.possible])
            self._slow(number, chosen[state.active])
        for lines in touch.values():
            self.solution_of[lines] = len(self.solutions)
        self.solutions.append(Solution(solver, chosen))
        closures = self._find_closures({number: solver.closed_by(number) for number in touch})
        self._decide([chosen[active] for active in asked], closures)

    def _bound(self, number: int, best: LineState, worst: LineState) -> None:
        self.through[number, worst.blocked[~worst.through]] = IN_DOUBT
        self.through[number, best.blocked[~best.through]] = NO

    def _slow(self, number: int, chosen: LineState) -> None:
        """Write down the lines that are open and on which a train loses time.

        One track of two, whose cost in minutes is not known, is a limit and makes none slower.
        """
        for line, minutes in chosen.extra.items():
            if minutes > TOLERANCE:
                self.outcome[number, line] = self._note(Fate(fate="slower", extra_minutes=minutes))

    def _find_closures(self, closed: Mapping[int, Numbers]) -> Mapping[int, Sequence[Closure]]:
        """Return the closures of each line under the chosen times, in order, none meeting another.

        They are those of the outages, from start to end, and not of the window.
        """
        outages: dict[int, list[int]] = {}
        for number, lines in closed.items():
            for line in lines.tolist():
                outages.setdefault(line, []).append(number)
        joined: dict[tuple[int, ...], Sequence[Closure]] = {}  # many lines meet the same outages
        self.closing |= {line: tuple(mine) for line, mine in outages.items()}
        for mine in map(tuple, outages.values()):
            if mine not in joined:
                joined[mine] = join_closures(self.timeline, mine)
        return {line: joined[tuple(mine)] for line, mine in outages.items()}

    def _decide(
        self, chosen: Sequence[LineState], closures: Mapping[int, Sequence[Closure]]
    ) -> None:
        """Write down what became of the lines that are closed, by how long they are."""
        for number, (state, solved) in enumerate(zip(self.timeline.states, chosen, strict=True)):
            middle = state.start + (state.end - state.start) / 2
            for line in solved.blocked.tolist():
                mine = closures[line]
                begun, over = mine[bisect_right(mine, state.start, key=itemgetter(0)) - 1]
                lasts, wait = _minutes_between(begun, over), _minutes_between(middle, over)
                fate = decide(self.rules, solved.of(line), lasts, wait)
                self.outcome[number, line] = self._note(fate)

    def _note(self, fate: Fate) -> int:
        """Return the position of a fate, written down when it is new."""
        known = self._number.get(fate)
        if known is None:
            known = self._number[fate] = len(self.fates)
            self.fates.append(fate)
        return known


def decide(rules: FateRules, closed: LineFate, lasts: float, wait: float) -> Fate:
    """Return what becomes of a train whose course is closed.

    Parameters
    ----------
    lasts, wait
        How long it is closed, and from when the train waits, minutes; nan if that is not known.
    """
    detour = None if lasts <= rules.hold_first_minutes else closed.detour
    if detour is None and lasts <= rules.hold_at_most_minutes:
        return Fate(fate="held", extra_minutes=wait)
    return detour or closed.cut


def join_closures(timeline: Timeline, outages: Iterable[int]) -> Sequence[Closure]:
    """Return when some outages hold under the chosen times, in order.

    Those are joined that overlap or follow on one another.

    Parameters
    ----------
    outages
        Their positions in the timeline.
    """
    times = (timeline.chosen(timeline.outages[number]) for number in outages)
    known = ((start, end) for start, end in times if start is not None)
    found: list[Closure] = []
    for start, end in sorted(known, key=itemgetter(0)):
        if end is not None and end <= start:
            continue
        last = found[-1][1] if found else start
        if found and (last is None or start <= last):
            found[-1] = found[-1][0], None if last is None or end is None else max(last, end)
        else:
            found.append((start, end))
    return found


def _minutes_between(start: datetime, end: datetime | None) -> float:
    """Return the minutes from one instant to another; nan, within no limit, if it is unknown."""
    return math.nan if end is None else (end - start).total_seconds() / 60
