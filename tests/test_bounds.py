"""Guaranteed and possible: exact, attained, and never left by any draw."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netmodel.errors import InputError
from netmodel.evidence.milestone_bounds import tighten_bounds
from netmodel.impact.assessment import Assessor
from netmodel.impact.bounds import MetricBounds
from netmodel.impact.demand import uniform_demand
from netmodel.impact.situation import METRICS
from netmodel.impact.train_counts import StateCounts
from netmodel.outages.draws import Drawing, Stages, draw_block, incidents_by_id
from netmodel.outages.milestones import (
    as_milestone_times,
    extreme_times,
    milestone_limits,
)
from netmodel.outages.outage import bound_outages, scale_repairs
from netmodel.outages.timeline import Timeline
from netmodel.routing.profiles import PASSENGER
from tests.conftest import at, make_network
from tests.uncertain import WINDOW, make_placement, outages_of, placements_on

EDGES = [("a", "b", 10), ("b", "c", 10), ("c", "d", 15), ("d", "a", 40), ("b", "d", 12),
         ("d", "e", 9), ("d", "e", 20)]  # fmt: skip
PLAIN = make_network(EDGES, list("abcdef"))
NETWORK = replace(
    PLAIN, hubs=tuple(replace(hub, population=100 * n) for n, hub in enumerate(PLAIN.hubs, 1))
)
LINKS = [link.id for link in NETWORK.links]
HUBS = [hub.id for hub in NETWORK.hubs]
ASSESSOR = Assessor(NETWORK, uniform_demand(HUBS), PASSENGER, anchors=["a"])
MONOTONE = [name for name, metric in METRICS.items() if metric.monotone]
scenes = placements_on(LINKS)


def timeline_of(placements, times):
    return Timeline(window=WINDOW, outages=outages_of(placements), times=times)


def worse_or_equal(name, one, other):
    one, other = (one, other) if METRICS[name].worse == "lower" else (other, one)
    return one <= other + 1e-9


@settings(max_examples=25)
@given(placements=scenes, seed=st.integers(0, 1000))
def test_guaranteed_below_every_sample_below_possible(placements, seed):
    """Issue C, 2: for every monotone metric, in every state, whatever is drawn."""
    limits = milestone_limits(placements, WINDOW)
    drawn = draw_block(limits, incidents_by_id(placements), Drawing(), seed=seed, block=0)
    for times in drawn[:2]:
        timeline = timeline_of(placements, as_milestone_times(limits, times))
        for result in ASSESSOR.assess(timeline, MONOTONE):
            for name in MONOTONE:
                found, bounds = result.metrics[name], result.bounds[name]
                assert worse_or_equal(name, bounds.guaranteed, found), name
                assert worse_or_equal(name, found, bounds.possible), name


@settings(max_examples=25)
@given(placements=scenes)
def test_bounds_are_attained_by_restoration_times(placements):
    """One set of times is worst at every instant at once, one is best."""
    for which in ("gravest", "mildest"):
        timeline = timeline_of(placements, extreme_times(placements, WINDOW, which))
        for result in ASSESSOR.assess(timeline, MONOTONE):
            for name in MONOTONE:
                bounds = result.bounds[name]
                expected = bounds.guaranteed if which == "gravest" else bounds.possible
                assert result.metrics[name] == pytest.approx(expected), (which, name)


@settings(max_examples=25)
@given(placements=scenes, seed=st.integers(0, 1000))
def test_many_timelines_at_once_equal_one_by_one(placements, seed):
    """Spans by running sums of bits are the states of a timeline built from scratch."""
    limits = milestone_limits(placements, WINDOW)
    stages = Stages(limits, outages_of(placements))
    drawn = draw_block(limits, incidents_by_id(placements), Drawing(), seed=seed, block=1)[:5]
    spans = stages.cut(drawn)
    for sample, times in enumerate(drawn):
        timeline = timeline_of(placements, as_milestone_times(limits, times))
        expected: dict[frozenset[int], float] = {}
        for state in timeline.states:
            expected[state.active] = expected.get(state.active, 0.0) + state.hours
        got: dict[frozenset[int], float] = {}
        for place in np.flatnonzero(spans.sample == sample):
            active = stages.active(spans.keys[spans.number[place]])
            got[active] = got.get(active, 0.0) + spans.microseconds[place] / 3.6e9
        assert got.keys() == expected.keys()
        assert all(got[key] == pytest.approx(expected[key]) for key in got)


def test_more_stages_than_bits_in_a_word():
    placements = [
        make_placement(f"i{n}", [LINKS[n % 7]], (n % 11, n % 11 + 2), (n % 11 + 2, 20))
        for n in range(80)
    ]
    limits = milestone_limits(placements, WINDOW)
    stages = Stages(limits, outages_of(placements))
    assert stages.words == 2
    times = limits.extreme("gravest")
    spans = stages.cut(times[None])
    timeline = timeline_of(placements, as_milestone_times(limits, times))
    assert {stages.active(key) for key in spans.keys} == {s.active for s in timeline.states}


def test_between_two_stages_the_milder_one_is_the_best_case():
    """Closed, then slowed, with only the change between them in doubt: it is slowed at best."""
    placement = make_placement("x", [LINKS[0]], (2, 2), (4, 8), (20, 20), then="slowed")
    timeline = timeline_of([placement], extreme_times([placement], WINDOW, "gravest"))
    state = timeline.state_at(at(5))
    assert state.certain == {1}
    result = next(r for r in ASSESSOR.assess(timeline, MONOTONE) if r.state is state)
    assert result.bounds["efficiency_ratio"].possible < 1
    assert result.bounds["connected_share"].possible == 1


def test_a_start_that_may_come_late_makes_the_best_case_undisturbed():
    placement = make_placement("x", [LINKS[0]], (2, 6), (4, 8), (20, 20), then="slowed")
    timeline = timeline_of([placement], {})
    assert timeline.state_at(at(5)).certain == frozenset()
    assert timeline.state_at(at(7)).certain == {1}


def test_pairs_are_certainly_connected_in_doubt_or_certainly_cut():
    placement = make_placement("x", [LINKS[0], LINKS[3], LINKS[4]], (2, 2), (4, 8))
    timeline = timeline_of([placement], extreme_times([placement], WINDOW, "mildest"))
    results = {r.state.start: r for r in ASSESSOR.assess(timeline, ["connected_share"])}
    a, b = HUBS.index("a"), HUBS.index("b")
    pair = (min(a, b), max(a, b))
    assert not results[at(0)].cut_possible[pair]
    assert results[at(2)].cut_certain[pair]
    assert results[at(4)].cut_possible[pair]
    assert not results[at(4)].cut_certain[pair]


def test_bounds_that_exclude_each_other_are_refused():
    placement = make_placement("late", [LINKS[0]], (10, 12), (3, 5))
    with pytest.raises(InputError, match="incident late: the bounds exclude each other"):
        milestone_limits([placement], WINDOW)
    with pytest.raises(InputError, match="2023-05-18T05:00:00Z"):
        tighten_bounds(placement.resolution)


def test_a_standing_closure_without_end_stays():
    placement = make_placement("front", [LINKS[0]], (-5, -5), (-5, None), standing=True)
    limits = milestone_limits([placement], WINDOW)
    assert (limits.extreme("mildest") == limits.extreme("gravest")).all()
    stages = Stages(limits, outages_of([placement]))
    assert stages.settled == {0}
    assert stages.stages == ()


@given(
    start=st.tuples(st.integers(0, 9), st.integers(0, 9)),
    end=st.tuples(st.integers(0, 9), st.integers(0, 9)),
    scale=st.sampled_from([0.25, 0.5, 1.0, 2.0, 8.0]),
    parts=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_scaled_bounds_hold_every_scaled_time(start, end, scale, parts):
    low, high = sorted(start)
    first, last = low + min(end), high + max(end)
    placement = make_placement("x", [LINKS[0]], (low, high), (first, last))
    [outage] = scale_repairs([bound_outages(placement)], scale)[0].outages
    begun = low + parts[0] * (high - low)
    restored = max(first, begun) + parts[1] * (last - max(first, begun))
    moved = at(begun + scale * (restored - begun))
    earliest, latest = outage.end.earliest, outage.end.latest
    assert earliest is not None
    assert latest is not None
    assert abs((moved - max(min(moved, latest), earliest)).total_seconds()) <= 1


def test_bounds_know_what_they_hold():
    assert MetricBounds(guaranteed=0.2, possible=0.8).holds(0.5)
    assert MetricBounds(guaranteed=0.8, possible=0.2).holds(0.81, tolerance=0.02)
    assert not MetricBounds(guaranteed=0.8, possible=0.2).holds(0.81)
    assert not MetricBounds(guaranteed=0.2, possible=0.8).holds(0.9)
    assert not MetricBounds(guaranteed=0.2, possible=0.8).holds(float("nan"))


def test_without_trains_or_lost_ones_all_get_through():
    none = {"not_through": 0.0, "certainly_not": 0.0, "possibly_not": 0.0}
    for trains in (0.0, 4.0):
        counts = StateCounts(state=0, trains=trains, by_fate={}, **none)
        assert counts.share_through(0.0) == 1.0
    assert counts.share_through(1.0) == 0.75


@pytest.mark.parametrize(("guaranteed", "possible"), [(0.25, 0.75), (0.75, 0.25), (0.5, 0.5)])
@pytest.mark.parametrize("tolerance", [0.0, 0.125])
def test_bounds_hold_their_own_ends(guaranteed, possible, tolerance):
    held = MetricBounds(guaranteed=guaranteed, possible=possible)
    low, high = min(guaranteed, possible) - tolerance, max(guaranteed, possible) + tolerance
    for value in (low, high, (low + high) / 2):
        assert held.holds(value, tolerance=tolerance)
    for value in (low - 1e-6, high + 1e-6, math.inf, -math.inf):
        assert not held.holds(value, tolerance=tolerance)
