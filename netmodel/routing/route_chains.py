"""Routes from one start, each kept as the arcs that it does not share with those before it.

Routes from one node form a tree: what comes before an arc is the same on all of them. So a route is
told by the arc of an earlier one after which it goes its own way, and by the arcs from there on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RouteChains:
    """Some routes from one start.

    Parameters
    ----------
    arcs
        Those that each route does not share with one before it, one route after the other.
    joins
        Of each route, the place in `arcs` after which it goes its own way; -1 if it shares none.
    counts
        How many arcs of each route are its own.
    """

    arcs: Ints
    joins: Ints
    counts: Ints


def chain_tree(
    lanes: Longs, rows: Longs, entered: NDArray[np.integer], tails: NDArray[np.integer],
    numbers: Ints, arcs: Ints, joins: Ints, counts: Ints,
) -> int:  # fmt: skip
    """Fill in the chains of some routes from one start, and return how many arcs they have.

    Parameters
    ----------
    lanes, rows
        Of each route, the tree along which it runs, and the row in which it ends; a lane of -1 is
        no route.
    entered
        The arc by which each row is entered in each tree, -1 at its root.
    tails
        The row in which each arc begins.
    numbers
        Scratch of the shape of `entered`, all -1.
    arcs, joins, counts
        To be filled; room for as many arcs as there are rows in all trees.
    """
    used = 0
    for route in range(len(rows)):
        joins[route], counts[route] = -1, 0
        lane, row, first = lanes[route], rows[route], used
        if lane < 0:
            continue
        while entered[lane, row] >= 0 and numbers[lane, row] < 0:
            arc = entered[lane, row]
            arcs[used] = arc
            used += 1
            row = tails[arc]
        joins[route], counts[route] = numbers[lane, row], used - first
        arcs[first:used] = arcs[first:used][::-1].copy()
        row = rows[route]
        for place in range(used - 1, first - 1, -1):
            numbers[lane, row] = place
            row = tails[arcs[place]]
    return used


def split_starts(start: Longs) -> Iterator[slice]:
    """Yield the run of each start among routes whose starts ascend.

    Examples
    --------
    >>> [(run.start, run.stop) for run in split_starts(np.array([0, 0, 3]))]
    [(0, 2), (2, 3)]
    """
    first = np.flatnonzero(np.diff(start, prepend=-1)).tolist()
    yield from map(slice, first, [*first[1:], len(start)])
