"""Tables written as CSV part by part; a last column of long texts is not written cell by cell.

The ways of pairs are thousands of letters each and nearly all of what a large run writes. A writer
of CSV looks at every letter for one that needs quotes; here all of them are looked through at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

LONG_TEXT = "via"
"""The column that is written apart, where it is the last one."""
_NEED_QUOTES = ('"', ",", "\r")


def write_csv_parts(parts: Iterable[pd.DataFrame], path: Path, *, index: bool) -> None:
    """Write a table part by part, the same bytes as pandas; nothing where there are none."""
    for number, part in enumerate(parts):
        with path.open("a" if number else "w", encoding="utf-8", newline="") as file:
            file.writelines(csv_lines(part, header=not number, index=index))


def csv_lines(part: pd.DataFrame, *, header: bool, index: bool) -> Iterable[str]:
    r"""Return the lines of a table as pandas writes them.

    Examples
    --------
    >>> part = pd.DataFrame({"from": ["a"], "to": ["d"], "via": ["b;c"]})
    >>> list(csv_lines(part, header=True, index=False))
    ['from,to,via\n', 'a,d,b;c\n']
    """
    # An empty cell that has its row to itself is quoted: two cells have to be left.
    if len(part.columns) + index > 2 and part.columns[-1] == LONG_TEXT:
        texts = part[LONG_TEXT].tolist()
        if _are_plain(texts):
            rest = part.iloc[:, :-1].to_csv(header=header, index=index, lineterminator="\n")
            lines = rest.split("\n")[:-1]
            shown = [LONG_TEXT, *texts] if header else texts
            if len(lines) == len(shown):  # no cell of another column holds a line end
                return [f"{line},{text}\n" for line, text in zip(lines, shown, strict=True)]
    return [part.to_csv(header=header, index=index, lineterminator="\n")]


def _are_plain(texts: list[object]) -> bool:
    """Return whether all are texts that CSV writes as they are."""
    if not all(type(text) is str for text in texts):
        return False
    joined = "\n".join(texts)  # type: ignore[arg-type]
    return joined.count("\n") == max(len(texts) - 1, 0) and not any(
        letter in joined for letter in _NEED_QUOTES
    )
