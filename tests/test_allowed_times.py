"""Chosen, drawn and scaled times: always together possible, in order, and of the stated length."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netmodel.evidence.as_of import resolve_observed
from netmodel.evidence.incident import Claim, Incident
from netmodel.evidence.milestone_bounds import BEGINNING_OF_TIME, tighten_bounds, to_instant
from netmodel.evidence.notes import Note
from netmodel.evidence.places import NoPlace
from netmodel.evidence.resolution import resolve_incident
from netmodel.evidence.timing import ALWAYS, NEVER, allow_times, scale_time
from netmodel.impact.attribution import value_of_evidence
from netmodel.outages.draws import Drawing, draw_block, incidents_by_id
from netmodel.outages.milestones import (
    as_microseconds,
    as_milestone_times,
    milestone_limits,
)
from netmodel.outages.outage import TIME_RULES, pick_times, scale_repairs, times_by_incident
from netmodel.outages.timeline import Timeline
from netmodel.restoration.durations import measure_duration
from netmodel.times import LAST_INSTANT, Bounds
from tests.conftest import at, make_network
from tests.uncertain import (
    WINDOW,
    assert_nested,
    make_model,
    make_placement,
    outages_of,
    placements_on,
)

NETWORK = make_network([("a", "b", 10), ("b", "c", 10), ("c", "a", 15)], list("abc"))
LINKS = [link.id for link in NETWORK.links]
PAIR = make_network([("a", "b", 10)], list("ab"))
ONE = [PAIR.links[0].id]
HOUR = 3_600_000_000
SCALES = (0.25, 0.5, 1.0, 2.0, 4.0)
scenes = placements_on(LINKS, lengths=True)
scales = st.sampled_from(SCALES)


def between(low, high):
    return Bounds(
        earliest=None if low is None else at(low), latest=None if high is None else at(high)
    )


@pytest.mark.parametrize("rule", ["middle", "", "EARLIEST", None])
def test_times_are_chosen_by_a_rule_that_is_known(rule):
    with pytest.raises(ValueError, match="midpoint"):
        chosen(resolve(claim("start", 0, 4), claim("first_traffic", 5, 9)), rule)


def test_what_began_at_no_known_time_is_scaled_to_an_end_of_time():
    assert scale_time(ALWAYS, HOUR, 2.0) == NEVER
    assert scale_time(ALWAYS, HOUR, 0.5) == ALWAYS
    assert scale_time(ALWAYS, HOUR, 1.0) == scale_time(0, HOUR // 2, 2.0) == HOUR


@pytest.mark.parametrize(
    ("microseconds", "instant"),
    [
        (0, at(0)), (HOUR, at(1)), (NEVER, None), (ALWAYS, BEGINNING_OF_TIME),
        (HOUR * 24 * 366 * 9999, LAST_INSTANT),
    ],
)  # fmt: skip
def test_instants_beyond_the_calendar_are_its_ends(microseconds, instant):
    assert to_instant(microseconds, at(0)) == instant


def claim(about, low=None, high=None, **more):
    if low is not None or high is not None:
        more["at"] = between(low, high)
    return Claim(document="d", speaker="S", says="x", about=about, **more)


def make_incident(*claims, effect="closed", then=None):
    return Incident(
        id="i", title="i", kind="power", zone="UTC", places=(NoPlace(reason="test"),),
        effect=effect, then=then, claims=claims,
    )  # fmt: skip


def resolve(*claims, effect="closed", then=None):
    return resolve_incident(make_incident(*claims, effect=effect, then=then))


def chosen(resolution, rule):
    times = pick_times(resolution, rule)
    return tuple(
        None if time is None else (time - at(0)).total_seconds() / 3600
        for time in (times.start, times.first_traffic, times.full_service)
    )


def timeline_of(placements, times):
    return Timeline(window=WINDOW, outages=outages_of(placements), times=times)


# 1. Chosen times and the order of milestones


def test_a_start_chosen_by_the_day_comes_before_an_exact_end():
    resolution = resolve(claim("start", 0, 24), claim("first_traffic", 8, 8))
    assert chosen(resolution, "midpoint")[:2] == (4, 8)
    assert chosen(resolution, "latest")[:2] == (8, 8)
    assert chosen(resolution, "earliest")[:2] == (0, 8)


def test_a_slowed_line_ends_when_it_is_said_to():
    resolution = resolve(claim("start", 5), claim("full_service", 10, 10), effect="slowed")
    for rule in TIME_RULES:
        assert chosen(resolution, rule)[2] == 10, rule


def test_first_traffic_is_no_milestone_where_traffic_never_stopped():
    resolution = resolve(claim("start", 0, 24), claim("full_service", 0, 24), effect="slowed")
    assert chosen(resolution, "midpoint") == (12, 12, 18)


@settings(max_examples=60)
@given(placements=scenes, rule=st.sampled_from(TIME_RULES), scale=scales)
def test_chosen_times_lie_within_the_possible_and_hold_the_certain(placements, rule, scale):
    placements = scale_repairs(placements, scale)
    timeline = timeline_of(placements, times_by_incident(placements, rule))
    for state in timeline.states:
        assert_nested(timeline, state)


@settings(max_examples=60)
@given(placements=scenes, seed=st.integers(0, 99), scale=scales)
def test_drawn_times_lie_within_the_possible_and_hold_the_certain(placements, seed, scale):
    placements = scale_repairs(placements, scale)
    limits = milestone_limits(placements, WINDOW)
    drawn = draw_block(limits, incidents_by_id(placements), Drawing(), seed=seed, block=0)
    for times in drawn[:4]:
        timeline = timeline_of(placements, as_milestone_times(limits, times))
        for state in timeline.states:
            assert_nested(timeline, state)


# 2. Lengths


def test_what_lasted_four_hours_ends_four_hours_after_its_start():
    resolution = resolve(claim("start", 0, 12), claim("first_traffic", lasted_hours=4.0))
    assert [chosen(resolution, rule)[:2] for rule in TIME_RULES] == [(0, 4), (6, 10), (12, 16)]


def test_a_length_and_an_end_tell_the_start():
    resolution = resolve(
        claim("start", 0, 12),
        claim("first_traffic", 10, 11),
        claim("first_traffic", lasted_hours=4.0),
    )
    start, end, _ = tighten_bounds(resolution).bounds
    assert (start, end) == (between(6, 7), between(10, 11))


def test_lengths_that_contradict_each_other_are_listed_and_cover_both():
    resolution = resolve(
        claim("start", 0, 12),
        claim("first_traffic", lasted_hours=2.0),
        claim("first_traffic", lasted_hours=4.0),
    )
    assert [conflict.about for conflict in resolution.conflicts] == ["first_traffic"]
    assert resolution.to_first_traffic.shortest_hours == 2
    assert resolution.to_first_traffic.longest_hours == 4


def test_draws_keep_the_length():
    exact = make_placement("x", ONE, (0, 12), (4, 16), lasted=(4, 4))
    most = make_placement("y", ONE, (0, 12), (0, 16), lasted=(0, 4))
    limits = milestone_limits([exact, most], WINDOW)
    drawn = draw_block(limits, incidents_by_id([exact, most]), Drawing(), seed=1, block=0)
    lasted = (drawn[:, :, 1] - drawn[:, :, 0]) / HOUR
    assert (lasted[:, 0] == 4).all()
    assert lasted[:, 1].min() >= 0
    assert 3.9 < lasted[:, 1].max() <= 4


def test_the_loss_of_one_incident_is_bounded_by_its_length():
    exact = make_model(PAIR, [make_placement("x", ONE, (0, 12), (4, 16), lasted=(4, 4))])
    assert exact.bounds().guaranteed == pytest.approx(4)
    assert exact.bounds().possible == pytest.approx(4)
    most = make_model(PAIR, [make_placement("x", ONE, (0, 12), (0, 16), lasted=(1, 4))])
    assert most.bounds().guaranteed == pytest.approx(4)
    assert most.bounds().possible == pytest.approx(1)


@settings(max_examples=60)
@given(placements=scenes, seed=st.integers(0, 99), scale=scales)
def test_every_draw_has_its_loss_within_the_bounds(placements, seed, scale):
    placements = scale_repairs(placements, scale)
    model = make_model(NETWORK, placements)
    drawn = draw_block(model.limits, incidents_by_id(placements), Drawing(), seed=seed, block=0)
    times = [
        as_microseconds(model.limits, times_by_incident(placements, rule)) for rule in TIME_RULES
    ]
    losses = model.losses(np.concatenate([drawn[:100], np.stack(times)]))
    bounds = model.bounds()
    assert losses.max() <= bounds.guaranteed + 1e-6
    assert losses.min() >= bounds.possible - 1e-6


@settings(max_examples=20)
@given(placements=scenes, scale=scales)
def test_knowing_more_never_widens_the_answer(placements, scale):
    placements = scale_repairs(placements, scale)
    model = make_model(NETWORK, placements)
    for each in value_of_evidence(model, [each.incident.id for each in placements]):
        assert each.widest <= each.width + 1e-6
        assert -1e-6 <= each.narrowest <= each.known_width + 1e-9


@settings(max_examples=20)
@given(
    start=st.tuples(st.integers(0, 8), st.integers(0, 6)),
    length=st.tuples(st.integers(0, 6), st.integers(0, 6)),
    other=st.tuples(st.integers(0, 12), st.integers(1, 9)),
    scale=scales,
)
def test_the_bounds_of_one_uncertain_incident_beside_certain_ones_are_attained(
    start, length, other, scale
):
    low, wide = start
    shortest, longest = length[0], sum(length)
    placements = [
        make_placement("x", LINKS[:1], (low, low + wide), (0, 30), lasted=(shortest, longest)),
        make_placement("y", LINKS[1:2], (other[0],) * 2, (sum(other),) * 2),
    ]
    scaled = [*scale_repairs(placements[:1], scale), placements[1]]
    model = make_model(NETWORK, scaled)
    step = HOUR // 4
    spots = [
        (begin, begin + round(scale * lasted))
        for begin in range(low * HOUR, (low + wide) * HOUR + 1, step)
        for lasted in {shortest * HOUR, longest * HOUR}
    ]
    times = np.repeat(model.limits.extreme("gravest")[None], len(spots), axis=0)
    times[:, 0, 0], times[:, 0, 1] = zip(*spots, strict=True)
    losses = model.losses(times)
    bounds = model.bounds()
    assert bounds.guaranteed == pytest.approx(losses.max(), abs=1e-6)
    assert bounds.possible == pytest.approx(losses.min(), abs=1e-6)


# 4. Still out


def test_still_out_means_that_it_had_begun():
    resolution = resolve(
        claim("start", 0, 24), claim("still_out", 6, 6), claim("still_out", 14, 14),
        claim("first_traffic", 20, 20),
    )  # fmt: skip
    assert resolution.start == between(0, 6)
    assert not resolution.conflicts


def test_still_out_before_an_exact_start_is_a_conflict():
    resolution = resolve(
        claim("start", 6, 6), claim("still_out", 3, 3), claim("first_traffic", 12, 12)
    )
    assert [(each.about, each.claims) for each in resolution.conflicts] == [("start", (0, 1))]
    assert resolution.start.latest == at(6)


# 5. Scaled repairs


@pytest.mark.parametrize(
    ("scale", "expected"),
    [(0.25, (1, 1, 1)), (0.5, (2, 2, 2)), (2, (8, 8, 8)), (4, (16, 16, 16))],
)
def test_chosen_lengths_scale(scale, expected):
    placements = scale_repairs([make_placement("x", ONE, (6, 8), (10, 12))], scale)
    found = []
    for rule in TIME_RULES:
        times = times_by_incident(placements, rule)["x"]
        found.append((times.first_traffic - times.start).total_seconds() / 3600)
    assert tuple(found) == expected


@pytest.mark.parametrize(
    ("scale", "possible", "guaranteed"), [(0.25, 0.5, 1.5), (0.5, 1, 3), (1, 2, 6), (2, 4, 12)]
)
def test_bounds_scale(scale, possible, guaranteed):
    placements = scale_repairs([make_placement("x", ONE, (6, 8), (10, 12))], scale)
    bounds = make_model(PAIR, placements).bounds()
    assert bounds.possible == pytest.approx(possible)
    assert bounds.guaranteed == pytest.approx(guaranteed)


@settings(max_examples=40)
@given(placements=scenes, seed=st.integers(0, 99), scale=scales)
def test_scaling_commutes_with_drawing(placements, seed, scale):
    scaled = scale_repairs(placements, scale)
    plain, after = (
        draw_block(
            milestone_limits(each, WINDOW), incidents_by_id(each), Drawing(), seed=seed, block=0
        )
        for each in (placements, scaled)
    )
    start = plain[:, :, :1]
    comes = plain < 2**61
    moved = np.floor(scale * np.where(comes, plain - start, 0) + 0.5) + start
    assert (after[comes] == moved[comes]).all()
    assert (after[~comes] == plain[~comes]).all()


def test_scaling_twice_is_scaling_once():
    placements = [make_placement("x", ONE, (6, 8), (10, 12))]
    twice = scale_repairs(scale_repairs(placements, 4), 0.25)
    assert twice[0].outages[0].end == between(10, 12)
    with_bounds = scale_repairs(placements, 2)[0].outages[0].end
    assert with_bounds == between(12, 18)


# 7. Standing closures


def test_a_standing_closure_with_an_end_does_not_hold_on():
    placement = make_placement("x", ONE, (None, -5), (None, 12), standing=True)
    timeline = timeline_of([placement], times_by_incident([placement], "midpoint"))
    assert all(not state.certain for state in timeline.states)


@pytest.mark.parametrize("rule", TIME_RULES)
def test_a_standing_closure_reopened_but_never_restored_holds_on(rule):
    placement = make_placement("x", ONE, (-5, -5), (6, 12), then="slowed", standing=True)
    timeline = timeline_of([placement], times_by_incident([placement], rule))
    assert [(s.certain, s.possible) for s in timeline.states if s.start >= at(12)] == [({1}, {1})]
    assert timeline.state_at(at(9)).certain == {1}
    for state in timeline.states:
        assert_nested(timeline, state)


# 12. Contradictions between milestones


def test_first_traffic_after_full_service_is_a_conflict():
    resolution = resolve(
        claim("start", 6, 6), claim("first_traffic", 12, 12), claim("full_service", 10, 10)
    )
    assert [(each.about, each.claims) for each in resolution.conflicts] == [
        ("full_service", (1, 2))
    ]
    assert resolution.first_traffic == between(10, 12)
    assert resolution.full_service == between(10, 12)


def test_first_traffic_before_the_start_is_a_conflict():
    resolution = resolve(claim("start", 12, 12), claim("first_traffic", 9, 9))
    assert [(each.about, each.claims) for each in resolution.conflicts] == [
        ("first_traffic", (0, 1))
    ]
    assert resolution.start == resolution.first_traffic == between(9, 12)


def test_a_rule_gives_way_to_an_observed_milestone():
    resolution = resolve(
        claim("start", 6, 6),
        claim("first_traffic", 12, 12),
        claim("full_service", within_hours=4.0, basis="rule"),
    )
    assert resolution.first_traffic == between(12, 12)
    assert resolution.set_aside == ((2, Note("rule_contradicted")),)


times = st.tuples(st.integers(0, 20), st.integers(0, 6)).map(lambda pair: (pair[0], sum(pair)))


@settings(max_examples=100)
@given(
    found=st.lists(
        st.tuples(
            st.sampled_from(["start", "first_traffic", "full_service", "still_out"]),
            times,
            st.sampled_from(["observed", "observed", "rule"]),
        ),
        max_size=5,
    ),
    lengths=st.lists(
        st.tuples(
            st.sampled_from(["first_traffic", "full_service"]),
            st.sampled_from(["within_hours", "lasted_hours"]),
            st.integers(1, 9),
        ),
        max_size=2,
    ),
    effect=st.sampled_from(["closed", "slowed"]),
)
def test_whatever_is_claimed_some_times_are_possible(found, lengths, effect):
    claims = [claim(about, *span, basis=basis) for about, span, basis in found]
    claims += [claim(about, **{name: float(hours)}) for about, name, hours in lengths]
    resolution = resolve(*claims, effect=effect, then="slowed" if effect == "closed" else None)
    bounds = tighten_bounds(resolution).bounds
    for rule in TIME_RULES:
        picked = pick_times(resolution, rule)
        for each, time in zip(
            bounds, (picked.start, picked.first_traffic, picked.full_service), strict=True
        ):
            assert time is None or each.earliest is None or each.earliest <= time
            assert time is None or each.latest is None or time <= each.latest
        for one, other in itertools.pairwise(
            [picked.start, picked.first_traffic, picked.full_service]
        ):
            assert one is None or other is None or one <= other


def test_durations_take_the_length_from_the_claim():
    incident = make_incident(claim("start", 0, 12), claim("first_traffic", lasted_hours=4.0))
    found = measure_duration(incident, resolve_observed(incident))
    assert (found.lower_hours, found.upper_hours) == (4, 4)


HOURS = range(5)


@pytest.mark.parametrize("stops", [True, False])
@pytest.mark.parametrize("seed", range(40))
def test_what_is_allowed_is_every_choice_within_all_bounds(seed, stops):
    """All choices of three whole numbers, one by one, and those that are left where one is set."""
    drawn = np.sort(np.random.default_rng(seed).integers(0, len(HOURS), (5, 2)), axis=1).tolist()
    spans, lengths = drawn[:3], [(min(low, 1), high) for low, high in drawn[3:]]
    (low_start, high_start), (low_first, high_first), (low_full, high_full) = spans
    (least_first, most_first), (least_full, most_full) = lengths
    choices = [
        (start, first, full)
        for start, first, full in itertools.product(HOURS, repeat=3)
        if low_start <= start <= high_start
        and low_first <= first <= high_first
        and low_full <= full <= high_full
        and start <= first <= full
        and least_first <= first - start <= most_first
        and least_full <= full - start <= most_full
        and (stops or first == start)
    ]
    low, high = zip(*spans, strict=True)
    found = allow_times(low, high, lengths, stops=stops)
    if not choices:
        assert found is None
        return
    ends = [(min(each), max(each)) for each in zip(*choices, strict=True)]
    assert list(zip(found.earliest, found.latest, strict=True)) == ends
    for milestone in range(3):
        for instant in {each[milestone] for each in choices}:
            left = [each for each in choices if each[milestone] == instant]
            ends = [(min(each), max(each)) for each in zip(*left, strict=True)]
            fixed = found.at(milestone, instant)
            assert list(zip(fixed.earliest, fixed.latest, strict=True)) == ends
    with pytest.raises(ValueError, match="not allowed"):
        found.at(0, found.latest[1] + 1)


def test_traffic_that_stops_for_the_least_time_still_stops():
    found = allow_times((0, 0, None), (9, 9, None), ((0, 1), (0, None)))
    assert (found.at(0, 4).earliest[1], found.at(0, 4).latest[1]) == (4, 5)


@pytest.mark.parametrize("which", ["mildest", "gravest"])
@pytest.mark.parametrize("length", [(0, 0), (3, 5), (4, None)])
def test_what_begins_at_no_known_time_has_no_end_beyond_all_times(which, length):
    found = allow_times((None,) * 3, (None,) * 3, (length, (0, None)))
    for start in (ALWAYS, NEVER):
        assert set(found.given_start(start, which)) <= {ALWAYS, NEVER}
    assert found.given_start(NEVER, which) == (NEVER, NEVER, NEVER)
