"""The door to lifelines."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from netmodel.errors import InputError, Problem, install_extra
from netmodel.restoration.distributions import FloatArray
from netmodel.restoration.durations import Durations

if TYPE_CHECKING:
    import types

    import pandas as pd
    from lifelines.fitters import ParametericAFTRegressionFitter


SMALLEST_HOURS = 1e-12
"""Stands for a lower bound of zero, whose logarithm lifelines cannot take."""
TOLERANCE = 1e-10
"""Of the mean log-likelihood; lifelines' own is 1e-6, which leaves the third decimal to chance."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mode:
    """The posterior mode of a fit.

    Parameters
    ----------
    parameters, covariance
        Covariates in the order of their columns, the intercept, and the log of the scale of
        log-hours; the covariance is the inverse Hessian at the mode.
    penalized_log_likelihood
        With the prior's exponent, without its constant.
    """

    parameters: FloatArray
    covariance: FloatArray
    penalized_log_likelihood: float


def find_mode(
    durations: Durations,
    covariates: pd.DataFrame,
    *,
    distribution: str,
    shrinkage_sd: float,
    start: FloatArray | None = None,
) -> Mode:
    """Run lifelines, with the prior as its penalty.

    lifelines penalizes the mean log-likelihood and scales each covariate to unit standard
    deviation first, so the precision of the prior is divided by the number of durations and by
    that variance. Given one number it would penalize the scale as well; given an array it does
    what the array says. It never penalizes the intercept beside covariates.

    Parameters
    ----------
    covariates
        One row per duration; sorted columns, none constant.
    start
        Where to start, in the order of `Mode.parameters`.

    Raises
    ------
    InputError
        If the optimizer gives up, or lifelines is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> sample = Durations.from_bounds([(str(h), "power", h, h) for h in (2.0, 3.0, 5.0)])
    >>> mode = find_mode(sample, pd.DataFrame(index=range(3)), distribution="lognormal",
    ...                  shrinkage_sd=1.0)
    >>> bool(abs(np.exp(mode.parameters[0]) - 30 ** (1 / 3)) < 1e-3)
    True
    """
    spread = covariates.std(axis=0).to_numpy(dtype=np.float64)
    fitter = _fitter(distribution, _penalizer(shrinkage_sd, spread, len(durations)), start)
    table = covariates.assign(
        lower=[max(row.lower_hours, SMALLEST_HOURS) for row in durations.rows],
        upper=[row.upper_hours for row in durations.rows],
    )
    # The shape of Weibull and log-logistic is the inverse of the scale of log-hours.
    sign = np.ones(len(spread) + 2)
    sign[-1] = 1.0 if distribution == "lognormal" else -1.0
    initial = None if start is None else start * sign * np.append(spread, [1.0, 1.0])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitter.fit_interval_censoring(
                table, "lower", "upper", initial_point=initial, fit_options={"ftol": TOLERANCE}
            )
    except load_lifelines().exceptions.ConvergenceError as error:
        raise InputError([_not_converged(distribution, len(durations))]) from error
    covariance = np.asarray(fitter.variance_matrix_, dtype=np.float64)
    return Mode(
        parameters=np.asarray(fitter.params_, dtype=np.float64) * sign,
        covariance=covariance * np.outer(sign, sign),
        penalized_log_likelihood=float(fitter.log_likelihood_),
    )


def load_lifelines() -> types.ModuleType:
    """Return the lifelines module, which is loaded only where a fit is asked for.

    Raises
    ------
    InputError
        If it is not installed.

    Examples
    --------
    >>> load_lifelines().__name__
    'lifelines'
    """
    try:
        import lifelines
    except ImportError as error:
        raise InputError(
            [
                Problem(
                    what="models of restoration need lifelines, which is not installed",
                    remedy=install_extra("restoration"),
                )
            ]
        ) from error
    module: types.ModuleType = lifelines
    return module


def _penalizer(shrinkage_sd: float, spread: FloatArray, count: int) -> FloatArray | float:
    if math.isinf(shrinkage_sd) or not len(spread):
        return 0.0
    penalties: FloatArray = np.append((shrinkage_sd * spread) ** -2 / count, 0.0)
    return penalties


