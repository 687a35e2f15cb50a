"""The likelihood of censored durations, its derivatives, and the mode of a posterior.

With ``W`` standard normal, smallest-extreme-value or logistic, ``log hours = location + scale * W``
is a lognormal, Weibull or log-logistic duration. Location and the logarithm of the scale are
linear in the parameters. Gradient and Hessian are written out, so that Newton's method needs some
ten steps.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from netmodel.errors import InputError, Problem
from netmodel.restoration.algebra import (
    FloatArray,
    combine,
    factorize,
    solve_factored,
    sum_products,
)
from netmodel.restoration.durations import Durations

MOST_STEPS = 200
TOLERANCE = 1e-9
"""Of half the squared length of a step in standard errors: parameters to 5e-5 of these."""
CLOSE = 1e-9
"""Bounds that differ by less than this share are one number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """The functions of a standard distribution, most as logarithms."""

    cdf: Callable[[FloatArray], FloatArray]
    log_survival: Callable[[FloatArray], FloatArray]
    log_cdf: Callable[[FloatArray], FloatArray]
    log_density: Callable[[FloatArray], FloatArray]
    slope: Callable[[FloatArray], FloatArray]
    """Derivative of the log-density."""
    curvature: Callable[[FloatArray], FloatArray]
    """Second derivative of the log-density."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CensoredSample:
    """Bounds of durations as logarithms, with the columns that location and scale depend on.

    Parameters
    ----------
    log_lower, log_upper
        Logarithms of hours; ``-inf`` and ``inf`` where a side is open.
    log_entry
        Only longer durations could come into the sample; ``-inf`` where all could.
    columns
        One row per duration and one column per parameter of the location.
    scale_columns
        The same for the logarithm of the scale.
    """

    log_lower: FloatArray
    log_upper: FloatArray
    log_entry: FloatArray
    columns: FloatArray
    scale_columns: FloatArray

    @classmethod
    def from_durations(
        cls, durations: Durations, columns: FloatArray, scale_columns: FloatArray
    ) -> CensoredSample:
        """Return the sample of some durations."""
        rows = [(row.lower_hours, row.upper_hours, row.entry_hours) for row in durations.rows]
        with np.errstate(divide="ignore"):
            logs = np.log(np.array(rows, dtype=np.float64).reshape(-1, 3))
        return cls(
            log_lower=logs[:, 0],
            log_upper=logs[:, 1],
            log_entry=logs[:, 2],
            columns=columns,
            scale_columns=scale_columns,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NormalPrior:
    """Independent normal priors of all parameters; no information where a precision is 0."""

    mean: FloatArray
    precision: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mode:
    """The posterior mode.

    Parameters
    ----------
    parameters
        Of the location in the order of their columns, then of the log-scale.
    covariance
        The inverse of minus the Hessian of the log-posterior at the mode.
    log_likelihood
        At the mode, without the prior.
    log_evidence
        Laplace's approximation of the logarithm of the prior predictive probability of the sample;
        of use only for comparing priors with one another.
    """

    parameters: FloatArray
    covariance: FloatArray
    log_likelihood: float
    log_evidence: float


def find_mode(
    sample: CensoredSample,
    *,
    distribution: str,
    prior: NormalPrior,
    start: FloatArray | None = None,
) -> Mode:
    """Climb to the posterior mode by Newton's method, damped until each step gains.

    Parameters
    ----------
    start
        Where to start; at the means of the prior by default.

    Raises
    ------
    InputError
        If the climb does not end.

    Examples
    --------
    >>> from netmodel.restoration.durations import Durations
    >>> rows = Durations.from_bounds([(str(h), "power", h, h) for h in (2.0, 3.0, 5.0)])
    >>> sample = CensoredSample.from_durations(rows, np.ones((3, 1)), np.ones((3, 1)))
    >>> flat = NormalPrior(mean=np.zeros(2), precision=np.zeros(2))
    >>> mode = find_mode(sample, distribution="lognormal", prior=flat)
    >>> bool(abs(np.exp(mode.parameters[0]) - 30 ** (1 / 3)) < 1e-6)
    True
    """
    parameters = (prior.mean if start is None else start).astype(np.float64)
    damping = 0.0
    value, gradient, hessian = _posterior(sample, distribution, prior, parameters)
    for _ in range(MOST_STEPS):
        step, damping = _solve_damped(hessian, gradient, damping)
        length = float((gradient * step).sum()) / 2
        if length < TOLERANCE and damping < 1e-6:
            return _describe_mode(sample, distribution, prior, parameters)
        tried = _posterior(sample, distribution, prior, parameters + step)
        if tried[0] >= value - 1e-12 * abs(value):
            parameters = parameters + step
            value, gradient, hessian = tried
            damping = 0.0 if damping < 1e-3 else damping / 10
        else:
            damping = max(10 * damping, 1e-2)
    what = f"the {distribution} fit to {len(sample.log_lower)} durations did not converge"
    remedy = "try another distribution, or a prior that says more"
    raise InputError([Problem(what=what, where="restoration fit", remedy=remedy)])


def log_likelihood(
    sample: CensoredSample, parameters: FloatArray, *, distribution: str
) -> tuple[float, FloatArray, FloatArray]:
    """Return the log-likelihood, its gradient and its Hessian.

    A duration counts with its density per hour where both bounds are one, and otherwise with the
    probability between them; divided by the probability of exceeding its entry.

    Examples
    --------
    >>> from netmodel.restoration.durations import Durations
    >>> rows = Durations.from_bounds([("a", "power", 1.0, float("inf"))])
    >>> sample = CensoredSample.from_durations(rows, np.ones((1, 1)), np.ones((1, 1)))
    >>> value, gradient, _ = log_likelihood(sample, np.zeros(2), distribution="loglogistic")
    >>> round(value, 4), (gradient.round(4) + 0.0).tolist()
    (-0.6931, [0.5, 0.0])
    """
    # A step too far may leave no probability; the value is then -inf, and the climb steps back.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return _assemble(_terms(sample, parameters, STANDARD[distribution]), sample)


def _terms(sample: CensoredSample, parameters: FloatArray, standard: Standard) -> FloatArray:
    """Return what each duration adds, in the rows of `_exact_terms`."""
    width = sample.columns.shape[1]
    location = combine(sample.columns, parameters[:width])
    rate = np.exp(-combine(sample.scale_columns, parameters[width:]))
    lower, upper, entry = (
        (each - location) * rate for each in (sample.log_lower, sample.log_upper, sample.log_entry)
    )
    exact = sample.log_upper - sample.log_lower < CLOSE
    terms = np.zeros((6, len(rate)))
    terms[:, exact] = _exact_terms(standard, lower[exact], rate[exact])
    terms[0, exact] -= sample.log_lower[exact]
    terms[:, ~exact] = _interval_terms(standard, lower[~exact], upper[~exact], rate[~exact])
    late = np.isfinite(sample.log_entry)
    if late.any():
        beyond = np.full(late.sum(), np.inf)
        terms[:, late] -= _interval_terms(standard, entry[late], beyond, rate[late])
    return terms


def _posterior(
    sample: CensoredSample, distribution: str, prior: NormalPrior, parameters: FloatArray
) -> tuple[float, FloatArray, FloatArray]:
    value, gradient, hessian = log_likelihood(sample, parameters, distribution=distribution)
    away = parameters - prior.mean
    value -= 0.5 * float((prior.precision * away**2).sum())
    if not math.isfinite(value):
        return -math.inf, gradient, hessian
    return value, gradient - prior.precision * away, hessian - np.diag(prior.precision)


def _describe_mode(
    sample: CensoredSample, distribution: str, prior: NormalPrior, parameters: FloatArray
) -> Mode:
    value, _, hessian = log_likelihood(sample, parameters, distribution=distribution)
    information = np.diag(prior.precision) - hessian
    known = prior.precision > 0
    log_prior = 0.5 * float(
        np.log(prior.precision[known]).sum()
        - (prior.precision * (parameters - prior.mean) ** 2).sum()
    )
    factor = factorize(information)
    covariance = solve_factored(factor, np.eye(len(factor)))
    return Mode(
        parameters=parameters,
        covariance=(covariance + covariance.T) / 2,
        log_likelihood=value,
        log_evidence=value + log_prior - float(np.log(np.diag(factor)).sum()),
    )


def _solve_damped(
    hessian: FloatArray, gradient: FloatArray, damping: float
) -> tuple[FloatArray, float]:
    """Return an uphill step, with as much damping as makes the Hessian negative definite."""
    size = np.maximum(np.abs(np.diag(hessian)), 1e-6)
    while True:
        try:
            factor = factorize(np.diag(damping * size) - hessian)
        except np.linalg.LinAlgError:
            damping = max(10 * damping, 1e-3)
            continue
        return solve_factored(factor, gradient), damping


def _exact_terms(standard: Standard, z: FloatArray, rate: FloatArray) -> FloatArray:
    """Return each log-density with its derivatives by location ``m`` and log-scale ``s``.

    In rows: value, by m, by s, by m twice, by m and s, by s twice. The density is that of the
    logarithm of hours.
    """
    slope, curve = standard.slope(z), standard.curvature(z)
    return np.stack(
        [
            standard.log_density(z) + np.log(rate),
            -rate * slope,
            -z * slope - 1,
            rate**2 * curve,
            rate * (slope + z * curve),
            z * (slope + z * curve),
        ]
    )


def _interval_terms(
    standard: Standard, lower: FloatArray, upper: FloatArray, rate: FloatArray
) -> FloatArray:
    """Return each log-probability between bounds with its derivatives, as `_exact_terms` does."""
    log_chance = _log_between(standard, lower, upper)
    total = np.zeros((6, len(rate)))
    total[0] = log_chance
    by_m, by_s = np.zeros(len(rate)), np.zeros(len(rate))
    for z, sign in ((lower, -1.0), (upper, 1.0)):
        inside = np.isfinite(z)
        at = np.where(inside, z, 0.0)
        weight = np.where(inside, sign * np.exp(standard.log_density(at) - log_chance), 0.0)
        steep = weight * standard.slope(at)
        by_m -= rate * weight
        by_s -= at * weight
        total[3] += rate**2 * steep
        total[4] += rate * (weight + at * steep)
        total[5] += at * (weight + at * steep)
    total[1], total[2] = by_m, by_s
    total[3] -= by_m**2
    total[4] -= by_m * by_s
    total[5] -= by_s**2
    return total


def _log_between(standard: Standard, lower: FloatArray, upper: FloatArray) -> FloatArray:
    """Return the logarithm of the probability between two bounds, from the nearer tail."""
    right = lower > 0
    large = np.where(right, standard.log_survival(lower), standard.log_cdf(upper))
    small = np.where(right, standard.log_survival(upper), standard.log_cdf(lower))
    between: FloatArray = large + np.log(-np.expm1(np.minimum(small - large, 0.0)))
    return between


def _assemble(terms: FloatArray, sample: CensoredSample) -> tuple[float, FloatArray, FloatArray]:
    """Return the sum of all terms with its derivatives by the parameters."""
    columns, scale_columns = sample.columns, sample.scale_columns
    value, by_m, by_s, by_mm, by_ms, by_ss = terms
    mixed = sum_products(columns, by_ms, scale_columns)
    return (
        float(value.sum()),
        np.concatenate(
            [(columns.T * by_m).sum(axis=1), (scale_columns.T * by_s).sum(axis=1)],
        ),
        np.block(
            [
                [sum_products(columns, by_mm, columns), mixed],
                [mixed.T, sum_products(scale_columns, by_ss, scale_columns)],
            ]
        ),
    )


def _normal() -> Standard:
    # scipy is imported where it is needed: it costs more than all the rest.
    def cdf(z: FloatArray) -> FloatArray:
        from scipy.special import ndtr

        values: FloatArray = ndtr(z)
        return values

    def log_cdf(z: FloatArray) -> FloatArray:
        from scipy.special import log_ndtr

        values: FloatArray = log_ndtr(z)
        return values

    return Standard(
        cdf=cdf,
        log_survival=lambda z: log_cdf(-z),
        log_cdf=log_cdf,
        log_density=lambda z: -0.5 * z**2 - 0.5 * math.log(2 * math.pi),
        slope=lambda z: -z,
        curvature=lambda z: -np.ones_like(z),
    )


def _smallest_extreme_value() -> Standard:
    def exp(z: FloatArray) -> FloatArray:
        with np.errstate(over="ignore"):
            values: FloatArray = np.exp(z)
        return values

    def cdf(z: FloatArray) -> FloatArray:
        return -np.expm1(-exp(z))

    def log_cdf(z: FloatArray) -> FloatArray:
        with np.errstate(divide="ignore"):
            values: FloatArray = np.log(cdf(z))
        return values

    return Standard(
        cdf=cdf,
        log_survival=lambda z: -exp(z),
        log_cdf=log_cdf,
        log_density=lambda z: z - exp(z),
        slope=lambda z: 1 - exp(z),
        curvature=lambda z: -exp(z),
    )


def _logistic() -> Standard:
    def half(z: FloatArray) -> FloatArray:
        values: FloatArray = np.tanh(z / 2)
        return values

    return Standard(
        cdf=lambda z: np.exp(-np.logaddexp(0.0, -z)),
        log_survival=lambda z: -np.logaddexp(0.0, z),
        log_cdf=lambda z: -np.logaddexp(0.0, -z),
        log_density=lambda z: z - 2 * np.logaddexp(0.0, z),
        slope=lambda z: -half(z),
        curvature=lambda z: -0.5 * (1 - half(z) ** 2),
    )


STANDARD = {
    "lognormal": _normal(),
    "weibull": _smallest_extreme_value(),
    "loglogistic": _logistic(),
}
"""By name of the distribution of hours."""
