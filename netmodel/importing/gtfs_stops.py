"""The stations of a GTFS feed: which stops are one place, and what each is called."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netmodel.errors import InputError, Problem, point_out
from netmodel.importing.gtfs_tables import Feed, refuse_rows
from netmodel.network.names import normalise_name
from netmodel.network.railway import great_circle_km

Apart: TypeAlias = Callable[[int, int], float]
"""The great circle between two stations, km."""
_STOP, _STATION, _ENTRANCE, _NODE, _AREA = "0", "1", "2", "3", "4"
_NO_STOP = {_ENTRANCE: "an entrance", _NODE: "a node of footpaths"}
NAMELESS = "has no name in the feed"
_SHOWN = 5
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True, kw_only=True, eq=False)
class Stops:
    """The stops of a feed and the station of each.

    Parameters
    ----------
    ids, names, codes, lines
        Of each stop, in the order of the feed.
    lon, lat
        Degrees, shape ``(stops,)``; nan where not given.
    station
        Position of the stop that stands for the station of each, shape ``(stops,)``.
    no_stop
        Why a row is no stop of trains, by its position.
    nameless
        Stops that have no name in the feed and are called by their ids.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    codes: tuple[str, ...]
    lines: tuple[int, ...]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    station: NDArray[np.int64]
    no_stop: dict[int, str]
    nameless: frozenset[int] = frozenset()

    def apart_km(self, one: int, other: int) -> float:
        """Return the great circle between two stops."""
        return great_circle_km(self.lon[one], self.lat[one], self.lon[other], self.lat[other])


def read_stops(feed: Feed, *, same_place_m: float = 0.0) -> Stops:
    """Read ``stops.txt``; a platform belongs to its parent station.

    Parameters
    ----------
    same_place_m
        Stops of one name that have no parent and lie so near each other are one station. With 0,
        only a parent joins stops, so that two stations of one town stay two.

    Raises
    ------
    InputError
        With every unknown parent and every coordinate that is none, at its line.
    """
    table = feed.read(
        "stops.txt",
        ("stop_id",),
        ("stop_name", "stop_code", "stop_lat", "stop_lon", "location_type", "parent_station"),
    )
    _check(table)
    lon, lat = (
        pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=float)
        for column in ("stop_lon", "stop_lat")
    )
    nowhere = (lon == 0) & (lat == 0)  # The place in the Atlantic means that none is known.
    lon, lat = (np.where(nowhere, np.nan, each) for each in (lon, lat))
    parents = pd.Index(table["stop_id"]).get_indexer(pd.Index(table["parent_station"]))
    station = _find_stations(table, parents)
    ids = tuple(table["stop_id"])
    names = [clean_text(name) for name in table["stop_name"]]
    for number, top in enumerate(station):
        names[top] = names[top] or names[number]
    nameless = frozenset(number for number, name in enumerate(names) if not name)
    for number, top in enumerate(station):
        if np.isnan(lon[top]) and not np.isnan(lon[number]):
            lon[top], lat[top] = lon[number], lat[number]
    kinds = table["location_type"]
    stops = Stops(
        ids=ids,
        names=tuple(name or clean_text(stop) for name, stop in zip(names, ids, strict=True)),
        codes=tuple(table["stop_code"]),
        lines=tuple(int(each) for each in table.index),
        lon=lon,
        lat=lat,
        station=station,
        no_stop={n: _NO_STOP[kind] for n, kind in enumerate(kinds) if kind in _NO_STOP},
        nameless=nameless,
    )
    if same_place_m > 0:
        _join_near(stops, parents, same_place_m / 1000)
    return stops


def refuse_unplaced(stops: Stops, called: NDArray[np.integer]) -> None:
    """Refuse stops at which trains call and that have no coordinates, nor has their station.

    Raises
    ------
    InputError
        With each of them at its line.
    """
    missing = [
        number
        for number in np.unique(called)
        if np.isnan(stops.lon[stops.station[number]]) or np.isnan(stops.lat[stops.station[number]])
    ]
    problems = [
        Problem(
            what=f"stop {stops.names[number]!r} has no coordinates, and trains call there",
            where=f"stops.txt:{stops.lines[number]}",
            remedy="give stop_lat and stop_lon",
        )
        for number in missing[:10]
    ]
    if len(missing) > 10:
        more = f"... and {len(missing) - 10:,} more stops without coordinates"
        problems.append(Problem(what=more, where="stops.txt"))
    if problems:
        raise InputError(problems)


