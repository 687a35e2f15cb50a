"""One's own documents and incidents at every verb, and the schemas of their files."""

import json

import pytest

from netmodel.files.shipped import shipped_folder
from netmodel.scenario.file import SCHEMAS, json_schema
from tests.own_network import SCENARIO, command, write_own


@pytest.fixture
def own(tmp_path):
    write_own(tmp_path)
    return tmp_path


def test_check_takes_files_together(own):
    files = [own / "inc.yaml", own / "net", own / "docs.yaml", own / "sc.yaml"]
    said = command("check", *files)
    assert said.code == 0, said.err
    assert said.out.count(": OK") == 4


def test_check_takes_documents_and_a_network_by_option(own):
    assert "unknown document 'd1'" in command("check", own / "inc.yaml").err
    options = ("--documents", own / "docs.yaml", "--network", own / "net")
    said = command("check", own / "inc.yaml", *options)
    assert said.code == 0, said.err


def test_check_takes_the_name_of_a_shipped_scenario():
    said = command("check", "crimea-may-2023")
    assert said.code == 0, said.err
    assert "crimea-may-2023: OK" in said.out
    assert "did you mean 'crimea-may-2023'" in command("check", "crimea-may-2032").err


def test_a_mistake_of_the_documents_is_told_once(own):
    (own / "docs.yaml").write_text("documents:\n- {id: d1}\n", encoding="utf-8")
    files = (own / "docs.yaml", own / "inc.yaml", own / "sc.yaml", own / "nope.yaml")
    said = command("check", *files, "--network", own / "net")
    assert said.code == 2
    assert said.err.count("'publisher' is missing") == 1
    assert "nope.yaml: no such file" in said.err
    assert ": OK" not in said.out


def test_show_and_match_take_documents(own):
    options = ("--documents", own / "docs.yaml")
    said = command("show", own / "inc.yaml", *options)
    assert said.code == 0, said.err
    assert "Fire at a signal box" in said.out
    said = command("match", own / "inc.yaml", *options, "--network", own / "net")
    assert said.code == 0, said.err
    assert "bc" in said.out


@pytest.mark.parametrize("name", ["sc.yaml", "inc.yaml"])
def test_the_chain_of_ones_own_incident_is_shown(own, name):
    options = () if name == "sc.yaml" else ("--documents", own / "docs.yaml")
    said = command("show", own / name, "--incident", "i1", *options)
    assert said.code == 0, said.err
    assert "resolved by observed-bounds" in said.out
    wrong = command("show", own / name, "--incident", "i2", *options)
    assert wrong.code == 2
    assert "unknown incident 'i2'" in wrong.err


def test_a_scenario_in_the_place_of_incidents_is_a_scenario_still(own):
    (own / "sc.yaml").write_text(SCENARIO.replace("{files: [inc.yaml], ", "{"), encoding="utf-8")
    assert command("check", own / "sc.yaml").code == 2


@pytest.mark.parametrize("kind", SCHEMAS)
def test_schemas_are_printed(kind):
    said = command("schema", kind)
    assert said.code == 0, said.err
    assert said.out == json_schema(kind)
    assert json.loads(said.out)["title"] == f"netmodel {kind}"


@pytest.mark.parametrize("kind", ["incidents", "documents"])
def test_the_shipped_schemas_are_the_schemas(kind):
    shipped = shipped_folder("seeds") / f"{kind}.schema.json"
    assert shipped.read_text(encoding="utf-8") == json_schema(kind)


def test_a_schema_of_something_else_is_refused():
    said = command("schema", "incident")
    assert said.code == 2
    assert "did you mean 'incidents'" in said.err
