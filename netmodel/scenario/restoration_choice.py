"""The record or the fit that fitted durations of a scenario rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from netmodel.errors import InputError, Location, Problem, shown
from netmodel.evidence.catalogue_file import read_catalogue
from netmodel.evidence.incident import Catalogue
from netmodel.files.shipped import BUILT_IN, documents_file
from netmodel.files.text import is_there
from netmodel.files.yaml import read_yaml
from netmodel.scenario.collecting import Collecting

if TYPE_CHECKING:
    from netmodel.restoration.fit import RestorationFit

LOCATION: Location = ("restoration",)
_REMEDY = "give built-in, files of incidents, a Catalogue, or what fit_restoration returns"


def read_restoration(
    given: object, folder: Path, collecting: Collecting
) -> Catalogue | RestorationFit | None:
    """Return the record or the fit that is given; ``None`` for the built-in record.

    Parameters
    ----------
    folder
        Where paths begin.
    """
    from netmodel.restoration.fit import RestorationFit

    if isinstance(given, Catalogue | RestorationFit):
        return given
    if isinstance(given, str) and given == BUILT_IN:
        return None
    names = [given] if isinstance(given, str | Path) else given
    if (
        not isinstance(names, Sequence)
        or not names
        or not all(isinstance(each, str | Path) for each in names)
    ):
        collecting.note(LOCATION, f"{shown(given)} is no record of incidents", _REMEDY)
        return None
    paths = [folder / each for each in names]
    missing = [path for path in paths if not is_there(path, "file")]
    for path in missing:
        collecting.note(LOCATION, f"{path}: no such file", _REMEDY)
    if missing:
        return None
    return collecting.attempt(LOCATION, lambda: _read_files(paths))


def restoration_files(given: str | Sequence[str], folder: Path) -> tuple[Path, ...]:
    """Return the files that a scenario names for its record; none for the built-in one."""
    if given == BUILT_IN:
        return ()
    return tuple(folder / each for each in ([given] if isinstance(given, str) else given))


def _read_files(paths: Sequence[Path]) -> Catalogue | RestorationFit:
    from netmodel.restoration.fit_file import FIT_KEY, read_fit

    if len(paths) == 1:
        value = read_yaml(paths[0]).value
        if isinstance(value, dict) and FIT_KEY in value:
            return read_fit(paths[0])
    read = read_catalogue([documents_file(), *paths])
    if not read.incidents:
        what = "no incident to fit durations to"
        raise InputError([Problem(what=what, where=str(paths[0]), remedy=_REMEDY)])
    cited = {name for each in read.incidents.values() for name in each.documents}
    cited |= {bus.document for each in read.incidents.values() for bus in each.replacements}
    return replace(read, documents={name: read.documents[name] for name in sorted(cited)})
