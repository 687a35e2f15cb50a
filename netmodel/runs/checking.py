"""Checking a file of any kind: scenario, incidents, documents, or a network."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, NetmodelError, Problem
from netmodel.evidence.catalogue_file import read_catalogue
from netmodel.files.shipped import BUILT_IN, documents_file, find_scenario
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
    pool, network = find_together(paths, documents=documents, network=network)
    told: set[tuple[str, str]] = set()
    for name, path in found.items():
        if isinstance(path, Path):
            problems = check_file(path, documents=pool, network=network)
            whole = [_with_folder(each, path) for each in _offer_beside(problems, path, pool)]
            fresh = [each for each in whole if _name_place(each) not in told]
            above = Problem(what="what is wrong with it is told above", where=str(path))
            yield name, fresh or [above][: len(whole)]
            told.update(map(_name_place, whole))
        else:
            yield name, path


def find_together(
    paths: Iterable[Path], *, documents: Sequence[Path] = (), network: Path | None = None
) -> tuple[tuple[Path, ...], Path | None]:
    """Return the documents and the network with which files of incidents are checked.

    Parameters
    ----------
    paths
        All files that are checked: files of documents, and those that scenarios name, are taken
        with the others; the one network among them too, or that of the scenarios if they have one.
    documents, network
        What is given beside them.
    """
    kinds = {path: tell_kind(path) for path in paths}
    pool = [*documents, *(path for path, kind in kinds.items() if kind == "documents")]
    networks = [path for path, kind in kinds.items() if kind == "network"]
    named: dict[Path, None] = {}
    for path, kind in kinds.items():
        if kind == "scenario" and path.is_file():
            value = _read_plain(path)
            pool += _files_named(value.get("incidents"), "documents", path.parent)
            named |= dict.fromkeys(_files_named(value, "network", path.parent))
    chosen = networks or list(named)
    if network is None and len(chosen) == 1:
        [network] = chosen
    return tuple({path.resolve(): path for path in pool}.values()), network


def _read_plain(path: Path) -> Mapping[str, object]:
    """Return what a file says; nothing where it cannot be read, which is told elsewhere."""
    try:
        value = read_yaml(path).value
    except InputError:
        return {}
    return value if isinstance(value, dict) else {}


def _files_named(value: object, key: str, folder: Path) -> list[Path]:
    """Return the files, of one or of several at a key, that are there."""
    given = value.get(key) if isinstance(value, Mapping) else None
    names = given if isinstance(given, list) else [given]
    files = [folder / name for name in names if isinstance(name, str) and name != BUILT_IN]
    return [path for path in files if path.exists()]


def _offer_beside(
    problems: Sequence[Problem], path: Path, pool: Sequence[Path]
) -> Iterator[Problem]:
    """Yield problems; of unknown documents that a file beside has, it is offered."""
    beside = path.parent / "documents.yaml"
    known: Collection[str] = ()
    if beside.is_file() and beside.resolve() not in {each.resolve() for each in pool}:
        entries = _read_plain(beside).get("documents")
        known = {
            f"unknown document {each.get('id')!r}"
            for each in (entries if isinstance(entries, list) else ())
            if isinstance(each, dict)
        }
    for each in problems:
        offer = f"{beside} has it: give --documents {beside}"
        yield replace(each, remedy=offer) if each.what in known else each


def _with_folder(problem: Problem, path: Path) -> Problem:
    """Return a problem whose place has the path of its file as it was given."""
    if problem.where.startswith(f"{path.name}:"):
        return replace(problem, where=f"{path.parent / problem.where}")
    return problem


def _name_place(problem: Problem) -> tuple[str, str]:
    """Return what is wrong, and where without the folder, which files tell in several ways."""
    return problem.what, Path(problem.where).name


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
