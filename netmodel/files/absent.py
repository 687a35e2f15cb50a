"""What is said of a file that is not there: the names next to it that look like it."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from netmodel.errors import Problem, did_you_mean, nearest_names


def no_such(kind: str, path: Path, *, suffixes: Collection[str] = (), where: str = "") -> Problem:
    """Return the problem that a file is not there, with the nearest names in its folder.

    Parameters
    ----------
    kind
        What was expected, such as ``file``.
    suffixes
        Only names that end so are suggested; all where none is given.
    where
        By default the path.

    Examples
    --------
    >>> print(no_such("file", Path("nowhere/at-all.yaml")))
    nowhere/at-all.yaml: no such file
    """
    try:
        names = [each.name for each in path.parent.iterdir()]
    except OSError:
        names = []
    fitting = [name for name in names if not suffixes or Path(name).suffix in suffixes]
    near = did_you_mean(str(path.parent / each) for each in nearest_names(path.name, fitting))
    return Problem(what=f"no such {kind}", where=where or str(path), remedy=near)
