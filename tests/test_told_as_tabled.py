"""Sentences, comparison and brief tell what the tables of a run hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.figure import Figure

import netmodel as nm
from netmodel.report.compare import render_comparison, view_differences, view_trains
from netmodel.report.page.figures import view_provenance
from netmodel.report.page.opening import write_opening
from netmodel.report.workbook import write_workbook
from netmodel.runs.outcomes import HubsOfStops
from netmodel.runs.record import RunRecord
from netmodel.words.strings import Phrases
from tests.own_network import INCIDENTS, SCENARIO, write_own
from tests.test_trains_of_a_day import SLOWED, study

LONGER = "{start: 2025-03-02, end: 2025-03-07"
DETOUR = "ad,aton,deton,60,secondary\ndc,deton,ceton,61,secondary\n"
BOTH = ("en", "uk")


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> RunRecord:
    """A run in which trains are held on one day and slowed on later ones."""
    folder = tmp_path_factory.mktemp("held")
    return study(folder, window=LONGER, links=DETOUR, end="2025-03-03T05:00", more=SLOWED)


def without_outages(record: RunRecord) -> RunRecord:
    return replace(record, trains=record.trains.iloc[:0])


def test_a_comparison_tells_each_fate_with_its_own_hours(held: RunRecord) -> None:
    rows = {each.number: each for each in view_trains([held, without_outages(held)], Phrases("en"))}
    first, second = rows["2"].told
    assert dict(first) == {"held": "5 h", "slower": "3 d"}
    assert second == (("as timetabled", ""),)
    assert view_trains([held, held], Phrases("en")) == []


def test_a_difference_is_that_of_the_numbers_shown(held: RunRecord) -> None:
    def with_stops(number: float) -> RunRecord:
        figures = [
            replace(each, value=number) if each.name == "stops_not_served" else each
            for each in held.summary.figures
        ]
        return replace(held, summary=replace(held.summary, figures=tuple(figures)))

    rows = view_differences([with_stops(13.4), with_stops(3.6)], Phrases("en"))
    [row] = (each for each in rows if each.name == "stops_not_served")
    assert [cell.value for cell in row.cells] == ["13", "4"]
    assert "9" in row.cells[1].difference


@pytest.mark.parametrize("language", BOTH)
def test_windows_that_lie_apart_are_told(held: RunRecord, language: str) -> None:
    window = held.summary.window
    later = replace(
        window, start=window.start + timedelta(days=9), end=window.end + timedelta(days=9)
    )
    shift = timedelta(days=9)
    states = held.states.assign(start=held.states["start"] + shift, end=held.states["end"] + shift)
    other = replace(held, states=states, summary=replace(held.summary, window=later))
    words = Phrases(language)("compare.apart")
    assert words in render_comparison([held, other], language=language)
    assert words not in render_comparison([held, held], language=language)


def test_an_axis_of_trains_has_whole_numbers(held: RunRecord) -> None:
    ax = nm.plot.bands(held, Figure().subplots(), of="trains")
    ticks = [tick for tick in ax.get_yticks() if 0 <= tick <= ax.get_ylim()[1]]
    assert ticks == [round(tick) for tick in ticks]


@pytest.mark.parametrize("language", BOTH)
def test_the_place_that_documents_name_is_told_with_its_section(
    tmp_path: Path, language: str
) -> None:
    places = {"{between: [Aton, Halt]}": True, "{station: Halt}": True, "{links: [ab]}": False}
    for place, named in places.items():
        incidents = INCIDENTS.replace("{between: [Beton, Ceton]}", place)
        stations = "name,link,km\nHalt,ab,10\n"
        record = nm.run(write_own(tmp_path, incidents=incidents, stations=stations)).record
        told = write_opening(record, Phrases(language))[0]
        assert "Aton – Beton" in told
        assert ("Halt" in told) is named


def test_a_number_of_trains_that_may_run_is_told(tmp_path: Path) -> None:
    limited = INCIDENTS.replace(
        "effect: closed", "effect: limited\n  trains_per_day: {passenger: 3}"
    )
    record = nm.run(write_own(tmp_path, incidents=limited)).record
    assert "3 trains a day" in write_opening(record, Phrases("en"))[0]
    assert "3 поїздів на добу" in write_opening(record, Phrases("uk"))[0]


def test_places_that_could_not_be_reached_are_named_by_their_demand(tmp_path: Path) -> None:
    closed = INCIDENTS.replace("{between: [Beton, Ceton]}", "{links: [ab, bc, ad, dc]}")
    scenario = SCENARIO.replace(
        "demand: {hubs: [aton, beton, ceton]}", "demand: {kind: table, file: trips.csv}"
    )
    (tmp_path / "trips.csv").write_text("from,to,trips\naton,beton,1\nceton,deton,900\n")
    record = nm.run(write_own(tmp_path, incidents=closed, scenario=scenario)).record
    assert set(record.summary.unreached.cut_off[:2]) == {"ceton", "deton"}


def test_of_hubs_of_one_name_a_stop_is_that_on_the_course(held: RunRecord) -> None:
    twins = held.hubs.assign(name=["Aton", "Twin", "Twin", "Deton"])
    hubs = HubsOfStops(replace(held, hubs=twins, services=courses(held, "aton;ceton;deton")))
    assert hubs.find("TWIN", "1") == "ceton"
    assert hubs.find("beton", "1") == "beton"
    assert hubs.find("Elsewhere", "1") is None


def courses(record: RunRecord, course: str) -> pd.DataFrame:
    return record.services.assign(course=course)


@pytest.mark.parametrize("language", BOTH)
def test_incidents_that_lose_something_together_alone(held: RunRecord, language: str) -> None:
    phrases = Phrases(language)
    record = replace(held, summary=replace(held.summary, compounding=float("inf")))
    facts = dict(view_provenance(record, "", phrases).provenance)
    assert "∞" not in facts[phrases("method.compounding")]


def test_a_workbook_gives_its_window_in_its_zone(held: RunRecord, tmp_path: Path) -> None:
    path = write_workbook(held, tmp_path / "run.xlsx")
    summary = pd.read_excel(path, "Summary", index_col=0)
    assert summary.loc["window", "value"].startswith("2025-03-02 00:00")
