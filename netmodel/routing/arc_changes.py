"""Compiled steps from changed links to changed arcs and slots."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netmodel.routing.compiled import compiled

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
