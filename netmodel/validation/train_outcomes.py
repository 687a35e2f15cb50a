"""Reports of trains, compared with what the model says became of these trains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import groupby

from netmodel.evidence.incident import Catalogue, Document
from netmodel.evidence.train_reports import TrainReport
from netmodel.impact.fate_rules import FATES, FateRules
from netmodel.impact.train_fates import TrainFates, assess_trains
from netmodel.network.names import Names
from netmodel.network.railway import Network
from netmodel.outages.outage import MilestoneTimes, Outage, place_incidents, times_by_incident
from netmodel.outages.timeline import Timeline
from netmodel.scenario.train_choice import document_days
from netmodel.times import Window, add_hours
from netmodel.trains.course import find_courses
from netmodel.trains.inherited import inherit_ways
from netmodel.trains.relevance import NEAR_DAYS, valid_days
from netmodel.trains.train import Timetable, Train
from netmodel.validation.detours import plain_outage
from netmodel.validation.report_halves import half_of_incident

LEAST_HOURS = 1.0
"""An incident whose chosen times leave it no length counts as so long."""
OPEN_DAYS = 60
"""How long a window is looked at where an incident has no end in the record."""
DECISIONS = ("held", "detoured", "cut")
"""What is decided of a train whose course is closed; cut short, split and not run are one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainOutcome:
    """A report of a train, and the model's train, course and fate under that incident.

    Parameters
    ----------
    train
        The published train; one made from the ends that the report names where no row of the
        timetable fits, and ``None`` where the network does not know these.
    published
        Whether it is a row of the timetable.
    blind
        Whether the row rests on other documents than the report's.
    located
        Whether the report ties the train to a section, and the network has that section.
    meets
        Whether the course runs over it; ``False`` where not located or without a course.
    closed
        Whether the section is closed, and not slowed.
    closed_minutes
        How long the course is closed under the chosen times; inf where it is not known to end.
    detour_minutes
        Extra minutes of the quickest detour; inf where there is none, nan where not asked for.
    way_agrees
        Whether that detour passes every place that the report names; ``None`` where it names none
        or there is no detour to compare.
    fate
        By the rules; empty where the train has no course.
    """

    report: TrainReport
    train: Train | None
    published: bool
    blind: bool
    located: bool
    meets: bool
    closed: bool
    closed_minutes: float
    detour_minutes: float
    way_agrees: bool | None
    fate: str

    @property
    def half(self) -> str:
        """Whether its incident serves to choose rules or to check them."""
        return half_of_incident(self.report.incident)

    @property
    def decided(self) -> str:
        """What the operator did, one of `DECISIONS`; empty where that is no such decision."""
        did = {"cut short": "cut"}.get(self.report.did, self.report.did)
        return did if did in DECISIONS and self.closed and self.meets else ""

    @property
    def modelled(self) -> str:
        """What the model decides, in the words of `DECISIONS`, or its fate."""
        return "cut" if self.fate in ("cut short", "split", "not run") else self.fate


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeSummary:
    """Counts over outcomes.

    Parameters
    ----------
    located, meeting
        Reports tied to a section of the network, and those of them whose course runs over it.
    named, unchanged, ways, ways_agreeing
        Located reports that name the way of a detour; those whose course does not meet the closure,
        so that nothing changes; of the others, those for which the model has a detour to compare,
        and those whose detour agrees.
    decided, right
        Reports of a train held, diverted or cut whose course met a closure, and those of them
        in which the model decides alike.
    """

    located: int
    meeting: int
    named: int
    unchanged: int
    ways: int
    ways_agreeing: int
    decided: int
    right: int


def summarise_outcomes(outcomes: Iterable[TrainOutcome]) -> OutcomeSummary:
    """Return the counts over some outcomes.

    Examples
    --------
    >>> summarise_outcomes([]).located
    0
    """
    told = list(outcomes)
    located = [each for each in told if each.located]
    named = [each for each in located if each.report.via]
    ways = [each for each in named if each.way_agrees is not None]
    decided = [each for each in told if each.decided]
    return OutcomeSummary(
        located=len(located),
        meeting=sum(each.meets for each in located),
        named=len(named),
        unchanged=sum(not each.meets for each in named),
        ways=len(ways),
        ways_agreeing=sum(each.way_agrees is True for each in ways),
        decided=len(decided),
        right=sum(each.decided == each.modelled for each in decided),
    )


