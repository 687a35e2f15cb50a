"""Flows under capacity against the arc-based linear programme, and closed forms."""

import itertools
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from netmodel.errors import InputError
from netmodel.impact.assessment import Assessor
from netmodel.impact.capacity import (
    DIESEL_HOURS_PER_DAY,
    flow_under_capacity,
    link_capacities,
)
from netmodel.impact.demand import Demand
from netmodel.impact.redundancy import link_flows
from netmodel.network.railway import Network
from netmodel.routing.profiles import PASSENGER
from tests.conftest import make_network, make_outage
from tests.test_waiting import way_of, ways_at

HUBS = ["h0", "h1", "h2", "h3", "h4"]
TRAIN = replace(PASSENGER, speed_kmh=dict.fromkeys(PASSENGER.speed_kmh, 60.0))
sides = st.sampled_from(["", "", "A", "B"])
rows = st.lists(
    st.tuples(
        st.sampled_from(HUBS),
        st.sampled_from(HUBS),
        st.integers(1, 60),
        sides,
        sides,
        st.sampled_from(["both", "both", "both", "forward"]),
        st.one_of(st.none(), st.integers(0, 4)),
    ).filter(lambda row: row[0] != row[1]),
    min_size=1,
    max_size=10,
)
demands = st.dictionaries(
    st.tuples(st.sampled_from(HUBS), st.sampled_from(HUBS)).filter(lambda pair: pair[0] != pair[1]),
    st.integers(1, 5),
    min_size=1,
    max_size=5,
)
closures = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(["closed", "single_track"])), max_size=3
)


def build(drawn):
    plain = make_network([(row[0], row[1], float(row[2])) for row in drawn], HUBS)
    return Network(
        hubs=plain.hubs,
        links=tuple(
            replace(
                link,
                from_side=row[3],
                to_side=row[4],
                direction=row[5],
                capacity_trains_per_day=row[6],
            )
            for link, row in zip(plain.links, drawn, strict=True)
        ),
    )


def make_assessor(network, wanted):
    hubs = tuple(hub.id for hub in network.hubs)
    trips = np.zeros((len(hubs), len(hubs)))
    for (one, other), amount in wanted.items():
        trips[hubs.index(one), hubs.index(other)] = amount
    return Assessor(network, Demand(hubs=hubs, trips=trips), replace(TRAIN, reversal_minutes=7.0))


def make_outages(network, drawn):
    return [
        make_outage(network.links[link % len(network.links)].id, 0, 1, effect=effect)
        for link, effect in drawn
    ]


def add_link(graph, number, link, ways):
    runs = [(link.from_hub, way_of(link, 0), link.to_hub, way_of(link, 1))]
    if link.direction == "both":
        runs.append((link.to_hub, way_of(link, 1), link.from_hub, way_of(link, 0)))
    for tail, leaves, head, enters in runs:
        came = enters if enters in ways[head] else "none"
        for way in ways[tail]:
            if way != leaves:
                graph.add_edge((tail, way), (head, came), cost=link.length_km, link=number)


def arc_programme(network, wanted, capacity, closed, reversal):
    """Return least unserved trains and, with them, least minutes; by arcs, all at once.

    Nodes are a hub and the way by which one came; to leave by that way one has to turn.
    """
    graph = nx.MultiDiGraph()
    ways = ways_at(network)
    for hub in HUBS:
        graph.add_nodes_from((hub, way) for way in ways[hub])
        for one, other in itertools.permutations(ways[hub], 2):
            graph.add_edge((hub, one), (hub, other), cost=reversal, link=None)
    for number, link in enumerate(network.links):
        if number not in closed:
            add_link(graph, number, link, ways)
    nodes, arcs = list(graph), list(graph.edges(data=True))
    place = {node: number for number, node in enumerate(nodes)}
    pairs = list(wanted)
    # Variables of each pair: arcs, the way it starts on, the way it ends on, unserved.
    most = max(map(len, ways.values()))
    width = len(arcs) + 2 * most + 1
    equal = np.zeros((len(pairs) * (len(nodes) + 2), len(pairs) * width))
    right = np.zeros(len(equal))
    bounded = np.zeros((len(network.links), equal.shape[1]))
    minutes, unserved = np.zeros(equal.shape[1]), np.zeros(equal.shape[1])
    for k, pair in enumerate(pairs):
        left, top = k * width, k * (len(nodes) + 2)
        for a, (tail, head, data) in enumerate(arcs):
            equal[top + place[tail], left + a] -= 1
            equal[top + place[head], left + a] += 1
            minutes[left + a] = data["cost"]
            if data["link"] is not None:
                bounded[data["link"], left + a] = 1
        for end, hub in enumerate(pair):
            first = left + len(arcs) + end * most
            for number, way in enumerate(ways[hub]):
                equal[top + place[hub, way], first + number] = -1 if end else 1
            total = top + len(nodes) + end
            equal[total, first : first + len(ways[hub])] = 1
            equal[total, left + width - 1] = 1
            right[total] = wanted[pair]
        unserved[left + width - 1] = 1
    limited = np.isfinite(capacity)
    first = linprog(unserved, bounded[limited], capacity[limited], equal, right, method="highs")
    assert first.status == 0
    second = linprog(
        minutes,
        np.vstack([bounded[limited], unserved]),
        np.append(capacity[limited], first.fun + 1e-9),
        equal,
        right,
        method="highs",
    )
    assert second.status == 0
    return first.fun, second.fun


