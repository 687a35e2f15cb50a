"""How an incident shows itself in a notebook: its claims, who made them, and the bounds."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from netmodel.evidence.resolution import resolve_incident

if TYPE_CHECKING:
    from netmodel.evidence.model import Incident


def incident_html(incident: Incident) -> str:
    """Return the incident as an HTML table of claims below its resolved milestones."""
    resolution = resolve_incident(incident)
    rows = "".join(
        f"<tr><td>{escape(claim.about)}</td><td>{escape(claim.basis)}</td>"
        f"<td>{escape(str(claim.at) if claim.at else '')}</td>"
        f"<td>{escape(claim.speaker)}</td><td>{escape(claim.says)}</td>"
        f"<td>{escape(claim.document)}</td></tr>"
        for claim in incident.claims
    )
    places = "; ".join(escape(str(place)) for place in incident.places)
    return (
        f"<figure><figcaption><b>{escape(incident.title)}</b> ({escape(incident.id)})<br>"
        f"{places}: {escape(incident.effect)}<br>start {escape(str(resolution.start))}; "
        f"first traffic {escape(str(resolution.first_traffic))}; "
        f"full service {escape(str(resolution.full_service))}</figcaption>"
        "<table><tr><th>about</th><th>basis</th><th>at (UTC)</th><th>speaker</th><th>says</th>"
        f"<th>document</th></tr>{rows}</table></figure>"
    )
