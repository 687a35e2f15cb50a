"""``written.json``: netmodel's own list of what it wrote into a folder."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

LIST = "written.json"


def write_list(folder: Path, holds: str, hashes: Mapping[str, str] | None = None) -> None:
    """List every file of a folder with its hash, and the hash of the list itself.

    Parameters
    ----------
    hashes
        Of files that need not be read for it, by name.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "a.csv").write_text("x")
    >>> write_list(folder, "words")
    >>> find_strangers(folder)
    []
    """
    known = {} if hashes is None else hashes
    paths = {each.relative_to(folder).as_posix(): each for each in folder.rglob("*")}
    files = {
        name: known.get(name) or hash_file(path) for name, path in paths.items() if path.is_file()
    }
    (folder / LIST).write_text(list_text(holds, files), encoding="utf-8", newline="\n")


def list_text(holds: str, files: Mapping[str, str]) -> str:
    """Return the text of a list, the same for the same files.

    Examples
    --------
    >>> sorted(json.loads(list_text("words", {})))
    ['check', 'files', 'holds', 'netmodel']
    """
    try:
        number: str | None = version("netmodel")
    except PackageNotFoundError:
        number = None
    written = {"netmodel": number, "holds": holds, "files": dict(sorted(files.items()))}
    return json.dumps({**written, "check": _check(written)}, indent=2) + "\n"


def read_list(folder: Path) -> dict[str, Any] | None:
    """Return the list of a folder if it is there and just as netmodel wrote it.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / LIST).write_text('{"netmodel": "1", "holds": "run", "files": {}}')
    >>> read_list(folder) is None
    True
    """
    path = folder / LIST
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return None
        written = json.loads(path.read_bytes())
        check = written.pop("check")
        files = written["files"].items()
    except (OSError, ValueError, RecursionError, AttributeError, KeyError, TypeError):
        return None
    texts = all(isinstance(text, str) for item in files for text in item)
    sound = set(written) == {"netmodel", "holds", "files"} and texts and check == _check(written)
    return written if sound and isinstance(written["holds"], str) else None


def kind_of_folder(folder: Path) -> str:
    """Return what a folder holds by its own list; empty where there is no sound one.

    Examples
    --------
    >>> import tempfile
    >>> kind_of_folder(Path(tempfile.mkdtemp()))
    ''
    """
    written = read_list(folder)
    return "" if written is None else str(written["holds"])


def find_strangers(folder: Path) -> list[tuple[str, str]]:
    """Return what in a folder is not on its list, or not as listed, each with the reason.

    Without a sound list everything is. What is listed and missing does not matter.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / "figures").mkdir()
    >>> find_strangers(folder)
    [('figures', 'is an empty folder that netmodel did not make')]
    """
    written = read_list(folder)
    files = {} if written is None else {**written["files"], LIST: ""}
    own_folders = {parent.as_posix() for name in files for parent in Path(name).parents}
    found = []
    for name, entry in _walk(folder):
        if entry is None:
            found.append((name, "cannot be read"))
        elif entry.is_dir(follow_symlinks=False):
            if name not in own_folders and _is_empty(Path(entry.path)):
                found.append((name, "is an empty folder that netmodel did not make"))
        elif name not in files:
            found.append((name, "was not written by netmodel"))
        elif name != LIST and not _is_as_listed(entry, files[name]):
            found.append((name, "was changed since netmodel wrote it"))
    return found


def text_hash(text: str | bytes) -> str:
    """Return the SHA-256 of a text in UTF-8, or of bytes.

    Examples
    --------
    >>> text_hash("")[:8]
    'e3b0c442'
    """
    content = text.encode("utf-8") if isinstance(text, str) else text
    return hashlib.sha256(content).hexdigest()


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, which are not held at once."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _check(written: Mapping[str, object]) -> str:
    return text_hash(json.dumps(written, sort_keys=True, separators=(",", ":")))


def _walk(folder: Path) -> Iterator[tuple[str, os.DirEntry[str] | None]]:
    """Yield everything in a folder, hidden things too, links not followed; None: unreadable."""
    inside = [""]
    while inside:
        above = inside.pop()
        try:
            with os.scandir(folder / above) as found:
                entries = sorted(found, key=lambda each: each.name)
        except OSError:
            yield above or ".", None
            continue
        for entry in entries:
            name = f"{above}/{entry.name}" if above else entry.name
            yield name, entry
            if entry.is_dir(follow_symlinks=False):
                inside.append(name)


def _is_empty(folder: Path) -> bool:
    try:
        return not any(folder.iterdir())
    except OSError:
        return False


def _is_as_listed(entry: os.DirEntry[str], listed: str) -> bool:
    """Tell whether a plain file has the hash; a link or a pipe is never opened."""
    try:
        return entry.is_file(follow_symlinks=False) and hash_file(Path(entry.path)) == listed
    except OSError:
        return False
