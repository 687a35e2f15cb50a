"""What is given to a scenario from Python, read as the values that it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from pydantic import ValidationError

from netmodel.errors import InputError, Location, Problem, did_you_mean, nearest_names
from netmodel.files.mistakes import explain_errors
from netmodel.files.shipped import BUILT_IN
from netmodel.impact.demand import (
    Demand,
    gravity_demand,
    read_demand,
    select_hubs,
    tabulate_demand,
    uniform_demand,
)
from netmodel.impact.situation import METRICS
from netmodel.network.formats import built_in_network, read_network
from netmodel.network.names import Names
from netmodel.network.railway import Network
from netmodel.routing.profiles import PROFILES, Profile, running_minutes
from netmodel.scenario.collecting import Collecting, find_hubs, list_items
from netmodel.scenario.file import DemandModel, ScenarioModel, choose_profile
from netmodel.times import Window, as_text_or_day, load_zone, parse_instant

if TYPE_CHECKING:
    import pandas as pd


def as_plain(value: object) -> object:
    """Return a value as mappings, lists, texts and numbers, as far as it has that form.

    Examples
    --------
    >>> as_plain({"traffic": ("passenger",)})
    {'traffic': ['passenger']}
    """
    if is_dataclass(value) and not isinstance(value, type):
        inner = {each.name: getattr(value, each.name) for each in fields(value)}
        return {key: as_plain(each) for key, each in inner.items() if each is not None}
    if isinstance(value, Mapping):
        return {key: as_plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [as_plain(each) for each in value]
    if isinstance(value, Path):
        return str(value)
    number = getattr(value, "item", None)
    if number is not None and getattr(value, "shape", None) == ():
        return as_plain(number())
    return value


def without_key(problem: Problem) -> Problem:
    """Return a problem that does not name twice where it is.

    Examples
    --------
    >>> print(without_key(Problem(what="seed: must be >= 0", where="ensemble: seed")))
    ensemble: seed: must be >= 0
    """
    last = problem.where.split(": ")[-1].split(", ")[-1]
    return replace(problem, what=problem.what.removeprefix(f"{last}: "))


Rule: TypeAlias = "DemandModel | Demand | pd.DataFrame"
"""A demand before it is laid on a network."""


def read_rule(given: object, location: Location, collecting: Collecting) -> Rule | None:
    """Return what is meant by a demand: a rule as in a file, or the demand itself.

    Parameters
    ----------
    given
        A `Demand`, a list of hubs or a rule for them, a mapping as in a file, or a table
        ``from, to, trips``.
    """
    if isinstance(given, Demand | DemandModel) or is_table(given):
        return given  # type: ignore[return-value]
    if isinstance(given, Mapping):
        value = as_plain(given)
    elif isinstance(given, list | tuple):
        value = {"hubs": list(given)}
    elif isinstance(given, str):
        value = {"hubs": given}
    else:
        what = f"{type(given).__name__} is no demand"
        remedy = "give a list of hubs, a Demand, a table with from, to, trips, or a mapping"
        collecting.note(location, what, remedy)
        return None
    try:
        return DemandModel.model_validate(value)
    except ValidationError as error:
        places = lambda inner: collecting.locate((*location, *inner))  # noqa: E731
        collecting.problems += [
            without_key(each) for each in explain_errors(error, DemandModel, value, places)
        ]
    return None


def is_table(given: object) -> bool:
    """Whether something is a table of pandas, which is not imported for that."""
    return hasattr(given, "columns") and hasattr(given, "itertuples")


def build_demand(
    rule: Rule, location: Location, network: Network, folder: Path, collecting: Collecting
) -> Demand | None:
    """Return the demand that a rule gives on a network; what is wrong with it is noted.

    Parameters
    ----------
    folder
        Where the path of a table starts.
    """
    if isinstance(rule, Demand):
        find_hubs(rule.hubs, (*location, "hubs"), network, collecting)
        return rule
    if not isinstance(rule, DemandModel):
        return collecting.attempt(location, lambda: _from_table(rule, location, network))
    if rule.file is not None:
        path = folder / rule.file
        return collecting.attempt((*location, "file"), lambda: read_demand(path, network))
    return _by_rule(rule, location, network, collecting)


def _by_rule(
    rule: DemandModel, location: Location, network: Network, collecting: Collecting
) -> Demand | None:
    before = len(collecting.problems)
    among = _hubs_by_rule(rule, location, network, collecting)
    if isinstance(rule.hubs, str):
        hubs = select_hubs(network, rule.hubs)
        narrowed = rule.population_over is not None or rule.regions is not None
        hubs = [hub for hub in hubs if hub in set(among)] if narrowed else hubs
    else:
        named = find_hubs(rule.hubs or (), (*location, "hubs"), network, collecting)
        hubs = list(dict.fromkeys([*named, *among]))
    if len(collecting.problems) > before:
        return None
    if len(hubs) < 2:
        collecting.note(location, f"demand needs two hubs at least, this selects {len(hubs)}")
        return None
    if rule.kind == "gravity":
        return collecting.attempt(
            location,
            lambda: gravity_demand(
                network,
                hubs,
                exponent=rule.exponent,
                deterrence=rule.deterrence,
                scale_km=rule.scale_km,
            ),
        )
    return uniform_demand(hubs)


def _hubs_by_rule(
    rule: DemandModel, location: Location, network: Network, collecting: Collecting
) -> list[str]:
    if rule.population_over is None and rule.regions is None:
        return []
    names = Names(network)
    inside = {hub.id for hub in network.hubs}
    if rule.regions is not None:
        found = [
            collecting.attempt(
                (*location, "regions", number),
                lambda name=name: names.hubs_in(name)[1],  # type: ignore[misc]
            )
            for number, name in enumerate(rule.regions)
        ]
        inside = {hub.id for hubs in found for hub in hubs or ()}
    return [
        hub.id
        for hub in network.hubs
        if hub.id in inside
        and (rule.population_over is None or (hub.population or 0) > rule.population_over)
        and (hub.population or hub.kind != "junction")
    ]


def _from_table(table: pd.DataFrame, location: Location, network: Network) -> Demand:
    name = str(location[-1])
    missing = [each for each in ("from", "to", "trips") if each not in table.columns]
    if missing:
        raise ValueError(f"the table has no column {', '.join(missing)}")
    cells = table[["from", "to", "trips"]].itertuples(index=True, name=None)
    rows = ((f"{name}, row {index}", str(a), str(b), trips) for index, a, b, trips in cells)
    return tabulate_demand(rows, network, name=name)


def read_rules(given: object, location: Location, collecting: Collecting) -> dict[str, Rule]:
    """Return the demands that are given by kind of traffic."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        collecting.note(location, f"{given!r} is no mapping", "write {'freight': demand}")
        return {}
    found = {}
    for traffic, each in given.items():
        if traffic not in {"passenger", "freight"}:
            collecting.note(location, f"{traffic!r} is not known", "one of passenger, freight")
        rule = read_rule(each, (*location, str(traffic)), collecting)
        if rule is not None:
            found[str(traffic)] = rule
    return found


