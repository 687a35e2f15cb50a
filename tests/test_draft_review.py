"""What a draft asks a person, and what their answers make of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import netmodel as nm
from netmodel.evidence.places import (
    HubPlace,
    LinksPlace,
    NearPlace,
    RegionPlace,
    SectionPlace,
    StationPlace,
    TownPlace,
)
from netmodel.evidence.vocabulary import FrozenMap
from netmodel.reading.answers import read_answer, write_answer
from netmodel.reading.decisions import (
    decisions_path,
    read_decisions,
    split_fitting,
    write_decisions,
)
from netmodel.reading.open_questions import (
    Decision,
    Question,
    accept_draft,
    apply_decisions,
    list_all_questions,
    list_questions,
)
from netmodel.times import Bounds, add_hours, parse_instant
from tests.small_draft import DERAILED, TREE, ZONE, make_draft, make_known

OPEN = [
    f"{DERAILED}/incident",
    f"{DERAILED}/field/0",
    f"{DERAILED}/field/2",
    f"{DERAILED}/claim/0",
    f"{TREE}/incident",
    f"{TREE}/missing/kind",
    f"{TREE}/missing/effect",
]


def answer(question: Question, do: str = "accept", **values: str) -> Decision:
    return Decision(question=question.id, about=question.about, do=do, values=values)


def ask(question: str, draft: nm.reading.Draft | None = None) -> Question:
    return next(each for each in list_all_questions(draft or make_draft()) if each.id == question)


def decide(**answers: dict[str, str] | str) -> list[Decision]:
    """Answer questions of the first incident: a verb, or the values of a change."""
    found = []
    for part, what in answers.items():
        question = ask(f"{DERAILED}/{part.replace('_', '/')}")
        values = what if isinstance(what, dict) else {}
        do = "change" if values else str(what)
        found.append(answer(question, do, **values))
    return found


ALL_ACCEPTED = {"incident": "accept", "field_0": "accept", "field_2": "accept", "claim_0": "accept"}


def test_what_is_in_doubt_or_missing_is_asked_in_the_order_of_the_draft() -> None:
    assert [each.id for each in list_questions(make_draft())] == OPEN


def test_a_question_says_what_was_read_and_shows_its_words() -> None:
    place = ask(f"{DERAILED}/field/0")
    assert place.about == "place: Fastiv - Bila Tserkva"
    assert [each.quotation for each in place.spans] == ["between Fastiv and Bila Tserkva"]
    assert [each.name for each in ask(f"{DERAILED}/claim/0").doubtful] == ["at"]


def test_what_is_decided_is_open_no_more() -> None:
    some = decide(field_0="accept", claim_0="drop")
    left = [each.id for each in list_questions(make_draft(), some)]
    asked = [each for each in OPEN if each not in {one.question for one in some}]
    assert [each for each in left if each in asked] == asked
    assert f"{DERAILED}/missing/start" in left  # The dropped claim was the only one about it.


def test_a_field_that_is_dropped_is_asked_for() -> None:
    left = [each.id for each in list_questions(make_draft(), decide(field_2="drop"))]
    assert f"{DERAILED}/missing/effect" in left


def test_agreed_fields_are_confirmed_and_keep_their_words() -> None:
    draft = make_draft()
    first = apply_decisions(draft, decide(**ALL_ACCEPTED)).incidents[0]
    assert {each.why for each in first.fields} == {"confirmed"}
    assert [each.spans for each in first.fields] == [
        each.spans for each in draft.incidents[0].fields
    ]


def test_a_change_is_the_persons_own() -> None:
    changed = apply_decisions(make_draft(), decide(field_0={"place": "Fastiv - Myronivka"}))
    place = changed.incidents[0].get("place")
    assert place is not None
    assert place.value == SectionPlace(between=("Fastiv", "Myronivka"))
    assert (place.why, place.spans) == ("reviewer", ())


def test_a_claim_keeps_what_is_not_changed_and_loses_what_is_emptied() -> None:
    some = decide(claim_0={"at": "2024-03-12T05:45", "speaker": ""})
    claim = apply_decisions(make_draft(), some).incidents[0].claims[0]
    assert [each.name for each in claim.fields] == ["about", "says", "at", "party"]
    assert claim.value("at") == Bounds(
        earliest=parse_instant("2024-03-12T03:45Z"), latest=parse_instant("2024-03-12T03:45Z")
    )


def test_a_dropped_incident_is_gone_with_its_questions() -> None:
    gone = decide(incident="drop")
    assert [each.id for each in apply_decisions(make_draft(), gone).incidents] == [TREE]
    assert [each.id for each in list_questions(make_draft(), gone)] == OPEN[4:]


def test_an_incident_is_accepted_when_nothing_of_it_is_open() -> None:
    draft = make_draft()
    for count in range(4):
        assert not accept_draft(draft, decide(**dict([*ALL_ACCEPTED.items()][:count]))).incidents
    catalogue = accept_draft(draft, decide(**ALL_ACCEPTED))
    incident = catalogue.incidents[DERAILED]
    assert (incident.kind, incident.effect, len(incident.claims)) == ("derailment", "closed", 2)
    assert set(catalogue.documents) == set(incident.documents)


def test_what_the_draft_lacks_can_be_given() -> None:
    draft = make_draft()
    told = {"incident": "", "missing/kind": "weather", "missing/effect": "closed"}
    decisions = [
        answer(ask(f"{TREE}/{part}"), "change", **{part.rpartition("/")[2]: text})
        if text
        else answer(ask(f"{TREE}/{part}"))
        for part, text in told.items()
    ]
    assert [each.id for each in list_questions(draft, decisions)][4:] == [f"{TREE}/missing/start"]
    decisions.append(answer(ask(f"{TREE}/missing/start"), "change", start="2024-03-11"))
    incident = accept_draft(draft, decisions).incidents[TREE]
    assert (incident.kind, incident.effect) == ("weather", "closed")
    assert [each.about for each in incident.claims] == ["effect", "start"]


def test_claims_join_the_incident_that_the_record_has() -> None:
    record = nm.built_in_catalogue()
    known = record.incidents["2023-05-18-simferopol-chystenke"]
    draft = make_draft(make_known(known.id))
    decisions = [
        answer(
            ask(each.question, draft), "join" if each.question.endswith("incident") else "accept"
        )
        for each in decide(**ALL_ACCEPTED)
    ]
    joined = accept_draft(draft, decisions, record=record)
    assert list(joined.incidents) == [known.id]
    claims = joined.incidents[known.id].claims
    assert claims[: len(known.claims)] == known.claims
    assert [each.about for each in claims[len(known.claims) :]] == ["start", "first_traffic"]
    assert set(joined.documents) == set(joined.incidents[known.id].documents)


def test_only_what_the_record_has_can_be_joined() -> None:
    with pytest.raises(nm.errors.InputError, match="join"):
        list_questions(make_draft(), decide(incident="join"))
    lost = make_draft(make_known("nowhere"))
    decisions = [
        replace(each, do="join") if each.question.endswith("incident") else each
        for each in decide(**ALL_ACCEPTED)
    ]
    with pytest.raises(nm.errors.InputError, match="nowhere"):
        accept_draft(lost, decisions, record=nm.built_in_catalogue())


def test_decisions_that_do_not_fit_are_told_all_at_once() -> None:
    wrong = [
        Decision(question=f"{DERAILED}/field/9", about="kind: fire", do="accept"),
        Decision(question=f"{DERAILED}/field/0", about="place: Smila", do="accept"),
        answer(ask(f"{TREE}/missing/kind")),
        answer(ask(f"{DERAILED}/field/1"), "change", place="Smila"),
    ]
    with pytest.raises(nm.errors.InputError) as caught:
        apply_decisions(make_draft(), wrong)
    assert [each.where for each in caught.value.problems] == [each.question for each in wrong]
    right = decide(field_0="accept")
    assert split_fitting(make_draft(), [*wrong, *right])[0] == tuple(right)


def test_values_that_cannot_be_read_are_told_all_at_once() -> None:
    wrong = decide(
        field_0={"place": '{"hub": 3}'}, field_2={"effect": "clsoed"}, claim_0={"at": "noon"}
    )
    with pytest.raises(nm.errors.InputError) as caught:
        apply_decisions(make_draft(), wrong)
    assert len(caught.value.problems) == 3
    with pytest.raises(nm.errors.InputError, match="says"):
        apply_decisions(make_draft(), decide(claim_0={"says": " "}))


def test_decisions_come_back_from_their_file(tmp_path) -> None:  # type: ignore[no-untyped-def]
    made = decide(incident={"title": "A train left the rails"}, claim_0={"at": "2024-03-12"})
    path = decisions_path(tmp_path / "drafts.yaml")
    write_decisions(made, path)
    write_decisions(made, path)
    assert read_decisions(path) == tuple(made)


def test_a_file_of_another_kind_is_never_written_over(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "letter.yaml"
    path.write_text("dear: reader\n")
    with pytest.raises(nm.errors.InputError):
        write_decisions(decide(incident="accept"), path)
    assert path.read_text() == "dear: reader\n"


def test_mistakes_of_a_file_are_told_with_their_lines(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "d.yaml"
    path.write_text(
        "decisions_about: draft\ndecisions:\n"
        "- {question: a, about: b, do: acept}\n"
        "- {question: a, about: b, do: change}\n"
        "- {question: c, about: b, do: accept}\n"
        "- {question: c, about: b, do: accept}\n"
    )
    with pytest.raises(nm.errors.InputError) as caught:
        read_decisions(path)
    assert [each.where.split(":")[1] for each in caught.value.problems] == ["3", "4", "6"]


INSTANTS = st.datetimes(
    min_value=parse_instant("1995-01-01T00:00Z").replace(tzinfo=None),
    max_value=parse_instant("2030-01-01T00:00Z").replace(tzinfo=None),
).map(lambda naive: parse_instant(naive.isoformat() + "Z"))


@given(start=INSTANTS, hours=st.floats(0, 5000), shown=st.sampled_from(["both", "from", "to"]))
@settings(max_examples=200, deadline=None)
def test_a_time_is_read_as_it_is_written(start, hours, shown) -> None:  # type: ignore[no-untyped-def]
    end = add_hours(start, hours)
    bounds = Bounds(
        earliest=None if shown == "to" else start, latest=None if shown == "from" else end
    )
    assert read_answer("at", write_answer(bounds, ZONE), ZONE).value == bounds


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("place", HubPlace(hub="Bila Tserkva")),
        ("place", StationPlace(station="Lubny")),
        ("place", SectionPlace(between=("Karolina-Buhaz", "Odesa", "Reni"))),
        ("place", SectionPlace(between=("A – B", "C"))),
        ("place", NearPlace(lon=30.5, lat=50.25, within_km=3)),
        ("place", TownPlace(town="Yalta", within_km=5)),
        ("place", TownPlace(town="Yalta")),
        ("place", RegionPlace(region="Sumy oblast")),
        ("place", RegionPlace(region="Sumy oblast", extent="whole")),
        ("place", LinksPlace(links=("a--b", "c"))),
        ("place", HubPlace(hub="region x")),
        ("traffic", ("passenger", "freight")),
        ("trains", ("31/32, by way of Kyiv", "119")),
        ("lasted_hours", 1.5),
        ("lasted_hours", 12.0),
        ("figures", FrozenMap({"wagons_derailed": 4.0, "delay": 1.25})),
        ("replacement", FrozenMap({"from": "Smila", "to": "Cherkasy"})),
        ("says", "A = B; then C, .. and so on"),
        ("kind", "fire"),
    ],
)
def test_a_value_is_read_as_it_is_written(name, value) -> None:  # type: ignore[no-untyped-def]
    assert read_answer(name, write_answer(value, ZONE), ZONE).value == value
