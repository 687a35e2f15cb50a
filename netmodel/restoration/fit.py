"""Models of restoration time, fitted by lifelines to censored durations.

Lognormal, Weibull and log-logistic accelerated-failure-time models with the kind of incident as
covariate. The kinds are pooled in part: a normal prior draws each kind's mean log-duration to
that of all kinds, the more so the fewer durations it has. The prior enters as lifelines' ridge
penalty, so that the fit is the posterior mode and its covariance the inverse Hessian there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from netmodel.errors import InputError, Problem, UnknownNameError, nearest_names
from netmodel.restoration.distributions import DISTRIBUTIONS, FloatArray, Mixture
from netmodel.restoration.durations import Durations
from netmodel.restoration.survival import find_mode

if TYPE_CHECKING:
    import pandas as pd


SHRINKAGE_SD = 1.0
LEAST_BOUNDED = 3
DEGRADED = "not_closed"
SCALE = "scale"
INTERCEPT = "intercept"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RestorationFit:
    """A fitted model of restoration time.

    Parameters
    ----------
    names
        Of the parameters: the covariates, ``intercept``, and ``scale`` (as its logarithm). With
        ``W`` standard, ``log hours = intercept + covariates + scale * W``.
    parameters, covariance
        Posterior mode and the inverse Hessian there, in the order of `names`.
    shrinkage_sd
        Standard deviation of the prior of each covariate, in log-hours: 1.0 means that two
        thirds of the kinds lie within a factor of 2.7 of the whole. ``inf`` is no pooling.
    log_likelihood
        At the mode, without the prior.
    effective_parameters
        Trace of the covariance times the unpenalized Hessian; equals the number of parameters
        without a prior (Gray 1992, doi:10.1080/01621459.1992.10476248).
    kind_counts, censoring_counts
        Sample sizes.
    notices
        What a reader must know, in sentences: kinds with one duration, covariates left out.
    """

    distribution: str
    names: tuple[str, ...]
    parameters: FloatArray
    covariance: FloatArray
    shrinkage_sd: float
    log_likelihood: float
    effective_parameters: float
    kind_counts: Mapping[str, int]
    censoring_counts: Mapping[str, int]
    notices: tuple[str, ...]

    @property
    def aic(self) -> float:
        """Akaike's criterion, with the effective number of parameters; smaller is better."""
        return 2 * self.effective_parameters - 2 * self.log_likelihood

    @property
    def count(self) -> int:
        """Durations that the fit rests on."""
        return sum(self.kind_counts.values())

    def parameter(self, name: str) -> tuple[float, float]:
        """Return the estimate and standard error of a parameter.

        Raises
        ------
        UnknownNameError
            If there is no such parameter.
        """
        if name not in self.names:
            raise UnknownNameError("parameter", name, nearest_names(name, self.names))
        place = self.names.index(name)
        return float(self.parameters[place]), math.sqrt(float(self.covariance[place, place]))

    def predict(
        self, kind: str, *, effect: str = "closed", draws: int = 1000, seed: int = 0
    ) -> Mixture:
        """Return the predictive distribution of an incident of some kind.

        Parameters
        ----------
        kind
            One without durations is drawn from the prior around all kinds: a wider distribution.
        draws
            Parameter vectors drawn from the normal approximation at the mode.
        seed
            The same seed gives the same draws.

        Raises
        ------
        InputError
            If `draws` is below 1.
        """
        if draws < 1:
            raise InputError([Problem(what=f"draws (={draws}) must be >= 1")])
        rng = np.random.default_rng(seed)
        table = rng.multivariate_normal(self.parameters, self.covariance, size=draws, method="eigh")
        spread = rng.standard_normal(draws)
        column = {name: table[:, place] for place, name in enumerate(self.names)}
        location = column[INTERCEPT].copy()
        if f"kind {kind}" in column:
            location += column[f"kind {kind}"]
        elif self._kinds_vary_around(kind):
            location += self._prior_spread() * spread
        if effect != "closed" and DEGRADED in column:
            location += column[DEGRADED]
        return Mixture(
            distribution=self.distribution, location=location, scale=np.exp(column[SCALE])
        )

    def _kinds_vary_around(self, kind: str) -> bool:
        return math.isfinite(self.shrinkage_sd) and kind not in self.kind_counts

    def _prior_spread(self) -> float:
        """Return the spread of a new kind around the intercept.

        A fit on a single kind has that kind's own mean as intercept, and the difference between
        two kinds has twice the variance.
        """
        pooled = any(name.startswith("kind ") for name in self.names)
        return self.shrinkage_sd * (1.0 if pooled else math.sqrt(2.0))


