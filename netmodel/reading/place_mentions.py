"""Which names in a text are places of the network, and which are persons, newspapers or rivers."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from netmodel.network.railway import Network
from netmodel.reading.folded_text import FoldedText, Sentence
from netmodel.reading.place_names import NameHit, PlaceNames
from netmodel.reading.place_words import (
    BEFORE_NAMES,
    EVERYDAY,
    LINE_NOUN,
    NAMES_EN,
    PAPERS,
    REGION,
    REGIONS,
    RIVER,
    STATIONS,
    TITLES,
)
from netmodel.reading.word_forms import may_be_first_name


@dataclass(frozen=True, slots=True)
class Mention:
    """A place of the network that a text names; half-open in the folded text.

    Parameters
    ----------
    kind
        ``stop`` or ``region``.
    name
        In the network.
    sure, why
        As of a field of a draft.
    """

    kind: str
    name: str
    start: int
    end: int
    sentence: int
    sure: str
    why: str


@dataclass(frozen=True, slots=True)
class NoMention:
    """A name that is no place of the network here, and why; half-open in the folded text."""

    start: int
    end: int
    why: str


class PlaceFinder:
    """Finds the places that a text names.

    Examples
    --------
    >>> import netmodel as nm
    >>> finder = PlaceFinder(nm.built_in_network())
    >>> folded = FoldedText("Mr Fastiv took a train to Lviv.")
    >>> found, other = finder.find(folded, folded.sentences())
    >>> [each.name for each in found], [each.why for each in other]
    (['Lviv'], ['person'])
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.names = PlaceNames(network)
        self.region_of = {hub.name: hub.region for hub in network.hubs if hub.region}
        hub_of_link = {link.id: link.from_hub for link in network.links}
        by_id = {hub.id: hub for hub in network.hubs}
        for station in network.stations:
            hub = by_id[hub_of_link[station.link]]
            self.region_of.setdefault(station.name, hub.region)
        ends: dict[str, set[str]] = {}
        for link in network.links:
            both = {by_id[link.from_hub].name, by_id[link.to_hub].name}
            for name in both:
                ends.setdefault(name, set()).update(both)
        for station in network.stations:
            link = network.link(station.link)
            both = {by_id[link.from_hub].name, by_id[link.to_hub].name}
            ends.setdefault(station.name, set()).update(both)
        self.beside = {name: frozenset(found) for name, found in ends.items()}
        self.links = {link.id: (by_id[link.from_hub].name, by_id[link.to_hub].name)
                      for link in network.links}  # fmt: skip
        self.regions = {hub.region for hub in network.hubs if hub.region}

    def find(
        self, folded: FoldedText, sentences: tuple[Sentence, ...]
    ) -> tuple[tuple[Mention, ...], tuple[NoMention, ...]]:
        """Return the places that a text names, and the names that are none here."""
        found: list[Mention] = []
        other: list[NoMention] = []
        starts = [each.start for each in sentences]
        for hit in self.names.find(folded):
            number = max(0, bisect_right(starts, hit.start) - 1)
            if not sentences or not sentences[number].language:
                continue
            why = self._why_not(folded, sentences[number], hit)
            if why is not None:
                other += [NoMention(hit.start, hit.end, why)] if why else []
                continue
            found += self._mentions(hit, number, folded)
        return tuple(found), tuple(other)

    def _mentions(self, hit: NameHit, number: int, folded: FoldedText) -> Iterator[Mention]:
        kind, means = hit.place.kind, hit.place.means
        span = (hit.start, hit.end, number)
        low = folded.low
        if kind == "oblast" and means[0] in self.regions:
            yield Mention("region", means[0], *span, "certain", "stated")
        elif kind == "stop" and self._is_region(low, hit):
            region = self.region_of.get(means[0])
            if region and not re.match(r" (?:district|county|raion)", low[hit.end :]):
                yield Mention("region", region, *span, "likely", "inferred")
        elif kind in ("stop", "adjective", "object"):
            names = self.links.get(means[0], (means[0],)) if kind == "object" else means[:1]
            sure = "certain" if kind == "stop" and len(means) == 1 else "likely"
            why = "stated" if kind == "stop" and len(means) == 1 else "object"
            if kind == "stop" and len(means) > 1:
                sure, why = "doubtful", "ambiguous_name"
            for name in names:
                if name in self.names.stops:
                    yield Mention("stop", name, *span, sure, why)

    def _is_region(self, low: str, hit: NameHit) -> bool:
        after = low[hit.end : hit.end + 90]
        if re.search(r"(?:region|oblast|province) of $", low[max(0, hit.start - 12) : hit.start]):
            return True
        return REGION.match(after) is not None or REGIONS.match(after) is not None

    def _why_not(self, folded: FoldedText, sentence: Sentence, hit: NameHit) -> str | None:
        """Return why a name is no place here; empty for no reason to tell; ``None`` if it is."""
        kind, low = hit.place.kind, folded.low
        before, after = (
            low[max(sentence.start, hit.start - 60) : hit.start],
            low[hit.end : hit.end + 40],
        )
        if kind == "not_a_place":
            return _reason(hit.place.means[0])
        if _COMPASS.search(before):
            return ""  # "the Severo-Kavkazskaya road" is another name
        if kind == "railway":
            return ""
        if kind == "adjective":
            return None if LINE_NOUN.match(after) else ""
        if kind != "stop":
            return None
        if self._is_person(folded, sentence, hit, before):
            return "person"
        if PAPERS.match(after) and folded.has_capital(_next_letter(low, hit.end)):
            return (
                "publication"
                if re.match(
                    r"[ ,]*(?:times|post|indep|gaz|news|her|trib|today|jour|daily|tel|week|pravda|rev|obs|mirr)",
                    after,
                )
                else "organisation"
            )
        if (
            re.match(r" (?:railway|залізниц|железн\w+ дорог)", after)
            and "station" not in after[:18]
        ):
            return ""
        if hit.place.means[0] == "Dnipro" and (
            RIVER.search(before) or (before.endswith(" the ") and not re.match(r"[ -](?:region|city|line|station|railway|section|[–-])", after))
        ):  # fmt: skip
            return "ambiguous"
        if _is_quoted(before, after) or _OFFICE.match(after) or _governs(hit, before, after):
            return "organisation"
        if _is_common(folded, sentence, hit, before):
            return "ambiguous"
        return None

    def _begins_name(self, folded: FoldedText, sentence: Sentence, hit: NameHit) -> bool:
        """Whether a name is the first one of a person, whose surname stands behind it."""
        after = _SURNAME.match(folded.low, hit.end)
        if after is None or not folded.has_capital(after.start("word")):
            return False
        word = folded.low[hit.start : hit.end]
        return may_be_first_name(word, sentence.language) and not self.names.knows(after["word"])

    def _is_person(self, folded: FoldedText, sentence: Sentence, hit: NameHit, before: str) -> bool:
        if TITLES.search(before):
            return not STATIONS.search(before)
        if self._begins_name(folded, sentence, hit):
            return True
        found = re.search(r"([^\W\d_]+(?:-[^\W\d_]+)?)(?: ([a-zа-яіїєґ])\.)? $", before)
        if found is None:
            return False
        word, at = found[1], hit.start - len(before) + found.start(1)
        if not folded.has_capital(at):
            return False
        if sentence.language == "en":
            begins = not folded.low[sentence.start : at].strip(" \"'(–")
            known = word in BEFORE_NAMES or self.names.knows(word)
            return word in NAMES_EN or not (begins or known)
        return (
            len(word) > 2
            and may_be_first_name(word, sentence.language)
            and (" " not in folded.low[hit.start : hit.end])
        )


