"""Layers of a GeoPackage, GeoJSON or shapefile, read by pyogrio: shapes in degrees, text."""

from __future__ import annotations

import csv
import io
import math
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from netmodel.errors import InputError, Problem, did_you_mean, nearest_names, require_extra
from netmodel.files.text import no_such, read_file

if TYPE_CHECKING:
    from types import ModuleType


_WANTED = {
    "Point": "give a file of points, or a CSV table with columns name, lon and lat",
    "Polygon": "give a file of polygons",
    "LineString": "give a file of lines; a table of stations goes with it (--stations)",
}
_SAY_ENCODING = "say the encoding of its text, such as encoding='CP1251'"
ID_COLUMNS = ("osm_way_ids", "osm_way_id", "osm_id", "way_id", "id", "link_id", "fid", "objectid")


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One layer as it was read: shapes in degrees and attributes as text."""

    name: str
    ids: tuple[str, ...]
    shapes: NDArray[np.object_]
    attributes: tuple[dict[str, str], ...]


def read_table(
    path: Path,
    *,
    layer: str = "",
    id_column: str = "",
    crs: str = "",
    encoding: str = "",
    wanted: str = "LineString",
) -> Layer:
    """Return one layer of a file with its shapes in degrees; see `read_lines`."""
    pyogrio = require_extra(
        import_pyogrio(), "pyogrio", "reading GeoPackage, GeoJSON and shapefiles"
    )
    if not path.exists():
        raise InputError([no_such("file", path)])
    with _no_traces(path) as place:
        return _read_layer(
            pyogrio, place, layer=layer, id_column=id_column, crs=crs, encoding=encoding,
            wanted=wanted,
        )  # fmt: skip


@contextmanager
def _no_traces(path: Path) -> Iterator[Path]:
    """Give a copy of GML, beside which the library that reads it writes what it learnt."""
    if path.suffix.casefold() != ".gml":
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        for each in (path, path.with_suffix(".xsd"), path.with_suffix(".gfs")):
            if each.exists():
                shutil.copy(each, folder)
        yield Path(folder) / path.name


def _read_layer(
    pyogrio: Any, path: Path, *, layer: str, id_column: str, crs: str, encoding: str, wanted: str
) -> Layer:
    import shapely

    where = f"/vsigzip/{path.resolve()}" if path.suffix == ".gz" else str(path)
    layer = layer or _only_layer(pyogrio, where, path.name, wanted)
    meta, numbers, shapes, columns = _read(pyogrio, where, path, layer, encoding)
    with np.errstate(invalid="ignore"):
        decoded = shapely.from_wkb(shapes, on_invalid="ignore")
    degrees = _to_degrees(decoded, crs or meta["crs"] or "", path.name)
    texts = {
        str(name): _as_text(values) for name, values in zip(meta["fields"], columns, strict=True)
    }
    if not encoding:
        _check_encoding(path, texts)
    key = _id_column(list(texts), id_column, path.name)
    ids = texts[key] if key else [str(number) for number in numbers.tolist()]
    rows = [
        {name: text for name, text in zip(texts, row, strict=True) if text}
        for row in zip(*texts.values(), strict=True)
    ]
    return Layer(
        name=path.name,
        ids=_distinct(ids),
        shapes=degrees,
        attributes=tuple(rows) if texts else tuple({} for _ in ids),
    )


LON_COLUMNS = ("lon", "lng", "long", "longitude", "stop_lon", "geo_lon", "x")
LAT_COLUMNS = ("lat", "latitude", "stop_lat", "geo_lat", "y")
"""The names under which tables give a place, in any case of letters."""
_NAME_COLUMNS = ("name", "stop_name", "station_name", "station")


def read_places(path: Path, columns: Mapping[str, str] | None = None) -> Layer:
    """Return the rows of a table of text as points, EPSG:4326.

    Columns are separated by commas, semicolons or tabs; with semicolons and tabs, numbers may have
    a decimal comma. A row without a place has no shape.

    Parameters
    ----------
    columns
        Which column is ``lon``, ``lat`` or ``name``, where they are called something else.

    Raises
    ------
    InputError
        If it is no table, or no columns of longitude and latitude are known in it.
    """
    import shapely

    text = read_file(path, kind="table")
    head = text.partition("\n")[0]
    mark = max(",;\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=mark)
    rows, problems = [], []
    try:
        for row in reader:
            if None in row:
                what = "more cells than the header has columns"
                problems.append(Problem(what=what, where=f"{path.name}:{reader.line_num}"))
            rows.append({key: str(cell or "").strip() for key, cell in row.items() if key})
    except csv.Error as error:
        problems.append(Problem(what=f"is not a table ({error})", where=path.name))
    if problems:
        raise InputError(problems)
    header = [each for each in reader.fieldnames or () if each]
    found = {"lon": LON_COLUMNS, "lat": LAT_COLUMNS, "name": _NAME_COLUMNS}
    known = {
        field: (columns or {}).get(field) or _first_of(header, names)
        for field, names in found.items()
    }
    absent = [field for field in ("lon", "lat") if known[field] not in header]
    if absent:
        what = f"no column of {' and '.join(absent)}; its columns: {', '.join(header)}"
        remedy = "name them lon and lat, degrees; or say which they are (--column lon=COLUMN)"
        raise InputError([Problem(what=what, where=f"{path.name}:1", remedy=remedy)])
    shapes = []
    for row in rows:
        lon, lat = (_degrees(row.pop(known[axis], ""), mark) for axis in ("lon", "lat"))
        shapes.append(None if lon is None or lat is None else shapely.Point(lon, lat))
        if known["name"] and known["name"] != "name":
            row["name"] = row.get(known["name"], "")
    key = _id_column([each for each in header if each not in known.values()], "", path.name)
    return Layer(
        name=path.name,
        ids=_distinct([row.get(key, "") for row in rows] if key else [""] * len(rows)),
        shapes=np.array(shapes, dtype=object),
        attributes=tuple({name: cell for name, cell in row.items() if cell} for row in rows),
    )


def _first_of(header: Sequence[str], names: Sequence[str]) -> str:
    folded = {each.strip().casefold(): each for each in reversed(header)}
    return next((folded[name] for name in names if name in folded), "")


def _degrees(text: str, mark: str) -> float | None:
    try:
        number = float(text.replace(",", ".") if mark != "," else text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _read(pyogrio: Any, where: str, path: Path, layer: str, encoding: str) -> Any:
    """Return what pyogrio reads of a layer: its facts, numbers, shapes and columns."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            table = pyogrio.raw.read(
                where, layer=layer, encoding=encoding or None, force_2d=True,
                return_fids=True, datetime_as_string=True,
            )  # fmt: skip
    except (UnicodeDecodeError, LookupError) as error:
        what = f"its text is not {_encoding_name(encoding)} ({error})"
        raise InputError([Problem(what=what, where=path.name, remedy=_SAY_ENCODING)]) from error
    except (RuntimeError, ValueError, UnboundLocalError) as error:
        # The last is how the library fails on a damaged description of the coordinate system.
        raise InputError([Problem(what=f"cannot be read ({error})", where=path.name)]) from error
    if not len(table[1]):
        raise InputError([Problem(what=f"layer {layer!r} is empty", where=path.name)])
    return table


