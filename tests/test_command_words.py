"""What the command says: help with examples, headline, suggestions, exit codes, odd streams."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from typer.main import get_command

from netmodel.cli import network_verbs, restoration_verbs
from netmodel.cli.main import app
from netmodel.cli.output import clean
from netmodel.files.shipped import shipped_folder
from netmodel.report.page.headline import write_headline
from netmodel.runs.record import read_record
from netmodel.words.strings import Phrases
from tests.own_network import command, write_own


def every_verb():
    for group in (app, network_verbs.app, restoration_verbs.app):
        for name, verb in get_command(group).commands.items():  # type: ignore[attr-defined]
            yield f"{group.info.name} {name}", verb


VERBS = dict(every_verb())


@pytest.mark.parametrize("name", VERBS)
def test_the_help_of_every_verb_ends_in_examples_with_known_options(name):
    verb = VERBS[name]
    lines = [line.strip() for line in (verb.epilog or "").splitlines()]
    examples = [line for line in lines if line.startswith("netmodel ")]
    assert examples
    options = {each for parameter in verb.params for each in (*parameter.opts,)}
    for example in examples:
        used = {word.split("=")[0] for word in example.split() if word.startswith("--")}
        assert used <= options


def test_python_m_netmodel_is_the_command():
    done = subprocess.run(
        [sys.executable, "-m", "netmodel", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("netmodel ")


def test_a_run_prints_its_headline_and_no_figure_without_effect(tmp_path):
    said = command("run", write_own(tmp_path), "--out", tmp_path / "out")
    assert said.code == 0
    for sentence in write_headline(read_record(tmp_path / "out"), Phrases("en")):
        assert sentence in said.out
    rows = [line.split("\t") for line in said.out.splitlines() if "\t" in line]
    header, figures = rows[0], rows[1:]
    assert figures
    assert all(row[header.index("value")] not in {"0", "0 %", "0 min", "0 h"} for row in figures)
    assert str(tmp_path / "out" / "report.html") in said.out.splitlines()[-1]
    more = command("show", tmp_path / "out", "--all").out
    assert len(more.splitlines()) > len(command("show", tmp_path / "out").out.splitlines())


@pytest.mark.parametrize("view", ["timeline", "outages"])
def test_show_leaves_standing_closures_out_unless_asked(view):
    few = json.loads(command("show", "crimea-may-2023", "--view", view, "--json").out)
    every = json.loads(command("show", "crimea-may-2023", "--view", view, "--all", "--json").out)
    assert "avdiivka--yasynuvata" not in str(few)
    assert "avdiivka--yasynuvata" in str(every)
    assert "simferopol--bakhchysarai" in str(few)


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["rnu", "crimea-may-2023"], "run"),
        (["run", "crimea-mai-2023"], "crimea-may-2023"),
        (["run", "scenaro.yaml"], "scenario.yaml"),
        (["check", "scenaro.yaml"], "scenario.yaml"),
        (["show", "scenaro.yaml"], "scenario.yaml"),
        (["network", "check", "nett"], "net"),
        (["show", "netwrok"], "network"),
        (["restoration", "forcast", "x"], "forecast"),
    ],
)
def test_a_slip_of_the_pen_gets_a_question(tmp_path, monkeypatch, arguments, meant):
    monkeypatch.chdir(tmp_path)
    write_own(tmp_path).rename(tmp_path / "scenario.yaml")
    said = command(*arguments)
    assert said.code == 2
    assert f"id you mean '{meant}'" in said.err


def test_validate_writes_only_where_it_is_asked_to(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert command("validate").code == 0
    assert not list(tmp_path.iterdir())
    # With observations named, trains are not compared once more, which takes the longest.
    named = shipped_folder("seeds") / "observations.yaml"
    assert command("validate", "-i", named, "--out", tmp_path / "v.md").code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["v.md"]


def test_repairs_are_put_in_order():
    said = command("repair", "crimea-may-2023", "--at", "2023-05-18T12:00+03:00", "--json")
    local = command("repair", "crimea-may-2023", "--at", "2023-05-18T12:00", "--json")
    assert local.out == said.out
    orders = json.loads(said.out)["orders"]
    assert orders[0]["order"] == "2023-05-18-simferopol-chystenke"
    for bad in (["--at", "noon"], ["--at", "2023-05-18"], ["--at", "2023-05-18T09:00Z", "--hours",
                "x"], ["--at", "1990-05-18T09:00Z"]):  # fmt: skip
        assert command("repair", "crimea-may-2023", *bad).code == 2


def run_with(code: str, **options):
    return subprocess.run(
        [sys.executable, "-c", f"{code}\nfrom netmodel.cli.main import main; main()", "list"],
        stderr=subprocess.PIPE, check=False, **options,
    )  # fmt: skip


def test_streams_that_are_closed_or_lack_letters_are_no_error():
    closed = run_with("import os; os.close(1); import sys; sys.stdout = None")
    assert (closed.returncode, closed.stderr) == (0, b"")
    narrow = subprocess.run(
        [sys.executable, "-m", "netmodel", "match", "Бахчисарай"],
        capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert narrow.returncode == 0
    assert b"\\u0411" in narrow.stdout


def test_an_interruption_ends_with_130_and_a_word(tmp_path):
    code = (
        "import netmodel.runs.checking as c, signal, time\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "def slow(*a, **k): open('ready', 'w').close(); time.sleep(60)\n"
        "c.check_files = slow\n"
        "from netmodel.cli.main import main; main()"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", code, "check", "x"], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 30
    while not (tmp_path / "ready").exists() and time.monotonic() < deadline:
        os.sched_yield()
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "Traceback" not in said
    assert said.startswith("netmodel: ")


def test_no_text_of_a_file_commands_the_terminal():
    odd = "\x1b]0;title\x07\x1b[31mred\u202etxt"
    assert clean(odd).isprintable()
    assert clean("Бахчисарай\tї\n") == "Бахчисарай\tї\n"
