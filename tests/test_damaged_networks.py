"""Networks in one file that are damaged or of another kind: one clear error, whatever is wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import netmodel as nm
from netmodel.errors import InputError
from netmodel.importing import import_network
from tests.own_network import command, write_own

COURSE = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"id": "ab"}, '
    '"geometry": {"type": "LineString", "coordinates": [[10, 50], [10.2, 50.1], [10.5, 50]]}}]}'
)
GRAPHML = {
    "stations are no JSON": ('"name": "Halt"', '"name": '),
    "stations are a number": ("[{", "7 [{"),
    "stations are texts": ('[{"name": "Halt"', '["Halt", {"name": "Halt"'),
    "columns are no JSON": ('["id", "name"', '["id", "name'),
    "columns are two lists": ('["id", "name", "lon"', '[], ["id", "name", "lon"'),
    "an order that is none": ('<data key="d14">0<', '<data key="d14">first<'),
    "an order without end": ('"link_order" attr.type="long"', '"link_order" attr.type="double"'),
    "a course that is no JSON": ("[[10.0, 50.0], [10.2", "[[10.0, 50.0, [10.2"),
    "a course of one point": ("[[10.0, 50.0], [10.2, 50.1], [10.5, 50.0]]", "[[10.0, 50.0]]"),
    "a course of texts": ("[10.2, 50.1]", '["x", "y"]'),
    "a course off Earth": ("[10.2, 50.1]", "[500.0, 50.1]"),
    "an unknown type": ('attr.type="long"', 'attr.type="str"'),
    "no key": ('<data key="d14">0<', '<data key="d99">0<'),
    "another root": ("<graphml", "<svg"),
    "half": (None, None),
}


@pytest.mark.parametrize("name", GRAPHML)
def test_damaged_graphml_is_one_clear_error(name, tmp_path):
    write_own(tmp_path, stations="name,link,km\nHalt,ab,3\n", geometry=COURSE)
    path = nm.write_network(nm.read_network(tmp_path / "net"), tmp_path / "n.graphml")
    text, (old, new) = path.read_text(encoding="utf-8"), GRAPHML[name]
    if name == "an order without end":
        text = text.replace('<data key="d14">0<', '<data key="d14">inf<')
    assert old is None or old in text
    damaged = text[: len(text) // 2] if old is None else text.replace(old, new)
    path.write_text(damaged, encoding="utf-8")
    with pytest.raises(InputError, match=r"n\.graphml"):
        nm.read_network(path)
    said = command("network", "check", path)
    assert said.code == 2
    assert "Traceback" not in said.err


def write_layers(path: Path, course: object, *, fields=("id", "from", "to", "length_km"), km=38.0):
    """Write two hubs and a link with a course as a GeoPackage."""
    pyogrio = pytest.importorskip("pyogrio")
    import shapely

    points = shapely.to_wkb(np.array([shapely.Point(10, 50), shapely.Point(10.5, 50)]))
    texts = [np.array(each, dtype=object) for each in (["a", "b"], ["A", "B"])]
    numbers = [np.array([10.0, 10.5]), np.array([50.0, 50.0])]
    pyogrio.raw.write(
        path, points, [*texts, *numbers], ["id", "name", "lon", "lat"], layer="hubs",
        driver="GPKG", geometry_type="Point", crs="EPSG:4326",
    )  # fmt: skip
    cells = {"id": "ab", "from": "a", "to": "b", "length_km": km, "course_stored": 1}
    columns = [np.array([cells[name]], dtype=object if isinstance(cells[name], str) else float)
               for name in fields]  # fmt: skip
    pyogrio.raw.write(
        path, np.array([None if course is None else shapely.to_wkb(course)], dtype=object), columns,
        list(fields), layer="links", driver="GPKG", geometry_type="Unknown", crs="EPSG:4326",
        append=True,
    )  # fmt: skip
    return path


def shapes() -> dict[str, object]:
    shapely = pytest.importorskip("shapely")
    return {
        "a point": shapely.Point(1, 1),
        "off Earth": shapely.LineString([(500, 500), (600, 600)]),
        "a polygon": shapely.box(10, 50, 10.5, 50.1),
        "an empty line": shapely.LineString(),
        "several lines": shapely.MultiLineString([[(10, 50), (10.1, 50)], [(10.4, 50), (11, 50)]]),
    }  # fmt: skip


@pytest.mark.parametrize("name", shapes())
def test_a_course_of_another_shape_is_refused(name, tmp_path):
    path = write_layers(tmp_path / "n.gpkg", shapes()[name])
    with pytest.raises(InputError, match=r"n\.gpkg"):
        nm.read_network(path)


def test_a_course_of_a_single_part_is_its_line(tmp_path):
    import shapely

    line = shapely.MultiLineString([[(10, 50), (10.2, 50.1), (10.5, 50)]])
    network = nm.read_network(write_layers(tmp_path / "n.gpkg", line))
    assert network.geometry["ab"] == ((10, 50), (10.2, 50.1), (10.5, 50))


@pytest.mark.parametrize("km", [float("inf"), float("-inf"), -1.0, 1e9])
def test_a_length_that_is_none_is_refused(km, tmp_path):
    import shapely

    path = write_layers(tmp_path / "n.gpkg", shapely.LineString([(10, 50), (10.5, 50)]), km=km)
    with pytest.raises(InputError, match="length_km"):
        nm.read_network(path)


def test_links_without_ids_are_refused(tmp_path):
    import shapely

    course = shapely.LineString([(10, 50), (10.5, 50)])
    fields = ("from", "to", "length_km", "course_stored")
    with pytest.raises(InputError, match=r"n\.gpkg"):
        nm.read_network(write_layers(tmp_path / "n.gpkg", course, fields=fields))


def test_text_of_a_geopackage_that_is_not_utf_8_is_refused(tmp_path):
    import shapely

    path = write_layers(tmp_path / "n.gpkg", shapely.LineString([(10, 50), (10.5, 50)]))
    content = path.read_bytes()
    assert b"ab" in content
    path.write_bytes(content.replace(b"\x02ab", b"\x02\xe0\xe1").replace(b"aba", b"\xe0\xe1a"))
    with pytest.raises(InputError, match=r"n\.gpkg"):
        nm.read_network(path)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("text", ["GEOGCS[", "x", 'PROJCS["nothing",PROJECTION["x"]]', "\x00"])
def test_a_broken_coordinate_system_of_a_shapefile_is_refused(text, tmp_path):
    pyogrio = pytest.importorskip("pyogrio")
    import shapely

    path = tmp_path / "l.shp"
    line = shapely.to_wkb(np.array([shapely.LineString([(10, 50), (10.5, 50)])]))
    pyogrio.raw.write(path, line, [np.array(["x"], dtype=object)], ["name"], crs="EPSG:4326",
                      geometry_type="LineString")  # fmt: skip
    path.with_suffix(".prj").write_text(text)
    with pytest.raises(InputError):
        import_network(path)


def test_tags_of_an_extract_that_are_not_utf_8_are_told(tmp_path):
    osmium = pytest.importorskip("osmium")

    file = osmium.io.File(str(tmp_path / "x.osm.pbf"), "pbf,pbf_compression=none")
    with osmium.SimpleWriter(file) as writer:
        for number in (1, 2, 3):
            place = (number / 10, 0.0)
            writer.add_node(osmium.osm.mutable.Node(id=number, location=place))
        tags = {"railway": "rail", "name": "xyzzy"}
        writer.add_way(osmium.osm.mutable.Way(id=1, nodes=[1, 2], tags=tags))
        writer.add_way(osmium.osm.mutable.Way(id=2, nodes=[2, 3], tags={"railway": "rail"}))
    path = tmp_path / "x.osm.pbf"
    content = path.read_bytes()
    assert b"xyzzy" in content
    path.write_bytes(content.replace(b"xyzzy", b"\xe0\xe1\xe2\xe3\xe4"))
    imported = import_network(path)
    assert len(imported.network.links) == 1
    assert [each.reason for each in imported.account.entries if not each.into] == [
        "tags are not UTF-8 text"
    ]
