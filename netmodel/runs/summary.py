"""The headline figures of a run."""

from __future__ import annotations

import math
import platform
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netmodel.files.written import hash_file, text_hash
from netmodel.impact.attribution import Attribution
from netmodel.impact.bounds import resilience_loss, time_to_recover
from netmodel.impact.demand import has_directions
from netmodel.impact.train_counts import DayCounts, TrainImpact
from netmodel.runs.bearing import Bearing
from netmodel.runs.computation import Computation, Progress, TrafficImpact
from netmodel.runs.documents import (
    Figure,
    Provenance,
    RunInput,
    RunSettings,
    RunWindow,
    Summary,
    Unreached,
)
from netmodel.runs.reached import WORST_DAY, find_unreached, lowest_state, most_lost
from netmodel.runs.train_tables import summarise_trains
from netmodel.runs.uncertainty import list_evidence_worth, plain_number, tighten_loss
from netmodel.scenario.origins import files_used, name_files
from netmodel.scenario.writing import SCENARIO_FILE, describe_scenario

FIGURE_DIGITS = 6
SHARE_DIGITS = 6
"""Shares are rounded as in the tables, so that a range agrees with the value inside it."""


def figure_row(figure: Figure) -> dict[str, object]:
    """Return ``traffic, figure, unit, value, guaranteed, possible``; nan where there is none."""
    numbers = {
        name: math.nan if number is None else float(number)
        for name, number in (
            ("value", figure.value),
            ("guaranteed", figure.guaranteed),
            ("possible", figure.possible),
        )
    }
    return {"traffic": figure.traffic, "figure": figure.name, "unit": figure.unit, **numbers}


def tabulate_figures(figures: Sequence[Figure]) -> pd.DataFrame:
    """Return a row for each figure, with the ids of its incidents and documents, ``;`` between."""
    return pd.DataFrame(
        [
            {
                **figure_row(each),
                "incidents": ";".join(each.incidents),
                "documents": ";".join(each.documents),
            }
            for each in figures
        ]
    )


def summarise(
    run: Computation,
    attribution: Attribution | None,
    *,
    states: pd.DataFrame,
    outages: pd.DataFrame,
    progress: Progress | None = None,
) -> Summary:
    """Return title, window and headline figures of every kind of traffic."""
    window = run.timeline.window
    scenario, demand = run.scenario, run.impacts[0].assessor.demand
    return Summary(
        name=run.name,
        title=scenario.title,
        description=scenario.description,
        titles={str(key): text for key, text in scenario.titles.items()},
        descriptions={str(key): text for key, text in scenario.descriptions.items()},
        window=RunWindow(start=window.start, end=window.end, zone=scenario.zone),
        time_rule=scenario.time_rule,
        hubs=len(run.network.hubs),
        links=len(run.network.links),
        demand_hubs=len(demand.hubs),
        pairs=int((demand.trips > 0).sum()),
        pairs_in_base={
            each.traffic: int(each.assessor.wanted_before.sum()) for each in run.impacts
        },
        directed=tuple(
            each.traffic for each in run.impacts if has_directions(each.assessor.demand)
        ),
        unreached=_unreached(run, states),
        states=len(run.timeline.states),
        incidents=len(run.placements),
        incidents_without_outage=sum(not each.outages for each in run.placements),
        standing_closures=len(run.background),
        not_yet_reported=(
            None if scenario.as_of is None else len(scenario.selection.not_yet_reported)
        ),
        undated=scenario.selection.undated,
        figures=list_figures(run, states, outages),
        ensemble=None if run.ensemble is None else run.ensemble.describe(),
        compounding=None if attribution is None else plain_number(attribution.compounding),
        background_loss=None if attribution is None else plain_number(attribution.background),
        value_of_evidence=(
            None if attribution is None else list_evidence_worth(run, progress=progress)
        ),
        trains=None if run.trains is None else summarise_trains(run.trains),
    )


