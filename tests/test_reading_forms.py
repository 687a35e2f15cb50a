"""The usual ways to say a stop, a return, a cause and a time are read, one sentence for each.

The sentences are in `data/reading/forms-of-words.yaml`, by what they say and by language.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from netmodel.network.formats import built_in_network
from netmodel.reading.draft import DraftIncident
from netmodel.reading.duration_phrases import find_durations
from netmodel.reading.read_articles import Article, ArticleReader
from netmodel.times import Bounds

ZONE = ZoneInfo("Europe/Kyiv")
PUBLISHED = datetime(2024, 3, 12, 21, tzinfo=ZONE).isoformat()
FORMS: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "data" / "reading" / "forms-of-words.yaml").read_text("utf-8")
)
SECTION = {
    "en": "between Fastiv and Bila Tserkva",
    "uk": "між Фастовом і Білою Церквою",
    "ru": "между Фастовом и Белой Церковью",
}
LANGUAGES = tuple(SECTION)
FRAMES = {
    "starts": {
        "en": ("Trains @ were stopped {}.", "{}, trains @ stopped because of an accident."),
        "uk": ("Рух поїздів @ зупинили {}.", "{} через аварію зупинили рух поїздів @."),
        "ru": (
            "Движение поездов @ остановили {}.",
            "{} из-за аварии остановили движение поездов @.",
        ),
    },
    "spans": {
        "en": ("Trains @ were stopped {}.",),
        "uk": ("Рух поїздів @ зупинили {}.",),
        "ru": ("Движение поездов @ остановили {}.",),
    },
    "ends": {
        "en": ("The line @ is closed by snow; trains will resume {}.",),
        "uk": ("Рух поїздів @ зупинено через сніг; відновити його планують {}.",),
        "ru": ("Движение поездов @ остановлено из-за снега; восстановить его планируют {}.",),
    },
}
"""Sentences that a time is put into."""
ENDS = ("first_traffic", "full_service")
RETURNED = "12 14:10"
"""When trains ran again in each sentence about that."""


@cache
def _reader() -> ArticleReader:
    return ArticleReader(built_in_network(), None)


def _read(language: str, text: str) -> tuple[DraftIncident, ...]:
    whole = text.replace("@", SECTION[language])
    whole = whole[0].upper() + whole[1:]
    article = Article(text=whole, published=PUBLISHED, zone="Europe/Kyiv")
    return _reader().read([article]).incidents


def _fields(language: str, text: str, name: str) -> list[object]:
    return [
        next((field.value for field in each.fields if field.name == name), None)
        for each in _read(language, text)
    ]


def _times(language: str, text: str) -> Iterator[tuple[str, str]]:
    for incident in _read(language, text):
        for claim in incident.claims:
            at = claim.value("at")
            if isinstance(at, Bounds):
                yield str(claim.value("about")), _say(at)


def _say(at: Bounds) -> str:
    first, last = (
        None if each is None else f"{each.astimezone(ZONE):%d %H:%M}"
        for each in (at.earliest, at.latest)
    )
    if first == last:
        return str(first)
    return f"{first or '..'} to {last or '..'}" if first else f".. {last}"


def _rows(section: str) -> list[tuple[str, str]]:
    return [(value, language) for value, each in FORMS[section].items() for language in each]


@pytest.mark.parametrize(("effect", "language"), _rows("effects"))
def test_each_way_to_say_what_befell_trains_is_read(effect: str, language: str) -> None:
    right = [[effect], *([[]] if effect == "none" else [])]
    texts = FORMS["effects"][effect][language]
    assert [x for x in texts if _fields(language, x, "effect") not in right] == []


@pytest.mark.parametrize(("kind", "language"), _rows("kinds"))
def test_each_way_to_say_why_is_read(kind: str, language: str) -> None:
    texts = FORMS["kinds"][kind][language]
    assert [x for x in texts if _fields(language, x, "kind") != [kind]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_way_to_say_that_trains_run_again_is_read(language: str) -> None:
    missed = []
    for text in FORMS["returns"][language]:
        found = [at for about, at in _times(language, text) if about in ENDS]
        if found != [RETURNED]:
            missed.append((text, found))
    assert missed == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_words_in_ordinary_prose_are_no_event(language: str) -> None:
    texts = FORMS["nothing"][language]
    assert [x for x in texts if {*_fields(language, x, "effect")} - {None, "none"}] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("section", FRAMES)
def test_each_way_to_say_a_time_is_read(section: str, language: str) -> None:
    missed = []
    for phrase, told in FORMS[section][language].items():
        for frame in FRAMES[section][language]:
            found = list(_times(language, frame.format(phrase)))
            abouts = ["start"] if section == "starts" else ["end"]
            abouts = ["start", "end"] if section == "spans" else abouts
            times = told if isinstance(told, list) else [told]
            shown = [("end" if about in ENDS else about, at) for about, at in found]
            if shown != list(zip(abouts, times, strict=True)):
                missed.append((phrase, found))
    assert missed == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_stop_cause_and_return_are_read_together(language: str) -> None:
    missed = []
    for row in FORMS["sentences"][language]:
        shown = [_fields(language, row["text"], name) for name in ("effect", "kind")]
        times = dict(_times(language, row["text"]))
        if shown != [[row["effect"]], [row.get("kind")]] or times != row["times"]:
            missed.append((row["text"], shown, times))
    assert missed == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_way_to_say_how_long_is_read(language: str) -> None:
    missed = []
    for text, told in FORMS["lengths"][language].items():
        found = [[each.hours, each.role] for each in find_durations(text, 0, len(text), language)]
        if found != [told]:
            missed.append((text, found))
    assert missed == []
