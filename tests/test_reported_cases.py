"""Small inputs on which netmodel once did the wrong thing: refused in one line, or right."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest

from tests.own_network import Said, command
from tests.test_inputs_page import EXAMPLE

CASES = Path(os.environ.get("NETMODEL_REFERENCE", "/nowhere")) / "cases"
pytestmark = [
    pytest.mark.reference,
    pytest.mark.skipif(not CASES.is_dir(), reason="NETMODEL_REFERENCE names no reference folder"),
]
DEMAND = "demand: {kind: table, file: demand.csv}\n"


def example(folder: Path) -> Path:
    """Write the complete example of the page about inputs; return its scenario."""
    for name, text in EXAMPLE:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "scenario.yaml"


def take(number: str, folder: Path) -> Path:
    """Copy a numbered case to where it may be written; return the copy."""
    [source] = CASES.glob(f"{number}_*")
    shutil.copytree(source, folder / "case", copy_function=shutil.copyfile)
    (folder / "case").chmod(0o755)
    return folder / "case"


def refused(said: Said, *words: str) -> None:
    """Check that a command refused with one line for each mistake."""
    assert said.code == 2
    assert said.err
    assert all(line.startswith("netmodel: ") for line in said.err.splitlines())
    for word in words:
        assert word in said.err


# Hostile inputs


INTO_THE_EXAMPLE = {
    "min_links_empty_id.csv": ("net/links.csv", "links.csv:4"),
    "min_geometry_deep.geojson": ("net/geometry.geojson", "geometry.geojson"),
    "min_window_1800.yaml": ("scenario.yaml", "scenario.yaml:3:"),
    "min_int_5000_digits.yaml": ("scenario.yaml", "scenario.yaml:1:"),
    "min_yaml_tag_int.yaml": ("scenario.yaml", "scenario.yaml:1:"),
    "min_zone_is_a_folder.yaml": ("scenario.yaml", "scenario.yaml:2:"),
    "min_alias_bomb.yaml": ("scenario.yaml", "scenario.yaml"),
    "min_demand_all_zero.csv": ("demand.csv", "demand.csv"),
    "min_demand_column_twice.csv": ("demand.csv", "demand.csv:1"),
    "min_demand_decimal_comma.csv": ("demand.csv", "demand.csv:2"),
    "min_rich_link_and_escape.yaml": ("incidents.yaml", "incidents.yaml:3:"),
}


@pytest.mark.parametrize("name", INTO_THE_EXAMPLE)
def test_a_hostile_part_of_the_example_is_refused(name, tmp_path):
    place, where = INTO_THE_EXAMPLE[name]
    scenario = example(tmp_path)
    shutil.copyfile(CASES / "reliability" / name, tmp_path / place)
    if place == "demand.csv":
        lines = scenario.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith("demand:")]
        scenario.write_text("".join(kept) + DEMAND, encoding="utf-8")
    refused(command("run", scenario, "--out", tmp_path / "out"), where)
    assert not (tmp_path / "out").exists()


def test_markup_in_a_title_is_text(tmp_path):
    scenario = example(tmp_path)
    shutil.copyfile(
        CASES / "reliability/min_rich_markup_traceback.yaml", tmp_path / "incidents.yaml"
    )
    for verb in (["show", scenario], ["run", scenario, "--out", tmp_path / "out"]):
        said = command(*verb, terminal=True)
        assert said.code == 0
        assert "\x1b]" not in said.out + said.err
    incidents = json.loads((tmp_path / "out/evidence.json").read_text(encoding="utf-8"))[
        "incidents"
    ]
    assert incidents[0]["title"] == "\\[/foo]"


def test_a_misspelled_column_is_pointed_out(tmp_path):
    scenario = example(tmp_path)
    shutil.copyfile(
        CASES / "reliability/min_links_misspelled_column.csv", tmp_path / "net/links.csv"
    )
    said = command("check", scenario)
    assert said.code == 0
    assert "line_clas" in said.err + said.out
    assert "did you mean 'line_class'" in said.err + said.out


def test_accepted_findings_in_another_encoding_are_refused(tmp_path):
    example(tmp_path)
    shutil.copyfile(CASES / "reliability/min_accepted_cp1251.csv", tmp_path / "net/accepted.csv")
    refused(command("network", "check", tmp_path / "net"), "accepted.csv", "1251")


@pytest.mark.parametrize("name", ["epsg3857", "point_course", "course_off_earth"])
def test_a_geopackage_of_other_shapes_is_refused(name, tmp_path):
    scenario = example(tmp_path)
    shutil.copyfile(CASES / f"reliability/min_gpkg_{name}.gpkg", tmp_path / "n.gpkg")
    text = scenario.read_text(encoding="utf-8").replace("network: net", "network: n.gpkg")
    scenario.write_text(text, encoding="utf-8")
    refused(command("run", scenario, "--out", tmp_path / "out"), "n.gpkg")


@pytest.mark.parametrize("name", ["min_osm_decimal_comma.osm", "min_osm_empty_id.osm"])
def test_a_damaged_extract_is_refused(name, tmp_path):
    shutil.copyfile(CASES / "reliability" / name, tmp_path / name)
    refused(command("network", "import", tmp_path / name, "--out", tmp_path / "out"), name)


# Numbered cases


def imported(source: Path, out: Path, *options: str) -> pd.DataFrame:
    """Return the links of an import, by the names of their ends."""
    said = command("network", "import", source, "--out", out, *options)
    assert said.code == 0, said.err
    hubs = pd.read_csv(out / "hubs.csv").set_index("id")["name"]
    links = pd.read_csv(out / "links.csv", dtype={"gauge_mm": str})
    return links.assign(**{end: links[end].map(hubs) for end in ("from", "to")})


def test_01_lines_that_cross_on_the_level_are_no_junction(tmp_path):
    case = take("01", tmp_path)
    links = imported(case / "o1_diamond.osm", case / "net_o1_diamond", "--hubs", "stations")
    ends = {frozenset(each) for each in zip(links["from"], links["to"], strict=True)}
    assert ends == {frozenset(("West", "East")), frozenset(("South", "North"))}
    account = (case / "net_o1_diamond" / "account.csv").read_text(encoding="utf-8")
    assert "a stop without a name" not in account


def test_02_a_train_keeps_its_gauge_over_track_of_two(tmp_path):
    case = take("02", tmp_path)
    imported(case / "o3_dualgauge.osm", case / "net_o3_dualgauge", "--hubs", "stations")
    said = command("run", case / "dg.yaml", "--out", case / "r")
    assert said.code == 0, said.err
    hubs = pd.read_csv(case / "r/hubs.csv").set_index("id")["name"]
    pairs = pd.read_csv(case / "r/pairs.csv")
    one, other = (pairs[end].map(hubs) for end in ("from", "to"))
    found = pairs[(one == "A") & (other == "C") | (one == "C") & (other == "A")]
    assert set(found["base_minutes"].round()) == {40.0}


def test_03_parallel_tracks_are_both_meant(tmp_path):
    case = take("03", tmp_path)
    said = command("run", case / "scenario.yaml", "--out", case / "r")
    assert said.code == 0, said.err
    outages = pd.read_csv(case / "r/outages.csv")
    assert set(outages["link"]) == {"bc", "bc2"}


def test_04_nothing_is_said_of_ones_own_sample_that_is_true_of_another(tmp_path):
    case = take("04", tmp_path)
    files = [
        part for name in ("inc", "docs") for part in ("--incidents", str(case / f"{name}.yaml"))
    ]
    said = command("restoration", "fit", *files)
    assert "made the news" not in said.out + said.err
    assert "300 strikes" not in said.out + said.err


def test_05_the_offset_of_a_hint_is_that_of_the_zone(tmp_path):
    case = take("05", tmp_path)
    said = command("check", case / "inc.yaml", "--documents", case / "docs.yaml")
    assert "+03:00" not in said.out + said.err


@pytest.mark.parametrize(
    ("asked", "meant"), [("Paddington", "Paddington (London)"), ("London Paddington", "Paddington")]
)
def test_06_a_part_of_a_name_suggests_the_whole(asked, meant, tmp_path):
    case = take("06", tmp_path)
    said = command("match", asked, "--network", case / "net")
    assert meant in said.out + said.err


def test_07_every_unknown_place_of_a_file_is_told_at_its_line(tmp_path):
    case = take("07", tmp_path)
    said = command("match", case / "inc.yaml", "--documents", case / "docs.yaml", "--network",
                   case / "net")  # fmt: skip
    assert said.code in {1, 2}
    lines = said.err.splitlines()
    for line, at, name in zip(
        lines, (2, 10, 18), ("Eindhoven", "Paddington", "Nowhere"), strict=True
    ):
        assert f"inc.yaml:{at}:3: incident x-{name}" in line


def test_08_what_a_file_of_stations_says_is_kept(tmp_path):
    case = take("08", tmp_path)
    imported(case / "lines.geojson", case / "o", "--stations", str(case / "stations.geojson"))
    hubs = pd.read_csv(case / "o/hubs.csv")
    given = json.loads((case / "stations.geojson").read_text(encoding="utf-8"))["features"]
    wanted = {each["properties"]["name"]: each["properties"] for each in given}
    rows = hubs[hubs["name"].isin(wanted)]
    assert len(rows) > 0
    for row in rows.to_dict("records"):
        assert row["population"] == wanted[row["name"]]["population"]
        assert row["country"] == wanted[row["name"]]["country"]
    assert {"code", "short_name"} & set(hubs.columns)


def test_09_direction_and_figures_of_the_source_count(tmp_path):
    case = take("09", tmp_path)
    links = imported(case / "lines.geojson", case / "o")
    assert set(links["direction"]) != {"both"}
    assert 14.5 in set(links["length_km"])
    ways = imported(case / "o7_oneway.osm", case / "o7")
    assert set(ways["direction"]) & {"forward", "backward"}


def test_11_a_table_of_stations_is_read(tmp_path):
    case = take("11", tmp_path)
    said = command("network", "import", case / "l.geojson", "--stations", case / "s4.csv",
                   "--out", case / "o")  # fmt: skip
    assert said.code == 0, said.err
    names = set(pd.read_csv(case / "s4.csv").iloc[:, 0].astype(str)) | set(
        pd.read_csv(case / "s4.csv").get("name", pd.Series(dtype=str)).astype(str)
    )
    assert set(pd.read_csv(case / "o/hubs.csv")["name"]) & names


@pytest.mark.parametrize("name", ["ov_geom.osm", "overpass.json", "ways_only.osm"])
def test_12_what_overpass_answers_is_read_or_told_what_to_ask(name, tmp_path):
    case = take("12", tmp_path)
    said = command("network", "import", case / name, "--out", case / "o")
    if said.code:
        refused(said, name)
        assert "out body" in said.err
    else:
        assert len(pd.read_csv(case / "o/links.csv")) > 0


def test_14_a_small_catalogue_gets_an_answer(tmp_path):
    case = take("14", tmp_path)
    said = command("restoration", "fit", "--incidents", case / "km.yaml",
                   "--incidents", case / "kd.yaml")  # fmt: skip
    assert said.code == 0, said.err
    assert "Turnbull" in said.out


def test_16_durations_under_a_quarter_of_an_hour_are_drawn_as_they_are(tmp_path):
    case = take("16", tmp_path)
    said = command("restoration", "fit", "--incidents", case / "inc.yaml", "--incidents",
                   case / "docs.yaml", "--plot", case / "fit.svg")  # fmt: skip
    assert said.code == 0, said.err
    drawn = (case / "fit.svg").read_text(encoding="utf-8")
    assert "<!-- 1 min -->" in drawn  # the axis begins below the shortest


def test_20_a_network_without_names_has_a_demand(tmp_path):
    case = take("20", tmp_path)
    hubs = "".join(f"end-{n},end-{n},-75.{n}5,40,\n" for n in range(1, 5))
    (case / "rail_net").mkdir()
    (case / "rail_net/hubs.csv").write_text("id,name,lon,lat,region\n" + hubs, encoding="utf-8")
    links = "".join(f"l{n},end-{n},end-{n + 1},9\n" for n in range(1, 4))
    (case / "rail_net/links.csv").write_text("id,from,to,length_km\n" + links, encoding="utf-8")
    text = (case / "s_none.yaml").read_text(encoding="utf-8")
    for demand, code in (("{kind: uniform}", 2), ("{hubs: all}", 0)):
        scenario = case / "s.yaml"
        scenario.write_text(text.replace("{kind: uniform}", demand), encoding="utf-8")
        said = command("run", scenario, "--out", case / "r")
        assert said.code in {0, code}, said.err
