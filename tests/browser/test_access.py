"""Who cannot see the page or use a mouse: axe finds no fault of any weight."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from netmodel.report.brief import render_brief
from netmodel.report.compare import render_comparison
from netmodel.report.page.render import render_page
from tests.browser.conftest import PHONE, Opened, find_faults
from tests.report_records import documented_record, make_hostile, shipped_record

pytestmark = pytest.mark.browser
Open = Callable[..., Opened]


@pytest.mark.parametrize(
    ("name", "language", "options"),
    [
        ("crimean-bridge-2022", "en", {}),
        ("crimean-bridge-2022", "uk", {"color_scheme": "dark"}),
        ("crimea-may-2023", "en", {"viewport": PHONE}),
    ],
)
def test_a_page_has_no_fault(
    open_page: Open, axe: Path, name: str, language: str, options: dict
) -> None:
    text = render_page(shipped_record(name), language=language)
    assert find_faults(open_page(text, bypass_csp=True, **options), axe) == []


def test_a_long_page_has_no_fault_as_a_reader_first_sees_it(open_page: Open, axe: Path) -> None:
    """With all unfolded axe needs minutes; what is folded is made as on the other pages."""
    opened = open_page(render_page(shipped_record("ukraine-february-2026")), bypass_csp=True)
    assert find_faults(opened, axe, unfold=False) == []


def test_the_page_of_the_documentation_has_no_fault(open_page: Open, axe: Path) -> None:
    assert find_faults(open_page(render_page(documented_record()), bypass_csp=True), axe) == []


def test_a_page_has_no_fault_while_it_shows_diverted_traffic(open_page: Open, axe: Path) -> None:
    opened = open_page(render_page(shipped_record("kupiansk-pokrovsk")), bypass_csp=True)
    opened.page.locator("#flows").check()
    assert find_faults(opened, axe) == []


def test_a_page_of_right_to_left_texts_has_no_fault(open_page: Open, axe: Path) -> None:
    text = "تعطل حركة القطارات بين سيمفيروبول وسيفاستوبول"
    opened = open_page(render_page(make_hostile(shipped_record(), text)), bypass_csp=True)
    assert find_faults(opened, axe) == []


def test_a_comparison_has_no_fault(open_page: Open, axe: Path) -> None:
    records = [shipped_record(time_rule=rule) for rule in ("earliest", "latest")]
    assert find_faults(open_page(render_comparison(records), bypass_csp=True), axe) == []


@pytest.mark.parametrize("language", ["en", "uk"])
def test_a_brief_has_no_fault(open_page: Open, axe: Path, language: str) -> None:
    text = render_brief(shipped_record("crimean-bridge-2022"), language=language)
    assert find_faults(open_page(text, ready=False, bypass_csp=True), axe) == []
