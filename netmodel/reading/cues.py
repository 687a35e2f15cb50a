"""What a sentence says of rail traffic: its stop, its limits, its return, and the cause."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from netmodel.reading import effect_words as words
from netmodel.reading.cause_words import CAUSES
from netmodel.reading.folded_text import FoldedText, Sentence, matches_at
from netmodel.reading.word_forms import is_future

_BREAKS = re.compile(
    r"[;:,]|\s–\s|\b(?:and|but|while|although|though|because)\b|(?<!\w)(?:а|але|проте|хоча|но|однако|хотя|и|і|та|й)(?!\w)"
)
_JOINED = re.compile(
    r"(?:\b(?:between|между)|(?<!\w)між) (?:[\w'-]+ ){1,4}?(?P<join>and|та|і|й|и) "
)
"""Words that join two places and break no sentence."""
_BROKEN = re.compile(
    r"damag|destroy|torn|tore|blown|blew|broke|wreck|undercut|crack|пошкод|зруйн|підірв|розмит|розмил|понівеч"
    r"|перебит|розбит|повре|разруш|взорв|подорв|размы|развороч|лопну"
)
_SOME_TRAINS = re.compile(
    r"passenger|suburban|commuter|long-distance|пасажир|приміськ|електрич|пассажир|пригород|электрич"
)
_ONE_TRACK = re.compile(r"\b(?:one|a)\b.* tracks?|одну.*кол|один.*пут")
_PRESENT = re.compile(
    r"(?:(?:first |then )?(?:announced|promised|set|scheduled|planned) for|promised"
    r"|resumes|reopens|re-opens|comes back|restarts)\b"
)
"""What is told as if it were now, and is to come where a time is named."""
_INFINITIVE = re.compile(r"re-?open|resume|restart|restore|open|clear|run again|return")
_WILL = re.compile(
    r"\b(?:will|shall|would|'ll|(?:plans?|is|are|(?:is|are|was|were) due|expected|scheduled) to)\b"
)
_NEAR_TRAINS = 35
_LIMITED = ("limited", "single_track", "slowed", "diesel_only")
_THREAT = re.compile(r"(?<!\w)(?:threat|danger|risk|угроз|загроз|ризик|риск|небезпек|опасност)")
_REJECTED = re.compile(
    r"\b(?:rejected|denied|dismissed|refuted|debunked)\b[^.;]{0,90}"
    r"\b(?:claims?|reports?|rumou?rs?|accounts?|that)\b"
    r"|\b(?:rumou?rs?|claims?) (?:that|of)\b"
    r"|(?<!\w)(?:слух\w*|пост\w{0,2}|фейк\w*|вброс\w*|сообщени\w+) (?:о|об)(?: том,? что)?(?!\w)"
    r"|(?<!\w)(?:чутк\w+|допис\w*|фейк\w*|вкид\w*|повідомленн\w+) про(?: те,? що)?(?!\w)"
)
"""Words before what somebody denies, or what only a rumour says."""
_UNREPORTED = re.compile(
    r"[^.,;!?\n]{0,40}?(?:\b(?:was|were|has been|have been) not reported"
    r"|(?<!\w)не (?:сообща|поступа|фиксир|зафиксир|повідомля|надходи|фіксу|зафіксов)\w+)"
)
"""What says of words before it that nobody reported it."""
_NO_NEED = re.compile(
    r"[^.,;!?\n]{0,25}? (?:was not (?:needed|necessary|required)"
    r"|не (?:дове(?:ло|де)|знадоб|потреб|треба|ста(?:ли|ла|в)(?!\w)|пришл|понадоб|требу|стал))"
)
"""What says of a stop named before it that it was not needed: "зупиняти поїзди не довелося"."""
_NOT_GOING_TO = re.compile(
    r"[^.,;!?\n]{0,25}? не (?:стан(?:ут|ет|е|емо|ем)|будут|будемо|будем|(?:збира|собира)\w+)(?!\w)"
)
"""What says of a stop named before it that nobody means it: "отменять не станут"."""
_INFINITIVES = {"en": (), "uk": ("ти", "тися"), "ru": ("ть", "ться")}
_IF = re.compile(
    r"(?<!\w)(?:if|unless|in case|in the event|якщо|у разі|в разі|если|в случае)(?!\w)"
)
_NOT_LATE = re.compile(
    r"(?:\b(?:without|no|average|mean)"
    r"|(?<!\w)(?:без|жодн\w+|середн\w+|нет|средн\w+|никак\w+))(?: \w+)? $"
)
"""Words before a delay that was none, or is that of a year's trains."""
_WAS_NONE = re.compile(r"[^.,;!?\n]{0,30}? (?:не было|не було|не буде|не будет)(?!\w)")
"""What says of a cause named before it that there was none."""
_GENITIVE = re.compile(r"(?:повреждени|разрушени|нарушени|пошкоджен|руйнуван|порушен)(?:й|ь)(?!\w)")
_IS_NONE = re.compile(r"[^.,;!?\n]{0,30}? (?:нет|немає|нема)(?!\w)")
"""Words for damage, and what says of it that there is none."""
_UNHURT = re.compile(
    r"(?<!\w)не (?:\w+ )?(?:пошкод|постражд|зруйн|зачеп|повре|пострад|разруш|задел|задет)"
    r"|\b(?:not|n't|never) (?:been )?(?:damag|destroy|hit|struck|harm)"
)
"""What says within words for a damage that there was none."""
_PREVENTED = re.compile(
    r"[^.,;!?\n]{0,40}?(?:\b(?:was|were|been) (?:prevented|foiled|averted|thwarted)\b"
    r"|(?<!\w)(?:предотврат(?:или|ил|ила)|предотвращен[аоы]?|запобігли|відвернули)(?!\w))"
)
"""What says of a cause named before it that it was kept from being."""
_BECAUSE = re.compile(
    r"(?:because of|due to|for|after|through)\b|(?:через|внаслідок|із-за|у зв'язку|в зв'язку"
    r"|на час|для|из-за|вследствие|в связи|на время)(?!\w)"
)
"""Words for why something was not: what they give as a cause was."""
_OUT_OF_ORDER = re.compile(
    r"(?<!\w)не (?:працю|діял|діє|функціону|спрацюв|работа|действ|функционир|сработа)"
    r"\w*\s(?:\w+ )?$"
)
"""What denies that a device worked, and so says that it failed."""
SECOND_TRACK = re.compile(
    r"\b(?:second|other) track\b|\bthe other will\b"
    r"|(?<!\w)(?:друг[ау] колі|другу(?!\w)|второй путь|второй (?!день|раз|час))"
)
"""Words for the other of two tracks."""
_FROM_THEN = re.compile(
    r"\b(?:since then|after that|afterwards|by then)\b"
    r"|(?<!\w)(?:відтоді|з того часу|після цього|с тех пор|с того времени|после этого)(?!\w)"
)
"""Words before trains that run as usual, which make of it the end of a stop."""
_AGAIN = re.compile(r" (?:once )?again\b| (?:знову|знов|снова|вновь)(?!\w)")
"""What makes of trains that run as usual the end of a stop."""
_AROUND, _NEAR_IF = 140, 110
_NEAR_HEDGE = 70


