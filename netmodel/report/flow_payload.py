"""The flows table for the page: for each link the changes of its flow, as compact columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from netmodel.study.record import RunRecord

CHANGES_KEPT = 250_000
"""A page shows no flows that change more often than this, over all links and states."""
SCALE = 100
"""Trips are whole hundredths on the page."""


def encode_flows(record: RunRecord, kinds: Sequence[str]) -> dict[str, dict[str, list[int]]] | None:
    """Return how the flow over each link changes from state to state, by kind of traffic.

    Parameters
    ----------
    kinds
        The kinds of traffic of the page.

    Returns
    -------
    dict or None
        For each link that ever differs from the base its number (``link``), trips in the
        ``base`` in hundredths, and the number of its ``changes``; for each change the
        ``state`` (difference to the link's change before) and the ``trips`` from then on.
        Before its first change a link has its base trips. ``None`` where the record has no
        flows or too many changes to show.

    Examples
    --------
    >>> from netmodel.study.run import run_scenario
    >>> flows = encode_flows(run_scenario("crimea-may-2023").record, ["passenger"])
    >>> flows["passenger"]["state"][:2], flows["passenger"]["trips"][:2]
    ([2, 3], [1600, 3200])
    """
    if record.flows is None:
        return None
    encoded = {
        kind: _encode_kind(record, record.flows[record.flows["traffic"] == kind]) for kind in kinds
    }
    if sum(len(each["state"]) for each in encoded.values()) > CHANGES_KEPT:
        return None
    return encoded


def _encode_kind(record: RunRecord, rows: pd.DataFrame) -> dict[str, list[int]]:
    number = pd.Index(record.links.index).get_indexer(pd.Index(rows["link"]))
    place = pd.Index(record.states.index).get_indexer(pd.Index(rows["state"]))
    known = (number >= 0) & (place >= 0)
    number, place, rows = number[known], place[known], rows[known]
    order = np.lexsort([place, number])
    number, state, rows = number[order], place[order], rows.iloc[order]
    links, first, owner = np.unique(number, return_index=True, return_inverse=True)
    base, trips = (
        np.rint(rows[name].to_numpy(float) * SCALE).astype(np.int64)
        for name in ("base_trips", "trips")
    )
    follows = (np.diff(owner, prepend=-1) == 0) & (np.diff(state, prepend=-2) == 1)
    comes = ~(follows & (np.diff(trips, prepend=-1) == 0))
    goes = ~np.append(follows[1:], False) & (state + 1 < len(record.states))
    changed = np.concatenate([owner[comes], owner[goes]])
    at = np.concatenate([state[comes], state[goes] + 1])
    then = np.concatenate([trips[comes], base[goes]])
    order = np.lexsort([at, changed])
    changed, at, then = changed[order], at[order], then[order]
    steps = np.diff(at, prepend=0)
    begins = np.diff(changed, prepend=-1) != 0
    steps[begins] = at[begins]
    return {
        "link": links.tolist(),
        "base": base[first].tolist(),
        "changes": np.bincount(changed, minlength=len(links)).tolist(),
        "state": steps.tolist(),
        "trips": then.tolist(),
    }
