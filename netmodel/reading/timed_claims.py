"""From the times of a sentence to claims: when it began, when it ended, what is expected."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from netmodel.reading.clauses import is_forecast, is_to_come
from netmodel.reading.coming_times import ComingTimes
from netmodel.reading.found_claims import (
    ENDS,
    ClaimFound,
    UnusedTime,
    drop_wider,
    find_early_ends,
    find_recalled,
    find_said_lengths,
    find_vague_starts,
    order_ends,
)
from netmodel.reading.sentences_read import LIMITS, ReadSentence
from netmodel.reading.span_claims import NO_CUE
from netmodel.reading.time_atoms import DATE_KINDS
from netmodel.reading.time_bounds import TimeRead
from netmodel.reading.time_phrases import TimePhrase
from netmodel.reading.time_roles import (
    AT_WORK,
    belongs_to_another,
    find_speech,
    is_at_last,
    is_from_as_of,
    is_given_up,
    is_moment,
    is_not_yet,
    is_of_attack,
    is_of_heading,
    is_of_second,
    is_of_speech,
    nearest_cue,
)
from netmodel.reading.times_beside import is_beside, is_of_repair
from netmodel.reading.told_cues import SECOND_TRACK, Cue
from netmodel.times import Bounds

_SINCE_THEN = re.compile(r"(?:ever since|відтоді|с тех пор)")
"""Words by which a time named before them is that from which something lasts."""
_TERM = re.compile(
    r"(?:\b(?:earlier|previous|first|original) (?:date|deadline|target|estimate)"
    r"|(?<!\w)(?:попередн|перш|початков)\w+ (?:термін|строк|дат)\w*"
    r"|(?<!\w)(?:предыдущ|перв|прежн|начальн)\w+ (?:срок|дат)\w*),? (?:of |– )?$"
)
"""Words before a day that was promised and is past."""
_PROMISED = re.compile(r"\bpromised\b|(?<!\w)(?:обіця|обеща)")

_RUNS = re.compile(
    r"(?<!не )(?<!\w)(?:ход|їзд|їд|курсу|прямую|езд|ед|курсир|ид|следу)"
    r"(?:ять|уть|ють|ят|ут|ют)(?!\w)"
    r"|\b(?:(?:have|has) (?:been )?)?(?<!not )(?:run|ran|running|moving|operated|operating)\b"
)
_WAS = re.compile(r"\b(?:was|were|had|did)\b")
_STORMS = ("weather", "flood", "landslide", "security", "train_struck", "track_damage")
"""Kinds that lasted some days, in which the stop of trains began."""
_MORNING = 9
_UNPLANNED = ("track_damage", "bridge_damage", "station_damage", "derailment", "fire", "power")
"""Kinds that nobody plans."""
_NATURAL = ("weather", "flood", "landslide")
"""Kinds that come by themselves, and by some hour reach a place."""
_TOOK = re.compile(
    r"\b(?:it|that|this|they|crews?|engineers?|repairs?) (?:\w+ )?(?:took|needed) [^.;,]{0,25}$"
)
"""Words before the hour until which something took: it was done then."""
_OTHER_TIME = re.compile(
    r"назыв\w+ (?:другое|иное)|назва\w+ (?:другое|иное|інший|інакший)|назива\w+ (?:інший|інакший)"
    r"|gave (?:it|the time) as|put (?:it|the time) at|timed it at|gives? (?:another|a different)"
)
"""Words for another account of the hour that was told last."""
_ACCOUNT = re.compile(
    r"puts? (?:it|the \w+) at|dates? (?:it|the)|insists? on|дату(?:є|ють)|наполяга\w+ на"
    r"|датиру\w+|настаива\w+ на"
)
"""Words for accounts of the hour at which it began."""
_OF_NOTHING = Cue("late", "late", 0, 0)
"""Stands for what is beside the matter: how many trains were late by then."""


class TimedReader(ComingTimes):
    """Reads the times of one event."""

    def read(self) -> None:
        """Fill the claims and what is unused."""
        for each in self.event.sentences:
            self._read_sentence(each)
            for duration in each.durations:
                self._read_duration(each, duration)
        self._leave_out(find_recalled(self.low, self.claims), "background")
        self.claims = drop_wider(self.claims)
        self._leave_out(find_vague_starts(self.claims), "background")
        self._leave_out(find_early_ends(self.claims), "no_event")
        if self.effect == "closed":
            self._leave_out(find_said_lengths(self.claims), "no_event")
            self.claims = drop_wider(order_ends(self.claims))

    def _leave_out(self, found: Sequence[ClaimFound], why: str) -> None:
        self.unused += [UnusedTime(each.start, each.end, why) for each in found]
        self.claims = [x for x in self.claims if not any(x is each for each in found)]

    # Times

    def _read_sentence(self, each: ReadSentence) -> None:
        for phrase in each.times:
            if phrase.closes is not None:
                continue
            if is_of_speech(self.low, each, phrase):
                continue
            if is_from_as_of(each, phrase):
                phrase = replace(phrase, before="since")
            moment = phrase.before == "as_of" or is_moment(self.low, each, phrase)
            moment = moment or is_of_heading(self.low, each, phrase)
            if moment and self._read_as_of(each, phrase):
                continue
            if self._read_on_days(each, phrase) or self._read_spell(each, phrase):
                continue
            recurs = phrase.get("clock") is not None and (
                each.recurs or self._is_within_days(phrase)
            )
            given_up = (
                is_given_up(self.low, each, phrase)
                or is_of_repair(self.low, each, phrase)
                or is_beside(self.low, each, phrase)
            )
            if each.general or recurs or given_up or phrase.before == "like":
                self.unused.append(UnusedTime(phrase.start, phrase.end, "background"))
                continue
            phrase, cue = self._cue_of(each, phrase)
            if phrase.before == "by" and self._is_of_delays(each, phrase):
                cue = _OF_NOTHING
            if cue is None and self._read_uncued(each, phrase):
                continue
            if cue is None or self._is_unfit(phrase, cue):
                self.unused.append(UnusedTime(phrase.start, phrase.end, "no_event"))
                continue
            last = None if phrase.pair is None else each.times[phrase.pair]
            together = last is not None and not (phrase.before or last.before)
            works = cue.value == "planned_works"
            if last is not None and not (
                together and cue.group in ("cause", "return") and not works
            ):
                self._read_pair(each, phrase, last, cue)
            else:
                self._read_one(each, phrase, cue)

    def _cue_of(self, each: ReadSentence, phrase: TimePhrase) -> tuple[TimePhrase, Cue | None]:
        """Return a time with what it is of; that of an attack is when all began."""
        cue = nearest_cue(self.low, each, phrase.core, phrase.end)
        account = self._account_in(each)
        if account is not None and phrase.get("clock") is not None:
            return phrase, account
        if cue is not None and cue in each.refused and phrase.before in ("since", "until"):
            cue = replace(cue, group="effect", value="closed", denied=False)
        if cue is not None and self._is_taken(each, phrase, cue):
            cue = None
        if cue is not None and self._is_elsewhere(each, phrase, cue):
            cue = None
        if cue is not None and cue.group in ("cause", "occurred") and phrase.before == "by":
            back = [x for x in each.told("return") if x.start > phrase.end and not x.future]
            ahead = [x for x in each.times if x.start > phrase.end]
            cue = back[0] if back and not ahead else cue  # "by six it was out, and trains ran"
        if is_of_attack(self.low, phrase) and self.effect not in ("", "none"):
            phrase = phrase if phrase.get("part") is not None else replace(phrase, before="")
            cue = replace(NO_CUE, start=phrase.start, end=phrase.end)
        still = [x for x in each.told("still") if cue is not None and x.start <= cue.start < x.end]
        if still and cue is not None and cue.group == "effect" and phrase.before == "":
            cue = still[0]  # "still closed at noon"
        if cue is not None and cue.group == "still" and _SINCE_THEN.match(self.low, cue.start):
            cue = replace(cue, group="occurred") if phrase.end <= cue.start else cue
        if cue is not None and cue.value == "normal" and phrase.before in ("since", "by"):
            cue = replace(cue, group="return", value="full")
        if cue is not None and cue.group == "return" and phrase.before == "since":
            limits = [x for x in each.told("effect") if x.value in LIMITS]
            within = [x for x in limits if cue.start <= x.start < cue.end]
            cue = within[0] if within else cue  # "the limit in force since May was lifted"
        if cue is not None and _OTHER_TIME.match(self.low, cue.start) and self.claims:
            last = self.claims[-1].about
            value = "full" if last == "full_service" else "first"
            cue = replace(cue, group="return", value=value) if last in ENDS else cue
        return phrase, cue

    def _account_in(self, each: ReadSentence) -> Cue | None:
        """Return the words of a sentence for accounts of an hour, if it tells of nothing else."""
        if each.told("effect") or each.told("return") or not each.speeches:
            return None
        found = [x for x in each.cues if _ACCOUNT.match(self.low, x.start)]
        return found[0] if found else None

    def _is_unfit(self, phrase: TimePhrase, cue: Cue) -> bool:
        """Whether a time is of words that say of this event neither a beginning nor an end."""
        if cue is _OF_NOTHING:
            return True
        if cue.future and (cue.group, cue.value) == ("cause", "weather") and phrase.before:
            return True  # "the storm will abate by Friday"
        if cue.future and cue.group == "cause" and cue.value in _UNPLANNED and self.began:
            return True  # "the rest will be blown up in the morning"
        if self.effect == "none":  # nothing stopped: a time is of what spared the trains, or none
            return cue.group not in ("cause", "occurred") or cue.future or _is_adjective(phrase)
        if not self.effect and cue.group == "return" and not cue.anchored:
            return True
        if cue.group == "return" and cue.denied and phrase.before == "":
            return True  # "will not reopen this week"
        return cue.value == "normal"

    def _read_as_of(self, each: ReadSentence, phrase: TimePhrase) -> bool:
        """Read the time at which something was so: it neither began nor ended then."""
        if each.sentence.language == "en" and any(cue.future for cue in each.told("effect")):
            return False  # "as of 1 March trains will not call"
        read = self._resolve(phrase, self._shared_day(each, phrase, future=False), future=False)
        if read is None:
            return False
        self.anchor = read.day
        back = [cue for cue in each.told("return") if not cue.future]
        normal = [x for x in each.told("effect") if x.value == "normal" and not x.part]
        own = [x for x in each.times if x is not phrase and x.get("clock") and not x.before]
        if back and own and nearest_cue(self.low, each, own[0].core, own[0].end) in back:
            self.unused.append(UnusedTime(phrase.start, phrase.end, "background"))
            return True  # "as of nine the line is open, since five past seven"
        if (back or normal) and self.effect not in ("", "none"):
            by = Bounds(latest=read.bounds.latest)
            about = self._end_about(back[0]) if back else "full_service"
            self._add(each, about, "observed", phrase, read, by)
            return True
        out = [cue for cue in each.told("effect") if cue.value not in ("normal", "replaced")]
        out += [cue for cue in each.cues if cue.group == "return" and cue.denied]
        heading = self._is_going_on() and (
            phrase.before == "as_of" or is_of_heading(self.low, each, phrase)
        )
        if (
            not (out or each.told("still") or heading)
            or each.told("return")
            or self.effect in ("", "none")
        ):
            self.unused.append(UnusedTime(phrase.start, phrase.end, "background"))
            return True
        bounds = self._before_publication(read.bounds)
        if bounds is not None:
            speech, near = find_speech(self.low, self.event, each, phrase.start, phrase.end)
            self._keep(
                ClaimFound(
                    "still_out", "observed", phrase.start, phrase.end, each, speech, bounds,
                    why=read.why, near_speech=near,
                )
            )  # fmt: skip
        return True

    def _is_going_on(self) -> bool:
        """Whether trains are stopped or limited and nothing says that they run again."""
        back = [cue for cue in self.event.cues("return") if not cue.future]
        return self.effect not in ("", "none") and not back

    def _read_uncued(self, each: ReadSentence, phrase: TimePhrase) -> bool:
        """Read a time of a sentence in which no known word says what was then; in doubt.

        Spans begin and end; what is to come ends; the first time of an event is its start.
        """
        if self.effect in ("", "none") or phrase.get("month") is not None:
            return False
        low, sentence = self.low, each.sentence
        future = is_to_come(low, sentence.start, sentence.end, sentence.language)
        limited = any(cue.value in LIMITS for cue in self.event.cues("effect"))
        over = self._is_over("full_service") if limited else self._is_over()
        if future and over and not self._was_promised(each, phrase):
            return False  # what is to come when all is over is of something else
        aims = is_forecast(low, sentence.start, sentence.end, sentence.language)
        bare = not (phrase.before or phrase.pair is not None or each.about_rail or aims)
        if future and bare and AT_WORK.search(low, sentence.start, sentence.end) is None:
            return False  # "the divers will go down once more tomorrow"
        if phrase.pair is not None:
            cue = replace(NO_CUE, start=phrase.start, end=phrase.end, future=future)
            self._read_pair(each, phrase, each.times[phrase.pair], cue)
            return True
        opens = phrase.before == "since" and self.began is None  # "from six o'clock on Friday"
        ends = phrase.before in ("until", "by", "not_before", "not_until")
        ends = ends or (future and not opens)
        last = is_at_last(self.low, each, phrase) and self.began is not None
        runs = _RUNS.search(low, sentence.start, sentence.end) and phrase.before == "since"
        ends = ends or last or bool(runs and self.began is not None)
        ends = ends or self._comes_after(each, phrase)
        begun = self.began is not None and not self._tells_hour(each, phrase)
        vague = phrase.get("clock", "part") is None and not future and not last
        if self.began is not None and vague and phrase.before != "until":
            return False
        if not ends and phrase.before != "since" and begun:
            return False
        second = SECOND_TRACK.search(low, sentence.start, sentence.end)
        value = "full" if second else "return"
        to_the_end = phrase.before == "until" and not future  # "we stood until half past three"
        cue = replace(NO_CUE, group="return", value=value) if ends and not to_the_end else NO_CUE
        self._read_one(
            each, phrase, replace(cue, start=phrase.start, end=phrase.end, future=future)
        )
        return True

    def _read_one(self, each: ReadSentence, phrase: TimePhrase, cue: Cue) -> None:
        took = phrase.before == "until" and _TOOK.search(self.low, each.sentence.start, phrase.core)
        if took or (
            phrase.before == "not_before" and _WAS.search(self.low, phrase.start, phrase.core)
        ):
            phrase = replace(phrase, before="not_until")  # "no train was let in until 2 a.m."
        ends = self._is_end(each, phrase, cue)
        hoped = self._is_hoped(each, phrase)
        future = hoped or self._lies_ahead(each, phrase, cue)
        anchor = self._shared_day(each, phrase, future=future)
        later = ends or self._in_the_night(phrase)
        read = self._resolve(
            phrase, anchor, future=future, after=self.began if later and not future else None
        )
        if read is not None and future and self._was_promised(each, phrase):
            read = self._first_after_start(phrase) or read
        if read is not None and ends:
            read, future = self._not_before_start(phrase, read, future=future)
        if read is None:
            self.unused.append(UnusedTime(phrase.start, phrase.end, "no_time"))
            return
        if phrase.get("date") and read.day < self.calendar.today:
            future = False
        if belongs_to_another(self.low, each, phrase, cue):
            self.anchor = read.day
            self.unused.append(UnusedTime(phrase.start, phrase.end, "no_event"))
            return
        basis = self._basis(cue, future=future)
        if basis == "observed" and _PROMISED.search(self.low, cue.start, cue.end):
            basis = "forecast"  # "had been promised for 1 December"
        if basis == "observed" and _TERM.search(self.low, each.sentence.start, phrase.core):
            basis, ends = "forecast", True
        told = phrase.before == "not_before" or hoped
        if told and basis == "planned" and self.kind != "planned_works":
            basis = "forecast"
        about = self._about(each, phrase, cue, read, ends=ends, future=future)
        ends = ends and about != "still_out"
        if about == "start" and basis == "observed" and self._has_begun(each, phrase, cue, read):
            self.unused.append(UnusedTime(phrase.start, phrase.end, "no_event"))
            return
        last = self.calendar.last_day(phrase, read.day)
        if last is not None:
            self._add_days(each, phrase, cue, read, last, (about, basis))
            return
        bounds = self._bounds(phrase, cue, read, ends=ends)
        self._add(each, about, basis, phrase, read, bounds, cue=cue)

    def _about(
        self,
        each: ReadSentence,
        phrase: TimePhrase,
        cue: Cue,
        read: TimeRead,
        *,
        ends: bool,
        future: bool,
    ) -> str:
        """Return which milestone a time is of."""
        if ends and not future and is_not_yet(self.low, phrase, cue):
            return "still_out"
        if ends and phrase.before == "by" and cue.future and cue.value == "single_track":
            return "first_traffic"  # "reckons on one track by Monday evening"
        if ends:
            second = is_of_second(self.low, each, phrase)
            return "full_service" if second else self._end_about(cue)
        if self._is_limit_after(cue, read):
            return "first_traffic"
        return "still_out" if cue.group == "still" and phrase.before != "since" else "start"

    def _add_days(
        self,
        each: ReadSentence,
        phrase: TimePhrase,
        cue: Cue,
        read: TimeRead,
        last: date,
        told: tuple[str, str],
    ) -> None:
        """Keep a range of days: of a storm when it struck, else from its first to its last day."""
        about, basis = told
        if cue.group == "cause" and cue.value in _STORMS:
            days = self.calendar.between(read.day, 0, last, 24)
            self._add(each, about, basis, phrase, read, days)
            return
        first = self.calendar.whole_day(read.day, read.why)
        closing = self.calendar.whole_day(last, read.why)
        self._add(each, "start", basis, phrase, first, first.bounds)
        self._add(each, self._end_about(cue), basis, phrase, closing, closing.bounds)

    def _in_the_night(self, phrase: TimePhrase) -> bool:
        """Whether a clock is of the night in which all began, and so may be of the next day."""
        clock = phrase.get("clock")
        if clock is None or phrase.get("part", *DATE_KINDS) is not None:
            return False
        if int(clock.value[0] or 0) >= _MORNING:
            return False
        starts = [x for x in self.claims if x.about == "start" and x.basis == "observed"]
        return len(starts) == 1 and any(
            x.start == starts[0].start and (atom := x.get("part")) is not None
            and atom.value[0] in ("night", "late", "evening")
            for x in starts[0].sentence.times
        )  # fmt: skip

    def _is_limit_after(self, cue: Cue, read: TimeRead) -> bool:
        """Whether trains began to run with a limit after a stop: that is their first return."""
        first = read.bounds.earliest
        return (
            self.effect == "closed"
            and cue.group == "effect"
            and cue.value in LIMITS
            and read.exact
            and self.began is not None
            and first is not None
            and first > self.began
        )

    def _bounds(self, phrase: TimePhrase, cue: Cue, read: TimeRead, *, ends: bool) -> Bounds:
        bounds = read.bounds
        month = phrase.get("month")
        if phrase.before == "until" and month is not None and month.value[2] == "late":
            return Bounds(latest=bounds.latest)  # "until the end of June"
        until = phrase.before == "until" and ends and cue.group == "return"
        if phrase.before in ("by", "before") or until:
            return Bounds(latest=bounds.latest)
        if phrase.before == "not_before" or (
            phrase.before == "after" and not _is_adjective(phrase)
        ):
            return Bounds(earliest=bounds.earliest)
        return bounds

    # Roles

    def _is_end(self, each: ReadSentence, phrase: TimePhrase, cue: Cue) -> bool:
        if phrase.before == "away_since":
            return False
        if cue.group == "return" or phrase.before in ("not_before", "not_until"):
            return True
        natural = cue.group == "cause" and cue.value in _NATURAL and not cue.future
        if phrase.before == "by" and natural and self.began is None:
            return False  # "the snow reached the town towards the evening"
        late = cue.group in ("cause", "occurred") and self.began is not None
        if late and is_at_last(self.low, each, phrase):
            return True
        return phrase.before in ("until", "by")


def _is_adjective(phrase: TimePhrase) -> bool:
    """Whether a phrase only says of what time of day something else was: "the night attack"."""
    return phrase.before == "after" and phrase.get("part") is not None
