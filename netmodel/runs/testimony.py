"""What a run's folder says about the evidence: incidents, claims, documents, services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netmodel.evidence.incident import Claim, Document
from netmodel.evidence.places import place_to_dict
from netmodel.evidence.vocabulary import MILESTONES
from netmodel.outages.matching import Match
from netmodel.outages.outage import Placement
from netmodel.runs.computation import Computation
from netmodel.times import Bounds, format_instant


def describe_evidence(
    run: Computation,
    shares: Mapping[str, Mapping[str, object]] | None = None,
    ways: Mapping[str, Sequence[Mapping[str, object]]] | None = None,
) -> dict[str, object]:
    """Return incidents with claims, milestones, conflicts and matches; documents; services.

    Parameters
    ----------
    shares
        What each incident did to the loss, by incident; where it is known.
    ways
        What the ways round each incident come to, for those that closed a link.
    """
    shares, ways = shares or {}, ways or {}
    placements = [*run.placements, *run.background]
    studied = {placement.incident.id for placement in run.placements}
    used = {document for placement in placements for document in placement.incident.documents} | {
        service.document for service in run.services
    }
    documents = run.scenario.catalogue.documents
    return {
        "incidents": [
            {
                **describe_placement(each),
                "background": each.incident.id not in studied,
                **shares.get(each.incident.id, {}),
                **({"ways": list(ways[each.incident.id])} if each.incident.id in ways else {}),
            }
            for each in placements
        ],
        "documents": {name: describe_document(documents[name]) for name in sorted(used)},
        "services": [
            {
                "incident": service.incident,
                "from": service.link.from_hub,
                "to": service.link.to_hub,
                "minutes": round(service.link.minutes or 0.0, 1),
                "minutes_basis": service.minutes_basis.to_dict(),
                "passengers_per_day": service.passengers_per_day,
                "document": service.document,
            }
            for service in run.services
        ],
    }


def describe_placement(placement: Placement) -> dict[str, object]:
    """Return an incident, how it was placed and timed, and all its claims, as plain values."""
    incident, resolution = placement.incident, placement.resolution
    set_aside = dict(resolution.set_aside)
    return {
        "id": incident.id,
        "title": incident.title,
        "titles": dict(incident.titles),
        "kind": incident.kind,
        "effect": incident.effect,
        "then": incident.then,
        "traffic": list(incident.traffic),
        "standing": incident.standing,
        "note": incident.note,
        "places": [describe_match(match) for match in placement.matches],
        "links": sorted({outage.link for outage in placement.outages}),
        "reason": [note.to_dict() for note in placement.reasons],
        "rule": resolution.rule.to_dict(),
        **{
            name: describe_bounds(each)
            for name, each in zip(MILESTONES, resolution.bounds, strict=True)
        },
        "conflicts": [
            {
                "about": conflict.about,
                "claims": list(conflict.claims),
                "treatment": conflict.treatment.to_dict(),
            }
            for conflict in resolution.conflicts
        ],
        "claims": [
            {
                **describe_claim(claim),
                "used": number in resolution.used,
                "set_aside": set_aside[number].to_dict() if number in set_aside else None,
            }
            for number, claim in enumerate(incident.claims)
        ],
    }


def describe_match(match: Match) -> dict[str, object]:
    """Return how a place was matched, as plain values."""
    return {
        "place": place_to_dict(match.place),
        "status": match.status,
        "links": list(match.links),
        "candidates": list(match.candidates),
        "rivals": [
            {"links": list(each.links), "reason": each.reason.to_dict()} for each in match.rivals
        ],
        "note": [note.to_dict() for note in match.notes],
    }


def describe_claim(claim: Claim) -> dict[str, object]:
    """Return a claim as plain values."""
    return {
        "document": claim.document,
        "speaker": claim.speaker,
        "party": claim.party,
        "says": claim.says,
        "about": claim.about,
        "basis": claim.basis,
        "at": describe_bounds(claim.at) if claim.at else None,
        "within_hours": claim.within_hours,
        "lasted_hours": claim.lasted_hours,
        "figures": dict(claim.figures),
    }


def describe_document(document: Document) -> dict[str, object]:
    """Return a document as plain values."""
    return {
        "publisher": document.publisher,
        "title": document.title,
        "published": document.published_text,
        "url": document.url,
        "note": document.note,
    }


def describe_bounds(bounds: Bounds) -> dict[str, str | None]:
    """Return bounds as plain values."""
    return {
        "earliest": format_instant(bounds.earliest) or None,
        "latest": format_instant(bounds.latest) or None,
    }
