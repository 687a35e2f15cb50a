"""Trains a day by fate, hours late, stops not served, and who did not get through on a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, tzinfo

import numpy as np
from numpy.typing import NDArray

from netmodel.arguments import refuse_wrong_kinds
from netmodel.impact.fate_rules import FATES
from netmodel.impact.train_fates import NO, YES, TrainFates
from netmodel.impact.train_passages import find_passages
from netmodel.impact.train_waits import find_held_runs
from netmodel.times import Window
from netmodel.trains.course import Courses
from netmodel.trains.relevance import RelevantTrains, days_of

Floats = NDArray[np.float64]
_PLAIN = FATES.index("as timetabled")


@dataclass(frozen=True, slots=True, kw_only=True)
class StateCounts:
    """Trains a day in one state.

    Parameters
    ----------
    trains
        That run.
    by_fate
        Of each of `FATES`.
    not_through
        That do not get through by rail, under the chosen times.
    certainly_not, possibly_not
        That do not get through by rail for all times that the evidence allows, and under
        some of them; the second includes the first.
    """

    state: int
    trains: float
    by_fate: Mapping[str, float]
    not_through: float
    certainly_not: float
    possibly_not: float

    def share_through(self, lost: float) -> float:
        """Return the share of trains that get through if so many do not; 1 without trains."""
        return 1.0 - lost / self.trains if self.trains else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCounts:
    """Trains of one day, each counted once: on the day of its departure, or of its passage.

    Parameters
    ----------
    by_fate
        Of each of `FATES`; each train by its worst fate of the day.
    not_through
        That could not get through by rail, under the chosen times; see the next.
    certainly_not
        That could not get through by rail, whatever the times that the evidence allows. A train
        meets what holds when it passes what outages touch, by its timetable; one whose timetable
        does not tell meets whatever holds on its course on the day that it runs.
    possibly_not
        The same under some of these times; includes `certainly_not` and `not_through`.
    states
        The first of the states that touch the day, and the one after the last.
    """

    day: date
    trains: int
    by_fate: Mapping[str, int]
    not_through: int
    certainly_not: int
    possibly_not: int
    states: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowCounts:
    """What a window cost trains.

    Parameters
    ----------
    train_hours_late
        Hours late of all trains that ran to their last stop, under the chosen times. A held train
        of a known hour waits from when it comes to what is closed; another for the mean of a state.
    stops_not_served
        Calls of trains that did not take place, over all days.
    trains
        Trains times days.
    """

    trains: float
    train_hours_late: float
    stops_not_served: float


@dataclass(frozen=True, eq=False, kw_only=True)
class TrainImpact:
    """What became of the trains of a window.

    Parameters
    ----------
    relevant
        The trains that ran, and on which days.
    courses
        Their ways in the base state.
    fates
        In every state; trains that have no way in the base state are left out.
    met
        By id of each train that passes what outages touch at known hours: the states that it
        meets. The others meet all states of the days on which they run.
    waits
        By state and train: how many minutes trains of known hours wait there that are held, on the
        mean over their runs.
    states, days, window
        Trains a day in each state, trains of each day, and what the window cost them. Days are
        those of the zone of the scenario.

    Examples
    --------
    >>> import netmodel as nm
    >>> trains = nm.run("crimean-bridge-2022").trains
    >>> worst = trains.worst_day
    >>> worst.day.isoformat(), worst.by_fate["held"]
    ('2022-10-08', 10)
    """

    relevant: RelevantTrains
    courses: Courses
    fates: TrainFates
    met: Mapping[str, frozenset[int]]
    waits: Mapping[tuple[int, str], float]
    states: tuple[StateCounts, ...]
    days: tuple[DayCounts, ...]
    window: WindowCounts

    @property
    def without_course(self) -> tuple[str, ...]:
        """Ids of the trains that ran and have no way in the base state; they are not counted."""
        return self.fates.without

    @property
    def touching_by_state(self) -> tuple[frozenset[int], ...]:
        """Positions of the outages that may hold in each state and touch a train's course."""
        touching = frozenset(each for mine in self.fates.touching.values() for each in mine)
        return tuple(touching & state.possible for state in self.fates.timeline.states)

    @property
    def worst_day(self) -> DayCounts | None:
        """The first of the days with the most trains that certainly could not get through.

        Of several, that with the most that possibly did not; ``None`` where all got through.
        """
        hit = [day for day in self.days if day.possibly_not]
        return max(hit, key=lambda day: (day.certainly_not, day.possibly_not), default=None)


def count_trains(fates: TrainFates, running: RelevantTrains, *, zone: tzinfo = UTC) -> TrainImpact:
    """Return fates with the trains counted by state, by day and over the window.

    Parameters
    ----------
    running
        The days on which each train runs.
    zone
        Of the days.
    """
    calendar = _Calendar(fates, running, zone)
    return TrainImpact(
        relevant=running,
        courses=fates.courses,
        fates=fates,
        met=calendar.met,
        waits=calendar.waits,
        states=_count_states(fates, calendar),
        days=_count_days(fates, calendar),
        window=_count_window(fates, calendar),
    )


