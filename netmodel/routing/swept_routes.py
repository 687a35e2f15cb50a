"""SweptRoutes: what lies along least-cost routes, from costs to all nodes and no trees at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netmodel.routing.fresh_sweep import sweep_afresh
from netmodel.routing.lanes import Lanes, lay_lanes
from netmodel.routing.sweep import LANES
from netmodel.routing.sweeper import Sweeper, aligned_rows
from netmodel.routing.walks import (
    enter_rows,
    list_arcs,
    load_block,
    pick_ends,
    sum_block,
)


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """The tables for sweeps from the terminals to all nodes; they serve every state.

    Parameters
    ----------
    blocks
        The first terminal of each block of lanes, and their number.
    lane_of_node, node_start, node_row
        The lane and row of each node of each terminal.
    in_start, in_arc, in_tail
        The arcs that end in each row, by number, and the row in which each begins.
    """

    lanes: Lanes
    blocks: tuple[int, ...]
    lane_of_node: NDArray[np.int64]
    node_start: NDArray[np.int64]
    node_row: NDArray[np.int64]
    in_start: NDArray[np.int64]
    in_arc: NDArray[np.int64]
    in_tail: NDArray[np.int32]


def lay_sources(sweeper: Sweeper, terminal_nodes: Sequence[tuple[int, ...]]) -> Sources:
    """Return the tables for sweeps from the nodes of some terminals."""
    rank = sweeper.elimination.rank.astype(np.int64)
    kernel = sweeper.costs.kernel
    seeds: list[tuple[int, ...]] = []
    lane_of_node: list[int] = []
    blocks = [0]
    for number, group in enumerate(terminal_nodes):
        if len(seeds) % LANES + len(group) > LANES:  # the nodes of a terminal share a block
            seeds += [()] * (-len(seeds) % LANES)
        if number and len(seeds) % LANES == 0:
            blocks.append(number)
        lane_of_node += range(len(seeds), len(seeds) + len(group))
        seeds += [(int(rank[node]),) for node in group]
    head_row = rank[kernel.arc_head]
    in_arc = np.argsort(head_row, kind="stable")
    return Sources(
        lanes=lay_lanes(sweeper.elimination, seeds, 0),
        blocks=(*blocks, len(terminal_nodes)),
        lane_of_node=np.array(lane_of_node, dtype=np.int64),
        node_start=np.cumsum([0, *(len(group) for group in terminal_nodes)]).astype(np.int64),
        node_row=np.array([rank[n] for group in terminal_nodes for n in group], dtype=np.int64),
        in_start=np.searchsorted(head_row[in_arc], np.arange(len(rank) + 1)).astype(np.int64),
        in_arc=in_arc,
        in_tail=rank[kernel.arc_tail[in_arc]].astype(np.int32),
    )


def can_walk(arc_cost: NDArray[np.int32]) -> bool:
    """Whether costs alone tell the trees: no arc that can be used is free."""
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
        self._known: tuple[int, NDArray[np.int32], NDArray[np.int32]] | None = None

    def sum_arcs(self, by_arc: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum of a value per arc along each route, nan where there is none."""
        return self._sum(by_arc, any_only=False)

    def run_over(self, by_arc: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return whether each route runs over an arc of a value above 0; none may be below."""
        return np.asarray(self._sum(by_arc, any_only=True) > 0)

    def _sum(self, by_arc: NDArray[np.float64], *, any_only: bool) -> NDArray[np.float64]:
        size = len(self._sources.node_start) - 1
        total = np.empty((size, size))
        by_place = by_arc[self._sources.in_arc]
        with self._sweeper.lock:
            for block, *rows in self._sweep():
                sum_block(*self._span(block), *self._walk(*rows), by_place, any_only, total)
        return total

    def load_arcs(self, trips: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the trips over each arc; pairs without a route are left out."""
        by_place = np.zeros(len(self._arc_cost))
        wanted = np.ascontiguousarray(trips, dtype=np.float64)
        with self._sweeper.lock:
            for block, *rows in self._sweep():
                load_block(*self._span(block), *self._walk(*rows), wanted, by_place)
        by_arc = np.zeros_like(by_place)
        by_arc[self._sources.in_arc] = by_place
        return by_arc

    def arcs_between(self, start: int, end: int) -> list[int]:
        """Return the arcs of a route in order."""
        sources = self._sources
        block = int(np.searchsorted(sources.blocks, start, side="right")) - 1
        if self._known is None or self._known[0] != block:
            with self._sweeper.lock:
                self._known = next(self._sweep([block]))
        _, swept, entered = self._known
        lane, row = pick_ends(
            start, end, sources.lane_of_node, sources.node_start, sources.node_row, swept
        )
        if lane < 0:
            return []
        places = np.empty(len(entered[lane]), dtype=np.int64)
        length = list_arcs(row, entered[lane], sources.in_tail, places)
        return [int(arc) for arc in sources.in_arc[places[:length][::-1]]]

    def _span(self, block: int) -> tuple[int, int]:
        return self._sources.blocks[block], self._sources.blocks[block + 1]

    def _walk(
        self, swept: NDArray[np.int32], entered: NDArray[np.int32]
    ) -> tuple[NDArray[np.int64] | NDArray[np.int32], ...]:
        """Return what walks over a block need; see `netmodel.routing.walks`."""
        s = self._sources
        return s.lane_of_node, s.node_start, s.node_row, swept, entered, s.in_tail

    def _sweep(
        self, blocks: Sequence[int] | None = None
    ) -> Iterator[tuple[int, NDArray[np.int32], NDArray[np.int32]]]:
        """Yield, for each block, what it costs to all rows and how they are entered.

        The next one takes the place of the last.
        """
        sources, lanes = self._sources, self._sources.lanes
        self._sweeper.adopt_arcs(self._arc_cost)
        weight = self._sweeper.costs.weight
        in_cost = self._arc_cost[sources.in_arc]
        climbed = aligned_rows((len(lanes.climb_rows), LANES))
        swept = aligned_rows((lanes.row_count, LANES))
        entered = np.empty((LANES, lanes.row_count), dtype=np.int32)
        for block in range(lanes.block_count) if blocks is None else blocks:
            sweep_afresh(
                block, *lanes.tables, weight[:, 0], weight[:, 1], False, lanes.top_block, climbed,
                swept,
            )  # fmt: skip
            enter_rows(swept, sources.in_start, sources.in_tail, in_cost, entered)
            yield block, swept, entered
