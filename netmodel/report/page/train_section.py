"""The trains of a page: how many met which fate over time, and each train that was touched."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from netmodel.impact.fate_rules import FATES, GETS_THROUGH
from netmodel.runs.columns import FATE_COLUMNS, TRAIN_BOUNDS
from netmodel.runs.documents import Evidence
from netmodel.runs.moment import has_touched_trains, holds_in, traffic_prefixes
from netmodel.runs.record import RunRecord
from netmodel.words.strings import Phrases
from netmodel.words.wording import hub_names, shorten, show_controls

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
) -> dict[str, object] | None:
    """Return the trains of a run as columns of plain values; ``None`` if none was touched.

    ``rows`` holds ten numbers for each train and span of states in which nothing changes for
    it: the train, the first state and the one after the last, its fate, whether it gets through,
    extra minutes or -1, the positions of its way in words, of its incidents and of the stops that
    it misses, and whether a documented bus runs on from where it is cut short. ``counts`` are
    trains a day in each state: all, of each fate but as timetabled, those cut short before a bus,
    and those that do not get through by rail, at least and at most. ``decided`` holds what is
    reported of a train on a day: the train, the first state and the one after the last, the words,
    and the numbers of the documents.

    Parameters
    ----------
    incidents, papers
        Numbers of the incidents and of the documents on the page, by their ids.
    """
    trains, services = record.trains, record.services
    if trains is None or services is None or not has_touched_trains(record):
        return None
    touched = services.loc[services.index.isin(trains["train"].unique())]
    hubs = {str(hub): number for number, hub in enumerate(record.hubs.index)}
    shown = hub_names(record, phrases.language)
    # A stop is given by its name, a detour by the ids of its hubs.
    names = dict(zip([*record.hubs["name"], *record.hubs.index], [*shown, *shown], strict=True))
    number_of = {str(name): hubs[str(hub)] for hub, name in record.hubs["name"].items()}
    texts, because, missed = _Distinct(), _Distinct(), _Distinct()
    place = {str(train): number for number, train in enumerate(touched.index)}
    rows: list[int] = []
    trains = trains.assign(bus=_run_on(trains, record))
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
            missed.place(tuple(number_of[e] for e in _ids(span["stops_missed"]) if e in number_of)),
            int(span["bus"]),
        ]
    return {
        "counts": _counts(record, trains, services["days"]),
        "id": [str(each) for each in touched.index],
        "kind": [phrases.find("train_kind", str(each)) for each in touched["kind"]],
        "number": [show_controls(shorten(str(each))) for each in touched["number"]],
        "ends": [_ends(str(each), names) for each in touched["stops"]],
        "course": [[hubs[hub] for hub in _ids(each)] for each in touched["course"]],
        "reported": _reports(touched, record.evidence, incidents, papers),
        "decided": _decided(trains, place, papers, phrases),
        "rows": rows,
        "texts": texts.listed(),
        "incidents": because.listed(),
        "missed": missed.listed(),
        "papers": [
            [papers[each] for each in _ids(cell) if each in papers] for cell in touched["documents"]
        ],
    }


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


def _run_on(trains: pd.DataFrame, record: RunRecord) -> list[bool]:
    """Return for each row of a train cut short whether a documented bus serves what it misses."""
    hub = {str(name): str(number) for number, name in record.hubs["name"].items()}
    buses = _Buses(record)
    columns = ("state", "fate", "turned_at", "resumed_at", "stops_missed")
    found = []
    for state, fate, turned, resumed, missed in zip(*(trains[n] for n in columns), strict=True):
        reach = [buses.reach(state, hub.get(end)) for end in (turned, resumed) if end]
        served = any(hub.get(stop) in each for stop in _ids(missed) for each in reach)
        found.append(fate == "cut short" and served)
    return found


class _Buses:
    """Where the documented buses of each state run to."""

    def __init__(self, record: RunRecord) -> None:
        self.services = record.evidence.services
        known = {each.incident for each in self.services}
        self.outages = record.outages[record.outages["incident"].isin(known)]
        self.joined: dict[int, dict[str, frozenset[str]]] = {}

    def reach(self, state: int, hub: str | None) -> AbstractSet[str]:
        """Return the hubs that buses reach from one, itself among them; none where none calls."""
        if state not in self.joined:
            held = set(self.outages["incident"][holds_in(self.outages, "chosen", state)])
            ways = ((e.start_hub, e.end_hub) for e in self.services if e.incident in held)
            self.joined[state] = _join(ways)
        return self.joined[state].get(hub or "", frozenset())


def _join(ways: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Return the hubs that ways join with each hub on one of them, itself among them."""
    joined: dict[str, frozenset[str]] = {}
    for one, other in ways:
        both = joined.get(one, frozenset((one,))) | joined.get(other, frozenset((other,)))
        joined |= dict.fromkeys(both, both)
    return joined


def _counts(record: RunRecord, trains: pd.DataFrame, days: pd.Series) -> dict[str, list[float]]:
    """Return trains a day by state."""
    prefix = traffic_prefixes(record)["passenger"]
    names = [*list(FATE_COLUMNS.values())[1:], *TRAIN_BOUNDS]
    found = {name: record.states[f"{prefix}trains_{name}"] for name in names}
    # A train counts by the days on which it runs; no table says which of a state's they are.
    cut = trains[trains["fate"] == "cut short"]
    weight = days.reindex(cut["train"]).to_numpy(float)
    sums = pd.DataFrame({"every": weight, "joined": weight * cut["bus"].to_numpy(float)})
    sums = sums.groupby(cut["state"].to_numpy()).sum().reindex(record.states.index, fill_value=0.0)
    by_bus = found["cut_short"] * (sums["joined"] / sums["every"].replace(0.0, 1.0))
    found |= {"by_bus": by_bus, "cut_short": found["cut_short"] - by_bus}
    found |= {"all": record.states[f"{prefix}trains"]}
    return {name: values.astype(float).round(2).tolist() for name, values in found.items()}


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
