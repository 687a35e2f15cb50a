"""Reversals, gauges, industrial links and profiles: what makes a railway cost what it does."""

import math
import random
from dataclasses import replace
from itertools import combinations, product

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmodel.errors import InputError, UnknownNameError
from netmodel.impact.costs import state_minutes
from netmodel.impact.demand import gravity_demand, tabulate_demand
from netmodel.impact.laid_lines import Turns
from netmodel.network.edit import assign_sides
from netmodel.network.railway import Hub, Link, Network, great_circle_km
from netmodel.routing.profiles import (
    CLOSED,
    FREIGHT,
    PASSENGER,
    PROFILES,
    UNITS_PER_MINUTE,
    Profile,
    costs_from_minutes,
    running_minutes,
    whole_cost,
)
from netmodel.routing.router import Router
from tests.conftest import make_network, make_outage

HUBS = ["h0", "h1", "h2", "h3", "h4", "h5"]
TRAIN = replace(PASSENGER, speed_kmh=dict.fromkeys(PASSENGER.speed_kmh, 60.0))
GAUGES = (1000, 1435, 1520)
rows = st.lists(
    st.tuples(
        st.sampled_from(HUBS),
        st.sampled_from(HUBS),
        st.integers(1, 50),
        st.sampled_from(["", "A", "B"]),
        st.sampled_from(["", "A", "B"]),
        st.sampled_from([(), *((mm,) for mm in GAUGES), (1435, 1520), (1000, 1520)]),
    ).filter(lambda row: row[0] != row[1]),
    min_size=1,
    max_size=14,
)


def build(drawn):
    plain = make_network([(row[0], row[1], float(row[2])) for row in drawn], HUBS)
    links = tuple(
        replace(link, from_side=row[3], to_side=row[4], gauges_mm=row[5])
        for link, row in zip(plain.links, drawn, strict=True)
    )
    return Network(hubs=plain.hubs, links=links)


def expand(network, reversal, gauge):
    """Return every hub as all ends by which a train may have come, and all gauges it may have."""
    graph = nx.DiGraph()
    ends = {hub: [("start", "", None)] for hub in HUBS}
    found = {hub: set() for hub in HUBS}
    for link in network.links:
        for hub, side in ((link.from_hub, link.from_side), (link.to_hub, link.to_side)):
            ends[hub].append((link.id, side, link))
            found[hub] |= {*link.gauges_mm}
    unknown = nx.Graph()
    unknown.add_nodes_from(HUBS)
    unknown.add_edges_from((x.from_hub, x.to_hub) for x in network.links if not x.gauges_mm)
    for part in nx.connected_components(unknown):
        found |= dict.fromkeys(part, set().union(*(found[hub] for hub in part)))
    for hub in HUBS:
        for came, side, _ in ends[hub]:
            change = gauge if len(found[hub]) > 1 else 0
            graph.add_weighted_edges_from(
                ((hub, came, mm), (hub, came, other), change)
                for mm in GAUGES
                for other in GAUGES
                if mm != other
            )
            for name, other_side, link in ends[hub]:
                if link is not None:
                    back = name == came or (side != "" and side == other_side)
                    leave(graph, hub, came, link, reversal if back else 0)
    return graph


def leave(graph, hub, came, link, turn):
    far = link.to_hub if hub == link.from_hub else link.from_hub
    for mm in link.gauges_mm or GAUGES:
        graph.add_edge((hub, came, mm), (far, link.id, mm), weight=turn + link.length_km)


