"""Lines and stations of a GeoPackage, GeoJSON or shapefile."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netmodel.errors import InputError, Problem, did_you_mean, nearest_names
from netmodel.files.layers import Layer, on_earth, read_places, read_table
from netmodel.importing.source import FlatCrossing, Source, SourcePoint, coordinate_keys, pack_lines
from netmodel.importing.tags import (
    is_flat_crossing,
    is_name_key,
    is_station,
    names_of,
    other_mode,
    reason_to_drop,
)
from netmodel.importing.tracks import FloatArray
from netmodel.network.account import DROPPED, Entry

_LINE, _RING, _COLLECTION = 1, 2, 7
_AREAS = ("Polygon", "MultiPolygon")
_TABLES = {".csv", ".tsv", ".txt"}


def read_lines(
    path: Path | str,
    *,
    layer: str = "",
    id_column: str = "",
    crs: str = "",
    encoding: str = "",
    stations: Path | str | None = None,
    columns: Mapping[str, str] | None = None,
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
        A file of points or areas with a name, or a CSV table with columns of longitude and
        latitude.
    columns
        Which column of the source is which of netmodel, such as ``{"minutes": "RUNTIME"}``.
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
    more = None if stations is None else _read_stations(Path(stations), columns, crs, encoding)
    check_columns(columns or {}, [*table.attributes, *(more.attributes if more else ())])
    table, crossings = _take_crossings(_with_columns(table, columns))
    points, point_entries = _points_of(table, include, name_key)
    source = _lines_of(table, include)
    if more is not None:
        more = _with_columns(more, columns)
        found, dropped = _points_of(more, include, name_key, prefix="station/")
        points, point_entries = [*points, *found], [*point_entries, *dropped]
    source = replace(source, points=tuple(points))
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
    table: Layer, include: Collection[str], name_key: str, *, prefix: str = ""
) -> tuple[list[SourcePoint], list[Entry]]:
    """Return the named points of a table, with areas as their middle, and those of no use.

    Parameters
    ----------
    prefix
        Of a table that holds nothing but stations; without one, only areas that are tagged as
        stations are taken for stations, and lines are left to others.
    """
    found, entries = [], []
    for each, shape, tags in zip(table.ids, table.shapes, table.attributes, strict=True):
        middle = _middle(shape)
        if not prefix and (middle is None or not _is_place(shape, tags)):
            continue
        folded = {key.casefold(): text for key, text in tags.items()}
        name, aliases = names_of(folded, name_key)
        reason = _reason_no_place(middle, name, tags)
        if reason or middle is None:
            entries.append(Entry(feature=prefix + each, disposition=DROPPED, reason=reason))
            continue
        found.append(
            SourcePoint(
                feature=prefix + each, name=name, lon=middle.x, lat=middle.y, aliases=aliases,
                other_mode=other_mode(tags, include),
                columns={
                    key.casefold() if key.casefold() in STATION_FIELDS else key: text
                    for key, text in tags.items()
                    if not is_name_key(key.casefold())
                },
            )
        )  # fmt: skip
    return found, entries


def _middle(shape: Any) -> Any:
    """Return a point, or the middle of an area; nothing of any other shape."""
    if shape is None or shape.is_empty:
        return None
    if shape.geom_type == "Point":
        return shape
    return shape.centroid if shape.geom_type in _AREAS else None


def _is_place(shape: Any, tags: Mapping[str, str]) -> bool:
    """Whether a shape among lines is a place: any point, and an area that is a station."""
    return _is_point(shape) or (shape.geom_type in _AREAS and is_station(tags))


def _reason_no_place(middle: Any, name: str, tags: Mapping[str, str]) -> str:
    if middle is None:
        return "neither a point nor an area"
    kind = tags.get("railway") or tags.get("fclass") or ""
    if kind and not is_station(tags):
        return f"railway={kind} is not a station"
    if not (abs(middle.x) <= 180 and abs(middle.y) <= 90):
        return "coordinates out of range"
    return "" if name else "a point without a name"


def _read_stations(path: Path, columns: Mapping[str, str] | None, crs: str, encoding: str) -> Layer:
    """Return a file of stations: a table of text, or what pyogrio reads."""
    if path.suffix.casefold() not in _TABLES:
        return read_table(path, crs=crs, encoding=encoding, wanted="Point")
    return read_places(path, columns or {})


LINE_FIELDS = (
    "length_km", "minutes", "speed_kmh", "capacity_trains_per_day", "direction", "tracks",
    "electrified", "gauge_mm", "line_class", "length_basis",
)  # fmt: skip
STATION_FIELDS = ("name", "population", "country", "region", "lon", "lat")
"""What the columns of a source may be named to be; see `read_lines`."""


def check_columns(columns: Mapping[str, str], rows: Iterable[Mapping[str, str]]) -> None:
    """Check that each field is one of netmodel and each column one of the source.

    Raises
    ------
    InputError
        With every one that is not, and the nearest names.
    """
    if not columns:
        return
    fields = (*LINE_FIELDS, *STATION_FIELDS)
    present = {column for row in rows for column in row}
    problems = []
    for name, column in columns.items():
        if name not in fields:
            remedy = did_you_mean(nearest_names(name, fields)) or f"one of {', '.join(fields)}"
            problems.append(Problem(what=f"{name!r} is not known", where="columns", remedy=remedy))
        if column not in present and name not in {"lon", "lat"}:
            near = did_you_mean(nearest_names(column, present))
            remedy = near or f"it has {', '.join(sorted(present))}"
            what = f"the source has no column {column!r}"
            problems.append(Problem(what=what, where="columns", remedy=remedy))
    if problems:
        raise InputError(problems)


def name_columns(
    rows: Iterable[Mapping[str, str]], columns: Mapping[str, str] | None
) -> tuple[Mapping[str, str], ...]:
    """Return rows in which the columns of a source have the names of netmodel in addition."""
    if not columns:
        return tuple(rows)
    return tuple(
        {**row, **{name: row[column] for name, column in columns.items() if column in row}}
        for row in rows
    )


def _with_columns(table: Layer, columns: Mapping[str, str] | None) -> Layer:
    rows = tuple(dict(row) for row in name_columns(table.attributes, columns))
    return replace(table, attributes=rows)


def _lines_of(table: Layer, include: Collection[str]) -> Source:
    """Return the lines of a table as a source; what is not a usable line becomes an entry."""
    import shapely

    inside = on_earth(table.shapes)
    with np.errstate(invalid="ignore"):
        simple = shapely.is_simple(table.shapes) | (
            shapely.get_type_id(table.shapes) == _COLLECTION
        )
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
        if plain[number] is None and _middle(shape) is not None and _is_place(shape, tags):
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
        offsets=offsets, owner=np.array(owner, dtype=np.int64),
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
