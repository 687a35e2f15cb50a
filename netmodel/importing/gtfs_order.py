"""From the calls of a trip to the stations and times that a train can have.

Times that go backwards are left out, the fewest that must be. A feed whose rows were sorted by
wrong times has trains that run to and fro along their line, and so has one with a stop in a wrong
place: calls that no train can make in their order are left out too.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from netmodel.importing.gtfs_calls import UNKNOWN, Calls
from netmodel.importing.gtfs_stops import Apart, Stops
from netmodel.network.railway import great_circles_km

QUICKER_THAN_OTHERS = 1.5
"""A way to and fro that takes a speed so many times that of the feed's fast trains, and of most of
the train's own hours, is none that a train can have run."""
OUT_OF_WAY, OUT_OF_WAY_KM = 1.8, 2.0
"""A way is to and fro if it is so many times as long as the straight line between its two ends, and
so many km longer."""
FASTEST_KMH, SLOWEST_KMH = 400.0, 3.0
"""Along the straight line; a quicker run between two stops is a slip of the timetable, and so is
one that is slower by more than an hour."""
_MOST_TOGETHER = 4
_SAMPLED = 100_000

Times: TypeAlias = tuple[tuple[int, int], ...]
"""Arrival and departure at each station, seconds from midnight before the departure."""


class Disorder(NamedTuple):
    """The calls of a trip that no train can make.

    Parameters
    ----------
    places, stations
        Of these calls among those of the trip, and where they are.
    km, ordered_km
        How long its way over all calls is, and over the others; sums of great circles.
    minutes
        Between its first and its last known time.
    """

    places: tuple[int, ...]
    stations: tuple[int, ...]
    km: float
    ordered_km: float
    minutes: float


class LaidTrip(NamedTuple):
    """The calls of a trip as a train can make them.

    Parameters
    ----------
    reason
        Why the trip is no train; empty if it is one.
    backward
        How many of its times go backwards and were left out.
    disorder
        What else was left out; None if nothing was.
    note
        Both in words.
    """

    stations: tuple[int, ...] = ()
    times: Times = ()
    reason: str = ""
    backward: int = 0
    disorder: Disorder | None = None
    note: str = ""


def lay_trip(calls: Calls, trip: int, stops: Stops, apart: Apart, fast_kmh: float) -> LaidTrip:
    """Return the stations of a trip and its times, without the calls that no train can make.

    Parameters
    ----------
    trip
        Its position.
    fast_kmh
        Of the feed: see `find_fast_kmh`.
    """
    where = calls.of(trip)
    stations, times = _join_platforms(
        stops.station[calls.stop[where]].tolist(),
        list(zip(calls.arrival[where].tolist(), calls.departure[where].tolist(), strict=True)),
    )
    if len(stations) < 2:
        return LaidTrip(reason="calls at one station only" if stations else "has no calls")
    times, backward = drop_backward(times)
    if 2 * backward > sum(second != UNKNOWN for each in times for second in each):
        return LaidTrip(reason="its times go backwards")
    note = f"{backward} times that go backwards left out" if backward else ""
    disorder = find_disorder(stations, times, apart, fast_kmh)
    if disorder is None:
        return LaidTrip(stations, times, "", backward, None, note)
    told = _tell(disorder, [stops.names[station] for station in disorder.stations])
    left = [place for place in range(len(stations)) if place not in disorder.places]
    if 2 * len(left) < len(stations):
        return LaidTrip(reason="no train can make its calls in their order")
    stations, times = _join_platforms(
        [stations[place] for place in left], [times[place] for place in left]
    )
    if len(stations) < 2:
        return LaidTrip(reason="no train can make its calls in their order")
    return LaidTrip(stations, times, "", backward, disorder, "; ".join(filter(None, (note, told))))


