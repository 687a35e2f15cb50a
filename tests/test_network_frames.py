"""A network from tables of pandas: the inverse of `to_pandas`, as patient as files are."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

import netmodel as nm
from netmodel.errors import InputError
from netmodel.network import Network
from tests.test_network_export import networks

HUBS = {"id": ["a", "b", "c"], "name": ["Aton", "Beton", "Ceton"], "lon": [10, 10.5, 11],
        "lat": [50.0, 50, 50]}  # fmt: skip
LINKS = {"id": ["ab", "bc"], "from": ["a", "b"], "to": ["b", "c"], "length_km": [38, 37.5]}


def make(hubs: dict[str, object] = {}, links: dict[str, object] = {}, **more: object) -> Network:  # noqa: B006
    return Network.from_pandas(pd.DataFrame(HUBS | hubs), pd.DataFrame(LINKS | links), **more)


def told(call) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as caught:
        call()
    return [(each.where, each.what) for each in caught.value.problems]


@settings(max_examples=60)
@given(network=networks())
def test_any_network_comes_back_from_its_tables(network):
    again = Network.from_pandas(
        *network.to_pandas(), geometry=network.geometry, name=network.name
    )  # fmt: skip
    assert (again.hubs, again.links, again.stations) == (
        network.hubs, network.links, network.stations
    )  # fmt: skip
    assert (again.geometry, again.name) == (network.geometry, network.name)


def test_the_built_in_network_comes_back_through_a_csv_file_of_pandas(tmp_path):
    network = nm.built_in_network()
    tables = network.to_pandas()
    for name, table in tables._asdict().items():
        table.to_csv(tmp_path / f"{name}.csv")
    read = [pd.read_csv(tmp_path / f"{name}.csv") for name in tables._fields]
    for each in (tables, read):
        again = Network.from_pandas(*each, geometry=network.geometry, name=network.name)
        assert again.hubs == network.hubs
        assert again.links == network.links
        assert again.stations == network.stations


@pytest.mark.parametrize("nothing", [None, np.nan, pd.NA, pd.NaT, float("nan"), ""])
def test_what_is_missing_is_not_known(nothing):
    network = make(
        {"population": [500_000, nothing, np.int64(7)], "code": ["x", nothing, "z"],
         "aliases": [("Athon", "At"), nothing, "Zet;Tset"]},
        {"electrified": [np.bool_(True), nothing], "tracks": [2.0, nothing]},
    )  # fmt: skip
    assert [hub.population for hub in network.hubs] == [500_000, None, 7]
    assert [hub.aliases for hub in network.hubs] == [("Athon", "At"), (), ("Zet", "Tset")]
    assert [dict(hub.extra) for hub in network.hubs] == [{"code": "x"}, {}, {"code": "z"}]
    assert [(link.electrified, link.tracks) for link in network.links] == [(True, 2), (None, None)]
    assert network == make(
        {"population": ["500000", "", "7"], "code": ["x", None, "z"],
         "aliases": ["Athon;At", None, "Zet;Tset"]},
        {"electrified": ["yes", None], "tracks": ["2", None]},
    )  # fmt: skip


def test_ids_and_names_may_be_the_index_and_numbers():
    hubs = pd.DataFrame(HUBS | {"id": [1, 2, 3]}).set_index("id")
    links = pd.DataFrame(LINKS | {"from": [1.0, 2.0], "to": [2, 3]}).set_index("id")
    stations = pd.DataFrame({"name": ["Halt"], "link": ["ab"], "km": [np.float64(3)]})
    network = Network.from_pandas(hubs, links, stations.set_index("name"))
    assert [hub.id for hub in network.hubs] == ["1", "2", "3"]
    assert network.stations[0].name == "Halt"


def test_every_mistake_of_all_tables_is_told_at_once():
    stations = pd.DataFrame({"name": ["Halt", None], "link": ["ax", "ab"], "km": [3, 99]})
    found = told(lambda: make(
        {"lat": [50, 500, None], "population": [1.5, None, None], "name": ["A", "", "C"]},
        {"to": ["bb", "c"], "length_km": [38, np.inf], "electrified": ["maybe", None]},
        stations=stations,
    ))  # fmt: skip
    assert {where for where, _ in found} == {
        "hubs row 1", "hubs row 2", "hubs row 3", "links row 1", "links row 2", "stations row 1",
        "stations row 2",
    }  # fmt: skip
    assert len(found) >= 9


def test_columns_that_are_missing_or_there_twice_are_told_once():
    hubs = pd.DataFrame(HUBS).rename(columns={"lon": "lng"})
    links = pd.DataFrame(LINKS).drop(columns="to")
    links = pd.concat([links, links[["from"]]], axis=1)
    found = told(lambda: Network.from_pandas(hubs, links))
    assert [where for where, _ in found] == ["hubs", "links", "links"]


@pytest.mark.parametrize("wrong", [None, 7, {"id": []}, [1], "hubs.csv"])
def test_what_is_no_table_is_told_by_name(wrong):
    assert [where for where, _ in told(lambda: Network.from_pandas(wrong, wrong))] == [
        "hubs", "links"
    ]  # fmt: skip


def test_a_table_in_place_of_hubs_is_told_what_makes_a_network_of_it():
    with pytest.raises(InputError) as caught:
        Network(hubs=pd.DataFrame(HUBS), links=pd.DataFrame(LINKS))
    assert all("from_pandas" in each.remedy for each in caught.value.problems)
