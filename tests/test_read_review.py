"""From an article to an accepted incident: read, reviewed at a terminal and in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

import netmodel as nm
from netmodel.evidence.places import SectionPlace
from tests.own_network import command
from tests.test_review_verb import talk

pytest.importorskip("pymorphy3")
ARTICLE = """\
Four wagons of a freight train left the rails between Fastiv and Bila Tserkva at 5:40 on Tuesday, \
Ukrzaliznytsia said. Both tracks were blocked. The first train went through at 2:20 p.m.
"""


@pytest.fixture
def drafts(tmp_path: Path) -> Path:
    """Return the file of drafts that the command wrote of an article."""
    (tmp_path / "article.txt").write_text(ARTICLE, encoding="utf-8")
    path = tmp_path / "drafts.yaml"
    said = command(
        "read", tmp_path / "article.txt", "--published", "2024-03-12", "--publisher", "The Paper",
        "--out", path,
    )  # fmt: skip
    assert said.code == 0, said.err
    return path


def accepted(drafts: Path) -> nm.Incident:
    folder = drafts.parent / "drafts-accepted"
    catalogue = nm.evidence.read_catalogue(
        [folder / name for name in ("incidents.yaml", "documents.yaml")]
    )
    (incident,) = catalogue.incidents.values()
    return incident


def test_what_was_read_is_refused_by_run_and_open_for_check(drafts: Path) -> None:
    assert command("run", drafts).code == 2
    said = command("check", drafts)
    assert said.code == 1
    assert "open" in said.out + said.err


def test_the_terminal_takes_a_draft_that_was_read(drafts: Path) -> None:
    questions = nm.reading.list_questions(nm.reading.read_draft(drafts))
    assert questions
    told = talk(drafts, *("a" for _ in questions), "w")
    assert "[" in told
    assert told.endswith("[0]")
    incident = accepted(drafts)
    assert incident.places == (SectionPlace(between=("Fastiv", "Bila Tserkva")),)
    assert (incident.kind, incident.effect) == ("derailment", "closed")
    start = next(claim for claim in incident.claims if claim.about == "start")
    assert str(start.at) == "2024-03-12T03:40:00Z"


def test_what_was_accepted_closes_the_section(drafts: Path) -> None:
    draft = nm.reading.read_draft(drafts)
    decisions = [
        nm.reading.Decision(question=each.id, about=each.about, do="accept")
        for each in nm.reading.list_questions(draft)
    ]
    scenario = nm.Scenario(
        incidents=nm.reading.accept_draft(draft, decisions),
        window=("2024-03-11", "2024-03-14"),
        zone="Europe/Kyiv",
        demand=["Fastiv", "Bila Tserkva"],
        standing_closures="none",
    )
    outages = nm.run(scenario).outages
    assert list(outages["link"]) == ["fastiv--bila-tserkva"]
    assert str(outages["start"].iloc[0]) == "2024-03-12 03:40:00+00:00"
