"""Delays by waiting or detour.

Delays are in minutes, shape ``(departures, hubs, hubs)``: inf where a train never arrives, nan
where the base has no route. Demand is shape ``(hubs, hubs)``, trips from row to column.

For every departure time the earliest arrival is sought on the timeline, where a train may wait
for a reopening, go round, or do part of each. It is compared with a train that keeps to its
base route and waits, and with one that goes round and never waits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from netmodel.arguments import refuse_wrong_kinds
from netmodel.impact.assessment import Assessor
from netmodel.outages.outage import MilestoneTimes, Outage
from netmodel.outages.timeline import Timeline
from netmodel.routing.earliest_arrival import NEVER, Phases, Schedule, TimedRouter
from netmodel.routing.profiles import UNITS_PER_MINUTE, LinkCosts
from netmodel.times import Window, format_instant, sorted_instants

Matrices = NDArray[np.float64]
"""Minutes of each departure and hub pair, shape ``(departures, hubs, hubs)``; inf for never."""


def over_base(minutes: Matrices, base_minutes: NDArray[np.float64]) -> Matrices:
    """Return minutes over those of the base; nan where the base has no route.

    Examples
    --------
    >>> over_base(np.array([[[90.0, np.inf]]]), np.array([[60.0, 60.0]])).tolist()
    [[[30.0, inf]]]
    """
    known = np.isfinite(base_minutes)
    return np.where(known, minutes - np.where(known, base_minutes, 0.0), np.nan)


def mean_delay_hours(delay_minutes: Matrices, trips: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of finite delays weighted by demand, in hours, for each departure.

    Examples
    --------
    >>> delay = np.array([[[0.0, 90.0], [np.inf, 0.0]]])
    >>> mean_delay_hours(delay, np.array([[0.0, 2.0], [1.0, 0.0]])).tolist()
    [1.5]
    """
    arrives = np.isfinite(delay_minutes)
    weights = np.where(arrives, trips, 0.0).sum(axis=(1, 2))
    total = (np.where(arrives, delay_minutes, 0.0) * trips).sum(axis=(1, 2))
    return np.where(weights > 0, total / np.where(weights > 0, weights, 1.0) / 60.0, np.nan)


