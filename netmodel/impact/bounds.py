"""Bounds of metrics and pairs in a state, and what a curve of performance loses.

At each instant some outages *must* hold and others *may*. Removing or slowing links never helps
a monotone metric, so its value with every outage that may hold is *guaranteed*, and its value
with only those that must is *possible*. At each instant both are attained. As a rule one set of
restoration times is worst at every instant at once, and one is best, so that the bounds of the
loss are attained too; `netmodel.impact.loss.LossModel.bounds` says when they are not.

An incident in two stages (closed, then slowed) needs a little care. Between the two neither
stage may be certain although one of them must hold; the best case is then the milder one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from netmodel.impact.situation import METRICS

CERTAINTIES = ("connected", "in doubt", "cut", "cut in base")
"""What can be said of a pair, whatever the times that the evidence allows."""


def resilience_loss(hours: ArrayLike, performance: ArrayLike) -> float:
    """Return the area between 1 and the step curve, in hours.

    Bruneau and others (2003), doi:10.1193/1.1623497: the resilience triangle.

    Parameters
    ----------
    hours
        Length of each step, h.
    performance
        Value of each step; nan steps count as not known and make the loss nan.

    Examples
    --------
    >>> resilience_loss([6, 10, 8], [1.0, 0.4, 1.0])
    6.0
    """
    lengths, values = np.asarray(hours, float), np.asarray(performance, float)
    return float((lengths * (1.0 - values)).sum())


def time_to_recover(hours: ArrayLike, performance: ArrayLike, *, level: float = 1.0) -> float:
    """Return the hours from the first drop below a level until it is held to the end.

    Returns
    -------
    float
        0 when the curve never drops below the level; inf when it has not recovered by the end.

    Examples
    --------
    >>> time_to_recover([6, 10, 8], [1.0, 0.4, 1.0])
    10.0
    >>> time_to_recover([6, 10], [1.0, 0.4])
    inf
    """
    lengths, values = np.asarray(hours, float), np.asarray(performance, float)
    low = np.flatnonzero(values < level - 1e-12)
    if not len(low):
        return 0.0
    if low[-1] == len(values) - 1:
        return float("inf")
    return float(lengths[low[0] : low[-1] + 1].sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricBounds:
    """The value of a metric at its worst and at its best.

    Parameters
    ----------
    guaranteed
        Every restoration time that the evidence allows gives this value or a better one.
    possible
        Every one gives this value or a worse one.

    Examples
    --------
    >>> MetricBounds(guaranteed=0.7, possible=1.0).width
    0.30000000000000004
    >>> MetricBounds(guaranteed=13.0, possible=12.0).holds(12.5)
    True
    """

    guaranteed: float
    possible: float

    @property
    def width(self) -> float:
        """How far apart the two are, >= 0."""
        return abs(self.guaranteed - self.possible)

    def holds(self, value: float, *, tolerance: float = 1e-9) -> bool:
        """Whether a value lies between the two; nan lies in bounds of nan only."""
        if np.isnan(value):
            return bool(np.isnan(self.guaranteed) or np.isnan(self.possible))
        low, high = sorted((self.guaranteed, self.possible))
        return bool(low - tolerance <= value <= high + tolerance)


def monotone_metrics(metrics: Sequence[str]) -> tuple[str, ...]:
    """Return those of some metrics that more outages can only make worse.

    Examples
    --------
    >>> monotone_metrics(["connected_share", "detour_ratio"])
    ('connected_share',)
    """
    return tuple(name for name in metrics if METRICS[name].monotone)


def classify_pairs(
    connected_in_base: NDArray[np.bool_],
    connected_at_worst: NDArray[np.bool_],
    connected_at_best: NDArray[np.bool_],
) -> NDArray[np.str_]:
    """Say of each pair whether the evidence settles that it is connected.

    Returns
    -------
    ndarray of str
        ``connected`` (certainly), ``in doubt``, ``cut`` (certainly), or ``cut in base``.

    Examples
    --------
    >>> classify_pairs(np.array([True, True, True, False]),
    ...     np.array([True, False, False, False]), np.array([True, True, False, False])).tolist()
    ['connected', 'in doubt', 'cut', 'cut in base']
    """
    codes = code_certainty(connected_in_base, connected_at_worst, connected_at_best)
    return np.asarray(np.array(CERTAINTIES)[codes])


def code_certainty(
    connected_in_base: NDArray[np.bool_],
    connected_at_worst: NDArray[np.bool_],
    connected_at_best: NDArray[np.bool_],
) -> NDArray[np.int8]:
    """Return what `classify_pairs` says, as positions in `CERTAINTIES`.

    Examples
    --------
    >>> code_certainty(np.array([True, True]), np.array([True, False]), np.array([True, True]))
    array([0, 1], dtype=int8)
    """
    at_best = np.where(connected_in_base & ~connected_at_best, np.int8(2), np.int8(1))
    lost = np.where(connected_in_base | connected_at_best, at_best, np.int8(3))
    return np.where(connected_at_worst, np.int8(0), lost)


def bounds_of(best: Mapping[str, float], worst: Mapping[str, float]) -> dict[str, MetricBounds]:
    """Pair the values of some metrics with only the mildest, and with all possible, outages."""
    return {name: MetricBounds(guaranteed=worst[name], possible=best[name]) for name in best}
