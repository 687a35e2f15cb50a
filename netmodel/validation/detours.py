"""Reported detours and waits, compared with those of the model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from netmodel.errors import AmbiguousNameError, InputError, Problem, UnknownNameError
from netmodel.evidence.incident import Catalogue, Incident
from netmodel.evidence.places import HubPlace, Place
from netmodel.impact.assessment import Assessor
from netmodel.impact.costs import state_minutes
from netmodel.impact.demand import uniform_demand
from netmodel.impact.waiting import WaitingModel
from netmodel.network.edit import Promotion, promote_stations
from netmodel.network.names import Names
from netmodel.network.railway import Network
from netmodel.outages.matching import Match, Matcher
from netmodel.outages.outage import MilestoneTimes, Outage, place_incidents, times_by_incident
from netmodel.outages.timeline import Timeline
from netmodel.routing.profiles import Profile, costs_from_minutes, running_minutes
from netmodel.routing.router import Router, Routes
from netmodel.times import Bounds, Window, add_hours
from netmodel.validation.observations import DelayReport, Observations

Effects = tuple[tuple[str, str], ...]
"""Links, or parts of links, each with the effect on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainWay:
    """A route.

    Parameters
    ----------
    hubs
        Ids of the hubs passed, both ends included; empty where there is no route.
    minutes
        inf where there is no route.
    km_by_class
        Its length over links of each line class.
    """

    hubs: tuple[str, ...]
    minutes: float
    km_by_class: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, kw_only=True)
class TrainWays:
    """Finds ways between the places that some observations name.

    Parameters
    ----------
    promotion
        The network, with every station named made a hub.
    hub_of
        Id of the hub of each name.
    standing
        Long closures as (link, start, end); an end of ``None`` is not in the record.
    """

    promotion: Promotion
    hub_of: Mapping[str, str]
    standing: tuple[tuple[str, datetime, datetime | None], ...] = ()
    _routers: dict[tuple[float, float], Router] = field(default_factory=dict, repr=False)
    _solved: dict[tuple[int, Effects], Routes] = field(default_factory=dict, repr=False)

    def closed_on(self, day: datetime | None) -> Effects:
        """Return the long closures in force on a day; none for an unknown day."""
        if day is None:
            return ()
        links = {
            link
            for link, start, end in self.standing
            if start <= day and (end is None or day < end)
        }
        return tuple((link, "closed") for link in sorted(links))

    def find(self, start: str, end: str, profile: Profile, effects: Effects = ()) -> TrainWay:
        """Return the quickest way between two named places under some effects."""
        routes = self._solve(profile, effects)
        terminals = self._router(profile).terminals
        first, last = terminals.index(self.hub_of[start]), terminals.index(self.hub_of[end])
        km: dict[str, float] = {}
        for number, _ in routes.links_between(first, last):
            link = self.promotion.network.links[number]
            km[link.line_class] = km.get(link.line_class, 0.0) + link.length_km
        return TrainWay(
            hubs=routes.hubs_between(first, last),
            minutes=float(routes.minutes[first, last]),
            km_by_class=km,
        )

    def find_along(self, stops: Sequence[str], profile: Profile, effects: Effects = ()) -> TrainWay:
        """Return the quickest way that calls at all stops in order.

        Reversals at the stops themselves are not counted.
        """
        legs = [self.find(*pair, profile, effects) for pair in pairwise(stops)]
        through = all(leg.hubs for leg in legs)
        return TrainWay(
            hubs=(*legs[0].hubs, *(hub for leg in legs[1:] for hub in leg.hubs[1:]))
            if through
            else (),
            minutes=sum(leg.minutes for leg in legs),
            km_by_class={
                name: sum(leg.km_by_class.get(name, 0.0) for leg in legs)
                for name in dict.fromkeys(name for leg in legs for name in leg.km_by_class)
            },
        )

    def calls_at(self, way: TrainWay, stops: Sequence[str]) -> bool:
        """Whether a way passes all stops in their order."""
        passed = iter(way.hubs)
        return all(any(hub == self.hub_of[stop] for hub in passed) for stop in stops)

    def names(self, hubs: Iterable[str]) -> tuple[str, ...]:
        """Return the names of hubs."""
        return tuple(self.promotion.network.hub(hub).name for hub in hubs)

    def _router(self, profile: Profile) -> Router:
        key = (profile.reversal_minutes, profile.gauge_change_minutes)
        if key not in self._routers:
            self._routers[key] = Router(
                self.promotion.network,
                list(dict.fromkeys(self.hub_of.values())),
                reversal_minutes=profile.reversal_minutes,
                gauge_change_minutes=profile.gauge_change_minutes,
            )
        return self._routers[key]

    def _solve(self, profile: Profile, effects: Effects) -> Routes:
        key = (id(profile), tuple(sorted(set(effects))))
        if key not in self._solved:
            costs = costs_from_minutes(self.promotion.network, self._link_minutes(profile, effects))
            self._solved[key] = self._router(profile).solve(costs)
        return self._solved[key]

    def _link_minutes(self, profile: Profile, effects: Effects) -> NDArray[np.float64]:
        network = self.promotion.network
        outages = [plain_outage(link, effect) for link, effect in effects]
        return state_minutes(network, profile, running_minutes(network, profile), outages)


