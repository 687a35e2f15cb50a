"""The year of an event that is told long after it: days that name none are of that year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from netmodel.reading.sentences_read import ReadSentence
from netmodel.reading.time_atoms import TimeAtom
from netmodel.reading.time_bounds import make_date
from netmodel.reading.time_phrases import TimePhrase

_LONG_AGO = timedelta(days=200)
"""By so much a day with a year lies before the publication, so that others are of that year."""


def find_old_day(sentences: Sequence[ReadSentence], today: date) -> date | None:
    """Return the first day with a year that an event names, if all that it names are long past.

    "On 11 May 2024 trains were halted. Traffic was restored on 12 May.", published in 2026. A day
    since when something has been so is no day of the event.

    Examples
    --------
    >>> find_old_day([], date(2026, 5, 20)) is None
    True
    """
    days = []
    for each in sentences:
        for phrase in each.times:
            atom = phrase.get("date")
            day = None if atom is None else _day_of(atom)
            if day is None or each.recalls or each.general:
                continue
            if phrase.before in ("since", "away_since", "until", "by"):
                continue
            days.append(day)
    if not days or any(today - day <= _LONG_AGO for day in days):
        return None
    return days[0]


def put_in_year(phrase: TimePhrase, old: date) -> TimePhrase | None:
    """Return a date without a year, or a weekday, as the one nearest to a day, or next after it.

    Examples
    --------
    >>> from netmodel.reading.time_phrases import find_times
    >>> low = "on 12 may"
    >>> put_in_year(find_times(low, 0, len(low), "en", ())[0], date(2024, 5, 11)).get("date").value
    (2024, 5, 12, None)
    """
    atom = phrase.get("date")
    weekday = phrase.get("weekday")
    if atom is not None and not atom.value[0] and atom.value[1]:
        _, month, day, last = atom.value
        years = (old.year - 1, old.year, old.year + 1)
        found = [make_date(year, int(month or 0), int(day or 0)) for year in years]
        near = min((x for x in found if x), key=lambda x: abs(x - old), default=None)
        made = None if near is None else (near.year, near.month, near.day, last)
    elif atom is None and weekday is not None and weekday.value[1] == "":
        near = old + timedelta(days=(int(weekday.value[0] or 0) - old.weekday()) % 7)
        atom, made = weekday, (near.year, near.month, near.day, None)
    else:
        return None
    if atom is None or made is None:
        return None
    dated = TimeAtom("date", atom.start, atom.end, made)
    return replace(phrase, atoms=tuple(dated if x is atom else x for x in phrase.atoms))


def _day_of(atom: TimeAtom) -> date | None:
    """Return the day of a date that names its year; ``None`` for others."""
    year, month, day, _ = atom.value
    return make_date(year, int(month or 0), int(day or 0)) if isinstance(year, int) else None
