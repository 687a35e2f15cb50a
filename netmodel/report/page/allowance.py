"""How much of a large run its page holds, so that it stays a file that can be sent."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from netmodel.runs.pair_table import PairTable
from netmodel.runs.record import RunRecord
from netmodel.words.strings import Phrases
from netmodel.words.wording import format_number

MOST_BYTES = 3_600_000
"""What a page weighs at most, as far as leaving out can make it so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How much of each part a page holds at most.

    Parameters
    ----------
    places
        Places with demand between which journeys are shown; the figures are always of all.
    way_hubs
        Hubs of all ways that pairs take, together.
    flow_changes
        How often the flows over links change, over all links and states.
    course_points
        Points of all courses of links.
    train_rows
        Spans of states in which trains do not run as timetabled.
    links
        Links of a network that is told in full; of a larger one only those that matter are.
    outline_lines
        Pieces of the lines that stand for the others.
    """

    places: int = 150
    way_hubs: int = 400_000
    flow_changes: int = 250_000
    course_points: int = 120_000
    train_rows: int = 60_000
    links: int = 100_000
    outline_lines: int = 60_000


ALLOWANCES = (
    Allowance(),
    Allowance(
        places=100, way_hubs=150_000, flow_changes=80_000, course_points=60_000,
        links=60_000, outline_lines=40_000,
    ),
    Allowance(
        places=60, way_hubs=60_000, flow_changes=0, course_points=30_000, train_rows=30_000,
        links=25_000, outline_lines=25_000,
    ),
    Allowance(
        places=30, way_hubs=20_000, flow_changes=0, course_points=12_000, train_rows=12_000,
        links=8_000, outline_lines=12_000,
    ),
)  # fmt: skip
"""Tried in this order until the page is small enough; the last is taken in any case."""


def choose_places(record: RunRecord, allowance: Allowance) -> frozenset[str]:
    """Return the places with demand that the page shows journeys between.

    Of more than are allowed those that the incidents changed most: anchors, then the places whose
    pairs changed most often, then the more populous.
    """
    hubs = record.hubs[record.hubs["in_demand"] == 1]
    if len(hubs) <= allowance.places:
        return frozenset(map(str, hubs.index))
    often = pd.Series(0.0, index=hubs.index)
    for part in record.pair_table.walk():
        for end in ("from", "to"):
            often = often.add(part[end].value_counts(), fill_value=0)
    ranked = pd.DataFrame(
        {
            "anchor": -hubs["is_anchor"].astype(int),
            "often": -often.reindex(hubs.index).fillna(0),
            "people": -pd.to_numeric(hubs["population"]).fillna(0).astype(float),
        }
    )
    ranked = ranked.sort_index().sort_values(["anchor", "often", "people"], kind="stable")
    return frozenset(map(str, ranked.index[: allowance.places]))


def keep_pairs(record: RunRecord, places: frozenset[str]) -> pd.DataFrame:
    """Return the rows of ``pairs.csv`` both of whose ends are among some places."""
    table = record.pair_table
    parts = [part[part["from"].isin(places) & part["to"].isin(places)] for part in table.walk()]
    return pd.concat(parts, ignore_index=True)


HIDDEN_WAY = "…"
"""Stands for the hubs of a way that the page leaves to the tables."""


def tell_ways(record: RunRecord, pairs: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return rows of pairs as they change from state to state, with the hubs ``via`` of each way.

    Of more hubs than are allowed on all distinct ways together, some usual ways come first and
    then some others; the rest is `HIDDEN_WAY`. No more texts than these are held at once.

    Parameters
    ----------
    pairs
        Rows of ``pairs.csv``.
    most
        Hubs of all ways that are told, together.
    """
    usual = set(pairs.loc[is_usual(pairs), "route"].dropna())
    first, other = _ToldWays(most), _ToldWays(most)
    hidden = []
    for part in record.pair_table.tell_routes(pairs["route"].dropna().unique()):
        for number, via in part["via"].items():
            if not (first if number in usual else other).add(number, via):
                hidden.append(number)
    left = _ToldWays(most - first.hubs)
    hidden += [number for number, via in other.told.items() if not left.add(number, via)]
    told = first.told | left.told | dict.fromkeys(hidden, HIDDEN_WAY)
    ways = pd.DataFrame({"via": pd.Series(told, dtype=object)})
    return PairTable.of_frames(pairs, ways).changes


class _ToldWays:
    """Ways with so many hubs together at most."""

    def __init__(self, most: int) -> None:
        self._most, self.hubs, self.told = most, 0, dict[Hashable, str]()

    def add(self, number: Hashable, via: str) -> bool:
        count = via.count(";") + 1
        if self.hubs + count > self._most:
            return False
        self.hubs += count
        self.told[number] = via
        return True


def is_usual(pairs: pd.DataFrame) -> pd.Series:
    """Return which rows of pairs have the minutes and the km of the base state."""
    minutes, km = (
        (pairs[name] * 10).round() == (pairs[f"base_{name}"] * 10).round()
        for name in ("minutes", "km")
    )
    usual: pd.Series = minutes & km
    return usual


def tell_left_out(
    records: Sequence[RunRecord],
    runs: Sequence[Mapping[str, object]],
    allowance: Allowance,
    phrases: Phrases,
) -> list[str]:
    """Return what a page leaves out for its size, in words; nothing where it holds all.

    Parameters
    ----------
    runs
        Of each record, what the page holds.
    """
    told = []
    places = max(int((each.hubs["in_demand"] == 1).sum()) for each in records)
    if places > allowance.places:
        shown, total = (format_number(n, phrases.language) for n in (allowance.places, places))
        told.append(phrases("page.places_left", shown=shown, total=total))
    keeps = {each.pair_table.keep for each in records}
    if "none" in keeps:
        told.append(phrases("pair.kept_none"))
    elif "affected" in keeps:
        told.append(phrases("pair.kept_affected_all"))
    lacks = any(
        each.flows is not None and "flows" not in run
        for each, run in zip(records, runs, strict=True)
    )
    if allowance is not ALLOWANCES[0] or lacks:
        told.append(phrases("page.detail_left"))
    return told


def tell_links(networks: Sequence[Mapping[str, Any]], phrases: Phrases) -> list[str]:
    """Return which links of a network the map leaves out or draws as bare lines, in words.

    Parameters
    ----------
    networks
        As `encode_network` gives them.
    """
    told = []
    for network in networks:
        if "outline" not in network:
            continue
        full, outline = len(network["links"]["from"]), network["outline"]
        left = outline["total"] - full - outline["shown"]
        shown = {
            name: format_number(count, phrases.language)
            for name, count in (
                ("full", full), ("outlined", outline["shown"]), ("left", left),
                ("total", outline["total"]),
            )
        }  # fmt: skip
        told.append(phrases("page.links_outlined", **shown))
        if left:
            told.append(phrases("page.links_left", **shown))
        told.append(phrases("page.links_all", **shown))
    return list(dict.fromkeys(told))
