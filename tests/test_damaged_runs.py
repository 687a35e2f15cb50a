"""Run folders that were cut, edited, or written long ago: told at file:line, or rendered."""

import json
import re
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from netmodel.errors import InputError
from netmodel.report.folder import write_run
from netmodel.report.markdown import render_markdown
from netmodel.report.page import render_page
from netmodel.study.record import find_changed_files, read_record, write_record
from netmodel.study.record_schema import SCHEMA

from .report_records import large_record, shipped_record

CODE = "from netmodel.cli import main; main()"
STUDIED = "2023-05-18-simferopol-chystenke"


def netmodel(*arguments):
    return subprocess.run(
        [sys.executable, "-c", CODE, *map(str, arguments)],
        capture_output=True, text=True, check=False, encoding="utf-8",
    )  # fmt: skip


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return write_run(shipped_record(), tmp_path_factory.mktemp("runs") / "crimea")


@pytest.fixture
def folder(written, tmp_path):
    return Path(shutil.copytree(written, tmp_path / "run"))


def half(text):
    return text[: len(text) // 2]


def swap(old, new, count=-1):
    def edit(text):
        assert old in text
        return text.replace(old, new, count)

    return edit


def drop(*path):
    def edit(text):
        value = json.loads(text)
        inner = value
        for step in path[:-1]:
            inner = inner[step]
        del inner[path[-1]]
        return json.dumps(value)

    return edit


DAMAGE = {
    **{f"half of {name}": (f"{name}.csv", half, f"{name}.csv")
       for name in ("hubs", "links", "outages", "pairs", "states")},
    "half of the summary": ("summary.json", half, "summary.json:"),
    "summary is a list": ("summary.json", lambda _: "[]", "summary.json: "),
    "summary is null": ("summary.json", lambda _: "null", "summary.json: "),
    "no figures": ("summary.json", drop("figures"), "figures: is missing"),
    "no window": ("summary.json", drop("window"), "window: is missing"),
    "zone": ("summary.json", swap("Europe/Simferopol", "Mars/X"), "unknown time zone 'mars/x'"),
    "text for a figure": ("summary.json", swap('"value": 20', '"value": "x"', 1), "figures.0.value"),
    "text for a count": ("summary.json", swap('"hubs": 533', '"hubs": "many"'), "hubs: "),
    "nan in the summary": ("summary.json", swap('"value": 20', '"value": NaN', 1), "NaN is no number"),
    "evidence is a list": ("evidence.json", lambda _: "[]", "evidence.json: "),
    "no claims": ("evidence.json", swap('"claims": [\n      ', '"clms": [\n      '), "claims: is missing"),
    "no documents": ("evidence.json", drop("documents"), "documents: is missing"),
    "empty provenance": ("provenance.json", lambda _: "{}", "scenario: is missing"),
    "hub of a pair": ("pairs.csv", swap(",simferopol,", ",simf,"), "pairs.csv:2: unknown hub 'simf' in from"),
    "hub on the way": ("pairs.csv", swap("bakhchysarai;inkerman", "bakhch;inkerman"), "unknown hub 'bakhch' in via"),
    "hub of a link": ("links.csv", swap(",simferopol,", ",simf,", 1), "unknown hub 'simf' in"),
    "link of an outage": ("outages.csv", swap("simferopol--bakhchysarai", "zz"), "unknown link 'zz' in link"),
    "incident of an outage": ("outages.csv", swap(STUDIED, "zz"), "unknown incident 'zz' in incident"),
    "document of an outage": ("outages.csv", swap("tass-en-2023-05-18", "zz"), "unknown document 'zz'"),
    "effect": ("outages.csv", swap("closed", "shut"), "outages.csv:2: effect 'shut' is none of closed,"),
    "text for a coordinate": ("hubs.csv", swap("34.39", "x", 1), "hubs.csv:2: lon 'x' is no number"),
    "no coordinate": ("hubs.csv", swap("34.39", "nan", 1), "hubs.csv:2: lon is no number"),
    "far from Earth": ("hubs.csv", swap("34.39", "934.39", 1), "lon (=934.39) is not between"),
    "not in the calendar": ("states.csv", swap("2023-05-18T04:40Z", "2023-05-38T04:40Z"), "is no instant"),
    "time without a zone": ("outages.csv", swap("T21:00Z", "T21:00", 1), "is no instant"),
    "metric renamed": ("states.csv", swap(",connected_share,", ",cs,"), "column 'connected_share' is missing"),
    "text for a metric": ("states.csv", swap("0.69697", "abc", 1), "connected_share"),
    "state of a pair": ("pairs.csv", swap("\n6,", "\n99,"), "unknown state 99"),
    "states in another order": ("states.csv", lambda s: "\n".join([s.split("\n")[0], *s.strip().split("\n")[:0:-1]]) + "\n", "does not follow"),
    "last states lost": ("states.csv", lambda s: "\n".join(s.split("\n")[:4]) + "\n", "do not fill the window"),
    "last pairs lost": ("pairs.csv", lambda s: "\n".join(s.split("\n")[:400]) + "\n", "pairs of passenger, others have 66"),
    "last hubs lost": ("hubs.csv", lambda s: "\n".join(s.split("\n")[:500]) + "\n", "where the summary counts 533 hubs"),
    "a hub twice": ("hubs.csv", lambda s: s + s.split("\n")[1] + "\n", "id dzhankoi is used twice"),
    **{f"column of {name}": (f"{name}.csv", swap(column, "xx", 1), f"{name}.csv:1: column '{column}' is missing")
       for name, column in (("redundancy", "disjoint_routes"), ("ways", "extra_minutes"), ("flows", "base_trips"), ("pairs", "certainty"))},
    "column twice": ("flows.csv", swap("base_trips", "trips", 1), "column 'trips' stands twice"),
    "course": ("links.csv", lambda s: re.sub(r"(\d\.\d+),(\d\d\.\d+) ", r"\1;\2 ", s, count=1), "is no course"),
    "electrified": ("links.csv", swap(",yes,", ",maybe,", 1), "electrified 'maybe' is none of yes, no"),
    "empty table": ("ways.csv", lambda _: "", "ways.csv: is empty"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_told_where_it_is(name, folder):
    file, edit, message = DAMAGE[name]
    path = folder / file
    path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_record(folder)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)
    assert "run the scenario again" in str(caught.value)


@pytest.mark.parametrize("file", [*(f"{name}.csv" for name in SCHEMA), "summary.json",
                                  "evidence.json", "provenance.json"])
def test_a_file_cut_anywhere_never_ends_in_a_traceback(file, folder):
    path = folder / file
    if not path.is_file():
        pytest.skip("not in this run")
    whole = path.read_bytes()
    for number in range(12):
        path.write_bytes(whole[: len(whole) * number // 12])
        try:
            record = read_record(folder)
        except InputError:
            continue
        assert file not in find_changed_files(folder) or file in ("flows.csv", "ways.csv")
        render_page(record)
        render_markdown(record)


def test_all_that_is_wrong_is_told_at_once_and_bounded(folder):
    for file, old in (("hubs.csv", "34.39"), ("links.csv", "main"), ("summary.json", "figures")):
        path = folder / file
        path.write_text(path.read_text().replace(old, "x"))
    for file in ("pairs.csv", "flows.csv"):
        path = folder / file
        path.write_text(re.sub(r"(?m)^\d+,", "99,", path.read_text()))
    with pytest.raises(InputError) as caught:
        read_record(folder)
    text = str(caught.value)
    for file in ("hubs.csv", "summary.json", "pairs.csv", "flows.csv"):
        assert file in text
    states = folder / "states.csv"
    states.write_text(states.read_text().split("\n")[0].replace("_", "-") + "\n")
    with pytest.raises(InputError) as caught:
        read_record(folder)
    assert len(caught.value.problems) == 21
    assert re.fullmatch(r"\S+: \.\.\. and \d+ more", str(caught.value.problems[-1]))


def test_the_command_refuses_damage_and_leaves_the_report_alone(folder, tmp_path):
    before = (folder / "report.html").read_bytes()
    (folder / "outages.csv").write_text("x\n")
    for verb in (["report", folder], ["compare", folder, folder, "--out", tmp_path / "c.html"]):
        result = netmodel(*verb)
        assert result.returncode == 2
        assert "Traceback" not in result.stderr
        assert "outages.csv:1: column 'incident' is missing; run the scenario again" in result.stderr
    assert (folder / "report.html").read_bytes() == before
    assert not (tmp_path / "c.html").exists()


def test_a_sound_file_that_is_not_as_written_is_remarked_on(folder):
    path = folder / "flows.csv"
    path.write_text("\n".join(path.read_text().split("\n")[:41]) + "\n")
    (folder / "notes.txt").write_text("mine")
    for _ in range(2):
        result = netmodel("report", folder)
        assert result.returncode == 0, result.stderr
        assert result.stderr.splitlines() == [
            f"netmodel: warning: {path}: is not as the run wrote it; "
            "run the scenario again unless you changed it yourself"
        ]
    assert (folder / "notes.txt").read_text() == "mine"


def test_a_run_lists_its_files(folder):
    assert find_changed_files(folder) == ()
    files = json.loads((folder / "provenance.json").read_text())["files"]
    assert set(files) == {
        path.name for path in folder.iterdir()
        if path.suffix in (".csv", ".json") and path.name != "provenance.json"
    }  # fmt: skip
    assert netmodel("report", folder).stderr == ""


def test_a_run_written_before_files_were_listed_is_rendered(folder):
    for name in ("flows", "ways", "redundancy"):
        (folder / f"{name}.csv").unlink()
    for name, steps in (("provenance", ("files",)), ("summary", ("titles",)),
                        ("summary", ("descriptions",))):  # fmt: skip
        path = folder / f"{name}.json"
        path.write_text(drop(*steps)(path.read_text()))
    evidence = json.loads((folder / "evidence.json").read_text())
    for incident in evidence["incidents"]:
        incident.pop("ways", None)
        incident.pop("titles")
    (folder / "evidence.json").write_text(json.dumps(evidence))
    links = folder / "links.csv"
    links.write_text(links.read_text().replace(",yes,", ",True,").replace(",no,", ",False,"))
    result = netmodel("report", folder, "--lang", "uk")
    assert (result.returncode, result.stderr) == (0, "")
    pd.testing.assert_series_equal(
        read_record(folder).links["electrified"], shipped_record().links["electrified"]
    )


def test_ids_are_text(folder):
    for file in ("hubs", "links", "pairs", "ways", "redundancy"):
        path = folder / f"{file}.csv"
        text = re.sub(r"\bsevastopol\b(?!-)", "007", path.read_text())
        path.write_text(re.sub(r"(?<!-)\binkerman\b(?!-)", "NA", text))
    record = read_record(folder)
    assert {"007", "NA"} <= set(record.hubs.index)
    assert "bakhchysarai;NA" in set(record.pairs["via"])


def test_what_is_written_has_yes_no_and_whole_counts(folder):
    states = pd.read_csv(folder / "states.csv", dtype=str)
    assert states["components"].str.fullmatch(r"\d+").all()
    assert states["freight_isolated_hubs_guaranteed"].str.fullmatch(r"\d+").all()
    assert states["connected_share"].str.contains(".", regex=False).all()
    links = pd.read_csv(folder / "links.csv", dtype=str, keep_default_na=False)
    assert set(links["electrified"]) == {"yes", "no"}


def test_counts_that_are_not_known_stay_empty(tmp_path):
    record = shipped_record()
    states = record.states.copy()
    states.loc[1, "components"] = float("nan")
    states["isolated_hubs"] = 0.5
    write_record(replace(record, states=states), tmp_path)
    written = pd.read_csv(tmp_path / "states.csv", dtype=str, keep_default_na=False)
    assert written["components"].tolist()[:2] == ["16", ""]
    assert set(written["isolated_hubs"]) == {"0.5"}


def test_the_tables_are_those_of_the_documentation():
    text = (Path(__file__).parent.parent / "docs" / "tables.md").read_text(encoding="utf-8")
    for name, table in SCHEMA.items():
        section = text.split(f"## {name}.csv")[1].split("\n## ")[0]
        head = section.split("\n\nThen a column for each metric")[0]
        rows = re.findall(r"^\| (`[^|]*) \|", head, re.MULTILINE)
        told = {word for row in rows for word in re.findall(r"`(\w+)`", row)}
        index = re.search(r"Index: `(\w+)`", section)
        told |= {index.group(1)} if index else set()
        assert {column.name for column in table.columns} == told, name
        assert table.index == (index.group(1) if index else ""), name


def test_a_large_run_is_checked_in_seconds(tmp_path):
    record = large_record()
    counts = {"hubs": len(record.hubs), "links": len(record.links)}
    write_record(replace(record, summary={**record.summary, **counts}), tmp_path)
    text = (tmp_path / "provenance.json").read_text().replace('"freight"', "").replace(
        '"passenger",', '"passenger"')  # fmt: skip
    (tmp_path / "provenance.json").write_text(text)
    begun = time.perf_counter()
    read_record(tmp_path)
    assert time.perf_counter() - begun < 20
