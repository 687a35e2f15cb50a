"""Which way each shortcut stands for, and which of two routes comes first.

The rule for routes of equal cost is that of `grow_trees`: seen from its end, a route enters every
node by the arc of the lowest number. Of two routes between the same nodes the one comes first that
has the lower arc where they first differ, seen from there; whatever lies behind does not matter.
So a route that comes first consists of parts that do, and the choice can be made for each slot on
its own, whoever passes it: from the lowest to the highest each gets the way it stands for, an arc
of its own or two lower slots.

A slot stands for each of its ways by just one pair of lower slots, that over the highest node of
the way. So where one choice alone accounts for the cost there is no tie, and nothing is compared.

Slots are named together with their direction: twice the slot, plus one if it is run down. That is
called their code.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from netmodel.routing.sweep.compiled import compiled
from netmodel.routing.sweep.kernels import INFINITE

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
NO_WAY = -(2**31)
"""The way of a slot that no route can use."""


class SlotWays(NamedTuple):
    """What the arcs of a route are told from.

    Parameters
    ----------
    chosen
        For each code, the pair of lower slots that it stands for, or ``-1 - arc``.
    lower_first, lower_second
        The pairs of lower slots.
    entered
        The slot by which the climb of each lane enters each row on or above its source, -1 there,
        shape ``(rows, LANES)``.
    slot_tail
        The row in which each slot begins.
    first_slot
        The slot with which those of rows begin.
    """

    chosen: Ints
    lower_first: Ints
    lower_second: Ints
    entered: Ints
    slot_tail: Ints
    first_slot: int


@compiled
def begin_at(path: Longs, code: int, climb: int) -> None:
    """Begin to follow a route back from its end.

    Parameters
    ----------
    path
        Its state: how many codes are still to be followed, the row (-1 for none) from which on it
        follows the climb of its lane, and the codes.
    code
        The last of them; -1 for none.
    climb
        That row.
    """
    path[0], path[1] = 0, climb
    if code >= 0:
        path[0], path[2] = 1, code


@compiled
def unfold(code: int, pair: int, ways: SlotWays) -> tuple[int, int]:
    """Return the codes of the pair that a code stands for.

    The first runs down to the node between, the second up from there.
    """
    first, second = int(ways.lower_first[pair]), int(ways.lower_second[pair])
    return (2 * first + 1, 2 * second) if code % 2 == 0 else (2 * second + 1, 2 * first)


@compiled
def step_back(path: Longs, lane: int, ways: SlotWays) -> int:
    """Return the next arc of a route that is followed back; -1 at the end."""
    if path[0] == 0:
        slot = ways.entered[path[1], lane] if path[1] >= 0 else -1
        if slot < 0:
            return -1
        begin_at(path, 2 * (ways.first_slot + slot), ways.slot_tail[slot])
    top = 1 + path[0]
    code = int(path[top])
    while ways.chosen[code] >= 0:
        path[top], code = unfold(code, ways.chosen[code], ways)
        top += 1
    path[0] = top - 2
    return -1 - int(ways.chosen[code])


@compiled
def comes_first(one: Longs, other: Longs, lane: int, ways: SlotWays) -> bool:
    """Whether, of two routes, the one has the lower arc where they first differ from the end."""
    while True:
        arc, twin = step_back(one, lane, ways), step_back(other, lane, ways)
        if arc != twin:
            return arc < twin
        if arc < 0:
            return False


@compiled
def replaces(pair: int, code: int, one: Longs, other: Longs, ways: SlotWays) -> bool:
    """Whether a pair of lower slots comes before what a code stands for so far."""
    one[0], one[1] = 2, -1
    one[2], one[3] = unfold(code, pair, ways)
    begin_at(other, code, -1)
    return comes_first(one, other, 0, ways)


@compiled
def choose_ways(
    weight: Ints, arc_cost: Ints, arc_place: Longs, lower_start: Longs, scratch: Longs,
    ways: SlotWays,
) -> None:  # fmt: skip
    """Set the way that each slot stands for, from the lowest to the highest.

    Parameters
    ----------
    weight
        Cost of each slot up and down.
    scratch
        Three rows, each a few longer than there are nodes.
    """
    _, one, other = scratch
    chosen, lower_first, lower_second = ways.chosen, ways.lower_first, ways.lower_second
    chosen[:] = NO_WAY
    for arc in range(len(arc_cost) - 1, -1, -1):  # of parallel ones the lowest number is the last
        place = arc_place[arc]
        if place >= 0 and arc_cost[arc] == weight[place // 2, place % 2]:
            chosen[place] = -1 - arc
    for slot in range(len(weight)):
        up, down = int(weight[slot, 0]), int(weight[slot, 1])
        for pair in range(lower_start[slot], lower_start[slot + 1]):
            first, second = lower_first[pair], lower_second[pair]
            if int(weight[first, 1]) + int(weight[second, 0]) == up < INFINITE:
                code = 2 * slot
                if chosen[code] == NO_WAY or replaces(pair, code, one, other, ways):
                    chosen[code] = pair
            if int(weight[second, 1]) + int(weight[first, 0]) == down < INFINITE:
                code = 2 * slot + 1
                if chosen[code] == NO_WAY or replaces(pair, code, one, other, ways):
                    chosen[code] = pair
