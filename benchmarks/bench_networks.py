"""Generated networks of rail-like shape: mean degree 2.4, so that most hubs have two links."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from netmodel.network.railway import Hub, Link, Network


def make_rail_like_network(links: int, seed: int) -> Network:
    """Return one long line with many short ways round: a band with no dead ends."""
    rng = np.random.default_rng(seed)
    nodes = int(links / 1.2)
    xy = rng.random((nodes, 2))
    order = np.argsort(xy[:, 0] + 0.05 * xy[:, 1])
    ends = [(int(a), int(b)) for a, b in pairwise(order)]
    while len(ends) < links:
        a = int(rng.integers(nodes))
        b = int((a + rng.integers(2, 60)) % nodes)
        if a != b:
            ends.append((int(order[a]), int(order[b])))
    return _build_network(xy, ends, rng.integers(2, 40, len(ends)).tolist())


def make_planar_network(links: int, seed: int) -> Network:
    """Return a network in the plane: the least tree of random places, and short links besides.

    A third of its hubs are dead ends; its ways round are long, as those of a country are.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import minimum_spanning_tree
    from scipy.spatial import Delaunay

    rng = np.random.default_rng(seed)
    nodes = int(links / 1.2)
    xy = rng.random((nodes, 2))
    corners = Delaunay(xy).simplices
    sides = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    sides = np.unique(np.sort(sides, axis=1), axis=0)
    length = np.hypot(*(xy[sides[:, 0]] - xy[sides[:, 1]]).T)
    graph = csr_array((length, (sides[:, 0], sides[:, 1])), shape=(nodes, nodes))
    tree = minimum_spanning_tree(graph).tocoo()
    in_tree = set(zip(tree.coords[0].tolist(), tree.coords[1].tolist(), strict=True))
    further = [
        (a, b)
        for a, b in sides[np.argsort(length + 0.3 * rng.random(len(length)))].tolist()
        if (a, b) not in in_tree and (b, a) not in in_tree
    ]
    ends = [*sorted(in_tree), *further[: links - len(in_tree)]]
    one, other = np.array(ends).T
    km = 1 + 1000 * np.hypot(*(xy[one] - xy[other]).T)
    return _build_network(xy, ends, np.round(km, 1).tolist())


def _build_network(xy: np.ndarray, ends: list[tuple[int, int]], lengths_km: list[float]) -> Network:
    hubs = tuple(
        Hub(id=f"h{n}", name=f"h{n}", lon=20 + 20 * x, lat=44 + 8 * y)
        for n, (x, y) in enumerate(xy.tolist())
    )
    return Network(
        hubs=hubs,
        links=tuple(
            Link(id=f"l{n}", from_hub=f"h{a}", to_hub=f"h{b}", length_km=km)
            for n, ((a, b), km) in enumerate(zip(ends, lengths_km, strict=True))
        ),
    )
