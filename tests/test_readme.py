"""What the README tells a newcomer to type works."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

import netmodel as nm

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


SHELL = [line for block in blocks("sh") for line in block.splitlines() if line.strip()]


def test_there_are_blocks():
    assert SHELL
    assert blocks("python")
    assert blocks("yaml")


def test_it_is_one_screen_and_a_half():
    assert len(README.splitlines()) <= 150


def test_shell_lines_run_one_after_another(tmp_path):
    """Later lines read what earlier ones wrote."""
    for line in SHELL:
        words = shlex.split(line)
        assert words[0] == "netmodel"
        result = subprocess.run(
            [sys.executable, "-m", "netmodel", *words[1:]],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, f"{line}: {result.stderr}"


@pytest.mark.parametrize("block", blocks("python"))
def test_python_blocks_run(block, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    plt.switch_backend("agg")
    exec(compile(block, "README.md", "exec"), {})
    plt.close("all")


def test_the_example_has_at_most_15_lines():
    assert all(len(block.splitlines()) <= 15 for block in blocks("python"))


@pytest.mark.parametrize("block", blocks("yaml"))
def test_yaml_blocks_are_scenarios(block, tmp_path):
    path = tmp_path / "scenario.yaml"
    path.write_text(block, encoding="utf-8")
    assert isinstance(nm.read_scenario(path), nm.Scenario)


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#]+)[^)]*\)", README))
def test_links_lead_to_files(target):
    assert (ROOT / target).is_file()


def test_the_shipped_schema_is_the_schema():
    shipped = ROOT / "scenarios" / "scenario.schema.json"
    result = subprocess.run(
        [sys.executable, "-m", "netmodel", "schema"], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == shipped.read_text(encoding="utf-8").strip()


def test_each_scenario_names_the_schema_in_its_first_line():
    for path in (ROOT / "scenarios").glob("*.yaml"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert first == "# yaml-language-server: $schema=scenario.schema.json"


def test_what_the_example_compares_is_of_its_scenario():
    names: dict[str, object] = {}
    lines = next(block for block in blocks("python") if "nm.compare" in block).splitlines()
    exec(
        "\n".join(line for line in lines if ".plot." not in line and "nm.compare" not in line),
        names,
    )
    outages = nm.compare(names["run"], names["late"]).outages
    assert set(outages["incident"]) == {"works"}
    assert (outages["start"] < outages["other_start"]).all()
