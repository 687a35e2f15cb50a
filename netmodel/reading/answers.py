"""The values of a draft's fields as a person reads and types them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from netmodel.errors import InputError, Problem
from netmodel.evidence.places import Place, parse_place, place_from_dict, place_to_dict
from netmodel.evidence.vocabulary import (
    ABOUTS,
    BASES,
    EFFECTS,
    KINDS,
    LATER_EFFECTS,
    PARTIES,
)
from netmodel.reading.draft_fields import CLAIM_FIELDS, INCIDENT_FIELDS, DraftField, FieldValue
from netmodel.times import Bounds, load_zone, read_bounds, write_instant

FORMS: Mapping[str, str] = {**INCIDENT_FIELDS, **CLAIM_FIELDS}
WORDS: Mapping[str, Sequence[str]] = {
    "kind": KINDS, "effect": EFFECTS, "then": LATER_EFFECTS, "about": ABOUTS, "party": PARTIES,
    "basis": BASES,
}  # fmt: skip
"""The few words of which some fields have one."""
HOW_TO_WRITE: Mapping[str, str] = {
    "place": "A - B, one hub or station, region NAME",
    "time": "2024-03-12T05:40, a day, A .. B, .. B (at the latest), A .. (at the earliest)",
    "words": "passenger, freight",
    "texts": "31; 119",
    "number": "a number",
    "numbers": "passenger=8, freight=20",
    "names": "from=A, to=B",
    "text": "a text",
}
"""What an answer looks like, by the form of its field; one of a few words has none."""
_RANGE, _PAIR = "..", "="


def describe_form(name: str) -> str:
    """Return what an answer for a field looks like.

    Examples
    --------
    >>> describe_form("basis"), describe_form("lasted_hours")
    ('one of observed, planned, rule, forecast', 'a number')
    """
    if FORMS.get(name) == "word":
        return f"one of {', '.join(WORDS[name])}"
    return HOW_TO_WRITE[FORMS.get(name, "text")]


def write_answer(value: FieldValue, zone: str) -> str:
    """Return a value as a text that `read_answer` reads back.

    Parameters
    ----------
    zone
        Of whose clocks a time is shown.

    Examples
    --------
    >>> from netmodel.times import parse_time
    >>> write_answer(parse_time("2024-03-12", zone="Europe/Kyiv"), "Europe/Kyiv")
    '2024-03-12'
    >>> write_answer(("passenger", "freight"), "Europe/Kyiv")
    'passenger; freight'
    """
    if isinstance(value, Bounds):
        return _write_bounds(value, zone)
    if isinstance(value, Place):
        return _write_place(value)
    if isinstance(value, Mapping):
        pairs = (f"{name}{_PAIR}{_plain(each)}" for name, each in value.items())
        return ", ".join(pairs)
    if isinstance(value, tuple):
        return "; ".join(value)
    return str(_plain(value))


def _plain(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _write_place(place: Place) -> str:
    text = str(place_to_dict(place).get("hub", ""))
    for each in (text, " - ".join(getattr(place, "between", ())), str(place)):
        try:
            if each and parse_place(each) == place:
                return each
        except InputError:
            continue
    form = place_to_dict(place)
    if form.get("extent") == "somewhere":
        return f"region {form['region']}"
    return json.dumps(form, ensure_ascii=False)


def _write_bounds(bounds: Bounds, zone: str) -> str:
    earliest, latest = bounds.earliest, bounds.latest
    if earliest is not None and earliest == latest:
        return _write_clock(earliest, zone)
    if earliest is not None and latest is not None:
        day = earliest.astimezone(load_zone(zone)).date().isoformat()
        if read_bounds(day, zone=zone) == bounds:
            return day
    sides = ("" if each is None else _write_clock(each, zone) for each in (earliest, latest))
    return f" {_RANGE} ".join(sides).strip()


def _write_clock(instant: datetime, zone: str) -> str:
    """Return the clock of the zone, with its offset so that no hour is told twice."""
    local = instant.astimezone(load_zone(zone))
    if (local.utcoffset() or timedelta()) % timedelta(minutes=1):
        return write_instant(instant)  # A mean time of old, with seconds in its offset.
    exact = local.second or local.microsecond
    return local.isoformat() if exact else local.isoformat(timespec="minutes")


def read_answer(name: str, text: str, zone: str) -> DraftField:
    """Return the field that a person means by a text: their own, resting on no words.

    Parameters
    ----------
    name
        Of the field; it says what form the text has.
    zone
        In which a clock without an offset is read.

    Raises
    ------
    InputError
        If the text is no such value, with what to write instead.

    Examples
    --------
    >>> read_answer("place", "Fastiv - Bila Tserkva", "Europe/Kyiv").value
    SectionPlace(between=('Fastiv', 'Bila Tserkva'))
    >>> read_answer("kind", "derailmnt", "Europe/Kyiv")
    Traceback (most recent call last):
    netmodel.errors.InputError: kind: unknown kind 'derailmnt'; did you mean 'derailment'?
    """
    form = FORMS[name]
    try:
        value = _READ[form](text.strip(), zone)
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        remedy = f"write {HOW_TO_WRITE[form]}"
        raise InputError([Problem(what=str(error), where=name, remedy=remedy)]) from None
    return DraftField(name=name, value=value, spans=(), sure="certain", why="reviewer")  # type: ignore[arg-type]


def _read_place(text: str, _: str) -> Place:
    if not text.startswith("{"):
        return parse_place(text)
    try:
        return place_from_dict(json.loads(text))
    except json.JSONDecodeError:
        raise ValueError(f"{text!r} is no place") from None


def _read_time(text: str, zone: str) -> Bounds:
    if _RANGE not in text:
        return read_bounds(text, zone=zone)
    after, before = (side.strip() for side in text.split(_RANGE, 1))
    sides = {"after": after, "before": before}
    return read_bounds({name: each for name, each in sides.items() if each}, zone=zone)


def _read_number(text: str, _: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{text!r} is no number") from None


def _read_list(text: str, _: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(";") if each.strip())


def _read_words(text: str, zone: str) -> tuple[str, ...]:
    return _read_list(text.replace(",", ";"), zone)


def _read_bus(text: str, _: str) -> dict[str, str]:
    found = _read_pairs(text)
    if set(found) != {"from", "to"} or not all(found.values()):
        raise ValueError(f"{text!r} does not say from where to where the bus runs")
    return found


def _read_pairs(text: str) -> dict[str, str]:
    found = {}
    for pair in text.split(","):
        name, sign, value = (each.strip() for each in pair.partition(_PAIR))
        if not sign or not name:
            raise ValueError(f"{pair.strip()!r} is no pair")
        found[name] = value
    return found


def _read_numbers(text: str, zone: str) -> dict[str, float]:
    return {name: _read_number(each, zone) for name, each in _read_pairs(text).items()}


def _read_text(text: str, _: str) -> str:
    return text


_READ: Mapping[str, Callable[[str, str], object]] = {
    "place": _read_place, "time": _read_time, "number": _read_number, "words": _read_words,
    "texts": _read_list, "names": _read_bus, "numbers": _read_numbers, "text": _read_text,
    "word": _read_text,
}  # fmt: skip
