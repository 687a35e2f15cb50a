"""The report page without a browser: what stands in it, and what cannot get out of it."""

from __future__ import annotations

import re
import string
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import netmodel
from netmodel.errors import InputError
from netmodel.files.shipped import scenario_names
from netmodel.plot.basemap import LAYERS, PlaneMap, fit_plane, load_basemap, project_basemap
from netmodel.report.compare import render_comparison
from netmodel.report.page.allowance import Allowance
from netmodel.report.page.drawn_links import choose_links
from netmodel.report.page.encoding import encode_network, encode_pairs, extent_of
from netmodel.report.page.figures import cited_tables
from netmodel.report.page.headline import write_headline
from netmodel.report.page.payload import number_incidents
from netmodel.report.page.render import (
    content_hash,
    encode_data,
    read_script,
    read_style,
    render_page,
)
from netmodel.report.page.sources import safe_url
from netmodel.runs.columns import OUTAGES
from netmodel.runs.pair_table import PairTable
from netmodel.runs.record import complete_tables, read_record, write_record
from netmodel.words.strings import PLURAL_FORMS, Phrases, load_catalogue
from netmodel.words.wording import choose_name, show_controls
from tests.report_records import HOSTILE, data_of, large_record, make_hostile, shipped_record

PACKAGE = Path(netmodel.__file__).parent


