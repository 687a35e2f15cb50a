"""Minutes of links from timetables, and the way of trains."""

import csv
import math
import pickle
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from netmodel.errors import InputError
from netmodel.files.shipped import shipped_folder
from netmodel.network.edit import promote_stations
from netmodel.network.formats import built_in_network
from netmodel.network.railway import Hub, Link, Network, Station
from netmodel.routing.profiles import (
    FREIGHT,
    PROFILES,
    TIMED_PROFILES,
    LinkTime,
    ShippedTimes,
    running_minutes,
    timed_minutes,
)
from netmodel.scenario.train_choice import document_days, find_train_documents
from netmodel.trains.course import Course, find_courses
from netmodel.trains.halts import stops_on_links
from netmodel.trains.inherited import inherit_ways
from netmodel.trains.pace import (
    BETWEEN_STOPS,
    OUTLYING,
    PRIOR,
    ROUNDING,
    SPREAD,
    STEPS,
    STOP_MINUTES,
    PaceParts,
    fit_pace,
    part_precision,
)
from netmodel.trains.services_file import (
    built_in_timetable,
    read_train_ways,
    write_train_ways,
)
from netmodel.trains.speeds import fit_link_speeds, half_of, write_link_speeds
from netmodel.trains.timed_legs import STATIONS_A_STOP, TimedLeg, timed_legs
from netmodel.trains.train import AssumedWay, StopTime, Timetable, Train

STATED_WAYS = Path(__file__).parent / "data" / "stated_ways.csv"
PASSENGER, REGIONAL, INTERCITY, SUBURBAN = (
    TIMED_PROFILES[name] for name in ("passenger", "regional", "intercity", "suburban")
)
TIMED = (PASSENGER, REGIONAL, INTERCITY, SUBURBAN)


def line(*lengths: float, **changes: object) -> Network:
    """Return a line of hubs a, b, c ... with the given lengths."""
    names = "abcdefgh"[: len(lengths) + 1]
    hubs = tuple(Hub(id=i, name=i.upper(), lon=n, lat=0) for n, i in enumerate(names))
    links = tuple(
        Link(id=f"{one}--{other}", from_hub=one, to_hub=other, length_km=km, **changes)
        for one, other, km in zip(names, names[1:], lengths, strict=False)
    )
    return Network(hubs=hubs, links=links)


def timed(number: str, stops: str, minutes: float, kind: str = "long_distance") -> Train:
    """Return a train that is timed at its first and last stop."""
    first, last = StopTime(departure=600), StopTime(arrival=600 + round(minutes))
    times = (first, *[StopTime()] * (len(stops) - 2), last)
    return Train(id=number, number=number, kind=kind, stops=tuple(stops.upper()), times=times)


def table(*trains: Train) -> Timetable:
    return Timetable(trains=trains)


# ---------------------------------------------------------------- minutes of a profile


def test_a_link_runs_at_the_minutes_of_its_row() -> None:
    network = line(60.0, 60.0)
    profile = replace(PASSENGER, times={"a--b": LinkTime(length_km=60, minutes=40)})
    assert running_minutes(network, profile).tolist() == [40.0, 60.0]


def test_a_row_of_another_length_does_not_hold() -> None:
    profile = replace(PASSENGER, times={"a--b": LinkTime(length_km=90, minutes=40)})
    assert running_minutes(line(60.0), profile).tolist() == [60.0]


def test_the_minutes_of_the_link_itself_come_first() -> None:
    profile = replace(PASSENGER, times={"a--b": LinkTime(length_km=60, minutes=40)})
    assert running_minutes(line(60.0, minutes=33.0), profile).tolist() == [33.0]


def test_a_link_divided_at_stations_keeps_its_minutes() -> None:
    network = line(60.0)
    network = replace(network, stations=(Station(name="Halt", link="a--b", km=15),))
    profile = replace(PASSENGER, times={"a--b": LinkTime(length_km=60, minutes=40)})
    parts = running_minutes(promote_stations(network, ["Halt"]).network, profile)
    assert parts.tolist() == pytest.approx([10.0, 30.0])


def test_other_networks_keep_the_speeds_of_their_classes() -> None:
    for profile in TIMED:
        expected = 60.0 * 30.0 / profile.speed_kmh["main"]
        assert running_minutes(line(30.0), profile)[0] == pytest.approx(expected)


