"""Railway lines and stations of an OpenStreetMap extract.

The keys are those of OpenStreetMap; a column of the same name in another source means the same.
"""

from __future__ import annotations

import json
import mmap
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from netmodel.errors import InputError, Problem, require_extra
from netmodel.files.text import no_such, read_file
from netmodel.importing.source import FlatCrossing, Source, SourcePoint, pack_lines
from netmodel.importing.tags import (
    LIFECYCLE_KEYS,
    is_flat_crossing,
    is_station,
    names_of,
    other_mode,
    reason_to_drop,
    station_columns,
)  # fmt: skip
from netmodel.importing.tracks import FloatArray
from netmodel.network.account import DROPPED, Entry

if TYPE_CHECKING:
    from types import ModuleType


OSM_SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.xml", ".osm.gz", ".osm.bz2")
ATTRIBUTION = "© OpenStreetMap contributors, ODbL"
_KEYS = ("railway", *LIFECYCLE_KEYS)
_LARGE_BYTES = 64 * 2**20
"""From here on the filter of osmium pays: it takes 1.3 GiB, whatever the extract, but no time."""
_AREAS = ("station", "halt")
_KEY_SET = frozenset(_KEYS)
_HEAD_BYTES = 4096
_NODE_OF_WAY = re.compile(r"<nd\s([^>]*)>")
_ATTRIBUTE = re.compile(r"""(\w+)=["']([-+.\deE]+)["']""")


@dataclass(slots=True)
class _Gathered:
    """What the passes over the file have gathered so far."""

    way_ids: list[int] = field(default_factory=list)
    tags: list[Mapping[str, str]] = field(default_factory=list)
    refs: list[Sequence[int]] = field(default_factory=list)
    areas: list[tuple[int, Mapping[str, str], Sequence[int]]] = field(default_factory=list)
    points: list[SourcePoint] = field(default_factory=list)
    crossings: list[FlatCrossing] = field(default_factory=list)
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
        Kinds or stages to read in addition to ``rail`` and ``narrow_gauge``: ``light_rail``,
        ``tram``, ``subway``, ``disused``, ``construction`` and so on.
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
        raise InputError([no_such("file", path)])
    gathered = _Gathered()
    try:
        _read_ways(osmium, path, include, gathered)
        locations = _read_locations(osmium, path, gathered)
        _read_points(osmium, path, include, name_key, gathered)
    except (RuntimeError, OSError, ValueError, osmium.InvalidLocationError) as error:
        remedy = "the file is truncated or not an OpenStreetMap extract: fetch it again"
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


def _content(osmium: Any, path: Path) -> Any:
    """Return what osmium reads: a path, or the bytes of a packed extract, mapped if it is large.

    It never closes a packed extract of which it was given the path and which it refuses.
    """
    if path.suffix.casefold() != ".pbf":
        return str(path)
    if path.stat().st_size <= _LARGE_BYTES:
        return osmium.io.FileBuffer(path.read_bytes(), "pbf")
    with path.open("rb") as stream:
        mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    return osmium.io.FileBuffer(mapped, "pbf")


def _read_ways(osmium: Any, path: Path, include: Collection[str], gathered: _Gathered) -> None:
    keys = osmium.filter.KeyFilter(*_KEYS)
    for way in osmium.FileProcessor(_content(osmium, path), osmium.osm.WAY).with_filter(keys):
        feature = f"way/{way.id}"
        tags = _tags_of(way)
        if tags is None:
            gathered.entries.append(_dropped(feature, "tags are not UTF-8 text"))
            continue
        refs = [node.ref for node in way.nodes]
        _take_way(way.id, tags, refs, include, gathered)