def drop_backward(times: Times) -> tuple[Times, int]:
    """Return times without the fewest that make them go backwards, and how many those are.

    Examples
    --------
    >>> drop_backward(((0, 60), (300, 1200), (400, 460)))
    (((0, 60), (300, -1), (400, 460)), 1)
    """
    flat = [second for each in times for second in each]
    known = [place for place, second in enumerate(flat) if second != UNKNOWN]
    if all(flat[one] <= flat[other] for one, other in pairwise(known)):
        return times, 0
    ends: list[int] = []  # The place with the least last time of each length of a rising run.
    before: dict[int, int | None] = {}
    for place in known:
        length = bisect_right([flat[end] for end in ends], flat[place])
        before[place] = ends[length - 1] if length else None
        ends[length : length + 1] = [place]
    kept = set()
    place_kept: int | None = ends[-1]
    while place_kept is not None:
        kept.add(place_kept)
        place_kept = before[place_kept]
    flat = [second if place in kept else UNKNOWN for place, second in enumerate(flat)]
    return tuple(zip(flat[::2], flat[1::2], strict=True)), len(known) - len(kept)


def find_fast_kmh(calls: Calls, stops: Stops) -> float:
    """Return the speed between stops that the trips of a feed exceed in a tenth of their hours.

    Along the straight line, one minute allowed for each run; `FASTEST_KMH` if no time is known.
    """
    first = np.ones(len(calls.stop), dtype=bool)
    first[calls.offsets[calls.offsets < len(first)]] = False
    ends = np.flatnonzero(first)  # Of each run between two stops of one trip.
    ends = ends[:: len(ends) // _SAMPLED + 1]
    left = np.where(calls.departure == UNKNOWN, calls.arrival, calls.departure)[ends - 1]
    came = np.where(calls.arrival == UNKNOWN, calls.departure, calls.arrival)[ends]
    one, other = (stops.station[calls.stop[each]] for each in (ends - 1, ends))
    km = great_circles_km(stops.lon[one], stops.lat[one], stops.lon[other], stops.lat[other])
    timed = (left != UNKNOWN) & (came != UNKNOWN) & (came >= left)
    return _speed_of(km[timed], (came - left)[timed], 0.9)


def find_disorder(
    stations: Sequence[int],
    times: Times,
    apart: Apart,
    fast_kmh: float,
) -> Disorder | None:
    """Return which calls must be left out so that no way to and fro is too quick; None if none.

    The first and the last call stay. That which costs most time goes first, and none goes that
    could stay.

    Parameters
    ----------
    times
        None of which goes backwards.
    fast_kmh
        Of the feed: see `find_fast_kmh`.

    Examples
    --------
    >>> times = tuple((minute * 60, minute * 60) for minute in (0, 10, 12, 20, 30))
    >>> find_disorder((0, 10, 50, 20, 30), times, lambda one, other: abs(one - other), 60)
    Disorder(places=(2,), stations=(50,), km=90.0, ordered_km=30.0, minutes=30.0)
    """
    kms = [apart(*pair) for pair in pairwise(stations)]
    runs = list(_timed_runs(times, kms))
    if not runs or sum(seconds for _, seconds in runs) < 60:  # No time to go by.
        return None
    km, seconds = np.array(runs).T
    own = _speed_of(km, seconds, 0.5)
    most_kmh = min(QUICKER_THAN_OTHERS * max(fast_kmh, min(own, 3 * fast_kmh)), FASTEST_KMH)
    if (km * 3600 <= most_kmh * seconds).all():
        return None
    kept = list(range(len(stations)))
    while found := _find_to_and_fro(kept, stations, times, apart, most_kmh):
        del kept[found]
    for place in sorted(set(range(len(stations))) - set(kept)):
        tried = sorted([*kept, place])
        if _find_to_and_fro(tried, stations, times, apart, most_kmh) is None:
            kept = tried
    if len(kept) == len(stations):
        return None
    known = [second for each in times for second in each if second != UNKNOWN]
    places = tuple(sorted(set(range(len(stations))) - set(kept)))
    return Disorder(
        places=places,
        stations=tuple(stations[place] for place in places),
        km=float(sum(kms)),
        ordered_km=float(sum(apart(stations[one], stations[two]) for one, two in pairwise(kept))),
        minutes=(known[-1] - known[0]) / 60,
    )


def is_too_slow(km: float, seconds: float) -> bool:
    """Whether a run takes over an hour more than the slowest train does."""
    return km < SLOWEST_KMH * (seconds / 3600 - 1)


def _join_platforms(
    stations: Sequence[int], times: Sequence[tuple[int, int]]
) -> tuple[tuple[int, ...], Times]:
    """Return calls of which successive ones at one station are one call."""
    joined: list[int] = []
    timed: list[tuple[int, int]] = []
    for station, time in zip(stations, times, strict=True):
        if joined and joined[-1] == station:
            came, left = timed[-1]
            timed[-1] = (
                came if came != UNKNOWN else time[0], time[1] if time[1] != UNKNOWN else left
            )  # fmt: skip
        else:
            joined.append(station)
            timed.append(time)
    return tuple(joined), tuple(timed)


def _tell(disorder: Disorder, names: Sequence[str]) -> str:
    count = len(disorder.places)
    return (
        f"{count} call{'s' * (count > 1)} left out that no train can make in this order "
        f"({disorder.km:.0f} km in {disorder.minutes:.0f} min, {disorder.ordered_km:.0f} km "
        f"without): {', '.join(names)}"
    )


def _find_to_and_fro(
    kept: Sequence[int],
    stations: Sequence[int],
    times: Times,
    apart: Apart,
    most_kmh: float,
) -> slice | None:
    """Return the calls to and fro without which most of the hours that lack are saved."""
    along = [0.0]
    for one, other in pairwise(kept):
        along.append(along[-1] + apart(stations[one], stations[other]))
    most, found = 0.0, None
    for start in range(len(kept) - 2):
        left = _last(times[kept[start]])
        for end in range(start + 2, min(start + 2 + _MOST_TOGETHER, len(kept))):
            came = _first(times[kept[end]])
            if UNKNOWN in (left, came):
                continue
            km = along[end] - along[start]
            straight = apart(stations[kept[start]], stations[kept[end]])
            lacking = km / most_kmh - (came - left + 60) / 3600
            saved = min(lacking, (km - straight) / most_kmh) / (end - start - 1)
            if saved > most and km > OUT_OF_WAY * straight + OUT_OF_WAY_KM:
                most, found = saved, slice(start + 1, end)
    return found


def _timed_runs(times: Times, kms: Sequence[float]) -> Iterator[tuple[float, float]]:
    """Yield km and seconds between each two successive calls of which the times are known."""
    left, km = UNKNOWN, 0.0
    for place, each in enumerate(times):
        km += kms[place - 1] if place else 0.0
        if max(each) == UNKNOWN:
            continue
        if left != UNKNOWN:
            yield km, float(_first(each) - left)
        left, km = _last(each), 0.0


def _speed_of(km: NDArray[np.float64], seconds: NDArray[np.float64], share: float) -> float:
    """Return the speed that runs keep to in a share of their hours, those too slow aside."""
    is_run = km >= SLOWEST_KMH * (seconds / 3600 - 1)
    km, hours = km[is_run], (seconds[is_run] + 60) / 3600
    if not len(km):
        return FASTEST_KMH
    order = np.argsort(km / hours)
    place = np.searchsorted(hours[order].cumsum(), share * hours.sum())
    return float((km / hours)[order][min(int(place), len(order) - 1)])


def _first(times: tuple[int, int]) -> int:
    return times[1] if times[0] == UNKNOWN else times[0]


def _last(times: tuple[int, int]) -> int:
    return times[0] if times[1] == UNKNOWN else times[1]
