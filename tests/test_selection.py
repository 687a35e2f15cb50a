"""Which incidents of a file are studied: those that the record lets meet the window."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import netmodel as nm
from netmodel.evidence.incident import Claim, Incident
from netmodel.evidence.places import HubPlace
from netmodel.evidence.resolution import resolve_incident
from netmodel.scenario.selection import touches
from netmodel.times import Bounds, Window
from tests.conftest import at
from tests.small_scenario import write_incident, write_scenario

WINDOW = Window(start=at(24), end=at(72))
FAR = 10_000
MARKS = (0, 12, 24, 30, 48, 60, 72, 73, 96)
HOURS = st.none() | st.sampled_from(MARKS)
SIDES = st.tuples(HOURS, HOURS).filter(lambda pair: None in pair or pair[0] <= pair[1])


def make_incident(start, end, *, effect="closed"):
    """Return an incident whose start and end have bounds in hours."""
    restored = "first_traffic" if effect == "closed" else "full_service"
    claims = [
        Claim(
            document="d", speaker="s", says="s", about=about,
            at=Bounds(
                earliest=None if low is None else at(low), latest=None if high is None else at(high)
            ),
        )
        for about, (low, high) in (("start", start), (restored, end))
        if (low, high) != (None, None)
    ]  # fmt: skip
    return Incident(
        id="x", title="x", kind="fire", zone="UTC", places=(HubPlace(hub="a"),), effect=effect,
        claims=tuple(claims),
    )  # fmt: skip


def list_allowed(incident):
    """Return pairs of times that the bounds allow, at and beside everything that is told apart."""
    resolution = resolve_incident(incident)
    restored = "first_traffic" if incident.effect == "closed" else "full_service"
    marks = [-FAR, FAR, *(mark + beside for mark in MARKS for beside in (-1, 0, 1))]

    def within(bounds):
        return [
            hour for hour in marks
            if (bounds.earliest is None or bounds.earliest <= at(hour))
            and (bounds.latest is None or at(hour) <= bounds.latest)
        ]  # fmt: skip

    return [
        (start, end)
        for start in within(resolution.start)
        for end in within(resolution.milestone(restored))
        if start < end
    ]


@given(start=SIDES, end=SIDES, effect=st.sampled_from(["closed", "slowed"]))
def test_what_surely_meets_the_window_is_studied_and_what_cannot_is_not(start, end, effect):
    incident = make_incident(start, end, effect=effect)
    meeting = [one < 72 and other > 24 for one, other in list_allowed(incident)]
    if meeting and all(meeting):
        assert touches(incident, WINDOW)
    if meeting and not any(meeting):
        assert not touches(incident, WINDOW)


@pytest.mark.parametrize("begun", [30, 72, 96, None])
def test_one_that_ended_in_the_window_at_the_earliest_is_studied(begun):
    incident = make_incident((None, begun), (30, None))
    assert touches(incident, WINDOW)


def test_an_open_start_does_not_drag_an_incident_back_for_ever():
    assert not touches(make_incident((None, 96), (80, None)), WINDOW)
    assert not touches(make_incident((None, 12), (None, None)), WINDOW)
    assert not touches(make_incident((None, None), (None, None)), WINDOW)


def test_a_start_before_the_end_of_the_window_is_possible_in_a_run(tmp_path):
    incident = write_incident(start="{before: 2023-05-20T00:00Z}", end="{after: 2023-05-18T06:00Z}")
    run = nm.run(write_scenario(tmp_path, incident))
    [row] = run.outages.to_dict("records")
    assert row["possible_first"] == 0
    assert row["possible_last"] == len(run.states) - 1
    assert nm.runs.find_notices(run) == ()
