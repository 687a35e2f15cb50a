"""Bring your own network: any source of tracks to a network, with an account of every feature."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem
from netmodel.importing.assembly import Assembler, Assembly
from netmodel.importing.chains import find_chains
from netmodel.importing.contraction import Candidate, choose_hubs
from netmodel.importing.osm import OSM_SUFFIXES, is_overpass, read_osm, read_overpass
from netmodel.importing.reduction import Reach, Reduction
from netmodel.importing.sides import find_sides
from netmodel.importing.source import Source, keep_features, part_crossings
from netmodel.importing.stations import (
    Adjacency,
    Areas,
    StationSite,
    find_gauge_breaks,
    grow_areas,
    place_stations,
)
from netmodel.importing.tags import StatedFigures, stated_figures, track_facts
from netmodel.importing.tracks import Joins, Tracks, build_tracks, scale_lengths, snap_ends
from netmodel.network.account import DROPPED, KEPT, MERGED
from netmodel.network.account import Account as Account
from netmodel.network.account import Entry as Entry
from netmodel.network.account import write_account as write_account
from netmodel.network.edit import assign_sides
from netmodel.network.gazetteer import fill_populations
from netmodel.network.railway import Network

LINE_SNAP_M = 30.0
"""The tolerance for lines, whose ends may have been drawn apart."""
PARALLEL = ("attribute", "links")
_SHOWN_NAMES = 5


@dataclass(frozen=True, kw_only=True)
class Imported:
    """A network brought in, and the account of how.

    Examples
    --------
    >>> import netmodel as nm
    >>> empty = nm.network.Network(hubs=(), links=())
    >>> Imported(network=empty, account=Account(source="x", entries=())).account.read
    0
    """

    network: Network
    account: Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """How tracks are joined and reduced to hubs and links.

    Parameters
    ----------
    snap_m
        Ends of lines within it of a node or a track are joined, metres; ``None`` means 30 m for
        lines, and 0 for OpenStreetMap, whose tracks meet in shared nodes.
    station_m
        How far a station may lie from its track.
    hub_m
        Switches closer than this (metres of track) to a station or junction belong to its hub;
        0 keeps each switch apart.
    stub_m
        A shorter dead end without a station belongs to the hub that it leaves.
    parallel_m
        Tracks between the same hubs that stay within it of each other are parallel tracks.
    parallel
        ``attribute`` counts them in `tracks`; ``links`` makes each a link of its own.
    leave_out_service
        Tracks of these values of ``service`` are dropped: ``yard``, ``siding``, ``spur``,
        ``crossover``.

    Examples
    --------
    >>> Joining(hub_m=200).stub_m
    1000.0
    """

    snap_m: float | None = None
    station_m: float = 300.0
    hub_m: float = 400.0
    stub_m: float = 1000.0
    parallel_m: float = 200.0
    parallel: str = "attribute"
    leave_out_service: tuple[str, ...] = ()


@refuse_wrong_kinds
def import_network(
    path: Path | str,
    *,
    hubs: str | Sequence[str] = "",
    clip: str | Path | Sequence[float] | None = None,
    joining: Joining | None = None,
    include: Collection[str] = (),
    layer: str = "",
    id_column: str = "",
    crs: str = "",
    encoding: str = "",
    stations: Path | str | None = None,
    columns: Mapping[str, str] | None = None,
    populations: bool = False,
    sides: bool | None = None,
    name_key: str = "name",
    name: str = "",
) -> Imported:
    r"""Import a network from OpenStreetMap, a file of lines, or a folder of CSV files.

    Parameters
    ----------
    path
        ``.osm.pbf`` and the like, GeoPackage, GeoJSON, shapefile, or a network folder.
    hubs
        Which stations become hubs, in addition to junctions and ends; see
        `netmodel.importing.contraction.choose_hubs`. The other stations are kept on their links.
        Nothing given means ``junctions``, and all hubs of a network folder.
    clip
        ``(west, south, east, north)`` or a file of polygons.
    include, name_key
        As in `netmodel.importing.osm.read_osm`.
    populations
        Fill the inhabitants of stations from GeoNames; see `netmodel.network.fill_populations`.
    sides
        Whether to fill the sides of hubs, so that a train that leaves a junction by the side it
        came from has to turn. OpenStreetMap draws every switch, and they show the sides: there
        this is the default. In lines, the angles of the tracks show them where asked for; see
        `netmodel.network.assign_sides`.
    layer, id_column, crs, encoding, stations, columns
        As in `netmodel.importing.lines.read_lines`.

    Returns
    -------
    Imported
        The network, and the account of every feature of the source.

    Raises
    ------
    InputError
        If the source cannot be read or nothing of it is a network; see the readers.

    Examples
    --------
    >>> imported = import_network("rhine.osm.pbf", hubs="stations")  # doctest: +SKIP
    >>> print("\n".join(imported.account.lines()))  # doctest: +SKIP
    """
    joining = joining or Joining()
    _check(joining)
    path = Path(path)
    if path.is_dir() and (path / "hubs.csv").is_file():
        from netmodel.importing.contraction import import_folder

        found, account = import_folder(path, hubs=hubs or "stations", clip=clip, name=name)
        return Imported(network=found, account=account)
    if path.is_dir() and path.suffix.casefold() != ".gdb":
        remedy = "give a network folder, or one file of it"
        raise InputError([Problem(what="has no hubs.csv", where=str(path), remedy=remedy)])
    if not layer:
        _refuse_own(path)
    _refuse_packed(path)
    if path.name.casefold().endswith(OSM_SUFFIXES) or is_overpass(path):
        source = _read_map(path, include, name_key, columns)
    else:
        from netmodel.importing.lines import read_lines

        source = read_lines(
            path, layer=layer, id_column=id_column, crs=crs, encoding=encoding,
            stations=stations, columns=columns, include=include, name_key=name_key,
        )  # fmt: skip
    if clip is not None:
        from netmodel.importing.clipping import clip_source, read_clip

        source = clip_source(source, read_clip(clip))
    imported = import_source(
        source, hubs=hubs or "junctions", joining=joining, name=name, sides=sides is not False
    )
    if sides and not source.shared_nodes:
        imported = replace(imported, network=assign_sides(imported.network))
    return _fill_populations(imported) if populations else imported


def _read_map(
    path: Path, include: Collection[str], name_key: str, columns: Mapping[str, str] | None
) -> Source:
    """Read OpenStreetMap, whose tags may be named as columns too."""
    from netmodel.importing.lines import check_columns, name_columns

    read = read_overpass if is_overpass(path) else read_osm
    source = read(path, include=include, name_key=name_key)
    check_columns(columns or {}, source.attributes)
    return replace(source, attributes=name_columns(source.attributes, columns))


def _fill_populations(imported: Imported) -> Imported:
    """Return an import with the inhabitants of its stations, and their number in the account."""
    network = fill_populations(imported.network)
    filled = sum("population_source" in hub.extra for hub in network.hubs)
    figures = {**imported.account.figures, "hubs with inhabitants by GeoNames": filled}
    return Imported(network=network, account=replace(imported.account, figures=figures))


def _refuse_own(path: Path) -> None:
    from netmodel.network.geopackage import is_own_geopackage

    if is_own_geopackage(path):
        what = "is a network already, with layers hubs and links, and can be used as it is"
        remedy = f"write network: {path.name}; or import its bare lines with layer links"
        raise InputError([Problem(what=what, where=path.name, remedy=remedy)])


def _refuse_packed(path: Path) -> None:
    """Refuse a zip file, and say what is in it."""
    if not path.is_file() or not zipfile.is_zipfile(path):
        return
    from netmodel.importing.gtfs_tables import is_feed, list_zipped

    names = list_zipped(path)
    if is_feed(path):
        remedy = "bring it in with nm.importing.import_gtfs"
        raise InputError([Problem(what="is a GTFS feed", where=path.name, remedy=remedy)])
    shown = ", ".join(names[:_SHOWN_NAMES]) + (", …" if len(names) > _SHOWN_NAMES else "")
    what = f"is a zip file with {shown or 'nothing in it'}"
    problem = Problem(what=what, where=path.name, remedy="unzip it, and give the file in it")
    raise InputError([problem])


def import_source(
    source: Source,
    *,
    hubs: str | Sequence[str] = "junctions",
    joining: Joining | None = None,
    name: str = "",
    sides: bool = True,
) -> Imported:
    """Return the network of a source that has been read; see `import_network`.

    Parameters
    ----------
    sides
        Whether to fill the sides of hubs by the switches, of a source that draws them.
    """
    joining = joining or Joining()
    source = part_crossings(keep_features(source, joining.leave_out_service))
    snap_m = joining.snap_m
    if snap_m is None:
        snap_m = 0.0 if source.shared_nodes else LINE_SNAP_M
    drawn = build_tracks(source)
    snapped, joins = snap_ends(drawn, snap_m, source.crossings)
    figures = _figures(source, drawn, snapped, joins)
    source, snapped, stated = _use_stated(source, snapped)
    tracks, places, entries = place_stations(snapped, source.points, joining.station_m)
    facts = [track_facts(tags) for tags in source.attributes]
    adjacency = Adjacency(tracks)
    breaks = find_gauge_breaks(tracks, facts)
    areas = grow_areas(tracks, places, adjacency, joining.hub_m, breaks)
    tracks, chains = find_chains(
        tracks, areas, adjacency,
        loop_m=max(3 * joining.hub_m, joining.stub_m),
        known=facts,
    )  # fmt: skip
    reduction = Reduction(
        tracks, areas, chains, _chosen(hubs, areas, places),
        Reach(hub_m=joining.hub_m, stub_m=joining.stub_m, parallel_m=joining.parallel_m),
    )  # fmt: skip
    reduction.run()
    found = find_sides(tracks, reduction) if sides and source.shared_nodes else {}
    assembler = Assembler(source, tracks, areas, places, facts, stated, reduction, found)
    assembly = assembler.assemble(name or _stem(source.name), parallel=joining.parallel)
    fates = (*_account_for(source, tracks, places, assembly), *entries)
    account = Account(
        source=source.name,
        entries=fates,
        settings=_settings(hubs, joining, snap_m),
        figures={**figures, **_result_figures(tracks, assembly.network, assembly.links_of_piece)},
        other_objects=source.other_objects,
    )
    return Imported(network=assembly.network, account=account)


def _use_stated(source: Source, tracks: Tracks) -> tuple[Source, Tracks, tuple[StatedFigures, ...]]:
    """Return a source, its tracks at the lengths that it states, and the figures it states.

    What cannot be used becomes a note of its feature.
    """
    figures = [stated_figures(tags) for tags in source.attributes]
    lengths = {n: 1000 * each.length_km for n, each in enumerate(figures) if each.length_km}
    tracks, refused = scale_lengths(tracks, lengths)
    notes = dict(source.notes)
    for number, each in enumerate(figures):
        remarks = [f"{column} is not a number > 0" for column in each.unread]
        if number in refused:
            remarks.append(
                f"length_km (={each.length_km:g}) is {refused[number]:.3g} times its drawn "
                "length, which is used"
            )
            figures[number] = replace(each, length_km=None)
        if remarks:
            feature = source.features[number]
            notes[feature] = "; ".join(filter(None, [notes.get(feature, ""), *remarks]))
    return replace(source, notes=notes), tracks, tuple(figures)


def _check(joining: Joining) -> None:
    problems = [
        Problem(what=f"{name} (={value:g}) must be at least 0", where=name)
        for name, value in (
            ("snap_m", joining.snap_m or 0.0), ("station_m", joining.station_m),
            ("hub_m", joining.hub_m), ("stub_m", joining.stub_m),
            ("parallel_m", joining.parallel_m),
        )
        if not 0 <= value < float("inf")
    ]  # fmt: skip
    if joining.parallel not in PARALLEL:
        what = f"{joining.parallel!r} is not known"
        remedy = f"one of {', '.join(PARALLEL)}"
        problems.append(Problem(what=what, where="parallel", remedy=remedy))
    if problems:
        raise InputError(problems)


def _stem(name: str) -> str:
    return name.split(".")[0]


def _chosen(
    hubs: str | Sequence[str], areas: Areas, places: Sequence[StationSite]
) -> frozenset[int]:
    candidates = [
        Candidate(name=each.name, aliases=each.aliases, lon=each.lon, lat=each.lat)
        for each in places
    ]
    wanted = choose_hubs(hubs, candidates)
    return frozenset(
        number for number, area in enumerate(areas.areas) if wanted.intersection(area.places)
    )


def _settings(hubs: str | Sequence[str], joining: Joining, snap_m: float) -> dict[str, str]:
    return {
        "hubs": hubs if isinstance(hubs, str) else ", ".join(hubs),
        "snap_m": f"{snap_m:g}",
        "station_m": f"{joining.station_m:g}",
        "hub_m": f"{joining.hub_m:g}",
        "stub_m": f"{joining.stub_m:g}",
        "parallel_m": f"{joining.parallel_m:g}",
        "parallel": joining.parallel,
        "leave_out_service": ", ".join(joining.leave_out_service),
    }


def _figures(source: Source, drawn: Tracks, snapped: Tracks, joins: Joins) -> dict[str, float]:
    before, _ = _components(drawn)
    after, share = _components(snapped)
    return {
        "track read, km": round(float(drawn.length_m.sum()) / 1000, 3),
        "components joined at shared nodes only": before,
        "ends joined to a near node": joins.to_nodes,
        "ends joined to a near track, which was split": joins.to_tracks,
        "further joins between components": joins.between_components,
        "components after joining": after,
        "share of the main component in the track": round(share, 6),
        "lines of the source": len(source.features),
    }


def _components(tracks: Tracks) -> tuple[int, float]:
    """Return the number of components and the share of the largest in the length."""
    if not len(tracks.tail):
        return 0, 0.0
    part = tracks.component[tracks.tail]
    metres = np.bincount(part, weights=tracks.length_m)
    return len(np.unique(part)), float(metres.max() / max(metres.sum(), 1e-9))


def _result_figures(tracks: Tracks, network: Network, links_of_piece: object) -> dict[str, float]:
    held = np.zeros(len(tracks.tail), dtype=bool)
    held[list(links_of_piece)] = True  # type: ignore[call-overload]
    return {
        "track in links, km": round(float(tracks.length_m[held].sum()) / 1000, 3),
        "length of all links, km": round(float(network.length_km.sum()), 3),
        "hubs": len(network.hubs),
        "links": len(network.links),
        "stations on links": len(network.stations),
    }


def _account_for(
    source: Source, tracks: Tracks, places: Sequence[StationSite], assembly: Assembly
) -> tuple[Entry, ...]:
    """Return what became of every feature of a source, in the order of kept, then dropped."""
    pieces_of: dict[int, list[int]] = {}
    for piece, feature in enumerate(tracks.feature.tolist()):
        pieces_of.setdefault(feature, []).append(piece)
    sharers: Counter[str] = Counter()
    into_links: dict[int, tuple[str, ...]] = {}
    for feature, pieces in pieces_of.items():
        ids = dict.fromkeys(x for p in pieces for x in assembly.links_of_piece.get(p, ()))
        into_links[feature] = tuple(ids)
        sharers.update(ids.keys())
    lines = [
        _line_entry(source, number, pieces_of.get(number, []), into_links, sharers, assembly)
        for number in range(len(source.features))
    ]
    points = []
    for number, place in enumerate(places):
        into = assembly.target_of_place.get(number, ())
        several = len(place.features) > 1
        for feature in place.features:
            disposition = MERGED if several else KEPT
            reason = "stops of one station" if several else ""
            if not into:
                disposition, reason = DROPPED, "its track was dropped"
            points.append(Entry(feature=feature, disposition=disposition, into=into, reason=reason))
    return (*lines, *points, *source.entries)


def _line_entry(
    source: Source,
    number: int,
    pieces: Sequence[int],
    into_links: Mapping[int, tuple[str, ...]],
    sharers: Mapping[str, int],
    assembly: Assembly,
) -> Entry:
    feature = source.features[number]
    note = source.notes.get(feature, "")
    links = into_links.get(number, ())
    hubs = tuple(
        dict.fromkeys(assembly.hub_of_piece[p] for p in pieces if p in assembly.hub_of_piece)
    )
    into = (*(f"link {each}" for each in links), *(f"hub {each}" for each in hubs))
    if not pieces:
        return Entry(feature=feature, disposition=DROPPED, reason="a line of no length", note=note)
    if not into:
        reason = "isolated track, shorter than a stub, without a station"
        return Entry(feature=feature, disposition=DROPPED, reason=reason, note=note)
    if len(links) == 1 and not hubs and sharers[links[0]] == 1:
        return Entry(feature=feature, disposition=KEPT, into=into, note=note)
    reason = "part of a link" if len(links) == 1 else "part of several links"
    if not links:
        reason = "track within a hub"
    return Entry(feature=feature, disposition=MERGED, into=into, reason=reason, note=note)
