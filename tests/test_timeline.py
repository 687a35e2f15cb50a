"""Timeline: states from changes equal states from scratch; more outages never connect more."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmodel.impact.assessment import Assessor
from netmodel.impact.demand import uniform_demand
from netmodel.outages.outage import MilestoneTimes, Outage
from netmodel.outages.timeline import Timeline
from netmodel.routing.profiles import PASSENGER
from netmodel.times import Bounds, Window
from tests.conftest import at, make_network, make_outage

EDGES = [("a", "b", 10), ("b", "c", 20), ("c", "a", 35), ("a", "b", 12), ("c", "d", 5)]
NETWORK = make_network(EDGES)
WINDOW = Window(start=at(0), end=at(24))
spans = st.lists(
    st.tuples(
        st.integers(0, len(EDGES) - 1),
        st.integers(-6, 30),
        st.one_of(st.none(), st.integers(1, 20)),
    ),
    max_size=8,
)


def build(spans) -> Timeline:
    outages, times = [], {}
    for number, (link, start, hours) in enumerate(spans):
        end = None if hours is None else start + hours
        incident = f"i{number}"
        outages.append(make_outage(NETWORK.links[link].id, start, end, incident=incident))
        times[incident] = MilestoneTimes(
            start=at(start), first_traffic=None if end is None else at(end), full_service=None
        )
    return Timeline(window=WINDOW, outages=tuple(outages), times=times)


def from_scratch(timeline, instant) -> frozenset[int]:
    found = set()
    for number, outage in enumerate(timeline.outages):
        start, end = timeline.chosen(outage)
        if start <= instant and (end is None or instant < end):
            found.add(number)
    return frozenset(found)


@given(spans=spans)
def test_states_from_changes_equal_states_from_scratch(spans):
    timeline = build(spans)
    assert timeline.states[0].start == WINDOW.start
    assert timeline.states[-1].end == WINDOW.end
    current: frozenset[int] = frozenset()
    for state, change in zip(timeline.states, timeline.changes(), strict=True):
        current = (current - change.ended) | change.begun
        assert current == state.active == from_scratch(timeline, state.start)
        assert timeline.state_at(state.start) is state


@given(spans=spans)
def test_neighbouring_states_join_without_gap(spans):
    states = build(spans).states
    assert all(one.end == two.start for one, two in pairwise(states))
    assert sum(state.hours for state in states) == pytest.approx(24)


@given(spans=spans)
def test_overlapping_outages_equal_networkx_style_recount(spans):
    """The cost in each state is that of a network without the links that are out."""
    timeline = build(spans)
    hubs = [hub.id for hub in NETWORK.hubs]
    assessor = Assessor(NETWORK, uniform_demand(hubs), PASSENGER)
    for result in assessor.assess(timeline, ["connected_share"]):
        out = {timeline.outages[number].link for number in result.state.active}
        kept = [edge for edge, link in zip(EDGES, NETWORK.links, strict=True) if link.id not in out]
        rest = make_network(kept, hubs)
        alone = Assessor(rest, uniform_demand(hubs), PASSENGER).base
        assert np.array_equal(alone.cost, result.routes.cost)


@given(spans=spans, extra=spans)
def test_more_outages_never_connect_more(spans, extra):
    hubs = [hub.id for hub in NETWORK.hubs]
    assessor = Assessor(NETWORK, uniform_demand(hubs), PASSENGER)
    few, many = build(spans), build([*spans, *extra])
    for state in many.states:
        before = assessor.routes(few.outages[n] for n in from_scratch(few, state.start))
        after = assessor.routes(many.outages[n] for n in state.active)
        assert (after.cost >= before.cost).all()


def test_an_outage_that_ends_leaves_the_other_in_force():
    timeline = build([(0, 2, 10), (0, 4, 2)])
    assert [len(state.active) for state in timeline.states] == [0, 1, 2, 1, 0]


def test_certain_and_possible_follow_the_bounds():
    outage = Outage(
        incident="x", link=NETWORK.links[0].id, effect="closed", traffic=("passenger",),
        start=Bounds(earliest=at(2), latest=at(4)), end=Bounds(earliest=at(8), latest=at(12)),
        start_milestone="start", end_milestone="first_traffic", documents=("d",),
    )  # fmt: skip
    times = {"x": MilestoneTimes(start=at(3), first_traffic=at(10), full_service=None)}
    timeline = Timeline(window=WINDOW, outages=(outage,), times=times)
    seen = [(len(s.certain), len(s.active), len(s.possible)) for s in timeline.states]
    assert seen == [(0, 0, 0), (0, 0, 1), (0, 1, 1), (1, 1, 1), (0, 1, 1), (0, 0, 1), (0, 0, 0)]


def test_an_instant_outside_the_window_is_refused():
    with pytest.raises(ValueError, match="outside the window"):
        build([]).state_at(at(24))
