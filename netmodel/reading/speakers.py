"""Who says what a sentence tells: "X said", "according to Y", "повідомили в Z"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from netmodel.reading.folded_text import Sentence
from netmodel.reading.word_forms import may_act, may_be_nominative, put_in_nominative

_VERBS: Mapping[str, str] = {
    "en": r"(?:said|says|say|wrote|writes|reported|reports|announced|announces|told|explained|heard|puts?(?= (?:it|the time) at)|dates?(?= (?:it|the \w+) (?:to|at))|insists?|added|confirmed|warned|warns|claimed|claims"
    r"|asserted|stated|noted|posted|acknowledged|denied|estimates?|estimated|suggested|advises|advised|urged|urges|hopes?|hoped|expects?|expected"
    r"|promised|promises|promise|believes?|insisted|spoke|called|calls|gave(?! (?:way|up|out|the (?:all[- ]clear|green light|go-ahead)))|gives|pledged|cautioned|conceded|admitted|describes|described|quoted|blamed|maintains?|maintained|insists|contends?|contended|argues?|argued|recommends|recommended|reckons?|reckoned|decided|decides|figures?(?= that)|recalls?|recalled|remembers?|thinks?|notes)",
    "uk": r"(?:наполяга\w+|дату(?:є|ють)|почул\w+(?= (?:\w+ )?(?:гуркіт|вибух|удар|гуркот))|ма(?:є|ють) намір|повідом\w+|розпов\w+|заяв\w+|написа\w+|пиш(?:е|уть)|поясн\w+|уточн\w+|запевн\w+|сказа\w+|каз?жуть|каже|зазнач\w+|наголос\w+|інформу\w+|поінформу\w+"
    r"|попере(?:ди|джа)\w+|обіця\w+|сподіва\w+|прогнозу\w+|стверджу\w+|підтверд(?!илис|илас|илос)\w+|оголос\w+|рад(?:ить|ять|ила|или)|рекоменду\w+|дода(?:в|ла|ли|є|ють)|визна(?:в|ла|ли|є|ють)|згаду\w+|згадав|пригаду\w+|нагада(?:в|ла|ли)|нагаду(?:є|ють)|оціню(?:є|ють)|оціни(?:в|ла|ли)|говор\w+|переда(?:є|ють|ла|ли|в)|назива(?:є|ють)|відзвіту\w+|спростув\w+|посла\w+сь|послал\w+ся|заклика\w+|розраховують|очіку(?:є|ють)|припускає)",
    "ru": r"(?:настаива\w+|датиру\w+|услыша\w+(?= (?:\w+ )?(?:грохот|взрыв|хлоп|удар))|намерен\w?(?!\w)|извеща\w+|извести\w+|сообщ(?:ил|а)\w*|рассказ\w+|заяв\w+|написа\w+|пиш(?:ет|ут)|поясн\w+|объясн\w+|уточн\w+|заверил\w*|сказа\w+|отмет\w+|отмеча\w+|подчеркн\w+|информир\w+|проинформир\w+"
    r"|предупре(?:ди|жда)\w+|обеща\w+|надее\w+|надеются|прогнозир\w+|утвержда\w+|подтверд(?!илис|илас|илос)\w+|объяв\w+|совету\w+|рекоменду\w+|добав\w+|призна\w+|вспомина\w+|вспомни\w+|напомни\w+|оценива\w+|оценил\w*|говор\w+|переда(?:ет|ют|ла|ли|л)|называ(?:ет|ют)|отчита\w+|опроверг\w+|сосла\w+сь|призвал\w*|призыва\w+|рассчитыва\w+|ожида(?:ет|ют)|полага\w+)",
}  # fmt: skip
_ACCORDING: Mapping[str, str] = {
    "en": r"(?:according to|citing|quoting|in the words of|as reported by|announced by|said by)\s+(?P<who>(?:the (?:\w+ ){0,2})?\"[^\"\n]{2,60}\"|[^,.;:\"\n]{2,90}?)(?=[,.;:\"\n]|$| (?:they|it|there|trains|traffic|services) | on (?:mon|tues|wednes|thurs|fri|satur|sun)day)",
    "uk": r"(?:за (?:попередніми |оперативними |його |їхніми |останніми )?(?:словами|даними|інформацією|прогнозом|прогнозами|повідомленням|заявою|оцінкою|версією)|як (?:повідомляє|повідомляють|пише|пишуть|повідомили|повідомила|повідомив|розповіли|передає|зазначили|сказано)(?: [вуна]{1,2})?|з посиланням на|згідно з (?:повідомленням|даними))\s+(?P<who>\"[^\"\n]{2,60}\"|[^,.;:\"\n]{2,90}?)(?=[,.;:\n]|$)",
    "ru": r"(?:по (?:предварительным |оперативным |последним |уточненным )?(?:словам|данным|информации|прогнозу|прогнозам|сообщению|сообщениям|заявлению|оценке|версии)|как (?:сообщает|сообщают|пишет|пишут|сообщили|сообщила|сообщил|рассказали|передает|отметили)(?: [вна]{1,2})?|со ссылкой на|согласно (?:сообщению|данным))\s+(?P<who>\"[^\"\n]{2,60}\"|[^,.;:\"\n]{2,90}?)(?=[,.;:\n]|$)",
}  # fmt: skip
_CHANNEL = re.compile(
    r"(?:on|in|via) (?P<who>[^,.;:\"\n]{2,60}? telegram(?: channel)?)|(?P<own>[^,.;:\"\n]{2,50}'s telegram(?: channel)?)"
)
_MEDIUM = re.compile(
    r"\s*(?<!\w)(?:on|in|via|through|at) (?:(?:its|his|her|their) (?:own |official )?(?:\w+ )?(?:channel|page|account|app|feed|post)"
    r"|(?:(?:its|his|her|their|an?|the)(?: \w+'s)? )?(?:own |official |short |brief )?(?:telegram|facebook|twitter|instagram|viber|whatsapp|website|web site|social (?:media|networks?)"
    r"|statement|press release|post|message|briefing|interview)(?: (?:channel|page|account|post|feed)(?! \w))?)(?: on (?:its|his|her|their) (?:\w+ )?(?:website|page|channel|account))?(?!\w)(?! channel)"
    r"|\s*(?<!\w)(?:у|в|во|на|через) (?:(?:сво[їє]\w+|свое\w+|офіційн\w+|официальн\w+|власн\w+|собственн\w+) )+(?:телеграм|telegram|фейсбук|facebook|viber|вайбер|канал|сайт|сторінц|страниц|акаунт|аккаунт|пост|допис|заяв|звернен|обращени|повідомленн|сообщени)\w*(?:-канал\w*| канал\w*)?(?: (?:у|в) (?:telegram|facebook|соцмереж\w*|соцсет\w*))?(?!\w)"
    r"|\s*(?<!\w)(?:у|в|во|на|через) (?:(?:телеграм|telegram|фейсбук|facebook|вайбер|viber|твіттер|твиттер|twitter)[ія еу]?(?![\w-]| ?канал)|соцмереж\w*|соцсет\w*|(?:прям|етер|ефір|эфир)\w* ефір\w*|сайті|сайте|коментар\w*|комментари\w*|брифінг\w*|брифинг\w*)(?!\w)"
)
"""By what means somebody speaks: it is no speaker."""
_PRONOUN = re.compile(
    r"^(?:he|she|they|it|his|her|its|their|who|that|which|this|i|we|він|вона|воно|вони|його|її|їх|їхн\w+|він|хто|що|як|про це|це"
    r"|он|она|оно|они|его|ее|их|кто|что|об этом|это|так)$"
)
_NOBODY = re.compile(
    r"(?:trains?|traffic|line|service|buses|tracks?|nobody|no one|nothing|поїзд|потяг|рух|автобус|лінія|ніхто|поезд|движение|автобус|линия|никто)\b"
)
_TIME_WORD = re.compile(
    r"(?<!\w)(?:час(?:а|ов|у|ам)?|годин\w*|утра|вечера|вечора|ранку|тиж\w+|недел\w+|доб[уи]|сут\w+|o'clock|hours?)(?!\w)"
)
_CUT = re.compile(
    r"(?: (?:on|in|late|early|at|to|of) )?(?:\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b.*|\byesterday\b.*|\btoday\b.*)"
    r"|(?<!\w)(?:у|в|на|во) (?:понеділ|вівтор|серед|четвер|п'ятниц|субот|неділ|понедельник|вторник|среду|четверг|пятниц|суббот|воскресен)\w*"
    r"|(?<!\w)(?:вчора|учора|сьогодні|уранці|вранці|увечері|ввечері|вчера|сегодня|утром|вечером)(?!\w)"
    r"|(?<!\w)(?:що|что|про те|о том)(?!\w).*"
)
_CONJ = re.compile(
    r"(?<!\w)(?:and|but|while|although|though|because|as|that|when|since|where|after|so|then|therefore|тому|тож|отже|поэтому|а|але|і|й|та|проте|що|бо|коли|но|и|однако|что|когда|пока|поки|хоча|хотя)(?!\w)"
)
_WORDS, _APPOSITION = 9, 45
_PARTIES: tuple[tuple[str, str], ...] = (
    (
        "media",
        r"channel|(?<!intelligence )(?<!security )agency|newspaper|media\b|outlet|telegram|reporter|journalist|correspondent|news\b|times\b|post\b|tass|ria |reuters|suspilne|caption|broadcaster|канал|агентств|видання|издани|змі\b|сми\b|джерел|источник|журналіст|журналист|кореспондент|корреспондент|суспільне|видавц|паблік|паблик",
    ),
    (
        "analyst",
        r"analyst|expert|institute|researcher|think tank|intelligence team|chatham|аналітик|аналитик|експерт|эксперт|дослідник|исследовател",
    ),
    (
        "military",
        r"military|army|general staff|air force|command\b|navy|intelligence|командуван|командован|військов|военн|генштаб|повітряних сил|розвідк|разведк|(?<!\w)гур\b|зсу",
    ),
    (
        "authority",
        r"governor|mayor|очільни|керівни|руководител|штаб|administration|council|ministry|minister|police|prosecutor|rescuer|emergency|official|authorit|president|government|city hall|firefighter|border guard|investigat|committee|head of|глав|губернатор|влад|власт|поліц|полиц|прокур|рятувальн|спасател|мері[яїю]|мэри|міськрад|міськ\w+ голов|голов|дснс|мчс|мнс|(?<!\w)ова\b|\w*адміністр|\w*администр|міністер|министер|уряд|правительств|депутат|слідч|следств|(?:оперативн|екстрен|экстренн|аварійн|аварийн|рятувальн|спасательн)\w+ служб|emergency services|чиновник|прикордон|погранич|мэр|мер\b|пожежн|пожарн|гсчс",
    ),
    (
        "operator",
        r"operator|railway|railways|rail\b|ukrzaliznytsia|rzd|railwaym|dispatcher|driver|engineers?\b|carrier|station ?master|signalman|train crew|track workers|rail staff|conductor|перевізн|перевозчик|залізн|железн|укрзалізн|укрзализн|(?<!\w)уз(?!\w)|ржд|\w*жд\b|машиніст|машинист|чергов|диспетчер|колійник|путейц|дежурн|начальник станц|станці|станци|дорог|вокзал|приміськ|пригородн|провідник|проводник|енергетик|энергетик|ремонтник|депо",
    ),
    (
        "witness",
        r"witness|resident|passenger|traveller|local[s ]|villager|очевид|мешкан|житель|жител|пасажир|пассажир|свідк|свидетел|місцев\w+ люд",
    ),
)


@dataclass(frozen=True, slots=True)
class Speech:
    """Words that say who speaks; half-open in the folded text.

    Parameters
    ----------
    leads
        Whether the speaker stands before what is said.
    party
        One of `netmodel.evidence.vocabulary.PARTIES`; empty for a pronoun.
    governed
        Whether a preposition stands before the speaker, who so is in no nominative.
    named
        Where the railway company was named that a word such as "the company" means.
    """

    start: int
    end: int
    who_start: int
    who_end: int
    party: str
    leads: bool
    governed: bool = False
    named: tuple[int, int] | None = None

    @property
    def name(self) -> tuple[int, int]:
        """Where the words stand that name who speaks."""
        return self.named or (self.who_start, self.who_end)


def find_speeches(low: str, sentence: Sentence) -> tuple[Speech, ...]:
    """Return who speaks in a sentence, in its order; the spans of speakers without ``the``.

    Examples
    --------
    >>> low = "the line is shut, the regional prosecutor said."
    >>> [low[each.who_start : each.who_end] for each in find_speeches(low, Sentence(0, 47, "en", 0))]
    ['the regional prosecutor']
    """
    language = sentence.language
    if language not in _VERBS:
        return ()
    found: list[Speech] = []
    for each in _candidates(low, sentence):
        if not any(each.start < other.end and other.start < each.end for other in found):
            found.append(each)
    if language != "en":
        found = [
            replace(x, governed=x.governed or _IN.search(low[: x.who_start]) is not None)
            for x in found
        ]
    return tuple(sorted(found, key=lambda each: each.start))


_WHOLE = re.compile(r"\"[^\"]+\"")
_IN = re.compile(r"(?<!\w)(?:у|в|во|на) \"?$")


def choose_speech(speeches: Sequence[Speech], start: int, end: int) -> Speech | None:
    """Return who says what stands at a place of a sentence: the last before it, else the next.

    Examples
    --------
    >>> choose_speech([], 0, 5) is None
    True
    """
    before = [each for each in speeches if each.leads and each.start <= start]
    after = [each for each in speeches if not each.leads and each.end >= end]
    if before:
        return before[-1]
    if after:
        return after[0]
    return speeches[0] if speeches else None


def find_party(words: str) -> str:
    """Return whose a speaker is.

    Examples
    --------
    >>> find_party("the regional prosecutor"), find_party("пресслужба укрзалізниці")
    ('authority', 'operator')
    """
    return next((party for party, pattern in _PARTIES if re.search(pattern, words)), "other")


def is_speech_verb(word: str, language: str) -> bool:
    """Whether a word tells that somebody speaks."""
    return re.fullmatch(_VERBS[language], word) is not None


@lru_cache(maxsize=4)
def _verb_pattern(language: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){_VERBS[language]}(?!\w)")


@lru_cache(maxsize=4)
def _according_pattern(language: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){_ACCORDING[language]}")


def _candidates(low: str, sentence: Sentence) -> Iterator[Speech]:
    language = sentence.language
    for found in _according_pattern(language).finditer(low, sentence.start, sentence.end):
        leads = (
            not low[sentence.start : found.start()].strip(" \"'") or low[found.end() :][:1] == ","
        )
        governed = _GOVERNS.search(low[found.start() : found.start("who")]) is not None
        for each in _speech(
            low, language, *found.span(), *found.span("who"), leads=leads, according=True
        ):
            yield replace(each, governed=governed and language != "en")
    subject: tuple[int, int] | None = None
    for found in _verb_pattern(language).finditer(low, sentence.start, sentence.end):
        before = _words_before(low, sentence, found.start())
        after = _words_after(low, sentence, found.end(), language)
        continued = (
            before is None
            and subject is not None
            and low[: found.start()].rstrip().endswith((" and", " і", " й", " та", " и"))
        )
        inverted = after is not None and (language != "en" or _is_inverted(low, found, after))
        own: list[Speech] = []
        if before is not None and not (language == "en" and inverted):
            subject = before
            leads = not _ends_clause(low, sentence, found.end(), language)
            own = [*_speech(low, language, before[0], found.end(), *before, leads=leads)]
        if own and (language == "en" or own[0].party != "other" or not inverted):
            yield from own
        elif after is not None and inverted:
            governed = _PLACED.search(low[found.end() : after[0]]) is not None
            for each in _speech(low, language, found.start(), after[1], *after, leads=False):
                yield replace(each, governed=governed)
        elif continued and subject is not None:
            yield from _speech(low, language, found.start(), found.end(), *subject, leads=True)
    for found in _CHANNEL.finditer(low, sentence.start, sentence.end):
        group = "who" if found["who"] else "own"
        if _MEDIUM.fullmatch(low, found.start(), found.end()):
            continue
        yield from _speech(
            low, language, found.start(), found.end(), *found.span(group), leads=False
        )


def _speech(
    low: str,
    language: str,
    start: int,
    end: int,
    who_start: int,
    who_end: int,
    *,
    leads: bool,
    according: bool = False,
) -> Iterator[Speech]:
    who_start, who_end = _cut_to_name(low, who_start, who_end)
    words = low[who_start:who_end]
    if len(words) < 2 or _TIME_WORD.search(words) or _NOBODY.match(words.removeprefix("the ")):
        return
    if _PRONOUN.match(words):
        yield Speech(start, end, who_start, who_end, "", leads)
        return
    party = _find_party_beside(low, who_start, who_end)
    if language != "en":
        leading = who_start == start and _IN.search(low[:who_start]) is None
        first = _first_of_speaker(words, language, leads=leading)
        person = according and may_act(put_in_nominative(words, language).split()[0], language)
        if first is None and not person:
            return
        who_start += first or 0
        if _WHOLE.fullmatch(low, who_start, who_end):
            who_start, who_end = who_start + 1, who_end - 1
    yield Speech(start, end, who_start, who_end, party, leads)


def _find_party_beside(low: str, start: int, end: int) -> str:
    """Return whose a speaker is, by its words or by those beside: "Ivan Petrenko, the governor"."""
    party = find_party(low[start:end])
    if party == "other":
        party = find_party(low[end : end + _APPOSITION].partition(".")[0])
    if party == "other" and low[:start].rstrip().endswith(","):
        party = find_party(re.split(r"[.;:]", low[max(0, start - _APPOSITION) : start])[-1])
    return party


def _cut_to_name(low: str, start: int, end: int) -> tuple[int, int]:
    """Return the words for a speaker without the medium, the day, and the marks around them."""
    medium = _MEDIUM.search(low, start, end)
    if medium is not None and medium.start() > start:
        end = medium.start()
    words = low[start:end]
    cut = _CUT.search(words)
    behind = words[cut.end() :] if cut is not None else ""
    if cut is not None and cut.start() > 0 and find_party(behind) == "other":
        end = start + cut.start()
    elif cut is not None and cut.end() < len(words):
        start += cut.end()
    while end > start and not low[end - 1].isalnum():
        end -= 1
    while start < end and not low[start].isalnum():
        start += 1
    if low.count('"', start, end) % 2 and low.startswith('"', end):
        end += 1  # 'the press service of "Ukrzaliznytsia"'
    return start, end


def _first_of_speaker(words: str, language: str, *, leads: bool) -> int | None:
    """Return where in words that stand at a verb the speaker begins; ``None`` for none.

    Other parts of the clause may stand before: "the line to Sevastopol the authorities promise".
    """
    places = [found.start() for pattern in _ALL for found in [pattern.search(words)] if found]
    if not places:
        spoken = words.split()[0]
        return 0 if may_act(spoken, language) else None
    place = min(places)
    start = words.rfind(" ", 0, place) + 1
    spoken = words[start:].split()[0]
    in_place = re.search(r"(?<!\w)(?:у|в|на|во|з|із|зі|с|со) ", words[:place]) is not None
    if leads and not in_place and not may_be_nominative(spoken, language):
        return None
    while start > 0:
        previous = words.rfind(" ", 0, start - 1) + 1
        if start - 1 - previous < _SHORT or not _ADJECTIVE.search(words[previous : start - 1]):
            break
        start = previous
    return start


_ALL = tuple(
    re.compile(rf"(?<!\w)(?:{pattern})")
    for pattern in (
        "прес-?служб|пресс-служб|речни|спикер|підрядник|подрядчик|начальник|директор|представн|представит|заступник|заместит|компан[іи]",
        *(p for _, p in _PARTIES),
    )
)
_SHORT = 4
"""Letters below which a word is no adjective: "на"."""
_ADJECTIVE = re.compile(
    r"(?:[иыо]й|ій|ая|яя|на|ька|цька|ова|ні|ві|ські|цькі|ые|ие|ої|ій|ому|ого|ном|ской|ської|еві|ими|ых|их)$"
)


def _words_before(low: str, sentence: Sentence, verb: int) -> tuple[int, int] | None:
    """Return the words between the beginning of the clause and a verb, if they are a subject."""
    left = low[sentence.start : verb]
    if left.rstrip().endswith(",") and "," in left.rstrip()[:-1]:
        verb = (
            sentence.start + len(left.rstrip()) - 1
        )  # a name after an office: "the mayor, X, said"
        left = low[sentence.start : verb]
    quoted = _QUOTED.search(left)
    if quoted is not None and (quoted.start() or find_party(quoted["who"]) != "other"):
        return sentence.start + quoted.start("who"), sentence.start + quoted.end("who")
    stop = max((left.rfind(mark) for mark in ',;:"('), default=-1) + 1
    for found in _CONJ.finditer(left):
        stop = max(stop, found.end())
    start = sentence.start + stop
    end = verb
    while start < end and low[start].isspace():
        start += 1
    if _THIS.fullmatch(low[start:end].strip()):
        return None
    words = low[start:end].split()
    while words and words[-1] in (
        "has", "have", "had", "also", "later", "do", "does", "did", "not", "itself", "is", "are", "will",
        "earlier", "now", "вже", "також", "ще", "не", "уже", "также", "еще", "of", "was", "were", "been", "be",
    ):  # fmt: skip
        if words[-1] in ("is", "are", "was", "were", "been", "be", "of"):
            return None
        end = low.rindex(words.pop(), start, end)
    if not words or len(words) > _WORDS:
        return None
    named = _NAMED.search(low[:start], sentence.start) if words[0] in ("a", "an") else None
    return named.span("who") if named is not None else (start, end)


_QUOTED = re.compile(r"(?:^\W*|(?<=[\w,–] ))\"(?P<who>(?:[\w'-]+ ){0,3}[\w'-]+)\" (?:\w+ )?$")
"""A name in quotation marks before a verb: the "Crimean Railway" says."""
_QUOTED_AFTER = re.compile(r"\s*(?P<who>(?:[\w'-]+ ){0,4}\"(?:[\w'-]+ ){0,3}[\w'-]+\")(?! ?[–:])")
"""A name in quotation marks behind a verb: said the company "Ukrzaliznytsia"."""
_THIS = re.compile(r"(?:про це|об этом|це|это)$")
"""Words for what was said, which stand before the verb: "об этом сообщила"."""
_NAMED = re.compile(r"(?:^|[\"'.;:] ?)(?P<who>(?!(?:the|an?) )(?:[\w.']+ ){1,2}[\w']+), ?$")
"""A name before an office: "Ivan Petrenko, a spokesman for the railway, said"."""


_GOVERNS = re.compile(
    r"^(?!як |как )|(?<!\w)(?:у|в|на|во) $",
)
"""Words before a speaker in another case than the nominative: "за словами", "как сообщили в"."""
_PLACED = re.compile(r"(?<!\w)(?:у|в|на|во|із|з|со|с) ")
_PREPOSITION = re.compile(
    r"\s*(?:(?:у|в|на|во|із|з|со|с) (?:пресслужб\w+ |пресс-службе |прес-службі )?)?"
)


def _words_after(
    low: str, sentence: Sentence, verb_end: int, language: str
) -> tuple[int, int] | None:
    """Return the words between a verb and the next break, if they are a subject."""
    medium = _MEDIUM.match(low, verb_end, sentence.end)
    verb_end = verb_end if medium is None else medium.end()
    right = low[verb_end : sentence.end]
    if language != "en" and re.match(r"\s*(?:,|\d|що\b|что\b|про\b|о том|об\b|не раніше|:)", right):
        return None
    found = _QUOTED_AFTER.match(right) or re.match(r"[^,.;:\"\n(–]*", right)
    plain = found is None or '"' not in found[0]
    if language == "en" and plain and not _SUBJECT.match(right):
        return None
    words = found[0] if found else ""
    lead = _PREPOSITION.match(words)
    start = verb_end + (lead.end() if lead and lead[0].strip() and language != "en" else 0)
    end = verb_end + len(words)
    conj = re.search(r"(?<!\w)(?:що|что|про те|о том|that)(?!\w)", low[start:end])
    if conj is not None:
        return None
    if language != "en" and re.match(
        r"\s*(?:не )?\w+(?:ти|ть|тися|ться|ти сь)(?!\w)", low[start:end]
    ):
        return None
    count = len(low[start:end].split())
    return (start, end) if 1 <= count <= _WORDS else None


_SUBJECT = re.compile(r"\s+(?:the |an? )?[\w'. ]{3,50}(?:,|\.|$)")
_MORE_SAID = re.compile(
    r"\b(?:after|on|because|following|due|when|as|amid|over|by|at|to|from|about)\b"
)
"""Words of what is said further on: "until Thursday, says railway after landslip"."""
_TELLS = re.compile(r"said|says|reported|reports|announced|confirmed|wrote|writes|added|stated")
"""Verbs before which what was said may stand without quotation marks: "shut, said the railway"."""


def _is_inverted(low: str, found: re.Match[str], after: tuple[int, int]) -> bool:
    """Whether the speaker stands behind the verb: behind what is quoted, or at the very end."""
    left = low[: found.start()].rstrip()
    if left.endswith(('"', '",', ",'")):
        return True
    if not left.endswith((",", ", –")) or not _TELLS.fullmatch(found[0]):
        return False
    ended = re.match(r"[\"' ]*(?:[.;]|$)", low[after[1] :]) is not None
    named = low[slice(*after)]
    return ended and find_party(named) != "other" and _MORE_SAID.search(named) is None


def _ends_clause(low: str, sentence: Sentence, at: int, language: str) -> bool:
    """Whether nothing follows that the speaker could have said."""
    medium = _MEDIUM.match(low, at, sentence.end)
    right = low[at if medium is None else medium.end() : sentence.end]
    plain = _CUT.sub("", right, count=1) if language == "en" else right
    return (
        not re.search(r"\w", plain)
        or bool(re.match(r"\s*[;.]", right))
        or bool(re.match(r"\s*(?:reporters|journalists|on \w+day)?\s*[.;]?$", right))
    )
