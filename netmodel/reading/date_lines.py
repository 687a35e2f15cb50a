"""The day that an article itself bears, in a date line: "Kyiv, 14 May 2024."."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from netmodel.reading.date_phrases import date_patterns
from netmodel.reading.draft import DraftClaim, DraftIncident
from netmodel.reading.draft_fields import DraftField, Span
from netmodel.reading.folded_text import LANGUAGES, FoldedText
from netmodel.reading.time_atoms import Maker, TimeAtom, TimePattern
from netmodel.reading.time_bounds import make_date
from netmodel.reading.time_words import WEEKDAYS
from netmodel.times import Bounds, load_zone, read_bounds

MOST_DAYS = 3
"""By so many days an article may appear after the day that it bears."""
_PARAGRAPHS = 4
"""Of an article, at whose beginnings a date line may stand."""
_SAYS_SO = re.compile(
    r"(?:published|posted|updated|dated?|опубліковано|оновлено|опубликовано|обновлено"
    r"|дата(?: публікації| публикации)?):? (?:on )?"
)
_PLACE = re.compile(
    r"[^\W\d][\w'-]*(?: [\w'-]+){0,2}(?:, ?[^\W\d][\w'.-]*(?: [^\W\d][\w'-]*){0,2})?(?:,|\.| –) ?"
)
_DAY = re.compile(rf"(?:{'|'.join(day for days in WEEKDAYS.values() for day in days)}),? ")
_CLOCK = re.compile(r"(?:,| at| о| об| в)? ?\d{1,2}[:.]\d\d(?: ?[ap]\.?m\.?)?")
_AGENCY = re.compile(r" ?\([^)\n]{1,40}\)")
_TAIL = re.compile(r" ?(?:[.–:|/]|- |\n|$)")
_ALONE = re.compile(r" ?\.? ?(?:\n|$)")


@dataclass(frozen=True, slots=True)
class DateLine:
    """A date line: its place in the folded text, half-open, and the day that it names.

    Parameters
    ----------
    year
        ``None`` where it names a day and a month alone.
    """

    start: int
    end: int
    year: int | None
    month: int
    day: int

    def find_day(self, published: date) -> date | None:
        """Return its day: without a year the last that may be; ``None`` for 30 February.

        Examples
        --------
        >>> DateLine(0, 5, None, 12, 30).find_day(date(2024, 1, 2))
        datetime.date(2023, 12, 30)
        """
        years = [self.year] if self.year else [published.year + each for each in (1, 0, -1)]
        days = [day for year in years if (day := make_date(year, self.month, self.day))]
        latest = published + timedelta(days=MOST_DAYS)
        fits = days if self.year else [day for day in days if day <= latest]
        return next(iter(fits), None)


@dataclass(frozen=True, slots=True)
class OtherDay:
    """The day that an article bears, where it cannot have been published on the day given."""

    start: int
    end: int
    day: date

    def bounds(self, zone: str) -> Bounds:
        """Return the day, in a time zone."""
        return read_bounds(self.day.isoformat(), zone=zone)


def find_date_line(folded: FoldedText) -> DateLine | None:
    r"""Return the first date line at the beginning of one of the first paragraphs.

    It names a place, or says that it is the day of publication, or has a line for itself.

    Examples
    --------
    >>> line = find_date_line(FoldedText("Storm\n\nKyiv, 14 May 2024. Trains were halted."))
    >>> line.year, line.month, line.day
    (2024, 5, 14)
    >>> find_date_line(FoldedText("On 14 May 2024, trains were halted.")) is None
    True
    """
    low = folded.low
    for start in _find_paragraphs(low):
        led = _SAYS_SO.match(low, start)
        place = _PLACE.match(low, start) if folded.has_capital(start) else None
        for at, alone in (
            (led.end() if led else None, False),
            (place.end() if place else None, False),
            (start, True),
        ):
            found = None if at is None else _match_date(low, at, alone=alone)
            if found is not None:
                return replace(found, start=start)
    return None


def find_other_day(folded: FoldedText, published: Bounds, zone: str) -> OtherDay | None:
    """Return the day that an article bears, if it does not go with that of its publication.

    An article appears on the day of its date line or at most three days after it.
    """
    line = find_date_line(folded)
    first, last = published.earliest or published.latest, published.latest or published.earliest
    if line is None or first is None or last is None:
        return None
    here = load_zone(zone)
    latest = (last - timedelta(microseconds=1)) if last > first else last
    least, most = first.astimezone(here).date(), latest.astimezone(here).date()
    day = line.find_day(most)
    if day is None or least - timedelta(days=MOST_DAYS) <= day <= most:
        return None
    return OtherDay(line.start, line.end, day)


def put_in_doubt(incident: DraftIncident, words: Span) -> DraftIncident:
    """Return an incident with every time in doubt that its article does not state by itself."""
    claims = tuple(
        DraftClaim(article=claim.article, fields=tuple(_doubt(x, words) for x in claim.fields))
        for claim in incident.claims
    )
    return replace(incident, claims=claims)


def _doubt(field: DraftField, words: Span) -> DraftField:
    if field.name not in ("at", "made") or field.why in ("stated", "told_past"):
        return field
    spans = tuple(dict.fromkeys((*field.spans, words)))
    return replace(field, spans=spans, sure="doubtful", why="date_line")


def _find_paragraphs(low: str) -> Iterator[int]:
    """Yield where the first paragraphs begin."""
    count = 0
    for found in re.finditer(r"[^\n]+", low):
        words = found[0]
        if words.strip():
            yield found.start() + len(words) - len(words.lstrip())
            count += 1
        if count == _PARAGRAPHS:
            return


def _match_date(low: str, at: int, *, alone: bool) -> DateLine | None:
    weekday = _DAY.match(low, at)
    begins = at if weekday is None else weekday.end()
    for pattern, make in _patterns():
        found = pattern.match(low, begins)
        atom = None if found is None else make(found)
        if atom is None or atom.kind != "date":
            continue
        year, month, day, last = atom.value
        if not isinstance(month, int) or not isinstance(day, int) or not month or last is not None:
            continue
        if isinstance(year, str) or not _ends_line(low, atom, alone=alone):
            continue
        return DateLine(at, atom.end, year, month, day)
    return None


def _ends_line(low: str, atom: TimeAtom, *, alone: bool) -> bool:
    """Whether nothing that belongs to the date follows it but a clock and who writes."""
    at = atom.end
    for pattern in (_CLOCK, _AGENCY):
        found = pattern.match(low, at)
        at = at if found is None else found.end()
    if alone:
        return _ALONE.match(low, at) is not None
    return low[:at].endswith(".") or _TAIL.match(low, at) is not None


@lru_cache(maxsize=1)
def _patterns() -> Sequence[tuple[re.Pattern[str], Maker]]:
    found: list[TimePattern] = [x for language in LANGUAGES for x in date_patterns(language)]
    return tuple((re.compile(each.text), each.make) for each in found)
