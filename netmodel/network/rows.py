"""A network as rows of text for files, as tables for people, and as a graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from netmodel.errors import InputError, Problem, Suggestions, did_you_mean
from netmodel.files.csv import (
    REQUIRED,
    Row,
    RowTable,
    parse_number,
    parse_whole,
    point_out_slips,
    read_text,
)
from netmodel.network.about import ABOUT_COLUMNS, About, about_rows, parse_about
from netmodel.network.aliases import ALIAS_COLUMNS, alias_rows, parse_aliases
from netmodel.network.field_checks import Rule, make_checked, without_owner
from netmodel.network.railway import (
    HUB_COLUMNS,
    LINK_COLUMNS,
    RULES,
    STATION_COLUMNS,
    Hub,
    Link,
    Network,
    Station,
)

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd


OFF_END_KM = 0.5
"""How far beyond an end of its link a station may lie, for lengths that are rounded, km."""
TABLES = {"hubs.csv": HUB_COLUMNS, "links.csv": LINK_COLUMNS, "stations.csv": STATION_COLUMNS}
"""The known columns of each file."""
ABOUT = "about.csv"
ALIASES = "aliases.csv"
"""Files that a network may lack; their columns are `ABOUT_COLUMNS` and `ALIAS_COLUMNS` alone."""
NUMBERS = frozenset({"lon", "lat", "length_km", "minutes", "capacity_trains_per_day", "km"})
WHOLE_NUMBERS = frozenset({"population", "tracks"})
Tables = dict[str, tuple[tuple[str, ...], list[dict[str, str]]]]
_TRUTH = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_SAFE = "column_"
_COLUMN_OF = {"from_hub": "from", "to_hub": "to", "gauges_mm": "gauge_mm"}
_Read = Callable[[str, str], object]
"""Given a column and the text of a cell without blanks around it, returns its value."""
_Part = TypeVar("_Part", Hub, Link, Station)


def network_rows(network: Network) -> Tables:
    """Return columns and rows, as text, of each CSV file that a network has."""
    hub_extra = tuple(dict.fromkeys(key for hub in network.hubs for key in hub.extra))
    link_extra = tuple(dict.fromkeys(key for link in network.links for key in link.extra))
    station_extra = tuple(dict.fromkeys(key for each in network.stations for key in each.extra))
    tables: Tables = {
        "hubs.csv": ((*HUB_COLUMNS, *hub_extra), [_hub_row(hub) for hub in network.hubs]),
        "links.csv": ((*LINK_COLUMNS, *link_extra), [_link_row(link) for link in network.links]),
        "stations.csv": (
            (*STATION_COLUMNS, *station_extra),
            [_station_row(each) for each in network.stations],
        ),
    }
    if network.about != About():
        tables[ABOUT] = ABOUT_COLUMNS, about_rows(network.about)
    if network.aliases:
        tables[ALIASES] = ALIAS_COLUMNS, alias_rows(network.aliases)
    return tables


def _hub_row(hub: Hub) -> dict[str, str]:
    return {
        "id": hub.id,
        "name": hub.name,
        "lon": write_number(hub.lon),
        "lat": write_number(hub.lat),
        "country": hub.country,
        "region": hub.region,
        "kind": hub.kind,
        "population": write_number(hub.population),
        "aliases": ";".join(hub.aliases),
        "source": hub.source,
        **hub.extra,
    }


def _link_row(link: Link) -> dict[str, str]:
    electrified = "" if link.electrified is None else ("yes" if link.electrified else "no")
    return {
        "id": link.id,
        "from": link.from_hub,
        "to": link.to_hub,
        "length_km": write_number(link.length_km),
        "minutes": write_number(link.minutes),
        "line_class": link.line_class,
        "tracks": write_number(link.tracks),
        "electrified": electrified,
        "gauge_mm": write_gauges(link.gauges_mm),
        "capacity_trains_per_day": write_number(link.capacity_trains_per_day),
        "direction": link.direction,
        "length_basis": link.length_basis,
        "source": link.source,
        "from_side": link.from_side,
        "to_side": link.to_side,
        **link.extra,
    }


def _station_row(station: Station) -> dict[str, str]:
    return {
        "name": station.name,
        "link": station.link,
        "km": write_number(station.km),
        "aliases": ";".join(station.aliases),
        **station.extra,
    }


def write_gauges(gauges_mm: Sequence[int]) -> str:
    """Return the gauges of a link as the text of their cell.

    Examples
    --------
    >>> write_gauges((1435, 1520)), write_gauges(())
    ('1435;1520', '')
    """
    return ";".join(map(str, gauges_mm))


def write_number(value: float | None) -> str:
    """Return a number as text that reads back as the same number; empty for ``None``.

    Examples
    --------
    >>> write_number(80.0), write_number(0.1), write_number(None)
    ('80', '0.1', '')
    """
    if value is None:
        return ""
    return repr(int(value)) if value == int(value) else repr(value)


def type_cell(column: str, text: str) -> float | int | str:
    """Return a cell as the number or text that its column holds, for formats that know numbers.

    Examples
    --------
    >>> type_cell("length_km", "80"), type_cell("tracks", "2"), type_cell("name", "2")
    (80.0, 2, '2')
    """
    if column in NUMBERS:
        return float(text)
    return int(text) if column in WHOLE_NUMBERS else text


def cell_text(value: object) -> str:
    """Return a number or text of another format as the text of a cell; empty for no value."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return write_number(value) if abs(value) != float("inf") else repr(value)
    return str(value)


