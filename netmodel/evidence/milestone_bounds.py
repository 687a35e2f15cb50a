"""Bounds of the milestones of an incident: their value, and what tightens, ends or scales them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from netmodel.errors import InputError, Problem
from netmodel.evidence.combining import Conflict
from netmodel.evidence.incident import Claim
from netmodel.evidence.notes import Note
from netmodel.evidence.places import Place
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
    notes
        What a reader should know of the bounds: that an end is one that was planned, or that it
        rests on a train that ran later.
    spells
        Where the incident has several closures, or tells passenger and freight trains apart: the
        resolution of each, in order. That of the incident goes from the first start to the last
        end, for the traffic that it names first.

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
    notes: tuple[Note, ...] = ()
    spells: tuple[Spell, ...] = ()

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """One closure of an incident, for one or both kinds of traffic.

    Parameters
    ----------
    number
        Which closure of the incident; 1 is the first. Those that tell traffic apart share it.
    links
        The links of which it speaks; empty for all of the incident.
    """

    number: int
    traffic: tuple[str, ...]
    resolution: Resolution
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A train that passed a section: no closure held there then.

    Parameters
    ----------
    at
        When; one without a latest instant says nothing.
    document
        Id of the document that says so.
    incident
        Id of the incident whose claim it is, or which presupposes it.
    traffic
        Whose train it was: ``passenger``, ``freight``, ``technical``; empty where not said.
    claim
        Position of the claim in its incident; ``None`` where the incident presupposes it.
    places
        What it passed.

    Examples
    --------
    >>> from netmodel.times import parse_time
    >>> Running(at=parse_time("2026-02-01T12:00Z"), document="d", incident="x").traffic
    ()
    """

    at: Bounds
    document: str
    incident: str
    traffic: tuple[str, ...] = ()
    claim: int | None = None
    places: tuple[Place, ...] = ()


def may_end(resolution: Resolution, train: Running) -> bool:
    """Whether a train passed after a closure had certainly begun, and before it surely ended.

    Examples
    --------
    >>> from netmodel.times import parse_time
    >>> resolution = Resolution(
    ...     incident="x", start=parse_time("2023-05-18", zone="UTC"), first_traffic=Bounds(),
    ...     full_service=Bounds(), used=(), set_aside=(), conflicts=())
    >>> may_end(resolution, Running(at=parse_time("2023-05-17", zone="UTC"), document="d",
    ...                             incident="y"))
    False
    """
    begun, over = resolution.start.latest, resolution.first_traffic.latest
    passed = train.at
    return (
        resolution.stops
        and begun is not None
        and passed.earliest is not None
        and passed.latest is not None
        and begun <= passed.earliest
        and (over is None or passed.latest < over)
        and set(train.traffic) != {"technical"}
    )


def end_by_running(
    resolution: Resolution, running: Iterable[Running], claims: Sequence[Claim] = ()
) -> Resolution:
    """Return a closure that ended by the time at which a train passed.

    Only a train counts that passed after the closure had certainly begun. The first is told as a
    note; one that the claims about the closure contradict is listed as a conflict, and sets no
    bound.

    Parameters
    ----------
    claims
        Those of the incident, to list the ones that a train contradicts.

    Examples
    --------
    >>> from netmodel.times import parse_time
    >>> resolution = Resolution(
    ...     incident="x", start=parse_time("2023-05-18", zone="UTC"), first_traffic=Bounds(),
    ...     full_service=Bounds(), used=(), set_aside=(), conflicts=())
    >>> train = Running(at=parse_time("2023-06-01T12:00Z"), document="d", incident="y")
    >>> print(end_by_running(resolution, [train]).first_traffic.latest)
    2023-06-01 12:00:00+00:00
    """
    passed = sorted(
        (each.at.latest, each.document, number, each)
        for number, each in enumerate(running)
        if each.at.latest is not None and may_end(resolution, each)
    )
    for latest, document, _, train in passed:
        first = resolution.first_traffic
        own = (train.claim,) if train.incident == resolution.incident else ()
        told = {"instant": format_instant(latest), "document": document}
        bounded = first.intersect(Bounds(latest=latest))
        found = None if bounded is None else _with_first_traffic(resolution, bounded)
        if found is None:
            later = [
                number for number in resolution.used
                if number < len(claims) and claims[number].about in ("still_out", "first_traffic")
                and (at := claims[number].at) and at.earliest and at.earliest > latest
            ]  # fmt: skip
            conflict = Conflict(
                about="first_traffic",
                claims=tuple(sorted({*later, *(each for each in own if each is not None)})),
                treatment=Note("running_contradicted", told),
            )
            resolution = replace(resolution, conflicts=(*resolution.conflicts, conflict))
            continue
        return replace(
            found,
            used=tuple(sorted({*found.used, *(each for each in own if each is not None)})),
            notes=(*found.notes, Note("running_ends", told)),
        )
    return resolution


def each_closure(resolution: Resolution) -> tuple[Resolution, ...]:
    """Return the resolution of each closure of an incident, one after another.

    Those that tell traffic apart count as one, for the traffic that is named first.

    Examples
    --------
    >>> import netmodel as nm
    >>> incident = nm.built_in_catalogue().incidents["2025-11-02-pysmenna-chaplyne"]
    >>> closures = each_closure(nm.evidence.resolve_incident(incident))
    >>> [closure.first_traffic.latest.day for closure in closures]
    [17, 24]
    """
    by_number: dict[int, list[Spell]] = {}
    for spell in resolution.spells:
        by_number.setdefault(spell.number, []).append(spell)
    return tuple(replace(join_spells(each), spells=()) for each in by_number.values()) or (
        resolution,
    )


def _order_of_ends(spell: Spell) -> tuple[int, bool, datetime]:
    """Return what orders spells by their last end; one without an end comes last."""
    resolution = spell.resolution
    end = (resolution.first_traffic if resolution.stops else resolution.full_service).latest
    return spell.number, end is None, end or ORIGIN


def _with_first_traffic(resolution: Resolution, bounds: Bounds) -> Resolution | None:
    """Return a resolution with other bounds; ``None`` where they leave no times in order."""
    try:
        return tighten_bounds(replace(resolution, first_traffic=bounds))
    except InputError:
        return None


def join_spells(spells: Sequence[Spell]) -> Resolution:
    """Return the resolution of an incident of several spells: see `Resolution.spells`."""
    leading = spells[0].traffic[0]
    own = [each for each in spells if leading in each.traffic]
    first = own[0].resolution
    last = max(own, key=_order_of_ends).resolution
    used = {number for each in spells for number in each.resolution.used}
    aside = {n: note for each in spells for n, note in each.resolution.set_aside if n not in used}
    return replace(
        last,
        start=first.start,
        first_traffic=last.first_traffic if last.stops else first.start,
        used=tuple(sorted(used)),
        set_aside=tuple(sorted(aside.items())),
        conflicts=tuple(dict.fromkeys(c for each in spells for c in each.resolution.conflicts)),
        to_first_traffic=first.to_first_traffic if first is last else None,
        to_full_service=first.to_full_service if first is last else None,
        notes=tuple(dict.fromkeys(note for each in spells for note in each.resolution.notes)),
        spells=tuple(spells),
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
