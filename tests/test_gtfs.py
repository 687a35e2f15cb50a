"""GTFS in: small feeds with one trap each, what is wrong with a feed, and two national feeds."""

import csv
import json
import os
import random
import re
import resource
import subprocess
import sys
import zipfile
from collections import Counter
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from netmodel.errors import InputError, InputWarning
from netmodel.importing import gtfs_tables
from netmodel.importing.gtfs import ImportedFeed, import_gtfs, save_feed
from netmodel.importing.gtfs_matching import match_gtfs, save_matched
from netmodel.importing.gtfs_order import drop_backward
from netmodel.importing.gtfs_pairs import ExpressRule
from netmodel.network import read_network
from netmodel.network.railway import Hub, Link, Network, Station, great_circle_km
from netmodel.runs.run import run_scenario
from netmodel.times import Window
from netmodel.trains.course import find_courses
from netmodel.trains.gtfs_export import Publisher, export_gtfs
from netmodel.trains.relevance import relevant_trains
from netmodel.trains.services_file import read_trains
from netmodel.trains.train import StopTime, Timetable, Train
from tests.effort import counted_calls
from tests.gtfs_feeds import CALENDAR, STOPS, run, write_feed
from tests.own_network import command

REFERENCE = Path(os.environ.get("NETMODEL_REFERENCE", "/nowhere")) / "gtfs"
NATIONAL = ("sri-lanka-2014", "sncf-intercites-2013")
PAGE = Path(__file__).parent.parent / "docs" / "how-to" / "gtfs.md"


def ends(network: Network) -> set[frozenset[str]]:
    return {frozenset((link.from_hub, link.to_hub)) for link in network.links}


def pairs(*names: str) -> set[frozenset[str]]:
    return {frozenset(name.split()) for name in names}


def trips_add_up(imported: ImportedFeed, feed: Path) -> None:
    """Every stop and trip of the feed has one entry, and so has every pair."""
    account = imported.account
    assert account.read == sum(account.counts.values())
    features = Counter(each.feature for each in account.entries)
    assert max(features.values()) == 1
    with zipfile.ZipFile(feed) as archive:
        for table in ("stops", "trips"):
            lines = archive.read(f"{table}.txt").decode("utf-8-sig").strip().splitlines()
            told = sum(each.startswith(f"{table}/") for each in features)
            assert told == len(lines) - 1
    links = {f"link {link.id}" for link in imported.network.links}
    told = {into for each in account.entries for into in each.into if into.startswith("link ")}
    assert told == links


# Small feeds, each with a trap


def test_expresses_run_over_finer_pairs(tmp_path):
    feed = write_feed(
        tmp_path / "f.zip", {"1": run("a b c d", 360, 12), "2": [*run("a d", 400, 30)]}
    )
    imported = import_gtfs(feed)
    assert ends(imported.network) == pairs("aton beton", "beton ceton", "ceton deton")
    express = imported.account.entry("pairs/a - d")
    assert express.into == ("link aton--beton", "link beton--ceton", "link ceton--deton")
    assert [train.stops for train in imported.timetable.trains][1] == ("Aton", "Deton")
    trips_add_up(imported, feed)


def test_an_express_is_one_though_no_train_calls_at_all_its_stops(tmp_path):
    feed = write_feed(
        tmp_path / "f.zip",
        {"1": run("a b", 360, 12), "2": run("b c", 360, 12), "3": run("a c", 400, 20)},
    )
    assert ends(import_gtfs(feed).network) == pairs("aton beton", "beton ceton")


def test_an_express_follows_a_line_for_a_part_of_its_way(tmp_path):
    """No train calls at Ceton and Deton one after the other, and yet there is a line."""
    feed = write_feed(tmp_path / "f.zip", {"1": run("a b c", 360, 12), "2": run("a d", 400, 30)})
    imported = import_gtfs(feed)
    assert ends(imported.network) == pairs("aton beton", "beton ceton", "ceton deton")
    assert imported.network.links[-1].minutes == pytest.approx(10, abs=0.1)
    assert imported.network.links[-1].extra["minutes_basis"] == "shared out"
    trips_add_up(imported, feed)


def test_a_quick_line_beside_a_slow_one_stays_a_line(tmp_path):
    feed = write_feed(tmp_path / "f.zip", {"1": run("a b c d", 360, 15), "2": run("a d", 400, 12)})
    assert frozenset(("aton", "deton")) in ends(import_gtfs(feed).network)
    patient = ExpressRule(slower=5.0)
    assert frozenset(("aton", "deton")) not in ends(import_gtfs(feed, express=patient).network)


def test_a_way_round_is_no_finer_way(tmp_path):
    stops = STOPS + "n,Norton,50.4,10.3\n"
    feed = write_feed(
        tmp_path / "f.zip", {"1": run("a n d", 360, 40), "2": run("a d", 400, 80)}, stops=stops
    )
    assert frozenset(("aton", "deton")) in ends(import_gtfs(feed).network)


def test_platforms_belong_to_their_station_and_two_stations_stay_two(tmp_path):
    stops = """\
stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station
S,Aton,50.0,10.0,1,
a1,Aton 1,50.0001,10.0,0,S
a2,Aton 2,50.0002,10.0,,S
e,Exit,50.0002,10.0,2,S
x,Beton,50.0,10.2,,
y,Beton,50.01,10.2,,
"""
    feed = write_feed(
        tmp_path / "f.zip", {"1": run("a1 x", 360, 12), "2": run("y a2", 400, 12)}, stops=stops
    )
    imported = import_gtfs(feed)
    assert [hub.id for hub in imported.network.hubs] == ["aton", "beton", "beton-2"]
    assert [hub.extra["stop_id"] for hub in imported.network.hubs] == ["S", "x", "y"]
    assert imported.account.entry("stops/a2").into == ("hub aton",)
    assert imported.account.entry("stops/e").disposition == "dropped"
    assert imported.timetable.trains[1].stops == ("beton-2", "Aton")
    find_courses(imported.timetable, imported.network)
    trips_add_up(imported, feed)
    joined = import_gtfs(feed, same_place_m=2000)
    assert [hub.id for hub in joined.network.hubs] == ["aton", "beton"]


def test_times_past_midnight(tmp_path):
    feed = write_feed(
        tmp_path / "f.zip", {"1": run("a b", 23 * 60 + 50, 20), "2": run("a b", 25 * 60, 20)},
        service={"2": "work"},
    )  # fmt: skip
    first, second = import_gtfs(feed).timetable.trains
    assert first.times == (StopTime(departure=1431), StopTime(arrival=1451))
    # A trip of Monday that departs at 25:01 is a train of Tuesday.
    assert second.times == (StopTime(departure=61), StopTime(arrival=81))
    assert second.days == "tue-sat"


def test_missing_times_stay_unknown_and_are_shared_out_on_links(tmp_path):
    calls = [("a", "06:00:00", "06:00:00"), ("b", "", ""), ("c", "06:20:00", "06:20:00")]
    imported = import_gtfs(write_feed(tmp_path / "f.zip", {"1": calls}))
    assert imported.timetable.trains[0].times[1] == StopTime()
    assert [link.minutes for link in imported.network.links] == pytest.approx([10, 10], abs=0.01)
    assert {link.extra["minutes_basis"] for link in imported.network.links} == {"shared out"}


