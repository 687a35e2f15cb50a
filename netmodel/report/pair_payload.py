"""The pairs table as runs of unchanged values: what the page needs of it, and no more."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

CERTAINTIES = ("connected", "in doubt", "cut", "cut in base")
PROBABILITY_COLUMNS = ("connected_probability", "probability_connected")
WAIT_COLUMNS = ("wait_or_detour_delay", "wait_minutes")
WAYS_KEPT = 400_000
_ABSENT = -1
NEVER = -(10**8)
"""Stands for a delay that is not known or never ends; delays may be below zero."""


def encode_pairs(
    pairs: pd.DataFrame, hub_index: Mapping[str, int], paths: dict[str, int]
) -> dict[str, object]:
    """Return one kind of traffic's pairs, each as the states at which something changes.

    Parameters
    ----------
    pairs
        Rows of one kind of traffic.
    paths
        Number of each distinct way (`via`), added to.

    Returns
    -------
    dict
        ``from, to, base, base_km`` for each pair, ``count`` of its changes, and for each change
        ``state`` (difference to the one before), ``minutes`` and ``served`` in tenths, ``km``
        in tenths, ``sure`` (position in `CERTAINTIES`) and ``via`` (position in the paths);
        -1 where there is none. If the table has them, ``probability`` of being connected in
        thousandths and ``wait``, the delay by waiting or going round, in tenths of a minute.
    """
    table = pairs.reset_index(drop=True)
    key = pd.MultiIndex.from_arrays([table["from"], table["to"]])
    pair, distinct = pd.factorize(key)
    order = np.lexsort([table["state"].to_numpy(), pair])
    pair, table = pair[order], table.iloc[order]
    columns = _columns(table, paths)
    change = np.ones(len(table), bool)
    if len(table):
        same = pair[1:] == pair[:-1]
        for values in columns.values():
            same &= values[1:] == values[:-1]
        change[1:] = ~same
    state = table["state"].to_numpy(np.int64)[change]
    owner = pair[change]
    first = np.ones(len(owner), bool)
    first[1:] = owner[1:] != owner[:-1]
    steps = np.diff(state, prepend=0)
    steps[first] = state[first]
    starts = np.flatnonzero(np.diff(pair, prepend=-1))
    return {
        "from": [hub_index[hub] for hub, _ in distinct],
        "to": [hub_index[hub] for _, hub in distinct],
        "base": _tenths(table["base_minutes"].iloc[starts]).tolist(),
        "base_km": _tenths(table["base_km"].iloc[starts]).tolist(),
        "count": np.bincount(owner, minlength=len(distinct)).tolist(),
        "state": steps.tolist(),
        **{name: values[change].tolist() for name, values in columns.items()},
    }


def _columns(table: pd.DataFrame, paths: dict[str, int]) -> dict[str, NDArray[np.int64]]:
    ways, distinct = pd.factorize(table["via"])
    numbers = np.array([paths.setdefault(way, len(paths)) for way in distinct] or [0])
    via = numbers[ways] if len(table) else np.zeros(0, np.int64)
    certainty = pd.Categorical(table["certainty"], categories=CERTAINTIES).codes.astype(np.int64)
    columns = {
        "minutes": _tenths(table["minutes"]),
        "km": _tenths(table["km"]),
        "served": _tenths(table["served_minutes"]),
        "sure": certainty,
        "via": via,
    }
    for name, choices, scale, absent in (
        ("probability", PROBABILITY_COLUMNS, 1000.0, _ABSENT),
        ("wait", WAIT_COLUMNS, 10.0, NEVER),
    ):
        found = next((column for column in choices if column in table), None)
        if found:
            columns[name] = _whole(table[found], scale, absent)
    return columns


def encode_paths(paths: Mapping[str, int], hub_index: Mapping[str, int]) -> list[list[int]] | None:
    """Return the hubs of every way in order of number; ``None`` when there are too many to show."""
    total = sum(path.count(";") + 1 for path in paths)
    if total > WAYS_KEPT:
        return None
    return [[hub_index[hub] for hub in path.split(";") if hub] for path in paths]


def _tenths(values: pd.Series) -> NDArray[np.int64]:
    return _whole(values, 10.0)


def _whole(values: pd.Series, scale: float, absent: int = _ABSENT) -> NDArray[np.int64]:
    numbers = values.to_numpy(float, na_value=np.nan)
    finite = np.isfinite(numbers)
    scaled = np.rint(np.where(finite, numbers, 0.0) * scale)
    return np.where(finite, scaled, absent).astype(np.int64)
