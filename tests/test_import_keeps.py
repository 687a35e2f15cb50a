"""An import keeps what a source says: gauges, directions, times, crossings, columns of stations."""

from __future__ import annotations

import ast
import json
import os
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from netmodel.cli.network_verbs import app
from netmodel.errors import InputError
from netmodel.impact.demand import tabulate_demand
from netmodel.importing import Joining, import_network
from netmodel.importing.importer import import_source
from netmodel.importing.osm import read_osm
from netmodel.network import check_network, gazetteer, read_network, write_network
from netmodel.network.railway import great_circle_km
from netmodel.routing.profiles import costs_from_minutes
from netmodel.routing.router import Router
from netmodel.scenario.collecting import Collecting
from netmodel.scenario.given import build_demand, read_rule

from .railway_files import adds_up, at, point, write_geojson, write_osm

pytest.importorskip("osmium")
pytest.importorskip("pyogrio")

REVERSAL = 10.0
A, B, C, D = at(0), at(20_000), at(40_000), at(20_000, 20_000)


def write_lines(tmp_path: Path, lines, **stations) -> Path:
    """Write lines (course, properties) and stations as GeoJSON."""
    points = [(point(*place), {"id": name, "name": name}) for name, place in stations.items()]
    named = [(course, {"id": f"w{n}", **tags}) for n, (course, tags) in enumerate(lines)]
    return write_geojson(tmp_path / "lines.geojson", [*named, *points])


# Gauges


def test_a_track_of_two_gauges_carries_both(tmp_path):
    lines = [
        ([A, B], {"gauge": "1520;1435"}),
        ([B, C], {"gauge": "1520"}),
        ([B, D], {"gauge": 1435}),
    ]
    imported = import_network(write_lines(tmp_path, lines, A=A, B=B, C=C, D=D), hubs="stations")
    adds_up(imported)
    network = read_network(write_network(imported.network, tmp_path / "net"))
    carried = {link.id: link.gauges_mm for link in network.links}
    assert carried == {"a--b": (1435, 1520), "b--c": (1520,), "b--d": (1435,)}


def test_parallel_tracks_of_two_gauges_are_a_link_of_both(tmp_path):
    side = [[x, 20 / 111_320] for x, _ in (A, B)]
    lines = [
        ([A, B], {"gauge": "1520"}),
        ([A, *side, B], {"gauge": "1435"}),
        ([B, C], {"gauge": "1520"}),
        ([B, D], {"gauge": "1435"}),
    ]
    network = import_network(write_lines(tmp_path, lines, A=A, B=B), hubs="stations").network
    assert [x.gauges_mm for x in network.links if {x.from_hub, x.to_hub} == {"a", "b"}] == [
        (1435, 1520)
    ]


@pytest.mark.parametrize("stations", [{}, {"B": B}])
def test_a_break_of_gauge_stays_a_hub(tmp_path, stations):
    lines = [([A, B], {"gauge": "1435"}), ([B, C], {"gauge": "1520"})]
    imported = import_network(write_lines(tmp_path, lines, **stations), hubs="junctions")
    adds_up(imported)
    assert sorted(link.gauges_mm for link in imported.network.links) == [(1435,), (1520,)]
    alike = [(course, {"gauge": "1435"}) for course, _ in lines]
    assert len(import_network(write_lines(tmp_path, alike, **stations)).network.links) == 1


# Flat crossings


def cross(tmp_path, *, halves: bool, tag: str = "railway_crossing"):
    """Two lines that share a node in open country, of whole ways or of halves."""
    west, east, south, north, middle = at(-20e3), at(20e3), at(0, -20e3), at(0, 20e3), at(0)
    courses = [[west, middle, east], [south, middle, north]]
    if halves:
        courses = [part for one, mid, other in courses for part in ([one, mid], [mid, other])]
    features = [(course, {"id": f"w{n}", "railway": "rail"}) for n, course in enumerate(courses)]
    ends = {"West": west, "East": east, "South": south, "North": north}
    stations = [
        (point(*place), {"id": name, "name": name, "railway": "stop"})
        for name, place in ends.items()
    ]
    crossing = (point(*middle), {"id": "x", "railway": tag})
    return write_geojson(tmp_path / "cross.geojson", [*features, *stations, crossing])


