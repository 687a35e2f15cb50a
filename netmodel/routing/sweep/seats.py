"""Terminals as sources: their seats among the lanes of a sweep, and where routes end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netmodel.routing.sweep.compiled import compiled
from netmodel.routing.sweep.kernels import INFINITE, LANES
from netmodel.routing.sweep.sweeper import Lanes, Sweeper, lay_lanes

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


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


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Seats:
    """Where the nodes of terminals sit among the lanes and rows of a sweep.

    Parameters
    ----------
    lanes
        The tables of the sweep.
    blocks
        The first terminal of each block of lanes, and their number.
    lane_of_node, node_row, node_start
        The lane and row of each node of each terminal, and where those of each terminal begin.
    """

    lanes: Lanes
    blocks: tuple[int, ...]
    lane_of_node: Longs
    node_row: Longs
    node_start: Longs

    @property
    def ends(self) -> tuple[Longs, Longs, Longs]:
        """The tables that `pick_ends` takes, in its order."""
        return self.lane_of_node, self.node_start, self.node_row

    @property
    def terminal_count(self) -> int:
        """How many terminals there are."""
        return len(self.node_start) - 1

    def span(self, block: int) -> tuple[int, int]:
        """Return the first terminal of a block, and the first one after it."""
        return self.blocks[block], self.blocks[block + 1]


def seat_terminals(
    sweeper: Sweeper, terminal_nodes: Sequence[tuple[int, ...]], first: int
) -> Seats:
    """Return the seats of terminals, one lane for each of their nodes.

    Parameters
    ----------
    terminal_nodes
        The nodes of the kernel that each terminal has; they share a block.
    first
        The rank with which the rows begin: 0 for all nodes, or that of the first one that lies on
        or above a terminal.
    """
    rank = sweeper.elimination.rank.astype(np.int64)
    seeds: list[tuple[int, ...]] = []
    lane_of_node: list[int] = []
    blocks = [0]
    for number, group in enumerate(terminal_nodes):
        if len(seeds) % LANES + len(group) > LANES:
            seeds += [()] * (-len(seeds) % LANES)
        if number and len(seeds) % LANES == 0:
            blocks.append(number)
        lane_of_node += range(len(seeds), len(seeds) + len(group))
        seeds += [(int(rank[node]),) for node in group]
    return Seats(
        lanes=lay_lanes(sweeper.elimination, seeds, first),
        blocks=(*blocks, len(terminal_nodes)),
        lane_of_node=np.array(lane_of_node, dtype=np.int64),
        node_row=np.array([rank[n] - first for group in terminal_nodes for n in group], np.int64),
        node_start=np.cumsum([0, *(len(group) for group in terminal_nodes)]).astype(np.int64),
    )
