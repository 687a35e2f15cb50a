"""Finished pieces of work, kept aside so that work that was interrupted goes on.

A piece is kept under the hash of everything that it depends on: its inputs by value, every line of
netmodel, and the versions of what computes. So a piece is found if and only if the same work is
asked for again, in the folder ``pieces`` of the user's cache (``NETMODEL_CACHE``, see
`netmodel.files.yaml`), whatever became of the output.

A kept piece is data, never code: arrays and JSON, behind a hash over all of it. What does not
agree with its hash is computed again. The folder must belong to the user and to nobody else. Of
what lies there, the longest unused goes when it grows beyond a bound.
"""

from __future__ import annotations

import os
import platform
import re
import stat
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, timedelta
from enum import Enum
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np

from netmodel.errors import InputError
from netmodel.files.whole import Note, write_file
from netmodel.files.yaml import cache_folder

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")
MOST_BYTES = 1_000_000_000
"""Of all kept pieces together."""
MAGIC = b"netmodel piece 1\n"
PIECE = re.compile(r"[0-9a-f]{64}\.piece")
PARTIAL = re.compile(r"\.[0-9a-f]{64}\.piece\.netmodel-new-\d+\.piece")
STALE_SECONDS = 3600
_DAMAGED = (ValueError, KeyError, TypeError, IndexError, AttributeError, EOFError, OSError)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Keeping(Generic[ItemT, ResultT]):
    """How the pieces of one work are kept, and found again.

    Parameters
    ----------
    folder
        Where they lie.
    work
        Hash of what all pieces share, see `fingerprint`.
    describe
        What else a piece depends on, given its item.
    pack, unpack
        From a result to bytes and back, without pickles; for its item. What cannot be unpacked
        raises one of the usual errors of damaged data, and is computed again.
    note
        Told how many pieces were there already.
    """

    folder: Path
    work: str
    pack: Callable[[ResultT], bytes]
    unpack: Callable[[bytes, ItemT], ResultT]
    describe: Callable[[ItemT], object]
    note: Note | None = None
    most_bytes: int = MOST_BYTES

    def look(self, items: Sequence[ItemT]) -> list[Path | None]:
        """Return the place of each piece, ``None`` for one that has no name; say what is there."""
        places = [self._place(item) for item in items]
        there = sum(place is not None and place.is_file() for place in places)
        if there and self.note is not None:
            found = f"{there:,} of {len(items):,} pieces of this work were finished before"
            self.note(f"{found}, and are taken from {self.folder}; --no-resume does all anew")
        make_room(self.folder, self.most_bytes)
        return places

    def _place(self, item: ItemT) -> Path | None:
        try:
            return self.folder / f"{fingerprint((self.work, self.describe(item)))}.piece"
        except TypeError:
            return None

    def find(self, place: Path | None, item: ItemT) -> ResultT | None:
        """Return the result of a piece that is kept and sound."""
        if place is None:
            return None
        try:
            content = place.read_bytes()
            head, packed = content[: len(MAGIC) + 32], content[len(MAGIC) + 32 :]
            if head != MAGIC + _seal(place.name, packed):
                return None
            found = self.unpack(packed, item)
            os.utime(place)
        except _DAMAGED:
            return None
        return found

    def keep(self, place: Path | None, result: ResultT) -> None:
        """Keep a result; where that fails, it is computed again another time."""
        if place is None:
            return
        packed = self.pack(result)
        try:
            write_file(place, MAGIC + _seal(place.name, packed) + packed)
        except InputError:
            return


def _seal(name: str, packed: bytes) -> bytes:
    return sha256(name.encode() + packed).digest()


def _itself(item: object) -> object:
    return item


def keep_pieces(
    inputs: Callable[[], object],
    *,
    resume: bool,
    pack: Callable[[ResultT], bytes],
    unpack: Callable[[bytes, ItemT], ResultT],
    describe: Callable[[ItemT], object] = _itself,
    note: Note | None = None,
) -> Keeping[ItemT, ResultT] | None:
    """Return how pieces of a work are kept; ``None`` where they are not.

    They are not if it is not wanted, the cache is switched off, cannot be made or belongs to
    somebody else, or if something in the inputs has no value of its own, such as a function.

    Parameters
    ----------
    inputs
        Returns everything that results depend on, beside the item of a piece; asked only if
        pieces are kept.
    describe
        Returns what a piece depends on, given its item; the item by default.
    """
    folder = own_folder() if resume else None
    if folder is None:
        return None
    try:
        work = fingerprint((code_fingerprint(), inputs()))
    except TypeError:
        return None
    return Keeping(folder=folder, work=work, pack=pack, unpack=unpack, describe=describe, note=note)


