"""The verb review: at a terminal, with decisions given, and what it writes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import netmodel as nm
from netmodel.cli.main import app
from netmodel.reading.decisions import decisions_path, read_decisions, write_decisions
from netmodel.reading.draft import Draft
from netmodel.reading.draft_file import write_draft
from netmodel.reading.open_questions import Decision, list_questions
from tests.small_draft import DERAILED, TEXT, TREE, make_draft

RUN = CliRunner()


@pytest.fixture
def drafts(tmp_path: Path) -> Path:
    (tmp_path / "article.txt").write_text(TEXT, encoding="utf-8")
    return write_draft(make_draft(), tmp_path / "drafts.yaml")


def decide_all(draft: Draft) -> list[Decision]:
    """Accept the first incident and all that is in doubt of it; drop the second."""
    gone = Decision(question=f"{TREE}/incident", about="Smila, 11 March 2024", do="drop")
    return [gone] + [
        Decision(question=each.id, about=each.about, do="accept")
        for each in list_questions(draft, [gone])
    ]


def talk(drafts: Path, *lines: str) -> str:
    """Answer at a terminal, each line when the prompt is there; return all that was shown."""
    pexpect = pytest.importorskip("pexpect")
    shown = pexpect.spawn(
        sys.executable, ["-m", "netmodel", "review", str(drafts)], encoding="utf-8", timeout=60,
        dimensions=(50, 200), env={"TERM": "dumb", "PATH": "", **_environment()},
    )  # fmt: skip
    told = []
    for line in lines:
        shown.expect(r"> $")
        told.append(shown.before)
        shown.send(line if line == "\x04" else f"{line}\n")
    shown.expect(pexpect.EOF)
    shown.close()
    told.append(f"{shown.before}[{shown.exitstatus}]")
    return "".join(told)


def _environment() -> dict[str, str]:
    import os

    kept = ("HOME", "PYTHONPATH", "NETMODEL_CACHE", "PYTHONDONTWRITEBYTECODE")
    return {name: os.environ[name] for name in kept if name in os.environ}


def test_a_person_goes_through_a_draft_at_the_terminal(drafts: Path) -> None:
    told = talk(
        drafts,
        "a",  # The first incident.
        "c", "Fastiv - Nowhere", "Fastiv - Bila Tserkva",  # Its place, wrong at first.
        "maybe", "accept",  # Its effect.
        "c", "att", "at", "2024-03-12T05:45", "",  # Its first claim.
        "x",  # The second incident.
        "w",
    )  # fmt: skip
    assert "[between Fastiv and Bila Tserkva] at 5:40" in told
    assert "Nowhere" in told
    assert told.endswith("[0]")
    accepted = nm.evidence.read_catalogue(
        [drafts.parent / "drafts-accepted" / name for name in ("incidents.yaml", "documents.yaml")]
    )
    [incident] = accepted.incidents.values()
    assert str(incident.claims[0].at) == str(
        nm.times.parse_time("2024-03-12T05:45", zone="Europe/Kyiv")
    )
    made = {each.question: each.do for each in read_decisions(decisions_path(drafts))}
    assert made[f"{TREE}/incident"] == "drop"


def test_what_was_decided_is_kept_when_the_person_quits(drafts: Path) -> None:
    told = talk(drafts, "a", "s", "q")
    assert told.endswith("[1]")
    assert [each.question for each in read_decisions(decisions_path(drafts))] == [
        f"{DERAILED}/incident"
    ]
    assert not (drafts.parent / "drafts-accepted").exists()
    again = talk(drafts, "\x04")
    assert "[1 decided" in again
    assert again.endswith("[1]")


def read_accepted(drafts: Path) -> nm.Incident:
    folder = drafts.parent / "drafts-accepted"
    names = ("incidents.yaml", "documents.yaml")
    [incident] = nm.evidence.read_catalogue([folder / name for name in names]).incidents.values()
    return incident


REST = ("a", "a", "a", "a", "x", "w")
"""Accept the first incident and all that is in doubt of it; drop the second."""


def test_a_field_that_was_read_as_certain_is_changed_at_the_question_of_the_incident(
    drafts: Path,
) -> None:
    told = talk(
        drafts,
        "c", "2", "wether", "weather",  # Its kind.
        "c", "5", "when", "speaker", "Ukrzaliznytsia", "at", "2024-03-12T14:25", "",  # A claim.
        "c", "title", "A tree on the track",
        *REST[1:],
    )  # fmt: skip
    assert told.endswith("[0]")
    assert "did you mean 'weather'" in told
    assert "changed, kind: weather" in told
    incident = read_accepted(drafts)
    assert (incident.title, incident.kind) == ("A tree on the track", "weather")
    [claim] = [each for each in incident.claims if each.about == "first_traffic"]
    assert claim.speaker == "Ukrzaliznytsia"
    assert str(claim.at) == "2024-03-12T12:25:00Z"


def test_what_was_not_read_is_added(drafts: Path) -> None:
    told = talk(
        drafts,
        "a",
        "e", "replacement", "by bus", "from=Fastiv, to=Nowhere", "from=Fastiv, to=Bila Tserkva",
        "e", "then", "single_track",
        *REST[1:],
    )  # fmt: skip
    assert told.endswith("[0]")
    assert "Nowhere" in told
    incident = read_accepted(drafts)
    assert incident.then == "single_track"
    [bus] = incident.replacements
    assert (bus.from_hub, bus.to_hub) == ("Fastiv", "Bila Tserkva")


def test_a_certain_claim_or_field_is_taken_away(drafts: Path) -> None:
    talk(drafts, "a", "e", "5", "-", "e", "2", "-", "a", "a", "c", "weather", "a", "x", "w")
    incident = read_accepted(drafts)
    assert [each.about for each in incident.claims] == ["start"]
    assert incident.kind == "weather"


def test_a_person_goes_back_through_answers_and_skips(drafts: Path) -> None:
    told = talk(drafts, "x", "x", "b", "b", "a", "s", "b", "d", "b", *REST[1:4], "x", "b", "x", "w")
    assert told.endswith("[0]")
    assert read_accepted(drafts).id == DERAILED
    again = talk(drafts, "b", "q")
    assert "questions open: 3" in again
    assert f"{TREE}/incident" not in {
        each.question for each in read_decisions(decisions_path(drafts))
    }


def test_what_does_not_go_together_is_asked_again(drafts: Path) -> None:
    told = talk(
        drafts,
        "a", "e", "then", "single_track", "a", "c", "slowed",
        "a",  # The last question, but `then` follows closed alone.
        "b", "c", "closed", "a", "x", "w",
    )  # fmt: skip
    assert "`then` follows effect closed only" in told
    assert told.endswith("[0]")
    assert read_accepted(drafts).then == "single_track"


def test_hostile_letters_do_not_command_the_terminal(tmp_path: Path) -> None:
    text = TEXT.replace("Perhaps it was frost", "\x1b]0;taken\x07\x9b31m it was frost")
    (tmp_path / "article.txt").write_text(text, encoding="utf-8")
    drafts = write_draft(make_draft(), tmp_path / "drafts.yaml")
    told = talk(drafts, "a", "q")
    assert not {"\x1b", "\x07", "\x9b"} & set(told)


def test_decisions_of_the_page_are_taken_over(drafts: Path, tmp_path: Path) -> None:
    given = write_decisions(decide_all(make_draft()), tmp_path / "saved.yaml")
    result = RUN.invoke(app, ["review", str(drafts), "--decisions", str(given)])
    assert result.exit_code == 0, result.output
    assert read_decisions(decisions_path(drafts)) == read_decisions(given)
    folder = tmp_path / "drafts-accepted"
    checked = RUN.invoke(
        app,
        ["check", str(folder / "incidents.yaml"), "--documents", str(folder / "documents.yaml")],
    )
    assert checked.exit_code == 0, checked.output


def test_what_is_accepted_can_be_run(drafts: Path, tmp_path: Path) -> None:
    given = write_decisions(decide_all(make_draft()), tmp_path / "saved.yaml")
    RUN.invoke(app, ["review", str(drafts), "--decisions", str(given)])
    scenario = tmp_path / "scenario.yaml"
    scenario.write_text(
        "title: From an article\nwindow: {start: 2024-03-12, end: 2024-03-13, zone: Europe/Kyiv}\n"
        "incidents: {files: [drafts-accepted/incidents.yaml],"
        " documents: [drafts-accepted/documents.yaml]}\n"
        "standing_closures: none\ndemand: {kind: uniform, hubs: [Kyiv, Fastiv, Bila Tserkva]}\n"
    )
    outages = nm.run(scenario).outages
    assert set(outages["incident"]) == {DERAILED}


def test_decisions_about_another_draft_are_refused(drafts: Path, tmp_path: Path) -> None:
    other = Decision(question=f"{DERAILED}/field/0", about="place: Smila", do="accept")
    given = write_decisions([other], tmp_path / "saved.yaml")
    result = RUN.invoke(app, ["review", str(drafts), "--decisions", str(given)])
    assert isinstance(result.exception, nm.errors.InputError)
    assert not decisions_path(drafts).exists()


def test_decisions_that_no_longer_fit_are_left_out_and_told(drafts: Path) -> None:
    lost = Decision(question=f"{DERAILED}/field/0", about="place: Smila", do="accept")
    write_decisions([lost], decisions_path(drafts))
    result = RUN.invoke(app, ["review", str(drafts)])
    assert result.exit_code == 1
    assert f"{DERAILED}/field/0" in result.output


def test_without_a_terminal_it_is_told_how_to_go_on(drafts: Path) -> None:
    result = RUN.invoke(app, ["review", str(drafts)], input="a\na\n")
    assert result.exit_code == 1
    assert "--browser" in result.stderr
    given = write_decisions(decide_all(make_draft()), drafts.with_name("saved.yaml"))
    result = RUN.invoke(app, ["review", str(drafts), "--decisions", str(given)])
    assert "--browser" not in result.stderr


def test_a_folder_of_ones_own_is_not_written_over(drafts: Path, tmp_path: Path) -> None:
    letters = tmp_path / "drafts-accepted"
    letters.mkdir()
    (letters / "letter.txt").write_text("mine")
    given = write_decisions(decide_all(make_draft()), tmp_path / "saved.yaml")
    result = RUN.invoke(app, ["review", str(drafts), "--decisions", str(given)])
    assert isinstance(result.exception, nm.errors.InputError)
    assert [each.name for each in letters.iterdir()] == ["letter.txt"]


def test_the_page_is_written_beside_the_draft_and_over_nothing_else(drafts: Path) -> None:
    page = drafts.with_name("drafts.review.html")
    for _ in range(2):
        assert RUN.invoke(app, ["review", str(drafts), "--browser"]).exit_code == 0
    assert TEXT[:20] in page.read_text(encoding="utf-8")
    page.write_text("<p>mine</p>")
    result = RUN.invoke(app, ["review", str(drafts), "--browser"])
    assert isinstance(result.exception, nm.errors.InputError)
    assert page.read_text() == "<p>mine</p>"


def test_an_article_that_was_changed_is_not_shown(drafts: Path) -> None:
    (drafts.parent / "article.txt").write_text(TEXT.replace("frost", "storm"))
    result = RUN.invoke(app, ["review", str(drafts), "--browser"])
    assert result.exit_code == 0
    assert "article.txt" in result.output
    assert "storm" not in drafts.with_name("drafts.review.html").read_text(encoding="utf-8")


def test_check_lists_what_is_open_with_its_line(drafts: Path) -> None:
    result = RUN.invoke(app, ["check", str(drafts)])
    assert result.exit_code == 1
    lines = [line for line in result.output.splitlines() if line.startswith("drafts.yaml:")]
    assert len(lines) == len(list_questions(make_draft()))
    text = drafts.read_text(encoding="utf-8").splitlines()
    places = [int(line.split(":")[1]) for line in lines]
    assert text[places[0] - 1].strip() == f"- id: {DERAILED}"
    assert text[places[1] - 1].strip() == "- field: place"


def test_check_of_a_draft_passes_when_all_is_decided(drafts: Path) -> None:
    write_decisions(decide_all(make_draft()), decisions_path(drafts))
    result = RUN.invoke(app, ["check", str(drafts)])
    assert result.exit_code == 0, result.output


def test_check_tells_the_mistakes_of_a_draft_as_such(drafts: Path) -> None:
    drafts.write_text(drafts.read_text(encoding="utf-8").replace("derailment", "derailmnt", 1))
    result = RUN.invoke(app, ["check", str(drafts), "crimea-may-2023"])
    assert isinstance(result.exception, nm.errors.InputError)
    assert any("derailmnt" in each.what for each in result.exception.problems)
