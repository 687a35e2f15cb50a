"""Routes: least-cost routes between terminals under one set of costs, by whichever engine."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from netmodel.routing.profiles import CLOSED, UNITS_PER_MINUTE
from netmodel.routing.trees import TreeRoutes

if TYPE_CHECKING:
    from netmodel.routing.router import Router
    from netmodel.routing.sweep.swept_routes import SweptRoutes


class Routes:
    """Least-cost routes between the terminals of a router under one set of costs.

    Costs are known from the start. What lies along the routes is found when it is first asked for.

    Parameters
    ----------
    cost
        Whole-number cost, shape ``(terminals, terminals)``; `CLOSED` where there is no route.

    Notes
    -----
    Of routes of equal cost one is kept by the fixed rule of `grow_trees`, whichever engine found
    the costs.
    """

    def __init__(
        self,
        router: Router,
        arc_cost: NDArray[np.int64] | NDArray[np.int32],
        cost: NDArray[np.int32] | None = None,
    ) -> None:
        self._router = router
        self._arc_cost = arc_cost
        if cost is not None:
            self.cost = cost
        elif not router.terminals:
            self.cost = np.zeros((0, 0), dtype=np.int32)
        else:
            self._along = TreeRoutes(router.kernel, arc_cost, router.terminal_nodes)
            self.cost = self._along.cost

    @cached_property
    def _along(self) -> TreeRoutes | SweptRoutes:
        """What finds the arcs of the routes."""
        swept = self._router.swept_routes(self._arc_cost)
        if swept is not None:
            return swept
        return TreeRoutes(self._router.kernel, self._arc_cost, self._router.terminal_nodes)

    def __getstate__(self) -> dict[str, object]:
        """Leave out what is found again when it is asked for."""
        return {name: value for name, value in vars(self).items() if name != "_along"}

    @property
    def connected(self) -> NDArray[np.bool_]:
        """Whether there is a route, shape ``(terminals, terminals)``."""
        return np.asarray(self.cost < CLOSED)

    @property
    def minutes(self) -> NDArray[np.float64]:
        """Minutes of each route, shape ``(terminals, terminals)``; inf where there is none."""
        return np.where(self.connected, self.cost / UNITS_PER_MINUTE, np.inf)

    def sum_along(
        self,
        values: NDArray[np.float64],
        *,
        reversal: float = 0.0,
        gauge_change: float = 0.0,
    ) -> NDArray[np.float64]:
        """Return the sum of a value per link along each route, such as its km.

        Parameters
        ----------
        values
            Shape ``(links,)``.
        reversal, gauge_change
            The value of each such turn on the way; finite.

        Returns
        -------
        ndarray
            Shape ``(terminals, terminals)``; nan where there is no route.
        """
        if not len(self.cost):
            return np.zeros((0, 0))
        by_arc = self._router.kernel.arc_sums(
            np.asarray(values, dtype=np.float64), reversal=reversal, gauge_change=gauge_change
        )
        return self._along.sum_arcs(by_arc)

    def run_over(self, marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return whether each route runs over a marked link.

        Parameters
        ----------
        marked
            Shape ``(links,)``.

        Returns
        -------
        ndarray
            Shape ``(terminals, terminals)``; false where there is no route.
        """
        if not len(self.cost) or not marked.any():
            return np.zeros(self.cost.shape, dtype=bool)
        by_arc = self._router.kernel.arc_sums(marked.astype(np.float64))
        return self._along.run_over(by_arc)

    def links_between(self, start: int, end: int) -> list[tuple[int, bool]]:
        """Return the links of a route in order, each with whether it is run forward.

        Parameters
        ----------
        start, end
            Positions of terminals. No links where there is no route, or start is end.
        """
        if start == end or self.cost[start, end] >= CLOSED:
            return []
        kernel = self._router.kernel
        arcs = self._along.arcs_between(start, end)
        return [step for arc in arcs for step in kernel.arc_links(arc)]

    def load_links(self, trips: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the trips over each link when every pair takes its route.

        Parameters
        ----------
        trips
            From row to column, shape ``(terminals, terminals)``. Pairs without a route are left
            out.

        Returns
        -------
        ndarray
            Shape ``(links, 2)``: forward and backward.
        """
        if not (self.connected & (trips > 0)).any():
            return np.zeros((len(self._router.network.links), 2))
        return self._router.kernel.link_loads(self._along.load_arcs(trips))

    def hubs_between(self, start: int, end: int) -> tuple[str, ...]:
        """Return the ids of all hubs that a route passes, both ends included."""
        if start == end or self.cost[start, end] >= CLOSED:
            return ()
        passed = [self._router.terminals[start]]
        for arc in self._along.arcs_between(start, end):
            passed += self._router.hubs_along(arc)
        return tuple(passed)
