"""Files that are damaged, of another kind or hostile: one clear error, soon."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

from netmodel.errors import InputError
from netmodel.files.strict import StrictModel
from netmodel.files.yaml import parse_yaml, validate
from netmodel.importing import import_network, osm
from netmodel.network import read_accepted, read_network
from tests import railway_files
from tests.effort import counted_calls
from tests.own_network import command, write_own


@pytest.mark.parametrize("text", ["!!int abc", "!!float x", "9" * 5000, "!!int ''"])
def test_a_number_that_is_none_is_told_at_its_place(text):
    with pytest.raises(InputError) as refused:
        parse_yaml(f"a: {text}", name="s.yaml")
    assert [each.where for each in refused.value.problems] == ["s.yaml:1:4"]


def test_anchors_that_multiply_are_refused_soon():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 8)]
    with counted_calls() as effort, pytest.raises(InputError, match="anchor"):
        parse_yaml("\n".join(lines), name="s.yaml")
    assert effort.calls < 3_000_000


def test_an_anchor_used_a_few_times_is_read():
    source = parse_yaml("a: &x {k: 1}\nb: [*x, *x]", name="s.yaml")
    assert source.value == {"a": {"k": 1}, "b": [{"k": 1}, {"k": 1}]}


class _Item(StrictModel):
    name: str


class _Items(StrictModel):
    items: list[_Item]


def test_three_thousand_equal_slips_are_each_told_soon():
    text = "items:\n" + "\n".join(f"- {{name: a{n}, nmae: b}}" for n in range(3000))
    model: type[BaseModel] = _Items
    source = parse_yaml(text, name="s.yaml")
    with counted_calls() as effort, pytest.raises(InputError) as refused:
        validate(source, model)
    assert effort.calls < 3_000_000
    assert len(refused.value.problems) == 3000
    assert refused.value.problems[-1].where.startswith("s.yaml:3001:")


@pytest.mark.parametrize(
    "content",
    [
        "rule,id,reason\ndead_end,a,тупик\n".encode("cp1251"),
        b"rule,id,reason\ndead_end,a\n",
        b"rule,id,reason\ndead_end,a,b,c\n",
        b'rule,id,reason\ndead_end,a,"' + b"x" * 200_000,
        b"rule;id;reason\ndead_end;a;b\n",
        b"",
    ],
)
def test_a_damaged_list_of_accepted_findings_is_one_clear_error(tmp_path, content):
    path = tmp_path / "mine.csv"
    path.write_bytes(content)
    with pytest.raises(InputError) as refused:
        read_accepted(path)
    assert all(each.where.startswith("mine.csv") for each in refused.value.problems)


@pytest.mark.parametrize("content", ["[" * 3000, '{"features": 3}', '{"features": [3]}', "\x00"])
def test_damaged_courses_are_one_clear_error(tmp_path, content):
    write_own(tmp_path, geometry=content)
    with pytest.raises(InputError, match=r"geometry\.geojson"):
        read_network(tmp_path / "net")


def test_a_folder_in_place_of_courses_is_a_clear_error(tmp_path):
    write_own(tmp_path)
    (tmp_path / "net" / "geometry.geojson").mkdir()
    with pytest.raises(InputError, match=r"geometry\.geojson"):
        read_network(tmp_path / "net")


@pytest.mark.parametrize("name", ["x" * 300, "no\x00where", "nowhere/at/all", ""])
def test_a_path_that_cannot_be_is_a_clear_error(name):
    with pytest.raises(InputError):
        read_network(name)


OSM = """<osm version="0.6"><node id="{id}" lat="{lat}" lon="30.0"/>
<node id="2" lat="50.1" lon="30.1"><tag k="railway" v="station"/></node>
<way id="1"><nd ref="1"/><nd ref="2"/><tag k="railway" v="rail"/></way></osm>"""


@pytest.mark.parametrize(("node", "lat"), [("1", "50,1"), ("1", "x"), ("", "50.0"), ("1", "999")])
def test_a_damaged_extract_is_no_traceback(tmp_path, node, lat):
    pytest.importorskip("osmium")
    path = tmp_path / "x.osm"
    path.write_text(OSM.format(id=node, lat=lat))
    said = command("network", "import", path, "--out", tmp_path / "out")
    assert said.code == 2
    assert said.err.startswith("netmodel: ")


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts the files that are open")
@pytest.mark.parametrize("large", [osm._LARGE_BYTES, 0])
def test_refused_extracts_leave_no_file_open(large, tmp_path, monkeypatch):
    pytest.importorskip("osmium")
    monkeypatch.setattr(osm, "_LARGE_BYTES", large)
    path = railway_files.write_osm(
        tmp_path / "x.osm.pbf", {1: (0, 0), 2: (0.1, 0)}, {1: ([1, 2], {"railway": "rail"})}, {}
    )
    sound = path.read_bytes()

    open_files = Path("/proc/self/fd")

    def refuse(content):
        path.write_bytes(content)
        with pytest.raises(InputError):
            import_network(path)

    refuse(sound[:9])
    before = len(list(open_files.iterdir()))
    for cut in range(10, len(sound) - 10, 9):
        refuse(sound[:cut])
    assert len(list(open_files.iterdir())) == before
    path.write_bytes(sound)
    assert len(import_network(path).network.links) == 1


def test_a_geopackage_in_metres_is_refused(tmp_path):
    pyogrio = pytest.importorskip("pyogrio")
    import numpy as np
    import shapely

    path = tmp_path / "m.gpkg"
    for layer, shape, fields in (
        ("hubs", shapely.Point(0, 0), ["id", "name", "lon", "lat"]),
        ("links", shapely.LineString([(0, 0), (9, 9)]), ["id", "from", "to", "length_km"]),
    ):
        pyogrio.raw.write(
            path, shapely.to_wkb(np.array([shape])),
            [np.array(["a"], dtype=object) for _ in fields], fields, layer=layer, driver="GPKG",
            geometry_type=shape.geom_type, crs="EPSG:3857", append=path.exists(),
        )  # fmt: skip
    with pytest.raises(InputError, match="EPSG:3857"):
        read_network(path)


@pytest.mark.parametrize(
    "name", ["Europe", "America", "x" * 300, "../etc/passwd", "no\x00zone", ""]
)
def test_a_zone_that_is_none_is_a_value_error(name):
    from netmodel.times import load_zone

    with pytest.raises(ValueError, match="time zone"):
        load_zone(name)


def test_a_line_of_which_one_coordinate_is_no_number_is_dropped(tmp_path):
    pytest.importorskip("pyogrio")
    lines = [([[0, 0], ["NAN", 0]], {}), ([[0, 0], [0.1, 0]], {})]
    text = railway_files.write_geojson(tmp_path / "x.geojson", lines).read_text()
    (tmp_path / "x.geojson").write_text(text.replace('"NAN"', "NaN"))
    account = import_network(tmp_path / "x.geojson").account
    dropped = {each.feature: each.reason for each in account.entries if not each.into}
    assert dropped == {"0": "coordinates out of range"}
