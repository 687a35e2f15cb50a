"""What the README tells a newcomer to type works."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from netmodel.files.shipped import shipped_folder
from netmodel.scenario.file import parse_scenario
from netmodel.scenario.schema import SCHEMA_NAME, scenario_schema

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


SHELL = [line for block in blocks("sh") for line in block.splitlines() if line.strip()]


def test_there_are_blocks():
    assert SHELL
    assert blocks("python")
    assert blocks("yaml")


def test_shell_lines_run_one_after_another(tmp_path):
    """Later lines read what earlier ones wrote."""
    code = "from netmodel.cli.main import main; main()"
    for line in SHELL:
        words = shlex.split(line)
        assert words[0] == "netmodel"
        result = subprocess.run(
            [sys.executable, "-c", code, *words[1:]],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, f"{line}: {result.stderr}"


@pytest.mark.parametrize("block", blocks("python"))
def test_python_blocks_run(block):
    exec(compile(block, "README.md", "exec"), {})


@pytest.mark.parametrize("block", blocks("yaml"))
def test_yaml_blocks_are_scenarios(block):
    assert parse_scenario(block).title


def test_the_shipped_schema_is_the_schema():
    shipped = shipped_folder("scenarios") / SCHEMA_NAME
    assert shipped.read_text(encoding="utf-8") == scenario_schema()


def test_each_scenario_names_the_schema_in_its_first_line():
    for path in shipped_folder("scenarios").glob("*.yaml"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert first == f"# yaml-language-server: $schema={SCHEMA_NAME}"
