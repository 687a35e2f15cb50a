"""Disjoint routes against networkx, and ways round documented outages."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmodel.errors import UnknownNameError
from netmodel.impact.assessment import Assessor
from netmodel.impact.demand import uniform_demand
from netmodel.impact.redundancy import (
    disjoint_routes,
    incident_ways,
    pair_redundancy,
    ways_round,
)
from netmodel.network.railway import Network
from netmodel.routing.profiles import PASSENGER
from netmodel.routing.topology import count_disjoint_routes
from tests.conftest import make_network, make_outage

HUBS = ["h0", "h1", "h2", "h3", "h4", "h5"]
TRAIN = replace(PASSENGER, speed_kmh=dict.fromkeys(PASSENGER.speed_kmh, 60.0))
SQUARE = [("a", "b", 30.0), ("b", "d", 30.0), ("a", "c", 40.0), ("c", "d", 40.0)]


@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(HUBS), st.sampled_from(HUBS), st.sampled_from(["both", "forward"])
        ).filter(lambda row: row[0] != row[1]),
        min_size=1,
        max_size=16,
    ),
    out=st.sets(st.integers(0, 15), max_size=3),
    one_way=st.booleans(),
)
def test_counts_equal_networkx_with_parallel_and_one_way_links(rows, out, one_way):
    rows = rows if one_way else [(*row[:2], "both") for row in rows]
    plain = make_network([(row[0], row[1], 1.0) for row in rows], HUBS)
    links = tuple(
        replace(link, direction=row[2]) for link, row in zip(plain.links, rows, strict=True)
    )
    network = Network(hubs=plain.hubs, links=links)
    usable = np.array([number not in out for number in range(len(links))])
    graph = nx.DiGraph()
    graph.add_nodes_from(HUBS)
    for number, link in enumerate(links):
        runs = [(link.from_hub, link.to_hub), (link.to_hub, link.from_hub)]
        for tail, head in runs[: 2 if link.direction == "both" else 1] if usable[number] else []:
            before = graph.get_edge_data(tail, head, {"capacity": 0})["capacity"]
            graph.add_edge(tail, head, capacity=before + 1)
    pairs = [(one, other) for one in HUBS for other in HUBS if one != other]
    found = count_disjoint_routes(network, usable, pairs)
    assert found.tolist() == [nx.maximum_flow_value(graph, *pair) for pair in pairs]


def make_assessor(edges=SQUARE, **options):
    network = make_network(edges)
    demand = uniform_demand([hub.id for hub in network.hubs])
    return Assessor(network, demand, TRAIN, **options)


def test_a_square_has_two_ways():
    (found,) = pair_redundancy(make_assessor(), [("a", "d")])
    assert found.disjoint_routes == 2
    assert found.base_minutes == found.base_km == 60.0
    assert found.via == ("b",)


def test_a_standing_closure_takes_one_of_them():
    standing = make_outage("a-c-2", -9, None)
    (found,) = pair_redundancy(make_assessor(base_outages=(standing,)), [("a", "d")])
    assert found.disjoint_routes == 1


def test_an_industrial_link_is_no_way():
    network = make_network(SQUARE)
    links = (
        *network.links[:2],
        replace(network.links[2], line_class="industrial"),
        network.links[3],
    )
    spur = Network(hubs=network.hubs, links=links)
    assessor = Assessor(spur, uniform_demand(["a", "d"]), TRAIN)
    assert pair_redundancy(assessor, [("a", "d")])[0].disjoint_routes == 1


def test_the_way_round_a_documented_closure():
    closed = make_outage("b-d-1", 0, 4, incident="washout")
    (found,) = ways_round(make_assessor(), [closed], [("a", "d"), ("a", "b")])
    assert (found.incident, found.start, found.end) == ("washout", "a", "d")
    assert found.exists
    assert found.extra_minutes == found.extra_km == 20.0
    assert found.via == ("c",)
    assert found.documents == ("d",)


def test_no_way_round():
    closed = make_outage("a-b-0", 0, 4)
    assessor = make_assessor([("a", "b", 30.0), ("b", "c", 30.0)])
    (found,) = ways_round(assessor, [closed], [("a", "c")])
    assert not found.exists
    assert found.extra_minutes == np.inf
    assert np.isnan(found.extra_km)
    assert found.via == ()


def test_links_of_one_incident_are_closed_together_and_others_left_out():
    together = [make_outage(link, 0, 4, incident="front") for link in ("b-d-1", "c-d-3")]
    slow = make_outage("a-b-0", 0, 4, effect="slowed")
    freight = make_outage("a-b-0", 0, 4, incident="freight only", traffic=("freight",))
    found = ways_round(make_assessor(), [*together, slow, freight], [("a", "d")])
    assert [each.incident for each in found] == ["front"]
    assert not found[0].exists


def test_an_incident_that_closes_no_way_is_not_solved():
    assessor = Assessor(make_network(SQUARE), uniform_demand(["a", "b"]), TRAIN)
    beside = next(incident_ways(assessor, [make_outage("c-d-3", 0, 4)]))
    assert beside.routes is assessor.base_travel.routes
    assert not beside.closed.any()
    assert np.isnan(beside.extra_minutes).all()
    assert np.isnan(beside.extra_km).all()


def test_standing_closures_of_the_base_are_passed_over():
    standing = make_outage("b-d-1", -9, None)
    assert ways_round(make_assessor(base_outages=(standing,)), [standing], [("a", "d")]) == ()


def test_all_pairs_at_once_agree_with_pair_by_pair():
    assessor = make_assessor([*SQUARE, ("d", "e", 10.0)])
    closed = [make_outage("b-d-1", 0, 4), make_outage("d-e-4", 2, 3), make_outage("a-b-0", 0, None)]
    hubs = assessor.demand.hubs
    pairs = [(one, other) for one in hubs for other in hubs if one != other]
    known = {(each.incident, each.start, each.end): each
             for each in ways_round(assessor, closed, pairs)}  # fmt: skip
    count = 0
    for ways in incident_ways(assessor, closed):
        assert ways.documents == ("d",)
        assert np.isnan(ways.extra_minutes[~ways.closed]).all()
        for i, j in zip(*np.nonzero(ways.closed), strict=True):
            each = known[ways.incident, hubs[i], hubs[j]]
            assert each.extra_minutes == ways.extra_minutes[i, j]
            assert each.exists == np.isfinite(ways.extra_minutes[i, j])
            np.testing.assert_equal(each.extra_km, ways.extra_km[i, j])
            count += 1
    assert count == len(known) > 0


def test_in_a_line_nothing_goes_round_and_in_a_ring_everything_does():
    line = make_assessor([("a", "b", 10.0), ("b", "c", 10.0), ("c", "d", 10.0)])
    (ways,) = incident_ways(line, [make_outage("b-c-1", 0, 1)])
    # Two hubs on either side: four pairs, each in both directions, and no way for any.
    assert ways.closed.sum() == 8
    assert np.isinf(ways.extra_minutes[ways.closed]).all()
    ring = make_assessor([(a, b, 10.0) for a, b in ("ab", "bc", "cd", "de", "ea")])
    (ways,) = incident_ways(ring, [make_outage("a-b-0", 0, 1)])
    # In a ring of n = 5 links of 10 minutes a pair k links apart goes n - 2 k more.
    assert sorted(ways.extra_minutes[np.triu(ways.closed)]) == [10.0, 10.0, 30.0]


def test_disjoint_routes_of_pairs_in_separate_parts_are_none():
    assessor = make_assessor([("a", "b", 1.0), ("a", "b", 2.0), ("c", "d", 1.0)])
    pairs = [("a", "b"), ("a", "c"), ("c", "d")]
    assert disjoint_routes(assessor, pairs).tolist() == [2, 0, 1]
    assert disjoint_routes(assessor, []).tolist() == []


def test_unknown_hubs_are_suggested():
    with pytest.raises(UnknownNameError, match="hub of the demand 'ab'"):
        pair_redundancy(make_assessor([("aa", "b", 1.0)]), [("ab", "b")])
    with pytest.raises(ValueError, match="two different hubs"):
        pair_redundancy(make_assessor(), [("a", "a")])
