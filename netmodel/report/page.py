"""The report of one run as a single offline page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from netmodel.instants import load_zone
from netmodel.report.assembly import assemble_page
from netmodel.report.evidence_view import view_documents, view_incidents
from netmodel.report.figure_view import view_figures
from netmodel.report.headline import write_headline
from netmodel.report.method_view import view_lookup, view_method, view_provenance
from netmodel.report.payload import traffic_prefixes, window_zone
from netmodel.report.strings import Phrases, choose_language
from netmodel.report.wording import format_interval, parse_utc, show_controls
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
        incidents=incidents,
        documents=sorted(documents.values(), key=lambda each: each.number),
        lookup=view_lookup(record, phrases, number),
        method=view_method(record, phrases),
        runs=[view_provenance(record, title, phrases)],
    )


def scenario_language(record: RunRecord) -> str | None:
    """Return the language that the scenario of a run asks for."""
    scenario = record.provenance.get("scenario")
    report = scenario.get("report") if isinstance(scenario, Mapping) else None
    language = report.get("language") if isinstance(report, Mapping) else None
    return str(language) if language else None


def incident_numbers(records: Sequence[RunRecord]) -> dict[str, int]:
    """Return the number on the page of every incident, each once, in the order of the records."""
    numbers: dict[str, int] = {}
    for record in records:
        incidents: Any = record.evidence["incidents"]
        for each in incidents:
            numbers.setdefault(str(each["id"]), len(numbers))
    return numbers


def describe_window(record: RunRecord, phrases: Phrases) -> str:
    """Return the window of a run in its zone."""
    window = record.summary["window"]
    assert isinstance(window, Mapping)
    zone = load_zone(window_zone(record))
    start, end = (parse_utc(str(window[name])) for name in ("start", "end"))
    assert start is not None
    assert end is not None
    return format_interval(start.astimezone(zone), end.astimezone(zone), phrases)
