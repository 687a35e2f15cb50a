"""Published trains: their table, their times and days, and their course over links."""

import warnings
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import netmodel as nm
from netmodel.trains.course import order_places
from netmodel.trains.odd_times import find_odd_speeds
from netmodel.trains.train import expand_days, read_clock

from .conftest import make_network
from .own_network import SCENARIO, write_own
from .test_cli import netmodel as run_command

LINE = make_network([("a", "b", 60), ("b", "c", 60), ("a", "d", 70), ("d", "c", 70)])


def train(*stops, **fields):
    return nm.trains.Train(
        **{"id": "1", "number": "1", "kind": "suburban", "stops": stops} | fields
    )


def write(folder, text):
    path = folder / "services.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_times_are_read_past_midnight(tmp_path):
    path = write(
        tmp_path,
        "number,kind,stops,times\n7,long_distance,A;B;C;D,22:00;23:50/00:10;;07:00+1\n",
    )
    [found] = nm.trains.read_trains(path).trains
    assert [(each.arrival, each.departure) for each in found.times] == [
        (None, 1320), (1430, 1450), (None, None), (3300, None),
    ]  # fmt: skip
    assert found.minutes == 1980
    assert list(found.timed_legs()) == [(0, 1, 110.0), (1, 3, 1850.0)]


@pytest.mark.parametrize(
    ("times", "legs"),
    [
        ("07:00;;09:00", [(0, 2, 120)]),
        ("07:00;08:00;09:00", [(0, 1, 60), (1, 2, 60)]),
        ("07:00;08:00/08:05;09:00", [(0, 1, 60), (1, 2, 55)]),
        ("07:00;08:00/;09:00", [(0, 1, 60), (1, 2, 60)]),
        ("07:00;/08:00;09:00", [(0, 1, 60), (1, 2, 60)]),
        ("07:00;08:00/;", [(0, 1, 60)]),
        ("07:00;/08:00;", [(0, 1, 60)]),
        (";/08:00;09:00", [(1, 2, 60)]),
        (";08:00/;09:00", [(1, 2, 60)]),
        ("07:00;;", []),
    ],
)
def test_legs_cover_what_the_times_cover(tmp_path, times, legs):
    path = write(tmp_path, f"number,kind,stops,times\n7,regional,A;B;C,{times}\n")
    [found] = nm.trains.read_trains(path).trains
    assert list(found.timed_legs()) == legs


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("7,slow,A;B,,,", "unknown kind 'slow'"),
        ("7,suburban,A,,,", "two or more"),
        ("7,suburban,A;B,07:00,,", "1 times where there are 2 stops"),
        ("7,suburban,A;B,25:00;26:00,,", "no time of day"),
        ("7,suburban,A;B,,monday,", "no weekday"),
        ("7,suburban,A;B,,,2026-02-30", "is no date"),
        (",suburban,A;B,,,", "number"),
        ("7,suburban,A;B,,,,-1", "more_stops"),
        ("7,suburban,A;B,,,,many", "more_stops"),
        ("7,suburban,A;B,,,,2.5", "more_stops"),
    ],
)
def test_a_mistake_is_reported_at_its_line(tmp_path, row, said):
    head = "number,kind,stops,times,days,from_date,more_stops"
    row += "," * (head.count(",") - row.count(","))
    path = write(tmp_path, f"{head}\n8,suburban,A;B,,,,3\n{row}\n")
    with pytest.raises(nm.errors.InputError) as caught:
        nm.trains.read_trains(path)
    assert any(said in each.what for each in caught.value.problems)
    assert all(each.where == "services.csv:3" for each in caught.value.problems)


