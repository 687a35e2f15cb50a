"""Messages that said too much, too little, or what does not hold where they are read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

import netmodel as nm
from netmodel.cli.main import app
from netmodel.errors import InputError
from netmodel.report.markdown import render_markdown
from netmodel.times import Bounds, load_zone
from netmodel.words.strings import Phrases
from netmodel.words.wording import describe_bounds, format_interval, format_short_interval
from tests.conftest import make_network
from tests.own_network import INCIDENTS, write_own

LINE = make_network([("a", "b", 60), ("b", "c", 60)])
GIVEN = {
    "network": LINE, "incidents": (), "window": ("2023-05-18", "2023-05-20"), "zone": "UTC",
    "demand": ["A", "C"], "title": "A line",
}  # fmt: skip


def problems_of(**changes):
    with pytest.raises(InputError) as refused:
        nm.Scenario(**{**GIVEN, **changes})
    return refused.value.problems


def test_what_is_no_incident_is_said_in_one_grammar():
    [problem] = problems_of(incidents=None)
    assert "no an" not in problem.what
    assert "None" in problem.what


def test_a_list_that_holds_a_wrong_value_is_not_said_to_be_unknown():
    found = problems_of(demand=[None, "A"])
    assert not any("[None" in each.what for each in found)
    assert any("None" in each.what for each in found)


def test_a_text_of_a_number_is_shown_as_a_text():
    with pytest.raises(InputError, match="'10'"):
        nm.run("crimea-may-2023", samples="10")


def test_no_number_is_said_to_be_none():
    [problem] = problems_of(repair_scale=float("nan"))
    assert "1000" not in problem.what


def test_the_unknown_stops_of_a_whole_timetable_are_bounded():
    found = problems_of(trains=nm.trains.built_in_timetable())
    assert len(found) <= 25
    assert "more" in found[-1].what


def test_a_place_that_is_taken_is_told_for_python_and_the_command(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError) as refused:
        nm.run("crimea-may-2023").write(tmp_path)
    assert "force=True" in refused.value.problems[0].remedy


def test_all_wrong_hours_of_repairs_are_told_at_once():
    result = CliRunner().invoke(
        app,
        ["repair", "crimea-may-2023", "--at", "soon", "--crews", "0", "--hours", "a=nan",
         "--hours", "b=-3", "--hours", "c"],
    )  # fmt: skip
    told = str(result.exception)
    assert all(each in told for each in ("--at", "--crews", "a (=nan)", "b (=-3)", "'c'"))


BEFORE = datetime(2024, 10, 27, 0, 15, tzinfo=UTC)
"""02:15 in Berlin, for the first time of two."""


def test_an_hour_that_the_clocks_have_twice_is_told_with_its_offset():
    phrases, tz = Phrases("en"), load_zone("Europe/Berlin")
    first, again, later = (BEFORE + timedelta(hours=hours) for hours in (0, 1, 2))
    told = format_interval(first.astimezone(tz), again.astimezone(tz), phrases)
    assert told.count("+02:00") == told.count("+01:00") == 1
    short = format_short_interval(again.astimezone(tz), later.astimezone(tz), phrases)
    assert short.count("UTC") == 1
    between = describe_bounds(Bounds(earliest=first, latest=again), "Europe/Berlin", phrases)
    assert "+02:00" in between
    assert "+01:00" in between
    whole = describe_bounds(Bounds(earliest=later, latest=later), "Europe/Berlin", phrases)
    assert "UTC" not in whole


def test_a_day_of_25_hours_is_a_day():
    day = nm.times.parse_time("2024-10-27", zone="Europe/Berlin")
    assert "UTC" not in describe_bounds(day, "Europe/Berlin", Phrases("en"))


def test_the_report_in_words_tells_every_night_of_works(tmp_path):
    recurs = '  recurs: {days: daily, from: "23:00", to: "05:00", until: 2025-03-03}\n'
    works = INCIDENTS.replace("  effect: closed\n", "  effect: closed\n" + recurs)
    works = works.replace("kind: fire", "kind: planned_works")
    lines = works.splitlines(keepends=True)
    record = nm.run(write_own(tmp_path, incidents="".join(lines[:-1]))).record
    [incident] = record.evidence.studied
    told = render_markdown(record)
    assert len(incident.spells) > 1
    for night in incident.spells:
        assert f"{night.start.earliest:%Y-%m-%dT%H:%M:%SZ} → " in told
