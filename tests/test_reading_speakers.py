"""Who speaks: by name, in the nominative, whatever medium is used and whatever word stands in."""

from __future__ import annotations

import pytest

from netmodel.reading.word_forms import put_in_nominative
from tests.test_read_articles import read_one

STOPPED = {
    "en": "Trains between Fastiv and Bila Tserkva were stopped at 5:40",
    "uk": "Рух поїздів на дільниці Стрий – Моршин припинено о 01:40",
    "ru": "Движение поездов на участке Лиски – Россошь остановили в 01:40",
}


def speakers(text: str) -> list[tuple[object, object]]:
    (incident,) = read_one(text).incidents
    told = [(each.value("speaker"), each.value("party")) for each in incident.claims]
    return list(dict.fromkeys(each for each in told if each[0] is not None))


@pytest.mark.parametrize(
    ("language", "said", "who", "party"),
    [
        ("en", "Ukrzaliznytsia said on its Telegram channel", "Ukrzaliznytsia", "operator"),
        ("en", "Ukrzaliznytsia wrote on Facebook", "Ukrzaliznytsia", "operator"),
        ("en", "Ukrzaliznytsia said in a statement on its website", "Ukrzaliznytsia", "operator"),
        ("uk", "повідомила Укрзалізниця у своєму телеграм-каналі", "Укрзалізниця", "operator"),
        ("uk", "повідомили у Львівській залізниці", "Львівська залізниця", "operator"),
        ("uk", "за словами речника перевізника Олега Скиби", "речник перевізника Олег Скиба",
         "operator"),
        ("uk", "написав у Telegram голова Львівської ОВА Максим Козицький",
         "голова Львівської ОВА Максим Козицький", "authority"),
        ("uk", "повідомила у Facebook пресслужба Укрзалізниці", "пресслужба Укрзалізниці",
         "operator"),
        ("ru", "сообщает РЖД в своем телеграм-канале", "РЖД", "operator"),
        ("ru", "по словам начальника станции Петра Сидорова", "начальник станции Петр Сидоров",
         "operator"),
        ("ru", "сообщили в Северо-Кавказской железной дороге",
         "Северо-Кавказская железная дорога", "operator"),
    ],
)  # fmt: skip
def test_a_speaker_stands_in_the_nominative_without_the_medium(language, said, who, party):
    assert speakers(f"{STOPPED[language]}, {said}.") == [(who, party)]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        (f"{STOPPED['en']}, Ukrzaliznytsia said. The line will open by 20:00, the company said.",
         "Ukrzaliznytsia"),
        (f"{STOPPED['en']}, Ukrzaliznytsia said. The operator expects to reopen the line by 20:00.",
         "Ukrzaliznytsia"),
        (f"{STOPPED['uk']}, повідомила Укрзалізниця. За даними компанії, рух відновлено о 06:15.",
         "Укрзалізниця"),
        ((f"{STOPPED['uk']}, повідомили у Львівській залізниці. Рух відновлено о 06:15,"
         " уточнив перевізник."), "Львівська залізниця"),
        (f"{STOPPED['ru']}, сообщает РЖД. По данным перевозчика, движение открыли в 06:15.",
         "РЖД"),
    ],
)  # fmt: skip
def test_a_word_for_the_company_means_the_railway_that_was_named_last(text, who):
    assert speakers(text) == [(who, "operator")]


def test_a_company_that_was_never_named_stays_what_it_is_called():
    text = f"{STOPPED['en']}. The line will open by 20:00, the operator said."
    assert speakers(text) == [("the operator", "operator")]


@pytest.mark.parametrize(
    ("words", "language", "expected"),
    [
        ("Львівській залізниці", "uk", "Львівська залізниця"),
        ("начальника вокзалу", "uk", "начальник вокзалу"),
        ("губернатора Сергея Иваненко", "ru", "губернатор Сергей Иваненко"),
        ("местных властей", "ru", "местные власти"),
        ("РЖД", "ru", "РЖД"),
        ("Suspilne", "en", "Suspilne"),
        ("", "uk", ""),
    ],
)
def test_words_are_put_in_the_nominative(words, language, expected):
    assert put_in_nominative(words, language) == expected
