"""Wait or detour without hindsight: a way chosen at departure, on a forecast of the reopening.

A train that departs sees what is in force, and has a forecast of when it will end: a number of
draws of the milestone times. It chooses a way and keeps to it, waiting at hubs for what is
closed. What it then loses against a train that knew the draw is the price of not knowing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from netmodel.arguments import refuse_wrong_kinds
from netmodel.impact.waiting import (
    Matrices,
    WaitingModel,
    demand_hours,
    mean_delay_hours,
    over_base,
)
from netmodel.outages.outage import MilestoneTimes
from netmodel.routing.earliest_arrival import NEVER, Arrivals, Schedule, Ways
from netmodel.routing.profiles import UNITS_PER_MINUTE


@dataclass(frozen=True, eq=False, kw_only=True)
class ForecastDecision:
    """What journeys take on average when their way is chosen on a forecast.

    Parameters
    ----------
    hubs
        Ids, in the order of rows and columns.
    departures
        When the journeys begin.
    base_minutes
        Undisturbed, shape ``(hubs, hubs)``; inf where the base has no route.
    minutes
        Mean over the draws with the way chosen at departure; inf where some draw never lets the
        train arrive.
    hindsight_minutes
        Mean over the draws of the earliest arrival, with the draw known.
    base_way_share
        Share of the draws in which the way chosen is the base route, so that the train waits
        for what is closed on it.
    """

    hubs: tuple[str, ...]
    departures: tuple[datetime, ...]
    base_minutes: NDArray[np.float64]
    minutes: Matrices
    hindsight_minutes: Matrices
    base_way_share: Matrices

    @cached_property
    def price_minutes(self) -> Matrices:
        """The price of not knowing: mean minutes over those with hindsight, >= 0.

        nan where even hindsight does not arrive in every draw.
        """
        known = np.isfinite(self.hindsight_minutes)
        lost = self.minutes - np.where(known, self.hindsight_minutes, 0.0)
        # Means are rounded on their own, so that nothing lost may come out as less than that.
        return np.where(known, np.maximum(lost, 0.0), np.nan)

    @cached_property
    def delay_minutes(self) -> Matrices:
        """Mean minutes over the base; nan without a base route."""
        return over_base(self.minutes, self.base_minutes)

    def mean_delay_hours(self, trips: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the demand-weighted mean of finite delays, in hours, for each departure."""
        return mean_delay_hours(self.delay_minutes, trips)

    def demand_hours(self, trips: NDArray[np.float64], end: datetime) -> float:
        """Return trips times hours lost; see `WaitOrDetour.demand_hours`."""
        return demand_hours(self.departures, end, self.delay_minutes, trips)


@refuse_wrong_kinds
def decide_on_forecast(
    model: WaitingModel,
    departures: Sequence[datetime],
    forecast: Sequence[Mapping[str, MilestoneTimes]],
    *,
    weights: Sequence[float] | None = None,
) -> ForecastDecision:
    """Choose a way for each hub pair and departure on a forecast, and price the not knowing.

    Parameters
    ----------
    forecast
        Draws of the milestones of all incidents.
    weights
        Of each draw, >= 0; equal by default.

    Returns
    -------
    ForecastDecision

    Raises
    ------
    ValueError
        If there is no draw, or the weights do not fit or sum to nothing.

    Notes
    -----
    At departure the train sees which outages are in force; of the draws only those count in
    which the same ones are. It may take its base route, the best way of the state at departure,
    or any way that is best in one of those draws, and takes the one that is least likely never
    to arrive, then the quickest on average, then the first in that order.
    """
    shares = _shares(len(forecast), weights)
    forecast = [times for times, share in zip(forecast, shares, strict=True) if share > 0]
    shares = shares[shares > 0]
    schedules = [model.schedule(times) for times in forecast]
    units = [model.units(departure) for departure in departures]
    solved = [model.router.solve(schedule, units) for schedule in schedules]
    size = len(model.hubs)
    shape = (len(units), size, size)
    minutes, hindsight, kept = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    seen = [_in_force(model, times, departures) for times in forecast]
    for number, unit in enumerate(units):
        for group in _group([each[number] for each in seen]):
            share = shares[group].sum()
            choice = _Choice(
                model,
                unit,
                number,
                [schedules[each] for each in group],
                [solved[each] for each in group],
                shares[group] / share,
            )
            decided, base_way = choice.decide()
            minutes[number] += share * decided
            kept[number] += share * base_way
            hindsight[number] += share * choice.hindsight
    return ForecastDecision(
        hubs=model.hubs,
        departures=tuple(departures),
        base_minutes=model.base_minutes,
        minutes=minutes,
        hindsight_minutes=hindsight,
        base_way_share=kept,
    )