def _check_encoding(path: Path, texts: Mapping[str, Sequence[str]]) -> None:
    """Raise where a shapefile has text beyond ASCII and does not say of which encoding."""
    if path.suffix.casefold() != ".shp":
        return
    if any(path.with_suffix(suffix).exists() for suffix in (".cpg", ".CPG")):
        return
    for column, values in texts.items():
        odd = next((text for text in values if not text.isascii()), None)
        if odd is not None:
            what = f"states no encoding (no .cpg), and {column} has text beyond ASCII, read {odd!r}"
            problem = Problem(what=what, where=path.name, remedy=_SAY_ENCODING)
            raise InputError([problem])


def _encoding_name(encoding: str) -> str:
    """Return the name of an encoding for a message; UTF-8 where none was asked for."""
    return encoding or "UTF-8"


def import_pyogrio() -> ModuleType | None:
    """Return the package pyogrio, or ``None`` where it is not installed."""
    try:
        import pyogrio
        import pyogrio.raw
    except ImportError:
        return None
    module: ModuleType = pyogrio
    return module


def _only_layer(pyogrio: Any, where: str, name: str, wanted: str) -> str:
    """Return the one layer that can hold what is wanted."""
    try:
        layers = [(str(row[0]), str(row[1])) for row in pyogrio.list_layers(where)]
    except (RuntimeError, ValueError) as error:
        remedy = "a GeoPackage, GeoJSON or shapefile is needed; is the file truncated?"
        if name.casefold().endswith(".zip"):
            remedy = "unzip it, and give the file in it"
        problem = Problem(what=f"cannot be read ({error})", where=name, remedy=remedy)
        raise InputError([problem]) from error
    fitting = [
        each for each, kind in layers
        if wanted in kind or kind in {"Unknown", "GeometryCollection"} or kind.startswith("Unknown")
    ]  # fmt: skip
    if len(fitting) == 1:
        return fitting[0]
    shown = ", ".join(f"{each} ({kind})" for each, kind in layers) or "none"
    if not fitting:
        what = f"no layer of {wanted}s; its layers: {shown}"
        remedy = _WANTED.get(wanted, "give a file of lines")
        raise InputError([Problem(what=what, where=name, remedy=remedy)])
    what = f"several layers may be meant: {shown}"
    raise InputError([Problem(what=what, where=name, remedy="name one with layer")])