@refuse_wrong_kinds
def count_states(
    fates: TrainFates, running: RelevantTrains, *, zone: tzinfo = UTC
) -> tuple[StateCounts, ...]:
    """Count the trains a day of each state, by fate.

    A train that runs on some days of a state counts by their share. One that passes what outages
    touch at a known hour, and not in the state, is as timetabled.

    Parameters
    ----------
    running
        The days on which each train runs.
    zone
        Of the days.
    """
    return _count_states(fates, _Calendar(fates, running, zone))


def _count_states(fates: TrainFates, calendar: _Calendar) -> tuple[StateCounts, ...]:
    kind = _kinds(fates)[fates.outcome]
    found = []
    for state, (running, rate) in enumerate(calendar.rates()):
        by_fate = np.bincount(kind[state], weights=rate, minlength=len(FATES))
        by_fate[_PLAIN] += running.sum() - rate.sum()
        through = fates.through[state]
        found.append(
            StateCounts(
                state=state,
                trains=float(running.sum()),
                by_fate=dict(zip(FATES, by_fate.tolist(), strict=True)),
                not_through=float(rate[~fates.passes[state]].sum()),
                certainly_not=float(rate[through == NO].sum()),
                possibly_not=float(rate[through != YES].sum()),
            )
        )
    return tuple(found)


@refuse_wrong_kinds
def count_days(
    fates: TrainFates, running: RelevantTrains, *, zone: tzinfo = UTC
) -> tuple[DayCounts, ...]:
    """Count the trains of each day of the window, each once: see `DayCounts`.

    A train meets what holds when it passes, by its timetable, or whatever holds on its course on
    the day that it runs.
    """
    return _count_days(fates, _Calendar(fates, running, zone))


def _count_days(fates: TrainFates, calendar: _Calendar) -> tuple[DayCounts, ...]:
    kind = _kinds(fates)[fates.outcome]
    found = []
    known: dict[tuple[int, int, bytes], NDArray[np.int64]] = {}
    for number, day in enumerate(calendar.days):
        counts = np.zeros(len(FATES) + 3, dtype=np.int64)
        for first, stop, trains in calendar.meetings(number):
            key = first, stop, trains.tobytes()
            if key not in known:
                mine = fates.line_numbers[trains]
                through = fates.through[first:stop, mine]
                worst = np.bincount(kind[first:stop, mine].max(axis=0), minlength=len(FATES))
                lost = ~fates.passes[first:stop, mine], through == NO, through != YES
                known[key] = np.array([*worst, *(each.any(axis=0).sum() for each in lost)])
            counts += known[key]
        *by_fate, not_through, certainly_not, possibly_not = counts.tolist()
        found.append(
            DayCounts(
                day=day,
                trains=sum(by_fate),
                by_fate=dict(zip(FATES, by_fate, strict=True)),
                not_through=not_through,
                certainly_not=certainly_not,
                possibly_not=possibly_not,
                states=calendar.states_of(number),
            )
        )
    return tuple(found)


@refuse_wrong_kinds
def count_window(fates: TrainFates, running: RelevantTrains, *, zone: tzinfo = UTC) -> WindowCounts:
    """Sum what happened to all trains over the window, under the chosen times."""
    return _count_window(fates, _Calendar(fates, running, zone))


def _count_window(fates: TrainFates, calendar: _Calendar) -> WindowCounts:
    late = np.array([each.extra_minutes for each in fates.fates]) / 60.0
    late = np.nan_to_num(late, nan=0.0)
    moving = np.where([each.fate == "held" for each in fates.fates], 0.0, late)
    missed = np.array([len(each.stops_missed) for each in fates.fates], dtype=float)
    total = stops = 0.0
    hours = calendar.held.total_hours
    for state, (running, untimed, timed) in enumerate(calendar.weights()):
        outcome = fates.outcome[state]
        total += float(running.sum())
        hours += float((untimed * late[outcome] + timed * moving[outcome]).sum())
        stops += float(((untimed + timed) * missed[outcome]).sum())
    return WindowCounts(trains=total, train_hours_late=hours, stops_not_served=stops)


def _kinds(fates: TrainFates) -> NDArray[np.int64]:
    """Return the position in `FATES` of each fate of the table."""
    return np.array([FATES.index(each.fate) for each in fates.fates], dtype=np.int64)