def note_nameless(stops: Stops, called: NDArray[np.integer]) -> None:
    """Point out the stations at which trains call and that have no name."""
    found = sorted(stops.nameless & {int(each) for each in stops.station[called]})
    if found:
        few = ", ".join(stops.ids[each] for each in found[:_SHOWN])
        few += ", …" * (len(found) > _SHOWN)
        what = f"{len(found):,} at which trains call have no stop_name, and go by their ids: {few}"
        point_out(Problem(what=what, where=f"stops.txt:{stops.lines[found[0]]}"))


def name_hubs(stops: Stops, numbers: Sequence[int]) -> dict[int, str]:
    """Return a readable id for the hub of each station: its name; the second of a name gets -2.

    Examples
    --------
    >>> stops = Stops(ids=("1", "2"), names=("Gare de l'Est", "Gare de l'Est"), codes=("", ""),
    ...               lines=(2, 3), lon=np.zeros(2), lat=np.zeros(2), station=np.arange(2),
    ...               no_stop={})
    >>> name_hubs(stops, [0, 1])
    {0: 'gare-de-lest', 1: 'gare-de-lest-2'}
    """
    used: set[str] = set()
    found = {}
    for number in numbers:
        base = slug(stops.names[number]) or slug(stops.ids[number]) or "stop"
        name, count = base, 1
        while name in used:
            count += 1
            name = f"{base}-{count}"
        used.add(name)
        found[number] = name
    return found


def clean_text(text: str) -> str:
    r"""Return a text of a feed on one line, without control characters.

    Examples
    --------
    >>> clean_text("Gare\x07 de \n Lyon ")
    'Gare de Lyon'
    """
    return " ".join(_CONTROL.sub(" ", text).split())


def slug(name: str) -> str:
    """Return a name as an id: lower case, words joined by hyphens.

    Examples
    --------
    >>> slug("Aix-les-Bains (Le Revard)")
    'aix-les-bains-le-revard'
    """
    return "-".join(re.findall(r"\w+", normalise_name(name)))


def _check(table: pd.DataFrame) -> None:
    if table.empty:
        raise InputError([Problem(what="no stops in the file", where="stops.txt:2")])
    problems = refuse_rows(
        "stops.txt", table, "stop_id", table["stop_id"].duplicated(), "is used twice"
    )
    wrong = table["stop_id"] == ""
    problems += refuse_rows("stops.txt", table, "stop_id", wrong, "is empty")
    for column, most in (("stop_lat", 90.0), ("stop_lon", 180.0)):
        value = pd.to_numeric(table[column], errors="coerce")
        wrong = (table[column] != "") & ~(value.abs() <= most)
        remedy = "degrees, EPSG:4326, with a decimal point"
        problems += refuse_rows("stops.txt", table, column, wrong, "is not on Earth", remedy)
    known = set(table["stop_id"])
    wrong = (table["parent_station"] != "") & ~table["parent_station"].isin(known)
    problems += refuse_rows("stops.txt", table, "parent_station", wrong, "is no stop of the feed")
    if problems:
        raise InputError(problems)


def _find_stations(table: pd.DataFrame, parents: NDArray[np.intp]) -> NDArray[np.int64]:
    """Return the outermost parent of each stop.

    Raises
    ------
    InputError
        If a stop is its own parent by some way.
    """
    station = np.arange(len(table), dtype=np.int64)
    above = np.where(parents >= 0, parents, station)
    for _ in range(3):  # A boarding area, its platform, its station.
        station = above[station]
    loose = above[station] != station
    own = (above == np.arange(len(table))) & (table["parent_station"] != "").to_numpy()
    problems = refuse_rows(
        "stops.txt", table, "parent_station", loose | own, "leads round in a circle"
    )
    if problems:
        raise InputError(problems)
    return station


def _join_near(stops: Stops, parents: NDArray[np.intp], within_km: float) -> None:
    """Give stops of one name that lie close together and have no parent one station."""
    has_children = set(parents[parents >= 0].tolist())
    by_name: dict[str, list[int]] = {}
    for number, name in enumerate(stops.names):
        if parents[number] < 0 and number not in has_children and number not in stops.no_stop:
            by_name.setdefault(normalise_name(name), []).append(number)
    for alike in by_name.values():
        tops: list[int] = []
        for number in alike:
            near = [top for top in tops if stops.apart_km(top, number) <= within_km]
            if near:
                stops.station[number] = near[0]
            else:
                tops.append(number)
