"""The built-in network against independent measurements; skipped without the reference folder."""

import csv
import os
from functools import cache
from pathlib import Path

import networkx as nx
import pytest
from ruamel.yaml import YAML

from netmodel.network.formats import built_in_network
from netmodel.network.names import Names
from netmodel.network.railway import Network

pytestmark = [
    pytest.mark.reference,
    pytest.mark.skipif(
        not os.environ.get("NETMODEL_REFERENCE"),
        reason="NETMODEL_REFERENCE does not name the reference folder",
    ),
]

HUB_OF_NAME = {
    "Poltava": "poltava-pivdenna",  # the pairs are measured there, not at Poltava-Kyivska
    "Zaporizhzhia1": "zaporizhzhia",
    "Synelnykove1": "synelnykove-1",
    "KupianskVuz": "kupiansk-vuzlovyi",
    "KryvyiRih": "kryvyi-rih",
}
FIGURES = ("hot_osm_2023_km", "osm_2026_segments_km", "hot_2023_gap_bridged_km")
GAP_RATIO = 1.5
"""A path so many times the great circle is a missing link, or a line that goes far round."""

NO_USABLE_FIGURE = {
    "Fedorivka-Zaporizhzhia1": "track cut at the front in both snapshots",
    "Fedorivka-Polohy": "the line goes round by Tokmak: 127 km, as the path of 127.2 has it",
    "Kostiantynivka-Avdiivka": "12 km of gaps, called not reliable; here by Yasynuvata",
    "Lyman-Popasna": "track missing east of Yampil",
    "Popasna-Debaltseve": "15 km of gaps, called not reliable",
    "Debaltseve-Ilovaisk": "the line goes round by Khartsyzk: 75.5 km, between 73.9 and 77.6",
    "Ilovaisk-Donetsk": "the line goes round by Yasynuvata: 55 km, against 56.8",
    "Chuhuiv-Izium": "there is no direct line: by Zmiiv 154 km, against 152.6 and 154.4",
    "Mykolaiv-Odesa": "the line goes round by Kolosivka: 223 km, against 226.2",
}
SNAPSHOTS_DIFFER = {
    ("Kherson-Mykolaiv", "hot_osm_2023_km"): "starts 7 km from the line, in the city of Mykolaiv",
    ("Kharkiv-KupianskVuz", "hot_osm_2023_km"): "goes round a gap at Chuhuiv; bridged it is 126.8",
    ("KryvyiRih-Apostolove", "osm_2026_segments_km"): "ends at another station of Kryvyi Rih",
    ("Kyiv-Odesa", "hot_osm_2023_km"): "goes round a gap near Voznesensk",
}


@cache
def network() -> Network:
    return built_in_network()


@cache
def pairs() -> dict[str, dict[str, str]]:
    table = Path(os.environ["NETMODEL_REFERENCE"]) / "ua_rail" / "hub_link_distances.csv"
    with table.open(encoding="utf-8", newline="") as stream:
        return {row["pair"]: row for row in csv.DictReader(stream)}


def built_in_km(pair: str) -> float:
    """Return the length of the shortest path between the two hubs of a pair."""
    names = Names(network())
    start, end = (HUB_OF_NAME.get(name) or names.hub(name).id for name in pair.split("-"))
    graph = network().to_networkx()
    return float(nx.shortest_path_length(graph, start, end, weight="length_km"))


def usable(row: dict[str, str]) -> dict[str, float]:
    """Return the figures of a pair that are distances and no detours round a gap."""
    limit = GAP_RATIO * float(row["great_circle_km"])
    known = {name: float(row[name]) for name in FIGURES if row[name]}
    return {name: km for name, km in known.items() if km <= limit}


def agrees(km: float, figure: float) -> bool:
    return abs(km - figure) <= max(2.0, 0.03 * figure)


def test_lengths_agree_with_every_usable_figure():
    wrong = {}
    for pair, row in pairs().items():
        km = built_in_km(pair)
        for name, figure in usable(row).items():
            if not agrees(km, figure):
                wrong[pair, name] = (km, figure)
    assert set(wrong) == set(SNAPSHOTS_DIFFER)
    for pair, _ in wrong:
        km = built_in_km(pair)
        assert any(agrees(km, figure) for figure in usable(pairs()[pair]).values()), pair


def test_pairs_without_a_usable_figure_are_the_known_ones():
    assert {pair for pair, row in pairs().items() if not usable(row)} == set(NO_USABLE_FIGURE)


def test_lines_that_go_far_round_agree_too():
    """Where the line itself is long, not missing, one of the snapshots agrees."""
    for pair in ("Fedorivka-Polohy", "Chuhuiv-Izium", "Mykolaiv-Odesa", "Ilovaisk-Donetsk"):
        row = pairs()[pair]
        figures = [float(row[name]) for name in FIGURES if row[name]]
        assert any(agrees(built_in_km(pair), figure) for figure in figures), pair


def test_stops_of_the_normal_routes_resolve():
    folder = Path(os.environ["NETMODEL_REFERENCE"]) / "incidents"
    text = (folder / "ukraine.yaml").read_text(encoding="utf-8")
    routes = YAML(typ="safe", pure=True).load(text)["baseline_routes"]
    stops = {stop for route in routes for stop in route.get("stops", ())}
    assert len(stops) > 20
    names = Names(network())
    for stop in stops:
        assert len(names.find_hubs(stop) or names.find_stations(stop)) == 1, stop
