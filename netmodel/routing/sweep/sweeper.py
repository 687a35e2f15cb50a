"""Costs from all hubs to all hubs by sweeps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import RLock

import numpy as np
from numpy.typing import NDArray

from netmodel.routing.kernel import Kernel
from netmodel.routing.profiles import CLOSED, LinkCosts
from netmodel.routing.sweep.chordal_costs import ChordalCosts, HeldCosts
from netmodel.routing.sweep.elimination import Elimination, eliminate
from netmodel.routing.sweep.kernels import (
    LANES,
    collect_costs,
    mark_stale,
    sweep_afresh,
    sweep_blocks,
)


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


MOST_HELD_BYTES = 2**28
"""Rows that take more memory are not held a second time."""


def build_sweeper(kernel: Kernel, terminal_nodes: Sequence[tuple[int, ...]]) -> Sweeper | None:
    """Return a sweeper, or nothing where the kernel is not a network of lines."""
    elimination = eliminate(kernel, [node for group in terminal_nodes for node in group])
    return None if elimination is None else Sweeper(kernel, elimination, terminal_nodes)


@dataclass(slots=True, eq=False)
class Rows:
    """The rows of the present state, and which of them are out of date.

    Each row has two places. While a state is held, its rows stand in the first and whatever
    differs is put aside into the second, so that going back is a matter of forgetting.

    Parameters
    ----------
    climbed, climbed_at, swept, swept_at, result
        See `sweep_blocks` and `collect_costs`.
    stale_climb, stale
        Rows to compute, shape ``(blocks, rows)``.
    moved
        Scratch, all zero.
    """

    climbed: NDArray[np.int32]
    climbed_at: NDArray[np.int32]
    swept: NDArray[np.int32]
    swept_at: NDArray[np.int32]
    result: NDArray[np.int32]
    stale_climb: NDArray[np.uint8]
    stale: NDArray[np.uint8]
    moved: NDArray[np.uint8]

    def go_first(self) -> None:
        """Let the first place of every row count."""
        self.climbed_at[:] = np.arange(len(self.climbed_at), dtype=np.int32)
        self.swept_at[:] = np.arange(self.swept_at.shape[1], dtype=np.int32)


@dataclass(slots=True, eq=False)
class Held:
    """A state to go back to, and the slots changed since; ``None`` if there are too many."""

    costs: HeldCosts
    result: NDArray[np.int32]
    changed: list[NDArray[np.int64]] | None
    count: int = 0

    def add(self, changed: NDArray[np.int64], most: int) -> None:
        """Add slots that have changed, until there are too many to be worth telling."""
        self.count += len(changed)
        if self.changed is not None and self.count <= most:
            self.changed.append(changed)
        else:
            self.changed = None


class Sweeper:
    """Solves costs between terminals, and remembers states to start from.

    Two states are kept: the last one, and the last that was solved from nothing. The next one
    starts from that which differs in fewer links: neighbours on a timeline from the last, samples
    of outages from the undisturbed state. Whoever may not be alone takes the lock first.

    Parameters
    ----------
    terminal_nodes
        The nodes of the kernel that each terminal has.

    Attributes
    ----------
    lock
        To be held while a state is taken over and read.
    """

    def __init__(
        self,
        kernel: Kernel,
        elimination: Elimination,
        terminal_nodes: Sequence[tuple[int, ...]],
    ) -> None:
        self.lock = RLock()
        self.elimination = elimination
        self.costs = ChordalCosts(kernel, elimination)
        ranks = [tuple(int(elimination.rank[n]) for n in group) for group in terminal_nodes]
        # Terminals that are eliminated one after the other share most of what lies above them.
        self._lane_terminal = np.array(
            sorted(range(len(ranks)), key=ranks.__getitem__), dtype=np.int64
        )
        self._lane_of = np.argsort(self._lane_terminal)
        seeds = [ranks[terminal] for terminal in self._lane_terminal]
        first = elimination.first_seen
        self.lanes: Lanes = lay_lanes(elimination, seeds, first)
        self._node_start = np.cumsum([0, *(len(group) for group in ranks)]).astype(np.int64)
        self._node_row = np.array([n - first for group in ranks for n in group], dtype=np.int64)
        self._rows = self._empty_rows()
        self._is_stale = True
        self._is_afresh = True
        self._is_halved = False
        self._held: Held | None = None

    def _empty_rows(self) -> Rows:
        lanes, terminals = self.lanes, len(self._lane_terminal)
        blocks, count, climbs = lanes.block_count, lanes.row_count, len(lanes.climb_rows)
        places = 2 if 8 * blocks * count * LANES <= MOST_HELD_BYTES else 1
        rows = Rows(
            climbed=aligned_rows((places * climbs, LANES)),
            climbed_at=np.zeros(climbs, dtype=np.int32),
            swept=aligned_rows((blocks, places * count, LANES)),
            swept_at=np.zeros((blocks, count), dtype=np.int32),
            result=np.full((terminals, terminals), CLOSED, dtype=np.int32),
            stale_climb=np.zeros((blocks, count), dtype=np.uint8),
            stale=np.zeros((blocks, count), dtype=np.uint8),
            moved=np.zeros((blocks, count), dtype=np.uint8),
        )
        rows.go_first()
        return rows

    def solve_links(self, costs: LinkCosts, turns: tuple[int, int]) -> NDArray[np.int32]:
        """Return the costs between all terminals under costs of links, as a new matrix.

        Parameters
        ----------
        turns
            Cost of a reversal and of a change of gauge.
        """
        with self._whole():
            changes = self.costs.count_changes(costs, turns)
            if self._held is not None and changes:
                from_held = self.costs.count_changes(costs, turns, self._held.costs)
                if from_held is not None and from_held < changes:
                    self._go_back(self._held)
                    changes = from_held
            self._mark(self.costs.adopt_links(costs, turns, changes))
            self._sweep()
            if self._held is None:
                self._hold()
            return self._rows.result.copy()

    def adopt_arcs(self, arc_cost: NDArray[np.int64] | NDArray[np.int32]) -> None:
        """Take over costs of arcs as the present state, without solving it."""
        with self._whole():
            self._mark(self.costs.adopt_arcs(arc_cost))

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """Forget all states if what is done is broken off, such as by the user, halfway."""
        try:
            yield
        except BaseException:
            self.costs = ChordalCosts(self.costs.kernel, self.elimination)
            self._rows = self._empty_rows()
            self._is_stale = self._is_afresh = True
            self._held = None
            raise

    def _mark(self, changed: NDArray[np.int64] | None) -> None:
        """Mark the rows that slots of a changed cost feed."""
        rows, lanes = self._rows, self.lanes
        marked = -1
        if changed is not None:
            marked = mark_stale(
                changed, lanes.first_slot, self.costs.weight, self._is_halved, lanes.slot_tail,
                lanes.slot_row, lanes.climb_place, rows.stale_climb, rows.stale,
            )  # fmt: skip
        if changed is None or marked < 0:
            seen = self.costs.weight[lanes.first_slot :]
            self._is_halved = bool((seen[:, 0] == seen[:, 1]).all())
            rows.go_first()
            self._is_stale = self._is_afresh = True
            self._held = None
            return
        self._is_stale |= marked > 0
        if self._held is not None:
            self._held.add(changed, self.elimination.slot_count // 4)

    def _sweep(self) -> None:
        """Bring rows and result up to date."""
        if not self._is_stale:
            return
        rows, lanes = self._rows, self.lanes
        weight = self.costs.weight[lanes.first_slot :]
        if self._is_afresh:
            for block in range(lanes.block_count):
                sweep_afresh(
                    block, *lanes.tables, weight[:, 1], weight[:, 0], self._is_halved,
                    lanes.top_block, rows.climbed, rows.swept[block],
                )  # fmt: skip
            rows.moved.fill(1)
            rows.stale_climb.fill(0)
            rows.stale.fill(0)
        else:
            sweep_blocks(
                *lanes.tables, lanes.below_start, lanes.below_row, weight[:, 1], weight[:, 0],
                rows.climbed, rows.climbed_at, rows.swept, rows.swept_at,
                self._held is not None, self._is_halved, lanes.top_block, rows.stale_climb,
                rows.stale, rows.moved,
            )  # fmt: skip
        collect_costs(
            rows.swept, rows.swept_at, rows.moved, self._node_start, self._node_row,
            self._lane_terminal, self._lane_of, self._is_halved, rows.result,
        )  # fmt: skip
        self._is_stale = self._is_afresh = False

    def _hold(self) -> None:
        """Keep the present state to go back to, unless that takes too much memory."""
        rows = self._rows
        if rows.swept.shape[1] > self.lanes.row_count and (costs := self.costs.hold()):
            self._held = Held(costs, rows.result.copy(), [])

    def _go_back(self, held: Held) -> None:
        rows = self._rows
        if self._is_stale:
            rows.stale_climb.fill(0)
            rows.stale.fill(0)
            self._is_stale = False
        changed = held.changed
        self.costs.go_back(
            held.costs, None if changed is None else np.concatenate([_NONE, *changed])
        )
        rows.go_first()
        rows.result[:] = held.result
        held.changed, held.count = [], 0


_NONE = np.zeros(0, dtype=np.int64)


def aligned_rows(shape: tuple[int, ...]) -> NDArray[np.int32]:
    """Return rows of -1, none of which begins in the middle of a line of the cache."""
    size = int(np.prod(shape))
    room = np.full(size + 16, -1, dtype=np.int32)
    first = (-room.ctypes.data) % 64 // room.itemsize
    return room[first : first + size].reshape(shape)
