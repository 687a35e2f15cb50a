"""Which trains passed which links, and which closures they show to have ended.

A claim about ``running`` says that a train passed a section. A derailment, or an accident at a
crossing, says it too: a train ran there. Either bounds the end of every earlier closure of the
links that it passed from end to end. A train at a hub ends an earlier closure of that hub.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import AmbiguousNameError, UnknownNameError
from netmodel.evidence.as_of import known_claims
from netmodel.evidence.incident import Catalogue, Claim, Incident
from netmodel.evidence.milestone_bounds import (
    Resolution,
    Running,
    Spell,
    end_by_running,
    join_spells,
    may_end,
)
from netmodel.evidence.places import HubPlace, Place, RegionPlace, SectionPlace
from netmodel.evidence.resolution import resolve_incident
from netmodel.evidence.spells import shows_open
from netmodel.outages.matching import Match, Matcher

Stretch = tuple[float, float]
"""From which kilometre of a link to which."""
PRESUPPOSE_TRAINS = ("derailment", "accident_at_crossing")
"""Kinds of incident that happen only where a train runs."""


@refuse_wrong_kinds
def list_running(
    incidents: Iterable[Incident],
    catalogue: Catalogue | None = None,
    *,
    as_of: datetime | None = None,
) -> tuple[Running, ...]:
    """Return the trains that incidents report, or presuppose, to have passed.

    Parameters
    ----------
    catalogue
        All of its incidents count too.
    as_of
        Use only what was public by then; needs the catalogue.

    Examples
    --------
    >>> import netmodel as nm
    >>> trains = list_running((), nm.built_in_catalogue())
    >>> [train.traffic for train in trains if train.document == "rbc-ukraine-2026-03-03-atesh"]
    [('freight',)]
    """
    every = {each.id: each for each in (catalogue.incidents.values() if catalogue else ())}
    every |= {each.id: each for each in incidents}
    return tuple(
        train for incident in every.values() for train in _trains_of(incident, catalogue, as_of)
    )


def _trains_of(
    incident: Incident, catalogue: Catalogue | None, as_of: datetime | None
) -> Iterator[Running]:
    claims: tuple[Claim, ...] = incident.claims
    if as_of is not None and catalogue is not None:
        claims = known_claims(incident, catalogue, as_of)
    for number, claim in enumerate(incident.claims):
        if claim.about == "running" and claim.at is not None and claim in claims:
            yield Running(
                at=claim.at,
                document=claim.document,
                incident=incident.id,
                traffic=claim.traffic,
                claim=number,
                places=claim.places or incident.places,
            )
    if incident.kind in PRESUPPOSE_TRAINS and not incident.standing and claims:
        start = resolve_incident(replace(incident, claims=claims)).start
        yield Running(
            at=start, document=claims[0].document, incident=incident.id, places=incident.places
        )


class RunningTrains:
    """Trains that passed, and what they say of closures on a network.

    Parameters
    ----------
    matcher
        Of the network.
    trains
        From `list_running`, and from elsewhere.

    Examples
    --------
    >>> import netmodel as nm
    >>> from netmodel.outages.matching import Matcher
    >>> catalogue = nm.built_in_catalogue()
    >>> matcher = Matcher(nm.built_in_network())
    >>> incident = catalogue.incidents["2025-09-07-kremenchuk"]
    >>> matches = [matcher.match(place) for place in incident.places]
    >>> trains = RunningTrains(matcher, list_running(catalogue.incidents.values()))
    >>> resolution = nm.evidence.resolve_incident(incident)
    >>> print(trains.end_closures(incident, matches, resolution).first_traffic.latest)
    2025-09-14 21:00:00+00:00
    """

    def __init__(self, matcher: Matcher, trains: Iterable[Running]) -> None:
        self._matcher = matcher
        self._trains = tuple(trains)
        self._passages: dict[Place, Mapping[str, Stretch]] = {}

    def end_closures(
        self, incident: Incident, matches: Sequence[Match], resolution: Resolution
    ) -> Resolution:
        """Return the bounds of an incident whose closures end by when a train passed.

        Where trains passed some of its links only, or trains of one kind of traffic, it gets a
        spell for each part.
        """
        links = tuple(dict.fromkeys(link for match in matches for link in match.links))
        if incident.effect != "closed" or not links:
            return resolution
        given = resolution.spells or (
            Spell(number=1, traffic=incident.traffic, resolution=resolution),
        )
        timely = [
            train
            for train in self._trains
            if (train.incident != incident.id or train.claim is not None)
            and any(may_end(each.resolution, train) for each in given)
        ]
        trains = {link: self._over(link, matches, timely) for link in links} if timely else {}
        if not any(trains.values()):
            return resolution
        spells = [part for spell in given for part in _divide(incident, trains, spell)]
        whole = len(spells) == 1 and not spells[0].links
        return spells[0].resolution if whole else join_spells(spells)

    def _over(
        self, link: str, matches: Sequence[Match], trains: Iterable[Running]
    ) -> list[Running]:
        """Return the trains that passed all that some places mean of a link."""
        meant = [
            (_find_hub(self._matcher, match.place),
             _stretch(self._matcher, match.place, link, match.links) or self._whole(link))
            for match in matches
            if link in match.links
        ]  # fmt: skip
        return [
            train
            for train in trains
            if all(
                any(self._passed(place, link, stretch) or self._called(place, hub)
                    for place in train.places)
                for hub, stretch in meant
            )
        ]  # fmt: skip

    def _whole(self, link: str) -> Stretch:
        return 0.0, self._matcher.network.link(link).length_km

    def _called(self, place: Place, hub: str) -> bool:
        return bool(hub) and _find_hub(self._matcher, place) == hub

    def _passed(self, place: Place, link: str, stretch: Stretch) -> bool:
        """Whether a train over a place passed a stretch of a link from end to end."""
        if place not in self._passages:
            self._passages[place] = _match_passages(self._matcher, place)
        passed = self._passages[place].get(link)
        return passed is not None and passed[0] <= stretch[0] and stretch[1] <= passed[1]


def _divide(
    incident: Incident, trains: Mapping[str, Sequence[Running]], spell: Spell
) -> Iterator[Spell]:
    """Yield the parts of a spell that ended by different trains.

    Parameters
    ----------
    trains
        By the links of the incident.
    """
    links = tuple(trains)
    parts: dict[Resolution, dict[str, list[str]]] = {}
    for link in links:
        for kind in spell.traffic:
            passed = [
                each for each in trains[link] if shows_open(each.traffic, kind, spell.traffic)
            ]
            ended = end_by_running(spell.resolution, passed, incident.claims) if passed else None
            part = parts.setdefault(ended or spell.resolution, {})
            part.setdefault(kind, []).append(link)
    for resolution, by_kind in parts.items():
        groups: dict[tuple[str, ...], list[str]] = {}
        for kind, passed_links in by_kind.items():
            groups.setdefault(tuple(passed_links), []).append(kind)
        for own, kinds in groups.items():
            yield replace(
                spell,
                traffic=tuple(kinds),
                resolution=resolution,
                links=() if own == links else own,
            )


def _match_passages(matcher: Matcher, place: Place) -> Mapping[str, Stretch]:
    """Return what a train that passed a place passed of each link.

    A train at a hub passed no link for certain; it says only that the hub was in use. Places
    that are not on this network, or that are ambiguous, say nothing.
    """
    if isinstance(place, HubPlace | RegionPlace):
        return {}
    try:
        match = matcher.match(place)
    except (UnknownNameError, AmbiguousNameError):
        return {}
    found = {link: _stretch(matcher, place, link, match.links) for link in match.links}
    return {link: stretch for link, stretch in found.items() if stretch is not None}


def _find_hub(matcher: Matcher, place: Place) -> str:
    """Return the id of the one hub that a place is; empty where it is none."""
    hubs = matcher.names.find_hubs(place.hub) if isinstance(place, HubPlace) else ()
    return hubs[0].id if len(hubs) == 1 else ""


def _stretch(matcher: Matcher, place: Place, link: str, links: Sequence[str]) -> Stretch | None:
    """Return which kilometres of a link a place means; ``None`` where that is not clear.

    A section that begins or ends at a station of the link means the part on its own side.
    """
    ends = matcher.network.link(link)
    whole = (0.0, ends.length_km)
    if not isinstance(place, SectionPlace):
        return whole
    stations = [
        station
        for name in dict.fromkeys((place.between[0], place.between[-1]))
        if not matcher.names.find_hubs(name)
        for station in matcher.names.find_stations(name)
        if station.link == link
    ]
    if not stations:
        return whole
    if len(stations) == 2:
        return min(each.km for each in stations), max(each.km for each in stations)
    named = {hub.id for name in place.between for hub in matcher.names.find_hubs(name)}
    others = [matcher.network.link(each) for each in links if each != link]
    reached = named | {hub for each in others for hub in (each.from_hub, each.to_hub)}
    sides = [hub in reached for hub in (ends.from_hub, ends.to_hub)]
    if sides == [True, False]:
        return 0.0, stations[0].km
    if sides == [False, True]:
        return stations[0].km, ends.length_km
    return None
