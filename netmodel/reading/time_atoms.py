"""One word for a time, as the modules that find clocks and days give it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

DATE_KINDS = ("date", "weekday", "day", "month")
"""Kinds of words that name a day or a month."""
TimeValue: TypeAlias = tuple[int | str | None, ...]
"""What a word says: of a clock its hour, minute and, if it is a span, how many minutes."""


@dataclass(frozen=True, slots=True)
class TimeAtom:
    """One word for a time: a clock, a day, a part of a day; half-open in the folded text."""

    kind: str
    start: int
    end: int
    value: TimeValue


Maker: TypeAlias = "Callable[[re.Match[str]], TimeAtom | None]"
"""Makes of words that a pattern found what they say; nothing of words that say no time."""


class TimePattern(NamedTuple):
    """What is looked for, what it says, and within a word of the text what it cannot be without.

    ``needs`` is empty for what is always looked for.
    """

    text: str
    make: Maker
    needs: str = r"\d"


def make_fixed(kind: str, *value: int | str | None) -> Maker:
    """Return a maker of words that always say the same."""
    return lambda found: TimeAtom(kind, found.start(), found.end(), value)
