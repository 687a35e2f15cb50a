"""The scenario file and its JSON Schema: what it may say, with all its mistakes at once."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, field_validator, model_validator

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem, UnknownNameError, did_you_mean, nearest_names
from netmodel.evidence.catalogue_forms import (
    DocumentsFile,
    EffectName,
    IncidentsFile,
    KindName,
    LanguageName,
)
from netmodel.files.shipped import BUILT_IN
from netmodel.files.strict import StrictModel
from netmodel.files.yaml import YamlSource, parse_yaml, read_yaml, validate
from netmodel.impact.fate_rules import FateRules
from netmodel.impact.pair_ways import NEAR_MINUTES
from netmodel.impact.situation import METRICS
from netmodel.outages.draws import MOST_SAMPLES
from netmodel.routing.profiles import PROFILES, Profile
from netmodel.scenario.schema_texts import explain_schema
from netmodel.times import Window, load_zone, parse_instant

LineClass = Literal["main", "secondary", "branch", "industrial", "connector", "road"]
TrafficName = Literal["passenger", "freight"]
HubRule = Literal["all", "stations", "ends"]
BuiltInProfile = Literal["passenger", "freight", "intercity", "suburban"]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False, strict=True)]
Share = Annotated[float, Field(gt=0, le=1, strict=True)]


class ProfileModel(StrictModel):
    """A train of the user's own: a built-in one with some figures set differently."""

    like: BuiltInProfile | None = Field(
        None, description="Built-in profile that gives what is left out; that of the traffic"
    )
    speed_kmh: dict[LineClass, Positive] = Field(
        default_factory=dict, description="Average speed by line class, stops included"
    )
    diesel_speed_share: Annotated[float, Field(ge=0, le=1, strict=True)] | None = Field(
        None, description="Speed behind a diesel over normal speed; 0: there are no diesels"
    )
    slowed_speed_share: Share | None = Field(
        None, description="Speed where traffic is slowed and no figure is reported"
    )
    industrial_entry_minutes: NotNegative | None = Field(
        None, description="Added to each industrial link"
    )
    reversal_minutes: NotNegative | Literal["forbidden"] | None = Field(
        None, description="Running the engine round the train"
    )
    gauge_change_minutes: NotNegative | Literal["forbidden"] | None = Field(
        None, description="Passing from one gauge to another"
    )
    forbidden_classes: list[LineClass] | None = Field(
        None, description="Line classes that this train does not use"
    )
    gauges_mm: list[Annotated[int, Field(gt=0, strict=True)]] | None = Field(
        None, description="Gauges that this train uses; all if left out"
    )

    @model_validator(mode="after")
    def _leaves_something(self) -> ProfileModel:
        if set(self.forbidden_classes or ()) >= {"main", "secondary", "branch", "connector"}:
            raise ValueError("the profile forbids every class of railway")
        if self.gauges_mm == []:
            raise ValueError("the profile forbids every gauge")
        return self

    def to_profile(self, traffic: str) -> Profile:
        """Return the profile of a kind of traffic with these figures."""
        base = PROFILES[self.like or traffic]

        def figure(name: str) -> float:
            value = getattr(self, name)
            if value is None:
                return float(getattr(base, name))
            return math.inf if value == "forbidden" else float(value)

        return Profile(
            name=traffic,
            traffic=traffic,
            speed_kmh={**base.speed_kmh, **{str(k): v for k, v in self.speed_kmh.items()}},
            diesel_speed_share=figure("diesel_speed_share"),
            slowed_speed_share=figure("slowed_speed_share"),
            industrial_entry_minutes=figure("industrial_entry_minutes"),
            reversal_minutes=figure("reversal_minutes"),
            gauge_change_minutes=figure("gauge_change_minutes"),
            forbidden_classes=(
                base.forbidden_classes
                if self.forbidden_classes is None
                else tuple(self.forbidden_classes)
            ),
            gauges_mm=base.gauges_mm if self.gauges_mm is None else tuple(self.gauges_mm),
        )


class CapacityModel(StrictModel):
    """How many trains the links carry; the demand is then in trains per day."""

    trains_per_day: Positive | dict[TrafficName, Positive] | None = Field(
        None,
        description="All demand of a kind of traffic in the base state, so many trains in all; "
        "trips are trains per day if left out",
    )
    by_class: dict[LineClass, NotNegative] = Field(
        default_factory=dict, description="Trains per day of links whose own is not known"
    )
    by_link: dict[str, NotNegative] = Field(
        default_factory=dict, description="Trains per day of single links, by id"
    )
    diesels: NotNegative | None = Field(
        None, description="Stock of diesel locomotives for sections without power"
    )


