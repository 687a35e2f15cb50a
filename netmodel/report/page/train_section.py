"""The trains of a page: how many met which fate over time, and each train that was touched."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from netmodel.impact.fate_rules import FATES, GETS_THROUGH
from netmodel.runs.documents import Evidence
from netmodel.runs.moment import has_touched_trains
from netmodel.runs.outcomes import HubsOfStops, count_trains, find_buses_onward
from netmodel.runs.record import RunRecord
from netmodel.runs.train_tables import read_days
from netmodel.times import Window, load_zone
from netmodel.trains.relevance import days_of
from netmodel.words.strings import Phrases
from netmodel.words.wording import hub_names, place_names, shorten, show_controls

MOST_STOPS = 40
"""Stops that a train missed of which the page gives the names."""
_KEY = ["train", "fate", "extra_minutes", "gets_through", "turned_at", "resumed_at", "via",
        "stops_missed", "incidents", "bus"]  # fmt: skip


@dataclass(slots=True)
class _Distinct:
    """Values by the order in which they were first met."""

    known: dict[object, int] = field(default_factory=dict)

    def place(self, value: object) -> int:
        return self.known.setdefault(value, len(self.known))

    def listed(self) -> list[object]:
        return list(self.known)


def encode_trains(
    record: RunRecord,
    phrases: Phrases,
    *,
    incidents: Mapping[str, int],
    papers: Mapping[str, int],
    most: int = 60_000,
) -> dict[str, object] | None:
    """Return the trains of a run as columns of plain values; ``None`` if none was touched.

    ``rows`` holds ten numbers for each train and span of states in which nothing changes for
    it: the train, the first state and the one after the last, its fate, whether it gets through,
    extra minutes or -1, the positions of its way in words, of its incidents and of the stops that
    it misses, and whether a documented bus runs on from where it is cut short. ``counts`` are
    trains a day in each state: all, of each fate but as timetabled, those cut short before a bus,
    and those that do not get through by rail, at least and at most. ``run`` counts the trains with
    a way that run on any day of each state: of one day as many as ``train_days`` has. ``decided``
    holds what is reported of a train on a day: the train, the first state and the one after the
    last, the words, and the numbers of the documents. ``gaps`` holds for each row the hubs where
    the train turned and ran on; ``runs`` for each train which of the ``running`` calendars of
    states is its own.

    Parameters
    ----------
    incidents, papers
        Numbers of the incidents and of the documents on the page, by their ids.
    most
        How many rows there may be; of more, those of the trains that fared worst are kept.
    """
    chosen, services = shown_trains(record, most), record.services
    if chosen is None or services is None:
        return None
    trains, touched = chosen
    hubs = {str(hub): number for number, hub in enumerate(record.hubs.index)}
    shown = hub_names(record, phrases.language)
    # A stop is given by its name, as written in English; a detour by the ids of its hubs.
    known = {} if phrases.language == "en" else place_names(record, phrases.language)
    ids = [*record.hubs["name"], *record.hubs.index]
    names = known | dict(zip(ids, [*shown, *shown], strict=True))
    stops = _Stops(record)
    demand = {hubs[str(hub)] for hub in record.hubs.index[record.hubs["in_demand"] == 1]}
    running = _Running(record)
    texts, because, missed = _Distinct(), _Distinct(), _Distinct()
    place = {str(train): number for number, train in enumerate(touched.index)}
    rows: list[int] = []
    gaps: list[list[int]] = []
    for span in _spans(trains).to_dict("records"):
        why = (incidents[each] for each in _ids(span["incidents"]) if each in incidents)
        extra = span["extra_minutes"]
        rows += [
            place[span["train"]],
            int(span["first"]),
            int(span["last"]) + 1,
            FATES.index(span["fate"]),
            GETS_THROUGH.index(span["gets_through"]),
            -1 if np.isnan(extra) else round(extra),
            texts.place(_describe_way(span, names, phrases)),
            because.place(tuple(why)),
            missed.place(stops.among(_ids(span["stops_missed"]), str(span["train"]))),
            int(span["bus"]),
        ]
        ends = str(span["turned_at"] or ""), str(span["resumed_at"] or "")
        gaps.append(stops.gap(ends, str(span["train"])))
    return {
        "counts": _counts(record),
        "run": running.count(services, record.train_days),
        "id": [str(each) for each in touched.index],
        "kind": [phrases.find("train_kind", str(each)) for each in touched["kind"]],
        "number": [show_controls(shorten(str(each))) for each in touched["number"]],
        "ends": [_ends(str(each), names) for each in touched["stops"]],
        "calls": stops.calls(touched, demand),
        "others": _encode_others(
            services.loc[~services.index.isin(touched.index)], stops, demand, running
        ),
        "runs": running.places(touched),
        "gaps": gaps,
        "course": [[hubs[hub] for hub in _ids(each)] for each in touched["course"]],
        "reported": _reports(touched, record.evidence, incidents, papers),
        "decided": _decided(trains, place, papers, phrases),
        "rows": rows,
        "texts": texts.listed(),
        "incidents": because.listed(),
        "missed": missed.listed(),
        "running": running.listed(),
        "papers": [
            [papers[each] for each in _ids(cell) if each in papers] for cell in touched["documents"]
        ],
    }


def shown_trains(record: RunRecord, most: int) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """Return what became of the trains that a page shows, and those trains; see `encode_trains`.

    The first table has a column ``bus`` beside those of ``trains.csv``.
    """
    trains, services = record.trains, record.services
    if trains is None or services is None or not has_touched_trains(record):
        return None
    trains = _keep_worst(trains.assign(bus=find_buses_onward(trains, record)), most)
    return trains, services.loc[services.index.isin(trains["train"].unique())]


def _keep_worst(trains: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return the rows of so many trains that no more spans than wanted come of them."""
    spans = _spans(trains)
    if len(spans) <= most:
        return trains
    grave = spans["fate"].map({fate: rank for rank, fate in enumerate(FATES)})
    each = pd.DataFrame({"train": spans["train"], "grave": grave, "rows": 1})
    each = each.groupby("train").agg({"grave": "max", "rows": "sum"})
    each = each.sort_values(["grave", "rows"], ascending=[False, True], kind="stable")
    kept = each.index[each["rows"].cumsum() <= most]
    return trains[trains["train"].isin(kept)]


