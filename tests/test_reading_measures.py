"""How reading is measured: what counts as right, as left out, and as made up."""

import pytest

import netmodel as nm
from netmodel.errors import InputError
from netmodel.evidence.places import RegionPlace, SectionPlace, StationPlace
from netmodel.reading import ArticleSource, Draft, DraftClaim, DraftField, DraftIncident, Span
from netmodel.times import read_bounds
from netmodel.validation import ReadingPassage, read_passages, score_places, score_reading
from netmodel.validation.reading_scores import Tally

TEXT = "Trains between Fastiv and Bila Tserkva stopped at 05:40 and ran again at 14:20."
PASSAGES = f"""\
passages:
- id: p1
  language: en
  published: "2024-03-12"
  zone: Europe/Kyiv
  text: {TEXT}
  mentions: [Fastiv, Bila Tserkva]
  events:
  - place: [Fastiv, Bila Tserkva]
    place_or: [[Fastiv]]
    effect: closed
    kind: derailment
    times:
    - {{about: start, at: "2024-03-12T05:40", basis: observed, speaker: Railway}}
    - {{about: [first_traffic, full_service], at: "2024-03-12T14:20", give: 1, basis: observed}}
"""


@pytest.fixture
def network():
    return nm.built_in_network()


@pytest.fixture
def passage(tmp_path, network):
    path = tmp_path / "passages.yaml"
    path.write_text(PASSAGES, encoding="utf-8")
    (found,) = read_passages(path, network)
    return found


def made(name, value):
    span = Span(article="p1", start=0, end=6, quotation="Trains")
    return DraftField(name=name, value=value, spans=(span,), sure="certain", why="stated")


def claim(about, at=None, **fields):
    given = {"about": about, "says": "x", **fields}
    if at is not None:
        given["at"] = read_bounds(at, zone="Europe/Kyiv")
    return DraftClaim(article="p1", fields=tuple(made(*each) for each in given.items()))


START = ("start", "2024-03-12T05:40")
END = ("first_traffic", "2024-03-12T14:20")


def incident(*claims, place=None, number=1, **fields):
    place = place or SectionPlace(between=("Fastiv", "Bila Tserkva"))
    given = {"place": place, "effect": "closed", "kind": "derailment", **fields}
    return DraftIncident(
        id=f"i{number}", title="t", zone="Europe/Kyiv",
        fields=tuple(made(*each) for each in given.items() if each[1] is not None),
        claims=claims or (claim(*START, speaker="The Railway"), claim(*END)),
    )  # fmt: skip


def score(passage, network, *incidents):
    source = ArticleSource.of(
        TEXT, nm.Document(id="p1", publisher="P", published="2024-03-12"), zone="Europe/Kyiv"
    )
    draft = Draft(articles=(source,), incidents=incidents)
    return score_reading([passage], lambda each: draft, network)


def tallies(scores):
    return {
        row.measure: (row.expected, row.given, row.right)
        for row in scores.to_pandas().itertuples()
        if row.language == "all"
    }


def test_what_is_as_expected_is_right_in_everything(passage, network):
    scores = score(passage, network, incident())
    found = tallies(scores)
    assert found == {
        "events": (1, 1, 1), "event_places": (1, 1, 1), "effects": (1, 1, 1), "kinds": (1, 1, 1),
        "times": (2, 2, 2), "bases": (2, 2, 2), "speakers": (1, 1, 1),
    }  # fmt: skip
    assert scores.misses == ()
    assert scores.without_span == scores.misquoted == 0


def test_a_draft_without_the_event_leaves_everything_out(passage, network):
    found = tallies(score(passage, network))
    assert found == {
        "events": (1, 0, 0), "event_places": (1, 0, 0), "effects": (1, 0, 0), "kinds": (1, 0, 0),
        "times": (2, 0, 0),
    }  # fmt: skip


def test_an_event_that_nobody_expects_counts_against_the_reader(passage, network):
    other = incident(number=2, place=StationPlace(station="Chop"))
    found = tallies(score(passage, network, other, incident()))
    assert found["events"] == found["effects"] == (1, 2, 1)
    assert found["times"] == (2, 2, 2)


def test_one_of_no_effect_does_not(passage, network):
    other = incident(number=2, effect="none", place=StationPlace(station="Chop"))
    assert tallies(score(passage, network, incident(), other))["events"] == (1, 1, 1)


