"""A network of one's own: what of the built-in record applies to it, and what is said if none."""

import pytest

from netmodel.errors import InputError
from netmodel.network.formats import built_in_network, write_network
from netmodel.runs.run import run_scenario
from netmodel.scenario.loading import read_scenario
from tests.own_network import INCIDENTS, LINKS, SCENARIO, write_own


def test_a_network_of_ones_own_runs_without_naming_standing_closures(tmp_path):
    run = run_scenario(write_own(tmp_path))
    assert [each.incident.id for each in run.placements] == ["i1"]
    assert run.background == ()


def refusal(path) -> list[str]:
    with pytest.raises(InputError) as refused:
        read_scenario(path)
    return str(refused.value).splitlines()


def test_all_standing_closures_on_another_network_are_refused_in_one_message(tmp_path):
    said = refusal(write_own(tmp_path, scenario=SCENARIO + "standing_closures: all\n"))
    assert len(said) == 1
    assert said[0].startswith("sc.yaml:6:1: ")
    assert "built-in network" in said[0]
    assert "standing_closures: none" in said[0]


@pytest.mark.parametrize(
    ("incidents", "at"),
    [("", "sc.yaml:2:1"), ("incidents: {files: built-in}\n", "sc.yaml:4:13"),
     ("incidents: {files: [ukraine-2022-2025.yaml]}\n", "sc.yaml:4:21")],
)  # fmt: skip
def test_built_in_incidents_on_another_network_are_refused_in_one_message(tmp_path, incidents, at):
    own = "incidents: {files: [inc.yaml], documents: [docs.yaml]}\n"
    said = refusal(write_own(tmp_path, scenario=SCENARIO.replace(own, incidents)))
    assert len(said) == 1
    assert said[0].startswith(f"{at}: ")
    assert "incidents: {files: [yours.yaml]" in said[0]


def test_a_copy_of_the_built_in_network_takes_the_built_in_record(tmp_path):
    write_network(built_in_network(), tmp_path / "copy")
    path = tmp_path / "sc.yaml"
    path.write_text(
        "title: T\nnetwork: copy\nwindow: {start: 2023-05-18, end: 2023-05-20}\n"
        "incidents: {files: [crimea.yaml]}\nstanding_closures: all\n"
        "demand: {hubs: [Simferopol, Sevastopol]}\n",
        encoding="utf-8",
    )
    scenario = read_scenario(path)
    assert scenario.background
    assert scenario.incidents


@pytest.mark.parametrize("between", ["Beton, Deton", "Beton, Beton"])
def test_an_ambiguous_place_is_told_where_it_stands(between, tmp_path):
    links = LINKS.replace("60,", "38,").replace("61,", "37,")
    incidents = INCIDENTS.replace("Beton, Ceton", between)
    with pytest.raises(InputError) as refused:
        run_scenario(write_own(tmp_path, links=links, incidents=incidents))
    (problem,) = refused.value.problems
    assert problem.where.startswith("inc.yaml:2:")
    nothing = incidents.replace("effect: closed", "effect: none")
    assert run_scenario(write_own(tmp_path, links=links, incidents=nothing)).summary
