"""From a catalogue to a table of censored durations: how long each effect lasted.

An incident's duration runs from its start to first traffic, if it closed the line, and to full
service otherwise. Both ends are bounds, so the duration is one too, and it is exact, interval-,
left- or right-censored. Only what was observed counts: a forecast and a general rule ("always
restored in at most a day") say nothing about how long this one took.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import InputError, Problem
from netmodel.evidence.as_of import known_claims, resolve_observed
from netmodel.evidence.incident import Catalogue, Incident
from netmodel.evidence.milestone_bounds import Resolution, each_closure
from netmodel.times import hours_between

if TYPE_CHECKING:
    import pandas as pd


CENSORING = ("exact", "interval", "left", "right")
CONCERNED = ("all", "passenger", "freight")
CATALOGUE_BEGINS = datetime(2022, 1, 1, tzinfo=UTC)
"""Incidents that began earlier stand in the record only because they were still open then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """How long the effect of one incident lasted, as far as the record bounds it.

    Parameters
    ----------
    milestone
        What ended it: ``first_traffic`` for closures, ``full_service`` for other effects.
    lower_hours, upper_hours
        At least and at most so many hours; ``inf`` where there is no upper bound.
    entry_hours
        Had it been shorter, the record would not have it; 0 where any length would be in it.
    traffic
        Whom it concerned: ``all``, or only ``passenger`` or ``freight``.
    day
        The day on which it began at the latest, such as ``2025-10-02``; empty if not known.
        What began on one day is not taken for independent in standard errors.

    Raises
    ------
    InputError
        If the bounds exclude each other, are negative, or are no numbers; or if the upper bound
        lies below the entry.

    Examples
    --------
    >>> duration = Duration(incident="a", kind="power", effect="closed",
    ...                     milestone="first_traffic", lower_hours=2.0, upper_hours=6.5)
    >>> duration.censoring
    'interval'
    """

    incident: str
    kind: str
    effect: str
    milestone: str
    lower_hours: float
    upper_hours: float
    entry_hours: float = 0.0
    traffic: str = "all"
    day: str = ""

    @refuse_wrong_kinds
    def __post_init__(self) -> None:
        problems = []
        if not 0 <= self.lower_hours <= self.upper_hours or math.isinf(self.lower_hours):
            what = (
                f"bounds {self.lower_hours:g} to {self.upper_hours:g} h exclude each other "
                "or are negative"
            )
            remedy = "give 0 <= lower_hours <= upper_hours"
            problems.append(Problem(what=what, where=self.incident, remedy=remedy))
        elif not 0 <= self.entry_hours <= self.upper_hours or math.isinf(self.entry_hours):
            what = f"an entry at {self.entry_hours:g} h is negative or after its upper bound"
            remedy = "give 0 <= entry_hours <= upper_hours"
            problems.append(Problem(what=what, where=self.incident, remedy=remedy))
        if self.traffic not in CONCERNED:
            problems.append(
                Problem(
                    what=f"unknown traffic {self.traffic!r}",
                    where=self.incident,
                    remedy=f"one of {', '.join(CONCERNED)}",
                )
            )
        if problems:
            raise InputError(problems)

    @property
    def censoring(self) -> str:
        """``exact``, ``interval``, ``left``, ``right``; ``unknown`` when nothing bounds it."""
        if self.lower_hours == self.upper_hours:
            return "exact"
        if math.isinf(self.upper_hours):
            return "right" if self.lower_hours > 0 else "unknown"
        return "interval" if self.lower_hours > 0 else "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptApart:
    """An incident that is not in the sample, and why."""

    incident: str
    kind: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """A sample of durations, and what was kept apart from it.

    Examples
    --------
    >>> sample = Durations.from_bounds([("a", "power", 2, 2), ("b", "power", 0, 9)])
    >>> sample.censoring_counts()
    {'exact': 1, 'interval': 0, 'left': 1, 'right': 0}
    """

    rows: tuple[Duration, ...]
    apart: tuple[KeptApart, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def from_bounds(cls, rows: Iterable[tuple[str, str, float, float]]) -> Durations:
        """Return a sample of closures from (name, kind, lower hours, upper hours).

        Examples
        --------
        >>> len(Durations.from_bounds([("a", "weather", 3.0, float("inf"))]))
        1
        """
        return cls(
            rows=tuple(
                Duration(
                    incident=name,
                    kind=kind,
                    effect="closed",
                    milestone="first_traffic",
                    lower_hours=float(lower),
                    upper_hours=float(upper),
                )
                for name, kind, lower, upper in rows
            )
        )

    def without(self, *incidents: str) -> Durations:
        """Return the sample without some incidents."""
        left_out = set(incidents)
        return replace(self, rows=tuple(row for row in self.rows if row.incident not in left_out))

    def censoring_counts(self) -> dict[str, int]:
        """Return how many durations are exact, interval-, left- and right-censored."""
        counts = Counter(row.censoring for row in self.rows)
        return {name: counts[name] for name in CENSORING}

    def bounded_count(self) -> int:
        """Return how many durations are bounded on both sides."""
        counts = self.censoring_counts()
        return counts["exact"] + counts["interval"]

    def kind_counts(self) -> dict[str, int]:
        """Return how many durations there are of each kind, by name."""
        return dict(sorted(Counter(row.kind for row in self.rows).items()))

    def apart_counts(self) -> dict[str, int]:
        """Return how many incidents were kept apart, by reason."""
        return dict(Counter(each.reason for each in self.apart).most_common())

    def to_table(self) -> pd.DataFrame:
        """Return one row per duration: incident, kind, effect, traffic, bounds, censoring."""
        import pandas as pd

        columns = ["incident", "kind", "effect", "traffic", "milestone", "lower_hours"]
        columns += ["upper_hours", "entry_hours", "day"]
        rows = [[getattr(row, name) for name in columns] for row in self.rows]
        table = pd.DataFrame(rows, columns=columns)
        table["censoring"] = [row.censoring for row in self.rows]
        return table.set_index("incident")


@refuse_wrong_kinds
def collect_durations(
    catalogue: Catalogue,
    *,
    as_of: datetime | None = None,
    since: datetime | None = CATALOGUE_BEGINS,
    recorded_from_hours: float = 0.0,
) -> Durations:
    """Collect the durations of a catalogue that a model of restoration may learn from.

    Parameters
    ----------
    as_of
        Use only claims that were public by then; all of them by default.
    since
        Keep apart what began earlier. A closure from before the period that a catalogue covers
        is in it only because it lasted until then, so that such closures are too long on
        average. ``None`` takes all.
    recorded_from_hours
        The record takes no closure that was shorter, such as a register of delays of at least a
        quarter of an hour. Models then allow for those that are missing. Not for reports in the
        news: how likely a closure of some length is to be reported is not known.

    Returns
    -------
    Durations
        Incidents of which nothing was public by `as_of` are not in it at all. Kept apart, each
        with its reason: incidents without an effect, closures by the front
        (they end when the front moves, not when a repair is done), those from before `since`,
        those of whose duration nothing is known, and those shorter than the record takes.

    Raises
    ------
    InputError
        If `recorded_from_hours` is negative or infinite.

    Examples
    --------
    >>> from netmodel.evidence.incident import Catalogue
    >>> len(collect_durations(Catalogue(documents={}, incidents={})))
    0
    """
    if not 0 <= recorded_from_hours < math.inf:
        what = f"recorded_from_hours (={recorded_from_hours}) must be >= 0 and finite"
        raise InputError([Problem(what=what)])
    rows: list[Duration] = []
    apart: list[KeptApart] = []
    for incident in catalogue.incidents.values():
        if as_of is not None and not known_claims(incident, catalogue, as_of):
            continue
        for resolution in each_closure(resolve_observed(incident, catalogue, as_of=as_of)):
            duration = measure_duration(incident, resolution)
            reason = _reason_to_keep_apart(incident, resolution, duration, since)
            if not reason and duration.upper_hours < recorded_from_hours:
                reason = f"shorter than {recorded_from_hours:g} h"
            if reason:
                apart.append(KeptApart(incident=incident.id, kind=incident.kind, reason=reason))
            else:
                lower = max(duration.lower_hours, recorded_from_hours)
                rows.append(replace(duration, lower_hours=lower, entry_hours=recorded_from_hours))
    return Durations(rows=tuple(rows), apart=tuple(apart))


def measure_duration(incident: Incident, resolution: Resolution) -> Duration:
    """Return the bounds of an incident's duration that follow from its resolution.

    At least the earliest end minus the latest start, and at most the latest end minus the
    earliest start. A claim that gives the length itself ("it took two hours") narrows this,
    where it can be true beside the rest.

    Parameters
    ----------
    resolution
        From `resolve_observed`, which knows no rules.

    Examples
    --------
    >>> from netmodel.evidence.places import NoPlace
    >>> from netmodel.evidence.incident import Claim
    >>> from netmodel.times import parse_time
    >>> claims = (
    ...     Claim(document="d", speaker="A", says="that day", about="start",
    ...           at=parse_time("2025-10-02", zone="Europe/Kyiv")),
    ...     Claim(document="d", speaker="B", says="two hours", about="first_traffic",
    ...           lasted_hours=2.0),
    ... )
    >>> incident = Incident(id="x", title="x", kind="power", zone="Europe/Kyiv",
    ...                     places=(NoPlace(reason="example"),), effect="closed", claims=claims)
    >>> measure_duration(incident, resolve_observed(incident)).lower_hours
    2.0
    """
    milestone = "first_traffic" if incident.effect == "closed" else "full_service"
    start, end = resolution.start, resolution.milestone(milestone)
    lower, upper = 0.0, math.inf
    if end.earliest is not None and start.latest is not None:
        lower = max(0.0, hours_between(start.latest, end.earliest))
    if end.latest is not None and start.earliest is not None:
        upper = max(lower, hours_between(start.earliest, end.latest))
    stated = resolution.length(milestone)
    if stated is not None and max(lower, stated.shortest_hours) <= min(upper, stated.longest_hours):
        lower, upper = max(lower, stated.shortest_hours), min(upper, stated.longest_hours)
    return Duration(
        incident=incident.id,
        kind=incident.kind,
        effect=incident.effect,
        milestone=milestone,
        lower_hours=lower,
        upper_hours=upper,
        traffic=concerned_traffic(incident),
        day=f"{start.latest:%Y-%m-%d}" if start.latest else "",
    )


def concerned_traffic(incident: Incident) -> str:
    """Return ``passenger`` or ``freight`` where an incident concerned only this, else ``all``."""
    return incident.traffic[0] if len(incident.traffic) == 1 else "all"


def _reason_to_keep_apart(
    incident: Incident, resolution: Resolution, duration: Duration, since: datetime | None
) -> str:
    start = resolution.start
    if incident.effect == "none":
        return "no effect on traffic"
    if incident.recurs is not None:
        return "comes again on set days"
    if incident.standing or incident.kind == "front_line":
        return "closed by the front"
    # What bounds an end bounds the start before it too, and says no more about it.
    if start.earliest is None and start.latest in (
        None,
        resolution.milestone(duration.milestone).latest,
    ):
        return "start not in the record"
    if since and start.latest and start.latest <= since:
        return f"began before {since:%Y-%m-%d}"
    if duration.censoring == "unknown":
        return "nothing in the record bounds its duration"
    if duration.upper_hours == 0:
        return "zero hours in the record"
    return ""


@refuse_wrong_kinds
def describe_sample(durations: Durations) -> Mapping[str, int]:
    """Return sample sizes for a reader: all, by censoring, and kept apart by reason.

    Examples
    --------
    >>> dict(describe_sample(Durations.from_bounds([("a", "power", 2, 2)])))["durations"]
    1
    """
    return {
        "durations": len(durations),
        **durations.censoring_counts(),
        **{f"kept apart: {name}": count for name, count in durations.apart_counts().items()},
    }
