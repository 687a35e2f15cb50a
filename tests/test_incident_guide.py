"""The guide "Write an incident": its files and commands work as they stand, in their order."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from tests.own_network import command

PAGE = Path(__file__).parent.parent / "docs/how-to/incident.md"
BLOCK = re.compile(r'^```(\w*)(?: title="([^"]+)")?\n(.*?)^```', re.MULTILINE | re.DOTALL)


def test_the_files_and_commands_of_the_page_work(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = {}
    for language, title, text in BLOCK.findall(PAGE.read_text("utf-8")):
        if title:
            Path(title).parent.mkdir(exist_ok=True)
            Path(title).write_text(text, encoding="utf-8")
        elif language != "python":
            for name, verb, *arguments in map(shlex.split, text.splitlines()):
                assert name == "netmodel"
                said[verb] = command(verb, *arguments)
                assert said[verb].code == 0, (verb, said[verb].err)
    assert said.keys() == {"match", "check", "show"}
    assert "beton--ceton" in said["match"].out
    assert said["check"].out.count(": OK") == 3
    assert "resolved by observed-bounds" in said["show"].out
    assert "2025-03-01T11:00" in said["show"].out
