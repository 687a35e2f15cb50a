"""Days and clocks that stand over a text and hold for what follows: "Summary of Wednesday"."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from netmodel.reading.clauses import is_to_come
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


_BEFORE = 2
"""Sentences before an event whose day is still that of its hours."""
_RECENT = 7


def find_lead_day(
    low: str,
    sentences: Sequence[ReadSentence],
    number: int,
    told: Collection[int],
    calendar: ArticleCalendar,
) -> date | None:
    """Return the day of which an article spoke right before an event; ``None`` for none.

    "The express was sent round by Lozova yesterday. The line was shut at 14:20."

    Parameters
    ----------
    number
        Of the first sentence of the event.
    told
        Numbers of the sentences of all events: the day of these is another's.
    """
    paragraphs = {each.number: each.sentence.paragraph for each in sentences}
    for each in reversed(sentences):
        if not 0 < number - each.number <= _BEFORE or each.number in told:
            continue
        same = each.sentence.paragraph == paragraphs[number]
        if not same or each.recalls or each.general or each.recurs:
            continue
        for phrase in reversed(each.times):
            if phrase.before not in ("", "since") or phrase.get("date", "weekday", "day") is None:
                continue
            ahead = is_to_come(low, each.sentence.start, each.sentence.end, each.sentence.language)
            found = calendar.find_day(phrase, None, future=ahead)
            if found is not None and abs((calendar.today - found[0]).days) <= _RECENT:
                return found[0]
    return None
