"""A run as a GeoPackage: what held where and when, in layers that a GIS plays over time."""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Iterator, Mapping
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from netmodel.errors import InputError, Problem, install_extra
from netmodel.files.layers import import_pyogrio
from netmodel.runs.moment import hub_states, link_courses
from netmodel.runs.status import effect_spans
from netmodel.times import format_instant

if TYPE_CHECKING:
    import pandas as pd

    from netmodel.runs.record import RunRecord

CRS = "EPSG:4326"
COLOURS = {
    "closed": "#b3261e", "single_track": "#c77700", "slowed": "#d9a400", "diesel_only": "#7a5cc8",
    "limited": "#8d6e63", "advisory": "#4f7fb8", "none": "#9aa0a6", "open": "#9aa0a6",
}  # fmt: skip
"""Of the effects, in the style that the file brings for QGIS."""
_ACCESS = {"all": "#2e7d32", "some": "#d9a400", "none": "#b3261e"}
_FATES = ("slower", "detoured", "held", "cut short", "split", "not run")
_FATE_COLOURS = ("#d9a400", "#4f7fb8", "#c77700", "#b3261e", "#8e24aa", "#4a1410")


def write_geopackage(record: RunRecord, path: Path | str) -> Path:
    """Write a run as a GeoPackage; return its path.

    Layers, each with fields ``start`` and ``end`` (UTC): ``links_over_time`` (effect, certain and
    possible effect, incidents), ``outages`` (with bounds), ``hubs_over_time`` (access) and, where
    the run has trains, ``trains`` (fate along the course). Equal adjoining states are one feature.
    QGIS opens each layer with its own style.

    Raises
    ------
    InputError
        If geopandas or pyogrio are not installed.
    """
    path = Path(path)
    pyogrio = import_pyogrio()
    try:
        import geopandas as gpd
    except ImportError:
        pyogrio = None
    if pyogrio is None:
        what = "geopandas or pyogrio is not installed"
        problem = Problem(what=what, where="GeoPackage", remedy=install_extra("geo"))
        raise InputError([problem])
    # The instant of writing would make each copy differ.
    made = format_instant(record.summary.window.start).replace("Z", ".000Z")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": made})
    try:
        styles = {}
        for name, table, shapes, style in _layers(record):
            frame = gpd.GeoDataFrame(table, geometry=shapes, crs=CRS)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)
                frame.to_file(path, layer=name, driver="GPKG", engine="pyogrio", append=False)
            styles[name] = style
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    _write_styles(path, styles)
    return path


def _layers(record: RunRecord) -> Iterator[tuple[str, pd.DataFrame, list[Any], str]]:
    """Yield name, table, shapes and style of each layer."""
    import shapely

    lines = {link: shapely.LineString(course) for link, course in link_courses(record).items()}
    spans = effect_spans(record)
    shapes = [lines[link] for link in spans["link"]]
    yield "links_over_time", spans, shapes, _style("effect", COLOURS, kind="line")
    outages = record.outages.reset_index()
    shapes = [lines[link] for link in outages["link"]]
    yield "outages", outages, shapes, _style("effect", COLOURS, kind="line")
    hubs = _hubs_over_time(record)
    points = shapely.points(record.hubs["lon"].to_numpy(float), record.hubs["lat"].to_numpy(float))
    places = dict(zip(record.hubs.index, points, strict=True))
    shapes = [places[hub] for hub in hubs["hub"]]
    yield "hubs_over_time", hubs, shapes, _style("access", _ACCESS, kind="marker")
    trains = _trains_over_time(record)
    if trains is not None:
        courses = _course_shapes(record)
        trains = trains[trains["train"].isin(courses)]
        shapes = [courses[train] for train in trains["train"]]
        colours = dict(zip(_FATES, _FATE_COLOURS, strict=True))
        yield "trains", trains, shapes, _style("fate", colours, kind="line")


def _hubs_over_time(record: RunRecord) -> pd.DataFrame:
    """Return how each place with demand is reached over time, equal adjoining states as one."""
    import pandas as pd

    parts = [
        hub_states(record, int(state)).reset_index().assign(state=state)
        for state in record.states.index
    ]
    table = pd.concat(parts, ignore_index=True)
    made = _merge_states(record, table, ["hub"], ["pairs", "pairs_cut", "access"])
    made.insert(1, "name", made["hub"].map(record.hubs["name"]))
    return made


def _trains_over_time(record: RunRecord) -> pd.DataFrame | None:
    """Return the fates of trains over time, or ``None`` where the run has no trains."""
    table = getattr(record, "trains", None)
    if table is None or not len(table) or getattr(record, "services", None) is None:
        return None
    told = [each for each in table.columns if each not in ("state", "train")]
    return _merge_states(record, table.reset_index(drop=True), ["train"], told)


