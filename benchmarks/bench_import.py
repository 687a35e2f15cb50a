"""Import of a generated railway of 300,000 lines: processor time and peak memory.

Run ``python benchmarks/bench_import.py [LINES]``. The lines are those of a grid of main lines
1.5 km a piece, of which a fifth is taken out at random (seed 7), so that most of its nodes have
degree 3 or less; a tenth of the lines is drawn a few metres short of its node and must be
snapped. The reading of the file is included, the making of it is not.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from netmodel.importing.importer import import_network
from netmodel.network.formats import write_network

SPACING_DEGREES = 0.0135
TARGET_SECONDS, TARGET_GIB = 60.0, 4.0


def write_grid(path: Path, lines: int, seed: int = 7) -> None:
    """Write a GeoJSON file of so many lines."""
    random = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(lines / 1.6))) + 1
    column, row = np.meshgrid(np.arange(side), np.arange(side))
    lon = (20 + column * SPACING_DEGREES * 1.5).ravel()
    lat = (45 + row * SPACING_DEGREES).ravel()
    node = np.arange(side * side).reshape(side, side)
    pairs = np.vstack(
        [
            np.column_stack([node[:, :-1].ravel(), node[:, 1:].ravel()]),
            np.column_stack([node[:-1].ravel(), node[1:].ravel()]),
        ]
    )
    pairs = pairs[np.sort(random.permutation(len(pairs))[:lines])]
    short = random.random(len(pairs)) < 0.1
    with path.open("w", encoding="utf-8") as stream:
        stream.write('{"type":"FeatureCollection","features":[\n')
        for number, (tail, head) in enumerate(pairs.tolist()):
            first, last = np.array([lon[tail], lat[tail]]), np.array([lon[head], lat[head]])
            middle = (first + last) / 2 + 0.0007
            if short[number]:
                last = last + 0.01 * (middle - last)
            course = [[round(float(x), 7) for x in xy] for xy in (first, middle, last)]
            feature = {
                "type": "Feature",
                "properties": {"id": number, "usage": "main", "name": f"Лінія {number % 97}"},
                "geometry": {"type": "LineString", "coordinates": course},
            }
            stream.write(("," if number else "") + json.dumps(feature, ensure_ascii=False) + "\n")
        stream.write("]}\n")


def main(lines: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "grid.geojson"
        write_grid(path, lines)
        before = time.process_time(), time.perf_counter()
        imported = import_network(path)
        seconds = time.process_time() - before[0], time.perf_counter() - before[1]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print("\n".join(imported.account.lines()))
        print(f"{imported.network!r}")
        print(
            f"import of {lines:,} lines: {seconds[0]:.1f} s of processor time "
            f"({seconds[1]:.1f} s by the clock), peak {peak:.2f} GiB; "
            f"targets {TARGET_SECONDS:g} s and {TARGET_GIB:g} GiB"
        )
        begin = time.process_time()
        write_network(imported.network, Path(folder) / "out")
        print(f"written as CSV: {time.process_time() - begin:.1f} s of processor time")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300_000)
