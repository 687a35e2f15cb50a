"""Which tests run which lines of the rooms, and how long each takes."""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path

from tests.mutants.changes import ROOMS
from tests.mutants.workers import run_forked

NOT_MEANT = (
    "test_layers.py", "test_public_names.py", "test_golden.py", "test_notebooks.py", "test_docs.py",
    "test_hostile_studies.py", "test_hostile_files.py", "test_machine.py", "test_exports.py",
    "test_workers.py", "test_whole.py", "test_readme.py", "test_guide.py", "test_wheel.py",
    "test_names.py", "test_time_to_refuse.py", "test_backtest.py", "test_reading_scores.py",
    "test_reading_measures.py", "test_network_import.py", "test_ukrainian_page.py",
)  # fmt: skip
"""Tests of the house, of the machine, and of stored figures, which say that something differs; and
long ones of other rooms."""
SECONDS = 1200
Lines = dict[str, dict[str, list[int]]]


def list_files(folder: Path) -> list[str]:
    """Return the modules of the rooms with examples, and the tests that speak of a room."""
    names = tuple(f"netmodel.{room}" for room in ROOMS)
    own = [each for room in ROOMS for each in sorted((folder / "netmodel" / room).glob("*.py"))
           if ">>>" in each.read_text(encoding="utf-8")]  # fmt: skip
    tests = [each for each in sorted((folder / "tests").glob("test_*.py"))
             if each.name not in NOT_MEANT
             and any(name in each.read_text(encoding="utf-8") for name in names)]  # fmt: skip
    return [str(each.relative_to(folder)) for each in (*own, *tests)]


def mark(folder: Path, file: str) -> str:
    """Return a mark of a file's content."""
    return hashlib.sha256((folder / file).read_bytes()).hexdigest()[:16]


def watch(folder: Path, file: str) -> dict[str, object]:
    """Run the tests of a file, and return their seconds and the lines that each runs."""
    said = run_forked(folder, lambda: _watch(folder, file), SECONDS)
    empty: dict[str, object] = {"names": [], "seconds": [], "lines": {}, "failed": ["all"]}
    return {"file": file, "mark": mark(folder, file), **(said or empty)}  # type: ignore[dict-item]


def _watch(folder: Path, file: str) -> dict[str, object]:
    import coverage
    import pytest

    watched = coverage.Coverage(
        data_file=None, config_file=False,
        include=[str(folder / "netmodel" / room / "*") for room in ROOMS],
    )  # fmt: skip

    class Watcher:
        def __init__(self) -> None:
            self.seconds: dict[str, float] = {}
            self.failed: list[str] = []

        @pytest.hookimpl(hookwrapper=True)
        def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
            watched.switch_context(item.nodeid)
            yield

        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            spent = self.seconds.get(report.nodeid, 0.0) + report.duration
            self.seconds[report.nodeid] = round(spent, 3)
            if report.failed or report.skipped:
                self.failed.append(report.nodeid)

    watcher = Watcher()
    watched.start()
    options = [
        "-q",
        "-p",
        "no:xdist",
        "--assert=plain",
        "--no-header",
        "-m",
        "not slow and not reference",
    ]
    pytest.main([*options, file], [watcher])
    watched.stop()
    data = watched.get_data()
    names = [each for each in watcher.seconds if each not in set(watcher.failed)]
    place = {name: number for number, name in enumerate(names)}
    lines: Lines = {}
    for path in data.measured_files():
        by_line = data.contexts_by_lineno(path)
        module = str(Path(path).relative_to(folder))
        lines[module] = {
            str(line): [place[each] for each in contexts if each in place]
            for line, contexts in by_line.items()
        }
    return {"names": names, "seconds": [watcher.seconds[each] for each in names],
            "lines": lines, "failed": watcher.failed}  # fmt: skip


class Watched:
    """What was watched, and which tests a change of a line concerns."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.files: dict[str, dict[str, object]] = {}
        self._counts: dict[tuple[str, str], Counter[int]] = {}
        if path.is_file():
            for row in path.read_text().splitlines():
                found = json.loads(row)
                self.files[found["file"]] = found

    def update(self, folder: Path) -> None:
        """Watch the files that are new or were changed."""
        for file in list_files(folder):
            if self.files.get(file, {}).get("mark") != mark(folder, file):
                found = watch(folder, file)
                self.files[file] = found
                with self.path.open("a", encoding="utf-8") as out:
                    out.write(json.dumps(found) + "\n")
                seconds = sum(found.get("seconds", []))  # type: ignore[arg-type, call-overload]
                print(f"watched {file}: {seconds:.0f} s", file=sys.stderr, flush=True)

    def find(self, module: str, lines: Collection[int]) -> list[tuple[str, float]]:
        """Return the tests that run any of the lines, and their seconds.

        Those come first that take little time and run little else of the rooms.
        """
        found: list[tuple[float, str, float]] = []
        for row in self.files.values():
            names, seconds = row["names"], row["seconds"]
            by_module: Lines = row["lines"]  # type: ignore[assignment]
            own = by_module.get(module, {})
            here = {test for line in lines for test in own.get(str(line), ())}
            if not here:
                continue
            all_of = self._count(str(row["file"]), "", *by_module.values())
            of_module = self._count(str(row["file"]), module, own)
            for test in here:
                share = of_module[test] / all_of[test]
                took = float(seconds[test])  # type: ignore[index]
                found.append(((took + 0.05) / share, names[test], took))  # type: ignore[index]
        return [(name, seconds) for _, name, seconds in sorted(found)]

    def _count(self, file: str, module: str, *lines: dict[str, list[int]]) -> Counter[int]:
        """Return how many lines each test of a file runs; counted once."""
        if (file, module) not in self._counts:
            self._counts[file, module] = Counter(
                test for each in lines for tests in each.values() for test in tests
            )
        return self._counts[file, module]
