"""Times of what is told beside a stop: of people, offices, one train, repairs, the aftermath."""

from __future__ import annotations

import re

from netmodel.reading.clauses import clause_of
from netmodel.reading.sentences_read import ReadSentence
from netmodel.reading.time_phrases import TimePhrase
from netmodel.reading.time_roles import BREAK

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


_FOUND_THEN = re.compile(
    r"(?:\b(?:at|during|after|by) (?:an?|the) (?:\w+ )?(?:inspection|survey|check|examination) (?:on |of )?"
    r"|(?<!\w)(?:під час|при|після) (?:\w+ )?(?:огляд|перевірк|обстеженн)\w* (?:у |в )?"
    r"|(?<!\w)(?:при|во время|после) (?:\w+ )?(?:осмотр|проверк|обследовани)\w* (?:в |во )?)$"
)
"""Words before the day on which a fault was found, and trains still ran."""
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
    if phrase.get("clock") is None and _FOUND_THEN.search(low, first, phrase.core):
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
    if not told and _LAST_TRAIN.search(low, first, phrase.core):
        return True
    return not told and _OFFICE.search(around) is not None


_LAST_TRAIN = re.compile(
    r"\blast (?:\w+ )?(?:train|express|service) (?:will |is to )?(?:leaves?|goes|go|departs?|runs?)\b[^.;,]{0,30}$"
    r"|(?<!\w)(?:останн|последн)\w{1,3} (?:\w+ )?(?:поїзд|потяг|поезд|електричк|электричк|рейс)\w* \w+ [^.;,]{0,20}$"
)
"""Words before the hour of the last train, which is no hour of a return."""


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


_LET_IN = re.compile(
    r"\b(?:crews?|repairers?|engineers|sappers|railwaymen|workers) (?:\w+ )?(?:can|could|will|may|to|would|were|was) (?:be )?(?:let|allowed|admitted) (?:in|on)\b"
    r"|(?<!\w)(?:бригад|ремонтник|колійник|сапер|ремонтн|путейц)\w* (?:\w+ )?(?:пустять|допустять|впустять|пустят|допустят)"
)
"""Words for those who may begin to repair."""
_BEGAN = re.compile(
    r"(?:(?P<work>приступил\w*|взял\w+сь|взялися)|почали|начали|began|started)"
    r"(?: (?:ремонт|роботу|работу|work|repairs))?(?: (?:at|о|об|в))? $"
)


_NEAR_BEGAN = 25


_ARRIVED = re.compile(
    r"(?:crews?|repair|rescue|recovery|breakdown train|crane|firefight|бригад|ремонтн|восстановит|відновн|відбудовн|рятувал|спасател|пожарн|пожежн|кран(?!\w*еньк))"
    r"[^.,;]{0,40}(?:arriv(?:ed|es?)|left|set out|is due|прибыл\w*|прибуд\w+|прибу(?:в|ла|ло|ли)|приед\w+|приїд\w+|выехал\w*|выед\w+|виїха\w+|виїд\w+)"
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


_CEASED = re.compile(
    r"\b(?:water|flood|river|storm|wind|snow|rain|gale|fog)s? (?:\w+ )?(?:went down|receded|fell|subsided|abated"
    r"|died down|eased|stopped|let up|dropped|cleared)\b|\b(?:had|has|was|were) (?:\w+ )?(?:receded|subsided|abated)\b"
    r"|(?<!\w)(?:вода|річка|паводок|вітер|буря|злива|дощ|сніг|снігопад|туман|негода|река|ветер|буря|ливень|дождь|снег|снегопад|непогода)"
    r" (?:\w+ )?(?:зійшл|спал|відступи|вщух|стих|ущух|припини|сошл|уш[ел]л?|отступи|утих|прекрати|улегл|рассеял|розвія)\w*"
    r"|(?<!\w)(?:зійшл|спал|відступи|вщух|стих|ущух|сошл|отступи|утих|улегл)\w* (?:\w+ )?"
    r"(?:вода|річка|паводок|вітер|буря|злива|негода|туман|река|ветер|ливень|непогода)(?!\w)"
)
"""Words for the end of what had stopped trains, which run later."""


def _is_of_cause(low: str, each: ReadSentence, phrase: TimePhrase) -> bool:
    """Whether a time is that at which the cause ended, and no word says that trains ran."""
    first, last = clause_of(low, each.sentence, phrase.start, phrase.end)
    if _CEASED.search(low, first, last) is None:
        return False
    return not any(
        x.group in ("return", "effect") and x.anchored and first <= x.start < last
        for x in each.cues
    )  # fmt: skip


def is_of_repair(low: str, each: ReadSentence, phrase: TimePhrase) -> bool:
    """Whether a time is that at which people began to work: "we began at five"."""
    if _COME.match(low, phrase.end) or _is_of_cause(low, each, phrase):
        return True
    if _LET_IN.search(low, each.sentence.start, each.sentence.end):
        return True
    left = low[each.sentence.start : phrase.core]
    if _ARRIVED.search(left[-110:]) or _PUT_OUT.search(left[-60:]) or _FIRE_ENDED.search(left):
        return True
    told = [cue for cue in each.cues if cue.value in ("closed", "strike_action")]
    if any(0 <= phrase.core - cue.end < _NEAR_BEGAN for cue in told):
        return False  # "the strike began at four"
    found = _BEGAN.search(left[-45:])
    return found is not None and (found["work"] is not None or not _RUNNING.search(left[-90:]))
