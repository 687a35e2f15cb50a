"""The line that joins two stops, its parallel tracks, and other lines that may be meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from netmodel.network.names import is_known_place
from netmodel.network.railway import Hub, Network, Station
from netmodel.routing.profiles import CLOSED, PASSENGER, LinkCosts, costs_from_minutes
from netmodel.routing.profiles import running_minutes as profile_minutes
from netmodel.routing.router import Router

if TYPE_CHECKING:
    import shapely
    from scipy.sparse import csr_array

Stop = Hub | Station
RIVAL_COST_RATIO = 1.25
"""Another line is looked for as far as it takes at most so many times the quickest."""
PARALLEL_KM = 0.3
"""Tracks that stay as near as this to a line are tracks of it."""
AREA_KM = 5.0
"""Ways whose places all lie as near as this to each other differ within station areas alone."""
TOLD_KM = 1.0
"""A way that passes a place further off than this is worth telling."""
REVERSAL_MINUTES = 2.0
"""What a reversal counts: far less than it takes, since a line that is named may well have one."""
ROUNDS = 4
"""How often ways that are no other line are put aside to look for one behind them."""
MOST_SPREADS = 256
Ends = Mapping[str, tuple[int, float]]
"""Hubs by which a stop is left: cost and km from the stop to each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A way between two stops.

    Parameters
    ----------
    cost
        From stop to stop, in the units of the links' costs.
    path
        Ids of the links between the hubs nearest to the stops.
    hubs
        Ids of the hubs passed.
    links
        Those of the path, then the stops' own links; with `tracks`, all that is closed where the
        line is.
    tracks
        Ids of further links that are parallel tracks of the line.
    places
        Names of the stations and named hubs on the way that lie off the quickest line.
    off_km
        How far the furthest of them lies off.
    km
        Length of the way from stop to stop.
    """

    cost: int
    path: tuple[str, ...]
    hubs: tuple[str, ...]
    links: tuple[str, ...]
    km: float
    tracks: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    off_km: float = 0.0

    @property
    def is_apart(self) -> bool:
        """Whether the way leaves the station areas of the quickest line."""
        return self.off_km > AREA_KM


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
        self._spreads: dict[int, NDArray[np.float64]] = {}

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
            times as long. Ways that differ by less are the same line.
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
        shape = _Shape(self.network, region.network, best, (starts, ends))
        best = replace(best, tracks=shape.tracks(tails, heads))
        return (best, *_find_rivals(region, shape, best))

    def joining(self, links: Sequence[str]) -> tuple[Line, ...]:
        """Return links that join two places directly, as lines; the shortest first."""
        lines = sorted((self._single(link) for link in links), key=lambda line: line.km)
        best, *others = lines
        tails, heads = ({hub: (0, 0.0)} for hub in best.hubs)
        near = self.cut(self._within(tails, heads, RIVAL_COST_RATIO * best.cost))
        shape = _Shape(self.network, near, best)
        rivals = [shape.compare(each) for each in others]
        same = [each.path[0] for each in rivals if not each.places]
        apart = [each for each in rivals if each.places]
        tracks = dict.fromkeys([*same, *shape.tracks(tails, heads)])
        found = tuple(track for track in tracks if track not in {each.path[0] for each in apart})
        return (replace(best, tracks=found), *apart)

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
            np.min([self._spread(hub) + cost for hub, (cost, _) in ends.items()], axis=0)
            for ends in (tails, heads)
        )
        one, two = self.network.link_ends.T
        cost = self.costs.forward.astype(np.float64)
        through = np.minimum(start[one] + end[two], start[two] + end[one]) + cost
        return np.flatnonzero((through <= limit) & (self.costs.forward < CLOSED)).tolist()

    @cached_property
    def _graph(self) -> csr_array[np.float64, tuple[int, int]]:
        """The cheapest link between each two hubs; a sparse matrix would add parallel ones."""
        from scipy.sparse import csr_array

        usable = np.flatnonzero(self.costs.forward < CLOSED)
        ends = np.sort(self.network.link_ends[usable], axis=1)
        cost = self.costs.forward[usable].astype(np.float64)
        order = np.lexsort((cost, ends[:, 1], ends[:, 0]))
        ends, cost = ends[order], cost[order]
        first = np.ones(len(ends), dtype=bool)
        first[1:] = (ends[1:] != ends[:-1]).any(axis=1)
        size = len(self.network.hubs)
        return csr_array((cost[first], tuple(ends[first].T)), shape=(size, size))

    def _spread(self, hub: str) -> NDArray[np.float64]:
        from scipy.sparse.csgraph import dijkstra

        number = self.network.hub_index[hub]
        if number not in self._spreads:
            if len(self._spreads) >= MOST_SPREADS:
                self._spreads.pop(next(iter(self._spreads)))
            found = dijkstra(self._graph, directed=False, indices=[number])
            self._spreads[number] = np.asarray(found)[0]
        return self._spreads[number]


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
        self._router = Router(self.network, terminals, reversal_minutes=REVERSAL_MINUTES)

    def quickest(self, closed: Iterable[str] = (), without: Sequence[str] = ()) -> Line | None:
        """Return the quickest line where some links are closed, and some ends not used."""
        costs = self.costs
        shut = [self.network.link_index[link] for link in closed if link in self.network.link_index]
        if shut:
            cost = costs.forward.copy()
            cost[shut] = CLOSED
            costs = LinkCosts(forward=cost, backward=cost)
        routes = self._router.solve(costs)
        position = {hub: number for number, hub in enumerate(self._router.terminals)}
        tails, heads = self._tails, self._heads
        joined = [
            (tails[tail][0] + int(routes.cost[position[tail], position[head]]) + heads[head][0],
             tail, head)
            for tail in tails for head in heads
            if routes.connected[position[tail], position[head]]
            and not {tail, head}.intersection(without)
        ]  # fmt: skip
        if not joined:
            return None
        cost_, tail, head = min(joined, key=lambda each: each[0])
        ends = position[tail], position[head]
        network = self.network
        path = tuple(network.links[number].id for number, _ in routes.links_between(*ends))
        hubs = tuple(routes.hubs_between(*ends)) or (tail,)
        km = tails[tail][1] + heads[head][1] + sum(network.link(link).length_km for link in path)
        links = (*path, *(link for link in self._own if link not in path))
        return Line(cost=cost_, path=path, hubs=hubs, links=links, km=km)


def _find_rivals(region: _Region, shape: _Shape, best: Line) -> tuple[Line, ...]:
    """Return the other lines, each found where the first one is closed somewhere."""
    found: dict[tuple[str, ...], Line] = {}
    closed_with = {*best.links, *best.tracks}
    for closed, without in _trials(best, shape):
        shut = set(closed)
        for _ in range(ROUNDS):
            other = region.quickest(shut, without)
            if other is None or other.cost > RIVAL_COST_RATIO * best.cost:
                break
            other = shape.compare(other)
            if other.places and closed_with != {*other.links}:
                found.setdefault(other.places, other)
            if other.is_apart:
                break
            aside = {link for link in other.path if link not in shape.positions}
            if not aside:
                break
            shut |= aside
    return tuple(sorted(found.values(), key=lambda line: line.cost))


def _trials(best: Line, shape: _Shape) -> Iterator[tuple[Iterable[str], Sequence[str]]]:
    """Yield links to close, and hubs to avoid, each of which takes the first line away."""
    for link in best.path:
        yield shape.abreast(link), ()
    if not best.path:
        yield best.links, best.hubs


class _Shape:
    """The course of a line on a plane, with what lies beside it; km.

    Attributes
    ----------
    positions
        Where each link of the line and each of its parallel tracks lies along it: from, to.
    """

    def __init__(
        self,
        network: Network,
        near: Network,
        line: Line,
        stops: tuple[Sequence[Stop], Sequence[Stop]] = ((), ()),
    ) -> None:
        import shapely

        self._network, self._near, self._best = network, near, line
        points = [point for link in line.links for point in network.line(link)]
        points += [(network.hub(hub).lon, network.hub(hub).lat) for hub in line.hubs]
        lon, lat = np.mean(points, axis=0)
        self._origin = np.array([lon, lat])
        self._scale = 111.195 * np.array([np.cos(np.radians(lat)), 1.0])
        run = [self._course(link) for link in line.path]
        for hub, group in zip((line.hubs[0], line.hubs[-1]), stops, strict=True):
            run += [part for stop in group for part in self._course_to(stop, hub)]
        self._run = shapely.union_all(run or [self._point(*points[0])])
        shapely.prepare(self._run)
        self._along = self._course_along(line)
        self.positions: dict[str, tuple[float, float]] = {}
        self._known = {name for name, _, _ in self._places(line)}
        self.positions = {link: self._position(self._course(link)) for link in line.links}

    def _plane(self, points: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
        return np.asarray((np.asarray(points, dtype=np.float64) - self._origin) * self._scale)

    def _course(self, link: str) -> shapely.LineString:
        import shapely

        return shapely.LineString(self._plane(self._network.line(link)))

    def _course_to(self, stop: Stop, hub: str) -> Iterator[shapely.LineString]:
        """Yield the part of a station's link that is run over, from the station to a hub."""
        from shapely.ops import substring

        if isinstance(stop, Station) and stop.link not in self._best.path:
            link = self._network.link(stop.link)
            share = min(max(stop.km / link.length_km, 0.0), 1.0)
            ends = (0.0, share) if link.from_hub == hub else (share, 1.0)
            if hub in (link.from_hub, link.to_hub):
                yield substring(self._course(stop.link), *ends, normalized=True)

    def _point(self, lon: float, lat: float) -> shapely.Point:
        import shapely

        return shapely.Point(self._plane([(lon, lat)])[0])

    def _course_along(self, line: Line) -> shapely.LineString:
        """Return the course in the order run, along which positions are told."""
        import shapely

        points: list[tuple[float, float]] = []
        at = line.hubs[0]
        for name in line.path:
            link = self._network.link(name)
            forward = link.from_hub == at
            course = self._network.line(name)
            points += course if forward else course[::-1]
            at = link.to_hub if forward else link.from_hub
        if len(points) < 2:
            points = [point for name in line.links for point in self._network.line(name)]
        if len(points) < 2:
            points = [(self._network.hub(at).lon, self._network.hub(at).lat)] * 2
        return shapely.LineString(self._plane(points))

    def _position(self, course: shapely.LineString) -> tuple[float, float]:
        import shapely

        where = shapely.line_locate_point(
            self._along, shapely.points(shapely.get_coordinates(course))
        )
        return float(where.min()), float(where.max())

    def tracks(self, tails: Ends, heads: Ends) -> tuple[str, ...]:
        """Return the links near the line by which one comes from one end to the other."""
        import networkx as nx

        own = set(self._best.links)
        near = self._links_within(PARALLEL_KM)
        graph: nx.Graph[str | int] = nx.Graph()
        by_ends: dict[frozenset[str | int], list[str]] = {}
        for name in [*self._best.links, *(each for each in near if each not in own)]:
            link = self._network.link(name)
            by_ends.setdefault(frozenset((link.from_hub, link.to_hub)), []).append(name)
            graph.add_edge(link.from_hub, link.to_hub)
        graph.add_edges_from((0, hub) for hub in tails)
        graph.add_edges_from((1, hub) for hub in heads)
        graph.add_edge(0, 1)
        passed = next(
            edges
            for edges in nx.biconnected_component_edges(graph)
            if any({0, 1} == {*edge} for edge in edges)
        )
        joining = (by_ends.get(frozenset(edge), ()) for edge in passed)
        found = sorted({link for links in joining for link in links} - own)
        self.positions |= {link: self._position(self._course(link)) for link in found}
        return tuple(found)

    def _links_within(self, km: float) -> list[str]:
        """Return the links of which every point lies so near to the line."""
        import shapely

        courses = [shapely.simplify(self._course(link), km / 10) for link in self._best.links]
        courses = courses or [self._run]
        band = shapely.union_all(shapely.buffer(courses, km, quad_segs=4))
        shapely.prepare(band)
        west, south, east, north = shapely.bounds(band)
        ends = self._near_ends
        inside = (
            (ends[:, :, 0] >= west) & (ends[:, :, 0] <= east)
            & (ends[:, :, 1] >= south) & (ends[:, :, 1] <= north)
        ).all(axis=1)  # fmt: skip
        names = [self._near.links[number].id for number in np.flatnonzero(inside)]
        return [name for name in names if shapely.covers(band, self._course(name))]

    @cached_property
    def _near_ends(self) -> NDArray[np.float64]:
        hubs = np.array([(hub.lon, hub.lat) for hub in self._near.hubs]).reshape(-1, 2)
        return np.asarray(((hubs - self._origin) * self._scale)[self._near.link_ends])

    def abreast(self, link: str) -> list[str]:
        """Return a link of the line and the tracks beside it."""
        start, end = self.positions[link]
        return [
            name
            for name, (low, high) in self.positions.items()
            if name == link or min(end, high) - max(start, low) > min(0.05, (end - start) / 2)
        ]

    def compare(self, other: Line) -> Line:
        """Return another way with its places that lie off the line, and how far off."""
        import shapely

        found: dict[str, float] = {}
        for name, lon, lat in self._places(other):
            if name not in self._known:
                km = float(shapely.distance(self._run, self._point(lon, lat)))
                if km > TOLD_KM:
                    found[name] = max(km, found.get(name, 0.0))
        return replace(other, places=tuple(found), off_km=max(found.values(), default=0.0))

    def _places(self, line: Line) -> Iterator[tuple[str, float, float]]:
        """Yield the stations and named hubs of a line, with where they lie."""
        for hub in (self._network.hub(name) for name in line.hubs):
            if is_known_place(hub):
                yield hub.name, hub.lon, hub.lat
        for name in line.path:
            if name not in self.positions:
                for station in self._network.stations_on_link.get(name, ()):
                    yield station.name, *self._network.position(station)
