"""The compiled sweep gives the costs and the routes of scipy, to the integer, in every state."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmodel.network.model import Hub, Link, Network
from netmodel.routing.components import label_components
from netmodel.routing.profiles import CLOSED, LinkCosts
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
        gauge_mm=st.sampled_from([None, None, 1520, 1435]),
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
        assert np.allclose(found.load_links(trips), expected.load_links(trips), rtol=1e-12)
        whole = np.round(9 * trips)
        assert np.array_equal(found.load_links(whole), expected.load_links(whole))
        for i in range(len(terminals)):
            for j in range(len(terminals)):
                assert found.links_between(i, j) == expected.links_between(i, j)


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


@given(links=rail_links, terminals=some_terminals, seed=st.integers(0, 2**32 - 1))
def test_words_tell_the_cuts_that_components_tell(links, terminals, seed):
    network = make_rail_network(links)
    router = Router(network, terminals)
    places = [network.hub_index[hub] for hub in terminals]

    def parts(usable: np.ndarray) -> int:
        return len(np.unique(label_components(network, usable)[places]))

    whole = parts(np.ones(len(links), bool))
    rng = np.random.default_rng(seed)
    sets = np.vstack([rng.integers(-1, len(links), (60, 4))] * 20)  # enough to be compiled
    cut = router.are_cut(sets)
    for row, found in zip(sets[:60], cut[:60], strict=True):
        usable = np.ones(len(links), bool)
        usable[row[row >= 0]] = False
        assert found == (parts(usable) > whole)
    alone = Router(network, terminals, engine="scipy").are_cut(sets[:60])
    assert np.array_equal(alone, cut[:60])
    more = np.hstack([sets, rng.integers(-1, len(links), (len(sets), 2))])
    assert (router.are_cut(more) >= cut).all()
