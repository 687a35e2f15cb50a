"""What a run's folder says about the evidence: incidents, claims, documents, services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from netmodel.evidence.incident import Claim, Document
from netmodel.evidence.notes import Note
from netmodel.impact.attribution import Attribution, Share
from netmodel.impact.buses import Service
from netmodel.outages.matching import Match
from netmodel.outages.outage import Placement
from netmodel.runs.computation import Computation
from netmodel.runs.documents import (
    Evidence,
    RunClaim,
    RunConflict,
    RunDetours,
    RunDocument,
    RunIncident,
    RunPlace,
    RunRival,
    RunService,
    RunSpell,
)
from netmodel.runs.train_decisions import Decisions
from netmodel.runs.uncertainty import plain_number


def describe_evidence(
    run: Computation,
    attribution: Attribution | None = None,
    detours: Mapping[str, tuple[RunDetours, ...]] | None = None,
    decisions: Decisions | None = None,
) -> Evidence:
    """Return incidents with claims, milestones, conflicts and matches; documents; services.

    Parameters
    ----------
    attribution
        What each incident did to the loss, where it is known.
    detours
        What the detours round each incident come to, for those that closed a link.
    decisions
        What is reported of single trains; their documents are among those of the run.
    """
    shares = {each.incident: each for each in attribution.shares} if attribution else {}
    placements = [*run.placements, *run.background]
    studied = {placement.incident.id for placement in run.placements}
    used = {document for placement in placements for document in placement.incident.documents} | {
        service.document for service in run.services
    }
    documents = {**run.scenario.train_documents, **run.scenario.catalogue.documents}
    if run.trains is not None:
        used |= {each for train in run.trains.relevant.timetable.trains for each in train.documents}
    used |= {each.document for reports in (decisions or {}).values() for each in reports}
    return Evidence(
        incidents=tuple(
            replace(
                describe_placement(each, shares.get(each.incident.id)),
                background=each.incident.id not in studied,
                detours=(detours or {}).get(each.incident.id, ()),
            )
            for each in placements
        ),
        documents={name: describe_document(documents[name]) for name in sorted(used)},
        services=tuple(_service(service) for service in run.services),
    )


def describe_placement(placement: Placement, share: Share | None = None) -> RunIncident:
    """Return an incident, how it was placed and timed, and all its claims."""
    incident, resolution = placement.incident, placement.resolution
    start, first_traffic, full_service = resolution.bounds
    set_aside = dict(resolution.set_aside)
    return RunIncident(
        id=incident.id,
        title=incident.title,
        titles=dict(incident.titles),
        kind=incident.kind,
        effect=incident.effect,
        then=incident.then,
        traffic=tuple(incident.traffic),
        standing=incident.standing,
        note=incident.note,
        places=tuple(_place(match) for match in placement.matches),
        links=tuple(sorted({outage.link for outage in placement.outages})),
        reason=placement.reasons,
        rule=resolution.rule,
        start=start,
        first_traffic=first_traffic,
        full_service=full_service,
        conflicts=tuple(
            RunConflict(
                about=conflict.about,
                claims=tuple(conflict.claims),
                treatment=conflict.treatment,
            )
            for conflict in resolution.conflicts
        ),
        claims=tuple(
            _claim(claim, used=number in resolution.used, set_aside=set_aside.get(number))
            for number, claim in enumerate(incident.claims)
        ),
        background=False,
        told=resolution.notes,
        spells=tuple(
            RunSpell(
                number=spell.number,
                traffic=spell.traffic,
                start=spell.resolution.start,
                first_traffic=spell.resolution.first_traffic,
                full_service=spell.resolution.full_service,
                links=spell.links,
            )
            for spell in resolution.spells
        ),
        share_of_loss=None if share is None else plain_number(share.share),
        loss_alone=None if share is None else plain_number(share.alone),
        leave_one_out=None if share is None else plain_number(share.leave_one_out),
    )


def _place(match: Match) -> RunPlace:
    return RunPlace(
        place=match.place,
        status=match.status,
        links=tuple(match.links),
        candidates=tuple(match.candidates),
        rivals=tuple(
            RunRival(links=tuple(each.links), reason=each.reason) for each in match.rivals
        ),
        note=match.notes,
    )


def _claim(claim: Claim, *, used: bool, set_aside: Note | None) -> RunClaim:
    return RunClaim(
        document=claim.document,
        speaker=claim.speaker,
        party=claim.party,
        says=claim.says,
        about=claim.about,
        basis=claim.basis,
        at=claim.at,
        within_hours=claim.within_hours,
        lasted_hours=claim.lasted_hours,
        figures=dict(claim.figures),
        used=used,
        set_aside=set_aside,
        traffic=claim.traffic,
    )


def describe_document(document: Document) -> RunDocument:
    """Return a document as a run keeps it."""
    return RunDocument(
        publisher=document.publisher,
        title=document.title,
        published=document.published_text,
        url=document.url,
        note=document.note,
    )


def _service(service: Service) -> RunService:
    return RunService(
        incident=service.incident,
        start_hub=service.link.from_hub,
        end_hub=service.link.to_hub,
        minutes=round(service.link.minutes or 0.0, 1),
        minutes_basis=service.minutes_basis,
        passengers_per_day=service.passengers_per_day,
        document=service.document,
    )
