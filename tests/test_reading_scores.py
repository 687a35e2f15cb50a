"""The passages that the reader is measured on, and what it reaches on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import netmodel as nm
from netmodel.evidence.vocabulary import BASES, EFFECTS, KINDS, TIMED
from netmodel.times import read_bounds
from tests.reading_material import (
    EFFECTS_AND_TIMES,
    MORE,
    PAGE,
    PLACES,
    passages,
    put_blind_into,
    read_passage,
    scores,
    table,
    times_apart,
)

MATERIAL = Path(__file__).parent / "data" / "reading"
HALVES = ("tuning", "held")
TIMES_REACHED, TIMES_RIGHT = 0.86, 0.90
EVENTS_REACHED, EVENTS_RIGHT = 0.95, 0.99
APART_REACHED, APART_RIGHT = 0.87, 0.97
TUNING_REACHED, TUNING_RIGHT = 0.96, 0.96
NEW_REACHED, NEW_RIGHT = 0.86, 0.81
FRESH_TIMES, FRESH_EFFECTS = (0.90, 0.85), (0.95, 0.93)
LIKE_TIMES, LIKE_EFFECTS, LIKE_KINDS = (0.97, 0.97), (0.99, 0.99), (0.96, 0.97)
LIKE_2_TIMES, LIKE_2_EFFECTS, LIKE_2_KINDS = (0.98, 0.98), (0.99, 0.99), (0.98, 0.98)
ONCE_TIMES, ONCE_EFFECTS, ONCE_KINDS = (0.79, 0.89), (0.90, 0.91), (0.70, 0.98)
BLIND_TIMES, BLIND_EFFECTS = (0.70, 0.61), (0.80, 0.82)
MORE_TIMES, MORE_EFFECTS = (0.73, 0.76), (0.82, 0.80)
"""Found rightly, and of what is given right, where nobody knew the rules: far from the aims.

