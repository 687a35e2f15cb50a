"""How much of a large run its page holds, so that it stays a file that can be sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    """

    places: int = 150
    way_hubs: int = 400_000
    flow_changes: int = 250_000
    course_points: int = 120_000
    train_rows: int = 60_000


ALLOWANCES = (
    Allowance(),
    Allowance(places=100, way_hubs=150_000, flow_changes=80_000, course_points=60_000),
    Allowance(places=60, way_hubs=60_000, flow_changes=0, course_points=30_000, train_rows=30_000),
    Allowance(places=30, way_hubs=20_000, flow_changes=0, course_points=12_000, train_rows=12_000),
)
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
    """Return the changes of the pairs both of whose ends are among some places."""
    table = record.pair_table
    parts = [part[part["from"].isin(places) & part["to"].isin(places)] for part in table.walk()]
    return PairTable.of_frames(pd.concat(parts, ignore_index=True), table.routes).changes


def tell_left_out(
    records: Sequence[RunRecord], allowance: Allowance, phrases: Phrases
) -> list[str]:
    """Return what a page leaves out for its size, in words; nothing where it holds all."""
    told = []
    places = max(int((each.hubs["in_demand"] == 1).sum()) for each in records)
    if places > allowance.places:
        shown, total = (format_number(n, phrases.language) for n in (allowance.places, places))
        told.append(phrases("page.places_left", shown=shown, total=total))
    if allowance is not ALLOWANCES[0]:
        told.append(phrases("page.detail_left"))
    return told
