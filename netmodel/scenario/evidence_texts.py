"""Incidents and documents as the YAML files in which an analyst would write them."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from ruamel.yaml import YAML

from netmodel.evidence.incident import Claim, Document, Incident, Replacement
from netmodel.evidence.places import place_to_dict
from netmodel.evidence.vocabulary import TRAFFIC_TYPES
from netmodel.times import Bounds, load_zone, parse_time

_DOCUMENT_ZONE = "Europe/Kyiv"
"""In which a file's dates of publication begin."""
Item = dict[str, object]


def write_incidents(incidents: Iterable[Incident]) -> str:
    """Return a file of incidents.

    Examples
    --------
    >>> import netmodel as nm
    >>> incident = nm.built_in_catalogue().incidents["2023-05-18-simferopol-chystenke"]
    >>> write_incidents([incident]).splitlines()[:2]
    ['incidents:', '- id: 2023-05-18-simferopol-chystenke']
    """
    return to_yaml({"incidents": [_describe_incident(each) for each in incidents]})


def write_documents(documents: Iterable[Document]) -> str:
    """Return a file of documents.

    Examples
    --------
    >>> print(write_documents([Document(id="d", publisher="P")]), end="")
    documents:
    - id: d
      publisher: P
    """
    return to_yaml({"documents": [_describe_document(each) for each in documents]})


def to_yaml(value: object) -> str:
    """Return plain values as YAML, the same text for the same values."""
    yaml: Any = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 100
    yaml.sort_base_mapping_type_on_output = False
    stream = io.StringIO()
    yaml.dump(value, stream)
    return stream.getvalue()


def write_instant(instant: datetime) -> str:
    """Return an instant in UTC, to the microsecond where it has any.

    Examples
    --------
    >>> write_instant(datetime(2023, 5, 18, 4, 40, tzinfo=UTC))
    '2023-05-18T04:40:00Z'
    """
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _given(**values: object) -> Item:
    """Return the values that say something."""
    said = {name: each for name, each in values.items() if each is not None}
    return {name: each for name, each in said.items() if each not in ([], {})}


def _describe_incident(incident: Incident) -> Item:
    places = [place_to_dict(each) for each in incident.places]
    both = set(incident.traffic) == set(TRAFFIC_TYPES)
    slowed = incident.slowed_minutes
    return _given(
        id=incident.id,
        title=incident.title,
        titles=dict(incident.titles),
        kind=incident.kind,
        zone=incident.zone,
        place=places[0] if len(places) == 1 else places,
        effect=incident.effect,
        then=incident.then,
        traffic=None if both else list(incident.traffic),
        slowed=None if slowed is None else {"minutes": slowed},
        standing=incident.standing or None,
        replacement=[_describe_replacement(each) for each in incident.replacements],
        note=incident.note,
        claims=[_describe_claim(each, incident.zone) for each in incident.claims],
    )


def _describe_replacement(service: Replacement) -> Item:
    return {"from": service.from_hub} | _given(
        to=service.to_hub,
        document=service.document,
        via=list(service.via),
        minutes=service.minutes,
        passengers_per_day=service.passengers_per_day,
    )


def _describe_claim(claim: Claim, zone: str) -> Item:
    return _given(
        document=claim.document,
        speaker=claim.speaker,
        party=claim.party,
        says=claim.says,
        about=claim.about,
        basis=claim.basis,
        at=None if claim.at is None else _describe_bounds(claim.at),
        within_hours=claim.within_hours,
        lasted_hours=claim.lasted_hours,
        made=None if claim.made is None else _describe_day(claim.made, zone),
        figures=dict(claim.figures),
    )


def _describe_bounds(bounds: Bounds) -> str | Item | None:
    earliest, latest = bounds.earliest, bounds.latest
    if earliest is not None and earliest == latest:
        return write_instant(earliest)
    return (
        _given(
            after=None if earliest is None else write_instant(earliest),
            before=None if latest is None else write_instant(latest),
        )
        or None
    )


def _describe_document(document: Document) -> Item:
    published = document.published
    return _given(
        id=document.id,
        publisher=document.publisher,
        title=document.title,
        published=(
            None
            if published is None
            else _describe_day(published, _DOCUMENT_ZONE, document.published_text)
        ),
        url=document.url,
        language=document.language,
        note=document.note,
    )


def _describe_day(bounds: Bounds, zone: str, text: str = "") -> str | None:
    """Return the text of a time that a file gives as an instant, a day or a month.

    Where it is none of these, the latest instant: by then it was public.
    """
    known = [each for each in (bounds.earliest, bounds.latest) if each is not None]
    if not known:
        return None
    local = known[0].astimezone(load_zone(zone))
    for guess in (text, f"{local:%Y-%m-%d}", f"{local:%Y-%m}"):
        if guess and _means(guess, zone, bounds):
            return guess
    return write_instant(known[-1])


def _means(text: str, zone: str, bounds: Bounds) -> bool:
    try:
        return parse_time(text, zone=zone) == bounds
    except ValueError:
        return False
