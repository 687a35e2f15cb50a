"""Trains in a scenario and in a run: chosen, checked, computed, written, read back."""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

import netmodel as nm
from netmodel.errors import InputError
from netmodel.impact.fate_rules import FateRules
from netmodel.impact.train_fates import assess_trains
from netmodel.report.page.headline import write_headline, write_trains
from netmodel.report.page.render import render_page
from netmodel.report.page.train_section import encode_trains
from netmodel.runs.columns import FATE_COLUMNS
from netmodel.runs.computation import Shared, compute_states
from netmodel.runs.moment import default_metric, has_touched_trains
from netmodel.runs.outcomes import find_buses_onward
from netmodel.runs.record import read_record, write_record
from netmodel.scenario.writing import scenario_texts, write_scenario
from netmodel.trains.train import Timetable, Train
from netmodel.words.strings import Phrases
from tests import gtfs_feeds, small_scenario
from tests.own_network import HUBS, INCIDENTS, LINKS, command, write_own
from tests.report_records import shipped_run

TABLE = """id,number,kind,stops,days,document
t1,1,long_distance,a;b;c,daily,
t2,2,regional,a;b,daily,d1
t3,3,suburban,b;c,daily,
"""


def write_small(folder, *, more: str = "", table: str = TABLE, incident: str = ""):
    """Write the small scenario with a table of trains in the folder of its network."""
    path = small_scenario.write_scenario(
        folder, incident or small_scenario.write_incident(), more=more
    )
    (folder / "net/services.csv").write_text(table, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def february():
    return shipped_run("ukraine-february-2026")


def test_trains_lie_in_the_folder_of_the_network(tmp_path):
    scenario = nm.read_scenario(write_small(tmp_path))
    assert [each.number for each in scenario.timetable.trains] == ["1", "2", "3"]
    assert scenario.train_rules == FateRules()
    assert tmp_path / "net/services.csv" in scenario.origin.files
    assert scenario.replace(trains="none").timetable is None
    assert list(scenario.train_documents) == ["d1"]


def test_other_networks_have_no_trains_unless_named(tmp_path):
    path = small_scenario.write_scenario(tmp_path, small_scenario.write_incident())
    assert nm.read_scenario(path).timetable is None
    assert compute_states(nm.read_scenario(path)).trains is None
    (tmp_path / "mine.csv").write_text(TABLE, encoding="utf-8")
    path.write_text(path.read_text() + "trains: mine.csv\n", encoding="utf-8")
    assert len(nm.read_scenario(path).timetable.trains) == 3


def test_a_shipped_scenario_has_the_built_in_trains_and_names_them():
    scenario = nm.read_scenario("crimea-may-2023")
    assert scenario.timetable == nm.trains.built_in_timetable()
    assert {"services.csv", "service-documents.yaml"} <= {
        each.name for each in scenario.origin.files
    }
    texts = scenario_texts(scenario)
    assert list(texts) == ["scenario.yaml"]
    assert "trains: built-in" in texts["scenario.yaml"]


def test_another_network_has_other_trains_by_default(tmp_path):
    small = nm.read_network(write_small(tmp_path).parent / "net")
    scenario = nm.Scenario(network=small, window=("2023-05-18", "2023-05-20"), zone="UTC",
                           demand=["a", "c"])  # fmt: skip
    assert scenario.timetable is None
    paper = nm.Document(id="d1", publisher="P")
    named = scenario.replace(network=tmp_path / "net", documents=paper)
    assert len(named.timetable.trains) == 3
    later = named.replace(network=nm.built_in_network(), demand=["kyiv", "lviv"])
    assert later.timetable == nm.trains.built_in_timetable()


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (TABLE.replace("a;b;c", "a;bb;c"), ["services.csv:2", "'bb'"]),
        (TABLE.replace("d1", "d7"), ["services.csv:3", "unknown document 'd7'"]),
        (TABLE.replace("daily,\n", "dayly,\n"), ["services.csv:2", "services.csv:4", "dayly"]),
        ("number,kind\n", ["services.csv:1", "stops"]),
    ],
)  # fmt: skip
def test_mistakes_of_trains_are_told_at_their_line(tmp_path, table, told):
    with pytest.raises(InputError) as caught:
        nm.read_scenario(write_small(tmp_path, table=table))
    assert all(each in str(caught.value) for each in told)


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("trains", "nowhere.csv", "nowhere.csv"),
        ("trains", 7, "int"),
        ("train_rules", {"hold_first_minutes": 1000}, "hold_at_most_minutes"),
        ("train_rules", {"hold_frst_minutes": 10}, "hold_first_minutes"),
        ("train_rules", {"kinds_held": ["suburbn"]}, "'suburban'"),
        ("train_rules", {"hold_first_minutes": -1}, "hold_first_minutes"),
        ("train_rules", 7, "int"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path, key, value, told):
    path = write_small(tmp_path)
    with pytest.raises(InputError) as caught:
        nm.read_scenario(path).replace(**{key: value})
    assert told in str(caught.value)
    assert key in str(caught.value)


