"""Redundancy of service between named hubs: disjoint routes, and ways round what was out.

It looks at pairs of hubs that the user names, and at outages that documents report. It says
nothing of links that were never out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from netmodel.errors import UnknownNameError, nearest_names
from netmodel.impact.assessment import Assessor
from netmodel.impact.costs import links_with_effect
from netmodel.outages.outage import Outage
from netmodel.routing.disjoint import count_disjoint_routes
from netmodel.routing.routes import Routes


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRedundancy:
    """How many routes of a pair share no link in the base state.

    Parameters
    ----------
    disjoint_routes
        0 where the base has no route. Industrial links do not count.
    base_minutes, base_km
        Of the base route; inf and nan where there is none.
    via
        Ids of the hubs between, along the base route.
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
    extra_minutes, extra_km
        Of the way round over the base route; inf and nan where there is none.
    via
        Ids of the hubs between, along the way round.
    documents
        That report the incident.
    """

    incident: str
    start: str
    end: str
    exists: bool
    extra_minutes: float
    extra_km: float
    via: tuple[str, ...]
    documents: tuple[str, ...]


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
    network = assessor.network
    positions = _positions(assessor, pairs)
    minutes = assessor.minutes(assessor.base_outages)
    industrial = np.array([link.line_class == "industrial" for link in network.links])
    counts = count_disjoint_routes(network, np.isfinite(minutes) & ~industrial, pairs)
    km = assessor.sum_along(assessor.base, network.length_km)
    return tuple(
        PairRedundancy(
            start=pair[0],
            end=pair[1],
            disjoint_routes=int(count),
            base_minutes=float(assessor.base.minutes[place]),
            base_km=float(km[place]),
            via=_via(assessor.base, place),
        )
        for pair, place, count in zip(pairs, positions, counts, strict=True)
    )


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
    background = {outage.incident for outage in assessor.base_outages}
    found = []
    for incident, closing in _closing(assessor, outages).items():
        if incident in background:
            continue
        routes = assessor.routes([*assessor.base_outages, *closing])
        closed = links_with_effect(assessor.network, assessor.profile, closing, "closed")
        on_base = assessor.sum_along(assessor.base, closed)
        km = assessor.sum_along(routes, assessor.network.length_km)
        base_km = assessor.sum_along(assessor.base, assessor.network.length_km)
        documents = tuple(dict.fromkeys(each for outage in closing for each in outage.documents))
        for pair, place in zip(pairs, positions, strict=True):
            if not on_base[place] > 0:
                continue
            found.append(
                WayRound(
                    incident=incident,
                    start=pair[0],
                    end=pair[1],
                    exists=bool(routes.connected[place]),
                    extra_minutes=float(routes.minutes[place] - assessor.base.minutes[place]),
                    extra_km=float(km[place] - base_km[place]),
                    via=_via(routes, place),
                    documents=documents,
                )
            )
    return tuple(found)


def _closing(assessor: Assessor, outages: Iterable[Outage]) -> dict[str, list[Outage]]:
    """Return the closures that concern the assessor's trains, by incident in their order."""
    by_incident: dict[str, list[Outage]] = {}
    for outage in outages:
        if outage.effect == "closed" and assessor.profile.traffic in outage.traffic:
            by_incident.setdefault(outage.incident, []).append(outage)
    return by_incident


def _positions(assessor: Assessor, pairs: Sequence[tuple[str, str]]) -> list[tuple[int, int]]:
    place = {hub: number for number, hub in enumerate(assessor.demand.hubs)}
    for pair in pairs:
        for hub in pair:
            if hub not in place:
                raise UnknownNameError("hub of the demand", hub, nearest_names(hub, list(place)))
    return [(place[start], place[end]) for start, end in pairs]


def _via(routes: Routes, place: tuple[int, int]) -> tuple[str, ...]:
    return routes.hubs_between(*place)[1:-1]
