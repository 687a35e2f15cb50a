"""Parts of a page inside another page: what stands there works, and leads to the whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest

from netmodel.report.page.render import render_page
from tests.browser.conftest import DESK, PHONE
from tests.report_records import shipped_record

pytestmark = pytest.mark.browser
PARTS = ("picture,map", "picture", "map", "curve", "trains", "pair", "matrix", "incidents")
Embed = Callable[..., tuple[object, object, list[str]]]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("run") / "report.html"
    path.write_text(render_page(shipped_record()), encoding="utf-8")
    return path


@pytest.fixture
def embed(browser: object, report: Path) -> Iterator[Embed]:
    """Return what puts a part into another page, by the words that the report gives for it."""
    contexts = []

    def put(part: str, viewport: dict[str, int] = DESK) -> tuple[object, object, list[str]]:
        context = browser.new_context(viewport=viewport, offline=True, reduced_motion="reduce")
        contexts.append(context)
        page, said = context.new_page(), []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(report.as_uri())
        page.locator("html[data-ready]").wait_for(state="attached")
        page.locator("#embedding > summary").click()
        page.locator("#embedding select").select_option(part)
        snippet = page.locator("#embedding textarea").input_value()
        outer = report.with_name(f"{part.replace(',', '-')}-outer.html")
        # The address that a publisher puts in is here that of the file.
        frame = snippet.replace("https://ADDRESS/", "")
        outer.write_text(f"<!doctype html><h1>Outer</h1>{frame}", encoding="utf-8")
        page.goto(outer.as_uri())
        page.locator("iframe").scroll_into_view_if_needed()
        inside = page.frames[1]
        inside.locator("html[data-ready]").wait_for(state="attached")
        return page, inside, said

    yield put
    for context in contexts:
        context.close()


@pytest.mark.parametrize("part", PARTS)
def test_a_part_stands_alone_in_a_frame(embed: Embed, part: str) -> None:
    page, inside, said = embed(part)
    sections = inside.locator("main section").evaluate_all(
        "all => all.filter(each => each.getClientRects().length).map(each => each.id)"
    )
    assert [each for each in sections if each] == part.split(",")
    assert inside.locator("h1").is_visible()
    width = inside.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1]
    slider = inside.locator("#slider")
    slider.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert slider.input_value() == "1"
    assert "Outer" in page.locator("h1").inner_text()
    assert said == []


def test_a_frame_opens_on_the_view_that_was_given(embed: Embed, report: Path) -> None:
    page, inside, _ = embed("map")
    wanted = re.search(r"#([^\"]*)", unescape(page.locator("iframe").get_attribute("src"))).group(1)
    assert wanted.startswith("t=")
    slider = int(inside.locator("#slider").input_value())
    assert slider == 3, "the worst moment, on which the page opens"


def test_a_number_in_a_frame_leads_to_the_whole_page(embed: Embed) -> None:
    page, inside, said = embed("picture,map")
    with page.context.expect_page() as opened:
        inside.locator("#bandsays a.why").last.dispatch_event("click")
    whole = opened.value
    whole.locator("html[data-ready]").wait_for(state="attached")
    incident = shipped_record().evidence.studied[0].id
    assert whole.url.endswith(f"report.html#i-{incident}")
    assert whole.locator(f"[id='i-{incident}'] details.claims .claim").first.is_visible()
    assert said == []


def test_a_frame_fits_a_phone(embed: Embed) -> None:
    _, inside, said = embed("picture,map", PHONE)
    width = inside.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1]
    assert said == []
