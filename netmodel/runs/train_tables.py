"""The tables of trains of a run: which ran, what became of each, and trains by day and state."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import pandas as pd

from netmodel.impact.fate_rules import FATES
from netmodel.impact.train_counts import TrainImpact
from netmodel.impact.train_fates import TrainFate
from netmodel.network.railway import Network
from netmodel.runs.columns import (
    FATE_COLUMNS,
    SERVICES,
    THROUGH_SHARE,
    TRAIN_DAYS,
    TRAINS,
    parse_days,
)
from netmodel.runs.computation import Computation
from netmodel.runs.documents import RunTrainDay, RunTrains
from netmodel.runs.named_trains import NamedTrains, Naming
from netmodel.runs.train_decisions import Decisions, report_cells
from netmodel.times import Window, load_zone
from netmodel.trains.relevance import days_of

DIGITS = 4
MOST_DAYS = 366_000
"""A span of more days than this is none that a run wrote."""


def count_columns(trains: TrainImpact) -> list[dict[str, float]]:
    """Return, for each state, trains a day, those by fate, and the share that gets through."""
    return [
        {
            "trains": round(each.trains, DIGITS),
            **{f"trains_{FATE_COLUMNS[f]}": round(each.by_fate[f], DIGITS) for f in FATES},
            "trains_certainly_not": round(each.certainly_not, DIGITS),
            "trains_possibly_not": round(each.possibly_not, DIGITS),
            THROUGH_SHARE: round(each.share_through(each.not_through), 6),
            f"{THROUGH_SHARE}_guaranteed": round(each.share_through(each.possibly_not), 6),
            f"{THROUGH_SHARE}_possible": round(each.share_through(each.certainly_not), 6),
        }
        for each in trains.states
    ]


def running_fates(run: Computation, trains: TrainImpact) -> Iterator[TrainFate]:
    """Yield the fates of trains that are touched, in the states that they meet, state by state.

    Trains of known hours in the state in which they first come to what they meet, the others in
    those that touch a day on which they run.
    """
    zone = load_zone(run.scenario.zone)
    touched = [
        days_of(Window(start=state.start, end=state.end), zone) for state in run.timeline.states
    ]
    timed = {
        train for train, known in zip(trains.fates.trains, trains.runs.timed, strict=True) if known
    }
    days: dict[str, frozenset[date]] = {}
    found = [*trains.runs.rows.values()]
    for fate in trains.fates.rows():
        if fate.train in timed:
            continue
        if fate.train not in days:
            days[fate.train] = frozenset(trains.relevant.days.get(fate.train, ()))
        if not days[fate.train].isdisjoint(touched[fate.state]):
            found.append(fate)
    order = {train: number for number, train in enumerate(trains.fates.trains)}
    yield from sorted(found, key=lambda each: (each.state, order[each.train]))


def tell_empty_days(run: Computation) -> str:
    """Return a sentence on the days of a window on which no train runs; empty where there are none.

    Empty too where the scenario has no trains.
    """
    timetable = run.scenario.timetable
    if timetable is None or not timetable.trains:
        return ""
    days = days_of(run.scenario.window, load_zone(run.scenario.zone))
    running = {day.day for day in run.trains.days if day.trains} if run.trains else set()
    empty = [day for day in days if day not in running]
    if not empty:
        return ""
    count = "1 day" if len(empty) == 1 else f"{len(empty)} days"
    told = f"no train of the timetable runs on {count} of the window, from {empty[0]} on"
    firsts = [each.from_date for each in timetable.trains]
    lasts = [each.to_date for each in timetable.trains]
    if None in firsts or None in lasts:
        return told
    first, last = min(filter(None, firsts)), max(filter(None, lasts))
    return f"{told}; its rows hold from {first} to {last}"


def find_reports(run: Computation, trains: TrainImpact) -> dict[str, tuple[str, ...]]:
    """Return the claims about delays and detours that name a train, by id of the train.

    A claim is ``incident#number``. `NamedTrains` says which trains a claim means.
    """
    named = NamedTrains(run.network, trains)
    found: dict[str, dict[str, None]] = {}
    for placement in run.placements:
        incident = placement.incident
        for position, claim in enumerate(incident.claims):
            if claim.about in ("delay", "detour"):
                for numbers, start, end in name_trains(claim.says):
                    naming = Naming(numbers=numbers, incident=incident.id, start=start, end=end)
                    for train in named.find(naming):
                        found.setdefault(train, {})[f"{incident.id}#{position}"] = None
    return {train: tuple(claims) for train, claims in found.items()}


_NUMBER = r"\d{1,4}(?:/\d{1,4})*"
_ITEM = rf"{_NUMBER}(?:\s+[A-Z][^\s,;.()]*)*"
_AND = r"(?:,\s+and|,|;|\s+and)\s+"
_LISTED = re.compile(
    rf"\b(?:[Tt]rains?|[Ss]uburban|[Rr]egional|InterCity\+?)\s+({_ITEM}(?:{_AND}{_ITEM})*)"
)
_END = r"[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+)*"
_FROM_TO = re.compile(rf"\b({_NUMBER})\s+({_END})–({_END})")


def name_trains(says: str) -> tuple[tuple[tuple[str, ...], str, str], ...]:
    """Return the trains that a sentence names: numbers, and from where to where.

    Several numbers are those of a pair; the ends are empty where the sentence gives none.

    Examples
    --------
    >>> name_trains("Trains 102 and 712 went via Merefa and were about 2 hours late.")
    ((('102',), '', ''), (('712',), '', ''))
    >>> name_trains("Regional train 895 Konotop–Fastiv-1 was 80 minutes late; 46 trains waited.")
    ((('895',), 'Konotop', 'Fastiv-1'),)
    """
    text = " ".join(says.split())
    ends = {item: (start, end) for item, start, end in reversed(_FROM_TO.findall(text))}
    items = [
        re.split(r"\s", item)[0]
        for listed in _LISTED.findall(text)
        for item in re.split(_AND, listed)
    ]
    return tuple(
        (tuple(item.split("/")), *ends.get(item, ("", "")))
        for item in dict.fromkeys((*items, *reversed(ends)))
        if item[:1].isdigit()
    )


def trains_table(
    fates: Sequence[TrainFate], network: Network, decisions: Decisions
) -> pd.DataFrame:
    """Return what became of each train in each state, and what is reported of it.

    Parameters
    ----------
    fates
        As `running_fates` gives them, and those of the trains of the decisions.
    """
    rows = [
        (
            each.state,
            each.train,
            each.fate.fate,
            round(each.fate.extra_minutes, 1),
            round(each.fate.extra_km, 1),
            ";".join(hub for hub in each.fate.via if hub in network.hub_index),
            each.fate.turned_at,
            each.fate.resumed_at,
            ";".join(each.fate.stops_missed),
            each.gets_through,
            ";".join(each.incidents),
            ";".join(each.documents),
            *report_cells(decisions.get((each.state, each.train), ())),
        )
        for each in fates
    ]
    table = pd.DataFrame(rows, columns=[column.name for column in TRAINS.columns])
    numbers = dict.fromkeys(("extra_minutes", "extra_km", "reported_minutes"), float)
    return table.astype({"state": "int64", **numbers})


def services_table(run: Computation, trains: TrainImpact) -> pd.DataFrame:
    """Return the trains that ran in the window, with their courses; empty where there is none."""
    rows, network, reports = [], run.network, find_reports(run, trains)
    for train in trains.relevant.timetable.trains:
        course = trains.courses.courses.get(train.id)
        passed = () if course is None else course.hubs
        basis = "stated" if train.way is None else train.way.basis
        rows.append(
            (
                train.id,
                train.number,
                train.name,
                train.kind,
                ";".join(train.stops),
                ";".join(hub for hub in passed if hub in network.hub_index),
                basis if course is not None else "",
                len(trains.relevant.days[train.id]),
                write_days(trains.relevant.days[train.id]),
                ";".join(train.documents),
                ";".join(reports.get(train.id, ())),
            )
        )
    table = pd.DataFrame(rows, columns=[column.name for column in SERVICES.columns])
    return table.astype({"days": "int64"}).set_index("id")


def days_table(trains: TrainImpact) -> pd.DataFrame:
    """Return trains of each day by their worst fate, indexed by day."""
    rows = [
        (
            each.day.isoformat(),
            each.trains,
            *(each.by_fate[fate] for fate in FATES),
            each.certainly_not,
            each.possibly_not,
        )
        for each in trains.days
    ]
    table = pd.DataFrame(rows, columns=[column.name for column in TRAIN_DAYS.columns])
    return table.assign(day=parse_days(table["day"])).set_index("day")


def write_days(days: Sequence[date]) -> str:
    """Return days, in order, as spans: the first and the last of each.

    Examples
    --------
    >>> write_days([date(2026, 2, 1), date(2026, 2, 2), date(2026, 2, 5)])
    '2026-02-01/2026-02-02;2026-02-05'
    """
    spans: list[list[date]] = []
    for day in days:
        if spans and day - spans[-1][-1] == timedelta(days=1):
            spans[-1] = [spans[-1][0], day]
        else:
            spans.append([day])
    return ";".join("/".join(day.isoformat() for day in span) for span in spans)


def read_days(text: str) -> frozenset[date]:
    """Return the days that `write_days` has written; none of what is no day.

    Examples
    --------
    >>> sorted(day.day for day in read_days("2026-02-01/2026-02-02;2026-02-05"))
    [1, 2, 5]
    """
    found: set[date] = set()
    for span in text.split(";"):
        first, _, last = span.partition("/")
        try:
            start, end = date.fromisoformat(first), date.fromisoformat(last or first)
        except ValueError:
            continue
        found |= {start + timedelta(days=n) for n in range(min((end - start).days, MOST_DAYS) + 1)}
    return frozenset(found)


def summarise_trains(trains: TrainImpact) -> RunTrains:
    """Return what became of all trains over the window."""
    hours = [state.hours for state in trains.fates.timeline.states]
    total = sum(hours)

    def mean(values: Sequence[float]) -> float:
        summed = sum(v * h for v, h in zip(values, hours, strict=True))
        return round(summed / total, DIGITS)

    worst = trains.worst_day
    return RunTrains(
        counted=len(trains.fates.trains),
        without_course=trains.without_course,
        trains_a_day=mean([each.trains for each in trains.states]),
        by_fate={fate: mean([each.by_fate[fate] for each in trains.states]) for fate in FATES},
        train_hours_late=round(trains.window.train_hours_late, DIGITS),
        stops_not_served=round(trains.window.stops_not_served, DIGITS),
        worst_day=None
        if worst is None
        else RunTrainDay(
            day=worst.day,
            trains=worst.trains,
            certainly_not=worst.certainly_not,
            possibly_not=worst.possibly_not,
            by_fate=dict(worst.by_fate),
        ),
    )
