"""When links can be used: costs by phase, and the schedule of every arc that follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from netmodel.routing.profiles import LinkCosts

NEVER = 2**60
"""The time of what never happens; two of them still fit into 64 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phases:
    """Link costs that change at given times.

    Parameters
    ----------
    starts
        When each phase begins, rising; the last one has no end.
    costs
        The costs of each phase.

    Raises
    ------
    ValueError
        If the starts do not rise, or there is not one for each of the costs.
    """

    starts: tuple[int, ...]
    costs: tuple[LinkCosts, ...]

    def __post_init__(self) -> None:
        if not self.starts or len(self.starts) != len(self.costs):
            raise ValueError(f"{len(self.starts)} starts for {len(self.costs)} costs")
        if any(two <= one for one, two in pairwise(self.starts)):
            raise ValueError("the starts of phases must rise")


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """Phases seen from the arcs of a kernel.

    Parameters
    ----------
    starts
        Shape ``(phases,)``.
    cost
        Cost of each arc on entry in each phase, `NEVER` where it is closed, shape
        ``(phases, arcs)``.
    later
        Earliest arrival at the end of each arc by waiting for that phase or a later one, shape
        ``(phases + 1, arcs)``.
    """

    starts: NDArray[np.int64]
    cost: NDArray[np.int64]
    later: NDArray[np.int64]

    def phase(self, time: int) -> int:
        """Return the number of the phase at a time.

        Raises
        ------
        ValueError
            If the time lies before the first phase.
        """
        if time < self.starts[0]:
            raise ValueError(f"departure {time} lies before the first phase, {self.starts[0]}")
        return int(np.searchsorted(self.starts, time, side="right")) - 1

    def end(self, time: int) -> int:
        """Return the end of the phase at a time; `NEVER` for the last one."""
        following = self.phase(time) + 1
        return int(self.starts[following]) if following < len(self.starts) else NEVER

    def arrive(
        self,
        times: NDArray[np.int64],
        tails: NDArray[np.int64],
        arcs: NDArray[np.int64],
        *,
        waiting: bool = True,
    ) -> NDArray[np.int64]:
        """Return when trains arrive at the ends of arcs.

        Parameters
        ----------
        times
            When they stand at nodes, the last axis; `NEVER` stays so.
        tails
            For each arc, the position on that axis of the node where it begins.
        waiting
            Whether they may wait before they enter.
        """
        phases = (np.searchsorted(self.starts, times, side="right") - 1)[..., tails]
        arrival = times[..., tails] + self.cost[phases, arcs]
        if waiting:
            arrival = np.minimum(arrival, self.later[phases + 1, arcs])
        return np.asarray(np.minimum(arrival, NEVER))