class DeparturesModel(StrictModel):
    """At which times journeys depart for the profile of wait or detour."""

    every_hours: Positive = Field(6.0, description="Departures from the window's start on")


def choose_profile(profiles: dict[TrafficName, ProfileModel], traffic: str) -> Profile:
    """Return the profile of a kind of traffic: the scenario's own, or the built-in one.

    Examples
    --------
    >>> own = ProfileModel(like="intercity", gauge_change_minutes="forbidden")
    >>> choose_profile({"passenger": own}, "passenger").gauge_change_minutes
    inf
    >>> choose_profile({}, "freight") is PROFILES["freight"]
    True
    """
    for name, own in profiles.items():
        if name == traffic:
            return own.to_profile(traffic)
    return PROFILES[traffic]


Text = Annotated[str, Field(min_length=1)]


class WindowModel(StrictModel):
    """The time that is looked at, half-open."""

    start: Text = Field(description="Instant with offset, or a date: the start of that day")
    end: Text = Field(description="Instant with offset, or a date: the start of that day")
    zone: str = Field(
        "Europe/Kyiv", description="IANA zone in which dates begin; by default that of the network"
    )

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        load_zone(value)
        return value

    @field_validator("start", "end")
    @classmethod
    def _is_instant(cls, value: str) -> str:
        parse_instant(value, zone="UTC")  # told even where the zone of the window is unknown
        return value

    @model_validator(mode="after")
    def _not_empty(self) -> WindowModel:
        self.to_window()
        return self

    def to_window(self) -> Window:
        """Return the window in UTC."""
        return Window(
            start=parse_instant(self.start, zone=self.zone),
            end=parse_instant(self.end, zone=self.zone),
        )


class IncidentsModel(StrictModel):
    """Which incidents are studied."""

    files: list[Text] | Literal["built-in"] = Field(
        "built-in", description="YAML files beside the scenario or shipped ones; or built-in"
    )
    documents: list[Text] | Literal["built-in"] = Field(
        "built-in", description="Document files; or built-in"
    )
    ids: list[Text] | None = Field(
        None, description="Only these; all that touch the window if left out"
    )
    also: list[Text] = Field(
        default_factory=list, description="Further incidents of the same files, by id"
    )
    kinds: list[KindName] | None = Field(None, description="Only incidents of these kinds")
    effects: list[EffectName] | None = Field(None, description="Only incidents with these effects")


class DemandModel(StrictModel):
    """Between which hubs, and how much."""

    kind: Literal["uniform", "gravity", "table"] = "uniform"
    hubs: list[Text] | HubRule | None = Field(
        None,
        description="Hubs by id or name; or all, those that are stations, or the ends of lines",
    )
    population_over: Annotated[int, Field(ge=0, strict=True)] | None = Field(
        None, description="All hubs of towns with more inhabitants"
    )
    regions: list[Text] | None = Field(None, description="Only hubs in these regions or countries")
    exponent: Annotated[float, Field(ge=0, allow_inf_nan=False, strict=True)] = Field(
        1.0, description="Gravity: power of the distance"
    )
    deterrence: Literal["power", "exponential"] = Field(
        "power", description="Gravity: how demand falls with the distance"
    )
    scale_km: Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)] = Field(
        300.0, description="Gravity: distance over which exponential deterrence falls to 1/e"
    )
    file: Text | None = Field(None, description="Table: CSV with columns from, to, trips")

    @model_validator(mode="after")
    def _complete(self) -> DemandModel:
        if (self.kind == "table") != (self.file is not None):
            raise ValueError("demand of kind table needs a file, and only that kind takes one")
        if self.kind != "table" and not (
            self.hubs or self.population_over is not None or self.regions
        ):
            what = "say between which hubs: hubs (a list, or all, stations, ends)"
            raise ValueError(f"{what}, population_over or regions")
        return self


class RoutingModel(StrictModel):
    """How trains choose their way."""

    advisory: Literal["use", "avoid"] = Field(
        "use", description="Whether passengers use routes that the operator advises against"
    )
    profiles: dict[TrafficName, ProfileModel] = Field(
        default_factory=dict, description="Trains of your own, by kind of traffic"
    )


_RULES = FateRules()
TrainKind = Literal["intercity", "long_distance", "international", "regional", "suburban"]


