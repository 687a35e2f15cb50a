"""Routes read off the costs of a sweep.

Seen from its end, a route enters every node by the arc of the lowest number that is tight: whose
cost is the whole difference between its ends. That is the rule of `grow_trees`, so that routes
are the same. Sums along a route are added from its start as there, so that they are the same to
the bit; loads of whole trips are equal, others up to the rounding of sums.

What most functions take:

``lane_of_node, node_start, node_row``
    The lane and the row of each node of each terminal, and where those of each terminal begin.
``swept``
    Cost from the source of each lane to each row, shape ``(rows, LANES)``.
``entered``
    The arc by which the route of each lane enters each row, -1 for none, shape
    ``(LANES, rows)``; one lane of it where a function follows one source.
``in_start, in_tail, in_cost``
    The arcs that end in each row, by number: where they begin, the row of the tail, the cost.
    An arc is named by its place here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from netmodel.routing.sweep.compiled import compiled
from netmodel.routing.sweep.kernels import LANES, sweep_afresh
from netmodel.routing.sweep.seats import Seats, pick_ends, seat_terminals
from netmodel.routing.sweep.sweeper import Sweeper, aligned_rows
from netmodel.routing.sweep.swept_loads import Carriers, lay_carriers, load_arcs
from netmodel.routing.trees import MOST_STEPS_KEPT

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Bytes = NDArray[np.int8]
Floats = NDArray[np.float64]
Steps = tuple[Longs, Longs, NDArray[np.bool_]]


@compiled
def enter_one(found: Ints, own: Ints, tail: Ints, cost: int, name: int) -> None:
    """Note an arc in the lanes in which it accounts for the whole difference between its ends."""
    for lane in range(LANES):
        tight = np.int32(tail[lane] + cost) == own[lane]
        found[lane] = name if tight else found[lane]


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
            found = tile[row - first]
            for lane in range(LANES):
                found[lane] = -1
            for place in range(in_start[row + 1] - 1, in_start[row] - 1, -1):
                tail = swept[in_tail[place]]
                enter_one(found, swept[row], tail, in_cost[place], np.int32(place))
        for lane in range(LANES):
            kept = entered[lane]
            for row in range(first, last):
                kept[row] = tile[row - first, lane]


@compiled
def sum_block(
    first: int, last: int, lane_of_node: Longs, node_start: Longs, node_row: Longs, swept: Ints,
    entered: Ints, in_tail: Ints, by_place: Floats, total: Floats,
) -> None:  # fmt: skip
    """Add up a value per arc along the routes from the terminals of one block.

    Parameters
    ----------
    first, last
        The terminals of the block.
    total
        Filled in their rows; nan where there is no route.
    """
    count = len(swept)
    known = np.full(count, -1, dtype=np.int8)
    path = np.empty(count, dtype=np.int32)
    along = np.empty(count, dtype=np.float64)
    ends = np.empty(len(node_start), dtype=np.int32)
    rows = np.empty(len(node_start), dtype=np.int32)
    for start in range(first, last):
        total[start, :] = np.nan
        for one in range(node_start[start], node_start[start + 1]):
            lane = int(lane_of_node[one] % LANES)
            used = 0
            for end in range(len(node_start) - 1):
                best, row = pick_ends(start, end, lane_of_node, node_start, node_row, swept)
                if best == lane:
                    ends[used], rows[used] = end, row
                    used += 1
            sum_lane(lane, rows[:used], entered[lane], in_tail, by_place, known, path, along)
            for number in range(used):
                total[start, ends[number]] = along[rows[number]]


@compiled
def sum_lane(
    lane: int, ends: Ints, entered: Ints, in_tail: Ints, by_place: Floats, known: Bytes,
    path: Ints, along: Floats,
) -> None:  # fmt: skip
    """Set the sums from one source at the ends of routes, and at all rows that they pass.

    All in one function: a call from within the loops would take longer than what they do.

    Parameters
    ----------
    known, path
        Scratch: the lane whose routes were the last to pass each row, and the rows of a route.
    """
    for end in ends:
        row, length = int(end), 0
        while known[row] != lane:
            known[row] = lane
            path[length] = row
            length += 1
            if entered[row] >= 0:
                row = int(in_tail[entered[row]])
        for place in range(length - 1, -1, -1):
            row = int(path[place])
            arc = entered[row]
            along[row] = along[in_tail[arc]] + by_place[arc] if arc >= 0 else 0.0


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
def list_block(
    first: int, last: int, lane_of_node: Longs, node_start: Longs, node_row: Longs, swept: Ints,
    entered: Ints, in_tail: Ints, wanted: NDArray[np.bool_], pairs: Longs, places: Longs,
    routed: NDArray[np.bool_], count: int,
) -> int:  # fmt: skip
    """Append the pair and the arc of each step of all routes from the terminals of one block.

    Parameters
    ----------
    wanted
        Which arcs are appended.
    pairs, places
        To append to, each route from its start; `count` of them are filled.
    routed
        Set for the pairs that have a route.

    Returns
    -------
    int
        How many are filled then; -1 if there are more than there is room for.
    """
    path = np.empty(len(swept), dtype=np.int64)
    terminals = len(node_start) - 1
    for start in range(first, last):
        for end in range(terminals):
            lane, row = pick_ends(start, end, lane_of_node, node_start, node_row, swept)
            if lane < 0:
                continue
            routed[start * terminals + end] = True
            length = list_arcs(row, entered[lane], in_tail, path)
            for place in range(length - 1, -1, -1):
                if not wanted[path[place]]:
                    continue
                if count == len(pairs):
                    return -1
                pairs[count] = start * terminals + end
                places[count] = path[place]
                count += 1
    return count


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RowsOfBlock:
    """What a sweep finds of one block."""

    climbed: NDArray[np.int32]
    swept: NDArray[np.int32]
    entered: NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """The tables for sweeps from the terminals to all nodes; they serve every state.

    Parameters
    ----------
    terminal_nodes
        The nodes of the kernel that each terminal has.
    seats
        Of the terminals, for the rows of all nodes.
    in_start, in_arc, in_tail
        The arcs that end in each row, by number, and the row in which each begins.
    crowded
        Not empty once the routes of a state had too many arcs to be listed.
    """

    terminal_nodes: tuple[tuple[int, ...], ...]
    seats: Seats
    in_start: NDArray[np.int64]
    in_arc: NDArray[np.int64]
    in_tail: NDArray[np.int32]
    crowded: list[bool] = field(default_factory=list)
    _scratch: list[RowsOfBlock] = field(default_factory=list)
    _carriers: list[Carriers] = field(default_factory=list)

    def carriers(self, sweeper: Sweeper) -> Carriers:
        """Return the tables for loads, laid out when they are first needed."""
        if not self._carriers:
            self._carriers.append(lay_carriers(sweeper, self.terminal_nodes))
        return self._carriers[0]

    def rows(self) -> RowsOfBlock:
        """Return room for what is found of one block, always the same."""
        if not self._scratch:
            lanes = self.seats.lanes
            self._scratch.append(
                RowsOfBlock(
                    climbed=aligned_rows((len(lanes.climb_rows), LANES)),
                    swept=aligned_rows((lanes.row_count, LANES)),
                    entered=np.empty((LANES, lanes.row_count), dtype=np.int32),
                )
            )
        return self._scratch[0]


def lay_sources(sweeper: Sweeper, terminal_nodes: Sequence[tuple[int, ...]]) -> Sources:
    """Return the tables for sweeps from the nodes of some terminals."""
    rank = sweeper.elimination.rank.astype(np.int64)
    kernel = sweeper.costs.kernel
    head_row = rank[kernel.arc_head]
    in_arc = np.argsort(head_row, kind="stable")
    return Sources(
        terminal_nodes=tuple(terminal_nodes),
        seats=seat_terminals(sweeper, terminal_nodes, 0),
        in_start=np.searchsorted(head_row[in_arc], np.arange(len(rank) + 1)).astype(np.int64),
        in_arc=in_arc,
        in_tail=rank[kernel.arc_tail[in_arc]].astype(np.int32),
    )


def can_walk(arc_cost: NDArray[np.int32]) -> bool:
    """Whether costs alone determine the trees: no arc that can be used is free."""
    return bool((arc_cost > 0).all())


class SweptRoutes:
    """The routes of one state; a twin of `TreeRoutes` that keeps no trees.

    Parameters
    ----------
    arc_cost
        The state, to which the sweeper is set when something is asked.
    """

    def __init__(self, sweeper: Sweeper, sources: Sources, arc_cost: NDArray[np.int32]) -> None:
        self._sweeper = sweeper
        self._sources = sources
        self._arc_cost = arc_cost
        self._asked = 0
        self._steps: Steps | None = None
        self._known: tuple[int, NDArray[np.int32], NDArray[np.int32]] | None = None

    def sum_arcs(self, by_arc: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum of a value per arc along each route, nan where there is none."""
        sources = self._sources
        size = sources.seats.terminal_count
        self._asked += 1
        if self._asked == 2:  # such as the base, of which every state asks something
            self._steps = self._list_steps()
        if self._steps is not None:
            pairs, places, routed = self._steps
            weights = by_arc[sources.in_arc[places]]
            summed = np.bincount(pairs, weights=weights, minlength=size * size)
            return np.where(routed, summed, np.nan).reshape(size, size)
        total = np.empty((size, size))
        by_place = by_arc[sources.in_arc]
        with self._sweeper.lock:
            for block, rows in self._sweep():
                sum_block(
                    *sources.seats.span(block), *sources.seats.ends, rows.swept, rows.entered,
                    sources.in_tail, by_place, total,
                )  # fmt: skip
        return total

    def _list_steps(self) -> Steps | None:
        """Return the arcs of all routes, nothing if they are many."""
        size = self._sources.seats.terminal_count
        if size * size > MOST_STEPS_KEPT or self._sources.crowded:
            return None
        pairs = np.empty(MOST_STEPS_KEPT, dtype=np.int64)
        places = np.empty(MOST_STEPS_KEPT, dtype=np.int64)
        routed = np.zeros(size * size, dtype=bool)
        every = np.ones(len(self._arc_cost), dtype=bool)
        count = 0
        with self._sweeper.lock:
            for block, rows in self._sweep():
                count = self._list_block(block, rows, every, (pairs, places, routed), count)
                if count < 0:
                    self._sources.crowded.append(True)
                    return None
        return pairs[:count].copy(), places[:count].copy(), routed

    def _list_block(
        self, block: int, rows: RowsOfBlock, wanted: NDArray[np.bool_], found: Steps, count: int
    ) -> int:
        """Return `list_block`: how much is filled, or -1."""
        seats = self._sources.seats
        filled: int = list_block(
            *seats.span(block), *seats.ends, rows.swept, rows.entered, self._sources.in_tail,
            wanted, *found, count,
        )  # fmt: skip
        return filled

    def steps_over(self, wanted: NDArray[np.bool_]) -> Iterator[tuple[Longs, Longs]]:
        """Yield the pair and the arc of each step of all routes over some arcs, in parts."""
        sources = self._sources
        size = sources.seats.terminal_count
        places = wanted[sources.in_arc]
        room, routed = MOST_STEPS_KEPT, np.zeros(size * size, dtype=bool)
        with self._sweeper.lock:
            for block, rows in self._sweep():
                count = -1
                while count < 0:
                    found = np.empty(room, np.int64), np.empty(room, np.int64), routed
                    count = self._list_block(block, rows, places, found, 0)
                    room = room if count >= 0 else 4 * room
                yield found[0][:count], sources.in_arc[found[1][:count]]

    def run_over(self, by_arc: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return whether each route runs over an arc of a value above 0; none may be below."""
        return np.asarray(self.sum_arcs(by_arc) > 0)

    def load_arcs(self, trips: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the trips over each arc; pairs without a route are left out."""
        with self._sweeper.lock:
            carriers = self._sources.carriers(self._sweeper)
            self._sweeper.adopt_arcs(self._arc_cost)
            return load_arcs(self._sweeper, carriers, np.ascontiguousarray(trips, np.float64))

    def arcs_between(self, start: int, end: int) -> list[int]:
        """Return the arcs of a route in order."""
        sources = self._sources
        block = int(np.searchsorted(sources.seats.blocks, start, side="right")) - 1
        if self._known is None or self._known[0] != block:
            with self._sweeper.lock:
                _, rows = next(self._sweep([block]))
                self._known = block, rows.swept.copy(), rows.entered.copy()
        _, swept, entered = self._known
        lane, row = pick_ends(start, end, *sources.seats.ends, swept)
        if lane < 0:
            return []
        places = np.empty(len(swept), dtype=np.int64)
        length = list_arcs(row, entered[lane], sources.in_tail, places)
        arcs: list[int] = sources.in_arc[places[:length][::-1]].tolist()
        return arcs

    def _sweep(self, blocks: Sequence[int] | None = None) -> Iterator[tuple[int, RowsOfBlock]]:
        """Yield, for each block, what it costs to all rows and how they are entered.

        The next one takes the place of the last.
        """
        sources, lanes = self._sources, self._sources.seats.lanes
        self._sweeper.adopt_arcs(self._arc_cost)
        weight = self._sweeper.costs.weight
        in_cost = self._arc_cost[sources.in_arc]
        rows = sources.rows()
        for block in range(lanes.block_count) if blocks is None else blocks:
            sweep_afresh(
                block, *lanes.tables, weight[:, 0], weight[:, 1], False, lanes.top_block,
                rows.climbed, rows.swept,
            )  # fmt: skip
            enter_rows(rows.swept, sources.in_start, sources.in_tail, in_cost, rows.entered)
            yield block, rows