def test_a_rule_that_contradicts_itself_is_told_at_its_line(tmp_path):
    path = write_small(tmp_path, more="train_rules:\n  hold_at_most_minutes: 10\n")
    with pytest.raises(InputError) as caught:
        nm.read_scenario(path)
    assert "small.yaml:6" in str(caught.value) or "small.yaml:7" in str(caught.value)
    assert "hold_first_minutes" in str(caught.value)


def test_a_scenario_with_trains_is_written_and_read_back(tmp_path):
    scenario = nm.read_scenario(write_small(tmp_path)).replace(
        train_rules={"hold_first_minutes": 5, "turn_over_population": None}
    )
    again = nm.read_scenario(write_scenario(scenario, tmp_path / "again"))
    assert again.timetable == scenario.timetable
    assert again.train_rules == scenario.train_rules
    assert again.train_rules.turn_over_population is None
    assert again.train_documents == scenario.train_documents
    bare = nm.read_scenario(write_scenario(scenario.replace(trains="none"), tmp_path / "bare"))
    assert bare.timetable is None


def test_fates_of_a_run_are_those_of_the_function_alone(february):
    found, run = february.trains, february
    background = {each.incident.id for each in run.background}
    base = [
        run.timeline.outages[number]
        for number in sorted(run.timeline.states[0].active)
        if run.timeline.outages[number].incident in background
    ]
    closed = {each.link for each in base if each.effect == "closed"}
    courses = nm.trains.find_courses(found.relevant.timetable, run.network, closed=closed)
    alone = assess_trains(courses, run.timeline, base_outages=base)
    assert list(alone.rows()) == list(found.fates.rows())
    assert alone.without == found.without_course


def test_courses_are_found_once_for_runs_that_share_them(tmp_path):
    scenario, shared = nm.read_scenario(write_small(tmp_path)), Shared()
    runs = [
        compute_states(scenario.replace(time_rule=rule), shared=shared)
        for rule in ("earliest", "latest")
    ]
    assert len(shared.courses) == 1
    assert runs[0].trains.courses is runs[1].trains.courses
    other = compute_states(scenario.replace(trains=Timetable(trains=scenario.timetable.trains[:1])),
                           shared=shared)  # fmt: skip
    assert len(other.trains.courses.courses) == 1


def test_freight_alone_has_no_trains(tmp_path):
    scenario = nm.read_scenario(write_small(tmp_path))
    assert compute_states(scenario.replace(traffic=["freight"])).trains is None


def test_trains_of_another_time_did_not_run(tmp_path):
    gone = Train(id="x", number="9", kind="regional", stops=("a", "c"), to_date=None)
    past = replace(gone, to_date=nm.times.parse_instant("2020-01-01T00:00Z").date())
    scenario = nm.read_scenario(write_small(tmp_path))
    assert compute_states(scenario.replace(trains=Timetable(trains=(past,)))).trains is None


def test_the_worst_day_is_that_of_the_most_trains_that_certainly_could_not_get_through(tmp_path):
    path = write_small(
        tmp_path,
        more="train_rules: {hold_first_minutes: 0}\n",
        incident=small_scenario.write_incident(start="2023-05-19T20:00Z", end="2023-05-20T20:00Z"),
    )
    found = compute_states(nm.read_scenario(path)).trains
    assert [(day.certainly_not, day.possibly_not) for day in found.days] == [(0, 0), (2, 2), (2, 2)]
    assert found.worst_day is found.days[1]
    [figure] = (
        each for each in nm.run(path).summary.figures if each.name == "trains_not_through_at_worst"
    )
    assert (figure.value, figure.guaranteed, figure.possible) == (2, 2, 2)
    quiet = nm.read_scenario(write_small(tmp_path / "quiet")).replace(incidents=())
    assert compute_states(quiet).trains.worst_day is None


