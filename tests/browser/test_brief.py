"""The brief of a run: one page of A4, without script, for print."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from netmodel.report.brief import render_brief
from netmodel.report.page.opening import write_opening
from netmodel.report.run_folder import refresh_reports, write_run
from netmodel.words.strings import Phrases
from tests.report_records import HOSTILE, make_hostile, shipped_record

pytestmark = pytest.mark.browser
SHIPPED = ("crimea-may-2023", "crimean-bridge-2022", "kupiansk-pokrovsk", "ukraine-february-2026")


@pytest.mark.parametrize("language", ["en", "uk"])
@pytest.mark.parametrize("name", SHIPPED)
def test_a_brief_is_one_printed_page(
    browser: object, tmp_path: Path, name: str, language: str
) -> None:
    path = tmp_path / "brief.html"
    path.write_text(render_brief(shipped_record(name), language=language), encoding="utf-8")
    context = browser.new_context(offline=True)
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.goto(path.as_uri())
    words = page.locator("body").inner_text()
    printed = page.pdf(prefer_css_page_size=True)
    context.close()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    assert write_opening(shipped_record(name), Phrases(language))[0] in words
    assert not [each for each in ("nan", "null", "undefined") if re.search(rf"\b{each}\b", words)]
    assert said == []


def test_a_brief_holds_no_script_and_shows_hostile_texts() -> None:
    for text in HOSTILE:
        page = render_brief(make_hostile(shipped_record(), text))
        assert "<script" not in page
        assert not re.search(r"<[^>]*\\son\\w+=", page)


def test_the_ids_of_the_drawings_do_not_meet() -> None:
    page = render_brief(shipped_record())
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    wanted = set(re.findall(r'(?:href="|url\()#([^")]+)', page))
    assert wanted <= set(ids)


def test_a_brief_is_written_on_request_and_the_same_each_time(tmp_path: Path) -> None:
    one = write_run(shipped_record(), tmp_path / "one", brief=True)
    other = write_run(shipped_record(), tmp_path / "other")
    assert not (other / "brief.html").exists()
    refresh_reports(other, brief=True)
    assert (one / "brief.html").read_bytes() == (other / "brief.html").read_bytes()
