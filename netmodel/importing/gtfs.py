"""Your railway from GTFS: a feed of timetables to a network, its trains and demand."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem
from netmodel.files.whole import Note, add_files
from netmodel.importing.gtfs_agency import read_about
from netmodel.importing.gtfs_pairs import ExpressRule, Pair, PairsOfStops, Runs, lay_lines
from netmodel.importing.gtfs_shapes import cut_course, read_shapes
from netmodel.importing.gtfs_stops import NAMELESS, Stops, name_hubs
from netmodel.importing.gtfs_tables import Feed
from netmodel.importing.gtfs_trains import (
    RAIL,
    FeedTrains,
    read_feed_trains,
    to_trains,
)
from netmodel.importing.gtfs_trips import FeedTrain
from netmodel.network.about import About
from netmodel.network.account import DROPPED, KEPT, MERGED, Account, Entry
from netmodel.network.formats import write_network
from netmodel.network.names import Names
from netmodel.network.railway import Hub, Link, Network
from netmodel.trains.services_file import write_trains
from netmodel.trains.train import Timetable

LEAST = {"same_place_m": 0, "demand_hubs": 2, "within_km": 0, "near_km": 0}
"""Of the numbers that an import takes: demand joins two hubs."""
MOST_TYPE = 9999
"""Of the numbers of kinds of routes."""
SHORTEST_KM = 0.05
"""The least length of a link between two stations."""
Course: TypeAlias = tuple[float, tuple[tuple[float, float], ...]]
"""The length in km, and the points of a course."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ImportedFeed:
    """A railway brought in from a feed.

    Parameters
    ----------
    network
        Every station at which a train calls as a hub; links between neighbouring stations.
    timetable
        The trains; their stops are names or ids of hubs.
    demand
        Runs of trains in the period that join two hubs, with or without stops between: columns
        ``from, to`` (ids of hubs) and ``trips``.
    account
        What became of each stop, pair of stops and trip.
    first_day
        Of the period whose trains are taken.
    """

    network: Network
    timetable: Timetable
    demand: pd.DataFrame
    account: Account
    first_day: date

    @property
    def zone(self) -> str:
        """The time zone of the first agency; empty where the feed tells none that is known."""
        return self.network.about.zone


