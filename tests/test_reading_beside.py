"""What articles tell beside a stop of trains: none of it begins or ends the stop."""

from __future__ import annotations

import pytest

import netmodel as nm

DAY = "2024-03-13"  # a Wednesday
STOPPED = "Trains between Fastiv and Bila Tserkva were stopped at 05:40 on Tuesday."


def _said(text: str, about: str) -> list[str]:
    draft = nm.reading.read(text, published=DAY)
    claims = [claim for each in draft.incidents for claim in each.claims]
    return [str(each.value("at")) for each in claims if each.value("about") == about]


@pytest.mark.parametrize(
    "beside",
    [
        "Two men of 41 and 26 were held at the station at noon.",
        "The 06:10 from Fastiv to Bila Tserkva was cancelled.",
        "The wagon was last overhauled on 3 March.",
        "We would have begun on 2 March, had the rails come.",
        "Ticket offices close at 18:00 on Tuesday.",
    ],
)
def test_what_is_told_beside_is_no_time_of_the_stop(beside: str) -> None:
    told = _said(STOPPED, "start")
    assert len(told) == 1
    assert _said(f"{STOPPED} {beside}", "start") == told
    assert _said(f"{STOPPED} {beside}", "first_traffic") == []


def test_the_day_over_a_text_is_that_of_its_hours() -> None:
    text = "Сводка за вторник. В 6:15 на перегоне Лазаревская – Лоо движение остановили."
    assert _said(text, "start") == ["2024-03-12T03:15:00Z"]


def test_the_hour_over_a_text_is_that_of_what_goes_on() -> None:
    text = "Станом на 07:15\n\nДільниця Ніжин – Чернігів знеструмлена, рух поїздів зупинено."
    assert _said(text, "still_out") == ["2024-03-13T05:15:00Z"]


def test_of_two_full_returns_the_earlier_is_the_first() -> None:
    text = (
        f"{STOPPED} Normal service was resumed at 19:55 the same day. Both tracks were open again"
        " at 22:40 the same day."
    )
    assert _said(text, "first_traffic") == ["2024-03-12T17:55:00Z"]
    assert _said(text, "full_service") == ["2024-03-12T20:40:00Z"]


def test_the_next_section_is_an_event_of_its_own() -> None:
    text = (
        "Between Fastiv and Bila Tserkva trains were stopped at 05:40 on Monday by snow. Between"
        " Bila Tserkva and Myronivka trains were stopped at 07:20 on Tuesday by a broken rail."
    )
    assert len(nm.reading.read(text, published=DAY).incidents) == 2


def test_trains_on_time_alone_are_no_event() -> None:
    text = "Trains from Fastiv ran without delays in February, the station said."
    assert nm.reading.read(text, published=DAY).incidents == ()