def read_anchors(given: object, network: Network, collecting: Collecting) -> tuple[str, ...]:
    """Return the ids of the anchors."""
    return find_hubs(list_items(given, ("anchors",), collecting), ("anchors",), network, collecting)


STAND_INS: Mapping[str, object] = {
    "title": "?",
    "window": {"start": "2000-01-01", "end": "2000-01-02", "zone": "UTC"},
    "demand": {"hubs": ["?", "??"]},
}
"""What takes the place of what is no option, while the options are checked as in a file."""
_OPTIONS = (
    "title", "description", "titles", "descriptions", "traffic", "capacity", "waiting",
    "replacement", "time_rule", "repair_scale", "near_minutes", "parts", "metrics", "ensemble",
    "train_rules",
)  # fmt: skip


def check_options(given: Mapping[str, object], collecting: Collecting) -> ScenarioModel:
    """Return the options as a file would hold them; what is wrong with them is noted.

    The rest of the model stands in for what is no option, and for options that cannot be used.
    """
    written: dict[str, object] = {
        name: as_plain(given[name]) for name in _OPTIONS if given.get(name) is not None
    }
    if not isinstance(written.get("train_rules"), Mapping) or is_dataclass(given["train_rules"]):
        written.pop("train_rules", None)
    profiles = given.get("profiles")
    routing: dict[str, object] = {"advisory": as_plain(given.get("advisory", "use"))}
    if isinstance(profiles, Mapping):
        routing["profiles"] = {
            key: {"like": each} if isinstance(each, str) else as_plain(each)
            for key, each in profiles.items()
            if not isinstance(each, Profile)
        }
    elif profiles is not None:
        collecting.note(("profiles",), f"{profiles!r} is no mapping", "{'passenger': profile}")
    value = {
        **STAND_INS, **written, "routing": routing,
        "report": {"language": as_plain(given.get("language", "en"))},
    }  # fmt: skip
    _note_unknown_metrics(written.get("metrics"), collecting)
    try:
        return ScenarioModel.model_validate(value)
    except ValidationError as error:
        found = explain_errors(error, ScenarioModel, value, collecting.locate)
        collecting.problems += [without_key(each) for each in found]
        for item in error.errors(include_url=False):
            value.pop(str(item["loc"][0]), None)
        return ScenarioModel.model_validate({**value, "title": "?"})


def _note_unknown_metrics(metrics: object, collecting: Collecting) -> None:
    for number, name in enumerate(metrics if isinstance(metrics, list) else ()):
        if isinstance(name, str) and name not in METRICS:
            remedy = did_you_mean(nearest_names(name, METRICS)) or f"one of {', '.join(METRICS)}"
            collecting.note(("metrics", number), f"unknown metric {name!r}", remedy)


