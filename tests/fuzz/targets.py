"""The readers that are fuzzed: which files of each are damaged, and how they are read."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import netmodel as nm
from netmodel.files.yaml import parse_yaml
from netmodel.runs.record import read_record
from netmodel.scenario.file import parse_scenario
from netmodel.validation.observations import read_observations
from tests.fuzz.reading_targets import READING_TARGETS
from tests.fuzz.target import Read, Target, one_file
from tests.gtfs_feeds import run, write_feed
from tests.own_network import INCIDENTS, SCENARIO, write_own
from tests.railway_files import at, write_geojson, write_osm

YAML = """\
a: &one {b: [1, 2.5, null, NO], c: 'x ''y', d: "\\u0416\\n"}
e: *one
f:
- {<<: *one, g: 2025-03-01T12:00+01:00}
- |
  text
- >-
  more  # no comment
? h
: !!str 12:30  # a comment
"""
STATIONS = "name,link,km,aliases\nHalt,ab,3,Stop;Зупинка\n"
ALIASES = "form,language,kind,means\nAtonish,en,adjective,aton\nAton *,en,not_a_place,person\n"
ACCEPTED = "rule,id,reason\ndead_end,aton,ours\nduplicate_name,*,known\n"
DEMAND = "from,to,trips\nAton,Beton,3\nBeton,Ceton,4.5\n"
SERVICES = (
    "id,number,kind,stops,times,days,from_date,departs,arrives\n"
    "a,85,long_distance,Lviv;Kyiv;Dnipro,18:00;/01:00+1;09:30,daily,2026-01-01,,\n"
    "b,86,intercity,Kyiv;Lviv,,mon-fri,,07:00,13:05\n"
)
OBSERVATIONS = """\
observations:
- id: t1
  kind: timetable
  use: calibration
  document: d1
  train: InterCity
  service: intercity
  date: 2022-10-14
  stops: [Kyiv, Lubny, Myrhorod]
  departs: "07:01"
  arrives: "14:03"
"""
COURSES = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"id": "ab"}, '
    '"geometry": {"type": "LineString", "coordinates": [[10, 50], [10.2, 50.1], [10.5, 50]]}}]}'
)
RICH_INCIDENTS = (
    INCIDENTS
    + """\
- id: i2
  title: Derailment
  titles: {uk: Схід}
  kind: derailment
  zone: Europe/Kyiv
  place: [{near: {lon: 10.2, lat: 50, within_km: 9}}, {links: [ab, bc]}]
  effect: closed
  then: slowed
  slowed: {minutes: 12}
  traffic: [passenger, freight]
  replacement:
  - {from: Beton, to: Ceton, document: d1, minutes: 55}
  claims:
  - {document: d1, speaker: S, says: "x", about: start, at: {after: 2025-03-01, before: 2025-03-02}}
  - {document: d1, speaker: S, says: "y", about: full_service, basis: forecast, within_hours: 9}
"""
)
RICH_SCENARIO = (
    SCENARIO
    + """\
