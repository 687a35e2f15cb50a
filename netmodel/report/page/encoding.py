"""Networks, pairs and flows as compact columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netmodel.plot.basemap import PlaneMap, as_steps
from netmodel.report.page.allowance import HIDDEN_WAY
from netmodel.report.page.drawn_links import DrawnLinks
from netmodel.runs.moment import background_incidents
from netmodel.runs.record import RunRecord
from netmodel.words.strings import Phrases
from netmodel.words.wording import hub_names, shorten, show_controls

COURSE_TOLERANCE_UNITS = 2.0


def encode_network(
    drawn: DrawnLinks, plane: PlaneMap, phrases: Phrases, *, places: AbstractSet[str], points: int
) -> dict[str, object]:
    """Return hubs, links and courses as columns of plain values.

    Parameters
    ----------
    drawn
        The hubs and links that are told in full, and the outline of the others.
    places
        The places between which journeys are shown.
    points
        How many points all courses have together, at most.
    """
    record = drawn.record
    hubs, links = record.hubs, record.links
    sites = np.rint(plane.project(hubs["lon"], hubs["lat"])).astype(int)
    position = {hub: number for number, hub in enumerate(hubs.index)}
    regions, region_names = pd.factorize(np.array(region_titles(hubs, phrases), dtype=object))
    classes, class_names = pd.factorize(links["line_class"])
    population = pd.to_numeric(hubs["population"]).fillna(0).astype(float).astype(int)
    return {
        "hubs": {
            "id": [str(hub) for hub in hubs.index],
            "name": hub_names(record, phrases.language),
            "x": sites[:, 0].tolist(),
            "y": sites[:, 1].tolist(),
            "region": regions.tolist(),
            "population": population.tolist(),
            "demand": [number for hub, number in position.items() if str(hub) in places],
            "anchors": np.flatnonzero(hubs["is_anchor"].to_numpy(int)).tolist(),
        },
        "regions": list(region_names),
        "links": {
            "from": [position[hub] for hub in links["from"]],
            "to": [position[hub] for hub in links["to"]],
            "km": [round(float(km), 1) for km in links["length_km"]],
            "class": classes.tolist(),
            "course": _courses(links["course"], plane, points),
        },
        "classes": [str(name) for name in class_names],
        "focus": _focus(record, sites, position),
        **({} if drawn.whole else {"outline": _encode_outline(drawn)}),
    }


def _encode_outline(drawn: DrawnLinks) -> dict[str, object]:
    """Return the links that are lines alone: by class, their grid, extent and number."""
    return {
        "lines": drawn.outline,
        "grid": drawn.grid,
        "extent": list(drawn.extent),
        "shown": drawn.outlined,
        "total": drawn.total,
    }


def region_titles(hubs: pd.DataFrame, phrases: Phrases) -> list[str]:
    """Return the region each hub is grouped under; its country where it names none."""
    return [
        shorten(show_controls(phrases.find("region", str(region), str(region) or str(country))))
        for region, country in zip(hubs["region"], hubs["country"], strict=True)
    ]


def _courses(courses: pd.Series, plane: PlaneMap, most: int) -> dict[str, list[int]]:
    """Return the courses that are more than a straight line, by link number."""
    import shapely

    lines = {number: text for number, text in enumerate(courses) if isinstance(text, str) and text}
    if not lines:
        return {}
    counts, flat = [], []
    for text in lines.values():
        points = [pair.split(",") for pair in text.split()]
        counts.append(len(points))
        flat += [(float(lon), float(lat)) for lon, lat in points]
    degrees = np.array(flat)
    places = plane.project(degrees[:, 0], degrees[:, 1])
    shapes = shapely.linestrings(places, indices=np.repeat(np.arange(len(counts)), counts))
    tolerance = COURSE_TOLERANCE_UNITS
    simple = shapely.simplify(shapes, tolerance)
    while shapely.get_num_coordinates(simple).sum() > most:
        tolerance *= 2
        simple = shapely.simplify(shapes, tolerance)
    return {
        str(number): as_steps(shapely.get_coordinates(shape))
        for number, shape in zip(lines, simple, strict=True)
        if shapely.get_num_coordinates(shape) > 2
    }


def _focus(record: RunRecord, places: NDArray[np.int_], position: Mapping[str, int]) -> list[int]:
    """Return the extent that the map shows first: places with demand and studied outages."""
    wanted = set(np.flatnonzero(record.hubs["in_demand"].to_numpy(int)).tolist())
    outages = record.outages
    studied = outages[~outages["incident"].isin(background_incidents(record))]["link"]
    ends = record.links.reindex(studied.unique())[["from", "to"]].dropna()
    wanted |= {position[hub] for hub in ends.to_numpy().ravel()}
    chosen = places[sorted(wanted)] if wanted else places
    if not len(chosen):
        return [-1000, -1000, 1000, 1000]
    low, high = chosen.min(axis=0), chosen.max(axis=0)
    return [int(value) for value in (*low, *high)]


def extent_of(records: Sequence[RunRecord]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return longitudes and latitudes of all hubs of some records."""
    lon = np.concatenate([record.hubs["lon"].to_numpy(float) for record in records])
    lat = np.concatenate([record.hubs["lat"].to_numpy(float) for record in records])
    return lon, lat


