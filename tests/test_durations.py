"""From claims to censored durations: every kind of censoring, and what is kept apart."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmodel.errors import InputError
from netmodel.evidence.as_of import resolve_observed
from netmodel.evidence.catalogue_file import built_in_catalogue
from netmodel.evidence.incident import Catalogue, Claim, Document, Incident
from netmodel.evidence.milestone_bounds import Resolution
from netmodel.evidence.places import NoPlace
from netmodel.restoration.durations import (
    Duration,
    Durations,
    collect_durations,
    describe_sample,
    measure_duration,
)
from netmodel.times import Bounds, parse_time

ZERO = datetime(2023, 5, 18, tzinfo=UTC)


def at(hours):
    return ZERO + timedelta(hours=hours)


def between(low, high):
    return Bounds(
        earliest=None if low is None else at(low), latest=None if high is None else at(high)
    )


def claim(about, bounds=None, **more):
    return Claim(document="d", speaker="A", says=about, about=about, at=bounds, **more)


def make_incident(*claims, name="x", effect="closed", kind="power", **more):
    return Incident(
        id=name,
        title=name,
        kind=kind,
        zone="Europe/Kyiv",
        places=(NoPlace(reason="example"),),
        effect=effect,
        claims=claims,
        **more,
    )


def make_catalogue(*incidents, published="2023-05-30"):
    document = Document(id="d", publisher="D", published=parse_time(published, zone="Europe/Kyiv"))
    return Catalogue(documents={"d": document}, incidents={each.id: each for each in incidents})


def measure(*claims, **more):
    incident = make_incident(*claims, **more)
    return measure_duration(incident, resolve_observed(incident))


@pytest.mark.parametrize(
    ("start", "end", "lower", "upper", "censoring"),
    [
        ((0, 0), (5, 5), 5, 5, "exact"),
        ((0, 1), (5, 8), 4, 8, "interval"),
        ((0, 6), (5, 8), 0, 8, "left"),
        ((0, 1), (9, None), 8, math.inf, "right"),
        ((0, 10), (9, None), 0, math.inf, "unknown"),
    ],
)
def test_bounds_of_both_ends_make_the_bounds_of_the_duration(start, end, lower, upper, censoring):
    found = measure(claim("start", between(*start)), claim("first_traffic", between(*end)))
    assert (found.lower_hours, found.upper_hours) == (lower, upper)
    assert found.censoring == censoring


def test_a_claim_is_public_when_it_was_made_or_else_with_its_document():
    catalogue = make_catalogue(published="2023-05-30")
    published = catalogue.documents["d"].published.latest
    assert catalogue.known_at(claim("start", made=between(3, 5))) == at(5)
    assert catalogue.known_at(claim("start", made=between(3, None))) == published
    assert catalogue.known_at(claim("start")) == published


def test_still_out_censors_on_the_right():
    found = measure(claim("start", between(0, 0)), claim("still_out", between(30, 30)))
    assert (found.lower_hours, found.censoring) == (30, "right")


def test_closures_end_with_first_traffic_and_other_effects_with_full_service():
    claims = (
        claim("start", between(0, 0)),
        claim("first_traffic", between(5, 5)),
        claim("full_service", between(50, 50)),
    )
    closed = measure(*claims, effect="closed", then="single_track")
    slowed = measure(claims[0], claims[2], effect="slowed")
    assert (closed.milestone, closed.upper_hours) == ("first_traffic", 5)
    assert (slowed.milestone, slowed.upper_hours) == ("full_service", 50)


def test_a_stated_length_narrows_the_bounds():
    found = measure(claim("start", between(0, 24)), claim("first_traffic", lasted_hours=2.0))
    assert (found.lower_hours, found.upper_hours) == (2, 2)
    found = measure(claim("start", between(0, 24)), claim("first_traffic", within_hours=6.0))
    assert (found.lower_hours, found.upper_hours) == (0, 6)


def test_a_stated_length_that_contradicts_the_clock_does_not_narrow():
    found = measure(
        claim("start", between(0, 0)),
        claim("first_traffic", between(5, 5)),
        claim("first_traffic", lasted_hours=2.0),
    )
    assert (found.lower_hours, found.upper_hours) == (2, 5)


def test_rules_and_forecasts_are_no_observations():
    found = measure(
        claim("start", between(0, 0)),
        claim("first_traffic", within_hours=24.0, basis="rule"),
        claim("first_traffic", between(3, 4), basis="forecast"),
    )
    assert found.censoring == "unknown"


@given(st.lists(st.integers(0, 200), min_size=4, max_size=4), st.data())
def test_every_true_duration_lies_within_the_bounds(hours, data):
    first, second, third, fourth = sorted(hours)
    incident = make_incident(claim("start", between(first, third)))
    resolution = Resolution(
        incident="x",
        start=between(first, third),
        first_traffic=between(second, fourth),
        full_service=Bounds(),
        used=(),
        set_aside=(),
        conflicts=(),
    )
    found = measure_duration(incident, resolution)
    start = data.draw(st.integers(first, third))
    end = data.draw(st.integers(max(second, start), max(fourth, start)))
    if end <= fourth:
        assert found.lower_hours <= end - start <= found.upper_hours


def test_what_is_kept_apart_says_why():
    start, end = claim("start", between(0, 0)), claim("first_traffic", between(5, 5))
    early = claim("start", parse_time("2014-12-27", zone="Europe/Kyiv"))
    sample = collect_durations(
        make_catalogue(
            make_incident(start, end, name="in"),
            make_incident(start, name="open"),
            make_incident(start, name="front", standing=True),
            make_incident(start, end, name="freed", kind="front_line"),
            make_incident(start, end, name="none", effect="none"),
            make_incident(early, end, name="old"),
            make_incident(end, name="startless"),
            make_incident(start, claim("first_traffic", between(0, 0)), name="zero"),
        )
    )
    assert [row.incident for row in sample.rows] == ["in"]
    assert {each.incident: each.reason for each in sample.apart} == {
        "open": "nothing in the record bounds its duration",
        "front": "closed by the front",
        "freed": "closed by the front",
        "none": "no effect on traffic",
        "old": "began before 2022-01-01",
        "startless": "start not in the record",
        "zero": "zero hours in the record",
    }
    assert describe_sample(sample)["kept apart: closed by the front"] == 2


def test_since_may_be_left_open():
    early = claim("start", parse_time("2014-12-27", zone="Europe/Kyiv"))
    catalogue = make_catalogue(make_incident(early, claim("first_traffic", between(5, 5))))
    assert len(collect_durations(catalogue)) == 0
    assert len(collect_durations(catalogue, since=None)) == 1


def test_as_of_takes_only_what_was_public():
    incident = make_incident(claim("start", between(0, 0)), claim("first_traffic", between(5, 5)))
    catalogue = make_catalogue(incident, published="2023-05-30")
    before = collect_durations(catalogue, as_of=datetime(2023, 5, 29, tzinfo=UTC))
    after = collect_durations(catalogue, as_of=datetime(2023, 5, 31, tzinfo=UTC))
    assert before == Durations(rows=())
    assert len(after) == 1


def test_undated_documents_are_never_public():
    incident = make_incident(claim("start", between(0, 0)), claim("first_traffic", between(5, 5)))
    catalogue = make_catalogue(incident)
    undated = {"d": replace(catalogue.documents["d"], published=None)}
    catalogue = replace(catalogue, documents=undated)
    assert len(collect_durations(catalogue)) == 1
    assert len(collect_durations(catalogue, as_of=datetime(2030, 1, 1, tzinfo=UTC))) == 0


@pytest.mark.parametrize(("lower", "upper"), [(5, 4), (-1, 4), (math.inf, math.inf), (math.nan, 3)])
def test_bounds_that_exclude_each_other_are_refused(lower, upper):
    with pytest.raises(InputError, match="exclude"):
        Duration(
            incident="x",
            kind="power",
            effect="closed",
            milestone="first_traffic",
            lower_hours=lower,
            upper_hours=upper,
        )


def test_the_built_in_catalogue_gives_a_sample_of_every_censoring():
    sample = collect_durations(built_in_catalogue())
    assert len(sample) >= 60
    assert all(count > 0 for count in sample.censoring_counts().values())
    assert sum(sample.kind_counts().values()) == len(sample)
    table = sample.to_table()
    assert (table["lower_hours"] <= table["upper_hours"]).all()
    assert "2023-05-18-simferopol-chystenke" in table.index
    assert not any(row.kind == "front_line" for row in sample.rows)
