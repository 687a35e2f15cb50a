"""When trains of known hours come to each link that an outage touches, by their timetables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

import numpy as np
from numpy.typing import NDArray

from netmodel.impact.train_fates import TrainFates
from netmodel.network.railway import Network
from netmodel.trains.course import Course
from netmodel.trains.train import DAY_MINUTES

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
_CHANGED = 4
"""By this hour of the night the clocks have changed where they do."""
_HAIR_KM = 1e-6


@dataclass(frozen=True, eq=False, kw_only=True)
class LinePassages:
    """When the trains of one line come to the links of their course that outages touch.

    Parameters
    ----------
    line
        Position of the line.
    trains
        Positions of its trains of known hours, shape ``(trains,)``.
    outages
        Position in the timeline of the outage that a column is about, shape ``(comings,)``. A train
        that runs over a link twice comes to it twice.
    minutes
        After midnight of the day of departure, shape ``(trains, comings)``.
    """

    line: int
    trains: Numbers
    outages: Numbers
    minutes: Floats


def find_passages(fates: TrainFates) -> Iterator[LinePassages]:
    """Yield when trains come to what outages of the timeline touch, by line.

    Trains whose timetable does not tell when they come to one of these links are left out. Between
    two stops with known times a train runs at one speed; from a stop it comes to the link behind it
    at its departure.
    """
    network = fates.courses.promotion.network
    of_line: dict[int, list[int]] = {}
    for train, line in enumerate(fates.line_numbers.tolist()):
        if line in fates.touching:
            of_line.setdefault(line, []).append(train)
    for line, trains in of_line.items():
        courses = [fates.courses.courses[fates.trains[train]] for train in trains]
        comings = list(_find_comings(fates, line, courses[0], network))
        outages, where = (np.array(each) for each in zip(*comings, strict=True))
        stops = _stop_km(courses[0], network)
        minutes = np.array([_read_clock(course, where, stops) for course in courses])
        known = np.isfinite(minutes).all(axis=1)
        if known.any():
            yield LinePassages(
                line=line,
                trains=np.array(trains)[known],
                outages=outages.astype(np.int64),
                minutes=minutes[known],
            )


def find_instants(minutes: Floats, day: Numbers, first: date, zone: tzinfo) -> Floats:
    """Return times of the clock in seconds of the epoch.

    Parameters
    ----------
    minutes, day
        After midnight of a day, and its number from the first on, of the same shape.
    first
        Day 0.

    Examples
    --------
    >>> from datetime import UTC
    >>> find_instants(np.array([1500.0]), np.array([0]), date(1970, 1, 1), UTC).tolist()
    [90000.0]
    """
    later = np.floor(minutes / DAY_MINUTES).astype(np.int64)
    minutes, day = minutes - DAY_MINUTES * later, day + later
    begin = int(day.min(initial=0))
    dates = [first + timedelta(days=n) for n in range(begin, int(day.max(initial=0)) + 1)]

    def at(hour: int) -> Floats:
        clock = time(hour)
        return np.array([datetime.combine(each, clock, zone).timestamp() for each in dates])

    changed = at(_CHANGED) - at(0) - 3600.0 * _CHANGED
    late = minutes >= 60.0 * _CHANGED
    place = day - begin
    found: Floats = at(0)[place] + 60.0 * minutes + np.where(late, changed[place], 0.0)
    return found


def _find_comings(
    fates: TrainFates, line: int, course: Course, network: Network
) -> Iterator[tuple[int, float]]:
    """Yield the outages that a course comes to, with the km at which their links begin on it."""
    outages = fates.timeline.outages
    on_part: dict[str, list[int]] = {}
    for number in fates.touching[line]:
        for part in fates.courses.promotion.expand({outages[number].link}):
            on_part.setdefault(part, []).append(number)
    km, before = 0.0, list[int]()
    for leg in course.legs:
        for part in leg.parts:
            here = on_part.get(part, [])
            yield from ((number, km) for number in here if number not in before)
            before = here
            km += network.link(part).length_km


def _stop_km(course: Course, network: Network) -> Floats:
    """Return the km of each stop."""
    legs = [sum(network.link(part).length_km for part in leg.parts) for leg in course.legs]
    return np.cumsum([0.0, *legs])


def _read_clock(course: Course, where: Floats, stops: Sequence[float] | Floats) -> Floats:
    """Return when a train comes to some km of its course; NaN where its timetable does not tell."""
    known: list[tuple[float, float]] = []
    for km, clock in zip(stops, course.train.times, strict=False):
        known += [(km, at) for at in (clock.arrival, clock.departure) if at is not None]
    if not known:
        return np.full(len(where), np.nan)
    at_km, when = (np.array(each) for each in zip(*known, strict=True))
    told = (where >= at_km[0] - _HAIR_KM) & (where <= at_km[-1] + _HAIR_KM)
    hairs = _HAIR_KM * np.arange(len(at_km))
    clock_there = np.interp(where + hairs[-1] + _HAIR_KM, at_km + hairs, when)
    return np.where(told, clock_there, np.nan)
