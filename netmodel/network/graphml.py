"""A network as GraphML, for networkx, Gephi and yEd."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from netmodel.errors import InputError, Problem
from netmodel.files.whole import whole_file
from netmodel.network.railway import HUB_COLUMNS, LINK_COLUMNS, STATION_COLUMNS, Network
from netmodel.network.rows import cell_text, network_rows, parse_network, type_cell

if TYPE_CHECKING:
    import networkx as nx

_COURSE = "link_course"
_LINK_KEY = "link"
_ORDER = "link_order"
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_graphml(network: Network, path: Path) -> None:
    """Write hubs as nodes, and links as edges whose key is the id of the link.

    Numbers are numbers; a missing value is left out. The course of a link is its attribute
    ``link_course`` (JSON), stations and the order of columns are attributes of the graph.

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
            attributes[_COURSE] = json.dumps([list(xy) for xy in course])
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
        found[key] = type_cell(key, text)
    return found


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
            RecursionError) as error:  # fmt: skip
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
        if _COURSE in data:
            line = json.loads(str(data[_COURSE]))
            courses[link_id] = tuple((float(x), float(y)) for x, y in line)
    links.sort(key=lambda numbered: numbered[0])
    stations = [
        {key: str(row.get(key, "")) for key in STATION_COLUMNS}
        for row in json.loads(str(graph.graph.get("stations", "[]")))
    ]
    rows = [row for _, row in links]
    return {"hubs.csv": hubs, "links.csv": rows, "stations.csv": stations}, courses


def _columns(graph: Mapping[str, Any], key: str, usual: tuple[str, ...]) -> tuple[str, ...]:
    text = graph.get(key)
    return tuple(str(each) for each in json.loads(str(text))) if text else usual
