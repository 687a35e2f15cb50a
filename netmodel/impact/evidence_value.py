"""Value of evidence: by how much the answer narrows if one open time were known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from netmodel.evidence.timing import ALWAYS, AllowedTimes
from netmodel.impact.loss import LossModel
from netmodel.outages.milestones import MilestoneLimits

EVIDENCE_POINTS = 9
"""Times tried for an open start or restoration within its bounds."""


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
            widths = [
                model.bounds(_known_at(limits, row, about, (point + 0.5) / EVIDENCE_POINTS)).width
                for point in range(EVIDENCE_POINTS)
            ]
            found.append(
                EvidenceValue(
                    incident=incident,
                    about=about,
                    width=width,
                    known_width=float(np.mean(widths)),
                    narrowest=min(widths),
                    widest=max(widths),
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


def _known_at(limits: MilestoneLimits, row: int, about: str, part: float) -> MilestoneLimits:
    """Return the limits if one incident's start or restoration were known, part of the way."""
    allowed = limits.allowed[row]
    for milestone in _milestones(limits, row, about):
        low, high = allowed.earliest[milestone], allowed.latest[milestone]
        if low <= ALWAYS or allowed.scale == 1:  # what lies before the window does not matter
            low = min(max(low, 0), high)
        high = max(min(high, _last_that_matters(allowed, milestone, limits.span)), low)
        allowed = allowed.at(milestone, low + round(part * (high - low)))
    changed = (*limits.allowed[:row], allowed, *limits.allowed[row + 1 :])
    return replace(limits, allowed=changed)


def _last_that_matters(allowed: AllowedTimes, milestone: int, span: int) -> int:
    """Return the instant, without scale, from which on a milestone comes after the window."""
    start = allowed.earliest[0] if allowed.scale < 1 else allowed.latest[0]
    if milestone == 0 or not ALWAYS < start < span:
        return span
    return start + round((span - start) / allowed.scale)
