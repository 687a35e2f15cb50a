"""What of the built-in record does not fit another network, told in one message each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from netmodel.errors import InputError, Problem
from netmodel.evidence.model import Catalogue, Incident
from netmodel.network.model import Network
from netmodel.outages.outage import place_incidents
from netmodel.shipped import BUILT_IN, incident_files
from netmodel.study.scenario import ScenarioModel
from netmodel.yaml_cache import Location
from netmodel.yaml_source import YamlSource


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
