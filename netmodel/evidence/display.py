"""How an incident shows itself in a notebook: its claims, who made them, and the bounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from netmodel.evidence.model import EFFECTS
from netmodel.evidence.resolution import Resolution, resolve_incident
from netmodel.instants import Bounds, format_instant
from netmodel.network.display import html_figure, html_table

if TYPE_CHECKING:
    from netmodel.evidence.model import Catalogue, Incident

_OF_TIMES = ("start", "still_out", "first_traffic", "full_service")
_CLAIMS = ("about", "says", "at (UTC)", "speaker", "document", "in the bounds")


def incident_html(incident: Incident) -> str:
    """Return the resolved milestones, the claims on times, and the others folded away."""
    resolution = resolve_incident(incident)
    milestones = html_table(
        ("milestone", "earliest (UTC)", "latest (UTC)"),
        [
            (name.replace("_", " "), _instant(bounds.earliest), _instant(bounds.latest))
            for name, bounds in (
                ("start", resolution.start),
                ("first_traffic", resolution.first_traffic),
                ("full_service", resolution.full_service),
            )
        ],
    )
    of_times = [n for n, claim in enumerate(incident.claims) if claim.about in _OF_TIMES]
    of_times.sort(key=lambda number: _OF_TIMES.index(incident.claims[number].about))
    others = [number for number in range(len(incident.claims)) if number not in of_times]
    folded = (
        f"<details><summary>{len(others)} further claims</summary>"
        f"{_claims(incident, resolution, others)}</details>"
        if others
        else ""
    )
    places = "; ".join(str(place) for place in incident.places)
    effect = f"{incident.effect}, then {incident.then}" if incident.then else incident.effect
    note = f"{incident.id} · {places} · {effect} · {len(incident.documents)} documents"
    claims = _claims(incident, resolution, of_times) if of_times else ""
    return html_figure(incident.title, note, milestones, claims, folded)


def catalogue_html(catalogue: Catalogue) -> str:
    """Return how many incidents of each kind there are, by their effect on traffic."""
    effects = [each for each in EFFECTS if any(i.effect == each for i in _incidents(catalogue))]
    kinds = Counter(incident.kind for incident in _incidents(catalogue))
    counts = Counter((incident.kind, incident.effect) for incident in _incidents(catalogue))
    rows = [
        (kind.replace("_", " "), total, *(counts[kind, effect] or "" for effect in effects))
        for kind, total in kinds.most_common()
    ]
    header = ("kind", "incidents", *(effect.replace("_", " ") for effect in effects))
    claims = sum(len(incident.claims) for incident in _incidents(catalogue))
    note = f"{claims:,} claims in {len(catalogue.documents):,} documents; to_pandas() lists them"
    numeric = range(1, len(header))
    title = f"{len(catalogue.incidents):,} incidents"
    return html_figure(title, note, html_table(header, rows, numeric=numeric))


def _incidents(catalogue: Catalogue) -> Iterable[Incident]:
    return catalogue.incidents.values()


def _claims(incident: Incident, resolution: Resolution, numbers: Iterable[int]) -> str:
    set_aside = dict(resolution.set_aside)
    rows = []
    for number in numbers:
        claim = incident.claims[number]
        used = "yes" if number in resolution.used else set_aside.get(number, "")
        about = claim.about.replace("_", " ")
        if claim.basis != "observed":
            about = f"{about} ({claim.basis})"
        rows.append((about, claim.says, _span(claim.at), claim.speaker, claim.document, used))
    return html_table(_CLAIMS, rows)


def _span(bounds: Bounds | None) -> str:
    if bounds is None:
        return ""
    if bounds.earliest == bounds.latest:
        return _instant(bounds.earliest)
    if bounds.earliest is None or bounds.latest is None:
        return str(bounds).replace("T", " ").replace("Z", "")
    return f"{_instant(bounds.earliest)} to {_instant(bounds.latest)}"


def _instant(instant: datetime | None) -> str:
    if instant is None:
        return "not in the record"
    return format_instant(instant).replace("T", " ").replace("Z", "")
