"""From a draft to an incident, as far as what was read says enough."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem
from netmodel.evidence.claim_rules import find_missing_start
from netmodel.evidence.incident import Claim, Incident, Replacement
from netmodel.evidence.vocabulary import TIMED, TRAFFIC_TYPES
from netmodel.reading.draft import ArticleSource, DraftClaim, DraftIncident

_RESTORED = ("first_traffic", "full_service")
_TAKEN_OVER = ("kind", "effect", "then", "traffic", "slowed_minutes", "trains_per_day")
"""What an incident has as its draft has it."""


@refuse_wrong_kinds
def to_incident(incident: DraftIncident, articles: Iterable[ArticleSource]) -> Incident:
    """Return a draft as an incident; what it says is not checked.

    Parameters
    ----------
    articles
        Those of the draft: the publisher of an article speaks where it names nobody.

    Raises
    ------
    InputError
        With everything that is missing or does not go together.
    """
    lacks = missing(incident)
    if lacks:
        raise InputError(lacks)
    publishers = {each.id: each.document.publisher for each in articles}
    given: dict[str, Any] = {
        name: value for name in _TAKEN_OVER if (value := incident.value(name)) is not None
    }
    claims = (
        build_claim(each, publishers.get(each.article, each.article)) for each in incident.claims
    )
    return Incident(
        id=incident.id,
        title=incident.title,
        zone=incident.zone,
        places=tuple(each.value for each in incident.all("place")),  # type: ignore[misc]
        claims=tuple(claims),
        replacements=tuple(_buses(incident)),
        **given,
    )


def _buses(incident: DraftIncident) -> Iterator[Replacement]:
    """Yield the buses of a draft; its first article is their document, as of what a person adds."""
    for each in incident.all("replacement"):
        way = each.value
        if isinstance(way, Mapping) and {"from", "to"} <= {*way} and incident.articles:
            document = each.spans[0].article if each.spans else incident.articles[0]
            yield Replacement(from_hub=str(way["from"]), to_hub=str(way["to"]), document=document)


@refuse_wrong_kinds
def missing(incident: DraftIncident) -> tuple[Problem, ...]:
    """List what a draft lacks to be an incident; empty for nothing."""
    lacks = [
        Problem(what=f"no {name} was read", where=name, remedy=f"say the {name}")
        for name in ("kind", "effect", "place")
        if incident.get(name) is None
    ]
    effect, traffic = incident.value("effect"), incident.value("traffic")
    if isinstance(effect, str):
        claims = [build_claim(each, each.article) for each in incident.claims]
        kinds = traffic if isinstance(traffic, tuple) else TRAFFIC_TYPES
        start = find_missing_start(effect, kinds, claims)
        if start:
            lacks.append(Problem(what=start, where="claims", remedy="say when it began"))
    return tuple(lacks)


def build_claim(claim: DraftClaim, publisher: str) -> Claim:
    """Return the claim that a draft has; what does not go with its subject is left out."""
    fields: dict[str, Any] = {each.name: each.value for each in claim.fields}
    about = str(fields["about"])
    fields.setdefault("party", "other" if "speaker" in fields else "media")
    fields.setdefault("speaker", publisher)
    trains = fields.pop("trains", ())
    if trains:
        fields["figures"] = _of_trains(trains, fields.get("figures", {}))
    place = fields.pop("place", None)
    if about == "running" and place is not None:
        fields["places"] = (place,)
    for name in _left_out(about, fields):
        fields.pop(name, None)
    return Claim(document=claim.article, **fields)


def _of_trains(trains: Iterable[object], figures: Mapping[str, float]) -> Mapping[str, float]:
    """Return figures with the numbers of the trains of which they are in their names.

    Where no figure is told, 1 says that a train is one of those that are spoken of.
    """
    names = [f"train_{re.sub(r'[^0-9]+', '_', str(each)).strip('_')}" for each in trains]
    told = figures or {"": 1}
    return {f"{train}_{name}".rstrip("_"): value for train in names for name, value in told.items()}


def _left_out(about: str, fields: Mapping[str, object]) -> tuple[str, ...]:
    """Return which times and kinds of traffic a claim of this subject cannot say."""
    if about not in TIMED:
        return ("at", "within_hours", "lasted_hours", "traffic")
    if about not in _RESTORED or "at" in fields:
        return ("within_hours", "lasted_hours")
    return ("lasted_hours",) if "within_hours" in fields else ()
