"""From the claims of an incident to the bounds of its milestones, by one named rule.

The rule, ``observed-bounds``:

1. Only claims that were observed, or that state a general rule ("always restored in at most a
   day"), set bounds. A forecast never does.
2. A claim that only repeats less precisely what another says ("on 18 May" beside "at 07:45")
   adds nothing.
3. Where the remaining claims can all be true, the milestone lies in their intersection.
4. Where they contradict each other, the bounds widen to cover them all, and the contradiction is
   listed. A general rule that an observation contradicts is set aside, and listed.
5. "Still out at T" means that the restoration came after T.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce

from netmodel.evidence.model import Catalogue, Claim, Incident
from netmodel.instants import Bounds

RESOLUTION_RULE = "observed-bounds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Claims that cannot all be true.

    Parameters
    ----------
    about
        The milestone, or the name of the figure.
    claims
        Their positions in the incident's claims.
    treatment
        What the resolution did about it.
    """

    about: str
    claims: tuple[int, ...]
    treatment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """Bounds of the milestones of an incident, and how they came about.

    Parameters
    ----------
    start, first_traffic, full_service
        Bounds in UTC; a side is ``None`` where the record sets none.
    used
        Positions of the claims that set bounds.
    set_aside
        Position and reason of each timed claim that does not.

    Examples
    --------
    >>> from netmodel.evidence.built_in import built_in_catalogue
    >>> incident = built_in_catalogue().incidents["2023-05-18-simferopol-chystenke"]
    >>> resolution = resolve_incident(incident)
    >>> print(resolution.milestone("start") == resolution.start, resolution.rule)
    True observed-bounds
    """

    incident: str
    start: Bounds
    first_traffic: Bounds
    full_service: Bounds
    used: tuple[int, ...]
    set_aside: tuple[tuple[int, str], ...]
    conflicts: tuple[Conflict, ...]
    rule: str = RESOLUTION_RULE

    def milestone(self, name: str) -> Bounds:
        """Return the bounds of ``start``, ``first_traffic`` or ``full_service``."""
        return {
            "start": self.start,
            "first_traffic": self.first_traffic,
            "full_service": self.full_service,
        }[name]


def resolve_incident(
    incident: Incident, catalogue: Catalogue | None = None, *, as_of: datetime | None = None
) -> Resolution:
    """Turn the claims of an incident into bounds of its milestones.

    Parameters
    ----------
    catalogue
        Needed with `as_of`, for the dates of the documents.
    as_of
        Use only claims that were public by then; all claims by default.

    Returns
    -------
    Resolution
        For an effect other than a closure, first traffic is the start, since traffic never
        stopped, and every restoration claim speaks of full service.

    Examples
    --------
    >>> from netmodel.evidence.model import NoPlace
    >>> from netmodel.instants import parse_time
    >>> day = parse_time("2023-05-18", zone="Europe/Simferopol")
    >>> claims = (
    ...     Claim(document="d", speaker="A", says="07:45", about="start",
    ...           at=parse_time("2023-05-18T07:45+03:00")),
    ...     Claim(document="d", speaker="B", says="08:20", about="start",
    ...           at=parse_time("2023-05-18T08:20+03:00")),
    ...     Claim(document="d", speaker="C", says="at most a day", about="first_traffic",
    ...           basis="rule", within_hours=24),
    ... )
    >>> incident = Incident(id="x", title="x", kind="derailment", zone="Europe/Simferopol",
    ...                     places=(NoPlace(reason="example"),), effect="closed", claims=claims)
    >>> resolution = resolve_incident(incident)
    >>> print(resolution.start)
    2023-05-18T04:45Z to 2023-05-18T05:20Z
    >>> print(resolution.first_traffic)
    2023-05-18T04:45Z to 2023-05-19T05:20Z
    >>> [conflict.about for conflict in resolution.conflicts]
    ['start']
    """
    chain = _Chain(incident, _known_claims(incident, catalogue, as_of))
    start = chain.combine("start", [(n, c.at) for n, c in chain.timed("start")])
    closed = incident.effect == "closed"
    still_out = [(n, Bounds(earliest=c.at.earliest)) for n, c in chain.timed("still_out") if c.at]
    ends = {
        name: [(n, _restored(claim, start)) for n, claim in chain.timed(name)]
        for name in ("first_traffic", "full_service")
    }
    if not closed:
        everything = [*ends["first_traffic"], *ends["full_service"], *still_out]
        full = _not_before(chain.combine("full_service", everything), start)
        first = start
    else:
        first = _not_before(
            chain.combine("first_traffic", [*ends["first_traffic"], *still_out]), start
        )
        full = _not_before(chain.combine("full_service", ends["full_service"]), first)
        if full.latest is not None:
            first = first.intersect(Bounds(latest=full.latest)) or first
    return Resolution(
        incident=incident.id,
        start=start,
        first_traffic=first,
        full_service=full,
        used=tuple(sorted(chain.used)),
        set_aside=tuple(sorted(chain.set_aside.items())),
        conflicts=(*chain.conflicts, *_figure_conflicts(chain.known)),
    )