@pytest.mark.parametrize("halves", [False, True])
def test_trains_do_not_turn_at_a_flat_crossing(tmp_path, halves):
    imported = import_network(cross(tmp_path, halves=halves))
    adds_up(imported)
    pairs = {frozenset((link.from_hub, link.to_hub)) for link in imported.network.links}
    assert pairs == {frozenset({"west", "east"}), frozenset({"south", "north"})}
    assert imported.account.entry("x").reason.startswith("a flat crossing")
    junction = import_network(cross(tmp_path, halves=halves, tag="switch"))
    assert len(junction.network.hubs) == 5


def test_a_flat_crossing_of_an_extract(tmp_path):
    places = {n: at(*xy) for n, xy in enumerate([(-9e3, 0), (9e3, 0), (0, -9e3), (0, 9e3), (0, 0)])}
    stops = {n: {"railway": "stop", "name": f"S{n}"} for n in range(4)}
    ways = {1: ([0, 4, 1], {"railway": "rail"}), 2: ([2, 4, 3], {"railway": "rail"})}
    nodes = {n + 1: tuple(place) for n, place in places.items()}
    ways = {n: ([ref + 1 for ref in refs], tags) for n, (refs, tags) in ways.items()}
    tags = {n + 1: tags for n, tags in stops.items()} | {5: {"railway": "railway_crossing"}}
    imported = import_network(write_osm(tmp_path / "x.osm.pbf", nodes, ways, tags))
    adds_up(imported)
    assert {link.id for link in imported.network.links} == {"s0--s1", "s2--s3"}
    # With a third line that ends in it, there is a switch: the tracks meet.
    nodes[6], ways[3] = tuple(at(9e3, 9e3)), ([6, 5], {"railway": "rail"})
    switch = import_network(write_osm(tmp_path / "y.osm.pbf", nodes, ways, tags))
    adds_up(switch)
    assert len(switch.network.links) == 5
    assert "switch" in switch.account.entry("node/5").reason


# Directions


@pytest.mark.parametrize(
    ("tags", "ends", "direction"),
    [
        ({"oneway": "yes"}, ("a", "b"), "forward"),
        ({"oneway": "-1"}, ("b", "a"), "forward"),
        ({"direction": "forward"}, ("a", "b"), "forward"),
        ({"direction": "both", "oneway": "yes"}, None, "both"),
        ({"railway:preferred_direction": "forward"}, None, "both"),
    ],
)
def test_a_line_of_one_direction(tmp_path, tags, ends, direction):
    path = write_lines(tmp_path, [([A, B], {"railway": "rail", **tags})], A=A, B=B)
    (link,) = import_network(path, hubs="stations").network.links
    assert link.direction == direction
    assert ends is None or (link.from_hub, link.to_hub) == ends


def test_two_tracks_of_opposite_directions_are_a_line_of_both(tmp_path):
    side = [[x, 20 / 111_320] for x, _ in (A, B)]
    lines = [([A, B], {"oneway": "yes"}), ([B, *side[::-1], A], {"oneway": "yes"})]
    (link,) = import_network(write_lines(tmp_path, lines, A=A, B=B)).network.links
    assert (link.direction, link.tracks) == ("both", 2)


def test_tracks_far_apart_that_are_usually_run_in_opposite_directions(tmp_path):
    usual = {"railway:preferred_direction": "forward"}
    around = [at(0), at(0, 3000), at(20_000, 3000), at(20_000)]
    lines = [([A, B], usual), (around[::-1], usual)]
    network = import_network(write_lines(tmp_path, lines, A=A, B=B), hubs="stations").network
    assert {(x.from_hub, x.to_hub, x.direction) for x in network.links} == {
        ("a", "b", "forward"),
        ("b", "a", "forward"),
    }


