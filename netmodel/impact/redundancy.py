"""Flows and routes that share no link.

No capacity holds. Trips of a pair that trains join run over the ways of the trains by their
shares; all trips of another pair run over the route that `Routes` keeps. Of routes of equal cost
that is the one entered, seen from its end, by the arc of the lowest number (see
`netmodel.routing.trees`), so that the flows are the same in every run.

It looks at pairs of hubs with demand, and at outages that documents report. It says nothing of
links that were never out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netmodel.errors import UnknownNameError
from netmodel.impact.assessment import Assessor
from netmodel.impact.costs import closes_link
from netmodel.impact.travel import Travel
from netmodel.outages.outage import Outage
from netmodel.routing.router import Routes
from netmodel.routing.topology import count_disjoint_routes, label_components


def link_flows(routes: Routes | Travel, trips: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the trips over each link, forward and backward, shape ``(links, 2)``.

    Parameters
    ----------
    trips
        From row to column, shape ``(hubs, hubs)``; pairs without a route are left out.

    Examples
    --------
    >>> from netmodel.network.railway import Hub, Link, Network
    >>> from netmodel.routing.profiles import PASSENGER, costs_from_minutes, running_minutes
    >>> from netmodel.routing.router import Router
    >>> hubs = tuple(Hub(id=i, name=i, lon=n, lat=0) for n, i in enumerate("abc"))
    >>> links = (Link(id="ab", from_hub="a", to_hub="b", length_km=60),
    ...          Link(id="cb", from_hub="c", to_hub="b", length_km=30))
    >>> network = Network(hubs=hubs, links=links)
    >>> routes = Router(network, ["a", "b", "c"]).solve(
    ...     costs_from_minutes(network, running_minutes(network, PASSENGER)))
    >>> link_flows(routes, np.triu(np.ones((3, 3)), 1)).tolist()
    [[2.0, 0.0], [0.0, 2.0]]
    """
    return routes.load_links(trips)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRedundancy:
    """How many routes of a pair share no link in the base state.

    Parameters
    ----------
    disjoint_routes
        0 where the base has no route. Industrial links do not count.
    base_minutes, base_km
        Of the base journey, the mean over its ways; inf and nan where there is none.
    via
        Ids of the hubs between, along the base way of the greatest share.
    """

    start: str
    end: str
    disjoint_routes: int
    base_minutes: float
    base_km: float
    via: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WayRound:
    """What one documented incident, alone, meant for one pair while it closed links.

    Parameters
    ----------
    exists
        Whether there was a way round.
    share
        Of the pair, whose way in the base the incident closed.
    extra_minutes, extra_km
        Of the way round over the ways in the base that were closed; inf and nan where there is
        none.
    via
        Ids of the hubs between, along the way round.
    documents
        That report the incident.
    """

    incident: str
    start: str
    end: str
    exists: bool
    share: float
    extra_minutes: float
    extra_km: float
    via: tuple[str, ...]
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class IncidentWays:
    """What one documented incident, alone, meant for all pairs while it closed links.

    Parameters
    ----------
    documents
        That report the incident.
    links
        Positions of the links that it closed.
    share
        Of each pair, whose way in the base runs over a link that it closed, shape
        ``(hubs, hubs)``.
    extra_minutes, extra_km
        Of the way round over the ways in the base that were closed, shape ``(hubs, hubs)``; inf
        and nan where there is no way round, nan where no way in the base is closed.
    routes
        The quickest ones while the incident alone closes links, on the background of the base
        state: the ways round.
    """

    incident: str
    documents: tuple[str, ...]
    links: frozenset[int]
    share: NDArray[np.float64]
    extra_minutes: NDArray[np.float64]
    extra_km: NDArray[np.float64]
    routes: Routes

    @property
    def closed(self) -> NDArray[np.bool_]:
        """Whether a way of each pair in the base is closed, shape ``(hubs, hubs)``."""
        return np.asarray(self.share > 0)


def pair_redundancy(
    assessor: Assessor, pairs: Sequence[tuple[str, str]]
) -> tuple[PairRedundancy, ...]:
    """Return the number of link-disjoint routes of named pairs in the base state, by rail.

    Parameters
    ----------
    pairs
        Ids of hubs of the assessor's demand.

    Raises
    ------
    UnknownNameError
        If an id is no hub of the demand.
    ValueError
        If both hubs of a pair are the same.
    """
    positions = _positions(assessor, pairs)
    counts = disjoint_routes(assessor, pairs)
    travel = assessor.base_travel
    km = assessor.sum_along(travel, assessor.network.length_km)
    return tuple(
        PairRedundancy(
            start=pair[0],
            end=pair[1],
            disjoint_routes=int(count),
            base_minutes=float(travel.minutes[place]),
            base_km=float(km[place]),
            via=travel.hubs_between(*place, assessor.network)[1:-1],
        )
        for pair, place, count in zip(pairs, positions, counts, strict=True)
    )