def _shares(count: int, weights: Sequence[float] | None) -> NDArray[np.float64]:
    shares = np.ones(count) if weights is None else np.array(weights, dtype=np.float64)
    if not count or len(shares) != count:
        raise ValueError(f"{len(shares)} weights for {count} draws; one draw at least")
    if not np.isfinite(shares).all() or (shares < 0).any() or not shares.sum() > 0:
        raise ValueError("weights must be finite, not negative, and sum to more than 0")
    return np.asarray(shares / shares.sum())


def _in_force(
    model: WaitingModel, times: Mapping[str, MilestoneTimes], departures: Sequence[datetime]
) -> list[frozenset[int]]:
    """Return what is in force at each departure under some times."""
    points, active = model.phases(times)
    return [
        active[max(n for n, point in enumerate(points) if point <= departure)]
        for departure in departures
    ]


def _group(keys: Sequence[frozenset[int]]) -> list[list[int]]:
    groups: dict[frozenset[int], list[int]] = {}
    for number, key in enumerate(keys):
        groups.setdefault(key, []).append(number)
    return list(groups.values())


class _Choice:
    """The choice of ways at one departure among draws that look alike then."""

    def __init__(
        self,
        model: WaitingModel,
        unit: int,
        number: int,
        schedules: Sequence[Schedule],
        solved: Sequence[Arrivals],
        weights: NDArray[np.float64],
    ) -> None:
        self._router = model.router
        self._unit = unit
        self._schedules = schedules
        self._weights = weights
        self._wanted = model.assessor.demand.trips > 0
        self._best = np.array([each.time[number] for each in solved])
        first = schedules[0]
        state_ways = self._router.phase_ways(first, first.phase(unit))
        ways = [model.base_ways, state_ways, *(each.ways[number] for each in solved)]
        self._ways: list[Ways] = ways
        self._waited = np.array(
            [self._router.follow(each, model.base_ways, [unit])[0] for each in schedules]
        )
        self.hindsight = self._mean(self._best)

    def decide(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return mean minutes of each pair, and 1 where its way is the base route.

        Pairs without demand keep to their base route.
        """
        minutes = self._mean(self._waited)
        base_way = np.ones_like(minutes)
        open_pairs = self._wanted & (self._waited != self._best).any(axis=0)
        for start, end in np.argwhere(open_pairs).tolist():
            candidates = dict.fromkeys(
                self._router.arcs_between(ways, start, end) for ways in self._ways
            )
            arrivals = {arcs: self._follow(arcs) for arcs in candidates if arcs}
            if not arrivals:
                continue
            chosen = min(arrivals, key=lambda arcs: self._rank(arrivals[arcs]))
            minutes[start, end] = self._mean(arrivals[chosen])
            own = self._router.arcs_between(self._ways[0], start, end)
            base_way[start, end] = float(chosen == own)
        return minutes, base_way

    def _follow(self, arcs: tuple[int, ...]) -> NDArray[np.int64]:
        return np.array(
            [self._router.follow_arcs(each, arcs, self._unit) for each in self._schedules]
        )

    def _rank(self, arrivals: NDArray[np.int64]) -> tuple[float, float]:
        never = arrivals >= NEVER
        late = np.where(never, 0, arrivals - self._unit)
        return float(self._weights[never].sum()), float((self._weights * late).sum())

    def _mean(self, arrivals: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return mean minutes from departure over the draws, the first axis; inf for never."""
        minutes = (arrivals - self._unit) / UNITS_PER_MINUTE
        weights = self._weights.reshape(-1, *(1,) * (minutes.ndim - 1))
        mean = (weights * minutes).sum(axis=0)
        return np.where((arrivals >= NEVER).any(axis=0), np.inf, mean)
