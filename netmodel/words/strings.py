"""The words of the report in its languages."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from netmodel.errors import InputError, Problem
from netmodel.runs.record import RunRecord

LANGUAGES = ("en", "uk")
PLURAL_FORMS = {"en": 2, "uk": 3}
Entry = str | tuple[str, ...]


@cache
def load_catalogue() -> Mapping[str, Mapping[str, Entry]]:
    """Return every interface string: ``section.name`` to language to text or plural forms."""
    text = files("netmodel.words").joinpath("strings.toml").read_text(encoding="utf-8")
    return {
        f"{section}.{name}": {
            language: tuple(value) if isinstance(value, list) else value
            for language, value in entry.items()
        }
        for section, entries in tomllib.loads(text).items()
        for name, entry in entries.items()
    }


def choose_language(language: str | None, fallback: str | None = None) -> str:
    """Return the language of a page: the one asked for, else that of the scenario, else English.

    Raises
    ------
    InputError
        If there is no such language.

    Examples
    --------
    >>> choose_language(None, "uk")
    'uk'
    """
    chosen = language or fallback or LANGUAGES[0]
    if chosen not in LANGUAGES:
        remedy = f"choose one of {', '.join(LANGUAGES)}"
        problem = Problem(what=f"there are no words in {chosen!r}", where="language", remedy=remedy)
        raise InputError([problem])
    return chosen


_BETWEEN_THOUSANDS = {"en": ",", "uk": "\N{NARROW NO-BREAK SPACE}"}


@dataclass(frozen=True, slots=True)
class Phrases:
    """The catalogue in one language.

    Examples
    --------
    >>> phrases = Phrases("uk")
    >>> phrases("effect.closed")
    'закрито'
    >>> [phrases.count("count.documents", n) for n in (1, 2, 5, 11, 21)]
    ['1 документ', '2 документи', '5 документів', '11 документів', '21 документ']
    """

    language: str

    def __post_init__(self) -> None:
        choose_language(self.language)

    def __call__(self, key: str, /, **values: object) -> str:
        """Return a string with its placeholders filled."""
        entry = load_catalogue()[key][self.language]
        if not isinstance(entry, str):
            raise TypeError(f"{key} has plural forms: use count")
        return entry.format(**values) if values else entry

    def count(self, key: str, number: int, **values: object) -> str:
        """Return the plural form that fits a whole number, with the number in it.

        Examples
        --------
        >>> Phrases("en").count("count.documents", 12_345)
        '12,345 documents'
        """
        entry = load_catalogue()[key][self.language]
        form = entry if isinstance(entry, str) else entry[plural_form(self.language, number)]
        shown = f"{number:,}"
        return form.format(n=shown.replace(",", _BETWEEN_THOUSANDS[self.language]), **values)

    def find(self, section: str, name: str, default: str | None = None) -> str:
        """Return ``section.name`` if the catalogue has it, else the name itself in plain words."""
        key = f"{section}.{name}"
        if key in load_catalogue():
            return self(key)
        return name.replace("_", " ") if default is None else default

    def section(self, *names: str) -> Iterator[tuple[str, Entry]]:
        """Yield key and text of every string of some sections."""
        for key, entry in load_catalogue().items():
            if key.split(".")[0] in names:
                yield key, entry[self.language]


def plural_form(language: str, number: int) -> int:
    """Return which plural form a whole number takes.

    Examples
    --------
    >>> [plural_form("en", n) for n in (1, 2)], [plural_form("uk", n) for n in (1, 3, 12)]
    ([0, 1], [0, 1, 2])
    """
    if language == "en":
        return 0 if number == 1 else 1
    if number % 10 == 1 and number % 100 != 11:
        return 0
    return 1 if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14) else 2


def tell_in(record: RunRecord, language: str) -> RunRecord:
    """Return a record whose titles and description are in a language where they are given in it.

    Examples
    --------
    >>> from netmodel.runs.run import run_scenario
    >>> record = run_scenario("crimea-may-2023").record
    >>> tell_in(record, "uk").summary.title
    'Сходження поїзда з рейок під Сімферополем, 18 травня 2023 року'
    >>> tell_in(record, "en") is record
    True
    """
    summary, evidence = record.summary, record.evidence
    title = summary.titles.get(language) or summary.title
    description = summary.descriptions.get(language) or summary.description
    titles = [each.titles.get(language) or each.title for each in evidence.incidents]
    same = titles == [each.title for each in evidence.incidents]
    if same and (title, description) == (summary.title, summary.description):
        return record
    incidents = tuple(
        replace(each, title=title) for each, title in zip(evidence.incidents, titles, strict=True)
    )
    return replace(
        record,
        summary=replace(summary, title=title, description=description),
        evidence=replace(evidence, incidents=incidents),
    )
