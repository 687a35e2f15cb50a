"""How many trains and wagons a sentence speaks of: a number and the noun that it counts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_WORDS: Mapping[str, Mapping[str, int]] = {
    "en": {
        "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
        "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20,
    },
    "uk": {
        "два": 2, "дві": 2, "три": 3, "чотири": 4, "п'ять": 5, "шість": 6, "сім": 7, "вісім": 8,
        "дев'ять": 9, "десять": 10, "одинадцять": 11, "дванадцять": 12, "п'ятнадцять": 15,
        "двадцять": 20, "двох": 2, "трьох": 3, "чотирьох": 4, "п'яти": 5, "шести": 6, "семи": 7,
        "сьоми": 7, "восьми": 8, "дев'яти": 9, "десяти": 10, "дванадцяти": 12, "п'ятнадцяти": 15,
        "двадцяти": 20,
    },
    "ru": {
        "два": 2, "две": 2, "три": 3, "четыре": 4, "пять": 5, "шесть": 6, "семь": 7, "восемь": 8,
        "девять": 9, "десять": 10, "одиннадцать": 11, "двенадцать": 12, "пятнадцать": 15,
        "двадцать": 20, "двух": 2, "трех": 3, "четырех": 4, "пяти": 5, "шести": 6, "семи": 7,
        "восьми": 8, "девяти": 9, "десяти": 10, "двенадцати": 12, "пятнадцати": 15, "двадцати": 20,
    },
}  # fmt: skip
_ALL = {word: number for words in _WORDS.values() for word, number in words.items()}
_PEOPLE = (
    r"поранен|постраждал|загибл|робоч|чергов|військов"
    r"|ранен|пострадавш|погибш|рабоч|дежурн|служащ|военн"
)
"""Words of the form of an adjective that are people: "двух рабочих поезда"."""
_BETWEEN: Mapping[str, str] = {
    "en": r"(?:of (?:the|its|their|these|those) )?"
    r"(?:(?!(?:of|in|on|at|from|to|with|by|for|and|or|the|an?|people|men|women|children|crew|staff"
    r"|hundred|thousand|dozen|two|three|four|five|six|seven|eight|nine|ten|\d+"
    r"|[\w-]*(?<!s)s) )[\w'-]+ ){0,3}?",
    "uk": rf"(?:(?!дні |ночі |{_PEOPLE})[\w'-]+(?:их|им|ими|[бвгджзклмнпрстфхцчшщ]і) "
    r"(?:\w+(?:ом|ем|єм|ою|ею|ами|ями) )?){0,3}?",
    "ru": rf"(?:(?!{_PEOPLE})[\w-]+(?:ых|их|ые|ие|ым|им|ыми|ими) "
    r"(?:\w+(?:ом|ем|ой|ей|ами|ями) )?){0,3}?",
}
"""What may stand between a number and its noun: what only describes it, and no other noun."""
_NOUNS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "wagons": r"(?:wagons|cars|carriages|coaches)\b",
        "trains": r"trains\b(?! (?:a|per) day)",
    },
    "uk": {
        "wagons": r"(?:вагон(?:и|ів|а|ам|ами|ах)|цистерн(?:и|ам|ами|ах)?)(?!\w)",
        "trains": r"(?:(?:електро)?поїзд|потяг)(?:и|ів|а|ам|ами|ах)(?!\w)(?! на добу)",
    },
    "ru": {
        "wagons": r"(?:вагон(?:ы|ов|а|ам|ами|ах)|цистерн(?:ы|ам|ами|ах)?)(?!\w)",
        "trains": r"(?:электро)?поезд(?:а|ов|ам|ами|ах)(?!\w)(?! в сутки)",
    },
}
_PATTERNS = {
    language: {
        name: re.compile(
            rf"(?<![\w-])(?P<n>\d{{1,3}}|{'|'.join(_WORDS[language])}) {_BETWEEN[language]}{noun}"
        )
        for name, noun in nouns.items()
    }
    for language, nouns in _NOUNS.items()
}
_GREATER = re.compile(
    r"(?:\d[ .,]?|\b(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|and)[ -]"
    r"|(?<!\w)(?:двадцят|тридцят|сорок|п'ятдесят|шістдесят|сімдесят|вісімдесят|дев'яност|сто"
    r"|двадцат|тридцат|пятьдесят|шестьдесят|семьдесят|восемьдесят|девяност|ста"
    r"|двести|двісті)\w{0,2} )$"
)
"""What stands before a number word that is only the end of a greater number."""


@dataclass(frozen=True, slots=True)
class Counted:
    """So many of something; half-open in the folded text."""

    name: str
    number: float
    start: int
    end: int


def read_number(word: str) -> float | None:
    """Return what a numeral says; ``None`` for another word.

    Examples
    --------
    >>> read_number("three"), read_number("дві"), read_number("12"), read_number("many")
    (3, 2, 12.0, None)
    """
    return float(word) if word.isdecimal() else _ALL.get(word)


def find_counts(low: str, language: str, start: int, end: int) -> Iterator[Counted]:
    """Yield the first count of wagons and the first one of trains in a stretch of a text.

    Examples
    --------
    >>> low = "three wagons of two freight trains left the rails."
    >>> [(each.name, each.number) for each in find_counts(low, "en", 0, len(low))]
    [('wagons', 3), ('trains', 2)]
    """
    for name, pattern in _PATTERNS[language].items():
        for found in pattern.finditer(low, start, end):
            number = read_number(found["n"])
            greater = _GREATER.search(low[max(start, found.start() - 20) : found.start()])
            if number and not greater:
                yield Counted(name, number, *found.span())
                break
