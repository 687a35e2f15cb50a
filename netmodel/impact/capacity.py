"""Flows under link capacities: what is served, what goes round, what is left behind.

A least-cost multicommodity flow with hard capacities in trains per day, both directions of a
link together, halved where only a single track is worked, and at most the quota where trains
are limited. First as little demand as can be is
left unserved; then, with that settled, the served demand takes as few minutes as can be.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem, did_you_mean, is_finite, nearest_names, shown
from netmodel.impact.assessment import Assessor
from netmodel.impact.capacity_lp import Budget, FlowProblem, FlowSolution, solve_flow
from netmodel.impact.costs import links_with_effect
from netmodel.network.railway import LINE_CLASSES, Network
from netmodel.outages.outage import Outage

SINGLE_TRACK_SHARE = 0.5
"""Capacity on single-track running over the normal one."""
_TOLERANCE = 1e-6
DIESEL_HOURS_PER_DAY = 12.0
"""How long a diesel locomotive hauls trains in a day; the rest goes to turning and fuelling."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CapacityFlow:
    """Flows under capacities, in trains per day.

    Parameters
    ----------
    hubs
        Ids, in the order of rows and columns.
    wanted, served, rerouted, unserved
        Trains from row to column, shape ``(hubs, hubs)``. Served and unserved sum to wanted;
        rerouted are those served over other links than their base route.
    flow
        Trains over each link, forward and backward, shape ``(links, 2)``.
    capacity
        Of each link, both directions together, shape ``(links,)``; inf where it is not limited.
    minutes
        Train minutes per day of all that is served.
    shadow_minutes
        Train minutes per day that one more train per day over the link would save, with the
        unserved demand as it is, shape ``(links,)``; 0 on links that are not full.
    shadow_trains
        Trains per day more that one more train per day over the link would let be served.
    diesels_used, shadow_trains_per_diesel
        Locomotives needed, nan where no stock was stated; and trains per day more that one more
        would let be served.

    Notes
    -----
    Shadow prices are those of the optimum that the solver found; where several are possible
    they lie between the price of one train more and that of one less.
    """

    hubs: tuple[str, ...]
    wanted: NDArray[np.float64]
    served: NDArray[np.float64]
    rerouted: NDArray[np.float64]
    unserved: NDArray[np.float64]
    flow: NDArray[np.float64]
    capacity: NDArray[np.float64]
    minutes: float
    shadow_minutes: NDArray[np.float64]
    shadow_trains: NDArray[np.float64]
    diesels_used: float
    shadow_trains_per_diesel: float

    @property
    def full(self) -> NDArray[np.int64]:
        """Positions of the links whose capacity is used up; those of capacity 0 are left out."""
        used = self.flow.sum(axis=1)
        limited = np.isfinite(self.capacity) & (self.capacity > 0)
        most = np.where(limited, self.capacity, 0.0)
        return np.flatnonzero(limited & (used >= most - _TOLERANCE * (1 + most)))


@refuse_wrong_kinds
def link_capacities(
    network: Network,
    *,
    by_class: Mapping[str, float] | None = None,
    by_link: Mapping[str, float] | None = None,
) -> NDArray[np.float64]:
    """Return the capacity of each link in trains per day, shape ``(links,)``.

    By link where one is given, otherwise that of the network's table, otherwise that of its
    class; inf where none is known.

    Raises
    ------
    InputError
        With every negative capacity, unknown link and unknown class.

    Examples
    --------
    >>> from netmodel.network.railway import Hub, Link
    >>> hubs = (Hub(id="a", name="A", lon=0, lat=0), Hub(id="b", name="B", lon=1, lat=0))
    >>> network = Network(hubs=hubs, links=(
    ...     Link(id="1", from_hub="a", to_hub="b", length_km=9),
    ...     Link(id="2", from_hub="a", to_hub="b", length_km=9, capacity_trains_per_day=36)))
    >>> link_capacities(network, by_class={"main": 120}).tolist()
    [120.0, 36.0]
    """
    classes, links = by_class or {}, by_link or {}
    problems = [
        Problem(what=f"capacity of {name} (={value:g}) must not be negative", where="capacity")
        for name, value in [*classes.items(), *links.items()]
        if not value >= 0
    ]
    for kind, names, known in (
        ("line class", classes, LINE_CLASSES),
        ("link", links, network.link_index),
    ):
        problems += [
            Problem(
                what=f"unknown {kind} {name!r}",
                where="capacity",
                remedy=did_you_mean(nearest_names(name, list(known))),
            )
            for name in names
            if name not in known
        ]
    for link in network.links:
        own = link.capacity_trains_per_day
        if own is not None and not own >= 0:
            what = f"capacity_trains_per_day (={own:g}) must not be negative"
            problems.append(Problem(what=what, where=f"link {link.id}"))
    if problems:
        raise InputError(problems)
    return np.array(
        [
            links.get(
                link.id,
                classes.get(link.line_class, math.inf)
                if link.capacity_trains_per_day is None
                else link.capacity_trains_per_day,
            )
            for link in network.links
        ],
        dtype=np.float64,
    )