They are of the 30 passages kept apart; of all 60 times were 64 % and 51 % at the first reading.
Of 59 further ones kept apart they were 65 % and 60 %, effects 71 % and 72 %. Of the first passages
kept apart 40 of 46 times are found; they were 38 while sentences were gathered by what they
complete, and 39 when 135 passages like them had been learnt from; of 135 more, 78 % and 86 % were
right at first. Of the 30 kept apart, times fell from 70 % to 67 % and effects from 83 % to 80 %
when rules were learnt from 75 fresh passages, while those of the 59 rose from 69 % to 71 % and from
77 % to 80 %.
"""


@pytest.mark.parametrize("half", HALVES)
def test_each_half_has_ten_passages_of_each_language(half: str) -> None:
    passages = _passages(half)
    assert Counter(each["language"] for each in passages) == {"en": 10, "uk": 10, "ru": 10}


def test_no_passage_is_in_both_halves() -> None:
    ids = [each["id"] for half in HALVES for each in _passages(half)]
    assert len(set(ids)) == len(ids) == 60


@pytest.mark.parametrize("half", ["blind", "tuning-unseen"])
def test_ten_passages_of_each_language_were_written_without_knowing_the_reader(half: str) -> None:
    assert Counter(each["language"] for each in _passages(half)) == {"en": 10, "uk": 10, "ru": 10}


def test_25_passages_of_each_language_were_written_for_the_last_round() -> None:
    assert Counter(each["language"] for each in _passages("tuning-fresh")) == {
        "en": 25, "uk": 25, "ru": 25,
    }  # fmt: skip


@pytest.mark.parametrize("half", ["tuning-like", "tuning-like-2"])
def test_45_passages_of_each_language_are_like_those_of_the_first_half(half: str) -> None:
    assert Counter(each["language"] for each in _passages(half)) == {
        "en": 45, "uk": 45, "ru": 45,
    }  # fmt: skip


def test_half_of_what_was_written_without_knowing_the_reader_is_kept_apart() -> None:
    ids = [each["id"] for half in ("blind", "tuning-unseen") for each in _passages(half)]
    assert len(set(ids)) == len(ids) == 60


def test_half_of_the_further_passages_of_each_writer_is_kept_apart() -> None:
    learn, apart = (_passages(f"more-{half}") for half in ("learn", "apart"))
    counts = [Counter(each["language"] for each in half) for half in (learn, apart)]
    assert counts == [{"en": 18, "uk": 18, "ru": 25}, {"en": 17, "uk": 17, "ru": 25}]
    assert len({each["id"] for each in (*learn, *apart)}) == 120


@pytest.mark.parametrize(
    "half",
    [
        *HALVES,
        "blind",
        "tuning-unseen",
        "more-learn",
        "more-apart",
        "tuning-events",
        "tuning-fresh",
        "tuning-like",
        "tuning-like-2",
    ],
)
def test_expected_answers_use_the_words_of_the_record(half: str) -> None:
    network = nm.built_in_network()
    names = {each.name for each in network.hubs} | {each.name for each in network.stations}
    for passage in _passages(half):
        named = set(passage.get("mentions", ()))
        assert named <= names, passage["id"]
        for event in passage["events"]:
            known = names if half.startswith("more") else named  # "the Kriukiv bridge" is a section
            assert set(event.get("place", ())) <= known, passage["id"]
            assert _several(event["effect"]) <= set(EFFECTS)
            assert _several(event.get("kind", "other")) <= set(KINDS)
            for time in event.get("times", ()):
                assert _several(time["about"]) <= set(TIMED)
                assert _several(time["basis"]) <= set(BASES)
                for at in _times(time):
                    bounds = read_bounds(at, zone=passage["zone"])
                    assert bounds.censoring != "unknown", passage["id"]


def test_the_places_of_the_catalogue_are_of_the_network_and_its_incidents() -> None:
    network, incidents = nm.built_in_network(), nm.built_in_catalogue().incidents
    names = {each.name for each in network.hubs} | {each.name for each in network.stations}
    texts = yaml.safe_load((MATERIAL / "catalogue_places.yaml").read_text("utf-8"))["texts"]
    assert {each["incident"] for each in texts} <= set(incidents)
    for each in texts:
        assert {*each["named"], *each.get("either", ())} <= names, each["incident"]
        assert not {*each["named"]} & {*each.get("either", ())}, each["incident"]


# What the reader reaches: the aims hold for the half kept apart


@pytest.mark.parametrize("part", ["catalogue", "places"])
def test_of_ten_places_nine_are_found_and_nine_are_right(part: str) -> None:
    found = scores("held")[part].tally("places")
    assert found.recall >= PLACES
    assert found.precision >= PLACES


def test_effects_are_read_rightly() -> None:
    found = scores("held")["passages"].tally("effects")
    assert found.recall >= EFFECTS_AND_TIMES
    assert found.precision >= EFFECTS_AND_TIMES


def test_times_do_not_fall_below_what_was_reached() -> None:
    """The aim is that of effects, and a little more is reached."""
    found = scores("held")["passages"].tally("times")
    assert found.recall >= TIMES_REACHED
    assert found.precision >= TIMES_RIGHT


@pytest.mark.parametrize(
    ("half", "measure", "recall", "precision"),
    [
        ("held", "events", EVENTS_REACHED, EVENTS_RIGHT),
        ("times", "times", APART_REACHED, APART_RIGHT),
        ("tuning", "times", TUNING_REACHED, TUNING_RIGHT),
        ("events", "times", NEW_REACHED, NEW_RIGHT),
        ("fresh", "times", *FRESH_TIMES),
        ("fresh", "effects", *FRESH_EFFECTS),
        ("like", "times", *LIKE_TIMES),
        ("like", "effects", *LIKE_EFFECTS),
        ("like", "kinds", *LIKE_KINDS),
        ("like2", "times", *LIKE_2_TIMES),
        ("like2", "effects", *LIKE_2_EFFECTS),
        ("like2", "kinds", *LIKE_2_KINDS),
        ("once", "times", *ONCE_TIMES),
        ("once", "effects", *ONCE_EFFECTS),
        ("once", "kinds", *ONCE_KINDS),
        ("blind", "times", *BLIND_TIMES),
        ("blind", "effects", *BLIND_EFFECTS),
        ("more", "times", *MORE_TIMES),
        ("more", "effects", *MORE_EFFECTS),
    ],
)
def test_what_was_reached_is_kept(half: str, measure: str, recall: float, precision: float) -> None:
    found = scores(half)["passages"].tally(measure)
    assert found.recall >= recall
    assert found.precision >= precision


@pytest.mark.parametrize("half", HALVES)
def test_every_field_quotes_its_passage(half: str) -> None:
    found = scores(half)["passages"]
    assert (found.without_span, found.misquoted) == (0, 0)


def test_nothing_is_read_where_nothing_is_said() -> None:
    empty = [each for each in passages("tuning") if not each.events]
    assert len(empty) > 5
    assert [each.id for each in empty if read_passage(each).incidents] == []


def test_the_figures_of_the_docs_are_those_of_the_half_kept_apart() -> None:
    """``python -m tests.reading_material --write`` writes them."""
    page = PAGE.read_text("utf-8")
    assert table("held") in page
    assert times_apart() in page
    assert put_blind_into(page, table("blind")) == page
    assert put_blind_into(page, table("more"), MORE) == page


def _passages(half: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((MATERIAL / f"{half}.yaml").read_text("utf-8"))[
        "passages"
    ]
    return found


def _several(value: object) -> set[str]:
    return set(value) if isinstance(value, list) else {str(value)}


def _times(expected: dict[str, Any]) -> Iterator[object]:
    at = expected.get("at", [])
    yield from at if isinstance(at, list) else [at]
