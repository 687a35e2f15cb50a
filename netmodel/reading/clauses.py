"""Where the parts of a sentence begin and end, and whether they are of what is to come."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import lru_cache

from netmodel.reading import effect_words as words
from netmodel.reading.folded_text import Sentence
from netmodel.reading.word_forms import is_future

_BREAKS = re.compile(
    r"[;:,]|\s–\s|\b(?:and|but|while|although|though|because)\b|(?<!\w)(?:а|але|проте|хоча|но|однако|хотя|и|і|та|й)(?!\w)"
)


_JOINED = re.compile(
    r"(?:\b(?:between|между)|(?<!\w)між) (?:[\w'-]+ ){1,4}?(?P<join>and|та|і|й|и) "
)
"""Words that join two places and break no sentence."""


def clause_of(low: str, sentence: Sentence, start: int, end: int) -> tuple[int, int]:
    """Return where the part of a sentence begins and ends that lies between its breaks."""
    starts, ends = _find_breaks(low)
    first, last = sentence.start, sentence.end
    before, after = bisect_right(ends, start) - 1, bisect_left(starts, end)
    if before >= 0:
        first = max(first, ends[before])
    if after < len(starts):
        last = min(last, starts[after])
    return first, last


def count_breaks(low: str, start: int, end: int) -> int:
    """Return how many breaks between parts of a sentence lie in a stretch.

    Examples
    --------
    >>> low = "shut between lviv and stryi, and it rained"
    >>> count_breaks(low, 0, len(low))
    2
    """
    starts, ends = _find_breaks(low)
    return max(0, bisect_right(ends, end) - bisect_left(starts, start))


@lru_cache(maxsize=8)
def _find_breaks(low: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return where the breaks of a text begin and end; what joins two places is none."""
    joined = [found.span("join") for found in _JOINED.finditer(low)]
    found = [x.span() for x in _BREAKS.finditer(low)]
    spans = [x for x in found if not any(a <= x[0] and x[1] <= b for a, b in joined)]
    return tuple(start for start, _ in spans), tuple(end for _, end in spans)


def is_to_come(low: str, start: int, end: int, language: str) -> bool:
    """Whether a stretch of a text speaks of what is to come."""
    found = re.compile(words.FUTURE[language]).search(low, start, end)
    return found is not None or is_future(low[start:end], language)


def find_hope(low: str, start: int, end: int, language: str) -> tuple[int, int] | None:
    """Return where a stretch of a text says that it speaks of what is to come.

    Examples
    --------
    >>> find_hope("it will open", 0, 12, "en")
    (3, 7)
    """
    for pattern in (words.FUTURE[language], words.FORECASTS[language]):
        found = re.compile(pattern).search(low, start, end)
        if found is not None:
            return found.span()
    return None


def is_forecast(low: str, start: int, end: int, language: str) -> bool:
    """Whether a stretch of a sentence tells what somebody expects."""
    return re.compile(words.FORECASTS[language]).search(low, start, end) is not None
