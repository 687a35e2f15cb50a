"""Patterns of dates, months, years, days of the week and parts of the day, in three languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from netmodel.reading import time_words as words
from netmodel.reading.time_atoms import Maker, TimeAtom, TimePattern, make_fixed

_ENDING: Mapping[str, str] = {
    "en": r"(?:st|nd|rd|th)?(?: of)?", "uk": r"(?:-?го)?", "ru": r"(?:-?го)?",
}  # fmt: skip
_THROUGH: Mapping[str, str] = {
    "en": r"(?: ?[–-] ?| to | and | until | through )",
    "uk": r"(?: ?[–-] ?| по | до | і | та | й )",
    "ru": r"(?: ?[–-] ?| по | до | и )",
}
_YEAR = (
    rf"(?:,? (?:(?P<y>(?:19|20)\d\d)(?:-?го)?(?: ?(?:року|р\.|года|г\.))?|{words.RELATIVE_YEAR}))?"
)


def date_patterns(language: str) -> Iterator[TimePattern]:
    """Yield patterns of dates with what makes a time of them.

    Examples
    --------
    >>> import re
    >>> first = next(date_patterns("en"))
    >>> first.make(re.search(first.text, "2024-03-12")).value
    (2024, 3, 12, None)
    """
    yield TimePattern(r"(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)", _date(None))
    yield TimePattern(r"(?P<d>\d{1,2})[./](?P<m>\d{1,2})[./](?P<y>(?:19|20)?\d\d)", _date(None))
    if language != "en":  # a clock may look the same, so only what cannot be one
        yield TimePattern(r"(?P<d>2[4-9]|3[01])\.(?P<m>0[1-9]|1[0-2])(?![.\d])", _date(None))
        yield TimePattern(
            r"(?P<d>\d{1,2})\.(?P<m>0[1-9]|1[0-2])(?= (?:о|об|в|з|с|близько|около) \d{1,2}[:.]\d\d)",
            _date(None),
        )
    ago = {"en": "ago", "uk": "тому", "ru": "назад"}[language]
    yield TimePattern(words.DAYS_AGO[language], _days_ago(language), ago)
    ending, through = _ENDING[language], _THROUGH[language]
    for number, month in enumerate(words.MONTHS[language], 1):
        made = _date(number)
        day, last = r"(?P<d>\d{1,2})", r"(?:the )?(?P<e>\d{1,2})"
        yield TimePattern(rf"{day}{ending}{through}{last}{ending} (?:{month}){_YEAR}", made, month)
        if language != "en":  # the night between two dates is told by the second
            yield TimePattern(
                rf"(?<!ніч )(?<!вночі )(?<!ночь )(?<!ночью )(?:зі?|із|со?) \d{{1,2}}{ending}(?: (?:{month}))? на {day}{ending} (?:{month}){_YEAR}",
                made, month,
            )  # fmt: skip
        yield TimePattern(rf"{day}{ending} (?:{month}){_YEAR}", made, month)
        if language == "en":
            nth = r"(?:st|nd|rd|th)?"
            yield TimePattern(
                rf"(?:{month}) {day}{nth}{through}{last}{nth}(?![:.]\d| ?[ap]\.?m){_YEAR}",
                made, month,
            )  # fmt: skip
            yield TimePattern(rf"(?<=\bon )(?:{month}) {day}{nth}{_YEAR}", made, month)
            yield TimePattern(
                rf"(?:{month}) {day}{nth}(?! ?(?:trains|people|cars)){_YEAR}", made, month
            )
        for text, day_number in words.DAYS_SPELT.get(language, ()):
            yield TimePattern(rf"{text} (?:{month}){_YEAR}", _spelt_date(number, day_number), month)
    if language == "en":
        for text, day_number in (
            (r"christmas(?: day)?(?! (?:eve|tree|train))", 25),
            ("christmas eve", 24),
        ):
            yield TimePattern(text, _spelt_date(12, day_number), "christmas")
    yield TimePattern(words.DAY_OF_MONTH[language], _date(0))


def day_patterns(language: str) -> Iterator[TimePattern]:
    """Yield patterns of days of the week, of words such as "yesterday" and of parts of a day."""
    last, following = words.LAST[language], words.NEXT[language]
    weeks = "|".join(rf"(?:{text})" for text, _ in words.WEEKS[language])
    on = {"en": r",? (?:on )?", "uk": r",? (?:у |в )?", "ru": r",? (?:во? )?"}[language]
    nights = [text for text, value in words.PARTS[language] if value == "night_to"]
    for text in nights:  # before the days of the week that they may name
        yield TimePattern(text, make_fixed("part", "night_to"), "")
    every = "|".join(words.WEEKDAYS[language])
    for number, day in enumerate(words.WEEKDAYS[language]):
        made = _weekday(number, language)
        if language != "en":  # the night between two days is told by the second
            yield TimePattern(rf"(?:зі?|із|со?) (?:{every}) на (?:{day})", made, day)
        yield TimePattern(rf"(?:{day}),? (?P<week>{weeks})", made, day)
        yield TimePattern(rf"(?P<week>{weeks}){on}(?:{day})", made, day)
        yield TimePattern(rf"(?:(?P<last>{last}) |(?P<next>{following}) )?(?:{day})", made, day)
    for text, value in words.DAYS[language]:
        yield TimePattern(text, make_fixed("day", value), "")
    for text, value in words.PARTS[language]:
        yield TimePattern(text, make_fixed("part", value), "")


def month_patterns(language: str) -> Iterator[TimePattern]:
    """Yield patterns of months and years that no day is named of."""
    lead = words.MONTH_LEAD[language]
    before = {
        "en": r"(?P<ly>last )?",
        "uk": r"(?P<ly>торік (?:у |в |наприкінці |на початку )?)?",
        "ru": "",
    }[language]
    for number, month in enumerate(words.MONTHS[language], 1):
        own, needs = lead, month
        if language == "en" and number == 5:
            own = lead.replace("|before |after |of ", "|before |after ")
            month = rf"{month}(?! (?:be|have|not|also|take)\b)"
        if before:
            yield TimePattern(
                rf"{before.removesuffix('?')}(?P<name>{month}){_YEAR}", _month(number), needs
            )
        yield TimePattern(rf"{own}{before}(?P<name>{month}){_YEAR}", _month(number), needs)
    yield TimePattern(words.YEAR[language], _month(0), "")


def _date(month: int | None) -> Maker:
    def make(found: re.Match[str]) -> TimeAtom | None:
        named = found.groupdict()
        year = _year(named)
        number, day = int(named["m"]) if month is None else month, int(named["d"])
        last = int(named["e"]) if named.get("e") else None
        if not (
            (number or month == 0)
            and number <= 12
            and 1 <= day <= 31
            and (last is None or day < last <= 31)
        ):
            return None
        return TimeAtom("date", found.start(), found.end(), (year, number, day, last))

    return make


def _spelt_date(month: int, day: int) -> Maker:
    def make(found: re.Match[str]) -> TimeAtom:
        value = (_year(found.groupdict()), month, day, None)
        return TimeAtom("date", found.start(), found.end(), value)

    return make


def _year(named: Mapping[str, str | None]) -> int | str | None:
    """Return a year; one that is told by the year of publication as a text with its sign."""
    if named.get("y"):
        year = int(named["y"] or 0)
        return year + 2000 if year < 100 else year
    for name, value in (
        ("ly", "-1"),
        ("last_year", "-1"),
        ("this_year", "+0"),
        ("next_year", "+1"),
    ):
        if named.get(name):
            return value
    return None


def _weekday(number: int, language: str) -> Maker:
    def make(found: re.Match[str]) -> TimeAtom:
        named = found.groupdict()
        which = "last" if named.get("last") else "next" if named.get("next") else ""
        if named.get("week"):
            week = named["week"] or ""
            which = next(value for text, value in words.WEEKS[language] if re.fullmatch(text, week))
        return TimeAtom("weekday", found.start(), found.end(), (number, which))

    return make


def _days_ago(language: str) -> Maker:
    def make(found: re.Match[str]) -> TimeAtom | None:
        days = words.number_of(found["n"], language) if found["n"] else 1
        days *= 7 if re.match(r"week|тиж|недел", found["unit"]) else 1
        return TimeAtom("day", found.start(), found.end(), (f"-{days:g}",)) if days >= 1 else None

    return make


def _month(number: int) -> Maker:
    def make(found: re.Match[str]) -> TimeAtom:
        named = found.groupdict()
        part = (named.get("p") or "").strip()
        which = "year" if not number else ""
        if re.match(
            r"early|(?:the )?beginning|(?:the )?start|(?:на|з|від|до) початку|(?:в|с|до|к) начал",
            part,
        ):
            which = "early"
        elif re.match(
            r"late|(?:the )?end|наприкінці|до кінця|в конце|до конца|к концу|під кінець", part
        ):
            which = "late"
        elif re.match(r"mid|(?:the )?middle|(?:у|до|з|від) серед|(?:в|до|с|к) серед", part):
            which = "mid"
        start = found.start("name") if named.get("name") and not named.get("ly") else found.start()
        return TimeAtom("month", start, found.end(), (_year(named), number, which))

    return make
