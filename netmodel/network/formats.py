"""A network to and from any of its formats, by the suffix of the path."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from netmodel.errors import InputError, Problem
from netmodel.files.exchange import Note
from netmodel.files.shipped import BUILT_IN, network_folder
from netmodel.files.whole import check_place, whole_file, write_file
from netmodel.network.account import Account, write_account
from netmodel.network.csv_folder import parse_network, read_network, write_network
from netmodel.network.railway import Network
from netmodel.network.rows import (
    HUB_COLUMNS,
    LINK_COLUMNS,
    STATION_COLUMNS,
    network_rows,
    place_on_link,
)

_NUMBERS = frozenset({"lon", "lat", "length_km", "minutes", "capacity_trains_per_day"})
_WHOLE = frozenset({"population", "tracks", "gauge_mm"})
_COURSE = "course"
_LINK_KEY = "link"
_ORDER = "link_order"
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_graphml(network: Network, path: Path | str) -> None:
    """Write a network as GraphML: hubs as nodes, links as edges whose id is the link's.

    Numbers are numbers; a missing value is left out. The course of a link is its attribute
    ``course`` (JSON), stations and the order of columns are attributes of the graph.

    Raises
    ------
    InputError
        If a text has a character that XML cannot carry.
    """
    import networkx as nx

    tables = network_rows(network)
    graph: nx.MultiGraph[str] = nx.MultiGraph(name=network.name)
    graph.graph["stations"] = json.dumps(tables["stations.csv"][1], ensure_ascii=False)
    graph.graph["hub_columns"] = json.dumps(tables["hubs.csv"][0], ensure_ascii=False)
    graph.graph["link_columns"] = json.dumps(tables["links.csv"][0], ensure_ascii=False)
    problems: list[Problem] = []
    for row in tables["hubs.csv"][1]:
        graph.add_node(row["id"], **_attributes(row, problems))
    for number, row in enumerate(tables["links.csv"][1]):
        attributes = _attributes(row, problems)
        attributes[_ORDER] = number
        attributes[_LINK_KEY] = row["id"]
        course = network.geometry.get(row["id"])
        if course is not None:
            attributes[f"{_LINK_KEY}_{_COURSE}"] = json.dumps([list(xy) for xy in course])
        graph.add_edge(row["from"], row["to"], key=row["id"], **attributes)
    if problems:
        raise InputError(problems)
    with whole_file(path) as partial:
        nx.write_graphml_xml(graph, partial)


def _attributes(row: Mapping[str, str], problems: list[Problem]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, text in row.items():
        if key == "id" or not text:
            continue
        if _FORBIDDEN.search(text) or _FORBIDDEN.search(key):
            what = f"{key} (={text!r}) has a character that XML cannot carry"
            problems.append(Problem(what=what, where=str(row["id"])))
        found[key] = float(text) if key in _NUMBERS else int(text) if key in _WHOLE else text
    return found


def read_graphml(path: Path | str, *, name: str = "") -> Network:
    """Read a network that `write_graphml` wrote.

    Raises
    ------
    InputError
        If the file is damaged, or no network.
    """
    from xml.etree.ElementTree import ParseError

    import networkx as nx

    path = Path(path)
    try:
        graph = cast(
            "nx.MultiGraph[str]", nx.read_graphml(path, node_type=str, force_multigraph=True)
        )
    except (ParseError, nx.NetworkXError, ValueError) as error:
        raise InputError([Problem(what=f"is no GraphML ({error})", where=path.name)]) from error
    hub_columns = _columns(graph.graph, "hub_columns", HUB_COLUMNS)
    link_columns = _columns(graph.graph, "link_columns", LINK_COLUMNS)
    hubs = [
        {column: _text(data, column) for column in hub_columns} | {"id": str(node)}
        for node, data in graph.nodes(data=True)
    ]
    links: list[tuple[int, dict[str, str]]] = []
    courses: dict[str, list[list[float]]] = {}
    for number, (tail, head, key, data) in enumerate(graph.edges(keys=True, data=True)):
        link_id = str(data.get(_LINK_KEY, key if isinstance(key, str) else f"e{number}"))
        row = {column: _text(data, column) for column in link_columns}
        ends = {"from": row.get("from") or str(tail), "to": row.get("to") or str(head)}
        links.append((int(data.get(_ORDER, number)), {**row, **ends, "id": link_id}))
        if f"{_LINK_KEY}_{_COURSE}" in data:
            courses[link_id] = json.loads(str(data[f"{_LINK_KEY}_{_COURSE}"]))
    stations = cast("list[dict[str, str]]", json.loads(str(graph.graph.get("stations", "[]"))))
    links.sort(key=lambda numbered: numbered[0])
    order = {column: n for n, column in enumerate(STATION_COLUMNS)}
    stations = [{key: row.get(key, "") for key in order} for row in stations]
    return parse_network(
        {"hubs.csv": hubs, "links.csv": [row for _, row in links], "stations.csv": stations},
        {link: tuple((float(x), float(y)) for x, y in line) for link, line in courses.items()},
        name=name or str(graph.graph.get("name") or path.stem),
        source=path.name,
    )


def _columns(graph: Mapping[str, Any], key: str, usual: tuple[str, ...]) -> tuple[str, ...]:
    text = graph.get(key)
    return tuple(json.loads(str(text))) if text else usual


def _text(data: Mapping[str, Any], column: str) -> str:
    value = data.get(column, "")
    if isinstance(value, float):
        return repr(int(value)) if value == int(value) else repr(value)
    return str(value)


FORMATS = {
    "": "a folder of CSV files",
    ".gpkg": "GeoPackage with layers hubs, links and stations",
    ".geojson": "GeoJSON of hubs, links and stations, to look at",
    ".graphml": "GraphML, for networkx, Gephi and yEd",
}


def open_network(path: Path | str, *, name: str = "") -> Network:
    """Read a network from a folder of CSV files, a GeoPackage or GraphML.

    Raises
    ------
    InputError
        If there is nothing there, or it is no network.
    """
    path = Path(path)
    suffix = path.suffix.casefold()
    if not path.exists():
        raise InputError([Problem(what="no such network", where=str(path))])
    if path.is_dir():
        return read_network(path, name=name)
    if suffix == ".gpkg":
        from netmodel.network.geopackage import read_geopackage

        return read_geopackage(path, name=name)
    if suffix == ".graphml":
        return read_graphml(path, name=name)
    remedy = "give a network folder, .gpkg or .graphml; bring others in by: netmodel network import"
    raise InputError([Problem(what="is no network", where=path.name, remedy=remedy)])


def check_target(path: Path, *, account: bool = False, force: bool = False) -> None:
    """Refuse what `save_network` would refuse to write to, before anything is read.

    Raises
    ------
    InputError
        If the suffix is not known, or something that netmodel did not write is in the way.

    Examples
    --------
    >>> check_target(Path("a/b.xlsx"))
    Traceback (most recent call last):
    netmodel.errors.InputError: format '.xlsx' is not known; one of .gpkg, .geojson, .graphml, ...
    """
    suffix = path.suffix.casefold()
    if suffix not in FORMATS:
        remedy = "one of " + ", ".join(each for each in FORMATS if each) + ", or a folder"
        raise InputError([Problem(what=f"format {suffix!r} is not known", remedy=remedy)])
    if not suffix:
        check_place(path, holds="network", force=force)
    elif account:
        check_place(path.with_suffix(".account"), holds="account", force=force)


def save_network(
    network: Network,
    path: Path | str,
    *,
    account: Account | None = None,
    force: bool = False,
    note: Note | None = None,
) -> Path:
    """Write a network in the format of the path: see `FORMATS`; return the path.

    Parameters
    ----------
    account
        Of an import; it goes into the folder of the network, or into ``NAME.account`` beside
        its file.
    force, note
        What to do with a folder that may not be replaced; see
        `netmodel.files.whole.complete_folder`.

    Raises
    ------
    InputError
        If the suffix is not known, the extra that writes it is absent, something that netmodel
        did not write is in the way, or the place cannot be written.
    """
    path = Path(path)
    check_target(path, account=account is not None, force=force)
    suffix = path.suffix.casefold()
    if suffix == ".gpkg":
        from netmodel.network.geopackage import write_geopackage

        write_geopackage(network, path)
    elif suffix == ".graphml":
        write_graphml(network, path)
    elif suffix == ".geojson":
        write_geojson(network, path)
    else:
        write_network(network, path, account=account, force=force, note=note)
    if suffix and account is not None:
        write_account(account, path.with_suffix(".account"), force=force, note=note)
    return path


def write_geojson(network: Network, path: Path | str) -> None:
    """Write hubs and stations as points and links as lines, each with its columns and ``layer``."""
    tables = network_rows(network)
    features = []
    for row, hub in zip(tables["hubs.csv"][1], network.hubs, strict=True):
        features.append(_feature("hubs", row, "Point", [hub.lon, hub.lat]))
    for row, link in zip(tables["links.csv"][1], network.links, strict=True):
        course = [list(xy) for xy in network.line(link.id)]
        features.append(_feature("links", row, "LineString", course))
    for row, station in zip(tables["stations.csv"][1], network.stations, strict=True):
        lon, lat = place_on_link(network, station.link, station.km)
        features.append(_feature("stations", row, "Point", [lon, lat]))
    collection = {"type": "FeatureCollection", "name": network.name, "features": features}
    text = json.dumps(collection, ensure_ascii=False)
    write_file(path, text + "\n")


def _feature(layer: str, row: dict[str, str], kind: str, place: object) -> dict[str, object]:
    columns = {"hubs": HUB_COLUMNS, "links": LINK_COLUMNS, "stations": STATION_COLUMNS}[layer]
    shown = {key: text for key, text in row.items() if text or key in columns[:4]}
    return {
        "type": "Feature",
        "properties": {"layer": layer, **shown},
        "geometry": {"type": kind, "coordinates": place},
    }


@cache
def built_in_network() -> Network:
    """Return the built-in railway: that of Ukraine with Crimea, and its neighbours.

    It is read once and shared; a network is never changed.

    Examples
    --------
    >>> built_in_network().hub("simferopol").name
    'Simferopol'
    """
    return read_network(network_folder(), name=BUILT_IN)
