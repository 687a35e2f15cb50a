"""Which railway company a text means by "the company": the one that it named last."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from netmodel.reading.folded_text import FoldedText, Sentence
from netmodel.reading.speakers import Speech


def name_companies(
    folded: FoldedText, sentence: Sentence, speeches: Sequence[Speech], last: Speech | None
) -> tuple[tuple[Speech, ...], Speech | None]:
    """Return speeches with the railway that "the company" means, and the one that was named last.

    Parameters
    ----------
    last
        The railway that was named last before the sentence.
    """
    low, done = folded.low, []
    named = [
        Speech(*each.span(), *each.span(), "operator", leads=False, governed=True)
        for each in _COMPANY.finditer(low, sentence.start, sentence.end)
        if folded.has_capital(each.start())
    ]
    for each in speeches:
        start, end = each.name
        if _THE_COMPANY.fullmatch(low, start, end):
            last = next((x for x in reversed(named) if x.end <= each.start), last)
            if last is not None:
                named_at, governed = last.name, last.governed
                each = replace(each, named=named_at, governed=governed, party="operator")
        elif each.party == "operator" and folded.has_capital(start) and " " not in low[start:end]:
            last = each
        done.append(each)
    return tuple(done), named[-1] if named else last


_COMPANY = re.compile(
    r"\b(?:ukrzaliznytsia|(?:[\w-]+ ){1,2}railways|[\w-]+ railway(?= (?:said|says|announced|reported|wrote|told)))\b"
    r"|(?<!\w)(?:укрзалізниц\w+|[\w-]+[сцз]ьк\w{1,3} залізниц\w+|укрзализныц\w+|[\w-]*жд|[\w-]+ск\w{2,3} железн\w{2,3} дорог\w{1,2})(?!\w)"
)
"""Names of railway companies."""
_THE_COMPANY = re.compile(
    r"the (?:(?:railway|rail|state|national|train) )?(?:company|operator|carrier|railways?)"
    r"|компан[іи]\w{1,2}|перевізник\w{0,3}|залізниц\w{1,2}|оператор\w{0,3}|перевозчик\w{0,2}|железн\w{2} дорог\w{1,2}"
)
"""Words that mean a railway company by what it is."""
