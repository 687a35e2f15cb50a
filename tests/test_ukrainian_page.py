"""A whole Ukrainian page has no English word of ours, whatever kinds of things it tells of."""

import re
from html.parser import HTMLParser
from typing import get_args

import pytest

from netmodel.evidence.catalogue_forms import EffectName, KindName, PartyName
from netmodel.report.page.render import render_page
from netmodel.report.run_folder import write_run
from netmodel.runs.run import run_scenario
from netmodel.words.strings import Phrases, load_catalogue
from tests.report_records import data_of
from tests.small_scenario import write_scenario

KINDS, EFFECTS, PARTIES = get_args(KindName), get_args(EffectName), get_args(PartyName)
HUBS = """id,name,lon,lat,country,region,population
a,Альфа,30,50,UA,Kyiv oblast,900000
b,Бета,31,50,UA,Kyiv oblast,50000
c,Вета,32,50,UA,Poltava oblast,40000
d,Гама,33,50,UA,Poltava oblast,30000
e,Дельта,32.5,51,UA,Sumy oblast,20000
"""
LINKS = """id,from,to,length_km,electrified,tracks
a--b,a,b,70,yes,2
b--c,b,c,70,yes,2
c--d/1,c,d,70,yes,2
c--d/2,c,d,75,no,1
b--e,b,e,160,no,1
e--d,e,d,160,no,1
"""
STATIONS = "name,link,km\nЗупинка,b--c,20\n"
DOCUMENTS = """documents:
- {id: d1, publisher: Видавець, title: Назва, published: 2023-05-18T12:00Z, url: "https://x.test/1"}
- {id: d2, publisher: Видавець, title: Назва, published: 2023-05-19}
- {id: d3, publisher: Видавець, note: Примітка}
"""
PLACES = (
    "{hub: Бета}",
    "{station: Зупинка}",
    "{between: [Альфа, Вета]}",
    "{near: {lon: 31.5, lat: 50, within_km: 7.5}}",
    "{town: Яготин, within_km: 20}",
    "{region: Poltava oblast, extent: whole}",
    '{links: ["c--d/1", "c--d/2"]}',
    "{none: Поза мережею}",
)
UNPLACED = (
    "{region: Poltava oblast, extent: somewhere}",
    "{between: [Вета, Гама]}",
    "{town: Яготин, within_km: 0.5}",
    "{town: Яготин, within_km: 40}",
)
"""Places that an incident may have only if it has no effect on traffic."""
CLAIM = "{{document: {document}, speaker: Хтось, says: Слова, party: {party}, {rest}}}"
OPENINGS = ("2023-05-18T06:00Z", "{after: 2023-05-18T05:00Z, before: 2023-05-18T09:00Z}")
ENDINGS = (
    "about: first_traffic, basis: observed, at: 2023-05-18T15:00Z",
    "about: first_traffic, at: {after: 2023-05-18T12:00Z, before: 2023-05-19T09:00Z}",
    "about: first_traffic, basis: rule, within_hours: 24",
    "about: full_service, basis: observed, at: 2023-05-19T06:00Z",
    "about: first_traffic, basis: observed, lasted_hours: 11",
)
OTHERS = (
    "about: first_traffic, basis: forecast, at: 2023-05-21T06:00Z",
    "about: still_out, basis: observed, at: 2023-05-18T10:00Z",
    "about: start, basis: observed, at: 2023-05-18T07:00Z",
    "about: first_traffic, basis: rule, within_hours: 1",
    "about: figures, figures: {вагони: 5}",
    "about: figures, figures: {вагони: 7}",
    "about: delay",
    "about: cause",
    "about: detour",
    "about: context",
    "about: effect",
    "about: place",
    "about: replacement",
)
REPLACEMENT = """  replacement:
  - {from: Альфа, to: Бета, document: d2}
  - {from: Бета, to: Вета, document: d2, minutes: 95, passengers_per_day: 800}
"""
MORE = """anchors: [a]
traffic: [passenger, freight]
waiting: {every_hours: 12}
capacity: {trains_per_day: 20, by_class: {main: 5}}
ensemble: {samples: 10, seed: 1}
titles: {uk: Малий}
report: {language: uk}
"""
OURS = (
    r"\S+\.(csv|json|yaml|toml|md|html)\b", r"SHA-256", "JavaScript", "netmodel", "Python",
    "numpy", "scipy", "pandas", "Natural Earth", "geoBoundaries", "OpenStreetMap", "ODbL",
    "GeoNames", "CC BY", r"Europe/\w+", "UTC", r"Ctrl", "https?://\\S+", r"time_rule", "CSV",
    "observed-bounds", "Yahotyn", r"\bUA\b",
)  # fmt: skip
"""Names that are the same in every language: of files, programs, sources, keys; and what the
gazetteer calls a town."""
CODES = {
    "all_of", "both_shown", "bounds_cover", "documented", "estimated", "forecast_aside", "lies_at",
    "no_effect", "no_link_near", "no_section", "rule_aside", "rule_contradicted",
    "several_links", "stated", "town", "tracks",
}  # fmt: skip
"""Sentences of the model that the page has to word."""
NOT_WORDS = {"script", "style", "code", "pre"}


