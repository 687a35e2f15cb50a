"""Finding hubs and stations by any of their names, in any spelling."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from netmodel.errors import AmbiguousNameError, Suggestions, UnknownNameError, nearest_spellings
from netmodel.network.railway import Hub, Network, Station, great_circle_km

COUNTRY_NAMES = {
    "BY": "Belarus", "HU": "Hungary", "MD": "Moldova", "PL": "Poland", "RO": "Romania",
    "RU": "Russia", "SK": "Slovakia", "UA": "Ukraine",
}  # fmt: skip
_MARKS = {**dict.fromkeys(map(ord, "'’ʼ`ʹ\"«»()")), **{ord(mark): " " for mark in "-–—_."}}


SHORT_FORMS = {
    "bf": "bahnhof", "bhf": "bahnhof", "hbf": "hauptbahnhof", "jn": "junction", "jct": "junction",
    "stn": "station", "вкз": "вокзал", "пас": "пасажирський",
}  # fmt: skip
"""Words of a station's name that are the same for comparison."""
CODE_COLUMNS = (
    "code", "codes", "station_code", "stop_code", "short_name", "abbreviation", "crs", "ds100",
    "source_id", "node_id", "station_id", "stop_id", "rl100", "railway:ref", "uic", "uic_ref",
    "uic_code", "ref:crs", "tiploc",
)  # fmt: skip
"""Further columns of ``hubs.csv`` in which the codes of stations stand; several with ``;``."""
SAME_PLACE_KM = 2.0
"""Hubs or stations of one name that lie as near as this are one place."""


@lru_cache(maxsize=2**17)
def normalise_name(name: str) -> str:
    """Return a name without case, accents, apostrophes and hyphens, for comparison.

    The letters й and ї are letters of their own and not accented и and і: they are kept.

    Examples
    --------
    >>> normalise_name("Kup’iansk-Vuzlovyi") == normalise_name("KUPIANSK VUZLOVYI")
    True
    """
    bare = name if name.isascii() else _without_accents(name)
    return " ".join(bare.casefold().translate(_MARKS).split())


def _without_accents(name: str) -> str:
    composed = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
    decomposed = unicodedata.normalize("NFKD", composed.replace("й", "\0").replace("ї", "\1"))
    bare = "".join(each for each in decomposed if not unicodedata.combining(each))
    return bare.replace("\0", "й").replace("\1", "ї")


@lru_cache(maxsize=2**17)
def _key(name: str) -> str:
    """Return a name for comparison, with the usual short forms of a station written out."""
    words = normalise_name(name).split()
    return " ".join(SHORT_FORMS.get(word, word) for word in words)


def _keys(names: Iterable[str]) -> Iterator[str]:
    return (_key(name) for name in names)


def is_known_place(hub: Hub) -> bool:
    """Whether a hub has a name that a person knows, and not one that an import made of its place.

    Examples
    --------
    >>> is_known_place(Hub(id="a", name="Fastiv I", lon=30, lat=50, kind="junction"))
    True
    >>> is_known_place(Hub(id="b", name="junction 50.0000-30.0000", lon=30, lat=50))
    False
    """
    first, _, rest = hub.name.partition(" ")
    return not (first in _MADE and rest)


_MADE = {"junction", "end", "loop", "crossing", "border"}


