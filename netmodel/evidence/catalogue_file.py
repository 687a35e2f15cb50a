"""Files of documents and incidents."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem, Suggestions, did_you_mean, point_out
from netmodel.evidence.catalogue_forms import (
    ClaimModel,
    DocumentModel,
    DocumentsFile,
    IncidentModel,
    IncidentsFile,
    PlaceModel,
    ReplacementModel,
    TimeBounds,
)
from netmodel.evidence.incident import (
    DOCUMENT_ZONE,
    Catalogue,
    Claim,
    Document,
    Incident,
    Replacement,
)
from netmodel.evidence.places import Place, place_from_dict
from netmodel.evidence.vocabulary import AboutName as AboutName
from netmodel.evidence.vocabulary import EffectName as EffectName
from netmodel.evidence.vocabulary import KindName as KindName
from netmodel.evidence.vocabulary import LanguageName as LanguageName
from netmodel.files.shipped import documents_file, incident_files
from netmodel.files.yaml import YamlSource, read_yaml, validate
from netmodel.times import Bounds, parse_time

LONG_AFTER = timedelta(days=31)
"""How long after its publication an article may be added to without a remark."""
RESTORED = {"first_traffic", "full_service"}
_UNKNOWN = "unknown document"
"""What is not said of claims while a file that may hold the document cannot be read."""


@refuse_wrong_kinds
def read_catalogue(paths: Iterable[Path | str] | Path | str) -> Catalogue:
    """Read documents and incidents from YAML files, in any order.

    Parameters
    ----------
    paths
        Files with a ``documents:`` or an ``incidents:`` list; one path or several.

    Raises
    ------
    InputError
        With every problem of all files at ``file:line:column``: unknown keys, times that are
        none, bounds that exclude each other, duplicate ids, documents that do not exist.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "documents.yaml"
    >>> _ = path.write_text("documents: [{id: d, publisher: P, published: 2023-05-18}]")
    >>> read_catalogue([path])
    <Catalogue: 0 incidents, 1 documents>
    """
    problems: list[Problem] = []
    documents: dict[str, Document] = {}
    shipped: Mapping[str, Document] = {}
    incidents: dict[str, Incident] = {}
    pending: list[tuple[YamlSource, dict[int, IncidentModel]]] = []
    unread = False
    for path in [paths] if isinstance(paths, str | Path) else paths:
        holds_documents, entries = True, None
        if path == documents_file() and documents.keys().isdisjoint(_shipped_documents(path)):
            shipped = _shipped_documents(path)
            documents |= shipped
            continue
        try:
            source = read_yaml(Path(path))
            holds_documents = not (isinstance(source.value, dict) and "incidents" in source.value)
            if isinstance(source.value, dict) and "documents" in source.value:
                checked = validate(source, DocumentsFile)
                problems += _add_documents(source, checked.documents, documents, shipped)
            else:
                entries = dict[int, IncidentModel]()
                pending.append((source, entries))
                entries |= enumerate(validate(source, IncidentsFile).incidents)
        except InputError as error:
            problems += error.problems
            unread = unread or holds_documents
            if entries is not None:
                entries |= _sound_entries(source)
    origins: dict[str, str] = {}
    for source, sound in pending:
        found = [
            *_add_incidents(source, sound, documents, incidents),
            *_find_unknown_documents(source, sound, documents),
        ]
        problems += (each for each in found if not (unread and each.what.startswith(_UNKNOWN)))
        for number, model in sound.items():
            origins.setdefault(model.id, source.where(("incidents", number)))
    if problems:
        raise InputError(problems)
    return Catalogue(documents=documents, incidents=incidents, origins=origins)


@cache
def _shipped_documents(path: Path) -> Mapping[str, Document]:
    """Return the documents that come with netmodel, read once by a process."""
    documents: dict[str, Document] = {}
    source = read_yaml(path)
    problems = [*_add_documents(source, validate(source, DocumentsFile).documents, documents)]
    if problems:
        raise InputError(problems)
    return documents


def _add_documents(
    source: YamlSource,
    models: Sequence[DocumentModel],
    documents: dict[str, Document],
    shipped: Mapping[str, Document] | None = None,
) -> Iterable[Problem]:
    """Add documents; copies of those that come with netmodel, where they are read too, are one."""
    shipped = shipped or {}
    for number, model in enumerate(models):
        if model.id in shipped and _says_the_same(model, shipped[model.id]):
            continue
        if model.id in documents:
            where = source.where(("documents", number, "id"))
            yield Problem(what=f"document id {model.id!r} is used twice", where=where)
            continue
        try:
            documents[model.id] = _build_document(model)
        except InputError as error:
            yield from _at(source, ("documents", number), error)


def _says_the_same(model: DocumentModel, known: Document) -> bool:
    """Whether an entry is a copy of a document, as a run copies those that it cites."""
    try:
        return _build_document(model) == known
    except InputError:
        return False


def _sound_entries(source: YamlSource) -> dict[int, IncidentModel]:
    """Return the incidents of a file that are in order by themselves, by their number.

    What is wrong with the others is told when the whole file is checked; what these say of
    documents and of each other is told beside it.
    """
    found = {}
    for number, entry in enumerate(_list_at(source.value, "incidents")):
        try:
            found[number] = IncidentModel.model_validate(entry)
        except ValidationError:
            continue
    return found


def _find_unknown_documents(
    source: YamlSource, sound: Mapping[int, IncidentModel], documents: Mapping[str, Document]
) -> Iterable[Problem]:
    """Yield the unknown documents of incidents that are not in order by themselves."""
    near = Suggestions(documents)
    for number, entry in enumerate(_list_at(source.value, "incidents")):
        for claim, cells in enumerate(() if number in sound else _list_at(entry, "claims")):
            cited = cells.get("document") if isinstance(cells, dict) else None
            if isinstance(cited, str) and cited and cited not in documents:
                where = ("incidents", number, "claims", claim, "document")
                yield _unknown_document(source, where, cited, near)


def _list_at(value: object, key: str) -> Sequence[object]:
    """Return the list that a mapping has at a key; an empty one where there is none."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, list) else ()


