"""A scenario made in Python: a run without a file, that comes back from its own folder."""

import copy
import pickle
from dataclasses import replace
from datetime import UTC, date, datetime

import pandas as pd
import pytest

import netmodel as nm
from netmodel.evidence.incident import Claim, Document, Incident
from netmodel.evidence.places import SectionPlace
from netmodel.impact.demand import Demand
from netmodel.runs.record import read_record
from tests.conftest import make_network
from tests.own_network import write_own

WORKS = Incident(
    id="works",
    title="Works at b",
    kind="other",
    zone="UTC",
    places=(SectionPlace(between=("B", "C")),),
    effect="closed",
    claims=(
        Claim(
            document="notice", speaker="The operator", says="closed", about="start",
            at=nm.times.parse_time("2023-05-18T06:00Z"),
        ),
        Claim(
            document="notice", speaker="The operator", says="open", about="first_traffic",
            at=nm.times.parse_time("2023-05-19", zone="UTC"),
        ),
    ),
)  # fmt: skip
NOTICE = Document(
    id="notice", publisher="The operator", published=nm.times.parse_time("2023-05-17T12:00Z")
)
WINDOW = ("2023-05-18", "2023-05-20")
LINE = make_network([("a", "b", 60), ("b", "c", 60), ("c", "d", 60)])


def make(**changes: object) -> nm.Scenario:
    """Return a scenario on a line of four hubs."""
    given = {
        "network": LINE, "incidents": WORKS, "documents": NOTICE, "window": WINDOW, "zone": "UTC",
        "demand": ["A", "C", "D"],
    }  # fmt: skip
    return nm.Scenario(**{**given, **changes})


def problems_of(**changes: object) -> dict[str, str]:
    """Return what is said of each argument of a faulty scenario."""
    with pytest.raises(nm.errors.InputError) as refused:
        make(**changes)
    return {each.where: f"{each.what}; {each.remedy}" for each in refused.value.problems}


def test_the_names_of_the_scenario_lead_to_a_run():
    run = nm.run(make())
    assert run.scenario.title == "Works at b"
    assert run.states["connected_share"].min() == pytest.approx(1 / 3)
    assert "1 incidents" in repr(run.scenario)


def test_hubs_go_by_any_name_and_ways_of_saying_a_demand_agree():
    by_name = make(demand=["A", "C", "D"]).demand
    assert by_name == make(demand={"hubs": ["a", "c", "d"]}).demand
    table = pd.DataFrame({"from": ["A", "a", "c"], "to": ["C", "D", "D"], "trips": [1, 1.0, 1]})
    assert by_name == make(demand=table).demand
    assert make(demand=by_name).demand is by_name


@pytest.mark.parametrize(
    "window",
    [
        ("2023-05-18", "2023-05-20"),
        (date(2023, 5, 18), date(2023, 5, 20)),
        (datetime(2023, 5, 18, tzinfo=UTC), datetime(2023, 5, 20)),
        (pd.Timestamp("2023-05-18"), pd.Timestamp("2023-05-20T00:00Z")),
        {"start": "2023-05-18", "end": "2023-05-20"},
        ("2023-05-18T00:00", "2023-05-20T03:00+03:00"),
    ],
)
def test_a_window_is_said_in_many_ways(window):
    assert make(window=window).window == make().window


def test_incidents_are_one_or_many():
    catalogue = nm.evidence.Catalogue(documents={"notice": NOTICE}, incidents={"works": WORKS})
    again = replace(WORKS, id="again")
    for given, ids in (
        (WORKS, ["works"]),
        ([WORKS, again], ["works", "again"]),
        (catalogue, ["works"]),
        ([catalogue, again], ["works", "again"]),
        ((), []),
    ):
        assert [each.id for each in make(incidents=given).incidents] == ids


def test_of_a_catalogue_what_touches_the_window_is_studied():
    late = replace(WORKS, id="late", claims=tuple(
        replace(each, at=nm.times.parse_time("2024-01-01", zone="UTC")) for each in WORKS.claims
    ))  # fmt: skip
    both = nm.evidence.Catalogue(
        documents={"notice": NOTICE}, incidents={"works": WORKS, "late": late}
    )
    assert [each.id for each in make(incidents=both).incidents] == ["works"]
    moved = make(incidents=both).replace(window=("2023-12-31", "2024-02-01"))
    assert [each.id for each in moved.incidents] == ["late"]


