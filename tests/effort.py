"""What an action costs, counted and not timed, so that a busy machine changes nothing.

A refusal that would take seconds makes millions of calls. What runs inside one call of a compiled
library is not counted: memory and the end of the test itself bound that.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Effort:
    """How many functions were called, Python's own and compiled ones."""

    calls: int = 0


@contextmanager
def counted_calls() -> Iterator[Effort]:
    """Count the calls made in this block, in this thread."""
    effort = Effort()

    def count_call(_frame: object, event: str, _argument: object) -> None:
        effort.calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count_call)
    try:
        yield effort
    finally:
        sys.setprofile(before)
