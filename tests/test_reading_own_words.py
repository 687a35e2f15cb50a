"""Counts, speakers, buses and days of an article: each by its own words, or in doubt, or listed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import netmodel as nm
from netmodel.reading.counted_nouns import find_counts
from netmodel.reading.date_lines import find_date_line
from netmodel.reading.draft import Draft, DraftClaim
from netmodel.reading.folded_text import FoldedText
from tests.own_network import command
from tests.test_read_articles import read_one

SHUT = {
    "en": "Trains between Fastiv and Bila Tserkva were halted on 11 March at 05:40.",
    "uk": "Рух поїздів на дільниці Стрий – Сколе зупинено 11 березня о 02:30.",
    "ru": "Движение поездов на участке Лиски – Россошь остановили 11 марта в 01:40.",
}
IN_2024 = {
    "en": "On 11 May 2024 at 19:40 trains between Fastiv and Kozhanka were halted by a storm.",
    "uk": "11 травня 2024 року о 19:40 рух поїздів між Фастовом і Кожанкою зупинено через негоду.",
    "ru": "11 мая 2024 года в 19:40 движение поездов на участке Лиски – Россошь остановили.",
}
STORM = (
    "Kyiv, 14 May 2024. Trains between Fastiv and Kozhanka were halted on Monday evening after a"
    " storm. Traffic stopped at 19:40; full service was back at six on Tuesday morning."
)


# Wagons of a train


@pytest.mark.parametrize(
    ("language", "words", "counts"),
    [
        ("en", "three wagons of a freight train", {"wagons": 3}),
        ("en", "three wagons of freight trains", {"wagons": 3}),
        ("en", "two passengers of the trains", {}),
        ("en", "two trains with wagons of grain", {"trains": 2}),
        ("en", "six long-distance trains", {"trains": 6}),
        ("en", "two of the wagons", {"wagons": 2}),
        ("en", "two hundred wagons and 1,200 wagons", {}),
        ("uk", "три вагони вантажного поїзда", {"wagons": 3}),
        ("uk", "п'ять вагонів двох вантажних поїздів", {"wagons": 5, "trains": 2}),
        ("uk", "10 пар приміських поїздів", {}),
        ("uk", "п'ять завантажених зерном вагонів", {"wagons": 5}),
        ("uk", "три поїздки за 3 дні", {}),
        ("ru", "три вагона грузового поезда", {"wagons": 3}),
        ("ru", "10 поездов по 50 вагонов", {"trains": 10, "wagons": 50}),
        ("ru", "семь пассажиров поезда", {}),
        ("ru", "двое рабочих, двух рабочих поезда", {}),
        ("ru", "двадцать три вагона", {}),
    ],
)
def test_a_number_counts_the_noun_that_it_belongs_to(language, words, counts):
    found = find_counts(words, language, 0, len(words))
    assert {each.name: each.number for each in found} == counts


def test_wagons_of_a_train_make_no_claim_about_trains():
    text = (
        "11 марта в 11:20 на перегоне Лиски – Россошь сошли с рельсов три вагона грузового"
        " поезда. Движение остановлено."
    )
    figures = [claim.value("figures") for claim in _claims(read_one(text))]
    assert [dict(each) for each in figures if each is not None] == [{"wagons": 3.0}]


# Speakers


@pytest.mark.parametrize(
    ("language", "said", "who"),
    [
        ("en", "said Ukrzaliznytsia", "Ukrzaliznytsia"),
        ("en", "reported the Southern Railway", "the Southern Railway"),
        ("en", "according to “Ukrzaliznytsia”", "Ukrzaliznytsia"),
        ("uk", "повідомила «Укрзалізниця»", "Укрзалізниця"),
        ("uk", "повідомляє АТ «Укрзалізниця»", "Укрзалізниця"),
        ("uk", "повідомили в «Укрзалізниці»", "Укрзалізниця"),
        ("uk", "про це повідомила «Укрзалізниця»", "Укрзалізниця"),
        ("ru", "сообщила «Укрзализныця»", "Укрзализныця"),
        ("ru", "сообщает ОАО «РЖД»", "РЖД"),
        ("ru", "сообщили в «Укрзализныце»", "Укрзализныця"),
        ("ru", "об этом сообщила «Укрзализныця»", "Укрзализныця"),
        ("ru", "сообщила пресс-служба «Укрзализныци»", "пресс-служба «Укрзализныци»"),
        ("ru", "по данным «Укрзализныци»", "Укрзализныця"),
    ],
)
def test_the_speaker_of_an_effect_that_was_told_before_is_kept(language, said, who):
    again = {
        "en": f"Traffic on both tracks has been halted, {said}.",
        "uk": f"Рух обома коліями зупинено, {said}.",
        "ru": f"Движение по обоим путям остановлено, {said}.",
    }
    draft = read_one(f"{SHUT[language]} {again[language]}")
    told = [each for each in _claims(draft) if each.value("about") == "effect"]
    assert [(x.value("speaker"), x.value("party")) for x in told] == [(who, "operator")]
    assert not [each for each in draft.unused if each.seen == "claim"]


@pytest.mark.parametrize("language", SHUT)
def test_an_effect_that_is_told_again_supports_the_field(language):
    again = {
        "en": "Traffic on both tracks has been halted.",
        "uk": "Рух обома коліями зупинено.",
        "ru": "Движение по обоим путям остановлено.",
    }
    draft = read_one(f"{SHUT[language]} {again[language]}")
    field = draft.incidents[0].get("effect")
    assert field is not None
    assert len(field.spans) == 2
    assert not [each for each in draft.unused if each.seen == "claim"]


@pytest.mark.parametrize(
    "text",
    [
        "The driver, a man of forty, reported three fires.",
        "Эксперт назвал положение «катастрофой».",
        "Він назвав «брехнею» чутки про закриття.",
    ],
)
def test_what_is_quoted_is_no_speaker(text):
    draft = read_one(f"{SHUT['en']} {text}")
    words = {str(claim.value("speaker")) for claim in _claims(draft)}
    assert not words & {"катастрофой", "брехнею", "three fires"}


# Fields and their own words


@pytest.mark.parametrize(
    ("text", "number", "words"),
    [
        (f"{SHUT['en']} Train No. 81 from Kyiv was diverted via Korosten.", "81", "Train No. 81"),
        (
            f"{SHUT['uk']} Поїзд №81 Київ – Ужгород прямує об'їзним маршрутом через Тернопіль.",
            "81",
            "Поїзд №81",
        ),
        (f"{SHUT['ru']} Поезд № 104 задержан на два часа.", "104", "Поезд № 104"),
    ],
)
def test_the_number_of_a_train_rests_on_its_own_words(text, number, words):
    (field,) = [x for each in _claims(read_one(text)) for x in each.fields if x.name == "trains"]
    assert field.value == (number,)
    assert [span.quotation for span in field.spans] == [words]


@pytest.mark.parametrize(
    "text",
    [
        "Движение поездов 14 марта задержано на два часа на участке Лиски – Россошь.",
        "Рух поїздів 11 березня на дільниці Стрий – Сколе затримано на дві години.",
    ],
)
def test_a_day_is_no_number_of_a_train(text):
    assert not [x for each in _claims(read_one(text)) for x in each.fields if x.name == "trains"]


def test_a_promise_rests_on_the_words_for_it_and_its_time():
    text = f"{SHUT['uk']} Рух планують відновити 15 березня до 18:00."
    (claim,) = [each for each in _claims(read_one(text)) if each.value("basis") is not None]
    field = claim.get("basis")
    assert field is not None
    assert "планують" in {span.quotation for span in field.spans}


# Buses whose way is not known


@pytest.mark.parametrize(
    ("language", "buses"),
    [
        ("en", "Passengers were taken by bus from Fastiv to Nowheretown."),
        ("en", "Passengers were taken by bus to Nowheretown."),
        ("uk", "Пасажирів перевозять автобусами між Стриєм і Незнайкою."),
        ("uk", "Між Стриєм і Незнайкою курсують автобуси."),
        ("uk", "Пасажирів перевозять автобусами від Незнайки до Безіменного."),
        ("ru", "Пассажиров везут автобусами от Лисок до Незнаевки."),
        ("ru", "Пассажиров везут автобусами из Незнаевки в Безымянку."),
    ],
)
def test_buses_whose_way_is_not_known_are_listed(language, buses):
    draft = read_one(f"{SHUT[language]} {buses}")
    assert draft.incidents[0].get("replacement") is None
    assert [each.span.quotation for each in draft.unused if each.why == "no_place"] == [buses[:-1]]


@pytest.mark.parametrize(
    ("language", "buses"),
    [
        ("en", "Passengers were taken by bus."),
        ("uk", "Пасажирів перевозять автобусами."),
        ("ru", "Пассажиров везут автобусами."),
    ],
)
def test_buses_of_which_no_way_is_told_are_in_doubt_or_listed(language, buses):
    draft = read_one(f"{SHUT[language]} {buses}")
    field = draft.incidents[0].get("replacement")
    assert field is not None
    assert (field.sure, field.why) == ("doubtful", "inferred")
    at_one_place = read_one("Trains at Kovel stood on Monday. Passengers went by bus.")
    assert "no_place" in {each.why for each in at_one_place.unused}


# Told as past, of a day to come


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Traffic resumed on 14 March at 04:00."),
        ("en", "Traffic was restored on 14 March at 04:00."),
        ("uk", "Рух відновили 14 березня о 04:00."),
        ("uk", "Рух було відновлено 14 березня о 04:00."),
        ("ru", "Полностью движение восстановили 14 марта в 4 утра."),
        ("ru", "Движение было восстановлено 14 марта в 04:00."),
    ],
)
def test_what_is_told_as_past_of_a_day_to_come_is_asked(language, told):
    draft = read_one(f"{SHUT[language]} {told}")
    (claim,) = [each for each in _claims(draft) if each.value("about") != "start"]
    at, basis = claim.get("at"), claim.get("basis")
    assert at is not None
    assert basis is not None
    assert (at.sure, at.why, basis.value) == ("doubtful", "told_past", "observed")
    asked = {each.about for each in nm.reading.list_questions(draft)}
    assert any("2024-03-14" in each for each in asked)


@pytest.mark.parametrize(
    "text",
    [
        "The line between Lviv and Stryi is closed from 20 March to 25 March for repairs.",
        f"{SHUT['en']} The closure was extended until 20 March.",
        f"{SHUT['en']} Traffic will resume on 14 March at 04:00.",
        f"{SHUT['uk']} Рух планують відновити 14 березня о 04:00.",
        f"{SHUT['uk']} Роботи продовжили до 20 березня.",
        f"{SHUT['ru']} Движение восстановят 14 марта в 04:00.",
        "Движение на участке Лиски – Россошь закрыто с 20 марта по 25 марта из-за ремонта.",
    ],
)
def test_what_is_planned_or_settled_is_not_told_as_past(text):
    assert "told_past" not in {x.why for each in _claims(read_one(text)) for x in each.fields}


@pytest.mark.parametrize(
    "text",
    [
        "С 10:00 до 15:00 16 марта движение между Лисками и Россошью было закрыто из-за ветра.",
        "The line between Lviv and Stryi was shut from 10:00 to 15:00 on 16 March by a storm.",
    ],
)
def test_both_ends_of_a_span_that_is_past_and_to_come_are_asked(text):
    found = [each.get("at") for each in _claims(read_one(text))]
    assert [each.why for each in found if each is not None] == ["told_past"] * 2


# The day that an article bears


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Storm\n\nKyiv, 14 May 2024. Trains", (2024, 5, 14)),
        ("KYIV, Oct 9 (Reuters) - Trains", (None, 10, 9)),
        ("KYIV, Ukraine, May 14 — Trains", (None, 5, 14)),
        ("Published 14 May 2024, 10:30\n\nTrains", (2024, 5, 14)),
        ("Tuesday, 14 May 2024\n\nTrains", (2024, 5, 14)),
        ("Київ, 14 травня 2024 року. Рух", (2024, 5, 14)),
        ("КИЇВ. 14 травня. УНІАН. Рух", (None, 5, 14)),
        ("Опубліковано: 14.05.2024 10:30\n\nРух", (2024, 5, 14)),
        ("МОСКВА, 14 мая - РИА Новости. Движение", (None, 5, 14)),
        ("Киев, вторник, 14 мая 2024 г. Движение", (2024, 5, 14)),
        ("On 14 May 2024, trains", None),
        ("Львів. 14 травня поїзди стали", None),
        ("14 мая в 11:20 на перегоне", None),
        ("Kyiv, 14 to 16 May 2024. Trains", None),
        ("Kyiv, 31 June 2024. Trains", (2024, 6, 31)),
    ],
)
def test_a_date_line_names_a_place_or_stands_alone(text, day):
    found = find_date_line(FoldedText(text))
    assert (found and (found.year, found.month, found.day)) == day


@pytest.mark.parametrize("published", ["2026-05-14", "2024-05-13", "2023-05-14", "2024-05-18"])
def test_times_are_in_doubt_where_the_article_bears_another_day(published):
    draft = read_one(STORM, published)
    found = [each.get("at") for each in _claims(draft) if each.get("at") is not None]
    assert [each.why for each in found if each is not None] == ["date_line"] * 2
    assert {str(each.value)[:4] for each in found if each is not None} == {"2024"}
    assert [x.span.quotation for x in draft.unused if x.why == "date_line"] == ["Kyiv, 14 May 2024"]
    words = [[span.quotation for span in each.spans] for each in found if each is not None]
    assert all("Kyiv, 14 May 2024" in each for each in words)


@pytest.mark.parametrize("published", ["2024-05-14", "2024-05-15", "2024-05-17"])
def test_an_article_appears_some_days_after_the_day_that_it_bears(published):
    draft = read_one(STORM, published)
    assert "date_line" not in {each.why for each in draft.unused}
    assert "date_line" not in {x.why for each in _claims(draft) for x in each.fields}


def test_an_impossible_date_line_is_none():
    draft = read_one(STORM.replace("14 May", "31 June"), "2024-05-14")
    assert "date_line" not in {each.why for each in draft.unused}


@pytest.mark.parametrize(
    "text",
    [
        "Київ, 14 травня 2024 року. У понеділок о 19:40 рух між Фастовом і Кожанкою зупинено.",
        "Лиски, 14 мая 2024 г. В понедельник в 19:40 движение Лиски – Россошь остановили.",
    ],
)
def test_a_weekday_is_reckoned_from_the_day_that_the_article_bears(text):
    (claim,) = [x for x in _claims(read_one(text, "2026-05-14")) if x.value("about") == "start"]
    at = claim.get("at")
    assert at is not None
    assert (str(at.value)[:10], at.sure) == ("2024-05-13", "doubtful")


def test_the_command_says_both_days(tmp_path: Path):
    article = tmp_path / "storm.txt"
    article.write_text(STORM, encoding="utf-8")
    out = str(tmp_path / "drafts.yaml")
    done = command("read", str(article), "--published", "2026-05-14", "--out", out)
    line = next(each for each in done.out.splitlines() if "14 May 2024" in each)
    assert "2026-05-14" in line
    assert nm.reading.read_draft(out).unused


@pytest.mark.parametrize(
    ("text", "end"),
    [
        (f"{IN_2024['en']} Traffic was restored on 12 May at 06:00.", "2024-05-12"),
        (f"{IN_2024['en']} Traffic was restored on Monday at 06:00.", "2024-05-13"),
        (f"{IN_2024['uk']} Рух відновили 12 травня о 06:00.", "2024-05-12"),
        (f"{IN_2024['ru']} Движение восстановили 12 мая в 06:00.", "2024-05-12"),
    ],
)
def test_a_day_without_a_year_is_of_the_year_that_the_event_has(text, end):
    (claim,) = [x for x in _claims(read_one(text, "2026-05-20")) if x.value("about") != "start"]
    at = claim.get("at")
    assert at is not None
    assert (str(at.value)[:10], at.why) == (end, "nearby")


def test_what_has_been_so_since_a_year_gives_no_year_to_other_days():
    text = (
        "The line between Fastiv and Kozhanka, single since 24 February 2022, was closed on 12 May"
        " at 06:00."
    )
    found = [str(x.value("at")) for x in _claims(read_one(text, "2024-05-20")) if x.get("at")]
    assert any(each.startswith("2024-05-12") for each in found)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(2000, 2025), st.integers(1, 12), st.integers(1, 28))
def test_an_article_published_on_the_day_that_it_bears_is_never_asked(year, month, day):
    names = "January February March April May June July August September October November December"
    line = f"Kyiv, {day} {names.split()[month - 1]} {year}. "
    draft = read_one(line + SHUT["en"], f"{year}-{month:02}-{day:02}")
    assert "date_line" not in {each.why for each in draft.unused}


def _claims(draft: Draft) -> list[DraftClaim]:
    return [claim for incident in draft.incidents for claim in incident.claims]