def _build_document(model: DocumentModel) -> Document:
    return Document(
        id=model.id,
        publisher=model.publisher,
        title=model.title,
        published=(model.published and parse_time(model.published, zone=DOCUMENT_ZONE)) or None,
        published_text=model.published or "",
        url=model.url,
        language=model.language,
        note=model.note,
    )


def _at(
    source: YamlSource, location: tuple[str | int, ...], error: InputError
) -> Iterable[Problem]:
    """Yield what a value finds wrong with itself at the key of the file that says it."""
    for each in error.problems:
        where = source.where((*location, *each.where.split(".")))
        yield replace(each, what=f"{each.where}: {each.what}", where=where)


def _add_incidents(
    source: YamlSource,
    models: Mapping[int, IncidentModel],
    documents: dict[str, Document],
    incidents: dict[str, Incident],
) -> Iterable[Problem]:
    near = Suggestions(documents)
    for number, model in models.items():
        location = ("incidents", number)
        if model.id in incidents:
            where = source.where((*location, "id"))
            yield Problem(what=f"incident id {model.id!r} is used twice", where=where)
            continue
        problems: list[Problem] = []
        incident = _build_incident(source, location, model, documents, near, problems)
        yield from problems
        if incident is not None:
            incidents[incident.id] = incident


def _build_incident(
    source: YamlSource,
    location: tuple[str | int, ...],
    model: IncidentModel,
    documents: dict[str, Document],
    near: Suggestions,
    problems: list[Problem],
) -> Incident | None:
    claims = []
    for number, claim in enumerate(model.claims):
        here = (*location, "claims", number)
        if claim.document not in documents:
            problems.append(_unknown_document(source, (*here, "document"), claim.document, near))
        try:
            claims.append(_build_claim(claim, model.zone))
        except ValueError as error:
            where = source.where((*here, "at") if claim.at else here)
            problems.append(Problem(what=str(error), where=where))
        else:
            _point_out_year(source, here, claims[-1], documents.get(claim.document))
    for number, service in enumerate(model.replacement):
        if service.document not in documents:
            here = (*location, "replacement", number, "document")
            problems.append(_unknown_document(source, here, service.document, near))
    problems += _restored_before_start(source, location, model, claims)
    if problems:
        return None
    if model.slowed is not None and "slowed" not in (model.effect, model.then):
        what = "has no effect, since the effect is not slowed"
        point_out(Problem(what=f"slowed {what}", where=source.where((*location, "slowed"))))
    try:
        return _make_incident(model, claims)
    except InputError as error:
        problems += _at(source, location, error)
    return None


def _make_incident(model: IncidentModel, claims: Sequence[Claim]) -> Incident:
    return Incident(
        id=model.id,
        title=model.title,
        kind=model.kind,
        zone=model.zone,
        places=_build_places(model.place),
        effect=model.effect,
        claims=tuple(claims),
        then=model.then,
        traffic=tuple(model.traffic or ("passenger", "freight")),
        slowed_minutes=model.slowed.minutes if model.slowed else None,
        standing=model.standing,
        replacements=tuple(_build_replacement(each) for each in model.replacement),
        note=model.note,
        titles={str(language): title for language, title in model.titles.items()},
        tag=model.tag,
        recurs=None if model.recurs is None else model.recurs.build(),
        trains_per_day={str(kind): number for kind, number in model.trains_per_day.items()},
        wagons_per_day={str(kind): number for kind, number in model.wagons_per_day.items()},
    )


