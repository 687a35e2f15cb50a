"""Documents and incidents from YAML: the file format, checked, and turned into frozen values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from netmodel.errors import InputError, Problem, did_you_mean, nearest_names
from netmodel.evidence.model import (
    Catalogue,
    Claim,
    Document,
    HubPlace,
    Incident,
    LinksPlace,
    NearPlace,
    NoPlace,
    Place,
    RegionPlace,
    Replacement,
    SectionPlace,
    StationPlace,
)
from netmodel.instants import Bounds, load_zone, parse_time
from netmodel.yaml_source import YamlSource, read_yaml, validate

Text = Annotated[str, Field(min_length=1)]
Hours = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Count = Annotated[float, Field(ge=0, allow_inf_nan=False)]
EffectName = Literal["closed", "single_track", "slowed", "diesel_only", "advisory", "none"]
KindName = Literal[
    "derailment", "track_damage", "bridge_damage", "power", "station_damage", "train_struck",
    "fire", "front_line", "security", "weather", "technical", "other",
]  # fmt: skip
AboutName = Literal[
    "start", "first_traffic", "full_service", "still_out", "effect", "place", "cause", "figures",
    "replacement", "detour", "delay", "context",
]  # fmt: skip
PartyName = Literal["operator", "authority", "media", "analyst", "military", "witness", "other"]
_TIMED = {"start", "first_traffic", "full_service", "still_out"}
_RESTORED = {"first_traffic", "full_service"}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class DocumentModel(_Strict):
    """One entry of a documents file."""

    id: Text
    publisher: Text
    title: str | None = None
    published: str | None = None
    url: str | None = None
    language: str | None = None
    note: str | None = None

    @field_validator("published")
    @classmethod
    def _published_is_a_time(cls, value: str | None) -> str | None:
        if value is not None:
            parse_time(value, zone="Europe/Kyiv")
        return value

    @field_validator("url")
    @classmethod
    def _url_is_web(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("https://", "http://")):
            raise ValueError("a url starts with https:// or http://")
        return value


class DocumentsFile(_Strict):
    """A file of documents."""

    documents: list[DocumentModel]


class TimeBounds(_Strict):
    """Bounds of a time; a side left out is open."""

    after: str | None = None
    before: str | None = None

    @model_validator(mode="after")
    def _one_side_at_least(self) -> TimeBounds:
        if self.after is None and self.before is None:
            raise ValueError("give after, before, or both")
        return self


class ClaimModel(_Strict):
    """One claim of an incident."""

    document: Text
    speaker: Text
    says: Text
    about: AboutName
    party: PartyName = "other"
    basis: Literal["observed", "forecast", "rule"] = "observed"
    at: str | TimeBounds | None = None
    within_hours: Hours | None = None
    lasted_hours: Hours | None = None
    made: str | None = None
    figures: dict[str, float] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _time_fits_subject(self) -> ClaimModel:
        given = [x for x in ("at", "within_hours", "lasted_hours") if getattr(self, x) is not None]
        if given and self.about not in _TIMED:
            raise ValueError(f"a claim about {self.about} takes no {given[0]}")
        if self.about in {"start", "still_out"} and given not in ([], ["at"]):
            raise ValueError(f"a claim about {self.about} takes `at` only")
        if len(given) > 1:
            raise ValueError(f"give one of {' and '.join(given)}")
        return self


class NearModel(_Strict):
    """A point and a distance."""

    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    within_km: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 5.0


class PlaceModel(_Strict):
    """A place: exactly one of its keys (and `extent` with `region`)."""

    hub: Text | None = None
    station: Text | None = None
    between: Annotated[list[Text], Field(min_length=2)] | None = None
    near: NearModel | None = None
    region: Text | None = None
    extent: Literal["whole", "somewhere"] | None = None
    links: Annotated[list[Text], Field(min_length=1)] | None = None
    none: Text | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> PlaceModel:
        kinds = ("hub", "station", "between", "near", "region", "links", "none")
        given = [kind for kind in kinds if getattr(self, kind) is not None]
        if len(given) != 1:
            raise ValueError(f"a place is exactly one of {', '.join(kinds)}")
        if (self.region is None) != (self.extent is None):
            raise ValueError("extent (whole or somewhere) goes with region, and region with it")
        return self


class ReplacementModel(_Strict):
    """A documented road service."""

    from_: Text = Field(alias="from")
    to: Text
    document: Text
    via: list[Text] = Field(default_factory=list)
    minutes: Hours | None = None
    passengers_per_day: Count | None = None


class SlowedModel(_Strict):
    """Reported figures of a slow running."""

    minutes: Hours


class IncidentModel(_Strict):
    """One incident."""

    id: Text
    title: Text
    kind: KindName
    zone: str
    place: PlaceModel | list[PlaceModel]
    effect: EffectName
    claims: Annotated[list[ClaimModel], Field(min_length=1)]
    then: Literal["single_track", "slowed", "diesel_only", "advisory"] | None = None
    traffic: list[Literal["passenger", "freight"]] | None = None
    slowed: SlowedModel | None = None
    standing: bool = False
    replacement: list[ReplacementModel] = Field(default_factory=list)
    note: str | None = None

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        load_zone(value)
        return value

    @model_validator(mode="after")
    def _effect_is_complete(self) -> IncidentModel:
        if self.effect != "none" and not any(
            claim.about == "start" and claim.basis == "observed" and claim.at is not None
            for claim in self.claims
        ):
            raise ValueError(
                f"effect {self.effect} needs an observed claim about start with a time"
            )
        if self.then is not None and self.effect != "closed":
            raise ValueError("`then` follows effect closed only")
        return self


class IncidentsFile(_Strict):
    """A file of incidents."""

    incidents: list[IncidentModel]


def read_catalogue(paths: Iterable[Path]) -> Catalogue:
    """Read documents and incidents from YAML files, in any order.

    Parameters
    ----------
    paths
        Files with a ``documents:`` or an ``incidents:`` list.

    Raises
    ------
    InputError
        With every problem of all files at ``file:line:column``: unknown keys, times that are
        none, bounds that exclude each other, duplicate ids, documents that do not exist.
    """
    problems: list[Problem] = []
    documents: dict[str, Document] = {}
    incidents: dict[str, Incident] = {}
    pending: list[tuple[YamlSource, IncidentsFile]] = []
    for path in paths:
        try:
            source = read_yaml(path)
            if isinstance(source.value, dict) and "documents" in source.value:
                checked = validate(source, DocumentsFile)
                problems += _add_documents(source, checked.documents, documents)
            else:
                pending.append((source, validate(source, IncidentsFile)))
        except InputError as error:
            problems += error.problems
    origins: dict[str, str] = {}
    for source, file in pending:
        problems += _add_incidents(source, file.incidents, documents, incidents)
        for number, model in enumerate(file.incidents):
            origins.setdefault(model.id, source.where(("incidents", number)))
    if problems:
        raise InputError(problems)
    return Catalogue(documents=documents, incidents=incidents, origins=origins)


def _add_documents(
    source: YamlSource, models: Sequence[DocumentModel], documents: dict[str, Document]
) -> Iterable[Problem]:
    for number, model in enumerate(models):
        if model.id in documents:
            where = source.where(("documents", number, "id"))
            yield Problem(what=f"document id {model.id!r} is used twice", where=where)
            continue
        documents[model.id] = Document(
            id=model.id,
            publisher=model.publisher,
            title=model.title,
            published=(model.published and parse_time(model.published, zone="Europe/Kyiv")) or None,
            published_text=model.published or "",
            url=model.url,
            language=model.language,
            note=model.note,
        )


def _add_incidents(
    source: YamlSource,
    models: Sequence[IncidentModel],
    documents: dict[str, Document],
    incidents: dict[str, Incident],
) -> Iterable[Problem]:
    for number, model in enumerate(models):
        location = ("incidents", number)
        if model.id in incidents:
            where = source.where((*location, "id"))
            yield Problem(what=f"incident id {model.id!r} is used twice", where=where)
            continue
        problems: list[Problem] = []
        incident = _build_incident(source, location, model, documents, problems)
        yield from problems
        if incident is not None:
            incidents[incident.id] = incident


def _build_incident(
    source: YamlSource,
    location: tuple[str | int, ...],
    model: IncidentModel,
    documents: dict[str, Document],
    problems: list[Problem],
) -> Incident | None:
    claims = []
    for number, claim in enumerate(model.claims):
        here = (*location, "claims", number)
        if claim.document not in documents:
            problems.append(
                _unknown_document(source, (*here, "document"), claim.document, documents)
            )
        try:
            claims.append(_build_claim(claim, model.zone))
        except ValueError as error:
            where = source.where((*here, "at") if claim.at else here)
            problems.append(Problem(what=str(error), where=where))
    for number, service in enumerate(model.replacement):
        if service.document not in documents:
            here = (*location, "replacement", number, "document")
            problems.append(_unknown_document(source, here, service.document, documents))
    problems += _restored_before_start(source, location, model, claims)
    if problems:
        return None
    places = model.place if isinstance(model.place, list) else [model.place]
    return Incident(
        id=model.id,
        title=model.title,
        kind=model.kind,
        zone=model.zone,
        places=tuple(_build_place(place) for place in places),
        effect=model.effect,
        claims=tuple(claims),
        then=model.then,
        traffic=tuple(model.traffic or ("passenger", "freight")),
        slowed_minutes=model.slowed.minutes if model.slowed else None,
        standing=model.standing,
        replacements=tuple(_build_replacement(each) for each in model.replacement),
        note=model.note,
    )


def _unknown_document(
    source: YamlSource,
    location: tuple[str | int, ...],
    wanted: str,
    documents: dict[str, Document],
) -> Problem:
    remedy = did_you_mean(nearest_names(wanted, documents)) or "add it to the documents file"
    return Problem(what=f"unknown document {wanted!r}", where=source.where(location), remedy=remedy)


def _restored_before_start(
    source: YamlSource,
    location: tuple[str | int, ...],
    model: IncidentModel,
    claims: Sequence[Claim],
) -> Iterable[Problem]:
    """Find observed restorations that end before the earliest start that anyone reports."""
    starts = [
        claim.at.earliest
        for claim in claims
        if claim.about == "start" and claim.basis == "observed" and claim.at
    ]
    known = [start for start in starts if start is not None]
    if not known or len(known) < len(starts) or len(claims) < len(model.claims):
        return
    for number, claim in enumerate(claims):
        if claim.about in _RESTORED and claim.basis == "observed" and claim.at:
            latest = claim.at.latest
            if latest is not None and latest < min(known):
                yield Problem(
                    what=f"{claim.about} is before the start of the incident",
                    where=source.where((*location, "claims", number, "at")),
                    remedy="a reopening follows its closure; check both times",
                )


def _build_claim(model: ClaimModel, zone: str) -> Claim:
    return Claim(
        document=model.document,
        speaker=model.speaker,
        says=model.says,
        about=model.about,
        party=model.party,
        basis=model.basis,
        at=_build_bounds(model.at, zone),
        within_hours=model.within_hours,
        lasted_hours=model.lasted_hours,
        made=_build_bounds(model.made, zone),
        figures=dict(model.figures),
    )


def _build_bounds(value: str | TimeBounds | None, zone: str) -> Bounds | None:
    if value is None:
        return None
    if isinstance(value, str):
        return parse_time(value, zone=zone)
    after = parse_time(value.after, zone=zone).earliest if value.after else None
    before = parse_time(value.before, zone=zone).latest if value.before else None
    return Bounds(earliest=after, latest=before)


def _build_place(model: PlaceModel) -> Place:
    if model.hub is not None:
        return HubPlace(hub=model.hub)
    if model.station is not None:
        return StationPlace(station=model.station)
    if model.between is not None:
        return SectionPlace(between=tuple(model.between))
    if model.near is not None:
        return NearPlace(lon=model.near.lon, lat=model.near.lat, within_km=model.near.within_km)
    if model.region is not None:
        return RegionPlace(region=model.region, extent=model.extent or "somewhere")
    if model.links is not None:
        return LinksPlace(links=tuple(model.links))
    return NoPlace(reason=model.none or "")


def _build_replacement(model: ReplacementModel) -> Replacement:
    return Replacement(
        from_hub=model.from_,
        to_hub=model.to,
        document=model.document,
        via=tuple(model.via),
        minutes=model.minutes,
        passengers_per_day=model.passengers_per_day,
    )
