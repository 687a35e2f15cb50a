"""The files of documents and incidents that a scenario names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from netmodel.errors import (
    AmbiguousNameError,
    InputError,
    Location,
    Problem,
    UnknownNameError,
    did_you_mean,
    nearest_names,
)
from netmodel.evidence.catalogue_file import read_catalogue
from netmodel.evidence.incident import Catalogue, Incident
from netmodel.files.shipped import BUILT_IN, documents_file, incident_files, shipped_folder
from netmodel.files.yaml import YamlSource, read_yaml
from netmodel.network.names import Names
from netmodel.network.railway import Network
from netmodel.outages.outage import place_incidents
from netmodel.scenario.file import ScenarioModel

ResultT = TypeVar("ResultT")


class Loading:
    """Collects problems, so that one unknown name does not hide the next."""

    def __init__(self, source: YamlSource) -> None:
        self.source = source
        self.problems: list[Problem] = []

    def attempt(self, location: Location, action: Callable[[], ResultT]) -> ResultT | None:
        """Return what an action returns, or note its problem and return ``None``."""
        where = self.source.where(location)
        try:
            return action()
        except InputError as error:
            self.problems += [
                each if each.where else replace(each, where=where) for each in error.problems
            ]
        except UnknownNameError as error:
            what = f"unknown {error.kind} {error.name!r}"
            self.problems.append(Problem(what=what, where=where, remedy=error.remedy))
        except AmbiguousNameError as error:
            self.problems.append(Problem(what=str(error), where=where))
        return None


def find_hubs(
    wanted: Sequence[str], location: Location, network: Network, loading: Loading
) -> tuple[str, ...]:
    """Return the ids of hubs named at a place of the scenario; unknown ones are noted."""
    names = Names(network)
    found = [
        loading.attempt((*location, number), lambda name=name: names.hub(name).id)  # type: ignore[misc]
        for number, name in enumerate(wanted)
    ]
    return tuple(dict.fromkeys(hub for hub in found if hub is not None))


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


def find_misfits(
    scenario: ScenarioModel,
    source: YamlSource,
    network: Network,
    catalogue: Catalogue,
    chosen: Sequence[Incident],
    background: Sequence[Incident],
    files: Sequence[Path],
) -> Iterator[Problem]:
    """Find built-in closures and incidents that a network of one's own cannot place.

    A copy of the built-in network, or one that has its hubs, takes them all.

    Parameters
    ----------
    chosen, background
        The incidents under study, and the standing closures.
    files
        The incident files of the scenario, in its order.
    """
    if scenario.network == BUILT_IN:
        return
    built_in = {path.name: path for path in incident_files()}
    standing = _of_files(catalogue, background, built_in)
    if scenario.standing_closures == "all" and not _fits(network, standing, catalogue):
        yield Problem(
            what="the standing closures are of the built-in network and do not fit this one",
            where=source.where(("standing_closures",)),
            remedy="write standing_closures: none, or name your own by their ids",
        )
    if _stands_in(scenario, source):
        return
    for number, path in enumerate(files):
        if built_in.get(path.name) != path:
            continue
        if not _fits(network, _of_files(catalogue, chosen, [path.name]), catalogue):
            yield Problem(
                what="these incidents are of the built-in network and do not fit this one",
                where=source.where(_place_of_files(source, number)),
                remedy="name your own: incidents: {files: [yours.yaml], documents: [docs.yaml]}",
            )
            if scenario.incidents.files == "built-in":
                return


def _stands_in(scenario: ScenarioModel, source: YamlSource) -> bool:
    """Whether the built-in incidents only take the place of a key that cannot be used."""
    written = source.value.get("incidents") if isinstance(source.value, dict) else None
    if isinstance(written, dict):
        written = written.get("files")
    return scenario.incidents.files == "built-in" and written not in (None, "built-in")


def _place_of_files(source: YamlSource, number: int) -> Location:
    item: Location = ("incidents", "files", number)
    return item if item[:1] in source.positions else ("network",)


def _of_files(
    catalogue: Catalogue, incidents: Sequence[Incident], names: Sequence[str] | dict[str, Path]
) -> tuple[Incident, ...]:
    within = {incident.id for incident in catalogue.from_files(names)}
    return tuple(incident for incident in incidents if incident.id in within)


def _fits(network: Network, incidents: Sequence[Incident], catalogue: Catalogue) -> bool:
    try:
        place_incidents(network, incidents, catalogue)
    except InputError:
        return False
    return True
