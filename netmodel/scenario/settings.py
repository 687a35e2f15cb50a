"""The options of a scenario that are more than a word or a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from netmodel.evidence.incident import Incident
from netmodel.scenario.file import ScenarioModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How many draws of the restoration times.

    Parameters
    ----------
    samples
        >= 1.
    seed
        >= 0; the same seed gives the same draws.
    open_ends
        ``as-long-again`` or ``fitted``: how an end that is not in the record is drawn; fitted
        to the durations of `Scenario.restoration`.

    Examples
    --------
    >>> Sampling(samples=100).seed
    0
    """

    samples: int
    seed: int = 0
    open_ends: str = "as-long-again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacities:
    """How many trains the links carry; the demand is then in trains per day.

    Parameters
    ----------
    trains_per_day
        All demand of a kind of traffic in the base state, in all or by kind of traffic; ``None``:
        trips are trains per day.
    by_class, by_link
        Trains per day of a line class whose links state none, and of single links by id.
    diesels
        Stock of diesel locomotives for sections without power; ``None`` if it is no limit.

    Examples
    --------
    >>> Capacities(trains_per_day={"freight": 40.0}).wanted_trains("passenger") is None
    True
    """

    trains_per_day: float | Mapping[str, float] | None = None
    by_class: Mapping[str, float] = field(default_factory=dict)
    by_link: Mapping[str, float] = field(default_factory=dict)
    diesels: float | None = None

    def wanted_trains(self, traffic: str) -> float | None:
        """Return the trains per day in all of a kind of traffic, if they are stated."""
        if isinstance(self.trains_per_day, Mapping):
            return self.trains_per_day.get(traffic)
        return self.trains_per_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Departures:
    """At which times journeys depart for the profile of wait or detour.

    Parameters
    ----------
    every_hours
        From the start of the window on, > 0.
    """

    every_hours: float = 6.0


PARTS = ("waiting", "capacity", "attribution")
"""The parts of a run that may take long, each with a choice of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a scenario came from.

    Parameters
    ----------
    files
        Every file that was read for it, its own first; none if it was made in Python.
    name
        What stands behind ``netmodel run``; empty if only the files of a run can say it.
    options
        Options of the command, with their values.

    Examples
    --------
    >>> Origin(name="crimea-may-2023", options={"rule": "latest"}).command
    'netmodel run crimea-may-2023 --rule latest'
    """

    files: tuple[Path, ...] = ()
    name: str = ""
    options: Mapping[str, object] = field(default_factory=dict)

    @property
    def command(self) -> str:
        """The command that runs the scenario; empty if none can."""
        if not self.name:
            return ""
        words = [f"--{option} {value}" for option, value in self.options.items() if value != ""]
        return " ".join(["netmodel run", self.name, *words])


COMMAND_OPTIONS: Mapping[str, str] = {"time_rule": "rule", "repair_scale": "repair-scale"}
"""Fields of a scenario that the command can set, and the options that do it."""
DATA = frozenset(
    {
        "network", "incidents", "documents", "standing_closures", "demand", "demand_by_traffic",
        "trains", "restoration",
    }
)  # fmt: skip
"""Fields that hold what was read from files, rather than a choice among rules."""


def change_origin(
    origin: Origin, changes: Mapping[str, object], *, ensemble: Sampling | None = None
) -> Origin:
    """Return where a scenario came from after some of its fields were replaced.

    Parameters
    ----------
    ensemble
        That of the scenario before.

    Examples
    --------
    >>> change_origin(Origin(name="x"), {"time_rule": "latest"}).command
    'netmodel run x --rule latest'
    >>> change_origin(Origin(name="x"), {"traffic": ["freight"]}).command
    ''
    """
    if DATA & changes.keys():
        return Origin()
    if not origin.name:
        return origin
    options = dict(origin.options)
    for name, value in changes.items():
        if name in COMMAND_OPTIONS:
            options[COMMAND_OPTIONS[name]] = value
        elif name == "parts" and isinstance(value, Mapping):
            for option, chosen in (("with", True), ("without", False)):
                named = [part for part in PARTS if value.get(part) is chosen]
                options[option] = ",".join(named)
        elif isinstance(value, Sampling) and value.open_ends == (ensemble or value).open_ends:
            options |= {"samples": value.samples, "seed": value.seed}
        else:
            return Origin(files=origin.files)
    return Origin(files=origin.files, name=origin.name, options=options)


def option_values(model: ScenarioModel) -> dict[str, object]:
    """Return the options that a scenario file states, as the values that they stand for."""
    capacity, waiting, ensemble = model.capacity, model.waiting, model.ensemble
    return {
        "traffic": tuple(model.traffic),
        "advisory": model.routing.advisory,
        "capacity": None if capacity is None else Capacities(**capacity.model_dump()),
        "waiting": None if waiting is None else Departures(**waiting.model_dump()),
        "replacement": model.replacement,
        "time_rule": model.time_rule,
        "repair_scale": model.repair_scale,
        "near_minutes": model.near_minutes,
        "parts": dict(model.parts),
        "metrics": tuple(model.metrics),
        "ensemble": None if ensemble is None else Sampling(**ensemble.model_dump()),
        "language": model.report.language,
        "description": model.description,
        "titles": dict(model.titles),
        "descriptions": dict(model.descriptions),
    }


def zone_of(incidents: Sequence[Incident]) -> str:
    """Return the zone that incidents share; UTC where they share none."""
    zones = {each.zone for each in incidents}
    return zones.pop() if len(zones) == 1 else "UTC"


def title_of(incidents: Sequence[Incident]) -> str:
    """Return a title for a scenario of some incidents that has none."""
    if not incidents:
        return "Without incidents"
    more = len(incidents) - 1
    return incidents[0].title + (f", and {more} more" if more else "")
