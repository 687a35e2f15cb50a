"""The built-in trains against reports: ways, minutes, touched incidents, decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from netmodel.evidence.incident import Catalogue, Document
from netmodel.evidence.train_reports import built_in_train_reports, read_train_reports
from netmodel.impact.fate_rules import FateRules
from netmodel.network.formats import built_in_network
from netmodel.outages.outage import Outage, place_incidents
from netmodel.scenario.train_choice import document_days, find_train_documents
from netmodel.trains.services_file import built_in_timetable
from netmodel.validation.comparison import load_observations, long_closures
from netmodel.validation.minute_checks import MinuteCheck, check_minutes
from netmodel.validation.report_halves import from_observations
from netmodel.validation.rule_choice import RuleChoice, choose_decision_rules, choose_way_rules
from netmodel.validation.train_outcomes import TrainChecker, TrainOutcome
from netmodel.validation.way_checks import WayCheck, check_ways


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainValidation:
    """What the model says of published trains, against their reports.

    Parameters
    ----------
    outcomes
        Of every report, by the default rules.
    ways
        Lines of the checking half whose way is stated, found from other lines.
    minutes
        The minutes of links against every train with times.
    ways_tried
        Of each pair of rules of ways that was tried: how many detours of the calibration agree,
        of how many.
    choice
        The rule of decisions that the calibration chooses.
    documents
        Those that the reports cite.
    """

    outcomes: tuple[TrainOutcome, ...]
    ways: tuple[WayCheck, ...]
    minutes: MinuteCheck
    ways_tried: Mapping[tuple[float | None, ...], tuple[int, int]]
    choice: RuleChoice
    documents: Mapping[str, Document]


def validate_trains(*, reports: Path | None = None) -> TrainValidation:
    """Compare the built-in trains with the reports of what became of them.

    Parameters
    ----------
    reports
        A table like ``train_reports.csv``; the built-in one by default.

    Raises
    ------
    InputError
        With every mistake of the table at ``file:line``.
    """
    observations, catalogue = load_observations()
    network, timetable = built_in_network(), built_in_timetable()
    documents = find_train_documents(timetable, catalogue.documents)
    told = read_train_reports(
        reports or built_in_train_reports(),
        incidents=catalogue.incidents,
        documents={**catalogue.documents, **documents},
    )
    told = (*told, *from_observations(observations.delays, catalogue.incidents))
    checker = TrainChecker(
        network, told, timetable, catalogue,
        documents=documents, standing=_standing(catalogue),
    )  # fmt: skip
    start, tried = choose_way_rules(lambda rules: checker.check(rules, half="calibration"))
    outcomes = checker.check(FateRules())
    return TrainValidation(
        outcomes=outcomes,
        ways=check_ways(network, timetable, published=document_days(documents)),
        minutes=check_minutes(network, timetable),
        ways_tried=tried,
        choice=choose_decision_rules(outcomes, start),
        documents={**documents, **catalogue.documents},
    )


def _standing(catalogue: Catalogue) -> tuple[Outage, ...]:
    """Return the outages of passenger trains that shaped usual ways for long."""
    placements = place_incidents(built_in_network(), long_closures(catalogue), catalogue)
    return tuple(
        outage
        for placement in placements
        for outage in placement.outages
        if outage.effect == "closed" and "passenger" in outage.traffic
    )
