"""The first picture: every train or journey by what became of it, hatched where in doubt."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from netmodel.report.page.render import render_page
from netmodel.runs.columns import FATE_COLUMNS
from netmodel.runs.record import RunRecord
from tests.browser.conftest import Opened
from tests.report_records import shipped_record

pytestmark = pytest.mark.browser
Open = Callable[..., Opened]
FEBRUARY, CRIMEA = "ukraine-february-2026", "crimea-may-2023"


@cache
def record_of(name: str) -> RunRecord:
    record = shipped_record(name)
    if name == FEBRUARY:
        return record
    summary = replace(record.summary, trains=None)
    return replace(record, summary=summary, services=None, trains=None, train_days=None)


@cache
def page_of(name: str) -> str:
    return render_page(record_of(name))


def given_table(page: object) -> list[dict[str, str]]:
    with page.expect_download() as caught:
        page.locator("#picture .gives button", has_text="CSV").click()
    text = caught.value.path().read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_all_trains_are_shown_by_fate_with_their_bounds(open_page: Open) -> None:
    opened = open_page(page_of(FEBRUARY))
    rows, states = given_table(opened.page), shipped_record(FEBRUARY).states
    assert len(rows) == len(states)
    for row, (_, state) in zip(rows, states.iterrows(), strict=True):
        shown = {name: float(row[name]) for name in [*FATE_COLUMNS.values(), "by_bus"]}
        assert sum(shown.values()) == pytest.approx(state["trains"], abs=0.02)
        cut = shown.pop("cut_short") + shown.pop("by_bus")
        assert cut == pytest.approx(state["trains_cut_short"], abs=0.02)
        for name, value in shown.items():
            assert value == pytest.approx(state[f"trains_{name}"], abs=0.05), name
        assert float(row["not_through_least"]) == pytest.approx(state["trains_certainly_not"])
        assert float(row["not_through_most"]) == pytest.approx(state["trains_possibly_not"])
        through = 1 - state["trains_through_share"]
        below = cut + shown["split"] + shown["not_run"]
        assert below == pytest.approx(through * state["trains"], abs=0.1)
    assert opened.said == []


def test_journeys_are_shown_where_no_train_was_touched(open_page: Open) -> None:
    opened = open_page(page_of(CRIMEA))
    states = record_of(CRIMEA).states
    for row, (_, state) in zip(given_table(opened.page), states.iterrows(), strict=True):
        ways = [float(row[name]) for name in ("no_way", "by_bus", "longer", "as_usual")]
        assert sum(ways) == pytest.approx(1.0)
        assert ways[0] + ways[1] == pytest.approx(1 - state["connected_share"], abs=1e-5)
        least = 1 - state["connected_share_possible"]
        assert float(row["not_through_least"]) == pytest.approx(least, abs=1e-5)
    assert opened.page.locator("#bandchart .doubt").count() == 1


@pytest.mark.parametrize("name", [FEBRUARY, CRIMEA])
def test_the_legend_names_what_is_drawn_by_form_and_colour(open_page: Open, name: str) -> None:
    page = open_page(page_of(name)).page
    drawn = page.locator("#bandchart [data-fate]").evaluate_all(
        "all => all.map(each => getComputedStyle(each).fill)"
    )
    assert len(drawn) == len(set(drawn)), "no two layers look alike"
    assert page.locator("#bandlegend li").count() == len(drawn) + 1
    doubt = page.locator("#bandchart .doubt").evaluate("each => getComputedStyle(each).fill")
    assert doubt not in drawn


def test_only_those_affected_fill_the_picture(open_page: Open) -> None:
    page = open_page(page_of(FEBRUARY)).page
    high = "each => each.getBBox().height"
    before = page.locator("#bandchart [data-fate=cut_short]").evaluate(high)
    page.locator("#bandscale input").nth(1).check(force=True)
    assert page.locator("#bandchart [data-fate=cut_short]").evaluate(high) > 2 * before


def test_the_moment_is_told_beside_the_picture(open_page: Open) -> None:
    opened = open_page(page_of(FEBRUARY))
    states = shipped_record(FEBRUARY).states
    for state in (0, len(states) // 2):
        opened.go_to_state(state)
        said = opened.page.locator("#bandsays").inner_text()
        trains = float(states["trains"][state])  # a mean of days, where they differ
        whole = abs(trains - round(trains)) < 0.05
        assert f"{trains:.{0 if whole else 1}f} trains" in said
    opened.page.mouse.move(0, 0)
    opened.page.locator("#bandchart").hover(position={"x": 400, "y": 100})
    assert opened.page.locator("#bandsays").inner_text() != said, "it follows the pointer"
