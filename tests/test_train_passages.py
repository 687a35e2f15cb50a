"""At which hours trains pass what outages touch: closed cases, and minute by minute beside it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmodel.impact.fate_rules import FateRules
from netmodel.impact.train_counts import count_trains
from netmodel.impact.train_fates import assess_trains, find_closure
from netmodel.trains.relevance import relevant_trains
from netmodel.trains.train import StopTime, Timetable, Train
from tests.conftest import START, at, make_outage
from tests.test_fates import LINE, STRICT, WINDOW, lay, make_timeline

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


def count(trains, outages, *, window=WINDOW, zone=UTC):
    timeline = make_timeline(*outages, window=window)
    running = relevant_trains(Timetable(trains=tuple(trains)), window, zone=zone)
    fates = assess_trains(lay(LINE, *trains), timeline, rules=STRICT)
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
    assert lost([timed("1", "a d e", 500, 700, None)], NIGHT) == [(1, 1), (1, 1)]


def test_a_train_that_is_not_met_is_in_no_row_and_as_timetabled_in_every_state():
    found = count([timed("day", "a e", 600, 720), timed("night", "a e", 1320, 1440)], NIGHT)
    assert found.met["day"].isdisjoint({1})
    assert 1 in found.met["night"]
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
    times = {0: (480, 570), 1: (420, 510), -1: (605, 690)}
    for hour, minutes in times.items():
        hit = hour == 0
        assert lost([timed("1", "d e", *minutes)], [outage], window=window, zone=zone) == [
            (int(hit), int(hit))
        ]


LINKS = ("a-b-0", "b-c-1", "c-d-2", "d-e-3")
clocks = st.lists(st.integers(0, 2000), min_size=5, max_size=5, unique=True).map(sorted)
shut = st.lists(
    st.tuples(st.sampled_from(LINKS), st.integers(-5, 47), st.integers(1, 20)), max_size=4
)


@given(clock=clocks, closures=shut)
def test_a_run_meets_the_states_of_its_passage_and_no_others(clock, closures):
    """Minute by minute: which states hold between the first link that is touched and the last."""
    train = timed("1", "a b c d e", *clock)
    outages = [
        make_outage(link, start, start + hours, incident=f"i{n}")
        for n, (link, start, hours) in enumerate(closures)
    ]
    found = count([train], outages)
    touched = {link for link, start, hours in closures if start + hours > 0}
    if not touched:
        assert found.met == {}
        return
    ways = dict(zip(LINKS, pairwise(clock), strict=True))
    enter = min(ways[link][0] for link in touched)
    leave = max(ways[link][1] for link in touched)
    timeline = found.fates.timeline
    first = enter // 1440
    met = set()
    for day, told in enumerate(found.days):
        departed = 24 * (day - first)
        passing = [at(departed + minute / 60 + 0.001) for minute in range(enter, leave)]
        states = {timeline.state_at(min(each, at(47.99))).number for each in passing}
        met |= states
        hit = [found.fates.of(state, "1").gets_through for state in states]
        assert told.certainly_not == ("no" in hit)
        assert told.possibly_not == any(each != "yes" for each in hit)
    assert found.met["1"] == met


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


def waits(train, outages, *, window=WINDOW) -> tuple[list[float], float]:
    """Return the minutes that a train waits by state, and hours late of the window."""
    timeline = make_timeline(*outages, window=window)
    running = relevant_trains(Timetable(trains=(train,)), window, zone=UTC)
    found = count_trains(assess_trains(lay(LINE, train), timeline, rules=HELD), running, zone=UTC)
    return list(found.waits.values()), found.window.train_hours_late


@pytest.mark.parametrize(
    ("stops", "minutes", "wait"),
    [
        ("d e", (387, 440), 33.0),  # comes at 06:27
        ("d e", (330, 400), 90.0),  # at the very start
        ("c d e", (300, (340, 387), 440), 33.0),  # its departure counts, not its arrival
        ("a e", (260, 380), 70.0),  # without times between: at one speed, at d at 05:50
        ("d e", (1440 + 387, 1440 + 440), None),  # it departs the day before
    ],
)
def test_a_held_train_of_a_known_hour_waits_from_that_hour_on(stops, minutes, wait):
    told, hours = waits(timed("1", stops, *minutes), MORNING)
    expected = 33.0 if wait is None else wait
    assert told == pytest.approx([expected])
    assert hours == pytest.approx(expected / 60)


def test_a_held_train_of_an_unknown_hour_waits_for_the_mean_of_the_state():
    told, hours = waits(timed("1", "d e", None, None), MORNING)
    assert told == []
    assert hours == pytest.approx(0.75 * 1.5 / 24)


def test_a_wait_that_reaches_into_another_state_counts_once():
    """A section before it is closed and opened while the train waits: three states, one wait."""
    outages = [*MORNING, make_outage("a-b-0", 6.25, 6.75, incident="other")]
    told, hours = waits(timed("1", "d e", 360, 420), outages)
    assert hours == pytest.approx(1.0)
    assert len(told) > 1
    assert told == pytest.approx([60.0] * len(told))


def test_a_train_that_is_past_what_is_closed_does_not_wait():
    """The first link of the line is slowed all day, so that it passes from there on."""
    slowed = make_outage("a-b-0", 0, 24, effect="slowed", incident="slow")
    shut = make_outage("b-c-1", 2, 3, incident="shut")
    told, _ = waits(timed("1", "a b c", 60, 90, 130), [slowed, shut])
    assert told == [0.0]


@given(clock=clocks, closures=shut)
def test_no_run_waits_longer_than_what_is_closed_lasts(clock, closures):
    train = timed("1", "a b c d e", *clock)
    outages = [
        make_outage(link, start, start + min(hours, 6), incident=f"i{n}")
        for n, (link, start, hours) in enumerate(closures)
    ]
    timeline = make_timeline(*outages)
    running = relevant_trains(Timetable(trains=(train,)), WINDOW, zone=UTC)
    fates = assess_trains(lay(LINE, train), timeline, rules=HELD)
    found = count_trains(fates, running, zone=UTC)
    ways = dict(zip(LINKS, pairwise(clock), strict=True))
    for (number, name), wait in found.waits.items():
        assert fates.of(number, name).fate.fate == "held"
        state = timeline.states[number]
        shut_links = [timeline.outages[each].link for each in state.active]
        comes = min(ways[link][0] for link in shut_links)
        begun, over = find_closure(fates.closures[0], state.start)
        told = []
        for day in range(-2, 3):
            when = at(24 * day + comes / 60)
            passed = [at(24 * day + clock[side] / 60) for side in (0, -1)]
            if passed[0] < state.end and state.start < passed[1]:
                told.append((over - when).total_seconds() / 60 if begun <= when < over else 0.0)
        assert any(wait <= each + 1e-3 for each in told)
        assert wait == 0 or min(told) - 1e-3 <= wait <= max(told) + 1e-3
