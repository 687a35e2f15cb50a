"""Lists of sections, each with its own hours, in one sentence or a row for each of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from netmodel.reading.event_places import EventPlace, is_over_list, is_row
from netmodel.reading.sentences_read import ReadSentence
from netmodel.reading.time_atoms import DATE_KINDS
from netmodel.reading.time_phrases import TimePhrase

_LEAST = 2
_AHEAD = re.compile(
    r"\b(?:planned|upcoming|coming|(?:this|next) week|will)\b"
    r"|(?<!\w)(?:планов|заплан|наступн|найближч|цього тижн|следующ|предстоя|ближайш|этой недел)"
)
"""Words of a line over a list by which its rows are to come."""


class ListReader:
    """Gives the rows of a list the words that stand over it."""

    def __init__(self, low: str) -> None:
        self.low = low
        self.over: ReadSentence | None = None
        self.last = -1

    def take(self, each: ReadSentence) -> tuple[ReadSentence, ...]:
        """Return a sentence as it is, in its pieces, or as a row; none for a line over a list."""
        start, end = each.sentence.start, each.sentence.end
        if is_row(self.low, start, end, each.places):
            return (self._fill(each),)
        self.over = None
        if is_over_list(self.low, start, end) and not each.places:
            self.over, self.last = each, each.number
            return ()
        return split_list(each)

    def _fill(self, row: ReadSentence) -> ReadSentence:
        """Return a row with what stands over the list, where it says nothing of it itself."""
        places = tuple(replace(x, form="section") if x.form == "trains" else x for x in row.places)
        row = replace(row, places=places, about_rail=True)
        over = self.over
        if over is None or row.number - self.last > 1:
            self.over = None
            return row
        self.last = row.number
        told = {cue.group for cue in row.cues}
        cues = (*(cue for cue in over.cues if cue.group not in told), *row.cues)
        if _AHEAD.search(self.low, over.sentence.start, over.sentence.end):
            cues = tuple(replace(cue, future=True) for cue in cues)
        days = () if any(x.get(*DATE_KINDS) for x in row.times) else over.times
        shift = len(days)
        times = tuple(
            replace(
                x,
                pair=None if x.pair is None else x.pair + shift,
                closes=None if x.closes is None else x.closes + shift,
            )
            for x in row.times
        )
        return replace(row, cues=cues, times=(*days, *times))


def split_list(each: ReadSentence) -> tuple[ReadSentence, ...]:
    """Return a sentence as one for each section that it lists with hours of its own.

    "Stopped on Monday: A – B from 9:10 to 11:40, C – D from 10:05 to 12:30." What stands before the
    first section is of all of them; a sentence that lists none is returned as it is.
    """
    sections = [x for x in each.places if x.form == "section" and x.why == "stated"]
    if len(sections) < _LEAST or not _are_apart(each.places, sections):
        return (each,)
    for behind in (True, False):
        spans = _find_spans(each, sections, behind=behind)
        own = [_clocks_in(each, span) for span in spans]
        shared = [x for x in each.cues if not any(a <= x.start < b for a, b in spans)]
        if all(own) and any(x.group in ("effect", "cause") and x.told for x in shared):
            return tuple(
                _piece(each, section, span, spans)
                for section, span in zip(sections, spans, strict=True)
            )
    return (each,)


def _are_apart(places: Sequence[EventPlace], sections: Sequence[EventPlace]) -> bool:
    """Whether no other place stands in the list, and no section is named twice."""
    names = [frozenset(x.names) for x in sections]
    first = min(x.start for x in sections)
    others = [x for x in places if x not in sections and x.start > first]
    return not others and len(set(names)) == len(names)


def _find_spans(
    each: ReadSentence, sections: Sequence[EventPlace], *, behind: bool
) -> list[tuple[int, int]]:
    """Return what is of each section: up to the next one, or from the last one on."""
    starts, ends = [x.start for x in sections], [x.end for x in sections]
    if behind:
        return list(zip(starts, [*starts[1:], each.sentence.end], strict=True))
    return list(zip([each.sentence.start, *ends[:-1]], ends, strict=True))


def _clocks_in(each: ReadSentence, span: tuple[int, int]) -> list[TimePhrase]:
    return [
        x for x in each.times
        if span[0] <= x.core < span[1] and x.get("clock") is not None
        and x.before not in ("until", "by", "as_of")
    ]  # fmt: skip


def _piece(
    each: ReadSentence,
    section: EventPlace,
    span: tuple[int, int],
    spans: Sequence[tuple[int, int]],
) -> ReadSentence:
    """Return what a sentence says of one of its sections."""

    def is_kept(start: int) -> bool:
        return span[0] <= start < span[1] or not any(a <= start < b for a, b in spans)

    numbers = [number for number, x in enumerate(each.times) if is_kept(x.core)]
    place = {number: at for at, number in enumerate(numbers)}
    kept = [each.times[number] for number in numbers]
    times = tuple(
        replace(
            x,
            pair=None if x.pair is None else place.get(x.pair),
            closes=None if x.closes is None else place.get(x.closes),
        )
        for x in kept
    )
    return replace(
        each,
        places=(section,),
        times=times,
        cues=tuple(x for x in each.cues if is_kept(x.start)),
        durations=tuple(x for x in each.durations if is_kept(x.start)),
    )
