"""The text of a file: there, in UTF-8 and of a bounded size; or what is wrong with it."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Collection
from pathlib import Path

from netmodel.errors import InputError, Problem, did_you_mean, nearest_names

MOST_BYTES = 2_000_000_000
"""Of a file that says its size; ten million links fit in."""
MOST_STREAMED = 100_000_000
"""Of a pipe or a device, which may never end."""
_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"PK\x03\x04": "", b"\x1f\x8b": ""}
"""How files begin that are not UTF-8: encodings of text; no name for packed files."""
_WORD = re.compile(rb"[^\x00-\x40\x5b-\x60\x7b-\x7f]*")
_SHOWN = 20


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
    except (OSError, ValueError):
        names = []
    fitting = [name for name in names if not suffixes or Path(name).suffix in suffixes]
    near = did_you_mean(str(path.parent / each) for each in nearest_names(path.name, fitting))
    return Problem(what=f"no such {kind}", where=where or str(path), remedy=near)


def is_there(path: Path, kind: str = "") -> bool:
    """Whether there is something at a path: a ``file``, a ``folder``, or anything.

    A path that cannot be, such as one that is too long, leads to nothing.

    Examples
    --------
    >>> is_there(Path("x" * 300)), is_there(Path("."), "folder"), is_there(Path("."), "file")
    (False, True, False)
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    return {"file": stat.S_ISREG, "folder": stat.S_ISDIR}.get(kind, bool)(mode)


def read_file(
    path: Path, *, kind: str = "file", most: int = MOST_BYTES, suffixes: Collection[str] = ()
) -> str:
    r"""Return the text of a file without its byte order mark.

    Parameters
    ----------
    kind
        What the file is, for messages.
    most
        Bytes that it may have.
    suffixes
        Of the names that are suggested where it is not there; by default its own.

    Raises
    ------
    InputError
        If it is not there, a folder, cannot be read, too large, or not UTF-8; then with the
        encoding that it looks like.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "hubs.csv"
    >>> _ = path.write_bytes("id,name\n1,Джанкой".encode("cp1251"))
    >>> read_file(path)
    Traceback (most recent call last):
    netmodel.errors.InputError: hubs.csv:2: not UTF-8 text: 'Джанкой' in Windows-1251; save as UTF-8
    """
    try:
        content = _read_bytes(path, kind, most)
    except FileNotFoundError:
        own = (path.suffix,) if path.suffix else ()
        raise InputError([no_such("file", path, suffixes=suffixes or own)]) from None
    for mark, name in _MARKS.items():
        if content.startswith(mark):
            what = f"{name} text, not UTF-8" if name else "not text but a packed file"
            remedy = "save as UTF-8" if name else "give the file that is in it"
            raise InputError([Problem(what=what, where=path.name, remedy=remedy)])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        what = f"not UTF-8 text{_guess_encoding(content, error.start)}"
        problem = Problem(what=what, where=f"{path.name}:{line}", remedy="save as UTF-8")
        raise InputError([problem]) from None


def _read_bytes(path: Path, kind: str, most: int) -> bytes:
    """Return the bytes of a file; those of a pipe or a device too, up to a bound."""
    try:
        with path.open("rb") as stream:
            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode):
                most = min(most, MOST_STREAMED)
            if status.st_size <= most:
                content = stream.read(most + 1)
                if len(content) <= most:
                    return content
    except FileNotFoundError:
        raise
    except IsADirectoryError:
        what = f"is a folder, not a {kind}"
        raise InputError([Problem(what=what, where=str(path))]) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        what = f"cannot be read ({reason})"
        raise InputError([Problem(what=what, where=repr(str(path))[1:-1])]) from None
    what = f"larger than {most / 1e6:,.0f} MB, too large for a {kind}"
    raise InputError([Problem(what=what, where=str(path), remedy="divide it")])


def _guess_encoding(content: bytes, at: int) -> str:
    """Return how the word at a place reads in the encodings of Windows, if it reads well."""
    start = at
    while start > max(0, at - _SHOWN) and content[start - 1] >= 0x80:
        start -= 1
    found = _WORD.match(content, start)
    word = found[0][:_SHOWN] if found else b""
    for encoding in ("cp1251", "cp1252"):
        try:
            text = word.decode(encoding)
        except UnicodeDecodeError:
            continue
        cyrillic = sum("\u0400" <= letter <= "\u04ff" for letter in text)
        if text.isalpha() and (cyrillic > 1 if encoding == "cp1251" else True):
            return f": {text!r} in {encoding.replace('cp', 'Windows-')}"
    return f" (byte {at})"