def fit_restoration(
    durations: Durations,
    *,
    distribution: str = "lognormal",
    by_kind: bool = True,
    shrinkage_sd: float = SHRINKAGE_SD,
    start: RestorationFit | None = None,
) -> RestorationFit:
    """Fit a model of restoration time to censored durations.

    Parameters
    ----------
    distribution
        ``lognormal``, ``weibull`` or ``loglogistic``.
    by_kind
        Covariates for the kind of incident, and for effects other than a closure.
    shrinkage_sd
        Prior standard deviation of the covariates, in log-hours.
    start
        A fit from whose parameters to start; saves time, changes no result beyond the tolerance
        of the optimizer.

    Returns
    -------
    RestorationFit
        A kind with one duration stays in, drawn to the mean of all; a notice says so.

    Raises
    ------
    UnknownNameError
        For an unknown distribution.
    InputError
        If the likelihood has no maximum (fewer than three durations bounded on both sides, or
        one hour fits all of them), the shrinkage is not positive, the optimizer gives up, or
        lifelines is not installed.

    Examples
    --------
    >>> hours = [2.0, 3.0, 5.0, 9.0]
    >>> sample = Durations.from_bounds([(str(h), "power", h, h) for h in hours])
    >>> fit = fit_restoration(sample)
    >>> round(float(np.exp(fit.parameter("intercept")[0])), 2)
    4.05
    """
    if distribution not in DISTRIBUTIONS:
        raise UnknownNameError(
            "distribution", distribution, nearest_names(distribution, DISTRIBUTIONS)
        )
    if not shrinkage_sd > 0:
        raise InputError([Problem(what=f"shrinkage_sd (={shrinkage_sd}) must be > 0")])
    _check_that_a_maximum_exists(durations)
    covariates, notices = _design(durations, by_kind)
    names = (*covariates.columns, INTERCEPT, SCALE)
    mode = find_mode(
        durations,
        covariates,
        distribution=distribution,
        shrinkage_sd=shrinkage_sd,
        start=None if start is None else _starting_point(start, names),
    )
    precision = 0.0 if math.isinf(shrinkage_sd) else shrinkage_sd**-2
    shrunk = slice(0, len(covariates.columns))
    penalty = 0.5 * precision * float((mode.parameters[shrunk] ** 2).sum())
    given_away = precision * float(np.trace(mode.covariance[shrunk, shrunk]))
    return RestorationFit(
        distribution=distribution,
        names=names,
        parameters=mode.parameters,
        covariance=mode.covariance,
        shrinkage_sd=shrinkage_sd,
        log_likelihood=mode.penalized_log_likelihood + penalty,
        effective_parameters=len(names) - given_away,
        kind_counts=durations.kind_counts(),
        censoring_counts=durations.censoring_counts(),
        notices=notices,
    )


def fit_all(
    durations: Durations,
    *,
    shrinkage_sd: float = SHRINKAGE_SD,
    start: Mapping[str, RestorationFit] | None = None,
) -> dict[str, RestorationFit]:
    """Fit the three distributions; the one with the smallest AIC comes first.

    Examples
    --------
    >>> hours = [2.0, 3.0, 5.0, 9.0]
    >>> sample = Durations.from_bounds([(str(h), "power", h, h) for h in hours])
    >>> sorted(fit_all(sample))
    ['loglogistic', 'lognormal', 'weibull']
    """
    fits = [
        fit_restoration(
            durations,
            distribution=name,
            shrinkage_sd=shrinkage_sd,
            start=start[name] if start else None,
        )
        for name in DISTRIBUTIONS
    ]
    return {fit.distribution: fit for fit in sorted(fits, key=lambda fit: fit.aic)}


def _check_that_a_maximum_exists(durations: Durations) -> None:
    counts = durations.censoring_counts()
    bounded = counts["exact"] + counts["interval"]
    remedy = "add incidents whose duration is known between bounds, or use the Turnbull estimate"
    where = "restoration fit"
    if bounded < LEAST_BOUNDED:
        what = (
            f"only {bounded} of {len(durations)} durations are bounded on both sides; "
            f"a model needs at least {LEAST_BOUNDED}, since the rest allow any spread"
        )
        raise InputError([Problem(what=what, where=where, remedy=remedy)])
    lowest = max(row.lower_hours for row in durations.rows)
    highest = min(row.upper_hours for row in durations.rows)
    if lowest <= highest:
        what = f"a single duration of {highest:g} h fits all {len(durations)}; no spread to learn"
        raise InputError([Problem(what=what, where=where, remedy=remedy)])
    if any(row.upper_hours == 0 for row in durations.rows):
        what = "a duration of zero hours has no logarithm"
        raise InputError([Problem(what=what, where=where, remedy="leave it out")])


def _design(durations: Durations, by_kind: bool) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the covariates, one column each, and what to tell the reader about them."""
    import pandas as pd

    columns: dict[str, list[float]] = {}
    counts = durations.kind_counts()
    notices = [
        f"kind {kind} has one duration: its estimate is drawn to that of all kinds"
        for kind, count in counts.items()
        if by_kind and count == 1 and len(counts) > 1
    ]
    if by_kind and len(counts) > 1:
        columns = {
            f"kind {kind}": [float(row.kind == kind) for row in durations.rows] for kind in counts
        }
    elif by_kind:
        notices.append(f"all durations are of kind {next(iter(counts))}: kinds are not compared")
    degraded = [float(row.effect != "closed") for row in durations.rows]
    if by_kind and 0 < sum(degraded) < len(degraded):
        columns[DEGRADED] = degraded
    table = pd.DataFrame(columns, index=range(len(durations)))
    return table[sorted(table.columns)], tuple(notices)


def _starting_point(start: RestorationFit, names: tuple[str, ...]) -> FloatArray:
    """Return the other fit's parameters under these names; zero where it has none."""
    known = dict(zip(start.names, start.parameters, strict=True))
    return np.array([known.get(name, 0.0) for name in names])