class TrainChecker:
    """Compares reports with the courses and fates of their trains, under any rules.

    Each incident is looked at alone, with the outages of the base state of its day.

    Parameters
    ----------
    documents
        Those that trains cite, for the days on which a row holds.
    standing
        Outages that belong to the base state while they surely hold.

    Examples
    --------
    >>> checker = TrainChecker(Network(hubs=(), links=()), (), Timetable(trains=()),
    ...     Catalogue(documents={}, incidents=()), documents={})
    >>> checker.check(FateRules())
    ()
    """

    def __init__(
        self,
        network: Network,
        reports: Sequence[TrainReport],
        timetable: Timetable,
        catalogue: Catalogue,
        *,
        documents: Mapping[str, Document],
        standing: Sequence[Outage] = (),
    ) -> None:
        finder = _Finder(network, timetable, documents)
        ordered = sorted(reports, key=_incident)
        trains = finder.find_all(ordered)
        self._cases = []
        for incident, group in groupby(ordered, _incident):
            mine = [(report, *trains[report.id]) for report in group]
            self._cases.append(_Case(network, catalogue, incident, standing, mine, finder))

    def check(self, rules: FateRules, *, half: str = "") -> tuple[TrainOutcome, ...]:
        """Return the outcome of every report, or of those of one half, by incident."""
        return tuple(
            outcome
            for case in self._cases
            if half in ("", half_of_incident(case.incident))
            for outcome in case.compare(rules)
        )


def _incident(report: TrainReport) -> str:
    return report.incident


class _Finder:
    """Finds the published train that a report means."""

    def __init__(
        self, network: Network, timetable: Timetable, documents: Mapping[str, Document]
    ) -> None:
        self._names = Names(network)
        self._timetable = timetable
        dates = document_days(documents)
        near = timedelta(days=NEAR_DAYS)
        self._days = {train.id: valid_days(train, dates, near) for train in timetable.trains}
        self._published = dates
        self._rows: dict[str, list[Train]] = {}
        for train in timetable.trains:
            for number in {train.number, *train.number.split("/")}:
                self._rows.setdefault(number, []).append(train)
        self._network = network

    def find_all(self, reports: Iterable[TrainReport]) -> Mapping[str, tuple[Train | None, bool]]:
        """Return the train of each report, and whether a row of the timetable gives it, by id."""
        rows = {each.id: self._find(each) for each in reports}
        made = [self._make(each) for each in reports if rows[each.id] is None]
        unknown = Timetable(trains=tuple(filter(None, made)))
        told = inherit_ways(
            unknown, self._network, sources=self._timetable, published=self._published
        )
        return {
            **{name: (train, train is not None) for name, train in rows.items()},
            **{train.id: (train, False) for train in told.trains},
        }

    def _find(self, report: TrainReport) -> Train | None:
        """Return the row of the timetable that a report means, by the id of the report.

        Of the rows of its number that hold on its day, one with the same ends, in either
        direction, then one with one end in common.
        """
        ends = self.place(report.origin), self.place(report.destination)
        best: tuple[tuple[object, ...], Train] | None = None
        for train in (row for each in report.numbers for row in self._rows.get(each, ())):
            mine = self.place(train.stops[0]), self.place(train.stops[-1])
            same, back = mine == ends, mine[::-1] == ends
            common = mine[0] == ends[0] or mine[1] == ends[1]
            first, last = self._days[train.id]
            if not first < report.on or last < report.on - timedelta(days=1):
                continue  # a row from the very day tells of the change that is reported
            if not (same or back or common):
                continue
            rank = (not (same or back), not same, (last - first).days, train.id)
            if best is None or rank < best[0]:
                best = rank, _turned(train) if back and not same else train
        return None if best is None else replace(best[1], id=report.id)

    def place(self, name: str) -> str:
        """Return the id of the hub, or the link of the station, that carries a name."""
        hubs = self._names.find_hubs(name)
        if hubs:
            return hubs[0].id
        stations = self._names.find_stations(name)
        return f"{stations[0].name} on {stations[0].link}" if len(stations) == 1 else ""

    def _make(self, report: TrainReport) -> Train | None:
        """Return a train of the ends that a report names."""
        ends = report.origin, report.destination
        if not all(map(self.place, ends)) or self.place(ends[0]) == self.place(ends[1]):
            return None
        kind = "suburban" if len(report.numbers[0]) == 4 else "long_distance"
        return Train(
            id=report.id,
            number=report.number,
            kind=kind,
            stops=ends,
            from_date=report.on,
            to_date=report.on,
        )

    def passes(self, hubs: frozenset[str], places: Iterable[str]) -> bool:
        """Whether a way passes all places; a station where it runs over its link."""
        found = []
        for name in places:
            known = self._names.find_hubs(name)
            if known:
                found.append(any(hub.id in hubs for hub in known))
                continue
            links = [self._network.link(each.link) for each in self._names.find_stations(name)]
            found.append(any({link.from_hub, link.to_hub} <= hubs for link in links))
        return all(found)