@given(
    drawn=rows,
    turns=st.sampled_from([(20.0, 120.0), (0.0, 0.0), (3.0, 1.0), (math.inf, math.inf)]),
    terminals=st.sets(st.sampled_from(HUBS), min_size=2),
)
def test_sides_and_gauges_equal_networkx(drawn, turns, terminals):
    network = build(drawn)
    reversal, gauge = turns
    names = sorted(terminals)
    router = Router(network, names, reversal_minutes=reversal, gauge_change_minutes=gauge)
    routes = router.solve(costs_from_minutes(network, running_minutes(network, TRAIN)))
    graph = expand(network, reversal, gauge)
    for i, one in enumerate(names):
        sources = {(one, "start", mm) for mm in GAUGES}
        lengths = nx.multi_source_dijkstra_path_length(graph, sources)
        for j, other in enumerate(names):
            ends = [cost for (hub, _, _), cost in lengths.items() if hub == other]
            assert routes.minutes[i, j] == min(ends, default=math.inf)
            if 0 < routes.minutes[i, j] < math.inf:
                assert routes.hubs_between(i, j)[0] == one
                assert routes.hubs_between(i, j)[-1] == other
    free = np.zeros(len(network.links))
    if math.isfinite(reversal):
        km = routes.sum_along(network.length_km)
        turned = routes.sum_along(free, reversal=reversal, gauge_change=gauge)
        both = routes.connected
        assert km[both] + turned[both] == pytest.approx(routes.minutes[both])
        along = Turns(network, reversal, gauge)
        for i, j in zip(*np.nonzero(both), strict=True):
            steps = routes.links_between(i, j)
            if steps:
                link, forward = (np.array(each) for each in zip(*steps, strict=True))
                cost = along.along(link, forward).sum() / UNITS_PER_MINUTE
                assert cost == pytest.approx(turned[i, j])


@given(drawn=rows)
def test_routes_of_equal_cost_are_whole_and_the_same_each_time(drawn):
    network = build([(*row[:2], 10, *row[3:]) for row in drawn])
    costs = costs_from_minutes(network, running_minutes(network, TRAIN))
    one, two = (
        Router(network, HUBS, reversal_minutes=0.0, gauge_change_minutes=0.0).solve(costs)
        for _ in range(2)
    )
    for i in range(len(HUBS)):
        for j in range(len(HUBS)):
            route = one.links_between(i, j)
            assert route == two.links_between(i, j)
            assert 10 * len(route) == one.minutes[i, j] or i == j or not one.connected[i, j]


def test_of_equal_routes_the_one_of_the_lowest_arcs_is_kept():
    """Parallel links, and two ways round a square: the earlier in the tables."""
    edges = [("h0", "h2", 5.0), ("h0", "h1", 5.0), ("h1", "h3", 5.0), ("h2", "h3", 5.0)]
    network = make_network([*edges, ("h0", "h2", 5.0)])
    costs = costs_from_minutes(network, running_minutes(network, TRAIN))
    routes = Router(network, ["h0", "h1", "h2", "h3"]).solve(costs)
    assert routes.links_between(0, 2) == [(0, True)]
    assert routes.links_between(0, 3) == [(1, True), (2, True)]


def test_a_train_keeps_its_gauge_over_a_link_of_unknown_gauge():
    plain = make_network([("h0", "h1", 10.0), ("h1", "h2", 10.0), ("h2", "h3", 10.0)], HUBS)
    links = [
        replace(link, gauges_mm=mm)
        for link, mm in zip(plain.links, ((1520,), (), (1435,)), strict=True)
    ]
    costs = running_minutes(plain, TRAIN)

    def minutes(network, change):
        router = Router(network, ["h0", "h3"], gauge_change_minutes=change)
        return router.solve(costs_from_minutes(network, costs)).minutes[0, 1]

    rail = Network(hubs=plain.hubs, links=tuple(links))
    assert minutes(rail, 120.0) == 150.0
    assert minutes(rail, math.inf) == math.inf
    road = replace(links[1], line_class="road")
    by_bus = Network(hubs=plain.hubs, links=(links[0], road, links[2]))
    assert minutes(by_bus, math.inf) == 30.0


