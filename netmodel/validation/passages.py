"""Passages with what should be read in them, for measuring a reader of articles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem, did_you_mean, nearest_names
from netmodel.evidence.catalogue_forms import Text, TimeBounds
from netmodel.evidence.vocabulary import BasisName, EffectName, KindName
from netmodel.files.strict import StrictModel
from netmodel.files.yaml import YamlSource, read_yaml, validate
from netmodel.network.aliases import ALIAS_LANGUAGES
from netmodel.network.railway import Network
from netmodel.times import Bounds, load_zone, parse_time, read_bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedTime:
    """A time that should be read; of several values any is right.

    Parameters
    ----------
    at
        Instants or spans.
    give_hours
        By so much either end of one may differ.
    lasted_hours, within_hours
        A form of the same time that is as right as `at`.
    speaker
        Words that the name of the speaker holds; empty where that is not measured.
    optional
        Whether a reader that leaves it out is as right.
    """

    about: tuple[str, ...]
    at: tuple[Bounds, ...] = ()
    give_hours: float = 0.0
    lasted_hours: float | None = None
    within_hours: float | None = None
    basis: tuple[str, ...] = ()
    speaker: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedEvent:
    """What should be read of one event; of several effects, kinds and sets of places any is right.

    Parameters
    ----------
    places
        Sets of hubs and stations by name; empty for an event of which only a region is named.
    effects
        ``none`` where trains ran all the same.
    kinds
        Empty where the kind is not measured.
    """

    effects: tuple[str, ...]
    places: tuple[frozenset[str], ...] = ()
    region: str = ""
    kinds: tuple[str, ...] = ()
    times: tuple[ExpectedTime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingPassage:
    """A text and what should be read in it.

    Parameters
    ----------
    published
        Day of publication, as ``2024-03-12``.
    zone
        IANA name of the time zone of its clocks.
    mentions
        Every hub and station that it names, by name.
    either
        Those that count neither way, such as the town of a district.

    Examples
    --------
    >>> ReadingPassage(id="p1", language="en", text="No train ran to Fastiv.").events
    ()
    """

    id: str
    language: str
    text: str
    published: str = ""
    zone: str = ""
    mentions: frozenset[str] = frozenset()
    either: frozenset[str] = frozenset()
    events: tuple[ExpectedEvent, ...] = ()

    def __post_init__(self) -> None:
        for name in ("mentions", "either"):
            object.__setattr__(self, name, frozenset(getattr(self, name)))
        object.__setattr__(self, "events", tuple(self.events))


@refuse_wrong_kinds
def read_passages(path: Path | str, network: Network) -> tuple[ReadingPassage, ...]:
    """Read a file of passages.

    Parameters
    ----------
    network
        Has the places that the passages name.

    Raises
    ------
    InputError
        With every problem at ``file:line:column``: unknown keys, places and words, times that are
        none, ids used twice.

    Examples
    --------
    >>> import netmodel as nm
    >>> read_passages("nowhere.yaml", nm.built_in_network())
    Traceback (most recent call last):
    netmodel.errors.InputError: nowhere.yaml: no such file
    """
    source = read_yaml(Path(path))
    models = validate(source, PassagesFile).passages
    problems = [*_find_twice(source, models), *_find_unknown(source, models, network)]
    if problems:
        raise InputError(problems)
    return tuple(_build(model) for model in models)


class PassageTimeModel(StrictModel):
    """A time that should be read."""

    about: Text | list[Text]
    at: str | TimeBounds | list[str | TimeBounds] | None = None
    give: Annotated[float, Field(ge=0)] = 0.0
    lasted_hours: Annotated[float, Field(gt=0)] | None = None
    within_hours: Annotated[float, Field(gt=0)] | None = None
    basis: BasisName | list[BasisName]
    speaker: str = ""
    optional: bool = False

    @model_validator(mode="after")
    def _says_a_time(self) -> PassageTimeModel:
        if self.at is None and self.lasted_hours is None and self.within_hours is None:
            raise ValueError("a time needs at, lasted_hours or within_hours")
        return self


class PassageEventModel(StrictModel):
    """An event that should be read."""

    place: list[Text] = Field(default_factory=list)
    place_or: list[list[Text]] = Field(default_factory=list)
    region: str = ""
    effect: EffectName | list[EffectName]
    kind: KindName | list[KindName] = Field(default_factory=list)
    times: list[PassageTimeModel] = Field(default_factory=list)

    @model_validator(mode="after")
    def _has_a_place(self) -> PassageEventModel:
        if bool(self.place) == bool(self.region):
            raise ValueError("an event needs place or region, and not both")
        return self


class PassageModel(StrictModel):
    """A passage and what should be read in it."""

    id: Text
    language: Text
    published: Text
    zone: Text
    text: Text
    mentions: list[Text] = Field(default_factory=list)
    either: list[Text] = Field(default_factory=list)
    events: list[PassageEventModel] = Field(default_factory=list)

    @model_validator(mode="after")
    def _times_are_times(self) -> PassageModel:
        load_zone(self.zone)
        parse_time(self.published, zone=self.zone)
        if self.language not in ALIAS_LANGUAGES:
            raise ValueError(f"language must be one of {', '.join(ALIAS_LANGUAGES)}")
        for event in self.events:
            for time in event.times:
                _bounds(time, self.zone)
        return self


class PassagesFile(StrictModel):
    """A file of passages."""

    passages: Annotated[list[PassageModel], Field(min_length=1)]


def _find_twice(source: YamlSource, models: Iterable[PassageModel]) -> Iterable[Problem]:
    first: dict[str, str] = {}
    for number, model in enumerate(models):
        where = source.where(("passages", number, "id"))
        if model.id in first:
            what, remedy = f"id {model.id!r} is used twice", f"first at {first[model.id]}"
            yield Problem(what=what, where=where, remedy=remedy)
        first.setdefault(model.id, where)


def _find_unknown(
    source: YamlSource, models: Iterable[PassageModel], network: Network
) -> Iterable[Problem]:
    """Find places that the network has not by exactly this name."""
    stops = {hub.name for hub in network.hubs} | {each.name for each in network.stations}
    regions = {hub.region for hub in network.hubs}
    for number, model in enumerate(models):
        named = [*model.mentions, *model.either]
        for event in model.events:
            named += [*event.place, *(name for names in event.place_or for name in names)]
        asked = [("hub or station", name, stops) for name in dict.fromkeys(named)]
        asked += [("region", each.region, regions) for each in model.events if each.region]
        for kind, name, known in asked:
            if name not in known:
                what = f"unknown {kind} {name!r} (in passage {model.id!r})"
                remedy = did_you_mean(nearest_names(name, sorted(known)))
                where = source.where(("passages", number))
                yield Problem(what=what, where=where, remedy=remedy)


def _build(model: PassageModel) -> ReadingPassage:
    return ReadingPassage(
        id=model.id,
        language=model.language,
        text=model.text,
        published=model.published,
        zone=model.zone,
        mentions=frozenset(model.mentions),
        either=frozenset(model.either),
        events=tuple(_build_event(each, model.zone) for each in model.events),
    )


def _build_event(model: PassageEventModel, zone: str) -> ExpectedEvent:
    return ExpectedEvent(
        effects=_several(model.effect),
        places=tuple(frozenset(each) for each in (model.place, *model.place_or) if each),
        region=model.region,
        kinds=_several(model.kind),
        times=tuple(
            ExpectedTime(
                about=_several(each.about),
                at=_bounds(each, zone),
                give_hours=each.give,
                lasted_hours=each.lasted_hours,
                within_hours=each.within_hours,
                basis=_several(each.basis),
                speaker=each.speaker,
                optional=each.optional,
            )
            for each in model.times
        ),
    )


def _several(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _bounds(model: PassageTimeModel, zone: str) -> tuple[Bounds, ...]:
    given = model.at if isinstance(model.at, list) else [model.at]
    plain = (
        each.model_dump(exclude_none=True) if isinstance(each, TimeBounds) else each
        for each in given
    )
    return tuple(read_bounds(each, zone=zone) for each in plain if each is not None)
