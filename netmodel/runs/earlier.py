"""Tables that earlier versions wrote, with what has been added since."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netmodel.runs.columns import SPANS
from netmodel.runs.moment import hold_on


def complete_tables(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables of a run; outages of 0.1 get the states in which they hold."""
    outages = tables["outages"]
    if not {f"{span}_first" for span in SPANS} <= set(outages.columns):
        outages = _add_spans(outages, tables["states"])
    if "slowed_minutes" not in outages:
        outages = outages.assign(slowed_minutes=np.nan)
    return {**tables, "outages": outages}


def _add_spans(outages: pd.DataFrame, states: pd.DataFrame) -> pd.DataFrame:
    """Return outages with the first and last state in which they hold, from their bounds."""
    edges = np.append(_bare(states["start"]), _bare(states["end"])[-1:])
    holds_on = hold_on(outages).to_numpy(bool)
    sides = {
        "chosen": (outages["start"], outages["end"], True),
        "certain": (_certain_starts(outages), outages["end_earliest"], holds_on),
        "possible": (outages["start_earliest"], outages["end_latest"], True),
    }
    count = len(edges) - 1
    columns: dict[str, pd.arrays.IntegerArray] = {}
    for span, (start, end, stays_open) in sides.items():
        begins, ends = _bare(start), _bare(end)
        never = np.isnat(begins) & (span != "possible") | np.isnat(ends) & ~np.asarray(stays_open)
        first = np.where(np.isnat(begins), 0, np.searchsorted(edges, begins))
        open_end = np.isnat(ends) | (np.asarray(stays_open) & (span == "certain"))
        after = np.where(open_end, count, np.minimum(np.searchsorted(edges, ends), count))
        empty = never | (after <= first)
        for name, numbers in (("first", first), ("last", after - 1)):
            columns[f"{span}_{name}"] = _or_empty(numbers, empty)
    return outages.assign(**columns)


def _certain_starts(outages: pd.DataFrame) -> pd.Series:
    """Return from when each outage holds at least; see `netmodel.outages.timeline`.

    A second stage does as soon as the first has certainly begun and may have ended.
    """
    names = ["incident", "link"]
    is_first = ~outages.duplicated(names)
    first = outages[is_first].assign(holds_on=hold_on(outages[is_first])).set_index(names)
    of_first = first.reindex(pd.MultiIndex.from_frame(outages[names])).set_index(outages.index)
    begun = of_first["start_latest"]
    may_end = outages["start_earliest"].fillna(begun)
    later = begun.where(begun > may_end, may_end)
    alone = is_first | begun.isna() | of_first["holds_on"].astype(bool)
    return outages["start_latest"].where(alone, later)


def _bare(instants: pd.Series) -> NDArray[np.datetime64]:
    return np.asarray(instants.dt.tz_localize(None), dtype="datetime64[us]")


def _or_empty(numbers: NDArray[np.int64], empty: NDArray[np.bool_]) -> pd.arrays.IntegerArray:
    return pd.arrays.IntegerArray(numbers.astype(np.int64), empty)