def to_field(column: str, reserved: frozenset[str]) -> str:
    """Return a column as a field of a format that keeps some names for itself; see `from_field`.

    Examples
    --------
    >>> to_field("fid", frozenset({"fid"})), to_field("uic", frozenset({"fid"}))
    ('column_fid', 'uic')
    """
    taken = column.casefold() in reserved or column.startswith(_SAFE)
    return f"{_SAFE}{column}" if taken else column


def from_field(field: str) -> str:
    """Return the column of a field.

    Examples
    --------
    >>> from_field("column_fid")
    'fid'
    """
    return field.removeprefix(_SAFE)


def number_rows(tables: Mapping[str, Sequence[Mapping[str, str]]], file: str) -> RowTable:
    """Return the rows of one file among tables of text, numbered from 1."""
    rows = tables.get(file, ())
    names = dict.fromkeys(chain.from_iterable(rows))
    columns = {name: [row.get(name) for row in rows] for name in names}
    return RowTable(file, range(1, len(rows) + 1), columns)


def parse_network(
    tables: Mapping[str, Sequence[Mapping[str, str]]],
    geometry: Mapping[str, tuple[tuple[float, float], ...]],
    *,
    name: str,
    source: str,
) -> Network:
    """Return the network of rows of text that another format than CSV holds.

    Parameters
    ----------
    tables
        RowTable by the name of their CSV file.
    source
        Named in problems as the place where they are; empty where the tables are of Python.

    Raises
    ------
    InputError
        With every problem of all rows.
    """
    prefix = f"{source}: " if source else ""
    problems: list[Problem] = []
    hub_rows, link_rows, station_rows = (number_rows(tables, file) for file in TABLES)
    for rows in (hub_rows, link_rows, station_rows):
        if rows:
            where = prefix + rows.file.removesuffix(".csv")
            point_out_slips(rows.columns, TABLES[rows.file], where)
    hubs, links, stations = parse_rows(hub_rows, link_rows, station_rows, problems)
    words = number_rows(tables, ALIASES)
    aliases = parse_aliases(words, hub_rows, link_rows, station_rows, problems)
    about = parse_about(number_rows(tables, ABOUT), problems)
    if not problems:
        try:
            return Network(
                hubs=hubs, links=links, stations=stations, geometry=geometry, name=name,
                aliases=aliases, about=about,
            )  # fmt: skip
        except InputError as error:
            problems += error.problems
    raise InputError(
        replace(each, where=prefix + each.where.replace(".csv:", " row ")) for each in problems
    )


