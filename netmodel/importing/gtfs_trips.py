"""From the trips of a GTFS feed to trains: the same train on other days is one train."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netmodel.importing.gtfs_calendar import Calendars, Period, Span, find_spans
from netmodel.importing.gtfs_calls import UNKNOWN, Calls
from netmodel.importing.gtfs_numbers import NumberedTrain, find_number, one_line, tell_apart
from netmodel.importing.gtfs_order import Disorder, Times, find_fast_kmh, lay_trip
from netmodel.importing.gtfs_stops import Stops
from netmodel.network.account import DROPPED, KEPT, MERGED, Entry
from netmodel.trains.train import KINDS

_OTHER_TYPES = {
    0: "tram", 1: "metro", 3: "bus", 4: "ferry", 5: "cable tram", 6: "aerial lift",
    7: "funicular", 11: "trolleybus", 12: "monorail", 714: "rail replacement bus",
}  # fmt: skip
_OTHER_HUNDREDS = {
    2: "coach", 4: "metro", 5: "metro", 6: "metro", 7: "bus", 8: "trolleybus", 9: "tram",
    10: "ferry", 11: "air", 12: "ferry", 13: "aerial lift", 14: "funicular",
}  # fmt: skip
_KIND_OF_TYPE = {
    101: "intercity", 102: "long_distance", 103: "long_distance", 104: "long_distance",
    105: "long_distance", 106: "regional", 107: "regional", 108: "suburban", 109: "suburban",
}  # fmt: skip
_SUBURBAN_KM, _SUBURBAN_SPACING_KM, _REGIONAL_KM = 80.0, 8.0, 250.0
_DAY = 86_400
_OTHER_DAYS, _NOT_THEN = "the same train on other days", "does not run in the period"
_MOST_DAYS_LATE = 7
KNOWN_SHARE = 0.9
"""Of the trips of a day: if fewer run in the period too, its trains are not known on the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedTrain:
    """A train of a feed with the stations at which it calls.

    Parameters
    ----------
    stations
        Positions in the stops of the feed.
    times
        Arrival and departure, seconds; `UNKNOWN` where not given.
    spans
        Days of running, and the first and the last day, of each span; the first that lies in the
        period comes first.
    runs
        How often it runs in the period.
    shape
        Id of its course in ``shapes.txt``; empty where it has none.
    line
        Where its first trip stands in ``trips.txt``.
    """

    id: str
    number: str
    name: str
    kind: str
    stations: tuple[int, ...]
    times: Times
    spans: tuple[Span, ...]
    runs: int
    shape: str
    line: int


Key: TypeAlias = tuple[object, ...]
"""What tells a train from others: its number, kind and name, its stations and its minutes."""


class _Trip(NamedTuple):
    """A trip of a train, with what was left out of it.

    Parameters
    ----------
    train
        The train that it would be by itself.
    is_numbered
        Whether passengers know a number of it; else it has its own id for one.
    later
        How many days after its day it departs.
    """

    train: FeedTrain
    service: str
    is_numbered: bool
    later: int
    backward: int
    disorder: Disorder | None
    note: str