def plain_outage(link: str, effect: str, incident: str = "") -> Outage:
    """Return an effect on a link for all traffic, from start to full service of an incident."""
    return Outage(
        incident=incident,
        link=link,
        effect=effect,
        traffic=("passenger", "freight"),
        start=Bounds(),
        end=Bounds(),
        start_milestone="start",
        end_milestone="full_service",
        documents=(),
    )


def find_ways(
    network: Network,
    observations: Observations,
    standing: Iterable[Incident] = (),
    catalogue: Catalogue | None = None,
) -> TrainWays:
    """Prepare the ways between the places that observations name.

    Parameters
    ----------
    standing
        Closures that shaped the usual ways, such as lines cut by the front. Those whose end is in
        the record count only as long as they surely held.

    Raises
    ------
    InputError
        With every name that no hub or station carries, or that several do, at the line of its
        report.
    """
    problems = dict.fromkeys(_find_name_problems(network, observations))
    if problems:
        raise InputError(problems)
    names = tuple(dict.fromkeys(name for name, _ in observations.places))
    promotion = promote_stations(network, names)
    spellings = Names(promotion.network)
    return TrainWays(
        promotion=promotion,
        hub_of={name: spellings.hub(name).id for name in names},
        standing=_standing_links(network, promotion, standing, catalogue),
    )


def _find_name_problems(network: Network, observations: Observations) -> Iterable[Problem]:
    """Find names that nothing carries, and those that several things do."""
    spellings = Names(network)
    for name, where in observations.places:
        hubs = spellings.find_hubs(name)
        stations = () if hubs else spellings.find_stations(name)
        if len(hubs) > 1:
            error = AmbiguousNameError("hub", name, [hub.id for hub in hubs])
            yield Problem(what=str(error), where=where)
        elif len(stations) > 1:
            rivals = [f"{station.name} on {station.link}" for station in stations]
            yield Problem(what=str(AmbiguousNameError("station", name, rivals)), where=where)
        elif not hubs and not stations:
            unknown = UnknownNameError("hub or station", name, spellings.suggest(name))
            yield _name_problem(unknown, where)


def closed_links(
    network: Network, ways: TrainWays, reports: Iterable[DelayReport]
) -> Mapping[str, tuple[str, ...]]:
    """Return the links, or parts of links, that the closed places of each report mean.

    Returns
    -------
    dict
        By the id of the report.

    Raises
    ------
    InputError
        With every place that is unknown or ambiguous.
    """
    matcher = Matcher(network)
    known: dict[tuple[Place, ...], tuple[str, ...]] = {}
    problems: list[Problem] = []
    for report in reports:
        if report.closed not in known:
            links: list[str] = []
            for place in report.closed:
                match = _match_place(matcher, place, report.where, problems)
                if match is not None:
                    links += _parts_meant(matcher, ways.promotion, place, match.links)
            known[report.closed] = tuple(dict.fromkeys(links))
    if problems:
        raise InputError(problems)
    return {report.id: known[report.closed] for report in reports}


