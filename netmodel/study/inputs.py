"""Everything a scenario refers to, loaded and checked together before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from netmodel.errors import InputError, Problem
from netmodel.evidence.files import read_catalogue
from netmodel.evidence.model import Catalogue, Incident
from netmodel.evidence.observed import known_catalogue
from netmodel.evidence.resolution import resolve_incident
from netmodel.impact.demand import Demand
from netmodel.instants import Window
from netmodel.network.export import open_network
from netmodel.network.model import Network
from netmodel.routing.profiles import PROFILES, Profile
from netmodel.shipped import BUILT_IN, documents_file, network_folder
from netmodel.study.evidence_files import find_evidence_files, find_standing_files, unknown_ids
from netmodel.study.foreign import find_misfits
from netmodel.study.loading import Loading, find_hubs
from netmodel.study.rail_inputs import load_capacity, load_demands, load_profiles
from netmodel.study.scenario import ScenarioModel
from netmodel.yaml_source import YamlSource


@dataclass(frozen=True, eq=False, kw_only=True)
class Inputs:
    """What a scenario refers to.

    Parameters
    ----------
    incidents
        Those under study, in the order of the files.
    background
        Standing closures in force in the base state.
    files
        Every file read, for the provenance.
    demand_by_traffic
        Of the kinds of traffic whose demand is not `demand`, which is that of the first one.
    profiles
        How the trains of each kind of traffic run.
    capacity
        Trains per day of each link; ``None`` where the scenario states no capacities.
    not_yet_reported
        Ids of the incidents and standing closures left out because nothing about them was public
        by the scenario's ``as_of``. With an ``as_of``, the catalogue is as known at that instant.
    """

    network: Network
    catalogue: Catalogue
    incidents: tuple[Incident, ...]
    background: tuple[Incident, ...]
    demand: Demand
    anchors: tuple[str, ...]
    window: Window
    files: tuple[Path, ...]
    demand_by_traffic: Mapping[str, Demand] = field(default_factory=dict)
    profiles: Mapping[str, Profile] = field(default_factory=lambda: PROFILES)
    capacity: NDArray[np.float64] | None = None
    not_yet_reported: tuple[str, ...] = ()


def load_inputs(scenario: ScenarioModel, source: YamlSource, folder: Path) -> Inputs:
    """Load everything that a scenario refers to.

    Parameters
    ----------
    folder
        Where the scenario lies; its relative paths start there.

    Raises
    ------
    InputError
        With every unknown file, id, hub and region, at its line in the scenario.
    """
    loading = Loading(source)
    railway_folder = network_folder() if scenario.network == BUILT_IN else folder / scenario.network
    network = _open_railway(scenario, railway_folder, loading)
    evidence = find_evidence_files(scenario, folder, loading)
    standing = find_standing_files(scenario)
    if evidence is None:
        raise InputError(loading.problems)
    documents, incidents = evidence
    paths = tuple(dict.fromkeys([*documents, documents_file(), *incidents, *standing]))
    catalogue = loading.attempt(("incidents",), lambda: read_catalogue(paths))
    if network is None or catalogue is None:
        raise InputError(loading.problems)
    window = scenario.window.to_window()
    chosen = _choose_incidents(scenario, source, catalogue, incidents, window, loading.problems)
    background = _choose_background(scenario, source, catalogue, chosen, loading.problems)
    unreported: tuple[str, ...] = ()
    if (as_of := scenario.as_of_instant()) is not None:
        everything = (*chosen, *background)
        catalogue = known_catalogue(catalogue, as_of)
        # What the scenario names has been checked against the whole record above.
        chosen = _choose_incidents(scenario, source, catalogue, incidents, window, [])
        background = _choose_background(scenario, source, catalogue, chosen, [])
        unreported = tuple(each.id for each in everything if each.id not in catalogue.incidents)
    loading.problems += find_misfits(
        scenario, source, network, catalogue, chosen, background, incidents
    )
    demands = load_demands(scenario, network, folder, loading)
    profiles = load_profiles(scenario, network, loading)
    capacity = load_capacity(scenario, network, loading)
    anchors = find_hubs(scenario.anchors, ("anchors",), network, loading)
    if loading.problems:
        raise InputError(loading.problems)
    files = [railway_folder] if railway_folder.is_file() else []
    files += [*sorted(railway_folder.glob("*.csv")), *sorted(railway_folder.glob("*.geojson"))]
    demands_wanted = (scenario.demand, *scenario.demand_by_traffic.values())
    files += [folder / wanted.file for wanted in demands_wanted if wanted.file]
    return Inputs(
        network=network,
        catalogue=catalogue,
        incidents=chosen,
        background=background,
        demand=demands[scenario.traffic[0]],
        anchors=anchors,
        window=window,
        files=(*files, *paths),
        demand_by_traffic=demands,
        profiles=profiles,
        capacity=capacity,
        not_yet_reported=unreported,
    )


def _open_railway(scenario: ScenarioModel, path: Path, loading: Loading) -> Network | None:
    where = loading.source.where(("network",))
    if not path.exists():
        what = f"no such network {scenario.network!r}"
        remedy = "write built-in, or the path of a folder, .gpkg or .graphml from this file"
        loading.problems.append(Problem(what=what, where=where, remedy=remedy))
        return None
    network = loading.attempt(("network",), lambda: open_network(path))
    if network is not None and not network.links:
        what = f"the network {scenario.network} has no links"
        loading.problems.append(Problem(what=what, where=where))
        return None
    return network


def _choose_incidents(
    scenario: ScenarioModel,
    source: YamlSource,
    catalogue: Catalogue,
    files: Sequence[Path],
    window: Window,
    problems: list[Problem],
) -> tuple[Incident, ...]:
    wanted = scenario.incidents
    known = catalogue.from_files(path.name for path in files)
    ids = [each.id for each in known]
    everything = known
    if wanted.ids is not None:
        problems += unknown_ids(source, ("incidents", "ids"), wanted.ids, ids)
        everything = tuple(each for each in everything if each.id in wanted.ids)
    else:
        everything = tuple(
            each for each in everything if not each.standing and _touches(each, window)
        )
    problems += unknown_ids(source, ("incidents", "also"), wanted.also, ids)
    chosen = {each.id for each in everything}
    everything += tuple(each for each in known if each.id in wanted.also and each.id not in chosen)
    return tuple(
        each
        for each in everything
        if (wanted.kinds is None or each.kind in wanted.kinds)
        and (wanted.effects is None or each.effect in wanted.effects)
    )


def _touches(incident: Incident, window: Window) -> bool:
    """Whether the record shows that an incident may hold in the window.

    One that began before the window and whose end is not in the record counts only if some
    document says that it still held in the window; it is not dragged along for ever.
    """
    resolution = resolve_incident(incident)
    start = resolution.start.earliest or resolution.start.latest
    if start is None or start >= window.end:
        return False
    if (resolution.start.latest or start) >= window.start:
        return True
    if incident.effect == "none":
        return False
    closed_only = incident.effect == "closed" and incident.then is None
    end = resolution.first_traffic if closed_only else resolution.full_service
    last = end.latest or end.earliest
    return last is not None and last > window.start


def _choose_background(
    scenario: ScenarioModel,
    source: YamlSource,
    catalogue: Catalogue,
    studied: Sequence[Incident],
    problems: list[Problem],
) -> tuple[Incident, ...]:
    wanted = scenario.wanted_closures()
    taken = {incident.id for incident in studied}
    if wanted == "none":
        return ()
    if wanted == "all":
        return tuple(
            each for each in catalogue.incidents.values() if each.standing and each.id not in taken
        )
    problems += unknown_ids(source, ("standing_closures",), wanted, list(catalogue.incidents))
    return tuple(
        each for each in catalogue.incidents.values() if each.id in wanted and each.id not in taken
    )
