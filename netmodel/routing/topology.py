"""The shape of a graph alone: chains, components, disjoint routes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from netmodel.arguments import refuse_wrong_kinds
from netmodel.network.railway import Network

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True, slots=True, eq=False)
class Chains:
    """Chains of links from anchor to anchor.

    Darts are links with a direction: twice the link, plus one where it is run backward.

    Parameters
    ----------
    anchors
        Positions of the hubs that stay, rising.
    darts, offsets
        The darts of each chain in the order run, and where each chain begins.
    """

    anchors: NDArray[np.int64]
    darts: NDArray[np.int64]
    offsets: NDArray[np.int64]


def collect_chains(
    ends: NDArray[np.int64],
    kept: NDArray[np.bool_],
    is_passed: Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.bool_]],
) -> Chains:
    """Return the chains between the hubs that stay.

    A chain is listed once, from the anchor of the lowest number at its ends, and chains come in the
    order of these anchors and of their first links.

    Parameters
    ----------
    ends
        Positions of the hubs at the ends of each link.
    kept
        Whether each hub must stay.
    is_passed
        Called with hubs of two links and these links, shape ``(hubs, 2)``: whether each is a mere
        point on a line.
    """
    alive = peel_leaves(ends, kept)
    start, darts = _darts_by_hub(ends, alive, len(kept))
    degree = np.diff(start)
    anchored = kept | (degree > 0)
    pairs = np.flatnonzero(~kept & (degree == 2))
    if len(pairs):
        two = np.stack([darts[start[pairs]], darts[start[pairs] + 1]], axis=1) // 2
        anchored[pairs] = ~is_passed(pairs, two)
    following = _next_darts(ends, alive, anchored, start, darts)
    return Chains(np.flatnonzero(anchored), *_walk_chains(anchored, start, darts, following))


def peel_leaves(ends: NDArray[np.int64], kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which links are left once those that lead to no hub that must stay are taken out."""
    size = len(kept)
    flat = ends.reshape(-1)
    degree = np.bincount(flat, minlength=size)
    # The sum of the links at a hub is its one link once all others are gone.
    total = np.zeros(size, dtype=np.int64)
    np.add.at(total, flat, np.repeat(np.arange(len(ends)), 2))
    leaves = np.flatnonzero((degree == 1) & ~kept).tolist()
    alive = np.ones(len(ends), dtype=bool)
    if not leaves:
        return alive
    degrees, totals, keep = degree.tolist(), total.tolist(), kept.tolist()
    both = ends.sum(axis=1).tolist()
    gone = []
    while leaves:
        hub = leaves.pop()
        if degrees[hub] != 1:
            continue
        link = totals[hub]
        other = both[link] - hub
        gone.append(link)
        degrees[hub] = 0
        degrees[other] -= 1
        totals[other] -= link
        if degrees[other] == 1 and not keep[other]:
            leaves.append(other)
    alive[gone] = False
    return alive