def _spans(trains: pd.DataFrame) -> pd.DataFrame:
    """Return what became of each train, with the first and the last state of each span."""
    ordered = trains.sort_values(["train", "state"], kind="stable")
    now = ordered[_KEY].astype(str)
    new = (now != now.shift()).any(axis=1) | (ordered["state"].diff() != 1)
    states = ordered.groupby(new.cumsum().to_numpy())["state"]
    starts = ordered[new.to_numpy(bool)]
    return starts.assign(first=states.first().to_numpy(), last=states.last().to_numpy())


def _decided(
    trains: pd.DataFrame, place: Mapping[str, int], papers: Mapping[str, int], phrases: Phrases
) -> list[list[object]]:
    """Return what operators are reported to have done with trains, by train and span of states."""
    if "reported_fate" not in trains:
        return []
    told = trains[trains["reported_fate"].fillna("") != ""].sort_values(["train", "state"])
    columns = ("train", "state", "reported_fate", "reported_minutes", "reported_in")
    found: list[list[object]] = []
    for train, state, did, minutes, cited in zip(*(told[n] for n in columns), strict=True):
        words = phrases.find("train_did", str(did).replace(" ", "_"))
        if not np.isnan(minutes):
            words = phrases("train.late_by", did=words, minutes=round(minutes))
        numbers = [papers[each] for each in _ids(cited) if each in papers]
        if found and [found[-1][0], *found[-1][2:]] == [place[train], state, words, numbers]:
            found[-1][2] = state + 1
        else:
            found.append([place[train], state, state + 1, words, numbers])
    return found


def _ids(text: object) -> list[str]:
    return [each for each in str(text).split(";") if each]


def _encode_others(
    services: pd.DataFrame, stops: _Stops, demand: AbstractSet[int], running: _Running
) -> dict[str, object]:
    """Return number, calls and days of the trains that join two places with demand at least."""
    calls = stops.calls(services, demand)
    numbers = [show_controls(shorten(str(each))) for each in services["number"]]
    kept = [
        each
        for each in zip(numbers, calls, running.places(services), strict=True)
        if len(each[1]) > 1
    ]
    return {
        "number": [number for number, _, _ in kept],
        "calls": [each for _, each, _ in kept],
        "runs": [each for _, _, each in kept],
    }


class _Stops:
    """The numbers of the hubs that the stops of trains mean."""

    def __init__(self, record: RunRecord) -> None:
        self._hubs = HubsOfStops(record)
        self._place = {str(hub): number for number, hub in enumerate(record.hubs.index)}

    def find(self, stop: str, train: str) -> int | None:
        hub = self._hubs.find(stop, train)
        return None if hub is None else self._place[hub]

    def among(self, stops: Iterable[str], train: str) -> tuple[int, ...]:
        """Return the hubs that some stops of a train mean, without those that mean none."""
        found = (self.find(stop, train) for stop in stops)
        return tuple(hub for hub in found if hub is not None)

    def calls(self, services: pd.DataFrame, demand: AbstractSet[int]) -> list[list[int]]:
        """Return the places with demand at which each train calls, in order."""
        return [
            [hub for hub in self.among(_ids(stops), str(train)) if hub in demand]
            for train, stops in services["stops"].items()
        ]

    def gap(self, ends: tuple[str, str], train: str) -> list[int]:
        """Return the hubs where a train turned and ran on, -1 where it did not or none is meant."""
        if not any(ends):
            return []
        return [-1 if (hub := self.find(each, train)) is None else hub for each in ends]


