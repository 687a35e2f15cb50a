"""Where a sentence names a time or a duration, and of what parts: not yet which instant it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from netmodel.reading import time_words as words

DATE_KINDS = ("date", "weekday", "day", "month")
_Value = tuple[int | str | None, ...]


@dataclass(frozen=True, slots=True)
class TimeAtom:
    """One word for a time: a clock, a day, a part of a day; half-open in the folded text."""

    kind: str
    start: int
    end: int
    value: _Value


@dataclass(frozen=True, slots=True)
class TimePhrase:
    """Words that together name one time.

    Parameters
    ----------
    start, end
        With the word before it; `core` is where the time itself begins.
    before
        ``since``, ``until``, ``by``, ``before``, ``after``, ``not_before``, ``between`` or
        nothing.
    pair
        Number of the phrase that ends the span which this one begins.
    """

    start: int
    core: int
    end: int
    before: str
    atoms: tuple[TimeAtom, ...]
    pair: int | None = None
    closes: int | None = None

    def get(self, *kinds: str) -> TimeAtom | None:
        """Return the first atom of one of some kinds."""
        return next((each for each in self.atoms if each.kind in kinds), None)


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


def find_times(low: str, start: int, end: int, language: str) -> tuple[TimePhrase, ...]:
    """Return the times that a sentence names, in its order.

    Examples
    --------
    >>> [(each.before, each.atoms[0].value) for each in find_times(
    ...     "closed from 22:05 until 01:40", 0, 29, "en")]
    [('since', (22, 5)), ('until', (1, 40))]
    """
    taken = [(each.start, each.end) for each in find_durations(low, start, end, language)]
    atoms = _drop_inside(_find_atoms(low, start, end, language), taken)
    groups = list(_group(low, atoms, language))
    phrases = [_with_word_before(low, start, group, language) for group in groups]
    return _pair(low, phrases, language)


# Durations


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
        if hours <= 0:
            continue
        before, after = low[max(start, match.start() - 45) : match.start()], low[match.end() : end]
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
    flipped = (
        r"|часа (?:два|три|четыре|полтора)(?!\w)|часов (?:пять|шесть|семь|восемь|десять)(?!\w)"
    )
    more = (
        flipped
        if language == "ru"
        else (r"|годин(?:и|у)? (?:зо|зі|із) (?:дві|три|чотири|п'ять)" if language == "uk" else "")
    )
    return re.compile(rf"(?<![\w:])(?:(?:{lone})|{one}(?:{glue}{one})?{more})(?!\w)")


def _hours(text: str, language: str) -> float:
    for lone, hours in words.LONE[language]:
        if re.fullmatch(lone, text):
            return hours
    if language != "en" and re.match(r"час|годин", text):
        return _number(text.split()[-1], language)
    total = 0.0
    for unit, hours in words.UNITS[language]:
        for each in re.finditer(
            rf"({words.NUMBER[language]})( and a half| з половиною| с половиной)?(?:{unit})", text
        ):
            total += (_number(each[1], language) + (0.5 if each[2] else 0)) * hours
    return round(total, 4)


def _number(word: str, language: str) -> float:
    plain = word.replace(",", ".")
    if re.fullmatch(r"\d+(?:\.\d+)?", plain):
        return float(plain)
    if word.startswith("half"):
        return 0.5
    table = words.NUMBERS[language]
    if language == "en":
        return table.get(word, 0)
    fits = [key for key in table if word.startswith(key)]
    return table[max(fits, key=len)] if fits else 0


_LATE_BEFORE = {
    "en": re.compile(r"(?:late by|delay(?:s|ed)?(?: of| by| reached| up to| reach)*|lost|lose|losing|longer by"
                     r"|behind schedule by|up to|\bby|as much as)(?: about| around| up to| almost| nearly| over)*\s*$"),
    "uk": re.compile(r"(?:запізн\w+|затрим\w+|спізн\w+|відста\w+|втрача\w+|втрат\w+|довше)(?: \w+){0,4} ?$"),
    "ru": re.compile(r"(?:опозда\w+|задерж\w+|отста\w+|теря\w+|дольше|самый поздний)(?:,?[ –]+\w+){0,4}[ –]*$"),
}  # fmt: skip
_LATE_AFTER = {
    "en": re.compile(r"\s*(?:late\b|behind (?:schedule|time)|delays?\b|each\b|longer|more than usual|of delay)"),
    "uk": re.compile(r"\s*(?:запізн\w+|затримк\w+|спізн\w+)"),
    "ru": re.compile(r"\s*(?:опозда\w+|задерж\w+)"),
}  # fmt: skip
_WITHIN = {
    "en": re.compile(r"(?:within|in (?:at most|under|less than|no more than)|in)(?: the next| about| some| around)?\s*$"),
    "uk": re.compile(r"(?:за|протягом|упродовж|впродовж|через|менш(?: як|е,? ніж)? за|не більше)(?: наступн\w+| найближч\w+| приблизно| якісь)?\s*$"),
    "ru": re.compile(r"(?:за|в течение|через|менее чем за|не более)(?: следующ\w+| ближайш\w+| примерно)?\s*$"),
}  # fmt: skip
_LASTED = {
    "en": re.compile(r"(?:for(?: about| around| almost| nearly| over| more than| at least| some| up to)*|after(?: about| almost| some| nearly)*"
                     r"|last(?:ed|s)?(?: for| about| almost| nearly| over)*|took(?: \w+){0,2}|closure of|break of|all of)\s*$"),
    "uk": re.compile(r"(?:\bна|\bзо|через|після|тривал\w+|діял\w+|знадобил\w+|пішло|витратили|забрал\w+|зайня\w+|стоя\w+|близько|майже|понад|щонайменше|приблизно|простоя\w+)(?: \w+)?\s*$"),
    "ru": re.compile(r"(?:\bна|спустя|через|после|длил\w+|действовал\w+|понадобил\w+|ушло|потратили|занял\w*|продлил\w+|стоя\w+|около|почти|более|больше|не менее|примерно|простоя\w+)(?: \w+)?\s*$"),
}  # fmt: skip
_LASTED_AFTER = {
    "en": re.compile(r"\s*(?:later|afterwards|of (?:closure|interruption)|after (?:that|the))|[- ](?:closure|interruption|break|stoppage|shutdown)"),
    "uk": re.compile(r"\s*(?:потому|по тому|рух|поїзди|колія|лінія|дільниця|стояв|не ход|не курс|не зупин)"),
    "ru": re.compile(r"\s*(?:спустя|движение|поезда|линия|путь|участок|стоял|не ход|простоял)"),
}  # fmt: skip
_MORE = {
    "en": re.compile(r"(?:more than|over|at least)\s*$"),
    "uk": re.compile(r"(?:понад|більше|щонайменше|більш як)\s*$"),
    "ru": re.compile(r"(?:более|больше|свыше|не менее)\s*$"),
}  # fmt: skip
_NO_DURATION = re.compile(r"\d[\d.,]*\s*(?:км|km|m/|км/)")


def _role(before: str, after: str, language: str) -> str | None:
    """Return what a duration says; ``None`` if it is a clock: "о 5 годині", "в 15 часов"."""
    if _is_clock(before, after, language):
        return None
    if _LATE_AFTER[language].match(after) or _LATE_BEFORE[language].search(before):
        return "late"
    if re.match(r"\s*(?:ago|earlier|before|тому|назад|раніше|ранее)\b", after):
        return ""
    if _WITHIN[language].search(before):
        return "within"
    if _LASTED[language].search(before) or _LASTED_AFTER[language].match(after):
        return "lasted"
    return ""


def _is_clock(before: str, after: str, language: str) -> bool:
    if language == "uk":
        return bool(
            re.search(r"(?:^|\s)(?:об?|опівн\w+|з|із|до|після) $", before)
        ) and not re.search(r"(?:тривав\w*|від|запізн\w+ до|затримк\w+ до) $", before)
    if language == "ru":
        return bool(re.search(r"(?:^|\s)(?:в|во|с|со|к|ко) $", before)) or bool(
            re.match(r" (?:утра|дня|вечера|ночи)\b", after)
        )
    return False


# Clocks, days and parts of days


@lru_cache(maxsize=32)
def _patterns(
    language: str,
) -> tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], TimeAtom | None]], ...]:
    """Return what is looked for in a language, what comes first outranks what comes later."""
    table: list[tuple[str, Callable[[re.Match[str]], TimeAtom | None]]] = [
        *_date_patterns(language),
        *_clock_patterns(language),
    ]
    last, following = words.LAST[language], words.NEXT[language]
    for number, day in enumerate(words.WEEKDAYS[language]):
        text = rf"(?:(?P<last>{last}) |(?P<next>{following}) )?(?:{day})"
        table.append((text, _weekday(number)))
    table += [(text, _fixed("day", value)) for text, value in words.DAYS[language]]
    table += [(text, _fixed("part", value)) for text, value in words.PARTS[language]]
    table += [(text, make) for text, make in _month_patterns(language)]
    return tuple(
        (re.compile(rf"(?<![\w])(?:{text})(?:(?<=\s)|(?!\w))"), make) for text, make in table
    )


def _fixed(kind: str, value: str) -> Callable[[re.Match[str]], TimeAtom | None]:
    return lambda found: TimeAtom(kind, found.start(), max(found.end(), found.start()), (value,))


def _weekday(number: int) -> Callable[[re.Match[str]], TimeAtom | None]:
    def make(found: re.Match[str]) -> TimeAtom:
        which = "last" if found["last"] else "next" if found["next"] else ""
        return TimeAtom("weekday", found.start(), found.end(), (number, which))

    return make


def _date_patterns(
    language: str,
) -> Iterator[tuple[str, Callable[[re.Match[str]], TimeAtom | None]]]:
    year = r"(?:,? (?P<y>(?:19|20)\d\d)(?: ?(?:року|р\.|года|г\.))?)?"
    yield r"(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)", _date(None)
    yield r"(?P<d>\d{1,2})[./](?P<m>\d{1,2})[./](?P<y>(?:19|20)?\d\d)", _date(None)
    for number, month in enumerate(words.MONTHS[language], 1):
        suffix = {"en": r"(?:st|nd|rd|th)?(?: of)?", "uk": r"(?:-?го)?", "ru": r"(?:-?го)?"}[
            language
        ]
        through = {"en": r"(?: ?[–-] ?| to | and | until )", "uk": r"(?: ?[–-] ?| по | до | і | та | й )",
                   "ru": r"(?: ?[–-] ?| по | до | и )"}[language]  # fmt: skip
        yield (
            rf"(?P<d>\d{{1,2}}){suffix}{through}(?:the )?(?P<e>\d{{1,2}}){suffix} (?:{month}){year}",
            _date(number),
        )
        yield rf"(?P<d>\d{{1,2}}){suffix} (?:{month}){year}", _date(number)
        if language == "en":
            yield (
                rf"(?:{month}) (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?! ?(?:trains|people|cars)){year}",
                _date(number),
            )
            yield rf"(?:{month}) (?P<d>\d{{1,2}})[–-](?P<e>\d{{1,2}}){year}", _date(number)


def _date(month: int | None) -> Callable[[re.Match[str]], TimeAtom | None]:
    def make(found: re.Match[str]) -> TimeAtom | None:
        named = found.groupdict()
        year = int(named["y"]) if named.get("y") else None
        if year is not None and year < 100:
            year += 2000
        number, day = month or int(named["m"]), int(named["d"])
        last = int(named["e"]) if named.get("e") else None
        if not (1 <= number <= 12 and 1 <= day <= 31 and (last is None or day < last <= 31)):
            return None
        return TimeAtom("date", found.start(), found.end(), (year, number, day, last))

    return make


def _month_patterns(
    language: str,
) -> Iterator[tuple[str, Callable[[re.Match[str]], TimeAtom | None]]]:
    lead = {
        "en": r"(?:(?:in |since |from |by |until |before |after |of )(?:the )?(?P<p>early |mid-|late |end of |beginning of |start of )?)",
        "uk": r"(?:(?P<p>на початку |наприкінці |до кінця |у середині |до |у |в |з |із |від |після ))",
        "ru": r"(?:(?P<p>в начале |в конце |до конца |в середине |до |в |с |от |после |к ))",
    }[language]
    year = r"(?: (?P<y>(?:19|20)\d\d)(?: ?(?:року|р\.|года|г\.))?)?"
    for number, month in enumerate(words.MONTHS[language], 1):
        if language == "en" and number == 5:
            lead_may = lead.replace("|before |after |of ", "|before |after ")
            yield (
                rf"{lead_may}(?P<name>{month})(?! (?:be|have|not|also|take)\b){year}",
                _month(number),
            )
        else:
            yield rf"{lead}(?P<name>{month}){year}", _month(number)


def _month(number: int) -> Callable[[re.Match[str]], TimeAtom | None]:
    def make(found: re.Match[str]) -> TimeAtom:
        part = (found["p"] or "").strip()
        which = ""
        if re.match(r"early|beginning|start|на початку|в начале", part):
            which = "early"
        elif re.match(r"late|end|наприкінці|до кінця|в конце|до конца", part):
            which = "late"
        elif re.match(r"mid|у середині|в середине", part):
            which = "mid"
        year = int(found["y"]) if found["y"] else None
        return TimeAtom("month", found.start("name"), found.end(), (year, number, which))

    return make


def _clock_patterns(
    language: str,
) -> Iterator[tuple[str, Callable[[re.Match[str]], TimeAtom | None]]]:
    half = {
        "en": r"(?: ?(?P<half>a\.?m\b\.?|p\.?m\b\.?)| (?:in the )?(?P<part>morning|afternoon|evening)| at (?P<n>night))?",
        "uk": r"(?: (?P<part>ранку|дня|вечора|ночі))?",
        "ru": r"(?: (?P<part>утра|дня|вечера|ночи))?",
    }[language]
    prep = {
        "en": r"(?<=at )|(?<=by )|(?<=until )|(?<=from )|(?<=since )|(?<=about )|(?<=around )|(?<=to )|(?<=till )|(?<=before )|(?<=after )",
        "uk": r"(?<=\bо )|(?<=\bоб )|(?<=\bз )|(?<=\bіз )|(?<=\bдо )|(?<=після )|(?<=близько )|(?<=\bвід )|(?<=\bпо )|(?<=\bна )",
        "ru": r"(?<=\bв )|(?<=\bс )|(?<=\bсо )|(?<=\bдо )|(?<=после )|(?<=около )|(?<=\bот )|(?<=\bк )|(?<=\bко )|(?<=\bпо )|(?<=\bна )",
    }[language]
    for text, hour in words.NOONS[language]:
        yield text, _noon(hour)
    yield rf"(?<![:.])(?P<h>\d{{1,2}}):(?P<m>[0-5]\d)(?::\d\d)?(?![:.]\d){half}", _clock
    yield rf"(?:{prep})(?P<h>\d{{1,2}})[.](?P<m>[0-5]\d)(?![:.]\d){half}", _clock
    if language == "en":
        yield r"(?P<h>\d{1,2})(?:\.(?P<m>[0-5]\d))? ?(?P<half>a\.?m\b\.?|p\.?m\b\.?)", _clock
        yield (
            r"(?P<h>\d{1,2}) ?o'clock(?: in the (?P<part>morning|afternoon|evening)| at (?P<n>night))?",
            _clock,
        )
        yield r"(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d) (?:hours|hrs)\b", _clock
        yield (
            (
                r"(?P<n>five|ten|twenty|twenty-five|quarter) (?P<way>past|to) (?P<hour>one|two|three|four"
                r"|five|six|seven|eight|nine|ten|eleven|twelve)"
                r"(?: in the (?P<part>morning|afternoon|evening))?"
            ),
            _minutes_past,
        )
        yield (
            r"(?:(?:half past|quarter past|quarter to) )(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)",
            _past,
        )
        for text, hour in words.CLOCK_WORDS["en"]:
            yield (
                rf"{text}(?: o'clock(?: in the (?P<part>morning|afternoon|evening)| at (?P<n>night))?| in the (?P<part2>morning|afternoon|evening))",
                _spelt(hour),
            )
        return
    if language == "uk":
        for text, hour in words.CLOCK_WORDS["uk"]:
            yield rf"пів на {text}(?: (?P<part>ранку|дня|вечора|ночі))?", _spelt(hour - 1, 30)
    hour_word = {"uk": r"год(?:ин[іиу]|\.)?", "ru": r"час(?:ов|а|у|ам)?"}[language]
    minute = {"uk": r"(?: (?P<m>[0-5]?\d) хв\w*\.?)?", "ru": r"(?: (?P<m>[0-5]?\d) мин\w*\.?)?"}[
        language
    ]
    yield (
        rf"(?:{prep})(?P<h>\d{{1,2}})(?:-?(?:й|ій|ї|ої|ту|та|тій|ми|ти|и))? {hour_word}{minute}{half}",
        _clock,
    )
    part = {"uk": r"(?P<part>ранку|дня|вечора|ночі)", "ru": r"(?P<part>утра|дня|вечера|ночи)"}[
        language
    ]
    yield rf"(?P<h>\d{{1,2}})(?:-?(?:й|ій|ї|ої))? {part}(?! \w+ня)", _clock
    yield (
        rf"(?:{prep})(?P<h>\d{{1,2}})-(?:й|ій|ї|ої|ту|та|тій|ти|ми|и)(?! \w+(?:км|поїзд|поезд|вагон))",
        _clock,
    )
    for text, hour in words.CLOCK_WORDS[language]:
        tail = rf"(?: {hour_word})?(?: {part})"
        yield (
            rf"(?:{prep})(?:{text})(?: {hour_word})?(?: {part})?(?! (?:год|час|ранк|утр|доб|сут|хв|мин|дн|км|вагон|поїзд|поезд|люд|чолов))",
            _spelt(hour),
        )
        yield rf"(?:{text}){tail}", _spelt(hour)
    if language == "ru":
        for hour, text in enumerate(_HALVES_RU):
            yield rf"(?:половин[аеуы] |пол){text}(?: {part})?", _spelt(hour, 30)
    if language == "uk":
        for text, hour in words.CLOCK_WORDS["uk"]:
            yield rf"(?:о )?пів на {text}(?: {part})?", _spelt(hour - 1, 30)


_HALVES_RU = (
    "первого", "второго", "третьего", "четвертого", "пятого", "шестого", "седьмого", "восьмого",
    "девятого", "десятого", "одиннадцатого", "двенадцатого",
)  # fmt: skip
"""By the hour that they follow: "half of the fifth" is half past four."""


def _noon(hour: int) -> Callable[[re.Match[str]], TimeAtom | None]:
    return lambda found: TimeAtom("clock", found.start(), found.end(), (hour, 0))


_MINUTES = {"five": 5, "ten": 10, "quarter": 15, "twenty": 20, "twenty-five": 25}


def _minutes_past(found: re.Match[str]) -> TimeAtom:
    hour = _in_part(dict(words.CLOCK_WORDS["en"])[found["hour"]], found["part"] or "")
    minutes = _MINUTES[found["n"]]
    if found["way"] == "to":
        hour, minutes = hour - 1, 60 - minutes
    return TimeAtom("clock", found.start(), found.end(), (hour, minutes))


_PAST = {"half past": (0, 30), "quarter past": (0, 15), "quarter to": (-1, 45)}


def _past(found: re.Match[str]) -> TimeAtom:
    lead, _, word = found[0].rpartition(" ")
    hours, minutes = _PAST[lead]
    hour = dict(words.CLOCK_WORDS["en"])[word] + hours
    return TimeAtom("clock", found.start(), found.end(), (hour, minutes))


def _spelt(hour: int, minutes: int = 0) -> Callable[[re.Match[str]], TimeAtom | None]:
    def make(found: re.Match[str]) -> TimeAtom | None:
        named = found.groupdict()
        part = named.get("part") or named.get("part2") or named.get("n") or ""
        return TimeAtom("clock", found.start(), found.end(), (_in_part(hour, part), minutes))

    return make


def _clock(found: re.Match[str]) -> TimeAtom | None:
    named = found.groupdict()
    hour, minutes = int(named["h"]), int(named.get("m") or 0)
    half, part = (
        (named.get("half") or "").replace(".", ""),
        named.get("part") or named.get("n") or "",
    )
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


def _find_atoms(low: str, start: int, end: int, language: str) -> list[TimeAtom]:
    found: list[TimeAtom] = []
    for pattern, make in _patterns(language):
        for match in pattern.finditer(low, start, end):
            if any(match.start() < each.end and each.start < match.end() for each in found):
                continue
            atom = make(match)
            if atom is not None:
                found.append(atom)
    return sorted(found, key=lambda each: (each.start, each.end))


def _drop_inside(atoms: Sequence[TimeAtom], taken: Sequence[tuple[int, int]]) -> list[TimeAtom]:
    return [
        each for each in atoms
        if not any(start < each.end and each.start < end for start, end in taken)
    ]  # fmt: skip


def _group(low: str, atoms: Sequence[TimeAtom], language: str) -> Iterator[tuple[TimeAtom, ...]]:
    """Yield atoms that stand together as one time: a clock, a day and a part of it."""
    group: list[TimeAtom] = []
    for atom in atoms:
        if group and not _goes_on(low, group, atom, language):
            yield tuple(group)
            group = []
        group.append(atom)
    if group:
        yield tuple(group)


def _goes_on(low: str, group: Sequence[TimeAtom], atom: TimeAtom, language: str) -> bool:
    kinds = {"day" if each.kind in DATE_KINDS else each.kind for each in group}
    own = "day" if atom.kind in DATE_KINDS else atom.kind
    gap = low[group[-1].end : atom.start]
    if "," in gap and re.search(r"(?<!\w)(?:by|until|к|ко)(?!\w)", gap):
        return False
    if own in kinds:
        both = own == "day" and {group[-1].kind, atom.kind} == {"weekday", "date"}
        if not (both and words.JOIN[language].fullmatch(gap)):
            return False
    return words.JOIN[language].fullmatch(gap) is not None


def _with_word_before(
    low: str, start: int, group: tuple[TimeAtom, ...], language: str
) -> TimePhrase:
    core, end = group[0].start, group[-1].end
    left = low[start:core]
    gaps = [low[one.end : two.start] for one, two in pairwise(group)]
    if any(re.search(r"(?<!\w)(?:by|к|ко)(?!\w)", gap) for gap in gaps):
        return TimePhrase(core, core, end, "by", group)
    if any(re.search(r"(?<!\w)until(?!\w)", gap) for gap in gaps):
        return TimePhrase(core, core, end, "until", group)
    for name, pattern in _before_patterns(language):
        found = pattern.search(left)
        if found:
            return TimePhrase(start + found.start(), core, end, name, group)
    if re.search(r"(?:at the earliest|щонайраніше|не раніше)", low[end : end + 22]):
        return TimePhrase(core, core, end, "not_before", group)
    if re.search(r"^ (?:at the latest|найпізніше|самое позднее)", low[end : end + 22]):
        return TimePhrase(core, core, end, "by", group)
    return TimePhrase(core, core, end, "", group)


@lru_cache(maxsize=8)
def _before_patterns(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    small = {
        "en": r"(?:the |about |around |late |early |on |at |end of |beginning of |middle of |start of |mid-)*",
        "uk": r"(?:близько |приблизно |пізнього |раннього |самого |о |об |кінця |початку |середини )*",
        "ru": r"(?:примерно |около |позднего |раннего |самого |в |конца |начала |середины )*",
    }[language]
    return tuple(
        (name, re.compile(rf"(?<!\w)(?:{text})\s{small}$")) for text, name in words.BEFORE[language]
    )


_PAIRED: Mapping[str, frozenset[str]] = {
    "since": frozenset({"until", "by", ""}),
    "between": frozenset({"until", "by", ""}),
    "": frozenset({""}),
}


def _pair(low: str, phrases: Sequence[TimePhrase], language: str) -> tuple[TimePhrase, ...]:
    """Join the beginning and the end of spans: "from A until B", "between A and B", "A–B"."""
    done = list(phrases)
    for number in range(len(done) - 1):
        first, second = done[number], done[number + 1]
        if first.closes is not None or second.before not in _PAIRED.get(first.before, ()):
            continue
        gap = low[first.end : second.core]
        if _pairs(first.before, gap, language):
            done[number] = replace(first, pair=number + 1)
            done[number + 1] = replace(second, closes=number)
    return tuple(done)


def _pairs(before: str, gap: str, language: str) -> bool:
    if before == "":
        return re.fullmatch(r" ?[–-] ?", gap) is not None
    return words.AND[language].fullmatch(gap) is not None