def _unreached(run: Computation, states: pd.DataFrame) -> Unreached:
    """Return the places that no path led to at the worst moment for the first traffic."""
    impact = run.impacts[0]
    result = impact.states[lowest_state(states)]
    hubs = np.array(impact.assessor.demand.hubs, dtype=object)
    start, end = np.nonzero(impact.assessor.wanted_before)
    return find_unreached(
        np.column_stack([hubs[start], hubs[end]]),
        connected=result.travel.connected[start, end],
        served=np.isfinite(result.served.minutes[start, end]),
        hubs=_by_demand(run),
        anchors=frozenset(run.scenario.anchors),
    )


def _by_demand(run: Computation) -> list[str]:
    """Return the hubs by how many trips begin or end there, the most first."""
    demand = run.impacts[0].assessor.demand
    trips = dict(zip(demand.hubs, demand.trips.sum(axis=0) + demand.trips.sum(axis=1), strict=True))
    return sorted((hub.id for hub in run.network.hubs), key=lambda hub: -trips.get(hub, 0.0))


def list_figures(
    run: Computation, states: pd.DataFrame, outages: pd.DataFrame
) -> tuple[Figure, ...]:
    """Return the headline figures of every kind of traffic."""
    of_journeys = [
        figure for impact in run.impacts for figure in _figures(run, impact, states, outages)
    ]
    return (*of_journeys, *_train_figures(run, states, outages))


def _train_figures(
    run: Computation, states: pd.DataFrame, outages: pd.DataFrame
) -> Iterator[Figure]:
    """Yield what became of trains: how many did not get through at worst, hours late, stops."""
    trains = run.trains
    if trains is None:
        return
    touched = [set(map(int, each)) for each in trains.touching_by_state]
    day, shown, rests_on = _day_of_most_lost(trains), [], set[int]()
    if day is not None:
        shown = [_state_of_day(trains, day, states)]
        rests_on = set().union(*touched[slice(*day.states)])
    yield _figure_of(
        run, "passenger", outages, WORST_DAY, "trains",
        max(each.not_through for each in trains.days), shown, rests_on,
        guaranteed=max(each.possibly_not for each in trains.days),
        possible=max(each.certainly_not for each in trains.days),
    )  # fmt: skip
    window = trains.window
    late, missed = (
        set(trains.outages_behind(wanted))
        for wanted in (lambda fate: fate.extra_minutes > 0, lambda fate: bool(fate.stops_missed))
    )
    for name, unit, value, behind in (
        ("train_hours_late", "train-hours", window.train_hours_late, late),
        ("stops_not_served", "stops", window.stops_not_served, missed),
    ):
        yield _figure_of(run, "passenger", outages, name, unit, value, [], behind)


def _day_of_most_lost(trains: TrainImpact) -> DayCounts | None:
    """Return the day on which most trains do not get through: the one that is told, if it is.

    ``None`` where all get through, whatever the times.
    """
    worst = trains.worst_day
    if worst is None:
        return None
    return max([worst, *trains.days], key=lambda day: day.not_through)


def _state_of_day(trains: TrainImpact, day: DayCounts, states: pd.DataFrame) -> int:
    """Return the state of a day in which the fewest trains get through; see `most_lost`."""
    inside = range(*day.states)
    lost = [
        (each.certainly_not, each.not_through, each.possibly_not)
        for each in trains.states[slice(*day.states)]
    ]
    return most_lost(states.iloc[list(inside)], np.array(lost, dtype=float))


