"""What a sentence says of rail traffic: its stop, its limits, its return, and the cause."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from netmodel.reading import effect_words as words
from netmodel.reading.cause_words import CAUSES
from netmodel.reading.clauses import clause_of
from netmodel.reading.folded_text import FoldedText, Sentence, matches_at
from netmodel.reading.told_cues import Cue, make_cue

_NOT_LATE = re.compile(
    r"(?:\b(?:without|no|average|mean)"
    r"|(?<!\w)(?:без|жодн\w+|середн\w+|нет|средн\w+|никак\w+))(?: \w+)? $"
    r"|(?<!\w)не $|(?<!\w)(?:жодн|ни одн)\w* (?:\w+ ){1,5}не $"
)
"""Words before a delay that was none, or is that of a year's trains."""


def find_cues(folded: FoldedText, sentence: Sentence, before: str = "") -> tuple[Cue, ...]:
    """Return the cues of a sentence in its order.

    Parameters
    ----------
    before
        The sentence before it, to which words such as "it" and "they" may point.

    Examples
    --------
    >>> folded = FoldedText("No train was cancelled, but the line may be closed on Monday.")
    >>> [(cue.value, cue.told) for cue in find_cues(folded, folded.sentences()[0])
    ...  if cue.group == "effect"]
    [('normal', True), ('closed', False)]
    """
    language = sentence.language
    if language not in words.TRAFFIC:
        return ()
    low = folded.low
    found = [
        *_scan(low, sentence, "effect", before),
        *_scan(low, sentence, "return", before),
        *_scan(low, sentence, "cause", before),
    ]
    for group, value, table in (
        ("still", "still_out", words.STILL), ("late", "late", words.LATE),
        ("occurred", "occurred", words.OCCURRED),
    ):  # fmt: skip
        found += [
            Cue(group, value, each.start(), each.end())
            for each in re.compile(table[language]).finditer(low, sentence.start, sentence.end)
            if group != "late" or _is_late(low, sentence, *each.span())
        ]
    found = [
        cue for cue in found
        if cue.group != "return" or cue.denied or not any(
            x.group == "effect" and (
                (x.value == "closed" and x.start == cue.start and cue.end < x.end)
                or (x.value == "single_track" and x.start < cue.start and cue.end <= x.end)
            )
            for x in found
        )
    ]  # fmt: skip
    lifted = [x for x in found if x.group == "return" and _LIMIT_LIFTED.match(low, x.start)]
    found = [
        cue for cue in found
        if cue.value != "closed" or not any(x.start < cue.start < x.end for x in lifted)
    ]  # fmt: skip
    found = _last_trains(low, sentence, found)
    found += _find_bare_returns(low, sentence, found, before)
    return tuple(sorted(found, key=lambda each: (each.start, each.end)))


_LIMIT_LIFTED = re.compile(
    r"(?:speed )?(?:limit|restriction|ban|order)|обмежен|заборон|попередж|ліміт"
    r"|огранич|запрет|предупрежд"
)
"""What, where it is cancelled, stops no train: "the limit was cancelled"."""


def _is_late(low: str, sentence: Sentence, start: int, end: int) -> bool:
    """Whether words for a delay are of trains: not of none, and not of people that are held."""
    if _NOT_LATE.search(low[sentence.start : start]):
        return False
    return not _is_of_desk(low, sentence, start, end)


_BARE: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("first", re.compile(
        r"(?<!not )\bfirst (?:[\w-]+ )?(?:trains?|freight|express|service)\b"
        r"(?! (?:of|to be|in \w+ years))"
        r"|(?<!\w)(?:перш|перв)(?:ий|им|у|ый|ым|ая|ую|а|ой|і|ые) (?:через \w+ \w+ |\w+ )?"
        r"(?:поїзд|потяг|поезд|состав|склад|рейс|електричк|электричк)\w*"
    )),
    ("return", re.compile(r"\bagain\b|(?<!\w)(?:знову|знов|снова|вновь)(?!\w)")),
)  # fmt: skip
"""What by itself says that traffic returned, whatever the verb: again, the first train."""
_LAST_TRAIN = re.compile(
    r"\blast (?:passenger |commuter |evening |freight )?(?:train|express)"
    r" (?:(?:\w+ )?(?:left|went|ran|passed|departed|got)"
    r"|(?:will |is to )?(?:leaves?|goes|go|runs?|departs?))\b"
    r"|(?<!\w)(?:останн|последн)\w{1,3} (?:(?:пасажир|примісь|пассажир|пригород)\w+ )?"
    r"(?:поїзд|потяг|поезд|електричк|электричк)\w* \w+"
)
"""Words for the last train: from then on none ran."""


def _last_trains(low: str, sentence: Sentence, found: Sequence[Cue]) -> list[Cue]:
    """Return cues with the going of the last train as the stop of traffic, and not its return."""
    spans = [each.span() for each in _LAST_TRAIN.finditer(low, sentence.start, sentence.end)]
    if not spans:
        return list(found)
    kept = [
        cue for cue in found
        if cue.group != "return" or not any(a < cue.end and cue.start < b for a, b in spans)
    ]  # fmt: skip
    if any(cue.group == "effect" for cue in found):
        return kept
    return [
        *kept,
        *(make_cue(low, sentence, "effect", "closed", *each, anchored=True) for each in spans),
    ]