@refuse_wrong_kinds
def import_gtfs(
    path: Path | str,
    *,
    date: date | None = None,
    week: date | None = None,
    route_types: Collection[int] = RAIL,
    express: ExpressRule | None = None,
    same_place_m: float = 0.0,
    demand_hubs: int | None = None,
    name: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> ImportedFeed:
    r"""Make a network, a timetable and demand from a GTFS feed.

    Parameters
    ----------
    path
        A zip file, or a folder of its tables.
    date, week
        The day, or any day of the week (from Monday), whose trains are taken; by default the
        first of the weeks with most trips.
    route_types
        Which routes are read; by default railways. Replacement buses and ferries are no railway.
    express
        When a pair of stops that a train joins without a stop between is no line of its own.
    same_place_m
        Stops of one name without a parent that lie so near each other are one station; 0 or more.
    demand_hubs
        Demand between so many of the hubs with most calls, at least 2; by default between all.
    progress
        Told the bytes read and the bytes of ``stop_times.txt`` while it is read.

    Raises
    ------
    InputError
        With every argument that is out of its range, or else everything that is wrong with the
        feed, at ``file:line``.

    Examples
    --------
    >>> imported = import_gtfs("feed.zip")  # doctest: +SKIP
    >>> print("\n".join(imported.account.lines()))  # doctest: +SKIP
    """
    wrong = find_wrong_options(
        date=date, week=week, route_types=route_types, same_place_m=same_place_m,
        demand_hubs=demand_hubs,
    )  # fmt: skip
    if wrong:
        raise InputError(wrong)
    courses: dict[Pair, Course] = {}
    laid: dict[str, PairsOfStops] = {}
    told: dict[str, About] = {}
    express = express or ExpressRule()

    def lay(feed: Feed, found: FeedTrains) -> None:
        lines = laid["lines"] = lay_lines(found, express)
        told["about"] = read_about(feed)
        shapes = read_shapes(feed, {each.shape for each in found.trains if each.shape})
        courses.update(_cut_courses(found, lines, shapes))

    found = read_feed_trains(
        path, day=date, week=week, route_types=route_types, same_place_m=same_place_m,
        progress=progress, also=lay,
    )  # fmt: skip
    lines = laid["lines"]
    called = sorted({station for each in found.trains for station in each.stations})
    hub_ids = name_hubs(found.stops, called)
    network = replace(
        _build_network(found, lines, courses, hub_ids, name or Path(path).stem),
        about=told["about"],
    )
    stop_names = _stop_names(network, hub_ids)
    rows = [
        (row, f"trips.txt:{each.line}")
        for each in found.trains
        for row in to_trains(each, [stop_names[station] for station in each.stations])
    ]
    settings = {
        "period": str(found.period),
        "route_types": ", ".join(map(str, sorted(route_types))),
        "same_place_m": f"{same_place_m:g}",
        **{key: f"{value:g}" for key, value in asdict(express).items()},
    }
    return ImportedFeed(
        network=network,
        timetable=Timetable(
            trains=tuple(row for row, _ in rows), origins={row.id: where for row, where in rows}
        ),
        demand=_count_demand(found.trains, hub_ids, demand_hubs),
        account=_account(found, lines, courses, hub_ids, settings, network),
        first_day=found.period.first,
    )


def find_wrong_options(
    *,
    date: date | None = None,
    week: date | None = None,
    route_types: Collection[int] = RAIL,
    **least: float | None,
) -> list[Problem]:
    """Return what is wrong with the options of an import, each by the name of its argument.

    Parameters
    ----------
    **least
        Numbers that have a least value, by name; ``None`` where not given.

    Examples
    --------
    >>> [str(each) for each in find_wrong_options(same_place_m=-5, demand_hubs=1)]
    ['same_place_m: same_place_m (=-5) must be at least 0',
     'demand_hubs: demand_hubs (=1) must be at least 2']
    """
    problems = [
        Problem(what=f"{name} (={value:g}) must be at least {LEAST[name]}", where=name)
        for name, value in least.items()
        if value is not None and not LEAST[name] <= value < float("inf")
    ]
    if date is not None and week is not None:
        what = "both date and week are given"
        problems.append(Problem(what=what, where="week", remedy="give one of them"))
    wrong = sorted(each for each in route_types if not 0 <= each <= MOST_TYPE)
    if wrong or not route_types:
        listed = ", ".join(map(str, wrong)) or "()"
        what = f"route_types (={listed}) must be at least one number from 0 to {MOST_TYPE}"
        problems.append(Problem(what=what, where="route_types"))
    return problems


@refuse_wrong_kinds
def save_feed(
    imported: ImportedFeed, path: Path | str, *, force: bool = False, note: Note | None = None
) -> Path:
    """Write the network, and ``services.csv``, ``demand.csv`` and the account in its folder.

    A network in one file has them beside it, in the folder ``NAME.account``.

    Raises
    ------
    InputError
        If something that netmodel did not write stands in the way.
    """
    path = Path(path)
    write_network(imported.network, path, account=imported.account, force=force, note=note)
    with tempfile.TemporaryDirectory() as room:
        services = write_trains(imported.timetable, Path(room) / "services.csv")
        texts = {
            "services.csv": services.read_text(encoding="utf-8"),
            "demand.csv": imported.demand.to_csv(index=False, lineterminator="\n"),
        }
    add_files(path.with_suffix(".account") if path.suffix else path, texts)
    return path


def _cut_courses(
    found: FeedTrains, lines: PairsOfStops, shapes: Mapping[str, np.ndarray]
) -> dict[Pair, Course]:
    """Return the course of each link for which a train has one, from its lower station."""
    wanted = set(lines.kept)
    courses: dict[Pair, Course] = {}
    done: set[tuple[str, tuple[int, ...]]] = set()
    stops = found.stops
    for train in found.trains:
        if train.shape not in shapes or (train.shape, train.stations) in done:
            continue
        done.add((train.shape, train.stations))
        pairs = list(pairwise(train.stations))
        if not any((min(p), max(p)) in wanted and (min(p), max(p)) not in courses for p in pairs):
            continue
        places = np.array([(stops.lon[each], stops.lat[each]) for each in train.stations])
        for (one, other), (km, points) in zip(
            pairs, cut_course(shapes[train.shape], places), strict=False
        ):
            pair = (min(one, other), max(one, other))
            if pair in wanted and pair not in courses and km >= 0.98 * lines.pairs[pair].km:
                courses[pair] = (km, points if one < other else points[::-1])
    return courses


def _build_network(
    found: FeedTrains,
    lines: PairsOfStops,
    courses: Mapping[Pair, Course],
    hub_ids: Mapping[int, str],
    name: str,
) -> Network:
    stops = found.stops
    source = f"GTFS, {found.publisher}" if found.publisher else "GTFS"
    hubs = tuple(
        Hub(
            id=hub,
            name=stops.names[number],
            lon=round(float(stops.lon[number]), 6),
            lat=round(float(stops.lat[number]), 6),
            kind="station",
            source=source,
            extra={"stop_id": stops.ids[number], "stop_code": stops.codes[number]},
        )
        for number, hub in hub_ids.items()
    )
    links, geometry = [], {}
    for pair in sorted(lines.kept):
        one, other = (hub_ids[station] for station in pair)
        link = _build_link(f"{one}--{other}", one, other, lines.pairs[pair], courses.get(pair))
        links.append(link)
        if pair in courses and len(courses[pair][1]) > 2:
            geometry[link.id] = courses[pair][1]
    return Network(hubs=hubs, links=tuple(links), geometry=geometry, name=name)


def _build_link(link_id: str, one: str, other: str, runs: Runs, course: Course | None) -> Link:
    km = course[0] if course else runs.km
    basis = "given" if runs.seconds is not None else "shared out"
    fastest = runs.fastest
    return Link(
        id=link_id,
        from_hub=one,
        to_hub=other,
        length_km=max(round(km, 3), SHORTEST_KM),
        minutes=None if fastest is None else round(fastest / 60, 3),
        length_basis="measured" if course else "estimated",
        source="shapes.txt" if course else "great circle",
        extra={
            "minutes_basis": "" if fastest is None else basis,
            "trains_in_period": str(runs.trains),
        },
    )


def _stop_names(network: Network, hub_ids: Mapping[int, str]) -> dict[int, str]:
    """Return what each station is called in the timetable: its name, or its id where shared."""
    names = Names(network)
    found = {}
    for number, hub_id in hub_ids.items():
        name = network.hub(hub_id).name
        alone = [hub.id for hub in names.find_hubs(name)] == [hub_id]
        found[number] = name if alone and ";" not in name else hub_id
    return found


def _count_demand(
    trains: Iterable[FeedTrain], hub_ids: Mapping[int, str], most: int | None
) -> pd.DataFrame:
    runs: Counter[tuple[int, ...]] = Counter()
    calls: Counter[int] = Counter()
    for train in trains:
        runs[train.stations] += train.runs
        calls.update(dict.fromkeys(train.stations, train.runs))
    chosen = set(hub_ids)
    if most is not None:
        chosen = set(sorted(calls, key=lambda each: (-calls[each], each))[:most])
    trips: Counter[Pair] = Counter()
    for stations, count in runs.items():
        places = [each for each in stations if each in chosen]
        joined = {
            (one, other)
            for place, one in enumerate(places)
            for other in places[place + 1 :]
            if one != other
        }
        trips.update(dict.fromkeys(joined, count))
    rows = [(hub_ids[one], hub_ids[other], count) for (one, other), count in sorted(trips.items())]
    return pd.DataFrame(rows, columns=["from", "to", "trips"])


def _account(
    found: FeedTrains,
    lines: PairsOfStops,
    courses: Mapping[Pair, Course],
    hub_ids: Mapping[int, str],
    settings: Mapping[str, str],
    network: Network,
) -> Account:
    entries = (
        *_stop_entries(found, hub_ids),
        *_pair_entries(lines, found.stops, hub_ids),
        *found.entries,
    )
    figures = {
        "hubs": len(network.hubs),
        "links": len(network.links),
        "links with a course": len(courses),
        "expresses over finer pairs": len(lines.expresses),
        "pairs with runs that cannot be true": sum(x.slips > 0 for x in lines.pairs.values()),
        "trains": len(found.trains),
        "days with trips": found.days,
        "days whose trains are these": found.known_days,
        "days of these that lack a train": found.lacking_days,
        "runs of trains in the period": sum(each.runs for each in found.trains),
        "trips with times left out that go backwards": found.backward,
        "trips with calls left out that no train can make": found.disordered,
        "stations without a name": len(found.stops.nameless & set(hub_ids)),
        "stations that share their name with another": _sharing(found.stops, list(hub_ids)),
        "length of all links, km": round(float(network.length_km.sum()), 1),
    }
    return Account(source=found.source, entries=entries, settings=settings, figures=figures)


def _stop_entries(found: FeedTrains, hub_ids: Mapping[int, str]) -> Iterator[Entry]:
    stops = found.stops
    for number, stop_id in enumerate(stops.ids):
        feature = f"stops/{stop_id}"
        station = int(stops.station[number])
        if number in stops.no_stop:
            reason = stops.no_stop[number]
            yield Entry(feature=feature, disposition=DROPPED, reason=reason)
        elif station not in hub_ids:
            is_rail = number in found.called
            reason = "no train of the period calls" if is_rail else "no train calls"
            reason = "no train can make its calls" if station in found.left_out else reason
            yield Entry(feature=feature, disposition=DROPPED, reason=reason)
        elif station == number:
            into, note = (f"hub {hub_ids[number]}",), NAMELESS * (number in stops.nameless)
            yield Entry(feature=feature, disposition=KEPT, into=into, note=note)
        else:
            into, reason = (f"hub {hub_ids[station]}",), "part of a station"
            yield Entry(feature=feature, disposition=MERGED, into=into, reason=reason)


def _pair_entries(lines: PairsOfStops, stops: Stops, hub_ids: Mapping[int, str]) -> Iterator[Entry]:
    for pair in sorted(lines.pairs):
        feature = "pairs/" + " - ".join(stops.ids[station] for station in pair)
        if not lines.pairs[pair].trains:  # The rest of an express; no two stops of a train.
            continue
        chain = lines.expresses.get(pair)
        slips = lines.pairs[pair].slips
        note = f"{slips} runs that cannot be true were left out" if slips else ""
        if chain is None:
            link = f"link {hub_ids[pair[0]]}--{hub_ids[pair[1]]}"
            yield Entry(feature=feature, disposition=KEPT, into=(link,), note=note)
            continue
        steps = [(min(step), max(step)) for step in pairwise(chain)]
        into = tuple(f"link {hub_ids[one]}--{hub_ids[other]}" for one, other in steps)
        reason = "an express over finer pairs"
        yield Entry(feature=feature, disposition=MERGED, into=into, reason=reason, note=note)


def _sharing(stops: Stops, stations: Sequence[int]) -> int:
    count = Counter(stops.names[number] for number in stations)
    return sum(number for number in count.values() if number > 1)
