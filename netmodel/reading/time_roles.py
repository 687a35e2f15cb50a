"""What a time of a sentence belongs to: what befell traffic, or the day on which somebody spoke."""

from __future__ import annotations

import re

from netmodel.reading.cues import Cue, clause_of, count_breaks, is_to_come
from netmodel.reading.duration_phrases import DurationPhrase
from netmodel.reading.sentence_links import EventFound
from netmodel.reading.sentences_read import ReadSentence
from netmodel.reading.speakers import Speech, choose_speech
from netmodel.reading.time_atoms import DATE_KINDS
from netmodel.reading.time_bounds import ArticleCalendar
from netmodel.reading.time_phrases import TimePhrase
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


def nearest_cue(low: str, each: ReadSentence, start: int, end: int) -> Cue | None:
    """Return the cue that a time belongs to: the nearest, breaks counted."""
    found = [
        cue for cue in each.cues
        if cue.value not in ("replaced", "late")
        and not ((cue.denied or cue.hedged) and cue.group != "return")
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
    return last - first - named + BREAK * count_breaks(low, first, last) + weight


_SECTION = re.compile(
    r"(?:between|між|между) [\w'-]+(?: [\w'-]+)? (?:and|та|і|й|и) [\w'-]+|[\w'-]+ – [\w'-]+"
)
"""A section between two places, whose names put no distance between a verb and its time."""


_UNDER = re.compile(
    r"(?<!\w)(?:after|following|because of|due to|owing to|після|через|внаслідок|після того|после|из-за|вследствие|по причине)(?!\w)"
)
"""Words before what had been before: a time in front of them is of what the sentence tells."""


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
    names = {low[x.who_start : x.who_end] for x in others}
    return (others[0], True) if len(names) == 1 else (None, False)


_POSTPONED = re.compile(
    r"\b(?:postpon|put off|put back)\w*|(?<!\w)(?:перенес|перенос|відклад|відклал|отлож|откладыва)\w*"
)


_NOT_THEN = re.compile(r"(?:(?<!\w)не|\bnot)(?: on| at| in| о| у| в| во)? $")
"""Words for a time that was none: "not on Monday, but on Tuesday"."""
_CALLED_OFF = re.compile(
    r"\b(?:works?|closures?|repairs?|strike)\b[^.;]{0,40} (?:was|were|has been|have been|had been)"
    r" (?:\w+ )?(?:cancelled|canceled|called off|dropped|abandoned)"
    r"|(?<!\w)(?:робот|закритт|ремонт|страйк|работ|закрыти|забастовк)\w* [^.;]{0,40}"
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


_PEOPLE = re.compile(
    r"\b(?:men|man|women|woman|suspects?|people|persons?|boys?|girls?|teenagers?|youths?|residents?|saboteurs?|thie(?:f|ves))"
    r"[^.;]{0,30}\b(?:held|detained|arrested|charged|sentenced|questioned|caught|taken to (?:a )?hospital)\b"
    r"|(?<!\w)(?:пострадавш|раненн|постраждал|поранен)\w* [^.;]{0,30}(?:достав|увез|отвез|госпит|везли)\w*|\b(?:injured|wounded)\b[^.;]{0,30}\btaken\b"
    r"|\b(?:arrested|detained|taken into custody|charged with|sentenced|died in hospital)\b"
    r"|(?<!\w)(?:чоловік\w*|жінк\w+|підліт\w+|підозрюван\w+|зловмисник\w*|юнак\w*|мешкан\w+|правопорушник\w*)"
    r"[^.;]{0,30}(?:затрима|заарешт|госпіталіз|засуд)\w*|(?<!\w)(?:затрима|заарешт|госпіталіз)\w* [^.;]{0,20}(?:чоловік|жінк|підліт|підозр|зловмис|юнак|мешкан)\w*"
    r"|(?<!\w)(?:мужчин\w*|женщин\w*|подрост\w+|подозреваем\w+|злоумышленник\w*|жител\w+)"
    r"[^.;]{0,30}(?:задерж|арест|госпитализ|осуд)\w*|(?<!\w)(?:задержа|арестова|госпитализ)\w* [^.;]{0,20}(?:мужчин|женщин|подрост|подозр|злоумыш|жител)\w*"
)
"""Words for what was done with people: its hour is none of the traffic."""
_OFFICE = re.compile(
    r"(?<!\w)(?:справки|справочн\w+|телефон\w*|горяч\w+ лини\w+|касс\w{1,2}(?!\w)|довідк\w+|гаряч\w+ ліні\w+|кас[аи](?!\w)|каси"
    r"|обед|обідн\w+ перерв\w+|эфир\w*|ефір\w*|брифинг\w*|брифінг\w*)(?!\w)"
    r"|(?<!\w)(?:стежте|слідкуйте|следите|наступне оновлення|следующее обновление)(?!\w)"
    r"|\bnext update\b"
    r"|(?<!\w)(?:происшеств|пригод|інцидент|инцидент)\w* (?:нет|немає|не було|не было)"
    r"|\b(?:hotline|helpline|enquiries|ticket offices?|booking offices?|information desk|press conference|briefing)\b"
)
"""Words for offices, whose hours are none of the traffic."""
_WOULD_HAVE = re.compile(r"\b(?:would|could|should|might)(?: not|n't)? have\b")
_UNPROMISED = re.compile(
    r"\b(?:nobody|no one|never) (?:\w+ )?(?:promised|expected|hoped|thought)"
    r"|(?<!\w)(?:ніхто|никто) (?:\w+ )?не (?:обіця|очіку|сподіва|чека|обеща|ожида|наде|жда)\w*"
)
"""Words for what was never promised."""
_RANGE_OF_DELAYS = re.compile(
    r"(?:\blate|delay\w*|запізн\w+|затрим\w+|опозда\w+|опазды\w+|задерж\w+) [^.;]{0,30}"
    r"(?:from|від|от) [^.;]{0,20}(?:to|до) $"
)
"""Words before the longest of some delays: "late by from one to three hours"."""
_UPKEEP = re.compile(
    r"\b(?:last|previously) (?:overhauled|inspected|checked|examined|repaired|serviced|renewed)\b"
    r"|\bhad been (?:\w+ )?(?:checked|inspected|examined|serviced)\b"
    r"|(?<!\w)(?:востаннє|останній раз|в последний раз|последний раз) \w+"
    r"|(?<!\w)(?:построен|збудован|побудован|збудува|построи)\w*"
)
"""Words for what had been done with a thing before: "last overhauled", "built"."""


_NAMED_BY_CLOCK = re.compile(r" (?:\w+ )?(?:from|to|trains?|services?|express)\b")
"""What follows a clock that is the name of a train: "the 06:40 from Fastiv"."""


def is_beside(low: str, each: ReadSentence, phrase: TimePhrase) -> bool:
    """Whether a time is of what is told beside: of people, of offices, of what was not."""
    first, last = each.sentence.start, each.sentence.end
    semicolon = max(low.rfind(";", first, phrase.core), first - 1) + 1
    until = low.find(";", phrase.end, last)
    around = low[semicolon : last if until < 0 else until]
    people = [found.span() for found in _PEOPLE.finditer(low, first, last)]
    told = any(
        cue.group in ("effect", "return")
        and cue.anchored
        and cue.value not in ("normal", "replaced")
        and not any(begin <= cue.start < end for begin, end in people)
        for cue in each.cues
    )
    if _WOULD_HAVE.search(around) or _UNPROMISED.search(around):
        return True
    if _RANGE_OF_DELAYS.search(low[first : phrase.core]):
        return True
    if low.endswith("the ", first, phrase.core) and _NAMED_BY_CLOCK.match(low, phrase.end):
        return True
    if _is_of_one_train(low, each, phrase) or _is_of_aftermath(low, each, phrase):
        return True
    if _UPKEEP.search(around) and not told:
        return True
    if _PEOPLE.search(around):
        start, end = clause_of(low, each.sentence, phrase.start, phrase.end)
        return not told or _PEOPLE.search(low, start, end) is not None
    return not told and _OFFICE.search(around) is not None


_OWN_CLOCK = re.compile(
    r"(?:(?<!\w)(?:отправлени(?:ем|е|я)|відправленн(?:я|ям)|прибыти(?:ем|е)|прибутт(?:я|ям)"
    r"|рейс\w{0,2}|поезд|поїзд|потяг|электричка|електричка|вместо|замість)(?: из [\w-]+| з [\w-]+)?"
    r"|\b(?:departures?|departing|arrivals?|due out|timetabled|instead of))"
    r"(?: at| в| о| об| на| с)*(?: \d{1,2}[:.]\d\d(?:,| та| і| й| и| and))* $"
)
"""Words before a clock that is that of one train's timetable: "departure at 9:15 and 16:40"."""
_GOES = re.compile(
    r"(?<!\w)(?:вируш|відправ(?!н)|прибу(?:д|в|л|ває)|отправ(?:и|л)|прибуд|прибыл|прибыва|выйд|выех|уш[ел]л?|пішов|пішл)\w*"
    r"|\b(?:leaves?|left(?! the (?:rails?|tracks?|line))|departs?|departed|arrives?|arrived)\b"
)
_NUMBERED = re.compile(
    r"(?:№|\bno\.) ?\d|(?:поїзд|потяг|поезд|train|електричка|электричка|рейс)\w{0,2} \d"
    r"|(?<!\w)(?:зворотн|обратн|эвакуационн|евакуаційн)\w+"
)
_FIRST = re.compile(r"\bfirst\b|(?<!\w)(?:перш|перв)\w+")


def _is_of_one_train(low: str, each: ReadSentence, phrase: TimePhrase) -> bool:
    """Whether a clock is that of one train by its timetable, and says nothing of the traffic."""
    if phrase.get("clock") is None or phrase.before in ("since", "until") or phrase.pair:
        return False
    first, last = clause_of(low, each.sentence, phrase.start, phrase.end)
    if _FIRST.search(low, max(each.sentence.start, first - BREAK), last):
        return False
    if _OWN_CLOCK.search(low[max(each.sentence.start, phrase.core - 60) : phrase.core]):
        return True
    goes = _GOES.search(low, first, last)
    return goes is not None and _NUMBERED.search(low, each.sentence.start, last) is not None


_AFTERMATH = re.compile(
    r"\b(?:tickets?|refunds?|refunded|rebook\w*|inquiry|investigation|commission|findings|claims? for|publish|petition|trial|hearing"
    r"|forecasters?|meteorologists?|alert (?:lasted|sounded|ended|was)|sirens?|mobile (?:network|phones?)|on duty|stand-?by|water supply|curfew|weather (?:will|is)|state of emergency)\b"
    r"|(?<!\w)(?:повернен\w+ (?:квитк|коштів)|квит(?:ок|к\w+)|комісі\w+|висновк\w+|розслідуван\w+|перевірк\w+|суд\w{0,2}|режим\w* (?:нс|надзвичайн\w+)"
    r"|синоптик\w*|(?:обіця|очіку|прогнозу)\w+ (?:\w+ )?(?:дощ|сніг|опад|негод|спек)\w*|тривог\w*|сирен\w*|опад\w+|чергуванн\w+|мобільн\w+|зв'язок|водопостачан\w+|комендантськ\w+)(?!\w)"
    r"|(?<!\w)(?:возврат\w*|билет\w*|комисси\w+|итог\w*|вывод\w*|расследован\w+|проверк\w+|суд\w{0,2}|режим\w* (?:чс|чрезвычайн\w+)"
    r"|синоптик\w*|(?:обеща|ожида|прогнозир|жд)\w+ (?:\w+ )?(?:дожд|снег|осадк|непогод|жар)\w*|тревог\w*|сирен\w*|осадк\w+|дежурств\w+|мобильн\w+|отбойник\w*|связь|водоснабжен\w+|комендантск\w+|сообщени\w+ появил\w+|пост\w{0,2} (?:[^.;,]{0,40} )?появил\w+)(?!\w)"
)
"""Words for what follows an event and is none of its traffic: refunds, inquiries, the weather."""


def _is_of_aftermath(low: str, each: ReadSentence, phrase: TimePhrase) -> bool:
    first, last = clause_of(low, each.sentence, phrase.start, phrase.end)
    first, last = (
        min(first, max(each.sentence.start, phrase.start - 2 * BREAK)),
        max(last, min(each.sentence.end, phrase.end + BREAK)),
    )
    found = _AFTERMATH.search(low, first, last)
    if found is None:
        return False
    return not any(
        cue.group in ("effect", "return", "cause", "occurred")
        and cue.anchored
        and cue.value != "normal"
        and first <= cue.start < (found.start() if found.start() < phrase.start else last)
        for cue in each.cues
    )


_BEGAN = re.compile(
    r"(?:(?P<work>приступил\w*|взял\w+сь|взялися)|почали|начали|began|started)"
    r"(?: (?:ремонт|роботу|работу|work|repairs))?(?: (?:at|о|об|в))? $"
)
_NEAR_BEGAN = 25
_ARRIVED = re.compile(
    r"(?:crews?|repair|rescue|firefight|бригад|ремонтн|восстановит|відновн|рятувал|спасател|пожарн|пожежн)"
    r"[^.,;]{0,40}(?:arrived|left|set out|прибыл\w*|прибу(?:в|ла|ло|ли)|выехал\w*|виїха\w+)"
    r"(?: \w+){0,2}(?: (?:at|о|об|в))? $"
)
"""Words for the coming of those who repair."""
_PUT_OUT = re.compile(
    r"(?:put out|had it out|(?:was|were) out|extinguished|under control|загаси|погаси|загашен|погашен|потуши|потушен|локаліз|локализ"
    r"|пожежу (?:\w+ )?ліквід|пожар (?:\w+ )?ликвид)\w*(?: at| by| about| о| об| до| близько| в| к| около)* $"
)
"""Words for the end of a fire, which is none of a closure."""
_FIRE_ENDED = re.compile(
    r"(?:\b(?:fire|blaze|flames)\b[^.;]{0,90}(?:extinguished|put out|out|brought under control)"
    r"|(?<!\w)(?:пожеж|пожар|займанн|загоранн|возгоран)\w*[^.;]{0,90}"
    r"(?:ліквід|ликвид|потуш|погас|погаш|загас|локаліз|локализ)\w*)"
    r"(?: at| by| about| only| о| об| до| близько| в| к| около| лише| лишь)* $"
)
_RUNNING = re.compile(
    r"\b(?:trains?|traffic|services?)\b|(?<!\w)(?:рух|поїзд|потяг|движени|поезд|электрич|електрич)"
)


_COME = re.compile(
    r",? (?:\w+ ){0,2}?(?:прибыл|приехал|выехал|подъехал|прибу(?:в|л)|приїха|виїха)\w* (?:\w+ ){0,3}?"
    r"(?:бригад|ремонт|восстанов|віднов|сапер|сапёр|рятув|спасател|пожарн|пожежн|взрывот|вибухот)"
    r"|,? (?:(?:repair|rescue|fire) )?(?:crews?|sappers|engineers|firefighters) (?:arrived|came|set out)\b"
)
"""What follows a time at which those came who repair."""


def is_of_repair(low: str, each: ReadSentence, phrase: TimePhrase) -> bool:
    """Whether a time is that at which people began to work: "we began at five"."""
    if _COME.match(low, phrase.end):
        return True
    left = low[each.sentence.start : phrase.core]
    if _ARRIVED.search(left[-90:]) or _PUT_OUT.search(left[-60:]) or _FIRE_ENDED.search(left):
        return True
    told = [cue for cue in each.cues if cue.value in ("closed", "strike_action")]
    if any(0 <= phrase.core - cue.end < _NEAR_BEGAN for cue in told):
        return False  # "the strike began at four"
    found = _BEGAN.search(left[-45:])
    return found is not None and (found["work"] is not None or not _RUNNING.search(left[-90:]))


_ATTACK = re.compile(
    r"(?:['’]s)?\s?(?:\w+ )?(?:attack|strike|shelling|blast|raid|derailment|crash|accident|collapse|storm|удар|атак|обстріл|обстрел|нальот|налет|влучан|вибух|взрыв|приліт|прилет)"
)


def is_of_attack(low: str, phrase: TimePhrase) -> bool:
    """Whether a day or a part of it says when an attack was, and not what it stands beside."""
    part = phrase.get("part", "day", "weekday") is not None and phrase.get("clock") is None
    return part and phrase.before == "after" and _ATTACK.match(low, phrase.end) is not None


_SECOND = re.compile(
    r"\bthe (?:other|second)\b(?! day)|(?<!\w)(?:не)?(?:парн[ауі]|четн\w{2,3})(?!\w)|(?<!\w)(?:друг[ау]|втор(?:ой|ую))(?!\w)(?! (?:день|раз|поїзд|поезд|колонн|добу))"
)


def is_of_second(low: str, each: ReadSentence, phrase: TimePhrase) -> bool:
    """Whether a time is that of the second of two tracks: "one by noon, the other by Friday"."""
    earlier = [x.end for x in each.times if x.end <= phrase.start]
    start = max([each.sentence.start, *earlier])
    return bool(earlier) and _SECOND.search(low, start, phrase.core) is not None
