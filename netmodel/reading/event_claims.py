"""The claims of one event while they are gathered: shared days, tense, what they rest on."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime

from netmodel.reading.clauses import clause_of, count_breaks, is_forecast
from netmodel.reading.duration_phrases import DurationPhrase
from netmodel.reading.found_claims import ClaimFound, UnusedTime
from netmodel.reading.own_years import find_old_day, put_in_year
from netmodel.reading.sentence_links import EventFound
from netmodel.reading.sentences_read import LIMITS, ReadSentence
from netmodel.reading.time_atoms import DATE_KINDS, TimeAtom
from netmodel.reading.time_bounds import ArticleCalendar, TimeRead
from netmodel.reading.time_phrases import TimePhrase
from netmodel.reading.time_roles import BREAK, cue_distance, is_of_speech, nearest_cue
from netmodel.reading.told_cues import Cue
from netmodel.times import Bounds, load_zone

_DAY, _NEAR_LATER, _EVENING, _MORNING = 24, 16, 18, 9
_NOON = 12
_HALF_NAMED = re.compile(
    r"\d|a\.?m|p\.?m|noon|midnight|morning|evening|night|ранк|дня|вечор|ноч|утр|вечер|ночи|полуд|полун|опівн|опівд"
)
"""What tells of a clock in which half of the day it is."""
_LATER = re.compile(r"(?: later| потому| спустя)?,? ?(?:at|about|о|об|в|у|by)? ?")
_LIFTED = re.compile(r"\b(?:restrictions?|ban|warning)\b|(?<!\w)(?:обмежен|заборон|огранич|запрет)")
"""Words for what forbade trains."""
_COUNTED = ("before", "after", "same")
"""Words for a day that is counted from that of which the article was speaking."""


_ZONE_NAMED = re.compile(
    r"[ ,(]*(?:(?P<moscow>moscow time|msk\b|(?:по )?мск(?!\w)"
    r"|(?:по московскому|московского) времени|за московським часом)"
    r"|(?P<kyiv>(?:kyiv|kiev) time|по киевскому времени|за київським часом|за києвом)"
    r"|(?P<utc>utc\b|gmt\b|по гринвичу|за гринвічем))"
)
"""Words behind a clock that say in which zone it is."""
_ZONES = {"moscow": "Europe/Moscow", "kyiv": "Europe/Kyiv", "utc": "UTC"}


def _in_zone(low: str, clock: TimeAtom, read: TimeRead, calendar: ArticleCalendar) -> TimeRead:
    """Return an instant whose clock is said to be of another zone than that of the place."""
    found = _ZONE_NAMED.match(low, clock.end)
    first = read.bounds.earliest
    if found is None or found.lastgroup is None or first is None:
        return read
    zone = load_zone(_ZONES[found.lastgroup])
    there, here = first.astimezone(zone).utcoffset(), first.astimezone(calendar.zone).utcoffset()
    if there is None or here is None or there == here:
        return read
    hours = (here - there).total_seconds() / 3600
    return replace(read, bounds=read.bounds.shift(hours, hours))


class EventClaims:
    """Claims of an event, and what was seen and not used."""

    def __init__(
        self,
        low: str,
        calendar: ArticleCalendar,
        event: EventFound,
        effect: str,
        kind: str,
        anchor: date | None = None,
    ) -> None:
        self.low = low
        self.calendar = calendar
        self.event = event
        self.effect = effect
        self.kind = kind
        self.anchor = anchor
        self.began: datetime | None = None
        self.night: date | None = None
        self.old = find_old_day(event.sentences, calendar.today)
        self.vague = False
        self.claims: list[ClaimFound] = []
        self.unused: list[UnusedTime] = []
        self.measured: list[DurationPhrase] = []

    def _keep(self, found: ClaimFound) -> None:
        """Keep a claim; of two that say the same, that of which a speaker is named."""
        for number, each in enumerate(self.claims):
            if (each.about, each.basis, each.bounds) != (found.about, found.basis, found.bounds):
                continue
            if each.speech is None or found.speech is None:
                first, second = (each, found) if found.speech is None else (found, each)
                also = (*first.also, (second.start, second.end))
                self.claims[number] = replace(first, also=also)
                return
        self.claims.append(found)

    def _before_publication(self, bounds: Bounds) -> Bounds | None:
        """Return bounds up to the publication; ``None`` if they lie after it."""
        latest = self.calendar.latest
        first = bounds.earliest
        if first is not None and first > latest:
            return None
        if (
            bounds.latest is not None
            and bounds.latest > latest
            and bounds.earliest != bounds.latest
        ):
            return replace(bounds, latest=latest)
        return bounds

    def _resolve(
        self,
        phrase: TimePhrase,
        anchor: date | None,
        *,
        future: bool,
        after: datetime | None = None,
    ) -> TimeRead | None:
        clock = phrase.get("clock")
        if (
            clock is not None and self.night is not None and anchor == self.night and not future
            and phrase.get("part", *DATE_KINDS) is None and int(clock.value[0] or 0) >= _EVENING
        ):  # fmt: skip
            anchor = date.fromordinal(anchor.toordinal() - 1)  # "last night …, at 23:55"
        dated = None if self.old is None else put_in_year(phrase, self.old)
        read = self.calendar.read(dated or phrase, future=future, anchor=anchor, after=after)
        if read is not None and dated is not None:
            read = replace(read, why="nearby")
        if read is not None and clock is not None:
            read = _in_zone(self.low, clock, read, self.calendar)
        if read is not None and after is not None:
            read = self._in_the_half_day(phrase, read, after, future=future)
        part = phrase.get("part")
        if read is not None and part is not None and part.value[0] == "overnight" and clock is None:
            self.night = read.day
        return read

    def _in_the_half_day(
        self, phrase: TimePhrase, read: TimeRead, after: datetime, *, future: bool
    ) -> TimeRead:
        """Return an hour in words as the first of that name after another: "barred until six"."""
        clock = phrase.get("clock")
        if clock is None or phrase.get("part") is not None:
            return read
        if phrase.get(*DATE_KINDS) is not None and (read.bounds.earliest or after) > after:
            return read
        hour = int(clock.value[0] or 0)
        words = self.low[clock.start : clock.end]
        if not 0 < hour < _NOON or _HALF_NAMED.search(words):
            return read
        later = replace(clock, value=(hour + _NOON, *clock.value[1:]))
        phrase = replace(phrase, atoms=tuple(later if x is clock else x for x in phrase.atoms))
        other = self.calendar.read(
            phrase, future=future, anchor=self.calendar.day_of(after), after=after
        )
        if other is None or other.bounds.earliest is None or read.bounds.earliest is None:
            return read
        told = [x.bounds.earliest for x in self.claims if x.bounds and x.bounds.earliest]
        if any(after < x and other.bounds.earliest < x for x in told):
            return read  # the text is further on already
        fits = after < other.bounds.earliest < read.bounds.earliest
        return other if fits or read.bounds.earliest <= after else read

    def _day_in(self, phrase: TimePhrase, *, future: bool) -> date | None:
        dated = None if self.old is None else put_in_year(phrase, self.old)
        found = self.calendar.find_day(dated or phrase, self.anchor, future=future)
        return None if found is None else found[0]

    def _days_later(self, each: ReadSentence, phrase: TimePhrase) -> date | None:
        """Return the day that lies so many days after the beginning: "two days later, at noon"."""
        if self.began is None or phrase.get("clock", "part") is None:
            return None
        for duration in each.durations:
            gap = self.low[duration.end : phrase.core]
            whole = duration.hours >= _DAY and duration.hours % _DAY == 0
            if whole and 0 <= phrase.core - duration.end < _NEAR_LATER and _LATER.fullmatch(gap):
                day = self.calendar.day_of(self.began).toordinal()
                return date.fromordinal(day + round(duration.hours / _DAY))
        return None

    def _shared_day(self, each: ReadSentence, phrase: TimePhrase, *, future: bool) -> date | None:
        """Return the day that another time of the sentence names, else that of the event."""
        if phrase.get(*DATE_KINDS) is not None:
            return self.anchor
        later = self._days_later(each, phrase)
        if later is not None:
            return later
        with_day = [
            other
            for other in each.times
            if other is not phrase and other.get(*DATE_KINDS) is not None
            and other.get("month") is None and not is_of_speech(self.low, each, other)
            and (other.before not in ("until", "by", "not_before") or other.closes is not None)
        ]  # fmt: skip
        before = [other for other in with_day if other.end <= phrase.start]
        after = [other for other in with_day if other.start >= phrase.end]
        after = [x for x in after if ";" not in self.low[phrase.end : x.core]]
        if self.anchor is not None:
            after = [x for x in after if not count_breaks(self.low, phrase.end, x.core)]
        for other in (*reversed(before), *after):
            named = other.get(*DATE_KINDS)
            if other in before and named is not None and named.value[0] in _COUNTED:
                return self.anchor  # it was counted from the day before it when it was read
            told = future and other in before and not self._is_past(each, other)
            day = self._day_in(other, future=told)
            if day is not None and self._is_after_midnight(phrase, other):
                return date.fromordinal(day.toordinal() + 1)
            if day is not None and not (future and not told and day < self.calendar.today):
                return day
            if day is not None and phrase.get("clock") is not None:
                return self.calendar.today  # "broke on Wednesday …, normal again towards six"
        return self.anchor

    def _is_after_midnight(self, phrase: TimePhrase, other: TimePhrase) -> bool:
        """Whether a clock is of the end of a night that is named by the day it began on."""
        clock, part = phrase.get("clock"), other.get("part")
        if clock is None or part is None or other.get("clock") is not None:
            return False
        return part.value[0] == "night" and int(clock.value[0] or 0) < _MORNING

    def _is_past(self, each: ReadSentence, phrase: TimePhrase) -> bool:
        """Whether a time beside another that is to come is of what is said to have been."""
        own = nearest_cue(self.low, each, phrase.core, phrase.end)
        return own is not None and not own.future and not phrase.before

    def _is_future(self, each: ReadSentence, cue: Cue, start: int, end: int) -> bool:
        if cue.future and cue_distance(self.low, cue, start, end) < 3 * BREAK:
            return True
        first, last = clause_of(self.low, each.sentence, start, end)
        return is_forecast(self.low, first, last, each.sentence.language) and cue.group == "return"

    def _basis(self, cue: Cue, *, future: bool) -> str:
        if not future:
            return "observed"
        told = cue.group == "effect" and cue.value != "normal"
        if told or cue.group == "occurred" or self.kind in ("planned_works", "strike_action"):
            return "planned"
        return "forecast"

    def _end_about(self, cue: Cue) -> str:
        if self.effect != "closed" and cue.value != "first":
            return "full_service"
        runs = any(x.about == "first_traffic" and x.basis == "observed" for x in self.claims)
        if runs and cue.future and cue.group == "return" and cue.value != "first":
            return "full_service"  # trains run: what is still promised is the rest of them
        limited = any(x.value in LIMITS for x in self.event.cues("effect"))
        if cue.group == "effect" and cue.value in LIMITS:
            return "full_service"  # "not faster than sixty until Monday", after a stop
        if not limited and _LIFTED.search(self.low, cue.start, cue.end):
            return "first_traffic"  # what was lifted is the stop itself
        return "full_service" if cue.value == "full" else "first_traffic"
