"""Which engine solves a router's states: scipy at once, or the compiled sweep where it pays.

Both give the same costs and the same routes, so that the choice is one of time alone. It follows
from an estimate of the work and not from a clock, and so is the same in every run.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
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
SECONDS_PER_ARC = 1e-7
"""A search, for each source and arc of the kernel, with its trees."""
WORTH_LOADING = 5.0
"""Seconds of searching that outweigh loading the compiled code."""
WORTH_SWEEPING = 0.02
"""Seconds of one search below which there is little to win."""
_log = logging.getLogger(__name__)


class Engine:
    """The engine of one router.

    Parameters
    ----------
    choice
        ``scipy``, ``sweep``, or ``auto``: the sweep as soon as the searches of this router would
        take about a second in all, if numba is installed.

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
        self._refused = False
        self._sweeper: Sweeper | None = None
        self._sources: Sources | None = None

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
        nodes = sum(len(group) for group in self._terminal_nodes)
        seconds = SECONDS_PER_ARC * nodes * len(self._kernel.arc_tail)
        self._spent += seconds * states
        return seconds >= WORTH_SWEEPING and self._spent >= WORTH_LOADING and can_compile()

    def __getstate__(self) -> dict[str, object]:
        """Leave out what is built again where it is needed, such as in another process."""
        return vars(self) | {"_sweeper": None, "_sources": None}


def _announce_compilation() -> None:
    """Tell of the pause when the code is not in the compiler's cache."""
    from netmodel.routing.sweep.kernels import sweep_blocks

    stats = getattr(sweep_blocks, "stats", None)
    folder = getattr(stats, "cache_path", None)
    if folder is None or not any(Path(folder).glob("kernels.sweep_blocks*.nbi")):
        _log.warning("compiling the code for large networks: about 20 seconds, once")
