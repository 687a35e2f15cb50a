"""Router and Routes: least-cost routes between terminals, solved by scipy on the kernel."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from netmodel.network.model import Network
from netmodel.routing.kernel import Kernel, build_kernel
from netmodel.routing.profiles import CLOSED, UNITS_PER_MINUTE, LinkCosts


class Router:
    """Solves routes between the same terminals of the same network under many costs.

    Parameters
    ----------
    terminals
        Ids of the hubs between which routes are wanted, in the order of rows and columns.
    reversal_minutes
        Cost of a reversal at a hub whose sides are known.

    Raises
    ------
    UnknownNameError
        If a terminal is no hub of the network.

    Examples
    --------
    >>> from netmodel.network.model import Hub, Link
    >>> from netmodel.routing.profiles import PASSENGER, costs_from_minutes, running_minutes
    >>> hubs = tuple(Hub(id=i, name=i, lon=n, lat=0) for n, i in enumerate("abc"))
    >>> links = (Link(id="ab", from_hub="a", to_hub="b", length_km=60),
    ...          Link(id="bc", from_hub="b", to_hub="c", length_km=30))
    >>> network = Network(hubs=hubs, links=links)
    >>> costs = costs_from_minutes(network, running_minutes(network, PASSENGER))
    >>> routes = Router(network, ["a", "c"]).solve(costs)
    >>> routes.minutes.tolist()
    [[0.0, 90.0], [90.0, 0.0]]
    >>> routes.hubs_between(0, 1)
    ('a', 'b', 'c')
    """

    def __init__(
        self, network: Network, terminals: Sequence[str], *, reversal_minutes: float = 20.0
    ) -> None:
        self.network = network
        self.terminals = tuple(terminals)
        for hub in self.terminals:
            network.hub(hub)
        self._positions = [network.hub_index[hub] for hub in self.terminals]
        self._reversal = round(reversal_minutes * UNITS_PER_MINUTE)
        self.kernel: Kernel = build_kernel(network, self._positions)

    def solve(self, costs: LinkCosts) -> Routes:
        """Return the least-cost routes between all terminals."""
        return Routes(self, costs)

    @property
    def terminal_nodes(self) -> list[tuple[int, ...]]:
        """The routing nodes of each terminal."""
        return [self.kernel.nodes_of_hub[hub] for hub in self._positions]

    @property
    def reversal_cost(self) -> int:
        """Cost of a reversal, tenths of a second."""
        return self._reversal


class Routes:
    """Least-cost routes between the terminals of a router under one set of costs.

    Among routes of equal cost the one that the solver meets first is kept; the choice is the
    same in every run.
    """

    def __init__(self, router: Router, costs: LinkCosts) -> None:
        self._router = router
        self._kernel = router.kernel
        self._arc_cost = self._kernel.arc_costs(costs, router.reversal_cost)
        self._solve()

    def _solve(self) -> None:
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import dijkstra

        kernel = self._kernel
        usable = np.flatnonzero(self._arc_cost < CLOSED)
        order = usable[
            np.lexsort(
                (self._arc_cost[usable], kernel.arc_head[usable], kernel.arc_tail[usable])
            )
        ]
        tail, head = kernel.arc_tail[order], kernel.arc_head[order]
        first = np.ones(len(order), dtype=bool)
        first[1:] = (np.diff(tail) != 0) | (np.diff(head) != 0)
        self._arcs = order[first]
        nodes = max(kernel.node_count, 1)
        self._keys = kernel.arc_tail[self._arcs] * nodes + kernel.arc_head[self._arcs]
        graph = csr_array(
            (
                self._arc_cost[self._arcs].astype(np.float64),
                (kernel.arc_tail[self._arcs], kernel.arc_head[self._arcs]),
            ),
            shape=(nodes, nodes),
        )
        terminals = self._router.terminal_nodes
        sources = [node for group in terminals for node in group]
        if not sources:
            self.cost = np.zeros((0, 0), dtype=np.int32)
            return
        distance, before = dijkstra(graph, indices=sources, return_predecessors=True)
        self._before = before.astype(np.int64)
        self._pick_ends(distance, terminals)

    def _pick_ends(
        self, distance: NDArray[np.float64], terminals: Sequence[tuple[int, ...]]
    ) -> None:
        """Keep, of the nodes of a two-sided terminal, the cheapest pair for each route."""
        count = len(terminals)
        starts = np.cumsum([0, *(len(group) for group in terminals)])
        self._row = np.zeros((count, count), dtype=np.int64)
        self._end = np.zeros((count, count), dtype=np.int64)
        best = np.full((count, count), np.inf)
        firsts = np.array([group[0] for group in terminals])
        seconds = np.array([group[-1] for group in terminals])
        for side in (0, 1):
            rows = np.array(
                [starts[i] + min(side, len(group) - 1) for i, group in enumerate(terminals)]
            )
            for nodes in (firsts, seconds):
                found = distance[np.ix_(rows, nodes)]
                better = found < best
                best = np.where(better, found, best)
                self._row = np.where(better, rows[:, None], self._row)
                self._end = np.where(better, nodes[None, :], self._end)
        self.cost = np.where(best < CLOSED, best, CLOSED).astype(np.int32)

    @cached_property
    def connected(self) -> NDArray[np.bool_]:
        """Whether there is a route, shape ``(terminals, terminals)``."""
        return np.asarray(self.cost < CLOSED)

    @cached_property
    def minutes(self) -> NDArray[np.float64]:
        """Minutes of each route, shape ``(terminals, terminals)``; inf where there is none."""
        return np.where(self.connected, self.cost / UNITS_PER_MINUTE, np.inf)

    def sum_along(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum of a value per link along each route, such as its km.

        Parameters
        ----------
        values
            Shape ``(links,)``.

        Returns
        -------
        ndarray
            Shape ``(terminals, terminals)``; nan where there is no route.
        """
        if not len(self.cost):
            return np.zeros((0, 0))
        by_arc = self._kernel.arc_sums(np.asarray(values, dtype=np.float64))
        nodes = np.arange(self._before.shape[1])
        ancestor = np.where(self._before < 0, nodes, self._before)
        keys = ancestor * self._before.shape[1] + nodes
        place = np.minimum(np.searchsorted(self._keys, keys), max(len(self._keys) - 1, 0))
        step = by_arc[self._arcs[place]] if len(self._keys) else np.zeros(keys.shape)
        total = np.where(self._before < 0, 0.0, step)
        while not np.array_equal(farther := np.take_along_axis(ancestor, ancestor, 1), ancestor):
            total = total + np.take_along_axis(total, ancestor, 1)
            ancestor = farther
        return np.where(self.connected, total[self._row, self._end], np.nan)

    def links_between(self, start: int, end: int) -> list[tuple[int, bool]]:
        """Return the links of a route in order, each with whether it is run forward.

        Parameters
        ----------
        start, end
            Positions of terminals. No links where there is no route, or start is end.
        """
        if start == end or not self.connected[start, end]:
            return []
        row, node = int(self._row[start, end]), int(self._end[start, end])
        arcs = []
        width = self._before.shape[1]
        while (before := int(self._before[row, node])) >= 0:
            arcs.append(int(self._arcs[np.searchsorted(self._keys, before * width + node)]))
            node = before
        return [step for arc in reversed(arcs) for step in self._kernel.arc_links(arc)]

    def hubs_between(self, start: int, end: int) -> tuple[str, ...]:
        """Return the ids of all hubs that a route passes, both ends included."""
        network = self._router.network
        links = self.links_between(start, end)
        if not links:
            return ()
        passed = [self._router.terminals[start]]
        for number, forward in links:
            link = network.links[number]
            passed.append(link.to_hub if forward else link.from_hub)
        return tuple(passed)


def label_components(network: Network, usable: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the component of each hub when only some links are usable, shape ``(hubs,)``.

    Components are numbered by their first hub.

    Examples
    --------
    >>> from netmodel.network.model import Hub, Link
    >>> hubs = tuple(Hub(id=i, name=i, lon=0, lat=0) for i in "abc")
    >>> network = Network(hubs=hubs,
    ...                   links=(Link(id="ab", from_hub="a", to_hub="b", length_km=1),))
    >>> label_components(network, np.array([True])).tolist()
    [0, 0, 1]
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    ends = network.link_ends[usable]
    size = len(network.hubs)
    graph = csr_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(size, size))
    labels = connected_components(graph, directed=False)[1]
    return np.asarray(labels, dtype=np.int64)
