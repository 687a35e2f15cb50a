"""The site: pages for every public name, shallow imports, plain words, a strict build."""

import ast
import importlib.util
import inspect
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import matplotlib.pyplot as plt
import pytest

import netmodel as nm

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
RIDDLES = (
    "way round", "ways round", "going round", "went round", "besides", "told", "so many",
    "wire", "whatever the times", "every reading",
)  # fmt: skip


def load_hooks() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_hooks", DOCS / "hooks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


hooks = load_hooks()


def cells(path: Path, kind: str) -> list[str]:
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in found if cell["cell_type"] == kind]


def prose(path: Path) -> str:
    """Return what a reader reads: without code and comments."""
    if path.suffix == ".ipynb":
        text = "\n\n".join(cells(path, "markdown"))
    else:
        text = path.read_text(encoding="utf-8")
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"<!--.*?-->|`[^`\n]*`", "", text, flags=re.DOTALL)


def code(path: Path) -> str:
    """Return the Python of a page or notebook, one block after another."""
    if path.suffix == ".ipynb":
        return "\n".join(cells(path, "code"))
    text = path.read_text(encoding="utf-8")
    return "\n".join(re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL))


CODE = [path for path in [*PAGES, *NOTEBOOKS] if code(path)]
TEXTS = [*PAGES, *NOTEBOOKS]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# Imports and names


def find_imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_there_is_code_to_check():
    assert any(path.suffix == ".md" for path in CODE)
    assert any(path.suffix == ".ipynb" for path in CODE)


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_nothing_is_imported_from_deeper_than_a_room(path):
    rooms = {room.path for room in hooks.find_rooms()}
    for module in find_imports(ast.parse(code(path))):
        if module.split(".")[0] == "netmodel":
            assert module in rooms


@pytest.mark.parametrize("path", TEXTS, ids=name_of)
def test_every_name_that_a_text_uses_exists(path):
    """Every ``nm.name`` and ``nm.room.name``, in code and in prose."""
    text = code(path) if path.suffix == ".ipynb" else path.read_text(encoding="utf-8")
    for dotted in sorted(set(re.findall(r"\bnm((?:\.[A-Za-z_]\w*)+)", text))):
        value: object = nm
        for part in dotted.split(".")[1:]:
            if value is not nm and not inspect.ismodule(value):
                break
            assert hasattr(value, part), f"nm{dotted}"
            value = getattr(value, part)


RUNNABLE = [
    path for path in CODE
    if path.suffix == ".md" and path.name != "README.md" and path != DOCS / "how-to/network.md"
]  # fmt: skip


@pytest.mark.parametrize("path", RUNNABLE, ids=name_of)
def test_the_examples_of_a_page_run(path, monkeypatch, tmp_path):
    """Its blocks run one after another; the page on networks needs an extract of one's own."""
    if "nm.restoration" in code(path):
        pytest.importorskip("lifelines")
    monkeypatch.chdir(tmp_path)
    plt.switch_backend("agg")
    exec(compile(code(path), path.name, "exec"), {})
    plt.close("all")


# Pages


def test_every_public_name_has_a_page():
    pages = {name.path for room in hooks.find_rooms() for name in room.names}
    expected = set()
    for name in nm.__all__:
        value = getattr(nm, name)
        if inspect.ismodule(value):
            expected |= {
                f"netmodel.{name}.{each}"
                for each in getattr(value, "__all__", ())
                if not inspect.ismodule(getattr(value, each))
            }
        elif not name.startswith("__"):
            expected.add(f"netmodel.{name}")
    assert expected
    assert expected <= pages


def test_every_page_leads_to_where_its_name_is_defined():
    for room in hooks.find_rooms():
        for name in room.names:
            module, attribute = name.home.rsplit(".", 1)
            assert hasattr(importlib.import_module(module), attribute), name.path