class FateRulesModel(StrictModel):
    """How trains are worked when their course is closed."""

    hold_first_minutes: NotNegative = Field(
        _RULES.hold_first_minutes,
        description="A closure of at most so long holds a train even if it could be diverted",
    )
    detour_at_most_minutes: NotNegative = Field(
        _RULES.detour_at_most_minutes,
        description="A train is diverted if that takes at most so many minutes longer",
    )
    detour_at_most_share: NotNegative | None = Field(
        None, description="And at most so many times its minutes longer; null: no such limit"
    )
    kinds_held: list[TrainKind] = Field(
        default_factory=lambda: list[TrainKind](_RULES.kinds_held),  # type: ignore[arg-type]
        description="Kinds of train that are never diverted",
    )
    kinds_electric: list[TrainKind] = Field(
        default_factory=lambda: list[TrainKind](_RULES.kinds_electric),  # type: ignore[arg-type]
        description="Kinds whose detours keep to the overhead line",
    )
    skipped_stop_minutes: NotNegative = Field(
        _RULES.skipped_stop_minutes,
        description="What leaving out a stop counts when ways are compared",
    )
    hold_at_most_minutes: NotNegative = Field(
        _RULES.hold_at_most_minutes,
        description="A closure of at most so long holds a train that cannot be diverted",
    )
    detour_passes_population: Annotated[int, Field(ge=0, strict=True)] | None = Field(
        _RULES.detour_passes_population,
        description="A detour passes the towns of so many inhabitants; null: it need not",
    )
    turn_over_population: Annotated[int, Field(ge=0, strict=True)] | None = Field(
        _RULES.turn_over_population,
        description="A train may turn in towns of so many inhabitants; null: at stops alone",
    )

    @model_validator(mode="after")
    def _without_contradiction(self) -> FateRulesModel:
        try:
            self.to_rules()
        except InputError as error:
            raise ValueError("; ".join(map(str, error.problems))) from None
        return self

    def to_rules(self) -> FateRules:
        """Return the rules."""
        share = self.detour_at_most_share
        kinds = {"kinds_held": tuple(self.kinds_held), "kinds_electric": tuple(self.kinds_electric)}
        limit = math.inf if share is None else share
        return FateRules(**{**self.model_dump(), **kinds, "detour_at_most_share": limit})


class EnsembleModel(StrictModel):
    """How many draws of the restoration times."""

    samples: Annotated[int, Field(ge=1, le=MOST_SAMPLES, strict=True)]
    seed: Annotated[int, Field(ge=0, strict=True)]
    open_ends: Literal["as-long-again", "fitted"] = Field(
        "as-long-again",
        description="Restorations not in the record: a rule without a fit, or a model fitted to "
        "the record that `restoration` names",
    )


class ReportModel(StrictModel):
    """What the report looks like."""

    language: LanguageName = "en"


class ScenarioModel(StrictModel):
    """One scenario of netmodel."""

    title: Text
    description: str = ""
    titles: dict[LanguageName, Text] = Field(
        default_factory=dict, description="The title in other languages of the report"
    )
    descriptions: dict[LanguageName, Text] = Field(
        default_factory=dict, description="The description in other languages of the report"
    )
    network: Text = Field(BUILT_IN, description="built-in, or a network folder beside the scenario")
    window: WindowModel
    incidents: IncidentsModel = Field(default_factory=lambda: IncidentsModel())
    standing_closures: Literal["all", "none"] | list[Text] | None = Field(
        None,
        description="Closures in force in the base state: all, none, or incident ids; "
        "left out: all on the built-in network, none on another",
    )
    demand: DemandModel
    demand_by_traffic: dict[TrafficName, DemandModel] = Field(
        default_factory=dict, description="Demand of a kind of traffic, where it differs"
    )
    anchors: list[Text] = Field(
        default_factory=list, description="A hub with no path to any of these is isolated"
    )
    traffic: list[Literal["passenger", "freight"]] = Field(
        default=["passenger"], min_length=1,
        description="The first one heads the tables",
    )  # fmt: skip
    routing: RoutingModel = Field(default_factory=lambda: RoutingModel())
    trains: Text | None = Field(
        None,
        description="Published trains: built-in, none, or a table like services.csv; left out: "
        "the built-in ones on the built-in network, else the table in the folder of the network",
    )
    train_rules: FateRulesModel = Field(default_factory=lambda: FateRulesModel())
    capacity: CapacityModel | None = Field(
        None, description="Flows under the capacities of links; left out: no capacity holds"
    )
    waiting: DeparturesModel | None = Field(
        None, description="Delays by wait or detour; left out: where they are quickly computed"
    )
    replacement: Literal["documented", "none"] = Field(
        "documented", description="Whether documented buses run"
    )
    time_rule: Literal["earliest", "midpoint", "latest"] = Field(
        "midpoint", description="How one time is chosen within the bounds of the evidence"
    )
    repair_scale: Annotated[float, Field(gt=0, le=1000, strict=True)] = Field(
        1.0, description="Restoration takes so many times as long; 2 for repairs half as fast"
    )
    near_minutes: Annotated[float, Field(ge=0, le=1440, strict=True)] = Field(
        NEAR_MINUTES,
        description="Two ways of a pair that differ by less count as equally quick",
    )
    parts: dict[Literal["waiting", "capacity", "attribution"], StrictBool] = Field(
        default_factory=dict,
        description="Long parts of the run that are asked for (true) or left out (false); one that "
        "is not named is left out where it would take more than some seconds",
    )
    metrics: list[Text] = Field(default_factory=lambda: list(METRICS), min_length=1)
    as_of: Text | None = Field(None, description="Use only what was published by this instant")
    ensemble: EnsembleModel | None = None
    restoration: Text | list[Text] = Field(
        BUILT_IN,
        description="Record that fitted durations of open ends rest on: built-in, or files of "
        "incidents and documents, or one of a fit",
    )
    report: ReportModel = Field(default_factory=lambda: ReportModel())

    @field_validator("traffic", "metrics")
    @classmethod
    def _named_once(cls, value: list[str]) -> list[str]:
        twice = sorted({each for each in value if value.count(each) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)} is written twice")
        return value

    @field_validator("as_of")
    @classmethod
    def _as_of_is_an_instant(cls, value: str | None) -> str | None:
        if value is not None:
            parse_instant(value)
        return value

    def wanted_closures(self) -> str | list[str]:
        """Return ``all``, ``none`` or ids: what is written, or what leaving it out means."""
        if self.standing_closures is None:
            return "all" if self.network == BUILT_IN else "none"
        return self.standing_closures

    def as_of_instant(self) -> datetime | None:
        """Return `as_of` in UTC, if given."""
        return None if self.as_of is None else parse_instant(self.as_of)


