"""Observations: what documents report of single trains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem, did_you_mean, nearest_names
from netmodel.evidence.catalogue_file import build_place
from netmodel.evidence.catalogue_forms import PlaceModel, Text
from netmodel.evidence.incident import Document
from netmodel.evidence.milestone_bounds import Running
from netmodel.evidence.places import Place, SectionPlace
from netmodel.files.strict import StrictModel
from netmodel.files.yaml import YamlSource, read_yaml, validate
from netmodel.times import Bounds, Window, add_hours, hours_between, parse_instant, parse_time

USES = ("calibration", "check")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimetableReport:
    """A published timetable of one train.

    Parameters
    ----------
    stops
        Hubs and stations in the order of the calls, both ends included.
    minutes
        From departure to arrival, stops included.
    use
        ``calibration`` or ``check``.
    on
        The day whose standing closures hold; ``None`` when not in the record.
    where
        ``file:line:column``, for messages.
    """

    id: str
    document: str
    train: str
    service: str
    use: str
    stops: tuple[str, ...]
    minutes: float
    on: datetime | None = None
    note: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayReport:
    """What one train did under one incident.

    Parameters
    ----------
    kind
        ``detour``, ``diesel`` (drawn by a diesel over a section without power) or ``wait``.
    incident
        The incident that it belongs to; all reports of one incident have the same `use`.
    closed
        Places shut, or for ``diesel`` without power.
    closure
        For ``wait``: when they were shut.
    normally
        Stops of the usual way, where the report names it.
    left_at, joined_at
        Where the train left its usual way and came back to it; empty when not reported.
    via
        Stops of the detour, in order; empty if the report does not name it.
    delay_minutes
        Total lateness; ``None`` when not reported. It holds every cause, so that it is an upper
        limit of what the detour took.
    qualifier
        ``exact``, ``about``, ``at_least`` or ``at_most``; empty without a delay.
    """

    id: str
    kind: str
    document: str
    incident: str
    use: str
    train: str
    service: str
    on: datetime
    origin: str
    destination: str
    closed: tuple[Place, ...]
    closure: Window | None = None
    normally: tuple[str, ...] = ()
    left_at: str = ""
    joined_at: str = ""
    via: tuple[str, ...] = ()
    delay_minutes: float | None = None
    qualifier: str = ""
    note: str = ""
    where: str = ""

    @property
    def fixed_stops(self) -> tuple[str, ...]:
        """Both ends, and between them where the train left its usual way and came back."""
        return _distinct(self.origin, self.left_at, self.joined_at, self.destination)

    @property
    def usual_stops(self) -> tuple[str, ...]:
        """Both ends, and between them what is known of the usual way."""
        if not self.normally:
            return self.fixed_stops
        return _distinct(self.origin, *self.normally, self.destination)

    @property
    def reported_stops(self) -> tuple[str, ...]:
        """Both ends, and between them what is known of the detour."""
        return _distinct(self.origin, self.left_at, *self.via, self.joined_at, self.destination)


def _distinct(*stops: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(stop for stop in stops if stop))


@dataclass(frozen=True, slots=True, kw_only=True)
class Observations:
    """All reports of a file, in its order.

    Examples
    --------
    >>> Observations().timetables
    ()
    """

    timetables: tuple[TimetableReport, ...] = ()
    delays: tuple[DelayReport, ...] = ()

    def __len__(self) -> int:
        return len(self.timetables) + len(self.delays)

    @property
    def places(self) -> tuple[tuple[str, str], ...]:
        """Every hub or station named as a stop, with where its report stands."""
        named = [(stop, each.where) for each in self.timetables for stop in each.stops]
        named += [
            (stop, each.where)
            for each in self.delays
            for stop in (*each.usual_stops, *each.reported_stops)
        ]
        return tuple(named)


DAY_MINUTES = 1440.0
ZONE = "Europe/Kyiv"
"""Where the days of the reports begin."""
ServiceName = Literal["intercity", "long_distance", "regional", "suburban"]
UseName = Literal["calibration", "check"]
Minutes = Annotated[float, Field(gt=0, allow_inf_nan=False)]
ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Stops = Annotated[list[Text], Field(min_length=1)]


class _Report(StrictModel):
    id: Text
    document: Text
    use: UseName
    train: Text
    service: ServiceName = "long_distance"
    note: str = ""

    @field_validator("train", mode="before")
    @classmethod
    def _number_is_a_name(cls, value: object) -> object:
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class TimetableModel(_Report):
    """One timetable; its times are clock times of one zone."""

    kind: Literal["timetable"]
    date: str | None = None
    stops: Annotated[list[Text], Field(min_length=2)]
    departs: ClockTime
    arrives: ClockTime
    nights: Annotated[int, Field(ge=0)] = 0

    @field_validator("date")
    @classmethod
    def _date_is_a_day(cls, value: str | None) -> str | None:
        if value is not None:
            parse_instant(value, zone=ZONE)
        return value


class DelayModel(_Report):
    """One report of a detour, a diesel or a wait."""

    kind: Literal["detour", "diesel", "wait"]
    incident: Text
    date: str
    from_: Text = Field(alias="from")
    to: Text
    closed: Annotated[list[PlaceModel], Field(min_length=1)]
    closed_from: str | None = None
    closed_until: str | None = None
    normally: Stops | None = None
    left_at: Text | None = None
    joined_at: Text | None = None
    via: Stops | None = None
    delay_minutes: Minutes | None = None
    qualifier: Literal["exact", "about", "at_least", "at_most"] | None = None

    @field_validator("date")
    @classmethod
    def _date_is_a_day(cls, value: str) -> str:
        parse_instant(value, zone=ZONE)
        return value

    @field_validator("closed_from", "closed_until")
    @classmethod
    def _instant_is_one(cls, value: str | None) -> str | None:
        if value is not None:
            parse_time(value)
        return value

    @model_validator(mode="after")
    def _fields_fit(self) -> DelayModel:
        if (self.delay_minutes is None) != (self.qualifier is None):
            raise ValueError("delay_minutes and qualifier go together")
        if self.kind == "wait":
            if self.closed_from is None or self.closed_until is None or not self.delay_minutes:
                raise ValueError("a wait needs closed_from, closed_until and delay_minutes")
            Window(start=parse_instant(self.closed_from), end=parse_instant(self.closed_until))
        elif self.closed_from is not None or self.closed_until is not None:
            raise ValueError("closed_from and closed_until belong to a wait")
        if self.kind == "diesel" and self.delay_minutes is None:
            raise ValueError("a diesel report needs delay_minutes")
        detour_only = (self.via, self.left_at, self.joined_at)
        if self.kind != "detour" and any(each is not None for each in detour_only):
            raise ValueError("via, left_at and joined_at belong to a detour")
        if self.kind == "detour" and self.via is None and self.delay_minutes is None:
            raise ValueError("a detour needs via, delay_minutes, or both")
        return self


ReportModel = Annotated[TimetableModel | DelayModel, Field(discriminator="kind")]


class ObservationsFile(StrictModel):
    """A file of observations."""

    observations: Annotated[list[ReportModel], Field(min_length=1)]


BEFORE_HOURS, AFTER_HOURS = 12, 36
"""A train of a day runs within so many hours before and after the midday of that day."""


@refuse_wrong_kinds
def list_observed_running(observations: Observations) -> tuple[Running, ...]:
    """Return the sections that trains of observations passed, as evidence that they were open.

    A detour whose stops are reported passed them in order; one of which only the ends are known
    passed the usual way before and after it. A train that a diesel drew passed what was without
    power. A train that waited, and a published timetable, say nothing.

    Examples
    --------
    >>> import netmodel as nm
    >>> observations, _ = nm.validation.load_observations()
    >>> {train.traffic for train in list_observed_running(observations)}
    {('passenger',)}
    """
    return tuple(
        Running(
            at=Bounds(
                earliest=add_hours(report.on, -BEFORE_HOURS),
                latest=add_hours(report.on, AFTER_HOURS),
            ),
            document=report.document,
            incident=report.incident,
            traffic=("passenger",),
            places=places,
        )
        for report in observations.delays
        if (places := _passed(report))
    )


def _passed(report: DelayReport) -> tuple[Place, ...]:
    if report.kind == "diesel":
        return report.closed
    if report.kind != "detour":
        return ()
    if report.via:
        ways: list[tuple[str, ...]] = [report.reported_stops]
    elif report.left_at and report.joined_at:
        ways = [(report.origin, report.left_at), (report.joined_at, report.destination)]
    else:
        return ()
    return tuple(SectionPlace(between=_distinct(*way)) for way in ways if len(set(way)) > 1)


def read_observations(path: Path, documents: Mapping[str, Document]) -> Observations:
    """Read a file of observations.

    Parameters
    ----------
    documents
        The documents that a report may name, by id.

    Raises
    ------
    InputError
        With every problem at ``file:line:column``: unknown keys and documents, times that are
        none, ids used twice, incidents used both for calibration and for checking.
    """
    source = read_yaml(path)
    models = validate(source, ObservationsFile).observations
    problems = [
        *_find_duplicates(source, models),
        *_find_unknown_documents(source, models, documents),
        *_find_mixed_uses(source, models),
    ]
    if problems:
        raise InputError(problems)
    timetables, delays = [], []
    for number, model in enumerate(models):
        where = source.where(("observations", number))
        if isinstance(model, TimetableModel):
            timetables.append(_build_timetable(model, where))
        else:
            delays.append(_build_delay(model, where))
    return Observations(timetables=tuple(timetables), delays=tuple(delays))


def _find_duplicates(
    source: YamlSource, models: Sequence[TimetableModel | DelayModel]
) -> Iterable[Problem]:
    first: dict[str, str] = {}
    for number, model in enumerate(models):
        where = source.where(("observations", number, "id"))
        if model.id in first:
            yield Problem(
                what=f"observation id {model.id!r} is used twice",
                where=where,
                remedy=f"first at {first[model.id]}",
            )
        first.setdefault(model.id, where)


def _find_unknown_documents(
    source: YamlSource,
    models: Sequence[TimetableModel | DelayModel],
    documents: Mapping[str, Document],
) -> Iterable[Problem]:
    for number, model in enumerate(models):
        if model.document not in documents:
            yield Problem(
                what=f"unknown document {model.document!r}",
                where=source.where(("observations", number, "document")),
                remedy=did_you_mean(nearest_names(model.document, documents))
                or "add it to a documents file",
            )


def _find_mixed_uses(
    source: YamlSource, models: Sequence[TimetableModel | DelayModel]
) -> Iterable[Problem]:
    """Find reports used otherwise than the first one of their incident."""
    uses: dict[str, str] = {}
    for number, model in enumerate(models):
        if isinstance(model, TimetableModel):
            continue
        use = uses.setdefault(model.incident, model.use)
        if model.use != use:
            yield Problem(
                what=f"use {model.use!r}, but incident {model.incident!r} is used for {use}",
                where=source.where(("observations", number, "use")),
                remedy="what helps to calibrate cannot check; use a whole incident one way",
            )


def _build_timetable(model: TimetableModel, where: str) -> TimetableReport:
    minutes = _clock(model.arrives) - _clock(model.departs)
    if minutes <= 0:
        minutes += DAY_MINUTES
    return TimetableReport(
        id=model.id,
        document=model.document,
        train=model.train,
        service=model.service,
        use=model.use,
        stops=tuple(model.stops),
        minutes=minutes + DAY_MINUTES * model.nights,
        on=_day_end(model.date) if model.date else None,
        note=model.note,
        where=where,
    )


def _midday(text: str) -> datetime:
    """Return the middle of a day or month, or the instant itself."""
    bounds = parse_time(text, zone=ZONE)
    first = parse_instant(text, zone=ZONE)
    return (
        first
        if bounds.latest is None
        else add_hours(first, hours_between(first, bounds.latest) / 2)
    )


def _day_end(text: str) -> datetime:
    """Return the last second of a day: a line on which a train ran that day was open by then."""
    last = parse_time(text, zone=ZONE).latest
    return parse_instant(text, zone=ZONE) if last is None else last - timedelta(seconds=1)


def _clock(text: str) -> float:
    hours, minutes = text.split(":")
    return 60.0 * int(hours) + int(minutes)


def _build_delay(model: DelayModel, where: str) -> DelayReport:
    closure = None
    if model.closed_from is not None and model.closed_until is not None:
        start, end = parse_instant(model.closed_from), parse_instant(model.closed_until)
        closure = Window(start=start, end=end)
    return DelayReport(
        id=model.id,
        kind=model.kind,
        document=model.document,
        incident=model.incident,
        use=model.use,
        train=model.train,
        service=model.service,
        on=closure.start if closure else _midday(model.date),
        origin=model.from_,
        destination=model.to,
        closed=tuple(build_place(place) for place in model.closed),
        closure=closure,
        normally=tuple(model.normally or ()),
        left_at=model.left_at or "",
        joined_at=model.joined_at or "",
        via=tuple(model.via or ()),
        delay_minutes=model.delay_minutes,
        qualifier=model.qualifier or "",
        note=model.note,
        where=where,
    )
