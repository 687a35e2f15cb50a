"""Which links a page tells in full, and the outline of the others where there are very many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netmodel.network.railway import LINE_CLASSES
from netmodel.plot.basemap import PlaneMap, as_steps
from netmodel.report.page.allowance import HIDDEN_WAY, Allowance, is_usual
from netmodel.report.page.train_section import shown_trains
from netmodel.routing.trees import search_groups
from netmodel.runs.columns import SPANS
from netmodel.runs.moment import background_incidents
from netmodel.runs.record import RunRecord

if TYPE_CHECKING:
    from scipy.sparse import csr_array

FINEST_UNITS, COARSEST_UNITS = 4, 64
"""The grid of an outline, in map units; a screen shows the whole map at about 16 a pixel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnLinks:
    """What a page draws of a network.

    Parameters
    ----------
    record
        The run, with the hubs and links that the page tells in full.
    outline
        Lines of the others by class, each as `as_steps` gives it, in units of the grid.
    grid
        Map units between two lines of the grid of the outline.
    extent
        Least and greatest x and y of the whole network, in map units: ``x, y, x, y``.
    outlined
        How many links the outline shows.
    total
        How many links the network has.
    """

    record: RunRecord
    outline: Mapping[str, list[list[int]]]
    grid: int
    extent: tuple[int, int, int, int]
    outlined: int
    total: int

    @property
    def whole(self) -> bool:
        """Whether every link is told in full."""
        return len(self.record.links) == self.total


def choose_links(
    record: RunRecord, pairs: pd.DataFrame, plane: PlaneMap, allowance: Allowance
) -> DrawnLinks:
    """Return the links that a page tells in full, and the outline of the rest.

    All of them where no more are allowed. Of more, those that matter: on which an outage holds or
    may hold, whose flow changes, on the ways of the pairs and on the courses of the trains shown,
    and the links that touch one of these. The rest are lines without names: their ends and
    corners stand on a grid, coarser until there are few enough; links that are a point on the
    coarsest grid are not drawn, and of the others those of greater classes first, longer ones
    before shorter ones.

    Parameters
    ----------
    pairs
        The rows of pairs that the page shows, with ``from``, ``via`` and ``to``.
    plane
        The map.
    """
    links, total = record.links, len(record.links)
    if total <= allowance.links:
        return DrawnLinks(
            record=record, outline={}, grid=1, extent=(0, 0, 0, 0), outlined=0, total=total
        )
    ends, ways = LinkEnds(record), [*_ways(pairs), *_courses(record, allowance)]
    kept = _links_that_matter(record, ends, ways, allowance)
    kept = ends.with_neighbours(kept, allowance.links)
    told = links.iloc[np.flatnonzero(kept)]
    named = {*told["from"], *told["to"], *(hub for way in ways for hub in way)}
    shown = record.hubs.index.isin(named) | (record.hubs["in_demand"] == 1).to_numpy(bool)
    hubs = record.hubs[shown | (record.hubs["is_anchor"] == 1).to_numpy(bool)]
    flows = None if _changed_links(record, allowance) is None else record.flows
    outline, grid, outlined = _outline(record, ~kept, plane, allowance.outline_lines)
    return DrawnLinks(
        record=replace(record, hubs=hubs, links=told, flows=flows),
        outline=outline,
        grid=grid,
        extent=_extent(record, plane),
        outlined=outlined,
        total=total,
    )