def test_standing_closures_are_those_of_the_built_in_network_alone():
    assert not make().background
    built_in = nm.Scenario(window=WINDOW, zone="UTC", demand=["Kyiv", "Lviv"])
    assert built_in.background
    assert not built_in.replace(standing_closures="none").background
    assert not built_in.replace(network=LINE, demand=["A", "B"]).background


BAD = {
    "network of a wrong type": ({"network": 5}, "network"),
    "network that is not there": ({"network": "nowhere"}, "network"),
    "network without links": ({"network": replace(LINE, links=())}, "network"),
    "incidents as a text": ({"incidents": "works.yaml"}, "incidents"),
    "incidents of a wrong type": ({"incidents": [WORKS, 3]}, "incidents: item 2"),
    "incident at no place": (
        {"incidents": replace(WORKS, places=(SectionPlace(between=("B", "Cc")),))},
        "incidents, incident works",
    ),
    "two incidents of one id": (
        {"incidents": [WORKS, replace(WORKS, title="Other")]}, "incidents",
    ),
    "claims without a document": ({"documents": ()}, "incidents"),
    "documents of a wrong type": ({"documents": ["notice"]}, "documents: item 1"),
    "a built-in id for a document": (
        {"documents": [NOTICE, next(replace(each, publisher="Me") for each in
                                    nm.built_in_catalogue().documents.values())]}, "documents",
    ),
    "an unknown closure": ({"standing_closures": ["nothing"]}, "standing_closures: item 1"),
    "closures misspelt": ({"standing_closures": "al"}, "standing_closures"),
    "a window that is empty": ({"window": ("2023-05-20", "2023-05-18")}, "window"),
    "a window of one": ({"window": "2023-05-18"}, "window"),
    "a window without a zone": ({"zone": None}, "window"),
    "a time without a zone": (
        {"zone": None, "window": ("2023-05-18T06:00", "2023-05-20T00:00Z")}, "window",
    ),
    "a number for a window": ({"window": (1, 2)}, "window"),
    "an unknown zone": ({"zone": "Europe/Kiyv"}, "zone"),
    "a zone of a wrong type": ({"zone": 3}, "zone"),
    "an unknown hub": ({"demand": ["A", "Cc", "D"]}, "demand: hubs, item 2"),
    "one hub": ({"demand": ["A"]}, "demand"),
    "a number among hubs": ({"demand": ["A", 5, "C"]}, "demand: hubs, item 2"),
    "demand of a wrong type": ({"demand": 7}, "demand"),
    "demand misspelt": ({"demand": {"hub": ["A"]}}, "demand: hub"),
    "a table without trips": ({"demand": pd.DataFrame({"from": [], "to": []})}, "demand"),
    "trips that are none": (
        {"demand": pd.DataFrame({"from": ["A"], "to": ["B"], "trips": ["x"]})}, "demand, row 0",
    ),
    "a demand of elsewhere": (
        {"demand": Demand(hubs=("x", "a"), trips=[[0, 1], [0, 0]])}, "demand: hubs, item 1",
    ),
    "demand of an unknown traffic": (
        {"demand_by_traffic": {"fright": ["A", "B"]}}, "demand_by_traffic",
    ),
    "an unknown anchor": ({"anchors": ["Zz"]}, "anchors: item 1"),
    "anchors as a text": ({"anchors": "A"}, "anchors"),
    "an unknown traffic": ({"traffic": ["pasenger"]}, "traffic: item 1"),
    "no traffic": ({"traffic": []}, "traffic"),
    "an unknown profile": ({"profiles": {"passenger": "fast"}}, "profiles: passenger, like"),
    "profiles of a wrong type": ({"profiles": "fast"}, "profiles"),
    "an unknown advice": ({"advisory": "ignore"}, "advisory"),
    "an unknown link's capacity": ({"capacity": {"by_link": {"zz": 3}}}, "capacity: by_link"),
    "capacity of a wrong type": ({"capacity": 3}, "capacity"),
    "waiting of a wrong type": ({"waiting": {"every_hours": 0}}, "waiting: every_hours"),
    "an unknown replacement": ({"replacement": "all"}, "replacement"),
    "an unknown rule": ({"time_rule": "latets"}, "time_rule"),
    "a scale of 0": ({"repair_scale": 0}, "repair_scale"),
    "an unknown metric": ({"metrics": ["conected_share"]}, "metrics: item 1"),
    "an instant that is none": ({"as_of": "yesterday"}, "as_of"),
    "no samples": ({"ensemble": {"samples": 0, "seed": 1}}, "ensemble: samples"),
    "an unknown language": ({"language": "de"}, "language"),
    "a title that is no text": ({"title": 5}, "title"),
    "titles in an unknown language": ({"titles": {"de": "x"}}, "titles: de"),
    "a name that is none": ({"name": ""}, "name"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_mistake_is_told_by_the_name_of_the_argument(name):
    changes, where = BAD[name]
    assert where in problems_of(**changes)


def test_all_mistakes_are_told_at_once():
    found = problems_of(
        demand=["A", "Cc"], metrics=["conected_share"], window=("x", "y"), time_rule="latets"
    )
    assert {"demand: hubs, item 2", "metrics: item 1", "window", "time_rule"} <= set(found)
    assert "did you mean 'connected_share'" in found["metrics: item 1"]
    assert "did you mean 'latest'" in found["time_rule"]


@pytest.mark.parametrize("given", [5, None, ["crimea-may-2023"]])
def test_what_is_no_scenario_is_not_run(given):
    with pytest.raises(nm.errors.InputError, match="is no scenario"):
        nm.run(given)


def test_a_replaced_argument_is_checked_and_the_rest_kept():
    scenario = make(title="Mine")
    late = scenario.replace(time_rule="latest")
    assert (late.time_rule, late.title, scenario.time_rule) == ("latest", "Mine", "midpoint")
    assert late != scenario
    assert late.replace(time_rule="midpoint") == scenario
    with pytest.raises(nm.errors.InputError, match="did you mean 'time_rule'"):
        scenario.replace(time_rul="latest")
    with pytest.raises(nm.errors.InputError, match="unknown hub"):
        scenario.replace(network=make_network([("a", "b", 9)]))


def test_what_was_not_yet_public_comes_back_with_a_later_instant():
    early = make().replace(as_of="2023-05-16T00:00Z")
    assert early.selection.not_yet_reported == ("works",)
    assert early.replace(as_of=None).incidents == (WORKS,)


def test_scenarios_and_runs_pickle_and_copy():
    run = nm.run(make(ensemble={"samples": 20, "seed": 1}))
    assert run.record.states is run.states
    for again in (pickle.loads(pickle.dumps(run)), copy.deepcopy(run), copy.copy(run)):
        assert again == run
        assert again.scenario == run.scenario
    assert nm.run(run.scenario.replace(repair_scale=2)) != run
    assert run != "a run"


def test_an_assessor_that_was_pickled_sums_anew():
    run = nm.run(make(demand=["A", "B", "C", "D"]))
    again = pickle.loads(pickle.dumps(run))
    for one, other in zip(run.impacts, again.impacts, strict=True):
        assert one.assessor._sums
        assert not other.assessor._sums
        lengths = one.assessor.network.length_km
        for state, twin in zip(one.states, other.states, strict=True):
            expected = one.assessor.sum_along(state.travel, lengths)
            found = other.assessor.sum_along(twin.travel, lengths)
            pd.testing.assert_frame_equal(pd.DataFrame(found), pd.DataFrame(expected))


ROUND_TRIPS = {
    "own": lambda: make(
        demand_by_traffic={"freight": ["A", "D"]}, traffic=["passenger", "freight"]
    ),
    "table": lambda: make(
        demand=Demand(hubs=("d", "a", "c"), trips=[[0, 0, 2.5], [1, 0, 0], [0, 0, 0]])
    ),
    "options": lambda: make(
        as_of="2023-05-18T12:00Z", metrics=["connected_share", "extra_km"], time_rule="latest",
        repair_scale=1.5, near_minutes=20.0, anchors=["a"], ensemble={"samples": 30, "seed": 2},
        profiles={"passenger": "suburban"}, capacity={"by_class": {"main": 2}},
    ),
    "nothing": lambda: make(incidents=()),
    "built-in incidents": lambda: nm.Scenario(
        incidents=nm.built_in_catalogue(), window=("2023-05-18", "2023-05-20"), zone="UTC",
        demand=["Simferopol", "Sevastopol", "Kerch"],
    ),
    "a mixture": lambda: nm.Scenario(
        incidents=[replace(WORKS, places=(SectionPlace(between=("Zolochiv", "Ternopil")),)),
                   nm.built_in_catalogue().incidents["2023-05-18-simferopol-chystenke"]],
        documents=NOTICE, window=("2023-05-18", "2023-05-20"), zone="UTC",
        demand=["Simferopol", "Sevastopol", "Lviv", "Ternopil"],
    ),
    "shipped": lambda: nm.read_scenario("crimea-may-2023"),
    "shipped, as of": lambda: nm.read_scenario("crimea-may-2023").replace(
        as_of="2023-05-18T12:00Z"
    ),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:.*ids is an empty list")
@pytest.mark.parametrize("name", ROUND_TRIPS)
def test_the_folder_of_a_run_gives_the_run_again(name, tmp_path):
    run = nm.run(ROUND_TRIPS[name]())
    folder = run.write(tmp_path / "run")
    again = nm.run(folder / "inputs/scenario.yaml")
    for table in ("states", "pairs", "hubs", "links", "outages", "ways", "flows"):
        pd.testing.assert_frame_equal(getattr(again, table), getattr(run, table))
    assert again.scenario.selection.not_yet_reported == run.scenario.selection.not_yet_reported
    assert read_record(folder).inputs == run.record.inputs


def test_the_files_of_a_scenario_are_listed(tmp_path):
    folder = nm.run(make()).write(tmp_path / "run")
    provenance = nm.runs.read_record(folder).provenance
    assert {"inputs/scenario.yaml", "inputs/incidents.yaml", "inputs/network/hubs.csv"} <= {
        each.file for each in provenance.inputs
    }
    assert provenance.command == "netmodel run inputs/scenario.yaml"
    nm.run(make()).write(tmp_path / "run")  # nothing strange in it, so that it may be replaced


def test_a_scenario_file_keeps_its_command(tmp_path):
    path = write_own(tmp_path)
    assert (
        nm.run(path, time_rule="latest").provenance.command == "netmodel run sc.yaml --rule latest"
    )
    assert nm.run(path, samples=5, seed=2).provenance.command == (
        "netmodel run sc.yaml --samples 5 --seed 2"
    )
    changed = nm.run(path, replacement="none")
    assert changed.provenance.command == "netmodel run inputs/scenario.yaml"
    assert tmp_path / "inc.yaml" in changed.scenario.origin.files


def test_a_scenario_is_written_alone(tmp_path):
    path = nm.scenario.write_scenario(make(), tmp_path / "mine")
    assert nm.read_scenario(path).demand == make().demand
    nm.scenario.write_scenario(make(title="Again"), tmp_path / "mine")
    assert nm.read_scenario(path).title == "Again"


EXAMPLE = """
import netmodel as nm

railway = nm.built_in_network()
works = nm.built_in_catalogue().incidents["2023-05-18-simferopol-chystenke"]
scenario = nm.Scenario(network=railway, incidents=works, window=("2023-05-17", "2023-05-22"),
                       zone="Europe/Simferopol", demand=["Simferopol", "Sevastopol", "Dzhankoi"],
                       anchors=["Dzhankoi"])
run = nm.run(scenario)
late = nm.run(scenario.replace(time_rule="latest"))
folder = run.write(place)
table = nm.sweep(scenario, time_rule=["earliest", "latest"], repair_scale=[1, 2])
"""


def test_fifteen_lines_lead_from_a_network_to_a_folder_without_a_file(tmp_path):
    assert len(EXAMPLE.strip().splitlines()) <= 15
    names: dict[str, object] = {"place": tmp_path / "run"}
    exec(compile(EXAMPLE, "example", "exec"), names)
    run, late, table = names["run"], names["late"], names["table"]
    assert run.states["connected_share"].min() < 1
    assert late != run
    assert set(table.time_rule) == {"earliest", "latest"}
    assert (tmp_path / "run/inputs/scenario.yaml").is_file()
