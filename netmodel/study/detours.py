"""Ways round each studied incident: one row for a pair, and what they come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netmodel.impact.redundancy import IncidentWays, incident_ways

if TYPE_CHECKING:
    from netmodel.impact.assessment import Assessor
    from netmodel.study.run import Run, TrafficImpact

PAIRS_KEPT = 1000
"""Rows of ``ways.csv`` for each incident and kind of traffic: the pairs with most demand."""
WAYS_COLUMNS = ("incident", "traffic", "from", "to", "exists", "extra_minutes", "extra_km", "via")
MINUTE_DIGITS = 1

Rows = list[dict[str, object]]


def tell_ways(run: Run) -> tuple[pd.DataFrame, dict[str, Rows]]:
    """Return the table of ways round, and for each incident what they come to.

    Each studied incident that closed a link is taken alone, on the background of the base
    state, whatever its times.

    Returns
    -------
    ways : DataFrame
        One row for each incident, kind of traffic and pair with demand whose base route the
        incident closed, `PAIRS_KEPT` of each at most; incidents in the order of the run.
    told : dict
        For each incident that closed a link, one entry for each kind of traffic: ``pairs`` with
        demand and a base route, ``closed`` of them, ``with_way`` of those, the least, median
        and greatest ``extra_minutes``, ``by`` and ``examples``; see `docs/tables.md`.
    """
    studied = [placement.incident.id for placement in run.placements]
    rows: dict[str, Rows] = {incident: [] for incident in studied}
    told: dict[str, Rows] = {}
    outages = [outage for placement in run.placements for outage in placement.outages]
    for impact in run.impacts:
        scene = _Scene(impact)
        for ways in incident_ways(impact.assessor, outages):
            found = list(scene.rows(ways))
            rows[ways.incident] += found
            told.setdefault(ways.incident, []).append(scene.sum_up(ways, found))
    flat = [row for incident in studied for row in rows[incident]]
    table = pd.DataFrame(flat, columns=list(WAYS_COLUMNS))
    return table.astype({"extra_minutes": float, "extra_km": float}), told


class _Scene:
    """The pairs of one kind of traffic, and the hubs that their base routes pass."""

    def __init__(self, impact: TrafficImpact) -> None:
        self.traffic = impact.traffic
        self.assessor: Assessor = impact.assessor
        self.trips = self.assessor.demand.trips
        self.asked = (self.trips > 0) & self.assessor.base.connected
        self._base_via: dict[tuple[int, int], frozenset[str]] = {}

    def rows(self, ways: IncidentWays) -> Iterator[dict[str, object]]:
        """Yield the rows of one incident, pairs in the order of the demand's hubs."""
        hubs = self.assessor.demand.hubs
        for i, j in self._kept(ways.closed & self.asked):
            passed = ways.routes.hubs_between(i, j)
            yield {
                "incident": ways.incident,
                "traffic": self.traffic,
                "from": hubs[i],
                "to": hubs[j],
                "exists": int(bool(passed)),
                "extra_minutes": _rounded(ways.extra_minutes[i, j]),
                "extra_km": _rounded(ways.extra_km[i, j]),
                "via": ";".join(passed[1:-1]),
            }

    def sum_up(self, ways: IncidentWays, rows: Rows) -> dict[str, object]:
        """Return what the ways round one incident come to, over all pairs."""
        closed = ways.closed & self.asked
        extra = ways.extra_minutes[closed]
        longer = extra[np.isfinite(extra)]
        least, median, greatest = (
            (longer.min(), np.median(longer), longer.max()) if len(longer) else (None,) * 3
        )
        passed = {
            (str(row["from"]), str(row["to"])): self._newly_passed(row)
            for row in rows
            if row["exists"]
        }
        often = Counter(hub for hubs in passed.values() for hub in hubs)
        shared = [hub for hub, count in often.items() if 2 * count > len(passed)]
        return {
            "traffic": self.traffic,
            "pairs": int(self.asked.sum()),
            "closed": int(closed.sum()),
            "with_way": len(longer),
            "least_extra_minutes": _plain(least),
            "median_extra_minutes": _plain(median),
            "greatest_extra_minutes": _plain(greatest),
            "by": self._largest(shared),
            "examples": [
                {
                    "from": row["from"],
                    "to": row["to"],
                    "extra_minutes": row["extra_minutes"] if row["exists"] else None,
                    "by": self._largest(passed.get((str(row["from"]), str(row["to"])), ())),
                }
                for row in _examples(rows)
            ],
        }

    def _kept(self, closed: NDArray[np.bool_]) -> list[tuple[int, int]]:
        start, end = np.nonzero(closed)
        most = np.sort(np.argsort(-self.trips[start, end], kind="stable")[:PAIRS_KEPT])
        return [(int(i), int(j)) for i, j in zip(start[most], end[most], strict=True)]

    def _newly_passed(self, row: Mapping[str, object]) -> list[str]:
        """Return the hubs that a way round passes and the base route does not."""
        hubs = self.assessor.demand.hubs
        place = hubs.index(str(row["from"])), hubs.index(str(row["to"]))
        if place not in self._base_via:
            self._base_via[place] = frozenset(self.assessor.base.hubs_between(*place))
        before = self._base_via[place]
        return [hub for hub in str(row["via"]).split(";") if hub and hub not in before]

    def _largest(self, hubs: Sequence[str]) -> str | None:
        """Return the hub with most inhabitants; ``None`` where no population is known."""
        network = self.assessor.network
        known = [(network.hub(hub).population or 0, hub) for hub in hubs]
        most = max(known, key=lambda each: (each[0], each[1]), default=(0, ""))
        return most[1] if most[0] else None


def _examples(rows: Rows) -> Rows:
    """Return a pair without a way round, and those with the least and the longest one."""
    none = [row for row in rows if not row["exists"]]
    some = sorted(
        (row for row in rows if row["exists"]), key=lambda row: float(str(row["extra_minutes"]))
    )
    chosen = [*none[:1], *some[:1], *some[-1:]]
    return [row for number, row in enumerate(chosen) if row not in chosen[:number]]


def _rounded(value: float) -> float:
    return round(float(value), MINUTE_DIGITS) if np.isfinite(value) else float("nan")


def _plain(value: float | None) -> float | None:
    return None if value is None else round(float(value), MINUTE_DIGITS)