def test_profiles_with_their_times_pickle_as_a_name() -> None:
    times = pickle.loads(pickle.dumps(TIMED_PROFILES["passenger"].times))
    assert times == ShippedTimes("passenger")
    assert len(pickle.dumps(TIMED_PROFILES["passenger"].times)) < 200


# ---------------------------------------------------------------- the shipped table


def test_every_railway_link_has_minutes_for_every_kind_of_train() -> None:
    network = built_in_network()
    wanted = {each.id for each in network.links if each.line_class not in ("industrial", "road")}
    for profile in TIMED:
        assert set(profile.times) == wanted
        for link in network.links:
            if link.id in wanted:
                assert timed_minutes(link, profile.times) is not None, link.id


def test_shipped_minutes_stay_near_what_trains_can_run() -> None:
    network = built_in_network()
    for profile in TIMED:
        minutes = running_minutes(network, profile)
        for link, took in zip(network.links, minutes, strict=True):
            ends = {network.hub(hub).country for hub in (link.from_hub, link.to_hub)}
            if link.id in profile.times and len(ends) == 1:
                speed = 60.0 * link.length_km / took
                assert 0.4 < speed / profile.speed_kmh[link.line_class] < 2.5, link.id


def test_an_intercity_train_is_never_slower_than_one_that_calls_everywhere() -> None:
    network = built_in_network()
    fast, slow = (running_minutes(network, each) for each in (INTERCITY, SUBURBAN))
    assert (fast <= slow + 1e-9).all()


def test_freight_keeps_the_speeds_of_its_classes() -> None:
    assert not FREIGHT.times
    assert "freight" not in TIMED_PROFILES


def test_journeys_keep_the_speeds_of_their_classes() -> None:
    assert not any(profile.times for profile in PROFILES.values())


# ---------------------------------------------------------------- estimating


def test_a_line_takes_the_minutes_of_its_trains() -> None:
    network = line(100.0, 100.0)
    trains = [timed(str(n), "ab", 75.0) for n in range(6)]
    speeds = fit_link_speeds(table(*trains), network, use=lambda _: True)
    by_class = 100.0
    assert 75.0 <= speeds.minutes["passenger"][0] < (75.0 + by_class) / 2
    assert speeds.minutes["passenger"][1] < 100.0, "the next link of the class goes with it"


def test_a_link_without_trains_of_any_kind_keeps_its_class() -> None:
    network = line(100.0)
    speeds = fit_link_speeds(table(timed("1", "ab", 80.0)), network, use=lambda _: True)
    expected = 6000.0 / INTERCITY.speed_kmh["main"]
    assert speeds.minutes["intercity"][0] == pytest.approx(expected, rel=0.25)


def test_slow_and_fast_lines_part() -> None:
    hubs = tuple(Hub(id=i, name=i.upper(), lon=n, lat=0) for n, i in enumerate("abcd"))
    links = (
        Link(id="ab", from_hub="a", to_hub="b", length_km=100),
        Link(id="cd", from_hub="c", to_hub="d", length_km=100),
    )
    trains = [timed("1", "ab", 70.0), timed("2", "cd", 140.0)]
    speeds = fit_link_speeds(table(*trains), Network(hubs=hubs, links=links), use=lambda _: True)
    fast, slow = speeds.minutes["passenger"]
    assert slow / fast > 1.5


def test_halts_slow_a_train_that_calls_everywhere() -> None:
    network = built_in_network()
    stops = stops_on_links(network)
    few, many = (network.link_index[each] for each in ("nizhyn--plysky", "kharkiv--derhachi"))
    density = [stops[each] / network.links[each].length_km for each in (few, many)]
    pace = PaceParts(network).base
    assert density[0] < density[1]
    assert pace["suburban"][few] < pace["suburban"][many]
    assert pace["passenger"][many] == pytest.approx(60.0 / PASSENGER.speed_kmh["main"])


