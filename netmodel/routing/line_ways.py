"""The line that joins two places, and other lines that may be meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from netmodel.network.names import is_known_place
from netmodel.network.railway import Hub, Network, Station
from netmodel.routing.kernel import REVERSAL
from netmodel.routing.line_shape import Ends, Line, LineShape, Stop
from netmodel.routing.profiles import CLOSED, PASSENGER, LinkCosts, costs_from_minutes, whole_cost
from netmodel.routing.profiles import running_minutes as profile_minutes
from netmodel.routing.router import Router, Routes
from netmodel.routing.small_search import MOST_NODES, SmallGraph

if TYPE_CHECKING:
    from scipy.sparse import csr_array

RIVAL_COST_RATIO = 1.25
"""Another line is looked for as far as it takes at most so many times the quickest."""
REVERSAL_MINUTES = 2.0
"""What a reversal counts: far less than it takes, since a line that is named may well have one.

So little counts a place that has a name. Elsewhere, at a bare junction, a reversal counts what it
takes: trains run on to the next station, and turn there.
"""
APART = 5.0
"""Stations of a list that are so many times further from the next than most are on other lines."""
ROUNDS = 4
"""How often ways that are no other line are put aside to look for one behind them."""
SMALL_REGION = 250
"""Nodes of a region in which many ways are searched quicker without a library."""
MOST_SPREAD_BYTES = 200_000_000
"""What the searches that are kept may take."""


class LineFinder:
    """Finds the lines between stops of one network.

    Costs are those of a passenger train, reversals and changes of gauge among them, and a line is
    the same in both directions.

    Examples
    --------
    >>> from netmodel.network.railway import Link
    >>> hubs = tuple(Hub(id=i, name=i.upper(), lon=n, lat=0) for n, i in enumerate("abc"))
    >>> links = (Link(id="ab", from_hub="a", to_hub="b", length_km=80),
    ...          Link(id="bc", from_hub="b", to_hub="c", length_km=80))
    >>> stops = Station(name="M", link="ab", km=70), Station(name="N", link="bc", km=20)
    >>> network = Network(hubs=hubs, links=links, stations=stops)
    >>> [line] = LineFinder(network).find([stops[0]], [stops[1]])
    >>> line.links, line.hubs, line.km
    (('ab', 'bc'), ('b',), 30)
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self._spreads: dict[int, tuple[float, NDArray[np.float64]]] = {}

    def find(self, starts: Sequence[Stop], ends: Sequence[Stop]) -> tuple[Line, ...]:
        """Return the line between two places and then other lines; empty where there is none.

        Parameters
        ----------
        starts, ends
            The hubs and stations of a place; a station lies on its link, and costs its part of
            the link to either end.

        Returns
        -------
        tuple of Line
            First the quickest, with its parallel tracks; then ways that pass a place that a
            person knows, more than `TOLD_KM` off the first, and take at most `RIVAL_COST_RATIO`
            times as long. Ways that differ by less are the same line. Where the quickest passes
            the stations of a town by on a chord, the way by the stations is the first.
        """
        tails, heads = self._ends_of(starts), self._ends_of(ends)
        own = tuple(dict.fromkeys(s.link for s in (*starts, *ends) if isinstance(s, Station)))
        limit = RIVAL_COST_RATIO * self._least(tails, heads)
        if not np.isfinite(limit):
            return ()
        region = _Region(self._within(tails, heads, limit), self, tails, heads, own)
        best = region.quickest()
        if best is not None and RIVAL_COST_RATIO * best.cost > limit:
            # Reversals make the quickest line longer than the links alone say.
            wider = self._within(tails, heads, RIVAL_COST_RATIO * best.cost)
            region = _Region(wider, self, tails, heads, own)
            best = region.quickest()
        if best is None:
            return ()
        for _ in range(ROUNDS):
            shape = LineShape(self.network, region.network, best, (starts, ends))
            best = replace(best, tracks=shape.tracks(tails, heads))
            rivals = _find_rivals(region, shape, best)
            calling = next(
                (each for each in rivals if each.is_passed_by and not each.is_apart), None
            )
            if calling is None:
                break
            best = replace(calling, places=(), off_km=0.0, is_passed_by=False)
        return (best, *rivals)

    def joining(self, links: Sequence[str]) -> tuple[Line, ...]:
        """Return links that join two places directly, as lines; the shortest first."""
        lines = sorted((self._single(link) for link in links), key=lambda line: line.km)
        best, *others = lines
        tails, heads = ({hub: (0, 0.0)} for hub in best.hubs)
        within = self._within(tails, heads, RIVAL_COST_RATIO * best.cost)
        if not others and {self.network.links[number].id for number in within} <= {*best.links}:
            return (best,)
        near = self.cut(within)
        shape = LineShape(self.network, near, best)
        rivals = [shape.compare(each) for each in others]
        same = [each.path[0] for each in rivals if not each.places]
        apart = [each for each in rivals if each.places]
        tracks = dict.fromkeys([*same, *shape.tracks(tails, heads)])
        found = tuple(track for track in tracks if track not in {each.path[0] for each in apart})
        return (replace(best, tracks=found), *apart)

    def span(self, places: Sequence[Sequence[Stop]]) -> list[list[int]]:
        """Return runs of neighbours by which places along lines are joined at least cost.

        Parameters
        ----------
        places
            The stops of each, in any order; two at least.

        Returns
        -------
        list of list of int
            Positions of places; one run where they lie along one line, more where lines branch
            or lie apart: neighbours that take more than `APART` times the median of all are not
            joined. A place that is joined to none is a run of its own.
        """
        import networkx as nx

        ends = [self._ends_of(stops) for stops in places]
        graph: nx.Graph[int] = nx.Graph()
        graph.add_nodes_from(range(len(places)))
        for one, tails in enumerate(ends):
            for other in range(one):
                cost = self._least(tails, ends[other])
                if np.isfinite(cost):
                    graph.add_edge(other, one, weight=cost)
        tree: nx.Graph[int] = nx.minimum_spanning_tree(graph)
        costs = {edge: float(graph.edges[edge]["weight"]) for edge in tree.edges}
        far = APART * float(np.median(list(costs.values()))) if len(costs) > 2 else np.inf
        tree.remove_edges_from([edge for edge, cost in costs.items() if cost > far])
        runs = [[node] for node in tree if not tree.degree(node)]
        while tree.number_of_edges():
            run = [min(node for node in tree if tree.degree(node) == 1)]
            while tree.degree(run[-1]):
                following = min(tree.neighbors(run[-1]))
                tree.remove_edge(run[-1], following)
                run.append(following)
            runs.append(run)
        return runs

    def cut(self, links: Sequence[int], hubs: Iterable[str] = ()) -> Network:
        """Return the network of some links alone, and of some hubs at least."""
        kept = tuple(self.network.links[number] for number in links)
        wanted = {*hubs}.union(*({link.from_hub, link.to_hub} for link in kept))
        index = self.network.hub_index
        found = sorted(index[hub] for hub in wanted)
        return Network(hubs=tuple(self.network.hubs[number] for number in found), links=kept)

    def _single(self, link_id: str) -> Line:
        link = self.network.link(link_id)
        ends = (link.from_hub, link.to_hub)
        cost = int(self.costs.forward[self.network.link_index[link_id]])
        return Line(cost=cost, path=(link_id,), hubs=ends, links=(link_id,), km=link.length_km)

    @cached_property
    def costs(self) -> LinkCosts:
        """The cost of each link in either direction: a line is run both ways."""
        both = costs_from_minutes(self.network, profile_minutes(self.network, PASSENGER)).forward
        return LinkCosts(forward=both, backward=both)

    def _ends_of(self, stops: Sequence[Stop]) -> Ends:
        """Return the hubs by which a place is left; a part of a line has no direction."""
        ends: dict[str, tuple[int, float]] = {}
        for stop in stops:
            if isinstance(stop, Hub):
                found = {stop.id: (0, 0.0)}
            else:
                link = self.network.link(stop.link)
                whole = int(self.costs.forward[self.network.link_index[link.id]])
                before = min(max(stop.km, 0.0), link.length_km)
                found = {
                    hub: (round(whole * km / link.length_km), km)
                    for hub, km in (
                        (link.from_hub, before), (link.to_hub, link.length_km - before)
                    )
                }  # fmt: skip
            for hub, end in found.items():
                ends[hub] = min(end, ends.get(hub, end))
        return ends

    def _least(self, tails: Ends, heads: Ends) -> float:
        """Return the cost from one place to another over links alone; inf where there is no way."""
        index = self.network.hub_index
        return min(
            tails[tail][0] + float(self._spread(tail)[index[head]]) + heads[head][0]
            for tail in tails
            for head in heads
        )

    def _within(self, tails: Ends, heads: Ends, limit: float) -> list[int]:
        """Return the positions of the links on any way of at most some cost."""
        start, end = (
            np.min([self._spread(hub, limit) + cost for hub, (cost, _) in ends.items()], axis=0)
            for ends in (tails, heads)
        )
        one, two = self.network.link_ends.T
        cost = self.costs.forward.astype(np.float64)
        through = np.minimum(start[one] + end[two], start[two] + end[one]) + cost
        return np.flatnonzero((through <= limit) & (self.costs.forward < CLOSED)).tolist()

    @cached_property
    def _graph(self) -> csr_array[np.float64, tuple[int, int]]:
        """The cheapest link between each two hubs, both ways; a matrix would add parallel ones."""
        from scipy.sparse import csr_array

        usable = np.flatnonzero(self.costs.forward < CLOSED)
        ends = np.sort(self.network.link_ends[usable], axis=1)
        cost = self.costs.forward[usable].astype(np.float64)
        order = np.lexsort((cost, ends[:, 1], ends[:, 0]))
        ends, cost = ends[order], cost[order]
        first = np.ones(len(ends), dtype=bool)
        first[1:] = (ends[1:] != ends[:-1]).any(axis=1)
        size = len(self.network.hubs)
        one, two = ends[first].T
        places = np.concatenate([one, two]), np.concatenate([two, one])
        return csr_array((np.tile(cost[first], 2), places), shape=(size, size))

    @cached_property
    def _small(self) -> tuple[SmallGraph, list[int]]:
        """The links both ways, and what each costs."""
        one, two = self.network.link_ends.T.tolist()
        graph = SmallGraph(len(self.network.hubs), [*one, *two], [*two, *one])
        return graph, self.costs.forward.tolist() * 2

    def _spread(self, hub: str, limit: float = np.inf) -> NDArray[np.float64]:
        """Return the costs from a hub to all over links alone; over a limit they may be inf."""
        number = self.network.hub_index[hub]
        known = self._spreads.get(number)
        if known is None or known[0] < limit:
            if len(self._spreads) * 8 * len(self.network.hubs) >= MOST_SPREAD_BYTES:
                self._spreads.pop(next(iter(self._spreads)))
            known = self._spreads[number] = limit, self._search(number, limit)
        return known[1]

    def _search(self, number: int, limit: float) -> NDArray[np.float64]:
        if len(self.network.hubs) <= MOST_NODES:
            graph, cost = self._small
            return graph.row(number, cost, limit)
        from scipy.sparse.csgraph import dijkstra

        found = dijkstra(self._graph, indices=[number], limit=limit)
        return np.asarray(found[0], dtype=np.float64)


