"""Small changes to the code that some test has to notice: `make mutants COUNT=300`.

A sample of all changes to the rooms below is drawn with a seed. Each change is made in a copy of
the package; the tests that name its module or one that imports it, and the examples of the module
itself, run against it. What they do not notice is printed, to be looked at: a test is missing, or
the change changes nothing.
"""

from __future__ import annotations

import argparse
import ast
import copy
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("outages", "impact", "evidence", "trains")
FURTHER = {
    "outages": ("test_timeline.py", "test_match.py", "test_one_answer.py"),
    "impact": ("test_edges.py", "test_metrics.py"),
    "evidence": ("test_evidence.py", "test_settled_bounds.py", "test_values_check_themselves.py"),
    "trains": ("test_trains.py", "test_gtfs.py"),
}
"""Tests that also reach a room, for modules that no test names."""
MOST_FILES = 6
NOT_MEANT = (
    "test_layers.py", "test_public_names.py", "test_golden.py", "test_notebooks.py", "test_docs.py",
    "test_hostile_studies.py", "test_hostile_files.py", "test_machine.py", "test_exports.py",
)  # fmt: skip
SECONDS = 240
"""Of processor time, after which a change that hangs counts as noticed."""
COMPARISONS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
OPERATIONS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
              ast.FloorDiv: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd}  # fmt: skip
NAMES = {
    "min": "max", "max": "min", "any": "all", "all": "any", "minimum": "maximum",
    "maximum": "minimum", "earliest": "latest", "latest": "earliest", "from_hub": "to_hub",
    "to_hub": "from_hub", "argmin": "argmax", "argmax": "argmin", "floor": "ceil", "ceil": "floor",
}  # fmt: skip
Change = tuple[ast.AST, str, object, str]
"""A node, its field, what takes the place of the field's value, and in words."""


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One change."""

    module: Path
    number: int
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.module.relative_to(ROOT)}:{self.line}: {self.what}"


def find_changes(tree: ast.Module) -> Iterator[Change]:
    """Yield every change to a module, in the order of its code."""
    for node in _code(tree):
        match node:
            case ast.Compare(ops=[first, *others]) if type(first) in COMPARISONS:
                other = COMPARISONS[type(first)]
                words = f"{type(first).__name__} -> {other.__name__}"
                yield node, "ops", [other(), *others], words
            case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in OPERATIONS:
                other = OPERATIONS[type(op)]
                yield node, "op", other(), f"{type(op).__name__} -> {other.__name__}"
            case ast.BoolOp(op=op):
                other = ast.Or if isinstance(op, ast.And) else ast.And
                yield node, "op", other(), f"{type(op).__name__} -> {other.__name__}"
            case ast.If(test=test) | ast.IfExp(test=test):
                yield (
                    node,
                    "test",
                    ast.Constant(value=False),
                    f"if {ast.unparse(test)[:40]} -> if False",
                )
                yield node, "test", ast.UnaryOp(op=ast.Not(), operand=test), "if -> if not"
            case ast.Constant(value=bool() as value):
                yield node, "value", not value, f"{value} -> {not value}"
            case ast.Constant(value=int() | float() as value):
                yield node, "value", value + 1, f"{value} -> {value + 1}"
            case ast.Name(id=name) if name in NAMES:
                yield node, "id", NAMES[name], f"{name} -> {NAMES[name]}"
            case ast.Attribute(attr=name) if name in NAMES:
                yield node, "attr", NAMES[name], f"{name} -> {NAMES[name]}"
            case ast.UnaryOp(op=ast.USub()):
                yield node, "op", ast.UAdd(), "-x -> +x"


def _code(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that run: no annotations, no decorators, no messages of problems."""
    for name, value in ast.iter_fields(tree):
        if name in {"annotation", "returns", "decorator_list"}:
            continue
        for node in value if isinstance(value, list) else [value]:
            if not isinstance(node, ast.AST) or _is_talk(node):
                continue
            yield node
            yield from _code(node)


def _is_talk(node: ast.AST) -> bool:
    """Whether a node makes words, or serves only the checker of types."""
    if isinstance(node, ast.JoinedStr | ast.AnnAssign):
        return isinstance(node, ast.JoinedStr) or node.value is None
    if isinstance(node, ast.If):
        return ast.unparse(node.test) == "TYPE_CHECKING"
    return isinstance(node, ast.Call) and ast.unparse(node.func) in {"Problem", "TypeVar", "cast"}


