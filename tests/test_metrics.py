"""Metrics against closed forms on path, cycle, star and complete graphs."""

import math
from itertools import permutations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmodel.impact.assessment import Assessor
from netmodel.impact.bounds import resilience_loss, time_to_recover
from netmodel.impact.demand import Demand, uniform_demand
from netmodel.impact.metrics import (
    connected_share,
    detour_ratio,
    efficiency,
    extra_cost,
    isolated_hubs,
    largest_component_share,
    share_of_demand,
)
from netmodel.impact.situation import METRICS
from netmodel.outages.outage import MilestoneTimes
from netmodel.outages.timeline import Timeline
from netmodel.routing.profiles import PASSENGER
from netmodel.times import Window
from tests.conftest import at, make_network, make_outage


def path(n):
    return [(f"h{i}", f"h{i + 1}", 60) for i in range(n - 1)]


def cycle(n):
    return [(f"h{i}", f"h{(i + 1) % n}", 60) for i in range(n)]


def star(n):
    return [("h0", f"h{i}", 60) for i in range(1, n)]


def complete(n):
    return [(f"h{i}", f"h{j}", 60) for i in range(n) for j in range(i + 1, n)]


def assess(edges, closed, *, effect="closed", **options):
    """Return the metrics while some links are out."""
    network = make_network(edges)
    outages = tuple(make_outage(network.links[n].id, 1, 2, effect=effect) for n in closed)
    times = {
        each.incident: MilestoneTimes(start=at(1), first_traffic=at(2), full_service=None)
        for each in outages
    }
    timeline = Timeline(window=Window(start=at(0), end=at(3)), outages=outages, times=times)
    assessor = Assessor(
        network, uniform_demand([hub.id for hub in network.hubs]), PASSENGER, **options
    )
    results = list(assessor.assess(timeline, tuple(METRICS)))
    quiet = [result.metrics for result in (results[0], results[-1])]
    assert quiet[0]["connected_share"] == quiet[1]["connected_share"] == 1.0
    return results[1].metrics


def test_of_no_hubs_there_is_no_largest_component():
    assert math.isnan(largest_component_share(np.array([], dtype=int)))


@pytest.mark.parametrize("n", [3, 6, 9])
@pytest.mark.parametrize("cut", [0, 1])
def test_path_cut_once(n, cut):
    metrics = assess(path(n), [cut])
    pieces = cut + 1, n - cut - 1
    together = sum(math.comb(piece, 2) for piece in pieces)
    assert metrics["connected_share"] == pytest.approx(together / math.comb(n, 2))
    assert metrics["unserved_demand"] == pieces[0] * pieces[1]
    assert metrics["components"] == 2
    assert metrics["largest_component_share"] == pytest.approx(max(pieces) / n)
    assert metrics["extra_minutes"] == 0
    assert metrics["rerouted_share"] == 0


@pytest.mark.parametrize("n", [4, 5, 8])
def test_cycle_cut_once_becomes_a_path(n):
    metrics = assess(cycle(n), [0])
    before = sum(min(d, n - d) for d in range(1, n)) * n / 2
    after = sum((n - d) * d for d in range(1, n))
    assert metrics["connected_share"] == 1
    assert metrics["extra_minutes"] == pytest.approx((after - before) * 60)
    assert metrics["extra_km"] == pytest.approx((after - before) * 60)
    shares = sum((n - d) / d for d in range(1, n)) / sum(n / min(d, n - d) / 2 for d in range(1, n))
    assert metrics["efficiency_ratio"] == pytest.approx(shares)


@pytest.mark.parametrize("n", [4, 7])
def test_star_loses_one_leaf(n):
    metrics = assess(star(n), [0])
    assert metrics["connected_share"] == pytest.approx(math.comb(n - 1, 2) / math.comb(n, 2))
    assert metrics["detour_ratio"] == 1


@pytest.mark.parametrize("n", [4, 6])
def test_complete_graph_goes_round_one_link(n):
    metrics = assess(complete(n), [0])
    pairs = math.comb(n, 2)
    assert metrics["connected_share"] == 1
    assert metrics["rerouted_share"] == pytest.approx(1 / pairs)
    assert metrics["detour_ratio"] == pytest.approx((pairs - 1 + 2) / pairs)
    assert metrics["extra_minutes"] == 60


