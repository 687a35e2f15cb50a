"""Second ways of a pair in the base state that are about as quick as the one it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netmodel.arguments import refuse_wrong_kinds
from netmodel.impact.assessment import Assessor
from netmodel.impact.laid_lines import Turns
from netmodel.routing.profiles import CLOSED, UNITS_PER_MINUTE, LinkCosts, whole_cost
from netmodel.routing.way_search import WaySearch

MOST_WORK = 2_000_000
"""Pairs times hubs up to which second ways are looked for: about half a second."""
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class NearWay:
    """A second way of a pair in the base state.

    Parameters
    ----------
    extra_minutes
        Over the way that the largest share of the pair takes; below 0 where trains take another
        way than the quickest.
    hubs
        Ids of the hubs that it passes, both ends included.
    links
        Positions of its links.
    """

    extra_minutes: float
    hubs: tuple[str, ...]
    links: tuple[int, ...]


@refuse_wrong_kinds
def find_near_ways(assessor: Assessor) -> Mapping[tuple[int, int], NearWay]:
    """Return a second way of each pair with demand that has one in the base state.

    It takes at most the assessor's `near_minutes` more or less than the way of the pair, leaves it
    at one hub and comes back to it at another, and leaves out a part of it that takes at least as
    long as that. It passes none of the hubs of the pair's other ways between. Of several, the one
    that leaves out most.

    Returns
    -------
    dict
        By positions of the two hubs; empty where pairs times hubs are more than `MOST_WORK`.

    Examples
    --------
    Two sides of a square that take about as long as the two others:

    >>> import netmodel as nm
    >>> hubs = [nm.network.Hub(id=i, name=i, lon=n, lat=0) for n, i in enumerate("abcd")]
    >>> links = [nm.network.Link(id=a + b, from_hub=a, to_hub=b, length_km=60, minutes=m)
    ...          for a, b, m in (("a", "b", 30), ("b", "d", 30), ("a", "c", 31), ("c", "d", 37))]
    >>> square = nm.Network(hubs=tuple(hubs), links=tuple(links))
    >>> assessor = nm.impact.Assessor(square, nm.impact.uniform_demand(["a", "d"]),
    ...                               nm.routing.PASSENGER)
    >>> way = nm.impact.find_near_ways(assessor)[0, 1]
    >>> way.hubs, way.extra_minutes
    (('a', 'c', 'd'), 8.0)
    """
    wanted = (assessor.demand.trips > 0) & assessor.base.connected
    np.fill_diagonal(wanted, val=False)
    network = assessor.network
    if wanted.sum() * len(network.hubs) > MOST_WORK or not wanted.any():
        return {}
    search = _Search(assessor)
    found = ((pair, search.second(*pair)) for pair in np.argwhere(wanted).tolist())
    return {(row, column): way for (row, column), way in found if way is not None}


class _Search:
    """Least costs from the hubs that are asked about, and what a second way is measured against.

    Where every link costs the same both ways, so do ways: what it takes to a hub is what it takes
    from there. Else the costs from all hubs are needed.
    """

    def __init__(self, assessor: Assessor) -> None:
        self._assessor = assessor
        network, profile = assessor.network, assessor.profile
        turns = profile.reversal_minutes, profile.gauge_change_minutes
        search = WaySearch(
            network,
            [hub.id for hub in network.hubs],
            reversal_minutes=turns[0],
            gauge_change_minutes=turns[1],
        )
        self._costs: LinkCosts = assessor.costs(assessor.base_outages)
        self._both_ways = bool((self._costs.forward == self._costs.backward).all())
        self._every = range(len(network.hubs))
        ends = assessor.demand.hubs if self._both_ways else network.hub_index
        starts = [network.hub_index[hub] for hub in ends]
        self._found = search.search(self._costs, starts)
        self._least = np.full((len(network.hubs),) * 2, CLOSED, dtype=np.int64)
        self._known: set[int] = set()
        self._fill(starts)
        self._turns = Turns(network, *turns)
        self._near = whole_cost(assessor.near_minutes)
        self._place = network.hub_index

    def _fill(self, starts: Sequence[int]) -> None:
        """Find the least costs from some hubs."""
        new = [start for start in starts if start not in self._known]
        if not new:
            return
        self._known.update(new)
        self._found.spread(new)
        minutes = self._found.matrix(new, self._every)
        units = np.where(np.isfinite(minutes), minutes * UNITS_PER_MINUTE, CLOSED)
        self._least[new] = np.rint(units)

    def _to(self, ends: Numbers, starts: Numbers) -> Numbers:
        """Return the least costs to some hubs from others, shape ``(ends, starts)``."""
        if self._both_ways:
            return self._least[np.ix_(ends, starts)]
        return self._least[np.ix_(starts, ends)].T

    def second(self, row: int, column: int) -> NearWay | None:
        """Return the second way of a pair of hubs of the demand, if it has one."""
        assessor, least = self._assessor, self._least
        travel, ways = assessor.base_travel, assessor.ways
        hubs = travel.hubs_between(row, column, assessor.network)
        passed = np.array([self._place[hub] for hub in hubs])
        start, end = int(passed[0]), int(passed[-1])
        mine = ways.of(row, column)
        base = int(assessor.ways_in_base.cost[mine[0]]) if mine else int(least[start, end])
        to_end = least[end] if self._both_ways else least[:, end]
        over = least[start] + to_end
        known = {self._place[hub] for way in mine for hub in ways.hubs_along(way, assessor.network)}
        over[[*known, *passed.tolist()]] = CLOSED
        via = np.flatnonzero(np.abs(over - base) <= self._near)
        if not len(via):
            return None
        self._fill(passed.tolist())
        leaves = least[start, passed, None] + least[np.ix_(passed, via)] == least[start, via]
        comes = self._to(passed, via) + to_end[passed, None] == to_end[via]
        first = len(passed) - 1 - np.argmax(leaves[::-1], axis=0)
        last = np.argmax(comes, axis=0)
        along = self._along(passed)
        left_out = np.where(first < last, along[last] - along[first], 0)
        for place in np.argsort(-left_out, kind="stable").tolist():
            if left_out[place] < max(self._near, 1):
                return None
            way = self._join(start, int(via[place]), end, base)
            if way is not None:
                return way
        return None

    def _along(self, passed: Numbers) -> Numbers:
        """Return the cost from the first hub of a way to each, as if each step took the least."""
        steps = self._least[passed[:-1], passed[1:]]
        return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(steps)])

    def _join(self, start: int, via: int, end: int, base: int) -> NearWay | None:
        """Return the way over a hub, if no turn there makes it too long."""
        self._fill([via])
        (first, before), (last, after) = self._found.way(start, via), self._found.way(via, end)
        hubs = (*first, *last[1:])
        link = np.array([*before, *after], dtype=np.int64)
        tails = np.array([self._place[hub] for hub in hubs[:-1]])
        forward = self._assessor.network.link_ends[link, 0] == tails
        costs = np.where(forward, self._costs.forward[link], self._costs.backward[link])
        total = int(costs.astype(np.int64).sum() + self._turns.along(link, forward).sum())
        if total > base + self._near or len(set(link.tolist())) < len(link):
            return None
        return NearWay(
            extra_minutes=(total - base) / UNITS_PER_MINUTE,
            hubs=hubs,
            links=tuple(link.tolist()),
        )
