"""Compiled walks along least-cost trees that are told by costs alone, for a block of sources.

Seen from its end, a route enters every node by the arc of the lowest number that is tight: whose
cost is the whole difference between its ends. That is the rule of `grow_trees`, so that routes
are the same; sums are added in the same order as there, so that they are the same to the bit.
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
    swept: Ints, swept_at: Ints, stale_climb: Flags, stale: Flags, moved: Flags,
) -> None:  # fmt: skip
    """Set the rows of all nodes for one block of lanes; see `sweep_blocks`."""
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


@compiled
def enter(
    row: int, lane: int, swept: Ints, arc_cost: Ints, in_start: Longs, in_arc: Longs,
    tail_row: Longs,
) -> int:  # fmt: skip
    """Return the arc by which a route enters a node; -1 where none is tight: at its source."""
    wanted = int(swept[row, lane])
    for place in range(in_start[row], in_start[row + 1]):
        arc = in_arc[place]
        cost = int(arc_cost[arc])
        if cost < INFINITE and swept[tail_row[arc], lane] + cost == wanted:
            return int(arc)
    return -1


@compiled
def pick_ends(
    start: int, end: int, lane_of_node: Longs, node_start: Longs, node_row: Longs, swept: Ints
) -> tuple[int, int]:
    """Return the lane and the row of the cheapest nodes of two terminals; -1 without a route.

    Of equal ones the first start node counts, then the first end node.
    """
    least, lane, row = int(INFINITE), (-1), (-1)
    for one in range(node_start[start], node_start[start + 1]):
        for other in range(node_start[end], node_start[end + 1]):
            found = int(swept[node_row[other], lane_of_node[one] % LANES])
            if found < least:
                least, lane, row = found, lane_of_node[one] % LANES, node_row[other]
    return lane, row


@compiled
def sum_block(
    first: int, last: int, lane_of_node: Longs, node_start: Longs, node_row: Longs, swept: Ints,
    arc_cost: Ints, in_start: Longs, in_arc: Longs, tail_row: Longs, by_arc: Floats,
    total: Floats,
) -> None:  # fmt: skip
    """Add up a value per arc along the routes from the terminals of one block.

    Parameters
    ----------
    first, last
        The terminals of the block.
    total
        Filled in their rows; nan where there is no route.
    """
    count = len(in_start) - 1
    number = np.empty(count, dtype=np.int32)
    path = np.empty((count + 1, 2), dtype=np.int64)
    before = np.empty(count + 1, dtype=np.int32)
    along = np.empty(count + 1, dtype=np.float64)
    for start in range(first, last):
        for end in range(len(node_start) - 1):
            total[start, end] = np.nan
        for one in range(node_start[start], node_start[start + 1]):
            lane = lane_of_node[one] % LANES
            number[:] = -1
            used = 0
            for end in range(len(node_start) - 1):
                best, row = pick_ends(start, end, lane_of_node, node_start, node_row, swept)
                if best == lane:
                    used = number_path(
                        lane, row, swept, arc_cost, in_start, in_arc, tail_row, by_arc, number,
                        path, before, along, used,
                    )  # fmt: skip
            add_up(before, along, used)
            for end in range(len(node_start) - 1):
                best, row = pick_ends(start, end, lane_of_node, node_start, node_row, swept)
                if best == lane:
                    total[start, end] = along[number[row]]


@compiled
def number_path(
    lane: int, row: int, swept: Ints, arc_cost: Ints, in_start: Longs, in_arc: Longs,
    tail_row: Longs, by_arc: Floats, number: Ints, path: Longs, before: Ints, along: Floats,
    used: int,
) -> int:  # fmt: skip
    """Give numbers to the nodes of a route that have none, and return how many are given then.

    Every node comes after the one before it on the route.

    Parameters
    ----------
    number
        The number of each row.
    path
        Scratch.
    before, along
        The number of the node before, itself at the source, and the value of the arc between.
    """
    length = 0
    while number[row] < 0:
        arc = enter(row, lane, swept, arc_cost, in_start, in_arc, tail_row)
        if arc < 0:
            number[row], before[used], along[used] = used, used, 0.0
            used += 1
            break
        path[length, 0], path[length, 1] = row, arc
        length += 1
        row = tail_row[arc]
    here = number[row]
    while length > 0:
        length -= 1
        before[used], along[used] = here, by_arc[path[length, 1]]
        here = np.int32(used)
        number[path[length, 0]] = here
        used += 1
    return used


@compiled
def add_up(before: Ints, along: Floats, used: int) -> None:
    """Replace the value at each node by the sum from the source, by doubling the span.

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
    lane: int, row: int, swept: Ints, arc_cost: Ints, in_start: Longs, in_arc: Longs,
    tail_row: Longs, arcs: Longs,
) -> int:  # fmt: skip
    """Fill in the arcs of a route from its end to its start, and return how many they are."""
    length = 0
    while True:
        arc = enter(row, lane, swept, arc_cost, in_start, in_arc, tail_row)
        if arc < 0:
            return length
        arcs[length] = arc
        length += 1
        row = tail_row[arc]


@compiled
def load_block(
    first: int, last: int, lane_of_node: Longs, node_start: Longs, node_row: Longs, swept: Ints,
    arc_cost: Ints, in_start: Longs, in_arc: Longs, tail_row: Longs, row_of_node: Longs,
    trips: Floats, by_arc: Floats,
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
                lane, row = pick_ends(start, end, lane_of_node, node_start, node_row, swept)
                if lane >= 0:
                    load[lane, row] += trips[start, end]
    depth = np.empty(count, dtype=np.int32)
    entered = np.empty(count, dtype=np.int32)
    path = np.empty(count + 1, dtype=np.int32)
    ordered = np.empty(count, dtype=np.int32)
    for source in range(node_start[first], node_start[last]):
        lane = lane_of_node[source] % LANES
        depth[:] = -1
        deepest = 0
        for row in node_row:
            if load[lane, row] != 0.0:
                climb_path(
                    lane, row, swept, arc_cost, in_start, in_arc, tail_row, depth, entered, path
                )
                deepest = max(deepest, int(depth[row]))
        length = order_by_depth(depth, deepest, row_of_node, ordered)
        for place in range(length):
            row = ordered[place]
            load[lane, tail_row[entered[row]]] += load[lane, row]
        for row in row_of_node:
            if depth[row] > 0:
                by_arc[entered[row]] += load[lane, row]


@compiled
def climb_path(
    lane: int, row: int, swept: Ints, arc_cost: Ints, in_start: Longs, in_arc: Longs,
    tail_row: Longs, depth: Ints, entered: Ints, path: Ints,
) -> None:  # fmt: skip
    """Set how each node of a route is entered, and by how many arcs it is from the source."""
    length = 0
    while depth[row] < 0:
        arc = enter(row, lane, swept, arc_cost, in_start, in_arc, tail_row)
        if arc < 0:
            depth[row] = 0
            break
        entered[row] = arc
        path[length] = row
        length += 1
        row = tail_row[arc]
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
