"""The layers of the house: one direction, no circles, no name twice, solvers in one room."""

import ast
import re
from collections import Counter
from pathlib import Path

import networkx as nx
import pytest

import netmodel

PACKAGE = Path(netmodel.__file__).parent
ORDER = (
    "errors", "arguments", "forms", "times", "files", "network", "routing", "trains", "importing",
    "evidence", "outages", "reading", "restoration", "impact", "scenario", "runs", "repair",
    "validation", "words", "plot", "report", "cli", "__main__",
)  # fmt: skip
SOLVERS = {"dijkstra", "shortest_path", "bellman_ford", "johnson", "yen", "maximum_flow"}
LIBRARIES = ("networkx.algorithms", "rustworkx", "igraph", "numba")
MODULES = {
    "netmodel." + ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.name != "__init__.py"
}


def find_imports(text: str) -> list[str]:
    """Return every module that a text imports, inside functions too, but not for types alone."""
    tree = ast.parse(text)
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    found = []
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def room_of(module: str) -> str:
    return module.split(".")[1]


def find_violations(room: str, text: str) -> list[str]:
    """Return the imports of a room's module that point to the right, or at a solver."""
    bad = []
    for module in find_imports(text):
        parts = module.split(".")
        ours = parts[0] == "netmodel" and len(parts) > 2 and parts[1] in ORDER
        if ours and ORDER.index(parts[1]) > ORDER.index(room):
            bad.append(module)
        solver = parts[0] == "scipy" and parts[-1] in SOLVERS
        if room != "routing" and (solver or module.startswith(LIBRARIES)):
            bad.append(module)
    return bad


def import_graph() -> "nx.DiGraph[str]":
    graph = nx.DiGraph()
    for module, path in MODULES.items():
        for wanted in find_imports(path.read_text(encoding="utf-8")):
            target = wanted if wanted in MODULES else wanted.rpartition(".")[0]
            if target in MODULES and target != module:
                graph.add_edge(module, target)
    return graph


def test_every_module_belongs_to_a_layer():
    assert {room_of(module) for module in MODULES} <= set(ORDER)


@pytest.mark.parametrize("module", MODULES)
def test_nothing_imports_to_its_right(module):
    assert not find_violations(room_of(module), MODULES[module].read_text(encoding="utf-8"))


def test_no_modules_import_each_other():
    circles = [sorted(each) for each in nx.strongly_connected_components(import_graph())]
    assert not [each for each in circles if len(each) > 1]


def test_no_two_files_have_the_same_name():
    names = Counter(module.rpartition(".")[2] for module in MODULES)
    assert not [name for name, count in names.items() if count > 1]


def test_no_two_classes_have_the_same_name():
    names = Counter(
        node.name
        for path in MODULES.values()
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    )
    assert not [name for name, count in names.items() if count > 1]


def test_a_turned_import_is_found():
    assert find_violations("network", "from netmodel.runs.run import run_scenario")
    assert find_violations("evidence", "def f():\n    import netmodel.outages.matching\n")
    assert find_violations("impact", "from scipy.sparse.csgraph import dijkstra")
    assert find_violations("impact", "from numba import njit")
    assert not find_violations("runs", "from netmodel.network.railway import Network")
    typing = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import netmodel.runs.run\n"
    assert not find_violations("network", typing)


def test_the_walk_of_a_scenario_names_modules_that_there_are():
    text = (PACKAGE.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    steps = re.findall(r"^\d+\. `([\w/]+)\.py`", text, re.MULTILINE)
    assert 10 <= len(steps) <= 15
    assert all(f"netmodel.{step.replace('/', '.')}" in MODULES for step in steps)