def _to_degrees(shapes: NDArray[np.object_], crs: str, name: str) -> NDArray[np.object_]:
    """Return the shapes in EPSG:4326, longitude first."""
    import shapely
    from pyproj import CRS, Transformer
    from pyproj.exceptions import ProjError

    if not crs:
        remedy = "say which, such as crs='EPSG:4326'"
        raise InputError([Problem(what="states no coordinate system", where=name, remedy=remedy)])
    try:
        system = CRS.from_user_input(crs)
    except ProjError as error:
        raise InputError([Problem(what=f"crs {crs!r} is not known", where=name)]) from error
    if not system.equals(CRS.from_epsg(4326), ignore_axis_order=True):
        to_degrees = Transformer.from_crs(system, "EPSG:4326", always_xy=True)
        shapes = shapely.transform(
            shapes, lambda xy: np.column_stack(to_degrees.transform(xy[:, 0], xy[:, 1]))
        )
    outside = ~on_earth(shapes)
    present = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if present.any() and outside[present].all():
        remedy = f"its coordinates are not of {crs}: say of which with crs"
        what = "every coordinate is out of range"
        raise InputError([Problem(what=what, where=name, remedy=remedy)])
    return np.asarray(shapes, dtype=np.object_)


def on_earth(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return which shapes lie within 180 degrees of longitude and 90 of latitude, as a whole."""
    import shapely

    west, south, east, north = shapely.bounds(shapes).T
    with np.errstate(invalid="ignore"):
        within = np.asarray((west >= -180) & (east <= 180) & (south >= -90) & (north <= 90))
    # Bounds pass over a coordinate that is no number.
    places, owner = shapely.get_coordinates(shapes, return_index=True)
    within[owner[~np.isfinite(places).all(axis=1)]] = False
    return within


def _id_column(columns: Sequence[str], asked: str, name: str) -> str:
    if asked and asked not in columns:
        remedy = did_you_mean(nearest_names(asked, columns)) or f"it has {', '.join(columns)}"
        raise InputError([Problem(what=f"no column {asked!r}", where=name, remedy=remedy)])
    folded = {column.casefold(): column for column in reversed(columns)}
    return asked or next((folded[each] for each in ID_COLUMNS if each in folded), "")


def _as_text(values: NDArray[Any]) -> list[str]:
    """Return a column as text; empty where there is no value."""
    if values.dtype.kind == "f":
        return [
            "" if value != value else repr(int(value)) if value == int(value) else repr(value)
            for value in np.where(np.isinf(values), np.nan, values).tolist()
        ]
    return ["" if value is None else str(value) for value in values.tolist()]


def _distinct(ids: Sequence[str]) -> tuple[str, ...]:
    """Return ids of which each is used once: the second ``7`` becomes ``7#2``."""
    seen: dict[str, int] = {}
    found = []
    for number, each in enumerate(ids):
        base = each or f"row{number + 1}"
        seen[base] = seen.get(base, 0) + 1
        found.append(base if seen[base] == 1 else f"{base}#{seen[base]}")
    return tuple(found)
