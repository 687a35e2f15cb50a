"""Which instants a time in an article means, by the day on which it was published.

Nothing told as past lies after the publication, and what no word says is not filled in.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from netmodel.reading.time_atoms import DATE_KINDS, TimeAtom
from netmodel.reading.time_phrases import TimePhrase
from netmodel.times import Bounds, load_zone

_PARTS: Mapping[str, tuple[float, float]] = {
    "dawn": (0, 6), "small_hours": (0, 9), "early": (4, 9), "morning": (5, 12), "midday": (11, 14),
    "afternoon": (12, 18), "towards_evening": (16, 20), "evening": (18, 24), "late": (20, 24),
    "night": (20, 28), "overnight": (-2, 6), "night_to": (-3, 7), "day_end": (18, 24),
}  # fmt: skip
"""Hours of the day that its parts mean."""
_THIRDS = {"early": (1, 11), "mid": (10, 21), "late": (21, 32)}
_LATEST = 12
_LONG_AGO, _SOON, _LATELY = timedelta(days=200), timedelta(days=120), timedelta(days=60)
"""A date without a year that is so long past is of the year to come, if it comes so soon."""


@dataclass(frozen=True, slots=True)
class TimeRead:
    """What a time means.

    Parameters
    ----------
    bounds
        The earliest and latest instant.
    day
        On the calendar of the place.
    why
        How the day was found: a code of `netmodel.reading.draft_fields.WHY`.
    """

    bounds: Bounds
    day: date
    why: str
    exact: bool


class ArticleCalendar:
    """The calendar of an article: its day of publication and the zone of its places.

    Examples
    --------
    >>> from netmodel.times import read_bounds
    >>> calendar = ArticleCalendar(read_bounds("2024-03-12", zone="Europe/Kyiv"), "Europe/Kyiv")
    >>> calendar.weekday(0, future=False), calendar.weekday(0, future=True)
    (datetime.date(2024, 3, 11), datetime.date(2024, 3, 18))
    """

    def __init__(self, published: Bounds, zone: str) -> None:
        self.zone = load_zone(zone)
        first = published.earliest or published.latest
        if first is None:  # pragma: no cover - an article has a day
            raise ValueError("an article without a day of publication has no calendar")
        # The middle of a day is of that day also in a zone an hour or two away.
        middle = first + ((published.latest or first) - first) / 2
        self.today = middle.astimezone(self.zone).date()
        self.latest = published.latest or first
        self.first = first

    def weekday(self, number: int, *, future: bool, which: str = "") -> date:
        """Return the nearest day of the week before or after the publication, that day included."""
        if future or which == "next":
            ahead = (number - self.today.weekday()) % 7
            return self.today + timedelta(days=ahead or (7 if which == "next" else 0))
        back = (self.today.weekday() - number) % 7
        return self.today - timedelta(days=back or (7 if which == "last" else 0))

    def date_of(
        self, year: int | None, month: int, day: int, *, future: bool | None
    ) -> date | None:
        """Return a date; a missing year is the nearest that the tense allows."""
        years = [year] if year else [self.today.year + each for each in (-1, 0, 1)]
        found = [each for each in (make_date(y, month, day) for y in years) if each]
        if year is None and future is not None:
            fits = [
                each for each in found if (each >= self.today if future else each <= self.today)
            ]
            found = fits or found
            past = [x for y in years if (x := make_date(y, month, day)) and x < self.today]
            if future and past and self.today - max(past) <= _LATELY < min(found) - self.today:
                found = [max(past)]  # "wrecked on 12 April, it will open": of this April
            soon = [each for each in found if abs(each - self.today) <= _LONG_AGO]
            if not soon and not future:  # "closed from 1 July" of June is of the July to come
                soon = [x for y in years if (x := make_date(y, month, day)) and x > self.today]
                found = [x for x in soon if x - self.today <= _SOON] or found
        return min(found, key=lambda each: abs(each - self.today), default=None)

    def find_day(
        self, phrase: TimePhrase, anchor: date | None, *, future: bool
    ) -> tuple[date, str] | None:
        """Return the day that a phrase names, and how it was found; ``None`` for none."""
        atom = phrase.get("date") or phrase.get(*DATE_KINDS)
        if atom is None or atom.kind == "month":
            return None
        if atom.kind == "date":
            year, month, day, _ = atom.value
            year = self._year(year)
            if not month:
                near = _nearest_day(
                    int(day or 0), anchor or self.today, self.today if future else None
                )
                return None if near is None else (near, "nearby")
            weekday = phrase.get("weekday")
            if weekday is not None and year is None:
                fits = self._on_weekday(int(month or 0), int(day or 0), int(weekday.value[0] or 0))
                if fits is not None:
                    return fits, "resolved"
            named = self.date_of(year, int(month or 0), int(day or 0), future=future)
            return None if named is None else (named, "stated" if year else "resolved")
        if atom.kind == "weekday":
            number, which = atom.value
            if str(which).startswith("week"):
                return self._monday(str(which)) + timedelta(days=int(number or 0)), "resolved"
            return self.weekday(int(number or 0), future=future, which=str(which)), "tense"
        word = str(atom.value[0])
        if word == "weekend":
            return self.weekday(5, future=future), "resolved"
        return self._relative(word, anchor)

    def past_day(self, phrase: TimePhrase) -> date | None:
        """Return the day, or the first one of the month, that a phrase names, if it is past."""
        month = phrase.get("month")
        if month is not None and phrase.get("date") is None:
            read = self._month(month, future=False)
            day = None if read is None else read.day
        else:
            found = self.find_day(phrase, None, future=False)
            day = None if found is None else found[0]
        return None if day is None or day > self.today else day

    def _on_weekday(self, month: int, day: int, weekday: int) -> date | None:
        """Return the nearest date that falls on a day of the week."""
        found = [make_date(self.today.year + each, month, day) for each in (-1, 0, 1)]
        fits = [each for each in found if each is not None and each.weekday() == weekday]
        return min(fits, key=lambda each: abs(each - self.today), default=None)

    def _relative(self, word: str, anchor: date | None) -> tuple[date, str] | None:
        if word in ("before", "after", "same"):
            if anchor is None and word == "after":
                return None
            base = anchor or self.today
            return base + timedelta(days={"before": -1, "after": 1, "same": 0}[word]), "resolved"
        if word in ("weekstart", "midweek"):
            return self._monday("week+0") + timedelta(days=word == "midweek"), "resolved"
        if word.startswith("week") and word != "weekend":
            return self._monday(word), "resolved"
        if word == "past_day":
            return self.today - timedelta(days=1), "resolved"
        if word == "monthend":
            return self.today.replace(day=21), "resolved"
        if word.startswith("month"):
            months = self.today.year * 12 + self.today.month - 1 + int(word[5:])
            return date(months // 12, months % 12 + 1, 1), "resolved"
        return self.today + timedelta(days=int(word)), "resolved"

    def _monday(self, week: str) -> date:
        """Return the first day of a week that is counted from that of the publication."""
        monday = self.today - timedelta(days=self.today.weekday())
        return monday + timedelta(weeks=int(week[4:]))

    def _year(self, year: int | str | None) -> int | None:
        """Return a year; one with a sign is counted from that of the publication."""
        return self.today.year + int(year) if isinstance(year, str) else year

    def read(
        self,
        phrase: TimePhrase,
        *,
        future: bool = False,
        anchor: date | None = None,
        after: datetime | None = None,
    ) -> TimeRead | None:
        """Return what a phrase means.

        Parameters
        ----------
        future
            Whether the sentence speaks of what is to come.
        anchor
            Day of which the article was speaking, for a phrase without a day.
        after
            Instant before which it cannot be, such as the start of a closure: a clock before it is
            of the next day.
        """
        month = phrase.get("month")
        if month is not None and phrase.get("date") is None:
            return self._month(month, future=future)
        found = self.find_day(phrase, anchor, future=future)
        day, why = found or (anchor or self.today, "inferred" if anchor is None else "nearby")
        clock, part = phrase.get("clock"), phrase.get("part")
        if clock is not None and part is not None and _is_eve(clock, part, phrase):
            day -= timedelta(days=1)  # "last night at 23:55"
        if clock is not None:
            own = found is not None or future or day > self.today
            return self._clock(clock, part, day, why, own=own, after=after)
        if part is not None:
            word = str(part.value[0])
            if future and word == "overnight":
                word = "night"
            elif word == "night" and not future and found is not None and day == self.today:
                word = "overnight" if phrase.get("date") is not None else word
            read = self._part(word, day, why)
            late = read.bounds.latest
            if found is None and after is not None and late is not None and late <= after:
                read = self._part(word, day + timedelta(days=1), why)
            if future and found is None and self._is_over(read):
                read = self._part(word, read.day + timedelta(days=1), why)
            return read
        if found is None:
            return None
        atom = phrase.get(*DATE_KINDS)
        days = _count_days("" if atom is None else str(atom.value[0]), day)
        return TimeRead(self.between(day, 0, day, 24 * days), day, why, exact=False)

    def _is_over(self, read: TimeRead) -> bool:
        """Whether a part of the day of publication was over by then, and is of the next."""
        late = read.bounds.latest
        return read.day == self.today and late is not None and late <= self.first

    def last_day(self, phrase: TimePhrase, first: date) -> date | None:
        """Return the end of a range of days such as "17 to 21 March"; ``None`` for one day."""
        atom = phrase.get("date")
        if atom is None or atom.value[3] is None or phrase.get("part", "clock") is not None:
            return None
        return make_date(first.year, first.month, int(atom.value[3]))

    def day_of(self, instant: datetime) -> date:
        """Return the day on which an instant falls, on the calendar of the place."""
        return instant.astimezone(self.zone).date()

    def whole_day(self, day: date, why: str) -> TimeRead:
        """Return some time of a day."""
        return TimeRead(self.between(day, 0, day, 24), day, why, exact=False)

    def between(self, first: date, start: float, last: date, end: float) -> Bounds:
        """Return the bounds between hours of days."""
        return Bounds(earliest=self._instant(first, start)[0], latest=self._instant(last, end)[1])

    def _clock(
        self,
        clock: TimeAtom,
        part: TimeAtom | None,
        day: date,
        why: str,
        *,
        own: bool,
        after: datetime | None,
    ) -> TimeRead:
        hour, minute, width = (*(int(each or 0) for each in clock.value), 0)[:3]
        word = str(part.value[0]) if part is not None else ""
        if word in ("afternoon", "evening", "late", "night", "towards_evening") and hour < _LATEST:
            early = hour <= 4 and word in ("late", "night")
            hour += 24 if early and word == "night" else 0 if early else 12
        low, high = self._instant(day, hour + minute / 60)
        if not own and after is not None and high < after:
            day += timedelta(days=1)
            low, high = self._instant(day, hour + minute / 60)
        elif not own and low > self.latest and after is None:
            day -= timedelta(days=1)
            low, high = self._instant(day, hour + minute / 60)
        high += timedelta(minutes=width)
        return TimeRead(Bounds(earliest=low, latest=high), day, why, exact=not width)

    def _part(self, word: str, day: date, why: str) -> TimeRead:
        start, end = _PARTS[word]
        return TimeRead(self.between(day, start, day, end), day, why, exact=False)

    def _month(self, atom: TimeAtom, *, future: bool) -> TimeRead | None:
        named, month, which = atom.value
        year = self._year(named)
        if which == "year" and year is not None:
            start, end = date(year, 1, 1), date(year + 1, 1, 1)
            return TimeRead(self.between(start, 0, end, 0), start, "resolved", exact=False)
        first = self.date_of(year, int(month or 0), 1, future=None)
        if year is None:
            options = [make_date(self.today.year + each, int(month or 0), 1) for each in (-1, 0, 1)]
            current = self.today.replace(day=1)
            fits = [
                each for each in options
                if each is not None and (each >= current if future else each <= current)
            ]  # fmt: skip
            if not future and fits and current - max(fits) > _LONG_AGO:
                fits = [x for x in options if x and timedelta() < x - current <= _SOON] or fits
            first = min(fits, key=lambda each: abs(each - current), default=first)
        if first is None:
            return None
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        low, high = _THIRDS.get(str(which), (1, 32))
        start = first + timedelta(days=low - 1)
        last = min(first + timedelta(days=high - 1), following)
        return TimeRead(self.between(start, 0, last, 0), start, "resolved", exact=False)

    def _instant(self, day: date, hours: float) -> tuple[datetime, datetime]:
        """Return an instant; the first and the second where the clocks show it twice."""
        local = datetime(day.year, day.month, day.day) + timedelta(minutes=round(hours * 60))
        both = [local.replace(tzinfo=self.zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
        return min(both), max(both)


_EVENING = 18


def _is_eve(clock: TimeAtom, part: TimeAtom, phrase: TimePhrase) -> bool:
    """Whether a clock is of the evening in which the night before a day began."""
    day = phrase.get(*DATE_KINDS)
    today = day is None or (day.kind, day.value[0]) == ("day", "0")
    return today and part.value[0] == "overnight" and int(clock.value[0] or 0) >= _EVENING


def _count_days(word: str, day: date) -> int:
    """Return how many days a word means: a weekend two, a week seven."""
    if word in ("weekend", "past_day", "weekstart"):
        return 2
    if word == "midweek":
        return 3
    if word.startswith("week"):
        return 7
    if word == "monthend":
        return monthrange(day.year, day.month)[1] - 20
    if word.startswith("month"):
        return monthrange(day.year, day.month)[1]
    return 1


def _nearest_day(day: int, near: date, least: date | None) -> date | None:
    """Return the day of that number that lies nearest to another, and not before a third."""
    months = [near.year * 12 + near.month - 1 + each for each in (-1, 0, 1, 2)]
    found = [x for month in months if (x := make_date(month // 12, month % 12 + 1, day))]
    found = [x for x in found if least is None or x >= least]
    return min(found, key=lambda each: abs(each - near), default=None)


def make_date(year: int | None, month: int, day: int) -> date | None:
    """Return a day of the calendar; ``None`` for one that it does not have.

    Examples
    --------
    >>> make_date(2024, 2, 30) is None
    True
    """
    try:
        return date(year or 0, month, day)
    except ValueError:
        return None
