"""From the claims of an incident to the bounds of its milestones.

Claims that can all be true are intersected, claims that contradict each other are covered, and
every contradiction is listed.

The rule, ``observed-bounds``:

1. Only claims that were observed, that the operator planned, or that state a general rule
   ("always restored in at most a day") set bounds. A forecast never does.
2. A claim that only repeats less precisely what another says ("on 18 May" beside "at 07:45")
   adds nothing.
3. Where the remaining claims can all be true, the milestone lies in their intersection.
4. Where they contradict each other, the bounds widen to cover them all, and the contradiction is
   listed. A plan that an observation or a later plan contradicts is set aside, and listed; so is
   a general rule that an observation or a plan contradicts.
5. "Still out at T" means that it had begun by T, and that the restoration came after T.
6. Start, first traffic and full service come in this order. Where the claims about two of them
   leave no such order, both widen to cover both, and the contradiction is listed.
7. A claim about the length ("it took two hours") also ties the restoration to the start, unless
   it is part of a contradiction with a clock time. Contradicting lengths widen to cover both.
8. A train that passed ("running") shows that the closure was over: first traffic came by then,
   unless a claim says that it came later; that contradiction is listed. Technical trains that
   passed first say that other trains came later.
9. Last, each bound is drawn in to what the other bounds, the order and the lengths leave: first
   traffic by noon means that it began by noon.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem
from netmodel.evidence.combining import Chain, Conflict, StatedLengths, settle_order
from netmodel.evidence.incident import Catalogue, Claim, Incident
from netmodel.evidence.milestone_bounds import (
    Resolution,
    Running,
    Spell,
    end_by_running,
    join_spells,
    tighten_bounds,
)
from netmodel.evidence.notes import Note, NoteValue
from netmodel.evidence.spells import ClaimsOfSpell, split_claims
from netmodel.evidence.vocabulary import MILESTONES
from netmodel.times import Bounds


@refuse_wrong_kinds
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

    Raises
    ------
    InputError
        If `as_of` is given without the catalogue.

    Examples
    --------
    >>> import netmodel as nm
    >>> from netmodel.times import parse_time
    >>> claims = (
    ...     nm.Claim(document="d", speaker="A", says="07:45", about="start",
    ...              at=parse_time("2023-05-18T07:45+03:00")),
    ...     nm.Claim(document="d", speaker="B", says="08:20", about="start",
    ...              at=parse_time("2023-05-18T08:20+03:00")),
    ...     nm.Claim(document="d", speaker="C", says="at most a day", about="first_traffic",
    ...              basis="rule", within_hours=24),
    ... )
    >>> incident = nm.Incident(id="x", title="x", kind="derailment", zone="Europe/Simferopol",
    ...                        places=(nm.evidence.HubPlace(hub="Simferopol"),), effect="closed",
    ...                        claims=claims)
    >>> resolution = nm.evidence.resolve_incident(incident)
    >>> print(resolution.start)
    2023-05-18T04:45:00Z to 2023-05-18T05:20:00Z
    >>> print(resolution.first_traffic)
    2023-05-18T04:45:00Z to 2023-05-19T05:20:00Z
    >>> [conflict.about for conflict in resolution.conflicts]
    ['start']
    """
    known = _known_claims(incident, catalogue, as_of)
    parts = [
        Spell(number=each.number, traffic=each.traffic, resolution=_resolve_spell(incident, each))
        for each in split_claims(incident, known)
    ]
    parts = _end_before_next(parts)
    if incident.recurs is not None:
        parts = [again for each in parts for again in _repeat(incident, each)] or parts
    if len(parts) == 1:
        return parts[0].resolution
    return join_spells(parts)


def _resolve_spell(incident: Incident, given: ClaimsOfSpell) -> Resolution:
    """Return the bounds of one spell from the claims about it."""
    chain = Chain(incident, list(given.claims))
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
    technical = {name: chain.after_technical(name) for name in ends}
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
    if closed:
        bounds["first_traffic"] = _after(bounds["first_traffic"], technical["first_traffic"])
        bounds["full_service"] = _after(bounds["full_service"], technical["first_traffic"])
    to_first, to_full = lengths.settle(bounds, stops=closed)
    resolution = tighten_bounds(
        Resolution(
            incident=incident.id,
            start=bounds["start"],
            first_traffic=bounds["first_traffic"],
            full_service=bounds["full_service"],
            used=tuple(sorted(chain.used)),
            set_aside=tuple(sorted(chain.set_aside.items())),
            conflicts=(*chain.conflicts, *_figure_conflicts(chain.known)),
            to_first_traffic=to_first,
            to_full_service=to_full,
            stops=closed,
            notes=_planned_notes(chain),
        )
    )
    own = [
        Running(at=c.at, document=c.document, incident=incident.id, traffic=c.traffic, claim=n)
        for n, c in chain.known
        if c.about == "running" and c.at and not c.places
    ]
    return end_by_running(resolution, own, incident.claims)