def test_buses_and_ferries_are_left_out_and_counted(tmp_path):
    feed = write_feed(
        tmp_path / "f.zip",
        {"1": run("a b", 360, 12), "2": run("b c", 360, 12), "3": run("c d", 360, 12)},
        route={"2": "bus", "3": "boat"},
    )
    imported = import_gtfs(feed)
    assert len(imported.network.hubs) == 2
    reasons = [reason for (kind, reason) in imported.account.reasons if kind == "dropped"]
    assert any("714" in each for each in reasons)
    assert any("ferry" in each for each in reasons)
    trips_add_up(imported, feed)
    assert len(import_gtfs(feed, route_types=(2, 714)).network.hubs) == 3


def test_frequencies_make_a_train_of_each_departure(tmp_path):
    feed = write_feed(
        tmp_path / "f.zip", {"1": run("a b", 0, 12)},
        frequencies="trip_id,start_time,end_time,headway_secs\n1,06:00:00,07:00:00,1200\n",
    )  # fmt: skip
    imported = import_gtfs(feed)
    assert [train.times[0].departure for train in imported.timetable.trains] == [360, 380, 400]
    assert imported.demand["trips"].tolist() == [21]
    trips_add_up(imported, feed)


def test_calendars_and_exceptions(tmp_path):
    feed = write_feed(
        tmp_path / "f.zip", {"1": run("a b", 360, 12), "2": run("a c", 360, 30)},
        service={"1": "work", "2": "extra"},
        calendar_dates="service_id,date,exception_type\n"
        "work,20240515,2\nextra,20240516,1\nextra,20240513,1\n",
    )  # fmt: skip
    busiest = import_gtfs(feed, week=date(2024, 5, 16))
    extra = [each for each in busiest.timetable.trains if each.number == "2"]
    assert [(each.days, each.from_date.day, each.to_date.day) for each in extra] == [
        ("mon;thu", 13, 16)
    ]
    assert "no train runs on 2024-05-15" in complaint(feed, date=date(2024, 5, 15))
    thursday = import_gtfs(feed, date=date(2024, 5, 16)).timetable.trains
    assert [(train.id, train.from_date, train.to_date) for train in thursday] == [
        (each, date(2024, 5, 16), date(2024, 5, 16)) for each in ("1", "2")
    ]
    assert import_gtfs(feed).account.settings["period"] == "2024-05-13 to 2024-05-19"
    usual = import_gtfs(feed, week=date(2024, 6, 5)).timetable.trains
    assert [(train.id, train.days, train.from_date, train.to_date) for train in usual] == [
        ("1", "mon-fri", date(2024, 5, 17), date(2024, 12, 27)),
        ("1~2024-01-01", "mon-fri", date(2024, 1, 1), date(2024, 5, 10)),
        ("1~2024-05-14", "tue", date(2024, 5, 14), date(2024, 5, 14)),
    ]


def test_a_holiday_takes_a_train_from_one_day_alone(tmp_path):
    """The days on which a feed says that a train runs are those on which it runs in a window."""
    feed = write_feed(
        tmp_path / "f.zip", {"1": run("a b", 360, 12)}, service={"1": "work"},
        calendar=CALENDAR.replace("20240101,20241229", "20240301,20240430"),
        calendar_dates="service_id,date,exception_type\nwork,20240312,2\nwork,20240401,2\n",
    )  # fmt: skip
    trains = import_gtfs(feed).timetable
    window = Window(start=datetime(2024, 2, 20, tzinfo=UTC), end=datetime(2024, 5, 10, tzinfo=UTC))
    found = [day for days in relevant_trains(trains, window).days.values() for day in days]
    days = [date(2024, 3, 1) + timedelta(days=n) for n in range(61)]
    holidays = {date(2024, 3, 12), date(2024, 4, 1)}
    assert sorted(found) == [day for day in days if day.weekday() < 5 and day not in holidays]


def days_in(trains: Timetable, start: str, end: str) -> Counter[date]:
    """Return how many trains run on each day from one to before another."""
    first, last = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (start, end))
    found = relevant_trains(trains, Window(start=first, end=last)).days
    return Counter(day for days in found.values() for day in days)


calls_off = st.lists(st.integers(0, 69), max_size=12, unique=True)


@given(work=calls_off, more=calls_off, week=st.integers(1, 8))
def test_trains_run_on_the_days_of_the_feed(tmp_path_factory, work, more, week):
    """Whatever calendar_dates takes away or adds, in the weeks whose trips are those taken."""
    folder, monday = tmp_path_factory.mktemp("feed"), date(2024, 3, 4)
    days = [monday + timedelta(days=n) for n in range(70)]
    runs = {"1": {d for d in days if d.weekday() < 5}, "2": set(days)}
    lines = ["service_id,date,exception_type"]
    for trip, service, off in (("1", "work", work), ("2", "daily", more)):
        for n in off:
            lines.append(f"{service},{days[n]:%Y%m%d},{2 if days[n] in runs[trip] else 1}")
            runs[trip] ^= {days[n]}
    chosen = {monday + timedelta(days=7 * week + n) for n in range(7)}
    assume(runs["1"] & chosen and runs["2"] & chosen)
    feed = write_feed(
        folder / "f.zip", {"1": run("a b", 360, 12), "2": run("b c", 420, 12)},
        service={"1": "work", "2": "daily"}, calendar_dates="\n".join(lines) + "\n",
        calendar=CALENDAR.replace("20240101,20241229", f"{days[0]:%Y%m%d},{days[-1]:%Y%m%d}"),
    )  # fmt: skip
    imported = import_gtfs(feed, week=monday + timedelta(days=7 * week))
    found = days_in(imported.timetable, "2024-02-20", "2024-06-01")
    assert found == Counter(day for mine in runs.values() for day in mine)
    figures = imported.account.figures
    assert figures["days with trips"] == figures["days whose trains are these"] == len(found)


def test_a_week_with_other_trains_has_none_of_those_taken(tmp_path):
    """Their validity would say that the few that run in both weeks are all."""
    feed = write_feed(
        tmp_path / "f.zip",
        {"all": run("a b", 360, 12), "may": run("a b", 420, 12), "june": run("a b", 480, 12)},
        service={"may": "may", "june": "june"},
        calendar=CALENDAR
        + "may,1,1,1,1,1,1,1,20240501,20240531\n"
        + "june,1,1,1,1,1,1,1,20240601,20240630\n",
    )  # fmt: skip
    imported = import_gtfs(feed, week=date(2024, 5, 15))
    found = days_in(imported.timetable, "2024-05-01", "2024-06-20")
    assert set(found) == {date(2024, 5, 1) + timedelta(days=n) for n in range(31)}
    assert set(found.values()) == {2}
    figures = imported.account.figures
    assert (figures["days with trips"], figures["days whose trains are these"]) == (364, 334)


def test_the_command_takes_what_python_takes(tmp_path):
    feed = write_feed(
        tmp_path / "f.zip", {"1": run("a b c", 360, 12), "2": run("a c", 360, 30)},
        service={"1": "work"}, route={"2": "bus"},
    )  # fmt: skip
    said = command(
        "network", "import", feed, "--out", tmp_path / "net", "--week", "2024-06-05",
        "--route-types", "2,714", "--demand-hubs", "2", "--same-place", "100",
    )  # fmt: skip
    assert said.code == 0, said.err
    trains = read_trains(tmp_path / "net" / "services.csv").trains
    assert {train.id for train in trains} == {"1", "2"}
    assert len((tmp_path / "net" / "demand.csv").read_text().splitlines()) == 2


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--week", "June"), "--week"),
        (("--route-types", "rail"), "--route-types"),
        (("--week", "2024-06-05", "--date", "2024-06-05"), "week"),
        (("--network", "built-in", "--demand-hubs", "2"), "--demand-hubs"),
        (("--same-place", "-5"), "--same-place"),
        (("--demand-hubs", "1"), "--demand-hubs"),
        (("--route-types", "-2"), "--route-types"),
        (("--route-types", "3"), "--route-types"),
        (("--hubs", "junctions"), "--hubs"),
    ],
)
def test_what_the_command_cannot_take_is_said_by_its_option(tmp_path, options, word):
    feed = write_feed(tmp_path / "f.zip", {"1": run("a b c", 360, 12)})
    said = command("network", "import", feed, "--out", tmp_path / "net", *options)
    assert (said.code, word in said.err) == (2, True)
    assert not (tmp_path / "net").exists()