def find_met_links(record: RunRecord, pairs: pd.DataFrame) -> dict[tuple[str, str], list[str]]:
    """Return the links with outages on the usual way of each pair, where there are any.

    A pair whose usual way no state shows has the shortest way past the
    closures of the base state.

    Parameters
    ----------
    pairs
        Rows of ``pairs.csv`` of one kind of traffic.
    """
    ends, ids = LinkEnds(record), pd.Index(record.links.index)
    struck = np.unique(ids.get_indexer(pd.Index(record.outages["link"].unique())))
    struck = struck[struck >= 0]
    near = {*record.links["from"].iloc[struck], *record.links["to"].iloc[struck]}
    joined = pairs[pairs["base_minutes"].notna()]
    usual = joined[is_usual(joined) & joined["route"].notna()].drop_duplicates(["from", "to"])
    pair_of = usual.set_index(usual["route"].astype(int))[["from", "to"]]
    met: dict[tuple[str, str], list[str]] = {}
    for part in record.pair_table.tell_routes(pair_of.index):
        found = part[["via"]].join(pair_of)
        for via, start, end in found.itertuples(index=False):
            on = np.intersect1d(ends.near(_hubs_along(start, via, end), near), struck)
            met[start, end] = [str(ids[link]) for link in on]
    lacking = joined[["from", "to"]].drop_duplicates().itertuples(index=False, name=None)
    ways = _shortest_ways(record, ends, [pair for pair in lacking if pair not in met])
    for pair, way in ways.items():
        met[pair] = [str(ids[link]) for link in np.intersect1d(way, struck)]
    return {pair: links for pair, links in met.items() if links}


def _shortest_ways(
    record: RunRecord, ends: LinkEnds, pairs: list[tuple[str, str]]
) -> dict[tuple[str, str], NDArray[np.int64]]:
    """Return the links of the shortest way of each pair in the base state, by km."""
    if not pairs:
        return {}
    outages, hubs = record.outages, list(map(str, record.hubs.index))
    stands = outages["incident"].isin(background_incidents(record))
    shut = outages[stands & (outages["effect"] == "closed")]
    shut = shut[shut["chosen_first"] == record.states.index[0]]
    graph = ends.graph(~record.links.index.isin(shut["link"]))
    place = {hub: number for number, hub in enumerate(hubs)}
    found = {}
    for start in dict.fromkeys(a for a, _ in pairs):
        km = search_groups(graph, [[place[start]]])[0]
        for pair in (each for each in pairs if each[0] == start):
            way = _walk_back(graph, km, place[pair[1]])
            found[pair] = ends.along([hubs[number] for number in way])
    return found


def _walk_back(
    graph: csr_array[np.float64, tuple[int, int]], km: NDArray[np.float64], end: int
) -> list[int]:
    """Return the hubs of a shortest way to a hub, from the km of the way to each hub."""
    way = [end]
    while np.isfinite(km[end]) and km[way[-1]] > 0:
        at = slice(*graph.indptr[way[-1] : way[-1] + 2].tolist())
        before = km[graph.indices[at]] + graph.data[at]
        way.append(int(graph.indices[at][np.argmin(before)]))
    return way[::-1]