@dataclass(frozen=True)
class Names:
    """All names of a network's hubs and stations.

    Examples
    --------
    >>> import netmodel as nm
    >>> Names(nm.built_in_network()).hub("Севастополь").id
    'sevastopol'
    """

    network: Network

    @cached_property
    def _hubs(self) -> Mapping[str, tuple[Hub, ...]]:
        found: dict[str, list[Hub]] = {}
        for hub in self.network.hubs:
            for name in dict.fromkeys(_keys((hub.id, hub.name, *hub.aliases))):
                found.setdefault(name, []).append(hub)
        return {name: tuple(hubs) for name, hubs in found.items()}

    @cached_property
    def _stations(self) -> Mapping[str, tuple[Station, ...]]:
        found: dict[str, list[Station]] = {}
        for station in self.network.stations:
            for name in dict.fromkeys(_keys((station.name, *station.aliases))):
                found.setdefault(name, []).append(station)
        return {name: tuple(stations) for name, stations in found.items()}

    @cached_property
    def _suggestions(self) -> Suggestions:
        shown = {
            spelling: hub.name
            for hub in self.network.hubs
            for spelling in (hub.id, hub.name, *hub.aliases)
        }
        return Suggestions(shown, shown_as=shown, find=_suggest)

    @cached_property
    def _all_suggestions(self) -> Suggestions:
        return Suggestions(self._spellings, shown_as=self._spellings, find=_suggest)

    @cached_property
    def _spellings(self) -> Mapping[str, str]:
        shown: dict[str, str] = {}
        for station in self.network.stations:
            for name in (station.name, *station.aliases):
                shown[name] = station.name
        for hub in self.network.hubs:
            for name in (hub.name, *hub.aliases):
                shown[name] = hub.name
        return shown

    def suggest(self, name: str) -> tuple[str, ...]:
        """Return up to three hub or station names that have its words, else a near spelling."""
        return self._all_suggestions.near(name)

    @cached_property
    def _codes(self) -> Mapping[str, tuple[Hub, ...]]:
        found: dict[str, list[Hub]] = {}
        for hub in self.network.hubs:
            for column in CODE_COLUMNS:
                for code in hub.extra.get(column, "").split(";"):
                    if code.strip():
                        found.setdefault(code.strip().casefold(), []).append(hub)
        return {code: tuple(dict.fromkeys(hubs)) for code, hubs in found.items()}

    def find_code(self, code: str) -> tuple[Hub, ...]:
        """Return the hubs that have a code in one of `CODE_COLUMNS`."""
        return self._codes.get(code.strip().casefold(), ())

    def find_hubs(self, name: str) -> tuple[Hub, ...]:
        """Return the hubs that carry a name; an id or a main name outranks an alias.

        Where no hub or station has the name, it is looked up among their codes.
        """
        hubs = self._hubs.get(_key(name), ())
        first = tuple(hub for hub in hubs if hub.id == name)
        main = tuple(hub for hub in hubs if normalise_name(hub.name) == normalise_name(name))
        if not hubs and _key(name) not in self._stations:
            return self.find_code(name)
        return first or main or hubs

    def find_stations(self, name: str) -> tuple[Station, ...]:
        """Return the stations that carry a name; the main name outranks an alias."""
        stations = self._stations.get(_key(name), ())
        main = tuple(each for each in stations if normalise_name(each.name) == normalise_name(name))
        return main or stations

    def stops(self, name: str) -> tuple[Hub | Station, ...]:
        """Return the hubs of a name, else its stations, which lie at one place.

        A station that parallel tracks pass stands on each of them.

        Raises
        ------
        UnknownNameError
            If nothing carries the name; with suggestions.
        AmbiguousNameError
            If several places do that are further apart than `SAME_PLACE_KM`.
        """
        hubs = self.find_hubs(name)
        if hubs:
            if self.lie_apart(hubs):
                raise AmbiguousNameError("hub", name, [hub.id for hub in hubs])
            return hubs
        stations = self.find_stations(name)
        if not stations:
            raise UnknownNameError("hub or station", name, self.suggest(name))
        if self.lie_apart(stations):
            rivals = [f"{station.name} on {station.link}" for station in stations]
            raise AmbiguousNameError("station", name, rivals)
        return stations

    def lie_apart(self, stops: Sequence[Hub | Station]) -> bool:
        """Whether hubs or stations are further from the first than `SAME_PLACE_KM`."""
        (lon, lat), *others = (
            (stop.lon, stop.lat) if isinstance(stop, Hub) else self.network.position(stop)
            for stop in stops
        )
        return any(great_circle_km(lon, lat, *point) > SAME_PLACE_KM for point in others)

    def hub(self, name: str) -> Hub:
        """Return the one hub of that id, name or alias.

        Raises
        ------
        UnknownNameError
            If no hub carries the name; with suggestions.
        AmbiguousNameError
            If several do.
        """
        hubs = self.find_hubs(name)
        if not hubs:
            raise self._unknown_hub(name)
        if len(hubs) > 1:
            raise AmbiguousNameError("hub", name, [hub.id for hub in hubs])
        return hubs[0]

    def _unknown_hub(self, name: str) -> UnknownNameError:
        """Return the error for a name that no hub carries; for a station, its neighbours."""
        stations = self.find_stations(name)
        if not stations:
            return UnknownNameError("hub", name, self._suggestions.near(name))
        link = self.network.link(stations[0].link)
        ends = [self.network.hub(end).name for end in (link.from_hub, link.to_hub)]
        return UnknownNameError("hub (it is a station on a link)", name, ends)

    def regions(self) -> tuple[str, ...]:
        """Return the names of all regions, sorted."""
        return tuple(sorted({hub.region for hub in self.network.hubs if hub.region}))

    def region(self, name: str) -> str:
        """Return the region of that name; ``Sumy``, ``Sumy region`` and ``Sumy oblast`` agree.

        So does what an alias of the network calls it, such as ``Сумщина``.

        Raises
        ------
        UnknownNameError
            If the network has no such region.
        """
        region = self._regions.get(_bare_region(name))
        if region is None:
            near = nearest_spellings(_bare_region(name), self._regions)
            raise UnknownNameError("region", name, near)
        return region

    @cached_property
    def _regions(self) -> Mapping[str, str]:
        aliases = (each for each in self.network.aliases if each.kind == "oblast")
        known = {_bare_region(alias.form): alias.means for alias in aliases}
        return known | {_bare_region(region): region for region in self.regions()}

    def hubs_in(self, name: str) -> tuple[str, tuple[Hub, ...]]:
        """Return the full name and the hubs of a region, or of a country by its English name.

        Raises
        ------
        UnknownNameError
            If the network has no such region or country.
        """
        code = {country: code for code, country in COUNTRY_NAMES.items()}.get(name)
        if code is not None:
            return name, tuple(hub for hub in self.network.hubs if hub.country == code)
        region = self.region(name)
        return region, tuple(hub for hub in self.network.hubs if hub.region == region)


