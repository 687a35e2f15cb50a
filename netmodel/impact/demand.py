"""Demand between hubs: uniform, by gravity on populations, or from a table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import (
    AmbiguousNameError,
    InputError,
    Problem,
    UnknownNameError,
    is_finite,
    shown,
)
from netmodel.files.csv import read_rows, read_text
from netmodel.network.names import Names, is_known_place
from netmodel.network.railway import Hub, Network, great_circles_km

MOST_TRIPS = 1_000_000_000_000
"""Of one row of a table, so that sums and averages keep their digits."""
DETERRENCES = ("power", "exponential")
DEMAND_COLUMNS = ("from", "to", "trips")
Row: TypeAlias = tuple[str, str, str, object]
"""Where a row stands, the two hubs by any of their names, and the trips."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Demand:
    """Trips between hubs.

    Parameters
    ----------
    hubs
        Ids of the hubs, in the order of rows and columns.
    trips
        Trips from row to column, shape ``(hubs, hubs)``, >= 0, diagonal 0. A demand that has no
        direction stands above the diagonal only.
    """

    hubs: tuple[str, ...]
    trips: NDArray[np.float64]

    @refuse_wrong_kinds
    def __post_init__(self) -> None:
        object.__setattr__(self, "hubs", tuple(self.hubs))
        object.__setattr__(self, "trips", np.array(self.trips, dtype=np.float64))
        size = len(self.hubs)
        if len(set(self.hubs)) < size:
            raise ValueError("a hub is named twice")
        if self.trips.shape != (size, size):
            raise ValueError(f"trips has shape {self.trips.shape}, needs ({size}, {size})")
        if not np.isfinite(self.trips).all() or (self.trips < 0).any():
            raise ValueError("trips must be finite and not negative")
        if self.trips.diagonal().any():
            raise ValueError("trips of a hub to itself must be 0")
        if (self.trips > MOST_TRIPS).any():
            raise ValueError(f"trips must be {MOST_TRIPS:,} at most")
        self.trips.setflags(write=False)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Demand):
            return NotImplemented
        return self.hubs == other.hubs and bool(np.array_equal(self.trips, other.trips))

    def __hash__(self) -> int:
        return hash((self.hubs, self.trips.tobytes()))


def has_directions(demand: Demand) -> bool:
    """Whether any pair of hubs has trips in both directions, each of which is a pair of its own.

    Examples
    --------
    >>> has_directions(uniform_demand(["a", "b"]))
    False
    >>> has_directions(Demand(hubs=("a", "b"), trips=np.array([[0, 5], [3, 0]])))
    True
    """
    wanted = demand.trips > 0
    return bool((wanted & wanted.T).any())


HUB_RULES = ("all", "stations", "ends")


@refuse_wrong_kinds
def select_hubs(network: Network, rule: str) -> list[str]:
    """Return the hubs that a rule chooses for demand, for networks whose hubs have no names.

    Parameters
    ----------
    rule
        ``all``; ``stations``, which have a name of their own, and not one that an import made of
        the place of a junction; or ``ends``, which have one neighbour.

    Raises
    ------
    InputError
        If the rule is not known.

    Examples
    --------
    >>> from netmodel.network.railway import Hub, Link
    >>> hubs = tuple(Hub(id=i, name=name, lon=n, lat=0) for n, (i, name) in
    ...              enumerate([("a", "Aton"), ("b", "junction 0-1"), ("c", "end 0-2")]))
    >>> links = tuple(Link(id=i, from_hub=i[0], to_hub=i[1], length_km=112) for i in ("ab", "bc"))
    >>> network = Network(hubs=hubs, links=links)
    >>> select_hubs(network, "ends"), select_hubs(network, "stations")
    (['a', 'c'], ['a'])
    """
    if rule not in HUB_RULES:
        remedy = f"one of {', '.join(HUB_RULES)}, or a list of hubs"
        raise InputError([Problem(what=f"hubs {rule!r} is not known", remedy=remedy)])
    if rule == "all":
        return [hub.id for hub in network.hubs]
    if rule == "stations":
        return [hub.id for hub in network.hubs if is_known_place(hub)]
    near: dict[str, set[str]] = {hub.id: set() for hub in network.hubs}
    for link in network.links:
        near[link.from_hub].add(link.to_hub)
        near[link.to_hub].add(link.from_hub)
    return [hub for hub, others in near.items() if len(others) == 1]


