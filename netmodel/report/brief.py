"""A run on one page: what happened, a picture, a map, four figures and the sources."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from netmodel.report.page.figures import view_figures
from netmodel.report.page.headline import write_headline, write_trains
from netmodel.report.page.opening import write_opening
from netmodel.report.page.payload import number_incidents
from netmodel.report.page.render import credit_basemap, describe_window, read_template
from netmodel.runs.moment import told_state
from netmodel.runs.record import RunRecord
from netmodel.words.strings import Phrases, choose_language, tell_in
from netmodel.words.wording import show_controls

MOST_FIGURES, MOST_SENTENCES, MOST_PUBLISHERS = 4, 8, 24


def render_brief(record: RunRecord, *, language: str | None = None) -> str:
    """Return the brief of a run: one page of A4 that needs no script, no network, no other file.

    Parameters
    ----------
    record
        A run as its tables; nothing is computed again.
    language
        ``en`` or ``uk``; by default the language of the scenario.

    Returns
    -------
    str
        The same record gives the same bytes.

    Raises
    ------
    InputError
        If there is no such language.
    """
    phrases = Phrases(choose_language(language, record.provenance.scenario.language))
    record = tell_in(record, phrases.language)
    opening = [*write_opening(record, phrases), *write_trains(record, phrases)]
    sentences = [*opening, *write_headline(record, phrases)[: MOST_SENTENCES - len(opening)]]
    first = record.summary.figures[0].traffic if record.summary.figures else ""
    views = view_figures(record, phrases, number_incidents([record]))
    figures = [each for each in views if each.traffic == first and not each.trivial]
    figures.sort(key=lambda each: not each.large)
    map_text, bands_text, sources = _draw(record, phrases.language)
    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(
        read_template("brief.html")
    )
    return template.render(
        lang=phrases.language,
        title=show_controls(record.summary.title),
        window=describe_window(record, phrases),
        zone=phrases("page.times_in", zone=record.summary.window.zone),
        sentences=sentences,
        figures=figures[:MOST_FIGURES],
        map=Markup(map_text),  # noqa: S704  drawn by matplotlib, which escapes texts
        bands=Markup(bands_text),  # noqa: S704  likewise
        sources=_sources(record, phrases),
        method=phrases("brief.method"),
        credit=credit_basemap(sources, phrases),
        made_by=phrases("page.made_by", version=record.provenance.netmodel or ""),
    )


def _sources(record: RunRecord, phrases: Phrases) -> str:
    """Return the publishers of the studied incidents' documents, those of most documents first."""
    cited = {claim.document for each in record.evidence.studied for claim in each.claims}
    papers = record.evidence.documents
    counts = Counter(papers[name].publisher for name in sorted(cited) if name in papers)
    ordered = sorted(counts, key=lambda name: (-counts[name], name.casefold()))
    names = ", ".join(ordered[:MOST_PUBLISHERS])
    if len(ordered) > MOST_PUBLISHERS:
        names += " " + phrases("unit.and_more", n=len(ordered) - MOST_PUBLISHERS)
    documents = phrases.count("count.documents", len(cited))
    return show_controls(phrases("brief.sources", documents=documents, publishers=names or "–"))


def _draw(record: RunRecord, language: str) -> tuple[str, str, tuple[str, ...]]:
    """Return the map at the moment that the page opens with, and what became of all, as SVG.

    The last are the sources of the base map under it.
    """
    from netmodel.plot import figures_of_runs as plots
    from netmodel.plot.ground import credited_sources
    from netmodel.plot.style import new_figure, save_figure, use_style_alone

    texts: list[str] = []
    sources: tuple[str, ...] = ()
    with use_style_alone(), tempfile.TemporaryDirectory() as folder:
        for number, inches in enumerate((plots.MAP_INCHES, plots.BANDS_INCHES)):
            figure = new_figure(inches)
            if number == 0:
                state = told_state(record)
                plots.map(record, figure.axes[0], state=state, language=language)
                sources = credited_sources(figure.axes[0])
            else:
                plots.bands(record, figure.axes[0], language=language)
            path = save_figure(figure, Path(folder) / f"{number}.svg")
            text = path.read_text(encoding="utf-8")
            # Both drawings stand on one page: their inner names must not meet.
            texts.append(_rename(text[text.index("<svg") :], f"f{number}-"))
    return texts[0], texts[1], sources


def _rename(text: str, prefix: str) -> str:
    """Return a drawing with a prefix before its ids and before what refers to them."""
    text = re.sub(r'(\sid=")', rf"\g<1>{prefix}", text)
    text = re.sub(r'((?:xlink:)?href="#)', rf"\g<1>{prefix}", text)
    return re.sub(r"(url\(#)", rf"\g<1>{prefix}", text)
