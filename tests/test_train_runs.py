"""Trains in a scenario and in a run: chosen, checked, computed, written, read back."""

from __future__ import annotations

from dataclasses import replace

import pytest

import netmodel as nm
from netmodel.errors import InputError
from netmodel.impact.fate_rules import FateRules
from netmodel.impact.train_fates import assess_trains
from netmodel.runs.computation import Shared, compute_states
from netmodel.scenario.writing import scenario_texts, write_scenario
from netmodel.trains.train import Timetable, Train
from tests import small_scenario

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
    return nm.run("ukraine-february-2026")


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


def test_the_worst_day_is_that_of_the_most_trains_that_certainly_did_not_get_through(tmp_path):
    path = write_small(
        tmp_path,
        more="train_rules: {hold_first_minutes: 0}\n",
        incident=small_scenario.write_incident(start="2023-05-18T20:00Z", end="2023-05-20T20:00Z"),
    )
    found = compute_states(nm.read_scenario(path)).trains
    assert [(day.certainly_not, day.possibly_not) for day in found.days] == [(0, 2), (2, 2), (2, 2)]
    assert found.worst_day is found.days[1]
    quiet = nm.read_scenario(write_small(tmp_path / "quiet")).replace(incidents=())
    assert compute_states(quiet).trains.worst_day is None
