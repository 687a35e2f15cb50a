"""What a time is of: of which words of its sentence, of what was before, of what came after."""

from __future__ import annotations

import re
from datetime import timedelta

from netmodel.reading.clauses import clause_of, count_breaks, is_to_come
from netmodel.reading.found_claims import ENDS, ClaimFound, is_about
from netmodel.reading.sentences_read import ReadSentence
from netmodel.reading.span_claims import SpanClaims
from netmodel.reading.time_atoms import DATE_KINDS
from netmodel.reading.time_bounds import TimeRead
from netmodel.reading.time_phrases import TimePhrase
from netmodel.reading.time_roles import cue_distance, is_of_second, nearest_cue
from netmodel.reading.told_cues import Cue

_ELLIPSIS = 14
"""Letters beside its time that a clause without a verb has at most: "then for 6 p.m."."""
_WHOLE_CLAUSE = 40
"""Letters beside its time from which on a clause tells of something by itself."""
_WHOLE_DAY = 23
_REPAIRS = re.compile(
    r"\b(?:repairs?|works?|crews?|engineers) (?:\w+ )?(?:began|started|arrived|set|came)"
    r"|(?<!\w)(?:ремонт|робот|работ|бригад|восстановител|відновлювальн)\w* (?:\w+ )?"
    r"(?:нача|поча|розпоч|прибы|прибу|приступ)\w+"
)
"""Words for the beginning of repairs."""


_HAD_BEEN = re.compile(
    r"\bhad (?:\w+ )?(?!to\b|no\b|an?\b|the\b|its?\b|their\b|only\b|until\b)\w{3,}"
    r"|\bhad (?:\w+ )?(?:come|been|gone|hit|run|cut|got)\b"
)
"""A verb of what had happened before."""


