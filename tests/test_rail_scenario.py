"""Trains, demand, capacities and departures as a scenario states them, and their mistakes."""

import numpy as np
import pandas as pd
import pytest

from netmodel.errors import InputError
from netmodel.report.markdown import render_markdown
from netmodel.report.page.figures import view_capacity
from netmodel.report.page.render import render_page
from netmodel.runs.journeys import (
    capacity_in_state,
    decide_in_run,
    redundancy_of,
    wait_or_detour,
)
from netmodel.runs.record import read_record, write_record
from netmodel.runs.run import run_scenario
from netmodel.times import parse_instant
from netmodel.words.strings import Phrases

HUBS = """id,name,lon,lat,population
alfa,Alfa,30,48,1000
bravo,Bravo,31,48,2000
charlie,Charlie,31,49,3000
"""
LINKS = """id,from,to,length_km,minutes,line_class,tracks,electrified,gauge_mm,direction
ab,alfa,bravo,80,60,main,2,yes,1520,both
ac,alfa,charlie,120,200,main,2,yes,1520,both
cb,charlie,bravo,120,200,main,2,no,1520,both
"""
DOCUMENTS = """documents:
- {id: d, publisher: Test, title: T, published: 2023-05-18, url: "https://example.org/d",
   language: en, note: null}
"""
INCIDENTS = """incidents:
- id: slide
  title: Landslide
  kind: technical
  zone: Europe/Kyiv
  place: {between: [Alfa, Bravo]}
  effect: closed
  claims:
  - {document: d, speaker: A, party: operator, says: shut, about: start, basis: observed,
     at: "2023-05-18T06:00+00:00"}
  - {document: d, speaker: A, party: operator, says: open, about: first_traffic,
     basis: observed, at: "2023-05-18T09:00+00:00"}
"""
HEAD = """title: Test
network: rail
window: {start: 2023-05-18T00:00Z, end: 2023-05-19T00:00Z}
incidents: {files: [incidents.yaml], documents: [documents.yaml]}
standing_closures: none
"""
DEMAND = "demand: {hubs: [Alfa, Bravo, Charlie]}\n"


@pytest.fixture
def study(tmp_path):
    """Return a function that runs a scenario of these lines over a small network."""
    rail = tmp_path / "rail"
    rail.mkdir()
    (rail / "hubs.csv").write_text(HUBS, encoding="utf-8")
    (rail / "links.csv").write_text(LINKS, encoding="utf-8")
    (tmp_path / "documents.yaml").write_text(DOCUMENTS, encoding="utf-8")
    (tmp_path / "incidents.yaml").write_text(INCIDENTS, encoding="utf-8")

    def run(lines="", *, demand=DEMAND):
        path = tmp_path / "study.yaml"
        path.write_text(HEAD + demand + lines, encoding="utf-8")
        return run_scenario(path)

    run.folder = tmp_path
    return run


def mistakes(study, lines, *, demand=DEMAND):
    with pytest.raises(InputError) as caught:
        study(lines, demand=demand)
    return str(caught.value)


def test_delays_by_wait_or_detour_stand_in_the_tables(study):
    run = study()
    states = run.states
    # Three pairs; the one over the closed link waits three hours, for round takes 340 more.
    closed = states.index[states["start"] == "2023-05-18T06:00:00Z"][0]
    assert states.loc[closed, "wait_or_detour_delay_hours"] == pytest.approx(3 / 3)
    assert states.loc[closed, "never_arrives_share"] == 0
    assert states.loc[0, "wait_or_detour_delay_hours"] == 0
    pairs = run.pairs.set_index(["state", "from", "to"])
    assert pairs.loc[(closed, "alfa", "bravo"), "wait_minutes"] == 180
    assert pairs.loc[(closed, "alfa", "charlie"), "wait_minutes"] == 0
    assert pairs.loc[(closed, "alfa", "bravo"), "minutes"] == 400