# The record.


def test_each_train_to_zaporizhzhia_has_its_row_with_documents(february):
    fates, services = february.train_fates, february.train_services
    for number in ("37", "38", "85", "86"):
        mine = services.index[services["number"] == number]
        rows = fates[fates["train"].isin(mine)]
        assert (rows["fate"] == "detoured").any(), number
        assert rows["documents"].str.contains("delo-2026-01-30").any(), number
        assert rows["incidents"].str.contains("2026-01-30-dnipro-zaporizhzhia").any(), number


def test_claims_that_name_a_train_stand_beside_it(february):
    reported = february.train_services["reported"]
    assert "2026-01-27-odesa-ice#" in reported.loc["106-2021"]
    assert reported.loc["38-2025"] == ""  # the claim is of 38 Odesa–Uzhhorod
    for cell in reported[reported != ""]:
        for incident, _, number in (each.rpartition("#") for each in cell.split(";")):
            [found] = [e for e in february.evidence.studied if e.id == incident]
            assert found.claims[int(number)].about in ("delay", "detour")


def test_tables_summary_and_states_agree(february):
    trains, states, days = february.summary.trains, february.states, february.train_days
    fates = [f"trains_{name}" for name in FATE_COLUMNS.values()]
    assert np.allclose(states[fates].sum(axis=1), states["trains"], atol=1e-3)
    assert (states["trains_certainly_not"] <= states["trains_possibly_not"]).all()
    for low, high in (("_guaranteed", ""), ("", "_possible")):
        share = states[f"trains_through_share{low}"] - states[f"trains_through_share{high}"]
        assert (share <= 1e-9).all()
    worst = days.loc[str(trains.worst_day.day)]
    assert worst["certainly_not"] == days["certainly_not"].max() == trains.worst_day.certainly_not
    assert days[list(FATE_COLUMNS.values())].sum(axis=1).eq(days["trains"]).all()
    rows = february.train_fates.groupby("state").size()
    assert rows.index.isin(states.index).all()


TRAIN = st.builds(
    lambda stops, kind, days: {"stops": ";".join(stops), "kind": kind, "days": days},
    st.sampled_from(["ab", "bc", "abc", "cba", "ca"]),
    st.sampled_from(["long_distance", "regional", "suburban"]),
    st.sampled_from(["daily", "odd", "even", ""]),
)


@settings(max_examples=12, deadline=None)
@given(
    trains=st.lists(TRAIN, min_size=1, max_size=5),
    start=st.integers(0, 40),
    hours=st.integers(1, 40),
    effect=st.sampled_from(["closed", "slowed", "diesel_only"]),
)
def test_a_record_with_trains_reads_back_equal(trains, start, hours, effect):
    with tempfile.TemporaryDirectory() as room:
        table = "id,number,kind,stops,days\n" + "".join(
            f"t{n},{n},{each['kind']},{each['stops']},{each['days']}\n"
            for n, each in enumerate(trains)
        )
        begin = datetime(2023, 5, 18, tzinfo=UTC) + timedelta(hours=start)
        incident = small_scenario.write_incident(
            effect=effect,
            start=f"{begin:%Y-%m-%dT%H:%MZ}",
            end=f"{begin + timedelta(hours=hours):%Y-%m-%dT%H:%MZ}",
        )
        run = nm.run(write_small(Path(room), table=table, incident=incident))
        folder = Path(room) / "run"
        folder.mkdir()
        write_record(run.record, folder)
        again = read_record(folder)
        assert replace(again, provenance=run.provenance) == run.record
        told = {(each.state, each.train): each for each in run.trains.fates.rows()}
        for row in again.trains.itertuples():
            fate = told[row.state, row.train]
            assert (row.fate, row.gets_through) == (fate.fate.fate, fate.gets_through)