class Tags(HTMLParser):
    """Collects elements, links and the text that a reader would see."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.inside: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.words.append(data)


@pytest.fixture(scope="module")
def page() -> str:
    return render_page(shipped_record())


def test_policy_forbids_every_request_and_admits_only_the_pages_own_script(page: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page).group(1)
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert unescape(rules["script-src"]) == f"'{content_hash(read_script())}'"
    style = re.search("<style>(.*?)</style>", page, re.DOTALL).group(1)
    assert unescape(rules["style-src"]) == f"'{content_hash(style)}'"
    assert "unsafe" not in policy


def test_page_asks_for_nothing_outside_itself(page: str) -> None:
    tags = Tags(page).tags
    assert {tag for tag, _ in tags}.isdisjoint({"link", "img", "iframe", "object", "embed", "base"})
    assert all("src" not in attributes for _, attributes in tags)
    assert "@import" not in page
    assert "url(" not in read_style()
    for _, attributes in tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]


def test_same_record_gives_the_same_bytes(page: str) -> None:
    assert render_page(shipped_record()) == page


def test_page_from_the_folder_is_the_page_from_memory(page: str, tmp_path: Path) -> None:
    write_record(shipped_record(), tmp_path)
    assert render_page(read_record(tmp_path)) == page


@pytest.mark.slow
@pytest.mark.parametrize("name", scenario_names())
def test_built_in_reports_are_small(name: str) -> None:
    for language in ("en", "uk"):
        assert len(render_page(shipped_record(name), language=language).encode()) < 900_000


def test_data_holds_the_metrics_of_the_states(page: str) -> None:
    data, states = data_of(page), shipped_record().states
    run = data["runs"][0]
    for kind, prefix in (("passenger", ""), ("freight", "freight_")):
        for name, values in run["metrics"][kind].items():
            if name.endswith("_each"):
                sums = states[prefix + name.removesuffix("_each")]
                assert [bool(value) for value in values] == [bool(total) for total in sums]
                continue
            expected = states[f"{prefix}{name}"].to_numpy(float)
            assert np.array_equal(np.array(values, float), expected, equal_nan=True), name
    assert len(data["labels"]) == len(states)


def test_pairs_come_back_from_their_runs() -> None:
    record = shipped_record()
    rows = record.pairs[record.pairs["traffic"] == "passenger"]
    index = {hub: number for number, hub in enumerate(record.hubs.index)}
    encoded = encode_pairs(rows, index, {})
    hubs = list(record.hubs.index)
    position = 0
    firsts = np.cumsum([0, *encoded["rows"]])
    for pair, count in enumerate(encoded["changes"]):
        at = np.cumsum(encoded["state"][position : position + count])
        ends = hubs[encoded["from"][pair]], hubs[encoded["to"][pair]]
        mine = rows[(rows["from"] == ends[0]) & (rows["to"] == ends[1])].set_index("state")
        for state, row in mine.iterrows():
            here = position + int(np.searchsorted(at, state, side="right")) - 1
            shown = encoded["minutes"][firsts[pair] + encoded["row"][here]]
            assert shown == (-1 if np.isnan(row["minutes"]) else round(row["minutes"] * 10))
        position += count
    assert position == len(encoded["row"])
    assert len(encoded["minutes"]) == firsts[-1] <= position


def test_outage_spans_agree_with_the_counts_of_the_states(page: str) -> None:
    outages, states = data_of(page)["runs"][0]["outages"], shipped_record().states
    for name, column in (("chosen", "outages"), ("certain", "outages_certain"),
                         ("possible", "outages_possible")):  # fmt: skip
        spans = np.array(outages[name]).reshape(-1, 2)
        counts = [int(((spans[:, 0] <= s) & (s < spans[:, 1])).sum()) for s in states.index]
        if name == "possible":
            chosen = np.array(outages["chosen"]).reshape(-1, 2)
            counts = [
                int((((spans[:, 0] <= s) & (s < spans[:, 1]))
                     | ((chosen[:, 0] <= s) & (s < chosen[:, 1]))).sum())
                for s in states.index
            ]  # fmt: skip
        assert counts == states[column].tolist(), name


def test_every_figure_leads_to_incidents_and_every_claim_to_a_document(page: str) -> None:
    tags = Tags(page).tags
    ids = {attributes["id"] for _, attributes in tags if "id" in attributes}
    links = [a["href"] for tag, a in tags if tag == "a" and a.get("href", "").startswith("#")]
    assert {link[1:] for link in links} <= ids
    bases = [a["data-basis"] for tag, a in tags if tag == "a" and "data-basis" in a]
    assert len(bases) >= 8
    numbers = {attributes.get("data-number") for _, attributes in tags}
    assert all(number in numbers for basis in bases for number in basis.split())
    claims = sum(len(i.claims) for i in shipped_record().evidence.incidents)
    shown = [a for tag, a in tags if tag == "li" and (a.get("class") or "").startswith("claim")]
    assert len(shown) == claims


def test_headline_says_when_how_many_and_how_sure() -> None:
    sentences = " ".join(write_headline(shipped_record(), Phrases("en")))
    assert "20 of the 66 pairs of places otherwise" in sentences
    assert "18 May 2023, 08:00 (assumed: between 18 May 2023, 07:40 and 08:20)" in sentences
    assert "24 h 38 min (between 8 h 55 min and 40 h 20 min)" in sentences
    assert "1 incident and 14 documents" in sentences


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_stay_texts(text: str) -> None:
    cited = cited_tables(shipped_record(), "csv")
    for language in ("en", "uk"):
        page = render_page(make_hostile(shipped_record(), text), language=language)
        parsed = Tags(page)
        scripts = [a for tag, a in parsed.tags if tag == "script"]
        assert len(scripts) == 2
        for tag, attributes in parsed.tags:
            assert not [name for name in attributes if name.startswith("on")]
            target = attributes.get("href") or "#"
            assert re.match(r"(#|https?://)", target) or target in cited, (tag, target)
        assert {tag for tag, _ in parsed.tags}.isdisjoint({"img", "iframe"})
        assert data_of(page)["incidents"][0]["title"] == show_controls(text)
        assert show_controls(text).strip() in "".join(parsed.words)


def test_only_web_addresses_become_links() -> None:
    assert safe_url("https://example.org/a?b=c") == "https://example.org/a?b=c"
    for url in ("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//example.org",
                "https://", "java\nscript:alert(1)", "https://exa mple.org", "http://[", None,
                "https://example.org/\u202e"):  # fmt: skip
        assert safe_url(url) == "", url


def test_data_cannot_close_its_script() -> None:
    hostile = "</script><!-- & \u2028 \ud800"
    encoded = encode_data([hostile])
    assert not set("<>&\u2028") & set(encoded)
    page = f'<script type="text/plain" id="data">{encoded}</script>'
    assert data_of(page) == [hostile]


def test_catalogue_is_whole_in_both_languages() -> None:
    fields = string.Formatter().parse
    for key, entry in load_catalogue().items():
        assert set(entry) == set(PLURAL_FORMS), key
        for language, text in entry.items():
            forms = text if isinstance(text, tuple) else (text,)
            if isinstance(text, tuple):
                assert len(forms) == PLURAL_FORMS[language], key
            assert all(forms), key
            wanted = {n for _, n, _, _ in fields(_forms(entry["en"])[0]) if n}
            assert all({n for _, n, _, _ in fields(form) if n} == wanted for form in forms), key


def _forms(text: object) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (str(text),)


SAME_IN_BOTH = {
    "unit.none", "page.to", "compare.same_title", "figure.explain_extra", "ways.example",
}  # fmt: skip


def test_every_string_is_translated() -> None:
    for key, entry in load_catalogue().items():
        only_values = not re.search(
            "[A-Za-z]", re.sub(r"\{\w+\}", "", "".join(_forms(entry["en"])))
        )
        if key in SAME_IN_BOTH or only_values:
            continue
        for form in _forms(entry["uk"]):
            bare = re.sub(r"\{\w+\}|\w+\.(csv|json)|SHA-256", "", form)
            assert re.search(r"[а-яіїєґ]", bare, re.IGNORECASE), key


def test_every_place_of_the_built_in_network_has_its_ukrainian_name() -> None:
    record = shipped_record()
    plane = fit_plane(*extent_of([record]))
    drawn = choose_links(record, record.pairs, plane, Allowance())
    assert drawn.whole
    network = encode_network(drawn, plane, Phrases("uk"), places=set(), points=1000)
    names = [*network["hubs"]["name"], *network["regions"]]
    assert len(names) > 560
    assert [name for name in names if re.search("[A-Za-z]", name)] == []


def test_ukrainian_page_has_no_english_sentence_of_the_interface() -> None:
    page = render_page(make_hostile(shipped_record(), "ТЕКСТ"), language="uk")
    words = " ".join(Tags(page).words)
    words += " ".join(
        str(text)
        for _, attributes in Tags(page).tags
        for name, text in attributes.items()
        if name in ("aria-label", "title", "alt")
    )
    for key, entry in load_catalogue().items():
        for english in _forms(entry["en"]):
            fixed = max(re.split(r"\{\w+\}", english), key=len).strip()
            if key not in SAME_IN_BOTH and len(fixed.split()) >= 2 and re.search("[a-z]", fixed):
                assert fixed not in words, (key, fixed)


BY_NAME = {
    "kind", "about", "party", "month", "month_short", "region", "metric", "effect", "figure",
    "traffic", "line_class", "nav", "section", "note", "cause", "opening", "instant", "define",
    "train_kind", "train_did", "sure", "why", "field", "unused",
}  # fmt: skip
"""Sections whose strings are looked up by a name that the data gives."""
JOINED = re.compile(
    r"journey\.|zip\.|band\.|unit\.long|headline\.(bus|advisory|trains)|time\.known_|fate\.|train\.|pair\.sure_|affected\.|method\.(rule|demand)_|incident\.|review\.(accept|change|drop|join)"
)


def test_every_string_of_the_catalogue_is_used() -> None:
    paths = [*PACKAGE.rglob("*.py"), *(PACKAGE / "report/page/templates").iterdir()]
    text = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    unused = [
        key for key in load_catalogue()
        if key.split(".")[0] not in BY_NAME and key not in text and not JOINED.match(key)
    ]  # fmt: skip
    assert not unused


def test_every_string_asked_for_is_in_the_catalogue() -> None:
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in
                        (PACKAGE / "report/page/templates").iterdir())  # fmt: skip
    asked = set(re.findall(r"""\b(?:say|sayCount|_|count)\(["']([a-z_]+\.[a-z_]+)["']""", scripts))
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        asked |= set(re.findall(r"""phrases(?:\.count)?\(\s*["']([a-z_]+\.[a-z_]+)["']""", text))
    assert len(asked) > 120
    assert {key for key in asked if not key.endswith("_")} <= set(load_catalogue())


def test_names_of_hubs_are_ukrainian_on_the_ukrainian_page() -> None:
    data = data_of(render_page(shipped_record(), language="uk"))
    names = dict(zip(data["networks"][0]["hubs"]["id"], data["networks"][0]["hubs"]["name"],
                     strict=True))  # fmt: skip
    assert names["simferopol"] == "Сімферополь"
    assert names["yevpatoriia"] == "Євпаторія"
    assert names["krasnodar"] == "Краснодар"
    assert choose_name("Bucharest", "Bucuresti;Бухарест", "uk") == "Бухарест"
    assert choose_name("X", "Объект;Ёлка;Эра", "uk") == "X"


def test_unknown_language_is_refused() -> None:
    with pytest.raises(InputError, match="'de'"):
        render_page(shipped_record(), language="de")


def test_optional_columns_are_shown_only_when_there() -> None:
    record = shipped_record()
    states = record.states.assign(connected_share_q05=0.5, connected_share_q95=0.9)
    pairs = record.pairs.assign(probability_connected=0.25)
    data = data_of(
        render_page(replace(record, states=states, pair_table=PairTable.of_states(pairs)))
    )["runs"][0]
    assert data["metrics"]["passenger"]["connected_share_q05"][0] == 0.5
    assert set(data["pairs"]["passenger"]["probability"]) == {250}
    assert "probability" not in data_of(render_page(record))["runs"][0]["pairs"]["passenger"]


def test_comparison_shows_difference_and_settings() -> None:
    records = [shipped_record(time_rule=rule) for rule in ("earliest", "latest")]
    page = render_comparison(records)
    rows = re.findall(r'<tr data-figure="resilience_loss" data-kind="passenger">.*?</tr>', page,
                      re.DOTALL)  # fmt: skip
    cells = [" ".join(cell.split()) for cell in Tags(rows[0]).words if cell.strip()]
    assert "+9 h 7 min" in cells
    assert "<code>time_rule</code>" in page
    data = data_of(page)
    assert len(data["runs"]) == 2
    assert len(data["networks"]) == 1
    assert [run["title"] for run in data["runs"]] == [
        "crimea-may-2023, time_rule earliest", "crimea-may-2023, time_rule latest",
    ]  # fmt: skip


def test_comparison_of_one_run_is_refused() -> None:
    with pytest.raises(InputError, match="1 runs given"):
        render_comparison([shipped_record()])


def test_base_map_is_small_coarse_and_has_crimea_in_ukraine() -> None:
    source = PACKAGE / "plot" / "basemap_data" / "basemap.json"
    assert source.stat().st_size < 60_000
    layers = load_basemap()
    assert set(layers) == set(LAYERS)
    inside = [line for line in layers["oblasts"]
              if line[:, 1].max() < 46.3 and 33 < line[:, 0].mean() < 35.2]  # fmt: skip
    assert inside, "the border between Kherson oblast, Crimea and Sevastopol"
    for line in layers["countries"]:
        crossing = (np.abs(line[:, 1] - 46.05) < 0.3) & (np.abs(line[:, 0] - 34.0) < 1.5)
        assert not crossing.any(), "no state border runs across Perekop"


def test_base_map_is_left_out_far_away() -> None:
    plane = fit_plane([6.9, 7.1], [50.9, 51.0])
    assert all(not lines for lines in project_basemap(plane, 6.9, 50.9, 7.1, 51.0).values())


@pytest.mark.parametrize("lat", [-60.0, -0.5, 0.0, 0.5, 48.0, 80.0])
def test_projection_keeps_north_up_and_distances_near_the_middle(lat: float) -> None:
    plane = PlaneMap(lon=30, lat=lat, unit_km=1.0)
    middle, north, east = plane.project([30, 30, 30.5], [lat, lat + 0.5, lat])
    assert np.allclose(middle, 0, atol=1e-6)
    degree = np.pi / 180 * 6371.0
    assert north[1] == pytest.approx(-0.5 * degree, rel=0.03)
    assert east[0] == pytest.approx(0.5 * degree * np.cos(np.radians(lat)), rel=0.01)


def test_projection_agrees_with_another_implementation() -> None:
    from pyproj import Transformer

    plane = PlaneMap(lon=31, lat=48.5, unit_km=1.0)
    other = Transformer.from_crs(
        "+proj=longlat +R=6371000", "+proj=lcc +lat_1=48.5 +lat_0=48.5 +lon_0=31 +R=6371000",
        always_xy=True,
    )  # fmt: skip
    lon, lat = np.meshgrid(np.linspace(22, 42, 9), np.linspace(43, 54, 9))
    x, y = other.transform(lon.ravel(), lat.ravel())
    mine = plane.project(lon.ravel(), lat.ravel())
    assert np.allclose(mine, np.column_stack([x, -np.array(y)]) / 1000, atol=0.01)


@pytest.mark.slow
def test_large_run_stays_under_four_megabytes() -> None:
    for record in (
        large_record(demand=30, trains=1000),
        large_record(columns=250, rows=60, demand=200, states=60),
    ):
        page = render_page(record)
        assert len(page.encode()) < 4_000_000
        assert len(data_of(page)["labels"]) == len(record.states)
    assert len(record.links) > 29_000


@pytest.mark.parametrize("language", ["en", "uk"])
def test_the_page_of_eight_weeks_stays_under_900_kilobytes(language: str) -> None:
    page = render_page(shipped_record("ukraine-february-2026"), language=language)
    assert len(page.encode()) < 900_000


def test_a_page_of_very_many_incidents_tells_the_rest_in_short() -> None:
    record = shipped_record()
    one = record.evidence.studied[0]
    many = tuple(replace(one, id=f"{one.id}-{n}", title=f"Number {n}") for n in range(3000))
    evidence = replace(record.evidence, incidents=(*record.evidence.incidents, *many))
    page = render_page(replace(record, evidence=evidence))
    assert len(page.encode()) < 4_000_000
    tags = Tags(page).tags
    whole = [attrs["id"] for tag, attrs in tags if attrs.get("class") == "incident"]
    ids = {attrs["id"] for _, attrs in tags if "id" in attrs}
    assert 1 < len(whole) < 1000
    assert {f"i-{each.id}" for each in evidence.incidents} <= ids
    links = {attrs["href"] for tag, attrs in tags if tag == "a" and "href" in attrs}
    assert {each[1:] for each in links if each.startswith("#")} <= ids


def test_comparison_folds_away_what_is_the_same() -> None:
    record = shipped_record()
    same = render_comparison([record, record])
    assert "No headline figure differs." in same
    differing = render_comparison([record, shipped_record(time_rule="latest")])
    shown, folded = differing.split('<details class="more"><summary>Figures that are the same')
    assert 'data-figure="resilience_loss"' in shown
    assert 'data-figure="resilience_loss"' not in folded.split("</details>")[0]


def test_lanes_of_standing_closures_are_sure_to_the_end() -> None:
    record = shipped_record("kupiansk-pokrovsk")
    numbers = number_incidents([record])
    data = data_of(render_page(record))
    bars = {bar[0]: bar[1:] for bar in data["runs"][0]["bars"]}
    outages = record.outages
    studied = outages["incident"].isin([each.id for each in record.evidence.studied])
    lasting = (outages["standing"] == 1) & outages["end_latest"].isna()
    held = outages[studied & lasting]["incident"].unique()
    assert len(held) >= 3
    for incident in held:
        assert bars[numbers[incident]][2:4] == [None, None], incident


def test_a_standing_closure_is_sure_no_longer_than_its_earliest_end() -> None:
    record = shipped_record("kupiansk-pokrovsk")
    outages = record.outages[[column.name for column in OUTAGES.columns[1:14]]].copy()
    held = outages["incident"] == "2022-kupiansk-hub"
    early, late = (pd.Timestamp(f"{year}-01-01", tz="UTC") for year in (2023, 2025))
    outages.loc[held, "end_earliest"], outages.loc[held, "end_latest"] = early, late
    tables = complete_tables({"states": record.states, "outages": outages})
    data = data_of(render_page(replace(record, outages=tables["outages"])))["runs"][0]
    number = number_incidents([record])["2022-kupiansk-hub"]
    encoded = data["outages"]
    mine = [n for n, incident in enumerate(encoded["incident"]) if incident == number]
    assert mine
    starts = record.states["start"].tolist()
    for place in mine:
        until = encoded["certain"][2 * place + 1]
        assert until == sum(start < early for start in starts)
        assert encoded["possible"][2 * place + 1] == sum(start < late for start in starts)


def test_titles_are_told_in_the_language_of_the_page() -> None:
    record = shipped_record()
    scenario, (*others, incident) = record.summary.titles["uk"], record.evidence.incidents
    named = (*others, replace(incident, titles={"uk": "Назва події"}))
    given = replace(record, evidence=replace(record.evidence, incidents=named))
    page = render_page(given, language="uk")
    assert scenario in page
    assert '<h3 dir="auto">Назва події</h3>' in page
    assert "Назва події" not in render_page(given, language="en")


def test_headline_counts_what_the_base_state_connects() -> None:
    record = shipped_record()
    joined = {**record.summary.pairs_in_base, "passenger": 65}
    counted = replace(record, summary=replace(record.summary, pairs_in_base=joined))
    pairs = record.pairs.copy()
    never = (pairs["from"] == "simferopol") & (pairs["to"] == "dzhankoi")
    pairs.loc[never, ["base_minutes", "minutes", "served_minutes"]] = np.nan
    earlier = replace(
        record,
        pair_table=PairTable.of_states(pairs),
        summary=replace(record.summary, pairs_in_base={}),
    )
    for each in (counted, earlier):
        sentences = write_headline(each, Phrases("en"))
        assert any("of the 65 pairs of places otherwise connected" in one for one in sentences)
        assert "1 further pair of places had no path even without the incidents." in sentences


def test_a_constant_loss_is_told_of_the_whole_window() -> None:
    record = shipped_record()
    states = record.states.assign(connected_share=0.7)
    whole = int(states.index[0]), int(states.index[-1])
    figures = tuple(replace(each, span=whole) for each in record.summary.figures)
    summary = replace(record.summary, figures=figures)
    sentences = write_headline(replace(record, states=states, summary=summary), Phrases("uk"))
    assert sentences[0].startswith("Упродовж усього вікна залізничного сполучення не мали")
