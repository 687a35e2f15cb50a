"""On which days the services of a GTFS feed run, and the week or date that an import takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netmodel.errors import InputError, Problem
from netmodel.importing.gtfs_tables import Feed, refuse_rows
from netmodel.trains.train import WEEKDAYS

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEK = len(DAYS)
_BEFORE_RAILWAYS = 1800
_MOST_YEARS = 120
_ADDED, _REMOVED = "1", "2"
Span: TypeAlias = tuple[str, date, date]
"""Days of running as ``services.csv`` writes them, and the first and the last day."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Calendars:
    """The days on which each service runs.

    Parameters
    ----------
    monday
        The first day of the axis.
    active
        Whether a service runs, by its id, shape ``(days,)``; whole weeks, with one to spare.
    first, last
        The first and the last day on which any service runs.
    """

    monday: date
    active: Mapping[str, NDArray[np.bool_]]
    first: date
    last: date

    def shifted(self, service: str, days: int) -> NDArray[np.bool_]:
        """Return the days of a service, each so many days later (at most a week)."""
        return np.roll(self.active[service], days) if days else self.active[service]


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days of a feed that an import takes: a week from its Monday, or one date."""

    first: date
    days: int

    @property
    def last(self) -> date:
        """The last day."""
        return self.first + timedelta(days=self.days - 1)

    def __str__(self) -> str:
        return str(self.first) if self.days == 1 else f"{self.first} to {self.last}"


def read_calendars(feed: Feed) -> Calendars:
    """Read ``calendar.txt`` and ``calendar_dates.txt``.

    Raises
    ------
    InputError
        With every date that is none, at its line; if no service runs on any day.
    """
    rules = feed.read("calendar.txt", ("service_id", *DAYS, "start_date", "end_date"))
    changes = feed.read("calendar_dates.txt", ("service_id", "date", "exception_type"))
    problems: list[Problem] = []
    starts = _dates(rules, "start_date", "calendar.txt", problems)
    ends = _dates(rules, "end_date", "calendar.txt", problems)
    dates = _dates(changes, "date", "calendar_dates.txt", problems)
    wrong = ~changes["exception_type"].isin([_ADDED, _REMOVED])
    problems += refuse_rows(
        "calendar_dates.txt", changes, "exception_type", wrong, "must be 1 or 2"
    )
    for day in DAYS:
        wrong = ~rules[day].isin(["0", "1"])
        problems += refuse_rows("calendar.txt", rules, day, wrong, "must be 0 or 1")
    if not problems:
        problems += refuse_rows(
            "calendar.txt", rules, "end_date", ends < starts, "is before start_date"
        )
    wrong = rules["service_id"].duplicated()
    problems += refuse_rows("calendar.txt", rules, "service_id", wrong, "is used twice")
    known = np.concatenate([starts, ends, dates])
    if not problems and len(known) and np.ptp(known).astype(int) > 366 * _MOST_YEARS:
        what = f"the dates go from {known.min()} to {known.max()}"
        problems.append(Problem(what=what, where="calendar.txt", remedy="mind the years"))
    if problems:
        raise InputError(problems)
    return _lay_days(rules, starts, ends, changes, dates)


def choose_period(
    calendars: Calendars,
    trips_of_service: Mapping[str, int],
    *,
    day: date | None = None,
    week: date | None = None,
) -> Period:
    """Return the date or the week to take; by default the first of those with most trips.

    Parameters
    ----------
    trips_of_service
        How many trips run by each service.
    week
        Any day of the week.

    Raises
    ------
    InputError
        If no trip runs then; with the dates that the feed has.
    """
    runs = np.zeros(len(next(iter(calendars.active.values()))), dtype=np.int64)
    for service, trips in trips_of_service.items():
        runs += trips * calendars.active[service]
    if not runs.any():
        what = "no train of the wanted kinds runs on any day"
        raise InputError([Problem(what=what, where="calendar.txt")])
    if day is None and week is None:
        number = int(runs.reshape(-1, WEEK).sum(axis=1).argmax())
        return Period(first=calendars.monday + timedelta(days=WEEK * number), days=WEEK)
    chosen = day if day is not None else week
    if not isinstance(chosen, date) or isinstance(chosen, datetime):
        what = f"{chosen!r} is no date"
        word, remedy = "week" if day is None else "date", "give a datetime.date"
        raise InputError([Problem(what=what, where=word, remedy=remedy)])
    first = chosen if day is not None else chosen - timedelta(days=chosen.weekday())
    period = Period(first=first, days=1 if day is not None else WEEK)
    start = (first - calendars.monday).days
    if not runs[max(start, 0) : max(start + period.days, 0)].any():
        word = "date" if day is not None else "week"
        what = f"no train runs on {period}"
        remedy = f"the feed has trains from {calendars.first} to {calendars.last}"
        raise InputError([Problem(what=what, where=word, remedy=remedy)])
    return period


def find_spans(
    active: NDArray[np.bool_], known: NDArray[np.bool_], monday: date
) -> tuple[Span, ...]:
    """Return the days on which a train runs as few spans of weekdays, as ``services.csv`` has them.

    A span begins with a day of the train and goes on as long as each weekday is as it was in it: a
    holiday without the train parts two spans.

    Parameters
    ----------
    active
        Whether the train runs, from a Monday on, shape ``(days,)``.
    known
        Whether the trains of a day are known, of the same shape; a span ends where they are not.
    monday
        The first of these days.

    Returns
    -------
    tuple
        In order. Of each span the days of running, and its first and last day with the train.

    Examples
    --------
    >>> active = np.tile([True] * 5 + [False] * 2, 4)
    >>> active[9] = False
    >>> for days, first, last in find_spans(active, np.ones(28, dtype=bool), date(2024, 1, 1)):
    ...     print(first, last, days)
    2024-01-01 2024-01-09 mon-fri
    2024-01-11 2024-01-26 mon-fri
    """
    spans: list[tuple[dict[int, bool], list[int]]] = []
    is_open = False
    for day, (runs, is_known) in enumerate(zip(active.tolist(), known.tolist(), strict=True)):
        is_open = is_open and is_known and spans[-1][0].get(day % WEEK, runs) == runs
        if runs and is_known and not is_open:
            spans.append(({}, []))
            is_open = True
        if is_open:
            week, running = spans[-1]
            week[day % WEEK] = runs
            running += [day] if runs else []
    return tuple(
        (
            days_text(np.array([week.get(each, False) for each in range(WEEK)])),
            monday + timedelta(days=running[0]),
            monday + timedelta(days=running[-1]),
        )
        for week, running in spans
    )


def days_text(week: NDArray[np.bool_]) -> str:
    """Return days of the week as ``services.csv`` writes them.

    Examples
    --------
    >>> days_text(np.array([1, 1, 1, 0, 1, 0, 1], dtype=bool))
    'mon-wed;fri;sun'
    """
    if week.all():
        return "daily"
    parts = []
    for runs, group in groupby(range(WEEK), key=lambda day: bool(week[day])):
        days = list(group)
        if runs:
            first, last = WEEKDAYS[days[0]], WEEKDAYS[days[-1]]
            parts.append(first if first == last else f"{first}-{last}")
    return ";".join(parts)


def _dates(
    frame: pd.DataFrame, column: str, table: str, problems: list[Problem]
) -> NDArray[np.datetime64]:
    found = pd.to_datetime(frame[column], format="%Y%m%d", errors="coerce")
    wrong = found.isna() | (frame[column].str.len() != 8) | (found.dt.year < _BEFORE_RAILWAYS)
    problems += refuse_rows(table, frame, column, wrong, "is no date", "write it as YYYYMMDD")
    return found.to_numpy().astype("datetime64[D]")


def _lay_days(
    rules: pd.DataFrame,
    starts: NDArray[np.datetime64],
    ends: NDArray[np.datetime64],
    changes: pd.DataFrame,
    dates: NDArray[np.datetime64],
) -> Calendars:
    """Return the days of every service on one axis of whole weeks."""
    known = np.concatenate([starts, ends, dates])
    if not len(known):
        what = "no service has a day"
        raise InputError([Problem(what=what, where="calendar.txt", remedy="add its days")])
    lowest: date = known.min().item()
    monday = lowest - timedelta(days=lowest.weekday())
    origin = np.datetime64(monday)
    weeks = int((known.max() - origin).astype(int)) // WEEK + 2
    active = {
        service: np.zeros(weeks * WEEK, dtype=bool)
        for service in dict.fromkeys([*rules["service_id"], *changes["service_id"]])
    }
    flags = rules[list(DAYS)].to_numpy() == "1"
    for service, week, start, end in zip(rules["service_id"], flags, starts, ends, strict=True):
        span = slice(int((start - origin).astype(int)), int((end - origin).astype(int)) + 1)
        active[service][span] = np.tile(week, weeks)[span]
    kinds = changes["exception_type"]
    for service, day, kind in zip(changes["service_id"], dates, kinds, strict=True):
        active[service][int((day - origin).astype(int))] = kind == _ADDED
    any_day = np.flatnonzero(np.any(list(active.values()), axis=0))
    if not len(any_day):
        what = "no service runs on any day"
        remedy = "its weekdays are all 0, or calendar_dates.txt takes every day away"
        raise InputError([Problem(what=what, where="calendar.txt", remedy=remedy)])
    first, last = (monday + timedelta(days=int(each)) for each in (any_day[0], any_day[-1]))
    return Calendars(monday=monday, active=active, first=first, last=last)
