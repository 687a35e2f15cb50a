"""Sweeper: costs between all terminals by elimination, kept up to date from state to state."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from netmodel.routing.arc_changes import change_arcs, change_links
from netmodel.routing.customise import customise_all, customise_changed
from netmodel.routing.elimination import Elimination, eliminate
from netmodel.routing.kernel import Kernel
from netmodel.routing.lanes import Lanes, lay_lanes
from netmodel.routing.profiles import CLOSED, LinkCosts
from netmodel.routing.sweep import LANES, collect_costs, mark_stale, sweep_blocks

FEW_TOUCHED = 0.02
"""Up to this share of slots, changes are carried up one by one; beyond, all is done afresh."""


def build_sweeper(kernel: Kernel, terminal_nodes: Sequence[tuple[int, ...]]) -> Sweeper | None:
    """Return a sweeper, or nothing where the kernel is no network of lines."""
    elimination = eliminate(kernel, [node for group in terminal_nodes for node in group])
    return None if elimination is None else Sweeper(kernel, elimination, terminal_nodes)


class Sweeper:
    """Solves costs between terminals, and remembers the last state to start from.

    It holds a state of its own and is not to be used by two threads at once.

    Parameters
    ----------
    terminal_nodes
        The nodes of the kernel that each terminal has.
    """

    def __init__(
        self,
        kernel: Kernel,
        elimination: Elimination,
        terminal_nodes: Sequence[tuple[int, ...]],
    ) -> None:
        self.kernel = kernel
        self.elimination = elimination
        ranks = [tuple(int(elimination.rank[n]) for n in group) for group in terminal_nodes]
        # Terminals that are eliminated one after the other share most of what lies above them.
        self._lane_terminal = np.array(
            sorted(range(len(ranks)), key=ranks.__getitem__), dtype=np.int64
        )
        seeds = [ranks[terminal] for terminal in self._lane_terminal]
        first = elimination.first_seen
        self.lanes: Lanes = lay_lanes(elimination, seeds, first)
        self._node_start = np.cumsum([0, *(len(group) for group in ranks)]).astype(np.int64)
        self._node_row = np.array([n - first for group in ranks for n in group], dtype=np.int64)
        self._set_up_costs()
        self._set_up_rows()

    def _set_up_costs(self) -> None:
        slots, arcs = self.elimination.slot_count, len(self.kernel.arc_tail)
        self._arc_cost = np.full(arcs, CLOSED, dtype=np.int32)
        self._base = np.full((slots, 2), CLOSED, dtype=np.int32)
        self.weight = np.full((slots, 2), CLOSED, dtype=np.int32)
        self._touched = np.zeros(2 * arcs, dtype=np.int64)
        self._changed = np.zeros(slots, dtype=np.int64)
        self._dirty = np.zeros(slots, dtype=np.uint8)
        self._dirty_node = np.zeros(self.kernel.node_count, dtype=np.uint8)
        width = int(np.diff(self.elimination.slot_start).max(initial=0))
        self._scratch = np.zeros((width, 2), dtype=np.int64), np.zeros(width, dtype=np.uint8)
        links = len(self.kernel.edge_of_link)
        self._forward = np.zeros(links, dtype=np.int32)
        self._backward = np.zeros(links, dtype=np.int32)
        self._links = np.zeros(2 * links, dtype=np.int64)
        self._turns: tuple[int, int] | None = None

    def _set_up_rows(self) -> None:
        lanes, terminals = self.lanes, len(self._lane_terminal)
        shape = lanes.block_count, lanes.row_count
        self._climbed = np.full((len(lanes.climb_rows), LANES), -1, dtype=np.int32)
        self._swept = np.full((*shape, LANES), -1, dtype=np.int32)
        self._stale_climb = np.ones(shape, dtype=np.uint8)
        self._stale = np.ones(shape, dtype=np.uint8)
        self._moved = np.zeros(shape, dtype=np.uint8)
        self._result = np.full((terminals, terminals), CLOSED, dtype=np.int32)
        self._is_stale = True

    def solve_links(self, costs: LinkCosts, turns: tuple[int, int]) -> NDArray[np.int32]:
        """Return the costs between all terminals under costs of links, as a new matrix.

        Parameters
        ----------
        turns
            Cost of a reversal and of a change of gauge.
        """
        self.adopt_links(costs, turns)
        return self._sweep()

    def solve_arcs(self, arc_cost: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return the costs between all terminals under costs of arcs, as a new matrix."""
        self.adopt_arcs(arc_cost)
        return self._sweep()

    @property
    def arc_cost(self) -> NDArray[np.int32]:
        """The costs of arcs in the present state, as a copy."""
        return self._arc_cost.copy()

    def adopt_links(self, costs: LinkCosts, turns: tuple[int, int]) -> None:
        """Take over costs of links as the present state."""
        forward = np.ascontiguousarray(costs.forward, dtype=np.int32)
        backward = np.ascontiguousarray(costs.backward, dtype=np.int32)
        if self._turns != turns:
            self.adopt_arcs(self.kernel.arc_costs(costs, *turns))
            self._turns = turns
            self._forward[:], self._backward[:] = forward, backward
            return
        kernel, places = self.kernel, self._arcs_by_place
        count = change_links(
            forward, backward, self._forward, self._backward, self._links,
            kernel.edge_of_link, kernel.offsets, kernel.members, kernel.member_forward,
            *self._arcs_by_edge, kernel.arc_reversed, self._arc_cost,
            self.elimination.arc_place, *places, self._base, self._touched,
        )  # fmt: skip
        self._customise(count)

    def adopt_arcs(self, arc_cost: NDArray[np.int64] | NDArray[np.int32]) -> None:
        """Take over costs of arcs as the present state."""
        self._turns = None
        arcs = np.zeros(len(arc_cost), dtype=np.int64)
        count = change_arcs(
            np.ascontiguousarray(arc_cost, dtype=np.int32), self._arc_cost, arcs,
            self.elimination.arc_place, *self._arcs_by_place, self._base, self._touched,
        )  # fmt: skip
        self._customise(count)

    def _customise(self, touched: int) -> None:
        """Carry so many changed slots into the weights, and mark the rows they feed."""
        if not touched:
            return
        chordal = self.elimination
        lower = chordal.lower_start, chordal.lower_first, chordal.lower_second
        if touched > FEW_TOUCHED * chordal.slot_count:
            customise_all(self._base, *lower, self.weight)
            self._stale_climb.fill(1)
            self._stale.fill(1)
            self._is_stale = True
            return
        count = customise_changed(
            self._touched[:touched], chordal.slot_start, chordal.slot_tail,
            chordal.opposite_start, chordal.opposite, self._base, *lower, self.weight,
            self._dirty, self._dirty_node, *self._scratch, self._changed,
        )  # fmt: skip
        lanes = self.lanes
        seen = self._changed[:count] - lanes.first_slot
        seen = seen[seen >= 0]
        if len(seen):
            mark_stale(
                seen, lanes.slot_tail, lanes.slot_row, lanes.climb_place,
                self._stale_climb, self._stale,
            )  # fmt: skip
            self._is_stale = True

    def _sweep(self) -> NDArray[np.int32]:
        lanes = self.lanes
        if self._is_stale:
            seen = self.weight[lanes.first_slot :]
            sweep_blocks(
                *lanes.tables, seen[:, 1], seen[:, 0], self._climbed, self._swept,
                self._stale_climb, self._stale, self._moved,
            )  # fmt: skip
            collect_costs(
                self._swept, self._moved, self._node_start, self._node_row,
                self._lane_terminal, self._result,
            )  # fmt: skip
            self._is_stale = False
        return self._result.copy()

    @cached_property
    def _arcs_by_place(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return _group(self.elimination.arc_place, 2 * self.elimination.slot_count)

    @cached_property
    def _arcs_by_edge(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return _group(self.kernel.arc_edge, len(self.kernel.offsets))


def _group(numbers: NDArray[np.int64], count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each number's positions begin, and the positions; below 0 are left out."""
    order = np.argsort(numbers, kind="stable")
    order = order[np.searchsorted(numbers[order], 0) :]
    return np.searchsorted(numbers[order], np.arange(count + 1)).astype(np.int64), order
