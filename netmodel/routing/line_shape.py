"""The course of a line on the map: its parallel tracks, and how far another way leaves it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from netmodel.network.names import is_known_place
from netmodel.network.railway import Hub, Network, Station

if TYPE_CHECKING:
    import shapely

Stop = Hub | Station
PARALLEL_KM = 0.3
"""Tracks that stay as near as this to a line are tracks of it."""
AREA_KM = 5.0
"""Ways whose places all lie as near as this to each other differ within station areas alone."""
TOLD_KM = 1.0
"""A way that passes a place further off than this is worth telling."""
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
    avoids
        If there are none: names of those on the quickest line that lie off this way.
    off_km
        How far the furthest of these lies off.
    km
        Length of the way from stop to stop.
    turns
        How often a train turns on it at a place that has a name.
    is_passed_by
        Whether the quickest line passes the places of this one by, on a chord between bare
        junctions, as goods trains run, and has no place of its own; and no train has to turn for
        them.
    """

    cost: int
    path: tuple[str, ...]
    hubs: tuple[str, ...]
    links: tuple[str, ...]
    km: float
    tracks: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    avoids: tuple[str, ...] = ()
    off_km: float = 0.0
    turns: int = 0
    is_passed_by: bool = False

    @property
    def is_apart(self) -> bool:
        """Whether the way leaves the station areas of the quickest line."""
        return self.off_km > AREA_KM


class LineShape:
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
        self._off: dict[int, float] = {}
        self.positions: dict[str, tuple[float, float]] = {}
        self._known = {stop.name: stop for stop in self._places(line)}
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

        # Older versions warn of parts of a line that have no length; the answer is the same.
        with np.errstate(invalid="ignore"):
            where = shapely.line_locate_point(
                self._along, shapely.points(shapely.get_coordinates(course))
            )
        return float(where.min()), float(where.max())

    def tracks(self, tails: Ends, heads: Ends) -> tuple[str, ...]:
        """Return the links near the line by which one comes from one end to the other."""
        own = set(self._best.links)
        near = self._links_within(PARALLEL_KM)
        if own.issuperset(near):
            return ()
        import networkx as nx

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
            {frozenset(edge) for edge in edges}
            for edges in nx.biconnected_component_edges(graph)
            if any({0, 1} == {*edge} for edge in edges)
        )
        links = (self._network.link(name) for name in own)
        passed |= {frozenset((link.from_hub, link.to_hub)) for link in links}
        joining = (by_ends.get(edge, ()) for edge in passed)
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
        found: dict[str, float] = {}
        for stop in self._places(other):
            if stop.name not in self._known:
                km = self._off_km(stop)
                if km > TOLD_KM:
                    found[stop.name] = max(km, found.get(stop.name, 0.0))
        avoided = {} if found else self._avoided_by(other)
        return replace(
            other,
            places=tuple(found),
            avoids=tuple(avoided),
            off_km=max([*found.values(), *avoided.values()], default=0.0),
            is_passed_by=bool(found) and self._is_chord_of(other),
        )

    def _avoided_by(self, other: Line) -> dict[str, float]:
        """Return the places of the line that another leaves out, by how far they lie off it.

        A chord by bare junctions, over which goods trains pass by, is no other line.
        """
        import shapely

        leaves = self._only_on(other, self._best)
        if not leaves or not all(map(is_known_place, self._hubs_at(leaves))):
            return {}
        course = shapely.union_all([self._course(link) for link in leaves])
        off = {
            name: float(shapely.distance(course, self._point(*self._where(self._known[name]))))
            for name in self._names_only_on_line(other)
        }
        return {name: km for name, km in off.items() if km > TOLD_KM}

    def _names_only_on_line(self, other: Line) -> Iterator[str]:
        for hub in self._best.hubs:
            if hub not in other.hubs and is_known_place(self._network.hub(hub)):
                yield self._network.hub(hub).name
        for link in self._only_on(self._best, other):
            for station in self._network.stations_on_link.get(link, ()):
                yield station.name

    def _only_on(self, line: Line, other: Line) -> list[str]:
        """Return the links of a line that another does not run over."""
        shared = {*other.path, *other.tracks}
        return [link for link in line.path if link not in shared]

    def _hubs_at(self, links: Sequence[str]) -> Iterator[Hub]:
        for link in map(self._network.link, links):
            yield self._network.hub(link.from_hub)
            yield self._network.hub(link.to_hub)

    def _is_chord_of(self, other: Line) -> bool:
        """Whether the line leaves another by bare junctions alone, and passes no place there."""
        if other.turns > self._best.turns:
            return False
        left = self._only_on(self._best, other)
        stations = self._network.stations_on_link
        passes = any(map(is_known_place, self._hubs_at(left)))
        return bool(left) and not passes and not any(stations.get(link) for link in left)

    def _places(self, line: Line) -> Iterator[Stop]:
        """Yield the stations and named hubs of a line."""
        for hub in (self._network.hub(name) for name in line.hubs):
            if is_known_place(hub):
                yield hub
        for name in line.path:
            if name not in self.positions:
                yield from self._network.stations_on_link.get(name, ())

    def _where(self, stop: Stop) -> tuple[float, float]:
        return (stop.lon, stop.lat) if isinstance(stop, Hub) else self._network.position(stop)

    def _off_km(self, stop: Stop) -> float:
        """Return how far a place lies off the line."""
        import shapely

        known = self._off.get(id(stop))
        if known is None:
            point = self._point(*self._where(stop))
            known = self._off[id(stop)] = float(shapely.distance(self._run, point))
        return known
