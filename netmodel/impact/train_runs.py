"""What became of the runs of trains of known hours: each meets what holds when it comes to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from netmodel.impact.fate_rules import AS_TIMETABLED, FATES, GETS_THROUGH, Fate
from netmodel.impact.line_states import TOLERANCE
from netmodel.impact.train_fates import (
    IN_DOUBT,
    NO,
    YES,
    Closure,
    TrainFate,
    TrainFates,
    decide,
    join_closures,
)
from netmodel.impact.train_passages import (
    Floats,
    LinePassages,
    Numbers,
    find_instants,
    find_passages,
)
from netmodel.trains.train import DAY_MINUTES

_GRAVEST = (NO, IN_DOUBT, YES)
_NEVER = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOutcome:
    """What becomes of runs that meet the same.

    Parameters
    ----------
    fate
        Under the chosen times; each run that is held has a wait of its own.
    through
        Position in `GETS_THROUGH`.
    passes
        Whether it gets through by rail under the chosen times.
    outages
        Positions of the outages that may hold when it comes to their links.
    """

    fate: Fate
    through: int
    passes: bool
    outages: frozenset[int]

    @property
    def plain(self) -> bool:
        """Whether it runs as timetabled and certainly gets through."""
        return self.fate.fate == "as timetabled" and self.through == YES


@dataclass(frozen=True, eq=False, kw_only=True)
class MetRuns:
    """The runs of trains of known hours that come to what may hold.

    Parameters
    ----------
    train, day, state
        Positions of the train, of the day on which it comes to it, and of the state that holds
        then, shape ``(runs,)``. It counts on this day, whenever it departed.
    outcome
        Position in `outcomes`, of the same shape.
    late
        Minutes that it arrives late, of the same shape; nan where it does not run from end to end.
    """

    train: Numbers
    day: Numbers
    state: Numbers
    outcome: Numbers
    late: Floats
    outcomes: tuple[RunOutcome, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class TrainRuns:
    """The runs of trains over the days of a window.

    Parameters
    ----------
    timed
        Which trains have known hours, shape ``(trains,)``. The others meet whatever holds on their
        course on the days on which they run.
    runs
        How often each train runs on each day, shape ``(trains, days)``: by the day of departure,
        or that on which a run comes to what it meets.
    """

    fates: TrainFates
    timed: NDArray[np.bool_]
    runs: Numbers
    met: MetRuns

    @cached_property
    def rows(self) -> Mapping[tuple[int, str], TrainFate]:
        """What became of trains of known hours, by state and train.

        Of several runs of a train that come to it in one state the gravest fate; the minutes are
        their mean. Those as timetabled that certainly get through are left out.
        """
        met = self.met
        plain = np.array([each.plain for each in met.outcomes], dtype=bool)
        kept = np.flatnonzero(~plain[met.outcome])
        pairs = np.stack([met.state[kept], met.train[kept]], axis=1)
        known, place = np.unique(pairs, axis=0, return_inverse=True)
        order = np.argsort(place.ravel(), kind="stable")
        groups = np.split(kept[order], np.cumsum(np.bincount(place.ravel()))[:-1])
        return {
            (state, self.fates.trains[train]): self._tell(state, train, runs)
            for (state, train), runs in zip(known.tolist(), groups, strict=False)
        }

    def _tell(self, state: int, number: int, runs: Numbers) -> TrainFate:
        outcomes = [self.met.outcomes[each] for each in self.met.outcome[runs]]
        worst = max(outcomes, key=lambda each: FATES.index(each.fate.fate))
        alike = [each.fate.fate == worst.fate.fate for each in outcomes]
        train = self.fates.trains[number]
        met = sorted(frozenset().union(*(each.outages for each in outcomes)))
        outages = [self.fates.timeline.outages[each] for each in met]
        papers = [paper for outage in outages for paper in outage.documents]
        papers += self.fates.courses.courses[train].train.documents
        through = next(each for each in _GRAVEST if each in {one.through for one in outcomes})
        return TrainFate(
            state=state,
            train=train,
            fate=replace(worst.fate, extra_minutes=float(self.met.late[runs[alike]].mean())),
            gets_through=GETS_THROUGH[through],
            incidents=tuple(dict.fromkeys(outage.incident for outage in outages)),
            documents=tuple(dict.fromkeys(papers)),
        )


def find_runs(
    fates: TrainFates,
    departs: NDArray[np.bool_],
    before: Mapping[str, Sequence[date]],
    days: Sequence[date],
    zone: tzinfo,
) -> TrainRuns:
    """Return the runs of trains, and what those of known hours meet.

    A run meets an outage that holds when it comes to its link, by its timetable. What it finds of
    detours is that of the state in which it first comes to what may be closed. That it comes later
    because it was held or slowed before is not in the model, but that it waits for the one closure
    while it waits for the other.

    Parameters
    ----------
    departs
        Whether each train departs on each day, shape ``(trains, days)``.
    before
        On which days before the window each train departed, by its id. Such a run counts if it
        comes to something in the window.
    days
        Of the window.
    zone
        Of the days and the clocks.
    """
    timed = np.zeros(len(fates.trains), dtype=bool)
    runs = departs.astype(np.int64)
    outcomes: list[RunOutcome] = []
    found = [(*(np.zeros(0, dtype=np.int64) for _ in range(4)), np.zeros(0))]
    states = _States(fates, zone)
    for passages in find_passages(fates):
        timed[passages.trains] = True
        which, day = _list_departures(fates, passages, departs, before, days[0])
        if len(which):
            found.append(_meet(fates, passages, (which, day), days, states, runs, outcomes))
    train, day, state, outcome, late = (np.concatenate(each) for each in zip(*found, strict=True))
    met = MetRuns(
        train=train, day=day, state=state, outcome=outcome, late=late, outcomes=tuple(outcomes)
    )
    return TrainRuns(fates=fates, timed=timed, runs=runs, met=met)


class _States:
    """The states of a timeline by instant, and which outages hold in each."""

    def __init__(self, fates: TrainFates, zone: tzinfo) -> None:
        timeline = fates.timeline
        self.zone = zone
        self.starts = np.array([state.start.timestamp() for state in timeline.states])
        self.end = timeline.window.end.timestamp()
        shape = len(timeline.states), len(timeline.outages)
        self.certain, self.active, self.possible = (np.zeros(shape, dtype=bool) for _ in range(3))
        for number, state in enumerate(timeline.states):
            self.certain[number, list(state.certain)] = True
            self.active[number, list(state.active)] = True
            self.possible[number, list(state.possible)] = True

    def at(self, instants: Floats) -> Numbers:
        """Return the state at each instant; the nearest before and after the window."""
        place = np.searchsorted(self.starts, instants, side="right") - 1
        return np.clip(place, 0, None)

    def holds(self, instants: Floats) -> NDArray[np.bool_]:
        """Return whether each instant lies in the window."""
        inside: NDArray[np.bool_] = (instants >= self.starts[0]) & (instants < self.end)
        return inside


def _list_departures(
    fates: TrainFates,
    passages: LinePassages,
    departs: NDArray[np.bool_],
    before: Mapping[str, Sequence[date]],
    first: date,
) -> tuple[Numbers, Numbers]:
    """Return the row in the passages of the train of each run, and its day of departure.

    Days before the first of the window count below 0.
    """
    which, day = np.nonzero(departs[passages.trains])
    earlier = [
        (row, (departed - first).days)
        for row, number in enumerate(passages.trains.tolist())
        for departed in before.get(fates.trains[number], ())
    ]
    more = np.array(earlier, dtype=np.int64).reshape(-1, 2)
    return np.concatenate([which, more[:, 0]]), np.concatenate([day, more[:, 1]])


def _meet(
    fates: TrainFates,
    passages: LinePassages,
    departures: tuple[Numbers, Numbers],
    days: Sequence[date],
    states: _States,
    runs: Numbers,
    outcomes: list[RunOutcome],
) -> tuple[Numbers, Numbers, Numbers, Numbers, Floats]:
    """Return what the runs of one line meet, as in `MetRuns`, and move them to its day.

    What becomes of them is added to the outcomes.
    """
    which, day = departures
    minutes = passages.minutes[which]
    comes = find_instants(
        minutes, np.broadcast_to(day[:, None], minutes.shape), days[0], states.zone
    )
    there, columns = states.at(comes), passages.outages
    sets = [table[there, columns] for table in (states.certain, states.active, states.possible)]
    closes = np.isin(columns, fates.closing.get(passages.line, ()))
    first = _first_coming(comes, sets[2], closes)
    every = np.arange(len(comes))
    on_day = day + (minutes[every, first] // DAY_MINUTES).astype(np.int64)
    inside = sets[2].any(axis=1) & states.holds(comes[every, first])
    inside &= (on_day >= 0) & (on_day < len(days))
    lasts, waits = _measure(fates, passages, closes, comes, sets[1] & closes)
    which, day, on_day, waits = which[inside], day[inside], on_day[inside], waits[inside]
    state, train = there[every, first][inside], passages.trains[which]
    met, begin = [each[inside] for each in sets], len(outcomes)
    outcome = _find_outcomes(fates, passages, state, met, lasts[inside], outcomes)
    at_home = day >= 0
    np.add.at(runs, (train[at_home], day[at_home]), -1)
    np.add.at(runs, (train, on_day), 1)
    told = [each.fate for each in outcomes[begin:]]
    late = np.array([each.extra_minutes for each in told], dtype=float)[outcome - begin]
    held = np.array([each.fate == "held" for each in told], dtype=bool)[outcome - begin]
    return train, on_day, state, outcome, np.where(held, waits, late)


def _find_outcomes(
    fates: TrainFates,
    passages: LinePassages,
    state: Numbers,
    met: Sequence[NDArray[np.bool_]],
    lasts: Floats,
    outcomes: list[RunOutcome],
) -> Numbers:
    """Return the position of the outcome of each run; runs that meet the same share one."""
    keys = np.column_stack([state, lasts, *met])
    _, example, place = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    begin = len(outcomes)
    for row in example.tolist():
        sets = [frozenset(passages.outages[each[row]].tolist()) for each in met]
        outcomes.append(_solve(fates, passages.line, int(state[row]), sets, float(lasts[row])))
    found: Numbers = begin + place.ravel()
    return found


def _first_coming(comes: Floats, possible: NDArray[np.bool_], closes: NDArray[np.bool_]) -> Numbers:
    """Return the column of the first that may be closed, else of the first that may hold."""
    closed = np.where(possible & closes, comes, _NEVER)
    any_closed = np.isfinite(closed).any(axis=1)
    anything = np.where(possible, comes, _NEVER)
    first: Numbers = np.where(any_closed, closed.argmin(axis=1), anything.argmin(axis=1))
    return first


def _measure(
    fates: TrainFates,
    passages: LinePassages,
    closes: NDArray[np.bool_],
    comes: Floats,
    met: NDArray[np.bool_],
) -> tuple[Floats, Floats]:
    """Return how long the longest closure that each run meets lasts, and how long it waits.

    In minutes, inf for one whose end is not known; 0 where a run meets none. Outages of one link
    that follow on one another are one closure. A run that meets several waits until the last that
    it comes to is open, less the time that it runs between.
    """
    outages, of_link = fates.timeline.outages, dict[str, list[int]]()
    for number in fates.closing.get(passages.line, ()):
        of_link.setdefault(outages[number].link, []).append(number)
    lasts, waits = np.zeros(len(comes)), np.zeros(len(comes))
    for column in np.flatnonzero(closes & met.any(axis=0)).tolist():
        mine = of_link[outages[passages.outages[column]].link]
        begun, over = _as_seconds(join_closures(fates.timeline, mine))
        place = np.clip(np.searchsorted(begun, comes[:, column], side="right") - 1, 0, None)
        hit, since = met[:, column], np.maximum(comes[:, column], begun[place])
        lasts = np.where(hit, np.maximum(lasts, over[place] - begun[place]), lasts)
        waits = np.where(hit, np.maximum(waits, over[place] - since), waits)
    return lasts / 60.0, waits / 60.0


def _as_seconds(closures: Sequence[Closure]) -> tuple[Floats, Floats]:
    begun, over = zip(*closures, strict=True)
    ends = [_NEVER if each is None else each.timestamp() for each in over]
    return np.array([each.timestamp() for each in begun]), np.array(ends)


def _solve(
    fates: TrainFates, line: int, state: int, met: Sequence[frozenset[int]], lasts: float
) -> RunOutcome:
    """Return what becomes of a run.

    Parameters
    ----------
    met
        Outages on its course that it certainly meets, meets at the chosen times, and may meet.
    lasts
        Minutes for which its course is closed.
    """
    on_course, holding = frozenset(fates.touching[line]), fates.timeline.states[state]
    everywhere = holding.certain, holding.active, holding.possible
    certain, active, possible = (
        (each - on_course) | mine for each, mine in zip(everywhere, met, strict=True)
    )
    chosen, fate = fates.solve_line(line, active, told=True), AS_TIMETABLED
    if chosen.blocked:
        fate = decide(fates.rules, chosen, lasts, 0.0)
    elif chosen.extra > TOLERANCE:
        fate = Fate(fate="slower", extra_minutes=chosen.extra)
    through = YES if fates.solve_line(line, possible).through else IN_DOUBT
    through = through if fates.solve_line(line, certain).through else NO
    return RunOutcome(fate=fate, through=through, passes=chosen.through, outages=met[2])
