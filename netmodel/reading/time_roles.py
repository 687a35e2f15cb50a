"""What a time of a sentence belongs to: what befell traffic, or the day on which somebody spoke."""

from __future__ import annotations

import re

from netmodel.reading.clauses import count_breaks, is_to_come
from netmodel.reading.duration_phrases import DurationPhrase
from netmodel.reading.sentence_links import EventFound
from netmodel.reading.sentences_read import ReadSentence
from netmodel.reading.speakers import Speech, choose_speech
from netmodel.reading.time_atoms import DATE_KINDS
from netmodel.reading.time_bounds import ArticleCalendar
from netmodel.reading.time_phrases import TimePhrase
from netmodel.reading.told_cues import Cue
from netmodel.times import Bounds

_WITHIN = 10
"""Letters that a time within far words counts for: "the limit, set on Monday, was lifted"."""
BREAK = 35
"""Letters that a break between the parts of a sentence counts for."""
_SPEECH_REACH = 34
_SPOKEN = re.compile(
    r"(?<!\w)(?:(?:comments?|statements?|remarks?|interviews?|briefings?|speaking|reports?|articles?|notices?"
    r"|bulletins?|message|post|dated?)"
    r"(?: \w+)? (?:on|of|from|late|early) $"
    r"|(?<!up)dated $"
    r"|(?:заяв[аиіу]|коментар\w*|інтерв'ю|брифінг\w*|оголошенн\w*|зведенн\w*|заявлени\w+|интервью|брифинг\w*"
    r"|объявлени\w+|сводк\w+)(?: \w+)? (?:у |в |за |от |від |на )?$"
    r"|(?:як|как) (?:\w+ )?(?:повідом|заяв|уточн|переда|зазнач|сообщ|отмет)\w*(?: о| об| в| у)? $"
    r"|(?:повідомленн|сообщени)\w* (?:від|от|за) $"
    r"|(?:оновлен[оа]|оновили|опубліковано|обновлен[оа]|обновили|опубликовано|updated|published|posted|last update)(?: інформаці\w| информаци\w)?"
    r"(?: at| on| о| об| в| у|:)? $)"
)  # fmt: skip


_SCENE = re.compile(
    r"(?:\b(?:scene|site|place|spot|point) of (?:the |an? )?|(?<!\w)(?:місц|мест)\w{1,3} )$"
)
"""Words that make of a cause the place at which it was: "passed the scene of the accident"."""


def nearest_cue(low: str, each: ReadSentence, start: int, end: int) -> Cue | None:
    """Return the cue that a time belongs to: the nearest, breaks counted."""
    found = [
        cue for cue in each.cues
        if cue.value not in ("replaced", "late")
        and not ((cue.denied or cue.hedged) and cue.group != "return")
        and not (cue.group == "cause" and _SCENE.search(low[each.sentence.start : cue.start]))
    ]  # fmt: skip
    if not found:
        return None
    best = min(found, key=lambda cue: (cue_distance(low, cue, start, end), cue.start))
    if best.group == "return" and best.value != "full":
        for cue in found:
            first, last = sorted((cue, best), key=lambda one: one.start)
            if cue.value == "full" and not count_breaks(low, first.end, last.start):
                return cue
    return best


def cue_distance(low: str, cue: Cue, start: int, end: int) -> int:
    """Return how far a time stands from words for what befell traffic, breaks counted."""
    first, last = (cue.end, start) if cue.end <= start else (end, cue.start)
    if end <= cue.start and _UNDER.search(low, end, cue.start):
        return cue.start - end + BREAK * (1 + count_breaks(low, end, cue.start)) + 12
    weight = {"cause": 12, "still": 6, "occurred": 4}.get(cue.group, 0)
    if first >= last:
        return weight + (_WITHIN if cue.start < start and end < cue.end else 0)
    named = sum(len(each[0]) for each in _SECTION.finditer(low, first, last))
    apart = 2 * BREAK * (low.count(";", first, last) + low.count(": ", first, last))
    return last - first - named + BREAK * count_breaks(low, first, last) + weight + apart


_SECTION = re.compile(
    r"(?:between|між|между) [\w'-]+(?: [\w'-]+)? (?:and|та|і|й|и) [\w'-]+|[\w'-]+ [–-] [\w'-]+"
)
"""A section between two places, whose names put no distance between a verb and its time."""


