"""What a run says of where it comes from: the command that gives it again, and its files."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

import netmodel as nm
from netmodel.files.shipped import shipped_folder
from netmodel.report.brief import render_brief
from netmodel.report.markdown import render_markdown
from netmodel.report.page.render import render_page
from tests.own_network import command, write_own


@pytest.mark.parametrize("given", ["sc.yaml", "my studies/first.yaml", "./sc.yaml"])
def test_the_command_of_a_run_gives_the_run_again(
    given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / given).parent.mkdir(exist_ok=True)
    write_own((tmp_path / given).parent).replace(tmp_path / given)
    monkeypatch.chdir(tmp_path)
    assert command("run", given, "--out", "one", "--rule", "latest").code == 0
    run = nm.runs.read_record("one")
    assert run.provenance.command in render_markdown(run)
    program, *words = shlex.split(run.provenance.command)
    assert program == "netmodel"
    assert command(*words, "--out", "two").code == 0, "the command as the page tells it"
    assert nm.runs.read_record("two") == run


def test_the_path_of_one_machine_is_not_told(tmp_path: Path) -> None:
    record = nm.run(write_own(tmp_path)).record
    assert record.provenance.command == "netmodel run sc.yaml"
    assert tmp_path.name not in render_page(record)


def test_a_scenario_that_comes_with_netmodel_is_run_by_its_name() -> None:
    path = shipped_folder("scenarios") / "crimea-may-2023.yaml"
    by_path, by_name = (nm.run(each).provenance for each in (path, path.stem))
    assert by_path == by_name
    assert by_path.command == "netmodel run crimea-may-2023"


def test_files_are_told_by_the_paths_that_the_scenario_gives(tmp_path: Path) -> None:
    study = tmp_path / "study"
    study.mkdir()
    path = write_own(study)
    (study / "net").rename(tmp_path / "net")
    (study / "files").mkdir()
    (study / "inc.yaml").rename(study / "files" / "inc.yaml")
    text = path.read_text().replace("network: net", "network: ../net")
    path.write_text(text.replace("[inc.yaml]", "[files/inc.yaml]"))
    told = {each.file for each in nm.run(path).provenance.inputs}
    assert told == {"sc.yaml", "../net/hubs.csv", "../net/links.csv", "files/inc.yaml", "docs.yaml"}


def test_the_built_in_documents_are_a_file_of_the_run_where_one_is_cited(tmp_path: Path) -> None:
    path = write_own(tmp_path)
    assert not {each for each in told_files(path) if "seeds" in each}
    document = next(iter(nm.built_in_catalogue().documents))
    incidents = (tmp_path / "inc.yaml").read_text()
    (tmp_path / "inc.yaml").write_text(
        incidents.replace("document: d1", f"document: {document}", 1)
    )
    assert "seeds/documents.yaml" in told_files(path)


def told_files(path: Path) -> set[str]:
    return {each.file for each in nm.run(path).provenance.inputs}


def test_a_map_credits_whose_lines_it_shows(tmp_path: Path) -> None:
    far = nm.run(write_own(tmp_path)).record  # its network lies west of the base map
    hubs = (tmp_path / "net/hubs.csv").read_text()
    for number, west in enumerate(("10.", "11.")):
        hubs = hubs.replace(f",{west}", f",{30 + number}.")
    (tmp_path / "net/hubs.csv").write_text(hubs)
    near = nm.run(tmp_path / "sc.yaml").record
    for render in (render_page, render_brief):
        for language in ("en", "uk"):
            assert "geoBoundaries" not in render(far, language=language)
            assert "Natural Earth" not in render(far, language=language)
            told = render(near, language=language)
            assert "geoBoundaries" in told
            assert "Natural Earth" in told
