"""What else an article says of an event: buses, delays and detours of trains, figures, quotas."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from netmodel.evidence.vocabulary import FrozenMap
from netmodel.reading.clauses import clause_of
from netmodel.reading.counted_nouns import find_counts, read_number
from netmodel.reading.draft_fields import FieldValue
from netmodel.reading.event_places import EventPlace
from netmodel.reading.sentence_links import EventFound
from netmodel.reading.sentences_read import ReadSentence

_TRAIN: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(r"trains? (?:nos?\.? )?№?(?P<n>\d{1,4}(?:/\d{1,4})?)\b(?! (?:per|a day|km|minutes|hours|were|was|had|cars|wagons|to \d|or \d))"),
    "uk": re.compile(r"(?:поїзд|потяг|електропоїзд)\w* (?:№ ?)?(?P<n>\d{1,4}(?:/\d{1,4})?)\b(?! (?:на добу|км|хв|год))"),
    "ru": re.compile(r"(?:поезд|электропоезд)\w* (?:№ ?)?(?P<n>\d{1,4}(?:/\d{1,4})?)\b(?! (?:в сутки|км|мин|час))"),
}  # fmt: skip
_QUOTA: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(r"(?:no more than|at most|up to|only|not more than|limit(?:ed)?(?: (?P<before>\w+))? (?:of|to)) (?P<n>\d{1,3}|\w+) (?P<kind>\w+ )?(?:trains|pairs)(?: \w+){0,2} (?:a|per|each|every) day"),
    "uk": re.compile(r"(?:не більше|до|лише|тільки) (?:ніж )?(?P<n>\d{1,3}|[\w']+) (?P<kind>\w+ )?(?:поїзд|потяг|пар)\w*"),
    "ru": re.compile(r"(?:не больше|не более|до|лишь|только) (?:чем )?(?P<n>\d{1,3}|\w+) (?P<kind>\w+ )?(?:поезд|пар)\w*"),
}  # fmt: skip
_FREIGHT = re.compile(r"freight|вантаж|грузов")
_PASSENGER = re.compile(r"passenger|suburban|commuter|пасажир|приміськ|пассажир|пригород")


@dataclass(frozen=True, slots=True)
class FurtherFound:
    """One thing: a field of the incident, or a claim; half-open in the folded text.

    Parameters
    ----------
    also
        Where further words stand that support it.
    trains
        The numbers of those of which it is, each with the place of its words.
    """

    about: str
    name: str
    value: FieldValue
    start: int
    end: int
    sentence: int
    of_incident: bool = False
    sure: str = "certain"
    why: str = "stated"
    also: tuple[tuple[int, int], ...] = ()
    trains: tuple[tuple[str, tuple[int, int]], ...] = ()


def find_further(
    low: str, sentences: Sequence[ReadSentence], effect: str
) -> Iterator[FurtherFound]:
    """Yield what the sentences of an event say beside its times.

    Parameters
    ----------
    effect
        Of the event: minutes lost and quotas are fields of it only with some effects; empty for
        claims alone.
    """
    for each in sentences:
        if effect:
            yield from _incident_fields(low, each, effect)
        else:
            yield from _delays(low, each)
            yield from _detours(low, each)
            yield from _buses(each)
            yield from _figures(low, each)


def _incident_fields(low: str, each: ReadSentence, effect: str) -> Iterator[FurtherFound]:
    language = each.sentence.language
    if effect == "slowed":
        for duration in each.durations:
            if duration.role == "late" and duration.hours < 1:
                yield FurtherFound(
                    "", "slowed_minutes", round(duration.hours * 60, 1), duration.start,
                    duration.end, each.number, of_incident=True,
                )  # fmt: skip
                return
    if effect == "limited":
        found = _QUOTA[language].search(low, each.sentence.start, each.sentence.end)
        number = None if found is None else read_number(found["n"])
        if found is not None and number:
            kind = found["kind"] or found.groupdict().get("before") or ""
            names = (
                ["freight"]
                if _FREIGHT.search(kind)
                else ["passenger"]
                if _PASSENGER.search(kind)
                else ["freight", "passenger"]
            )
            if len(names) == 1:
                yield FurtherFound(
                    "", "trains_per_day", FrozenMap({names[0]: number}), found.start(),
                    found.end(), each.number, of_incident=True,
                )  # fmt: skip


def _delays(low: str, each: ReadSentence) -> Iterator[FurtherFound]:
    late = [duration for duration in each.durations if duration.role == "late"]
    if not late:
        return
    longest = max(late, key=lambda duration: duration.hours)
    minutes = FrozenMap({"delay_minutes": round(longest.hours * 60, 1)})
    yield FurtherFound(
        "delay", "figures", minutes, longest.start, longest.end, each.number,
        trains=_find_numbers(low, each),
    )  # fmt: skip


def _find_numbers(low: str, each: ReadSentence) -> tuple[tuple[str, tuple[int, int]], ...]:
    """Return the numbers of trains that a sentence names, each with the place of its words."""
    found: dict[str, tuple[int, int]] = {}
    pattern = _TRAIN[each.sentence.language]
    taken = [(x.start, x.end) for x in each.times] + [(x.start, x.end) for x in each.durations]
    for match in pattern.finditer(low, each.sentence.start, each.sentence.end):
        if not any(start < match.end() and match.start("n") < end for start, end in taken):
            found.setdefault(match["n"], match.span())
    return tuple(found.items())


_NO_WAY = ("via", "region", "other")


def _detours(low: str, each: ReadSentence) -> Iterator[FurtherFound]:
    via = [place for place in each.places if place.form == "via"]
    trains = _find_numbers(low, each)
    told = [cue for cue in each.told("effect") if cue.value == "detoured"]
    if not (trains or told or any(place.form not in _NO_WAY for place in each.places)):
        return  # "through Unecha trains run again"
    for place in via[:1]:
        yield FurtherFound(
            "detour", "", "", place.start, place.end, each.number, trains=trains,
            also=tuple((cue.start, cue.end) for cue in told[:1]),
        )  # fmt: skip


def _buses(each: ReadSentence) -> Iterator[FurtherFound]:
    for cue in each.told("effect"):
        if cue.value == "replaced":
            yield FurtherFound("replacement", "", "", cue.start, cue.end, each.number)
            return


_STATION = r"(?:the )?(?:(?:station|станції|станции) )?[\"']*"
_FROM, _TO = (
    (re.compile(rf"(?:{words}) {_STATION}$"), re.compile(rf"(?:{words}) "))
    for words in (
        r"\bfrom|(?<!\w)(?:з|із|зі|від|из|от|со?)", r"\b(?:to|for|as far as)|(?<!\w)(?:до|в|у|на)"
    )
)  # fmt: skip
"""Words before the places from which and to which buses go, and at the beginning of their words."""


def _find_way(low: str, each: ReadSentence) -> EventPlace | None:
    """Return the way that a sentence names by its ends apart: "to B by bus from A"."""
    ends = []
    for before, begins in (_FROM, _TO):
        found = [
            x for x in each.places
            if begins.match(low, x.start) or before.search(low, each.sentence.start, x.start)
        ]  # fmt: skip
        if len(found) != 1 or len(found[0].names) != 1:
            return None
        ends.append(found[0])
    first, last = sorted(ends, key=lambda x: x.start)
    names = (ends[0].names[0], ends[1].names[0])
    return replace(first, form="section", names=names, end=last.end)


def find_buses(low: str, event: EventFound) -> FurtherFound | None:
    """Return between which places buses stood in for trains.

    Certain where the section is named in one breath with them, in doubt where it is only that of
    the event.
    """
    inferred: FurtherFound | None = None
    whole = [place for place in event.places if place.form == "section"]
    for each in event.sentences:
        cues = [cue for cue in each.told("effect") if cue.value == "replaced"]
        if not cues:
            continue
        own = [place for place in each.places if place.form == "section"]
        if own:
            near = min(own, key=lambda place: abs(place.start - cues[0].start))
            return _bus_way(each, cues[0].start, cues[0].end, near, "stated")
        apart = _find_way(low, each)
        if apart is not None:
            return _bus_way(each, cues[0].start, cues[0].end, apart, "stated")
        others = [place for place in each.places if place.form not in ("region", "other")]
        if len(whole) == 1 and not others and inferred is None:
            inferred = _bus_way(each, cues[0].start, cues[0].end, whole[0], "inferred")
    return inferred


def find_lost_buses(low: str, event: EventFound) -> tuple[int, int] | None:
    """Return where buses are told of whose way is not known; ``None`` where none are."""
    for each in event.sentences:
        for cue in each.told("effect"):
            if cue.value == "replaced":
                return _without_ends(low, *clause_of(low, each.sentence, cue.start, cue.end))
    return None


def _without_ends(low: str, start: int, end: int) -> tuple[int, int]:
    words = low[start:end]
    return start + len(words) - len(words.lstrip(" ")), end - len(words) + len(words.rstrip(" ."))


def _bus_way(
    each: ReadSentence, start: int, end: int, place: EventPlace, why: str
) -> FurtherFound | None:
    if len(set(place.names)) < 2:
        return None
    return FurtherFound(
        "", "replacement", FrozenMap({"from": place.names[0], "to": place.names[-1]}), start, end,
        each.number, of_incident=True, sure="certain" if why == "stated" else "doubtful", why=why,
        also=((place.start, place.end),),
    )  # fmt: skip


def _figures(low: str, each: ReadSentence) -> Iterator[FurtherFound]:
    sentence = each.sentence
    for found in find_counts(low, sentence.language, sentence.start, sentence.end):
        if any(time.start < found.end and found.start < time.end for time in each.times):
            continue
        yield FurtherFound(
            "figures", "figures", FrozenMap({found.name: found.number}), found.start, found.end,
            each.number,
        )  # fmt: skip
