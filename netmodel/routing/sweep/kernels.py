"""The compiled sweeps.

A lane is one terminal. The cost from every node to every lane is a row; one slot of the chordal
network updates a row by ``row = min(row, other row + cost)``, which the processor does for many
lanes in one instruction. Lanes lie in blocks that are as wide as a row can be worked on without
leaving the cache. Rows start at the first node that lies above a terminal.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netmodel.routing.sweep.compiled import compiled

LANES = 64
"""Lanes in a block."""
INFINITE = 2**29
"""No route; equal to `CLOSED`. Rows and costs stay at or below it, so that no sum overflows."""
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Flags = NDArray[np.uint8]


@compiled
def relax_two(fresh: Ints, one: Ints, one_step: int, other: Ints, other_step: int) -> None:
    """Lower a row to what two others and a step give.

    Two at a time, since a row that was just written is slow to read again. The steps are 32-bit:
    wider ones would make every lane twice as wide.
    """
    for lane in range(LANES):
        best = min(np.int32(one[lane] + one_step), np.int32(other[lane] + other_step))
        fresh[lane] = min(fresh[lane], best)


@compiled
def climb(
    block: int, climb_rows: Ints, climb_start: Longs, step_start: Longs, step_from: Ints,
    step_slot: Longs, seed_start: Longs, seed_lane: Longs, slot_start: Longs, slot_row: Ints,
    cost: Ints, climbed: Ints, climbed_at: Ints, aside: int, stale_climb: Flags, stale: Flags,
) -> None:  # fmt: skip
    """Bring up to date what each row of a block costs by climbing from its terminals alone.

    Only rows on or above a terminal of the block have such a cost.
    """
    fresh = np.empty(LANES, dtype=np.int32)
    for k in range(climb_start[block], climb_start[block + 1]):
        row = climb_rows[k]
        if stale_climb[row] == 0:
            continue
        stale_climb[row] = 0
        for lane in range(LANES):
            fresh[lane] = INFINITE
        for place in range(seed_start[row], seed_start[row + 1]):
            if seed_lane[place] // LANES == block:
                fresh[seed_lane[place] % LANES] = 0
        end = step_start[k + 1]
        for step in range(step_start[k], end, 2):
            other = min(step + 1, end - 1)
            relax_two(
                fresh, climbed[climbed_at[step_from[step]]], cost[step_slot[step]],
                climbed[climbed_at[step_from[other]]], cost[step_slot[other]],
            )  # fmt: skip
        if put_row(fresh, climbed, climbed_at, k, k + aside):
            stale[row] = 1
            for slot in range(slot_start[row], slot_start[row + 1]):
                stale_climb[slot_row[slot]] = 1


@compiled
def put_row(fresh: Ints, rows: Ints, at: Ints, row: int, place: int) -> bool:
    """Store a row at a place if it differs from the present one, and say whether it does."""
    present = rows[at[row]]
    difference = np.int32(0)
    for lane in range(LANES):
        difference |= np.int32(present[lane] ^ fresh[lane])
    if difference == 0:
        return False
    stored = rows[place]
    for lane in range(LANES):
        stored[lane] = fresh[lane]
    at[row] = place
    return True


@compiled
def descend(
    climb_place: Ints,
    slot_start: Longs,
    slot_row: Ints,
    below_start: Longs,
    below_row: Ints,
    cost: Ints,
    climbed: Ints,
    climbed_at: Ints,
    swept: Ints,
    swept_at: Ints,
    aside: int,
    block: int,
    top_block: Longs,
    stale: Flags,
    moved: Flags,
) -> None:
    """Bring the rows of a block up to date from the highest node to the lowest.

    Rows whose `top_block` lies below the block are left out.
    """
    fresh = np.empty(LANES, dtype=np.int32)
    for row in range(len(stale) - 1, -1, -1):
        if stale[row] == 0:
            continue
        stale[row] = 0
        if top_block[row] < block:
            continue
        place = climb_place[row]
        if place >= 0:
            begin = climbed[climbed_at[place]]
            for lane in range(LANES):
                fresh[lane] = begin[lane]
        else:
            for lane in range(LANES):
                fresh[lane] = INFINITE
        end = slot_start[row + 1]
        for slot in range(slot_start[row], end, 2):
            other = min(slot + 1, end - 1)
            relax_two(
                fresh, swept[swept_at[slot_row[slot]]], cost[slot],
                swept[swept_at[slot_row[other]]], cost[other],
            )  # fmt: skip
        if put_row(fresh, swept, swept_at, row, row + aside):
            moved[row] = 1
            for other in range(below_start[row], below_start[row + 1]):
                stale[below_row[other]] = 1


@compiled
def sweep_blocks(
    climb_rows: Ints,
    climb_start: Longs,
    climb_place: Ints,
    step_start: Longs,
    step_from: Ints,
    step_slot: Longs,
    seed_start: Longs,
    seed_lane: Longs,
    slot_start: Longs,
    slot_row: Ints,
    below_start: Longs,
    below_row: Ints,
    climb_cost: Ints,
    descend_cost: Ints,
    climbed: Ints,
    climbed_at: Ints,
    swept: Ints,
    swept_at: Ints,
    aside: bool,
    halved: bool,
    top_block: Longs,
    stale_climb: Flags,
    stale: Flags,
    moved: Flags,
) -> None:
    """Bring the rows of all blocks up to date where they are stale.

    Parameters
    ----------
    climb_rows, climb_start, climb_place
        The nodes above a terminal of each block, where those of each block begin, and the place
        of each node among them, shape ``(blocks, rows)``; -1 for none.
    step_start, step_from, step_slot
        Of each of these, the places and the slots by which it is climbed to.
    seed_start, seed_lane
        The lanes whose terminal each node is.
    slot_start, slot_row
        The slots of each node and the nodes above.
    below_start, below_row
        The rows below each, by a slot.
    climb_cost, descend_cost
        Cost of each slot, seen in the direction in which the rows are wanted.
    climbed, climbed_at
        Rows after the climb, and where each is: ``(climb rows or twice as many, LANES)`` and
        ``(climb rows,)``.
    swept, swept_at
        Rows in the end: ``(blocks, rows or twice as many, LANES)`` and ``(blocks, rows)``.
    aside
        Store rows in the second half, so that those of the first are not lost.
    halved, top_block
        Leave out of each block the rows on or above no terminal of it or a later one: where
        costs are the same there and back, these give the rest.
    stale_climb, stale
        Which rows to compute, ``(blocks, rows)``; all zero afterwards.
    moved
        Set for the rows that changed, ``(blocks, rows)``.
    """
    for block in range(len(swept)):
        climb(
            block, climb_rows, climb_start, step_start, step_from, step_slot, seed_start, seed_lane,
            slot_start, slot_row, climb_cost, climbed, climbed_at,
            len(climbed_at) if aside else 0, stale_climb[block], stale[block],
        )  # fmt: skip
        descend(
            climb_place[block], slot_start, slot_row, below_start, below_row, descend_cost,
            climbed, climbed_at, swept[block], swept_at[block],
            swept_at.shape[1] if aside else 0, block if halved else -1, top_block, stale[block],
            moved[block],
        )  # fmt: skip


@compiled
def mark_stale(
    changed: Longs, first_slot: int, weight: Ints, halved: bool, tail_row: Ints, head_row: Ints,
    climb_place: Ints, stale_climb: Flags, stale: Flags,
) -> int:  # fmt: skip
    """Mark the rows that slots of a changed cost feed, and return how many slots feed any.

    It is -1, and nothing is marked, where costs were the same there and back and no longer are.
    """
    count = 0
    for slot in changed:
        if slot >= first_slot:
            count += 1
            if halved and weight[slot, 0] != weight[slot, 1]:
                return -1
    if count > 0:
        for block in range(len(stale)):
            for slot in changed:
                if slot >= first_slot:
                    tail, head = tail_row[slot - first_slot], head_row[slot - first_slot]
                    stale[block, tail] = 1
                    if climb_place[block, tail] >= 0:
                        stale_climb[block, head] = 1
    return count


@compiled
def collect_costs(
    swept: Ints, swept_at: Ints, moved: Flags, node_start: Longs, node_row: Longs,
    lane_terminal: Longs, lane_of: Longs, halved: bool, result: Ints,
) -> None:  # fmt: skip
    """Copy the rows of terminals that changed into the matrix of costs, the best of their nodes.

    Parameters
    ----------
    node_start, node_row
        The rows of the nodes of each terminal.
    lane_terminal, lane_of
        The terminal of each lane, and the lane of each terminal.
    result
        From row to column, shape ``(terminals, terminals)``.
    """
    best = np.empty(LANES, dtype=np.int32)
    for block in range(len(swept)):
        first = block * LANES
        last = min(first + LANES, len(lane_terminal))
        for terminal in range(len(node_start) - 1):
            fresh = False
            for place in range(node_start[terminal], node_start[terminal + 1]):
                fresh |= moved[block, node_row[place]] != 0
            if not fresh or (halved and lane_of[terminal] < first):
                continue
            for lane in range(LANES):
                best[lane] = INFINITE
            for place in range(node_start[terminal], node_start[terminal + 1]):
                row = swept[block, swept_at[block, node_row[place]]]
                for lane in range(LANES):
                    best[lane] = min(best[lane], row[lane])
            for lane in range(first, last):
                result[terminal, lane_terminal[lane]] = best[lane - first]
            if halved:
                for lane in range(first, last):
                    result[lane_terminal[lane], terminal] = best[lane - first]
    moved[:] = 0


@compiled
def sweep_afresh(
    block: int, climb_rows: Ints, climb_start: Longs, climb_place: Ints, step_start: Longs,
    step_from: Ints, step_slot: Longs, seed_start: Longs, seed_lane: Longs, slot_start: Longs,
    slot_row: Ints, climb_cost: Ints, descend_cost: Ints, halved: bool, top_block: Longs,
    climbed: Ints, swept: Ints,
) -> None:  # fmt: skip
    """Set the rows of a block in their first places; see `sweep_blocks` for what it takes.

    Parameters
    ----------
    swept
        Of the block, shape ``(rows, LANES)``.
    """
    climb_afresh(
        block, climb_rows, climb_start, step_start, step_from, step_slot, seed_start, seed_lane,
        climb_cost, climbed,
    )  # fmt: skip
    descend_afresh(
        block if halved else -1, top_block, climb_place[block], slot_start, slot_row,
        descend_cost, climbed, swept,
    )  # fmt: skip


@compiled
def climb_afresh(
    block: int, climb_rows: Ints, climb_start: Longs, step_start: Longs, step_from: Ints,
    step_slot: Longs, seed_start: Longs, seed_lane: Longs, cost: Ints, climbed: Ints,
) -> None:  # fmt: skip
    """Set what each row on or above a terminal of a block costs by climbing alone."""
    fresh = np.empty(LANES, dtype=np.int32)
    for k in range(climb_start[block], climb_start[block + 1]):
        row = climb_rows[k]
        for lane in range(LANES):
            fresh[lane] = INFINITE
        for place in range(seed_start[row], seed_start[row + 1]):
            if seed_lane[place] // LANES == block:
                fresh[seed_lane[place] % LANES] = 0
        end = step_start[k + 1]
        for step in range(step_start[k], end, 2):
            other = min(step + 1, end - 1)
            relax_two(
                fresh, climbed[step_from[step]], cost[step_slot[step]],
                climbed[step_from[other]], cost[step_slot[other]],
            )  # fmt: skip
        stored = climbed[k]
        for lane in range(LANES):
            stored[lane] = fresh[lane]


@compiled
def descend_afresh(
    block: int, top_block: Longs, climb_place: Ints, slot_start: Longs, slot_row: Ints,
    cost: Ints, climbed: Ints, swept: Ints,
) -> None:  # fmt: skip
    """Set the rows of a block from the highest node to the lowest."""
    fresh = np.empty(LANES, dtype=np.int32)
    for row in range(len(slot_start) - 2, -1, -1):
        if top_block[row] < block:
            continue
        begin = climb_place[row]
        if begin >= 0:
            stored = climbed[begin]
            for lane in range(LANES):
                fresh[lane] = stored[lane]
        else:
            for lane in range(LANES):
                fresh[lane] = INFINITE
        end = slot_start[row + 1]
        for slot in range(slot_start[row], end, 2):
            other = min(slot + 1, end - 1)
            relax_two(fresh, swept[slot_row[slot]], cost[slot], swept[slot_row[other]], cost[other])
        stored = swept[row]
        for lane in range(LANES):
            stored[lane] = fresh[lane]
