"""WaySearch: least-cost ways from a few hubs to a few others, under many costs."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from netmodel.network.railway import Network
from netmodel.routing.kernel import Kernel
from netmodel.routing.profiles import CLOSED, UNITS_PER_MINUTE, LinkCosts
from netmodel.routing.router import Router
from netmodel.routing.sweep.compiled import can_compile
from netmodel.routing.sweep.engine import ENGINE_VARIABLE, SECONDS_PER_ARC
from netmodel.routing.trees import build_graph, search_groups

if TYPE_CHECKING:
    from scipy.sparse import csr_array

SECONDS_PER_PAIR = 1e-8
"""A sweep of all terminals, for each two of them."""
SECONDS_SAVED = 0.01
"""What a sweep must save to be chosen."""
MOST_ROWS = 256
"""Searches kept beside a sweep."""
MOST_COSTS = 2**21
"""Costs to nodes kept from the searches between terminals."""
WORTH_COMPILED = 3.0
"""Seconds of searching that outweigh loading the compiled code."""


class WaySearch:
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
    >>> search = WaySearch(network, ["a", "c"])
    >>> found = search.search(costs_from_minutes(network, running_minutes(network, PASSENGER)), [0])
    >>> found.matrix([0], [1]).tolist(), found.way(0, 1)
    ([[90.0]], (('a', 'b', 'c'), [0, 1]))
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
        self._make_router = partial(
            Router, network, self.terminals,
            reversal_minutes=reversal_minutes, gauge_change_minutes=gauge_change_minutes,
        )  # fmt: skip
        self._router = self._make_router(engine="scipy")
        self._sweeping: Router | None = None
        self._spent = 0.0
        nodes = self._router.terminal_nodes
        self._width = max((len(group) for group in nodes), default=1)
        self._ends = np.array([self._pad(group) for group in nodes], dtype=np.int64)
        self._entering = _Entering(self._router.kernel)

    def _pad(self, group: Sequence[int]) -> list[int]:
        return [group[min(place, len(group) - 1)] for place in range(self._width)]

    def search(self, costs: LinkCosts, starts: Sequence[int]) -> FoundWays:
        """Return the ways from some terminals, given by position, to all."""
        arc_cost = self._router.arc_costs(costs)
        graph = _Graph(self._router.kernel, arc_cost, self._entering)
        if self._is_worth_sweeping(starts):
            if self._sweeping is None:
                self._sweeping = self._make_router(engine="sweep")
            return FoundWays(
                self._router, graph, self._ends, cost=self._sweeping.solve_costs(costs)
            )
        found = FoundWays(self._router, graph, self._ends)
        found.spread(starts)
        return found

    def _is_worth_sweeping(self, starts: Sequence[int]) -> bool:
        if os.environ.get(ENGINE_VARIABLE) == "scipy":
            return False
        kernel = self._router.kernel
        nodes = kernel.node_count / max(len(kernel.nodes_of_hub), 1) * len(starts)
        seconds = SECONDS_PER_ARC * nodes * len(kernel.arc_tail)
        self._spent += seconds
        whole = SECONDS_PER_PAIR * len(self.terminals) ** 2
        return seconds > whole + SECONDS_SAVED and self._spent > WORTH_COMPILED and can_compile()


class _Entering:
    """The arcs that enter each node of a kernel, whatever they cost."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    @cached_property
    def arcs(self) -> tuple[list[int], list[int], list[int]]:
        """Where the arcs that enter each node begin, their numbers and their tails."""
        head = self._kernel.arc_head
        order = np.argsort(head, kind="stable")
        starts = np.searchsorted(head[order], np.arange(self._kernel.node_count + 1))
        return starts.tolist(), order.tolist(), self._kernel.arc_tail[order].tolist()


class _Graph:
    """The usable arcs of a kernel under some costs."""

    def __init__(self, kernel: Kernel, arc_cost: NDArray[np.int64], entering: _Entering) -> None:
        self.kernel, self.arc_cost = kernel, arc_cost
        self._entering = entering

    @cached_property
    def matrix(self) -> csr_array[np.float64, tuple[int, int]]:
        """The usable arcs by their ends."""
        return build_graph(self.kernel, self.arc_cost)

    def distances(self, sources: Sequence[int], limit: float = np.inf) -> NDArray[np.float64]:
        """Return the costs from some nodes to all, inf over a limit."""
        from scipy.sparse.csgraph import dijkstra

        return np.asarray(dijkstra(self.matrix, indices=list(sources), limit=limit))

    def walk(self, distance: NDArray[np.float64], node: int) -> list[int]:
        """Return the arcs of the way to a node, told from the costs alone.

        Of ways of equal cost it is the one of `netmodel.routing.trees.grow_trees`: seen from the
        end, each node is entered by the arc of the lowest number, by a turn that costs nothing
        only where no link leads there.
        """
        starts, numbers, tails = self._entering.arcs
        arcs: list[int] = []
        while (here := distance[node]) > 0:
            free = -1
            for place in range(starts[node], starts[node + 1]):
                arc, tail = numbers[place], tails[place]
                cost = self.arc_cost[arc]
                if cost < CLOSED and distance[tail] + cost == here:
                    if cost > 0:
                        break
                    free = place if free < 0 else free
            else:
                arc, tail = numbers[free], tails[free]
            arcs.append(arc)
            node = tail
        return arcs[::-1]

    def walk_alone(
        self, distance: NDArray[np.float64], node: int, starts: Collection[int]
    ) -> list[int] | None:
        """Return the arcs of the only way to a node; ``None`` where several cost the same.

        Parameters
        ----------
        distance
            Costs from the nearest of some nodes.
        starts
            Those nodes. Ways that differ by them alone are one, which begins at the first.
        """
        firsts, numbers, tails = self._entering.arcs
        arcs: list[int] = []
        while (here := distance[node]) > 0:
            # Of arcs between the same nodes the lowest number counts.
            entering: dict[int, int] = {}
            for place in range(firsts[node], firsts[node + 1]):
                arc, tail = numbers[place], tails[place]
                cost = self.arc_cost[arc]
                if cost < CLOSED and distance[tail] + cost == here:
                    entering.setdefault(tail, arc)
            node = min(entering)
            if len(entering) > 1 and not all(tail in starts for tail in entering):
                return None
            arcs.append(entering[node])
        return arcs[::-1]


