"""Ways round, flows and disjoint routes in the folder of a run, and how the report tells them."""

import json
import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from netmodel.report.markdown import render_markdown
from netmodel.report.page.encoding import encode_flows
from netmodel.report.page.incidents import describe_detours
from netmodel.report.page.render import render_page
from netmodel.report.run_folder import write_run
from netmodel.runs import journeys as traffic_tables
from netmodel.runs.documents import RunDetour, RunDetours
from netmodel.runs.journeys import FLOW_COLUMNS, WAYS_COLUMNS, flow_table, redundancy_table
from netmodel.runs.record import OPTIONAL_TABLES, read_record
from netmodel.words.strings import Phrases
from tests.report_records import data_of, shipped_record, shipped_run

NAMES = ("crimea-may-2023", "kupiansk-pokrovsk", "ukraine-february-2026")


@pytest.fixture(scope="module", params=NAMES)
def run(request):
    return shipped_run(request.param)


def base_routes(run, traffic):
    impact = next(each for each in run.impacts if each.traffic == traffic)
    return impact.assessor, {hub: n for n, hub in enumerate(impact.assessor.demand.hubs)}


def steps_of(travel, i: int, j: int):
    """Yield each link of the journeys of a pair, and the share that runs over it."""
    ways = travel.ways
    share = 1.0
    for way in ways.of(i, j) if travel.connected[i, j] else ():
        if not travel.kept[way]:
            continue
        share -= ways.share[way]
        last = [*ways.offsets, len(ways.start)][way + 1]
        for stretch in range(ways.offsets[way], last):
            for step in range(ways.start[stretch], ways.end[stretch]):
                yield ways.lines.link[step], ways.share[way]
    for link, _ in travel.routes.links_between(i, j) if share > 1e-9 else ():
        yield link, share


def test_ways_are_of_pairs_whose_way_in_the_base_a_documented_incident_closed(run):
    ways, outages = run.record.ways, run.outages
    assert tuple(ways.columns) == WAYS_COLUMNS
    studied = {placement.incident.id for placement in run.placements}
    assert set(ways["incident"]) <= studied
    closed = outages[(outages["effect"] == "closed") & (outages["documents"] != "")]
    links = closed.groupby("incident")["link"].agg(set)
    for (traffic, incident), rows in ways.groupby(["traffic", "incident"]):
        assessor, place = base_routes(run, traffic)
        ids = [link.id for link in assessor.network.links]
        for row in rows.to_dict("records"):
            ends = place[row["from"]], place[row["to"]]
            steps = list(steps_of(assessor.base_travel, *ends))
            hit = {ids[n] for n, _ in steps} & links[incident]
            assert (0 < row["share"] <= 1) if hit else row["share"] == 0


def test_a_way_round_uses_nothing_that_the_incident_closed(run):
    outages = run.outages
    closed = outages[outages["effect"] == "closed"].groupby("incident")["link"].agg(set)
    ends = run.record.links[["from", "to"]]
    for row in run.record.ways.to_dict("records"):
        if not row["exists"]:
            assert row["via"] == ""
            assert np.isnan(row["extra_minutes"])
            assert np.isnan(row["extra_km"])
            continue
        assert row["extra_minutes"] >= 0
        shut = {frozenset(pair) for pair in ends.loc[list(closed[row["incident"]])].to_numpy()}
        open_ = ends.drop(list(closed[row["incident"]]))
        joined = {frozenset(pair) for pair in open_.to_numpy()}
        for step in pairwise([row["from"], *filter(None, row["via"].split(";")), row["to"]]):
            assert frozenset(step) not in shut - joined


def test_what_is_told_of_the_ways_is_the_table(run):
    ways = run.record.ways
    told = {each.id: each.detours for each in run.evidence.incidents if each.detours}
    assert set(ways["incident"]) <= set(told)
    for incident, entries in told.items():
        for each in entries:
            hit = (ways["incident"] == incident) & (ways["share"] > 0)
            rows = ways[hit & (ways["traffic"] == each.traffic)]
            assert each.closed == len(rows)
            assert each.with_way == rows["exists"].sum()
            extra = rows.loc[rows["exists"] == 1, "extra_minutes"]
            for name, value in (("least", extra.min()), ("greatest", extra.max()),
                                ("median", extra.median())):  # fmt: skip
                shown = getattr(each, f"{name}_extra_minutes")
                assert (shown is None and extra.empty) or shown == pytest.approx(value, abs=0.06)
            pairs = set(zip(rows["from"], rows["to"], strict=True))
            assert {(e.start_hub, e.end_hub) for e in each.examples} <= pairs