class OwnedTimes(SpanClaims):
    """Claims of an event, and of what each of its times is."""

    def _is_taken(self, each: ReadSentence, phrase: TimePhrase, cue: Cue) -> bool:
        """Whether what befell traffic has a time of its own, and this one is of another clause."""
        if phrase.closes is not None or phrase.pair is not None or phrase.get("clock") is None:
            return False
        low = self.low
        first, last = sorted(((cue.start, cue.end), (phrase.core, phrase.end)))
        rival = self._nearer(each, phrase, cue)
        if rival is None or is_of_second(low, each, phrase):
            return False
        if ";" in low[first[1] : last[0]]:
            return True
        start, end = clause_of(low, each.sentence, phrase.start, phrase.end)
        whole = end - start - (phrase.end - phrase.start) > _ELLIPSIS
        one, two = sorted(((cue.start, cue.end), (rival.core, rival.end)))
        together = not count_breaks(low, one[1], two[0])
        apart = count_breaks(low, first[1], last[0]) > 0
        return whole and together and apart and cue.group == "return" and not phrase.before

    def _is_elsewhere(self, each: ReadSentence, phrase: TimePhrase, cue: Cue) -> bool:
        """Whether a time stands in a clause that has words of its own, and not by what befell."""
        first, last = sorted(((cue.start, cue.end), (phrase.core, phrase.end)))
        if not count_breaks(self.low, first[1], last[0]):
            return False
        if phrase.get("clock") is None:
            return self._has_own_future(each, phrase, cue)
        start, end = clause_of(self.low, each.sentence, phrase.start, phrase.end)
        own = any(start <= x.start < end and x.group == "effect" for x in each.cues if x is not cue)
        named = sum(x.end - x.start for x in each.places if start <= x.start < end)
        return own or end - start - (phrase.end - phrase.start) - named > _WHOLE_CLAUSE

    def _has_own_future(self, each: ReadSentence, phrase: TimePhrase, cue: Cue) -> bool:
        """Whether a day stands in a clause of what is to come, behind what was: "it is to go"."""
        start, end = clause_of(self.low, each.sentence, phrase.start, phrase.end)
        own = [x for x in each.cues if start <= x.start < end and x.group != "late"]
        ahead = is_to_come(self.low, start, end, each.sentence.language)
        behind = cue.end <= start and not cue.future and cue.group == "effect"
        return behind and ahead and not own and self.began is not None

    def _nearer(self, each: ReadSentence, phrase: TimePhrase, cue: Cue) -> TimePhrase | None:
        """Return another clock that is of the same words and stands nearer to them."""
        away = cue_distance(self.low, cue, phrase.core, phrase.end)
        for other in each.times:
            if (
                other is not phrase
                and (other.get("clock") is not None or _is_apart(self.low, phrase, other))
                and nearest_cue(self.low, each, other.core, other.end) is cue
                and cue_distance(self.low, cue, other.core, other.end) < away
            ):
                return other
        return None

    def _is_within_days(self, phrase: TimePhrase) -> bool:
        """Whether a span of hours is that of each of the days for which something is planned."""
        if phrase.pair is None or phrase.get(*DATE_KINDS) is not None:
            return False
        days = {x.about: x.bounds for x in self.claims if x.basis == "planned" and x.bounds}
        first, last = days.get("start"), days.get("first_traffic") or days.get("full_service")
        if first is None or last is None or None in (first.earliest, first.latest, last.latest):
            return False
        whole = first.width_hours >= _WHOLE_DAY
        return whole and last.latest - first.latest >= timedelta(hours=_WHOLE_DAY)  # type: ignore[operator]

    def _is_over(self, *which: str) -> bool:
        """Whether the end of a stop is known by its instant."""
        return any(
            x.about in (which or ENDS) and x.basis == "observed" and x.bounds is not None
            and x.bounds.earliest == x.bounds.latest
            for x in self.claims
        )  # fmt: skip

    def _comes_after(self, each: ReadSentence, phrase: TimePhrase) -> bool:
        """Whether a clock in later words is after the stop, of which no end was told as yet.

        A report goes on from the stop to the return; in what words it tells of it is not known.
        """
        if self.began is None or self._is_over() or phrase.before or phrase.get("clock") is None:
            return False
        begun = max((x.end for x in self.claims if x.sentence is each), default=-1)
        first = each.number == self.event.sentences[0].number
        if first and (begun < 0 or ";" not in self.low[begun : phrase.start]):
            return False
        if _REPAIRS.search(self.low, each.sentence.start, phrase.core):
            return False  # "repairs began at two"
        if self._had_been(each, phrase) or self._is_hour_of_start(phrase):
            return (
                False  # "three wagons had come off at 4:25", "on Sunday afternoon. It arose at …"
            )
        if any(x.group == "effect" and x.denied and x.value == "closed" for x in each.cues):
            return False  # "the second call came at seven; this time no train was stopped"
        read = self._resolve(phrase, self._shared_day(each, phrase, future=False), future=False,
                             after=self.began)  # fmt: skip
        return read is not None and (read.bounds.earliest or self.began) > self.began

    def _is_hour_of_start(self, phrase: TimePhrase) -> bool:
        """Whether a clock lies in the part of a day that is all that is known of the start."""
        if len(self.claims) != 1 or self.claims[0].cue is None:
            return False
        part = self.claims[0].bounds
        if part is None or not self._is_hour_of(self.claims[0], phrase):
            return False
        read = self._resolve(phrase, self.anchor, future=False)
        return read is not None and part.intersect(read.bounds) == read.bounds

    def _had_been(self, each: ReadSentence, phrase: TimePhrase) -> bool:
        """Whether a time is of what had happened before that of which the text just told."""
        first, last = clause_of(self.low, each.sentence, phrase.start, phrase.end)
        return _HAD_BEEN.search(self.low, first, last) is not None

    def _tells_hour(self, each: ReadSentence, phrase: TimePhrase) -> bool:
        """Whether a clock tells the hour of a day that the sentence gave as the start."""
        days = [x for x in self.claims if x.sentence is each and x.about == "start"]
        if phrase.get("clock") is None or len(self.claims) != 1:
            return False
        if days or self._is_hour_of(self.claims[0], phrase):
            return True
        start = self.claims[0]
        if start.about != "start" or start.bounds is None or not self._had_been(each, phrase):
            return False
        read = self._resolve(phrase, self._shared_day(each, phrase, future=False), future=False)
        return read is not None and start.bounds.intersect(read.bounds) == read.bounds

    def _is_hour_of(self, start: ClaimFound, phrase: TimePhrase) -> bool:
        """Whether a clock lies in or about the part of a day in which it began."""
        if start.about != "start" or start.bounds is None or phrase.get(*DATE_KINDS) is not None:
            return False
        read = self._resolve(phrase, self.anchor, future=False)
        return read is not None and is_about(start.bounds, read.bounds)

    def _has_begun(self, each: ReadSentence, phrase: TimePhrase, cue: Cue, read: TimeRead) -> bool:
        """Whether what happened then came after the stop began: sappers came, a train caught fire.

        An event begins once; what else began later was said of trains in so many words.
        """
        if cue.group not in ("occurred", "cause") or phrase.before == "since":
            return False
        told = [x for x in each.cues if x.group == "effect"]
        spared = all(x.value == "normal" or x.denied for x in told)
        if told and spared and self.began is not None:
            return True  # "on Sunday more rocks fell, and no train was stopped"
        starts = [
            x.bounds
            for x in self.claims
            if x.about == "start" and x.basis == "observed" and x.sentence is not each
            and x.bounds is not None and not (x.speech and each.speeches)
        ]  # fmt: skip
        if read.exact and not any(one.earliest == one.latest for one in starts):
            return False
        return bool(starts) and not any(one.intersect(read.bounds) is not None for one in starts)

    def _is_of_delays(self, each: ReadSentence, phrase: TimePhrase) -> bool:
        """Whether a time is that at which so many trains were late: "by nine, 22 ran late"."""
        back = [x for x in each.told("return") if not count_breaks(self.low, phrase.end, x.start)]
        late = [
            cue
            for cue in each.told("late")
            if cue.start >= phrase.end and not count_breaks(self.low, phrase.end, cue.start)
        ]
        return bool(late) and not back


