"""A network as rows of text, tables and graphs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from netmodel.errors import InputError, Problem
from netmodel.files.csv import CONTROL
from netmodel.network.railway import Hub, Link, Network, Station

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

    from netmodel.network.railway import Network


HUB_COLUMNS = (
    "id", "name", "lon", "lat", "country", "region", "kind", "population", "aliases", "source",
)  # fmt: skip
LINK_COLUMNS = (
    "id", "from", "to", "length_km", "minutes", "line_class", "tracks", "electrified",
    "gauge_mm", "capacity_trains_per_day", "direction", "length_basis", "source",
    "from_side", "to_side",
)  # fmt: skip
STATION_COLUMNS = ("name", "link", "km", "aliases")


def network_rows(
    network: Network,
) -> dict[str, tuple[tuple[str, ...], list[dict[str, str]]]]:
    """Return columns and rows, as text, of each CSV file of a network.

    Raises
    ------
    InputError
        With every text that would not come back as it is: an alias with ``;``, blanks around a
        name, a control character in it, a carriage return, a further column with the name of a
        known one.
    """
    problems = list(_find_unwritable(network))
    if problems:
        raise InputError(problems)
    hub_extra = tuple(dict.fromkeys(key for hub in network.hubs for key in hub.extra))
    link_extra = tuple(dict.fromkeys(key for link in network.links for key in link.extra))
    return {
        "hubs.csv": ((*HUB_COLUMNS, *hub_extra), [_hub_row(hub) for hub in network.hubs]),
        "links.csv": ((*LINK_COLUMNS, *link_extra), [_link_row(link) for link in network.links]),
        "stations.csv": (STATION_COLUMNS, [_station_row(each) for each in network.stations]),
    }


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
             "tracks": link.tracks, "electrified": link.electrified, "gauge_mm": link.gauge_mm,
             "capacity_trains_per_day": link.capacity_trains_per_day, "direction": link.direction,
             "length_basis": link.length_basis, "source": link.source,
             "from_side": link.from_side, "to_side": link.to_side, **link.extra}
            for link in network.links
        ],
        columns=None if network.links else list(LINK_COLUMNS),
    )  # fmt: skip
    stations = pd.DataFrame(
        [
            {"name": each.name, "link": each.link, "km": each.km, "aliases": ";".join(each.aliases)}
            for each in network.stations
        ],
        columns=list(STATION_COLUMNS),
    )
    hubs = hubs.astype({"population": "Int64"}).set_index("id")
    links = links.astype({"tracks": "Int64", "gauge_mm": "Int64", "electrified": "boolean"})
    return NetworkFrames(
        hubs=hubs, links=links.set_index("id"), stations=stations.set_index("name")
    )


def _format(value: float | None) -> str:
    if value is None:
        return ""
    return repr(int(value)) if value == int(value) else repr(value)


def _find_unwritable(network: Network) -> Iterator[Problem]:
    """Find texts that files cannot hold as they are."""
    for hub in network.hubs:
        where = f"hub {hub.id}"
        texts = {"id": hub.id, "name": hub.name, "country": hub.country, "region": hub.region,
                 "kind": hub.kind, "source": hub.source}  # fmt: skip
        yield from _find_odd_texts(texts, where, required=("id", "name"))
        yield from _find_odd_aliases(hub.aliases, where)
        yield from _find_odd_extra(hub.extra, HUB_COLUMNS, where)
    for link in network.links:
        where = f"link {link.id}"
        texts = {"id": link.id, "source": link.source}
        yield from _find_odd_texts(texts, where, required=("id",))
        yield from _find_odd_extra(link.extra, LINK_COLUMNS, where)
    for station in network.stations:
        where = f"station {station.name} on {station.link}"
        yield from _find_odd_texts({"name": station.name}, where)
        yield from _find_odd_aliases(station.aliases, where)


def _find_odd_texts(
    texts: Mapping[str, str], where: str, required: tuple[str, ...] = ()
) -> Iterator[Problem]:
    for column, text in texts.items():
        if text != text.strip():
            what = f"{column} {text!r} has blanks around it"
            yield Problem(what=what, where=where, remedy=f"write {text.strip()!r}")
        elif "\r" in text:
            what = f"{column} {text!r} has a carriage return"
            yield Problem(what=what, where=where, remedy="write it on one line")
        elif column in ("id", "name") and CONTROL.search(text):
            what = f"{column} {text!r} has a control character"
            yield Problem(what=what, where=where, remedy="write it without")
        elif not text and column in required:
            yield Problem(what=f"{column} is empty", where=where)


def _find_odd_aliases(aliases: Iterable[str], where: str) -> Iterator[Problem]:
    for alias in aliases:
        yield from _find_odd_texts({"alias": alias}, where, required=("alias",))
        if ";" in alias:
            what = f"alias {alias!r} has a semicolon, which stands between aliases in files"
            yield Problem(what=what, where=where, remedy="give two aliases, or write a comma")


def _find_odd_extra(
    extra: Mapping[str, str], known: Iterable[str], where: str
) -> Iterator[Problem]:
    for column, text in extra.items():
        if "\r" in column or "\r" in text:
            what = f"{column} {text!r} has a carriage return"
            yield Problem(what=what, where=where, remedy="write it on one line")
        if column in known:
            what = f"further column {column!r} has the name of a known one"
            yield Problem(what=what, where=where, remedy="give it another name")


def _hub_row(hub: Hub) -> dict[str, str]:
    return {
        "id": hub.id,
        "name": hub.name,
        "lon": _format(hub.lon),
        "lat": _format(hub.lat),
        "country": hub.country,
        "region": hub.region,
        "kind": hub.kind,
        "population": _format(hub.population),
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
        "length_km": _format(link.length_km),
        "minutes": _format(link.minutes),
        "line_class": link.line_class,
        "tracks": _format(link.tracks),
        "electrified": electrified,
        "gauge_mm": _format(link.gauge_mm),
        "capacity_trains_per_day": _format(link.capacity_trains_per_day),
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
        "km": _format(station.km),
        "aliases": ";".join(station.aliases),
    }


def place_on_link(network: Network, link_id: str, km: float) -> tuple[float, float]:
    """Return the longitude and latitude of a place on a link, by its share of the course.

    Examples
    --------
    >>> from netmodel.network.railway import Hub, Link
    >>> hubs = (Hub(id="a", name="A", lon=0, lat=0), Hub(id="b", name="B", lon=1, lat=0))
    >>> network = Network(hubs=hubs, links=(Link(id="l", from_hub="a", to_hub="b", length_km=120),))
    >>> place_on_link(network, "l", 30)
    (0.25, 0.0)
    """
    course = network.line(link_id)
    squeeze = math.cos(math.radians(course[0][1]))
    steps = [math.hypot((b[0] - a[0]) * squeeze, b[1] - a[1]) for a, b in pairwise(course)]
    left = sum(steps) * min(max(km / network.link(link_id).length_km, 0.0), 1.0)
    for start, end, step in zip(course, course[1:], steps, strict=False):
        if left <= step and step > 0:
            share = left / step
            return (
                start[0] + share * (end[0] - start[0]),
                start[1] + share * (end[1] - start[1]),
            )
        left -= step
    return course[-1]


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
