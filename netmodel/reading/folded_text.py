"""A text in one spelling for patterns, with the way back; its sentences and their languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from netmodel.reading.word_forms import is_known_word

LANGUAGES = ("en", "uk", "ru")
"""Languages that are read."""
_SAME = str.maketrans(
    '’ʼ`‘′—–−‒―‑«»“”„"\u00a0\u202f\u2009\t\rё…',
    '\'\'\'\'\'–––––-""""""     е.',
)
_DROPPED = {"\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u0301"}
"""Soft hyphens, joiners and marks of stress."""
_END = re.compile(r"[.!?]+[\"')\]]*(?=\s|$)|\n\s*\n|\n(?=\s*[-•*·])")
_NO_END = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|st|no|gov|gen|col|lt|sgt|vs|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
    r"|approx|dept|км|год|хв|ст|м|г|гг|с|п|р|рр|пр|обл|вул|ул|ім|им|тис|тыс|млн|руб|грн|мин|час"
    r"|напр|див|см|т|д|о|ж|а|b|с|e|u|[a-z])|\b[a-z]\.[a-z])\.$"
)
_NEXT = re.compile(r"[\s\"'(\[–-]*(\w)")
_LINE = re.compile(r"(?<![\n ])\n(?! *[-•*·\n])")
"""The end of a line within a paragraph, which means no more than a blank."""
_NAMES_APART = re.compile(r"(?<!\w)(?P<one>[^\W\d_])[\w'-]*\"? – \"?(?=(?P<two>[^\W\d_]))")
"""Two words with a dash between them: a section of line, if both are names."""
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_CYRILLIC, _LATIN = re.compile("[\u0400-\u052f]+"), re.compile("[a-z\u00c0-\u024f]+")
_SIGNS = {
    "uk": re.compile(r"[іїєґ]"),
    "ru": re.compile(r"[ыэъ]"),
    "": re.compile(r"[ўјњљђћџќѓ]"),
}
_COMMON = {
    "en": frozenset(
        [
            "the",
            "of",
            "and",
            "a",
            "an",
            "in",
            "to",
            "was",
            "were",
            "is",
            "are",
            "at",
            "on",
            "by",
            "from",
            "for",
            "with",
            "that",
            "it",
            "as",
            "has",
            "have",
            "had",
            "be",
            "not",
            "no",
            "its",
            "their",
            "said",
            "after",
            "before",
            "between",
            "near",
            "trains",
            "train",
            "closed",
            "closures",
            "planned",
            "work",
            "works",
            "traffic",
            "railway",
            "until",
        ]
    ),
    "uk": frozenset(
        [
            "та",
            "що",
            "у",
            "в",
            "на",
            "з",
            "із",
            "зі",
            "до",
            "від",
            "не",
            "це",
            "був",
            "була",
            "було",
            "були",
            "як",
            "також",
            "після",
            "через",
            "за",
            "про",
            "його",
            "її",
            "вони",
            "він",
            "але",
            "або",
            "й",
            "який",
            "яка",
            "які",
            "поїзд",
            "поїзди",
            "рух",
        ]
    ),
    "ru": frozenset(
        [
            "и",
            "что",
            "в",
            "во",
            "на",
            "с",
            "со",
            "из",
            "к",
            "от",
            "до",
            "за",
            "не",
            "это",
            "был",
            "была",
            "было",
            "были",
            "как",
            "также",
            "после",
            "из-за",
            "за",
            "об",
            "его",
            "ее",
            "они",
            "он",
            "но",
            "или",
            "который",
            "которая",
            "которые",
            "поезд",
            "поезда",
            "движение",
            "для",
            "при",
        ]
    ),
}
_LETTERS_NEEDED, _SURE = 8, 2
_KNOWN = 0.75
"""The share of words that a dictionary has to know where nothing else shows the language."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Part of a text, half-open in the folded text, with its language.

    ``language`` is empty where it is none that is read.
    """

    start: int
    end: int
    language: str
    paragraph: int


class FoldedText:
    """A text in lower case and one spelling of quotation marks, dashes and apostrophes.

    Examples
    --------
    >>> folded = FoldedText("Рух — «стоїть»")
    >>> folded.low, folded.original(4, 5)
    ('рух – "стоїть"', (4, 5))
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._at: list[int] | None = None
        low = text.lower()
        if len(low) != len(text):  # a letter of which two are made stays one
            low = "".join(each if len(each) == 1 else "?" for each in map(str.lower, text))
        plain = unicodedata.is_normalized("NFC", text) and not (_DROPPED & set(text))
        if not plain:
            low, self._at = _compose(text)
        self.low = _LINE.sub(" ", low.translate(_SAME))
        self.low = _NAMES_APART.sub(self._join_names, self.low)

    def _join_names(self, found: re.Match[str]) -> str:
        """Return a dash between two names as a hyphen, which breaks no sentence."""
        both = self.has_capital(found.start("one")) and self.has_capital(found.start("two"))
        return found[0].replace(" – ", " - ") if both else found[0]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return where a piece of the folded text stands in the text."""
        if self._at is None:
            return start, end
        return self._at[start], self._at[end]

    def has_capital(self, at: int) -> bool:
        """Whether the letter at a place of the folded text is a capital."""
        place = at if self._at is None else self._at[at]
        return self.text[place].isupper()

    def sentences(self) -> tuple[Sentence, ...]:
        """Return its sentences with their languages."""
        pieces = list(_split(self))
        own = [find_language(self.low[start:end]) for start, end, _ in pieces]
        known = [each for each in own if each]
        most = max(LANGUAGES, key=known.count) if known else ""
        return tuple(
            Sentence(start, end, most if language is None else language, paragraph)
            for (start, end, paragraph), language in zip(pieces, own, strict=True)
        )


def find_language(low: str) -> str | None:
    """Return the language of a sentence in lower case; empty for another; ``None`` in doubt.

    Examples
    --------
    >>> find_language("поїзди не ходять"), find_language("движение поездов открыто")
    ('uk', 'ru')
    >>> find_language("die züge fahren wieder nach plan und ohne halt"), find_language("12:40")
    ('', None)
    """
    cyrillic, latin = (sum(map(len, each.findall(low))) for each in (_CYRILLIC, _LATIN))
    if cyrillic + latin < _LETTERS_NEEDED:
        return None
    words = _WORD.findall(low)
    if latin > cyrillic:
        hits = sum(each in _COMMON["en"] for each in words)
        if hits:
            return "en" if hits * 14 >= len(words) else ""
        return None if len(words) < 5 else ""
    counts = {name: len(sign.findall(low)) for name, sign in _SIGNS.items()}
    if counts[""] > counts["uk"] + counts["ru"] or (counts[""] and not counts["uk"]):
        return ""
    score = {
        name: 3 * counts[name] + sum(each in _COMMON[name] for each in words)
        for name in ("uk", "ru")
    }
    if abs(score["uk"] - score["ru"]) < _SURE:
        known = {name: sum(is_known_word(each, name) for each in words) for name in ("uk", "ru")}
        if known["uk"] == known["ru"] or max(known.values()) < _KNOWN * len(words):
            return None
        score = known
    return "uk" if score["uk"] > score["ru"] else "ru"


def matches_at(
    pattern: re.Pattern[str], low: str, places: Iterable[int], end: int
) -> Iterator[re.Match[str]]:
    """Yield the matches of a pattern that begin at some places and overlap none before them.

    Examples
    --------
    >>> [found.span() for found in matches_at(re.compile("a+"), "aaba", (0, 1, 2, 3), 4)]
    [(0, 2), (3, 4)]
    """
    reached = 0
    for place in places:
        match = pattern.match(low, place, end) if place >= reached else None
        if match is not None:
            reached = match.end()
            yield match


def _compose(text: str) -> tuple[str, list[int]]:
    """Return a text composed and in lower case, and where each of its letters stood."""
    letters: list[str] = []
    at: list[int] = []
    place = 0
    while place < len(text):
        end = place + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        piece = "".join(each for each in text[place:end] if each not in _DROPPED)
        whole = unicodedata.normalize("NFC", piece).lower()
        if whole:
            letters.append(whole[0])
            at.append(place)
        place = end
    at.append(len(text))
    return "".join(letters), at


def _split(folded: FoldedText) -> Iterator[tuple[int, int, int]]:
    """Yield sentences: start, end, number of the paragraph."""
    low, start, paragraph = folded.low, 0, 0
    for found in _END.finditer(low):
        blank = "\n" in found[0]
        if not blank and not _ends(folded, start, found):
            continue
        yield from _piece(low, start, found.start() if blank else found.end(), paragraph)
        start, paragraph = found.end(), paragraph + blank
    yield from _piece(low, start, len(low), paragraph)


def _piece(low: str, start: int, end: int, paragraph: int) -> Iterator[tuple[int, int, int]]:
    while start < end and low[start].isspace():
        start += 1
    while end > start and low[end - 1].isspace():
        end -= 1
    if end > start:
        yield start, end, paragraph


_AFTER_CLOCK = re.compile(
    r"(?:\w+ time|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.? \d|gmt|utc)\b"
)
"""What goes on behind "3:10 a.m." with a capital letter: "Moscow time", "Monday"."""


def _ends(folded: FoldedText, start: int, found: re.Match[str]) -> bool:
    """Whether a full stop ends a sentence."""
    low = folded.low
    following = _NEXT.match(low, found.end())
    if following is None:
        return True
    at = following.start(1)
    if low[at].isalpha() and not folded.has_capital(at):
        return False
    if found[0].strip("\"')]") != ".":
        return True
    before = low[max(start, found.start() - 12) : found.start() + 1]
    if re.search(r"[ap]\.m\.$", before):
        return low[at].isalpha() and _AFTER_CLOCK.match(low, at) is None
    if re.search(r"\b(?:р|рр|г|гг|год|хв|мин)\.$", before) and low[at].isalpha():
        return True
    return _NO_END.search(before) is None
