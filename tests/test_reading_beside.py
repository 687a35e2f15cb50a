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


def _events(text: str) -> list[tuple[str, list[str]]]:
    draft = nm.reading.read(text, published=DAY)
    return [
        (
            str(each.value("effect")),
            [
                str(claim.value("at")) for claim in each.claims
                if claim.value("about") in ("start", "first_traffic") and claim.get("at")
            ],
        )
        for each in draft.incidents
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "On Monday trains stood: Fastiv – Bila Tserkva from 9:10 to 11:40, Lviv – Stryi from 10:05",
        "У понеділок рух зупиняли: Фастів – Біла Церква з 9:10 до 11:40, Львів – Стрий з 10:05.",
        "11 марта стояли поезда: Фастов – Белая Церковь с 9:10 до 11:40, Львов – Стрый с 10:05",
    ],
)
def test_each_section_of_a_list_has_its_own_hours(text: str) -> None:
    assert _events(text) == [
        ("closed", ["2024-03-11T07:10:00Z", "2024-03-11T09:40:00Z"]),
        ("closed", ["2024-03-11T08:05:00Z"]),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "On 14 and 16 March, from 09:00 to 15:00, no train will run from Fastiv to Bila Tserkva.",
        "14 та 16 березня з 9:00 до 15:00 поїзди між Фастовом і Білою Церквою не ходитимуть.",
        "14 и 16 марта с 9:00 до 15:00 поезда между Фастовом и Белой Церковью ходить не будут.",
    ],
)
def test_hours_of_several_days_are_those_of_each(text: str) -> None:
    [(effect, times)] = _events(text)
    assert effect == "closed"
    assert times == [
        f"2024-03-{day}T{hour}:00:00Z" for day in (14, 16) for hour in ("07", "13")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "The depot at Fastiv opened a museum. In 1943 no train ran here for two months.",
        "Депо у Фастові відкрило музей. У 1943 році поїзди тут не ходили два місяці.",
        "Депо в Фастове открыло музей. В 1943 году поезда здесь не ходили два месяца.",
        "The closure of the line at Fastiv on Friday has been called off, the railway says.",
        "Закриття лінії біля Фастова в п'ятницю скасовано, кажуть на залізниці.",
        "Закрытие линии у Фастова в пятницу отменено, говорят на железной дороге.",
    ],
)
def test_what_was_years_ago_or_is_called_off_closes_nothing(text: str) -> None:
    assert [effect for effect, _ in _events(text) if effect not in ("none", "None")] == []


@pytest.mark.parametrize(
    ("beside", "where"),
    [
        ("Six trains queued up at Zhmerynka.", "Fastiv"),
        ("Until Sunday passengers for Odesa are carried by bus from Zhmerynka.", "Fastiv"),
    ],
)
def test_where_trains_wait_or_buses_go_is_no_event_of_its_own(beside: str, where: str) -> None:
    draft = nm.reading.read(f"{STOPPED} {beside}", published=DAY)
    assert len(draft.incidents) == 1
    assert where in str(draft.incidents[0].value("place"))


def test_two_accounts_of_an_end_stay_first_traffic() -> None:
    text = f"{STOPPED} It was opened at 18:00, the railway maintains; the police say that the first"
    text += " train did not go until 19:10."
    assert _said(text, "first_traffic") == ["2024-03-12T16:00:00Z", "2024-03-12T17:10:00Z"]
    assert _said(text, "full_service") == []


def test_a_surname_is_no_cause() -> None:
    text = "Рух на перегоні Фастів – Біла Церква зупинено, сказала речниця Леся Мороз."
    draft = nm.reading.read(text, published=DAY)
    assert [each.value("kind") for each in draft.incidents] == [None]
