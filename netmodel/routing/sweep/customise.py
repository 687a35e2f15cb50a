"""Costs of the arcs of an elimination order, for one state."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netmodel.routing.sweep.compiled import compiled

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
CLOSED = 2**29
"""As in `netmodel.routing.profiles`."""
GAUGE_CHANGE = -2
"""As in `netmodel.routing.kernel`."""
_STRIDE = 1024


@compiled
def count_changes(one: Ints, other: Ints) -> int:
    """Return in how many places two vectors differ."""
    count = np.int32(0)
    for place in range(len(one)):
        count = np.int32(count + np.int32(one[place] != other[place]))
    return int(count)


@compiled
def find_changes(one: Ints, other: Ints, found: Longs, count: int) -> int:
    """Append to `found` where two vectors differ, and return how many it holds then."""
    for first in range(0, len(one), _STRIDE):
        part, twin = one[first : first + _STRIDE], other[first : first + _STRIDE]
        if count_changes(part, twin) != 0:
            for place in range(len(part)):
                if part[place] != twin[place]:
                    found[count] = first + place
                    count += 1
    return count


@compiled
def change_links(
    forward: Ints, backward: Ints, held_forward: Ints, held_backward: Ints, links: Longs,
    edge_of_link: Longs, offsets: Longs, members: Longs, member_forward: NDArray[np.bool_],
    edge_arc_start: Longs, edge_arcs: Longs, arc_reversed: NDArray[np.bool_],
    arc_cost: Ints, arc_place: Longs, place_start: Longs, place_arcs: Longs, base: Ints,
    touched: Longs,
) -> int:  # fmt: skip
    """Take over changed costs of links into those of arcs and slots.

    Parameters
    ----------
    held_forward, held_backward
        Costs of links that `arc_cost` stands for; made equal to the new ones.
    links
        Scratch, twice as long as there are links.
    edge_arc_start, edge_arcs
        The arcs of each edge.
    place_start, place_arcs
        The arcs of each slot and direction.
    touched
        Filled with the slots whose base changed.

    Returns
    -------
    int
        How many there are; one may be named twice.
    """
    count = find_changes(forward, held_forward, links, 0)
    count = find_changes(backward, held_backward, links, count)
    found = 0
    for n in range(count):
        link = links[n]
        if forward[link] == held_forward[link] and backward[link] == held_backward[link]:
            continue  # seen already, in the other direction
        held_forward[link] = forward[link]
        held_backward[link] = backward[link]
    for n in range(count):
        edge = edge_of_link[links[n]]
        if edge < 0:
            continue
        along, against = 0, 0
        end = offsets[edge + 1] if edge + 1 < len(offsets) else len(members)
        for place in range(offsets[edge], end):
            link = members[place]
            if member_forward[place]:
                along += forward[link]
                against += backward[link]
            else:
                along += backward[link]
                against += forward[link]
        for place in range(edge_arc_start[edge], edge_arc_start[edge + 1]):
            arc = edge_arcs[place]
            total = min(against if arc_reversed[arc] else along, int(CLOSED))
            if arc_cost[arc] != total:
                arc_cost[arc] = total
                found = change_base(
                    arc, arc_cost, arc_place, place_start, place_arcs, base, touched, found
                )
    return found


@compiled
def set_links(
    forward: Ints, backward: Ints, reversal: int, gauge_change: int, offsets: Longs,
    members: Longs, member_forward: NDArray[np.bool_], arc_edge: Longs,
    arc_reversed: NDArray[np.bool_], arc_cost: Ints,
) -> None:  # fmt: skip
    """Set the cost of every arc; the compiled twin of `Kernel.arc_costs`."""
    along = np.zeros(len(offsets), dtype=np.int64)
    against = np.zeros(len(offsets), dtype=np.int64)
    for edge in range(len(offsets)):
        end = offsets[edge + 1] if edge + 1 < len(offsets) else len(members)
        for place in range(offsets[edge], end):
            link = members[place]
            if member_forward[place]:
                along[edge] += forward[link]
                against[edge] += backward[link]
            else:
                along[edge] += backward[link]
                against[edge] += forward[link]
    for arc in range(len(arc_edge)):
        edge = arc_edge[arc]
        if edge < 0:
            arc_cost[arc] = gauge_change if edge == GAUGE_CHANGE else reversal
        else:
            total = against[edge] if arc_reversed[arc] else along[edge]
            arc_cost[arc] = min(total, int(CLOSED))


@compiled
def set_base(arc_cost: Ints, arc_place: Longs, base: Ints) -> None:
    """Set the cost of every slot, up and down, to the least of its own arcs."""
    base[:] = CLOSED
    for arc in range(len(arc_cost)):
        place = arc_place[arc]
        if place >= 0:
            base[place // 2, place % 2] = min(base[place // 2, place % 2], arc_cost[arc])


@compiled
def change_base(
    arc: int, arc_cost: Ints, arc_place: Longs, place_start: Longs, place_arcs: Longs, base: Ints,
    touched: Longs, found: int,
) -> int:  # fmt: skip
    """Take over the changed cost of an arc into that of its slot, the least of parallel arcs."""
    place = arc_place[arc]
    if place < 0:
        return found
    least = int(CLOSED)
    for each in range(place_start[place], place_start[place + 1]):
        least = min(least, int(arc_cost[place_arcs[each]]))
    slot, direction = place // 2, place % 2
    if base[slot, direction] != least:
        base[slot, direction] = least
        touched[found] = slot
        found += 1
    return found


@compiled
def change_arcs(
    cost: Ints, arc_cost: Ints, arcs: Longs, arc_place: Longs, place_start: Longs,
    place_arcs: Longs, base: Ints, touched: Longs,
) -> int:  # fmt: skip
    """Take over changed costs of arcs into those of slots; see `change_links`."""
    count = find_changes(cost, arc_cost, arcs, 0)
    for n in range(count):
        arc_cost[arcs[n]] = cost[arcs[n]]
    found = 0
    for n in range(count):
        found = change_base(
            arcs[n], arc_cost, arc_place, place_start, place_arcs, base, touched, found
        )
    return found


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
