"""Loads carried for all sources at once are those of the search, also where routes tie."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmodel.network.railway import Hub, Link, Network
from netmodel.routing.profiles import CLOSED, LinkCosts
from netmodel.routing.router import Router

pytest.importorskip("numba")

GAUGES = [(), (), (1520,), (1435,), (1435, 1520)]


def make_network(ends: list[tuple[int, int]], **options: list) -> Network:
    """Return a network of links between numbered hubs, with further fields given link by link."""
    names = sorted({end for link in ends for end in link})
    return Network(
        hubs=tuple(Hub(id=f"h{n}", name=f"h{n}", lon=0, lat=0) for n in names),
        links=tuple(
            Link(
                id=f"l{n}", from_hub=f"h{one}", to_hub=f"h{other}", length_km=1,
                **{name: values[n] for name, values in options.items()},
            )
            for n, (one, other) in enumerate(ends)
        ),
    )  # fmt: skip


def make_grid(width: int, rng: np.random.Generator) -> Network:
    """Return a grid with some links left out and some twice, numbered at random."""
    steps = [(n, n + 1) for n in range(width * width) if (n + 1) % width]
    steps += [(n, n + width) for n in range(width * (width - 1))]
    steps = [step for step in steps for _ in range(int(rng.choice([0, 1, 1, 1, 1, 2])))]
    return make_network([steps[n] for n in rng.permutation(len(steps))])


def draw_network(rng: np.random.Generator) -> Network:
    """Return a small network: parallel and one-way links, dead ends, sides, gauges."""
    size, count = int(rng.integers(2, 50)), int(rng.integers(1, 120))
    reach = int(rng.choice([4, size]))
    ends = [
        (one, other)
        for one, other in zip(
            rng.integers(size, size=count).tolist(), rng.integers(-reach, reach, count).tolist(),
            strict=True,
        )
        if other
    ]  # fmt: skip
    ends = [(one, (one + step) % size) for one, step in ends if step % size] or [(0, 1)]
    sides = ["", "A", "B"] if rng.random() < 0.5 else [""]
    gauges = GAUGES if rng.random() < 0.4 else [()]
    return make_network(
        ends,
        from_side=[str(rng.choice(sides)) for _ in ends],
        to_side=[str(rng.choice(sides)) for _ in ends],
        gauges_mm=[gauges[int(rng.integers(len(gauges)))] for _ in ends],
        direction=[str(rng.choice(["both", "both", "both", "forward"])) for _ in ends],
    )


def draw_costs(network: Network, most: int, rng: np.random.Generator) -> LinkCosts:
    """Return costs of 1 to `most`, mostly the same there and back, some links closed."""
    size = len(network.links)
    forward = rng.integers(1, most + 1, size).astype(np.int32)
    backward = np.where(rng.random(size) < 0.8, forward, rng.integers(1, most + 1, size))
    shut = rng.random(size) < rng.choice([0.0, 0.1, 0.3])
    one_way = np.array([link.direction == "forward" for link in network.links])
    forward[shut] = CLOSED
    return LinkCosts(
        forward=forward, backward=np.where(shut | one_way, CLOSED, backward).astype(np.int32)
    )


def draw_trips(count: int, rng: np.random.Generator) -> np.ndarray:
    return rng.integers(0, 4, (count, count)).astype(float)


@given(
    seed=st.integers(0, 2**32 - 1), most=st.sampled_from([1, 2, 5, 500]),
    reversal=st.sampled_from([0.0, 0.1, 3.0, float("inf")]),
)  # fmt: skip
def test_loads_are_those_of_the_search_whatever_ties(seed, most, reversal):
    rng = np.random.default_rng(seed)
    network = draw_network(rng)
    names = [hub.id for hub in network.hubs]
    names = [names[n] for n in rng.integers(len(names), size=int(rng.integers(1, 80)))]
    search, sweep = (
        Router(network, names, reversal_minutes=reversal, gauge_change_minutes=0.2, engine=engine)
        for engine in ("scipy", "sweep")
    )
    states = [draw_costs(network, most, rng) for _ in range(2)]
    solved = [sweep.solve(costs) for costs in states]
    for costs, routes in zip(states, solved, strict=True):  # the first after the second is solved
        trips = draw_trips(len(names), rng)
        loads = routes.load_links(trips)
        assert np.array_equal(loads, search.solve(costs).load_links(trips))


@pytest.mark.parametrize("seed", range(3))
def test_a_grid_of_ties_is_loaded_by_the_rule_for_routes(seed):
    rng = np.random.default_rng(seed)
    network = make_grid(13, rng)
    names = [hub.id for hub in network.hubs if rng.random() < 0.6]
    costs = draw_costs(network, 1, rng)
    trips = draw_trips(len(names), rng)
    routes = Router(network, names, engine="sweep").solve(costs)
    loads = routes.load_links(trips)
    assert np.array_equal(
        loads, Router(network, names, engine="scipy").solve(costs).load_links(trips)
    )
    carried = np.where(routes.connected, routes.cost, 0) * trips
    assert loads.sum() == carried.sum()  # every link costs 1
    expected = np.zeros_like(loads)
    start = int(rng.integers(len(names)))
    for end in range(len(names)):
        for link, forward in routes.links_between(start, end):
            expected[link, 0 if forward else 1] += trips[start, end]
    alone = np.zeros_like(trips)
    alone[start] = trips[start]
    assert np.array_equal(routes.load_links(alone), expected)


def test_loads_broken_off_halfway_leave_nothing_behind(monkeypatch):
    rng = np.random.default_rng(5)
    network = make_grid(12, rng)
    names = [hub.id for hub in network.hubs]
    routes = Router(network, names, engine="sweep").solve(draw_costs(network, 3, rng))
    trips = draw_trips(len(names), rng)
    expected = routes.load_links(trips)

    def break_off(*given):
        load, loaded, _ = given[-3:]
        load.fill(1.0)
        loaded.fill(1)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("netmodel.routing.sweep.swept_loads.carry_block", break_off)
        with pytest.raises(KeyboardInterrupt):
            routes.load_links(trips)
    assert np.array_equal(routes.load_links(trips), expected)


def test_trips_to_where_no_route_leads_are_left_out():
    network = make_network([(0, 1), (2, 3)])
    cost = np.array([7, 9], dtype=np.int32)
    routes = Router(network, ["h0", "h1", "h2"], engine="sweep").solve(LinkCosts(cost, cost))
    assert routes.load_links(np.ones((3, 3))).tolist() == [[1.0, 1.0], [0.0, 0.0]]
