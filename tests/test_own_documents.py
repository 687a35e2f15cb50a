"""One's own documents and incidents at every verb, and the schemas of their files."""

import json
import re

import pytest
import yaml

import netmodel as nm
from netmodel.files.shipped import shipped_folder
from netmodel.scenario.file import SCHEMAS, json_schema
from netmodel.scenario.writing import write_documents
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


@pytest.fixture
def beside(own):
    """The files with the documents under the name that is looked for beside the incidents."""
    (own / "docs.yaml").rename(own / "documents.yaml")
    return own


@pytest.mark.parametrize("options", [(), ("--incident", "i1")])
@pytest.mark.parametrize("on", [False, True])
def test_documents_beside_the_incidents_are_taken(beside, options, on):
    network = ("--network", beside / "net") if on else ()
    said = command("show", beside / "inc.yaml", *options, *network)
    assert said.code == 0, said.err
    assert "2025-03-01T11:00" in said.out
    said = command("match", beside / "inc.yaml", "--network", beside / "net")
    assert said.code == 0, said.err


def test_documents_that_are_given_stand_for_those_beside(beside):
    (beside / "documents.yaml").write_text("documents: [{id: d2, publisher: P}]", encoding="utf-8")
    assert "unknown document 'd1'" in command("show", beside / "inc.yaml").err
    (beside / "docs.yaml").write_text("documents: [{id: d1, publisher: Q}]", encoding="utf-8")
    said = command("show", beside / "inc.yaml", "--documents", beside / "docs.yaml")
    assert said.code == 0, said.err


def test_a_copy_of_a_shipped_document_is_one_and_another_of_its_id_is_told(beside):
    shipped = next(iter(nm.built_in_catalogue().documents.values()))
    text = (beside / "documents.yaml").read_text("utf-8")
    [entry] = yaml.safe_load(write_documents([shipped]))["documents"]
    for publisher, code in ((entry["publisher"], 0), ("Somebody else", 2)):
        other = yaml.safe_dump([{**entry, "publisher": publisher}], allow_unicode=True)
        (beside / "documents.yaml").write_text(text + other, encoding="utf-8")
        said = command("show", beside / "inc.yaml")
        assert said.code == code, said.err


def test_show_places_the_incidents_on_the_network_given(beside):
    said = command("show", beside / "inc.yaml", "--network", beside / "nope")
    assert said.code == 2
    text = (beside / "inc.yaml").read_text("utf-8")
    (beside / "inc.yaml").write_text(text.replace("Ceton", "Cetonn"), encoding="utf-8")
    said = command("show", beside / "inc.yaml", "--network", beside / "net")
    assert said.code == 2
    assert "did you mean 'Ceton'" in said.err


@pytest.mark.parametrize("what", ["sc.yaml", "net", "network", "crimea-may-2023"])
def test_a_network_for_what_has_its_own_is_refused(own, what):
    name = own / what if (own / what).exists() else what
    said = command("show", name, "--network", own / "net")
    assert said.code == 2
    assert "--network" in said.err


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


NEAR = {
    "document": ("inc.yaml", "document: d1,", "document: d12,"),
    "end of a link": ("net/links.csv", "ab,aton", "ab,atonn"),
    "link of a station": ("net/stations.csv", ",ab,", ",abb,"),
    "course of a link": ("net/geometry.geojson", '"ab"', '"abb"'),
}
STATIONS = "name,link,km\nEton,ab,5\n"
GEOMETRY = """{"type": "FeatureCollection", "features": [{"type": "Feature",
"properties": {"id": "ab"}, "geometry": {"type": "LineString",
"coordinates": [[10.0, 50.0], [10.5, 50.0]]}}]}"""


@pytest.mark.parametrize("name", NEAR)
def test_what_is_suggested_is_a_name(tmp_path, name):
    """Not what the name leads to, such as a value of Python or a number of a line."""
    write_own(tmp_path, stations=STATIONS, geometry=GEOMETRY)
    file, right, wrong = NEAR[name]
    text = (tmp_path / file).read_text("utf-8")
    (tmp_path / file).write_text(text.replace(right, wrong), encoding="utf-8")
    documents = ("--documents", tmp_path / "docs.yaml") if file == "inc.yaml" else ()
    said = command("check", tmp_path / file.split("/")[0], *documents)
    assert said.code == 2
    told = re.findall(r"did you mean (.*)\?", said.err)
    assert told, said.err
    names = [each for line in told for each in line.split(" or ")]
    assert {"'d1'", "'aton'", "'ab'"} & set(names), said.err
    assert all(re.fullmatch(r"'[^'()]*'", each) for each in names), said.err
