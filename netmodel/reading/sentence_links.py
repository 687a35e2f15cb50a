"""Whether a sentence goes on with an event, completes it, ends it, or tells of another one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from netmodel.reading.clauses import count_breaks
from netmodel.reading.event_places import EventPlace, iterate_names
from netmodel.reading.sentences_read import ALONE, LIMITS, SIDE, ReadSentence
from netmodel.reading.time_atoms import DATE_KINDS
from netmodel.reading.time_phrases import TimePhrase
from netmodel.reading.told_cues import Cue

REACH = 3
"""Sentences after which a word without a place no longer belongs to the last event."""


@dataclass(slots=True)
class EventFound:
    """One event of an article while its sentences are gathered."""

    places: list[EventPlace] = field(default_factory=list)
    sentences: list[ReadSentence] = field(default_factory=list)
    somewhere: bool = False

    @property
    def last(self) -> int:
        """Number of its last sentence."""
        return self.sentences[-1].number

    def cues(self, group: str, *, told: bool = True) -> list[Cue]:
        """Return its cues of a group, in the order of the text."""
        return [
            cue
            for each in self.sentences
            for cue in each.cues
            if cue.group == group and (cue.told or not told)
        ]


_IT = re.compile(
    r"\W*(?:the (?:crash|accident|collision|derailment|incident|blast|explosion|fire)\b"
    r"|the (?:attack|strike|landslide|failure|breakdown)\b"
    r"|(?:it|this) (?:happened|occurred)\b"
    r"|(?:авария|дтп|чп|инцидент|происшествие|столкновение|сход|взрыв|пожар|удар|все|это) "
    r"(?:произош|случил|прогремел|прозвучал|раздал)\w*"
    r"|(?:аварія|дтп|нп|інцидент|пригода|зіткнення|схід|вибух|пожежа|удар|подія|усе|все|це) "
    r"(?:ста(?:в|л)\w+|трапи\w+|відбу\w+|пролуна\w+|прогримі\w+))"
)
"""Words that begin a sentence and mean what was just told: "The crash", "Це сталося"."""


def means_it(low: str, each: ReadSentence, current: EventFound) -> bool:
    """Whether a sentence goes on with the event before it by a definite word for it."""
    sentence = each.sentence
    if _IT.match(low, sentence.start, sentence.end) is None or each.recalls:
        return False
    same = sentence.paragraph == current.sentences[-1].sentence.paragraph
    return same and each.number - current.last == 1 and not current.cues("return")


def is_on_the_line(
    each: ReadSentence,
    current: EventFound,
    chosen: Sequence[EventPlace],
    beside: Mapping[str, frozenset[str]],
) -> bool:
    """Whether a sentence names the section on which the place of the event lies, or the reverse.

    It tells no cause of its own, and comes at once.
    """
    if each.number - current.last > 1 or len(current.places) != 1:
        return False
    if len(chosen) != 1 or any(cue.value in ALONE for cue in each.told("cause")) or each.recalls:
        return False
    if each.told("cause") and each.told("return") and len(each.times) > 1:
        return False  # it tells of a whole stop by itself
    effects = each.told("effect")
    if effects and (all(x.value == "normal" for x in effects) or _tells_own_day(each, current)):
        return False
    one, two = current.places[0], chosen[0]
    if {one.form, two.form} != {"at", "section"}:
        return False
    at, section = (one, two) if one.form == "at" else (two, one)
    if two is section and two.why == "inferred" and not (effects or each.times):
        return False  # "morning trains to Mukachevo were turned round at Stryi"
    ends = beside.get(at.names[0], frozenset())
    return len(ends & set(section.names)) > 0


def _tells_own_day(each: ReadSentence, current: EventFound) -> bool:
    """Whether a sentence says on what day trains were hindered, behind a stop that is dated."""
    stops = [x for x in each.told("effect") if x.value not in ("normal", *SIDE)]
    days = [x for x in each.times if x.get(*DATE_KINDS) is not None and x.before in ("", "since")]
    known = any(x.get(*DATE_KINDS) is not None for one in current.sentences for x in one.times)
    return bool(stops and days and known and current.cues("effect"))


def is_of_another(each: ReadSentence, current: EventFound | None) -> bool:
    """Whether a sentence recalls another event than the one of which the article tells.

    "Nagadaiemo" with a date recalls another one, if of this one is known when it began or that
    trains ran all the same.
    """
    if current is None or not each.recalls:
        return False
    if each.recalls == "another":
        return True
    told = [cue for one in current.sentences for cue in one.told("effect")]
    spared = bool(told) and all(cue.value == "normal" for cue in told)
    began = any(
        phrase.before not in ("until", "by", "not_before", "as_of", "before")
        for one in current.sentences
        if one.told("effect") or one.told("cause") or one.told("occurred")
        for phrase in one.times
    )
    return spared or began


def is_before(
    each: ReadSentence, current: EventFound, day_of: Callable[[TimePhrase], date | None]
) -> bool:
    """Whether a sentence tells of a whole stop on a day, or of any in a month, before the event."""
    if each.number == current.sentences[0].number:
        return False
    starts = [
        day
        for one in current.sentences
        if any(cue.value not in ("normal", *SIDE) for cue in one.told("effect"))
        for x in one.times
        if x.before in ("", "since", "as_of") and (not one.speeches or x.get("clock") is not None)
        and (day := day_of(x)) is not None
    ]  # fmt: skip
    own = [(x, day) for x in each.times if not x.before and (day := day_of(x)) is not None]
    if not (own and starts):
        return False
    began = min(starts)
    months = [day for x, day in own if x.get("month") and not x.get("date")]
    if months and all(day < began.replace(day=1) for _, day in own):
        stopped = [x for x in each.told("effect") if x.value not in ("normal", *SIDE)]
        stopped += [x for x in each.told("cause") if x.value in ALONE]
        return bool(stopped) and max(months).replace(day=1) < began.replace(day=1)
    return tells_whole_stop(each) and max(day for _, day in own) < began


def tells_whole_stop(each: ReadSentence) -> bool:
    """Whether a sentence says that trains stopped, when, and for how long."""
    dated = any(x.get("date", "weekday", "day") is not None for x in each.times)
    stops = [
        cue for cue in each.told("effect")
        if cue.value not in ("normal", *SIDE) and not cue.future
    ]  # fmt: skip
    whole = any(x.role == "lasted" for x in each.durations) or any(
        x.pair is not None for x in each.times
    )
    clock = any(x.get("clock") is not None for x in each.times)
    return dated and bool(stops) and (whole or (clock and each.recalls == "another"))


def belongs(each: ReadSentence, current: EventFound | None) -> bool:
    """Whether a sentence speaks of the railway, or of what was just told of it."""
    if each.about_rail:
        return True
    near = current is not None and each.number - current.last <= REACH
    if current is not None and not current.cues("return") and promises(each):
        return each.number - current.last <= 2 * REACH
    if not near or current is None:
        return False
    if only_carries(each, current):
        return True
    same = current.sentences[-1].sentence.paragraph == each.sentence.paragraph
    if not same:
        after = each.number - current.last == 1
        return after and any(cue.group in ("return", "occurred", "still") for cue in each.cues)
    return bool(each.cues or each.times or each.durations)


def leaves(each: ReadSentence, current: EventFound | None, *, far: bool, begins: bool) -> bool:
    """Whether a sentence without a place no longer speaks of the last event."""
    back = current is not None and bool(current.places) and each.points_back
    return (far and not back) or (begins and each.somewhere)


def goes_on(each: ReadSentence, current: EventFound) -> bool:
    """Whether a sentence that names another place still tells how the last event went on."""
    beside = each.number - current.last == 1
    same = each.sentence.paragraph == current.sentences[-1].sentence.paragraph
    return beside and same and any(cue.group in ("return", "occurred") for cue in each.cues)


def promises(each: ReadSentence) -> bool:
    """Whether a sentence without a place tells until when all that was lost is to be back."""
    back = [cue for cue in each.told("return") if cue.anchored or cue.value == "full"]
    return bool(back and each.times and not each.places and not each.told("effect"))


def ends(low: str, each: ReadSentence, current: EventFound) -> bool:
    """Whether a sentence ends the last event, though it names a place further on."""
    near = each.number - current.last <= REACH
    same = each.sentence.paragraph == current.sentences[-1].sentence.paragraph
    if promises(each) and not current.cues("return"):
        return True
    if not (near and same) or each.told("effect") or each.told("cause"):
        return False
    closed = any(cue.value == "closed" for cue in current.cues("effect"))
    back = [cue for cue in each.told("return") if cue.anchored and not cue.future]
    if not closed or not back or not each.times or current.cues("return"):
        return False
    return all(
        count_breaks(low, min(place.start, back[0].end), max(place.start, back[0].end)) > 0
        for place in each.places
    )


def is_planned_after(each: ReadSentence, current: EventFound) -> bool:
    """Whether a sentence tells of a stop to come, behind an event that is over."""
    back = [x for one in current.sentences for x in one.told("return") if not x.future]
    stops = [x for x in each.told("effect") if x.future and x.value not in ("normal", *SIDE)]
    known = [x for x in current.cues("effect") if not x.future and x.value == "closed"]
    clock = any(x.get("clock") is not None for x in each.times)
    return bool(back and known and stops and clock)


def is_older(
    each: ReadSentence, current: EventFound, day_of: Callable[[TimePhrase], date | None]
) -> bool:
    """Whether a sentence behind an event tells of works that had begun before it."""
    works = any(x.value == "planned_works" for x in each.told("cause"))
    limits = any(x.value in LIMITS for x in each.told("effect"))
    since = [day for x in each.times if x.before == "since" and (day := day_of(x)) is not None]
    known = [
        day for one in current.sentences if one.told("effect")
        for x in one.times if (day := day_of(x)) is not None
    ]  # fmt: skip
    return bool(works and limits and since and known) and max(since) < min(known)


_THEM = re.compile(
    r"\b(?:kept|held|stopped|caught|trapped) them\b"
    r"|(?<!\w)(?:трима|затрима|зупини|застал)\w* їх(?!\w)"
    r"|(?<!\w)їх (?:\w+ )?(?:трима|затрима|зупини|застал)"
    r"|(?<!\w)(?:держа|задержа|останови|застал)\w* их(?!\w)"
    r"|(?<!\w)их (?:\w+ )?(?:держа|задержа|останови|застал)"
)
"""Words for what held the trains of which was told: "an alert kept them"."""


def means_them(low: str, each: ReadSentence, current: EventFound) -> bool:
    """Whether a sentence tells when and where the trains stood of which the last one spoke."""
    same = each.sentence.paragraph == current.sentences[-1].sentence.paragraph
    if not same or each.number - current.last != 1 or any(x.times for x in current.sentences):
        return False
    found = _THEM.search(low, each.sentence.start, each.sentence.end)
    return found is not None and bool(each.times) and bool(current.cues("effect"))


def is_line_apart(low: str, each: ReadSentence, current: EventFound) -> bool:
    """Whether a sentence behind an event tells what befell another line, and when."""
    names = set(iterate_names(each.places)) & set(iterate_names(current.places))
    lines = [x for x in each.places if _LINE_TO.search(low, max(0, x.start - 30), x.start)]
    own = each.times and each.told("cause") and each.told("return")
    return bool(lines and own and not names) and any(x.times for x in current.sentences)


def only_returns(each: ReadSentence, current: EventFound) -> bool:
    """Whether a sentence behind a stop says, of no time, only by where trains went round it."""
    told = bool(each.told("effect") or each.told("cause") or each.times)
    elsewhere = any(x.form != "via" for x in each.places)
    return bool(current.cues("effect")) and not (told or elsewhere)


_WAITED = re.compile(
    r"queu|wait|held|stood|stand|stuck|stranded|backed|idle|стоя|стої|простоя|чека|перечек|жда|ждут"
    r"|застря|скуп|скоп|трима|притрим|держа|придерж|задерж"
)
"""Words for trains that stood somewhere because of a stop elsewhere."""


def only_waits(low: str, each: ReadSentence, current: EventFound) -> bool:
    """Whether a sentence right behind a stop tells only where trains stood because of it."""
    stops = [x for x in each.told("effect") if x.value not in SIDE]
    beside = each.number - current.last == 1 and bool(current.cues("effect"))
    same = each.sentence.paragraph == current.sentences[-1].sentence.paragraph
    if not (beside and same and stops) or each.times or each.told("cause") or each.told("return"):
        return False
    if any(x.form == "section" for x in each.places):
        return False
    return all(_WAITED.match(low, x.start) is not None for x in stops)


def only_serves(each: ReadSentence, current: EventFound) -> bool:
    """Whether a sentence right behind a stop tells by when it ends, and names where buses go."""
    beside = each.number - current.last == 1 and bool(current.places)
    same = each.sentence.paragraph == current.sentences[-1].sentence.paragraph
    limits = any(x.before in ("until", "by", "not_before") for x in each.times)
    if not (beside and same and limits) or each.told("cause") or each.recalls:
        return False
    served = each.about_rail or any(x.value in SIDE for x in each.told("effect"))
    if not served or any(x.form in ("section", "region") for x in each.places):
        return False
    return all(x.value in SIDE for x in each.told("effect")) and not current.cues("return")


def is_next_section(each: ReadSentence, chosen: Sequence[EventPlace], home: EventFound) -> bool:
    """Whether a sentence tells of the line that begins where that of an event ends.

    It says itself what befell it and when, after the other began; or another cause and what it did.
    """
    if not home.places or not chosen or len(home.places) > 1 or len(chosen) > 1:
        return False
    one, two = home.places[0], chosen[0]
    if one.form != "section" or two.form != "section":
        return False
    apart = len(set(one.names) & set(two.names)) == 1 and len(one.names) == len(two.names) == 2
    stops = [cue for cue in each.told("effect") if cue.value not in ("normal", *SIDE)]
    stops += [cue for cue in each.told("cause") if cue.value in ALONE]
    own = [x for x in each.times if x.before not in ("until", "by", "not_before", "as_of")]
    dated = any(x.get("clock") is not None for x in own)
    began = any(
        other.times and (other.told("effect") or other.told("cause")) for other in home.sentences
    )
    known = {cue.value for cue in home.cues("cause")}
    causes = {cue.value for cue in each.told("cause")}
    other = bool(known and causes) and not known & causes
    done = any(cue.value not in ("normal", *SIDE) for cue in each.told("effect"))
    return apart and bool(stops) and ((dated and began) or (other and done))


def tells_effect(each: ReadSentence, current: EventFound) -> bool:
    """Whether a sentence says how the trains of elsewhere fared by what was just told."""
    beside = each.number - current.last == 1
    same = each.sentence.paragraph == current.sentences[-1].sentence.paragraph
    mild = all(cue.value in ("normal", *SIDE) for cue in each.told("effect"))
    return beside and same and mild and bool(each.told("late")) and not current.cues("effect")


def only_delays(each: ReadSentence, current: EventFound) -> bool:
    """Whether a sentence right behind an event tells only how late its trains were."""
    near = each.number - current.last <= 2 and bool(current.places) and bool(each.told("late"))
    told = any(x.value not in ("normal", *SIDE) for x in each.told("effect"))
    own = any(x.form in ("section", "region") for x in each.places)
    return near and not (told or own or each.times or each.told("cause") or each.recalls)


def tells_length(each: ReadSentence, current: EventFound) -> bool:
    """Whether a sentence right behind a stop tells how long trains stood, and no hour."""
    beside = each.number - current.last == 1
    same = each.sentence.paragraph == current.sentences[-1].sentence.paragraph
    stops = any(x.value == "closed" for x in each.told("effect"))
    lasted = any(x.role == "lasted" for x in each.durations)
    if not (beside and same and stops and lasted) or each.times or each.told("cause"):
        return False
    known = any(x.times for x in current.sentences)
    told = any(x.durations for x in current.sentences) or current.cues("return")
    own = any(x.form in ("section", "region") for x in each.places)
    return known and not (told or own or each.recalls)


def only_carries(each: ReadSentence, current: EventFound) -> bool:
    """Whether a sentence behind an event tells only how people went on by road."""
    near = each.number - current.last <= REACH and bool(current.places)
    buses = [x for x in each.told("effect") if x.value in SIDE]
    told = len(buses) < len(each.told("effect")) or each.told("cause") or each.told("return")
    return near and bool(buses) and not (told or each.recalls or each.general)


def only_leads(low: str, each: ReadSentence, current: EventFound) -> bool:
    """Whether a sentence names only where trains come from and go to, right after an event."""
    beside = each.number - current.last <= 1 and bool(current.places)
    same = each.sentence.paragraph == current.sentences[-1].sentence.paragraph
    if not (beside and same) or any(x.form in STANDS for x in each.places):
        return False
    lines = [x for x in each.places if _LINE_TO.search(low, max(0, x.start - 30), x.start)]
    return not (lines and each.times and each.told("cause"))


_LINE_TO = re.compile(
    r"(?:\b(?:line|branch|section|track)"
    r"|(?<!\w)(?:ліні|гіл[кц]|колі|дільниц|ділянк|лини|ветк|участ)\w*) \S+ (?:the )?$"
)
"""Words for a line that leads to a place: something may have befallen it by itself."""


STANDS = ("section", "at", "region")
"""Forms of a place at which something can happen; others are of where trains go."""


def completes(
    each: ReadSentence, current: EventFound, beside: Mapping[str, frozenset[str]]
) -> bool:
    """Whether a sentence gives the cause and the time of a stop or a return just told.

    It says nothing of trains itself, and its place lies on a line of those of the event.
    """
    near = each.number - current.last <= 1
    same = each.sentence.paragraph == current.sentences[-1].sentence.paragraph
    causes = [cue for cue in each.told("cause") if cue.value in ALONE]
    if not (near and same and causes and each.times) or each.told("effect") or each.recalls:
        return False
    told = current.cues("effect") or current.cues("return")
    known = [cue for cue in current.cues("cause") if cue.value in ALONE]
    if not told or known or any(x.told("effect") and x.times for x in current.sentences):
        return False
    one = {name for x in current.sentences for place in x.places for name in place.names}
    two = set(iterate_names(each.places))
    ends = [beside.get(name, frozenset()) | {name} for name in one]
    others = [beside.get(name, frozenset()) | {name} for name in two]
    return any(a & b for a in ends for b in others)
