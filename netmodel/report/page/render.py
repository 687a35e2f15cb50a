"""The page of a run."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Sequence
from functools import cache, partial
from importlib.resources import files
from pathlib import Path

from jinja2 import DictLoader, Environment, StrictUndefined, Template
from markupsafe import Markup

from netmodel.files.shipped import BUILT_IN
from netmodel.plot.basemap import find_sources
from netmodel.report.compiled_templates import CompiledBeside
from netmodel.report.page.allowance import ALLOWANCES, MOST_BYTES, tell_left_out, tell_links
from netmodel.report.page.figures import (
    FigureView,
    cited_tables,
    view_capacity,
    view_figures,
    view_lookup,
    view_method,
    view_provenance,
)
from netmodel.report.page.headline import tell_headline, tell_trains
from netmodel.report.page.incidents import view_incidents
from netmodel.report.page.opening import tell_opening
from netmodel.report.page.payload import build_payload, number_incidents
from netmodel.report.page.sources import view_documents
from netmodel.runs.moment import has_touched_trains, traffic_prefixes
from netmodel.runs.record import RunRecord
from netmodel.words.strings import Phrases, choose_language, tell_in
from netmodel.words.wording import format_interval, show_controls

SCRIPTS = (
    "core.js", "sort.js", "map.js", "gestures.js", "flows.js", "moment.js", "curve.js", "bands.js",
    "trains.js", "pairs.js", "matrix.js", "incidents.js", "reasons.js", "share.js",
    "package.js", "journey.js", "embed.js", "page.js",
)  # fmt: skip
_RUNNING, MOST_RUNNING = "RUNNING-TITLE", 90
"""What stands for the title at the top of printed pages, and how much of it is shown there."""


def assemble_page(
    records: Sequence[RunRecord], phrases: Phrases, *, titles: Sequence[str], **words: object
) -> str:
    """Return the page of one or several runs.

    Parameters
    ----------
    titles
        What to call each run.
    **words
        What the template shows, in the language of the phrases.
    """
    running = _style_text(words["title"])
    style, script = read_style().replace(_RUNNING, running), read_script()
    incidents: Sequence[object] = words["incidents"]  # type: ignore[assignment]
    background = [each for each in incidents if each.background]  # type: ignore[attr-defined]
    rules = {each.rule for each in incidents if each.rule}  # type: ignore[attr-defined]
    several = len(records) > 1
    papers = {name: each.number for name, each in view_documents(records, phrases).items()}
    version = records[0].provenance.netmodel or ""
    numbers = number_incidents(records)
    render = partial(
        load_template().render,
        lang=phrases.language,
        _=phrases,
        count=phrases.count,
        basis_text=lambda figure: describe_basis(figure, phrases),
        several=several,
        contents=_contents(phrases, several, trains=_shows_trains(records)),
        zone=phrases("page.times_in", zone=records[0].summary.window.zone),
        rule=", ".join(sorted(rules)),
        detours_shown=any(each.detours for each in incidents),  # type: ignore[attr-defined]
        standing=len(background),
        anchors={each.number: each.anchor for each in incidents},  # type: ignore[attr-defined]
        studied=len(incidents) - len(background),
        built_in=all(record.provenance.scenario.network == BUILT_IN for record in records),
        recorded=Markup("") if phrases.language == "en" else Markup(' lang="en"'),
        citation=_cite(records, phrases, words["title"], version),
        pieces=lambda sentence: sentence.pieces(numbers),
        link=lambda lead: lead.attributes(numbers),
        made_by=phrases("page.made_by", version=version),
        style=Markup(style),  # noqa: S704  the package's own file
        script=Markup(script),  # noqa: S704  the package's own file
        style_hash=content_hash(style),
        script_hash=content_hash(script),
        trains_shown=_shows_trains(records),
        **words,
    )
    for allowance in ALLOWANCES:
        payload = build_payload(records, phrases, titles, papers, allowance)
        page = render(
            data=Markup(encode_data(payload)),  # noqa: S704
            credit=credit_basemap(find_sources(payload["basemap"]), phrases),
            left_out=tell_left_out(records, payload["runs"], allowance, phrases),
            links_told=tell_links(payload["networks"], phrases),
        )
        if len(page.encode()) <= MOST_BYTES:
            break
    return page


def _style_text(title: object) -> str:
    """Return a title for a text of the style sheet: nothing in it can end the text."""
    shown = " ".join(str(title).split())[:MOST_RUNNING]
    return "".join(c if c.isascii() and c.isalnum() else f"\\{ord(c):06x}" for c in shown)


def _cite(records: Sequence[RunRecord], phrases: Phrases, title: object, version: str) -> str:
    """Return how the page is cited: title, window, how many documents, and the version."""
    documents = {name for record in records for name in record.evidence.documents}
    return phrases(
        "give.citation",
        title=title,
        window=describe_window(records[0], phrases),
        documents=phrases.count("count.documents", len(documents)),
        version=version,
    )


_HALF_PAIR = re.compile("[\ud800-\udfff]")


def encode_data(payload: object) -> str:
    """Return data as the page holds it: JSON, packed (zlib), in letters of base64.

    It is a fifth of the text it holds, and nothing in it can end the element it stands in.

    Examples
    --------
    >>> import base64, zlib
    >>> zlib.decompress(base64.b64decode(encode_data(["</script>"])))
    b'["</script>"]'
    """
    text = json.dumps(payload, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # Half of a pair of surrogates is no character that UTF-8 can hold.
    whole = _HALF_PAIR.sub(lambda half: f"\\u{ord(half.group()):04x}", text)
    return base64.b64encode(zlib.compress(whole.encode("utf-8"), 9)).decode("ascii")


def content_hash(text: str) -> str:
    """Return the source expression of an inline script or style for a content policy."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