def test_all_that_the_command_cannot_take_is_told_at_once(tmp_path):
    feed = write_feed(tmp_path / "f.zip", {"1": run("a b c", 360, 12)})
    said = command(
        "network", "import", feed, "--out", tmp_path / "net", "--week", "June", "--date", "July",
        "--route-types", "rail", "--same-place", "-5", "--demand-hubs", "1",
    )  # fmt: skip
    assert said.err.count("\n") == 5
    with pytest.raises(InputError) as caught:
        import_gtfs(feed, week=date(2024, 6, 5), date=date(2024, 6, 5), route_types=(-1,),
                    same_place_m=float("nan"), demand_hubs=1)  # fmt: skip
    assert {each.where for each in caught.value.problems} == {
        "week", "route_types", "same_place_m", "demand_hubs",
    }  # fmt: skip
    with pytest.raises(InputError) as caught:
        match_gtfs(feed, existing(), within_km=-1, near_km=-1)
    assert [each.where for each in caught.value.problems] == ["within_km", "near_km"]


def test_options_of_a_feed_are_not_for_tracks(tmp_path):
    lines = tmp_path / "l.geojson"
    lines.write_text('{"type": "FeatureCollection", "features": []}')
    said = command("network", "import", lines, "--out", tmp_path / "net", "--week", "2024-06-05",
                   "--same-place", "100")  # fmt: skip
    assert (said.code, said.err.count("GTFS feed")) == (2, 2)


def test_a_feed_without_railways_names_what_reads_others(tmp_path):
    feed = write_feed(tmp_path / "f.zip", {"1": run("a b c", 360, 12)}, route={"1": "bus"})
    said = command("network", "import", feed, "--out", tmp_path / "net")
    assert ("--route-types" in said.err, "route_types" in said.err) == (True, False)
    with pytest.raises(InputError, match="route_types"):
        import_gtfs(feed)


@pytest.mark.parametrize(
    ("zones", "zone", "told"),
    [
        (("Europe/Oslo",), "Europe/Oslo", ""),
        (("", "Europe/Oslo"), "Europe/Oslo", ""),
        (("Mars/Oslo", "Europe/Oslo"), "Europe/Oslo", "Mars/Oslo"),
        (("Europe/Oslo", "Asia/Tokyo"), "Europe/Oslo", "several zones"),
        (("",), "", "agency_timezone"),
    ],
)
def test_a_zone_that_is_none_is_told(tmp_path, zones, zone, told):
    agency = "agency_id,agency_name,agency_url,agency_timezone\n" + "".join(
        f"{number},A,https://a.example,{each}\n" for number, each in enumerate(zones)
    )
    feed = write_feed(tmp_path / "f.zip", {"1": run("a b c", 360, 12)}, agency=agency)
    with pytest.warns(InputWarning, match=told) if told else nullcontext():
        assert import_gtfs(feed).zone == zone


def test_a_stop_without_a_name_is_told_and_counted(tmp_path):
    stops = (
        STOPS.replace("c,Ceton", "c,").replace("\n", ",\n").replace("lon,", "lon,parent_station")
    )
    stops = stops.replace("b,Beton,50.0,10.2,", "b,,50.0,10.2,\nb1,Beton,50.0,10.2,b")
    feed = write_feed(tmp_path / "f.zip", {"1": run("a b1 c d", 360, 12)}, stops=stops)
    with pytest.warns(InputWarning, match="1 at which"):
        imported = import_gtfs(feed)
    assert [hub.name for hub in imported.network.hubs] == ["Aton", "Beton", "c", "Deton"]
    assert imported.account.entry("stops/c").note
    assert imported.account.figures["stations without a name"] == 1


def test_a_train_of_several_validities_is_counted_once(tmp_path):
    calendar_dates = "service_id,date,exception_type\ndaily,20240612,2\n"
    feed = write_feed(
        tmp_path / "f.zip", {"1": run("a b c", 360, 12)}, calendar_dates=calendar_dates
    )
    said = command("network", "import", feed, "--out", tmp_path / "net")
    assert len(read_trains(tmp_path / "net" / "services.csv").trains) == 2
    assert re.findall(r"trains: (\d+)", said.out) == ["1"]
    said = command("network", "import", feed, "--out", tmp_path / "on", "--network",
                   tmp_path / "net")  # fmt: skip
    assert (re.findall(r"trains: (\d+)", said.out)[0], "1 train\n" in said.out) == ("1", True)


def test_the_trains_of_a_network_are_those_of_its_folder(tmp_path):
    feed = write_feed(tmp_path / "f.zip", {"1": run("a b c", 360, 12), "2": run("c b", 800, 12)})
    net = tmp_path / "net"
    assert command("network", "import", feed, "--out", net).code == 0
    said = command("trains", "show", "--network", net, "--json")
    assert [each["id"] for each in json.loads(said.out)] == ["1", "2"]
    assert command("trains", "check", "--network", net).code == 0
    out = tmp_path / "out.zip"
    said = command("trains", "export", "--network", net, "--gtfs", out, "--url",
                   "https://example.org", "--zone", "Europe/Oslo")  # fmt: skip
    assert (said.code, out.is_file()) == (0, True)
    unknown = command("trains", "show", "--network", net, "--number", "3")
    assert (unknown.code, "'3'" in unknown.err) == (2, True)
    other = command("trains", "show", "built-in", "--network", net)
    assert (other.code, other.err.count("\n")) == (2, 1)
    (net / "services.csv").unlink()
    none = command("trains", "show", "--network", net)
    assert (none.code, "services.csv" in none.err) == (2, True)


def test_the_number_of_a_line_makes_no_single_train_of_its_trains(tmp_path):
    trips = {str(hour): run("a b c", 60 * hour, 12) for hour in range(6, 12)}
    trips |= {f"back{hour}": run("c b a", 60 * hour, 12) for hour in range(6, 12)}
    trips |= {"x": run("a b", 360, 12)}
    rows = "".join(f"{trip},rail,daily,S1\n" for trip in trips)
    feed = write_feed(
        tmp_path / "f.zip", trips, trips="trip_id,route_id,service_id,trip_short_name\n" + rows
    )
    trains = import_gtfs(feed).timetable
    window = Window(start=datetime(2024, 5, 7, tzinfo=UTC), end=datetime(2024, 5, 8, tzinfo=UTC))
    assert len(relevant_trains(trains, window).days) == len(trips)
    assert {train.number for train in trains.trains} == {f"S1 {h:02d}:01" for h in range(6, 12)}