def _is_apart(low: str, one: TimePhrase, other: TimePhrase) -> bool:
    """Whether two times stand on either side of a semicolon."""
    first, last = sorted((one, other), key=lambda each: each.start)
    return ";" in low[first.end : last.start]


_SO_NOW = re.compile(
    r"\b(?:is|are|remains?|stays?|(?:has|have) been|no (?:\w+ )?(?:trains?|services?))\b"
    r"|(?<!\w)не \w{2,}(?:ет|ют|ут|ат|ят|ит|є|ють|уть|ать|ять|ить|їть)(?!\w)"
    r"|(?<!\w)(?:закри|перекри|скасова|відміне|зупине|припине|призупине|перерва|заблокова|обмеже)"
    r"(?:т|н)(?:о|а|ий|і)(?!\w)|(?<!\w)(?:закры|перекры)т[оаы]?(?!\w)"
    r"|(?<!\w)(?:отмене|остановле|прекраще|приостановле|прерва|ограниче|заблокирова)н[оаы]?(?!\w)"
)
"""Words for what is so at present, and so until a day to come."""
_WAS_SO = re.compile(r"\b(?:was|were|had)\b|(?<!\w)(?:був|була|було|були|был[аои]?)(?!\w)")


def is_still_until(low: str, each: ReadSentence, phrase: TimePhrase) -> bool:
    """Whether something is so at present until a day of the week: "is closed until Thursday"."""
    if phrase.before != "until" or phrase.get("weekday") is None:
        return False
    left = low[each.sentence.start : phrase.start]
    return _SO_NOW.search(left) is not None and _WAS_SO.search(left) is None
