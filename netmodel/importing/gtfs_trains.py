"""The trains of a GTFS feed in a week or on a date: their stations, times and days of running."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netmodel.errors import InputError, Problem, point_out
from netmodel.importing.gtfs_agency import read_publisher
from netmodel.importing.gtfs_calendar import (
    Calendars,
    Period,
    Span,
    choose_period,
    find_spans,
    read_calendars,
)
from netmodel.importing.gtfs_calls import UNKNOWN, Calls, read_calls, read_repeats, read_trips
from netmodel.importing.gtfs_numbers import NumberedTrain, find_number, one_line, tell_apart
from netmodel.importing.gtfs_order import Disorder, Times, find_fast_kmh, lay_trip
from netmodel.importing.gtfs_stops import Stops, note_nameless, read_stops, refuse_unplaced
from netmodel.importing.gtfs_tables import Feed, open_feed
from netmodel.network.account import DROPPED, KEPT, MERGED, Entry
from netmodel.trains.train import KINDS, StopTime, Train

RAIL = (2, *range(100, 118))
"""Route types of railways: 2, and 100 to 117 of the extended list."""
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


@dataclass(frozen=True, kw_only=True, eq=False)
class FeedTrains:
    """The trains of a feed in a period, and what became of each trip.

    Parameters
    ----------
    called
        Positions of the stops at which any rail trip calls, platforms as they are.
    known_days, days
        On how many days nearly all trips are of these trains, and on how many there is any trip.
    backward, disordered
        How many trips had times left out that go backwards, and calls that no train can make.
    left_out
        The stations of such calls.
    """

    source: str
    publisher: str
    stops: Stops
    trains: tuple[FeedTrain, ...]
    entries: tuple[Entry, ...]
    period: Period
    called: frozenset[int]
    known_days: int
    days: int
    backward: int
    disordered: int
    left_out: frozenset[int]


def read_feed_trains(
    path: Path | str,
    *,
    day: date | None = None,
    week: date | None = None,
    route_types: Collection[int] = RAIL,
    same_place_m: float = 0.0,
    progress: Callable[[int, int], None] | None = None,
    also: Callable[[Feed, FeedTrains], None] | None = None,
) -> FeedTrains:
    """Read the trains of a GTFS feed; see `netmodel.importing.gtfs.import_gtfs`.

    Parameters
    ----------
    also
        Called with the feed while it is open, for what else is to be read.
    """
    with open_feed(path) as feed:
        stops = read_stops(feed, same_place_m=same_place_m)
        calendars = read_calendars(feed)
        trips = read_trips(feed, calendars.active)
        is_rail = trips["route_type"].isin(list(route_types)).to_numpy(dtype=bool)
        if not is_rail.any():
            raise InputError([_no_rail(trips)])
        trips_of_service = Counter(trips.loc[is_rail, "service_id"])
        period = choose_period(calendars, trips_of_service, day=day, week=week)
        calls = read_calls(feed, trips["trip_id"], is_rail, stops, progress=progress)
        called = np.unique(calls.stop)
        refuse_unplaced(stops, called)
        note_nameless(stops, called)
        repeats = read_repeats(feed, trips["trip_id"])
        builder = _Builder(stops, calendars, period, calls, repeats)
        trains, entries = builder.build(trips, is_rail)
        found = FeedTrains(
            source=Path(path).name,
            publisher=read_publisher(feed),
            stops=stops,
            trains=trains,
            entries=entries,
            period=period,
            called=frozenset(called.tolist()),
            known_days=int((builder.known & (builder.offered > 0)).sum()),
            days=int((builder.offered > 0).sum()),
            backward=builder.backward,
            disordered=len(builder.disordered),
            left_out=frozenset(
                station for each in builder.disordered.values() for station in each.stations
            ),
        )
        if builder.disordered:
            point_out(_disordered(builder.disordered))
        if also is not None:
            also(feed, found)
    return found


def to_trains(
    train: FeedTrain, names: Sequence[str], kept: Sequence[int] | None = None
) -> tuple[Train, ...]:
    """Return a train as `netmodel.trains` has it, its stops by the names given, of each span.

    The first has the id of the train; the others have the first day of their span behind it.

    Parameters
    ----------
    names
        Of each of its stations that are kept.
    kept
        Places of those stations in the train; all of them by default.
    """
    places = range(len(train.stations)) if kept is None else kept
    times = [_stop_time(*train.times[place]) for place in places]
    known = any(time.known for time in times)
    if known:
        times[0] = replace(times[0], arrival=None)
        times[-1] = replace(times[-1], departure=None)
    return tuple(
        Train(
            id=f"{train.id}~{first}" if number else train.id,
            number=train.number,
            name=train.name,
            kind=train.kind,
            stops=tuple(names),
            times=tuple(times) if known else (),
            days=days,
            from_date=first,
            to_date=last,
        )
        for number, (days, first, last) in enumerate(train.spans)
    )


def type_name(route_type: int) -> str:
    """Return a route type with what it is in words.

    Examples
    --------
    >>> type_name(714)
    '714, rail replacement bus'
    """
    known = _OTHER_TYPES.get(route_type) or _OTHER_HUNDREDS.get(route_type // 100, "")
    return f"{route_type}, {known}" if known else str(route_type)


class _Builder:
    """From trips and calls to trains; the same train on other days is one train."""

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
        self.active: dict[tuple[object, ...], NDArray[np.bool_]] = {}
        self.first: dict[tuple[object, ...], FeedTrain] = {}
        days = len(next(iter(calendars.active.values())))
        self.offered, self.taken = np.zeros(days, dtype=int), np.zeros(days, dtype=int)
        self.backward = 0
        self.disordered: dict[str, Disorder] = {}
        self._fast_kmh = find_fast_kmh(calls, stops)
        self._apart: dict[tuple[int, int], float] = {}
        self._patterns: dict[tuple[int, ...], tuple[int, ...]] = {}
        self._times: dict[tuple[int, int], tuple[int, int]] = {}

    def build(
        self, trips: pd.DataFrame, is_rail: NDArray[np.bool_]
    ) -> tuple[tuple[FeedTrain, ...], tuple[Entry, ...]]:
        entries = []
        for position, row in enumerate(trips.itertuples()):
            feature = f"trips/{row.trip_id}"
            if not is_rail[position]:
                reason = f"no railway (route type {type_name(int(str(row.route_type)))})"
                entries.append(Entry(feature=feature, disposition=DROPPED, reason=reason))
                continue
            entries.append(self._take(feature, position, row))
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
        return tuple(trains), tuple(entries)

    @property
    def _in_period(self) -> slice:
        start = (self.period.first - self.calendars.monday).days
        return slice(max(start, 0), max(start + self.period.days, 0))

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

    def _take(self, feature: str, position: int, row: object) -> Entry:
        """Add a trip to the trains; return what became of it."""
        laid = lay_trip(self.calls, position, self.stops, self._apart_km, self._fast_kmh)
        stations, times, reason, note = laid.stations, laid.times, laid.reason, laid.note
        later = 0
        if not reason:
            later = next((max(each) for each in times if max(each) >= 0), 0) // _DAY
            reason = "departs more than a week after its day" if later > _MOST_DAYS_LATE else ""
        if reason:
            return Entry(feature=feature, disposition=DROPPED, reason=reason)
        active = self.calendars.shifted(str(row.service_id), later)  # type: ignore[attr-defined]
        self.offered += active
        if not active[self._in_period].any():
            reason = "does not run in the period"
            return Entry(feature=feature, disposition=DROPPED, reason=reason)
        self.taken += active
        self.backward += laid.backward > 0
        if laid.disorder is not None:
            self.disordered[str(row.trip_id)] = laid.disorder  # type: ignore[attr-defined]
        stations = self._patterns.setdefault(stations, stations)
        times = _moved(times, -later * _DAY)
        made = []
        merged = False
        for train in self._repeated(self._describe(row, stations, times), position, later):
            key = (train.number, train.kind, train.name, stations, _in_minutes(train.times))
            train = replace(train, times=self._shared(train.times))
            if key in self.first:
                merged = True
                self.active[key] = self.active[key] | active
            else:
                self.first[key], self.active[key] = train, active
            made.append(self.first[key].id)
        into = tuple(f"train {each}" for each in dict.fromkeys(made))
        if merged:
            reason = "the same train on other days"
            return Entry(feature=feature, disposition=MERGED, into=into, reason=reason, note=note)
        reason = "repeated by frequencies.txt" if position in self.repeats else ""
        return Entry(feature=feature, disposition=KEPT, into=into, reason=reason, note=note)

    def _apart_km(self, one: int, other: int) -> float:
        """Return the great circle between two stations; computed once."""
        pair = (one, other) if one < other else (other, one)
        if pair not in self._apart:
            self._apart[pair] = self.stops.apart_km(*pair)
        return self._apart[pair]

    def _shared(self, times: Times) -> Times:
        """Return times of which equal ones are one object: a large feed has few."""
        return tuple(self._times.setdefault(each, each) for each in times)

    def _describe(self, row: object, stations: tuple[int, ...], times: Times) -> FeedTrain:
        trip, short = str(row.trip_id), str(row.trip_short_name)  # type: ignore[attr-defined]
        headsign = str(row.trip_headsign)  # type: ignore[attr-defined]
        route = str(row.route_long_name)  # type: ignore[attr-defined]
        described = str(row.route_desc)  # type: ignore[attr-defined]
        kind = described if described in KINDS else ""
        kind = kind or _KIND_OF_TYPE.get(int(row.route_type), "")  # type: ignore[attr-defined]
        return FeedTrain(
            id=trip,
            number=find_number(short, headsign, trip),
            name=one_line(route),
            kind=kind or self._guess_kind(stations),
            stations=stations,
            times=times,
            spans=(),
            runs=0,
            shape=str(row.shape_id),  # type: ignore[attr-defined]
            line=int(str(row.Index)),  # type: ignore[attr-defined]
        )

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
            moved = _moved(train.times, second - later * _DAY - first)
            clock = _clock(second).replace(":", "")
            yield replace(train, id=f"{train.id}@{clock}", times=moved)


@lru_cache(maxsize=100_000)
def _stop_time(arrival: int, departure: int) -> StopTime:
    came, left = (None if second == UNKNOWN else second // 60 for second in (arrival, departure))
    return StopTime(
        arrival=left if came is None else came, departure=came if left is None else left
    )


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


def _in_minutes(times: Times) -> bytes:
    """Return times in minutes, packed for comparison."""
    return array("i", [second // 60 for each in times for second in each]).tobytes()


def _no_rail(trips: pd.DataFrame) -> Problem:
    found = sorted(set(trips["route_type"].tolist()))
    listed = "; ".join(type_name(int(each)) for each in found)
    what = f"no trip of the wanted route types; the feed has {listed}"
    return Problem(what=what, where="routes.txt", remedy="give route_types to read others")


def _disordered(found: Mapping[str, Disorder]) -> Problem:
    """Return what is to be said of the trips with calls that no train can make."""
    worst = max(found, key=lambda trip: (found[trip].km - found[trip].ordered_km, trip))
    each = found[worst]
    what = (
        f"{len(found):,} trip{'s have' if len(found) > 1 else ' has'} calls that no train can make "
        f"in their order; they are left out. The worst is {worst}: {each.km:.0f} km in "
        f"{each.minutes:.0f} min by its calls, {each.ordered_km:.0f} km without "
        f"{len(each.places)} of them"
    )
    remedy = "see account.csv; mend the times of these calls, or the places of their stops"
    return Problem(what=what, where="stop_times.txt", remedy=remedy)
