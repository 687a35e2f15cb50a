"""Which trains passed which links, and which closures they show to have ended.

A claim about ``running`` says that a train passed a section. A derailment, or an accident at a
crossing, says it too: a train ran there. Either bounds the end of every earlier closure of the
links that it passed from end to end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from netmodel.errors import AmbiguousNameError, UnknownNameError
from netmodel.evidence.as_of import known_claims
from netmodel.evidence.incident import Catalogue, Claim, Incident
from netmodel.evidence.milestone_bounds import (
    Resolution,
    Running,
    Spell,
    end_by_running,
    join_spells,
)
from netmodel.evidence.places import HubPlace, Place, RegionPlace, SectionPlace
from netmodel.evidence.resolution import resolve_incident
from netmodel.evidence.spells import shows_open
from netmodel.outages.matching import Match, Matcher

Stretch = tuple[float, float]
"""From which kilometre of a link to which."""
PRESUPPOSE_TRAINS = ("derailment", "accident_at_crossing")
"""Kinds of incident that happen only where a train runs."""


class RunningTrains:
    """The trains that the claims of a catalogue report, by the links that they passed.

    Parameters
    ----------
    matcher
        Of the network.
    incidents
        Those that are studied; with a catalogue, all of it counts.
    as_of
        Use only what was public by then; needs the catalogue.

    Examples
    --------
    >>> import netmodel as nm
    >>> from netmodel.outages.matching import Matcher
    >>> trains = RunningTrains(Matcher(nm.built_in_network()), (), nm.built_in_catalogue())
    >>> [each.document for each in trains.over("kryvyi-rih--apostolove")]
    []
    """

    def __init__(
        self,
        matcher: Matcher,
        incidents: Iterable[Incident],
        catalogue: Catalogue | None = None,
        *,
        as_of: datetime | None = None,
    ) -> None:
        every = {each.id: each for each in (catalogue.incidents.values() if catalogue else ())}
        every |= {each.id: each for each in incidents}
        self._matcher = matcher
        self._by_link: dict[str, list[tuple[Running, Stretch]]] = {}
        for incident in every.values():
            for running, places in _list_trains(incident, catalogue, as_of):
                for link, stretch in _passed(matcher, places):
                    self._by_link.setdefault(link, []).append((running, stretch))

    def over(self, link: str, stretch: Stretch | None = None) -> list[Running]:
        """Return the trains that passed a link, or a stretch of it, from end to end."""
        low, high = stretch or (0.0, self._matcher.network.link(link).length_km)
        return [
            each
            for each, (start, end) in self._by_link.get(link, ())
            if start <= low and high <= end
        ]

    def end_closures(
        self, incident: Incident, matches: Sequence[Match], resolution: Resolution
    ) -> Resolution:
        """Return the bounds of an incident whose closures end by when a train passed.

        Where trains passed some of its links only, or trains of one kind of traffic, it gets a
        spell for each part.
        """
        links = tuple(dict.fromkeys(link for match in matches for link in match.links))
        if incident.effect != "closed" or not any(link in self._by_link for link in links):
            return resolution
        trains = {link: self._over_places(link, matches) for link in links}
        given = resolution.spells or (
            Spell(number=1, traffic=incident.traffic, resolution=resolution),
        )
        spells = [part for spell in given for part in _divide(incident, trains, spell)]
        whole = len(spells) == 1 and not spells[0].links
        return spells[0].resolution if whole else join_spells(spells)

    def _over_places(self, link: str, matches: Sequence[Match]) -> list[Running]:
        """Return the trains that passed all that some places mean of a link."""
        found = None
        for match in matches:
            if link in match.links and self._by_link.get(link):
                stretch = _stretch(self._matcher, match.place, link, match.links)
                passed = self.over(link, stretch)
                found = passed if found is None else [each for each in found if each in passed]
        return found or []


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
                each
                for each in trains[link]
                if each.incident != incident.id or each.claim is not None
                if shows_open(each.traffic, kind, spell.traffic)
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


def _list_trains(
    incident: Incident, catalogue: Catalogue | None, as_of: datetime | None
) -> Iterator[tuple[Running, tuple[Place, ...]]]:
    """Yield the trains that an incident reports or presupposes, and what they passed."""
    claims: tuple[Claim, ...] = incident.claims
    if as_of is not None and catalogue is not None:
        claims = known_claims(incident, catalogue, as_of)
    for number, claim in enumerate(incident.claims):
        if claim.about == "running" and claim.at is not None and claim in claims:
            yield (
                Running(
                    at=claim.at,
                    document=claim.document,
                    incident=incident.id,
                    traffic=claim.traffic,
                    claim=number,
                ),
                claim.places or incident.places,
            )
    if incident.kind in PRESUPPOSE_TRAINS and not incident.standing and claims:
        at = resolve_incident(replace(incident, claims=claims)).start
        yield Running(at=at, document=claims[0].document, incident=incident.id), incident.places


def _passed(matcher: Matcher, places: Iterable[Place]) -> Iterator[tuple[str, Stretch]]:
    """Yield what a train passed of each link.

    A train at a hub passed no link for certain. Places that are not on this network, or that are
    ambiguous, say nothing.
    """
    for place in places:
        if isinstance(place, HubPlace | RegionPlace):
            continue
        try:
            match = matcher.match(place)
        except (UnknownNameError, AmbiguousNameError):
            continue
        for link in match.links:
            stretch = _stretch(matcher, place, link, match.links)
            if stretch is not None:
                yield link, stretch


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