class LinkEnds:
    """The links of a record by the hubs that they join."""

    def __init__(self, record: RunRecord) -> None:
        self._hubs = pd.Index(record.hubs.index)
        self.start, self.end = (
            self._hubs.get_indexer(pd.Index(record.links[name])).astype(np.int64)
            for name in ("from", "to")
        )
        self._key_of, self._km = (
            self._key(self.start, self.end),
            record.links["length_km"].to_numpy(float),
        )
        self._link = self.shortest_of(np.ones(len(record.links), bool))
        self._keys = self._key_of[self._link]

    def shortest_of(self, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return some links by their ends; of parallel ones the shortest, else the first."""
        order = np.lexsort([self._km, self._key_of])
        order = order[chosen[order]]
        first = np.ones(len(order), bool)
        first[1:] = np.diff(self._key_of[order]) != 0
        return order[first]

    def along(self, hubs: list[str]) -> NDArray[np.int64]:
        """Return the links between each hub and the next, by number, as far as they are joined."""
        places = self._hubs.get_indexer(pd.Index(hubs)).astype(np.int64)
        key = self._key(places[:-1], places[1:])
        if not len(self._keys):
            return key[:0]
        at = np.minimum(np.searchsorted(self._keys, key), len(self._keys) - 1)
        found: NDArray[np.int64] = self._link[at[self._keys[at] == key]]
        return found

    def graph(self, chosen: NDArray[np.bool_]) -> csr_array[np.float64, tuple[int, int]]:
        """Return some links as km between hubs, in both directions."""
        from scipy.sparse import coo_array

        links = self.shortest_of(chosen)
        rows = np.concatenate([self.start[links], self.end[links]])
        columns = np.concatenate([self.end[links], self.start[links]])
        km = np.tile(self._km[links], 2)
        return coo_array((km, (rows, columns)), shape=(len(self._hubs),) * 2).tocsr()

    def near(self, hubs: list[str], wanted: AbstractSet[str]) -> NDArray[np.int64]:
        """Return the links of `along` both of whose ends are among some hubs."""
        at = [place for place, hub in enumerate(hubs) if hub in wanted]
        steps = [self.along(hubs[a : a + 2]) for a, b in pairwise(at) if b == a + 1]
        return np.concatenate([np.zeros(0, np.int64), *steps])

    def with_neighbours(self, kept: NDArray[np.bool_], most: int) -> NDArray[np.bool_]:
        """Return some links and those that share a hub with them, unless these are too many."""
        met = np.zeros(len(self._hubs) + 1, bool)
        met[self.start[kept]] = met[self.end[kept]] = True
        more = kept | met[self.start] | met[self.end]
        return more if more.sum() <= most else kept

    def _key(self, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.minimum(a, b) * (len(self._hubs) + 1) + np.maximum(a, b)


def _links_that_matter(
    record: RunRecord, ends: LinkEnds, ways: Iterable[list[str]], allowance: Allowance
) -> NDArray[np.bool_]:
    number = pd.Index(record.links.index)
    kept = np.zeros(len(number) + 1, bool)  # the last is what is not found
    holds = record.outages[[f"{span}_first" for span in SPANS]].notna().any(axis=1)
    kept[number.get_indexer(pd.Index(record.outages.loc[holds, "link"].unique()))] = True
    changed = _changed_links(record, allowance)
    if changed is not None:
        kept[number.get_indexer(pd.Index(changed))] = True
    for way in ways:
        kept[ends.along(way)] = True
    return kept[:-1]


def _changed_links(record: RunRecord, allowance: Allowance) -> NDArray[np.object_] | None:
    """Return the links whose flow changes; ``None`` if they are too many to tell one by one."""
    if record.flows is None or not allowance.flow_changes:
        return None
    changed = record.flows["link"].unique()
    return np.asarray(changed, object) if len(changed) <= allowance.links // 2 else None


def _ways(pairs: pd.DataFrame) -> list[list[str]]:
    """Return the hubs of each distinct way of some pairs, ends included."""
    ways = pairs.loc[pairs["connected"] == 1, ["from", "via", "to"]].drop_duplicates()
    ways = ways[ways["via"] != HIDDEN_WAY]
    return [_hubs_along(*way) for way in ways.itertuples(index=False)]


def _hubs_along(start: str, via: str, end: str) -> list[str]:
    return [start, *(hub for hub in via.split(";") if hub), end]


def _courses(record: RunRecord, allowance: Allowance) -> list[list[str]]:
    """Return the hubs of the courses and detours of the trains that a page shows."""
    shown = shown_trains(record, allowance.train_rows)
    if shown is None:
        return []
    rows, touched = shown
    texts = pd.concat([touched["course"], rows["via"]]).dropna().unique()
    return [text.split(";") for text in map(str, texts) if text]


def _extent(record: RunRecord, plane: PlaneMap) -> tuple[int, int, int, int]:
    sites = np.rint(plane.project(record.hubs["lon"], record.hubs["lat"])).astype(int)
    (west, north), (east, south) = sites.min(axis=0).tolist(), sites.max(axis=0).tolist()
    return west, north, east, south


@dataclass(frozen=True, slots=True, kw_only=True)
class _GridPieces:
    """Pieces of links on a grid, each once: corners, rank of the class, and the links of each."""

    corners: NDArray[np.int64]
    rank: NDArray[np.int64]
    piece: NDArray[np.int64]
    link: NDArray[np.int64]


def _outline(
    record: RunRecord, rest: NDArray[np.bool_], plane: PlaneMap, most: int
) -> tuple[dict[str, list[list[int]]], int, int]:
    """Return the lines of some links by class, their grid, and how many links they show."""
    points, owner = _corners(record, np.flatnonzero(rest), plane)
    classes = [str(each) for each in record.links["line_class"]]
    order = dict.fromkeys([*LINE_CLASSES, *classes])
    rank = np.array([{name: n for n, name in enumerate(order)}[each] for each in classes], np.int64)
    grid = FINEST_UNITS
    lines = _on_grid(points, owner, rank, grid)
    while len(lines.corners) > most and grid < COARSEST_UNITS:
        grid *= 2
        lines = _on_grid(points, owner, rank, grid)
    long = np.hypot(*(lines.corners[:, 2:] - lines.corners[:, :2]).T)
    chosen = np.zeros(len(lines.corners), bool)
    chosen[np.lexsort([-long, lines.rank])[:most]] = True
    shown = len(np.unique(lines.link[chosen[lines.piece]]))
    drawn = {
        name: _join(lines.corners[chosen & (lines.rank == number)])
        for number, name in enumerate(order)
    }
    return {name: each for name, each in drawn.items() if each}, grid, shown


def _corners(
    record: RunRecord, chosen: NDArray[np.int64], plane: PlaneMap
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the points of some links in map units, in order, and the link of each."""
    hubs, links = record.hubs, record.links.iloc[chosen]
    place = pd.Index(hubs.index)
    sites = plane.project(hubs["lon"], hubs["lat"])
    a, b = (sites[place.get_indexer(pd.Index(links[name]))] for name in ("from", "to"))
    points = np.stack([a, b], axis=1).reshape(-1, 2)
    owner = np.repeat(chosen, 2)
    courses = links["course"].fillna("").astype(str).to_numpy(object)
    bent = np.flatnonzero(courses != "")
    if len(bent):
        texts = [courses[n].replace(" ", ",").split(",") for n in bent]
        counts = [len(text) // 2 for text in texts]
        degrees = np.array([x for text in texts for x in text], float).reshape(-1, 2)
        straight = ~np.isin(owner, chosen[bent])
        points = np.vstack([points[straight], plane.project(degrees[:, 0], degrees[:, 1])])
        owner = np.concatenate([owner[straight], np.repeat(chosen[bent], counts)])
    return points, owner


def _on_grid(
    points: NDArray[np.float64], owner: NDArray[np.int64], rank: NDArray[np.int64], grid: int
) -> _GridPieces:
    """Return the distinct pieces between points of a grid that are more than a point."""
    at = np.rint(points / grid).astype(np.int64)
    fresh = np.ones(len(at), bool)
    fresh[1:] = np.any(np.diff(at, axis=0) != 0, axis=1) | (np.diff(owner) != 0)
    at, owner = at[fresh], owner[fresh]
    same = np.flatnonzero(np.diff(owner) == 0)
    # Points and pieces as one number each: a quick way to find the distinct ones.
    low, span = at.min(axis=0, initial=0), int(np.ptp(at[:, 1])) + 1 if len(at) else 1
    codes, place = np.unique((at[:, 0] - low[0]) * span + at[:, 1] - low[1], return_inverse=True)
    ends = np.sort(np.column_stack([place[same], place[same + 1]]), axis=1)
    link, size = owner[same], len(codes) + 1
    keys = (rank[link] * size + ends[:, 0]) * size + ends[:, 1]
    distinct, piece = np.unique(keys, return_inverse=True)
    corners = np.column_stack([codes[each] for each in (distinct // size % size, distinct % size)])
    corners = np.column_stack([corners // span, corners % span])[:, [0, 2, 1, 3]] + [*low, *low]
    return _GridPieces(corners=corners, rank=distinct // size**2, piece=piece, link=link)


def _join(corners: NDArray[np.int64]) -> list[list[int]]:
    """Return pieces as lines, joined where two meet, without the points on a straight."""
    import shapely

    if not len(corners):
        return []
    pieces = shapely.linestrings(corners.reshape(-1, 2, 2))
    merged = shapely.line_merge(shapely.multilinestrings(pieces))
    lines = shapely.simplify(shapely.get_parts(merged), 0.5)
    return [as_steps(shapely.get_coordinates(line)) for line in lines]
