"""YAML files that remember where everything stands, kept parsed between runs.

Parsing a hundred incidents takes a second, reading the cache a few milliseconds. Entries are named
by a hash of the text; they are in the user's cache folder, or in ``NETMODEL_CACHE`` (empty
switches the cache off). A cache that cannot be read or written is not used.

YAML 1.2 by ruamel.yaml: ``NO`` stays a country and ``12:30`` a text. Times are left as text, for
`netmodel.times` to read. Duplicate keys and every model error are reported together.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from netmodel.errors import InputError, Location, Problem
from netmodel.files.mistakes import explain_errors
from netmodel.files.text import read_file

if TYPE_CHECKING:
    from pydantic import BaseModel


Value: TypeAlias = "bool | int | float | str | list[Value] | dict[str, Value] | None"
Parsed: TypeAlias = tuple[Value, dict[Location, tuple[int, int]]]
FORMAT = "1"
SMALLEST = 500
"""Texts of fewer characters are not kept."""


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


ModelT = TypeVar("ModelT", bound="BaseModel")
MOST_BYTES = 50_000_000
"""Of one file: some forty thousand incidents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlSource:
    """The content of one YAML file with the position of every key and item.

    Parameters
    ----------
    name
        File name shown in messages.
    value
        The content as plain Python values.
    positions
        ``(line, column)``, counted from 1, of every location in the content.
    duplicates
        One problem for each key that is written twice in a mapping.
    """

    name: str
    value: Value
    positions: Mapping[Location, tuple[int, int]] = field(repr=False)
    duplicates: tuple[Problem, ...] = ()

    def where(self, location: Location) -> str:
        """Return ``file:line:column`` of a location, or of the nearest one that encloses it."""
        for length in range(len(location), -1, -1):
            position = self.positions.get(location[:length])
            if position is not None:
                return f"{self.name}:{position[0]}:{position[1]}"
        return self.name


def read_yaml(path: Path, *, draft: bool = False) -> YamlSource:
    """Read a YAML file.

    Parameters
    ----------
    draft
        Whether a file of drafts is wanted; everywhere else it is refused.

    Raises
    ------
    InputError
        If the file is missing, empty, too large, not UTF-8 or not YAML, or a draft where none is
        wanted.
    """
    text = read_file(path, kind="YAML file", most=MOST_BYTES, suffixes=(".yaml", ".yml"))
    source = parse_yaml(text, name=path.name)
    if not draft and is_draft(source.value):
        remedy = f"accept what is right in it: netmodel review {path}"
        what = "is a draft that no person has reviewed"
        raise InputError([Problem(what=what, where=path.name, remedy=remedy)])
    return source


def is_draft(value: object) -> bool:
    """Whether the content of a file says that a program read it and no person has seen it.

    Examples
    --------
    >>> is_draft({"draft": True, "incidents": []}), is_draft({"incidents": []})
    (True, False)
    """
    return isinstance(value, dict) and value.get("draft") not in (None, False)


def parse_yaml(text: str, *, name: str) -> YamlSource:
    r"""Read YAML text; `name` stands for the file in messages.

    Examples
    --------
    >>> source = parse_yaml("country: NO\nwindow: {start: 2023-05-17}", name="demo.yaml")
    >>> source.value
    {'country': 'NO', 'window': {'start': '2023-05-17'}}
    >>> source.where(("window", "start"))
    'demo.yaml:2:10'
    """
    cached = load_parsed(text)
    if cached is not None:
        return YamlSource(name=name, value=cached[0], positions=cached[1])
    from netmodel.files.yaml_parser import parse_text

    value, positions, duplicates = parse_text(text, name)
    if not duplicates:
        store_parsed(text, (value, positions))
    return YamlSource(name=name, value=value, positions=positions, duplicates=tuple(duplicates))


def validate(source: YamlSource, model: type[ModelT]) -> ModelT:
    """Check a file against a pydantic model and return the model.

    Raises
    ------
    InputError
        With every duplicate key and every validation error, each at its line and column.
    """
    from pydantic import ValidationError

    problems = list(source.duplicates)
    if not isinstance(source.value, dict):
        what = "the file is not a mapping of keys to values"
        remedy = f"it needs keys such as {', '.join(list(model.model_fields)[:3])}"
        raise InputError([Problem(what=what, where=source.where(()), remedy=remedy)])
    try:
        checked = model.model_validate(source.value)
    except ValidationError as error:
        problems += explain_errors(error, model, source.value, source.where)
        raise InputError(problems) from None
    if problems:
        raise InputError(problems)
    return checked


def to_yaml(value: object) -> str:
    r"""Return plain values as YAML, the same text for the same values; the parts stay in order.

    Examples
    --------
    >>> to_yaml({"title": "Київ", "ids": [1]})
    'title: Київ\nids:\n- 1\n'
    """
    from netmodel.files.yaml_writer import write_text

    return write_text(value)
