"""What became of all trains, or of all journeys, state by state: the layers of one picture."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
import pandas as pd

from netmodel.network.names import normalise_name
from netmodel.runs.columns import FATE_COLUMNS, TRAIN_BOUNDS
from netmodel.runs.moment import choose_traffic, has_touched_trains, holds_in, traffic_prefixes
from netmodel.runs.record import RunRecord

TRAIN_LAYERS = (
    "not_run", "split", "cut_short", "by_bus", "held", "detoured", "slower", "as_timetabled",
)  # fmt: skip
JOURNEY_LAYERS = ("no_way", "by_bus", "longer", "as_usual")
"""The gravest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """How many trains a day, or what share of the journeys, met which outcome.

    Parameters
    ----------
    of
        ``trains`` or ``journeys``.
    layers
        A row for each state; columns `TRAIN_LAYERS` (trains a day) or `JOURNEY_LAYERS` (shares,
        of 1). They add up to all.
    least, most
        By state, what does not get through by rail, at least and at most.
    """

    of: str
    layers: pd.DataFrame
    least: pd.Series
    most: pd.Series


def find_outcomes(
    record: RunRecord, traffic: str | None = None, *, of: str | None = None
) -> Outcomes:
    """Return what became of all trains of a run, or of all journeys.

    Parameters
    ----------
    traffic
        Kind of traffic; the first of the run by default. Trains are of the first.
    of
        ``trains`` or ``journeys``; by default those of which the greater share did not get
        through by rail, at most, in the worst state. Journeys where no train met an outage.

    Raises
    ------
    UnknownNameError
        If the run has no such traffic.

    Examples
    --------
    >>> from netmodel.runs.run import run_scenario
    >>> found = find_outcomes(run_scenario("crimea-may-2023").record)
    >>> found.of, found.layers.loc[3].round(3).to_dict()
    ('journeys', {'no_way': 0.0, 'by_bus': 0.303, 'longer': 0.0, 'as_usual': 0.697})
    """
    kind = choose_traffic(record, traffic)
    prefix = traffic_prefixes(record)[kind]
    journeys = _journeys(record, prefix)
    if prefix or of == "journeys" or not has_touched_trains(record):
        return journeys
    counts = count_trains(record)
    least, most = (counts[name] for name in TRAIN_BOUNDS)
    lost = float((most / counts["all"].where(counts["all"] > 0)).max())
    if of is None and lost < float(journeys.most.max()):
        return journeys
    return Outcomes(of="trains", layers=counts[list(TRAIN_LAYERS)], least=least, most=most)


def _journeys(record: RunRecord, prefix: str) -> Outcomes:
    states = record.states
    rail = states[f"{prefix}connected_share"].astype(float)
    served, longer, possible, guaranteed = (
        states.get(f"{prefix}{name}", default).astype(float).fillna(default)
        for name, default in (
            ("served_share", rail),
            ("rerouted_share", rail * 0.0),
            ("connected_share_possible", rail),
            ("connected_share_guaranteed", rail),
        )
    )
    layers = pd.DataFrame(
        {
            "no_way": 1 - served,
            "by_bus": served - rail,
            "longer": longer,
            "as_usual": rail - longer,
        }
    ).clip(lower=0.0)
    return Outcomes(of="journeys", layers=layers, least=1 - possible, most=1 - guaranteed)


def count_trains(record: RunRecord) -> pd.DataFrame:
    """Return trains a day by state: ``all``, each layer of `TRAIN_LAYERS`, and the bounds.

    ``by_bus`` are those cut short from where a documented bus runs on.
    """
    trains, services = record.trains, record.services
    if trains is None or services is None:
        raise ValueError("a run without trains has none to count")
    prefix = traffic_prefixes(record)["passenger"]
    names = [*FATE_COLUMNS.values(), *TRAIN_BOUNDS]
    found = {name: record.states[f"{prefix}trains_{name}"].astype(float) for name in names}
    # A train counts by the days on which it runs; no table says which of a state's they are.
    cut = trains["fate"].to_numpy() == "cut short"
    joined = np.array(find_buses_onward(trains, record), bool)
    weight = services["days"].reindex(trains["train"]).to_numpy(float) * cut
    sums = pd.DataFrame({"every": weight, "joined": weight * joined})
    sums = sums.groupby(trains["state"].to_numpy()).sum().reindex(record.states.index, fill_value=0)
    by_bus = found["cut_short"] * (sums["joined"] / sums["every"].replace(0.0, 1.0))
    found |= {"by_bus": by_bus, "cut_short": found["cut_short"] - by_bus}
    return pd.DataFrame({"all": record.states[f"{prefix}trains"].astype(float), **found})


def find_buses_onward(trains: pd.DataFrame, record: RunRecord) -> list[bool]:
    """Return for each row of ``trains`` whether a documented bus serves what it misses.

    ``False`` for a train that is not cut short.
    """
    hubs, buses = HubsOfStops(record), _Buses(record)
    columns = ("state", "train", "fate", "turned_at", "resumed_at", "stops_missed")
    found = []
    for state, train, fate, *ends, missed in zip(*(trains[n] for n in columns), strict=True):
        if fate != "cut short":
            found.append(False)
            continue
        reach = [buses.reach(state, hubs.find(str(end), str(train))) for end in ends if end]
        stops = [hubs.find(stop, str(train)) for stop in str(missed).split(";") if stop]
        found.append(any(stop in each for stop in stops for each in reach))
    return found


class HubsOfStops:
    """The hubs that the stops of trains mean, by name, id or another name, however spelt.

    Of several hubs of one name, the one on the course of the train.
    """

    def __init__(self, record: RunRecord) -> None:
        self._known: dict[str, list[str]] = {}
        aliases = record.hubs.get("aliases", pd.Series("", record.hubs.index)).fillna("")
        spellings = (record.hubs["name"], record.hubs.index, aliases)
        for texts in spellings:
            for hub, text in zip(map(str, record.hubs.index), texts, strict=True):
                for each in str(text).split(";"):
                    self._known.setdefault(normalise_name(each), []).append(hub)
        services = record.services
        courses = {} if services is None else dict(services["course"].items())
        self._courses = {str(train): str(course) for train, course in courses.items()}
        self._split: dict[str, frozenset[str]] = {}

    def find(self, stop: str, train: str) -> str | None:
        """Return the id of the hub that a stop of a train means; ``None`` for none."""
        several = self._known.get(normalise_name(stop), [])
        if len(several) > 1:
            if train not in self._split:
                self._split[train] = frozenset(self._courses.get(train, "").split(";"))
            passed = [hub for hub in several if hub in self._split[train]]
            several = passed or several
        return several[0] if several else None


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


def words_of_layer(outcomes: Outcomes, layer: str) -> str:
    """Return the key of the words for a layer.

    Examples
    --------
    >>> from netmodel.runs.run import run_scenario
    >>> found = find_outcomes(run_scenario("crimea-may-2023").record, "freight")
    >>> words_of_layer(found, "by_bus"), words_of_layer(found, "longer")
    ('band.by_bus', 'band.longer')
    """
    return f"{'fate' if outcomes.of == 'trains' else 'band'}.{layer}"
