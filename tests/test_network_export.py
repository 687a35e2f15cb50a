"""Formats in and out: nothing of a network is lost on the way."""

from __future__ import annotations

import json

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netmodel.errors import InputError
from netmodel.files.shipped import network_folder
from netmodel.network.formats import read_network, write_network
from netmodel.network.railway import LENGTH_BASES, LINE_CLASSES, Hub, Link, Network, Station

pytest.importorskip("pyogrio")

LETTERS = "abzАБВЇєіґйё' -№,\"&<>ß漢"
WORDS = st.text(LETTERS, min_size=1, max_size=9).map(str.strip).filter(bool)
OPTIONAL_TEXT = st.one_of(st.just(""), WORDS)
NUMBERS = st.one_of(
    st.floats(0.001, 9999, allow_nan=False), st.integers(1, 9999).map(float), st.just(1 / 3)
)
DEGREES = st.floats(-80, 80)


def maybe(values: st.SearchStrategy) -> st.SearchStrategy:  # type: ignore[type-arg]
    return st.one_of(st.none(), values)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Networks with parallel links, Cyrillic names, courses and missing optional values."""
    count = draw(st.integers(2, 6))
    hub_extra = draw(st.lists(st.sampled_from(["fid", "uic", "name:uk"]), unique=True))
    link_extra = draw(st.lists(st.sampled_from(["geom", "osm_way_ids", "Ім'я"]), unique=True))
    hubs = tuple(
        Hub(
            id=f"h{n}", name=draw(WORDS), lon=draw(DEGREES), lat=draw(DEGREES),
            country=draw(OPTIONAL_TEXT), region=draw(OPTIONAL_TEXT), kind=draw(OPTIONAL_TEXT),
            population=draw(maybe(st.integers(0, 10**7))),
            aliases=tuple(draw(st.lists(WORDS, max_size=2))), source=draw(OPTIONAL_TEXT),
            extra={key: draw(OPTIONAL_TEXT) for key in hub_extra},
        )
        for n in range(count)
    )  # fmt: skip
    ends = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    pairs = draw(st.lists(ends.filter(lambda pair: pair[0] != pair[1]), max_size=8))
    links = tuple(
        Link(
            id=f"зв'язок {n}", from_hub=f"h{a}", to_hub=f"h{b}", length_km=draw(NUMBERS),
            minutes=draw(maybe(NUMBERS)), line_class=draw(st.sampled_from(LINE_CLASSES)),
            tracks=draw(maybe(st.integers(0, 9))), electrified=draw(maybe(st.booleans())),
            gauges_mm=draw(st.sampled_from([(), (1435,), (1520,), (1435, 1520)])),
            capacity_trains_per_day=draw(maybe(NUMBERS)),
            direction=draw(st.sampled_from(["both", "forward"])),
            length_basis=draw(st.sampled_from(["", *LENGTH_BASES])), source=draw(OPTIONAL_TEXT),
            from_side=draw(st.sampled_from(["", "A", "B"])), to_side="",
            extra={key: draw(OPTIONAL_TEXT) for key in link_extra},
        )
        for n, (a, b) in enumerate(pairs)
    )  # fmt: skip
    course = st.lists(st.tuples(DEGREES, DEGREES), min_size=2, max_size=4).map(tuple)
    geometry = {link.id: draw(course) for link in links if draw(st.booleans())}
    stations = tuple(
        Station(name=draw(WORDS), link=link.id, km=min(draw(NUMBERS), link.length_km),
                aliases=tuple(draw(st.lists(WORDS, max_size=2))),
                extra={key: draw(OPTIONAL_TEXT) for key in link_extra})
        for link in (draw(st.lists(st.sampled_from(links), max_size=3)) if links else ())
    )  # fmt: skip
    return Network(hubs=hubs, links=links, stations=stations, geometry=geometry, name="n")


@settings(max_examples=30)
@given(network=networks())
def test_csv_to_geopackage_to_csv_loses_nothing(tmp_path_factory, network):
    folder = tmp_path_factory.mktemp("trip")
    write_network(network, folder / "first")
    first = read_network(folder / "first", name="n")
    assert first == network
    write_network(first, folder / "n.gpkg")
    second = read_network(folder / "n.gpkg")
    assert second == network
    write_network(second, folder / "second")
    for file in sorted((folder / "first").iterdir()):
        if file.suffix == ".csv":
            assert file.read_bytes() == (folder / "second" / file.name).read_bytes()
    assert read_network(folder / "second", name="n") == network


@pytest.mark.parametrize("place", ["n", "n.gpkg", "n.graphml", "n.geojson"])
@settings(max_examples=25)
@given(network=networks())
def test_what_was_written_reads_back_equal(tmp_path_factory, place, network):
    path = tmp_path_factory.mktemp("trip") / place
    assert read_network(write_network(network, path)) == network


@pytest.mark.parametrize("place", ["n", "n.gpkg", "n.graphml", "n.geojson"])
def test_an_empty_network_reads_back(tmp_path, place):
    network = Network(hubs=(), links=(), name="n")
    assert read_network(write_network(network, tmp_path / place)) == network


@pytest.mark.parametrize("suffix", [".gpkg", ".graphml", ".geojson"])
def test_a_file_of_another_kind_is_one_clear_error(tmp_path, suffix):
    for number, content in enumerate(
        [b"", b"\xff\xfe", b"[]", b"{}", b'{"features": 3}', b'{"features": [1]}',
         b"[" * 5000, b"<graphml/>", b'{"features": [{"properties": {"layer": "hubs"}}]}']
    ):  # fmt: skip
        path = tmp_path / f"{number}{suffix}"
        path.write_bytes(content)
        with pytest.raises(InputError) as refused:
            read_network(path)
        assert all(path.name in problem.where for problem in refused.value.problems)


@given(network=networks())
def test_graphml_to_networkx_loses_nothing(tmp_path_factory, network):
    path = tmp_path_factory.mktemp("graph") / "n.graphml"
    write_network(network, path)
    assert read_network(path) == network
    graph = nx.read_graphml(path, force_multigraph=True)
    assert sorted(key for *_, key in graph.edges(keys=True)) == sorted(
        link.id for link in network.links
    )
    for hub in network.hubs:
        assert graph.nodes[hub.id]["name"] == hub.name
        assert ("population" in graph.nodes[hub.id]) == (hub.population is not None)
    for link in network.links:
        data = graph.edges[link.from_hub, link.to_hub, link.id]
        assert data["length_km"] == link.length_km
        assert data.get("minutes") == link.minutes


@settings(max_examples=30)
@given(network=networks())
def test_multigraph_holds_every_parallel_link(network):
    graph = network.to_networkx()
    assert graph.number_of_edges() == len(network.links)
    assert sorted(key for _, _, key in graph.edges(keys=True)) == sorted(
        link.id for link in network.links
    )


@pytest.fixture(scope="module")
def built_in() -> Network:
    return read_network(network_folder(), name="built-in")


@pytest.mark.parametrize("suffix", [".gpkg", ".graphml", ".geojson", ""])
def test_built_in_network_comes_back_equal(built_in, tmp_path, suffix):
    path = write_network(built_in, tmp_path / f"network{suffix}")
    assert read_network(path, name="built-in") == built_in


def test_geopackage_opens_as_points_and_lines_in_degrees(built_in, tmp_path):
    import pyogrio

    path = write_network(built_in, tmp_path / "n.gpkg")
    assert {tuple(row) for row in pyogrio.list_layers(path).tolist()} == {
        ("hubs", "Point"), ("links", "LineString"), ("stations", "Point"), ("aliases", None),
    }  # fmt: skip
    info = pyogrio.read_info(path, layer="links")
    assert info["crs"] == "EPSG:4326"
    assert info["features"] == len(built_in.links)
    assert not list(tmp_path.glob(".*"))


def test_geojson_shows_every_hub_link_and_station(built_in, tmp_path):
    path = write_network(built_in, tmp_path / "n.geojson")
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    layers = [feature["properties"]["layer"] for feature in features]
    assert layers.count("hubs") == len(built_in.hubs)
    assert layers.count("links") == len(built_in.links)
    assert layers.count("stations") == len(built_in.stations)
    for feature in features:
        flat = feature["geometry"]["coordinates"]
        lon, lat = flat if feature["geometry"]["type"] == "Point" else flat[0]
        assert 10 < lon < 60
        assert 35 < lat < 70


def test_wrong_files_are_clear_errors(built_in, tmp_path):
    with pytest.raises(InputError, match=r"format '.xlsx' is not known"):
        write_network(built_in, tmp_path / "n.xlsx")
    with pytest.raises(InputError, match="no such network"):
        read_network(tmp_path / "none")
    broken = tmp_path / "b.gpkg"
    broken.write_bytes(b"SQLite format 3\x00 and then nothing")
    with pytest.raises(InputError, match="cannot be read"):
        read_network(broken)
    (tmp_path / "b.graphml").write_text("<graphml", encoding="utf-8")
    with pytest.raises(InputError, match="not a network in GraphML"):
        read_network(tmp_path / "b.graphml")
    (tmp_path / "b.txt").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="is not known"):
        read_network(tmp_path / "b.txt")


def test_geopackage_of_other_layers_and_of_bad_rows(tmp_path):
    import numpy as np
    import pyogrio
    import shapely

    path = tmp_path / "other.gpkg"
    dots = shapely.to_wkb(np.array([shapely.Point(30, 50)]))
    write = {"crs": "EPSG:4326", "geometry_type": "Point", "driver": "GPKG"}
    pyogrio.raw.write(path, dots, [np.array(["a"], dtype=object)], ["id"], layer="hubs", **write)
    with pytest.raises(InputError, match="has no layer 'links'"):
        read_network(path)
    line = shapely.to_wkb(np.array([shapely.LineString([(30, 50), (31, 50)])]))
    columns = [np.array(["l"], dtype=object), np.array(["a"], dtype=object)]
    pyogrio.raw.write(
        path, line, [*columns, np.array(["b"], dtype=object), np.array([-1.0])],
        ["id", "from", "to", "length_km"], layer="links", append=True,
        **(write | {"geometry_type": "LineString"}),
    )  # fmt: skip
    with pytest.raises(InputError) as caught:
        read_network(path)
    said = str(caught.value)
    assert "other.gpkg: links row 1: length_km: -1 must be > 0" in said
    assert "unknown hub 'b'" in said
    assert "name: is empty" in said


@pytest.mark.parametrize("letter", ["\x00", "\x01", "\x1b", "\x7f", "\x85", "\ud800", "\ufffe"])
@pytest.mark.parametrize("field", ["id", "name", "source", "region", "aliases", "extra"])
def test_what_a_format_cannot_carry_is_refused_at_birth(field, letter):
    text = f"one{letter}two"
    given = {"aliases": (text,), "extra": {"note": text}}.get(field, text)
    with pytest.raises(InputError) as refused:
        Hub(**{"id": "a", "name": "A", "lon": 0, "lat": 0, field: given})
    assert [each.where for each in refused.value.problems] == [field]


# Texts that would not come back as they are


def odd_network(
    hub: dict[str, object] | None = None,
    station: dict[str, object] | None = None,
    link: dict[str, object] | None = None,
) -> Network:
    first = Hub(**{"id": "a", "name": "A", "lon": 1, "lat": 2, **(hub or {})})  # type: ignore[arg-type]
    ends = {"from_hub": first.id, "to_hub": "b", "length_km": 3}
    return Network(
        hubs=(first, Hub(id="b", name="B", lon=2, lat=2)),
        links=(Link(**{"id": "ab", **ends, **(link or {})}),),  # type: ignore[arg-type]
        stations=(Station(**{"name": "S", "link": "ab", "km": 1, **(station or {})}),)  # type: ignore[arg-type]
        if link is None
        else (),
    )


ODD = [
    ({"hub": {"aliases": ("Київ;Kyiv",)}}, "aliases", "';'"),
    ({"hub": {"aliases": ("",)}}, "aliases", "is empty"),
    ({"hub": {"aliases": (" x",)}}, "aliases", "blanks around"),
    ({"hub": {"name": "A "}}, "name", "blanks around"),
    ({"hub": {"name": "A\rB"}}, "name", "carriage return"),
    ({"hub": {"name": "A\nB"}}, "name", "control character"),
    ({"hub": {"name": "A\ud800"}}, "name", "control character"),
    ({"hub": {"source": "A\ud800"}}, "source", "control character"),
    ({"hub": {"name": ""}}, "name", "is empty"),
    ({"hub": {"region": "\u00a0R"}}, "region", "blanks around"),
    ({"hub": {"source": "one\r\ntwo"}}, "source", "carriage return"),
    ({"hub": {"extra": {"uic": "1\r2"}}}, "extra", "carriage return"),
    ({"hub": {"extra": {"name": "x"}}}, "extra", "'name'"),
    ({"link": {"id": " ab"}}, "id", "blanks around"),
    ({"link": {"source": "\r"}}, "source", "blanks around"),
    ({"link": {"extra": {"from": "x"}}}, "extra", "'from'"),
    ({"station": {"name": " S"}}, "name", "blanks around"),
    ({"station": {"aliases": ("one;two",)}}, "aliases", "';'"),
]


@pytest.mark.parametrize(("odd", "field", "message"), ODD)
def test_a_text_that_would_not_come_back_is_refused_at_birth(odd, field, message):
    with pytest.raises(InputError) as refused:
        odd_network(**odd)
    (problem,) = refused.value.problems
    assert problem.where == field
    assert message in problem.what


def test_texts_within_lines_come_back(tmp_path):
    network = odd_network(
        hub={"name": "A “B” '1'", "aliases": ("one, two", "A\tB"), "source": "a; b\n c"}
    )
    for form in ("folder", "one.gpkg", "one.graphml", "one.geojson"):
        write_network(network, tmp_path / form)
        back = read_network(tmp_path / form)
        assert (back.hubs, back.links, back.stations) == (
            network.hubs, network.links, network.stations
        )  # fmt: skip
