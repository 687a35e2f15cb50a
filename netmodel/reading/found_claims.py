"""A claim with a time as it was found, and which of several claims of one event are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from netmodel.reading.sentences_read import ReadSentence
from netmodel.reading.speakers import Speech
from netmodel.reading.told_before import RECALLED
from netmodel.reading.told_cues import Cue
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
    cue
        What befell traffic then, where it is known.
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
    cue: Cue | None = None


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
    if one.sentence is other.sentence and both == {"planned", "observed"}:
        both = {"planned", "forecast"}  # "today, 10 August, from 14:00 to 17:30"
    if other.basis not in (one.basis, "observed") and both != {"planned", "forecast"}:
        return False
    if one.bounds is None or other.bounds is None:
        return False
    outer, inner = one.bounds, other.bounds
    if outer.earliest is None and inner.earliest is None and one.sentence is other.sentence:
        return None not in (outer.latest, inner.latest) and outer.latest > inner.latest  # type: ignore[operator]
    if None in (outer.earliest, outer.latest, inner.earliest, inner.latest):
        return False
    if is_about(outer, inner):
        return True
    return outer.width_hours > inner.width_hours + 1 and outer.intersect(inner) == inner


def is_about(part: Bounds, instant: Bounds) -> bool:
    """Whether an instant lies within an hour of a part of a day: "in the morning", at 04:30.

    Examples
    --------
    >>> is_about(Bounds(), Bounds())
    False
    """
    if part.earliest is None or part.latest is None or instant.earliest is None:
        return False
    if not (1 < part.width_hours <= _LONGEST_PART and instant.width_hours == 0):
        return False
    return part.earliest - _SURELY <= instant.earliest <= part.latest + _SURELY


_LONGEST_PART = 12
"""Hours that a part of a day has at most."""
_HALF_A_DAY = 12 * 3600


def find_recalled(low: str, claims: Sequence[ClaimFound]) -> list[ClaimFound]:
    """Return what is recalled behind an event: "the bridge had been hit in May, too".

    An article tells its own event first. A start that lies wholly before it is of another one,
    if it is no more than a month, if the first is the instant of a stop, or if a word recalls.

    Examples
    --------
    >>> find_recalled("", [])
    []
    """
    starts = [x for x in claims if x.about == "start" and x.basis == "observed"]
    dated = [x for x in starts if x.bounds is not None and x.bounds.earliest is not None]
    if not dated:
        return []
    own = dated[0]
    others = {
        id(x.sentence)
        for x in dated[1:]
        if x.sentence is not own.sentence and _is_recalled(low, own, x)
    }
    return [x for x in claims if id(x.sentence) in others and x.basis == "observed"]


def _is_recalled(low: str, own: ClaimFound, other: ClaimFound) -> bool:
    first, late = own.bounds, other.bounds
    if first is None or late is None or first.earliest is None or late.latest is None:
        return False
    if (first.earliest - late.latest).total_seconds() < _HALF_A_DAY:
        return False
    sentence = other.sentence.sentence
    phrases = [x for x in other.sentence.times if x.start == other.start]
    month = any(x.get("month") and not x.get("date") for x in phrases)
    exact = first.earliest == first.latest and bool(own.sentence.told("effect"))
    return month or exact or RECALLED.search(low, sentence.start, sentence.end) is not None


def find_vague_starts(claims: Sequence[ClaimFound]) -> list[ClaimFound]:
    """Return starts that are only of a part of a day or of a day, beside the instant of a stop.

    When the cause came is none of the stop, where the stop has an hour of its own.

    Examples
    --------
    >>> find_vague_starts([])
    []
    """
    starts = [x for x in claims if x.about == "start" and x.basis == "observed" and x.bounds]
    exact = [x for x in starts if x.bounds and x.bounds.earliest == x.bounds.latest]
    stops = [x for x in exact if x.cue is not None and x.cue.group == "effect"]
    if not stops:  # "goes round tonight …: at 14:35 ice snapped the wire"
        return [
            x for x in starts
            if not any(x is one for one in exact) and any(_begins_before(one, x) for one in exact)
        ]  # fmt: skip
    return [
        x for x in starts
        if not any(x is one or (x in exact and _begins_before(one, x)) for one in stops)
        and (x.cue is None or x.cue.group != "effect" or any(x.cue is one.cue for one in stops))
        and not (x.speech is not None and x.speech.party and not x.near_speech)
    ]  # fmt: skip


def _begins_before(exact: ClaimFound, vague: ClaimFound) -> bool:
    """Whether one sentence gives the instant of a start, and a part of a day after it."""
    first, later = exact.bounds, vague.bounds
    if exact is vague or exact.sentence is not vague.sentence or first is None or later is None:
        return False
    return None not in (first.latest, later.earliest) and later.earliest > first.latest  # type: ignore[operator]


def find_early_ends(claims: Sequence[ClaimFound]) -> list[ClaimFound]:
    """Return ends that lie wholly before the first start: they are of something else.

    Examples
    --------
    >>> find_early_ends([])
    []
    """
    starts = [
        each.bounds.earliest
        for each in claims
        if each.about == "start" and each.basis == "observed" and each.bounds is not None
    ]
    first = min((each for each in starts if each is not None), default=None)
    if first is None:
        return []
    return [
        each
        for each in claims
        if each.about in ("first_traffic", "full_service")
        and each.bounds is not None
        and each.bounds.latest is not None
        and each.bounds.latest < first
    ]


def find_said_lengths(claims: Sequence[ClaimFound]) -> list[ClaimFound]:
    """Return lengths where both instants are told: the same once more, or of something else.

    A length of the stop that was over long before the end that is told is that of the first trains.

    Examples
    --------
    >>> find_said_lengths([])
    []
    """
    known = {
        x.about
        for x in claims
        if x.bounds is not None and x.basis == "observed" and x.bounds.earliest == x.bounds.latest
    }
    ends = [x for x in claims if x.about in ENDS and x.bounds is not None]
    instants = [each for x in ends if (each := find_end(x, claims)) is not None]
    again = [x for x in claims if x.lasted_hours is not None and _comes_to(x, claims)]
    return again + [
        x
        for x in claims
        if x.lasted_hours is not None and x.basis == "observed" and {"start", x.about} <= known
        and not any(x is one for one in again)
        and not (
            x.cue is not None and x.cue.group == "effect"
            and (own := find_end(x, claims)) is not None
            and own + _SURELY < min(instants)
        )
    ]  # fmt: skip


def _comes_to(claim: ClaimFound, claims: Sequence[ClaimFound]) -> bool:
    """Whether a length is that between a start and an end that are both told."""
    hours = claim.lasted_hours or 0
    return any(
        one.about == "start" and other.about in ENDS and one.bounds is not None
        and other.bounds is not None and one.bounds.earliest is not None
        and other.bounds.latest is not None and one.bounds.latest is not None
        and (one.bounds.latest - one.bounds.earliest).days <= 1
        and abs((other.bounds.latest - one.bounds.earliest).total_seconds() / 3600 - hours)
        <= max(1.0, _SHARE * hours, one.bounds.width_hours)
        and hours > one.bounds.width_hours
        for one in claims for other in claims
    )  # fmt: skip


_SHARE = 0.05
"""By so much of it a length may differ from the time between two instants."""
_SURELY = timedelta(hours=1)
"""By so much a length has to end before an instant to be of another milestone."""


def find_end(claim: ClaimFound, claims: Sequence[ClaimFound]) -> datetime | None:
    """Return when an end was at the latest: told, or by its length from the only start."""
    if claim.bounds is not None:
        return claim.bounds.latest
    starts = {x.bounds for x in claims if x.about == "start" and x.basis == "observed" and x.bounds}
    first = next(iter(starts)).earliest if len(starts) == 1 else None
    if first is None or claim.lasted_hours is None:
        return None
    return first + timedelta(hours=claim.lasted_hours)


def order_ends(claims: Sequence[ClaimFound]) -> list[ClaimFound]:
    """Return claims with the ends of one stop in their order: the first trains, then all of them.

    Where an event tells of two different returns, what came last is the full service, and what
    came before it is the first traffic; only a second "first train" stays one.

    Examples
    --------
    >>> order_ends([])
    []
    """
    began = [x for x in claims if x.about == "start" and x.basis == "observed"]
    ends = {
        id(x): instant
        for x in claims
        if x.about in ENDS and x.basis == "observed"
        and (instant := find_end(x, claims)) is not None
    }  # fmt: skip
    if _are_accounts([x for x in claims if id(x) in ends]):
        return list(claims)
    instants = sorted(set(ends.values()))
    if len({x.bounds for x in began}) > 1 or len(instants) < 2:
        return list(claims)
    if instants[-1] - instants[0] < _SURELY and any(x.lasted_hours for x in claims):
        return list(claims)
    done = []
    for each in claims:
        instant = ends.get(id(each))
        said_first = each.cue is not None and each.cue.value == "first"
        if instant is not None and not (said_first and instant != instants[0]):
            about = "first_traffic" if instant == instants[0] else "full_service"
            each = replace(each, about=about)
        done.append(each)
    return done


def _are_accounts(ends: Sequence[ClaimFound]) -> bool:
    """Whether the same end is given in the words of two speakers, who name no more than it."""
    own = [x for x in ends if x.speech is not None and not x.near_speech]
    said = {x.speech.name for x in own if x.speech is not None}
    if not len(ends) == len(said) > 1:
        return False
    instants = [x.bounds.earliest for x in ends if x.bounds is not None and x.bounds.earliest]
    near = len(instants) == len(ends) and max(instants) - min(instants) < 2 * _SURELY
    return near or len({id(x.sentence) for x in ends}) == 1


ENDS = ("first_traffic", "full_service")
"""Milestones that end a stop."""
