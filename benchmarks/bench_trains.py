"""Courses and fates of 100,000 trains on 30,000 links over 100 states, in processor time.

Trains run between stops of a planar network along its quickest ways; ten of them, at different
hours, share each sequence of stops, as in a timetable. Closures come and go, four links at a time,
and a third of them have ends in doubt, so that each state has three sets of outages. Then every
train gets the times at which it calls, and the trains are counted by state and by day, by the hour
at which each passes what is closed.

Run: ``python benchmarks/bench_trains.py [--trains 100000] [--links 30000] [--states 100]``. The
compiled sweep is loaded once before anything is timed.
"""

from __future__ import annotations

import argparse
import resource
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
from bench_networks import make_planar_network

from netmodel.impact.train_counts import count_trains
from netmodel.impact.train_fates import assess_trains
from netmodel.network.railway import Network
from netmodel.outages.outage import MilestoneTimes, Outage
from netmodel.outages.timeline import Timeline
from netmodel.routing.profiles import PASSENGER, costs_from_minutes, running_minutes
from netmodel.routing.router import Router
from netmodel.times import Bounds, Window
from netmodel.trains.course import Courses, find_courses
from netmodel.trains.relevance import relevant_trains
from netmodel.trains.train import KINDS, StopTime, Timetable, Train

START = datetime(2026, 1, 1, tzinfo=UTC)
SHARING = 10
"""Trains with the same stops."""
STOPS = 2_000
LONGEST_KM = 300.0


def make_timetable(network: Network, trains: int, seed: int, sharing: int = SHARING) -> Timetable:
    """Return trains that run from place to place, each stop the nearest further on."""
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(network.hubs), min(STOPS, len(network.hubs)), replace=False)
    xy = np.array([(network.hubs[n].lon, network.hubs[n].lat) for n in chosen])
    found = []
    for run in range(-(-trains // sharing)):
        start = int(rng.integers(len(chosen)))
        angle = rng.uniform(0, 2 * np.pi)
        ahead = np.array([np.cos(angle), np.sin(angle)])
        stops = [start]
        for _ in range(int(rng.integers(1, 12))):
            step = xy - xy[stops[-1]]
            forward = step @ ahead
            apart = np.hypot(*step.T) + np.where(forward > 0.2, 0.0, np.inf)
            if not np.isfinite(apart).any():
                break
            stops.append(int(apart.argmin()))
        if len(stops) < 2:
            stops.append((start + 1) % len(chosen))
        names = tuple(network.hubs[chosen[stop]].id for stop in stops)
        kind = KINDS[int(rng.integers(len(KINDS)))]
        found += [
            Train(id=f"{run}-{n}", number=f"{run}-{n}", kind=kind, stops=names)
            for n in range(min(sharing, trains - sharing * run))
        ]
    return Timetable(trains=tuple(found))


def make_timeline(network: Network, states: int, seed: int) -> Timeline:
    """Return closures of neighbouring links, enough for about so many states."""
    rng = np.random.default_rng(seed)
    outages, times = [], {}
    incidents = states * 2 // 5
    for number in range(incidents):
        begin = START + timedelta(hours=float(rng.uniform(0, 960)))
        end = begin + timedelta(hours=float(rng.uniform(4, 300)))
        doubt = timedelta(hours=24 if number % 3 == 0 else 0)
        links = _neighbours(network, int(rng.integers(len(network.links))), 4)
        outages += [
            Outage(
                incident=f"i{number}", link=link, effect="closed", traffic=("passenger",),
                start=Bounds(earliest=begin, latest=begin),
                end=Bounds(earliest=end, latest=end + doubt),
                start_milestone="start", end_milestone="first_traffic", documents=("d",),
            )
            for link in links
        ]  # fmt: skip
        times[f"i{number}"] = MilestoneTimes(
            start=begin, first_traffic=end + doubt / 2, full_service=None
        )
    window = Window(start=START, end=START + timedelta(hours=1000))
    return Timeline(window=window, outages=tuple(outages), times=times)


def _neighbours(network: Network, link: int, count: int) -> list[str]:
    found = [network.links[link].id]
    for hub in network.link_ends[link].tolist():
        found += network.links_at_hub[network.hubs[hub].id]
    return list(dict.fromkeys(found))[:count]


def set_times(courses: Courses, sharing: int = SHARING) -> Timetable:
    """Return the trains with a time at every stop, those of the same stops spread over the day."""
    found = []
    for number, course in enumerate(courses.courses.values()):
        clock = float(number % sharing * 1440 // sharing)
        times = [StopTime(departure=round(clock))]
        for leg in course.legs:
            clock += leg.minutes
            times.append(StopTime(arrival=round(clock), departure=round(clock) + 1))
            clock += 1
        times[-1] = StopTime(arrival=times[-1].arrival)
        found.append(replace(course.train, times=tuple(times)))
    return Timetable(trains=tuple(found))


def warm_up() -> None:
    """Load the compiled code."""
    network = make_planar_network(60, seed=3)
    router = Router(network, [hub.id for hub in network.hubs], engine="sweep")
    routes = router.solve(costs_from_minutes(network, running_minutes(network, PASSENGER)))
    routes.links_between(0, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trains", type=int, default=100_000)
    parser.add_argument("--links", type=int, default=30_000)
    parser.add_argument("--states", type=int, default=100)
    wanted = parser.parse_args()
    network = make_planar_network(wanted.links, seed=1)
    timetable = make_timetable(network, wanted.trains, seed=2)
    timeline = make_timeline(network, wanted.states, seed=4)
    warm_up()
    print(network, timetable, timeline, sep="\n")
    begun = time.process_time()
    courses = find_courses(timetable, network)
    found = time.process_time()
    print(f"courses: {found - begun:.1f} s; {courses}")
    fates = assess_trains(courses, timeline)
    done = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    changed = float((fates.outcome[:, fates.line_numbers] > 0).mean())
    kinds = len(fates.fates)
    print(
        f"fates: {done - found:.1f} s; {changed:.1%} of trains touched, {kinds:,} different fates"
    )
    print(f"both: {done - begun:.1f} s of processor time, at most {peak:.2f} GB")
    timed = set_times(courses)
    begun = time.process_time()
    known = find_courses(timed, network)
    fates = assess_trains(known, timeline)
    done = time.process_time()
    counts = count_trains(fates, relevant_trains(timed, timeline.window))
    counted = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"courses and fates with times: {done - begun:.1f} s")
    print(
        f"counts of {len(counts.states)} states and {len(counts.days)} days by the hour: "
        f"{counted - done:.1f} s, at most {peak:.2f} GB"
    )


if __name__ == "__main__":
    main()
