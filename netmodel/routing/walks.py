"""Compiled walks along least-cost routes that are told by costs alone, for a block of sources.

Seen from its end, a route enters every node by the arc of the lowest number that is tight: whose
cost is the whole difference between its ends. That is the rule of `grow_trees`, so that routes
are the same. Sums along a route are added in the same order as there, so that they are the same
to the bit; loads of whole trips are equal, others up to the rounding of sums.

What most functions take:

``lane_of_node, node_start, node_row``
    The lane and the row of each node of each terminal, and where those of each terminal begin.
``swept``
    Cost from the source of each lane to each row, shape ``(rows, LANES)``.
``entered``
    The arc by which each row is entered, -1 for none, shape ``(LANES, rows)``; one lane of it
    where a function follows one source.
``in_start, in_tail, in_cost``
    The arcs that end in each row, by number: where they begin, the row of the tail, the cost.
    An arc is named by its place here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netmodel.routing.compiled import compiled
from netmodel.routing.sweep import INFINITE, LANES

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]


@compiled
def enter_rows(swept: Ints, in_start: Longs, in_tail: Ints, in_cost: Ints, entered: Ints) -> None:
    """Set the arc by which the routes of a block enter each row: the first that is tight.

    None is at a source. What is set for a row that is not reached means nothing.
    """
    few = 16  # rows at a time, so that neither side of the turn leaves the cache
    tile = np.empty((few, LANES), dtype=np.int32)
    for first in range(0, len(swept), few):
        last = min(first + few, len(swept))
        for row in range(first, last):
            found, own = tile[row - first], swept[row]
            for lane in range(LANES):
                found[lane] = -1
            for place in range(in_start[row + 1] - 1, in_start[row] - 1, -1):
                tail, cost, name = swept[in_tail[place]], in_cost[place], np.int32(place)
                for lane in range(LANES):
                    tight = np.int32(tail[lane] + cost) == own[lane]
                    found[lane] = name if tight else found[lane]
        for lane in range(LANES):
            for row in range(first, last):
                entered[lane, row] = tile[row - first, lane]


@compiled
def pick_ends(
    start: int, end: int, lane_of_node: Longs, node_start: Longs, node_row: Longs, swept: Ints
) -> tuple[int, int]:
    """Return the lane and the row of the cheapest nodes of two terminals; -1 without a route.

    Of equal ones the first start node counts, then the first end node.
    """
    least, lane, row = INFINITE, -1, -1
    for one in range(node_start[start], node_start[start + 1]):
        for other in range(node_start[end], node_start[end + 1]):
            found = int(swept[node_row[other], lane_of_node[one] % LANES])
            if found < least:
                least, lane, row = found, int(lane_of_node[one] % LANES), int(node_row[other])
    return lane, row


@compiled
def sum_block(
    first: int, last: int, lane_of_node: Longs, node_start: Longs, node_row: Longs, swept: Ints,
    entered: Ints, in_tail: Ints, by_place: Floats, any_only: bool, total: Floats,
) -> None:  # fmt: skip
    """Add up a value per arc along the routes from the terminals of one block.

    Parameters
    ----------
    first, last
        The terminals of the block.
    any_only
        Whether it is enough to know where the sum is not 0, of values that are never negative.
    total
        Filled in their rows; nan where there is no route.
    """
    count = entered.shape[1]
    number = np.empty(count, dtype=np.int32)
    path = np.empty(count + 1, dtype=np.int32)
    before = np.empty(count + 1, dtype=np.int32)
    rows = np.empty(count + 1, dtype=np.int32)
    along = np.empty(count + 1, dtype=np.float64)
    for start in range(first, last):
        total[start, :] = np.nan
        for one in range(node_start[start], node_start[start + 1]):
            lane = int(lane_of_node[one] % LANES)
            number[:] = -1
            used = 0
            for end in range(len(node_start) - 1):
                best, row = pick_ends(start, end, lane_of_node, node_start, node_row, swept)
                if best == lane:
                    used = number_path(row, entered[lane], in_tail, number, path, rows, used)
            for place in range(used):
                arc = entered[lane, rows[place]]
                before[place] = number[in_tail[arc]] if arc >= 0 else place
                along[place] = by_place[arc] if arc >= 0 else 0.0
                if any_only:
                    along[place] += along[before[place]]
            if not any_only:
                add_up(before, along, used)
            for end in range(len(node_start) - 1):
                best, row = pick_ends(start, end, lane_of_node, node_start, node_row, swept)
                if best == lane:
                    total[start, end] = along[number[row]]


@compiled
def number_path(
    row: int, entered: Ints, in_tail: Ints, number: Ints, path: Ints, rows: Ints, used: int
) -> int:
    """Give numbers to the rows of a route that have none, and return how many are given then.

    Every row comes after the one before it on the route.

    Parameters
    ----------
    number
        The number of each row.
    path
        Scratch.
    rows
        The row of each number.
    """
    length = 0
    while number[row] < 0:
        path[length] = row
        length += 1
        arc = entered[row]
        if arc < 0:
            break
        row = int(in_tail[arc])
    while length > 0:
        length -= 1
        rows[used] = path[length]
        number[path[length]] = used
        used += 1
    return used


@compiled
def add_up(before: Ints, along: Floats, used: int) -> None:
    """Replace the value at each row by the sum from the source, by doubling the span.

    The order of additions is that of `TreeRoutes`, so that sums are equal to the bit.
    """
    moved = True
    while moved:
        moved = False
        for place in range(used - 1, -1, -1):
            other = before[place]
            farther = before[other]
            moved |= other != farther
            along[place] += along[other]
            before[place] = farther


@compiled
def list_arcs(row: int, entered: Ints, in_tail: Ints, arcs: Longs) -> int:
    """Fill in the arcs of a route from its end to its start, and return how many they are."""
    length = 0
    while entered[row] >= 0:
        arcs[length] = entered[row]
        length += 1
        row = int(in_tail[entered[row]])
    return length


@compiled
def load_block(
    first: int, last: int, lane_of_node: Longs, node_start: Longs, node_row: Longs, swept: Ints,
    entered: Ints, in_tail: Ints, trips: Floats, by_place: Floats,
) -> None:  # fmt: skip
    """Add the trips over each arc when all pairs from the terminals of one block take their route.

    Parameters
    ----------
    trips
        From row to column, shape ``(terminals, terminals)``; those without a route are left out.
    """
    count = entered.shape[1]
    number = np.empty(count, dtype=np.int32)
    path = np.empty(count + 1, dtype=np.int32)
    rows = np.empty(count + 1, dtype=np.int32)
    load = np.empty(count, dtype=np.float64)
    for start in range(first, last):
        for one in range(node_start[start], node_start[start + 1]):
            lane = int(lane_of_node[one] % LANES)
            number[:] = -1
            load[:] = 0.0
            used = 0
            for end in range(len(node_start) - 1):
                if trips[start, end] > 0:
                    best, row = pick_ends(start, end, lane_of_node, node_start, node_row, swept)
                    if best == lane:
                        load[row] += trips[start, end]
                        used = number_path(row, entered[lane], in_tail, number, path, rows, used)
            for place in range(used - 1, -1, -1):
                row = rows[place]
                arc = entered[lane, row]
                if arc >= 0:
                    load[in_tail[arc]] += load[row]
                    by_place[arc] += load[row]
