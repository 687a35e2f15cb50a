"""The kernel: the network with everything taken out that no route between terminals can feel.

Leaves that hold no terminal are peeled, chains of hubs of degree two are contracted into one
edge, parallel edges are kept. The kernel depends on the network and the terminals only, never on
costs, so that it is built once and serves every state.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from netmodel.network.model import Network
from netmodel.routing.profiles import CLOSED, LinkCosts

REVERSAL = -1
"""The edge of an arc by which a train turns round within a hub."""

GAUGE_CHANGE = -2
"""The edge of an arc by which it changes its gauge within a hub."""


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
        The routing nodes of each kept hub, one for every side that a train may face and every
        gauge that it may have there. Where sides are known, the first half of the nodes faces
        side A and leaves by A freely, the second half faces side B. Within each half there is
        one node for each gauge, from narrow to wide, where links of several gauges meet.
    arc_tail, arc_head, arc_edge, arc_reversed
        Directed arcs: their end nodes, their edge (`REVERSAL` or `GAUGE_CHANGE` for a turn
        within a hub), and whether they run it backwards.
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

    def arc_costs(
        self, costs: LinkCosts, reversal_cost: int, gauge_change_cost: int
    ) -> NDArray[np.int64]:
        """Return the cost of every arc under the given link costs, `CLOSED` at most."""
        along = self._edge_sums(costs.forward, costs.backward)
        against = self._edge_sums(costs.backward, costs.forward)
        edge = np.maximum(self.arc_edge, 0)
        by_edge = np.where(self.arc_reversed, against[edge], along[edge])
        turns = np.where(self.arc_edge == GAUGE_CHANGE, gauge_change_cost, reversal_cost)
        return np.where(self.arc_edge < 0, turns, np.minimum(by_edge, CLOSED))

    def arc_sums(
        self,
        values: NDArray[np.float64],
        *,
        reversal: float = 0.0,
        gauge_change: float = 0.0,
    ) -> NDArray[np.float64]:
        """Return the sum of a value per link over every arc, and the value of each turn."""
        sums = self._edge_sums(values, values)
        turns = np.where(self.arc_edge == GAUGE_CHANGE, gauge_change, reversal)
        return np.where(self.arc_edge < 0, turns, sums[np.maximum(self.arc_edge, 0)])

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
    layout = _Layout(network)
    at_hub = _links_at_hubs(len(network.hubs), ends)
    keep = set(terminals)
    edge_of_link = np.full(len(network.links), -1, dtype=np.int64)
    alive = _peel_leaves(at_hub, ends, keep)
    anchors = [
        hub
        for hub, links in enumerate(at_hub)
        if hub in keep or (links and not layout.is_passed(hub, links))
    ]
    chains = _collect_chains(anchors, at_hub, ends, alive)
    members: list[int] = []
    forwards: list[bool] = []
    offsets: list[int] = []
    edges: list[tuple[LinkEnd, LinkEnd]] = []
    for chain in chains:
        first_link, first_forward = chain[0]
        last_link, last_forward = chain[-1]
        tail = layout.link_end(first_link, 0 if first_forward else 1)
        head = layout.link_end(last_link, 1 if last_forward else 0)
        if tail.hub == head.hub and layout.width(tail.hub) == 1:
            continue
        edge_of_link[[link for link, _ in chain]] = len(offsets)
        edges.append((tail, head))
        offsets.append(len(members))
        members += [link for link, _ in chain]
        forwards += [forward for _, forward in chain]
    nodes_of_hub, node_count = _number_nodes([*anchors, *keep], layout)
    arcs = _build_arcs(edges, nodes_of_hub, layout)
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


class LinkEnd(NamedTuple):
    """Where an end of a link lies: its hub, the side of the hub, and the link's gauge."""

    hub: int
    side: str
    gauge_mm: int | None


