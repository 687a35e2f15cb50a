"""What a program reads in articles, before a person has seen it: every field with its words.

A `Draft` is no incident. Each of its fields carries the words of the article that support it, how
sure it is and why; a field without such words cannot be made, except by a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from netmodel.errors import InputError, Problem, is_finite
from netmodel.evidence.incident import Document
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
from netmodel.files.written import text_hash
from netmodel.times import Bounds

LONGEST_QUOTATION = 200
"""Characters of an article that a draft repeats for one field."""
SURE = ("certain", "likely", "doubtful")
"""How sure a field is, the surest first."""
WHY = (
    "stated", "resolved", "tense", "object", "region_only", "nearby", "several",
    "ambiguous_name", "hedged", "inferred", "extractor", "confirmed", "reviewer",
)  # fmt: skip
"""Why a field is as sure as it is: ``stated`` in so many words; ``resolved`` from the day of
publication; ``tense``, a weekday placed by the tense of its verb; ``object``, by the table of
objects and adjectives; ``region_only``, no section was named; ``nearby``, from a sentence beside;
``several`` fit, one is taken; ``ambiguous_name``, several places carry it; ``hedged``, as what may
be; ``inferred`` from another word; ``extractor``, by another program; ``confirmed`` by a person;
``reviewer``, a person's own."""
SEEN = ("place", "time", "effect", "claim")
UNUSED_WHY = (
    "person", "publication", "organisation", "not_rail", "background", "no_event", "no_place",
    "no_time", "denied", "ambiguous", "other_place", "not_a_time", "after_publication",
)  # fmt: skip
"""Why something that was seen is in no field."""
STATUSES = ("new", "known", "contradiction")
AGREES = ("place", "time", "kind", "effect")
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
class ArticleSource:
    """An article as a draft keeps it: what it is, and by what its text is known again.

    Parameters
    ----------
    zone
        Time zone in which the article is read, where the place has no other.
    characters, sha256
        Of the text, so that the offsets of spans can be checked.
    file
        From which it was read; ``None`` for a text.

    Examples
    --------
    >>> document = Document(id="a", publisher="P", published="2023-05-18")
    >>> source = ArticleSource.of("The track.", document, zone="Europe/Kyiv")
    >>> source.characters, source.fits("The track."), source.fits("The trick.")
    (10, True, False)
    """

    document: Document
    zone: str
    characters: int
    sha256: str
    file: str | None = None

    def __post_init__(self) -> None:
        checks = Checks()
        checks.items("document", self.document, Document)
        checks.zone("zone", self.zone)
        checks.number("characters", self.characters, low=0)
        checks.text("sha256", self.sha256)
        checks.text("file", self.file, optional=True)
        checks.done()

    @classmethod
    def of(
        cls, text: str, document: Document, *, zone: str, file: str | None = None
    ) -> ArticleSource:
        """Return the source of a text."""
        return cls(
            document=document, zone=zone, characters=len(text), sha256=text_hash(text), file=file
        )

    @property
    def id(self) -> str:
        """That of its document."""
        return self.document.id

    def fits(self, text: str) -> bool:
        """Whether a text is the one that was read."""
        return len(text) == self.characters and text_hash(text) == self.sha256


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


class _Fields:
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


