"""Where the seeds and scenarios of netmodel are."""

from __future__ import annotations

from pathlib import Path

from netmodel.errors import InputError, Problem, UnknownNameError, nearest_names
from netmodel.files.text import is_there, no_such

BUILT_IN = "built-in"


def shipped_folder(name: str) -> Path:
    """Return the folder ``seeds`` or ``scenarios``: in the wheel, or next to the source.

    Raises
    ------
    InputError
        If this installation carries neither.
    """
    package = Path(__file__).parents[1]
    for folder in (package / "shipped" / name, package.parent / name):
        if folder.is_dir():
            return folder
    raise InputError(
        [Problem(what=f"this installation carries no {name}", remedy="reinstall netmodel")]
    )


def network_folder() -> Path:
    """Return the folder of the built-in network."""
    return shipped_folder("seeds") / "network"


def documents_file() -> Path:
    """Return the file of the built-in documents."""
    return shipped_folder("seeds") / "documents.yaml"


def incident_files() -> tuple[Path, ...]:
    """Return the files of the built-in incidents, by name."""
    return tuple(sorted((shipped_folder("seeds") / "incidents").glob("*.yaml")))


def scenario_names() -> tuple[str, ...]:
    """Return the names of the scenarios that come with netmodel."""
    return tuple(sorted(path.stem for path in shipped_folder("scenarios").glob("*.yaml")))


def find_scenario(name: str) -> Path:
    """Return the file of a scenario, given its path or the name of a shipped one.

    Raises
    ------
    InputError
        If a path is given and there is no such file.
    UnknownNameError
        If a name is given and no shipped scenario carries it.
    """
    path = Path(name)
    if is_there(path) and not is_there(path, "folder"):
        return path
    if is_there(path, "folder") and name not in scenario_names():
        remedy = "give the YAML file of a scenario"
        raise InputError([Problem(what="is a folder, not a file", where=name, remedy=remedy)])
    if path.suffix in {".yaml", ".yml"} or len(path.parts) > 1:
        raise InputError([no_such("file", path, suffixes=(".yaml", ".yml"))])
    if name in scenario_names():
        return shipped_folder("scenarios") / f"{name}.yaml"
    raise UnknownNameError(
        "scenario",
        name,
        nearest_names(name, scenario_names()),
        otherwise=f"those that come along are {', '.join(scenario_names())}; a file needs its "
        "ending .yaml",
    )