class FoundWays:
    """The ways that one search found.

    Parameters
    ----------
    ends
        The nodes of each terminal, shape ``(terminals, nodes of a terminal)``.
    cost
        Costs between all terminals, where all were swept at once.
    """

    def __init__(
        self,
        router: Router,
        graph: _Graph,
        ends: NDArray[np.int64],
        *,
        cost: NDArray[np.int32] | None = None,
    ) -> None:
        self._router, self._graph, self._ends, self._cost = router, graph, ends, cost
        self._rows: dict[int, tuple[float, NDArray[np.float64]]] = {}
        self._least: dict[int, NDArray[np.float64]] = {}
        self._nearest: dict[int, NDArray[np.float64]] = {}

    def spread(self, starts: Sequence[int]) -> None:
        """Search from some terminals to all."""
        new = [int(start) for start in starts if int(start) not in self._least]
        if not new:
            return
        groups = [sorted({*self._ends[start].tolist()}) for start in new]
        nearest = search_groups(self._graph.matrix, groups)
        self._least.update(zip(new, nearest[:, self._ends].min(axis=2), strict=True))
        if (len(self._nearest) + len(new)) * nearest.shape[1] <= MOST_COSTS:
            self._nearest.update(zip(new, nearest, strict=True))

    def matrix(self, starts: Sequence[int], ends: Sequence[int]) -> NDArray[np.float64]:
        """Return the minutes from each start to each end; inf where there is no way."""
        if self._cost is not None:
            cost = self._cost[np.ix_(starts, ends)].astype(np.float64)
            return np.where(cost < CLOSED, cost / UNITS_PER_MINUTE, np.inf)
        places = np.array(ends, dtype=np.int64)
        rows = [self._least[int(start)][places] for start in starts]
        return np.array(rows).reshape(len(starts), len(places)) / UNITS_PER_MINUTE

    def minutes(self, start: int, end: int) -> float:
        """Return the minutes from one terminal to another; inf where there is no way."""
        if self._cost is None:
            return float(self._least[start][end]) / UNITS_PER_MINUTE
        cost = int(self._cost[start, end])
        return cost / UNITS_PER_MINUTE if cost < CLOSED else np.inf

    def arcs_between(self, start: int, end: int) -> list[int]:
        """Return the arcs of the kernel of a way in order; none where there is no way."""
        if start == end or self.minutes(start, end) == np.inf:
            return []
        if start in self._nearest:
            arcs = self._only_way(start, end)
            if arcs is not None:
                return arcs
        distance = self._row(start, end)
        row, place = divmod(int(distance[:, self._ends[end]].argmin()), self._ends.shape[1])
        return self._graph.walk(distance[row], int(self._ends[end, place]))

    def _only_way(self, start: int, end: int) -> list[int] | None:
        """Return the arcs of the way, from the costs of `spread`; ``None`` if it has rivals.

        Those costs are from the nearest node of the start. Where only one way accounts for them,
        it is that of the costs from the node where it begins.
        """
        distance, least = self._nearest[start], self._least[start][end]
        nearest = [node for node in {*self._ends[end].tolist()} if distance[node] == least]
        if len(nearest) > 1:
            return None
        return self._graph.walk_alone(distance, nearest[0], self._ends[start].tolist())

    def _row(self, start: int, end: int) -> NDArray[np.float64]:
        """Return the costs from a terminal, as far as another at least."""
        known = self._rows.get(start)
        far = float((self._least[start] if self._cost is None else self._cost[start])[end])
        if known is None or known[0] < far:
            # Most places are asked for one way alone; from the others all are searched.
            far = far if known is None or self._cost is not None else np.inf
            if len(self._rows) >= MOST_ROWS:
                self._rows.pop(next(iter(self._rows)))
            nodes = sorted({*self._ends[start].tolist()})
            known = far, self._graph.distances(nodes, far)
            self._rows[start] = known
        return known[1]

    def way(self, start: int, end: int) -> tuple[tuple[str, ...], list[int]]:
        """Return the ids of the hubs passed, both ends included, and the positions of the links.

        Both are empty where there is no way, or start is end.
        """
        arcs = self.arcs_between(start, end)
        if not arcs:
            return (), []
        links: list[int] = []
        for arc in arcs:
            links += [link for link, _ in self._router.kernel.arc_links(arc)]
        return (self._router.terminals[start], *self._router.hubs_along(arcs)), links