def test_one_way_tracks_that_meet_head_on_keep_their_hub(tmp_path):
    lines = [([A, B], {"oneway": "yes"}), ([C, B], {"oneway": "yes"})]
    network = import_network(write_lines(tmp_path, lines, B=B)).network
    assert {(x.to_hub, x.direction) for x in network.links} == {("b", "forward")}
    assert len(network.links) == 2


# A source's own figures


def test_the_figures_of_a_source_are_those_of_the_links(tmp_path):
    own = {
        "length_km": 21.5, "minutes": 12, "capacity_trains_per_day": 50, "electrified": "Y",
        "direction": "forward", "length_basis": "tariff",
    }  # fmt: skip
    path = write_lines(tmp_path, [([A, B], own)], A=A, B=B)
    (link,) = import_network(path).network.links
    assert (link.length_km, link.minutes, link.capacity_trains_per_day) == (21.5, 12, 50)
    assert (link.electrified, link.direction, link.length_basis) == (True, "forward", "tariff")


def test_figures_of_lines_in_a_row_add_up(tmp_path):
    lines = [
        ([A, B], {"length_km": 21, "minutes": 10, "capacity_trains_per_day": 50}),
        ([B, C], {"length_km": 22, "speed_kmh": 66, "capacity_trains_per_day": 30}),
    ]
    network = import_network(write_lines(tmp_path, lines, Halt=at(5000))).network
    (link,) = network.links
    assert link.length_km == 43
    assert link.minutes == pytest.approx(30, abs=0.01)
    assert link.capacity_trains_per_day == 30
    assert network.stations[0].km == pytest.approx(21 * 5 / 20, abs=0.01)


def test_a_time_for_a_part_of_a_link_is_not_made_one_for_the_whole(tmp_path):
    lines = [([A, B], {"minutes": 10}), ([B, C], {})]
    (link,) = import_network(write_lines(tmp_path, lines)).network.links
    assert link.minutes is None


@pytest.mark.parametrize(
    ("given", "told"), [({"length_km": 20_000}, "drawn"), ({"minutes": "ten"}, "minutes")]
)
def test_a_figure_that_cannot_be_used_is_told(tmp_path, given, told):
    imported = import_network(write_lines(tmp_path, [([A, B], given)]))
    (link,) = imported.network.links
    assert link.length_km == pytest.approx(20, rel=1e-2)
    assert link.minutes is None
    assert told in imported.account.entry("w0").note


@pytest.mark.parametrize(
    ("said", "electrified"),
    [("contact_line;rail", True), ("contact_line;4th_rail", True), ("N", False), ("y", True),
     ("unknown", None)],
)  # fmt: skip
def test_what_a_source_says_of_electrification(tmp_path, said, electrified):
    path = write_lines(tmp_path, [([A, B], {"electrified": said})])
    (link,) = import_network(path).network.links
    assert link.electrified is electrified
    assert link.extra["source_electrified"] == said