def _take_way(
    way_id: int,
    tags: Mapping[str, str],
    refs: Sequence[int],
    include: Collection[str],
    gathered: _Gathered,
) -> None:
    """Take a way of railway: a track, the area of a station, or what is neither."""
    if tags.get("railway") in _AREAS:
        gathered.areas.append((way_id, tags, refs))
        return
    reason = reason_to_drop(tags, include)
    if reason or len(refs) < 2:
        gathered.entries.append(_dropped(f"way/{way_id}", reason or "line of one point"))
        return
    gathered.way_ids.append(way_id)
    gathered.tags.append(tags)
    gathered.refs.append(refs)


def _read_locations(osmium: Any, path: Path, gathered: _Gathered) -> dict[int, tuple[float, float]]:
    """Return the places of the nodes of the tracks and station areas."""
    wanted = {ref for refs in gathered.refs for ref in refs}
    wanted |= {ref for _, _, refs in gathered.areas for ref in refs}
    found: dict[int, tuple[float, float]] = {}
    if not wanted:
        return found
    nodes = osmium.FileProcessor(_content(osmium, path), osmium.osm.NODE)
    if path.stat().st_size > _LARGE_BYTES:
        nodes = nodes.with_filter(osmium.filter.IdFilter(wanted))
    for node in nodes:
        if node.id in wanted and node.location.valid():
            found[node.id] = (node.location.lon, node.location.lat)
    if not found and path.name.casefold().endswith((".osm", ".osm.xml")):
        return _places_in_ways(path, wanted)
    return found


def _read_points(
    osmium: Any, path: Path, include: Collection[str], name_key: str, gathered: _Gathered
) -> None:
    on_track = {ref for refs in gathered.refs for ref in refs}
    keys = osmium.filter.KeyFilter("railway", "public_transport")
    for node in osmium.FileProcessor(_content(osmium, path), osmium.osm.NODE).with_filter(keys):
        feature = f"node/{node.id}"
        tags = _tags_of(node)
        if tags is None:
            gathered.entries.append(_dropped(feature, "tags are not UTF-8 text"))
            continue
        if "railway" not in tags and node.id not in on_track and tags.get("train") != "yes":
            continue
        valid = node.location.valid()
        place = (node.location.lon, node.location.lat) if valid else None
        _take_point(node.id, tags, place, gathered, include, name_key)


def _take_point(
    node_id: int,
    tags: Mapping[str, str],
    place: tuple[float, float] | None,
    gathered: _Gathered,
    include: Collection[str],
    name_key: str,
) -> None:
    """Take a node of railway: a station, a flat crossing, or what is neither."""
    feature = f"node/{node_id}"
    reason = "" if is_flat_crossing(tags) else _reason_no_station(tags, name_key)
    if not reason and place is None:
        reason = "coordinates out of range"
    if reason or place is None:
        gathered.entries.append(_dropped(feature, reason))
        return
    lon, lat = place
    if is_flat_crossing(tags):
        gathered.crossings.append(FlatCrossing(feature=feature, key=node_id, lon=lon, lat=lat))
        return
    name, aliases = names_of(tags, name_key)
    gathered.points.append(
        SourcePoint(
            feature=feature, name=name, lon=lon, lat=lat, aliases=aliases,
            other_mode=other_mode(tags, include), columns=station_columns(tags),
        )
    )  # fmt: skip


def is_overpass(path: Path) -> bool:
    """Return whether a file is the JSON in which Overpass answers."""
    if path.suffix.casefold() not in {".json", ".geojson"} or not path.is_file():
        return False
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    return b'"elements"' in head and b"FeatureCollection" not in head


