"""Milestone times within the bounds of the evidence: in order, and at their extremes.

Start, first traffic and full service come in that order. Where the bounds of one say something
about another (first traffic by noon means that it began by noon), they are tightened before
anything is drawn or bounded, so that every time left can be completed to a full, ordered set.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from netmodel.errors import InputError, Problem
from netmodel.evidence.model import MILESTONES
from netmodel.evidence.resolution import Resolution
from netmodel.instants import Bounds, Window, format_instant
from netmodel.outages.outage import MilestoneTimes, Placement

NEVER = 2**62
"""Stands for an instant that never comes, in microseconds."""
ALWAYS = -(2**62)
"""Stands for an instant before any other, in microseconds."""

Extreme = Literal["mildest", "gravest"]
IntArray = NDArray[np.int64]
_MICROSECOND = timedelta(microseconds=1)
_BEGINNING_OF_TIME = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class MilestoneLimits:
    """The earliest and latest microsecond of each milestone of each incident.

    Parameters
    ----------
    window
        Microseconds count from its start.
    incidents
        Ids, in the order of the rows.
    earliest, latest
        Shape ``(incidents, 3)``: start, first traffic, full service; `ALWAYS` and `NEVER` where
        the record sets no bound. Neither decreases along a row.
    matters
        Whether an outage begins or ends at the milestone, same shape. Where first traffic is no
        milestone of its own, traffic never stopped, and it is the start.
    """

    window: Window
    incidents: tuple[str, ...]
    earliest: IntArray
    latest: IntArray
    matters: NDArray[np.bool_]

    @property
    def stops(self) -> NDArray[np.bool_]:
        """Whether traffic stops, shape ``(incidents,)``."""
        return self.matters[:, 1]

    @property
    def span(self) -> int:
        """Length of the window, microseconds."""
        return to_microseconds(self.window.end, self.window.start)

    def extreme(self, which: Extreme) -> IntArray:
        """Return the times at which every outage is as short, or as long, as it can be.

        Returns
        -------
        ndarray
            Shape ``(incidents, 3)``. ``mildest``: begun as late and ended as early as the
            evidence allows; at no instant does anything hold under it that does not hold, or
            something graver, under every other choice of times. ``gravest``: the reverse.
        """
        if which == "gravest":
            start, first, full = self.earliest[:, 0], self.latest[:, 1], self.latest[:, 2]
        else:
            start = self.latest[:, 0]
            first = np.maximum(self.earliest[:, 1], start)
            full = np.maximum(self.earliest[:, 2], first)
        return np.stack([start, np.where(self.stops, first, start), full], axis=1)


def milestone_limits(placements: Iterable[Placement], window: Window) -> MilestoneLimits:
    """Return the ordered limits of every incident that has outages.

    A milestone of a standing closure that the record does not bound never comes.

    Raises
    ------
    InputError
        With every incident whose bounds exclude each other.
    """
    chosen = [placement for placement in placements if placement.outages]
    problems: list[Problem] = []
    early = np.full((len(chosen), 3), ALWAYS, dtype=np.int64)
    late = np.full((len(chosen), 3), NEVER, dtype=np.int64)
    matters = np.zeros((len(chosen), 3), dtype=bool)
    for row, placement in enumerate(chosen):
        try:
            ordered = order_bounds(placement.resolution)
        except InputError as error:
            problems += error.problems
            continue
        used = {
            name
            for outage in placement.outages
            for name in (outage.start_milestone, outage.end_milestone)
        }
        matters[row] = [name in used for name in MILESTONES]
        for column, bounds in enumerate(ordered):
            if bounds.earliest is not None:
                early[row, column] = to_microseconds(bounds.earliest, window.start)
            if bounds.latest is not None:
                late[row, column] = to_microseconds(bounds.latest, window.start)
        if placement.incident.standing:
            early[row, 1:] = np.where(late[row, 1:] == NEVER, NEVER, early[row, 1:])
    if problems:
        raise InputError(problems)
    return MilestoneLimits(
        window=window,
        incidents=tuple(placement.incident.id for placement in chosen),
        earliest=early,
        latest=late,
        matters=matters,
    )


def order_bounds(resolution: Resolution) -> tuple[Bounds, Bounds, Bounds]:
    """Return the bounds of the three milestones, tightened by their order.

    Raises
    ------
    InputError
        If no start, first traffic and full service within the bounds come in that order.

    Examples
    --------
    >>> from netmodel.instants import parse_time
    >>> resolution = Resolution(
    ...     incident="x", start=parse_time("2023-05-18", zone="UTC"),
    ...     first_traffic=parse_time("2023-05-18T15:00Z"), full_service=Bounds(),
    ...     used=(), set_aside=(), conflicts=())
    >>> print("; ".join(str(bounds) for bounds in order_bounds(resolution)))
    2023-05-18T00:00Z to 2023-05-18T15:00Z; 2023-05-18T15:00Z; after 2023-05-18T15:00Z
    """
    earliest: list[datetime | None] = []
    latest: list[datetime | None] = []
    for name in MILESTONES:
        known = [each for each in (*earliest, resolution.milestone(name).earliest) if each]
        earliest.append(max(known, default=None))
    for name in reversed(MILESTONES):
        known = [each for each in (*latest, resolution.milestone(name).latest) if each]
        latest.append(min(known, default=None))
    latest.reverse()
    problems = [
        Problem(
            what=(
                f"the bounds exclude each other: {name} is after {format_instant(after)} by "
                f"what comes before it, and by {format_instant(before)} at the latest"
            ),
            where=f"incident {resolution.incident}",
            remedy="correct a claim, or mark one as a forecast",
        )
        for name, after, before in zip(MILESTONES, earliest, latest, strict=True)
        if after is not None and before is not None and before < after
    ]
    if problems:
        raise InputError(problems[:1])
    first, second, third = (
        Bounds(earliest=after, latest=before)
        for after, before in zip(earliest, latest, strict=True)
    )
    return first, second, third


def extreme_times(
    placements: Iterable[Placement], window: Window, which: Extreme
) -> Mapping[str, MilestoneTimes]:
    """Return the times under which every outage is as short, or as long, as it can be.

    The timeline of the mildest times is the best that the evidence allows at every instant, that
    of the gravest the worst: bounds over time are attained by one set of restoration times.
    """
    limits = milestone_limits(placements, window)
    return as_milestone_times(limits, limits.extreme(which))


def as_milestone_times(limits: MilestoneLimits, times: IntArray) -> Mapping[str, MilestoneTimes]:
    """Return times in microseconds, shape ``(incidents, 3)``, as instants by incident."""
    return {
        incident: MilestoneTimes(
            start=_instant(row[0], limits.window.start),
            first_traffic=_instant(row[1], limits.window.start),
            full_service=_instant(row[2], limits.window.start),
        )
        for incident, row in zip(limits.incidents, times.tolist(), strict=True)
    }


def as_microseconds(limits: MilestoneLimits, times: Mapping[str, MilestoneTimes]) -> IntArray:
    """Return chosen times as microseconds, shape ``(incidents, 3)``; ``None`` is `NEVER`."""
    return np.array(
        [
            [
                NEVER if instant is None else to_microseconds(instant, limits.window.start)
                for instant in (times[incident].at(name) for name in MILESTONES)
            ]
            for incident in limits.incidents
        ],
        dtype=np.int64,
    ).reshape(-1, 3)


def to_microseconds(instant: datetime, origin: datetime) -> int:
    """Return the whole microseconds from an origin to an instant."""
    return (instant - origin) // _MICROSECOND


def _instant(microseconds: int, origin: datetime) -> datetime | None:
    if microseconds >= NEVER:
        return None
    if microseconds <= ALWAYS:
        return _BEGINNING_OF_TIME
    return origin + microseconds * _MICROSECOND
