"""Diverted traffic and disjoint routes on the page, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from netmodel.report.compare import render_comparison
from netmodel.report.page.render import render_page
from tests.browser.conftest import Opened
from tests.browser.test_page import large_page
from tests.report_records import shipped_record

pytestmark = pytest.mark.browser
Open = Callable[..., Opened]
DRAWN = "(document.querySelector('#maps .{name}').getAttribute('d') || '').split('M').length - 1"


def drawn(opened: Opened, name: str) -> int:
    return opened.page.evaluate(DRAWN.format(name=name))


def shown(opened: Opened) -> dict[int, tuple[float, float]]:
    rows = opened.page.evaluate(
        "[...document.querySelectorAll('.flowtable tbody tr')].map(row =>"
        " [row.dataset.link, row.dataset.base, row.dataset.trips].map(Number))"
    )
    return {int(link): (base, trips) for link, base, trips in rows}


@pytest.mark.parametrize("traffic", ["passenger", "freight"])
def test_the_switch_shows_the_figures_of_the_table(open_page: Open, traffic: str) -> None:
    record = shipped_record("kupiansk-pokrovsk")
    opened = open_page(render_page(record))
    assert not opened.page.locator(".flowbox").is_visible()
    assert not opened.page.locator("#legend .flowkey").last.is_visible()
    opened.page.locator("#flows").check()
    opened.page.locator(".flowtable summary").click()
    if traffic == "freight":
        opened.page.locator("#traffic input").nth(1).check(force=True)
    links = {link: number for number, link in enumerate(record.links.index)}
    flows = record.flows[record.flows["traffic"] == traffic]
    for state in record.states.index:
        opened.go_to_state(int(state))
        rows = flows[flows["state"] == state]
        expected = {
            links[row["link"]]: (row["base_trips"], row["trips"]) for row in rows.to_dict("records")
        }
        if len(rows):
            told = shown(opened)
            assert told.keys() == expected.keys()
            for link, numbers in expected.items():
                # Journeys over trains make parts of trips; the page keeps hundredths of them.
                assert told[link] == tuple(np.rint(np.array(numbers) * 100) / 100)
        else:
            assert not drawn(opened, "flow-more")
        lost = rows["trips"] < rows["base_trips"]
        nothing = rows["trips"] == 0
        assert drawn(opened, "flow-none") == nothing.sum()
        assert drawn(opened, "flow-less") == (lost & ~nothing).sum()
        more = sum(drawn(opened, f"flow-more.f{n}") for n in (1, 2, 3, 4))
        assert more == (~lost).sum()
        words = opened.page.locator(".flowwords").inner_text()
        if len(rows):
            assert words.startswith(f"{more} link")
        else:
            assert words == "No link carries more or less than undisturbed."
    assert opened.said == []


def test_the_switch_goes_off_again(open_page: Open) -> None:
    opened = open_page(render_page(shipped_record("kupiansk-pokrovsk"), language="uk"))
    opened.page.get_by_label("Показати перерозподіл руху").check()
    assert opened.page.locator(".flowwords").is_visible()
    assert opened.page.locator("#legend .flowkey").first.is_visible()
    opened.page.locator("#flows").uncheck()
    assert not opened.page.locator(".flowwords").is_visible()
    assert not opened.page.locator("#legend .flowkey").first.is_visible()
    assert opened.page.evaluate("getComputedStyle(document.querySelector('.flow')).display") == (
        "none"
    )


def test_without_flows_there_is_no_switch(open_page: Open) -> None:
    record = replace(shipped_record(), flows=None, ways=None, redundancy=None)
    opened = open_page(render_page(record))
    assert opened.page.locator("#flows").count() == 0
    assert opened.page.locator("#route .disjoint").count() == 0
    assert opened.said == []


def test_a_comparison_has_one_switch_for_both_maps(open_page: Open) -> None:
    records = [shipped_record(time_rule=rule) for rule in ("earliest", "latest")]
    opened = open_page(render_comparison(records))
    opened.page.locator("#flows").check()
    assert opened.page.locator(".flowwords").count() == 2
    assert opened.said == []


def test_the_pair_says_how_many_routes_share_no_link(open_page: Open) -> None:
    record = shipped_record("kupiansk-pokrovsk")
    opened = open_page(render_page(record))
    rows = record.redundancy[record.redundancy["traffic"] == "passenger"]
    for count in (2, 3, 4):
        row = rows[rows["disjoint_routes"] == count].iloc[0]
        opened.choose("from", row["to"])
        opened.choose("to", row["from"])
        text = opened.page.locator("#route .disjoint").inner_text()
        assert text == f"{count} routes that share no link"
    crimea = open_page(render_page(shipped_record()))
    assert crimea.page.locator("#route .disjoint").inner_text() == (
        "all routes have a link in common"
    )


@pytest.mark.slow
def test_diverted_traffic_of_a_large_run_keeps_within_a_frame(open_page: Open) -> None:
    opened = open_page(large_page(demand=30))
    opened.page.locator("#flows").check()
    slowest = opened.slowest_step()
    assert slowest < 16, f"the slowest step takes {slowest} ms of script"
    assert opened.said == []
