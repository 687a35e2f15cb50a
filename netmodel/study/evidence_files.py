"""The files of documents and incidents that a scenario names: found, or told at its line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from netmodel.errors import InputError, Problem, did_you_mean, nearest_names
from netmodel.evidence.files import read_catalogue
from netmodel.shipped import documents_file, incident_files, shipped_folder
from netmodel.study.loading import Loading
from netmodel.study.scenario import ScenarioModel
from netmodel.yaml_cache import Location
from netmodel.yaml_source import YamlSource, read_yaml


def find_evidence_files(
    scenario: ScenarioModel, folder: Path, loading: Loading
) -> tuple[list[Path], list[Path]] | None:
    """Return the files of documents and of incidents that a scenario names.

    Returns
    -------
    tuple or None
        ``None`` if one is not there or is of another kind, which is then noted.
    """
    before = len(loading.problems)
    found = []
    for key, built_in in (("documents", (documents_file(),)), ("incidents", incident_files())):
        names = scenario.incidents.documents if key == "documents" else scenario.incidents.files
        if isinstance(names, str):
            found.append(list(built_in))
            continue
        location = ("incidents", "documents" if key == "documents" else "files")
        paths = [_first_existing(name, folder) for name in names]
        for number, (name, path) in enumerate(zip(names, paths, strict=True)):
            loading.problems += _mistakes(name, path, key, loading.source, (*location, number))
        found.append(paths)
    return None if len(loading.problems) > before else (found[0], found[1])


def find_standing_files(scenario: ScenarioModel) -> tuple[Path, ...]:
    """Return the files in which the standing closures of a scenario are to be found."""
    wanted = scenario.wanted_closures()
    if wanted == "none":
        return ()
    if wanted == "all":
        return tuple(path for path in incident_files() if path.stem.startswith("standing-closures"))
    return incident_files()


def unknown_ids(
    source: YamlSource, location: Location, wanted: Sequence[str], known: Sequence[str]
) -> Iterator[Problem]:
    """Find ids in a list of the scenario that nothing carries, each at its place."""
    for number, each in enumerate(wanted):
        if each not in known:
            home = shipped_home(each)
            remedy = (
                f"it is in {home}; add that to incidents: {{files: …}}"
                if home
                else did_you_mean(nearest_names(each, known))
            )
            where = source.where((*location, number))
            yield Problem(what=f"unknown incident {each!r}", where=where, remedy=remedy)


def shipped_home(incident: str) -> str:
    """Return the name of the shipped file in which an incident stands; empty if in none."""
    catalogue = read_catalogue([documents_file(), *incident_files()])
    return catalogue.origins.get(incident, "").split(":")[0]


def _first_existing(name: str, folder: Path) -> Path:
    seeds = shipped_folder("seeds")
    for each in (folder, seeds / "incidents", seeds):
        if (each / name).is_file():
            return each / name
    return folder / name


def _mistakes(
    name: str, path: Path, key: str, source: YamlSource, location: Location
) -> Iterator[Problem]:
    where = source.where(location)
    if path.is_dir():
        yield Problem(what=f"{name} is a folder, not a file of {key}", where=where)
        return
    if not path.is_file():
        shipped = [each.name for each in (*incident_files(), documents_file())]
        remedy = did_you_mean(nearest_names(name, shipped))
        remedy = remedy or f"shipped ones are {', '.join(shipped)}"
        yield Problem(what=f"{name}: no such file", where=where, remedy=remedy)
        return
    try:
        value = read_yaml(path).value
    except InputError:
        return
    if isinstance(value, dict) and key not in value:
        other = next((each for each in ("incidents", "documents") if each in value), "")
        held = f"it is a file of {other}" if other else f"it needs the key {key}"
        yield Problem(what=f"{name} holds no {key}", where=where, remedy=held)
