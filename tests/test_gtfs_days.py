"""GTFS: the days of trains that a feed has as several trips, and of those that repeat."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from netmodel.importing.gtfs import ImportedFeed, import_gtfs
from netmodel.trains.gtfs_export import Publisher, export_gtfs
from netmodel.trains.train import Timetable
from tests.gtfs_feeds import run, write_feed

MONDAY = date(2024, 5, 6)
WEEKS = [MONDAY + timedelta(days=n) for n in range(28)]
HEAD = "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
BESIDE = {str(n): run("b c", 300 + n, 12) for n in range(100, 120)}
"""Trains of all days, so that one more or less makes a day no other."""


def spans(**bounds: tuple[int, int]) -> str:
    """Return a calendar of services that run daily from one day of May to another."""
    rows = [f"{name},1,1,1,1,1,1,1,202405{a:02d},202405{b:02d}" for name, (a, b) in bounds.items()]
    return HEAD + "\n".join([*rows, "daily,1,1,1,1,1,1,1,20240506,20240602"]) + "\n"


def days_of(timetable: Timetable) -> dict[str, list[date]]:
    found: dict[str, list[date]] = {}
    for train in timetable.trains:
        for day in WEEKS:
            if train.runs_on(day):
                found.setdefault(train.number, []).append(day)
    return {number: sorted(days) for number, days in found.items()}


def parted(path: Path, *, names: bool = True, later: str = "a b") -> ImportedFeed:
    """Import the week of 13 May, of a train that is a trip to 16 May and another from the 20th."""
    trips = {"7-I": run("a b", 360, 12), "7-II": run(later, 360, 12), **BESIDE}
    service = {"7-I": "one", "7-II": "two"}
    rows = "".join(
        f"{trip},rail,{service.get(trip, 'daily')},{trip.partition('-')[0] if names else ''}\n"
        for trip in trips
    )
    feed = write_feed(
        path, trips, trips="trip_id,route_id,service_id,trip_short_name\n" + rows,
        calendar=spans(one=(6, 16), two=(20, 24)),
    )  # fmt: skip
    return import_gtfs(feed, week=date(2024, 5, 13))


@pytest.mark.parametrize("names", [True, False])
def test_a_train_of_several_trips_runs_on_the_days_of_all(tmp_path, names):
    """Operators write a trip for each validity; those outside of the week are of the train too."""
    imported = parted(tmp_path / "f.zip", names=names)
    number = "7" if names else "7-I"
    ran = [day.day for day in days_of(imported.timetable)[number]]
    assert ran == [*range(6, 17), *range(20, 25)]
    entry = imported.account.entry("trips/7-II")
    assert (entry.disposition, entry.into) == ("merged", ("train 7-I",))
    assert imported.account.figures["days of these that lack a train"] == 0
    assert next(t for t in imported.timetable.trains if t.id == "7-I").to_date == date(2024, 5, 16)


def test_trips_of_days_that_have_no_trains_are_dropped(tmp_path):
    """Of one date nothing is taken from other days, and the account does not say so."""
    parted(tmp_path / "f.zip")
    imported = import_gtfs(tmp_path / "f.zip", date=date(2024, 5, 14))
    assert imported.account.entry("trips/7-II").disposition == "dropped"
    assert imported.account.figures["days of these that lack a train"] == 0


def test_days_that_lack_a_train_are_counted(tmp_path):
    """A train of other stops is no train of the week, though most trains of its days are."""
    imported = parted(tmp_path / "f.zip", later="a c")
    assert [day.day for day in days_of(imported.timetable)["7"]] == [*range(6, 17)]
    entry = imported.account.entry("trips/7-II")
    assert entry.disposition == "dropped"
    assert "5 days" in entry.note
    figures = imported.account.figures
    assert figures["days whose trains are these"] == 28
    assert figures["days of these that lack a train"] == 5


def test_departures_of_other_days_are_of_the_trains_that_depart_then(tmp_path):
    """Of a trip that is repeated more often on other days, those of the week alone are known."""
    trips = {"7-I": run("a b", 0, 12), "7-II": run("a b", 0, 12), **BESIDE}
    service = {"7-I": "one", "7-II": "two"}
    rows = "".join(f"{each},rail,{service.get(each, 'daily')},{each[:3]}\n" for each in trips)
    rows = rows.replace(",7-I\n", ",7\n")
    feed = write_feed(
        tmp_path / "f.zip", trips, trips="trip_id,route_id,service_id,trip_short_name\n" + rows,
        calendar=spans(one=(6, 16), two=(20, 24)),
        frequencies="trip_id,start_time,end_time,headway_secs,exact_times\n"
        "7-I,06:00:00,08:00:00,3600,1\n7-II,06:00:00,09:00:00,3600,1\n",
    )  # fmt: skip
    imported = import_gtfs(feed, week=date(2024, 5, 13))
    entry = imported.account.entry("trips/7-II")
    assert entry.into == ("train 7-I@0600", "train 7-I@0700")
    assert "1 of its 3" in entry.note
    ran = Counter(len(days) for days in days_of(imported.timetable).values())
    assert ran == {28: 20, 16: 2}
    assert imported.account.figures["days of these that lack a train"] == 5


def test_no_day_is_lost_over_an_export(tmp_path):
    """A train of several validities is several trips of the feed that is written."""
    exceptions = "service_id,date,exception_type\nvary,20240508,2\nvary,20240529,2\n"
    trips = {"7": run("a b", 360, 12), **BESIDE}
    feed = write_feed(
        tmp_path / "f.zip", trips, service={"7": "vary"}, calendar_dates=exceptions,
        calendar=spans(vary=(6, 31)),
    )  # fmt: skip
    first = import_gtfs(feed)
    export_gtfs(
        first.timetable, first.network, tmp_path / "out.zip",
        publisher=Publisher(zone="Europe/Berlin"),
    )  # fmt: skip
    second = import_gtfs(tmp_path / "out.zip")
    assert days_of(second.timetable) == days_of(first.timetable)
    assert second.account.figures["days of these that lack a train"] == 0
