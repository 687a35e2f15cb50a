"""Bounds are settled once: the evidence, the placement and the outages give the same."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from netmodel.evidence.incident import Claim, Incident
from netmodel.evidence.milestone_bounds import scale_resolution, tighten_bounds
from netmodel.evidence.places import LinksPlace
from netmodel.evidence.resolution import resolve_incident
from netmodel.network.railway import Hub, Link, Network
from netmodel.outages.outage import place_incidents, scale_repairs
from netmodel.outages.timeline import Timeline
from netmodel.times import Bounds, Window, parse_time
from tests.conftest import at

NETWORK = Network(
    hubs=tuple(Hub(id=i, name=i, lon=n, lat=45) for n, i in enumerate("abc")),
    links=(
        Link(id="ab", from_hub="a", to_hub="b", length_km=10),
        Link(id="bc", from_hub="b", to_hub="c", length_km=10),
    ),
)
OBSERVED_START = Claim(
    document="d", speaker="S", says="x", about="start",
    at=Bounds(earliest=at(0), latest=at(24)),
)  # fmt: skip


@st.composite
def claims(draw):
    about = draw(st.sampled_from(["start", "first_traffic", "full_service", "still_out"]))
    basis = draw(st.sampled_from(["observed", "observed", "rule", "forecast"]))
    how = draw(st.sampled_from(["at", "at", "within_hours", "lasted_hours"]))
    if how == "at" or about in ("start", "still_out"):
        first, last = sorted(draw(st.tuples(st.integers(-9, 40), st.integers(-9, 40))))
        sides = draw(st.sampled_from(["both", "both", "after", "before"]))
        time = {
            "at": Bounds(
                earliest=None if sides == "before" else at(first),
                latest=None if sides == "after" else at(last),
            )
        }
    else:
        time = {how: float(draw(st.integers(1, 30)))}
    return Claim(document="d", speaker="S", says="x", about=about, basis=basis, **time)


@st.composite
def incidents(draw):
    effect = draw(st.sampled_from(["closed", "closed", "single_track", "slowed", "advisory"]))
    stages = ["single_track", "slowed", None]
    return Incident(
        id="x", title="X", kind="other", zone="UTC", places=(LinksPlace(links=("ab", "bc")),),
        effect=effect, claims=(OBSERVED_START, *draw(st.lists(claims(), max_size=6))),
        then=draw(st.sampled_from(stages)) if effect == "closed" else None,
        standing=draw(st.booleans()),
    )  # fmt: skip


@settings(max_examples=1000, deadline=None)
@given(incident=incidents(), scale=st.sampled_from([1.0, 1.0, 0.5, 2.0]))
def test_evidence_placement_and_outages_have_the_same_bounds(incident, scale):
    resolution = resolve_incident(incident)
    assert tighten_bounds(resolution) == resolution
    [placement] = scale_repairs(place_incidents(NETWORK, [incident]), scale)
    if not incident.standing:
        resolution = scale_resolution(resolution, scale)
    # A placement also notes what its outages hold on for want of.
    bare = {"notes": (), "unscaled": None}
    assert replace(placement.resolution, **bare) == replace(resolution, **bare)
    assert placement.outages
    for outage in placement.outages:
        assert outage.start == resolution.milestone(outage.start_milestone)
        assert outage.end == resolution.milestone(outage.end_milestone)


@settings(max_examples=200, deadline=None)
@given(incident=incidents())
def test_spans_of_outages_are_the_sets_of_states(incident):
    [placement] = place_incidents(NETWORK, [incident])
    window = Window(start=at(0), end=at(0) + timedelta(hours=30))
    timeline = Timeline(window=window, outages=placement.outages, times={})
    for state in timeline.states:
        for name in ("certain", "possible"):
            held = {
                n for n, span in enumerate(timeline.spans) if state.number in getattr(span, name)
            }
            assert held == getattr(state, name)


def test_a_start_on_a_day_is_drawn_in_by_first_traffic():
    claims = (
        Claim(document="d", speaker="S", says="x", about="start",
              at=parse_time("2023-05-18", zone="UTC")),
        Claim(document="d", speaker="S", says="x", about="first_traffic",
              at=Bounds(earliest=at(12), latest=at(15))),
    )  # fmt: skip
    incident = Incident(
        id="x", title="X", kind="other", zone="UTC", places=(LinksPlace(links=("ab",)),),
        effect="closed", claims=claims,
    )  # fmt: skip
    assert resolve_incident(incident).start.latest == at(15)
