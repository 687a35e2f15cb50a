"""The report of one run as a single offline page."""

from __future__ import annotations

from collections.abc import Mapping

from netmodel.report.assembly import assemble_page
from netmodel.report.capacity_view import view_capacity
from netmodel.report.document_view import view_documents
from netmodel.report.evidence_view import view_incidents
from netmodel.report.figure_view import view_figures
from netmodel.report.headline import write_headline
from netmodel.report.languages import tell_in
from netmodel.report.method_view import view_lookup, view_method, view_provenance
from netmodel.report.record_parts import (
    incident_numbers,
    local_window,
    scenario_of,
    traffic_prefixes,
)
from netmodel.report.strings import Phrases, choose_language
from netmodel.report.wording import format_interval, show_controls
from netmodel.study.record import RunRecord


def render_page(record: RunRecord, *, language: str | None = None) -> str:
    """Return the report of a run: one HTML page that needs no network and no other file.

    Parameters
    ----------
    record
        A run as its tables; nothing is computed again.
    language
        ``en`` or ``uk``; by default the language of the scenario.

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
    >>> from netmodel.study.run import run_scenario
    >>> page = render_page(run_scenario("crimea-may-2023").record, language="uk")
    >>> '<html lang="uk">' in page, "http-equiv" in page
    (True, True)
    """
    phrases = Phrases(choose_language(language, scenario_language(record)))
    record = tell_in(record, phrases.language)
    documents = view_documents([record], phrases)
    incidents = view_incidents([record], phrases, documents)
    number = incident_numbers([record])
    figures = view_figures(record, phrases, number)
    kinds = list(traffic_prefixes(record))
    title = show_controls(record.summary["title"])
    return assemble_page(
        [record],
        phrases,
        titles=[title],
        title=title,
        window=describe_window(record, phrases),
        headline=write_headline(record, phrases),
        description=show_controls(record.summary.get("description") or ""),
        figure_groups=[
            (phrases.find("traffic", kind), [each for each in figures if each.traffic == kind])
            for kind in kinds
        ],
        several_traffic=len(kinds) > 1,
        capacity=view_capacity(record, phrases),
        incidents=incidents,
        documents=sorted(documents.values(), key=lambda each: each.number),
        lookup=view_lookup(record, phrases, number),
        method=view_method(record, phrases),
        runs=[view_provenance(record, title, phrases)],
    )


def scenario_language(record: RunRecord) -> str | None:
    """Return the language that the scenario of a run asks for."""
    report = scenario_of(record).get("report")
    language = report.get("language") if isinstance(report, Mapping) else None
    return str(language) if language else None


def describe_window(record: RunRecord, phrases: Phrases) -> str:
    """Return the window of a run in its zone."""
    return format_interval(*local_window(record), phrases)
