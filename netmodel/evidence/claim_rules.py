"""Rules of claims that a value and its entry in a file have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from netmodel.evidence.vocabulary import TIMED

TIME_FIELDS = ("at", "within_hours", "lasted_hours")
ABOUT_FIELDS = ("traffic", "places", "spell")
"""What only some claims can say: see `find_time_conflict`."""


def find_time_conflict(about: str, basis: str, given: list[str], more: list[str]) -> str:
    """Return what is wrong with the times that a claim gives; empty for nothing.

    Parameters
    ----------
    given, more
        Those of `TIME_FIELDS` and of `ABOUT_FIELDS` that it gives.
    """
    if given and about not in TIMED:
        return f"a claim about {about} takes no {given[0]}"
    if about in ("start", "still_out", "running") and given not in ([], ["at"]):
        return f"a claim about {about} takes `at` only"
    if about == "running" and basis != "observed":
        return "a claim about running is observed: a train passed"
    if about == "running" and not given:
        return "a claim about running needs `at`: when the train passed"
    if "places" in more and about != "running":
        return f"a claim about {about} takes no place; the incident has it"
    if "spell" in more and about == "running":
        return "a claim about running takes no spell"
    if more and about not in TIMED:
        return f"a claim about {about} takes no {more[0]}"
    return f"give one of {' and '.join(given)}" if len(given) > 1 else ""


class TimedClaim(Protocol):
    """What the rule about the start looks at, in a claim and in its entry of a file."""

    @property
    def about(self) -> str:
        """What it speaks of."""

    @property
    def basis(self) -> str:
        """What it rests on."""

    @property
    def at(self) -> object:
        """When, or ``None``."""

    @property
    def traffic(self) -> Sequence[str] | None:
        """Whose trains; nothing for all."""

    @property
    def spell(self) -> int:
        """Which closure of the incident."""


def find_missing_start(effect: str, traffic: Iterable[str], claims: Iterable[TimedClaim]) -> str:
    """Say that a closure of an incident has no observed or planned start; empty if all have one.

    An incident as known at some instant, or without its general rules, may lack one; what a file
    describes may not.

    Examples
    --------
    >>> find_missing_start("closed", ("passenger", "freight"), ())
    'effect closed needs an observed or planned claim about start with a time'
    """
    if effect == "none":
        return ""
    timed = [each for each in claims if each.about in TIMED]
    starts = [
        each
        for each in timed
        if each.about == "start" and each.basis in ("observed", "planned") and each.at is not None
    ]
    for spell in sorted({1, *(each.spell for each in timed)}):
        for kind in traffic:
            if not any(
                each.spell == spell and kind in (each.traffic or (kind,)) for each in starts
            ):
                of_which = f" of spell {spell}" if spell > 1 else ""
                of_which += f" for {kind}" if any(each.traffic for each in starts) else ""
                return (
                    f"effect {effect} needs an observed or planned claim about "
                    f"start{of_which} with a time"
                )
    return ""
