"""What a time of a sentence belongs to: what befell traffic, or the day on which somebody spoke."""

from __future__ import annotations

import re

from netmodel.reading.cues import Cue, count_breaks
from netmodel.reading.events import ReadSentence
from netmodel.reading.time_atoms import DATE_KINDS
from netmodel.reading.time_phrases import TimePhrase

BREAK = 35
"""Letters that a break between the parts of a sentence counts for."""
_SPEECH_REACH = 26
_SPOKEN = re.compile(
    r"(?:comments?|statements?|remarks?|interviews?|briefings?|speaking|reports?|articles?|notices?"
    r"|bulletins?|message|post|dated?)"
    r"(?: \w+)? (?:on|of|from|late|early) $"
    r"|(?:заяв[аиіу]|коментар\w*|інтерв'ю|брифінг\w*|оголошенн\w*|зведенн\w*|заявлени\w+|интервью|брифинг\w*"
    r"|объявлени\w+|сводк\w+)(?: \w+)? (?:у |в |за |от |від |на )?$"
    r"|(?:повідомленн|сообщени)\w* (?:від|от|за) $"
    r"|(?:оновлен[оа]|оновили|опубліковано|обновлен[оа]|обновили|опубликовано|updated|published|posted|last update)(?: інформаці\w| информаци\w)?"
    r"(?: at| on| о| об| в| у|:)? $"
)  # fmt: skip


def nearest_cue(low: str, each: ReadSentence, start: int, end: int) -> Cue | None:
    """Return the cue that a time belongs to: the nearest, breaks counted."""
    found = [
        cue for cue in each.cues
        if cue.value not in ("replaced", "late")
        and not ((cue.denied or cue.hedged) and cue.group != "return")
    ]  # fmt: skip
    if not found:
        return None
    best = min(found, key=lambda cue: (cue_distance(low, cue, start, end), cue.start))
    if best.group == "return" and best.value != "full":
        for cue in found:
            first, last = sorted((cue, best), key=lambda one: one.start)
            if cue.value == "full" and not count_breaks(low, first.end, last.start):
                return cue
    return best


def cue_distance(low: str, cue: Cue, start: int, end: int) -> int:
    """Return how far a time stands from words for what befell traffic, breaks counted."""
    first, last = (cue.end, start) if cue.end <= start else (end, cue.start)
    weight = {"cause": 12, "still": 6, "occurred": 4}.get(cue.group, 0)
    if first >= last:
        return weight
    return last - first + BREAK * count_breaks(low, first, last) + weight


def is_of_speech(low: str, each: ReadSentence, phrase: TimePhrase) -> bool:
    """Whether a time is that at which somebody spoke: "the operator wrote on Friday"."""
    if phrase.before:
        return False
    if _SPOKEN.search(low[max(each.sentence.start, phrase.core - 34) : phrase.core]):
        return True
    clock = phrase.get("clock") is not None
    if clock and phrase.get(*DATE_KINDS) is None:
        return any(
            _CLOSE.fullmatch(low[speech.end : phrase.core]) is not None for speech in each.speeches
        )
    if clock or phrase.get(*DATE_KINDS) is None:
        return False
    for speech in each.speeches:
        first, last = sorted((speech.end, phrase.end)), sorted((speech.start, phrase.start))
        if count_breaks(low, first[0], last[1]):
            continue
        away = max(speech.start - phrase.end, phrase.start - speech.end)
        if away <= _SPEECH_REACH and not any(
            min(speech.end, phrase.end) <= cue.start <= max(speech.start, phrase.start)
            for cue in each.cues
        ):
            return True
    return False


_CLOSE = re.compile(r" (?:at|о|об|в) ")
"""What may stand between a verb of speech and its own clock."""