def _fitter(
    distribution: str, penalizer: FloatArray | float, start: FloatArray | None
) -> ParametericAFTRegressionFitter:
    lifelines = load_lifelines()
    family = {
        "lognormal": lifelines.LogNormalAFTFitter,
        "weibull": lifelines.WeibullAFTFitter,
        "loglogistic": lifelines.LogLogisticAFTFitter,
    }[distribution]
    if start is not None:
        # lifelines looks for its first guess by fitting the univariate model that goes by the
        # same name, which takes longer than the fit itself. Under a name that it does not know
        # it skips this, and starts where it is told.
        family = type(f"Restoration{family.__name__}", (family,), {})
    return family(penalizer=penalizer)


def _not_converged(distribution: str, count: int) -> Problem:
    return Problem(
        what=f"the {distribution} fit to {count} durations did not converge",
        where="restoration fit",
        remedy="try another distribution or a smaller shrinkage_sd",
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TurnbullEstimate:
    """The share still out after so many hours, by Turnbull's estimator.

    Parameters
    ----------
    hours
        Rising; where the steps of the estimate end. The last may be infinite.
    lowest, highest
        The share still out during each step, which runs from the hour before to its own. The two
        differ where the durations do not say when, between two bounds, a restoration came; any
        falling curve between them fits equally well.
    count
        Durations that it rests on.

    References
    ----------
    Turnbull, B. W. (1976). The empirical distribution function with arbitrarily grouped, censored
    and truncated data. Journal of the Royal Statistical Society B 38, 290–295.
    doi:10.1111/j.2517-6161.1976.tb01597.x
    """

    hours: FloatArray
    lowest: FloatArray
    highest: FloatArray
    count: int

    def still_out(self, hours: float) -> tuple[float, float]:
        """Return the lowest and highest share still out after so many hours."""
        step = int(np.searchsorted(self.hours, hours, side="right"))
        if step == len(self.hours):
            return 0.0, 0.0
        highest = float(self.highest[step])
        if step > 0 and self.hours[step - 1] == hours:
            return highest, highest
        return float(self.lowest[step]), highest

    def median_hours(self) -> tuple[float, float]:
        """Return the earliest and latest hour at which half may be restored."""
        reached = self.hours[self.lowest <= 0.5]
        passed = self.hours[self.highest <= 0.5]
        steps = np.concatenate([[0.0], self.hours])
        earliest = steps[int(np.searchsorted(self.hours, reached[0]))] if len(reached) else np.inf
        latest = steps[int(np.searchsorted(self.hours, passed[0]))] if len(passed) else np.inf
        return float(earliest), float(latest)


def fit_turnbull(durations: Durations) -> TurnbullEstimate:
    """Estimate the share still out over time, without a form for the distribution.

    Parameters
    ----------
    durations
        All are taken as one sample, whatever their kind.

    Raises
    ------
    InputError
        If there is no duration with an upper bound, or lifelines is not installed.

    Examples
    --------
    >>> rows = [("a", "power", 2, 2), ("b", "power", 4, 4), ("c", "power", 3, float("inf"))]
    >>> fit_turnbull(Durations.from_bounds(rows)).still_out(2.0)[0]
    0.666...
    """
    lower = np.array([row.lower_hours for row in durations.rows])
    upper = np.array([row.upper_hours for row in durations.rows])
    if not np.isfinite(upper).any():
        raise InputError(
            [
                Problem(
                    what="no duration has an upper bound, so nothing was ever restored",
                    where="Turnbull estimate",
                    remedy="add incidents whose restoration is in the record",
                )
            ]
        )
    fitter = load_lifelines().KaplanMeierFitter()
    fitter.fit_interval_censoring(lower, upper, tol=1e-9)
    table = fitter.survival_function_
    return TurnbullEstimate(
        hours=table.index.to_numpy(dtype=np.float64),
        highest=table.iloc[:, 0].to_numpy(dtype=np.float64),
        lowest=table.iloc[:, 1].to_numpy(dtype=np.float64),
        count=len(durations),
    )
