"""Loading scipy's graphs: what is not loaded with them, and that numpy finds it afterwards."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from netmodel.runs.loading_scipy import UNWANTED, hold_names

_LOAD = """
import sys
from netmodel.runs.loading_scipy import load_graphs
load_graphs()
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
parts = ("numpy.f2py", "numpy.testing")
print([part for part in parts if part in sys.modules])
import numpy
print(numpy.testing.assert_equal is not None, numpy.f2py.__name__, numpy.polynomial.__name__)
print(dijkstra(csr_array([[0, 2], [0, 0]])).tolist())
"""


def test_parts_are_loaded_when_they_are_named_and_not_before() -> None:
    told = subprocess.run([sys.executable, "-c", _LOAD], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines() == [
        "[]",
        "True numpy.f2py numpy.polynomial",
        "[[0.0, 2.0], [inf, 0.0]]",
    ]


def test_names_come_back_after_a_failure() -> None:
    before = {name: vars(np).get(name) for name in UNWANTED}
    with pytest.raises(ImportError), hold_names():
        raise ImportError
    assert {name: vars(np).get(name) for name in UNWANTED} == before
    assert all(getattr(np, name) is not None for name in UNWANTED)