def _figures(
    run: Computation,
    impact: TrafficImpact,
    states: pd.DataFrame,
    outages: pd.DataFrame,
) -> list[Figure]:
    prefix, bearing = run.prefix_of(impact.traffic), Bearing(run, impact)
    hours = states["hours"].to_numpy()
    results = impact.states
    shares = (
        np.round([result.guaranteed for result in results], SHARE_DIGITS),
        np.round([result.possible for result in results], SHARE_DIGITS),
    )
    sums = [result.sums for result in results]
    cut = [each.cut for each in sums]
    sure = [each.cut_possible == each.cut_certain for each in sums]
    worst = _most_telling(np.array(cut) == max(cut), sure, hours)
    everything = list(range(len(results)))
    figures = [
        _extreme(run, bearing, outages, "pairs_cut_at_worst", "pairs", cut, worst,
                guaranteed=max(each.cut_possible for each in sums),
                possible=max(each.cut_certain for each in sums)),
    ]  # fmt: skip
    column = f"{prefix}connected_share"
    if column in states:
        curve = states[column].to_numpy()
        lowest = curve == np.nanmin(curve) if np.isfinite(curve).any() else curve != curve
        low = _most_telling(lowest, shares[0] == shares[1], hours)
        less, more = tighten_loss(run, impact.traffic)
        figures += [
            _extreme(run, bearing, outages, "lowest_connected_share", "share", curve, low,
                     guaranteed=float(shares[0].min()), possible=float(shares[1].min())),
            _figure(run, bearing, outages, "resilience_loss", "hours",
                    resilience_loss(hours, curve), everything,
                    guaranteed=resilience_loss(hours, shares[0]) - less,
                    possible=resilience_loss(hours, shares[1]) + more),
            _figure(run, bearing, outages, "time_to_recover", "hours",
                    time_to_recover(hours, curve), everything,
                    guaranteed=time_to_recover(hours, shares[0]),
                    possible=time_to_recover(hours, shares[1])),
        ]  # fmt: skip
    for name, unit, pick in (
        ("served_share", "share", "min"),
        ("rerouted_share", "share", "max"),
        ("bus_share", "share", "max"),
        ("advisory_share", "share", "max"),
        ("slowed_share", "share", "max"),
        ("diesel_share", "share", "max"),
        ("extra_minutes", "minutes", "max"),
    ):
        column = f"{prefix}{name}"
        if column in states and states[column].notna().any():
            values = states[column].to_numpy(dtype=float)
            extreme = np.nanmin(values) if pick == "min" else np.nanmax(values)
            number = _most_telling(values == extreme, np.ones(len(values), bool), hours)
            label = f"{'lowest' if pick == 'min' else 'highest'}_{name}"
            figures.append(_extreme(run, bearing, outages, label, unit, values, number))
    figures.append(_longest_extra(run, bearing, outages))
    return figures


def _most_telling(
    among: NDArray[np.bool_], sure: Sequence[bool] | NDArray[np.bool_], hours: NDArray[np.float64]
) -> int:
    """Return the state to show for a figure that several have: a sure one, then the longest."""
    return max(
        np.flatnonzero(among).tolist() or [0],
        key=lambda number: (bool(sure[number]), hours[number], -number),
    )


def _longest_extra(run: Computation, bearing: Bearing, outages: pd.DataFrame) -> Figure:
    impact = bearing.impact
    longest = np.round([each.sums.longest_extra_minutes for each in impact.states], FIGURE_DIGITS)
    state = int(np.argmax(longest))
    pair = impact.states[state].sums.longest_pair
    if pair is None:
        return _figure(run, bearing, outages, "longest_extra_minutes", "minutes", 0.0, [])
    # Another pair may take as long, and hide that this one still does.
    of_pair = [
        impact.states[number].extra_minutes(pair)
        if each == longest[state] and impact.states[number].sums.longest_pair != pair
        else each
        for number, each in enumerate(longest.tolist())
    ]
    figure = _extreme(
        run, bearing, outages, "longest_extra_minutes", "minutes", np.array(of_pair), state
    )
    start, end = (impact.assessor.demand.hubs[place] for place in pair)
    return replace(
        figure, start_hub=start, end_hub=end, other_way=_takes_other_way(impact, state, pair)
    )


def _takes_other_way(impact: TrafficImpact, state: int, pair: tuple[int, int]) -> bool:
    """Whether a pair travels over other links in a state than in the base, or by other shares."""
    assessor = impact.assessor
    # Sums of numbers drawn for the links tell ways apart that are as long as each other.
    marks = np.random.default_rng(0).random(len(assessor.network.links))
    now, before = (
        assessor.sum_along(travel, marks)[pair]
        for travel in (impact.states[state].travel, assessor.base_travel)
    )
    return not math.isclose(now, before, rel_tol=1e-9)


def _extreme(
    run: Computation,
    bearing: Bearing,
    outages: pd.DataFrame,
    name: str,
    unit: str,
    values: Sequence[float] | NDArray[np.float64],
    state: int,
    *,
    guaranteed: float | None = None,
    possible: float | None = None,
) -> Figure:
    """Return the figure of a state, with what may hold while it goes on having this value."""
    first, last = _adjoining(values, state)
    figure = _figure(
        run, bearing, outages, name, unit, values[state], range(first, last + 1),
        guaranteed=guaranteed, possible=possible,
    )  # fmt: skip
    return replace(figure, states=(state,), span=(first, last))


