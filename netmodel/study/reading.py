"""A scenario read with everything it refers to, and the mistakes of both told together."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from netmodel.errors import InputError, Problem
from netmodel.study.inputs import Inputs, load_inputs
from netmodel.study.scenario import ScenarioModel, change_scenario, check_scenario
from netmodel.yaml_source import YamlSource, read_yaml

_STAND_INS: Mapping[str, object] = {
    "title": "?",
    "window": {"start": "2000-01-01", "end": "2000-01-02"},
}
"""What takes the place of a required key that cannot be used, while the rest is checked."""


def read_inputs(
    path: Path, changes: Mapping[str, object] | None = None
) -> tuple[ScenarioModel, Inputs]:
    """Read a scenario file and load everything that it refers to.

    Parameters
    ----------
    changes
        Fields of the scenario to set differently.

    Returns
    -------
    tuple
        The scenario as changed, and its inputs, the scenario file first among their files.

    Raises
    ------
    InputError
        With every mistake at ``file:line:column``: those of the file itself and, as far as the
        rest of it can be used, those of what it names.
    """
    source = read_yaml(path)
    try:
        scenario = check_scenario(source)
    except InputError as error:
        problems = {*error.problems, *_problems_of_the_rest(source, path.parent)}
        raise InputError(sorted(problems, key=_place_in_file)) from None
    if changes:
        scenario = change_scenario(scenario, changes)
    inputs = load_inputs(scenario, source, path.parent)
    return scenario, replace(inputs, files=(path, *inputs.files))


def _problems_of_the_rest(source: YamlSource, folder: Path) -> tuple[Problem, ...]:
    """Return what is wrong with the files, hubs and ids that a faulty scenario names."""
    sound = _sound_part(source)
    if sound is None:
        return ()
    try:
        load_inputs(sound, source, folder)
    except InputError as error:
        return error.problems
    return ()


def _place_in_file(problem: Problem) -> tuple[str, list[int], str]:
    name, *numbers = problem.where.rsplit(":", 2)
    return name, [int(each) for each in numbers if each.isdigit()], problem.what


def _sound_part(source: YamlSource) -> ScenarioModel | None:
    """Return the scenario without the keys that cannot be used, if that still is one."""
    if not isinstance(source.value, dict):
        return None
    value: dict[str, Any] = deepcopy(source.value)
    for _ in range(len(source.positions)):
        try:
            return ScenarioModel.model_validate(value)
        except ValidationError as error:
            before = deepcopy(value)
            for item in error.errors(include_url=False):
                _take_out(value, item["loc"])
            if value == before:
                return None
    return None


def _take_out(value: dict[str, Any], location: tuple[int | str, ...]) -> None:
    """Take out, in place, the innermost key on the way to a mistake, or put in its stand-in."""
    holder, key = value, str(location[0])
    inner = value.get(key)
    for part in location[1:]:
        if isinstance(inner, dict) and part in inner:
            holder, key = inner, str(part)
            inner = inner[part]
    holder.pop(key, None)
    if holder is value and key in _STAND_INS:
        value[key] = deepcopy(_STAND_INS[key])
