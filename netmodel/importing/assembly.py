"""From reduced tracks to hubs, links and stations, and to what became of every feature."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from netmodel.importing.chains import Bundle, Passage, Step, leader_courses, passage_along
from netmodel.importing.reduction import Reduction
from netmodel.importing.source import Source
from netmodel.importing.stations import END, JUNCTION, LOOP, STATION, Areas, StationSite
from netmodel.importing.tags import StatedFigures, TrackFacts, inhabitants
from netmodel.importing.tracks import Tracks, to_plane
from netmodel.network.names import normalise_name
from netmodel.network.railway import (
    HUB_COLUMNS,
    LENGTH_BASES,
    LINK_COLUMNS,
    STATION_COLUMNS,
    Hub,
    Link,
    Network,
    Station,
)

_LINK_TAGS = (
    "name", "ref", "operator", "usage", "service", "maxspeed", "voltage", "frequency",
    "passenger_lines", "railway:traffic_mode", "bridge", "tunnel", "electrified", "gauge", "oneway",
    "railway:preferred_direction", "railway:bidirectional",
)  # fmt: skip
_DIGITS = 7
_SHOWN_VALUES = 12
_TIMED_SHARE = 0.9
_NEAR_M = 5000.0
"""How far a station may lie from a junction that is named after it."""


@dataclass(frozen=True, kw_only=True)
class Assembly:
    """The network, and where each piece and each station of the source went.

    Parameters
    ----------
    links_of_piece
        Ids of the links that hold a piece of track.
    hub_of_piece
        Id of the hub that holds a piece which no link does.
    target_of_place
        What each station of the source became: ``hub ID`` or ``station NAME on LINK``.
    """

    network: Network
    links_of_piece: Mapping[int, tuple[str, ...]]
    hub_of_piece: Mapping[int, str]
    target_of_place: Mapping[int, tuple[str, ...]]


class Assembler:
    """Builds the network of a reduction."""

    def __init__(
        self,
        source: Source,
        tracks: Tracks,
        areas: Areas,
        places: Sequence[StationSite],
        facts: Sequence[TrackFacts],
        stated: Sequence[StatedFigures],
        reduction: Reduction,
        sides: Mapping[tuple[int, int], str],
    ) -> None:
        self.sides = sides
        self.source = source
        self.tracks = tracks
        self.areas = areas
        self.places = places
        self.facts = facts
        self.stated = stated
        self.reduction = reduction
        self.targets: dict[int, list[str]] = {}
        self.columns = _extra_columns(source)
        lon, lat = np.round(tracks.lonlat, _DIGITS).T.tolist()
        self._vertices: list[tuple[float, float]] = list(zip(lon, lat, strict=True))
        self._offsets: list[int] = tracks.offsets.tolist()
        self._nodes: list[list[float]] = np.round(tracks.node_lonlat, _DIGITS).tolist()
        self._feature: list[int] = tracks.feature.tolist()
        self._length_m: list[float] = tracks.length_m.tolist()
        self._whole_m = np.bincount(tracks.feature, weights=tracks.length_m).tolist()

    def assemble(self, name: str, *, parallel: str) -> Assembly:
        """Return the network; `parallel` is ``attribute`` or ``links``."""
        hub_ids = self._name_hubs()
        hubs = [self._to_hub(area, *names) for area, names in hub_ids.items()]
        links: list[Link] = []
        stations: list[Station] = []
        geometry: dict[str, tuple[tuple[float, float], ...]] = {}
        held: dict[int, list[str]] = {}
        used: set[str] = set()
        directed = choose_directions(self.reduction.bundles.values())
        for number, found in zip(self.reduction.bundles, directed, strict=True):
            bundle = found if found.passage.forward else found.turned()
            sides = [self.sides.get((number, area), "") for area in (bundle.tail, bundle.head)]
            courses = leader_courses(bundle)
            chosen = courses if parallel == "links" else courses[:1]
            for steps, length_m in chosen:
                ends = hub_ids[bundle.tail][0], hub_ids[bundle.head][0]
                link_id = _distinct(f"{ends[0]}--{ends[1]}", used)
                single = parallel == "links"
                link = self._to_link(link_id, ends, bundle, steps, length_m, single=single)
                links.append(replace(link, from_side=sides[0], to_side=sides[1]))
                geometry[link_id] = self._course(bundle, steps)
                for piece, _ in steps:
                    held.setdefault(piece, []).append(link_id)
                scale = length_m / bundle.length_m
                stations += self._stops(bundle, link_id, scale)
            rest = [] if parallel == "links" else [p for s, _ in courses[1:] for p, _ in s]
            for piece in (*rest, *bundle.absorbed):
                if link_id not in held.setdefault(piece, []):
                    held[piece].append(link_id)
        network = Network(
            hubs=tuple(hubs), links=tuple(links), stations=tuple(stations),
            geometry=geometry, name=name,
        )  # fmt: skip
        inner = {
            piece: hub_ids[area][0]
            for area, pieces in self.reduction.inner.items()
            if area in hub_ids
            for piece in pieces
        }
        return Assembly(
            network=network,
            links_of_piece={piece: tuple(dict.fromkeys(ids)) for piece, ids in held.items()},
            hub_of_piece=inner,
            target_of_place={place: tuple(into) for place, into in self.targets.items()},
        )

    def _name_hubs(self) -> dict[int, tuple[str, str]]:
        """Return id and name of the areas that are hubs: no bare isolated piece of track."""
        used: set[str] = set()
        names: set[str] = set()
        found: dict[int, tuple[str, str]] = {}
        near = self._station_near()
        for number in self.reduction.hubs():
            area = self.areas.areas[number]
            if self.reduction.degree(number) == 0 and not area.places:
                continue
            if area.places:
                name = self.places[area.places[0]].name
                base = normalise_name(name).replace(" ", "-").replace("/", "-").replace(";", "-")
            else:
                alone = area.kind == JUNCTION and self.reduction.degree(number) == 1
                kind = END if alone else area.kind
                base = f"{kind}-{self._node_label(area.seed)}"
                station = near(area.seed)
                name = f"{kind} near {station}" if station else base.replace("-", " ", 1)
                name = _distinct(name, names, " ")
            found[number] = (_distinct(base or f"hub-{number}", used), name)
        return found

    def _station_near(self) -> Callable[[int], str]:
        """Return what gives the name of the station nearest to a node, within some km."""
        if not self.places:
            return lambda _: ""
        from scipy.spatial import cKDTree

        sites = np.array([(place.lon, place.lat) for place in self.places])
        tree = cKDTree(to_plane(self.tracks.plane, sites))
        nodes = to_plane(self.tracks.plane, self.tracks.node_lonlat)

        def name(node: int) -> str:
            away, place = tree.query(nodes[node])
            return self.places[int(place)].name if away <= _NEAR_M else ""

        return name

    def _node_label(self, node: int) -> str:
        lon, lat = self._nodes[node]
        return f"{lat:.4f}-{lon:.4f}"

    def _to_hub(self, area: int, hub_id: str, name: str) -> Hub:
        made = self.areas.areas[area]
        members = [*made.places, *self.reduction.absorbed_places.get(area, [])]
        spellings = [
            each for n in members for each in (self.places[n].name, *self.places[n].aliases)
        ]
        for place in members:
            self.targets.setdefault(place, []).append(f"hub {hub_id}")
        lon, lat = self._place(made.seed)
        ids = [feature for n in members for feature in self.places[n].features]
        kind = made.kind
        if kind == STATION and self.reduction.degree(area) >= 3:
            kind = JUNCTION
        elif kind == STATION and self.reduction.degree(area) == 1:
            kind = "terminus"
        elif kind == JUNCTION and self.reduction.degree(area) == 1:
            kind = END
        elif kind == LOOP:
            kind = "station" if members else LOOP
        known = self.places[made.places[0]].columns if made.places else {}
        return Hub(
            id=hub_id, name=name, lon=lon, lat=lat, kind=kind,
            country=known.get("country", ""), region=known.get("region", ""),
            population=inhabitants(known.get("population", "")),
            aliases=tuple(
                dict.fromkeys(each.replace(";", ",") for each in spellings if each != name)
            ),
            source=self.source.attribution or self.source.name,
            extra={"source_points": ";".join(ids), **_further(known, HUB_COLUMNS)},
        )  # fmt: skip

    def _place(self, node: int) -> tuple[float, float]:
        lon, lat = self._nodes[node]
        return lon, lat

    def _course(self, bundle: Bundle, steps: list[Step]) -> tuple[tuple[float, float], ...]:
        """Return the course of a track from hub to hub."""
        points: list[tuple[float, float]] = []
        for piece, forward in steps:
            part = self._vertices[self._offsets[piece] : self._offsets[piece + 1]]
            if not forward:
                part.reverse()
            points += part[1:] if points and points[-1] == part[0] else part
        first = self._place(self.areas.areas[bundle.tail].seed)
        last = self._place(self.areas.areas[bundle.head].seed)
        points = points if points[0] == first else [first, *points]
        return tuple(points if points[-1] == last else [*points, last])

    def _stops(self, bundle: Bundle, link_id: str, scale: float) -> Iterable[Station]:
        for area, at_m in bundle.stops:
            made = self.areas.areas[area]
            members = [*made.places, *self.reduction.absorbed_places.get(area, [])]
            for number in members:
                place = self.places[number]
                self.targets.setdefault(number, []).append(f"station {place.name} on {link_id}")
                yield Station(
                    name=place.name, link=link_id, km=round(at_m * scale / 1000, 3),
                    aliases=tuple(each.replace(";", ",") for each in place.aliases),
                    extra=_further(place.columns, STATION_COLUMNS),
                )  # fmt: skip

    def _to_link(
        self,
        link_id: str,
        ends: tuple[str, str],
        bundle: Bundle,
        steps: list[Step],
        length_m: float,
        *,
        single: bool,
    ) -> Link:
        weights = self._weights(steps)
        facts = [(self.facts[feature], metres) for feature, metres in weights.items()]
        passage = self._passage(steps) if single else bundle.passage
        return Link(
            id=link_id,
            from_hub=ends[0],
            to_hub=ends[1],
            length_km=max(round(length_m / 1000, 3), 0.001),
            minutes=self._minutes(weights, length_m),
            line_class=str(_majority((each.line_class, metres) for each, metres in facts)),
            tracks=1 if single and self.source.shared_nodes else self._tracks(bundle),
            electrified=_electrified(facts),
            gauges_mm=tuple(sorted(passage.gauges)),
            capacity_trains_per_day=self._capacity(bundle, steps, single=single),
            direction="both" if passage.backward else "forward",
            length_basis=self._length_basis(weights),
            source=self.source.attribution or self.source.name,
            extra=self._extra(weights, bundle, single=single),
        )

    def _passage(self, steps: Sequence[Step]) -> Passage:
        """Return how trains may pass along one track, which is run from hub to hub."""
        return passage_along(
            [(self.facts[self._feature[piece]], forward) for piece, forward in steps]
        )

    def _minutes(self, weights: Mapping[int, float], length_m: float) -> float | None:
        """Return the running time that the source states, if it does for nearly all of a link."""
        minutes = covered = 0.0
        for feature, metres in weights.items():
            stated = self.stated[feature]
            if stated.minutes is not None:
                minutes += stated.minutes * metres / self._whole_m[feature]
            elif stated.speed_kmh is not None:
                minutes += 0.06 * metres / stated.speed_kmh
            else:
                continue
            covered += metres
        if covered < _TIMED_SHARE * sum(weights.values()) or not minutes:
            return None
        return round(minutes * length_m / covered, 3)

    def _capacity(self, bundle: Bundle, steps: Sequence[Step], *, single: bool) -> float | None:
        """Return the capacity of all tracks together, each that of its narrowest part."""
        courses = [steps] if single else [course for course, _ in leader_courses(bundle)]
        known = []
        for course in courses:
            stated = [self.stated[each].capacity_trains_per_day for each in self._weights(course)]
            figures = [each for each in stated if each is not None]
            if figures:
                known.append(min(figures))
        return sum(known) if known else None

    def _length_basis(self, weights: Mapping[int, float]) -> str:
        """Return what the length of a link rests on: where it is stated, what the source says."""
        bases: Counter[str] = Counter()
        for feature, metres in weights.items():
            basis = "measured"
            if self.stated[feature].length_km is not None:
                said = self.source.attributes[feature].get("length_basis", "")
                basis = said if said in LENGTH_BASES else ""
            bases[basis] += round(metres)
        return bases.most_common(1)[0][0]

    def _weights(self, steps: Iterable[Step]) -> dict[int, float]:
        weights: dict[int, float] = {}
        for piece, _ in steps:
            feature = self._feature[piece]
            weights[feature] = weights.get(feature, 0.0) + self._length_m[piece]
        return weights

    def _tracks(self, bundle: Bundle) -> int | None:
        """Return the number of tracks; one line drawn without a number may be several."""
        if bundle.stated_tracks:
            return max(bundle.stated_tracks, bundle.drawn_tracks)
        known = self.source.shared_nodes or bundle.drawn_tracks > 1
        return bundle.drawn_tracks if known else None

    def _extra(
        self, weights: Mapping[int, float], bundle: Bundle, *, single: bool
    ) -> dict[str, str]:
        features = list(weights)
        ids = [self.source.features[feature] for feature in features]
        if not single:
            more = {self._feature[piece]: None for steps, _ in bundle.others for piece, _ in steps}
            ids += [self.source.features[feature] for feature in more if feature not in weights]
        extra = {self.source.id_column: ";".join(each.removeprefix("way/") for each in ids)}
        tags = [self.source.attributes[feature] for feature in features]
        if len(tags) == 1:
            row = tags[0]
            extra.update({shown: row.get(column, "") for column, shown in self.columns.items()})
            return extra
        for column, shown in self.columns.items():
            values = dict.fromkeys(row[column] for row in tags if column in row)
            text = ";".join(list(values)[:_SHOWN_VALUES])
            extra[shown] = text + (";…" if len(values) > _SHOWN_VALUES else "")
        return extra


def _further(columns: Mapping[str, str], known: Sequence[str]) -> dict[str, str]:
    """Return what is said of a station beyond what its row has columns for.

    A population that is no number stays as it is said.
    """
    used = {"country", "region"} if "country" in known else set()
    if inhabitants(columns.get("population", "")) is not None:
        used.add("population")
    return {
        f"source_{column}" if column in known else column: text
        for column, text in columns.items()
        if column not in used or column not in known
    }


def choose_directions(bundles: Iterable[Bundle]) -> list[Bundle]:
    """Return bundles of which each has its direction, where two of a pair of hubs share them.

    A preferred direction closes no line by itself. Where one of two lines between the same hubs
    is usually run one way and the other the other way, they are the tracks of one line.
    """
    found = list(bundles)
    usual: dict[tuple[int, int], set[int]] = {}
    for bundle in found:
        if len(bundle.passage.preferred) == 1:
            usual.setdefault(_pair(bundle), set()).add(_usual(bundle))
    shared = {pair for pair, ways in usual.items() if len(ways) == 2}
    for number, bundle in enumerate(found):
        passage = bundle.passage
        both = passage.forward and passage.backward
        if both and len(passage.preferred) == 1 and _pair(bundle) in shared:
            forward = 1 in passage.preferred
            passage = replace(passage, forward=forward, backward=not forward)
            found[number] = replace(bundle, passage=passage)
    return found


def _pair(bundle: Bundle) -> tuple[int, int]:
    return min(bundle.tail, bundle.head), max(bundle.tail, bundle.head)


def _usual(bundle: Bundle) -> int:
    """Return the preferred direction of a bundle, as seen from the area of the lower number."""
    (way,) = bundle.passage.preferred
    return way if bundle.tail <= bundle.head else -way


def _extra_columns(source: Source) -> dict[str, str]:
    """Return the attributes to keep, each with the column that takes it."""
    if source.shared_nodes:
        present = {key for tags in source.attributes for key in tags}
        names = [key for key in _LINK_TAGS if key in present]
    else:
        names = list(dict.fromkeys(key for tags in source.attributes for key in tags))
    taken = {*HUB_COLUMNS, *LINK_COLUMNS, source.id_column, "geom", "geometry", "fid"}
    return {
        name: f"source_{name}" if name.casefold() in taken - {"name"} else name for name in names
    }


def _distinct(base: str, used: set[str], mark: str = "-") -> str:
    """Return an id or name that is not used yet, and use it."""
    name, number = base, 1
    while name in used:
        number += 1
        name = f"{base}{mark}{number}"
    used.add(name)
    return name


def _majority(values: Iterable[tuple[object, float]]) -> object:
    """Return the value of the most metres; of equals, the first."""
    metres: dict[object, float] = {}
    for value, length in values:
        metres[value] = metres.get(value, 0.0) + length
    return max(metres, key=lambda value: metres[value]) if len(metres) > 1 else next(iter(metres))


def _electrified(facts: Sequence[tuple[TrackFacts, float]]) -> bool | None:
    """Return no if more than a twentieth has no overhead line; yes if most is known to have one."""
    if len(facts) == 1:
        return facts[0][0].electrified
    total = sum(metres for _, metres in facts) or 1.0
    bare = sum(metres for each, metres in facts if each.electrified is False)
    wired = sum(metres for each, metres in facts if each.electrified is True)
    if bare / total > 0.05:
        return False
    return True if wired / total > 0.5 else None
