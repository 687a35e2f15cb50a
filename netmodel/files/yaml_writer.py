"""From plain values to a text in YAML: the bytes of ruamel.yaml, in a tenth of its time.

What an emitter does event by event is plain for the values that a run has: mappings with short
keys, lists, texts of one line. Those are written here. Every text that needs thought (quotes
within, breaks, spaces that run together, letters that no terminal shows) is asked of ruamel.yaml
for the place where it stands, and so is the whole document where a list or a mapping stands in it
twice, a key is unusual or a value is of another kind.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.resolver import Resolver

WIDTH = 100
"""Where a line of words is broken; a word is never."""
_STEP = 2
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}")
_SHOWN = r"\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff"
_ONE_LINE = re.compile(f"(?:(?! {{2}})[{_SHOWN}])+")
_NOT_PLAIN = re.compile(r"[#,\[\]{}&*!|>'\"%@`]|[?:-](?: |$)|---|\.\.\.|.*(?:: | #|:$)")
"""What keeps a text of one line from standing without quotes, whatever it means."""


def write_text(value: object) -> str:
    r"""Return plain values as YAML; parts stay in order.

    Examples
    --------
    >>> write_text({"title": "Lozova: closed", "at": "2024-03-02", "links": ["a--b", {"km": 3.5}]})
    "title: 'Lozova: closed'\nat: '2024-03-02'\nlinks:\n- a--b\n- km: 3.5\n"
    """
    if isinstance(value, dict | list) and value:
        try:
            writer = _Writer()
            return "".join(("\n".join(writer.lines(value, 0)), "\n"))
        except _UnusualError:
            pass
    return _write_by_ruamel(value)


class _UnusualError(Exception):
    """A value that is not written here."""


class _Writer:
    """Writes one document."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._keys: set[str] = set()

    def lines(self, value: object, indent: int) -> Iterator[str]:
        """Yield the lines of a list or mapping that is not empty and begins at a column."""
        if id(value) in self._seen:
            raise _UnusualError
        self._seen.add(id(value))
        pad = " " * indent
        if type(value) is dict:
            for key, item in value.items():
                yield from self._entry(f"{pad}{self._key(key)}:", item, indent, listed=False)
        elif type(value) is list:
            for item in value:
                yield from self._entry(f"{pad}-", item, indent, listed=True)
        else:
            raise _UnusualError

    def _entry(self, head: str, item: object, indent: int, *, listed: bool) -> Iterator[str]:
        """Yield the lines of what stands behind a key or a dash."""
        if isinstance(item, dict | list) and item:
            # A list lies at the column of the key that it belongs to, all else further in.
            further = indent if type(item) is list and not listed else indent + _STEP
            within = self.lines(item, further)
            if listed:
                yield f"{head} {next(within)[further:]}"
            else:
                yield head
            yield from within
        elif isinstance(item, dict | list):
            if id(item) in self._seen:
                raise _UnusualError
            self._seen.add(id(item))
            yield f"{head} {'{}' if isinstance(item, dict) else '[]'}"
        else:
            yield f"{head} {self._scalar(item, len(head) + 1, indent, listed=listed)}"

    def _key(self, key: object) -> str:
        if type(key) is not str:
            raise _UnusualError
        if key not in self._keys:
            if not _KEY.fullmatch(key) or not _is_text(key):
                raise _UnusualError
            self._keys.add(key)
        return key

    def _scalar(self, value: object, column: int, indent: int, *, listed: bool) -> str:
        """Return a value that begins at a column; its further lines lie deeper than `indent`."""
        if type(value) is not str:
            return _tell_plain(value)
        if not _ONE_LINE.fullmatch(value) or value[0] == " " or value[-1] == " ":
            return _ask_ruamel(value, column, indent, listed=listed)
        if not _NOT_PLAIN.match(value) and _is_text(value):
            return _fold(value, column, indent + _STEP)
        if "'" in value or len(value) + column > WIDTH:
            return _ask_ruamel(value, column, indent, listed=listed)
        return f"'{value}'"


def _is_text(value: str) -> bool:
    """Whether a text without quotes is read as a text."""
    rules = Resolver.yaml_implicit_resolvers.get(value[0], ())
    return not any(rule.match(value) for _, rule in rules)


def _tell_plain(value: object) -> str:
    if value is None:
        return "null"
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) is int:
        return str(value)
    if type(value) is float and abs(value) < float("inf"):
        return repr(value).lower()
    raise _UnusualError


def _fold(text: str, column: int, indent: int) -> str:
    """Return words with breaks where a line is full, as ruamel.yaml sets them."""
    if column + len(text) <= WIDTH:
        return text
    parts: list[str] = []
    for number, word in enumerate(text.split(" ")):
        if number and column >= WIDTH:
            parts.append("\n" + " " * indent)
            column = indent
        elif number:
            parts.append(" ")
            column += 1
        if column + len(word) > WIDTH and column > indent:
            parts.append("\n" + " " * indent)
            column = indent
        parts.append(word)
        column += len(word)
    return "".join(parts)


def _ask_ruamel(text: str, column: int, indent: int, *, listed: bool) -> str:
    """Return a text as ruamel.yaml writes it at a column, behind a key or a dash."""
    value: object = [text] if listed else {"k" * (column - indent - 2): text}
    if listed:
        value = {"k": value}
    for _ in range(indent // _STEP):
        value = {"k": value}
    written = _write_by_ruamel(value)
    head = f"\n{' ' * indent}- " if listed else f"\n{' ' * indent}{'k' * (column - indent - 2)}: "
    return f"\n{written}".split(head, 1)[1].removesuffix("\n")


def _write_by_ruamel(value: object) -> str:
    yaml: Any = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = WIDTH
    yaml.sort_base_mapping_type_on_output = False
    stream = io.StringIO()
    yaml.dump(value, stream)
    return stream.getvalue()
