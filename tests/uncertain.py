"""Incidents with uncertain milestones, for the tests of ensembles, bounds and attribution."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from netmodel.evidence.incident import Incident
from netmodel.evidence.milestone_bounds import Resolution
from netmodel.evidence.places import NoPlace
from netmodel.evidence.timing import Length
from netmodel.impact.assessment import Assessor, Measures
from netmodel.impact.demand import uniform_demand
from netmodel.impact.loss import LossModel
from netmodel.network.railway import Network
from netmodel.outages.milestones import milestone_limits
from netmodel.outages.outage import Outage, Placement, bound_outages
from netmodel.outages.timeline import State, Timeline
from netmodel.routing.profiles import PASSENGER
from netmodel.times import Bounds, Window
from tests.conftest import at

Span = tuple[float | None, float | None]
WINDOW = Window(start=at(0), end=at(24))


def bounds(span: Span) -> Bounds:
    """Return bounds in hours after the test epoch; None where open."""
    low, high = span
    return Bounds(
        earliest=None if low is None else at(low), latest=None if high is None else at(high)
    )


def make_placement(
    name: str,
    links: Sequence[str],
    start: Span,
    first: Span = (None, None),
    full: Span = (None, None),
    *,
    effect: str = "closed",
    then: str | None = None,
    standing: bool = False,
    lasted: tuple[float, float] | None = None,
) -> Placement:
    """Return an incident with the given bounds of its milestones, placed on some links.

    `lasted` bounds the hours from its start to what ends its effect.
    """
    incident = Incident(
        id=name, title=name, kind="derailment", zone="UTC", places=(NoPlace(reason="test"),),
        effect=effect, claims=(), then=then if effect == "closed" else None, standing=standing,
    )  # fmt: skip
    length = None if lasted is None else Length(shortest_hours=lasted[0], longest_hours=lasted[1])
    resolution = Resolution(
        incident=name,
        start=bounds(start),
        first_traffic=bounds(first if effect == "closed" else start),
        full_service=bounds(full),
        used=(),
        set_aside=(),
        conflicts=(),
        to_first_traffic=length if effect == "closed" else None,
        to_full_service=None if effect == "closed" else length,
        stops=effect == "closed",
    )
    stages = [(effect, "start", "first_traffic" if effect == "closed" else "full_service")]
    if effect == "closed" and then:
        stages.append((then, "first_traffic", "full_service"))
    outages = tuple(
        Outage(
            incident=name, link=link, effect=what, traffic=("passenger", "freight"),
            start=resolution.milestone(begin), end=resolution.milestone(end),
            start_milestone=begin, end_milestone=end, documents=("d",), standing=standing,
        )
        for what, begin, end in stages
        for link in links
    )  # fmt: skip
    placement = Placement(incident=incident, matches=(), resolution=resolution, outages=outages)
    return placement if lasted is None else bound_outages(placement)


def assert_nested(timeline: Timeline, state: State) -> None:
    """Assert that what is certain holds, or an earlier stage in its place, and is possible."""
    holding = {(timeline.outages[n].incident, timeline.outages[n].link) for n in state.active}
    certain = {(timeline.outages[n].incident, timeline.outages[n].link) for n in state.certain}
    assert certain <= holding
    assert state.active | state.certain <= state.possible


def outages_of(placements: Sequence[Placement]) -> tuple[Outage, ...]:
    """Return all outages of some placements."""
    return tuple(outage for placement in placements for outage in placement.outages)


def make_model(
    network: Network, placements: Sequence[Placement], window: Window = WINDOW
) -> LossModel:
    """Return the loss of connected share between all hubs of a network."""
    assessor = Assessor(network, uniform_demand([hub.id for hub in network.hubs]), PASSENGER)
    measures = Measures(assessor, outages_of(placements), ("connected_share",))
    return LossModel(measures, milestone_limits(placements, window))


@st.composite
def placements_on(
    draw: st.DrawFn, links: Sequence[str], most: int = 4, *, lengths: bool = False
) -> list[Placement]:
    """Draw incidents whose bounds are in order, some open, some exact, some in two stages.

    With `lengths`, some also say how long they lasted.
    """
    found = []
    for number in range(draw(st.integers(1, most))):
        lows = sorted(draw(st.lists(st.integers(-4, 26), min_size=3, max_size=3)))
        widths = draw(st.lists(st.integers(0, 9), min_size=3, max_size=3))
        highs: list[float | None] = []
        for low, width in zip(lows, widths, strict=True):
            highs.append(max([low + width, *(high for high in highs if high is not None)]))
        opened = draw(st.sampled_from(["none", "none", "full", "first and full"]))
        if opened != "none":
            highs[2] = None
        if opened == "first and full":
            highs[1] = None
        effect = draw(st.sampled_from(["closed", "closed", "closed", "slowed", "diesel_only"]))
        lasted = _draw_length(draw, lows, highs, effect) if lengths else None
        found.append(
            make_placement(
                f"i{number}",
                draw(st.lists(st.sampled_from(links), min_size=1, max_size=2, unique=True)),
                *zip(lows, highs, strict=True),
                effect=effect,
                then=draw(st.sampled_from([None, "slowed", "single_track"])),
                lasted=lasted,
            )
        )
    return found


def _draw_length(
    draw: st.DrawFn, lows: Sequence[float], highs: Sequence[float | None], effect: str
) -> tuple[float, float] | None:
    """Draw hours that some start and some end within their bounds are apart, or none."""
    if draw(st.booleans()):
        return None
    end = 1 if effect == "closed" else 2
    start_high, end_high = highs[0], highs[end]
    assert start_high is not None
    least = max(0, lows[end] - start_high)
    most = 40 if end_high is None else end_high - lows[0]
    true = draw(st.integers(int(least), int(max(most, least))))
    return max(0, true - draw(st.integers(0, 3))), true + draw(st.integers(0, 3))
