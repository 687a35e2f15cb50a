"""Where a sentence names a number of hours, and what it says: how long, within what, how late."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from netmodel.reading import time_words as words

_LONGEST = 100 * 366 * 24
"""Hours of a length that a text may mean: a longer one is a slip, and ends beyond all calendars."""


@dataclass(frozen=True, slots=True)
class DurationPhrase:
    """Words for so many hours.

    ``role`` is ``lasted``, ``within``, ``late`` (trains were late by it) or nothing.
    """

    start: int
    end: int
    hours: float
    role: str
    more: bool = False


def find_durations(low: str, start: int, end: int, language: str) -> tuple[DurationPhrase, ...]:
    """Return the durations that a sentence names.

    Examples
    --------
    >>> [(each.hours, each.role) for each in find_durations("shut for five hours", 0, 19, "en")]
    [(5.0, 'lasted')]
    """
    found: list[DurationPhrase] = []
    for match in _duration_pattern(language).finditer(low, start, end):
        hours = _hours(match[0], language)
        if not 0 < hours <= _LONGEST:
            continue
        before, after = low[max(start, match.start() - 70) : match.start()], low[match.end() : end]
        if language == "ru" and _is_hour(match[0], before):
            continue
        if _CLOCK.fullmatch(match[0]):
            continue
        role = _role(before, after, language)
        if role is not None:
            more = bool(_MORE[language].search(before))
            found.append(DurationPhrase(match.start(), match.end(), hours, role, more))
    return tuple(found)


@lru_cache(maxsize=8)
def _duration_pattern(language: str) -> re.Pattern[str]:
    units = "|".join(unit for unit, _ in words.UNITS[language])
    one = rf"{words.NUMBER[language]}(?: and a half| з половиною| с половиной)?(?:{units})"
    lone = "|".join(lone for lone, _ in words.LONE[language])
    glue = {"en": r",?(?: and)? ", "uk": r",?(?: і| й| та)? ", "ru": r",?(?: и)? "}[language]
    flipped = {"en": "", "uk": r"|годину (?:десять|п'ятнадцять|(?:двадцять|тридцять|сорок|п'ятдесят)(?: п'ять)?)(?! хв)|годин(?:и|у)? (?:зо|зі|із) (?:дві|три|чотири|п'ять)",
               "ru": r"|час (?:десять|пятнадцать|(?:двадцать|тридцать|сорок|пятьдесят)(?: пять)?)(?! мин)|часа (?:два|три|четыре|полтора)(?!\w)|часов (?:пять|шесть|семь|восемь|десять)(?!\w)"}[language]  # fmt: skip
    first = f"{flipped.removeprefix('|')}|" if flipped else ""
    compound = _compound(language)
    made = rf"|{compound}" if compound else ""
    return re.compile(
        rf"(?<![\w:])(?:{first}(?:{lone})(?:{glue}{one})?|{one}(?:{glue}{one})?{made})(?!\w)"
    )


def _compound(language: str) -> str:
    """Return a pattern of adjectives that are made of a number and a unit: "seven-hour"."""
    if language not in words.COMPOUND:
        return ""
    numbers, units = ("|".join(each) for each in words.COMPOUND[language])
    return rf"(?P<number>\d+(?:-?(?:ти|и|х))?-?|{numbers})(?P<unit>{units})\w{{1,3}}"


def _hours(text: str, language: str) -> float:
    short = re.fullmatch(r"(?:час|годину) (\D+)", text)
    if short is not None:
        return round(1 + sum(words.number_of(x, language) for x in short[1].split()) / 60, 4)
    for lone, hours in words.LONE[language]:
        found = re.match(rf"(?:{lone})(?!\w)", text)
        if found is not None:
            return round(hours + _hours(text[found.end() :].lstrip(", "), language), 4)
    if language != "en" and re.match(r"час|годин", text):
        return words.number_of(text.split()[-1], language)
    made = re.fullmatch(_compound(language), text) if language in words.COMPOUND else None
    if made is not None:
        numbers, units = words.COMPOUND[language]
        figures = re.match(r"\d+", made["number"])
        number = float(figures[0]) if figures else numbers[made["number"]]
        return round(number * units[made["unit"]], 4)
    total = 0.0
    for unit, hours in words.UNITS[language]:
        for each in re.finditer(
            rf"({words.NUMBER[language]})( and a half| з половиною| с половиной)?(?:{unit})", text
        ):
            total += (words.number_of(each[1], language) + (0.5 if each[2] else 0)) * hours
    return round(total, 4)


_LATE_BEFORE = {
    "en": re.compile(r"(?:late by|delay(?:s|ed)?(?: of| by| reached| up to| reach)*|lost|lose|losing|longer by"
                     r"|behind schedule by|up to|\bby|costs?(?: \w+){1,3}?|as much as|add(?:ing|s|ed)?|plus|extra)(?: about| around| up to| almost| nearly| over)*\s*$"),
    "uk": re.compile(r"(?:запізн\w+|затрим\w+|спізн\w+|відста\w+|втрача\w+|втрат\w+|(?<!не )довше|зайв\w+|додатков\w+)(?: \w+){0,4} ?$"
                     r"|(?:запізн|затрим|спізн|відста)\w* [^.;!?]{0,60}[,:–] (?:на )?$|(?:плюс|(?:збільш|зрос|подовж)\w+ на)(?: \w+)? $|\+$"),
    "ru": re.compile(r"(?:опозда\w+|опазды\w+|задерж\w+|отста\w+|теря\w+|(?<!не )дольше|лишн\w+|дополнительн\w+|самый поздний)(?:,?[ –]+\w+){0,6}[ –]*$"
                     r"|(?:опозд|опазд|задерж|отста)\w* [^.;!?]{0,60}[,:–] (?:на )?$|(?:плюс|(?:увелич|вырас|возрас|продл)\w+ на)(?: \w+)? $|\+$"),
}  # fmt: skip
_LATE_AFTER = {
    "en": re.compile(r"\s*(?:late\b|behind (?:schedule|time)|delays?\b|each\b|longer|more than usual|of delay)"),
    "uk": re.compile(r",?\s*(?:запізн\w+|затримк\w+|спізн\w+|(?:пізніше|раніше|довше|більше)(?: за| від|,? ніж| звичайн|[.,;]))"),
    "ru": re.compile(r",?\s*(?:опозда\w+|опазды\w+|задерж\w+|(?:позже|раньше|дольше|больше)(?: обычн|,? чем|[.,;]))"),
}  # fmt: skip
_WITHIN = {
    "en": re.compile(r"(?:within|in (?:at most|under|less than|no more than)|(?:in|over|during) the (?:next|coming)|in)(?: the next| about| some| around)?\s*$"),
    "uk": re.compile(r"(?:\bза|(?:у|в) найближч\w{1,3}|протягом|упродовж|впродовж|через|менш(?: як|е,? ніж)? за|не більше|не (?:більш|довше)(?: як| ніж)?(?: за)?|щонайбільше(?: про)?)(?: наступн\w+| найближч\w+| приблизно| якісь)?\s*$"),
    "ru": re.compile(r"(?:\bза|в течение|в ближайш\w{1,3}|через|менее чем за|не (?:более|дольше|больше)(?: чем)?(?: за)?|самое большее(?: о)?)(?: следующ\w+| ближайш\w+| примерно)?\s*$"),
}  # fmt: skip
_LASTED = {
    "en": re.compile(r"(?:for(?: about| around| almost| nearly| over| more than| at least| some| up to)*|after(?: about| almost| some| nearly)*"
                     r"|last(?:ed|s)?(?: for| about| almost| nearly| over)*|took(?: \w+){0,2}|\bit (?:was|would be|will be)|closure of|break of|all of)\s*$"),
    "uk": re.compile(r"(?:\bна|\bзо|через|після|тривал\w+|діял\w+|знадобил\w+|пішло|витратили|забрал\w+|зайня\w+|стоя\w+|близько|майже|понад|щонайменше|приблизно|простоя\w+)(?: \w+)?\s*$"),
    "ru": re.compile(r"(?:\bна|спустя|через|после|длил\w+|действовал\w+|понадобил\w+|ушло|потратили|занял\w*|продлил\w+|стоя\w+|около|почти|более|больше|не менее|примерно|простоя\w+)(?: \w+)?\s*$"),
}  # fmt: skip
_LASTED_AFTER = {
    "en": re.compile(r"\s*(?:later|afterwards|(?:passed |went by )?(?:before|until) (?:anything|trains|traffic|the|a|one)\b|of (?:closure|interruption)|after(?: (?:that|the|an?|it)\b|(?=[.,;]|$)))|[- ](?:closure|interruption|break|stoppage|shutdown)"),
    "uk": re.compile(r"\s*(?:потому|по тому|рух|поїзди|колія|лінія|дільниця|стояв|не ход|не курс|не зупин)"),
    "ru": re.compile(r"\s*(?:спустя|движение|поезда|линия|путь|участок|стоял|не ход|простоял)"),
}  # fmt: skip
_MORE = {
    "en": re.compile(r"(?:(?<!no )more than|(?<!not )over|at least)\s*$"),
    "uk": re.compile(r"(?:(?<!не )понад|(?<!щонай)(?<!не )більше|щонайменше|(?<!не )більш як|не менше)(?: за| ніж за)?\s*$"),
    "ru": re.compile(r"(?:(?<!не )более|(?<!не )больше|свыше|не менее|минимум|не меньше)(?: чем)?(?: за)?\s*$"),
}  # fmt: skip
AT_MOST_AFTER = re.compile(
    r",? (?:at (?:the )?(?:most|latest|outside|longest)|or less|maximum|щонайбільше|максимум|самое большее|от силы)(?!\w)"
)
"""What behind a length makes of it the most that something takes."""
_NO_DURATION = re.compile(r"\d[\d.,]*\s*(?:км|km|m/|км/)")


_OF_NOON = re.compile(
    r" (?:after|past|before|to|по|після|после|до) (?:noon|midnight|півноч|полудн|полуд|полуноч)"
)
"""What makes of minutes an hour of the clock: "ten minutes after midnight"."""
_TO_HOUR = re.compile(
    r" (?:до )?(?:(?:перш|друг|трет|четверт|п'ят|шост|сьом|восьм|дев'ят|десят|одинадцят|дванадцят)(?:ої|у|а|я|ю|ьої)"
    r"|час(?:а|у)?|два|двух|три|трех|четыре|четырех|(?:пят|шест|сем|девят|десят|одиннадцат|двенадцат)[ьи]|восемь|восьми)(?!\w)"
)
"""What makes of minutes a clock: "за десять хвилин дев'ята"."""
_AGO = re.compile(
    r"\s*(?:ago|earlier|before(?! (?:anything|trains?|traffic|the (?:first|line|track)|a |one|movement|it|they)\b)|тому|назад|раніше|ранее)\b"
)
_NAMES_A_DAY = re.compile(
    r"(?:кін(?:ця|ець|ці)|наприкінці|початку?|середин[аиіуые]|начал[аеу]|кон(?:ца|ец|цу|це)|end of the|(?:минул|попередн|наступн|поточн|минувш|прошедш|прошл|истекш"
    r"|предыдущ|следующ)\w{1,3}|(?:past|last|previous|next|following|this|that)"
    r"|ц(?:ього|ієї|ей|ю|ьому)|т(?:ого|ієї)|эт(?:ого|ой|от|у|ом)|той) $"
)
"""Words before a day that make of it a part of the calendar and not a number of hours."""
_WHICH = re.compile(
    r"(?<!\w)(?:друг|трет|четверт|п'ят|шост|сьом|втор|четверт|пят|шест|седьм)\w{1,3} $"
)
_ON_THE_WAY = re.compile(
    r"(?:час\w* (?:у|в) дорозі|врем\w+ в пути|(?:journey|travel|running) times?) [^.;]{0,30}$"
)
"""Words before a length by which the way of trains is longer."""
_CLOCK = re.compile(r"(?:[01]\d|2[0-3])[0-5]\d (?:hours|hrs)|(?:двух|трех|четырех|пяти|шести) дня")
"""An hour of the clock: "at 0540 hours", "около четырех дня"."""
_YET = re.compile(
    r"(?<!\w)(?:ще|еще) (?:за|через|\w+ через)(?: \w+)? $|\b(?:another|a further)(?: \w+)? $"
)
"""Words before a length that is counted from what was told just before: "ще за двадцять хвилин"."""
_NEXT_HOURS = re.compile(r"\b(?:in|over|during|within) the (?:next|coming) $")
_SPEED = re.compile(r"(?:км|km|кілометр\w*|километр\w*|kilomet\w+|miles)(?: на| в)? $")
_BEFORE_RANGE = re.compile(r"\d ?[–-] ?$")
_OFTEN = re.compile(r"(?:кожн\w+|кажд\w+|every|each|раз (?:на|в)|старш\w+|мину\w+|прошл[оа]) $")
_AFTER_A_SPELL = re.compile(r"\b(?:after|following|amid)(?: about| almost| some| nearly)*\s*$")
_NO_STAY = re.compile(r"\s*(?:їзди|ходу|ходи|езды|хода|пути|до\b|перед\b|drive|walk|from\b)")


def _role(before: str, after: str, language: str) -> str | None:
    """Return what a duration says; ``None`` if it is a clock or a day: "о 5 годині", "last day"."""
    if _SPEED.search(before) or _YET.search(before):
        return ""
    if _OF_NOON.match(after) or _is_clock(before, after, language):
        return None
    if _LATE_AFTER[language].match(after) or _LATE_BEFORE[language].search(before):
        return "late"
    if _NAMES_A_DAY.search(before) and not _NEXT_HOURS.search(before):
        return None
    if _ON_THE_WAY.search(before):
        return "late"
    if _WHICH.search(before):
        return ""
    if _AGO.match(after):
        return None if language != "en" or not before.endswith("in ") else ""
    if _WITHIN[language].search(before) or AT_MOST_AFTER.match(after):
        return "within"
    if language == "en" and _AFTER_A_SPELL.search(before) and after.startswith(" of "):
        return ""  # "after two days of rain"
    if _BEFORE_RANGE.search(before) or _OFTEN.search(before):
        return ""
    if _LASTED[language].search(before) or _LASTED_AFTER[language].match(after):
        return "lasted"
    # An accusative without a preposition says how long: "поїзди стояли три години".
    return "lasted" if language != "en" and not _NO_STAY.match(after) else ""


_HOURS = re.compile(r"(?:[5-9]|1\d|2[0-4]) (?:часов|ч\.? [0-5]?\d мин\w*\.?)")
_OF_DAY = re.compile(
    r"(?:понедельник|вторник|сред[уы]|четверг|пятниц[уы]|суббот[уы]|воскресенье|вчера|сегодня|\d \w+[яа]),? около $"
)
_LENGTH = re.compile(
    r"опозда|задерж|отста|сроком|на срок|длит|продолж|займ|занима|уйдет|понадоб|потребу|составля|(?<!\w)от \d"
)


def _is_hour(text: str, before: str) -> bool:
    """Whether a number of hours is one of the clock: "закрыто до 19 часов"."""
    if not _HOURS.fullmatch(text):
        return False
    if before.endswith("около "):
        return _OF_DAY.search(before) is not None
    if not before.endswith(("до ", "после ")):
        return False
    return _LENGTH.search(before) is None


_LATE = re.compile(r"опозда|опазды|задерж|отста")
_DAY_AFTER = re.compile(
    r" (?:\d{1,2} \w|понедел|вторник|сред|четверг|пятниц|суббот|воскресен|сегодня|завтра|вчера)"
)


def _is_clock(before: str, after: str, language: str) -> bool:
    if before.endswith(("за ", "без ")) and _TO_HOUR.match(after):
        return True
    if language != "en" and re.search(r"\d-(?:ту|та|ій|ої|ї|у|й|го|му|ти|и) $", before):
        return True  # "станом на 18-ту годину"
    if language == "uk":
        clock = re.search(r"(?:^|\s)(?:об?|опівн\w+|з|із|до|після|по|під|к|годині) $", before)
        return clock is not None and not re.search(
            r"(?:тривав\w*|від|запізн\w+ до|затрим\w+ до|відстав\w+ до) $", before
        )
    if language == "ru":
        if re.match(r" (?:утра|дня|вечера|ночи)\b", after):
            return True
        if re.search(r"(?:^|\s)со? [^.;]{1,40}(?:до|по) $", before) and not _LATE.search(before):
            return True
        if before.endswith(("до ", "после ", "около ", "по ")) and _DAY_AFTER.match(after):
            return True
        return re.search(r"(?:^|\s)(?:в|во|с|со|к|ко) $", before) is not None
    return False
