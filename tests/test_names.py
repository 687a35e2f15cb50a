"""Names are found in any case and in any form of their letters."""

from dataclasses import replace
from unicodedata import normalize

import pytest

from netmodel.errors import UnknownNameError
from netmodel.network.formats import built_in_network
from netmodel.network.names import Names, normalise_name
from netmodel.network.railway import Hub, Link, Network


@pytest.mark.parametrize("name", ["Київ", "Йосипівка", "Їзд", "Миколаїв", "Лозовий"])
def test_letters_with_marks_of_their_own_stay(name):
    spellings = {
        normalise_name(normalize(form, each))
        for form in ("NFC", "NFD", "NFKC", "NFKD")
        for each in (name, name.upper(), name.lower())
    }
    assert spellings == {name.lower()}


def test_every_built_in_spelling_is_found_in_every_form():
    network = built_in_network()
    names = Names(network)
    hubs = {
        each: names.find_hubs(each) for hub in network.hubs for each in (hub.name, *hub.aliases)
    }
    stops = {
        each: names.find_stations(each)
        for station in network.stations
        for each in (station.name, *station.aliases)
    }
    assert all(hubs.values())
    for known, find in ((hubs, names.find_hubs), (stops, names.find_stations)):
        for name, found in known.items():
            for form in (normalize("NFD", name), name.upper(), name.lower()):
                assert find(form) == found, form


def test_names_that_differ_in_such_a_letter_stay_apart():
    assert normalise_name("Рай") != normalise_name("Раи")


# Names in parts, short forms and codes


@pytest.fixture(scope="module")
def stations():
    names = {
        "pad": "Paddington (London)", "udd": "Uddingston", "ted": "Teddington",
        "koe": "Köln Hauptbahnhof", "eind": "Eindhoven Centraal", "alm": "Almere Poort",
        "amf": "Amersfoort Centraal", "exe": "Exeter St Davids",
    }  # fmt: skip
    hubs = [Hub(id=i, name=name, lon=n, lat=50) for n, (i, name) in enumerate(names.items())]
    hubs[4] = replace(hubs[4], extra={"code": "EHV"}, aliases=("Eindhoven CS",))
    links = Link(id="a", from_hub="pad", to_hub="udd", length_km=600)
    return Names(Network(hubs=tuple(hubs), links=(links,)))


@pytest.mark.parametrize(
    ("asked", "suggested"),
    [
        ("Paddington", "Paddington (London)"),
        ("London Paddington", "Paddington (London)"),
        ("Köln", "Köln Hauptbahnhof"),
        ("Koln Hptbf", "Köln Hauptbahnhof"),
        ("Eindhoven", "Eindhoven Centraal"),
        ("Amersfoort", "Amersfoort Centraal"),
        ("Exeter", "Exeter St Davids"),
        ("Udingston", "Uddingston"),
    ],
)
def test_a_part_of_a_name_is_suggested_before_a_near_spelling(stations, asked, suggested):
    assert stations.suggest(asked)[0] == suggested
    with pytest.raises(UnknownNameError) as caught:
        stations.stops(asked)
    assert suggested in caught.value.suggestions


def test_usual_short_forms_and_codes_find_their_station(stations):
    assert [hub.id for hub in stations.find_hubs("Köln Hbf")] == ["koe"]
    assert [hub.id for hub in stations.find_hubs("ehv")] == ["eind"]
    assert not stations.find_hubs("Hbf")
    assert not stations.suggest("Zzyzx")
