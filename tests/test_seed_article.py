"""The first article that the project started from: what its accepted draft closes, and what not.

The curated incident rests on fifteen documents, the draft on one of them. Where they differ is
listed here, so that nothing else can come to differ unseen.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import netmodel as nm
from netmodel.evidence import Catalogue

pytest.importorskip("pymorphy3")
NAME = "2023-05-18-crimea-derailment.txt"
CURATED = "2023-05-18-simferopol-chystenke"
INSTANTS = ["start_earliest", "start_latest", "end_earliest", "end_latest"]
SAME = ["simferopol--bakhchysarai closed passenger;freight"]
ALONE = {
    # The article names two cities, and further documents the stations where it happened.
    "further links": {"bakhchysarai--inkerman", "inkerman--sevastopol"},
    # It says no more than that it was on Thursday.
    "start_earliest": "2023-05-17T21:00Z for 2023-05-18T04:40Z",
    "start_latest": "2023-05-18T21:00Z for 2023-05-18T05:20Z",
    # Other documents say that it was still closed in the afternoon.
    "end_earliest": "2023-05-17T21:00Z for 2023-05-18T14:15Z",
}
# "At most a day" is read as 24 hours from the start, and in the record as all of the next day.
JOINED = {"further links": set(), "end_latest": "2023-05-19T05:20Z for 2023-05-19T21:00Z"}


@pytest.fixture(scope="module")
def draft() -> nm.reading.Draft:
    folder = os.environ.get("NETMODEL_REFERENCE", "")
    path = Path(folder) / "seed_documents" / NAME
    if not folder or not path.is_file():
        pytest.skip("NETMODEL_REFERENCE names no folder with the article")
    text = path.read_text("utf-8")
    return nm.reading.read(text, published="2023-05-18", publisher="The New York Times")


def accept(draft: nm.reading.Draft, do: str) -> Catalogue:
    """Return what a person accepts who finds the derailment rightly read, and drops the rest."""
    (wanted,) = (each.id for each in draft.incidents if each.known.incident == CURATED)
    decisions = []
    for question in nm.reading.list_questions(draft):
        whole = question.id.endswith("/incident")
        if question.incident == wanted or whole:
            what = (do if whole else "accept") if question.incident == wanted else "drop"
            decisions.append(
                nm.reading.Decision(question=question.id, about=question.about, do=what)
            )
    return nm.reading.accept_draft(draft, decisions, record=nm.built_in_catalogue())


def outages(catalogue: Catalogue) -> pd.DataFrame:
    scenario = nm.Scenario(
        incidents=catalogue,
        window=("2023-05-17", "2023-05-22"),
        zone="Europe/Simferopol",
        demand=["Simferopol", "Sevastopol"],
        standing_closures="none",
    )
    found = nm.run(scenario).outages
    what = found["link"] + " " + found["effect"] + " " + found["traffic"]
    return found.set_index(what)


def differences(ours: pd.DataFrame) -> dict[str, object]:
    """Return in what outages differ from those of the curated incident."""
    record = nm.built_in_catalogue()
    theirs = outages(
        Catalogue(documents=record.documents, incidents={CURATED: record.incidents[CURATED]})
    )
    assert list(theirs.index) == SAME
    assert set(SAME) <= set(ours.index)
    found: dict[str, object] = {"further links": {*ours["link"]} - {*theirs["link"]}}
    for name in INSTANTS:
        one, other = (f"{each.loc[SAME[0], name]:%Y-%m-%dT%H:%MZ}" for each in (ours, theirs))
        if one != other:
            found[name] = f"{one} for {other}"
    return found


def test_the_accepted_draft_differs_from_the_curated_incident_in_what_is_listed(draft) -> None:
    assert differences(outages(accept(draft, "accept"))) == ALONE


def test_joined_to_the_record_it_tightens_one_bound(draft) -> None:
    assert differences(outages(accept(draft, "join"))) == JOINED


def test_the_bounds_of_both_agree_with_each_other(draft) -> None:
    ours = outages(accept(draft, "accept")).loc[SAME[0]]
    record = nm.built_in_catalogue()
    theirs = outages(
        Catalogue(documents=record.documents, incidents={CURATED: record.incidents[CURATED]})
    ).loc[SAME[0]]
    for end in ("start", "end"):
        assert ours[f"{end}_earliest"] <= theirs[f"{end}_latest"]
        assert theirs[f"{end}_earliest"] <= ours[f"{end}_latest"]


# Every statement about the railway of both articles: the field it became, or why none

SECOND = "2026-02-02-strikes-on-railways.txt"
STATED: dict[str, list[tuple[str, str]]] = {
    NAME: [
        ("did not claim responsibility for a train derailment", "claim cause"),
        ("on the same day that an explosion derailed", "claim start"),
        ("were behind the derailment", "claim cause"),
        ("did not claim any role in the derailment", "none background"),
        ("The missile attack and the explosion in Crimea", "none background"),
        ("fit a pattern of strikes on Russian railways", "none background"),
        ("including a series of railway blasts", "none background"),
        ("A derailed freight train carrying grain", "none no_event"),
        ("between two cities, Simferopol and Sevastopol", "field place"),
        ("interrupted rail service", "field effect"),
        ("The derailment in Crimea on Thursday", "claim start"),
        ("eight cars derailed", "claim figures"),
        ("derailed on the outskirts of Simferopol", "claim place"),
        ("whether the train was moving", "none denied"),
        ("weapons, ammunition, armored vehicles", "none no_event"),
        ("these tracks did not hold up", "claim effect"),
        ("individual strikes on them have had limited effects", "none no_event"),
        ("always restored in at most a day", "claim first_traffic"),
        ("Two trains were derailed this month", "claim start"),
        ("Two trains", "claim figures"),
        ("in the Bryansk region", "field place"),
    ],
    SECOND: [
        ("respond after a spate of Russian attacks", "none background"),
        ("a train last week that killed five people", "claim start"),
        ("in the eastern region of Kharkiv", "field place"),
        ("keep its nationwide rail network running", "none no_event"),
        ("the capture of train hubs", "none no_event"),
        ("primarily railway infrastructure", "none no_event"),
        ("specifically targeting railway facilities", "claim cause"),
        ("strikes in the Dnipro region", "field place"),
        ("becoming increasingly “high risk”", "none no_place"),
        ("urged passengers to instead take buses", "none no_place"),
        ("stop trains near bomb shelters if they emerge", "claim effect"),
        ("eastern region of Sumy", "field place"),
    ],
}
NEVER = {
    NAME: ["2014", "late April", "29 of 30", "The New York Times", "Vladimir", "Odesa", "Bakhmut"],
    SECOND: ["Volodymyr", "Dmitriev", "Moscow", "Kyiv", "2022", "Wednesday", "Sunday"],
}


@pytest.fixture(scope="module", params=[NAME, SECOND])
def read_seed(request) -> tuple[str, str, nm.reading.Draft]:
    folder = os.environ.get("NETMODEL_REFERENCE", "")
    path = Path(folder) / "seed_documents" / request.param
    if not folder or not path.is_file():
        pytest.skip("NETMODEL_REFERENCE names no folder with the article")
    text = path.read_text("utf-8")
    draft = nm.reading.read(text, published=request.param[:10], publisher="The Paper")
    return request.param, text, draft


def test_every_statement_is_a_field_or_a_reasoned_none(read_seed) -> None:
    name, text, draft = read_seed
    for words, expected in STATED[name]:
        start = text.index(words)
        assert expected in set(_said_at(draft, start, start + len(words))), words


def test_no_place_and_no_date_is_read_that_the_article_does_not_tell(read_seed) -> None:
    name, text, draft = read_seed
    rests = [
        span
        for incident in draft.incidents
        for fields in (incident.fields, *(claim.fields for claim in incident.claims))
        for field in fields
        if field.name in ("place", "at", "within_hours", "lasted_hours")
        for span in field.spans
    ]
    for words in NEVER[name]:
        assert words in text
        assert not any(words in span.quotation for span in rests), words


def _said_at(draft: nm.reading.Draft, start: int, end: int) -> Iterator[str]:
    for incident in draft.incidents:
        for field in incident.fields:
            if any(_meet(span, start, end) for span in field.spans):
                yield f"field {field.name}"
        for claim in incident.claims:
            spans = [span for x in claim.fields if x.name != "speaker" for span in x.spans]
            if any(_meet(span, start, end) for span in spans):
                yield f"claim {claim.value('about')}"
    for each in draft.unused:
        if each.seen in ("claim", "effect") and _meet(each.span, start, end):
            yield f"none {each.why}"


def _meet(span: nm.reading.Span, start: int, end: int) -> bool:
    return span.start < end and start < span.end
