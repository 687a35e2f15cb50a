"""The pairs of a run, written down state by state: a row only where a pair's figures change.

What is written down is kept aside (`netmodel.files.spool`), so that memory grows neither with the
states nor with the ways. Ways are told apart by the sum of a fixed random number of each link, and
put into words as they are written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netmodel.errors import UnknownNameError
from netmodel.files.spool import RowSpool
from netmodel.impact.bounds import CERTAINTIES, code_certainty
from netmodel.impact.near_ways import NearWay
from netmodel.impact.pair_ways import PAIR_BASES
from netmodel.impact.travel import Travel
from netmodel.impact.waiting import Matrices
from netmodel.routing.route_chains import RouteChains, split_starts
from netmodel.routing.route_texts import RouteTexts
from netmodel.runs.columns import ROUTES
from netmodel.runs.computation import Computation, TrafficImpact
from netmodel.runs.pair_table import KEEPS, PairTable, no_pairs
from netmodel.runs.uncertainty import state_connection

ROWS_KEPT = 1_000_000
"""A table of more rows keeps only the pairs that are affected, unless all are asked for."""
ROWS_TOGETHER = 100_000
"""Rows that are laid out at a time."""
ROUTES_TOGETHER = 5_000
"""Ways that are put into words at a time."""
_ABSENT = np.iinfo(np.int32).min
_FIGURES = ("connected", "certainty", "minutes", "km", "route", "served", "probability", "wait")
_ROW = np.dtype(
    [("pair", "i4"), ("first", "i4"), ("connected", "i1"), ("certainty", "i1")]
    + [(name, "i4") for name in _FIGURES[2:]]
)
_DOUBT, _CUT = CERTAINTIES.index("in doubt"), CERTAINTIES.index("cut")
_HALF = 19
"""Bits of either half of a link's number; sums over 16,000 links are exact in 53 bits."""
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_WAY = np.dtype([("pair", "i4"), ("join", "i4"), ("count", "i4"), ("train", "i4"), ("km", "f8")])
NearWays = Mapping[tuple[int, int], NearWay]


def record_pairs(
    run: Computation,
    delays: Mapping[str, Matrices | None],
    near: Mapping[str, NearWays],
    *,
    keep: str | None = None,
) -> PairTable:
    """Return how every pair with demand fared in every state.

    Parameters
    ----------
    delays
        For each kind of traffic the delay of journeys that may wait, where it is known.
    near
        For each kind of traffic the second ways of its pairs in the base.
    keep
        One of `KEEPS`; by default all, and of more than `ROWS_KEPT` rows the affected ones.

    Raises
    ------
    UnknownNameError
        If there is no such choice.
    """
    if keep is not None and keep not in KEEPS:
        raise UnknownNameError.among("choice of pairs", keep, KEEPS)
    if keep == "none":
        return no_pairs()
    parts: list[_TrafficPairs] = []
    ways = _MetWays()
    for impact in run.impacts:
        before = sum(part.count for part in parts)
        traffic = impact.traffic
        parts.append(
            _TrafficPairs(run, impact, delays.get(traffic), near.get(traffic, {}), before, ways)
        )
    stored = _StoredPairs(parts, ways, states=len(run.timeline.states))
    for number in range(len(run.timeline.states)):
        for part in parts:
            stored.add(number, part.rows(number))
    chosen = keep or ("affected" if len(stored.rows) > ROWS_KEPT else "all")
    stored.choose(chosen)
    return PairTable(stored.span_parts, stored.route_parts, keep=chosen)