def _match_place(
    matcher: Matcher, place: Place, where: str, problems: list[Problem]
) -> Match | None:
    try:
        match = matcher.match(place)
    except (UnknownNameError, AmbiguousNameError) as error:
        problems.append(_name_problem(error, where))
        return None
    if match.status == "certain":
        return match
    reasons = "; or ".join(str(rival.reason) for rival in match.rivals) or "; ".join(
        map(str, match.notes)
    )
    remedy = "name a hub in between, or give the ids with `links:`"
    what = f"place {place} is {match.status}: {reasons}"
    problems.append(Problem(what=what, where=where, remedy=remedy))
    return None


def _parts_meant(
    matcher: Matcher, promotion: Promotion, place: Place, links: Sequence[str]
) -> tuple[str, ...]:
    """Of a divided link, a closed hub shuts only the part that ends at it."""
    parts = promotion.expand(links)
    hubs = matcher.names.find_hubs(place.hub) if isinstance(place, HubPlace) else ()
    if not hubs:
        return parts
    at_hub = promotion.at_hub(hubs[0].id)
    return tuple(part for part in parts if part in at_hub)


def _standing_links(
    network: Network,
    promotion: Promotion,
    incidents: Iterable[Incident],
    catalogue: Catalogue | None,
) -> tuple[tuple[str, datetime, datetime | None], ...]:
    placements = place_incidents(network, incidents, catalogue)
    times = times_by_incident(placements, "midpoint")
    found = []
    for outage in (each for placement in placements for each in placement.outages):
        if outage.effect != "closed" or "passenger" not in outage.traffic:
            continue
        start, end = outage.start.latest, outage.end.earliest
        if outage.standing:
            start = times[outage.times_key].at(outage.start_milestone)
            end = times[outage.times_key].at(outage.end_milestone)
        if start is not None:
            found += [(part, start, end) for part in promotion.expand([outage.link])]
    return tuple(found)


def _name_problem(error: UnknownNameError | AmbiguousNameError, where: str) -> Problem:
    [problem] = error.problems
    return replace(problem, where=where)


STEP_MINUTES = 10
"""Departures are tried this many minutes apart; the answer may be too small by as much."""


def find_greatest_wait(
    network: Network,
    profile: Profile,
    hubs: tuple[str, str],
    closed: tuple[str, ...],
    closure: Window,
    standing: Effects = (),
) -> float:
    """Return the greatest delay over all departures from one hub to another, in minutes.

    Each journey does the best of waiting for the reopening and going round.

    Parameters
    ----------
    closed
        Ids of the links shut during `closure`.
    standing
        Effects that hold all the time, in the undisturbed state too.

    Returns
    -------
    float
        0 where the closure is not on the way; nan if there is no route without the closure.

    Examples
    --------
    >>> from netmodel.times import parse_instant
    >>> from netmodel.network import Hub, Link
    >>> from netmodel.routing import PASSENGER
    >>> network = Network(hubs=tuple(Hub(id=i, name=i, lon=0, lat=0) for i in "ab"),
    ...     links=(Link(id="ab", from_hub="a", to_hub="b", length_km=60.0),))
    >>> start = parse_instant("2026-01-28T00:00+03:00")
    >>> window = Window(start=start, end=add_hours(start, 4))
    >>> find_greatest_wait(network, PASSENGER, ("a", "b"), ("ab",), window)
    240.0
    """
    background = [plain_outage(link, effect, "standing") for link, effect in standing]
    assessor = Assessor(network, uniform_demand(hubs), profile, base_outages=background)
    start = add_hours(closure.start, -48)
    timeline = Timeline(
        window=Window(start=start, end=add_hours(closure.end, 48)),
        outages=(*background, *(plain_outage(link, "closed", "closure") for link in closed)),
        times={
            "standing": MilestoneTimes(start=start, first_traffic=None, full_service=None),
            "closure": MilestoneTimes(
                start=closure.start, first_traffic=closure.end, full_service=closure.end
            ),
        },
    )
    model = WaitingModel(assessor, timeline)
    base_minutes = model.base_minutes[0, 1]
    if not np.isfinite(base_minutes):
        return float("nan")
    first = add_hours(closure.start, -min(base_minutes / 60.0, 47.0))
    count = int((closure.end - first) / timedelta(minutes=STEP_MINUTES)) + 1
    departures = [first + number * timedelta(minutes=STEP_MINUTES) for number in range(count)]
    departures = sorted({*departures, closure.start})
    return float(np.max(model.delay_minutes(departures)[:, 0, 1]))
