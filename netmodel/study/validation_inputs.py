"""What a validation reads: observations, their documents, the network, and long closures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from netmodel.evidence.files import read_catalogue
from netmodel.evidence.model import Catalogue, Incident
from netmodel.evidence.observation_files import read_observations
from netmodel.evidence.observations import Observations
from netmodel.evidence.resolution import resolve_incident
from netmodel.instants import hours_between
from netmodel.network.model import Network
from netmodel.network.tables import read_network
from netmodel.shipped import (
    documents_file,
    incident_files,
    network_folder,
    shipped_folder,
)
from netmodel.study.validation import Validation, validate

LONG_HOURS = 30 * 24.0
"""A closure that lasted so long shaped the usual ways of trains."""


def built_in_observations() -> Path:
    """Return the file of the built-in observations."""
    return shipped_folder("seeds") / "observations.yaml"


def built_in_observation_documents() -> Path:
    """Return the file of the documents on which only observations rest."""
    return shipped_folder("seeds") / "observation-documents.yaml"


def load_observations(
    files: Sequence[Path] | None = None, *, documents: Iterable[Path] = ()
) -> tuple[Observations, Catalogue]:
    """Read observations, and the built-in incidents with all documents.

    Parameters
    ----------
    files
        The built-in file when ``None``.
    documents
        Files of further documents.

    Raises
    ------
    InputError
        With every problem, at ``file:line:column``.
    """
    catalogue = read_catalogue(
        [
            documents_file(),
            built_in_observation_documents(),
            *documents,
            *incident_files(),
        ]
    )
    read = [
        read_observations(path, catalogue.documents) for path in files or [built_in_observations()]
    ]
    return (
        Observations(
            timetables=tuple(report for each in read for report in each.timetables),
            delays=tuple(report for each in read for report in each.delays),
        ),
        catalogue,
    )


def long_closures(catalogue: Catalogue) -> tuple[Incident, ...]:
    """Return standing closures, and those that surely lasted longer than `LONG_HOURS`."""
    return tuple(
        incident
        for incident in catalogue.incidents.values()
        if incident.effect == "closed" and (incident.standing or _is_long(incident))
    )


def _is_long(incident: Incident) -> bool:
    resolution = resolve_incident(incident)
    start, end = resolution.start.latest, resolution.first_traffic.earliest
    return start is not None and end is not None and hours_between(start, end) > LONG_HOURS


def validate_files(
    files: Sequence[Path] | None = None,
    *,
    documents: Iterable[Path] = (),
    network: Path | None = None,
) -> tuple[Validation, Catalogue]:
    """Read observations and a network, and compare them.

    Parameters
    ----------
    network
        Folder; the built-in network when ``None``. Standing closures are those of the built-in
        network, so that there are none on another.

    Raises
    ------
    InputError
        With every problem, at ``file:line:column``.
    """
    observations, catalogue = load_observations(files, documents=documents)
    railway: Network = read_network(network or network_folder())
    standing = long_closures(catalogue) if network is None else ()
    return validate(railway, observations, standing=standing, catalogue=catalogue), catalogue