def test_a_train_without_an_id_goes_by_its_number_and_its_line_where_that_is_taken(tmp_path):
    rows = "id,number,kind,stops\n,7,suburban,A;B\n,7,suburban,B;A\nx,7,suburban,A;B\n"
    found = nm.trains.read_trains(write(tmp_path, rows))
    assert [each.id for each in found.trains] == ["7", "7@3", "x"]
    with pytest.raises(nm.errors.InputError) as caught:
        nm.trains.read_trains(write(tmp_path, f"{rows}x,8,suburban,A;B\n7,8,suburban,A;B\n"))
    problems = caught.value.problems
    assert [each.where.rpartition(":")[2] for each in problems] == ["5", "6"]
    assert all("twice" in each.what for each in problems)


def test_further_stops_are_counted_left_open_or_not_stated(tmp_path):
    rows = "number,kind,stops,more_stops\n1,regional,A;B,0\n2,regional,A;B,some\n3,regional,A;B,\n"
    found = nm.trains.read_trains(write(tmp_path, rows))
    assert [each.more_stops for each in found.trains] == [0, "some", None]
    again = nm.trains.read_trains(nm.trains.write_trains(found, tmp_path / "again.csv"))
    assert again.trains == found.trains


def test_all_mistakes_are_reported_at_once(tmp_path):
    path = write(tmp_path, "number,kind,stops\n1,slow,A;B\n2,suburban,A\n")
    with pytest.raises(nm.errors.InputError) as caught:
        nm.trains.read_trains(path)
    assert {each.where for each in caught.value.problems} == {"services.csv:2", "services.csv:3"}


def test_a_stop_that_the_network_does_not_know_is_named_with_its_line(tmp_path):
    path = write(tmp_path, "number,kind,stops\n1,suburban,A;Bee\n")
    with pytest.raises(
        nm.errors.InputError, match=r"services\.csv:2: unknown hub or station 'Bee'"
    ):
        nm.trains.find_courses(nm.trains.read_trains(path), LINE)


def test_the_built_in_trains_come_back_as_they_were_written(tmp_path):
    timetable = nm.trains.built_in_timetable(ways=False)
    path = nm.trains.write_trains(timetable, tmp_path / "services.csv")
    assert nm.trains.read_trains(path).trains == timetable.trains


def test_every_built_in_train_has_a_way_and_a_document():
    timetable = nm.trains.built_in_timetable()
    assert len(timetable.trains) >= 250
    assert all(each.documents for each in timetable.trains)
    found = nm.trains.find_courses(timetable, nm.built_in_network())
    assert not found.without


def test_a_closed_link_turns_or_ends_a_course():
    timetable = nm.trains.Timetable(trains=(train("A", "C"),))
    assert nm.trains.find_courses(timetable, LINE).courses["1"].links == ("a-b-0", "b-c-1")
    turned = nm.trains.find_courses(timetable, LINE, closed=["a-b-0"])
    assert turned.courses["1"].links == ("a-d-2", "d-c-3")
    ended = nm.trains.find_courses(timetable, LINE, closed=["a-b-0", "a-d-2"])
    assert ended.without == {"1": ("A", "C")}


def test_a_place_that_is_passed_decides_the_way():
    timetable = nm.trains.Timetable(trains=(train("A", "C", via=("D",)),))
    assert nm.trains.find_courses(timetable, LINE).courses["1"].hubs == ("a", "d", "c")


@given(
    stops=st.lists(st.sampled_from("abcdef"), min_size=2, max_size=5, unique=True),
    via=st.lists(st.sampled_from("uvwxyz"), max_size=3, unique=True),
    data=st.data(),
)
def test_places_passed_keep_their_order_and_cost_least(stops, via, data):
    places = [*stops, *via]
    cost = {(one, other): data.draw(st.integers(1, 50)) for one in places for other in places}

    def total(order):
        return sum(cost[one, other] for one, other in pairwise(order))

    found = order_places(stops, via, lambda one, other: cost[one, other])
    names = [name for name, _ in found]
    assert [name for name in names if name in stops] == stops
    assert [name for name in names if name in via] == via

    best = min(
        total(order)
        for order in _interleavings(stops, via)
        if order[0] == stops[0] and order[-1] == stops[-1]
    )
    assert total(names) == best


