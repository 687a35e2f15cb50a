"""Least-cost ways on a small graph, without a library.

Loading scipy takes as long as some hundred searches of a few hundred nodes, and each of its
searches checks and copies the graph again. Where few ways are asked for on a small network, plain
lists are quicker. Costs are whole numbers, so that they and the ways are the same.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from netmodel.routing.profiles import CLOSED

MOST_NODES = 2_000
"""On larger graphs a library is quicker."""


class SmallGraph:
    """Arcs between numbered nodes, of which the costs may change.

    Parameters
    ----------
    tails, heads
        The nodes of each arc; several may join the same two.

    Examples
    --------
    >>> graph = SmallGraph(3, [0, 1, 0], [1, 2, 2])
    >>> found = graph.distances(0, [4, 5, 10])
    >>> found, graph.walk(found, [4, 5, 10], 2)
    ([0, 4, 9], [0, 1])
    """

    def __init__(self, nodes: int, tails: Sequence[int], heads: Sequence[int]) -> None:
        self.nodes = nodes
        self._leaving: list[list[tuple[int, int]]] = [[] for _ in range(nodes)]
        self._entering: list[list[tuple[int, int]]] = [[] for _ in range(nodes)]
        for arc, (tail, head) in enumerate(zip(tails, heads, strict=True)):
            self._leaving[tail].append((arc, head))
            self._entering[head].append((arc, tail))

    def distances(
        self,
        source: int,
        cost: Sequence[int],
        *,
        limit: float = CLOSED,
        ends: Collection[int] = (),
    ) -> list[int]:
        """Return the costs from a node to all.

        Parameters
        ----------
        cost
            Of each arc, at least 0; one of `CLOSED` or more is not taken.
        limit
            Nodes that cost more count as not reached.
        ends
            If there are any, the search ends when it has reached all of them; what costs more than
            the last may be too much.

        Returns
        -------
        list of int
            Of a node that is not reached more than the limit, or `CLOSED`.
        """
        found = [_unreached(limit)] * self.nodes
        found[source] = 0
        missing = {*ends}
        ahead = [(0, source)]
        leaving = self._leaving
        while ahead:
            here, node = heappop(ahead)
            if here > found[node]:
                continue
            if node in missing:
                missing.remove(node)
                if not missing:
                    break
            for arc, head in leaving[node]:
                total = here + cost[arc]
                if total < found[head]:
                    found[head] = total
                    heappush(ahead, (total, head))
        return found

    def row(self, source: int, cost: Sequence[int], limit: float = CLOSED) -> NDArray[np.float64]:
        """Return the costs from a node to all, inf where there is no way or it costs too much."""
        found = np.array(self.distances(source, cost, limit=limit))
        return np.where(found < _unreached(limit), found, np.inf)

    def walk(self, distance: Sequence[int], cost: Sequence[int], node: int) -> list[int]:
        """Return the arcs of the way to a node, told from the costs to those before it.

        Each node is entered by the arc of the lowest number, as
        `netmodel.routing.trees.grow_trees` has it. No arc may be free.
        """
        arcs: list[int] = []
        while here := distance[node]:
            for arc, tail in self._entering[node]:
                if distance[tail] + cost[arc] == here:
                    break
            arcs.append(arc)
            node = tail
        return arcs[::-1]


def _unreached(limit: float) -> int:
    """Return the least whole number over a limit; no arc that is closed costs less."""
    return CLOSED if limit >= CLOSED else int(limit) + 1
