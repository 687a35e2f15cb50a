"""How a run grows: processor time, memory and size on the disk of `netmodel run` as a process.

One network of rail-like shape, incidents on links drawn at random, and one thing that grows:
links, places of demand, break points, samples. Each run is the command with a scenario on the
disk; the figures are of the whole process: start, reading, states, tables, page. The compiled
code is there before, as it is after the first large run on a machine. What an earlier call left
in the table is not measured again, so that a series can be done in pieces.
Run: ``python benchmarks/bench_growth.py [--only hubs] [--short] [--largest] [--figure PATH]``.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
from bench_networks import make_rail_like_network

import netmodel as nm

START = datetime(2025, 3, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Size:
    """What a run has to do."""

    links: int = 30_000
    hubs: int = 50
    incidents: int = 100
    breaks: int = 60
    samples: int = 0


@dataclass(frozen=True)
class Cost:
    """What it took."""

    seconds: float
    peak_mb: float
    folder_mb: float
    page_mb: float


BASE = Size()
SERIES = {
    "links": [replace(BASE, links=n) for n in (3_000, 10_000, 30_000, 100_000)],
    "hubs": [replace(BASE, hubs=n) for n in (25, 50, 100, 200)],
    "breaks": [replace(BASE, breaks=n) for n in (15, 30, 60, 120)],
    "samples": [
        Size(links=3_000, hubs=20, incidents=20, breaks=20, samples=n)
        for n in (100, 1_000, 10_000, 100_000)
    ],
}
SHORT = {
    "links": [replace(BASE, links=3_000), replace(BASE, links=10_000)],
    "hubs": [replace(BASE, links=3_000, hubs=n) for n in (25, 100)],
    "breaks": [replace(BASE, links=3_000, breaks=n) for n in (15, 60)],
    "samples": SERIES["samples"][:2],
}
"""What takes two minutes; `--short` keeps its rows apart from those of the series."""
LARGEST = {"links": [replace(BASE, links=300_000)], "hubs": [replace(BASE, hubs=1_000)]}
"""Beyond the series, on request: the aims of `docs/performance.md`."""
LABELS = {"hubs": "places", "breaks": "break points"}


def main() -> None:
    """Measure the series, print a table, and draw what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=SERIES, action="append")
    parser.add_argument("--largest", action="store_true", help="only what lies beyond the series")
    parser.add_argument("--short", action="store_true", help="a few small sizes only")
    parser.add_argument("--table", type=Path, help="default: runs/growth.csv")
    parser.add_argument("--memory-gb", type=float, help="what no run may take more of")
    parser.add_argument("--figure", type=Path)
    parser.add_argument("--format", default="csv")
    asked = parser.parse_args()
    chosen = LARGEST if asked.largest else SHORT if asked.short else SERIES
    table = asked.table or Path("runs/growth_short.csv" if asked.short else "runs/growth.csv")
    rows = read_rows(table)
    with tempfile.TemporaryDirectory() as folder:
        compile_engine()
        for what, sizes in chosen.items():
            if asked.only and what not in asked.only:
                continue
            for size in sizes:
                at = getattr(size, what)
                cost = find_measured(rows, chosen, size) or measure(
                    size, Path(folder), asked.format, asked.memory_gb
                )
                if cost is None:
                    print(f"{what:8} {at:>8,}  did not end", flush=True)
                    continue
                rows[what, at] = cost
                print(
                    f"{what:8} {at:>8,}  {cost.seconds:7.1f} s  {cost.peak_mb:7.0f} MB  "
                    f"folder {cost.folder_mb:6.1f} MB  page {cost.page_mb:.2f} MB",
                    flush=True,
                )
                write_rows(rows, table)
    if asked.figure:
        draw(rows, asked.figure)


def compile_engine() -> None:
    """Have the compiled code ready, so that no run compiles it."""
    network = make_rail_like_network(300, seed=1)
    costs = nm.routing.costs_from_minutes(
        network, nm.routing.running_minutes(network, nm.routing.PASSENGER)
    )
    ends = [hub.id for hub in network.hubs[:4]]
    routes = nm.routing.Router(network, ends, engine="sweep").solve(costs)
    for _ in range(2):  # what is asked more than once is kept
        routes.sum_along(network.length_km)
    routes.load_links(np.ones((4, 4)))
    routes.hubs_between(0, 1)
    list(routes.pairs_over([0]))


def find_measured(
    rows: dict[tuple[str, int], Cost], chosen: dict[str, list[Size]], size: Size
) -> Cost | None:
    """Return what a run of this size took, in whichever series it was measured."""
    for what, sizes in chosen.items():
        for each in sizes:
            if each == size and (what, getattr(each, what)) in rows:
                return rows[what, getattr(each, what)]
    return None


def measure(size: Size, folder: Path, tables: str, memory_gb: float | None) -> Cost | None:
    """Run the command for a size; return what it took, nothing if it did not end well."""
    place = folder / "-".join(str(each) for each in vars(size).values())
    scenario = write_scenario(size, place)
    words = ["run", str(scenario), "--out", str(place / "out"), "--force", "--no-resume"]
    words += ["--format", tables]
    if size.samples:
        words += ["--samples", str(size.samples), "--seed", "1"]
    process = subprocess.Popen(
        [sys.executable, "-m", "netmodel", *words],
        stdout=subprocess.DEVNULL, env=os.environ | {"NETMODEL_CACHE": str(folder / "cache")},
        preexec_fn=partial(_bound_memory, memory_gb),
    )  # fmt: skip
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        return None
    written = [each for each in (place / "out").rglob("*") if each.is_file()]
    cost = Cost(
        seconds=used.ru_utime + used.ru_stime,
        peak_mb=used.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2),
        folder_mb=sum(each.stat().st_size for each in written) / 1e6,
        page_mb=(place / "out" / "report.html").stat().st_size / 1e6,
    )
    shutil.rmtree(place)
    return cost