def test_a_break_of_gauge_costs_its_minutes_or_forbids():
    edges = [("h0", "h1", 60.0), ("h1", "h2", 60.0), ("h0", "h2", 400.0)]
    plain = make_network(edges)
    gauges = (1520, 1435, 1520)
    network = Network(
        hubs=plain.hubs,
        links=tuple(replace(x, gauges_mm=(mm,)) for x, mm in zip(plain.links, gauges, strict=True)),
    )
    costs = costs_from_minutes(network, running_minutes(network, TRAIN))

    def minutes(gauge_change):
        router = Router(network, ["h0", "h2"], gauge_change_minutes=gauge_change)
        return router.solve(costs).minutes[0, 1]

    # A train may start and end on either gauge; only the change on the way costs.
    assert minutes(120.0) == 240.0
    assert minutes(360.0) == minutes(math.inf) == 400.0


def test_a_link_of_two_gauges_is_no_break_of_gauge():
    edges = [("h0", "h1", 10.0), ("h1", "h2", 10.0), ("h1", "h3", 10.0), ("h2", "h4", 10.0)]
    plain = make_network(edges)
    carried = ((1435, 1520), (1520,), (1435,), (1435,))
    network = Network(
        hubs=plain.hubs,
        links=tuple(replace(x, gauges_mm=mm) for x, mm in zip(plain.links, carried, strict=True)),
    )

    def minutes(end, gauges=None):
        train = replace(TRAIN, gauges_mm=gauges)
        costs = costs_from_minutes(network, running_minutes(network, train))
        return Router(network, ["h0", end], gauge_change_minutes=120.0).solve(costs).minutes[0, 1]

    assert minutes("h2") == minutes("h3") == minutes("h2", (1520,)) == 20.0
    assert minutes("h4") == 150.0
    assert minutes("h3", (1520,)) == math.inf


def test_industrial_links_are_used_only_when_they_are_the_only_way():
    spur = Link(id="spur", from_hub="h0", to_hub="h1", length_km=3, line_class="industrial")
    network = make_network([("h0", "h2", 200.0), ("h2", "h1", 200.0)]).with_links([spur])

    def way(closed=()):
        minutes = running_minutes(network, TRAIN)
        minutes[list(closed)] = np.inf
        routes = Router(network, ["h0", "h1"]).solve(costs_from_minutes(network, minutes))
        return [network.links[number].id for number, _ in routes.links_between(0, 1)]

    assert "spur" not in way()
    assert way(closed=[0]) == ["spur"]


def test_without_diesels_a_lost_wire_closes():
    network = make_network([("h0", "h1", 60.0), ("h1", "h2", 60.0)])
    links = (
        replace(network.links[0], electrified=True),
        replace(network.links[1], electrified=False),
    )
    network = Network(hubs=network.hubs, links=links)
    outages = [make_outage(link.id, 0, 1, effect="diesel_only") for link in links]
    for share, expected in ((0.5, [120.0, 60.0]), (0.0, [math.inf, 60.0])):
        train = replace(TRAIN, diesel_speed_share=share)
        minutes = state_minutes(network, train, running_minutes(network, train), outages)
        assert minutes.tolist() == expected


def test_a_profile_says_all_that_is_wrong_with_it():
    with pytest.raises(InputError) as caught:
        Profile(
            name="odd",
            traffic="passenger",
            speed_kmh={"main": 0.0, "mane": 5.0},
            forbidden_classes=("secondary", "branch", "industrial", "connector"),
            diesel_speed_share=2.0,
            slowed_speed_share=0.0,
            gauge_change_minutes=math.nan,
        )
    text = str(caught.value)
    for part in ("road", "speed_kmh of main (=0.0)", "'mane'", "diesel", "slowed", "gauge_change"):
        assert part in text
    assert len(caught.value.problems) == 6


@pytest.mark.parametrize("given", [{"forbidden_classes": ("main",)}, {"gauges_mm": (1000,)}])
def test_a_profile_that_forbids_everything(given):
    plain = make_network([("h0", "h1", 60.0)])
    network = Network(hubs=plain.hubs, links=(replace(plain.links[0], gauges_mm=(1520,)),))
    with pytest.raises(InputError, match="profile passenger: forbids every link"):
        running_minutes(network, replace(TRAIN, **given))


