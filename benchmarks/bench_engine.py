"""The routing engine beside other solvers: hub matrices, samples, a timeline, flows.

All methods get the same input in one run, in interleaved rounds, and the median of processor time
is taken. Answers are compared before anything is timed. Quote the ratios, not the times. Slow
solvers are timed over a few sources or states and extrapolated; a peer that is not installed is
left out, with a line that says so. What is prepared once for a network (set-up) is told apart, for
the engine and for the libraries with the same algorithm: pyroutingkit and routingkit-cch.

Run: ``python benchmarks/bench_engine.py [--large] [--shape band|planar] [--rounds 5]``.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from importlib import metadata
from pathlib import Path
from types import ModuleType

import numpy as np
from bench_networks import make_planar_network, make_rail_like_network
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from netmodel.network.railway import Network
from netmodel.routing.profiles import (
    CLOSED,
    PASSENGER,
    LinkCosts,
    costs_from_minutes,
    running_minutes,
)
from netmodel.routing.router import Router

SHAPES = {"band": make_rail_like_network, "planar": make_planar_network}
PANDANA_LINKS = 3_000
Method = tuple[Callable[[], object], float]


@dataclass(frozen=True)
class Case:
    """A network with its hubs, two wholly different sets of costs, and arrays for the peers."""

    network: Network
    hubs: list[str]
    costs: tuple[LinkCosts, LinkCosts]
    positions: list[int]


def make_case(shape: str, links: int, hubs: int) -> Case:
    network = SHAPES[shape](links, seed=1)
    rng = np.random.default_rng(2)
    chosen = [network.hubs[n].id for n in rng.choice(len(network.hubs), hubs, replace=False)]
    minutes = running_minutes(network, PASSENGER)
    other = minutes * rng.uniform(1.0, 1.2, len(minutes))
    return Case(
        network,
        chosen,
        (costs_from_minutes(network, minutes), costs_from_minutes(network, other)),
        [network.hub_index[hub] for hub in chosen],
    )


def close(costs: LinkCosts, links: np.ndarray) -> LinkCosts:
    forward, backward = costs.forward.copy(), costs.backward.copy()
    forward[links] = backward[links] = CLOSED
    return LinkCosts(forward=forward, backward=backward)


def simple_edges(case: Case, costs: LinkCosts) -> tuple[np.ndarray, np.ndarray]:
    """Return the usable links as pairs of hubs and their costs, the cheapest of parallel ones."""
    usable = np.flatnonzero(costs.forward < CLOSED)
    ends = np.sort(case.network.link_ends[usable], axis=1)
    order = np.lexsort((costs.forward[usable], ends[:, 1], ends[:, 0]))
    ends = ends[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(ends, axis=0) != 0).any(axis=1)
    return ends[first], costs.forward[usable][order][first].astype(np.float64)


def to_matrix(case: Case, costs: LinkCosts) -> csr_array:
    ends, cost = simple_edges(case, costs)
    size = len(case.network.hubs)
    one = csr_array((cost, (ends[:, 0], ends[:, 1])), shape=(size, size))
    return csr_array(one + one.T)


def whole(found: np.ndarray) -> np.ndarray:
    """Return costs as whole numbers, `CLOSED` where there is no route."""
    return np.where(np.isfinite(found), found, CLOSED).astype(np.int64)


def load_peer(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ImportError:
        print(f"  {name}: not installed, left out")
        return None


def matrix_methods(case: Case, router: Router, few: int) -> Iterator[tuple[str, Method]]:
    """Yield what computes the costs from the hubs, and by how much its time is to be scaled."""
    costs = case.costs[0]
    ends, cost = simple_edges(case, costs)
    matrix = to_matrix(case, costs)
    sources, scale = case.positions[:few], len(case.positions) / few
    yield "scipy", (lambda: dijkstra(matrix, indices=sources)[:, case.positions], scale)

    def sweep() -> np.ndarray:  # from one state to a wholly different one and back, five times
        for _ in range(5):
            router.solve_costs(case.costs[1])
            found = router.solve_costs(costs)
        return found

    yield "engine", (sweep, 0.1)
    if nx := load_peer("networkx"):
        graph = nx.Graph()
        graph.add_weighted_edges_from(
            (a, b, c) for (a, b), c in zip(ends.tolist(), cost.tolist(), strict=True)
        )
        start = case.positions[0]

        def by_networkx() -> list[float]:
            reached = nx.single_source_dijkstra_path_length(graph, start)
            return [[reached.get(hub, np.inf) for hub in case.positions]]

        yield "networkx", (by_networkx, float(len(case.positions)))
    yield from _hierarchy_methods(case)
    if ig := load_peer("igraph"):
        lattice = ig.Graph(n=len(case.network.hubs), edges=ends.tolist())
        yield (
            "igraph",
            (
                lambda: np.array(lattice.distances(sources, case.positions, weights=cost.tolist())),
                scale,
            ),
        )
    if rx := load_peer("rustworkx"):
        plain = rx.PyGraph()
        plain.add_nodes_from(range(len(case.network.hubs)))
        plain.add_edges_from(
            [(a, b, c) for (a, b), c in zip(ends.tolist(), cost.tolist(), strict=True)]
        )

        def by_rustworkx() -> list[list[float]]:
            rows = []
            for source in sources:
                reached = rx.dijkstra_shortest_path_lengths(plain, source, float)
                rows.append(
                    [0.0 if hub == source else _get(reached, hub) for hub in case.positions]
                )
            return rows

        yield "rustworkx", (by_rustworkx, scale)
    if len(case.network.links) > PANDANA_LINKS:
        print("  pandana: left out, its hierarchy of so large a network takes minutes")
    elif pandana := load_peer("pandana"):
        yield "pandana", (_pandana_method(pandana, case, ends, cost, sources), scale)


def _hierarchy_methods(case: Case) -> Iterator[tuple[str, Method]]:
    """Yield libraries with the engine's algorithm: a state is customised, then all pairs asked."""
    arcs = [_both_ways(case, costs) for costs in case.costs]
    tail, head, _ = arcs[0]
    lat, lon = (
        np.array([getattr(hub, name) for hub in case.network.hubs], dtype=np.float32)
        for name in ("lat", "lon")
    )
    if kit := load_peer("pyroutingkit"):
        topology = kit.CCHTopology()
        tell_set_up(
            "pyroutingkit",
            lambda: topology.build(tail, head, lat, lon, len(case.network.hubs)),
        )
        metric = kit.CCHMetric(topology)
        hubs = np.array(case.positions, dtype=np.uint32)

        def by_pyroutingkit() -> np.ndarray:
            for _, _, weights in reversed(arcs):
                metric.customize(weights)
                found = metric.distances_many_to_many(hubs, hubs)
            return found

        yield "pyroutingkit", (by_pyroutingkit, 0.5)
    if kit := load_peer("routingkit_cch"):
        ends = tail.tolist(), head.tolist()
        lists = [weights.tolist() for _, _, weights in arcs]
        made = {}

        def build() -> None:
            order = kit.compute_order_inertial(
                len(case.network.hubs), *ends, lat.tolist(), lon.tolist()
            )
            made["cch"] = kit.CCH(order, *ends, False)

        tell_set_up("routingkit-cch", build)
        measure = kit.CCHMetric(made["cch"], lists[0])

        def by_routingkit() -> list[list[float]]:
            for weights in reversed(lists):
                measure.reset(weights)
                query = kit.CCHOneToMany(measure, case.positions)
                found = [query.distances_from(hub) for hub in case.positions]
                del query
            return [[np.inf if each is None else each for each in row] for row in found]

        yield "routingkit-cch", (by_routingkit, 0.5)