def _after(bounds: Bounds, entries: Sequence[tuple[int, Bounds]]) -> Bounds:
    """Return bounds that come after others, where they can."""
    for _, each in entries:
        bounds = bounds.intersect(each) or bounds
    return bounds


def _planned_notes(chain: Chain) -> tuple[Note, ...]:
    """Say which milestones rest on what was planned and not on what was seen."""
    notes = []
    for name in MILESTONES:
        used = [c for n, c in chain.known if n in chain.used and c.about == name and c.at]
        seen = [c.at.latest for c in used if c.at and c.at.latest and c.basis == "observed"]
        for claim in used:
            latest = claim.at.latest if claim.at else None
            if claim.basis == "planned" and latest and all(latest < each for each in seen):
                notes.append(Note(f"planned_{name}", {"document": claim.document}))
                break
    return tuple(notes)


def _end_before_next(parts: Sequence[Spell]) -> list[Spell]:
    """Return spells of which each ends by the start of the next, where no claim says so."""
    found = []
    for part in parts:
        following = [
            each.resolution.start.latest
            for each in parts
            if each.number > part.number and set(each.traffic) & set(part.traffic)
        ]
        before = min((each for each in following if each is not None), default=None)
        if before is not None:
            given, limit = part.resolution, Bounds(latest=before)
            bounded = replace(
                given,
                first_traffic=given.first_traffic.intersect(limit) or given.first_traffic,
                full_service=given.full_service.intersect(limit) or given.full_service,
            )
            found.append(replace(part, resolution=tighten_bounds(bounded)))
        else:
            found.append(part)
    return found


def _repeat(incident: Incident, spell: Spell) -> list[Spell]:
    """Return one spell for each time that a closure comes again."""
    resolution, recurs = spell.resolution, incident.recurs
    first = resolution.start.earliest
    if recurs is None or first is None:
        return []
    end = resolution.milestone("first_traffic" if resolution.stops else "full_service").latest
    found = list(recurs.occurrences(first, end, incident.zone))
    told: dict[str, NoteValue] = {
        "days": recurs.days, "opens": recurs.from_clock, "closes": recurs.to_clock,
        "until": recurs.until.isoformat(), "n": len(found),
    }  # fmt: skip
    notes = (*resolution.notes, Note("recurs", told))
    plain = replace(resolution, to_first_traffic=None, to_full_service=None, notes=notes)
    return [
        Spell(
            number=number,
            traffic=spell.traffic,
            resolution=replace(
                plain,
                start=Bounds(earliest=begun, latest=begun),
                first_traffic=Bounds(earliest=over, latest=over)
                if resolution.stops
                else Bounds(earliest=begun, latest=begun),
                full_service=Bounds(earliest=over, latest=over),
            ),
        )
        for number, (begun, over) in enumerate(found, 1)
    ]


def _known_claims(
    incident: Incident, catalogue: Catalogue | None, as_of: datetime | None
) -> list[tuple[int, Claim]]:
    numbered = list(enumerate(incident.claims))
    if as_of is None:
        return numbered
    if catalogue is None:
        what = "as_of needs the catalogue, for the dates of the documents"
        raise InputError([Problem(what=what, where="catalogue")])
    known = []
    for number, claim in numbered:
        public = catalogue.known_at(claim)
        if public is not None and public <= as_of:
            known.append((number, claim))
    return known


def _figure_conflicts(known: Sequence[tuple[int, Claim]]) -> tuple[Conflict, ...]:
    values: dict[str, dict[float, list[int]]] = {}
    for number, claim in known:
        for name, value in claim.figures.items():
            values.setdefault(name, {}).setdefault(value, []).append(number)
    return tuple(
        Conflict(
            about=name,
            claims=tuple(sorted(number for group in groups.values() for number in group)),
            treatment=Note("both_shown"),
        )
        for name, groups in values.items()
        if len(groups) > 1
    )
