"""The contracted graph that routes are searched on.

Leaving a hub by the way one came costs a reversal. Link ends on one side of a hub are one way in
that sense; an end whose side is not known is a way of its own, so that every movement over it is
free but turning back. Where no hub of a network has sides, no least-cost route turns back, and
ways need not be distinguished.

Leaves that hold no terminal are peeled, chains of hubs of degree two are contracted into one
edge, parallel edges are kept. The kernel depends on the network and the terminals only, never on
costs, so that it is built once and serves every state.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from netmodel.network.railway import Network
from netmodel.routing.profiles import CLOSED, LinkCosts
from netmodel.routing.topology import Chains, collect_chains, label_components

ROAD = (-1,)
"""Stands for the gauges of a road: whoever goes by bus leaves the train, whatever its gauge."""
NO_WAY = ""
"""A way by which no train comes, for hubs of a single way: one has to turn to leave by it."""


class LinkEnd(NamedTuple):
    """Where an end of a link lies.

    Parameters
    ----------
    way
        The side of the hub, or the end itself (twice its link, plus one where the link ends).
    gauges_mm
        The gauges that the link carries; empty where they are not known, `ROAD` for a road.
    """

    hub: int
    way: str | int
    gauges_mm: tuple[int, ...]


class Layout:
    """The ways and gauges that each hub distinguishes; any other hub is one routing node.

    Nodes of a hub stand for the way by which a train came, and within each way for its gauge. A
    train keeps its gauge over links that carry several, and over those of which none is known:
    hubs that such links join have the gauges of all of them.

    Attributes
    ----------
    widths
        The number of routing nodes of each hub.
    """

    def __init__(self, network: Network) -> None:
        self._links = network.links
        self._ends = network.link_ends
        self._ways = _tell_ways(network)
        self._gauges = _tell_gauges(network)
        self.widths = np.ones(len(network.hubs), dtype=np.int64)
        for hub in {*self._ways, *self._gauges}:
            self.widths[hub] = self.way_count(hub) * self.gauge_count(hub)

    def link_end(self, number: int, end: int) -> LinkEnd:
        """Return one end of a link: 0 where it begins, 1 where it ends."""
        link = self._links[number]
        side = link.to_side if end else link.from_side
        gauges = ROAD if link.line_class == "road" else link.gauges_mm
        return LinkEnd(int(self._ends[number, end]), side or 2 * number + end, gauges)

    def keep_gauge(self, start: LinkEnd, leaving: int, end: LinkEnd, entering: int) -> bool:
        """Whether a train that leaves in one place among a hub's nodes may arrive in another.

        It arrives with the gauge it left with, unless it goes by road.
        """
        one, two = self._gauges.get(start.hub), self._gauges.get(end.hub)
        if ROAD in {start.gauges_mm, end.gauges_mm} or one is None or two is None:
            return True
        return one[leaving % len(one)] == two[entering % len(two)]

    def way_count(self, hub: int) -> int:
        """Return how many ways lead to a hub; 1 where they are not distinguished."""
        return len(self._ways[hub]) if hub in self._ways else 1

    def gauge_count(self, hub: int) -> int:
        """Return how many gauges meet at a hub; 1 where they are not distinguished."""
        return len(self._gauges[hub]) if hub in self._gauges else 1

    def are_passed(self, hubs: NDArray[np.int64], pairs: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each hub of two links is a mere point: no reversal there, no other gauge."""
        passed: NDArray[np.bool_] = np.equal(self.widths[hubs], 1)
        for place in np.flatnonzero(~passed).tolist():
            passed[place] = self._is_passed(int(hubs[place]), pairs[place].tolist())
        return passed

    def _is_passed(self, hub: int, links: list[int]) -> bool:
        one, two = (
            self.link_end(link, 0 if int(self._ends[link, 0]) == hub else 1) for link in links
        )
        same_gauge = {*one.gauges_mm} == {*two.gauges_mm} and one.gauges_mm != ROAD
        return bool(
            (hub not in self._ways or one.way != two.way)
            and (hub not in self._gauges or same_gauge)
        )

    def facing(self, end: LinkEnd, nodes: tuple[int, ...]) -> tuple[int, ...]:
        """Return the nodes from which a train leaves freely by a link: come another way."""
        ways = self._ways.get(end.hub)
        count = self.gauge_count(end.hub)
        if ways is not None:
            own = ways.index(end.way) * count
            nodes = nodes[:own] + nodes[own + count :]
        return self._of_gauge(end, nodes)

    def arrived(self, end: LinkEnd, nodes: tuple[int, ...]) -> tuple[int, ...]:
        """Return the nodes in which a train stands that came by a link."""
        ways = self._ways.get(end.hub)
        count = self.gauge_count(end.hub)
        if ways is not None:
            own = ways.index(end.way) * count
            nodes = nodes[own : own + count]
        return self._of_gauge(end, nodes)

    def _of_gauge(self, end: LinkEnd, nodes: tuple[int, ...]) -> tuple[int, ...]:
        gauges = self._gauges.get(end.hub)
        if gauges is None or not end.gauges_mm or end.gauges_mm == ROAD:
            return nodes
        return tuple(
            node for number, node in enumerate(nodes)
            if gauges[number % len(gauges)] in end.gauges_mm
        )  # fmt: skip


