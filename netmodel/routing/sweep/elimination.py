"""An elimination order of the kernel, and what it fills in.

Eliminating a node joins its neighbours by shortcuts, so that no least cost between the others
changes. Which shortcuts there will be depends on the order alone, never on costs: it is found
once for a network and its terminals and serves every state. The network with its shortcuts is
chordal: every least-cost route can be run as one climb to higher nodes and one descent
(Dibbelt, Strasser & Wagner 2016, doi:10.1145/2886843).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netmodel.routing.kernel import Kernel
from netmodel.routing.sweep.compiled import compiled

Ints = NDArray[np.int32]


@compiled
def fill_up(start: NDArray[np.int64], head: Ints, limit: int) -> tuple[NDArray[np.int64], Ints]:
    """Return the higher neighbours of each node once all lower ones have been eliminated.

    Parameters
    ----------
    start, head
        The higher neighbours of each node before, by rank.
    limit
        Give up, with no neighbours at all, when there are more than this.
    """
    count = len(start) - 1
    found = np.empty(max(4 * len(head), 16), dtype=np.int32)
    found_start = np.zeros(count + 1, dtype=np.int64)
    first_child = np.full(count, -1, dtype=np.int32)
    next_sibling = np.full(count, -1, dtype=np.int32)
    seen_by = np.full(count, -1, dtype=np.int32)
    used = 0
    for node in range(count):
        found_start[node] = used
        if used > limit:
            return np.zeros(count + 1, dtype=np.int64), np.zeros(0, dtype=np.int32)
        if used + count - node > len(found):
            wider = np.empty(2 * len(found) + count, dtype=np.int32)
            wider[:used] = found[:used]
            found = wider
        parent = count
        for place in range(start[node], start[node + 1]):
            other = head[place]
            if seen_by[other] != node:
                seen_by[other] = node
                found[used] = other
                used += 1
                parent = min(parent, other)
        child = first_child[node]
        while child >= 0:
            for place in range(found_start[child], found_start[child + 1]):
                other = found[place]
                if other != node and seen_by[other] != node:
                    seen_by[other] = node
                    found[used] = other
                    used += 1
                    parent = min(parent, other)
            child = next_sibling[child]
        if parent < count:
            next_sibling[node] = first_child[parent]
            first_child[parent] = node
    found_start[count] = used
    return found_start, found[:used].copy()


@compiled
def list_triangles(
    up_start: NDArray[np.int64], up_head: Ints, opposite_start: NDArray[np.int64]
) -> Ints:
    """Return, for each two arcs that begin at a node, the arc between their upper ends.

    Parameters
    ----------
    up_start, up_head
        Arcs by their lower end, each node's in order of the upper end.
    opposite_start
        Where the pairs of each node begin; within a node they come in lexical order.
    """
    count = len(up_start) - 1
    opposite = np.empty(opposite_start[count], dtype=np.int32)
    for node in range(count):
        first, end = up_start[node], up_start[node + 1]
        place = opposite_start[node]
        for one in range(first, end):
            arc = up_start[up_head[one]]
            for two in range(one + 1, end):
                while up_head[arc] != up_head[two]:
                    arc += 1
                opposite[place] = arc
                place += 1
    return opposite


@compiled
def group_triangles(
    up_start: NDArray[np.int64], opposite: Ints, arc_count: int
) -> tuple[NDArray[np.int64], Ints, Ints]:
    """Return the pairs of lower arcs that stand in for each arc, grouped by that arc."""
    start = np.zeros(arc_count + 1, dtype=np.int64)
    for arc in opposite:
        start[arc + 1] += 1
    for arc in range(arc_count):
        start[arc + 1] += start[arc]
    free = start[:-1].copy()
    first = np.empty(len(opposite), dtype=np.int32)
    second = np.empty(len(opposite), dtype=np.int32)
    place = 0
    for node in range(len(up_start) - 1):
        for one in range(up_start[node], up_start[node + 1]):
            for two in range(one + 1, up_start[node + 1]):
                arc = opposite[place]
                first[free[arc]] = one
                second[free[arc]] = two
                free[arc] += 1
                place += 1
    return start, first, second


MOST_TRIANGLES = 50_000_000
"""With more, the tables would fill the memory and the sweep would be no faster than a search."""


@dataclass(frozen=True, slots=True, eq=False)
class Elimination:
    """An order of elimination and what follows from it.

    Slots are the undirected arcs of the chordal network, from a node to one of higher rank, by
    lower and then by upper end. Each has two costs: up and down.

    Parameters
    ----------
    rank
        The place of each node of the kernel in the order.
    first_seen
        The rank from which on nodes lie on or above a terminal; only these are swept.
    slot_start, slot_tail, slot_head
        Where the slots of each rank begin, and the ranks of their ends.
    opposite_start, opposite
        For each two slots of a node, the slot between their upper ends.
    lower_start, lower_first, lower_second
        For each slot, the pairs of lower slots that it may stand for.
    arc_place
        Of each arc of the kernel: twice its slot, plus one if it runs down; -1 for an arc that
        ends where it begins.
    """

    rank: NDArray[np.int32]
    first_seen: int
    slot_start: NDArray[np.int64]
    slot_tail: NDArray[np.int32]
    slot_head: NDArray[np.int32]
    opposite_start: NDArray[np.int64]
    opposite: NDArray[np.int32]
    lower_start: NDArray[np.int64]
    lower_first: NDArray[np.int32]
    lower_second: NDArray[np.int32]
    arc_place: NDArray[np.int64]

    @property
    def slot_count(self) -> int:
        """How many slots there are."""
        return len(self.slot_head)


def eliminate(kernel: Kernel, terminals: Sequence[int]) -> Elimination | None:
    """Return the elimination of a kernel, or nothing where it would fill in too much.

    Parameters
    ----------
    terminals
        Nodes of the kernel between which costs are wanted.
    """
    count = kernel.node_count
    rank = _order_by_degree(kernel)
    start, head = fill_up(*_higher_neighbours(kernel, rank), limit=MOST_TRIANGLES // 4)
    degree = np.diff(start)
    if (not len(head) and len(kernel.arc_tail)) or _pairs(degree).sum() > MOST_TRIANGLES:
        return None
    moved, first_seen = _seen_last(start, head, rank[list(terminals)])
    rank = moved[rank]
    tails, heads = moved[np.repeat(np.arange(count), degree)], moved[head]
    order = np.lexsort((heads, tails))
    slot_tail, slot_head = tails[order], heads[order]
    slot_start = np.searchsorted(slot_tail, np.arange(count + 1)).astype(np.int64)
    opposite_start = np.concatenate([[0], np.cumsum(_pairs(np.diff(slot_start)))])
    opposite = list_triangles(slot_start, slot_head, opposite_start)
    lower_start, lower_first, lower_second = group_triangles(slot_start, opposite, len(slot_head))
    return Elimination(
        rank=rank,
        first_seen=first_seen,
        slot_start=slot_start,
        slot_tail=slot_tail,
        slot_head=slot_head,
        opposite_start=opposite_start,
        opposite=opposite,
        lower_start=lower_start,
        lower_first=lower_first,
        lower_second=lower_second,
        arc_place=_place_arcs(kernel, rank, slot_tail, slot_head),
    )


def _order_by_degree(kernel: Kernel) -> NDArray[np.int32]:
    """Return the rank of each node in a minimum-degree order.

    SuperLU orders a matrix so before it factorises it; dropping everything from its factors
    leaves the order alone, at the cost of a few passes over the arcs.
    """
    from scipy.sparse import csc_array, diags_array
    from scipy.sparse.linalg import spilu

    count = kernel.node_count
    both = np.concatenate([kernel.arc_tail, kernel.arc_head])
    other = np.concatenate([kernel.arc_head, kernel.arc_tail])
    apart = both != other
    joined = csc_array(
        (np.ones(int(apart.sum())), (both[apart], other[apart])), shape=(count, count)
    )
    joined.data[:] = -1.0
    dominant = diags_array(1.0 - joined.sum(axis=1)) + joined
    factors = spilu(
        csc_array(dominant), permc_spec="MMD_AT_PLUS_A", drop_tol=1.0, fill_factor=1.0,
        diag_pivot_thresh=0.0, options={"SymmetricMode": True},
    )  # fmt: skip
    return factors.perm_c.astype(np.int32)


def _higher_neighbours(
    kernel: Kernel, rank: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    one, two = rank[kernel.arc_tail], rank[kernel.arc_head]
    low, high = np.minimum(one, two), np.maximum(one, two)
    kept = low != high
    low, high = low[kept], high[kept]
    order = np.argsort(low, kind="stable")
    start = np.searchsorted(low[order], np.arange(kernel.node_count + 1)).astype(np.int64)
    return start, high[order]


def _pairs(degree: NDArray[np.int64]) -> NDArray[np.int64]:
    return degree * (degree - 1) // 2


def _seen_last(
    start: NDArray[np.int64], head: NDArray[np.int32], terminals: NDArray[np.int32]
) -> tuple[NDArray[np.int32], int]:
    """Return new ranks in which nodes above no terminal come first, and how many these are.

    A node comes before all of its higher neighbours as it did, so that the same arcs are filled
    in.
    """
    count = len(start) - 1
    seen = np.zeros(count, dtype=bool)
    seen[terminals] = True
    parent = np.full(count, -1, dtype=np.int64)
    some = np.flatnonzero(np.diff(start))
    if len(some):
        parent[some] = np.minimum.reduceat(head, start[some])
    above = parent.tolist()
    marked = seen.tolist()
    for node in range(count):
        if marked[node] and above[node] >= 0:
            marked[above[node]] = True
    order = np.argsort(np.array(marked, dtype=bool), kind="stable")
    moved = np.empty(count, dtype=np.int32)
    moved[order] = np.arange(count, dtype=np.int32)
    return moved, count - sum(marked)


def _place_arcs(
    kernel: Kernel,
    rank: NDArray[np.int32],
    slot_tail: NDArray[np.int32],
    slot_head: NDArray[np.int32],
) -> NDArray[np.int64]:
    count = np.int64(max(kernel.node_count, 1))
    one, two = rank[kernel.arc_tail].astype(np.int64), rank[kernel.arc_head].astype(np.int64)
    keys = slot_tail * count + slot_head
    place = np.searchsorted(keys, np.minimum(one, two) * count + np.maximum(one, two))
    return np.where(one == two, -1, 2 * place + (one > two))
