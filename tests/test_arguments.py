"""An argument of a kind that a function does not take is told by its name, wherever it is."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import netmodel as nm
from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError
from tests.report_records import shipped_run

PACKAGE = Path(nm.__file__).parent
WRONG = {
    "nothing": None,
    "number": 7,
    "empty text": "",
    "empty list": [],
    "list of nothing": [None],
    "no zone": datetime(2025, 3, 28, 12),
    "no time": pd.NaT,
    "empty table": pd.DataFrame(),
}


def list_public() -> Iterator[tuple[str, object]]:
    """Yield the names of all rooms that can be called, with what they stand for."""
    for stub in sorted(PACKAGE.glob("**/__init__.pyi")):
        room = ".".join(stub.parent.relative_to(PACKAGE.parent).parts)
        for name in re.findall(r"^from \.\S+ import \w+ as (\w+)", stub.read_text(), re.MULTILINE):
            value = getattr(importlib.import_module(room), name)
            if callable(value):
                yield f"{room}.{name}", value


PUBLIC = dict(list_public())


@pytest.mark.parametrize("name", PUBLIC)
def test_what_is_given_wrong_is_refused_and_not_stumbled_over(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    needed = [
        each
        for each in inspect.signature(PUBLIC[name]).parameters.values()
        if each.default is each.empty and each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
    ]
    for wrong in WRONG.values() if needed else ():
        plain = [wrong for each in needed if each.kind is not each.KEYWORD_ONLY]
        named = {each.name: wrong for each in needed if each.kind is each.KEYWORD_ONLY}
        try:
            PUBLIC[name](*plain, **named)
        except (nm.errors.NetmodelError, ValueError):
            continue


def wheres(function, *args, **kwargs) -> list[str]:
    with pytest.raises(InputError) as refused:
        function(*args, **kwargs)
    return [each.where for each in refused.value.problems]


@pytest.mark.parametrize("instant", [datetime(2025, 3, 28, 12), "2025-03-28T12:00Z", None])
def test_the_instant_of_repairs_has_a_zone(instant):
    run = shipped_run()
    [incident, *_] = run.incidents_with_outages
    assert wheres(nm.repair.plan_run_repairs, run, instant, {incident: 8}) == ["at"]


def test_parts_of_a_run_are_a_mapping():
    assert wheres(nm.run, "crimea-may-2023", parts=["waiting"]) == ["parts"]


def test_a_run_is_written_to_a_folder():
    assert wheres(shipped_run().write, None) == ["folder"]


@refuse_wrong_kinds
def take(
    names: list[str] | str,
    number: float = 0,
    *,
    at: datetime | None = None,
    frame: pd.DataFrame | None = None,
) -> float:
    """Fail as Python does where an argument is not what it is taken for."""
    if number == 13:
        raise KeyError(number)
    later = at is None or at > datetime(2023, 1, 1, tzinfo=UTC)
    return len(names) + number + later + (0 if frame is None else frame["a"].sum())


def test_what_works_is_left_alone_and_other_failures_are_passed_on():
    assert take("ab", np.float64(1)) == 4
    assert take(("a",), True) == 3  # of no kind that it says, and works
    with pytest.raises(KeyError):
        take([], 13)
    with pytest.raises(KeyError):
        take([], frame=pd.DataFrame())


def test_every_wrong_argument_is_told():
    assert wheres(take, None, "x", at=7, frame=7) == ["names", "number", "at", "frame"]
    assert wheres(take, [], at=datetime(2025, 3, 28)) == ["at"]
    with pytest.raises(TypeError):
        take()