def test_whole_costs():
    assert whole_cost(0.0) == 0
    assert whole_cost(1.0) == 600
    assert whole_cost(math.inf) == whole_cost(1e12) == CLOSED


def test_freight_is_slower_and_turns_longer():
    assert PROFILES["freight"] is FREIGHT
    assert FREIGHT.reversal_minutes > PASSENGER.reversal_minutes
    assert FREIGHT.gauge_change_minutes > PASSENGER.gauge_change_minutes
    assert all(FREIGHT.speed_kmh[name] <= PASSENGER.speed_kmh[name] for name in FREIGHT.speed_kmh)


def junction(*ends, curves=()):
    """A hub at (30, 48) with a link to each end; return the side of each link there."""
    hubs = [Hub(id="j", name="J", lon=30, lat=48)]
    hubs += [Hub(id=f"e{n}", name=f"E{n}", lon=x, lat=y) for n, (x, y) in enumerate(ends)]
    links = tuple(
        Link(id=f"l{n}", from_hub="j", to_hub=f"e{n}", length_km=80)
        if n % 2
        else Link(id=f"l{n}", from_hub=f"e{n}", to_hub="j", length_km=80)
        for n in range(len(ends))
    )
    lines = {
        f"l{n}": ((30.0, 48.0), end) if n % 2 else (end, (30.0, 48.0)) for n, end in enumerate(ends)
    }
    network = assign_sides(Network(hubs=tuple(hubs), links=links, geometry=lines), curves=curves)
    return [x.from_side if x.from_hub == "j" else x.to_side for x in network.links]


def test_sides_by_angle():
    west, east, north = (29.0, 48.0), (31.0, 48.0), (30.0, 49.0)
    north_east = (30.8, 48.2)
    assert junction(west, east) == ["A", "B"]
    assert junction(west, east, north_east) == ["A", "B", "B"]
    assert junction(west, east, north) == ["A", "B", ""]
    assert junction(east, north_east) == ["A", "A"]
    assert junction(east, north) == ["", ""]
    assert junction(east) == [""]
    assert junction(west, east, north_east, curves=[("j", "l2")]) == ["A", "B", ""]


def test_sides_need_a_course_and_known_curves():
    plain = make_network([("h0", "h1", 60.0), ("h1", "h2", 60.0)])
    assert assign_sides(plain) == plain
    with pytest.raises(UnknownNameError, match="unknown hub 'h9'"):
        assign_sides(plain, curves=[("h9", "h0-h1-0")])
    with pytest.raises(UnknownNameError, match="link at hub h0"):
        assign_sides(plain, curves=[("h0", "h1-h2-1")])


def towns(*populations):
    return Network(
        hubs=tuple(
            Hub(id=f"t{n}", name=f"T{n}", lon=30 + 3 * n, lat=48, population=p)
            for n, p in enumerate(populations)
        ),
        links=(),
    )


@pytest.mark.parametrize("deterrence", ["power", "exponential"])
def test_gravity_is_proportional_to_populations_and_deterrence(deterrence):
    network = towns(1000, 3000, 2000)
    found = gravity_demand(
        network, ["t0", "t1", "t2"], exponent=2.0, deterrence=deterrence, scale_km=200.0
    ).trips
    assert found.sum() == pytest.approx(3)
    near, far = 223.2, 446.2
    falls = (near / far) ** -2 if deterrence == "power" else math.exp((far - near) / 200)
    assert found[0, 1] / found[0, 2] == pytest.approx(3000 / 2000 * falls, rel=1e-2)