def _unknown_document(
    source: YamlSource, location: tuple[str | int, ...], wanted: str, near: Suggestions
) -> Problem:
    remedy = did_you_mean(near.near(wanted)) or "add it to the documents file"
    return Problem(what=f"{_UNKNOWN} {wanted!r}", where=source.where(location), remedy=remedy)


def _point_out_year(
    source: YamlSource,
    location: tuple[str | int, ...],
    claim: Claim,
    document: Document | None,
) -> None:
    """Point out a claim that is said to be made long after its document was published."""
    published = document.published.latest if document and document.published else None
    made = claim.made.earliest if claim.made else None
    if published and made and made > published + LONG_AFTER:
        what = f"made is {(made - published).days:,} days after its document was published"
        where = source.where((*location, "made"))
        point_out(Problem(what=what, where=where, remedy="check the year"))


def _restored_before_start(
    source: YamlSource,
    location: tuple[str | int, ...],
    model: IncidentModel,
    claims: Sequence[Claim],
) -> Iterable[Problem]:
    """Find restorations that end before the earliest start of their spell that anyone reports."""
    if len(claims) < len(model.claims):
        return
    sure = [n for n, claim in enumerate(claims) if claim.basis in ("observed", "planned")]
    starts: dict[int, list[datetime | None]] = {}
    for number in sure:
        claim = claims[number]
        if claim.about == "start" and claim.at:
            starts.setdefault(claim.spell, []).append(claim.at.earliest)
    for number in sure:
        claim = claims[number]
        known = starts.get(claim.spell, [])
        if claim.about in RESTORED and claim.at and known and None not in known:
            latest = claim.at.latest
            if latest is not None and latest < min(each for each in known if each):
                yield Problem(
                    what=f"{claim.about} is before the start of the incident",
                    where=source.where((*location, "claims", number, "at")),
                    remedy="a reopening follows its closure; check both times",
                )


def _build_claim(model: ClaimModel, zone: str) -> Claim:
    return Claim(
        document=model.document,
        speaker=model.speaker,
        says=model.says,
        about=model.about,
        party=model.party,
        basis=model.basis,
        at=_build_bounds(model.at, zone),
        within_hours=model.within_hours,
        lasted_hours=model.lasted_hours,
        made=_build_bounds(model.made, zone),
        figures=dict(model.figures),
        traffic=tuple(model.traffic or ()),
        places=_build_places(model.place),
        spell=model.spell,
    )


def _build_places(given: PlaceModel | list[PlaceModel] | None) -> tuple[Place, ...]:
    places = given if isinstance(given, list) else [given] if given else []
    return tuple(build_place(place) for place in places)


def _build_bounds(value: str | TimeBounds | None, zone: str) -> Bounds | None:
    if value is None:
        return None
    if isinstance(value, str):
        return parse_time(value, zone=zone)
    after = parse_time(value.after, zone=zone).earliest if value.after else None
    before = parse_time(value.before, zone=zone).latest if value.before else None
    return Bounds(earliest=after, latest=before)


def build_place(model: PlaceModel) -> Place:
    """Return the place that a checked entry means."""
    return place_from_dict(model.model_dump(exclude_none=True))


def _build_replacement(model: ReplacementModel) -> Replacement:
    return Replacement(
        from_hub=model.from_,
        to_hub=model.to,
        document=model.document,
        via=tuple(model.via),
        minutes=model.minutes,
        passengers_per_day=model.passengers_per_day,
    )


@cache
def built_in_catalogue() -> Catalogue:
    """Return the built-in catalogue.

    It is read once and shared; a catalogue is never changed.

    Examples
    --------
    >>> built_in_catalogue().incidents["2023-05-18-simferopol-chystenke"].effect
    'closed'
    """
    return read_catalogue((documents_file(), *incident_files()))


def read_with_built_in(paths: Sequence[Path]) -> Catalogue:
    """Read documents and incidents; files of the built-in record are read once by a process.

    The same as `read_catalogue` for whoever needs the built-in catalogue too.

    Examples
    --------
    >>> read_with_built_in([documents_file(), incident_files()[0]]).documents.keys() == (
    ...     built_in_catalogue().documents.keys()
    ... )
    True
    """
    shipped = {os.path.realpath(path): path.name for path in incident_files()}
    further = [os.path.realpath(path) for path in paths if path != documents_file()]
    once = shipped.keys() >= set(further) and len(set(further)) == len(further)
    if documents_file() not in paths or not once:
        return read_catalogue(paths)
    try:
        record = built_in_catalogue()
    except InputError:
        # What is wrong with other files of the record does not concern these.
        return read_catalogue(paths)
    chosen = [each for path in further for each in record.from_files([shipped[path]])]
    return Catalogue(
        documents=record.documents,
        incidents={each.id: each for each in chosen},
        origins={each.id: record.origins[each.id] for each in chosen},
    )
