"""What is given for a scenario in Python, read and checked argument by argument."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from pydantic import ValidationError

from netmodel.errors import InputError, Location, did_you_mean, nearest_names
from netmodel.files.mistakes import explain_errors
from netmodel.files.shipped import BUILT_IN
from netmodel.impact.situation import METRICS
from netmodel.network.formats import built_in_network, read_network
from netmodel.network.railway import Network
from netmodel.routing.profiles import PROFILES, Profile, running_minutes
from netmodel.scenario.collecting import Collecting
from netmodel.scenario.file import ScenarioModel, choose_profile
from netmodel.scenario.plain import as_plain, without_key
from netmodel.times import Window, load_zone, parse_instant

STAND_INS: Mapping[str, object] = {
    "title": "?",
    "window": {"start": "2000-01-01", "end": "2000-01-02", "zone": "UTC"},
    "demand": {"hubs": ["?", "??"]},
}
"""What takes the place of what is no option, while the options are checked as in a file."""
_OPTIONS = (
    "title", "description", "titles", "descriptions", "traffic", "capacity", "waiting",
    "replacement", "time_rule", "repair_scale", "metrics", "ensemble",
)  # fmt: skip


def check_options(given: Mapping[str, object], collecting: Collecting) -> ScenarioModel:
    """Return the options as a file would hold them; what is wrong with them is noted.

    The rest of the model stands in for what is no option, and for options that cannot be used.
    """
    written: dict[str, object] = {
        name: as_plain(given[name]) for name in _OPTIONS if given.get(name) is not None
    }
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
        collecting.note(("zone",), f"{given!r} is no name of a zone", "write Europe/Kyiv")
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
    """Whether a network is the one that comes with netmodel."""
    return network is built_in_network() or network == built_in_network()


def is_default(profile: Profile, traffic: str) -> bool:
    """Whether a profile is the built-in one of a kind of traffic."""
    return profile == PROFILES[traffic]
