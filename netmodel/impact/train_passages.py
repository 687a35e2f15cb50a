"""When trains pass what outages touch, by their timetables, and which states they meet there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

import numpy as np
from numpy.typing import NDArray

from netmodel.impact.train_fates import TrainFates
from netmodel.network.railway import Network
from netmodel.trains.course import Course
from netmodel.trains.train import Train

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
_DAY = 1440.0
_CHANGED = 4
"""By this hour of the night the clocks have changed where they do."""
_HAIR_KM = 1e-6


@dataclass(frozen=True, eq=False, kw_only=True)
class Passages:
    """The runs of the trains that pass what outages touch at known hours.

    Parameters
    ----------
    timed
        Which trains these are, shape ``(trains,)``. The others meet whatever holds on the days on
        which they run.
    runs
        Whether each train runs on each day, shape ``(trains, days)``; those of known hours on the
        day on which they begin to pass.
    train, day
        Positions of the train and of this day of each run, shape ``(runs,)``.
    first, stop
        The first of the states that a run meets, and the one after the last, shape ``(runs,)``.
        What holds before and after the window is not known: the nearest state stands for it.
    enter, leave
        When each run begins and ends to pass, in seconds, shape ``(runs,)``.
    """

    timed: NDArray[np.bool_]
    runs: NDArray[np.bool_]
    train: Numbers
    day: Numbers
    first: Numbers
    stop: Numbers
    enter: Floats
    leave: Floats

    def met(self) -> Iterator[tuple[int, Numbers]]:
        """Yield how far a state lies behind the first that runs meet, and the runs that meet it."""
        for step in range(int((self.stop - self.first).max(initial=0))):
            yield step, np.flatnonzero(self.first + step < self.stop)


def find_passages(
    fates: TrainFates, runs: NDArray[np.bool_], days: Sequence[date], zone: tzinfo
) -> Passages:
    """Return which states the runs of trains meet, where a timetable tells when they pass.

    A train passes from the time at which it comes to the first link on its course that an outage
    of the timeline touches to the time at which it leaves the last one. Between two stops with
    known times it runs at one speed.

    Parameters
    ----------
    runs
        Whether each train departs on each day, shape ``(trains, days)``.
    days
        Of the window. A run that departed before it counts if it passes in it.
    zone
        Of the days and the clocks.
    """
    minutes = np.array(list(_pass_minutes(fates)), dtype=np.float64).reshape(-1, 2)
    timed = np.isfinite(minutes[:, 0]) & np.isfinite(minutes[:, 1])
    later = np.where(timed, np.nan_to_num(minutes[:, 0]) // _DAY, 0.0)
    minutes = minutes - _DAY * later[:, None]
    runs = runs.copy()
    for number in np.flatnonzero(later).tolist():
        train = fates.courses.courses[fates.trains[number]].train
        runs[number] = _passing_days(train, runs[number], int(later[number]), days)
    which, day = np.nonzero(runs & timed[:, None])
    enter, leave = (_find_instants(minutes[which, side], day, days, zone) for side in (0, 1))
    starts = np.array([state.start.timestamp() for state in fates.timeline.states])
    first = np.clip(np.searchsorted(starts, enter, side="right") - 1, 0, None)
    stop = np.maximum(np.searchsorted(starts, leave, side="left"), first + 1)
    return Passages(
        timed=timed,
        runs=runs,
        train=which,
        day=day,
        first=first,
        stop=stop,
        enter=enter,
        leave=leave,
    )


def _passing_days(
    train: Train, departs: NDArray[np.bool_], later: int, days: Sequence[date]
) -> NDArray[np.bool_]:
    """Return on which days a train passes, so many days after its departure."""
    before = [train.runs_on(day - timedelta(days=later)) is not False for day in days[:later]]
    return np.concatenate([before, departs[: max(len(days) - later, 0)]]).astype(bool)


def _find_instants(minutes: Floats, day: Numbers, days: Sequence[date], zone: tzinfo) -> Floats:
    """Return times of the clock, in minutes after midnight of a day, in seconds of the epoch."""

    def at(hour: int) -> Floats:
        clock = time(hour)
        return np.array([datetime.combine(each, clock, zone).timestamp() for each in days])

    changed = at(_CHANGED) - at(0) - 3600.0 * _CHANGED
    late = minutes >= 60.0 * _CHANGED
    found: Floats = at(0)[day] + 60.0 * minutes + np.where(late, changed[day], 0.0)
    return found


def _pass_minutes(fates: TrainFates) -> Iterator[tuple[float, float]]:
    """Yield when each train passes, in minutes after midnight of its day; NaN if not known."""
    unknown = (float("nan"), float("nan"))
    touched = {line: parts_of(fates, numbers) for line, numbers in fates.touching.items()}
    spans: dict[int, tuple[float, float, tuple[float, ...]]] = {}
    for train, line in zip(fates.trains, fates.line_numbers.tolist(), strict=True):
        course = fates.courses.courses[train]
        if line not in touched or not any(each.known for each in course.train.times):
            yield unknown
            continue
        if line not in spans:
            spans[line] = lay_span(course, fates.courses.promotion.network, touched[line])
        yield read_clock(course, *spans[line])


def parts_of(fates: TrainFates, outages: Iterable[int]) -> frozenset[str]:
    """Return the parts of links, in the network of the courses, on which some outages lie."""
    links = {fates.timeline.outages[number].link for number in outages}
    return frozenset(fates.courses.promotion.expand(links))


def lay_span(
    course: Course, network: Network, touched: frozenset[str]
) -> tuple[float, float, tuple[float, ...]]:
    """Return the km at which the first touched link begins and the last ends, and of each stop.

    Examples
    --------
    >>> import netmodel as nm
    >>> hubs = [nm.network.Hub(id=i, name=i, lon=n, lat=0) for n, i in enumerate("abc")]
    >>> links = tuple(
    ...     nm.network.Link(id=a + b, from_hub=a, to_hub=b, length_km=60) for a, b in ("ab", "bc")
    ... )
    >>> network = nm.Network(hubs=tuple(hubs), links=links)
    >>> train = Train(id="1", number="1", kind="regional", stops=("a", "c"))
    >>> from netmodel.trains import Timetable, find_courses
    >>> course = find_courses(Timetable(trains=(train,)), network).courses["1"]
    >>> lay_span(course, network, frozenset({"bc"}))
    (60.0, 120.0, (0.0, 120.0))
    """
    km, ends, stops = 0.0, [], [0.0]
    for leg in course.legs:
        for part in leg.parts:
            length = network.link(part).length_km
            if part in touched:
                ends += [km, km + length]
            km += length
        stops.append(km)
    return min(ends, default=0.0), max(ends, default=km), tuple(stops)


def read_clock(
    course: Course, start: float, end: float, stops: Sequence[float]
) -> tuple[float, float]:
    """Return when a train is at two km of its course; NaN where no stop before or behind is timed.

    At a stop it comes to the end of a way at its arrival and begins one at its departure.

    Parameters
    ----------
    stops
        The km of each stop.

    Returns
    -------
    tuple[float, float]
        Minutes after midnight of its first day.
    """
    known: list[tuple[float, float]] = []
    for km, clock in zip(stops, course.train.times, strict=True):
        known += [(km, at) for at in (clock.arrival, clock.departure) if at is not None]
    where, when = (np.array(each) for each in zip(*known, strict=True))
    where = where + _HAIR_KM * np.arange(len(where))
    begin, left = start + _HAIR_KM * (2 * len(where)), end - _HAIR_KM
    if begin < where[0] or left > where[-1]:
        return float("nan"), float("nan")
    return float(np.interp(begin, where, when)), float(np.interp(left, where, when))