def own_folder() -> Path | None:
    """Return the folder of kept pieces, if it is ours alone."""
    above = cache_folder()
    if above is None:
        return None
    folder = above / "pieces"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = folder.lstat()
    except OSError:
        return None
    if not stat.S_ISDIR(found.st_mode):
        return None
    if os.name == "posix" and (found.st_uid != os.getuid() or found.st_mode & 0o022):
        return None
    return folder


def make_room(folder: Path, most_bytes: int) -> None:
    """Remove the longest unused pieces beyond a bound, and what writing was interrupted of.

    Only what bears the names and the first line that netmodel gives.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "letter.txt").write_text("mine")
    >>> make_room(folder, 0)
    >>> [path.name for path in folder.iterdir()]
    ['letter.txt']
    """
    pieces = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                found = entry.stat(follow_symlinks=False)
                if not stat.S_ISREG(found.st_mode):
                    continue
                if PIECE.fullmatch(entry.name):
                    pieces.append((found.st_mtime, found.st_size, entry.path))
                elif PARTIAL.fullmatch(entry.name) and time.time() - found.st_mtime > STALE_SECONDS:
                    Path(entry.path).unlink(missing_ok=True)
        kept = 0
        for _, size, path in sorted(pieces, reverse=True):
            kept += size
            if kept > most_bytes and _is_ours(Path(path)):
                Path(path).unlink(missing_ok=True)
    except OSError:
        return


def _is_ours(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(MAGIC)) == MAGIC


@cache
def code_fingerprint() -> str:
    """Return a hash of every line of netmodel, and of the versions of what computes."""
    package = Path(__file__).parents[1]
    digest = sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    others = [_version_of(name) for name in ("netmodel", "numpy", "scipy", "numba", "pandas")]
    digest.update(repr([platform.python_version(), platform.machine(), others]).encode())
    return digest.hexdigest()


def _version_of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def fingerprint(value: object) -> str:
    """Return a hash of a value that is the same in every process.

    Values are frozen dataclasses, the usual containers, numbers, texts, times and arrays. Sets
    have no order, mappings have one.

    Raises
    ------
    TypeError
        If something in it is of another kind.

    Examples
    --------
    >>> fingerprint({"a": frozenset({"x", "y"})}) == fingerprint({"a": frozenset({"y", "x"})})
    True
    >>> fingerprint(1) == fingerprint("1")
    False
    """
    digest = sha256()
    for part in _parts(value):
        digest.update(part)
    return digest.hexdigest()


_LEAVES = frozenset({str, int, float, bool, type(None), bytes})


def _parts(value: object) -> Iterable[bytes]:
    """Yield bytes that tell a value from every other."""
    kind = type(value)
    if kind in _LEAVES:
        yield repr(value).encode("utf-8", "surrogatepass")
    elif isinstance(value, Enum | date | timedelta | Path | np.generic):
        yield f"{kind.__qualname__} {value!r}".encode()
    elif is_dataclass(value):
        contents = [getattr(value, each.name) for each in fields(value)]
        yield from _container(kind.__qualname__, contents)
    elif isinstance(value, np.ndarray) and value.dtype.hasobject:
        yield from _container(f"array {value.shape}", value.ravel().tolist())
    elif isinstance(value, np.ndarray):
        yield f"array {value.dtype.str} {value.shape}:".encode()
        yield np.ascontiguousarray(value).tobytes()
    elif isinstance(value, Mapping):
        yield from _container("mapping", list(chain.from_iterable(value.items())))
    elif isinstance(value, tuple | list | range):
        yield from _container("sequence", value)
    elif isinstance(value, frozenset | set):
        yield f"set {sorted(map(fingerprint, value))}".encode()
    else:
        raise TypeError(f"a {kind.__qualname__} has no value that could be hashed")


def _container(name: str, contents: Sequence[object]) -> Iterable[bytes]:
    yield f"{name} {len(contents)}(".encode()
    if all(type(each) in _LEAVES for each in contents):
        yield repr(list(contents)).encode("utf-8", "surrogatepass")
    else:
        for each in contents:
            yield from _parts(each)
            yield b","
    yield b")"
