"""The page of a review in a browser: what it shows, what it gives back, and that nothing runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from netmodel.reading.decisions import read_decisions
from netmodel.reading.draft import Draft
from netmodel.reading.open_questions import Decision, list_all_questions, list_questions
from netmodel.report.review_page import render_review
from tests.browser.conftest import PHONE, Opened, find_faults
from tests.small_draft import DERAILED, NAME, TEXT, TREE, make_draft, make_known

pytestmark = pytest.mark.browser
Open = Callable[..., Opened]


def render(draft: Draft | None = None, **options: object) -> str:
    return render_review(draft or make_draft(), texts={NAME: TEXT}, **options)  # type: ignore[arg-type]


def box(page: object, question: str) -> object:
    number = [each.id for each in list_all_questions(make_draft())].index(question)
    return page.locator(".question").nth(number)


def press(page: object, question: str, verb: str) -> None:
    box(page, question).locator(f"[data-do={verb}]").click()


def save(page: object, tmp_path: Path) -> list[Decision]:
    with page.expect_download() as caught:
        page.locator("#save").click()
    assert caught.value.suggested_filename == "drafts.decisions.yaml"
    path = tmp_path / "saved.yaml"
    caught.value.save_as(path)
    return list(read_decisions(path))


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE}, {"color_scheme": "dark"}])
def test_the_page_loads_without_a_message_or_a_request(open_page: Open, options: dict) -> None:
    opened = open_page(render(), **options)
    assert (opened.said, opened.asked) == ([], [])
    width = opened.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1]


def test_the_page_asks_what_is_open(open_page: Open) -> None:
    page = open_page(render()).page
    count = page.locator(".question.open:visible").count()
    assert count == len(list_questions(make_draft()))


def test_the_words_of_a_question_are_lit_in_the_article(open_page: Open) -> None:
    page = open_page(render()).page
    assert page.locator(".text").text_content() == TEXT
    box(page, f"{DERAILED}/field/0").focus()
    assert page.locator("mark.on").all_text_contents() == ["between Fastiv and Bila Tserkva"]
    page.locator("mark.doubt", has_text="at 5:40 on Tuesday").click()
    focused = page.evaluate("document.activeElement.classList.contains('question')")
    assert focused
    assert "at 5:40 on Tuesday" in page.locator("mark.on").all_text_contents()


def test_decisions_come_back_as_a_file(open_page: Open, tmp_path: Path) -> None:
    page = open_page(render()).page
    press(page, f"{DERAILED}/incident", "accept")
    press(page, f"{DERAILED}/field/0", "change")
    page.locator("form input").fill("Fastiv - Myronivka")
    page.locator("form button[type=submit]").click()
    press(page, f"{DERAILED}/field/2", "accept")
    press(page, f"{DERAILED}/claim/0", "drop")
    press(page, f"{TREE}/incident", "drop")
    made = save(page, tmp_path)
    assert [(each.question, each.do) for each in made] == [
        (f"{DERAILED}/incident", "accept"),
        (f"{DERAILED}/field/0", "change"),
        (f"{DERAILED}/field/2", "accept"),
        (f"{DERAILED}/claim/0", "drop"),
        (f"{TREE}/incident", "drop"),
    ]
    assert dict(made[1].values) == {"place": "Fastiv - Myronivka"}
    assert [each.id for each in list_questions(make_draft(), made)] == [f"{DERAILED}/missing/start"]
    assert page.locator(".question.open:visible").count() == 1


def test_a_decision_can_be_undone_and_earlier_ones_are_shown(
    open_page: Open, tmp_path: Path
) -> None:
    question = list_questions(make_draft())[1]
    earlier = Decision(question=question.id, about=question.about, do="accept")
    page = open_page(render(decisions=[earlier])).page
    chosen = box(page, question.id).locator("[data-do=accept]")
    assert chosen.get_attribute("aria-pressed") == "true"
    press(page, question.id, "undo")
    assert chosen.get_attribute("aria-pressed") == "false"
    assert save(page, tmp_path) == []


def test_a_field_that_is_dropped_is_asked_for(open_page: Open, tmp_path: Path) -> None:
    page = open_page(render()).page
    asked = box(page, f"{DERAILED}/missing/effect")
    assert not asked.is_visible()
    press(page, f"{DERAILED}/field/2", "drop")
    assert asked.is_visible()
    press(page, f"{DERAILED}/missing/effect", "change")
    page.locator("form select").select_option("single_track")
    page.locator("form button[type=submit]").click()
    assert dict(save(page, tmp_path)[-1].values) == {"effect": "single_track"}


def test_everything_can_be_done_by_keyboard(open_page: Open, tmp_path: Path) -> None:
    page = open_page(render()).page
    for _ in range(20):
        if not page.locator(".question.open:visible").count():
            break
        page.keyboard.press("n")
        page.keyboard.press("Tab")
        verb = page.evaluate("document.activeElement.dataset.do")
        page.keyboard.press("Enter")
        if verb == "change":
            is_list = page.evaluate("document.activeElement.tagName") == "SELECT"
            page.keyboard.press("ArrowDown") if is_list else page.keyboard.type("2024-03-11")
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
    page.locator("#save").focus()
    made = save(page, tmp_path)
    assert list_questions(make_draft(), made) == ()


def test_claims_can_be_given_to_an_incident_of_the_record(open_page: Open, tmp_path: Path) -> None:
    draft = make_draft(make_known("2023-05-18-simferopol-chystenke", "contradiction"))
    page = open_page(render(draft)).page
    assert "single_track" in page.locator(".known").first.text_content() + " ".join(
        page.locator(".known").all_text_contents()
    )
    press(page, f"{DERAILED}/incident", "join")
    assert save(page, tmp_path)[0].do == "join"


def test_an_article_that_is_not_at_hand_shows_its_quotations(open_page: Open) -> None:
    opened = open_page(render_review(make_draft()))
    assert opened.said == []
    words = box(opened.page, f"{DERAILED}/field/0").locator("q").all_text_contents()
    assert words == ["between Fastiv and Bila Tserkva"]


def test_nothing_in_an_article_is_run(open_page: Open) -> None:
    opened = open_page(render())
    assert opened.said == []
    assert opened.page.title() != "taken"
    assert opened.page.locator("b").count() == 0
    assert "<script>" in opened.page.locator(".text").text_content()


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("uk", "dark")])
def test_axe_finds_no_fault(open_page: Open, axe: Path, language: str, scheme: str) -> None:
    opened = open_page(render(language=language), color_scheme=scheme, bypass_csp=True)
    press(opened.page, f"{DERAILED}/claim/0", "change")
    assert find_faults(opened, axe) == []
