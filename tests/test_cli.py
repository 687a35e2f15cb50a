"""The command: exit codes, messages at file:line:column, whole folders or none."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.own_network import command

GOOD = """\
title: Two days
window: {start: 2023-05-18, end: 2023-05-20, zone: Europe/Simferopol}
incidents: {files: [crimea.yaml]}
demand: {hubs: [Simferopol, Sevastopol, Dzhankoi]}
"""


def netmodel(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from netmodel.cli.main import main; main()", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        encoding="utf-8",
    )


def write(folder: Path, text: str, name: str = "scenario.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_help_list_and_schema():
    assert "run" in command("--help").out
    listed = command("list", "--json")
    assert {row["name"] for row in json.loads(listed.out)} >= {"crimea-may-2023"}
    assert json.loads(command("schema").out)["title"] == "netmodel scenario"


def test_run_by_name_writes_a_whole_folder(tmp_path):
    result = netmodel("run", "crimea-may-2023", "--out", "out", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "report.html" in result.stdout
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names >= {
        "report.html", "report.md", "summary.json", "states.csv", "pairs.csv", "hubs.csv",
        "outages.csv", "provenance.json",
    }  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_run_refuses_a_folder_that_is_no_run(tmp_path):
    (tmp_path / "precious").mkdir()
    kept = write(tmp_path / "precious", "mine", "letter.txt")
    result = command("run", "crimea-may-2023", "--out", tmp_path / "precious")
    assert result.code == 2
    assert "holds what netmodel did not write" in result.err
    assert kept.read_text() == "mine"


BAD = {
    "unknown hub": (GOOD.replace("Sevastopol", "Sevastopl"), ":4:", "did you mean 'Sevastopol'"),
    "unknown hub in Ukrainian": (
        GOOD.replace("Sevastopol", "Севастопіль"), ":4:", "did you mean 'Sevastopol'",
    ),
    "unknown hub in Russian": (
        GOOD.replace("Sevastopol", "Севастопольь"), ":4:", "did you mean 'Sevastopol'",
    ),
    "unknown key": (GOOD + "tittle: x\n", ":5:1", "did you mean 'title'"),
    "unknown metric": (GOOD + "metrics: [conected_share]\n", ":5:11", "connected_share"),
    "unknown effect": (
        GOOD.replace("[crimea.yaml]", "[crimea.yaml], effects: [clsoed]"), ":3:", "closed",
    ),
    "unknown incident": (
        GOOD.replace("[crimea.yaml]", "[crimea.yaml], ids: [2022-10-08-crimean-brigde]"),
        ":3:", "2022-10-08-crimean-bridge",
    ),
    "duplicated key": (GOOD + "title: again\n", ":5:1", "written twice"),
    "empty window": (GOOD.replace("2023-05-20", "2023-05-18"), ":2:", "empty"),
    "an hour that clocks show twice": (
        GOOD.replace("2023-05-20", "2023-10-29T03:30").replace("Simferopol}", "Kyiv}"),
        ":2:", "2023-10-29T03:30+03:00",
    ),
    "impossible time": (GOOD.replace("2023-05-20", "2023-02-30"), ":2:", "not in the calendar"),
    "impossible time and unknown zone": (
        GOOD.replace("2023-05-20", "2023-02-30").replace("Simferopol}", "Simferopl}"),
        ":2:", "not in the calendar",
    ),
    "unknown zone": (GOOD.replace("Europe/Simferopol", "Europe/Simferopl"), ":2:", "time zone"),
    "missing file": (GOOD.replace("crimea.yaml", "nowhere.yaml"), "nowhere.yaml", "no such file"),
    "not YAML": ("title: [a\n", ":", "not YAML"),
    "empty file": ("", "", "empty"),
    "not a mapping": ("- 1\n- 2\n", "scenario.yaml", "not a mapping"),
    "an anchor in itself": ("title: &x [*x]\n", ":1:", "refers to itself"),
    "endless nesting": ("title: " + "[" * 5000 + "\n", "", "nested too deeply"),
    "no demand": (GOOD.replace("[Simferopol, Sevastopol, Dzhankoi]", "[Kyiv]"), ":4:", "two hubs"),
    "missing key": (GOOD.replace("title: Two days\n", ""), ":1:1", "'title' is missing"),
    "no such network": (GOOD + "network: nowhere\n", "nowhere", "no such network"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_explained_and_nothing_is_written(name, tmp_path):
    text, where, what = BAD[name]
    path = write(tmp_path, text)
    for verb in (["check", path], ["run", path, "--out", tmp_path / "out"]):
        result = command(*verb)
        assert result.code == 2, result.out
        assert "Traceback" not in result.err
        assert where in result.err
        assert what in result.err
    assert [each.name for each in tmp_path.iterdir()] == ["scenario.yaml"]


def test_all_mistakes_of_a_file_at_once(tmp_path):
    text = GOOD.replace("2023-05-20", "2023-05-32") + "tittle: x\nmetrics: [speed]\n"
    result = command("check", write(tmp_path, text))
    assert len(result.err.splitlines()) == 3


def test_mistakes_of_a_file_and_of_what_it_names_are_told_together(tmp_path):
    text = """\
