"""Layout: by how many nodes a train stands at a hub, for the ways it came and its gauges.

Leaving a hub by the way one came costs a reversal. Link ends on one side of a hub are one way in
that sense; an end whose side is not known is a way of its own, so that every movement over it is
free but turning back. Where no hub of a network has sides, no least-cost route turns back, and
ways need not be told apart.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from netmodel.network.model import Network
from netmodel.routing.components import label_components

ROAD = -1
"""Stands for the gauge of a road: whoever goes by bus leaves the train, whatever its gauge."""

NO_WAY = ""
"""A way by which no train comes, for hubs of a single way: one has to turn to leave by it."""


class LinkEnd(NamedTuple):
    """Where an end of a link lies.

    Parameters
    ----------
    way
        The side of the hub, or the end itself (twice its link, plus one where the link ends).
    gauge_mm
        ``None`` where it is not known, `ROAD` for a road.
    """

    hub: int
    way: str | int
    gauge_mm: int | None


class Layout:
    """The ways and gauges that each hub tells apart; a hub of neither is one routing node.

    Nodes of a hub stand for the way by which a train came, and within each way for its gauge. A
    train keeps its gauge over links of which none is known: hubs that such links join have the
    gauges of all of them.

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
        gauge = ROAD if link.line_class == "road" else link.gauge_mm
        return LinkEnd(int(self._ends[number, end]), side or 2 * number + end, gauge)

    def keep_gauge(self, start: LinkEnd, leaving: int, end: LinkEnd, entering: int) -> bool:
        """Whether a train that leaves in one place among a hub's nodes may arrive in another.

        Over links of unknown gauge it arrives with the gauge it left with.
        """
        one, two = self._gauges.get(start.hub), self._gauges.get(end.hub)
        if start.gauge_mm is not None or one is None or two is None:
            return True
        return one[leaving % len(one)] == two[entering % len(two)]

    def way_count(self, hub: int) -> int:
        """Return how many ways lead to a hub; 1 where they are not told apart."""
        return len(self._ways[hub]) if hub in self._ways else 1

    def gauge_count(self, hub: int) -> int:
        """Return how many gauges meet at a hub; 1 where they are not told apart."""
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
        same_gauge = one.gauge_mm == two.gauge_mm and one.gauge_mm != ROAD
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
        if gauges is None or end.gauge_mm is None or end.gauge_mm == ROAD:
            return nodes
        return nodes[gauges.index(end.gauge_mm) :: len(gauges)]


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
        (number, link.gauge_mm)
        for number, link in enumerate(network.links)
        if link.gauge_mm is not None
    ]
    for number, gauge in known:
        for hub in network.link_ends[number].tolist():
            gauges.setdefault(hub, set()).add(gauge)
    if gauges:
        _share_over_unknown(network, gauges)
    return {hub: sorted(found) for hub, found in gauges.items() if len(found) > 1}


def _share_over_unknown(network: Network, gauges: dict[int, set[int]]) -> None:
    """Give, in place, hubs that links of unknown gauge join the gauges of all of them."""
    unknown = np.array(
        [link.gauge_mm is None and link.line_class != "road" for link in network.links]
    )
    if not unknown.any() or len(set().union(*gauges.values())) < 2:
        return
    labels = label_components(network, unknown)
    shared: dict[int, set[int]] = {}
    for hub, found in gauges.items():
        shared.setdefault(int(labels[hub]), set()).update(found)
    for hub in np.unique(network.link_ends[unknown]).tolist():
        gauges[hub] = shared.get(int(labels[hub]), set())
