"""Trips over each arc, carried for all sources of a block at once.

1. Every slot gets the way it stands for (`choose_ways`).
2. Costs from the sources to the rows on or above a terminal are swept, and trips are carried from
   the lowest row to the highest, each lane by the slot that accounts for its cost, then down the
   climbs to their sources. Where several do, the rule for routes of equal cost decides.
3. Slots hand over what they carry, from the highest to the lowest, for all sources together.

A shortest route is one climb and one descent in just one way, so that a row of which one slot
accounts for the cost has no tie. Loads of whole trips are those of routes that are followed one by
one, others up to the rounding of sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netmodel.routing.sweep.compiled import compiled
from netmodel.routing.sweep.kernels import INFINITE, LANES, sweep_afresh
from netmodel.routing.sweep.seats import Seats, pick_ends, seat_terminals
from netmodel.routing.sweep.slot_ways import SlotWays, begin_at, choose_ways, comes_first, unfold
from netmodel.routing.sweep.sweeper import Sweeper, aligned_rows

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]


@compiled
def list_climb(row: int, slot_start: Longs, slot_row: Ints, rows: Longs) -> int:
    """Fill in a row and all that can be climbed to from it, and return how many they are."""
    rows[0] = row
    count = 1
    while slot_start[row] < slot_start[row + 1]:
        row = int(slot_row[slot_start[row]])  # the lowest of those above, which all climbs pass
        rows[count] = row
        count += 1
    return count


@compiled
def enter_climb(
    source: int, lane: int, slot_start: Longs, slot_row: Ints, climb_place: Ints, cost: Ints,
    climbed: Ints, rows: Longs, one: Longs, other: Longs, ways: SlotWays,
) -> None:  # fmt: skip
    """Set the slots by which the climb of a lane enters the rows above its source."""
    entered = ways.entered
    count = list_climb(source, slot_start, slot_row, rows)
    for row in rows[:count]:
        entered[row, lane] = -1
    for row in rows[:count]:
        reached = int(climbed[climb_place[row], lane])
        for slot in range(slot_start[row], slot_start[row + 1]):
            head, total = slot_row[slot], reached + int(cost[slot])
            if total >= INFINITE or total != climbed[climb_place[head], lane]:
                continue
            kept = entered[head, lane]
            if kept >= 0:
                begin_at(one, 2 * (ways.first_slot + slot), row)
                begin_at(other, 2 * (ways.first_slot + kept), ways.slot_tail[kept])
                if not comes_first(one, other, lane, ways):
                    continue
            entered[head, lane] = slot


@compiled
def note_tight(found: Ints, many: Ints, own: Ints, tail: Ints, cost: int, name: int) -> None:
    """Note a slot in the lanes in which it accounts for the whole difference between its ends.

    And count in `many` how many do.
    """
    for lane in range(LANES):
        tight = np.int32(tail[lane] + cost) == own[lane]
        found[lane] = name if tight else found[lane]
        many[lane] = np.int32(many[lane] + np.int32(tight))


@compiled
def note_two(
    found: Ints, many: Ints, own: Ints, one: Ints, one_cost: int, other: Ints, other_cost: int,
    name: int,
) -> None:  # fmt: skip
    """Note two slots, the second of which has the next name: as `note_tight`, in less time."""
    after = np.int32(name + 1)
    for lane in range(LANES):
        tight = np.int32(one[lane] + one_cost) == own[lane]
        too = np.int32(other[lane] + other_cost) == own[lane]
        kept = name if tight else found[lane]
        found[lane] = after if too else kept
        many[lane] = np.int32(many[lane] + np.int32(np.int32(tight) + np.int32(too)))


@compiled
def settle_row(
    row: int, lane: int, climb: int, slots: Sequence[int], slot_row: Ints, cost: Ints, swept: Ints,
    one: Longs, other: Longs, ways: SlotWays,
) -> int:  # fmt: skip
    """Return the slot by which the route of a lane that comes first enters a row; -1 for a climb.

    Parameters
    ----------
    climb
        The row itself, if the climb accounts for the cost; else -1.
    slots
        The slots of the row.
    """
    best, known = -1, climb >= 0
    for slot in slots:
        if int(swept[slot_row[slot], lane]) + int(cost[slot]) != swept[row, lane]:
            continue
        if known:
            begin_at(one, 2 * (ways.first_slot + slot) + 1, -1)
            if best >= 0:
                begin_at(other, 2 * (ways.first_slot + best) + 1, -1)
            else:
                begin_at(other, -1, climb)
            if not comes_first(one, other, lane, ways):
                continue
        best, known = slot, True
    return best


@compiled
def put_trips(
    first: int, last: int, lane_of_node: Longs, node_start: Longs, node_row: Longs, swept: Ints,
    trips: Floats, load: Floats, loaded: Bytes,
) -> None:  # fmt: skip
    """Put the trips from the terminals of one block on the rows in which they end."""
    for end in range(len(node_start) - 1):
        for start in range(first, last):
            if trips[start, end] > 0:
                lane, row = pick_ends(start, end, lane_of_node, node_start, node_row, swept)
                if lane >= 0:
                    load[row, lane] += trips[start, end]
                    loaded[row] = 1


@compiled
def carry_down(
    climb_place: Ints, slot_start: Longs, slot_row: Ints, cost: Ints, climbed: Ints, swept: Ints,
    one: Longs, other: Longs, ways: SlotWays, load: Floats, loaded: Bytes, by_code: Floats,
) -> None:  # fmt: skip
    """Carry trips of a block back from the rows in which they end to the tops of their climbs.

    Parameters
    ----------
    load
        What waits in each row; what is left are the trips that climb there.
    loaded
        Whether anything waits in a row.
    by_code
        What passes each slot, by its code, is added here.
    """
    found = np.empty(LANES, dtype=np.int32)
    many = np.empty(LANES, dtype=np.int32)
    for row in range(len(loaded)):
        if loaded[row] == 0:
            continue
        loaded[row] = 0
        waiting, own, place = load[row], swept[row], climb_place[row]
        first, last = slot_start[row], slot_start[row + 1]
        found[:] = -1
        many[:] = 0
        if place >= 0:
            note_tight(found, many, own, climbed[place], np.int32(0), np.int32(-1))
        for slot in range(first, last - 1, 2):
            note_two(
                found, many, own, swept[slot_row[slot]], cost[slot],
                swept[slot_row[slot + 1]], cost[slot + 1], np.int32(slot),
            )  # fmt: skip
        if (last - first) % 2 == 1:
            tail = swept[slot_row[last - 1]]
            note_tight(found, many, own, tail, cost[last - 1], np.int32(last - 1))
        for lane in range(LANES):
            carried = waiting[lane]
            if carried <= 0:
                continue
            slot = int(found[lane])
            if many[lane] > 1:
                climb = row if place >= 0 and climbed[place, lane] == own[lane] else -1
                slots = range(first, last)
                slot = settle_row(row, lane, climb, slots, slot_row, cost, swept, one, other, ways)
            if slot >= 0:
                above = slot_row[slot]
                waiting[lane] = 0.0
                load[above, lane] += carried
                loaded[above] = 1
                by_code[2 * (ways.first_slot + slot) + 1] += carried


@compiled
def carry_climb(
    source: int, lane: int, slot_start: Longs, slot_row: Ints, rows: Longs, ways: SlotWays,
    load: Floats, by_code: Floats,
) -> None:  # fmt: skip
    """Carry the trips of a lane back from the tops of their climbs to the source."""
    for place in range(list_climb(source, slot_start, slot_row, rows) - 1, -1, -1):
        row = rows[place]
        carried, slot = load[row, lane], ways.entered[row, lane]
        load[row, lane] = 0.0
        if carried > 0 and slot >= 0:
            by_code[2 * (ways.first_slot + slot)] += carried
            load[ways.slot_tail[slot], lane] += carried


@compiled
def carry_block(
    first: int, last: int, lane_of_node: Longs, node_start: Longs, node_row: Longs,
    slot_start: Longs, slot_row: Ints, climb_place: Ints, up: Ints, down: Ints, climbed: Ints,
    swept: Ints, trips: Floats, scratch: Longs, ways: SlotWays, load: Floats, loaded: Bytes,
    by_code: Floats,
) -> None:  # fmt: skip
    """Add what passes each slot on the routes from the terminals of one block.

    Parameters
    ----------
    first, last
        The terminals of the block.
    up, down
        Cost of each slot.
    scratch
        Three rows, each a few longer than there are nodes.
    load, loaded
        Scratch, all zero before and after.
    """
    rows, one, other = scratch
    put_trips(first, last, lane_of_node, node_start, node_row, swept, trips, load, loaded)
    nodes = range(node_start[first], node_start[last])
    for node in nodes:
        enter_climb(
            node_row[node], lane_of_node[node] % LANES, slot_start, slot_row, climb_place, up,
            climbed, rows, one, other, ways,
        )  # fmt: skip
    carry_down(
        climb_place, slot_start, slot_row, down, climbed, swept, one, other, ways, load, loaded,
        by_code,
    )  # fmt: skip
    for node in nodes:
        carry_climb(
            node_row[node], lane_of_node[node] % LANES, slot_start, slot_row, rows, ways, load,
            by_code,
        )  # fmt: skip


@compiled
def unpack_loads(ways: SlotWays, by_code: Floats, by_arc: Floats) -> None:
    """Hand over what each code carries to the arcs that it stands for, from the highest on."""
    for code in range(len(by_code) - 1, -1, -1):
        carried = by_code[code]
        if carried <= 0:
            continue
        pair = ways.chosen[code]
        if pair < 0:
            by_arc[-1 - pair] += carried
        else:
            first, second = unfold(code, pair, ways)
            by_code[first] += carried
            by_code[second] += carried


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Carriers:
    """The tables for loads; they serve every state, one at a time.

    Parameters
    ----------
    seats
        Of the terminals, for rows on or above one of them.
    climbed, swept
        Room for what is swept of one block.
    load, loaded, scratch
        Room for `carry_block`.
    """

    seats: Seats
    ways: SlotWays
    climbed: Ints
    swept: Ints
    load: Floats
    loaded: Bytes
    scratch: Longs


def lay_carriers(sweeper: Sweeper, terminal_nodes: Sequence[tuple[int, ...]]) -> Carriers:
    """Return the tables for the loads of routes between some terminals."""
    chordal = sweeper.elimination
    seats = seat_terminals(sweeper, terminal_nodes, chordal.first_seen)
    lanes = seats.lanes
    rows = (lanes.row_count, LANES)
    return Carriers(
        seats=seats,
        ways=SlotWays(
            chosen=np.empty(2 * chordal.slot_count, dtype=np.int32),
            lower_first=chordal.lower_first,
            lower_second=chordal.lower_second,
            entered=aligned_rows(rows),
            slot_tail=lanes.slot_tail,
            first_slot=lanes.first_slot,
        ),
        climbed=aligned_rows((len(lanes.climb_rows), LANES)),
        swept=aligned_rows(rows),
        load=np.zeros(rows),
        loaded=np.zeros(lanes.row_count, dtype=np.uint8),
        scratch=np.empty((3, len(chordal.rank) + 4), dtype=np.int64),
    )


def load_arcs(sweeper: Sweeper, carriers: Carriers, trips: Floats) -> Floats:
    """Return the trips over each arc in the present state of a sweeper, in which no arc is free.

    Parameters
    ----------
    trips
        From row to column, shape ``(terminals, terminals)``; those without a route are left out.
    """
    chordal, costs, seats, ways = (
        sweeper.elimination, sweeper.costs, carriers.seats, carriers.ways
    )  # fmt: skip
    lanes, climbed, swept = seats.lanes, carriers.climbed, carriers.swept
    choose_ways(
        costs.weight, costs.arc_cost, chordal.arc_place, chordal.lower_start, carriers.scratch,
        ways,
    )  # fmt: skip
    carriers.load.fill(0.0)  # whoever came before may have been broken off
    carriers.loaded.fill(0)
    up, down = (costs.weight[lanes.first_slot :, direction] for direction in (0, 1))
    by_code, by_arc = np.zeros(len(ways.chosen)), np.zeros(len(costs.arc_cost))
    for block in range(lanes.block_count):
        sweep_afresh(block, *lanes.tables, up, down, False, lanes.top_block, climbed, swept)
        carry_block(
            *seats.span(block), *seats.ends, lanes.slot_start, lanes.slot_row,
            lanes.climb_place[block], up, down, climbed, swept, trips, carriers.scratch, ways,
            carriers.load, carriers.loaded, by_code,
        )  # fmt: skip
    unpack_loads(ways, by_code, by_arc)
    return by_arc
