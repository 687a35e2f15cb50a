"""What a program reads in articles, before a person has seen it: every field with its words.

A `Draft` is no incident. Each of its fields carries the words of the article that support it, how
sure it is and why; a field without such words cannot be made, except by a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from netmodel.errors import InputError, Problem
from netmodel.evidence.incident import Document
from netmodel.evidence.vocabulary import (
    Checks,
)
from netmodel.files.written import text_hash
from netmodel.reading.draft_fields import (
    CLAIM_FIELDS,
    INCIDENT_FIELDS,
    DraftField,
    HasFields,
    Span,
    check_fields,
)

SEEN = ("place", "time", "effect", "claim")
UNUSED_WHY = (
    "person", "publication", "organisation", "not_rail", "background", "no_event", "no_place",
    "no_time", "denied", "ambiguous", "other_place", "not_a_time", "after_publication", "date_line",
)  # fmt: skip
"""Why something that was seen is in no field."""
STATUSES = ("new", "known", "contradiction")
AGREES = ("place", "time", "kind", "effect")


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
class DraftClaim(HasFields):
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
        fields = check_fields(checks, self.fields, CLAIM_FIELDS)
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
class DraftIncident(HasFields):
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
        fields = check_fields(checks, self.fields, INCIDENT_FIELDS)
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
