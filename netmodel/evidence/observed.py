"""What was observed, and what was public by an instant: evidence a model may learn from."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from netmodel.evidence.model import Catalogue, Claim, Incident
from netmodel.evidence.resolution import Resolution, resolve_incident


def resolve_observed(
    incident: Incident, catalogue: Catalogue | None = None, *, as_of: datetime | None = None
) -> Resolution:
    """Resolve an incident from what was observed alone, without general rules.

    The positions of claims in the result count only the claims that are no rule.

    Examples
    --------
    >>> from netmodel.evidence.model import Claim, NoPlace
    >>> rule = Claim(document="d", speaker="A", says="a day at most", about="first_traffic",
    ...              basis="rule", within_hours=24)
    >>> incident = Incident(id="x", title="x", kind="power", zone="Europe/Kyiv",
    ...                     places=(NoPlace(reason="example"),), effect="closed", claims=(rule,))
    >>> print(resolve_observed(incident).first_traffic)
    not in the record
    """
    return resolve_incident(without_rules(incident), catalogue, as_of=as_of)


def known_claims(incident: Incident, catalogue: Catalogue, as_of: datetime) -> tuple[Claim, ...]:
    """Return the claims of an incident that were public by an instant.

    A document dated to the day counts from the end of that day; an undated one never.

    Examples
    --------
    >>> known_claims.__name__
    'known_claims'
    """
    return tuple(
        claim
        for claim in incident.claims
        if (public := catalogue.known_at(claim)) is not None and public <= as_of
    )


def without_rules(incident: Incident) -> Incident:
    """Return the incident without the claims that state a general rule.

    Examples
    --------
    >>> without_rules.__name__
    'without_rules'
    """
    return replace(
        incident, claims=tuple(claim for claim in incident.claims if claim.basis != "rule")
    )
