"""An import keeps what a source says: gauges, directions, times, crossings, columns of stations."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from netmodel.importing import import_network
from netmodel.importing.importer import import_source
from netmodel.importing.osm import read_osm
from netmodel.network import read_network, write_network
from netmodel.routing.profiles import costs_from_minutes
from netmodel.routing.router import Router

from .railway_files import adds_up, at, point, write_geojson, write_osm

pytest.importorskip("osmium")
pytest.importorskip("pyogrio")

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
    """Flat crossings and directions cut no pair of stations off; few ways are a little longer."""
    extract = Path(os.environ["NETMODEL_REFERENCE"]) / "osm" / "cologne-railway.osm.pbf"
    source = read_osm(extract)
    before = import_source(replace(source, crossings=()), hubs="stations")
    after = import_source(source, hubs="stations")
    adds_up(after)
    stations = [hub.id for hub in before.network.hubs if hub.extra.get("source_points")]
    assert len(stations) > 50
    assert set(stations) <= set(after.network.hub_index)
    old, new = (
        Router(network, stations).solve(costs_from_minutes(network, network.length_km)).minutes
        for network in (before.network, after.network)
    )
    assert (np.isfinite(old) == np.isfinite(new)).all()
    connected = np.isfinite(old)
    assert (new[connected] - old[connected]).max() < 1.5
    passed = [x for x in after.account.entries if x.reason.startswith("a flat crossing: ")]
    assert len(passed) == 51
