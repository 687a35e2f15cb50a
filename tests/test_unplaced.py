"""Incidents that cannot be placed: listed with file and line, while the rest runs."""

import pytest

import netmodel as nm
from netmodel.runs.run import find_notices
from tests.own_network import INCIDENTS, LINKS, command, write_own

SECOND = """\
- id: i2
  title: A place that nothing is called
  kind: fire
  zone: Europe/Berlin
  place: {place}
  effect: closed
  claims:
  - {document: d1, speaker: S, says: closed, about: start, at: 2025-03-01T12:00+01:00}
  - {document: d1, speaker: S, says: open, about: first_traffic, at: 2025-03-02T12:00+01:00}
"""
UNKNOWN = SECOND.replace("{place}", "{between: [Beton, Zeton]}")
TWO_WAYS = LINKS.replace("ad,aton,deton,60,secondary", "ad,aton,deton,38,main").replace(
    "dc,deton,ceton,61,secondary", "dc,deton,ceton,38,main"
)


@pytest.mark.parametrize(
    ("links", "second", "reason"),
    [
        (LINKS, UNKNOWN, "unknown_name"),
        (TWO_WAYS, SECOND.replace("{place}", "{between: [Aton, Ceton]}"), "many_lines"),
    ],
)
def test_an_incident_without_a_place_is_listed_and_the_rest_runs(tmp_path, links, second, reason):
    path = write_own(tmp_path, links=links, incidents=INCIDENTS + second)
    run = nm.run(path)
    assert {outage.incident for outage in run.timeline.outages} == {"i1"}
    [problem] = run.scenario.unplaced
    assert problem.where.startswith("inc.yaml:")
    assert problem.where.endswith("incident i2")
    assert [note.code for note in run.placements[1].reasons] == [reason]
    [notice] = find_notices(run)
    assert str(problem) in notice


def test_a_check_fails_on_a_place_that_a_run_lists(tmp_path):
    from netmodel.runs.checking import check_file

    path = write_own(tmp_path, incidents=INCIDENTS + UNKNOWN)
    [problem] = check_file(path)
    assert "'Zeton'" in problem.what
    assert "incident i2" in problem.where


def test_a_scenario_of_which_nothing_can_be_placed_is_refused(tmp_path):
    path = write_own(tmp_path, incidents="incidents:\n" + UNKNOWN)
    with pytest.raises(nm.errors.InputError, match="Zeton"):
        nm.read_scenario(path)


def test_what_tells_two_lines_apart_is_named(tmp_path):
    second = SECOND.replace("{place}", "{between: [Aton, Ceton]}")
    path = write_own(tmp_path, links=TWO_WAYS, incidents=INCIDENTS + second)
    [problem] = nm.read_scenario(path).unplaced
    assert "Beton" in problem.remedy
    assert "Deton" in problem.remedy
    for via, links in (("Beton", {"ab", "bc"}), ("Deton", {"ad", "dc"})):
        match = nm.outages.Matcher(nm.read_network(tmp_path / "net")).match(f"Aton - {via} - Ceton")
        assert set(match.links) == links


def test_match_tells_every_name_of_a_file_that_nothing_carries(tmp_path):
    third = UNKNOWN.replace("i2", "i3").replace("Zeton", "Paddinton")
    write_own(tmp_path, incidents=INCIDENTS + UNKNOWN + third)
    files = ("--documents", tmp_path / "docs.yaml", "--network", tmp_path / "net")
    said = command("match", tmp_path / "inc.yaml", *files)
    assert said.code == 2
    assert said.out.count("i1") == 1
    assert [
        line.split("inc.yaml:")[1].split(":")[0] for line in said.err.splitlines() if "i2" in line
    ] == [str(INCIDENTS.count("\n") + 1)]
    assert "incident i3" in said.err
