"""Value of evidence: by how much the answer narrows if one open time were known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from netmodel.impact.loss import LossModel
from netmodel.outages.milestones import Extreme, IntArray, MilestoneLimits

EVIDENCE_POINTS = 9
"""Times tried for an open start or restoration within its bounds."""
EXTREMES: tuple[Extreme, Extreme] = ("gravest", "mildest")


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceValue:
    """What it would tell to know one time that the record leaves open, hours of resilience loss.

    Parameters
    ----------
    about
        ``restoration`` (first traffic, and full service where it matters) or ``start``.
    width
        Of the answer as it is: guaranteed minus possible loss.
    known_width
        Mean width if it were known, over times spread evenly within its bounds.
    narrowest, widest
        Of the same widths.
    """

    incident: str
    about: str
    width: float
    known_width: float
    narrowest: float
    widest: float

    @property
    def shrinks_by(self) -> float:
        """By how much the answer's width shrinks on average."""
        return self.width - self.known_width


def value_of_evidence(model: LossModel, incidents: Sequence[str]) -> tuple[EvidenceValue, ...]:
    """Return what it would tell to know when each incident's traffic stopped and was restored.

    One of the two is set to times spread evenly within its bounds, everything else stays as
    uncertain as it is, and the width between guaranteed and possible loss is taken anew. Bounds
    are cut off where the window ends: what lies beyond does not change the answer.

    Parameters
    ----------
    incidents
        Ids.

    Returns
    -------
    tuple of EvidenceValue
        Only of what the record leaves open; what is most worth looking up comes first.
    """
    limits = model.limits
    width = model.bounds().width
    found = []
    for incident in incidents:
        row = limits.incidents.index(incident)
        for about in ("restoration", "start"):
            if not _is_open(limits, row, about):
                continue
            cases = [
                _known_at(limits, which, row, about, (point + 0.5) / EVIDENCE_POINTS)
                for which in EXTREMES
                for point in range(EVIDENCE_POINTS)
            ]
            gravest, mildest = np.split(model.losses(np.stack(cases)), 2)
            widths = gravest - mildest
            found.append(
                EvidenceValue(
                    incident=incident,
                    about=about,
                    width=width,
                    known_width=float(widths.mean()),
                    narrowest=float(widths.min()),
                    widest=float(widths.max()),
                )
            )
    return tuple(sorted(found, key=lambda each: -round(each.shrinks_by, 9)))


def _milestones(limits: MilestoneLimits, row: int, about: str) -> tuple[int, ...]:
    if about == "start":
        return (0,)
    return tuple(column for column in (1, 2) if limits.matters[row, column])


def _is_open(limits: MilestoneLimits, row: int, about: str) -> bool:
    """Whether the record leaves something open that falls into the window."""
    columns = list(_milestones(limits, row, about))
    low = np.clip(limits.earliest[row, columns], 0, limits.span)
    high = np.clip(limits.latest[row, columns], 0, limits.span)
    return bool((low < high).any())


def _known_at(
    limits: MilestoneLimits, which: Extreme, row: int, about: str, part: float
) -> IntArray:
    """Return extreme times, but with one incident's start or restoration part of the way."""
    times = limits.extreme(which).copy()
    floor = 0
    for milestone in _milestones(limits, row, about):
        low = max(int(limits.earliest[row, milestone]), floor)
        high = max(min(int(limits.latest[row, milestone]), limits.span), low)
        floor = low + round(part * (high - low))
        times[row, milestone] = floor
    if about == "restoration":
        first = _milestones(limits, row, about)[0]
        times[row, 0] = min(times[row, 0], times[row, first])
    elif which == "mildest":
        times[row, 1:] = limits.earliest[row, 1:]
    if not limits.stops[row]:
        times[row, 1] = times[row, 0]
    times[row] = np.maximum.accumulate(times[row])
    return times
