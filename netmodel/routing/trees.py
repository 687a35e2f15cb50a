"""Least-cost trees over the arcs of a kernel: scipy's Dijkstra, with a fixed rule for ties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from netmodel.routing.kernel import Kernel
from netmodel.routing.profiles import CLOSED

if TYPE_CHECKING:
    from scipy.sparse import csr_array


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
    from scipy.sparse.csgraph import dijkstra

    nodes = max(kernel.node_count, 1)
    graph, arcs = _build_graph(kernel, arc_cost)
    if not len(sources):
        return Trees(np.zeros((0, nodes)), np.zeros((0, nodes), dtype=np.int64))
    distance, before = dijkstra(graph, indices=list(sources), return_predecessors=True)
    ends = kernel.arc_tail[arcs], kernel.arc_head[arcs]
    keys = ends[0] * nodes + ends[1]
    entered = np.full(before.shape, -1, dtype=np.int64)
    reached = before >= 0
    if len(arcs):
        wanted = (before * np.int64(nodes) + np.arange(nodes))[reached]
        entered[reached] = arcs[np.searchsorted(keys, wanted)]
    return Trees(distance, _settle_ties(kernel, arc_cost, arcs, distance, entered))


def measure_costs(
    kernel: Kernel, arc_cost: NDArray[np.int64] | NDArray[np.int32], sources: Sequence[int]
) -> NDArray[np.float64]:
    """Return the costs from some nodes, at least one, to every node; see `grow_trees`."""
    from scipy.sparse.csgraph import dijkstra

    return np.asarray(dijkstra(_build_graph(kernel, arc_cost)[0], indices=list(sources)))


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
    ends = kernel.arc_tail[arcs], kernel.arc_head[arcs]
    return csr_array((arc_cost[arcs].astype(np.float64), ends), shape=(nodes, nodes)), arcs


def _settle_ties(
    kernel: Kernel,
    arc_cost: NDArray[np.int64] | NDArray[np.int32],
    arcs: NDArray[np.int64],
    distance: NDArray[np.float64],
    entered: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the arc by which each node is entered by the rule for equal costs.

    A turn that costs nothing is taken only where no link leads to the node at that cost;
    otherwise two nodes of a hub could each stand before the other.
    """
    arcs = np.sort(arcs[arc_cost[arcs] > 0])
    arcs = arcs[np.argsort(kernel.arc_head[arcs], kind="stable")]
    if not len(arcs):
        return entered
    tail, head, cost = kernel.arc_tail[arcs], kernel.arc_head[arcs], arc_cost[arcs]
    starts = np.flatnonzero(np.diff(head, prepend=-1))
    numbers, none = np.arange(len(arcs)), len(arcs)
    for reached, row in zip(distance, entered, strict=True):
        tight = (reached[tail] + cost == reached[head]) & np.isfinite(reached[tail])
        first = np.minimum.reduceat(np.where(tight, numbers, none), starts)
        found = first < none
        row[head[starts[found]]] = arcs[first[found]]
    return entered
