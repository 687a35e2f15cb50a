"""Words for times in three languages: what they say before anybody knows of which day they are."""

from __future__ import annotations

import pytest

from netmodel.reading.duration_phrases import find_durations
from netmodel.reading.folded_text import FoldedText
from netmodel.reading.time_phrases import TimePhrase, find_times
from netmodel.reading.told_before import recalls
from netmodel.reading.word_forms import is_future


def _times(language: str, text: str) -> tuple[TimePhrase, ...]:
    low = FoldedText(text).low
    return find_times(low, 0, len(low), language)


@pytest.mark.parametrize(
    ("language", "text", "clock"),
    [
        ("uk", "о чверть на шосту", (5, 15)),
        ("uk", "за чверть шоста", (5, 45)),
        ("uk", "о восьмій тридцять ранку", (8, 30)),
        ("uk", "на початку шостої", (5, 0, 20)),
        ("ru", "без пятнадцати шесть", (5, 45)),
        ("ru", "в третьем часу ночи", (2, 0, 60)),
        ("ru", "в 14 ч. 30 мин.", (14, 30)),
        ("ru", "с нуля часов", (0, 0)),
        ("en", "at a quarter to six", (5, 45)),
        ("en", "half past six in the evening", (18, 30)),
        ("en", "until nine", (9, 0)),
    ],
)
def test_a_clock(language: str, text: str, clock: tuple[int, ...]) -> None:
    (found,) = _times(language, text)
    assert found.atoms[0].value == clock


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "between 10 and 11:30"),
        ("en", "from 10 p.m. to 5 a.m."),
        ("uk", "з 22 до 5 години"),
        ("uk", "між 9 і 10 ранку"),
        ("ru", "с 22 часов пятницы до 6 часов понедельника"),
        ("ru", "с 7:40 мск до 9:10 мск"),
    ],
)
def test_a_span_has_a_beginning_and_an_end(language: str, text: str) -> None:
    first, last = _times(language, text)
    assert (first.pair, last.closes) == (1, 0)


@pytest.mark.parametrize(
    ("language", "text", "before"),
    [
        ("uk", "станом на 8:00", "as_of"),
        ("ru", "по состоянию на утро 4 июня", "as_of"),
        ("en", "as of 9 a.m.", "as_of"),
        ("ru", "не ранее чем 15 мая", "not_before"),
        ("uk", "за кілька хвилин до сьомої", ""),
        ("en", "for the first time since March last year", "away_since"),
        ("en", "as in December", "like"),
    ],
)
def test_the_word_before(language: str, text: str, before: str) -> None:
    assert _times(language, text)[0].before == before


@pytest.mark.parametrize(
    ("language", "text", "kind", "value"),
    [
        ("uk", "у ніч із 4 на 5 листопада", "part", "night_to"),
        ("ru", "в ночь с субботы на воскресенье", "part", "night_to"),
        ("en", "overnight into 5 November", "part", "night_to"),
        ("uk", "до кінця доби", "part", "day_end"),
        ("uk", "минулої доби", "day", "-1"),
        ("ru", "два дня назад", "day", "-2"),
        ("ru", "в июле прошлого года", "month", "-1"),
    ],
)
def test_a_day(language: str, text: str, kind: str, value: str) -> None:
    (found,) = _times(language, text)
    atom = found.get(kind)
    assert atom is not None
    assert atom.value[0] == value


@pytest.mark.parametrize(
    ("language", "text", "hours"),
    [
        ("ru", "за двое суток", 48),
        ("uk", "семигодинна перерва", 7),
        ("ru", "час сорок минут поезда стояли", 1.6667),
        ("uk", "поїзди стояли дві з половиною години", 2.5),
    ],
)
def test_a_number_of_hours(language: str, text: str, hours: float) -> None:
    (found,) = find_durations(text, 0, len(text), language)
    assert found.hours == hours


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("uk", "25 кілометрів на годину"),
        ("ru", "уже третьи сутки"),
        ("uk", "протягом минулої доби"),
    ],
)
def test_what_does_not_last(language: str, text: str) -> None:
    found = find_durations(text, 0, len(text), language)
    assert [each for each in found if each.role] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Нагадаємо, 10 січня рух тут зупиняли на чотири години.", "reminder"),
        ("Нагадаємо, рух зупинили о 6:15.", ""),
        ("Подібний удар зупинив поїзди торік.", "another"),
    ],
)
def test_what_recalls_an_earlier_event(text: str, found: str) -> None:
    folded = FoldedText(text)
    (sentence,) = folded.sentences()
    times = find_times(folded.low, sentence.start, sentence.end, "uk")
    assert recalls(folded.low, sentence, times) == found


def test_nouns_are_no_verbs_of_the_future() -> None:
    assert not is_future("через сорок минут", "ru")
    assert not is_future("запрет сняли", "ru")
    assert is_future("движение откроется.", "ru")


@pytest.mark.parametrize(
    ("language", "text", "month", "day"),
    [
        ("uk", "відкриємо першого березня", 3, 1),
        ("uk", "двадцять другого травня", 5, 22),
        ("ru", "тридцать первого декабря", 12, 31),
        ("ru", "одиннадцатого мая", 5, 11),
    ],
)
def test_a_day_of_a_month_in_words(language: str, text: str, month: int, day: int) -> None:
    (found,) = _times(language, text)
    assert found.atoms[0].value == (None, month, day, None)
