"""Least-cost routes between the same terminals under many costs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Sized
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from netmodel.arguments import refuse_wrong_kinds
from netmodel.network.railway import Network
from netmodel.routing.kernel import Kernel, build_kernel
from netmodel.routing.profiles import CLOSED, UNITS_PER_MINUTE, LinkCosts, whole_cost
from netmodel.routing.route_chains import RouteChains
from netmodel.routing.sweep.engine import Engine
from netmodel.routing.trees import MOST_STEPS_KEPT, TreeRoutes, search_costs

if TYPE_CHECKING:
    from netmodel.routing.sweep.swept_routes import SweptRoutes


SUMS_KEPT = 4
"""Values per link, such as km, of which the sums over arcs are kept."""


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
        self._found: TreeRoutes | SweptRoutes | None = None
        if cost is not None:
            self.cost = cost
        elif not router.terminals:
            self.cost = np.zeros((0, 0), dtype=np.int32)
        else:
            self._found = TreeRoutes(router.kernel, arc_cost, router.terminal_nodes)
            self.cost = self._found.cost

    @property
    def _along(self) -> TreeRoutes | SweptRoutes:
        """What finds the arcs of the routes.

        Trees that were grown before the router swept, such as those of the base, give way to
        sweeps: in a large network every question would walk them anew.
        """
        found, router = self._found, self._router
        if found is None or (router.sweeps and isinstance(found, TreeRoutes)):
            found = router.swept_routes(self._arc_cost) or found
            if found is None:
                found = TreeRoutes(router.kernel, self._arc_cost, router.terminal_nodes)
            self._found = found
        return found

    def __getstate__(self) -> dict[str, object]:
        """Leave out what is found again when it is asked for."""
        return {**vars(self), "_found": None}

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
        by_arc = self._router.sum_on_arcs(
            np.asarray(values, dtype=np.float64), reversal, gauge_change
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

    def pairs_over(self, links: Sequence[int]) -> Iterator[NDArray[np.bool_]]:
        """Yield, for each of some links, whether each route runs over it; see `run_over`.

        All routes are followed once, and not once for each link.
        """
        over: dict[int, list[NDArray[np.int64]]] = {link: [] for link in links}
        if len(self.cost):
            kernel = self._router.kernel
            marked = np.zeros(len(self._router.network.links))
            marked[list(over)] = 1.0
            wanted = kernel.arc_sums(marked) > 0
            for pairs, arcs in self._along.steps_over(wanted):
                order = np.argsort(arcs, kind="stable")
                numbers, first = np.unique(arcs[order], return_index=True)
                parts = np.split(pairs[order], first[1:])
                for arc, part in zip(numbers.tolist(), parts, strict=False):
                    for link in {link for link, _ in kernel.arc_links(arc)} & over.keys():
                        over[link].append(part)
        for link in links:
            found = np.zeros(self.cost.size, dtype=bool)
            for part in over[link]:
                found[part] = True
            yield found.reshape(self.cost.shape)

    def links_between(self, start: int, end: int) -> list[tuple[int, bool]]:
        """Return the links of a route in order, each with whether it is run forward.

        Parameters
        ----------
        start, end
            Positions of terminals. No links where there is no route, or start is end.
        """
        kernel = self._router.kernel
        return [step for arc in self.arcs_between(start, end) for step in kernel.arc_links(arc)]

    def arcs_between(self, start: int, end: int) -> list[int]:
        """Return the arcs of the kernel on a route in order; see `links_between`."""
        if start == end or self.cost[start, end] >= CLOSED:
            return []
        return self._along.arcs_between(start, end)

    def chains(self, start: NDArray[np.int64], end: NDArray[np.int64]) -> Iterator[RouteChains]:
        """Yield the arcs of some routes, those of one start together.

        Parameters
        ----------
        start, end
            Positions of terminals; starts ascend. No arcs where there is no route.
        """
        if len(start):
            yield from self._along.chains(start, end)

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
        arcs = self.arcs_between(start, end)
        if not arcs:
            return ()
        return (self._router.terminals[start], *self._router.hubs_along(arcs))


class Router:
    """Solves routes between the same terminals of the same network under many costs.

    Parameters
    ----------
    terminals
        Ids of the hubs between which routes are wanted, in the order of rows and columns.
    reversal_minutes
        Cost of a reversal at a hub whose sides are known.
    gauge_change_minutes
        Cost of passing from a link of one gauge to one of another; infinite to forbid it.
    engine
        ``auto``, ``scipy`` or ``sweep``, see `netmodel.routing.sweep.engine`; by default what the
        environment variable ``NETMODEL_ENGINE`` says, else ``auto``. Results are the same.
    kept
        Ids of further hubs at which a train may turn, though nothing leads on from them.

    Raises
    ------
    UnknownNameError
        If a terminal is not a hub of the network.
    ValueError
        If the engine is not known.

    Examples
    --------
    >>> from netmodel.network import Hub, Link
    >>> from netmodel.routing import PASSENGER, costs_from_minutes, running_minutes
    >>> hubs = tuple(Hub(id=i, name=i, lon=n, lat=0) for n, i in enumerate("abc"))
    >>> links = (Link(id="ab", from_hub="a", to_hub="b", length_km=60),
    ...          Link(id="bc", from_hub="b", to_hub="c", length_km=30))
    >>> network = Network(hubs=hubs, links=links)
    >>> costs = costs_from_minutes(network, running_minutes(network, PASSENGER))
    >>> routes = Router(network, ["a", "c"]).solve(costs)
    >>> routes.minutes.tolist()
    [[0.0, 90.0], [90.0, 0.0]]
    >>> routes.hubs_between(0, 1)
    ('a', 'b', 'c')
    """

    @refuse_wrong_kinds
    def __init__(
        self,
        network: Network,
        terminals: Sequence[str],
        *,
        reversal_minutes: float = 20.0,
        gauge_change_minutes: float = 120.0,
        engine: str | None = None,
        kept: Sequence[str] = (),
    ) -> None:
        self.network = network
        self.terminals = tuple(terminals)
        for hub in self.terminals:
            network.hub(hub)
        self._positions = [network.hub_index[hub] for hub in self.terminals]
        self._reversal = whole_cost(reversal_minutes)
        self._gauge_change = whole_cost(gauge_change_minutes)
        turning = [network.hub_index[hub] for hub in kept]
        self.kernel: Kernel = build_kernel(network, [*self._positions, *turning])
        self._hubs_along = _HubsAlong(network, self.kernel)
        self._arc_sums: dict[tuple[bytes, float, float], NDArray[np.float64]] = {}
        self._engine = Engine(self.kernel, self.terminal_nodes, engine)

    @property
    def search_seconds(self) -> float:
        """What one state is expected to take, by the work and not by a clock."""
        return self._engine.search_seconds

    @property
    def cost_seconds(self) -> float:
        """What the costs alone of one state are expected to take; see `search_costs`."""
        return self._engine.cost_seconds

    def expect(self, states: int) -> None:
        """Say that so many further states will come, so that the engine is chosen for all of them.

        It changes no result. `solve_many` of a sequence says so by itself.
        """
        self._engine.expect(states)

    def solve(self, costs: LinkCosts, *, turn_scale: float = 1.0, along: bool = True) -> Routes:
        """Return the least-cost routes between all terminals.

        Parameters
        ----------
        along
            Whether it will be asked what lies along them, and not only what they cost; otherwise
            that is found at the first question.
        turn_scale
            By how much reversals and changes of gauge are scaled, for costs that are not in
            tenths of a second. What is forbidden stays forbidden.
        """
        sweeper = self._engine.sweeper()
        if sweeper is None:
            arc_cost = self.arc_costs(costs, turn_scale=turn_scale)
            if along or not self.terminals:
                return Routes(self, arc_cost)
            return Routes(self, arc_cost, search_costs(self.kernel, arc_cost, self.terminal_nodes))
        with sweeper.lock:
            cost = sweeper.solve_links(costs, self._turn_costs(turn_scale))
            return Routes(self, sweeper.costs.arc_cost.copy(), cost)

    def solve_costs(self, costs: LinkCosts, *, turn_scale: float = 1.0) -> NDArray[np.int32]:
        """Return the costs between all terminals alone; see `solve`.

        Returns
        -------
        ndarray
            Shape ``(terminals, terminals)``; `CLOSED` where there is no route.
        """
        return next(self.solve_many([costs], turn_scale=turn_scale))

    def solve_many(
        self, costs: Iterable[LinkCosts], *, turn_scale: float = 1.0
    ) -> Iterator[NDArray[np.int32]]:
        """Yield the costs between all terminals under many costs of links, in turn.

        States that differ in few links, such as neighbours on a timeline or samples of outages,
        cost a large network little more than what differs between them.

        Examples
        --------
        >>> from netmodel.network import Hub, Link
        >>> hubs = tuple(Hub(id=i, name=i, lon=n, lat=0) for n, i in enumerate("ab"))
        >>> links = (Link(id="ab", from_hub="a", to_hub="b", length_km=60),)
        >>> router = Router(Network(hubs=hubs, links=links), ["a", "b"])
        >>> both = [LinkCosts(np.array([c], np.int32), np.array([c], np.int32)) for c in (7, 9)]
        >>> [matrix[0, 1].item() for matrix in router.solve_many(both)]
        [7, 9]
        """
        if isinstance(costs, Sized):
            self._engine.expect(len(costs))
        for each in costs:
            sweeper = self._engine.sweeper()
            if sweeper is not None:
                with sweeper.lock:
                    cost = sweeper.solve_links(each, self._turn_costs(turn_scale))
                yield cost
            elif not self.terminals:
                yield np.zeros((0, 0), dtype=np.int32)
            else:
                arc_cost = self.arc_costs(each, turn_scale=turn_scale)
                yield search_costs(self.kernel, arc_cost, self.terminal_nodes)

    @property
    def sweeps(self) -> bool:
        """Whether states are swept from now on."""
        return self._engine.sweeps

    @property
    def bytes_along(self) -> int:
        """About what the routes of one state take in memory, beside the costs between terminals."""
        kernel = self.kernel
        if self._engine.sweeps:
            return 4 * len(kernel.arc_tail)
        trees = kernel.node_count * sum(map(len, self.terminal_nodes))
        return 16 * (trees + min(trees, MOST_STEPS_KEPT))

    def swept_routes(self, arc_cost: NDArray[np.int64] | NDArray[np.int32]) -> SweptRoutes | None:
        """Return routes found by sweeps, where this router sweeps and the costs determine them."""
        sweeper = self._engine.sweeper()
        if sweeper is None:
            return None
        from netmodel.routing.sweep.swept_routes import SweptRoutes, can_walk

        cost = np.ascontiguousarray(arc_cost, dtype=np.int32)
        if not can_walk(cost):
            return None
        return SweptRoutes(sweeper, self._engine.sources(sweeper), cost)

    def arc_costs(self, costs: LinkCosts, *, turn_scale: float = 1.0) -> NDArray[np.int64]:
        """Return the cost of every arc of the kernel, turns within hubs included."""
        return self.kernel.arc_costs(costs, *self._turn_costs(turn_scale))

    def sum_on_arcs(
        self, values: NDArray[np.float64], reversal: float, gauge_change: float
    ) -> NDArray[np.float64]:
        """Return the sum of a value per link over every arc, kept for the last few values."""
        key = values.tobytes(), reversal, gauge_change
        if key not in self._arc_sums:
            if len(self._arc_sums) >= SUMS_KEPT:
                self._arc_sums.pop(next(iter(self._arc_sums)))
            self._arc_sums[key] = self.kernel.arc_sums(
                values, reversal=reversal, gauge_change=gauge_change
            )
        return self._arc_sums[key]

    def _turn_costs(self, turn_scale: float) -> tuple[int, int]:
        """Return the cost of a reversal and of a change of gauge."""
        reversal, gauge_change = (
            CLOSED if turn >= CLOSED else min(round(turn * turn_scale), CLOSED)
            for turn in (self._reversal, self._gauge_change)
        )
        return reversal, gauge_change

    def hubs_along(self, arcs: Iterable[int]) -> Iterator[str]:
        """Yield the ids of the hubs that some arcs pass in turn, the last one included."""
        return chain.from_iterable(map(self._hubs_along.__getitem__, arcs))

    @property
    def terminal_nodes(self) -> list[tuple[int, ...]]:
        """The routing nodes of each terminal."""
        return [self.kernel.nodes_of_hub[hub] for hub in self._positions]


class _HubsAlong(dict[int, tuple[str, ...]]):
    """The ids of the hubs that each arc of a kernel passes, found when first asked for.

    A dictionary, since a route has hundreds of arcs and a run tens of thousands of routes.
    """

    def __init__(self, network: Network, kernel: Kernel) -> None:
        super().__init__()
        self._network, self._kernel = network, kernel

    def __missing__(self, arc: int) -> tuple[str, ...]:
        links = self._network.links
        found = self[arc] = tuple(
            links[number].to_hub if forward else links[number].from_hub
            for number, forward in self._kernel.arc_links(arc)
        )
        return found

    def __reduce__(self) -> tuple[object, ...]:
        """Leave out what is found again, such as in another process."""
        return _HubsAlong, (self._network, self._kernel)
