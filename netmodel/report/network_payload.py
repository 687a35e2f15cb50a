"""The network of a record in map units: hubs, links, courses, and where to look first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netmodel.report.projection import PlaneMap, as_steps
from netmodel.report.strings import Phrases
from netmodel.report.wording import choose_name, show_controls
from netmodel.study.record import RunRecord

COURSE_TOLERANCE_UNITS = 2.0
COURSE_POINTS_KEPT = 120_000
_NAME_LIMIT = 120


def encode_network(record: RunRecord, plane: PlaneMap, phrases: Phrases) -> dict[str, object]:
    """Return hubs, links and courses as columns of plain values."""
    hubs, links = record.hubs, record.links
    places = np.rint(plane.project(hubs["lon"], hubs["lat"])).astype(int)
    position = {hub: number for number, hub in enumerate(hubs.index)}
    regions, region_names = pd.factorize(np.array(_region_titles(hubs, phrases), dtype=object))
    classes, class_names = pd.factorize(links["line_class"])
    population = pd.to_numeric(hubs["population"]).fillna(0).astype(float).astype(int)
    return {
        "hubs": {
            "id": [str(hub) for hub in hubs.index],
            "name": hub_names(record, phrases.language),
            "x": places[:, 0].tolist(),
            "y": places[:, 1].tolist(),
            "region": regions.tolist(),
            "population": population.tolist(),
            "demand": np.flatnonzero(hubs["in_demand"].to_numpy(int)).tolist(),
            "anchors": np.flatnonzero(hubs["is_anchor"].to_numpy(int)).tolist(),
        },
        "regions": list(region_names),
        "links": {
            "from": [position[hub] for hub in links["from"]],
            "to": [position[hub] for hub in links["to"]],
            "km": [round(float(km), 1) for km in links["length_km"]],
            "class": classes.tolist(),
            "course": _courses(links["course"], plane),
        },
        "classes": [str(name) for name in class_names],
        "focus": _focus(record, places, position),
    }


def hub_names(record: RunRecord, language: str) -> list[str]:
    """Return the hubs' names in a language, in the order of the table."""
    hubs = record.hubs
    return [
        shorten(show_controls(choose_name(str(name), str(aliases), language)))
        for name, aliases in zip(hubs["name"], hubs["aliases"], strict=True)
    ]


def shorten(text: str, limit: int = _NAME_LIMIT) -> str:
    """Return a text that is too long for a map or a table cell with its end left out."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _region_titles(hubs: pd.DataFrame, phrases: Phrases) -> list[str]:
    """Return the region each hub is grouped under; its country where it names none."""
    return [
        shorten(show_controls(phrases.find("region", str(region), str(region) or str(country))))
        for region, country in zip(hubs["region"], hubs["country"], strict=True)
    ]


def _courses(courses: pd.Series, plane: PlaneMap) -> dict[str, list[int]]:
    """Return the courses that are more than a straight line, by link number."""
    import shapely

    lines = {number: text for number, text in enumerate(courses) if isinstance(text, str) and text}
    if not lines:
        return {}
    counts, flat = [], []
    for text in lines.values():
        points = [pair.split(",") for pair in text.split()]
        counts.append(len(points))
        flat += [(float(lon), float(lat)) for lon, lat in points]
    degrees = np.array(flat)
    places = plane.project(degrees[:, 0], degrees[:, 1])
    shapes = shapely.linestrings(places, indices=np.repeat(np.arange(len(counts)), counts))
    tolerance = COURSE_TOLERANCE_UNITS
    simple = shapely.simplify(shapes, tolerance)
    while shapely.get_num_coordinates(simple).sum() > COURSE_POINTS_KEPT:
        tolerance *= 2
        simple = shapely.simplify(shapes, tolerance)
    return {
        str(number): as_steps(shapely.get_coordinates(shape))
        for number, shape in zip(lines, simple, strict=True)
        if shapely.get_num_coordinates(shape) > 2
    }


def _focus(record: RunRecord, places: NDArray[np.int_], position: Mapping[str, int]) -> list[int]:
    """Return the extent that the map shows first: places with demand and studied outages."""
    wanted = set(np.flatnonzero(record.hubs["in_demand"].to_numpy(int)).tolist())
    studied = record.outages[record.outages["standing"] == 0]["link"]
    ends = record.links.reindex(studied.unique())[["from", "to"]].dropna()
    wanted |= {position[hub] for hub in ends.to_numpy().ravel()}
    chosen = places[sorted(wanted)] if wanted else places
    if not len(chosen):
        return [-1000, -1000, 1000, 1000]
    low, high = chosen.min(axis=0), chosen.max(axis=0)
    return [int(value) for value in (*low, *high)]


def extent_of(records: Sequence[RunRecord]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return longitudes and latitudes of all hubs of some records."""
    lon = np.concatenate([record.hubs["lon"].to_numpy(float) for record in records])
    lat = np.concatenate([record.hubs["lat"].to_numpy(float) for record in records])
    return lon, lat
