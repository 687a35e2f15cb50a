"""Shortest-path trees on the kernel, and the routes along them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from netmodel.routing.kernel import Kernel
from netmodel.routing.profiles import CLOSED
from netmodel.routing.route_chains import RouteChains, chain_tree, split_starts

if TYPE_CHECKING:
    from scipy.sparse import csr_array


_BLOCK_SIZE = 1_000_000
"""How many arcs are looked at together, over all sources, to bound the memory."""
PAIRS_TOGETHER = 20_000
"""Routes that are walked together."""
MOST_STEPS_KEPT = 200_000
"""Of more steps than this, the routes of a state are walked again when they are asked about."""


@dataclass(frozen=True, slots=True)
class Trees:
    """The least-cost route from each source to every node of a kernel.

    Parameters
    ----------
    distance
        Cost to each node, shape ``(sources, nodes)``; inf where there is no route.
    arc
        The arc by which each node is entered; -1 at the source and where there is no route.
    """

    distance: NDArray[np.float64]
    arc: NDArray[np.int64]


def grow_trees(
    kernel: Kernel, arc_cost: NDArray[np.int64] | NDArray[np.int32], sources: Sequence[int]
) -> Trees:
    """Return the least-cost trees from some nodes of a kernel.

    Parameters
    ----------
    arc_cost
        From `Kernel.arc_costs`, shape ``(arcs,)``; arcs of cost `CLOSED` are left out.

    Notes
    -----
    Of routes of equal cost one is kept by a rule: seen from the end, every node is entered by
    the arc of the lowest number. Costs are whole numbers, so that the choice is the same in
    every run and on every machine.
    """
    if not len(sources):
        nodes = max(kernel.node_count, 1)
        return Trees(np.zeros((0, nodes)), np.zeros((0, nodes), dtype=np.int64))
    distance = measure_costs(kernel, arc_cost, sources)
    return Trees(distance, enter_nodes(kernel, arc_cost, sources, distance))


def enter_nodes(
    kernel: Kernel,
    arc_cost: NDArray[np.int64] | NDArray[np.int32],
    sources: Sequence[int],
    distance: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Return the arc by which each node is entered, from the costs from each source.

    By the rule of `grow_trees`, shape ``(sources, nodes)``; -1 at a source and where there is no
    route. A turn that costs nothing is taken only where no link leads to the node at that cost;
    otherwise two nodes of a hub could each stand before the other.
    """
    entered = _enter_by_links(kernel, arc_cost, distance)
    missing = (entered < 0) & np.isfinite(distance)
    missing[np.arange(len(sources)), list(sources)] = False
    row, node = np.nonzero(missing)
    if len(row):
        from scipy.sparse.csgraph import dijkstra

        graph, arcs = _build_graph(kernel, arc_cost)
        rows, places = np.unique(row, return_inverse=True)
        starts = [sources[each] for each in rows.tolist()]
        before = dijkstra(graph, indices=starts, return_predecessors=True)[1]
        nodes = np.int64(max(kernel.node_count, 1))
        keys = kernel.arc_tail[arcs] * nodes + kernel.arc_head[arcs]
        entered[row, node] = arcs[np.searchsorted(keys, before[places, node] * nodes + node)]
    return entered


def measure_costs(
    kernel: Kernel, arc_cost: NDArray[np.int64] | NDArray[np.int32], sources: Sequence[int]
) -> NDArray[np.float64]:
    """Return the costs from some nodes, at least one, to every node; see `grow_trees`."""
    from scipy.sparse.csgraph import dijkstra

    return np.asarray(dijkstra(_build_graph(kernel, arc_cost)[0], indices=list(sources)))


def measure_from_groups(
    kernel: Kernel,
    arc_cost: NDArray[np.int64] | NDArray[np.int32],
    groups: Sequence[Sequence[int]],
) -> NDArray[np.float64]:
    """Return the costs from the nearest node of each group, at least one, to every node.

    Shape ``(groups, nodes)``; see `search_groups`.
    """
    return search_groups(_build_graph(kernel, arc_cost)[0], groups)


