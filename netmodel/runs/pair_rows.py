"""The pairs of a run, written down state by state: a row only where a pair's figures change.

What is written down is kept aside (`netmodel.files.spool`), so that memory grows neither with the
states nor with the ways. Ways are told apart by the sum of a fixed random number of each link, and
put into words once each, at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netmodel.errors import UnknownNameError, nearest_names
from netmodel.files.spool import RowSpool, TextSpool
from netmodel.impact.bounds import CERTAINTIES, code_certainty
from netmodel.impact.near_ways import NearWay
from netmodel.impact.pair_ways import PAIR_BASES
from netmodel.impact.travel import Travel
from netmodel.impact.waiting import Matrices
from netmodel.routing.route_texts import RouteTexts
from netmodel.runs.columns import ROUTES
from netmodel.runs.computation import Computation, TrafficImpact
from netmodel.runs.pair_table import KEEPS, PairTable, no_pairs
from netmodel.runs.uncertainty import state_connection

ROWS_KEPT = 1_000_000
"""A table of more rows keeps only the pairs that are affected, unless all are asked for."""
ROWS_TOGETHER = 100_000
"""Rows that are laid out at a time."""
ROUTES_TOGETHER = 20_000
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
        raise UnknownNameError("choice of pairs", keep, nearest_names(keep, KEEPS))
    if keep == "none":
        return no_pairs()
    parts: list[_TrafficPairs] = []
    ways = _WayNumbers()
    for impact in run.impacts:
        before = sum(part.count for part in parts)
        traffic = impact.traffic
        parts.append(
            _TrafficPairs(run, impact, delays.get(traffic), near.get(traffic, {}), before, ways)
        )
    stored = _StoredPairs(parts, states=len(run.timeline.states))
    for number in range(len(run.timeline.states)):
        for part in parts:
            stored.add(number, part.rows(number))
    chosen = keep or ("affected" if len(stored.rows) > ROWS_KEPT else "all")
    stored.choose(chosen, parts, ways)
    return PairTable(stored.span_parts, stored.route_parts, keep=chosen)


class _WayNumbers:
    """The ways met so far, each with its pair and the state in which it first stands."""

    def __init__(self) -> None:
        self._keys = np.zeros(0, dtype=np.uint64)
        self._numbers = np.zeros(0, dtype=np.int64)
        self.pair: list[Ints] = []
        self.state: list[Ints] = []
        self.km: list[Floats] = []

    def number(self, keys: NDArray[np.uint64], pairs: Ints, km: Floats, state: int) -> Ints:
        """Return the numbers of the ways of some pairs, new ones in their order."""
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
        self.pair.append(pairs[new])
        self.km.append(km[new])
        self.state.append(np.full(len(new), state))
        return self._numbers[np.searchsorted(self._keys, keys)]


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
        ways: _WayNumbers,
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
        now["route"] = self._number_ways(travel, now["connected"] != 0, number)
        before, self._last = self._last, now
        if before is None:
            return now
        changed = np.zeros(self.count, dtype=bool)
        for name in _FIGURES:
            changed |= now[name] != before[name]
        return now[changed]

    def _number_ways(self, travel: Travel, there: NDArray[np.bool_], state: int) -> Ints:
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
            km = self._way_km(travel)[asked]
            pairs = self.first_pair + asked
            numbers[asked] = self._ways.number(keys[asked], pairs, km, state)
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

    def tell_ways(self, pairs: Ints, state: int) -> Iterator[str]:
        """Yield the hubs on the ways of some pairs in a state, in one text each."""
        travel, network = self._impact.states[state].travel, self._assessor.network
        for pair in (pairs - self.first_pair).tolist():
            start, end = int(self.start[pair]), int(self.end[pair])
            if len(travel.ways) and travel.main_way[start, end] >= 0:
                yield ";".join(travel.hubs_between(start, end, network)[1:-1])
            else:
                yield self._texts.between(travel.routes, start, end)


class _StoredPairs:
    """What has been written down of all pairs, and how it is laid out as tables."""

    def __init__(self, parts: Sequence[_TrafficPairs], *, states: int) -> None:
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
        self._route_pair = np.zeros(0, dtype=np.int64)
        self._route_km = np.zeros(0)
        self._texts = TextSpool()

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

    def choose(self, keep: str, parts: Sequence[_TrafficPairs], ways: _WayNumbers) -> None:
        """Settle which pairs are kept, and put their ways into words."""
        if keep != "all":
            self._kept = self._affected if keep == "affected" else np.zeros_like(self._kept)
        none = np.zeros(0, dtype=np.int64)  # no pair may have a way
        pair = np.concatenate([none, *ways.pair])
        state = np.concatenate([none, *ways.state])
        used = np.zeros(len(pair), dtype=bool)  # kinds of traffic share ways
        for rows in self.rows.parts(ROWS_TOGETHER):
            routes = rows["route"][self._kept[rows["pair"]]]
            used[routes[routes >= 0]] = True
        self._route_number = np.where(used, np.cumsum(used) - 1, -1)
        self._route_pair, state = pair[used], state[used]
        self._route_km = np.round(np.concatenate([np.zeros(0), *ways.km])[used], 1)
        begins = [part.first_pair for part in parts]
        owner = np.searchsorted(begins, self._route_pair, side="right") - 1
        turns = (np.diff(state, prepend=-1) != 0) | (np.diff(owner, prepend=-1) != 0)
        for first, last in pairwise([*np.flatnonzero(turns).tolist(), len(state)]):
            part, asked = parts[int(owner[first])], self._route_pair[first:last]
            self._texts.add(list(part.tell_ways(asked, int(state[first]))))

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

    def route_parts(self) -> Iterator[pd.DataFrame]:
        """Yield the rows of ``routes.csv``."""
        place = 0
        for texts in self._texts.parts(ROUTES_TOGETHER):
            yield self._lay_routes(place, texts)
            place += len(texts)
        if not place:
            yield self._lay_routes(0, [])

    def _lay_routes(self, first: int, texts: Sequence[str]) -> pd.DataFrame:
        part = slice(first, first + len(texts))
        pair = self._route_pair[part]
        return pd.DataFrame(
            {
                "from": self._fixed["from"][pair],
                "to": self._fixed["to"][pair],
                "km": self._route_km[part],
                "via": np.array(texts, dtype=object),
            },
            index=pd.RangeIndex(first, first + len(texts), name=ROUTES.index),
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
