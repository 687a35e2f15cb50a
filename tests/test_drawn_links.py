"""A page of a network with very many links: what it tells in full, outlines, and leaves out."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from netmodel.plot.basemap import PlaneMap, fit_plane
from netmodel.report.page import render
from netmodel.report.page.allowance import (
    ALLOWANCES,
    HIDDEN_WAY,
    MOST_BYTES,
    Allowance,
    is_usual,
    keep_pairs,
    tell_ways,
)
from netmodel.report.page.drawn_links import DrawnLinks, choose_links, find_met_links
from netmodel.report.page.encoding import encode_network, extent_of
from netmodel.runs.pair_table import PairTable, pick_routes
from netmodel.runs.record import RunRecord
from netmodel.words.strings import Phrases
from tests.report_records import data_of, large_record, shipped_record

FEW = Allowance(links=60, outline_lines=40)


def rows_of(record: RunRecord) -> pd.DataFrame:
    return keep_pairs(record, frozenset(map(str, record.hubs.index)))


def pairs_of(record: RunRecord, most: int = 10**9) -> pd.DataFrame:
    return tell_ways(record, rows_of(record), most)


def plane_of(record: RunRecord) -> PlaneMap:
    return fit_plane(*extent_of([record]))


def choose(record: RunRecord, allowance: Allowance) -> DrawnLinks:
    return choose_links(record, pairs_of(record), plane_of(record), allowance)


@cache
def wide_record(*, columns: int = 400, rows: int = 376) -> RunRecord:
    """Return a made-up run on 300,000 links of four classes, one in fifty with a bend."""
    record = large_record(columns=columns, rows=rows, states=14, demand=20)
    count = len(record.links)
    classes = np.array(["main", "secondary", "branch", "industrial"])[np.arange(count) % 4]
    lon, lat = (record.hubs[name].round(2).astype(str) for name in ("lon", "lat"))
    at = lon + "," + lat
    bend = at.loc[record.links["from"]].to_numpy() + " 31.5,48.25 "
    bent = np.where(np.arange(count) % 50 == 0, bend + at.loc[record.links["to"]].to_numpy(), "")
    return replace(record, links=record.links.assign(line_class=classes, course=bent))


def test_a_network_within_the_allowance_is_told_whole() -> None:
    record = shipped_record()
    drawn = choose(record, ALLOWANCES[0])
    assert drawn.whole
    assert drawn.record is record
    network = encode_network(
        drawn, plane_of(record), Phrases("en"), places=frozenset(), points=10_000
    )
    assert "outline" not in network


def test_links_with_outages_and_on_the_ways_shown_are_told_in_full() -> None:
    record = shipped_record()
    drawn = choose(record, FEW)
    assert not drawn.whole
    holds = record.outages[["chosen_first", "possible_first"]].notna().any(axis=1)
    assert set(record.outages.loc[holds, "link"]) <= set(drawn.record.links.index)
    ends = {frozenset(pair) for pair in drawn.record.links[["from", "to"]].itertuples(index=False)}
    shown = pairs_of(record).query("connected == 1")
    for start, via, end in shown[["from", "via", "to"]].itertuples(index=False):
        way = [start, *(hub for hub in via.split(";") if hub), end]
        assert all(frozenset(step) in ends for step in pairwise(way))
    places = record.hubs.index[record.hubs["in_demand"] == 1]
    assert set(places) <= set(drawn.record.hubs.index)
    assert set(drawn.record.links["from"]) | set(drawn.record.links["to"]) <= set(
        drawn.record.hubs.index
    )


def test_neighbours_are_told_where_there_is_room() -> None:
    record = large_record(states=14, demand=5)
    tight, roomy = (choose(record, Allowance(links=n, flow_changes=0)) for n in (80, 8_000))
    assert set(tight.record.links.index) < set(roomy.record.links.index)


def test_of_the_outline_lesser_classes_go_first_and_short_ones_before_long_ones() -> None:
    record = wide_record(columns=60, rows=40)
    drawn = choose(record, Allowance(links=1_000, flow_changes=0, outline_lines=1_500))
    assert next(iter(drawn.outline)) == "main"
    assert "industrial" not in drawn.outline
    assert 0 < drawn.outlined < drawn.total - len(drawn.record.links)
    fewer = choose(record, Allowance(links=1_000, flow_changes=0, outline_lines=200))
    assert list(fewer.outline) == ["main"]
    assert fewer.outlined < drawn.outlined


def test_an_outline_stays_within_a_grid_unit_of_the_network() -> None:
    record = large_record(columns=40, rows=25, states=14, demand=5)
    drawn = choose(record, Allowance(links=100, outline_lines=5_000, flow_changes=0))
    sites = plane_of(record).project(record.hubs["lon"], record.hubs["lat"])
    corners = np.vstack(
        [
            np.cumsum(np.array(line).reshape(-1, 2), axis=0) * drawn.grid
            for lines in drawn.outline.values()
            for line in lines
        ]
    )
    nearest = np.hypot(*(corners[:, None] - sites[None]).transpose(2, 0, 1)).min(axis=1)
    assert nearest.max() <= drawn.grid
    assert drawn.outlined == drawn.total - len(drawn.record.links)


@pytest.mark.parametrize("allowance", [ALLOWANCES[0], ALLOWANCES[-1]])
def test_three_hundred_thousand_links_leave_room_on_the_page(allowance: Allowance) -> None:
    record = wide_record()
    assert len(record.links) > 299_000
    drawn = choose(record, allowance)
    network = encode_network(
        drawn, plane_of(record), Phrases("en"), places=frozenset(), points=allowance.course_points
    )
    size = len(zlib.compress(json.dumps(network, separators=(",", ":")).encode())) * 4 / 3
    assert size < MOST_BYTES / (3 if allowance is ALLOWANCES[0] else 8)


def test_a_page_says_how_many_links_it_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    record = shipped_record()
    monkeypatch.setattr(render, "ALLOWANCES", (FEW,))
    for language in ("en", "uk"):
        page = render.render_page(record, language=language)
        network = data_of(page)["networks"][0]
        told = len(network["links"]["from"])
        left = len(record.links) - told - network["outline"]["shown"]
        note = page[page.index('id="legend"') : page.index("</section>", page.index('id="legend"'))]
        assert all(str(n) in note for n in (told, left, len(record.links)))
        assert "links.csv" in note


def test_the_page_is_told_which_outages_lie_on_the_usual_way() -> None:
    record = shipped_record()
    pairs = pairs_of(record).query("traffic == 'passenger'")
    met = find_met_links(record, rows_of(record).query("traffic == 'passenger'"))
    struck = set(record.outages["link"])
    ends = record.links[["from", "to", "length_km"]].reset_index()
    graph = nx.Graph()
    for link, a, b, km in ends.itertuples(index=False):
        if not graph.has_edge(a, b) or graph[a][b]["km"] > km:
            graph.add_edge(a, b, km=km, link=link)
    usual = pairs[is_usual(pairs)].drop_duplicates(["from", "to"])
    assert len(usual) > 10
    for start, via, end in usual[["from", "via", "to"]].itertuples(index=False):
        way = [start, *(hub for hub in via.split(";") if hub), end]
        on = {graph[a][b]["link"] for a, b in pairwise(way)}
        assert set(met.get((start, end), ())) == on & struck
    assert any(met.values())


def test_a_pair_whose_usual_way_no_state_shows_has_the_shortest_way() -> None:
    record = large_record(columns=40, rows=25, states=14, demand=6)
    km = np.random.default_rng(3).integers(1, 50, len(record.links)).astype(float)
    record = replace(record, links=record.links.assign(length_km=km), outages=record.outages)
    pairs = rows_of(record).drop_duplicates(["from", "to"]).assign(minutes=1e6)
    background = {each.id for each in record.evidence.incidents if each.background}
    stands = record.outages["incident"].isin(background)
    shut = record.outages[stands & (record.outages["effect"] == "closed")]
    shut = set(shut.loc[shut["chosen_first"] == record.states.index[0], "link"])
    graph = nx.Graph()
    for link, a, b, length in record.links[["from", "to", "length_km"]].itertuples():
        if link not in shut:
            graph.add_edge(a, b, km=length, link=link)
    met, struck = find_met_links(record, pairs), set(record.outages["link"])
    for start, end in pairs[["from", "to"]].itertuples(index=False):
        way = nx.shortest_path(graph, start, end, weight="km")
        on = {graph[a][b]["link"] for a, b in pairwise(way)}
        found = set(met.get((start, end), ()))
        assert found <= struck
        if len(list(nx.all_shortest_paths(graph, start, end, weight="km"))) == 1:
            assert found == on & struck


def test_usual_ways_are_shown_before_others() -> None:
    record = large_record(columns=40, rows=25, states=14, demand=8)
    pairs, few = pairs_of(record), pairs_of(record, 150)
    assert pairs.equals(record.pair_table.changes)
    hidden = few["via"] == HIDDEN_WAY
    assert hidden.any()
    assert not hidden.all()
    usual = is_usual(pairs)
    assert hidden[usual].mean() < hidden[~usual & (pairs["connected"] == 1)].mean()
    assert (few.loc[~hidden, "via"] == pairs.loc[~hidden, "via"]).all()
    assert few.loc[~hidden, "via"].drop_duplicates().str.count(";").add(1).sum() <= 150 + 1
    assert set(pairs_of(record, 0).query("connected == 1")["via"]) == {HIDDEN_WAY}


def test_the_ways_of_a_page_are_read_in_parts() -> None:
    record = shipped_record()
    table = record.pair_table
    spans, routes = table.spans, table.routes

    def parts(among: np.ndarray | None) -> Iterator[pd.DataFrame]:
        wanted = pick_routes(routes, among)
        for first in range(0, len(wanted), 20):
            yield wanted.iloc[first : first + 20]

    parted = replace(record, pair_table=PairTable(lambda: iter([spans]), parts))
    assert render.render_page(parted) == render.render_page(record)
    assert "routes" not in vars(parted.pair_table)


def test_flows_are_shown_over_all_links_or_none() -> None:
    record = large_record(columns=40, rows=25, states=14, demand=5)
    assert record.flows is not None
    assert choose(record, Allowance(links=1_900)).record.flows is not None
    assert choose(record, Allowance(links=100)).record.flows is None
