"""How each instant of a run is known: reported, between two bounds, assumed, or a bound itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from netmodel.arguments import refuse_wrong_kinds
from netmodel.times import Bounds

if TYPE_CHECKING:
    import pandas as pd

    from netmodel.runs.record import RunRecord

KNOWN = ("window", "reported", "bound", "between", "assumed")
"""How a break point is known, the best first: an end of the window; an instant that a document
reports; the earliest or latest instant that documents allow; one chosen between two such bounds;
one chosen where a bound is missing."""
REPORTED = ("window", "reported")
"""Those of them that a page shows without a mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakPoint:
    """An instant between two states, and how it is known.

    Parameters
    ----------
    known
        One of `KNOWN`.
    bounds
        What the evidence allows for the start or end that was chosen to lie here.
    """

    at: datetime
    known: str
    bounds: Bounds

    @property
    def is_reported(self) -> bool:
        """Whether a document reports the instant, or the scenario sets it as an end."""
        return self.known in REPORTED


def know_instant(chosen: Any, earliest: Any, latest: Any) -> str:
    """Return how a start or end is known: ``reported, between, assumed`` or ``open``.

    Examples
    --------
    >>> know_instant(3, 3, 3), know_instant(3, 2, 4), know_instant(3, None, 4)
    ('reported', 'between', 'assumed')
    """
    import pandas as pd

    if pd.isna(chosen):
        return "open"
    if pd.isna(earliest) or pd.isna(latest):
        return "assumed"
    return "reported" if earliest == latest else "between"


@refuse_wrong_kinds
def know_breaks(record: RunRecord) -> tuple[BreakPoint, ...]:
    """Return the break points of a run, one more than it has states.

    Where several starts and ends lie at one instant, the best known of them counts.

    Examples
    --------
    >>> import netmodel as nm
    >>> breaks = nm.runs.know_breaks(nm.run("crimea-may-2023").record)
    >>> breaks[0].known, len(breaks)
    ('window', 8)
    """
    return record.breaks


def find_breaks(states: pd.DataFrame, outages: pd.DataFrame) -> tuple[BreakPoint, ...]:
    """Return the break points by the tables of a run; see `know_breaks`."""
    edges = [*states["start"], states["end"].iloc[-1]]
    found: dict[datetime, BreakPoint] = {}
    for each in _events(outages):
        known = found.get(each.at)
        if known is None or _rank(each) < _rank(known):
            found[each.at] = each
    for edge in (edges[0], edges[-1]):
        at = edge.to_pydatetime()
        found[at] = BreakPoint(at=at, known="window", bounds=Bounds(earliest=at, latest=at))
    return tuple(_at(found, edge.to_pydatetime()) for edge in edges)


def _at(found: dict[datetime, BreakPoint], edge: datetime) -> BreakPoint:
    """Return what lies at an edge; an edge at which nothing lies is assumed."""
    if edge in found:
        return replace(found[edge], at=edge)
    return BreakPoint(at=edge, known="assumed", bounds=Bounds())


def _rank(point: BreakPoint) -> tuple[int, float]:
    return KNOWN.index(point.known), point.bounds.width_hours


def _events(outages: pd.DataFrame) -> Iterator[BreakPoint]:
    """Yield the starts and ends of outages as they are chosen, and the bounds of each."""
    for side in ("start", "end"):
        names = [side, f"{side}_earliest", f"{side}_latest"]
        for chosen, earliest, latest in outages[names].drop_duplicates().itertuples(index=False):
            bounds = Bounds(earliest=_plain(earliest), latest=_plain(latest))
            known, at = know_instant(chosen, earliest, latest), _plain(chosen)
            if at is not None:
                yield BreakPoint(at=at, known=known, bounds=bounds)
            if known != "reported":
                for bound in (bounds.earliest, bounds.latest):
                    if bound is not None:
                        yield BreakPoint(at=bound, known="bound", bounds=bounds)


def _plain(instant: Any) -> datetime | None:
    import pandas as pd

    if pd.isna(instant):
        return None
    plain: datetime = instant.to_pydatetime()
    return plain
