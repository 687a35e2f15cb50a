"""Observations are read strictly, and compared by arithmetic that can be done by hand."""

from __future__ import annotations

import csv
import itertools
import math
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netmodel.errors import InputError
from netmodel.evidence.incident import Document
from netmodel.evidence.places import HubPlace, SectionPlace
from netmodel.network.edit import promote_stations
from netmodel.network.railway import Hub, Link, Network, Station
from netmodel.report.validation_page import render_validation
from netmodel.routing.profiles import PROFILES
from netmodel.times import Window, add_hours, parse_instant
from netmodel.validation.calibration import fit_speeds
from netmodel.validation.comparison import (
    load_observations,
    summarise_detours,
    validate,
    validate_files,
)
from netmodel.validation.observations import (
    DelayReport,
    Observations,
    TimetableReport,
    read_observations,
)

NOON = parse_instant("2026-01-28T12:00+02:00")
DOCUMENTS = {"d": Document(id="d", publisher="P", published_text="2026-01-28", url="https://p.org")}
GOOD = """\
observations:
- id: a
  kind: timetable
  use: calibration
  document: d
  train: 121
  stops: [A, C]
  departs: "22:14"
  arrives: "07:15"
"""


@pytest.fixture
def square() -> Network:
    """A–B–C of 60 km each, round by D 90 km each, and a station M half-way from A to B."""
    hubs = tuple(Hub(id=i.lower(), name=i, lon=n, lat=0) for n, i in enumerate("ABCD"))
    ends = {"ab": 60.0, "bc": 60.0, "ad": 90.0, "dc": 90.0}
    links = tuple(
        Link(id=i, from_hub=i[0], to_hub=i[1], length_km=km, electrified=True)
        for i, km in ends.items()
    )
    return Network(hubs=hubs, links=links, stations=(Station(name="M", link="ab", km=30.0),))


def delay(**changes: object) -> DelayReport:
    report = DelayReport(
        id="r", kind="detour", document="d", incident="i", use="check", train="1",
        service="long_distance", on=NOON, origin="A", destination="C",
        closed=(HubPlace(hub="B"),), via=("D",), delay_minutes=100.0, qualifier="exact",
    )  # fmt: skip
    return replace(report, **changes)  # type: ignore[arg-type]


def timetable(**changes: object) -> TimetableReport:
    report = TimetableReport(
        id="t", document="d", train="1", service="long_distance", use="calibration",
        stops=("A", "M", "B", "C"), minutes=100.0,
    )  # fmt: skip
    return replace(report, **changes)  # type: ignore[arg-type]


def write(folder: Path, text: str) -> Path:
    path = folder / "observations.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_minutes_over_midnight(tmp_path: Path) -> None:
    report = read_observations(write(tmp_path, GOOD), DOCUMENTS).timetables[0]
    assert report.minutes == 541
    assert report.train == "121"
    assert report.where == "observations.yaml:2:3"


@pytest.mark.parametrize(
    ("old", "new", "what", "where"),
    [
        ('"22:14"', '"24:14"', "departs", ":8:3"),
        ("document: d", "document: dd", "unknown document 'dd'", ":5:3"),
        ("use: calibration", "use: calibrate", "did you mean 'calibration'", ":4:3"),
        ("kind: timetable", "kind: time", "", ":2:3"),
        ("stops: [A, C]", "stops: [A]", "stops", ":7:3"),
        ("train: 121", "train: 121\n  speed: 4", "unknown key 'speed'", ":7:3"),
    ],
)
def test_bad_file_is_pointed_at(tmp_path: Path, old: str, new: str, what: str, where: str) -> None:
    with pytest.raises(InputError) as caught:
        read_observations(write(tmp_path, GOOD.replace(old, new)), DOCUMENTS)
    message = str(caught.value)
    assert f"observations.yaml{where}" in message
    assert what in message


DETOUR = """\
- id: {id}
  kind: {kind}
  use: {use}
  document: d
  incident: storm
  date: 2026-01-28
  train: "1"
  from: A
  to: C
  closed: [{{hub: B}}]
"""


def test_all_problems_at_once(tmp_path: Path) -> None:
    detour = DETOUR.format(id="b", kind="detour", use="check") + "  via: [D]\n"
    other = DETOUR.format(id="b", kind="detour", use="calibration") + "  via: [D]\n"
    with pytest.raises(InputError) as caught:
        read_observations(write(tmp_path, GOOD + detour + other), DOCUMENTS)
    whats = [problem.what for problem in caught.value.problems]
    assert any("'b' is used twice" in what for what in whats)
    assert any("'storm' is used for check" in what for what in whats)


