"""A fitted model of restoration times as a file, so that a scenario can name it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np

from netmodel.errors import InputError, Problem, did_you_mean, nearest_names
from netmodel.files.strict import StrictModel
from netmodel.files.yaml import read_yaml, to_yaml, validate
from netmodel.restoration.distributions import DISTRIBUTIONS
from netmodel.restoration.fit import RestorationFit, RestorationPrior

FIT_KEY = "restoration_fit"
"""The first key of such a file."""


class FitModel(StrictModel):
    """What is kept of a fit: numbers in the order of `names`, the covariance row by row."""

    distribution: str
    names: list[str]
    parameters: list[float]
    covariance: list[list[float]]
    prior: dict[str, float]
    log_likelihood: float
    effective_parameters: float
    kind_counts: dict[str, int]
    censoring_counts: dict[str, int]
    notices: list[str]


class FitFile(StrictModel):
    """A file of one fit."""

    restoration_fit: FitModel


def fit_text(fit: RestorationFit) -> str:
    """Return the text of a file from which `read_fit` reads the same fit.

    Examples
    --------
    >>> from netmodel.restoration.durations import Durations
    >>> from netmodel.restoration.fit import fit_restoration
    >>> sample = Durations.from_bounds([(str(h), "power", h, h) for h in (2.0, 3.0, 5.0)])
    >>> fit_text(fit_restoration(sample)).splitlines()[:2]
    ['restoration_fit:', '  distribution: lognormal']
    """
    told = {
        "distribution": fit.distribution,
        "names": list(fit.names),
        "parameters": [float(each) for each in fit.parameters],
        "covariance": [[float(each) for each in row] for row in fit.covariance],
        "prior": asdict(fit.prior),
        "log_likelihood": float(fit.log_likelihood),
        "effective_parameters": float(fit.effective_parameters),
        "kind_counts": dict(fit.kind_counts),
        "censoring_counts": dict(fit.censoring_counts),
        "notices": list(fit.notices),
    }
    return to_yaml({FIT_KEY: told})


def read_fit(path: Path) -> RestorationFit:
    """Return the fit that a file holds.

    Raises
    ------
    InputError
        With every mistake of the file.
    """
    source = read_yaml(path)
    model = validate(source, FitFile).restoration_fit
    problems = []
    count = len(model.names)
    if model.distribution not in DISTRIBUTIONS:
        what = f"unknown distribution {model.distribution!r}"
        remedy = did_you_mean(nearest_names(model.distribution, DISTRIBUTIONS))
        where = source.where((FIT_KEY, "distribution"))
        problems.append(Problem(what=what, where=where, remedy=remedy))
    for name, fits in (
        ("parameters", len(model.parameters) == count),
        ("covariance", [len(row) for row in model.covariance] == [count] * count),
    ):
        if not fits:
            what = f"{name} does not have as many numbers as names (={count})"
            problems.append(Problem(what=what, where=source.where((FIT_KEY, name))))
    if problems:
        raise InputError(problems)
    try:
        prior = RestorationPrior(**model.prior)
    except TypeError:
        where = source.where((FIT_KEY, "prior"))
        raise InputError([Problem(what="is no prior of a fit", where=where)]) from None
    return RestorationFit(
        **{
            **model.model_dump(),
            "names": tuple(model.names),
            "parameters": np.array(model.parameters),
            "covariance": np.array(model.covariance).reshape(count, count),
            "prior": prior,
            "notices": tuple(model.notices),
        }
    )
