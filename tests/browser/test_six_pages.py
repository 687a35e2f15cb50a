"""What a page must show, point by point, on six of them: one browser page each, opened once."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from netmodel.report.brief import render_brief
from netmodel.report.page.figures import cited_tables
from netmodel.report.page.opening import write_opening
from netmodel.report.page.render import render_page
from netmodel.runs.instants import know_breaks
from netmodel.runs.moment import has_touched_trains, traffic_prefixes
from netmodel.runs.record import RunRecord
from netmodel.words.strings import Phrases
from netmodel.words.wording import show_controls
from tests.browser.conftest import DESK, Opened
from tests.report_records import documented_record, make_hostile, shipped_record

pytestmark = pytest.mark.browser
SHIPPED = ("crimea-may-2023", "crimean-bridge-2022", "kupiansk-pokrovsk", "ukraine-february-2026")
PAGES = (*SHIPPED, "documentation", "right-to-left")
ARABIC = "تعطل حركة القطارات بين سيمفيروبول وسيفاستوبول"


@cache
def record_of(name: str) -> RunRecord:
    if name == "documentation":
        return documented_record()
    if name == "right-to-left":
        return make_hostile(shipped_record(), ARABIC)
    return shipped_record(name)


class Shown(Opened):
    """A page with the record that it shows."""

    record: RunRecord
    home: str

    def again(self) -> object:
        """Bring back the page as it opens; return it."""
        if self.page.url != self.home or self.page.evaluate("window.used"):
            self.page.goto("about:blank")
            self.page.goto(self.home)
            self.wait("document.documentElement.dataset.ready !== undefined")
        self.page.evaluate("window.used = true")
        return self.page


@pytest.fixture(scope="module", params=PAGES)
def shown(
    browser: object, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shown]:
    path = tmp_path_factory.mktemp("page") / "report.html"
    record = record_of(request.param)
    path.write_text(render_page(record), encoding="utf-8")
    context = browser.new_context(viewport=DESK, offline=True, reduced_motion="reduce")
    opened = Shown(context.new_page(), path, True, "")
    opened.record, opened.home = record, path.as_uri()
    yield opened
    assert opened.said == []
    assert [each for each in opened.asked if not each.startswith(opened.home)] == []
    context.close()


def saved(page: object, press: Callable[[], None]) -> bytes:
    with page.expect_download() as caught:
        press()
    return Path(caught.value.path()).read_bytes()


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_headline_tells_what_was_closed_with_its_bounds(shown: Shown) -> None:
    page = shown.again()
    told = write_opening(shown.record, Phrases("en"))
    words = " ".join(page.locator(".headline").inner_text().split())
    assert told
    assert all(show_controls(" ".join(each.split())) in words for each in told)
    assert re.search(r"\d", words)


def test_nothing_says_null(shown: Shown) -> None:
    page = shown.again()
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    for state in {0, len(shown.record.states) // 2, len(shown.record.states) - 1}:
        shown.go_to_state(state)
        words = page.evaluate(
            "document.body.innerText + [...document.querySelectorAll('[title],[aria-label],title')]"
            ".map(e => e.getAttribute('title') + ' ' + e.getAttribute('aria-label') + ' '"
            " + e.textContent).join(' ').replaceAll('null ', '')"
        )
        assert re.findall(r"\b(null|NaN|undefined|Infinity)\b|\[object", words) == []


def test_the_picture_comes_first_and_can_be_looked_at_closely(shown: Shown) -> None:
    page = shown.again()
    order = page.evaluate("[...document.querySelectorAll('main section')].map(each => each.id)")
    assert order[1:3] == ["picture", "map"]
    points = know_breaks(shown.record)
    dots = page.locator("#bandchart .known circle")
    if page.locator("#wholetime").is_visible():
        page.locator("#wholetime").click()
    assert dots.count() == len(points)
    hollow = page.locator("#bandchart .known .hollow").count()
    assert hollow == sum(not each.is_reported for each in points)
    held = shown.record.outages["incident"].unique()
    studied = [each for each in shown.record.evidence.studied if each.id in held]
    bars = page.locator("#bandchart a .bar.pale")
    assert bars.count() >= len({each.id for each in studied}) > 0
    box = page.locator("#bandchart").bounding_box()
    page.locator("#bandchart").scroll_into_view_if_needed()
    box = page.locator("#bandchart").bounding_box()
    page.mouse.move(box["x"] + 150, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 100, steps=3)
    assert page.locator("#bandchart .brush").is_visible()
    page.mouse.up()
    assert page.locator("#wholetime").is_visible()
    assert 0 < dots.count() < len(points) or len(points) < 4
    page.locator("#wholetime").click()
    assert dots.count() == len(points)


def test_adjoining_states_that_are_equal_are_one(shown: Shown) -> None:
    page = shown.again()
    paths = page.locator("#bandchart [data-fate]").evaluate_all(
        "all => all.map(each => each.getAttribute('d'))"
    )
    for path in paths:
        boxes = [re.findall(r"[-\d.]+", each) for each in path.split("z") if each]
        for (_, low, high, end, _), (start, low2, high2, *_) in pairwise(boxes):
            assert (low, high, end) != (low2, high2, start)


def test_the_map_opens_on_what_is_affected_and_explains_what_is_there(shown: Shown) -> None:
    page = shown.again()
    found = page.evaluate(
        "(() => { const box = document.querySelector('.mapbox').getBoundingClientRect();"
        " const glyphs = [...document.querySelectorAll('.glyph')].map(each => {"
        "   const r = each.querySelector('.sign')?.getBoundingClientRect();"
        "   return r && r.left >= box.left && r.right <= box.right && r.top >= box.top; });"
        " const drawn = [...document.querySelectorAll('.mapbox path[class^=s-]')]"
        "   .filter(each => each.getAttribute('d')).map(each => each.getAttribute('class'));"
        " const told = [...document.querySelectorAll('#legend path')]"
        "   .map(each => each.getAttribute('class'));"
        " return {glyphs, drawn, told}; })()"
    )
    assert any(found["glyphs"])
    assert found["drawn"]
    assert set(found["drawn"]) <= set(found["told"])


def test_four_numbers_come_first_and_the_rest_with_their_meaning(shown: Shown) -> None:
    page = shown.again()
    cards = page.locator("#figures .kind[data-kind='0'] .card")
    assert 1 <= cards.count() <= 4
    for card in cards.all():
        assert card.locator(".value").inner_text().strip()
        assert card.locator(".explain, .range").count()
    assert 1 <= page.locator(".moment > dl > div").count() <= 4
    page.locator(".measures > summary").click()
    meanings = page.locator(".measures dt small")
    assert meanings.count() >= 4
    assert all(meanings.all_inner_texts())


def test_trains_are_found_put_in_order_and_shown(shown: Shown) -> None:
    page, record = shown.again(), shown.record
    if not has_touched_trains(record):
        assert page.locator("#trains").count() == 0
        return
    rows = page.locator("#traintable tbody tr")
    every = rows.count()
    assert every
    head = page.locator("#traintable [data-sort=number]")
    head.focus()
    page.keyboard.press("Enter")
    cell = page.locator("#traintable th[aria-sort]")
    assert cell.get_attribute("aria-sort") == "ascending"
    assert page.evaluate("document.activeElement.dataset.sort") == "number"
    numbers = rows.locator("th").all_inner_texts()
    page.keyboard.press("Enter")
    assert cell.get_attribute("aria-sort") == "descending"
    assert rows.locator("th").all_inner_texts() != numbers or len(numbers) < 2
    page.locator("#trainfinder input").fill(numbers[0])
    assert 0 < rows.count() <= every
    rows.first.locator("th button").click()
    assert page.locator(".mapbox .way").first.get_attribute("d")
    assert page.locator("#traintable tr.chosen").count() == 1


def test_incidents_have_addresses_filters_and_a_line_of_claims(shown: Shown) -> None:
    page, record = shown.again(), shown.record
    studied = record.evidence.studied
    assert page.locator("#studied > .incident").count() == len(studied)
    first = page.locator("#studied > .incident").first
    claims = first.locator(".claims .claim")
    assert claims.count() == len(studied[0].claims)
    finder = page.locator("#finder select")
    assert (finder.count() >= 5) == (len(studied) >= 4)
    anchor = first.get_attribute("id")
    page.goto(f"{shown.home}#{anchor}")
    page.reload()
    shown.wait("document.documentElement.dataset.ready !== undefined")
    assert page.locator("#studied > .incident details.told").first.get_attribute("open") is not None


NUMBERS = {
    "side panel": ".moment > dl dd a.why",
    "picture": "#bandsays a.why",
    "curve": "#chart a.why",
    "journey": "#route a.why",
    "pairs": "#affected td a.why",
    "trains": "#traintable td a.why",
    "cards": ".kind[data-kind='0'] .card a.basis[data-basis]",
}


@pytest.mark.parametrize("where", NUMBERS)
def test_a_number_is_two_clicks_from_its_claims(shown: Shown, where: str) -> None:
    page = shown.again()
    links = page.locator(NUMBERS[where])
    if not links.count():
        assert where in ("trains", "pairs", "journey", "cards")
        return
    # The click alone, as a keyboard or a finger gives it, whatever lies over a thin mark.
    links.last.dispatch_event("click")
    cards = page.locator(".incident:not([hidden])")
    assert page.locator("#filter").is_visible()
    if "no incident" in page.locator("#filter").inner_text():
        return
    if page.locator("#finder").is_visible():
        studied = page.locator("#studied > :not([hidden])").count()
        assert page.locator("#finder [role=status]").inner_text().startswith(f"{studied} ")
    told = cards.first.locator("details.told")
    if told.get_attribute("open") is None:
        told.locator("summary").first.click()
    assert cards.first.locator("details.claims .claim").first.is_visible()
    assert page.locator(".documents li:not([hidden])").count() > 0


def test_every_number_of_the_headline_leads_to_what_tells_it(shown: Shown) -> None:
    page = shown.again()
    links = page.locator(".headline a.why, .further a.why")
    assert links.count() >= 3
    cards = page.locator(".incident:not([hidden])")
    for link in links.all():
        link.dispatch_event("click")
        where = link.get_attribute("href")
        if link.get_attribute("data-basis") is not None:
            assert page.locator("#filter").is_visible()
            wanted = set(link.get_attribute("data-basis").split())
            assert cards.count() == len(wanted)
        if where == "#incidents":
            told = cards.first.locator("details.told")
            if told.get_attribute("open") is None:
                told.locator("summary").first.click()
            claims = cards.first.locator("details.claims")
            if link.get_attribute("data-basis") is None and claims.get_attribute("open") is None:
                claims.locator("summary").click()  # One of all: no number chose it.
            assert claims.locator(".claim").first.is_visible()
        elif where == "#trains":
            assert page.locator("#slider").input_value() == link.get_attribute("data-state")
            assert page.locator("#traintable a.doc").count()
        elif where == "#standing":
            assert page.locator("#standing > .incident").first.is_visible()
        elif where == "#map":
            assert page.locator(".moment .list li").count()
        else:
            assert page.locator(where).locator("visible=true").count()


def test_an_address_brings_back_the_view(shown: Shown) -> None:
    page = shown.again()
    page.locator("#metric").select_option(index=1)
    page.locator(".mapbuttons button").first.click()
    page.locator(".mapbox").focus()
    page.keyboard.press("ArrowLeft")
    shown.go_to_state(len(shown.record.states) // 2)
    page.wait_for_timeout(700)
    place = "document.querySelector('.mapbox svg g').getAttribute('transform').match(/[-\\d.]+/g)"
    view = (
        "({step: document.getElementById('slider').value,"
        " metric: document.getElementById('metric').value,"
        " pair: [document.getElementById('from').value, document.getElementById('to').value]})"
    )
    before, address, where = page.evaluate(view), page.url, page.evaluate(place)
    assert "#t=" in address
    page.evaluate("window.used = true")
    page.goto("about:blank")
    page.goto(address)
    shown.wait("document.documentElement.dataset.ready !== undefined")
    assert page.evaluate("window.used") is None
    assert page.evaluate(view) == before
    again = [float(each) for each in page.evaluate(place)]
    assert again == pytest.approx([float(each) for each in where], rel=0.005, abs=1.5)


def test_what_it_gives_equals_the_tables(shown: Shown) -> None:
    page, record = shown.again(), shown.record
    given = saved(page, page.locator("#givesall button").click)
    again = saved(page, page.locator("#givesall button").click)
    assert given == again
    with zipfile.ZipFile(io.BytesIO(given)) as archive:
        assert archive.testzip() is None
        files = {name: archive.read(name) for name in archive.namelist()}
    readme = files.pop("README.txt").decode("utf-8-sig")
    assert all(name in readme for name in files)
    meanings = {row["column"]: row["meaning"] for row in rows_of(files["definitions.csv"])}
    for kind, prefix in traffic_prefixes(record).items():
        rows = rows_of(files[f"measures-{kind}.csv"])
        assert len(rows) == len(record.states)
        shares = [float(row["connected_share"]) for row in rows]
        expected = record.states[f"{prefix}connected_share"].tolist()
        assert shares == pytest.approx(expected, abs=1e-6)
        assert set(rows[0]) <= set(meanings)
    assert [row["reported"] == "yes" for row in rows] == [
        each.is_reported for each in know_breaks(record)[:-1]
    ]
    assert len(rows_of(files["incidents.csv"])) == page.locator(".incident").count()
    assert len(rows_of(files["documents.csv"])) == page.locator(".documents li").count()
    figures = rows_of(files["figures.csv"])
    assert len(figures) == page.locator("#figures [data-figure]").count()
    alone = saved(page, page.locator("#picture .gives button", has_text="CSV").click)
    assert alone == files["picture.csv"]
    assert ("trains.csv" in files) == has_touched_trains(record)


def test_pictures_and_citation_are_given(shown: Shown) -> None:
    page, title = shown.again(), show_controls(shown.record.summary.title)
    for section in ("picture", "map", "curve"):
        for kind in ("SVG", "PNG"):
            button = page.locator(f"#{section} .gives button", has_text=kind)
            content = saved(page, button.click)
            if kind == "SVG":
                assert title in " ".join(ET.fromstring(content).itertext())
            else:
                assert content.startswith(b"\x89PNG")
    assert title in page.locator("#citation").inner_text()
    links = page.locator(".provenance a[download]").evaluate_all(
        "all => all.map(each => each.getAttribute('href'))"
    )
    assert links == list(cited_tables(shown.record, "csv"))


def test_a_journey_is_checked_in_words(shown: Shown) -> None:
    page, record = shown.again(), shown.record
    if record.hubs["name"].nunique() < 3:
        return
    demand = record.hubs[record.hubs["in_demand"] == 1]
    pairs = record.pairs[record.pairs["base_minutes"].notna()]
    start, end = (str(demand["name"][pairs.iloc[0][each]]) for each in ("from", "to"))
    page.locator("#journeyask").fill(f"{start.lower()} {end.lower()}")
    found = page.locator("#journeyfound button")
    assert found.count() >= 1
    page.locator("#journeyask").press("Enter")
    verdict = page.locator("#verdict").inner_text()
    assert start in verdict
    assert end in verdict
    assert page.locator("#from").input_value() == pairs.iloc[0]["from"]
    page.locator("#journeyask").fill("no such place at all")
    assert found.count() == 0


def test_a_part_of_it_stands_in_another_page(shown: Shown) -> None:
    page = shown.again()
    page.locator("#embedding > summary").click()
    shown.wait("document.querySelector('#embedding textarea').value !== ''")
    snippet = page.locator("#embedding textarea").input_value()
    assert snippet.startswith("<iframe src=")
    page.locator("#embedding select").select_option("map")
    src = re.search(r'src="([^"]*)"', page.locator("#embedding textarea").input_value())
    address = src.group(1).replace("&amp;", "&")
    page.goto(f"{shown.home}?{address.split('?', 1)[1]}")
    shown.wait("document.documentElement.dataset.ready !== undefined")
    assert page.locator("main section:visible").count() == 2
    assert page.locator("#maps .mapbox").is_visible()
    assert page.locator("#player").is_visible()
    assert not page.locator(".top nav").is_visible()


def test_the_brief_is_one_page_with_the_picture(shown: Shown) -> None:
    path = Path(shown.home.removeprefix("file://")).with_name("brief.html")
    path.write_text(render_brief(shown.record), encoding="utf-8")
    page = shown.page.context.new_page()
    page.goto(path.as_uri())
    assert page.locator("figure.bands svg").is_visible()
    printed = page.pdf(prefer_css_page_size=True)
    page.close()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