class TrainsOfTrips:
    """The trains of a feed, from its trips and calls; the same train on other days is one train.

    Parameters
    ----------
    repeats
        Departures of trips that are repeated, seconds, by the position of the trip.

    Attributes
    ----------
    offered, taken
        How many trips run on each day of the calendars, and how many of them are of the trains.
    backward, disordered
        How many trips had times left out that go backwards, and the calls that no train can make.
    """

    def __init__(
        self,
        stops: Stops,
        calendars: Calendars,
        period: Period,
        calls: Calls,
        repeats: Mapping[int, Sequence[int]],
    ) -> None:
        self.stops = stops
        self.calendars = calendars
        self.period = period
        self.calls = calls
        self.repeats = repeats
        self.active: dict[Key, NDArray[np.bool_]] = {}
        self.first: dict[Key, FeedTrain] = {}
        days = len(next(iter(calendars.active.values())))
        self.offered, self.taken = np.zeros(days, dtype=int), np.zeros(days, dtype=int)
        self.backward = 0
        self.disordered: dict[str, Disorder] = {}
        self._fast_kmh = find_fast_kmh(calls, stops)
        self._apart: dict[tuple[int, int], float] = {}
        self._patterns: dict[tuple[int, ...], tuple[int, ...]] = {}
        self._times: dict[tuple[int, int], tuple[int, int]] = {}
        self._unnumbered: dict[Key, list[Key]] = {}

    def build(
        self, trips: pd.DataFrame, is_rail: NDArray[np.bool_]
    ) -> tuple[tuple[FeedTrain, ...], tuple[Entry, ...]]:
        """Return the trains in the order of their first trips, and what became of each trip."""
        entries: dict[int, Entry] = {}
        elsewhere: dict[int, _Trip] = {}
        for position, row in enumerate(trips.itertuples()):
            feature = f"trips/{row.trip_id}"
            if not is_rail[position]:
                reason = f"no railway (route type {type_name(int(str(row.route_type)))})"
                entries[position] = Entry(feature=feature, disposition=DROPPED, reason=reason)
                continue
            trip = self._lay(position, row)
            if isinstance(trip, str):
                entries[position] = Entry(feature=feature, disposition=DROPPED, reason=trip)
                continue
            active = self._days_of(trip)
            self.offered += active
            if active[self._in_period].any():
                entries[position] = self._take(feature, position, trip, active)
            else:
                elsewhere[position] = trip
        entries |= self._take_elsewhere(elsewhere)
        return self._finish(), tuple(entries[position] for position in range(len(trips)))

    def _finish(self) -> tuple[FeedTrain, ...]:
        """Return the trains with their numbers, their days and how often they run."""
        numbers = dict(zip(self.first, tell_apart(list(self._numbered())), strict=True))
        known = self.known
        kept: dict[bytes, tuple[Span, ...]] = {}
        trains = []
        for key, train in self.first.items():
            active = self.active[key]
            pattern = active.tobytes()
            if pattern not in kept:
                kept[pattern] = self._order(find_spans(active, known, self.calendars.monday))
            runs = int(active[self._in_period].sum())
            train = replace(train, number=numbers[key], runs=runs)
            trains.append(replace(train, spans=kept[pattern]))
        return tuple(trains)

    @property
    def _in_period(self) -> slice:
        start = (self.period.first - self.calendars.monday).days
        return slice(max(start, 0), max(start + self.period.days, 0))

    @property
    def lacking_days(self) -> int:
        """On how many of the days whose trains are known a trip is of none of them."""
        return int((self.known & (self.taken < self.offered)).sum())

    @property
    def known(self) -> NDArray[np.bool_]:
        """Whether nearly all trips of each day are among those of the period; of a date, itself."""
        if self.period.days == 1:
            found = np.zeros(len(self.offered), dtype=bool)
        else:
            found = self.taken >= KNOWN_SHARE * self.offered
        found[self._in_period] = True
        return found

    def _order(self, spans: tuple[Span, ...]) -> tuple[Span, ...]:
        """Return spans with the first that reaches into the period before the others."""

        def is_other(span: Span) -> bool:
            return not (span[1] <= self.period.last and self.period.first <= span[2])

        first = min(range(len(spans)), key=lambda number: (is_other(spans[number]), number))
        return (spans[first], *spans[:first], *spans[first + 1 :])

    def _numbered(self) -> Iterator[NumberedTrain]:
        for key, train in self.first.items():
            second = next((max(each) for each in train.times if max(each) >= 0), None)
            yield NumberedTrain(
                number=train.number,
                id=train.id,
                ends=(train.stations[0], train.stations[-1]),
                departs="" if second is None else _clock(second),
                active=self.active[key],
            )

    def _lay(self, position: int, row: object) -> _Trip | str:
        """Return a trip as a train can run it, or why it is no train."""
        laid = lay_trip(self.calls, position, self.stops, self._apart_km, self._fast_kmh)
        if laid.reason:
            return laid.reason
        later = next((max(each) for each in laid.times if max(each) >= 0), 0) // _DAY
        if later > _MOST_DAYS_LATE:
            return "departs more than a week after its day"
        stations = self._patterns.setdefault(laid.stations, laid.stations)
        times = self._shared(_moved(laid.times, -later * _DAY))
        train, is_numbered = self._describe(row, stations, times)
        service = str(row.service_id)  # type: ignore[attr-defined]
        return _Trip(train, service, is_numbered, later, laid.backward, laid.disorder, laid.note)

    def _days_of(self, trip: _Trip) -> NDArray[np.bool_]:
        return self.calendars.shifted(trip.service, trip.later)

    def _take(self, feature: str, position: int, trip: _Trip, active: NDArray[np.bool_]) -> Entry:
        """Add a trip of the period to the trains; return what became of it."""
        self._count(trip, active)
        made = []
        merged = False
        for train in self._repeated(trip.train, position, trip.later):
            key = _key(train)
            if key in self.first:
                merged = True
                self.active[key] = self.active[key] | active
            else:
                self.first[key], self.active[key] = train, active
                if not trip.is_numbered:
                    self._unnumbered.setdefault(key[1:], []).append(key)
            made.append(self.first[key].id)
        into, note = _into(made), trip.note
        if merged:
            return Entry(
                feature=feature, disposition=MERGED, into=into, reason=_OTHER_DAYS, note=note
            )
        reason = "repeated by frequencies.txt" if position in self.repeats else ""
        return Entry(feature=feature, disposition=KEPT, into=into, reason=reason, note=note)

    def _take_elsewhere(self, trips: Mapping[int, _Trip]) -> dict[int, Entry]:
        """Give trips that do not run in the period to trains like them; return what became of each.

        A train is like a trip if it has the same number, stations and minutes; of trips without a
        number, if it runs on none of the same days.
        """
        alike: dict[int, list[Key | None]] = {}
        for position, trip in trips.items():
            active = self._days_of(trip)
            repeated = self._repeated(trip.train, position, trip.later)
            keys = alike[position] = [self._find_like(trip, each, active) for each in repeated]
            for key in keys:
                if key is not None:
                    self.active[key] = self.active[key] | active
            if None not in keys:
                self._count(trip, active)
        known = self.known
        return {
            position: self._tell_elsewhere(trip, alike[position], known & self._days_of(trip))
            for position, trip in trips.items()
        }

    def _find_like(self, trip: _Trip, train: FeedTrain, active: NDArray[np.bool_]) -> Key | None:
        key = _key(train)
        if trip.is_numbered:
            return key if key in self.first else None
        rivals = self._unnumbered.get(key[1:], ())
        return next((each for each in rivals if not (self.active[each] & active).any()), None)

    def _tell_elsewhere(
        self, trip: _Trip, keys: Sequence[Key | None], days: NDArray[np.bool_]
    ) -> Entry:
        """Return what became of a trip of other ``days`` than those of the period."""
        feature, note = f"trips/{trip.train.id}", trip.note
        count, lost = int(days.sum()), sum(key is None for key in keys)
        if lost and count:
            what = f"{lost} of its {len(keys)} departures lack" if lost < len(keys) else "it lacks"
            told = f"{what} on {count} day{'s' * (count > 1)} whose other trains are taken"
            note = f"{note}; {told}" if note else told
        if lost == len(keys) or not count:
            return Entry(feature=feature, disposition=DROPPED, reason=_NOT_THEN, note=note)
        into = _into([self.first[key].id for key in keys if key is not None])
        return Entry(feature=feature, disposition=MERGED, into=into, reason=_OTHER_DAYS, note=note)

    def _count(self, trip: _Trip, active: NDArray[np.bool_]) -> None:
        """Count a trip among those of the trains."""
        self.taken += active
        self.backward += trip.backward > 0
        if trip.disorder is not None:
            self.disordered[trip.train.id] = trip.disorder

    def _apart_km(self, one: int, other: int) -> float:
        """Return the great circle between two stations; computed once."""
        pair = (one, other) if one < other else (other, one)
        if pair not in self._apart:
            self._apart[pair] = self.stops.apart_km(*pair)
        return self._apart[pair]

    def _shared(self, times: Times) -> Times:
        """Return times of which equal ones are one object: a large feed has few."""
        return tuple(self._times.setdefault(each, each) for each in times)

    def _describe(
        self, row: object, stations: tuple[int, ...], times: Times
    ) -> tuple[FeedTrain, bool]:
        """Return the train that a trip is by itself, and whether passengers know a number of it."""
        trip, short = str(row.trip_id), str(row.trip_short_name)  # type: ignore[attr-defined]
        headsign = str(row.trip_headsign)  # type: ignore[attr-defined]
        route = str(row.route_long_name)  # type: ignore[attr-defined]
        described = str(row.route_desc)  # type: ignore[attr-defined]
        kind = described if described in KINDS else ""
        kind = kind or _KIND_OF_TYPE.get(int(row.route_type), "")  # type: ignore[attr-defined]
        number = find_number(short, headsign, "")
        train = FeedTrain(
            id=trip,
            number=number or one_line(trip),
            name=one_line(route),
            kind=kind or self._guess_kind(stations),
            stations=stations,
            times=times,
            spans=(),
            runs=0,
            shape=str(row.shape_id),  # type: ignore[attr-defined]
            line=int(str(row.Index)),  # type: ignore[attr-defined]
        )
        return train, bool(number)

    def _guess_kind(self, stations: Sequence[int]) -> str:
        """Return the kind of a train by the straight length of its way and between its stops."""
        km = sum(self._apart_km(*pair) for pair in pairwise(stations))
        if km < _SUBURBAN_KM and km / (len(stations) - 1) < _SUBURBAN_SPACING_KM:
            return "suburban"
        return "regional" if km < _REGIONAL_KM else "long_distance"

    def _repeated(self, train: FeedTrain, position: int, later: int) -> Iterator[FeedTrain]:
        """Yield a train, or each of its departures where it is repeated."""
        if position not in self.repeats:
            yield train
            return
        first = next((max(each) for each in train.times if max(each) >= 0), 0)
        for second in self.repeats[position]:
            moved = self._shared(_moved(train.times, second - later * _DAY - first))
            clock = _clock(second).replace(":", "")
            yield replace(train, id=f"{train.id}@{clock}", times=moved)


def type_name(route_type: int) -> str:
    """Return a route type with what it is in words.

    Examples
    --------
    >>> type_name(714)
    '714, rail replacement bus'
    """
    known = _OTHER_TYPES.get(route_type) or _OTHER_HUNDREDS.get(route_type // 100, "")
    return f"{route_type}, {known}" if known else str(route_type)


def _clock(second: int) -> str:
    return f"{second // 3600:02d}:{second // 60 % 60:02d}"


def _moved(times: Times, seconds: int) -> Times:
    """Return times so many seconds later."""
    if not seconds:
        return times
    return tuple(
        (
            came if came == UNKNOWN else came + seconds,
            left if left == UNKNOWN else left + seconds,
        )
        for came, left in times
    )


def _key(train: FeedTrain) -> Key:
    return train.number, train.kind, train.name, train.stations, _in_minutes(train.times)


def _into(trains: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"train {each}" for each in dict.fromkeys(trains))


def _in_minutes(times: Times) -> bytes:
    """Return times in minutes, packed for comparison."""
    return array("i", [second // 60 for each in times for second in each]).tobytes()
