"""Steps from claims to bounds: combine the claims about each milestone, and settle their order.

The rule that they follow is written in `netmodel.evidence.resolution`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce

from netmodel.evidence.incident import Claim, Incident
from netmodel.evidence.notes import Note
from netmodel.evidence.timing import Length, allow_times, to_length
from netmodel.evidence.vocabulary import BASES, MILESTONES
from netmodel.times import Bounds, to_microseconds

Entry = tuple[int, Bounds]
"""The position of a claim, and the bounds that it sets."""
IN_ORDER = (
    ("start", "first_traffic"),
    ("first_traffic", "full_service"),
    ("start", "full_service"),
)
COVERED = Note("bounds_cover")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Claims that cannot all be true.

    Parameters
    ----------
    about
        The milestone, or the name of the figure.
    claims
        Their positions in the incident's claims.
    treatment
        What the resolution did about it.
    """

    about: str
    claims: tuple[int, ...]
    treatment: Note


class Chain:
    """Collects, while milestones are combined, which claims were used and which were not."""

    def __init__(self, incident: Incident, known: list[tuple[int, Claim]]) -> None:
        self.incident = incident
        self.known = known
        self.used: set[int] = set()
        self.set_aside: dict[int, Note] = {}
        self.conflicts: list[Conflict] = []

    def timed(self, about: str) -> list[tuple[int, Claim]]:
        """Return the claims about a milestone that may set bounds; note the others."""
        found = []
        for number, claim in self.known:
            has_time = claim.at or claim.within_hours or claim.lasted_hours
            if claim.about != about or not has_time:
                continue
            if claim.basis == "forecast":
                self.set_aside[number] = Note("forecast_aside")
            elif set(claim.traffic) == {"technical"}:
                self.set_aside[number] = Note("technical_aside")
            else:
                found.append((number, claim))
        return found

    def after_technical(self, about: str) -> list[Entry]:
        """Return what technical trains that passed first say of the trains that came after."""
        return [
            (number, Bounds(earliest=claim.at.earliest))
            for number, claim in self.known
            if claim.about == about and claim.at and claim.basis == "observed"
            and set(claim.traffic) == {"technical"}
        ]  # fmt: skip

    def combine(self, about: str, entries: Sequence[Entry]) -> Bounds:
        """Return the bounds that follow from some claims."""
        given = [entry for entry in entries if entry[0] not in self.set_aside]
        self.used.update(number for number, _ in given)
        precise = [
            (number, bounds)
            for number, bounds in given
            if not any(other != bounds and _contains(bounds, other) for _, other in given)
        ]
        common = _intersection([bounds for _, bounds in precise])
        if common is not None:
            return common
        numbers = {number for number, _ in precise}
        rules = self.rules_among(numbers) or self.revised_among(numbers)
        if rules:
            self.set_rules_aside(about, rules, numbers)
            return self.combine(about, given)
        self.note(about, numbers, COVERED)
        covering = reduce(Bounds.hull, (bounds for _, bounds in precise))
        for _, bounds in given:  # what is vaguer, and undisputed, still holds
            if all(bounds.intersect(each) for _, each in precise):
                covering = covering.intersect(bounds) or covering
        return covering

    def rules_among(self, numbers: Iterable[int]) -> set[int]:
        """Return the least sure among claims of which others are surer; else none.

        What was observed is surer than what was planned, and that than a general rule.
        """
        rank = {number: BASES.index(self.incident.claims[number].basis) for number in numbers}
        least = max(rank.values(), default=0)
        rules = {number for number, each in rank.items() if each == least}
        return rules if len(rules) < len(rank) else set()

    def revised_among(self, numbers: Iterable[int]) -> set[int]:
        """Return the plans among contradicting ones that were made before the last; else none."""
        claims = {number: self.incident.claims[number] for number in numbers}
        made = {n: each.made.latest for n, each in claims.items() if each.made is not None}
        known = [each for each in made.values() if each is not None]
        if {each.basis for each in claims.values()} != {"planned"} or len(known) < len(claims):
            return set()
        return {number for number, each in made.items() if each != max(known)}

    def set_rules_aside(self, about: str, rules: Iterable[int], numbers: Iterable[int]) -> None:
        """Set plans or general rules aside that surer claims among some contradict."""
        plans = any(self.incident.claims[number].basis == "planned" for number in rules)
        for number in rules:
            self.used.discard(number)
            self.set_aside[number] = Note("plan_contradicted" if plans else "rule_contradicted")
        self.note(about, numbers, Note("plan_aside" if plans else "rule_aside"))

    def note(self, about: str, numbers: Iterable[int], treatment: Note) -> None:
        """List a contradiction, once."""
        conflict = Conflict(about=about, claims=tuple(sorted(numbers)), treatment=treatment)
        if conflict not in self.conflicts:
            self.conflicts.append(conflict)


def settle_order(
    chain: Chain, entries: Mapping[str, Sequence[Entry]], bounds: Mapping[str, Bounds]
) -> dict[str, Bounds]:
    """Return bounds that leave start, first traffic and full service in this order.

    Where two milestones exclude their order, general rules give way to observations; else the
    bounds of both widen to cover both. Either way the contradiction is listed.
    """
    given, found = dict(entries), dict(bounds)
    while clash := next(
        (pair for pair in IN_ORDER if _is_before(found[pair[1]], found[pair[0]])), None
    ):
        earlier, later = clash
        one, other = found[earlier], found[later]
        against = {n for n, each in given[earlier] if _is_before(other, each)}
        against |= {n for n, each in given[later] if _is_before(each, one)}
        rules = chain.rules_among(against)
        if rules:
            chain.set_rules_aside(later, rules, against)
            for name in clash:
                given[name] = [entry for entry in given[name] if entry[0] not in rules]
                found[name] = chain.combine(name, given[name])
        else:
            chain.note(later, against, COVERED)
            found[earlier] = found[later] = one.hull(other)
    return found


def _is_before(one: Bounds, other: Bounds) -> bool:
    """Whether all that the first allows comes before all that the second allows."""
    return one.latest is not None and other.earliest is not None and one.latest < other.earliest


def _contains(outer: Bounds, inner: Bounds) -> bool:
    return outer.hull(inner) == outer


def _intersection(bounds: Sequence[Bounds]) -> Bounds | None:
    common: Bounds | None = Bounds()
    for each in bounds:
        common = None if common is None else common.intersect(each)
    return common


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
            self._chain.note("full_service", numbers, Note("lengths_dropped"))
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
