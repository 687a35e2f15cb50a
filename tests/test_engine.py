"""The compiled sweep gives the costs and the routes of scipy, to the integer, in every state."""

import pickle
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmodel.network.railway import Hub, Link, Network
from netmodel.routing.profiles import CLOSED, LinkCosts
from netmodel.routing.route_texts import RouteTexts
from netmodel.routing.router import Router

pytest.importorskip("numba")

HUBS = [f"h{number}" for number in range(14)]
sides = st.sampled_from(["", "", "A", "B"])
rail_links = st.lists(
    st.builds(
        dict,
        from_hub=st.sampled_from(HUBS),
        to_hub=st.sampled_from(HUBS),
        length_km=st.integers(1, 9).map(float),
        from_side=sides,
        to_side=sides,
        gauges_mm=st.sampled_from([(), (), (1520,), (1435,), (1435, 1520)]),
        direction=st.sampled_from(["both", "both", "both", "forward"]),
    ).filter(lambda link: link["from_hub"] != link["to_hub"]),
    min_size=1,
    max_size=34,
)
turn_minutes = st.sampled_from([0.0, 3.0, 20.0, float("inf")])
some_terminals = st.lists(st.sampled_from(HUBS), min_size=1, max_size=9)


def make_rail_network(links: list[dict]) -> Network:
    return Network(
        hubs=tuple(Hub(id=name, name=name, lon=0, lat=0) for name in HUBS),
        links=tuple(Link(id=f"l{n}", **link) for n, link in enumerate(links)),
    )


def draw_costs(network: Network, rng: np.random.Generator) -> LinkCosts:
    """Return small costs with many ties, some links closed, some in one direction only."""
    size = len(network.links)
    forward = rng.integers(1, 6, size).astype(np.int32)
    backward = np.where(rng.random(size) < 0.8, forward, rng.integers(1, 6, size))
    shut = rng.random(size) < rng.choice([0.0, 0.1, 0.4])
    one_way = np.array([link.direction == "forward" for link in network.links]) | (
        rng.random(size) < 0.1
    )
    forward[shut] = CLOSED
    return LinkCosts(
        forward=forward, backward=np.where(shut | one_way, CLOSED, backward).astype(np.int32)
    )


def close_and_reopen(costs: LinkCosts, base: LinkCosts, rng: np.random.Generator) -> LinkCosts:
    forward, backward = costs.forward.copy(), costs.backward.copy()
    for link in rng.choice(len(forward), min(len(forward), 2), replace=False):
        if rng.random() < 0.5:
            forward[link] = backward[link] = CLOSED
        else:
            forward[link], backward[link] = base.forward[link], base.backward[link]
    return LinkCosts(forward=forward, backward=backward)


