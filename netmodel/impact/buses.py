"""Replacement services: documented buses as links by road, open while their incident holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby, pairwise

from netmodel.errors import AmbiguousNameError, InputError, Problem, UnknownNameError
from netmodel.evidence.incident import Incident, Replacement
from netmodel.evidence.notes import Note
from netmodel.network.names import Names
from netmodel.network.railway import Hub, Link, Network, great_circle_km

ROAD_OVER_GREAT_CIRCLE = 1.3
"""Assumed length of a road over the great circle where a document gives no minutes."""
ROAD_SPEED_KMH = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One leg of a replacement service.

    Parameters
    ----------
    link
        By road, class ``road``.
    minutes_basis
        The note ``documented``, or ``estimated`` from the great circle.
    """

    incident: str
    document: str
    link: Link
    minutes_basis: Note
    passengers_per_day: float | None


def build_services(network: Network, incidents: Iterable[Incident]) -> tuple[Service, ...]:
    """Return the legs of all replacement services of some incidents.

    A stop that is a station on a link counts as the nearer hub of that link. Where a document
    gives no minutes they are estimated: 1.3 times the great circle at 50 km/h.

    Raises
    ------
    InputError
        If a stop of a service is neither a hub nor a station of the network.
    """
    names = Names(network)
    problems: list[Problem] = []
    services: list[Service] = []
    for incident in incidents:
        for replacement in incident.replacements:
            stops = [
                _stop(names, name, incident.id, problems)
                for name in (replacement.from_hub, *replacement.via, replacement.to_hub)
            ]
            known = [hub for hub in stops if hub is not None]
            if len(known) == len(stops):
                services += _legs(incident, replacement, known, len(services))
    if problems:
        raise InputError(problems)
    return tuple(services)


def _stop(names: Names, name: str, incident: str, problems: list[Problem]) -> Hub | None:
    """Return the hub of a stop; for a station on a link, the nearer end of the link."""
    where = f"replacement of incident {incident}"
    if not names.find_hubs(name):
        stations = names.find_stations(name)
        if len(stations) == 1:
            link = names.network.link(stations[0].link)
            nearer = link.from_hub if stations[0].km <= link.length_km / 2 else link.to_hub
            return names.network.hub(nearer)
    try:
        return names.hub(name)
    except UnknownNameError as error:
        what = f"unknown hub {error.name!r}"
        problems.append(Problem(what=what, where=where, remedy=error.remedy))
    except AmbiguousNameError as error:
        problems.append(Problem(what=str(error), where=where))
    return None


def _legs(
    incident: Incident, replacement: Replacement, stops: list[Hub], offset: int
) -> list[Service]:
    stops = [stop for stop, _ in groupby(stops)]
    lengths = [
        max(ROAD_OVER_GREAT_CIRCLE * great_circle_km(one.lon, one.lat, two.lon, two.lat), 0.1)
        for one, two in pairwise(stops)
    ]
    documented = replacement.minutes
    total = sum(lengths)
    return [
        Service(
            incident=incident.id,
            document=replacement.document,
            minutes_basis=Note("estimated" if documented is None else "documented"),
            passengers_per_day=replacement.passengers_per_day,
            link=Link(
                id=f"road/{incident.id}/{offset + number}",
                from_hub=one.id,
                to_hub=two.id,
                length_km=round(length, 1),
                minutes=(
                    60.0 * length / ROAD_SPEED_KMH
                    if documented is None
                    else documented * length / total
                ),
                line_class="road",
                length_basis="estimated",
                source=replacement.document,
            ),
        )
        for number, (one, two, length) in enumerate(zip(stops, stops[1:], lengths, strict=False))
    ]
