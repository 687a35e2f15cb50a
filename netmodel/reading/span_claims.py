"""From the beginning and the end of a span of time to two claims: "from Friday until Monday"."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from netmodel.reading.cues import Cue
from netmodel.reading.event_claims import EventClaims
from netmodel.reading.found_claims import ClaimFound, UnusedTime
from netmodel.reading.sentences_read import ReadSentence
from netmodel.reading.time_atoms import DATE_KINDS
from netmodel.reading.time_bounds import TimeRead
from netmodel.reading.time_phrases import TimePhrase
from netmodel.reading.time_roles import find_speech, lies_ahead
from netmodel.times import Bounds

_WAS = re.compile(r"\b(?:was|were|had)\b|(?<!\w)(?:був|була|було|були|был|была|было|были)(?!\w)")
"""Words for what is over."""


class SpanClaims(EventClaims):
    """Claims of an event with those that a span of time makes."""

    def _read_pair(self, each: ReadSentence, first: TimePhrase, last: TimePhrase, cue: Cue) -> None:
        future = self._is_future(each, cue, first.start, last.end)
        day = self._day_in(last, future=future) or self._shared_day(each, first, future=future)
        named = first.get(*DATE_KINDS) is None and last.get(*DATE_KINDS) is not None
        ahead = day is not None and day > self.calendar.today
        own_day = (named or ahead) and first.get("clock") is not None
        opening = self._resolve(first, day, future=future or own_day)
        if opening is None:
            return
        own = first.get(*DATE_KINDS) is not None
        closing = self._resolve(
            last, opening.day if own or day is None else day, future=future,
            after=opening.bounds.earliest,
        )  # fmt: skip
        if closing is not None and first.get("date") and _earlier(closing, opening):
            closing = self._weekday_after(last, opening) or closing
        if closing is not None and own and _earlier(closing, opening) and not future:
            closing = self._goes_on_until(each, last, opening) or closing
        if closing is not None and own and _earlier(closing, opening):
            opening = self._week_before(first, closing) or opening
        if closing is not None and not own and _earlier(closing, opening):
            opening = (
                self.calendar.read(first, future=future, anchor=_day_before(opening.day)) or opening
            )
        basis = self._basis(cue, future=future)
        night = (
            not own and not own_day and not named and closing is not None and basis == "observed"
        )
        if night and closing is not None and self._before_publication(closing.bounds) is None:
            earlier = self.calendar.read(first, future=future, anchor=_day_before(opening.day))
            if earlier is not None:  # "from 22:10 to 1:35", told in the morning
                opening, closing = (
                    earlier,
                    self._resolve(last, earlier.day, future=future, after=earlier.bounds.earliest),
                )
        begins = opening.bounds.earliest
        if basis == "observed" and begins is not None and begins >= self.calendar.latest:
            basis = "planned"
        self._add(each, "start", basis, first, opening, opening.bounds)
        if closing is not None:
            ends = closing.bounds.earliest
            if basis == "observed" and ends is not None and ends > self.calendar.latest:
                basis = "planned"
            self._add(each, self._end_about(cue), basis, last, closing, closing.bounds)

    def _weekday_after(self, last: TimePhrase, opening: TimeRead) -> TimeRead | None:
        """Return the first day of its name after a date: "from Friday 12 May until Monday"."""
        atom = last.get("weekday")
        if atom is None or last.get("date") is not None:
            return None
        ahead = (int(atom.value[0] or 0) - opening.day.weekday()) % 7
        day = date.fromordinal(opening.day.toordinal() + ahead)
        rest = replace(last, atoms=tuple(x for x in last.atoms if x is not atom))
        if not rest.atoms:
            return self.calendar.whole_day(day, "resolved")
        return self.calendar.read(rest, future=True, anchor=day)

    def _goes_on_until(
        self, each: ReadSentence, last: TimePhrase, opening: TimeRead
    ) -> TimeRead | None:
        """Return the weekday to come on which what began in this week ends, if it is not over."""
        sentence = each.sentence
        if _WAS.search(self.low, sentence.start, sentence.end):
            return None
        closing = self._weekday_after(last, opening)
        ends = None if closing is None else closing.bounds.latest
        return closing if ends is not None and ends > self.calendar.latest else None

    def _week_before(self, first: TimePhrase, closing: TimeRead) -> TimeRead | None:
        """Return the weekday that a span of weekdays begins on: the last before its end."""
        atom = first.get("weekday")
        if atom is None:
            return None
        back = (closing.day.weekday() - int(atom.value[0] or 0)) % 7
        day = date.fromordinal(closing.day.toordinal() - back)
        return self.calendar.whole_day(day, "tense")

    def _add(
        self,
        each: ReadSentence,
        about: str,
        basis: str,
        phrase: TimePhrase,
        read: TimeRead,
        bounds: Bounds,
    ) -> None:
        if basis == "observed" and lies_ahead(self.low, each, phrase, bounds, self.calendar):
            basis = "planned"
        kept = bounds if basis != "observed" else self._before_publication(bounds)
        if kept is None:
            self.unused.append(UnusedTime(phrase.start, phrase.end, "after_publication"))
            return
        today = self.calendar.today
        if basis == "observed" or self.anchor is None or self.anchor > today:
            self.anchor = read.day  # a day that is hoped for is none of which the text goes on
        if about == "start" and self.began is None:
            self.began = kept.earliest
        speech, near = find_speech(self.low, self.event, each, phrase.start, phrase.end)
        sure = {"stated": "certain", "resolved": "certain", "inferred": "doubtful"}.get(
            read.why, "likely"
        )
        found = ClaimFound(
            about,
            basis,
            phrase.start,
            phrase.end,
            each,
            speech,
            kept,
            sure=sure,
            why=read.why,
            near_speech=near,
        )
        self._keep(found)


def _earlier(closing: TimeRead, opening: TimeRead) -> bool:
    return (
        closing.bounds.earliest is not None
        and opening.bounds.earliest is not None
        and closing.bounds.earliest < opening.bounds.earliest
    )


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)
