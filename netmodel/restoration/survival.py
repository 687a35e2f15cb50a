"""Turnbull's estimate, which assumes no form of the distribution; the door to lifelines."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem, install_extra
from netmodel.restoration.algebra import FloatArray
from netmodel.restoration.durations import Durations

if TYPE_CHECKING:
    import types


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
                    what="Turnbull's estimate needs lifelines, which is not installed",
                    remedy=install_extra("restoration"),
                )
            ]
        ) from error
    module: types.ModuleType = lifelines
    return module


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


@refuse_wrong_kinds
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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitter.fit_interval_censoring(lower, upper, tol=1e-9)
    table = fitter.survival_function_
    return TurnbullEstimate(
        hours=table.index.to_numpy(dtype=np.float64),
        highest=table.iloc[:, 0].to_numpy(dtype=np.float64),
        lowest=table.iloc[:, 1].to_numpy(dtype=np.float64),
        count=len(durations),
    )
