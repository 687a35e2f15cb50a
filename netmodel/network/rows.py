"""A network as rows of text for files, as tables for people, and as a graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from netmodel.errors import InputError, Problem, Suggestions, did_you_mean
from netmodel.files.csv import Row, point_out_slips, read_number, read_text, read_whole
from netmodel.network.aliases import ALIAS_COLUMNS, alias_rows, parse_aliases
from netmodel.network.field_checks import without_owner
from netmodel.network.railway import (
    HUB_COLUMNS,
    LINK_COLUMNS,
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
ALIASES = "aliases.csv"
"""A file that a network may lack; its columns are no others than `ALIAS_COLUMNS`."""
NUMBERS = frozenset({"lon", "lat", "length_km", "minutes", "capacity_trains_per_day", "km"})
WHOLE_NUMBERS = frozenset({"population", "tracks"})
Tables = dict[str, tuple[tuple[str, ...], list[dict[str, str]]]]
_TRUTH = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_SAFE = "column_"
_COLUMN_OF = {"from_hub": "from", "to_hub": "to", "gauges_mm": "gauge_mm"}
_Part = TypeVar("_Part", Hub, Link, Station)


def network_rows(network: Network) -> Tables:
    """Return columns and rows, as text, of each CSV file of a network; aliases if it has any."""
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


def number_rows(tables: Mapping[str, Sequence[Mapping[str, str]]], file: str) -> list[Row]:
    """Return the rows of one file among tables of text, numbered from 1."""
    return [Row(file, number, cells) for number, cells in enumerate(tables.get(file, ()), start=1)]


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
        Rows by the name of their CSV file.
    source
        Named in problems as the place where they are.

    Raises
    ------
    InputError
        With every problem of all rows.
    """
    problems: list[Problem] = []
    for file, known in TABLES.items():
        columns = dict.fromkeys(column for row in tables.get(file, ()) for column in row)
        if columns:
            point_out_slips(columns, known, f"{source}: {file.removesuffix('.csv')}")
    hub_rows, link_rows, station_rows = (number_rows(tables, file) for file in TABLES)
    hubs, links, stations = parse_rows(hub_rows, link_rows, station_rows, problems)
    words = number_rows(tables, ALIASES)
    aliases = parse_aliases(words, hub_rows, link_rows, station_rows, problems)
    if not problems:
        try:
            return Network(
                hubs=hubs, links=links, stations=stations, geometry=geometry, name=name,
                aliases=aliases,
            )  # fmt: skip
        except InputError as error:
            problems += error.problems
    raise InputError(
        replace(each, where=f"{source}: {each.where.replace('.csv:', ' row ')}")
        for each in problems
    )


def parse_rows(
    hub_rows: Sequence[Row],
    link_rows: Sequence[Row],
    station_rows: Sequence[Row],
    problems: list[Problem],
) -> tuple[tuple[Hub, ...], tuple[Link, ...], tuple[Station, ...]]:
    """Return the hubs, links and stations of rows; what is wrong with them goes to `problems`."""
    hubs = _parse_each(_parse_hub, hub_rows, problems)
    links = _parse_each(_parse_link, link_rows, problems)
    stations = _parse_each(_parse_station, station_rows, problems)
    problems += _cross_check(hub_rows, link_rows, station_rows)
    return hubs, links, stations


def _parse_each(
    parse: Callable[[Row, list[Problem]], _Part | None],
    rows: Sequence[Row],
    problems: list[Problem],
) -> tuple[_Part, ...]:
    """Return the values of rows, each of which sees the problems of its own row alone."""
    found = []
    for row in rows:
        own: list[Problem] = []
        part = parse(row, own)
        problems += own
        if part is not None:
            found.append(part)
    return tuple(found)


def _parse_hub(row: Row, problems: list[Problem]) -> Hub | None:
    return _make(
        Hub,
        row,
        problems,
        {
            "id": read_text(row, "id"),
            "name": read_text(row, "name"),
            "lon": read_number(row, "lon", problems, required=True),
            "lat": read_number(row, "lat", problems, required=True),
            "country": read_text(row, "country"),
            "region": read_text(row, "region"),
            "kind": read_text(row, "kind"),
            "population": read_whole(row, "population", problems),
            "aliases": _split(read_text(row, "aliases")),
            "source": read_text(row, "source"),
            "extra": _extra(row),
        },
    )


