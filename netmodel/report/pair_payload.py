"""The pairs table as changes between few distinct rows: what the page needs, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netmodel.study.record import RunRecord

CERTAINTIES = ("connected", "in doubt", "cut", "cut in base")
PROBABILITY_COLUMNS = ("probability_connected", "connected_probability")
WAIT_COLUMNS = ("wait_minutes",)
WAYS_KEPT = 400_000
_ABSENT = -1
NEVER = -(10**8)
"""Stands for a delay that is not known or never ends; delays may be below zero."""

Whole = NDArray[np.int64]


def encode_pairs(
    pairs: pd.DataFrame, hub_index: Mapping[str, int], paths: dict[str, int]
) -> dict[str, object]:
    """Return one kind of traffic's pairs: the distinct rows of each, and when each of them holds.

    Parameters
    ----------
    pairs
        Rows of one kind of traffic.
    paths
        Number of each distinct way (`via`), added to.

    Returns
    -------
    dict
        For each pair ``from, to, base, base_km`` (tenths), the number of its distinct ``rows``
        and of its ``changes``. For each change ``state`` (difference to the pair's change
        before) and ``row`` (among those of its pair). For each row ``minutes``, ``km`` and
        ``served`` in tenths, ``sure`` (position in `CERTAINTIES`) and ``via`` (position in the
        paths); -1 where there is none. If the table has them, ``probability`` of being
        connected in thousandths and ``wait``, the delay by waiting or going round, in tenths
        of a minute.
    """
    key = pd.MultiIndex.from_arrays([pairs["from"], pairs["to"]])
    pair, distinct = pd.factorize(key)
    states = pairs["state"].to_numpy(np.int64)
    order = np.lexsort([states, pair])
    pair, states = pair[order].astype(np.int64), states[order]
    columns = {name: values[order] for name, values in _columns(pairs, paths).items()}
    changed = _differs(pair, *columns.values())
    owner, at = pair[changed], states[changed]
    held = {name: values[changed] for name, values in columns.items()}
    row, first_of_row = _distinct_rows(owner, held)
    steps = np.diff(at, prepend=0)
    begins = _differs(owner)
    steps[begins] = at[begins]
    firsts = order[_differs(pair)]
    row_owner = owner[first_of_row]
    return {
        "from": [hub_index[hub] for hub, _ in distinct],
        "to": [hub_index[hub] for _, hub in distinct],
        "base": _tenths(pairs["base_minutes"].iloc[firsts]).tolist(),
        "base_km": _tenths(pairs["base_km"].iloc[firsts]).tolist(),
        "rows": np.bincount(row_owner, minlength=len(distinct)).tolist(),
        "changes": np.bincount(owner, minlength=len(distinct)).tolist(),
        "state": steps.tolist(),
        "row": row.tolist(),
        **{name: values[first_of_row].tolist() for name, values in held.items()},
    }


def encode_redundancy(
    record: RunRecord, kind: str, encoded: Mapping[str, object]
) -> dict[str, list[int]]:
    """Return ``disjoint``, the routes of each encoded pair that share no link in the base.

    Empty for a record that does not hold them; -1 for a pair that it leaves out.
    """
    table = record.redundancy
    if table is None:
        return {}
    mine = table[table["traffic"] == kind]
    known = dict(
        zip(zip(mine["from"], mine["to"], strict=True), mine["disjoint_routes"], strict=True)
    )
    hubs = [str(hub) for hub in record.hubs.index]
    pairs: Any = zip(encoded["from"], encoded["to"], strict=True)  # type: ignore[call-overload]
    return {"disjoint": [int(known.get((hubs[a], hubs[b]), _ABSENT)) for a, b in pairs]}


def _columns(table: pd.DataFrame, paths: dict[str, int]) -> dict[str, Whole]:
    ways, distinct = pd.factorize(table["via"])
    numbers = np.array([paths.setdefault(way, len(paths)) for way in distinct], dtype=np.int64)
    certainty = pd.Categorical(table["certainty"], categories=CERTAINTIES).codes.astype(np.int64)
    columns = {
        "minutes": _tenths(table["minutes"]),
        "km": _tenths(table["km"]),
        "served": _tenths(table["served_minutes"]),
        "sure": certainty,
        "via": numbers[ways],
    }
    for name, choices, scale, absent in (
        ("probability", PROBABILITY_COLUMNS, 1000.0, _ABSENT),
        ("wait", WAIT_COLUMNS, 10.0, NEVER),
    ):
        found = next((column for column in choices if column in table), None)
        if found:
            columns[name] = _whole(table[found], scale, absent)
    return columns


def _differs(*columns: Whole) -> NDArray[np.bool_]:
    """Return where any column differs from the entry before; the first one does."""
    changed = np.zeros(len(columns[0]), bool)
    changed[:1] = True
    for values in columns:
        changed[1:] |= values[1:] != values[:-1]
    return changed


def _distinct_rows(owner: Whole, held: Mapping[str, Whole]) -> tuple[Whole, Whole]:
    """Return for each change its row among those of its pair, and where each row first stands."""
    order = np.lexsort([*held.values(), owner])
    fresh = _differs(owner[order], *(values[order] for values in held.values()))
    number = np.empty(len(owner), np.int64)
    number[order] = np.cumsum(fresh) - 1
    first_of_row = order[fresh]
    row_owner = owner[first_of_row]
    first_row = np.searchsorted(row_owner, owner)
    return number - first_row, first_of_row


def encode_paths(paths: Mapping[str, int], hub_index: Mapping[str, int]) -> list[list[int]] | None:
    """Return the hubs of every way in order of number; ``None`` when there are too many to show."""
    total = sum(path.count(";") + 1 for path in paths)
    if total > WAYS_KEPT:
        return None
    return [[hub_index[hub] for hub in path.split(";") if hub] for path in paths]


def _tenths(values: pd.Series) -> Whole:
    return _whole(values, 10.0)


def _whole(values: pd.Series, scale: float, absent: int = _ABSENT) -> Whole:
    numbers = values.to_numpy(float, na_value=np.nan)
    finite = np.isfinite(numbers)
    scaled = np.rint(np.where(finite, numbers, 0.0) * scale)
    return np.where(finite, scaled, absent).astype(np.int64)
