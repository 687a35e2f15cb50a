"""A run at one moment."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem, UnknownNameError, install_extra, shown
from netmodel.evidence.vocabulary import OUTAGE_EFFECTS
from netmodel.impact.fate_rules import FATES, GETS_THROUGH
from netmodel.runs.columns import FATE_COLUMNS, SPANS, THROUGH_SHARE, TRAIN_BOUNDS
from netmodel.runs.documents import Unreached
from netmodel.runs.reached import count_joined, find_unreached, lowest_state, most_lost
from netmodel.times import load_zone

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from netmodel.runs.record import RunRecord


OPEN = "open"
_COLUMN_OF_SPAN = dict(zip(SPANS, ("effect", "certain_effect", "possible_effect"), strict=True))


def traffic_kinds(record: RunRecord) -> tuple[str, ...]:
    """Return the kinds of traffic of a run, in the order of its scenario."""
    return record.provenance.scenario.traffic


def traffic_prefixes(record: RunRecord) -> dict[str, str]:
    """Return the kinds of traffic with what stands before the columns of each in the states."""
    kinds = traffic_kinds(record)
    return {kind: f"{kind}_" if number else "" for number, kind in enumerate(kinds)}


def choose_traffic(record: RunRecord, traffic: str | None) -> str:
    """Return a kind of traffic of a run, the first by default.

    Raises
    ------
    UnknownNameError
        If the run has no such traffic.
    """
    kinds = traffic_kinds(record)
    name = kinds[0] if traffic is None else traffic
    if name not in kinds:
        raise UnknownNameError.among("traffic of this run", name, kinds)
    return name


def metric_column(record: RunRecord, metric: str, traffic: str | None = None) -> str:
    """Return the column of the states that holds a metric of a kind of traffic.

    Raises
    ------
    UnknownNameError
        If the run has no such traffic or no such metric.

    Examples
    --------
    >>> from netmodel import run_scenario
    >>> metric_column(run_scenario("crimea-may-2023").record, "connected_share", "freight")
    'freight_connected_share'
    """
    kind = choose_traffic(record, traffic)
    first, *others = traffic_kinds(record)
    column = metric if kind == first else f"{kind}_{metric}"
    if column not in record.states or metric in ("start", "end"):
        known = [
            str(name)
            for name in record.states.columns
            if not str(name).startswith(("start", "end", *(f"{other}_" for other in others)))
        ]
        raise UnknownNameError.among("metric of this run", metric, known)
    return column


def worst_state(record: RunRecord, traffic: str | None = None) -> int:
    """Return the state with the lowest connected share.

    Among equals that with the lowest guaranteed share, then that with the lowest possible share, in
    which the loss is surest, then that with the most outages, then the longest; without a connected
    share, that with the most outages.

    Examples
    --------
    >>> from netmodel import run_scenario
    >>> worst_state(run_scenario("crimea-may-2023").record)
    3
    """
    kind = choose_traffic(record, traffic)
    prefix = "" if kind == traffic_kinds(record)[0] else f"{kind}_"
    return lowest_state(record.states, prefix)


def worst_state_for_trains(record: RunRecord) -> int | None:
    """Return the state of the worst day for trains in which the fewest got through.

    ``None`` where all got through, or the run has no trains.

    Examples
    --------
    >>> from netmodel import run_scenario
    >>> worst_state_for_trains(run_scenario("crimean-bridge-2022").record)
    1
    """
    trains, states = record.summary.trains, record.states
    names = ("trains", THROUGH_SHARE, *(f"trains_{each}" for each in TRAIN_BOUNDS))
    columns = [f"{traffic_prefixes(record).get('passenger', '')}{name}" for name in names]
    if trains is None or trains.worst_day is None or not set(columns) <= set(states.columns):
        return None
    inside = _states_of_day(record, trains.worst_day.day)
    if not len(inside):
        return None
    run, share, certain, possible = inside[columns].to_numpy(float).T
    # Both are rounded in the tables.
    chosen = np.clip(np.round(run * (1 - share), 3), certain, possible)
    return most_lost(inside, np.column_stack([certain, chosen, possible]))


def _states_of_day(record: RunRecord, day: date) -> pd.DataFrame:
    """Return the rows of the states that touch a day of the zone of the window."""
    tz, states = load_zone(record.summary.window.zone), record.states
    begins, ends = (datetime.combine(day + timedelta(days=n), time(), tzinfo=tz) for n in (0, 1))
    return states[(states["start"] < ends) & (states["end"] > begins)]


def most_disrupted_day(record: RunRecord) -> date | None:
    """Return the day on which most trains were not as timetabled, under the chosen times.

    Of several, that on which they fared worst, then the first; ``None`` where every train of
    every day was as timetabled, or the run has no table of days.
    """
    import pandas as pd

    days = record.train_days
    if days is None or not len(days):
        return None
    counts = days[list(FATE_COLUMNS.values())].to_numpy()[:, :0:-1]
    most = max([(int(row.sum()), *row.tolist()) for row in counts])
    if not most[0]:
        return None
    found = np.flatnonzero((counts == most[1:]).all(axis=1))[0]
    return pd.Timestamp(days.index[found]).date()


def told_state(record: RunRecord) -> int:
    """Return the state that a page shows first: the one that its first sentences tell.

    The worst for trains where any did not get through, else that for journeys where any was cut,
    else that of the `most_disrupted_day` in which most trains were not as timetabled.
    """
    worst, states = worst_state_for_trains(record), record.states
    if worst is not None:
        return worst
    prefix = traffic_prefixes(record).get("passenger", "")
    fates = [f"{prefix}trains_{each}" for each in FATE_COLUMNS.values()]
    cut = "connected_share" in states and bool((states["connected_share"] < 1).any())
    if cut or not set(fates) <= set(states.columns):
        return worst_state(record)
    day = most_disrupted_day(record)
    inside = states if day is None else _states_of_day(record, day)
    inside = inside if len(inside) else states
    counts = inside[fates[:0:-1]].fillna(0.0).to_numpy()
    most = max((round(float(row.sum()), 3), *row.tolist()) for row in counts)
    return lowest_state(inside[(counts == most[1:]).all(axis=1)])


def choose_state(record: RunRecord, state: int | None, traffic: str | None = None) -> int:
    """Return a state of a run, the worst by default.

    Raises
    ------
    UnknownNameError
        If the run has no such state.
    """
    if state is None:
        return worst_state(record, traffic)
    given: object = state
    if not isinstance(given, Real):
        what = f"{shown(state)} is no whole number"
        raise InputError([Problem(what=what, where="state", remedy="give the number of a state")])
    if state not in record.states.index:
        last = int(record.states.index[-1])
        known = f"states are 0 to {last}" if last else "the run has state 0 alone"
        raise UnknownNameError("state", state, otherwise=known)
    return int(state)


@refuse_wrong_kinds
def link_states(
    record: RunRecord, state: int | None = None, traffic: str | None = None
) -> pd.DataFrame:
    """Return what holds on each link over one state.

    Parameters
    ----------
    state
        Number of the state; by default the one with the lowest connected share.
    traffic
        Kind of traffic; the first of the run by default.

    Returns
    -------
    DataFrame
        Indexed by ``link``. ``effect``: the gravest in force under the chosen times, or ``open``.
        ``possible_effect`` and ``certain_effect``: the gravest that the evidence allows, and the
        gravest that holds on every reading of it. ``standing``: whether the effect is that of a
        standing closure alone, which the run does not study. ``incidents``: ids of those that may
        be in force, separated by ``;``.

    Raises
    ------
    UnknownNameError
        If the run has no such state or traffic.

    Examples
    --------
    >>> from netmodel import run_scenario
    >>> links = link_states(run_scenario("crimea-may-2023").record)
    >>> links.loc["simferopol--bakhchysarai", ["effect", "certain_effect"]].tolist()
    ['closed', 'closed']
    """
    import pandas as pd

    kind = choose_traffic(record, traffic)
    number = choose_state(record, state, kind)
    outages = record.outages
    touched = np.array([kind in str(kinds).split(";") for kinds in outages["traffic"]], bool)
    touched &= outages["effect"].isin(OUTAGE_EFFECTS).to_numpy()
    outages = outages[touched & outages["link"].isin(record.links.index).to_numpy()]
    effects = outages["effect"].to_numpy(object)
    gravity = np.array([OUTAGE_EFFECTS.index(each) for each in effects], int)
    standing = outages["incident"].isin(background_incidents(record)).to_numpy(int)
    places = record.links.index.get_indexer(pd.Index(outages["link"]))
    # Another incident is the reason where a standing closure has the same effect.
    order = np.lexsort([standing, gravity])
    table = pd.DataFrame(index=pd.Index(record.links.index, name="link"))
    for span, name in _COLUMN_OF_SPAN.items():
        # The gravest last, so that it stays.
        chosen = order[holds_in(outages, span, number)[order]][::-1]
        found = np.full(len(table), OPEN, object)
        found[places[chosen]] = effects[chosen]
        table[name] = pd.Series(found, table.index).astype(outages["effect"].dtype)
        if span == "chosen":
            alone = np.zeros(len(table), bool)
            alone[places[chosen]] = standing[chosen] == 1
            table["standing"] = alone
    named: list[dict[str, None]] = [{} for _ in range(len(table))]
    possible = holds_in(outages, "possible", number)
    for place, incident in zip(places[possible], outages["incident"][possible], strict=True):
        named[place][incident] = None
    table["incidents"] = pd.Series([";".join(each) for each in named], table.index, dtype="str")
    return table[["effect", "possible_effect", "certain_effect", "standing", "incidents"]]


@refuse_wrong_kinds
def hub_states(
    record: RunRecord, state: int | None = None, traffic: str | None = None
) -> pd.DataFrame:
    """Return how each place with demand is reached by rail over one state.

    Returns
    -------
    DataFrame
        Indexed by ``hub``, those with demand of this traffic only. ``pairs``: places it has
        demand with and a path to in the base state. ``pairs_cut``: those to which it has none in
        this state. ``access``: ``all``, ``some`` or ``none`` of them reached; ``all`` where there
        are none. No rows where the run kept none of its pairs.

    Raises
    ------
    UnknownNameError
        If the run has no such state or traffic.

    Examples
    --------
    >>> from netmodel import run_scenario
    >>> hub_states(run_scenario("crimea-may-2023").record).loc["sevastopol", "access"]
    'some'
    """
    import pandas as pd

    kind = choose_traffic(record, traffic)
    number = choose_state(record, state, kind)
    pairs = pairs_at(record, number, kind)
    before = pairs["base_minutes"].notna()
    cut = before & (pairs["connected"] == 0)
    ends = pd.concat([pairs["from"], pairs["to"]])
    keep, joined = record.pair_table.keep, count_joined(record, kind)
    among = record.hubs.index[record.hubs["in_demand"] == 1]
    hubs = (among if keep == "affected" else demand_hubs(record, kind)).rename("hub")
    counts = {
        name: pd.concat([mask, mask]).groupby(ends).sum().reindex(hubs, fill_value=0).astype(int)
        for name, mask in (("pairs", before), ("pairs_cut", cut))
    }
    table = pd.DataFrame(counts, index=hubs)
    if keep == "affected" and joined is not None:
        table["pairs"] = pd.Series(joined, record.hubs.index).reindex(hubs)
    some = table["pairs_cut"] > 0
    none = some & (table["pairs_cut"] == table["pairs"]) & (joined is not None)
    table["access"] = np.where(none, "none", np.where(some, "some", "all"))
    return table


def demand_hubs(record: RunRecord, traffic: str) -> pd.Index[str]:
    """Return the ids of the hubs with demand of one kind of traffic, in the order of the hubs."""
    spans = record.pair_table.spans
    pairs = spans[spans["traffic"] == traffic]
    ends = {*pairs["from"].unique(), *pairs["to"].unique()}
    return record.hubs.index[record.hubs.index.isin(ends)]


def pairs_at(record: RunRecord, state: int, traffic: str) -> pd.DataFrame:
    """Return the rows of the pairs table of one state and one kind of traffic."""
    return record.pair_table.at(state, traffic)


def has_touched_trains(record: RunRecord) -> bool:
    """Whether the course of any train of a run meets an outage, in a state in which it runs."""
    if record.trains is None:
        return False
    # A train that runs as timetabled has a row if something is reported of it.
    usual = (record.trains["fate"] == FATES[0]) & (record.trains["gets_through"] == GETS_THROUGH[0])
    return not bool(usual.all())


def default_metric(record: RunRecord, traffic: str) -> str:
    """Return what a curve shows unless told otherwise: trains, where any was touched.

    Returns
    -------
    str
        The share of trains that get through, for passengers; else the connected share.
    """
    of_trains = traffic == "passenger" and has_touched_trains(record)
    return THROUGH_SHARE if of_trains else "connected_share"


def pairs_in_base(record: RunRecord, traffic: str) -> int | None:
    """Return how many pairs with demand have a path in the base state, whatever rows are kept.

    ``None`` for a run that was written earlier and kept only some of its rows.
    """
    told = record.summary.pairs_in_base.get(traffic)
    if told is not None or record.pair_table.keep != "all":
        return told
    return record.pair_table.count_in_base(int(record.states.index[0]), traffic)


def trips_in_base(record: RunRecord, kind: str) -> float | None:
    """Return the demand that has a path in the base state; ``None`` where no table tells it."""
    prefix = traffic_prefixes(record)[kind]
    ways = record.redundancy
    if ways is not None:
        mine = ways[(ways["traffic"] == kind) & (ways["disjoint_routes"] > 0)]
        if len(mine):
            return float(mine["trips"].sum())
    names = [f"{prefix}unserved_demand", f"{prefix}connected_share"]
    if set(names) <= set(record.states.columns):
        lost, share = record.states[names].to_numpy(float).T
        some = lost > 0
        if some.any():
            return float((lost[some] / (1 - share[some])).max())
    return None


def unreached_at_worst(record: RunRecord) -> Unreached:
    """Return the places that no path led to at the worst moment for the first traffic.

    None for a run that was written earlier and kept only some of its rows.
    """
    told = record.summary.unreached
    if told is not None or record.pair_table.keep != "all":
        return told or Unreached()
    wanted = ["from", "to", "base_minutes", "connected", "served_minutes"]
    pairs = record.pair_table.pick(worst_state(record), choose_traffic(record, None), wanted)
    pairs = pairs[pairs["base_minutes"].notna()]
    return find_unreached(
        pairs[["from", "to"]].to_numpy(object),
        connected=pairs["connected"].to_numpy(bool),
        served=pairs["served_minutes"].notna().to_numpy(bool),
        hubs=map(str, record.hubs.index),
        anchors=frozenset(map(str, record.hubs.index[record.hubs["is_anchor"] == 1])),
    )


def background_incidents(record: RunRecord) -> frozenset[str]:
    """Return the ids of the standing closures that the scenario measures against."""
    return frozenset(each.id for each in record.evidence.incidents if each.background)


def later_closures(record: RunRecord) -> frozenset[str]:
    """Return the ids of the standing closures that began after the window did.

    By the chosen times. They are no part of the base state, so that what is lost may be their
    work, too.
    """
    outages = record.outages
    later = outages["chosen_first"] > record.states.index[0]
    return background_incidents(record) & frozenset(outages["incident"][later.fillna(value=False)])


def holds_in(outages: pd.DataFrame, span: str, state: int) -> NDArray[np.bool_]:
    """Return which outages of a record hold in a state: ``chosen``, ``certain`` or ``possible``."""
    first, last = (
        outages[f"{span}_{end}"].to_numpy(float, na_value=np.nan) for end in ("first", "last")
    )
    return np.asarray((first <= state) & (state <= last))


def hold_on(outages: pd.DataFrame) -> pd.Series:
    """Return which outages of a record are taken to hold on: standing, without a latest end."""
    return (outages["standing"] == 1) & outages["end_latest"].isna()


_CRS = "EPSG:4326"


def to_geopandas(
    record: RunRecord, state: int | None = None, *, traffic: str | None = None
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return hubs as points and links as lines, with what holds on them over one state.

    Parameters
    ----------
    state
        Number of the state; by default the one with the lowest connected share.
    traffic
        Kind of traffic; the first of the run by default.

    Returns
    -------
    hubs : GeoDataFrame
        The hubs of the record, and ``pairs, pairs_cut, access`` of `hub_states`; missing for hubs
        without demand.
    links : GeoDataFrame
        The links of the record, and the columns of `link_states`. Both in EPSG:4326, degrees.

    Raises
    ------
    InputError
        If geopandas is not installed.
    UnknownNameError
        If the run has no such state or traffic.

    Examples
    --------
    >>> from netmodel import run_scenario
    >>> hubs, links = to_geopandas(run_scenario("crimea-may-2023").record)
    >>> links[(links["effect"] == "closed") & ~links["standing"]].index.tolist()
    ['simferopol--bakhchysarai']
    """
    try:
        import geopandas as gpd
    except ImportError:
        raise InputError(
            [
                Problem(
                    what="geopandas is not installed",
                    where="to_geopandas",
                    remedy=install_extra("geo"),
                )
            ]
        ) from None
    reached = hub_states(record, state, traffic)
    reached = reached.astype({"pairs": "Int64", "pairs_cut": "Int64"})
    hubs = record.hubs.join(reached)
    links = record.links.drop(columns="course").join(link_states(record, state, traffic))
    points = gpd.points_from_xy(record.hubs["lon"], record.hubs["lat"])
    return (
        gpd.GeoDataFrame(hubs, geometry=points, crs=_CRS),
        gpd.GeoDataFrame(links, geometry=_lines(record), crs=_CRS),
    )


def link_courses(record: RunRecord) -> dict[str, list[tuple[float, float]]]:
    """Return the course of each link as lon, lat in degrees; straight where none is recorded."""
    places: pd.DataFrame = record.hubs[["lon", "lat"]]
    known = dict(zip(places.index, places.itertuples(index=False, name=None), strict=True))
    courses: dict[str, list[tuple[float, float]]] = {}
    rows = zip(
        record.links.index,
        record.links["from"],
        record.links["to"],
        record.links["course"],
        strict=True,
    )
    for link, start, end, course in rows:
        stored = [point.split(",") for point in str(course or "").split()]
        points = [(float(lon), float(lat)) for lon, lat in stored]
        courses[str(link)] = points if len(points) > 1 else [known[start], known[end]]
    return courses


def _lines(record: RunRecord) -> list[object]:
    import shapely

    return [shapely.LineString(course) for course in link_courses(record).values()]
