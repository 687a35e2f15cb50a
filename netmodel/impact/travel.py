"""Travel: how the demand of each pair travels in one state, by trains or by least cost."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from netmodel.impact.pair_ways import PairWays
from netmodel.network.railway import Network
from netmodel.routing.profiles import CLOSED, LinkCosts
from netmodel.routing.router import Routes

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, kw_only=True)
class WaysInBase:
    """The ways of trains with what they cost in the base state.

    Parameters
    ----------
    cost
        Whole-number cost of running each way, shape ``(ways,)``.
    detour_cost
        What a detour round each way costs at least.
    """

    ways: PairWays
    cost: Numbers
    detour_cost: Numbers


def rate_ways(ways: PairWays, cost: Numbers, least: NDArray[np.int32], near: int) -> WaysInBase:
    """Return ways with what a detour round each costs at least.

    Where the least cost lies below that of the way of trains, the timetable knows better: nobody
    takes the quicker way. Then a detour costs by how much it seems quicker, but `near` at most,
    over the way; a train that is late by less stays on it.

    Parameters
    ----------
    cost
        Of each way in the base.
    least
        Least cost of each pair in the base.
    near
        Two ways that differ by less count as equally quick.
    """
    seems_quicker = np.maximum(cost - least[ways.row, ways.column], 0)
    return WaysInBase(ways=ways, cost=cost, detour_cost=cost + np.minimum(seems_quicker, near))


class Travel:
    """Journeys of all pairs in one state.

    A pair that trains join travels by their ways, each by its share. While a way w is open and not
    too slow, its share keeps to it; else it takes the quickest route of the state. It takes
    min(minutes along w, max(minutes of w in the base + a margin, least minutes)), so that more
    outages never make a pair quicker and no detour beats the timetable. The margin is 0 where w
    is the quickest route of the base; see `rate_ways`. Other pairs take the quickest route.

    Parameters
    ----------
    routes
        The quickest routes of the state.
    rated
        The ways of trains in the base; none without trains.
    costs
        Of each link in the state.
    """

    def __init__(self, routes: Routes, costs: LinkCosts, rated: WaysInBase) -> None:
        self.routes = routes
        self.ways = rated.ways
        self._costs = costs
        self._rated = rated

    @property
    def connected(self) -> Mask:
        """Whether there is a route, shape ``(hubs, hubs)``."""
        return self.routes.connected

    @cached_property
    def _cost(self) -> Numbers:
        """What running each way costs, shape ``(ways,)``."""
        return self.ways.costs(self._costs)

    @cached_property
    def _detour(self) -> Numbers:
        """What each way would cost by the quickest route of the state, shape ``(ways,)``."""
        ways = self.ways
        least = self.routes.cost[ways.row, ways.column].astype(np.int64)
        return np.where(least < CLOSED, np.maximum(self._rated.detour_cost, least), CLOSED)

    @cached_property
    def kept(self) -> Mask:
        """Whether each way is kept to, shape ``(ways,)``."""
        return np.asarray((self._cost < CLOSED) & (self._cost <= self._detour))

    @cached_property
    def way_minutes(self) -> Floats:
        """Minutes of the share of each way, shape ``(ways,)``; inf where it does not arrive."""
        return self.ways.in_minutes(np.minimum(self._cost, self._detour))

    @cached_property
    def minutes(self) -> Floats:
        """Minutes of each pair, shape ``(hubs, hubs)``; inf where there is no route."""
        least = self.routes.minutes
        if not len(self.ways):
            return least
        return np.where(self.connected, self.ways.mean(self.way_minutes, least), np.inf)

    @cached_property
    def on_route(self) -> Floats:
        """Share of each pair that takes the quickest route, shape ``(hubs, hubs)``."""
        alone = np.ones(self.routes.cost.shape)
        return self.ways.mean((~self.kept).astype(np.float64), alone)

    def mean(self, along_ways: Floats, along_routes: Floats) -> Floats:
        """Return the mean of a figure over the shares of each pair, shape ``(hubs, hubs)``.

        Parameters
        ----------
        along_ways
            Along each way, shape ``(ways,)``.
        along_routes
            Along the quickest route of each pair, shape ``(hubs, hubs)``; nan where there is none.
        """
        ways = self.ways
        if not len(ways):
            return along_routes
        elsewhere = along_routes[ways.row, ways.column]
        return ways.mean(np.where(self.kept, along_ways, elsewhere), along_routes)

    def load_links(self, trips: Floats) -> Floats:
        """Return the trips over each link, forward and backward, shape ``(links, 2)``.

        Parameters
        ----------
        trips
            From row to column, shape ``(hubs, hubs)``. Pairs without a route are left out.
        """
        ways = self.ways
        if not len(ways):
            return self.routes.load_links(trips)
        wanted = np.where(self.connected, trips, 0.0)
        load = self.routes.load_links(wanted * self.on_route)
        carried = np.where(self.kept, wanted[ways.row, ways.column] * ways.share, 0.0)
        return load + ways.load_links(carried, len(load))

    @cached_property
    def main_way(self) -> Numbers:
        """The way of trains that most of each pair takes, shape ``(hubs, hubs)``; else -1.

        The one with the greatest share that is kept to, if it is greater than that of those that
        take the quickest route.
        """
        ways = self.ways
        chosen = np.full(self.routes.cost.shape, -1, dtype=np.int64)
        kept = np.flatnonzero(self.kept)[::-1]  # the greatest share of a pair is written last
        chosen[ways.row[kept], ways.column[kept]] = kept
        share = ways.share[chosen] if len(ways) else np.zeros(chosen.shape)
        return np.where((chosen >= 0) & self.connected & (share >= self.on_route), chosen, -1)

    def hubs_between(self, start: int, end: int, network: Network) -> tuple[str, ...]:
        """Return the ids of the hubs that most of a pair passes, both ends included."""
        way = int(self.main_way[start, end]) if len(self.ways) else -1
        if way >= 0:
            return self.ways.hubs_along(way, network)
        return self.routes.hubs_between(start, end)

    def __getstate__(self) -> dict[str, object]:
        """Leave out what is found again when it is asked for."""
        names = ("routes", "ways", "_costs", "_rated")
        return {name: value for name, value in vars(self).items() if name in names}
