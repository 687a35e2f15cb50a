"""Trains a day by fate, hours late, stops not served, and who did not get through on a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, tzinfo

import numpy as np
from numpy.typing import NDArray

from netmodel.arguments import refuse_wrong_kinds
from netmodel.impact.fate_rules import FATES
from netmodel.impact.train_fates import NO, YES, TrainFates
from netmodel.times import Window
from netmodel.trains.course import Courses
from netmodel.trains.relevance import RelevantTrains, days_of

Floats = NDArray[np.float64]


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
    """Trains of one day, each counted once.

    Parameters
    ----------
    by_fate
        Of each of `FATES`; each train by its worst fate of the day.
    not_through
        That could not get through by rail at some time of the day, under the chosen times.
    certainly_not
        That could not get through by rail at some time of the day, whatever the times that the
        evidence allows. At what hour a train passes is not in the model: it meets what holds on
        its course on the day that it runs.
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
        Hours late of all trains that ran to their last stop, under the chosen times.
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
    states, days, window
        Trains a day in each state, trains of each day, and what the window cost them. Days are
        those of the zone of the scenario.

    Examples
    --------
    >>> import netmodel as nm
    >>> trains = nm.run("crimean-bridge-2022").trains
    >>> worst = trains.worst_day
    >>> worst.day.isoformat(), worst.by_fate["held"]
    ('2022-10-08', 14)
    """

    relevant: RelevantTrains
    courses: Courses
    fates: TrainFates
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
    rates = _rates(fates, calendar)
    return TrainImpact(
        relevant=running,
        courses=fates.courses,
        fates=fates,
        states=_count_states(fates, rates),
        days=_count_days(fates, calendar),
        window=_count_window(fates, rates),
    )


@refuse_wrong_kinds
def count_states(
    fates: TrainFates, running: RelevantTrains, *, zone: tzinfo = UTC
) -> tuple[StateCounts, ...]:
    """Count the trains a day of each state, by fate.

    A train that runs on some days of a state counts by their share.

    Parameters
    ----------
    running
        The days on which each train runs.
    zone
        Of the days.
    """
    return _count_states(fates, _rates(fates, _Calendar(fates, running, zone)))


def _count_states(fates: TrainFates, rates: Sequence[Floats]) -> tuple[StateCounts, ...]:
    kind = _kinds(fates)[fates.outcome]
    found = []
    for state, rate in enumerate(rates):
        by_fate = np.bincount(kind[state], weights=rate, minlength=len(FATES))
        through = fates.through[state]
        found.append(
            StateCounts(
                state=state,
                trains=float(rate.sum()),
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

    A train is taken to meet whatever holds on its course on the day that it runs.
    """
    return _count_days(fates, _Calendar(fates, running, zone))


def _count_days(fates: TrainFates, calendar: _Calendar) -> tuple[DayCounts, ...]:
    kind = _kinds(fates)[fates.outcome]
    found = []
    known: dict[tuple[int, int, bytes], tuple[list[int], int, int, int]] = {}
    for number, day in enumerate(calendar.days):
        runs = calendar.runs[:, number]
        states = slice(*calendar.states_of(number))
        key = states.start, states.stop, runs.tobytes()
        if key not in known:
            mine = fates.line_numbers[runs]
            through = fates.through[states][:, mine]
            worst = np.bincount(kind[states][:, mine].max(axis=0), minlength=len(FATES))
            lost = ~fates.passes[states][:, mine], through == NO, through != YES
            counts = [int(each.any(axis=0).sum()) for each in lost]
            known[key] = worst.tolist(), counts[0], counts[1], counts[2]
        worst_fates, not_through, certainly_not, possibly_not = known[key]
        found.append(
            DayCounts(
                day=day,
                trains=int(runs.sum()),
                by_fate=dict(zip(FATES, worst_fates, strict=True)),
                not_through=not_through,
                certainly_not=certainly_not,
                possibly_not=possibly_not,
                states=(states.start, states.stop),
            )
        )
    return tuple(found)


@refuse_wrong_kinds
def count_window(fates: TrainFates, running: RelevantTrains, *, zone: tzinfo = UTC) -> WindowCounts:
    """Sum what happened to all trains over the window, under the chosen times."""
    return _count_window(fates, _rates(fates, _Calendar(fates, running, zone)))


def _count_window(fates: TrainFates, rates: Sequence[Floats]) -> WindowCounts:
    days = np.array([state.hours / 24.0 for state in fates.timeline.states])
    late = np.array([each.extra_minutes for each in fates.fates]) / 60.0
    late = np.nan_to_num(late, nan=0.0)
    missed = np.array([len(each.stops_missed) for each in fates.fates], dtype=float)
    total = hours = stops = 0.0
    for state, rate in enumerate(rates):
        outcome = fates.outcome[state]
        total += float(days[state] * rate.sum())
        hours += float(days[state] * (rate * late[outcome]).sum())
        stops += float(days[state] * (rate * missed[outcome]).sum())
    return WindowCounts(trains=total, train_hours_late=hours, stops_not_served=stops)


def _kinds(fates: TrainFates) -> NDArray[np.int64]:
    """Return the position in `FATES` of each fate of the table."""
    return np.array([FATES.index(each.fate) for each in fates.fates], dtype=np.int64)


def _rates(fates: TrainFates, calendar: _Calendar) -> Sequence[Floats]:
    """Return the trains a day of each line, by state."""
    by_day = np.zeros((len(calendar.days), len(fates.lines.lines)))
    np.add.at(by_day.T, fates.line_numbers, calendar.runs)
    known: dict[tuple[int, int], Floats] = {}
    found = []
    for first, last in zip(calendar.first.tolist(), calendar.last.tolist(), strict=True):
        if (first, last) not in known:
            known[first, last] = by_day[first : last + 1].sum(axis=0) / (last + 1 - first)
        found.append(known[first, last])
    return found


class _Calendar:
    """The days of a window, which trains run on each, and which states touch it.

    Attributes
    ----------
    runs
        Whether each train runs on each day, shape ``(trains, days)``.
    first, last
        The first and the last day of each state.
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

    def states_of(self, day: int) -> tuple[int, int]:
        """Return the first of the states that touch a day, and the one after the last."""
        first = np.searchsorted(self.last, day)
        return int(first), int(np.searchsorted(self.first, day, side="right"))
