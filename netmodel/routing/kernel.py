"""The kernel: the network with everything taken out that no route between terminals can feel.

Leaves that hold no terminal are peeled, chains of hubs of degree two are contracted into one
edge, parallel edges are kept. The kernel depends on the network and the terminals only, never on
costs, so that it is built once and serves every state.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netmodel.network.model import Network
from netmodel.routing.profiles import CLOSED, LinkCosts


@dataclass(frozen=True, slots=True)
class Kernel:
    """Kernel edges as chains of links, and the directed arcs over two-sided hubs.

    Parameters
    ----------
    members, member_forward, offsets
        Links of each edge in order, whether each is run forward, and where each edge begins.
    edge_of_link
        The edge of each link, or -1 for one that was peeled.
    nodes_of_hub
        The routing nodes of each kept hub: one, or two when its sides are known. A train at node
        0 faces side A and leaves by A freely; at node 1 it faces side B.
    arc_tail, arc_head, arc_edge, arc_reversed
        Directed arcs: their end nodes, their edge (-1 for a reversal), and whether they run it
        backwards.
    """

    members: NDArray[np.int64]
    member_forward: NDArray[np.bool_]
    offsets: NDArray[np.int64]
    edge_of_link: NDArray[np.int64]
    nodes_of_hub: dict[int, tuple[int, ...]]
    arc_tail: NDArray[np.int64]
    arc_head: NDArray[np.int64]
    arc_edge: NDArray[np.int64]
    arc_reversed: NDArray[np.bool_]
    node_count: int

    def arc_costs(self, costs: LinkCosts, reversal_cost: int) -> NDArray[np.int64]:
        """Return the cost of every arc under the given link costs, `CLOSED` at most."""
        along = self._edge_sums(costs.forward, costs.backward)
        against = self._edge_sums(costs.backward, costs.forward)
        by_edge = np.where(self.arc_reversed, against[self.arc_edge], along[self.arc_edge])
        return np.where(self.arc_edge < 0, reversal_cost, np.minimum(by_edge, CLOSED))

    def arc_sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum of a value per link over every arc; 0 for a reversal."""
        sums = self._edge_sums(values, values)
        return np.where(self.arc_edge < 0, 0.0, sums[self.arc_edge])

    def _edge_sums(self, forward: NDArray, backward: NDArray) -> NDArray:  # type: ignore[type-arg]
        if not len(self.offsets):
            return np.zeros(1)
        wide = np.float64 if forward.dtype.kind == "f" else np.int64
        values = np.where(self.member_forward, forward[self.members], backward[self.members])
        return np.add.reduceat(values.astype(wide), self.offsets)

    def arc_links(self, arc: int) -> list[tuple[int, bool]]:
        """Return the links of an arc in the order run, each with whether it is run forward."""
        edge = int(self.arc_edge[arc])
        if edge < 0:
            return []
        end = self.offsets[edge + 1] if edge + 1 < len(self.offsets) else len(self.members)
        run = slice(int(self.offsets[edge]), int(end))
        chain = list(
            zip(self.members[run].tolist(), self.member_forward[run].tolist(), strict=True)
        )
        if self.arc_reversed[arc]:
            return [(link, not forward) for link, forward in reversed(chain)]
        return chain


def build_kernel(network: Network, terminals: Sequence[int]) -> Kernel:
    """Contract a network around its terminals.

    Parameters
    ----------
    terminals
        Positions of the hubs between which routes are wanted.
    """
    ends = network.link_ends
    sides = [(link.from_side, link.to_side) for link in network.links]
    two_sided = _two_sided_hubs(ends, sides)
    at_hub = _links_at_hubs(len(network.hubs), ends)
    keep = set(terminals)
    edge_of_link = np.full(len(network.links), -1, dtype=np.int64)
    alive = _peel_leaves(at_hub, ends, keep)
    anchors = [
        hub
        for hub, links in enumerate(at_hub)
        if hub in keep or (links and not _is_passed(hub, links, ends, sides, two_sided))
    ]
    chains = _collect_chains(anchors, at_hub, ends, alive)
    members: list[int] = []
    forwards: list[bool] = []
    offsets: list[int] = []
    edges: list[tuple[int, int, str, str]] = []
    for chain in chains:
        first_link, first_forward = chain[0]
        last_link, last_forward = chain[-1]
        tail = int(ends[first_link][0 if first_forward else 1])
        head = int(ends[last_link][1 if last_forward else 0])
        if tail == head and tail not in two_sided:
            continue
        edge_of_link[[link for link, _ in chain]] = len(offsets)
        edges.append(
            (
                tail,
                head,
                sides[first_link][0 if first_forward else 1],
                sides[last_link][1 if last_forward else 0],
            )
        )
        offsets.append(len(members))
        members += [link for link, _ in chain]
        forwards += [forward for _, forward in chain]
    nodes_of_hub, node_count = _number_nodes([*anchors, *keep], two_sided)
    arcs = _build_arcs(edges, nodes_of_hub)
    columns = np.array(arcs, dtype=np.int64).reshape(-1, 4)
    return Kernel(
        members=np.array(members, dtype=np.int64),
        member_forward=np.array(forwards, dtype=bool),
        offsets=np.array(offsets, dtype=np.int64),
        edge_of_link=edge_of_link,
        nodes_of_hub=nodes_of_hub,
        arc_tail=columns[:, 0],
        arc_head=columns[:, 1],
        arc_edge=columns[:, 2],
        arc_reversed=columns[:, 3].astype(bool),
        node_count=node_count,
    )


