"""Train and Timetable: published passenger trains, their stops, times and days of running."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Literal

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem, did_you_mean, nearest_names
from netmodel.network.field_checks import NO_TEXT

KINDS = ("intercity", "long_distance", "international", "regional", "suburban")
"""Kinds of train, the fastest first."""
TRAFFIC = ("passenger",)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 1440
WAY_BASES = ("inherited", "preferred", "least cost")
"""What the assumed way of a train rests on, the best first."""
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?:\+(\d))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class StopTime:
    """When a train is at a stop, in minutes from midnight before its departure.

    Parameters
    ----------
    arrival, departure
        ``None`` where the document does not say. Equal where it gives one time and does not say
        which.

    Examples
    --------
    >>> StopTime(arrival=615, departure=617).known
    True
    """

    arrival: int | None = None
    departure: int | None = None

    @property
    def known(self) -> bool:
        """Whether any time is known."""
        return self.arrival is not None or self.departure is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumedWay:
    """The way that a train is taken to run where its documents leave it open: an assumption.

    Parameters
    ----------
    basis
        ``inherited``: the way of trains whose documents state it; ``preferred``: over links on
        which such trains run; ``least cost``: no more is known than the least minutes.
    via
        Places that the train is taken to pass, in order, those of its documents among them.
    of
        Ids of the trains whose way it inherits.

    Examples
    --------
    >>> AssumedWay(basis="inherited", via=("Dnipro",), of=("38-2025",)).via
    ('Dnipro',)
    """

    basis: str
    via: tuple[str, ...] = ()
    of: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.basis not in WAY_BASES:
            remedy = did_you_mean(nearest_names(str(self.basis), WAY_BASES))
            remedy = remedy or f"one of {', '.join(WAY_BASES)}"
            what = f"unknown basis {self.basis!r} of a way"
            raise InputError([Problem(what=what, where="basis", remedy=remedy)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Train:
    """A published train: number, kind, stops in order, days of running, dates, documents.

    Parameters
    ----------
    stops
        Names of hubs or stations, or ids of hubs, in order; two or more.
    times
        One for each stop; empty where no time is known.
    via
        Places that the train passes, as its document names them, in order.
    days
        ``daily``, ``odd``, ``even`` (days of the month), or weekdays such as ``mon-fri`` and
        ``sat;sun``; empty where not stated.
    from_date, to_date
        First and last day of validity; ``None`` where not in the record.
    documents
        Ids of the documents that report it.
    operator
        Who runs it, where numbers recur between operators; empty where that need not be told.
    more_stops
        How many further stops its documents name that `stops` has not, since the network lacks
        them; ``0`` where `stops` are all that they name as complete. ``some`` where they say that
        it calls at further stations and do not say at which. ``None`` where they say nothing of it.
    way
        The way that it is taken to run, an assumption of `inherit_ways`; ``None`` where its own
        stops tell the way, or nothing is assumed.

    Raises
    ------
    InputError
        With everything that is wrong with it.

    Examples
    --------
    >>> train = Train(id="85", number="85", kind="long_distance", stops=("Lviv", "Zaporizhzhia"))
    >>> train.pair
    ('Lviv', 'Zaporizhzhia')
    >>> train.runs_on(date(2026, 2, 1)) is None
    True
    """

    id: str
    number: str
    kind: str
    stops: tuple[str, ...]
    name: str = ""
    traffic: str = "passenger"
    times: tuple[StopTime, ...] = ()
    via: tuple[str, ...] = ()
    days: str = ""
    from_date: date | None = None
    to_date: date | None = None
    documents: tuple[str, ...] = ()
    operator: str = ""
    more_stops: int | Literal["some"] | None = None
    way: AssumedWay | None = None

    def __post_init__(self) -> None:
        problems = list(_find_problems(self))
        if problems:
            raise InputError(problems)

    @property
    def pair(self) -> tuple[str, str]:
        """The first and the last stop."""
        return self.stops[0], self.stops[-1]

    @property
    def passed(self) -> tuple[str, ...]:
        """Places that it passes: those assumed, which hold those stated, or those stated."""
        return self.via if self.way is None else self.way.via

    @property
    def minutes(self) -> float | None:
        """Minutes from the first departure to the last arrival; ``None`` where not known."""
        if not self.times:
            return None
        start, end = self.times[0].departure, self.times[-1].arrival
        return None if start is None or end is None else float(end - start)

    def valid_on(self, day: date) -> bool:
        """Whether a day lies between the first and the last day of validity."""
        return (self.from_date or day) <= day <= (self.to_date or day)

    def runs_on(self, day: date) -> bool | None:
        """Whether the train runs on a day; ``None`` where its days are not stated."""
        if not self.valid_on(day):
            return False
        if not self.days:
            return None
        if self.days in ("odd", "even"):
            return (day.day % 2 == 1) == (self.days == "odd")
        return self.days == "daily" or WEEKDAYS[day.weekday()] in expand_days(self.days)

    def timed_legs(self) -> Iterator[tuple[int, int, float]]:
        """Yield positions of two stops with known times and the minutes between them.

        From the departure of a stop with a known time to the arrival of the next. Where a document
        gives one of the two alone it counts for both, so that the wait there is part of a leg, and
        the legs cover all of a train that its times cover.

        Examples
        --------
        >>> times = (StopTime(departure=60), StopTime(departure=120), StopTime(arrival=180))
        >>> stops = ("Kyiv", "Nizhyn", "Konotop")
        >>> train = Train(id="1", number="1", kind="regional", stops=stops, times=times)
        >>> list(train.timed_legs())
        [(0, 1, 60.0), (1, 2, 60.0)]
        """
        known = [(at, time) for at, time in enumerate(self.times) if time.known]
        for (start, before), (end, after) in pairwise(known):
            departed = before.arrival if before.departure is None else before.departure
            arrived = after.departure if after.arrival is None else after.arrival
            if departed is not None and arrived is not None:
                yield start, end, float(arrived - departed)


@dataclass(frozen=True, kw_only=True, repr=False)
class Timetable:
    """Trains in order, with the file and line of each.

    Parameters
    ----------
    origins
        ``file:line`` of each train by its id, for messages.

    Examples
    --------
    >>> train = Train(id="85", number="85", kind="long_distance", stops=("Lviv", "Zaporizhzhia"))
    >>> Timetable(trains=(train,))
    <Timetable: 1 train, 2 places>
    """

    trains: tuple[Train, ...]
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)

    @refuse_wrong_kinds
    def __post_init__(self) -> None:
        seen: set[str] = set()
        problems = []
        for train in self.trains:
            if train.id in seen:
                where = self.origins.get(train.id, f"train {train.id}")
                problems.append(Problem(what=f"train id {train.id!r} is used twice", where=where))
            seen.add(train.id)
        if problems:
            raise InputError(problems)

    @property
    def places(self) -> tuple[str, ...]:
        """Every name of a stop or of a place passed, each once."""
        return tuple(
            dict.fromkeys(
                place for each in self.trains for place in (*each.stops, *each.via, *each.passed)
            )
        )

    def where(self, train: Train) -> str:
        """Return the file and line of a train, or its id."""
        return self.origins.get(train.id, f"train {train.id}")

    def __repr__(self) -> str:
        count = len(self.trains)
        return (
            f"<Timetable: {count:,} train{'' if count == 1 else 's'}, {len(self.places):,} places>"
        )


def expand_days(days: str) -> tuple[str, ...]:
    """Return the weekdays that a text names, in the order of the week.

    Raises
    ------
    ValueError
        If a part is no weekday and no range of them.

    Examples
    --------
    >>> expand_days("fri-sun;mon")
    ('mon', 'fri', 'sat', 'sun')
    """
    named: set[str] = set()
    for part in days.split(";"):
        first, _, last = part.strip().partition("-")
        last = last or first
        if first not in WEEKDAYS or last not in WEEKDAYS:
            raise ValueError(f"{part.strip()!r} is no weekday")
        start, end = WEEKDAYS.index(first), WEEKDAYS.index(last)
        span = range(start, end + 1 if end >= start else end + 1 + len(WEEKDAYS))
        named |= {WEEKDAYS[number % len(WEEKDAYS)] for number in span}
    return tuple(each for each in WEEKDAYS if each in named)


def read_clock(text: str, after: int) -> int:
    """Return the first minute of a clock time that is not before another minute.

    Parameters
    ----------
    text
        ``HH:MM``; ``HH:MM+1`` is one day later than the clock alone says.
    after
        Minutes from midnight before the departure.

    Raises
    ------
    ValueError
        If the text is no time of day.

    Examples
    --------
    >>> read_clock("00:54", after=1410), read_clock("07:10+1", after=400)
    (1494, 1870)
    """
    found = _CLOCK.fullmatch(text.strip())
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise ValueError(f"{text.strip()!r} is no time of day; write for example 07:10")
    minute = int(found[1]) * 60 + int(found[2])
    while minute < after:
        minute += DAY_MINUTES
    return minute + int(found[3] or 0) * DAY_MINUTES


def _find_problems(train: Train) -> Iterator[Problem]:
    where = f"train {train.id!r}"
    for name in ("id", "number", "kind"):
        value = getattr(train, name)
        if not isinstance(value, str):
            yield Problem(what=f"{name} (={value!r}) must be a text", where=where)
        elif not value.strip():
            yield Problem(what=f"{name} is empty", where=where)
    places = [*train.stops, *train.via] if isinstance(train.stops, tuple) else []
    for text in (train.id, train.number, train.name, *places):
        if isinstance(text, str) and NO_TEXT.search(text):
            yield Problem(what=f"{text[:60]!r} has a control character", where=where)
    for name, known in (("kind", KINDS), ("traffic", TRAFFIC)):
        value = str(getattr(train, name))
        if value.strip() and value not in known:
            remedy = did_you_mean(nearest_names(value, known)) or f"one of {', '.join(known)}"
            yield Problem(what=f"unknown {name} {value!r}", where=where, remedy=remedy)
    yield from _find_stop_problems(train, where)
    more = train.more_stops
    if more not in (None, "some") and (type(more) is not int or more < 0):
        what = f"more_stops (={more!r}) is no count of stops"
        yield Problem(what=what, where=where, remedy="a whole number, 'some' or nothing")
    yield from _find_time_problems(train, where)


def _find_stop_problems(train: Train, where: str) -> Iterator[Problem]:
    remedy = "name the first and the last stop, and those between in order"
    given: object = train.stops
    if not isinstance(given, tuple):
        yield Problem(what=f"stops (={given!r}) must be a tuple", where=where, remedy=remedy)
        return
    if len(train.stops) < 2:
        what = f"one stop, {train.stops[0]!r}, where" if train.stops else "no stops, where"
        yield Problem(what=f"{what} a train has two or more", where=where, remedy=remedy)
    for one, other in pairwise(train.stops):
        if one == other:
            yield Problem(what=f"stop {one!r} is named twice in a row", where=where)


def _find_time_problems(train: Train, where: str) -> Iterator[Problem]:
    stops = train.stops if isinstance(train.stops, tuple) else ()
    if train.times and len(stops) > 1 and len(train.times) != len(stops):
        what = f"{len(train.times)} times where there are {len(train.stops)} stops"
        yield Problem(what=what, where=where, remedy="leave a time empty that is not known")
    last = 0
    for stop, time in zip(stops, train.times, strict=False):
        for minute in (time.arrival, time.departure):
            if minute is not None and minute < last:
                yield Problem(what=f"the times at {stop!r} go backwards", where=where)
            last = max(last, minute or 0)
    if train.days not in ("", "daily", "odd", "even"):
        try:
            expand_days(train.days)
        except ValueError as error:
            remedy = "write daily, odd, even, or weekdays such as mon-fri or sat;sun"
            yield Problem(what=f"days: {error}", where=where, remedy=remedy)
    if train.from_date and train.to_date and train.to_date < train.from_date:
        what = f"to_date ({train.to_date}) is before from_date ({train.from_date})"
        yield Problem(what=what, where=where)
