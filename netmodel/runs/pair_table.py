"""The pairs of a run: each row for the states in which a pair fares alike, each way once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netmodel.runs.columns import PAIRS, PAIRS_BY_STATE, ROUTES

Parts: TypeAlias = Callable[[], Iterator[pd.DataFrame]]
RouteParts: TypeAlias = Callable[[NDArray[np.int64] | None], Iterator[pd.DataFrame]]
KEEPS = ("all", "affected", "none")
"""Which pairs a run keeps: all; those that an outage touches or may touch in some state; none."""
_PAIR = ["traffic", "from", "to"]
_SPAN = ["first", "last"]
_TYPES = {
    "id": np.dtype(object), "ids": np.dtype(object), "word": np.dtype(object),
    "number": np.dtype(float), "share": np.dtype(float),
    "whole": np.dtype(np.int64), "flag": np.dtype(np.int64),
}  # fmt: skip


class PairTable:
    """How the pairs of places fared, state by state, stored without repetition.

    A row of ``spans`` holds from its ``first`` to its ``last`` state; the ways that pairs take
    stand in ``routes``, once each.

    Parameters
    ----------
    spans, routes
        What yields the tables ``pairs.csv`` and ``routes.csv`` in parts, in order; of the routes
        those of ascending numbers, or all.
    keep
        One of `KEEPS`.

    Examples
    --------
    >>> import netmodel as nm
    >>> pairs = nm.run("crimea-may-2023").record.pair_table
    >>> len(pairs.spans) < len(pairs.by_state), pairs.keep
    (True, 'all')
    >>> rows = pairs.by_state.query("state == 3 and traffic == 'passenger'")
    >>> pairs.at(3, "passenger").equals(rows.reset_index(drop=True))
    True
    """

    def __init__(self, spans: Parts, routes: RouteParts, *, keep: str = "all") -> None:
        self._spans, self._routes = spans, routes
        self.keep = keep
        self._in_base: dict[tuple[int, str], int] = {}

    @classmethod
    def of_frames(cls, spans: pd.DataFrame, routes: pd.DataFrame, keep: str = "all") -> PairTable:
        """Return the pairs that two tables hold."""
        return cls(
            lambda: iter([spans]), lambda among: iter([pick_routes(routes, among)]), keep=keep
        )

    @classmethod
    def of_states(cls, table: pd.DataFrame) -> PairTable:
        """Return the pairs of a table with a row for each state and pair, as `by_state` is.

        Examples
        --------
        >>> import netmodel as nm
        >>> pairs = nm.run("crimea-may-2023").record.pair_table
        >>> PairTable.of_states(pairs.by_state).by_state.equals(pairs.by_state)
        True
        """
        return cls.of_frames(*_merge_states(table))

    def span_parts(self) -> Iterator[pd.DataFrame]:
        """Yield the rows of ``pairs.csv`` in parts, so that they need not be held at once."""
        return self._spans()

    def route_parts(self) -> Iterator[pd.DataFrame]:
        """Yield the rows of ``routes.csv`` in parts, with their numbers as index."""
        return self._routes(None)

    @cached_property
    def spans(self) -> pd.DataFrame:
        """The table ``pairs.csv``: rows in the order of their first state, traffic and pairs."""
        return pd.concat(list(self._spans()), ignore_index=True)

    @cached_property
    def routes(self) -> pd.DataFrame:
        """The table ``routes.csv``, by the number of the route."""
        return pd.concat(list(self._routes(None)))

    @cached_property
    def by_state(self) -> pd.DataFrame:
        """One row for each state, kind of traffic and pair that is kept, with ``via``."""
        return self.spread(np.ones(len(self.spans), dtype=bool))

    def spread(self, chosen: NDArray[np.bool_]) -> pd.DataFrame:
        """Return one row for each state in which some of the spans hold, as in `by_state`.

        Parameters
        ----------
        chosen
            Which of the spans.
        """
        places = np.flatnonzero(chosen)
        first, last = (self.spans[name].to_numpy(np.int64)[places] for name in _SPAN)
        counts = last - first + 1
        row = np.repeat(np.arange(len(places)), counts)
        state = first[row] + np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
        order = np.lexsort([self._number[places[row]], state])
        return self._lay_out(self.spans.iloc[places[row[order]]], state[order])

    @property
    def changes(self) -> pd.DataFrame:
        """The rows of `by_state` in which a pair fares otherwise than in the state before."""
        return self._lay_out(self.spans, self.spans["first"].to_numpy(np.int64))

    def at(self, state: int, traffic: str) -> pd.DataFrame:
        """Return the rows of one state and one kind of traffic, in the columns of `by_state`."""
        spans = self.spans
        holds = (spans["first"] <= state) & (state <= spans["last"]) & (spans["traffic"] == traffic)
        places = np.flatnonzero(holds.to_numpy(bool))
        places = places[np.argsort(self._number[places], kind="stable")]
        return self._lay_out(spans.iloc[places], np.full(len(places), state))

    def pick(self, state: int, traffic: str, columns: Sequence[str]) -> pd.DataFrame:
        """Return some columns of the spans that hold in a state, read part by part.

        Parameters
        ----------
        columns
            Of ``pairs.csv``.
        """
        picked = []
        for part in self.walk():
            holds = (part["first"] <= state) & (state <= part["last"])
            holds &= part["traffic"] == traffic
            picked.append(part.loc[holds, list(columns)])
        return pd.concat(picked, ignore_index=True)

    def count_in_base(self, state: int, traffic: str) -> int:
        """Return how many of the pairs that stand in a state have a path in the base state."""
        counted = self._in_base.get((state, traffic))
        if counted is None:
            minutes = self.pick(state, traffic, ["base_minutes"])["base_minutes"]
            counted = self._in_base[state, traffic] = int(minutes.notna().sum())
        return counted

    def walk(self) -> Iterator[pd.DataFrame]:
        """Yield the spans in parts; in one where they are held already."""
        return iter([self.spans]) if "spans" in self.__dict__ else self._spans()

    def tell_routes(self, numbers: Iterable[int]) -> Iterator[pd.DataFrame]:
        """Yield the rows of some routes in parts, in the order of their numbers."""
        among = np.unique(np.fromiter(numbers, dtype=np.int64))
        held = "routes" in self.__dict__
        return iter([pick_routes(self.routes, among)]) if held else self._routes(among)

    def sum_up(self, hours: pd.Series) -> pd.DataFrame:
        """Return what each pair with a path in the base lost.

        Parameters
        ----------
        hours
            Of each state, by its number.

        Returns
        -------
        DataFrame
            ``traffic, from, to``, ``hours_cut``: without a path, and ``longest_extra_minutes``:
            the most that it took longer than in the base.
        """
        spans = self.spans[self.spans["base_minutes"].notna()]
        until = np.concatenate([[0.0], np.cumsum(hours.to_numpy(float))])
        length = until[spans["last"].to_numpy(int) + 1] - until[spans["first"].to_numpy(int)]
        told = spans[_PAIR].assign(
            hours_cut=np.where(spans["connected"] == 0, length, 0.0),
            longest_extra_minutes=(spans["minutes"] - spans["base_minutes"]).fillna(0.0),
        )
        grouped = told.groupby(_PAIR, sort=False, as_index=False)
        summed = grouped.agg({"hours_cut": "sum", "longest_extra_minutes": "max"})
        # Differences of running sums differ in the last digits; hours have four.
        return summed.assign(hours_cut=summed["hours_cut"].round(4))

    @cached_property
    def _number(self) -> NDArray[np.int64]:
        """The number of the pair of each span, pairs in the order in which they first stand."""
        return number_pairs(self.spans)

    def _lay_out(self, spans: pd.DataFrame, state: NDArray[np.int64]) -> pd.DataFrame:
        """Return rows of spans with a state and the hubs on the way, in the columns of a state."""
        route = spans["route"].to_numpy(float, na_value=np.nan)
        way = self.routes.index.get_indexer(pd.Index(np.nan_to_num(route, nan=-1.0).astype(int)))
        via = np.append(self.routes["via"].to_numpy(object), "")[way]
        made = spans.assign(state=state, via=via)
        return made[_columns_of(spans)].reset_index(drop=True)

    def __eq__(self, other: object) -> bool:
        """Whether another table has the same rows and ways."""
        if not isinstance(other, PairTable):
            return NotImplemented
        same_rows = self.keep == other.keep and self.spans.equals(other.spans)
        return same_rows and self.routes.equals(other.routes)

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[object, ...]:
        """Return what makes the table again in another process."""
        return PairTable.of_frames, (self.spans, self.routes, self.keep)

    def __repr__(self) -> str:
        return f"<PairTable: {len(self.spans)} rows, {len(self.routes)} routes, {self.keep} kept>"


def _columns_of(spans: pd.DataFrame) -> list[str]:
    """Return the columns of a table by states, as far as spans have them."""
    known = [column.name for column in PAIRS_BY_STATE.columns]
    further = [str(name) for name in spans.columns if name not in (*known, *_SPAN, "route")]
    return [*(name for name in known if name in {"state", "via", *spans.columns}), *further]


def number_pairs(table: pd.DataFrame) -> NDArray[np.int64]:
    """Return the number of the pair of each row, pairs in the order in which they first stand.

    Examples
    --------
    >>> ends = {"traffic": ["freight"] * 3, "from": ["a", "a", "a"], "to": ["b", "c", "b"]}
    >>> number_pairs(pd.DataFrame(ends)).tolist()
    [0, 1, 0]
    """
    codes = np.zeros(len(table), dtype=np.int64)
    for name in _PAIR:
        found, distinct = pd.factorize(table[name])
        codes = codes * max(len(distinct), 1) + found
    return pd.factorize(codes)[0].astype(np.int64)


def _merge_states(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return spans and routes of a table with a row for each state and pair."""
    pair, state = number_pairs(table), table["state"].to_numpy(np.int64)
    route, routes = _number_ways(table, pair)
    order = np.lexsort([state, pair])
    pair, state = pair[order], state[order]
    held = table.drop(columns=["state", "via"]).assign(route=route).iloc[order]
    begins = np.diff(pair, prepend=-1) != 0
    begins |= np.diff(state, prepend=-2) != 1
    for name in held.columns:
        values = pd.factorize(held[name])[0]  # what is not known is -1, and equal
        begins |= np.diff(values, prepend=-2) != 0
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(state)) - 1 if len(first) else first
    spans = held.iloc[first].assign(first=state[first], last=state[last])
    again = np.lexsort([pair[first], state[first]])
    columns = [each.name for each in PAIRS.columns if each.name in spans]
    columns += [str(name) for name in spans.columns if name not in columns]
    return spans.iloc[again][columns].reset_index(drop=True), routes


