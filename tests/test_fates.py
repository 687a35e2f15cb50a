"""Fates of trains: closed cases, a slow solver beside, and what must hold of every network."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations, combinations_with_replacement, pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmodel.errors import InputError
from netmodel.evidence.catalogue_file import built_in_catalogue
from netmodel.impact.fate_rules import FateRules, keep_points
from netmodel.impact.train_counts import count_days, count_states, count_window
from netmodel.impact.train_fates import TrainFates, assess_trains
from netmodel.network.formats import built_in_network
from netmodel.network.railway import Hub, Link, Network, Station
from netmodel.outages.milestones import MilestoneTimes
from netmodel.outages.outage import Outage, place_incidents, times_by_incident
from netmodel.outages.timeline import Timeline
from netmodel.routing.profiles import PASSENGER
from netmodel.times import Bounds, Window, parse_instant
from netmodel.trains.course import Courses, find_courses
from netmodel.trains.relevance import relevant_trains
from netmodel.trains.train import Timetable, Train
from tests.conftest import at, exactly, make_network, make_outage

WINDOW = Window(start=at(0), end=at(48))
STRICT = FateRules(
    hold_first_minutes=0.0,
    detour_at_most_minutes=100.0,
    kinds_held=(),
    hold_at_most_minutes=240.0,
    turn_over_population=None,
)
# One line of five places, and a detour of 90 km instead of 60 from b to d.
EDGES = [
    ("a", "b", 30), ("b", "c", 30), ("c", "d", 30), ("d", "e", 30), ("b", "x", 45), ("x", "d", 45)
]  # fmt: skip
LINE = make_network(EDGES)


def make_train(name: str, stops: str, **more) -> Train:
    kind = more.pop("kind", "long_distance")
    return Train(id=name, number=name, kind=kind, stops=tuple(stops.split()), **more)


def lay(network: Network, *trains: Train) -> Courses:
    return find_courses(Timetable(trains=trains), network)


def make_timeline(*outages: Outage, window: Window = WINDOW) -> Timeline:
    times = {
        each.incident: MilestoneTimes(
            start=each.start.earliest, first_traffic=each.end.latest, full_service=None
        )
        for each in outages
    }
    return Timeline(window=window, outages=outages, times=times)


def assess(network: Network, train: Train, *outages: Outage, rules: FateRules = STRICT):
    found = assess_trains(lay(network, train), make_timeline(*outages), rules=rules)
    return [found.of(number, train.id) for number in range(len(found.timeline.states))]


def test_a_train_whose_course_is_free_runs_as_timetabled():
    [found] = assess(LINE, make_train("1", "a b"), make_outage("c-d-2", 0, 48))
    assert (found.fate.fate, found.gets_through, found.incidents) == ("as timetabled", "yes", ())


def test_a_diverted_train_keeps_the_stops_outside_the_closure():
    [found] = assess(LINE, make_train("1", "a b c d e"), make_outage("b-c-1", 0, 48))
    fate = found.fate
    assert (fate.fate, fate.stops_missed, fate.via) == ("detoured", ("c",), ("x",))
    assert (fate.extra_minutes, fate.extra_km) == pytest.approx((30, 30))
    assert (found.gets_through, found.incidents) == ("yes", ("b-c-1@0",))
    assert found.documents == ("d",)


def test_a_train_keeps_the_rest_of_its_course_where_another_way_is_as_quick():
    links = [("d", "y", 30), ("y", "e", 60)]
    drawn = make_network([*EDGES, *links])
    minutes = {"d-y-6": 10.0, "y-e-7": 20.0}
    network = replace(
        drawn, links=tuple(replace(each, minutes=minutes.get(each.id)) for each in drawn.links)
    )
    train = make_train("1", "a b c d e", via=("y",))
    [found] = assess(network, train, make_outage("b-c-1", 0, 48))
    assert found.fate.extra_km == pytest.approx(30)


def test_a_stop_that_the_detour_can_serve_is_kept_where_that_is_worth_it():
    rules = replace(STRICT, skipped_stop_minutes=70.0)
    [found] = assess(LINE, make_train("1", "a b c d e"), make_outage("b-c-1", 0, 48), rules=rules)
    assert found.fate.stops_missed == ()
    assert found.fate.extra_minutes == pytest.approx(90)


@pytest.mark.parametrize(
    ("closed", "fate", "turned", "resumed", "missed"),
    [
        (["b-c-1", "x-d-5"], "split", "b", "c", ()),
        (["a-b-0"], "cut short", "", "b", ("a",)),
        (["d-e-3"], "cut short", "d", "", ("e",)),
        (["a-b-0", "b-c-1", "c-d-2", "d-e-3"], "not run", "", "", tuple("abcde")),
        (["a-b-0", "d-e-3"], "cut short", "d", "b", ("a", "e")),
    ],
)
def test_a_train_without_a_detour_is_cut(closed, fate, turned, resumed, missed):
    outages = [make_outage(link, 0, 99) for link in closed]
    [found] = assess(LINE, make_train("1", "a b c d e"), *outages)
    told = found.fate
    assert (told.fate, told.turned_at, told.resumed_at) == (fate, turned, resumed)
    assert told.stops_missed == missed
    assert math.isnan(told.extra_minutes)
    assert found.gets_through == "no"


RING = make_network([("a", "b", 30), ("b", "c", 30), ("c", "d", 30), ("d", "a", 30)])


def test_a_train_that_runs_a_ring_goes_round_the_other_way_or_is_cut():
    """Going nowhere from its first stop to its last, which are one place, is no detour."""
    ring = make_train("1", "a b c d a")
    [found] = assess(RING, ring, make_outage("b-c-1", 0, 99))
    assert (found.fate.fate, found.fate.stops_missed) == ("detoured", ("b",))
    assert found.fate.extra_km >= 0
    shut = [make_outage(link, 0, 99) for link in ("b-c-1", "c-d-2")]
    [found] = assess(RING, ring, *shut)
    assert (found.fate.fate, found.gets_through) == ("split", "no")
    assert (found.fate.turned_at, found.fate.resumed_at) == ("b", "d")


def test_a_train_that_reverses_leaves_out_a_terminus_that_is_closed():
    spur = make_train("1", "a b x b e")
    [found] = assess(LINE, spur, make_outage("b-x-4", 0, 99), make_outage("x-d-5", 0, 99))
    assert (found.fate.fate, found.fate.stops_missed) == ("detoured", ("x",))


def test_a_short_closure_holds_and_a_longer_one_cuts():
    train = make_train("1", "a b c d e")
    fates = [each.fate for each in assess(LINE, train, make_outage("a-b-0", 10, 14))]
    assert [each.fate for each in fates] == ["as timetabled", "held", "as timetabled"]
    assert fates[1].extra_minutes == 120
    fates = [each.fate.fate for each in assess(LINE, train, make_outage("a-b-0", 10, 14.1))]
    assert fates == ["as timetabled", "cut short", "as timetabled"]


def test_a_closure_in_two_states_is_as_long_as_both():
    other = make_outage("d-e-3", 11, 15)
    fates = assess(LINE, make_train("1", "a b c d e"), make_outage("a-b-0", 10, 14), other)
    assert [each.fate.fate for each in fates] == [
        "as timetabled", "cut short", "cut short", "cut short", "as timetabled"
    ]  # fmt: skip


@pytest.mark.parametrize(("hours", "fate"), [((10, 14), "held"), ((10, 14.1), "cut short")])
@pytest.mark.parametrize("window", [(0, 48), (11, 48), (0, 12), (11, 12), (10, 14)])
def test_a_closure_is_as_long_as_its_outages_whatever_the_window(hours, fate, window):
    window = Window(start=at(window[0]), end=at(window[1]))
    timeline = make_timeline(make_outage("a-b-0", *hours), window=window)
    found = assess_trains(lay(LINE, make_train("1", "a b c d e")), timeline, rules=STRICT)
    state = timeline.state_at(at(11)).number
    assert found.of(state, "1").fate.fate == fate


def test_a_closure_that_goes_on_beyond_the_window_is_as_long_as_both():
    outages = make_outage("a-b-0", 10, 14), make_outage("d-e-3", 14, 20), make_outage("c-d-2", 9, 9)
    timeline = make_timeline(*outages, window=Window(start=at(11), end=at(12)))
    found = assess_trains(lay(LINE, make_train("1", "a b c d e")), timeline, rules=STRICT)
    assert found.of(0, "1").fate.fate == "cut short"


def test_a_closure_without_an_end_holds_no_train():
    rules = replace(STRICT, hold_at_most_minutes=math.inf)
    for end, fate in ((None, "not run"), (99, "held")):
        [_, found] = assess(
            LINE, make_train("1", "a b"), make_outage("a-b-0", 47, end), rules=rules
        )
        assert found.fate.fate == fate


def test_a_train_may_be_held_rather_than_diverted():
    rules = replace(STRICT, hold_first_minutes=240.0)
    train = make_train("1", "a b c d e")
    short, long = make_outage("b-c-1", 10, 14), make_outage("b-c-1", 20, 30)
    fates = [each.fate.fate for each in assess(LINE, train, short, long, rules=rules)]
    assert fates[1::2] == ["held", "detoured"]


@pytest.mark.parametrize(
    "rules",
    [
        replace(STRICT, detour_at_most_minutes=29.0),
        replace(STRICT, detour_at_most_share=0.2),
        replace(STRICT, kinds_held=("long_distance",)),
    ],
)
def test_the_rules_limit_detours(rules):
    train = make_train("1", "a b c d e")
    [found] = assess(LINE, train, make_outage("b-c-1", 0, 99), rules=rules)
    assert (found.fate.fate, found.gets_through) == ("split", "no")


def test_an_electric_train_is_not_diverted_where_there_is_no_overhead_line():
    links = tuple(replace(each, electrified="x" not in each.id) for each in LINE.links)
    network, outage = replace(LINE, links=links), make_outage("b-c-1", 0, 99)
    train = make_train("1", "a e", kind="intercity")
    for kinds, fate in ((("intercity",), "not run"), (("regional",), "detoured")):
        rules = replace(STRICT, kinds_electric=kinds)
        assert assess(network, train, outage, rules=rules)[0].fate.fate == fate


@pytest.mark.parametrize(("effect", "minutes"), [("slowed", 20), ("diesel_only", 10)])
def test_what_slows_a_course_makes_a_train_slower(effect, minutes):
    [found] = assess(LINE, make_train("1", "a e"), make_outage("b-c-1", 0, 48, effect=effect))
    assert (found.fate.fate, found.gets_through) == ("slower", "yes")
    assert found.fate.extra_minutes == pytest.approx(minutes)


@pytest.mark.parametrize("more", [{"effect": "single_track"}, {"effect": "advisory"},
                                  {"effect": "slowed", "slowed_minutes": 0.0}])  # fmt: skip
def test_a_train_that_loses_no_time_is_not_slower(more):
    [found] = assess(LINE, make_train("1", "a e"), replace(make_outage("b-c-1", 0, 48), **more))
    assert (found.fate.fate, found.fate.extra_minutes) == ("as timetabled", 0)
    assert (found.gets_through, found.incidents) == ("yes", ("b-c-1@0",))


def test_a_lost_overhead_line_is_nothing_where_there_was_none():
    links = tuple(replace(each, electrified=False) for each in LINE.links)
    outage = make_outage("b-c-1", 0, 48, effect="diesel_only")
    [found] = assess(replace(LINE, links=links), make_train("1", "a e"), outage)
    assert (found.fate.fate, found.incidents) == ("as timetabled", ())


def test_freight_alone_concerns_no_train():
    outage = make_outage("b-c-1", 0, 48, traffic=("freight",))
    assert assess(LINE, make_train("1", "a e"), outage)[0].fate.fate == "as timetabled"


def test_a_train_turns_in_a_town_where_its_documents_name_only_its_ends():
    hubs = tuple(replace(hub, population=60_000 if hub.id == "d" else 9) for hub in LINE.hubs)
    network, outage = replace(LINE, hubs=hubs), make_outage("d-e-3", 0, 99)
    for size, fate, turned in ((50_000, "cut short", "D"), (None, "not run", "")):
        rules = replace(STRICT, turn_over_population=size)
        told = assess(network, make_train("1", "a e"), outage, rules=rules)[0].fate
        assert (told.fate, told.turned_at, told.stops_missed[-1]) == (fate, turned, "e")


def test_a_stop_on_a_link_shares_its_closure_and_its_delay():
    network = replace(LINE, stations=(Station(name="halt", link="b-c-1", km=10),))
    train = make_train("1", "a halt c d")
    outage = replace(make_outage("b-c-1", 0, 48, effect="slowed"), slowed_minutes=12.0)
    assert assess(network, train, outage)[0].fate.extra_minutes == pytest.approx(12)
    told = assess(network, train, make_outage("b-c-1", 0, 48))[0].fate
    assert (told.fate, told.via, told.stops_missed) == ("detoured", ("x",), ("halt", "c"))


def test_bounds_tell_what_the_evidence_leaves_open():
    outage = replace(
        make_outage("d-e-3", 10, 20),
        start=Bounds(earliest=at(10), latest=at(12)),
        end=Bounds(earliest=at(18), latest=at(20)),
    )
    found = assess(LINE, make_train("1", "a e"), outage)
    assert [each.gets_through for each in found] == ["yes", "in doubt", "no", "in doubt", "yes"]
    assert found[1].incidents == (outage.incident,)


def test_a_train_closed_in_the_base_is_not_counted():
    outage = make_outage("d-e-3", 0, 99)
    courses = lay(LINE, make_train("1", "a e"), make_train("2", "a d"))
    found = assess_trains(courses, make_timeline(outage), base_outages=[outage])
    assert (found.trains, found.without) == (("2",), ("1",))
    assert found.of(0, "2").fate.fate == "as timetabled"


def test_an_outage_off_the_network_is_told():
    with pytest.raises(InputError, match="nowhere"):
        assess(LINE, make_train("1", "a e"), make_outage("nowhere", 0, 48))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("detour_at_most_minutes", -1), ("detour_at_most_share", True),
        ("hold_at_most_minutes", "4"), ("hold_first_minutes", 901),
        ("skipped_stop_minutes", math.nan), ("kinds_held", ("suburban_",)),
        ("kinds_electric", "intercity"), ("turn_over_population", -1),
        ("kinds_held", ["suburban"]), ("kinds_electric", None), ("kinds_electric", {"intercity"}),
    ],
)  # fmt: skip
def test_rules_that_cannot_be_are_refused(name, value):
    with pytest.raises(InputError) as caught:
        FateRules(**{name: value})
    assert name in str(caught.value)


@pytest.mark.parametrize("most", [1e6, math.inf])
def test_a_detour_without_limit_still_needs_a_way(most):
    cities = (replace(hub, population=500_000 if hub.id == "c" else None) for hub in LINE.hubs)
    network = replace(LINE, hubs=tuple(cities))
    rules = replace(STRICT, detour_at_most_minutes=most, detour_passes_population=200_000)
    cut = make_outage("b-c-1", 0, 99), make_outage("c-d-2", 0, 99)
    (found,) = assess(network, make_train("1", "a b c d e"), *cut, rules=rules)
    assert (found.fate.fate, found.gets_through) == ("split", "no")


@pytest.mark.parametrize("changed", [
    {"detour_at_most_minutes": 0.0}, {"detour_at_most_share": 0.0}, {"skipped_stop_minutes": 0.0},
    {"hold_first_minutes": 0.0}, {"hold_first_minutes": 0.0, "hold_at_most_minutes": 0.0},
    {"hold_first_minutes": 50.0, "hold_at_most_minutes": 50.0}, {"detour_passes_population": 0},
    {"turn_over_population": 0}, {"turn_over_population": 0.5}, {"turn_over_population": None},
    {"kinds_held": ()}, {"kinds_electric": ("suburban", "regional")},
])  # fmt: skip
def test_rules_at_the_least_that_they_may_be_are_taken(changed):
    rules = FateRules(**changed)
    assert {name: getattr(rules, name) for name in changed} == changed


def test_a_kind_like_no_other_is_answered_with_all_kinds():
    with pytest.raises(InputError, match="suburban"):
        FateRules(kinds_held=("xyz",))


@pytest.mark.parametrize("seed", range(150))
def test_the_points_kept_are_the_best_of_all_choices(seed):
    rng = np.random.default_rng(seed)
    size, free = int(rng.integers(2, 6)), bool(rng.integers(2))
    drawn = rng.choice([1.0, 4.0, 9.0, 30.0, math.inf], (size + 1, size)).tolist()
    along, direct = drawn[0][1:], drawn[1:]
    must = set(np.flatnonzero(rng.random(size) < 0.2).tolist())

    def step(one: int, other: int) -> float:
        least = along[one] if other == one + 1 else math.inf
        may_leave = free or any(math.isinf(each) for each in along[one:other])
        return min(least, direct[one][other]) if may_leave else least

    def took(kept: Sequence[int]) -> float:
        return sum(step(one, other) for one, other in pairwise(kept))

    inner = range(1, size - 1)
    choices = [
        (0, *kept, size - 1) for n in range(size) for kept in combinations(inner, n)
        if must <= {0, *kept, size - 1}
    ]  # fmt: skip
    least = min(took(kept) + 7.0 * (size - len(kept)) for kept in choices)
    found = keep_points(along, direct, skipped_minutes=7.0, free=free, must=must)
    if math.isinf(least):
        assert (found.minutes, found.kept) == (math.inf, ())
        return
    assert found.kept in choices
    assert found.minutes == took(found.kept)
    assert found.minutes + 7.0 * (size - len(found.kept)) == least


# Which trains ran on which days.


def published(**dates: str) -> dict[str, date]:
    return {name: date.fromisoformat(text) for name, text in dates.items()}


def days_of(timetable: list[Train], documents: dict[str, date]) -> dict[str, list[int]]:
    found = relevant_trains(
        Timetable(trains=tuple(timetable)),
        Window(start=at(0), end=at(72)),
        published=documents,
        near_days=10,
    )
    return {train: [day.day for day in days] for train, days in found.days.items()}


def test_what_was_asked_of_trains_before_tells_none_from_another():
    window = Window(start=at(0), end=at(72))
    trains = Timetable(trains=(make_train("1", "a b", days="daily"),))
    one, other = (relevant_trains(trains, window) for _ in range(2))
    assert one.runs_on("1", at(0).date())
    assert one == other


DATES = {"from_date": date(2023, 5, 1), "to_date": date(2023, 5, 31)}


@pytest.mark.parametrize(
    ("one", "other"),
    [({"days": "mon-thu"}, {"days": "fri-sun"}), ({"days": "odd"}, {"days": "even"})],
)
@pytest.mark.parametrize("narrow", [{}, {"to_date": date(2023, 5, 20)}])
def test_rows_of_one_number_without_a_day_in_common_complete_each_other(one, other, narrow):
    """18 May 2023, a Thursday, to 20 May."""
    rows = [
        replace(make_train("1", "a b"), id="one", **DATES, **one),
        replace(make_train("1", "a b c"), id="other", **(DATES | narrow), **other),
    ]
    found = days_of(rows, {})
    assert sorted(day for days in found.values() for day in days) == [18, 19, 20]
    assert set(found) == {"one", "other"}


def test_rows_of_the_same_validity_between_other_ends_are_two_trains():
    ends = [replace(make_train("1", way), id=way, **DATES) for way in ("a c", "b c")]
    assert days_of(ends, {}) == {"a c": [18, 19, 20], "b c": [18, 19, 20]}
    twice = [replace(make_train("1", "a c"), id=name, **DATES) for name in ("x", "y")]
    assert len(days_of(twice, {})) == 1


def test_a_row_without_dates_holds_near_its_documents():
    near = make_train("1", "a b", documents=("p",))
    assert days_of([near], published(p="2023-05-09")) == {"1": [18, 19]}
    assert days_of([near], published(p="2023-05-29")) == {"1": [19, 20]}
    assert days_of([near], published(p="2023-05-01")) == {}
    assert days_of([near], {}) == {"1": [18, 19, 20]}


@pytest.mark.parametrize(("first", "last"), [*combinations_with_replacement(range(16, 23), 2)])
def test_a_row_holds_from_its_first_day_to_its_last(first, last):
    span = {"from_date": date(2023, 5, first), "to_date": date(2023, 5, last)}
    expected = [day for day in (18, 19, 20) if first <= day <= last]
    assert days_of([make_train("1", "a b", **span)], {}).get("1", []) == expected


def test_one_number_of_two_operators_is_two_trains():
    one = make_train("1", "a b")
    other = replace(make_train("2", "a c"), number="1", operator="other")
    assert sorted(days_of([one, other], {})) == ["1", "2"]
    again = replace(make_train("3", "a c", from_date=date(2023, 5, 18)), number="1")
    assert days_of([one, again], {}) == {"3": [18, 19, 20]}


def test_the_narrowest_row_of_a_train_counts():
    usual = make_train("1", "a b c", from_date=date(2023, 1, 1), to_date=date(2023, 12, 1))
    day = date(2023, 5, 19)
    other = replace(usual, id="2", stops=("a", "b"), from_date=day, to_date=day)
    back = replace(other, id="3", stops=("b", "a"))
    assert days_of([usual, other, back], {}) == {"1": [18, 20], "2": [19], "3": [19]}
    local = [replace(each, kind="suburban") for each in (usual, replace(other, stops=("x", "d")))]
    assert days_of(local, {}) == {"1": [18, 19, 20], "2": [19]}


def test_days_of_running_count():
    assert days_of([make_train("1", "a b", days="odd")], {}) == {"1": [19]}
    assert days_of([make_train("1", "a b", days="thu-fri")], {}) == {"1": [18, 19]}


def test_a_train_has_its_own_minutes_where_nothing_holds():
    trains = make_train("1", "a c e"), make_train("2", "e x", kind="suburban")
    courses = lay(LINE, *trains)
    [found] = [assess_trains(courses, make_timeline())]
    assert [found.of(0, train).fate.extra_minutes for train in found.trains] == [0, 0]
    assert list(found.rows()) == []
    assert len(list(found.rows(touched_only=False))) == 2


def test_counts_add_up():
    trains = (
        make_train("1", "a b c d e"), make_train("2", "a e", days="even"), make_train("3", "a b")
    )  # fmt: skip
    outage = make_outage("d-e-3", 24, 99)
    timeline = make_timeline(outage)
    running = relevant_trains(Timetable(trains=trains), timeline.window)
    fates = assess_trains(lay(LINE, *trains), timeline, rules=STRICT)
    first, second = count_states(fates, running)
    assert (first.trains, second.trains) == (3, 2)
    assert (second.by_fate["cut short"], second.certainly_not, second.possibly_not) == (1, 1, 1)
    assert [(each.trains, each.certainly_not) for each in count_days(fates, running)] == [
        (3, 0), (2, 1)
    ]  # fmt: skip
    whole = count_window(fates, running)
    assert (whole.trains, whole.stops_not_served, whole.train_hours_late) == (5, 1, 0)


def test_the_trains_to_zaporizhzhia_meet_the_closure_that_their_documents_name():
    network, catalogue = built_in_network(), built_in_catalogue()
    incident = catalogue.incidents["2026-01-30-dnipro-zaporizhzhia"]
    placements = place_incidents(network, [incident], catalogue)
    via = ("Dnipro", "Synelnykove-1")
    trains = (
        make_train("38", "Kyiv Zaporizhzhia", via=via),
        make_train("85", "Zaporizhzhia Lviv", via=via[::-1]),
    )
    timeline = Timeline(
        window=Window(
            start=parse_instant("2026-01-25T00:00Z"), end=parse_instant("2026-03-10T00:00Z")
        ),
        outages=placements[0].outages,
        times=times_by_incident(placements, "midpoint"),
    )
    rules = FateRules(kinds_held=("long_distance",))
    fates = assess_trains(lay(network, *trains), timeline, rules=rules)
    state = timeline.state_at(parse_instant("2026-01-31T12:00Z")).number
    for train, ends in (("38", ("Dnipro", "")), ("85", ("", "Dnipro"))):
        told = fates.of(state, train)
        assert told.fate.fate == "cut short"
        assert (told.fate.turned_at, told.fate.resumed_at) == ends
        assert told.incidents == (incident.id,)
        assert set(incident.documents) <= set(told.documents)


# What must hold of every network: random hubs, links, trains and outages with open ends.

SIZE = 7
numbers = st.integers(0, SIZE - 1)
edges = st.lists(
    st.tuples(numbers, numbers).filter(lambda pair: pair[0] != pair[1]), min_size=4, max_size=12
)
runs = st.lists(
    st.lists(numbers, min_size=2, max_size=4).filter(
        lambda stops: all(one != other for one, other in pairwise(stops))
    ),
    min_size=1,
    max_size=4,
)
ends = st.tuples(
    st.integers(-2, 20),
    st.integers(0, 4),
    st.integers(1, 20),
    st.one_of(st.none(), st.integers(0, 9)),
)
effects = st.sampled_from(["closed", "closed", "closed", "slowed", "single_track", "diesel_only"])
troubles = st.lists(st.tuples(st.integers(0, 11), ends, effects), max_size=5)
all_rules = st.builds(
    FateRules,
    detour_at_most_minutes=st.sampled_from([0.0, 40.0, 200.0, 1000.0]),
    detour_at_most_share=st.sampled_from([0.5, 2.0, math.inf]),
    hold_at_most_minutes=st.sampled_from([240.0, 600.0]),
    hold_first_minutes=st.sampled_from([0.0, 200.0]),
    skipped_stop_minutes=st.sampled_from([0.0, 20.0, 90.0]),
    kinds_held=st.sampled_from([(), ("suburban",)]),
    turn_over_population=st.just(None),
)


def lengths(count: int) -> list[float]:
    """Return lengths of which no two sums are the same, so that no two ways are."""
    return [10 + 7 * number + math.sqrt(number + 2) for number in range(count)]


def make_graph(pairs) -> Network:
    names = "abcdefg"
    kms = lengths(len(pairs))
    return make_network(
        [(names[a], names[b], km) for (a, b), km in zip(pairs, kms, strict=True)], list(names)
    )


def make_trains(stops) -> tuple[Train, ...]:
    kinds = ("long_distance", "suburban", "intercity")
    return tuple(
        make_train(f"t{n}", " ".join("abcdefg"[stop] for stop in each), kind=kinds[n % 3])
        for n, each in enumerate(stops)
    )


def make_troubles(network: Network, given) -> tuple[Outage, ...]:
    found = []
    for number, (link, (start, slack, hours, more), effect) in enumerate(given):
        end = Bounds(
            earliest=at(start + slack + hours),
            latest=None if more is None else at(start + slack + hours + more),
        )
        name = network.links[link % len(network.links)].id
        outage = make_outage(name, start, 0, effect=effect, incident=f"i{number}")
        opened = Bounds(earliest=at(start), latest=at(start + slack))
        found.append(replace(outage, start=opened, end=end))
    return tuple(found)


def state_of(fates: TrainFates, train: str) -> list[tuple[object, str]]:
    return [
        (fates.of(number, train).fate, fates.of(number, train).gets_through)
        for number in range(len(fates.timeline.states))
    ]


def plain(told):
    return [
        (fate.fate, round(fate.extra_minutes, 2), fate.stops_missed, through)
        if not math.isnan(fate.extra_minutes)
        else (fate.fate, fate.turned_at, fate.resumed_at, fate.stops_missed, through)
        for fate, through in told
    ]


RANK = {"no": 0, "in doubt": 1, "yes": 2}


@given(pairs=edges, stops=runs, given_troubles=troubles, rules=all_rules)
def test_more_outages_never_let_more_trains_through(pairs, stops, given_troubles, rules):
    network = make_graph(pairs)
    courses = lay(network, *make_trains(stops))
    outages = make_troubles(network, given_troubles)
    whole = assess_trains(courses, make_timeline(*outages), rules=rules)
    instants = [state.start for state in whole.timeline.states]
    fewer = assess_trains(courses, make_timeline(*outages[:-1]), rules=rules)
    for number, instant in enumerate(instants):
        before = fewer.timeline.state_at(instant).number
        for train in whole.trains:
            with_all, without = whole.of(number, train), fewer.of(before, train)
            assert RANK[with_all.gets_through] <= RANK[without.gets_through]
            assert not with_all.fate.extra_minutes < 0


@given(
    pairs=edges, stops=runs, given_troubles=troubles, rules=all_rules,
    early=st.integers(-30, 24), late=st.integers(0, 30),
)  # fmt: skip
def test_what_becomes_of_the_trains_of_a_day_is_the_same_in_every_window_with_that_day(
    pairs, stops, given_troubles, rules, early, late
):
    network = make_graph(pairs)
    trains = make_trains(stops)
    courses, outages = lay(network, *trains), make_troubles(network, given_troubles)
    one, other = (
        assess_trains(courses, make_timeline(*outages, window=window), rules=rules)
        for window in (WINDOW, Window(start=at(early), end=at(24 + max(early, 0) + late)))
    )
    for state in one.timeline.states:
        if other.timeline.window.start <= state.start < other.timeline.window.end:
            then = other.timeline.state_at(state.start).number
            for train in one.trains:
                told, again = one.of(state.number, train), other.of(then, train)
                assert without_minutes(told) == without_minutes(again)
    if early <= 0:
        running = relevant_trains(Timetable(trains=tuple(trains)), WINDOW)
        day, again = (count_days(each, running) for each in (one, other))
        [first] = [each for each in again if each.day == day[0].day]
        assert replace(first, states=()) == replace(day[0], states=())


def without_minutes(told):
    """Return what became of a train; how long it waits is a mean over the state."""
    fate = replace(told.fate, extra_minutes=0.0) if told.fate.fate == "held" else told.fate
    return [str(fate), told.gets_through, told.incidents]


@given(pairs=edges, stops=runs, given_troubles=troubles, rules=all_rules)
def test_a_train_by_itself_fares_as_in_company(pairs, stops, given_troubles, rules):
    network = make_graph(pairs)
    courses = lay(network, *make_trains(stops))
    timeline = make_timeline(*make_troubles(network, given_troubles))
    together = assess_trains(courses, timeline, rules=rules)
    for train, course in courses.courses.items():
        alone = assess_trains(lay(network, course.train), timeline, rules=rules)
        assert plain(state_of(alone, train)) == plain(state_of(together, train))


@given(pairs=edges, stops=runs, given_troubles=troubles, rules=all_rules, seed=st.randoms())
def test_relabelling_changes_nothing(pairs, stops, given_troubles, rules, seed):
    network = make_graph(pairs)
    trains, outages = make_trains(stops), make_troubles(network, given_troubles)
    told = assess_trains(lay(network, *trains), make_timeline(*outages), rules=rules)
    hubs = [replace(hub, id=f"h{hub.id}") for hub in network.hubs]
    links = [
        replace(each, id=f"l{each.id}", from_hub=f"h{each.to_hub}", to_hub=f"h{each.from_hub}")
        for each in network.links
    ]
    seed.shuffle(hubs)
    seed.shuffle(links)
    other = assess_trains(
        lay(
            Network(hubs=tuple(hubs), links=tuple(links)),
            *[replace(each, id=f"x{each.id}") for each in reversed(trains)],
        ),
        make_timeline(*[replace(each, link=f"l{each.link}") for each in outages]),
        rules=rules,
    )
    for train in told.trains:
        assert plain(state_of(told, train)) == plain(state_of(other, f"x{train}"))


@given(pairs=edges, stops=runs, given_troubles=troubles, rules=all_rules, data=st.data())
def test_bounds_hold_for_all_times_that_the_evidence_allows(
    pairs, stops, given_troubles, rules, data
):
    network = make_graph(pairs)
    courses = lay(network, *make_trains(stops))
    outages = make_troubles(network, given_troubles)
    bounded = assess_trains(courses, make_timeline(*outages), rules=rules)
    exact = []
    for number, (outage, (_, (start, slack, hours, more), _)) in enumerate(
        zip(outages, given_troubles, strict=True)
    ):
        begin = start + data.draw(st.floats(0, slack))
        last = 40.0 if more is None else start + slack + hours + more
        end = data.draw(st.floats(start + slack + hours, max(last, start + slack + hours)))
        fixed = replace(outage, start=exactly(begin), end=exactly(end), incident=f"e{number}")
        exact.append(fixed)
    told = assess_trains(courses, make_timeline(*exact), rules=rules)
    for state in told.timeline.states:
        number = bounded.timeline.state_at(state.start).number
        for train in told.trains:
            bound = bounded.of(number, train).gets_through
            assert bound in ("in doubt", told.of(state.number, train).gets_through)


# The slow solver: plain graphs, one train and state at a time, nothing kept.


def slow_minutes(network: Network, train: Train, held: list[Outage]) -> nx.Graph:
    """Return the least minutes between hubs that one link joins."""
    speed = {"long_distance": 60.0, "suburban": 38.0, "intercity": 92.0}[train.kind]
    graph = nx.Graph()
    graph.add_nodes_from(hub.id for hub in network.hubs)
    for link in network.links:
        effects = {each.effect for each in held if each.link == link.id}
        if "closed" in effects:
            continue
        share = min(
            PASSENGER.slowed_speed_share if "slowed" in effects else 1.0,
            PASSENGER.diesel_speed_share if "diesel_only" in effects else 1.0,
        )
        minutes = 60.0 * link.length_km / speed / share
        ends = link.from_hub, link.to_hub
        if minutes < graph.get_edge_data(*ends, {"minutes": math.inf})["minutes"]:
            graph.add_edge(*ends, minutes=minutes, link=link.id)
    return graph


def distance(graph: nx.Graph, one: str, other: str) -> float:
    try:
        return float(nx.dijkstra_path_length(graph, one, other, weight="minutes"))
    except nx.NetworkXNoPath:
        return math.inf


def slow_course(network: Network, train: Train) -> list[list[str]] | None:
    graph = slow_minutes(network, train, [])
    legs = []
    for one, other in pairwise(train.stops):
        if math.isinf(distance(graph, one, other)):
            return None
        path = nx.dijkstra_path(graph, one, other, weight="minutes")
        legs.append([graph.edges[ends]["link"] for ends in pairwise(path)])
    return legs


def slow_through(network: Network, train: Train, held: list[Outage], rules: FateRules) -> bool:
    legs = slow_course(network, train)
    closed = {each.link for each in held if each.effect == "closed"}
    if not closed & {link for leg in legs for link in leg}:
        return True
    if train.kind in rules.kinds_held:
        return False
    base = sum(distance(slow_minutes(network, train, []), *ends) for ends in pairwise(train.stops))
    limit = min(rules.detour_at_most_minutes, rules.detour_at_most_share * max(base, 1.0))
    # Without regard to stops the quickest way is the direct one; no turn costs anything here.
    ways = slow_minutes(network, train, held)
    parts = pairwise([train.stops[0], *slow_half_way(network, train), train.stops[-1]])
    return sum(distance(ways, *ends) for ends in parts) <= base + limit + 0.02


def slow_half_way(network: Network, train: Train) -> list[str]:
    """Return the stop next to half of a course that ends where it began; none of any other."""
    if train.stops[0] != train.stops[-1]:
        return []
    graph = slow_minutes(network, train, [])
    passed = np.cumsum([distance(graph, *ends) for ends in pairwise(train.stops)])
    off = [round(abs(float(each - passed[-1] / 2)), 6) for each in passed]
    return [train.stops[1 + off.index(min(off))]]


@pytest.mark.differential
@given(pairs=edges, stops=runs, given_troubles=troubles, rules=all_rules)
def test_a_slow_solver_agrees(pairs, stops, given_troubles, rules):
    network = make_graph(pairs)
    outages = make_troubles(network, given_troubles)
    trains = {each.id: each for each in make_trains(stops)}
    fates = assess_trains(lay(network, *trains.values()), make_timeline(*outages), rules=rules)
    assert set(fates.trains) == {
        name for name, train in trains.items() if slow_course(network, train) is not None
    }
    for state in fates.timeline.states:
        held = [outages[number] for number in state.active]
        worst = [outages[number] for number in state.possible]
        best = [outages[number] for number in state.certain]
        for name in fates.trains:
            train, told = trains[name], fates.of(state.number, name)
            legs = slow_course(network, train)
            closed = {each.link for each in held if each.effect == "closed"}
            is_open = [not closed & set(leg) for leg in legs]
            through = slow_through(network, train, held, rules)
            assert (told.gets_through == "yes") == slow_through(network, train, worst, rules)
            assert (told.gets_through == "no") == (not slow_through(network, train, best, rules))
            if all(is_open):
                slow = {each.link for each in held if each.effect in ("slowed", "diesel_only")}
                loses = slow & {link for leg in legs for link in leg}
                assert told.fate.fate == ("slower" if loses else "as timetabled")
            elif slow_held(outages, legs, state.start, rules, detoured=through):
                assert told.fate.fate == "held"
                assert told.fate.extra_minutes > 0
            elif through:
                assert told.fate.fate == "detoured"
            else:
                assert told.fate.fate == slow_cut(is_open)
                served = [
                    place
                    for place in range(len(train.stops))
                    if (place > 0 and is_open[place - 1])
                    or (place < len(is_open) and is_open[place])
                ]
                missed = [s for place, s in enumerate(train.stops) if place not in served]
                assert list(told.fate.stops_missed) == missed


def slow_held(outages, legs, now, rules: FateRules, *, detoured: bool) -> bool:
    """Whether a train waits: its course is closed now, for so long before and after as any is."""
    course = {link for leg in legs for link in leg}
    begun, over, grown = now, now, True
    while grown:
        grown = False
        for each in outages:
            start, end = each.start.earliest, each.end.latest
            meets = start <= over and (end is None or begun <= end) and end != start
            if each.effect == "closed" and each.link in course and meets:
                if end is None:
                    return False
                grown |= start < begun or end > over
                begun, over = min(begun, start), max(over, end)
    lasts = (over - begun).total_seconds() / 60
    return lasts <= (rules.hold_first_minutes if detoured else rules.hold_at_most_minutes)


def slow_cut(is_open: list[bool]) -> str:
    pieces = "".join("1" if each else "0" for each in is_open).split("0")
    return ("not run", "cut short", "split", "split")[sum(bool(piece) for piece in pieces)]


@pytest.mark.differential
@given(pairs=edges, stops=runs)
def test_a_course_has_the_minutes_of_a_slow_solver(pairs, stops):
    network = make_graph(pairs)
    courses = lay(network, *make_trains(stops))
    for course in courses.courses.values():
        graph = slow_minutes(network, course.train, [])
        legs = [distance(graph, *ends) for ends in pairwise(course.train.stops)]
        assert [leg.minutes for leg in course.legs] == pytest.approx(legs, abs=0.05)
        assert [list(leg.links) for leg in course.legs] == slow_course(network, course.train)


def test_one_hub_and_one_link_are_enough():
    hubs = (Hub(id="a", name="a", lon=0, lat=0), Hub(id="b", name="b", lon=1, lat=0))
    network = Network(hubs=hubs, links=(Link(id="ab", from_hub="a", to_hub="b", length_km=1),))
    [found] = assess(network, make_train("1", "a b"), make_outage("ab", 0, 99))
    assert (found.fate.fate, found.gets_through) == ("not run", "no")
    empty = assess_trains(lay(network), make_timeline())
    assert list(empty.rows()) == []
