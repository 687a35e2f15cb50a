"""A GTFS feed on a network that exists: its stops matched to hubs and stations."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem
from netmodel.files.whole import Note, complete_folder
from netmodel.importing.gtfs import find_wrong_options
from netmodel.importing.gtfs_stops import Stops
from netmodel.importing.gtfs_trains import (
    RAIL,
    FeedTrains,
    read_feed_trains,
    to_trains,
)
from netmodel.importing.gtfs_trips import FeedTrain
from netmodel.network.account import DROPPED, KEPT, MERGED, Account, Entry, account_texts
from netmodel.network.csv_folder import place_on_link
from netmodel.network.names import Names, normalise_name
from netmodel.network.railway import Network, great_circles_km
from netmodel.trains.services_file import write_trains
from netmodel.trains.train import Timetable, Train

BY_NAME, LIKE_NAME, BY_PLACE = "name", "like name", "place"
"""How a stop was matched: by one of the names, by a name like it, or by where it lies alone."""
LIKE = 0.85
"""The least likeness of two names, 0 to 1."""
COLUMNS = ("stop_id", "stop_name", "lon", "lat", "place", "how", "km", "nearest")
_CANDIDATES = 3
_COMMON_WORDS = frozenset(
    {"bahnhof", "bf", "central", "de", "del", "der", "des", "di", "du", "estacion", "gare", "hbf",
     "la", "le", "pas", "railway", "st", "sta", "station", "stazione", "вокзал", "залізнична",
     "пас", "ст", "станція", "станция"}
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class MatchedFeed:
    """The trains of a feed on a network.

    Parameters
    ----------
    timetable
        The trains that call at two or more places of the network; stops that it lacks are left
        out of them.
    matches
        A row for each stop at which trains call: ``stop_id, stop_name, lon, lat``, ``place`` and
        ``how`` (empty where none was found), ``km`` between both, and the ``nearest`` candidates.
    account
        What became of each stop and trip.
    """

    timetable: Timetable
    matches: pd.DataFrame
    account: Account

    @property
    def unmatched(self) -> pd.DataFrame:
        """The rows of the stops for which the network has no place."""
        return self.matches[self.matches["place"] == ""]


@refuse_wrong_kinds
def match_gtfs(
    path: Path | str,
    network: Network,
    *,
    date: date | None = None,
    week: date | None = None,
    route_types: Collection[int] = RAIL,
    within_km: float = 10.0,
    near_km: float = 1.0,
    progress: Callable[[int, int], None] | None = None,
) -> MatchedFeed:
    """Put the trains of a GTFS feed on a network by the names and places of their stops.

    A stop is the hub or station of the same name within `within_km`, words such as station not
    counted; else one within twice `near_km` of which one name has all words of the other; else one
    whose name is like it within `within_km`; else the nearest within `near_km`.

    Parameters
    ----------
    path, date, week, route_types, progress
        As in `netmodel.importing.gtfs.import_gtfs`.

    Raises
    ------
    InputError
        With every argument that is out of its range, or else everything that is wrong with the
        feed; if no stop is found in the network.

    Examples
    --------
    >>> matched = match_gtfs("feed.zip", network)  # doctest: +SKIP
    >>> matched.unmatched[["stop_name", "nearest"]]  # doctest: +SKIP
    """
    wrong = find_wrong_options(
        date=date, week=week, route_types=route_types, within_km=within_km, near_km=near_km
    )
    if wrong:
        raise InputError(wrong)
    found = read_feed_trains(path, day=date, week=week, route_types=route_types, progress=progress)
    called = sorted({station for each in found.trains for station in each.stations})
    rows = _Matcher(network, within_km, near_km).match(found.stops, called)
    matches = pd.DataFrame(rows.values(), columns=list(COLUMNS))
    place_of = {number: str(row["place"]) for number, row in rows.items() if row["place"]}
    if not place_of:
        what = f"none of its {len(called)} stops is a place of the network"
        remedy = (
            f"the first, {found.stops.names[called[0]]}, is nearest to {rows[called[0]]['nearest']}"
        )
        raise InputError([Problem(what=what, where=found.source, remedy=remedy)])
    trains: dict[str, tuple[Train, ...]] = {}
    missed: dict[str, int] = {}
    for each in found.trains:
        places, kept = _place_train(each, place_of)
        missed[each.id] = sum(station not in place_of for station in each.stations)
        if len(kept) > 1:
            trains[each.id] = to_trains(each, places, kept)
    origins = {
        row.id: f"trips.txt:{each.line}" for each in found.trains for row in trains.get(each.id, ())
    }
    account = Account(
        source=found.source,
        entries=(
            *_stop_entries(found, rows),
            *_trip_entries(found, trains, missed),
        ),
        settings={
            "period": str(found.period), "network": network.name,
            "within_km": f"{within_km:g}", "near_km": f"{near_km:g}",
        },
        figures={
            "stops at which trains call": len(called),
            "stops found in the network": len(place_of),
            "trains": len(trains),
            "days with trips": found.days,
            "days whose trains are these": found.known_days,
            "days of these that lack a train": found.lacking_days,
            "trips with times left out that go backwards": found.backward,
            "trips with calls left out that no train can make": found.disordered,
            "trains with stops left out": sum(missed[each] > 0 for each in trains),
        },
    )  # fmt: skip
    return MatchedFeed(
        timetable=Timetable(
            trains=tuple(row for rows in trains.values() for row in rows), origins=origins
        ),
        matches=matches,
        account=account,
    )


@refuse_wrong_kinds
def save_matched(
    matched: MatchedFeed, folder: Path | str, *, force: bool = False, note: Note | None = None
) -> Path:
    """Write ``services.csv``, ``matches.csv`` and the account to a folder of their own.

    Raises
    ------
    InputError
        If something that netmodel did not write stands in the way.
    """
    with complete_folder(folder, holds="account", force=force, note=note) as partial:
        write_trains(matched.timetable, partial / "services.csv")
        texts = account_texts(matched.account)
        texts["matches.csv"] = matched.matches.to_csv(index=False, lineterminator="\n")
        for name, text in texts.items():
            (partial / name).write_text(text, encoding="utf-8", newline="")
    return Path(folder)


class _Matcher:
    """The places of a network that a timetable can name, by every spelling."""

    def __init__(self, network: Network, within_km: float, near_km: float) -> None:
        self.within_km = within_km
        self.near_km = near_km
        names = Names(network)
        self.called: list[str] = []
        spellings: list[tuple[str, ...]] = []
        places: list[tuple[float, float]] = []
        for hub in network.hubs:
            alone = [each.id for each in names.find_hubs(hub.name)] == [hub.id]
            self.called.append(hub.name if alone and ";" not in hub.name else hub.id)
            spellings.append((hub.name, *hub.aliases))
            places.append((hub.lon, hub.lat))
        for station in network.stations:
            if names.find_hubs(station.name) or len(names.find_stations(station.name)) > 1:
                continue  # No name means it alone.
            self.called.append(station.name)
            spellings.append((station.name, *station.aliases))
            places.append(place_on_link(network, station.link, station.km))
        self.places = np.array(places, dtype=float).reshape(-1, 2)
        self.names = [{normalise_name(each) for each in spelt} for spelt in spellings]
        self.cores = [{_core(each) for each in names} for names in self.names]

    def match(self, stops: Stops, called: Sequence[int]) -> dict[int, dict[str, object]]:
        """Return a row for each stop; a place that a stop has by name is not taken by nearness."""
        rows = {}
        named: set[int] = set()
        apart = {number: self._apart(stops, number) for number in called}
        for number in called:
            place, how = self._by_name(stops.names[number], apart[number])
            named.update([] if place is None else [place])
            rows[number] = self._row(stops, number, apart[number], place, how)
        for number in called:
            if not rows[number]["place"] and len(self.places):
                place = int(apart[number].argmin())
                if apart[number][place] <= self.near_km and place not in named:
                    rows[number] = self._row(stops, number, apart[number], place, BY_PLACE)
        return rows

    def _apart(self, stops: Stops, number: int) -> NDArray[np.float64]:
        lon, lat = float(stops.lon[number]), float(stops.lat[number])
        return great_circles_km(lon, lat, self.places[:, 0], self.places[:, 1])

    def _by_name(self, name: str, apart: NDArray[np.float64]) -> tuple[int | None, str]:
        near = [int(each) for each in apart.argsort(kind="stable") if apart[each] <= self.within_km]
        whole = normalise_name(name)
        for place in near:
            if whole in self.names[place]:
                return place, BY_NAME
        core = _core(whole)
        for place in near:
            if core in self.cores[place]:
                return place, BY_NAME
        for place in near:
            if apart[place] <= 2 * self.near_km and _holds_words(core, self.cores[place]):
                return place, LIKE_NAME
        likest = max(
            ((_likeness(core, self.cores[place]), -apart[place], place) for place in near),
            default=(0.0, 0.0, -1),
        )
        return (likest[2], LIKE_NAME) if likest[0] >= LIKE else (None, "")

    def _row(
        self, stops: Stops, number: int, apart: NDArray[np.float64], place: int | None, how: str
    ) -> dict[str, object]:
        nearest = apart.argsort(kind="stable")[:_CANDIDATES]
        return {
            "stop_id": stops.ids[number],
            "stop_name": stops.names[number],
            "lon": round(float(stops.lon[number]), 5),
            "lat": round(float(stops.lat[number]), 5),
            "place": "" if place is None else self.called[place],
            "how": how,
            "km": "" if place is None else round(float(apart[place]), 2),
            "nearest": "; ".join(f"{self.called[n]} ({apart[n]:.1f} km)" for n in nearest),
        }


def _core(name: str) -> str:
    """Return a normalised name without the words that mean a station, and articles."""
    words = [word for word in name.split() if word not in _COMMON_WORDS]
    return " ".join(words) or name


def _likeness(one: str, others: Collection[str]) -> float:
    return max((SequenceMatcher(None, one, other).ratio() for other in others), default=0.0)


def _holds_words(one: str, others: Collection[str]) -> bool:
    """Whether one of two names has all the words of the other."""
    words = set(one.split())
    return any(words <= set(other.split()) or words >= set(other.split()) for other in others)


def _place_train(train: FeedTrain, place_of: Mapping[int, str]) -> tuple[list[str], list[int]]:
    """Return the places of a train in the network, and which of its stops they are."""
    places: list[str] = []
    kept: list[int] = []
    for number, station in enumerate(train.stations):
        place = place_of.get(station)
        if place is not None and (not places or places[-1] != place):
            places.append(place)
            kept.append(number)
    return places, kept


def _stop_entries(found: FeedTrains, rows: Mapping[int, Mapping[str, object]]) -> Iterator[Entry]:
    taken: set[object] = set()
    for number, stop_id in enumerate(found.stops.ids):
        feature = f"stops/{stop_id}"
        station = int(found.stops.station[number])
        if number in found.stops.no_stop or station not in rows:
            why = "no train can make its calls" if station in found.left_out else ""
            reason = found.stops.no_stop.get(number, why or "no train of the period calls")
            yield Entry(feature=feature, disposition=DROPPED, reason=reason)
            continue
        row = rows[station]
        if not row["place"]:
            reason, note = "not in the network", f"nearest: {row['nearest']}"
            yield Entry(feature=feature, disposition=DROPPED, reason=reason, note=note)
            continue
        into, again = (str(row["place"]),), row["place"] in taken
        taken.add(row["place"])
        if again or station != number:
            reason = "part of a place of the network"
            yield Entry(feature=feature, disposition=MERGED, into=into, reason=reason)
        else:
            reason = f"by {row['how']}"
            yield Entry(feature=feature, disposition=KEPT, into=into, reason=reason)


def _trip_entries(
    found: FeedTrains, trains: Collection[str], missed: Mapping[str, int]
) -> Iterator[Entry]:
    for entry in found.entries:
        ids = [each.removeprefix("train ") for each in entry.into]
        into = tuple(f"train {each}" for each in ids if each in trains)
        if entry.into and not into:
            reason = "fewer than two of its stops are in the network"
            yield Entry(feature=entry.feature, disposition=DROPPED, reason=reason)
            continue
        lost = max((missed[each] for each in ids if each in trains), default=0)
        note = f"{lost} stops left out, which the network lacks" if lost else ""
        yield replace(entry, into=into, note="; ".join(filter(None, (entry.note, note))))