@pytest.mark.parametrize(
    ("changed", "measure"),
    [
        ({"effect": "slowed"}, "effects"),
        ({"effect": None}, "effects"),
        ({"kind": "fire"}, "kinds"),
        ({"place": StationPlace(station="Bila Tserkva")}, "event_places"),
        ({"place": RegionPlace(region="Kyiv oblast")}, "event_places"),
    ],
)
def test_one_field_read_wrongly_is_one_mistake(passage, network, changed, measure):
    scores = score(passage, network, incident(**changed))
    assert tallies(scores)[measure][2] == 0
    assert measure in {each.measure for each in scores.misses}
    assert tallies(scores)["times"] == (2, 2, 2)


def test_another_set_of_places_is_as_right(passage, network):
    found = tallies(score(passage, network, incident(place=StationPlace(station="Fastiv"))))
    assert found["event_places"] == (1, 1, 1)


@pytest.mark.parametrize(
    ("claims", "times"),
    [
        ((claim(*START),), (2, 1, 1)),
        ((claim("start", "2024-03-12T05:50"), claim(*END)), (2, 2, 1)),
        ((claim(*START), claim("first_traffic", "2024-03-12T15:10")), (2, 2, 2)),
        ((claim(*START), claim("first_traffic", {"before": "2024-03-12T14:20"})), (2, 2, 1)),
        ((claim(*START), claim(*END), claim(*END)), (2, 2, 2)),
        ((claim(*START), claim(*END), claim("start", "2024-03-11")), (2, 3, 2)),
        ((claim(*START), claim(*END), claim("still_out", "2024-03-12T09:00")), (2, 2, 2)),
        ((claim(*START), claim("first_traffic", lasted_hours=8.67)), (2, 2, 1)),
    ],
)
def test_times_are_right_left_out_or_made_up(passage, network, claims, times):
    assert tallies(score(passage, network, incident(*claims)))["times"] == times


def test_basis_and_speaker_are_judged_where_the_time_is_right(passage, network):
    claims = (claim(*START, basis="forecast", speaker="A passenger"), claim(*END))
    found = tallies(score(passage, network, incident(*claims)))
    assert found["bases"] == (2, 2, 1)
    assert found["speakers"] == (1, 1, 0)


def test_where_trains_ran_no_incident_is_as_right_as_one_of_no_effect(passage, network):
    harmless = nm.validation.passages.ExpectedEvent(
        effects=("none",), places=(frozenset({"Fastiv"}),)
    )
    quiet = ReadingPassage(id="p1", language="en", text=TEXT, events=(harmless,))
    fastiv = StationPlace(station="Fastiv")
    found = {
        "nothing": tallies(score(quiet, network)),
        "no effect": tallies(score(quiet, network, incident(effect="none", place=fastiv))),
        "an effect": tallies(score(quiet, network, incident(place=fastiv))),
    }
    assert {case: each["effects"][2] for case, each in found.items()} == {
        "nothing": 1, "no effect": 1, "an effect": 0,
    }  # fmt: skip


def test_a_span_that_quotes_something_else_is_counted(passage, network):
    source = ArticleSource.of(
        "Buses it is.", nm.Document(id="p1", publisher="P"), zone="Europe/Kyiv"
    )
    draft = Draft(articles=(source,), incidents=(incident(),))
    assert score_reading([passage], lambda each: draft, network).misquoted == 1


def test_places_count_once_and_those_of_either_kind_not_at_all():
    passage = ReadingPassage(id="p", language="uk", text="", mentions=["A", "B"], either=["C"])
    scores = score_places([passage], lambda each: ["A", "A", "C", "D"])
    assert scores.tally("places") == scores.tally("places", "uk") == Tally(2, 2, 1)
    assert {str(each) for each in scores.misses} == {"p places: B | -", "p places: - | D"}


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("mentions: [Fastiv", "mentions: [Fastivv", "Fastiv"),
        ("effect: closed", "effect: shut", "effect"),
        ('05:40", basis', '25:40", basis', "25:40"),
        ("basis: observed, speaker", "speaker", "basis"),
        ("zone: Europe/Kyiv", "zone: Europe/Kiyv", "Europe/Kiyv"),
        ("language: en", "language: de", "en, uk, ru"),
        ("kind: derailment", "cause: derailment", "cause"),
    ],
)
def test_what_is_wrong_in_a_file_of_passages_is_told_at_its_place(
    right, wrong, told, tmp_path, network
):
    path = tmp_path / "passages.yaml"
    path.write_text(PASSAGES.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_passages(path, network)
    assert all(each.where.startswith("passages.yaml:") for each in refused.value.problems)
    assert told in str(refused.value)


def test_an_id_used_twice_is_told(tmp_path, network):
    path = tmp_path / "passages.yaml"
    path.write_text(PASSAGES + PASSAGES.partition("\n")[2], encoding="utf-8")
    with pytest.raises(InputError, match="twice"):
        read_passages(path, network)
