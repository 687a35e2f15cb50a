"""How the values of a run's documents stand in JSON: instants, bounds, numbers, the scenario."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, PlainSerializer, PlainValidator
from pydantic_core import PydanticCustomError

from netmodel.evidence.notes import Note
from netmodel.evidence.places import Place, place_from_dict, place_to_dict
from netmodel.times import Bounds, format_instant, load_zone


def _read_instant(value: object) -> datetime:
    """Read an instant, as UTC; folders written by 0.1 leave out seconds that are zero."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value
    try:
        instant = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise mistake(f"{value!r} is no instant") from None
    if instant.tzinfo is None:
        raise mistake(f"{value!r} is no instant; it has no UTC offset")
    return instant.astimezone(UTC)


def _read_bounds(value: object) -> Bounds:
    if isinstance(value, Bounds):
        return value
    if not isinstance(value, Mapping):
        raise mistake("is no object")
    sides = {}
    for name in ("earliest", "latest"):
        if name not in value:
            raise mistake(f"has no {name}")
        sides[name] = None if value[name] is None else _read_instant(value[name])
    return Bounds(**sides)


def _write_bounds(bounds: Bounds) -> dict[str, str | None]:
    return {
        "earliest": format_instant(bounds.earliest) or None,
        "latest": format_instant(bounds.latest) or None,
    }


def _read_number(value: object) -> float | None:
    """Read a number; ``"inf"`` stands for infinity, null for one that is not known."""
    if value is None:
        return None
    if value == "inf":
        return math.inf
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise mistake("is no number")
    if abs(value) > sys.float_info.max:  # also whole numbers that no float holds
        raise mistake("is no number")
    return value


def _read_known_number(value: object) -> float:
    number = _read_number(value)
    if number is None or math.isinf(number):
        raise mistake("is no number")
    return number


def _write_number(value: float | None) -> float | str | None:
    if value is None or math.isnan(value):
        return None
    return "inf" if math.isinf(value) else value


def _read_sentence(value: object) -> Note | str | None:
    """Read a sentence of the model; folders written by 0.1 have texts, empty for none."""
    if value is None or isinstance(value, Note | str):
        return value or None
    return Note.from_dict(value)


def _read_sentences(value: object) -> tuple[Note | str, ...]:
    found = map(_read_sentence, value if isinstance(value, list | tuple) else [value])
    return tuple(each for each in found if each is not None)


def _write_sentence(sentence: Note | str | None) -> dict[str, object] | str | None:
    return sentence.to_dict() if isinstance(sentence, Note) else sentence


def _write_sentences(sentences: Sequence[Note | str]) -> list[object]:
    return [_write_sentence(each) for each in sentences]


def _read_place(value: object) -> Place | str:
    """Read a place; folders written by 0.1 have texts."""
    return value if isinstance(value, str) else place_from_dict(value)


def _write_place(place: Place | str) -> dict[str, object] | str:
    return place if isinstance(place, str) else place_to_dict(place)


def _check_zone(name: str) -> str:
    load_zone(name)
    return name


def mistake(what: str) -> PydanticCustomError:
    """Return the error by which a document says what is wrong in it."""
    return PydanticCustomError("mistake", "{what}", {"what": what})


Instant: TypeAlias = Annotated[
    datetime, PlainValidator(_read_instant), PlainSerializer(format_instant)
]
Span: TypeAlias = Annotated[Bounds, PlainValidator(_read_bounds), PlainSerializer(_write_bounds)]
Number: TypeAlias = Annotated[
    float | None, PlainValidator(_read_number), PlainSerializer(_write_number, return_type=object)
]
KnownNumber: TypeAlias = Annotated[float, PlainValidator(_read_known_number)]
Said: TypeAlias = Annotated[
    Note | str | None,
    PlainValidator(_read_sentence),
    PlainSerializer(_write_sentence, return_type=object),
]
AllSaid: TypeAlias = Annotated[
    tuple[Note | str, ...], PlainValidator(_read_sentences), PlainSerializer(_write_sentences)
]
Where: TypeAlias = Annotated[
    Place | str, PlainValidator(_read_place), PlainSerializer(_write_place, return_type=object)
]
Zone: TypeAlias = Annotated[str, AfterValidator(_check_zone)]