def _two_sided_hubs(ends: NDArray[np.int64], sides: Sequence[tuple[str, str]]) -> set[int]:
    return {
        int(ends[link][end]) for link, pair in enumerate(sides) for end in (0, 1) if pair[end]
    }


def _links_at_hubs(hub_count: int, ends: NDArray[np.int64]) -> list[list[int]]:
    at_hub: list[list[int]] = [[] for _ in range(hub_count)]
    for link, (tail, head) in enumerate(ends.tolist()):
        at_hub[tail].append(link)
        at_hub[head].append(link)
    return at_hub


def _peel_leaves(at_hub: list[list[int]], ends: NDArray[np.int64], keep: set[int]) -> list[bool]:
    """Take out, in place, links that lead to no terminal; return which links are left."""
    alive = [True] * len(ends)
    leaves = [hub for hub, links in enumerate(at_hub) if len(links) == 1 and hub not in keep]
    while leaves:
        hub = leaves.pop()
        if len(at_hub[hub]) != 1:
            continue
        link = at_hub[hub].pop()
        alive[link] = False
        tail, head = ends[link].tolist()
        other = head if tail == hub else tail
        at_hub[other].remove(link)
        if len(at_hub[other]) == 1 and other not in keep:
            leaves.append(other)
    return alive


def _is_passed(
    hub: int,
    links: list[int],
    ends: NDArray[np.int64],
    sides: Sequence[tuple[str, str]],
    two_sided: set[int],
) -> bool:
    """Whether a hub is a mere point on a line: two links, and no reversal between them."""
    if len(links) != 2:
        return False
    if hub not in two_sided:
        return True
    here = [sides[link][0 if int(ends[link][0]) == hub else 1] for link in links]
    return "" not in here and here[0] != here[1]


def _collect_chains(
    anchors: Sequence[int],
    at_hub: list[list[int]],
    ends: NDArray[np.int64],
    alive: list[bool],
) -> list[list[tuple[int, bool]]]:
    """Walk from each anchor along each link to the next anchor; each chain once."""
    anchored = set(anchors)
    done = [not each for each in alive]
    chains = []
    for anchor in anchors:
        for first in at_hub[anchor]:
            if done[first]:
                continue
            chain = []
            hub, link = anchor, first
            while True:
                done[link] = True
                tail, head = ends[link].tolist()
                forward = tail == hub
                chain.append((link, forward))
                hub = head if forward else tail
                if hub in anchored:
                    break
                one, other = at_hub[hub]
                link = other if link == one else one
            chains.append(chain)
    return chains


def _number_nodes(
    hubs: Sequence[int], two_sided: set[int]
) -> tuple[dict[int, tuple[int, ...]], int]:
    nodes: dict[int, tuple[int, ...]] = {}
    count = 0
    for hub in dict.fromkeys(hubs):
        width = 2 if hub in two_sided else 1
        nodes[hub] = tuple(range(count, count + width))
        count += width
    return nodes, count


def _build_arcs(
    edges: Sequence[tuple[int, int, str, str]], nodes_of_hub: dict[int, tuple[int, ...]]
) -> list[tuple[int, int, int, int]]:
    arcs = []
    for number, (tail, head, tail_side, head_side) in enumerate(edges):
        for start in _leaving(nodes_of_hub[tail], tail_side):
            for end in _entering(nodes_of_hub[head], head_side):
                arcs.append((start, end, number, 0))
        for start in _leaving(nodes_of_hub[head], head_side):
            for end in _entering(nodes_of_hub[tail], tail_side):
                arcs.append((start, end, number, 1))
    for nodes in nodes_of_hub.values():
        if len(nodes) == 2:
            arcs.append((nodes[0], nodes[1], -1, 0))
            arcs.append((nodes[1], nodes[0], -1, 0))
    return arcs


def _leaving(nodes: tuple[int, ...], side: str) -> tuple[int, ...]:
    """Nodes from which a train can leave by a side: the one that faces it, or both if unknown."""
    if len(nodes) == 1 or not side:
        return nodes
    return (nodes[0],) if side == "A" else (nodes[1],)


def _entering(nodes: tuple[int, ...], side: str) -> tuple[int, ...]:
    """Nodes in which a train stands that came in by a side: it faces the other one."""
    if len(nodes) == 1 or not side:
        return nodes
    return (nodes[1],) if side == "A" else (nodes[0],)
