"""Many runs of one scenario with some of its arguments varied, as one tidy table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netmodel.errors import InputError, Problem, did_you_mean, nearest_names
from netmodel.runs.computation import Progress, Shared, compute_states
from netmodel.runs.run import take_scenario
from netmodel.runs.tables import headline_figures
from netmodel.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

FIGURE_COLUMNS = ("traffic", "figure", "unit", "value", "guaranteed", "possible")


def sweep(
    scenario: Scenario | Path | str, *, progress: Progress | None = None, **fields: Iterable[Any]
) -> pd.DataFrame:
    """Return the headline figures of a scenario for every combination of some of its arguments.

    The network, the matches of incidents, and routes that several runs have in common are found
    once. Figures are those of separate runs.

    Parameters
    ----------
    scenario
        A `Scenario`, the path of a YAML file, or the name of a shipped one.
    progress
        Called as the work goes on.
    **fields
        Arguments of the scenario, each with the values to try.

    Returns
    -------
    DataFrame
        One row for each combination, kind of traffic and figure. A column for each argument,
        then ``traffic, figure, unit, value, guaranteed, possible``; a figure without bounds has
        nan for them. An argument called like one of these columns gets ``scenario_`` in front.

    Raises
    ------
    InputError
        With everything that is wrong with the arguments and their values.

    Examples
    --------
    >>> import netmodel as nm
    >>> table = nm.sweep("crimea-may-2023", time_rule=["earliest", "latest"])
    >>> loss = table[(table.figure == "resilience_loss") & (table.traffic == "passenger")]
    >>> bool(loss.value.iloc[0] < loss.value.iloc[1])
    True
    """
    import pandas as pd

    base = take_scenario(scenario)
    values = _check(base, fields)
    shared = Shared()
    rows: list[dict[str, object]] = []
    combinations = list(product(*values.values()))
    for number, combination in enumerate(combinations, 1):
        changes = dict(zip(values, combination, strict=True))
        found = compute_states(base.replace(**changes), shared=shared)
        told = {_column(name): _shown(value) for name, value in changes.items()}
        rows += [{**told, **figure} for figure in headline_figures(found)]
        if progress:
            progress("runs", number, len(combinations))
    return pd.DataFrame(rows, columns=[*map(_column, values), *FIGURE_COLUMNS])


def _check(scenario: Scenario, fields: Mapping[str, object]) -> dict[str, list[object]]:
    """Return the values of each argument; every value is tried alone."""
    values: dict[str, list[object]] = {}
    problems: list[Problem] = []
    for name, given in fields.items():
        if name not in scenario.argument_names:
            near = nearest_names(name, scenario.argument_names)
            what = f"unknown key {name!r}"
            problems.append(Problem(what=what, where=name, remedy=did_you_mean(near)))
            continue
        tried = [] if isinstance(given, str | bytes | Mapping) else _as_list(given)
        if not tried:
            what = f"{given!r} is no list of values"
            problems.append(Problem(what=what, where=name, remedy="give several: [a, b]"))
        for value in tried:
            try:
                scenario.replace(**{name: value})
            except InputError as error:
                problems += error.problems
        values[name] = tried
    if not fields:
        remedy = "say what to vary: time_rule=['earliest', 'latest']"
        problems.append(Problem(what="nothing to vary", remedy=remedy))
    if problems:
        raise InputError(dict.fromkeys(problems))
    return values


def _as_list(given: object) -> list[object]:
    return list(given) if isinstance(given, Iterable) else []


def _column(name: str) -> str:
    return f"scenario_{name}" if name in FIGURE_COLUMNS else name


def _shown(value: object) -> object:
    """Return what a table says of a value: itself if it is a text or a number."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    return repr(value)
