"""The linear programmes of flows under limits, solved by HiGHS with routes added as needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netmodel.errors import NetmodelError
from netmodel.routing.profiles import CLOSED, UNITS_PER_MINUTE, LinkCosts, costs_from_minutes
from netmodel.routing.router import Router, Routes

_TOLERANCE = 1e-7
_TIE_MINUTES = 1e-6
"""Added to ways other than the favoured one, so that of equals the favoured one is taken."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Budget:
    """Something that trains use up link by link, such as locomotive hours.

    Parameters
    ----------
    use
        Of one train, >= 0, shape ``(links,)``.
    most
        What there is of it.
    """

    use: NDArray[np.float64]
    most: float


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FlowProblem:
    """Trains between the terminals of a router, and the limits that they share.

    Parameters
    ----------
    minutes
        Of each link, inf where it is closed, shape ``(links,)``.
    capacity
        Trains over each link, both directions together; inf where it is not limited.
    trains
        Wanted from row to column, shape ``(terminals, terminals)``.
    favoured
        Routes that are taken among ways of the same minutes.
    """

    router: Router
    minutes: NDArray[np.float64]
    reversal_minutes: float
    gauge_change_minutes: float
    trains: NDArray[np.float64]
    capacity: NDArray[np.float64]
    budgets: tuple[Budget, ...]
    favoured: Routes


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowPath:
    """One way of one pair: its links in order, each with whether it is run forward."""

    start: int
    end: int
    links: tuple[tuple[int, bool], ...]
    minutes: float
    favoured: bool


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """What one more of each limit is worth: of links, shape ``(links,)``, and of budgets."""

    links: NDArray[np.float64]
    budgets: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FlowSolution:
    """Trains over ways, and what loosening each limit by one would bring.

    Parameters
    ----------
    minutes_prices
        Minutes saved with the unserved trains as they are.
    train_prices
        Trains served more.
    """

    ways: tuple[FlowPath, ...]
    amounts: tuple[float, ...]
    minutes_prices: Prices
    train_prices: Prices


@dataclass(slots=True)
class _Columns:
    """Ways found so far, with their pair; and where they use limits, by limit and way."""

    ways: list[FlowPath] = field(default_factory=list)
    pairs: list[int] = field(default_factory=list)
    use_limit: list[int] = field(default_factory=list)
    use_way: list[int] = field(default_factory=list)
    use: list[float] = field(default_factory=list)
    known: set[tuple[int, tuple[tuple[int, bool], ...], float]] = field(default_factory=set)


def solve_flow(problem: FlowProblem) -> FlowSolution:
    """Return the flow that leaves the fewest trains unserved, and of those the quickest.

    Raises
    ------
    NetmodelError
        If HiGHS finds no optimum, which only numbers beyond its range can cause.
    """
    return _Master(problem).solve()


