"""Resilience: what a step curve of performance over time loses, and when it recovers."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


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


def depth(performance: ArrayLike) -> float:
    """Return the greatest drop below 1; nan without a step.

    Examples
    --------
    >>> depth([1.0, 0.4, 1.0])
    0.6
    """
    values = np.asarray(performance, float)
    return float(1.0 - values.min()) if len(values) else float("nan")


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
