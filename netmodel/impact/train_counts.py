"""Trains a day by fate, hours late, stops not served, and who did not get through on a day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

import numpy as np
from numpy.typing import NDArray

from netmodel.arguments import refuse_wrong_kinds
from netmodel.impact.fate_rules import FATES, Fate
from netmodel.impact.train_fates import NO, YES, TrainFates
from netmodel.impact.train_runs import TrainRuns, find_runs
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
    """Trains of one day, each run counted once.

    On the day of its departure, or on that on which it comes to what it meets.

    Parameters
    ----------
    by_fate
        Of each of `FATES`; each train by its worst fate of the day.
    not_through
        That could not get through by rail, under the chosen times; see the next.
    certainly_not
        That could not get through by rail, whatever the times that the evidence allows. A train
        meets what holds on a link when it comes to it, by its timetable; one whose timetable does
        not tell meets whatever holds on its course on the day that it runs.
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
    runs
        How often each train ran on each day, and what those of known hours met. The others meet all
        states of the days on which they run.
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
    runs: TrainRuns
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

    def outages_behind(self, wanted: Callable[[Fate], bool]) -> frozenset[int]:
        """Return the positions of the outages that trains owe fates of some kind to.

        Those that close their course, or slow it where that is open.
        """
        fates, met = self.fates, self.runs.met
        lines = fates.line_numbers
        untimed = np.zeros(len(fates.lines.lines), dtype=bool)
        untimed[lines[~self.runs.timed]] = True
        asked = np.array([wanted(fate) for fate in fates.fates])[fates.outcome] & untimed
        found: set[int] = set()
        for state, line in np.argwhere(asked).tolist():
            fate = fates.fates[fates.outcome[state, line]]
            found |= fates.causes(line, fate, fates.timeline.states[state].active)
        longest = np.zeros(len(met.outcomes))
        np.maximum.at(longest, met.outcome, np.nan_to_num(met.late))
        pairs = np.unique(np.stack([lines[met.train], met.outcome], axis=1), axis=0)
        for line, number in pairs.tolist():
            outcome = met.outcomes[number]
            if wanted(replace(outcome.fate, extra_minutes=float(longest[number]))):
                found |= fates.causes(line, outcome.fate, outcome.outages)
        return frozenset(found)

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
        runs=calendar.runs,
        states=_count_states(fates, calendar),
        days=_count_days(fates, calendar),
        window=_count_window(fates, calendar),
    )


@refuse_wrong_kinds
def count_states(
    fates: TrainFates, running: RelevantTrains, *, zone: tzinfo = UTC
) -> tuple[StateCounts, ...]:
    """Count the trains a day of each state, by fate.

    A train that runs on some days of a state counts by their share. A run of known hours counts in
    the state in which it first comes to what it meets, and is as timetabled in the others.

    Parameters
    ----------
    running
        The days on which each train runs.
    zone
        Of the days.
    """
    return _count_states(fates, _Calendar(fates, running, zone))


def _count_states(fates: TrainFates, calendar: _Calendar) -> tuple[StateCounts, ...]:
    kind, met = _kinds(fates)[fates.outcome], calendar.met
    found = []
    for state, (running, untimed, days) in enumerate(calendar.rates()):
        through = fates.through[state]
        by_fate = np.bincount(kind[state], weights=untimed, minlength=len(FATES)).astype(float)
        lost = [
            float(untimed[each].sum())
            for each in (~fates.passes[state], through == NO, through != YES)
        ]
        here = calendar.in_state[state]
        share = _share_of_day(len(here), days, running - float(untimed.sum()))
        by_fate += share * np.bincount(met.kind[here], minlength=len(FATES))
        by_fate[_PLAIN] += max(running - by_fate.sum(), 0.0)
        lost = [
            one + share * int(each[here].sum()) for one, each in zip(lost, met.lost, strict=True)
        ]
        found.append(
            StateCounts(
                state=state,
                trains=running,
                by_fate=dict(zip(FATES, by_fate.tolist(), strict=True)),
                not_through=lost[0],
                certainly_not=lost[1],
                possibly_not=lost[2],
            )
        )
    return tuple(found)


def _share_of_day(runs: int, days: float, most: float) -> float:
    """Return what a run counts in trains a day; of a state shorter than a day each counts whole."""
    return min(1.0 / max(days, 1.0), most / runs) if runs else 0.0


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
    kind, met = _kinds(fates)[fates.outcome], calendar.met
    found = []
    known: dict[tuple[int, int, bytes], NDArray[np.int64]] = {}
    for number, day in enumerate(calendar.days):
        first, stop = calendar.states_of(number)
        trains = calendar.untimed_on(number)
        key = first, stop, trains.tobytes()
        if key not in known:
            mine = fates.line_numbers[trains]
            through = fates.through[first:stop, mine]
            worst = np.bincount(kind[first:stop, mine].max(axis=0), minlength=len(FATES))
            lost = ~fates.passes[first:stop, mine], through == NO, through != YES
            known[key] = np.array([*worst, *(each.any(axis=0).sum() for each in lost)])
        here = calendar.on_day[number]
        counts = known[key].copy()
        counts[: len(FATES)] += np.bincount(met.kind[here], minlength=len(FATES))
        counts[_PLAIN] += calendar.timed_on(number) - len(here)
        counts[len(FATES) :] += [int(each[here].sum()) for each in met.lost]
        *by_fate, not_through, certainly_not, possibly_not = counts.tolist()
        found.append(
            DayCounts(
                day=day,
                trains=sum(by_fate),
                by_fate=dict(zip(FATES, by_fate, strict=True)),
                not_through=not_through,
                certainly_not=certainly_not,
                possibly_not=possibly_not,
                states=(first, stop),
            )
        )
    return tuple(found)