def test_flows_are_the_sum_over_the_ways(run):
    """One state of each kind of traffic, added up link by link along every way."""
    flows = run.record.flows
    assert tuple(flows.columns) == FLOW_COLUMNS
    for impact in run.impacts:
        assessor, trips = impact.assessor, impact.assessor.demand.trips
        count = run.states["outages"].idxmax()
        sums = []
        for travel in (assessor.base_travel, impact.states[count].travel):
            total = np.zeros(len(assessor.network.links))
            for i, j in zip(*np.nonzero(trips), strict=True):
                for link, share in steps_of(travel, int(i), int(j)):
                    total[link] += trips[i, j] * share
            sums.append(total)
        rows = flows[(flows["state"] == count) & (flows["traffic"] == impact.traffic)]
        at = [run.network.link_index[link] for link in rows["link"]]
        np.testing.assert_allclose(rows["base_trips"], sums[0][at], atol=6e-5)
        np.testing.assert_allclose(rows["trips"], sums[1][at], atol=6e-5)
        assert set(np.flatnonzero(np.abs(sums[1] - sums[0]) > 1e-4)) <= set(at)
        assert (rows["base_trips"] != rows["trips"]).all()


def test_a_state_without_outages_beyond_the_base_has_no_changed_flow():
    run = shipped_run()
    flows, outages = run.record.flows, run.outages
    studied = outages[(outages["standing"] == 0) & outages["start"].notna()]
    for state, row in run.states.iterrows():
        holds = ((studied["start"] <= row["start"]) & (studied["end"] > row["start"])).any()
        assert (flows["state"] == state).any() == holds
    documents = run.evidence.documents
    assert all(each in documents for text in studied["documents"] for each in text.split(";"))


def test_disjoint_routes_and_trips_of_every_pair(run):
    table = run.record.redundancy
    for impact in run.impacts:
        rows = table[table["traffic"] == impact.traffic]
        first = run.pairs[(run.pairs["traffic"] == impact.traffic) & (run.pairs["state"] == 0)]
        assert rows["from"].tolist() == first["from"].tolist()
        assert rows["to"].tolist() == first["to"].tolist()
        assert rows["trips"].sum() == pytest.approx(impact.assessor.demand.trips.sum(), abs=0.1)
        linked = first["base_minutes"].notna().to_numpy()
        assert (rows.loc[~linked, "disjoint_routes"] == 0).all()


def test_tables_too_large_are_left_out(monkeypatch):
    run = shipped_run()
    monkeypatch.setattr(traffic_tables, "FLOW_ROWS_KEPT", 100)
    monkeypatch.setattr(traffic_tables, "QUICK_PAIR_LINKS", 100)
    assert flow_table(run) is None
    assert redundancy_table(run, {each.traffic: {} for each in run.impacts}) is None


def test_the_tables_read_back_with_their_columns(run, tmp_path):
    folder = write_run(run.record, tmp_path / "run")
    again = read_record(folder)
    for name in ("ways", "flows", "redundancy"):
        pd.testing.assert_frame_equal(
            getattr(again, name), getattr(run.record, name), check_dtype=False
        )
    assert again.capacity is None
    assert not (folder / "capacity.csv").exists()


def test_a_folder_of_an_older_run_is_still_reported(tmp_path):
    folder = write_run(shipped_record(), tmp_path / "run")
    for name in OPTIONAL_TABLES:
        (folder / f"{name}.csv").unlink(missing_ok=True)
    evidence = json.loads((folder / "evidence.json").read_text())
    for incident in evidence["incidents"]:
        incident.pop("ways", None)
    (folder / "evidence.json").write_text(json.dumps(evidence))
    old = read_record(folder)
    page = render_page(old)
    assert data_of(page)["runs"][0].get("flows") is None
    assert "disjoint" not in data_of(page)["runs"][0]["pairs"]["passenger"]
    assert "note detour" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    assert "Detour by rail" not in render_markdown(old)
    write_run(old, folder, force=True)
    assert not (folder / "flows.csv").exists()