@refuse_wrong_kinds
def flow_under_capacity(
    assessor: Assessor,
    outages: Iterable[Outage],
    capacity: NDArray[np.float64],
    *,
    trains: NDArray[np.float64] | None = None,
    diesels: float | None = None,
) -> CapacityFlow:
    """Return the least-cost flow of the demand under outages and capacities, by rail.

    Parameters
    ----------
    outages
        Those in force.
    capacity
        Of each link without outages, from `link_capacities`; single-track running halves it, and a
        quota of trains a day limits it.
    trains
        Trains per day from row to column; the demand's trips by default.
    diesels
        Diesel locomotives that there are. Each hauls trains for `DIESEL_HOURS_PER_DAY`, so that
        the hours that trains spend on electrified links without power are limited. ``None``:
        as many as are needed.

    Returns
    -------
    CapacityFlow

    Raises
    ------
    InputError
        If a capacity, the trains or the stock is negative or not a number.

    Notes
    -----
    A linear programme over routes, solved by HiGHS (Huangfu and Hall 2018,
    doi:10.1007/s12532-017-0130-5); routes are added while one of less reduced cost exists
    (column generation, Ford and Fulkerson 1958, doi:10.1287/mnsc.5.1.97). Flows may be
    fractions of a train: they are averages over days.
    """
    wanted = assessor.demand.trips if trains is None else trains
    active = tuple(outages)
    _check(wanted, capacity, diesels, len(assessor.demand.hubs), assessor.rail_count)
    limit = np.full(len(assessor.network.links), np.inf)
    limit[: assessor.rail_count] = capacity
    single = links_with_effect(assessor.network, assessor.profile, active, "single_track") > 0
    limit[single] *= SINGLE_TRACK_SHARE
    for outage in active:
        if outage.trains_per_day is not None and assessor.profile.traffic in outage.traffic:
            number = assessor.network.link_index[outage.link]
            limit[number] = min(limit[number], outage.trains_per_day)
    minutes = assessor.minutes(active)
    on_diesel = _diesel_hours(assessor, active, minutes)
    budgets = (
        () if diesels is None else (Budget(use=on_diesel, most=diesels * DIESEL_HOURS_PER_DAY),)
    )
    problem = FlowProblem(
        router=assessor.router,
        minutes=minutes,
        reversal_minutes=assessor.profile.reversal_minutes,
        gauge_change_minutes=assessor.profile.gauge_change_minutes,
        trains=wanted,
        capacity=limit,
        budgets=budgets,
        favoured=assessor.base,
    )
    solution = solve_flow(problem)
    return _describe(assessor, solution, problem)


def _diesel_hours(
    assessor: Assessor, outages: Sequence[Outage], minutes: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the hours that a train spends behind a diesel on each link that needs one."""
    marked = links_with_effect(assessor.network, assessor.profile, outages, "diesel_only") > 0
    wired = np.array([link.electrified is not False for link in assessor.network.links])
    return np.where(marked & wired & np.isfinite(minutes), minutes / 60.0, 0.0)


def _check(
    wanted: NDArray[np.float64],
    capacity: NDArray[np.float64],
    diesels: float | None,
    hubs: int,
    links: int,
) -> None:
    problems = []
    if wanted.shape != (hubs, hubs) or capacity.shape != (links,):
        what = f"shapes {wanted.shape}, {capacity.shape}; needs {(hubs, hubs)}, {(links,)}"
        raise ValueError(what)
    if not (np.isfinite(wanted).all() and (wanted >= 0).all()):
        problems.append(Problem(what="trains of the demand must be finite and not negative"))
    if not (capacity >= 0).all():
        problems.append(Problem(what="a capacity is negative or not a number", where="capacity"))
    if diesels is not None and not (is_finite(diesels) and diesels >= 0):
        what = f"diesels (={shown(diesels)}) must be finite and not negative"
        problems.append(Problem(what=what, where="capacity"))
    if problems:
        raise InputError(problems)


def _describe(assessor: Assessor, solution: FlowSolution, problem: FlowProblem) -> CapacityFlow:
    wanted = problem.trains
    served, rerouted = np.zeros(wanted.shape), np.zeros(wanted.shape)
    flow = np.zeros((len(problem.capacity), 2))
    minutes = 0.0
    for way, amount in zip(solution.ways, solution.amounts, strict=True):
        served[way.start, way.end] += amount
        minutes += amount * way.minutes
        if not way.favoured:
            rerouted[way.start, way.end] += amount
        for link, forward in way.links:
            flow[link, 0 if forward else 1] += amount
    # The solver is right to about 1e-7; what is smaller is none.
    unserved = np.where(wanted - served > _TOLERANCE * (1 + wanted), wanted - served, 0.0)
    used, price = math.nan, math.nan
    for budget in problem.budgets:
        used = float((flow.sum(axis=1) * budget.use).sum() / DIESEL_HOURS_PER_DAY)
        price = float(DIESEL_HOURS_PER_DAY * solution.train_prices.budgets[0])
    return CapacityFlow(
        hubs=assessor.demand.hubs,
        wanted=wanted,
        served=wanted - unserved,
        rerouted=np.minimum(rerouted, wanted - unserved),
        unserved=unserved,
        flow=flow,
        capacity=problem.capacity,
        minutes=minutes,
        shadow_minutes=solution.minutes_prices.links,
        shadow_trains=solution.train_prices.links,
        diesels_used=used,
        shadow_trains_per_diesel=price,
    )
