"""What dictionaries say of Ukrainian and Russian words: their forms, names of persons, tenses."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from netmodel.errors import InputError, Problem, install_extra

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer

_NAMES = ("Name", "Patr")
_SOFT = "ьйя"
_ADJECTIVES = {
    "ий": ("ого", "ому", "им", "ім", "і", "их", "ими", "а", "ої", "ій", "у", "ою", "е", "ая", "ой", "ом",
           "ую", "ое", "его", "ему", "ем", "ее", "ей", "юю", "яя", "ие"),
    "ый": ("ого", "ому", "ым", "ом", "ые", "ых", "ыми", "ая", "ой", "ую", "ое"),
    "ой": ("ого", "ому", "ым", "ом", "ые", "ых", "ая", "ую", "ое", "им", "ие", "их"),
    "ая": ("ой", "ую", "ою"), "яя": ("ей", "юю"), "ое": ("ого", "ому", "ым", "ом"),
    "ее": ("его", "ему", "им", "ем"), "ые": ("ых", "ым", "ыми"), "ие": ("их", "им", "ими"),
    "і": ("их", "им", "ими", "іх", "ім", "іми"), "ій": ("ього", "ьому", "ім", "ій", "ьої", "ьою", "ю", "я"),
    "ська": ("ської", "ській", "ську", "ською"), "цька": ("цької", "цькій", "цьку", "цькою"),
    "зька": ("зької", "зькій", "зьку", "зькою"),
    "ське": ("ського", "ському", "ським", "ськім"), "цьке": ("цького", "цькому", "цьким"),
    "зьке": ("зького", "зькому", "зьким"),
    "ский": ("ского", "скому", "ским", "ском", "ские", "ских", "скими", "ская", "ской", "скую",
             "ское"),
    "цкий": ("цкого", "цкому", "цким", "цком", "цкая", "цкой", "цкую", "цкое", "цких"),
}  # fmt: skip
_NOUNS = {
    "нь": ("ні", "нню", "ня", "ню", "нем", "не", "ни", "нью"), "дь": ("ді", "ддю", "дя", "дю", "дем", "ди", "дью"),
    "ль": ("лі", "ллю", "ля", "лю", "лем", "ле", "ли", "лью", "леві"),
    "ь": ("я", "ю", "ем", "еві", "і", "і", "ю", "ью", "ем", "е", "и", "ям", "ями", "ях"),
    "а": ("и", "і", "у", "ою", "ы", "е", "ой", "ею", "ей", "ої", "ій"),
    "ка": ("ки", "ці", "ку", "кою", "ке", "кой"),
    "га": ("ги", "зі", "гу", "гою", "ге", "гой"),
    "ха": ("хи", "сі", "ху", "хою", "хе", "хой"),
    "я": ("і", "ю", "ею", "єю", "и", "е", "ей", "ям"),
    "ія": ("ії", "ію", "ією"), "ия": ("ии", "ию", "ией"), "'я": ("'ї", "'ю", "'єю"),
    "о": ("а", "у", "ом", "ом", "і", "е", "ові"),
    "ове": ("ового", "овому", "овим", "овім", "ова"),
    "еве": ("евого", "евому", "евим"), "єве": ("євого", "євому", "євим"),
    "ине": ("иного", "иному", "иним"), "іне": ("іного", "іному", "іним"), "їне": ("їного", "їному"),
    "не": ("ного", "ному", "ним", "нім"), "те": ("того", "тому", "тим"), "ле": ("лого", "лому"),
    "е": ("я", "ю", "ем", "і", "а", "у", "ого", "ому", "им"),
    "и": ("", "ів", "ам", "ами", "ах", "ей", "ями", "ях", "ям"),
    "ы": ("", "ов", "ам", "ами", "ах"),
    "і": ("ів", "ей", "ям", "ями", "ях", "ам", "ами", "ах"),
    "ці": ("ців", "цях", "цям", "цями"), "цы": ("цов", "цев", "цах", "цам", "цами"),
    "йки": ("йок", "ек", "йкам", "йками", "йках", "йків"), "ки": ("ок", "ків", "ков", "кам", "ками", "ках"),
    "ів": ("ова", "ову", "овом", "ові", "ову", "ева", "еву", "евом", "еві"),
    "їв": ("єва", "єву", "євом", "єві"), "ов": ("ова", "ову", "овом", "ове", "овым", "овим"),
    "ев": ("ева", "еву", "евом", "еве", "евым"), "ин": ("ина", "ину", "ином", "ині", "ине", "иным"),
    "ець": ("ця", "цю", "цем", "ці", "цеві"), "ец": ("ца", "цу", "цом", "це", "цем"),
    "ок": ("ка", "ку", "ком", "кові", "ке"), "ень": ("ня", "ню", "нем", "ні", "не", "еня", "еню", "енем", "ені", "ене"),
    "ол": ("ола", "олу", "олом", "олі", "оле", "ла", "лу", "лом", "ле"),
    "іст": ("оста", "осту", "остом", "ості"), "іг": ("ога", "огу", "огом", "озі", "ога"), "ід": ("ода", "оду", "одом", "оді"),
    "іль": ("оля", "олю", "олем", "олі", "еля", "елю", "елем", "елі"),
    "лець": ("льця", "льцю", "льцем", "льці"), "лец": ("льца", "льцу", "льцом", "льце"),
    "піль": ("поля", "полю", "полем", "полі"), "ір": ("ора", "ору", "ором", "орі"),
    "річ": ("річчя", "річчю", "річі"), "іч": ("ича", "ича"), "орь": ("орю",),
    "ий": ("ия", "ию", "иєм", "иї", "иєві"), "ый": ("ыя", "ыю", "ыем", "ые"),
    "ій": ("ія", "ію", "ієм", "ії", "ого", "ому", "им"), "ай": ("аю", "ая", "аєм", "аем",
    "аї", "ае"), "ой": ("оя", "ою", "оем", "ое", "оєм", "ої", "оєві"), "ей": ("ея", "ею", "еем", "ее", "єю"),
}  # fmt: skip
_HARD = ("а", "у", "ом", "ові", "ем", "еві", "і", "е", "ю", "ові")


_SOFTENED = {"к": "ц", "г": "з", "х": "с"}
"""What consonants turn into before -і in Ukrainian."""


def inflect(word: str) -> frozenset[str]:
    """Return a Ukrainian or Russian name in lower case with the forms that its ending allows.

    Some of the forms belong to other names or to none; a capital letter is asked for besides.

    Examples
    --------
    >>> {"харкова", "харкові"} <= inflect("харків"), "гребінці" in inflect("гребінка")
    (True, True)
    """
    forms = {word}
    matched = False
    for endings in (_ADJECTIVES, _NOUNS):
        for size in (5, 4, 3, 2, 1):
            tail = word[-size:]
            if len(word) > size and tail in endings:
                forms.update(word[:-size] + each for each in endings[tail])
                matched = True
                if endings is _ADJECTIVES or size > 1:
                    break
    if word[-1] not in "аеиоуыэюяіїєьй":
        forms.update(word + each for each in _HARD)
        if word[-1] in _SOFTENED:
            forms.add(f"{word[:-1]}{_SOFTENED[word[-1]]}і")
    elif not matched and word[-1] in _SOFT:
        forms.update(word[:-1] + each for each in ("я", "ю", "ем", "і", "е", "єм"))
    return frozenset(each for each in forms if len(each) > 1)


@lru_cache(maxsize=2)
def analyser(language: str) -> MorphAnalyzer:
    """Return the dictionary of a language.

    Raises
    ------
    InputError
        If the extra is absent.
    """
    try:
        import pymorphy3

        return pymorphy3.MorphAnalyzer(lang=language)
    except (ImportError, ValueError):
        what = "reading articles needs the package pymorphy3 and its dictionaries"
        remedy = f"install the extra: {install_extra('reading')}"
        raise InputError([Problem(what=what, remedy=remedy)]) from None


@lru_cache(maxsize=2**15)
def _tags(word: str, language: str) -> tuple[tuple[str, str, bool], ...]:
    """Return lemma, tag and whether the dictionary has it, for every reading of a word."""
    return tuple(
        (each.normal_form, str(each.tag), each.is_known)
        for each in analyser(language).parse(word)[:8]
    )


def lemmas(word: str, language: str) -> frozenset[str]:
    """Return the lemmas that a word may have.

    Examples
    --------
    >>> sorted(lemmas("поїздами", "uk"))
    ['поїзд']
    """
    return frozenset(lemma for lemma, _, _ in _tags(word, language))


@lru_cache(maxsize=2**15)
def is_known_word(word: str, language: str) -> bool:
    """Whether the dictionary of a language has a word, in any form.

    Examples
    --------
    >>> is_known_word("движение", "ru"), is_known_word("движение", "uk")
    (True, False)
    """
    return bool(analyser(language).word_is_known(word))


def may_be_first_name(word: str, language: str) -> bool:
    """Whether a word may be the first name or patronymic of a person."""
    return any(known and any(n in tag for n in _NAMES) for _, tag, known in _tags(word, language))


def may_act(word: str, language: str) -> bool:
    """Whether a word may name somebody who does something: a person, in the nominative.

    Examples
    --------
    >>> may_act("машиніст", "uk"), may_act("колії", "uk")
    (True, False)
    """
    return any(
        known and "anim" in tag.replace("inan", "") and "nomn" in tag
        for _, tag, known in _tags(word, language)[:3]
    )


def may_be_nominative(word: str, language: str) -> bool:
    """Whether a word may be the subject of a sentence; one that no dictionary has may be.

    Examples
    --------
    >>> may_be_nominative("пасажири", "uk"), may_be_nominative("пасажирам", "uk")
    (True, False)
    """
    tags = _tags(word, language)
    return any("nomn" in tag for _, tag, _ in tags) or not any(known for _, _, known in tags)


_OBLIQUE = ("gent", "datv", "accs", "ablt", "loct")
_NUMBERS = ("plur", "sing")


def put_in_nominative(words: str, language: str) -> str:
    """Return the words for somebody in the nominative: adjectives, their noun, and a name behind.

    What depends on the noun stays as it is, and so do words that no dictionary inflects.

    Examples
    --------
    >>> put_in_nominative("Львівській залізниці", "uk")
    'Львівська залізниця'
    >>> put_in_nominative("начальника станции Петра Сидорова", "ru")
    'начальник станции Петр Сидоров'
    """
    pieces = words.split(" ")
    if language == "en" or not words:
        return words
    if _BORROWED.fullmatch(words):
        return _BORROWED.sub(r"\1я", words)
    head = next((n for n, word in enumerate(pieces) if not _is_adjective(word, language)), None)
    if head is None:
        return words
    for case in _OBLIQUE:
        whole = [_from_case(word, language, case) for word in pieces[: head + 1]]
        if None not in whole:
            break
    else:
        return words
    for number in range(head + 1, len(pieces)):
        name = _from_case(pieces[number], language, case, name=True)
        pieces[number] = name or pieces[number]
    return " ".join([*(each for each in whole if each), *pieces[head + 1 :]])


def is_past(word: str, language: str) -> bool:
    """Whether a word is a verb of the past tense.

    Examples
    --------
    >>> is_past("відновили", "uk"), is_past("було", "uk"), is_past("откроют", "ru")
    (True, True, False)
    """
    tags = _tags(word, language)[:1]
    return any(tag.startswith("VERB") and "past" in tag for _, tag, known in tags if known)


_BORROWED = re.compile(r"(укрзал[иі]зн[иы]ц)(?:я|и|е|ю|ей|ею|і)", re.IGNORECASE)
"""A Ukrainian name that Russian texts inflect and no Russian dictionary has."""


@lru_cache(maxsize=2**12)
def _is_adjective(word: str, language: str) -> bool:
    readings = analyser(language).parse(word.lower())
    return readings[0].tag.POS in ("ADJF", "PRTF") and "Surn" not in readings[0].tag


@lru_cache(maxsize=2**12)
def _from_case(word: str, language: str, case: str, *, name: bool = False) -> str | None:
    """Return the nominative of a word that may stand in a case; `name` for names of persons."""
    if word.isupper() and len(word) > 1:
        return None if name else word
    for each in analyser(language).parse(word.lower()):
        tag = each.tag
        named = any(part in tag for part in ("Name", "Surn", "Patr"))
        if case not in tag or (name and not (named and word[:1].isupper())):
            continue
        made = each.inflect({"nomn", *(part for part in _NUMBERS if part in str(tag))})
        if made is not None:
            found = str(made.word) if "ё" in word else str(made.word).replace("ё", "е")
            return "-".join(
                part.capitalize() if old[:1].isupper() else part
                for part, old in zip(found.split("-"), word.split("-"), strict=False)
            )
    return None


_NO_VERBS = ("минут", "путь", "стоит", "пусть")
"""Words that also are rare verbs of the future."""


def is_future(text: str, language: str) -> bool:
    """Whether a text has a verb of the future tense; of English the words say it.

    Examples
    --------
    >>> is_future("поїзди підуть", "uk"), is_future("поезда пошли", "ru")
    (True, False)
    """
    if language == "en":
        return False
    return any(
        any(known and ",futr" in tag for _, tag, known in _tags(word, language)[:3])
        and not _tags(word, language)[0][1].startswith("NOUN")
        for word in (each.strip(".,;:!?()\"'") for each in text.replace("-", " ").split())
        if len(word) > 3 and word[-1] in "тьеямо" and word not in _NO_VERBS
    )
