"""Each line left out in turn: the pace of the others, and nothing of its own."""

from dataclasses import replace

import numpy as np
import pytest

from netmodel.network.railway import Hub, Link, Network
from netmodel.routing.profiles import PASSENGER
from netmodel.trains.course import find_courses
from netmodel.trains.pace import fit_pace
from netmodel.trains.timed_legs import TimedLeg, timed_legs
from netmodel.trains.train import StopTime, Timetable, Train
from netmodel.validation.lines_left_out import leave_lines_out
from netmodel.validation.minute_checks import check_minutes


def row_of_hubs(countries: str = "UUUU") -> Network:
    """Return the hubs A to D in a row, 60 km apart."""
    hubs = tuple(
        Hub(id=i, name=i.upper(), lon=n, lat=0, country={"U": "UA", "P": "PL"}[country])
        for n, (i, country) in enumerate(zip("abcd", countries, strict=True))
    )
    links = tuple(
        Link(id=one + other, from_hub=one, to_hub=other, length_km=60)
        for one, other in ("ab", "bc", "cd")
    )
    return Network(hubs=hubs, links=links)


def timed(number: str, stops: str, minutes: int, kind: str = "long_distance") -> Train:
    last = StopTime(arrival=600 + minutes)
    times = (StopTime(departure=600), *[StopTime()] * (len(stops) - 2), last)
    return Train(id=number, number=number, kind=kind, stops=tuple(stops.upper()), times=times)


TRAINS = (
    timed("1", "ab", 45), timed("2", "ba", 47), timed("3", "abcd", 190),
    timed("4", "bcd", 110, "regional"), timed("5", "bc", 80, "suburban"), timed("6", "cd", 240),
)  # fmt: skip


def legs_of(network: Network, trains: tuple[Train, ...] = TRAINS) -> tuple[TimedLeg, ...]:
    return timed_legs(find_courses(Timetable(trains=trains), network), network)


@pytest.mark.parametrize("countries", ["UUUU", "UUPP"])
def test_minutes_are_those_that_all_other_lines_give(countries: str) -> None:
    network = row_of_hubs(countries)
    legs = legs_of(network)
    found = leave_lines_out(network, legs)
    for leg, minutes in zip(legs, found, strict=True):
        others = [each for each in legs if set(each.train.pair) != set(leg.train.pair)]
        paces, _ = fit_pace(network, others)
        shares = [paces[leg.profile][at] * km / 60 for at, km in leg.km.items()]
        assert minutes == pytest.approx(sum(shares) + leg.stopping, rel=1e-3)


def test_what_a_line_says_of_itself_changes_nothing() -> None:
    network = row_of_hubs()
    legs = legs_of(network)
    slower = tuple(
        replace(leg, minutes=2 * leg.minutes) if set(leg.train.pair) == {"A", "B"} else leg
        for leg in legs
    )
    one, other = (leave_lines_out(network, each)[:2] for each in (legs, slower))
    assert np.allclose(one, other, rtol=1e-3)


def test_a_line_alone_has_the_speeds_of_classes() -> None:
    network = row_of_hubs()
    found = leave_lines_out(network, legs_of(network, (timed("1", "ab", 45),)))
    assert found.tolist() == pytest.approx([3600 / PASSENGER.speed_kmh["main"]])


def test_both_halves_together_hold_every_train_once() -> None:
    network = row_of_hubs()
    check = check_minutes(network, Timetable(trains=TRAINS))
    counts = [len(errors) for half in check.line_out.values() for errors in half.values()]
    assert sum(counts) == len(TRAINS)