def _known_claims(
    incident: Incident, catalogue: Catalogue | None, as_of: datetime | None
) -> list[tuple[int, Claim]]:
    numbered = list(enumerate(incident.claims))
    if as_of is None:
        return numbered
    if catalogue is None:
        raise ValueError("as_of needs the catalogue, for the dates of the documents")
    known = []
    for number, claim in numbered:
        public = catalogue.known_at(claim)
        if public is not None and public <= as_of:
            known.append((number, claim))
    return known


class _Chain:
    """Collects, while milestones are combined, which claims were used and which were not."""

    def __init__(self, incident: Incident, known: list[tuple[int, Claim]]) -> None:
        self.incident = incident
        self.known = known
        self.used: set[int] = set()
        self.set_aside: dict[int, str] = {}
        self.conflicts: list[Conflict] = []

    def timed(self, about: str) -> list[tuple[int, Claim]]:
        """Return the claims about a milestone that may set bounds; note the forecasts."""
        found = []
        for number, claim in self.known:
            has_time = claim.at or claim.within_hours or claim.lasted_hours
            if claim.about != about or not has_time:
                continue
            if claim.basis == "forecast":
                self.set_aside[number] = "a forecast is not an observation"
            else:
                found.append((number, claim))
        return found

    def combine(self, about: str, entries: Sequence[tuple[int, Bounds | None]]) -> Bounds:
        """Return the bounds that follow from some claims, by the rule of this module."""
        given = [(number, bounds) for number, bounds in entries if bounds is not None]
        self.used.update(number for number, _ in given)
        precise = [
            (number, bounds)
            for number, bounds in given
            if not any(other != bounds and _contains(bounds, other) for _, other in given)
        ]
        common = _intersection([bounds for _, bounds in precise])
        if common is not None:
            return common
        observed = [
            entry for entry in precise if self.incident.claims[entry[0]].basis == "observed"
        ]
        if observed and len(observed) < len(precise):
            rules = [entry for entry in precise if entry not in observed]
            for number, _ in rules:
                self.used.discard(number)
                self.set_aside[number] = "an observation contradicts this general rule"
            treatment = "the general rule is set aside in favour of what was observed"
            self._note(about, precise, treatment)
            return self.combine(about, [entry for entry in given if entry not in rules])
        self._note(about, precise, "the bounds cover all of them")
        return reduce(Bounds.hull, (bounds for _, bounds in precise))

    def _note(self, about: str, entries: Sequence[tuple[int, Bounds]], treatment: str) -> None:
        numbers = tuple(sorted(number for number, _ in entries))
        self.conflicts.append(Conflict(about=about, claims=numbers, treatment=treatment))


def _restored(claim: Claim, start: Bounds) -> Bounds | None:
    if claim.at is not None:
        return claim.at
    if claim.within_hours is not None:
        return start.shift(0.0, claim.within_hours)
    if claim.lasted_hours is not None:
        return start.shift(claim.lasted_hours, claim.lasted_hours)
    return None


def _contains(outer: Bounds, inner: Bounds) -> bool:
    return outer.hull(inner) == outer


def _intersection(bounds: Sequence[Bounds]) -> Bounds | None:
    common: Bounds | None = Bounds()
    for each in bounds:
        common = None if common is None else common.intersect(each)
    return common


def _not_before(bounds: Bounds, earlier: Bounds) -> Bounds:
    """Return the bounds of something that cannot come before `earlier`."""
    after = bounds.intersect(Bounds(earliest=earlier.earliest))
    if after is None:
        return Bounds(earliest=earlier.earliest, latest=earlier.earliest)
    return after


def _figure_conflicts(known: Sequence[tuple[int, Claim]]) -> tuple[Conflict, ...]:
    values: dict[str, dict[float, list[int]]] = {}
    for number, claim in known:
        for name, value in claim.figures.items():
            values.setdefault(name, {}).setdefault(value, []).append(number)
    return tuple(
        Conflict(
            about=name,
            claims=tuple(sorted(number for group in groups.values() for number in group)),
            treatment="both are shown; no figure of the model rests on it",
        )
        for name, groups in values.items()
        if len(groups) > 1
    )
