"""The page about inputs: its example runs, and it names every key and column there is."""

import csv
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from netmodel.network.aliases import ALIAS_COLUMNS, ALIAS_KINDS, ALIAS_LANGUAGES
from netmodel.network.railway import HUB_COLUMNS, LINK_COLUMNS, STATION_COLUMNS
from tests.own_network import command

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "inputs.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"^`([\w./]+)`\n\n```\w+\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
SHELL = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
WORDS = set(re.findall(r"[\w]+", " ".join(re.findall(r"`([^`\n]+)`", PAGE))))
LANGUAGES = {"en", "uk"}


def find_words(schema: object) -> Iterator[str]:
    """Return every key and every value of a list of values that a JSON Schema names."""
    if isinstance(schema, dict):
        properties = schema.get("properties")
        if isinstance(properties, dict):
            yield from properties
        yield from (each for each in schema.get("enum", ()) if isinstance(each, str))
        for value in schema.values():
            yield from find_words(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from find_words(value)


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


@pytest.mark.parametrize("kind", ["incidents", "documents"])
def test_every_key_and_value_is_named(kind):
    words = {*find_words(json.loads(command("schema", kind).out))}
    assert words
    assert words - LANGUAGES <= WORDS


def test_every_line_class_is_named():
    found = command("schema", "scenario").out
    classes = json.loads(found)["$defs"]["ProfileModel"]["properties"]["forbidden_classes"]
    assert {*find_words(classes)} <= WORDS


@pytest.mark.parametrize(
    "columns",
    [HUB_COLUMNS, LINK_COLUMNS, STATION_COLUMNS, ALIAS_COLUMNS, ALIAS_KINDS, ALIAS_LANGUAGES],
)
def test_every_column_is_named(columns):
    assert set(columns) <= WORDS


@pytest.mark.parametrize("name", ["hubs", "links", "stations", "accepted", "aliases"])
def test_every_column_of_the_built_in_network_is_named(name):
    with (ROOT / "seeds" / "network" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        assert set(next(csv.reader(stream))) <= WORDS