_Way = tuple[int, str, str, Sequence[int], Sequence[str]]
"""Its cost, the hubs at its ends, the positions of its links, and the hubs passed."""


class _Region:
    """The part of a network in which the ways between two places lie."""

    def __init__(
        self, links: list[int], finder: LineFinder, tails: Ends, heads: Ends, own: tuple[str, ...]
    ) -> None:
        self.network = finder.cut(links, (*tails, *heads))
        cost = finder.costs.forward[links]
        # A station's link is left by the end that is nearer on the way, and never run over whole.
        cost[[self.network.link_index[link] for link in own if link in self.network.link_index]] = (
            CLOSED
        )
        self.costs = LinkCosts(forward=cost, backward=cost)
        self._tails, self._heads, self._own = tails, heads, own
        terminals = list(dict.fromkeys([*tails, *heads]))
        self._router, self._dear = _turn_at_stations(self.network, terminals)
        self._quickest: dict[tuple[bytes, tuple[str, ...], float], Line | None] = {}

    def quickest(
        self, closed: Iterable[str] = (), without: Sequence[str] = (), most: float = np.inf
    ) -> Line | None:
        """Return the quickest line where some links are closed, and some ends not used.

        Links one after another lie on one edge of the kernel, and the line is the same whichever
        of them is closed.

        Parameters
        ----------
        most
            A line of a higher cost counts as none.
        """
        costs = self.costs
        shut = [self.network.link_index[link] for link in closed if link in self.network.link_index]
        if shut:
            cost = costs.forward.copy()
            cost[shut] = CLOSED
            costs = LinkCosts(forward=cost, backward=cost)
        arc_cost = self._router.arc_costs(costs)
        arc_cost[self._dear] = whole_cost(PASSENGER.reversal_minutes)
        key = np.flatnonzero(arc_cost >= CLOSED).tobytes(), tuple(without), most
        if key not in self._quickest:
            self._quickest[key] = self._search(arc_cost, without, most)
        return self._quickest[key]

    def _search(
        self, arc_cost: NDArray[np.int64], without: Sequence[str], most: float
    ) -> Line | None:
        """Return the quickest line under some costs of arcs."""
        tails, heads = (
            {hub: end for hub, end in ends.items() if hub not in without}
            for ends in (self._tails, self._heads)
        )
        small = self._router.kernel.node_count <= SMALL_REGION and bool((arc_cost > 0).all())
        way = (self._find_small if small else self._find_way)(arc_cost, tails, heads, most)
        if way is None:
            return None
        cost, tail, head, steps, passed = way
        network = self.network
        path = tuple(network.links[number].id for number in steps)
        hubs = tuple(passed) or (tail,)
        km = tails[tail][1] + heads[head][1] + sum(network.link(link).length_km for link in path)
        # A link that leads to where the train turns is run over twice.
        links = tuple(dict.fromkeys((*path, *self._own)))
        turns = _count_turns(network, path, hubs)
        return Line(cost=cost, path=path, hubs=hubs, links=links, km=km, turns=turns)

    def _find_way(
        self, arc_cost: NDArray[np.int64], tails: Ends, heads: Ends, most: float
    ) -> _Way | None:
        """Return the least-cost way from one place to another by the routes of a router."""
        routes = Routes(self._router, arc_cost)
        position = {hub: number for number, hub in enumerate(self._router.terminals)}
        joined = [
            (tails[tail][0] + int(routes.cost[position[tail], position[head]]) + heads[head][0],
             tail, head)
            for tail in tails for head in heads
            if routes.connected[position[tail], position[head]]
        ]  # fmt: skip
        if not joined:
            return None
        cost, tail, head = min(joined, key=lambda each: each[0])
        if cost > most:
            return None
        ends = position[tail], position[head]
        steps = [number for number, _ in routes.links_between(*ends)]
        return cost, tail, head, steps, routes.hubs_between(*ends)

    def _find_small(
        self, arc_cost: NDArray[np.int64], tails: Ends, heads: Ends, most: float
    ) -> _Way | None:
        """Return the same as `_find_way` by searches that need no library; no arc may be free."""
        router, cost = self._router, arc_cost.tolist()
        nodes = dict(zip(router.terminals, router.terminal_nodes, strict=True))
        ends = {node for head in heads for node in nodes[head]}
        best, far = None, min(most, CLOSED - 1)
        for tail, (before, _) in tails.items():
            rows = [
                self._graph.distances(node, cost, limit=far - before, ends=ends)
                for node in nodes[tail]
            ]
            for head, (after, _) in heads.items():
                # Of equal ones the first start node counts, then the first end node.
                options = [
                    (row[end], number, place)
                    for number, row in enumerate(rows)
                    for place, end in enumerate(nodes[head])
                    if row[end] <= far - before
                ]
                if not options:
                    continue
                least, number, place = min(options)
                total = before + least + after
                if total <= most and (best is None or total < best[0]):
                    best, far = (total, tail, head, rows[number], nodes[head][place]), total
        if best is None:
            return None
        total, tail, head, row, node = best
        arcs = self._graph.walk(row, cost, node)
        steps = [link for arc in arcs for link, _ in router.kernel.arc_links(arc)]
        passed = [tail, *router.hubs_along(arcs)]
        return total, tail, head, steps, passed if tail != head else ()

    @cached_property
    def _graph(self) -> SmallGraph:
        kernel = self._router.kernel
        return SmallGraph(kernel.node_count, kernel.arc_tail.tolist(), kernel.arc_head.tolist())