def read_overpass(
    path: Path | str, *, include: Collection[str] = (), name_key: str = "name"
) -> Source:
    """Read tracks and stations of an answer of Overpass in JSON; see `read_osm`.

    The places of the nodes of a way come from the nodes (``out body; >; out skel;``) or from the
    way itself (``out geom;``).

    Raises
    ------
    InputError
        If the file is damaged, or holds no track.
    """
    path = Path(path)
    gathered = _Gathered()
    locations: dict[int, tuple[float, float]] = {}
    numbers: dict[tuple[float, float], int] = {}
    try:
        elements = json.loads(read_file(path))["elements"]
        for each in elements:
            if each["type"] == "way":
                tags = _text_tags(each)
                refs = _way_nodes(each, locations, numbers)
                if not _KEY_SET.isdisjoint(tags):
                    _take_way(int(each["id"]), tags, refs, include, gathered)
            elif each["type"] == "node" and "lat" in each:
                locations[int(each["id"])] = (float(each["lon"]), float(each["lat"]))
        _check_places(locations)
        on_track = {ref for refs in gathered.refs for ref in refs}
        for each in elements:
            tags = _text_tags(each) if each["type"] == "node" else {}
            known = int(each["id"]) in on_track or tags.get("train") == "yes"
            if "railway" in tags or ("public_transport" in tags and known):
                place = locations.get(int(each["id"]))
                _take_point(int(each["id"]), tags, place, gathered, include, name_key)
    except (
        ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError
    ) as error:  # fmt: skip
        what = f"is not what Overpass answers ({type(error).__name__}: {error})"
        raise InputError([Problem(what=what, where=path.name, remedy="fetch it again")]) from error
    return _to_source(path, gathered, locations, include, name_key)


def _text_tags(element: Mapping[str, Any]) -> dict[str, str]:
    return {str(key): str(text) for key, text in element.get("tags", {}).items()}


def _check_places(locations: Mapping[int, tuple[float, float]]) -> None:
    for number, (lon, lat) in locations.items():
        if not (abs(lon) <= 180 and abs(lat) <= 90):
            raise ValueError(f"node {number} lies at lon {lon:g}, lat {lat:g}")


def _way_nodes(
    way: Mapping[str, Any],
    locations: dict[int, tuple[float, float]],
    numbers: dict[tuple[float, float], int],
) -> list[int]:
    """Return the nodes of a way; the places that it gives itself go to the others.

    A way that gives places alone gets a number below zero for each.
    """
    course = [each and (float(each["lon"]), float(each["lat"])) for each in way.get("geometry", ())]
    refs = [int(ref) for ref in way.get("nodes", ())]
    if not refs:
        course = [place for place in course if place]
        refs = [numbers.setdefault(place, -1 - len(numbers)) for place in course]
    for ref, place in zip(refs, course, strict=False):
        if place:
            locations.setdefault(ref, place)
    return refs


def _places_in_ways(path: Path, wanted: Collection[int]) -> dict[int, tuple[float, float]]:
    """Return the places that ways in XML give to their own nodes, as ``out geom`` writes them."""
    found: dict[int, tuple[float, float]] = {}
    text = read_file(path)
    for item in _NODE_OF_WAY.finditer(text):
        cells = dict(_ATTRIBUTE.findall(item[1]))
        if "ref" not in cells:
            line = text.count("\n", 0, item.start()) + 1
            raise ValueError(f"line {line}: a way names a node without its number")
        ref = int(cells["ref"])
        if ref in wanted and {"lon", "lat"} <= cells.keys():
            found[ref] = (float(cells["lon"]), float(cells["lat"]))
    _check_places(found)
    return found


def _reason_no_station(tags: Mapping[str, str], name_key: str) -> str:
    if not is_station(tags):
        key = "railway" if "railway" in tags else "public_transport"
        return f"{key}={tags[key]} is not a station"
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
        if gathered.way_ids:
            what = f"holds {len(gathered.way_ids):,} ways of track, but the places of none of them"
            remedy = (
                "ask Overpass for the nodes too: out body; >; out skel; or out geom; "
                "of an extract, osmium tags-filter keeps them"
            )
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
        crossings=tuple(gathered.crossings),
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
            aliases=aliases, other_mode=other_mode(tags, include), columns=station_columns(tags),
        )  # fmt: skip


def _dropped(feature: str, reason: str) -> Entry:
    return Entry(feature=feature, disposition=DROPPED, reason=reason)
