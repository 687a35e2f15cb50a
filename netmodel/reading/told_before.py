"""Sentences that recall an earlier event: what they tell is no part of the one that is told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from netmodel.reading.folded_text import Sentence
from netmodel.reading.time_phrases import TimePhrase

_REMINDS: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(r"\W*(?:earlier|previously|recall|as reported|we reported|in an earlier|before that)\b"),
    "uk": re.compile(r"\W*(?:нагада\w+|раніше|як повідомлялося|до цього|до того)(?!\w)"),
    "ru": re.compile(r"\W*(?:напомн\w+|напомин\w+|ранее|раньше|как сообщалось|до этого|до того)(?!\w)"),
}  # fmt: skip
"""Words that begin a reminder: of the same event, or of another one."""
_ANOTHER: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(
        r"\b(?:previous|earlier|similar|last such) (?:\w+ )?(?:attack|strike|derailment|explosion|blast|incident|accident"
        r"|closure|fire|flood|collision|walkout|stoppage|outage|landslide|breakdown|shelling|storm|case|one)s?\b|\b(?:the last time|last (?:year|spring|summer|autumn|fall|winter)|a year (?:ago|earlier)|years ago"
        r"|it (?:is|was) (?:\w+ )?the (?:second|third|fourth|fifth)|this (?:is|was) (?:\w+ )?the (?:second|third|fourth|fifth)"
        r"|the (?:first|last) (?:was|came|happened) (?:on|in)"
        r"|ha[sd] already (?:been )?(?:\w+ ){0,2}(?:target|hit|attacked|struck|damaged|targeted|shelled)"
        r"|after the (?:first|second|third|previous|earlier) (?:attack|strike|blast|hit|shelling))\b"
    ),
    "uk": re.compile(
        r"(?<!\w)(?:попередн\w{1,4}|аналогічн\w{1,4}|подібн\w{1,4}|схож\w{1,4}) (?:\w+ )?(?:атак|удар|обстріл|аварі|інцидент|сход|випад"
        r"|вибух|пожеж|дтп|пригод|поді|страйк|зупинк|обвал|зсув|збі[йю]|відключенн)\w*|(?<!\w)(?:торік|минулого року|рік тому|позаторік|востаннє)(?!\w)"
        r"|(?<!\w)(?:там|тут|цю|цей|її|його) (?:\w+ )?(?:вже|уже) (?:\w+ )?\w+(?:ли|лось|лося|лася|вся)(?!\w)"
        r"|(?<!\w)це (?:вже |уже )?(?:друг|трет|четверт|п'ят)\w+"
        r"|(?<!\w)(?:так само|ц(?:я|ю|ією|ій|ієї) ж|ц(?:ей|ьому|им) же|ту саму|там же|тут же) (?:\w+ ){0,3}?(?:вже |уже )?\w+(?:ли|лось|лося|лася|вся|в)(?!\w)"
        r"|(?<!\w)(?:минул(?:ої|ого)|позаминул\w+) (?:весни|літа|осені|зими)(?!\w)"
    ),
    "ru": re.compile(
        r"(?<!\w)(?:предыдущ\w{2,3}|аналогичн\w{2,3}|подобн\w{2,3}|похож\w{2,3}) (?:\w+ )?(?:атак|удар|обстрел|авари|инцидент|сход"
        r"|случа|взрыв|пожар|дтп|происшеств|забастовк|остановк|обвал|опол|сбо[йе]|отключени)\w*|(?<!\w)(?:в прошлом году|год назад|в позапрошлом году|в прошлый раз|в последний раз)(?!\w)"
        r"|(?<!\w)(?:там|здесь|тут|ее|его) (?:\w+ )?(?:уже|ранее) (?:\w+ )?\w+(?:ли|лось|лась|лся)(?!\w)"
        r"|(?<!\w)это (?:уже )?(?:втор|трет|четверт|пят)\w+"
        r"|(?<!\w)(?:так же|эт(?:а|у|ой|от|ого|ом|им) же|ту же|там же|здесь же|тут же) (?:\w+ ){0,3}?(?:уже )?\w+(?:ли|лось|лась|лся|л)(?!\w)"
        r"|(?<!\w)(?:прошл(?:ой|ым)|позапрошл\w+) (?:весной|летом|осенью|зимой)(?!\w)"
    ),
}  # fmt: skip
"""Words for another event of the same kind, before this one."""

_SEVERAL_TIMES = re.compile(
    r"\b(?:twice|three times|four times|several times)\b"
    r"|(?<!\w)(?:двічі|тричі|чотири рази|кілька разів|дважды|трижды|(?:два|три|четыре) раза|несколько раз)(?!\w)"
)
"""Words by which one sentence tells of several stops."""

RECALLED = re.compile(
    r"\b(?:had|already|also|too|earlier|previous\w*|last|again|before)\b"
    r"|(?<!\w)(?:вже|уже|також|теж|раніше|ранее|раньше|тоже|также|минул\w+|прошл\w+|попередн\w+|предыдущ\w+"
    r"|знову|снова|опять|востаннє|так же|так само|здесь же|там же|нагадаємо|напомним)(?!\w)"
)
"""Words that recall what was before."""


def recalls(low: str, sentence: Sentence, times: Sequence[TimePhrase]) -> str:
    """Return what a sentence recalls: ``another`` event, perhaps another (``reminder``), or nothing.

    Only a reminder with a date may be of another event; one with a clock is of the same.

    Examples
    --------
    >>> recalls("a similar attack stopped trains in march.", Sentence(0, 41, "en", 0), ())
    'another'
    """
    language = sentence.language
    if language not in _REMINDS:
        return ""
    dated = any(
        each.get("date", "month") is not None
        and each.before not in ("since", "away_since", "as_of")
        for each in times
    )
    other = _ANOTHER[language].search(low, sentence.start, sentence.end)
    if other and _SEVERAL_TIMES.search(low, sentence.start, other.start()):
        other = None  # "three times: …, and the last time from 21:10 to 22:00"
    since = ("since", "away_since")
    if other and not any(x.start <= other.start() < x.end and x.before in since for x in times):
        return "another"
    return "reminder" if dated and _REMINDS[language].match(low, sentence.start) else ""
