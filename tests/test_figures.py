"""Figures say what the tables say, come out the same twice, and bear the strangest record."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from datetime import datetime
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from pyproj import Geod

import netmodel as nm
from netmodel.errors import InputError, UnknownNameError
from netmodel.files.shipped import scenario_names
from netmodel.plot.ground import PlacedLabels, fit_projection, project_line
from netmodel.plot.incident_timeline import draw_incident_timeline
from netmodel.plot.reachability_matrix import draw_reachability_matrix
from netmodel.plot.resilience_curve import draw_resilience_curve
from netmodel.plot.saved_figures import save_figures
from netmodel.plot.state_map import draw_state_map
from netmodel.plot.style import (
    MATRIX_COLOURS,
    STROKES,
    clean_text,
    day_number,
    moment_of,
    use_style,
)
from netmodel.runs.documents import RunWindow
from netmodel.runs.moment import hub_states, link_states, metric_column, to_geopandas, worst_state
from netmodel.runs.pair_table import PairTable
from netmodel.runs.record import TABLES, RunRecord, read_record, write_record
from netmodel.runs.run import Run, run_scenario
from tests.conftest import at
from tests.report_records import large_record, shipped_run

DRAWINGS = (
    draw_state_map,
    draw_resilience_curve,
    draw_incident_timeline,
    draw_reachability_matrix,
)
HOSTILE = "$\\frac{1}{$ <b>\u202e\u0000&\n" + chr(0x1F682) + "x" * 10_000


@pytest.fixture(scope="module")
def run() -> Run:
    return shipped_run("crimea-may-2023")


@pytest.fixture(scope="module")
def record(run: Run) -> RunRecord:
    return run.record


@pytest.fixture(scope="module")
def front() -> RunRecord:
    return shipped_run("kupiansk-pokrovsk").record


def axis(width: float = 7.2, height: float = 4.0):
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure.subplots()


def draw(ax) -> bytes:
    ax.figure.canvas.draw()
    return bytes(ax.figure.canvas.buffer_rgba())


def by_gid(ax, gid: str):
    return [each for each in ax.findobj() if each.get_gid() == gid]


def without_outages(record: RunRecord) -> RunRecord:
    states = record.states.assign(outages=0, outages_certain=0, outages_possible=0)
    for column in states.columns:
        if "connected_share" in str(column):
            states[column] = 1.0
    pairs = record.pairs.assign(
        connected=1,
        minutes=record.pairs["base_minutes"],
        certainty=np.where(record.pairs["base_minutes"].isna(), "cut in base", "connected"),
    )
    evidence = replace(record.evidence, incidents=())
    empty = record.outages.iloc[:0]
    return replace(
        record,
        states=states,
        pair_table=PairTable.of_states(pairs),
        outages=empty,
        evidence=evidence,
    )


def only_state(record: RunRecord, number: int) -> RunRecord:
    row = record.states.loc[[number]]
    window = RunWindow(start=row["start"].iloc[0], end=row["end"].iloc[0], zone="UTC")
    summary = replace(record.summary, window=window)
    pairs = record.pairs[record.pairs["state"] == number]
    return replace(record, states=row, pair_table=PairTable.of_states(pairs), summary=summary)


# What the figures say


def test_the_map_draws_the_links_that_are_out(record):
    links = link_states(record, 3)
    ax = draw_state_map(record, axis(), state=3)
    (closed,) = by_gid(ax, "links-closed")
    assert to_hex(closed.get_color()[0]) == STROKES["closed"].colour
    expected = (links["effect"] == "closed") & ~links["standing"]
    assert len(closed.get_segments()) == expected.sum() == 1
    (standing,) = by_gid(ax, "links-standing")
    assert len(standing.get_segments()) == ((links["effect"] == "closed") & links["standing"]).sum()
    before = draw_state_map(record, axis(), state=0)
    assert not by_gid(before, "links-closed")
    assert draw(ax) != draw(before)


def test_the_map_marks_a_closure_that_is_only_possible(record):
    links = link_states(record, 1)
    assert links.loc["simferopol--bakhchysarai", "effect"] == "open"
    assert links.loc["simferopol--bakhchysarai", "possible_effect"] == "closed"
    now = len(by_gid(draw_state_map(record, axis(), state=1), "links-possibly")[0].get_segments())
    before = by_gid(draw_state_map(record, axis(), state=0), "links-possibly")
    assert now == 1 + sum(len(each.get_segments()) for each in before)


def test_the_curve_is_the_column(record):
    ax = draw_resilience_curve(record, axis(), metric="connected_share")
    column = record.states["connected_share"].to_numpy()
    np.testing.assert_array_equal(ax.lines[0].get_ydata()[:-1], column)
    assert ax.lines[0].get_drawstyle() == "steps-post"
    starts = [moment_of(x) for x in ax.lines[0].get_xdata()[:-1]]
    assert starts == record.states["start"].tolist()
    assert any(text.get_text() == "69.7\u00a0%" for text in ax.texts)


def test_the_band_holds_the_bounds(record):
    ax = draw_resilience_curve(record, axis(), metric="connected_share")
    (band,) = ax.collections
    heights = np.vstack([path.vertices for path in band.get_paths()])[:, 1]
    assert heights.min() == record.states["connected_share_guaranteed"].min()
    assert heights.max() == record.states["connected_share_possible"].max()
    certain = record.states.assign(
        connected_share_guaranteed=record.states["connected_share"],
        connected_share_possible=record.states["connected_share"],
    )
    plain = draw_resilience_curve(replace(record, states=certain), axis(), metric="connected_share")
    assert not plain.collections


def test_quantiles_make_a_second_band(record):
    states = record.states.assign(
        connected_share_q05=record.states["connected_share"] - 0.05,
        connected_share_q95=record.states["connected_share"],
    )
    ax = draw_resilience_curve(replace(record, states=states), axis(), metric="connected_share")
    assert len(ax.collections) == 2
    assert "nine of ten samples" in [t.get_text() for t in ax.get_legend().get_texts()]


def test_two_runs_share_an_axis(record, front):
    ax = draw_resilience_curve(record, axis(), label="one")
    draw_resilience_curve(front, ax, label="two", number=1)
    left, right = ax.get_xlim()
    lines = [line for line in ax.lines if len(line.get_xdata()) > 2]
    assert left == min(line.get_xdata()[0] for line in lines)
    assert right == max(line.get_xdata()[-1] for line in lines)
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["one", "two"]
    assert lines[0].get_color() != lines[1].get_color()


def test_the_timeline_is_solid_where_certain_and_hatched_in_doubt(record):
    ax = draw_incident_timeline(record, axis())
    row = record.outages[record.outages["incident"] == "2023-05-18-simferopol-chystenke"].iloc[0]
    (solid,) = by_gid(ax, "certain")
    assert _span(solid) == (row["start_latest"], row["end_earliest"])
    hatched = [each for each in by_gid(ax, "in-doubt") if each.get_hatch()]
    assert [_span(each) for each in hatched] == [
        (row["start_earliest"], row["start_latest"]),
        (row["end_earliest"], row["end_latest"]),
    ]


def _span(bar) -> tuple[datetime, datetime]:
    return moment_of(bar.get_x()), moment_of(bar.get_x() + bar.get_width())


def test_the_timeline_has_a_row_for_each_studied_incident(front):
    ax = draw_incident_timeline(front, axis())
    background = {each.id for each in front.evidence.incidents if each.background}
    studied = set(front.outages["incident"]) - background
    assert len(ax.get_yticklabels()) == len(studied)
    everything = draw_incident_timeline(front, axis(height=20), background=True)
    assert len(everything.get_yticklabels()) == front.outages["incident"].nunique()


def test_the_matrix_colours_each_pair_both_ways(front):
    state = worst_state(front)
    ax = draw_reachability_matrix(front, axis())
    rows = front.pairs[(front.pairs["state"] == state) & (front.pairs["traffic"] == "passenger")]
    gone = (rows["connected"] == 0) & rows["base_minutes"].notna() & rows["served_minutes"].isna()
    (cells,) = by_gid(ax, "cells-cut")
    assert to_hex(cells.get_facecolor()[0]) == MATRIX_COLOURS["cut"]
    area = sum(
        abs(np.ptp(polygon[:, 0]) * np.ptp(polygon[:, 1]))
        for polygon in cells.get_paths()[0].to_polygons()
    )
    assert area == pytest.approx(2 * gone.sum())
    assert gone.sum() > 0
    (marks,) = by_gid(ax, "marks-cut")
    assert len(marks.get_segments()) == 2 * 2 * gone.sum()


def test_regions_of_the_matrix_stand_together(front):
    ax = draw_reachability_matrix(front, axis())
    names = [label.get_text() for label in ax.get_yticklabels()]
    region = front.hubs.set_index("name")["region"].loc[names].tolist()
    changes = sum(a != b for a, b in pairwise(region))
    assert changes == len(set(region)) - 1
    assert names == [label.get_text() for label in ax.get_xticklabels()]


# Labels and projection


def test_labels_do_not_collide_and_stay_inside(front):
    ax = draw_state_map(front, axis())
    draw(ax)
    (labels,) = (each for each in ax.artists if isinstance(each, PlacedLabels))
    placed = labels.place(ax.figure.canvas.get_renderer())
    assert len(placed) >= 12
    frame = ax.bbox.extents
    for _, box in placed:
        assert (box[:2] >= frame[:2]).all()
        assert (box[2:] <= frame[2:]).all()
    for (_, one), (_, other) in combinations(placed, 2):
        apart = (one[:2] >= other[2:]).any() or (one[2:] <= other[:2]).any()
        assert apart


def test_areas_are_true_and_distances_nearly():
    plane = fit_projection([22.0, 40.0], [44.0, 52.0])
    ring = [(30.0, 48.0), (31.0, 48.0), (31.0, 49.0), (30.0, 49.0), (30.0, 48.0)]
    dense = np.vstack([np.linspace(a, b, 200) for a, b in pairwise(ring)])
    x, y = project_line(plane, dense).T
    area = 0.5 * abs(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1]))
    geod = Geod(ellps="WGS84")
    true_area = abs(geod.polygon_area_perimeter(dense[:, 0], dense[:, 1])[0])
    assert area == pytest.approx(true_area, rel=1e-4)
    ends = project_line(plane, [(30.0, 48.0), (36.0, 49.0)])
    apart = np.hypot(*(ends[1] - ends[0]))
    assert apart == pytest.approx(geod.inv(30.0, 48.0, 36.0, 49.0)[2], rel=0.005)


@pytest.mark.parametrize(
    ("lon", "lat"), [([0.0], [0.0]), ([10, 11], [-3, 3]), ([-170, 170], [40, 60]), ([], [])]
)
def test_projection_of_odd_extents_is_finite(lon, lat):
    plane = fit_projection(lon, lat)
    places = np.column_stack([lon, lat]) if lon else [(30.0, 50.0)]
    assert np.isfinite(project_line(plane, places)).all()


def test_days_are_those_of_matplotlib():
    from matplotlib.dates import date2num

    assert day_number(at(7.25)) == date2num(at(7.25))
    assert moment_of(day_number(at(7.25))) == at(7.25)


# At one moment


def test_link_states_agree_with_the_timeline(run, record):
    for state in run.timeline.states:
        links = link_states(record, state.number, "freight")
        for column, numbers in (
            ("effect", state.active),
            ("possible_effect", state.possible),
            ("certain_effect", state.certain),
        ):
            outages = [run.timeline.outages[number] for number in numbers]
            hit = {each.link for each in outages if "freight" in each.traffic}
            assert set(links.index[links[column] != "open"]) == hit


def test_hub_states_count_pairs(record):
    hubs = hub_states(record, 3)
    rows = record.pairs[(record.pairs["state"] == 3) & (record.pairs["traffic"] == "passenger")]
    cut = rows[(rows["connected"] == 0) & rows["base_minutes"].notna()]
    assert hubs["pairs_cut"].sum() == 2 * len(cut)
    assert set(hubs.index) == set(record.hubs.index[record.hubs["in_demand"] == 1])


def test_the_worst_state_is_the_lowest(record, front):
    for each in (record, front):
        share = each.states["connected_share"]
        assert share[worst_state(each)] == share.min()


@pytest.mark.parametrize("draw_one", [draw_state_map, draw_reachability_matrix])
def test_an_unknown_state_is_told(record, draw_one):
    with pytest.raises(UnknownNameError, match="unknown state 99"):
        draw_one(record, axis(), state=99)


def test_an_unknown_metric_or_traffic_is_told(record):
    with pytest.raises(UnknownNameError, match="connected_share"):
        metric_column(record, "conected_share")
    with pytest.raises(UnknownNameError, match="freight"):
        draw_resilience_curve(record, axis(), traffic="fright")


def test_geopandas_has_states_and_places(record):
    pytest.importorskip("geopandas")
    hubs, links = to_geopandas(record, 3)
    assert links.crs == hubs.crs == "EPSG:4326"
    assert len(links) == len(record.links)
    link = links.loc["simferopol--bakhchysarai"]
    assert link["effect"] == "closed"
    ends = record.hubs.loc[[link["from"], link["to"]], ["lon", "lat"]].to_numpy()
    np.testing.assert_allclose([link.geometry.coords[0], link.geometry.coords[-1]], ends)
    assert hubs.loc["sevastopol", "pairs_cut"] == 10


def test_without_geopandas_the_extra_is_named(record, monkeypatch):
    monkeypatch.setitem(sys.modules, "geopandas", None)
    with pytest.raises(InputError, match=r"netmodel\[geo\]"):
        to_geopandas(record)


# Bytes, settings, degenerate and hostile records


@pytest.mark.parametrize("name", scenario_names())
def test_every_shipped_scenario_is_drawn(name):
    record = shipped_run(name).record
    for draw_one in DRAWINGS:
        assert len(set(draw(draw_one(record, axis(4, 3))))) > 8


def test_the_same_bytes_twice(tmp_path):
    record = shipped_run("crimean-bridge-2022").record
    write_record(record, tmp_path)
    first = save_figures(record, tmp_path / "a")
    with mpl.rc_context({"font.size": 20, "svg.hashsalt": None}):
        second = save_figures(read_record(tmp_path), tmp_path / "b")
    assert [path.name for path in first] == [path.name for path in second]
    assert len(first) == 10
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name
        assert b"<dc:date>" not in one.read_bytes()


def test_a_saved_drawing_holds_its_texts_as_text(tmp_path):
    record = shipped_run("crimea-may-2023").record
    for path in save_figures(record, tmp_path):
        if path.suffix == ".svg":
            texts = [each.text for each in ET.parse(path).findall(".//{*}text")]
            assert len(texts) > 3, path.name
            assert all(each and each.strip() for each in texts), path.name


@pytest.mark.parametrize("places", [100, 200])
def test_a_matrix_grows_with_its_places_and_names_them(places):
    record = large_record(columns=48, rows=20, states=14, demand=places)
    figure = nm.plot.matrix(record).get_figure()
    names = figure.axes[0].get_yticklabels()
    assert len(names) == places
    figure.canvas.draw()
    boxes = [each.get_window_extent() for each in names]
    assert all(a.y0 >= b.y1 - 0.5 for a, b in pairwise(boxes)), "no name covers the next"
    plt.close(figure)


@pytest.mark.parametrize("count", [40, 250, 1000])
def test_a_timeline_of_many_incidents_covers_no_title(count):
    record = shipped_run("crimea-may-2023").record
    one = record.evidence.studied[0]
    many = [replace(one, id=f"i{n}", title=f"A rather long title of incident {n}, which would be"
                    " two lines if there were room for them") for n in range(count)]  # fmt: skip
    mine = record.outages[record.outages["incident"] == one.id]
    outages = pd.concat([mine.assign(incident=each.id) for each in many], ignore_index=True)
    evidence = replace(record.evidence, incidents=tuple(many))
    figure = nm.plot.timeline(replace(record, outages=outages, evidence=evidence)).get_figure()
    assert figure.get_figheight() <= 40
    names = figure.axes[0].get_yticklabels()
    assert len(names) == (count if count < 500 else 0)
    figure.canvas.draw()
    boxes = [each.get_window_extent() for each in names]
    assert all(a.y0 >= b.y1 - 0.5 for a, b in pairwise(boxes))
    plt.close(figure)


def test_a_place_that_cannot_be_written_is_told(record, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write"):
        save_figures(record, tmp_path / "file")


def test_the_style_is_put_back():
    before = dict(mpl.rcParams)
    with use_style():
        assert mpl.rcParams["font.size"] == 7
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("draw_one", DRAWINGS)
@pytest.mark.parametrize("language", ["en", "uk"])
def test_without_an_outage_and_with_one_state(record, draw_one, language):
    for each in (without_outages(record), only_state(record, 3)):
        ax = draw_one(each, axis(), language=language)
        assert len(set(draw(ax))) > 3


@pytest.mark.parametrize("draw_one", DRAWINGS)
def test_hostile_names_are_drawn_as_text(record, draw_one):
    incidents = tuple(replace(each, title=HOSTILE) for each in record.evidence.incidents)
    evidence = replace(record.evidence, incidents=incidents)
    hubs = record.hubs.assign(name=HOSTILE, region=HOSTILE, aliases=HOSTILE)
    draw(draw_one(replace(record, hubs=hubs, evidence=evidence), axis()))


def test_a_network_far_from_the_base_map_is_drawn(record):
    hubs = record.hubs.assign(lon=record.hubs["lon"] + 100, lat=record.hubs["lat"] - 80)
    ax = draw_state_map(replace(record, hubs=hubs), axis())
    draw(ax)
    assert not any("OpenStreetMap" in text.get_text() for text in ax.texts)


def test_nobody_with_demand(record):
    hubs = record.hubs.assign(in_demand=0)
    lonely = replace(record, hubs=hubs, pair_table=PairTable.of_states(record.pairs.iloc[:0]))
    for draw_one in DRAWINGS:
        draw(draw_one(lonely, axis()))


def test_clean_text_is_one_short_line():
    text = clean_text(HOSTILE, 40)
    assert len(text) == 40
    assert "⟨U+202E⟩" in text
    assert "\n" not in text


# Documents


def test_every_column_is_in_the_docs():
    docs = (Path(__file__).parent.parent / "docs" / "tables.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`(\w+)`", docs))
    record = run_scenario("crimea-may-2023", samples=10, seed=1).record
    columns = {
        re.sub(r"^freight_|_(guaranteed|possible|q\d\d)$", "", str(column))
        for table in TABLES
        for column in getattr(record, table).columns
    }
    columns = {re.sub(r"_(guaranteed|possible|q\d\d)$", "", column) for column in columns}
    assert not columns - told - {"outages"}
