"""Words for what befell traffic, and how they are told: as so, denied, feared, or to come."""

from __future__ import annotations

import re
from dataclasses import dataclass

from netmodel.reading import effect_words as words
from netmodel.reading.clauses import clause_of
from netmodel.reading.folded_text import Sentence
from netmodel.reading.word_forms import is_future

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
    r"|resumes|reopens|re-opens|(?:comes|goes) back|restarts)\b"
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
    r"[^.;!?\n]{0,90}? (?:(?:are|is|were|was) (?:\w+ )?(?:false|untrue|fake|fakes|a fake|wrong|invented|made up|not true)"
    r"|(?:є|це|виявил\w+|не відповіда\w+) (?:\w+ )?(?:неправд|фейк|вигадк|дійсност)\w*"
    r"|(?:является|это|оказал\w+|не соответств\w+) (?:\w+ )?(?:неправд|фейк|выдумк|ложь|действительност)\w*)"
    r"|[^.,;!?\n]{0,40}?(?:\b(?:was|were|has been|have been) not reported"
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


_OFF = re.compile(
    r"[^.;!?\n]{0,80}?(?:\b(?:was|were|been|is) (?:averted|avoided|called off|cancelled|canceled|withdrawn)\b"
    r"|(?<!\w)(?:скасува|скасов|відклика|відміни|отмени|отмене|отозва)\w+)"
)
"""What says of a strike or of works named before it that there will be none."""
_PLAN = re.compile(r"(?:closure|stoppage|suspension|закритт|закрыти)")
"""A stop by a noun, which may be called off."""
_OFF_WORD = re.compile(r"called off|cancel|withdrawn|скасова|скасува|відміне|відміни|отмене|отмени")
_PLAN_BEFORE = re.compile(
    r"(?:\b(?:closure|stoppage|suspension|strike)\b|(?<!\w)(?:закритт|закрыти|страйк|забастовк)\w*)"
    r"[^.;:]{0,70}$"
)
_UNTIL_DONE = re.compile(r"(?<!\w)(?:поки|доки|допоки|пока|покуда)(?!\w)[^.;,]{0,60} не (?:\w+ )?$")
"""Words in which "not" denies nothing: "поки його не полагодили"."""
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
_AGAIN_BEFORE = re.compile(r"(?:\bagain|(?<!\w)(?:знову|знов|снова|вновь|опять))(?: (?!не )\w+)? $")


_NEAR_IF = 110


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


_AT_MOST = re.compile(r"(?:no more|not|не (?:більш|понад|вище|более|больше|свыше|выше))")
_AT_MOST_BEFORE = re.compile(
    r"(?<!\w)(?:no more than|не (?:більше|понад|вище|более|больше|свыше|выше)) $"
)
"""Words for the most that trains may do."""
_REASON = re.compile(
    r"(?:\b(?:because of|due to|owing to|for|amid|over|after|following)"
    r"|(?<!\w)(?:через|після|у зв'язку (?:з|із)|в зв'язку (?:з|із)|из-за|із-за|після|после|в связи с|по причине))"
    r" (?:an? |the |\w+ )?$"
)
"""Words before what may be and is the reason of a stop that was: "because of a possible attack"."""


@dataclass(frozen=True, slots=True)
class _Hedge:
    """Words of a language for what may be; those of a reason do not doubt what it led to."""

    language: str
    group: str

    def search(self, text: str, left: str = "") -> re.Match[str] | None:
        """Return the first of them in a text; `left` is what stands before it."""
        for found in re.finditer(words.HEDGES[self.language], text):
            reason = self.group == "effect" and _REASON.search(left + text[: found.start()])
            if not reason:
                return found
        return None


def _is_rejected(left: str) -> bool:
    """Whether what follows some words is denied or a rumour, which is no reason of a stop."""
    return any(_REASON.search(left[: found.start()]) is None for found in _REJECTED.finditer(left))


def make_cue(
    low: str, sentence: Sentence, group: str, value: str, start: int, end: int, *, anchored: bool
) -> Cue:
    """Return words for what befell traffic with how they are told.

    Parameters
    ----------
    start, end
        Of the words, in the folded text.
    anchored
        Whether words for traffic stand near.
    """
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
    denied = denied or (
        group == "effect"
        and _OFF_WORD.match(own) is not None
        and _PLAN_BEFORE.search(left) is not None
    )
    denied = denied or (
        (value == "strike_action" or _PLAN.match(own) is not None)
        and _OFF.match(low, end, sentence.end) is not None
    )
    denied = denied or (_GENITIVE.match(own) is not None and _IS_NONE.match(low, end) is not None)
    denied = denied or (
        group == "cause"
        and (_UNHURT.search(own) is not None or _PREVENTED.match(low, end) is not None)
    )
    denied = denied and not (group == "return" and _UNTIL_DONE.search(left))
    denied = denied and not (value == "slowed" and _AT_MOST_BEFORE.search(left))
    if denied and group == "cause" and _OUT_OF_ORDER.search(left):
        denied = False
    if group == "return" and value == "return" and SECOND_TRACK.search(left):
        value = "full"
    if value == "normal" and (_AGAIN.match(low, end) or _AGAIN_BEFORE.search(left)):
        group, value = "return", "full"  # "ran normally again"
    if value == "normal" and _FROM_THEN.search(_end_of(left, 50).rpartition(". ")[2]):
        group, value = "return", "full"  # "since then everything has run normally"
    hedge = _Hedge(language, group)
    before = _end_of(left, _NEAR_HEDGE).rpartition(";")[2].rpartition(". ")[2]
    hedged = (
        group != "return"
        and value not in ("normal", "advisory")
        and not (value == "slowed" and _AT_MOST.match(own))
        and (
            hedge.search(before, left.removesuffix(before)) is not None
            or (
                value not in _LIMITED
                and hedge.search(re.split("[,;]", low[end : min(sentence.end, end + 60)])[0])
                is not None
            )
            or _IF.search(low, end, min(sentence.end, end + _NEAR_IF)) is not None
            or (group == "effect" and _is_rejected(left))
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
