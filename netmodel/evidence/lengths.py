"""What claims say about the length of a disruption: "it took two hours", "a day at most"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import reduce

from netmodel.evidence.combining import COVERED, Chain, Entry
from netmodel.evidence.model import MILESTONES, Claim
from netmodel.evidence.timing import Length, allow_times, to_length
from netmodel.instants import Bounds, to_microseconds

_ORIGIN = datetime(2000, 1, 1, tzinfo=UTC)


class StatedLengths:
    """The lengths that the claims about two milestones give, from the start of an incident.

    Lengths that contradict each other are covered, and the contradiction is listed; a general
    rule gives way to an observation.

    Parameters
    ----------
    chain
        Collects what was used and what contradicts.
    ends
        The claims about first traffic and full service, with their positions.
    """

    def __init__(self, chain: Chain, ends: Mapping[str, Sequence[tuple[int, Claim]]]) -> None:
        self._chain = chain
        self._lengths: dict[str, list[tuple[int, Length]]] = {}
        for name, claims in ends.items():
            stated = [(n, length) for n, claim in claims if (length := stated_length(claim))]
            if not _agree([length for _, length in stated]):
                numbers = {number for number, _ in stated}
                rules = chain.rules_among(numbers)
                if rules:
                    chain.set_rules_aside(name, rules, numbers)
                    stated = [entry for entry in stated if entry[0] not in rules]
            if not _agree([length for _, length in stated]):
                chain.note(name, {number for number, _ in stated}, COVERED)
                both = reduce(_hull, (length for _, length in stated))
                stated = [(number, both) for number, _ in stated]
            self._lengths[name] = stated
        self._noted = len(chain.conflicts)

    def bounds(self, name: str, start: Bounds) -> list[Entry]:
        """Return the bounds of a milestone that follow from its lengths and the start."""
        return [
            (number, start.shift(length.shortest_hours, length.longest_hours))
            for number, length in self._lengths[name]
        ]

    def settle(
        self, bounds: Mapping[str, Bounds], *, stops: bool
    ) -> tuple[Length | None, Length | None]:
        """Return the lengths to first traffic and to full service that hold beside the bounds.

        One that a clock time contradicts holds no more; those that leave no times in order
        are listed, and hold no more either.
        """
        disputed = {n for each in self._chain.conflicts[self._noted :] for n in each.claims}
        held = {
            name: [(n, length) for n, length in stated if n in self._chain.used - disputed]
            for name, stated in self._lengths.items()
        }
        first, full = (
            reduce(_both, (length for _, length in held[name])) if held[name] else None
            for name in MILESTONES[1:]
        )
        low, high = (
            [None if each is None else to_microseconds(each, _ORIGIN) for each in side]
            for side in (
                [bounds[name].earliest for name in MILESTONES],
                [bounds[name].latest for name in MILESTONES],
            )
        )
        if allow_times(low, high, (to_length(first), to_length(full)), stops=stops) is None:
            numbers = {number for stated in held.values() for number, _ in stated}
            self._chain.note("full_service", numbers, "only the bounds that follow are kept")
            return None, None
        return first, full


def stated_length(claim: Claim) -> Length | None:
    """Return the length that a claim gives, or ``None``.

    Examples
    --------
    >>> stated_length(Claim(document="d", speaker="A", says="a day at most",
    ...                     about="first_traffic", within_hours=24))
    Length(shortest_hours=0.0, longest_hours=24)
    """
    if claim.at is not None:
        return None
    if claim.within_hours is not None:
        return Length(longest_hours=claim.within_hours)
    if claim.lasted_hours is not None:
        return Length(shortest_hours=claim.lasted_hours, longest_hours=claim.lasted_hours)
    return None


def _both(one: Length, other: Length) -> Length:
    return Length(
        shortest_hours=max(one.shortest_hours, other.shortest_hours),
        longest_hours=min(one.longest_hours, other.longest_hours),
    )


def _hull(one: Length, other: Length) -> Length:
    return Length(
        shortest_hours=min(one.shortest_hours, other.shortest_hours),
        longest_hours=max(one.longest_hours, other.longest_hours),
    )


def _agree(lengths: Sequence[Length]) -> bool:
    shortest = max((length.shortest_hours for length in lengths), default=0.0)
    return all(shortest <= length.longest_hours for length in lengths)
