"""What a file of documents and incidents may hold: its form."""

from __future__ import annotations

from datetime import date
from typing import Annotated, cast

from pydantic import AfterValidator, Field, field_validator, model_validator

from netmodel.evidence.claim_rules import (
    ABOUT_FIELDS,
    TIME_FIELDS,
    find_missing_start,
    find_time_conflict,
)
from netmodel.evidence.incident import (
    DOCUMENT_ZONE,
)
from netmodel.evidence.recurrence import Recurrence
from netmodel.evidence.vocabulary import (
    TRAFFIC_TYPES,
    BasisName,
    ExtentName,
    LaterEffectName,
    PartyName,
    TrafficName,
    TrainsName,
)
from netmodel.evidence.vocabulary import AboutName as AboutName
from netmodel.evidence.vocabulary import EffectName as EffectName
from netmodel.evidence.vocabulary import KindName as KindName
from netmodel.evidence.vocabulary import LanguageName as LanguageName
from netmodel.files.strict import StrictModel
from netmodel.times import check_time, load_zone, parse_time

Text = Annotated[str, Field(min_length=1)]
Hours = Annotated[float, Field(gt=0, le=1_000_000, strict=True)]
Count = Annotated[float, Field(ge=0, allow_inf_nan=False, strict=True)]
Distance = Annotated[float, Field(gt=0, le=50_000, strict=True)]
Figure = Annotated[float, Field(allow_inf_nan=False, strict=True)]


def _check_time(value: str) -> str:
    check_time(value)
    return value


Time = Annotated[str, AfterValidator(_check_time)]
"""A time as a text, of which the zone is not yet looked at."""


class DocumentModel(StrictModel):
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
            parse_time(value, zone=DOCUMENT_ZONE)
        return value

    @field_validator("url")
    @classmethod
    def _url_is_web(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("https://", "http://")):
            raise ValueError("a url starts with https:// or http://")
        return value


class DocumentsFile(StrictModel):
    """A file of documents."""

    documents: Annotated[list[DocumentModel], Field(min_length=1)]


class TimeBounds(StrictModel):
    """Bounds of a time; a side left out is open."""

    after: Time | None = None
    before: Time | None = None

    @model_validator(mode="after")
    def _one_side_at_least(self) -> TimeBounds:
        if self.after is None and self.before is None:
            raise ValueError("give after, before, or both")
        return self


class NearModel(StrictModel):
    """A point and a distance."""

    lon: Annotated[float, Field(ge=-180, le=180, strict=True)]
    lat: Annotated[float, Field(ge=-90, le=90, strict=True)]
    within_km: Distance = 5.0


class PlaceModel(StrictModel):
    """A place: exactly one of its keys (and `extent` with `region`)."""

    hub: Text | None = None
    station: Text | None = None
    between: Annotated[list[Text], Field(min_length=2)] | None = None
    near: NearModel | None = None
    town: Text | None = None
    within_km: Distance | None = None
    region: Text | None = None
    extent: ExtentName | None = None
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


class ClaimModel(StrictModel):
    """One claim of an incident."""

    document: Text
    speaker: Text
    says: Text
    about: AboutName
    party: PartyName = "other"
    basis: BasisName = "observed"
    at: Time | TimeBounds | None = None
    within_hours: Hours | None = None
    lasted_hours: Hours | None = None
    made: Time | None = None
    figures: dict[str, Figure] = Field(default_factory=dict)
    traffic: Annotated[list[TrainsName], Field(min_length=1)] | None = None
    place: PlaceModel | list[PlaceModel] | None = None
    spell: Annotated[int, Field(ge=1, strict=True)] = 1

    @model_validator(mode="after")
    def _time_fits_subject(self) -> ClaimModel:
        given = [name for name in TIME_FIELDS if getattr(self, name) is not None]
        said = {"traffic": self.traffic, "places": self.place, "spell": self.spell > 1}
        conflict = find_time_conflict(
            self.about, self.basis, given, [name for name in ABOUT_FIELDS if said[name]]
        )
        if conflict:
            raise ValueError(conflict)
        return self


class ReplacementModel(StrictModel):
    """A documented road service."""

    from_: Text = Field(alias="from")
    to: Text
    document: Text
    via: list[Text] = Field(default_factory=list)
    minutes: Hours | None = None
    passengers_per_day: Count | None = None


class SlowedModel(StrictModel):
    """Reported figures of a slow running."""

    minutes: Hours


class RecursModel(StrictModel):
    """Days and hours on which a closure comes again."""

    days: Text
    from_: Text = Field(alias="from")
    to: Text
    until: Text

    @model_validator(mode="after")
    def _is_a_recurrence(self) -> RecursModel:
        self.build()
        return self

    def build(self) -> Recurrence:
        """Return the value that it describes."""
        return Recurrence(
            days=self.days, from_clock=self.from_, to_clock=self.to, until=cast("date", self.until)
        )


class IncidentModel(StrictModel):
    """One incident."""

    id: Text
    title: Text
    kind: KindName
    zone: str
    place: PlaceModel | list[PlaceModel]
    effect: EffectName
    claims: Annotated[list[ClaimModel], Field(min_length=1)]
    then: LaterEffectName | None = None
    traffic: Annotated[list[TrafficName], Field(min_length=1)] | None = None
    slowed: SlowedModel | None = None
    standing: Annotated[bool, Field(strict=True)] = False
    replacement: list[ReplacementModel] = Field(default_factory=list)
    note: str | None = None
    titles: dict[LanguageName, Text] = Field(
        default_factory=dict, description="The title in other languages of the report"
    )
    tag: Text | None = None
    recurs: RecursModel | None = None
    trains_per_day: dict[TrafficName, Count] = Field(default_factory=dict)
    wagons_per_day: dict[TrafficName, Count] = Field(default_factory=dict)

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        load_zone(value)
        return value

    @model_validator(mode="after")
    def _effect_is_complete(self) -> IncidentModel:
        missing = find_missing_start(self.effect, self.traffic or TRAFFIC_TYPES, self.claims)
        if missing:
            raise ValueError(missing)
        if self.then is not None and self.effect != "closed":
            raise ValueError("`then` follows effect closed only")
        return self


class IncidentsFile(StrictModel):
    """A file of incidents."""

    incidents: Annotated[list[IncidentModel], Field(min_length=1)]
