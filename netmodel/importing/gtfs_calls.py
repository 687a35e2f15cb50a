"""The trips of a GTFS feed and their calls at stops, as arrays."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netmodel.errors import InputError, Problem
from netmodel.importing.gtfs_stops import Stops
from netmodel.importing.gtfs_tables import Feed, refuse_rows

UNKNOWN = -1
"""Stands for a time that the feed does not give, seconds."""
MOST_REPEATS = 5000
"""Of one trip by ``frequencies.txt``."""
_TIME = re.compile(r"(\d{1,3}):([0-5]?\d)(?::([0-5]?\d))?")
_UNREADABLE = -2


@dataclass(frozen=True, kw_only=True, eq=False)
class Calls:
    """The calls of all wanted trips, in order of trip and running.

    Parameters
    ----------
    stop
        Position of the stop of each call.
    arrival, departure
        Seconds after midnight; `UNKNOWN` where not given.
    offsets
        Where the calls of each trip begin, by the trip's position, shape ``(trips + 1,)``.
    """

    stop: NDArray[np.int32]
    arrival: NDArray[np.int32]
    departure: NDArray[np.int32]
    offsets: NDArray[np.int64]

    def of(self, trip: int) -> slice:
        """Return where the calls of a trip stand."""
        return slice(int(self.offsets[trip]), int(self.offsets[trip + 1]))


def read_trips(feed: Feed, services: Collection[str]) -> pd.DataFrame:
    """Return the trips with the type and names of their routes, indexed by line.

    Raises
    ------
    InputError
        With every id that is used twice or that no table has, at its line.
    """
    routes = feed.read(
        "routes.txt",
        ("route_id", "route_type"),
        ("route_short_name", "route_long_name", "route_desc"),
    )
    trips = feed.read(
        "trips.txt",
        ("route_id", "service_id", "trip_id"),
        ("trip_headsign", "trip_short_name", "shape_id"),
    )
    problems: list[Problem] = []
    for table, frame, column in (
        ("routes.txt", routes, "route_id"), ("trips.txt", trips, "trip_id"),
    ):  # fmt: skip
        wrong = frame[column].duplicated()
        problems += refuse_rows(table, frame, column, wrong, "is used twice")
    wrong = ~routes["route_type"].str.fullmatch(r"\d{1,4}")
    problems += refuse_rows("routes.txt", routes, "route_type", wrong, "must be a whole number")
    wrong = ~trips["route_id"].isin(routes["route_id"])
    problems += refuse_rows("trips.txt", trips, "route_id", wrong, "is not in routes.txt")
    wrong = ~trips["service_id"].isin(services)
    problems += refuse_rows("trips.txt", trips, "service_id", wrong, "has no calendar")
    if trips.empty and not problems:
        problems.append(Problem(what="no trips in the file", where="trips.txt:2"))
    if problems:
        raise InputError(problems)
    of_route = routes.set_index("route_id")
    joined = trips.join(of_route, on="route_id")
    return joined.assign(route_type=joined["route_type"].astype(int))


def read_calls(
    feed: Feed,
    trip_ids: pd.Series,
    wanted: NDArray[np.bool_],
    stops: Stops,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Calls:
    """Read ``stop_times.txt`` in pieces, and keep the calls of the wanted trips.

    Raises
    ------
    InputError
        With every unknown id, unreadable time and repeated place in the order, at its line.
    """
    index = pd.Index(trip_ids)
    stop_index = pd.Index(stops.ids)
    clock: dict[str, int] = {"": UNKNOWN}
    parts: list[NDArray[np.int32]] = []
    columns = ("trip_id", "stop_id", "stop_sequence", "arrival_time", "departure_time")
    read = 0
    for chunk in feed.chunks("stop_times.txt", columns, progress=progress):
        read += len(chunk)
        trip = index.get_indexer(pd.Index(chunk["trip_id"]))
        unknown = trip < 0
        if unknown.any():
            raise InputError(
                refuse_rows("stop_times.txt", chunk, "trip_id", unknown, "is not in trips.txt")
            )
        chunk = chunk[wanted[trip]]
        parts.append(_read_part(chunk, trip[wanted[trip]], stop_index, clock))
    if not read:
        raise InputError([Problem(what="no calls in the file", where="stop_times.txt:2")])
    return _sort(np.concatenate(parts, axis=1), len(index))


def read_repeats(feed: Feed, trip_ids: pd.Series) -> dict[int, list[int]]:
    """Return the departures of trips that ``frequencies.txt`` repeats, seconds, by position.

    Raises
    ------
    InputError
        With every unknown trip, unreadable time and headway of nothing, at its line.
    """
    table = feed.read("frequencies.txt", ("trip_id", "start_time", "end_time", "headway_secs"))
    trip = pd.Index(trip_ids).get_indexer(pd.Index(table["trip_id"]))
    wrong = trip < 0
    problems = refuse_rows("frequencies.txt", table, "trip_id", wrong, "is not in trips.txt")
    clock: dict[str, int] = {}
    start, end = (_parse_times(table[column], clock) for column in ("start_time", "end_time"))
    for column, seconds in (("start_time", start), ("end_time", end)):
        problems += refuse_rows(
            "frequencies.txt", table, column, seconds < 0, "is no time", "write HH:MM:SS"
        )
    headway = pd.to_numeric(table["headway_secs"], errors="coerce").fillna(0).to_numpy(float)
    short = ~(headway >= 1) | ((end - start) / np.maximum(headway, 1) > MOST_REPEATS)
    problems += refuse_rows(
        "frequencies.txt", table, "headway_secs", short, "makes too many trains", "give seconds"
    )
    if problems:
        raise InputError(problems)
    found: dict[int, list[int]] = {}
    for number, first, last, step in zip(trip, start, end, headway, strict=True):
        found.setdefault(int(number), []).extend(range(int(first), int(last), int(step)))
    return {number: sorted(set(times)) for number, times in found.items()}


def _read_part(
    chunk: pd.DataFrame, trip: NDArray[np.intp], stop_index: pd.Index, clock: dict[str, int]
) -> NDArray[np.int32]:
    """Return trip, order, stop, arrival, departure and line of some calls, a row of each."""
    file = "stop_times.txt"
    stop = stop_index.get_indexer(pd.Index(chunk["stop_id"]))
    problems = refuse_rows(file, chunk, "stop_id", stop < 0, "is not in stops.txt")
    order = pd.to_numeric(chunk["stop_sequence"], errors="coerce").to_numpy(dtype=float)
    wrong = ~((order >= 0) & (order < 2**31) & (order == np.floor(order)))
    remedy = "a whole number, not negative"
    problems += refuse_rows(file, chunk, "stop_sequence", wrong, "is not readable", remedy)
    times = []
    for column in ("arrival_time", "departure_time"):
        seconds = _parse_times(chunk[column], clock)
        wrong = seconds == _UNREADABLE
        problems += refuse_rows(file, chunk, column, wrong, "is no time", "write HH:MM:SS")
        times.append(seconds)
    if problems:
        raise InputError(problems)
    rows = (trip, order, stop, *times, chunk.index.to_numpy())
    return np.stack([each.astype(np.int32) for each in rows])


def _parse_times(column: pd.Series, known: dict[str, int]) -> NDArray[np.int64]:
    """Return times of day as seconds; each text is parsed once."""
    codes, texts = pd.factorize(column)
    for text in texts:
        if text not in known:
            found = _TIME.fullmatch(text)
            known[text] = (
                _UNREADABLE
                if found is None
                else int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3] or 0)
            )
    seconds = np.array([known[text] for text in texts], dtype=np.int64)
    return seconds[codes] if len(texts) else np.zeros(0, dtype=np.int64)


def _sort(table: NDArray[np.int32], trips: int) -> Calls:
    trip, order, stop, arrival, departure, line = table
    place = np.lexsort((line, order, trip))
    trip, order = trip[place], order[place]
    again = np.flatnonzero((trip[1:] == trip[:-1]) & (order[1:] == order[:-1])) + 1
    if len(again):
        lines = line[place][again]
        raise InputError(_again(lines, order[again]))
    offsets = np.searchsorted(trip, np.arange(trips + 1))
    return Calls(
        stop=stop[place],
        arrival=arrival[place],
        departure=departure[place],
        offsets=offsets.astype(np.int64),
    )


def _again(lines: NDArray[np.int32], order: NDArray[np.int32]) -> Iterator[Problem]:
    for line, number in zip(lines[:10], order[:10], strict=True):
        what = f"stop_sequence {number} is used twice in one trip"
        yield Problem(what=what, where=f"stop_times.txt:{line}")
    if len(lines) > 10:
        yield Problem(what=f"... and {len(lines) - 10:,} more", where="stop_times.txt")