class _Calendar:
    """The days of a window, which trains run on each, and which states touch it.

    Attributes
    ----------
    runs
        Whether each train runs on each day, shape ``(trains, days)``; see `Passages`.
    first, last
        The first and the last day of each state.
    passages
        The runs of trains that pass what outages touch at known hours.
    held
        Those of them that are held.
    """

    def __init__(self, fates: TrainFates, running: RelevantTrains, zone: tzinfo) -> None:
        self.days = days_of(fates.timeline.window, zone)
        place = {day: number for number, day in enumerate(self.days)}
        patterns: dict[tuple[date, ...], NDArray[np.bool_]] = {}
        self.runs = np.zeros((len(fates.trains), len(self.days)), dtype=bool)
        for train, row in zip(fates.trains, self.runs, strict=True):
            mine = running.days.get(train, ())
            if mine not in patterns:  # most trains run on the days of others
                patterns[mine] = np.zeros(len(self.days), dtype=bool)
                patterns[mine][[place[day] for day in mine if day in place]] = True
            row[:] = patterns[mine]
        spans = [
            days_of(Window(start=state.start, end=state.end), zone)
            for state in fates.timeline.states
        ]
        self.first = np.array([place[span[0]] for span in spans], dtype=np.int64)
        self.last = np.array([place[span[-1]] for span in spans], dtype=np.int64)
        self.fates = fates
        self.passages = find_passages(fates, self.runs, self.days, zone)
        self.runs = self.passages.runs
        self.held = find_held_runs(fates, self.passages)

    def states_of(self, day: int) -> tuple[int, int]:
        """Return the first of the states that touch a day, and the one after the last."""
        first = np.searchsorted(self.last, day)
        return int(first), int(np.searchsorted(self.first, day, side="right"))

    def meetings(self, day: int) -> Iterator[tuple[int, int, NDArray[np.int64]]]:
        """Yield the first of some states, the one after the last, and the trains that meet them.

        Each train that runs on the day is in one of these groups.
        """
        runs = self.runs[:, day] & ~self.passages.timed
        yield *self.states_of(day), np.flatnonzero(runs)
        mine = np.flatnonzero(self.passages.day == day)
        spans = np.stack([self.passages.first[mine], self.passages.stop[mine]], axis=1)
        groups, group_of = np.unique(spans, axis=0, return_inverse=True)
        for number, (begin, stop) in enumerate(groups.tolist()):
            yield begin, stop, self.passages.train[mine[group_of.ravel() == number]]

    @property
    def met(self) -> Mapping[str, frozenset[int]]:
        """The states that each train of known hours meets, by its id."""
        names = self.fates.trains
        found: dict[str, set[int]] = {names[n]: set() for n in np.flatnonzero(self.passages.timed)}
        for step, runs in self.passages.met():
            pairs = np.stack([self.passages.train[runs], self.passages.first[runs] + step], axis=1)
            for train, state in np.unique(pairs, axis=0).tolist():
                found[names[train]].add(state)
        return {train: frozenset(states) for train, states in found.items()}

    @property
    def waits(self) -> Mapping[tuple[int, str], float]:
        """The mean wait of the runs of each train in each state in which it is held."""
        means = self.held.mean_minutes(self.passages.train)
        return {(state, self.fates.trains[n]): wait for (n, state), wait in means.items()}

    def rates(self) -> Iterator[tuple[Floats, Floats]]:
        """Yield the trains a day of each line that run, and that meet the state, by state.

        Of a state shorter than a day the second are those that meet it at all.
        """
        for (running, untimed, days), mine in zip(self._by_day(), self._timed(), strict=True):
            yield running, untimed + np.minimum(mine / max(days, 1.0), running - untimed)

    def weights(self) -> Iterator[tuple[Floats, Floats, Floats]]:
        """Yield the trains of each line that run, and that meet the state, times days, by state.

        The latter of unknown hours and of known ones. A run that meets several states counts in
        each by its share of the passage.
        """
        for (running, untimed, days), mine in zip(
            self._by_day(), self._timed(shared=True), strict=True
        ):
            yield days * running, days * untimed, mine

    def _by_day(self) -> Iterator[tuple[Floats, Floats, float]]:
        """Yield the trains a day of each line, those whose hours are unknown, and the days."""
        lines = len(self.fates.lines.lines)
        daily = np.zeros((2, len(self.days), lines))
        untimed = self.runs & ~self.passages.timed[:, None]
        for each, runs in zip(daily, (self.runs, untimed), strict=True):
            np.add.at(each.T, self.fates.line_numbers, runs)
        known: dict[tuple[int, int], Floats] = {}
        for number, state in enumerate(self.fates.timeline.states):
            span = int(self.first[number]), int(self.last[number]) + 1
            if span not in known:
                known[span] = daily[:, slice(*span)].mean(axis=1)
            running, of_unknown = known[span]
            yield running, of_unknown, state.hours / 24.0

    def _timed(self, *, shared: bool = False) -> Floats:
        """Return the runs of known hours of each line that meet each state, whole or by shares."""
        found = np.zeros((len(self.first), len(self.fates.lines.lines)))
        passed = self.passages
        ends = np.array([each.end.timestamp() for each in self.fates.timeline.states])
        starts = np.array([each.start.timestamp() for each in self.fates.timeline.states])
        for step, runs in passed.met():
            states = passed.first[runs] + step
            counted = np.ones(len(runs))
            if shared:
                enter, leave = passed.enter[runs], passed.leave[runs]
                inside = np.minimum(leave, ends[states]) - np.maximum(enter, starts[states])
                long = leave > enter
                counted = np.where(long, inside / np.where(long, leave - enter, 1.0), inside >= 0)
                counted = np.clip(counted, 0.0, 1.0)
            np.add.at(found, (states, self.fates.line_numbers[passed.train[runs]]), counted)
        return found