class _Master:
    """The programme over the ways known so far."""

    def __init__(self, problem: FlowProblem) -> None:
        self._problem = problem
        self._pairs = [(int(i), int(j)) for i, j in np.argwhere(problem.trains > 0)]
        self._demand = np.array([problem.trains[pair] for pair in self._pairs])
        open_links = np.isfinite(problem.minutes)
        self._limited = np.flatnonzero(open_links & np.isfinite(problem.capacity))
        self._row = np.full(len(open_links), -1, dtype=np.int64)
        self._row[self._limited] = np.arange(len(self._limited))
        budgets = [budget.most for budget in problem.budgets]
        self._most = np.concatenate([problem.capacity[self._limited], budgets])
        self._columns = _Columns()
        self._finite = np.where(np.isfinite(problem.minutes), problem.minutes, 0.0)

    def solve(self) -> FlowSolution:
        if not self._pairs:
            nothing = self._prices(np.zeros(len(self._most)))
            return FlowSolution(ways=(), amounts=(), minutes_prices=nothing, train_prices=nothing)
        router = self._problem.router
        self._add(router.solve(costs_from_minutes(router.network, self._problem.minutes)), None)
        unserved, train_prices, _ = self._generate(least_unserved=None)
        _, minutes_prices, amounts = self._generate(least_unserved=unserved)
        used = [number for number, amount in enumerate(amounts) if amount > _TOLERANCE]
        return FlowSolution(
            ways=tuple(self._columns.ways[number] for number in used),
            amounts=tuple(float(amounts[number]) for number in used),
            minutes_prices=self._prices(minutes_prices),
            train_prices=self._prices(train_prices),
        )

    def _prices(self, rows: NDArray[np.float64]) -> Prices:
        links = np.zeros(len(self._finite))
        links[self._limited] = rows[: len(self._limited)]
        return Prices(links, rows[len(self._limited) :])

    def _generate(
        self, least_unserved: float | None
    ) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
        """Solve and add ways until none is worth adding.

        Parameters
        ----------
        least_unserved
            ``None`` to make the unserved trains least; otherwise what they may be at most while
            the minutes are made least.

        Returns
        -------
        tuple
            The optimum, the price of each limit, and the trains over each way.
        """
        while True:
            optimum, served_value, prices, amounts = self._solve(least_unserved)
            by_limit = self._prices(prices)
            weights = by_limit.links
            for budget, price in zip(self._problem.budgets, by_limit.budgets, strict=True):
                weights = weights + price * budget.use
            if not self._price(weights, served_value, timed=least_unserved is not None):
                return optimum, prices, amounts

    def _solve(
        self, least_unserved: float | None
    ) -> tuple[float, NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Solve over the known ways; variables are their trains and the unserved of each pair."""
        from scipy.optimize import linprog
        from scipy.sparse import coo_array, eye_array, hstack, vstack

        columns, pairs = self._columns, len(self._pairs)
        ways = len(columns.ways)
        serving = coo_array((np.ones(ways), (columns.pairs, np.arange(ways))), shape=(pairs, ways))
        equal = hstack([serving, eye_array(pairs)], format="csc")
        bounded = coo_array(
            (columns.use, (columns.use_limit, columns.use_way)),
            shape=(len(self._most), ways + pairs),
        ).tocsc()
        most = self._most
        cost = np.concatenate([np.zeros(ways), np.ones(pairs)])
        if least_unserved is not None:
            bounded = vstack([bounded, coo_array(cost[None, :])], format="csc")
            most = np.append(most, max(least_unserved, 0.0))
            ties = [0.0 if way.favoured else _TIE_MINUTES for way in columns.ways]
            running = np.array([way.minutes for way in columns.ways]) + ties
            cost = np.concatenate([running, np.zeros(pairs)])
        highs: Any = linprog  # its published types know no sparse matrices
        found = highs(
            cost,
            A_ub=bounded,
            b_ub=most,
            A_eq=equal,
            b_eq=self._demand,
            bounds=(0, None),
            method="highs",
        )
        if found.status != 0:
            raise NetmodelError(f"HiGHS found no optimal flow: {found.message}")
        prices = -np.asarray(found.ineqlin.marginals)[: len(self._most)]
        return (
            float(found.fun),
            np.asarray(found.eqlin.marginals),
            np.maximum(prices, 0.0),
            np.asarray(found.x[:ways]),
        )

    def _price(
        self, weights: NDArray[np.float64], served_value: NDArray[np.float64], *, timed: bool
    ) -> bool:
        """Add every way that is worth more than it costs; return whether there was one.

        Parameters
        ----------
        weights
            What one train pays on each link for the limits that it uses.
        served_value
            What serving one train of each pair is worth.
        timed
            Whether it pays its minutes too.
        """
        greatest = float(served_value.max())
        if greatest <= _TOLERANCE:
            return False
        problem = self._problem
        total = weights + self._finite if timed else weights
        # Whole numbers as fine as they can be while every way worth adding stays below CLOSED.
        scale = CLOSED / 4.0 / greatest
        open_links = np.isfinite(problem.minutes)
        units = np.where(open_links, np.minimum(np.rint(total * scale), CLOSED), CLOSED)
        forward = units.astype(np.int32)
        one_way = problem.router.network.is_one_way
        backward = np.where(one_way, CLOSED, forward).astype(np.int32)
        turn_scale = scale / UNITS_PER_MINUTE if timed else 0.0
        routes = problem.router.solve(LinkCosts(forward, backward), turn_scale=turn_scale)
        turns = {
            "reversal": problem.reversal_minutes if timed else 0.0,
            "gauge_change": problem.gauge_change_minutes if timed else 0.0,
        }
        cost = routes.sum_along(total, **turns)
        return self._add(routes, (cost, served_value))

    def _add(
        self,
        routes: Routes,
        worth: tuple[NDArray[np.float64], NDArray[np.float64]] | None,
    ) -> bool:
        """Add the routes that are worth it and not known yet; all of them without a worth."""
        problem, columns = self._problem, self._columns
        running = routes.sum_along(
            self._finite,
            reversal=problem.reversal_minutes,
            gauge_change=problem.gauge_change_minutes,
        )
        added = False
        for number, (start, end) in enumerate(self._pairs):
            if not routes.connected[start, end]:
                continue
            if worth is not None:
                cost, value = float(worth[0][start, end]), float(worth[1][number])
                if cost >= value - _TOLERANCE * max(1.0, value):
                    continue
            links = tuple(routes.links_between(start, end))
            minutes = float(running[start, end])
            # The same links may be run with more turns and fewer: those are two ways.
            key = (number, links, round(minutes, 6))
            if key in columns.known:
                continue
            columns.known.add(key)
            columns.ways.append(
                FlowPath(
                    start=start,
                    end=end,
                    links=links,
                    minutes=minutes,
                    favoured=list(links) == problem.favoured.links_between(start, end),
                )
            )
            columns.pairs.append(number)
            self._note_use([link for link, _ in links])
            added = True
        return added

    def _note_use(self, links: Sequence[int]) -> None:
        """Note what the way added last uses of each limit; entries of the same place add up."""
        columns, way = self._columns, len(self._columns.ways) - 1
        rows = [int(self._row[link]) for link in links if self._row[link] >= 0]
        columns.use_limit += rows
        columns.use += [1.0] * len(rows)
        for number, budget in enumerate(self._problem.budgets):
            columns.use_limit.append(len(self._limited) + number)
            columns.use.append(float(budget.use[list(links)].sum()))
        columns.use_way += [way] * (len(columns.use) - len(columns.use_way))
