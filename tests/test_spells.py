"""Several closures of one incident, trains that ran, plans, quotas, and works night after night."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import netmodel as nm
from netmodel.errors import InputError
from netmodel.evidence.as_of import find_latest_forecast
from netmodel.evidence.catalogue_file import read_catalogue
from netmodel.evidence.incident import Catalogue, Claim, Document, Incident
from netmodel.evidence.milestone_bounds import Resolution, Spell, join_spells
from netmodel.evidence.recurrence import Recurrence
from netmodel.evidence.resolution import resolve_incident
from netmodel.evidence.spells import speaks_of
from netmodel.evidence.vocabulary import BASES, KINDS
from netmodel.network.railway import Hub, Link, Network, Station
from netmodel.outages.outage import place_incidents
from netmodel.scenario.writing import write_documents, write_incidents
from netmodel.times import Bounds
from tests.conftest import at, exactly
from tests.small_scenario import write_incident, write_scenario

NETWORK = Network(
    hubs=tuple(Hub(id=i, name=i.upper(), lon=n, lat=50) for n, i in enumerate("abcd")),
    links=tuple(
        Link(id=one + other, from_hub=one, to_hub=other, length_km=60.0)
        for one, other in ("ab", "bc", "cd")
    ),
    stations=tuple(
        Station(name=name, link="bc", km=km)
        for name, km in (("Midway", 20.0), ("Half", 30.0), ("Far", 40.0))
    ),
)
DOCUMENTS = (
    Document(id="d", publisher="P", published="2026-03-20T12:00Z"),
    Document(id="late", publisher="P", published="2026-06-01T12:00Z"),
)


def claim(about: str, when: object, **more: object) -> Claim:
    """Return a claim with a time of UTC."""
    given = {"document": "d", "speaker": "S", "says": "x", "zone": "UTC", **more}
    return Claim(about=about, at=when, **given)


def incident(*claims: Claim, name: str = "x", places: object = "B - C", **more: object) -> Incident:
    """Return a closure, unless another effect is given."""
    given = {"title": "X", "kind": "fire", "zone": "UTC", "effect": "closed", **more}
    return Incident(id=name, places=places, claims=claims, **given)


def test_of_whom_a_claim_speaks() -> None:
    """Of all where it does not say; a train that passed somewhere may say of any."""
    both, when = ("passenger", "freight"), "2026-03-01T08:00Z"
    heard = {
        (about, *given): {kind for kind in both if speaks_of(
            claim(about, when, traffic=given, places=places), kind, both)}
        for about, places in (("start", ()), ("running", "B - C"))
        for given in ((), ("passenger",), ("freight",), ("technical",))
    }  # fmt: skip
    assert heard == {
        ("start",): {*both}, ("start", "passenger"): {"passenger"},
        ("start", "freight"): {"freight"}, ("start", "technical"): {*both},
        ("running",): {*both}, ("running", "passenger"): {*both},
        ("running", "freight"): {*both}, ("running", "technical"): {*both},
    }  # fmt: skip


@pytest.mark.parametrize("order", [*permutations(range(3))])
@pytest.mark.parametrize("stops", [True, False])
def test_the_parts_of_one_closure_end_with_the_last(order, stops) -> None:
    """A part that may last longer comes later, however soon it may end; one without an end last."""

    def part(link: str, low: int, high: int | None) -> Spell:
        end = Bounds(earliest=at(low), latest=None if high is None else at(high))
        first = {"first_traffic": end, "full_service": Bounds(earliest=at(low))}
        if not stops:
            first = {"first_traffic": exactly(0), "full_service": end}
        resolution = Resolution(incident="x", start=exactly(0), used=(), set_aside=(),
                                conflicts=(), stops=stops, **first)  # fmt: skip
        return Spell(number=1, traffic=("passenger",), resolution=resolution, links=(link,))

    parts = [part("ab", 1, 20), part("bc", 9, 10), part("cd", 5, 30)]
    name = "first_traffic" if stops else "full_service"
    joined = join_spells([parts[n] for n in order])
    assert joined.milestone(name) == parts[2].resolution.milestone(name)
    parts[1] = part("bc", 2, None)
    assert join_spells([parts[n] for n in order]).milestone(name).latest is None


def place(*incidents: Incident, **more: object) -> list:
    """Return the incidents placed on a line of four hubs."""
    catalogue = Catalogue(documents=DOCUMENTS, incidents=incidents)
    return list(place_incidents(NETWORK, incidents, catalogue, **more))


def ends(placement: object) -> dict[tuple[str, str], object]:
    """Return the latest end of each outage by link and traffic."""
    return {
        (outage.link, kind): outage.end.latest
        for outage in placement.outages
        for kind in outage.traffic
    }


CLOSED = claim("start", "2026-03-01T06:00Z")
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
BOTH = ("passenger", "freight")


def seen(*traffic: str, when: str = "2026-03-10T12:00Z", places: object = "A - D", **more: object):
    """Return an incident whose one claim is that a train passed."""
    train = claim("running", when, traffic=traffic, places=places, **more)
    return incident(train, name="seen", places={"none": "no closure"}, effect="none")


# Trains that ran


@pytest.mark.parametrize(
    ("trains", "closed_to", "ended"),
    [
        ((), BOTH, BOTH),
        ((), ("passenger",), ()),
        (("passenger",), BOTH, BOTH),
        (("passenger",), ("freight",), ()),
        (("freight",), BOTH, ("freight",)),
        (("technical",), BOTH, ()),
    ],
)
def test_a_train_ends_the_closures_that_it_contradicts(trains, closed_to, ended):
    [closure, _] = place(incident(CLOSED, traffic=closed_to), seen(*trains))
    assert ends(closure) == {("bc", kind): NOON if kind in ended else None for kind in closed_to}
    codes = {note.code for note in closure.resolution.notes}
    assert ("running_ends" in codes) == bool(ended)
    assert ("no_end" in codes) == (ended != closed_to)


def test_a_train_ends_a_closure_only_on_the_links_that_it_passed():
    [closure, _] = place(incident(CLOSED, places="A - C"), seen("passenger", places="A - B"))
    assert ends(closure)["ab", "passenger"] == NOON
    assert ends(closure)["bc", "passenger"] is None


@pytest.mark.parametrize(("closed", "ended"), [("B - Midway", True), ("Midway - C", False)])
def test_a_train_that_turned_at_a_station_says_nothing_of_what_lies_behind(closed, ended):
    closure, _ = place(incident(CLOSED, places=closed), seen("passenger", places="A - Midway"))
    assert (ends(closure)["bc", "passenger"] == NOON) == ended


@pytest.mark.parametrize(
    ("passed", "ended"),
    [("A - Half", False), ("Half - D", False), ("A - Far", True), ("Midway - D", True)],
)
def test_a_closure_between_two_stations_of_a_link_ends_when_all_of_it_was_passed(passed, ended):
    closure, _ = place(incident(CLOSED, places="Midway - Far"), seen("passenger", places=passed))
    assert (ends(closure)["bc", "passenger"] == NOON) == ended


def test_the_forecast_that_became_public_last_counts_or_the_last_of_the_record():
    late, early = (
        claim("first_traffic", "2026-03-05", basis="forecast", document=each)
        for each in ("late", "d")
    )
    told = incident(CLOSED, late, early)
    catalogue = Catalogue(documents=DOCUMENTS, incidents=told)
    assert find_latest_forecast(told, catalogue) is late
    assert find_latest_forecast(told) is early
    assert find_latest_forecast(incident(CLOSED)) is None


def test_a_train_at_a_hub_ends_the_closure_of_that_hub_alone():
    at_hub = seen("passenger", places="B")
    assert ends(place(incident(CLOSED, places="B"), at_hub)[0])["bc", "passenger"] == NOON
    assert ends(place(incident(CLOSED, places="B - C"), at_hub)[0])["bc", "passenger"] is None
    assert ends(place(incident(CLOSED, places="C"), at_hub)[0])["bc", "passenger"] is None


def test_a_train_before_the_closure_and_one_not_yet_reported_say_nothing():
    early = seen("passenger", when="2026-02-27T12:00Z")
    assert ends(place(incident(CLOSED), early)[0])["bc", "passenger"] is None
    known = datetime(2026, 4, 1, tzinfo=UTC)
    late = seen("passenger", document="late")
    assert ends(place(incident(CLOSED), late, as_of=known)[0])["bc", "passenger"] is None
    assert ends(place(incident(CLOSED), late)[0])["bc", "passenger"] == NOON


def test_a_later_claim_that_it_was_still_out_keeps_the_closure_and_lists_the_conflict():
    out = claim("still_out", "2026-03-15T12:00Z")
    [closure, _] = place(incident(CLOSED, out), seen("passenger"))
    assert ends(closure)["bc", "passenger"] is None
    [conflict] = closure.resolution.conflicts
    assert conflict.treatment.code == "running_contradicted"
    assert conflict.claims == (1,)
    own = resolve_incident(incident(CLOSED, out, claim("running", "2026-03-10T12:00Z")))
    assert own.first_traffic.latest is None
    assert [each.claims for each in own.conflicts] == [(1, 2)]


def test_a_train_that_its_own_incident_reports_needs_no_network():
    own = resolve_incident(incident(CLOSED, claim("running", "2026-03-10T12:00Z")))
    assert own.first_traffic.latest == NOON
    assert own.used == (0, 1)


def test_a_derailment_presupposes_a_train():
    derailed = incident(
        claim("start", "2026-03-10T12:00Z"), name="derailed", kind="derailment", places="B - C"
    )
    closure, _ = place(incident(CLOSED), derailed)
    assert ends(closure)["bc", "passenger"] == NOON
    closure, _ = place(incident(CLOSED, traffic=("passenger",)), derailed)
    assert ends(closure)["bc", "passenger"] is None


@pytest.mark.parametrize("forecast", [None, claim("first_traffic", "2026-03-05", basis="forecast")])
def test_what_holds_for_want_of_an_end_is_named_with_its_last_forecast(forecast):
    closure = incident(CLOSED, *([forecast] if forecast else []))
    scenario = nm.Scenario(
        network=NETWORK, incidents=closure, documents=DOCUMENTS, zone="UTC",
        window=("2026-03-01", "2026-03-08"), demand=["A", "D"], anchors=["A"],
        metrics=["connected_share"],
    )  # fmt: skip
    run = nm.run(scenario)
    [notice] = nm.runs.find_notices(run)
    assert "x: " in notice
    [note] = run.placements[0].resolution.notes
    assert note.code == ("no_end_forecast" if forecast else "no_end")
    assert str(note) in notice
    assert note.values == ({"says": "x", "document": "d"} if forecast else {})


def test_a_train_of_an_incident_that_is_not_studied_comes_back_with_the_scenario(tmp_path):
    catalogue = Catalogue(documents=DOCUMENTS, incidents=[incident(CLOSED), seen("passenger")])
    scenario = nm.Scenario(
        network=NETWORK, incidents=[catalogue.incidents["x"]], documents=catalogue, zone="UTC",
        window=("2026-03-01", "2026-03-31"), demand=["A", "D"], anchors=["A"],
        metrics=["connected_share"],
    )  # fmt: skip
    again = nm.read_scenario(nm.scenario.write_scenario(scenario, tmp_path))
    for each in (scenario, again):
        [placement] = each.placements
        assert placement.resolution.first_traffic.latest == NOON


# Milestones by traffic


def test_passengers_and_freight_have_their_own_milestones():
    freight = claim("first_traffic", "2026-03-02T18:00Z", traffic="freight")
    people = claim("first_traffic", "2026-03-03T06:00Z", traffic="passenger")
    [closure] = place(incident(CLOSED, freight, people))
    assert {key[1]: end.day for key, end in ends(closure).items()} == {"passenger": 3, "freight": 2}
    assert closure.resolution.first_traffic.latest.day == 3
    assert len({outage.times_key for outage in closure.outages}) == 2


def test_technical_trains_come_first_and_end_nothing():
    technical = claim("first_traffic", "2026-03-02T18:00Z", traffic="technical")
    by = claim("first_traffic", {"before": "2026-03-03T06:00Z"})
    only = resolve_incident(incident(CLOSED, technical))
    assert (only.first_traffic.earliest.hour, only.first_traffic.latest) == (18, None)
    assert [note.code for _, note in only.set_aside] == ["technical_aside"]
    both = resolve_incident(incident(CLOSED, technical, by))
    assert (both.first_traffic.earliest.day, both.first_traffic.latest.day) == (2, 3)


# Plans


def test_a_plan_ends_an_outage_and_a_forecast_does_not():
    for basis, latest in (("planned", NOON), ("forecast", None)):
        end = claim("first_traffic", "2026-03-10T12:00Z", basis=basis)
        found = resolve_incident(incident(CLOSED, end))
        assert found.first_traffic.latest == latest
        told = [note.code for note in found.notes]
        assert told == (["planned_first_traffic"] if latest else [])


def test_a_plan_is_told_where_what_was_seen_is_less_precise():
    plan = claim("first_traffic", "2026-03-10", basis="planned")
    for seen_by, told in (("2026-03-20", ["planned_first_traffic"]), ("2026-03-10", [])):
        found = resolve_incident(
            incident(CLOSED, plan, claim("first_traffic", {"before": seen_by}))
        )
        assert found.first_traffic.latest == datetime(2026, 3, 11, tzinfo=UTC)
        assert [note.code for note in found.notes] == told


@pytest.mark.parametrize(
    ("later", "latest"),
    [
        (claim("still_out", "2026-03-12T12:00Z"), None),
        (claim("first_traffic", "2026-03-13T12:00Z"), datetime(2026, 3, 13, 12, tzinfo=UTC)),
        (
            claim("first_traffic", "2026-03-20T12:00Z", basis="planned", made="2026-03-09"),
            datetime(2026, 3, 20, 12, tzinfo=UTC),
        ),
    ],
)
def test_what_comes_later_sets_a_plan_aside(later, latest):
    plan = claim("first_traffic", "2026-03-10T12:00Z", basis="planned", made="2026-02-20")
    found = resolve_incident(incident(CLOSED, plan, later))
    assert found.first_traffic.latest == latest
    assert dict(found.set_aside)[1].code == "plan_contradicted"
    assert [each.treatment.code for each in found.conflicts] == ["plan_aside"]


def test_a_plan_is_revised_only_where_every_plan_says_when_it_was_made():
    def resolve(*made, basis="planned"):
        days = ("2026-03-10T12:00Z", "2026-03-20T12:00Z", "2026-03-15T12:00Z")
        plans = [
            claim("first_traffic", day, basis=basis, **({"made": each} if each else {}))
            for day, each in zip(days, made, strict=False)
        ]
        return resolve_incident(incident(CLOSED, *plans))

    last = resolve("2026-02-20", "2026-03-09", "2026-03-01")
    assert last.first_traffic.latest == last.first_traffic.earliest
    assert last.first_traffic.latest.day == 20
    assert sorted(dict(last.set_aside)) == [1, 3]
    for made in (("2026-02-20", None), (None, "2026-03-09"), (None, None)):
        both = resolve(*made)
        assert (both.first_traffic.earliest.day, both.first_traffic.latest.day) == (10, 20)
        assert not both.set_aside
    for one_lacks in (("2026-02-20", "2026-03-09", None), (None, "2026-02-20", "2026-03-09")):
        assert not resolve(*one_lacks).set_aside
    seen = resolve("2026-02-20", "2026-03-09", basis="observed")
    assert (seen.first_traffic.earliest.day, seen.set_aside) == (10, ())
    alike = resolve("2026-03-09", "2026-03-09")
    assert (alike.first_traffic.earliest.day, alike.first_traffic.latest.day) == (10, 20)


def test_a_length_that_was_observed_is_surer_than_one_of_a_rule():
    observed = claim("first_traffic", None, lasted_hours=4)
    rule = claim("first_traffic", None, basis="rule", lasted_hours=10)
    found = resolve_incident(incident(CLOSED, observed, rule))
    length = found.to_first_traffic
    assert (length.shortest_hours, length.longest_hours) == (4, 4)
    assert dict(found.set_aside)[2].code == "rule_contradicted"
    other = claim("first_traffic", None, lasted_hours=10)
    both = resolve_incident(incident(CLOSED, observed, other))
    assert [each.treatment.code for each in both.conflicts] == ["bounds_cover"]
    assert not both.set_aside


def test_a_plan_is_surer_than_a_rule():
    plan = claim("first_traffic", "2026-03-10T12:00Z", basis="planned")
    rule = claim("first_traffic", None, basis="rule", within_hours=24)
    found = resolve_incident(incident(CLOSED, plan, rule))
    assert found.first_traffic.latest == NOON
    assert dict(found.set_aside)[2].code == "rule_contradicted"


# Several closures


def test_closures_are_counted_without_a_gap():
    with pytest.raises(InputError, match="spell 2"):
        incident(CLOSED, claim("start", "2026-03-05T06:00Z", spell=3))


def test_a_line_is_open_between_two_closures_of_one_incident(tmp_path):
    claims = (
        CLOSED,
        claim("first_traffic", "2026-03-02T06:00Z"),
        claim("start", "2026-03-05T06:00Z", spell=2),
        claim("first_traffic", "2026-03-06T06:00Z", spell=2),
    )
    scenario = nm.Scenario(
        network=NETWORK, incidents=incident(*claims), documents=DOCUMENTS, zone="UTC",
        window=("2026-03-01", "2026-03-08"), demand=["A", "D"], anchors=["A"],
        metrics=["connected_share"],
    )  # fmt: skip
    run = nm.run(scenario)
    hours = run.states.loc[run.states["connected_share"] < 1, "hours"]
    assert hours.tolist() == [24.0, 24.0]
    again = nm.read_scenario(nm.scenario.write_scenario(scenario, tmp_path))
    assert (
        nm.run(again).states["connected_share"].tolist() == run.states["connected_share"].tolist()
    )
    sampled = nm.run(scenario, samples=20, seed=1).ensemble.losses()
    assert np.allclose(sampled, 48.0)


def test_each_closure_has_a_duration_of_its_own_and_a_plan_has_none():
    claims = (
        CLOSED,
        claim("first_traffic", "2026-03-02T06:00Z"),
        claim("start", "2026-03-05T06:00Z", spell=2),
        claim("first_traffic", "2026-03-07T06:00Z", spell=2),
        claim("start", "2026-03-09T06:00Z", spell=3),
        claim("first_traffic", "2026-03-12T06:00Z", spell=3, basis="planned"),
    )
    catalogue = Catalogue(documents=DOCUMENTS, incidents=[incident(*claims)])
    durations = nm.restoration.collect_durations(catalogue)
    assert [(each.lower_hours, each.upper_hours) for each in durations.rows[:2]] == [
        (24.0, 24.0), (48.0, 48.0),
    ]  # fmt: skip
    assert len(durations) == 2


def test_a_closure_without_an_end_ends_by_the_next():
    found = resolve_incident(incident(CLOSED, claim("start", "2026-03-05T06:00Z", spell=2)))
    assert found.spells[0].resolution.first_traffic.latest.day == 5
    assert found.first_traffic.latest is None
    third = claim("start", "2026-03-09T06:00Z", spell=3)
    found = resolve_incident(incident(CLOSED, claim("start", "2026-03-05T06:00Z", spell=2), third))
    assert [each.resolution.first_traffic.latest.day for each in found.spells[:2]] == [5, 9]


def test_a_closure_without_an_end_ends_at_the_latest_start_of_the_next():
    between = claim("start", {"after": "2026-03-05T06:00Z", "before": "2026-03-07T06:00Z"}, spell=2)
    found = resolve_incident(incident(CLOSED, between))
    assert found.spells[0].resolution.first_traffic.latest.day == 7


# Recurrence


@given(
    first=st.dates(date(2024, 1, 1), date(2026, 12, 1)),
    length=st.integers(0, 40),
    clocks=st.tuples(*[st.times().map(lambda each: each.replace(second=0, microsecond=0))] * 2),
    days=st.sampled_from(["daily", "mon-fri", "sat;sun", "fri-mon"]),
    zone=st.sampled_from(["Europe/Kyiv", "Europe/Berlin", "Europe/Simferopol", "UTC"]),
)
@settings(max_examples=150, deadline=None)
def test_nights_begin_and_end_by_the_clocks_of_their_zone(first, length, clocks, days, zone):
    opens, closes = clocks
    works = Recurrence(
        days=days, from_clock=f"{opens:%H:%M}", to_clock=f"{closes:%H:%M}",
        until=first + timedelta(days=length),
    )  # fmt: skip
    tz = ZoneInfo(zone)
    start = datetime(first.year, first.month, first.day, tzinfo=tz).astimezone(UTC)
    found = list(works.occurrences(start, None, zone))
    wanted = {"daily": range(7), "mon-fri": range(5), "sat;sun": (5, 6), "fri-mon": (4, 5, 6, 0)}
    expected = [
        day
        for day in (first + timedelta(days=n) for n in range(length + 1))
        if day.weekday() in wanted[days]
    ]
    assert len(found) <= len(expected)
    assert len(found) >= len(expected) - 1  # one may fall into the hour that is left out
    for begun, over in found:
        local = begun.astimezone(tz)
        assert local.date() in expected or local.time() != opens
        assert timedelta() < over - begun <= timedelta(hours=25)
        for moment, clock in ((begun, opens), (over, closes)):
            shown = moment.astimezone(tz)
            moved = shown.replace(tzinfo=None) - datetime.combine(shown.date(), clock)
            assert moved in (timedelta(), timedelta(hours=1), timedelta(hours=-23))


def test_the_nights_of_a_change_of_clocks_have_their_own_length():
    works = Recurrence(days="daily", from_clock="23:00", to_clock="05:00", until=date(2026, 10, 25))
    for start, hours in (((2026, 3, 27), {6, 5}), ((2026, 10, 23), {6, 7})):
        found = works.occurrences(datetime(*start, tzinfo=UTC), None, "Europe/Kyiv")
        spans = [(over - begun) / timedelta(hours=1) for begun, over in found][:3]
        assert set(spans) == hours


def nights_from(start):
    """Works of every night from a start to 6 March 2026."""
    return nm.evidence.closure(
        "works", "B - C", start=start, zone="UTC", source="Notice", kind="planned_works",
        recurs=Recurrence(days="daily", from_clock="23:00", to_clock="05:00", until="2026-03-06"),
        basis="planned",
    ).incidents["works"]  # fmt: skip


def test_nights_go_with_one_spell_and_one_effect():
    works = nights_from("2026-03-01")
    second = [replace(claim, spell=2) for claim in works.claims]
    for change in ({"then": "single_track"}, {"claims": [*works.claims, *second]}):
        with pytest.raises(InputError, match="recurs"):
            replace(works, **change)


def test_nights_may_begin_at_the_earliest_time_that_their_start_allows():
    start = Bounds(
        earliest=datetime(2026, 3, 6, tzinfo=UTC), latest=datetime(2026, 3, 8, tzinfo=UTC)
    )
    works = nights_from(start)
    assert works.recurs == nights_from("2026-03-01").recurs


def test_nights_are_counted_from_claims_of_their_start_alone():
    works = nights_from("2026-03-01")
    [start] = [each for each in works.claims if each.about == "start"]
    timeless = replace(start, about="context", at=None)
    late = replace(start, at=Bounds(latest=datetime(2026, 3, 9, tzinfo=UTC)))
    for claims in ([timeless, *works.claims], [late]):
        assert replace(works, claims=claims).recurs == works.recurs


def test_nights_are_counted_from_the_first_day_to_the_last_and_bounded():
    until = date(2026, 3, 1)
    nights = Recurrence(days="daily", from_clock="23:00", to_clock="05:00", until=until)
    for days in (0, 1, 2, 30):
        start = datetime(2026, 3, 2, 12, tzinfo=UTC) - timedelta(days=days)
        assert nights.count_days(start, "UTC") == days


def test_works_close_a_line_night_after_night():
    nights = Recurrence(days="mon-fri", from_clock="23:00", to_clock="05:00", until="2026-03-06")
    works = nm.evidence.closure(
        "works", "B - C", start="2026-03-01", zone="UTC", source="Notice", kind="planned_works",
        recurs=nights, basis="planned",
    )  # fmt: skip
    scenario = nm.Scenario(
        network=NETWORK, incidents=works, zone="UTC", window=("2026-03-01", "2026-03-08"),
        demand=["A", "D"], anchors=["A"], metrics=["connected_share"],
    )  # fmt: skip
    run = nm.run(scenario)
    out = run.states[run.states["connected_share"] < 1]
    assert out["hours"].tolist() == [6.0] * 5
    notes = [note.code for note in run.placements[0].resolution.notes]
    assert notes == ["planned_start", "recurs"]
    # an observed end stops the series
    end = claim("first_traffic", "2026-03-03T08:00Z")
    [closure] = place(incident(CLOSED, end, recurs=nights))
    assert {outage.start.latest.day for outage in closure.outages} == {2}


# Quotas


@pytest.mark.parametrize("name", ["trains_per_day", "wagons_per_day"])
def test_a_quota_is_at_most_a_million(name):
    for number in (0.5, 1_000_000):
        assert getattr(incident(effect="limited", **{name: {"freight": number}}), name) == {
            "freight": number
        }
    for number in (-0.5, 1_000_000.5):
        with pytest.raises(InputError, match=rf"{name}\.freight"):
            incident(effect="limited", **{name: {"freight": number}})


@pytest.mark.parametrize("name", ["trains_per_day", "wagons_per_day"])
@pytest.mark.parametrize("number", [0, 0.0])
def test_a_quota_of_none_is_a_closure_and_refused_by_name(name, number):
    """For the effect itself, for what follows a closure, and beside a quota that is one."""
    limits = [{"effect": "limited"}, {"then": "limited"}]
    for effect in limits:
        with pytest.raises(InputError) as caught:
            incident(CLOSED, **effect, **{name: {"freight": 5, "passenger": number}})
        [problem] = caught.value.problems
        assert problem.where == f"{name}.passenger"
        assert "closed" in problem.remedy
        assert "passenger" in problem.remedy


def test_a_quota_of_none_in_a_file_is_told_where_it_stands(tmp_path):
    text = write_incident("x", more="  trains_per_day: {passenger: 0}\n")
    path = write_scenario(tmp_path, text.replace("effect: closed", "effect: limited"))
    with pytest.raises(InputError, match=r"inc.yaml:11:.*closed"):
        nm.read_scenario(path)


def test_a_closure_in_one_call_takes_no_quota_of_none():
    with pytest.raises(InputError, match="closed"):
        nm.evidence.closure(
            "x", "A - B", start="2026-03-01", zone="UTC", source="P", effect="limited",
            trains_per_day={"passenger": 0},
        )  # fmt: skip


def test_an_outage_tells_of_the_place_by_which_it_is_meant():
    [found] = place(incident(CLOSED, places=["A - B", "C - D", "A"]))
    assert {each.link: each.place for each in found.outages} == {"ab": "A–B; A", "cd": "C–D"}


def test_a_quota_leaves_a_line_open_and_limits_its_capacity():
    limited = incident(
        CLOSED, effect="limited", trains_per_day={"passenger": 3}, wagons_per_day={"freight": 40}
    )
    scenario = nm.Scenario(
        network=NETWORK, incidents=limited, documents=DOCUMENTS, zone="UTC",
        window=("2026-03-01", "2026-03-04"), demand=["A", "D"], anchors=["A"],
        capacity={"trains_per_day": 10, "by_class": {"main": 100}},
    )  # fmt: skip
    run = nm.run(scenario)
    assert (run.states["connected_share"] == 1).all()
    assert run.states["trains_served"].tolist() == [10.0, 3.0]
    rows = run.outages.reset_index()[["traffic", "trains_per_day", "wagons_per_day"]]
    assert rows.fillna(0).to_numpy().tolist() == [["passenger", 3, 0], ["freight", 0, 40]]


# Files


texts = st.text("abc d", min_size=1).map(lambda text: text.strip() or "x")
moments = st.integers(0, 4_000_000).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
some_traffic = st.lists(
    st.sampled_from(("passenger", "freight", "technical")), unique=True, max_size=2
)


@st.composite
def incidents(draw):
    """Any incident with the keys of spells, traffic, plans, quotas and recurrence."""
    again = draw(st.booleans())
    spells = [1] if again else list(range(1, draw(st.integers(1, 3)) + 1))
    claims = [claim("start", draw(moments), spell=n) for n in spells]
    for about in draw(st.lists(st.sampled_from(("first_traffic", "still_out", "running")))):
        more = {"places": draw(st.sampled_from(((), "A - D", ["A", "B - C"])))}
        more |= {} if about == "running" else {"spell": draw(st.sampled_from(spells)), "places": ()}
        more["basis"] = "observed" if about == "running" else draw(st.sampled_from(BASES))
        when = draw(moments) + timedelta(days=60)  # after every start
        claims.append(claim(about, when, traffic=draw(some_traffic), **more))
    effect = draw(st.sampled_from(("closed", "limited")))
    quota = {"passenger": draw(st.integers(1, 9))} if effect == "limited" else {}
    works = Recurrence(days="mon-fri", from_clock="23:00", to_clock="05:00", until="2026-03-06")
    return incident(
        *claims, kind=draw(st.sampled_from(KINDS)), effect=effect, trains_per_day=quota,
        wagons_per_day=draw(st.sampled_from(({}, {"freight": 3.5}))) if quota else {},
        tag=draw(st.none() | texts), recurs=works if again else None,
    )  # fmt: skip


@given(made=incidents())
@settings(max_examples=100, deadline=None)
def test_an_incident_comes_back_from_its_file(made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("incidents")
    for name, text in (("i", write_incidents([made])), ("d", write_documents(DOCUMENTS))):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    again = read_catalogue([folder / "i.yaml", folder / "d.yaml"]).incidents["x"]
    assert again == made
    assert resolve_incident(again) == resolve_incident(made)


RUNNING = "  - {document: d1, speaker: S, says: x, about: running, at: 2023-05-19T06:00Z"


@pytest.mark.parametrize(
    ("more", "line", "said"),
    [
        (f"{RUNNING}, basis: planned}}\n", 11, "observed"),
        (f"{RUNNING}, spell: 2}}\n", 11, "spell"),
        ("  - {document: d1, speaker: S, says: x, about: running}\n", 11, "needs `at`"),
        (f"{RUNNING}, traffic: [cars]}}\n", 11, "technical"),
        ("  - {document: d1, speaker: S, says: x, about: cause, traffic: [freight]}\n", 11, "no"),
        (RUNNING.replace("running", "first_traffic") + ", spell: 3}\n", 2, "start of spell 3"),
        ('  recurs: {days: mondays, from: "23:00", to: "05:00", until: 2023-06-01}\n', 11, "days"),
        ('  recurs: {days: daily, from: "23", to: "05:00", until: 2023-06-01}\n', 11, "no time"),
        ('  recurs: {days: daily, from: "23:00", to: "05:00", until: June}\n', 11, "no day"),
        ('  recurs: {days: daily, from: "23:00", to: "05:00", until: 2033-06-01}\n', 11, "1000"),
        ("  trains_per_day: {passenger: 5}\n", 11, "limited"),
        ("  trains_per_day: {passengers: 5}\n", 11, "passenger"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_file_is_told_where_it_stands(tmp_path: Path, more: str, line: int, said):
    path = write_scenario(tmp_path, write_incident(more=more))
    with pytest.raises(InputError) as caught:
        nm.read_scenario(path)
    assert f"inc.yaml:{line}:" in str(caught.value)
    assert said in str(caught.value)


def test_every_mistake_of_a_value_is_told_at_once():
    with pytest.raises(InputError) as caught:
        claim("running", "2026-03-01T06:00Z", traffic="trams", places="", spell=0, basis="rule")
    assert {each.where for each in caught.value.problems} >= {"traffic", "spell", "about"}
    with pytest.raises(InputError) as caught:
        incident(CLOSED, wagons_per_day={"freight": 1}, tag="", recurs="nightly")
    assert {each.where for each in caught.value.problems} >= {"tag", "wagons_per_day", "recurs"}