@dataclass(frozen=True, slots=True)
class Cue:
    """Words of a sentence that say what befell traffic; half-open in the folded text.

    Parameters
    ----------
    group
        ``effect``, ``return``, ``cause``, ``still``, ``late`` or ``occurred``.
    value
        An effect, ``first``, ``full`` or ``return``, or a kind.
    denied
        Whether the sentence says that it was not so.
    hedged
        Whether it is only feared, possible or rumoured.
    future
        Whether it is told as to come.
    broken
        Whether it says that something was destroyed, not only that it was aimed at.
    part
        Whether it speaks of a part only: of passenger trains that run, of one track that is open.
    """

    group: str
    value: str
    start: int
    end: int
    denied: bool = False
    hedged: bool = False
    future: bool = False
    anchored: bool = True
    broken: bool = False
    part: bool = False

    @property
    def told(self) -> bool:
        """Whether it is said to be so."""
        return not (self.denied or self.hedged)


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
            x.group == "effect" and x.value == "closed" and x.start == cue.start and cue.end < x.end
            for x in found
        )
    ]  # fmt: skip
    found = _last_trains(low, sentence, found)
    found += _find_bare_returns(low, sentence, found, before)
    return tuple(sorted(found, key=lambda each: (each.start, each.end)))


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
    r" (?:\w+ )?(?:left|went|ran|passed|departed|got)\b"
    r"|(?<!\w)(?:останн|последн)\w{1,3} (?:(?:пасажир|примісь|пассажир|пригород)\w+ )?"
    r"(?:поїзд|потяг|поезд|електричк|электричк)\w* \w+"
)
"""Words for the last train: from then on none ran."""