@pytest.mark.skipif(not os.environ.get("NETMODEL_REFERENCE"), reason="needs the reference folder")
def test_what_trains_could_pass_in_cologne_they_can_pass_still():
    """Flat crossings cut no pair of stations off; what is longer had turned in a crossing."""
    extract = Path(os.environ["NETMODEL_REFERENCE"]) / "osm" / "cologne-railway.osm.pbf"
    source = read_osm(extract)
    before, after = (
        import_source(each, hubs="stations") for each in (replace(source, crossings=()), source)
    )
    adds_up(after)
    stations = [hub.id for hub in before.network.hubs if hub.extra.get("source_points")]
    assert len(stations) > 50
    assert set(stations) <= set(after.network.hub_index)
    old, new = (
        Router(network, stations, reversal_minutes=REVERSAL).solve(
            costs_from_minutes(network, network.length_km)
        )
        for network in (before.network, after.network)
    )
    connected = np.isfinite(old.minutes)
    assert (connected == np.isfinite(new.minutes)).all()
    more = np.subtract(new.minutes, old.minutes, where=connected, out=np.zeros(connected.shape))
    assert more.max() < REVERSAL + 1.5
    crossings = {
        hub.id
        for hub in before.network.hubs
        if hub.id not in after.network.hub_index
        and any(great_circle_km(hub.lon, hub.lat, x.lon, x.lat) < 0.001 for x in source.crossings)
    }
    assert crossings
    longer = list(zip(*np.nonzero(more > 1.5), strict=True))
    assert longer
    assert all(crossings.intersection(old.hubs_between(*pair)) for pair in longer)
    passed = [x for x in after.account.entries if x.reason.startswith("a flat crossing: ")]
    assert len(passed) == 51


# Stations


STATIONS = {"A": A, "B": B}


def write_stations(path: Path, rows: list[dict[str, object]]) -> Path:
    lines = [",".join(rows[0]), *(",".join(f'"{cell}"' for cell in row.values()) for row in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.mark.parametrize("suffix", [".geojson", ".csv"])
@pytest.mark.parametrize("hubs", ["stations", "junctions"])
def test_the_columns_of_stations_are_kept(tmp_path, suffix, hubs):
    lines = write_lines(tmp_path, [([A, B, C], {})])
    said = [
        {"node_id": f"n{n}", "name": name, "code": code, "population": people, "country": "NL"}
        for n, (name, code, people) in enumerate([("Aton", "AT", "500,000"), ("Beton", "BT", 9)])
    ]
    path = tmp_path / f"stations{suffix}"
    if suffix == ".csv":
        rows = [{**row, "lon": x, "lat": y} for row, (x, y) in zip(said, (A, B), strict=True)]
        write_stations(path, rows)
    else:
        write_geojson(path, [(point(*xy), row) for row, xy in zip(said, (A, B), strict=True)])
    imported = import_network(lines, stations=path, hubs=hubs)
    adds_up(imported)
    network = read_network(write_network(imported.network, tmp_path / "net"))
    hub = network.hub("aton")
    assert (hub.population, hub.country) == (500_000, "NL")
    assert (hub.extra["code"], hub.extra["node_id"]) == ("AT", "n0")
    other = network.hub("beton") if hubs == "stations" else network.stations[0]
    assert (other.extra["code"], other.extra["node_id"]) == ("BT", "n1")
    if hubs == "junctions":
        assert (other.extra["population"], other.extra["country"]) == ("9", "NL")


def test_columns_of_other_names_are_named(tmp_path):
    path = write_lines(tmp_path, [([A, B], {"RUNTIME": 12, "KM": 21.5})])
    stations = tmp_path / "s.csv"
    stations.write_text("station;EW;Rechtswert;Hochwert\nAton;7;0,0;0,0\n", encoding="utf-8")
    columns = {
        "minutes": "RUNTIME", "length_km": "KM", "population": "EW", "lon": "Rechtswert",
        "lat": "Hochwert",
    }  # fmt: skip
    network = import_network(path, stations=stations, columns=columns).network
    (link,) = network.links
    assert (link.minutes, link.length_km) == (12, 21.5)
    assert network.hub("aton").population == 7


@pytest.mark.parametrize(
    ("columns", "told"),
    [({"minuts": "RUNTIME"}, "minutes"), ({"minutes": "RUNTIM"}, "RUNTIME")],
)
def test_a_column_that_is_not_known_is_suggested(tmp_path, columns, told):
    path = write_lines(tmp_path, [([A, B], {"RUNTIME": 12})])
    with pytest.raises(InputError, match=told):
        import_network(path, columns=columns)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name,x_coord\nAton,3\n", "lon and lat"),
        ("name,lon,lat\nAton,0,0,7\n", r"s.csv:2: more cells"),
        ("", "lon"),
    ],
)
def test_a_table_of_stations_without_places(tmp_path, text, told):
    stations = tmp_path / "s.csv"
    stations.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=told):
        import_network(write_lines(tmp_path, [([A, B], {})]), stations=stations)