class _MetWays:
    """The ways met so far, each with its pair and the arcs by which it was first taken.

    Ways of one start that are met together share what they have in common, see `RouteChains`.
    """

    def __init__(self) -> None:
        self._keys = np.zeros(0, dtype=np.uint64)
        self._numbers = np.zeros(0, dtype=np.int64)
        self._arcs = RowSpool(np.dtype("i4"))
        self._groups: list[tuple[_TrafficPairs, int, int]] = []
        self._found: list[NDArray[np.void]] = []
        self.count = 0

    def number(self, keys: NDArray[np.uint64]) -> tuple[Ints, Ints]:
        """Return the numbers of the ways of some pairs, and the places of new ones in order."""
        at = np.searchsorted(self._keys, keys)
        known = at < len(self._keys)
        known[known] = self._keys[at[known]] == keys[known]
        fresh, place = np.unique(keys[~known], return_index=True)
        place = np.sort(place)
        new = np.flatnonzero(~known)[place]
        order = np.argsort(keys[new])
        numbers = len(self._keys) + np.arange(len(fresh))
        where = np.searchsorted(self._keys, keys[new][order])
        self._keys = np.insert(self._keys, where, keys[new][order])
        self._numbers = np.insert(self._numbers, where, numbers[order])
        return self._numbers[np.searchsorted(self._keys, keys)], new

    def add(self, owner: _TrafficPairs, pairs: Ints, km: Floats, travel: Travel) -> None:
        """Write down the ways of some pairs, which have the next numbers.

        Parameters
        ----------
        pairs
            Of the owner, ascending.
        km
            Of each way.
        travel
            In which they stand.
        """
        start, end = owner.start[pairs], owner.end[pairs]
        ways = np.zeros(len(pairs), dtype=_WAY)
        ways["pair"], ways["km"] = owner.first_pair + pairs, km
        ways["train"] = travel.main_way[start, end] if len(travel.ways) else -1
        ways["join"] = -1
        own = np.flatnonzero(ways["train"] < 0)
        place = 0
        for chains in travel.routes.chains(start[own], end[own]):
            filled = own[place : place + len(chains.counts)]
            ways["join"][filled], ways["count"][filled] = chains.joins, chains.counts
            self._arcs.add(chains.arcs)
            place += len(filled)
        for run in split_starts(start):
            self._groups.append((owner, self.count + run.start, self.count + run.stop))
        self._found.append(ways)
        self.count += len(ways)

    def all(self) -> NDArray[np.void]:
        """Return all ways by their numbers."""
        return np.concatenate([np.zeros(0, _WAY), *self._found])

    def tell(self, numbers: Ints) -> Iterator[str]:
        """Yield the hubs on some ways, whose numbers ascend, in one text each."""
        ways = self.all()
        ends = np.concatenate([[0], np.cumsum(ways["count"], dtype=np.int64)])
        group_of = np.searchsorted([first for _, first, _ in self._groups], numbers, "right") - 1
        for run in split_starts(group_of):
            owner, first, _ = self._groups[int(group_of[run.start])]
            asked = numbers[run]
            last = int(asked[-1]) + 1
            yield from owner.tell_ways(
                ways[first:last], self._arcs.read(int(ends[first]), int(ends[last])), asked - first
            )


