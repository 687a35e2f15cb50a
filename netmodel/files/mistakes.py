"""The errors of a model about the content of a file, in plain words and with their place."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, get_args

from netmodel.errors import Location, Problem, did_you_mean, nearest_names

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError


_SHOWN = 60
"""How much of a wrong value a message quotes, characters."""
_KINDS: Mapping[str, str] = {
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "string_type": "must be text; put it in quotes",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list, such as [a, b]",
    "dict_type": "must be a mapping, such as {key: value}",
    "model_type": "",
    "finite_number": "must be a finite number",
}
"""Errors of type: of the branches of a union that report nothing else, the first is reported."""
_FIRST_SECOND, _LAST_SECOND = 10**8, 2**33
"""Whole numbers that may be meant as an instant: the years 1973 to 2242."""
_CHOICES = frozenset({"enum", "literal_error"})
Item = Mapping[str, Any]


def explain_errors(
    error: ValidationError,
    model: type[BaseModel],
    value: object,
    where: Callable[[Location], str],
) -> Iterator[Problem]:
    """Yield one problem for each place; of the branches of a union only the deepest error.

    Parameters
    ----------
    value
        What was checked.
    where
        Returns ``file:line:column`` of a location.
    """
    items: list[Item] = [
        {**item, "at": _real_location(item["loc"], value, item["type"])}
        for item in error.errors(include_url=False)
    ]
    below: dict[Location, list[Item]] = {}
    for item in items:
        for length in range(len(item["at"]) + 1):
            below.setdefault(item["at"][:length], []).append(item)
    seen: set[tuple[str, str]] = set()
    for item in items:
        location = item["at"]
        if item["type"] in _KINDS and _is_outdone(item, below[location]):
            continue
        deeper = any(len(each["at"]) > len(location) for each in below[location])
        if item["type"] in _CHOICES and isinstance(item["input"], list | dict) and deeper:
            continue
        also_list = item["type"] in _CHOICES and any(
            each["at"] == location and each["type"] == "list_type" for each in below[location]
        )
        also_text = item["type"] == "model_type" and any(
            each["at"] == location and each["type"] == "string_type" for each in below[location]
        )
        if also_text and isinstance(item["input"], int | float):
            what, remedy = _tell_number(item["input"], location, model)
        else:
            what, remedy = _tell(item, location, model, also_list=also_list)
        place = where(location)
        if (place, what) not in seen:
            seen.add((place, what))
            yield Problem(what=what, where=place, remedy=remedy)


def _real_location(location: Location, value: object, kind: str) -> Location:
    """Return a pydantic location without the names of union branches."""
    found: list[str | int] = []
    here = value
    for number, part in enumerate(location):
        in_mapping = isinstance(here, dict) and part in here
        in_list = isinstance(here, list | tuple) and isinstance(part, int) and part < len(here)
        if in_mapping or in_list:
            here = here[part]  # type: ignore[index]
        elif not (kind == "missing" and number == len(location) - 1):
            continue
        found.append(part)
    return tuple(found)


def _is_outdone(item: Item, below: Sequence[Item]) -> bool:
    """Whether another branch of the union gets further, or says more, or says it first.

    Parameters
    ----------
    below
        The errors at the location of the item or within it, itself included.
    """
    here = item["at"]
    for each in below:
        there = each["at"]
        if each is item:
            continue
        if len(there) > len(here) or each["type"] not in _KINDS:
            return True
        if each["type"] == "model_type" and item["type"] != "model_type":
            return True
    return False


def _tell(
    item: Item, location: Location, model: type[BaseModel], *, also_list: bool
) -> tuple[str, str]:
    """Return what is wrong, and what to do about it."""
    kind, given, context = item["type"], item["input"], item.get("ctx", {})
    if kind == "extra_forbidden":
        key = str(location[-1])
        known = known_keys(model, location[:-1])
        listed = f"known keys: {', '.join(sorted(known))}" if known else ""
        return f"unknown key {key!r}", did_you_mean(nearest_names(key, known)) or listed
    if kind == "missing":
        return f"{location[-1]!r} is missing", ""
    if kind == "union_tag_not_found":
        return f"{context['discriminator']} is missing", ""
    if kind == "union_tag_invalid":
        choices = _choices(str(context["expected_tags"]))
        return _not_known(
            f"{str(context['discriminator']).strip(chr(39))}: ", context["tag"], choices
        )
    if kind in _CHOICES:
        choices = _choices(str(context.get("expected", "")).replace(" or ", ", "))
        return _not_known(_key(location), given, [*choices, *["a list"] * also_list])
    if kind == "model_type":
        return f"{_name(location)} is a mapping such as {_example(location, given, model)}", ""
    if kind == "too_short":
        least, count = context["min_length"], context["actual_length"]
        if not count:
            return (
                f"{_name(location)}: the list is empty",
                "" if least == 1 else f"{least} are needed",
            )
        return f"{_key(location)}{count} given, at least {least} are needed", ""
    if kind == "string_too_short":
        return f"{_key(location)}the text is empty", ""
    if isinstance(given, float) and math.isnan(given):
        return f"{_key(location)}must be a number{_quote(given)}", ""
    text = _KINDS.get(kind) or str(item["msg"]).removeprefix("Value error, ")
    text = text.replace("Input should be", "must be", 1)
    told = "" if repr(given) in text else _quote(given)
    return f"{_key(location)}{text}{told}", ""


def _tell_number(given: float, location: Location, model: type[BaseModel]) -> tuple[str, str]:
    """Return what is wrong with a number where a text or a mapping may stand."""
    example = _example(location, given, model)
    what = f"{_key(location)}must be text, or a mapping such as {example}{_quote(given)}"
    if _FIRST_SECOND <= given < _LAST_SECOND:
        return (
            what,
            f"seconds since 1970? write {datetime.fromtimestamp(given, UTC):%Y-%m-%dT%H:%MZ}",
        )
    return what, "put it in quotes"


def _not_known(key: str, given: object, choices: Sequence[str]) -> tuple[str, str]:
    near = nearest_names(str(given), choices)
    return f"{key}{given!r} is not known", did_you_mean(near) or f"one of {', '.join(choices)}"


def _choices(text: str) -> list[str]:
    return [choice.strip(" '") for choice in text.split(",")]


def _quote(given: object) -> str:
    if isinstance(given, dict | list):
        return ""
    quoted = repr(given)
    return f" (={quoted})" if len(quoted) <= _SHOWN else f" (={quoted[:_SHOWN]}…)"


def _key(location: Location) -> str:
    names = [str(part) for part in location if isinstance(part, str)]
    return f"{names[-1]}: " if names else ""


def _name(location: Location) -> str:
    return _key(location).removesuffix(": ") or "it"


def _example(location: Location, given: object, model: type[BaseModel]) -> str:
    """Return a mapping that would do, with the value that was given where it fits."""
    fields = [
        (info.alias or name, info.is_required())
        for each in models_at(model, location)
        for name, info in each.model_fields.items()
    ]
    required = dict.fromkeys(name for name, needed in fields if needed)
    wanted = list(required) or [name for name, _ in fields[:1]]
    value = str(given) if isinstance(given, str) and given and len(wanted) == 1 else "…"
    return "{" + ", ".join(f"{name}: {value}" for name in wanted) + "}"


def models_at(model: type[BaseModel], location: Location) -> list[type[BaseModel]]:
    """Return the models of which one describes what stands at a location."""
    from pydantic import BaseModel

    def models_in(annotation: object) -> list[type[BaseModel]]:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return [annotation]
        return [found for inner in get_args(annotation) for found in models_in(inner)]

    here = [model]
    for step in location:
        if isinstance(step, int):
            continue
        following = []
        for each in here:
            for field_name, info in each.model_fields.items():
                if step in {field_name, info.alias}:
                    following += models_in(info.annotation)
        here = following
    return here


def known_keys(model: type[BaseModel], location: Location) -> tuple[str, ...]:
    """Return the keys that the model allows at a location; empty if that is not known."""
    return tuple(
        dict.fromkeys(
            info.alias or field_name
            for each in models_at(model, location)
            for field_name, info in each.model_fields.items()
        )
    )