_UNDER = re.compile(
    r"(?<!\w)(?:after|following|because of|due to|owing to|після|через|внаслідок|після того|после|из-за|вследствие|по причине)(?!\w)"
)
"""Words before what had been before: a time in front of them is of what the sentence tells."""


_NEAR_AS_OF = 12


def is_from_as_of(each: ReadSentence, phrase: TimePhrase) -> bool:
    """Whether "as of" stands right behind a stop, and means from then: "suspended as of 8:12"."""
    if phrase.before != "as_of" or each.sentence.language != "en":
        return False
    return any(
        x.value == "closed" and 0 <= phrase.start - x.end < _NEAR_AS_OF and x.told
        for x in each.cues
    ) and not each.told("still")  # fmt: skip


def is_moment(low: str, each: ReadSentence, phrase: TimePhrase) -> bool:
    """Whether a clock at the head of a sentence is that of the news: "на 18:00 рух не відновлено"."""
    head = low[each.sentence.start : phrase.core].strip()
    return head == "на" and phrase.get("clock") is not None


_HEADING = 60
"""Letters that a line over a text has at most."""


_UPDATE = re.compile(
    r"\b(?:update|bulletin|summary|status|situation)\b"
    r"|(?<!\w)(?:зведенн|інформаці|оновленн|ситуаці|обстановк|сводк|информаци|обновлени|ситуаци)"
)
"""Words that stand over the news of a place."""


def is_of_heading(low: str, each: ReadSentence, phrase: TimePhrase) -> bool:
    """Whether a clock is that of the news, in a line over them: "Service update, 17:45"."""
    head = each.sentence
    alone = not (each.number or each.cues) and len(each.times) == 1
    alone = alone and (not each.places or _UPDATE.search(low, head.start, head.end) is not None)
    short = head.end - head.start <= _HEADING
    return alone and short and not phrase.before and phrase.get("clock") is not None


def is_of_speech(low: str, each: ReadSentence, phrase: TimePhrase) -> bool:
    """Whether a time is that at which somebody spoke: "the operator wrote on Friday"."""
    if phrase.before:
        return False
    if low.endswith("[", each.sentence.start, phrase.core) and low.startswith("]", phrase.end):
        return True  # "[09:05] The railway says …"
    if _SPOKEN.search(low[max(each.sentence.start, phrase.core - 34) : phrase.core]):
        return True
    if _DATELINE.fullmatch(low, each.sentence.start, phrase.core) and _DASHED.match(
        low, phrase.end
    ):
        return True
    clock = phrase.get("clock") is not None
    if clock:
        return any(
            (
                _CLOSE.fullmatch(low[speech.end : phrase.core]) is not None
                or (speech.end == phrase.core and low.endswith(_AT, speech.start, phrase.core))
            )
            and _PASSIVE.search(low[speech.start : speech.end]) is None
            for speech in each.speeches
        )
    if phrase.get(*DATE_KINDS) is None:
        return False
    for speech in each.speeches:
        if _INTENDS.search(low, speech.start, speech.end):
            continue  # "the crews expect to finish on Friday"
        first, last = sorted((speech.end, phrase.end)), sorted((speech.start, phrase.start))
        if _TOLD.search(low, first[0], last[1]):
            continue
        if count_breaks(low, first[0], last[1]):
            continue
        away = max(speech.start - phrase.end, phrase.start - speech.end)
        if away <= _SPEECH_REACH and not any(
            min(speech.end, phrase.end) <= cue.start <= max(speech.start, phrase.start)
            for cue in each.cues
        ):
            return True
    return False


_INTENDS = re.compile(
    r"\b(?:promises?|hopes?|expects?|intends?|reckons?)\b"
    r"|(?<!\w)(?:ма(?:є|ють) намір|обіця(?:є|ють)|розраховують|розраховує|сподіва(?:ється|ються)|очіку(?:є|ють)"
    r"|намерен\w?|обеща(?:ет|ют)|рассчитыва(?:ет|ют)|надеется|надеются|ожида(?:ет|ют))(?!\w)"
)
"""Verbs of what somebody means to do: the day beside them is not that on which they spoke."""
_DATELINE = re.compile(r"[\w' -]{3,30}, ?")
_DASHED = re.compile(r" ?(?:\([^)\n]{0,30}\) ?)?[–-] ")
"""What stands around the day of a dateline: "KYIV, Oct 9 - "."""
_TOLD = re.compile(r"(?<!\w)(?:that|що|что)(?!\w)")
"""What is told begins with it: "said that on Tuesday the line was closed"."""
_PASSIVE = re.compile(r"\b(?:was|were|been) \w+$")
_CLOSE = re.compile(r" (?:at|о|об|в) ")
_AT = (" at ", " о ", " об ", " в ")
"""What may stand between a verb of speech and its own clock."""


