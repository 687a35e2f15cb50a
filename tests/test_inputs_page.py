"""The page about inputs: its example runs, and it names every key and column there is."""

import json
import re
import shlex
from pathlib import Path
from typing import get_args

import pytest

from netmodel.evidence import catalogue_file as files
from netmodel.evidence.vocabulary import EFFECTS
from netmodel.network.railway import HUB_COLUMNS, LINK_COLUMNS, STATION_COLUMNS
from netmodel.network.review import ACCEPTED_COLUMNS
from netmodel.scenario.file import LineClass
from tests.own_network import command

PAGE = (Path(__file__).parent.parent / "docs" / "inputs.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"^`([\w./]+)`\n\n```\w+\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
SHELL = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
WORDS = set(re.findall(r"[\w]+", " ".join(re.findall(r"`([^`\n]+)`", PAGE))))


def test_the_example_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert len(EXAMPLE) == 6
    for name, text in EXAMPLE:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for line in SHELL[0].splitlines():
        said = command(*shlex.split(line)[1:])
        assert said.code == 0, f"{line}: {said.err}"
        assert said.err == ""
    summary = json.loads((tmp_path / "runs/bridge-end/summary.json").read_text(encoding="utf-8"))
    figures = {each["name"]: each["value"] for each in summary["figures"]}
    assert figures["highest_slowed_share"] > 0
    assert figures["highest_rerouted_share"] > 0


@pytest.mark.parametrize(
    "model",
    [files.DocumentModel, files.IncidentModel, files.ClaimModel, files.PlaceModel,
     files.NearModel, files.ReplacementModel, files.SlowedModel, files.TimeBounds],
)  # fmt: skip
def test_every_key_is_named(model):
    fields = {info.alias or name for name, info in model.model_fields.items()}
    assert fields <= WORDS


@pytest.mark.parametrize(
    "values",
    [HUB_COLUMNS, LINK_COLUMNS, STATION_COLUMNS, ACCEPTED_COLUMNS, EFFECTS,
     get_args(files.KindName), get_args(files.AboutName), get_args(files.PartyName),
     get_args(LineClass)],
)  # fmt: skip
def test_every_column_and_value_is_named(values):
    assert set(values) <= WORDS


def find_imports() -> list[str]:
    pages = sorted((Path(__file__).parent.parent / "docs").glob("*.md"))
    texts = [page.read_text(encoding="utf-8") for page in pages]
    return [
        each for text in texts for each in re.findall(r"from netmodel[\w. ,]+ import [\w, ]+", text)
    ]


@pytest.mark.parametrize("line", find_imports())
def test_imports_that_the_pages_name_exist(line):
    exec(line, {})
