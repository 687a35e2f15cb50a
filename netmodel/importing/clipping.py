"""Cutting the lines and points of a source to an area."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from netmodel.errors import InputError, Problem
from netmodel.importing.source import Source, coordinate_keys, pack_lines
from netmodel.importing.tags import stated_figures
from netmodel.importing.tracks import FloatArray, cumulative_m
from netmodel.network.account import DROPPED, Entry

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

OUTSIDE = "outside the clip"


def read_clip(clip: str | Path | Sequence[float]) -> BaseGeometry:
    """Return the area of a clip: four numbers west, south, east, north, or a file of polygons.

    Parameters
    ----------
    clip
        ``(22.0, 44.0, 40.0, 52.5)``, the same as text with commas, or a GeoJSON file (read
        here) or GeoPackage or shapefile (read by pyogrio) of polygons.

    Raises
    ------
    InputError
        If the box is turned round or out of range, or the file has no polygon.

    Examples
    --------
    >>> read_clip("22, 44, 40, 52.5").bounds
    (22.0, 44.0, 40.0, 52.5)
    """
    import shapely

    if not isinstance(clip, (str, Path)):
        return _box([float(number) for number in clip])
    try:
        return _box([float(part) for part in str(clip).split(",")])
    except ValueError as error:
        if isinstance(error, InputError):
            raise
    path = Path(clip)
    if not path.is_file():
        remedy = "give west,south,east,north or a file of polygons"
        raise InputError([Problem(what="no such file", where=str(clip), remedy=remedy)])
    shapes = _shapes_of(path)
    areas = [shape for shape in shapes if shape is not None and "Polygon" in shape.geom_type]
    if not areas:
        raise InputError([Problem(what="has no polygon", where=path.name)])
    return shapely.make_valid(shapely.union_all(areas))


def _box(numbers: Sequence[float]) -> BaseGeometry:
    import shapely

    remedy = "give west,south,east,north in degrees"
    if len(numbers) != 4:
        what = f"a bounding box has four numbers, not {len(numbers)}"
        raise InputError([Problem(what=what, where="clip", remedy=remedy)])
    west, south, east, north = numbers
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        what = f"bounding box (={west:g}, {south:g}, {east:g}, {north:g}) is turned round"
        raise InputError([Problem(what=what, where="clip", remedy=remedy)])
    return shapely.box(west, south, east, north)


def _shapes_of(path: Path) -> list[BaseGeometry]:
    import shapely

    if path.suffix.casefold() not in {".geojson", ".json"}:
        from netmodel.files.layers import read_table

        return list(read_table(path, wanted="Polygon").shapes)
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        features = data.get("features", [data])
        texts = [json.dumps(each.get("geometry", each)) for each in features]
        return [shapely.from_geojson(text) for text in texts]
    except (ValueError, AttributeError, shapely.errors.ShapelyError) as error:
        what = f"is not GeoJSON ({error})"
        raise InputError([Problem(what=what, where=path.name)]) from error


def clip_source(source: Source, area: BaseGeometry) -> Source:
    """Return what of a source lies within an area; lines across its edge are cut there.

    Raises
    ------
    InputError
        If nothing lies within it.
    """
    import shapely

    shapely.prepare(area)
    counts = np.diff(source.offsets)
    lines = shapely.linestrings(source.lonlat, indices=np.repeat(np.arange(len(counts)), counts))
    whole = shapely.covers(area, lines)
    crossing = np.flatnonzero(~whole & shapely.intersects(area, lines))
    keys = source.vertex_keys
    keys = coordinate_keys(source.lonlat) if keys is None else keys
    courses: list[FloatArray] = []
    vertex_keys: list[np.ndarray] = []
    owner: list[int] = []
    fresh_key = int(min(keys.min(initial=0), 0)) - 1
    cut: set[int] = set()
    for number in sorted([*np.flatnonzero(whole).tolist(), *crossing.tolist()]):
        span = slice(int(source.offsets[number]), int(source.offsets[number + 1]))
        if whole[number]:
            parts = [source.lonlat[span]]
        else:
            parts = _inner_parts(area, lines[number])
            cut.add(int(source.owner[number]))
        place = {
            tuple(xy): int(key)
            for xy, key in zip(source.lonlat[span].tolist(), keys[span], strict=True)
        }
        for part in parts:
            here = [place.get(tuple(xy)) for xy in part.tolist()]
            for position, key in enumerate(here):
                if key is None:
                    here[position], fresh_key = fresh_key, fresh_key - 1
            courses.append(part)
            vertex_keys.append(np.array(here, dtype=np.int64))
            owner.append(int(source.owner[number]))
    if not courses:
        problem = Problem(what="no line lies within the clip", where=source.name)
        raise InputError([problem])
    return _clipped(source, area, courses, vertex_keys, owner, cut)


def _inner_parts(area: BaseGeometry, line: BaseGeometry) -> list[FloatArray]:
    import shapely

    inner = shapely.intersection(line, area)
    parts = [shapely.get_coordinates(part) for part in shapely.get_parts(inner)]
    return [part for part in parts if len(part) >= 2]


def _shared_out(
    source: Source,
    kept: Sequence[int],
    courses: Sequence[FloatArray],
    owner: Sequence[int],
    cut: set[int],
) -> tuple[Mapping[str, str], ...]:
    """Return the attributes of what is kept; a line that was cut has its share of its figures."""
    drawn, inside = dict.fromkeys(cut, 0.0), dict.fromkeys(cut, 0.0)
    for number, feature in enumerate(source.owner.tolist()):
        if feature in cut:
            span = slice(int(source.offsets[number]), int(source.offsets[number + 1]))
            drawn[feature] += float(cumulative_m(source.lonlat[span])[-1])
    for feature, course in zip(owner, courses, strict=True):
        if feature in cut:
            inside[feature] += float(cumulative_m(course)[-1])
    found = []
    for number in kept:
        tags = source.attributes[number]
        if number in cut and drawn[number] > 0:
            figures = stated_figures(tags)
            whole = {"length_km": figures.length_km, "minutes": figures.minutes}
            share = inside[number] / drawn[number]
            tags = {**tags, **{key: f"{x * share:.6f}" for key, x in whole.items() if x}}
        found.append(tags)
    return tuple(found)


def _clipped(
    source: Source,
    area: BaseGeometry,
    courses: list[FloatArray],
    vertex_keys: list[np.ndarray],
    owner: list[int],
    cut: set[int],
) -> Source:
    import shapely

    kept = sorted(set(owner))
    position = {old: new for new, old in enumerate(kept)}
    entries = [
        Entry(feature=feature, disposition=DROPPED, reason=OUTSIDE)
        for number, feature in enumerate(source.features)
        if number not in position
    ]
    points = []
    for point in source.points:
        if shapely.intersects_xy(area, point.lon, point.lat):
            points.append(point)
        else:
            entries.append(Entry(feature=point.feature, disposition=DROPPED, reason=OUTSIDE))
    notes = dict(source.notes)
    for number in cut & set(kept):
        feature = source.features[number]
        notes[feature] = "; ".join(filter(None, [notes.get(feature, ""), "cut by the clip"]))
    lonlat, offsets = pack_lines(courses)
    return replace(
        source,
        features=tuple(source.features[number] for number in kept),
        attributes=_shared_out(source, kept, courses, owner, cut),
        lonlat=lonlat,
        offsets=offsets,
        owner=np.array([position[each] for each in owner], dtype=np.int64),
        vertex_keys=np.concatenate(vertex_keys),
        points=tuple(points),
        entries=(*source.entries, *entries),
        notes=notes,
    )
