"""The trains of a GTFS feed in a week or on a date: their stations, times and days of running."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from netmodel.errors import InputError, Problem, point_out
from netmodel.importing.gtfs_agency import read_publisher
from netmodel.importing.gtfs_calendar import (
    Period,
    choose_period,
    read_calendars,
)
from netmodel.importing.gtfs_calls import UNKNOWN, read_calls, read_repeats, read_trips
from netmodel.importing.gtfs_order import Disorder
from netmodel.importing.gtfs_stops import Stops, note_nameless, read_stops, refuse_unplaced
from netmodel.importing.gtfs_tables import Feed, open_feed
from netmodel.importing.gtfs_trips import FeedTrain, TrainsOfTrips, type_name
from netmodel.network.account import Entry
from netmodel.trains.train import StopTime, Train

RAIL = (2, *range(100, 118))
"""Route types of railways: 2, and 100 to 117 of the extended list."""


@dataclass(frozen=True, kw_only=True, eq=False)
class FeedTrains:
    """The trains of a feed in a period, and what became of each trip.

    Parameters
    ----------
    called
        Positions of the stops at which any rail trip calls, platforms as they are.
    known_days, days
        On how many days nearly all trips are of these trains, and on how many there is any trip.
    lacking_days
        On how many of the known days a trip is of none of these trains.
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
    lacking_days: int
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
        builder = TrainsOfTrips(stops, calendars, period, calls, repeats)
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
            lacking_days=builder.lacking_days,
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


@lru_cache(maxsize=100_000)
def _stop_time(arrival: int, departure: int) -> StopTime:
    came, left = (None if second == UNKNOWN else second // 60 for second in (arrival, departure))
    return StopTime(
        arrival=left if came is None else came, departure=came if left is None else left
    )


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
