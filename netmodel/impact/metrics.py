"""Metrics as pure functions over matrices.

Costs are shape ``(hubs, hubs)``, in any unit, inf where there is no route. Demand has the same
shape, trips from row to column.

Costs are shape ``(hubs, hubs)``, inf where there is no route; demand has the same shape.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def connected_share(
    cost: NDArray[np.float64], base_cost: NDArray[np.float64], trips: NDArray[np.float64]
) -> float:
    """Return the share of demand that still has a path.

    sum of d_ij [c_ij < inf] over sum of d_ij [c_ij(0) < inf], over pairs connected in the base.

    Returns
    -------
    float
        From 0 to 1; nan when no demand is connected in the base.

    Examples
    --------
    >>> base = np.array([[0.0, 60.0, 90.0], [60.0, 0.0, 30.0], [90.0, 30.0, 0.0]])
    >>> cut = np.array([[0.0, 60.0, np.inf], [60.0, 0.0, np.inf], [np.inf, np.inf, 0.0]])
    >>> round(connected_share(cut, base, np.triu(np.ones((3, 3)), 1)), 3)
    0.333
    """
    before = np.isfinite(base_cost)
    total = trips[before].sum()
    return float(trips[before & np.isfinite(cost)].sum() / total) if total else float("nan")


def unserved_demand(
    cost: NDArray[np.float64], base_cost: NDArray[np.float64], trips: NDArray[np.float64]
) -> float:
    """Return the trips that had a path in the base and have none now.

    Examples
    --------
    >>> base = np.zeros((2, 2))
    >>> unserved_demand(np.full((2, 2), np.inf), base, np.triu(np.ones((2, 2)), 1))
    1.0
    """
    return float(trips[np.isfinite(base_cost) & ~np.isfinite(cost)].sum())


def component_count(labels: NDArray[np.int64]) -> int:
    """Return the number of components; 0 without hubs.

    Parameters
    ----------
    labels
        Component of each hub.

    Examples
    --------
    >>> component_count(np.array([0, 0, 1]))
    2
    """
    return len(np.unique(labels))


def largest_component_share(
    labels: NDArray[np.int64], weights: NDArray[np.float64] | None = None
) -> float:
    """Return the share of the heaviest component: of hubs, or of a weight such as population.

    Returns
    -------
    float
        nan when there are no hubs, or no weight.

    Examples
    --------
    >>> largest_component_share(np.array([0, 0, 1, 0]))
    0.75
    """
    if not len(labels):
        return float("nan")
    sizes = np.bincount(labels, weights=weights)
    total = sizes.sum()
    return float(sizes.max() / total) if total else float("nan")


def isolated_hubs(labels: NDArray[np.int64], anchors: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the positions of hubs with no path to any anchor hub; none without anchors.

    Examples
    --------
    >>> isolated_hubs(np.array([0, 0, 1]), np.array([0])).tolist()
    [2]
    """
    if not len(anchors):
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(~np.isin(labels, labels[anchors]))


def efficiency(cost: NDArray[np.float64]) -> float:
    """Return the mean of 1 / c_ij over all ordered pairs of different hubs.

    The global efficiency of Latora and Marchiori (2001), doi:10.1103/PhysRevLett.87.198701.

    Returns
    -------
    float
        nan with fewer than two hubs.

    Examples
    --------
    >>> efficiency(np.array([[0.0, 2.0], [2.0, 0.0]]))
    0.5
    """
    size = len(cost)
    if size < 2:
        return float("nan")
    apart = ~np.eye(size, dtype=bool)
    return float((1.0 / cost[apart]).sum() / (size * (size - 1)))


def efficiency_ratio(cost: NDArray[np.float64], base_cost: NDArray[np.float64]) -> float:
    """Return the efficiency over that of the base; nan when the base has none.

    Examples
    --------
    >>> base = np.array([[0.0, 2.0], [2.0, 0.0]])
    >>> efficiency_ratio(2 * base, base)
    0.5
    """
    before = efficiency(base_cost)
    return efficiency(cost) / before if before else float("nan")


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
    concerned: NDArray[np.bool_] | NDArray[np.float64],
    base_cost: NDArray[np.float64],
    trips: NDArray[np.float64],
) -> float:
    """Return the share of demand connected in the base for which something holds.

    Parameters
    ----------
    concerned
        Whether it holds for each pair, or for which share of it; such as "its base path is closed,
        and it has another".

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
    return float((trips * concerned)[before].sum() / total) if total else float("nan")
