"""The words that texts use for the places of a network: read, checked, kept, and used."""

import csv
from collections import Counter
from pathlib import Path

import pytest

import netmodel as nm
from netmodel.errors import InputError
from netmodel.network import Alias, Hub, Link, Network, Station, read_network, write_network
from netmodel.network.edit import promote_stations
from netmodel.network.names import Names
from tests.own_network import write_own

HEADER = "form,language,kind,means\n"
BUILT_IN = Path(__file__).parent.parent / "seeds" / "network" / "aliases.csv"


@pytest.fixture
def network():
    hubs = (
        Hub(id="a", name="Aton", lon=33, lat=45, region="North"),
        Hub(id="b", name="Beton", lon=34, lat=45, region="South"),
    )
    link = Link(id="a--b", from_hub="a", to_hub="b", length_km=80)
    halts = tuple(
        Station(name=name, link="a--b", km=km) for name, km in (("Halt", 9), ("Post", 40))
    )
    words = (
        Alias(form="Атонський", language="uk", kind="adjective", means="a"),
        Alias(form="Long bridge", language="en", kind="object", means="a--b"),
        Alias(form="Postville", language="en", kind="old_name", means="Post"),
        Alias(form="Північчина", language="uk", kind="oblast", means="North"),
        Alias(form="Aton *", language="en", kind="not_a_place", means="person"),
    )
    return Network(hubs=hubs, links=(link,), stations=halts, aliases=words, name="ab")


@pytest.mark.parametrize("name", ["net", "net.gpkg", "net.geojson", "net.graphml"])
def test_every_format_keeps_them(network, name, tmp_path):
    path = write_network(network, tmp_path / name)
    assert read_network(path, name="ab") == network


def test_a_folder_without_any_has_no_file_of_them(network, tmp_path):
    bare = Network(hubs=network.hubs, links=network.links)
    write_network(bare, tmp_path / "net")
    assert not (tmp_path / "net/aliases.csv").exists()
    assert read_network(tmp_path / "net").aliases == ()


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("Атонський,uk,adjective,atom", "aton"),
        ("Long bridge,en,object,ac", "hub or station or link"),
        ("Atonville,en,old_name,ab", "no hub or station"),
        ("Northern,en,oblast,aton", "no region"),
        ("Atonish,de,adjective,aton", "language"),
        ("Atonish,en,adjectve,aton", "adjective"),
        ("Atonish,en,adjective,", "means"),
        (",en,adjective,aton", "form"),
        ("*,en,not_a_place,person", "no letter"),
        ("Aton* Smith,en,not_a_place,person", "end"),
    ],
)
def test_what_is_wrong_is_told_at_its_line(row, told, tmp_path):
    write_own(tmp_path, aliases=f"{HEADER}Atonish,en,adjective,aton\n{row}\n")
    with pytest.raises(InputError) as refused:
        read_network(tmp_path / "net")
    assert {each.where for each in refused.value.problems} == {"aliases.csv:3"}
    assert told in str(refused.value)


def test_a_row_written_twice_is_told_with_the_first(tmp_path):
    write_own(tmp_path, aliases=HEADER + "Atonish,en,adjective,aton\n" * 2)
    with pytest.raises(InputError, match=r"aliases\.csv:3.*aliases\.csv:2"):
        read_network(tmp_path / "net")


def test_a_form_may_stand_for_two_places(tmp_path):
    rows = "Atonish,en,adjective,aton\nAtonish,en,adjective,beton\n"
    write_own(tmp_path, aliases=HEADER + rows)
    assert [each.means for each in read_network(tmp_path / "net").aliases] == ["aton", "beton"]


def test_mistakes_of_all_tables_are_told_at_once(tmp_path):
    stations = "name,link,km\nHalt,xy,3\n"
    write_own(tmp_path, stations=stations, aliases=f"{HEADER}Atonish,en,adjective,atom\n")
    with pytest.raises(InputError) as refused:
        read_network(tmp_path / "net")
    places = {each.where for each in refused.value.problems}
    assert places == {"stations.csv:2", "aliases.csv:2"}


def test_a_value_that_means_nothing_is_refused(network):
    stray = Alias(form="Cetonish", language="en", kind="adjective", means="Ceton")
    with pytest.raises(InputError, match="Beton"):
        Network(hubs=network.hubs, links=network.links, aliases=(stray,))


def test_those_of_a_link_that_is_divided_go_with_it(network):
    promoted = promote_stations(network, ["Post"]).network
    assert [each.means for each in promoted.aliases] == ["a", "Post", "North", "person"]


def test_a_region_is_found_by_what_texts_call_it(network):
    assert Names(network).region("Північчина") == "North"
    built_in = Names(nm.built_in_network())
    for name in ("Харківська область", "Харьковская область", "Kharkov region", "Харківщина"):
        assert built_in.region(name) == "Kharkiv oblast"


def test_a_file_of_a_format_with_damaged_ones_is_refused(network, tmp_path):
    path = write_network(network, tmp_path / "net.geojson")
    text = path.read_text("utf-8")
    path.write_text(text.replace('"aliases": [{', '"aliases": [7, {'), encoding="utf-8")
    with pytest.raises(InputError, match="aliases"):
        read_network(path)
    path.write_text(text.replace('"means": "a"', '"means": "c"'), encoding="utf-8")
    with pytest.raises(InputError, match="aliases row 1"):
        read_network(path)


# Those of the built-in network


def test_every_region_of_ukraine_is_known_in_three_languages():
    network = nm.built_in_network()
    regions = {hub.region for hub in network.hubs if hub.country == "UA"} - {"Kyiv", "Sevastopol"}
    assert len(regions) == 25
    for language in ("en", "uk", "ru"):
        known = {
            each.means
            for each in network.aliases
            if each.kind == "oblast" and each.language == language
        }
        assert regions <= known, language


def test_the_six_railways_of_ukraine_are_known_in_three_languages():
    railways = {"Lviv", "Southern", "Southwestern", "Odesa", "Prydniprovska", "Donetsk"}
    named = Counter(
        (each.means.removesuffix(" Railway"), each.language)
        for each in nm.built_in_network().aliases
        if each.kind == "railway"
    )
    assert {*named} >= {(name, each) for name in railways for each in ("en", "uk", "ru")}


def test_adjectives_stand_in_the_form_of_a_dictionary():
    for alias in nm.built_in_network().aliases:
        if alias.kind == "adjective" and alias.language == "uk":
            assert alias.form.endswith("ий"), alias.form
        elif alias.kind == "adjective" and alias.language == "ru":
            assert alias.form.endswith(("ий", "ой")), alias.form


def test_the_file_is_in_order_of_kind_and_of_what_is_meant():
    with BUILT_IN.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    kinds = list(dict.fromkeys(row["kind"] for row in rows))
    keys = [(kinds.index(row["kind"]), row["means"].casefold()) for row in rows]
    assert keys == sorted(keys)
