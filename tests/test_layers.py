"""The layers of the house: nothing imports to its right, only routing knows a solver."""

import ast
from pathlib import Path

import netmodel

PACKAGE = Path(netmodel.__file__).parent
ORDER = (
    ("errors", "files", "yaml_cache"),
    ("instants", "yaml_problems", "yaml_source", "shipped"),
    ("network",),
    ("routing",),
    ("evidence",),
    ("outages",),
    ("impact",),
    ("study",),
    ("report",),
    ("cli", "cli_extra", "cli_output", "cli_show", "cli_views"),
)
RANK = {name: rank for rank, names in enumerate(ORDER) for name in names}
SOLVERS = {"dijkstra", "shortest_path", "bellman_ford", "johnson", "yen", "maximum_flow"}
LIBRARIES = ("networkx.algorithms", "rustworkx", "igraph", "numba")


def rank_of(room: str) -> int:
    return RANK["cli"] if room.startswith("cli") else RANK[room]


def find_imports(text: str) -> list[str]:
    """Return every module that a source text imports, wherever the import stands."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return found


def find_violations(room: str, text: str) -> list[str]:
    """Return the imports of a room's module that point to the right, or at a solver."""
    bad = []
    for module in find_imports(text):
        parts = module.split(".")
        if parts[0] == "netmodel" and len(parts) > 1 and rank_of(parts[1]) > rank_of(room):
            bad.append(module)
        solver = parts[0] == "scipy" and parts[-1] in SOLVERS
        if room != "routing" and (solver or module.startswith(LIBRARIES)):
            bad.append(module)
    return bad


def modules() -> list[tuple[str, Path]]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if room != "__init__":
            found.append((room, path))
    return found


def test_every_module_belongs_to_a_layer():
    rooms = {room for room, _ in modules()}
    unknown = {room for room in rooms if room not in RANK and not room.startswith("cli")}
    assert not unknown


def test_nothing_imports_to_its_right():
    violations = {
        str(path.relative_to(PACKAGE)): bad
        for room, path in modules()
        if (bad := find_violations(room, path.read_text(encoding="utf-8")))
    }
    assert not violations


def test_files_know_nothing_but_errors():
    for room, path in modules():
        found = find_imports(path.read_text(encoding="utf-8")) if room == "files" else []
        others = {name for name in found if name.split(".")[0] == "netmodel"}
        assert all(name.split(".")[1] in {"errors", "files"} for name in others), path


def test_a_turned_import_is_found():
    assert find_violations("network", "from netmodel.study.run import run_scenario")
    assert find_violations("evidence", "def f():\n    import netmodel.outages.match\n")
    assert find_violations("impact", "from scipy.sparse.csgraph import dijkstra")
    assert find_violations("impact", "from numba import njit")
    assert not find_violations("study", "from netmodel.network.model import Network")