def test_a_folder_without_trains_still_reads(tmp_path):
    run = nm.run(write_small(tmp_path))
    folder = tmp_path / "old"
    folder.mkdir()
    write_record(run.record, folder)
    for name in ("trains.csv", "services.csv", "train_days.csv"):
        (folder / name).unlink()
    summary = json.loads((folder / "summary.json").read_text())
    del summary["trains"]
    (folder / "summary.json").write_text(json.dumps(summary))
    states = pd.read_csv(folder / "states.csv")
    kept = [each for each in states if not each.startswith("trains")]
    states[kept].to_csv(folder / "states.csv", index=False)
    record = read_record(folder)
    assert record.trains is None
    assert record.summary.trains is None
    assert write_headline(record, Phrases("en"))
    assert 'id="traintable"' not in render_page(record)


def test_a_damaged_table_of_trains_is_told(tmp_path):
    run = nm.run(write_small(tmp_path, more="train_rules: {hold_first_minutes: 0}\n"))
    folder = tmp_path / "bad"
    folder.mkdir()
    write_record(run.record, folder)
    for name, old, new in (("trains", ",t1,", ",t9,"), ("train_days", "2023-05-18,", "soon,")):
        path = folder / f"{name}.csv"
        path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        read_record(folder)
    assert "unknown train 't9'" in str(caught.value)
    assert "'soon'" in str(caught.value)


def test_columns_of_trains_carry_the_name_of_passengers_where_freight_is_first(tmp_path):
    run = nm.run(write_small(tmp_path), traffic=["freight", "passenger"])
    assert "passenger_trains_through_share" in run.states
    assert "trains_through_share" not in run.states


# What is shown.


@pytest.mark.parametrize("language", ["en", "uk"])
def test_the_headline_begins_with_the_trains_of_the_worst_day(february, language):
    worst = february.summary.trains.worst_day
    first = write_trains(february.record, Phrases(language))[0]
    assert {str(worst.trains), str(worst.certainly_not)} <= set(re.findall(r"\d+", first))
    assert str(worst.day.day) in first


def test_a_headline_tells_where_no_known_train_ran():
    every = nm.trains.built_in_timetable()
    far = replace(every, trains=tuple(each for each in every.trains if "Lviv" in each.stops))
    record = nm.run("crimea-may-2023", trains=far).record
    told = write_trains(record, Phrases("en"))
    fewest, most = record.train_days["trains"].agg(["min", "max"])
    assert f"between {fewest} and {most} trains a day" in " ".join(told)
    assert default_metric(record, "passenger") == "connected_share"


def test_the_curve_of_a_run_with_trains_is_of_trains(february):
    ax = nm.plot.curve(february, Figure().subplots())
    drawn = ax.lines[0].get_ydata()
    assert min(drawn) == pytest.approx(february.states["trains_through_share"].min())
    assert len(set(drawn)) > 3


def test_the_page_has_a_row_for_each_span_of_a_train(february):
    papers = {name: number for number, name in enumerate(february.evidence.documents, 1)}
    incidents = {each.id: number for number, each in enumerate(february.evidence.incidents)}
    found = encode_trains(february.record, Phrases("en"), incidents=incidents, papers=papers)
    rows = np.array(found["rows"]).reshape(-1, 10)
    assert (rows[:, 2] - rows[:, 1]).sum() == len(february.train_fates)
    assert set(rows[:, 0]) == set(range(len(found["number"])))
    counts, states = found["counts"], february.states
    assert counts["all"] == pytest.approx(states["trains"], abs=0.01)
    cut = np.add(counts["cut_short"], counts["by_bus"])
    assert cut == pytest.approx(states["trains_cut_short"], abs=0.02)
    assert {len(each) for each in counts.values()} == {len(states)}
    shown = february.train_services.loc[found["id"], "reported"]
    told = {found["id"][each[0]] for each in found["reported"]}
    assert told == set(shown.index[shown != ""])
    assert told


