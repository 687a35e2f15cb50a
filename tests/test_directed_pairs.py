"""Pairs of a demand with directions are told as such; sums say of what and how many."""

from __future__ import annotations

from pathlib import Path

import pytest

import netmodel as nm
from netmodel.report.markdown import render_markdown
from netmodel.report.page.figures import view_figures, view_method
from netmodel.report.page.headline import write_headline
from netmodel.report.page.incidents import view_incidents
from netmodel.report.run_folder import write_run
from netmodel.runs.record import RunRecord
from netmodel.words.strings import Phrases
from tests.own_network import INCIDENTS, SCENARIO, write_own

WANTED = "demand: {hubs: [aton, beton, ceton]}"
EACH_WAY = {"en": "each direction", "uk": "кожен напрямок"}


def study(folder: Path, trips: str) -> RunRecord:
    """Run a closure of two of the ways from Aton to Ceton for a table of trips."""
    both = INCIDENTS.replace("{between: [Beton, Ceton]}", "{links: [bc, dc]}")
    scenario = SCENARIO.replace(WANTED, "demand: {kind: table, file: trips.csv}")
    (folder / "trips.csv").write_text(f"from,to,trips\n{trips}")
    return nm.run(write_own(folder, incidents=both, scenario=scenario)).record


@pytest.fixture(scope="module")
def directed(tmp_path_factory: pytest.TempPathFactory) -> RunRecord:
    trips = "aton,ceton,7\nceton,aton,5\nbeton,ceton,2\n"
    return study(tmp_path_factory.mktemp("directed"), trips)


@pytest.mark.parametrize("language", ["en", "uk"])
def test_each_direction_counts_and_the_run_says_so(directed: RunRecord, language: str) -> None:
    phrases, documents = Phrases(language), {}
    assert directed.summary.pairs == 3
    assert directed.summary.directed == ("passenger",)
    told = write_headline(directed, phrases)[0]
    figure = next(each for each in view_figures(directed, phrases, {}) if each.value == "3")
    for text in (told, figure.explanation, *view_method(directed, phrases)[2:3]):
        assert EACH_WAY[language] in text
    [incident] = view_incidents([directed], phrases, documents)
    assert "\N{RIGHTWARDS ARROW}" in incident.detours[0]
    assert "each direction" in render_markdown(directed)


def test_a_run_that_is_read_again_says_so_too(directed: RunRecord, tmp_path: Path) -> None:
    folder = write_run(directed, tmp_path / "run")
    assert nm.runs.read_record(folder).summary == directed.summary


@pytest.mark.parametrize("language", ["en", "uk"])
def test_pairs_that_stand_once_are_told_as_before(tmp_path: Path, language: str) -> None:
    record, phrases = study(tmp_path, "ceton,aton,7\nbeton,ceton,2\n"), Phrases(language)
    assert record.summary.directed == ()
    assert EACH_WAY[language] not in write_headline(record, phrases)[0]
    assert "each direction" not in render_markdown(record)


def test_the_minutes_of_all_trips_say_how_many_they_are(tmp_path: Path) -> None:
    slowed = INCIDENTS.replace("{between: [Beton, Ceton]}", "{links: [bc]}")
    scenario = SCENARIO.replace(WANTED, "demand: {kind: table, file: trips.csv}")
    (tmp_path / "trips.csv").write_text("from,to,trips\nbeton,ceton,1200\naton,deton,800\n")
    record = nm.run(write_own(tmp_path, incidents=slowed, scenario=scenario)).record
    figures = {each.name: each for each in view_figures(record, Phrases("en"), {})}
    figure, longest = figures["highest_extra_minutes"], figures["longest_extra_minutes"]
    assert "2,000 trips" in figure.explanation
    [total, one] = (
        each.value for each in record.summary.figures if each.name in (figure.name, longest.name)
    )
    assert total == pytest.approx(1200 * one, rel=1e-3), "minutes of a pair have a decimal"
    assert f"{total / 2000:.0f} min" in figure.explanation
