"""The shapes of a run's documents, as far as a report needs them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from netmodel.instants import load_zone, parse_instant


def _check_instant(text: str) -> str:
    parse_instant(text)
    return text


def _check_zone(name: str) -> str:
    load_zone(name)
    return name


Instant = Annotated[str, AfterValidator(_check_instant)]
Zone = Annotated[str, AfterValidator(_check_zone)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Figure = Number | Literal["inf"] | None


class WindowShape(BaseModel):
    """The window of a run."""

    start: Instant
    end: Instant
    zone: Zone


class FigureShape(BaseModel):
    """A headline figure."""

    name: str
    traffic: str
    unit: str
    value: Figure
    guaranteed: Figure
    possible: Figure
    states: list[int]
    incidents: list[str]
    documents: list[str]


class WorthShape(BaseModel):
    """What knowing one time would be worth."""

    incident: str
    about: str
    width: Figure
    shrinks_by: Figure


class EnsembleShape(BaseModel):
    """The samples of a run."""

    samples: int
    seed: int


class SummaryShape(BaseModel):
    """What ``summary.json`` must hold."""

    name: str
    title: str
    description: str | None = None
    titles: dict[str, str] = {}
    descriptions: dict[str, str] = {}
    window: WindowShape
    time_rule: str
    hubs: int
    links: int
    demand_hubs: int
    pairs: int
    states: int
    incidents: int
    incidents_without_outage: int
    standing_closures: int
    figures: list[FigureShape]
    ensemble: EnsembleShape | None = None
    compounding: Figure = None
    background_loss: Figure = None
    value_of_evidence: list[WorthShape] | None = None


class BoundsShape(BaseModel):
    """Bounds of an instant."""

    earliest: Instant | None
    latest: Instant | None


class PlaceShape(BaseModel):
    """A place of an incident and how it was matched."""

    place: str
    status: str
    links: list[str]
    note: str


class ConflictShape(BaseModel):
    """Claims that cannot all be true."""

    about: str
    claims: list[int]
    treatment: str


class ClaimShape(BaseModel):
    """What a document says."""

    document: str
    speaker: str
    party: str
    says: str
    about: str
    basis: str
    at: BoundsShape | None
    figures: dict[str, Number]
    used: bool
    set_aside: str


class ExampleShape(BaseModel):
    """A pair and its way round."""

    from_: str = Field(alias="from")
    to: str
    extra_minutes: Number | None
    by: str | None


class WaysShape(BaseModel):
    """What the ways round an incident come to."""

    traffic: str
    closed: int
    with_way: int
    least_extra_minutes: Number | None
    median_extra_minutes: Number | None
    greatest_extra_minutes: Number | None
    by: str | None
    examples: list[ExampleShape]


class IncidentShape(BaseModel):
    """An incident with all that is claimed about it."""

    id: str
    title: str
    titles: dict[str, str] = {}
    kind: str
    effect: str
    then: str | None
    traffic: list[str]
    note: str | None
    places: list[PlaceShape]
    links: list[str]
    reason: str
    rule: str
    start: BoundsShape
    first_traffic: BoundsShape
    full_service: BoundsShape
    conflicts: list[ConflictShape]
    claims: list[ClaimShape]
    background: bool
    ways: list[WaysShape] = []
    share_of_loss: Figure = None
    loss_alone: Figure = None
    leave_one_out: Figure = None


class DocumentShape(BaseModel):
    """A published text."""

    publisher: str
    title: str | None
    published: str
    url: str | None
    note: str | None


class ServiceShape(BaseModel):
    """A replacement service."""

    incident: str
    from_: str = Field(alias="from")
    to: str
    minutes: Number
    minutes_basis: str
    passengers_per_day: Number | None
    document: str


class EvidenceShape(BaseModel):
    """What ``evidence.json`` must hold."""

    incidents: list[IncidentShape]
    documents: dict[str, DocumentShape]
    services: list[ServiceShape] = []


class InputShape(BaseModel):
    """A file that a run read."""

    file: str
    sha256: str


class ScenarioShape(BaseModel):
    """The scenario as run, as far as a report reads it."""

    traffic: list[str] = Field(min_length=1)
    metrics: list[str] = []


class ProvenanceShape(BaseModel):
    """What ``provenance.json`` must hold."""

    command: str
    netmodel: str | None
    python: str
    libraries: dict[str, str | None] = {}
    seed: int | None = None
    inputs: list[InputShape]
    scenario: ScenarioShape
    files: dict[str, str] = {}