@pytest.mark.differential
@given(drawn=rows, wanted=demands, hit=closures)
def test_equals_the_arc_programme(drawn, wanted, hit):
    network = build(drawn)
    outages = make_outages(network, hit)
    capacity = link_capacities(network)
    found = flow_under_capacity(make_assessor(network, wanted), outages, capacity)
    halved = capacity.copy()
    for outage in {o.link: o for o in outages if o.effect == "single_track"}.values():
        halved[network.link_index[outage.link]] /= 2
    closed = {network.link_index[o.link] for o in outages if o.effect == "closed"}
    unserved, minutes = arc_programme(network, wanted, halved, closed, 7)
    assert found.unserved.sum() == pytest.approx(unserved, abs=1e-5)
    assert found.minutes == pytest.approx(minutes, abs=1e-3)
    assert (found.flow.sum(axis=1) <= halved + 1e-6).all()
    assert found.served + found.unserved == pytest.approx(found.wanted)
    assert (found.rerouted <= found.served + 1e-6).all()
    assert not found.flow[sorted(closed)].any()


@given(drawn=rows, wanted=demands, hit=closures)
def test_without_limits_it_is_all_or_nothing(drawn, wanted, hit):
    network = build(drawn)
    assessor = make_assessor(network, wanted)
    outages = make_outages(network, hit)
    routes = assessor.routes(outages)
    free = np.full(len(network.links), np.inf)
    found = flow_under_capacity(assessor, outages, free)
    assert found.minutes == pytest.approx(
        float((routes.minutes[routes.connected] * assessor.demand.trips[routes.connected]).sum())
    )
    connected = np.where(routes.connected, assessor.demand.trips, 0)
    assert found.served == pytest.approx(connected)
    assert not found.shadow_minutes.any()
    assert not len(found.full)


@given(drawn=rows, wanted=demands)
def test_link_flows_are_those_of_the_routes(drawn, wanted):
    network = build(drawn)
    assessor = make_assessor(network, wanted)
    flows = np.zeros((len(network.links), 2))
    for i, j in np.argwhere(assessor.demand.trips > 0).tolist():
        for link, forward in assessor.base.links_between(i, j):
            flows[link, 0 if forward else 1] += assessor.demand.trips[i, j]
    assert link_flows(assessor.base, assessor.demand.trips) == pytest.approx(flows)
    km = assessor.base.sum_along(network.length_km)
    served = assessor.base.connected & (assessor.demand.trips > 0)
    total = (assessor.demand.trips[served] * km[served]).sum()
    assert (flows.sum(axis=1) * network.length_km).sum() == pytest.approx(total)


TWO_WAYS = [("h0", "h1", 30.0), ("h0", "h2", 30.0), ("h2", "h1", 30.0)]


def two_ways(capacity, *, outages=(), trains=10.0, **options):
    network = make_network(TWO_WAYS, HUBS)
    assessor = make_assessor(network, {("h0", "h1"): trains})
    limits = link_capacities(network, by_link=capacity)
    return network, flow_under_capacity(
        assessor,
        [make_outage(*each, effect=effect) for *each, effect in outages],
        limits,
        **options,
    )


def test_what_the_short_way_cannot_carry_goes_round():
    _, found = two_ways({"h0-h1-0": 6})
    assert found.flow == pytest.approx(np.array([[6, 0], [4, 0], [4, 0]]))
    assert found.rerouted[0, 1] == pytest.approx(4)
    assert found.full.tolist() == [0]
    assert found.minutes == pytest.approx(6 * 30 + 4 * 60)
    assert found.shadow_minutes == pytest.approx([30, 0, 0], abs=1e-4)
    assert found.shadow_trains == pytest.approx([0, 0, 0])
    assert np.isnan(found.diesels_used)


def test_what_no_way_can_carry_is_left():
    _, found = two_ways({"h0-h1-0": 6, "h2-h1-2": 1})
    assert found.unserved[0, 1] == pytest.approx(3)
    assert found.full.tolist() == [0, 2]
    assert found.shadow_trains == pytest.approx([1, 0, 1])


def test_single_track_halves():
    _, found = two_ways({"h0-h1-0": 6}, outages=[("h0-h1-0", 0, 1, "single_track")])
    assert found.flow[0].sum() == pytest.approx(3)
    assert found.capacity[0] == 3


def test_both_directions_share_a_link():
    network = make_network([("h0", "h1", 30.0)], HUBS)
    assessor = make_assessor(network, {("h0", "h1"): 5, ("h1", "h0"): 5})
    found = flow_under_capacity(assessor, [], link_capacities(network, by_class={"main": 8}))
    assert found.served.sum() == pytest.approx(8)


