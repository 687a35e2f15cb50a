"""Instants in the tables of a run: UTC to the microsecond in memory, whole seconds on disk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


_ON_DISK = "%Y-%m-%dT%H:%M:%SZ"
"""As `netmodel.times.format_instant`; what is finer than a second is cut off."""


def to_instants(values: Iterable[datetime | None]) -> pd.Series:
    """Return aware instants as a column; ``None`` becomes ``NaT``.

    Returns
    -------
    Series
        ``datetime64[us, UTC]``, which reaches beyond the years of the default unit.

    Examples
    --------
    >>> to_instants([datetime(9000, 1, 1, tzinfo=UTC), None]).dtype
    datetime64[us, UTC]
    """
    import pandas as pd

    bare = [None if pd.isna(each) else each.astimezone(UTC).replace(tzinfo=None) for each in values]
    return pd.Series(np.array(bare, dtype="datetime64[us]")).dt.tz_localize("UTC")


def parse_column(texts: pd.Series) -> pd.Series:
    """Return texts of instants as a column; ``NaT`` for what is empty or none."""
    import pandas as pd

    codes, distinct = pd.factorize(texts)
    known = to_instants([_parse(text) for text in distinct])
    return known.reindex(codes).set_axis(texts.index)


def _parse(text: object) -> datetime | None:
    try:
        instant = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return None if instant.tzinfo is None else instant


def write_instants(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with its columns of instants as texts for a file."""
    columns = table.select_dtypes("datetimetz")
    return table.assign(**{str(name): write_column(columns[name]) for name in columns})


def write_column(column: pd.Series) -> pd.Series:
    """Return a column of instants as texts for a file; empty for ``NaT``."""
    texts: pd.Series = column.dt.strftime(_ON_DISK).fillna("")
    return texts
