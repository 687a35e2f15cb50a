"""A scenario read from its file, with everything that it refers to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import (
    InputError,
    Location,
    Problem,
    did_you_mean,
    nearest_names,
    point_out,
)
from netmodel.evidence.catalogue_file import built_in_catalogue, read_with_built_in
from netmodel.evidence.incident import Catalogue, Incident
from netmodel.files.shipped import (
    BUILT_IN,
    documents_file,
    find_scenario,
    incident_files,
    network_folder,
    shipped_folder,
)
from netmodel.files.text import is_there
from netmodel.files.yaml import YamlSource, read_yaml
from netmodel.network.formats import built_in_network, read_network
from netmodel.network.railway import Network
from netmodel.outages.outage import place_incidents
from netmodel.scenario.collecting import Collecting
from netmodel.scenario.file import DemandModel, ScenarioModel, check_scenario
from netmodel.scenario.given import STAND_INS, is_built_in
from netmodel.scenario.origins import list_files, name_for_command
from netmodel.scenario.restoration_choice import restoration_files
from netmodel.scenario.scenario import Scenario, make_scenario
from netmodel.scenario.selection import Choice
from netmodel.scenario.settings import Origin
from netmodel.scenario.train_choice import choose_default_trains


@refuse_wrong_kinds
def read_scenario(scenario: Path | str) -> Scenario:
    """Read a scenario file with everything that it refers to.

    Parameters
    ----------
    scenario
        Path of a YAML file, or the name of a scenario that comes with netmodel.

    Raises
    ------
    InputError
        With every mistake at ``file:line:column``: those of the file itself and, as far as the
        rest of it can be used, those of what it names.
    UnknownNameError
        If no scenario of that name comes with netmodel.

    Examples
    --------
    >>> read_scenario("crimea-may-2023").traffic
    ('passenger', 'freight')
    """
    path = find_scenario(str(scenario))
    source = read_yaml(path)
    try:
        model = check_scenario(source)
    except InputError as error:
        problems = {*error.problems, *_problems_of_the_rest(source, path)}
        raise InputError(sorted(problems, key=_place_in_file)) from None
    return _load(model, source, path)


def _load(model: ScenarioModel, source: YamlSource, path: Path, *, whole: bool = True) -> Scenario:
    """Return the scenario that a checked file describes.

    Parameters
    ----------
    whole
        Whether all of the file can be used; else its incidents are not placed.

    Raises
    ------
    InputError
        With every unknown file, id, hub and region, at its line in the scenario.
    """
    collecting, folder = Collecting(source.where), path.parent
    railway = network_folder() if model.network == BUILT_IN else folder / model.network
    network = _open_railway(model, railway, collecting)
    evidence = find_evidence_files(model, folder, collecting)
    if evidence is None:
        raise InputError(collecting.problems)
    documents, incidents = evidence
    own = tuple(dict.fromkeys([*documents, documents_file(), *incidents]))
    paths = tuple(dict.fromkeys([*own, *find_standing_files(model, own)]))
    catalogue = collecting.attempt(("incidents",), lambda: read_with_built_in(paths))
    if network is None or catalogue is None:
        raise InputError(collecting.problems)
    model = _in_zone_of(network, model, collecting)
    choice = _read_choice(model, catalogue, incidents, collecting)
    closures = model.wanted_closures()
    if not isinstance(closures, str):
        _note_unknown(closures, ("standing_closures",), catalogue.incidents, collecting)
        closures = [each for each in closures if each in catalogue.incidents]
    misfits = list(find_misfits(model, source, network, catalogue, choice, incidents))
    if misfits or not whole:
        choice, closures = Choice(), "none"
    collecting.problems += misfits
    records = restoration_files(model.restoration, folder)
    files = list_files(model, path, railway, (*paths, *records))
    given = {
        **_as_arguments(model),
        **({} if whole else _without_stand_in(model, network)),
        "network": network,
        "documents": catalogue,
        "incidents": choice,
        "standing_closures": closures,
        "trains": model.trains
        or choose_default_trains(
            network, railway, on_built_in=is_built_in(network), collecting=collecting
        ),
        "name": path.stem,
        "origin": Origin(files=files, name=name_for_command(path)),
    }
    try:
        made = make_scenario(given, source.where, folder=folder)
    except InputError as error:
        raise InputError(dict.fromkeys([*collecting.problems, *error.problems])) from None
    collecting.settle()
    for location, what in find_idle(model, made):
        point_out(Problem(what=what, where=source.where(location)))
    return made


def _in_zone_of(network: Network, model: ScenarioModel, collecting: Collecting) -> ScenarioModel:
    """Return a scenario whose window is in the zone of its network where the file names none."""
    zone, window = network.about.zone, model.window
    if not zone or "zone" in window.model_fields_set:
        return model
    zoned = window.model_copy(update={"zone": zone})
    if collecting.attempt(("window",), zoned.to_window) is None:
        raise InputError(collecting.problems)
    return model.model_copy(update={"window": zoned})


def _without_stand_in(model: ScenarioModel, network: Network) -> dict[str, object]:
    """Return a demand of which nothing is wrong, where none that can be used is in the file."""
    if model.demand != DemandModel.model_validate(STAND_INS["demand"]):
        return {}
    return {"demand": [hub.id for hub in network.hubs[:2]]}


def find_idle(model: ScenarioModel, scenario: Scenario) -> Iterator[tuple[Location, str]]:
    """Find what a file says that changes nothing, each with its place.

    Examples
    --------
    >>> from netmodel.scenario.file import read_scenario_file
    >>> name = "crimea-may-2023"
    >>> list(find_idle(read_scenario_file(find_scenario(name))[0], read_scenario(name)))
    []
    """
    for traffic in model.demand_by_traffic:
        if traffic not in scenario.traffic:
            yield ("demand_by_traffic", traffic), _not_run(traffic)
    for traffic in model.routing.profiles:
        if traffic not in scenario.traffic:
            yield ("routing", "profiles", traffic), _not_run(traffic)
    if model.restoration != BUILT_IN and not _is_fitted(model):
        what = "restoration has no effect without `ensemble: {open_ends: fitted}`"
        yield ("restoration",), what
    rules: dict[Location, DemandModel] = {("demand",): model.demand}
    rules |= {("demand_by_traffic", key): rule for key, rule in model.demand_by_traffic.items()}
    for location, rule in rules.items():
        yield from (((*location, key), what) for key, what in _idle_in_demand(rule))
    for key in ("ids", "kinds", "effects", "files"):
        if getattr(model.incidents, key) == [] and not model.incidents.also:
            yield ("incidents", key), f"{key} is an empty list, so that no incident is studied"
    chosen = {each.id for each in (*scenario.selection.studied, *scenario.selection.background)}
    if model.wanted_closures() == "none" and model.network != BUILT_IN:
        own = [path.name for path in scenario.origin.files if path not in incident_files()]
        for each in scenario.catalogue.from_files(own):
            if each.standing and each.id not in chosen:
                what = f"incident {each.id!r} is a standing closure, which is left out"
                yield ("incidents",), f"{what}; name it in standing_closures to have it"


def _is_fitted(model: ScenarioModel) -> bool:
    return model.ensemble is not None and model.ensemble.open_ends == "fitted"


def _not_run(traffic: str) -> str:
    return f"{traffic} has no effect, since traffic does not list it"


def _idle_in_demand(rule: DemandModel) -> Iterator[tuple[str, str]]:
    """Find the keys of a demand that its kind does not look at."""
    uses: dict[str, bool] = {
        "exponent": rule.kind == "gravity" and rule.deterrence == "power",
        "scale_km": rule.kind == "gravity" and rule.deterrence == "exponential",
        "deterrence": rule.kind == "gravity",
        **dict.fromkeys(("hubs", "population_over", "regions"), rule.kind != "table"),
    }
    for key, used in uses.items():
        if key in rule.model_fields_set and not used and getattr(rule, key) is not None:
            kind = f"deterrence {rule.deterrence}" if rule.kind == "gravity" else rule.kind
            yield key, f"{key} has no effect on a demand of {kind}"


def _as_arguments(model: ScenarioModel) -> dict[str, object]:
    """Return what a file says in the words of Python, but for what it refers to."""
    window = model.window
    return {
        "window": window.to_window(),
        "zone": window.zone,
        "demand": model.demand,
        "demand_by_traffic": {str(key): each for key, each in model.demand_by_traffic.items()},
        "anchors": model.anchors,
        "traffic": model.traffic,
        "profiles": {
            key: each.model_dump(exclude_unset=True) for key, each in model.routing.profiles.items()
        },
        "advisory": model.routing.advisory,
        "train_rules": model.train_rules.model_dump(exclude_unset=True),
        "capacity": model.capacity and model.capacity.model_dump(exclude_unset=True),
        "waiting": model.waiting and model.waiting.model_dump(exclude_unset=True),
        "replacement": model.replacement,
        "time_rule": model.time_rule,
        "repair_scale": model.repair_scale,
        "near_minutes": model.near_minutes,
        "parts": model.parts,
        "metrics": model.metrics,
        "as_of": model.as_of_instant(),
        "ensemble": model.ensemble and model.ensemble.model_dump(exclude_unset=True),
        "restoration": model.restoration,
        "language": model.report.language,
        "title": model.title,
        "description": model.description,
        "titles": model.titles,
        "descriptions": model.descriptions,
    }


def _open_railway(model: ScenarioModel, path: Path, collecting: Collecting) -> Network | None:
    location = ("network",)
    if model.network == BUILT_IN:
        return built_in_network()
    if not is_there(path):
        remedy = "write built-in, or the path of a folder, .gpkg or .graphml from this file"
        collecting.note(location, f"no such network {model.network!r}", remedy)
        return None
    network = collecting.attempt(location, lambda: read_network(path))
    if network is not None and not network.links:
        collecting.note(location, f"the network {model.network} has no links")
        return None
    return network


def _read_choice(
    model: ScenarioModel, catalogue: Catalogue, files: Sequence[Path], collecting: Collecting
) -> Choice:
    """Return which incidents of the files are studied."""
    wanted = model.incidents
    known = catalogue.from_files(path.name for path in files)
    names = [each.id for each in known]
    _note_unknown(wanted.ids or (), ("incidents", "ids"), names, collecting)
    _note_unknown(wanted.also, ("incidents", "also"), names, collecting)
    kept = [
        each
        for each in known
        if (wanted.kinds is None or each.kind in wanted.kinds)
        and (wanted.effects is None or each.effect in wanted.effects)
    ]
    first = [each for each in kept if each.id in (wanted.ids or ())]
    then = [each for each in kept if each.id in wanted.also and each.id not in (wanted.ids or ())]
    candidates = () if wanted.ids is not None else tuple(kept)
    return Choice(candidates=candidates, sure=(*first, *then))


def _note_unknown(
    wanted: Sequence[str], location: Location, known: Collection[str], collecting: Collecting
) -> None:
    """Note the ids in a list of the scenario that nothing carries, each at its place."""
    for number, each in enumerate(wanted):
        if each not in known:
            collecting.note((*location, number), *unknown_id(each, list(known)))


def _problems_of_the_rest(source: YamlSource, path: Path) -> tuple[Problem, ...]:
    """Return what is wrong with the files, hubs and ids that a faulty scenario names."""
    sound = _sound_part(source)
    if sound is None:
        return ()
    try:
        _load(sound, source, path, whole=False)
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
    if holder is value and key in STAND_INS:
        value[key] = deepcopy(STAND_INS[key])


def find_evidence_files(
    model: ScenarioModel, folder: Path, collecting: Collecting
) -> tuple[list[Path], list[Path]] | None:
    """Return the files of documents and of incidents that a scenario names.

    Returns
    -------
    tuple or None
        ``None`` if one is not there or is of another kind, which is then noted.
    """
    before = len(collecting.problems)
    found = []
    for key, built_in in (("documents", (documents_file(),)), ("incidents", incident_files())):
        names = model.incidents.documents if key == "documents" else model.incidents.files
        if isinstance(names, str):
            found.append(list(built_in))
            continue
        location = ("incidents", "documents" if key == "documents" else "files")
        paths = [_first_existing(name, folder) for name in names]
        for number, (name, path) in enumerate(zip(names, paths, strict=True)):
            where = collecting.locate((*location, number))
            collecting.problems += _mistakes(name, path, key, where)
        found.append(paths)
    return None if len(collecting.problems) > before else (found[0], found[1])


def _first_existing(name: str, folder: Path) -> Path:
    seeds = shipped_folder("seeds")
    for each in (folder, seeds / "incidents", seeds):
        if is_there(each / name, "file"):
            return each / name
    return folder / name


def _mistakes(name: str, path: Path, key: str, where: str) -> Iterator[Problem]:
    if is_there(path, "folder"):
        yield Problem(what=f"{name} is a folder, not a file of {key}", where=where)
        return
    if not is_there(path, "file"):
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


def find_standing_files(model: ScenarioModel, own: Sequence[Path]) -> tuple[Path, ...]:
    """Return the shipped files that hold standing closures and are not among a scenario's own.

    Parameters
    ----------
    own
        The files that the scenario names. Closures that they hold need no shipped file.
    """
    wanted = model.wanted_closures()
    if wanted == "none":
        return ()
    if wanted == "all":
        return tuple(path for path in incident_files() if path.stem.startswith("standing-closures"))
    try:
        known = read_with_built_in(own).incidents
    except InputError:
        return ()
    homes = {shipped_home(each) for each in wanted if each not in known}
    return tuple(path for path in incident_files() if path.name in homes)


def unknown_id(wanted: str, known: Sequence[str]) -> tuple[str, str]:
    """Return what is wrong with an id that nothing carries, and what to do about it."""
    home = shipped_home(wanted)
    remedy = (
        f"it is in {home}; add that to incidents: {{files: …}}"
        if home
        else did_you_mean(nearest_names(wanted, known))
    )
    return f"unknown incident {wanted!r}", remedy


def shipped_home(incident: str) -> str:
    """Return the name of the shipped file in which an incident stands; empty if in none."""
    return built_in_catalogue().origins.get(incident, "").split(":")[0]


def find_misfits(
    model: ScenarioModel,
    source: YamlSource,
    network: Network,
    catalogue: Catalogue,
    choice: Choice,
    files: Sequence[Path],
) -> Iterator[Problem]:
    """Find built-in closures and incidents that a network of one's own cannot place.

    A copy of the built-in network, or one that has its hubs, takes them all.

    Parameters
    ----------
    choice
        The incidents under study.
    files
        The incident files of the scenario, in its order.
    """
    if model.network == BUILT_IN:
        return
    built_in = {path.name: path for path in incident_files()}
    chosen = (*choice.candidates, *choice.sure)
    taken = {each.id for each in chosen}
    standing = [
        each for each in catalogue.from_files(built_in) if each.standing and each.id not in taken
    ]
    if model.standing_closures == "all" and not _fits(network, standing, catalogue):
        yield Problem(
            what="the standing closures are of the built-in network and do not fit this one",
            where=source.where(("standing_closures",)),
            remedy="write standing_closures: none, or name your own by their ids",
        )
    if _stands_in(model, source):
        return
    for number, path in enumerate(files):
        if built_in.get(path.name) != path:
            continue
        if not _fits(network, _of_file(catalogue, chosen, path.name), catalogue):
            yield Problem(
                what="these incidents are of the built-in network and do not fit this one",
                where=source.where(_place_of_files(source, number)),
                remedy="name your own: incidents: {files: [yours.yaml], documents: [docs.yaml]}",
            )
            if model.incidents.files == "built-in":
                return


def _stands_in(model: ScenarioModel, source: YamlSource) -> bool:
    """Whether the built-in incidents only take the place of a key that cannot be used."""
    written = source.value.get("incidents") if isinstance(source.value, dict) else None
    if isinstance(written, dict):
        written = written.get("files")
    return model.incidents.files == "built-in" and written not in (None, "built-in")


def _place_of_files(source: YamlSource, number: int) -> Location:
    item: Location = ("incidents", "files", number)
    return item if item[:1] in source.positions else ("network",)


def _of_file(
    catalogue: Catalogue, incidents: Sequence[Incident], name: str
) -> tuple[Incident, ...]:
    within = {incident.id for incident in catalogue.from_files([name])}
    return tuple(incident for incident in incidents if incident.id in within)


def _fits(network: Network, incidents: Sequence[Incident], catalogue: Catalogue) -> bool:
    try:
        place_incidents(network, incidents, catalogue)
    except InputError:
        return False
    return True
