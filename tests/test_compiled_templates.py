"""Compiled templates are found again, and never where they are another's or damaged."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from netmodel.report.compiled_templates import CompiledBeside


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "compiled"))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    file = tmp_path / "module.py"
    file.write_text("one = 1\n")
    return file


def _render(module: Path, text: str) -> str:
    loader = DictLoader({"page.html": text})
    environment = Environment(loader=loader, bytecode_cache=CompiledBeside(module), autoescape=True)
    return environment.get_template("page.html").render(name="<b>")


def _kept(module: Path) -> list[Path]:
    return sorted(each for each in module.parent.glob("compiled/**/*") if each.is_file())


def test_it_is_kept_and_used(module: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _render(module, "Hello {{ name }}") == "Hello &lt;b&gt;"
    assert [each.suffix for each in _kept(module)] == [".template"]
    monkeypatch.setattr(Environment, "compile", None)
    assert _render(module, "Hello {{ name }}") == "Hello &lt;b&gt;"


def test_another_text_and_another_module_are_compiled_anew(module: Path) -> None:
    _render(module, "Hello {{ name }}")
    assert _render(module, "Bye {{ name }}") == "Bye &lt;b&gt;"
    before = _kept(module)[0].read_bytes()
    module.write_text("two = 2\n")
    assert _render(module, "Bye {{ name }}") == "Bye &lt;b&gt;"
    assert _kept(module)[0].read_bytes() != before


@pytest.mark.parametrize("size", [0, 3, 60, 200])
def test_damaged_ones_are_compiled_anew(module: Path, size: int) -> None:
    _render(module, "Hello {{ name }}")
    (kept,) = _kept(module)
    whole = kept.read_bytes()
    kept.write_bytes(whole[:size])
    assert _render(module, "Hello {{ name }}") == "Hello &lt;b&gt;"
    assert kept.read_bytes() == whole


def test_nothing_is_kept_where_nothing_may_be(
    module: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (module.parent / "compiled").write_text("a file stands in the way")
    assert _render(module, "Hello {{ name }}") == "Hello &lt;b&gt;"
    (module.parent / "compiled").unlink()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert _render(module, "Hello {{ name }}") == "Hello &lt;b&gt;"
    assert not _kept(module)