@pytest.mark.parametrize(
    ("kind", "extra", "what"),
    [
        ("detour", "", "via, delay_minutes, or both"),
        ("detour", "  via: [D]\n  delay_minutes: 3\n", "go together"),
        ("detour", "  via: [D]\n  delay_minutes: -3\n  qualifier: exact\n", "greater than 0"),
        ("wait", "  delay_minutes: 3\n  qualifier: exact\n", "closed_from"),
        ("diesel", "  via: [D]\n  delay_minutes: 3\n  qualifier: exact\n", "belong to a detour"),
        (
            "wait",
            (
                "  closed_from: 2026-01-28T07:00+03:00\n  closed_until: 2026-01-28T06:00+03:00\n"
                "  delay_minutes: 3\n  qualifier: exact\n"
            ),
            "window is empty",
        ),
    ],
)
def test_fields_must_fit(tmp_path: Path, kind: str, extra: str, what: str) -> None:
    text = "observations:\n" + DETOUR.format(id="b", kind=kind, use="check") + extra
    with pytest.raises(InputError, match=what):
        read_observations(write(tmp_path, text), DOCUMENTS)


def test_timetable_runs_through_a_station(square: Network) -> None:
    result = validate(square, Observations(timetables=(timetable(),))).timetables[0]
    assert result.reproduced
    assert result.minutes == 120
    assert result.error_share == pytest.approx(0.2)


def test_timetable_by_another_way_is_not_reproduced(square: Network) -> None:
    report = timetable(stops=("A", "D", "C"))
    result = validate(square, Observations(timetables=(report,))).timetables[0]
    assert not result.reproduced
    assert result.way == ("A", "B", "C")
    assert result.minutes == 180


def test_detour_agrees_and_its_error_is_the_difference(square: Network) -> None:
    result = validate(square, Observations(delays=(delay(),))).detours[0]
    assert result.agrees
    assert (result.base_minutes, result.extra_minutes) == (120, 60)
    assert result.error_minutes == -40
    assert result.within_limit


def test_a_way_the_report_does_not_take_is_a_miss(square: Network) -> None:
    report = delay(closed=(SectionPlace(between=("A", "D")),), via=("D",), delay_minutes=5.0)
    result = validate(square, Observations(delays=(report,))).detours[0]
    assert result.agrees is False
    assert result.extra_minutes == 0


def test_no_way_round_is_infinite_and_never_within_a_limit(square: Network) -> None:
    report = delay(closed=(HubPlace(hub="B"), HubPlace(hub="D")))
    result = validate(square, Observations(delays=(report,))).detours[0]
    assert result.agrees is False
    assert math.isinf(result.extra_minutes)
    assert result.within_limit is False


def test_bounds_give_no_error(square: Network) -> None:
    lower = delay(qualifier="at_least")
    upper = delay(id="u", qualifier="at_most", delay_minutes=10.0)
    first, second = validate(square, Observations(delays=(lower, upper))).detours
    assert math.isnan(first.error_minutes)
    assert first.within_limit is None
    assert math.isnan(second.error_minutes)
    assert second.within_limit is False


def test_diesel_is_slower_by_its_share(square: Network) -> None:
    report = delay(kind="diesel", via=(), closed=(SectionPlace(between=("A", "B")),))
    result = validate(square, Observations(delays=(report,))).diesels[0]
    share = PROFILES["passenger"].diesel_speed_share
    assert result.extra_minutes == pytest.approx(60 / share - 60, abs=0.01)


@pytest.mark.parametrize(("hours", "greatest"), [(0.5, 30.0), (4.0, 60.0)])
def test_greatest_wait_is_the_lesser_of_waiting_and_going_round(
    square: Network, hours: float, greatest: float
) -> None:
    report = delay(
        kind="wait", via=(), closed=(SectionPlace(between=("A", "B")),), delay_minutes=20.0,
        closure=Window(start=NOON, end=add_hours(NOON, hours)),
    )  # fmt: skip
    result = validate(square, Observations(delays=(report,))).waits[0]
    assert result.greatest_minutes == pytest.approx(greatest)
    assert result.holds


def test_unknown_and_ambiguous_places_are_named_together(square: Network) -> None:
    reports = (
        delay(origin="Aa", where="o.yaml:3:1"),
        delay(id="s", via=("Q",), where="o.yaml:9:1"),
    )
    with pytest.raises(InputError) as caught:
        validate(square, Observations(delays=reports))
    assert [problem.where for problem in caught.value.problems] == ["o.yaml:3:1", "o.yaml:9:1"]


def test_summary_by_hand(square: Network) -> None:
    reports = (
        delay(delay_minutes=100.0),
        delay(id="two", delay_minutes=50.0, qualifier="about"),
        delay(id="three", incident="j", closed=(SectionPlace(between=("A", "D")),)),
        delay(id="four", via=()),
    )
    summary = summarise_detours(validate(square, Observations(delays=reports)).detours)
    assert (summary.unchanged, summary.named, summary.agreeing) == (1, 2, 2)
    assert (summary.incidents, summary.incidents_agreeing) == (1, 1)
    assert summary.median_error == 25
    assert summary.median_signed == -15
    assert (summary.limited, summary.within_limit) == (2, 1)


def test_summary_of_nothing_is_nan() -> None:
    summary = summarise_detours(())
    assert math.isnan(summary.agreeing_share)
    assert math.isnan(summary.median_error)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 100), min_size=1, max_size=5, unique=True))
