"""Runs of tests in forked processes, which find the packages needed already imported."""

from __future__ import annotations

import importlib
import json
import os
import resource
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.mutants.changes import ROOT

NEEDED = (
    "numpy", "pandas", "scipy.sparse.csgraph", "scipy.optimize", "scipy.stats", "shapely",
    "shapely.ops", "pyproj", "networkx", "pydantic", "ruamel.yaml", "rich.console", "typer",
    "typer.testing", "hypothesis", "hypothesis.strategies", "pytest", "_pytest.doctest",
)  # fmt: skip
SETTINGS = {
    "PYTHONDONTWRITEBYTECODE": "", "NETMODEL_EXAMPLES": "25",
    "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
}  # fmt: skip
"""Fewer examples of hypothesis than usual: what notices a change with them, does so with more."""
PAUSE = 0.02
PROBLEM = "problem.txt"
"""Where a fault of these workers themselves is told."""
Wanted = Callable[[], object]


def prepare(folder: Path) -> None:
    """Copy the package and its tests, and import what they need but not them."""
    for name in ("netmodel", "seeds", "scenarios", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "docs", folder / "docs")
    os.environ.update(SETTINGS, PYTHONPATH=str(folder), NETMODEL_TEST_CACHE=str(folder / "cache"))
    os.environ.pop("NETMODEL_REFERENCE", None)
    sys.dont_write_bytecode = False
    for name in NEEDED:
        importlib.import_module(name)


def run_forked(folder: Path, action: Wanted, seconds: float) -> object:
    """Return what an action says in a process of its own; None where the process was ended.

    Parameters
    ----------
    seconds
        Of processor time, after which the process is ended.
    """
    answer = folder / "answer.json"
    answer.unlink(missing_ok=True)
    number = os.fork()
    if number == 0:
        _answer(folder, action, answer, seconds)
    _wait(number, seconds)
    return json.loads(answer.read_text()) if answer.is_file() else None


def _answer(folder: Path, action: Wanted, answer: Path, seconds: float) -> None:
    try:
        os.setpgid(0, 0)
        most = int(seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (most, most + 5))
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        os.chdir(folder)
        sys.path[:] = [str(folder), *(each for each in sys.path if each not in ("", str(ROOT)))]
        for name in [each for each in sys.modules if each.partition(".")[0] == "tests"]:
            del sys.modules[name]
        answer.write_text(json.dumps(action()))
        os._exit(0)
    except BaseException:  # noqa: BLE001
        (folder / PROBLEM).write_text(traceback.format_exc())
        os._exit(9)


def _wait(number: int, seconds: float) -> None:
    """Wait for a process and end what it started; one that only sleeps is ended as well."""
    for _ in range(int(seconds * 6 / PAUSE)):
        if os.waitpid(number, os.WNOHANG)[0]:
            number = 0
            break
        time.sleep(PAUSE)
    if number:
        os.killpg(number, signal.SIGKILL)
        os.waitpid(number, 0)


def run_tests(batches: Sequence[Sequence[str]]) -> tuple[int, str]:
    """Return the code of the first batch of tests that does not pass, and the test that failed."""
    import pytest

    class Failed:
        name = ""

        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            if report.failed and not self.name:
                self.name = report.nodeid

    for batch in batches:
        failed = Failed()
        code = int(
            pytest.main(
                ["-x", "-q", "-p", "no:xdist", "--assert=plain", "--no-header", *batch], [failed]
            )
        )
        if code:
            return code, failed.name
    return 0, ""
