"""From reduced tracks to hubs, links and stations, and to what became of every feature."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from netmodel.importing.chains import Bundle, Step, leader_courses
from netmodel.importing.reduction import Reduction
from netmodel.importing.source import Source
from netmodel.importing.stations import END, JUNCTION, LOOP, STATION, Areas, StationSite
from netmodel.importing.tags import TrackFacts
from netmodel.importing.tracks import Tracks
from netmodel.network.names import normalise_name
from netmodel.network.railway import HUB_COLUMNS, LINK_COLUMNS, Hub, Link, Network, Station

_LINK_TAGS = (
    "name", "ref", "operator", "usage", "service", "maxspeed", "voltage", "frequency",
    "passenger_lines", "railway:traffic_mode", "bridge", "tunnel",
)  # fmt: skip
_DIGITS = 7
_SHOWN_VALUES = 12


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
        reduction: Reduction,
    ) -> None:
        self.source = source
        self.tracks = tracks
        self.areas = areas
        self.places = places
        self.facts = facts
        self.reduction = reduction
        self.targets: dict[int, list[str]] = {}
        self.columns = _extra_columns(source)
        lon, lat = np.round(tracks.lonlat, _DIGITS).T.tolist()
        self._vertices: list[tuple[float, float]] = list(zip(lon, lat, strict=True))
        self._offsets: list[int] = tracks.offsets.tolist()
        self._nodes: list[list[float]] = np.round(tracks.node_lonlat, _DIGITS).tolist()
        self._feature: list[int] = tracks.feature.tolist()
        self._length_m: list[float] = tracks.length_m.tolist()

    def assemble(self, name: str, *, parallel: str) -> Assembly:
        """Return the network; `parallel` is ``attribute`` or ``links``."""
        hub_ids = self._name_hubs()
        hubs = [self._to_hub(area, *names) for area, names in hub_ids.items()]
        links: list[Link] = []
        stations: list[Station] = []
        geometry: dict[str, tuple[tuple[float, float], ...]] = {}
        held: dict[int, list[str]] = {}
        used: set[str] = set()
        for bundle in self.reduction.bundles.values():
            courses = leader_courses(bundle)
            chosen = courses if parallel == "links" else courses[:1]
            for steps, length_m in chosen:
                ends = hub_ids[bundle.tail][0], hub_ids[bundle.head][0]
                link_id = _distinct(f"{ends[0]}--{ends[1]}", used)
                single = parallel == "links"
                links.append(self._to_link(link_id, ends, bundle, steps, length_m, single=single))
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
        found: dict[int, tuple[str, str]] = {}
        for number in self.reduction.hubs():
            area = self.areas.areas[number]
            if self.reduction.degree(number) == 0 and not area.places:
                continue
            if area.places:
                name = self.places[area.places[0]].name
                base = normalise_name(name).replace(" ", "-").replace("/", "-").replace(";", "-")
            else:
                base = f"{area.kind}-{self._node_label(area.seed)}"
                name = base.replace("-", " ", 1)
            found[number] = (_distinct(base or f"hub-{number}", used), name)
        return found

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
        elif kind == LOOP:
            kind = "station" if members else LOOP
        elif kind == END:
            kind = END
        return Hub(
            id=hub_id, name=name, lon=lon, lat=lat, kind=kind,
            aliases=tuple(
                dict.fromkeys(each.replace(";", ",") for each in spellings if each != name)
            ),
            source=self.source.attribution or self.source.name,
            extra={"source_points": ";".join(ids)},
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
        return Link(
            id=link_id,
            from_hub=ends[0],
            to_hub=ends[1],
            length_km=max(round(length_m / 1000, 3), 0.001),
            line_class=str(_majority((each.line_class, metres) for each, metres in facts)),
            tracks=1 if single and self.source.shared_nodes else self._tracks(bundle),
            electrified=_electrified(facts),
            gauges_mm=self._gauges(bundle, facts, single=single),
            length_basis="measured",
            source=self.source.attribution or self.source.name,
            extra=self._extra(weights, bundle, single=single),
        )

    def _gauges(
        self, bundle: Bundle, facts: Sequence[tuple[TrackFacts, float]], *, single: bool
    ) -> tuple[int, ...]:
        """Return the gauges of all tracks of a link, where one is not a link of its own."""
        carried = {*_carried_gauges(facts)}
        for steps, _ in () if single else bundle.others:
            carried.update(_carried_gauges(self._facts_along(steps)))
        return tuple(sorted(carried))

    def _facts_along(self, steps: Iterable[Step]) -> list[tuple[TrackFacts, float]]:
        """Return the facts of a course by feature, each with its metres."""
        return [(self.facts[each], metres) for each, metres in self._weights(steps).items()]

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


def _distinct(base: str, used: set[str]) -> str:
    """Return an id that is not used yet, and use it."""
    name, number = base, 1
    while name in used:
        number += 1
        name = f"{base}-{number}"
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


def _carried_gauges(facts: Sequence[tuple[TrackFacts, float]]) -> tuple[int, ...]:
    """Return the gauges that a track carries all along; those of most of it where none goes on."""
    known = [(each.gauges_mm, metres) for each, metres in facts if each.gauges_mm]
    if not known:
        return ()
    throughout = frozenset.intersection(*(frozenset(gauges) for gauges, _ in known))
    return tuple(throughout) or max(known, key=lambda each: each[1])[0]
