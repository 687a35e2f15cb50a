"""What the long parts of a run say that they take, and what they do take; orphaned workers.

*Parts*: waiting, capacity and attribution of shipped scenarios and of generated ones, each with
the seconds that `nm.runs.expect_effort` states, the processor time that it takes, and the longest
time in which it tells no progress. *Workers*: how long the processes of an ensemble live on after
`kill -9` of the one that started them, by the clock. *Memory*: what a run says before its states
are solved and the peak of its process, for some sizes of `bench_growth`.
Run: ``python benchmarks/bench_gates.py [--only parts|workers|memory] [--most 60] [--kills 10]``.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from bench_engine import describe_machine
from bench_growth import Size, compile_engine, write_scenario
from bench_growth import measure as measure_run

import netmodel as nm
from netmodel.runs.effort import PARTS, effort_of
from netmodel.runs.journeys import capacity_by_state, state_delays
from netmodel.runs.size import expect_size
from netmodel.runs.summary import list_evidence_worth
from netmodel.runs.uncertainty import attribute_run

Progress = Callable[..., None]
SHIPPED = ("crimea-may-2023", "kupiansk-pokrovsk", "ukraine-february-2026")
CAPACITY = "capacity: {trains_per_day: 200, by_class: {main: 40}}\n"
SIZES = (
    Size(links=300, hubs=10, incidents=12, breaks=12),
    Size(links=3_000, hubs=10, incidents=12, breaks=12),
    Size(links=3_000, hubs=20, incidents=24, breaks=24),
    Size(links=3_000, hubs=40, incidents=24, breaks=24),
    Size(links=3_000, hubs=40, incidents=4, breaks=4),
    Size(links=30_000, hubs=20, incidents=24, breaks=12),
)

MEMORY_SIZES = (Size(links=3_000), Size(), Size(hubs=200), Size(links=100_000))


@dataclass(frozen=True)
class Taken:
    """What a part took, and the longest time without a word; processor time in seconds."""

    seconds: float
    silence: float


def main() -> None:
    """Print one line for each part of each size, and one for the workers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=("parts", "workers", "memory"))
    parser.add_argument("--most", type=float, default=60.0, help="leave out what says more seconds")
    parser.add_argument("--kills", type=int, default=10)
    asked = parser.parse_args()
    print(describe_machine())
    with tempfile.TemporaryDirectory() as folder:
        if asked.only == "memory":
            measure_memory(Path(folder))
            return
        if asked.only != "workers":
            for scenario in [*SHIPPED, *write_scenarios(Path(folder))]:
                measure_parts(str(scenario), asked.most)
        if asked.only != "parts":
            path = write_scenario(
                Size(links=300, hubs=10, incidents=12, samples=1), Path(folder) / "w"
            )
            measure_workers(path, asked.kills)


def measure_memory(folder: Path) -> None:
    """Print what runs say of their memory and their folder, and what they take."""
    compile_engine()
    for size in MEMORY_SIZES:
        scenario = nm.read_scenario(write_scenario(size, folder / "said"))
        prepared = nm.run(scenario)
        said = expect_size([each.assessor for each in prepared.impacts], prepared.timeline)
        shutil.rmtree(folder / "said")
        cost = measure_run(size, folder, "csv", None)
        if cost is None:
            print(f"{size}: did not end")
            continue
        print(
            f"{size.links:>8,} links {size.hubs:>5,} places  memory {said.memory_bytes / 1e6:,.0f} "
            f"and {cost.peak_mb:,.0f} MB  folder {said.disk_bytes / 1e6:,.0f} and "
            f"{cost.folder_mb:,.0f} MB",
            flush=True,
        )


def write_scenarios(folder: Path) -> list[Path]:
    """Write the generated scenarios: ends that are known within bounds, and capacities."""
    paths = []
    for size in SIZES:
        name = f"{size.links} links, {size.hubs} hubs, {size.incidents} incidents"
        path = write_scenario(Size(**vars(size) | {"samples": 1}), folder / name)
        path.write_text(path.read_text(encoding="utf-8") + CAPACITY, encoding="utf-8")
        paths.append(path)
    return paths


def measure_parts(scenario: str, most: float) -> None:
    """Print what each part of a scenario says and takes."""
    run = nm.run(scenario, parts=dict.fromkeys(PARTS, True))
    name = Path(scenario).parent.name or scenario
    print(f"{name}, {len(run.timeline.states)} states")
    tasks: dict[str, Callable[[Progress], object]] = {
        "waiting": lambda tell: [state_delays(run, each, progress=tell) for each in run.impacts],
        "capacity": lambda tell: [
            capacity_by_state(run, each, progress=tell) for each in run.impacts
        ],
        "attribution": lambda tell: (
            attribute_run(run, progress=tell),
            list_evidence_worth(run, progress=tell),
        ),
    }
    for part, task in tasks.items():
        clock = time.process_time()
        said = effort_of(run, part).seconds
        asking = time.process_time() - clock
        if not said or said > most:
            print(f"  {part:12} says {said:9.2f} s, not measured", flush=True)
            continue
        took = measure(task)
        print(
            f"  {part:12} says {said:9.2f} s, takes {took.seconds:7.2f} s: "
            f"{said / took.seconds:5.1f} x; silent for {took.silence:.2f} s at most; "
            f"asking takes {asking:.2f} s",
            flush=True,
        )


def measure(task: Callable[[Progress], object]) -> Taken:
    """Return what a task takes."""
    stamps = [time.process_time()]
    task(lambda *_: stamps.append(time.process_time()))
    stamps.append(time.process_time())
    return Taken(
        seconds=stamps[-1] - stamps[0],
        silence=max(later - earlier for earlier, later in pairwise(stamps)),
    )


def measure_workers(scenario: Path, kills: int) -> None:
    """Kill runs of an ensemble with two workers; print how long the workers live on."""
    rng, lived = random.Random(1), []
    words = ["run", str(scenario), "--samples", "1000000", "--workers", "2", "--no-resume"]
    words += ["--force", "--out", str(scenario.parent / "out")]
    while len(lived) < kills:
        process = subprocess.Popen(
            [sys.executable, "-m", "netmodel", *words], start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        while len(find_session(process.pid)) < 3 and process.poll() is None:
            time.sleep(0.05)
        time.sleep(3 * rng.random())
        process.send_signal(signal.SIGKILL)
        process.wait()
        began = time.perf_counter()
        while find_session(process.pid):
            time.sleep(0.01)
        lived.append(time.perf_counter() - began)
    print(f"workers after {kills} kills: {max(lived):.2f} s at most, all {sorted(lived)}")


def find_session(session: int) -> list[int]:
    """Return the processes of a session that still run."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            fields = (place / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] != "Z" and int(fields[3]) == session:
            found.append(int(place.name))
    return found


if __name__ == "__main__":
    main()
