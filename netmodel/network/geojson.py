"""A network as one GeoJSON file: hubs and stations as points, links as lines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from netmodel.errors import InputError, Problem
from netmodel.files.whole import write_file
from netmodel.network.csv_folder import place_on_link
from netmodel.network.railway import Network
from netmodel.network.rows import (
    cell_text,
    from_field,
    network_rows,
    parse_network,
    to_field,
    type_cell,
)

LAYERS = {"hubs": "hubs.csv", "links": "links.csv", "stations": "stations.csv"}
_LAYER = "layer"
_COURSE = "course_stored"
_RESERVED = frozenset({_LAYER, _COURSE})
_REMEDY = "bring other files in with: netmodel network import"


def write_geojson(network: Network, path: Path) -> None:
    """Write one feature for each hub, link and station, with its columns and its ``layer``.

    A missing value is left out. A link whose course is not known is drawn straight, with
    ``course_stored`` false.
    """
    tables = network_rows(network)
    features = []
    for row, hub in zip(tables["hubs.csv"][1], network.hubs, strict=True):
        features.append(_feature("hubs", row, "Point", [hub.lon, hub.lat]))
    for row, link in zip(tables["links.csv"][1], network.links, strict=True):
        course = [list(xy) for xy in network.line(link.id)]
        feature = _feature("links", row, "LineString", course)
        feature["properties"][_COURSE] = link.id in network.geometry
        features.append(feature)
    for row, station in zip(tables["stations.csv"][1], network.stations, strict=True):
        lon, lat = place_on_link(network, station.link, station.km)
        features.append(_feature("stations", row, "Point", [lon, lat]))
    collection = {"type": "FeatureCollection", "name": network.name, "features": features}
    write_file(path, json.dumps(collection, ensure_ascii=False) + "\n")


def _feature(layer: str, row: Mapping[str, str], kind: str, place: object) -> dict[str, Any]:
    cells = {
        to_field(column, _RESERVED): type_cell(column, text) for column, text in row.items() if text
    }
    return {
        "type": "Feature",
        "properties": {_LAYER: layer, **cells},
        "geometry": {"type": kind, "coordinates": place},
    }


def read_geojson(path: Path, *, name: str = "") -> Network:
    """Read a network that `write_geojson` wrote.

    Raises
    ------
    InputError
        If the file is not GeoJSON, none of its features says its ``layer``, or a row is wrong.
    """
    try:
        collection = json.loads(path.read_text(encoding="utf-8-sig"))
        features = [dict(each) for each in collection["features"]]
        layers = [dict(each.get("properties") or {}).get(_LAYER) for each in features]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        what = f"not a GeoJSON FeatureCollection ({error})"
        raise InputError([Problem(what=what, where=path.name)]) from error
    if layers and not any(layer in LAYERS for layer in layers):
        what = "not a network: no feature has the property layer (hubs, links or stations)"
        raise InputError([Problem(what=what, where=path.name, remedy=_REMEDY)])
    rows: dict[str, list[dict[str, str]]] = {file: [] for file in LAYERS.values()}
    courses: dict[str, tuple[tuple[float, float], ...]] = {}
    for number, (layer, feature) in enumerate(zip(layers, features, strict=True), start=1):
        where = f"{path.name}: feature {number}"
        if layer not in LAYERS:
            what = f"layer (={layer!r}) is not hubs, links or stations"
            raise InputError([Problem(what=what, where=where)])
        cells = dict(feature["properties"])
        stored = cells.pop(_COURSE, True)
        del cells[_LAYER]
        row = {from_field(field): cell_text(value) for field, value in cells.items()}
        rows[LAYERS[layer]].append(row)
        if layer == "links" and stored:
            courses[row.get("id", "")] = _read_course(feature, where)
    title = name or cell_text(collection.get("name")) or path.stem
    return parse_network(rows, courses, name=title, source=path.name)


def _read_course(feature: Mapping[str, Any], where: str) -> tuple[tuple[float, float], ...]:
    try:
        kind, points = feature["geometry"]["type"], feature["geometry"]["coordinates"]
        if kind == "LineString":
            return tuple((float(xy[0]), float(xy[1])) for xy in points)
    except (ValueError, LookupError, TypeError, OverflowError) as error:
        raise InputError([Problem(what=f"not a line ({error})", where=where)]) from error
    raise InputError([Problem(what=f"{kind} where a LineString is needed", where=where)])
