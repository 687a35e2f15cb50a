"""A network to and from any of its formats, by the suffix of the path."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem
from netmodel.files.shipped import BUILT_IN, network_folder
from netmodel.files.text import is_there, no_such, read_file
from netmodel.files.whole import Note, check_place, whole_file, write_file
from netmodel.network.about import about_rows
from netmodel.network.account import Account, write_account
from netmodel.network.aliases import alias_rows
from netmodel.network.csv_folder import place_on_link, read_csv_folder, write_csv_folder
from netmodel.network.railway import HUB_COLUMNS, LINK_COLUMNS, STATION_COLUMNS, Network
from netmodel.network.rows import (
    ABOUT,
    ALIASES,
    cell_text,
    from_field,
    network_rows,
    parse_network,
    to_field,
    type_cell,
)

if TYPE_CHECKING:
    import networkx as nx


LAYERS = {"hubs": "hubs.csv", "links": "links.csv", "stations": "stations.csv"}
_LAYER = "layer"
_COURSE = "course_stored"
_ABOUT, _ALIASES = "about", "aliases"
_RESERVED = frozenset({_LAYER, _COURSE})
_REMEDY = "bring other files in with: netmodel network import"


@refuse_wrong_kinds
def read_network(path: Path | str, *, name: str = "") -> Network:
    r"""Read a network from a folder of CSV files, a GeoPackage, GraphML or GeoJSON.

    What `write_network` wrote reads back equal, in every format.

    Parameters
    ----------
    path
        A folder with ``hubs.csv`` and ``links.csv`` and, if wanted, ``stations.csv``,
        ``geometry.geojson``, ``about.csv`` and ``aliases.csv``; or a file of netmodel that ends
        in ``.gpkg``, ``.graphml`` or ``.geojson``. Other files come in through
        `netmodel.importing.import_network`.
    name
        The name of the network; by default that of the folder or file.

    Returns
    -------
    Network
        Hubs, links and stations in the order of the file.

    Raises
    ------
    InputError
        If there is nothing there, or it is not a network; with every wrong row.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "hubs.csv").write_text("id,name,lon,lat\na,A,33,45\nb,B,34,45\n")
    >>> _ = (folder / "links.csv").write_text("id,from,to,length_km\na--b,a,b,80\n")
    >>> read_network(folder, name="ab")
    <Network 'ab': 2 hubs, 1 link, 0 stations, 80 km>
    """
    path = Path(path)
    if not is_there(path):
        raise InputError([no_such("network", path)])
    match "" if path.is_dir() else path.suffix.casefold():
        case "":
            return read_csv_folder(path, name=name)
        case ".gpkg":
            from netmodel.network.geopackage import read_geopackage

            return read_geopackage(path, name=name)
        case ".graphml":
            return read_graphml(path, name=name)
        case ".geojson":
            return read_geojson(path, name=name)
        case suffix:
            what = f"format {suffix!r} is not known"
            remedy = f"{_known_formats()}; bring other files in with: netmodel network import"
            raise InputError([Problem(what=what, where=path.name, remedy=remedy)])


@refuse_wrong_kinds
def write_network(
    network: Network,
    path: Path | str,
    *,
    account: Account | None = None,
    force: bool = False,
    note: Note | None = None,
) -> Path:
    """Write a network in the format that the suffix of the path says; return the path.

    Folders, GeoJSON and GraphML have the same bytes for the same network; a GeoPackage holds the
    time at which it was made. A network that netmodel wrote there before is replaced as a whole,
    unless it was changed since.

    Parameters
    ----------
    path
        A folder, or a file that ends in ``.gpkg``, ``.graphml`` or ``.geojson``.
    account
        Of an import; it goes into the folder of the network, or into ``NAME.account`` next to
        its file.
    force, note
        Whether to move what may not be replaced to ``NAME.old``, and a function that is given
        the sentence about it.

    Raises
    ------
    InputError
        If the suffix is not known, the extra that writes it is absent, something that netmodel
        did not write is in the way, or the place cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import netmodel as nm
    >>> path = Path(tempfile.mkdtemp()) / "railway.geojson"
    >>> railway = nm.built_in_network()
    >>> nm.read_network(write_network(railway, path), name=railway.name) == railway
    True
    """
    path = Path(path)
    check_target(path, account=account is not None, force=force)
    match _suffix_of(path):
        case ".gpkg":
            from netmodel.network.geopackage import write_geopackage

            write_geopackage(network, path)
        case ".graphml":
            write_graphml(network, path)
        case ".geojson":
            write_geojson(network, path)
        case _:
            write_csv_folder(network, path, account=account, force=force, note=note)
    if _suffix_of(path) and account is not None:
        write_account(account, path.with_suffix(".account"), force=force, note=note)
    return path


@cache
def built_in_network() -> Network:
    """Return the built-in railway: that of Ukraine with Crimea, and its neighbours.

    It is read once and shared; a network is never changed.

    Examples
    --------
    >>> built_in_network().hub("simferopol").name
    'Simferopol'
    """
    return read_csv_folder(network_folder(), name=BUILT_IN)


def check_target(path: Path, *, account: bool = False, force: bool = False) -> None:
    """Refuse what `write_network` would refuse to write to, before anything is read.

    Raises
    ------
    InputError
        If the suffix is not known, or something that netmodel did not write is in the way.

    Examples
    --------
    >>> check_target(Path("a/b.xlsx"))
    Traceback (most recent call last):
    netmodel.errors.InputError: b.xlsx: format '.xlsx' is not known; one of .gpkg, .geojson, ...
    """
    suffix = _suffix_of(path)
    if suffix not in FORMATS:
        what = f"format {suffix!r} is not known"
        raise InputError([Problem(what=what, where=path.name, remedy=_known_formats())])
    if not suffix:
        check_place(path, holds="network", force=force)
    elif path.is_dir():
        what = f"is a folder, where a file {suffix} would be written"
        raise InputError([Problem(what=what, where=str(path))])
    elif account:
        check_place(path.with_suffix(".account"), holds="account", force=force)


def _suffix_of(path: Path) -> str:
    """Return the suffix that says the format; a folder that is there may have any other."""
    suffix = path.suffix.casefold()
    return "" if suffix not in FORMATS and path.is_dir() else suffix


def _known_formats() -> str:
    return "one of " + ", ".join(each for each in FORMATS if each) + ", or a folder"


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
    collection: dict[str, object] = {"type": "FeatureCollection", "name": network.name}
    collection["features"] = features
    if rows := about_rows(network.about):
        collection[_ABOUT] = rows
    if network.aliases:
        collection[_ALIASES] = alias_rows(network.aliases)
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
    text = read_file(path)
    try:
        collection = json.loads(text)
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
    for file, key in ((ABOUT, _ABOUT), (ALIASES, _ALIASES)):
        rows[file] = _read_beside(collection.get(key), key, path.name)
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


def _read_beside(stored: object, key: str, where: str) -> list[dict[str, str]]:
    """Return the rows of a table that a format holds beside its layers."""
    if stored is None:
        return []
    if not isinstance(stored, list) or not all(isinstance(each, dict) for each in stored):
        raise InputError([Problem(what=f"{key} is not a list of rows", where=where)])
    return [{str(key): cell_text(text) for key, text in row.items()} for row in stored]


_COURSE_KEY = "link_course"
_LINK_KEY = "link"
_ORDER = "link_order"


def write_graphml(network: Network, path: Path) -> None:
    """Write hubs as nodes, and links as edges whose key is the id of the link.

    Numbers are numbers; a missing value is left out. The course of a link is its attribute
    ``link_course`` (JSON), stations and the order of columns are attributes of the graph.
    """
    import networkx as nx

    tables = network_rows(network)
    graph: nx.MultiGraph[str] = nx.MultiGraph(name=network.name)
    graph.graph["stations"] = json.dumps(tables["stations.csv"][1], ensure_ascii=False)
    graph.graph["hub_columns"] = json.dumps(tables["hubs.csv"][0], ensure_ascii=False)
    if rows := about_rows(network.about):
        graph.graph[_ABOUT] = json.dumps(rows, ensure_ascii=False)
    if network.aliases:
        graph.graph[_ALIASES] = json.dumps(alias_rows(network.aliases), ensure_ascii=False)
    graph.graph["link_columns"] = json.dumps(tables["links.csv"][0], ensure_ascii=False)
    for row in tables["hubs.csv"][1]:
        graph.add_node(row["id"], **_attributes(row))
    for number, row in enumerate(tables["links.csv"][1]):
        attributes = _attributes(row)
        attributes[_ORDER] = number
        attributes[_LINK_KEY] = row["id"]
        course = network.geometry.get(row["id"])
        if course is not None:
            attributes[_COURSE_KEY] = json.dumps([list(xy) for xy in course])
        graph.add_edge(row["from"], row["to"], key=row["id"], **attributes)
    with whole_file(path) as partial:
        nx.write_graphml_xml(graph, partial)


def _attributes(row: Mapping[str, str]) -> dict[str, object]:
    return {key: type_cell(key, text) for key, text in row.items() if key != "id" and text}


def read_graphml(path: Path, *, name: str = "") -> Network:
    """Read a network that `write_graphml` wrote.

    Raises
    ------
    InputError
        If the file is damaged, or not a network.
    """
    import networkx as nx

    try:
        graph = cast(
            "nx.MultiGraph[str]", nx.read_graphml(path, node_type=str, force_multigraph=True)
        )
        tables, courses = _read_tables(graph)
    # Whatever stands in the file, the library fails in its own ways: see its parser.
    except (SyntaxError, nx.NetworkXError, ValueError, LookupError, TypeError, AttributeError,
            RecursionError, OverflowError) as error:  # fmt: skip
        what = f"not a network in GraphML ({type(error).__name__}: {error})"
        raise InputError([Problem(what=what, where=path.name)]) from error
    title = name or str(graph.graph.get("name") or path.stem)
    return parse_network(tables, courses, name=title, source=path.name)


def _read_tables(
    graph: nx.MultiGraph[str],
) -> tuple[dict[str, list[dict[str, str]]], dict[str, tuple[tuple[float, float], ...]]]:
    """Return the rows of text and the courses that a graph holds."""
    hub_columns = _columns(graph.graph, "hub_columns", HUB_COLUMNS)
    link_columns = _columns(graph.graph, "link_columns", LINK_COLUMNS)
    hubs = [
        {column: cell_text(data.get(column)) for column in hub_columns} | {"id": str(node)}
        for node, data in graph.nodes(data=True)
    ]
    links: list[tuple[int, dict[str, str]]] = []
    courses: dict[str, tuple[tuple[float, float], ...]] = {}
    for number, (tail, head, key, data) in enumerate(graph.edges(keys=True, data=True)):
        link_id = str(data.get(_LINK_KEY, key if isinstance(key, str) else f"e{number}"))
        row = {column: cell_text(data.get(column)) for column in link_columns}
        ends = {"from": row.get("from") or str(tail), "to": row.get("to") or str(head)}
        links.append((int(data.get(_ORDER, number)), {**row, **ends, "id": link_id}))
        if _COURSE_KEY in data:
            line = json.loads(str(data[_COURSE_KEY]))
            courses[link_id] = tuple((float(x), float(y)) for x, y in line)
    links.sort(key=lambda numbered: numbered[0])
    stations = [
        dict.fromkeys(STATION_COLUMNS, "") | {str(key): str(text) for key, text in row.items()}
        for row in json.loads(str(graph.graph.get("stations", "[]")))
    ]
    rows = [row for _, row in links]
    found = {"hubs.csv": hubs, "links.csv": rows, "stations.csv": stations}
    for file, key in ((ABOUT, _ABOUT), (ALIASES, _ALIASES)):
        found[file] = _read_beside(json.loads(str(graph.graph.get(key, "null"))), key, key)
    return found, courses


def _columns(graph: Mapping[str, Any], key: str, usual: tuple[str, ...]) -> tuple[str, ...]:
    text = graph.get(key)
    return tuple(str(each) for each in json.loads(str(text))) if text else usual


FORMATS = {
    "": "a folder of CSV files",
    ".gpkg": "GeoPackage with layers hubs, links and stations, for QGIS",
    ".geojson": "GeoJSON of hubs, links and stations",
    ".graphml": "GraphML, for networkx, Gephi and yEd",
}
"""What each suffix means; none is a folder."""
