"""Demand, trains and capacities of a scenario, loaded with their mistakes at their places."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from netmodel.errors import InputError, Problem
from netmodel.impact.capacity import link_capacities
from netmodel.impact.demand import Demand, gravity_demand, read_demand, uniform_demand
from netmodel.network.model import Network
from netmodel.network.names import Names
from netmodel.routing.profiles import Profile, running_minutes
from netmodel.study.loading import Loading, find_hubs
from netmodel.study.rail_options import choose_profile
from netmodel.study.scenario import DemandModel, ScenarioModel
from netmodel.yaml_cache import Location


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
