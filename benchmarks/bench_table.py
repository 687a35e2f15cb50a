"""A table of 5,000 disruptions on a railway of 400 stations: incidents, a fit, a run of a month.

The table has the shape of a published one: start, end, minutes, a cause in two levels, and codes of
the stations of a line, whole lines among them. Processor time (user and system) of whole processes.
Run: ``python benchmarks/bench_table.py [--rows 5000]``.
"""

from __future__ import annotations

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

SIDE, LINES = 20, 20
CAUSES = (("rolling stock", "broken down train"), ("infrastructure", "signal failure"),
          ("external", "collision"), ("staff", "staffing problems"))  # fmt: skip
MAP = """
document: {id: table-2022, publisher: A railway, title: Disruptions of 2022, published: 2023-01-01}
zone: Europe/Amsterdam
id: id
start: start_time
end: end_time
minutes: minutes
place: {stations: {column: station_codes}}
kind:
  columns: [cause_group, cause]
  values: {rolling stock: rolling_stock, signal failure: signalling, staff: strike_action}
  otherwise: other
title: "{cause}"
"""
SCENARIO = """
title: A month of disruptions
network: net
window: {start: 2022-03-01, end: 2022-04-01, zone: Europe/Amsterdam}
incidents: {files: [mine/incidents.yaml], documents: [mine/documents.yaml]}
demand: {hubs: [s0-0, s19-19, s0-19, s19-0, s10-10, s5-15]}
"""


def main() -> None:
    """Print the processor time and the time by the clock of each command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_network(folder / "net")
        write_table(folder / "table.csv", rows)
        (folder / "map.yaml").write_text(MAP, encoding="utf-8")
        (folder / "scenario.yaml").write_text(SCENARIO, encoding="utf-8")
        files = ("mine/incidents.yaml", "mine/documents.yaml")
        incidents = [word for file in files for word in ("--incidents", file)]
        commands = {
            "incidents": ["incidents", "from-table", "table.csv", "--map", "map.yaml",
                          "--network", "net", "--out", "mine"],
            "fit": ["restoration", "fit", *incidents],
            "run of a month": ["run", "scenario.yaml", "--out", "run"],
        }  # fmt: skip
        for name, words in commands.items():
            seconds, clock, said = run(words, folder)
            print(f"{name:16} {seconds:6.1f} s of processor, {clock:6.1f} s by the clock")
            if name == "incidents":
                print(said.strip())


def write_network(folder: Path) -> None:
    """Write a grid of stations, each with a code."""
    folder.mkdir()
    names = {(x, y): f"s{x}-{y}" for x in range(SIDE) for y in range(SIDE)}
    with (folder / "hubs.csv").open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["id", "name", "lon", "lat", "code"])
        for (x, y), name in names.items():
            table.writerow([name, f"Station {x} {y}", 4 + x / 15, 51.5 + y / 25, f"C{x:02}{y:02}"])
    with (folder / "links.csv").open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["id", "from", "to", "length_km", "tracks"])
        for (x, y), name in names.items():
            for other in ((x + 1, y), (x, y + 1)):
                if other in names:
                    table.writerow([f"{name}--{names[other]}", name, names[other], 5, 2])


def write_table(path: Path, rows: int) -> None:
    """Write disruptions of parts of lines; one row in twenty-five is of no known station."""
    rng = np.random.default_rng(2022)
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["id", "start_time", "end_time", "minutes", "cause_group", "cause",
                        "station_codes"])  # fmt: skip
        for number in range(rows):
            start = datetime(2022, 1, 1) + timedelta(minutes=int(rng.integers(0, 525_000)))
            minutes = int(rng.lognormal(4.4, 1.0)) + 1
            group, cause = CAUSES[rng.integers(len(CAUSES))]
            line, first = int(rng.integers(LINES)), int(rng.integers(SIDE - 4))
            stops = range(first, first + int(rng.integers(2, 5)))
            codes = [f"C{line:02}{stop:02}" for stop in stops]
            if number % 25 == 0:
                codes = ["XX1", "XX2"]
            end = start + timedelta(minutes=minutes)
            table.writerow([number, start.isoformat(" "), end.isoformat(" "), minutes, group, cause,
                            ", ".join(codes)])  # fmt: skip


def run(words: list[str], folder: Path) -> tuple[float, float, str]:
    """Run a command; return its processor time, its time by the clock, and what it said."""
    before, begun = os.times(), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "netmodel", *words], cwd=folder, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr)
    after = os.times()
    seconds = after.children_user + after.children_system
    seconds -= before.children_user + before.children_system
    return seconds, time.perf_counter() - begun, done.stdout


if __name__ == "__main__":
    main()
