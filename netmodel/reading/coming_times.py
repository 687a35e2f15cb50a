"""Times that an article tells as to come: hoped for, promised, planned, and ends after a start."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from netmodel.reading.clauses import clause_of, count_breaks, is_forecast, is_to_come
from netmodel.reading.owned_times import OwnedTimes, is_still_until
from netmodel.reading.sentences_read import ReadSentence
from netmodel.reading.time_atoms import DATE_KINDS
from netmodel.reading.time_bounds import TimeRead
from netmodel.reading.time_phrases import TimePhrase
from netmodel.reading.time_roles import is_from_now
from netmodel.reading.told_cues import Cue
from netmodel.times import Bounds

_WAS_ABLE = re.compile(
    r"\bcould (?:not )?(?:only )?(?:be used|use|pass|run|get|move|cross|reach|leave)\b"
)
"""What was possible, and is no hope: "until three only one track could be used"."""
_HAD_PROMISED = re.compile(
    r"\b(?:promised|had (?:hoped|expected|planned)|(?:first|originally|initially) (?:\w+ )?for)\b"
    r"|(?<!\w)(?:обіцяли|сподівалися|планували|розраховували|обещали|надеялись|рассчитывали|планировали|уверяли|запевняли)(?!\w)"
)
"""Words for what was promised and is past."""
_FOR = re.compile(r"(?:\bfor|(?<!\w)на) $")


class ComingTimes(OwnedTimes):
    """Claims of an event, and whether its times are past or to come."""

    def _was_promised(self, each: ReadSentence, phrase: TimePhrase) -> bool:
        """Whether a time is one that had been promised before trains in fact ran."""
        back = any(
            not x.future and one.times for one in self.event.sentences for x in one.told("return")
        )
        left = self.low[each.sentence.start : phrase.core]
        return back and self.began is not None and _HAD_PROMISED.search(left) is not None

    def _first_after_start(self, phrase: TimePhrase) -> TimeRead | None:
        """Return the first day of a name after the stop, if it is past: promises are of then."""
        if self.began is None:
            return None
        start, atom = self.calendar.day_of(self.began), phrase.get("weekday")
        if atom is None:
            near = self.claims[-1].bounds if self.claims else None
            if near is None or near.earliest is None or phrase.get(*DATE_KINDS) is not None:
                return None
            day = self.calendar.day_of(near.earliest)
            rest = phrase
        else:
            ahead = (int(atom.value[0] or 0) - start.weekday()) % 7
            day = date.fromordinal(start.toordinal() + ahead)
            rest = replace(phrase, atoms=tuple(x for x in phrase.atoms if x is not atom))
        if day > self.calendar.today:
            return None
        if not rest.atoms:
            return self.calendar.whole_day(day, "resolved")
        return self.calendar.read(rest, future=True, anchor=day)

    def _is_hoped(self, each: ReadSentence, phrase: TimePhrase) -> bool:
        """Whether somebody expects something by a time or until it."""
        past = (atom := phrase.get("weekday")) is not None and atom.value[1] == "last"
        if past or phrase.before not in ("by", "until"):
            return False
        clause = clause_of(self.low, each.sentence, phrase.start, phrase.end)
        return is_forecast(self.low, *clause, each.sentence.language) and not (
            phrase.before == "until"
            and _WAS_ABLE.search(self.low, each.sentence.start, each.sentence.end)
        )

    def _lies_ahead(self, each: ReadSentence, phrase: TimePhrase, cue: Cue) -> bool:
        """Whether a time is told as to come."""
        if (atom := phrase.get("weekday")) is not None and atom.value[1] == "last":
            return False
        left = self.low[max(each.sentence.start, phrase.start - 6) : phrase.start]
        clause = clause_of(self.low, each.sentence, phrase.start, phrase.end)
        return (
            phrase.before == "not_before"
            or (
                cue.group == "effect"
                and phrase.atoms[0].kind in (*DATE_KINDS, "part")
                and _FOR.search(left) is not None
            )
            or self._is_future(each, cue, phrase.start, phrase.end)
            or (cue.future and phrase.before in ("by", "until"))
            or is_from_now(self.low, each, phrase)
            or is_still_until(self.low, each, phrase)
            or self._is_promised(each, phrase, cue)
            or (
                phrase.before in ("by", "until")
                and is_to_come(self.low, *clause, each.sentence.language)
            )
        )

    def _is_promised(self, each: ReadSentence, phrase: TimePhrase, cue: Cue) -> bool:
        """Whether a time has a clause of its own, of what is to come: "…, others leave at six"."""
        first, last = sorted(((cue.start, cue.end), (phrase.core, phrase.end)))
        if cue.future or cue.group != "return" or phrase.before not in ("since", "by", "until"):
            return False
        clause = clause_of(self.low, each.sentence, phrase.start, phrase.end)
        apart = count_breaks(self.low, first[1], last[0]) > 0
        return apart and is_to_come(self.low, *clause, each.sentence.language)

    def _not_before_start(
        self, phrase: TimePhrase, read: TimeRead, *, future: bool
    ) -> tuple[TimeRead | None, bool]:
        """Return an end that comes after its beginning: a weekday to come, the midnight to come."""
        latest = read.bounds.latest
        clock = phrase.get("clock")
        if self._is_past_midnight(phrase, read, future=future) and clock is not None:
            day = date.fromordinal(read.day.toordinal() + 1)
            return self._resolve(replace(phrase, atoms=(clock,)), day, future=True), future
        if future and self.began is not None and latest is not None and latest <= self.began:
            later = self._after_last(phrase)
            return (later, future) if later is not None else (read, future)
        if self.began is None or latest is None or latest > self.began:
            return read, future
        if phrase.get("weekday") is None or future or phrase.before not in ("until", "by"):
            return read, future
        ahead = self._resolve(phrase, self.anchor, future=True)
        return ahead, True

    def _is_past_midnight(self, phrase: TimePhrase, read: TimeRead, *, future: bool) -> bool:
        """Whether a midnight to come was read as the one that the day began with."""
        clock = phrase.get("clock")
        if clock is None or clock.value != (0, 0) or phrase.get("date") or not future:
            return False
        return phrase.before in ("by", "until", "before") and read.day <= self.calendar.today

    def _after_last(self, phrase: TimePhrase) -> TimeRead | None:
        """Return the first weekday of its name behind what is planned: "from Saturday again"."""
        told = [x.bounds.earliest for x in self.claims if x.bounds and x.bounds.earliest]
        if not told or phrase.get("weekday") is None:
            return None
        day = self.calendar.day_of(max(told))
        return self._weekday_after(phrase, TimeRead(Bounds(), day, "resolved", exact=False))