CERTAINTIES = ("connected", "in doubt", "cut", "cut in base")
PROBABILITY_COLUMNS = ("probability_connected", "connected_probability")
WAIT_COLUMNS = ("wait_minutes",)
_ABSENT = -1
NEVER = -(10**8)
"""Stands for a delay that is not known or never ends; delays may be below zero."""
Whole = NDArray[np.int64]


def encode_pairs(
    pairs: pd.DataFrame, hub_index: Mapping[str, int], paths: dict[str, int]
) -> dict[str, object]:
    """Return one kind of traffic's pairs: the distinct rows of each, and when each of them holds.

    Parameters
    ----------
    pairs
        Rows of one kind of traffic; those that are as in the state before may be left out.
    paths
        Number of each distinct way (`via`), added to.

    Returns
    -------
    dict
        For each pair ``from, to, base, base_km`` (tenths), the number of its distinct ``rows``
        and of its ``changes``. For each change ``state`` (difference to the pair's change
        before) and ``row`` (among those of its pair). For each row ``minutes``, ``km`` and
        ``served`` in tenths, ``sure`` (position in `CERTAINTIES`) and ``via`` (position in the
        paths); -1 where there is none. If the table has them, ``probability`` of being
        connected in thousandths and ``wait``, the delay by waiting or going round, in tenths
        of a minute.
    """
    key = pd.MultiIndex.from_arrays([pairs["from"], pairs["to"]])
    pair, distinct = pd.factorize(key) if len(pairs) else (np.zeros(0, np.int64), key)
    states = pairs["state"].to_numpy(np.int64)
    order = np.lexsort([states, pair])
    pair, states = pair[order].astype(np.int64), states[order]
    columns = {name: values[order] for name, values in _columns(pairs, paths).items()}
    changed = _differs(pair, *columns.values())
    owner, at = pair[changed], states[changed]
    held = {name: values[changed] for name, values in columns.items()}
    row, first_of_row = _distinct_rows(owner, held)
    steps = np.diff(at, prepend=0)
    begins = _differs(owner)
    steps[begins] = at[begins]
    firsts = order[_differs(pair)]
    row_owner = owner[first_of_row]
    return {
        "from": [hub_index[hub] for hub, _ in distinct],
        "to": [hub_index[hub] for _, hub in distinct],
        "base": _tenths(pairs["base_minutes"].iloc[firsts]).tolist(),
        "base_km": _tenths(pairs["base_km"].iloc[firsts]).tolist(),
        "rows": np.bincount(row_owner, minlength=len(distinct)).tolist(),
        "changes": np.bincount(owner, minlength=len(distinct)).tolist(),
        "state": steps.tolist(),
        "row": row.tolist(),
        **{name: values[first_of_row].tolist() for name, values in held.items()},
    }


def encode_redundancy(
    record: RunRecord, kind: str, encoded: Mapping[str, object]
) -> dict[str, list[int]]:
    """Return ``disjoint``, the routes of each encoded pair that share no link in the base.

    Empty for a record that does not hold them; -1 for a pair that it leaves out.
    """
    table = record.redundancy
    if table is None:
        return {}
    mine = table[table["traffic"] == kind]
    known = dict(
        zip(zip(mine["from"], mine["to"], strict=True), mine["disjoint_routes"], strict=True)
    )
    hubs = [str(hub) for hub in record.hubs.index]
    pairs: Any = zip(encoded["from"], encoded["to"], strict=True)  # type: ignore[call-overload]
    return {"disjoint": [int(known.get((hubs[a], hubs[b]), _ABSENT)) for a, b in pairs]}


def _columns(table: pd.DataFrame, paths: dict[str, int]) -> dict[str, Whole]:
    ways, distinct = pd.factorize(table["via"])
    numbers = np.array([paths.setdefault(way, len(paths)) for way in distinct], dtype=np.int64)
    certainty = pd.Categorical(table["certainty"], categories=CERTAINTIES).codes.astype(np.int64)
    columns = {
        "minutes": _tenths(table["minutes"]),
        "km": _tenths(table["km"]),
        "served": _tenths(table["served_minutes"]),
        "sure": certainty,
        "via": numbers[ways],
    }
    for name, choices, scale, absent in (
        ("probability", PROBABILITY_COLUMNS, 1000.0, _ABSENT),
        ("wait", WAIT_COLUMNS, 10.0, NEVER),
    ):
        found = next((column for column in choices if column in table), None)
        if found:
            columns[name] = _whole(table[found], scale, absent)
    return columns