def test_stations_drawn_as_areas(tmp_path):
    corners = [at(-50, -50), at(50, -50), at(50, 50), at(-50, 50), at(-50, -50)]
    area = {"type": "Polygon", "coordinates": [corners]}
    features = [
        ([A, B], {"@id": "way/1", "railway": "rail"}),
        (area, {"@id": "way/11", "railway": "station", "name": "Aton"}),
        (area, {"@id": "way/12", "railway": "station"}),
        (area, {"@id": "way/13", "landuse": "railway"}),
        (point(*B), {"@id": "node/2", "railway": "signal", "name": "S7"}),
    ]
    imported = import_network(write_geojson(tmp_path / "turbo.geojson", features))
    adds_up(imported)
    assert [hub.name for hub in imported.network.hubs if hub.name == "Aton"] == ["Aton"]
    reasons = {x.reason for x in imported.account.entries if x.disposition == "dropped"}
    assert {"a point without a name", "railway=signal is not a station"} <= reasons


# What Overpass answers, and other files that people bring


def overpass(*, places: str) -> list[dict[str, object]]:
    """Return a line A-B-C and a station as elements, with places in nodes, ways or nowhere."""
    course = [dict(zip(("lon", "lat"), place, strict=True)) for place in (A, B, C)]
    way = {"type": "way", "id": 7, "nodes": [1, 2, 3], "tags": {"railway": "rail", "gauge": "1000"}}
    if places == "ways":
        way["geometry"] = course
    if places == "only ways":
        way = {**way, "geometry": course}
        del way["nodes"]
    nodes = [{"type": "node", "id": n + 1, **xy} for n, xy in enumerate(course)]
    stop = {"type": "node", "id": 9, **course[1], "tags": {"railway": "station", "name": "Beton"}}
    return [way, stop, *(nodes if places == "nodes" else [])]


@pytest.mark.parametrize("places", ["nodes", "ways", "only ways"])
def test_the_json_of_overpass_is_read(tmp_path, places):
    path = tmp_path / "answer.json"
    answer = {"version": 0.6, "generator": "Overpass", "elements": overpass(places=places)}
    path.write_text(json.dumps(answer), encoding="utf-8")
    imported = import_network(path, hubs="stations")
    adds_up(imported)
    assert sum(link.length_km for link in imported.network.links) == pytest.approx(40, rel=1e-2)
    assert imported.network.hub("beton")
    assert {link.gauges_mm for link in imported.network.links} == {(1000,)}


def test_the_xml_of_overpass_with_places_in_its_ways_is_read(tmp_path):
    path = tmp_path / "answer.osm"
    nodes = "".join(f'<nd ref="{n}" lat="{y}" lon="{x}"/>' for n, (x, y) in enumerate((A, B)))
    path.write_text(
        f'<osm version="0.6"><way id="10">{nodes}<tag k="railway" v="rail"/></way></osm>',
        encoding="utf-8",
    )
    (link,) = import_network(path).network.links
    assert link.length_km == pytest.approx(20, rel=1e-2)


@pytest.mark.parametrize(
    "node", ['lat="1" lon="1"', 'rf="0" lat="1" lon="1"', 'ref="0" lat="999" lon="1"']
)
def test_damaged_nodes_within_ways_are_told(tmp_path, node):
    path = tmp_path / "answer.osm"
    path.write_text(
        f'<osm version="0.6"><way id="10"><nd ref="0" lat="1" lon="2"/><nd {node}/>'
        '<tag k="railway" v="rail"/></way></osm>'
    )
    with pytest.raises(InputError, match=r"answer\.osm"):
        import_network(path)


