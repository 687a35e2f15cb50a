"""Processes killed at random moments: the old output stays whole, or the new one is there.

``python -m tests.kills --count 100 --seed 1`` kills (SIGKILL) a run, a `network export`, an
ensemble with two processes and one by a Dask cluster on loopback, each at a random moment of its
life, over an output that an earlier command wrote. After each it looks at the output, at what still
runs, and starts the same command again: the bytes have to be those of a command nobody killed.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path

from netmodel.files.whole import hidden_name
from netmodel.runs import ensemble
from tests.own_network import command, write_own

_INCIDENT = """
- id: i{number}
  title: Fire on {line}
  kind: fire
  zone: Europe/Berlin
  place: {{between: [{line}]}}
  effect: closed
  claims:
  - {{document: d1, speaker: S, says: closed, about: start, at: 2025-03-01T12:00+01:00}}
  - document: d1
    speaker: S
    says: open
    about: first_traffic
    at: {{after: 2025-03-02T08:00+01:00, before: 2025-03-04T12:00+01:00}}"""
_LINES = ("Aton, Beton", "Beton, Ceton", "Aton, Deton", "Deton, Ceton")
INCIDENTS = "incidents:" + "".join(
    _INCIDENT.format(number=number, line=line) for number, line in enumerate(_LINES)
)
"""Four closures that end at some time within days: sixteen sets of outages."""
SECONDS_TO_END = 20.0
Tree = dict[str, str]
"""The hash of each file by its place in a folder; of a single file by the empty name."""


def main() -> int:
    """Kill, look, start again; print what was found and return 1 if anything was."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    ensemble.WORTH_A_PROCESS.update(blocks=0, sets=0)
    ensemble.AT_ONCE.update(blocks=2, sets=1)
    rng = random.Random(asked.seed)
    failures = 0
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="netmodel-kills-")))
        os.environ["NETMODEL_CACHE"] = str(place / "cache")
        cases = _cases(place, stack)
        share = {name: len(range(number, asked.count, len(cases))) for number, name in
                 enumerate(cases)}  # fmt: skip
        for name, case in cases.items():
            found = case.kill_often(share[name], rng)
            failures += sum(number for what, number in found.items() if what.startswith("FAILED"))
            told = ", ".join(f"{what} {number}" for what, number in sorted(found.items()))
            print(f"{name}: {share[name]} kills within {case.seconds:.1f} s: {told}", flush=True)
    print(f"{asked.count} kills, {failures} failures, seed {asked.seed}")
    return 1 if failures else 0


class Case:
    """A command over the output of an earlier one."""

    def __init__(self, place: Path, before: list[str], now: list[str]) -> None:
        self._out, self._before, self._now = place, before, now
        self._wait_for(self._begin(before))
        self._old = read_tree(place)
        self._saved = place.with_name(f"saved-{place.name}")
        place.rename(self._saved)
        began = time.monotonic()
        self._clear_cache()
        self._wait_for(self._begin(now))
        self.seconds = time.monotonic() - began
        self._new = read_tree(place)
        if not self._old or not self._new or self._old == self._new:
            raise AssertionError(f"{place.name}: the two outputs are to differ")

    def kill_often(self, count: int, rng: random.Random) -> Counter[str]:
        """Kill the command so many times; return how often each outcome was."""
        found: Counter[str] = Counter()
        for _ in range(count):
            self._put_back()
            process = self._begin(self._now)
            time.sleep(rng.random() * self.seconds)
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            found[self._look()] += 1
            if not _ends(process):
                found["FAILED: something lives on"] += 1
            if self._wait_for(self._begin(self._now)) != 0 or read_tree(self._out) != self._new:
                found["FAILED: started again, other bytes"] += 1
            left = [each.name for each in self._out.parent.iterdir() if "netmodel-" in each.name]
            if left:
                found[f"FAILED: {left} left"] += 1
        return found

    def _look(self) -> str:
        """Return what stands in the place of the output."""
        tree, aside = read_tree(self._out), hidden_name(self._out, "old")
        if tree == self._old:
            return "old"
        if tree == self._new:
            return "new"
        if not tree and read_tree(aside) == self._old:
            return "old, aside until the next start"
        return "FAILED: neither old nor new"

    def _put_back(self) -> None:
        self._clear_cache()
        for each in (self._out, hidden_name(self._out, "old")):
            _remove(each)
        if self._saved.is_dir():
            shutil.copytree(self._saved, self._out)
        else:
            shutil.copy2(self._saved, self._out)

    def _clear_cache(self) -> None:
        shutil.rmtree(os.environ["NETMODEL_CACHE"], ignore_errors=True)

    def _begin(self, arguments: list[str]) -> int:
        """Start a command in a session of its own; forked, so that nothing is imported anew."""
        sys.stdout.flush()
        process = os.fork()
        if process:
            return process
        code = 70
        try:
            os.setsid()
            said = command(*arguments, "--out", self._out)
            code = said.code
            if code:
                print(said.err, file=sys.stderr, flush=True)
        finally:
            os._exit(code)

    def _wait_for(self, process: int) -> int:
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def _cases(place: Path, stack: ExitStack) -> dict[str, Case]:
    study = place / "study"
    study.mkdir()
    scenario = str(write_own(study, incidents=INCIDENTS))
    # What is imported here need not be in each of the processes that are forked.
    for warm in (["run", scenario, "--samples", "10"], ["network", "export"]):
        command(*warm, "--out", place / warm[0])
    sampled = ["run", scenario, "--samples", "20000", "--seed", "3"]
    makers: dict[str, Callable[[Path], Case]] = {
        "run": lambda out: Case(
            out / "run", ["run", scenario, "--rule", "latest"], ["run", scenario]
        ),
        "network export": lambda out: Case(
            out / "network", ["network", "export", str(study / "net")], ["network", "export"]
        ),
        "network export to a file": lambda out: Case(
            out / "network.graphml",
            ["network", "export", str(study / "net")],
            ["network", "export"],
        ),
        "ensemble, two processes": lambda out: Case(
            out / "ensemble", ["run", scenario], [*sampled, "--workers", "2"]
        ),
        "ensemble, Dask": lambda out: Case(
            out / "dask", ["run", scenario], [*sampled, "--executor", _start_dask(stack)]
        ),
    }
    cases = {}
    for number, (name, make) in enumerate(makers.items()):
        own = place / str(number)
        own.mkdir()
        cases[name] = make(own)
    return cases


def _start_dask(stack: ExitStack) -> str:
    """Start a scheduler and two workers in processes of their own; return the address."""
    import socket
    import subprocess

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    programs = [
        ["scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"],
        ["worker", f"127.0.0.1:{port}", "--nworkers", "2", "--nthreads", "1", "--no-dashboard"],
    ]
    for each in programs:
        process = subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_" + each[0], *each[1:]],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        stack.callback(process.wait)
        stack.callback(process.terminate)
    return f"dask://127.0.0.1:{port}"


def read_tree(place: Path) -> Tree:
    """Return the hashes of the files of an output."""
    if place.is_file():
        return {"": sha256(place.read_bytes()).hexdigest()}
    return {
        path.relative_to(place).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(place.rglob("*"))
        if path.is_file()
    }


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _ends(session: int) -> bool:
    """Wait until no process of a session is there; False if one stays."""
    until = time.monotonic() + SECONDS_TO_END
    while time.monotonic() < until:
        if not any(_session_of(each) == session for each in Path("/proc").glob("[0-9]*")):
            return True
        time.sleep(0.1)
    return False


def _session_of(process: Path) -> int | None:
    try:
        fields = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[3])


if __name__ == "__main__":
    sys.exit(main())