@refuse_wrong_kinds
def uniform_demand(hubs: Sequence[str]) -> Demand:
    """Return one trip for each pair of hubs.

    Examples
    --------
    >>> uniform_demand(["a", "b", "c"]).trips.sum()
    np.float64(3.0)
    """
    size = len(hubs)
    return Demand(hubs=tuple(hubs), trips=np.triu(np.ones((size, size)), 1))


@refuse_wrong_kinds
def gravity_demand(
    network: Network,
    hubs: Sequence[str],
    *,
    exponent: float = 1.0,
    deterrence: str = "power",
    scale_km: float = 300.0,
) -> Demand:
    """Return demand proportional to both populations and to a deterrence by distance.

    d_ij is proportional to P_i P_j f(r_ij) with the great-circle distance r_ij, 1 km at least.

    Parameters
    ----------
    exponent
        Of the deterrence ``power``: f(r) = r to the power of -exponent, >= 0.
    deterrence
        ``power`` or ``exponential``.
    scale_km
        Of the deterrence ``exponential``: f(r) = exp(-r / scale_km), > 0.

    Returns
    -------
    Demand
        Scaled so that all trips sum to the number of pairs.

    Raises
    ------
    InputError
        If a hub has no population, a figure is out of its range, or the deterrence overflows,
        so that the demand of a pair is lost in rounding.

    Examples
    --------
    >>> from netmodel.network.railway import Hub
    >>> hubs = tuple(Hub(id=i, name=i, lon=n, lat=0, population=p)
    ...              for n, (i, p) in enumerate([("a", 10), ("b", 20), ("c", 20)]))
    >>> gravity_demand(Network(hubs=hubs, links=()), "abc").trips.round(3).tolist()
    [[0.0, 0.857, 0.429], [0.0, 0.0, 1.714], [0.0, 0.0, 0.0]]
    """
    known = [network.hub(hub) for hub in hubs]
    problems = [*_deterrence_problems(exponent, deterrence, scale_km), *_no_population(known)]
    if problems:
        raise InputError(problems)
    apart = np.maximum(_distances_km(known), 1.0)
    people = np.log([float(hub.population or 1) for hub in known])
    away = exponent * np.log(apart) if deterrence == "power" else apart / scale_km
    later = np.triu(np.ones(apart.shape, dtype=bool), 1)
    logarithm = np.where(later, people[:, None] + people[None, :] - away, -np.inf)
    pairs = len(hubs) * (len(hubs) - 1) / 2
    if not pairs:
        return Demand(hubs=tuple(hubs), trips=np.zeros_like(logarithm))
    trips = np.exp(logarithm - logarithm.max())
    lost = int(pairs - np.count_nonzero(trips))
    if lost or not np.isfinite(trips).all():
        given = (
            f"exponent (={exponent:g})" if deterrence == "power" else f"scale_km (={scale_km:g})"
        )
        what = f"{given} makes the deterrence overflow: the demand of {lost} pairs vanishes"
        remedy = "use an exponent from 0 to 3" if deterrence == "power" else "use some 100 km"
        raise InputError([Problem(what=what, remedy=remedy)])
    return Demand(hubs=tuple(hubs), trips=trips * (pairs / trips.sum()))


def _distances_km(hubs: Sequence[Hub]) -> NDArray[np.float64]:
    """Return the great circle between all pairs of hubs, shape ``(hubs, hubs)``."""
    lon, lat = (np.array([getattr(hub, axis) for hub in hubs], float) for axis in ("lon", "lat"))
    return np.asarray(great_circles_km(lon[:, None], lat[:, None], lon[None, :], lat[None, :]))


