"""Arguments of another kind than a function takes: told by name instead of failing inside it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from functools import wraps
from numbers import Integral, Real
from types import UnionType
from typing import Any, ParamSpec, TypeVar, get_origin

from netmodel.errors import InputError, NetmodelError, Problem, shown

P = ParamSpec("P")
R = TypeVar("R")
_INSIDE = (TypeError, AttributeError, KeyError, IndexError, ValueError)
"""What Python raises where a value is not what the code takes it for."""
_ABSTRACT: Mapping[str, Any] = {
    "Iterable": Iterable, "Sequence": Sequence, "Collection": Collection, "Mapping": Mapping,
    "Callable": Callable, "tuple": tuple, "str": str, "float": Real, "int": Integral,
}  # fmt: skip
_LISTS = ("Iterable", "Sequence", "Collection")
_ANYTHING = ("object", "Any", "Literal", "NDArray")
_WORDS = {
    "Path": "path", "str": "text", "float": "number", "int": "whole number", "bool": "yes or no",
    "datetime": "datetime with a time zone", "date": "date", "Computation": "Run",
    "Callable": "function", "FloatArray": "array", "Mapping": "mapping", "tuple": "tuple",
}  # fmt: skip
_PLAIN = (str, bytes, int, float, list, tuple, set, dict, date)
_REMEDIES = {
    "Network": "give what nm.read_network returns",
    "Computation": "give what nm.run returns",
    "Run": "give what nm.run returns",
    "RunRecord": "give what nm.runs.read_record returns",
    "Scenario": "give what nm.read_scenario returns",
    "Catalogue": "give what nm.evidence.read_catalogue returns",
    "Timetable": "give what nm.trains.read_trains returns",
    "Durations": "give what nm.restoration.collect_durations returns",
    "datetime": "give for example datetime(2025, 3, 28, 12, tzinfo=UTC)",
}


def refuse_wrong_kinds(function: Callable[P, R]) -> Callable[P, R]:
    """Return a function that tells which argument is of a kind that it does not take.

    The arguments are looked at only after a call has failed: what works, works as before and as
    fast. A failure with arguments of the right kinds is passed on.

    Examples
    --------
    >>> @refuse_wrong_kinds
    ... def count(names: "list[str]", *, least: "int" = 0) -> int:
    ...     return len(names) - least
    >>> count(["a"])
    1
    >>> count(["a"], least="1")
    Traceback (most recent call last):
    netmodel.errors.InputError: least: '1' is no whole number
    """
    signature = inspect.signature(function)

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except NetmodelError:
            raise
        except _INSIDE as error:
            problems = _find_wrong(function, signature, args, kwargs)
            if not problems:
                raise
            raise InputError(problems) from error

    return call


def _find_wrong(
    function: Callable[..., object],
    signature: inspect.Signature,
    args: Sequence[object],
    kwargs: Mapping[str, object],
) -> list[Problem]:
    """Return what is wrong with the arguments of a call; nothing where their names are."""
    try:
        given = signature.bind(*args, **kwargs).arguments
    except TypeError:
        return []
    kinds = {name: signature.parameters[name].annotation for name in given}
    if function.__name__ == "__post_init__":  # of a dataclass: its fields are the arguments
        kinds = {each.name: each.type for each in fields(args[0])}  # type: ignore[arg-type]
        given = {name: getattr(args[0], name) for name in kinds if hasattr(args[0], name)}
    known: Mapping[str, Any] = getattr(function, "__globals__", {})
    return [
        problem
        for name, value in given.items()
        if isinstance(kind := kinds[name], str)
        for problem in _misfits(name, value, _split(kind.strip("\"'"), "|"), known)
    ]


def _misfits(
    name: str, value: object, kinds: Sequence[str], known: Mapping[str, Any]
) -> list[Problem]:
    """Return what is wrong with a value that may be of one of several kinds."""
    fitting = [each for each in kinds if _fits(value, each, known)]
    if not fitting:
        return [_problem(name, value, kinds)]
    inner = [_inner(each) for each in fitting if _base(each) in _LISTS]
    if len(inner) != len(fitting) or not isinstance(value, list | tuple):
        return []
    wanted = [each for kind in inner for each in _split(kind, "|")]
    return [
        _problem(f"{name}[{number}]", each, wanted)
        for number, each in enumerate(value)
        if not any(_fits(each, kind, known) for kind in wanted)
    ]


def _fits(value: object, kind: str, known: Mapping[str, Any]) -> bool:
    """Whether a value may be what an annotation says; an alias that is not known fits."""
    base = _base(kind)
    if base in _ANYTHING or base == "None":
        return base != "None" or value is None
    if base in {"date", "datetime"}:
        right = isinstance(value, datetime if base == "datetime" else date) and value == value
        return right and (base == "date" or getattr(value, "tzinfo", None) is not None)
    if base in _ABSTRACT:
        wrong = (base in _LISTS and isinstance(value, str | bytes)) or (
            base in {"float", "int"} and isinstance(value, bool)
        )
        return isinstance(value, _ABSTRACT[base]) and not wrong
    found = known.get(base)
    if isinstance(found, type):
        return isinstance(value, found)
    if found is not None:  # an alias: of a class, or of what only a type checker knows
        origin = get_origin(found)
        is_class = isinstance(origin, type) and origin is not UnionType
        return isinstance(value, origin) if is_class else True
    named = any(each.__name__ == base for each in type(value).__mro__)
    return named or not (value is None or isinstance(value, _PLAIN) or _is_frame(value))


def _is_frame(value: object) -> bool:
    return type(value).__name__ in {"DataFrame", "Series"}


def _problem(name: str, value: object, kinds: Sequence[str]) -> Problem:
    bases = [_base(each) for each in kinds]
    words = dict.fromkeys(
        f"list of {_word(_inner(kind))}" if base in _LISTS else _word(base)
        for base, kind in zip(bases, kinds, strict=True)
        if base != "None"
    )
    remedies = [_REMEDIES[base] for base in bases if base in _REMEDIES]
    if _is_frame(value):
        what = f"a table of pandas is no {' or '.join(words)}"
    else:
        what = f"{shown(value)} is no {' or '.join(words)}"
    return Problem(what=what, where=name, remedy=remedies[0] if remedies else "")


def _word(kind: str) -> str:
    return " or ".join(_WORDS.get(_base(each), _base(each)) for each in _split(kind, "|"))


def _base(kind: str) -> str:
    """Return the name of an annotation without its module and brackets."""
    return kind.split("[", maxsplit=1)[0].rsplit(".", maxsplit=1)[-1].strip()


def _inner(kind: str) -> str:
    """Return what stands within the brackets of an annotation."""
    return kind.partition("[")[2].rpartition("]")[0] or "object"


def _split(text: str, sign: str) -> list[str]:
    """Return the parts of an annotation between signs that stand outside brackets."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter == "[") - (letter == "]")
        if letter == sign and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]
