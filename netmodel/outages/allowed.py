"""The times that the evidence allows for one incident, as bounds and as one choice by a rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from netmodel.errors import InputError, Problem
from netmodel.evidence.incident import MILESTONES
from netmodel.evidence.resolution import Resolution
from netmodel.evidence.timing import (
    ALWAYS,
    MICROSECONDS_PER_SECOND,
    NEVER,
    AllowedTimes,
    allow_times,
    scale_time,
    to_length,
)
from netmodel.times import LAST_INSTANT, Bounds, format_instant, to_microseconds

TIME_RULES = ("earliest", "midpoint", "latest")
BEGINNING_OF_TIME = datetime.min.replace(tzinfo=UTC)
_ORIGIN = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneTimes:
    """One number for each milestone, chosen by a named rule or drawn by an ensemble.

    ``None`` means: not within any window (never began, or never ended).
    """

    start: datetime | None
    first_traffic: datetime | None
    full_service: datetime | None

    def at(self, milestone: str) -> datetime | None:
        """Return the instant of ``start``, ``first_traffic`` or ``full_service``."""
        return {
            "start": self.start,
            "first_traffic": self.first_traffic,
            "full_service": self.full_service,
        }[milestone]


def allowed_times(
    resolution: Resolution,
    origin: datetime = _ORIGIN,
    *,
    standing: bool = False,
    scale: float = 1.0,
) -> AllowedTimes:
    """Return the times that bounds, order and lengths allow together, in microseconds.

    Parameters
    ----------
    origin
        Microseconds count from here.
    standing
        Whether the incident is a standing closure: an end that the record does not bound above
        never comes.
    scale
        What comes after the start takes so many times as long.

    Raises
    ------
    InputError
        If there are none.
    """
    bounds = [resolution.milestone(name) for name in MILESTONES]
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
        scale=scale,
    )
    if found is None:
        raise InputError([_problem(resolution)])
    return found


def allowed_bounds(resolution: Resolution, *, scale: float = 1.0) -> tuple[Bounds, Bounds, Bounds]:
    """Return the bounds of the three milestones, tightened by order and lengths, and scaled.

    Raises
    ------
    InputError
        If no times within the bounds come in that order.
    """
    early, late = allowed_times(resolution, scale=scale).hull()
    start, first, full = (
        Bounds(
            earliest=None if low <= ALWAYS else to_instant(low, _ORIGIN),
            latest=to_instant(high, _ORIGIN),
        )
        for low, high in zip(early, late, strict=True)
    )
    return start, first, full


def order_bounds(resolution: Resolution) -> tuple[Bounds, Bounds, Bounds]:
    """Return the bounds of the three milestones, tightened by their order and by lengths.

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
    >>> print("; ".join(str(bounds) for bounds in order_bounds(resolution)))
    2023-05-18T00:00Z to 2023-05-18T15:00Z; 2023-05-18T15:00Z; after 2023-05-18T15:00Z
    """
    return allowed_bounds(resolution)


def pick_times(
    resolution: Resolution, rule: str, *, standing: bool = False, scale: float = 1.0
) -> MilestoneTimes:
    """Choose one instant for each milestone.

    Parameters
    ----------
    rule
        ``earliest``: every milestone as early as the evidence allows. ``latest``: as late as it
        allows; an end that the record does not bound stays open. ``midpoint``: the middle of
        the bounds, the start first and each later milestone in the middle of what is then
        left; where a side is open there is no middle: a start is then its known bound, and an
        end stays open. Bounds are first tightened by the order of the milestones, and an end
        keeps any known distance from the start.
    standing, scale
        See `allowed_times`; times are chosen, then scaled.

    Raises
    ------
    ValueError
        If the rule has another name.
    InputError
        If no times within the bounds come in order.
    """
    if rule not in TIME_RULES:
        raise ValueError(f"unknown rule {rule!r}; one of {', '.join(TIME_RULES)}")
    allowed = allowed_times(resolution, standing=standing)
    low, high = allowed.earliest[0], allowed.latest[0]
    if low <= ALWAYS or high >= NEVER:
        start = high if high < NEVER else low
    else:
        start = _pick(low, high, rule)
    if start <= ALWAYS:
        return MilestoneTimes(start=None, first_traffic=None, full_service=None)
    _, *lows = allowed.given_start(start, "mildest")
    _, *highs = allowed.given_start(start, "gravest")
    first = _pick(lows[0], highs[0], rule)
    full = _pick(max(lows[1], min(first, highs[1])), highs[1], rule)
    return MilestoneTimes(
        start=to_instant(start, _ORIGIN),
        first_traffic=to_instant(scale_time(start, first, scale), _ORIGIN),
        full_service=to_instant(scale_time(start, full, scale), _ORIGIN),
    )


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


def _pick(low: int, high: int, rule: str) -> int:
    """Return one instant between two; the middle is rounded to the second."""
    if rule == "earliest" or low >= NEVER:
        return low
    if rule == "latest" or high >= NEVER:
        return high
    half = round((high - low) / (2 * MICROSECONDS_PER_SECOND)) * MICROSECONDS_PER_SECOND
    return min(low + half, high)


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
