"""An ensemble over vague evidence: many incidents whose ends are known within days.

Nearly every sample meets sets of outages that no other has, so that the time goes with the sets.
For each choice of metrics the number of sets, the processor time of each in ms, and the peak of
memory, by search and by sweep; last the engine alone on the same sets.

Run: ``python benchmarks/bench_ensemble.py [--links 3000] [--hubs 20] [--incidents 40]
[--samples 1000] [--scipy-samples 50]``.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import numpy as np
from bench_networks import make_rail_like_network

import netmodel as nm
from netmodel.impact.costs import state_minutes
from netmodel.routing.profiles import costs_from_minutes

START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 40
DOCUMENT = nm.Document(id="d", publisher="Bench")
CHOICES = {"connected share": ["connected_share"], "all metrics": None}


def make_scenario(links: int, hubs: int, incidents: int) -> nm.Scenario:
    """Return a month in which each of some incidents ends within some days, nobody says when."""
    network = make_rail_like_network(links, seed=1)
    rng = np.random.default_rng(4)
    chosen = [network.hubs[n].id for n in rng.choice(len(network.hubs), hubs, replace=False)]
    return nm.Scenario(
        network=network,
        window=(START.isoformat(), (START + timedelta(days=DAYS)).isoformat()),
        zone="UTC",
        demand=chosen,
        documents=[DOCUMENT],
        incidents=[_make_incident(number, rng, links) for number in range(incidents)],
    )


def _make_incident(number: int, rng: np.random.Generator, links: int) -> nm.Incident:
    start = START + timedelta(days=float(rng.uniform(1, DAYS / 2)))
    soonest = start + timedelta(days=float(rng.uniform(1, 3)))
    bounds = {
        "start": nm.times.Bounds(earliest=start, latest=start + timedelta(hours=6)),
        "first_traffic": nm.times.Bounds(
            earliest=soonest, latest=soonest + timedelta(days=float(rng.uniform(3, 10)))
        ),
    }
    return nm.Incident(
        id=f"i{number}", title=f"Incident {number}", kind="derailment", zone="UTC",
        places=(nm.evidence.LinksPlace(links=(f"l{rng.integers(links)}",)),), effect="closed",
        claims=tuple(
            nm.evidence.Claim(document="d", speaker="B", says="-", about=about, at=at)
            for about, at in bounds.items()
        ),
    )  # fmt: skip


def measure(options: argparse.Namespace, choice: str, samples: int) -> None:
    """Print the processor time of a set and the peak of memory of one ensemble."""
    scenario = make_scenario(options.links, options.hubs, options.incidents)
    metrics = CHOICES[choice]
    if metrics:
        scenario = scenario.replace(metrics=metrics)
    run = nm.run(scenario)
    begin, before = time.process_time(), _peak()
    ensemble = nm.runs.draw_ensemble(run, samples=samples, seed=1, workers=1, resume=False)
    spent = time.process_time() - begin
    sets, engine = len(ensemble.sets), os.environ["NETMODEL_ENGINE"]
    print(
        f"{choice:16} {engine:6} {samples:6,} samples {sets:7,} sets {1000 * spent / sets:7.2f} ms"
        f" a set, {spent:6.1f} s; peak {_peak():.2f} GB, {before:.2f} before",
        flush=True,
    )
    if metrics and engine == "sweep":
        _measure_engine(run, ensemble)


def _measure_engine(run: nm.Run, ensemble: nm.runs.Ensemble) -> None:
    impact = run.impacts[0]
    assessor, outages = impact.assessor, run.timeline.outages
    minutes = nm.routing.running_minutes(run.network, assessor.profile)
    costs = [
        costs_from_minutes(
            run.network,
            state_minutes(
                run.network, assessor.profile, minutes, [outages[number] for number in sorted(held)]
            ),
        )
        for held in ensemble.sets
    ]
    router = nm.routing.Router(run.network, list(assessor.demand.hubs), engine="sweep")
    begin = time.process_time()
    for _ in router.solve_many(costs):
        pass
    spent = time.process_time() - begin
    print(f"{'the engine alone':16} sweep  {1000 * spent / len(costs):.3f} ms a set", flush=True)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def main() -> None:
    """Measure each choice in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--links", type=int, default=3_000)
    parser.add_argument("--hubs", type=int, default=20)
    parser.add_argument("--incidents", type=int, default=40)
    parser.add_argument("--samples", type=int, default=1_000)
    parser.add_argument("--scipy-samples", type=int, default=50)
    parser.add_argument("--choice", choices=sorted(CHOICES), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.choice:
        measure(options, options.choice, options.samples)
        return
    for engine, samples in (("sweep", options.samples), ("scipy", options.scipy_samples)):
        for choice in CHOICES:
            words = [*sys.argv[1:], "--choice", choice, "--samples", str(samples)]
            environment = {**os.environ, "NETMODEL_ENGINE": engine}
            subprocess.run([sys.executable, __file__, *words], check=True, env=environment)


if __name__ == "__main__":
    main()
