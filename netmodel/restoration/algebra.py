"""Linear algebra of a fit, with every sum in an order of its own.

The libraries behind ``@`` and `numpy.linalg` add in an order that depends on the threads that they
may use, on the kernel that they choose for the processor, and on where in memory an array begins.
Parameters would then differ in the last digits between this process and a worker of Dask, which
has one thread. Here every element is multiplied and added by itself, one step after another. What
a fit needs is small: some dozens of parameters.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
CELLS = 1_000_000
"""Products that are formed at a time."""


def combine(columns: FloatArray, factors: FloatArray) -> FloatArray:
    """Return the sum of columns, each times its factor: ``columns @ factors``.

    Parameters
    ----------
    columns
        One row per element of the sum.
    factors
        One per column; or one row per column, for several sums at a time.

    Examples
    --------
    >>> combine(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([10.0, 1.0])).tolist()
    [12.0, 34.0]
    """
    total = np.zeros((len(columns), *factors.shape[1:]))
    for column, factor in zip(columns.T, factors, strict=True):
        total += column.reshape(-1, *(1,) * factor.ndim) * factor
    return total


def sum_products(left: FloatArray, weights: FloatArray, right: FloatArray) -> FloatArray:
    """Return the weighted sum over rows of the products of two rows: ``left.T @ (w * right)``.

    Examples
    --------
    >>> rows = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> sum_products(rows, np.array([1.0, 10.0]), rows).tolist()
    [[91.0, 122.0], [122.0, 164.0]]
    """
    total = np.zeros((left.shape[1], right.shape[1]))
    step = max(1, CELLS // max(1, total.size))
    for first in range(0, len(left), step):
        rows = slice(first, first + step)
        weighted = weights[rows, None] * left[rows]
        total += (weighted[:, :, None] * right[rows, None, :]).sum(axis=0)
    return total


def factorize(matrix: FloatArray) -> FloatArray:
    """Return the lower triangle ``L`` of a positive definite matrix ``L @ L.T``.

    Raises
    ------
    LinAlgError
        If it is not positive definite.

    Examples
    --------
    >>> factorize(np.array([[4.0, 2.0], [2.0, 10.0]])).tolist()
    [[2.0, 0.0], [1.0, 3.0]]
    """
    rest = np.tril(matrix)
    for place in range(len(rest)):
        pivot = float(rest[place, place])
        if not pivot > 0:
            raise np.linalg.LinAlgError(f"not positive definite at {place}")
        column = rest[place:, place]
        column /= math.sqrt(pivot)
        below = column[1:]
        rest[place + 1 :, place + 1 :] -= below[:, None] * below
    return np.tril(rest)


def solve_factored(factor: FloatArray, right: FloatArray) -> FloatArray:
    """Return the solution ``x`` of ``L @ L.T @ x = right``, for one right side or several.

    Examples
    --------
    >>> solve_factored(np.array([[2.0, 0.0], [1.0, 3.0]]), np.array([8.0, 22.0])).tolist()
    [1.0, 2.0]
    """
    columns = (slice(None), *(None,) * (right.ndim - 1))
    found = right.astype(np.float64)
    for place in range(len(factor)):
        found[place] /= factor[place, place]
        found[place + 1 :] -= factor[place + 1 :, place][columns] * found[place]
    for place in reversed(range(len(factor))):
        found[place] /= factor[place, place]
        found[:place] -= factor[place, :place][columns] * found[place]
    return found
