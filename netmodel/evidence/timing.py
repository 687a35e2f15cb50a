"""Which starts and restorations can be true together: by their bounds, order and lengths.

Start, first traffic and full service come in this order, each lies within its bounds, and some
are known to lie so many hours apart ("it took two hours"). Each of these says something about
the others: first traffic by noon means that it began by noon. `allow_times` tightens them all
until every time that is left can be completed to a full set (a simple temporal problem; Dechter,
Meiri and Pearl 1991, doi:10.1016/0004-3702(91)90006-6).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

NEVER = 2**62
"""Stands for an instant that never comes, in microseconds."""
ALWAYS = -(2**62)
"""Stands for an instant before any other, in microseconds."""
MICROSECONDS_PER_SECOND = 1_000_000
Extreme = Literal["mildest", "gravest"]
Times = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """How many hours after the start something came, as claims about the length itself bound it.

    Examples
    --------
    >>> Length(longest_hours=4.0)
    Length(shortest_hours=0.0, longest_hours=4.0)
    """

    shortest_hours: float = 0.0
    longest_hours: float = math.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedTimes:
    """All times of start, first traffic and full service that the evidence allows together.

    Parameters
    ----------
    earliest, latest
        Of the three, microseconds after some origin; `ALWAYS` and `NEVER` where there is no
        bound. Each is part of some full set of times.
    shortest, longest
        From the start to first traffic and to full service, microseconds; `NEVER` for no bound.
    scale
        What was to happen some time after the start happens so many times as long after it. The
        fields above are those before scaling.
    """

    earliest: Times
    latest: Times
    shortest: tuple[int, int]
    longest: tuple[int, int]
    scale: float = 1.0

    def given_start(self, start: int, which: Extreme) -> Times:
        """Return a start with the shortest or longest disruption that it allows, scaled."""
        if which == "gravest":
            first, full = (
                min(self.latest[place], _add(start, self.longest[place - 1])) for place in (1, 2)
            )
        else:
            first = max(self.earliest[1], _add(start, self.shortest[0]))
            full = max(self.earliest[2], _add(start, self.shortest[1]), first)
        return start, scale_time(start, first, self.scale), scale_time(start, full, self.scale)

    def turning_starts(self, which: Extreme, instants: Iterable[int] = ()) -> list[int]:
        """Return the starts between which `given_start` moves evenly, the two bounds included.

        Parameters
        ----------
        instants
            A start is also returned where it, first traffic or full service passes one of these.
        """
        bounds = self.latest[1:] if which == "gravest" else self.earliest[1:]
        lengths = self.longest if which == "gravest" else self.shortest
        known = [bound for bound in bounds if ALWAYS < bound < NEVER]
        finite = [length for length in lengths if length < NEVER]
        starts = {*self.earliest[:1], *self.latest[:1]}
        starts.update(bound - length for bound in known for length in finite)
        for instant in instants:
            starts.add(instant)
            starts.update(instant - round(self.scale * length) for length in finite)
            if self.scale != 1:
                starts.update(
                    round((instant - self.scale * bound) / (1 - self.scale)) for bound in known
                )
        low, high = self.earliest[0], self.latest[0]
        return sorted(start for start in starts if low <= start <= high)

    def at(self, milestone: int, instant: int) -> AllowedTimes:
        """Return what is allowed if one milestone, by its position, came at an allowed instant.

        Examples
        --------
        >>> found = allow_times((0, 4, None), (12, 20, None), ((4, 4), (0, None)))
        >>> found.at(0, 3).latest[1]
        7
        """
        low, high = list(self.earliest), list(self.latest)
        low[milestone] = high[milestone] = instant
        found = allow_times(
            [None if bound in (ALWAYS, NEVER) else bound for bound in low],
            [None if bound == NEVER else bound for bound in high],
            [
                (least, None if most == NEVER else most)
                for least, most in zip(self.shortest, self.longest, strict=True)
            ],
            stops=self.longest[0] > 0,
            standing=NEVER in self.earliest,
            scale=self.scale,
        )
        if found is None:
            raise ValueError(f"{instant} is not allowed")
        return found

    def hull(self) -> tuple[Times, Times]:
        """Return the earliest and the latest that each of the three can be, scaled."""
        early, late = (
            [self.given_start(start, which) for start in self.turning_starts(which)]
            for which in ("mildest", "gravest")
        )
        earliest = (self.earliest[0], min(e[1] for e in early), min(e[2] for e in early))
        return earliest, (self.latest[0], max(e[1] for e in late), max(e[2] for e in late))


def allow_times(
    earliest: Sequence[int | None],
    latest: Sequence[int | None],
    lengths: Sequence[tuple[int, int | None]],
    *,
    stops: bool = True,
    standing: bool = False,
    scale: float = 1.0,
) -> AllowedTimes | None:
    """Return the times that bounds, order and lengths allow together; ``None`` for none at all.

    Parameters
    ----------
    earliest, latest
        Of start, first traffic and full service, microseconds; ``None`` for no bound.
    lengths
        From the start to first traffic, and to full service: at least and at most.
    stops
        Whether traffic stops; where it does not, first traffic is the start.
    standing
        Whether an end that has no upper bound never comes.

    Examples
    --------
    >>> found = allow_times((0, None, None), (12, 8, None), ((4, 4), (0, None)))
    >>> found.earliest[:2], found.latest[:2]
    ((0, 4), (4, 8))
    """
    apart = _tighten(_distances(earliest, latest, lengths, stops=stops))
    if any(apart[node][node] < 0 for node in range(4)):
        return None
    low = [ALWAYS if apart[node][0] == math.inf else -int(apart[node][0]) for node in (1, 2, 3)]
    high = [NEVER if apart[0][node] == math.inf else int(apart[0][node]) for node in (1, 2, 3)]
    if standing:
        low = [low[0], *(NEVER if top == NEVER else low[n] for n, top in enumerate(high[1:], 1))]
    return AllowedTimes(
        earliest=(low[0], low[1], low[2]),
        latest=(high[0], high[1], high[2]),
        shortest=(-int(apart[2][1]), -int(apart[3][1])),
        longest=(_finite(apart[1][2]), _finite(apart[1][3])),
        scale=scale,
    )


def scale_time(start: int, instant: int, scale: float) -> int:
    """Return when something happens that takes so many times as long after the start.

    Examples
    --------
    >>> scale_time(6, 10, 0.5), scale_time(6, NEVER, 0.5) == NEVER
    (8, True)
    """
    if scale == 1 or not ALWAYS < instant < NEVER:
        return instant
    if start <= ALWAYS:
        return NEVER if scale > 1 else ALWAYS
    return start + math.floor(scale * (instant - start) + 0.5)


def to_length(length: Length | None) -> tuple[int, int | None]:
    """Return a length in microseconds, rounded to the second; ``None`` for no upper bound."""
    if length is None:
        return 0, None
    longest = length.longest_hours
    return (
        round(length.shortest_hours * 3600) * MICROSECONDS_PER_SECOND,
        None if math.isinf(longest) else round(longest * 3600) * MICROSECONDS_PER_SECOND,
    )


def _add(instant: int, length: int) -> int:
    if length >= NEVER or instant >= NEVER:
        return NEVER
    return ALWAYS if instant <= ALWAYS else instant + length


def _finite(distance: float) -> int:
    return NEVER if distance == math.inf else int(distance)


def _distances(
    earliest: Sequence[int | None],
    latest: Sequence[int | None],
    lengths: Sequence[tuple[int, int | None]],
    *,
    stops: bool,
) -> list[list[float]]:
    """Return by how much each of origin, start, first and full may come after another, at most."""
    apart: list[list[float]] = [[0 if a == b else math.inf for b in range(4)] for a in range(4)]
    for node, (low, high) in enumerate(zip(earliest, latest, strict=True), 1):
        apart[node][0] = math.inf if low is None else -low
        apart[0][node] = math.inf if high is None else high
    for node, (shortest, longest) in enumerate(lengths, 2):
        apart[node][1] = -max(shortest, 0)
        apart[1][node] = math.inf if longest is None else longest
    apart[3][2] = 0
    if not stops:
        apart[1][2] = min(apart[1][2], 0)
    return apart


def _tighten(apart: list[list[float]]) -> list[list[float]]:
    """Return the shortest distances (Floyd and Warshall)."""
    for by in range(4):
        for one in range(4):
            for other in range(4):
                through = apart[one][by] + apart[by][other]
                if through < apart[one][other]:
                    apart[one][other] = through
    return apart
