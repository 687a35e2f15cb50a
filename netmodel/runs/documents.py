"""The documents of a run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, ValidationError

from netmodel.errors import Problem
from netmodel.evidence.notes import Note
from netmodel.evidence.places import place_from_dict, place_to_dict
from netmodel.runs.damage import REMEDY
from netmodel.times import load_zone, parse_instant


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


def _check_sentence(value: object) -> object:
    """Check a sentence of the model: notes, or the text of a folder written earlier."""
    for each in value if isinstance(value, list) else [value]:
        if each is not None and not isinstance(each, str):
            Note.from_dict(each)
    return value


def _check_place(value: object) -> object:
    return value if isinstance(value, str) else place_to_dict(place_from_dict(value))


Sentence = Annotated[Any, AfterValidator(_check_sentence)]
PlaceValue = Annotated[Any, AfterValidator(_check_place)]


class PlaceShape(BaseModel):
    """A place of an incident and how it was matched."""

    place: PlaceValue
    status: str
    links: list[str]
    note: Sentence


class ConflictShape(BaseModel):
    """Claims that cannot all be true."""

    about: str
    claims: list[int]
    treatment: Sentence


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
    set_aside: Sentence


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
    reason: Sentence
    rule: Sentence
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
    minutes_basis: Sentence
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


_FIGURE_MEMBERS = ("float", "constrained-float", "literal['inf']")
_SAID = {
    "missing": "is missing",
    "model_type": "is no object",
    "dict_type": "is no object",
    "list_type": "is no list",
    "string_type": "is no text",
    "bool_type": "is neither true nor false",
    "bool_parsing": "is neither true nor false",
    **dict.fromkeys(
        ("float_type", "float_parsing", "int_type", "int_parsing", "int_from_float",
         "finite_number", "literal_error"),
        "is no number",
    ),
}  # fmt: skip
"""What is said about each mistake of a shape; what is not here says it itself."""
_SHAPES: Mapping[str, type[BaseModel]] = {
    "summary": SummaryShape,
    "evidence": EvidenceShape,
    "provenance": ProvenanceShape,
}


def read_document(path: Path) -> tuple[Mapping[str, Any] | None, list[Problem]]:
    """Return a document of a run as plain values; ``None``, with the reasons, if it is none."""
    try:
        value = json.loads(path.read_text(encoding="utf-8-sig"), parse_constant=_refuse)
        _SHAPES[path.stem].model_validate(value)
    except ValidationError as error:
        return None, list(_shape_problems(path, error))
    except json.JSONDecodeError as error:
        where = f"{path}:{error.lineno}:{error.colno}"
        return None, [Problem(what=f"is no JSON ({error.msg})", where=where, remedy=REMEDY)]
    except (ValueError, RecursionError) as error:
        what = f"is no JSON ({error})"
        return None, [Problem(what=what, where=str(path), remedy=REMEDY)]
    return value, []


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no number of JSON")


def _shape_problems(path: Path, error: ValidationError) -> Iterator[Problem]:
    """Yield one problem for each kind of mistake, at the first place that has it."""
    places: dict[tuple[str, ...], set[str]] = {}
    told: dict[tuple[str, ...], str] = {}
    for each in error.errors(include_url=False, include_context=False):
        # A figure is a number or "inf", and each of the two adds its name to the place.
        steps = [part for part in each["loc"] if not str(part).startswith(_FIGURE_MEMBERS)]
        alike = tuple("" if isinstance(part, int) else str(part) for part in steps)
        places.setdefault(alike, set()).add(".".join(map(str, steps)))
        if alike not in told:
            where = ".".join(map(str, steps))
            what = _SAID.get(each["type"]) or each["msg"].removeprefix("Value error, ")
            told[alike] = f"{where} {what}" if where else f"the whole {what}"
    for alike, what in told.items():
        more = len(places[alike]) - 1
        rest = f", and in {more:,} more places" if more else ""
        yield Problem(what=f"{what}{rest}", where=str(path), remedy=REMEDY)


def find_lost_references(
    folder: Path, documents: Mapping[str, Mapping[str, Any]]
) -> Iterator[Problem]:
    """Find incidents and documents that the summary or a claim names and the evidence lacks."""
    if "evidence" not in documents:
        return
    evidence = documents["evidence"]
    known = {
        "incidents": {each["id"] for each in evidence["incidents"]},
        "documents": set(evidence["documents"]),
    }
    for number, incident in enumerate(evidence["incidents"]):
        for position, claim in enumerate(incident["claims"]):
            if claim["document"] not in known["documents"]:
                what = f"incidents.{number}.claims.{position}: unknown document"
                yield _lost(folder / "evidence.json", what, claim["document"])
    for number, figure in enumerate(documents.get("summary", {}).get("figures", ())):
        for name, ids in known.items():
            for each in figure[name]:
                if each not in ids:
                    what = f"figures.{number}: unknown {name.removesuffix('s')}"
                    yield _lost(folder / "summary.json", what, each)


def _lost(path: Path, what: str, name: str) -> Problem:
    return Problem(what=f"{what} {name!r}", where=str(path), remedy=REMEDY)
