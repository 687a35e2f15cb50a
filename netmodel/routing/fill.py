"""Compiled steps of the elimination: which arcs it fills in, and the triangles that they form."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netmodel.routing.compiled import compiled

Ints = NDArray[np.int32]


@compiled
def fill_up(start: NDArray[np.int64], head: Ints, limit: int) -> tuple[NDArray[np.int64], Ints]:
    """Return the higher neighbours of each node once all lower ones have been eliminated.

    Parameters
    ----------
    start, head
        The higher neighbours of each node before, by rank.
    limit
        Give up, with no neighbours at all, when there are more than so many.
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
