"""Times of trains that can be read and hardly be meant: stays of half a day, impossible speeds."""

from __future__ import annotations

from collections.abc import Iterator

from netmodel.errors import Problem
from netmodel.network.railway import Network, great_circle_km
from netmodel.trains.course import place_stops
from netmodel.trains.train import DAY_MINUTES, Timetable, Train

LONG_STAY = DAY_MINUTES // 2
"""Minutes: a longer stay, or a longer leg at a crawl, is told. A stay over midnight is shorter."""
QUICKEST_KMH = 350.0
"""No train runs faster between two stops; as the crow flies, and to the minute."""
CRAWL_KMH = 5.0
"""No train that runs for so long is so slow."""


def find_long_stays(train: Train, where: str) -> Iterator[Problem]:
    """Yield the stops at which the clock alone makes a train stand for more than half a day.

    Examples
    --------
    >>> from netmodel.trains.train import StopTime
    >>> times = (StopTime(departure=540), StopTime(arrival=600, departure=2030),
    ...          StopTime(arrival=2090))
    >>> train = Train(id="1", number="1", kind="regional", stops=("A", "B", "C"), times=times)
    >>> [each.what for each in find_long_stays(train, "services.csv:2")]
    ["the times at 'B' are a stay of 23:50 h: it arrives at 10:00 and departs at 09:50"]
    """
    for stop, time in zip(train.stops, train.times, strict=False):
        if time.arrival is None or time.departure is None:
            continue
        stay = time.departure - time.arrival
        if LONG_STAY < stay < DAY_MINUTES:
            what = (
                f"the times at {stop!r} are a stay of {_hours(stay)} h: it arrives at "
                f"{_clock(time.arrival)} and departs at {_clock(time.departure)}"
            )
            yield Problem(what=what, where=where, remedy=_REMEDY)


def find_odd_speeds(timetable: Timetable, network: Network) -> list[Problem]:
    """Return the legs of trains that are too quick or too slow for any train, at their lines.

    Distances are as the crow flies, so that the way of a train does not matter. Where one time of a
    stop is known, it counts for both.

    Raises
    ------
    InputError
        With every stop that the network does not know, at the line of its train.

    Examples
    --------
    >>> from netmodel.network.railway import Hub, Link
    >>> from netmodel.trains.train import StopTime
    >>> hubs = tuple(Hub(id=i, name=i.upper(), lon=n, lat=0) for n, i in enumerate("ab"))
    >>> links = (Link(id="ab", from_hub="a", to_hub="b", length_km=112),)
    >>> railway = Network(hubs=hubs, links=links)
    >>> times = StopTime(departure=540), StopTime(arrival=541)
    >>> train = Train(id="1", number="1", kind="regional", stops=("A", "B"), times=times)
    >>> [each.what for each in find_odd_speeds(Timetable(trains=(train,)), railway)]
    ["from 'A' (09:00) to 'B' (09:01) are 111 km in 0:01 h: no train is so fast"]
    """
    timed = tuple(train for train in timetable.trains if train.times)
    promotion, hub_of = place_stops(Timetable(trains=timed, origins=timetable.origins), network)
    hubs = {place: promotion.network.hub(hub) for place, hub in hub_of.items()}
    far: dict[tuple[str, str], float] = {}
    found = []
    for train in timed:
        for start, end, minutes in train.timed_legs():
            ends = train.stops[start], train.stops[end]
            if ends not in far:
                one, other = hubs[ends[0]], hubs[ends[1]]
                far[ends] = great_circle_km(one.lon, one.lat, other.lon, other.lat)
            pace = _judge(far[ends], minutes, stops=end - start)
            if pace:
                what = f"{_tell_leg(train, start, end, far[ends], minutes)}: no train is so {pace}"
                found.append(Problem(what=what, where=timetable.where(train), remedy=_REMEDY))
    return found


def _judge(km: float, minutes: float, *, stops: int) -> str:
    """Return whether a leg is too fast or too slow; empty where neither."""
    if 60 * km > QUICKEST_KMH * (minutes + 1):
        return "fast"
    return "slow" if stops == 1 and minutes > LONG_STAY and 60 * km < CRAWL_KMH * minutes else ""


def _tell_leg(train: Train, start: int, end: int, km: float, minutes: float) -> str:
    left, came = train.times[start].departure, train.times[end].arrival
    left = train.times[start].arrival if left is None else left
    came = train.times[end].departure if came is None else came
    return (
        f"from {train.stops[start]!r} ({_clock(left)}) to {train.stops[end]!r} ({_clock(came)}) "
        f"are {km:.0f} km in {_hours(int(minutes))} h"
    )


_REMEDY = "check these times"


def _clock(minute: int | None) -> str:
    return "" if minute is None else f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def _hours(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"
