"""Milestone times within the bounds of the evidence: in order, and at their extremes.

Start, first traffic and full service come in that order. Where the bounds of one say something
about another (first traffic by noon means that it began by noon), they are tightened before
anything is drawn or bounded, so that every time left can be completed to a full, ordered set.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from netmodel.errors import InputError, Problem
from netmodel.evidence.milestone_bounds import allowed_times, to_instant
from netmodel.evidence.timing import ALWAYS as ALWAYS
from netmodel.evidence.timing import NEVER as NEVER
from netmodel.evidence.timing import AllowedTimes
from netmodel.evidence.timing import Extreme as Extreme
from netmodel.evidence.vocabulary import MILESTONES
from netmodel.outages.outage import MilestoneTimes, Placement
from netmodel.times import Window, to_microseconds

IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class MilestoneLimits:
    """The times that the evidence allows for the milestones of each incident.

    Parameters
    ----------
    window
        Microseconds count from its start.
    incidents
        Ids, in the order of the rows; an incident of several spells has a row for each.
    allowed
        What the evidence of each allows, one for each row.
    matters
        Whether an outage begins or ends at the milestone, shape ``(incidents, 3)``. Where first
        traffic is no milestone of its own, traffic never stopped, and it is the start.
    """

    window: Window
    incidents: tuple[str, ...]
    allowed: tuple[AllowedTimes, ...]
    matters: NDArray[np.bool_]
    keys: tuple[str, ...] = ()
    """Under which the times of each row are kept; the ids of the incidents by default."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", self.keys or self.incidents)

    @cached_property
    def earliest(self) -> IntArray:
        """The earliest of each milestone, scaled; shape ``(incidents, 3)``."""
        return self._hulls[0]

    @cached_property
    def latest(self) -> IntArray:
        """The latest of each milestone, scaled; shape ``(incidents, 3)``."""
        return self._hulls[1]

    @cached_property
    def _hulls(self) -> tuple[IntArray, IntArray]:
        hulls = [each.hull() for each in self.allowed]
        early, late = ([each[side] for each in hulls] for side in (0, 1))
        return (
            np.array(early, dtype=np.int64).reshape(-1, 3),
            np.array(late, dtype=np.int64).reshape(-1, 3),
        )

    @property
    def stops(self) -> NDArray[np.bool_]:
        """Whether traffic stops, shape ``(incidents,)``."""
        return self.matters[:, 1]

    @property
    def span(self) -> int:
        """Length of the window, microseconds."""
        return to_microseconds(self.window.end, self.window.start)

    def extreme(self, which: Extreme) -> IntArray:
        """Return the times of each incident that outdo all others, at every instant.

        Returns
        -------
        ndarray
            Shape ``(incidents, 3)``. ``mildest``: begun as late and ended as early as the
            evidence allows; at no instant does anything hold under it that does not hold, or
            something graver, under every other choice of times. ``gravest``: the reverse. Those
            of an incident that is not `nested` are no times that it can have had.
        """
        if which == "gravest":
            start, first, full = self.earliest[:, 0], self.latest[:, 1], self.latest[:, 2]
        else:
            start = self.latest[:, 0]
            first = np.maximum(self.earliest[:, 1], start)
            full = np.maximum(self.earliest[:, 2], first)
        return np.stack([start, np.where(self.stops, first, start), full], axis=1)

    def given_start(self, row: int, start: int, which: Extreme) -> tuple[int, int, int]:
        """Return the mildest or gravest times of an incident that a start allows."""
        begun, first, full = self.allowed[row].given_start(start, which)
        return begun, first if self.stops[row] else begun, full

    def nested(self, which: Extreme) -> NDArray[np.bool_]:
        """Return of which incidents one set of times outdoes all others, within the window.

        It takes a stated length, or a scale below 1, for this to fail: the longest disruption is
        then not one that both began as early and ended as late as it may have.
        """
        starts = (self.earliest if which == "gravest" else self.latest)[:, 0].tolist()
        found = [self.given_start(row, start, which) for row, start in enumerate(starts)]
        times = np.array(found, dtype=np.int64).reshape(-1, 3)
        same = np.clip(times, 0, self.span) == np.clip(self.extreme(which), 0, self.span)
        return np.asarray((same | ~self.matters).all(axis=1))


def milestone_limits(placements: Iterable[Placement], window: Window) -> MilestoneLimits:
    """Return the allowed times of every incident that has outages.

    An end of a standing closure that the record does not bound never comes.

    Raises
    ------
    InputError
        With every incident whose bounds exclude each other.
    """
    problems: list[Problem] = []
    incidents, keys, allowed, matters = [], [], [], []
    for placement in placements:
        used: dict[str, set[str]] = {}
        for outage in placement.outages:
            ends = {outage.start_milestone, outage.end_milestone}
            used.setdefault(outage.times_key, set()).update(ends)
        for key, spell in placement.spells_by_key.items():
            if key not in used:
                continue
            try:
                standing = placement.incident.standing
                allowed.append(allowed_times(spell.resolution, window.start, standing=standing))
            except InputError as error:
                problems += error.problems
                continue
            incidents.append(placement.incident.id)
            keys.append(key)
            matters.append([name in used[key] for name in MILESTONES])
    if problems:
        raise InputError(problems)
    return MilestoneLimits(
        window=window,
        incidents=tuple(incidents),
        allowed=tuple(allowed),
        matters=np.array(matters, dtype=bool).reshape(-1, 3),
        keys=tuple(keys),
    )


def extreme_times(
    placements: Iterable[Placement], window: Window, which: Extreme
) -> Mapping[str, MilestoneTimes]:
    """Return the times under which every outage is as short, or as long, as it can be.

    The timeline of the mildest times is the best that the evidence allows at every instant, that
    of the gravest the worst. Where the times of an incident are not nested, they are no times
    that it can have had; see `MilestoneLimits.nested`.
    """
    limits = milestone_limits(placements, window)
    return as_milestone_times(limits, limits.extreme(which))


def as_milestone_times(limits: MilestoneLimits, times: IntArray) -> Mapping[str, MilestoneTimes]:
    """Return times in microseconds, shape ``(incidents, 3)``, as instants by the rows' keys."""
    return {
        key: MilestoneTimes(
            start=to_instant(row[0], limits.window.start),
            first_traffic=to_instant(row[1], limits.window.start),
            full_service=to_instant(row[2], limits.window.start),
        )
        for key, row in zip(limits.keys, times.tolist(), strict=True)
    }


def as_microseconds(limits: MilestoneLimits, times: Mapping[str, MilestoneTimes]) -> IntArray:
    """Return chosen times as microseconds, shape ``(incidents, 3)``; ``None`` is `NEVER`."""
    return np.array(
        [
            [
                NEVER if instant is None else to_microseconds(instant, limits.window.start)
                for instant in (times[key].at(name) for name in MILESTONES)
            ]
            for key in limits.keys
        ],
        dtype=np.int64,
    ).reshape(-1, 3)
