"""Combining what several claims say about a milestone, and what is said about several milestones.

The rule is that of `netmodel.evidence.resolution`: claims that can all be true are intersected,
claims that contradict each other are covered, and every contradiction is listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from netmodel.evidence.model import Claim, Incident
from netmodel.instants import Bounds

Entry = tuple[int, Bounds]
"""The position of a claim, and the bounds that it sets."""
IN_ORDER = (
    ("start", "first_traffic"),
    ("first_traffic", "full_service"),
    ("start", "full_service"),
)
COVERED = "the bounds cover all of them"
RULE_SET_ASIDE = "the general rule is set aside in favour of what was observed"


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
    treatment: str


class Chain:
    """Collects, while milestones are combined, which claims were used and which were not."""

    def __init__(self, incident: Incident, known: list[tuple[int, Claim]]) -> None:
        self.incident = incident
        self.known = known
        self.used: set[int] = set()
        self.set_aside: dict[int, str] = {}
        self.conflicts: list[Conflict] = []

    def timed(self, about: str) -> list[tuple[int, Claim]]:
        """Return the claims about a milestone that may set bounds; note the forecasts."""
        found = []
        for number, claim in self.known:
            has_time = claim.at or claim.within_hours or claim.lasted_hours
            if claim.about != about or not has_time:
                continue
            if claim.basis == "forecast":
                self.set_aside[number] = "a forecast is not an observation"
            else:
                found.append((number, claim))
        return found

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
        rules = self.rules_among(numbers)
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
        """Return the general rules among claims of which others were observed; else none."""
        basis = {number: self.incident.claims[number].basis for number in numbers}
        rules = {number for number, name in basis.items() if name != "observed"}
        return rules if len(rules) < len(basis) else set()

    def set_rules_aside(self, about: str, rules: Iterable[int], numbers: Iterable[int]) -> None:
        """Set general rules aside that observations among some claims contradict."""
        for number in rules:
            self.used.discard(number)
            self.set_aside[number] = "an observation contradicts this general rule"
        self.note(about, numbers, RULE_SET_ASIDE)

    def note(self, about: str, numbers: Iterable[int], treatment: str) -> None:
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
