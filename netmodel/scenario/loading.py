"""A scenario loaded with everything that it refers to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from netmodel.errors import InputError, Location, Problem
from netmodel.evidence.as_of import known_catalogue
from netmodel.evidence.catalogue_file import read_catalogue
from netmodel.evidence.incident import Catalogue, Incident
from netmodel.evidence.resolution import resolve_incident
from netmodel.files.shipped import BUILT_IN, documents_file, network_folder
from netmodel.files.yaml import YamlSource, read_yaml
from netmodel.impact.capacity import link_capacities
from netmodel.impact.demand import Demand, gravity_demand, read_demand, uniform_demand
from netmodel.network.formats import read_network
from netmodel.network.names import Names
from netmodel.network.railway import Network
from netmodel.routing.profiles import PROFILES, Profile, running_minutes
from netmodel.scenario.file import (
    DemandModel,
    ScenarioModel,
    change_scenario,
    check_scenario,
    choose_profile,
)
from netmodel.scenario.sources import (
    Loading,
    find_evidence_files,
    find_hubs,
    find_misfits,
    find_standing_files,
    unknown_ids,
)
from netmodel.times import Window


def load_profiles(
    scenario: ScenarioModel, network: Network, loading: Loading
) -> dict[str, Profile]:
    """Return the profile of each kind of traffic, which must leave it some link to run on."""
    profiles: dict[str, Profile] = {}
    for traffic in scenario.traffic:
        where = loading.source.where(("routing", "profiles", traffic))
        try:
            profile = choose_profile(scenario.routing.profiles, traffic)
            running_minutes(network, profile)
        except InputError as error:
            loading.problems += [replace(problem, where=where) for problem in error.problems]
        else:
            profiles[traffic] = profile
    return profiles


def load_capacity(
    scenario: ScenarioModel, network: Network, loading: Loading
) -> NDArray[np.float64] | None:
    """Return the capacity of each link, if the scenario states any."""
    wanted = scenario.capacity
    if wanted is None:
        return None
    by_class = {str(name): value for name, value in wanted.by_class.items()}
    try:
        return link_capacities(network, by_class=by_class, by_link=wanted.by_link)
    except InputError as error:
        where = loading.source.where(("capacity", "by_link"))
        loading.problems += [replace(problem, where=where) for problem in error.problems]
        return None


def load_demands(
    scenario: ScenarioModel, network: Network, folder: Path, loading: Loading
) -> dict[str, Demand]:
    """Return the demand of each kind of traffic; one that several share is loaded once."""
    demands: dict[str, Demand] = {}
    own = {str(traffic): wanted for traffic, wanted in scenario.demand_by_traffic.items()}
    shared = _load_demand(scenario.demand, ("demand",), network, folder, loading)
    if shared is not None:
        demands = dict.fromkeys(scenario.traffic, shared)
    for traffic, wanted in own.items():
        location = ("demand_by_traffic", traffic)
        demand = _load_demand(wanted, location, network, folder, loading)
        if demand is not None:
            demands[traffic] = demand
    return demands


def _load_demand(
    wanted: DemandModel, location: Location, network: Network, folder: Path, loading: Loading
) -> Demand | None:
    if wanted.file is not None:
        path = folder / wanted.file
        return loading.attempt((*location, "file"), lambda: read_demand(path, network))
    before = len(loading.problems)
    hubs = list(find_hubs(wanted.hubs or (), (*location, "hubs"), network, loading))
    hubs += _hubs_by_rule(wanted, location, network, loading)
    hubs = list(dict.fromkeys(hubs))
    if len(loading.problems) > before:
        return None
    if len(hubs) < 2:
        where = loading.source.where(location)
        what = f"demand needs two hubs at least, this selects {len(hubs)}"
        loading.problems.append(Problem(what=what, where=where))
        return None
    if wanted.kind == "gravity":
        return loading.attempt(
            location,
            lambda: gravity_demand(
                network,
                hubs,
                exponent=wanted.exponent,
                deterrence=wanted.deterrence,
                scale_km=wanted.scale_km,
            ),
        )
    return uniform_demand(hubs)


def _hubs_by_rule(
    wanted: DemandModel, location: Location, network: Network, loading: Loading
) -> list[str]:
    if wanted.population_over is None and wanted.regions is None:
        return []
    names = Names(network)
    inside = {hub.id for hub in network.hubs}
    if wanted.regions is not None:
        found = [
            loading.attempt(
                (*location, "regions", number),
                lambda name=name: names.hubs_in(name)[1],  # type: ignore[misc]
            )
            for number, name in enumerate(wanted.regions)
        ]
        inside = {hub.id for hubs in found for hub in hubs or ()}
    return [
        hub.id
        for hub in network.hubs
        if hub.id in inside
        and (wanted.population_over is None or (hub.population or 0) > wanted.population_over)
        and (hub.population or hub.kind != "junction")
    ]


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
    network = loading.attempt(("network",), lambda: read_network(path))
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


_STAND_INS: Mapping[str, object] = {
    "title": "?",
    "window": {"start": "2000-01-01", "end": "2000-01-02"},
}
"""What takes the place of a required key that cannot be used, while the rest is checked."""


def read_inputs(
    path: Path, changes: Mapping[str, object] | None = None
) -> tuple[ScenarioModel, Inputs]:
    """Read a scenario file and load everything that it refers to.

    Parameters
    ----------
    changes
        Fields of the scenario to set differently.

    Returns
    -------
    tuple
        The scenario as changed, and its inputs, the scenario file first among their files.

    Raises
    ------
    InputError
        With every mistake at ``file:line:column``: those of the file itself and, as far as the
        rest of it can be used, those of what it names.
    """
    source = read_yaml(path)
    try:
        scenario = check_scenario(source)
    except InputError as error:
        problems = {*error.problems, *_problems_of_the_rest(source, path.parent)}
        raise InputError(sorted(problems, key=_place_in_file)) from None
    if changes:
        scenario = change_scenario(scenario, changes)
    inputs = load_inputs(scenario, source, path.parent)
    return scenario, replace(inputs, files=(path, *inputs.files))


def _problems_of_the_rest(source: YamlSource, folder: Path) -> tuple[Problem, ...]:
    """Return what is wrong with the files, hubs and ids that a faulty scenario names."""
    sound = _sound_part(source)
    if sound is None:
        return ()
    try:
        load_inputs(sound, source, folder)
    except InputError as error:
        return error.problems
    return ()


def _place_in_file(problem: Problem) -> tuple[str, list[int], str]:
    name, *numbers = problem.where.rsplit(":", 2)
    return name, [int(each) for each in numbers if each.isdigit()], problem.what


def _sound_part(source: YamlSource) -> ScenarioModel | None:
    """Return the scenario without the keys that cannot be used, if that still is one."""
    if not isinstance(source.value, dict):
        return None
    value: dict[str, Any] = deepcopy(source.value)
    for _ in range(len(source.positions)):
        try:
            return ScenarioModel.model_validate(value)
        except ValidationError as error:
            before = deepcopy(value)
            for item in error.errors(include_url=False):
                _take_out(value, item["loc"])
            if value == before:
                return None
    return None


def _take_out(value: dict[str, Any], location: tuple[int | str, ...]) -> None:
    """Take out, in place, the innermost key on the way to a mistake, or put in its stand-in."""
    holder, key = value, str(location[0])
    inner = value.get(key)
    for part in location[1:]:
        if isinstance(inner, dict) and part in inner:
            holder, key = inner, str(part)
            inner = inner[part]
    holder.pop(key, None)
    if holder is value and key in _STAND_INS:
        value[key] = deepcopy(_STAND_INS[key])
