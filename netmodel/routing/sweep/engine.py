"""Which engine solves a router's states: scipy at once, or the compiled sweep where it pays.

Both give the same costs and the same routes, so that the choice is one of time alone. It follows
from an estimate of the work and not from a clock, and so is the same in every run.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from netmodel.errors import install_extra
from netmodel.routing.kernel import Kernel
from netmodel.routing.sweep.compiled import can_compile

if TYPE_CHECKING:
    from netmodel.routing.sweep.sweeper import Sweeper
    from netmodel.routing.sweep.swept_routes import Sources


ENGINES = ("auto", "scipy", "sweep")
ENGINE_VARIABLE = "NETMODEL_ENGINE"
"""The environment variable that chooses where no engine is named."""
SECONDS_PER_ARC = 3e-8
"""A search, for each source and arc of the kernel, with its trees."""
SECONDS_PER_SEARCH = 3e-4
"""A search at least."""
SECONDS_PER_LANE = 4e-10
"""A sweep from one state to a wholly different one, for each source and arc of the kernel."""
SECONDS_PER_SWEEP = 1e-4
"""A sweep at least."""
SET_UP_PER_ARC = 4e-6
"""Laying out the sweep, for each arc of the kernel."""
LOADING = 1.0
"""Loading the compiled code."""
COMPILING = 20.0
"""Compiling it, where it is not in the compiler's cache."""
_log = logging.getLogger(__name__)


class Engine:
    """The engine of one router.

    Parameters
    ----------
    choice
        ``scipy``, ``sweep``, or ``auto``: the sweep, if numba is installed, as soon as it saves
        more than it takes to load and lay out: with the states that are known to come, or because
        the searches so far took as long.

    Raises
    ------
    ValueError
        If the engine is not known, or the sweep is asked for without numba.
    """

    def __init__(
        self, kernel: Kernel, terminal_nodes: Sequence[tuple[int, ...]], choice: str | None = None
    ) -> None:
        chosen = choice or os.environ.get(ENGINE_VARIABLE) or "auto"
        if chosen not in ENGINES:
            raise ValueError(f"unknown engine {chosen!r}; one of {', '.join(ENGINES)}")
        if chosen == "sweep" and not can_compile():
            raise ValueError(f"engine 'sweep' needs numba: {install_extra('fast')}")
        self.choice = chosen
        self._kernel = kernel
        self._terminal_nodes = tuple(terminal_nodes)
        self._spent = 0.0
        self._expected = 0
        self._refused = False
        self._sweeper: Sweeper | None = None
        self._sources: Sources | None = None

    @property
    def _work(self) -> float:
        """Sources times arcs of the kernel."""
        nodes = sum(len(group) for group in self._terminal_nodes)
        return float(nodes * len(self._kernel.arc_tail))

    @property
    def search_seconds(self) -> float:
        """What one state is expected to take by a search."""
        return SECONDS_PER_SEARCH + SECONDS_PER_ARC * self._work

    @property
    def cost_seconds(self) -> float:
        """What the costs alone are expected to take: one search for each terminal."""
        arcs = len(self._kernel.arc_tail)
        return SECONDS_PER_SEARCH + SECONDS_PER_ARC * len(self._terminal_nodes) * arcs

    def expect(self, states: int) -> None:
        """Say that so many further states will come."""
        self._expected += states

    def sweeper(self, states: int = 1) -> Sweeper | None:
        """Return the sweeper for some further states, or nothing if scipy should solve them."""
        if self._sweeper is None and self._is_worth(states):
            from netmodel.routing.sweep.sweeper import build_sweeper

            _announce_compilation()
            self._sweeper = build_sweeper(self._kernel, self._terminal_nodes)
            self._refused = self._sweeper is None
        return self._sweeper

    @property
    def sweeps(self) -> bool:
        """Whether the sweeper is there already."""
        return self._sweeper is not None

    def sources(self, sweeper: Sweeper) -> Sources:
        """Return the tables for sweeps to all nodes."""
        if self._sources is None:
            from netmodel.routing.sweep.swept_routes import lay_sources

            self._sources = lay_sources(sweeper, self._terminal_nodes)
        return self._sources

    def _is_worth(self, states: int) -> bool:
        if self._refused or self.choice == "scipy" or not self._terminal_nodes:
            return False
        if self.choice == "sweep":
            return True
        search = self.search_seconds
        saved = search - SECONDS_PER_SWEEP - SECONDS_PER_LANE * self._work
        to_come = max(self._expected, states)
        self._expected = max(0, self._expected - states)
        self._spent += search * states
        if saved <= 0 or not can_compile():
            return False
        # Where nothing is known of what will come, as much as was spent may come again.
        overhead = SET_UP_PER_ARC * len(self._kernel.arc_tail) + _loading_seconds()
        return saved * to_come > overhead or self._spent > overhead

    def __getstate__(self) -> dict[str, object]:
        """Leave out what is built again where it is needed, such as in another process."""
        return vars(self) | {"_sweeper": None, "_sources": None}


def _is_compiled() -> bool:
    """Whether the compiled code lies next to the modules; it is not loaded to find out."""
    return any((Path(__file__).parent / "__pycache__").glob("kernels.sweep_blocks*.nbi"))


def _loading_seconds() -> float:
    """Return what it takes until the compiled code can be called."""
    if "netmodel.routing.sweep.kernels" in sys.modules:
        return 0.0
    return LOADING if _is_compiled() else LOADING + COMPILING


@cache
def _announce_compilation() -> None:
    """Tell of the pause, once in a process, when the code is not in the compiler's cache."""
    from netmodel.routing.sweep.kernels import sweep_blocks

    stats = getattr(sweep_blocks, "stats", None)
    folder = getattr(stats, "cache_path", None)
    if folder is None or not any(Path(folder).glob("kernels.sweep_blocks*.nbi")):
        _log.warning("compiling the code for large networks: about 20 seconds, once")
