"""What is known of a network as a whole: kept in every format, and the default of what is made."""

import zipfile
from dataclasses import replace

import pytest

import netmodel as nm
from netmodel.errors import InputError
from netmodel.importing import contract_network, import_gtfs, import_network, save_feed
from netmodel.network import About, Hub, Link, Network, read_network, write_network
from tests.gtfs_feeds import run, write_feed
from tests.own_network import SCENARIO, command, write_own

ABOUT = About(zone="Europe/Oslo", agency='Fjord, "Banen"', publisher="Ås", licence="CC0")


@pytest.fixture
def network():
    hubs = tuple(Hub(id=each, name=each, lon=33 + n, lat=45) for n, each in enumerate("abc"))
    links = tuple(
        Link(id=one + two, from_hub=one, to_hub=two, length_km=80) for one, two in ("ab", "bc")
    )
    return Network(hubs=hubs, links=links, about=ABOUT, name="abc")


@pytest.mark.parametrize("name", ["net", "net.gpkg", "net.geojson", "net.graphml"])
@pytest.mark.parametrize("about", [ABOUT, About(agency="A"), About()])
def test_every_format_keeps_it(network, about, name, tmp_path):
    network = replace(network, about=about)
    assert read_network(write_network(network, tmp_path / name), name="abc") == network


def test_a_folder_of_which_nothing_is_known_has_no_file(network, tmp_path):
    write_network(replace(network, about=About()), tmp_path / "net")
    assert not (tmp_path / "net" / "about.csv").exists()
    assert read_network(tmp_path / "net").about == About()


def test_what_is_made_of_a_network_keeps_it(network, tmp_path):
    assert contract_network(network, chosen=["a", "c"])[0].about == ABOUT
    write_network(network, tmp_path / "net")
    assert import_network(tmp_path / "net", hubs="junctions").network.about == ABOUT
    assert import_network(tmp_path / "net", clip=(32, 44, 34.5, 46)).network.about == ABOUT


@pytest.mark.parametrize(
    ("rows", "lines", "told"),
    [
        ("zone,Mars\n", [2], "Mars"),
        ("zone,Europe/Oslo\nagncy,A\n", [3], "agency"),
        ("zone,Europe/Oslo\nzone,Asia/Tokyo\n", [3], "about.csv:2"),
        ("zone,Mars\ncolour,red\n", [2, 3], "unknown"),
    ],
)
def test_what_is_wrong_is_told_at_its_line(rows, lines, told, tmp_path):
    write_own(tmp_path)
    (tmp_path / "net" / "about.csv").write_text(f"key,value\n{rows}")
    with pytest.raises(InputError, match=told) as caught:
        read_network(tmp_path / "net")
    places = sorted(each.where for each in caught.value.problems)
    assert places == [f"about.csv:{line}" for line in lines]


def test_a_value_that_is_wrong_is_refused(network):
    with pytest.raises(InputError, match="Mars"):
        About(zone="Mars")
    with pytest.raises(InputError, match="blanks"):
        About(agency=" A")
    with pytest.raises(InputError, match="about"):
        replace(network, about="Europe/Oslo")


def test_a_feed_fills_it_and_its_zone_is_the_default(tmp_path):
    agency = "agency_id,agency_name,agency_url,agency_timezone\n1,Fjord  Banen,https://a.example,Asia/Tokyo\n"
    info = "feed_publisher_name,feed_version,feed_license\nData Office,7,CC0\n"
    calls = {str(n): run("a b c", 360 + 60 * n, 12) for n in range(3)}
    imported = import_gtfs(write_feed(tmp_path / "f.zip", calls, agency=agency, feed_info=info))
    told = About(zone="Asia/Tokyo", agency="Fjord Banen", publisher="Data Office", licence="CC0")
    assert imported.network.about == told
    net = save_feed(imported, tmp_path / "net")
    assert read_network(net, name=imported.network.name) == imported.network
    shown = command("network", "show", net).out
    assert all(text in shown for text in ("Asia/Tokyo", "Fjord Banen", "Data Office", "CC0"))
    out = tmp_path / "out.zip"
    said = command("trains", "export", "--network", net, "--gtfs", out, "--url",
                   "https://example.org")  # fmt: skip
    assert said.code == 0, said.err
    with zipfile.ZipFile(out) as archive:
        assert "Fjord Banen,https://example.org,Asia/Tokyo" in archive.read("agency.txt").decode()
    said = command("new", tmp_path / "mine", "--network", net)
    assert (said.code, "--zone" in said.err) == (0, False)
    assert nm.read_scenario(tmp_path / "mine" / "scenario.yaml").zone == "Asia/Tokyo"


def test_a_scenario_is_in_the_zone_of_its_network(tmp_path):
    scenario = write_own(tmp_path, scenario=SCENARIO.replace(", zone: Europe/Berlin", ""))
    assert nm.read_scenario(scenario).zone == "Europe/Kyiv"
    (tmp_path / "net" / "about.csv").write_text("key,value\nzone,Asia/Tokyo\n")
    made = nm.read_scenario(scenario)
    assert made.zone == "Asia/Tokyo"
    given = {"demand": ["aton", "beton"], "window": ("2025-03-01", "2025-03-02")}
    own = nm.Scenario(network=tmp_path / "net", incidents=[], **given)
    assert (own.zone, own.window.start.hour) == ("Asia/Tokyo", made.window.start.hour)
    other = nm.Scenario(network=tmp_path / "net", incidents=[], zone="Europe/Oslo", **given)
    assert other.zone == "Europe/Oslo"
    named = write_own(tmp_path)
    assert nm.read_scenario(named).zone == "Europe/Berlin"
