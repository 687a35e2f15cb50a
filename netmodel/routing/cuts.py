"""Cuts: which sets of links, all out at once, part two terminals; for very many sets.

Every link of a cycle-free part of the network (a spanning forest) separates its two sides but for
the further edges that lead across. Give each further edge a random word of 64 bits, and each edge
of the forest the exclusive or of the words of those that lead across it. Then a set of edges
contains a cut exactly when the words of some of them cancel out, but for chance: sets of k edges
cancel by chance with a probability of about 2^(k - 64), and what cancels is confirmed by union
and find. That a set cuts nothing is never wrong. (Cycle space sampling: Pritchard & Thurimella
2011, doi:10.1145/2000807.2000814.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netmodel.routing.compiled import can_compile
from netmodel.routing.kernel import Kernel

SEED = 20_110_501
"""Of the words; any other gives the same answers."""

MANY_SETS = 1000
"""From so many sets on, loading compiled code takes less time than union and find on each."""


class Cuts:
    """Tells which sets of links cut terminals off that hang together while all are usable.

    Directions, reversals, gauges and costs are not looked at.

    Parameters
    ----------
    terminals
        Positions of hubs that the kernel was built around.
    compiles
        Whether numba may be loaded for many sets; answers are the same without it.
    """

    def __init__(self, kernel: Kernel, terminals: Sequence[int], *, compiles: bool = True) -> None:
        self.kernel = kernel
        self._compiles = compiles
        number = {hub: n for n, hub in enumerate(kernel.nodes_of_hub)}
        self._size = len(number)
        self._ends = _edge_ends(kernel)
        self._terminals = np.array([number[hub] for hub in terminals], dtype=np.int64)
        forest = _grow_forest(self._ends, self._size)
        self._words = _give_words(self._ends, forest)
        self._bridges = self._words == 0
        self._useless = self._bridges & ~_parts_terminals(self._terminals, forest, len(self._ends))
        whole = self._components(np.ones(len(self._ends), dtype=bool))
        self._parts = len(np.unique(whole[self._terminals]))

    def are_cut(self, sets: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return whether each set of links parts two terminals.

        Parameters
        ----------
        sets
            Positions of links, one set in each row, shape ``(sets, links)``; below 0 for none.

        Returns
        -------
        ndarray
            Shape ``(sets,)``.
        """
        wanted = np.ascontiguousarray(sets, dtype=np.int64)
        cut, doubtful = self._judge_sets(wanted)
        for row in np.flatnonzero(doubtful):
            cut[row] = self._is_cut(wanted[row])
        return cut

    def _judge_sets(self, sets: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return which sets cut for sure, and which may."""
        tables = self.kernel.edge_of_link, self._words, self._bridges, self._useless
        if self._compiles and len(sets) >= MANY_SETS and can_compile():
            from netmodel.routing.cut_words import judge_sets

            cut, doubtful = judge_sets(sets, *tables)
            return cut, doubtful
        every = np.ones(len(sets), dtype=bool)
        return ~every, every

    def _is_cut(self, links: NDArray[np.int64]) -> bool:
        edges = self.kernel.edge_of_link[links[links >= 0]]
        usable = np.ones(len(self._ends), dtype=bool)
        usable[edges[edges >= 0]] = False
        found = self._components(usable)[self._terminals]
        # Components only ever split: they are the same ones if there are as many.
        return len(np.unique(found)) != self._parts

    def _components(self, usable: NDArray[np.bool_]) -> NDArray[np.int64]:
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import connected_components

        tail, head = self._ends[usable].T
        graph = csr_array((np.ones(len(tail)), (tail, head)), shape=(self._size, self._size))
        return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """A spanning forest: hubs from the roots down, and how each is joined to the one before.

    Parameters
    ----------
    order
        Hubs, each after its parent.
    parent, edge
        The parent of each hub and the edge to it; -1 at a root.
    root
        The root of each hub.
    """

    order: NDArray[np.int64]
    parent: NDArray[np.int64]
    edge: NDArray[np.int64]
    root: NDArray[np.int64]


def _edge_ends(kernel: Kernel) -> NDArray[np.int64]:
    """Return the hubs at the ends of each edge, numbered as `nodes_of_hub` has them."""
    widths = [len(nodes) for nodes in kernel.nodes_of_hub.values()]
    hub_of_node = np.repeat(np.arange(len(widths)), widths)
    number, first = np.unique(kernel.arc_edge, return_index=True)
    first = first[number >= 0]
    return np.stack([hub_of_node[kernel.arc_tail[first]], hub_of_node[kernel.arc_head[first]]], 1)


def _grow_forest(ends: NDArray[np.int64], size: int) -> Forest:
    """Return a spanning forest by breadth, from one root that stands over all components."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order, connected_components

    tail, head = ends.T
    shape = (size + 1, size + 1)
    graph = csr_array((np.ones(len(tail)), (tail, head)), shape=shape)
    labels = connected_components(graph, directed=False)[1][:size]
    tops = np.unique(labels, return_index=True)[1]
    over = np.full(len(tops), size)
    graph = csr_array(
        (np.ones(len(tail) + len(tops)), (np.append(tail, over), np.append(head, tops))),
        shape=shape,
    )
    order, before = breadth_first_order(graph, size, directed=False)
    parent = np.where(before[:size] == size, -1, before[:size]).astype(np.int64)
    keys = np.minimum(tail, head) * size + np.maximum(tail, head)
    by_key = np.argsort(keys, kind="stable")
    hubs = np.flatnonzero(parent >= 0)
    wanted = np.minimum(hubs, parent[hubs]) * size + np.maximum(hubs, parent[hubs])
    edge = np.full(size, -1, dtype=np.int64)
    edge[hubs] = by_key[np.searchsorted(keys[by_key], wanted)]
    return Forest(order[order < size].astype(np.int64), parent, edge, tops[labels])


def _give_words(ends: NDArray[np.int64], forest: Forest) -> NDArray[np.uint64]:
    """Return the word of each edge; 0 for a bridge, which is looked over."""
    rng = np.random.default_rng(SEED)
    further = np.ones(len(ends), dtype=bool)
    further[forest.edge[forest.edge >= 0]] = False
    further &= ends[:, 0] != ends[:, 1]
    while True:
        words = np.zeros(len(ends), dtype=np.uint64)
        words[further] = rng.integers(1, 2**64, int(further.sum()), dtype=np.uint64)
        across = np.zeros(len(forest.parent), dtype=np.uint64)
        np.bitwise_xor.at(across, ends[further].reshape(-1), np.repeat(words[further], 2))
        summed = across.tolist()
        parent = forest.parent.tolist()
        for hub in forest.order[::-1].tolist():
            if parent[hub] >= 0:
                summed[parent[hub]] ^= summed[hub]
        joined = np.flatnonzero(forest.parent >= 0)
        words[forest.edge[joined]] = np.array(summed, dtype=np.uint64)[joined]
        if _are_bridges(ends, words == 0, len(forest.parent)):
            return words


def _are_bridges(ends: NDArray[np.int64], chosen: NDArray[np.bool_], size: int) -> bool:
    """Whether some edges are all bridges: without them there are as many more components."""
    apart = ends[:, 0] != ends[:, 1]
    counts = [_count_components(ends[kept & apart], size) for kept in (~chosen, chosen | ~chosen)]
    return bool(counts[0] - counts[1] == (chosen & apart).sum())


def _count_components(ends: NDArray[np.int64], size: int) -> int:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    graph = csr_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(size, size))
    return int(connected_components(graph, directed=False)[0])


def _parts_terminals(
    terminals: NDArray[np.int64], forest: Forest, edge_count: int
) -> NDArray[np.bool_]:
    """Return whether each edge of the forest has terminals on both sides; false for others."""
    size = len(forest.parent)
    below = np.bincount(terminals, minlength=size).tolist()
    parent = forest.parent.tolist()
    for hub in forest.order[::-1].tolist():
        if parent[hub] >= 0:
            below[parent[hub]] += below[hub]
    count = np.array(below, dtype=np.int64)
    parts = np.zeros(edge_count, dtype=bool)
    joined = np.flatnonzero(forest.parent >= 0)
    parts[forest.edge[joined]] = (count[joined] > 0) & (count[joined] < count[forest.root[joined]])
    return parts
