"""An import keeps what a source says: gauges, directions, times, crossings, columns of stations."""

from __future__ import annotations

from pathlib import Path

import pytest

from netmodel.importing import import_network
from netmodel.network import read_network, write_network

from .railway_files import adds_up, at, point, write_geojson

pytest.importorskip("osmium")
pytest.importorskip("pyogrio")

A, B, C, D = at(0), at(20_000), at(40_000), at(20_000, 20_000)


def write_lines(tmp_path: Path, lines, **stations) -> Path:
    """Write lines (course, properties) and stations as GeoJSON."""
    points = [(point(*place), {"id": name, "name": name}) for name, place in stations.items()]
    named = [(course, {"id": f"w{n}", **tags}) for n, (course, tags) in enumerate(lines)]
    return write_geojson(tmp_path / "lines.geojson", [*named, *points])


# Gauges


def test_a_track_of_two_gauges_carries_both(tmp_path):
    lines = [
        ([A, B], {"gauge": "1520;1435"}),
        ([B, C], {"gauge": "1520"}),
        ([B, D], {"gauge": 1435}),
    ]
    imported = import_network(write_lines(tmp_path, lines, A=A, B=B, C=C, D=D), hubs="stations")
    adds_up(imported)
    network = read_network(write_network(imported.network, tmp_path / "net"))
    carried = {link.id: link.gauges_mm for link in network.links}
    assert carried == {"a--b": (1435, 1520), "b--c": (1520,), "b--d": (1435,)}