@pytest.mark.differential
@given(
    links=rail_links, terminals=some_terminals, reversal=turn_minutes, gauge=turn_minutes,
    seed=st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_sweeps_and_searches_agree_on_costs_and_routes(links, terminals, reversal, gauge, seed):
    network = make_rail_network(links)
    one, other = (
        Router(network, terminals, reversal_minutes=reversal, gauge_change_minutes=gauge,
               engine=engine)
        for engine in ("scipy", "sweep")
    )  # fmt: skip
    rng = np.random.default_rng(seed)
    values = rng.random(len(network.links))
    trips = rng.random((len(terminals), len(terminals)))
    trips[rng.random(trips.shape) < 0.3] = 0.0
    for scale in (1.0, 1 / 600):
        costs = draw_costs(network, rng)
        expected = one.solve(costs, turn_scale=scale)
        found = other.solve(costs, turn_scale=scale)
        assert np.array_equal(found.cost, expected.cost)
        assert np.array_equal(one.solve_costs(costs, turn_scale=scale), expected.cost)
        for options in ({}, {"reversal": 0.3, "gauge_change": 7.1}):
            along = found.sum_along(values, **options)
            assert np.array_equal(along, expected.sum_along(values, **options), equal_nan=True)
        marked = rng.random(len(values)) < 0.2
        assert np.array_equal(found.run_over(marked), expected.run_over(marked))
        asked = np.flatnonzero(marked).tolist()
        for routes in (found, expected):
            over = np.zeros(routes.cost.shape, dtype=bool)
            for link, each in zip(asked, routes.pairs_over(asked), strict=True):
                assert np.array_equal(each, routes.run_over(np.arange(len(values)) == link))
                over |= each
            assert np.array_equal(over, expected.run_over(marked))
        assert np.allclose(found.load_links(trips), expected.load_links(trips), rtol=1e-12)
        whole = np.round(9 * trips)
        assert np.array_equal(found.load_links(whole), expected.load_links(whole))
        for i in range(len(terminals)):
            for j in range(len(terminals)):
                assert found.links_between(i, j) == expected.links_between(i, j)
        for router, routes in ((one, expected), (other, found)):
            start, end = np.nonzero(rng.random(trips.shape) < 0.7)
            assert RouteTexts(router).between(routes, start, end) == [
                ";".join(expected.hubs_between(i, j)[1:-1])
                for i, j in zip(start.tolist(), end.tolist(), strict=True)
            ]


@given(
    links=rail_links, terminals=some_terminals, reversal=turn_minutes,
    seed=st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_states_from_others_equal_states_from_nothing(links, terminals, reversal, seed):
    network = make_rail_network(links)
    rng = np.random.default_rng(seed)
    base = draw_costs(network, rng)
    states = [base]
    for _ in range(12):
        start = base if rng.random() < 0.3 else states[-1]
        states.append(close_and_reopen(start, base, rng))
    search = Router(network, terminals, reversal_minutes=reversal, engine="scipy")
    sweep = Router(network, terminals, reversal_minutes=reversal, engine="sweep")
    for number, cost in enumerate(sweep.solve_many(states)):
        assert np.array_equal(cost, search.solve_costs(states[number]))
        if number % 4 == 3:  # what lies along a route may be asked in between
            routes = sweep.solve(states[number // 2])
            expected = search.solve(states[number // 2])
            km = network.length_km
            assert np.array_equal(routes.sum_along(km), expected.sum_along(km), equal_nan=True)


def make_wide_network(rng: np.random.Generator, *, sides: bool) -> Network:
    """Return a network with more terminals than a block of lanes has, many of them dead ends."""
    size = 260
    hubs = tuple(Hub(id=f"h{n}", name=f"h{n}", lon=0, lat=0) for n in range(size))
    links = []
    for n in range(420):
        one = n + 1 if n < size - 20 else int(rng.integers(size))
        other = int(rng.integers(max(0, one - 12), one)) if one else size - 1
        end = str(rng.choice(["", "A", "B"])) if sides else ""
        links.append(
            Link(id=f"l{n}", from_hub=f"h{one}", to_hub=f"h{other}", length_km=1, to_side=end)
        )
    return Network(hubs=hubs, links=tuple(links))


@pytest.mark.parametrize("seed", range(4))
def test_several_blocks_of_lanes_follow_a_timeline(seed):
    rng = np.random.default_rng(seed)
    network = make_wide_network(rng, sides=seed % 2 == 1)
    terminals = [f"h{n}" for n in rng.choice(len(network.hubs), 150)]
    search = Router(network, terminals, engine="scipy")
    sweep = Router(network, terminals, engine="sweep")
    cost = rng.integers(1, 40, len(network.links)).astype(np.int32)
    base = LinkCosts(forward=cost, backward=cost.copy())
    state, states = base, []
    for number in range(30):
        if number == 20:  # from here on, there and back are not the same
            shut = base.backward.copy()
            shut[rng.choice(len(shut), 3)] = CLOSED
            base = state = LinkCosts(forward=base.forward, backward=shut)
        state = close_and_reopen(base if number % 7 == 0 else state, base, rng)
        states.append(state)
    for each, found in zip(states, sweep.solve_many(states), strict=True):
        assert np.array_equal(found, search.solve_costs(each))
    routes, expected = sweep.solve(states[3]), search.solve(states[3])
    values = rng.random(len(network.links))
    assert np.array_equal(routes.sum_along(values), expected.sum_along(values), equal_nan=True)
    trips = rng.integers(0, 3, (150, 150)).astype(float)
    assert np.array_equal(routes.load_links(trips), expected.load_links(trips))


def test_costs_too_great_to_count_are_no_route_and_never_wrap():
    hubs = tuple(Hub(id=f"h{n}", name=f"h{n}", lon=0, lat=0) for n in range(6))
    links = tuple(
        Link(id=f"l{n}", from_hub=f"h{n}", to_hub=f"h{n + 1}", length_km=1) for n in range(5)
    )
    network = Network(hubs=hubs, links=links)
    names = [hub.id for hub in hubs]
    cost = np.array([CLOSED // 2, CLOSED // 2 - 1, CLOSED - 1, 1, CLOSED - 1], dtype=np.int32)
    costs = LinkCosts(forward=cost, backward=cost)
    found = Router(network, names, engine="sweep").solve_costs(costs)
    assert np.array_equal(found, Router(network, names, engine="scipy").solve_costs(costs))
    assert found[0, 2] == CLOSED - 1
    assert found[2, 4] == CLOSED
    assert found.max() == CLOSED
    assert found.min() == 0


@given(links=rail_links, seed=st.integers(0, 2**32 - 1))
def test_more_closures_never_shorten_a_route(links, seed):
    network = make_rail_network(links)
    router = Router(network, HUBS, engine="sweep")
    rng = np.random.default_rng(seed)
    costs = draw_costs(network, rng)
    before = router.solve_costs(costs)
    for link in rng.permutation(len(links))[:6]:
        forward, backward = costs.forward.copy(), costs.backward.copy()
        forward[link] = backward[link] = CLOSED
        costs = LinkCosts(forward=forward, backward=backward)
        after = router.solve_costs(costs)
        assert (after >= before).all()
        before = after


@given(links=rail_links, seed=st.integers(0, 2**32 - 1))
def test_relabelling_hubs_and_links_changes_no_cost(links, seed):
    network = make_rail_network(links)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(links))
    turned = Network(
        hubs=tuple(network.hubs[n] for n in rng.permutation(len(HUBS))),
        links=tuple(network.links[n] for n in order),
    )
    costs = draw_costs(network, rng)
    moved = LinkCosts(forward=costs.forward[order], backward=costs.backward[order])
    one = Router(network, HUBS, engine="sweep").solve_costs(costs)
    assert np.array_equal(one, Router(turned, HUBS, engine="sweep").solve_costs(moved))


def test_an_unknown_engine_is_refused(monkeypatch):
    network = make_rail_network([{"from_hub": "h0", "to_hub": "h1", "length_km": 1.0}])
    with pytest.raises(ValueError, match="unknown engine 'fast'; one of auto, scipy, sweep"):
        Router(network, HUBS, engine="fast")
    monkeypatch.setenv("NETMODEL_ENGINE", "slow")
    with pytest.raises(ValueError, match="unknown engine 'slow'"):
        Router(network, HUBS)


def make_sweeping_free(monkeypatch):
    """Let a sweep be expected to take no time, nor loading it."""
    for name in ("SECONDS_PER_SWEEP", "SET_UP_PER_ARC", "LOADING", "COMPILING"):
        monkeypatch.setattr(f"netmodel.routing.sweep.engine.{name}", 0.0)


def test_without_numba_searches_do_the_work(monkeypatch):
    monkeypatch.setattr("netmodel.routing.sweep.engine.can_compile", lambda: False)
    make_sweeping_free(monkeypatch)
    rng = np.random.default_rng(1)
    network = make_wide_network(rng, sides=False)
    costs = draw_costs(network, rng)
    router = Router(network, ["h1", "h200"])
    found = router.solve(costs)
    assert router._engine.sweeper() is None
    expected = Router(network, ["h1", "h200"], engine="scipy").solve_costs(costs)
    assert np.array_equal(found.cost, expected)
    with pytest.raises(ValueError, match=r"netmodel\[fast\]"):
        Router(network, ["h1"], engine="sweep")


def test_auto_changes_to_the_sweep_when_the_work_is_worth_it(monkeypatch):
    rng = np.random.default_rng(1)
    network = make_wide_network(rng, sides=True)
    costs = draw_costs(network, rng)
    router = Router(network, ["h1", "h100", "h200"])
    before = router.solve(costs)
    assert router._engine._sweeper is None
    make_sweeping_free(monkeypatch)
    after = router.solve(costs)
    assert router._engine._sweeper is not None
    assert np.array_equal(before.cost, after.cost)


@pytest.mark.parametrize("by_sequence", [True, False])
def test_auto_sweeps_at_once_where_many_states_are_known_to_come(monkeypatch, by_sequence):
    monkeypatch.setattr("netmodel.routing.sweep.engine._loading_seconds", lambda: 1.0)
    rng = np.random.default_rng(1)
    network = make_wide_network(rng, sides=False)
    names = [f"h{n}" for n in range(0, 260, 13)]
    states = [draw_costs(network, rng)] * 3000
    router = Router(network, names)
    router.expect(5)
    router.solve_costs(states[0])
    assert router._engine._sweeper is None
    if by_sequence:
        next(router.solve_many(states))
    else:
        router.expect(len(states))
        router.solve_costs(states[0])
    assert router._engine._sweeper is not None


def test_what_is_broken_off_halfway_does_no_harm(monkeypatch):
    rng = np.random.default_rng(3)
    network = make_wide_network(rng, sides=False)
    names = [f"h{n}" for n in range(0, 260, 3)]
    base = draw_costs(network, rng)
    router = Router(network, names, engine="sweep")
    router.solve_costs(base)
    state = close_and_reopen(base, base, rng)

    def break_off(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("netmodel.routing.sweep.sweeper.mark_stale", break_off)
        with pytest.raises(KeyboardInterrupt):
            router.solve_costs(state)
    expected = Router(network, names, engine="scipy").solve_costs(state)
    assert np.array_equal(router.solve_costs(state), expected)


def test_a_router_that_has_swept_travels_to_another_process():
    rng = np.random.default_rng(2)
    network = make_wide_network(rng, sides=False)
    costs = draw_costs(network, rng)
    routes = Router(network, ["h1", "h100", "h200"], engine="sweep").solve(costs)
    km = routes.sum_along(network.length_km)
    again = pickle.loads(pickle.dumps(routes))
    assert np.array_equal(again.sum_along(network.length_km), km, equal_nan=True)


def test_the_built_in_network_runs_without_the_compiler():
    code = (
        "import sys; from netmodel.runs.run import run_scenario;"
        "run_scenario('crimea-may-2023', samples=200).record; print('numba' in sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "False"


def test_the_pause_for_compiling_is_announced_once(caplog, monkeypatch, tmp_path):
    from netmodel.routing.sweep import engine, kernels

    empty = SimpleNamespace(stats=SimpleNamespace(cache_path=tmp_path))
    monkeypatch.setattr(kernels, "sweep_blocks", empty)
    engine._announce_compilation.cache_clear()
    for _ in range(2):
        engine._announce_compilation()
    assert len(caplog.records) == 1