def belongs_to_another(low: str, each: ReadSentence, phrase: TimePhrase, cue: Cue) -> bool:
    """Whether another time of the sentence stands much nearer to what befell traffic."""
    if phrase.before or phrase.get("clock") is not None or is_of_second(low, each, phrase):
        return False
    away = cue_distance(low, cue, phrase.core, phrase.end)
    return any(
        not other.before
        and other is not phrase
        and other.pair is None
        and other.closes is None
        and not _is_not_then(low, each, other)
        and cue_distance(low, cue, other.core, other.end) + BREAK < away
        for other in each.times
    )


_AT_LAST = re.compile(
    r"(?<!\w)(?:лише|тільки|аж|щойно|лишь|только|only|not until)(?: \w{1,8}){0,2} $"
)
"""Words for a time that was long in coming."""


def is_at_last(low: str, each: ReadSentence, phrase: TimePhrase) -> bool:
    """Whether a time is told as late: "only at nine in the evening"."""
    left = low[max(each.sentence.start, phrase.start - 24) : phrase.core]
    if left.endswith("it was ") and low.startswith(" before", phrase.end):
        return True
    return _AT_LAST.search(left) is not None


_ONGOING = re.compile(
    r"\b(?:has|have) (?:\w+ )?(?:been|had|stood|lain|not)\b[^.;]*$|(?<!\w)(?:вже|уже) (?:\w+ ){0,2}$"
)


_STILL_SO = re.compile(
    r" (?:не )?(?!\w+тим(?:е|уть))\w{2,}(?:ет|ют|ут|ят|ит|є|ють|уть|ять|ить|їть)(?!\w)(?! (?:было|було))"
)
"""A verb of the present behind a duration: "сутки не принимает"."""


AT_WORK = re.compile(
    r"\b(?:repairs?|work|works|crews?|engineers|finish\w*|complet\w+|done|ready|over|manag|deal|cope|put right|open\w*)\b"
    r"|(?<!\w)(?:ремонт|робот|работ|бригад|заверш|законч|закінч|упора|управ|справи|справля|встигн|успе(?:ть|ем|ют|ет)|готов|віднов|восстан"
    r"|відкри|откро|откры|почин|лагод|налад|налаг)"
)
"""Words for what ends a stop, in a sentence that does not speak of trains."""


def is_going_on(low: str, each: ReadSentence, duration: DurationPhrase) -> bool:
    """Whether something has lasted so long and is not over: "has been shut for two days"."""
    if _STILL_SO.match(low, duration.end, each.sentence.end):
        return True
    return _ONGOING.search(low[each.sentence.start : duration.start]) is not None


def lies_ahead(
    low: str, each: ReadSentence, phrase: TimePhrase, bounds: Bounds, calendar: ArticleCalendar
) -> bool:
    """Whether a time lies after the publication: by its date, or where the sentence is of that."""
    first = bounds.earliest or bounds.latest
    if first is None or first < calendar.latest:
        return False
    if phrase.get("date", "month") is not None:
        return True
    sentence = each.sentence
    return is_to_come(low, sentence.start, sentence.end, sentence.language)


_NEAR_SPEECH = 1200


def find_speech(
    low: str, event: EventFound, each: ReadSentence, start: int, end: int
) -> tuple[Speech | None, bool]:
    """Return who says it, and whether that was read in another sentence of the event."""
    own = choose_speech(each.speeches, start, end)
    if own is not None and own.party:
        return own, False
    others = [
        speech
        for other in event.sentences
        if other.sentence.paragraph == each.sentence.paragraph
        for speech in other.speeches
        if speech.party
    ]
    others = [x for x in others if abs(x.start - start) < _NEAR_SPEECH]
    names = {low[slice(*x.name)] for x in others}
    return (others[0], True) if len(names) == 1 else (None, False)


_POSTPONED = re.compile(
    r"\b(?:postpon\w*|put off|put back(?! (?:in|into|on|to)\b))|(?<!\w)(?:перенес|перенос|відклад|відклал|отлож|откладыва)\w*"
)