def test_each_effect_has_its_own_figure():
    edges = path(3)
    slowed = assess(edges, [0], effect="slowed")
    diesel = assess(edges, [0], effect="diesel_only")
    advisory = assess(edges, [0], effect="advisory")
    avoided = assess(edges, [0], effect="advisory", advisory="avoid")
    single = assess(edges, [0], effect="single_track")
    assert slowed["slowed_share"] == diesel["diesel_share"] == pytest.approx(2 / 3)
    assert advisory["advisory_share"] == pytest.approx(2 / 3)
    assert slowed["extra_minutes"] > diesel["extra_minutes"] > advisory["extra_minutes"] == 0
    assert advisory["connected_share"] == 1
    assert avoided["connected_share"] == pytest.approx(1 / 3)
    assert single["extra_minutes"] == 0


def test_degenerate_values_are_stated():
    cut = np.array([[0, np.inf], [np.inf, 0]])
    trips = np.triu(np.ones((2, 2)), 1)
    assert math.isnan(connected_share(cut, cut, trips))
    assert math.isnan(detour_ratio(cut, cut, trips))
    assert extra_cost(cut, np.zeros((2, 2)), trips) == 0
    assert math.isnan(share_of_demand(cut < 0, cut, trips))
    assert math.isnan(efficiency(np.zeros((1, 1))))
    assert not len(isolated_hubs(np.array([0, 1]), np.array([], dtype=np.int64)))
    assert time_to_recover([1, 1], [1, 1]) == 0
    assert resilience_loss([2, 2], [0, 1]) == 2


def test_trips_have_a_row_and_a_column_for_each_hub():
    with pytest.raises(ValueError, match="shape"):
        Demand(hubs=("a", "b"), trips=np.zeros((2, 3)))


def test_demand_is_no_other_value():
    demand = uniform_demand(["a", "b"])
    assert demand == uniform_demand(["a", "b"]) != uniform_demand(["a", "c"])
    assert demand not in (None, "a", ("a", "b"))


def test_trips_of_a_pair_have_a_limit():
    most = 1e12
    assert Demand(hubs=("a", "b"), trips=[[0, most], [0, 0]]).trips.max() == most
    with pytest.raises(ValueError, match="at most"):
        Demand(hubs=("a", "b"), trips=[[0, most + 1], [0, 0]])


LINKS = st.lists(
    st.tuples(*2 * [st.sampled_from("abcdef")]).filter(lambda ends: ends[0] != ends[1]),
    min_size=1, max_size=9, unique_by=frozenset,
)  # fmt: skip
TAKEN_OUT = st.sets(st.integers(0, 8), max_size=4)


@given(links=LINKS, certain=TAKEN_OUT, chosen=TAKEN_OUT, possible=TAKEN_OUT)
def test_pairs_cut_are_those_that_had_a_path_and_have_none(links, certain, chosen, possible):
    network = make_network([(*ends, 60.0) for ends in links], list("abcdef"))
    trips = {pair: 1.0 + number for number, pair in enumerate(permutations("abcde", 2))}
    demand = Demand(
        hubs=tuple("abcde"),
        trips=np.array([[trips.get((one, other), 0.0) for other in "abcde"] for one in "abcde"]),
    )
    assessor = Assessor(network, demand, PASSENGER)
    shut = {}
    for name, numbers in (("best", certain), ("active", certain | chosen),
                          ("worst", certain | chosen | possible)):  # fmt: skip
        shut[name] = [make_outage(network.links[n].id, 0, 9) for n in numbers if n < len(links)]

    def without(outages):
        graph = nx.Graph(
            [(link.from_hub, link.to_hub) for link in network.links
             if link.id not in {each.link for each in outages}]
        )  # fmt: skip
        graph.add_nodes_from("abcde")
        return {pair for pair in trips if nx.has_path(graph, *pair)}

    before = without([])
    cut = {name: before - without(outages) for name, outages in shut.items()}
    sums = assessor._sum_pairs(shut["active"], shut["best"], shut["worst"])
    assert (sums.cut_certain, sums.cut, sums.cut_possible) == tuple(map(len, cut.values()))
    lost = [sum(trips[pair] for pair in cut["active"] if hub in pair) for hub in "abcde"]
    assert sums.lost == pytest.approx(lost)
