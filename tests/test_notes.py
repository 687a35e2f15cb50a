"""Sentences of the model: a code with values, worded in every language."""

import copy
import json
import pickle
import re

import pytest

from netmodel.errors import InputError
from netmodel.evidence.notes import NOTES, Note
from netmodel.evidence.places import (
    HubPlace,
    LinksPlace,
    NearPlace,
    NoPlace,
    RegionPlace,
    SectionPlace,
    StationPlace,
    TownPlace,
    note_place,
    parse_place,
    place_from_dict,
    place_to_dict,
)
from netmodel.words.sentences import Spellings, word_note, word_place, word_recorded
from netmodel.words.strings import LANGUAGES, Phrases, load_catalogue

INSTANT = "2026-02-01T10:00:00Z"
SAMPLES = {
    "text": "Слова автора",
    "name": "Київ",
    "names": ("Київ", "Львів"),
    "link": "київ--львів",
    "links": ("київ--львів", "львів--одеса"),
    "region": "Crimea",
    "number": 12345.5,
    "instant": INSTANT,
}
PLACES = (
    HubPlace(hub="Київ"),
    StationPlace(station="Чистеньке"),
    SectionPlace(between=("Київ", "Львів")),
    NearPlace(lon=34.1, lat=44.9, within_km=7.5),
    TownPlace(town="Ялта", within_km=5),
    RegionPlace(region="Crimea", extent="whole"),
    RegionPlace(region="Crimea", extent="somewhere"),
    LinksPlace(links=("київ--львів",)),
    NoPlace(reason="Слова автора"),
)
OURS = {"observed-bounds", "UTC"}
"""Names in Latin letters that every language has."""


def make_note(code):
    return Note(code, {name: SAMPLES[kind] for name, kind in NOTES[code].values.items()})


def latin_words(text):
    for name in OURS:
        text = text.replace(name, "")
    return re.findall("[A-Za-z]{2,}", text)


def test_the_pages_have_every_code_and_its_english():
    words = {key.removeprefix("note."): entry for key, entry in load_catalogue().items()
             if key.startswith("note.")}  # fmt: skip
    assert {code: entry["en"] for code, entry in words.items()} == {
        code: template.english for code, template in NOTES.items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", NOTES)
def test_every_note_has_the_values_of_its_code_in_every_language(code, language):
    placeholders = set(re.findall(r"{(\w+)}", load_catalogue()[f"note.{code}"][language]))
    assert placeholders == set(NOTES[code].values)


@pytest.mark.parametrize("code", NOTES)
def test_a_note_in_ukrainian_has_no_english_word(code):
    note = make_note(code)
    said = word_note(note, Phrases("uk"))
    assert said
    assert not latin_words(said)
    told = word_note(note, Phrases("en")).replace("1 February 2026, 10:00 (UTC)", INSTANT)
    assert told == str(note)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: type(place).__name__)
def test_a_place_in_ukrainian_has_no_english_word(place):
    said = word_place(place, Phrases("uk"))
    assert said
    assert not latin_words(said)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: type(place).__name__)
def test_a_place_is_kept_as_in_a_file(place):
    assert place_from_dict(json.loads(json.dumps(place_to_dict(place)))) == place


def test_a_small_distance_is_kept():
    assert place_from_dict({"near": {"lon": 30, "lat": 50, "within_km": 0.5}}).within_km == 0.5


@pytest.mark.parametrize(("lon", "lat"), [(30.126, 50.994), (-0.004, 49.996), (24.03, 49.84)])
def test_a_point_is_said_to_the_hundredth_of_a_degree(lon, lat):
    said = note_place(NearPlace(lon=lon, lat=lat, within_km=0.125)).values
    assert said["km"] == 0.125
    for value, exact in ((said["lon"], lon), (said["lat"], lat)):
        assert abs(value - exact) <= 0.005
        assert 100 * value == pytest.approx(round(100 * value), abs=1e-9)


def test_a_region_and_a_town_are_written_with_their_word():
    assert parse_place("region Crimea") == RegionPlace(region="Crimea")
    assert parse_place("town Yalta") == TownPlace(town="Yalta")


def test_a_region_is_meant_as_a_whole_or_somewhere_in_it():
    whole, somewhere = (RegionPlace(region="C", extent=each) for each in ("whole", "somewhere"))
    assert note_place(whole).code == "place_region"
    assert note_place(somewhere).code == "place_somewhere"


@pytest.mark.parametrize("code", NOTES)
def test_a_note_is_kept_whole(code):
    note = make_note(code)
    kept = json.loads(json.dumps(note.to_dict()))
    for same in (Note.from_dict(kept), pickle.loads(pickle.dumps(note)), copy.deepcopy(note)):
        assert same == note
        assert hash(same) == hash(note)


def test_names_and_links_are_spelled_as_the_page_does():
    note = Note("lies_at", {"name": "Kyiv", "km": 7.5, "link": "kyiv--lviv"})
    spellings = Spellings(names={"Kyiv": "Київ"}, links={"kyiv--lviv": "Київ – Львів"})
    assert not latin_words(word_note(note, Phrases("uk"), spellings))


def test_a_text_of_an_older_folder_is_said_as_it_is():
    assert word_recorded("no link matched", Phrases("uk")) == "no link matched"
    assert word_recorded(None, Phrases("uk")) == word_recorded([], Phrases("uk")) == ""


@pytest.mark.parametrize(
    ("code", "values", "where"),
    [
        ("no_lnk", {}, "code"),
        (None, {}, "code"),
        ("no_link", {"km": 1}, "values"),
        ("nearest", {}, "values"),
        ("nearest", 7, "values"),
        ("nearest", {"km": "far"}, "values.km"),
        ("nearest", {"km": True}, "values.km"),
        ("nearest", {"km": float("nan")}, "values.km"),
        ("parallel", {"names": "Kyiv"}, "values.names"),
        ("all_of", {"region": 3}, "values.region"),
    ],
)
def test_a_note_that_is_none_is_refused(code, values, where):
    with pytest.raises(InputError) as caught:
        Note(code, values)
    assert [problem.where for problem in caught.value.problems] == [where]
    with pytest.raises(InputError):
        Note.from_dict({"code": code, "values": values})


def test_a_note_with_other_values_is_told_those_that_it_has():
    for code, said in (("no_link", "no values"), ("nearest", *NOTES["nearest"].values)):
        with pytest.raises(InputError, match=said):
            Note(code, {"other": 1})


@pytest.mark.parametrize("value", ["text", None, 3, {}, {"code": "no_link", "more": 1}])
def test_what_a_record_has_instead_of_a_note_is_refused(value):
    with pytest.raises(InputError):
        Note.from_dict(value)


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        {"hub": 3},
        {"near": {"lon": "x", "lat": 1, "within_km": 2}},
        {"near": {"lon": 30, "lat": 50, "km": 2}},
        {"near": {"lon": 30, "within_km": 2}},
        {"town": "A", "km": 1},
    ],
)
def test_what_a_record_has_instead_of_a_place_is_refused(value):
    with pytest.raises(InputError):
        place_from_dict(value)
