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
    base: Ints, lower_start: Longs, lower_first: Ints, lower_second: Ints, weight: Ints
) -> None:
    """Set the cost of every slot, up and down, to the least over its lower triangles.

    Parameters
    ----------
    base
        Cost of the arcs of the kernel alone, shape ``(slots, 2)``.
    weight
        The result, shape ``(slots, 2)``. No sum overflows: none of the two exceeds 2^29.
    """
    for slot in range(len(base)):
        up, down = np.int64(base[slot, 0]), np.int64(base[slot, 1])
        for place in range(lower_start[slot], lower_start[slot + 1]):
            one, two = lower_first[place], lower_second[place]
            up = min(up, np.int64(weight[one, 1]) + weight[two, 0])
            down = min(down, np.int64(weight[two, 1]) + weight[one, 0])
        weight[slot, 0] = up
        weight[slot, 1] = down


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
        node = np.int64(slot_tail[slot])
        dirty_node[node] = 1
        first, last = min(first, node), max(last, node)
    node = first
    while node <= last:
        if dirty_node[node] == 0:
            node += 1
            continue
        dirty_node[node] = 0
        begin, width = slot_start[node], slot_start[node + 1] - slot_start[node]
        any_moved = False
        for n in range(width):
            slot = begin + n
            before[n, 0], before[n, 1] = weight[slot, 0], weight[slot, 1]
            moved[n] = 0
            if dirty[slot] == 0:
                continue
            dirty[slot] = 0
            up, down = np.int64(base[slot, 0]), np.int64(base[slot, 1])
            for place in range(lower_start[slot], lower_start[slot + 1]):
                one, two = lower_first[place], lower_second[place]
                up = min(up, np.int64(weight[one, 1]) + weight[two, 0])
                down = min(down, np.int64(weight[two, 1]) + weight[one, 0])
            if up != weight[slot, 0] or down != weight[slot, 1]:
                weight[slot, 0] = up
                weight[slot, 1] = down
                changed[count] = slot
                count += 1
                moved[n] = 1
                any_moved = True
        if any_moved:
            for n in range(width):
                for k in range(n + 1, width):
                    if moved[n] == 0 and moved[k] == 0:
                        continue
                    place = opposite_start[node] + n * (2 * width - n - 1) // 2 + k - n - 1
                    slot = opposite[place]
                    old_up, old_down = before[n, 1] + before[k, 0], before[k, 1] + before[n, 0]
                    up = np.int64(weight[begin + n, 1]) + weight[begin + k, 0]
                    down = np.int64(weight[begin + k, 1]) + weight[begin + n, 0]
                    held_up, held_down = np.int64(weight[slot, 0]), np.int64(weight[slot, 1])
                    if (
                        up < held_up
                        or down < held_down
                        or (old_up == held_up and up > old_up)
                        or (old_down == held_down and down > old_down)
                    ):
                        dirty[slot] = 1
                        above = np.int64(slot_tail[slot])
                        dirty_node[above] = 1
                        last = max(last, above)
        node += 1
    return count
