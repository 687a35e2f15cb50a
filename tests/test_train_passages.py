"""At which hours trains pass what outages touch: closed cases, and minute by minute beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmodel.impact.fate_rules import FateRules
from netmodel.impact.train_counts import count_trains
from netmodel.impact.train_fates import assess_trains
from netmodel.times import Bounds
from netmodel.trains.relevance import relevant_trains
from netmodel.trains.train import StopTime, Timetable, Train
from tests.conftest import START, at, make_outage
from tests.test_fates import EDGES, LINE, STRICT, WINDOW, lay, make_network, make_timeline

FIRST = date(2023, 5, 18)


def timed(name: str, stops: str, *minutes: int | tuple[int, int] | None, **more) -> Train:
    """Return a train with one time, or arrival and departure, or none, at each stop."""
    times = [
        StopTime() if each is None
        else StopTime(arrival=each, departure=each) if isinstance(each, int)
        else StopTime(arrival=each[0], departure=each[1])
        for each in minutes
    ]  # fmt: skip
    return Train(
        id=name, number=name, kind="long_distance", stops=tuple(stops.split()), times=tuple(times),
        days="daily", **more,
    )  # fmt: skip


def count(trains, outages, *, window=WINDOW, zone=UTC, rules=STRICT, network=LINE):
    timeline = make_timeline(*outages, window=window)
    running = relevant_trains(Timetable(trains=tuple(trains)), window, zone=zone)
    fates = assess_trains(lay(network, *trains), timeline, rules=rules)
    return count_trains(fates, running, zone=zone)


def lost(trains, outages, **options) -> list[tuple[int, int]]:
    found = count(trains, outages, **options)
    return [(day.certainly_not, day.possibly_not) for day in found.days]


NIGHT = [make_outage("d-e-3", 23, 29)]
"""The last link of the line, from 23:00 to 05:00."""


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        ((600, 720), [(0, 0), (0, 0)]),  # by day
        ((1320, 1440), [(1, 1), (0, 0)]),  # comes to d at 23:30
        ((1200, 1320), [(0, 0), (0, 0)]),  # leaves e at 22:00
        ((60, 180), [(0, 0), (1, 1)]),  # the second night alone
        ((1500, 1620), [(0, 0), (1, 1)]),  # passes on the day after
        ((None, 720), [(1, 1), (1, 1)]),  # no hour of the start: by day
        ((600, None), [(1, 1), (1, 1)]),
    ],
)
def test_a_train_meets_what_holds_when_it_passes(minutes, expected):
    assert lost([timed("1", "a e", *minutes)], NIGHT) == expected


def test_a_timed_stop_on_the_way_counts():
    """By its ends alone it would come to d at 22:30; it stands at c for hours."""
    assert lost([timed("1", "a e", 1200, 1380)], NIGHT) == [(0, 0), (0, 0)]
    assert lost([timed("1", "a c e", 1200, (1230, 1400), 1460)], NIGHT) == [(1, 1), (0, 0)]
    assert lost([timed("1", "a c d e", 1200, None, (1290, 1300), 1330)], NIGHT) == [(0, 0), (0, 0)]
    # Only the way after c has known times, and there lies the closure.
    assert lost([timed("1", "a c e", None, 600, 700)], NIGHT) == [(0, 0), (0, 0)]
    # When it comes to d is known, and nothing behind it need be.
    assert lost([timed("1", "a d e", 500, 700, None)], NIGHT) == [(0, 0), (0, 0)]
    assert lost([timed("1", "a c e", 500, 700, None)], NIGHT) == [(1, 1), (1, 1)]


def test_a_train_that_is_not_met_is_in_no_row_and_as_timetabled_in_every_state():
    found = count([timed("day", "a e", 600, 720), timed("night", "a e", 1320, 1440)], NIGHT)
    assert {train for _, train in found.runs.rows} == {"night"}
    night = found.states[1]
    assert night.by_fate == dict.fromkeys(night.by_fate, 0) | {"as timetabled": 1, "not run": 1}
    assert (night.trains, night.certainly_not, night.possibly_not) == (2, 1, 1)
    assert found.window.stops_not_served == pytest.approx(2.0)


def test_hours_are_of_the_clock_even_where_it_changes():
    """On 26 March 2023 the clocks of Kyiv went from 03:00 to 04:00."""
    zone = ZoneInfo("Europe/Kyiv")
    day = datetime(2023, 3, 26, tzinfo=zone)
    window = type(WINDOW)(start=day, end=day + timedelta(days=1))
    hours = (datetime(2023, 3, 26, 9, tzinfo=zone) - START).total_seconds() / 3600
    outage = make_outage("d-e-3", hours, hours + 1)
    times = {0: (545, 600), 1: (500, 590), -1: (605, 690)}
    for hour, minutes in times.items():
        hit = hour == 0
        assert lost([timed("1", "d e", *minutes)], [outage], window=window, zone=zone) == [
            (int(hit), int(hit))
        ]


STRAIGHT = make_network(EDGES[:4])
LINKS = ("a-b-0", "b-c-1", "c-d-2", "d-e-3")
clocks = st.lists(st.integers(0, 2000), min_size=5, max_size=5, unique=True).map(sorted)
shut = st.lists(
    st.tuples(st.sampled_from(LINKS), st.integers(-5, 47), st.integers(1, 20)), max_size=4
)


@given(clock=clocks, closures=shut, rules=st.sampled_from([STRICT, FateRules()]))
def test_a_run_meets_what_holds_when_it_comes_to_each_link(clock, closures, rules):
    """Beside it link by link: a closure is met that holds at the minute of coming to its link."""
    train = timed("1", "a b c d e", *clock)
    outages = [
        make_outage(link, start, start + hours, incident=f"i{n}")
        for n, (link, start, hours) in enumerate(closures)
    ]
    found = count([train], outages, rules=rules, network=STRAIGHT)
    comes = {link: minute / 60 for link, minute in zip(LINKS, clock[:-1], strict=True)}
    lost = {-1: 0, 0: 0, 1: 0, 2: 0}
    hours = 0.0
    for departed in (-1, 0, 1):
        met = [
            (comes[link] + 24 * departed, start + length)
            for link, start, length in closures
            if start <= comes[link] + 24 * departed < start + length
        ]
        inside = [each for each in met if 0 <= each[0] < 48]
        if inside and min(met) == min(inside):
            lost[int(min(met)[0] // 24)] += 1
            ends = _joined_ends(closures, comes, departed)
            if max(end - start for start, end, _ in ends) <= rules.hold_at_most_minutes / 60:
                hours += max(end - when for _, end, when in ends)
    assert [day.certainly_not for day in found.days] == [lost[0], lost[1]]
    assert [day.possibly_not for day in found.days] == [lost[0], lost[1]]
    assert found.window.train_hours_late == pytest.approx(hours, abs=1e-4)


def _joined_ends(closures, comes, departed) -> list[tuple[int, int, float]]:
    """Return begin and end of each closure that a run meets, and when it comes to it."""
    told = []
    for link in LINKS:
        when = comes[link] + 24 * departed
        spans = sorted((start, start + hours) for name, start, hours in closures if name == link)
        joined: list[tuple[int, int]] = []
        for start, end in spans:
            if joined and start <= joined[-1][1]:
                joined[-1] = joined[-1][0], max(end, joined[-1][1])
            else:
                joined.append((start, end))
        told += [(start, end, when) for start, end in joined if start <= when < end]
    return told


@given(clock=clocks, closures=shut)
def test_known_hours_never_lose_more_trains_than_days_do(clock, closures):
    outages = [make_outage(link, start, start + hours) for link, start, hours in closures]
    stops = "a b c d e"
    known = count([timed("1", stops, *clock)], outages)
    unknown = count([timed("1", stops, *[None] * 5)], outages)
    if clock[-1] < 1440:
        for one, other in zip(known.days, unknown.days, strict=True):
            assert one.trains == other.trains
            assert one.certainly_not <= other.certainly_not
            assert one.possibly_not <= other.possibly_not
    assert known.window.trains == pytest.approx(unknown.window.trains)
    for state in known.states:
        assert sum(state.by_fate.values()) == pytest.approx(state.trains)


MORNING = [make_outage("d-e-3", 5.5, 7)]
"""The last link of the line, from 05:30 to 07:00."""
HELD = FateRules(hold_first_minutes=360)


def waits(train, outages, *, window=WINDOW, rules=HELD) -> tuple[list[float], float]:
    """Return the minutes late of each row of a train, and hours late of the window."""
    found = count([train], outages, window=window, rules=rules)
    told = [each.fate.extra_minutes for each in found.runs.rows.values()]
    return told, found.window.train_hours_late


@pytest.mark.parametrize(
    ("stops", "minutes", "wait"),
    [
        ("d e", (387, 440), 33.0),  # comes at 06:27
        ("d e", (330, 400), 90.0),  # at the very start
        ("c d e", (300, (340, 387), 440), 33.0),  # its departure counts, not its arrival
        ("a e", (260, 380), 70.0),  # without times between: at one speed, at d at 05:50
        ("d e", (1440 + 387, 1440 + 440), 33.0),  # it departed the day before
    ],
)
def test_a_held_train_of_a_known_hour_waits_from_that_hour_on(stops, minutes, wait):
    told, hours = waits(timed("1", stops, *minutes), MORNING)
    assert told == pytest.approx([wait], abs=1e-3)
    assert hours == pytest.approx(wait / 60, abs=1e-4)


def test_a_held_train_of_an_unknown_hour_waits_for_the_mean_of_the_state():
    told, hours = waits(timed("1", "d e", None, None), MORNING)
    assert told == []
    assert hours == pytest.approx(0.75 * 1.5 / 24)


OTHERS = [
    make_outage("a-b-0", 6.25, 6.75, incident="other"),  # closed and open again behind the train
    make_outage("a-b-0", 6.5, 20, incident="other"),  # for longer than what it waits for
    make_outage("a-b-0", 40, 44, incident="other"),  # on another day
    make_outage("a-b-0", 0, 30, effect="slowed", incident="other"),  # not on its way
    make_outage("b-c-1", -9, 4.9, incident="other"),  # over before it came
]


@pytest.mark.parametrize("other", OTHERS, ids=range(len(OTHERS)))
@pytest.mark.parametrize("stops", ["d e", "b d e"])
def test_what_holds_behind_a_train_or_on_another_day_changes_nothing(stops, other):
    minutes = (360, 420) if stops == "d e" else (300, 360, 420)
    told, hours = waits(timed("1", stops, *minutes), [*MORNING, other])
    assert told == pytest.approx([60.0], abs=1e-3)
    assert hours == pytest.approx(1.0, abs=1e-4)


def test_a_train_that_is_on_a_link_when_it_closes_runs_on():
    assert lost([timed("1", "d e", 300, 400)], MORNING) == [(0, 0), (0, 0)]
    assert lost([timed("1", "d e", 331, 400)], MORNING) == [(1, 1), (0, 0)]


def test_a_train_that_waits_for_one_closure_waits_less_for_the_next():
    """It comes to b at 02:00 and to d at 04:00: closed to 03:30, and from 03:00 to 06:00."""
    outages = [make_outage("b-c-1", 1, 3.5), make_outage("d-e-3", 3, 6, incident="next")]
    _, hours = waits(timed("1", "a b c d e", 60, 120, 180, 240, 300), outages)
    assert hours == pytest.approx(2.0, abs=1e-4)


def test_a_night_train_counts_on_the_day_on_which_it_is_held():
    """It left before the window begins; the day is told alike in the window of two days."""
    day = type(WINDOW)(start=at(24), end=at(48))
    night = [make_outage("d-e-3", 25, 27)]
    train = timed("1", "a b c d e", 1320, 1380, 1440, 1560, 1600)
    [alone] = count([train], night, window=day).days
    first, second = count([train], night).days
    assert (alone.certainly_not, second.certainly_not, first.certainly_not) == (1, 1, 0)
    assert alone.trains == second.trains == 2  # it, and the next, which departs in the evening
    assert first.trains == 0


def test_what_is_in_doubt_is_so_for_a_run_too():
    doubtful = replace(
        MORNING[0], start=Bounds(earliest=at(5.5), latest=at(6.5)),
        end=Bounds(earliest=at(7), latest=at(8)),
    )  # fmt: skip
    told = {
        minutes: lost([timed("1", "d e", minutes, minutes + 50)], [doubtful])[0]
        for minutes in (300, 345, 400, 450, 500)
    }
    assert told == {300: (0, 0), 345: (0, 1), 400: (1, 1), 450: (0, 1), 500: (0, 0)}


def test_a_row_that_ends_on_the_eve_of_a_window_has_its_last_night_in_it():
    day = type(WINDOW)(start=at(24), end=at(48))
    train = timed("1", "a b c d e", 1320, 1380, 1440, 1560, 1600, to_date=FIRST)
    running = relevant_trains(Timetable(trains=(train,)), day, zone=UTC)
    assert (running.days["1"], running.before) == ((), {"1": (FIRST,)})
    found = count([train], [make_outage("d-e-3", 25, 27)], window=day)
    [told] = found.days
    assert (told.trains, told.certainly_not) == (1, 1)


def test_trains_a_day_are_the_mean_of_the_days_whatever_states_there_are():
    trains = timed("1", "a e", 600, 720), replace(timed("2", "a e", None, 90), days="even")
    outages = [make_outage("d-e-3", 3, 31), make_outage("a-b-0", 40, 41, incident="other")]
    found = count(trains, outages)
    hours = [state.hours for state in found.fates.timeline.states]
    mean = sum(h * each.trains for h, each in zip(hours, found.states, strict=True)) / sum(hours)
    assert mean == pytest.approx(sum(day.trains for day in found.days) / 2) == pytest.approx(1.5)
    assert found.window.trains == pytest.approx(3)


def test_figures_of_trains_rest_on_what_delays_or_cuts_them():
    outages = [
        make_outage("d-e-3", 5.5, 7, incident="short"),
        make_outage("b-c-1", 3, 8, incident="passed"),
        make_outage("c-d-2", 0, 40, incident="limit", effect="limited"),
    ]
    train = timed("1", "a b c d e", 60, 120, 300, 345, 400)  # at b at 02:00, at d at 05:45
    found = count([train], outages, rules=HELD)
    names = [outage.incident for outage in found.fates.timeline.outages]
    late = found.outages_behind(lambda fate: fate.extra_minutes > 0)
    assert {names[each] for each in late} == {"short"}
    assert found.outages_behind(lambda fate: bool(fate.stops_missed)) == frozenset()
