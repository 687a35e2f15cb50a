"""The one place that knows the compiler: numba is an optional extra, loaded when first needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import TypeVar

ResultT = TypeVar("ResultT")


@cache
def can_compile() -> bool:
    """Whether numba is installed; it is not imported to find out."""
    return find_spec("numba") is not None


def compiled(function: Callable[..., ResultT]) -> Callable[..., ResultT]:
    """Compile a function at its first call, and keep the machine code next to its module.

    It lets go of the interpreter's lock while it runs, so that threads can share the work.
    """
    from numba import njit

    wrapped: Callable[..., ResultT]
    try:
        wrapped = njit(cache=True, nogil=True)(function)
    except RuntimeError:  # no folder to keep it in may be written to
        wrapped = njit(nogil=True)(function)
    return wrapped