def _both_ways(case: Case, costs: LinkCosts) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return tails, heads and weights of the arcs of all links."""
    ends = case.network.link_ends.astype(np.uint32)
    tail, head = np.concatenate([ends, ends[:, ::-1]]).T
    return (
        np.ascontiguousarray(tail),
        np.ascontiguousarray(head),
        np.concatenate([costs.forward, costs.backward]).astype(np.uint32),
    )


def tell_set_up(name: str, prepare: Callable[[], object]) -> None:
    """Print what is spent once for a network."""
    begin = time.process_time()
    prepare()
    print(f"  {name}: set-up {time.process_time() - begin:.2f} s", flush=True)


def _get(reached: object, hub: int) -> float:
    try:
        return reached[hub]  # type: ignore[index,no-any-return]
    except (KeyError, IndexError):
        return np.inf


def _pandana_method(
    pandana: ModuleType, case: Case, ends: np.ndarray, cost: np.ndarray, sources: list[int]
) -> Callable[[], np.ndarray]:
    """Return costs by pandana; its hierarchy, which every state needs anew, is not timed."""
    import pandas as pd

    hubs = case.network.hubs
    lon, lat = pd.Series([hub.lon for hub in hubs]), pd.Series([hub.lat for hub in hubs])
    graph = pandana.Network(
        lon, lat, pd.Series(ends[:, 0]), pd.Series(ends[:, 1]), pd.DataFrame({"c": cost})
    )
    origins = np.repeat(sources, len(case.positions))
    targets = np.tile(case.positions, len(sources))
    return lambda: np.array(graph.shortest_path_lengths(origins, targets, imp_name="c")).reshape(
        len(sources), -1
    )


def show_ratios(title: str, methods: dict[str, Method], rounds: int) -> None:
    """Time all methods in interleaved rounds and print how many times the engine each takes."""
    spent: dict[str, list[float]] = {name: [] for name in methods}
    for _ in range(rounds):
        for name, (method, scale) in methods.items():
            begin = time.process_time()
            method()
            spent[name].append((time.process_time() - begin) * scale)
    median = {name: statistics.median(each) for name, each in spent.items()}
    print(title)
    for name, seconds in sorted(median.items(), key=lambda item: item[1]):
        print(f"  {name:12s} {1000 * seconds:14.3f} ms   {seconds / median['engine']:12,.1f} ×")


def bench_matrix(shape: str, links: int, hubs: int, rounds: int) -> None:
    case = make_case(shape, links, hubs)
    routers = []

    def set_up() -> None:
        routers.append(Router(case.network, case.hubs, engine="sweep"))
        routers[-1].solve_costs(case.costs[0])

    _ = case.network.link_ends
    set_up()  # compiles
    tell_set_up(f"engine, {links:,} links, {hubs:,} hubs (first state included)", set_up)
    router = routers[-1]
    few = max(1, min(hubs, 600_000 // links))
    methods = dict(matrix_methods(case, router, few))
    expected = router.solve_costs(case.costs[0])
    if shape == "band":
        for name, (method, _) in methods.items():
            if name != "engine":
                found = whole(np.array(method()))
                assert np.array_equal(found, expected[: len(found)]), name
    title = f"hub matrix of a state of new costs, {links:,} links, {hubs:,} hubs"
    show_ratios(title, methods, rounds)


def bench_samples(shape: str, links: int, hubs: int, rounds: int) -> None:
    case = make_case(shape, links, hubs)
    router = Router(case.network, case.hubs, engine="sweep")
    base = case.costs[0]
    rng = np.random.default_rng(3)
    for k in (1, 5, 20):
        samples = [close(base, rng.choice(links, k, replace=False)) for _ in range(200)]
        router.solve_costs(base)
        check = to_matrix(case, samples[0])
        by_scipy = whole(dijkstra(check, indices=case.positions)[:, case.positions])
        assert np.array_equal(router.solve_costs(samples[0]), by_scipy)
        few = max(1, 600_000 // links)
        methods: dict[str, Method] = {
            "engine": (_each(router, samples), 1 / len(samples)),
            "scipy": (
                lambda few=few, samples=samples: dijkstra(
                    to_matrix(case, samples[0]), indices=case.positions[:few]
                ),
                hubs / few,
            ),
        }
        title = f"rerouting, a sample of k = {k} random outages, {links:,} links, {hubs:,} hubs"
        show_ratios(title, methods, rounds)


def _each(router: Router, samples: Sequence[LinkCosts]) -> Callable[[], None]:
    def solve() -> None:
        for _ in router.solve_many(samples):
            pass

    return solve


def bench_timeline(shape: str, links: int, hubs: int, rounds: int, states: int) -> None:
    case = make_case(shape, links, hubs)
    router = Router(case.network, case.hubs, engine="sweep")
    rng = np.random.default_rng(5)
    out: list[int] = []
    timeline = []
    for _ in range(states):  # one outage begins or ends; a dozen hold at a time
        if rng.random() < len(out) / 24:
            out.pop(int(rng.integers(len(out))))
        else:
            out.append(int(rng.integers(links)))
        timeline.append(close(case.costs[0], np.array(out, dtype=np.int64)))
    last = whole(dijkstra(to_matrix(case, timeline[-1]), indices=case.positions))
    *_, found = router.solve_many(timeline)
    assert np.array_equal(found, last[:, case.positions])
    methods: dict[str, Method] = {
        "engine": (_each(router, timeline), 1 / states),
        "scipy": (
            lambda: [
                dijkstra(to_matrix(case, each), indices=case.positions) for each in timeline[:5]
            ],
            1 / 5,
        ),
    }
    title = f"a state of a timeline of {states:,}, {links:,} links, {hubs:,} hubs"
    show_ratios(title, methods, min(rounds, 3))


def bench_flows(shape: str, links: int, hubs: int, rounds: int) -> None:
    case = make_case(shape, links, hubs)
    router = Router(case.network, case.hubs, engine="sweep")
    trips = np.random.default_rng(6).integers(1, 9, (hubs, hubs)).astype(float)
    np.fill_diagonal(trips, 0.0)
    routes = router.solve(case.costs[0])
    expected = (routes.cost.astype(float) * trips).sum()
    flow = routes.load_links(trips).sum(axis=1)
    assert np.isclose((flow * case.costs[0].forward).sum(), expected)
    methods: dict[str, Method] = {"engine": (lambda: routes.load_links(trips), 1.0)}
    if load_peer("aequilibrae"):
        methods["AequilibraE"] = (_aequilibrae_method(case, trips, expected), 1.0)
    title = f"all-or-nothing flows, {links:,} links, {hubs:,} hubs"
    show_ratios(title, methods, rounds)


def _aequilibrae_method(case: Case, trips: np.ndarray, expected: float) -> Callable[[], object]:
    import pandas as pd
    from aequilibrae.matrix import AequilibraeMatrix
    from aequilibrae.paths import Graph, allOrNothing
    from aequilibrae.paths.results import AssignmentResults

    ends, cost = simple_edges(case, case.costs[0])
    # Centroids come first, as it wants them.
    number = np.full(len(case.network.hubs), -1, dtype=np.int64)
    number[case.positions] = np.arange(len(case.positions))
    others = np.flatnonzero(number < 0)
    number[others] = len(case.positions) + np.arange(len(others))
    graph = Graph()
    graph.network = pd.DataFrame(
        {
            "link_id": np.arange(1, len(ends) + 1),
            "a_node": number[ends[:, 0]] + 1,
            "b_node": number[ends[:, 1]] + 1,
            "direction": 0,
            "cost_ab": cost,
            "cost_ba": cost,
            "id": np.arange(1, len(ends) + 1),
        }
    )
    graph.prepare_graph(np.arange(1, len(case.positions) + 1))
    graph.set_graph("cost")
    graph.set_blocked_centroid_flows(False)
    matrix = AequilibraeMatrix()
    matrix.create_empty(zones=len(case.positions), matrix_names=["trips"], memory_only=True)
    matrix.index = np.arange(1, len(case.positions) + 1)
    matrix.matrices[:, :, 0] = trips
    matrix.computational_view(["trips"])

    def assign() -> AssignmentResults:
        results = AssignmentResults()
        results.cores = 1
        results.prepare(graph, matrix)
        allOrNothing("trips", matrix, graph, results).execute()
        return results

    loads = assign().get_load_results()
    total = (loads["trips_tot"].to_numpy() * cost).sum()
    assert np.isclose(total, expected), (total, expected)
    return assign


def describe_machine() -> str:
    """Return the processor, the date, and the versions of what is compared."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        model = platform.processor()
    names = "numpy scipy numba networkx igraph rustworkx pandana pyroutingkit routingkit_cch"
    versions = [f"Python {platform.python_version()}"]
    for name in (*names.split(), "aequilibrae"):
        with suppress(metadata.PackageNotFoundError):
            versions.append(f"{name} {metadata.version(name)}")
    cores, load = os.cpu_count(), os.getloadavg()[0]
    return f"{model}, {cores} cores, load {load:.1f}, {date.today()}; {', '.join(versions)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shape", choices=sorted(SHAPES), default="band")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--states", type=int, default=10_000)
    parser.add_argument("--only", help="one of: matrix, samples, timeline, flows")
    parser.add_argument("--large", action="store_true", help="300,000 links and 1,000 hubs too")
    options = parser.parse_args()
    shape, rounds = options.shape, options.rounds
    print(f"{describe_machine()}; networks of shape {shape}")
    print("× is how many times the engine's time it takes")
    parts: dict[str, Callable[[], None]] = {
        "matrix": lambda: [
            bench_matrix(shape, links, hubs, rounds)
            for links, hubs in ((3_000, 200), (30_000, 200), (300_000, 1_000))
            if links < 300_000 or options.large
        ],
        "samples": lambda: bench_samples(shape, 30_000, 200, rounds),
        "timeline": lambda: bench_timeline(shape, 3_000, 200, rounds, options.states),
        "flows": lambda: bench_flows(shape, 30_000, 200, rounds),
    }
    for name, part in parts.items():
        if options.only in (None, name):
            part()


if __name__ == "__main__":
    main()