title: ""
window: {start: 2023-05-27, end: 2023-05-22}
incidents: {files: [crimea.yaml], ids: [2023-05-18-simferopl]}
demand:
  kind: gravty
  hubs: [Simferopol, Bakhchysaray]
anchors: [Simferopl]
traffic: [passenger, freigt]
metrics: [connected_shar]
network: 7
"""
    result = command("check", write(tmp_path, text))
    assert result.code == 2
    lines = [int(line.split(":")[2]) for line in result.err.splitlines()]
    assert lines == [1, 2, 3, 5, 6, 7, 8, 9, 10]
    assert "did you mean 'Bakhchysarai'" in result.err
    assert "did you mean 'gravity'" in result.err


def test_a_problem_of_the_demand_names_its_line(tmp_path):
    text = GOOD + "demand_by_traffic:\n  passenger: {kind: gravity, hubs: [Kyiv, Port Krym]}\n"
    result = command("check", write(tmp_path, text))
    assert result.code == 2
    assert re.match(r"netmodel: \S*scenario\.yaml:6:3: gravity demand needs", result.err)


def test_version_is_told():
    result = command("--version")
    assert result.code == 0
    assert re.fullmatch(r"netmodel \d+\.\d+\.\d+\n", result.out)


def test_unknown_scenario_name_is_suggested():
    result = command("run", "crimea-mai-2023")
    assert result.code == 2
    assert "crimea-may-2023" in result.err


INCIDENT = """\
incidents:
- id: a
  title: A
  kind: derailment
  zone: Europe/Kyiv
  place: {between: [Kyiv, Fastiv]}
  effect: closed
  claims:
  - {document: aljazeera-2026-02-02, speaker: S, says: shut, about: start, at: 2026-02-02T06:00Z}
  - {document: aljazeera-2026-02-02, speaker: S, says: open, about: first_traffic, at: END}
"""


def test_a_reopening_before_its_closure_is_found(tmp_path):
    path = write(tmp_path, INCIDENT.replace("END", "2026-02-02T07:00+02:00"), "incidents.yaml")
    result = command("check", path)
    assert result.code == 2
    assert "incidents.yaml:10:" in result.err
    assert "before the start" in result.err


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("END", "{after: 2026-02-04, before: 2026-02-03T01:00+02:00}", "is before earliest"),
        ("END}", "2026-02-02T09:00+02:00, within_hours: 3}", "give one of"),
        ("aljazeera-2026-02-02, speaker: S, says: open", "aljazera, speaker: S, says: open",
         "unknown document"),
        ("Fastiv]", "Fastivv]", "did you mean 'Fastiv'"),
        ("kind: derailment", "kind: derailmet", "did you mean 'derailment'"),
        ("effect: closed", "effect: close", "did you mean 'closed'"),
        ("- id: a\n", "- id: a\n  id: b\n", "written twice"),
    ],
)  # fmt: skip
def test_bad_incidents(old, new, message, tmp_path):
    text = INCIDENT.replace(old, new, 1).replace("END", "2026-02-02T09:00+02:00")
    result = command("check", write(tmp_path, text, "incidents.yaml"))
    assert result.code == 2, result.out
    assert message in result.err


NETWORKS = {
    "self link": ("links.csv", "ab,a,a,5", "links.csv:2", "to itself"),
    "negative length": ("links.csv", "ab,a,b,-5", "links.csv:2", "must be > 0"),
    "nan": ("links.csv", "ab,a,b,nan", "links.csv:2", "not a finite number"),
    "unknown end": ("links.csv", "ab,a,c,5", "links.csv:2", "unknown hub 'c'"),
    "twice the same id": ("links.csv", "ab,a,b,5\nab,a,b,6", "links.csv:3", "used twice"),
    "cells missing": ("links.csv", "ab,a,b", "links.csv:2", "3 cells where the header has 4"),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_bad_networks(name, tmp_path):
    file, rows, where, what = NETWORKS[name]
    folder = tmp_path / "net"
    folder.mkdir()
    write(folder, "id,name,lon,lat\na,A,30,50\nb,B,31,50\n", "hubs.csv")
    write(folder, f"id,from,to,length_km\n{rows}\n", file)
    result = command("check", folder)
    assert result.code == 2
    assert where in result.err
    assert what in result.err


def test_match_reports_ambiguity_and_names_rivals():
    result = command("match", "Kyiv - Odesa")
    assert result.code in {0, 1}
    assert "status" in result.out
    unknown = command("match", "Севастополъ")
    assert unknown.code == 2
    assert "Sevastopol" in unknown.err


@pytest.mark.parametrize("name", ["Bakhchysarai", "Бахчисарай", "Bakhchisaray"])
def test_a_place_is_found_in_three_spellings(name):
    result = command("match", name, "--json")
    assert result.code == 0, result.err
    assert json.loads(result.out)[0]["links"]


def test_show_prints_the_chain_of_an_incident():
    result = command("show", "2023-05-18-simferopol-chystenke")
    assert result.code == 0, result.err
    assert "first_traffic" in result.out
    assert "https://" in result.out
    assert "a forecast is not an observation" in result.out


@pytest.mark.parametrize("what", ["network", "incidents", "documents", "crimea-may-2023"])
def test_show_prints_tables(what):
    result = command("show", what)
    assert result.code == 0, result.err
    assert "\t" in result.out
