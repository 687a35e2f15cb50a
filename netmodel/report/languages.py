"""A record told in another language, as far as its scenario and its incidents have the words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from netmodel.report.record_parts import Plain, incidents_of
from netmodel.study.record import RunRecord


def tell_in(record: RunRecord, language: str) -> RunRecord:
    """Return a record whose titles and description are in a language where they are given in it.

    Examples
    --------
    >>> from netmodel.study.run import run_scenario
    >>> record = run_scenario("crimea-may-2023").record
    >>> tell_in(record, "uk").summary["title"]
    'Сходження поїзда з рейок під Сімферополем, 18 травня 2023 року'
    >>> tell_in(record, "en") is record
    True
    """
    summary = _chosen(_chosen(record.summary, "title", language), "description", language)
    incidents = [_chosen(each, "title", language) for each in incidents_of(record)]
    if summary == record.summary and incidents == incidents_of(record):
        return record
    return replace(record, summary=summary, evidence={**record.evidence, "incidents": incidents})


def _chosen(texts: Plain, name: str, language: str) -> Plain:
    given = texts.get(f"{name}s")
    told = given.get(language) if isinstance(given, Mapping) else None
    return {**texts, name: told} if told else texts
