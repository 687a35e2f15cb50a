"""The kernel: the network with everything taken out that no route between terminals can feel.

Leaves that hold no terminal are peeled, chains of hubs of degree two are contracted into one
edge, parallel edges are kept. The kernel depends on the network and the terminals only, never on
costs, so that it is built once and serves every state.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netmodel.network.model import Network
from netmodel.routing.chains import Chains, collect_chains
from netmodel.routing.layout import Layout
from netmodel.routing.profiles import CLOSED, LinkCosts

REVERSAL = -1
"""The edge of an arc by which a train turns round within a hub."""

GAUGE_CHANGE = -2
"""The edge of an arc by which it changes its gauge within a hub."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """Kernel edges as chains of links, and the directed arcs between the nodes of hubs.

    Parameters
    ----------
    members, member_forward, offsets
        Links of each edge in order, whether each is run forward, and where each edge begins.
    edge_of_link
        The edge of each link, or -1 for one that was peeled.
    nodes_of_hub
        The routing nodes of each kept hub, one for every way by which a train may have come and
        every gauge that it may have there: by way and then by gauge, from narrow to wide. See
        `netmodel.routing.layout`.
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

    def link_loads(self, by_arc: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what runs over each link, forward and backward, from what runs over each arc."""
        loads = np.zeros((len(self.edge_of_link), 2))
        if not len(self.offsets):
            return loads
        along, against = (
            np.bincount(self.arc_edge[kept], weights=by_arc[kept], minlength=len(self.offsets))
            for kept in (
                (self.arc_edge >= 0) & ~self.arc_reversed,
                (self.arc_edge >= 0) & self.arc_reversed,
            )
        )
        edge = self.edge_of_link[self.members]
        loads[self.members, 0] = np.where(self.member_forward, along[edge], against[edge])
        loads[self.members, 1] = np.where(self.member_forward, against[edge], along[edge])
        return loads

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
    layout = Layout(network)
    kept = np.zeros(len(network.hubs), dtype=bool)
    kept[list(terminals)] = True
    chains = _without_loops(collect_chains(ends, kept, layout.are_passed), ends, layout)
    edge_of_link = np.full(len(network.links), -1, dtype=np.int64)
    lengths = np.diff(chains.offsets, append=len(chains.darts))
    edge_of_link[chains.darts // 2] = np.repeat(np.arange(len(chains.offsets)), lengths)
    first_node = np.cumsum(layout.widths[chains.anchors]) - layout.widths[chains.anchors]
    nodes_of_hub = {
        hub: tuple(range(first, first + width))
        for hub, first, width in zip(
            chains.anchors.tolist(), first_node.tolist(),
            layout.widths[chains.anchors].tolist(), strict=True,
        )
    }  # fmt: skip
    columns = _build_arcs(chains, ends, nodes_of_hub, layout)
    return Kernel(
        members=chains.darts // 2,
        member_forward=chains.darts % 2 == 0,
        offsets=chains.offsets,
        edge_of_link=edge_of_link,
        nodes_of_hub=nodes_of_hub,
        arc_tail=columns[:, 0],
        arc_head=columns[:, 1],
        arc_edge=columns[:, 2],
        arc_reversed=columns[:, 3].astype(bool),
        node_count=int(layout.widths[chains.anchors].sum()),
    )


def _without_loops(chains: Chains, ends: NDArray[np.int64], layout: Layout) -> Chains:
    """Leave out chains that lead back to a hub of one node: no route can use them."""
    tail, head = _chain_ends(chains)
    tails, heads = ends.reshape(-1)[tail], ends.reshape(-1)[head]
    useful = (tails != heads) | (layout.widths[tails] > 1)
    lengths = np.diff(chains.offsets, append=len(chains.darts))
    kept = lengths[useful]
    return Chains(chains.anchors, chains.darts[np.repeat(useful, lengths)], np.cumsum(kept) - kept)


def _chain_ends(chains: Chains) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return, as darts that leave from there, the first and the last end of each chain."""
    last = np.append(chains.offsets[1:], len(chains.darts))[: len(chains.offsets)] - 1
    return chains.darts[chains.offsets], chains.darts[last] ^ 1


def _build_arcs(
    chains: Chains,
    ends: NDArray[np.int64],
    nodes_of_hub: dict[int, tuple[int, ...]],
    layout: Layout,
) -> NDArray[np.int64]:
    """Return tail, head, edge and whether reversed of each arc, shape ``(arcs, 4)``."""
    tail, head = _chain_ends(chains)
    tails, heads = ends.reshape(-1)[tail], ends.reshape(-1)[head]
    first_node = np.zeros(len(layout.widths), dtype=np.int64)
    widths = layout.widths[chains.anchors]
    first_node[chains.anchors] = np.cumsum(widths) - widths
    narrow = (layout.widths[tails] == 1) & (layout.widths[heads] == 1)
    plain = np.flatnonzero(narrow)
    one, two = first_node[tails[plain]], first_node[heads[plain]]
    zero = np.zeros_like(plain)
    there = np.stack([one, two, plain, zero], axis=1)
    back = np.stack([two, one, plain, zero + 1], axis=1)
    wide = [
        arc
        for number in np.flatnonzero(~narrow).tolist()
        for arc in _arcs_of_edge(number, int(tail[number]), int(head[number]), nodes_of_hub, layout)
    ]
    arcs = np.concatenate([there, back, np.array(wide, dtype=np.int64).reshape(-1, 4)])
    arcs = arcs[np.argsort(2 * arcs[:, 2] + arcs[:, 3], kind="stable")]
    turns = np.array(list(_turns(nodes_of_hub, layout)), dtype=np.int64).reshape(-1, 4)
    return np.concatenate([arcs, turns])


def _arcs_of_edge(
    number: int, tail: int, head: int, nodes_of_hub: dict[int, tuple[int, ...]], layout: Layout
) -> Iterator[tuple[int, int, int, int]]:
    one, two = layout.link_end(tail // 2, tail % 2), layout.link_end(head // 2, head % 2)
    for backwards, (start, end) in enumerate(((one, two), (two, one))):
        first, second = nodes_of_hub[start.hub], nodes_of_hub[end.hub]
        for leaving in layout.facing(start, first):
            for entering in layout.arrived(end, second):
                if layout.keep_gauge(start, leaving - first[0], end, entering - second[0]):
                    yield leaving, entering, number, backwards


def _turns(
    nodes_of_hub: dict[int, tuple[int, ...]], layout: Layout
) -> Iterator[tuple[int, int, int, int]]:
    """Yield the arcs by which a train turns round, or changes its gauge, within a hub.

    Turning leads from one way to the next: from there one leaves freely by the way one came.
    """
    for hub, nodes in nodes_of_hub.items():
        gauges, ways = layout.gauge_count(hub), layout.way_count(hub)
        for place, one in enumerate(nodes):
            way, gauge = divmod(place, gauges)
            for other in range(gauges):
                if other != gauge:
                    yield one, nodes[way * gauges + other], GAUGE_CHANGE, 0
            if ways > 1:
                yield one, nodes[(way + 1) % ways * gauges + gauge], REVERSAL, 0