def search_groups(
    graph: csr_array[np.float64, tuple[int, int]], groups: Sequence[Sequence[int]]
) -> NDArray[np.float64]:
    """Return the costs from the nearest node of each group to every node of a graph.

    One search for each group, however many nodes it has.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    size, count = graph.shape[0], len(groups)
    # A further node for each group, from which its nodes are reached at no cost.
    lengths = np.cumsum([len(group) for group in groups])
    rows = np.concatenate([graph.indptr, graph.indptr[-1] + lengths]).astype(np.int32)
    members = np.array([node for group in groups for node in group], dtype=np.int32)
    columns = np.concatenate([graph.indices, members])
    cost = np.concatenate([graph.data, np.zeros(len(members))])
    wider = csr_array((cost, columns, rows), shape=(size + count,) * 2)
    return np.asarray(dijkstra(wider, indices=np.arange(size, size + count))[:, :size])


def build_graph(
    kernel: Kernel, arc_cost: NDArray[np.int64] | NDArray[np.int32]
) -> csr_array[np.float64, tuple[int, int]]:
    """Return the usable arcs of a kernel as a matrix of costs."""
    return _build_graph(kernel, arc_cost)[0]


def _build_graph(
    kernel: Kernel, arc_cost: NDArray[np.int64] | NDArray[np.int32]
) -> tuple[csr_array[np.float64, tuple[int, int]], NDArray[np.int64]]:
    """Return the usable arcs as a matrix, the cheapest of parallel ones, and their numbers."""
    from scipy.sparse import csr_array

    nodes = max(kernel.node_count, 1)
    usable = np.flatnonzero(arc_cost < CLOSED)
    order = usable[np.lexsort((arc_cost[usable], kernel.arc_head[usable], kernel.arc_tail[usable]))]
    tail, head = kernel.arc_tail[order], kernel.arc_head[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(tail) != 0) | (np.diff(head) != 0)
    arcs = order[first]
    rows = np.searchsorted(tail[first], np.arange(nodes + 1)).astype(np.int32)
    columns = head[first].astype(np.int32)
    cost = arc_cost[arcs].astype(np.float64)
    return csr_array((cost, columns, rows), shape=(nodes, nodes)), arcs


_FAR = 2**30
"""A cost over all that count as a route; the cost of an arc can be added to it in 32 bits."""


def _enter_by_links(
    kernel: Kernel, arc_cost: NDArray[np.int64] | NDArray[np.int32], distance: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Return the arc of the lowest number, of those that cost anything, that explains each cost."""
    arcs = np.flatnonzero((arc_cost > 0) & (arc_cost < CLOSED))
    arcs = arcs[np.argsort(kernel.arc_head[arcs], kind="stable")]
    head, tail = kernel.arc_head[arcs], kernel.arc_tail[arcs]
    first = np.flatnonzero(np.diff(head, prepend=-1))
    cost, number = arc_cost[arcs].astype(np.int32)[:, None], arcs.astype(np.int32)[:, None]
    entered = np.full(distance.shape, -1, dtype=np.int64)
    if not len(arcs):
        return entered
    none = np.int32(len(arc_cost))
    together = max(1, _BLOCK_SIZE // len(arcs))
    for start in range(0, len(distance), together):
        block = slice(start, start + together)
        # Arcs by rows, so that those of one head lie together and sources side by side.
        reached = np.minimum(distance[block].T, _FAR).astype(np.int32, order="C")
        tight = reached[tail] + cost == reached[head]
        lowest = np.minimum.reduceat(np.where(tight, number, none), first, axis=0)
        entered[block, head[first]] = np.where(lowest < none, lowest, -1).T
    return entered


class TreeRoutes:
    """The routes of one state between terminals.

    Parameters
    ----------
    terminals
        The nodes of the kernel that each terminal has; at least one terminal.
    """

    def __init__(
        self,
        kernel: Kernel,
        arc_cost: NDArray[np.int64] | NDArray[np.int32],
        terminals: Sequence[tuple[int, ...]],
    ) -> None:
        self._kernel, self._arc_cost = kernel, arc_cost
        self._sources = [node for group in terminals for node in group]
        self._distance = measure_costs(kernel, arc_cost, self._sources)
        self.cost, self._row, self._end = pick_ends(self._distance, terminals)
        self._told: tuple[int, list[int]] | None = None
        self._walked: list[tuple[slice, NDArray[np.int64], NDArray[np.int64]]] | None = None

    @cached_property
    def _arc(self) -> NDArray[np.int64]:
        """The arc by which each node is entered, shape ``(sources, nodes)``."""
        return enter_nodes(self._kernel, self._arc_cost, self._sources, self._distance)

    def sum_arcs(self, by_arc: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum of a value per arc along each route, nan where there is none.

        Values are added in the order in which a train meets them.
        """
        count = len(self.cost)
        total = np.empty((count, count))
        for rows, pairs, arcs in self._walks():
            size = (rows.stop - rows.start) * count
            summed = np.bincount(pairs, weights=by_arc[arcs], minlength=size)
            total[rows] = summed.reshape(-1, count)
        return np.where(self.cost < CLOSED, total, np.nan)

    def run_over(self, by_arc: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return whether each route runs over an arc of a value above 0; none may be below."""
        return np.asarray(self.sum_arcs(by_arc) > 0)

    def steps_over(
        self, wanted: NDArray[np.bool_]
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Yield the pair and the arc of each step of all routes over some arcs, in parts.

        Parameters
        ----------
        wanted
            Shape ``(arcs,)``.
        """
        count = len(self.cost)
        for rows, pairs, arcs in self._walks():
            over = wanted[arcs]
            yield pairs[over] + rows.start * count, arcs[over]

    def chains(self, start: NDArray[np.int64], end: NDArray[np.int64]) -> Iterator[RouteChains]:
        """Yield some routes by their starts, which ascend."""
        tails = self._kernel.arc_tail
        for run in split_starts(start):
            trees, lanes = np.unique(self._row[start[run], end[run]], return_inverse=True)
            lanes[self.cost[start[run], end[run]] >= CLOSED] = -1
            entered = self._arc[trees]
            numbers = np.full(entered.shape, -1, dtype=np.int32)
            arcs = np.empty(entered.size, dtype=np.int32)
            joins, counts = np.empty((2, len(lanes)), dtype=np.int32)
            rows = self._end[start[run], end[run]]
            used = chain_tree(lanes, rows, entered, tails, numbers, arcs, joins, counts)
            yield RouteChains(arcs=arcs[:used].copy(), joins=joins, counts=counts)

    def arcs_between(self, start: int, end: int) -> list[int]:
        """Return the arcs of a route in order."""
        row, node = int(self._row[start, end]), int(self._end[start, end])
        if self._told is None or self._told[0] != row:
            self._told = row, self._arc[row].tolist()
        entered = self._told[1]
        arcs = []
        while (arc := entered[node]) >= 0:
            arcs.append(arc)
            node = self._tails[arc]
        return arcs[::-1]

    @cached_property
    def _tails(self) -> list[int]:
        return list(map(int, self._kernel.arc_tail.tolist()))

    def load_arcs(self, trips: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the trips over each arc; pairs without a route are left out."""
        size = len(self._kernel.arc_tail)
        load = np.zeros(size)
        for rows, pairs, arcs in self._walks():
            load += np.bincount(arcs, weights=trips[rows].reshape(-1)[pairs], minlength=size)
        return load

    def _walks(self) -> Iterator[tuple[slice, NDArray[np.int64], NDArray[np.int64]]]:
        """Yield the arcs of all routes, from the start of each, for some rows at a time."""
        if self._walked is not None:
            yield from self._walked
            return
        count = len(self.cost)
        together = max(1, PAIRS_TOGETHER // count)
        walked, size = [], 0
        for first in range(0, count, together):
            rows = slice(first, min(first + together, count))
            found = rows, *self._walk(rows)
            size += len(found[1])
            if size <= MOST_STEPS_KEPT:
                walked.append(found)
            yield found
        if size <= MOST_STEPS_KEPT:
            self._walked = walked

    def _walk(self, rows: slice) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the pair and the arc of each step of the routes of some rows."""
        size = self._arc.shape[1]
        entered, tails = self._arc.reshape(-1), self._kernel.arc_tail
        live = np.flatnonzero(self.cost[rows].reshape(-1) < CLOSED)
        row = self._row[rows].reshape(-1)[live] * size
        node = self._end[rows].reshape(-1)[live]
        pairs, arcs = [live[:0]], [live[:0]]
        while len(live):
            arc = entered[row + node]
            on = arc >= 0
            live, row, arc = live[on], row[on], arc[on]
            node = tails[arc]
            pairs.append(live)
            arcs.append(arc)
        return np.concatenate(pairs[::-1]), np.concatenate(arcs[::-1])


def pick_ends(
    distance: NDArray[np.float64], terminals: Sequence[tuple[int, ...]]
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
    """Return cost, row and end node of each route, the cheapest where terminals have several.

    Parameters
    ----------
    distance
        From each node of each terminal, in order, to every node of the kernel; at least one.

    Returns
    -------
    tuple of ndarray
        Shape ``(terminals, terminals)`` each; the cost is `CLOSED` where there is no route.
    """
    count, width = len(terminals), max(len(group) for group in terminals)
    padded = [[min(place, len(group) - 1) for place in range(width)] for group in terminals]
    starts = np.cumsum([0, *(len(group) for group in terminals[:-1])])
    rows = (np.array(padded) + starts[:, None]).reshape(-1)
    ends = np.array(
        [
            [group[place] for place in places]
            for group, places in zip(terminals, padded, strict=True)
        ]
    ).reshape(-1)
    choices = distance[rows[:, None], ends].reshape(count, width, count, width)
    choices = choices.transpose(0, 2, 1, 3).reshape(count, count, width * width)
    # Of equal ones the first start node counts, then the first end node.
    picked = choices.argmin(axis=2)
    best = np.take_along_axis(choices, picked[:, :, None], 2)[:, :, 0]
    number = np.arange(count)
    row = rows.reshape(count, width)[number[:, None], picked // width]
    end = ends.reshape(count, width)[number[None, :], picked % width]
    return np.where(best < CLOSED, best, CLOSED).astype(np.int32), row, end


def search_costs(
    kernel: Kernel,
    arc_cost: NDArray[np.int64] | NDArray[np.int32],
    terminals: Sequence[tuple[int, ...]],
) -> NDArray[np.int32]:
    """Return the costs between terminals alone, without the trees; at least one terminal."""
    found = measure_from_groups(kernel, arc_cost, terminals)
    ends = np.array([node for group in terminals for node in group])
    first = np.cumsum([0, *(len(group) for group in terminals[:-1])])
    best = np.minimum.reduceat(found[:, ends], first, axis=1)
    return np.where(best < CLOSED, best, CLOSED).astype(np.int32)
