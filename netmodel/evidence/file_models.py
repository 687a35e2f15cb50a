"""The file format of documents and incidents, as pydantic models: checked where files are read."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from netmodel.instants import load_zone, parse_time

Text = Annotated[str, Field(min_length=1)]
Hours = Annotated[float, Field(gt=0, le=1_000_000, strict=True)]
Count = Annotated[float, Field(ge=0, allow_inf_nan=False, strict=True)]
Distance = Annotated[float, Field(gt=0, le=50_000, strict=True)]
Figure = Annotated[float, Field(allow_inf_nan=False, strict=True)]
LanguageName = Literal["en", "uk"]
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
RESTORED = {"first_traffic", "full_service"}


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

    documents: Annotated[list[DocumentModel], Field(min_length=1)]


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
    figures: dict[str, Figure] = Field(default_factory=dict)

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

    lon: Annotated[float, Field(ge=-180, le=180, strict=True)]
    lat: Annotated[float, Field(ge=-90, le=90, strict=True)]
    within_km: Distance = 5.0


class PlaceModel(_Strict):
    """A place: exactly one of its keys (and `extent` with `region`)."""

    hub: Text | None = None
    station: Text | None = None
    between: Annotated[list[Text], Field(min_length=2)] | None = None
    near: NearModel | None = None
    town: Text | None = None
    within_km: Distance | None = None
    region: Text | None = None
    extent: Literal["whole", "somewhere"] | None = None
    links: Annotated[list[Text], Field(min_length=1)] | None = None
    none: Text | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> PlaceModel:
        kinds = ("hub", "station", "between", "near", "town", "region", "links", "none")
        given = [kind for kind in kinds if getattr(self, kind) is not None]
        if len(given) != 1:
            raise ValueError(f"a place is exactly one of {', '.join(kinds)}")
        if (self.region is None) != (self.extent is None):
            raise ValueError("extent (whole or somewhere) goes with region, and region with it")
        if self.within_km is not None and self.town is None:
            raise ValueError("within_km goes with town (a point has its own, inside near)")
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
    standing: Annotated[bool, Field(strict=True)] = False
    replacement: list[ReplacementModel] = Field(default_factory=list)
    note: str | None = None
    titles: dict[LanguageName, Text] = Field(
        default_factory=dict, description="The title in other languages of the report"
    )

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

    incidents: Annotated[list[IncidentModel], Field(min_length=1)]