def _interleavings(one, other):
    if not one or not other:
        return [[*one, *other]]
    return [
        *([one[0], *rest] for rest in _interleavings(one[1:], other)),
        *([other[0], *rest] for rest in _interleavings(one, other[1:])),
    ]


@given(st.integers(0, 1439), st.integers(0, 5000))
def test_a_clock_is_never_before_and_within_a_day(minute, after):
    found = read_clock(f"{minute // 60:02d}:{minute % 60:02d}", after)
    assert after <= found < after + 1440
    assert found % 1440 == minute


@pytest.mark.parametrize("text", ["24:00", "23:60", "00:60", "7:5", "-1:00", "07:10+", "07.10"])
def test_what_is_no_time_of_day_is_refused(text):
    with pytest.raises(ValueError, match="time of day"):
        read_clock(text, 0)


def test_days_of_running():
    assert expand_days("fri-mon") == ("mon", "fri", "sat", "sun")
    odd = train("A", "B", days="odd", from_date=date(2026, 2, 1), to_date=date(2026, 2, 28))
    assert odd.runs_on(date(2026, 2, 3)) is True
    assert odd.runs_on(date(2026, 2, 4)) is False
    assert odd.runs_on(date(2026, 3, 3)) is False
    assert train("A", "B").runs_on(date(2026, 2, 3)) is None


def test_the_command_checks_shows_and_exports(tmp_path):
    services = write(
        tmp_path,
        "number,kind,stops,departs,arrives,days\n85,long_distance,Lviv;Dnipro,18:00,09:30,daily\n",
    )
    shown = run_command("trains", "show", services, "--json")
    assert shown.returncode == 0, shown.stderr
    assert '"number": "85"' in shown.stdout
    assert run_command("trains", "check", services).returncode == 0
    out = tmp_path / "feed.zip"
    span = ("--from", "2026-02-01", "--to", "2026-02-28", "--url", "https://example.org")
    made = run_command("trains", "export", services, "--gtfs", out, *span)
    assert made.returncode == 0, made.stderr
    assert out.is_file()
    wrong = write(tmp_path, "number,kind,stops\n85,long_distance,Lviv;Nowhere\n")
    refused = run_command("trains", "check", wrong)
    assert refused.returncode == 2
    assert "services.csv:2" in refused.stderr


def test_a_day_between_two_stops_is_noted(tmp_path):
    network = make_network([("a", "b", 60), ("b", "c", 60)])
    nm.write_network(network, tmp_path / "net")
    table = tmp_path / "services.csv"
    for last, noted in (("01:05+1", True), ("01:05", False)):
        table.write_text(f"number,kind,stops,times\n1,regional,A;B;C,22:30;23:50/23:55;{last}\n")
        said = run_command("trains", "check", table, "--network", tmp_path / "net")
        assert said.returncode == 0, said.stderr
        assert ("+1" in said.stderr) is noted


@pytest.mark.parametrize(
    ("times", "odd"),
    [
        ("09:00;10:00/09:50;11:00", "23:50"),  # it leaves before it comes
        ("09:00;09:01;10:00", "fast"),
        ("09:00;08:00;08:30", "slow"),
        ("22:30;23:50/00:20;01:30", None),
        ("09:00;10:00/09:50+1;11:00", None),  # written as more than a day
        ("09:00;10:00/20:00;21:00", None),
        ("09:00;10:00;", None),
    ],
)
def test_times_that_no_train_runs_are_noted_at_their_line(tmp_path, times, odd):
    write_own(tmp_path)
    network = nm.read_network(tmp_path / "net")
    path = write(tmp_path, f"number,kind,stops,times\n7,regional,Aton;Beton;Ceton,{times}\n")
    with warnings.catch_warnings(record=True) as noted:
        warnings.simplefilter("always")
        timetable = nm.trains.read_trains(path)
    found = [str(each.message) for each in noted]
    found += map(str, find_odd_speeds(timetable, network))
    assert len(found) == (odd is not None)
    assert all(each.startswith("services.csv:2: ") and odd in each for each in found)