@pytest.mark.parametrize("name", NAMES)
def test_flows_of_the_page_come_back_as_the_table(name):
    record = shipped_record(name)
    kinds = list(dict.fromkeys(record.pairs["traffic"]))
    encoded = encode_flows(record, kinds)
    for kind in kinds:
        each = encoded[kind]
        rows = record.flows[record.flows["traffic"] == kind]
        known = rows.set_index(["state", "link"])
        first = np.cumsum([0, *each["changes"]])
        found = 0
        for n, link in enumerate(each["link"]):
            at = np.cumsum(each["state"][first[n] : first[n + 1]])
            trips = [each["base"][n], *each["trips"][first[n] : first[n + 1]]]
            for state in record.states.index:
                shown = trips[int(np.searchsorted(at, state, side="right"))]
                key = state, record.links.index[link]
                if key in known.index:
                    found += 1
                    assert shown == round(known.loc[key, "trips"] * 100)
                    assert each["base"][n] == round(known.loc[key, "base_trips"] * 100)
                else:
                    assert shown == each["base"][n]
        assert found == len(rows)


def test_flows_that_change_too_often_are_not_shown():
    assert encode_flows(shipped_record(), ["passenger"], 3) is None
    assert encode_flows(replace(shipped_record(), flows=None), ["passenger"]) is None


FOUND = RunDetours(
    traffic="passenger", pairs=66, closed=15, with_way=3, by="d", least_extra_minutes=38.0,
    median_extra_minutes=60.0, greatest_extra_minutes=250.0,
    examples=(
        RunDetour(start_hub="s", end_hub="d", extra_minutes=None, by=None),
        RunDetour(start_hub="s", end_hub="k", extra_minutes=38.0, by="d"),
    ),
)  # fmt: skip
PLACES = {"d": "Dzhankoi", "s": "Sevastopol", "k": "Kerch"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, ("Detour by rail: none for 12 of the 15 pairs whose route was closed; for the "
             "others between +38 min and +4 h 10 min (median +1 h), most via Dzhankoi. "
             "For example: Sevastopol – Dzhankoi: none; "
             "Sevastopol – Kerch: +38 min via Dzhankoi.")),
        ({"closed": 3, "greatest_extra_minutes": 38.0, "median_extra_minutes": 38.0, "by": None,
          "examples": ()},
         "Detour by rail: for all of the 3 pairs whose route was closed, +38 min."),
        ({"with_way": 0, "examples": FOUND.examples[:1]},
         ("Detour by rail: none for any of the 15 pairs whose route was closed. For example: "
         "Sevastopol – Dzhankoi.")),
        ({"closed": 1, "with_way": 0},
         "Detour by rail: none for the one pair whose route was closed."),
        ({"closed": 1, "with_way": 1, "greatest_extra_minutes": 38.0,
          "median_extra_minutes": 38.0},
         "Detour by rail: for the one pair whose route was closed, +38 min via Dzhankoi."),
        ({"closed": 0, "with_way": 0, "examples": ()},
         "Detour by rail: none was needed: no pair’s route used the closed section."),
    ],
)  # fmt: skip
def test_the_sentence_of_a_card(changes, sentence):
    assert describe_detours([replace(FOUND, **changes)], PLACES, Phrases("en")) == (sentence,)


def test_the_sentence_in_ukrainian_and_for_two_kinds_of_traffic():
    freight = replace(FOUND, traffic="freight", with_way=0, examples=())
    same = replace(FOUND, traffic="freight")
    assert len(describe_detours([FOUND, same], PLACES, Phrases("en"))) == 1
    first, second = describe_detours([FOUND, freight], PLACES, Phrases("uk"))
    assert first.startswith(
        "Об’їзд залізницею, пасажири: немає для 12 з 15 пар, чий шлях закрито; для решти – між "
        "+38 хв і +4 год 10 хв (медіана +1 год), найчастіше через вузол Dzhankoi."
    )
    assert second == "Об’їзд залізницею, вантажі: немає для жодної з 15 пар, чий шлях закрито."
    assert describe_detours([], {}, Phrases("uk")) == ()


def test_card_and_text_carry_the_sentence():
    record = shipped_record()
    sentence = "none for any of the 20 pairs whose route was closed."
    assert sentence in render_page(record)
    assert sentence in render_markdown(record)