def read_scenario_file(path: Path) -> tuple[ScenarioModel, YamlSource]:
    """Read and check a scenario file.

    Returns
    -------
    tuple
        The scenario, and the file with the position of every key for later messages.

    Raises
    ------
    InputError
        With every mistake at ``file:line:column``.
    """
    source = read_yaml(path)
    return check_scenario(source), source


def parse_scenario(text: str, *, name: str = "scenario") -> ScenarioModel:
    """Read and check a scenario given as text.

    Examples
    --------
    >>> scenario = parse_scenario('''
    ... title: Two days
    ... window: {start: 2023-05-18, end: 2023-05-20, zone: Europe/Simferopol}
    ... demand: {hubs: [Simferopol, Sevastopol]}
    ... ''')
    >>> scenario.window.to_window().hours
    48.0
    """
    return check_scenario(parse_yaml(text, name=name))


def check_scenario(source: YamlSource) -> ScenarioModel:
    """Return the scenario that a file holds.

    Raises
    ------
    InputError
        With every mistake of the file itself; what it refers to is not looked at.
    """
    problems: list[Problem] = []
    scenario = None
    try:
        scenario = validate(source, ScenarioModel)
    except InputError as error:
        problems += error.problems
    problems += _unknown_metrics(source)
    if problems or scenario is None:
        raise InputError(problems)
    return scenario


def _unknown_metrics(source: YamlSource) -> Iterator[Problem]:
    metrics = source.value.get("metrics") if isinstance(source.value, dict) else None
    for number, name in enumerate(metrics if isinstance(metrics, list) else ()):
        if isinstance(name, str) and name not in METRICS:
            remedy = did_you_mean(nearest_names(name, METRICS)) or f"one of {', '.join(METRICS)}"
            where = source.where(("metrics", number))
            yield Problem(what=f"unknown metric {name!r}", where=where, remedy=remedy)


SCHEMA_NAME = "scenario.schema.json"


@refuse_wrong_kinds
def json_schema(kind: str = "scenario") -> str:
    """Return the JSON Schema of a kind of file.

    Raises
    ------
    UnknownNameError
        If there is no such kind of file.

    Examples
    --------
    >>> json.loads(json_schema("documents"))["title"]
    'netmodel documents'
    """
    if kind not in SCHEMAS:
        raise UnknownNameError.among("kind of file", kind, SCHEMAS)
    return SCHEMAS[kind]()


def scenario_schema() -> str:
    """Return the JSON Schema of a scenario, for editors.

    Examples
    --------
    >>> json.loads(scenario_schema())["title"]
    'netmodel scenario'
    """
    schema = ScenarioModel.model_json_schema()
    schema["properties"]["metrics"]["items"] = {"enum": list(METRICS)}
    return _write_schema(schema, "netmodel scenario")


def _write_schema(schema: dict[str, Any], title: str) -> str:
    explain_schema(schema, title.split()[-1])
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = title
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


SCHEMAS: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "scenario": scenario_schema,
        "incidents": lambda: _write_schema(IncidentsFile.model_json_schema(), "netmodel incidents"),
        "documents": lambda: _write_schema(DocumentsFile.model_json_schema(), "netmodel documents"),
    }
)
"""What writes the schema of each kind of file."""