def _differs(*columns: Whole) -> NDArray[np.bool_]:
    """Return where any column differs from the entry before; the first one does."""
    changed = np.zeros(len(columns[0]), bool)
    changed[:1] = True
    for values in columns:
        changed[1:] |= values[1:] != values[:-1]
    return changed


def _distinct_rows(owner: Whole, held: Mapping[str, Whole]) -> tuple[Whole, Whole]:
    """Return for each change its row among those of its pair, and where each row first stands."""
    order = np.lexsort([*held.values(), owner])
    fresh = _differs(owner[order], *(values[order] for values in held.values()))
    number = np.empty(len(owner), np.int64)
    number[order] = np.cumsum(fresh) - 1
    first_of_row = order[fresh]
    row_owner = owner[first_of_row]
    first_row = np.searchsorted(row_owner, owner)
    return number - first_row, first_of_row


def encode_paths(paths: Mapping[str, int], hub_index: Mapping[str, int]) -> list[list[int] | None]:
    """Return the hubs of every way in order of number; ``None`` for those left to the tables."""
    return [
        None if path == HIDDEN_WAY else [hub_index[hub] for hub in path.split(";") if hub]
        for path in paths
    ]


def _tenths(values: pd.Series) -> Whole:
    return _whole(values, 10.0)


def _whole(values: pd.Series, scale: float, absent: int = _ABSENT) -> Whole:
    numbers = values.to_numpy(float, na_value=np.nan)
    finite = np.isfinite(numbers)
    scaled = np.rint(np.where(finite, numbers, 0.0) * scale)
    return np.where(finite, scaled, absent).astype(np.int64)


SCALE = 100
"""Trips are whole hundredths on the page."""


def encode_flows(
    record: RunRecord, kinds: Sequence[str], most: int = 250_000
) -> dict[str, dict[str, list[int]]] | None:
    """Return how the flow over each link changes from state to state, by kind of traffic.

    Parameters
    ----------
    kinds
        The kinds of traffic of the page.
    most
        How often flows may change over all links and states; past it there are none.

    Returns
    -------
    dict or None
        For each link that ever differs from the base its number (``link``), trips in the
        ``base`` in hundredths, and the number of its ``changes``; for each change the
        ``state`` (difference to the link's change before) and the ``trips`` from then on.
        Before its first change a link has its base trips. ``None`` where the record has no
        flows or too many changes to show.

    Examples
    --------
    >>> from netmodel.runs.run import run_scenario
    >>> flows = encode_flows(run_scenario("crimea-may-2023").record, ["passenger"])
    >>> flows["passenger"]["state"][:2], flows["passenger"]["trips"][:2]
    ([2, 3], [1600, 3200])
    """
    if record.flows is None:
        return None
    encoded = {
        kind: _encode_kind(record, record.flows[record.flows["traffic"] == kind]) for kind in kinds
    }
    if sum(len(each["state"]) for each in encoded.values()) > most:
        return None
    return encoded


def _encode_kind(record: RunRecord, rows: pd.DataFrame) -> dict[str, list[int]]:
    number = pd.Index(record.links.index).get_indexer(pd.Index(rows["link"]))
    place = pd.Index(record.states.index).get_indexer(pd.Index(rows["state"]))
    known = (number >= 0) & (place >= 0)
    number, place, rows = number[known], place[known], rows[known]
    order = np.lexsort([place, number])
    number, state, rows = number[order], place[order], rows.iloc[order]
    links, first, owner = np.unique(number, return_index=True, return_inverse=True)
    base, trips = (
        np.rint(rows[name].to_numpy(float) * SCALE).astype(np.int64)
        for name in ("base_trips", "trips")
    )
    follows = (np.diff(owner, prepend=-1) == 0) & (np.diff(state, prepend=-2) == 1)
    comes = ~(follows & (np.diff(trips, prepend=-1) == 0))
    goes = ~np.append(follows[1:], False) & (state + 1 < len(record.states))
    changed = np.concatenate([owner[comes], owner[goes]])
    at = np.concatenate([state[comes], state[goes] + 1])
    then = np.concatenate([trips[comes], base[goes]])
    order = np.lexsort([at, changed])
    changed, at, then = changed[order], at[order], then[order]
    steps = np.diff(at, prepend=0)
    begins = np.diff(changed, prepend=-1) != 0
    steps[begins] = at[begins]
    return {
        "link": links.tolist(),
        "base": base[first].tolist(),
        "changes": np.bincount(changed, minlength=len(links)).tolist(),
        "state": steps.tolist(),
        "trips": then.tolist(),
    }