def read_given_network(given: object, collecting: Collecting) -> Network | None:
    """Return the network that is given: itself, its path, or ``built-in``."""
    location = ("network",)
    if isinstance(given, str) and given == BUILT_IN:
        return built_in_network()
    if isinstance(given, str | Path):
        path = Path(given)
        if not path.exists():
            remedy = "give a Network, built-in, or the path of a folder, .gpkg or .graphml"
            collecting.note(location, f"no such network {str(given)!r}", remedy)
            return None
        given = collecting.attempt(location, lambda: read_network(path))
        if given is None:
            return None
    if not isinstance(given, Network):
        remedy = "give a Network, its path, or built-in"
        collecting.note(location, f"{type(given).__name__} is no network", remedy)
        return None
    if not given.links:
        collecting.note(location, "the network has no links")
        return None
    return given


def read_zone(given: object, collecting: Collecting) -> str | None:
    """Return the zone that is given, if it is one."""
    if given is None:
        return None
    if not isinstance(given, str):
        collecting.note(("zone",), f"{given!r} is no name of a zone", "write Europe/Berlin")
        return None
    found = collecting.attempt(("zone",), lambda: load_zone(given))
    return given if found is not None else None


def read_given_window(given: object, zone: str | None, collecting: Collecting) -> Window | None:
    """Return the window: itself, or its start and end as texts, dates or instants."""
    location: Location = ("window",)
    if isinstance(given, Window):
        return given
    if given is None:
        collecting.note(location, "is missing", "give its start and end: ('2023-05-18', ...)")
        return None
    if isinstance(given, Mapping):
        keys = {"start", "end", "zone"}
        unknown = [key for key in given if key not in keys]
        if unknown or not {"start", "end"} <= given.keys():
            collecting.note(location, f"{dict(given)!r} needs start and end", "(start, end)")
            return None
        zone = zone if given.get("zone") is None else read_zone(given["zone"], collecting)
        given = (given["start"], given["end"])
    if not isinstance(given, tuple | list) or len(given) != 2:
        collecting.note(location, f"{given!r} is no pair of times", "give its start and end")
        return None
    ends = [
        collecting.attempt(location, lambda each=each: read_instant(each, zone))  # type: ignore[misc]
        for each in given
    ]
    start, end = ends
    if start is None or end is None:
        return None
    return collecting.attempt(location, lambda: Window(start=start, end=end))


def read_instant(given: object, zone: str | None) -> datetime:
    """Return an instant in UTC; a day is its beginning in a zone.

    Raises
    ------
    ValueError
        If it is none, or has no offset and there is no zone.

    Examples
    --------
    >>> read_instant(date(2023, 5, 18), "Europe/Kyiv").isoformat()
    '2023-05-17T21:00:00+00:00'
    """
    if isinstance(given, datetime) and given.tzinfo is not None:
        return datetime.fromisoformat(given.astimezone(UTC).isoformat())
    given = as_text_or_day(given)
    if isinstance(given, date):
        given = given.isoformat()
    if not isinstance(given, str):
        what = f"{given!r} is no time; write for example 2023-05-18T07:40+03:00"
        raise ValueError(what)  # noqa: TRY004 - told as a problem of the input
    return parse_instant(given, zone=zone)


def read_profiles(
    given: object, options: ScenarioModel, network: Network, collecting: Collecting
) -> dict[str, Profile]:
    """Return the profile of each kind of traffic, which must leave it some link to run on."""
    own = given if isinstance(given, Mapping) else {}
    profiles: dict[str, Profile] = {}
    for traffic in own:
        if traffic not in {"passenger", "freight"} and isinstance(own[traffic], Profile):
            what = f"{traffic!r} is not known"
            collecting.note(("profiles",), what, "one of passenger, freight")
    for traffic in options.traffic:
        location = ("routing", "profiles", traffic)
        try:
            profile = own.get(traffic)
            if not isinstance(profile, Profile):
                profile = choose_profile(options.routing.profiles, traffic)
            elif profile.traffic != traffic:
                collecting.note(location, f"the profile is of {profile.traffic}, not of {traffic}")
            running_minutes(network, profile)
        except InputError as error:
            for each in error.problems:
                collecting.note(location, each.what, each.remedy)
        else:
            profiles[traffic] = profile
    return profiles


def is_built_in(network: Network) -> bool:
    """Whether a network is the one that comes with netmodel, whatever it is called."""
    built_in = built_in_network()
    if network is built_in:
        return True
    alike = len(network.hubs) == len(built_in.hubs) and len(network.links) == len(built_in.links)
    return alike and replace(network, name=built_in.name) == built_in


def is_default(profile: Profile, traffic: str) -> bool:
    """Whether a profile is the built-in one of a kind of traffic."""
    return profile == PROFILES[traffic]