def never_share(delay_minutes: Matrices, trips: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of the base's demand that never arrives, for each departure.

    Examples
    --------
    >>> delay = np.array([[[0.0, np.inf], [30.0, 0.0]]])
    >>> never_share(delay, np.array([[0.0, 1.0], [3.0, 0.0]])).tolist()
    [0.25]
    """
    wanted = np.where(np.isnan(delay_minutes), 0.0, trips)
    total = wanted.sum(axis=(1, 2))
    lost = np.where(np.isinf(delay_minutes), wanted, 0.0).sum(axis=(1, 2))
    return np.where(total > 0, lost / np.where(total > 0, total, 1.0), np.nan)


def demand_hours(
    departures: Sequence[datetime],
    end: datetime,
    delay_minutes: Matrices,
    trips: NDArray[np.float64],
) -> float:
    """Return trips times hours of delay when demand is spread evenly over the departures.

    Examples
    --------
    >>> from netmodel.times import parse_instant
    >>> day = [parse_instant(f"2023-05-18T{hour}:00Z") for hour in ("00", "06")]
    >>> delay = np.array([[[0.0, 60.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]])
    >>> demand_hours(day, parse_instant("2023-05-18T12:00:00Z"), delay, 4 * np.eye(2)[::-1])
    2.0
    """
    wanted = (trips > 0) & ~np.isnan(delay_minutes)
    if not len(departures) or not wanted.any():
        return float("nan")
    hours = np.array(
        [
            (two - one).total_seconds() / 3600.0
            for one, two in zip(departures, [*departures[1:], end], strict=True)
        ]
    )
    if hours.min() < 0 or hours.sum() <= 0:
        raise ValueError("departures must rise and end before the end")
    if np.isinf(delay_minutes[wanted]).any():
        return float("inf")
    lost = (np.where(wanted, delay_minutes, 0.0) * trips).sum(axis=(1, 2)) / 60.0
    return float(np.average(lost, weights=hours))


@refuse_wrong_kinds
def even_departures(window: Window, every_hours: float) -> tuple[datetime, ...]:
    """Return departures from the start of a window, so many hours apart.

    Raises
    ------
    ValueError
        If the hours are not positive.

    Examples
    --------
    >>> from netmodel.times import parse_instant
    >>> day = Window(start=parse_instant("2023-05-18T00:00:00Z"),
    ...              end=parse_instant("2023-05-19T00:00:00Z"))
    >>> len(even_departures(day, 6))
    4
    """
    if not every_hours > 0:
        raise ValueError(f"every_hours (={every_hours}) must be > 0")
    count = int(np.ceil(window.hours / every_hours - 1e-9))
    return tuple(
        window.start + timedelta(seconds=round(3600 * every_hours * number))
        for number in range(count)
    )


CHOICES = ("no base route", "undisturbed", "wait", "detour", "wait and detour", "never")


@dataclass(frozen=True, eq=False, kw_only=True)
class WaitOrDetour:
    """What journeys at given times took, with the future known.

    Parameters
    ----------
    hubs
        Ids, in the order of rows and columns.
    departures
        When the journeys begin.
    base_minutes
        Undisturbed, shape ``(hubs, hubs)``; inf where the base has no route.
    minutes
        From departure to the earliest arrival, by waiting, going round, or part of each.
    wait_minutes
        Of a train that keeps to the base route, and waits at hubs for what is closed on it.
    detour_minutes
        Of a train that takes at once the best route of the state at its departure, and waits
        nowhere; inf where it would reach a closed link.
    """

    hubs: tuple[str, ...]
    departures: tuple[datetime, ...]
    base_minutes: NDArray[np.float64]
    minutes: Matrices
    wait_minutes: Matrices
    detour_minutes: Matrices

    @cached_property
    def delay_minutes(self) -> Matrices:
        """Minutes over the base; inf where a train never arrives, nan without a base route.

        Negative where a standing closure of the base ends in time.
        """
        return over_base(self.minutes, self.base_minutes)

    @cached_property
    def choice(self) -> NDArray[np.int64]:
        """What is best, as a position in `CHOICES`; of equals, waiting before going round."""
        base = np.broadcast_to(self.base_minutes, self.minutes.shape)
        return np.select(
            [
                ~np.isfinite(base),
                ~np.isfinite(self.minutes),
                self.minutes <= base,
                self.minutes == self.wait_minutes,
                self.minutes == self.detour_minutes,
            ],
            [0, 5, 1, 2, 3],
            4,
        ).astype(np.int64)

    def mean_delay_hours(self, trips: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the demand-weighted mean delay of each departure, in hours.

        Over demand that has a base route and arrives at some time; see `never_share` for the
        rest.

        Parameters
        ----------
        trips
            Shape ``(hubs, hubs)``.

        Returns
        -------
        ndarray
            Shape ``(departures,)``; nan where no demand arrives.
        """
        return mean_delay_hours(self.delay_minutes, trips)

    def never_share(self, trips: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the share of the base's demand that never arrives, for each departure.

        Returns
        -------
        ndarray
            Shape ``(departures,)``; nan where no demand is connected in the base.
        """
        return never_share(self.delay_minutes, trips)

    def demand_hours(self, trips: NDArray[np.float64], end: datetime) -> float:
        """Return the hours that demand loses when its departures are spread over a time.

        Each departure stands for the time until the next one, the last one for that until
        `end`; the trips of a pair are spread evenly over all that time.

        Returns
        -------
        float
            Trips times hours; inf where some demand never arrives, nan without demand or
            departures.
        """
        return demand_hours(self.departures, end, self.delay_minutes, trips)


class WaitingModel:
    """Journeys of one kind of train under the outages of a timeline, whatever their times.

    Parameters
    ----------
    services
        Whether replacement services may be used while their incident holds.
    """

    def __init__(self, assessor: Assessor, timeline: Timeline, *, services: bool = False) -> None:
        self.assessor = assessor
        self.timeline = timeline
        self.hubs = assessor.demand.hubs
        self._services = services
        holding = [self._holds_throughout(outage) for outage in timeline.outages]
        changing = {
            outage.link
            for outage, holds in zip(timeline.outages, holding, strict=True)
            if not holds
        }
        changing |= {outage.link for outage in set(assessor.base_outages) - {*timeline.outages}}
        if services:
            changing |= {service.link.id for service in assessor.services}
        self._constant = np.array([link.id not in changing for link in assessor.network.links])
        self.router = TimedRouter(
            assessor.network,
            self.hubs,
            changing,
            reversal_minutes=assessor.profile.reversal_minutes,
            gauge_change_minutes=assessor.profile.gauge_change_minutes,
        )
        self._base_costs = base = assessor.costs(assessor.base_outages)
        self.base_ways = self.router.fixed_ways(base)
        self._base = self.router.schedule(Phases(starts=(0,), costs=(base,)))
        self._costs: dict[frozenset[int], LinkCosts] = {}

    @cached_property
    def base_minutes(self) -> NDArray[np.float64]:
        """Undisturbed minutes, shape ``(hubs, hubs)``; inf where there is no route."""
        return self.in_minutes(self.router.follow(self._base, self.base_ways, [0])[0], 0)

    def delays(
        self,
        departures: Sequence[datetime],
        times: Mapping[str, MilestoneTimes] | None = None,
    ) -> WaitOrDetour:
        """Return journeys that begin at given times, with the future known.

        Parameters
        ----------
        departures
            From the start of the timeline's window on.
        times
            Milestones of each incident, such as one draw of an ensemble; those of the timeline
            by default.

        Raises
        ------
        ValueError
            If a departure lies before the window, or the times end a closure of the base that
            has no end in the timeline.
        """
        schedule, units = self._timed(departures, times)
        waited = self.router.follow(schedule, self.base_ways, units)
        starts = np.array(units, dtype=np.int64)[:, None, None]
        return WaitOrDetour(
            hubs=self.hubs,
            departures=tuple(departures),
            base_minutes=self.base_minutes,
            minutes=self._earliest(schedule, units),
            wait_minutes=self.in_minutes(waited, starts),
            detour_minutes=self.in_minutes(self._go_round(schedule, units), starts),
        )

    def delay_minutes(
        self,
        departures: Sequence[datetime],
        times: Mapping[str, MilestoneTimes] | None = None,
        *,
        progress: Callable[[int], None] | None = None,
    ) -> Matrices:
        """Return `WaitOrDetour.delay_minutes` alone, without what it is compared with.

        Parameters and errors are those of `delays`; `progress` is called with the number of
        departures that are done.
        """
        schedule, units = self._timed(departures, times)
        return over_base(self._earliest(schedule, units, progress), self.base_minutes)

    def _timed(
        self, departures: Sequence[datetime], times: Mapping[str, MilestoneTimes] | None
    ) -> tuple[Schedule, list[int]]:
        return self.schedule(times), [self.units(departure) for departure in departures]

    def _earliest(
        self,
        schedule: Schedule,
        units: Sequence[int],
        progress: Callable[[int], None] | None = None,
    ) -> Matrices:
        starts = np.array(units, dtype=np.int64)[:, None, None]
        return self.in_minutes(self.router.arrive_earliest(schedule, units, progress), starts)

    def _go_round(self, schedule: Schedule, units: Sequence[int]) -> NDArray[np.int64]:
        """Return arrivals over the best way of the phase at departure, without waiting."""
        size = len(self.hubs)
        arrival = np.full((len(units), size, size), NEVER, dtype=np.int64)
        phases = np.array([schedule.phase(unit) for unit in units], dtype=np.int64)
        for phase in np.unique(phases).tolist():
            places = np.flatnonzero(phases == phase).tolist()
            ways = self.router.phase_ways(schedule, phase)
            together = [units[place] for place in places]
            arrival[places] = self.router.follow(schedule, ways, together, waiting=False)
        return arrival

    def schedule(self, times: Mapping[str, MilestoneTimes] | None = None) -> Schedule:
        """Return when the costs change under chosen times, also beyond the window's end."""
        points, active = self.phases(times)
        starts: list[int] = []
        costs: list[LinkCosts] = []
        for point, outages in zip(points, active, strict=True):
            each = self._cost(outages)
            if not costs or each.key != costs[-1].key:
                starts.append(self.units(point))
                costs.append(each)
        return self.router.schedule(Phases(starts=tuple(starts), costs=tuple(costs)))

    def phases(
        self, times: Mapping[str, MilestoneTimes] | None = None
    ) -> tuple[tuple[datetime, ...], tuple[frozenset[int], ...]]:
        """Return when what is in force changes, from the window's start on, and what is."""
        timeline = self.timeline if times is None else replace(self.timeline, times=times)
        chosen = [timeline.chosen(outage) for outage in timeline.outages]
        first = timeline.window.start
        later = [each for span in chosen for each in span if each is not None and each > first]
        points = (first, *sorted_instants(later))
        return points, tuple(
            frozenset(
                number
                for number, (start, end) in enumerate(chosen)
                if start is not None and start <= point and (end is None or point < end)
            )
            for point in points
        )

    def units(self, instant: datetime) -> int:
        """Return an instant in tenths of a second since the window's start.

        Raises
        ------
        ValueError
            If it lies before the window.
        """
        seconds = (instant - self.timeline.window.start).total_seconds()
        if seconds < 0:
            raise ValueError(f"{format_instant(instant)} lies before the window")
        return round(seconds * UNITS_PER_MINUTE / 60)

    def in_minutes(
        self, arrival: NDArray[np.int64], departure: NDArray[np.int64] | int
    ) -> NDArray[np.float64]:
        """Return the minutes from departure to arrival; inf for never."""
        return np.where(arrival < NEVER, (arrival - departure) / UNITS_PER_MINUTE, np.inf)

    def _holds_throughout(self, outage: Outage) -> bool:
        """Whether an outage of the base has no end, so that its link never changes."""
        start, end = self.timeline.chosen(outage)
        begun = start is not None and start <= self.timeline.window.start
        return begun and end is None and outage in self.assessor.base_outages

    def _cost(self, active: frozenset[int]) -> LinkCosts:
        if active not in self._costs:
            outages = [self.timeline.outages[number] for number in sorted(active)]
            running = {outage.incident for outage in outages} if self._services else set()
            costs = self.assessor.costs(outages, running)
            if not np.array_equal(
                costs.forward[self._constant], self._base_costs.forward[self._constant]
            ):
                raise ValueError("these times end a closure that has no end in the timeline")
            self._costs[active] = costs
        return self._costs[active]