@refuse_wrong_kinds
def count_window(fates: TrainFates, running: RelevantTrains, *, zone: tzinfo = UTC) -> WindowCounts:
    """Sum what happened to all trains over the window, under the chosen times."""
    return _count_window(fates, _Calendar(fates, running, zone))


def _count_window(fates: TrainFates, calendar: _Calendar) -> WindowCounts:
    late = np.nan_to_num([each.extra_minutes for each in fates.fates], nan=0.0) / 60.0
    missed = np.array([len(each.stops_missed) for each in fates.fates], dtype=float)
    total, met = 0.0, calendar.met
    hours, stops = float(np.nansum(met.late)) / 60.0, float(met.missed.sum())
    for state, (running, untimed, days) in enumerate(calendar.rates()):
        outcome = fates.outcome[state]
        total += days * running
        hours += days * float((untimed * late[outcome]).sum())
        stops += days * float((untimed * missed[outcome]).sum())
    return WindowCounts(trains=total, train_hours_late=hours, stops_not_served=stops)


def _kinds(fates: TrainFates) -> NDArray[np.int64]:
    """Return the position in `FATES` of each fate of the table."""
    return np.array([FATES.index(each.fate) for each in fates.fates], dtype=np.int64)


class _Met:
    """What became of the runs of known hours that met something, run by run.

    Attributes
    ----------
    kind
        Position in `FATES`, shape ``(runs,)``.
    lost
        Whether a run does not get through under the chosen times, certainly and possibly not.
    late, missed
        Minutes late, nan where it does not run from end to end, and stops missed.
    """

    def __init__(self, runs: TrainRuns) -> None:
        met, outcomes = runs.met, runs.met.outcomes
        self.kind = self._of(met.outcome, [FATES.index(each.fate.fate) for each in outcomes])
        self.missed = self._of(met.outcome, [len(each.fate.stops_missed) for each in outcomes])
        passes = self._of(met.outcome, [each.passes for each in outcomes]).astype(bool)
        through = self._of(met.outcome, [each.through for each in outcomes])
        self.lost = ~passes, through == NO, through != YES
        self.late = met.late

    def _of(self, outcome: NDArray[np.int64], values: Sequence[int]) -> NDArray[np.int64]:
        return np.array(values, dtype=np.int64)[outcome]


class _Calendar:
    """The days of a window, which trains run on each, and which states touch it.

    Attributes
    ----------
    first, last
        The first and the last day of each state.
    midnights
        When each day begins, and the last ends, in seconds of the epoch.
    runs
        How often each train runs on each day, and what those of known hours meet.
    met, in_state, on_day
        What became of the latter; positions of those of each state, and of each day.
    """

    def __init__(self, fates: TrainFates, running: RelevantTrains, zone: tzinfo) -> None:
        self.days = days_of(fates.timeline.window, zone)
        place = {day: number for number, day in enumerate(self.days)}
        patterns: dict[tuple[date, ...], NDArray[np.bool_]] = {}
        departs = np.zeros((len(fates.trains), len(self.days)), dtype=bool)
        for train, row in zip(fates.trains, departs, strict=True):
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
        midnights = (*self.days, self.days[-1] + timedelta(days=1))
        self.midnights = np.array(
            [datetime.combine(day, time(0), zone).timestamp() for day in midnights]
        )
        self.fates = fates
        self.runs = find_runs(fates, departs, running.before, self.days, zone)
        self.met = _Met(self.runs)
        self.in_state = _split(self.runs.met.state, len(fates.timeline.states))
        self.on_day = _split(self.runs.met.day, len(self.days))

    def states_of(self, day: int) -> tuple[int, int]:
        """Return the first of the states that touch a day, and the one after the last."""
        first = np.searchsorted(self.last, day)
        return int(first), int(np.searchsorted(self.first, day, side="right"))

    def untimed_on(self, day: int) -> NDArray[np.int64]:
        """Return the trains of unknown hours that run on a day."""
        return np.flatnonzero((self.runs.runs[:, day] > 0) & ~self.runs.timed)

    def timed_on(self, day: int) -> int:
        """Return how many runs of trains of known hours a day has."""
        return int(self.runs.runs[self.runs.timed, day].sum())

    def rates(self) -> Iterator[tuple[float, Floats, float]]:
        """Yield trains a day, those of unknown hours by line, and the days, by state.

        The mean of the days that a state touches, each by the hours that it shares with the state.
        """
        daily = self.runs.runs.sum(axis=0)
        untimed = np.zeros((len(self.days), len(self.fates.lines.lines)))
        of_unknown = self.runs.runs * ~self.runs.timed[:, None]
        np.add.at(untimed.T, self.fates.line_numbers, of_unknown)
        for number, state in enumerate(self.fates.timeline.states):
            span = slice(int(self.first[number]), int(self.last[number]) + 1)
            ends = np.clip(self.midnights, state.start.timestamp(), state.end.timestamp())
            shares = np.diff(ends)[span] / (3600.0 * state.hours)
            yield float(shares @ daily[span]), shares @ untimed[span], state.hours / 24.0


def _split(of: NDArray[np.int64], count: int) -> list[NDArray[np.int64]]:
    """Return the positions at which each of the first numbers stands."""
    order = np.argsort(of, kind="stable")
    return np.split(order, np.searchsorted(of[order], np.arange(1, count)))
