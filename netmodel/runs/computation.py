"""A scenario computed: its outages, its states, and what each meant for each kind of traffic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from netmodel.errors import UnknownNameError
from netmodel.files.whole import Note
from netmodel.impact.assessment import Assessor, StateImpact
from netmodel.impact.buses import Service
from netmodel.impact.costs import closes_link
from netmodel.impact.train_counts import TrainImpact, count_trains
from netmodel.impact.train_fates import assess_trains
from netmodel.network.railway import Network
from netmodel.outages.outage import Outage, Placement, scale_repairs, times_by_incident
from netmodel.outages.timeline import Timeline
from netmodel.runs.size import expect_size, free_memory
from netmodel.scenario.scenario import Scenario
from netmodel.scenario.train_choice import document_days
from netmodel.times import load_zone
from netmodel.trains.course import PROFILE_OF_KIND, Courses, find_courses, place_stops
from netmodel.trains.relevance import RelevantTrains, relevant_trains
from netmodel.trains.train import Timetable

if TYPE_CHECKING:
    from netmodel.runs.ensemble_result import Ensemble

FoundT = TypeVar("FoundT")
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much is done, and how much there is."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TrafficImpact:
    """The impact of every state on one kind of traffic."""

    traffic: str
    assessor: Assessor
    states: tuple[StateImpact, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Computation:
    """A scenario that has been computed.

    Parameters
    ----------
    placements, background
        What became of each studied incident, and of each standing closure that may hold within
        the window.
    impacts
        One for each kind of traffic, in the order of the scenario.
    trains
        What became of each train; ``None`` where the scenario has none, or none that ran.
    ensemble
        Samples of the restoration times, if the scenario asks for any.
    """

    scenario: Scenario
    placements: tuple[Placement, ...]
    background: tuple[Placement, ...]
    timeline: Timeline
    services: tuple[Service, ...]
    impacts: tuple[TrafficImpact, ...]
    trains: TrainImpact | None = None
    ensemble: Ensemble | None = None

    @property
    def name(self) -> str:
        """What the run is called."""
        return self.scenario.name

    @property
    def network(self) -> Network:
        """The railway the scenario ran on."""
        return self.scenario.network

    def impact_on(self, traffic: str | None = None) -> TrafficImpact:
        """Return the impact on a kind of traffic, the first one by default.

        Raises
        ------
        UnknownNameError
            If the run has no such traffic.
        """
        known = {impact.traffic: impact for impact in self.impacts}
        name = self.impacts[0].traffic if traffic is None else traffic
        if name not in known:
            raise UnknownNameError.among("traffic of this run", name, known)
        return known[name]

    def prefix_of(self, traffic: str) -> str:
        """Return what stands before the columns of a kind of traffic: nothing for the first."""
        return traffic_prefix(traffic, self.scenario.traffic)

    @property
    def incidents_with_outages(self) -> tuple[str, ...]:
        """Ids of the studied incidents that have outages, in order."""
        return tuple(each.incident.id for each in self.placements if each.outages)


def traffic_prefix(traffic: str, kinds: Sequence[str]) -> str:
    """Return what stands before the columns of one of several kinds of traffic.

    Examples
    --------
    >>> traffic_prefix("passenger", ["passenger", "freight"])
    ''
    >>> traffic_prefix("freight", ["passenger", "freight"])
    'freight_'
    """
    return "" if traffic == kinds[0] else f"{traffic}_"


FoundCourses: TypeAlias = tuple[RelevantTrains, Courses]
"""The trains that run in a window, and their courses in the base state."""


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """What several computations share: assessors with all their routes, and courses of trains."""

    assessors: list[tuple[tuple[object, ...], Assessor]] = field(default_factory=list)
    courses: list[tuple[tuple[object, ...], FoundCourses]] = field(default_factory=list)

    def find(self, network: Network, question: tuple[object, ...]) -> Assessor | None:
        """Return the assessor of the same question on the same network, if there is one."""
        return _find_known(self.assessors, (network, *question))

    def find_courses(self, network: Network, question: tuple[object, ...]) -> FoundCourses | None:
        """Return the courses of the same question on the same network, if they are known."""
        return _find_known(self.courses, (network, *question))


def _find_known(
    pairs: Sequence[tuple[tuple[object, ...], FoundT]], question: tuple[object, ...]
) -> FoundT | None:
    for known, found in pairs:
        if known[0] is question[0] and known[1:] == question[1:]:
            return found
    return None


def compute_states(
    scenario: Scenario,
    *,
    progress: Progress | None = None,
    shared: Shared | None = None,
    note: Note | None = None,
) -> Computation:
    """Return a scenario computed, without samples.

    Parameters
    ----------
    shared
        What earlier computations have solved, which this one uses and adds to.
    note
        Told the size of what is to come, where that is large.

    Raises
    ------
    InputError
        If the bounds of an incident exclude each other and times are to be scaled.
    MachineError
        If the memory will not do by far.
    """
    prepared = _prepare(scenario, shared or Shared())
    timeline, base, running = prepared.timeline, prepared.base, prepared.running
    size = expect_size(prepared.assessors, timeline)
    size.check(free_memory())
    if note is not None and size.tell():
        note(size.tell())
    return Computation(
        scenario=scenario,
        placements=prepared.placements,
        background=_closures_within(scenario),
        timeline=timeline,
        services=scenario.services,
        impacts=tuple(
            _assess_traffic(traffic, assessor, scenario, timeline, progress)
            for traffic, assessor in zip(scenario.traffic, prepared.assessors, strict=True)
        ),
        trains=_assess_trains(scenario, timeline, base, running),
    )


def check_states(scenario: Scenario) -> None:
    """Raise what `compute_states` would find wrong, without solving a state or finding ways.

    Raises
    ------
    InputError
        If the bounds of an incident exclude each other and times are to be scaled, or a train that
        runs in the window stops where the network has no place.
    """
    _, _, base = _lay_out_time(scenario)
    if scenario.timetable is not None and "passenger" in scenario.traffic:
        place_stops(_find_relevant(scenario, scenario.timetable).timetable, scenario.network)
    for traffic in scenario.traffic:
        _find_assessor(traffic, scenario, base, None, Shared())


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Prepared:
    """All that stands before the states are solved, one assessor for each kind of traffic."""

    placements: tuple[Placement, ...]
    timeline: Timeline
    base: tuple[Outage, ...]
    running: FoundCourses | None
    assessors: tuple[Assessor, ...]


def _prepare(scenario: Scenario, shared: Shared) -> _Prepared:
    placements, timeline, base = _lay_out_time(scenario)
    running = _find_running(scenario, base, shared)
    return _Prepared(
        placements=placements,
        timeline=timeline,
        base=base,
        running=running,
        assessors=tuple(
            _find_assessor(traffic, scenario, base, running, shared) for traffic in scenario.traffic
        ),
    )


def _lay_out_time(
    scenario: Scenario,
) -> tuple[tuple[Placement, ...], Timeline, tuple[Outage, ...]]:
    """Return the studied incidents on the network, all outages in time, and those of the base."""
    background = _closures_within(scenario)
    placements = scale_repairs(scenario.placements, scenario.repair_scale)
    every = (*background, *placements)
    timeline = Timeline(
        window=scenario.window,
        outages=tuple(outage for placement in every for outage in placement.outages),
        times=times_by_incident(every, scenario.time_rule),
    )
    base = _base_outages(timeline, {placement.incident.id for placement in background})
    return placements, timeline, base


def _closures_within(scenario: Scenario) -> tuple[Placement, ...]:
    """Return the standing closures that may hold within the window, for some allowed time.

    One that closes no link stays, so that the run says why.
    """
    window = scenario.window

    def may_hold(outage: Outage) -> bool:
        begun, over = outage.start.earliest, outage.end.latest
        starts = begun is None or begun < window.end
        return starts and (over is None or over > window.start)

    placements = scenario.background_placements
    return tuple(
        each for each in placements if not each.outages or any(map(may_hold, each.outages))
    )


def _base_outages(timeline: Timeline, background: set[str]) -> tuple[Outage, ...]:
    """Return the standing closures in force when the window begins."""
    first = timeline.states[0]
    return tuple(
        timeline.outages[number]
        for number in sorted(first.active)
        if timeline.outages[number].incident in background
    )


def _assess_traffic(
    traffic: str,
    assessor: Assessor,
    scenario: Scenario,
    timeline: Timeline,
    progress: Progress | None,
) -> TrafficImpact:
    states = []
    assessor.router.expect(len(scenario.placements))  # each incident is looked at alone, too
    for impact in assessor.assess(timeline, scenario.metrics):
        states.append(impact)
        if progress:
            progress(f"{traffic} states", len(states), len(timeline.states))
    return TrafficImpact(traffic=traffic, assessor=assessor, states=tuple(states))


def _find_assessor(
    traffic: str,
    scenario: Scenario,
    base: tuple[Outage, ...],
    running: FoundCourses | None,
    shared: Shared,
) -> Assessor:
    demand, profile = scenario.demand_of(traffic), scenario.profiles[traffic]
    services, anchors = scenario.services, scenario.anchors
    courses = None if running is None else running[1]
    question = (
        demand, profile, base, services, scenario.advisory, anchors, courses, scenario.near_minutes
    )  # fmt: skip
    known = shared.find(scenario.network, question)
    if known is not None:
        return known
    assessor = Assessor(
        scenario.network,
        demand,
        profile,
        base_outages=base,
        services=services,
        advisory=scenario.advisory,
        anchors=anchors,
        trains=running,
        near_minutes=scenario.near_minutes,
    )
    shared.assessors.append(((scenario.network, *question), assessor))
    return assessor


def _find_running(
    scenario: Scenario, base: tuple[Outage, ...], shared: Shared
) -> FoundCourses | None:
    """Return the trains that run in the window, which are all of passengers; ``None`` if none."""
    if scenario.timetable is None or "passenger" not in scenario.traffic:
        return None
    found = _find_courses(scenario, scenario.timetable, base, shared)
    return found if found[0].timetable.trains else None


def _assess_trains(
    scenario: Scenario,
    timeline: Timeline,
    base: tuple[Outage, ...],
    found: FoundCourses | None,
) -> TrainImpact | None:
    """Return what became of the trains."""
    if found is None:
        return None
    running, courses = found
    fates = assess_trains(
        courses,
        timeline,
        rules=scenario.train_rules,
        base_outages=base,
        advisory=scenario.advisory,
    )
    return count_trains(fates, running, zone=load_zone(scenario.zone))


def _find_courses(
    scenario: Scenario, timetable: Timetable, base: tuple[Outage, ...], shared: Shared
) -> FoundCourses:
    network, advisory = scenario.network, scenario.advisory
    profile = PROFILE_OF_KIND["long_distance"]
    shut = {each.link for each in base if closes_link(network, profile, each, advisory=advisory)}
    question = (timetable, scenario.window, scenario.zone, tuple(sorted(shut)))
    known = shared.find_courses(network, question)
    if known is not None:
        return known
    running = _find_relevant(scenario, timetable)
    found = running, find_courses(running.timetable, network, closed=shut)
    shared.courses.append(((network, *question), found))
    return found


def _find_relevant(scenario: Scenario, timetable: Timetable) -> RelevantTrains:
    """Return the trains that run in the window."""
    zone = load_zone(scenario.zone)
    published = document_days(scenario.train_documents, zone)
    return relevant_trains(timetable, scenario.window, zone=zone, published=published)
