"""Linear algebra in a fixed order: right, and the same bytes whatever computes beside it."""

import os
import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose

from netmodel.restoration.algebra import combine, factorize, solve_factored, sum_products

FIT = """
import hashlib
from netmodel import built_in_catalogue
from netmodel.restoration import collect_durations, fit_restoration

sample = collect_durations(built_in_catalogue())
for name in ("lognormal", "weibull"):
    fit = fit_restoration(sample, distribution=name)
    drawn = fit.predict("power", draws=50)
    for each in (fit.parameters, fit.covariance, drawn.location, drawn.scale):
        print(hashlib.sha256(each.tobytes()).hexdigest())
"""
"""A fit of more than the eight parameters from which on libraries use threads."""


def make_positive(size, seed):
    rows = np.random.default_rng(seed).normal(size=(2 * size, size))
    return rows.T @ rows


@pytest.mark.parametrize("size", [1, 2, 7, 40])
def test_it_solves_as_numpy_does(size):
    matrix = make_positive(size, size)
    factor = factorize(matrix)
    assert_allclose(factor, np.linalg.cholesky(matrix), rtol=1e-9)
    right = np.arange(1.0, size + 1)
    assert_allclose(solve_factored(factor, right), np.linalg.solve(matrix, right), rtol=1e-7)
    assert_allclose(
        solve_factored(factor, np.eye(size)), np.linalg.inv(matrix), rtol=1e-7, atol=1e-12
    )


def test_it_adds_as_numpy_does(monkeypatch):
    rng = np.random.default_rng(5)
    left, right, weights = rng.normal(size=(53, 4)), rng.normal(size=(53, 3)), rng.normal(size=53)
    for cells in (1, 50, 1_000_000):
        monkeypatch.setattr("netmodel.restoration.algebra.CELLS", cells)
        assert_allclose(sum_products(left, weights, right), (left.T * weights) @ right)
    assert_allclose(combine(left, right[:4, 0]), left @ right[:4, 0])
    assert_allclose(combine(left, right[:4]), left @ right[:4])
    assert sum_products(left[:0], weights[:0], right[:0]).tolist() == [[0.0] * 3] * 4


@pytest.mark.parametrize("matrix", [[[0.0]], [[-1.0]], [[np.nan]], [[1.0, 2.0], [2.0, 1.0]]])
def test_what_is_not_positive_definite_is_refused(matrix):
    with pytest.raises(np.linalg.LinAlgError):
        factorize(np.array(matrix))


def move(array, offset):
    """Return a copy that begins so many bytes after a multiple of 64."""
    memory = np.empty(array.nbytes + 128, np.uint8)
    begin = -memory.ctypes.data % 64 + offset
    found = memory[begin : begin + array.nbytes].view(array.dtype).reshape(array.shape)
    found[...] = array
    return found


def test_the_place_in_memory_does_not_matter():
    rng = np.random.default_rng(3)
    left, weights, factors = rng.normal(size=(53, 6)), rng.normal(size=53), rng.normal(size=6)
    matrix = make_positive(6, 1)
    found = {
        (
            combine(move(left, offset), move(factors, 8)).tobytes(),
            sum_products(move(left, offset), move(weights, 0), move(left, 8)).tobytes(),
            solve_factored(factorize(move(matrix, offset)), move(factors, offset)).tobytes(),
        )
        for offset in range(0, 64, 8)
    }
    assert len(found) == 1


def test_a_fit_is_the_same_bytes_whatever_threads_and_kernels_the_libraries_have():
    found = set()
    for extra in (
        {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
        {"OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2", "MKL_NUM_THREADS": "2"},
        {"OPENBLAS_CORETYPE": "Haswell"},
    ):
        command = [sys.executable, "-W", "ignore", "-c", FIT]
        found.add(subprocess.check_output(command, env=os.environ | extra))
    assert len(found) == 1
