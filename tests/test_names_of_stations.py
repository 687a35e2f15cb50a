"""A page in Ukrainian names stations that are no hubs, from the folder of the run alone."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

import netmodel as nm
from netmodel.report.page.render import render_page
from netmodel.report.run_folder import refresh_reports, write_run
from netmodel.runs.named_stations import list_stations
from netmodel.runs.record import RunRecord, read_record
from netmodel.words.wording import place_names
from tests.report_records import data_of, shipped_record
from tests.small_scenario import write_incident, write_scenario

HUBS = """id,name,lon,lat,aliases
a,Aaa,30,50,Альфа
b,Bbb,31,50,Бета;Beta
c,Ccc,32,50,Вета
"""
STATIONS = """name,link,km,aliases
Zhovte,ab,20,Жёлтое;Жовте;Zheltoe
Step,bc,20,Степ
Lis,bc,30,Ліс
Plain,bc,40,
Far,ab,50,Далеке
"""
SERVICES = """id,number,kind,stops,days
t1,1,suburban,Zhovte;Beta;Step;Plain,daily
"""
PLACES = ("{station: Step}", "{hub: Lis}", "{between: [Bbb, Step]}")


def write_small(folder: Path, place: str = PLACES[0], stations: str = STATIONS) -> Path:
    """Write a scenario with a train between stations, and an incident at one."""
    incident = write_incident(end="2023-05-19T22:00Z").replace('{links: ["bc"]}', place)
    path = write_scenario(folder, incident, hubs=HUBS)
    (folder / "net/stations.csv").write_text(stations, encoding="utf-8")
    (folder / "net/services.csv").write_text(SERVICES, encoding="utf-8")
    return path


def trains_of(record: RunRecord, language: str = "uk") -> Mapping[str, list[str]]:
    """Return what the page tells of trains."""
    trains: Mapping[str, list[str]] = data_of(render_page(record, language=language))["runs"][0][
        "trains"
    ]
    return trains


def test_ends_and_stops_of_trains_have_their_names(tmp_path: Path) -> None:
    record = nm.run_scenario(write_small(tmp_path)).record
    trains = trains_of(record)
    assert trains["ends"] == ["Жовте – Plain"]
    told = " ".join(trains["texts"])
    assert "Степ" in told
    assert "Бета" in told
    assert "Plain" in told
    english = trains_of(record, "en")
    assert english["ends"] == ["Zhovte – Plain"]
    assert "Beta" in " ".join(english["texts"])


@pytest.mark.parametrize("place", PLACES)
def test_places_of_incidents_have_their_names(tmp_path: Path, place: str) -> None:
    page = render_page(nm.run_scenario(write_small(tmp_path, place)).record, language="uk")
    name = "Lis" if "Lis" in place else "Step"
    assert {"Lis": "Ліс", "Step": "Степ"}[name] in page
    assert f">{name}" not in page
    assert f"{name}<" not in page


def test_the_folder_is_enough_and_an_older_one_shows_what_it_has(tmp_path: Path) -> None:
    record = nm.run_scenario(write_small(tmp_path)).record
    folder = write_run(record, tmp_path / "run", language="uk")
    first = (folder / "report.html").read_text(encoding="utf-8")
    again = read_record(folder).stations
    assert again is not None
    pd.testing.assert_frame_equal(again, record.stations)
    refresh_reports(folder, language="uk")
    assert (folder / "report.html").read_text(encoding="utf-8") == first
    (folder / "stations.csv").unlink()
    old = read_record(folder)
    assert old.stations is None
    assert trains_of(old)["ends"] == ["Zhovte – Plain"]


def test_only_stations_that_the_run_names_are_kept(tmp_path: Path) -> None:
    record = nm.run_scenario(write_small(tmp_path)).record
    kept = pd.DataFrame({"aliases": ["Степ", "Жёлтое;Жовте;Zheltoe"]}, index=["Step", "Zhovte"])
    assert record.stations is not None
    pd.testing.assert_frame_equal(record.stations, kept.rename_axis("name"), check_dtype=False)


def test_a_run_that_names_no_station_has_no_table(tmp_path: Path) -> None:
    record = nm.run_scenario(write_scenario(tmp_path, write_incident(), hubs=HUBS)).record
    assert record.stations is None
    folder = write_run(record, tmp_path / "run")
    assert not (folder / "stations.csv").exists()


def test_of_several_stations_of_a_name_what_all_have_is_kept() -> None:
    stations = [
        nm.network.Station(name="Lis", link="ab", km=20, aliases=("Ліс", "Les")),
        nm.network.Station(name="Lis", link="bc", km=20, aliases=("Лис", "Les")),
    ]
    network = nm.network.Network(
        hubs=[
            nm.network.Hub(id=each, name=each, lon=30 + n, lat=50) for n, each in enumerate("abc")
        ],
        links=[
            nm.network.Link(id="ab", from_hub="a", to_hub="b", length_km=60),
            nm.network.Link(id="bc", from_hub="b", to_hub="c", length_km=60),
        ],
        stations=stations,
    )
    assert list_stations(network, ["Lis", "a"]) == {"Lis": ("Les",)}
    assert list_stations(network, ["Les"]) == {"Les": ("Les",)}


def test_a_hub_outranks_a_station_of_its_name(tmp_path: Path) -> None:
    stations = STATIONS + "Twin,ab,40,Beta;Двійник\n"
    record = nm.run_scenario(write_small(tmp_path, "{station: Twin}", stations)).record
    assert record.stations is not None
    assert "Twin" in record.stations.index
    assert place_names(record, "uk")["Beta"] == "Бета"


def test_the_page_of_february_names_every_station_in_ukrainian() -> None:
    trains = trains_of(shipped_record("ukraine-february-2026"))
    latin = [
        text
        for text in (*trains["ends"], *trains["texts"])
        if any("a" <= letter.lower() <= "z" for letter in text)
    ]
    assert latin == []