def _check_fields(checks: Checks, given: object, names: Iterable[str]) -> tuple[DraftField, ...]:
    fields = checks.items("fields", given, DraftField)
    once: set[str] = set()
    for field in fields:
        if field.name not in names:
            checks.refuse(f"{field.name} does not belong here", "fields")
        if field.name in once and field.name != "place":
            checks.refuse(f"{field.name} is given twice", "fields")
        once.add(field.name)
    return fields


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftClaim(_Fields):
    """One thing that an article says of an incident.

    Parameters
    ----------
    article
        Id of the article.
    fields
        `about` and `says` at least. Where no speaker is named the publisher speaks, as a medium,
        of what was observed.

    Raises
    ------
    InputError
        If a field is missing, does not belong to a claim, or is given twice.
    """

    article: str
    fields: tuple[DraftField, ...]

    def __post_init__(self) -> None:
        checks = Checks()
        checks.text("article", self.article)
        fields = _check_fields(checks, self.fields, CLAIM_FIELDS)
        for name in ("about", "says"):
            if name not in {each.name for each in fields}:
                checks.refuse(f"a claim has a field {name}", "fields")
        checks.done()
        object.__setattr__(self, "fields", fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownConflict:
    """Something on which a draft and the record differ: the field, and both texts."""

    name: str
    ours: str
    theirs: str

    def __post_init__(self) -> None:
        checks = Checks()
        for name in ("name", "ours", "theirs"):
            checks.text(name, getattr(self, name))
        checks.done()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the record knows of an incident already.

    Parameters
    ----------
    status
        ``new``; ``known``, so that its claims are offered to that incident; or
        ``contradiction``, where they do not go with what the record has.
    incident
        Id of the incident of the record.
    agrees
        In what it agrees: ``place``, ``time``, ``kind``, ``effect``.

    Examples
    --------
    >>> Known(status="new").incident is None
    True
    """

    status: str
    incident: str | None = None
    agrees: tuple[str, ...] = ()
    conflicts: tuple[KnownConflict, ...] = ()

    def __post_init__(self) -> None:
        checks = Checks()
        checks.word("status", self.status, STATUSES)
        checks.text("incident", self.incident, optional=True)
        if (self.status == "new") != (self.incident is None):
            checks.refuse(f"status {self.status} with incident {self.incident!r}", "incident")
        agrees = checks.texts("agrees", self.agrees)
        for each in agrees:
            checks.word("agrees", each, AGREES)
        conflicts = checks.items("conflicts", self.conflicts, KnownConflict)
        checks.done()
        object.__setattr__(self, "agrees", agrees)
        object.__setattr__(self, "conflicts", conflicts)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftIncident(_Fields):
    """One event of one or several articles, with what was read of it.

    Parameters
    ----------
    id, title
        Made from the fields.
    zone
        Of the place.
    claims
        At least one; of several articles each keeps its own.

    Raises
    ------
    InputError
        With every argument that is wrong.
    """

    id: str
    title: str
    zone: str
    fields: tuple[DraftField, ...]
    claims: tuple[DraftClaim, ...]
    known: Known = Known(status="new")

    def __post_init__(self) -> None:
        checks = Checks()
        checks.identity("id", self.id)
        checks.text("title", self.title)
        checks.zone("zone", self.zone)
        fields = _check_fields(checks, self.fields, INCIDENT_FIELDS)
        claims = checks.items("claims", self.claims, DraftClaim)
        if not claims and not checks.problems:
            checks.refuse("an incident has at least one claim", "claims")
        checks.items("known", self.known, Known)
        checks.done()
        object.__setattr__(self, "fields", fields)
        object.__setattr__(self, "claims", claims)

    @property
    def articles(self) -> tuple[str, ...]:
        """Ids of the articles that it rests on, in the order of the claims."""
        return tuple(dict.fromkeys(claim.article for claim in self.claims))

    def spans(self) -> Iterator[Span]:
        """Yield every span of it and of its claims."""
        for fields in (self.fields, *(claim.fields for claim in self.claims)):
            for field in fields:
                yield from field.spans


@dataclass(frozen=True, slots=True, kw_only=True)
class Unused:
    """Words that were seen and are in no field, and why: a code of `UNUSED_WHY`."""

    seen: str
    span: Span
    why: str

    def __post_init__(self) -> None:
        checks = Checks()
        checks.word("seen", self.seen, SEEN)
        checks.items("span", self.span, Span)
        checks.word("why", self.why, UNUSED_WHY)
        checks.done()


@dataclass(frozen=True, kw_only=True, repr=False)
class Draft:
    """What was read in one or several articles, not yet seen by a person; `run` refuses it.

    Parameters
    ----------
    articles
        That were read.
    incidents
        In the order in which the articles tell of them.
    unused
        What was seen and is in no field.

    Raises
    ------
    InputError
        With ids that are used twice, and spans of articles that are not among them.

    Examples
    --------
    >>> Draft(articles=(), incidents=())
    <Draft: 0 incidents in 0 articles>
    """

    articles: tuple[ArticleSource, ...]
    incidents: tuple[DraftIncident, ...]
    unused: tuple[Unused, ...] = ()

    def __post_init__(self) -> None:
        checks = Checks()
        articles = checks.items("articles", self.articles, ArticleSource)
        incidents = checks.items("incidents", self.incidents, DraftIncident)
        unused = checks.items("unused", self.unused, Unused)
        known = {each.id for each in articles}
        for name, ids in (("articles", [a.id for a in articles]),
                          ("incidents", [i.id for i in incidents])):  # fmt: skip
            for each in sorted(one for one, count in Counter(ids).items() if count > 1):
                checks.refuse(f"id {each!r} is used twice", name)
        cited = {claim.article for each in incidents for claim in each.claims}
        cited |= {span.article for each in incidents for span in each.spans()}
        cited |= {each.span.article for each in unused}
        for article in sorted(cited - known):
            checks.refuse(f"unknown article {article!r}", "articles")
        checks.done()
        for name, value in (("articles", articles), ("incidents", incidents), ("unused", unused)):
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        return f"<Draft: {len(self.incidents)} incidents in {len(self.articles)} articles>"

    def spans(self) -> Iterator[Span]:
        """Yield every span."""
        for incident in self.incidents:
            yield from incident.spans()
        for each in self.unused:
            yield each.span

    def check(self, texts: Mapping[str, str]) -> None:
        """Check that every span quotes its article.

        Parameters
        ----------
        texts
            Of articles, by their ids; spans of other articles are not checked.

        Raises
        ------
        InputError
            With every text that is not the one that was read, and every span that it lacks.
        """
        problems = [
            Problem(what="not the text that was read", where=each.id, remedy="read it anew")
            for each in self.articles
            if each.id in texts and not each.fits(texts[each.id])
        ]
        problems += [
            Problem(what=f"{span.quotation!r} is not at {span.start}", where=span.article)
            for span in self.spans()
            if span.article in texts and not span.quotes(texts[span.article])
        ]
        if problems:
            raise InputError(problems)
