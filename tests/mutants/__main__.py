"""Draw changes to the rooms, run the tests that run the changed lines, and print the score.

A sample of all changes is drawn with a seed. Each is made in a copy of the package, one at a time.
Which tests run which lines is watched first, and kept in a file; a change is then tried with the
tests that run its line, those first that are quick and run little else, until one fails. What no
test notices is printed, to be looked at: a test is missing, or the change changes nothing.

``python -m tests.mutants --count 300 --seed 1 --out results.jsonl --watched watched.jsonl``
goes on where an earlier run ended.
"""

from __future__ import annotations

import argparse
import ast
import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.mutants.changes import ROOT, Mutant, change, list_mutants
from tests.mutants.watching import Watched
from tests.mutants.workers import PROBLEM, prepare, run_forked, run_tests

SECONDS = 240
"""Of processor time, after which a change that hangs counts as noticed."""
MOST_SECONDS = 60
"""Of tests, as they took when they were watched: what takes longer is not run for one change."""
BATCHES = (4, 16)
"""How many tests are run first, and next; then the others."""
NO_TEST, ONE_FAILED = 5, 1


def find_lines(module: Path, line: int) -> Iterator[set[int]]:
    """Yield ever wider sets of lines about a line: itself, its statement, its function, all.

    A line that runs on import is run by the first test that imports the module, and by no other:
    for it all functions of the module are looked at, and for a default that of its own.
    """
    about, bodies = [], set[int]()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0):
            about.append(node)
        if isinstance(node, ast.FunctionDef):
            bodies |= _body(node)
    if line in bodies:
        yield {line}
    for node in sorted(about, key=lambda each: (each.end_lineno or 0) - each.lineno):
        if isinstance(node, ast.FunctionDef):
            yield _body(node)
        elif line in bodies and not isinstance(node, ast.ClassDef):
            yield set(range(node.lineno, (node.end_lineno or 0) + 1))
    yield bodies
    yield set(range(1, 100_000))


def _body(function: ast.FunctionDef) -> set[int]:
    return set(range(function.body[0].lineno, (function.end_lineno or 0) + 1))


def choose_tests(watched: Watched, mutant: Mutant) -> list[list[str]]:
    """Return the tests for a change in batches, the likeliest to notice it soon first."""
    module = str(mutant.module.relative_to(ROOT))
    for lines in find_lines(mutant.module, mutant.line):
        found = watched.find(module, lines)
        if found:
            break
    chosen, spent = [], 0.0
    for name, seconds in found:
        if spent + seconds <= MOST_SECONDS:
            chosen.append(name)
            spent += seconds
    one, other = BATCHES
    batches = [chosen[:one], chosen[one : one + other], chosen[one + other :]]
    return [each for each in batches if each]


def try_change(folder: Path, mutant: Mutant, batches: Sequence[Sequence[str]]) -> dict[str, object]:
    """Return whether a change is noticed, by which test, and what it took."""
    place = folder / mutant.module.relative_to(ROOT)
    place.write_text(change(mutant), encoding="utf-8")
    begun = time.monotonic()
    said = run_forked(folder, lambda: run_tests(batches), SECONDS) if batches else [0, ""]
    shutil.copy(mutant.module, place)
    code, by = said if isinstance(said, list) else (ONE_FAILED, "it took too long")
    if (folder / PROBLEM).is_file():
        raise RuntimeError((folder / PROBLEM).read_text(encoding="utf-8"))
    if code == NO_TEST:
        raise RuntimeError(f"no test was found for {mutant}: watch again")
    tests = sum(map(len, batches))
    return {"mutant": str(mutant), "noticed": code != 0, "code": code, "by": by, "tests": tests,
            "seconds": round(time.monotonic() - begun, 1)}  # fmt: skip


def main() -> int:
    """Watch, draw, change, test, and print the score."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="file for the results, a line a change")
    parser.add_argument("--watched", type=Path, help="file for which tests run which lines")
    parser.add_argument("--again", action="store_true", help="try what was not noticed again")
    given = parser.parse_args()
    everything = list_mutants()
    drawn = random.Random(given.seed).sample(everything, min(given.count, len(everything)))
    print(f"{len(everything):,} changes, {len(drawn)} drawn with seed {given.seed}", flush=True)
    rows = given.out.read_text().splitlines() if given.out and given.out.is_file() else []
    results = {each["mutant"]: each for each in map(json.loads, rows)}
    if given.again:
        results = {name: each for name, each in results.items() if each["noticed"]}
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as room:
        folder = Path(room)
        prepare(folder)
        watched = Watched(given.watched or folder / "watched.jsonl")
        watched.update(folder)
        for mutant in drawn:
            if str(mutant) in results:
                continue
            found = try_change(folder, mutant, choose_tests(watched, mutant))
            results[str(mutant)] = found
            if given.out:
                with given.out.open("a", encoding="utf-8") as out:
                    out.write(json.dumps(found) + "\n")
            if not found["noticed"]:
                print(f"not noticed: {mutant} ({found['tests']} tests)", flush=True)
    noticed = sum(bool(results[str(each)]["noticed"]) for each in drawn)
    print(f"{noticed} of {len(drawn)} noticed ({noticed / max(len(drawn), 1):.0%})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
