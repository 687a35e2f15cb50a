"""The page about reading articles: what it lets one type works, and says what it says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

import netmodel as nm
from tests.own_network import command

pytest.importorskip("pymorphy3")
PAGE = (Path(__file__).parent.parent / "docs" / "reading.md").read_text("utf-8")
ARTICLE = re.search(r"^`article\.txt`\n\n```text\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS = re.search(r"^```sh\n(netmodel read .*?)^```", PAGE, re.MULTILINE | re.DOTALL)
EXCERPT = re.search(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the article of the page, read as the page says."""
    monkeypatch.chdir(tmp_path)
    assert ARTICLE is not None
    assert COMMANDS is not None
    (tmp_path / "article.txt").write_text(ARTICLE[1], encoding="utf-8")
    for line in COMMANDS[1].splitlines():
        said = command(*shlex.split(line)[1:])
        assert said.code == (1 if " check " in line else 0), (line, said.err)
    return tmp_path


def test_the_draft_has_what_the_page_says_with_its_words(folder: Path) -> None:
    assert EXCERPT is not None
    assert EXCERPT[1] in (folder / "drafts.yaml").read_text("utf-8")
    derailment, power = nm.reading.read_draft(folder / "drafts.yaml").incidents
    assert (derailment.value("kind"), derailment.value("effect")) == ("derailment", "closed")
    times = {claim.value("about"): str(claim.value("at")) for claim in derailment.claims}
    assert times["start"] == "2024-03-12T03:40:00Z"
    assert "2024-03-12T12:20:00Z" in times["first_traffic"]
    assert {"replacement", "delay"} <= {*times}
    assert power.value("kind") == "power"
    assert "Sumy" in str(power.value("place"))
    assert str(power.claims[0].value("at")).startswith("2024-03-10")


def test_what_was_not_used_has_the_reasons_of_the_page(folder: Path) -> None:
    unused = nm.reading.read_draft(folder / "drafts.yaml").unused
    reasons = {each.span.quotation: each.why for each in unused}
    assert reasons["Volodymyr Zaruba"] == "person"
    assert reasons["Myronivka"] == "no_event"
