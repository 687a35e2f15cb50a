"""What operators are reported to have done with a train, beside what the model says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from netmodel.evidence.train_reports import TrainReport, built_in_decisions
from netmodel.impact.train_counts import TrainImpact
from netmodel.impact.train_fates import TrainFate
from netmodel.runs.computation import Computation
from netmodel.runs.named_trains import NamedTrains, Naming
from netmodel.scenario.train_choice import document_days
from netmodel.times import Window, load_zone
from netmodel.trains.relevance import days_of

GRAVEST = ("cut short", "detoured", "diesel", "held", "late")
"""Of several reports of a train on one day the first of these counts."""

Decisions = Mapping[tuple[int, str], tuple[TrainReport, ...]]
"""The reports of a train by state and id of the train, the gravest first."""


def find_decisions(run: Computation, trains: TrainImpact) -> Decisions:
    """Return the reports of single trains under the incidents of a run.

    A report holds on its day: in the states of that day in which its incident may hold, or else
    in all states of that day. `NamedTrains` says which trains it means. With an ``as_of``, reports
    published later are left out.
    """
    found: dict[tuple[int, str], list[TrainReport]] = {}
    named = NamedTrains(run.network, trains)
    counted = set(trains.fates.trains)
    reports = tuple(_known_reports(run))
    ways = {_way_of(report) for report in reports}
    for report in reports:
        states = _states_of(run, report)
        numbers, incident, day, start, end = way = _way_of(report)
        naming = Naming(
            numbers=numbers,
            incident=incident,
            start=start,
            end=end,
            ordered=(*way[:3], end, start) in ways,
        )
        for train in counted.intersection(named.find(naming, day)):
            for state in states:
                found.setdefault((state, train), []).append(report)
    return {
        key: tuple(sorted(reports, key=lambda each: (GRAVEST.index(each.did), each.id)))
        for key, reports in found.items()
    }


def with_decisions(
    fates: Sequence[TrainFate], trains: TrainImpact, decisions: Decisions
) -> list[TrainFate]:
    """Return fates with those of the trains of which something is reported and nothing modelled."""
    known = {(each.state, each.train) for each in fates}
    more = [trains.fates.of(state, train) for state, train in decisions.keys() - known]
    order = {train: number for number, train in enumerate(trains.fates.trains)}
    return sorted([*fates, *more], key=lambda each: (each.state, order[each.train]))


def report_cells(reports: Sequence[TrainReport]) -> tuple[str, float, str]:
    """Return what is reported, the greatest reported minutes, and the documents.

    Examples
    --------
    >>> report_cells(())
    ('', nan, '')
    """
    if not reports:
        return "", float("nan"), ""
    minutes = [each.delay_minutes for each in reports if each.delay_minutes is not None]
    papers = dict.fromkeys(each.document for each in reports)
    return reports[0].did, max(minutes, default=float("nan")), ";".join(papers)


def _known_reports(run: Computation) -> Iterator[TrainReport]:
    """Yield the built-in reports of the incidents of a run whose documents it knows."""
    scenario, zone = run.scenario, load_zone(run.scenario.zone)
    documents = {**scenario.train_documents, **scenario.catalogue.documents}
    incidents = {each.incident.id for each in (*run.placements, *run.background)}
    last = None if scenario.as_of is None else scenario.as_of.astimezone(zone).date()
    published = document_days(documents, zone)
    for report in built_in_decisions():
        if report.incident in incidents and report.document in documents:
            day = published.get(report.document, report.on)
            if last is None or (day <= last and report.on <= last):
                yield report


def _states_of(run: Computation, report: TrainReport) -> list[int]:
    zone, outages = load_zone(run.scenario.zone), run.timeline.outages
    on_day, holding = [], []
    for number, state in enumerate(run.timeline.states):
        if report.on in days_of(Window(start=state.start, end=state.end), zone):
            on_day.append(number)
            if any(outages[each].incident == report.incident for each in state.possible):
                holding.append(number)
    return holding or on_day


def _way_of(report: TrainReport) -> tuple[tuple[str, ...], str, date, str, str]:
    numbers = tuple(sorted(report.numbers))
    return numbers, report.incident, report.on, report.origin, report.destination
