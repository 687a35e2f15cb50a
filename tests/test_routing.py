"""Routes against networkx on random multigraphs, and the rail semantics of a reversal."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmodel.errors import UnknownNameError
from netmodel.network.railway import Hub, Link, Network
from netmodel.routing import topology
from netmodel.routing.profiles import (
    CLOSED,
    PASSENGER,
    LinkCosts,
    costs_from_minutes,
    running_minutes,
)
from netmodel.routing.router import Router
from netmodel.routing.topology import ComponentLabels, label_components
from netmodel.routing.way_search import WaySearch
from tests.conftest import make_network

HUBS = [f"h{number}" for number in range(9)]
edges = st.lists(
    st.tuples(
        st.sampled_from(HUBS), st.sampled_from(HUBS), st.integers(min_value=1, max_value=400)
    ).filter(lambda edge: edge[0] != edge[1]),
    min_size=1,
    max_size=22,
)


def costs_of(network: Network) -> LinkCosts:
    return costs_from_minutes(network, running_minutes(network, PASSENGER))


def networkx_minutes(network: Network, closed: set[int]) -> nx.MultiGraph:
    graph = nx.MultiGraph()
    graph.add_nodes_from(hub.id for hub in network.hubs)
    for number, link in enumerate(network.links):
        if number not in closed:
            graph.add_edge(link.from_hub, link.to_hub, weight=round(link.length_km * 600))
    return graph


@pytest.mark.differential
@given(
    edges=edges,
    closed=st.sets(st.integers(0, 21)),
    terminals=st.sets(st.sampled_from(HUBS), min_size=2),
)
def test_costs_equal_networkx_with_parallel_and_closed_links(edges, closed, terminals):
    network = make_network(edges, HUBS)
    costs = costs_of(network)
    shut = [number for number in closed if number < len(network.links)]
    costs.forward[shut] = costs.backward[shut] = CLOSED
    names = sorted(terminals)
    routes = Router(network, names).solve(costs)
    expected = dict(
        nx.all_pairs_dijkstra_path_length(networkx_minutes(network, set(shut)), weight="weight")
    )
    for i, one in enumerate(names):
        for j, other in enumerate(names):
            assert routes.cost[i, j] == expected[one].get(other, CLOSED)


@given(edges=edges, terminals=st.sets(st.sampled_from(HUBS), min_size=2))
def test_the_links_of_a_route_add_up_to_its_cost(edges, terminals):
    network = make_network(edges, HUBS)
    names = sorted(terminals)
    routes = Router(network, names).solve(costs_of(network))
    km = routes.sum_along(network.length_km)
    for i in range(len(names)):
        for j in range(len(names)):
            path = routes.links_between(i, j)
            if i == j:
                assert not path
            elif routes.connected[i, j]:
                length = sum(network.links[number].length_km for number, _ in path)
                assert length * 600 == routes.cost[i, j]
                assert km[i, j] == pytest.approx(length)
                hubs = routes.hubs_between(i, j)
                assert (hubs[0], hubs[-1]) == (names[i], names[j])
            else:
                assert np.isnan(km[i, j])


@given(edges=edges)
def test_relabelling_hubs_changes_no_cost(edges):
    network = make_network(edges, HUBS)
    turned = make_network(edges, HUBS[::-1])
    one = Router(network, HUBS).solve(costs_of(network)).cost
    other = Router(turned, HUBS).solve(costs_of(turned)).cost
    assert np.array_equal(one, other)


@given(edges=edges, closed=st.sets(st.integers(0, 21)))
def test_components_equal_networkx(edges, closed):
    network = make_network(edges, HUBS)
    usable = np.array([number not in closed for number in range(len(network.links))])
    labels = label_components(network, usable)
    expected = nx.connected_components(networkx_minutes(network, closed))
    assert {frozenset(each) for each in expected} == {
        frozenset(HUBS[n] for n in np.flatnonzero(labels == label)) for label in set(labels)
    }


def test_a_one_way_link_is_used_one_way():
    hubs = tuple(Hub(id=name, name=name, lon=0, lat=0) for name in "ab")
    link = Link(id="ab", from_hub="a", to_hub="b", length_km=60, direction="forward")
    network = Network(hubs=hubs, links=(link,))
    routes = Router(network, ["a", "b"]).solve(costs_of(network))
    assert routes.connected.tolist() == [[True, True], [False, True]]


def three_lines_at_a_junction(sides: dict[str, str]) -> Network:
    """Lines from a, b and c meet at j, each on the side given."""
    hubs = tuple(Hub(id=name, name=name, lon=0, lat=0) for name in "abcj")
    links = tuple(
        Link(id=name, from_hub=name, to_hub="j", length_km=60, to_side=sides[name])
        for name in "abc"
    )
    return Network(hubs=hubs, links=links)


def test_leaving_by_the_side_of_entry_costs_a_reversal():
    network = three_lines_at_a_junction({"a": "A", "b": "A", "c": "B"})
    routes = Router(network, ["a", "b", "c"], reversal_minutes=20).solve(costs_of(network))
    assert routes.minutes[0, 2] == 120
    assert routes.minutes[0, 1] == 140
    assert routes.hubs_between(0, 1) == ("a", "j", "b")


def test_a_terminal_with_two_sides_may_be_left_by_either():
    network = three_lines_at_a_junction({"a": "A", "b": "A", "c": "B"})
    routes = Router(network, ["j", "a", "c"], reversal_minutes=20).solve(costs_of(network))
    assert routes.minutes[0].tolist() == [0, 60, 60]
    assert routes.minutes[1, 0] == 60


def test_a_mere_point_on_a_line_with_sides_is_passed_freely():
    hubs = tuple(Hub(id=name, name=name, lon=0, lat=0) for name in "abc")
    links = (
        Link(id="ab", from_hub="a", to_hub="b", length_km=60, to_side="A"),
        Link(id="bc", from_hub="b", to_hub="c", length_km=60, from_side="B"),
    )
    network = Network(hubs=hubs, links=links)
    router = Router(network, ["a", "c"])
    assert len(router.kernel.offsets) == 1
    assert router.solve(costs_of(network)).minutes[0, 1] == 120


def test_an_industrial_link_is_used_only_where_there_is_no_other():
    hubs = tuple(Hub(id=name, name=name, lon=0, lat=0) for name in "abc")
    spur = Link(id="ab", from_hub="a", to_hub="b", length_km=5, line_class="industrial")
    around = (
        Link(id="ac", from_hub="a", to_hub="c", length_km=100),
        Link(id="cb", from_hub="c", to_hub="b", length_km=100),
    )
    network = Network(hubs=hubs, links=(spur, *around))
    routes = Router(network, ["a", "b"]).solve(costs_of(network))
    assert routes.hubs_between(0, 1) == ("a", "c", "b")
    alone = Network(hubs=hubs, links=(spur,))
    assert Router(alone, ["a", "b"]).solve(costs_of(alone)).connected[0, 1]


def test_an_unknown_terminal_is_named():
    network = make_network([("kharkiv", "lozova", 150)])
    with pytest.raises(UnknownNameError, match="did you mean 'kharkiv'"):
        Router(network, ["kharkov"])


@given(
    edges, st.lists(st.sets(st.integers(0, 21)), min_size=1, max_size=8), st.sampled_from([2, 99])
)
def test_components_from_what_never_differed_equal_those_from_nothing(links, closures, most):
    network = make_network(links, HUBS)
    usual = np.ones(len(links), dtype=bool)
    labels = ComponentLabels(network, usual)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(topology, "MOST_APART", most)
        for closed in closures:
            usable = usual.copy()
            usable[[number for number in closed if number < len(links)]] = False
            assert np.array_equal(labels.under(usable), label_components(network, usable))


@pytest.mark.parametrize("minutes", [(20,), (20, 21), (20, 27, 33)])
def test_ways_from_the_nearest_node_are_those_from_each_node(minutes, monkeypatch):
    random = np.random.default_rng(5)
    places = [(x, y) for x in range(5) for y in range(5)]
    hubs = tuple(Hub(id=f"{x}{y}", name=f"{x}{y}", lon=x, lat=y) for x, y in places)
    links = tuple(
        Link(
            id=f"{x}{y}-{x + dx}{y + dy}-{track}",
            from_hub=f"{x}{y}",
            to_hub=f"{x + dx}{y + dy}",
            length_km=20,
            minutes=float(random.choice(minutes)),
            from_side=("", "A")[int(random.integers(2))],
            to_side=("", "B")[int(random.integers(2))],
        )
        for x, y in places
        for dx, dy in ((1, 0), (0, 1))
        for track in range(1 + int(random.integers(2)))
        if x + dx < 5 and y + dy < 5
    )
    network = Network(hubs=hubs, links=links)
    costs, every = costs_of(network), range(len(hubs))
    told = []
    for kept in (0, 2**21):
        monkeypatch.setattr("netmodel.routing.way_search.MOST_COSTS", kept)
        found = WaySearch(network, [hub.id for hub in hubs]).search(costs, every)
        told.append([found.arcs_between(one, other) for one in every for other in every])
    assert told[0] == told[1]
    assert sum(map(bool, told[0])) == 25 * 24
