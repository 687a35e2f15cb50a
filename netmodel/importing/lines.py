"""Lines and stations of a GeoPackage, GeoJSON or shapefile."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netmodel.errors import InputError, Problem
from netmodel.files.layers import Layer, on_earth, read_table
from netmodel.importing.source import FlatCrossing, Source, SourcePoint, coordinate_keys, pack_lines
from netmodel.importing.tags import is_flat_crossing, names_of, other_mode, reason_to_drop
from netmodel.importing.tracks import FloatArray
from netmodel.network.account import DROPPED, Entry

_POINT, _LINE, _RING, _COLLECTION = 0, 1, 2, 7


def read_lines(
    path: Path | str,
    *,
    layer: str = "",
    id_column: str = "",
    crs: str = "",
    encoding: str = "",
    stations: Path | str | None = None,
    include: Collection[str] = (),
    name_key: str = "name",
) -> Source:
    """Read tracks from a file of lines, and stations from its points or from a second file.

    Parameters
    ----------
    layer
        Which layer, where the file has several with lines.
    id_column
        The attribute that identifies a line; otherwise the first of ``osm_id``, ``id`` and the
        like, otherwise its number in the file.
    crs
        The coordinate system of the file where it states none, such as ``EPSG:28404``.
    encoding
        Of the text of a shapefile, such as ``CP1251``.
    stations
        A file of points with a name.
    include, name_key
        As for `netmodel.importing.osm.read_osm`; a column ``railway`` or ``fclass`` is heeded.

    Raises
    ------
    InputError
        If pyogrio is absent, or the file is damaged, empty, without a coordinate system, without
        lines, or has its coordinates outside the Earth.
    """
    path = Path(path)
    table = read_table(path, layer=layer, id_column=id_column, crs=crs, encoding=encoding)
    table, crossings = _take_crossings(table)
    points, point_entries = _points_of(table, include, name_key, prefix="")
    if stations is not None:
        more = read_table(Path(stations), crs=crs, encoding=encoding, wanted="Point")
        found, dropped = _points_of(more, include, name_key, prefix="station/")
        points, point_entries = [*points, *found], [*point_entries, *dropped]
        lines_there = [
            Entry(feature=f"station/{each}", disposition=DROPPED, reason="no point with a name")
            for each, shape in zip(more.ids, more.shapes, strict=True)
            if not _is_point(shape)
        ]
        point_entries += lines_there
    source = _lines_of(table, include, points)
    if not source.features:
        kinds = sorted({_kind(shape) for shape in table.shapes})
        what = f"no line that can be used among {len(table.ids):,} features ({', '.join(kinds)})"
        remedy = "; ".join(dict.fromkeys(entry.reason for entry in source.entries[:1000]))
        raise InputError([Problem(what=what, where=path.name, remedy=remedy or "give lines")])
    return replace(source, entries=(*source.entries, *point_entries), crossings=crossings)


def _take_crossings(table: Layer) -> tuple[Layer, tuple[FlatCrossing, ...]]:
    """Return a table without its points at which tracks cross on the level, and these."""
    taken = [
        _is_point(shape) and is_flat_crossing(tags)
        for shape, tags in zip(table.shapes, table.attributes, strict=True)
    ]
    found = tuple(
        FlatCrossing(
            feature=each, key=int(coordinate_keys(np.array([[shape.x, shape.y]]))[0]),
            lon=shape.x, lat=shape.y,
        )
        for each, shape, gone in zip(table.ids, table.shapes, taken, strict=True)
        if gone
    )  # fmt: skip
    rest = [number for number, gone in enumerate(taken) if not gone]
    return replace(
        table,
        ids=tuple(table.ids[number] for number in rest),
        shapes=table.shapes[rest],
        attributes=tuple(table.attributes[number] for number in rest),
    ), found


def _kind(shape: Any) -> str:
    return "no geometry" if shape is None else str(shape.geom_type)


def _is_point(shape: Any) -> bool:
    return shape is not None and shape.geom_type == "Point" and not shape.is_empty


def _points_of(
    table: Layer, include: Collection[str], name_key: str, *, prefix: str
) -> tuple[list[SourcePoint], list[Entry]]:
    """Return the named points of a table, and those that have no name."""
    import shapely

    found, entries = [], []
    for number in np.flatnonzero(shapely.get_type_id(table.shapes) == _POINT).tolist():
        shape, tags = table.shapes[number], table.attributes[number]
        if shape.is_empty:
            continue
        feature = prefix + table.ids[number]
        name, aliases = names_of({key.casefold(): text for key, text in tags.items()}, name_key)
        reason = "" if name else "a point without a name"
        if not (abs(shape.x) <= 180 and abs(shape.y) <= 90):
            reason = "coordinates out of range"
        if reason:
            entries.append(Entry(feature=feature, disposition=DROPPED, reason=reason))
            continue
        found.append(
            SourcePoint(feature=feature, name=name, lon=shape.x, lat=shape.y,
                        aliases=aliases, other_mode=other_mode(tags, include))
        )  # fmt: skip
    return found, entries


def _lines_of(table: Layer, include: Collection[str], points: list[SourcePoint]) -> Source:
    """Return the lines of a table as a source; what is not a usable line becomes an entry."""
    import shapely

    inside = on_earth(table.shapes)
    simple = shapely.is_simple(table.shapes) | (shapely.get_type_id(table.shapes) == _COLLECTION)
    plain = _courses(table.shapes)
    courses: list[FloatArray] = []
    owner: list[int] = []
    features: list[str] = []
    attributes: list[Mapping[str, str]] = []
    entries: list[Entry] = []
    notes: dict[str, str] = {}
    seen: dict[bytes, str] = {}
    for number, (each, shape, tags) in enumerate(
        zip(table.ids, table.shapes, table.attributes, strict=True)
    ):
        if plain[number] is None and _is_point(shape):
            continue
        parts, reason, note = _usable_parts(shape, plain[number], seen)
        reason = reason_to_drop(tags, include) or reason
        if parts and not inside[number]:
            reason = "coordinates out of range"
        if reason:
            entries.append(Entry(feature=each, disposition=DROPPED, reason=reason, note=note))
            continue
        for part in parts:
            seen[course_key(part)] = each
        courses += parts
        owner += [len(features)] * len(parts)
        features.append(each)
        attributes.append(tags)
        remarks = [note] if note else []
        if not simple[number]:
            remarks.append("crosses itself")
        if "#" in each:
            remarks.append("its id is used more than once")
        if remarks:
            notes[each] = "; ".join(remarks)
    lonlat, offsets = pack_lines(courses)
    return Source(
        name=table.name, features=tuple(features), attributes=tuple(attributes), lonlat=lonlat,
        offsets=offsets, owner=np.array(owner, dtype=np.int64), points=tuple(points),
        entries=tuple(entries), notes=notes,
    )  # fmt: skip


def _courses(shapes: NDArray[np.object_]) -> list[list[FloatArray] | None]:
    """Return the courses of plain lines, ``None`` for what is none; all at once, for speed."""
    import shapely

    plain = np.flatnonzero(
        np.isin(shapely.get_type_id(shapes), (_LINE, _RING)) & ~shapely.is_empty(shapes)
    )
    lonlat, number = shapely.get_coordinates(shapes[plain], return_index=True)
    fresh = np.ones(len(lonlat), dtype=bool)
    fresh[1:] = (lonlat[1:] != lonlat[:-1]).any(axis=1) | (number[1:] != number[:-1])
    lonlat, number = lonlat[fresh], number[fresh]
    ends = np.cumsum(np.bincount(number, minlength=len(plain))).tolist()
    found: list[list[FloatArray] | None] = [None] * len(shapes)
    begin = 0
    for position, end in zip(plain.tolist(), ends, strict=True):
        found[position] = [lonlat[begin:end]] if end - begin >= 2 else []
        begin = end
    return found


def _usable_parts(
    shape: Any, plain: list[FloatArray] | None, seen: Mapping[bytes, str]
) -> tuple[list[FloatArray], str, str]:
    """Return the courses of a shape, or why it has none, and a note."""
    if plain is None and shape is None:
        return [], "no geometry, or a line of one point", ""
    note = ""
    if plain is None:
        if shape.is_empty:
            return [], "empty geometry", ""
        plain, note = _parts_of(shape)
        if note == "":
            return [], f"{shape.geom_type} is not a line", ""
    if not plain:
        return [], "a line of no length", note
    fresh = [course for course in plain if course_key(course) not in seen]
    if not fresh:
        return [], "the same course as another feature", f"as {seen[course_key(plain[0])]}"
    return fresh, "", note


def _parts_of(shape: Any) -> tuple[list[FloatArray], str]:
    """Return the courses of the lines among the parts of a shape; no note when there are none."""
    import shapely

    pieces = shapely.get_parts(shape)
    lines = pieces[np.isin(shapely.get_type_id(pieces), (_LINE, _RING))]
    if not len(lines):
        return [], ""
    note = f"{len(pieces)} parts"
    if len(lines) < len(pieces):
        note += f", of which {len(pieces) - len(lines)} are not lines"
    return [course for found in _courses(lines) if found for course in found], note


def course_key(course: FloatArray) -> bytes:
    """Return the same bytes for the same course, whichever way it runs.

    Examples
    --------
    >>> course = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> course_key(course) == course_key(course[::-1])
    True
    """
    return min(course.tobytes(), course[::-1].tobytes())