@pytest.mark.parametrize("name", ["ways.osm", "ways.json"])
def test_ways_without_places_are_told_as_that(tmp_path, name):
    path = tmp_path / name
    path.write_text(
        '<osm version="0.6"><way id="1"><nd ref="11"/><nd ref="12"/>'
        '<tag k="railway" v="rail"/></way></osm>'
        if name.endswith(".osm")
        else json.dumps({"elements": overpass(places="")}),
        encoding="utf-8",
    )
    with pytest.raises(InputError, match=r"1 ways of track, but.*out body"):
        import_network(path)


@pytest.mark.parametrize("elements", [
    "[1]}", "3}", '[{"type": "way"}]}', "[",
    '[{"type": "way", "id": 1, "nodes": [1e400]}]}',
    '[{"type": "node", "id": 1, "lat": 1e400, "lon": 0}]}',
    '[{"type": "node", "id": 1, "lat": 0, "lon": ' + "9" * 400 + "}]}",
])  # fmt: skip
def test_damaged_json_of_overpass(tmp_path, elements):
    path = tmp_path / "answer.json"
    path.write_text('{"elements": ' + elements, encoding="utf-8")
    with pytest.raises(InputError, match="Overpass"):
        import_network(path)


@pytest.mark.parametrize(
    ("inside", "told"), [("a/lines.shp", "unzip.*"), ("trips.txt", "GTFS"), ("", "nothing")]
)
def test_a_zip_is_told_by_what_is_in_it(tmp_path, inside, told):
    path = tmp_path / "data.zip"
    with zipfile.ZipFile(path, "w") as archive:
        if inside:
            archive.writestr(inside, "x")
    with pytest.raises(InputError, match=told):
        import_network(path)


def test_nothing_is_written_beside_the_source(tmp_path):
    folder = tmp_path / "source"
    folder.mkdir()
    path = folder / "lines.gml"
    path.write_text(GML, encoding="utf-8")
    (link,) = import_network(path).network.links
    assert link.length_km == pytest.approx(11.1, rel=1e-2)
    assert [each.name for each in folder.iterdir()] == ["lines.gml"]


GML = """<?xml version="1.0" encoding="utf-8"?>
<ogr:FeatureCollection xmlns:ogr="http://ogr.maptools.org/" xmlns:gml="http://www.opengis.net/gml">
<gml:featureMember><ogr:lines fid="lines.0"><ogr:geometryProperty>
<gml:LineString srsName="EPSG:4326"><gml:coordinates>0,0 0.1,0</gml:coordinates></gml:LineString>
</ogr:geometryProperty><ogr:name>x</ogr:name></ogr:lines></gml:featureMember>
</ogr:FeatureCollection>"""


# The account adds up, and no train goes where the source lets none


TAGS = st.fixed_dictionaries(
    {},
    optional={
        "gauge": st.sampled_from(["1435", "1520", "1435;1520", "narrow"]),
        "oneway": st.sampled_from(["yes", "no", "-1"]),
        "railway:preferred_direction": st.sampled_from(["forward", "backward", "both"]),
        "railway": st.sampled_from(["rail", "tram", "disused"]),
        "electrified": st.sampled_from(["contact_line;rail", "N", "?"]),
        "length_km": st.sampled_from(["3", "20", "0", "x"]),
        "minutes": st.sampled_from(["5", "-1"]),
        "service": st.sampled_from(["siding", "yard"]),
    },
)
GRID = st.tuples(st.integers(0, 4), st.integers(0, 4))
PLACES = st.fixed_dictionaries(
    {"railway": st.sampled_from(["station", "stop", "railway_crossing", "switch", "signal"])},
    optional={
        "name": st.sampled_from(["Aton", "Beton"]),
        "population": st.sampled_from(["7", "x"]),
    },
)