def _turned(train: Train) -> Train:
    """Return a train that runs the other way, without times."""
    way = train.way and replace(train.way, via=train.way.via[::-1])
    return replace(train, stops=train.stops[::-1], via=train.via[::-1], times=(), way=way)


class _Case:
    """One incident, its reports with their trains, and the base state of its day."""

    def __init__(
        self,
        network: Network,
        catalogue: Catalogue,
        incident: str,
        standing: Sequence[Outage],
        reported: Sequence[tuple[TrainReport, Train | None, bool]],
        finder: _Finder,
    ) -> None:
        self.incident, self._reported, self._finder = incident, reported, finder
        placement = place_incidents(network, [catalogue.incidents[incident]], catalogue)[0]
        self._outages = placement.outages
        self._links = {each.link for each in self._outages}
        self._effects = {each.effect for each in self._outages}
        day = datetime.combine(reported[0][0].on, time(12), tzinfo=UTC)
        held = (o.link for o in standing if o.incident != incident and _surely_holds(o, day))
        self._base = tuple(plain_outage(link, "closed", "standing") for link in dict.fromkeys(held))
        times = times_by_incident([placement], "midpoint").get(incident)
        start = day if times is None or times.start is None else times.start
        end = None if times is None else times.first_traffic
        if end is not None and end <= start:
            end = add_hours(start, LEAST_HOURS)
        self._minutes = float("inf") if end is None else (end - start) / timedelta(minutes=1)
        window = Window(
            start=add_hours(start, -1), end=add_hours(end or add_hours(start, 24 * OPEN_DAYS), 1)
        )
        full = (
            end if times is None or times.full_service is None else max(times.full_service, start)
        )
        self._timeline = Timeline(
            window=window,
            outages=(*self._base, *self._outages),
            times={
                "standing": MilestoneTimes(
                    start=window.start, first_traffic=None, full_service=None
                ),
                incident: MilestoneTimes(start=start, first_traffic=end, full_service=full),
            },
        )
        known = Timetable(trains=tuple(train for _, train, _ in reported if train is not None))
        shut = {each.link for each in self._base}
        self._courses = find_courses(known, network, closed=shut)

    def compare(self, rules: FateRules) -> list[TrainOutcome]:
        """Return the outcome of each report."""
        fates = self._worst(rules) if self._outages else {}
        freely = replace(
            rules, hold_first_minutes=0.0, detour_at_most_minutes=float("inf"), kinds_held=()
        )
        ways = self._detours(freely) if self._outages else {}
        found = []
        for report, train, published in self._reported:
            course = self._courses.courses.get(report.id)
            located = bool(self._links) and report.place == "section"
            meets = located and course is not None and bool(self._links.intersection(course.links))
            extra, hubs = ways.get(report.id, (float("inf"), None))
            agrees = None
            if report.via and meets and hubs is not None:
                agrees = self._finder.passes(hubs, report.via)
            found.append(
                TrainOutcome(
                    report=report,
                    train=train,
                    published=published,
                    blind=train is not None and report.document not in train.documents,
                    located=located,
                    meets=meets,
                    closed="closed" in self._effects,
                    closed_minutes=self._minutes,
                    detour_minutes=extra,
                    way_agrees=agrees,
                    fate=fates.get(report.id, ""),
                )
            )
        return found

    def _worst(self, rules: FateRules) -> dict[str, str]:
        """Return the gravest fate of each train over the states."""
        fates = self._assess(rules)
        return {
            train: max(
                (fates.of(state, train).fate.fate for state in range(len(fates.timeline.states))),
                key=FATES.index,
            )
            for train in fates.trains
        }

    def _detours(self, rules: FateRules) -> dict[str, tuple[float, frozenset[str] | None]]:
        """Return the extra minutes of the detour of each train, and the hubs that it passes."""
        fates = self._assess(rules)
        found: dict[str, tuple[float, frozenset[str] | None]] = {}
        for train in fates.trains:
            told = [fates.of(n, train).fate for n in range(len(fates.timeline.states))]
            detours = [each for each in told if each.fate == "detoured"]
            if detours:
                hubs = frozenset((*detours[0].via, *self._courses.courses[train].hubs))
                found[train] = detours[0].extra_minutes, hubs
        return found

    def _assess(self, rules: FateRules) -> TrainFates:
        advisory = "avoid" if self._effects == {"advisory"} else "use"
        return assess_trains(
            self._courses,
            self._timeline,
            rules=rules,
            base_outages=self._base,
            advisory=advisory,
        )


def _surely_holds(outage: Outage, day: datetime) -> bool:
    start, end = outage.start.latest, outage.end.earliest
    return start is not None and start <= day and (end is None or day < end)
