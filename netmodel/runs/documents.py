"""The documents of a run: its summary, its evidence and its provenance, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field, PlainSerializer, PlainValidator

from netmodel.runs.json_values import (
    AllSaid,
    Instant,
    KnownNumber,
    Number,
    Said,
    Span,
    Where,
    Zone,
    mistake,
)
from netmodel.times import load_zone

StartHub: TypeAlias = Annotated[str, Field(alias="from")]
EndHub: TypeAlias = Annotated[str, Field(alias="to")]
PairsKept: TypeAlias = Literal["all", "affected", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunWindow:
    """The window of a run: half-open, UTC, with the zone in which it is shown."""

    start: Instant
    end: Instant
    zone: Zone

    @property
    def local(self) -> tuple[datetime, datetime]:
        """Start and end in the zone of the window."""
        return self.to_zone(self.start), self.to_zone(self.end)

    def to_zone(self, instant: datetime) -> datetime:
        """Return an instant in the zone of the window."""
        return instant.astimezone(load_zone(self.zone))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A headline figure.

    Parameters
    ----------
    value
        Under the chosen times; ``inf`` where it is not reached within the window, ``None`` where
        it is not known.
    guaranteed, possible
        For the most unfavourable and the most favourable times that the evidence allows.
    states
        The one state that the figure speaks of; empty where it is of the window as a whole.
    span
        The first and the last of the adjoining states in which it has this value; empty where
        `states` is, for a figure of a day, and in runs that were written earlier.
    incidents, documents
        What the figure rests on; standing closures are apart.
    start_hub, end_hub
        The pair that the figure speaks of, if it is of one.
    other_way
        Whether that pair travels over other links than in the base; ``None`` where that is not
        known.

    Examples
    --------
    >>> from netmodel import run_scenario
    >>> figure = run_scenario("crimea-may-2023").summary.figures[0]
    >>> figure.name, figure.value, len(figure.documents)
    ('pairs_cut_at_worst', 20, 14)
    """

    name: str
    traffic: str
    unit: str
    value: Number
    guaranteed: Number = None
    possible: Number = None
    states: tuple[int, ...] = ()
    span: tuple[int, ...] = ()
    incidents: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    standing_closures: tuple[str, ...] = ()
    start_hub: Annotated[str | None, Field(alias="from")] = None
    end_hub: Annotated[str | None, Field(alias="to")] = None
    other_way: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceWorth:
    """What it would be worth to know one time: by how many hours the range of the loss shrinks.

    Parameters
    ----------
    about
        ``start`` or ``restoration``.
    width, known_width
        Hours between the bounds of the loss, now and if the time were known.
    """

    incident: str
    about: str
    width: Number
    shrinks_by: Number
    known_width: Number = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnsembleSummary:
    """How the samples of a run were drawn, and quantiles of the loss by kind of traffic.

    Parameters
    ----------
    durations_of, durations
        Whose durations open ends were drawn from, ``built-in`` or ``own``, and how many they
        are; empty and ``None`` where they were drawn by a rule.
    """

    samples: int
    seed: int
    drawing: str = ""
    durations_of: str = ""
    durations: int | None = None
    distinct_states: int | None = None
    resilience_loss: Mapping[str, Mapping[str, Number]] = field(default_factory=dict)


