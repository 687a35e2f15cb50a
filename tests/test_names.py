"""Names are found in any case and in any form of their letters."""

from unicodedata import normalize

import pytest

from netmodel.network.formats import built_in_network
from netmodel.network.names import Names, normalise_name


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
