"""A network as a networkx MultiGraph."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import networkx as nx

    from netmodel.network.model import Network


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
