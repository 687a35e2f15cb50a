"""A scenario as files that `netmodel run` accepts."""

from __future__ import annotations

import csv
import io
import math
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from netmodel.arguments import refuse_wrong_kinds
from netmodel.evidence.catalogue_file import built_in_catalogue
from netmodel.evidence.incident import Catalogue, Claim, Document, Incident, Replacement
from netmodel.evidence.places import place_to_dict
from netmodel.evidence.vocabulary import TRAFFIC_TYPES
from netmodel.files.shipped import BUILT_IN
from netmodel.files.whole import complete_folder
from netmodel.files.written import LIST
from netmodel.files.yaml import to_yaml
from netmodel.impact.demand import Demand
from netmodel.impact.fate_rules import FateRules
from netmodel.impact.situation import METRICS
from netmodel.network.formats import write_network
from netmodel.outages.running import list_running
from netmodel.routing.profiles import Profile
from netmodel.scenario.file import DemandModel, ScenarioModel
from netmodel.scenario.given import as_plain, is_built_in, is_default
from netmodel.scenario.scenario import Scenario
from netmodel.scenario.train_choice import NO_TRAINS, SERVICES_FILE, shared_timetable
from netmodel.times import Bounds, load_zone, parse_time, write_bounds, write_instant
from netmodel.trains.services_file import trains_text

_DOCUMENT_ZONE = "Europe/Kyiv"
"""In which a file's dates of publication begin."""
Item = dict[str, object]


SCENARIO_FILE = "scenario.yaml"
NETWORK_FOLDER = "network"


@refuse_wrong_kinds
def write_scenario(scenario: Scenario, folder: Path | str, *, force: bool = False) -> Path:
    """Write a scenario into a folder of its own; return the path of its YAML file.

    Beside it lies what it needs and what does not come with netmodel: ``incidents.yaml``,
    ``documents.yaml``, ``network/``, ``demand.csv`` and ``services.csv``.

    Parameters
    ----------
    folder
        Appears whole or not at all.
    force
        Whether to move what may not be replaced to ``NAME.old``.

    Raises
    ------
    InputError
        If something else stands in the way, or the place cannot be written.

    Examples
    --------
    >>> import netmodel as nm
    >>> path = nm.scenario.write_scenario(nm.read_scenario("crimea-may-2023"), tempfile.mkdtemp())
    >>> path.name, nm.read_scenario(path).title
    ('scenario.yaml', 'Derailment near Simferopol, 18 May 2023')
    """
    folder = Path(folder)
    texts = scenario_texts(scenario)
    with complete_folder(folder, holds="scenario", force=force) as partial:
        for name, text in texts.items():
            (partial / name).parent.mkdir(exist_ok=True)
            (partial / name).write_text(text, encoding="utf-8", newline="")
    return folder / SCENARIO_FILE


def scenario_texts(scenario: Scenario) -> dict[str, str]:
    """Return the texts of the files of a scenario by their names, ``scenario.yaml`` first."""
    texts: dict[str, str] = {SCENARIO_FILE: to_yaml(_file_form(scenario))}
    if not _all_built_in(scenario):
        incidents = _incidents_to_write(scenario)
        if incidents:
            texts["incidents.yaml"] = write_incidents(incidents)
    own = _own_documents(scenario)
    if own:
        documents = scenario.catalogue.documents
        texts["documents.yaml"] = write_documents([documents[name] for name in own])
    if _describe_trains(scenario) == SERVICES_FILE and scenario.timetable is not None:
        texts[SERVICES_FILE] = trains_text(scenario.timetable)
    for traffic, rule, demand in _demands(scenario):
        if not isinstance(rule, DemandModel):
            texts[_demand_file(traffic)] = _demand_text(demand)
    if not is_built_in(scenario.network):
        texts |= _network_texts(scenario)
    return texts | _restoration_texts(scenario)


def _restoration_texts(scenario: Scenario) -> dict[str, str]:
    """Return the files of the record or the fit that open ends are drawn from, by their names."""
    given = scenario.restoration
    if given is None:
        return {}
    if not isinstance(given, Catalogue):
        from netmodel.restoration.fit_file import fit_text

        return {"restoration-fit.yaml": fit_text(given)}
    texts = {"restoration.yaml": write_incidents(given.incidents.values())}
    shipped = built_in_catalogue().documents
    own = [each for name, each in given.documents.items() if name not in shipped]
    return texts | ({"restoration-documents.yaml": write_documents(own)} if own else {})


