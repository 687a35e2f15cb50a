"""Hub-to-hub cost matrix of one state: the contracted kernel beside networkx and plain scipy.

Rounds are interleaved and the median of processor time is taken; quote the ratios, not the times.
Run: ``python benchmarks/bench_routing.py [--links 3000] [--hubs 200] [--rounds 5]``.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import networkx as nx
import numpy as np
from bench_networks import make_rail_like_network
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from netmodel.routing.profiles import PASSENGER, costs_from_minutes, running_minutes
from netmodel.routing.router import Router

NETWORKX_SOURCES = 5
"""networkx is timed over so many sources and extrapolated."""


def main() -> None:
    """Print the median times and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--links", type=int, default=3000)
    parser.add_argument("--hubs", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    network = make_rail_like_network(options.links, seed=1)
    rng = np.random.default_rng(2)
    terminals = [f"h{n}" for n in rng.choice(len(network.hubs), options.hubs, replace=False)]
    costs = costs_from_minutes(network, running_minutes(network, PASSENGER))
    router = Router(network, terminals)
    positions = [network.hub_index[hub] for hub in terminals]

    graph = nx.Graph()
    best: dict[tuple[int, int], int] = {}
    for (a, b), cost in zip(network.link_ends.tolist(), costs.forward.tolist(), strict=True):
        key = (min(a, b), max(a, b))
        best[key] = min(cost, best.get(key, cost))
    graph.add_weighted_edges_from((a, b, cost) for (a, b), cost in best.items())
    rows, columns = np.array(list(best)).T
    values = np.array(list(best.values()), dtype=float)
    size = len(network.hubs)
    matrix = csr_array((values, (rows, columns)), shape=(size, size))
    matrix = csr_array(matrix + matrix.T)

    def by_networkx() -> np.ndarray:
        found = np.empty((NETWORKX_SOURCES, len(positions)))
        for row, source in enumerate(positions[:NETWORKX_SOURCES]):
            reached = nx.single_source_dijkstra_path_length(graph, source)
            found[row] = [reached[target] for target in positions]
        return found

    def by_scipy() -> np.ndarray:
        return np.asarray(dijkstra(matrix, indices=positions)[:, positions])

    def by_kernel() -> np.ndarray:
        return np.asarray(router.solve(costs).cost)

    assert np.array_equal(by_kernel(), by_scipy())
    assert np.array_equal(by_kernel()[:NETWORKX_SOURCES], by_networkx())
    methods: dict[str, tuple[Callable[[], np.ndarray], float]] = {
        "kernel": (by_kernel, 1.0),
        "scipy": (by_scipy, 1.0),
        "networkx": (by_networkx, len(positions) / NETWORKX_SOURCES),
    }
    times: dict[str, list[float]] = {name: [] for name in methods}
    for _ in range(options.rounds):
        for name, (method, scale) in methods.items():
            begin = time.process_time()
            method()
            times[name].append((time.process_time() - begin) * scale)
    base = statistics.median(times["kernel"])
    print(f"{options.links} links, {options.hubs} hubs, {options.rounds} interleaved rounds")
    for name, spent in times.items():
        median = statistics.median(spent)
        print(f"{name:10s} {1000 * median:10.1f} ms   {median / base:8.1f} × the kernel")


if __name__ == "__main__":
    main()
