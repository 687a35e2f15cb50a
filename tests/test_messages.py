"""Messages that a tester could not act upon, in the words that he asked for."""

import re

import pytest

from netmodel.errors import InputError
from netmodel.evidence.catalogue_file import read_catalogue
from netmodel.network.formats import built_in_network, read_network, write_network
from netmodel.runs.checking import check_file
from netmodel.runs.run import run_scenario
from tests.own_network import DOCUMENTS, HUBS, INCIDENTS, LINKS, SCENARIO, command, write_own

BRIDGE = "2022-10-08-crimean-bridge"
PLACE = "{between: [Beton, Ceton]}"
SAID = {
    "place as text": ({"incidents": INCIDENTS.replace(PLACE, "Beton")},
                      "inc.yaml:6:3: place is a mapping such as {hub: Beton}"),
    "place of two keys": ({"incidents": INCIDENTS.replace(PLACE, "{hub: Beton, station: X}")},
                          ("inc.yaml:6:3: place: a place is exactly one of hub, station, between, "
                           "near, town, region, links, none")),
    "section of one": ({"incidents": INCIDENTS.replace(PLACE, "{between: [Beton]}")},
                       "inc.yaml:6:11: between: 1 given, at least 2 are needed"),
    "window as number": ({"scenario": re.sub("window: .*", "window: 5", SCENARIO)},
                         "sc.yaml:3:1: window is a mapping such as {start: …, end: …}"),
    "no traffic": ({"scenario": SCENARIO + "traffic: []\n"},
                   "sc.yaml:6:1: traffic: the list is empty"),
    "title as number": ({"scenario": SCENARIO.replace("Mine", "5")},
                        "sc.yaml:1:1: title: must be text; put it in quotes (=5)"),
    "empty title": ({"scenario": SCENARIO.replace("Mine", '""')},
                    "sc.yaml:1:1: title: the text is empty"),
    "files as text": ({"scenario": SCENARIO.replace("[inc.yaml]", "inc.yaml")},
                      "sc.yaml:4:13: files: 'inc.yaml' is not known; one of built-in, a list"),
    "no such file": ({"scenario": SCENARIO.replace("inc.yaml", "crimeo.yaml")},
                     "sc.yaml:4:21: crimeo.yaml: no such file; did you mean 'crimea.yaml'?"),
    "folder as file": ({"scenario": SCENARIO.replace("inc.yaml", "net")},
                       "sc.yaml:4:21: net is a folder, not a file of incidents"),
    "no such network": ({"scenario": SCENARIO.replace("network: net", "network: nte")},
                        ("sc.yaml:2:1: no such network 'nte'; write built-in, or the path of a "
                         "folder, .gpkg or .graphml from this file")),
    "incident of a shipped file": (
        {"scenario": SCENARIO.replace("[inc.yaml]", f"[inc.yaml], ids: [{BRIDGE}]")},
        ("sc.yaml:4:38: unknown incident '2022-10-08-crimean-bridge'; it is in crimea.yaml; "
         "add that to incidents: {files: …}"),
    ),
    "documents that cannot be read": (
        {"documents": DOCUMENTS.replace("publisher", "publishr")}, None,
    ),
    "semicolons": ({"hubs": HUBS.replace(",", ";")},
                   "hubs.csv:1: the columns are separated by semicolons; save as CSV with commas"),
    "a column is missing": ({"hubs": HUBS.replace("id,", "ident,", 1)},
                            "hubs.csv:1: column 'id' is missing"),
    "an unknown word": ({"links": LINKS.replace("main", "mainn", 1)},
                        "links.csv:2: line_class: 'mainn' is not known; did you mean 'main'?"),
    "decimal comma": ({"links": LINKS.replace("38", '"38,5"')},
                      ("links.csv:2: length_km (='38,5') is not a finite number; write decimals "
                       "with a point, thousands without a sign")),
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_one_message_says_what_to_do(name, tmp_path):
    texts, message = SAID[name]
    problems = [str(each) for each in check_file(write_own(tmp_path, **texts))]
    if message is None:
        assert all(each.startswith("docs.yaml:") for each in problems)
    else:
        assert problems == [message]


def test_utf_16_is_told_once(tmp_path):
    write_own(tmp_path)
    (tmp_path / "net" / "hubs.csv").write_text(HUBS, encoding="utf-16")
    with pytest.raises(InputError) as refused:
        read_network(tmp_path / "net")
    assert str(refused.value) == "hubs.csv: UTF-16 text, not UTF-8; save as UTF-8"


def test_a_change_of_an_unknown_field_is_a_question():
    with pytest.raises(InputError, match="unknown key 'time_rul'; did you mean 'time_rule'"):
        run_scenario("crimea-may-2023", time_rul="latest")


def test_a_folder_is_no_scenario(tmp_path):
    (tmp_path / "dir.yaml").mkdir()
    said = command("run", tmp_path / "dir.yaml")
    assert said.code == 2
    assert "is a folder" in said.err


def test_match_ends_as_its_help_says(tmp_path):
    assert command("match", "Atlantis").code == 2
    assert command("match", "0,0").code == 1
    assert "2 if nothing has that name" in " ".join(command("match", "--help").out.split())


def test_ones_own_export_needs_no_import(tmp_path):
    pytest.importorskip("pyogrio")
    file = tmp_path / "net.gpkg"
    assert command("network", "export", "built-in", "--out", file).code == 0
    said = command("network", "import", file, "--out", tmp_path / "again")
    assert said.code == 2
    assert "can be used as it is" in said.err
    assert not (tmp_path / "again").exists()
    by_layer = ("--layer", "links", "--out", tmp_path / "lines")
    assert command("network", "import", file, *by_layer).code == 0


def test_a_truncated_geopackage_gets_a_remedy(tmp_path):
    pytest.importorskip("pyogrio")

    write_network(built_in_network(), tmp_path / "whole.gpkg")
    whole = (tmp_path / "whole.gpkg").read_bytes()
    for name, content in (("t.gpkg", whole[: len(whole) // 2]), ("z.gpkg", b"")):
        file = tmp_path / name
        file.write_bytes(content)
        said = command("network", "check", file)
        assert said.code == 2
        assert "is the file truncated?" in said.err


def test_a_network_in_one_file_is_an_input_of_the_run(tmp_path):
    from netmodel.scenario.loading import read_scenario

    write_own(tmp_path, scenario=SCENARIO.replace("network: net", "network: net.graphml"))
    write_network(read_network(tmp_path / "net"), tmp_path / "net.graphml")
    scenario = read_scenario(tmp_path / "sc.yaml")
    assert tmp_path / "net.graphml" in scenario.origin.files
    assert built_in_network().links


def test_an_observation_without_a_kind_says_so(tmp_path):
    path = tmp_path / "o.yaml"
    path.write_text("observations:\n- {id: a}\n- {id: b, kind: timetabel}\n", encoding="utf-8")
    said = command("validate", "-i", path, "--out", tmp_path / "v.md")
    assert said.code == 2
    assert "o.yaml:2:3: 'kind' is missing" in said.err
    assert "o.yaml:3:3: kind: 'timetabel' is not known; did you mean 'timetable'?" in said.err


@pytest.mark.parametrize("demand", ["", "demand: 5\n", "demand: {hubs: []}\n"])
def test_nothing_is_said_of_places_that_are_not_in_the_file(tmp_path, demand):
    path = write_own(tmp_path)
    kept = [line for line in SCENARIO.splitlines() if not line.startswith("demand")]
    path.write_text("\n".join(kept) + f"\n{demand}titel: x\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        run_scenario(path)
    said = str(caught.value)
    assert "demand" in said
    assert "titel" in said
    assert "?'" not in said


def test_all_mistakes_of_a_file_of_incidents_are_told_at_once(tmp_path):
    wrong = INCIDENTS.replace("2025-03-01T12:00+01:00", "2025-13-13").replace(
        "effect: closed", "effect: shut"
    )
    second = INCIDENTS.split("\n", 1)[1].replace("id: i1", "id: i2").replace("d1", "dx")
    third = second.replace("id: i2", "id: i3").replace("speaker: S", "spekaer: S").replace(
        "2025-03-02T12:00+01:00", "{before: 2025-02-30}"
    )  # fmt: skip
    path = write_own(tmp_path, incidents=wrong + second + third).parent
    with pytest.raises(InputError) as refused:
        read_catalogue([path / "docs.yaml", path / "inc.yaml"])
    told = [(int(each.where.split(":")[1]), each.what) for each in refused.value.problems]
    count = INCIDENTS.count("\n") - 1
    for line, word in (
        (7, "shut"), (9, "2025-13-13"), (9 + count, "dx"), (10 + count, "dx"),
        (9 + 2 * count, "speaker"), (9 + 2 * count, "dx"), (10 + 2 * count, "2025-02-30"),
    ):  # fmt: skip
        assert any(at == line and word in what for at, what in told), (line, word, told)


def test_a_file_of_incidents_is_checked_with_what_a_scenario_beside_it_names(tmp_path):
    path = write_own(tmp_path)
    accepted = tmp_path / "accepted"
    accepted.mkdir()
    (accepted / "incidents.yaml").write_text(INCIDENTS)
    (accepted / "documents.yaml").write_text(DOCUMENTS)
    alone = command("check", accepted / "incidents.yaml", "--network", tmp_path / "net")
    assert alone.code == 2
    assert f"{accepted / 'incidents.yaml'}:9" in alone.err
    assert f"--documents {accepted / 'documents.yaml'}" in alone.err
    for more in (
        [path],
        ["--documents", accepted / "documents.yaml", "--network", tmp_path / "net"],
    ):
        done = command("check", accepted / "incidents.yaml", *more)
        assert (done.code, done.err) == (0, "")
