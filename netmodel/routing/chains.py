"""Chains: the links between two hubs of a kernel, once what no route can feel is taken out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Chains:
    """Chains of links from anchor to anchor.

    Darts are links with a direction: twice the link, plus one where it is run backward.

    Parameters
    ----------
    anchors
        Positions of the hubs that stay, rising.
    darts, offsets
        The darts of each chain in the order run, and where each chain begins.
    """

    anchors: NDArray[np.int64]
    darts: NDArray[np.int64]
    offsets: NDArray[np.int64]


def collect_chains(
    ends: NDArray[np.int64],
    kept: NDArray[np.bool_],
    is_passed: Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.bool_]],
) -> Chains:
    """Return the chains between the hubs that stay.

    A chain is told once, by the anchor of the lowest number at its ends, and chains come in the
    order of these anchors and of their first links.

    Parameters
    ----------
    ends
        Positions of the hubs at the ends of each link.
    kept
        Whether each hub must stay.
    is_passed
        Called with hubs of two links and these links, shape ``(hubs, 2)``: whether each is a mere
        point on a line.
    """
    alive = peel_leaves(ends, kept)
    start, darts = _darts_by_hub(ends, alive, len(kept))
    degree = np.diff(start)
    anchored = kept | (degree > 0)
    pairs = np.flatnonzero(~kept & (degree == 2))
    if len(pairs):
        two = np.stack([darts[start[pairs]], darts[start[pairs] + 1]], axis=1) // 2
        anchored[pairs] = ~is_passed(pairs, two)
    following = _next_darts(ends, alive, anchored, start, darts)
    return Chains(np.flatnonzero(anchored), *_walk_chains(anchored, start, darts, following))


def peel_leaves(ends: NDArray[np.int64], kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which links are left once those that lead to no hub that must stay are taken out."""
    size = len(kept)
    flat = ends.reshape(-1)
    degree = np.bincount(flat, minlength=size)
    # The sum of the links at a hub is its one link once all others are gone.
    total = np.zeros(size, dtype=np.int64)
    np.add.at(total, flat, np.repeat(np.arange(len(ends)), 2))
    leaves = np.flatnonzero((degree == 1) & ~kept).tolist()
    alive = np.ones(len(ends), dtype=bool)
    if not leaves:
        return alive
    degrees, totals, keep = degree.tolist(), total.tolist(), kept.tolist()
    both = ends.sum(axis=1).tolist()
    gone = []
    while leaves:
        hub = leaves.pop()
        if degrees[hub] != 1:
            continue
        link = totals[hub]
        other = both[link] - hub
        gone.append(link)
        degrees[hub] = 0
        degrees[other] -= 1
        totals[other] -= link
        if degrees[other] == 1 and not keep[other]:
            leaves.append(other)
    alive[gone] = False
    return alive


def _darts_by_hub(
    ends: NDArray[np.int64], alive: NDArray[np.bool_], size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where the darts that leave each hub begin, and the darts, by link."""
    darts = np.flatnonzero(np.repeat(alive, 2))
    hubs = ends.reshape(-1)[darts]
    order = np.argsort(hubs, kind="stable")
    return np.searchsorted(hubs[order], np.arange(size + 1)), darts[order]


def _next_darts(
    ends: NDArray[np.int64],
    alive: NDArray[np.bool_],
    anchored: NDArray[np.bool_],
    start: NDArray[np.int64],
    darts: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the dart that follows each on its chain; the dart itself at the end."""
    every = np.arange(2 * len(ends))
    arrival = ends.reshape(-1)[every ^ 1]
    goes_on = np.repeat(alive, 2) & ~anchored[arrival]
    moving = every[goes_on]
    one = darts[start[arrival[moving]]]
    other = darts[start[arrival[moving]] + 1]
    following = every.copy()
    following[moving] = np.where(one // 2 == moving // 2, other, one)
    return following


def _walk_chains(
    anchored: NDArray[np.bool_],
    start: NDArray[np.int64],
    darts: NDArray[np.int64],
    following: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the darts of the chains in order, and where each begins."""
    first = darts[np.repeat(anchored, np.diff(start))]
    last = following[first]
    while not np.array_equal(farther := following[last], last):
        last = farther
    number = np.full(len(following), -1, dtype=np.int64)
    number[first] = np.arange(len(first))
    # The same chain, told from its other end, begins with its last dart turned round.
    told = number[first] <= number[last ^ 1]
    now, chain = first[told], np.arange(int(told.sum()))
    steps, chains = [], []
    while len(now):
        steps.append(now)
        chains.append(chain)
        goes_on = following[now] != now
        now, chain = following[now[goes_on]], chain[goes_on]
    if not steps:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    chain = np.concatenate(chains)
    order = np.argsort(chain, kind="stable")
    offsets = np.searchsorted(chain[order], np.arange(int(told.sum())))
    return np.concatenate(steps)[order], offsets
