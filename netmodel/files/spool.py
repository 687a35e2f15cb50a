"""What grows with a run, kept aside until it is written: in memory while small, else on disk."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

IN_MEMORY = 2**26
"""Bytes up to which a spool stays in memory."""


class RowSpool:
    """Rows of a few numbers each, added in parts and read back in their order.

    Parameters
    ----------
    kind
        The type of a row, with named columns.

    Examples
    --------
    >>> spool = RowSpool(np.dtype([("pair", "i4"), ("state", "i4")]))
    >>> spool.add(np.array([(1, 0), (2, 0)], spool.kind))
    >>> spool.add(np.array([(1, 5)], spool.kind))
    >>> len(spool), [part["pair"].tolist() for part in spool.parts(2)]
    (3, [[1, 2], [1]])
    """

    def __init__(self, kind: np.dtype[Any]) -> None:
        self.kind = kind
        self._file = _open_aside()
        weakref.finalize(self, self._file.close)
        self._count = 0

    def __len__(self) -> int:
        """Return the number of rows."""
        return self._count

    def add(self, rows: NDArray[Any]) -> None:
        """Add rows at the end."""
        self._file.seek(0, 2)
        self._file.write(rows.tobytes())
        self._count += len(rows)

    def parts(self, count: int) -> Iterator[NDArray[Any]]:
        """Yield all rows in their order, `count` at a time."""
        for first in range(0, self._count, count):
            yield self.read(first, first + count)

    def read(self, first: int, last: int) -> NDArray[Any]:
        """Return the rows from one place to another."""
        size = self.kind.itemsize
        self._file.seek(first * size)
        return np.frombuffer(self._file.read((last - first) * size), self.kind)


def _open_aside() -> tempfile.SpooledTemporaryFile[bytes]:
    return tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)