def test_every_public_name_has_a_docstring():
    missing = [
        name.path for room in hooks.find_rooms() for name in room.names if not name.summary
    ]  # fmt: skip
    values = {path: eval(path, {"netmodel": nm}) for path in missing}
    assert not [path for path, value in values.items() if callable(value)]


def test_rooms_are_found_by_their_own_lists(tmp_path, monkeypatch):
    package = tmp_path / "railhouse"
    (package / "yard").mkdir(parents=True)
    (package / "__init__.py").write_text(
        "from . import yard\nfrom .yard.shed import Engine\n__version__ = '1'\n"
        "__all__ = ['Engine', 'yard', '__version__']\n"
    )
    (package / "yard" / "__init__.py").write_text(
        "'''Where engines stand.'''\n"
        "from .shed import Engine, LIMIT\n__all__ = ['Engine', 'LIMIT']\n"
    )
    (package / "yard" / "__init__.pyi").write_text("from .shed import LIMIT as LIMIT, Engine\n")
    (package / "yard" / "shed.py").write_text(
        "LIMIT = 3\nclass Engine:\n    '''Something that pulls | pushes.'''\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    top, yard = hooks.find_rooms("railhouse")
    assert [(each.path, each.home) for each in top.names] == [
        ("railhouse.Engine", "railhouse.yard.shed.Engine")
    ]
    assert [each.home for each in yard.names] == [
        "railhouse.yard.shed.Engine",
        "railhouse.yard.shed.LIMIT",
    ]
    page = hooks.render_room(yard)
    assert "Where engines stand." in page
    assert "Something that pulls \\| pushes." in page


def test_every_verb_is_on_the_page_of_the_command():
    text = hooks.render_help()
    for verb in ("run", "show", "match", "check", "compare", "report", "network import"):
        assert f"## netmodel {verb}\n" in text


def test_a_notebook_becomes_a_page_without_output(tmp_path):
    path = tmp_path / "01-trial.ipynb"
    notebook = {
        "cells": [
            {"cell_type": "markdown", "source": ["# Trial\n", "See [b](02-b.ipynb)."]},
            {"cell_type": "code", "source": ["1 + 1"], "outputs": [{"data": {"text/plain": "2"}}]},
        ]
    }
    path.write_text(json.dumps(notebook))
    page = hooks.render_chapter(path)
    assert page.startswith("# Trial\nSee [b](02-b.md).\n\n```python\n1 + 1\n```\n")


# Words


@pytest.mark.parametrize("path", TEXTS, ids=name_of)
def test_prose_uses_the_usual_words(path):
    text = re.sub(r"\s+", " ", prose(path))
    found = [word for word in RIDDLES if re.search(rf"\b{word}\b", text, re.IGNORECASE)]
    assert not found


@pytest.mark.parametrize("path", TEXTS, ids=name_of)
def test_no_path_of_a_machine_is_named(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.])/(?:home|root|work|Users|tmp)/", text)
    assert "pypi.org" not in text


# Building


@pytest.fixture
def site(tmp_path):
    """Build the site, unless ``make docs`` has just done so and ``NETMODEL_SITE`` says where."""
    pytest.importorskip("material")
    pytest.importorskip("mkdocstrings_handlers.python")
    built = os.environ.get("NETMODEL_SITE")
    if built:
        return Path(built)
    result = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return tmp_path


@pytest.mark.slow
def test_the_site_builds_strictly_and_loads_nothing_from_elsewhere(site):
    pages = list(site.rglob("*.html"))
    assert (site / "index.html") in pages
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"<(?:script|img|iframe)[^>]+src=\"(?:https?:)?//", text), page
        assert not re.search(r"<link[^>]+rel=\"(?!canonical)[^>]+href=\"(?:https?:)?//", text), page
        assert str(ROOT) not in text, page
    for room in hooks.find_rooms():
        for name in room.names:
            assert (site / name.page).with_suffix(".html").is_file(), name.path