def test_a_reported_decision_stands_beside_the_fate_of_the_model(february):
    table = february.record.trains
    numbers = february.record.services["number"]
    told = table[table["reported_fate"] == "cut short"].assign(
        number=lambda each: numbers.loc[each["train"]].to_numpy()
    )
    for number in ("37", "38", "85", "86"):
        mine = told[told["number"] == number]
        assert "detoured" in set(mine["fate"])
        assert "delo-2026-01-30" in set(mine["reported_in"])
        days = {february.states.loc[each, "start"].date().isoformat() for each in mine["state"]}
        assert days <= {"2026-01-29", "2026-01-30", "2026-02-17", "2026-02-18"}
    cited = {each for cell in table["reported_in"] for each in cell.split(";") if each}
    assert cited <= set(february.evidence.documents)
    assert set(february.train_fates["fate"]) > set(told["fate"])


def test_the_page_tells_what_is_reported_of_a_train_on_its_day(february):
    papers = {name: number for number, name in enumerate(february.evidence.documents, 1)}
    incidents = {each.id: number for number, each in enumerate(february.evidence.incidents)}
    found = encode_trains(february.record, Phrases("en"), incidents=incidents, papers=papers)
    told = [(found["number"][each[0]], *each[1:]) for each in found["decided"]]
    assert any(
        number == "85"
        and first < end
        and "cut short" in words
        and papers["delo-2026-01-30"] in cited
        for number, first, end, words, cited in told
    )
    shown = sum(end - first for _, first, end, _, _ in told)
    assert shown == (february.record.trains["reported_fate"] != "").sum()


def test_without_reports_nothing_is_told_of_any_train(tmp_path):
    record = nm.run(write_small(tmp_path)).record
    assert set(record.trains["reported_fate"]) == {""}
    assert record.trains["reported_minutes"].isna().all()


def test_a_report_alone_makes_no_run_one_of_trains(tmp_path):
    record = nm.run(write_small(tmp_path)).record
    assert has_touched_trains(record)
    usual = record.trains.assign(fate="as timetabled", gets_through="yes", reported_fate="late")
    assert not has_touched_trains(replace(record, trains=usual))