class _Running:
    """The states in which trains run: those on a day of which they do, each calendar once."""

    def __init__(self, record: RunRecord) -> None:
        zone, columns = load_zone(record.summary.window.zone), ("start", "end")
        self._days = [
            frozenset(days_of(Window(start=start.to_pydatetime(), end=end.to_pydatetime()), zone))
            for start, end in zip(*(record.states[name] for name in columns), strict=True)
        ]
        self._calendars = _Distinct()

    def places(self, services: pd.DataFrame) -> list[int]:
        """Return the position of each train's calendar; -1 where its days are not told."""
        if "runs_on" not in services:
            return [-1] * len(services)
        texts = services["runs_on"].fillna("").astype(str)
        return [self._calendars.place(each) if each else -1 for each in texts]

    def count(self, services: pd.DataFrame, by_day: pd.DataFrame | None) -> list[int]:
        """Return how many trains that have a way run in each state.

        All of them where their days are not told. A day counts a train when it passes, which may
        be another day than that of its departure: so does a state of one day.

        Parameters
        ----------
        by_day
            The table of days of the run.
        """
        total = np.zeros(len(self._days), dtype=np.int64)
        services = services[services["course"].fillna("").astype(bool)]
        texts = services.get("runs_on", pd.Series("", services.index)).fillna("").astype(str)
        for text, number in texts.value_counts().items():
            days = read_days(str(text))
            runs = [not text or not days.isdisjoint(each) for each in self._days]
            total += np.array(runs, dtype=np.int64) * int(number)
        told: dict[object, int] = {}
        if by_day is not None:
            told = dict(
                zip(pd.DatetimeIndex(by_day.index).date, map(int, by_day["trains"]), strict=True)
            )
        return [
            told.get(next(iter(days)), int(each)) if len(days) == 1 else int(each)
            for days, each in zip(self._days, total, strict=True)
        ]

    def listed(self) -> list[list[int]]:
        """Return for each calendar the first state of each span and the one after its last."""
        found = []
        for text in self._calendars.listed():
            days = read_days(str(text))
            runs = np.array([not days.isdisjoint(each) for each in self._days], dtype=np.int8)
            found.append(np.flatnonzero(np.diff(runs, prepend=0, append=0)).tolist())
        return found


def _ends(stops: str, names: Mapping[str, str]) -> str:
    first, *_, last = stops.split(";")
    return show_controls(" – ".join(shorten(names.get(each, each)) for each in (first, last)))


def _describe_way(
    span: Mapping[Hashable, object], names: Mapping[str, str], phrases: Phrases
) -> str:
    """Return in words how a train ran that did not run its course; empty where it did."""
    if span["via"]:
        hubs = [names[each] for each in _ids(span["via"])]
        shown = hubs if len(hubs) <= 8 else [*hubs[:4], "…", *hubs[-3:]]
        return phrases("train.via", hubs=", ".join(shown))
    parts = [
        phrases(key, hub=show_controls(names.get(hub, hub)))
        for key, hub in (
            ("train.turned", str(span["turned_at"])),
            ("train.resumed", str(span["resumed_at"])),
        )
        if hub
    ]
    missed = [show_controls(names.get(each, each)) for each in _ids(span["stops_missed"])]
    if missed:
        stops = ", ".join(missed[:MOST_STOPS])
        if len(missed) > MOST_STOPS:
            stops += " " + phrases("unit.and_more", n=len(missed) - MOST_STOPS)
        parts.append(phrases("train.missed", stops=stops))
    return ", ".join(parts)


def _counts(record: RunRecord) -> dict[str, list[float]]:
    """Return trains a day by state; those as timetabled are what is left of all."""
    counts = count_trains(record).drop(columns="as_timetabled")
    return {str(name): counts[name].round(4).tolist() for name in counts}


def _reports(
    touched: pd.DataFrame,
    evidence: Evidence,
    incidents: Mapping[str, int],
    papers: Mapping[str, int],
) -> list[list[object]]:
    """Return train, incident, document, speaker and words of each claim that names a train."""
    found: list[list[object]] = []
    for number, cell in enumerate(touched["reported"]):
        for name in _ids(cell):
            named = evidence.claim_named(name)
            if named is not None:
                incident, claim = named
                said = [show_controls(claim.speaker), show_controls(claim.says)]
                paper = papers.get(claim.document, 0)
                found.append([number, incidents[incident], paper, *said])
    return found
