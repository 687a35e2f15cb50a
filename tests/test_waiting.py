"""Wait or detour against a slow solver that lets minutes pass, and its closed forms."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netmodel.evidence.notes import Note
from netmodel.impact.assessment import Assessor
from netmodel.impact.buses import Service
from netmodel.impact.demand import Demand
from netmodel.impact.waiting import (
    CHOICES,
    WaitingModel,
    demand_hours,
    even_departures,
    mean_delay_hours,
)
from netmodel.network.railway import Link, Network
from netmodel.outages.outage import MilestoneTimes
from netmodel.outages.timeline import Timeline
from netmodel.routing.earliest_arrival import NEVER, Phases, TimedRouter
from netmodel.routing.profiles import PASSENGER, UNITS_PER_MINUTE, LinkCosts
from netmodel.times import Window
from tests.conftest import COUNT, USUAL, at, make_network, make_outage

HUBS = ["h0", "h1", "h2", "h3", "h4"]
TRAIN = replace(PASSENGER, speed_kmh=dict.fromkeys(PASSENGER.speed_kmh, 60.0))
HORIZON = 170
GAUGES = (1435, 1520)
ends = st.sampled_from(["", "A", "B"])
links = st.lists(
    st.tuples(
        st.sampled_from(HUBS),
        st.sampled_from(HUBS),
        st.integers(1, 9),
        ends,
        ends,
        st.sampled_from([(), (1435,), (1520,)]),
        st.sampled_from(["both", "both", "forward"]),
    ).filter(lambda row: row[0] != row[1]),
    min_size=1,
    max_size=9,
)
outages = st.lists(
    st.tuples(
        st.integers(0, 8),
        st.integers(-5, 30),
        st.one_of(st.none(), st.integers(1, 25)),
        st.sampled_from(["closed", "closed", "slowed"]),
        st.integers(1, 7),
    ),
    max_size=12,
)


def build(rows, *, undirected=False):
    plain = make_network([(row[0], row[1], float(row[2])) for row in rows], HUBS)
    return Network(
        hubs=plain.hubs,
        links=tuple(
            replace(
                link,
                from_side=row[3],
                to_side=row[4],
                gauges_mm=row[5],
                direction="both" if undirected else row[6],
            )
            for link, row in zip(plain.links, rows, strict=True)
        ),
    )


def hours(minutes):
    return minutes / 60.0


def make_outages(network, rows):
    made = []
    for number, (link, start, length, effect, extra) in enumerate(rows):
        end = None if length is None else hours(start + length)
        outage = make_outage(
            network.links[link % len(network.links)].id,
            hours(start),
            end,
            effect=effect,
            incident=f"i{number}",
        )
        made.append(replace(outage, slowed_minutes=float(extra)) if effect == "slowed" else outage)
    return tuple(made)


def make_timeline(made, *, end_hours=1.0):
    times = {
        outage.incident: MilestoneTimes(
            start=outage.start.latest, first_traffic=outage.end.latest, full_service=None
        )
        for outage in made
    }
    return Timeline(window=Window(start=at(0), end=at(end_hours)), outages=made, times=times)


def make_model(network, made, *, base=(), reversal=3.0, gauge=4.0, trips=None, **options):
    hubs = tuple(hub.id for hub in network.hubs)
    trips = 1.0 - np.eye(len(hubs)) if trips is None else trips
    profile = replace(TRAIN, reversal_minutes=reversal, gauge_change_minutes=gauge)
    assessor = Assessor(network, Demand(hubs=hubs, trips=trips), profile, base_outages=base)
    return WaitingModel(assessor, make_timeline(made), **options)


def ways_at(network):
    """Return the ways that lead to each hub: its sides, and each end whose side is not known."""
    found = {hub: ["none"] for hub in HUBS}
    if any(link.from_side or link.to_side for link in network.links):
        for link in network.links:
            for hub, way in (link.from_hub, way_of(link, 0)), (link.to_hub, way_of(link, 1)):
                if way not in found[hub]:
                    found[hub].append(way)
    return found


def way_of(link, end):
    return (link.from_side, link.to_side)[end] or (link.id, end)


def gauges_at(network):
    """Return the gauges of each hub; hubs joined by links of unknown gauge have those of all."""
    found = {hub: set() for hub in HUBS}
    joined = nx.Graph()
    joined.add_nodes_from(HUBS)
    for link in network.links:
        if not link.gauges_mm:
            joined.add_edge(link.from_hub, link.to_hub)
        for hub in (link.from_hub, link.to_hub):
            found[hub] |= {*link.gauges_mm}
    for part in nx.connected_components(joined):
        shared = set().union(*(found[hub] for hub in part))
        for hub in part:
            found[hub] = shared
    return found


def arrivals(network, made, start, departure, *, reversal, gauge):
    """Return the earliest minute at each hub, by letting every minute pass one after the other.

    A train stands at a hub, has come by a way, and has a gauge; where it can stand once, it can
    stay. To leave by the way one came one has to turn: to stand as if come another way. Nothing
    is assumed of which way is best.
    """
    ways, gauges = ways_at(network), gauges_at(network)
    change = {hub: gauge if len(gauges[hub]) > 1 else 0 for hub in HUBS}
    moves = [(link, *each) for link in network.links for each in list_moves(link, ways)]
    comes = [set() for _ in range(HORIZON)]
    comes[departure] = {(start, way, mm) for way in ways[start] for mm in GAUGES}
    standing, first = set(), {}
    for now in range(departure, HORIZON):
        fresh = comes[now] - standing
        while fresh:  # what takes no time happens in the same minute
            hub, way, mm = fresh.pop()
            standing.add((hub, way, mm))
            first.setdefault(hub, now)
            turned = {(hub, other, mm, now + reversal) for other in ways[hub]}
            for *place, then in (*turned, (hub, way, sum(GAUGES) - mm, now + change[hub])):
                if then == now and tuple(place) not in standing:
                    fresh.add(tuple(place))
                elif now < then < HORIZON:
                    comes[then].add(tuple(place))
        if now == departure or any(begins_or_ends(each, now) for each in made):
            running = {link.id: minutes_at(link, made, now) for link in network.links}
        for link, before, after in moves:
            then = now + (running[link.id] or HORIZON)
            if before in standing and then < HORIZON:
                comes[then].add(after)
    return first


def list_moves(link, ways):
    """Return where one stands before a link and behind it."""
    both = [(link.from_hub, way_of(link, 0), link.to_hub, way_of(link, 1))]
    if link.direction == "both":
        both.append((link.to_hub, way_of(link, 1), link.from_hub, way_of(link, 0)))
    fits = [(mm, mm) for mm in link.gauges_mm] or list(zip(GAUGES, GAUGES, strict=True))
    return [
        ((tail, facing, before), (head, enters if enters in ways[head] else "none", after))
        for tail, leaves, head, enters in both
        for facing in ways[tail]
        if facing != leaves
        for before, after in fits
    ]


def minutes_at(link, made, now):
    """Return the minutes over a link for a train that enters it now; None while it is closed."""
    here = [each for each in made if each.link == link.id and in_force(each, now)]
    if any(outage.effect == "closed" for outage in here):
        return None
    return int(link.length_km + sum(outage.slowed_minutes for outage in here))


def begins_or_ends(outage, minute):
    return in_force(outage, minute) != in_force(outage, minute - 1)


def in_force(outage, minute):
    start = outage.start.latest
    return start <= at(hours(minute)) and (
        outage.end.latest is None or at(hours(minute)) < outage.end.latest
    )


turns = st.sampled_from([(3, 4), (0, 0), (5, 1)])


@pytest.mark.differential
@settings(max_examples=min(COUNT, 25) if COUNT <= USUAL else COUNT)
@given(
    rows=links, hit=outages, departure=st.integers(0, 40), turns=turns, start=st.sampled_from(HUBS)
)
def test_earliest_arrival_is_that_of_minute_after_minute(rows, hit, departure, turns, start):
    network = build(rows)
    made = make_outages(network, hit)
    reversal, gauge = turns
    model = make_model(network, made, reversal=float(reversal), gauge=float(gauge))
    found = model.delays([at(hours(departure))]).minutes[0, HUBS.index(start)]
    slow = arrivals(network, made, start, departure, reversal=reversal, gauge=gauge)
    expected = [slow.get(hub, np.inf) - departure for hub in HUBS]
    assert found.tolist() == expected


@given(rows=links, hit=outages, departures=st.lists(st.integers(0, 40), min_size=1, max_size=4))
def test_never_above_pure_wait_nor_pure_detour(rows, hit, departures):
    network = build(rows)
    found = make_model(network, make_outages(network, hit)).delays(
        [at(hours(each)) for each in sorted(departures)]
    )
    assert (found.minutes <= found.wait_minutes).all()
    assert (found.minutes <= found.detour_minutes).all()
    assert (found.minutes >= found.base_minutes).all()
    wait = found.choice == CHOICES.index("wait")
    assert (found.minutes[wait] == found.wait_minutes[wait]).all()


@given(rows=links, hit=outages, departure=st.integers(0, 40))
def test_ways_found_arrive_when_they_say(rows, hit, departure):
    network = build(rows)
    model = make_model(network, make_outages(network, hit))
    schedule, unit = model.schedule(None), model.units(at(hours(departure)))
    found = model.router.solve(schedule, [unit])
    assert np.array_equal(model.router.arrive_earliest(schedule, [unit]), found.time)
    for i, j in np.argwhere(found.time[0] < NEVER).tolist():
        arcs = model.router.arcs_between(found.ways[0], i, j)
        assert model.router.follow_arcs(schedule, arcs, unit) == found.time[0, i, j]
        hub = HUBS[i]
        for number, forward in model.router.links_between(found.ways[0], i, j):
            link = network.links[number]
            assert (link.from_hub if forward else link.to_hub) == hub
            hub = link.to_hub if forward else link.from_hub
        assert hub == HUBS[j]


@given(rows=links, hit=outages, extra=outages, departure=st.integers(0, 40))
def test_more_outages_never_arrive_earlier(rows, hit, extra, departure):
    network = build(rows)
    one = make_model(network, make_outages(network, hit)).delays([at(hours(departure))])
    more = make_model(network, make_outages(network, [*hit, *extra])).delays([at(hours(departure))])
    assert (more.minutes >= one.minutes).all()


@given(rows=links, hit=outages, first=st.integers(0, 40), later=st.integers(0, 40))
def test_leaving_later_never_arrives_earlier(rows, hit, first, later):
    network = build(rows)
    made = make_model(network, make_outages(network, hit))
    early, late = sorted((first, later))
    departures = [at(hours(early)), at(hours(late))]
    found = made.delays(departures)
    assert np.array_equal(made.delay_minutes(departures), found.delay_minutes, equal_nan=True)
    assert (found.minutes[0] + early <= found.minutes[1] + late).all()


@given(rows=links, departure=st.integers(0, 40))
def test_without_outages_it_is_the_base(rows, departure):
    model = make_model(build(rows), ())
    found = model.delays([at(hours(departure))])
    assert np.array_equal(found.minutes[0], found.base_minutes)
    assert np.array_equal(found.base_minutes, model.assessor.base.minutes)
    assert set(np.unique(found.choice)) <= {0, 1}


def triangle(detour_km):
    """a to b over 60 km of main line, or over c."""
    edges = [("a", "b", 60.0), ("a", "c", detour_km / 2), ("c", "b", detour_km / 2)]
    return make_network(edges)


@pytest.mark.parametrize(
    ("closed_hours", "delay_minutes", "choice"),
    [(4.0, 240.0, "wait"), (6.0, 300.0, "detour"), (None, 300.0, "detour")],
)
def test_a_closure_of_four_hours_is_no_detour_of_five(closed_hours, delay_minutes, choice):
    outage = make_outage("a-b-0", 0, closed_hours)
    found = make_model(triangle(360.0), (outage,)).delays([at(0)])
    assert found.delay_minutes[0, 0, 1] == delay_minutes
    assert CHOICES[found.choice[0, 0, 1]] == choice
    assert found.detour_minutes[0, 0, 1] == 360.0
    assert found.wait_minutes[0, 0, 1] == (
        np.inf if closed_hours is None else 60 * closed_hours + 60
    )


def test_part_of_each():
    """The base way a-b-d is shut at b-d; the best goes round and waits at c for c-d."""
    edges = [("a", "b", 10.0), ("b", "d", 10.0), ("b", "c", 10.0), ("c", "d", 20.0)]
    made = (make_outage("b-d-1", 0, None), make_outage("c-d-3", 0, 1.0))
    found = make_model(make_network(edges), made).delays([at(0)])
    assert found.minutes[0, 0, 3] == 80.0
    assert np.isinf(found.wait_minutes[0, 0, 3])
    assert np.isinf(found.detour_minutes[0, 0, 3])
    assert CHOICES[found.choice[0, 0, 3]] == "wait and detour"


def test_a_train_on_the_link_runs_through():
    found = make_model(make_network([("a", "b", 60.0)]), (make_outage("a-b-0", 0.5, 9.0),))
    minutes = found.delays([at(0), at(0.49), at(0.5)]).minutes[:, 0, 1]
    assert minutes.tolist() == [60.0, 60.0, 570.0]


def test_an_open_end_is_never():
    model = make_model(make_network([("a", "b", 60.0)]), (make_outage("a-b-0", 0, None),))
    found = model.delays([at(0)])
    trips = np.array([[0.0, 2.0], [0.0, 0.0]])
    assert np.isinf(found.delay_minutes[0, 0, 1])
    assert CHOICES[found.choice[0, 0, 1]] == "never"
    assert found.never_share(trips).tolist() == [1.0]
    assert np.isnan(found.mean_delay_hours(trips)).all()
    assert found.demand_hours(trips, at(1)) == np.inf


def test_reopening_after_the_window_is_waited_for():
    model = make_model(make_network([("a", "b", 60.0)]), (make_outage("a-b-0", 0, 30.0),))
    assert model.delays([at(0)]).minutes[0, 0, 1] == 31 * 60.0


def test_one_of_two_overlapping_outages_still_holds():
    made = (make_outage("a-b-0", 0, 2.0), make_outage("a-b-0", 1, 3.0, incident="second"))
    model = make_model(make_network([("a", "b", 60.0)]), made)
    assert model.delays([at(0)]).delay_minutes[0, 0, 1] == 180.0


def test_no_base_route_is_nan_and_a_standing_end_is_gained():
    outage = make_outage("a-b-0", -5, 2.0)
    model = make_model(make_network([("a", "b", 60.0)]), (outage,), base=(outage,))
    found = model.delays([at(0)])
    assert found.minutes[0, 0, 1] == 180.0
    assert np.isnan(found.delay_minutes[0, 0, 1])
    assert CHOICES[found.choice[0, 0, 1]] == "no base route"


def test_times_of_a_draw_replace_those_of_the_timeline():
    model = make_model(make_network([("a", "b", 60.0)]), (make_outage("a-b-0", 0, 2.0),))
    draw = {"a-b-0@0": MilestoneTimes(start=at(0), first_traffic=at(5), full_service=None)}
    assert model.delays([at(0)], draw).delay_minutes[0, 0, 1] == 300.0
    assert model.delays([at(0)]).delay_minutes[0, 0, 1] == 120.0


def test_a_standing_closure_is_no_node_and_times_must_not_end_it():
    standing = make_outage("a-c-1", -5, None)
    other = make_outage("a-b-0", 0, 2.0)
    model = make_model(triangle(100.0), (standing, other), base=(standing,))
    assert model.delays([at(0)]).delay_minutes[0, 0, 1] == 120.0
    ended = {
        each.incident: MilestoneTimes(start=at(-5), first_traffic=at(1), full_service=None)
        for each in (standing, other)
    }
    with pytest.raises(ValueError, match="no end in the timeline"):
        model.delays([at(0)], ended)


def test_services_run_only_when_asked_for():
    road = Link(id="road", from_hub="a", to_hub="b", length_km=60, minutes=90, line_class="road")
    service = Service(
        incident="a-b-0@0", document="d", link=road, minutes_basis=Note("documented"),
        passengers_per_day=None,
    )  # fmt: skip
    outage = make_outage("a-b-0", 0, 9.0)
    demand = Demand(hubs=("a", "b"), trips=np.array([[0.0, 1.0], [0.0, 0.0]]))
    network = make_network([("a", "b", 60.0)])
    assessor = Assessor(network, demand, TRAIN, services=(service,))
    timeline = make_timeline((outage,))
    rail = WaitingModel(assessor, timeline).delays([at(0)])
    bus = WaitingModel(assessor, timeline, services=True).delays([at(0)])
    assert rail.minutes[0, 0, 1] == 600.0
    assert bus.minutes[0, 0, 1] == 90.0


def test_a_departure_before_the_window_is_refused():
    model = make_model(make_network([("a", "b", 60.0)]), ())
    with pytest.raises(ValueError, match="before the window"):
        model.delays([at(-1)])


def test_demand_hours_over_even_departures_is_the_triangle():
    """A wait for a closure of four hours falls linearly: the area is half of base times height."""
    outage = make_outage("a-b-0", 0, 4.0)
    trips = np.array([[0.0, 6.0], [0.0, 0.0]])
    model = make_model(make_network([("a", "b", 60.0)]), (outage,), trips=trips)
    window = Window(start=at(0), end=at(8))
    found = model.delays(even_departures(window, 0.1))
    assert len(found.departures) == 80
    assert found.demand_hours(trips, window.end) == pytest.approx(6 * (4 * 4 / 2) / 8, rel=0.03)


def test_demand_hours_degenerate():
    nothing = np.zeros((1, 2, 2))
    assert np.isnan(demand_hours([at(0)], at(1), nothing, np.zeros((2, 2))))
    assert np.isnan(demand_hours([], at(1), nothing[:0], np.ones((2, 2))))
    with pytest.raises(ValueError, match="rise"):
        demand_hours([at(2)], at(1), nothing, np.ones((2, 2)))
    assert np.isnan(mean_delay_hours(np.full((1, 2, 2), np.nan), np.ones((2, 2)))).all()


@pytest.mark.parametrize("starts", [(), (0, 0), (5, 2)])
def test_phases_must_rise(starts):
    costs = LinkCosts(np.ones(1, np.int32), np.ones(1, np.int32))
    with pytest.raises(ValueError, match="starts"):
        Phases(starts=starts, costs=(costs,) * len(starts))


def test_a_departure_before_the_first_phase_is_refused():
    network = make_network([("a", "b", 1.0)])
    costs = LinkCosts(np.full(1, 600, np.int32), np.full(1, 600, np.int32))
    router = TimedRouter(network, ["a", "b"], [])
    schedule = router.schedule(Phases(starts=(UNITS_PER_MINUTE,), costs=(costs,)))
    with pytest.raises(ValueError, match="first phase"):
        router.solve(schedule, [0])


@given(
    rows=links,
    hit=outages,
    departures=st.lists(st.integers(0, 40), min_size=2, max_size=5),
)
def test_departures_together_equal_departures_alone(rows, hit, departures):
    network = build(rows)
    model = make_model(network, make_outages(network, hit))
    instants = [at(hours(each)) for each in departures]
    together = model.delays(instants)
    for number, instant in enumerate(instants):
        alone = model.delays([instant])
        assert np.array_equal(alone.minutes[0], together.minutes[number])
        assert np.array_equal(alone.detour_minutes[0], together.detour_minutes[number])


def test_one_pair_that_never_arrives_makes_the_hours_endless():
    delay = np.array([[[0.0, 60.0], [np.inf, 0.0]]])
    trips = np.array([[0.0, 1.0], [1.0, 0.0]])
    day = [at(0)]
    assert demand_hours(day, at(12), delay, trips) == np.inf
    assert demand_hours(day, at(12), delay, np.array([[0.0, 1.0], [0.0, 0.0]])) == 1
