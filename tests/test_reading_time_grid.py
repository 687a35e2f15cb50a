"""An instant that is put into a sentence is read from it, wherever it stands, however it is said.

Expressions of a day and an hour, places in a sentence, verbs, days of publication: every language
has all of them, and any may meet any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from netmodel.network.formats import built_in_network
from netmodel.reading.read_articles import Article, ArticleReader
from netmodel.times import Bounds

ZONE = ZoneInfo("Europe/Kyiv")
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "uk": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
}
WEEKDAYS = {
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    "uk": ["понеділок", "вівторок", "середу", "четвер", "п'ятницю", "суботу", "неділю"],
    "ru": ["понедельник", "вторник", "среду", "четверг", "пятницу", "субботу", "воскресенье"],
}
AT = {"en": "at", "uk": "о", "ru": "в"}
NEAR = 6
"""Days within which a day of the week names one day alone."""


def _month(language: str, day: date) -> str:
    return MONTHS[language].split()[day.month - 1]


def _on(language: str, day: date) -> str:
    name = WEEKDAYS[language][day.weekday()]
    first = {"en": "on", "uk": "у", "ru": "во" if day.weekday() == 1 else "в"}[language]
    return f"{first} {name}"


def _date(language: str, day: date) -> str:
    return f"{'on ' if language == 'en' else ''}{day.day} {_month(language, day)}"


Say = Callable[[str, datetime], str]
EXACT: Mapping[str, Say] = {
    "date, clock": lambda lang, x: f"{_date(lang, x)} {AT[lang]} {x:%H:%M}",
    "clock, date": lambda lang, x: f"{AT[lang]} {x.hour}:{x:%M} {_date(lang, x)}",
    "clock with a dot": lambda lang, x: f"{_date(lang, x)} {AT[lang]} {x.hour}.{x:%M}",
    "weekday, clock": lambda lang, x: f"{_on(lang, x)} {AT[lang]} {x:%H:%M}",
    "clock, weekday": lambda lang, x: f"{AT[lang]} {x:%H:%M} {_on(lang, x)}",
    "weekday, date, clock": lambda lang, x: (
        f"{_on(lang, x)}, {x.day} {_month(lang, x)}, {AT[lang]} {x:%H:%M}"
    ),
}
WHOLE: Mapping[str, Say] = {
    "date": _date,
    "weekday": _on,
    "weekday, date": lambda lang, x: f"{_on(lang, x)}, {x.day} {_month(lang, x)}",
    "date, year": lambda lang, x: f"{_date(lang, x)} {x.year}{YEAR[lang]}",
    "figures": lambda lang, x: f"{'on ' if lang == 'en' else ''}{x:%d.%m.%Y}",
}
YEAR = {"en": "", "uk": " року", "ru": " года"}
BEGAN = {
    "en": [
        "Trains between Fastiv and Bila Tserkva stopped {}.",
        "{}, trains between Fastiv and Bila Tserkva stopped.",
        "A freight train derailed between Fastiv and Bila Tserkva {}; both tracks are blocked.",
        "Wagons left the rails between Fastiv and Bila Tserkva. It happened {}. No trains run.",
        "Ukrzaliznytsia said that {} the line between Fastiv and Bila Tserkva was closed.",
        "The line between Fastiv and Bila Tserkva, which was closed {}, carries no trains.",
    ],
    "uk": [
        "Поїзди між Фастовом і Білою Церквою зупинилися {}.",
        "{} рух поїздів між Фастовом і Білою Церквою зупинили.",
        "Вантажний поїзд зійшов з рейок між Фастовом і Білою Церквою {}; колії перекрито.",
        "Між Фастовом і Білою Церквою вагони зійшли з рейок. Це сталося {}. Рух перекрито.",
        "В Укрзалізниці повідомили, що {} дільницю Фастів – Біла Церква закрили через зсув.",
        "{} стався зсув. Дільницю Фастів – Біла Церква закрито.",
    ],
    "ru": [
        "Поезда между Фастовом и Белой Церковью остановились {}.",
        "{} движение поездов между Фастовом и Белой Церковью остановили.",
        "Грузовой поезд сошел с рельсов между Фастовом и Белой Церковью {}; пути перекрыты.",
        "Между Фастовом и Белой Церковью вагоны сошли с рельсов. Это произошло {}. Пути перекрыты.",
        "В дирекции дороги сообщили, что {} участок Фастов – Белая Церковь закрыли.",
        "{} произошел оползень. Участок Фастов – Белая Церковь закрыт.",
    ],
}
ENDED = {
    "en": [
        "The line between Fastiv and Bila Tserkva was shut by floods. Traffic was restored {}.",
        "The line between Fastiv and Bila Tserkva was shut by floods. {}, trains ran again.",
        "The first train passed between Fastiv and Bila Tserkva {}; both tracks had been blocked.",
        "Crews repaired the embankment, and {} trains between Fastiv and Bila Tserkva resumed.",
    ],
    "uk": [
        "Дільницю Фастів – Біла Церква закривали через повінь. Рух поновлено {}.",
        "Дільницю Фастів – Біла Церква закривали через повінь. {} поїзди знову пішли.",
        "Рух між Фастовом і Білою Церквою, зупинений через повінь, відновлено {}.",
        "Колійники відновили насип, і {} поїзди між Фастовом і Білою Церквою пішли.",
    ],
    "ru": [
        "Участок Фастов – Белая Церковь закрывали из-за паводка. Движение возобновлено {}.",
        "Участок Фастов – Белая Церковь закрывали из-за паводка. {} поезда снова пошли.",
        "Движение между Фастовом и Белой Церковью, остановленное из-за паводка, открыто {}.",
        "Путейцы восстановили насыпь, и {} поезда между Фастовом и Белой Церковью пошли.",
    ],
}
TO_END = {
    "en": [
        "The line between Fastiv and Bila Tserkva is shut by floods. It should reopen {}.",
        "Traffic between Fastiv and Bila Tserkva, halted by floods, should resume {}.",
    ],
    "uk": [
        "Дільницю Фастів – Біла Церква закрито через повінь. Рух обіцяють відновити {}.",
        "Рух між Фастовом і Білою Церквою зупинено через повінь, його відновлять {}.",
    ],
    "ru": [
        "Участок Фастов – Белая Церковь закрыт из-за паводка. Движение обещают открыть {}.",
        "Движение между Фастовом и Белой Церковью остановлено из-за паводка, его восстановят {}.",
    ],
}
ENDS = ("first_traffic", "full_service")


def _read(text: str, published: datetime) -> Iterator[tuple[object, Bounds]]:
    reader = ArticleReader(built_in_network(), None)
    article = Article(text=text, published=published.isoformat(), zone="Europe/Kyiv")
    for incident in reader.read([article]).incidents:
        for claim in incident.claims:
            at = claim.value("at")
            if isinstance(at, Bounds):
                yield claim.value("about"), at


def _check(
    language: str, pattern: str, say: Say, when: datetime, published: datetime, about: object
) -> None:
    """Check that one time is read from a sentence: the one that was put into it."""
    said = say(language, when)
    begins = pattern.partition("{}")[0].strip()[-1:] in ("", ".")
    text = pattern.format(said[0].upper() + said[1:] if begins else said)
    first, last = when, when
    if say in WHOLE.values():
        first = datetime.combine(when.date(), time(), ZONE)
        last = datetime.combine(when.date() + timedelta(days=1), time(), ZONE)
        last = min(last, published) if when < published else last
    found = list(_read(text, published))
    wanted = Bounds(earliest=first.astimezone(UTC), latest=last.astimezone(UTC))
    assert [at for _, at in found] == [wanted], text
    assert {each for each, _ in found} <= set(about if isinstance(about, tuple) else [about]), text


_DAYS = st.dates(date(2023, 1, 10), date(2025, 12, 20))
_HOURS = st.integers(min_value=0, max_value=19 * 60 + 59)
_SAYS = st.sampled_from([*EXACT.values(), *WHOLE.values()])


def _published(day: date) -> datetime:
    return datetime.combine(day, time(21), ZONE)


def _instant(day: date, minutes: int) -> datetime:
    return datetime.combine(day, time(minutes // 60, minutes % 60), ZONE)


@pytest.mark.parametrize("language", ["en", "uk", "ru"])
@settings(max_examples=60, deadline=None)
@given(data=st.data(), day=_DAYS, minutes=_HOURS, say=_SAYS, ago=st.integers(0, NEAR))
def test_when_it_began_is_read_wherever_it_stands(language, data, day, minutes, say, ago) -> None:
    pattern = data.draw(st.sampled_from(BEGAN[language]))
    when = _instant(day - timedelta(days=ago), minutes)
    _check(language, pattern, say, when, _published(day), "start")


@pytest.mark.parametrize("language", ["en", "uk", "ru"])
@settings(max_examples=40, deadline=None)
@given(data=st.data(), day=_DAYS, minutes=_HOURS, say=_SAYS, ago=st.integers(0, NEAR))
def test_when_it_ended_is_read_wherever_it_stands(language, data, day, minutes, say, ago) -> None:
    pattern = data.draw(st.sampled_from(ENDED[language]))
    when = _instant(day - timedelta(days=ago), minutes)
    _check(language, pattern, say, when, _published(day), ENDS)


@pytest.mark.parametrize("language", ["en", "uk", "ru"])
@settings(max_examples=30, deadline=None)
@given(data=st.data(), day=_DAYS, minutes=_HOURS, say=_SAYS, ahead=st.integers(1, NEAR))
def test_when_it_is_to_end_is_read_as_to_come(language, data, day, minutes, say, ahead) -> None:
    pattern = data.draw(st.sampled_from(TO_END[language]))
    when = _instant(day + timedelta(days=ahead), minutes)
    _check(language, pattern, say, when, _published(day), ENDS)


# Kinds of times: which of them belongs to what

KINDS_OF_TIMES = yaml.safe_load(
    (Path(__file__).parent / "data" / "reading" / "kinds-of-times.yaml").read_text("utf-8")
)


@pytest.mark.parametrize("row", KINDS_OF_TIMES)
def test_each_time_is_given_to_what_it_is_of(row: dict[str, Any]) -> None:
    text, times = row["text"], row["times"]
    published = datetime(2024, 3, 12, 21, tzinfo=ZONE)
    found = {str(about): _local(at) for about, at in _read(text, published)}
    if "full_service" in found and "full_service" not in times:
        found["first_traffic"] = found.pop("full_service")
    assert found == times


def _local(at: Bounds) -> str:
    first, last = (
        None if each is None else f"{each.astimezone(ZONE):%d %H:%M}"
        for each in (at.earliest, at.latest)
    )
    if first == last:
        return str(first)
    return f"{first or '..'} to {last or '..'}" if first else f".. {last}"
