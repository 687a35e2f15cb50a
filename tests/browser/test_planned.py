"""Planned works are told apart from what happened, on the picture, in the list and in words."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import cache

import pytest

import netmodel as nm
from netmodel.report.page.render import render_page
from tests.browser.conftest import Opened

pytestmark = pytest.mark.browser
Open = Callable[..., Opened]
HUBS = ("east", "middle", "west")


@cache
def page_of_works(language: str = "en") -> str:
    railway = nm.Network(
        hubs=[nm.network.Hub(id=each, name=each.title(), lon=30 + n, lat=50)
              for n, each in enumerate(HUBS)],
        links=[nm.network.Link(id=f"{one}--{other}", from_hub=one, to_hub=other, length_km=70)
               for one, other in itertools.pairwise(HUBS)],
    )  # fmt: skip
    works = nm.evidence.closure(
        "renewal", {"links": ["east--middle"]}, zone="UTC", source="Notice of works",
        kind="planned_works", start="2023-05-16T06:00Z", end="2023-05-17T18:00Z",
    )  # fmt: skip
    accidents = [
        nm.evidence.closure(
            f"storm-{day}", {"links": ["middle--west"]}, zone="UTC", source="A railway",
            kind="weather", start=f"2023-05-{day}T06:00Z", end=f"2023-05-{day}T18:00Z",
        )
        for day in (18, 20, 22)
    ]  # fmt: skip
    scenario = nm.Scenario(
        network=railway, incidents=[works, *accidents], window=("2023-05-15", "2023-05-25"),
        zone="UTC", demand=list(HUBS), metrics=["connected_share", "served_share"],
    )  # fmt: skip
    return render_page(nm.run(scenario).record, language=language)


def test_planned_works_have_a_form_of_their_own(open_page: Open) -> None:
    opened = open_page(page_of_works())
    page = opened.page
    bars = page.locator("#bandchart a[data-planned]")
    assert bars.count() == 1
    assert bars.locator(".plan").count() == 1
    assert page.locator("#bandchart .plan").count() == 1, "no other bar has the frame"
    look = "each => [getComputedStyle(each).fill, getComputedStyle(each).stroke]"
    fill, stroke = bars.locator(".plan").evaluate(look)
    assert fill == "none"
    assert stroke != "none"
    key = page.locator("#lanelegend li", has=page.locator(".plan"))
    assert key.count() == 1
    assert key.inner_text().strip()
    assert opened.said == []


@pytest.mark.parametrize("language", ["en", "uk"])
def test_planned_works_are_told_and_found_in_the_list(open_page: Open, language: str) -> None:
    opened = open_page(page_of_works(language))
    page = opened.page
    planned = page.locator(".incident[data-planned=yes]")
    assert [each.get_attribute("id") for each in planned.all()] == ["i-renewal"]
    tag = planned.locator(".plannedtag")
    assert tag.is_visible()
    assert page.locator(".plannedtag").count() == 1
    chooser = page.locator("#finder select", has=page.locator("option[value=yes]"))
    shown = page.locator("#studied > .incident:not([hidden])")
    chooser.select_option("yes")
    assert [each.get_attribute("id") for each in shown.all()] == ["i-renewal"]
    chooser.select_option("no")
    assert shown.count() == 3
    assert opened.said == []


def test_the_bar_of_planned_works_leads_to_them(open_page: Open) -> None:
    page = open_page(page_of_works()).page
    page.locator("#bandchart a[data-planned]").dispatch_event("click")
    assert page.locator("[id='i-renewal'] details.told").get_attribute("open") is not None
