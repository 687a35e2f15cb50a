"""The model against reports.

A reported delay includes holding, changes of locomotive and the lateness of other trains, in
addition to the detour itself. It is an upper limit of what the model computes, not an estimate of
it; the errors say how far the model is below or above that limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import cast

import numpy as np

from netmodel.arguments import refuse_wrong_kinds
from netmodel.evidence.catalogue_file import read_catalogue
from netmodel.evidence.incident import Catalogue, Incident
from netmodel.evidence.resolution import resolve_incident
from netmodel.files.shipped import (
    documents_file,
    incident_files,
    network_folder,
    shipped_folder,
)
from netmodel.network.formats import read_network
from netmodel.network.railway import Network
from netmodel.routing.profiles import PROFILES, Profile
from netmodel.times import Window, hours_between
from netmodel.validation.detours import (
    Effects,
    TrainWays,
    closed_links,
    find_greatest_wait,
    find_ways,
)
from netmodel.validation.observations import (
    DelayReport,
    Observations,
    TimetableReport,
    read_observations,
)

SERVICE_PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        "long_distance": PROFILES["passenger"],
        "regional": PROFILES["passenger"],
        "intercity": PROFILES["intercity"],
        "suburban": PROFILES["suburban"],
    }
)
"""The profile of each kind of service."""
TOLERANCE_SHARE = 0.15
"""How far the minutes of a base route may lie from a published timetable."""


CLOSE_MINUTES = 15.0
"""TrainWays that differ by less are a toss-up for a dispatcher too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimetableResult:
    """A published timetable, compared with the base route of the model.

    Parameters
    ----------
    way
        Names of the hubs passed on the quickest way between the ends.
    reproduced
        Whether that way passes all stops in order.
    minutes
        Of the quickest way that calls at all stops in order; the same way where it is reproduced.
    industrial_km
        Length of either way over industrial links.
    """

    report: TimetableReport
    way: tuple[str, ...]
    minutes: float
    reproduced: bool
    industrial_km: float

    @property
    def error_share(self) -> float:
        """Model over timetable, less one."""
        return self.minutes / self.report.minutes - 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayResult:
    """A reported detour, or diesel running, compared with that of the model.

    Parameters
    ----------
    base_minutes
        Of the usual way: the one reported, or else the model's.
    way
        Names of the hubs passed under the incident.
    minutes
        Of that way; inf where there is none.
    agrees
        Whether it passes all the stops that the report names, in order; ``None`` where the report
        names none.
    meets
        Whether the closure, or the lack of power, changes the usual way at all.
    reported_way, reported_way_minutes
        The quickest way that passes those stops, a reversal at the stops not counted; empty and
        nan where the report names none.
    """

    report: DelayReport
    base_minutes: float
    way: tuple[str, ...]
    minutes: float
    agrees: bool | None
    meets: bool = True
    reported_way: tuple[str, ...] = ()
    reported_way_minutes: float = float("nan")

    @property
    def extra_minutes(self) -> float:
        """Of the model's way under the incident over the usual way."""
        return self.minutes - self.base_minutes

    @property
    def error_minutes(self) -> float:
        """Model less report; nan where the report gives no delay, or only a bound."""
        if self.report.qualifier not in ("exact", "about") or self.report.delay_minutes is None:
            return float("nan")
        return self.extra_minutes - self.report.delay_minutes

    @property
    def within_limit(self) -> bool | None:
        """Whether the model stays below the reported delay; ``None`` where that sets no limit."""
        if self.report.delay_minutes is None or self.report.qualifier == "at_least":
            return None
        return self.extra_minutes <= self.report.delay_minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitResult:
    """The greatest reported delay under a closure, compared with the greatest wait of the model.

    Parameters
    ----------
    closure_minutes
        Length of the closure.
    detour_minutes
        Extra minutes of the detour; inf where there is none.
    greatest_minutes
        Of a train that arrives as the line is shut and does the better of waiting for the
        reopening and going round.
    """

    report: DelayReport
    closure_minutes: float
    detour_minutes: float
    greatest_minutes: float

    @property
    def holds(self) -> bool:
        """Whether the reported delay is at most the model's, and that at most the closure."""
        reported = self.report.delay_minutes or 0.0
        return reported <= self.greatest_minutes <= self.closure_minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """Every report, compared with the answer of the model.

    Examples
    --------
    >>> import netmodel as nm
    >>> nm.validation.validate(nm.built_in_network(), nm.validation.Observations()).detours
    ()
    """

    timetables: tuple[TimetableResult, ...]
    detours: tuple[DelayResult, ...]
    diesels: tuple[DelayResult, ...]
    waits: tuple[WaitResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DetourSummary:
    """Agreement over the reports that name a detour, where the closure changes the usual way.

    Parameters
    ----------
    unchanged
        Reports that name a detour where the closure does not change the usual way of the model:
        they are not counted anywhere else.
    close
        Reports whose way the model finds at most `CLOSE_MINUTES` longer than its own; those that
        agree are among them.
    incidents, incidents_agreeing
        Incidents, and those of which every report agrees.
    median_error, p90_error
        Of the absolute error in minutes over the reports with an exact or rounded delay; nan
        without any.
    median_signed
        Of model less report.
    limited, within_limit
        Reports whose delay sets an upper limit, and those of them that the model keeps.
    """

    unchanged: int
    named: int
    agreeing: int
    close: int
    incidents: int
    incidents_agreeing: int
    timed: int
    median_error: float
    p90_error: float
    median_signed: float
    limited: int
    within_limit: int

    @property
    def agreeing_share(self) -> float:
        """Of the reports that name a way; nan without any."""
        return self.agreeing / self.named if self.named else float("nan")


@refuse_wrong_kinds
def validate(
    network: Network,
    observations: Observations,
    *,
    standing: Iterable[Incident] = (),
    catalogue: Catalogue | None = None,
    profiles: Mapping[str, Profile] = SERVICE_PROFILES,
) -> Validation:
    """Compare every observation with the model's answer.

    Parameters
    ----------
    standing
        Standing closures, in force on the day of a report in its base state and under its
        incident.
    catalogue
        Where the standing closures come from, for messages.
    profiles
        A profile for each kind of service.

    Raises
    ------
    InputError
        If a report names a place that the network does not know, or that is ambiguous.

    Examples
    --------
    >>> from netmodel.network import Hub, Link
    >>> hubs = tuple(Hub(id=i, name=i.upper(), lon=n, lat=0) for n, i in enumerate("ab"))
    >>> network = Network(hubs=hubs,
    ...     links=(Link(id="ab", from_hub="a", to_hub="b", length_km=60),))
    >>> report = TimetableReport(id="t", document="d", train="1", service="regional",
    ...     use="check", stops=("A", "B"), minutes=70)
    >>> result = validate(network, Observations(timetables=(report,))).timetables[0]
    >>> result.reproduced, result.way
    (True, ('A', 'B'))
    """
    ways = find_ways(network, observations, standing, catalogue)
    closed = closed_links(network, ways, observations.delays)
    by_kind: dict[str, list[DelayReport]] = {"detour": [], "diesel": [], "wait": []}
    for report in observations.delays:
        by_kind[report.kind].append(report)
    return Validation(
        timetables=tuple(
            _check_timetable(ways, each, profiles[each.service]) for each in observations.timetables
        ),
        detours=tuple(
            _check_delay(ways, each, closed[each.id], profiles[each.service])
            for each in by_kind["detour"]
        ),
        diesels=tuple(
            _check_delay(ways, each, closed[each.id], profiles[each.service])
            for each in by_kind["diesel"]
        ),
        waits=tuple(
            _check_wait(ways, each, closed[each.id], profiles[each.service])
            for each in by_kind["wait"]
        ),
    )


def _check_timetable(ways: TrainWays, report: TimetableReport, profile: Profile) -> TimetableResult:
    base = ways.closed_on(report.on)
    way = ways.find(report.stops[0], report.stops[-1], profile, base)
    along = ways.find_along(report.stops, profile, base)
    return TimetableResult(
        report=report,
        way=ways.names(way.hubs),
        minutes=along.minutes,
        reproduced=ways.calls_at(way, report.stops),
        industrial_km=max(each.km_by_class.get("industrial", 0.0) for each in (way, along)),
    )


def _check_delay(
    ways: TrainWays, report: DelayReport, links: Sequence[str], profile: Profile
) -> DelayResult:
    base = ways.closed_on(report.on)
    effect = "diesel_only" if report.kind == "diesel" else "closed"
    state: Effects = (*base, *((link, effect) for link in links))
    before = ways.find_along(report.usual_stops, profile, base)
    still = ways.find_along(report.usual_stops, profile, state)
    stops = report.usual_stops if report.kind == "diesel" else report.fixed_stops
    after = ways.find_along(stops, profile, state)
    reported = ways.find_along(report.reported_stops, profile, state) if report.via else None
    return DelayResult(
        report=report,
        base_minutes=before.minutes,
        way=ways.names(after.hubs),
        minutes=after.minutes,
        agrees=ways.calls_at(after, report.via) if report.via else None,
        meets=still.hubs != before.hubs or still.minutes != before.minutes,
        reported_way=ways.names(reported.hubs) if reported else (),
        reported_way_minutes=reported.minutes if reported else float("nan"),
    )


def _check_wait(
    ways: TrainWays, report: DelayReport, links: Sequence[str], profile: Profile
) -> WaitResult:
    base = ways.closed_on(report.on)
    state: Effects = (*base, *((link, "closed") for link in links))
    usual = ways.find(report.origin, report.destination, profile, base)
    round_ = ways.find(report.origin, report.destination, profile, state)
    closure = cast("Window", report.closure)
    ends = ways.hub_of[report.origin], ways.hub_of[report.destination]
    return WaitResult(
        report=report,
        closure_minutes=60.0 * closure.hours,
        detour_minutes=round_.minutes - usual.minutes
        if np.isfinite(usual.minutes)
        else float("nan"),
        greatest_minutes=find_greatest_wait(
            ways.promotion.network, profile, ends, tuple(links), closure, base
        ),
    )


@refuse_wrong_kinds
def summarise_detours(results: Iterable[DelayResult]) -> DetourSummary:
    """Return the agreement over those results whose report names a detour.

    Reports without a named way are passed over, and those that the closure does not concern.

    Examples
    --------
    >>> summarise_detours([]).named
    0
    """
    told = [each for each in results if each.agrees is not None]
    named = [each for each in told if each.meets]
    errors = np.array([each.error_minutes for each in named if np.isfinite(each.error_minutes)])
    limits = [each.within_limit for each in named if each.within_limit is not None]
    incidents = {each.report.incident for each in named}
    missed = {each.report.incident for each in named if not each.agrees}
    absolute = np.abs(errors)
    return DetourSummary(
        unchanged=len(told) - len(named),
        named=len(named),
        agreeing=sum(bool(each.agrees) for each in named),
        close=sum(
            bool(each.agrees) or each.reported_way_minutes - each.minutes <= CLOSE_MINUTES
            for each in named
        ),
        incidents=len(incidents),
        incidents_agreeing=len(incidents - missed),
        timed=len(errors),
        median_error=float(np.median(absolute)) if len(errors) else float("nan"),
        p90_error=float(np.quantile(absolute, 0.9)) if len(errors) else float("nan"),
        median_signed=float(np.median(errors)) if len(errors) else float("nan"),
        limited=len(limits),
        within_limit=sum(limits),
    )


LONG_HOURS = 30 * 24.0
"""A closure that lasted so long shaped the usual ways of trains."""


def built_in_observations() -> Path:
    """Return the file of the built-in observations."""
    return shipped_folder("seeds") / "observations.yaml"


def built_in_observation_documents() -> Path:
    """Return the file of the documents on which only observations rest."""
    return shipped_folder("seeds") / "observation-documents.yaml"


@refuse_wrong_kinds
def load_observations(
    files: Sequence[Path] | None = None, *, documents: Iterable[Path] = ()
) -> tuple[Observations, Catalogue]:
    """Read observations, and the built-in incidents with all documents.

    Parameters
    ----------
    files
        The built-in file when ``None``.
    documents
        Files of further documents.

    Raises
    ------
    InputError
        With every problem, at ``file:line:column``.

    Examples
    --------
    >>> observations, catalogue = load_observations()
    >>> len(observations.timetables) > 0
    True
    """
    catalogue = read_catalogue(
        [
            documents_file(),
            built_in_observation_documents(),
            *documents,
            *incident_files(),
        ]
    )
    read = [
        read_observations(path, catalogue.documents) for path in files or [built_in_observations()]
    ]
    return (
        Observations(
            timetables=tuple(report for each in read for report in each.timetables),
            delays=tuple(report for each in read for report in each.delays),
        ),
        catalogue,
    )


def long_closures(catalogue: Catalogue) -> tuple[Incident, ...]:
    """Return standing closures, and those that surely lasted longer than `LONG_HOURS`."""
    return tuple(
        incident
        for incident in catalogue.incidents.values()
        if incident.effect == "closed" and (incident.standing or _is_long(incident))
    )


def _is_long(incident: Incident) -> bool:
    resolution = resolve_incident(incident)
    start, end = resolution.start.latest, resolution.first_traffic.earliest
    return start is not None and end is not None and hours_between(start, end) > LONG_HOURS


@refuse_wrong_kinds
def validate_files(
    files: Sequence[Path] | None = None,
    *,
    documents: Iterable[Path] = (),
    network: Path | None = None,
) -> tuple[Validation, Catalogue]:
    """Read observations and a network, and compare them.

    Parameters
    ----------
    network
        Folder; the built-in network when ``None``. Standing closures are those of the built-in
        network, so that there are none on another.

    Raises
    ------
    InputError
        With every problem, at ``file:line:column``.

    Examples
    --------
    >>> validate_files([Path("nowhere.yaml")])
    Traceback (most recent call last):
    netmodel.errors.InputError: nowhere.yaml: no such file
    """
    observations, catalogue = load_observations(files, documents=documents)
    railway: Network = read_network(network or network_folder())
    standing = long_closures(catalogue) if network is None else ()
    return validate(railway, observations, standing=standing, catalogue=catalogue), catalogue
