"""Everything a scenario refers to, loaded and checked together before anything is computed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from netmodel.errors import (
    AmbiguousNameError,
    InputError,
    Problem,
    UnknownNameError,
)
from netmodel.evidence.files import read_catalogue
from netmodel.evidence.model import Catalogue, Incident
from netmodel.evidence.resolution import resolve_incident
from netmodel.impact.demand import Demand, gravity_demand, read_demand, uniform_demand
from netmodel.instants import Window
from netmodel.network.model import Network
from netmodel.network.names import Names
from netmodel.network.tables import read_network
from netmodel.shipped import (
    BUILT_IN,
    built_in_documents,
    built_in_incidents,
    built_in_network,
    shipped_folder,
)
from netmodel.study.scenario import ScenarioModel, unknown_ids
from netmodel.yaml_cache import Location
from netmodel.yaml_source import YamlSource

ResultT = TypeVar("ResultT")


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
    """

    network: Network
    catalogue: Catalogue
    incidents: tuple[Incident, ...]
    background: tuple[Incident, ...]
    demand: Demand
    anchors: tuple[str, ...]
    window: Window
    files: tuple[Path, ...]


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
    loading = _Loading(source)
    network_folder = (
        built_in_network() if scenario.network == BUILT_IN else folder / scenario.network
    )
    network = loading.attempt(("network",), lambda: read_network(network_folder))
    documents = _paths(scenario.incidents.documents, (built_in_documents(),), folder)
    incidents = _paths(scenario.incidents.files, built_in_incidents(), folder)
    standing = _standing_files(scenario)
    paths = tuple(dict.fromkeys([*documents, built_in_documents(), *incidents, *standing]))
    catalogue = loading.attempt(("incidents",), lambda: read_catalogue(paths))
    if network is None or catalogue is None:
        raise InputError(loading.problems)
    window = scenario.window.to_window()
    chosen = _choose_incidents(scenario, source, catalogue, incidents, window, loading.problems)
    background = _choose_background(scenario, source, catalogue, chosen, loading.problems)
    demand = _load_demand(scenario, network, folder, loading)
    anchors = _find_hubs(scenario.anchors, ("anchors",), network, loading)
    if loading.problems or demand is None:
        raise InputError(loading.problems)
    files = [*sorted(network_folder.glob("*.csv")), *sorted(network_folder.glob("*.geojson"))]
    if scenario.demand.file:
        files.append(folder / scenario.demand.file)
    return Inputs(
        network=network,
        catalogue=catalogue,
        incidents=chosen,
        background=background,
        demand=demand,
        anchors=anchors,
        window=window,
        files=(*files, *paths),
    )


class _Loading:
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
            self.problems += error.problems
        except UnknownNameError as error:
            what = f"unknown {error.kind} {error.name!r}"
            self.problems.append(Problem(what=what, where=where, remedy=error.remedy))
        except AmbiguousNameError as error:
            self.problems.append(Problem(what=str(error), where=where))
        return None


def _standing_files(scenario: ScenarioModel) -> tuple[Path, ...]:
    """Return the files in which the standing closures of a scenario are to be found."""
    if scenario.standing_closures == "none":
        return ()
    if scenario.standing_closures == "all":
        return tuple(path for path in built_in_incidents() if path.stem.startswith("standing-closures"))
    return built_in_incidents()


def _paths(names: Sequence[str] | str, built_in: tuple[Path, ...], folder: Path) -> list[Path]:
    if isinstance(names, str):
        return list(built_in)
    seeds = shipped_folder("seeds")
    return [_first_existing(name, (folder, seeds / "incidents", seeds)) for name in names]


def _first_existing(name: str, folders: Sequence[Path]) -> Path:
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    return folders[0] / name


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
    wanted = scenario.standing_closures
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


def _find_hubs(
    wanted: Sequence[str], location: Location, network: Network, loading: _Loading
) -> tuple[str, ...]:
    names = Names(network)
    found = [
        loading.attempt((*location, number), lambda name=name: names.hub(name).id)  # type: ignore[misc]
        for number, name in enumerate(wanted)
    ]
    return tuple(dict.fromkeys(hub for hub in found if hub is not None))


def _load_demand(
    scenario: ScenarioModel, network: Network, folder: Path, loading: _Loading
) -> Demand | None:
    wanted = scenario.demand
    if wanted.file is not None:
        path = folder / wanted.file
        return loading.attempt(("demand", "file"), lambda: read_demand(path, network))
    before = len(loading.problems)
    hubs = list(_find_hubs(wanted.hubs or (), ("demand", "hubs"), network, loading))
    hubs += _hubs_by_rule(scenario, network, loading)
    hubs = list(dict.fromkeys(hubs))
    if len(loading.problems) > before:
        return None
    if len(hubs) < 2:
        where = loading.source.where(("demand",))
        what = f"demand needs two hubs at least, this selects {len(hubs)}"
        loading.problems.append(Problem(what=what, where=where))
        return None
    if wanted.kind == "gravity":
        return loading.attempt(
            ("demand",), lambda: gravity_demand(network, hubs, exponent=wanted.exponent)
        )
    return uniform_demand(hubs)


def _hubs_by_rule(scenario: ScenarioModel, network: Network, loading: _Loading) -> list[str]:
    wanted = scenario.demand
    if wanted.population_over is None and wanted.regions is None:
        return []
    names = Names(network)
    inside = {hub.id for hub in network.hubs}
    if wanted.regions is not None:
        found = [
            loading.attempt(("demand", "regions", number), lambda name=name: names.hubs_in(name)[1])  # type: ignore[misc]
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