def _gather_losses(value: object) -> object:
    """Return an ensemble with its losses under one key; 0.1 wrote a key for each traffic."""
    if not isinstance(value, Mapping) or "resilience_loss" in value:
        return value
    word = "resilience_loss_"
    losses = {k.removeprefix(word): v for k, v in value.items() if str(k).startswith(word)}
    return {**value, "resilience_loss": losses}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTrainDay:
    """Trains of one day: how many ran, and how many certainly or possibly did not get through."""

    day: date
    trains: int
    certainly_not: int
    possibly_not: int
    by_fate: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTrains:
    """What became of the trains of a run.

    Parameters
    ----------
    counted
        Trains that ran on a day of the window and have a way in the base state.
    without_course
        Ids of those that have none, which no figure counts.
    trains_a_day, by_fate
        Trains a day over the window, and by fate.
    train_hours_late
        Hours late of all trains that ran to their last stop.
    stops_not_served
        Calls that did not take place, over all days.
    worst_day
        With the most trains that certainly did not get through by rail; of several the first
        with the most that possibly did not. ``None`` where all got through.
    """

    counted: int
    without_course: tuple[str, ...]
    trains_a_day: KnownNumber
    by_fate: Mapping[str, KnownNumber]
    train_hours_late: KnownNumber
    stops_not_served: KnownNumber
    worst_day: RunTrainDay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreached:
    """The places that no path by rail led to at the worst moment, by their ids.

    Those that have a path in the base to a place that they have demand with, and then to none of
    them; of a run with anchors, to an anchor. ``by_bus`` are those that a documented bus joined.
    """

    by_bus: tuple[str, ...] = ()
    cut_off: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Summary:
    """Title, window, counts and headline figures of a run.

    Parameters
    ----------
    titles, descriptions
        By language, where the scenario gives them in several.
    pairs_kept
        Which pairs the tables hold: ``all``, those ``affected``, or ``none``.
    pairs_in_base
        How many of all pairs with demand have a path in the base state, by kind of traffic; empty
        in runs that were written earlier, and `unreached` is ``None`` in them.
    directed
        Kinds of traffic whose demand has pairs in both directions, so that each direction counts.
    not_yet_reported
        Incidents that a run as of an instant leaves out; ``None`` for other runs.
    undated
        Ids of those of them whose documents have no date, so that no instant has them.
    compounding
        Loss of the incidents together over the sum of their losses alone.
    background_loss
        Hours of loss that the standing closures cause by themselves.
    trains
        What became of the trains; ``None`` where the run has none.
    value_of_evidence
        The times whose knowledge would narrow the loss most come first; ``None`` where that is
        not computed.
    """

    name: str
    title: str
    window: RunWindow
    time_rule: str
    hubs: int
    links: int
    demand_hubs: int
    pairs: int
    states: int
    incidents: int
    incidents_without_outage: int
    standing_closures: int
    figures: tuple[Figure, ...]
    description: str | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    descriptions: Mapping[str, str] = field(default_factory=dict)
    pairs_kept: PairsKept = "all"
    pairs_in_base: Mapping[str, int] = field(default_factory=dict)
    directed: tuple[str, ...] = ()
    unreached: Unreached | None = None
    not_yet_reported: int | None = None
    undated: tuple[str, ...] = ()
    ensemble: Annotated[EnsembleSummary | None, BeforeValidator(_gather_losses)] = None
    compounding: Number = None
    background_loss: Number = None
    value_of_evidence: tuple[EvidenceWorth, ...] | None = None
    trains: RunTrains | None = None

    def __repr__(self) -> str:
        counts = f"{len(self.figures)} figures, {self.pairs} pairs, {self.states} states"
        return f"<Summary {self.name!r}: {counts}, {self.incidents} incidents>"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRival:
    """Another reading of a place."""

    links: tuple[str, ...]
    reason: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlace:
    """A place of an incident and how it was matched to links."""

    place: Where
    status: str
    links: tuple[str, ...]
    note: AllSaid
    candidates: tuple[str, ...] = ()
    rivals: tuple[RunRival, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunConflict:
    """Claims that cannot all be true, by their numbers, and what was done about it."""

    about: str
    claims: tuple[int, ...]
    treatment: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class RunClaim:
    """What a document says, whether the run used it, and if not, why.

    Parameters
    ----------
    at
        When, for a claim about a milestone; UTC.
    within_hours, lasted_hours
        At most, or exactly, so many hours after the start.
    traffic
        Whose trains it speaks of; empty where it does not say.
    """

    document: str
    speaker: str
    party: str
    says: str
    about: str
    basis: str
    at: Span | None
    figures: Mapping[str, KnownNumber]
    used: bool
    set_aside: Said
    within_hours: Number = None
    lasted_hours: Number = None
    traffic: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSpell:
    """One of several closures of an incident, or its bounds for one kind of traffic; UTC.

    Parameters
    ----------
    number
        Which closure of the incident; 1 is the first.
    links
        Those of which it speaks; empty for all of the incident.
    """

    number: int
    traffic: tuple[str, ...]
    start: Span
    first_traffic: Span
    full_service: Span
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDetour:
    """A pair of hubs and its detour; without minutes where there is none."""

    start_hub: StartHub
    end_hub: EndHub
    extra_minutes: Number
    by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDetours:
    """What the detours round an incident come to, for one kind of traffic.

    Parameters
    ----------
    pairs, closed, with_way
        Pairs with demand and a base route; those whose base route the incident closed; those of
        them that have a detour.
    by
        The largest hub that more than half of the detours newly pass.
    """

    traffic: str
    closed: int
    with_way: int
    least_extra_minutes: Number
    median_extra_minutes: Number
    greatest_extra_minutes: Number
    by: str | None
    examples: tuple[RunDetour, ...]
    pairs: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunIncident:
    """An incident of a run with all that is claimed about it.

    Parameters
    ----------
    start, first_traffic, full_service
        Bounds that the evidence allows, UTC.
    background
        Whether it is a standing closure that the run measures against.
    told
        What a reader should know of the bounds.
    spells
        Where there are several: each with its bounds.
    share_of_loss, loss_alone, leave_one_out
        Hours of resilience loss: the incident's share, the loss if it were alone, and what is
        lost less without it; ``None`` where that is not computed.
    """

    id: str
    title: str
    kind: str
    effect: str
    then: str | None
    traffic: tuple[str, ...]
    note: str | None
    places: tuple[RunPlace, ...]
    links: tuple[str, ...]
    reason: AllSaid
    rule: Said
    start: Span
    first_traffic: Span
    full_service: Span
    conflicts: tuple[RunConflict, ...]
    claims: tuple[RunClaim, ...]
    background: bool
    titles: Mapping[str, str] = field(default_factory=dict)
    standing: bool = False
    told: AllSaid = ()
    spells: tuple[RunSpell, ...] = ()
    detours: Annotated[tuple[RunDetours, ...], Field(alias="ways")] = ()
    share_of_loss: Number = None
    loss_alone: Number = None
    leave_one_out: Number = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDocument:
    """A published text that a run rests on."""

    publisher: str
    title: str | None
    published: str
    url: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunService:
    """A documented replacement service; `minutes_basis` says how its minutes are known."""

    incident: str
    start_hub: StartHub
    end_hub: EndHub
    minutes: KnownNumber
    minutes_basis: Said
    passengers_per_day: Number
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The incidents of a run with their claims, its documents by id, its replacement services.

    Examples
    --------
    >>> from netmodel import run_scenario
    >>> evidence = run_scenario("crimea-may-2023").evidence
    >>> str(evidence.studied[0].first_traffic.earliest)
    '2023-05-18 14:15:00+00:00'
    """

    incidents: tuple[RunIncident, ...]
    documents: Mapping[str, RunDocument]
    services: tuple[RunService, ...] = ()

    @property
    def studied(self) -> tuple[RunIncident, ...]:
        """The incidents that are no background."""
        return tuple(each for each in self.incidents if not each.background)

    def claim_named(self, name: str) -> tuple[str, RunClaim] | None:
        """Return the incident and the claim of ``incident#number``; ``None`` if there is none."""
        incident, _, number = name.rpartition("#")
        for each in self.incidents:
            if each.id == incident and number.isdigit() and int(number) < len(each.claims):
                return incident, each.claims[int(number)]
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInput:
    """A file that a run read, by its last two names, and the hash of its bytes."""

    file: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """The scenario as it was run.

    Parameters
    ----------
    fields
        Everything that the scenario sets, as in its file.

    Examples
    --------
    >>> from netmodel import run_scenario
    >>> run_scenario("crimea-may-2023").provenance.scenario.traffic
    ('passenger', 'freight')
    """

    fields: Mapping[str, object]

    @property
    def traffic(self) -> tuple[str, ...]:
        """Kinds of traffic; the columns of the first have no prefix."""
        return self._names("traffic")

    @property
    def metrics(self) -> tuple[str, ...]:
        """Metrics that the states have columns of."""
        return self._names("metrics")

    @property
    def network(self) -> str:
        """``built-in``, or what names the network; empty where nothing does."""
        return str(self.fields.get("network") or "")

    @property
    def demand(self) -> str:
        """How demand was made, such as ``uniform``."""
        demand = self.fields.get("demand")
        return str(demand.get("kind", "uniform")) if isinstance(demand, Mapping) else "uniform"

    @property
    def language(self) -> str | None:
        """The language that the scenario asks for."""
        report = self.fields.get("report")
        found = report.get("language") if isinstance(report, Mapping) else None
        return str(found) if found else None

    @property
    def as_of(self) -> str:
        """The instant whose knowledge the run had; empty for all knowledge."""
        return str(self.fields.get("as_of") or "")

    def _names(self, key: str) -> tuple[str, ...]:
        names = self.fields.get(key)
        return tuple(map(str, names)) if isinstance(names, list | tuple) else ()


def _read_settings(value: object) -> RunSettings:
    if isinstance(value, RunSettings):
        return value
    if not isinstance(value, Mapping):
        raise mistake("is no object")
    for name in ("traffic", "metrics"):
        names = value.get(name, [])
        if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
            raise mistake(f"has {name} that are no list of texts")
    if not value.get("traffic"):
        raise mistake("has no traffic")
    return RunSettings(fields=value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What is needed to get the same run again.

    Parameters
    ----------
    libraries
        Versions by name.
    files
        SHA-256 of the other files of the run's folder; empty before it is written.
    """

    command: str
    netmodel: str | None
    python: str
    inputs: tuple[RunInput, ...]
    scenario: Annotated[
        RunSettings,
        PlainValidator(_read_settings),
        PlainSerializer(lambda settings: dict(settings.fields)),
    ]
    libraries: Mapping[str, str | None] = field(default_factory=dict)
    seed: int | None = None
    files: Mapping[str, str] = field(default_factory=dict)
