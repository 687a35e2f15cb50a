"""Layout: which sides and gauges each hub has, and so by how many nodes a train stands there."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from netmodel.network.model import Network
from netmodel.routing.components import label_components

ROAD = -1
"""Stands for the gauge of a road: whoever goes by bus leaves the train, whatever its gauge."""


class LinkEnd(NamedTuple):
    """Where an end of a link lies: its hub, the side of the hub, and the link's gauge.

    A gauge that is not known is ``None``; that of a road is `ROAD`.
    """

    hub: int
    side: str
    gauge_mm: int | None


class Layout:
    """Which sides and gauges each hub has; a hub of neither is one routing node.

    A train keeps its gauge over links of which none is known: hubs that such links join have the
    gauges of all of them.

    Attributes
    ----------
    widths
        The number of routing nodes of each hub.
    """

    def __init__(self, network: Network) -> None:
        self._links = network.links
        self._ends = network.link_ends
        self._two_sided: set[int] = set()
        gauges: dict[int, set[int]] = {}
        marked = [
            number
            for number, link in enumerate(network.links)
            if link.from_side or link.to_side or link.gauge_mm is not None
        ]
        ends = self._ends[marked].tolist()
        for number, hubs in zip(marked, ends, strict=True):
            link = network.links[number]
            for hub, side in zip(hubs, (link.from_side, link.to_side), strict=True):
                if side:
                    self._two_sided.add(hub)
                if link.gauge_mm is not None:
                    gauges.setdefault(hub, set()).add(link.gauge_mm)
        if gauges:
            _share_over_unknown(network, gauges)
        self._gauges = {hub: sorted(found) for hub, found in gauges.items() if len(found) > 1}
        self.widths = np.ones(len(network.hubs), dtype=np.int64)
        for hub in {*self._two_sided, *self._gauges}:
            self.widths[hub] = (2 if hub in self._two_sided else 1) * self.gauge_count(hub)

    def link_end(self, number: int, end: int) -> LinkEnd:
        """Return one end of a link: 0 where it begins, 1 where it ends."""
        link = self._links[number]
        side = link.to_side if end else link.from_side
        gauge = ROAD if link.line_class == "road" else link.gauge_mm
        return LinkEnd(int(self._ends[number, end]), side, gauge)

    def keep_gauge(self, start: LinkEnd, leaving: int, end: LinkEnd, entering: int) -> bool:
        """Whether a train that leaves in one place among a hub's nodes may arrive in another.

        Over links of unknown gauge it arrives with the gauge it left with.
        """
        one, two = self._gauges.get(start.hub), self._gauges.get(end.hub)
        if start.gauge_mm is not None or one is None or two is None:
            return True
        return one[leaving % len(one)] == two[entering % len(two)]

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
        straight = hub not in self._two_sided or {one.side, two.side} == {"A", "B"}
        same_gauge = hub not in self._gauges or (
            one.gauge_mm == two.gauge_mm and one.gauge_mm != ROAD
        )
        return bool(straight and same_gauge)

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
        if gauges is None or end.gauge_mm is None or end.gauge_mm == ROAD:
            return nodes
        return nodes[gauges.index(end.gauge_mm) :: half]


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