anchors: [aton]
traffic: [passenger, freight]
routing: {advisory: avoid, profiles: {passenger: {reversal_minutes: 9, speed_kmh: {main: 70}}}}
ensemble: {samples: 20, seed: 1}
metrics: [connected_share]
repair_scale: 1.5
as_of: 2025-03-04T00:00Z
"""
)


def _network(folder: Path) -> list[Path]:
    write_own(folder, stations=STATIONS, geometry=COURSES)
    return [folder / "net" / name for name in ("hubs.csv", "links.csv", "stations.csv")]


def _courses(folder: Path) -> list[Path]:
    _network(folder)
    return [folder / "net" / "geometry.geojson"]


def _aliases(folder: Path) -> list[Path]:
    write_own(folder, aliases=ALIASES)
    return [folder / "net" / "aliases.csv"]


def _about(folder: Path) -> list[Path]:
    write_own(folder)
    told = folder / "net" / "about.csv"
    told.write_text("key,value\nzone,Europe/Oslo\nagency,Åse\npublisher,P\nlicence,CC0\n", "utf-8")
    return [told]


def _demand(folder: Path) -> list[Path]:
    _network(folder)
    return one_file("demand.csv", DEMAND)(folder)


def _scenario(folder: Path) -> list[Path]:
    nm.built_in_catalogue()  # what a scenario may fall back on, parsed and kept
    more = "anchors: [aton]\nensemble: {samples: 20, seed: 1}\nas_of: 2025-03-04T00:00Z\n"
    return [write_own(folder, scenario=SCENARIO + more), folder / "inc.yaml", folder / "docs.yaml"]


def _read_of_scenario(folder: Path, damaged: Path) -> object:
    """Read a damaged file of evidence without the scenario and the railway around it."""
    if damaged.name == "sc.yaml":
        return nm.read_scenario(damaged)
    return nm.evidence.read_catalogue([folder / "docs.yaml", folder / "inc.yaml"])


def _catalogue(folder: Path) -> list[Path]:
    write_own(folder, incidents=RICH_INCIDENTS)
    return [folder / "inc.yaml", folder / "docs.yaml"]


def _file_of(suffix: str) -> Callable[[Path], list[Path]]:
    def make(folder: Path) -> list[Path]:
        _network(folder)
        path = folder / f"n{suffix}"
        nm.write_network(nm.read_network(folder / "net"), path)
        return [path]

    return make


def _run_folder(folder: Path) -> list[Path]:
    from netmodel.report.run_folder import write_run

    done = nm.run(write_own(folder))
    write_run(done.record, folder / "run")
    names = ("states.csv", "pairs.csv", "routes.csv", "outages.csv", "summary.json",
             "evidence.json", "provenance.json")  # fmt: skip
    return [folder / "run" / name for name in names]


def _feed(folder: Path) -> list[Path]:
    trips = {"t1": run("a b c d", 420, 9), "t2": run("d c b", 500, 9)}
    with zipfile.ZipFile(write_feed(folder / "feed.zip", trips)) as archive:
        archive.extractall(folder / "feed")
    return sorted((folder / "feed").glob("*.txt"))


def _read_part(folder: Path, damaged: Path) -> object:
    """Read the damaged table of a feed as an import does, without the tables behind it."""
    from netmodel.importing.gtfs_agency import read_about
    from netmodel.importing.gtfs_calendar import read_calendars
    from netmodel.importing.gtfs_calls import read_trips
    from netmodel.importing.gtfs_stops import read_stops
    from netmodel.importing.gtfs_tables import open_feed

    with open_feed(folder / "feed") as feed:
        match damaged.stem:
            case "stops":
                return read_stops(feed)
            case "calendar":
                return read_calendars(feed)
            case "trips" | "routes":
                return read_trips(feed, {"daily", "work"})
            case "agency":
                return read_about(feed)
    return nm.importing.import_gtfs(folder / "feed")


def _read_of_run(folder: Path, damaged: Path) -> object:
    """Read and check the damaged file of a run by itself."""
    from netmodel.errors import InputError
    from netmodel.runs.columns import SCHEMA
    from netmodel.runs.damage import find_problems, read_cells
    from netmodel.runs.document_files import read_document
    from netmodel.runs.documents import Evidence, Provenance, Summary

    kinds = {"summary": Summary, "evidence": Evidence, "provenance": Provenance}
    if damaged.stem in kinds:
        document, problems = read_document(damaged, kinds[damaged.stem])
        found: object = document
    else:
        schema = SCHEMA[damaged.stem]
        found, problems = read_cells(damaged, schema)
        if found is not None:
            problems += find_problems(
                folder / "run", {damaged.stem: found}, schemas={damaged.stem: schema},
                summary=None, evidence=None, provenance=None,
            )  # fmt: skip
    if problems:
        raise InputError(problems)
    return found


def _zipped_feed(folder: Path) -> list[Path]:
    return [write_feed(folder / "feed.zip", {"t1": run("a b c d", 420, 9)})]


def _extract(name: str) -> Callable[[Path], list[Path]]:
    def make(folder: Path) -> list[Path]:
        nodes = {n: (n / 100, 0.0) for n in range(1, 6)}
        tags = {"railway": "rail", "name": "Лінія", "usage": "main"}
        stops = {1: {"railway": "station", "name": "A"}, 5: {"railway": "station", "name": "E"}}
        return [
            write_osm(folder / name, nodes, {1: ([1, 2, 3], tags), 2: ([3, 4, 5], tags)}, stops)
        ]

    return make


def _lines(folder: Path) -> list[Path]:
    rows = [([at(0), at(900)], {"name": "x", "railway": "rail"}), ([at(900), at(1900)], {})]
    return [write_geojson(folder / "lines.geojson", rows)]  # type: ignore[list-item]


def _lines_package(folder: Path) -> list[Path]:
    import numpy as np
    import pyogrio
    import shapely

    path = folder / "lines.gpkg"
    shapes = shapely.to_wkb(np.array([shapely.LineString([(0, 0), (0.1, 0)])] * 2))
    names = np.array(["x", "y"], dtype=object)
    pyogrio.raw.write(path, shapes, [names], ["name"], layer="lines", driver="GPKG",
                      geometry_type="LineString", crs="EPSG:4326")  # fmt: skip
    return [path]


def _import(name: str) -> Read:
    return lambda folder: nm.importing.import_network(folder / name)


TARGETS: Mapping[str, Target] = {
    "yaml": Target(
        make=one_file("a.yaml", YAML),
        read=lambda folder: parse_yaml(_text(folder / "a.yaml"), name="a.yaml"),
    ),
    "scenario keys": Target(
        make=one_file("a.yaml", RICH_SCENARIO),
        read=lambda folder: parse_scenario(_text(folder / "a.yaml")),
    ),
    "scenario": Target(
        make=_scenario, read=lambda folder: nm.read_scenario(folder / "sc.yaml"),
        part=_read_of_scenario,
    ),
    "incidents": Target(
        make=_catalogue,
        read=lambda folder: nm.evidence.read_catalogue([folder / "docs.yaml", folder / "inc.yaml"]),
    ),
    "network tables": Target(make=_network, read=lambda folder: nm.read_network(folder / "net")),
    "courses": Target(make=_courses, read=lambda folder: nm.read_network(folder / "net")),
    "about": Target(make=_about, read=lambda folder: nm.read_network(folder / "net")),
    "aliases": Target(make=_aliases, read=lambda folder: nm.read_network(folder / "net")),
    "accepted": Target(
        make=one_file("accepted.csv", ACCEPTED),
        read=lambda folder: nm.network.read_accepted(folder / "accepted.csv"),
    ),
    "demand": Target(make=_demand, read=lambda folder: _read_demand(folder)),
    "services": Target(
        make=one_file("services.csv", SERVICES),
        read=lambda folder: nm.trains.read_trains(folder / "services.csv"),
    ),
    "observations": Target(
        make=one_file("observations.yaml", OBSERVATIONS),
        read=lambda folder: read_observations(
            folder / "observations.yaml", {"d1": nm.Document(id="d1", publisher="P")}
        ),
    ),
    "geojson network": Target(
        make=_file_of(".geojson"), read=lambda folder: nm.read_network(folder / "n.geojson")
    ),
    "graphml network": Target(
        make=_file_of(".graphml"), read=lambda folder: nm.read_network(folder / "n.graphml")
    ),
    "geojson lines": Target(make=_lines, read=_import("lines.geojson")),
    "osm xml": Target(make=_extract("x.osm"), read=_import("x.osm")),
    "gtfs tables": Target(
        make=_feed, read=lambda folder: nm.importing.import_gtfs(folder / "feed"), part=_read_part
    ),
    "run folder": Target(
        make=_run_folder, read=lambda folder: read_record(folder / "run"), part=_read_of_run
    ),
    "geopackage network": Target(
        make=_file_of(".gpkg"), read=lambda folder: nm.read_network(folder / "n.gpkg"), binary=True
    ),
    "geopackage lines": Target(make=_lines_package, read=_import("lines.gpkg"), binary=True),
    "osm pbf": Target(make=_extract("x.osm.pbf"), read=_import("x.osm.pbf"), binary=True),
    "gtfs zip": Target(
        make=_zipped_feed, read=lambda folder: nm.importing.import_gtfs(folder / "feed.zip"),
        binary=True,
    ),
    **READING_TARGETS,
}  # fmt: skip


def _text(path: Path) -> str:
    from netmodel.files.text import read_file

    return read_file(path)


def _read_demand(folder: Path) -> object:
    from netmodel.impact.demand import read_demand

    return read_demand(folder / "demand.csv", _sound_network(folder))


_NETWORKS: dict[Path, nm.Network] = {}


def _sound_network(folder: Path) -> nm.Network:
    if folder not in _NETWORKS:
        _NETWORKS[folder] = nm.read_network(folder / "net")
    return _NETWORKS[folder]
