"""A network as a GeoPackage with layers hubs, links and stations, as QGIS opens it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from netmodel.errors import InputError, Problem, require_extra
from netmodel.files.layers import import_pyogrio
from netmodel.files.whole import whole_file
from netmodel.network.csv_folder import place_on_link
from netmodel.network.railway import Network
from netmodel.network.rows import (
    ABOUT,
    ALIASES,
    NUMBERS,
    WHOLE_NUMBERS,
    cell_text,
    from_field,
    network_rows,
    parse_network,
    to_field,
)

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

LAYERS = {"hubs": "hubs.csv", "links": "links.csv", "stations": "stations.csv"}
_KINDS = {"hubs": "Point", "links": "LineString", "stations": "Point"}
_BESIDE = {"about": ABOUT, "aliases": ALIASES}
"""Tables without shapes, where the network has any."""
_COURSE = "course_stored"
_RESERVED = frozenset({"fid", "geom", "geometry", _COURSE, "row_number"})


def write_geopackage(network: Network, path: Path) -> None:
    """Write a network as a GeoPackage.

    The layers have the columns of the CSV files; a missing value is NULL. A link without a
    stored course is drawn straight, with ``course_stored`` 0. The bytes are not the same each
    time, since a GeoPackage holds the time of its making.

    Raises
    ------
    InputError
        If pyogrio is absent, or the file cannot be written.
    """
    import shapely

    pyogrio = require_extra(import_pyogrio(), "pyogrio", "writing a GeoPackage")
    tables = network_rows(network)
    shapes = {
        "hubs": [shapely.Point(hub.lon, hub.lat) for hub in network.hubs],
        "links": [shapely.LineString(_drawn(network, link.id)) for link in network.links],
        "stations": [
            shapely.Point(place_on_link(network, each.link, each.km)) for each in network.stations
        ],
    }
    stored = [link.id in network.geometry for link in network.links]
    with whole_file(path) as fresh, _clear_errors(path), _quiet():
        for number, (layer, file) in enumerate(LAYERS.items()):
            columns, rows = tables[file]
            more = {_COURSE: np.array(stored, dtype=np.int32)} if layer == "links" else {}
            fields, data, masks = _to_arrays(columns, rows, more)
            pyogrio.raw.write(
                fresh, shapely.to_wkb(np.array(shapes[layer], dtype=object)), data, fields,
                field_mask=masks, layer=layer, driver="GPKG", append=number > 0,
                geometry_type=_KINDS[layer], crs="EPSG:4326",
            )  # fmt: skip
        for layer, file in _BESIDE.items():
            if file not in tables:
                continue
            fields, data, masks = _to_arrays(*tables[file], {})
            pyogrio.raw.write(
                fresh, None, data, fields, field_mask=masks, layer=layer, driver="GPKG",
                append=True, geometry_type=None, crs=None,
            )  # fmt: skip


@contextmanager
def _clear_errors(path: Path) -> Iterator[None]:
    """Turn an error of the library that writes into a problem of the place."""
    try:
        yield
    except (RuntimeError, OSError) as error:
        raise InputError([Problem(what=f"cannot be written ({error})", where=str(path))]) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep pyogrio from reporting each layer it makes."""
    logger = logging.getLogger("pyogrio")
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)


def _drawn(network: Network, link_id: str) -> Sequence[tuple[float, float]]:
    course = network.line(link_id)
    return course if len(course) >= 2 else (*course, *course)


def _to_arrays(
    columns: Sequence[str], rows: Sequence[Mapping[str, str]], more: Mapping[str, NDArray[Any]]
) -> tuple[list[str], list[NDArray[Any]], list[NDArray[np.bool_] | None]]:
    """Return field names, values and masks of missing values."""
    fields: list[str] = []
    data: list[NDArray[Any]] = []
    masks: list[NDArray[np.bool_] | None] = []
    for column in columns:
        texts = [row.get(column, "") for row in rows]
        missing = np.array([not text for text in texts], dtype=bool)
        if column in NUMBERS:
            data.append(np.array([float(text or "nan") for text in texts]))
        elif column in WHOLE_NUMBERS:
            data.append(np.array([int(text or 0) for text in texts], dtype=np.int64))
        else:
            data.append(np.array([text or None for text in texts], dtype=object))
        fields.append(to_field(column, _RESERVED))
        masks.append(missing)
    for name, values in more.items():
        fields.append(name)
        data.append(values)
        masks.append(None)
    return fields, data, masks


