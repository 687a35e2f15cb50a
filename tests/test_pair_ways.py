"""Journeys over trains: ways, shares and minutes against networkx and by properties."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from netmodel.impact import joining
from netmodel.impact.assessment import Assessor
from netmodel.impact.demand import Demand, uniform_demand
from netmodel.impact.near_ways import find_near_ways
from netmodel.impact.redundancy import incident_ways
from netmodel.impact.situation import METRICS
from netmodel.network.railway import Network
from netmodel.routing.profiles import PASSENGER
from netmodel.trains.course import find_courses
from netmodel.trains.relevance import RelevantTrains
from netmodel.trains.train import AssumedWay, Timetable, Train
from tests.conftest import make_network, make_outage

MINUTE = replace(PASSENGER, speed_kmh=dict.fromkeys(PASSENGER.speed_kmh, 60.0))
"""A train that takes a minute for each kilometre."""
HUBS = ["a", "b", "c", "d", "e", "f"]
SQUARE = [("a", "b", 30.0), ("b", "d", 30.0), ("a", "c", 31.0), ("c", "d", 37.0)]
MONOTONE = tuple(name for name, metric in METRICS.items() if metric.monotone)
DAY = date(2026, 2, 1)


def make_train(number: int, *stops: str, via: tuple[str, ...] = ()) -> Train:
    return Train(id=str(number), number=str(number), kind="regional", stops=stops, via=via)


def make_assessor(
    network: Network, trains=(), *, days: int = 1, base=(), demand=(), **options
) -> Assessor:
    """Return an assessor of passengers, each train running on one day but for the first."""
    timetable = Timetable(trains=tuple(trains))
    ran = {each.id: (DAY,) for each in trains}
    if trains:
        ran[trains[0].id] = tuple(date(2026, 2, 1 + n) for n in range(days))
    shut = [outage.link for outage in base]
    courses = find_courses(timetable, network, closed=shut)
    running = RelevantTrains(timetable=timetable, days=ran)
    hubs = demand or [hub.id for hub in network.hubs]
    return Assessor(
        network, uniform_demand(hubs), MINUTE,
        base_outages=base, trains=(running, courses) if trains else None, **options,
    )  # fmt: skip


def shut(*links: str):
    return [make_outage(link, 0, 1) for link in links]


def pair_of(assessor: Assessor, start: str, end: str) -> tuple[int, int]:
    return assessor.demand.hubs.index(start), assessor.demand.hubs.index(end)


def vias(assessor: Assessor, start: str, end: str) -> dict[str, float]:
    """Return the share of each way of a pair, by the hubs between."""
    ways = assessor.ways
    return {
        "".join(ways.hubs_along(way, assessor.network)[1:-1]): float(ways.share[way])
        for way in ways.of(*pair_of(assessor, start, end))
    }


def minutes_of(assessor: Assessor, start: str, end: str, outages=()) -> float:
    return float(assessor.travel(outages).minutes[pair_of(assessor, start, end)])


def test_a_pair_travels_by_the_trains_that_join_it_and_not_by_the_least_minutes():
    assessor = make_assessor(make_network(SQUARE), [make_train(1, "a", "c", "d")])
    assert vias(assessor, "a", "d") == {"c": 1.0}
    assert vias(assessor, "d", "a") == {"c": 1.0}  # both directions count
    assert minutes_of(assessor, "a", "d") == 68.0
    assert assessor.base.minutes[pair_of(assessor, "a", "d")] == 60.0


def test_a_train_is_boarded_at_its_last_call_and_left_at_its_first():
    """It runs from b into the terminus t and back; nobody rides there and back again."""
    spur = make_network([("a", "b", 10.0), ("b", "t", 7.0), ("b", "d", 12.0), ("d", "e", 8.0)])
    assessor = make_assessor(spur, [make_train(1, "a", "b", "t", "b", "d", "e")])
    assert vias(assessor, "b", "e") == {"d": 1.0}
    assert minutes_of(assessor, "b", "e") == minutes_of(assessor, "e", "b") == 20
    assert minutes_of(assessor, "a", "b") == minutes_of(assessor, "b", "a") == 10
    assert minutes_of(assessor, "t", "e") == 27


def test_shares_are_by_the_trains_of_the_window():
    trains = [make_train(1, "a", "b", "d"), make_train(2, "a", "c", "d")]
    assert vias(make_assessor(make_network(SQUARE), trains, days=3), "a", "d") == {
        "b": 0.75, "c": 0.25,
    }  # fmt: skip


RUNS = st.lists(
    st.tuples(st.sampled_from(["abd", "dba", "acd", "dca", "aed", "dea"]), st.integers(1, 7)),
    min_size=1,
    max_size=8,
)
FIGURE = [("abd", 7), ("dba", 5), ("acd", 4), ("acd", 2)]


def assess_runs(runs, trips) -> Assessor:
    """Return an assessor of trips between a and d with trains of so many days each."""
    trains = tuple(make_train(n, *stops) for n, (stops, _) in enumerate(runs))
    days = {str(n): tuple(date(2026, 2, 1 + d) for d in range(k)) for n, (_, k) in enumerate(runs)}
    timetable, network = Timetable(trains=trains), make_network(THREE)
    running = RelevantTrains(timetable=timetable, days=days)
    demand = Demand(hubs=("a", "d"), trips=np.array(trips))
    courses = find_courses(timetable, network)
    return Assessor(network, demand, MINUTE, trains=(running, courses))


def share_by_hand(counted: dict[str, int]) -> dict[str, float]:
    carried = {way: n for way, n in counted.items() if n and n >= 0.05 * sum(counted.values())}
    return {way: pytest.approx(n / sum(carried.values())) for way, n in carried.items()}


@example(FIGURE)
@given(RUNS)
def test_every_train_counts_once_for_a_pair_that_stands_once(runs):
    assessor = assess_runs(runs, [[0, 1], [0, 0]])
    counted = {way: sum(k for stops, k in runs if stops[1] == way) for way in "bce"}
    assert vias(assessor, "a", "d") == vias(assessor, "d", "a") == share_by_hand(counted)
    if runs == FIGURE:
        assert vias(assessor, "a", "d") == {"b": 12 / 18, "c": 6 / 18}


@example(FIGURE)
@given(RUNS)
def test_each_direction_has_the_shares_of_its_own_trains_and_else_of_their_return(runs):
    assessor = assess_runs(runs, [[0, 1], [2, 0]])
    for start, end in ("ad", "da"):
        counted = {}
        for way in "bce":
            there, back = (
                sum(k for stops, k in runs if stops == f"{one}{way}{other}")
                for one, other in ((start, end), (end, start))
            )
            counted[way] = there or back
        assert vias(assessor, start, end) == share_by_hand(counted)
    if runs == FIGURE:
        assert vias(assessor, "a", "d") == pytest.approx({"b": 7 / 13, "c": 6 / 13})
        assert vias(assessor, "d", "a") == pytest.approx({"c": 6 / 11, "b": 5 / 11})


def test_a_train_that_runs_on_no_day_of_the_window_joins_nothing():
    trains = [make_train(1, "a", "c", "d"), make_train(2, "a", "b")]
    assessor = make_assessor(make_network(SQUARE), trains, days=0)
    assert vias(assessor, "a", "d") == {}
    assert vias(assessor, "a", "b") == {"": 1.0}
    assert minutes_of(assessor, "a", "d") == 60.0


def test_the_trains_of_a_way_are_those_that_run_it_whether_they_call_or_pass():
    line = [*((one, other, 30.0) for one, other in pairwise("abcde")), ("a", "e", 500.0)]
    trains = [
        make_train(1, "a", "d", via=("b", "c")),
        make_train(2, "b", "e", via=("c", "d")),
        make_train(3, "a", "b"),
    ]
    ways = make_assessor(make_network(line), trains).ways
    runs = {"1": "abcd", "2": "bcde", "3": "ab"}
    assert ways.passing.any()
    for way in np.flatnonzero(ways.passing):
        hubs = {ways.hubs[ways.row[way]], ways.hubs[ways.column[way]]}
        by = {train for train, run in runs.items() if train != "3" and hubs <= {*run}}
        assert {*ways.trains_of(int(way))} == by


def test_the_longest_detour_may_be_less_than_a_minute():
    twice = make_network([("a", "b", 30.0), ("b", "c", 30.0), ("b", "c", 30.5)])
    assessor = make_assessor(twice)
    sums = assessor._sum_pairs(shut("b-c-1"), (), ())
    assert sums.longest_extra_minutes == 0.5
    assert [assessor.demand.hubs[each] for each in sums.longest_pair] == ["a", "c"]
    assert assessor._sum_pairs((), (), ()).longest_pair is None


def test_without_pairs_no_detour_is_the_longest():
    none = Assessor(make_network(SQUARE), uniform_demand([]), MINUTE)
    sums = none._sum_pairs(shut("a-b-0"), (), ())
    assert (sums.cut, sums.longest_extra_minutes, sums.longest_pair) == (0, 0.0, None)


def test_a_way_that_few_trains_take_is_left_to_the_others():
    trains = [make_train(1, "a", "b", "d"), make_train(2, "a", "c", "d")]
    assert vias(make_assessor(make_network(SQUARE), trains, days=20), "a", "d") == {"b": 1.0}


def test_the_share_that_is_hit_goes_round_and_the_rest_goes_on():
    trains = [make_train(1, "a", "b", "d"), make_train(2, "a", "c", "d")]
    assessor = make_assessor(make_network(SQUARE), trains, days=3)
    travel = assessor.travel(shut("b-d-1"))
    place = pair_of(assessor, "a", "d")
    assert travel.minutes[place] == 68.0
    assert travel.on_route[place] == 0.75
    trips = np.zeros_like(travel.minutes)
    trips[place] = 8.0
    chosen = assessor.travel(()).main_way[place]
    assert "".join(assessor.ways.hubs_along(chosen, assessor.network)) == "abd"
    assert assessor.travel(shut("c-d-3")).main_way[place] == chosen
    assert travel.main_way[place] == -1  # most of the pair goes by the quickest way now
    assert assessor.travel(()).load_links(trips)[:, 0].tolist() == [6.0, 6.0, 2.0, 2.0]
    assert travel.load_links(trips)[:, 0].tolist() == [0.0, 0.0, 8.0, 8.0]
    ways = next(incident_ways(assessor, shut("b-d-1")))
    assert ways.share[place] == 0.75
    assert ways.extra_minutes[place] == pytest.approx(8.0)


def test_a_detour_is_never_quicker_than_the_timetable():
    assessor = make_assessor(make_network(SQUARE), [make_train(1, "a", "c", "d")])
    assert minutes_of(assessor, "a", "d", shut("c-d-3")) == 68.0 + 8.0


def test_a_train_that_is_a_little_late_keeps_to_its_way():
    assessor = make_assessor(make_network(SQUARE), [make_train(1, "a", "c", "d")])
    slowed = replace(make_outage("a-c-2", 0, 1, effect="slowed"), slowed_minutes=5.0)
    assert minutes_of(assessor, "a", "d", [slowed]) == 73.0
    slowed = replace(slowed, slowed_minutes=50.0)
    assert minutes_of(assessor, "a", "d", [slowed]) == 76.0
    none = make_assessor(make_network(SQUARE), [make_train(1, "a", "c", "d")], near_minutes=0.0)
    assert minutes_of(none, "a", "d", [slowed]) == 68.0


def test_changes_join_pairs_that_no_train_does_and_cost_minutes():
    network = make_network([("a", "b", 10.0), ("b", "c", 10.0), ("c", "d", 10.0)])
    trains = [make_train(1, "a", "b"), make_train(2, "b", "c"), make_train(3, "c", "d")]
    assessor = make_assessor(network, trains)
    assert minutes_of(assessor, "a", "c") == 20.0 + 30.0
    assert minutes_of(assessor, "a", "d") == 30.0 + 2 * 30.0
    basis = assessor.ways.basis()
    assert basis[pair_of(assessor, "a", "b")] == 1
    assert basis[pair_of(assessor, "a", "d")] == 3


def test_places_with_demand_are_stations_before_those_at_which_more_trains_call(monkeypatch):
    monkeypatch.setattr(joining, "MOST_STATIONS", 3)
    line = [(one, other, 30.0) for one, other in pairwise("abcdef")]
    trains = [make_train(n, *stops) for n, stops in enumerate(("de", "def", "ef", "df"), 3)]
    trains += [make_train(1, "a", "b"), make_train(2, "b", "c")]
    network = make_network(line)
    assessor = make_assessor(network, trains, demand=["a", "b", "c"])
    assert minutes_of(assessor, "a", "c") == 60.0 + 30.0


def test_three_changes_are_too_many():
    network = make_network([(one, other, 10.0) for one, other in ("ab", "bc", "cd", "de")])
    trains = [make_train(n, *pair) for n, pair in enumerate(("ab", "bc", "cd", "de"))]
    assessor = make_assessor(network, trains)
    assert not vias(assessor, "a", "e")
    assert minutes_of(assessor, "a", "e") == 40.0


def test_changes_by_a_long_way_are_not_taken_for_the_way_of_a_pair():
    edges = [("a", "d", 10.0), ("a", "b", 10.0), ("b", "d", 10.0)]
    trains = [make_train(1, "a", "b"), make_train(2, "b", "d")]
    assert not vias(make_assessor(make_network(edges), trains), "a", "d")


@pytest.mark.parametrize(("km", "taken"), [(13.9, True), (14.0, True), (14.1, False)])
def test_changes_by_a_way_take_at_most_two_fifths_more(km, taken):
    """Whether the pair changes trains or only passes on a train of a documented way."""
    network = make_network(
        [("a", "d", 10.0), ("a", "b", 7.0), ("b", "d", km - 7.0), ("d", "e", 99.0)]
    )
    changed = make_assessor(network, [make_train(1, "a", "b"), make_train(2, "b", "d")])
    passed = make_assessor(network, [make_train(1, "a", "e", via=("b",))])
    for assessor in (changed, passed):
        assert vias(assessor, "a", "d") == ({"b": 1.0} if taken else {})


@pytest.mark.parametrize(("basis", "found"), [("inherited", 2), ("preferred", 3)])
def test_a_known_way_comes_before_changes_and_these_before_a_likely_one(basis, found):
    network = make_network([*SQUARE, ("d", "e", 20.0)])
    way = AssumedWay(basis=basis, via=("c",))
    through = replace(make_train(1, "a", "e"), way=way)
    alone = make_assessor(network, [through])
    assert vias(alone, "a", "d") == {"c": 1.0}
    assert alone.ways.basis()[pair_of(alone, "a", "d")] == 2
    both = make_assessor(network, [through, make_train(2, "a", "b"), make_train(3, "b", "d")])
    assert both.ways.basis()[pair_of(both, "a", "d")] == found
    assert vias(both, "a", "d") == {"c" if found == 2 else "b": 1.0}


def test_a_train_of_which_only_the_ends_are_known_shows_the_way_of_those_between():
    network = make_network([*SQUARE, ("d", "e", 20.0)])
    known = make_assessor(network, [make_train(1, "a", "e", via=("c",))])
    assert vias(known, "a", "d") == {"c": 1.0}
    assert known.ways.basis()[pair_of(known, "a", "d")] == 2
    called = make_assessor(network, [make_train(1, "a", "c", "e")])
    assert not vias(called, "a", "d")


def test_freight_has_no_trains():
    network = make_network(SQUARE)
    timetable = Timetable(trains=(make_train(1, "a", "c", "d"),))
    running = RelevantTrains(timetable=timetable, days={"1": (DAY,)})
    freight = replace(MINUTE, name="freight", traffic="freight")
    assessor = Assessor(
        network, uniform_demand(["a", "d"]), freight,
        trains=(running, find_courses(timetable, network)),
    )  # fmt: skip
    assert not len(assessor.ways)


@st.composite
def railways(draw, most_trains: int = 5):
    """Return a railway of six hubs with its trains."""
    pairs = [(one, other) for n, one in enumerate(HUBS) for other in HUBS[n + 1 :]]
    chosen = draw(st.lists(st.sampled_from(pairs), min_size=4, max_size=9, unique=True))
    # No two ways are equally quick: no sum of roots of primes is another such sum.
    times = draw(st.lists(st.integers(1, 5), min_size=len(chosen), max_size=len(chosen)))
    roots = np.sqrt([2, 3, 5, 7, 11, 13, 17, 19, 23])
    edges = [
        (*pair, 6.0 * each * float(root))
        for pair, each, root in zip(chosen, times, roots, strict=False)
    ]
    stops = st.lists(st.sampled_from(HUBS), min_size=2, max_size=4, unique=True)
    trains = draw(st.lists(stops, max_size=most_trains))
    return (
        make_network(edges, HUBS),
        [make_train(number, *names) for number, names in enumerate(trains)],
    )


def links_of(network: Network, draw, most: int = 4) -> list[str]:
    ids = [link.id for link in network.links]
    return draw(st.lists(st.sampled_from(ids), max_size=most, unique=True))


EFFECTS = st.sampled_from(["closed", "slowed", "diesel_only", "single_track"])


@settings(max_examples=60)
@given(railway=railways(), data=st.data(), near=st.sampled_from([0.0, 15.0, 60.0]))
def test_more_outages_never_make_a_pair_quicker_nor_a_bound_cross(railway, data, near):
    network, trains = railway
    base = shut(*links_of(network, data.draw, most=1))
    assessor = make_assessor(network, trains, base=base, near_minutes=near)
    few = [make_outage(each, 0, 1, effect=data.draw(EFFECTS))
           for each in links_of(network, data.draw)]  # fmt: skip
    more = [*few, *(make_outage(each, 0, 1, effect=data.draw(EFFECTS))
                    for each in links_of(network, data.draw))]  # fmt: skip
    worse = [replace(each, effect="closed") for each in more]
    states = [[*base, *outages] for outages in ([], few, more, worse)]
    minutes = [assessor.travel(outages).minutes for outages in states]
    figures = [assessor.measure(outages, MONOTONE) for outages in states]
    for less, greater in pairwise(minutes):
        assert (less <= greater + 1e-9).all()
    for before, after in pairwise(figures):
        for name in MONOTONE:
            falls = METRICS[name].worse == "lower"
            change = (before[name] - after[name]) * (1 if falls else -1)
            assert np.isnan(change) or change >= -1e-9


@settings(max_examples=60)
@given(railway=railways(), data=st.data())
def test_the_minutes_of_every_pair_equal_networkx(railway, data):
    """Ways, shares and detours worked out anew, with no code of the project but the courses."""
    network, trains = railway
    assessor = make_assessor(network, trains)
    closed = set(links_of(network, data.draw))
    found = assessor.travel(shut(*closed)).minutes
    whole, left = (nx.Graph() for _ in range(2))
    for graph, gone in ((whole, set()), (left, closed)):
        graph.add_nodes_from(HUBS)
        graph.add_weighted_edges_from(
            (link.from_hub, link.to_hub, link.length_km)
            for link in network.links
            if link.id not in gone
        )
    before, after = (dict(nx.all_pairs_dijkstra_path_length(each)) for each in (whole, left))
    runs = published_runs(network, trains)
    for start in HUBS:
        for end in HUBS:
            place = pair_of(assessor, start, end)
            if end not in after[start]:
                assert np.isinf(found[place]) or start == end
                continue
            expected = after[start][end]
            basis = assessor.ways.basis()[place]
            ways = direct_ways(runs, start, end) if start != end and basis < 2 else []
            if basis >= 2:
                continue
            assert bool(ways) == bool(basis)
            if ways:
                expected = sum(
                    time_of(way, network, closed, before[start][end], after[start][end])
                    for way in ways
                ) / len(ways)
            assert found[place] == pytest.approx(expected, abs=0.01)


def published_runs(network, trains) -> list[tuple[list[str], list[str]]]:
    """Return the stops and the hubs of each course, there and back."""
    courses = find_courses(Timetable(trains=tuple(trains)), network).courses.values()
    runs = [(list(each.train.stops), walk(each)) for each in courses]
    return runs + [(stops[::-1], hubs[::-1]) for stops, hubs in runs]


def walk(course) -> list[str]:
    return [course.train.stops[0], *(hub for leg in course.legs for hub in leg.hubs[1:])]


def direct_ways(runs, start: str, end: str) -> list[list[str]]:
    found = []
    for stops, hubs in runs:
        if start in stops and end in stops[stops.index(start) :]:
            places, at = [], 0
            for stop in stops:  # a train may pass a hub before it calls there
                at = hubs.index(stop, at)
                places.append(at)
            first, last = (places[stops.index(each)] for each in (start, end))
            found.append(hubs[first : last + 1])
    return found


def time_of(way, network, closed, least: float, least_now: float) -> float:
    lengths = {frozenset((e.from_hub, e.to_hub)): (e.id, e.length_km) for e in network.links}
    steps = [lengths[frozenset(pair)] for pair in pairwise(way)]
    base = sum(km for _, km in steps)
    if not any(link in closed for link, _ in steps):
        return base
    return max(base + min(base - least, 15.0), least_now)


@settings(max_examples=40)
@given(railway=railways(), data=st.data())
def test_other_names_and_another_order_change_nothing(railway, data):
    network, trains = railway
    order = data.draw(st.permutations(range(len(HUBS))))
    links = data.draw(st.permutations(range(len(network.links))))
    renamed = {hub: f"x{order[n]}" for n, hub in enumerate(HUBS)}
    other = Network(
        hubs=tuple(sorted(
            (replace(hub, id=renamed[hub.id], name=renamed[hub.id]) for hub in network.hubs),
            key=lambda hub: hub.id,
        )),
        links=tuple(
            replace(link, id=f"y{n}", from_hub=renamed[link.from_hub], to_hub=renamed[link.to_hub])
            for n, link in ((n, network.links[n]) for n in links)
        ),
    )  # fmt: skip
    moved = [
        make_train(n, *(renamed[stop] for stop in train.stops)) for n, train in enumerate(trains)
    ]
    one, two = make_assessor(network, trains), make_assessor(other, moved)
    closed = links_of(network, data.draw)
    again = [f"y{n}" for n, link in enumerate(network.links) if link.id in closed]
    at = [two.demand.hubs.index(renamed[hub]) for hub in one.demand.hubs]
    minutes = two.travel(shut(*again)).minutes[np.ix_(at, at)]
    np.testing.assert_allclose(one.travel(shut(*closed)).minutes, minutes)
    names = list(METRICS)
    first, second = one.measure(shut(*closed), names), two.measure(shut(*again), names)
    assert {k: pytest.approx(v, nan_ok=True) for k, v in first.items()} == second


@settings(max_examples=40)
@given(railway=railways(most_trains=0), data=st.data())
def test_one_way_for_each_pair_by_least_cost_is_as_without_trains(railway, data):
    network, _ = railway
    without = make_assessor(network)
    pairs = [(a, b) for n, a in enumerate(HUBS) for b in HUBS[n + 1 :]]
    joined = [pair for pair in pairs if without.base.connected[pair_of(without, *pair)]]
    assessor = make_assessor(network, [make_train(n, *pair) for n, pair in enumerate(joined)])
    outages = [make_outage(each, 0, 1, effect=data.draw(EFFECTS))
               for each in links_of(network, data.draw)]  # fmt: skip
    for state in ([], outages):
        np.testing.assert_array_equal(assessor.travel(state).minutes, without.travel(state).minutes)
        one, two = (each.measure(state, list(METRICS)) for each in (assessor, without))
        assert {k: pytest.approx(v, nan_ok=True) for k, v in one.items()} == two
        trips = assessor.demand.trips
        np.testing.assert_allclose(
            assessor.travel(state).load_links(trips), without.travel(state).load_links(trips),
            atol=1e-9,
        )  # fmt: skip


# Second ways about as quick

THREE = [("a", "b", 30.0), ("b", "d", 30.0), ("a", "c", 50.0), ("c", "d", 50.0), ("a", "e", 55.0),
         ("e", "d", 55.0)]  # fmt: skip


def near(assessor, start, end):
    return find_near_ways(assessor).get(pair_of(assessor, start, end))


def test_a_second_way_is_measured_against_the_way_of_the_trains():
    network = make_network(THREE)
    by_trains = near(make_assessor(network, [make_train(1, "a", "c", "d")]), "a", "d")
    assert by_trains.hubs == ("a", "e", "d")
    assert by_trains.extra_minutes == pytest.approx(10)
    assert [network.links[number].id for number in by_trains.links] == ["a-e-4", "e-d-5"]
    assert near(make_assessor(network), "a", "d") is None


@pytest.mark.parametrize("near_minutes", [15.0, 35.0])
def test_a_second_way_is_charged_the_reversal_on_it(near_minutes):
    drawn = make_network(THREE)
    sides = {"a-e-4": {"to_side": "A"}, "e-d-5": {"from_side": "A"}}
    links = tuple(replace(each, **sides.get(each.id, {})) for each in drawn.links)
    assessor = make_assessor(
        replace(drawn, links=links), [make_train(1, "a", "c", "d")], near_minutes=near_minutes
    )
    reversal = assessor.profile.reversal_minutes
    assert 5 < reversal < 30 < assessor.profile.gauge_change_minutes
    found = near(assessor, "a", "d")
    assert found is None or found.extra_minutes == pytest.approx(10 + reversal)
    assert (found is None) == (near_minutes < 30)


def test_without_trains_no_way_of_trains_is_the_main_one():
    travel = make_assessor(make_network(SQUARE)).travel(())
    assert (travel.main_way == -1).all()


def test_a_second_way_may_be_quicker_than_the_way_of_the_trains():
    network = make_network(THREE[2:])
    found = near(make_assessor(network, [make_train(1, "a", "e", "d")]), "a", "d")
    assert (found.hubs, found.extra_minutes) == (("a", "c", "d"), pytest.approx(-10))


def test_a_way_that_other_trains_of_the_pair_take_is_no_second_way():
    network = make_network(THREE[2:])
    trains = [make_train(1, "a", "c", "d"), make_train(2, "a", "e", "d")]
    assert near(make_assessor(network, trains), "a", "d") is None


@pytest.mark.parametrize(("minutes", "found"), [(9.9, False), (10.0, True), (10.1, True)])
def test_a_second_way_takes_at_most_so_many_minutes_more(minutes, found):
    network = make_network(THREE[2:])
    assert (near(make_assessor(network, near_minutes=minutes), "a", "d") is not None) is found


def test_a_second_way_leaves_out_at_least_as_long_a_part_as_it_may_take_more():
    around = [("a", "b", 30.0), ("b", "c", 5.0), ("c", "d", 30.0), ("b", "e", 3.0), ("e", "c", 3.0)]
    assert near(make_assessor(make_network(around), near_minutes=15.0), "a", "d") is None
    found = near(make_assessor(make_network(around), near_minutes=4.0), "a", "d")
    assert found.hubs == ("a", "b", "e", "c", "d")


def test_a_second_way_passes_no_link_twice():
    edges = [
        ("a", "b", 30.0),
        ("b", "c", 30.0),
        ("a", "e", 31.0),
        ("e", "c", 32.0),
        ("e", "d", 2.0),
    ]
    found = near(make_assessor(make_network(edges), near_minutes=15.0), "a", "c")
    assert (found.hubs, found.extra_minutes) == (("a", "e", "c"), pytest.approx(3))
