"""The guide "Your railway in five minutes": every block runs, in the order of the page."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pandas as pd
import pytest

from tests.own_network import command

pytest.importorskip("osmium")
pytest.importorskip("pyogrio")

PAGE = Path(__file__).parent.parent / "docs/how-to/five-minutes.md"
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```', re.MULTILINE | re.DOTALL)
MOST_COMMANDS = 5


def test_every_block_of_the_guide_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ways = 0
    for language, title, text in BLOCK.findall(PAGE.read_text("utf-8")):
        if language == "python":
            exec(compile(text, PAGE.name, "exec"), {})
        elif title:
            Path(title).parent.mkdir(exist_ok=True)
            Path(title).write_text(text, encoding="utf-8")
        else:
            commands = [shlex.split(line) for line in text.splitlines()]
            assert len(commands) <= MOST_COMMANDS
            for name, *arguments in commands:
                assert name == "netmodel"
                said = command(*arguments)
                assert said.code == 0, (arguments, said.out, said.err)
            ways += 1
    assert ways == 4
    for way in ("osm", "gtfs", "tables"):
        folder = tmp_path / "runs" / way
        assert (folder / "report.html").stat().st_size > 0
        states = pd.read_csv(folder / "states.csv")
        assert states["connected_share"].min() < 1 == states["connected_share"].iloc[-1]
