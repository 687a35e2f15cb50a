"""The files of documents and incidents that a scenario file names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from netmodel.errors import InputError, Location, Problem, did_you_mean, nearest_names
from netmodel.evidence.catalogue_file import built_in_catalogue, read_catalogue
from netmodel.evidence.incident import Catalogue, Incident
from netmodel.files.shipped import BUILT_IN, documents_file, incident_files, shipped_folder
from netmodel.files.yaml import YamlSource, read_yaml
from netmodel.network.railway import Network
from netmodel.outages.outage import place_incidents
from netmodel.scenario.collecting import Collecting
from netmodel.scenario.file import ScenarioModel
from netmodel.scenario.selection import Choice


def find_evidence_files(
    model: ScenarioModel, folder: Path, collecting: Collecting
) -> tuple[list[Path], list[Path]] | None:
    """Return the files of documents and of incidents that a scenario names.

    Returns
    -------
    tuple or None
        ``None`` if one is not there or is of another kind, which is then noted.
    """
    before = len(collecting.problems)
    found = []
    for key, built_in in (("documents", (documents_file(),)), ("incidents", incident_files())):
        names = model.incidents.documents if key == "documents" else model.incidents.files
        if isinstance(names, str):
            found.append(list(built_in))
            continue
        location = ("incidents", "documents" if key == "documents" else "files")
        paths = [_first_existing(name, folder) for name in names]
        for number, (name, path) in enumerate(zip(names, paths, strict=True)):
            where = collecting.locate((*location, number))
            collecting.problems += _mistakes(name, path, key, where)
        found.append(paths)
    return None if len(collecting.problems) > before else (found[0], found[1])


def _first_existing(name: str, folder: Path) -> Path:
    seeds = shipped_folder("seeds")
    for each in (folder, seeds / "incidents", seeds):
        if (each / name).is_file():
            return each / name
    return folder / name


def _mistakes(name: str, path: Path, key: str, where: str) -> Iterator[Problem]:
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


def find_standing_files(model: ScenarioModel, own: Sequence[Path]) -> tuple[Path, ...]:
    """Return the shipped files that hold standing closures and are not among a scenario's own.

    Parameters
    ----------
    own
        The files that the scenario names. Closures that they hold need no shipped file.
    """
    wanted = model.wanted_closures()
    if wanted == "none":
        return ()
    if wanted == "all":
        return tuple(path for path in incident_files() if path.stem.startswith("standing-closures"))
    try:
        known = read_catalogue(own).incidents
    except InputError:
        return ()
    homes = {shipped_home(each) for each in wanted if each not in known}
    return tuple(path for path in incident_files() if path.name in homes)


def unknown_id(wanted: str, known: Sequence[str]) -> tuple[str, str]:
    """Return what is wrong with an id that nothing carries, and what to do about it."""
    home = shipped_home(wanted)
    remedy = (
        f"it is in {home}; add that to incidents: {{files: …}}"
        if home
        else did_you_mean(nearest_names(wanted, known))
    )
    return f"unknown incident {wanted!r}", remedy


def shipped_home(incident: str) -> str:
    """Return the name of the shipped file in which an incident stands; empty if in none."""
    return built_in_catalogue().origins.get(incident, "").split(":")[0]


def find_misfits(
    model: ScenarioModel,
    source: YamlSource,
    network: Network,
    catalogue: Catalogue,
    choice: Choice,
    files: Sequence[Path],
) -> Iterator[Problem]:
    """Find built-in closures and incidents that a network of one's own cannot place.

    A copy of the built-in network, or one that has its hubs, takes them all.

    Parameters
    ----------
    choice
        The incidents under study.
    files
        The incident files of the scenario, in its order.
    """
    if model.network == BUILT_IN:
        return
    built_in = {path.name: path for path in incident_files()}
    chosen = (*choice.candidates, *choice.sure)
    taken = {each.id for each in chosen}
    standing = [
        each for each in catalogue.from_files(built_in) if each.standing and each.id not in taken
    ]
    if model.standing_closures == "all" and not _fits(network, standing, catalogue):
        yield Problem(
            what="the standing closures are of the built-in network and do not fit this one",
            where=source.where(("standing_closures",)),
            remedy="write standing_closures: none, or name your own by their ids",
        )
    if _stands_in(model, source):
        return
    for number, path in enumerate(files):
        if built_in.get(path.name) != path:
            continue
        if not _fits(network, _of_file(catalogue, chosen, path.name), catalogue):
            yield Problem(
                what="these incidents are of the built-in network and do not fit this one",
                where=source.where(_place_of_files(source, number)),
                remedy="name your own: incidents: {files: [yours.yaml], documents: [docs.yaml]}",
            )
            if model.incidents.files == "built-in":
                return


def _stands_in(model: ScenarioModel, source: YamlSource) -> bool:
    """Whether the built-in incidents only take the place of a key that cannot be used."""
    written = source.value.get("incidents") if isinstance(source.value, dict) else None
    if isinstance(written, dict):
        written = written.get("files")
    return model.incidents.files == "built-in" and written not in (None, "built-in")


def _place_of_files(source: YamlSource, number: int) -> Location:
    item: Location = ("incidents", "files", number)
    return item if item[:1] in source.positions else ("network",)


def _of_file(
    catalogue: Catalogue, incidents: Sequence[Incident], name: str
) -> tuple[Incident, ...]:
    within = {incident.id for incident in catalogue.from_files([name])}
    return tuple(incident for incident in incidents if incident.id in within)


def _fits(network: Network, incidents: Sequence[Incident], catalogue: Catalogue) -> bool:
    try:
        place_incidents(network, incidents, catalogue)
    except InputError:
        return False
    return True