def test_the_profile_over_departure_times(study):
    run = study("waiting: {every_hours: 3}\n")
    found = wait_or_detour(run)
    i, j = (found.hubs.index(hub) for hub in ("alfa", "bravo"))
    assert found.delay_minutes[:, i, j].tolist() == [0, 0, 180, 0, 0, 0, 0, 0]
    assert found.demand_hours(run.scenario.demand.trips, run.timeline.window.end) == 3 / 8


def test_a_forecast_is_decided_on_in_a_run(study):
    run = study()
    at = parse_instant("2023-05-18T06:00Z")
    found = decide_in_run(run, [at], [run.timeline.times])
    i, j = (found.hubs.index(hub) for hub in ("alfa", "bravo"))
    assert found.minutes[0, i, j] == 240
    assert found.price_minutes[0, i, j] == 0


def test_redundancy_of_named_pairs(study):
    pairs, rounds = redundancy_of(study(), [("Alfa", "Bravo"), ("alfa", "charlie")])
    assert [pair.disjoint_routes for pair in pairs] == [2, 2]
    assert [(each.incident, each.start, each.end) for each in rounds] == [
        ("slide", "alfa", "bravo")
    ]
    assert rounds[0].extra_minutes == 340
    assert rounds[0].via == ("charlie",)


def test_own_profiles_by_traffic(study):
    run = study(
        "traffic: [passenger, freight]\n"
        "routing:\n"
        "  profiles:\n"
        "    passenger: {like: intercity, reversal_minutes: forbidden}\n"
        "    freight: {gauge_change_minutes: 999, speed_kmh: {main: 33}}\n"
    )
    passenger, freight = (impact.assessor.profile for impact in run.impacts)
    assert passenger.reversal_minutes == np.inf
    assert passenger.name == passenger.traffic == "passenger"
    assert freight.gauge_change_minutes == 999
    assert freight.speed_kmh["main"] == 33
    assert freight.speed_kmh["branch"] == 25


def test_demand_of_its_own_for_freight(study):
    (study.folder / "freight.csv").write_text("from,to,trips\nBravo,Alfa,7\n", encoding="utf-8")
    run = study(
        "traffic: [passenger, freight]\n"
        "demand_by_traffic: {freight: {kind: table, file: freight.csv}}\n"
    )
    passenger, freight = (impact.assessor.demand for impact in run.impacts)
    assert passenger.trips.sum() == 3
    assert freight.hubs == ("bravo", "alfa")
    assert freight.trips.sum() == 7
    assert {"freight.csv"} <= {path.name for path in run.scenario.origin.files}
    assert (run.pairs["traffic"] == "freight").sum() == len(run.timeline.states)


def test_flows_under_capacity_stand_in_the_tables(study):
    run = study("capacity: {trains_per_day: 30, by_class: {main: 12}, by_link: {ac: 15}}\n")
    states = run.states
    closed = states.index[states["start"] == "2023-05-18T06:00:00Z"][0]
    # Ten trains a pair: with ab shut its ten need ac and cb, which have 5 and 2 to spare.
    assert states.loc[0, ["trains_served", "trains_unserved", "links_full"]].tolist() == [30, 0, 0]
    row = states.loc[closed]
    assert row["trains_served"] == pytest.approx(22)
    assert row["trains_rerouted"] == pytest.approx(2)
    assert row["trains_unserved"] == pytest.approx(8)
    flow = capacity_in_state(run, closed)
    assert run.network.links[int(flow.full[0])].id == "cb"
    assert flow.shadow_trains[flow.full].tolist() == [1.0]


def test_full_links_of_each_state_stand_in_a_table(study):
    run = study("capacity: {trains_per_day: 30, by_class: {main: 12}, by_link: {ac: 15}}\n")
    closed = run.states.index[run.states["start"] == "2023-05-18T06:00:00Z"][0]
    (row,) = run.record.capacity.to_dict("records")
    assert row == {
        "state": closed, "traffic": "passenger", "link": "cb", "capacity": 12, "trains": 12,
        "shadow_trains": 1, "shadow_minutes": 0,
    }  # fmt: skip
    assert run.states["links_full"].sum() == len(run.record.capacity)