def parse_rows(
    hub_rows: RowTable, link_rows: RowTable, station_rows: RowTable, problems: list[Problem]
) -> tuple[tuple[Hub, ...], tuple[Link, ...], tuple[Station, ...]]:
    """Return the hubs, links and stations of rows; what is wrong with them goes to `problems`."""
    hubs = _parse_each(Hub, hub_rows, problems)
    links = _parse_each(Link, link_rows, problems)
    stations = _parse_each(Station, station_rows, problems)
    problems += _cross_check(hub_rows, link_rows, station_rows)
    return hubs, links, stations


def _parse_each(kind: type[_Part], rows: RowTable, problems: list[Problem]) -> tuple[_Part, ...]:
    """Return the values of rows.

    Each different text of a column is read and checked once. A row with a text in doubt is read
    by itself, so that all that is wrong with it is noted.
    """
    fields: dict[str, list[object]] = {}
    doubtful: set[int] = set()
    rules = RULES[kind]
    for name, (column, read) in _CELLS[kind].items():
        fields[name] = _read_column(rows.texts(column), column, read, rules[name], doubtful)
    further = [column for column in rows.columns if column not in TABLES[rows.file]]
    parts = [
        _read_column(rows.columns[each], each, _read_further, rules["extra"], doubtful)
        for each in further
    ]
    fields["extra"] = _join_further(parts) if parts else [_NOTHING] * len(rows)
    if kind is Link:
        ends = zip(fields["from_hub"], fields["to_hub"], strict=True)
        doubtful |= {number for number, (tail, head) in enumerate(ends) if tail == head}
    found: list[_Part | None] = list(make_checked(kind, fields))
    for number in sorted(doubtful):
        found[number] = _parse_row(kind, rows.row(number), problems)
    return tuple(part for part in found if part is not None)


def _read_column(
    texts: Sequence[str | None], column: str, read: _Read, rule: Rule, doubtful: set[int]
) -> list[object]:
    """Return the values of the cells of a column; rows whose cells are in doubt are noted."""
    known: dict[str | None, object] = dict.fromkeys(texts)
    in_doubt = False
    for text in known:
        try:
            known[text] = rule(read(column, text or ""), _doubt)
        except InputError:
            known[text] = _DOUBT
            in_doubt = True
    values = list(map(known.__getitem__, texts))
    if in_doubt:
        doubtful |= {number for number, value in enumerate(values) if value is _DOUBT}
    return values


def _doubt(what: str, remedy: str = "") -> None:
    raise InputError([Problem(what=what, remedy=remedy)])


def _join_further(parts: Sequence[Sequence[object]]) -> list[object]:
    """Return the further columns of each row, of those that each column has."""
    return [
        {name: text for part in row if isinstance(part, dict) for name, text in part.items()}
        for row in zip(*parts, strict=True)
    ]


def _parse_row(kind: type[_Part], row: Row, problems: list[Problem]) -> _Part | None:
    """Return the value of a row; all that is wrong with it is noted at the row, each once."""
    own: list[Problem] = []
    fields: dict[str, object] = {"extra": _read_extra(row)}
    for name, (column, read) in _CELLS[kind].items():
        text = read_text(row, column)
        fields[name] = None
        try:
            fields[name] = read(column, text)
        except InputError as error:
            own += (replace(each, where=row.where) for each in error.problems)
        if not text and fields[name] is None and _is_needed(row, column):
            own.append(Problem(what=f"{column} is empty", where=row.where))
    made = _make(kind, row, own, fields)
    problems += own
    return made


def _is_needed(row: Row, column: str) -> bool:
    return column in row.cells and column in REQUIRED[row.file]


