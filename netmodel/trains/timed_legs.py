"""Legs of trains with published times, and the links that they run over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from netmodel.network.railway import Link, Network
from netmodel.trains.course import Courses, Leg
from netmodel.trains.halts import stops_on_links
from netmodel.trains.train import Train

PROFILE_NAME: Mapping[str, str] = {
    "intercity": "intercity",
    "long_distance": "passenger",
    "international": "passenger",
    "regional": "regional",
    "suburban": "suburban",
}
"""The profile of each kind of train."""
ZONES: Mapping[str, int] = {"PL": -60, "SK": -60, "HU": -60}
"""Minutes of the clock of a country less those of Ukraine."""
QUICKEST_KMH: Mapping[str, float] = {
    "passenger": 90.0, "regional": 110.0, "intercity": 150.0, "suburban": 90.0
}  # fmt: skip
NAMED_STOP_MINUTES: Mapping[str, float] = {"regional": 4.0}
"""What a named stop on the way costs: standing, braking and starting. Chosen on the lines for
calibration (docs/speeds.md); stops of trains of other kinds are part of the minutes of links."""
STATIONS_A_STOP = 5
"""At one in how many stations and halts on its way a train of a kind in `NAMED_STOP_MINUTES` calls,
if its documents say that it calls at further ones and not at which. So do those of the lines for
calibration whose documents name every stop, each line counted once (docs/speeds.md)."""
SLOWEST_KMH = 10.0
"""A leg outside of these is not used: a day is missing, or the train goes by another way. No
long-distance train of the record whose way is stated runs at more than 88 km/h from end to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedLeg:
    """A leg with published times and the links that it runs over.

    Parameters
    ----------
    minutes
        From departure to arrival, the clocks of both ends made one.
    km
        By position of the link in the network.
    borders
        Which borders it crosses: the countries of each, as ``MD-UA``.
    stops
        How many stops its documents name between the two ends, those that the network lacks
        counted where the leg is the whole train; where the documents leave stops open, at least
        one in `STATIONS_A_STOP` of the stations and halts on the way.
    unused
        Why the leg says nothing about speeds; empty where it does.
    """

    train: Train
    start: str
    end: str
    minutes: float
    km: Mapping[int, float]
    borders: tuple[str, ...]
    stops: float = 0
    unused: str = ""

    @property
    def profile(self) -> str:
        """Name of the profile of its kind."""
        return PROFILE_NAME[self.train.kind]

    @property
    def stopping(self) -> float:
        """Minutes that the named stops on the way cost."""
        return self.stops * NAMED_STOP_MINUTES.get(self.profile, 0.0)

    @property
    def running(self) -> float:
        """Minutes without the named stops, but at least half of all."""
        return max(self.minutes - self.stopping, self.minutes / 2)


def timed_legs(courses: Courses, network: Network) -> tuple[TimedLeg, ...]:
    """Return the legs with known times of all trains that have a course."""
    inner = courses.promotion.network
    parent = {part: whole for whole, parts in courses.promotion.parts.items() for part in parts}
    between: dict[tuple[str, str], list[Link]] = {}
    for link in inner.links:
        for pair in ((link.from_hub, link.to_hub), (link.to_hub, link.from_hub)):
            between.setdefault(pair, []).append(link)
    stations = stops_on_links(network)
    legs = []
    for course in courses.courses.values():
        for start, end, minutes in course.train.timed_legs():
            run = [leg for leg in course.legs if leg.start >= start and leg.end <= end]
            parts = [part for leg in run for part in _parts(leg, between, parent)]
            leg = _timed_leg(course.train, start, end, minutes, parts, courses, network)
            legs.append(_with_open_stops(leg, network, stations))
    return tuple(legs)


def _with_open_stops(leg: TimedLeg, network: Network, stations: Mapping[int, int]) -> TimedLeg:
    """Return a leg with the stops that may be expected where the documents leave them open."""
    if leg.train.more_stops != "some":
        return leg
    passed = sum(
        stations.get(at, 0) * km / network.links[at].length_km for at, km in leg.km.items()
    )
    return replace(leg, stops=max(leg.stops, passed / STATIONS_A_STOP))


def _parts(
    leg: Leg, between: Mapping[tuple[str, str], Sequence[Link]], parent: Mapping[str, str]
) -> list[tuple[str, float]]:
    """Return the links of a leg, each with the km that it runs over it."""
    parts = []
    for pair in pairwise(leg.hubs):
        wanted = [each for each in between[pair] if parent.get(each.id, each.id) in leg.links]
        part = min(wanted, key=lambda each: each.length_km)
        parts.append((parent.get(part.id, part.id), part.length_km))
    return parts


def _timed_leg(
    train: Train,
    start: int,
    end: int,
    minutes: float,
    parts: Sequence[tuple[str, float]],
    courses: Courses,
    network: Network,
) -> TimedLeg:
    km: dict[int, float] = {}
    for link, length in parts:
        position = network.link_index[link]
        km[position] = km.get(position, 0.0) + length
    ends = [_country(train.stops[at], courses, network) for at in (start, end)]
    minutes += ZONES.get(ends[0], 0) - ZONES.get(ends[1], 0)
    borders = tuple(filter(None, (border_of(network, network.links[link]) for link in km)))
    total = sum(km.values())
    speed = 60.0 * total / minutes if minutes > 0 else np.inf
    unused = ""
    if total == 0:
        unused = "both ends are one place"
    elif speed > QUICKEST_KMH[PROFILE_NAME[train.kind]]:
        unused = f"{speed:.0f} km/h: a day is missing, or the train goes by another way"
    elif speed < SLOWEST_KMH:
        unused = f"{speed:.0f} km/h: it stands, or goes by another way"
    whole = (start, end) == (0, len(train.stops) - 1)
    more = train.more_stops if whole and isinstance(train.more_stops, int) else 0
    return TimedLeg(
        train=train,
        start=train.stops[start],
        end=train.stops[end],
        minutes=minutes,
        km=km,
        borders=borders,
        stops=end - start - 1 + more,
        unused=unused,
    )


def _country(place: str, courses: Courses, network: Network) -> str:
    hub = courses.hub_of[place]
    return network.hub(hub).country if hub in network.hub_index else "UA"


def border_of(network: Network, link: Link) -> str:
    """Return the countries that a link joins, as ``MD-UA``; empty where there is no control.

    The trains over the Kerch strait are timed without a wait, and no other train of the record
    runs between Ukraine and Russia.
    """
    countries = sorted({network.hub(hub).country for hub in (link.from_hub, link.to_hub)} - {""})
    return "" if len(countries) < 2 or countries == ["RU", "UA"] else "-".join(countries)
