"""What was observed, and what was public by an instant: evidence a model may learn from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from netmodel.arguments import refuse_wrong_kinds
from netmodel.evidence.incident import Catalogue, Claim, Incident
from netmodel.evidence.milestone_bounds import Resolution
from netmodel.evidence.resolution import resolve_incident

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@refuse_wrong_kinds
def resolve_observed(
    incident: Incident, catalogue: Catalogue | None = None, *, as_of: datetime | None = None
) -> Resolution:
    """Resolve an incident from what was observed alone, without plans and general rules.

    The positions of claims in the result count only the claims that are neither.

    Examples
    --------
    >>> from netmodel.evidence.places import NoPlace
    >>> from netmodel.evidence.incident import Claim
    >>> rule = Claim(document="d", speaker="A", says="a day at most", about="first_traffic",
    ...              basis="rule", within_hours=24)
    >>> incident = Incident(id="x", title="x", kind="power", zone="Europe/Kyiv",
    ...                     places=(NoPlace(reason="example"),), effect="closed", claims=(rule,))
    >>> print(resolve_observed(incident).first_traffic)
    not in the record
    """
    return resolve_incident(without_rules(incident), catalogue, as_of=as_of)


@refuse_wrong_kinds
def known_claims(incident: Incident, catalogue: Catalogue, as_of: datetime) -> tuple[Claim, ...]:
    """Return the claims of an incident that were public by an instant.

    A document dated to the day counts from the end of that day; an undated one never.

    Examples
    --------
    >>> from datetime import UTC
    >>> import netmodel as nm
    >>> catalogue = nm.built_in_catalogue()
    >>> incident = catalogue.incidents["2023-05-18-simferopol-chystenke"]
    >>> len(known_claims(incident, catalogue, datetime(2023, 5, 17, tzinfo=UTC)))
    0
    """
    return tuple(
        claim
        for claim in incident.claims
        if (public := catalogue.known_at(claim)) is not None and public <= as_of
    )


@refuse_wrong_kinds
def known_incident(incident: Incident, catalogue: Catalogue, as_of: datetime) -> Incident | None:
    """Return an incident with the claims and replacement services public by an instant.

    Returns
    -------
    Incident or None
        ``None`` where nothing was public: as far as a reader knew, there was no such incident.
        Its title, place and effect are those of the whole record.

    Examples
    --------
    >>> from datetime import UTC
    >>> from netmodel.evidence.catalogue_file import built_in_catalogue
    >>> catalogue = built_in_catalogue()
    >>> incident = catalogue.incidents["2023-05-18-simferopol-chystenke"]
    >>> known_incident(incident, catalogue, datetime(2023, 5, 17, tzinfo=UTC)) is None
    True
    """
    claims = known_claims(incident, catalogue, as_of)
    if not claims:
        return None
    return replace(
        incident,
        claims=claims,
        replacements=tuple(
            each
            for each in incident.replacements
            if (published := catalogue.documents[each.document].published) is not None
            and published.latest is not None
            and published.latest <= as_of
        ),
    )


@refuse_wrong_kinds
def known_catalogue(catalogue: Catalogue, as_of: datetime) -> Catalogue:
    """Return a catalogue as known at an instant: see `known_incident`; all documents are kept.

    Examples
    --------
    >>> from datetime import UTC
    >>> from netmodel.evidence.catalogue_file import built_in_catalogue
    >>> len(known_catalogue(built_in_catalogue(), datetime(2000, 1, 1, tzinfo=UTC)).incidents)
    0
    """
    incidents = {
        name: known
        for name, incident in catalogue.incidents.items()
        if (known := known_incident(incident, catalogue, as_of)) is not None
    }
    return replace(catalogue, incidents=incidents)


def undated_claims(incident: Incident, catalogue: Catalogue) -> tuple[Claim, ...]:
    """Return the claims of an incident that have no date, so that no `as_of` ever knows them.

    Examples
    --------
    >>> import netmodel as nm
    >>> notice = nm.evidence.closure("works", "Lviv - Ternopil", start="2026-03-01",
    ...                              zone="Europe/Kyiv", source="Notice of the operator")
    >>> len(undated_claims(notice.incidents["works"], notice))
    1
    """
    return tuple(each for each in incident.claims if catalogue.known_at(each) is None)


def find_latest_forecast(incident: Incident, catalogue: Catalogue | None = None) -> Claim | None:
    """Return the forecast of a restoration that became public last, if there is any.

    Without a catalogue, and among forecasts without a date, the last in the record.

    Examples
    --------
    >>> import netmodel as nm
    >>> catalogue = nm.built_in_catalogue()
    >>> incident = catalogue.incidents["2026-01-30-dnipro-zaporizhzhia"]
    >>> find_latest_forecast(incident, catalogue) is None
    True
    """
    forecasts = [
        (known or _LONG_AGO, number, claim)
        for number, claim in enumerate(incident.claims)
        if claim.basis == "forecast" and claim.about in ("first_traffic", "full_service")
        for known in [None if catalogue is None else catalogue.known_at(claim)]
    ]
    return max(forecasts, key=lambda each: each[:2])[2] if forecasts else None


def without_rules(incident: Incident) -> Incident:
    """Return the incident without the claims that state a plan or a general rule.

    Examples
    --------
    >>> import netmodel as nm
    >>> incident = nm.built_in_catalogue().incidents["2023-05-18-simferopol-chystenke"]
    >>> {claim.basis for claim in without_rules(incident).claims} <= {"observed", "forecast"}
    True
    """
    return replace(
        incident,
        claims=tuple(each for each in incident.claims if each.basis not in ("rule", "planned")),
    )