def test_a_train_of_two_calendars_runs_on_the_days_of_both(tmp_path):
    feed = write_feed(
        tmp_path / "f.zip", {"x": run("a b c", 360, 12), "y": run("a b", 380, 12)},
        service={"x": "work", "y": "weekend"},
        calendar=CALENDAR + "weekend,0,0,0,0,0,1,1,20240101,20241229\n",
        trips="trip_id,route_id,service_id,trip_short_name\nx,rail,work,7\ny,rail,weekend,7\n",
    )  # fmt: skip
    trains = import_gtfs(feed).timetable
    window = Window(start=datetime(2024, 5, 6, tzinfo=UTC), end=datetime(2024, 5, 13, tzinfo=UTC))
    found = relevant_trains(trains, window).days
    assert {train: len(days) for train, days in found.items()} == {"x": 5, "y": 2}
    assert {train.number for train in trains.trains} == {"7"}


def test_one_train_of_several_calendars(tmp_path):
    feed = write_feed(
        tmp_path / "f.zip", {"x": run("a b", 360, 12), "y": run("a b", 360, 12)},
        service={"x": "work", "y": "weekend"},
        calendar=CALENDAR + "weekend,0,0,0,0,0,1,1,20240101,20241229\n",
        trips="trip_id,route_id,service_id,trip_short_name\nx,rail,work,7\ny,rail,weekend,7\n",
    )  # fmt: skip
    imported = import_gtfs(feed)
    (train,) = imported.timetable.trains
    assert (train.id, train.days) == ("x", "daily")
    assert imported.account.entry("trips/y").into == ("train x",)


def test_loops_and_two_calls_at_a_stop(tmp_path):
    stops = STOPS + "n,Norton,50.2,10.3\n"
    feed = write_feed(
        tmp_path / "f.zip", {"1": run("b c n b a", 360, 25), "2": run("a b", 800, 12)}, stops=stops
    )
    imported = import_gtfs(feed)
    assert ends(imported.network) == pairs(
        "aton beton", "beton ceton", "ceton norton", "norton beton"
    )
    assert imported.timetable.trains[0].stops == ("Beton", "Ceton", "Norton", "Beton", "Aton")
    course = find_courses(imported.timetable, imported.network).courses["1"]
    assert len(course.links) == 4


def test_both_directions_are_one_link_and_the_fastest_counts(tmp_path):
    feed = write_feed(tmp_path / "f.zip", {"1": run("a b", 360, 15), "2": run("b a", 400, 12)})
    (link,) = import_gtfs(feed).network.links
    assert link.minutes == 12
    assert link.length_basis == "estimated"


def test_slips_of_a_timetable_do_not_make_a_line(tmp_path):
    wrong = [*run("a b c", 360, 12), ("d", "06:27:00", "06:27:00")]
    late = [("a", "06:00:00", "06:00:00"), *run("b c d", 30 * 60, 12)]
    trips = {"1": wrong, "2": run("a b c d", 500, 12), "3": late}
    feed = write_feed(tmp_path / "f.zip", trips)
    imported = import_gtfs(feed)
    assert [link.minutes for link in imported.network.links] == [12, 12, 12]
    assert imported.account.entry("pairs/b - c").note == ""
    for pair in ("a - b", "c - d"):
        assert "cannot be true" in imported.account.entry(f"pairs/{pair}").note


@pytest.mark.parametrize("seed", range(20))
def test_times_that_go_backwards_are_left_out_and_no_more(seed):
    chance = random.Random(seed)
    times = tuple((chance.randint(0, 50), chance.randint(0, 50)) for _ in range(4))
    kept, dropped = drop_backward(times)
    flat = [second for each in kept for second in each if second >= 0]
    assert flat == sorted(flat)
    assert len(flat) + dropped == 8
    rising = [
        [flat[i] for i in range(8) if number >> i & 1]
        for flat in [[second for each in times for second in each]]
        for number in range(256)
    ]
    assert len(flat) == max(len(each) for each in rising if each == sorted(each))


LINE = STOPS + "e,Eton,50.0,10.8\nf,Foton,50.0,11.0\n"
"""Six stops, 14 km apart."""


def scrambled(*moved: str, feed: Path, **tables: str) -> ImportedFeed:
    """Import a train from a to f whose calls at some stops are told to be half an hour early."""
    minutes = {stop: 360 + 15 * place for place, stop in enumerate("abcdef")}
    minutes |= {stop: minutes[stop] - 30 for stop in moved}
    order = sorted(minutes, key=lambda stop: minutes[stop])
    calls = [(stop, clock_of(minutes[stop]), clock_of(minutes[stop] + 1)) for stop in order]
    trips = {str(n): run("a b c d e f" if n % 2 else "f e d c b a", 300 + n, 14) for n in range(9)}
    return import_gtfs(write_feed(feed, {"wrong": calls, **trips}, stops=LINE, **tables))


def test_a_train_does_not_run_to_and_fro_for_a_time_that_is_wrong(tmp_path):
    """The feed orders stops by their times, so that a wrong time puts a stop out of its place."""
    with pytest.warns(InputWarning, match="1 trip has calls"):
        imported = scrambled("d", feed=tmp_path / "f.zip")
    train = next(each for each in imported.timetable.trains if each.id == "wrong")
    assert train.stops == ("Aton", "Beton", "Ceton", "Eton", "Foton")
    entry = imported.account.entry("trips/wrong")
    assert (entry.disposition, entry.note.rpartition(": ")[2]) == ("kept", "Deton")
    assert imported.account.figures["trips with calls left out that no train can make"] == 1
    course = find_courses(imported.timetable, imported.network).courses["wrong"]
    assert len(course.links) == 5
    trips = imported.demand.set_index(["from", "to"])["trips"]
    assert trips["aton", "deton"] == trips["aton", "eton"] - 7


def test_a_train_passes_a_stop_in_a_wrong_place(tmp_path):
    """A stop far off its line would send every train there and back."""
    with pytest.warns(InputWarning, match="8 trips have calls"):
        imported = import_gtfs(
            write_feed(
                tmp_path / "f.zip",
                {str(n): run("a b c d e f", 300 + n, 14) for n in range(8)},
                stops=LINE.replace("c,Ceton,50.0", "c,Ceton,51.0"),
            )
        )
    assert "ceton" not in {hub.id for hub in imported.network.hubs}
    assert imported.account.entry("stops/c").reason == "no train can make its calls"
    assert {train.stops for train in imported.timetable.trains} == {
        ("Aton", "Beton", "Deton", "Eton", "Foton")
    }


def test_a_train_of_which_hardly_a_call_is_true_is_none(tmp_path):
    """Its order is none of a train, so that nothing is known of its way."""
    to_and_fro = [(stop, clock_of(400 + n), clock_of(400 + n)) for n, stop in enumerate("afbecda")]
    trips = {str(n): run("a b c d e f", 300 + n, 14) for n in range(9)}
    imported = import_gtfs(
        write_feed(tmp_path / "f.zip", {"wrong": to_and_fro, **trips}, stops=LINE)
    )
    assert imported.account.entry("trips/wrong").disposition == "dropped"
    assert len(imported.timetable.trains) == 9


@pytest.mark.parametrize("minutes", [4, 9, 14])
def test_a_quick_train_may_turn_on_its_way(tmp_path, minutes):
    """Its calls are as quick as it is elsewhere, so that each is true."""
    trips = {str(n): run("a b c d e f", 300 + n, 14) for n in range(9)}
    feed = write_feed(tmp_path / "f.zip", {"turns": run("d c b a b c", 400, minutes), **trips},
                      stops=LINE)  # fmt: skip
    imported = import_gtfs(feed)
    assert len(imported.timetable.trains[0].stops) == 6


