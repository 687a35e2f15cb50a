"""Railway lines and stations of an OpenStreetMap extract.

The keys are those of OpenStreetMap; a column of the same name in another source means the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from netmodel.errors import InputError, Problem, require_extra
from netmodel.importing.source import Source, SourcePoint, pack_lines
from netmodel.importing.tracks import FloatArray
from netmodel.network.account import DROPPED, Entry

if TYPE_CHECKING:
    from types import ModuleType


TRACK_KINDS = ("rail", "narrow_gauge")
"""Values of ``railway`` that are read unless more are asked for."""
LIFECYCLE = (
    "abandoned", "construction", "demolished", "destroyed", "disused", "dismantled", "historic",
    "planned", "proposed", "razed", "removed", "ruins", "was",
)  # fmt: skip
OTHER_KINDS = ("light_rail", "tram", "subway", "monorail", "funicular", "miniature", "preserved")
LIFECYCLE_KEYS = tuple(f"{stage}:railway" for stage in LIFECYCLE)
_TELLING = frozenset({"railway", "fclass", *LIFECYCLE, *LIFECYCLE_KEYS})
_OTHER_MODES = ("tram", "light_rail", "subway", "monorail", "funicular", "miniature", "bus")
_STATION_VALUES = ("station", "halt", "stop", "tram_stop")
_FACT_KEYS = ("line_class", "usage", "service", "tracks", "electrified", "gauge_mm", "gauge")
_NAME_KEYS = ("alt_name", "old_name", "int_name", "official_name", "short_name", "loc_name")
_TRUE = frozenset({"yes", "true", "1", "t", "contact_line", "rail", "4th_rail"})
_FALSE = frozenset({"no", "false", "0", "f"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackFacts:
    """What the tags of one track say; ``None`` where they say nothing.

    Parameters
    ----------
    running
        Whether trains run through; false for yard, siding, spur and crossover.
    """

    line_class: str
    running: bool
    tracks: int | None
    electrified: bool | None
    gauge_mm: int | None


def reason_to_drop(tags: Mapping[str, str], include: Collection[str] = ()) -> str:
    """Return why a line is no track in use, or nothing.

    Parameters
    ----------
    include
        Further kinds or stages to read, such as ``light_rail`` or ``disused``.

    Examples
    --------
    >>> reason_to_drop({"railway": "rail"}), reason_to_drop({"railway": "tram"})
    ('', 'railway=tram')
    >>> reason_to_drop({"railway": "rail", "disused": "yes"}, include=["disused"])
    ''
    """
    if _TELLING.isdisjoint(tags):
        return ""
    kind = tags.get("railway") or tags.get("fclass") or ""
    for stage in LIFECYCLE:
        if stage in include:
            continue
        if kind == stage:
            return f"railway={stage}"
        if tags.get(stage) == "yes" and kind:
            return f"{stage}=yes"
    if kind:
        known = kind in TRACK_KINDS or kind in include
        return "" if known else f"railway={kind}"
    for key in LIFECYCLE_KEYS:
        stage = key.split(":")[0]
        if key in tags and (stage not in include or tags[key] in OTHER_KINDS):
            return f"{key}={tags[key]}"
    return ""


def track_facts(tags: Mapping[str, str]) -> TrackFacts:
    """Return class, number of tracks, traction and gauge as the tags give them.

    Examples
    --------
    >>> facts = track_facts({"usage": "main", "electrified": "contact_line", "gauge": "1520"})
    >>> facts.line_class, facts.electrified, facts.gauge_mm, facts.tracks
    ('main', True, 1520, None)
    >>> track_facts({"service": "yard"}).running
    False
    """
    return _facts_of(*(tags.get(key, "") for key in _FACT_KEYS))


@lru_cache(maxsize=4096)
def _facts_of(
    stated: str, usage: str, service: str, tracks: str, electrified: str, gauge_mm: str, gauge: str
) -> TrackFacts:
    if stated in {"main", "secondary", "branch", "industrial", "connector"}:
        line_class = stated
    elif usage in {"industrial", "military", "test"} or service in {"spur", "yard"}:
        line_class = "industrial"
    elif service in {"siding", "crossover"}:
        line_class = "connector"
    elif usage == "main":
        line_class = "main"
    elif usage in {"branch", "tourism", "leisure"}:
        line_class = "branch"
    else:
        line_class = "secondary"
    return TrackFacts(
        line_class=line_class,
        running=not service,
        tracks=whole_number(tracks),
        electrified=truth(electrified),
        gauge_mm=whole_number(gauge_mm or gauge),
    )


def truth(text: str) -> bool | None:
    """Return yes or no, or ``None`` where the text says neither."""
    folded = text.strip().casefold()
    return True if folded in _TRUE else False if folded in _FALSE else None


def whole_number(text: str) -> int | None:
    """Return the first whole number > 0 of a text such as ``1520;1435``, or ``None``."""
    first = text.split(";")[0].strip().removesuffix(".0")
    return int(first) if first.isdecimal() and int(first) > 0 else None


def is_station(tags: Mapping[str, str]) -> bool:
    """Return whether a point is a station, a halt or a stop of some railway."""
    place = tags.get("railway") or tags.get("fclass") or ""
    if place in _STATION_VALUES or place.startswith("railway_"):
        return True
    return not place and tags.get("public_transport", "") in {"station", "stop_position"}


def other_mode(tags: Mapping[str, str], include: Collection[str] = ()) -> str:
    """Return the tag by which a station belongs to a railway that is not read, or nothing.

    Examples
    --------
    >>> other_mode({"railway": "station", "station": "subway"})
    'station=subway'
    >>> other_mode({"railway": "stop", "train": "yes", "tram": "yes"})
    ''
    """
    if tags.get("train") == "yes":
        return ""
    if tags.get("railway") == "tram_stop" and not {"tram", "light_rail"} & set(include):
        return "railway=tram_stop"
    kind = tags.get("station", "")
    if kind in _OTHER_MODES and kind not in include:
        return f"station={kind}"
    for mode in _OTHER_MODES:
        if tags.get(mode) == "yes" and mode not in include:
            return f"{mode}=yes"
    return ""


def names_of(tags: Mapping[str, str], name_key: str = "name") -> tuple[str, tuple[str, ...]]:
    """Return the name and the other spellings that the tags give.

    Examples
    --------
    >>> names_of({"name": "Синельникове I", "name:en": "Synelnykove I"})
    ('Синельникове I', ('Synelnykove I',))
    """
    name = " ".join((tags.get(name_key) or tags.get("name") or "").split())
    others = [
        " ".join(part.split())
        for key, text in tags.items()
        if key == "name" or key in _NAME_KEYS or key.startswith(("name:", "name_"))
        for part in text.split(";")
    ]
    return name, tuple(dict.fromkeys(each for each in others if each and each != name))


OSM_SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.xml", ".osm.gz", ".osm.bz2")
ATTRIBUTION = "© OpenStreetMap contributors, ODbL"
_KEYS = ("railway", *LIFECYCLE_KEYS)
_LARGE_BYTES = 64 * 2**20
"""From here on the filter of osmium pays: it takes 1.3 GiB, whatever the extract, but no time."""
_AREAS = ("station", "halt")


@dataclass(slots=True)
class _Gathered:
    """What the passes over the file have gathered so far."""

    way_ids: list[int] = field(default_factory=list)
    tags: list[Mapping[str, str]] = field(default_factory=list)
    refs: list[Sequence[int]] = field(default_factory=list)
    areas: list[tuple[int, Mapping[str, str], Sequence[int]]] = field(default_factory=list)
    points: list[SourcePoint] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)


def read_osm(path: Path | str, *, include: Collection[str] = (), name_key: str = "name") -> Source:
    """Read tracks and stations of an OpenStreetMap extract.

    A feature is a way with a railway tag (also ``disused:railway`` and its like), or a node with
    one, or a stop of trains. Only the nodes of tracks that are kept are held in memory.

    Parameters
    ----------
    path
        ``.osm.pbf``, or any format that osmium reads.
    include
        Kinds or stages to read besides ``rail`` and ``narrow_gauge``: ``light_rail``, ``tram``,
        ``subway``, ``disused``, ``construction`` and so on.
    name_key
        Which name is the main one, such as ``name:en``; the others become aliases.

    Raises
    ------
    InputError
        If the package osmium is absent, the file is damaged, or holds no track.
    """
    path = Path(path)
    osmium = require_extra(_import_osmium(), "osmium", "reading OpenStreetMap extracts")
    if not path.is_file():
        raise InputError([Problem(what="no such file", where=str(path))])
    gathered = _Gathered()
    try:
        _read_ways(osmium, path, include, gathered)
        locations = _read_locations(osmium, path, gathered)
        _read_points(osmium, path, include, name_key, gathered)
    except (RuntimeError, OSError) as error:
        remedy = "the file is truncated or no OpenStreetMap extract: fetch it again"
        raise InputError(
            [Problem(what=f"cannot be read ({error})", where=path.name, remedy=remedy)]
        ) from error
    return _to_source(path, gathered, locations, include, name_key)


def _import_osmium() -> ModuleType | None:
    try:
        import osmium
    except ImportError:
        return None
    module: ModuleType = osmium
    return module


def _tags_of(item: Any) -> dict[str, str] | None:
    """Return the tags of an object, or ``None`` when they are not UTF-8 text."""
    try:
        return dict(item.tags)
    except UnicodeDecodeError:
        return None


def _read_ways(osmium: Any, path: Path, include: Collection[str], gathered: _Gathered) -> None:
    keys = osmium.filter.KeyFilter(*_KEYS)
    for way in osmium.FileProcessor(str(path), osmium.osm.WAY).with_filter(keys):
        feature = f"way/{way.id}"
        tags = _tags_of(way)
        if tags is None:
            gathered.entries.append(_dropped(feature, "tags are not UTF-8 text"))
            continue
        refs = [node.ref for node in way.nodes]
        if tags.get("railway") in _AREAS:
            gathered.areas.append((way.id, tags, refs))
            continue
        reason = reason_to_drop(tags, include)
        if reason or len(refs) < 2:
            gathered.entries.append(_dropped(feature, reason or "line of one point"))
            continue
        gathered.way_ids.append(way.id)
        gathered.tags.append(tags)
        gathered.refs.append(refs)


def _read_locations(osmium: Any, path: Path, gathered: _Gathered) -> dict[int, tuple[float, float]]:
    """Return the places of the nodes of the tracks and station areas."""
    wanted = {ref for refs in gathered.refs for ref in refs}
    wanted |= {ref for _, _, refs in gathered.areas for ref in refs}
    found: dict[int, tuple[float, float]] = {}
    if not wanted:
        return found
    nodes = osmium.FileProcessor(str(path), osmium.osm.NODE)
    if path.stat().st_size > _LARGE_BYTES:
        nodes = nodes.with_filter(osmium.filter.IdFilter(wanted))
    for node in nodes:
        if node.id in wanted and node.location.valid():
            found[node.id] = (node.location.lon, node.location.lat)
    return found


def _read_points(
    osmium: Any, path: Path, include: Collection[str], name_key: str, gathered: _Gathered
) -> None:
    on_track = {ref for refs in gathered.refs for ref in refs}
    keys = osmium.filter.KeyFilter("railway", "public_transport")
    for node in osmium.FileProcessor(str(path), osmium.osm.NODE).with_filter(keys):
        feature = f"node/{node.id}"
        tags = _tags_of(node)
        if tags is None:
            gathered.entries.append(_dropped(feature, "tags are not UTF-8 text"))
            continue
        if "railway" not in tags and node.id not in on_track and tags.get("train") != "yes":
            continue
        reason = _reason_no_station(tags, name_key)
        if not reason and not node.location.valid():
            reason = "coordinates out of range"
        if reason:
            gathered.entries.append(_dropped(feature, reason))
            continue
        name, aliases = names_of(tags, name_key)
        gathered.points.append(
            SourcePoint(
                feature=feature,
                name=name,
                lon=node.location.lon,
                lat=node.location.lat,
                aliases=aliases,
                vertex_key=node.id if node.id in on_track else None,
                other_mode=other_mode(tags, include),
            )
        )


def _reason_no_station(tags: Mapping[str, str], name_key: str) -> str:
    if not is_station(tags):
        key = "railway" if "railway" in tags else "public_transport"
        return f"{key}={tags[key]} is no station"
    return "" if names_of(tags, name_key)[0] else "a stop without a name"


def _to_source(
    path: Path,
    gathered: _Gathered,
    locations: Mapping[int, tuple[float, float]],
    include: Collection[str],
    name_key: str,
) -> Source:
    courses: list[FloatArray] = []
    keys: list[int] = []
    owner: list[int] = []
    features: list[str] = []
    attributes: list[Mapping[str, str]] = []
    for way_id, tags, refs in zip(gathered.way_ids, gathered.tags, gathered.refs, strict=True):
        feature = f"way/{way_id}"
        runs = _present_runs(refs, locations)
        missing = sum(ref not in locations for ref in refs)
        if not runs:
            gathered.entries.append(_dropped(feature, "its nodes are not in the file"))
            continue
        if missing:
            gathered.notes[feature] = f"{missing} of {len(refs)} nodes are not in the file"
        for run in runs:
            courses.append(np.array([locations[ref] for ref in run]))
            keys += run
            owner.append(len(features))
        features.append(feature)
        attributes.append(tags)
    areas = list(_area_points(gathered, locations, include, name_key))
    if not features:
        what = f"no track among {len(gathered.entries):,} railway features"
        remedy = "an extract with ways of railway=rail is needed"
        raise InputError([Problem(what=what, where=path.name, remedy=remedy)])
    lonlat, offsets = pack_lines(courses)
    return Source(
        name=path.name,
        features=tuple(features),
        attributes=tuple(attributes),
        lonlat=lonlat,
        offsets=offsets,
        owner=np.array(owner, dtype=np.int64),
        vertex_keys=np.array(keys, dtype=np.int64),
        points=(*gathered.points, *areas),
        entries=tuple(gathered.entries),
        notes=gathered.notes,
        id_column="osm_way_ids",
        shared_nodes=True,
        attribution=ATTRIBUTION,
    )


def _present_runs(
    refs: Sequence[int], locations: Mapping[int, tuple[float, float]]
) -> list[list[int]]:
    """Return the runs of at least two neighbouring nodes whose place is known."""
    runs: list[list[int]] = [[]]
    for ref in refs:
        if ref not in locations:
            runs.append([])
        elif not runs[-1] or runs[-1][-1] != ref:
            runs[-1].append(ref)
    return [run for run in runs if len(run) >= 2]


def _area_points(
    gathered: _Gathered,
    locations: Mapping[int, tuple[float, float]],
    include: Collection[str],
    name_key: str,
) -> Iterable[SourcePoint]:
    """Return station areas as points in their middle."""
    for way_id, tags, refs in gathered.areas:
        corners = [locations[ref] for ref in set(refs) if ref in locations]
        name, aliases = names_of(tags, name_key)
        if not corners or not name:
            reason = "its nodes are not in the file" if name else "a station without a name"
            gathered.entries.append(_dropped(f"way/{way_id}", reason))
            continue
        lon, lat = np.mean(corners, axis=0)
        yield SourcePoint(
            feature=f"way/{way_id}", name=name, lon=float(lon), lat=float(lat),
            aliases=aliases, other_mode=other_mode(tags, include),
        )  # fmt: skip


def _dropped(feature: str, reason: str) -> Entry:
    return Entry(feature=feature, disposition=DROPPED, reason=reason)
