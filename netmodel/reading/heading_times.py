"""Days and clocks that stand over a text and hold for what follows: "Summary of Wednesday"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from netmodel.reading.sentences_read import ReadSentence
from netmodel.reading.time_bounds import ArticleCalendar

_SHORT = 60
"""Letters that a sentence over a text has at most."""


def find_heading_day(sentences: Sequence[ReadSentence], calendar: ArticleCalendar) -> date | None:
    """Return the day that a short first sentence names; ``None`` for none.

    Such a sentence tells of nothing itself, and its day is past: "Сводка за среду".
    """
    if not sentences:
        return None
    first = sentences[0]
    head = first.sentence
    if first.number or first.cues:
        return None
    if head.end - head.start > _SHORT or len(first.times) != 1:
        return None
    phrase = first.times[0]
    if phrase.before not in ("", "since") or phrase.get("clock") is not None:
        return None
    if phrase.get("date", "weekday", "day") is None:
        return None
    found = calendar.find_day(phrase, None, future=False)
    if found is None or found[0] > calendar.today:
        return None
    return found[0]