def test_full_links_stand_on_the_page_and_in_the_text(study):
    run = study("capacity: {trains_per_day: 30, by_class: {main: 12}, by_link: {ac: 15}}\n")
    shown = view_capacity(run.record, Phrases("en"))[0].rows
    assert [row.figures for row in shown] == [("30", "0", "0"), ("22", "2", "8"), ("30", "0", "0")]
    assert shown[1].full == ("Charlie – Bravo (with room for one more train, 1 more would run)",)
    page, text = render_page(run.record, language="uk"), render_markdown(run.record)
    assert "якби пропускала на один поїзд більше, їхало б ще 1" in page
    assert "## Capacity" in text
    assert "| 22 | 2 | 8 | Charlie – Bravo" in text


def test_capacities_that_fill_nothing_leave_an_empty_table(study, tmp_path):
    record = study("capacity: {by_class: {main: 99}}\n").record
    assert record.capacity.empty
    folder = tmp_path / "out"
    folder.mkdir()
    write_record(record, folder)
    assert render_page(read_record(folder)) == render_page(record)


def test_without_capacities_there_is_no_flow(study):
    assert study().record.capacity is None
    assert 'id="capacity"' not in render_page(study().record)
    assert "## Capacity" not in render_markdown(study().record)


def test_without_capacities_a_question_for_a_flow_is_refused(study):
    run = study()
    assert not {"trains_served"} & set(run.states.columns)
    with pytest.raises(InputError, match="states no capacities"):
        capacity_in_state(run, 0)


def test_the_tables_read_back(study, tmp_path):
    run = study("capacity: {by_class: {main: 2}}\n")
    folder = tmp_path / "out"
    folder.mkdir()
    write_record(run.record, folder)
    again = read_record(folder)
    pd.testing.assert_frame_equal(again.states, run.states, check_dtype=False)
    assert again.pairs["wait_minutes"].tolist() == run.pairs["wait_minutes"].tolist()


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("capacity: {by_class: {main: -1}}", "greater than or equal to 0"),
        ("capacity: {by_class: {mane: 1}}", "mane"),
        ("capacity: {by_link: {abc: 1}}", "unknown link 'abc'"),
        ("capacity: {diesels: -2}", "diesels"),
        ("waiting: {every_hours: 0}", "every_hours"),
        ("routing: {profiles: {passengers: {}}}", "passenger"),
    ],
)
def test_mistakes_are_shown_where_they_stand(study, lines, message):
    text = mistakes(study, lines + "\n")
    assert "study.yaml:7:" in text
    assert message in text


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        ("gauges_mm: [1435]", "forbids every link"),
        ("gauges_mm: []", "forbids every gauge"),
        ("forbidden_classes: [main]", "forbids every link"),
        ("forbidden_classes: [main, secondary, branch, connector]", "forbids every class"),
        ("speed_kmh: {main: 0}", "greater than 0"),
        ("reversal_minutes: -1", "greater than or equal to 0"),
    ],
)
def test_a_profile_that_forbids_everything_or_cannot_be(study, profile, message):
    text = mistakes(study, f"routing: {{profiles: {{passenger: {{{profile}}}}}}}\n")
    assert "study.yaml:7:" in text
    assert message in text


def test_demand_for_an_unknown_hub_of_one_traffic(study):
    text = mistakes(
        study,
        "traffic: [passenger, freight]\ndemand_by_traffic: {freight: {hubs: [Alfa, Bravoo]}}\n",
    )
    assert "study.yaml:8:" in text
    assert "unknown hub 'Bravoo'" in text
    assert "did you mean 'Bravo'" in text


def test_a_deterrence_that_overflows_is_refused(study):
    demand = "demand: {kind: gravity, hubs: [Alfa, Bravo, Charlie], exponent: 9000}\n"
    assert "overflow" in mistakes(study, "", demand=demand)