def describe_scenario(scenario: Scenario) -> dict[str, Any]:
    """Return everything that the file of a scenario says, what it leaves out included."""
    return ScenarioModel.model_validate(_file_form(scenario)).model_dump(mode="json")


def _file_form(scenario: Scenario) -> Item:
    options: Item = {
        "traffic": list(scenario.traffic),
        "routing": _describe_routing(scenario),
        "trains": _describe_trains(scenario),
        "train_rules": _describe_rules(scenario.train_rules),
        "capacity": as_plain(scenario.capacity) if scenario.capacity else None,
        "waiting": as_plain(scenario.waiting) if scenario.waiting else None,
        "replacement": scenario.replacement,
        "time_rule": scenario.time_rule,
        "repair_scale": scenario.repair_scale,
        "near_minutes": scenario.near_minutes,
        "parts": dict(scenario.parts) or None,
        "metrics": None if scenario.metrics == tuple(METRICS) else list(scenario.metrics),
        "as_of": write_instant(scenario.as_of) if scenario.as_of else None,
        "ensemble": as_plain(scenario.ensemble) if scenario.ensemble else None,
        "restoration": list(_restoration_texts(scenario)) or None,
        "report": {"language": scenario.language},
    }
    demands = {traffic: rule for traffic, rule, _ in _demands(scenario)}
    general = demands.pop("")
    form: Item = {
        "title": scenario.title,
        "description": scenario.description,
        "titles": dict(scenario.titles),
        "descriptions": dict(scenario.descriptions),
        "network": BUILT_IN if is_built_in(scenario.network) else NETWORK_FOLDER,
        "window": {
            "start": write_instant(scenario.window.start),
            "end": write_instant(scenario.window.end),
            "zone": scenario.zone,
        },
        "incidents": _describe_incidents(scenario),
        "standing_closures": _describe_closures(scenario),
        "demand": _describe_demand("", general),
        "demand_by_traffic": {name: _describe_demand(name, each) for name, each in demands.items()},
        "anchors": list(scenario.anchors),
        **options,
    }
    return {key: value for key, value in form.items() if value not in (None, "", {})}


def _describe_routing(scenario: Scenario) -> Item:
    own = {
        traffic: _describe_profile(scenario.profiles[traffic])
        for traffic in scenario.traffic
        if not is_default(scenario.profiles[traffic], traffic)
    }
    return {"advisory": scenario.advisory, **({"profiles": own} if own else {})}


def _describe_trains(scenario: Scenario) -> str:
    if scenario.timetable is None:
        return NO_TRAINS
    return BUILT_IN if scenario.timetable == shared_timetable() else SERVICES_FILE


def _describe_rules(rules: FateRules) -> Item:
    """Return the rules as a file holds them; empty for the usual ones."""
    if rules == FateRules():
        return {}
    share = rules.detour_at_most_share
    return {
        **{each.name: as_plain(getattr(rules, each.name)) for each in fields(rules)},
        "detour_at_most_share": None if math.isinf(share) else share,
    }


def _describe_profile(profile: Profile) -> Item:
    def minutes(value: float) -> float | str:
        return "forbidden" if math.isinf(value) else value

    found: Item = {
        "speed_kmh": {key: float(value) for key, value in profile.speed_kmh.items()},
        "diesel_speed_share": profile.diesel_speed_share,
        "slowed_speed_share": profile.slowed_speed_share,
        "industrial_entry_minutes": profile.industrial_entry_minutes,
        "reversal_minutes": minutes(profile.reversal_minutes),
        "gauge_change_minutes": minutes(profile.gauge_change_minutes),
        "forbidden_classes": list(profile.forbidden_classes),
    }
    return found if profile.gauges_mm is None else found | {"gauges_mm": list(profile.gauges_mm)}


# Incidents


def _chosen(scenario: Scenario) -> tuple[tuple[Incident, ...], tuple[Incident, ...]]:
    """Return studied incidents and background with all their claims, unreported ones too."""
    found, whole = scenario.selection, scenario.whole_selection
    everything = scenario.catalogue.incidents

    def complete(known: Sequence[Incident], among: Sequence[Incident]) -> tuple[Incident, ...]:
        wanted = {*(each.id for each in known), *found.not_yet_reported}
        first = [each.id for each in among if each.id in wanted]
        rest = [each.id for each in known if each.id not in first]
        return tuple(everything[name] for name in (*first, *rest))

    return complete(found.studied, whole.studied), complete(found.background, whole.background)


