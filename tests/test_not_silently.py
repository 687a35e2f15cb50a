"""What was once accepted in silence is an error, or a notice on standard error."""

import pytest

from netmodel.errors import InputError
from netmodel.network.formats import read_network
from netmodel.runs.checking import check_file
from netmodel.scenario.loading import read_scenario
from tests.own_network import DOCUMENTS, HUBS, INCIDENTS, LINKS, SCENARIO, command, write_own

SECOND = """\
- id: i2
  title: Somewhere in the east
  kind: other
  zone: Europe/Berlin
  place: {near: {lon: 0, lat: 0}}
  effect: closed
  claims:
  - {document: d1, speaker: S, says: closed, about: start, at: 2025-03-02}
"""


def test_a_window_without_incidents_is_noticed(tmp_path):
    path = write_own(tmp_path, scenario=SCENARIO.replace("2025", "2031"))
    said = command("run", path, "--out", tmp_path / "out")
    assert said.code == 0
    assert "note: no incident touches the window" in said.err
    assert (tmp_path / "out" / "report.html").exists()


def test_incidents_without_an_outage_are_named(tmp_path):
    path = write_own(tmp_path, incidents=INCIDENTS + SECOND)
    said = command("run", path, "--out", tmp_path / "out")
    assert said.code == 0, said.err
    assert "note: 1 incident has no outage: i2 (" in said.err
    assert "i1" not in said.err


def test_a_run_in_order_says_nothing_on_standard_error(tmp_path):
    assert command("run", write_own(tmp_path), "--out", tmp_path / "out").err == ""


SILENT = {
    "no incidents": ({"incidents": "incidents: []\n"}, "inc.yaml:1:", "the list is empty"),
    "documents for incidents": (
        {"scenario": SCENARIO.replace("inc.yaml", "docs.yaml")}, "docs.yaml", "no incidents",
    ),
    "incidents for documents": (
        {"scenario": SCENARIO.replace("[docs.yaml]", "[inc.yaml]")}, "inc.yaml", "no documents",
    ),
    "no documents": ({"documents": "documents: []\n"}, "docs.yaml:1:", "the list is empty"),
    "traffic twice": (
        {"scenario": SCENARIO + "traffic: [passenger, passenger]\n"}, "sc.yaml:6:1", "twice",
    ),
    "metric twice": (
        {"scenario": SCENARIO + "metrics: [connected_share, connected_share]\n"},
        "sc.yaml:6:1", "twice",
    ),
    "true samples": (
        {"scenario": SCENARIO + "ensemble: {samples: true, seed: 1}\n"}, "sc.yaml:6:12",
        "a whole number",
    ),
    "quoted samples": (
        {"scenario": SCENARIO + 'ensemble: {samples: "10", seed: 1}\n'}, "sc.yaml:6:12",
        "a whole number",
    ),
    "quoted scale": ({"scenario": SCENARIO + 'repair_scale: "2"\n'}, "sc.yaml:6:1", "a number"),
    "true scale": ({"scenario": SCENARIO + "repair_scale: true\n"}, "sc.yaml:6:1", "a number"),
    "quoted hours": (
        {"incidents": INCIDENTS.replace("at: 2025-03-02T12:00+01:00", 'lasted_hours: "4"')},
        "inc.yaml:10:", "a number",
    ),
    "gauge 0": (
        {"links": LINKS.replace("line_class", "gauge_mm").replace("main", "0")
         .replace("secondary", "1520")}, "links.csv:", "gauge_mm: 0 must be > 0",
    ),
    "station beyond": ({"stations": "name,link,km\nX,ab,39\n"}, "stations.csv:2", "38 km"),
    "station before": ({"stations": "name,link,km\nX,ab,-1\n"}, "stations.csv:2", "38 km"),
    "control character": (
        {"hubs": HUBS.replace("Beton", "Be\x00ton")}, "hubs.csv:3", "control character",
    ),
    "escape in a station": (
        {"stations": "name,link,km\nX\x1b[1m,ab,3\n"}, "stations.csv:2", "control character",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SILENT)
def test_it_is_an_error_now(name, tmp_path):
    texts, where, what = SILENT[name]
    problems = check_file(write_own(tmp_path, **texts))
    assert problems
    for problem in problems:
        assert where in str(problem)
        assert what in str(problem)


def test_a_hub_of_demand_named_twice_counts_once(tmp_path):
    text = SCENARIO.replace("[aton, beton, ceton]", "[aton, Aton, beton]")
    scenario = read_scenario(write_own(tmp_path, scenario=text))
    assert scenario.demand.hubs == ("aton", "beton")


def test_a_station_may_lie_off_by_rounding(tmp_path):
    write_own(tmp_path, stations="name,link,km\nX,ab,38.4\n")
    assert read_network(tmp_path / "net").stations[0].km == 38.4


def test_a_huge_cell_is_no_traceback(tmp_path):
    write_own(tmp_path, hubs=HUBS + "x" * 200_000 + ",X,10,50,1,XX\n")
    with pytest.raises(InputError, match=r"hubs\.csv"):
        read_network(tmp_path / "net")


def test_documents_may_be_many_files(tmp_path):
    more = DOCUMENTS.replace("d1", "d2")
    (tmp_path / "more.yaml").write_text(more, encoding="utf-8")
    text = SCENARIO.replace("[docs.yaml]", "[docs.yaml, more.yaml]")
    scenario = read_scenario(write_own(tmp_path, scenario=text))
    assert {"d1", "d2"} <= set(scenario.catalogue.documents)
