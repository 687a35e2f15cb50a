"""Checking a file of any kind: scenario, incidents, documents, or a network folder."""

from __future__ import annotations

from pathlib import Path

from netmodel.errors import InputError, NetmodelError, Problem
from netmodel.evidence.files import read_catalogue
from netmodel.network.built_in import built_in_network
from netmodel.network.tables import read_network
from netmodel.outages.outage import place_incidents
from netmodel.shipped import documents_file
from netmodel.study.reading import read_inputs
from netmodel.study.run import compute_run
from netmodel.yaml_source import read_yaml


def check_file(path: Path) -> list[Problem]:
    """Return every problem of a file; none when it is in order.

    A scenario is checked with everything it refers to, up to the placing of its incidents; an
    incidents file is placed on the built-in network.
    """
    try:
        _check(path)
    except InputError as error:
        return list(error.problems)
    except NetmodelError as error:
        return [Problem(what=str(error), where=str(path))]
    return []


def _check(path: Path) -> None:
    if path.is_dir():
        read_network(path)
        return
    value = read_yaml(path).value
    if not isinstance(value, dict):
        what = "the file is no mapping of keys to values"
        remedy = "give a scenario, or a file of incidents or documents"
        raise InputError([Problem(what=what, where=path.name, remedy=remedy)])
    if isinstance(value.get("incidents"), list):
        catalogue = read_catalogue([documents_file(), path])
        place_incidents(built_in_network(), catalogue.incidents.values(), catalogue)
    elif "documents" in value and "window" not in value:
        read_catalogue([path])
    else:
        compute_run(path.stem, *read_inputs(path))
