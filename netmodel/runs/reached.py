"""Which places a path by rail led to: at the worst moment, and over the states of a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from netmodel.runs.documents import Unreached

if TYPE_CHECKING:
    import pandas as pd

    from netmodel.runs.record import RunRecord


def lowest_state(states: pd.DataFrame, prefix: str = "") -> int:
    """Return the state with the lowest connected share; see `worst_state`.

    Parameters
    ----------
    prefix
        What stands before the columns of the kind of traffic.
    """
    names = [f"{prefix}connected_share{each}" for each in ("", "_guaranteed", "_possible")]
    keys = [
        np.nan_to_num(states[name].to_numpy(float), nan=np.inf) for name in names if name in states
    ]
    keys += [-states[name].to_numpy(float) for name in ("outages", "hours")]
    return int(states.index[np.lexsort(keys[::-1])[0]])


WORST_DAY = "trains_not_through_at_worst"
"""The figure of the trains that do not get through on the worst day."""


def most_lost(states: pd.DataFrame, lost: NDArray[np.float64]) -> int:
    """Return the state in which the fewest trains get through; of several, see `lowest_state`.

    Parameters
    ----------
    lost
        Trains a day that do not get through: surely, under the chosen times and possibly; the
        first decide. Shape ``(states, 3)``.
    """
    worst = max(map(tuple, lost.tolist()))
    return lowest_state(states[(lost == worst).all(axis=1)])


def find_unreached(
    ends: NDArray[np.object_],
    *,
    connected: NDArray[np.bool_],
    served: NDArray[np.bool_],
    hubs: Iterable[str],
    anchors: frozenset[str] = frozenset(),
) -> Unreached:
    """Return the places that have a path by rail to none of those that they have demand with.

    Parameters
    ----------
    ends
        The two places of each pair with demand and a path in the base, shape ``(pairs, 2)``.
    connected, served
        Whether each pair has a path by rail, and one by rail and bus.
    hubs
        The places in the order in which they are returned.
    anchors
        Where there are any, only paths to them count, and they are not returned themselves.

    Examples
    --------
    >>> ends = np.array([["b", "d"], ["a", "c"]], dtype=object)
    >>> cut, both = np.array([False, True]), np.array([True, True])
    >>> find_unreached(ends, connected=cut, served=cut, hubs="abcd").cut_off
    ('b', 'd')
    >>> find_unreached(ends, connected=cut, served=both, hubs="abcd").by_bus
    ('b', 'd')
    """
    if anchors:
        counted = np.array([not anchors.isdisjoint(pair) for pair in ends.tolist()], dtype=bool)
        ends, connected, served = ends[counted], connected[counted], served[counted]
    lost = {*ends.ravel().tolist()} - {*ends[connected].ravel().tolist()} - {*anchors}
    by_bus = {*ends[served].ravel().tolist()}
    in_order = [hub for hub in hubs if hub in lost]
    return Unreached(
        by_bus=tuple(hub for hub in in_order if hub in by_bus),
        cut_off=tuple(hub for hub in in_order if hub not in by_bus),
    )


def pairs_column(kinds: Sequence[str], traffic: str) -> str:
    """Return the column of ``hubs.csv`` that counts the pairs of each place with a base path."""
    return "pairs_in_base" if traffic == kinds[0] else f"{traffic}_pairs_in_base"


def count_joined(record: RunRecord, traffic: str) -> NDArray[np.int64] | None:
    """Return how many pairs with demand and a path in the base each place has, kept or not.

    Returns
    -------
    ndarray of int, shape ``(hubs,)``
        In the order of the hubs; ``None`` for a run that was written earlier, of which some rows
        are not kept.
    """
    import pandas as pd

    column = pairs_column(record.provenance.scenario.traffic, traffic)
    if column in record.hubs:
        return record.hubs[column].fillna(0).to_numpy(np.int64)
    if record.pair_table.keep != "all":
        return None
    first = int(record.states.index[0])
    pairs = record.pair_table.pick(first, traffic, ["from", "to", "base_minutes"])
    ends = pairs.loc[pairs["base_minutes"].notna(), ["from", "to"]].to_numpy(object).ravel()
    places = record.hubs.index.get_indexer(pd.Index(ends))
    return np.bincount(places[places >= 0], minlength=len(record.hubs)).astype(np.int64)


def cut_off_spans(record: RunRecord, traffic: str) -> dict[str, list[tuple[int, int]]]:
    """Return in which states each place has a path by rail to none that it has demand with.

    Returns
    -------
    dict
        For each such place the first state of each span and the one after its last. Empty for
        a run that does not tell how many pairs a place has.
    """
    import pandas as pd

    joined = count_joined(record, traffic)
    if joined is None:
        return {}
    index, states = record.hubs.index, len(record.states)
    change = np.zeros((len(index), states + 1), dtype=np.int32)
    for part in record.pair_table.walk():
        lost = part[
            (part["traffic"] == traffic) & part["base_minutes"].notna() & (part["connected"] == 0)
        ]
        first, after = lost["first"].to_numpy(np.int64), lost["last"].to_numpy(np.int64) + 1
        for end in ("from", "to"):
            place = index.get_indexer(pd.Index(lost[end]))
            np.add.at(change, (place, first), 1)
            np.add.at(change, (place, after), -1)
    cut = np.cumsum(change, axis=1)[:, :-1]
    none = (cut > 0) & (cut == joined[:, None])
    found = {}
    for hub in np.flatnonzero(none.any(axis=1)).tolist():
        edges = np.flatnonzero(np.diff(none[hub].astype(np.int8), prepend=0, append=0))
        found[str(index[hub])] = list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
    return found