def _suggest(name: str, shown: Mapping[str, str]) -> tuple[str, ...]:
    """Return up to three names that have every word of one, else those of a near spelling.

    A word may be abbreviated.

    Parameters
    ----------
    shown
        The name to suggest for each spelling.
    """
    asked = normalise_name(name).split()
    ranked = []
    for spelling, target in shown.items():
        words = normalise_name(spelling).split()
        missing = [word for word in asked if word not in words]
        if asked and all(any(_abbreviates(word, full) for full in words) for word in missing):
            ranked.append((len(missing), len(words) - len(asked), target))
    found = tuple(dict.fromkeys(target for _, _, target in sorted(ranked)))[:3]
    return found or nearest_spellings(name, shown)


def _abbreviates(word: str, full: str) -> bool:
    """Whether a word is short for another: its beginning, or letters of it in their order.

    Examples
    --------
    >>> _abbreviates("hbf", "hauptbahnhof"), _abbreviates("str", "strasse")
    (True, True)
    >>> _abbreviates("bonn", "bohn")
    False
    """
    if not 2 <= len(word) < len(full) or word[0] != full[0]:
        return False
    rest = iter(full)
    return full.startswith(word) if len(word) > 6 else all(letter in rest for letter in word)


def _bare_region(name: str) -> str:
    words = normalise_name(name).split()
    return " ".join(word for word in words if word not in {"oblast", "region", "область"})