_SURNAME = re.compile(
    r" (?P<word>[а-яіїєґ'-]{4,}(?:енк[ои]|ук|юк|чук|ов|ев|єв|ін|ин|ский|ський|цький|цкий|ко|ович))(?!\w)"
)

_COMPASS = re.compile(
    r"(?<!\w)(?:северо|юго|западно|восточно|південно|північно|західно|східно|north|south|east|west)-$"
)


_CAPITALS = ("Moscow", "Kyiv", "Minsk", "Warsaw", "Chișinău", "Bucharest", "Budapest")
"""Names that also stand for a government or for the time of a country."""
_SPEAKS = re.compile(
    r" (?:has |have |had )?(?:not )?(?:said|says|claim(?:s|ed)|den(?:ies|ied)|announced|reject(?:s|ed)|commented|insists?|insisted)\b"
    r"|['’]s (?:defen[cs]e|foreign|ministry|claim|missiles?|forces|troops|army)"
    r"|,? (?:заяви|стверджу|заперечу|заявля|утвержда|отрица)\w+"
)
_IN = re.compile(r"(?:\b(?:in|at|to|from|of|near)|(?<!\w)(?:в|у|з|із|из|до|под|під)) $")
_ON_ITS_CLOCKS = re.compile(r"\d (?:за|по) $")
_OFFICE = re.compile(
    r" (?:regional|city|district|oblast|military) (?:\w+ ){0,2}?(?:administration|council|prosecutors?|police|hospital|court|governor|headquarters)\b"
)
"""What follows a name and makes of it an office: "Dnipropetrovsk Regional Administration"."""


def _governs(hit: NameHit, before: str, after: str) -> bool:
    """Whether a capital stands for its government, or for the clocks of its country."""
    if hit.place.means[0] not in _CAPITALS:
        return False
    speaks = _SPEAKS.match(after) is not None and _IN.search(before) is None
    return speaks or _ON_ITS_CLOCKS.search(before) is not None


def _is_quoted(before: str, after: str) -> bool:
    """Whether the name alone stands in quotation marks, as the name of a club or a firm."""
    quoted = before.endswith('"') and after.startswith('"')
    return quoted and not STATIONS.search(before)


def _reason(means: str) -> str:
    if means in ("person", "newspaper"):
        return {"person": "person", "newspaper": "publication"}[means]
    if means == "time":
        return ""
    return (
        "organisation"
        if means in ("club", "team", "power station", "organisation")
        else "ambiguous"
    )


def _next_letter(low: str, at: int) -> int:
    while at < len(low) - 1 and not low[at].isalpha():
        at += 1
    return min(at, len(low) - 1)


def _is_common(folded: FoldedText, sentence: Sentence, hit: NameHit, before: str) -> bool:
    """Whether a word at the beginning of a sentence is a common word with its capital."""
    word = folded.low[hit.start : hit.end]
    if hit.end + 1 >= sentence.end and all(map(folded.has_capital, range(hit.start, hit.end))):
        return False  # the town over a report: "ЛИСКИ."
    if before.strip(" \"'(–-") or sentence.language == "en":
        return False
    if folded.low[hit.end : hit.end + 3].startswith((" – ", " - ", "–")):
        return False
    return word in EVERYDAY
