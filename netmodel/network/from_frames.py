"""A network from tables of pandas, as a file of tables is read: the inverse of `network_frames`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from netmodel.errors import InputError, Problem, did_you_mean, nearest_names, shown
from netmodel.files.csv import REQUIRED
from netmodel.network.rows import TABLES, cell_text, parse_network

if TYPE_CHECKING:
    import pandas as pd

    from netmodel.network.railway import Network

_INDEX = {"hubs.csv": "id", "links.csv": "id", "stations.csv": "name"}
"""The column that a table may have as its index."""


def network_from_frames(
    hubs: pd.DataFrame,
    links: pd.DataFrame,
    stations: pd.DataFrame | None = None,
    *,
    geometry: Mapping[str, tuple[tuple[float, float], ...]] | None = None,
    name: str = "",
) -> Network:
    """Return the network of tables of pandas; see `Network.from_pandas`."""
    given = {"hubs.csv": hubs, "links.csv": links}
    if stations is not None:
        given["stations.csv"] = stations
    frames = {file: _with_index(file, each) for file, each in given.items()}
    problems = [each for file, frame in frames.items() for each in _find_wrong(file, frame)]
    if problems:
        raise InputError(problems)
    tables = {file: _rows(file, frame) for file, frame in frames.items()}
    return parse_network(tables, geometry or {}, name=name, source="")


def _with_index(file: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table in which what it has as its index is a column."""
    column = _INDEX[file]
    named = frame.index.name == column and column not in frame.columns
    return frame.reset_index() if named else frame


def _find_wrong(file: str, frame: pd.DataFrame) -> Iterator[Problem]:
    """Yield what is wrong with the columns of a table."""
    where = file.removesuffix(".csv")
    columns = [str(each) for each in frame.columns]
    for column in REQUIRED[file]:
        if column not in columns:
            remedy = did_you_mean(nearest_names(column, columns))
            yield Problem(what=f"column {column!r} is missing", where=where, remedy=remedy)
    for column, count in Counter(columns).items():
        if count > 1:
            yield Problem(what=f"column {column!r} is there twice", where=where)


def _rows(file: str, frame: pd.DataFrame) -> list[dict[str, str]]:
    """Return the rows of a table as text; further columns without what is missing."""
    known = TABLES[file]
    rows = []
    for cells in frame.itertuples(index=False, name=None):
        texts = {
            str(column): _as_text(cell) for column, cell in zip(frame.columns, cells, strict=True)
        }
        rows.append({column: text for column, text in texts.items() if text or column in known})
    return rows


def _as_text(cell: object) -> str:
    """Return a cell as the text of a file; several texts with ``;`` between, empty for nothing."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, list | tuple):
        return ";".join(map(_as_text, cell))
    plain = getattr(cell, "item", None)
    if plain is not None and getattr(cell, "shape", None) == ():
        return _as_text(plain())
    if type(cell).__name__ in {"NAType", "NaTType"}:
        return ""
    try:
        return cell_text(cell)
    except ValueError:  # an array compares cell by cell
        return shown(cell)
