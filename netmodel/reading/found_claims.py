"""A claim with a time as it was found, and which of several claims of one event are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from netmodel.reading.sentences_read import ReadSentence
from netmodel.reading.speakers import Speech
from netmodel.times import Bounds


@dataclass(frozen=True, slots=True)
class ClaimFound:
    """A claim with a time; its places are half-open in the folded text.

    Parameters
    ----------
    about
        ``start``, ``first_traffic``, ``full_service`` or ``still_out``.
    start, end
        Of the words of the time.
    """

    about: str
    basis: str
    start: int
    end: int
    sentence: ReadSentence
    speech: Speech | None
    bounds: Bounds | None = None
    within_hours: float | None = None
    lasted_hours: float | None = None
    sure: str = "certain"
    why: str = "stated"
    also: tuple[tuple[int, int], ...] = ()
    near_speech: bool = False


@dataclass(frozen=True, slots=True)
class UnusedTime:
    """A time that makes no claim, and why."""

    start: int
    end: int
    why: str


def drop_wider(claims: Sequence[ClaimFound]) -> list[ClaimFound]:
    """Leave out a day of which another claim gives the hour; its words support that one too.

    Examples
    --------
    >>> drop_wider([])
    []
    """
    done: list[ClaimFound] = []
    for each in claims:
        inner = [x for x in claims if x is not each and _is_wider(each, x)]
        if not inner:
            more = [(x.start, x.end) for x in claims if x is not each and _is_wider(x, each)]
            done.append(replace(each, also=tuple(more)) if more else each)
    return done


def _is_wider(one: ClaimFound, other: ClaimFound) -> bool:
    """Whether a time leaves open what another of the same subject says."""
    if one.about != other.about:
        return False
    both = {one.basis, other.basis}
    if other.basis not in (one.basis, "observed") and both != {"planned", "forecast"}:
        return False
    if one.bounds is None or other.bounds is None:
        return False
    outer, inner = one.bounds, other.bounds
    if None in (outer.earliest, outer.latest, inner.earliest, inner.latest):
        return False
    return outer.width_hours > inner.width_hours + 1 and outer.intersect(inner) == inner