def test_promotion_keeps_length_and_order(kms: list[float]) -> None:
    hubs = (Hub(id="a", name="A", lon=0, lat=0), Hub(id="b", name="B", lon=1, lat=0))
    stations = tuple(Station(name=f"S{n}", link="ab", km=km) for n, km in enumerate(kms))
    network = Network(
        hubs=hubs,
        links=(Link(id="ab", from_hub="a", to_hub="b", length_km=100.0, minutes=50.0),),
        stations=stations,
    )
    promoted = promote_stations(network, [station.name for station in stations])
    links = promoted.network.links
    assert sum(link.length_km for link in links) == pytest.approx(100.0)
    assert sum(link.minutes or 0 for link in links) == pytest.approx(50.0)
    assert all(one.to_hub == two.from_hub for one, two in itertools.pairwise(links))
    assert promoted.expand(["ab"]) == tuple(link.id for link in links)


def test_fit_finds_the_speed_that_made_the_timetables(square: Network) -> None:
    reports = tuple(
        timetable(id=service, service=service, minutes=120 * 60 / kmh)
        for service, kmh in (("long_distance", 54.0), ("intercity", 90.0), ("suburban", 36.0))
    )
    speeds = fit_speeds(square, Observations(timetables=reports)).speed_kmh
    assert {name: each["main"] for name, each in speeds.items()} == {
        "passenger": 54.0,
        "intercity": 90.0,
        "suburban": 36.0,
    }


def test_fit_needs_something_to_fit_to(square: Network) -> None:
    with pytest.raises(InputError, match="calibration"):
        fit_speeds(square, Observations(timetables=(timetable(use="check"),)))


def test_page_is_the_same_every_time(square: Network) -> None:
    observations = Observations(timetables=(timetable(),), delays=(delay(),))
    first, second = (render_validation(validate(square, observations), DOCUMENTS) for _ in range(2))
    assert first == second
    assert "1 of 1 (100 %)" in first
    assert "`d`: P, 2026-01-28, <https://p.org>" in first


@pytest.fixture(scope="module")
def built_in():  # type: ignore[no-untyped-def]
    return validate_files()


BASE_ROUTES = (
    "timetable-ic-kyiv-kramatorsk", "timetable-121", "timetable-122", "timetable-213",
    "timetable-214", "timetable-6403", "timetable-6404", "timetable-6605", "timetable-6608",
)  # fmt: skip


def test_base_routes_are_reproduced(built_in) -> None:  # type: ignore[no-untyped-def]
    found = {each.report.id: each for each in built_in[0].timetables}
    for name in BASE_ROUTES:
        assert found[name].reproduced, f"{name}: {found[name].way}"
        assert abs(found[name].error_share) <= 0.15, name
        assert found[name].industrial_km == 0


def test_waits_on_the_crimean_bridge_lie_between_report_and_closure(built_in) -> None:  # type: ignore[no-untyped-def]
    waits = {each.report.incident: each for each in built_in[0].waits}
    for incident, hours in (("2026-01-28-crimean-bridge", 5.5), ("2026-02-16-crimean-bridge", 12)):
        assert waits[incident].report.delay_minutes == 60 * hours
        assert waits[incident].holds


def test_most_named_ways_are_the_models(built_in) -> None:  # type: ignore[no-untyped-def]
    check = [each for each in built_in[0].detours if each.report.use == "check"]
    summary = summarise_detours(check)
    assert summary.named >= 50
    assert summary.unchanged >= 1
    assert summary.agreeing_share >= 0.6
    assert summary.median_signed < 0


def test_built_in_speeds_are_the_fitted_ones(built_in) -> None:  # type: ignore[no-untyped-def]
    from netmodel.network.formats import built_in_network
    from netmodel.validation.comparison import long_closures

    observations, catalogue = load_observations()
    network = built_in_network()
    fit = fit_speeds(network, observations, standing=long_closures(catalogue), catalogue=catalogue)
    for name, speeds in fit.speed_kmh.items():
        assert PROFILES[name].speed_kmh["main"] == pytest.approx(speeds["main"], rel=0.06)
        assert PROFILES[name].speed_kmh["secondary"] == pytest.approx(speeds["secondary"], rel=0.06)


@pytest.mark.reference
def test_reports_agree_with_the_reference(built_in) -> None:  # type: ignore[no-untyped-def]
    folder = os.environ.get("NETMODEL_REFERENCE")
    if not folder:
        pytest.skip("NETMODEL_REFERENCE is not set")
    path = Path(folder) / "incidents" / "observed_train_delays.csv"
    with path.open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["validation_tier"] in "ABC"]
    observed = {
        (each.report.incident, number): each.report
        for each in built_in[0].detours
        for number in each.report.train.split("/")
    }
    for row in rows:
        report = observed[row["incident_id"], row["train_no"].split("/")[0]]
        assert row["delay_min"] in ("", f"{report.delay_minutes or 0:.0f}")
