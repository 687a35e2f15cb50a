"""How a whole folder takes the place of another, and what interruptions leave behind.

Beside a place ``NAME`` there is for a moment ``.NAME.netmodel-new-PID``, which is being written,
and ``.NAME.netmodel-old``, which is about to go.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Collection
from pathlib import Path

from netmodel.files.written import LIST, find_strangers

Note = Callable[[str], None]


def exchange(partial: Path, target: Path, *, keep: bool, note: Note | None) -> None:
    """Rename a folder into the place of another, which is removed, or kept as ``NAME.old``."""
    there, fresh = os.path.lexists(target), partial.stat()
    old = _free_name(target) if there and keep else hidden_name(target, "old")
    try:
        if there:
            target.rename(old)
        partial.rename(target)
    except BaseException:
        # After a failure, or Ctrl-C between the two, the old one comes back.
        if there and not os.path.lexists(target):
            old.rename(target)
        raise
    finally:
        if there and not keep and target.exists() and os.path.samestat(target.stat(), fresh):
            remove(old)
    if there and keep:
        _say(note, f"what was there is now in {old}")


def restore(target: Path) -> None:
    """Put the old folder back where an exchange was interrupted between its two renames."""
    old = hidden_name(target, "old")
    if not os.path.lexists(target) and old.is_dir() and not old.is_symlink():
        old.rename(target)


def tidy(target: Path, busy: Collection[Path], note: Note | None) -> None:
    """Remove what interrupted exchanges left next to the target; keep what is not of netmodel."""
    remove_stale(target, busy)
    old = hidden_name(target, "old")
    if old.is_symlink() or not old.is_dir():
        return
    if not find_strangers(old):
        remove(old)
    else:
        kept = _free_name(target)
        old.rename(kept)
        _say(note, f"what an interrupted run had moved is now in {kept}")


def remove_stale(target: Path, busy: Collection[Path]) -> None:
    """Remove partial folders and files of processes that have ended."""
    pattern = re.compile(rf"\.{re.escape(target.name)}\.netmodel-new-(\d+)(\.[\w.-]*)?")
    try:
        names = [each.name for each in os.scandir(target.parent) if not each.is_symlink()]
    except OSError:
        return
    for name in names:
        found = pattern.fullmatch(name)
        path = target.with_name(name)
        if found and path not in busy and not _is_running(int(found[1])):
            remove(path)


def _is_running(process: int) -> bool:
    if process == os.getpid():
        return False
    if os.name == "nt":
        return True  # There a signal of 0 would end the process.
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def remove(path: Path) -> None:
    """Remove as much as can be; the list goes last, so that what is left is still known."""
    try:
        if path.is_symlink() or not path.is_dir():
            path.unlink(missing_ok=True)
            return
        for each in path.iterdir():
            if each.name != LIST:
                shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()
        (path / LIST).unlink(missing_ok=True)
        path.rmdir()
    except OSError:
        return


def hidden_name(target: Path, what: str) -> Path:
    """Return a name next to a place for something that netmodel keeps there for a moment.

    Examples
    --------
    >>> hidden_name(Path("runs/one"), "old").as_posix()
    'runs/.one.netmodel-old'
    """
    return target.with_name(f".{target.name}.netmodel-{what}") if target.name else target


def _free_name(target: Path) -> Path:
    number, free = 1, target.with_name(f"{target.name}.old")
    while os.path.lexists(free):
        number += 1
        free = target.with_name(f"{target.name}.old-{number}")
    return free


def _say(note: Note | None, text: str) -> None:
    if note is not None:
        note(text)