def _count_turns(network: Network, path: Sequence[str], hubs: Sequence[str]) -> int:
    """Return how often a train turns along a way, at hubs that have a name."""
    count = 0
    for hub, *names in zip(hubs[1:], path, path[1:], strict=False):
        came, leaves = (
            (link.to_side if link.to_hub == hub else link.from_side) or link.id
            for link in map(network.link, names)
        )
        count += came == leaves and is_known_place(network.hub(hub))
    return count


def _turn_at_stations(
    network: Network, terminals: Sequence[str]
) -> tuple[Router, NDArray[np.bool_]]:
    """Return a router in which trains run on to a known place to turn; its arcs of other turns."""
    sided = {
        hub
        for link in network.links
        for hub, side in ((link.from_hub, link.from_side), (link.to_hub, link.to_side))
        if side
    }
    bare = [hub.id for hub in network.hubs if hub.id in sided and not is_known_place(hub)]
    kept = [hub.id for hub in network.hubs if is_known_place(hub)] if bare else []
    router = Router(network, terminals, reversal_minutes=REVERSAL_MINUTES, kept=kept)
    kernel = router.kernel
    nodes = [kernel.nodes_of_hub.get(network.hub_index[hub], ()) for hub in bare]
    elsewhere = np.zeros(kernel.node_count, dtype=bool)
    elsewhere[[node for group in nodes for node in group]] = True
    return router, (kernel.arc_edge == REVERSAL) & elsewhere[kernel.arc_tail]


def _find_rivals(region: _Region, shape: LineShape, best: Line) -> tuple[Line, ...]:
    """Return the other lines, each found where the first one is closed somewhere."""
    found: dict[tuple[str, ...], Line] = {}
    closed_with = {*best.links, *best.tracks}
    compare = cache(shape.compare)
    most = RIVAL_COST_RATIO * best.cost
    for closed, without in _trials(best, shape):
        shut = set(closed)
        for _ in range(ROUNDS):
            other = region.quickest(shut, without, most)
            if other is None:
                break
            other = compare(other)
            told = other.places or other.avoids
            if told and closed_with != {*other.links}:
                known = found.get(told, other)
                found[told] = min(known, other, key=lambda line: line.cost)
            if other.is_apart:
                break
            aside = {link for link in other.path if link not in shape.positions}
            if not aside:
                break
            shut |= aside
    return tuple(sorted(found.values(), key=lambda line: line.cost))


def _trials(best: Line, shape: LineShape) -> Iterator[tuple[Iterable[str], Sequence[str]]]:
    """Yield links to close, and hubs to avoid, each of which takes the first line away."""
    for link in best.path:
        yield shape.abreast(link), ()
    if not best.path:
        yield best.links, best.hubs