@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(st.tuples(st.lists(GRID, min_size=2, max_size=4), TAGS), min_size=1, max_size=9),
    places=st.lists(st.tuples(GRID, PLACES), max_size=6),
    parallel=st.sampled_from(["attribute", "links"]),
)
def test_every_feature_is_accounted_for(tmp_path_factory, lines, places, parallel):
    folder = tmp_path_factory.mktemp("grid")
    features = [([at(0, -9000), at(9000, -9000)], {"id": "sure"})]
    features += [
        ([at(3000 * x, 3000 * y) for x, y in course], {"id": f"w{n}", **tags})
        for n, (course, tags) in enumerate(lines)
    ]
    features += [
        (point(*at(3000 * x, 3000 * y)), {"id": f"p{n}", **tags})
        for n, ((x, y), tags) in enumerate(places)
    ]
    path = write_geojson(folder / "grid.geojson", features)
    imported = import_network(path, hubs="stations", joining=Joining(parallel=parallel))
    adds_up(imported)
    known = {int(part) for _, tags in lines for part in WHOLE.findall(tags.get("gauge", ""))}
    for link in imported.network.links:
        assert known.issuperset(link.gauges_mm)
        assert link.direction == "both" or "oneway" in str(lines) or "preferred" in str(lines)
    assert read_network(write_network(imported.network, folder / "net"), name="grid") == (
        imported.network
    )


WHOLE = re.compile(r"\d+")


# Inhabitants, demand and the check of what was imported


@pytest.fixture
def towns(monkeypatch):
    """A gazetteer of two towns and a hamlet."""
    records = {
        str(n): {
            "geonameid": n, "name": name, "countrycode": "XX", "longitude": lon, "latitude": lat,
            "population": people, "alternatenames": other,
        }
        for n, (name, other, (lon, lat), people) in enumerate(
            [("Aton", ["Атон"], at(2000), 90_000), ("Ceton", [], C, 8000), ("Dorf", [], D, 600)]
        )
    }  # fmt: skip
    monkeypatch.setattr(gazetteer, "_records", lambda size: tuple(records.values()))


def test_inhabitants_come_from_towns_each_to_one_station(tmp_path, towns):
    lines = [([A, B, C], {}), ([B, D], {})]
    named = {"Атон": A, "Aton Süd": at(3000), "Beton": at(39_500), "Dorf": D}
    path = write_lines(tmp_path, lines, **named)
    bare = import_network(path, hubs="stations").network
    assert {hub.population for hub in bare.hubs} == {None}
    filled = import_network(path, hubs="stations", populations=True)
    adds_up(filled)
    people = {hub.name: hub.population for hub in filled.network.hubs if hub.population}
    assert people == {"Атон": 90_000, "Beton": 8000}
    said = {hub.name: hub.extra.get("population_source", "") for hub in filled.network.hubs}
    assert "by name" in said["Атон"]
    assert "by distance" in said["Beton"]


@pytest.mark.parametrize(
    ("rule", "chosen"),
    [
        ("all", {"aton", "junction", "end"}),
        ("stations", {"aton"}),
        ("ends", {"aton", "end"}),
        ("{'hubs': 'all', 'population_over': 5}", {"aton"}),
    ],
)
def test_demand_between_hubs_without_names(tmp_path, rule, chosen):
    lines = [([A, B], {}), ([B, C], {}), ([B, D], {})]
    stations = tmp_path / "s.csv"
    stations.write_text("name,lon,lat,population\nAton,0,0,7\n", encoding="utf-8")
    network = import_network(write_lines(tmp_path, lines), stations=stations).network
    given = ast.literal_eval(rule) if rule.startswith("{") else {"hubs": rule}
    collecting = Collecting(str)
    made = read_rule(given, ("demand",), collecting)
    demand = build_demand(made, ("demand",), network, tmp_path, collecting)
    found = {hub.split("-")[0] for hub in (demand.hubs if demand else ())}
    if len(chosen) < 2:
        (problem,) = collecting.problems
        assert "this selects 1" in problem.what
    else:
        assert (found, collecting.problems) == (chosen, [])