def read_geopackage(path: Path, *, name: str = "") -> Network:
    """Read a network from a GeoPackage with layers hubs, links and, if wanted, stations.

    Raises
    ------
    InputError
        If pyogrio is absent, the file is damaged, a layer is missing, or a row is wrong.
    """
    import shapely

    pyogrio = require_extra(import_pyogrio(), "pyogrio", "reading a GeoPackage")
    if not path.is_file():
        raise InputError([Problem(what="no such file", where=str(path))])
    try:
        present = {str(row[0]) for row in pyogrio.list_layers(path)}
        missing = [layer for layer in ("hubs", "links") if layer not in present]
        if missing:
            remedy = "bring other files in with: netmodel network import"
            raise InputError(
                [
                    Problem(what=f"has no layer {layer!r}", where=path.name, remedy=remedy)
                    for layer in missing
                ]
            )
        layers = {
            layer: _read_layer(pyogrio, path, layer)
            for layer in (*LAYERS, *_BESIDE)
            if layer in present
        }
    except (RuntimeError, OSError, UnicodeDecodeError) as error:
        remedy = "a GeoPackage of netmodel is needed; is the file truncated?"
        problem = Problem(what=f"cannot be read ({error})", where=path.name, remedy=remedy)
        raise InputError([problem]) from error
    files = {**LAYERS, **_BESIDE}
    rows = {files[layer]: texts for layer, (texts, _) in layers.items()}
    geometry, problems = {}, []
    for number, (row, shape) in enumerate(zip(*layers["links"], strict=True), 1):
        if row.pop(_COURSE, "1") in {"1", "yes"} and shape is not None:
            line = _single_line(shapely.from_wkb(shape))
            if line.geom_type != "LineString":
                what = f"links row {number}: its course is a {line.geom_type}"
                remedy = "a course is one line; merge its parts, or leave it out"
                problems.append(Problem(what=what, where=path.name, remedy=remedy))
                continue
            course = shapely.get_coordinates(line).tolist()
            geometry[row.get("id", "")] = tuple((float(x), float(y)) for x, y in course)
    if problems:
        raise InputError(problems)
    return parse_network(rows, geometry, name=name or path.stem, source=path.name)


def _single_line(shape: BaseGeometry) -> BaseGeometry:
    """Return the line of a shape of one part, as other programs save lines."""
    import shapely

    single = shape.geom_type == "MultiLineString" and shapely.get_num_geometries(shape) == 1
    return shapely.get_geometry(shape, 0) if single else shape


def is_own_geopackage(path: Path) -> bool:
    """Whether a file is a GeoPackage of netmodel, with layers hubs and links."""
    if path.suffix.casefold() != ".gpkg" or not path.is_file():
        return False
    pyogrio = require_extra(import_pyogrio(), "pyogrio", "reading a GeoPackage")
    try:
        present = {str(row[0]) for row in pyogrio.list_layers(path)}
    except (RuntimeError, OSError):
        return False
    if not present >= {"hubs", "links"}:
        return False
    fields = {str(each) for each in pyogrio.read_info(path, layer="links")["fields"]}
    return fields >= {"id", "from", "to", "length_km"}


def _read_layer(
    pyogrio: Any, path: Path, layer: str
) -> tuple[list[dict[str, str]], list[bytes | None]]:
    """Return the rows of a layer as text, and its shapes."""
    meta, _, shapes, data = pyogrio.raw.read(path, layer=layer, force_2d=True)
    if meta["crs"] not in {None, "EPSG:4326"}:
        what = f"layer {layer!r} is in {meta['crs']}"
        remedy = "save it in EPSG:4326, longitude and latitude in degrees"
        raise InputError([Problem(what=what, where=path.name, remedy=remedy)])
    columns = [from_field(str(field)) for field in meta["fields"]]
    texts = [_as_text(values) for values in data]
    shapes = [None] * len(texts[0]) if shapes is None else list(shapes)
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*texts, strict=True)]
    return rows or [{} for _ in shapes], shapes


def _as_text(values: NDArray[Any]) -> list[str]:
    return [cell_text(value) for value in values.tolist()]