_NOT_THEN = re.compile(r"(?:(?<!\w)не|\bnot)(?: on| at| in| о| у| в| во)? $")
"""Words for a time that was none: "not on Monday, but on Tuesday"."""
_CALLED_OFF = re.compile(
    r"\b(?:works?|closures?|repairs?|strike)\b[^.;]{0,70} (?:was|were|has been|have been|had been)"
    r" (?:\w+ )?(?:cancelled|canceled|averted|avoided|called off|dropped|abandoned)"
    r"|(?<!\w)(?:робот|закритт|ремонт|страйк|работ|закрыти|забастовк)\w* [^.;]{0,70}"
    r"(?:скасува|скасован|відміни|відмінен|отменил|отменен)\w*"
    r"|(?<!\w)(?:скасува|відміни|отменил)\w* (?:\w+ ){0,2}(?:робот|закритт|страйк|работ|закрыти|забастовк)"
)
"""Words for a stop that was planned and was none."""


def _is_not_then(low: str, each: ReadSentence, phrase: TimePhrase) -> bool:
    """Whether a time is said to be none: "not on Monday, but on Tuesday"."""
    if phrase.before:
        return False
    return _NOT_THEN.search(low[each.sentence.start : phrase.core]) is not None


def is_given_up(low: str, each: ReadSentence, phrase: TimePhrase) -> bool:
    """Whether a day is one that was promised and is no longer: "Monday's opening was put off"."""
    return (
        _POSTPONED.search(low, phrase.end, each.sentence.end) is not None
        or _is_not_then(low, each, phrase)
        or _CALLED_OFF.search(low, each.sentence.start, each.sentence.end) is not None
    )


_NOW_STOPS = re.compile(
    r"\b(?:buses|coaches|a bus|bus service) (?:\w+ )?(?:replaces?|runs?|carr(?:y|ies)|takes?|stands? in)\b"
    r"|\b(?:is|are) (?:being )?(?:\w+ )?(?:withdrawn|cancel\w+|closed|suspended|shut|halted|diverted)"
)


def is_from_now(low: str, each: ReadSentence, phrase: TimePhrase) -> bool:
    """Whether something begins on a day of the week to come: "from Thursday it is withdrawn"."""
    if phrase.before != "since" or not low.startswith("from ", phrase.start):
        return False
    return _NOW_STOPS.search(low, each.sentence.start, each.sentence.end) is not None


_NEGATIVE = re.compile(r"(?:no|not|nothing|ни|жод\w+|не|стоя\w+|стоит|стоїть|стоят)(?!\w)")


def is_not_yet(low: str, phrase: TimePhrase, cue: Cue) -> bool:
    """Whether something was still so at a time: "by noon not one train had left"."""
    closed = cue.group == "effect" and cue.value == "closed"
    return closed and phrase.before == "by" and _NEGATIVE.match(low, cue.start) is not None


_ATTACK = re.compile(
    r"(?:['’]s)?\s?(?:\w+ )?(?:attack|strike|shelling|blast|raid|derailment|crash|accident|collapse|storm|удар|атак|обстріл|обстрел|нальот|налет|влучан|вибух|взрыв|приліт|прилет)"
)


def is_of_attack(low: str, phrase: TimePhrase) -> bool:
    """Whether a day or a part of it says when an attack was, and not what it stands beside."""
    part = phrase.get("part", "day", "weekday") is not None and phrase.get("clock") is None
    return part and phrase.before == "after" and _ATTACK.match(low, phrase.end) is not None


_SECOND = re.compile(
    r"\bthe (?:other|second)\b(?! day)|\bboth\b|(?<!\w)(?:обидв|решт|обо(?:им|их)|остальн)\w*|(?<!\w)(?:не)?(?:парн[ауі]|четн\w{2,3})(?!\w)|(?<!\w)(?:друг[ау]|втор(?:ой|ую))(?!\w)(?! (?:день|раз|поїзд|поезд|колонн|добу))"
)


def is_of_second(low: str, each: ReadSentence, phrase: TimePhrase) -> bool:
    """Whether a time is that of the second of two tracks: "one by noon, the other by Friday"."""
    earlier = [x.end for x in each.times if x.end <= phrase.start]
    start = max([each.sentence.start, *earlier])
    return bool(earlier) and _SECOND.search(low, start, phrase.core) is not None
