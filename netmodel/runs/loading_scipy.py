"""scipy's graphs, loaded without what nobody asks for.

Where scipy is loaded, it looks at every name of numpy, and so loads parts that numpy itself leaves
until somebody wants them: its compiler of Fortran, its tools for tests, its polynomials. That is
two thirds of the time that loading scipy takes, a twentieth of a small run. While scipy is loaded
those names are held, so that nothing is behind them; afterwards numpy finds them as ever. Apart
from `netmodel.runs.computation`, which calls it, because it concerns two libraries and no run.
"""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import numpy as np

GRAPHS = "scipy.sparse.csgraph"
UNWANTED = ("ctypeslib", "f2py", "polynomial", "testing")
"""Parts of numpy that it loads when they are first named."""


def load_graphs() -> None:
    """Load what searches routes, if it is not loaded yet.

    Where a scipy needs one of the names after all, whoever imports it next loads it in full.
    """
    if GRAPHS not in sys.modules:
        with suppress(ImportError, AttributeError, TypeError), hold_names():
            importlib.import_module(GRAPHS)


@contextmanager
def hold_names() -> Iterator[None]:
    """Keep numpy from loading parts that are not loaded yet, for a while.

    Nothing is held where other threads may ask for them.
    """
    names = vars(np)
    alone = threading.active_count() == 1
    held = [
        name
        for name in UNWANTED
        if alone and name not in names and f"numpy.{name}" not in sys.modules
    ]
    names.update(dict.fromkeys(held))
    try:
        yield
    finally:
        for name in held:
            if names.get(name, name) is None:
                del names[name]
