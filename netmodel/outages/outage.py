"""Outages: an effect on one link between two milestones of an incident."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import numpy as np

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import AmbiguousNameError, InputError, Problem, UnknownNameError
from netmodel.evidence.as_of import find_latest_forecast, known_incident
from netmodel.evidence.incident import QUOTAS, Catalogue, Incident
from netmodel.evidence.milestone_bounds import (
    ORIGIN,
    Resolution,
    Running,
    Spell,
    allowed_times,
    join_spells,
    scale_resolution,
    tighten_bounds,
    to_instant,
)
from netmodel.evidence.notes import Note
from netmodel.evidence.places import Place, SectionPlace
from netmodel.evidence.resolution import resolve_incident
from netmodel.evidence.timing import ALWAYS, MICROSECONDS_PER_SECOND, NEVER, scale_time
from netmodel.evidence.vocabulary import MILESTONES, OUTAGE_EFFECTS, TRAFFIC_TYPES, Checks
from netmodel.network.railway import Network
from netmodel.outages.matching import Match, Matcher
from netmodel.outages.running import RunningTrains, list_running
from netmodel.times import Bounds
from netmodel.trains.train import Timetable

_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """An effect on one link, from one milestone of an incident to another.

    Parameters
    ----------
    start, end
        Bounds of both ends, UTC; an end without a latest instant may never have come.
    start_milestone, end_milestone
        The milestones that `start` and `end` are bounds of.
    share
        Length of this link over that of all links of the incident's place: its part of a delay
        reported for the place as a whole.
    trains_per_day, wagons_per_day
        For ``limited``: how many a day may pass, both directions together; ``None`` where that
        is not reported.
    spell
        Which spell of the incident it belongs to, counted from 1; each has its own times.

    Examples
    --------
    >>> from netmodel.evidence.catalogue_file import built_in_catalogue
    >>> from netmodel.network.formats import built_in_network
    >>> incident = built_in_catalogue().incidents["2023-05-18-simferopol-chystenke"]
    >>> outage = place_incidents(built_in_network(), [incident])[0].outages[0]
    >>> outage.link, outage.effect, outage.start_milestone, outage.end_milestone
    ('simferopol--bakhchysarai', 'closed', 'start', 'first_traffic')
    """

    incident: str
    link: str
    effect: str
    traffic: tuple[str, ...]
    start: Bounds
    end: Bounds
    start_milestone: str
    end_milestone: str
    documents: tuple[str, ...]
    slowed_minutes: float | None = None
    share: float = 1.0
    place: str = ""
    standing: bool = False
    trains_per_day: float | None = None
    wagons_per_day: float | None = None
    spell: int = 1

    def __post_init__(self) -> None:
        checks = Checks()
        checks.text("incident", self.incident, empty=True)  # a supposed outage has none
        checks.text("link", self.link)
        checks.word("effect", self.effect, OUTAGE_EFFECTS)
        traffic = checks.texts("traffic", self.traffic, least=1)
        for kind in traffic:
            checks.word("traffic", kind, TRAFFIC_TYPES)
        for name in ("start", "end"):
            bounds: object = getattr(self, name)
            if not isinstance(bounds, Bounds):
                checks.refuse(f"{bounds!r} is no Bounds", name)
            checks.word(f"{name}_milestone", getattr(self, f"{name}_milestone"), MILESTONES)
        documents = checks.texts("documents", self.documents)
        checks.number("slowed_minutes", self.slowed_minutes, low=0, optional=True)
        checks.number("share", self.share, low=0, high=1 + 1e-9)
        for name in QUOTAS:
            checks.number(name, getattr(self, name), low=0, optional=True)
        checks.number("spell", self.spell, low=1)
        checks.flag("standing", self.standing)
        checks.done()
        object.__setattr__(self, "traffic", traffic)
        object.__setattr__(self, "documents", documents)

    @property
    def times_key(self) -> str:
        """Under which chosen and drawn times are kept: the incident, and its spell."""
        return times_key(self.incident, self.spell)

    @property
    def holds_on(self) -> bool:
        """Whether the end, which the record does not bound, is taken never to come."""
        return holds_on(standing=self.standing, latest=self.end.latest)


def times_key(incident: str, spell: int) -> str:
    """Return under which the times of a spell are kept; the first goes by the incident's id.

    Examples
    --------
    >>> times_key("x", 1), times_key("x", 2)
    ('x', 'x#2')
    """
    return incident if spell == 1 else f"{incident}#{spell}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """What became of one incident: how its places matched, its bounds and its outages.

    Parameters
    ----------
    reasons
        Why the incident has no outage; empty when it has.
    unplaced
        Each place that is unknown or ambiguous, with file:line where known and what to write.
    """

    incident: Incident
    matches: tuple[Match, ...]
    resolution: Resolution
    outages: tuple[Outage, ...]
    reasons: tuple[Note, ...] = ()
    unplaced: tuple[Problem, ...] = ()

    @property
    def spells(self) -> tuple[Spell, ...]:
        """The spells of the incident, each with its bounds; one where there are not several."""
        return self.resolution.spells or (
            Spell(number=1, traffic=self.incident.traffic, resolution=self.resolution),
        )

    @property
    def spells_by_key(self) -> dict[str, Spell]:
        """The spells under the keys of their times."""
        return {
            times_key(self.incident.id, number): spell
            for number, spell in enumerate(self.spells, 1)
        }


@refuse_wrong_kinds
def place_incidents(
    network: Network,
    incidents: Iterable[Incident],
    catalogue: Catalogue | None = None,
    *,
    as_of: datetime | None = None,
    trains: Timetable | None = None,
    list_unplaced: bool = False,
    running: Iterable[Running] = (),
) -> tuple[Placement, ...]:
    """Match incidents to links and turn them into outages.

    Parameters
    ----------
    as_of
        Use only what was public by then; needs the catalogue.
    trains
        Known trains, which decide between lines: see `Matcher`.
    list_unplaced
        Whether an incident whose place is unknown or ambiguous is returned with the problem, and
        with the outages of its other places, instead of raising.
    running
        Trains that passed, beside those that the incidents and the catalogue report: each ends
        the earlier closures of what it passed.

    Returns
    -------
    tuple of Placement
        One for each incident, in their order; those with effect ``none``, with a region but no
        section, off the network, or of which nothing was public by `as_of` have no outage and a
        reason.

    Raises
    ------
    InputError
        With every incident whose place is unknown or ambiguous, and what to write instead, unless
        they are to be listed.

    Examples
    --------
    >>> from netmodel.evidence.catalogue_file import built_in_catalogue
    >>> from netmodel.network.formats import built_in_network
    >>> incident = built_in_catalogue().incidents["2023-05-18-simferopol-chystenke"]
    >>> [placement] = place_incidents(built_in_network(), [incident])
    >>> [outage.link for outage in placement.outages]
    ['simferopol--bakhchysarai']
    """
    return place_by(
        Matcher(network, trains=trains), incidents, catalogue,
        as_of=as_of, list_unplaced=list_unplaced, running=running,
    )  # fmt: skip


def place_by(
    matcher: Matcher,
    incidents: Iterable[Incident],
    catalogue: Catalogue | None = None,
    *,
    as_of: datetime | None = None,
    list_unplaced: bool = False,
    running: Iterable[Running] = (),
) -> tuple[Placement, ...]:
    """Place incidents by a matcher, which knows what it has matched before."""
    incidents = tuple(incidents)
    origins = catalogue.origins if catalogue else {}
    matched = []
    for incident in incidents:
        where = f"{origins[incident.id]}: " if incident.id in origins else ""
        where = f"{where}incident {incident.id}"
        matched.append([_match_place(matcher, place, incident, where) for place in incident.places])
    problems = [problem for found in matched for _, problem in found if problem is not None]
    if problems and not list_unplaced:
        raise InputError(problems)
    passed = RunningTrains(matcher, (*list_running(incidents, catalogue, as_of=as_of), *running))
    placements = []
    for incident, found in zip(incidents, matched, strict=True):
        matches = tuple(match for match, _ in found)
        resolution = resolve_incident(incident, catalogue, as_of=as_of)
        known: Incident | None = incident
        if as_of is not None and catalogue is not None:
            known = known_incident(incident, catalogue, as_of)
        documents = () if known is None else known.documents
        resolution = passed.end_closures(incident, matches, resolution)
        resolution = _tell_open_end(known or incident, resolution, catalogue)
        placed = _place(matcher.network, incident, matches, resolution, documents)
        unplaced = tuple(problem for _, problem in found if problem is not None)
        placements.append(replace(placed, unplaced=unplaced))
    return tuple(placements)


def _tell_open_end(
    incident: Incident, resolution: Resolution, catalogue: Catalogue | None
) -> Resolution:
    """Return bounds that tell, where the record has no end, what the last forecast said."""
    last = _stages(incident)[-1][2]
    ends = [each.resolution for each in resolution.spells] or [resolution]
    known = [each.milestone(last).latest is not None for each in ends]
    if incident.effect == "none" or incident.standing or all(known):
        return resolution
    note = Note("no_end")
    forecast = find_latest_forecast(incident, catalogue)
    if forecast is not None:
        note = Note("no_end_forecast", {"says": forecast.says, "document": forecast.document})
    return replace(resolution, notes=(*resolution.notes, note))


def _match_place(
    matcher: Matcher, place: Place, incident: Incident, where: str
) -> tuple[Match, Problem | None]:
    """Return how a place matched, and what is wrong where it could not be placed."""
    try:
        match = matcher.match(place)
    except UnknownNameError as error:
        what = f"unknown {error.kind} {error.name!r}"
        note = Note("unknown_name", {"name": error.name})
        problem = Problem(what=what, where=where, remedy=error.remedy)
        return Match(place=place, status="unknown", notes=(note,)), problem
    except AmbiguousNameError as error:
        note = Note("ambiguous_name", {"name": error.name})
        problem = Problem(what=str(error), where=where)
        return Match(place=place, status="unknown", notes=(note,)), problem
    if incident.effect != "none" and any(note.code == "same_place" for note in match.notes):
        remedy = "name both ends of the section, or one place with `hub:` or `station:`"
        return match, Problem(what=f"place {place} is one place", where=where, remedy=remedy)
    if match.status != "ambiguous" or incident.effect == "none":
        return match, None
    ways = [str(rival.reason) for rival in match.rivals]
    more = f"; and {len(ways) - _NAMED} more" if len(ways) > _NAMED else ""
    what = f"place {place} is ambiguous: {'; or '.join(ways[:_NAMED])}{more}"
    return match, Problem(what=what, where=where, remedy=tell_apart(match))


def tell_apart(match: Match) -> str:
    """Return what to write instead of an ambiguous place."""
    names = [rival.reason.values.get("names") for rival in match.rivals[:2]]
    between = [each[0] for each in names if isinstance(each, tuple) and each]
    if isinstance(match.place, SectionPlace) and between:
        named = " or ".join(dict.fromkeys(between))
        return f"name a place in between, such as {named}, or give the ids with `links:`"
    return "name a section with `between:`, or give the ids with `links:`"


def _place(
    network: Network,
    incident: Incident,
    matches: tuple[Match, ...],
    resolution: Resolution,
    documents: tuple[str, ...],
) -> Placement:
    links = tuple(dict.fromkeys(link for match in matches for link in match.links))
    reasons: tuple[Note, ...] = ()
    if incident.effect == "none":
        reasons = (Note("no_effect"),)
    elif not links:
        reasons = tuple(note for match in matches for note in match.notes) or (Note("no_link"),)
    elif incident.claims and not documents:
        reasons = (Note("not_reported"),)
    placement = Placement(
        incident=incident, matches=matches, resolution=resolution, outages=(), reasons=reasons
    )
    if reasons:
        return placement
    total = sum(network.link(link).length_km for link in links)
    outages = tuple(
        Outage(
            incident=incident.id,
            link=link,
            effect=effect,
            traffic=traffic,
            start=spell.resolution.milestone(start),
            end=spell.resolution.milestone(end),
            start_milestone=start,
            end_milestone=end,
            documents=documents,
            slowed_minutes=incident.slowed_minutes if effect == "slowed" else None,
            share=network.link(link).length_km / total,
            place="; ".join(str(match.place) for match in matches if link in match.links),
            standing=incident.standing,
            spell=number,
            **quotas,
        )
        for number, spell in enumerate(placement.spells, 1)
        for effect, start, end in _stages(incident)
        for traffic, quotas in _quotas(incident, effect, spell.traffic)
        for link in spell.links or links
    )
    return replace(placement, outages=outages)


def _quotas(
    incident: Incident, effect: str, traffic: tuple[str, ...]
) -> list[tuple[tuple[str, ...], dict[str, float]]]:
    """Return for whom an effect holds; one that limits trains says how many of each kind."""
    if effect != "limited" or not (incident.trains_per_day or incident.wagons_per_day):
        return [(traffic, {})]
    found: list[tuple[tuple[str, ...], dict[str, float]]] = []
    for kind in traffic:
        given = {name: getattr(incident, name).get(kind) for name in QUOTAS}
        known = {name: float(number) for name, number in given.items() if number is not None}
        if known:
            found.append(((kind,), known))
    return found


def _stages(incident: Incident) -> tuple[tuple[str, str, str], ...]:
    """Return (effect, from milestone, to milestone) of each stage of an incident."""
    if incident.effect != "closed":
        return ((incident.effect, "start", "full_service"),)
    if incident.then is None:
        return (("closed", "start", "first_traffic"),)
    return (
        ("closed", "start", "first_traffic"),
        (incident.then, "first_traffic", "full_service"),
    )


def bound_outages(placement: Placement) -> Placement:
    """Return an incident whose outages begin and end within what the evidence allows together.

    Raises
    ------
    InputError
        If its bounds exclude each other.
    """
    return _set_bounds(placement, tighten_bounds)


def _set_bounds(placement: Placement, change: Callable[[Resolution], Resolution]) -> Placement:
    """Return an incident with changed bounds, within which its outages begin and end."""
    if placement.resolution.spells:
        spells = [replace(e, resolution=change(e.resolution)) for e in placement.resolution.spells]
        changed = replace(placement, resolution=join_spells(spells))
    else:
        changed = replace(placement, resolution=change(placement.resolution))
    bounds = {key: spell.resolution for key, spell in changed.spells_by_key.items()}
    return replace(
        changed,
        outages=tuple(
            replace(
                outage,
                start=bounds[outage.times_key].milestone(outage.start_milestone),
                end=bounds[outage.times_key].milestone(outage.end_milestone),
            )
            for outage in placement.outages
        ),
    )


def holds_on(*, standing: bool, latest: object) -> bool:
    """Whether an outage is taken to hold on: a standing closure without a latest end.

    Examples
    --------
    >>> holds_on(standing=True, latest=None), holds_on(standing=True, latest="2023-05-18")
    (True, False)
    """
    return standing and not latest


@refuse_wrong_kinds
def times_by_incident(placements: Iterable[Placement], rule: str) -> Mapping[str, MilestoneTimes]:
    """Return the chosen times of every spell of an incident that has outages, by its key.

    An end of a standing closure that the record does not bound stays open under every rule.
    """
    return {
        key: pick_times(spell.resolution, rule, standing=each.incident.standing)
        for each in placements
        if each.outages
        for key, spell in each.spells_by_key.items()
    }


@refuse_wrong_kinds
def scale_repairs(placements: Iterable[Placement], scale: float) -> tuple[Placement, ...]:
    """Return incidents whose restorations all take so many times as long.

    Times are chosen, drawn or taken at their extremes as if nothing were scaled; then every
    milestone after the start moves to start + scale x (milestone - start). The bounds of the
    outages cover all instants to which an allowed start and restoration can move. Standing
    closures, and works that come again on set days, stay as they are.

    Parameters
    ----------
    scale
        > 0; 2 for repairs that take twice as long. 1 changes nothing.

    Raises
    ------
    InputError
        If the scale is not a positive number.
    """
    if not (np.isfinite(scale) and scale > 0):
        raise InputError([Problem(what=f"repair_scale (={scale}) must be a number > 0")])
    if scale == 1:
        return tuple(placements)
    return tuple(
        placement
        if placement.incident.standing or placement.incident.recurs
        else _set_bounds(placement, partial(scale_resolution, scale=scale))
        for placement in placements
    )


TIME_RULES = ("earliest", "midpoint", "latest")


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneTimes:
    """One number for each milestone, chosen by a named rule or drawn by an ensemble.

    ``None`` means: not within any window (never began, or never ended).
    """

    start: datetime | None
    first_traffic: datetime | None
    full_service: datetime | None

    def at(self, milestone: str) -> datetime | None:
        """Return the instant of ``start``, ``first_traffic`` or ``full_service``."""
        return {
            "start": self.start,
            "first_traffic": self.first_traffic,
            "full_service": self.full_service,
        }[milestone]


def pick_times(resolution: Resolution, rule: str, *, standing: bool = False) -> MilestoneTimes:
    """Choose one instant for each milestone.

    Parameters
    ----------
    rule
        ``earliest``: every milestone as early as the evidence allows. ``latest``: as late as it
        allows; an end that the record does not bound stays open. ``midpoint``: the middle of
        the bounds, the start first and each later milestone in the middle of what is then
        left; where a side is open there is no middle: a start is then its known bound, and an
        end stays open. Bounds are first tightened by the order of the milestones, and an end
        keeps any known distance from the start. Times are chosen, then scaled.
    standing
        Whether an end that the record does not bound above never comes.

    Raises
    ------
    ValueError
        If the rule has another name.
    InputError
        If no times within the bounds come in order.
    """
    if rule not in TIME_RULES:
        raise ValueError(f"unknown rule {rule!r}; one of {', '.join(TIME_RULES)}")
    allowed, scale = allowed_times(resolution, standing=standing), resolution.scale
    unscaled = replace(allowed, scale=1.0)
    low, high = allowed.earliest[0], allowed.latest[0]
    if low <= ALWAYS or high >= NEVER:
        start = high if high < NEVER else low
    else:
        start = _pick(low, high, rule)
    if start <= ALWAYS:
        return MilestoneTimes(start=None, first_traffic=None, full_service=None)
    _, *lows = unscaled.given_start(start, "mildest")
    _, *highs = unscaled.given_start(start, "gravest")
    first = _pick(lows[0], highs[0], rule)
    full = _pick(max(lows[1], min(first, highs[1])), highs[1], rule)
    return MilestoneTimes(
        start=to_instant(start, ORIGIN),
        first_traffic=to_instant(scale_time(start, first, scale), ORIGIN),
        full_service=to_instant(scale_time(start, full, scale), ORIGIN),
    )


def _pick(low: int, high: int, rule: str) -> int:
    """Return one instant between two; the middle is rounded to the second."""
    if rule == "earliest" or low >= NEVER:
        return low
    if rule == "latest" or high >= NEVER:
        return high
    half = round((high - low) / (2 * MICROSECONDS_PER_SECOND)) * MICROSECONDS_PER_SECOND
    return min(low + half, high)