def test_a_scenario_and_the_check_say_so_too(tmp_path):
    write_own(tmp_path)
    rows = "number,kind,stops,times\n7,regional,Aton;Beton,09:00;09:00\n"
    write(tmp_path / "net", rows)
    for words in (("trains", "check", "--network", tmp_path / "net"),
                  ("check", tmp_path / "sc.yaml")):  # fmt: skip
        said = run_command(*words)
        assert said.returncode == 0, said.stderr
        assert "services.csv:2" in said.stderr


@pytest.mark.parametrize("times", ["07:00;;", ";;08:00", ";;"])
def test_minutes_of_a_train_want_both_ends(tmp_path, times):
    path = write(tmp_path, f"id,number,kind,stops,times\n1,1,suburban,a;b;c,{times}\n")
    row = next(iter(nm.trains.read_trains(path).trains))
    assert row.minutes is None


def test_times_are_one_for_each_stop():
    with pytest.raises(nm.errors.InputError, match="1 times where there are 2 stops"):
        train("a", "b", times=(nm.trains.StopTime(departure=60),))


def test_a_way_of_unknown_basis_is_refused_with_the_words_that_there_are():
    with pytest.raises(nm.errors.InputError) as caught:
        nm.trains.AssumedWay(basis="xyz")
    assert "inherited" in str(caught.value)


WRONG = """\
id,number,kind,stops,times,days,from_date,to_date,document,more_stops
T1,1,longdistance,Aton;Ceton,,daily,,,,
T1,2,regional,Aton;Nowhere,,daily,,,,
T3,3,regional,Aton,08:00,daily,,,,
T4,4,regional,Aton;Beton,24:00;25:00,montag,2025-13-01,,,
T5,5,regional,Aton;Beton,08:00,daily,2025-12-31,2025-01-01,nodoc,-2
,,regional,Aton;Beton,,daily,,,d1,
"""
TOLD = [
    (2, "longdistance"), (3, "T1"), (3, "Nowhere"), (4, "Aton"), (5, "24:00"), (5, "25:00"),
    (5, "montag"), (5, "2025-13-01"), (6, "1 times"), (6, "more_stops"), (6, "to_date"),
    (6, "nodoc"), (7, "number"),
]  # fmt: skip


def test_all_mistakes_of_a_table_are_told_at_once_by_the_check_and_by_a_run(tmp_path):
    scenario = write_own(tmp_path)
    write(tmp_path / "net", WRONG)
    check = ("trains", "check", "--network", tmp_path / "net")
    documents = ("--documents", tmp_path / "docs.yaml")
    explicit = SCENARIO + "trains: net/services.csv\n"
    for words, text in (((*check, *documents), SCENARIO), (("check", scenario), explicit)):
        scenario.write_text(text)
        said = run_command(*words)
        assert said.returncode == 2
        lines = [each for each in said.stderr.splitlines() if "services.csv:" in each]
        for line, what in TOLD:
            assert any(f"services.csv:{line}: " in each and what in each for each in lines), what
        assert len(lines) == len(TOLD)
        assert "tuple" not in said.stderr


def test_the_check_of_trains_knows_their_documents(tmp_path):
    write_own(tmp_path)
    write(tmp_path / "net", "number,kind,stops,document\n1,regional,Aton;Beton,d1\n")
    check = ("trains", "check", "--network", tmp_path / "net")
    noted = run_command(*check)
    assert (noted.returncode, "--documents" in noted.stderr) == (0, True)
    known = run_command(*check, "--documents", tmp_path / "docs.yaml")
    assert (known.returncode, known.stderr) == (0, "")