def test_a_train_that_calls_everywhere_runs_quicker_between_its_stops() -> None:
    with (shipped_folder("seeds") / "halts.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if int(row["halts"]) > 1][:3]
    lengths = [float(row["length_km"]) for row in rows]
    counted = line(*lengths, 50.0)
    ids = [*(row["link"] for row in rows), "no halts are counted here"]
    links = [replace(link, id=name) for link, name in zip(counted.links, ids, strict=True)]
    pace = PaceParts(replace(counted, links=tuple(links))).base["suburban"]
    minutes = [60 * km / SUBURBAN.speed_kmh["main"] for km in lengths]
    stops = [STOP_MINUTES * (int(row["halts"]) + 1) for row in rows]
    expected = [one / BETWEEN_STOPS + other for one, other in zip(minutes, stops, strict=True)]
    assert [km * each for km, each in zip(lengths, pace, strict=False)] == pytest.approx(expected)
    assert pace[3] == pytest.approx(60 / SUBURBAN.speed_kmh["main"])


@pytest.mark.parametrize("kind", ["long_distance", "intercity", "suburban"])
def test_a_leg_takes_the_minutes_of_its_links_and_borders(kind: str) -> None:
    """In part or whole, with any parts of the pace."""
    network = line(100.0, 10.0, 100.0, tracks=1, line_class="secondary")
    countries = ("UA", "UA", "PL", "PL")
    hubs = tuple(replace(h, country=c) for h, c in zip(network.hubs, countries, strict=True))
    parts = PaceParts(replace(network, hubs=hubs))
    x = np.random.default_rng(1).normal(0, 0.3, len(parts.columns))
    for km, borders in (({0: 100.0, 1: 10.0}, ("PL-UA",)), ({0: 25.0, 2: 50.0}, ())):
        leg = TimedLeg(train=train("1", "abcd", kind), start="A", end="D", minutes=200.0, km=km,
                       borders=borders)  # fmt: skip
        whole, waits = parts.minutes(x)[leg.profile], parts.border_minutes(x)
        links = [(whole[n] - waits.get(parts.borders[n], 0)) * part / (10.0 if n == 1 else 100.0)
                 for n, part in km.items()]  # fmt: skip
        found = [minutes for _, minutes in parts.times(leg, x)]
        assert found == pytest.approx([*links, *(waits[name] for name in borders)])
    still = [minutes for _, minutes in parts.times(leg, 0 * x)]
    assert still == pytest.approx(
        [km * 60 / TIMED_PROFILES[leg.profile].speed_kmh["secondary"] for km in (25.0, 50.0)]
    )


def test_halts_of_another_length_or_network_do_not_hold(tmp_path: Path) -> None:
    path = tmp_path / "halts.csv"
    path.write_text("link,length_km,halts\na--b,60,5\nb--c,50,2\nx--y,10,1\n", encoding="utf-8")
    assert stops_on_links(line(60.0, 60.0), path) == {0: 6}


def test_mistakes_of_halts_are_told_at_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "halts.csv"
    path.write_text("link,length_km,halts\na--b,60,many\n", encoding="utf-8")
    with pytest.raises(InputError) as raised:
        stops_on_links(line(60.0), path)
    assert [each.where.rpartition(":")[2] for each in raised.value.problems] == ["2"]


def test_every_counted_halt_is_on_a_link_of_the_network() -> None:
    with (shipped_folder("seeds") / "halts.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert len(stops_on_links(built_in_network())) == len(rows) > 400


def test_a_border_costs_minutes() -> None:
    network = line(100.0, 10.0, 100.0)
    countries = ("UA", "UA", "PL", "PL")
    hubs = tuple(replace(h, country=c) for h, c in zip(network.hubs, countries, strict=True))
    network = replace(network, hubs=hubs)
    # The clock of Poland is an hour behind: 310 minutes under way are 250 on the clocks.
    trains = [timed("1", "ab", 100.0), timed("2", "abcd", 250.0)]
    speeds = fit_link_speeds(table(*trains), network, use=lambda _: True)
    assert 60.0 < speeds.border_minutes["PL-UA"] < 120.0
    leg = next(each for each in speeds.legs if each.train.id == "2")
    assert leg.minutes == 310.0
    assert leg.borders == ("PL-UA",)


@pytest.mark.parametrize(
    ("country", "zone"),
    [
        ("UA", "Europe/Kyiv"), ("PL", "Europe/Warsaw"), ("SK", "Europe/Bratislava"),
        ("HU", "Europe/Budapest"), ("RO", "Europe/Bucharest"), ("MD", "Europe/Chisinau"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("month", [1, 7])
def test_the_clocks_of_both_ends_are_made_one(country: str, zone: str, month: int) -> None:
    """A train under way for two hours, by the clocks of the zone at the end that is abroad."""
    noon = datetime(2023, month, 15, 12, tzinfo=ZoneInfo("Europe/Kyiv"))
    ahead = noon.astimezone(ZoneInfo(zone)).replace(tzinfo=None) - noon.replace(tzinfo=None)
    shown = 120 + ahead.total_seconds() / 60
    network = line(100.0)
    hubs = tuple(replace(h, country=c) for h, c in zip(network.hubs, ("UA", country), strict=True))
    network = replace(network, hubs=hubs)
    out, back = timed("1", "ab", shown), timed("2", "ba", 240 - shown)
    legs = timed_legs(find_courses(table(out, back), network), network)
    assert [leg.minutes for leg in legs] == [120.0, 120.0]


def test_a_leg_that_lacks_a_day_is_not_used() -> None:
    network = line(1000.0, 1000.0)
    speeds = fit_link_speeds(
        table(timed("1", "abc", 900.0), timed("2", "ab", 900.0)), network, use=lambda _: True
    )
    assert [bool(leg.unused) for leg in speeds.legs] == [True, False]


def test_a_leg_quicker_than_any_train_of_its_kind_is_not_used() -> None:
    trains = [timed("1", "ab", 65.0), timed("2", "ab", 70.0), timed("3", "ab", 65.0, "regional")]
    speeds = fit_link_speeds(table(*trains), line(100.0), use=lambda _: True)
    assert [bool(leg.unused) for leg in speeds.legs] == [True, False, False]


@pytest.mark.parametrize(
    ("km", "minutes", "kind", "used"),
    [
        (900.0, 600, "long_distance", True), (900.0, 599, "long_distance", False),
        (1100.0, 600, "regional", True), (1100.0, 599, "regional", False),
        (1500.0, 600, "intercity", True), (1500.0, 599, "intercity", False),
        (900.0, 600, "suburban", True), (900.0, 599, "suburban", False),
        (100.0, 600, "suburban", True), (100.0, 601, "suburban", False),
    ],
)  # fmt: skip
def test_a_leg_is_used_from_the_least_to_the_greatest_speed(km, minutes, kind, used) -> None:
    network = line(km)
    leg, *others = timed_legs(
        find_courses(table(timed("1", "ab", minutes, kind)), network), network
    )
    assert not others
    assert (leg.unused == "") == used


def test_a_fit_is_the_least_of_what_it_weighs() -> None:
    """By a solver that knows only the figure that is to be least."""
    from scipy.optimize import minimize

    network = line(100.0, 60.0)
    trains = [timed("1", "ab", 75.0), timed("2", "ba", 80.0), timed("3", "abc", 150.0),
              timed("4", "bc", 110.0), timed("5", "bc", 60.0, "regional")]  # fmt: skip
    legs = timed_legs(find_courses(table(*trains), network), network)
    parts = PaceParts(network)
    precision = part_precision(network, parts).toarray()
    shared = {"1": 2, "2": 2}
    spreads = [
        math.sqrt((SPREAD**2 + (ROUNDING / leg.minutes) ** 2) * shared.get(leg.train.id, 1))
        for leg in legs
    ]

    def weigh(x: np.ndarray) -> float:
        off = [math.log(leg.minutes / sum(each for _, each in parts.times(leg, x))) for leg in legs]
        ratios = [(one / spread / OUTLYING) ** 2 for one, spread in zip(off, spreads, strict=True)]
        return OUTLYING**2 * sum(map(math.log1p, ratios)) + float(x @ precision @ x)

    best = minimize(weigh, np.zeros(len(parts.columns)), tol=1e-8).x
    found, _ = fit_pace(network, legs)
    for name, expected in parts.minutes(best).items():
        assert found[name] == pytest.approx(expected, rel=1e-3)


def test_a_fit_ends_when_nothing_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    import scipy.sparse.linalg

    solved = []
    solve = scipy.sparse.linalg.spsolve
    monkeypatch.setattr(
        scipy.sparse.linalg, "spsolve", lambda *given: solved.append(solve(*given)) or solved[-1]
    )
    fit_link_speeds(table(timed("1", "ab", 90.0)), line(100.0), use=lambda _: True)
    assert 1 < len(solved) < STEPS
    assert [np.abs(step).max() < 1e-4 for step in solved] == [False] * (len(solved) - 1) + [True]


def test_the_record_states_the_days_under_way(told: Timetable) -> None:
    trains = tuple(train for train in told.trains if any(train.timed_legs()))
    network = built_in_network()
    legs = timed_legs(find_courses(Timetable(trains=trains), network), network)
    assert not {leg.train.id for leg in legs if leg.unused}


def test_a_named_stop_of_a_regional_train_costs_minutes_of_its_own() -> None:
    network = line(100.0, 100.0)
    trains = [timed("1", "abc", 184.0, "regional"), timed("2", "ac", 180.0, "regional")]
    speeds = fit_link_speeds(table(*trains), network, use=lambda _: True)
    calling, passing = (speeds.predict(leg) for leg in speeds.legs)
    assert calling - passing == pytest.approx(4.0)
    assert [leg.running for leg in speeds.legs] == [180.0, 180.0]


def test_stops_that_the_network_lacks_cost_minutes_too() -> None:
    network = line(100.0, 100.0)
    lacking = replace(timed("1", "abc", 184.0, "regional"), more_stops=2)
    [leg] = timed_legs(find_courses(table(lacking), network), network)
    assert (leg.stops, leg.unused) == (3, "")
    part = replace(timed("2", "abc", 184.0, "regional"), more_stops=2)
    begin, _, end = part.times
    passed = (begin.departure + end.arrival) // 2
    part = replace(part, times=(begin, StopTime(arrival=passed, departure=passed), end))
    legs = timed_legs(find_courses(table(part), network), network)
    assert [leg.stops for leg in legs] == [0, 0]  # which of the two has them is not known


def test_stops_that_documents_leave_open_are_expected_at_a_share_of_the_stations(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = line(100.0, 100.0)
    halts = {0: 3 * STATIONS_A_STOP, 1: 0}
    monkeypatch.setattr("netmodel.trains.timed_legs.stops_on_links", lambda _: halts)
    whole = timed("1", "ac", 200.0, "regional")
    trains = [replace(whole, id=f"{more}", more_stops=more) for more in ("some", None, 0, 2)]
    legs = timed_legs(find_courses(table(*trains), network), network)
    assert [(leg.stops, leg.stopping, leg.unused) for leg in legs] == [
        (3.0, 12.0, ""), (0, 0.0, ""), (0, 0.0, ""), (2, 8.0, "")
    ]  # fmt: skip
    named = replace(timed("5", "abc", 200.0, "regional"), more_stops="some")
    assert [leg.stops for leg in timed_legs(find_courses(table(named), network), network)] == [3.0]
    halts[0] = 0
    assert [leg.stops for leg in timed_legs(find_courses(table(named), network), network)] == [1]


def test_one_in_five_stations_is_what_lines_for_calibration_say(told: Timetable) -> None:
    network = built_in_network()
    stations = stops_on_links(network)
    known = tuple(
        train for train in told.trains
        if train.kind == "regional" and isinstance(train.more_stops, int)
        and any(train.timed_legs()) and half_of(train) == "calibration"
    )  # fmt: skip
    passed = {train.id: 0.0 for train in known}
    for leg in timed_legs(find_courses(Timetable(trains=known), network), network):
        on_links = (stations[at] * km / network.links[at].length_km for at, km in leg.km.items())
        passed[leg.train.id] += sum(on_links)
    lines: dict[object, list[float]] = {}
    for train in known:
        calls = len(train.stops) - 2 + train.more_stops
        lines.setdefault(frozenset(train.pair), []).append(calls / passed[train.id])
    assert len(lines) >= 4
    share = np.mean([np.mean(shares) for shares in lines.values()])
    assert 1 / share == pytest.approx(STATIONS_A_STOP, abs=0.5)


def test_the_same_trains_give_the_same_minutes() -> None:
    network = line(100.0, 50.0)
    trains = [timed("1", "abc", 120.0), timed("2", "ab", 90.0, "suburban")]
    one, other = (
        fit_link_speeds(table(*each), network, use=lambda _: True)
        for each in (trains, trains[::-1])
    )
    for name in one.minutes:
        assert np.allclose(one.minutes[name], other.minutes[name], rtol=1e-3)


def test_both_directions_and_all_years_of_a_line_are_in_one_half() -> None:
    halves = {}
    for train in built_in_timetable().trains:
        halves.setdefault(frozenset(train.pair), set()).add(half_of(train))
    assert all(len(each) == 1 for each in halves.values())
    assert {half for each in halves.values() for half in each} == {"calibration", "check"}


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    network = line(100.0)
    speeds = fit_link_speeds(table(timed("1", "ab", 80.0)), network, use=lambda _: True)
    path = write_link_speeds(speeds, tmp_path / "speeds.csv", used=speeds.legs)
    [row] = list(csv.DictReader(path.read_text().splitlines()))
    assert float(row["passenger"]) == pytest.approx(speeds.minutes["passenger"][0], abs=0.06)
    assert row["legs"] == "1"


# ---------------------------------------------------------------- the way of trains


def two_ways() -> Network:
    """Return two ways from A to D: by B, and by C, which is a little quicker."""
    hubs = tuple(Hub(id=i, name=i.upper(), lon=n, lat=0) for n, i in enumerate("abcd"))
    ends = {"ab": 205, "bd": 200, "ac": 200, "cd": 200}
    links = tuple(Link(id=i, from_hub=i[0], to_hub=i[1], length_km=k) for i, k in ends.items())
    return Network(hubs=hubs, links=links)


def longer() -> Network:
    """Return the same with the way by B a third longer than that by C."""
    network = two_ways()
    links = (replace(each, length_km=270) if "b" in each.id else each for each in network.links)
    return replace(network, links=tuple(links))


def train(number: str, stops: str, kind: str = "long_distance", **changes: object) -> Train:
    return Train(id=number, number=number, kind=kind, stops=tuple(stops.upper()), **changes)


def test_a_part_of_the_pace_is_held_by_how_far_it_may_be_from_nothing() -> None:
    parts = PaceParts(line(60.0))
    precision = part_precision(parts.network, parts)
    column = parts.columns["class", "suburban", "main"]
    assert precision[column, column] == pytest.approx(1 / PRIOR["class", "suburban"] ** 2)
    link = parts.columns["link", "a--b"]
    assert precision[link, link] == pytest.approx(1 / (2 * PRIOR["link",]) ** 2)


def test_minutes_over_a_border_are_told(tmp_path: Path) -> None:
    network = line(60.0, 60.0)
    hubs = [replace(hub, country="PL" if hub.id == "c" else "UA") for hub in network.hubs]
    speeds = fit_link_speeds(table(timed("1", "abc", 130)), replace(network, hubs=tuple(hubs)))
    path = write_link_speeds(speeds, tmp_path / "speeds.csv", used=speeds.legs)
    _, inner, border = path.read_text(encoding="utf-8").splitlines()
    assert ("border" in inner, "border" in border) == (False, True)


def test_a_train_takes_the_way_of_one_whose_way_is_stated() -> None:
    told = inherit_ways(table(train("1", "abd"), train("2", "da")), two_ways())
    assert told.trains[1].way.basis == "inherited"
    assert told.trains[-1].way.of == ("1",)
    courses = find_courses(told, two_ways())
    assert courses.courses["2"].links == ("bd", "ab")


def test_a_train_alone_takes_the_least_cost() -> None:
    told = inherit_ways(table(train("2", "ad")), two_ways())
    assert told.trains[0].way == AssumedWay(basis="least cost")


def test_what_a_train_states_of_itself_comes_first() -> None:
    told = inherit_ways(table(train("1", "abd"), train("2", "ad", via=("C",))), two_ways())
    courses = find_courses(told, two_ways())
    assert courses.courses["2"].links == ("ac", "cd")


def test_a_long_distance_train_takes_no_way_of_a_suburban_train() -> None:
    told = inherit_ways(table(train("1", "abd", "suburban"), train("2", "ad")), two_ways())
    courses = find_courses(told, two_ways())
    assert courses.courses["2"].links == ("ac", "cd")


def test_a_train_of_the_same_number_comes_before_others() -> None:
    trains = [train("10", "acd"), train("1", "abd"), train("2", "da")]
    told = inherit_ways(table(*trains), two_ways())
    assert told.trains[-1].way.of == ("1",)


def test_a_way_that_is_much_longer_is_not_inherited() -> None:
    told = inherit_ways(table(train("1", "abd"), train("4", "da")), longer())
    assert told.trains[1].way.of == ()


def test_a_train_keeps_its_own_documented_way_however_long() -> None:
    told = inherit_ways(table(train("1", "abd"), train("2", "da")), longer())
    assert told.trains[1].way.of == ("1",)


def test_where_the_way_of_another_runs_nowhere_and_back_the_preferred_one_is_taken() -> None:
    """Train 1 comes to D by E, where train 2 goes next; trains 3 and 5 run by C, none by F."""
    hubs = tuple(Hub(id=i, name=i.upper(), lon=n, lat=0) for n, i in enumerate("abcdef"))
    ends = {"ab": 100, "be": 100, "ed": 10, "ac": 103, "cd": 103, "af": 100, "fd": 100}
    links = tuple(Link(id=i, from_hub=i[0], to_hub=i[1], length_km=k) for i, k in ends.items())
    trains = [train("1", "abed"), train("2", "ade"), train("4", "ad"), train("3", "ac"),
              train("5", "cd")]  # fmt: skip
    network = Network(hubs=hubs, links=links)
    told = inherit_ways(table(*trains), network)
    courses = find_courses(told, network).courses
    assert (told.trains[2].way.of, courses["4"].links) == (("1",), ("ab", "be", "ed"))
    assert (told.trains[1].way.basis, courses["2"].links) == ("preferred", ("ac", "cd", "ed"))


def test_where_the_way_of_another_is_far_longer_the_preferred_one_is_taken() -> None:
    """Train 1 runs by B; trains 3 and 4 by C, hardly longer than the least cost by E."""
    hubs = tuple(Hub(id=i, name=i.upper(), lon=n, lat=0) for n, i in enumerate("abcde"))
    ends = {"ab": 150, "bd": 150, "ae": 100, "ed": 100, "ac": 105, "cd": 105}
    links = tuple(Link(id=i, from_hub=i[0], to_hub=i[1], length_km=k) for i, k in ends.items())
    network = Network(hubs=hubs, links=links)
    told = inherit_ways(table(train("1", "abd"), train("2", "da"), train("3", "ac"),
                              train("4", "cd")), network)  # fmt: skip
    assert told.trains[1].way.basis == "preferred"
    assert find_courses(told, network).courses["2"].links == ("cd", "ac")


def test_a_city_on_a_branch_is_no_way_to_take() -> None:
    network = two_ways()
    city = Hub(id="e", name="E", lon=2, lat=1, population=1_000_000)
    spur = Link(id="ce", from_hub="c", to_hub="e", length_km=10)
    larger = Network(hubs=(*network.hubs, city), links=(*network.links, spur))
    told = inherit_ways(table(train("2", "ad")), larger)
    assert told.trains[0].way == AssumedWay(basis="least cost")
    through = replace(
        larger, links=(*larger.links, replace(spur, id="ed", from_hub="d", length_km=195))
    )
    assert inherit_ways(table(train("2", "ad")), through).trains[0].way.via == ("e",)


def test_a_train_takes_the_way_of_one_of_another_timetable() -> None:
    sources = table(train("1", "abd"))
    told = inherit_ways(table(train("2", "da")), two_ways(), sources=sources)
    assert [each.id for each in told.trains] == ["2"]
    assert told.trains[0].way == AssumedWay(basis="inherited", via=("B",), of=("1",))


def test_ways_need_no_column_of_places_or_trains(tmp_path: Path) -> None:
    path = tmp_path / "train_ways.csv"
    path.write_text("train,basis\n2,least cost\n", encoding="utf-8")
    [told] = read_train_ways(table(train("2", "ad")), path).trains
    assert told.way == AssumedWay(basis="least cost")


@pytest.fixture(scope="module")
def told() -> Timetable:
    return built_in_timetable()


def test_the_shipped_ways_are_those_that_are_found(tmp_path: Path, told: Timetable) -> None:
    published = document_days(find_train_documents(told, {}))
    found = inherit_ways(told, built_in_network(), published=published)
    path = write_train_ways(found, tmp_path / "train_ways.csv")
    shipped = shipped_folder("seeds") / "train_ways.csv"
    assert path.read_text() == shipped.read_text(), "run `netmodel trains ways --out FILE`"
    assert found.trains == told.trains


def test_no_shipped_way_runs_nowhere_and_back(told: Timetable) -> None:
    def twice(course: Course) -> set[frozenset[str]]:
        hubs = [hub for hub in course.hubs if "@" not in hub]
        runs = [frozenset(ends) for ends in pairwise(hubs)]
        return {ends for ends in runs if runs.count(ends) > 1}

    network = built_in_network()
    stated = tuple(replace(each, way=None) for each in told.trains)
    plain = find_courses(replace(told, trains=stated), network).courses
    for name, course in find_courses(told, network).courses.items():
        if course.train.way is not None:
            known = [plain[each] for each in (name, *course.train.way.of)]
            assert twice(course) <= set().union(*map(twice, known)), name


def test_an_assumed_way_that_is_closed_gives_place_to_another() -> None:
    assumed = train("2", "ad", way=AssumedWay(basis="inherited", via=("B",), of=("1",)))
    open_, shut = (
        find_courses(table(assumed), two_ways(), closed=closed).courses["2"].links
        for closed in ((), ("ab",))
    )
    assert (open_, shut) == (("ab", "bd"), ("ac", "cd"))


def test_a_train_of_a_table_of_ways_is_known_and_named_once(tmp_path: Path) -> None:
    path = tmp_path / "ways.csv"
    path.write_text("train,basis\n1,preferred\n1,preferred\n3,preferred\n", encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_train_ways(table(train("1", "ab"), train("2", "ab")), path)
    twice, unknown = (problem.what for problem in raised.value.problems)
    assert ("twice" in twice, "known" in twice) == (True, False)
    assert ("twice" in unknown, "known" in unknown) == (False, True)


def test_mistakes_of_a_table_of_ways_are_told_at_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "train_ways.csv"
    path.write_text("train,basis,via,of\n7,inherited,B,1\n2,inherite,B,1\n2,preferred,,\n")
    with pytest.raises(InputError) as raised:
        read_train_ways(table(train("2", "ad")), path)
    assert [each.where.rpartition(":")[2] for each in raised.value.problems] == ["2", "3"]


@pytest.mark.parametrize(
    ("train_id", "passes"),
    [
        ("38-2025", ("smila", "znamianka", "dnipro", "synelnykove-1")),
        ("85-2022", ("synelnykove-1", "dnipro", "bila-tserkva", "vinnytsia")),
        ("105-2021", ("koziatyn", "vinnytsia", "zhmerynka", "podilsk", "rozdilna")),
        ("117-2013", ("ternopil", "chortkiv", "zalishchyky")),
        ("118-2020", ("larga", "kamianets-podilskyi", "khmelnytskyi", "vinnytsia")),
        ("191-2022", ("synelnykove-1", "dnipro", "znamianka", "pomichna", "podilsk")),
        ("63-2025", ("korosten",)),
        ("22-2022", ("zhmerynka", "vinnytsia", "koziatyn", "fastiv")),
    ],
)
def test_trunk_trains_take_their_timetabled_way(told: object, train_id: str, passes: tuple) -> None:
    trains = {each.id: each for each in told.trains}
    courses = find_courses(table(trains[train_id]), built_in_network())
    hubs = iter(courses.courses[train_id].hubs)
    assert all(place in hubs for place in passes), courses.courses[train_id].hubs


def test_pairs_of_cities_run_stop_by_stop_as_stated(told: object) -> None:
    rows = list(csv.DictReader(STATED_WAYS.read_text(encoding="utf-8").splitlines()))
    pairs = {(row["from"], row["to"]) for row in rows}
    assert len(pairs) >= 60
    courses = find_courses(told, built_in_network())
    off = []
    for row in rows:
        course = courses.courses[row["train"]]
        back = course.train.pair != (row["from"], row["to"])
        hubs = iter(course.hubs[::-1] if back else course.hubs)
        if not all(courses.hub_of[place] in hubs for place in row["passes"].split(";")):
            off.append(row["train"])
    assert not off


def test_stated_ways_cite_documents() -> None:
    trains = {each.id: each for each in built_in_timetable().trains}
    for row in csv.DictReader(STATED_WAYS.read_text(encoding="utf-8").splitlines()):
        assert set(row["document"].split(";")) <= set(trains[row["train"]].documents)
        assert row["half"] in ("tuning", "apart")
