"""Published trains as a GTFS feed: a zip file of timetables that journey planners read."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TypeAlias

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem, UnknownNameError
from netmodel.files.whole import write_file
from netmodel.network.account import DROPPED, KEPT, MERGED, Account, Entry
from netmodel.network.csv_folder import place_on_link
from netmodel.network.names import Names
from netmodel.network.railway import Network
from netmodel.times import check_zone
from netmodel.trains.train import WEEKDAYS, Timetable, Train, expand_days

RAIL_TYPE = "2"
_STAMP = (1980, 1, 1, 0, 0, 0)
_AGENCY = "1"
_DIGITS = 6
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_UNDATED = "days not stated: taken as daily"
_PART = "only the stops between its first and its last known time"

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "agency.txt": ("agency_id", "agency_name", "agency_url", "agency_timezone"),
    "attributions.txt": (
        "attribution_id", "trip_id", "organization_name", "is_producer", "attribution_url",
    ),
    "calendar.txt": ("service_id", *_DAYS, "start_date", "end_date"),
    "calendar_dates.txt": ("service_id", "date", "exception_type"),
    "feed_info.txt": (
        "feed_publisher_name", "feed_publisher_url", "feed_lang", "feed_start_date",
        "feed_end_date", "feed_version",
    ),
    "routes.txt": (
        "route_id", "agency_id", "route_short_name", "route_long_name", "route_desc", "route_type",
    ),
    "stop_times.txt": (
        "trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence", "timepoint",
    ),
    "stops.txt": ("stop_id", "stop_name", "stop_lat", "stop_lon"),
    "trips.txt": ("route_id", "service_id", "trip_id", "trip_headsign", "trip_short_name"),
}  # fmt: skip
"""The tables that are written, and their columns."""


Rows: TypeAlias = list[tuple[str, ...]]
Place: TypeAlias = tuple[str, str, float, float]
"""Id, name, longitude and latitude of a stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Who publishes a feed, as GTFS asks.

    Parameters
    ----------
    zone
        The time zone of all times, such as ``Europe/Kyiv``.
    language
        Of the names, a code such as ``en``.
    agency
        Who runs the trains; the publisher where it is not known.

    Raises
    ------
    InputError
        If the zone is none.

    Examples
    --------
    >>> Publisher(zone="Europe/Kiew")
    Traceback (most recent call last):
    netmodel.errors.InputError: zone: unknown time zone 'Europe/Kiew'; did you mean ...
    """

    zone: str
    name: str = "Trains as published"
    url: str = "https://example.org"
    language: str = "en"
    version: str = ""
    agency: str = ""

    def __post_init__(self) -> None:
        check_zone(self.zone, "zone")


@refuse_wrong_kinds
def export_gtfs(
    timetable: Timetable,
    network: Network,
    path: Path | str,
    *,
    publisher: Publisher,
    start: date | None = None,
    end: date | None = None,
    sources: Mapping[str, tuple[str, str]] | None = None,
) -> Account:
    """Write trains as a GTFS feed, the same bytes for the same trains; return the account.

    A stop without a time stays without one. GTFS asks for the times at the first and the last
    stop, so that a train is written from its first to its last known time, and not at all where
    fewer than two stops have one; the account says so. Days that are not stated are taken as
    daily, and the account says that too.

    Parameters
    ----------
    network
        Where the stops lie.
    publisher
        Who publishes the feed.
    start, end
        The first and last day of the feed; by default of the trains' own dates.
    sources
        Publisher and URL of each document by its id, for ``attributions.txt``.

    Raises
    ------
    InputError
        If a stop is not in the network; if no train can be written, or no day is known.

    Examples
    --------
    >>> import tempfile
    >>> from netmodel.network.railway import Hub
    >>> from netmodel.trains.train import StopTime
    >>> hubs = tuple(Hub(id=i, name=i.upper(), lon=n, lat=0) for n, i in enumerate("ab"))
    >>> train = Train(id="1", number="1", kind="regional", stops=("A", "B"), days="daily",
    ...               times=(StopTime(departure=600), StopTime(arrival=660)))
    >>> account = export_gtfs(
    ...     Timetable(trains=(train,)), Network(hubs=hubs, links=()),
    ...     Path(tempfile.mkdtemp()) / "feed.zip", publisher=Publisher(zone="Europe/Kyiv"),
    ...     start=date(2026, 1, 1), end=date(2026, 12, 31))
    >>> account.counts
    {'kept': 1, 'merged': 0, 'dropped': 0}
    """
    places = _find_places(timetable, network)
    first, last = _find_span(timetable, start, end)
    entries: list[Entry] = []
    trains: list[Train] = []
    for train in timetable.trains:
        part, entry = _cut(train, first, last)
        entries.append(entry)
        if part is not None:
            trains.append(part)
    if not trains:
        what = f"none of the {len(timetable.trains)} trains can be written"
        reasons = dict.fromkeys(each.reason for each in entries)
        raise InputError([Problem(what=what, where="timetable", remedy="; ".join(reasons))])
    tables: dict[str, Rows] = {
        **_trip_tables(trains, places),
        **_day_tables(trains, first, last),
        "attributions.txt": list(_attributions(trains, sources or {})),
        "agency.txt": [
            (_AGENCY, publisher.agency or publisher.name, publisher.url, publisher.zone)
        ],
        "feed_info.txt": [
            (publisher.name, publisher.url, publisher.language, _day(first), _day(last),
             publisher.version)
        ],
    }  # fmt: skip
    write_file(Path(path), _pack(tables))
    figures = {"trains": len(trains), "stops": len(tables["stops.txt"])}
    settings = {"start": str(first), "end": str(last), "zone": publisher.zone}
    source = network.name or "timetable"
    return Account(source=source, entries=tuple(entries), settings=settings, figures=figures)


def _find_places(timetable: Timetable, network: Network) -> dict[str, Place]:
    """Return the stop that each name of the timetable means, in the order of the network."""
    names = Names(network)
    problems: list[Problem] = []
    found: dict[str, Place] = {}
    order: dict[str, tuple[int, int]] = {}
    station_order = {id(station): n for n, station in enumerate(network.stations)}
    wanted = dict.fromkeys(stop for train in timetable.trains for stop in train.stops)
    where = {stop: timetable.where(each) for each in timetable.trains[::-1] for stop in each.stops}
    for stop in wanted:
        hubs, stations = names.find_hubs(stop), names.find_stations(stop)
        if len(hubs) == 1:
            hub = hubs[0]
            found[stop] = (hub.id, hub.name, hub.lon, hub.lat)
            order[stop] = (0, network.hub_index[hub.id])
        elif not hubs and len(stations) == 1:
            station = stations[0]
            lon, lat = place_on_link(network, station.link, station.km)
            found[stop] = (f"{station.link}@{station.name}", station.name, lon, lat)
            order[stop] = (1, station_order[id(station)])
        elif hubs or stations:
            rivals = [each.id for each in hubs] or [f"{x.name} on {x.link}" for x in stations]
            what = f"stop {stop!r} may be {' or '.join(rivals)}"
            problems.append(Problem(what=what, where=where[stop], remedy="use the id of a hub"))
        else:
            error = UnknownNameError("hub or station", stop, names.suggest(stop))
            what = f"unknown {error.kind} {stop!r}"
            problems.append(Problem(what=what, where=where[stop], remedy=error.remedy))
    if problems:
        raise InputError(problems)
    return dict(sorted(found.items(), key=lambda item: order[item[0]]))


def _find_span(timetable: Timetable, start: date | None, end: date | None) -> tuple[date, date]:
    """Return the first and last day of the feed.

    Raises
    ------
    InputError
        If neither is given nor any train has one.
    """
    problems = []
    firsts = [each.from_date for each in timetable.trains if each.from_date]
    lasts = [each.to_date for each in timetable.trains if each.to_date]
    first, last = start or min(firsts, default=None), end or max(lasts, default=None)
    for name, day in (("start", first), ("end", last)):
        if day is None:
            what = f"no {name} is given, and no train says on which day its validity {name}s"
            problems.append(Problem(what=what, where=name, remedy=f"give {name}"))
    if first and last and last < first:
        problems.append(Problem(what=f"end ({last}) is before start ({first})", where="end"))
    if problems or first is None or last is None:
        raise InputError(problems)
    return first, last


def _cut(train: Train, first: date, last: date) -> tuple[Train | None, Entry]:
    """Return the part of a train that a feed can hold, and what became of the train."""
    feature = f"trains/{train.id}"
    known = [place for place, time in enumerate(train.times) if time.known]
    reason = ""
    if not any(True for _ in _running_days(train, first, last)):
        reason = "does not run in the days of the feed"
    elif not known:
        reason = "no time of it is known"
    elif len(known) < 2:
        reason = "only one of its stops has a time"
    if reason:
        return None, Entry(feature=feature, disposition=DROPPED, reason=reason)
    note = "" if train.days else _UNDATED
    into = (f"trip {train.id}",)
    span = slice(known[0], known[-1] + 1)
    stops = train.stops[span]
    part = replace(train, stops=stops, times=train.times[span], days=train.days or "daily")
    if len(stops) < len(train.stops):
        return part, Entry(feature=feature, disposition=MERGED, into=into, reason=_PART, note=note)
    return part, Entry(feature=feature, disposition=KEPT, into=into, note=note)


def _running_days(train: Train, first: date, last: date) -> Iterator[date]:
    """Yield the days of a feed on which a train runs; all where they are not stated."""
    day = max(first, train.from_date or first)
    while day <= min(last, train.to_date or last):
        if train.runs_on(day) is not False:
            yield day
        day += timedelta(days=1)


def _trip_tables(trains: Sequence[Train], places: Mapping[str, Place]) -> dict[str, Rows]:
    """Return stops, routes, trips and the calls at stops."""
    used = {stop for train in trains for stop in train.stops}
    stops = dict.fromkeys(place for stop, place in places.items() if stop in used)
    routes: dict[tuple[str, str], str] = {}
    trips: Rows = []
    calls: Rows = []
    for train in trains:
        ends = " – ".join(places[stop][1] for stop in train.pair)
        key = (train.kind, train.name or ends)
        route = routes.setdefault(key, f"r{len(routes) + 1}")
        headsign = places[train.stops[-1]][1]
        trips.append((route, _service(train), train.id, headsign, train.number))
        for number, (stop, time) in enumerate(zip(train.stops, train.times, strict=True)):
            came, left = time.arrival, time.departure
            came, left = (left if came is None else came), (came if left is None else left)
            point = "1" if time.known else "0"
            calls.append(
                (train.id, _clock(came), _clock(left), places[stop][0], str(number + 1), point)
            )
    return {
        "stops.txt": [
            (stop, name, str(round(lat, _DIGITS)), str(round(lon, _DIGITS)))
            for stop, name, lon, lat in stops
        ],
        "routes.txt": [
            (route, _AGENCY, "", name, kind, RAIL_TYPE) for (kind, name), route in routes.items()
        ],
        "trips.txt": trips,
        "stop_times.txt": calls,
    }


def _day_tables(trains: Iterable[Train], first: date, last: date) -> dict[str, Rows]:
    """Return the days of running: by weekdays, or one by one where they are odd or even."""
    rules: Rows = []
    days: Rows = []
    for service, train in {_service(each): each for each in trains}.items():
        if train.days in ("odd", "even"):
            days += [(service, _day(each), "1") for each in _running_days(train, first, last)]
            continue
        named = WEEKDAYS if train.days == "daily" else expand_days(train.days)
        flags = ["1" if day in named else "0" for day in WEEKDAYS]
        start, end = max(first, train.from_date or first), min(last, train.to_date or last)
        rules.append((service, *flags, _day(start), _day(end)))
    return {"calendar.txt": rules, "calendar_dates.txt": days}


def _attributions(
    trains: Iterable[Train], sources: Mapping[str, tuple[str, str]]
) -> Iterator[tuple[str, ...]]:
    for train in trains:
        for document in train.documents:
            name, url = sources.get(document, (document, ""))
            yield f"{train.id}:{document}", train.id, name or document, "1", url


def _service(train: Train) -> str:
    """Return the id of the days of a train; trains of the same days share it."""
    bounds = [_day(each) if each else "" for each in (train.from_date, train.to_date)]
    return "_".join([train.days.replace(";", "+"), *bounds]).rstrip("_")


def _day(day: date) -> str:
    return day.strftime("%Y%m%d")


def _clock(minute: int | None) -> str:
    return "" if minute is None else f"{minute // 60:02d}:{minute % 60:02d}:00"


def _pack(tables: Mapping[str, Sequence[tuple[str, ...]]]) -> bytes:
    """Return the zip file of some tables, the same bytes for the same rows."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for table, columns in COLUMNS.items():
            rows = tables[table]
            if not rows and table in ("attributions.txt", "calendar.txt", "calendar_dates.txt"):
                continue
            text = io.StringIO(newline="")
            writer = csv.writer(text, lineterminator="\r\n")
            writer.writerow(columns)
            writer.writerows(rows)
            info = zipfile.ZipInfo(table, _STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            info.create_system = 3
            archive.writestr(info, text.getvalue().encode("utf-8"))
    return packed.getvalue()