def test_a_run_written_before_reports_were_in_it_is_still_read(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    write_record(nm.run(write_small(tmp_path)).record, folder)
    table = pd.read_csv(folder / "trains.csv", dtype=str, keep_default_na=False)
    old = [name for name in table.columns if not name.startswith("reported_")]
    table[old].to_csv(folder / "trains.csv", index=False)
    record = read_record(folder)
    assert encode_trains(record, Phrases("en"), incidents={}, papers={})["decided"] == []


def test_a_report_published_after_the_day_of_knowledge_is_not_told():
    early = nm.run("ukraine-february-2026", as_of="2026-01-30T00:00+02:00").record
    assert not early.trains["reported_in"].str.contains("delo-2026-01-30").any()


def test_a_bus_runs_on_where_it_serves_a_stop_that_the_train_misses(february):
    """Found anew from the table: trains cut at Lozova before Kramatorsk, buses between them."""
    incidents = {each.id: number for number, each in enumerate(february.evidence.incidents)}
    found = encode_trains(february.record, Phrases("en"), incidents=incidents, papers={})
    rows = np.array(found["rows"]).reshape(-1, 10)
    table = february.train_fates.reset_index()
    outages = february.record.outages
    held = outages[outages["incident"] == "2026-01-28-lozova-kramatorsk"]
    first, last = held["chosen_first"].min(), held["chosen_last"].max()
    mine = table[(table["turned_at"] == "Lozova") & (table["fate"] == "cut short")
                 & table["stops_missed"].str.contains("Kramatorsk")
                 & table["state"].between(first, last)]  # fmt: skip
    assert len(mine) > 10
    place = {train: number for number, train in enumerate(found["id"])}
    for row in mine.itertuples():
        span = rows[(rows[:, 0] == place[row.train]) & (rows[:, 1] <= row.state)
                    & (row.state < rows[:, 2])]  # fmt: skip
        assert span[0, 9] == 1
    assert not rows[rows[:, 3] != list(FATE_COLUMNS).index("cut short"), 9].any()
    assert set(rows[:, 9]) == {0, 1}


def test_trains_that_fare_differently_are_compared(tmp_path):
    path = write_small(tmp_path)
    held = nm.run(path)
    cut = nm.run(path, train_rules={"hold_first_minutes": 0, "hold_at_most_minutes": 0})
    found = nm.compare(held, cut).trains.set_index("train")
    assert list(found.index) == ["t1", "t3"]
    assert set(found["worst_fate"]) == {"held"}
    assert found.loc["t1", "other_worst_fate"] == "cut short"
    assert nm.compare(held, held).trains.empty
    assert len(nm.compare(held, nm.run(path, trains="none")).trains) == 3


def test_a_sweep_tells_of_trains(tmp_path):
    table = nm.sweep(write_small(tmp_path), train_rules=[
        {"hold_first_minutes": 0}, {"hold_first_minutes": 0, "hold_at_most_minutes": 0},
    ])  # fmt: skip
    late = table[table["figure"] == "train_hours_late"]["value"].tolist()
    assert late[0] > late[1] == 0


def test_a_feed_runs_with_its_trains_in_two_commands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    trips = {"1": gtfs_feeds.run("a b c d", 360, 14), "2": gtfs_feeds.run("d c b a", 420, 14)}
    gtfs_feeds.write_feed(tmp_path / "feed.zip", trips)
    (tmp_path / "docs.yaml").write_text(
        'documents: [{id: d1, publisher: P, title: T, published: "2024-05-16"}]\n'
    )
    incident = small_scenario.write_incident(
        link="beton--ceton", start="2024-05-16T05:00Z", end="2024-05-18T20:00Z"
    )
    (tmp_path / "inc.yaml").write_text(f"incidents:\n{incident}")
    (tmp_path / "works.yaml").write_text(
        "title: Works\nnetwork: net\n"
        "window: {start: 2024-05-15, end: 2024-05-19, zone: Europe/Berlin}\n"
        "incidents: {files: [inc.yaml], documents: [docs.yaml]}\ndemand: {hubs: [Aton, Deton]}\n"
    )
    for line in ("network import feed.zip --out net", "run works.yaml --out runs/works"):
        said = command(*line.split())
        assert said.code == 0, said.err
    record = read_record(tmp_path / "runs/works")
    assert sorted(record.trains["train"].unique()) == ["1", "2"]
    assert set(record.trains["fate"]) == {"split"}
    assert record.train_days["certainly_not"].max() == 2
    assert 'id="traintable"' in (tmp_path / "runs/works/report.html").read_text(encoding="utf-8")
    assert (tmp_path / "runs/works/inputs/services.csv").is_file()
    again = command("run", "runs/works/inputs/scenario.yaml", "--out", "runs/again")
    assert again.code == 0
    same = [(tmp_path / name / "trains.csv").read_bytes() for name in ("runs/works", "runs/again")]
    assert same[0] == same[1]


def test_the_command_shows_a_train_of_a_run(tmp_path, february):
    folder = tmp_path / "run"
    folder.mkdir()
    write_record(february.record, folder)
    shown = command("trains", "show", str(folder), "--number", "38")
    assert shown.code == 0
    assert {"detoured", "38-2025", "2026-01-30-dnipro-zaporizhzhia"} <= set(
        re.split(r"[\s|]+", shown.out)
    )
    unknown = command("trains", "show", str(folder), "--number", "9999999")
    assert unknown.code == 2
    days = json.loads(command("show", str(folder), "--view", "days", "--json").out)
    assert days[0]["day"] == str(february.train_days.index[0].date())


@pytest.mark.parametrize(
    ("twin", "stops"),
    [("Deton", "Aton;Beton;Ceton"), ("Deton", "aton;beton;ceton"), ("Ceton", "aton;beton;ceton")],
)
def test_a_bus_onward_is_seen_where_two_stations_share_a_name(tmp_path, twin, stops):
    path = write_own(
        tmp_path,
        hubs=HUBS.replace("deton,Deton", f"deton,{twin}"),
        links="".join(line for line in LINKS.splitlines(True) if not line.startswith("dc,")),
        incidents=INCIDENTS.replace("[Beton, Ceton]", "[beton, ceton]")
        + "  replacement:\n  - {from: beton, to: ceton, document: d1}\n",
    )
    table = f"number,kind,stops,days\n1,regional,{stops},daily\n"
    (tmp_path / "net/services.csv").write_text(table, encoding="utf-8")
    run = nm.run(path)
    cut = run.train_fates[run.train_fates["fate"] == "cut short"]
    assert set(find_buses_onward(cut, run.record)) == {True}
