"""Where the rows and lanes of a sweep lie: for the terminals at once, or for some sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netmodel.routing.elimination import Elimination
from netmodel.routing.sweep import LANES


@dataclass(frozen=True, slots=True, eq=False)
class Lanes:
    """The tables that `sweep_blocks` walks; see there for what each holds.

    Parameters
    ----------
    first_slot
        The slot with which the rows begin.
    top_block
        The last block that has a terminal on or below each row; -1 for none.
    slot_tail
        The row in which each slot begins.
    """

    first_slot: int
    row_count: int
    block_count: int
    top_block: NDArray[np.int64]
    climb_rows: NDArray[np.int32]
    climb_start: NDArray[np.int64]
    climb_place: NDArray[np.int32]
    step_start: NDArray[np.int64]
    step_from: NDArray[np.int32]
    step_slot: NDArray[np.int64]
    seed_start: NDArray[np.int64]
    seed_lane: NDArray[np.int64]
    slot_start: NDArray[np.int64]
    slot_tail: NDArray[np.int32]
    slot_row: NDArray[np.int32]
    below_start: NDArray[np.int64]
    below_row: NDArray[np.int32]

    @property
    def tables(self) -> tuple[NDArray[np.int32] | NDArray[np.int64], ...]:
        """The tables in the order in which `sweep_blocks` and `sweep_afresh` take them."""
        return (
            self.climb_rows, self.climb_start, self.climb_place, self.step_start, self.step_from,
            self.step_slot, self.seed_start, self.seed_lane, self.slot_start, self.slot_row,
        )  # fmt: skip


def lay_lanes(elimination: Elimination, seeds: Sequence[Sequence[int]], first: int) -> Lanes:
    """Return the tables of a sweep.

    Parameters
    ----------
    seeds
        The ranks of the nodes of each lane; what lies on a route from or to any of them.
    first
        The rank with which the rows begin; all seeds lie there or above.
    """
    count = len(elimination.rank) - first
    first_slot = int(elimination.slot_start[first]) if count else 0
    slot_start = elimination.slot_start[first:] - first_slot
    slot_row = elimination.slot_head[first_slot:] - np.int32(first)
    slot_tail = elimination.slot_tail[first_slot:] - np.int32(first)
    by_head = np.argsort(slot_row, kind="stable")
    below_start = np.searchsorted(slot_row[by_head], np.arange(count + 1)).astype(np.int64)
    blocks = -(-len(seeds) // LANES)
    climb_rows, climb_start, climb_place = _find_climbs(seeds, blocks, first, slot_start, slot_row)
    step_start, step_from, step_slot = _list_steps(climb_place, slot_tail, slot_row)
    seed_row = np.array([rank - first for group in seeds for rank in group], dtype=np.int64)
    seed_lane = np.repeat(np.arange(len(seeds)), [len(group) for group in seeds])
    order = np.argsort(seed_row, kind="stable")
    return Lanes(
        first_slot=first_slot,
        row_count=count,
        block_count=blocks,
        top_block=np.where(climb_place >= 0, np.arange(blocks)[:, None], -1).max(
            axis=0, initial=-1
        ),
        climb_rows=climb_rows,
        climb_start=climb_start,
        climb_place=climb_place,
        step_start=step_start,
        step_from=step_from,
        step_slot=step_slot,
        seed_start=np.searchsorted(seed_row[order], np.arange(count + 1)).astype(np.int64),
        seed_lane=seed_lane[order].astype(np.int64),
        slot_start=slot_start,
        slot_tail=slot_tail,
        slot_row=slot_row,
        below_start=below_start,
        below_row=slot_tail[by_head],
    )


def _find_climbs(
    seeds: Sequence[Sequence[int]],
    blocks: int,
    first: int,
    slot_start: NDArray[np.int64],
    slot_row: NDArray[np.int32],
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]]:
    """Return the rows on or above a seed of each block, and the place of each row among them."""
    count = len(slot_start) - 1
    place = np.full((blocks, count), -1, dtype=np.int32)
    rows: list[NDArray[np.int64]] = []
    start = np.zeros(blocks + 1, dtype=np.int64)
    for block in range(blocks):
        seen: set[int] = set()
        for group in seeds[block * LANES : (block + 1) * LANES]:
            for rank in group:
                row = rank - first
                while row not in seen:
                    seen.add(row)
                    slot = int(slot_start[row])
                    if slot == slot_start[row + 1]:
                        break
                    row = int(slot_row[slot])  # the lowest of the nodes above: the parent
        found = np.array(sorted(seen), dtype=np.int64)
        place[block, found] = start[block] + np.arange(len(found))
        start[block + 1] = start[block] + len(found)
        rows.append(found)
    joined = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64)
    return joined.astype(np.int32), start, place


def _list_steps(
    climb_place: NDArray[np.int32], slot_tail: NDArray[np.int32], slot_row: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
    """Return, by the place of the upper end, the lower places and slots of all climbing steps."""
    ends, starts, slots = [], [], []
    for places in climb_place:
        used = np.flatnonzero(places[slot_tail] >= 0)
        order = used[np.argsort(places[slot_row[used]], kind="stable")]
        ends.append(places[slot_row[order]])
        starts.append(places[slot_tail[order]])
        slots.append(order)
    none = np.zeros(0, dtype=np.int32)
    end = np.concatenate([none, *ends])
    count = int(climb_place.max(initial=-1)) + 1
    return (
        np.searchsorted(end, np.arange(count + 1)).astype(np.int64),
        np.concatenate([none, *starts]).astype(np.int32),
        np.concatenate([none, *slots]).astype(np.int64),
    )