def _all_built_in(scenario: Scenario) -> bool:
    """Whether the built-in files hold all that is chosen, in the same order."""
    return all(_is_shipped(part) for part in _chosen(scenario))


def _is_shipped(incidents: Sequence[Incident]) -> bool:
    shipped = built_in_catalogue().incidents
    place = {name: number for number, name in enumerate(shipped)}
    same = all(shipped.get(each.id) == each for each in incidents)
    return same and all(place[a.id] < place[b.id] for a, b in pairwise(incidents))


def _incidents_to_write(scenario: Scenario) -> list[Incident]:
    """Return what the built-in files do not hold; all of it if they hold some of the studied."""
    studied, background = _chosen(scenario)
    apart = not {each.id for each in studied} & built_in_catalogue().incidents.keys()
    chosen = [*studied] if apart and _is_shipped(background) else [*studied, *background]
    return [*chosen, *_reporters_of_trains(scenario)]


def _reporters_of_trains(scenario: Scenario) -> list[Incident]:
    """Return the incidents that are not chosen, whose trains may end closures that are.

    The trains of the built-in record are known on the built-in network in any case.
    """
    chosen = {each.id for part in _chosen(scenario) for each in part}
    every = scenario.catalogue.incidents
    reporting = {train.incident for train in list_running(every.values())} - chosen
    if is_built_in(scenario.network):
        reporting -= built_in_catalogue().incidents.keys()
    return [each for name, each in every.items() if name in reporting]


def _own_documents(scenario: Scenario) -> list[str]:
    """Return the ids of the documents cited that do not come with netmodel, in their order."""
    shipped = built_in_catalogue().documents
    cited = {
        name
        for part in (*_chosen(scenario), _reporters_of_trains(scenario))
        for each in part
        for name in (*each.documents, *(service.document for service in each.replacements))
    }
    if _describe_trains(scenario) == SERVICES_FILE:
        cited |= scenario.train_documents.keys()
    return [name for name in scenario.catalogue.documents if name in cited - {*shipped}]


def _describe_incidents(scenario: Scenario) -> Item:
    studied, background = _chosen(scenario)
    own = not _all_built_in(scenario) and bool(studied or background)
    documents = ["documents.yaml"] if _own_documents(scenario) else BUILT_IN
    return {
        "files": ["incidents.yaml"] if own else BUILT_IN,
        "documents": documents,
        "ids": [each.id for each in studied],
    }


def _describe_closures(scenario: Scenario) -> str | list[str]:
    background = _chosen(scenario)[1]
    if not background:
        return "none"
    return [each.id for each in background]


# Demand


def _demands(scenario: Scenario) -> list[tuple[str, object, Demand]]:
    """Return kind of traffic, rule and demand of each demand; that of all kinds first."""
    rule, rules = scenario.demand_rules
    first: list[tuple[str, object, Demand]] = [("", rule, scenario.demand)]
    return first + [
        (traffic, rules[traffic], demand) for traffic, demand in scenario.demand_by_traffic.items()
    ]


def _demand_file(traffic: str) -> str:
    return f"demand-{traffic}.csv" if traffic else "demand.csv"


def _describe_demand(traffic: str, rule: object) -> Item:
    if isinstance(rule, DemandModel):
        return rule.model_dump(mode="json", exclude_defaults=True)
    return {"kind": "table", "file": _demand_file(traffic)}


def _demand_text(demand: Demand) -> str:
    """Return the table of a demand, which names its hubs in their order."""
    rows = [
        (demand.hubs[i], demand.hubs[j], repr(float(demand.trips[i, j])))
        for i, j in np.argwhere(demand.trips > 0).tolist()
    ]
    named = tuple(dict.fromkeys(hub for row in rows for hub in row[:2]))
    if named != demand.hubs:
        rows = [*_in_order(demand.hubs), *rows]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["from", "to", "trips"])
    writer.writerows(rows)
    return stream.getvalue()


