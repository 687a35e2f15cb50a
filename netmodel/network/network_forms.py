"""A network as pandas tables and as a graph of networkx."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, NamedTuple

from netmodel.network.railway import HUB_COLUMNS, LINK_COLUMNS, STATION_COLUMNS, Network

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd


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
