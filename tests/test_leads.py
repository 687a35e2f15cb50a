"""The numbers of a sentence, and where they lead."""

import re
from html.parser import HTMLParser

import pytest

from netmodel.report.compare import render_comparison
from netmodel.report.page.headline import tell_headline, tell_trains
from netmodel.report.page.leads import Lead, LedSentence
from netmodel.report.page.opening import tell_opening
from netmodel.report.page.payload import number_incidents
from netmodel.report.page.render import render_page
from netmodel.words.strings import Phrases
from tests.report_records import shipped_record

RUNS = ("crimea-may-2023", "ukraine-february-2026")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("It was closed for 9 h to 16 h 30 min.", ["9 h to 16 h 30 min"]),
        ("On 24 February 2026, 42 of 481 trains", ["24 February 2026, 42 of 481"]),
        ("(between 18 May 2023, 01:30 and 08:00) for 3 days.",
         ["18 May 2023, 01:30 and 08:00", "3 days"]),
        ("90 documents. 9 of the incidents", ["90", "9"]),
        ("19 detoured, 29 cut short", ["19", "29"]),
        ("між 8 год 55 хв і 40 год 20 хв, 12,8 % попиту", ["8 год 55 хв і 40 год 20 хв", "12,8 %"]),
        ("nothing", []),
        ("7", ["7"]),
        ("In “february-2026, latest” 45 instead of 42; +3 h", ["45", "42", "+3 h"]),
    ],
)  # fmt: skip
def test_numbers_are_found_with_their_units(text: str, numbers: list[str]) -> None:
    told = LedSentence(text=text, lead=Lead(name="n", incidents=("a",))).pieces({"a": 3})
    assert [piece for piece, link in told if link] == numbers
    assert "".join(piece for piece, _ in told) == text


@pytest.mark.parametrize("language", ["en", "uk"])
@pytest.mark.parametrize("name", RUNS)
def test_every_number_of_the_headline_leads_somewhere(name: str, language: str) -> None:
    record, phrases = shipped_record(name), Phrases(language)
    numbers = number_incidents([record])
    told = [each for tell in (tell_opening, tell_trains, tell_headline)
            for each in tell(record, phrases)]  # fmt: skip
    assert len(told) > 4
    for sentence in told:
        plain = "".join(text for text, link in sentence.pieces(numbers) if not link)
        assert not re.search(r"\d", plain)


class Links(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.why: list[dict[str, str]] = []
        self.ids: set[str] = set()
        self.numbers: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.ids.add(found.get("id", ""))
        self.numbers.add(found.get("data-number", ""))
        if tag == "a" and "why" in found.get("class", "").split():
            self.why.append(found)


@pytest.mark.parametrize("kind", [*RUNS, "comparison"])
def test_every_lead_has_an_end_on_its_page(kind: str) -> None:
    if kind == "comparison":
        runs = [shipped_record(RUNS[1], time_rule=rule) for rule in ("earliest", "latest")]
        page = render_comparison(runs)
    else:
        page = render_page(shipped_record(kind))
    links = Links(page)
    assert len(links.why) > 10
    for each in links.why:
        assert each["href"].removeprefix("#") in links.ids
        assert set(each.get("data-basis", "").split()) <= links.numbers
    assert any("data-basis" in each for each in links.why)