def _tell_ways(network: Network) -> dict[int, list[str | int]]:
    """Return the ways that lead to each hub, sides first; nothing where no hub has sides."""
    if not any(link.from_side or link.to_side for link in network.links):
        return {}
    ways: dict[int, list[str | int]] = {}
    for number, (link, hubs) in enumerate(
        zip(network.links, network.link_ends.tolist(), strict=True)
    ):
        for end, (hub, side) in enumerate(zip(hubs, (link.from_side, link.to_side), strict=True)):
            known = ways.setdefault(hub, [])
            if not side:
                known.append(2 * number + end)
            elif side not in known:
                known.insert(0, side)
    for known in ways.values():
        if len(known) == 1:
            known.append(NO_WAY)
    return ways


def _tell_gauges(network: Network) -> dict[int, list[int]]:
    """Return the gauges that meet at each hub where there are several."""
    gauges: dict[int, set[int]] = {}
    known = [
        (number, link.gauges_mm) for number, link in enumerate(network.links) if link.gauges_mm
    ]
    for number, carried in known:
        for hub in network.link_ends[number].tolist():
            gauges.setdefault(hub, set()).update(carried)
    if gauges:
        _share_over_unknown(network, gauges)
    return {hub: sorted(found) for hub, found in gauges.items() if len(found) > 1}


def _share_over_unknown(network: Network, gauges: dict[int, set[int]]) -> None:
    """Give, in place, hubs that links of unknown gauge join the gauges of all of them."""
    unknown = np.array([not link.gauges_mm and link.line_class != "road" for link in network.links])
    if not unknown.any() or len(set().union(*gauges.values())) < 2:
        return
    labels = label_components(network, unknown)
    shared: dict[int, set[int]] = {}
    for hub, found in gauges.items():
        shared.setdefault(int(labels[hub]), set()).update(found)
    for hub in np.unique(network.link_ends[unknown]).tolist():
        gauges[hub] = shared.get(int(labels[hub]), set())


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
        `netmodel.routing.kernel`.
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
        kept = np.flatnonzero(self.arc_edge >= 0)
        way = 2 * self.arc_edge[kept] + self.arc_reversed[kept]
        by_way = np.bincount(way, weights=by_arc[kept], minlength=2 * len(self.offsets))
        along = 2 * self.edge_of_link[self.members]
        loads[self.members, 0] = by_way[along + ~self.member_forward]
        loads[self.members, 1] = by_way[along + self.member_forward]
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