class _TrafficPairs:
    """The pairs of one kind of traffic, followed from state to state.

    Parameters
    ----------
    before
        How many pairs of other kinds of traffic come before.
    """

    def __init__(
        self,
        run: Computation,
        impact: TrafficImpact,
        delays: Matrices | None,
        near: NearWays,
        before: int,
        ways: _MetWays,
    ) -> None:
        assessor = self._assessor = impact.assessor
        self._impact, self._delays, self._ways = impact, delays, ways
        self._probability = state_connection(run, impact.traffic)
        self.start, self.end = np.nonzero(assessor.demand.trips > 0)
        self.first_pair, self.count = before, len(self.start)
        self._halves = _number_links(len(assessor.network.links))
        hubs = [assessor.network.hub_index[hub] for hub in assessor.demand.hubs]
        ends = np.array(hubs, dtype=np.int64)[np.stack([self.start, self.end])]
        self._ends = (ends[0] * len(assessor.network.hubs) + ends[1]).astype(np.uint64)
        self._texts = RouteTexts(assessor.router)
        self._last: NDArray[np.void] | None = None
        self._sources: tuple[object, ...] = ()
        self._keys = np.zeros(self.count, dtype=np.uint64)
        self.fixed = self._fix(impact, near)

    def _fix(self, impact: TrafficImpact, near: NearWays) -> dict[str, NDArray[np.generic]]:
        """Return the columns that are the same in every state."""
        assessor, start, end = self._assessor, self.start, self.end
        base, hubs = assessor.base_travel, np.array(assessor.demand.hubs, dtype=object)
        second = np.full(assessor.demand.trips.shape, np.nan)
        for pair, way in near.items():
            second[pair] = way.extra_minutes
        km = assessor.sum_along(base, assessor.network.length_km)[start, end]
        basis = assessor.ways.basis()[start, end]
        return {
            "traffic": np.full(len(start), impact.traffic, dtype=object),
            "from": hubs[start],
            "to": hubs[end],
            "base_minutes": _in_tenths(base.minutes[start, end]),
            "base_km": _in_tenths(km),
            "basis": np.array(PAIR_BASES, dtype=object)[basis],
            "near_minutes": _in_tenths(second[start, end]),
        }

    @property
    def has_samples(self) -> bool:
        """Whether it is known how probably each pair is connected."""
        return self._probability is not None

    @property
    def has_waits(self) -> bool:
        """Whether delays of journeys that may wait are known."""
        return self._delays is not None

    def rows(self, number: int) -> NDArray[np.void]:
        """Return the rows of the pairs whose figures differ from those in the state before."""
        result = self._impact.states[number]
        travel = result.travel
        sources = travel, result.served, result.best, result.worst
        alike = len(self._sources) == 4 and all(map(_is, sources, self._sources))
        if alike and self._last is not None and not (self.has_samples or self.has_waits):
            return self._last[:0]
        self._sources = sources
        now = np.zeros(self.count, dtype=_ROW)
        now["pair"] = self.first_pair + np.arange(self.count)
        now["first"] = number
        start, end, assessor = self.start, self.end, self._assessor
        now["connected"] = travel.connected[start, end]
        now["certainty"] = code_certainty(
            assessor.base.connected[start, end],
            result.worst.connected[start, end],
            result.best.connected[start, end],
        )
        now["minutes"] = _in_tenths(travel.minutes[start, end])
        km = assessor.sum_along(travel, assessor.network.length_km)[start, end]
        now["km"] = _in_tenths(km)
        now["served"] = _in_tenths(result.served.minutes[start, end])
        now["probability"] = now["wait"] = _ABSENT
        if self._probability is not None:
            now["probability"] = np.rint(self._probability[number] * 1e6)
        if self._delays is not None:
            now["wait"] = _in_tenths(self._delays[number, start, end])
        now["route"] = self._number_ways(travel, now["connected"] != 0)
        before, self._last = self._last, now
        if before is None:
            return now
        changed = np.zeros(self.count, dtype=bool)
        for name in _FIGURES:
            changed |= now[name] != before[name]
        return now[changed]

    def _number_ways(self, travel: Travel, there: NDArray[np.bool_]) -> Ints:
        """Return the number of the way that most of each pair takes; -1 without one."""
        keys = self._mix(travel)
        numbers = np.full(self.count, -1, dtype=np.int64)
        if self._last is not None:
            same = (keys == self._keys) & (self._last["route"] >= 0)
            numbers[same] = self._last["route"][same]
        self._keys = keys
        asked = np.flatnonzero(there & (numbers < 0))
        numbers[~there] = -1
        if len(asked):
            numbers[asked], new = self._ways.number(keys[asked])
            fresh = asked[new]
            self._ways.add(self, fresh, self._way_km(travel)[fresh], travel)
        return numbers

    def _mix(self, travel: Travel) -> NDArray[np.uint64]:
        """Return a number for each pair that tells its way from others."""
        high, low = self._halves
        both = travel.routes.sum_along(high * 2.0**_HALF + low)
        if len(travel.ways):
            along = travel.ways.sum_links(high) * 2.0**_HALF + travel.ways.sum_links(low)
            both = np.where(travel.main_way >= 0, along[travel.main_way], both)
        marks = np.nan_to_num(both[self.start, self.end]).astype(np.uint64)
        return _scramble(_scramble(marks) ^ _scramble(self._ends + np.uint64(1)))

    def _way_km(self, travel: Travel) -> Floats:
        """Return the km of the way that most of each pair takes."""
        lengths = self._assessor.network.length_km
        if not len(travel.ways):
            return self._assessor.sum_along(travel, lengths)[self.start, self.end]
        way = travel.main_way[self.start, self.end]
        km = travel.routes.sum_along(lengths)[self.start, self.end]
        return np.where(way >= 0, travel.ways.sum_links(lengths)[way], km)

    def tell_ways(self, ways: NDArray[np.void], arcs: NDArray[np.int32], asked: Ints) -> list[str]:
        """Return the hubs on some ways of one start, in one text each.

        Parameters
        ----------
        ways, arcs
            All ways of a start that were written down together, and their chains.
        asked
            Which of them.
        """
        network = self._assessor.network
        chains = RouteChains(arcs=arcs, joins=ways["join"], counts=ways["count"])
        texts = self._texts.tell(chains, self.end[ways["pair"] - self.first_pair].tolist())
        for place in np.flatnonzero(ways["train"] >= 0).tolist():
            hubs = self._assessor.ways.hubs_along(int(ways["train"][place]), network)
            texts[place] = ";".join(hubs[1:-1])
        return [texts[place] for place in asked.tolist()]


