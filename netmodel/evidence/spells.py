"""The spells of an incident: its closures one after another, and for whom each holds.

Most incidents have one spell. There are several where claims speak of a second closure at the
place (``spell: 2``), where they tell passenger and freight trains apart, and where a closure
comes again night after night. Each spell has its own bounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from netmodel.evidence.incident import Claim, Incident
from netmodel.evidence.vocabulary import TIMED, TRAFFIC_TYPES

Numbered = tuple[int, Claim]
"""The position of a claim in its incident, and the claim."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsOfSpell:
    """What is said of one spell.

    Parameters
    ----------
    number
        Which closure of the incident; 1 is the first.
    traffic
        For whom the bounds of these claims hold.
    claims
        With their positions.
    """

    number: int
    traffic: tuple[str, ...]
    claims: tuple[Numbered, ...]


def split_claims(incident: Incident, known: Sequence[Numbered]) -> tuple[ClaimsOfSpell, ...]:
    """Return which claims speak of which closure, and of whose trains.

    Kinds of traffic of which the same is said stay together. Claims without a time belong to
    every spell.

    Examples
    --------
    >>> import netmodel as nm
    >>> def claim(about, at, **more):
    ...     return nm.Claim(document="d", speaker="S", says="x", about=about, at=at, **more)
    >>> incident = nm.Incident(id="x", title="X", kind="fire", zone="UTC", places="Kyiv",
    ...     effect="closed", claims=(
    ...     claim("start", "2026-03-01T08:00Z"),
    ...     claim("first_traffic", "2026-03-01T18:00Z", traffic="freight")))
    >>> [(each.traffic, len(each.claims))
    ...  for each in split_claims(incident, list(enumerate(incident.claims)))]
    [(('passenger',), 1), (('freight',), 2)]
    """
    timed = [entry for entry in known if entry[1].about in TIMED]
    untimed = [entry for entry in known if entry[1].about not in TIMED]
    found = []
    for number in sorted({1, *(claim.spell for _, claim in timed)}):
        groups: dict[tuple[int, ...], list[str]] = {}
        for kind in incident.traffic:
            own = tuple(
                position
                for position, claim in timed
                if claim.spell == number and speaks_of(claim, kind, incident.traffic)
            )
            groups.setdefault(own, []).append(kind)
        for own, kinds in groups.items():
            claims = (*((n, c) for n, c in timed if n in own), *untimed)
            found.append(ClaimsOfSpell(number=number, traffic=tuple(kinds), claims=claims))
    return tuple(found)


def speaks_of(claim: Claim, kind: str, traffic: Sequence[str]) -> bool:
    """Whether a claim with a time says something of a kind of traffic of an incident.

    A claim that does not say of whose trains it speaks speaks of all. What technical trains did
    says of the others that they came later.
    """
    if claim.about == "running":
        if claim.places:  # where it passed is not for this incident to say
            return True
        return shows_open(claim.traffic, kind, traffic)
    return not claim.traffic or kind in claim.traffic or "technical" in claim.traffic


def shows_open(trains: Sequence[str], kind: str, closed_to: Sequence[str]) -> bool:
    """Whether trains that passed show that a line was open to a kind of traffic.

    Parameters
    ----------
    trains
        Whose trains passed; empty where that is not said.
    closed_to
        The traffic that the closure stopped. Where it stopped all, passenger trains show that it
        was over, and so does a train of which nothing is said. Freight trains show it for
        freight alone, technical trains for nobody.

    Examples
    --------
    >>> both = ("passenger", "freight")
    >>> shows_open(("passenger",), "freight", both), shows_open(("freight",), "passenger", both)
    (True, False)
    >>> shows_open((), "passenger", both), shows_open((), "passenger", ("passenger",))
    (True, False)
    """
    if not trains:
        return set(closed_to) == set(TRAFFIC_TYPES)
    return kind in trains or ("passenger" in trains and "passenger" in closed_to)