class _Layout:
    """Which sides and gauges each hub has; a hub of neither is one routing node."""

    def __init__(self, network: Network) -> None:
        self._links = network.links
        self._ends = network.link_ends
        self._two_sided: set[int] = set()
        gauges: list[set[int]] = [set() for _ in network.hubs]
        for number, link in enumerate(network.links):
            for end, side in enumerate((link.from_side, link.to_side)):
                hub = int(self._ends[number][end])
                if side:
                    self._two_sided.add(hub)
                if link.gauge_mm is not None:
                    gauges[hub].add(link.gauge_mm)
        self._gauges = {hub: sorted(found) for hub, found in enumerate(gauges) if len(found) > 1}

    def link_end(self, number: int, end: int) -> LinkEnd:
        link = self._links[number]
        side = link.to_side if end else link.from_side
        return LinkEnd(int(self._ends[number][end]), side, link.gauge_mm)

    def gauge_count(self, hub: int) -> int:
        return len(self._gauges[hub]) if hub in self._gauges else 1

    def width(self, hub: int) -> int:
        """Return the number of routing nodes of a hub."""
        return (2 if hub in self._two_sided else 1) * self.gauge_count(hub)

    def is_passed(self, hub: int, links: list[int]) -> bool:
        """Whether a hub is a mere point on a line: two links, no reversal, no other gauge."""
        if len(links) != 2:
            return False
        if self.width(hub) == 1:
            return True
        one, two = (
            self.link_end(link, 0 if int(self._ends[link][0]) == hub else 1) for link in links
        )
        straight = hub not in self._two_sided or {one.side, two.side} == {"A", "B"}
        same_gauge = hub not in self._gauges or (
            one.gauge_mm is not None and one.gauge_mm == two.gauge_mm
        )
        return straight and same_gauge

    def facing(self, end: LinkEnd, nodes: tuple[int, ...]) -> tuple[int, ...]:
        """Return the nodes from which a train can leave by a link: facing it, of its gauge."""
        return self._pick(end, nodes, first_half="A")

    def arrived(self, end: LinkEnd, nodes: tuple[int, ...]) -> tuple[int, ...]:
        """Return the nodes in which a train stands that came by a link: facing the other side."""
        return self._pick(end, nodes, first_half="B")

    def _pick(self, end: LinkEnd, nodes: tuple[int, ...], first_half: str) -> tuple[int, ...]:
        gauges = self._gauges.get(end.hub)
        half = self.gauge_count(end.hub)
        if end.hub in self._two_sided and end.side:
            nodes = nodes[:half] if end.side == first_half else nodes[half:]
        if gauges is None or end.gauge_mm is None:
            return nodes
        return nodes[gauges.index(end.gauge_mm) :: half]


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


def _number_nodes(hubs: Sequence[int], layout: _Layout) -> tuple[dict[int, tuple[int, ...]], int]:
    nodes: dict[int, tuple[int, ...]] = {}
    count = 0
    for hub in dict.fromkeys(hubs):
        width = layout.width(hub)
        nodes[hub] = tuple(range(count, count + width))
        count += width
    return nodes, count


def _build_arcs(
    edges: Sequence[tuple[LinkEnd, LinkEnd]],
    nodes_of_hub: dict[int, tuple[int, ...]],
    layout: _Layout,
) -> list[tuple[int, int, int, int]]:
    arcs = []
    for number, (tail, head) in enumerate(edges):
        for backwards, (start, end) in enumerate(((tail, head), (head, tail))):
            arcs += [
                (leaving, entering, number, backwards)
                for leaving in layout.facing(start, nodes_of_hub[start.hub])
                for entering in layout.arrived(end, nodes_of_hub[end.hub])
            ]
    for hub, nodes in nodes_of_hub.items():
        half = layout.gauge_count(hub)
        for one in nodes:
            for other in nodes:
                same_half = (one - nodes[0]) // half == (other - nodes[0]) // half
                same_gauge = (one - nodes[0]) % half == (other - nodes[0]) % half
                if one != other and (same_half or same_gauge):
                    arcs.append((one, other, GAUGE_CHANGE if same_half else REVERSAL, 0))
    return arcs