def _last_trains(low: str, sentence: Sentence, found: Sequence[Cue]) -> list[Cue]:
    """Return cues with the going of the last train as the stop of traffic, and not its return."""
    spans = [each.span() for each in _LAST_TRAIN.finditer(low, sentence.start, sentence.end)]
    if not spans or any(cue.group == "effect" for cue in found):
        return list(found)
    kept = [
        cue for cue in found
        if cue.group != "return" or not any(a < cue.end and cue.start < b for a, b in spans)
    ]  # fmt: skip
    return [
        *kept,
        *(_make(low, sentence, "effect", "closed", *each, anchored=True) for each in spans),
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
                cue = _make(low, sentence, "return", value, *each.span(), anchored=anchored)
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
            yield _make(low, sentence, group, value, start, end, anchored=anchored)


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
    if words.DESK.search(low, first, last) is None:
        return False
    named = _traffic(sentence.language).finditer(low, first, last)
    return all(words.STATION.match(each[0]) for each in named)


@lru_cache(maxsize=4)
def _traffic(language: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{words.TRAFFIC[language]})(?!\w)")


def _near_traffic(low: str, sentence: Sentence, start: int, end: int) -> bool:
    first, last = max(sentence.start, start - _AROUND), min(sentence.end, end + _AROUND)
    return _traffic(sentence.language).search(low, first, last) is not None


def _make(
    low: str, sentence: Sentence, group: str, value: str, start: int, end: int, *, anchored: bool
) -> Cue:
    language = sentence.language
    left = low[sentence.start : start]
    clause_start, clause_end = clause_of(low, sentence, start, end)
    clause = low[clause_start:clause_end]
    own = low[start:end]
    denied = value != "normal" and bool(re.search(words.NEGATIONS[language], _end_of(left, 40)))
    denied = denied and not (group == "cause" and _BECAUSE.match(own))
    denied = denied or (
        group == "effect" and value != "normal" and _UNREPORTED.match(low, end) is not None
    )
    denied = denied or (group == "effect" and _NO_NEED.match(low, end, clause_end) is not None)
    denied = denied or (
        group == "effect"
        and own.endswith(_INFINITIVES[language])
        and _NOT_GOING_TO.match(low, end, clause_end) is not None
    )
    denied = denied or (
        group == "cause"
        and value in ("weather", "fire", "flood", "security")
        and _WAS_NONE.match(low, end) is not None
    )
    denied = denied or (_GENITIVE.match(own) is not None and _IS_NONE.match(low, end) is not None)
    denied = denied or (
        group == "cause"
        and (_UNHURT.search(own) is not None or _PREVENTED.match(low, end) is not None)
    )
    if denied and group == "cause" and _OUT_OF_ORDER.search(left):
        denied = False
    if group == "return" and value == "return" and SECOND_TRACK.search(left):
        value = "full"
    if value == "normal" and _AGAIN.match(low, end):
        group, value = "return", "full"  # "ran normally again"
    if value == "normal" and _FROM_THEN.search(_end_of(left, 50).rpartition(". ")[2]):
        group, value = "return", "full"  # "since then everything has run normally"
    hedge = re.compile(words.HEDGES[language])
    before = _end_of(left, _NEAR_HEDGE).rpartition(";")[2].rpartition(". ")[2]
    hedged = (
        group != "return"
        and value not in ("normal", "advisory")
        and (
            hedge.search(before) is not None
            or (
                value not in _LIMITED
                and hedge.search(low[end : min(sentence.end, end + 60)].partition(",")[0])
                is not None
            )
            or _IF.search(low, end, min(sentence.end, end + _NEAR_IF)) is not None
            or (group == "effect" and _REJECTED.search(left) is not None)
            or low[sentence.end - 1] == "?"
        )
    )
    if group == "cause" and value not in ("security", "precaution", "suspension"):
        hedged = hedged or _THREAT.search(_end_of(left, _NEAR_TRAINS) + own) is not None
        hedged = hedged or re.search(words.SERIES[language], _end_of(left, _NEAR_HEDGE)) is not None
    hedged = hedged or re.search(words.GENERAL[language], low[sentence.start : end]) is not None
    future = bool(re.search(words.FUTURE[language], clause)) or is_future(
        clause if group != "effect" else own, language
    )
    future = future or (group == "return" and _PRESENT.match(own) is not None)
    if _INFINITIVE.fullmatch(own) and _WILL.search(left):
        future = True  # "will close the line on Friday and reopen it on Sunday"
    broken = _BROKEN.search(own) is not None
    part = _is_part(low, sentence, group, value, start, end)
    return Cue(group, value, start, end, denied, hedged, future, anchored, broken, part)


def _end_of(text: str, size: int) -> str:
    """Return the last letters of a text from a whole word on: the "ли" of "сообщили" is no word."""
    start = len(text) - size
    if start <= 0:
        return text
    return text[start:] if text[start - 1].isspace() else text[start:].partition(" ")[2]


def _is_part(low: str, sentence: Sentence, group: str, value: str, start: int, end: int) -> bool:
    if value == "normal":
        return _SOME_TRAINS.search(low, max(sentence.start, start - _NEAR_TRAINS), end) is not None
    return group == "return" and value == "first" and _ONE_TRACK.search(low, start, end) is not None


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


def clause_of(low: str, sentence: Sentence, start: int, end: int) -> tuple[int, int]:
    """Return where the part of a sentence begins and ends that lies between its breaks."""
    starts, ends = _find_breaks(low)
    first, last = sentence.start, sentence.end
    before, after = bisect_right(ends, start) - 1, bisect_left(starts, end)
    if before >= 0:
        first = max(first, ends[before])
    if after < len(starts):
        last = min(last, starts[after])
    return first, last


def count_breaks(low: str, start: int, end: int) -> int:
    """Return how many breaks between parts of a sentence lie in a stretch.

    Examples
    --------
    >>> low = "shut between lviv and stryi, and it rained"
    >>> count_breaks(low, 0, len(low))
    2
    """
    starts, ends = _find_breaks(low)
    return max(0, bisect_right(ends, end) - bisect_left(starts, start))


@lru_cache(maxsize=8)
def _find_breaks(low: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return where the breaks of a text begin and end; what joins two places is none."""
    joined = [found.span("join") for found in _JOINED.finditer(low)]
    found = [x.span() for x in _BREAKS.finditer(low)]
    spans = [x for x in found if not any(a <= x[0] and x[1] <= b for a, b in joined)]
    return tuple(start for start, _ in spans), tuple(end for _, end in spans)


def is_to_come(low: str, start: int, end: int, language: str) -> bool:
    """Whether a stretch of a text speaks of what is to come."""
    found = re.compile(words.FUTURE[language]).search(low, start, end)
    return found is not None or is_future(low[start:end], language)


def is_forecast(low: str, start: int, end: int, language: str) -> bool:
    """Whether a stretch of a sentence tells what somebody expects."""
    return re.compile(words.FORECASTS[language]).search(low, start, end) is not None
