"""The page that compares the model with what trains really did, in Markdown."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from netmodel.evidence.incident import Document
from netmodel.report.train_validation_page import markdown_table, prose, render_trains
from netmodel.routing.profiles import Profile
from netmodel.validation.comparison import (
    SERVICE_PROFILES,
    TOLERANCE_SHARE,
    DelayResult,
    TimetableResult,
    Validation,
    summarise_detours,
)
from netmodel.validation.train_validation import TrainValidation

USES = (("calibration", "for calibration"), ("check", "not used"))
_INTRODUCTION = """\
# The model against what trains really did

`netmodel validate --out docs/validation.md` writes this page from a file of observations. Each
observation comes from a document. Those marked for calibration could be used to choose speeds and
shares (see [Speeds](speeds.md)); the others are only compared with the model. Reports are divided by
incident, so that no incident is on both sides.

A reported delay includes holding, changes of locomotive, stops in shelters and the lateness of other
trains, in addition to the detour itself. It is an **upper limit** of what the model computes. An error
below zero means that the model is under the limit; an error above zero means that it is over it.
"""  # noqa: E501 - the lines are those of the page


def render_validation(
    validation: Validation,
    documents: Mapping[str, Document],
    *,
    profiles: Mapping[str, Profile] = SERVICE_PROFILES,
    trains: TrainValidation | None = None,
) -> str:
    """Return the page as Markdown; the same text for the same results.

    Parameters
    ----------
    documents
        Where the reports come from, by id.
    profiles
        Those that the results were computed with, by kind of service.
    trains
        The built-in trains against reports, where these are compared.
    """
    parts = [
        _INTRODUCTION,
        *([] if trains is None else render_trains(trains)),
        *_summary(validation),
        *_timetables(validation.timetables),
        *_detours(validation),
        *_diesels(validation),
        *_waits(validation),
        *_profiles(profiles),
        *_sources(validation, documents),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _summary(validation: Validation) -> list[str]:
    named = [each for each in validation.detours if each.agrees is not None]
    rows = []
    for use, title in (*USES, (None, "all")):
        s = summarise_detours(each for each in named if use in (None, each.report.use))
        rows.append(
            (
                title,
                str(s.unchanged),
                f"{s.agreeing} of {s.named} ({_percent(s.agreeing_share)})",
                f"{s.close} of {s.named}",
                f"{s.incidents_agreeing} of {s.incidents}",
                str(s.timed),
                _minutes(s.median_error),
                _minutes(s.p90_error),
                _minutes(s.median_signed),
                f"{s.within_limit} of {s.limited}",
            )
        )
    heads = (
        "incidents", "unchanged", "reports whose detour agrees",
        "agrees, or is at most 15 min longer",
        "incidents that agree in full",
        "reports with a delay", "median error (min)", "90th percentile (min)",
        "median of model less report (min)", "within the reported limit",
    )  # fmt: skip
    return [
        "## Detours by least minutes",
        "",
        *prose(
            "Here no timetable is used: a journey takes the least minutes between its ends, or",
            "between the places where a report says that the train left its usual way and came",
            "back.",
            "*Unchanged* are reports where the closure does not lie on the model's usual way: they",
            "say nothing about its detours and are not counted. Model and report agree if the",
            "model's quickest way under the closure passes every stop that the report names, in",
            "order. Errors are computed over reports with an exact or a rounded delay.",
        ),
        "",
        *markdown_table(heads, rows),
        "",
    ]


def _timetables(results: Sequence[TimetableResult]) -> list[str]:
    heads = ("service", "use", "trains", "reproduced stop by stop", "within 15 %",
             "median error", "median absolute error")  # fmt: skip
    rows = []
    for service in dict.fromkeys(each.report.service for each in results):
        for use, title in USES:
            some = [r for r in results if r.report.service == service and r.report.use == use]
            if not some:
                continue
            errors = np.array([each.error_share for each in some])
            rows.append(
                (
                    service.replace("_", " "),
                    title,
                    str(len(some)),
                    str(sum(each.reproduced for each in some)),
                    str(int(np.sum(np.abs(errors) <= TOLERANCE_SHARE))),
                    _signed_percent(float(np.median(errors))),
                    _percent(float(np.median(np.abs(errors)))),
                )
            )
    detail = (
        (
            each.report.train,
            _ends(each.report.stops),
            each.report.service.replace("_", " "),
            each.report.use,
            f"{each.report.minutes:.0f}",
            _minutes(each.minutes),
            _signed_percent(each.error_share),
            "yes" if each.reproduced else "no",
            f"{each.industrial_km:.0f}",
            each.report.document,
        )
        for each in results
    )
    columns = ("train", "from–to", "service", "use", "timetable (min)", "model (min)", "error",
               "reproduced", "industrial km", "document")  # fmt: skip
    return [
        "## Timetables",
        "",
        (
            "Minutes are those of the quickest way that calls at the named stops. "
            "*Reproduced* means that"
        ),
        (
            "the quickest way between the ends passes them all, in order. Some "
            "trains take a longer way on"
        ),
        "purpose, to serve the towns on it.",
        "",
        *markdown_table(heads, rows),
        "",
        *markdown_table(columns, detail),
        "",
    ]


def _detours(validation: Validation) -> list[str]:
    heads = ("incident", "train", "from–to", "use", "reported detour", "agrees", "usual (min)",
             "meets the closure", "model's extra (min)", "extra by the reported detour (min)",
             "reported (min)", "error (min)", "document")  # fmt: skip
    rows = (
        (
            each.report.incident,
            each.report.train,
            f"{each.report.origin}–{each.report.destination}",
            each.report.use,
            ", ".join(each.report.via) or "not named",
            {True: "yes", False: "no", None: ""}[each.agrees],
            _minutes(each.base_minutes),
            "yes" if each.meets else "unchanged",
            _minutes(each.extra_minutes),
            _minutes(each.reported_way_minutes - each.base_minutes),
            _reported(each),
            _minutes(each.error_minutes),
            each.report.document,
        )
        for each in validation.detours
    )
    return [
        "## Detours, report by report",
        "",
        *markdown_table(heads, rows),
        "",
        *_misses(validation),
    ]


def _misses(validation: Validation) -> list[str]:
    """Say where the model takes another detour than the reports, once for each difference."""
    found: dict[tuple[str, tuple[str, ...], str], list[str]] = {}
    for each in validation.detours:
        if each.agrees is False:
            report, reported = each.report, set(each.reported_way)
            aside = tuple(hub for hub in each.way if hub not in reported) or each.way[1:-1]
            more = _minutes(each.reported_way_minutes - each.minutes)
            ends = f"{report.origin}–{report.destination}"
            found.setdefault((report.incident, aside, more), []).append(ends)
    lines = [
        f"- {incident}, {', '.join(dict.fromkeys(ends))}: the model's detour passes "
        f"{', '.join(aside) or 'no hub'}; there the reported detour takes {more} minutes more."
        for (incident, aside, more), ends in found.items()
    ]
    if not lines:
        return []
    return [
        (
            "Where the model takes another detour (a reversal at a stop that the "
            "report names is not counted"
        ),
        "in the minutes of the reported detour, so these may be below zero):",
        "",
        *lines,
        "",
    ]


def _diesels(validation: Validation) -> list[str]:
    heads = ("incident", "train", "from–to", "use", "model's extra (min)", "reported (min)",
             "error (min)", "document")  # fmt: skip
    rows = (
        (
            each.report.incident,
            each.report.train,
            f"{each.report.origin}–{each.report.destination}",
            each.report.use,
            _minutes(each.extra_minutes),
            _reported(each),
            _minutes(each.error_minutes),
            each.report.document,
        )
        for each in validation.diesels
    )
    return [
        "## Diesel running over sections without power",
        "",
        "The reported delays include the change of locomotive and the wait for one.",
        "",
        *markdown_table(heads, rows),
        "",
    ]


def _waits(validation: Validation) -> list[str]:
    heads = ("incident", "from–to", "closure (min)", "detour (min)",
             "model's greatest wait (min)", "greatest reported delay (min)",
             "reported ≤ model ≤ closure", "document")  # fmt: skip
    rows = (
        (
            each.report.incident,
            f"{each.report.origin}–{each.report.destination}",
            _minutes(each.closure_minutes),
            _minutes(each.detour_minutes),
            _minutes(each.greatest_minutes),
            f"{each.report.delay_minutes:.0f}",
            "yes" if each.holds else "no",
            each.report.document,
        )
        for each in validation.waits
    )
    return [
        "## Waiting",
        "",
        (
            "The greatest delay over all departures. Each train waits or takes a "
            "detour, whichever is sooner."
        ),
        "",
        *markdown_table(heads, rows),
        "",
    ]


def _profiles(profiles: Mapping[str, Profile]) -> list[str]:
    heads = ("service", "profile", "main", "secondary", "branch", "reversal (min)", "diesel share")
    rows = (
        (
            service.replace("_", " "),
            profile.name,
            *(f"{profile.speed_kmh[each]:g} km/h" for each in ("main", "secondary", "branch")),
            f"{profile.reversal_minutes:g}",
            f"{profile.diesel_speed_share:g}",
        )
        for service, profile in profiles.items()
    )
    return ["## Speeds used", "", *markdown_table(heads, rows), ""]


def _sources(validation: Validation, documents: Mapping[str, Document]) -> list[str]:
    used = sorted(
        {each.report.document for each in validation.timetables}
        | {each.report.document for each in (*validation.detours, *validation.diesels)}
        | {each.report.document for each in validation.waits}
    )
    lines = ["## Documents", ""]
    for name in used:
        document = documents.get(name)
        if document is None:
            continue
        date = f", {document.published_text}" if document.published_text else ", undated"
        url = f", <{document.url}>" if document.url else ""
        lines.append(f"- `{name}`: {document.publisher}{date}{url}")
    return lines


def _ends(stops: Sequence[str]) -> str:
    return f"{stops[0]}–{stops[-1]}"


def _reported(result: DelayResult) -> str:
    delay = result.report.delay_minutes
    sign = {"exact": "", "about": "about ", "at_least": "≥ ", "at_most": "≤ ", "": ""}
    return "" if delay is None else f"{sign[result.report.qualifier]}{delay:.0f}"


def _number(value: float, show: Callable[[float], str]) -> str:
    if math.isnan(value):
        return ""
    return "none" if math.isinf(value) else show(value)


def _minutes(value: float) -> str:
    return _number(value, lambda x: f"{round(x):d}")


def _percent(value: float) -> str:
    return _number(value, lambda x: f"{100 * x:.0f} %")


def _signed_percent(value: float) -> str:
    return _number(value, lambda x: f"{100 * x:+.0f} %")
