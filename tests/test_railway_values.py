"""Hub, Link, Station and Network check themselves, pickle, copy and compare."""

from __future__ import annotations

import copy
import math
import pickle
from dataclasses import replace

import numpy as np
import pytest

import netmodel as nm
from netmodel.network import Hub, Link, Network, Station

HUB = {"id": "a", "name": "A", "lon": 33.0, "lat": 45.0}
LINK = {"id": "ab", "from_hub": "a", "to_hub": "b", "length_km": 80.0}
STATION = {"name": "Halt", "link": "ab", "km": 12.5}
BAD = [
    (Hub, HUB, "id", [None, "", 3, "a\n", " a", "a\x00", "\ud800", True]),
    (Hub, HUB, "name", [None, "", 3]),
    (Hub, HUB, "lon", ["33", None, math.nan, math.inf, 181, True, [1], 10**400]),
    (Hub, HUB, "lat", ["45", None, math.nan, -91]),
    (Hub, HUB, "population", [-1, 1.5, math.nan, "3", True, 1e30, 10**5000]),
    (Hub, HUB, "aliases", ["Kyiv", None, 3, (3,), ("a;b",), ("",)]),
    (Hub, HUB, "extra", [None, {"uic": 3}, {3: "uic"}, {"name": "x"}, {"": "x"}, "x"]),
    (Hub, HUB, "country", [None, 3, "UA\r"]),
    (Link, LINK, "id", [None, "", 3]),
    (Link, LINK, "from_hub", [None, "", 3]),
    (Link, LINK, "to_hub", ["a"]),
    (Link, LINK, "length_km", ["80", None, math.nan, math.inf, 0, -3, True]),
    (Link, LINK, "minutes", ["3", math.nan, 0, -1, True]),
    (Link, LINK, "line_class", ["mian", None, 3, ""]),
    (Link, LINK, "tracks", [-1, 1.5, "2", True]),
    (Link, LINK, "electrified", ["yes", 1, 0]),
    (Link, LINK, "gauges_mm", [1520, (0,), (-1,), ("1520",), (1520, 1520), "1520"]),
    (Link, LINK, "capacity_trains_per_day", [-1, "3", math.nan]),
    (Link, LINK, "direction", ["backward", None]),
    (Link, LINK, "from_side", ["C", None]),
    (Station, STATION, "name", [None, "", 3]),
    (Station, STATION, "link", [None, "", 3]),
    (Station, STATION, "km", ["3", None, math.nan, True]),
]
CASES = [(kind, good, name, value) for kind, good, name, values in BAD for value in values]


@pytest.mark.parametrize(("kind", "good", "name", "value"), CASES, ids=range(len(CASES)))
def test_a_wrong_field_is_an_error_with_its_name(kind, good, name, value):
    with pytest.raises(nm.errors.InputError) as refused:
        kind(**{**good, name: value})
    assert [problem.where for problem in refused.value.problems] == [name]


def test_all_wrong_fields_are_reported_at_once():
    with pytest.raises(nm.errors.InputError) as refused:
        Link(id=None, from_hub="a", to_hub="b", length_km="80", line_class="mian")  # type: ignore[arg-type]
    assert [each.where for each in refused.value.problems] == ["id", "length_km", "line_class"]
    assert "'main'" in refused.value.problems[2].remedy


def test_numbers_of_other_libraries_and_lists_are_taken():
    hub = Hub(**{**HUB, "lon": np.float32(33), "population": np.int64(5), "aliases": ["x"]})  # type: ignore[arg-type]
    assert (type(hub.lon), type(hub.population), hub.aliases) == (float, int, ("x",))
    link = Link(**{**LINK, "length_km": 80, "electrified": np.bool_(True)})  # type: ignore[arg-type]
    assert link.electrified is True


def two() -> tuple[Hub, Hub]:
    return Hub(**HUB), Hub(id="b", name="B", lon=34, lat=45)  # type: ignore[arg-type]


NETWORKS = [
    ({"hubs": None}, "hubs"),
    ({"hubs": "ab"}, "hubs"),
    ({"hubs": ("a", "b")}, "hubs"),
    ({"links": {"ab": 1}}, "links"),
    ({"links": two()}, "links"),
    ({"stations": (1,)}, "stations"),
    ({"name": None}, "name"),
    ({"hubs": (*two(), Hub(**HUB))}, "hubs"),  # type: ignore[arg-type]
    ({"links": (Link(**{**LINK, "to_hub": "c"}),)}, "links"),  # type: ignore[arg-type]
    ({"stations": (Station(name="S", link="xx", km=1),)}, "stations"),
    ({"geometry": None}, "geometry"),
    ({"geometry": {"xx": ((1, 2), (3, 4))}}, "geometry"),
    ({"geometry": {"ab": ((1, 2),)}}, "geometry"),
    ({"geometry": {"ab": ()}}, "geometry"),
    ({"geometry": {"ab": "line"}}, "geometry"),
    ({"geometry": {"ab": ((1, 2, 3), (1, 2, 3))}}, "geometry"),
    ({"geometry": {"ab": ((500, 2), (1, 2))}}, "geometry"),
    ({"geometry": {"ab": ((math.nan, 2), (1, 2))}}, "geometry"),
    ({"geometry": {"ab": 3}}, "geometry"),
]


@pytest.mark.parametrize(("change", "where"), NETWORKS)
def test_a_network_whose_parts_do_not_fit_is_refused(change, where):
    good = {"hubs": two(), "links": (Link(**LINK),)}  # type: ignore[arg-type]
    with pytest.raises(nm.errors.InputError) as refused:
        Network(**{**good, **change})
    assert {problem.where for problem in refused.value.problems} == {where}


def small() -> Network:
    return Network(
        hubs=two(), links=(Link(**LINK),), stations=(Station(**STATION),),  # type: ignore[arg-type]
        geometry={"ab": [[33, 45], [33.5, 45.1], [34, 45]]},  # type: ignore[dict-item]
    )  # fmt: skip


def test_values_pickle_copy_replace_and_hash():
    network = small()
    network.links_at_hub  # noqa: B018 - what is cached must not keep it from being copied
    for value in (network, *network.hubs, *network.links, *network.stations):
        assert pickle.loads(pickle.dumps(value)) == value
        assert copy.copy(value) == copy.deepcopy(value) == value
        assert replace(value) == value
        assert len({value, copy.deepcopy(value)}) == 1
    with pytest.raises(nm.errors.InputError, match="length_km"):
        replace(network.links[0], length_km=-1)


def test_parts_and_courses_may_be_lists():
    network = small()
    assert network.geometry["ab"] == ((33.0, 45.0), (33.5, 45.1), (34.0, 45.0))
    again = Network(hubs=list(two()), links=[Link(**LINK)])  # type: ignore[arg-type]
    assert again.hubs == two()