def write_incidents() -> list[str]:
    """Return incidents that have every kind, effect, place, party, basis and milestone."""
    incidents = []
    places = [*PLACES, *UNPLACED]
    for number in range(max(len(KINDS), len(places), 2 * len(EFFECTS))):
        place = places[number % len(places)]
        unplaced = place in UNPLACED
        effect = "none" if unplaced else EFFECTS[number % len(EFFECTS)]
        claims = [f"about: start, at: {OPENINGS[number % 2]}", ENDINGS[number % len(ENDINGS)]]
        claims += OTHERS if number in (0, 2) else [OTHERS[number % len(OTHERS)]]
        lines = "".join(
            "  - "
            + CLAIM.format(document=f"d{1 + n % 3}", party=PARTIES[(number + n) % len(PARTIES)],
                           rest=rest)
            + "\n"
            for n, rest in enumerate(claims)
        )  # fmt: skip
        then = "  then: slowed\n" if effect == "closed" and number % 2 else ""
        incidents.append(
            f"- id: i{number}\n  title: Подія\n  kind: {KINDS[number % len(KINDS)]}\n"
            f"  zone: Europe/Kyiv\n  place: {place}\n  effect: {effect}\n{then}  claims:\n{lines}"
            + (REPLACEMENT if number == 0 else "")
            + ("  traffic: [freight]\n  note: Примітка\n" if number == 5 else "")
        )
    return incidents


class Words(HTMLParser):
    """Gathers the text of a page and of what is read aloud, but no code, and no quoted language."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        foreign = given.get("lang") not in (None, "uk")
        if tag not in ("meta", "br", "input", "link", "img", "path", "circle", "rect", "line"):
            self.open.append((tag, tag in NOT_WORDS or foreign))
        self.words += [
            given[name] for name in ("aria-label", "title", "alt", "placeholder") if given.get(name)
        ]

    def handle_endtag(self, tag):
        while self.open and self.open[-1][0] != tag:
            self.open.pop()
        if self.open:
            self.open.pop()

    def handle_data(self, data):
        if not any(silent for _, silent in self.open):
            self.words.append(data)


def find_english(text: str) -> list[str]:
    """Return the words in Latin letters that are no names of ours or of the scenario."""
    for pattern in OURS:
        text = re.sub(pattern, " ", text)
    return re.findall("[A-Za-z]{2,}", text)


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ukrainian")
    path = write_scenario(
        folder, *write_incidents(), hubs=HUBS, links=LINKS, documents=DOCUMENTS,
        demand="{hubs: [a, b, c, d, e]}", more=MORE,
    )  # fmt: skip
    (folder / "net/stations.csv").write_text(STATIONS, encoding="utf-8")
    path.write_text(path.read_text().replace("title: Small", "title: Малий"))
    return run_scenario(path).record


def test_the_scenario_has_every_kind(record, tmp_path):
    write_run(record, tmp_path / "run")
    incidents = (tmp_path / "run/evidence.json").read_text(encoding="utf-8")
    codes = set(re.findall('"code": "(.*?)"', incidents))
    assert codes >= CODES
    for word in (*KINDS, *EFFECTS, *PARTIES, "forecast", "rule", "documented", "estimated"):
        assert word in incidents, word


def test_no_english_word_of_ours(record):
    words = Words(render_page(record, language="uk")).words
    assert sum(bool(re.search("[а-я]", each)) for each in words) > 200
    found = {each.strip(): english for each in words if (english := find_english(each))}
    assert not found


def test_no_english_word_in_what_the_script_shows(record):
    page = render_page(record, language="uk")
    strings = data_of(page)["strings"]
    texts = [t for each in strings.values() for t in (each if isinstance(each, list) else [each])]
    found = {text: words for text in texts
             if (words := find_english(re.sub(r"\{\w+\}", "", text)))}  # fmt: skip
    assert not found


@pytest.mark.filterwarnings("ignore::netmodel.errors.InputWarning")
def test_an_empty_run_has_no_english_word_either(tmp_path):
    path = write_scenario(tmp_path, hubs=HUBS, links=LINKS, documents=DOCUMENTS,
                          demand="{hubs: [a, b, c]}", more=MORE)  # fmt: skip
    text = path.read_text().replace("title: Small", "title: Малий")
    path.write_text(text.replace("files: [inc.yaml]", "files: []"))
    words = Words(render_page(run_scenario(path).record, language="uk")).words
    assert not {each.strip() for each in words if find_english(each)}


def test_hubs_are_not_called_towns_and_numbers_agree() -> None:
    """A hub of a network may be a station; a fate stands beside any number of trains."""
    towns = re.compile(r"\bміст(?:о|а|у|ом|і|ам|ами|ах)?\b", re.IGNORECASE)
    called = [
        key
        for key, entry in load_catalogue().items()
        for text in ([entry["uk"]] if isinstance(entry["uk"], str) else entry["uk"])
        if towns.search(text)
    ]
    assert called == ["page.not_tracking", "note.several_towns"]
    words = Phrases("uk")
    assert "очікував" not in words("fate.held")
    assert {words.count("headline.trains_held", n).split(" ")[1] for n in (1, 2, 12)} == {
        words("fate.held")
    }