def test_capacity_zero_closes_and_is_not_called_full():
    _, found = two_ways({"h0-h1-0": 0})
    assert found.flow.sum(axis=1) == pytest.approx([0, 10, 10])
    assert not len(found.full)


def test_a_stock_of_diesels_limits_what_runs_without_power():
    """Diesel at three quarters: 40 minutes a train on the short way, 18 trains a locomotive."""
    out = [("h0-h1-0", 0, 1, "diesel_only"), ("h2-h1-2", 0, 1, "closed")]
    per_diesel = DIESEL_HOURS_PER_DAY / (30 / TRAIN.diesel_speed_share / 60)
    _, found = two_ways({}, outages=out, trains=3 * per_diesel, diesels=2)
    assert found.served[0, 1] == pytest.approx(2 * per_diesel)
    assert found.diesels_used == pytest.approx(2)
    assert found.shadow_trains_per_diesel == pytest.approx(per_diesel)
    _, plenty = two_ways({}, outages=out, trains=per_diesel, diesels=2)
    assert plenty.diesels_used == pytest.approx(1)
    assert plenty.unserved.sum() == pytest.approx(0)
    _, none = two_ways({}, outages=out, trains=1.0, diesels=0)
    assert none.unserved.sum() == pytest.approx(1)


def test_diesels_are_needed_only_on_marked_links_that_have_or_may_have_a_wire():
    out = [make_outage("h0-h1-0", 0, 1, effect="diesel_only")]
    per_train = 30 / TRAIN.diesel_speed_share / 60 / DIESEL_HOURS_PER_DAY
    plain = make_network(TWO_WAYS, HUBS)
    for electrified, needed in ((True, 6 * per_train), (None, 6 * per_train), (False, 0.0)):
        links = (replace(plain.links[0], electrified=electrified),
                 *(replace(each, electrified=True) for each in plain.links[1:]))  # fmt: skip
        network = Network(hubs=plain.hubs, links=links)
        assessor = make_assessor(network, {("h0", "h1"): 10})
        limits = link_capacities(network, by_link={"h0-h1-0": 6})
        found = flow_under_capacity(assessor, out, limits, diesels=9)
        assert found.flow.sum(axis=1) == pytest.approx([6, 4, 4])
        assert found.diesels_used == pytest.approx(needed)


def test_of_equal_ways_the_base_route_is_kept():
    edges = [("h0", "h1", 60.0), ("h0", "h2", 30.0), ("h2", "h1", 30.0)]
    network = make_network(edges, HUBS)
    assessor = make_assessor(network, {("h0", "h1"): 4, ("h0", "h2"): 1})
    found = flow_under_capacity(assessor, [], link_capacities(network, by_class={"main": 6}))
    assert found.rerouted.sum() == 0
    assert found.minutes == pytest.approx(270)


def test_without_demand():
    network = make_network(TWO_WAYS, HUBS)
    found = flow_under_capacity(
        make_assessor(network, {}), [], link_capacities(network, by_class={"main": 1}), diesels=1
    )
    assert found.minutes == 0.0
    assert not found.flow.any()


def test_flow_change_moves_from_the_closed_link_to_the_way_round():
    network = make_network(TWO_WAYS, HUBS)
    assessor = make_assessor(network, {("h0", "h1"): 4})
    state = assessor.routes([make_outage("h0-h1-0", 0, 1)])
    trips = assessor.demand.trips
    change = link_flows(state, trips) - link_flows(assessor.base, trips)
    assert change.sum(axis=1).tolist() == [-4, 4, 4]


def test_bad_capacities_all_at_once():
    network = make_network(TWO_WAYS, HUBS)
    with pytest.raises(InputError) as caught:
        link_capacities(
            network, by_class={"main": -1, "mane": 5}, by_link={"h0-h1-00": 3, "h0-h2-1": -2}
        )
    text = str(caught.value)
    assert len(caught.value.problems) == 4
    assert "did you mean 'h0-h1-0'" in text
    assert "did you mean 'main'" in text
    assert "capacity of main (=-1) must not be negative" in text


def test_a_negative_capacity_of_the_network_is_refused():
    network = make_network(TWO_WAYS, HUBS)
    with pytest.raises(InputError, match="capacity_trains_per_day"):
        replace(network.links[0], capacity_trains_per_day=-3.0)


@pytest.mark.parametrize(
    ("capacity", "diesels", "trains"),
    [([-1, 1, 1], None, 1.0), ([1, np.nan, 1], None, 1.0), ([1, 1, 1], -1.0, 1.0),
     ([1, 1, 1], np.inf, 1.0), ([1, 1, 1], None, -1.0), ([1, 1, 1], None, np.nan)],
)  # fmt: skip
def test_bad_figures_are_refused(capacity, diesels, trains):
    network = make_network(TWO_WAYS, HUBS)
    wanted = np.zeros((5, 5))
    wanted[0, 1] = trains
    with pytest.raises(InputError):
        flow_under_capacity(
            make_assessor(network, {}),
            [],
            np.array(capacity, float),
            trains=wanted,
            diesels=diesels,
        )
    with pytest.raises(ValueError, match="shapes"):
        flow_under_capacity(make_assessor(network, {}), [], np.ones(2))