def test_demand_of_a_rule_that_is_not_known():
    collecting = Collecting(str)
    assert read_rule({"hubs": "stops"}, ("demand",), collecting) is None
    (problem,) = collecting.problems
    assert "stations" in str(problem)


@pytest.mark.parametrize("column", ["code", "id", "node_id"])
def test_a_table_of_demand_by_codes(tmp_path, column):
    stations = tmp_path / "s.csv"
    stations.write_text(
        f"name,lon,lat,{column}\nAton,0,0,AT\nBeton,0.1796,0,BT\n", encoding="utf-8"
    )
    path = write_lines(tmp_path, [([A, B], {})])
    network = import_network(path, stations=stations, hubs="stations").network
    demand = tabulate_demand([("row 1", "AT", "BT", 3)], network)
    assert (demand.hubs, demand.trips.sum()) == (("aton", "beton"), 3)


def test_a_clean_import_passes_the_check(tmp_path):
    yard = [at(20_000 + 150 * n) for n in range(8)]
    lines = [([A, *yard], {"railway": "rail"}), ([yard[-1], C], {"railway": "rail"})]
    lines += [([place, [place[0], 2000 / 111_320]], {}) for place in yard]
    path = write_lines(tmp_path, lines, Aton=A)
    network = import_network(path, joining=Joining(hub_m=0, stub_m=0)).network
    report = check_network(network)
    assert len(report.open) > len(report.lines())
    assert report.mistakes == ()
    assert len(report.lines(every=True)) > len(report.open)
    folder = write_network(network, tmp_path / "net")
    run = CliRunner().invoke(app, ["check", str(folder)])
    assert run.exit_code == 0, run.output
    assert CliRunner().invoke(app, ["check", str(folder), "--strict"]).exit_code == 1
    (link, *others) = network.links
    short = replace(network, links=(replace(link, length_km=0.01), *others), geometry={})
    folder = write_network(short, tmp_path / "short")
    assert CliRunner().invoke(app, ["check", str(folder)]).exit_code == 1


def test_junctions_are_named_after_the_station_near_and_keep_their_ids(tmp_path):
    lines = [([A, B], {}), ([B, C], {}), ([B, D], {}), ([C, at(60_000)], {})]
    path = write_lines(tmp_path, lines, Beton=at(17_000), Ceton=at(38_000))
    network = import_network(path, hubs="stations").network
    names = {hub.id: hub.name for hub in network.hubs if hub.kind in {"junction", "end"}}
    junction = next(hub for hub in names if hub.startswith("junction-"))
    assert names[junction] == "junction near Beton"
    assert len(set(names.values())) == len(names)
    assert all(name == "junction near Beton" or "near" not in name for name in names.values())


def test_sides_are_assigned_when_asked_for(tmp_path):
    path = write_lines(tmp_path, [([A, B], {}), ([B, C], {}), ([B, at(40_000, 3000)], {})])
    plain, sided = (import_network(path, sides=sides).network for sides in (False, True))
    assert {(link.from_side, link.to_side) for link in plain.links} == {("", "")}
    junction = next(hub.id for hub in sided.hubs if hub.kind == "junction")
    sides = [link.from_side if link.from_hub == junction else link.to_side for link in sided.links]
    assert sorted(sides) in (["A", "A", "B"], ["A", "B", "B"])


def test_a_line_that_is_cut_keeps_its_share_of_its_figures(tmp_path):
    path = write_lines(tmp_path, [([A, B], {"length_km": 22, "minutes": 12})])
    west, south, east, north = -0.01, -0.01, at(10_000)[0], 0.01
    (link,) = import_network(path, clip=(west, south, east, north)).network.links
    assert link.length_km == pytest.approx(11, rel=1e-3)
    assert link.minutes == pytest.approx(6, rel=1e-3)
