"""Values of Python as a file would hold them, so that one description checks both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

from netmodel.errors import Problem


def as_plain(value: object) -> object:
    """Return a value as mappings, lists, texts and numbers, as far as it has that form.

    Examples
    --------
    >>> as_plain({"traffic": ("passenger",)})
    {'traffic': ['passenger']}
    """
    if is_dataclass(value) and not isinstance(value, type):
        inner = {each.name: getattr(value, each.name) for each in fields(value)}
        return {key: as_plain(each) for key, each in inner.items() if each is not None}
    if isinstance(value, Mapping):
        return {key: as_plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [as_plain(each) for each in value]
    if isinstance(value, Path):
        return str(value)
    number = getattr(value, "item", None)
    if number is not None and getattr(value, "shape", None) == ():
        return as_plain(number())
    return value


def without_key(problem: Problem) -> Problem:
    """Return a problem that does not name twice where it is.

    Examples
    --------
    >>> print(without_key(Problem(what="seed: must be >= 0", where="ensemble: seed")))
    ensemble: seed: must be >= 0
    """
    last = problem.where.split(": ")[-1].split(", ")[-1]
    return replace(problem, what=problem.what.removeprefix(f"{last}: "))
