"""The alias table beside ``hubs.csv``: adjectives, objects, old names, regions, and no places."""

from __future__ import annotations

import csv
from functools import lru_cache

from netmodel.files.shipped import network_folder
from netmodel.files.text import is_there, read_file

COLUMNS = ("form", "language", "kind", "means")


@lru_cache(maxsize=1)
def built_in_aliases() -> tuple[tuple[str, ...], ...]:
    """Return the rows of the built-in table; none where it is not shipped.

    Examples
    --------
    >>> all(len(row) == 4 for row in built_in_aliases())
    True
    """
    path = network_folder() / "aliases.csv"
    if not is_there(path, "file"):
        return ()
    rows = csv.DictReader(read_file(path).splitlines())
    return tuple(tuple(row[name] or "" for name in COLUMNS) for row in rows)
