"""Small files of tracks for the tests of the import, made when they are needed."""

from __future__ import annotations

import json
from pathlib import Path

from netmodel.importing import Imported

METRE = 1 / 111_320
"""Degrees of latitude, or of longitude on the equator."""


def write_osm(
    path: Path,
    nodes: dict[int, tuple[float, float]],
    ways: dict[int, tuple[list[int], dict[str, str]]],
    stops: dict[int, dict[str, str]] | None = None,
) -> Path:
    """Write nodes (lon, lat), ways (refs, tags) and tags of nodes as an extract."""
    import osmium

    stops = stops or {}
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for number, place in nodes.items():
            tags = stops.get(number, {})
            writer.add_node(osmium.osm.mutable.Node(id=number, location=place, tags=tags))
        for number, (refs, tags) in ways.items():
            writer.add_way(osmium.osm.mutable.Way(id=number, nodes=refs, tags=tags))
    return path


def write_geojson(path: Path, features: list[tuple[object, dict[str, object]]]) -> Path:
    """Write (geometry or coordinates of a line, properties) as a FeatureCollection."""
    rows = []
    for shape, properties in features:
        geometry = (
            shape
            if shape is None or isinstance(shape, dict)
            else {"type": "LineString", "coordinates": shape}
        )
        rows.append({"type": "Feature", "properties": properties, "geometry": geometry})
    text = json.dumps({"type": "FeatureCollection", "features": rows}, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")
    return path


def point(lon: float, lat: float) -> dict[str, object]:
    """Return a GeoJSON point."""
    return {"type": "Point", "coordinates": [lon, lat]}


def at(x_m: float, y_m: float = 0.0) -> list[float]:
    """Return a place so many metres east and north of where the equator meets Greenwich."""
    return [x_m * METRE, y_m * METRE]


def adds_up(imported: Imported) -> None:
    """Every feature is accounted for once, and every target exists."""
    account, network = imported.account, imported.network
    assert sum(account.counts.values()) == account.read
    names = [entry.feature for entry in account.entries]
    assert len(set(names)) == len(names)
    known = {f"link {link.id}" for link in network.links}
    known |= {f"hub {hub.id}" for hub in network.hubs}
    known |= {f"station {each.name} on {each.link}" for each in network.stations}
    for entry in account.entries:
        assert (entry.disposition == "dropped") == (not entry.into), entry
        assert set(entry.into) <= known, entry
        assert entry.disposition != "dropped" or entry.reason