def _deterrence_problems(exponent: float, deterrence: str, scale_km: float) -> Iterator[Problem]:
    if deterrence not in DETERRENCES:
        remedy = f"one of {', '.join(DETERRENCES)}"
        yield Problem(what=f"unknown deterrence {deterrence!r}", remedy=remedy)
    if not (is_finite(exponent) and exponent >= 0):
        what = f"exponent (={shown(exponent)}) must be finite and not negative"
        yield Problem(what=what)
    if not (is_finite(scale_km) and scale_km > 0):
        what = f"scale_km (={shown(scale_km)}) must be finite and > 0"
        yield Problem(what=what)


def _no_population(hubs: Sequence[Hub]) -> Iterator[Problem]:
    missing = [hub.id for hub in hubs if not hub.population]
    if missing:
        yield Problem(
            what=f"gravity demand needs a population for {', '.join(missing)}",
            remedy="choose other hubs, or demand: {kind: uniform}",
        )


@refuse_wrong_kinds
def read_demand(path: Path, network: Network) -> Demand:
    """Read trips from a CSV file with columns ``from, to, trips``; hubs by id or name.

    Raises
    ------
    InputError
        With every unknown hub and every number that is none, at ``file:line``; and if the table
        has no trips at all.
    """
    problems: list[Problem] = []
    cells = read_rows(path, problems, required=DEMAND_COLUMNS)
    rows = (
        (row.where, read_text(row, "from"), read_text(row, "to"), read_text(row, "trips"))
        for row in cells
    )
    return _tabulate(rows, network, path.name, problems)


@refuse_wrong_kinds
def tabulate_demand(rows: Iterable[Row], network: Network, *, name: str = "demand") -> Demand:
    """Return the demand of a table; trips of the same pair are added up.

    Parameters
    ----------
    rows
        Where each row stands, its two hubs by any of their names, and its trips.
    name
        What the table is called in messages.

    Raises
    ------
    InputError
        With every unknown hub and every number that is none, at its row; and if there are no
        trips at all.

    Examples
    --------
    >>> from netmodel.network.railway import Hub
    >>> hubs = tuple(Hub(id=i, name=i.upper(), lon=n, lat=0) for n, i in enumerate("ab"))
    >>> tabulate_demand([("row 1", "A", "b", 3)], Network(hubs=hubs, links=())).trips.sum()
    np.float64(3.0)
    """
    return _tabulate(rows, network, name, [])


def _tabulate(rows: Iterable[Row], network: Network, name: str, problems: list[Problem]) -> Demand:
    """Return the demand of a table; raise what is wrong with it, and what was before."""
    names = Names(network)
    known: list[tuple[str, str, float]] = []
    for row in rows:
        _read_row(row, names, known, problems)
    if not problems and not any(amount for _, _, amount in known):
        what = "all trips are 0" if known else "no demand in the file"
        problems.append(Problem(what=what, where=name))
    if problems:
        raise InputError(problems)
    hubs = tuple(dict.fromkeys(hub for row in known for hub in row[:2]))
    position = {hub: number for number, hub in enumerate(hubs)}
    trips = np.zeros((len(hubs), len(hubs)))
    for start, end, amount in known:
        trips[position[start], position[end]] += amount
    return Demand(hubs=hubs, trips=trips)


def _read_row(
    row: Row, names: Names, rows: list[tuple[str, str, float]], problems: list[Problem]
) -> None:
    where, *hubs, trips = row
    ends = []
    for hub in hubs:
        try:
            ends.append(names.hub(str(hub).strip()).id)
        except UnknownNameError as error:
            what = f"unknown hub {error.name!r}"
            problems.append(Problem(what=what, where=where, remedy=error.remedy))
        except AmbiguousNameError as error:
            problems.append(Problem(what=str(error), where=where))
    try:
        amount = float(str(trips))
    except ValueError:
        amount = math.nan
    if not 0 <= amount <= MOST_TRIPS:
        what = f"trips (={trips!r}) must be a number from 0 to {MOST_TRIPS:,}"
        remedy = "write decimals with a point" if "," in str(trips) else ""
        problems.append(Problem(what=what, where=where, remedy=remedy))
    elif len(ends) == 2 and ends[0] != ends[1]:
        rows.append((ends[0], ends[1], amount))
    elif len(ends) == 2:
        problems.append(Problem(what=f"trips from {ends[0]!r} to itself", where=where))
