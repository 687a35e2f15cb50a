"""Files and folders written whole or not at all, and never over what others wrote.

Beside a place ``NAME`` there is for a moment ``.NAME.netmodel-new-PID``, which is being written,
and ``.NAME.netmodel-old``, which is about to go.

Every folder that netmodel writes holds ``written.json``: the hash of each file in it, and one of
the list itself. Only a folder in which everything is listed and unchanged may be replaced.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from netmodel.errors import InputError, Problem
from netmodel.files.written import LIST, find_strangers, list_text, read_list, text_hash, write_list

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


_SHOWN = 10
_REMEDY = (
    "choose another --out, or give --force to keep the old folder aside "
    "(in Python: another folder, or force=True)"
)
_AT_ONCE = 8
"""How many files the disk is asked to keep at once."""
_busy: set[Path] = set()
"""What this process is writing: the same process id may have left things in another life."""


@contextmanager
def complete_folder(
    folder: Path | str,
    *,
    holds: str,
    force: bool = False,
    note: Note | None = None,
    hashes: Mapping[str, str] | None = None,
) -> Iterator[Path]:
    """Yield a hidden folder next to `folder`; it replaces it on success, or is removed.

    A link is followed: it stays, and what it leads to is replaced.

    Parameters
    ----------
    holds
        What kind of folder this is; a folder of another kind is never replaced.
    force
        Move a folder or file that may not be replaced to ``NAME.old``, ``NAME.old-2``, ...
    note
        Told where something was moved.
    hashes
        Of files whose hash is known when the folder is complete, by name: a mapping that may be
        filled in until then.

    Raises
    ------
    InputError
        If something that netmodel did not write stands in the way, or on a failure to write.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp()) / "out"
    >>> for word in ("first", "second"):
    ...     with complete_folder(folder, holds="words") as partial:
    ...         _ = (partial / word).write_text(word)
    >>> sorted(path.name for path in folder.iterdir())
    ['second', 'written.json']
    """
    folder = Path(folder)
    check_place(folder, holds=holds, force=force)
    target = _follow(folder)
    partial = hidden_name(target, f"new-{os.getpid()}")
    with _one_line_errors(folder, partial), _claimed(partial, folder):
        made = _make_parents(target)
        try:
            tidy(target, _busy, note)
            remove(partial)  # Of a process that had the same id.
            partial.mkdir()
            yield partial
            write_list(partial, holds, hashes)
            keep_on_disk(partial)
            problems = _find_problems(folder, target, holds)
            _refuse(problems, force)
            exchange(partial, target, keep=bool(problems), note=note)
        except BaseException:
            remove(partial)
            for parent in made:
                _remove_if_empty(parent)
            raise


def check_place(folder: Path | str, *, holds: str, force: bool = False) -> None:
    """Refuse a place that `complete_folder` would refuse, before anything is computed.

    Raises
    ------
    InputError
        If something stands in the way that netmodel did not write or that was changed since; if
        the place is, or holds, the current or the home folder; if it cannot be written to.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp())
    >>> check_place(folder, holds="words")
    >>> _ = (folder / "letter.txt").write_text("mine")
    >>> check_place(folder, holds="words")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    netmodel.errors.InputError: ... choose another --out, or give --force to keep ...
    """
    folder = Path(folder)
    target = _follow(folder)
    _refuse_surroundings(folder, target)
    try:
        restore(target)
        problems = _find_problems(folder, target, holds)
        above = next(each for each in target.parents if os.path.lexists(each))
        if not above.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        if not os.access(above, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise InputError([_cannot_write(folder, error)]) from None
    _refuse(problems, force)


def write_file(path: Path | str, content: str | bytes) -> None:
    """Write one file, whole or not at all; a file in its place is replaced and its mode kept.

    Raises
    ------
    InputError
        If the place cannot be written.

    Examples
    --------
    >>> path = Path(tempfile.mkdtemp()) / "page.md"
    >>> write_file(path, "words")
    >>> path.read_text()
    'words'
    """
    with whole_file(path) as partial:
        partial.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


@contextmanager
def whole_file(path: Path | str) -> Iterator[Path]:
    """Yield a hidden path of the same suffix; what is written there takes the place of `path`.

    Raises
    ------
    InputError
        If the place cannot be written.

    Examples
    --------
    >>> path = Path(tempfile.mkdtemp()) / "page.md"
    >>> with whole_file(path) as partial:
    ...     _ = partial.write_text("words")
    >>> path.read_text()
    'words'
    """
    path = Path(path)
    target = _follow(path)
    partial = hidden_name(target, f"new-{os.getpid()}{target.suffix}")
    with _one_line_errors(path, partial), _claimed(partial, path):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if path.exists() and not path.is_file():
            # A device or a pipe is written into; a rename would take its place.
            with tempfile.TemporaryDirectory() as room:
                yield Path(room) / f"whole{path.suffix}"
                path.write_bytes((Path(room) / f"whole{path.suffix}").read_bytes())
            return
        if path.exists() and not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        made = _make_parents(target)
        try:
            remove_stale(target, _busy)
            remove(partial)
            yield partial
            if target.exists():
                partial.chmod(stat.S_IMODE(target.stat().st_mode))
            keep_on_disk(partial)
            partial.replace(target)
        except BaseException:
            remove(partial)
            for parent in made:
                _remove_if_empty(parent)
            raise


def add_files(
    folder: Path, texts: Mapping[str, str | bytes], *, over_changed: bool = False
) -> None:
    """Write files into a folder that is there already, each whole, and put them on its list.

    A folder without a sound list stays without one.

    Parameters
    ----------
    over_changed
        Whether to write over files of these names that are not as netmodel wrote them.

    Raises
    ------
    InputError
        If such a file is in the way, or the place cannot be written.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp()) / "out"
    >>> with complete_folder(folder, holds="words") as partial:
    ...     _ = (partial / "a").write_text("old")
    >>> add_files(folder, {"a": "new"})
    >>> check_place(folder, holds="words")
    """
    written = read_list(folder)
    files = {} if written is None else dict(written["files"])
    if not over_changed:
        found = dict(find_strangers(folder))
        in_the_way = [name for name in texts if name in found]
        if in_the_way:
            raise InputError(
                Problem(what=found[name], where=str(folder / name), remedy="move it away")
                for name in in_the_way
            )
    for name, text in texts.items():
        write_file(folder / name, text)
        files[name] = text_hash(text)
    if written is not None:
        write_file(folder / LIST, list_text(written["holds"], files))


def keep_on_disk(path: Path) -> None:
    """Wait until a file, or a folder with all in it, is on the disk and not in memory alone.

    Without this a rename may outlast a power cut that what was renamed does not.
    """
    if not path.is_dir():
        _sync(path)
        return
    # The files together, since a disk takes many at once in little more time than one.
    folders, files = [], []
    for above, _, names in os.walk(path):
        folders.append(above)
        files += [os.path.join(above, name) for name in names]  # noqa: PTH118
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        list(pool.map(_sync, files))
    for folder in folders:
        _sync(folder)


def _sync(path: str | Path) -> None:
    try:
        number = os.open(path, os.O_RDONLY)
    except OSError:
        return  # A folder, where the system opens none.
    try:
        os.fsync(number)
    except OSError as error:
        if error.errno in {errno.EIO, errno.ENOSPC, errno.EDQUOT}:
            raise
    finally:
        os.close(number)


# What stands in the way


def _follow(path: Path) -> Path:
    """Return the place that a path leads to, through links; it need not exist."""
    try:
        path.stat()
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise InputError([_cannot_write(path, error)]) from None
    except ValueError:
        raise InputError([Problem(what="is not a path", where=repr(str(path)))]) from None
    return Path(os.path.realpath(path))


def _refuse_surroundings(folder: Path, target: Path) -> None:
    for what, find in (("current", Path.cwd), ("home", Path.home)):
        try:
            inner = Path(os.path.realpath(find()))
            inside = any(each.samefile(target) for each in (inner, *inner.parents))
        except (OSError, RuntimeError):
            inside = False
        if inside or target.parent == target:
            what = f"is, or holds, the {what} folder and cannot be replaced as a whole"
            remedy = "give --out a folder of its own, such as runs/NAME"
            raise InputError([Problem(what=what, where=str(folder), remedy=remedy)])


def _find_problems(folder: Path, target: Path, holds: str) -> list[Problem]:
    """Return why the target may not be replaced; none where it is not there or empty."""
    if not os.path.lexists(target):
        return []
    if not target.is_dir():
        return [Problem(what="is a file, not a folder", where=str(folder), remedy=_REMEDY)]
    written = read_list(target)
    found = find_strangers(target)
    if written is not None and written["holds"] != holds:
        what = f"is the folder of {_a(written['holds'])}, not of {_a(holds)}"
        return [Problem(what=what, where=str(folder), remedy=_REMEDY)]
    if not found:
        return []
    why = f" (its {LIST} is missing or changed)" if written is None else ""
    what = f"holds what netmodel did not write{why}"
    problems = [Problem(what=what, where=str(folder), remedy=_REMEDY)]
    for name, reason in found[:_SHOWN]:
        where = str(folder / name)
        problems.append(Problem(what=reason, where=where if where.isprintable() else repr(where)))
    more = len(found) - _SHOWN
    if more > 0:
        problems.append(Problem(what=f"... and {more:,} more", where=str(folder)))
    return problems


# Small things


def _refuse(problems: list[Problem], force: bool) -> None:
    if problems and not force:
        raise InputError(problems)


def _a(word: str) -> str:
    return f"an {word}" if word[:1] in set("aeiou") else f"a {word}"


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return


def _make_parents(target: Path) -> list[Path]:
    """Make the folders above a place; return those that were not there, the innermost first."""
    made = [each for each in target.parents if not each.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    return made


@contextmanager
def _claimed(partial: Path, place: Path) -> Iterator[None]:
    if partial in _busy:
        raise InputError([Problem(what="is being written already", where=str(place))])
    _busy.add(partial)
    try:
        yield
    finally:
        _busy.discard(partial)


@contextmanager
def _one_line_errors(place: Path, partial: Path) -> Iterator[None]:
    """Turn failures to write into problems that name the place, not the hidden one next to it."""
    try:
        yield
    except OSError as error:
        raise InputError([_cannot_write(place, error)]) from None
    except InputError as error:
        named = [
            replace(each, where=each.where.replace(str(partial), str(place)))
            for each in error.problems
        ]
        raise InputError(named) from None


def _cannot_write(place: Path, error: OSError) -> Problem:
    return Problem(what=f"cannot write ({error.strerror or error})", where=str(place))
