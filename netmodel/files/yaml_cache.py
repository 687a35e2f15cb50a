"""YAML kept parsed between runs.

Parsing a hundred incidents takes a second, reading the cache a few milliseconds. Entries are named
by a hash of the text; they are in the user's cache folder, or in ``NETMODEL_CACHE`` (empty
switches the cache off). A cache that cannot be read or written is not used.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import TypeAlias

from netmodel.errors import Location

Value: TypeAlias = "bool | int | float | str | list[Value] | dict[str, Value] | None"
Parsed: TypeAlias = tuple[Value, dict[Location, tuple[int, int]]]
FORMAT = "1"
SMALLEST = 4000
"""Texts of fewer characters are parsed faster than looked up."""


def load_parsed(text: str) -> Parsed | None:
    """Return the parsed form of a text if the cache holds it."""
    path = _entry(text)
    if path is None:
        return None
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return stored["value"], {tuple(key): (line, column) for key, line, column in stored["at"]}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def store_parsed(text: str, parsed: Parsed) -> None:
    """Keep the parsed form of a text."""
    path = _entry(text)
    if path is None:
        return
    value, positions = parsed
    content = json.dumps(
        {"value": value, "at": [[list(key), *at] for key, at in positions.items()]},
        ensure_ascii=False,
        separators=(",", ":"),
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, delete=False
        ) as stream:
            stream.write(content)
        Path(stream.name).replace(path)
    except OSError:
        return


def _entry(text: str) -> Path | None:
    folder = cache_folder()
    if folder is None or len(text) < SMALLEST:
        return None
    digest = hashlib.sha256(f"{FORMAT}\n{text}".encode()).hexdigest()[:32]
    return folder / f"{digest}.json"


def cache_folder() -> Path | None:
    """Return where entries lie, or ``None`` when the cache is switched off.

    Examples
    --------
    >>> import os
    >>> os.environ["NETMODEL_CACHE"] = ""
    >>> cache_folder() is None
    True
    >>> del os.environ["NETMODEL_CACHE"]
    """
    chosen = os.environ.get("NETMODEL_CACHE")
    if chosen is not None:
        return Path(chosen) if chosen else None
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "netmodel"
