"""Checking a file of any kind: scenario, incidents, documents, or a network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, NetmodelError, Problem
from netmodel.evidence.catalogue_file import read_catalogue
from netmodel.files.shipped import documents_file, find_scenario
from netmodel.files.yaml import is_draft, read_yaml
from netmodel.network.formats import built_in_network, read_network
from netmodel.outages.outage import place_incidents
from netmodel.runs.computation import check_states
from netmodel.scenario.loading import read_scenario

_NETWORK_SUFFIXES = {".gpkg", ".graphml"}


@refuse_wrong_kinds
def check_files(
    names: Sequence[str], *, documents: Sequence[Path] = (), network: Path | None = None
) -> Iterator[tuple[str, list[Problem]]]:
    """Yield each name with what is wrong with its file; the files are taken together.

    Parameters
    ----------
    names
        Files, network folders, or names of shipped scenarios.
    documents
        Further documents that the incidents name.
    network
        On which incidents are placed; else the one network among the names, or the built-in one.
    """
    found = {name: _find_path(name) for name in names}
    paths = [path for path in found.values() if isinstance(path, Path)]
    networks = [path for path in paths if tell_kind(path) == "network"]
    if network is None and len(networks) == 1:
        network = networks[0]
    pool = [*documents, *(path for path in paths if tell_kind(path) == "documents")]
    for name, path in found.items():
        if isinstance(path, Path):
            yield name, check_file(path, documents=pool, network=network)
        else:
            yield name, path


def _find_path(name: str) -> Path | list[Problem]:
    """Return the file of that name, or of the shipped scenario; or what is wrong with the name."""
    try:
        return Path(name) if Path(name).exists() else find_scenario(name)
    except InputError as error:
        return list(error.problems)
    except NetmodelError as error:
        return [Problem(what=str(error))]


def check_file(
    path: Path, *, documents: Sequence[Path] = (), network: Path | None = None
) -> list[Problem]:
    """Return every problem of a file; none when it is in order.

    A scenario is checked with everything it refers to, up to the placing of its incidents; an
    incidents file is placed on a network.

    Parameters
    ----------
    documents
        Documents that an incidents file names, besides the built-in ones.
    network
        On which it is placed; the built-in one by default.
    """
    try:
        _check(path, documents, network)
    except InputError as error:
        return list(error.problems)
    except NetmodelError as error:
        return [Problem(what=str(error), where=str(path))]
    return []


def tell_kind(path: Path) -> str:
    """Return what a file looks like.

    One of ``network``, ``documents``, ``incidents``, ``drafts`` and ``scenario``.

    A file that cannot be read counts as a scenario.
    """
    if path.is_dir() or path.suffix.casefold() in _NETWORK_SUFFIXES:
        return "network"
    try:
        value = read_yaml(path, draft=True).value
    except InputError:
        return "scenario"
    if is_draft(value):
        return "drafts"
    if not isinstance(value, dict) or value.keys() & {"window", "demand"}:
        return "scenario"
    if "incidents" in value:
        return "incidents"
    return "documents" if "documents" in value else "scenario"


def pool_documents(documents: Sequence[Path]) -> tuple[Path, ...]:
    """Return the built-in documents and others, each file once."""
    files = {path.resolve(): path for path in (documents_file(), *documents)}
    return tuple(files.values())


def _check(path: Path, documents: Sequence[Path], network: Path | None) -> None:
    match tell_kind(path):
        case "network":
            read_network(path)
        case "documents" | "drafts":
            read_catalogue([path])
        case "incidents":
            catalogue = read_catalogue([*pool_documents(documents), path])
            railway = built_in_network() if network is None else read_network(network)
            place_incidents(railway, catalogue.incidents.values(), catalogue)
        case _:
            _check_scenario(path)


def _check_scenario(path: Path) -> None:
    if not isinstance(read_yaml(path).value, dict):
        what = "the file is not a mapping of keys to values"
        remedy = "give a scenario, or a file of incidents or documents"
        raise InputError([Problem(what=what, where=path.name, remedy=remedy)])
    scenario = read_scenario(path)
    if scenario.unplaced:
        raise InputError(scenario.unplaced)
    check_states(scenario)