def _parse_link(row: Row, problems: list[Problem]) -> Link | None:
    electrified = read_text(row, "electrified").casefold()
    if electrified and electrified not in _TRUTH:
        what = f"electrified (={electrified!r}) is neither yes nor no"
        problems.append(Problem(what=what, where=row.where))
    return _make(
        Link,
        row,
        problems,
        {
            "id": read_text(row, "id"),
            "from_hub": read_text(row, "from"),
            "to_hub": read_text(row, "to"),
            "length_km": read_number(row, "length_km", problems, required=True),
            "minutes": read_number(row, "minutes", problems, required=False),
            "line_class": read_text(row, "line_class") or "main",
            "tracks": read_whole(row, "tracks", problems),
            "electrified": _TRUTH.get(electrified),
            "gauges_mm": _read_gauges(row, problems),
            "capacity_trains_per_day": read_number(
                row, "capacity_trains_per_day", problems, required=False
            ),
            "direction": read_text(row, "direction") or "both",
            "length_basis": read_text(row, "length_basis"),
            "source": read_text(row, "source"),
            "from_side": read_text(row, "from_side"),
            "to_side": read_text(row, "to_side"),
            "extra": _extra(row),
        },
    )


def _parse_station(row: Row, problems: list[Problem]) -> Station | None:
    return _make(
        Station,
        row,
        problems,
        {
            "name": read_text(row, "name"),
            "link": read_text(row, "link"),
            "km": read_number(row, "km", problems, required=True),
            "aliases": _split(read_text(row, "aliases")),
            "extra": _extra(row),
        },
    )


def _read_gauges(row: Row, problems: list[Problem]) -> tuple[int, ...]:
    """Return the gauges of a cell such as ``1520`` or ``1435;1520``."""
    found = [
        read_whole(replace(row, cells={"gauge_mm": text}), "gauge_mm", problems)
        for text in _split(read_text(row, "gauge_mm"))
    ]
    return tuple(number for number in found if number is not None)


def _make(
    kind: Callable[..., _Part], row: Row, problems: list[Problem], fields: Mapping[str, object]
) -> _Part | None:
    """Return the value of a row; its mistakes are noted at the row, each once."""
    try:
        return kind(**fields)
    except InputError as error:
        noted = {each.what.split()[0] for each in problems}
        for each in error.problems:
            column = _COLUMN_OF.get(each.where, each.where)
            if column not in noted:
                missing = fields[each.where] is None
                what = f"{column} is missing" if missing else f"{column}: {without_owner(each)}"
                problems.append(Problem(what=what, where=row.where, remedy=each.remedy))
    return None


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _extra(row: Row) -> dict[str, str]:
    known = TABLES[row.file]
    return {key: value for key, value in row.cells.items() if key not in known}


def _cross_check(
    hub_rows: Sequence[Row], link_rows: Sequence[Row], station_rows: Sequence[Row]
) -> Iterator[Problem]:
    """Find duplicate ids and references to nothing, at their lines."""
    hub_lines: dict[str, int] = {}
    link_lines: dict[str, int] = {}
    for rows, lines, noun in ((hub_rows, hub_lines, "hub"), (link_rows, link_lines, "link")):
        for row in rows:
            row_id = read_text(row, "id")
            if row_id in lines:
                remedy = f"first at line {lines[row_id]}; ids are unique"
                what = f"{noun} id {row_id!r} is used twice"
                yield Problem(what=what, where=row.where, remedy=remedy)
            lines.setdefault(row_id, row.line)
    hubs = Suggestions(hub_lines)
    for row in link_rows:
        for end in (read_text(row, "from"), read_text(row, "to")):
            if end and end not in hub_lines:
                remedy = did_you_mean(hubs.near(end))
                yield Problem(what=f"unknown hub {end!r}", where=row.where, remedy=remedy)
    yield from _check_stations(station_rows, link_rows, link_lines)


def _check_stations(
    station_rows: Sequence[Row], link_rows: Sequence[Row], link_lines: Mapping[str, int]
) -> Iterator[Problem]:
    lengths = {read_text(row, "id"): read_text(row, "length_km") for row in link_rows}
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
