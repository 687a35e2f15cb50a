"""Many runs of one scenario with some of its arguments varied, as one tidy table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem, did_you_mean, nearest_names
from netmodel.files.kept import Keeping, keep_pieces
from netmodel.files.whole import Note
from netmodel.files.workers import ExecutorGiven, find_executor_problems, open_pool
from netmodel.runs.computation import Progress, Shared, compute_states
from netmodel.runs.ensemble import fingerprint_inputs
from netmodel.runs.run import take_scenario
from netmodel.runs.tables import headline_figures
from netmodel.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

FIGURE_COLUMNS = ("traffic", "figure", "unit", "value", "guaranteed", "possible")


@refuse_wrong_kinds
def sweep(
    scenario: Scenario | Path | str,
    *,
    workers: int | None = None,
    executor: ExecutorGiven = None,
    resume: bool = True,
    progress: Progress | None = None,
    note: Note | None = None,
    **fields: Iterable[Any],
) -> pd.DataFrame:
    """Return the headline figures of a scenario for every combination of some of its arguments.

    The network, the matches of incidents, and routes that several runs have in common are found
    once. Figures are those of separate runs.

    Parameters
    ----------
    scenario
        A `Scenario`, the path of a YAML file, or the name of a shipped one.
    workers
        Processes, or how many workers the executor has; this process alone by default.
    executor
        Who does the runs: an executor of `concurrent.futures`, ``processes``, ``threads``, or
        ``dask://HOST:PORT``. The result does not depend on it.
    resume
        Whether runs that were finished before are taken from the user's cache, and those done now
        are kept there; see `files.kept`.
    progress
        Called as the work goes on.
    note
        Told how much was taken from the cache.
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
    values = _check(base, fields, find_executor_problems(executor, workers))
    variants = [dict(zip(values, each, strict=True)) for each in product(*values.values())]
    rows: list[dict[str, object]] = []
    keeping: Keeping[Mapping[str, Any], list[dict[str, object]]] | None = keep_pieces(
        lambda: "sweep", resume=resume and len(variants) > 1, pack=_pack, unpack=_unpack,
        describe=_Inputs(base), note=note,
    )  # fmt: skip
    with open_pool(executor, workers) as pool:
        results = pool.map(_run_variant, _Sweeping(scenario=base), variants, keeping=keeping)
        for number, (changes, figures) in enumerate(zip(variants, results, strict=True), 1):
            told = {_column(name): _shown(value) for name, value in changes.items()}
            rows += [{**told, **figure} for figure in figures]
            if progress:
                progress("runs", number, len(variants))
    return pd.DataFrame(rows, columns=[*map(_column, values), *FIGURE_COLUMNS])


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Sweeping:
    """What all runs of a sweep have in common, and what a worker has found of it so far."""

    scenario: Scenario
    shared: Shared = field(default_factory=Shared)


class _Inputs:
    """What each run depends on; what several have in common is hashed once."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._known: dict[int, tuple[object, str]] = {}

    def __call__(self, changes: Mapping[str, Any]) -> object:
        return fingerprint_inputs(self._scenario.replace(**changes), self._known)


def _pack(figures: list[dict[str, object]]) -> bytes:
    return json.dumps(figures).encode()


def _unpack(packed: bytes, _changes: object) -> list[dict[str, object]]:
    found = [{name: each[name] for name in FIGURE_COLUMNS} for each in json.loads(packed)]
    if not found:
        raise ValueError("no figures")
    return found


def _run_variant(sweeping: _Sweeping, changes: Mapping[str, Any]) -> list[dict[str, object]]:
    """Return the headline figures of one run."""
    found = compute_states(sweeping.scenario.replace(**changes), shared=sweeping.shared)
    return [dict(figure) for figure in headline_figures(found)]


def _check(
    scenario: Scenario, fields: Mapping[str, object], problems: list[Problem]
) -> dict[str, list[object]]:
    """Return the values of each argument; every value is tried alone."""
    values: dict[str, list[object]] = {}
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
