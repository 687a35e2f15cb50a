"""The part of the validation page that compares published trains with their reports."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from netmodel.impact.fate_rules import FateRules
from netmodel.trains.timed_legs import NAMED_STOP_MINUTES, STATIONS_A_STOP
from netmodel.validation.rule_choice import DECISION_GRID, WAY_GRID, confusion
from netmodel.validation.train_outcomes import DECISIONS, TrainOutcome, summarise_outcomes
from netmodel.validation.train_validation import TrainValidation
from netmodel.validation.way_checks import WayCheck

HALVES = (("calibration", "for calibration"), ("check", "not used"))
PROFILE_WORDS = {
    "passenger": "long distance", "regional": "regional", "suburban": "suburban",
    "intercity": "InterCity",
}  # fmt: skip


def render_trains(found: TrainValidation) -> list[str]:
    """Return the lines of the page about published trains."""
    return [
        *_touched(found.outcomes),
        *_ways(found.outcomes),
        *_decisions(found),
        *_lines(found.ways),
        *_minutes(found),
        *_misses(found.outcomes),
    ]


def _touched(outcomes: Sequence[TrainOutcome]) -> list[str]:
    rows = []
    for title, some in _parts(outcomes):
        s = summarise_outcomes(some)
        rows.append((title, str(len(some)), str(s.located), _share(s.meeting, s.located)))
    heads = ("reports", "all", "located", "meet their incident on the train's course")
    return [
        "## Trains: do they meet their incident?",
        "",
        *prose(
            "Each report names a train and an incident. *Located* are those in which the",
            "report ties the",
            "train to a section (not those that only count it among the trains late that",
            "day), and the",
            "network has that section. The course of the train comes from",
            "`seeds/services.csv` and",
            "`seeds/train_ways.csv`, under the closures of that day. *Blind* are reports",
            "whose document is",
            "not among those of the train's own row; where it is, the row may know the way",
            "from the very",
            "report. Incidents are divided by a hash of their id; the seed of the hash was",
            "chosen so that",
            "trains held, diverted and cut fall most nearly into halves.",
        ),
        "",
        *markdown_table(heads, rows),
        "",
    ]


def _parts(outcomes: Sequence[TrainOutcome]) -> list[tuple[str, list[TrainOutcome]]]:
    parts = [
        (f"{title}", [each for each in outcomes if each.half == half]) for half, title in HALVES
    ]
    parts += [
        ("blind", [each for each in outcomes if each.blind]),
        ("not blind", [each for each in outcomes if not each.blind]),
        ("all", list(outcomes)),
    ]
    return parts


def _ways(outcomes: Sequence[TrainOutcome]) -> list[str]:
    rows = []
    for title, some in _parts(outcomes):
        s = summarise_outcomes(some)
        none = s.named - s.unchanged - s.ways
        agree = _share(s.ways_agreeing, s.ways)
        rows.append((title, str(s.named), str(s.unchanged), str(none), agree))
    heads = (
        "reports", "located and name a way", "unchanged", "no detour found", "detours that agree",
    )  # fmt: skip
    return [
        "## Trains: the way of a detour",
        "",
        *prose(
            "Counted where the closure lies on the train's course; *unchanged* are the",
            "others. A detour",
            "agrees if the way on which the model diverts the train passes every place that",
            "the report",
            "names.",
        ),
        "",
        *markdown_table(heads, rows),
        "",
    ]


def _decisions(found: TrainValidation) -> list[str]:
    rules, choice = FateRules(), found.choice
    calibration = [each for each in found.outcomes if each.half == "calibration"]
    used = summarise_outcomes(calibration)
    grid = [
        (f"`{name}`", ", ".join(_value(value) for value in values), _value(getattr(rules, name)))
        for name, values in (*WAY_GRID.items(), *DECISION_GRID.items())
    ]
    tried = [
        (*map(_value, values), _share(agreeing, of))
        for values, (agreeing, of) in found.ways_tried.items()
    ]
    lines = [
        "## Trains: held, diverted or cut",
        "",
        *prose(
            "The rule was chosen in two steps, on the calibration incidents alone. First the",
            "two figures",
            "that decide by which way a train is diverted, by the detours that agree; then",
            "those that",
            "decide whether it is held, diverted or cut, by the decisions that agree. Of",
            "equals the first of the list counts, which is the default.",
        ),
        "",
        *markdown_table(("figure", "tried", "default"), grid),
        "",
        *markdown_table((*(f"`{name}`" for name in WAY_GRID), "detours that agree"), tried),
        "",
        *prose(
            f"Of {choice.tried} rules of decisions, {choice.as_good} explain {used.right} of the",
            f"{used.decided} decisions of the calibration, and no other explains more. Chosen",
            f"without the incident in question, the rule explains {choice.left_out} of",
            f"{used.decided}: each kind of decision rests on few incidents. No half is untouched",
            "by human eyes: an earlier rule was chosen with all incidents in view, the lists of",
            "figures were drawn up after results of both halves had been seen, and corrections",
            "to trains",
            "were made from the reports of both. The choice itself looks at the calibration alone.",
        ),
        "",
    ]
    for half, title in HALVES:
        some = [each for each in found.outcomes if each.half == half]
        s = summarise_outcomes(some)
        lines += [f"Incidents {title}: {_share(s.right, s.decided)} right.", ""]
        lines += [*_confusion(some), ""]
    return lines


def _confusion(outcomes: Iterable[TrainOutcome]) -> list[str]:
    counts = confusion(outcomes)
    heads = ("the operator", *(f"the model: {name}" for name in DECISIONS), "the model: neither")
    rows = []
    for did in DECISIONS:
        mine = [counts.get((did, each), 0) for each in DECISIONS]
        whole = sum(count for (what, _), count in counts.items() if what == did)
        rows.append((did, *map(str, mine), str(whole - sum(mine))))
    return markdown_table(heads, rows)


def _lines(ways: Sequence[WayCheck]) -> list[str]:
    count = len(ways)
    rows = [
        ("by the ways of other lines", _share(sum(each.inherited for each in ways), count)),
        ("by least minutes", _share(sum(each.least for each in ways), count)),
    ]
    return [
        "## Trains: ways found from two ends",
        "",
        *prose(
            "Lines of at least 160 km, not suburban, of the checking half (by a hash of the",
            "two ends), whose",
            "documents state places between the ends. The model knows the two ends alone,",
            "and no line of",
            "that half gives a way. A way counts if it passes every stated place.",
        ),
        "",
        *markdown_table(("way", "lines reproduced"), rows),
        "",
    ]


def _minutes(found: TrainValidation) -> list[str]:
    of = [("all, as estimated from all", found.minutes.fitted)]
    of += [(f"{title}, by those for calibration", found.minutes.halves[h]) for h, title in HALVES]
    of.append(("for calibration, each left out in turn", found.minutes.left_out))
    apart = found.minutes.line_out
    of += [(f"{title}, one line left out", apart[half]) for half, title in HALVES]
    both = {
        profile: np.concatenate([errors[profile] for errors in apart.values() if profile in errors])
        for profile in PROFILE_WORDS
        if any(profile in errors for errors in apart.values())
    }
    of.append(("all, one line left out", both))
    rows = [
        (words, title, *_errors(errors[profile]))
        for title, errors in of
        for profile, words in PROFILE_WORDS.items()
        if profile in errors
    ]
    equal = [
        (words, title, *_errors(errors[profile]))
        for title, errors in (
            ("all", found.minutes.equal),
            ("those of other documents", found.minutes.equal_elsewhere),
        )
        for profile, words in PROFILE_WORDS.items()
        if profile in errors
    ]
    ends = ("median error", "median absolute error", "90th percentile")
    return [
        "## Trains: minutes",
        "",
        *prose(
            "Minutes of links against the published times of whole trains; each named stop of",
            f"a regional train on the way counts {NAMED_STOP_MINUTES['regional']:g} minutes.",
            "Half of the lines, those *for calibration*, served to choose how minutes are",
            "estimated; the others were *not used* for that. *One line left out*: every train",
            "is compared with minutes that all other lines of both halves give, so that none",
            "is compared with what its own line taught. So well may `seeds/speeds.csv`, which",
            "is estimated in the same way from all lines, be expected to fit a line of which",
            "nothing is known. *By those for calibration*: half of the lines alone to learn",
            "from. *Left out in turn*: the lines for calibration are divided into eight",
            "parts, and the trains of each are compared with minutes that the other seven",
            "give. A regional train whose documents say that it calls at further stations and",
            f"do not say at which counts as calling at one in {STATIONS_A_STOP} of the",
            "stations and halts on its way.",
        ),
        "",
        *markdown_table(("trains", "lines", "trains with times", *ends), rows),
        "",
        *prose(
            "How far trains of one kind differ where everything is the same that minutes of",
            "links can know: of each timed leg that other trains run over the very same links,",
            "the median of their minutes against its own. It takes what the trains themselves",
            "say, so that no",
            "minutes of links can be expected to do better on such legs.",
        ),
        "",
        *markdown_table(("trains", "compared with", "legs", *ends), equal),
        "",
    ]


def _errors(errors: NDArray[np.float64]) -> tuple[str, str, str, str]:
    absolute = np.abs(errors)
    return (
        str(len(errors)),
        f"{100 * np.median(errors):+.0f} %",
        f"{100 * np.median(absolute):.0f} %",
        f"{100 * np.quantile(absolute, 0.9):.0f} %",
    )


def _misses(outcomes: Sequence[TrainOutcome]) -> list[str]:
    rows = [
        (
            each.report.incident,
            each.report.number,
            f"{each.report.origin}–{each.report.destination}",
            _cause(each),
            each.report.document,
        )
        for each in outcomes
        if each.located and not each.meets
    ]
    return [
        "## Trains: located reports that do not meet their incident",
        "",
        *markdown_table(("incident", "train", "from–to", "in the model", "document"), rows),
        "",
    ]


def _cause(outcome: TrainOutcome) -> str:
    if outcome.train is None:
        return "the network lacks an end"
    if not outcome.fate:
        return "no course under the closures of that day"
    if not outcome.published:
        return "the train is not in the table; another way by its ends"
    way = outcome.train.way
    return "another way, as stated" if way is None else f"another way, assumed ({way.basis})"


def _share(count: int, of: int) -> str:
    return f"{count} of {of} ({100 * count / of:.0f} %)" if of else "none"


def _value(value: object) -> str:
    if value is None or value == ():
        return "none"
    if isinstance(value, tuple):
        return " and ".join(map(str, value))
    return f"{value:,.0f}" if isinstance(value, float | int) else str(value)


def prose(*parts: str) -> list[str]:
    """Return the lines of a paragraph."""
    return textwrap.wrap(" ".join(parts), 104, break_on_hyphens=False)


def markdown_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a table in Markdown; a word where it has no rows."""
    lines = [_row(heads), _row(["---"] * len(heads)), *(_row(row) for row in rows)]
    return lines if len(lines) > 2 else ["None."]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
