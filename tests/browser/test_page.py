"""The report in a real browser with the network cut."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from html import escape
from pathlib import Path

import numpy as np
import pytest

from netmodel.report.compare import render_comparison
from netmodel.report.page.render import render_page
from netmodel.words.wording import show_controls
from tests.browser.conftest import DESK, PHONE, Opened
from tests.report_records import HOSTILE, large_record, make_hostile, shipped_record

pytestmark = pytest.mark.browser
Open = Callable[..., Opened]


@pytest.fixture(scope="module")
def english() -> str:
    return render_page(shipped_record())


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE}, {"color_scheme": "dark"}])
def test_page_loads_without_a_message_or_a_request(
    open_page: Open, english: str, options: dict
) -> None:
    opened = open_page(english, **options)
    assert opened.said == []
    assert opened.asked == []
    assert opened.page.locator("#maps .mapbox").is_visible()
    width = opened.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1], "nothing sticks out sideways"


@pytest.mark.parametrize("missing", ["scripts", "DecompressionStream"])
def test_the_page_is_readable_where_its_script_cannot_run(
    open_page: Open, english: str, missing: str
) -> None:
    without = {"java_script_enabled": False} if missing == "scripts" else {}
    opened = open_page(english, ready=False, missing=missing, **without)
    page = opened.page
    assert page.locator("noscript .notice, #outdated").locator("visible=true").count() == 1
    for part in (
        ".headline",
        "#figures .value >> nth=0",
        "#studied h3 >> nth=0",
        "#method p >> nth=0",
    ):
        assert page.locator(part).is_visible(), part
    assert not page.locator("#map").is_visible()
    assert opened.said == opened.asked == []


def test_the_ukrainian_page_fits_a_phone(open_page: Open) -> None:
    opened = open_page(render_page(shipped_record(), language="uk"), viewport=PHONE)
    width = opened.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1]


@pytest.mark.parametrize("traffic", ["passenger", "freight"])
def test_every_state_shows_the_figures_of_the_table(
    open_page: Open, english: str, traffic: str
) -> None:
    opened = open_page(english)
    states = shipped_record().states
    prefix = "" if traffic == "passenger" else "freight_"
    if prefix:
        opened.page.locator("#traffic input").nth(1).check(force=True)
    for state in states.index:
        opened.go_to_state(int(state))
        shown = opened.page.evaluate(
            "Object.fromEntries([...document.querySelectorAll('[data-metric]')]"
            ".map(each => [each.dataset.metric, each.dataset.value]))"
        )
        assert len(shown) >= 12
        for name, value in shown.items():
            expected = states.loc[state, f"{prefix}{name.removesuffix('_each')}"]
            if name.endswith("_each"):
                lost, share = f"{prefix}unserved_demand", f"{prefix}connected_share"
                worst = states.loc[states[lost].idxmax()]
                trips = worst[lost] / (1 - worst[share]) if worst[lost] else np.nan
                made = trips * states.loc[state, share]
                assert np.isnan(made) or float(value) == pytest.approx(expected / made, abs=1e-5)
                continue
            assert (value == "" and np.isnan(expected)) or float(value) == expected, name
    assert opened.said == []


def test_choosing_a_pair_shows_its_row(open_page: Open, english: str) -> None:
    opened = open_page(english)
    pairs = shipped_record().pairs
    rows = pairs[pairs["traffic"] == "passenger"].set_index(["from", "to", "state"])
    for ends in (("simferopol", "sevastopol"), ("dzhankoi", "kerch"), ("krasnodar", "sevastopol")):
        known = ends if (*ends, 0) in rows.index else ends[::-1]
        opened.choose("from", ends[0])
        opened.choose("to", ends[1])
        for state in shipped_record().states.index:
            opened.go_to_state(int(state))
            shown = opened.page.evaluate(
                "Object.fromEntries([...document.querySelectorAll('#route [data-of]')]"
                ".map(each => [each.dataset.of, each.dataset.value]))"
            )
            row = rows.loc[(*known, state)]
            for name in ("base_minutes", "minutes"):
                expected = "" if np.isnan(row[name]) else f"{row[name]:g}"
                assert shown[name] == expected, (ends, state, name)
            if np.isnan(row["minutes"]):
                assert shown["served_minutes"] == f"{row['served_minutes']:g}"


def test_waiting_ends_when_the_pair_is_connected_again(open_page: Open, english: str) -> None:
    opened = open_page(english)
    opened.choose("from", "simferopol")
    opened.choose("to", "sevastopol")
    states, pairs = shipped_record().states, shipped_record().pairs
    rows = pairs[(pairs["traffic"] == "passenger") & (pairs["from"] == "simferopol")
                 & (pairs["to"] == "sevastopol")].set_index("state")  # fmt: skip
    cut = rows.index[rows["connected"] == 0]
    opened.go_to_state(int(cut[0]))
    wait = float(opened.page.locator("[data-of=wait]").get_attribute("data-value"))
    assert wait == pytest.approx(states.loc[cut, "hours"].sum() * 60, abs=0.1)


def test_map_colours_the_links_that_are_out(open_page: Open, english: str) -> None:
    opened = open_page(english)
    drawn = {}
    for state in shipped_record().states.index:
        opened.go_to_state(int(state))
        drawn[state] = opened.page.evaluate(
            "Object.fromEntries(['closed', 'possibly', 'standing'].map(s =>"
            " [s, (document.querySelector('#maps .s-' + s).getAttribute('d') || '')"
            ".split('M').length - 1]))"
        )
    outages = shipped_record().outages
    studied = outages[outages["standing"] == 0]
    for state, row in shipped_record().states.iterrows():
        closed = ((studied["start"] <= row["start"]) & (studied["end"] > row["start"])).sum()
        assert drawn[state]["closed"] == closed, state
        assert drawn[state]["standing"] > 5
    assert any(each["possibly"] for each in drawn.values())


def test_a_page_without_standing_closures_lists_what_is_affected(open_page: Open) -> None:
    outages = shipped_record().outages
    studied = replace(shipped_record(), outages=outages[outages["standing"] == 0])
    opened = open_page(render_page(studied))
    opened.go_to_state(3)
    listed = opened.page.evaluate(
        "[...document.querySelector('.moment .list').childNodes].map(each => each.nodeName)"
    )
    assert listed == ["H4", "UL"]


def test_keys_move_time_and_map(open_page: Open, english: str) -> None:
    opened = open_page(english)
    page = opened.page
    opened.go_to_state(0)
    page.locator("#slider").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#slider").input_value() == "1"
    page.keyboard.press("End")
    assert page.locator("#slider").input_value() == str(len(shipped_record().states) - 1)
    page.locator(".mapbox").focus()
    place = "document.querySelector('.mapbox svg g').getAttribute('transform')"
    opening = page.evaluate(place)
    page.keyboard.press("0")
    opened.wait(f"{place} !== {opening!r}")
    before = page.evaluate(place)
    page.keyboard.press("+")
    opened.wait(f"{place} !== {before!r}")
    zoomed = page.evaluate(place)
    page.keyboard.press("ArrowLeft")
    opened.wait(f"{place} !== {zoomed!r}")
    page.keyboard.press("0")
    opened.wait(f"{place} === {before!r}")


def test_wheel_drag_and_curve_click(open_page: Open, english: str) -> None:
    opened = open_page(english)
    page = opened.page
    page.locator(".mapbox").scroll_into_view_if_needed()
    box = page.locator(".mapbox").bounding_box()
    place = "document.querySelector('.mapbox svg g').getAttribute('transform')"
    before = page.evaluate(place)
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 260, box["y"] + 230, steps=4)
    page.mouse.up()
    opened.wait(f"{place} !== {before!r}")
    moved = page.evaluate(place)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -240)
    page.keyboard.up("Control")
    opened.wait(f"{place} !== {moved!r}")
    chart = page.locator("#chart")
    chart.scroll_into_view_if_needed()
    shape = chart.bounding_box()
    chart.click(position={"x": shape["width"] - 20, "y": 60})
    assert page.locator("#slider").input_value() == str(len(shipped_record().states) - 1)


def test_play_runs_to_the_end(open_page: Open, english: str) -> None:
    opened = open_page(english)
    last = len(shipped_record().states) - 1
    opened.go_to_state(last - 1)
    opened.page.locator("#play").click()
    opened.wait(f"document.getElementById('slider').value === '{last}'")
    opened.wait("!document.getElementById('play').classList.contains('on')")


def test_labels_do_not_collide(open_page: Open, english: str) -> None:
    opened = open_page(english)
    boxes = opened.page.evaluate(
        "[...document.querySelectorAll('.mapbox .labels text')].map(each => {"
        " const b = each.getBBox(); return [b.x, b.y + 2, b.x + b.width, b.y + b.height - 2]; })"
    )
    assert len(boxes) > 10
    for number, a in enumerate(boxes):
        for b in boxes[number + 1 :]:
            overlap = (
                min(a[2], b[2]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[1], b[1]) > 1
            )
            assert not overlap


def test_figure_leads_to_its_incidents_and_documents(open_page: Open, english: str) -> None:
    opened = open_page(english)
    page = opened.page
    page.locator(".kind[data-kind='0'] .card a.basis").first.click()
    assert page.locator("#filter").is_visible()
    assert page.locator(".incident:not([hidden])").count() == 1
    documents = page.locator(".documents li:not([hidden])").count()
    assert documents == len(shipped_record().summary.figures[0].documents)
    page.locator("#filter button").click()
    assert page.locator(".documents li:not([hidden])").count() > documents


@pytest.mark.parametrize("text", ["".join(HOSTILE[n::3]) for n in range(3)], ids=range(3))
def test_hostile_texts_do_nothing_and_are_shown(open_page: Open, text: str) -> None:
    opened = open_page(render_page(make_hostile(shipped_record(), text)))
    opened.page.locator(".mapbox").click(position={"x": 300, "y": 200})
    opened.page.mouse.move(400, 300)
    assert opened.page.evaluate("window.hacked") is None
    assert opened.said == []
    assert opened.asked == []
    body = opened.page.evaluate("document.body.textContent")
    assert show_controls(text) in body
    assert show_controls(text) in opened.page.locator("h1").evaluate("each => each.textContent")


def test_page_works_in_a_frame_without_an_address(open_page: Open, english: str) -> None:
    inner = escape(english, quote=True)
    frame = f'<iframe srcdoc="{inner}" sandbox="allow-scripts" width="1200" height="800"></iframe>'
    opened = open_page(f"<!doctype html>{frame}", ready=False)
    inside = opened.page.frames[1]
    inside.locator("html[data-ready]").wait_for(state="attached")
    inside.locator(".kind[data-kind='0'] .card a.basis").first.click()
    assert inside.locator("#filter").is_visible()
    assert opened.said == []


def test_comparison_shows_both_runs(open_page: Open) -> None:
    records = [shipped_record(time_rule=rule) for rule in ("earliest", "latest")]
    opened = open_page(render_comparison(records))
    page = opened.page
    assert opened.said == []
    assert page.locator("#maps .mapbox").count() == 2
    assert page.locator("#chart path.line").count() == 2
    shown = page.evaluate(
        "[...document.querySelectorAll('[data-metric=connected_share]')].map(e => e.dataset.value)"
    )
    assert len(shown) == 2
    assert shown[0] != shown[1], "it opens on the moment at which the runs differ most"
    paths = page.evaluate(
        "[...document.querySelectorAll('#maps .s-closed')].map(e => e.getAttribute('d') || '')"
    )
    assert paths[0] != paths[1]


@pytest.mark.slow
@pytest.mark.parametrize("section", ["map", "matrix", "trains"])
def test_every_step_of_a_large_run_stays_within_a_frame(open_page: Open, section: str) -> None:
    """At 9,000 links, 1,000 states, 100 places and 1,000 trains, with what is deferred."""
    opened = open_page(large_page(demand=100, trains=1000))
    assert opened.said == []
    opened.page.locator(f"#{section}").scroll_into_view_if_needed()
    slowest = opened.slowest_step()
    assert slowest < 1, f"the slowest step takes {slowest:.2f} frames of script"
    assert opened.asked == []


def test_large_run_paints_at_once(open_page: Open) -> None:
    """By the clock, so that the quickest of five visits counts: the others wait for others."""
    opened = open_page(large_page(demand=30))
    paints = []
    for _ in range(5):
        paints.append(
            opened.page.evaluate(
                "performance.getEntriesByName('first-contentful-paint')[0].startTime"
            )
        )
        opened.page.reload()
        opened.wait("document.documentElement.dataset.ready !== undefined")
    assert min(paints) < 1000


@cache
def large_page(*, demand: int, trains: int = 0) -> str:
    return render_page(large_record(demand=demand, trains=trains))


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("desk", {"viewport": DESK}),
        ("phone", {"viewport": PHONE}),
        ("dark", {"viewport": DESK, "color_scheme": "dark"}),
    ],
)
def test_screenshots_are_not_blank(
    open_page: Open, english: str, tmp_path: Path, name: str, options: dict
) -> None:
    """Pictures to look at: kept where NETMODEL_SCREENSHOTS names a folder."""
    folder = Path(os.environ.get("NETMODEL_SCREENSHOTS") or tmp_path)
    opened = open_page(english, **options)
    picture = opened.page.screenshot(path=folder / f"{name}.png", full_page=True)
    assert len(picture) > 60_000


@pytest.mark.parametrize(("name", "most"), [("crimea-may-2023", 20), ("ukraine-february-2026", 60)])
def test_prints_numbered_pages_under_the_title(
    open_page: Open, tmp_path: Path, name: str, most: int
) -> None:
    pypdf = pytest.importorskip("pypdf")
    folder = Path(os.environ.get("NETMODEL_SCREENSHOTS") or tmp_path)
    opened = open_page(render_page(shipped_record(name)), color_scheme="dark")
    opened.page.pdf(path=folder / f"{name}.pdf", format="A4", prefer_css_page_size=True)
    sheets = pypdf.PdfReader(folder / f"{name}.pdf").pages
    assert 3 <= len(sheets) <= most
    title = opened.page.locator("h1").inner_text()[:40]
    last = opened.page.locator(".trains thead th").last.inner_text()
    rows = opened.page.locator(".trains tbody th").all_inner_texts()
    for number, sheet in enumerate(sheets, start=1):
        text = " ".join(sheet.extract_text().split())
        assert f"{number} / {len(sheets)}" in text
        assert title in text
        assert len(text) > len(title) + 200, f"page {number} is all but blank"
        lines = sheet.extract_text().splitlines()
        if sum(line.partition(" ")[0] in rows for line in lines) > 2:
            assert last in text, f"the trains of page {number} stand under no head"
    assert opened.said == []


def test_what_is_printed_is_drawn_before_the_pages_are_counted(
    open_page: Open, english: str
) -> None:
    """What changes its height after that leaves a blank page at the end, or cuts the last one."""
    opened = open_page(english)
    page = opened.page
    drawn = "document.querySelector('#chart svg').viewBox.baseVal.width"
    on_screen = page.evaluate(drawn)
    for_paper = page.evaluate(f"(dispatchEvent(new Event('beforeprint')), {drawn})")
    assert for_paper == pytest.approx((210 - 2 * 14) * 96 / 25.4, abs=1)
    assert page.evaluate("document.body.clientWidth") == DESK["width"], "the screen is as it was"
    page.emulate_media(media="print")
    assert page.evaluate(drawn) == for_paper
    page.emulate_media(media="screen")
    assert page.evaluate(f"(dispatchEvent(new Event('afterprint')), {drawn})") == on_screen
    assert opened.said == opened.asked == []
