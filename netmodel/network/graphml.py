"""A network as GraphML, which networkx, Gephi and yEd read; nothing is lost on the way."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from netmodel.errors import InputError, Problem
from netmodel.files.whole import whole_file
from netmodel.network.model import Network
from netmodel.network.rows import HUB_COLUMNS, LINK_COLUMNS, STATION_COLUMNS, network_rows
from netmodel.network.tables import parse_network

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