def disjoint_routes(assessor: Assessor, pairs: Sequence[tuple[str, str]]) -> NDArray[np.int64]:
    """Return how many routes of each pair share no link in the base state, shape ``(pairs,)``.

    By rail, industrial links left out; 0 where there is no route.

    Raises
    ------
    UnknownNameError
        If an id is no hub of the network.
    ValueError
        If both hubs of a pair are the same.
    """
    network = assessor.network
    minutes = assessor.minutes(assessor.base_outages)
    industrial = np.array([link.line_class == "industrial" for link in network.links], dtype=bool)
    usable = np.isfinite(minutes) & ~industrial
    if any(one == other for one, other in pairs):
        raise ValueError("a pair needs two different hubs")
    at = [[network.hub_index[network.hub(hub).id] for hub in pair] for pair in pairs]
    ends = np.array(at, dtype=np.int64).reshape(-1, 2)
    labels = label_components(network, usable)
    joined = np.flatnonzero(labels[ends[:, 0]] == labels[ends[:, 1]]).tolist()
    counts = np.zeros(len(pairs), dtype=np.int64)
    counts[joined] = count_disjoint_routes(network, usable, [pairs[n] for n in joined])
    return counts


def ways_round(
    assessor: Assessor, outages: Iterable[Outage], pairs: Sequence[tuple[str, str]]
) -> tuple[WayRound, ...]:
    """Return, for each incident that closed the base route of a pair, the way round it.

    Each incident is taken alone, on the background of the base state. Incidents that closed
    nothing on the base route of a pair are left out for that pair.

    Parameters
    ----------
    outages
        Of documented incidents; standing closures of the base are passed over.

    Raises
    ------
    UnknownNameError
        If an id is no hub of the demand.
    """
    positions = _positions(assessor, pairs)
    return tuple(
        WayRound(
            incident=ways.incident,
            start=pair[0],
            end=pair[1],
            exists=bool(ways.routes.connected[place]),
            share=float(ways.share[place]),
            extra_minutes=float(ways.extra_minutes[place]),
            extra_km=float(ways.extra_km[place]),
            via=ways.routes.hubs_between(*place)[1:-1],
            documents=ways.documents,
        )
        for ways in incident_ways(assessor, outages)
        for pair, place in zip(pairs, positions, strict=True)
        if ways.closed[place]
    )


def incident_ways(assessor: Assessor, outages: Iterable[Outage]) -> Iterator[IncidentWays]:
    """Yield, for each incident that closed links, what that meant for all pairs of hubs.

    Each incident is taken alone, on the background of the base state, whatever its times.
    Incidents that closed no link for the assessor's trains are left out.

    Parameters
    ----------
    outages
        Of documented incidents; standing closures of the base are passed over.

    Examples
    --------
    A square with one side shut: the pair at its ends goes round by the three others.

    >>> from netmodel.impact.demand import uniform_demand
    >>> from netmodel.times import Bounds
    >>> from netmodel.network.railway import Hub, Link, Network
    >>> from netmodel.routing.profiles import PASSENGER
    >>> hubs = tuple(Hub(id=i, name=i, lon=n, lat=0) for n, i in enumerate("abcd"))
    >>> links = tuple(Link(id=a + b, from_hub=a, to_hub=b, length_km=60, minutes=60)
    ...               for a, b in ("ab", "bc", "cd", "da"))
    >>> assessor = Assessor(Network(hubs=hubs, links=links), uniform_demand("abcd"), PASSENGER)
    >>> shut = Outage(incident="slide", link="ab", effect="closed", traffic=("passenger",),
    ...               start=Bounds(), end=Bounds(), standing=False, place="a - b",
    ...               documents=("d",), start_milestone="start", end_milestone="first_traffic")
    >>> ways = next(incident_ways(assessor, [shut]))
    >>> ways.extra_minutes[0, 1], bool(ways.closed[2, 3])
    (np.float64(120.0), False)
    """
    background = {outage.incident for outage in assessor.base_outages}
    for incident, closing in _closing(assessor, outages).items():
        if incident not in background:
            yield _ways_of(assessor, incident, closing)


def _ways_of(assessor: Assessor, incident: str, closing: Sequence[Outage]) -> IncidentWays:
    base, lengths = assessor.base_travel, assessor.network.length_km
    marked = np.zeros(len(assessor.network.links), dtype=bool)
    marked[[assessor.network.link_index[outage.link] for outage in closing]] = True
    share = assessor.share_over(base, marked)
    travel = assessor.travel([*assessor.base_outages, *closing])
    with np.errstate(invalid="ignore"):  # inf - inf where the base has no route
        longer = travel.minutes - base.minutes
        further = assessor.sum_along(travel, lengths) - assessor.sum_along(base, lengths)
    # Only the ways that are closed take longer, so that the pair's is theirs by their share.
    per_way = np.where(share > 0, share, np.nan)
    return IncidentWays(
        incident=incident,
        documents=tuple(dict.fromkeys(each for outage in closing for each in outage.documents)),
        links=frozenset(np.flatnonzero(marked).tolist()),
        share=share,
        extra_minutes=longer / per_way,
        extra_km=further / per_way,
        routes=travel.routes,
    )


def _closing(assessor: Assessor, outages: Iterable[Outage]) -> dict[str, list[Outage]]:
    """Return the closures that concern the assessor's trains, by incident in their order."""
    by_incident: dict[str, list[Outage]] = {}
    for outage in outages:
        if closes_link(assessor.network, assessor.profile, outage, advisory=assessor.advisory):
            by_incident.setdefault(outage.incident, []).append(outage)
    return by_incident


def _positions(assessor: Assessor, pairs: Sequence[tuple[str, str]]) -> list[tuple[int, int]]:
    place = {hub: number for number, hub in enumerate(assessor.demand.hubs)}
    for pair in pairs:
        for hub in pair:
            if hub not in place:
                raise UnknownNameError.among("hub of the demand", hub, place)
    return [(place[start], place[end]) for start, end in pairs]
