"""ChordalCosts: the costs of every slot of an elimination, kept up to date from state to state."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from netmodel.routing.kernel import Kernel
from netmodel.routing.profiles import CLOSED, LinkCosts
from netmodel.routing.sweep.customise import (
    change_arcs,
    change_links,
    count_changes,
    customise_all,
    customise_changed,
    set_base,
    set_links,
)
from netmodel.routing.sweep.elimination import Elimination

FEW_CHANGED = 0.02
"""Up to this share of links, changes are carried up one by one; beyond, all is done afresh."""


@dataclass(frozen=True, slots=True, eq=False)
class HeldCosts:
    """A state to go back to."""

    forward: NDArray[np.int32]
    backward: NDArray[np.int32]
    turns: tuple[int, int]
    weight: NDArray[np.int32]


class ChordalCosts:
    """The present costs of links, arcs and slots.

    Attributes
    ----------
    arc_cost
        Cost of each arc of the kernel.
    weight
        Cost of each slot up and down, shortcuts included, shape ``(slots, 2)``.
    """

    def __init__(self, kernel: Kernel, elimination: Elimination) -> None:
        self.kernel = kernel
        self.elimination = elimination
        slots, arcs = elimination.slot_count, len(kernel.arc_tail)
        links = len(kernel.edge_of_link)
        width = int(np.diff(elimination.slot_start).max(initial=0))
        self.arc_cost = np.full(arcs, CLOSED, dtype=np.int32)
        self.weight = np.full((slots, 2), CLOSED, dtype=np.int32)
        self._base = np.full((slots, 2), CLOSED, dtype=np.int32)
        self._forward = np.zeros(links, dtype=np.int32)
        self._backward = np.zeros(links, dtype=np.int32)
        self._turns: tuple[int, int] | None = None
        self._found = np.zeros(2 * max(links, arcs), dtype=np.int64)
        self._touched = np.zeros(2 * arcs, dtype=np.int64)
        self._changed = np.zeros(slots, dtype=np.int64)
        self._dirty = np.zeros(slots, dtype=np.uint8)
        self._dirty_node = np.zeros(kernel.node_count, dtype=np.uint8)
        self._before = np.zeros((width, 2), dtype=np.int64)
        self._climbing = np.zeros(width, dtype=np.uint8)

    def adopt_links(
        self, costs: LinkCosts, turns: tuple[int, int], changes: int | None
    ) -> NDArray[np.int64] | None:
        """Take over costs of links, and of a reversal and a change of gauge.

        Parameters
        ----------
        changes
            What `count_changes` says.

        Returns
        -------
        ndarray or None
            The slots whose cost changed, or nothing if any may have.
        """
        forward, backward = _contiguous(costs)
        kernel = self.kernel
        if changes is not None and changes <= self._few(len(forward)):
            return self._customise_changed(self._change_links(forward, backward))
        set_links(
            forward, backward, *turns, kernel.offsets, kernel.members, kernel.member_forward,
            kernel.arc_edge, kernel.arc_reversed, self.arc_cost,
        )  # fmt: skip
        self._turns = turns
        self._forward[:], self._backward[:] = forward, backward
        self._customise_all()
        return None

    def adopt_arcs(
        self, arc_cost: NDArray[np.int64] | NDArray[np.int32]
    ) -> NDArray[np.int64] | None:
        """Take over costs of arcs; see `adopt_links`."""
        cost = np.ascontiguousarray(arc_cost, dtype=np.int32)
        changes = count_changes(cost, self.arc_cost)
        if changes:
            self._turns = None
        if changes > self._few(len(cost)):
            self.arc_cost[:] = cost
            self._customise_all()
            return None
        count = change_arcs(
            cost, self.arc_cost, self._found, self.elimination.arc_place, *self._arcs_by_place,
            self._base, self._touched,
        )  # fmt: skip
        return self._customise_changed(count)

    def hold(self) -> HeldCosts | None:
        """Return the present state to go back to later; none if it is not one of links."""
        if self._turns is None:
            return None
        return HeldCosts(
            self._forward.copy(), self._backward.copy(), self._turns, self.weight.copy()
        )

    def count_changes(
        self, costs: LinkCosts, turns: tuple[int, int], held: HeldCosts | None = None
    ) -> int | None:
        """Return in how many places the present state, or a held one, differs from one wanted.

        Nothing if turns have other costs, so that any arc may differ.
        """
        if turns != (self._turns if held is None else held.turns):
            return None
        forward, backward = _contiguous(costs)
        one, other = (
            (self._forward, self._backward) if held is None else (held.forward, held.backward)
        )
        return int(count_changes(forward, one) + count_changes(backward, other))

    def go_back(self, held: HeldCosts, changed: NDArray[np.int64] | None) -> None:
        """Return to a held state, since which no other slots have changed."""
        self._change_links(held.forward, held.backward)
        if changed is None:
            self.weight[:] = held.weight
        else:
            self.weight[changed] = held.weight[changed]

    def _few(self, size: int) -> float:
        return max(FEW_CHANGED * size, 4)

    def _change_links(self, forward: NDArray[np.int32], backward: NDArray[np.int32]) -> int:
        kernel = self.kernel
        return int(
            change_links(
                forward, backward, self._forward, self._backward, self._found,
                kernel.edge_of_link, kernel.offsets, kernel.members, kernel.member_forward,
                *self._arcs_by_edge, kernel.arc_reversed, self.arc_cost,
                self.elimination.arc_place, *self._arcs_by_place, self._base, self._touched,
            )
        )  # fmt: skip

    def _customise_all(self) -> None:
        chordal = self.elimination
        set_base(self.arc_cost, chordal.arc_place, self._base)
        customise_all(
            self._base, chordal.slot_start, chordal.opposite_start, chordal.opposite, self.weight
        )

    def _customise_changed(self, touched: int) -> NDArray[np.int64]:
        """Carry changes of slots up, and return all slots that changed."""
        chordal = self.elimination
        count = customise_changed(
            self._touched[:touched], chordal.slot_start, chordal.slot_tail,
            chordal.opposite_start, chordal.opposite, self._base,
            chordal.lower_start, chordal.lower_first, chordal.lower_second, self.weight,
            self._dirty, self._dirty_node, self._before, self._climbing, self._changed,
        )  # fmt: skip
        return self._changed[:count].copy()

    @cached_property
    def _arcs_by_place(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return _group(self.elimination.arc_place, 2 * self.elimination.slot_count)

    @cached_property
    def _arcs_by_edge(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return _group(self.kernel.arc_edge, len(self.kernel.offsets))


def _contiguous(costs: LinkCosts) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    return (
        np.ascontiguousarray(costs.forward, dtype=np.int32),
        np.ascontiguousarray(costs.backward, dtype=np.int32),
    )


def _group(numbers: NDArray[np.int64], count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each number's positions begin, and the positions; below 0 are left out."""
    order = np.argsort(numbers, kind="stable")
    order = order[np.searchsorted(numbers[order], 0) :]
    return np.searchsorted(numbers[order], np.arange(count + 1)).astype(np.int64), order
