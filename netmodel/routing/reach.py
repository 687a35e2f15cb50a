"""Reach: least-cost ways from a few hubs to a few others, under many costs."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from netmodel.network.railway import Network
from netmodel.routing.kernel import Kernel
from netmodel.routing.profiles import CLOSED, UNITS_PER_MINUTE, LinkCosts
from netmodel.routing.router import Router
from netmodel.routing.routes import Routes
from netmodel.routing.sweep.compiled import can_compile
from netmodel.routing.sweep.engine import ENGINE_VARIABLE, SECONDS_PER_ARC
from netmodel.routing.trees import Trees, grow_trees

WORTH_SWEEPING_ALL = 0.15
"""Seconds that a search of some terminals must take for a sweep of all to be quicker."""
WORTH_COMPILED = 3.0
"""Seconds of searching that outweigh loading the compiled code."""


class Reach:
    """Searches ways from the terminals that are asked for, and from no others.

    A state in which few trains need another way costs a few searches; where many do on a large
    network, all terminals are swept at once. Which of the two follows from an estimate of the
    work and not from a clock. The ways are the same.

    Parameters
    ----------
    terminals
        Ids of the hubs between which ways may be asked for.
    reversal_minutes, gauge_change_minutes
        As for `netmodel.routing.router.Router`.

    Examples
    --------
    >>> from netmodel.network.railway import Hub, Link
    >>> from netmodel.routing.profiles import PASSENGER, costs_from_minutes, running_minutes
    >>> hubs = tuple(Hub(id=i, name=i, lon=n, lat=0) for n, i in enumerate("abc"))
    >>> links = (Link(id="ab", from_hub="a", to_hub="b", length_km=60),
    ...          Link(id="bc", from_hub="b", to_hub="c", length_km=30))
    >>> network = Network(hubs=hubs, links=links)
    >>> reach = Reach(network, ["a", "c"])
    >>> found = reach.search(costs_from_minutes(network, running_minutes(network, PASSENGER)), [0])
    >>> found.matrix([0], [1]).tolist(), found.links_between(0, 1)
    ([[90.0]], [(0, True), (1, True)])
    """

    def __init__(
        self,
        network: Network,
        terminals: Sequence[str],
        *,
        reversal_minutes: float = 20.0,
        gauge_change_minutes: float = 120.0,
    ) -> None:
        self.network = network
        self.terminals = tuple(terminals)
        self._turns = {
            "reversal_minutes": reversal_minutes,
            "gauge_change_minutes": gauge_change_minutes,
        }
        self._router = Router(network, self.terminals, **self._turns, engine="scipy")
        self._sweeping: Router | None = None
        self._spent = 0.0
        nodes = self._router.terminal_nodes
        self._width = max((len(group) for group in nodes), default=1)
        self._ends = np.array([self._pad(group) for group in nodes], dtype=np.int64)

    def _pad(self, group: Sequence[int]) -> list[int]:
        return [group[min(place, len(group) - 1)] for place in range(self._width)]

    def search(self, costs: LinkCosts, starts: Sequence[int]) -> Reached:
        """Return the ways from some terminals, given by position, to all."""
        if self._is_worth_sweeping(starts):
            if self._sweeping is None:
                self._sweeping = Router(
                    self.network, self.terminals, **self._turns, engine="sweep"
                )
            return Reached(self._sweeping, swept=self._sweeping.solve(costs, along=False))
        arc_cost = self._router.arc_costs(costs)
        nodes = self._router.terminal_nodes
        groups = [nodes[start] for start in starts]
        flat = [node for group in groups for node in group]
        trees = grow_trees(self._router.kernel, arc_cost, flat)
        rows, first = np.zeros_like(self._ends), 0
        for start, group in zip(starts, groups, strict=True):
            rows[start] = self._pad(range(first, first + len(group)))
            first += len(group)
        return Reached(self._router, trees=trees, rows=rows, ends=self._ends)

    def _is_worth_sweeping(self, starts: Sequence[int]) -> bool:
        if os.environ.get(ENGINE_VARIABLE) == "scipy":
            return False
        kernel = self._router.kernel
        nodes = kernel.node_count / max(len(kernel.nodes_of_hub), 1) * len(starts)
        seconds = SECONDS_PER_ARC * nodes * len(kernel.arc_tail)
        self._spent += seconds
        return seconds >= WORTH_SWEEPING_ALL and self._spent >= WORTH_COMPILED and can_compile()


class Reached:
    """The ways that one search found.

    Parameters
    ----------
    trees, rows, ends
        Trees from the nodes of some terminals, the rows of each terminal and the nodes of each,
        shape ``(terminals, nodes of a terminal)``.
    swept
        Routes between all terminals, instead of trees.
    """

    def __init__(
        self,
        router: Router,
        *,
        trees: Trees | None = None,
        rows: NDArray[np.int64] | None = None,
        ends: NDArray[np.int64] | None = None,
        swept: Routes | None = None,
    ) -> None:
        self._router = router
        self._kernel: Kernel = router.kernel
        none = np.zeros((0, 0), dtype=np.int64)
        self._trees = trees or Trees(np.zeros((0, 0)), none)
        self._rows = none if rows is None else rows
        self._ends = none if ends is None else ends
        self._swept = swept

    def matrix(self, starts: Sequence[int], ends: Sequence[int]) -> NDArray[np.float64]:
        """Return the minutes from each start to each end; inf where there is no way."""
        if self._swept is not None:
            cost = self._swept.cost[np.ix_(starts, ends)].astype(np.float64)
            return np.where(cost < CLOSED, cost / UNITS_PER_MINUTE, np.inf)
        rows, nodes = self._rows[list(starts)], self._ends[list(ends)]
        distance = self._trees.distance[rows[:, None, :, None], nodes[None, :, None, :]]
        return np.asarray(distance.min(axis=(2, 3)) / UNITS_PER_MINUTE)

    def links_between(self, start: int, end: int) -> list[tuple[int, bool]]:
        """Return the links of a way in order, each with whether it is run forward."""
        if self._swept is not None:
            return self._swept.links_between(start, end)
        return [step for arc in self._arcs(start, end) for step in self._kernel.arc_links(arc)]

    def hubs_between(self, start: int, end: int) -> tuple[str, ...]:
        """Return the ids of the hubs that a way passes, both ends included."""
        if self._swept is not None:
            return self._swept.hubs_between(start, end)
        arcs = self._arcs(start, end)
        if not arcs:
            return ()
        passed = [self._router.terminals[start]]
        for arc in arcs:
            passed += self._router.hubs_along(arc)
        return tuple(passed)

    def _arcs(self, start: int, end: int) -> list[int]:
        if start == end:
            return []
        distance = self._trees.distance[self._rows[start][:, None], self._ends[end][None, :]]
        place = int(distance.argmin())
        if not np.isfinite(distance.flat[place]):
            return []
        row, last = divmod(place, distance.shape[1])
        entered, tails = self._trees.arc[self._rows[start, row]], self._kernel.arc_tail
        node = int(self._ends[end, last])
        arcs = []
        while (arc := int(entered[node])) >= 0:
            arcs.append(arc)
            node = int(tails[arc])
        return arcs[::-1]
