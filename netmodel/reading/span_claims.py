"""From spans and lengths of time to claims: "from Friday until Monday", "for two hours"."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from netmodel.reading.clauses import count_breaks, is_to_come
from netmodel.reading.duration_phrases import AT_MOST_AFTER, DurationPhrase
from netmodel.reading.event_claims import EventClaims
from netmodel.reading.found_claims import ENDS, ClaimFound, UnusedTime
from netmodel.reading.sentences_read import ReadSentence
from netmodel.reading.time_atoms import DATE_KINDS
from netmodel.reading.time_bounds import TimeRead
from netmodel.reading.time_phrases import TimePhrase
from netmodel.reading.time_roles import AT_WORK, find_speech, is_going_on, lies_ahead, nearest_cue
from netmodel.reading.told_cues import SECOND_TRACK, Cue
from netmodel.reading.told_past import is_told_past
from netmodel.times import Bounds

_WAS = re.compile(r"\b(?:was|were|had)\b|(?<!\w)(?:був|була|було|були|был|была|было|были)(?!\w)")
"""Words for what is over."""

_AT_MOST = re.compile(
    r"within|less than|under|at most|no more than|протягом|упродовж|впродовж|менш|не більш"
    r"|не довше|в течение|мене[ею]|не более|не больше|не дольше|найбільше|максимум|самое большее|от силы"
    r"|at the (?:most|outside)|not more than"
)
_TOOK = re.compile(
    r"\b(?:took|needed|required|(?:was|were|be|than))(?: \w+){0,3} $|\bafter (?:\w+ )?$"
    r"|(?<!\w)(?:знадобил|пішл|потребува|витрати|забра|зайнял|минул|лише за|аж за"
    r"|понадоби|уш[ел]л?|потребова|потрати|занял|прошл)\w*(?: \w+){0,3} $"
)
_TO_UNDO = re.compile(
    r"(?: passed| went by)?(?: of work)?,? (?:(?:for \w+ )?to (?:\w+ )?(?:free|clear|lift|remove|haul|drag|put|get|set|restore"
    r"|repair|re-?\w+|move|open|mend|fix|right|tow|bring|pull|make)\b"
    r"|before (?:anything|trains?|traffic|the|a|one|movement|it)\b|until (?:the|trains|traffic|a|one)\b"
    r"|(?:щоб|чтобы|на те|на то|перш ніж|прежде чем|поки|пока|до того)(?!\w))"
)
"""What follows a length after which trains ran: "fourteen hours before anything got past"."""
_SEVERAL = 2
_LONG_AGO = 100
"""Days before the stop from which on a month is of another one."""
_FOR_SO_LONG = re.compile(
    r" ?[,(–-]? ?(?:for|на|lasting|тривалістю|продолжительностью)? ?(?:about |some |майже |почти )?"
)
_SO_LONG_FROM = re.compile(
    r",? (?:from|since|beginning at|starting at|з|із|від|починаючи з|со?|от|начиная с) "
)
"""What stands between a clock and the length of the stop that began then."""
_AND_DAY = re.compile(
    r",? ?(?:(?:and|та|і|й|и)(?: then| again| also| знову| снова)?)?,? ?(?:on |у |в |во )?(?:the )?"
)
_AND_DATE = re.compile(r"\b(?:and)\b|(?<!\w)(?:та|і|й|и)(?!\w)")
_AFTERWARDS = re.compile(r" ?(?:later|afterwards|по тому|потому|пізніше|спустя|позже)(?!\w)")
_STOP = re.compile(
    r"(?:closure|interruption|stoppage|break|блокад|перерв|закритт|зупинк|перерыв|закрыти|остановк)"
)
"""Nouns for a stop, which say of themselves that they last."""
_LAST = ("strike_action", "planned_works")
"""Kinds whose own length is that of the stop."""
NO_CUE = Cue("occurred", "occurred", 0, 0)
"""Stands for what a sentence says in words that are not known."""


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
        ahead = begins is not None and begins >= self.calendar.latest
        past = is_told_past(self.low, each, first, cue)
        if basis == "observed" and ahead and not past:
            basis = "planned"
        self._add(each, "start", basis, first, opening, opening.bounds, cue=cue, past=past)
        if closing is not None:
            ends = closing.bounds.earliest
            ahead = ends is not None and ends > self.calendar.latest
            if basis == "observed" and ahead and not past:
                basis = "planned"
            self._add(each, self._end_about(cue), basis, last, closing, closing.bounds, past=past)

    def _read_on_days(self, each: ReadSentence, first: TimePhrase) -> bool:
        """Read hours that are those of several days: "on 14 and 16 March from 9:00 to 15:00"."""
        if first.pair is None or first.get("clock") is None or first.get(*DATE_KINDS) is not None:
            return False
        last = each.times[first.pair]
        sentence = each.sentence
        future = is_to_come(self.low, sentence.start, sentence.end, sentence.language)
        days = self._days_told(each, future=future)
        stops = [x for x in each.told("effect") if x.value not in ("normal", "replaced")]
        if len(days) < _SEVERAL or last.get("clock") is None or last.get(*DATE_KINDS) is not None:
            return False
        if not stops:
            return False
        cue = stops[0]
        for day in days:
            opening = self.calendar.read(first, future=future, anchor=day)
            if opening is None:
                continue
            after = opening.bounds.earliest
            closing = self.calendar.read(last, future=future, anchor=day, after=after)
            past = is_told_past(self.low, each, first, cue)
            ahead = day > self.calendar.today and not past
            basis = "planned" if ahead else "observed"
            self._add(each, "start", basis, first, opening, opening.bounds, cue=cue, past=past)
            if closing is not None:
                about = self._end_about(cue)
                self._add(each, about, basis, last, closing, closing.bounds, past=past)
        return True

    def _days_told(self, each: ReadSentence, *, future: bool) -> list[date]:
        """Return the days that a sentence names one after the other, joined by "and"."""
        named = [
            x for x in each.times
            if x.get("date", "weekday") is not None and x.get("clock", "part") is None
            and x.before in ("", "since")
        ]  # fmt: skip
        days = []
        for number, phrase in enumerate(named):
            if number and not _AND_DAY.fullmatch(self.low, named[number - 1].end, phrase.core):
                return []
            found = self.calendar.find_day(phrase, None, future=future)
            if found is None:
                return []
            days.append(found[0])
            words = self.low[phrase.core : phrase.end]
            second = self.calendar.last_day(phrase, found[0])
            if second is not None and _AND_DATE.search(words) is None:
                return []
            days += [second] if second is not None else []
        return days

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
        *,
        cue: Cue | None = None,
        past: bool = False,
    ) -> None:
        first = bounds.earliest or bounds.latest
        doubted = False
        if basis == "observed" and lies_ahead(self.low, each, phrase, bounds, self.calendar):
            doubted = past or is_told_past(self.low, each, phrase, cue)
            basis = basis if doubted else "planned"
        elif basis == "observed" and past and first is not None and first > self.calendar.latest:
            doubted = True  # its day is named by the time beside it
        kept = bounds if basis != "observed" or doubted else self._before_publication(bounds)
        if kept is None:
            self.unused.append(UnusedTime(phrase.start, phrase.end, "after_publication"))
            return
        today = self.calendar.today
        if basis == "observed" or self.anchor is None or self.anchor > today:
            self.anchor = read.day  # a day that is hoped for is none of which the text goes on
            clock = phrase.get("clock")
            if clock is not None and clock.value[:2] == (0, 0) and phrase.before in ("until", "by"):
                self.anchor = _day_before(read.day)  # "until midnight …, the same evening"
        exact = kept.earliest == kept.latest
        if about == "start" and (self.began is None or (self.vague and exact)):
            self.began, self.vague = kept.earliest, not exact
        speech, near = find_speech(self.low, self.event, each, phrase.start, phrase.end)
        sure = {"stated": "certain", "resolved": "certain", "inferred": "doubtful"}.get(
            read.why, "likely"
        )
        found = ClaimFound(
            about, basis, phrase.start, phrase.end, each, speech, kept,
            sure="doubtful" if doubted else sure, why="told_past" if doubted else read.why,
            near_speech=near, cue=cue,
        )  # fmt: skip
        self._keep(found)

    # Durations

    def _read_duration(self, each: ReadSentence, duration: DurationPhrase) -> None:
        cue = None if self._is_of_old(each) else self._cue_of_length(each, duration)
        if cue is None or any(x is duration for x in self.measured):
            return
        if each.general:
            self._read_rule(each, duration, cue)
            return
        future = self._is_future(each, cue, duration.start, duration.end)
        if future and duration.more:
            return  # "it will take at least a week": no bound that a claim could give
        spoken = duration.role
        if spoken == "within" and cue.group != "return":
            left = self.low[max(0, duration.start - 4) : duration.start]
            if future or left.endswith(" за "):  # so much happened in a day
                return
            spoken = "lasted"
        told = cue.group in ("effect", "occurred")
        if spoken == "lasted" and future and not (told or self.kind in _LAST):
            return
        within = spoken == "within" and (
            future
            or AT_MOST_AFTER.match(self.low, duration.end) is not None
            or _AT_MOST.search(self.low[max(0, duration.start - 25) : duration.start]) is not None
        )
        basis = self._basis(cue, future=future)
        ends = None if self.began is None else self.began + timedelta(hours=duration.hours)
        if basis == "observed" and not within and ends is not None and ends > self.calendar.latest:
            basis = "planned"
        second = SECOND_TRACK.search(self.low, each.sentence.start, duration.end)
        if self._read_after_first(each, duration, cue, second=second is not None):
            return
        speech, near = find_speech(self.low, self.event, each, duration.start, duration.end)
        self.claims.append(
            ClaimFound(
                "full_service" if second else self._end_about(cue),
                basis,
                duration.start, duration.end, each, speech,
                within_hours=duration.hours if within else None,
                lasted_hours=None if within else duration.hours,
                near_speech=near, cue=cue,
            )
        )  # fmt: skip

    def _read_after_first(
        self, each: ReadSentence, duration: DurationPhrase, cue: Cue, *, second: bool
    ) -> bool:
        """Read the return of the rest so long after the first trains: "the other six hours later"."""
        firsts = [
            x for x in self.claims
            if x.about in ENDS and x.basis == "observed" and x.bounds is not None
            and x.bounds.earliest is not None and x.bounds.earliest == x.bounds.latest
            and x.sentence is not each
        ]  # fmt: skip
        if cue.future or cue.group != "return" or not firsts or not (second or cue.value == "full"):
            return False
        first = firsts[-1].bounds or Bounds()
        ends = first.shift(duration.hours, duration.hours)
        speech, near = find_speech(self.low, self.event, each, duration.start, duration.end)
        self._keep(
            ClaimFound(
                "full_service", "observed", duration.start, duration.end, each, speech, ends,
                sure="likely", why="nearby", near_speech=near, cue=cue,
            )
        )  # fmt: skip
        return True

    def _read_spell(self, each: ReadSentence, phrase: TimePhrase) -> bool:
        """Read one of several stops with its length: "at 6:20 for half an hour, at 13:05 for …"."""
        length = self._length_beside(each, phrase)
        stops = [x for x in each.told("effect") if x.value == "closed"]
        spells = [
            x for x in each.times
            if x.get("clock") is not None
            and (x.pair is not None or self._length_beside(each, x) is not None)
        ]  # fmt: skip
        if length is None or not stops or len(spells) < _SEVERAL:
            return False
        read = self._resolve(phrase, self._shared_day(each, phrase, future=False), future=False)
        if read is None:
            return False
        self._add(each, "start", "observed", phrase, read, read.bounds, cue=stops[0])
        ends = read.bounds.shift(length.hours, length.hours)
        self._add(each, "first_traffic", "observed", phrase, read, ends)
        self.measured.append(length)
        return True

    def _length_beside(self, each: ReadSentence, phrase: TimePhrase) -> DurationPhrase | None:
        """Return the length that stands at a clock in one breath: "for four hours from 21:30"."""
        if phrase.get("clock") is None or phrase.pair is not None or phrase.closes is not None:
            return None
        for length in each.durations:
            behind = _FOR_SO_LONG.fullmatch(self.low, phrase.end, length.start)
            before = _SO_LONG_FROM.fullmatch(self.low, length.end, phrase.core)
            if length.role == "lasted" and (behind or before):
                return length
        return None

    def _is_of_old(self, each: ReadSentence) -> bool:
        """Whether a sentence tells of a month or a year long before: "in the winter of 2021"."""
        months = [x for x in each.times if x.get("month") and x.before not in ("since", "until")]
        if self.began is None or not months or len(months) < len(each.times):
            return False
        days = [day for x in months if (day := self._day_in(x, future=False)) is not None]
        first = self.calendar.day_of(self.began) - timedelta(days=_LONG_AGO)
        return bool(days) and max(days) < first

    def _cue_of_length(self, each: ReadSentence, duration: DurationPhrase) -> Cue | None:
        """Return what a length is of; ``None`` if it is none of a stop or a return of traffic."""
        lasted = duration.role == "lasted"
        if not (lasted or duration.role == "within") or self.effect in ("none", "limited"):
            return None
        if any(x.before == "like" or _is_said_again(self.low, duration, x) for x in each.times) or (
            duration.more and not lasted
        ):
            return None  # "it will take at least a week": no bound that a claim could give
        cue = nearest_cue(self.low, each, duration.start, duration.end)
        if cue is None and lasted and self.effect:
            low, sentence = self.low, each.sentence
            ahead = is_to_come(low, sentence.start, sentence.end, sentence.language)
            cue = replace(NO_CUE, future=ahead, start=duration.start, end=duration.end)
        if each.general and (cue is None or cue.group != "return") and duration.role != "late":
            return replace(NO_CUE, group="return", start=duration.start, end=duration.end)
        if cue is None and duration.role == "within" and self._is_first_end(each):
            ahead = is_to_come(
                self.low, each.sentence.start, each.sentence.end, each.sentence.language
            )
            return replace(
                NO_CUE, group="return", future=ahead, start=duration.start, end=duration.end
            )
        if lasted and self._tells_way_back(each, duration):
            return replace(NO_CUE, group="return", start=duration.start, end=duration.end)
        if cue is None or cue.value in ("normal", "limited"):
            return None
        if lasted and not self._is_near(duration, cue):
            return None
        if not self.effect and cue.group == "cause":
            return None  # how long a fire burnt is no length of a closure
        goes_on = (lasted and is_going_on(self.low, each, duration)) or (
            _AFTERWARDS.match(self.low, duration.end) is not None  # "19 hours later it went on"
        )
        return None if goes_on and cue.group != "return" else cue

    def _tells_way_back(self, each: ReadSentence, duration: DurationPhrase) -> bool:
        """Whether a length is that until trains ran: "it took three hours to free the track"."""
        if self.began is None or any(x.about in ENDS for x in self.claims):
            return False
        left = self.low[each.sentence.start : duration.start]
        return _TOOK.search(left) is not None and _TO_UNDO.match(self.low, duration.end) is not None

    def _is_first_end(self, each: ReadSentence) -> bool:
        """Whether a sentence behind the stop, with no words of its own, may tell how it ended."""
        low, sentence = self.low, each.sentence
        if self.began is None or not self.effect or each.cues or each.recurs:
            return False
        if any(x.about != "start" for x in self.claims):
            return False
        ahead = is_to_come(low, sentence.start, sentence.end, sentence.language)
        return not ahead or AT_WORK.search(low, sentence.start, sentence.end) is not None

    def _is_near(self, duration: DurationPhrase, cue: Cue) -> bool:
        """Whether a length is of the stop or the return of traffic, in one breath with it."""
        told = cue.group in ("return", "occurred") or cue.value in _LAST
        told = told or _STOP.match(self.low, cue.start) is not None
        if not told and (cue.group != "effect" or not cue.anchored):
            return False
        first, last = sorted(((duration.start, duration.end), (cue.start, cue.end)))
        return first[1] >= last[0] or count_breaks(self.low, first[1], last[0]) < 3

    def _read_rule(self, each: ReadSentence, duration: DurationPhrase, cue: Cue) -> None:
        """Keep what holds in general: a bound of every restoration, not a time of this one."""
        if cue.group != "return":
            return
        speech, near = find_speech(self.low, self.event, each, duration.start, duration.end)
        self.claims.append(
            ClaimFound(
                self._end_about(cue), "rule", duration.start, duration.end, each, speech,
                within_hours=duration.hours, near_speech=near,
            )
        )  # fmt: skip


_APPOSED = re.compile(r",? (?:or |that is |то есть |тобто )?(?:at|on|by|в|во|о|об|у|к|–)? ?")
_COUNTED = re.compile(
    r",? (?:(?:some|about|almost|nearly|почти|около|майже|близько) )?"
    r"(?:after|спустя|через|после|за|після)? ?"
)


def _is_said_again(low: str, duration: DurationPhrase, phrase: TimePhrase) -> bool:
    """Whether a length stands beside the instant that it comes to: "six hours later, at 14:20"."""
    if phrase.get("clock", "weekday", "date") is None or phrase.before in ("since", "until"):
        return False
    if duration.end <= phrase.start:
        gap = low[duration.end : phrase.core].replace(" later", "").replace(" потому", "")
        return gap.startswith(",") and _APPOSED.fullmatch(gap) is not None
    return low.startswith(",", phrase.end) and (
        _COUNTED.fullmatch(low, phrase.end, duration.start) is not None
    )


def _earlier(closing: TimeRead, opening: TimeRead) -> bool:
    return (
        closing.bounds.earliest is not None
        and opening.bounds.earliest is not None
        and closing.bounds.earliest < opening.bounds.earliest
    )


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)
