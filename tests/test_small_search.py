"""Searches on a small graph, beside those of scipy and of the router."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse.csgraph import dijkstra

from netmodel.network.railway import Hub, Link, Network
from netmodel.routing import line_ways
from netmodel.routing.line_ways import LineFinder
from netmodel.routing.profiles import CLOSED
from netmodel.routing.small_search import SmallGraph


@pytest.mark.parametrize("seed", range(20))
def test_costs_are_those_of_scipy(seed):
    random = np.random.default_rng(seed)
    nodes, arcs = 30, 80
    tails, heads = random.integers(nodes, size=(2, arcs)).tolist()
    cost = random.integers(1, 20, size=arcs)
    cost[random.random(arcs) < 0.1] = CLOSED
    least = np.full((nodes, nodes), np.inf)
    for tail, head, each in zip(tails, heads, cost, strict=True):
        if each < CLOSED:
            least[tail, head] = min(least[tail, head], each)
    limit = float(random.integers(5, 60))
    graph = SmallGraph(nodes, tails, heads)
    for source in range(0, nodes, 7):
        whole = dijkstra(np.where(np.isfinite(least), least, 0.0), indices=source)
        assert np.array_equal(graph.row(source, cost.tolist()), whole)
        near = np.where(whole <= limit, whole, np.inf)
        assert np.array_equal(graph.row(source, cost.tolist(), limit), near)


@pytest.mark.parametrize("seed", range(12))
def test_lines_are_those_of_the_router(seed, monkeypatch):
    network = _network(np.random.default_rng(seed))
    pairs = [(0, 7), (3, 12), (5, 5), (14, 2)]

    def find():
        finder = LineFinder(network)
        hubs = network.hubs
        found = [finder.find([hubs[one]], [hubs[other]]) for one, other in pairs]
        return [*found, *(finder.joining([link.id]) for link in network.links[:5])]

    small = find()
    monkeypatch.setattr(line_ways, "SMALL_REGION", -1)
    monkeypatch.setattr(line_ways, "MOST_NODES", -1)
    assert find() == small


def _network(random):
    """A connected network with parallel links, sides and equal lengths, which make ties."""
    hubs = tuple(
        Hub(id=f"h{n}", name=f"H {n}", lon=float(lon), lat=float(lat))
        for n, (lon, lat) in enumerate(random.uniform(0, 1, size=(16, 2)))
    )
    ends = [(n, int(random.integers(n))) for n in range(1, 16)]
    ends += [tuple(random.choice(16, size=2, replace=False).tolist()) for _ in range(14)]
    side = ["", "A", "B"]
    links = tuple(
        Link(
            id=f"l{n}", from_hub=f"h{one}", to_hub=f"h{other}",
            length_km=float(random.integers(1, 4) * 10),
            from_side=side[random.integers(3)], to_side=side[random.integers(3)],
        )
        for n, (one, other) in enumerate(ends)
    )  # fmt: skip
    return Network(hubs=hubs, links=links)
