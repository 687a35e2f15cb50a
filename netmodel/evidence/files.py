"""Documents and incidents from YAML: the file format, checked, and turned into frozen values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from netmodel.errors import InputError, Problem, did_you_mean, nearest_names
from netmodel.evidence.file_models import (
    RESTORED,
    ClaimModel,
    DocumentModel,
    DocumentsFile,
    IncidentModel,
    IncidentsFile,
    PlaceModel,
    ReplacementModel,
    TimeBounds,
)
from netmodel.evidence.model import (
    Catalogue,
    Claim,
    Document,
    HubPlace,
    Incident,
    LinksPlace,
    NearPlace,
    NoPlace,
    Place,
    RegionPlace,
    Replacement,
    SectionPlace,
    StationPlace,
    TownPlace,
)
from netmodel.instants import Bounds, parse_time
from netmodel.yaml_source import YamlSource, read_yaml, validate

_UNKNOWN = "unknown document"
"""What is not said of claims while a file that may hold the document cannot be read."""


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
    incidents: dict[str, Incident] = {}
    pending: list[tuple[YamlSource, IncidentsFile]] = []
    unread = False
    for path in [paths] if isinstance(paths, str | Path) else paths:
        holds_documents = True
        try:
            source = read_yaml(Path(path))
            holds_documents = not (isinstance(source.value, dict) and "incidents" in source.value)
            if isinstance(source.value, dict) and "documents" in source.value:
                checked = validate(source, DocumentsFile)
                problems += _add_documents(source, checked.documents, documents)
            else:
                pending.append((source, validate(source, IncidentsFile)))
        except InputError as error:
            problems += error.problems
            unread = unread or holds_documents
    origins: dict[str, str] = {}
    for source, file in pending:
        found = _add_incidents(source, file.incidents, documents, incidents)
        problems += (each for each in found if not (unread and each.what.startswith(_UNKNOWN)))
        for number, model in enumerate(file.incidents):
            origins.setdefault(model.id, source.where(("incidents", number)))
    if problems:
        raise InputError(problems)
    return Catalogue(documents=documents, incidents=incidents, origins=origins)


def _add_documents(
    source: YamlSource, models: Sequence[DocumentModel], documents: dict[str, Document]
) -> Iterable[Problem]:
    for number, model in enumerate(models):
        if model.id in documents:
            where = source.where(("documents", number, "id"))
            yield Problem(what=f"document id {model.id!r} is used twice", where=where)
            continue
        documents[model.id] = Document(
            id=model.id,
            publisher=model.publisher,
            title=model.title,
            published=(model.published and parse_time(model.published, zone="Europe/Kyiv")) or None,
            published_text=model.published or "",
            url=model.url,
            language=model.language,
            note=model.note,
        )


def _add_incidents(
    source: YamlSource,
    models: Sequence[IncidentModel],
    documents: dict[str, Document],
    incidents: dict[str, Incident],
) -> Iterable[Problem]:
    for number, model in enumerate(models):
        location = ("incidents", number)
        if model.id in incidents:
            where = source.where((*location, "id"))
            yield Problem(what=f"incident id {model.id!r} is used twice", where=where)
            continue
        problems: list[Problem] = []
        incident = _build_incident(source, location, model, documents, problems)
        yield from problems
        if incident is not None:
            incidents[incident.id] = incident


def _build_incident(
    source: YamlSource,
    location: tuple[str | int, ...],
    model: IncidentModel,
    documents: dict[str, Document],
    problems: list[Problem],
) -> Incident | None:
    claims = []
    for number, claim in enumerate(model.claims):
        here = (*location, "claims", number)
        if claim.document not in documents:
            problems.append(
                _unknown_document(source, (*here, "document"), claim.document, documents)
            )
        try:
            claims.append(_build_claim(claim, model.zone))
        except ValueError as error:
            where = source.where((*here, "at") if claim.at else here)
            problems.append(Problem(what=str(error), where=where))
    for number, service in enumerate(model.replacement):
        if service.document not in documents:
            here = (*location, "replacement", number, "document")
            problems.append(_unknown_document(source, here, service.document, documents))
    problems += _restored_before_start(source, location, model, claims)
    if problems:
        return None
    places = model.place if isinstance(model.place, list) else [model.place]
    return Incident(
        id=model.id,
        title=model.title,
        kind=model.kind,
        zone=model.zone,
        places=tuple(build_place(place) for place in places),
        effect=model.effect,
        claims=tuple(claims),
        then=model.then,
        traffic=tuple(model.traffic or ("passenger", "freight")),
        slowed_minutes=model.slowed.minutes if model.slowed else None,
        standing=model.standing,
        replacements=tuple(_build_replacement(each) for each in model.replacement),
        note=model.note,
        titles={str(language): title for language, title in model.titles.items()},
    )


def _unknown_document(
    source: YamlSource,
    location: tuple[str | int, ...],
    wanted: str,
    documents: dict[str, Document],
) -> Problem:
    remedy = did_you_mean(nearest_names(wanted, documents)) or "add it to the documents file"
    return Problem(what=f"{_UNKNOWN} {wanted!r}", where=source.where(location), remedy=remedy)


def _restored_before_start(
    source: YamlSource,
    location: tuple[str | int, ...],
    model: IncidentModel,
    claims: Sequence[Claim],
) -> Iterable[Problem]:
    """Find observed restorations that end before the earliest start that anyone reports."""
    starts = [
        claim.at.earliest
        for claim in claims
        if claim.about == "start" and claim.basis == "observed" and claim.at
    ]
    known = [start for start in starts if start is not None]
    if not known or len(known) < len(starts) or len(claims) < len(model.claims):
        return
    for number, claim in enumerate(claims):
        if claim.about in RESTORED and claim.basis == "observed" and claim.at:
            latest = claim.at.latest
            if latest is not None and latest < min(known):
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
    )


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
    if model.hub is not None:
        return HubPlace(hub=model.hub)
    if model.station is not None:
        return StationPlace(station=model.station)
    if model.between is not None:
        return SectionPlace(between=tuple(model.between))
    if model.near is not None:
        return NearPlace(lon=model.near.lon, lat=model.near.lat, within_km=model.near.within_km)
    if model.town is not None:
        return TownPlace(town=model.town, within_km=model.within_km or 10.0)
    if model.region is not None:
        return RegionPlace(region=model.region, extent=model.extent or "somewhere")
    if model.links is not None:
        return LinksPlace(links=tuple(model.links))
    return NoPlace(reason=model.none or "")


def _build_replacement(model: ReplacementModel) -> Replacement:
    return Replacement(
        from_hub=model.from_,
        to_hub=model.to,
        document=model.document,
        via=tuple(model.via),
        minutes=model.minutes,
        passengers_per_day=model.passengers_per_day,
    )
