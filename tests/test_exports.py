"""A run as a status table, a workbook and a GeoPackage."""

import re
from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd
import pytest

import netmodel as nm
from netmodel.files.written import find_strangers
from netmodel.report.geodata import write_geopackage
from netmodel.report.run_folder import refresh_reports, write_run
from netmodel.report.workbook import write_workbook
from netmodel.runs.instants import know_instant
from netmodel.runs.moment import link_states
from netmodel.runs.status import effect_spans, status_table
from tests.report_records import shipped_record

openpyxl = pytest.importorskip("openpyxl")
pyogrio = pytest.importorskip("pyogrio")

SHIPPED = ("crimea-may-2023", "ukraine-february-2026")


@pytest.mark.parametrize("name", SHIPPED)
def test_spans_say_what_each_state_says_and_no_two_adjoining_ones_are_equal(name):
    record = shipped_record(name)
    spans = effect_spans(record)
    for state, row in record.states.iterrows():
        now = spans[(spans["start"] <= row["start"]) & (row["start"] < spans["end"])]
        expected = link_states(record, int(state))
        told = now.set_index("link").loc[expected.index]
        for column in ("effect", "certain_effect", "possible_effect"):
            assert told[column].tolist() == expected[column].tolist()
        named = [set(filter(None, each.split(";"))) for each in told["incidents"]]
        assert named == [set(filter(None, each.split(";"))) for each in expected["incidents"]]
    told = spans[["link", "effect", "certain_effect", "possible_effect", "incidents"]]
    assert not (told == told.shift()).all(axis=1).any()
    assert (spans["start"] < spans["end"]).all()


def test_status_ends_operational_where_all_outages_have_ended():
    record = shipped_record("ukraine-february-2026")
    status = status_table(record)
    end = record.states["end"].iloc[-1]
    for _, rows in status.groupby("link"):
        held = rows[rows["status"] != "operational"]
        ended = (held["until"].notna() & (held["until"] < end)).all()
        assert ((rows["status"] == "operational").sum() > 0) == ended
    assert set(status["reliability"]) <= {"several publishers", "one publisher", "assumed"}
    closed = status["status"] == "not operational"
    assert (status.loc[closed, "effect"] == "closed").all()


def test_an_instant_between_two_bounds_is_not_told_as_reported():
    at = [pd.Timestamp(2026, 1, day, tz="UTC") for day in (1, 2, 3)]
    assert know_instant(at[1], at[1], at[1]) == "reported"
    assert know_instant(at[1], at[0], at[2]) == "between"
    assert know_instant(at[1], pd.NaT, at[2]) == "assumed"
    assert know_instant(pd.NaT, at[0], pd.NaT) == "open"
    status = status_table(shipped_record("crimea-may-2023"))
    exact = status["since_earliest"] == status["since_latest"]
    assert ((status["since_known"] == "reported") == exact).all()


def test_the_workbook_holds_dates_names_and_no_formula(tmp_path):
    record = shipped_record("crimea-may-2023")
    summary = replace(record.summary, title="=HYPERLINK(1)", description="@SUM(1)")
    path = write_workbook(replace(record, summary=summary), tmp_path / "run.xlsx")
    book = openpyxl.load_workbook(path)
    assert book["Summary"]["B2"].value == "=HYPERLINK(1)"
    assert {cell.data_type for sheet in book for row in sheet for cell in row} <= {"s", "n", "d"}
    states = book["States"]
    assert states.freeze_panes == "A2"
    head = [cell.value for cell in states[1]]
    first = states.cell(2, head.index("start") + 1).value
    zone = record.summary.window.zone
    assert isinstance(first, datetime)
    assert pd.Timestamp(first, tz=zone) == record.states["start"].iloc[0]
    assert states.max_row == len(record.states) + 1
    assert {"from_name", "to_name"} <= {cell.value for cell in book["Pairs"][1]}


def test_the_workbook_tells_every_time_in_one_zone(tmp_path):
    record = shipped_record("crimea-may-2023")
    name = next(iter(record.evidence.documents))
    for given, told in (
        ("2023-05-18T21:30:00Z", "2023-05-19 00:30"),
        ("2023-05-18T23:30+05:00", "2023-05-18 21:30"),
        ("2023-05-18", "2023-05-18"),
        ("", None),
    ):
        documents = dict(record.evidence.documents)
        documents[name] = replace(documents[name], published=given)
        changed = replace(record, evidence=replace(record.evidence, documents=documents))
        path = write_workbook(changed, tmp_path / "run.xlsx")
        book = openpyxl.load_workbook(path)
        dates = {row[0]: row[3] for row in book["Documents"].iter_rows(values_only=True)}
        assert dates[name] == told
        rows = (row for sheet in book for row in sheet.iter_rows(values_only=True))
        texts = [cell for row in rows for cell in row]
        clocks = re.compile(r"\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)")
        assert not [each for each in texts if isinstance(each, str) and clocks.search(each)]


def test_the_pairs_of_the_workbook_are_those_that_a_state_touched(tmp_path):
    record = shipped_record("crimea-may-2023")
    book = openpyxl.load_workbook(write_workbook(record, tmp_path / "run.xlsx"), read_only=True)
    rows = list(book["Pairs"].iter_rows(values_only=True))
    head, kept = rows[0], {(row[0], row[1], row[2], row[4]) for row in rows[1:]}
    assert head[4] == "to"
    pairs = record.pairs
    changed = ~np.isclose(pairs["minutes"], pairs["base_minutes"], equal_nan=True)
    wanted = pairs[changed | ~pairs["certainty"].isin(["connected", "cut in base"])]
    names = ["state", "traffic", "from", "to"]
    assert kept == set(wanted[names].itertuples(index=False, name=None))


def test_a_gis_reads_layers_with_times_and_styles(tmp_path):
    record = shipped_record("crimea-may-2023")
    path = write_geopackage(record, tmp_path / "run.gpkg")
    layers = {name for name, kind in pyogrio.list_layers(path) if kind}
    assert {"links_over_time", "outages", "hubs_over_time"} <= layers
    for layer in layers - {"outages"}:
        info = pyogrio.read_info(path, layer=layer)
        kinds = dict(zip(info["fields"], info["dtypes"], strict=True))
        assert kinds["start"].startswith("datetime64")
        assert kinds["end"].startswith("datetime64")
        assert info["crs"] == "EPSG:4326"
    links = pyogrio.read_dataframe(path, layer="links_over_time")
    spans = effect_spans(record)
    assert links["effect"].tolist() == spans["effect"].tolist()
    assert (pd.to_datetime(links["end"], utc=True).to_numpy() == spans["end"].to_numpy()).all()
    styles = pyogrio.read_dataframe(path, layer="layer_styles", read_geometry=False)
    assert set(styles["f_table_name"]) == layers


def test_both_are_the_same_bytes_each_time_and_on_the_list_of_the_folder(tmp_path):
    record = shipped_record("crimea-may-2023")
    one = write_run(record, tmp_path / "one", xlsx=True, gpkg=True)
    other = write_run(record, tmp_path / "other")
    assert not (other / "run.xlsx").exists()
    refresh_reports(other, xlsx=True, gpkg=True)
    for name in ("run.xlsx", "run.gpkg", "status.csv"):
        assert (one / name).read_bytes() == (other / name).read_bytes()
    assert not find_strangers(one)
    assert not find_strangers(other)


def test_a_run_without_outages_has_an_empty_status():
    quiet = nm.run("crimea-may-2023", incidents=(), standing_closures="none")
    assert status_table(quiet.record).empty
    assert (effect_spans(quiet.record)["effect"] == "open").all()
