"""From the claims of an incident to the bounds of its milestones.

Claims that can all be true are intersected, claims that contradict each other are covered, and
every contradiction is listed.

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
8. Last, each bound is drawn in to what the other bounds, the order and the lengths leave: first
   traffic by noon means that it began by noon.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from netmodel.errors import InputError, Problem
from netmodel.evidence.combining import Chain, Conflict, StatedLengths, settle_order
from netmodel.evidence.incident import Catalogue, Claim, Incident
from netmodel.evidence.notes import Note
from netmodel.evidence.timing import ALWAYS, NEVER, AllowedTimes, Length, allow_times, to_length
from netmodel.evidence.vocabulary import MILESTONES
from netmodel.times import LAST_INSTANT, Bounds, format_instant, to_microseconds

RESOLUTION_RULE = Note("observed_bounds")
ORIGIN = datetime(2000, 1, 1, tzinfo=UTC)
BEGINNING_OF_TIME = datetime.min.replace(tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """Bounds of the milestones of an incident, and how they came about.

    Parameters
    ----------
    start, first_traffic, full_service
        Bounds in UTC, drawn in by order and lengths, and scaled; a side is ``None`` where the
        record sets none.
    used
        Positions of the claims that set bounds.
    set_aside
        Position and reason of each timed claim that does not.
    to_first_traffic, to_full_service
        How long after the start each came; ``None`` where no claim gives a length.
    stops
        Whether traffic stopped; where it did not, first traffic is the start.
    scale
        What comes after the start takes so many times as long as the evidence says.
    unscaled
        The resolution as the evidence has it, where `scale` is not 1.

    Examples
    --------
    >>> import netmodel as nm
    >>> incident = nm.built_in_catalogue().incidents["2023-05-18-simferopol-chystenke"]
    >>> resolution = nm.evidence.resolve_incident(incident)
    >>> print(resolution.milestone("start") == resolution.start, resolution.rule)
    True observed-bounds
    """

    incident: str
    start: Bounds
    first_traffic: Bounds
    full_service: Bounds
    used: tuple[int, ...]
    set_aside: tuple[tuple[int, Note], ...]
    conflicts: tuple[Conflict, ...]
    rule: Note = RESOLUTION_RULE
    to_first_traffic: Length | None = None
    to_full_service: Length | None = None
    stops: bool = True
    scale: float = 1.0
    unscaled: Resolution | None = None

    @property
    def bounds(self) -> tuple[Bounds, Bounds, Bounds]:
        """The bounds of the three milestones, in order."""
        return self.start, self.first_traffic, self.full_service

    def milestone(self, name: str) -> Bounds:
        """Return the bounds of ``start``, ``first_traffic`` or ``full_service``."""
        return dict(zip(MILESTONES, self.bounds, strict=True))[name]

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
    return tighten_bounds(
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
        )
    )


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


def tighten_bounds(resolution: Resolution) -> Resolution:
    """Return a resolution whose bounds are drawn in by their order and by lengths, and scaled.

    Raises
    ------
    InputError
        If no start, first traffic and full service within the bounds come in that order.

    Examples
    --------
    >>> from netmodel.times import parse_time
    >>> resolution = Resolution(
    ...     incident="x", start=parse_time("2023-05-18", zone="UTC"),
    ...     first_traffic=parse_time("2023-05-18T15:00Z"), full_service=Bounds(),
    ...     used=(), set_aside=(), conflicts=())
    >>> print(tighten_bounds(resolution).start)
    2023-05-18T00:00:00Z to 2023-05-18T15:00:00Z
    """
    early, late = allowed_times(resolution).hull()
    start, first, full = (
        Bounds(
            earliest=None if low <= ALWAYS else to_instant(low, ORIGIN),
            latest=to_instant(high, ORIGIN),
        )
        for low, high in zip(early, late, strict=True)
    )
    return replace(resolution, start=start, first_traffic=first, full_service=full)


def scale_resolution(resolution: Resolution, scale: float) -> Resolution:
    """Return a resolution in which what comes after the start takes so many times as long.

    The bounds cover all instants to which an allowed start and restoration can move.

    Parameters
    ----------
    scale
        > 0; on top of one that the resolution already has.

    Raises
    ------
    InputError
        If no times within the bounds come in order.
    """
    unscaled = resolution.unscaled or resolution
    factor = resolution.scale * scale
    if factor == 1:
        return unscaled
    rule = Note("observed_bounds_scaled", {"scale": factor})
    return tighten_bounds(replace(unscaled, rule=rule, scale=factor, unscaled=unscaled))


def allowed_times(
    resolution: Resolution,
    origin: datetime = ORIGIN,
    *,
    standing: bool = False,
) -> AllowedTimes:
    """Return the times that bounds, order and lengths allow together, in microseconds.

    They have the scale of the resolution.

    Parameters
    ----------
    origin
        Microseconds count from here.
    standing
        Whether the incident is a standing closure: an end that the record does not bound above
        never comes.

    Raises
    ------
    InputError
        If there are none.
    """
    bounds = (resolution.unscaled or resolution).bounds
    low, high = (
        [None if instant is None else to_microseconds(instant, origin) for instant in side]
        for side in ([each.earliest for each in bounds], [each.latest for each in bounds])
    )
    found = allow_times(
        low,
        high,
        [to_length(resolution.to_first_traffic), to_length(resolution.to_full_service)],
        stops=resolution.stops,
        standing=standing,
        scale=resolution.scale,
    )
    if found is None:
        raise InputError([_problem(resolution)])
    return found


def to_instant(microseconds: int, origin: datetime) -> datetime | None:
    """Return an instant from microseconds after an origin; ``None`` for one that never comes.

    One beyond the calendar is its end.
    """
    if microseconds >= NEVER:
        return None
    if microseconds <= ALWAYS:
        return BEGINNING_OF_TIME
    try:
        return origin + microseconds * _MICROSECOND
    except OverflowError:
        return LAST_INSTANT


def _problem(resolution: Resolution) -> Problem:
    """Say which milestone leaves no order; with none, it is the lengths."""
    what = "the bounds exclude each other: the milestones are not the stated hours apart"
    after: datetime | None = None
    for number, name in enumerate(MILESTONES):
        known = [each for each in (after, resolution.milestone(name).earliest) if each]
        after = max(known, default=None)
        later = [resolution.milestone(each).latest for each in MILESTONES[number:]]
        before = min((each for each in later if each), default=None)
        if after is not None and before is not None and before < after:
            what = (
                f"the bounds exclude each other: {name} is after {format_instant(after)} by "
                f"what comes before it, and by {format_instant(before)} at the latest"
            )
            break
    return Problem(
        what=what,
        where=f"incident {resolution.incident}",
        remedy="correct a claim, or mark one as a forecast",
    )