def _adjoining(values: Sequence[float] | NDArray[np.float64], state: int) -> tuple[int, int]:
    """Return the first and the last of the adjoining states that have the value of one.

    Examples
    --------
    >>> _adjoining([4, 0, 4, 4, 1], 3)
    (2, 3)
    """
    other = np.flatnonzero(np.asarray(values) != values[state])
    other = other[other != state]  # where it is nan
    place = int(np.searchsorted(other, state))
    first = other[place - 1] + 1 if place else 0
    last = other[place] - 1 if place < len(other) else len(values) - 1
    return int(first), int(last)


def _figure(
    run: Computation,
    bearing: Bearing,
    outages: pd.DataFrame,
    name: str,
    unit: str,
    value: float,
    numbers: Sequence[int],
    *,
    guaranteed: float | None = None,
    possible: float | None = None,
) -> Figure:
    """Return one figure with the incidents that can set it in its states, and their documents.

    Of standing closures all that may hold in them: they make the base state, too.
    """
    impact = bearing.impact
    background = {placement.incident.id for placement in run.background}
    positions = {
        position
        for number in numbers
        for position in impact.states[number].state.possible
        if impact.traffic in run.timeline.outages[position].traffic
        and run.timeline.outages[position].incident in background
    }
    positions |= bearing.positions(name, numbers)
    return _figure_of(
        run, impact.traffic, outages, name, unit, value, numbers, positions,
        guaranteed=guaranteed, possible=possible,
    )  # fmt: skip


def _figure_of(
    run: Computation,
    traffic: str,
    outages: pd.DataFrame,
    name: str,
    unit: str,
    value: float,
    numbers: Sequence[int],
    positions: Collection[int],
    *,
    guaranteed: float | None = None,
    possible: float | None = None,
) -> Figure:
    """Return one figure that rests on some outages, by their positions."""
    background = {placement.incident.id for placement in run.background}
    involved = {run.timeline.outages[position].incident for position in positions}
    incidents = sorted(involved - background)
    documents = sorted(
        {
            document
            for documents, incident in zip(outages["documents"], outages["incident"], strict=True)
            if incident in incidents
            for document in documents.split(";")
        }
    )
    return Figure(
        name=name,
        traffic=traffic,
        unit=unit,
        value=_rounded(value),
        guaranteed=_rounded(guaranteed),
        possible=_rounded(possible),
        states=tuple(numbers) if len(numbers) == 1 else (),
        incidents=tuple(incidents),
        documents=tuple(documents),
        standing_closures=tuple(sorted(involved & background)),
    )


def _rounded(value: float | None) -> float | None:
    """Return a figure with six decimals, whole where it is a count; ``None`` for nan.

    So many that what is shown, of fewer digits, is as if rounded from the full value.
    """
    if value is None or isinstance(value, int) or math.isinf(value):
        return value
    return None if math.isnan(value) else round(float(value), FIGURE_DIGITS)


_LIBRARIES = ("numpy", "scipy", "pandas")


def describe_provenance(run: Computation, texts: Mapping[str, str]) -> Provenance:
    """Return what is needed to get the same run again; nothing that changes from run to run.

    Parameters
    ----------
    texts
        Of the scenario's files in the folder of the run.
    """
    ensemble, origin = run.scenario.ensemble, run.scenario.origin
    files = files_used(run.scenario)
    read = [
        RunInput(file=name, sha256=hash_file(path))
        for name, path in zip(name_files(files), files, strict=True)
    ]
    made = [RunInput(file=f"inputs/{name}", sha256=text_hash(text)) for name, text in texts.items()]
    return Provenance(
        command=origin.command or f"netmodel run inputs/{SCENARIO_FILE}",
        netmodel=_version("netmodel"),
        python=platform.python_version(),
        libraries={name: _version(name) for name in _LIBRARIES},
        seed=ensemble.seed if ensemble else None,
        inputs=tuple(read or made),
        scenario=RunSettings(fields=describe_scenario(run.scenario)),
    )


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
