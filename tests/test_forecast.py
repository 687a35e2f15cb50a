"""The choice of a way without hindsight, by hand and against all ways there are."""

import itertools
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netmodel.impact.assessment import Assessor
from netmodel.impact.decision import decide_on_forecast
from netmodel.impact.demand import Demand
from netmodel.impact.waiting import WaitingModel
from netmodel.outages.outage import MilestoneTimes
from netmodel.outages.timeline import Timeline
from netmodel.routing.profiles import PASSENGER
from netmodel.times import Window
from tests.conftest import at, make_network, make_outage

TRAIN = replace(PASSENGER, speed_kmh=dict.fromkeys(PASSENGER.speed_kmh, 60.0))
# a to b over 60 minutes of main line that is out, or over c in 180.
EDGES = [("a", "b", 60.0), ("a", "c", 90.0), ("c", "b", 90.0)]


def draw_of(ends, start=0.0):
    """Return one draw: when each incident ends, in hours; None for never."""
    return {
        incident: MilestoneTimes(
            start=at(start), first_traffic=None if end is None else at(end), full_service=None
        )
        for incident, end in ends.items()
    }


def make_model(edges, made):
    network = make_network(edges)
    hubs = tuple(hub.id for hub in network.hubs)
    demand = Demand(hubs=hubs, trips=1.0 - np.eye(len(hubs)))
    timeline = Timeline(window=Window(start=at(0), end=at(24)), outages=made, times={})
    return WaitingModel(Assessor(network, demand, TRAIN), timeline)


def decide(ends, **options):
    model = make_model(EDGES, (make_outage("a-b-0", 0, 1, incident="x"),))
    return decide_on_forecast(model, [at(0)], [draw_of({"x": end}) for end in ends], **options)


def test_a_known_reopening_has_no_price():
    found = decide([1.0, 1.0])
    assert found.minutes[0, 0, 1] == found.hindsight_minutes[0, 0, 1] == 120.0
    assert found.price_minutes[0, 0, 1] == 0.0
    assert found.base_way_share[0, 0, 1] == 1.0


def test_waits_when_the_mean_wait_is_shorter():
    """Wait: 60 or 300, mean 160 with two thirds early; round: 180 for certain."""
    found = decide([0.5, 0.5, 4.0])
    wait = (90 + 90 + 300) / 3
    assert found.minutes[0, 0, 1] == pytest.approx(wait)
    assert found.hindsight_minutes[0, 0, 1] == pytest.approx((90 + 90 + 180) / 3)
    assert found.price_minutes[0, 0, 1] == pytest.approx(40.0)
    assert found.base_way_share[0, 0, 1] == 1.0


def test_goes_round_when_the_forecast_is_bad():
    found = decide([0.5, 4.0, 4.0])
    assert found.minutes[0, 0, 1] == 180.0
    assert found.price_minutes[0, 0, 1] == pytest.approx(180 - (90 + 180 + 180) / 3)
    assert found.base_way_share[0, 0, 1] == 0.0


def test_weights_turn_the_choice():
    assert decide([0.5, 4.0], weights=[9, 1]).base_way_share[0, 0, 1] == 1.0
    assert decide([0.5, 4.0], weights=[1, 9]).base_way_share[0, 0, 1] == 0.0
    assert decide([0.5, None], weights=[1, 0]).minutes[0, 0, 1] == 90.0


def test_a_way_that_may_never_open_is_avoided():
    found = decide([0.1, 0.1, 0.1, None])
    assert found.minutes[0, 0, 1] == 180.0


def test_never_without_a_way_round():
    model = make_model([("a", "b", 60.0)], (make_outage("a-b-0", 0, 1, incident="x"),))
    found = decide_on_forecast(model, [at(0)], [draw_of({"x": 1.0}), draw_of({"x": None})])
    assert np.isinf(found.minutes[0, 0, 1])
    assert np.isnan(found.price_minutes[0, 0, 1])


def test_what_is_in_force_at_departure_is_seen():
    """In one draw the line is open again at departure: then nothing is left to guess."""
    model = make_model(EDGES, (make_outage("a-b-0", 0, 1, incident="x"),))
    found = decide_on_forecast(model, [at(2)], [draw_of({"x": 1.0}), draw_of({"x": 50.0})])
    assert found.price_minutes[0, 0, 1] == 0.0
    assert found.minutes[0, 0, 1] == (60 + 180) / 2
    assert found.base_way_share[0, 0, 1] == 0.5


def test_demand_hours_and_means():
    found = decide([1.0])
    trips = np.array([[0.0, 2.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    assert found.mean_delay_hours(trips).tolist() == [1.0]
    assert found.demand_hours(trips, at(1)) == 2.0


@pytest.mark.parametrize("weights", [[], [1.0], [0.0, 0.0], [-1.0, 2.0], [np.nan, 1.0]])
def test_weights_that_do_not_fit(weights):
    with pytest.raises(ValueError, match="weights"):
        decide([1.0, 2.0], weights=weights)
    with pytest.raises(ValueError, match="draw"):
        decide([])


ends = st.one_of(st.none(), st.integers(0, 20).map(lambda n: n / 10))


@settings(max_examples=30)
@given(
    edges=st.lists(
        st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd"), st.integers(5, 60)).filter(
            lambda edge: edge[0] != edge[1]
        ),
        min_size=1,
        max_size=7,
    ),
    closed=st.lists(st.integers(0, 6), min_size=1, max_size=3, unique=True),
    draws=st.lists(st.tuples(ends, ends, ends), min_size=1, max_size=4),
)
def test_no_simple_way_does_better_than_hindsight_nor_the_choice_better_than_all(
    edges, closed, draws
):
    """Between hindsight and the best of all simple ways; never above keeping to the base."""
    edges = [(one, other, float(km)) for one, other, km in edges]
    out = sorted({number % len(edges) for number in closed})
    network = make_network(edges)
    made = tuple(
        make_outage(network.links[number].id, 0, 1, incident=f"i{place}")
        for place, number in enumerate(out)
    )
    model = make_model(edges, made)
    forecast = [
        draw_of({f"i{n}": None if each[n] is None else each[n] + 0.1 for n in range(len(made))})
        for each in draws
    ]
    found = decide_on_forecast(model, [at(0)], forecast)
    assert (found.hindsight_minutes <= found.minutes).all()
    graph = network.to_networkx()
    for start, end in itertools.permutations(model.hubs, 2):
        i, j = model.hubs.index(start), model.hubs.index(end)
        ways = (
            list(nx.all_simple_edge_paths(graph, start, end))
            if nx.has_path(graph, start, end)
            else []
        )
        means = [np.mean([follow(network, made, way, each) for each in forecast]) for way in ways]
        assert found.minutes[0, i, j] >= min(means, default=np.inf) - 1e-9
        waits = [model.delays([at(0)], each).wait_minutes[0, i, j] for each in forecast]
        assert found.minutes[0, i, j] <= np.mean(waits) + 1e-9


def follow(network, made, way, draw):
    """Return the minutes of a train that keeps to a way, by hand."""
    now = 0.0
    for _, _, key in way:
        for outage in made:
            if outage.link == key:
                reopened = draw[outage.incident].first_traffic
                wait = np.inf if reopened is None else (reopened - at(0)).total_seconds() / 60
                now = max(now, wait)
        now += network.link(key).length_km
    return now