def test_a_way_round_by_another_line_is_no_disorder(tmp_path):
    """A quick train over a loop is a third quicker than the others, and its loop half as long."""
    trips = {str(n): run("a b c d e f", 300 + n, 19) for n in range(9)}
    stops = LINE + "n,Norton,50.17,10.4\n"
    feed = write_feed(tmp_path / "f.zip", {"x": run("a b n d e f", 400, 23), **trips}, stops=stops)
    assert import_gtfs(feed).timetable.trains[0].stops[2] == "Norton"


@pytest.mark.reference
def test_no_train_of_a_national_feed_runs_to_and_fro(national):
    name, _, imported = national
    network, timetable = imported.network, imported.timetable
    where = {hub.name: hub for hub in network.hubs} | {hub.id: hub for hub in network.hubs}
    told = {each.feature.partition("/")[2] for each in imported.account.entries if each.note}
    for train, km in {
        "sri-lanka-2014": {"8096": 160, "1130": 70},
        "sncf-intercites-2013": {"OCESN838401F0400166452": 130},
    }[name].items():
        assert train in told
        stops = [where[s] for s in next(t for t in timetable.trains if t.id == train).stops]
        assert sum(great_circle_km(a.lon, a.lat, b.lon, b.lat) for a, b in pairwise(stops)) < km


def test_shapes_give_lengths_and_courses(tmp_path):
    shapes = "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\n" + "\n".join(
        f"s,{lat},{lon},{n}"
        for n, (lat, lon) in enumerate([(50, 10), (50.1, 10.1), (50, 10.2), (50, 10.4)])
    )
    feed = write_feed(
        tmp_path / "f.zip", {"1": run("c b a", 360, 25), "2": run("a b c", 360, 25)},
        shape={"2": "s"}, shapes=shapes,
    )  # fmt: skip
    network = import_gtfs(feed).network
    bent, straight = network.links
    assert (bent.length_basis, straight.length_basis) == ("measured", "measured")
    assert bent.length_km == pytest.approx(2 * 13.2, abs=0.3)
    assert network.geometry[bent.id] == ((10.0, 50.0), (10.1, 50.1), (10.2, 50.0))


def test_a_folder_and_a_folder_in_the_zip_are_read(tmp_path):
    assert not gtfs_tables.is_feed(tmp_path)
    feed = write_feed(tmp_path / "f.zip", {"1": run("a b", 360, 12)})
    with zipfile.ZipFile(feed) as archive:
        archive.extractall(tmp_path / "in" / "feed")
    with zipfile.ZipFile(tmp_path / "g.zip", "w") as archive:
        for path in (tmp_path / "in" / "feed").iterdir():
            archive.write(path, f"feed/{path.name}")
    for source in (tmp_path / "in" / "feed", tmp_path / "g.zip"):
        assert gtfs_tables.is_feed(source)
        assert len(import_gtfs(source).timetable.trains) == 1


# What is wrong with a feed


def complaint(path: Path, **options: object) -> str:
    with pytest.raises(InputError) as caught:
        import_gtfs(path, **options)  # type: ignore[arg-type]
    return str(caught.value)


TRIPS = {"1": run("a b", 360, 12)}
CALLS = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n1,6:00:00,6:00:00,a,1\n"


