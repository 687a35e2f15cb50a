"""From the claims of an incident to the bounds of its milestones, by one named rule.

The rule, ``observed-bounds``:

1. Only claims that were observed, or that state a general rule ("always restored in at most a
   day"), set bounds. A forecast never does.
2. A claim that only repeats less precisely what another says ("on 18 May" beside "at 07:45")
   adds nothing.
3. Where the remaining claims can all be true, the milestone lies in their intersection.
4. Where they contradict each other, the bounds widen to cover them all, and the contradiction is
   listed. A general rule that an observation contradicts is set aside, and listed.
5. "Still out at T" means that it had begun by T, and that the restoration came after T.
6. Start, first traffic and full service come in this order. Where the claims about two of them
   leave no such order, both widen to cover both, and the contradiction is listed.
7. A claim about the length ("it took two hours") also ties the restoration to the start, unless
   it is part of a contradiction with a clock time. Contradicting lengths widen to cover both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from netmodel.evidence.combining import Chain, Conflict, settle_order
from netmodel.evidence.lengths import StatedLengths
from netmodel.evidence.model import Catalogue, Claim, Incident
from netmodel.evidence.timing import Length
from netmodel.instants import Bounds

RESOLUTION_RULE = "observed-bounds"


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
    to_first_traffic, to_full_service
        How long after the start each came; ``None`` where no claim gives a length.
    stops
        Whether traffic stopped; where it did not, first traffic is the start.

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
    to_first_traffic: Length | None = None
    to_full_service: Length | None = None
    stops: bool = True

    def milestone(self, name: str) -> Bounds:
        """Return the bounds of ``start``, ``first_traffic`` or ``full_service``."""
        return {
            "start": self.start,
            "first_traffic": self.first_traffic,
            "full_service": self.full_service,
        }[name]

    def length(self, name: str) -> Length | None:
        """Return how long after the start ``first_traffic`` or ``full_service`` came."""
        return {"first_traffic": self.to_first_traffic, "full_service": self.to_full_service}[name]


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
    chain = Chain(incident, _known_claims(incident, catalogue, as_of))
    closed = incident.effect == "closed"
    out = [(number, claim.at) for number, claim in chain.timed("still_out") if claim.at]
    entries = {
        "start": [
            *((number, claim.at) for number, claim in chain.timed("start") if claim.at),
            *((number, Bounds(latest=at.latest)) for number, at in out),
        ]
    }
    start = chain.combine("start", entries["start"])
    ends = {name: chain.timed(name) for name in ("first_traffic", "full_service")}
    if not closed:
        ends = {
            "first_traffic": [],
            "full_service": [*ends["first_traffic"], *ends["full_service"]],
        }
    lengths = StatedLengths(chain, ends)
    for name, claims in ends.items():
        entries[name] = [(number, claim.at) for number, claim in claims if claim.at]
        entries[name] += lengths.bounds(name, start)
    entries["first_traffic" if closed else "full_service"] += [
        (number, Bounds(earliest=at.earliest)) for number, at in out
    ]
    bounds = {"start": start} | {name: chain.combine(name, entries[name]) for name in ends}
    bounds = settle_order(chain, entries, bounds)
    to_first, to_full = lengths.settle(bounds, stops=closed)
    start = bounds["start"]
    first = _not_before(bounds["first_traffic"], start) if closed else start
    full = _not_before(bounds["full_service"], first)
    if closed and full.latest is not None:
        first = first.intersect(Bounds(latest=full.latest)) or first
    return Resolution(
        incident=incident.id,
        start=start,
        first_traffic=first,
        full_service=full,
        used=tuple(sorted(chain.used)),
        set_aside=tuple(sorted(chain.set_aside.items())),
        conflicts=(*chain.conflicts, *_figure_conflicts(chain.known)),
        to_first_traffic=to_first,
        to_full_service=to_full,
        stops=closed,
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