def _course_shapes(record: RunRecord) -> Mapping[str, Any]:
    """Return the course of each train as a line through its hubs, by links where there are."""
    import shapely

    services: Any = getattr(record, "services", None)
    services = services.reset_index() if services.index.name else services
    lines = link_courses(record)
    ends = zip(record.links.index, record.links["from"], record.links["to"], strict=True)
    by_pair: dict[frozenset[str], str] = {}
    start_of = {}
    for link, one, other in ends:
        by_pair.setdefault(frozenset((str(one), str(other))), str(link))
        start_of[str(link)] = str(one)
    found = {}
    for train, course in zip(services["id"], services["course"], strict=True):
        hubs = [each for each in str(course or "").split(";") if each]
        points: list[tuple[float, float]] = []
        for one, other in pairwise(hubs):
            link = by_pair.get(frozenset((one, other)))
            if link is not None:
                part = lines[link] if start_of[link] == one else lines[link][::-1]
                points += part if not points else part[1:]
        if len(points) > 1:
            found[str(train)] = shapely.LineString(points)
    return found


def _merge_states(
    record: RunRecord, table: pd.DataFrame, keys: list[str], told: list[str]
) -> pd.DataFrame:
    """Return rows by state as rows by span: runs of adjoining states that tell the same."""
    numbers = {state: place for place, state in enumerate(record.states.index)}
    table = table.assign(place=table["state"].map(numbers)).sort_values([*keys, "place"])
    shown = table[told].astype(object).where(table[told].notna(), "")
    same = (shown == shown.shift()).all(axis=1) & (table[keys] == table[keys].shift()).all(axis=1)
    same &= table["place"] == table["place"].shift() + 1
    group = (~same).cumsum()
    firsts, lasts = table.groupby(group)["place"].min(), table.groupby(group)["place"].max()
    merged = table[~same].drop(columns=["state", "place"])
    starts, ends = record.states["start"].array, record.states["end"].array
    made = merged.assign(
        start=starts[firsts.to_numpy(np.int64)], end=ends[lasts.to_numpy(np.int64)]
    )
    return made[[*keys, "start", "end", *told]].reset_index(drop=True)


def _style(field: str, colours: Mapping[str, str], *, kind: str) -> str:
    """Return a style of QGIS: one symbol for each word of a field."""
    place = "line_color" if kind == "line" else "color"
    layer = "SimpleLine" if kind == "line" else "SimpleMarker"
    categories = "".join(
        f'<category value="{word}" label="{word}" symbol="{number}" render="true"/>'
        for number, word in enumerate(colours)
    )
    symbols = "".join(
        f'<symbol type="{kind}" name="{number}"><layer class="{layer}">'
        f'<Option type="Map"><Option name="{place}" type="QString" value="{_rgb(colour)}"/>'
        f"{_WIDTH if kind == 'line' else ''}</Option></layer></symbol>"
        for number, colour in enumerate(colours.values())
    )
    return (
        '<!DOCTYPE qgis PUBLIC "http://mrcc.com/qgis.dtd" "SYSTEM"><qgis version="3.34">'
        '<temporal enabled="1" mode="1" startField="start" endField="end" limitMode="1"/>'
        f'<renderer-v2 type="categorizedSymbol" attr="{field}">'
        f"<categories>{categories}</categories><symbols>{symbols}</symbols></renderer-v2></qgis>"
    )


_WIDTH = '<Option name="line_width" type="QString" value="0.7"/>'


def _rgb(colour: str) -> str:
    return ",".join(str(int(colour[place : place + 2], 16)) for place in (1, 3, 5)) + ",255"


def _write_styles(path: Path, styles: Mapping[str, str]) -> None:
    """Write the styles into the table where QGIS looks for them."""
    with closing(sqlite3.connect(path)) as book, book:
        book.execute(
            "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY, f_table_catalog TEXT,"
            " f_table_schema TEXT, f_table_name TEXT, f_geometry_column TEXT, styleName TEXT,"
            " styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT,"
            " ui TEXT, update_time DATETIME)"
        )
        book.executemany(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name,"
            " f_geometry_column, styleName, styleQML, useAsDefault)"
            " VALUES ('', '', ?, 'geom', ?, ?, 1)",
            [(name, name, style) for name, style in styles.items()],
        )
        book.execute(
            "INSERT OR IGNORE INTO gpkg_contents (table_name, data_type, identifier, last_change)"
            " SELECT 'layer_styles', 'attributes', 'layer_styles', last_change"
            " FROM gpkg_contents LIMIT 1"
        )
