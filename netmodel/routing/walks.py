"""Compiled walks along least-cost routes that are told by costs alone, for a block of sources.

Seen from its end, a route enters every node by the arc of the lowest number that is tight: whose
cost is the whole difference between its ends. That is the rule of `grow_trees`, so that routes
are the same; sums are added in the same order as there, so that they are the same to the bit.

What most functions take:

``lane_of_node, node_start, node_row``
    The lane and the row of each node of each terminal, and where those of each terminal begin.
``reached``
    Cost from the source of each lane to each row, shape ``(LANES, rows)``; one lane of it where
    a function follows one source.
``in_start, in_tail, in_cost``
    The arcs that end in each row, by number: where they begin, the row of the tail, the cost.
    An arc is named by its place here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netmodel.routing.compiled import compiled
from netmodel.routing.sweep import INFINITE, LANES, climb, descend

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Flags = NDArray[np.uint8]
Floats = NDArray[np.float64]


@compiled
def sweep_sources(
    block: int, climb_rows: Ints, climb_start: Longs, climb_place: Ints, seed_start: Longs,
    seed_lane: Longs, slot_start: Longs, slot_row: Ints, below_start: Longs, below_row: Ints,
    below_slot: Longs, climb_cost: Ints, descend_cost: Ints, climbed: Ints, climbed_at: Ints,
    swept: Ints, swept_at: Ints, stale_climb: Flags, stale: Flags, moved: Flags, reached: Ints,
) -> None:  # fmt: skip
    """Set what it costs from each source of a block to all rows; see `sweep_blocks`."""
    stale_climb[:] = 1
    stale[:] = 1
    climb(
        block, climb_rows, climb_start, climb_place[block], seed_start, seed_lane, slot_start,
        slot_row, below_start, below_row, below_slot, climb_cost, climbed, climbed_at, 0,
        stale_climb, stale,
    )  # fmt: skip
    descend(
        climb_place[block], slot_start, slot_row, below_start, below_row, descend_cost, climbed,
        climbed_at, swept, swept_at, 0, stale, moved,
    )  # fmt: skip
    few = 16  # rows at a time, so that neither side of the turn leaves the cache
    for first in range(0, len(swept), few):
        for lane in range(LANES):
            for row in range(first, min(first + few, len(swept))):
                reached[lane, row] = swept[row, lane]


@compiled
def enter(row: int, reached: Ints, in_start: Longs, in_tail: Ints, in_cost: Ints) -> int:
    """Return the arc by which a route enters a row; -1 where none is tight: at its source.

    A closed arc is never tight, since the row is reached for less.
    """
    wanted = int(reached[row])
    for place in range(in_start[row], in_start[row + 1]):
        if int(reached[in_tail[place]]) + int(in_cost[place]) == wanted:
            return place
    return -1


@compiled
def pick_ends(
    start: int, end: int, lane_of_node: Longs, node_start: Longs, node_row: Longs, reached: Ints
) -> tuple[int, int]:
    """Return the lane and the row of the cheapest nodes of two terminals; -1 without a route.

    Of equal ones the first start node counts, then the first end node.
    """
    least, lane, row = INFINITE, -1, -1
    for one in range(node_start[start], node_start[start + 1]):
        for other in range(node_start[end], node_start[end + 1]):
            found = int(reached[lane_of_node[one] % LANES, node_row[other]])
            if found < least:
                least, lane, row = found, int(lane_of_node[one] % LANES), int(node_row[other])
    return lane, row


@compiled
def sum_block(
    first: int, last: int, lane_of_node: Longs, node_start: Longs, node_row: Longs, reached: Ints,
    in_start: Longs, in_tail: Ints, in_cost: Ints, by_place: Floats, any_only: bool, total: Floats,
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
    count = len(in_start) - 1
    number = np.empty(count, dtype=np.int32)
    path = np.empty((count + 1, 2), dtype=np.int64)
    before = np.empty(count + 1, dtype=np.int32)
    along = np.empty(count + 1, dtype=np.float64)
    for start in range(first, last):
        total[start, :] = np.nan
        for one in range(node_start[start], node_start[start + 1]):
            lane = int(lane_of_node[one] % LANES)
            number[:] = -1
            used = 0
            for end in range(len(node_start) - 1):
                best, row = pick_ends(start, end, lane_of_node, node_start, node_row, reached)
                if best == lane:
                    used = number_path(
                        row, reached[lane], in_start, in_tail, in_cost, by_place, number, path,
                        before, along, used,
                    )  # fmt: skip
            if any_only:
                for place in range(used):
                    along[place] += along[before[place]]
            else:
                add_up(before, along, used)
            for end in range(len(node_start) - 1):
                best, row = pick_ends(start, end, lane_of_node, node_start, node_row, reached)
                if best == lane:
                    total[start, end] = along[number[row]]


@compiled
def number_path(
    row: int, reached: Ints, in_start: Longs, in_tail: Ints, in_cost: Ints, by_place: Floats,
    number: Ints, path: Longs, before: Ints, along: Floats, used: int,
) -> int:  # fmt: skip
    """Give numbers to the rows of a route that have none, and return how many are given then.

    Every row comes after the one before it on the route.

    Parameters
    ----------
    number
        The number of each row.
    path
        Scratch.
    before, along
        The number of the row before, itself at the source, and the value of the arc between.
    """
    length = 0
    while number[row] < 0:
        arc = enter(row, reached, in_start, in_tail, in_cost)
        if arc < 0:
            number[row], before[used], along[used] = used, used, 0.0
            used += 1
            break
        path[length, 0], path[length, 1] = row, arc
        length += 1
        row = int(in_tail[arc])
    here = number[row]
    while length > 0:
        length -= 1
        before[used], along[used] = here, by_place[path[length, 1]]
        here = np.int32(used)
        number[path[length, 0]] = here
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
            if other != farther:
                moved = True
            along[place] += along[other]
            before[place] = farther


@compiled
def list_arcs(
    row: int, reached: Ints, in_start: Longs, in_tail: Ints, in_cost: Ints, arcs: Longs
) -> int:
    """Fill in the arcs of a route from its end to its start, and return how many they are."""
    length = 0
    while True:
        arc = enter(row, reached, in_start, in_tail, in_cost)
        if arc < 0:
            return length
        arcs[length] = arc
        length += 1
        row = int(in_tail[arc])


@compiled
def load_block(
    first: int, last: int, lane_of_node: Longs, node_start: Longs, node_row: Longs, reached: Ints,
    in_start: Longs, in_tail: Ints, in_cost: Ints, row_of_node: Longs, trips: Floats,
    by_place: Floats,
) -> None:  # fmt: skip
    """Add the trips over each arc when all pairs from the terminals of one block take their route.

    Parameters
    ----------
    row_of_node
        The row of each node of the kernel.
    trips
        From row to column, shape ``(terminals, terminals)``; those without a route are left out.
    """
    count = len(in_start) - 1
    load = np.zeros((LANES, count), dtype=np.float64)
    for start in range(first, last):
        for end in range(len(node_start) - 1):
            if trips[start, end] > 0:
                lane, row = pick_ends(start, end, lane_of_node, node_start, node_row, reached)
                if lane >= 0:
                    load[lane, row] += trips[start, end]
    depth = np.empty(count, dtype=np.int32)
    entered = np.empty(count, dtype=np.int32)
    path = np.empty(count + 1, dtype=np.int32)
    ordered = np.empty(count, dtype=np.int32)
    for source in range(node_start[first], node_start[last]):
        lane = int(lane_of_node[source] % LANES)
        depth[:] = -1
        deepest = 0
        for row in node_row:
            if load[lane, row] != 0.0:
                climb_path(row, reached[lane], in_start, in_tail, in_cost, depth, entered, path)
                deepest = max(deepest, int(depth[row]))
        length = order_by_depth(depth, deepest, row_of_node, ordered)
        for place in range(length):
            row = ordered[place]
            load[lane, in_tail[entered[row]]] += load[lane, row]
        for row in row_of_node:
            if depth[row] > 0:
                by_place[entered[row]] += load[lane, row]


@compiled
def climb_path(
    row: int, reached: Ints, in_start: Longs, in_tail: Ints, in_cost: Ints, depth: Ints,
    entered: Ints, path: Ints,
) -> None:  # fmt: skip
    """Set how each row of a route is entered, and by how many arcs it is from the source."""
    length = 0
    while depth[row] < 0:
        arc = enter(row, reached, in_start, in_tail, in_cost)
        if arc < 0:
            depth[row] = 0
            break
        entered[row] = arc
        path[length] = row
        length += 1
        row = int(in_tail[arc])
    here = depth[row]
    while length > 0:
        length -= 1
        here += 1
        depth[path[length]] = here


@compiled
def order_by_depth(depth: Ints, deepest: int, row_of_node: Longs, ordered: Ints) -> int:
    """Fill in the rows of depth 1 or more, and return how many.

    The deepest come first and, of equal depth, those of the lowest node: the order in which
    `TreeRoutes` adds them up.
    """
    place = np.zeros(deepest + 2, dtype=np.int64)
    for row in range(len(depth)):
        if depth[row] > 0:
            place[deepest - depth[row] + 1] += 1
    for step in range(deepest + 1):
        place[step + 1] += place[step]
    for row in row_of_node:
        if depth[row] > 0:
            ordered[place[deepest - depth[row]]] = row
            place[deepest - depth[row]] += 1
    return int(place[deepest - 1]) if deepest else 0
