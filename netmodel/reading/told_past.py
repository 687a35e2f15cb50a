"""Whether what befell traffic is told as past: a time of it after the publication is in doubt."""

from __future__ import annotations

import re

from netmodel.reading.clauses import clause_of, is_forecast, is_to_come
from netmodel.reading.sentences_read import ReadSentence
from netmodel.reading.speakers import is_speech_verb
from netmodel.reading.time_phrases import TimePhrase
from netmodel.reading.told_cues import Cue
from netmodel.reading.word_forms import is_past

_SET = re.compile(
    r"\b(?:postpon|extend|prolong|put off|moved (?:to|until)|announc|set for"
    r"|cancel|call(?:ed)? off|plann|scheduled)\w*"
    r"|(?<!\w)(?:перенес|перенос|продовж|подовж|відкла|признач|заплан|оголо|анонс|скасу|скасо"
    r"|продл|отложи|отложе|назнач|заплан|намет|намеч|объяв|отмен)\w*"
)
"""Words for what was settled before and is of a day to come: "extended to 20 May"."""
_OVER = re.compile(
    r"\b(?:was|were|had|did|resumed|re-?opened|restarted|returned|ran|began|started|derailed|passed"
    r"|went|came|left|struck|hit|broke|fell|collided|caught|ended|stopped|restored|cleared|lifted)\b"
)
_WAS = re.compile(r"\b(?:was|were)\b|(?<!\w)(?:був|була|було|були|был|была|было|были)(?!\w)")
_NOT_OVER = re.compile(r"\b(?:is|are|be|being|has|have)\b")
_IMPERSONAL = re.compile(r"\w+(?:ено|єно|ано|яно|ито|ыто|ена|ены|ен)(?!\w)")
_WORD = re.compile(r"[\w'-]+")


def is_told_past(low: str, each: ReadSentence, phrase: TimePhrase, cue: Cue | None) -> bool:
    """Whether the words between what befell traffic and a time tell that it was.

    What is closed from or until a day, and what was put off to it, is told of the days to come.
    """
    if cue is None or cue.future or phrase.before in ("until", "not_before"):
        return False
    paired = phrase.pair is not None
    if phrase.before in ("since", "by") and cue.group != "return" and not paired:
        return False
    sentence, language = each.sentence, each.sentence.language
    first, last = clause_of(low, sentence, phrase.start, phrase.end)
    if is_to_come(low, first, last, language) or is_forecast(low, first, last, language):
        return False
    start, end = min(cue.start, phrase.start), max(cue.end, phrase.end)
    cut = _WORD.match(low, cue.end)
    end = max(end, cut.end()) if cut is not None else end
    if _SET.search(low, sentence.start, sentence.end):
        return False
    if paired and cue.group != "return":
        return _WAS.search(low, max(first, start - _BEFORE), end) is not None
    if language == "en":
        start = min(start, max(first, start - _BEFORE)) if cue.start < phrase.start else start
        found = _OVER.search(low, start, end)
        return found is not None and _NOT_OVER.search(low, start, end) is None
    if cue.group == "return" and _IMPERSONAL.search(low, start, end):
        return True
    words = (found[0] for found in _WORD.finditer(low, start, end))
    return any(is_past(x, language) for x in words if not is_speech_verb(x, language))


_BEFORE = 12
"""Letters before words in which their auxiliary may stand: "was | restored"."""
