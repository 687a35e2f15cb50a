"""The ways by which 20,000 trains join 1,000 hubs on 30,000 links, in processor time.

Trains of `bench_trains`, but only two of them share their stops, as in a real timetable. Of each
fourth only the ends are known and an inherited way. The hubs of the demand are those at which most
trains call. Measured on one of two shared cores: 8 s and 0.9 GB; with stops of their own for every
train (``--sharing 1``) 16 s and 1.1 GB for 540,000 pairs. Costs of all ways in a state: 0.1 s.

Run: ``python benchmarks/bench_pair_ways.py [--trains 20000] [--links 30000] [--hubs 1000]``.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections import Counter
from dataclasses import replace
from datetime import date

from bench_networks import make_planar_network
from bench_trains import make_timetable, warm_up

from netmodel.impact.joining import find_pair_ways
from netmodel.routing.profiles import PASSENGER, costs_from_minutes, running_minutes
from netmodel.routing.router import Router
from netmodel.trains.course import find_courses
from netmodel.trains.relevance import RelevantTrains
from netmodel.trains.train import AssumedWay, Timetable


def leave_stops_open(timetable: Timetable) -> Timetable:
    """Return trains of which each fourth states its ends and inherits the places between."""
    trains = [
        each
        if number % 8 > 1
        else replace(
            each,
            stops=(each.stops[0], each.stops[-1]),
            way=AssumedWay(basis="inherited", via=each.stops[1:-1], of=("1",)),
        )
        for number, each in enumerate(timetable.trains)
    ]
    return Timetable(trains=tuple(trains))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trains", type=int, default=20_000)
    parser.add_argument("--links", type=int, default=30_000)
    parser.add_argument("--hubs", type=int, default=1_000)
    parser.add_argument("--sharing", type=int, default=2, help="trains with the same stops")
    wanted = parser.parse_args()
    network = make_planar_network(wanted.links, seed=1)
    timetable = leave_stops_open(
        make_timetable(network, wanted.trains, seed=2, sharing=wanted.sharing)
    )
    warm_up()
    print(network, timetable, sep="\n")
    begun = time.process_time()
    courses = find_courses(timetable, network)
    print(f"courses: {time.process_time() - begun:.1f} s, {courses}")
    calls = Counter(stop for train in timetable.trains for stop in train.stops)
    hubs = [hub for hub, _ in calls.most_common(wanted.hubs)]
    costs = costs_from_minutes(network, running_minutes(network, PASSENGER))
    least = Router(network, hubs).solve(costs)
    days = {train.id: (date(2026, 1, 1),) for train in timetable.trains}
    running = RelevantTrains(timetable=timetable, days=days)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    begun = time.process_time()
    ways = find_pair_ways(courses, running, network, hubs, costs=costs, least=least.cost)
    spent = time.process_time() - begun
    print(f"ways: {spent:.1f} s, {len(ways):,} ways of {(ways.basis() > 0).sum():,} pairs")
    begun = time.process_time()
    ways.costs(costs)
    print(f"their costs in a state: {time.process_time() - begun:.2f} s")
    greatest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"greatest memory: {greatest:.2f} GB ({before:.2f} GB before the ways)")


if __name__ == "__main__":
    main()
