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
        "Refunds can be had until 20 March.",
        "A similar derailment there in May 2022 closed the line for two days.",
        "Train No. 7 to Odesa will leave Fastiv at 19:10 instead of 17:40.",
        "The detour adds about three hours.",
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


@pytest.mark.parametrize(
    ("text", "about", "wanted"),
    [
        ("KYIV, March 12 - {stop}", "start", ["2024-03-12T03:40:00Z"]),
        ("{stop} The line will be shut until Saturday.", "start", ["2024-03-12T03:40:00Z"]),
        ("{stop} It reopened two days later, at noon.", "first_traffic", ["2024-03-14T10:00:00Z"]),
        (
            "{stop} Six hours later, at 11:40, the first train passed.",
            "first_traffic",
            ["2024-03-12T09:40:00Z"],
        ),
        (
            "{stop} As of 8 a.m. on Wednesday crews are at work.",
            "still_out",
            ["2024-03-13T06:00:00Z"],
        ),
    ],
)
def test_what_stands_beside_is_read_for_what_it_is(
    text: str, about: str, wanted: list[str]
) -> None:
    draft = nm.reading.read(text.format(stop=STOPPED), published="2024-03-14")
    claims = [claim for each in draft.incidents for claim in each.claims]
    assert [str(x.value("at")) for x in claims if x.value("about") == about] == wanted


def test_a_definite_word_means_the_event_before_it() -> None:
    text = (
        "A lorry was hit by a train on a level crossing near Sudova Vyshnia on Tuesday. The crash,"
        " at 13:20, closed the line between Lviv and Mostyska."
    )
    (incident,) = nm.reading.read(text, published=DAY).incidents
    assert incident.value("kind") == "accident_at_crossing"
    assert _said(text, "start") == ["2024-03-12T11:20:00Z"]


def test_what_is_denied_closes_nothing() -> None:
    text = 'The railway denied a report that the junction at Koziatyn was "put out of action".'
    found = nm.reading.read(text, published=DAY).incidents
    assert {each.value("effect") for each in found} <= {"none"}
