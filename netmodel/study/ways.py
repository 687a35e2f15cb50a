"""The ways of trains between named places on a given day, under given closures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from netmodel.errors import AmbiguousNameError, InputError, Problem, UnknownNameError
from netmodel.evidence.model import Catalogue, HubPlace, Incident, Place
from netmodel.evidence.observations import DelayReport, Observations
from netmodel.impact.costs import state_minutes
from netmodel.instants import Bounds
from netmodel.network.model import Network
from netmodel.network.names import Names
from netmodel.network.promotion import Promotion, promote_stations
from netmodel.outages.match import Matcher
from netmodel.outages.outage import Outage, place_incidents, times_by_incident
from netmodel.routing.profiles import Profile, costs_from_minutes, running_minutes
from netmodel.routing.router import Router, Routes

Effects = tuple[tuple[str, str], ...]
"""Links, or parts of links, each with the effect on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A route.

    Parameters
    ----------
    hubs
        Ids of the hubs passed, both ends included; empty where there is no route.
    minutes
        inf where there is no route.
    industrial_km
        Its length over industrial links, km.
    """

    hubs: tuple[str, ...]
    minutes: float
    industrial_km: float = 0.0


@dataclass(frozen=True, eq=False, kw_only=True)
class Ways:
    """Finds ways between the places that some observations name.

    Parameters
    ----------
    promotion
        The network, with every station named made a hub.
    hub_of
        Id of the hub of each name.
    standing
        Standing closures as (link, start, end); an end of ``None`` is not in the record.
    """

    promotion: Promotion
    hub_of: Mapping[str, str]
    standing: tuple[tuple[str, datetime, datetime | None], ...] = ()
    _routers: dict[tuple[float, float], Router] = field(default_factory=dict, repr=False)
    _solved: dict[tuple[int, Effects], Routes] = field(default_factory=dict, repr=False)

    def closed_on(self, day: datetime | None) -> Effects:
        """Return the standing closures in force on a day; none for an unknown day."""
        if day is None:
            return ()
        links = {
            link
            for link, start, end in self.standing
            if start <= day and (end is None or day < end)
        }
        return tuple((link, "closed") for link in sorted(links))

    def find(self, start: str, end: str, profile: Profile, effects: Effects = ()) -> Way:
        """Return the quickest way between two named places under some effects."""
        routes = self._solve(profile, effects)
        terminals = self._router(profile).terminals
        first, last = terminals.index(self.hub_of[start]), terminals.index(self.hub_of[end])
        links = [number for number, _ in routes.links_between(first, last)]
        network = self.promotion.network
        industrial = sum(
            network.links[n].length_km for n in links if network.links[n].line_class == "industrial"
        )
        return Way(
            hubs=routes.hubs_between(first, last),
            minutes=float(routes.minutes[first, last]),
            industrial_km=industrial,
        )

    def find_along(self, stops: Sequence[str], profile: Profile, effects: Effects = ()) -> Way:
        """Return the quickest way that calls at all stops in order.

        Reversals at the stops themselves are not counted.
        """
        legs = [self.find(*pair, profile, effects) for pair in pairwise(stops)]
        through = all(leg.hubs for leg in legs)
        return Way(
            hubs=(*legs[0].hubs, *(hub for leg in legs[1:] for hub in leg.hubs[1:]))
            if through
            else (),
            minutes=sum(leg.minutes for leg in legs),
            industrial_km=sum(leg.industrial_km for leg in legs),
        )

    def calls_at(self, way: Way, stops: Sequence[str]) -> bool:
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
) -> Ways:
    """Prepare the ways between the places that observations name.

    Parameters
    ----------
    standing
        Standing closures: what was shut for longer, such as lines cut by the front.

    Raises
    ------
    InputError
        With every name that no hub or station carries, or that several do, at the line of its
        report.
    """
    problems: list[Problem] = []
    good: list[str] = []
    for name, where in observations.places:
        try:
            promote_stations(network, [name]) if name not in good else None
            good.append(name)
        except (UnknownNameError, AmbiguousNameError) as error:
            problems.append(_name_problem(error, where))
    if problems:
        raise InputError(dict.fromkeys(problems))
    promotion = promote_stations(network, good)
    spellings = Names(promotion.network)
    return Ways(
        promotion=promotion,
        hub_of={name: spellings.hub(name).id for name in dict.fromkeys(good)},
        standing=_standing_links(network, promotion, standing, catalogue),
    )


def closed_links(network: Network, ways: Ways, report: DelayReport) -> tuple[str, ...]:
    """Return the links, or parts of links, that a report's closed places mean.

    Raises
    ------
    InputError
        If a place is unknown or ambiguous.
    """
    return _expand_places(network, ways.promotion, report.closed, report.where)


def _expand_places(
    network: Network, promotion: Promotion, places: Iterable[Place], where: str
) -> tuple[str, ...]:
    matcher = Matcher(network)
    links: list[str] = []
    for place in places:
        try:
            match = matcher.match(place)
        except (UnknownNameError, AmbiguousNameError) as error:
            raise InputError([_name_problem(error, where)]) from None
        if match.status != "certain":
            reasons = "; or ".join(rival.reason for rival in match.rivals) or match.note
            raise InputError(
                [
                    Problem(
                        what=f"place {place} is {match.status}: {reasons}",
                        where=where,
                        remedy="name a hub in between, or give the ids with `links:`",
                    )
                ]
            )
        links += _parts_meant(network, promotion, place, match.links)
    return tuple(dict.fromkeys(links))


def _parts_meant(
    network: Network, promotion: Promotion, place: Place, links: Sequence[str]
) -> tuple[str, ...]:
    """Of a divided link, a closed hub shuts only the part that ends at it."""
    parts = promotion.expand(links)
    if not isinstance(place, HubPlace) or not Names(network).find_hubs(place.hub):
        return parts
    at_hub = promotion.at_hub(Names(network).hub(place.hub).id)
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
        start = times[outage.incident].at(outage.start_milestone)
        if outage.effect != "closed" or "passenger" not in outage.traffic or start is None:
            continue
        end = times[outage.incident].at(outage.end_milestone)
        found += [(part, start, end) for part in promotion.expand([outage.link])]
    return tuple(found)


def _name_problem(error: UnknownNameError | AmbiguousNameError, where: str) -> Problem:
    if isinstance(error, UnknownNameError):
        return Problem(
            what=f"unknown {error.kind} {error.name!r}", where=where, remedy=error.remedy
        )
    return Problem(what=str(error), where=where)
