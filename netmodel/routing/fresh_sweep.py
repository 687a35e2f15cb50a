"""Compiled sweep from nothing: the steps of `netmodel.routing.sweep` without a look at the past."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netmodel.routing.compiled import compiled
from netmodel.routing.sweep import INFINITE, LANES, relax_two

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


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
