"""Patterns of clocks, in three languages: in figures, in words, by halves, quarters and hours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from netmodel.reading import time_words as words
from netmodel.reading.time_atoms import Maker, TimeAtom, TimePattern, make_fixed

_PREPOSITIONS: Mapping[str, str] = {
    "en": r"at|by|until|from|since|about|around|to|till|before|after|past",
    "uk": r"о|об|між|з|із|до|після|близько|від|по|на|к|під|раніше",
    "ru": r"в|между|с|со|до|после|около|от|к|ко|по|на|раньше|ранее",
}
"""Words after which a number may be an hour."""
_PART: Mapping[str, str] = {
    "en": r"(?:in the )?(?P<part>morning|afternoon|evening)|at (?P<n>night)",
    "uk": r"(?P<part>ранку|дня|вечора|ночі)",
    "ru": r"(?P<part>утра|дня|вечера|ночи)",
}
_AM = r"(?P<half>a\.?m\b\.?|p\.?m\b\.?)"
_ORDINAL: Mapping[str, str] = {
    "uk": r"(?:й|ій|ї|ої|ту|та|тій|ми|ти|и|ю|ою|у|а)",
    "ru": r"(?:й|ти|и|ми|м)",
}
_HOUR: Mapping[str, str] = {
    "uk": r"год(?:ин(?:[іиу]|ами|ою)?|\.)?",
    "ru": r"(?:час(?:ов|а|у|ам|ами|ом)?|ч\.?)",
}
_MINUTE: Mapping[str, str] = {
    "uk": r"(?: (?P<m>[0-5]?\d) хв\w*\.?)?",
    "ru": r"(?: (?P<m>[0-5]?\d) мин\w*\.?)?",
}
_NO_HOUR = r"(?! (?:год|час|ранк|утр|доб|сут|хв|мин|дн|день|км|метр|кілометр|километр|тонн|процент|відсот|раз|вагон|поїзд|поезд|люд|чолов|кол|пут))(?! \w+(?:ов|ев|ей|ых|их|ам|ям|ах|ях)(?!\w))"
_EN_NAMED = r"noon|midnight|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_ENDS = r"(?=[.,;)](?! ?\d)| (?:on|this|that|yesterday|today|last|the (?:next|same|previous))\b|$)"
"""What follows an hour of which no word says that it is one."""


def clock_patterns(language: str) -> Iterator[TimePattern]:
    """Yield patterns of clocks with what makes a time of them; what comes first outranks the rest.

    Examples
    --------
    >>> first = next(clock_patterns("en"))
    >>> first.make(re.search(first.text, "half past noon")).value
    (12, 30)
    """
    if language == "en":
        yield from _past_the_hour()
    if language != "en":
        yield from _minutes_after_noon(language)
    for text, hour in words.NOONS[language]:
        yield TimePattern(text, make_fixed("clock", hour, 0), "")
    yield from _bare_hours(language)
    part, at = _PART[language], _after_preposition(language)
    half = rf"(?: ?{_AM}| {part})?" if language == "en" else rf"(?: {part})?"
    yield TimePattern(
        rf"(?<![:.+])(?P<h>\d{{1,2}}):(?P<m>[0-5]\d)(?::\d\d)?(?![:.]\d){half}", _clock
    )
    yield TimePattern(
        rf"(?:{at})(?P<h>\d{{1,2}})[.](?P<m>[0-5]\d)(?![:.]\d)(?! (?:км|km|тис|тыс)){half}",
        _clock,
    )
    yield from _english_clocks(part, at) if language == "en" else _slavic_clocks(language, part, at)


def _after_preposition(language: str) -> str:
    return "|".join(rf"(?<=\b{each} )" for each in _PREPOSITIONS[language].split("|"))


def _minutes_after_noon(language: str) -> Iterator[TimePattern]:
    """Yield minutes told from noon or midnight on: "за десять хвилин по півночі"."""
    some = "|".join(words.CLOCK_MINUTES[language])
    lead, join = {
        "uk": ("(?:за |через )?", "(?:по|після)"), "ru": ("(?:спустя |через )?", "после"),
    }[language]  # fmt: skip
    unit = {"uk": r"хвилин\w?", "ru": r"минут\w?"}[language]
    for text, hour in words.NOONS[language][1:]:
        yield TimePattern(
            rf"{lead}(?P<after>{some}|[0-5]?\d) {unit} {join} (?:{text})", _spelt(hour), text
        )


def _bare_hours(language: str) -> Iterator[TimePattern]:
    """Yield the first hour of a span of which only the second is marked: "from 10 to 11:30"."""
    if language == "en":
        ordinal, join = "", r"(?:and|to|until|till|through)"
        ends = rf"(?::[0-5]\d(?! ?[ap]\.?m)|(?::[0-5]\d)? ?{_AM}|(?::[0-5]\d)? in the (?P<part>morning|afternoon|evening))"
        hour, lead = r"(?P<h>\d{1,2})", r"(?:(?<=\bfrom )|(?<=\bbetween ))"
        yield TimePattern(
            rf"{lead}(?P<h>\d{{1,2}}):(?P<m>[0-5]\d)(?= {join} (?P<h2>\d{{1,2}}):[0-5]\d ?{_AM})",
            _clock,
        )  # fmt: skip
    else:
        ordinal = rf"(?:-?{_ORDINAL[language]})?"
        join = {"uk": r"(?:до|по|і|й|та)", "ru": r"(?:до|по|и)"}[language]
        lead = {"uk": r"(?:(?<=\bз )|(?<=\bіз )|(?<=\bвід )|(?<=\bміж ))",
                "ru": r"(?:(?<=\bс )|(?<=\bсо )|(?<=\bот )|(?<=\bмежду ))"}[language]  # fmt: skip
        ends = rf"{ordinal}(?:[:.][0-5]\d| ?{_HOUR[language]}(?!\w)| {_PART[language]}|-{_ORDINAL[language]}(?!\w))"
        hour = rf"(?P<h>\d{{1,2}}){ordinal}"
    yield TimePattern(rf"{lead}{hour}(?= {join} (?P<h2>\d{{1,2}}){ends})", _clock)


def _past_the_hour() -> Iterator[TimePattern]:
    """Yield hours told by minutes before or after them: "twenty to six", "half past noon"."""
    yield TimePattern(
        (rf"(?:a )?(?:(?P<n2>five|ten|twenty|twenty-five|quarter|half)(?: minutes)?) (?P<way>past|to|after|before)"
         rf" (?P<hour>{_EN_NAMED})(?: {_PART['en']})?"), _past, _EN_NAMED,
    )  # fmt: skip


def _english_clocks(part: str, at: str) -> Iterator[TimePattern]:
    yield TimePattern(rf"(?P<h>\d{{1,2}})(?:\.(?P<m>[0-5]\d))? ?{_AM}", _clock)
    yield TimePattern(rf"(?P<h>\d{{1,2}}) ?o'clock(?: {part})?", _clock)
    yield TimePattern(
        r"(?P<h>\d{1,2}) in the (?P<part>morning|afternoon|evening)(?! of \d)", _clock
    )
    yield TimePattern(r"(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d) (?:hours|hrs)\b", _clock)
    yield TimePattern(r"(?<=\bat )(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d)(?!\w|[.,]\d)", _clock)
    yield TimePattern(
        r"(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d)(?= (?:(?:local|kyiv|moscow) time|gmt|utc)\b)", _clock
    )
    yield TimePattern(rf"(?:{at})(?P<h>0\d)(?P<m>[0-5]\d)(?!\w|[.,]\d)", _clock)
    named = words.CLOCK_WORDS["en"]
    for text, hour in named:  # "from three to five in the morning"
        later = "|".join(each for each, number in named if number > hour)
        if later:
            yield TimePattern(
                rf"(?:(?<=\bfrom )|(?<=\bbetween )){text}(?= (?:to|and|until|till) (?:{later})"
                r"(?: o'clock)? in the (?P<part>morning|afternoon|evening))",
                _spelt(hour),
                text,
            )
    for text, hour in named:
        yield TimePattern(
            rf"{text}(?: o'clock(?: {part})?| in the (?P<part2>morning|afternoon|evening))",
            _spelt(hour),
            text,
        )
        yield TimePattern(
            rf"(?:(?<=\buntil )|(?<=\bbefore )|(?<=\bby )|(?<=\bsince )){text}{_ENDS}",
            _spelt(hour),
            text,
        )
    for text, hour in named:  # "at about five yesterday afternoon"
        yield TimePattern(
            rf"(?:(?<=\bat )|(?<=\babout )|(?<=\baround )|(?<=\bafter )|(?<=\bbefore )){text}"
            r"(?= (?:this|yesterday|that|on \w+day|in the) (?:morning|afternoon|evening))",
            _spelt(hour),
            text,
        )
    yield TimePattern(
        rf"(?:(?<=\buntil )|(?<=\bbefore )|(?<=\bsince ))(?P<h>\d{{1,2}}){_ENDS}", _clock
    )
    yield TimePattern(
        r"(?:(?<=\bafter )|(?<=\bby )|(?<=\babout ))(?P<h>\d{1,2})(?= (?:this (?:morning|afternoon|evening)|yesterday|on \w+day))",
        _clock,
    )
    yield TimePattern(
        r"(?<=\bat )(?P<h>\d{1,2})(?= (?:the (?!\w+ stations)|on \w+day|yesterday|today|that|this|last)|[,;] (?!\d))",
        _clock,
    )


def _slavic_clocks(language: str, part: str, at: str) -> Iterator[TimePattern]:
    ordinal, hour_word, minute = _ORDINAL[language], _HOUR[language], _MINUTE[language]
    yield TimePattern(
        rf"(?:{at})(?P<h>\d{{1,2}})(?:-?{ordinal})? {hour_word}{minute}(?: {part})?", _clock
    )
    yield TimePattern(
        rf"(?:(?<=\bта )|(?<=\bі )|(?<=\bи ))(?P<h>\d{{1,2}})(?:-?{ordinal})? (?:годинами|часами)",
        _clock,
    )
    yield TimePattern(rf"(?P<h>\d{{1,2}})(?:-?{ordinal})? {part}(?! \w+ня)", _clock)
    yield TimePattern(
        rf"(?:{at})(?P<h>\d{{1,2}})-{ordinal}(?! \w+(?:км|поїзд|поезд|вагон))(?! (?:день|дня|раз))",
        _clock,
    )
    yield from _halves(language, part)
    yield from _hours_begun(language, part)
    minutes = "|".join(words.CLOCK_MINUTES[language])
    for text, hour in words.CLOCK_WORDS[language]:
        spelt = (
            rf"(?:{text})(?: {hour_word})?"
            rf"(?: (?P<minutes>{minutes})(?: (?:хвилин|минут)\w?)?(?! (?:год|час)))"
        )
        named = "" if language == "ru" and hour > 12 else "?"  # "до двадцати" may be of wagons
        yield TimePattern(rf"(?:{at}){spelt}(?: {part})?", _spelt(hour), text)
        yield TimePattern(
            rf"(?:{at})(?:{text})(?: {hour_word}){named}(?: {part})?{_NO_HOUR}", _spelt(hour), text
        )
        yield TimePattern(rf"(?:{text})(?: {hour_word})?(?: {part})", _spelt(hour), text)


def _halves(language: str, part: str) -> Iterator[TimePattern]:
    """Yield hours told by halves, quarters and minutes of the hour to come."""
    some = "|".join(words.TO_THE_HOUR[language])
    for text, hour in words.CLOCK_WORDS[language]:
        if language == "uk":
            yield TimePattern(rf"(?:о )?пів (?:на )?{text}(?: {part})?", _spelt(hour - 1, 30), text)
            yield TimePattern(
                rf"(?:о )?(?:чверт(?:ь|і)|п'ятнадцять(?: хвилин)?) на {text}(?: {part})?",
                _spelt(hour - 1, 15),
                text,
            )
            yield TimePattern(
                rf"(?:о )?(?:чверт(?:ь|і)|п'ятнадцять(?: хвилин)?) по {text}(?: {part})?",
                _spelt(hour, 15),
                text,
            )
            yield TimePattern(
                rf"за (?P<to>{some})(?: хвилин\w?)?(?: до)? {text}(?: {part})?", _spelt(hour), text
            )
        else:
            yield TimePattern(
                rf"без (?P<to>{some})(?: минут\w?)? (?:{text})(?: {part})?", _spelt(hour), text
            )
    early = rf"(?P<after>{'|'.join(words.CLOCK_MINUTES[language])}|[0-5]?\d)"
    for text, hour in words.CLOCK_WORDS[language] if language == "uk" else ():
        yield TimePattern(
            rf"(?:о )?(?:{early} хвилин\w?|(?P<nth>десятій|двадцятій|п'ятій) хвилині) на {text}(?: {part})?",
            _spelt(hour - 1),
            text,
        )
    if language == "ru":
        for hour, text in enumerate(words.HALVES_RU):
            yield TimePattern(rf"{early} минут\w? {text}(?: {part})?", _spelt(hour), text)
            yield TimePattern(rf"(?:половин[аеуы] |пол){text}(?: {part})?", _spelt(hour, 30), text)
            yield TimePattern(rf"четверт(?:ь|и) {text}(?: {part})?", _spelt(hour, 15), text)


def _hours_begun(language: str, part: str) -> Iterator[TimePattern]:
    """Yield hours of which is said that they had begun: "at the beginning of the sixth"."""
    if language == "ru":
        for hour, text in enumerate(words.HALVES_RU):
            stem = text.removesuffix("ого").removesuffix("его")
            yield TimePattern(
                rf"в начале {text}(?: часа)?(?: {part})?", _spelt(hour, width=20), text
            )
            yield TimePattern(
                rf"(?<=\bв ){stem}(?:ом|ем) часу(?: {part})?", _spelt(hour, width=60), stem
            )
        return
    for text, hour in words.CLOCK_WORDS["uk"]:
        yield TimePattern(
            rf"на початку {text}(?: годин\w)?(?: {part})?(?! (?:доб|зміни|декад))",
            _spelt(hour - 1, width=20),
            text,
        )


_MEASURED = re.compile(
    r"(?<!\w)(?:минут|час|хвилин|годин|метр|километр|кілометр|вагон|человек|осіб|чолов|дн|суток|діб|км)"
    r"\w{0,3} (?:на|по) $"
)
"""What is measured before its number: "минут на десять" is no hour."""
_MINUTES = {"five": 5, "ten": 10, "quarter": 15, "twenty": 20, "twenty-five": 25, "half": 30}


def _past(found: re.Match[str]) -> TimeAtom:
    hour = {"noon": 12, "midnight": 24, **dict(words.CLOCK_WORDS["en"])}[found["hour"]]
    minutes = _MINUTES[found["n2"]]
    if found["way"] in ("to", "before"):
        hour, minutes = hour - 1, 60 - minutes
    hour = _in_part(hour % 24, found["part"] or found["n"] or "")
    return TimeAtom("clock", found.start(), found.end(), (hour, minutes))


def _spelt(hour: int, minutes: int = 0, width: int = 0) -> Maker:
    def make(found: re.Match[str]) -> TimeAtom | None:
        before = found.string[max(0, found.start() - 16) : found.start()]
        if _MEASURED.search(before) or (before.endswith("на ") and found[0].endswith("ій")):
            return None  # "минут на десять", "на другій дільниці"
        named = found.groupdict()
        part = named.get("part") or named.get("part2") or named.get("n") or ""
        at, minute = hour, minutes
        if named.get("minutes"):
            minute = _number_of(words.CLOCK_MINUTES, named["minutes"])
        if named.get("after") or named.get("nth"):
            minute = _minutes_of(named.get("after") or named["nth"])
        if named.get("to"):
            at, minute = hour - 1, 60 - _number_of(words.TO_THE_HOUR, named["to"])
        value = (_in_part(at, part), minute, *((width,) if width else ()))
        return TimeAtom("clock", found.start(), found.end(), value)

    return make


_NTH = {"п'ятій": 5, "десятій": 10, "двадцятій": 20}


def _minutes_of(word: str) -> int:
    if word.isdigit():
        return int(word)
    return _NTH.get(word) or _number_of(words.CLOCK_MINUTES, word)


def _number_of(table: Mapping[str, Mapping[str, int]], word: str) -> int:
    return next(
        number
        for each in table.values()
        for text, number in each.items()
        if re.fullmatch(text, word)
    )


def _clock(found: re.Match[str]) -> TimeAtom | None:
    named = found.groupdict()
    hour, minutes = int(named["h"]), int(named.get("m") or 0)
    half = (named.get("half") or "").replace(".", "")
    part = named.get("part") or named.get("n") or ""
    after = int(named["h2"]) if named.get("h2") else None
    if after is not None and hour > after:  # "from 10 to 6 in the morning" says nothing of the 10
        half = part = ""
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    hour = _in_part(hour, part)
    if hour == 24 and minutes == 0:
        return TimeAtom("clock", found.start(), found.end(), (24, 0))
    if not (0 <= hour < 24 and 0 <= minutes < 60):
        return None
    return TimeAtom("clock", found.start(), found.end(), (hour, minutes))


def _in_part(hour: int, part: str) -> int:
    if hour >= 12:
        return 0 if hour == 12 and part in ("night", "ночі", "ночи") else hour
    if part in ("afternoon", "evening", "дня", "вечора", "вечера"):
        return hour + 12
    return hour + 12 if part in ("night", "ночі", "ночи") and hour >= 8 else hour
