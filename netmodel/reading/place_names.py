"""Every name that a network's places have in texts, and where a text has them.

A closed list, in any form of its words, of which the longest is taken; a name in a text has a
capital letter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from netmodel.network.names import normalise_name
from netmodel.network.railway import Network
from netmodel.reading.folded_text import FoldedText
from netmodel.reading.word_forms import inflect

_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_JOINED = re.compile(r"[ \n]{0,2}|-| ?\"")
_ANY = "*"
_PARTS = frozenset(
    [
        "vuzlovyi",
        "вузлова",
        "вузловий",
        "узловая",
        "узловой",
        "pasazhyrskyi",
        "пасажирський",
        "пассажирский",
        "passazhirskaya",
        "passazhirskiy",
        "tovarnyi",
        "товарний",
        "товарный",
        "holovnyi",
        "головний",
        "главный",
        "central",
        "centralnyi",
        "сортувальний",
        "sortuvalnyi",
        "i",
        "1",
        "a",
        "dniprovskyi",
        "дніпровський",
        "orlovsky",
    ]
)
"""Words that a station has beside the name of its town, in which texts leave them out."""
KINDS_OF_NAME = ("stop", "adjective", "object", "oblast", "railway", "not_a_place")


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """What a name means.

    Parameters
    ----------
    kind
        One of `KINDS_OF_NAME`.
    means
        Hubs and stations by their names in the network; a region; or what else it is.
    """

    kind: str
    means: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NameHit:
    """A name in a folded text, half-open."""

    start: int
    end: int
    place: NamedPlace


@dataclass(frozen=True, slots=True)
class _Entry:
    words: tuple[frozenset[str], ...]
    capitals: tuple[bool, ...]
    place: NamedPlace


class PlaceNames:
    """The names of a network's hubs, stations and regions, and of what its aliases add.

    Examples
    --------
    >>> import netmodel as nm
    >>> names = PlaceNames(nm.built_in_network())
    >>> [hit.place.means for hit in names.find(FoldedText("Поїзд стояв у Фастові."))]
    [('Fastiv',)]
    """

    def __init__(self, network: Network) -> None:
        self._entries: dict[str, list[_Entry]] = {}
        self._skeletons: dict[str, set[tuple[str, ...]]] = {}
        by_id = {hub.id: hub.name for hub in network.hubs}
        rows = [
            (each.form, each.kind, by_id.get(each.means, each.means)) for each in network.aliases
        ]
        self.stops = {hub.name for hub in network.hubs} | {each.name for each in network.stations}
        self._add_stops(network, rows)
        for region in sorted({hub.region for hub in network.hubs if hub.region} - self.stops):
            self._add(region, NamedPlace("oblast", (region,)))
        for form, kind, means in rows:
            if kind in KINDS_OF_NAME and not (kind == "oblast" and means in self.stops):
                self._add(form, NamedPlace(kind, (means,)))
        for entries in self._entries.values():
            entries.sort(key=lambda each: (-len(each.words), _rank(each.place)))

    def find(self, folded: FoldedText) -> tuple[NameHit, ...]:
        """Return the names in a text, the longest at each place, none inside another."""
        tokens = [(each.start(), each.end()) for each in _TOKEN.finditer(folded.low)]
        words = [_plain(folded.low[start:end]) for start, end in tokens]
        capitals = [folded.has_capital(start) for start, _ in tokens]
        found: list[NameHit] = []
        number = 0
        while number < len(tokens):
            place, size = self._at(folded.low, tokens, words, capitals, number)
            if place is not None:
                start, end = tokens[number][0], tokens[number + size - 1][1]
                found.append(NameHit(start, end, place))
            number += size
        return tuple(found)

    def knows(self, word: str) -> bool:
        """Whether a word in lower case begins a name."""
        return _plain(word) in self._entries

    def _at(
        self,
        low: str,
        tokens: Sequence[tuple[int, int]],
        words: Sequence[str],
        capitals: Sequence[bool],
        number: int,
    ) -> tuple[NamedPlace | None, int]:
        """Return what the longest name at a word means, and its number of words."""
        for entry in self._entries.get(words[number], ()):
            size = len(entry.words)
            if (
                number + size <= len(tokens)
                and _fits(entry, words, capitals, number)
                and _joined(low, tokens, number, size)
            ):
                return entry.place, size
        if capitals[number] and words[number].isascii():
            like = self._skeletons.get(_skeleton(words[number]), set())
            if len(like) == 1:
                return NamedPlace("stop", next(iter(like))), 1
        return None, 1

    def _add_stops(self, network: Network, rows: Sequence[tuple[str, str, str]]) -> None:
        """Add hubs and stations; of what several carry, hubs before stations."""
        spelt: dict[str, list[str]] = {}
        own: dict[str, str] = {}
        named = [(hub.name, hub.aliases) for hub in network.hubs]
        named += [(station.name, station.aliases) for station in network.stations]
        for main, others in named:
            for number, name in enumerate((main, *others)):
                known = spelt.setdefault(name, [])
                if main not in known:
                    known.append(main)
                if number == 0:
                    own.setdefault(name, main)
        for form, kind, means in rows:
            if kind == "old_name" and means in self.stops:
                spelt.setdefault(form, [means])
        for short, of_towns in _shortened(spelt).items():
            spelt.setdefault(short, of_towns)
        for name, stops in spelt.items():
            first = own.get(name)
            order = stops if first is None else [first, *(each for each in stops if each != first)]
            self._add(name, NamedPlace("stop", tuple(order)))
            skeleton = _skeleton(_key(name))
            if name.isascii() and " " not in name and len(skeleton) >= _LEAST_LIKE:
                self._skeletons.setdefault(skeleton, set()).add(tuple(order))

    def _add(self, form: str, place: NamedPlace) -> None:
        words = _key(form).split()
        if not words:
            return
        capitals = tuple(
            each[:1].isupper() or each == _ANY for each in _TOKEN_OR_ANY.findall(_even(form))
        )
        if len(capitals) != len(words) or place.kind == "adjective":
            capitals = (place.kind != "adjective",) + (False,) * (len(words) - 1)
        sets = tuple(_forms(word) for word in words)
        for word in sets[0]:
            self._entries.setdefault(word, []).append(_Entry(sets, capitals, place))


_LEAST_LIKE = 5
_TOKEN_OR_ANY = re.compile(r"[^\W_]+|\*")


def _even(form: str) -> str:
    return form.translate(dict.fromkeys(map(ord, "'’ʼ`\"«»()")))


def _rank(place: NamedPlace) -> int:
    order = ("not_a_place", "railway", "object", "stop", "oblast", "adjective")
    return order.index(place.kind)


def _key(name: str) -> str:
    return " ".join(normalise_name(name).replace("ё", "е").replace("*", " * ").split())


@lru_cache(maxsize=2**14)
def _plain(word: str) -> str:
    return normalise_name(word).replace("ё", "е")


_LIKE = (
    ("iya", "ia"), ("iy", "i"), ("yi", "i"), ("ii", "i"), ("ya", "ia"), ("yu", "iu"), ("yo", "io"),
    ("ye", "e"), ("ie", "e"), ("y", "i"), ("j", "i"), ("kh", "h"), ("g", "h"), ("w", "v"),
    ("tz", "ts"), ("ck", "k"), ("ss", "s"), ("nn", "n"), ("ll", "l"), ("ii", "i"),
)  # fmt: skip


@lru_cache(maxsize=2**14)
def _skeleton(word: str) -> str:
    """Return a Latin spelling without what the ways of transliteration differ in."""
    for old, new in _LIKE:
        word = word.replace(old, new)
    return word


@lru_cache(maxsize=2**13)
def _forms(word: str) -> frozenset[str]:
    if word == _ANY or word.isdigit():
        return frozenset({word})
    if not _CYRILLIC.search(word):
        return frozenset({word, f"{word}s"} if len(word) > 2 else {word})
    return inflect(word)


def _fits(entry: _Entry, words: Sequence[str], capitals: Sequence[bool], number: int) -> bool:
    """Whether the words from a number on are those of a name, with its capitals."""
    return all(
        (words[number + offset] in forms or (_ANY in forms and words[number + offset].isalpha()))
        and (capitals[number + offset] or not capital or words[number + offset].isdigit())
        for offset, (forms, capital) in enumerate(zip(entry.words, entry.capitals, strict=True))
    )


def _joined(low: str, tokens: Sequence[tuple[int, int]], number: int, size: int) -> bool:
    return all(
        _JOINED.fullmatch(low, tokens[each][1], tokens[each + 1][0])
        for each in range(number, number + size - 1)
    )


def _shortened(spelt: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return the names of towns whose stations have more words, where only one does."""
    short: dict[str, set[str]] = {}
    for name, means in spelt.items():
        words = _key(name).split()
        if len(words) > 1 and all(each in _PARTS for each in words[1:]):
            short.setdefault(re.split(r"[ -]", name)[0], set()).update(means)
    taken = {_key(name) for name in spelt}
    return {
        name: sorted(means)
        for name, means in short.items()
        if len(means) == 1 and _key(name) not in taken
    }
