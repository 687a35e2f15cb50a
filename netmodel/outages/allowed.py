"""One choice among the times that the evidence allows for an incident, by a named rule."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from netmodel.evidence.resolution import ORIGIN, Resolution, allowed_times, to_instant
from netmodel.evidence.timing import ALWAYS, MICROSECONDS_PER_SECOND, NEVER, scale_time

TIME_RULES = ("earliest", "midpoint", "latest")


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


def pick_times(resolution: Resolution, rule: str, *, standing: bool = False) -> MilestoneTimes:
    """Choose one instant for each milestone.

    Parameters
    ----------
    rule
        ``earliest``: every milestone as early as the evidence allows. ``latest``: as late as it
        allows; an end that the record does not bound stays open. ``midpoint``: the middle of
        the bounds, the start first and each later milestone in the middle of what is then
        left; where a side is open there is no middle: a start is then its known bound, and an
        end stays open. Bounds are first tightened by the order of the milestones, and an end
        keeps any known distance from the start. Times are chosen, then scaled.
    standing
        Whether an end that the record does not bound above never comes.

    Raises
    ------
    ValueError
        If the rule has another name.
    InputError
        If no times within the bounds come in order.
    """
    if rule not in TIME_RULES:
        raise ValueError(f"unknown rule {rule!r}; one of {', '.join(TIME_RULES)}")
    allowed, scale = allowed_times(resolution, standing=standing), resolution.scale
    unscaled = replace(allowed, scale=1.0)
    low, high = allowed.earliest[0], allowed.latest[0]
    if low <= ALWAYS or high >= NEVER:
        start = high if high < NEVER else low
    else:
        start = _pick(low, high, rule)
    if start <= ALWAYS:
        return MilestoneTimes(start=None, first_traffic=None, full_service=None)
    _, *lows = unscaled.given_start(start, "mildest")
    _, *highs = unscaled.given_start(start, "gravest")
    first = _pick(lows[0], highs[0], rule)
    full = _pick(max(lows[1], min(first, highs[1])), highs[1], rule)
    return MilestoneTimes(
        start=to_instant(start, ORIGIN),
        first_traffic=to_instant(scale_time(start, first, scale), ORIGIN),
        full_service=to_instant(scale_time(start, full, scale), ORIGIN),
    )


def _pick(low: int, high: int, rule: str) -> int:
    """Return one instant between two; the middle is rounded to the second."""
    if rule == "earliest" or low >= NEVER:
        return low
    if rule == "latest" or high >= NEVER:
        return high
    half = round((high - low) / (2 * MICROSECONDS_PER_SECOND)) * MICROSECONDS_PER_SECOND
    return min(low + half, high)
