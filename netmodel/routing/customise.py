"""Compiled steps that carry costs into the chordal network: all of them, or only what changed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netmodel.routing.compiled import compiled

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Flags = NDArray[np.uint8]


@compiled
def customise_all(
    base: Ints, slot_start: Longs, opposite_start: Longs, opposite: Ints, weight: Ints
) -> None:
    """Set the cost of every slot, up and down, to the least over its lower triangles.

    Parameters
    ----------
    base
        Cost of the arcs of the kernel alone, shape ``(slots, 2)``.
    weight
        The result, shape ``(slots, 2)``. No sum overflows: none of the two exceeds 2^29.
    """
    weight[:] = base
    for node in range(len(slot_start) - 1):
        place = opposite_start[node]
        for one in range(slot_start[node], slot_start[node + 1]):
            up, down = weight[one, 0], weight[one, 1]
            for two in range(one + 1, slot_start[node + 1]):
                slot = opposite[place]
                place += 1
                weight[slot, 0] = min(weight[slot, 0], np.int32(down + weight[two, 0]))
                weight[slot, 1] = min(weight[slot, 1], np.int32(weight[two, 1] + up))


@compiled
def least_costs(
    slot: int, base: Ints, lower_start: Longs, lower_first: Ints, lower_second: Ints, weight: Ints
) -> tuple[int, int]:
    """Return the cost of a slot, up and down, over its own arcs and its lower triangles."""
    up, down = int(base[slot, 0]), int(base[slot, 1])
    for place in range(lower_start[slot], lower_start[slot + 1]):
        one, two = lower_first[place], lower_second[place]
        up = min(up, int(weight[one, 1]) + int(weight[two, 0]))
        down = min(down, int(weight[two, 1]) + int(weight[one, 0]))
    return up, down


@compiled
def customise_changed(
    touched: Longs,
    slot_start: Longs,
    slot_tail: Ints,
    opposite_start: Longs,
    opposite: Ints,
    base: Ints,
    lower_start: Longs,
    lower_first: Ints,
    lower_second: Ints,
    weight: Ints,
    dirty: Flags,
    dirty_node: Flags,
    before: Longs,
    moved: Flags,
    changed: Longs,
) -> int:
    """Bring the costs of slots up to date after some of the base have changed.

    Changes climb the elimination tree; a slot is looked at only where a triangle that held its
    cost got dearer, or one got cheaper than it.

    Parameters
    ----------
    touched
        Slots whose base changed.
    dirty, dirty_node
        Scratch, all zero before and after.
    before, moved
        Scratch, as long as the widest node, shape ``(width, 2)`` and ``(width,)``.
    changed
        Filled with the slots whose cost changed.

    Returns
    -------
    int
        How many changed.
    """
    count = 0
    first, last = len(dirty_node), -1
    for slot in touched:
        dirty[slot] = 1
        start = int(slot_tail[slot])
        dirty_node[start] = 1
        first, last = min(first, start), max(last, start)
    node = first
    while node <= last:
        if dirty_node[node] != 0:
            dirty_node[node] = 0
            begin, end = int(slot_start[node]), int(slot_start[node + 1])
            found = renew_node(
                begin, end, base, lower_start, lower_first, lower_second, weight, dirty, before,
                moved, changed, count,
            )  # fmt: skip
            if found > count:
                highest = mark_above(
                    begin, end, int(opposite_start[node]), opposite, slot_tail, weight, before,
                    moved, dirty, dirty_node,
                )  # fmt: skip
                last = max(last, highest)
            count = found
        node += 1
    return count


@compiled
def renew_node(
    begin: int, end: int, base: Ints, lower_start: Longs, lower_first: Ints, lower_second: Ints,
    weight: Ints, dirty: Flags, before: Longs, moved: Flags, changed: Longs, count: int,
) -> int:  # fmt: skip
    """Renew the dirty slots of a node, append to `changed`, and return how many that holds then.

    What the costs were goes into `before`, and which of them differ into `moved`.
    """
    for slot in range(begin, end):
        n = slot - begin
        before[n, 0], before[n, 1] = weight[slot, 0], weight[slot, 1]
        moved[n] = 0
        if dirty[slot] == 0:
            continue
        dirty[slot] = 0
        up, down = least_costs(slot, base, lower_start, lower_first, lower_second, weight)
        if up != weight[slot, 0] or down != weight[slot, 1]:
            weight[slot, 0] = up
            weight[slot, 1] = down
            changed[count] = slot
            count += 1
            moved[n] = 1
    return count


@compiled
def mark_above(
    begin: int, end: int, opposite_start: int, opposite: Ints, slot_tail: Ints, weight: Ints,
    before: Longs, moved: Flags, dirty: Flags, dirty_node: Flags,
) -> int:  # fmt: skip
    """Mark the slots opposite to those that moved where that matters, and return the highest node.

    It matters where the triangle is cheaper now than what is held, or held it and got dearer.
    """
    width, place, last = end - begin, opposite_start, -1
    for n in range(width):
        for k in range(n + 1, width):
            slot = opposite[place]
            place += 1
            if moved[n] == 0 and moved[k] == 0:
                continue
            old_up, old_down = before[n, 1] + before[k, 0], before[k, 1] + before[n, 0]
            up = int(weight[begin + n, 1]) + int(weight[begin + k, 0])
            down = int(weight[begin + k, 1]) + int(weight[begin + n, 0])
            held_up, held_down = int(weight[slot, 0]), int(weight[slot, 1])
            cheaper = up < held_up or down < held_down
            dearer_up = old_up == held_up and up > old_up
            dearer_down = old_down == held_down and down > old_down
            if cheaper or dearer_up or dearer_down:
                dirty[slot] = 1
                above = int(slot_tail[slot])
                dirty_node[above] = 1
                last = max(last, above)
    return last