def _make(
    kind: Callable[..., _Part], row: Row, problems: list[Problem], fields: Mapping[str, object]
) -> _Part | None:
    """Return the value of a row; its mistakes are noted at the row, each once."""
    try:
        made = kind(**fields)
    except InputError as error:
        noted = {each.what.split()[0] for each in problems}
        for each in error.problems:
            column = _COLUMN_OF.get(each.where, each.where)
            if column not in noted:
                missing = fields[each.where] is None
                what = f"{column} is missing" if missing else f"{column}: {without_owner(each)}"
                problems.append(Problem(what=what, where=row.where, remedy=each.remedy))
        return None
    return made


def _read_further(column: str, text: str) -> dict[str, str]:
    return {column: text}


def _read_extra(row: Row) -> dict[str, str]:
    known = TABLES[row.file]
    return {key: value for key, value in row.cells.items() if key not in known}


def _read_text(_: str, text: str) -> str:
    return text


def _read_texts(_: str, text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _read_gauges(column: str, text: str) -> tuple[int | None, ...]:
    """Return the gauges of a cell such as ``1520`` or ``1435;1520``."""
    problems: list[Problem] = []
    found = []
    for part in _read_texts(column, text):
        try:
            found.append(parse_whole(column, part))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return tuple(found)


def _read_truth(column: str, text: str) -> bool | None:
    truth = _TRUTH.get(text.casefold())
    if text and truth is None:
        raise InputError([Problem(what=f"{column} (={text.casefold()!r}) is neither yes nor no")])
    return truth


def _read_or(usual: str) -> _Read:
    """Return a reader of texts with one that stands for an empty cell."""
    return lambda _, text: text or usual


_DOUBT = object()
_NOTHING: Mapping[str, str] = {}
"""The further columns of all rows of a table that has none."""
_CELLS: Mapping[type, Mapping[str, tuple[str, _Read]]] = {
    Hub: {
        "id": ("id", _read_text),
        "name": ("name", _read_text),
        "lon": ("lon", parse_number),
        "lat": ("lat", parse_number),
        "country": ("country", _read_text),
        "region": ("region", _read_text),
        "kind": ("kind", _read_text),
        "population": ("population", parse_whole),
        "aliases": ("aliases", _read_texts),
        "source": ("source", _read_text),
    },
    Link: {
        "electrified": ("electrified", _read_truth),
        "id": ("id", _read_text),
        "from_hub": ("from", _read_text),
        "to_hub": ("to", _read_text),
        "length_km": ("length_km", parse_number),
        "minutes": ("minutes", parse_number),
        "line_class": ("line_class", _read_or("main")),
        "tracks": ("tracks", parse_whole),
        "gauges_mm": ("gauge_mm", _read_gauges),
        "capacity_trains_per_day": ("capacity_trains_per_day", parse_number),
        "direction": ("direction", _read_or("both")),
        "length_basis": ("length_basis", _read_text),
        "source": ("source", _read_text),
        "from_side": ("from_side", _read_text),
        "to_side": ("to_side", _read_text),
    },
    Station: {
        "name": ("name", _read_text),
        "link": ("link", _read_text),
        "km": ("km", parse_number),
        "aliases": ("aliases", _read_texts),
    },
}
"""The column of each field, and what reads its cells."""


def _cross_check(
    hub_rows: RowTable, link_rows: RowTable, station_rows: RowTable
) -> Iterator[Problem]:
    """Find duplicate ids and references to nothing, at their lines."""
    hub_lines: dict[str, int] = {}
    link_lines: dict[str, int] = {}
    for rows, lines, noun in ((hub_rows, hub_lines, "hub"), (link_rows, link_lines, "link")):
        for row_id, line in zip(rows.texts("id"), rows.lines, strict=True):
            if row_id in lines:
                remedy = f"first at line {lines[row_id]}; ids are unique"
                what = f"{noun} id {row_id!r} is used twice"
                yield Problem(what=what, where=f"{rows.file}:{line}", remedy=remedy)
            lines.setdefault(row_id, line)
    hubs = Suggestions(hub_lines)
    ends = zip(link_rows.lines, link_rows.texts("from"), link_rows.texts("to"), strict=True)
    for line, *both in ends:
        for end in both:
            if end and end not in hub_lines:
                remedy = did_you_mean(hubs.near(end))
                where = f"{link_rows.file}:{line}"
                yield Problem(what=f"unknown hub {end!r}", where=where, remedy=remedy)
    if station_rows:
        yield from _check_stations(station_rows, link_rows, link_lines)


def _check_stations(
    station_rows: RowTable, link_rows: RowTable, link_lines: Mapping[str, int]
) -> Iterator[Problem]:
    lengths = dict(zip(link_rows.texts("id"), link_rows.texts("length_km"), strict=True))
    links = Suggestions(link_lines)
    for row in station_rows:
        link = read_text(row, "link")
        if link and link not in link_lines:
            remedy = did_you_mean(links.near(link))
            yield Problem(what=f"unknown link {link!r}", where=row.where, remedy=remedy)
        elif link and _is_off(read_text(row, "km"), lengths[link]):
            what = f"km (={read_text(row, 'km')}) is not within its link of {lengths[link]} km"
            yield Problem(what=what, where=row.where, remedy="count from its from hub")


def _is_off(km: str, length: str) -> bool:
    try:
        return not -OFF_END_KM <= float(km) <= float(length) + OFF_END_KM
    except ValueError:
        return False


class NetworkFrames(NamedTuple):
    """A network as tables, to be unpacked or taken by name."""

    hubs: pd.DataFrame
    links: pd.DataFrame
    stations: pd.DataFrame


def network_frames(network: Network) -> NetworkFrames:
    """Return hubs, links and stations as pandas tables, indexed by id (stations by name)."""
    import pandas as pd

    hubs = pd.DataFrame(
        [
            {"id": hub.id, "name": hub.name, "lon": hub.lon, "lat": hub.lat,
             "country": hub.country, "region": hub.region, "kind": hub.kind,
             "population": hub.population, "aliases": ";".join(hub.aliases),
             "source": hub.source, **hub.extra}
            for hub in network.hubs
        ],
        columns=None if network.hubs else list(HUB_COLUMNS),
    )  # fmt: skip
    links = pd.DataFrame(
        [
            {"id": link.id, "from": link.from_hub, "to": link.to_hub,
             "length_km": link.length_km, "minutes": link.minutes, "line_class": link.line_class,
             "tracks": link.tracks, "electrified": link.electrified,
             "gauge_mm": write_gauges(link.gauges_mm),
             "capacity_trains_per_day": link.capacity_trains_per_day, "direction": link.direction,
             "length_basis": link.length_basis, "source": link.source,
             "from_side": link.from_side, "to_side": link.to_side, **link.extra}
            for link in network.links
        ],
        columns=None if network.links else list(LINK_COLUMNS),
    )  # fmt: skip
    stations = pd.DataFrame(
        [
            {"name": each.name, "link": each.link, "km": each.km,
             "aliases": ";".join(each.aliases), **each.extra}
            for each in network.stations
        ],
        columns=None if network.stations else list(STATION_COLUMNS),
    )  # fmt: skip
    hubs = hubs.astype({"population": "Int64"}).set_index("id")
    links = links.astype({"tracks": "Int64", "electrified": "boolean"})
    return NetworkFrames(
        hubs=hubs, links=links.set_index("id"), stations=stations.set_index("name")
    )


def build_multigraph(network: Network) -> nx.MultiGraph[str]:
    """Return the network with hubs as nodes and links as keyed edges; see `Network.to_networkx`."""
    import networkx as nx

    graph: nx.MultiGraph[str] = nx.MultiGraph(name=network.name)
    for hub in network.hubs:
        row = asdict(hub)
        del row["id"]
        graph.add_node(hub.id, **row)
    for link in network.links:
        row = asdict(link)
        del row["id"]
        graph.add_edge(link.from_hub, link.to_hub, key=link.id, **row)
    return graph
