"""Rerouting: how much longer the way round is. Pure functions over matrices.

Costs are shape ``(hubs, hubs)``, inf where there is no route; demand has the same shape.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def _in_both(
    cost: NDArray[np.float64], base_cost: NDArray[np.float64], trips: NDArray[np.float64]
) -> NDArray[np.bool_]:
    return np.asarray(np.isfinite(cost) & np.isfinite(base_cost) & (trips > 0))


def detour_ratio(
    cost: NDArray[np.float64], base_cost: NDArray[np.float64], trips: NDArray[np.float64]
) -> float:
    """Return the demand-weighted mean of c_ij over c_ij(0), for pairs connected in both.

    Returns
    -------
    float
        At least 1 while outages only remove; nan when no demand is connected in both.

    Examples
    --------
    >>> base = np.array([[0.0, 60.0], [60.0, 0.0]])
    >>> detour_ratio(1.5 * base, base, np.triu(np.ones((2, 2)), 1))
    1.5
    """
    both = _in_both(cost, base_cost, trips)
    if not both.any():
        return float("nan")
    return float(np.average(cost[both] / base_cost[both], weights=trips[both]))


def extra_cost(
    cost: NDArray[np.float64], base_cost: NDArray[np.float64], trips: NDArray[np.float64]
) -> float:
    """Return the sum of d_ij (c_ij - c_ij(0)) over pairs connected in both.

    In minutes or km, as the costs are; 0 when no demand is connected in both.

    Examples
    --------
    >>> base = np.array([[0.0, 60.0], [60.0, 0.0]])
    >>> extra_cost(1.5 * base, base, np.triu(np.ones((2, 2)), 1))
    30.0
    """
    both = _in_both(cost, base_cost, trips)
    return float(((cost[both] - base_cost[both]) * trips[both]).sum())


def share_of_demand(
    concerned: NDArray[np.bool_], base_cost: NDArray[np.float64], trips: NDArray[np.float64]
) -> float:
    """Return the share of demand connected in the base for which something holds.

    Parameters
    ----------
    concerned
        Whether it holds for each pair; such as "its base path is closed, and it has another".

    Returns
    -------
    float
        nan when no demand is connected in the base.

    Examples
    --------
    >>> share_of_demand(np.array([[False, True], [False, False]]), np.zeros((2, 2)),
    ...                 np.triu(np.ones((2, 2)), 1))
    1.0
    """
    before = np.isfinite(base_cost)
    total = trips[before].sum()
    return float(trips[before & concerned].sum() / total) if total else float("nan")