def _number_ways(
    table: pd.DataFrame, pair: NDArray[np.int64]
) -> tuple[pd.arrays.IntegerArray, pd.DataFrame]:
    """Return the number of each row's way, and the ways; the km are those of its first row."""
    via = pd.factorize(table["via"])[0].astype(np.int64)
    there = np.flatnonzero((table["connected"] == 1).to_numpy(bool))
    key = pair[there] * (via.max(initial=0) + 1) + via[there]
    codes, distinct = pd.factorize(key)
    place = there[np.unique(codes, return_index=True)[1]] if len(there) else there
    numbers = np.zeros(len(table), dtype=np.int64)
    numbers[there] = codes
    absent = np.ones(len(table), dtype=bool)
    absent[there] = False
    routes = table.iloc[place][["from", "to", "km", "via"]].set_index(
        pd.RangeIndex(len(distinct), name=ROUTES.index)
    )
    return pd.arrays.IntegerArray(numbers, absent), routes


def pick_routes(routes: pd.DataFrame, among: NDArray[np.int64] | None) -> pd.DataFrame:
    """Return the rows of some routes by their numbers; all where none are named."""
    return routes if among is None else routes[routes.index.isin(among)]


def no_pairs() -> PairTable:
    """Return the pairs of a run that keeps none.

    Examples
    --------
    >>> len(no_pairs().by_state)
    0
    """
    spans, routes = (
        pd.DataFrame({each.name: pd.Series([], dtype=_TYPES[each.kind]) for each in table.columns})
        for table in (PAIRS, ROUTES)
    )
    return PairTable.of_frames(spans, routes.set_index(ROUTES.index), "none")