def _find_bare_returns(
    low: str, sentence: Sentence, found: Sequence[Cue], before: str
) -> Iterator[Cue]:
    """Yield words for a return in clauses in which nothing else is said of traffic or its stop."""
    taken = [cue for cue in found if cue.group in ("effect", "return", "cause")]
    for value, pattern in _BARE:
        for each in pattern.finditer(low, sentence.start, sentence.end):
            first, last = clause_of(low, sentence, each.start(), each.end())
            if any(cue.start < last and first < cue.end for cue in taken):
                continue
            anchored = _near_traffic(low, sentence, each.start(), each.end())
            if anchored or _traffic(sentence.language).search(before):
                cue = make_cue(low, sentence, "return", value, *each.span(), anchored=anchored)
                taken.append(cue)
                yield cue


def is_about_rail(low: str, sentence: Sentence) -> bool:
    """Whether a sentence speaks of the railway."""
    if sentence.language not in words.RAIL:
        return False
    return _rail(sentence.language).search(low, sentence.start, sentence.end) is not None


@lru_cache(maxsize=4)
def _rail(language: str) -> re.Pattern[str]:
    return re.compile(words.RAIL[language])


_AROUND = 140
_WORD = r"(?<!\w)"
"""Where a word begins."""


@lru_cache(maxsize=16)
def _compiled(group: str, language: str) -> tuple[tuple[str, bool, re.Pattern[str]], ...]:
    table = {"effect": words.CUES, "return": words.RETURNS, "cause": CAUSES}[group][language]
    return tuple(
        (value, text.startswith("~"), re.compile(rf"{_WORD}(?:{text.removeprefix('~')})"))
        for value, text in table
    )


@lru_cache(maxsize=16)
def _of_group(group: str, language: str) -> re.Pattern[str]:
    """Return a pattern of where the cues of a group may begin: nowhere else does one."""
    each = "|".join(
        pattern.pattern.removeprefix(_WORD) for _, _, pattern in _compiled(group, language)
    )
    return re.compile(rf"{_WORD}(?={each})")


def _scan(low: str, sentence: Sentence, group: str, before: str) -> Iterator[Cue]:
    """Yield the cues of a group; of what overlaps, what comes first in the table."""
    found = _of_group(group, sentence.language).finditer(low, sentence.start, sentence.end)
    places = [each.start() for each in found]
    if not places:
        return
    taken: list[tuple[int, int]] = []
    for value, needs_traffic, pattern in _compiled(group, sentence.language):
        for match in matches_at(pattern, low, places, sentence.end):
            start, end = match.span()
            if group != "cause" and any(start < b and a < end for a, b in taken):
                continue
            if (needs_traffic or group == "effect") and _is_of_desk(low, sentence, start, end):
                continue
            if group == "return" and words.LONG_AGO.match(low, end, sentence.end):
                continue
            anchored = not needs_traffic or _near_traffic(low, sentence, start, end)
            if not anchored and not _traffic(sentence.language).search(before):
                continue
            if not anchored and words.NO_RAIL.search(low, sentence.start, sentence.end):
                continue
            taken.append((start, end))
            yield make_cue(low, sentence, group, value, start, end, anchored=anchored)


_PEOPLE = re.compile(
    r"\b(?:men|man|women|woman|suspects?|teenagers?) (?:of|aged)\b[^.;]{0,25}$"
    r"|\broads? (?:to|between|into|through|around)\b(?![^;]*\b(?:train|rail|line)s?\b)"
    r"[^.;]{0,50}$"
)
"""What is held or shut in a part of a sentence before: "two men of 41 and 26 were held"."""


def _is_of_desk(low: str, sentence: Sentence, start: int, end: int) -> bool:
    if _PEOPLE.search(low[sentence.start : start]):
        return True  # "two men of 41 and 26 were held"
    first, last = clause_of(low, sentence, start, end)
    desks = [each.span() for each in words.DESK.finditer(low, first, last)]
    named = _traffic(sentence.language).finditer(low, first, last)
    return bool(desks) and all(
        words.STATION.match(each[0]) or any(a <= each.start() < b for a, b in desks)
        for each in named
    )


@lru_cache(maxsize=4)
def _traffic(language: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{words.TRAFFIC[language]})(?!\w)")


def _near_traffic(low: str, sentence: Sentence, start: int, end: int) -> bool:
    first, last = max(sentence.start, start - _AROUND), min(sentence.end, end + _AROUND)
    return _traffic(sentence.language).search(low, first, last) is not None


def is_somewhere(low: str, sentence: Sentence) -> bool:
    """Whether a sentence speaks of lines that it does not name: "several of its routes"."""
    pattern = words.SOMEWHERE.get(sentence.language)
    return (
        pattern is not None and re.search(pattern, low[sentence.start : sentence.end]) is not None
    )


def does_recur(low: str, sentence: Sentence) -> bool:
    """Whether a sentence tells what comes again every day."""
    pattern = words.RECURS.get(sentence.language)
    return (
        pattern is not None and re.search(pattern, low[sentence.start : sentence.end]) is not None
    )


def is_general(low: str, sentence: Sentence) -> bool:
    """Whether a sentence tells what holds in general."""
    pattern = words.GENERAL.get(sentence.language)
    return (
        pattern is not None and re.search(pattern, low[sentence.start : sentence.end]) is not None
    )