def list_mutants() -> list[Mutant]:
    """Return all changes to the rooms."""
    found = []
    for room in ROOMS:
        for module in sorted((ROOT / "netmodel" / room).glob("*.py")):
            changes = find_changes(ast.parse(module.read_text(encoding="utf-8")))
            found += [
                Mutant(module=module, number=number, line=getattr(node, "lineno", 0), what=words)
                for number, (node, _, _, words) in enumerate(changes)
            ]
    return found


def change(mutant: Mutant) -> str:
    """Return the text of the changed module."""
    tree = ast.parse(mutant.module.read_text(encoding="utf-8"))
    node, field, value, _ = list(find_changes(tree))[mutant.number]
    setattr(node, field, copy.deepcopy(value))
    return ast.unparse(ast.fix_missing_locations(tree))


def find_tests(module: Path) -> list[str]:
    """Return the tests that name a module, those of its room, and the module for its examples."""
    own, users = _dotted(module), _importers(module)
    direct, indirect = [], []
    for path in sorted((ROOT / "tests").glob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if path.name in NOT_MEANT:
            continue
        if path.stem == f"test_{module.stem}" or _names(text, own):
            direct.append(path.name)
        elif any(_names(text, each) for each in users):
            indirect.append(path.name)
    tests = list(dict.fromkeys([*direct, *indirect, *FURTHER[module.parent.name]]))[:MOST_FILES]
    return [*(f"tests/{each}" for each in tests), str(module.relative_to(ROOT))]


def _dotted(module: Path) -> str:
    return ".".join(module.relative_to(ROOT).with_suffix("").parts)


def _names(text: str, module: str) -> bool:
    return re.search(rf"\b{re.escape(module)}\b", text) is not None


@cache
def _importers(module: Path) -> tuple[str, ...]:
    """Return the modules of the rooms that import a module."""
    own = _dotted(module)
    return tuple(
        _dotted(path)
        for room in ROOMS
        for path in sorted((ROOT / "netmodel" / room).glob("*.py"))
        if f"from {own} import" in path.read_text(encoding="utf-8")
    )


def is_noticed(folder: Path, tests: Sequence[str]) -> bool:
    """Whether any of the tests fails on the code in a folder."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-n", "0", *tests],
        cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as running:  # fmt: skip
        resource.prlimit(running.pid, resource.RLIMIT_CPU, (SECONDS, SECONDS))
        return running.wait() != 0


def main() -> int:
    """Draw, change, test, and print the score."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=1e9, help="stop after so long")
    parser.add_argument("--trust", action="store_true", help="the tests are known to pass now")
    parser.add_argument("--out", type=Path, help="file for the results, as JSON")
    given = parser.parse_args()
    everything = list_mutants()
    drawn = random.Random(given.seed).sample(everything, min(given.count, len(everything)))
    print(f"{len(everything):,} changes, {len(drawn)} drawn with seed {given.seed}", flush=True)
    begun, results = time.monotonic(), []
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room)
        for name in ("netmodel", "seeds", "scenarios", "tests"):
            shutil.copytree(ROOT / name, folder / name)
        shutil.copy(ROOT / "pyproject.toml", folder)
        sound: dict[Path, bool] = {}
        for mutant in drawn:
            if time.monotonic() - begun > given.minutes * 60:
                break
            place = folder / mutant.module.relative_to(ROOT)
            tests = find_tests(mutant.module)
            if mutant.module not in sound:
                sound[mutant.module] = given.trust or not is_noticed(folder, tests)
            if not sound[mutant.module]:
                print(f"the tests of {place.name} fail without a change; left out", flush=True)
                continue
            place.write_text(change(mutant), encoding="utf-8")
            noticed = is_noticed(folder, tests)
            shutil.copy(mutant.module, place)
            results.append({"mutant": str(mutant), "noticed": noticed})
            if not noticed:
                print(f"not noticed: {mutant}", flush=True)
    noticed_count = sum(bool(each["noticed"]) for each in results)
    share = noticed_count / len(results) if results else 0.0
    print(f"{noticed_count} of {len(results)} noticed ({share:.0%})")
    if given.out:
        given.out.write_text(json.dumps(results, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
