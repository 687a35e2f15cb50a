"""What a folder holds: a network, a run, or something else that must not be written over."""

from __future__ import annotations

from pathlib import Path

from netmodel.errors import InputError, Problem

_RUN_FILES = ("summary.json", "provenance.json")


def holds_run(folder: Path) -> bool:
    """Tell whether a folder is that of a run; it too has a ``hubs.csv`` and a ``links.csv``."""
    return any((folder / name).exists() for name in _RUN_FILES)


def holds_network(folder: Path) -> bool:
    """Tell whether a folder is that of a network."""
    return (folder / "hubs.csv").is_file() and not holds_run(folder)


def refuse_to_overwrite(folder: Path) -> None:
    """Refuse a folder, or a file in its place, that is neither empty nor a network.

    Raises
    ------
    InputError
        If writing a network there would damage something else.
    """
    if not folder.exists() or holds_network(folder):
        return
    if folder.is_dir() and not any(folder.iterdir()):
        return
    what = "is the folder of a run" if holds_run(folder) else "exists and is no network folder"
    remedy = "choose another --out, or move it away"
    raise InputError([Problem(what=what, where=str(folder), remedy=remedy)])