class _StoredPairs:
    """What has been written down of all pairs, and how it is laid out as tables."""

    def __init__(self, parts: Sequence[_TrafficPairs], ways: _MetWays, *, states: int) -> None:
        self._ways = ways
        self._states = states
        self.rows = RowSpool(_ROW)
        self._lasts = np.zeros(1024, dtype=np.int32)
        count = sum(part.count for part in parts)
        self._open = np.full(count, -1, dtype=np.int64)
        self._affected = np.zeros(count, dtype=bool)
        self._kept = np.ones(count, dtype=bool)
        self._fixed = {
            name: np.concatenate([part.fixed[name] for part in parts]) for name in parts[0].fixed
        }
        self._has_samples = any(part.has_samples for part in parts)
        self._has_waits = any(part.has_waits for part in parts)
        self._route_number = np.zeros(0, dtype=np.int64)
        self._told = np.zeros(0, dtype=np.int64)

    def add(self, state: int, rows: NDArray[np.void]) -> None:
        """Write down the rows that begin in a state; those that they follow end before it."""
        count = len(self.rows) + len(rows)
        if count > len(self._lasts):
            self._lasts = np.resize(self._lasts, 2 * count)
        pair = rows["pair"]
        before = self._open[pair]
        follows = before >= 0
        self._lasts[before[follows]] = state - 1
        self._open[pair] = np.arange(len(self.rows), count)
        self._lasts[len(self.rows) : count] = self._states - 1
        unlike = (rows["certainty"] == _DOUBT) | (rows["certainty"] == _CUT) | follows
        for name in ("minutes", "km"):
            unlike |= rows[name] != self._fixed[f"base_{name}"][pair]
        self._affected[pair[unlike]] = True
        self.rows.add(rows)

    def choose(self, keep: str) -> None:
        """Settle which pairs are kept, and number their ways."""
        if keep != "all":
            self._kept = self._affected if keep == "affected" else np.zeros_like(self._kept)
        used = np.zeros(self._ways.count, dtype=bool)  # kinds of traffic share ways
        for rows in self.rows.parts(ROWS_TOGETHER):
            routes = rows["route"][self._kept[rows["pair"]]]
            used[routes[routes >= 0]] = True
        self._route_number = np.where(used, np.cumsum(used) - 1, -1)
        self._told = np.flatnonzero(used)

    def span_parts(self) -> Iterator[pd.DataFrame]:
        """Yield the rows of ``pairs.csv``."""
        place = 0
        for rows in self.rows.parts(ROWS_TOGETHER):
            kept = self._kept[rows["pair"]]
            last = self._lasts[place : place + len(rows)]
            place += len(rows)
            yield self._lay_out(rows[kept], last[kept])
        if not len(self.rows):
            yield self._lay_out(np.zeros(0, _ROW), self._lasts[:0])

    def _lay_out(self, rows: NDArray[np.void], last: NDArray[np.int32]) -> pd.DataFrame:
        fixed = {name: column[rows["pair"]] for name, column in self._fixed.items()}
        there = rows["route"] >= 0
        number = np.zeros(len(rows), dtype=np.int64)
        number[there] = self._route_number[rows["route"][there]]
        columns = {
            "first": rows["first"].astype(np.int64),
            "last": last.astype(np.int64),
            "traffic": fixed["traffic"],
            "from": fixed["from"],
            "to": fixed["to"],
            "connected": rows["connected"].astype(np.int64),
            "base_minutes": _from_tenths(fixed["base_minutes"]),
            "minutes": _from_tenths(rows["minutes"]),
            "base_km": _from_tenths(fixed["base_km"]),
            "km": _from_tenths(rows["km"]),
            "route": pd.arrays.IntegerArray(number, ~there),
            "basis": fixed["basis"],
            "near_minutes": _from_tenths(fixed["near_minutes"]),
            "served_minutes": _from_tenths(rows["served"]),
            "certainty": np.array(CERTAINTIES, dtype=object)[rows["certainty"]],
        }
        if self._has_samples:
            columns["probability_connected"] = _from_whole(rows["probability"], 1e6)
        if self._has_waits:
            columns["wait_minutes"] = _from_tenths(rows["wait"])
        return pd.DataFrame(columns)

    def route_parts(self, among: Ints | None = None) -> Iterator[pd.DataFrame]:
        """Yield the rows of ``routes.csv``, or those of some routes."""
        asked = np.arange(len(self._told)) if among is None else among
        ways, texts = self._ways.all(), self._ways.tell(self._told[asked])
        for first in range(0, max(len(asked), 1), ROUTES_TOGETHER):
            routes = asked[first : first + ROUTES_TOGETHER]
            told = ways[self._told[routes]]
            yield pd.DataFrame(
                {
                    "from": self._fixed["from"][told["pair"]],
                    "to": self._fixed["to"][told["pair"]],
                    "km": np.round(told["km"], 1),
                    "via": np.array(list(islice(texts, len(routes))), dtype=object),
                },
                index=pd.RangeIndex(first, first + len(routes), name=ROUTES.index)
                if among is None
                else pd.Index(routes, name=ROUTES.index),
            )


def _number_links(count: int) -> tuple[Floats, Floats]:
    """Return two halves of a fixed random number for each link, the same in every run."""
    marks = _scramble(np.arange(1, count + 1, dtype=np.uint64))
    low = marks & np.uint64(2**_HALF - 1)
    high = (marks >> np.uint64(32)) & np.uint64(2**_HALF - 1)
    return high.astype(np.float64), low.astype(np.float64)


def _scramble(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return numbers of 64 bits mixed one to one: the finaliser of SplitMix64 (Steele, 2014)."""
    mixed = numbers * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))


def _in_tenths(values: Floats) -> NDArray[np.int32]:
    """Return values in whole tenths, as the tables show them; a mark for what is not finite."""
    known = np.isfinite(values)
    return np.where(known, np.rint(np.where(known, values, 0.0) * 10), _ABSENT).astype(np.int32)


def _from_tenths(tenths: NDArray[np.int32]) -> Floats:
    return _from_whole(tenths, 10.0)


def _from_whole(numbers: NDArray[np.int32], scale: float) -> Floats:
    return np.where(numbers == _ABSENT, np.nan, numbers / scale)


def _is(one: object, other: object) -> bool:
    return one is other
