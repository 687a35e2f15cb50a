"""The sides of hubs, by the switches of their tracks.

A train that has passed a switch from one of its legs cannot go on over the other: it has to turn
round first. Which lines at a hub are joined by a course that is run without turning can be seen
where the source draws every switch; the angles of lines at some distance do not show it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations

import networkx as nx

from netmodel.importing.chains import Bundle, leader_courses
from netmodel.importing.reduction import Reduction
from netmodel.importing.stations import Adjacency
from netmodel.importing.tracks import Tracks

_LOOK_M = 10.0
"""How far a track is followed from a switch to see in which direction it leaves."""
_MOST_LEFT_OUT = 3
"""How many lines at a hub may contradict the others before nothing is told of any of them."""
_HUB = -1
"""Stands for the bundle of a piece that belongs to a hub, or to several bundles."""

Sides = dict[tuple[int, int], str]
"""The side of each end of a bundle: by bundle and area."""
Arrival = tuple[int, bool]
"""A piece on which a train runs, and whether it runs from its tail to its head."""
Pair = tuple[int, int]


def find_sides(tracks: Tracks, reduction: Reduction) -> Sides:
    """Return on which side of its hubs each bundle lies, where the switches show it.

    Bundles that a train can run between without turning lie on opposite sides; those that it can
    run between by turning once within the hub lie on the same. A bundle that is joined to both
    sides, as by a connecting curve within the hub, gets none, and neither does one of which
    nothing is known.
    """
    owner = _own_pieces(reduction)
    switches = _Switches(tracks)
    ends_at: dict[int, list[int]] = {}
    for number, bundle in reduction.bundles.items():
        for area in (bundle.tail, bundle.head):
            ends_at.setdefault(area, []).append(number)
    sides: Sides = {}
    for area, numbers in ends_at.items():
        if len(numbers) < 2:
            continue
        starts = {
            number: _arrivals(reduction.bundles[number], area, number, owner) for number in numbers
        }
        through, turning = _passages(starts, owner, switches)
        for number, side in split_sides(numbers, through, turning).items():
            sides[number, area] = side
    return sides


def _own_pieces(reduction: Reduction) -> dict[int, int]:
    """Return the bundle of each piece that belongs to one alone; `_HUB` for all others."""
    owner: dict[int, int] = {}
    for number, bundle in reduction.bundles.items():
        held = {piece for steps, _ in leader_courses(bundle) for piece, _ in steps}
        for piece in held.union(bundle.absorbed):
            owner[piece] = _HUB if piece in owner else number
    for pieces in reduction.inner.values():
        owner.update(dict.fromkeys(pieces, _HUB))
    return owner


def _arrivals(bundle: Bundle, area: int, number: int, owner: Mapping[int, int]) -> list[Arrival]:
    """Return how trains come to a hub on each track of a bundle, on the last piece of its own."""
    found = []
    for steps, _ in leader_courses(bundle):
        away = steps if bundle.tail == area else [(p, not forward) for p, forward in steps[::-1]]
        own = next(((p, forward) for p, forward in away if owner[p] == number), None)
        if own is not None:
            found.append((own[0], not own[1]))
    return found


class _Switches:
    """Over which piece a train goes on where pieces meet."""

    def __init__(self, tracks: Tracks) -> None:
        self._ends: tuple[list[int], list[int]] = (tracks.tail.tolist(), tracks.head.tolist())
        self._offsets: list[int] = tracks.offsets.tolist()
        self._xy: list[list[float]] = tracks.xy.tolist()
        self._at = Adjacency(tracks)
        self._away: dict[Arrival, tuple[float, float]] = {}
        self._next: dict[Arrival, list[Arrival]] = {}

    def onward(self, arrival: Arrival) -> list[Arrival]:
        """Return how a train may go on from the end of a piece without turning."""
        if arrival not in self._next:
            self._next[arrival] = list(self._go_on(*arrival))
        return self._next[arrival]

    def _go_on(self, piece: int, forward: bool) -> Iterator[Arrival]:
        node = self._ends[forward][piece]
        meeting = self._at[node]
        back = self._direction(piece, not forward)
        leaving = [
            (other, as_drawn)
            for other in dict.fromkeys(other for other, _ in meeting)
            for as_drawn in (True, False)
            if self._ends[not as_drawn][other] == node
        ]
        for step in leaving:
            ahead = self._direction(*step)
            turns = back[0] * ahead[0] + back[1] * ahead[1] > 0
            if step != (piece, not forward) and (len(leaving) <= 2 or not turns):
                yield step

    def _direction(self, piece: int, forward: bool) -> tuple[float, float]:
        """Return the direction in which a piece leaves its tail, or its head; metres."""
        known = self._away.get((piece, forward))
        if known is None:
            points = self._xy[self._offsets[piece] : self._offsets[piece + 1]]
            x, y = points[0 if forward else -1]
            ahead = (0.0, 0.0)
            for px, py in points if forward else points[::-1]:
                ahead = (px - x, py - y)
                if ahead[0] ** 2 + ahead[1] ** 2 >= _LOOK_M**2:
                    break
            known = self._away[piece, forward] = ahead
        return known


def _passages(
    starts: Mapping[int, Sequence[Arrival]], owner: Mapping[int, int], switches: _Switches
) -> tuple[set[Pair], set[Pair]]:
    """Return between which bundles of a hub trains run without turning, and by turning once."""
    through: set[Pair] = set()
    turning: set[Pair] = set()
    for number, arrivals in starts.items():
        reached, within = _run_on(arrivals, owner, switches)
        through.update(_pair(number, other) for other in reached & starts.keys() - {number})
        turned = [(piece, not forward) for piece, forward in within]
        reached, _ = _run_on(turned, owner, switches)
        turning.update(_pair(number, other) for other in reached & starts.keys() - {number})
    return through, turning - through


def _run_on(
    arrivals: Iterable[Arrival], owner: Mapping[int, int], switches: _Switches
) -> tuple[set[int], set[Arrival]]:
    """Return the bundles that trains reach without turning, and the ways over pieces of hubs."""
    reached: set[int] = set()
    within: set[Arrival] = set()
    waiting = list(arrivals)
    while waiting:
        for step in switches.onward(waiting.pop()):
            bundle = owner.get(step[0], _HUB)
            if bundle != _HUB:
                reached.add(bundle)
            elif step not in within:
                within.add(step)
                waiting.append(step)
    return reached, within


def split_sides(
    numbers: Sequence[int], opposite: Iterable[Pair], same: Iterable[Pair]
) -> dict[int, str]:
    """Return the side of each of some ends; those of which nothing is known are left out.

    Parameters
    ----------
    opposite
        Ends on opposite sides. Where that is impossible for all of them (three that are all
        opposite to each other), the fewest that have to be left out get no side: of several such
        choices the one that takes part in the fewest opposites, and then the first by number.
    same
        Ends on one side, which count where `opposite` says nothing.

    Examples
    --------
    >>> split_sides([1, 2, 3], opposite=[(1, 2), (1, 3)], same=[])
    {1: 'A', 2: 'B', 3: 'B'}
    >>> split_sides([1, 2], opposite=[], same=[(1, 2)])
    {1: 'A', 2: 'A'}
    >>> split_sides([1, 2, 3], opposite=[(1, 2), (1, 3), (2, 3)], same=[])
    {2: 'A', 3: 'B'}
    >>> split_sides([1, 2, 3, 4], opposite=[(1, 2), (1, 3), (1, 4), (2, 3)], same=[])
    {1: 'A', 3: 'B', 4: 'B'}
    """
    across = nx.Graph(opposite)
    beside = nx.Graph(same)
    for component in list(nx.connected_components(across)):
        contradicting = list(_contradicting(across.subgraph(component)))
        across.remove_nodes_from(contradicting)
        beside.remove_nodes_from(contradicting)
    side = _colour(numbers, nx.to_dict_of_lists(across), nx.to_dict_of_lists(beside))
    return {
        each: "AB"[side[each]]
        for each in numbers
        if (each in across and across.degree(each)) or (each in beside and beside.degree(each))
    }


def _contradicting(across: nx.Graph[int]) -> Collection[int]:
    """Return the ends to leave out, so that the others lie on two sides.

    Where more than `_MOST_LEFT_OUT` would have to be left out, it is all of them.
    """
    for size in range(_MOST_LEFT_OUT + 1):
        enough = [
            (sum(across.degree(end) for end in some), some)
            for some in combinations(sorted(across), size)
            if nx.is_bipartite(across.subgraph(across.nodes - set(some)))
        ]
        if enough:
            return min(enough)[1]
    return across.nodes


def _colour(
    numbers: Sequence[int], across: Mapping[int, list[int]], beside: Mapping[int, list[int]]
) -> dict[int, int]:
    """Return 0 or 1 for each end: by what lies across from it, then by what lies beside it."""
    side: dict[int, int] = {}
    for first in numbers:
        if first in side:
            continue
        joined = {first: 0}
        waiting = [first]
        for one in waiting:
            fresh = sorted(set(across.get(one, ())) - joined.keys())
            joined |= dict.fromkeys(fresh, 1 - joined[one])
            waiting += fresh
        votes = sum(
            1 if own == side[other] else -1
            for one, own in joined.items()
            for other in beside.get(one, ())
            if other in side
        )
        side |= {one: own if votes >= 0 else 1 - own for one, own in joined.items()}
    return side


def _pair(one: int, other: int) -> Pair:
    return min(one, other), max(one, other)
