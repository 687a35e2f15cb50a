"""A run between a thousand places: its page stays small, says what it leaves out, and works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from netmodel.report.page import render
from netmodel.report.page.allowance import ALLOWANCES, MOST_BYTES, Allowance, choose_places
from netmodel.report.page.render import render_page
from netmodel.runs.pair_table import PairTable
from netmodel.runs.record import RunRecord
from tests.browser.conftest import Opened
from tests.report_records import data_of, large_record, shipped_record

pytestmark = pytest.mark.browser
STATES, CUT_FROM = 24, 4


@cache
def thousand_places() -> RunRecord:
    """Return a made-up run in which every fortieth of 1,000 places is cut off after a while."""
    record = large_record(columns=40, rows=25, demand=40, states=STATES)
    hubs = record.hubs.assign(in_demand=1)
    a, b = np.triu_indices(len(hubs), 1)
    ids, minutes = hubs.index.to_numpy(), 60.0 + (a * 7 + b) % 900
    lost = (a % 40 == 0) | (b % 40 == 0)
    usual = pd.DataFrame(
        {
            "traffic": "passenger", "from": ids[a], "to": ids[b], "first": 0,
            "last": np.where(lost, CUT_FROM - 1, STATES - 1), "connected": 1,
            "base_minutes": minutes, "minutes": minutes, "base_km": minutes, "km": minutes,
            "served_minutes": minutes, "certainty": "connected", "route": 0,
        }
    )  # fmt: skip
    cut = usual[lost].assign(
        first=CUT_FROM, last=STATES - 1, connected=0, minutes=np.nan, km=np.nan,
        served_minutes=np.nan, certainty="cut", route=np.nan,
    )  # fmt: skip
    routes = pd.DataFrame({"via": ["h1;h2"]}, index=pd.Index([0], name="route"))
    spans = pd.concat([usual, cut], ignore_index=True)
    return replace(record, hubs=hubs, pair_table=PairTable.of_frames(spans, routes))


@pytest.mark.slow
def test_a_page_of_a_thousand_places_stays_small_and_says_what_it_leaves_out(
    open_page: Callable[..., Opened],
) -> None:
    record = thousand_places()
    text = render_page(record)
    assert len(text.encode()) <= MOST_BYTES < 4_000_000
    data = data_of(text)
    assert len(data["networks"][0]["hubs"]["demand"]) <= ALLOWANCES[0].places
    opened = open_page(text)
    said = opened.page.locator("#pair .leftout").first.inner_text()
    assert "1,000" in said
    assert opened.page.locator("#affected tbody tr").count() > 0
    assert opened.said == []


def test_the_places_that_changed_most_are_shown() -> None:
    record = thousand_places()
    chosen = choose_places(record, ALLOWANCES[0])
    assert len(chosen) == ALLOWANCES[0].places
    lost = set(record.hubs.index[::40])
    assert lost <= chosen
    assert choose_places(shipped_record(), ALLOWANCES[0]) == frozenset(
        shipped_record().hubs.index[shipped_record().hubs["in_demand"] == 1]
    )


def test_a_page_with_an_outline_of_its_network_works(
    open_page: Callable[..., Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Allowance(links=60, outline_lines=40, way_hubs=300)
    monkeypatch.setattr(render, "ALLOWANCES", (few,))
    opened = open_page(render_page(shipped_record()))
    assert opened.page.locator("#maps .outline").count() > 0
    assert opened.page.locator("#maps .outline ~ .sea").count() == 0
    assert "links.csv" in opened.page.locator("#map .leftout").inner_text()
    opened.page.locator(".mapbuttons button").last.click()
    row = opened.page.locator("#affected tbody tr").first
    row.locator("button").first.click()
    opened.go_to_state(1)
    assert opened.page.locator("#route").inner_text()
    assert opened.said == []
