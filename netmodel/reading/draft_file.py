"""Files of drafts: incidents with ``draft: true`` and the words that support each field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Location, Problem
from netmodel.evidence.catalogue_forms import DocumentModel, Text
from netmodel.evidence.incident import DOCUMENT_ZONE, Document
from netmodel.evidence.places import Place, place_from_dict, place_to_dict
from netmodel.files.strict import StrictModel
from netmodel.files.whole import write_file
from netmodel.files.yaml import YamlSource, parse_yaml, read_yaml, to_yaml, validate
from netmodel.reading.draft import (
    ArticleSource,
    Draft,
    DraftClaim,
    DraftIncident,
    Known,
    KnownConflict,
    Unused,
)
from netmodel.reading.draft_fields import CLAIM_FIELDS, INCIDENT_FIELDS, DraftField, Span
from netmodel.times import Bounds, read_bounds, write_bounds

V = TypeVar("V")
W = TypeVar("W")
Item = dict[str, object]


class SpanModel(StrictModel):
    """Words of an article."""

    article: Text
    start: Annotated[int, Field(ge=0, strict=True)]
    end: Annotated[int, Field(ge=1, strict=True)]
    quotation: Text


class ArticleModel(DocumentModel):
    """An article that was read: a document, and what its text is known by."""

    zone: Text = DOCUMENT_ZONE
    characters: Annotated[int, Field(ge=0, strict=True)]
    sha256: Text
    file: Text | None = None


class FieldModel(StrictModel):
    """One field: its value, the words that support it, how sure it is and why."""

    field: Text
    value: Any
    sure: Text
    why: Text
    spans: list[SpanModel] = Field(default_factory=list)


class DraftClaimModel(StrictModel):
    """One claim."""

    article: Text
    fields: list[FieldModel]


class ConflictModel(StrictModel):
    """What a draft and the record say of one thing."""

    name: Text
    ours: Text
    theirs: Text


class KnownModel(StrictModel):
    """What the record knows already."""

    status: Text
    incident: Text | None = None
    agrees: list[str] = Field(default_factory=list)
    conflicts: list[ConflictModel] = Field(default_factory=list)


class DraftIncidentModel(StrictModel):
    """One event."""

    id: Text
    title: Text
    zone: Text
    known: KnownModel = KnownModel(status="new")
    fields: list[FieldModel]
    claims: list[DraftClaimModel]


class UnusedModel(StrictModel):
    """Words in no field."""

    seen: Text
    why: Text
    span: SpanModel


class DraftFile(StrictModel):
    """A file of drafts."""

    draft: Literal[True]
    articles: list[ArticleModel]
    incidents: list[DraftIncidentModel]
    unused: list[UnusedModel] = Field(default_factory=list)


@refuse_wrong_kinds
def write_draft(draft: Draft, path: Path | str) -> Path:
    """Write a draft into a file, whole or not at all; return its path.

    Raises
    ------
    InputError
        If the place cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> path = write_draft(Draft(articles=(), incidents=()), Path(tempfile.mkdtemp()) / "d.yaml")
    >>> read_draft(path)
    <Draft: 0 incidents in 0 articles>
    """
    write_file(path, draft_text(draft))
    return Path(path)


@refuse_wrong_kinds
def draft_text(draft: Draft) -> str:
    """Return the text of a file of drafts, the same for the same draft."""
    return to_yaml(
        {
            "draft": True,
            "articles": [_describe_article(each) for each in draft.articles],
            "incidents": [_describe_incident(each) for each in draft.incidents],
            "unused": [
                {"seen": each.seen, "why": each.why, "span": _describe_span(each.span)}
                for each in draft.unused
            ],
        }
    )


def _given(**values: object) -> Item:
    return {name: each for name, each in values.items() if each not in (None, [], {})}


def _describe_article(source: ArticleSource) -> Item:
    document = source.document
    return _given(
        id=document.id,
        publisher=document.publisher,
        title=document.title,
        published=document.published_text or None,
        url=document.url,
        language=document.language,
        note=document.note,
        zone=source.zone,
        file=source.file,
        characters=source.characters,
        sha256=source.sha256,
    ) | {"characters": source.characters}


def _describe_incident(incident: DraftIncident) -> Item:
    known = incident.known
    return {
        "id": incident.id,
        "title": incident.title,
        "zone": incident.zone,
        "known": _given(
            status=known.status,
            incident=known.incident,
            agrees=list(known.agrees),
            conflicts=[
                {"name": each.name, "ours": each.ours, "theirs": each.theirs}
                for each in known.conflicts
            ],
        ),
        "fields": [_describe_field(each) for each in incident.fields],
        "claims": [
            {"article": claim.article, "fields": [_describe_field(each) for each in claim.fields]}
            for claim in incident.claims
        ],
    }


def _describe_field(field: DraftField) -> Item:
    value: object = field.value
    if isinstance(value, Place):
        value = place_to_dict(value)
    elif isinstance(value, Bounds):
        value = write_bounds(value)
    elif isinstance(value, Mapping):
        value = dict(value)
    elif isinstance(value, tuple):
        value = list(value)
    spans = [_describe_span(each) for each in field.spans]
    form = {"field": field.name, "value": value, "sure": field.sure, "why": field.why}
    return {**form, "spans": spans} if spans else form


def _describe_span(span: Span) -> Item:
    return {
        "article": span.article, "start": span.start, "end": span.end, "quotation": span.quotation,
    }  # fmt: skip


@refuse_wrong_kinds
def read_draft(path: Path | str) -> Draft:
    """Read a file of drafts.

    Raises
    ------
    InputError
        With every mistake at ``file:line:column``: fields without words of an article, words
        that code does not know, and the like.
    """
    source = read_yaml(Path(path), draft=True)
    return _build(source)


def parse_draft(text: str, *, name: str = "drafts.yaml") -> Draft:
    """Read the text of a file of drafts; `name` stands for the file in messages."""
    return _build(parse_yaml(text, name=name))


def _build(source: YamlSource) -> Draft:
    return _DraftBuilder(source).build(validate(source, DraftFile))


class _DraftBuilder:
    """Makes the values of a file, and puts what is wrong with each at its line."""

    def __init__(self, source: YamlSource) -> None:
        self._source = source
        self._problems: list[Problem] = []

    def build(self, file: DraftFile) -> Draft:
        articles = self._each(("articles",), file.articles, self._article)
        incidents = self._each(("incidents",), file.incidents, self._incident)
        unused = self._each(("unused",), file.unused, _unused)
        if self._problems:
            raise InputError(self._problems)
        try:
            return Draft(articles=articles, incidents=incidents, unused=unused)
        except InputError as error:
            where = self._source.name
            raise InputError(replace(each, where=where) for each in error.problems) from None

    def _each(
        self, at: Location, models: Sequence[V], make: Callable[[Location, V], W | None]
    ) -> tuple[W, ...]:
        made = (self._try((*at, number), make, each) for number, each in enumerate(models))
        return tuple(each for each in made if each is not None)

    def _try(self, at: Location, make: Callable[[Location, V], W | None], model: V) -> W | None:
        try:
            return make(at, model)
        except InputError as error:
            where = self._source.where(at)
            self._problems += [
                replace(
                    each,
                    where=where,
                    what=f"{each.where}: {each.what}" if each.where else each.what,
                )
                for each in error.problems
            ]
            return None

    def _article(self, _: Location, model: ArticleModel) -> ArticleSource:
        document = Document(
            id=model.id, publisher=model.publisher, title=model.title, published=model.published,  # type: ignore[arg-type]
            url=model.url, language=model.language, note=model.note,
        )  # fmt: skip
        return ArticleSource(
            document=document, zone=model.zone, characters=model.characters, sha256=model.sha256,
            file=model.file,
        )  # fmt: skip

    def _incident(self, at: Location, model: DraftIncidentModel) -> DraftIncident | None:
        before = len(self._problems)
        fields = self._fields((*at, "fields"), model.fields)
        claims = self._each((*at, "claims"), model.claims, self._claim)
        if len(self._problems) > before:
            return None
        known = Known(
            status=model.known.status,
            incident=model.known.incident,
            agrees=tuple(model.known.agrees),
            conflicts=tuple(
                KnownConflict(name=each.name, ours=each.ours, theirs=each.theirs)
                for each in model.known.conflicts
            ),
        )
        return DraftIncident(
            id=model.id, title=model.title, zone=model.zone, fields=fields, claims=claims,
            known=known,
        )  # fmt: skip

    def _claim(self, at: Location, model: DraftClaimModel) -> DraftClaim | None:
        before = len(self._problems)
        fields = self._fields((*at, "fields"), model.fields)
        if len(self._problems) > before:
            return None
        return DraftClaim(article=model.article, fields=fields)

    def _fields(self, at: Location, models: Iterable[FieldModel]) -> tuple[DraftField, ...]:
        return self._each(at, list(models), _field)


def _unused(_: Location, model: UnusedModel) -> Unused:
    return Unused(seen=model.seen, why=model.why, span=_span(model.span))


def _field(_: Location, model: FieldModel) -> DraftField:
    return DraftField(
        name=model.field,
        value=_value(model.field, model.value),  # type: ignore[arg-type]
        spans=tuple(_span(each) for each in model.spans),
        sure=model.sure,
        why=model.why,
    )


def _span(model: SpanModel) -> Span:
    return Span(article=model.article, start=model.start, end=model.end, quotation=model.quotation)


def _value(name: str, value: object) -> object:
    """Return what the value of a field in a file means."""
    form = {**INCIDENT_FIELDS, **CLAIM_FIELDS}.get(name)
    if form == "place":
        return place_from_dict(value)
    if form == "time":
        try:
            return read_bounds(value)
        except ValueError as error:
            raise InputError([Problem(what=str(error), where=name)]) from None
    return tuple(value) if isinstance(value, list) else value
