"""What the page gives back: addresses, tables, pictures; and how its incidents are found."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest

from netmodel.report.page.render import render_page
from netmodel.runs.instants import know_breaks
from tests.browser.conftest import PHONE, Opened
from tests.report_records import make_hostile, shipped_record

pytestmark = pytest.mark.browser
Open = Callable[..., Opened]
FEBRUARY = "ukraine-february-2026"


@pytest.fixture(scope="module")
def crimea() -> str:
    return render_page(shipped_record())


@pytest.fixture(scope="module")
def february() -> str:
    return render_page(shipped_record(FEBRUARY))


def shown_view(page: object) -> dict[str, object]:
    return page.evaluate(
        "({step: document.getElementById('slider').value,"
        " metric: document.getElementById('metric').value,"
        " pair: [document.getElementById('from').value, document.getElementById('to').value],"
        " traffic: document.body.dataset.traffic,"
        " map: document.querySelector('.mapbox svg g').getAttribute('transform')})"
    )


def test_the_address_brings_back_the_same_view(open_page: Open, crimea: str) -> None:
    first = open_page(crimea).page
    first.locator("#traffic input").nth(1).check(force=True)
    first.locator("#metric").select_option("rerouted_share")
    first.locator("#from").select_option("kerch")
    first.locator("#to").select_option("dzhankoi")
    first.locator(".mapbuttons button").first.click()
    first.evaluate(
        "() => { const slider = document.getElementById('slider'); slider.value = 4;"
        " slider.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    first.wait_for_timeout(600)
    address = first.url
    assert "pair=kerch" in address
    second = open_page(crimea)
    second.page.goto(address)
    second.wait("document.documentElement.dataset.ready !== undefined")
    one, other = shown_view(first), shown_view(second.page)
    numbers = [[float(each) for each in view.pop("map")[7:-1].split()] for view in (one, other)]
    assert one == other
    assert numbers[0] == pytest.approx(numbers[1], rel=0.01, abs=2)
    assert second.said == []


def test_the_curve_is_given_as_the_table_says(open_page: Open, crimea: str) -> None:
    page = open_page(crimea).page
    page.locator("#metric").select_option("connected_share")
    with page.expect_download() as caught:
        page.locator("#curve .gives button", has_text="CSV").click()
    text = caught.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    record = shipped_record()
    shares = [float(row["connected_share"]) for row in rows]
    assert shares == pytest.approx(record.states["connected_share"].tolist(), abs=1e-6)
    points = know_breaks(record)
    assert [row["reported"] == "yes" for row in rows] == [each.is_reported for each in points[:-1]]


def test_pairs_and_figures_are_given_in_numbers(open_page: Open, crimea: str) -> None:
    page = open_page(crimea).page
    with page.expect_download() as caught:
        page.locator("#matrix .gives button", has_text="CSV").click()
    text = caught.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    names = ("hours_cut", "hours_in_doubt", "longest_extra_minutes")
    assert rows
    assert all(float(row[name]) >= 0 for row in rows for name in names)
    record = shipped_record()
    worst = record.pair_table.sum_up(record.states["hours"])
    worst = worst[worst["traffic"] == record.summary.figures[0].traffic]
    assert max(float(row["hours_cut"]) for row in rows) == pytest.approx(
        worst["hours_cut"].max(), abs=0.01
    )
    with page.expect_download() as caught:
        page.locator("#givesall button").first.click()
    with zipfile.ZipFile(caught.value.path()) as archive:
        told = archive.read("figures.csv").decode("utf-8-sig")
    given = {(row["traffic"], row["figure"]): row for row in csv.DictReader(io.StringIO(told))}
    for figure in record.summary.figures:
        row = given.get((figure.traffic, figure.name))
        if row is not None and figure.value is not None:
            assert row["unit"] == figure.unit
            assert float(row["value"]) == pytest.approx(figure.value, rel=1e-5)


def test_pictures_carry_title_moment_and_source(open_page: Open, crimea: str) -> None:
    opened = open_page(crimea)
    for section in ("map", "curve"):
        for kind in ("SVG", "PNG"):
            with opened.page.expect_download() as caught:
                opened.page.locator(f"#{section} .gives button", has_text=kind).click()
            content = caught.value.path().read_bytes()
            if kind == "PNG":
                assert content.startswith(b"\x89PNG")
                continue
            words = " ".join(ET.fromstring(content).itertext())
            assert shipped_record().summary.title in words
            assert "OpenStreetMap" in words
    assert opened.said == []


def test_incidents_are_found_by_words_month_and_speaker(open_page: Open, february: str) -> None:
    page = open_page(february).page
    cards = page.locator("#studied > .incident:not([hidden])")
    every = cards.count()
    assert every == len(shipped_record(FEBRUARY).evidence.studied)
    page.locator("#finder input").fill("blackout")
    assert 0 < cards.count() < every
    assert all("blackout" in text.lower() for text in cards.all_text_contents())
    page.locator("#finder input").fill("")
    page.locator("#finder select").nth(1).select_option("2026-01")
    assert 0 < cards.count() < every
    page.locator("#finder select").nth(1).select_option("")
    for number, key in ((2, "parties"), (3, "regions")):
        select = page.locator("#finder select").nth(number)
        wanted = select.locator("option").nth(1).inner_text()
        select.select_option(index=1)
        assert 0 < cards.count() < every
        kept = cards.evaluate_all(f"all => all.map(each => each.dataset.{key}.split('|'))")
        assert all(wanted in each for each in kept)
        select.select_option("")
    assert cards.count() == every


def test_every_number_leads_to_its_claims_in_two_clicks(open_page: Open, february: str) -> None:
    opened = open_page(february)
    page = opened.page
    seen = set()
    for link in page.locator(".kind[data-kind='0'] .card a.basis").all():
        link.click()
        cards = page.locator(".incident:not([hidden])")
        seen.add(min(cards.count(), 3))
        told = cards.first.locator("details.told")
        if told.get_attribute("open") is None:
            told.locator("summary").first.click()
        assert cards.first.locator("details.claims .claim").first.is_visible()
        page.locator("#filter button").click()
        cards.first.locator("details.told").evaluate("each => { each.open = false; }")
    assert seen == {3}
    assert opened.said == []


def test_every_train_of_the_moment_can_be_reached(open_page: Open, february: str) -> None:
    opened = open_page(february)
    page, record = opened.page, shipped_record(FEBRUARY)
    most = int(record.trains["state"].value_counts().idxmax())
    opened.go_to_state(most)
    mine = record.trains[record.trains["state"] == most]
    rows = page.locator("#traintable tbody tr")
    page.locator("#traintable").scroll_into_view_if_needed()
    opened.wait(f"document.getElementById('trainmore').textContent.includes('{len(mine)}')")
    assert rows.count() == 40 < len(mine)
    assert {"40", str(len(mine))} <= set(page.locator("#trainmore").inner_text().split())
    page.locator("#trainmore button").last.click()
    assert rows.count() == len(mine)
    assert page.locator("#trainmore button").count() == 0
    last = record.services["number"][mine["train"]].iloc[-1]
    page.locator("#trainfinder input").fill(last)
    assert rows.locator("th", has_text=last).count() >= 1
    page.locator("#trainfinder input").fill("no such train at all")
    assert rows.count() == 0
    assert opened.said == []


def test_rows_of_trains_stay_low_on_a_phone(open_page: Open, february: str) -> None:
    page = open_page(february, viewport=PHONE).page
    rows = page.locator("#traintable tbody tr")
    heights = rows.evaluate_all("all => all.map(each => each.getBoundingClientRect().height)")
    assert max(heights) < PHONE["height"] / 2
    width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1]


def test_a_chosen_train_shows_its_course_and_the_stops_it_leaves_out(
    open_page: Open, february: str
) -> None:
    opened = open_page(february)
    page, record = opened.page, shipped_record(FEBRUARY)
    mine = record.trains[(record.trains["state"] == 0) & (record.trains["fate"] == "cut short")]
    opened.go_to_state(0)
    assert page.locator(".mapbox .missed").count() == 0
    row = mine.iloc[0]
    number = record.services["number"][row["train"]]
    page.locator("#traintable button", has_text=number).first.click()
    hubs = set(record.hubs["name"])
    missed = [stop for stop in row["stops_missed"].split(";") if stop in hubs]
    assert page.locator(".mapbox .missed").count() == len(missed) > 0
    assert page.locator(".mapbox .way").first.get_attribute("d")
    chosen = page.locator("#traintable tr.chosen")
    assert all(stop in chosen.inner_text() for stop in row["stops_missed"].split(";"))
    assert chosen.locator("a.doc").count() > 0
    assert opened.said == []


def test_an_incident_has_an_address_of_its_own(open_page: Open, february: str) -> None:
    opened = open_page(february)
    wanted = shipped_record(FEBRUARY).evidence.studied[3]
    opened.page.goto(f"{opened.page.url.split('#')[0]}#i-{wanted.id}")
    opened.page.reload()
    opened.wait("document.documentElement.dataset.ready !== undefined")
    card = opened.page.locator(f"[id='i-{wanted.id}']")
    assert card.locator("details.told").evaluate("each => each.open")


def test_the_time_can_be_looked_at_more_closely(open_page: Open, february: str) -> None:
    page = open_page(february).page
    bars = page.locator("#bandchart .bar.pale").count()
    page.locator("#timein").click()
    page.locator("#timein").click()
    assert page.locator("#wholetime").is_visible()
    assert page.locator("#bandchart .bar.pale").count() < bars
    page.locator("#wholetime").click()
    assert page.locator("#bandchart .bar.pale").count() == bars


@pytest.mark.parametrize("language", ["en", "uk"])
def test_no_cell_says_null(open_page: Open, language: str) -> None:
    for name in ("crimea-may-2023", FEBRUARY):
        opened = open_page(render_page(shipped_record(name), language=language), viewport=PHONE)
        for state in (0, 3):
            opened.go_to_state(state)
            words = opened.page.evaluate("document.body.innerText")
            for literal in ("null", "NaN", "undefined"):
                assert literal not in words
        width = opened.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert width[0] <= width[1]


def test_trains_are_found_given_and_kept_in_the_address(open_page: Open, february: str) -> None:
    opened = open_page(february)
    page = opened.page
    rows = page.locator("#traintable tbody tr")
    every = rows.count()
    assert every > 10
    page.locator("#trainfinder input").fill("Kramatorsk")
    assert 0 < rows.count() < every
    page.locator("#trainfinder input").fill("")
    page.locator("#trainfinder select").first.select_option(label="cut short")
    some = rows.count()
    assert 0 < some < every
    assert all("cut short" in text for text in rows.all_text_contents())
    with page.expect_download() as caught:
        page.locator("#trains .gives button", has_text="CSV").click()
    text = caught.value.path().read_text(encoding="utf-8-sig")
    given = list(csv.DictReader(io.StringIO(text)))
    assert len(given) == some or (some == 60 and len(given) > some)
    assert {row["fate"] for row in given} == {"cut short"}
    rows.first.locator("button").click()
    page.wait_for_timeout(500)
    assert "train=" in page.url
    second = open_page(february)
    second.page.goto(page.url)
    second.wait("document.documentElement.dataset.ready !== undefined")
    assert second.page.locator("#traintable button[aria-pressed=true]").count() == 1
    assert opened.said == []
    assert second.said == []


def test_the_player_comes_early_and_a_phone_reaches_every_section(
    open_page: Open, crimea: str
) -> None:
    page = open_page(crimea, viewport=PHONE).page
    for anchor in page.locator(".top nav a").all():
        anchor.click()
        wanted = anchor.get_attribute("href")
        place = page.locator(wanted).evaluate("each => each.getBoundingClientRect().top")
        assert place < PHONE["height"]
    page.goto(page.url.split("#")[0])
    page.wait_for_timeout(300)
    reached = []
    while len(reached) < 14 and not (reached and reached[-1]):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.closest('#player') !== null"))
    assert reached[-1]


RIGHT_TO_LEFT = (
    "تعطل حركة القطارات بين سيمفيروبول وسيفاستوبول abc 12",
    "הפרעה בתנועת הרכבות Kyiv – Lviv 37/38",
)


@pytest.mark.parametrize("text", RIGHT_TO_LEFT, ids=("arabic", "hebrew"))
def test_right_to_left_texts_keep_their_lines(open_page: Open, text: str) -> None:
    opened = open_page(render_page(make_hostile(shipped_record(), text)), viewport=PHONE)
    page = opened.page
    page.evaluate("() => { for (const e of document.querySelectorAll('details')) e.open = true; }")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    direction = "getComputedStyle(document.querySelector({!r})).direction"
    assert page.evaluate(direction.format("h1")) == "rtl"
    # What the page itself says keeps its direction, whatever stands beside it.
    assert page.evaluate(direction.format(".meta")) == "ltr"
    loose = page.evaluate(
        "[...document.querySelectorAll('.who b, .documents b')]"
        ".filter(each => each.firstElementChild?.tagName !== 'BDI').length"
    )
    assert loose == 0
    assert opened.said == []