@pytest.mark.parametrize("given", [{}, {"exponent": 0.0}, {"deterrence": "exponential"}])
def test_gravity_equals_the_formula_pair_by_pair(given):
    draw = random.Random(5)
    hubs = tuple(
        Hub(
            id=f"t{n}", name=f"T{n}", lon=draw.uniform(-180, 180), lat=draw.uniform(-90, 90),
            population=draw.randint(1, 3_000_000),
        )
        for n in range(40)
    )  # fmt: skip
    hubs = (*hubs, replace(hubs[0], id="same"))
    network = Network(hubs=hubs, links=())
    expected = np.zeros((41, 41))
    for i, j in combinations(range(41), 2):
        one, other = hubs[i], hubs[j]
        km = max(great_circle_km(one.lon, one.lat, other.lon, other.lat), 1.0)
        falls = math.exp(-km / 300) if "deterrence" in given else km ** -given.get("exponent", 1.0)
        expected[i, j] = one.population * other.population * falls
    expected *= 41 * 20 / expected.sum()
    found = gravity_demand(network, [hub.id for hub in hubs], **given).trips
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"exponent": 2000.0}, "overflow"),
        ({"exponent": 2000.0}, "exponent from"),
        ({"exponent": 2000.0}, r"exponent \(=2000"),
        ({"deterrence": "exponential", "scale_km": 0.1}, "overflow"),
        ({"deterrence": "exponential", "scale_km": 0.1}, r"scale_km \(=0.1\)"),
        ({"deterrence": "exponential", "scale_km": 0.1}, "100 km"),
        ({"exponent": -1.0}, "exponent"),
        ({"exponent": math.nan}, "exponent"),
        ({"scale_km": 0.0}, "scale_km"),
        ({"deterrence": "magic"}, "one of power, exponential"),
    ],
)
def test_a_deterrence_that_overflows_is_refused(given, message):
    with pytest.raises(InputError, match=message):
        gravity_demand(towns(1000, 3000, 2000), ["t0", "t1", "t2"], **given)


def test_gravity_needs_populations():
    with pytest.raises(InputError, match="population for t1"):
        gravity_demand(towns(1000, None, 5), ["t0", "t1", "t2"])


def test_trips_are_between_two_hubs_that_are_known():
    network = make_network([("a", "b", 10), ("b", "c", 10)])
    found = tabulate_demand(
        [("1", "a", "b", 3), ("2", "b", "c", "0.5"), ("3", "a", "b", 4)], network
    )
    trips = {(one, other): found.trips[m, n] for m, one in enumerate(found.hubs)
             for n, other in enumerate(found.hubs) if found.trips[m, n]}  # fmt: skip
    assert trips == {("a", "b"): 7.0, ("b", "c"): 0.5}
    wrong = [("1", "a", "a", 3), ("2", "a", "x", 3), ("3", "x", "y", 3), ("4", "a", "b", -1)]
    with pytest.raises(InputError) as caught:
        tabulate_demand([*wrong, ("5", "a", "b", 3)], network)
    assert [problem.where for problem in caught.value.problems] == ["1", "2", "3", "3", "4"]
    with pytest.raises(InputError) as caught:
        tabulate_demand([("1", "a", "b", "1,5"), ("2", "a", "b", "x")], network)
    assert [("point" in each.remedy) for each in caught.value.problems] == [True, False]


@pytest.mark.parametrize("flip", [0, 1])
def test_a_train_turns_where_it_leaves_by_the_side_by_which_it_came(flip):
    """All ways over one hub: at links of a side, of the other, and of none that is known."""
    sides = ["", "A", "B", "A", "", "B"]
    starts = [(n + flip) % 2 == 0 for n in range(6)]
    ends = [("h", f"x{n}", 9) if here else (f"x{n}", "h", 9) for n, here in enumerate(starts)]
    network = make_network(ends)
    links = [
        replace(link, **{"from_side" if here else "to_side": side})
        for link, here, side in zip(network.links, starts, sides, strict=True)
    ]
    turns = Turns(replace(network, links=tuple(links)), 7.0, 0.0)
    for one, other in product(range(6), repeat=2):
        forward = np.array([not starts[one], starts[other]])
        found = turns.along(np.array([one, other]), forward)
        reverses = one == other or (sides[one] != "" and sides[one] == sides[other])
        assert found.tolist() == [0, whole_cost(7.0) if reverses else 0]