@cache
def read_script() -> str:
    """Return the page's script: its parts, in a scope of their own."""
    body = "\n".join(_without_margins(read_template(name)) for name in SCRIPTS)
    return f'(async () => {{\n"use strict";\n{body}\n}})();'


@cache
def read_style() -> str:
    """Return the page's style sheet."""
    return _without_margins(_environment().from_string(read_template("page.css")).render())


def _without_margins(text: str) -> str:
    """Return code without indentation and lines of comment, which no reader of a page sees."""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


@cache
def load_template() -> Template:
    """Return the page's template."""
    return _environment().get_template("page.html")


@cache
def _environment() -> Environment:
    return Environment(
        loader=DictLoader({"page.html": read_template("page.html")}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=CompiledBeside(Path(__file__)),
    )


def read_template(name: str) -> str:
    """Return a file of the folder of templates."""
    return files("netmodel.report.page").joinpath(f"templates/{name}").read_text(encoding="utf-8")


_CREDITS = {"world": "page.attribution_world", "ukraine": "page.attribution_ukraine"}


def credit_basemap(sources: Sequence[str], phrases: Phrases) -> str:
    """Return whose the lines of a base map are; nothing where none is drawn."""
    return " ".join(phrases(_CREDITS[each]) for each in sources)


def describe_basis(figure: FigureView, phrases: Phrases) -> str:
    """Return how many incidents and documents a figure rests on, and what else was in force."""
    parts = []
    if figure.incidents:
        parts.append(
            f"{phrases.count('count.incidents', len(figure.incidents))}, "
            f"{phrases.count('count.documents', figure.documents)}"
        )
    if figure.later:
        closures = phrases.count("count.later_standing", figure.later)
        parts.append(phrases("figure.also_standing", closures=closures))
    return "; ".join(parts)


def _shows_trains(records: Sequence[RunRecord]) -> bool:
    """Whether the page has a section of trains: that of one run in which a train was touched."""
    return len(records) == 1 and has_touched_trains(records[0])


def _contents(phrases: Phrases, several: bool, *, trains: bool) -> list[tuple[str, str]]:
    first = ("differences", "curve", "map") if several else ("picture", "map", "figures", "curve")
    names = (*first, *(["trains"] if trains else []), "pair", "matrix", "incidents", "method")
    return [(name, phrases(f"nav.{name}")) for name in names]


def render_page(record: RunRecord, *, language: str | None = None, tables: str = "csv") -> str:
    """Return the report of a run: one HTML page that needs no network and no other file.

    Parameters
    ----------
    record
        A run as its tables; nothing is computed again.
    language
        ``en`` or ``uk``; by default the language of the scenario.
    tables
        The form of the large tables beside the page, which it names: ``csv`` or ``parquet``.

    Returns
    -------
    str
        A page whose content policy forbids every request. The same record gives the same bytes.

    Raises
    ------
    InputError
        If there is no such language.

    Examples
    --------
    >>> from netmodel.runs.run import run_scenario
    >>> page = render_page(run_scenario("crimea-may-2023").record, language="uk")
    >>> '<html lang="uk">' in page, "http-equiv" in page
    (True, True)
    """
    phrases = Phrases(choose_language(language, record.provenance.scenario.language))
    record = tell_in(record, phrases.language)
    documents = view_documents([record], phrases)
    incidents = view_incidents([record], phrases, documents)
    number = number_incidents([record])
    figures = view_figures(record, phrases, number)
    kinds = list(traffic_prefixes(record))
    title = show_controls(record.summary.title)
    trains, touched = tell_trains(record, phrases), has_touched_trains(record)
    return assemble_page(
        [record],
        phrases,
        titles=[title],
        title=title,
        window=describe_window(record, phrases),
        opening=[*tell_opening(record, phrases), *(trains if touched else [])],
        headline=[*tell_headline(record, phrases), *([] if touched else trains)],
        description=show_controls(record.summary.description or ""),
        figure_groups=[
            (phrases.find("traffic", kind), [each for each in figures if each.traffic == kind])
            for kind in kinds
        ],
        several_traffic=len(kinds) > 1,
        capacity=view_capacity(record, phrases),
        incidents=incidents,
        documents=sorted(documents.values(), key=lambda each: each.number),
        lookup=view_lookup(record, phrases, number),
        method=view_method(record, phrases, tables),
        tables=cited_tables(record, tables),
        runs=[view_provenance(record, title, phrases)],
    )


def describe_window(record: RunRecord, phrases: Phrases) -> str:
    """Return the window of a run in its zone."""
    return format_interval(*record.summary.window.local, phrases)
