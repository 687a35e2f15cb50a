"""Router and Routes: least-cost routes between terminals, solved by scipy on the kernel."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from netmodel.network.model import Network
from netmodel.routing.kernel import Kernel, build_kernel
from netmodel.routing.profiles import CLOSED, UNITS_PER_MINUTE, LinkCosts, whole_cost
from netmodel.routing.trees import grow_trees


class Router:
    """Solves routes between the same terminals of the same network under many costs.

    Parameters
    ----------
    terminals
        Ids of the hubs between which routes are wanted, in the order of rows and columns.
    reversal_minutes
        Cost of a reversal at a hub whose sides are known.
    gauge_change_minutes
        Cost of passing from a link of one gauge to one of another; infinite to forbid it.

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
        self,
        network: Network,
        terminals: Sequence[str],
        *,
        reversal_minutes: float = 20.0,
        gauge_change_minutes: float = 120.0,
    ) -> None:
        self.network = network
        self.terminals = tuple(terminals)
        for hub in self.terminals:
            network.hub(hub)
        self._positions = [network.hub_index[hub] for hub in self.terminals]
        self._reversal = whole_cost(reversal_minutes)
        self._gauge_change = whole_cost(gauge_change_minutes)
        self.kernel: Kernel = build_kernel(network, self._positions)

    def solve(self, costs: LinkCosts, *, turn_scale: float = 1.0) -> Routes:
        """Return the least-cost routes between all terminals.

        Parameters
        ----------
        turn_scale
            By how much reversals and changes of gauge are scaled, for costs that are not in
            tenths of a second. What is forbidden stays forbidden.
        """
        return Routes(self, self.arc_costs(costs, turn_scale=turn_scale))

    def arc_costs(self, costs: LinkCosts, *, turn_scale: float = 1.0) -> NDArray[np.int64]:
        """Return the cost of every arc of the kernel, turns within hubs included."""
        reversal, gauge_change = (
            CLOSED if turn >= CLOSED else min(round(turn * turn_scale), CLOSED)
            for turn in (self._reversal, self._gauge_change)
        )
        return self.kernel.arc_costs(costs, reversal, gauge_change)

    @property
    def terminal_nodes(self) -> list[tuple[int, ...]]:
        """The routing nodes of each terminal."""
        return [self.kernel.nodes_of_hub[hub] for hub in self._positions]


class Routes:
    """Least-cost routes between the terminals of a router under one set of costs.

    Notes
    -----
    Of routes of equal cost one is kept by the fixed rule of `grow_trees`.
    """

    def __init__(self, router: Router, arc_cost: NDArray[np.int64]) -> None:
        self._router = router
        self._kernel = router.kernel
        self._arc_cost = arc_cost
        self._solve()

    def _solve(self) -> None:
        terminals = self._router.terminal_nodes
        if not terminals:
            self.cost = np.zeros((0, 0), dtype=np.int32)
            return
        sources = [node for group in terminals for node in group]
        trees = grow_trees(self._kernel, self._arc_cost, sources)
        self._arc = trees.arc
        self._pick_ends(trees.distance, terminals)

    def _pick_ends(
        self, distance: NDArray[np.float64], terminals: Sequence[tuple[int, ...]]
    ) -> None:
        """Keep, of the nodes of a terminal with several, the cheapest pair for each route."""
        count = len(terminals)
        starts = np.cumsum([0, *(len(group) for group in terminals)])
        self._row = np.zeros((count, count), dtype=np.int64)
        self._end = np.zeros((count, count), dtype=np.int64)
        best = np.full((count, count), np.inf)
        width = max(len(group) for group in terminals)
        ends = [
            np.array([group[min(place, len(group) - 1)] for group in terminals])
            for place in range(width)
        ]
        for place in range(width):
            rows = np.array(
                [starts[i] + min(place, len(group) - 1) for i, group in enumerate(terminals)]
            )
            for nodes in ends:
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

    def sum_along(
        self,
        values: NDArray[np.float64],
        *,
        reversal: float = 0.0,
        gauge_change: float = 0.0,
    ) -> NDArray[np.float64]:
        """Return the sum of a value per link along each route, such as its km.

        Parameters
        ----------
        values
            Shape ``(links,)``.
        reversal, gauge_change
            The value of each such turn on the way; finite.

        Returns
        -------
        ndarray
            Shape ``(terminals, terminals)``; nan where there is no route.
        """
        if not len(self.cost):
            return np.zeros((0, 0))
        by_arc = self._kernel.arc_sums(
            np.asarray(values, dtype=np.float64), reversal=reversal, gauge_change=gauge_change
        )
        total = np.where(self._arc < 0, 0.0, by_arc[self._arc] if len(by_arc) else 0.0)
        ancestor = self._nodes_before()
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
        while (arc := int(self._arc[row, node])) >= 0:
            arcs.append(arc)
            node = int(self._kernel.arc_tail[arc])
        return [step for arc in reversed(arcs) for step in self._kernel.arc_links(arc)]

    def load_links(self, trips: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the trips over each link when every pair takes its route.

        Parameters
        ----------
        trips
            From row to column, shape ``(terminals, terminals)``. Pairs without a route are left
            out.

        Returns
        -------
        ndarray
            Shape ``(links, 2)``: forward and backward.
        """
        flow = np.zeros((len(self._router.network.links), 2))
        start, end = np.nonzero(self.connected & (trips > 0))
        if not len(start):
            return flow
        load = np.zeros(self._arc.shape)
        np.add.at(load, (self._row[start, end], self._end[start, end]), trips[start, end])
        rows, nodes = np.nonzero(self._arc >= 0)
        arcs = self._arc[rows, nodes]
        depth = self._depths()[rows, nodes]
        order = np.argsort(-depth, kind="stable")
        for step in np.split(order, np.flatnonzero(np.diff(depth[order])) + 1):
            before = self._kernel.arc_tail[arcs[step]]
            np.add.at(load, (rows[step], before), load[rows[step], nodes[step]])
        by_arc = np.bincount(arcs, weights=load[rows, nodes], minlength=len(self._arc_cost))
        for arc in np.flatnonzero(by_arc):
            for link, forward in self._kernel.arc_links(int(arc)):
                flow[link, 0 if forward else 1] += by_arc[arc]
        return flow

    def _nodes_before(self) -> NDArray[np.int64]:
        """Return the node before each node; the node itself where there is none."""
        nodes = np.arange(self._arc.shape[1])
        tails = self._kernel.arc_tail
        return np.where(self._arc < 0, nodes, tails[self._arc] if len(tails) else nodes)

    def _depths(self) -> NDArray[np.int64]:
        """Return the number of arcs from the start of each row to each node."""
        ancestor = self._nodes_before()
        depth = (self._arc >= 0).astype(np.int64)
        while not np.array_equal(farther := np.take_along_axis(ancestor, ancestor, 1), ancestor):
            depth = depth + np.take_along_axis(depth, ancestor, 1)
            ancestor = farther
        return depth

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
