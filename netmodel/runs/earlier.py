"""Tables that earlier versions wrote, with what has been added since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from netmodel.runs.columns import SPANS

if TYPE_CHECKING:
    import pandas as pd


def complete_tables(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables of a run; outages of 0.1 get the states in which they hold."""
    outages = tables["outages"]
    if "slowed_minutes" not in outages:
        outages = outages.assign(slowed_minutes=np.nan)
    if not {f"{span}_first" for span in SPANS} <= set(outages.columns):
        outages = _add_spans(outages, tables["states"])
    return {**tables, "outages": outages}


def _add_spans(outages: pd.DataFrame, states: pd.DataFrame) -> pd.DataFrame:
    """Return outages with the first and last state in which they hold, from their bounds."""
    edges = np.append(_bare(states["start"]), _bare(states["end"])[-1:])
    holds_on = ((outages["standing"] == 1) & outages["end_latest"].isna()).to_numpy(bool)
    # A second stage holds at least where the first has certainly begun.
    stages = outages.groupby(["incident", "link"], sort=False)["start_latest"]
    sides = {
        "chosen": (outages["start"], outages["end"], True),
        "certain": (stages.transform("first"), outages["end_earliest"], holds_on),
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


def _bare(instants: pd.Series) -> NDArray[np.datetime64]:
    return np.asarray(instants.dt.tz_localize(None), dtype="datetime64[us]")


def _or_empty(numbers: NDArray[np.int64], empty: NDArray[np.bool_]) -> pd.arrays.IntegerArray:
    import pandas as pd

    return pd.arrays.IntegerArray(numbers.astype(np.int64), empty)
