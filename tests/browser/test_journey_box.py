"""The box for a journey tells of the trains that run then, and of what they join."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import netmodel as nm
from netmodel.report.page.render import render_page
from tests.browser.conftest import Opened
from tests.own_network import INCIDENTS, write_own

pytestmark = pytest.mark.browser
Open = Callable[..., Opened]
HUBS = "id,name,lon,lat,population,country\n" + "".join(
    f"h{n},{name},{10 + n / 2},50.0,1000,XX\n"
    for n, name in enumerate(("Aton", "Beton", "Ceton", "Deton", "Eton", "Feton"))
)
LINKS = "id,from,to,length_km,minutes\n" + "".join(f"l{n},h{n},h{n + 1},60,40\n" for n in range(5))
CLOSED = (
    INCIDENTS.replace("{between: [Beton, Ceton]}", "{links: [l2]}")
    .replace("2025-03-01T12:00", "2025-03-04T00:00")
    .replace("2025-03-02T12:00", "2025-03-07T00:00")
)
SCENARIO = """\
title: Mine
network: net
window: {start: 2025-03-03, end: 2025-03-14, zone: Europe/Berlin}
incidents: {files: [inc.yaml], documents: [docs.yaml]}
demand: {hubs: [h0, h1, h2, h3, h4, h5]}
"""
TRAINS = """\
number,kind,stops,days,from_date,to_date
1,intercity,h0;h1;h2;h3;h4;h5,daily,2025-01-01,2025-12-31
2,regional,Aton;Beton;Ceton,sat;sun,2025-01-01,2025-12-31
3,regional,ATON;h1;Ceton,daily,2025-01-01,2025-12-31
"""


def open_box(
    folder: Path,
    open_page: Open,
    ask: str,
    *,
    closed: str = CLOSED,
    demand: str = "",
    state: int | None = None,
) -> str:
    """Return what the box says of a journey at the opening moment, a Tuesday."""
    wanted = "demand: {kind: table, file: trips.csv}" if demand else ""
    scenario = SCENARIO.replace("demand: {hubs: [h0, h1, h2, h3, h4, h5]}", wanted or "demand:")
    scenario = scenario if demand else SCENARIO
    path = write_own(folder, hubs=HUBS, links=LINKS, incidents=closed, scenario=scenario)
    (folder / "net" / "services.csv").write_text(TRAINS)
    (folder / "trips.csv").write_text(demand)
    record = nm.run(path).record
    if closed == CLOSED:
        [fate] = record.trains.query("train == '1'")["fate"].unique()
        assert fate == "split", "the first train is run in two parts"
    opened = open_page(render_page(record, language="en"))
    page = opened.page
    if state is not None:
        opened.go_to_state(state)
    page.locator("#journeyask").fill(ask)
    page.locator("#journeyask").press("Enter")
    told = str(page.locator("#verdict").inner_text())
    assert opened.said == []
    return told


def test_only_trains_that_run_that_day_are_counted(tmp_path: Path, open_page: Open) -> None:
    told = open_box(tmp_path, open_page, "aton ceton")
    assert "2 trains call" in told, "one of the three runs at weekends alone"
    assert "2 still joined" in told, "the split one has a part that runs between the two"


def test_a_train_in_two_parts_does_not_join_places_on_both_sides(
    tmp_path: Path, open_page: Open
) -> None:
    told = open_box(tmp_path, open_page, "ceton deton")
    assert "1 train calls" in told
    assert "0 still joined" in told


PERHAPS = CLOSED.replace(
    "at: 2025-03-04T00:00+01:00", "at: {after: 2025-03-03T20:00+01:00, before: 2025-03-04T20:00Z}"
)
"""It began some time between two instants."""
TRIPS = """\
from,to,trips
h0,h2,5
h2,h0,5
h4,h3,5
"""


def test_a_train_in_doubt_is_counted_among_those_as_timetabled(
    tmp_path: Path, open_page: Open
) -> None:
    told = open_box(tmp_path, open_page, "aton feton", closed=PERHAPS, state=1)
    first, rest = told.split(" by the timetable: ")
    assert "1 train calls" in first
    assert rest.startswith("1 ran as timetabled (1 in doubt), 1 still joined")
    assert rest.count("as timetabled") == 2, "the list says the same"


@pytest.mark.parametrize(
    ("ask", "name", "trains"),
    [
        ("aton ceton", "Aton \N{RIGHTWARDS ARROW} Ceton", "2 trains call"),
        ("ceton aton", "Ceton \N{RIGHTWARDS ARROW} Aton", "No train"),
        ("deton eton", "Deton \N{EN DASH} Eton", "1 train calls"),
    ],
)
def test_each_direction_has_its_own_trains_where_it_is_a_pair_of_its_own(
    tmp_path: Path, open_page: Open, ask: str, name: str, trains: str
) -> None:
    told = open_box(tmp_path, open_page, ask, demand=TRIPS)
    assert name in told
    assert trains in told


def test_two_places_without_demand_are_told_by_name(tmp_path: Path, open_page: Open) -> None:
    path = write_own(tmp_path, hubs=HUBS, links=LINKS, incidents=CLOSED, scenario=SCENARIO)
    (tmp_path / "trips.csv").write_text(TRIPS)
    demand = "demand: {kind: table, file: trips.csv}"
    path.write_text(SCENARIO.replace("demand: {hubs: [h0, h1, h2, h3, h4, h5]}", demand))
    page = open_page(render_page(nm.run(path).record, language="en")).page
    for ask, told in (("aton deton", "Aton \N{EN DASH} Deton: "), ("nowhere", "")):
        page.locator("#journeyask").fill(ask)
        found = str(page.locator("#journeyfound").inner_text())
        assert found.startswith(told)
        assert found