def _bound_memory(most_gb: float | None) -> None:
    """Let the process take no more memory than this."""
    if most_gb is not None:
        size = int(most_gb * 1e9)
        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def write_scenario(size: Size, place: Path) -> Path:
    """Write a network, incidents and a scenario; return its path."""
    network = make_rail_like_network(size.links, seed=1)
    place.mkdir(parents=True)
    nm.write_network(network, place / "net")
    rng = np.random.default_rng(2)
    links = rng.choice(len(network.links), size.incidents, replace=False)
    hubs = rng.choice(len(network.hubs), size.hubs, replace=False)
    instants = [START + timedelta(hours=6 * n) for n in range(size.breaks + 1)]
    incidents = ["incidents:"]
    for number, link in enumerate(links.tolist()):
        first = number % (size.breaks // 2)
        last = first + 1 + number % (size.breaks // 2)
        incidents.append(
            _incident(number, network.links[link].id, instants[first], instants[last], size)
        )
    (place / "incidents.yaml").write_text("\n".join(incidents), encoding="utf-8")
    (place / "documents.yaml").write_text(
        'documents:\n- {id: d, publisher: P, published: 2025-03-02, url: "https://example.org"}\n',
        encoding="utf-8",
    )
    end = instants[-1] + timedelta(days=1)
    names = ", ".join(network.hubs[hub].id for hub in sorted(hubs.tolist()))
    scenario = place / "scenario.yaml"
    scenario.write_text(
        f"""\
title: Growth
network: net
window: {{start: 2025-02-28, end: {end:%Y-%m-%d}, zone: UTC}}
incidents: {{files: [incidents.yaml], documents: [documents.yaml]}}
demand: {{hubs: [{names}]}}
traffic: [passenger]
""",
        encoding="utf-8",
    )
    return scenario


def _incident(number: int, link: str, start: datetime, end: datetime, size: Size) -> str:
    at = f"{end:%Y-%m-%dT%H:%MZ}"
    if size.samples:
        at = f"{{after: {start:%Y-%m-%dT%H:%MZ}, before: {end:%Y-%m-%dT%H:%MZ}}}"
    return f"""\
- id: i{number}
  title: Closure {number}
  kind: fire
  zone: UTC
  place: {{links: [{link}]}}
  effect: closed
  claims:
  - {{document: d, speaker: S, says: closed, about: start, at: {start:%Y-%m-%dT%H:%MZ}}}
  - {{document: d, speaker: S, says: open, about: first_traffic, at: {at}}}"""


def read_rows(path: Path) -> dict[tuple[str, int], Cost]:
    """Return what was measured before, so that a series can be measured in pieces."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8") as file:
        return {
            (row.pop("what"), int(row.pop("size"))): Cost(
                **{name: float(value) for name, value in row.items()}
            )
            for row in csv.DictReader(file)
        }


def write_rows(rows: dict[tuple[str, int], Cost], path: Path) -> None:
    """Write what was measured."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["what", "size", *Cost.__annotations__])
        for (what, size), cost in sorted(rows.items()):
            writer.writerow([what, size, *vars(cost).values()])


def draw(rows: dict[tuple[str, int], Cost], path: Path) -> None:
    """Draw processor time and memory over each size, both logarithmic, with their slopes."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams |= {"svg.hashsalt": "growth", "svg.fonttype": "none"}
    from matplotlib import pyplot as plt

    series = [what for what in SERIES if any(each == what for each, _ in rows)]
    figure, axes = plt.subplots(2, len(series), figsize=(2.6 * len(series), 4.6), squeeze=False)
    for column, what in zip(axes.T, series, strict=True):
        sizes = sorted(size for each, size in rows if each == what)
        for axis, name in zip(column, ("seconds", "peak_mb"), strict=True):
            values = [getattr(rows[what, size], name) for size in sizes]
            axis.loglog(sizes, values, "o-", color="#1f5a8a", markersize=4, linewidth=1.2)
            if len(sizes) > 1:
                slope = np.log(values[-1] / values[-2]) / np.log(sizes[-1] / sizes[-2])
                axis.annotate(
                    f"last slope {slope:.2f}", (0.05, 0.9), xycoords="axes fraction", fontsize=8
                )
            axis.grid(visible=True, which="major", linewidth=0.4)
            least, greatest = np.floor(np.log10(min(values))), np.ceil(np.log10(max(values)))
            axis.set_ylim(10**least, 10 ** (greatest + 0.3))
            axis.set_xlim(sizes[0] / 1.6, sizes[-1] * 1.6)
            axis.set_xticks(sizes, [f"{size:,}" for size in sizes], rotation=30)
            axis.minorticks_off()
            axis.tick_params(labelsize=8)
        column[1].set_xlabel(LABELS.get(what, what), fontsize=9)
    axes[0, 0].set_ylabel("processor time, s", fontsize=9)
    axes[1, 0].set_ylabel("peak memory, MB", fontsize=9)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None, dpi=150)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