def _in_order(hubs: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return rows without trips that name hubs in their order."""
    return [(one, other, "0") for one, other in pairwise(hubs)]


# The network


def _network_texts(scenario: Scenario) -> Mapping[str, str]:
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room) / NETWORK_FOLDER
        write_network(scenario.network, folder)
        return {
            f"{NETWORK_FOLDER}/{path.name}": path.read_bytes().decode("utf-8")
            for path in sorted(folder.iterdir())
            if path.name != LIST
        }


def write_incidents(incidents: Iterable[Incident]) -> str:
    """Return a file of incidents.

    Examples
    --------
    >>> import netmodel as nm
    >>> incident = nm.built_in_catalogue().incidents["2023-05-18-simferopol-chystenke"]
    >>> write_incidents([incident]).splitlines()[:2]
    ['incidents:', '- id: 2023-05-18-simferopol-chystenke']
    """
    return to_yaml({"incidents": [_describe_incident(each) for each in incidents]})


def write_documents(documents: Iterable[Document]) -> str:
    """Return a file of documents.

    Examples
    --------
    >>> print(write_documents([Document(id="d", publisher="P")]), end="")
    documents:
    - id: d
      publisher: P
    """
    return to_yaml({"documents": [_describe_document(each) for each in documents]})


def _given(**values: object) -> Item:
    """Return the values that say something."""
    said = {name: each for name, each in values.items() if each is not None}
    return {name: each for name, each in said.items() if each not in ([], {})}


def _describe_incident(incident: Incident) -> Item:
    places = [place_to_dict(each) for each in incident.places]
    both = set(incident.traffic) == set(TRAFFIC_TYPES)
    slowed, recurs = incident.slowed_minutes, incident.recurs
    return _given(
        id=incident.id,
        title=incident.title,
        titles=dict(incident.titles),
        kind=incident.kind,
        zone=incident.zone,
        place=places[0] if len(places) == 1 else places,
        effect=incident.effect,
        then=incident.then,
        traffic=None if both else list(incident.traffic),
        slowed=None if slowed is None else {"minutes": slowed},
        standing=incident.standing or None,
        replacement=[_describe_replacement(each) for each in incident.replacements],
        note=incident.note,
        tag=incident.tag,
        recurs=None
        if recurs is None
        else {
            "days": recurs.days,
            "from": recurs.from_clock,
            "to": recurs.to_clock,
            "until": recurs.until.isoformat(),
        },
        trains_per_day=dict(incident.trains_per_day),
        wagons_per_day=dict(incident.wagons_per_day),
        claims=[_describe_claim(each, incident.zone) for each in incident.claims],
    )


def _describe_replacement(service: Replacement) -> Item:
    return {"from": service.from_hub} | _given(
        to=service.to_hub,
        document=service.document,
        via=list(service.via),
        minutes=service.minutes,
        passengers_per_day=service.passengers_per_day,
    )


def _describe_claim(claim: Claim, zone: str) -> Item:
    places = [place_to_dict(each) for each in claim.places]
    return _given(
        document=claim.document,
        speaker=claim.speaker,
        party=claim.party,
        says=claim.says,
        about=claim.about,
        basis=claim.basis,
        at=None if claim.at is None else write_bounds(claim.at),
        within_hours=claim.within_hours,
        lasted_hours=claim.lasted_hours,
        made=None if claim.made is None else _describe_day(claim.made, zone),
        figures=dict(claim.figures),
        traffic=list(claim.traffic),
        place=places[0] if len(places) == 1 else places,
        spell=None if claim.spell == 1 else claim.spell,
    )


def _describe_document(document: Document) -> Item:
    published = document.published
    return _given(
        id=document.id,
        publisher=document.publisher,
        title=document.title,
        published=(
            None
            if published is None
            else _describe_day(published, _DOCUMENT_ZONE, document.published_text)
        ),
        url=document.url,
        language=document.language,
        note=document.note,
    )


def _describe_day(bounds: Bounds, zone: str, text: str = "") -> str | None:
    """Return the text of a time that a file gives as an instant, a day or a month.

    Where it is none of these, the latest instant: by then it was public.
    """
    known = [each for each in (bounds.earliest, bounds.latest) if each is not None]
    if not known:
        return None
    local = known[0].astimezone(load_zone(zone))
    for guess in (text, f"{local:%Y-%m-%d}", f"{local:%Y-%m}"):
        if guess and _means(guess, zone, bounds):
            return guess
    return write_instant(known[-1])


def _means(text: str, zone: str, bounds: Bounds) -> bool:
    try:
        return parse_time(text, zone=zone) == bounds
    except ValueError:
        return False