@pytest.mark.parametrize(
    ("tables", "place", "word"),
    [
        ({"stop_times": None}, "f.zip", "stop_times.txt"),
        ({"calendar": None}, "f.zip", "calendar_dates.txt"),
        ({"stop_times": CALLS + "9,6:10:00,6:10:00,b,2\n"}, "stop_times.txt:3", "trips.txt"),
        ({"stop_times": CALLS + "1,6:10:00,6:10:00,z,2\n"}, "stop_times.txt:3", "stops.txt"),
        ({"stop_times": CALLS + "1,6:1x:00,6:10:00,b,2\n"}, "stop_times.txt:3", "6:1x:00"),
        ({"stop_times": CALLS + "1,6:10:00,6:10:00,b,1\n"}, "stop_times.txt:3", "twice"),
        ({"stop_times": CALLS + "1,6:10:00,6:10:00,b,-2\n"}, "stop_times.txt:3", "-2"),
        ({"stop_times": "trip_id,stop_id\n1,a\n"}, "stop_times.txt:1", "stop_sequence"),
        ({"stop_times": CALLS.splitlines()[0]}, "stop_times.txt:2", "no calls"),
        ({"stop_times": CALLS + '1,"6:10:00,6:10:00,b,2\n'}, "stop_times.txt:3", "CSV"),
        ({"stop_times": ""}, "stop_times.txt:1", "trip_id"),
        ({"agency": "agency_id,agency_timezone\n1,Europe/Berlin,A,\n"}, "agency.txt:2", "4 cells"),
        ({"stops": STOPS.replace("50.0,10.2", ",")}, "stops.txt:3", "no coordinates"),
        ({"stops": STOPS.replace("50.0,10.2", "0,0")}, "stops.txt:3", "no coordinates"),
        ({"stops": STOPS.replace("50.0,10.2", '"50,0",10.2')}, "stops.txt:3", "50,0"),
        ({"stops": STOPS.replace("50.0,10.2", "95,10.2")}, "stops.txt:3", "Earth"),
        ({"stops": STOPS + "a,Again,50,10\n"}, "stops.txt:6", "twice"),
        ({"stops": "stop_id,stop_lat,stop_lon,parent_station\na,50,10,b\nb,50,10.2,a\n"},
         "stops.txt:2", "circle"),
        ({"stops": "stop_id,stop_lat,stop_lon,parent_station\na,50,10,z\nb,50,10.2,\n"},
         "stops.txt:2", "'z'"),
        ({"stops": STOPS.encode().replace(b"Beton", b"B\xe9ton")}, "stops.txt:3", "UTF-8"),
        ({"stops": STOPS.encode("utf-16")}, "stops.txt:1", "UTF-8"),
        ({"trips": "trip_id,route_id,service_id\n1,none,daily\n"}, "trips.txt:2", "routes.txt"),
        ({"trips": "trip_id,route_id,service_id\n1,rail,never\n"}, "trips.txt:2", "never"),
        ({"routes": "route_id,route_type\nrail,x\n"}, "routes.txt:2", "'x'"),
        ({"routes": "route_id,route_type\nrail,3\n"}, "routes.txt", "bus"),
        ({"calendar": CALENDAR.replace(",1", ",0")}, "calendar.txt", "no service"),
        ({"calendar": CALENDAR.replace("20240101", "2024-1-1")}, "calendar.txt:2", "YYYYMMDD"),
        ({"calendar": CALENDAR.replace("20241229", "20231229")}, "calendar.txt:2", "before"),
        ({"calendar": CALENDAR.replace("20241229", "20991229").replace("20240101", "10240101")},
         "calendar.txt:2", "no date"),
        ({"frequencies": "trip_id,start_time,end_time,headway_secs\n1,6:00:00,9:00:00,0\n"},
         "frequencies.txt:2", "headway_secs"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_at_its_line(tmp_path, tables, place, word):
    told = complaint(write_feed(tmp_path / "f.zip", TRIPS, **tables))
    assert told.startswith(f"{place}:")
    assert word in told


def test_a_column_that_is_nearly_right_is_suggested(tmp_path):
    told = complaint(
        write_feed(tmp_path / "f.zip", TRIPS, stops=STOPS.replace("stop_id", "stopid"))
    )
    assert "did you mean 'stopid'" in told


def test_a_date_outside_the_feed_is_told_with_those_it_has(tmp_path):
    feed = write_feed(tmp_path / "f.zip", TRIPS)
    for options in ({"date": date(2023, 5, 1)}, {"week": date(2031, 5, 1)}):
        assert "from 2024-01-01 to 2024-12-29" in complaint(feed, **options)
    assert "both" in complaint(feed, date=date(2024, 5, 1), week=date(2024, 5, 1))
    assert "no date" in complaint(feed, date="2024-05-01")


def test_no_zip_no_file_and_damaged_zips(tmp_path):
    (tmp_path / "f.zip").write_text("no zip")
    assert complaint(tmp_path / "f.zip").startswith("f.zip:")
    assert "no such file" in complaint(tmp_path / "none.zip")
    whole = write_feed(tmp_path / "w.zip", TRIPS).read_bytes()
    for share in (0.3, 0.6, 0.9):
        (tmp_path / "cut.zip").write_bytes(whole[: int(len(whole) * share)])
        assert complaint(tmp_path / "cut.zip").startswith("cut.zip:")
    place = whole.index(b"stop_times.txt") + 40
    (tmp_path / "odd.zip").write_bytes(whole[:place] + b"\xff\xff\xff\xff" + whole[place + 4 :])
    assert complaint(tmp_path / "odd.zip").startswith("odd.zip:")


def test_columns_without_a_name_are_passed_over(tmp_path):
    agency = "agency_id,agency_name,agency_url,agency_timezone,,\n1,A,https://a.example,Europe/Berlin,,x\n"
    feed = write_feed(tmp_path / "f.zip", TRIPS, agency=agency)
    plain = write_feed(tmp_path / "g.zip", TRIPS)
    assert import_gtfs(feed).timetable == import_gtfs(plain).timetable


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    bomb = b"trip_id\n" + b"0" * 30_000_000
    path = write_feed(tmp_path / "f.zip", TRIPS, stop_times=bomb)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with counted_calls() as effort:
        assert "packed size" in complaint(path)
    assert effort.calls < 10_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000
    monkeypatch.setattr(gtfs_tables, "MOST_BYTES", 100)
    assert "declares" in complaint(write_feed(tmp_path / "g.zip", TRIPS))


def test_progress_is_told_to_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr(gtfs_tables, "CHUNK_ROWS", 10)
    trips = {str(n): run("a b c", 300 + n, 12) for n in range(30)}
    told: list[tuple[int, int]] = []
    feed = write_feed(tmp_path / "f.zip", trips)
    imported = import_gtfs(feed, progress=lambda read, total: told.append((read, total)))
    assert len(imported.timetable.trains) == 30
    assert len(told) == 9
    assert told[-1][0] == told[-1][1]
    assert [read for read, _ in told] == sorted(read for read, _ in told)


def test_a_feed_read_in_small_pieces_is_the_same(tmp_path, monkeypatch):
    trips = {str(n): run("a b c d" if n % 3 else "d c a", 300 + n, 12) for n in range(40)}
    feed = write_feed(tmp_path / "f.zip", trips)
    whole = import_gtfs(feed)
    monkeypatch.setattr(gtfs_tables, "CHUNK_ROWS", 7)
    pieces = import_gtfs(feed)
    assert pieces.network == whole.network
    assert pieces.timetable == whole.timetable
    assert pieces.account == whole.account


# On a network that exists


def existing() -> Network:
    hubs = (
        Hub(id="A", name="Атон", lon=10.01, lat=50.0, aliases=("Aton",)),
        Hub(id="D", name="Deton-Main", lon=10.6, lat=50.01),
        Hub(id="E", name="Elsewhere", lon=12.0, lat=50.0),
    )
    links = (Link(id="A--D", from_hub="A", to_hub="D", length_km=45),)
    return Network(
        hubs=hubs, links=links, stations=(Station(name="Ceton", link="A--D", km=30),), name="mine"
    )


def test_stops_are_matched_to_hubs_and_stations(tmp_path):
    feed = write_feed(tmp_path / "f.zip", {"1": run("a b c d", 360, 12), "2": run("a b", 360, 12)})
    matched = match_gtfs(feed, existing())
    (train,) = matched.timetable.trains
    assert train.stops == ("Атон", "Ceton", "Deton-Main")
    assert [time.arrival for time in train.times] == [None, 386, 399]
    assert find_courses(matched.timetable, existing()).courses["1"].links == ("A--D",)
    (lacking,) = matched.unmatched.to_dict("records")
    assert lacking["stop_name"] == "Beton"
    assert "Ceton" in lacking["nearest"]
    assert matched.account.entry("trips/2").disposition == "dropped"
    assert matched.account.read == sum(matched.account.counts.values()) == 6
    folder = save_matched(matched, tmp_path / "out")
    assert read_trains(folder / "services.csv").trains == matched.timetable.trains


def test_a_stop_far_from_its_namesake_is_not_matched(tmp_path):
    feed = write_feed(tmp_path / "f.zip", {"1": run("a b c d", 360, 12)})
    rows = match_gtfs(feed, existing(), within_km=1.0, near_km=0.1).matches
    assert rows["place"].tolist() == ["Атон", "", "Ceton", ""]
    with pytest.raises(InputError, match="nearest"):
        match_gtfs(feed, existing(), within_km=0.0, near_km=0.0)


# There and back


@st.composite
def feeds(draw: st.DrawFn) -> tuple[dict[str, list[tuple[str, str, str]]], dict[str, str]]:
    trips, services = {}, {}
    for number in range(draw(st.integers(1, 5))):
        stops = draw(st.lists(st.sampled_from("abcd"), min_size=2, max_size=7))
        stops = [stops[0], *(b for a, b in pairwise(stops) if a != b)]
        minute = draw(st.integers(0, 30 * 60))
        calls = []
        for place, stop in enumerate(stops):
            came = minute + draw(st.integers(0, 700))
            minute = came + draw(st.integers(0, 20))
            inner = 0 < place < len(stops) - 1
            known = not inner or draw(st.booleans())
            calls.append((stop, *((clock_of(came), clock_of(minute)) if known else ("", ""))))
        trips[f"t{number}"] = calls
        services[f"t{number}"] = draw(st.sampled_from(["daily", "work", "some"]))
    return trips, services


def clock_of(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}:00"


@settings(max_examples=25)
@given(feeds())
def test_a_feed_comes_back_from_its_export(tmp_path_factory, made):
    folder = tmp_path_factory.mktemp("feed")
    trips, services = made
    calendar = CALENDAR + "some,0,1,0,0,1,1,0,20240101,20241229\n"
    feed = write_feed(folder / "1.zip", trips, service=services, calendar=calendar)
    try:
        first = import_gtfs(feed, week=date(2024, 5, 1))
    except InputWarning:  # Calls that no train can make.
        assume(False)
    assume(first.timetable.trains)
    # The trips of a feed say how fast trains are: without one, another may be too fast.
    assume(len(trips) == len(first.timetable.trains))
    publisher = Publisher(zone="Europe/Berlin")
    account = export_gtfs(first.timetable, first.network, folder / "2.zip", publisher=publisher)
    assert account.counts["kept"] == len(first.timetable.trains)
    second = import_gtfs(folder / "2.zip", week=date(2024, 5, 1))
    assert [(x.id, x.number, x.kind, x.stops, x.times, x.days, x.from_date, x.to_date)
            for x in second.timetable.trains] == [
           (x.id, x.number, x.kind, x.stops, x.times, x.days, x.from_date, x.to_date)
            for x in first.timetable.trains]  # fmt: skip
    assert {hub.id: (hub.name, hub.lon, hub.lat) for hub in second.network.hubs} == {
        hub.id: (hub.name, hub.lon, hub.lat) for hub in first.network.hubs
    }
    assert second.demand.sort_values(["from", "to"]).to_csv(index=False) == (
        first.demand.sort_values(["from", "to"]).to_csv(index=False)
    )


# GTFS out


def timetable() -> Timetable:
    time = StopTime
    return Timetable(
        trains=(
            Train(id="1", number="1", kind="intercity", stops=("Aton", "Ceton", "D"),
                  times=(time(departure=1430), time(), time(arrival=1500)), days="odd",
                  documents=("doc",)),
            Train(id="2", number="2", kind="regional", stops=("Aton", "D")),
            Train(id="3", number="3", kind="regional", stops=("Aton", "Ceton", "D"),
                  times=(time(departure=60), time(arrival=90), time())),
            Train(id="4", number="4", kind="regional", stops=("Aton", "D"), days="mon",
                  times=(time(departure=60), time(arrival=90)), to_date=date(2020, 1, 1)),
        )
    )  # fmt: skip


def export(path: Path, **options: object):
    days = {"start": date(2024, 5, 1), "end": date(2024, 5, 31)}
    return export_gtfs(
        timetable(), existing(), path, publisher=Publisher(zone="Europe/Berlin"), **days | options
    )


def test_a_feed_may_hold_for_one_day_and_not_for_less(tmp_path):
    account = export(tmp_path / "f.zip", start=date(2024, 5, 31))
    assert account.entry("trains/1").disposition == "kept"
    with pytest.raises(InputError, match="before"):
        export(tmp_path / "g.zip", start=date(2024, 6, 1))


def test_an_account_names_its_network(tmp_path):
    assert export(tmp_path / "f.zip").source == existing().name
    nameless = replace(existing(), name="")
    found = export_gtfs(
        timetable(), nameless, tmp_path / "g.zip", publisher=Publisher(zone="Europe/Berlin"),
        start=date(2024, 5, 1), end=date(2024, 5, 31),
    )  # fmt: skip
    assert found.source == "timetable"


def test_what_cannot_be_written_is_in_the_account(tmp_path):
    account = export(tmp_path / "f.zip", sources={"doc": ("A paper", "https://paper.example")})
    assert [each.disposition for each in account.entries] == [
        "kept", "dropped", "merged", "dropped",
    ]  # fmt: skip
    assert "time" in account.entry("trains/2").reason
    assert "daily" in account.entry("trains/3").note
    assert not account.entry("trains/1").note
    with zipfile.ZipFile(tmp_path / "f.zip") as archive:
        tables = {name: archive.read(name).decode().splitlines() for name in archive.namelist()}
    assert "1,23:50:00,23:50:00,A,1,1" in tables["stop_times.txt"]
    assert "1,,,A--D@Ceton,2,0" in tables["stop_times.txt"]
    assert "1,25:00:00,25:00:00,D,3,1" in tables["stop_times.txt"]
    assert len(tables["calendar_dates.txt"]) == 1 + 16
    assert "1:doc,1,A paper,1,https://paper.example" in tables["attributions.txt"]
    again = import_gtfs(tmp_path / "f.zip")
    kinds = {train.number: train.kind for train in again.timetable.trains}
    assert sorted(kinds.values()) == ["intercity", "regional"]


def test_a_trip_is_headed_for_its_last_stop(tmp_path):
    export(tmp_path / "f.zip")
    with zipfile.ZipFile(tmp_path / "f.zip") as archive:
        names = dict(rows_of(archive, "stops.txt", "stop_id", "stop_name"))
        called = dict(rows_of(archive, "stop_times.txt", "trip_id", "stop_id"))  # the last counts
        heads = dict(rows_of(archive, "trips.txt", "trip_id", "trip_headsign"))
    assert heads == {trip: names[stop] for trip, stop in called.items()}
    assert len(set(heads.values())) == 2


def rows_of(archive: zipfile.ZipFile, table: str, *columns: str) -> list[tuple[str, ...]]:
    rows = csv.DictReader(archive.read(table).decode().splitlines())
    return [tuple(row[name] for name in columns) for row in rows]


def test_no_clock_is_in_a_feed(tmp_path):
    """Its files bear the first instant that a zip file can name, whatever the hour."""
    export(tmp_path / "f.zip")
    with zipfile.ZipFile(tmp_path / "f.zip") as archive:
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_same_trains_make_the_same_bytes(tmp_path):
    export(tmp_path / "f.zip")
    export(tmp_path / "g.zip")
    assert (tmp_path / "f.zip").read_bytes() == (tmp_path / "g.zip").read_bytes()


def test_a_feed_holds_from_the_first_day_of_its_trains_to_the_last(tmp_path):
    days = [(date(2024, 3, 4), date(2024, 4, 9)), (date(2024, 2, 1), date(2024, 2, 20))]
    trains = [
        Train(id=str(number), number="1", kind="regional", stops=("Aton", "D"),
              times=(StopTime(departure=60), StopTime(arrival=90)), from_date=first, to_date=last)
        for number, (first, last) in enumerate(days)
    ]  # fmt: skip
    export_gtfs(
        Timetable(trains=tuple(trains)), existing(), tmp_path / "f.zip",
        publisher=Publisher(zone="Europe/Berlin"),
    )  # fmt: skip
    with zipfile.ZipFile(tmp_path / "f.zip") as archive:
        spans = rows_of(archive, "feed_info.txt", "feed_start_date", "feed_end_date")
    assert spans == [("20240201", "20240409")]


def test_a_feed_has_no_table_without_rows(tmp_path):
    daily = Train(id="1", number="1", kind="regional", stops=("Aton", "D"), days="daily",
                  times=(StopTime(departure=60), StopTime(arrival=90)))  # fmt: skip
    export_gtfs(
        Timetable(trains=(daily,)), existing(), tmp_path / "f.zip",
        publisher=Publisher(zone="Europe/Berlin"), start=date(2024, 5, 1), end=date(2024, 5, 31),
    )  # fmt: skip
    with zipfile.ZipFile(tmp_path / "f.zip") as archive:
        lengths = {name: len(archive.read(name).splitlines()) for name in archive.namelist()}
    assert min(lengths.values()) > 1
    assert not lengths.keys() & {"attributions.txt", "calendar_dates.txt"}


def test_what_is_wrong_with_an_export_is_told(tmp_path):
    lost = Train(id="1", number="1", kind="regional", stops=("Aton", "Detton"))
    with pytest.raises(InputError, match="Detton"):
        export_gtfs(
            Timetable(trains=(lost,)), existing(), tmp_path / "f.zip",
            publisher=Publisher(zone="Europe/Berlin"),
        )  # fmt: skip
    hubs = [replace(each, aliases=("Halt",)) for each in existing().hubs]
    twice = replace(lost, stops=("Aton", "Halt"))
    with pytest.raises(InputError, match="may be"):
        export_gtfs(
            Timetable(trains=(twice,)), replace(existing(), hubs=tuple(hubs)),
            tmp_path / "f.zip", publisher=Publisher(zone="Europe/Berlin"),
            start=date(2024, 1, 1), end=date(2024, 2, 1),
        )  # fmt: skip
    bare = Train(id="1", number="1", kind="regional", stops=("Aton", "D"))
    for options, word in (({}, "start"), ({"start": date(2024, 1, 1)}, "end")):
        with pytest.raises(InputError, match=word):
            export_gtfs(
                Timetable(trains=(bare,)), existing(), tmp_path / "f.zip",
                publisher=Publisher(zone="Europe/Berlin"), **options,
            )  # fmt: skip
    with pytest.raises(InputError, match="no time"):
        export_gtfs(
            Timetable(trains=(bare,)), existing(), tmp_path / "f.zip",
            publisher=Publisher(zone="Europe/Berlin"), start=date(2024, 1, 1),
            end=date(2024, 2, 1),
        )  # fmt: skip
    assert not (tmp_path / "f.zip").exists()


# A scenario on an imported feed


def test_a_scenario_on_an_imported_feed_runs(tmp_path):
    feed = write_feed(
        tmp_path / "f.zip", {"1": run("a b c d", 360, 12), "2": run("d c b a", 400, 12)}
    )
    imported = import_gtfs(feed)
    save_feed(imported, tmp_path / "net")
    assert read_network(tmp_path / "net").hubs == imported.network.hubs
    assert read_trains(tmp_path / "net" / "services.csv").trains == imported.timetable.trains
    save_feed(imported, tmp_path / "net")  # Its own folder may be replaced.
    (tmp_path / "docs.yaml").write_text(
        "documents:\n- {id: d, publisher: P, published: 2024-03-01, url: 'https://example.org'}\n"
    )
    (tmp_path / "inc.yaml").write_text(
        "incidents:\n- {id: i, title: Works, kind: other, zone: Europe/Berlin, effect: closed,\n"
        "   place: {between: [Beton, Ceton]}, claims: [\n"
        "   {document: d, speaker: S, says: x, about: start, at: '2024-03-02T06:00+01:00'},\n"
        "   {document: d, speaker: S, says: x, about: first_traffic, at: '2024-03-03T06:00Z'}\n"
        "   ]}\n"
    )
    (tmp_path / "sc.yaml").write_text(
        "title: Mine\nnetwork: net\n"
        "window: {start: 2024-03-01, end: 2024-03-05, zone: Europe/Berlin}\n"
        "incidents: {files: [inc.yaml], documents: [docs.yaml]}\n"
        "demand: {kind: table, file: net/demand.csv}\n"
    )
    result = run_scenario(tmp_path / "sc.yaml")
    shares = list(result.states["connected_share"])
    assert min(shares) == pytest.approx(1 / 3)
    assert max(shares) == 1


# Two national feeds


@pytest.fixture(scope="module", params=NATIONAL)
def national(request) -> tuple[str, Path, ImportedFeed]:
    feed = REFERENCE / f"{request.param}.zip"
    if not feed.exists():
        pytest.skip("NETMODEL_REFERENCE names no folder with these feeds")
    with pytest.warns(InputWarning, match="trips have calls"):
        return request.param, feed, import_gtfs(feed)


@pytest.mark.reference
def test_a_national_feed_adds_up(national):
    _, feed, imported = national
    trips_add_up(imported, feed)
    assert not find_courses(imported.timetable, imported.network).without


@pytest.mark.reference
def test_no_express_is_a_line_of_its_own(national):
    """No link skips a stop at which a train calls that comes by the same straight way."""
    _, _, imported = national
    network = imported.network
    where = {hub.id: (hub.lon, hub.lat) for hub in network.hubs}
    by_name = {hub.name: hub.id for hub in network.hubs} | {hub.id: hub.id for hub in network.hubs}
    links = ends(network)
    skipping = set()
    for stops in {train.stops for train in imported.timetable.trains}:
        hubs = [by_name[stop] for stop in stops]
        for first in range(len(hubs)):
            km = 0.0
            for last in range(first + 1, min(first + 12, len(hubs))):
                km += great_circle_km(*where[hubs[last - 1]], *where[hubs[last]])
                pair = frozenset((hubs[first], hubs[last]))
                straight = great_circle_km(*where[hubs[first]], *where[hubs[last]])
                if last > first + 1 and pair in links and km < 1.05 * straight:
                    skipping.add(pair)
    assert not skipping


@pytest.mark.reference
def test_the_stops_and_ends_of_real_lines():
    feed = REFERENCE / "sri-lanka-2014.zip"
    if not feed.exists():
        pytest.skip("NETMODEL_REFERENCE names no folder with these feeds")
    with pytest.warns(InputWarning, match="trips have calls"):
        network = import_gtfs(feed).network
    for end in ("badulla", "matale", "trincomalee", "batticaloa", "paranthan", "avissawella",
                "matara", "periyanagavillu", "neriyakulam"):  # fmt: skip
        assert len(network.links_at_hub[end]) == 1, end
    for line in (
        "badulla hali-ela uduwara demodara ella kitalelle heeloya kinigama bandarawela diyatalawa",
        "matale elwala ukuwela wattegama katugastota mahaiyawa kandy sarasavi-uyana",
        "trincomalee chinabay tampalakamam mollipothana kantale agbopura galoya-junction",
        "batticaloa eravur kalkudah valaichchenai punani redeethenna welikanda sewanapitiya",
        "matara walgama kamburugamuwa mirissa polwathumodara weligama kumbalgama midigama",
        "avissawella puwakpitiya kosgama waga morakele gammana pinnawala padukka liyanwala",
        "maradana colombo-fort secretariat kompanna-vidiya kollupitiya bambalapitiya wellawatta",
        "ragama peralanda kandana kapuwatte jaela thudella kudahakapola alawathupitiya seeduwa",
        "puttalam thilladiya palavi mangalaeliya mundel kiriyankalli bangadeniya manuwangama",
        "paranthan killinochchi murikandi-kokavil puliyankulam omanthai thandikulam vavuniya",
    ):
        for pair in pairwise(line.split()):
            assert frozenset(pair) in ends(network), pair


@pytest.mark.reference
@pytest.mark.parametrize("name", NATIONAL)
def test_a_national_feed_takes_little_time_and_memory(name):
    feed = REFERENCE / f"{name}.zip"
    if not feed.exists():
        pytest.skip("NETMODEL_REFERENCE names no folder with these feeds")
    status = Path("/proc/self/status")
    if not status.exists():
        pytest.skip("this system does not say how much a process took")
    code = (
        "import sys; from netmodel.importing.gtfs import import_gtfs; import_gtfs(sys.argv[1])\n"
        "print(open('/proc/self/status').read())"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = subprocess.run(
        [sys.executable, "-c", code, str(feed)], check=True, capture_output=True, text=True
    ).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 10
    # The most that children took, as the system counts it, holds earlier ones and their parent.
    assert int(re.search(r"VmHWM:\s*(\d+) kB", said)[1]) < 1_000_000


# The page


def test_the_blocks_of_the_page_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(PAGE.parent.parent.parent))
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) > 3
    scope: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, PAGE.name, "exec"), scope)


def test_a_zip_with_a_name_that_is_no_text_is_refused(tmp_path):
    """In the list of files, and in the heading of a file alone."""
    feed = write_feed(tmp_path / "feed.zip", {"1": run("a b", 360, 12)})
    packed = feed.read_bytes()
    for number, old in enumerate((b"PK\x01\x02", b"PK\x03\x04")):
        changed = bytearray(packed)
        flags, name = (8, 46) if number == 0 else (6, 30)
        at = packed.rindex(old) if number == 0 else packed.index(old)
        changed[at + flags + 1] |= 0x08  # the name is said to be UTF-8
        changed[at + name] = 0xFF
        feed.write_bytes(changed)
        with pytest.raises(InputError, match=r"feed\.zip"):
            import_gtfs(feed)
        assert command("network", "import", feed, "--out", tmp_path / "out").code == 2
    assert not (tmp_path / "out").exists()
