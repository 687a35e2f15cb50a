"""Where a scenario comes from: the files that were read for it, and how a command names it."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

from netmodel.evidence.catalogue_file import read_catalogue
from netmodel.files.shipped import (
    BUILT_IN,
    documents_file,
    scenario_names,
    shipped_folder,
)
from netmodel.scenario.file import ScenarioModel
from netmodel.scenario.scenario import Scenario
from netmodel.scenario.train_choice import NO_TRAINS, built_in_train_files


def name_for_command(path: Path) -> str:
    """Return what stands behind ``netmodel run`` for the file of a scenario.

    Returns
    -------
    str
        The name of a scenario that comes with netmodel; else the path as it was given, or the name
        of the file alone where the path begins at the root, which is of one machine.

    Examples
    --------
    >>> name_for_command(Path("my study/sc.yaml")), name_for_command(Path("/home/me/sc.yaml"))
    ("'my study/sc.yaml'", 'sc.yaml')
    """
    if is_shipped(path):
        return path.stem
    return shlex.quote(path.name if path.is_absolute() else path.as_posix())


def is_shipped(path: Path) -> bool:
    """Whether a file is that of a scenario that comes with netmodel."""
    folder = shipped_folder("scenarios")
    return path.stem in scenario_names() and path.resolve().parent == folder.resolve()


def name_files(files: Sequence[Path]) -> tuple[str, ...]:
    """Return the files of a scenario, its own first, as that file names them.

    Those that it does not name by a path of its own, as the shipped ones, have the name of the
    folder that they lie in.

    Examples
    --------
    >>> files = ["a/sc.yaml", "a/study/net/hubs.csv", "a/../trips.csv", "/x/seeds/documents.yaml"]
    >>> name_files([Path(each) for each in files])
    ('sc.yaml', 'study/net/hubs.csv', '../trips.csv', 'seeds/documents.yaml')
    """
    if not files:
        return ()
    home = None if is_shipped(files[0]) else files[0].parent
    return tuple(
        each.relative_to(home).as_posix()
        if home is not None and each.is_relative_to(home)
        else "/".join(each.parts[-2:])
        for each in files
    )


def list_files(
    model: ScenarioModel, path: Path, railway: Path, evidence: Iterable[Path]
) -> tuple[Path, ...]:
    """Return every file that is read for a scenario, its own first.

    Parameters
    ----------
    railway
        File or folder of the network.
    evidence
        Files of documents and incidents.
    """
    files = [
        path,
        *_network_files(railway),
        *_demand_files(model, path.parent),
        *_train_files(model, path.parent),
        *evidence,
    ]
    return tuple(dict.fromkeys(files))


def files_used(scenario: Scenario) -> tuple[Path, ...]:
    """Return the files on which a scenario rests, its own first.

    The built-in documents are read with every scenario, so that its claims and trains may cite
    them. They are left out where none does.
    """
    files = scenario.origin.files
    if documents_file() not in files:
        return files
    shipped, known = read_catalogue([documents_file()]).documents, scenario.catalogue.documents
    trains = () if scenario.timetable is None else scenario.timetable.trains
    cited = {name for each in scenario.catalogue.incidents.values() for name in each.documents}
    cited |= {name for each in trains for name in each.documents}
    if any(name in shipped and known.get(name, shipped[name]) == shipped[name] for name in cited):
        return files
    return tuple(each for each in files if each != documents_file())


def _network_files(railway: Path) -> list[Path]:
    if railway.is_file():
        return [railway]
    return [*sorted(railway.glob("*.csv")), *sorted(railway.glob("*.geojson"))]


def _demand_files(model: ScenarioModel, folder: Path) -> list[Path]:
    wanted = (model.demand, *model.demand_by_traffic.values())
    return [folder / each.file for each in wanted if each.file]


def _train_files(model: ScenarioModel, folder: Path) -> list[Path]:
    """Return the files of trains that are not in the folder of the network."""
    if model.trains == BUILT_IN or (model.trains is None and model.network == BUILT_IN):
        return list(built_in_train_files())
    return [] if model.trains in (None, NO_TRAINS) else [folder / str(model.trains)]
