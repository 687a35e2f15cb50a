"""The fields of a draft: a value, the words of the article that support it, how sure it is and why.

A field without such words cannot be made, except by a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from netmodel.errors import is_finite
from netmodel.evidence.places import NoPlace, Place
from netmodel.evidence.vocabulary import (
    ABOUTS,
    BASES,
    EFFECTS,
    KINDS,
    LATER_EFFECTS,
    PARTIES,
    TRAINS,
    Checks,
    FrozenMap,
)
from netmodel.times import Bounds

LONGEST_QUOTATION = 200
"""Characters of an article that a draft repeats for one field."""
SURE = ("certain", "likely", "doubtful")
"""How sure a field is, the surest first."""
WHY = (
    "stated", "resolved", "tense", "object", "region_only", "nearby", "several",
    "ambiguous_name", "hedged", "inferred", "told_past", "date_line", "extractor",
    "confirmed", "reviewer",
)  # fmt: skip
"""Why a field is as sure as it is: ``stated`` in so many words; ``resolved`` from the day of
publication; ``tense``, a weekday placed by the tense of its verb; ``object``, by the table of
objects and adjectives; ``region_only``, no section was named; ``nearby``, from a sentence beside;
``several`` fit, one is taken; ``ambiguous_name``, several places carry it; ``hedged``, as what may
be; ``inferred`` from another word; ``told_past``, as what was, of a day after the publication;
``date_line``, by the day that the article itself bears, which is not the given day of publication;
``extractor``, by another program; ``confirmed`` by a person; ``reviewer``, a person's own."""
FieldValue: TypeAlias = (
    "str | float | tuple[str, ...] | FrozenMap[float] | FrozenMap[str] | Bounds | Place"
)
"""What a field holds: its name says which of these."""
INCIDENT_FIELDS: Mapping[str, str] = {
    "place": "place", "kind": "word", "effect": "word", "then": "word", "traffic": "words",
    "slowed_minutes": "number", "trains_per_day": "numbers", "replacement": "names",
}  # fmt: skip
"""The fields of an incident, and the form of each."""
CLAIM_FIELDS: Mapping[str, str] = {
    "about": "word", "says": "text", "speaker": "text", "party": "word", "basis": "word",
    "at": "time", "made": "time", "within_hours": "number", "lasted_hours": "number",
    "figures": "numbers", "traffic": "words", "trains": "texts", "place": "place",
}  # fmt: skip
"""The fields of a claim, and the form of each; ``trains`` are those that it names."""
_AMONG = {
    "kind": KINDS, "effect": EFFECTS, "then": LATER_EFFECTS, "about": ABOUTS, "party": PARTIES,
    "basis": BASES,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Words of an article, by where they stand.

    Parameters
    ----------
    article
        Its id.
    start, end
        Half-open, in characters of its text.
    quotation
        The words themselves; of long ones the first 200 characters.

    Raises
    ------
    InputError
        If the offsets and the length of the quotation do not fit each other.

    Examples
    --------
    >>> span = Span(article="a", start=4, end=9, quotation="track")
    >>> span.quotes("The track."), span.quotes("A track is.")
    (True, False)
    """

    article: str
    start: int
    end: int
    quotation: str

    def __post_init__(self) -> None:
        checks = Checks()
        checks.text("article", self.article)
        length = 0
        for name in ("start", "end"):
            number: object = getattr(self, name)
            if isinstance(number, bool) or not isinstance(number, int):
                checks.refuse(f"{number!r} is no whole number of characters", name)
        if not checks.problems:
            length = self.end - self.start
            if self.start < 0 or length < 1:
                checks.refuse(f"{self.start} to {self.end} holds no character", "start")
        quotation: object = self.quotation
        if not isinstance(quotation, str) or not quotation.strip():
            checks.refuse(f"{quotation!r} quotes nothing", "quotation")
        elif length > 0 and len(quotation) != min(length, LONGEST_QUOTATION):
            what = f"{len(quotation)} characters; {self.start} to {self.end} are {length}"
            checks.refuse(what, "quotation", f"quote them, at most {LONGEST_QUOTATION}")
        checks.done()

    def quotes(self, text: str) -> bool:
        """Whether the words stand in a text where the span says."""
        return self.end <= len(text) and text[self.start :].startswith(self.quotation)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftField:
    """One thing read in an article: a value, and the words that support it.

    Parameters
    ----------
    name
        One of `INCIDENT_FIELDS` or `CLAIM_FIELDS`, which say what the value is.
    spans
        At least one; none only where a person gives a value of their own (`why` is
        ``reviewer``).
    sure
        ``certain``, ``likely`` or ``doubtful``.
    why
        A code of `WHY`.

    Raises
    ------
    InputError
        With everything that is wrong, a missing span among it.

    Examples
    --------
    >>> span = Span(article="a", start=4, end=12, quotation="derailed")
    >>> field = DraftField(name="kind", value="derailment", spans=span, sure="certain",
    ...                    why="stated")
    >>> DraftField(name="kind", value="derailment", spans=(), sure="certain", why="stated")
    Traceback (most recent call last):
    netmodel.errors.InputError: spans: kind 'derailment' rests on no words of an article
    """

    name: str
    value: FieldValue
    spans: tuple[Span, ...]
    sure: str
    why: str

    def __post_init__(self) -> None:
        checks = Checks()
        spans = checks.items("spans", self.spans, Span)
        if not spans and not checks.problems and self.why != "reviewer":
            checks.refuse(f"{self.name} {self.value!r} rests on no words of an article", "spans")
        checks.word("sure", self.sure, SURE)
        checks.word("why", self.why, WHY)
        name: object = self.name
        form = {**INCIDENT_FIELDS, **CLAIM_FIELDS}.get(self.name) if isinstance(name, str) else None
        value: object = self.value
        if form is None:
            checks.word("name", name, (*INCIDENT_FIELDS, *CLAIM_FIELDS))
        else:
            value = _FORMS[form](checks, self.name, value)
        checks.done()
        object.__setattr__(self, "spans", spans)
        object.__setattr__(self, "value", value)

    def __str__(self) -> str:
        value = "–".join(self.value) if isinstance(self.value, tuple) else self.value
        return f"{self.name}: {value} ({self.sure})"


def _check_word(checks: Checks, name: str, value: object) -> object:
    return checks.word(name, value, _AMONG[name])


def _check_text(checks: Checks, name: str, value: object) -> object:
    checks.text(name, value)
    return value


def _check_number(checks: Checks, name: str, value: object) -> object:
    checks.number(name, value, low=0, high=1e6, above=True)
    return float(value) if isinstance(value, int) and is_finite(value) else value


def _check_words(checks: Checks, name: str, value: object) -> object:
    found = checks.texts(name, value, least=1)
    for each in found:
        checks.word(name, each, TRAINS)
    return found


def _check_texts(checks: Checks, name: str, value: object) -> object:
    return checks.texts(name, value, least=1)


def _check_numbers(checks: Checks, name: str, value: object) -> object:
    found = checks.mapping(name, value)
    for key, number in found.items():
        checks.number(f"{name}.{key}", number)
    numbers = {key: each for key, each in found.items() if isinstance(each, int | float)}
    return FrozenMap({key: float(each) for key, each in numbers.items()})


def _check_names(checks: Checks, name: str, value: object) -> object:
    found = checks.mapping(name, value)
    for key, text in found.items():
        checks.text(f"{name}.{key}", text)
    return FrozenMap(found)


def _check_time(checks: Checks, name: str, value: object) -> object:
    if not isinstance(value, Bounds):
        checks.refuse(f"{value!r} is no Bounds", name)
    elif value.censoring == "unknown":
        checks.refuse("the time sets no bound", name)
    return value


def _check_place(checks: Checks, name: str, value: object) -> object:
    if not isinstance(value, Place) or isinstance(value, NoPlace):
        checks.refuse(f"{value!r} is no place", name)
    return value


_FORMS: Mapping[str, Callable[[Checks, str, object], object]] = {
    "word": _check_word, "text": _check_text, "number": _check_number, "words": _check_words,
    "texts": _check_texts, "numbers": _check_numbers, "names": _check_names, "time": _check_time,
    "place": _check_place,
}  # fmt: skip


class HasFields:
    """What values made of fields have in common."""

    __slots__ = ()
    fields: tuple[DraftField, ...]

    def get(self, name: str) -> DraftField | None:
        """Return the first field of a name, if there is one."""
        return next((each for each in self.fields if each.name == name), None)

    def all(self, name: str) -> tuple[DraftField, ...]:
        """Return every field of a name; a place may come several times."""
        return tuple(each for each in self.fields if each.name == name)

    def value(self, name: str) -> FieldValue | None:
        """Return the value of the first field of a name, if there is one."""
        field = self.get(name)
        return None if field is None else field.value


def check_fields(checks: Checks, given: object, names: Iterable[str]) -> tuple[DraftField, ...]:
    """Return the fields of a value, each of a name that belongs there and once, but for places."""
    fields = checks.items("fields", given, DraftField)
    once: set[str] = set()
    for field in fields:
        if field.name not in names:
            checks.refuse(f"{field.name} does not belong here", "fields")
        if field.name in once and field.name != "place":
            checks.refuse(f"{field.name} is given twice", "fields")
        once.add(field.name)
    return fields
