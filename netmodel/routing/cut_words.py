"""Compiled test of many sets of links against the words of `netmodel.routing.cuts`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netmodel.routing.compiled import compiled

Flags = NDArray[np.bool_]


@compiled
def judge_sets(
    sets: NDArray[np.int64],
    edge_of_link: NDArray[np.int64],
    words: NDArray[np.uint64],
    is_bridge: Flags,
    is_useless: Flags,
) -> tuple[Flags, Flags]:
    """Return which sets of links cut for sure, and which may; the rest do not.

    Parameters
    ----------
    sets
        Positions of links, shape ``(sets, links)``; below 0 for none.
    """
    count, width = sets.shape
    cut = np.zeros(count, dtype=np.bool_)
    doubtful = np.zeros(count, dtype=np.bool_)
    basis = np.empty(width, dtype=np.uint64)
    edges = np.empty(width, dtype=np.int64)
    for row in range(count):
        size = 0
        for column in range(width):
            link = sets[row, column]
            edge = edge_of_link[link] if link >= 0 else -1
            if edge < 0 or is_useless[edge]:
                continue
            if is_bridge[edge]:
                cut[row] = True
                break
            seen = False
            for other in range(size):
                seen |= edges[other] == edge
            if seen:
                continue
            word = words[edge]
            for other in range(size):
                word = min(word, word ^ basis[other])
            if word == 0:
                doubtful[row] = True
            edges[size], basis[size] = edge, word
            size += 1
        if cut[row]:
            doubtful[row] = False
    return cut, doubtful
