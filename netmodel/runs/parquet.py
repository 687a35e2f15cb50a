"""The tables of a run that may be large, as Parquet: written and read part by part.

A table is one file of many row groups, each compressed by itself, so that neither writing nor
reading holds more than one of them. Columns have the types of `netmodel.runs.columns`; what is
empty in a column of texts is an empty text, as in CSV.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from netmodel.errors import InputError, Problem, install_extra
from netmodel.runs.columns import NUMERIC, Table

if TYPE_CHECKING:
    import pyarrow as pa

FORMATS = ("csv", "parquet")
LARGE = ("pairs", "routes", "flows", "trains")
"""The tables that `FORMATS` concerns; all others are CSV in any case."""
GROUP_ROWS = 250_000
"""Rows of a group at most."""


def parquet_name(name: str) -> str:
    """Return the name of the file of a table.

    Examples
    --------
    >>> parquet_name("pairs")
    'pairs.parquet'
    """
    return f"{name}.parquet"


def write_parquet(parts: Iterator[pd.DataFrame], schema: Table, folder: Path) -> None:
    """Write a table as its parts come; nothing where there are none."""
    import_arrow()
    from pyarrow import parquet

    path, writer = folder / parquet_name(schema.name), None
    try:
        for part in parts:
            table = part.reset_index() if schema.index else part
            packed = _pack(table, schema)
            if writer is None:
                writer = parquet.ParquetWriter(path, packed.schema, compression="zstd")
            writer.write_table(packed, row_group_size=GROUP_ROWS)
    finally:
        if writer is not None:
            writer.close()


def read_parts(path: Path, schema: Table) -> Iterator[pd.DataFrame]:
    """Yield a table that a run wrote, with its index, one group of rows at a time."""
    import_arrow()
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:
        for number in range(file.num_row_groups):
            yield _unpack(file.read_row_group(number), schema)
        if not file.num_row_groups:
            yield _unpack(file.schema_arrow.empty_table(), schema)


def find_parquet(folder: Path) -> tuple[str, ...]:
    """Return the names of the tables that lie in a folder as Parquet."""
    return tuple(name for name in LARGE if (folder / parquet_name(name)).is_file())


def import_arrow() -> None:
    """Import pyarrow.

    Raises
    ------
    InputError
        If it is not installed.
    """
    try:
        import pyarrow as pa  # noqa: F401
    except ImportError:
        what = "Parquet needs the package pyarrow, which is not installed"
        remedy = f"install the extra: {install_extra('tables')}"
        raise InputError([Problem(what=what, where="format", remedy=remedy)]) from None


def _pack(table: pd.DataFrame, schema: Table) -> pa.Table:
    """Return a part with the type of each column, the same in every part."""
    import pyarrow as pa

    kinds = {column.name: column.kind for column in schema.columns}
    arrays, fields = [], []
    for name in map(str, table.columns):
        kind = kinds.get(name, "number")
        cells: pd.Series = table[name]
        if kind in ("whole", "flag"):
            cells, to = cells.astype("Int64"), pa.int64()
        elif kind in NUMERIC:
            cells, to = cells.astype("float64"), pa.float64()
        else:
            cells, to = cells.astype(object).fillna(""), pa.string()
        arrays.append(pa.array(cells, type=to, from_pandas=True))
        fields.append(pa.field(name, to))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _unpack(packed: pa.Table, schema: Table) -> pd.DataFrame:
    kinds = {column.name: column for column in schema.columns}
    table = {}
    for name in packed.column_names:
        cells, column = packed.column(name), kinds.get(name)
        if column is not None and column.kind in ("whole", "flag"):
            whole = cells.to_pandas(types_mapper={cells.type: pd.Int64Dtype()}.get)
            table[name] = whole if column.empty else whole.astype("int64")
        elif column is not None and column.kind not in NUMERIC:
            table[name] = pd.Series(cells.to_pylist(), dtype=object)
        else:
            table[name] = cells.to_pandas()
    frame = pd.DataFrame(table)
    return frame.set_index(schema.index) if schema.index else frame
