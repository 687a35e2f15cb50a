"""Run folders that were cut, edited, or written long ago: told at file:line, or rendered."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from netmodel.errors import InputError
from netmodel.files.shipped import scenario_names
from netmodel.report.markdown import render_markdown
from netmodel.report.page.render import render_page
from netmodel.report.run_folder import write_run
from netmodel.runs.columns import SCHEMA
from netmodel.runs.record import find_changed_files, read_record, write_record

from .damaged_files import DAMAGE, drop
from .effort import counted_calls
from .own_network import command
from .report_records import large_record, shipped_record


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return write_run(shipped_record(), tmp_path_factory.mktemp("runs") / "crimea")


@pytest.fixture
def folder(written, tmp_path):
    return Path(shutil.copytree(written, tmp_path / "run"))


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


@pytest.mark.parametrize(
    "file",
    [*(f"{name}.csv" for name in SCHEMA), "summary.json", "evidence.json", "provenance.json"],
)
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
        assert path.read_bytes() == whole or file in (
            "provenance.json",
            *find_changed_files(folder),
        )
        render_page(record)
        render_markdown(record)


def test_a_folder_in_the_place_of_a_table_is_no_table(folder):
    (folder / "flows.csv").unlink()
    (folder / "flows.csv").mkdir()
    with pytest.raises(InputError, match=r"flows\.csv: is no table"):
        read_record(folder)


def test_all_that_is_wrong_is_told_at_once_and_bounded(folder, written):
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
    shutil.rmtree(folder)
    shutil.copytree(written, folder)
    for path in folder.glob("*.csv"):
        path.write_text(re.sub(r"(?<=,)[\d.]+(?=[,\n])", "x", path.read_text()))
    with pytest.raises(InputError) as caught:
        read_record(folder)
    assert len(caught.value.problems) == 21
    assert re.fullmatch(r"\S+: \.\.\. and \d+ more", str(caught.value.problems[-1]))


def test_the_command_refuses_damage_and_leaves_the_report_alone(folder, tmp_path):
    before = (folder / "report.html").read_bytes()
    (folder / "outages.csv").write_text("x\n")
    for verb in (["report", folder], ["compare", folder, folder, "--out", tmp_path / "c.html"]):
        result = command(*verb)
        assert result.code == 2
        assert "Traceback" not in result.err
        assert (
            "outages.csv:1: columns 'outage', 'incident', 'link', 'effect' and 10 more are missing"
            in result.err
        )
    assert (folder / "report.html").read_bytes() == before
    assert not (tmp_path / "c.html").exists()


def test_a_sound_file_that_is_not_as_written_is_remarked_on(folder):
    path = folder / "flows.csv"
    path.write_text("\n".join(path.read_text().split("\n")[:41]) + "\n")
    (folder / "notes.txt").write_text("mine")
    for _ in range(2):
        result = command("report", folder)
        assert result.code == 0, result.err
        (line,) = result.err.splitlines()
        assert line.startswith(f"netmodel: warning: {path}: ")
    assert (folder / "notes.txt").read_text() == "mine"


def test_a_run_lists_its_files(folder):
    assert find_changed_files(folder) == ()
    files = json.loads((folder / "provenance.json").read_text())["files"]
    assert set(files) == {
        path.relative_to(folder).as_posix() for path in folder.rglob("*")
        if path.suffix in (".csv", ".json", ".yaml", ".geojson")
        and path.name not in ("provenance.json", "written.json", "status.csv")
    }  # fmt: skip
    assert command("report", folder).err == ""


@pytest.mark.parametrize("name", scenario_names())
def test_every_shipped_scenario_is_sound(name, tmp_path):
    write_record(shipped_record(name), tmp_path)
    assert read_record(tmp_path).summary.name == name
    assert find_changed_files(tmp_path) == ()


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
    result = command("report", folder, "--lang", "uk")
    assert (result.code, result.err) == (0, "")
    pd.testing.assert_series_equal(
        read_record(folder).links["electrified"], shipped_record().links["electrified"]
    )


def test_ids_are_text(folder):
    for file in ("hubs", "links", "pairs", "routes", "ways", "redundancy", "services"):
        path = folder / f"{file}.csv"
        text = re.sub(r"(?<!-)\bsevastopol\b(?!-)", "007", path.read_text())
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
    assert set(links["electrified"]) == {"yes", "no", ""}


def test_counts_that_are_not_known_stay_empty(tmp_path):
    record = shipped_record()
    states = record.states.copy()
    states.loc[1, "components"] = float("nan")
    states["isolated_hubs"] = 0.5
    write_record(replace(record, states=states), tmp_path)
    written = pd.read_csv(tmp_path / "states.csv", dtype=str, keep_default_na=False)
    first = f"{record.states['components'].iloc[0]:.0f}"
    assert written["components"].tolist()[:2] == [first, ""]
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


def test_a_large_run_is_checked_with_few_calls(tmp_path):
    record = large_record()
    counts = {"hubs": len(record.hubs), "links": len(record.links)}
    write_record(replace(record, summary=replace(record.summary, **counts)), tmp_path)
    with counted_calls() as effort:
        read_record(tmp_path)
    assert effort.calls < 1_000_000