def _darts_by_hub(
    ends: NDArray[np.int64], alive: NDArray[np.bool_], size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where the darts that leave each hub begin, and the darts, by link."""
    darts = np.flatnonzero(np.repeat(alive, 2))
    hubs = ends.reshape(-1)[darts]
    order = np.argsort(hubs, kind="stable")
    return np.searchsorted(hubs[order], np.arange(size + 1)), darts[order]


def _next_darts(
    ends: NDArray[np.int64],
    alive: NDArray[np.bool_],
    anchored: NDArray[np.bool_],
    start: NDArray[np.int64],
    darts: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the dart that follows each on its chain; the dart itself at the end."""
    every = np.arange(2 * len(ends))
    arrival = ends.reshape(-1)[every ^ 1]
    goes_on = np.repeat(alive, 2) & ~anchored[arrival]
    moving = every[goes_on]
    one = darts[start[arrival[moving]]]
    other = darts[start[arrival[moving]] + 1]
    following = every.copy()
    following[moving] = np.where(one // 2 == moving // 2, other, one)
    return following


def _walk_chains(
    anchored: NDArray[np.bool_],
    start: NDArray[np.int64],
    darts: NDArray[np.int64],
    following: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the darts of the chains in order, and where each begins."""
    first = darts[np.repeat(anchored, np.diff(start))]
    last = following[first]
    while not np.array_equal(farther := following[last], last):
        last = farther
    number = np.full(len(following), -1, dtype=np.int64)
    number[first] = np.arange(len(first))
    # The same chain, listed from its other end, begins with its last dart turned round.
    listed = number[first] <= number[last ^ 1]
    now, chain = first[listed], np.arange(int(listed.sum()))
    steps, chains = [], []
    while len(now):
        steps.append(now)
        chains.append(chain)
        goes_on = following[now] != now
        now, chain = following[now[goes_on]], chain[goes_on]
    if not steps:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    chain = np.concatenate(chains)
    order = np.argsort(chain, kind="stable")
    offsets = np.searchsorted(chain[order], np.arange(int(listed.sum())))
    return np.concatenate(steps)[order], offsets


@refuse_wrong_kinds
def label_components(network: Network, usable: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the component of each hub when only some links are usable, shape ``(hubs,)``.

    Components are numbered by their first hub.

    Examples
    --------
    >>> from netmodel.network import Hub, Link
    >>> hubs = tuple(Hub(id=i, name=i, lon=0, lat=0) for i in "abc")
    >>> network = Network(hubs=hubs,
    ...                   links=(Link(id="ab", from_hub="a", to_hub="b", length_km=1),))
    >>> label_components(network, np.array([True])).tolist()
    [0, 0, 1]
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    ends = network.link_ends[usable]
    size = len(network.hubs)
    graph = csr_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(size, size))
    labels = connected_components(graph, directed=False)[1]
    return np.asarray(labels, dtype=np.int64)


MOST_APART = 1_000
"""Of more links that are looked at by themselves, the whole network is labelled again."""


class ComponentLabels:
    """Labels the hubs of one network under many sets of usable links that differ in few links.

    What the links that never differed join is found once; the others are added for each set.

    Parameters
    ----------
    usable
        The links that are usable in most of the sets.

    Examples
    --------
    >>> from netmodel.network import Hub, Link
    >>> hubs = tuple(Hub(id=i, name=i, lon=0, lat=0) for i in "abc")
    >>> links = tuple(Link(id=a + b, from_hub=a, to_hub=b, length_km=1) for a, b in ("ab", "bc"))
    >>> labels = ComponentLabels(Network(hubs=hubs, links=links), np.array([True, True]))
    >>> labels.under(np.array([True, False])).tolist()
    [0, 0, 1]
    """

    def __init__(self, network: Network, usable: NDArray[np.bool_]) -> None:
        self._network, self._usual = network, usable
        self._apart = np.zeros(len(usable), dtype=bool)
        self._labels = label_components(network, usable)

    def under(self, usable: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the component of each hub when some links are usable; see `label_components`."""
        further = (usable != self._usual) & ~self._apart
        if further.any():
            if np.count_nonzero(self._apart | further) > MOST_APART:
                return label_components(self._network, usable)
            self._apart |= further
            self._labels = label_components(self._network, self._usual & ~self._apart)
        joining = self._labels[self._network.link_ends[self._apart & usable]]
        parent = list(range(int(self._labels.max(initial=-1)) + 1))
        for pair in joining.tolist():
            one, other = (_find_root(parent, each) for each in pair)
            parent[max(one, other)] = min(one, other)
        roots = np.array([_find_root(parent, each) for each in range(len(parent))], dtype=np.int64)
        numbers = np.cumsum(roots == np.arange(len(roots))) - 1
        return np.asarray(numbers[roots][self._labels], dtype=np.int64)


def _find_root(parent: list[int], each: int) -> int:
    """Return the root of a tree of joined components, and shorten the way to it."""
    while parent[each] != each:
        parent[each] = parent[parent[each]]
        each = parent[each]
    return each


@refuse_wrong_kinds
def count_disjoint_routes(
    network: Network, usable: NDArray[np.bool_], pairs: Sequence[tuple[str, str]]
) -> NDArray[np.int64]:
    """Return the number of link-disjoint routes between hubs, shape ``(pairs,)``.

    By the theorem of Menger (1927, doi:10.4064/fm-10-1-96-115) it is the greatest flow where
    every link carries one. Parallel links count each; reversals and gauges are not considered.

    Parameters
    ----------
    usable
        Whether each link may be used, shape ``(links,)``.
    pairs
        Ids of two different hubs each.

    Returns
    -------
    ndarray
        0 where there is no route.

    Raises
    ------
    UnknownNameError
        If an id is not a hub of the network.
    ValueError
        If both hubs of a pair are the same.

    Examples
    --------
    >>> from netmodel.network import Hub, Link
    >>> hubs = tuple(Hub(id=i, name=i, lon=0, lat=0) for i in "abc")
    >>> links = tuple(Link(id=f"{n}", from_hub=a, to_hub=b, length_km=1)
    ...               for n, (a, b) in enumerate(["ab", "ab", "bc"]))
    >>> network = Network(hubs=hubs, links=links)
    >>> count_disjoint_routes(network, np.ones(3, bool), [("a", "b"), ("a", "c")]).tolist()
    [2, 1]
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_flow

    positions = [(network.hub_index[network.hub(a).id], network.hub_index[network.hub(b).id])
                 for a, b in pairs]  # fmt: skip
    if any(one == other for one, other in positions):
        raise ValueError("a pair needs two different hubs")
    ends = network.link_ends[usable]
    both = np.fromiter(
        (link.direction == "both" for link in network.links), dtype=bool, count=len(usable)
    )[usable]
    tails = np.concatenate([ends[:, 0], ends[both, 1]])
    heads = np.concatenate([ends[:, 1], ends[both, 0]])
    size = len(network.hubs)
    # Entries of parallel links add up to their number, which is their common capacity.
    graph = csr_array((np.ones(len(tails), dtype=np.int32), (tails, heads)), shape=(size, size))
    if both.all():
        return _count_both_ways(graph, positions)
    found = {pair: maximum_flow(graph, *pair).flow_value for pair in dict.fromkeys(positions)}
    return np.array([found[pair] for pair in positions], dtype=np.int64)


def _count_both_ways(
    graph: csr_array[np.int32, tuple[int, int]], pairs: Sequence[tuple[int, int]]
) -> NDArray[np.int64]:
    """Return the greatest flow of each pair where every link is run both ways.

    One flow for each hub but one, by the tree of Gusfield (1990, doi:10.1137/0219009): the flow
    of two hubs is the least along the way between them in the tree.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order, maximum_flow

    hubs = sorted({hub for pair in pairs for hub in pair})
    place = {hub: number for number, hub in enumerate(hubs)}
    parent = np.zeros(len(hubs), dtype=np.int64)
    least = np.zeros((len(hubs), len(hubs)), dtype=np.int64)
    inside = np.zeros(graph.shape[0], dtype=bool)
    for number in range(1, len(hubs)):
        above = int(parent[number])
        flow = maximum_flow(graph, hubs[number], hubs[above])
        left = csr_array(graph - flow.flow)
        left.eliminate_zeros()
        inside[:] = False
        inside[breadth_first_order(left, hubs[number], return_predecessors=False)] = True
        later = np.arange(number + 1, len(hubs))
        with_me = inside[np.array(hubs)[later]] & (parent[later] == above)
        parent[later[with_me]] = number
        least[number, :number] = np.minimum(flow.flow_value, least[above, :number])
        least[number, above] = flow.flow_value
        least[:number, number] = least[number, :number]
    at = np.array([[place[hub] for hub in pair] for pair in pairs], dtype=np.int64).reshape(-1, 2)
    return least[at[:, 0], at[:, 1]]
