"""Areas of hubs: the nodes around a station or junction that belong to one hub."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from netmodel.importing.stations import StationSite
from netmodel.importing.tracks import Tracks, to_plane

_ENDS_ABREAST_M = 30.0
STATION, JUNCTION, END, LOOP = "station", "junction", "end", "loop"


@dataclass(slots=True, kw_only=True)
class Area:
    """Nodes of track that become one hub, or a station on a link.

    Parameters
    ----------
    seed
        The node whose place is the place of the hub.
    places
        Stations within it: the first gives it its name.
    """

    kind: str
    seed: int
    places: list[int] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Areas:
    """Which area each node belongs to, and the way from the node to its seed.

    Parameters
    ----------
    area_of
        Number of the area of each node; -1 for none.
    distance_m
        Metres along the track from a node to its area's seed, or to a track abreast of it.
    toward
        The next piece on the way to the seed and the node behind it; -1 at the seed.
    """

    areas: list[Area]
    area_of: list[int]
    distance_m: list[float]
    toward: list[tuple[int, int]]

    def path_to_seed(self, node: int) -> list[tuple[int, int]]:
        """Return the pieces from a node to its seed, each with the node that it begins at."""
        path = []
        while self.toward[node][0] >= 0:
            piece, following = self.toward[node]
            path.append((piece, node))
            node = following
        return path


class Adjacency:
    """The pieces at every node."""

    def __init__(self, tracks: Tracks) -> None:
        nodes = np.concatenate([tracks.tail, tracks.head])
        others = np.concatenate([tracks.head, tracks.tail])
        pieces = np.tile(np.arange(len(tracks.tail)), 2)
        order = np.argsort(nodes, kind="stable")
        self._others: list[int] = others[order].tolist()
        self._pieces: list[int] = pieces[order].tolist()
        self._begin: list[int] = np.searchsorted(nodes[order], np.arange(tracks.nodes + 1)).tolist()

    def __getitem__(self, node: int) -> Iterable[tuple[int, int]]:
        """Return (piece, other end) of every piece at a node; a loop appears twice."""
        span = slice(self._begin[node], self._begin[node + 1])
        return zip(self._pieces[span], self._others[span], strict=True)


def grow_areas(
    tracks: Tracks, places: Sequence[StationSite], adjacency: Adjacency, hub_m: float
) -> Areas:
    """Gather nodes into areas: first around stations, then around the switches that are left.

    Parameters
    ----------
    hub_m
        How far along the track from its seed an area reaches, metres.
    """
    count = tracks.nodes
    found = Areas(
        areas=[], area_of=[-1] * count, distance_m=[0.0] * count, toward=[(-1, -1)] * count
    )
    lengths: list[float] = tracks.length_m.tolist()
    sources: list[int] = []
    for number, place in enumerate(places):
        free = [node for node in place.nodes if found.area_of[node] < 0]
        if not free:
            found.areas[found.area_of[place.nodes[0]]].places.append(number)
            continue
        _found(found, Area(kind=STATION, seed=free[0], places=[number]), free)
        sources += free
    _grow(found, sources, lengths, adjacency, hub_m)
    later = []
    for area in list(found.areas):
        for node in places[area.places[0]].stop_nodes:
            if found.area_of[node] < 0:
                found.area_of[node] = found.area_of[area.seed]
                later.append(node)
    _grow(found, later, lengths, adjacency, hub_m)
    degree = tracks.degree
    switches = np.flatnonzero(degree >= 3)
    for node in switches[np.argsort(-degree[switches], kind="stable")].tolist():
        if found.area_of[node] < 0:
            _found(found, Area(kind=JUNCTION, seed=node), [node])
            _grow(found, [node], lengths, adjacency, hub_m)
    free = [n for n in np.flatnonzero(degree == 1).tolist() if found.area_of[n] < 0]
    for nodes in _ends_abreast(tracks, free):
        _found(found, Area(kind=END, seed=nodes[0]), nodes)
    return found


def _ends_abreast(tracks: Tracks, nodes: list[int]) -> list[list[int]]:
    """Return ends of track in groups: the tracks of one line that all end there."""
    if not nodes:
        return []
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    xy = to_plane(tracks.plane, tracks.node_lonlat[nodes])
    pairs = cKDTree(xy).query_pairs(_ENDS_ABREAST_M, output_type="ndarray")
    part = tracks.component[nodes]
    pairs = pairs[part[pairs[:, 0]] == part[pairs[:, 1]]]
    ones = np.ones(len(pairs), dtype=np.int8)
    near = coo_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(len(nodes), len(nodes)))
    label = connected_components(near, directed=False)[1]
    groups: dict[int, list[int]] = {}
    for number, node in zip(label.tolist(), nodes, strict=True):
        groups.setdefault(number, []).append(node)
    return list(groups.values())


def add_area(areas: Areas, node: int, kind: str) -> None:
    """Make one more node an area of its own."""
    _found(areas, Area(kind=kind, seed=node), [node])


def extend_areas(areas: Areas, nodes: int) -> None:
    """Make room for nodes that were made since."""
    missing = nodes - len(areas.area_of)
    areas.area_of += [-1] * missing
    areas.distance_m += [0.0] * missing
    areas.toward += [(-1, -1)] * missing


def _found(found: Areas, area: Area, nodes: Sequence[int]) -> None:
    for node in nodes:
        found.area_of[node] = len(found.areas)
    found.areas.append(area)


def _grow(
    found: Areas, sources: Sequence[int], lengths: list[float], adjacency: Adjacency, limit_m: float
) -> None:
    """Let areas take free nodes in the order of their distance, up to a limit."""
    reach = [(0.0, node) for node in sources]
    heapq.heapify(reach)
    settled = set()
    best = dict.fromkeys(sources, 0.0)
    while reach:
        far, node = heapq.heappop(reach)
        if node in settled:
            continue
        settled.add(node)
        for piece, other in adjacency[node]:
            to_other = far + lengths[piece]
            if to_other > limit_m or to_other >= best.get(other, np.inf):
                continue
            if found.area_of[other] >= 0 and other not in best:
                continue
            best[other] = to_other
            found.area_of[other] = found.area_of[node]
            found.distance_m[other] = to_other
            found.toward[other] = (piece, node)
            heapq.heappush(reach, (to_other, other))
