"""An article that was read, reviewed in a browser, and taken over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import netmodel as nm
from tests.browser.conftest import Opened
from tests.own_network import command
from tests.test_read_review import ARTICLE, accepted, drafts

__all__ = ["drafts"]
pytestmark = pytest.mark.browser
Open = Callable[..., Opened]


def test_a_draft_that_was_read_is_decided_in_the_browser(open_page: Open, drafts: Path) -> None:
    said = command("review", drafts, "--browser")
    assert said.code in {0, 1}, said.err
    shown = drafts.with_name("drafts.review.html").read_text("utf-8")
    opened = open_page(shown)
    page = opened.page
    assert (opened.said, opened.asked) == ([], [])
    assert page.locator(".text").text_content() == ARTICLE
    questions = nm.reading.list_questions(nm.reading.read_draft(drafts))
    assert page.locator(".question.open:visible").count() == len(questions)
    while page.locator(".question.open:visible").count():
        page.locator(".question.open:visible").first.locator("[data-do=accept]").click()
    with page.expect_download() as caught:
        page.locator("#save").click()
    saved = drafts.parent / "saved.yaml"
    caught.value.save_as(saved)
    taken = command("review", drafts, "--decisions", saved)
    assert taken.code == 0, taken.err
    assert accepted(drafts).kind == "derailment"
