"""The timeline: break points and states, each a few outages more or fewer than the one before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from netmodel.forms import make_form
from netmodel.outages.outage import MilestoneTimes, Outage
from netmodel.times import Window, format_instant, sorted_instants

_BEGINNING_OF_TIME = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The network over one half-open interval between two break points.

    Parameters
    ----------
    active
        Positions of the outages that hold under the chosen times.
    certain
        Positions of those that hold whatever the restoration times that the evidence allows.
    possible
        Positions of those that hold under some of them; includes `certain`.

    Notes
    -----
    Times that the evidence allows, chosen or drawn, have ``certain <= active <= possible``.
    """

    number: int
    start: datetime
    end: datetime
    active: frozenset[int]
    certain: frozenset[int]
    possible: frozenset[int]

    @property
    def hours(self) -> float:
        """Length in hours."""
        return (self.end - self.start).total_seconds() / 3600.0

    def __repr__(self) -> str:
        return (
            f"<State {self.number}: {format_instant(self.start)} to {format_instant(self.end)}, "
            f"{len(self.active)} outages, {len(self.possible) - len(self.certain)} in doubt>"
        )

    def _repr_html_(self) -> str:
        return str(make_form(self, "html"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What changes at the beginning of an interval: outages that end and that begin."""

    start: datetime
    end: datetime
    ended: frozenset[int]
    begun: frozenset[int]


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """Outages over a window.

    Parameters
    ----------
    window
        Half-open; nothing outside it is looked at.
    outages
        In any order; overlapping outages of one link are counted, so that one that ends leaves
        the other in force.
    times
        Chosen milestone times of each incident. With none, the states differ only in what is
        certain and possible.

    Examples
    --------
    >>> from netmodel.times import Bounds, parse_instant
    >>> at = lambda text: parse_instant(f"2023-05-18T{text}Z")
    >>> outage = Outage(incident="x", link="ab", effect="closed", traffic=("passenger",),
    ...     start=Bounds(earliest=at("06:00"), latest=at("06:00")),
    ...     end=Bounds(earliest=at("10:00"), latest=at("12:00")),
    ...     start_milestone="start", end_milestone="first_traffic", documents=("d",))
    >>> times = {"x": MilestoneTimes(start=at("06:00"), first_traffic=at("11:00"),
    ...                              full_service=None)}
    >>> timeline = Timeline(window=Window(start=at("00:00"), end=at("23:00")),
    ...                     outages=(outage,), times=times)
    >>> [len(state.active) for state in timeline.states]
    [0, 1, 1, 0, 0]
    >>> [len(state.possible) - len(state.certain) for state in timeline.states]
    [0, 0, 1, 1, 0]
    """

    window: Window
    outages: tuple[Outage, ...]
    times: Mapping[str, MilestoneTimes]

    def chosen(self, outage: Outage) -> tuple[datetime | None, datetime | None]:
        """Return start and end of an outage under the chosen times; ``None`` for never."""
        times = self.times.get(outage.incident)
        if times is None:
            return None, None
        return times.at(outage.start_milestone), times.at(outage.end_milestone)

    @cached_property
    def break_points(self) -> tuple[datetime, ...]:
        """Every instant within the window at which something changes, its two ends included."""
        instants: list[datetime | None] = []
        for outage in self.outages:
            instants += self.chosen(outage)
            for bounds in (outage.start, outage.end):
                instants += [bounds.earliest, bounds.latest]
        inside = [
            instant
            for instant in sorted_instants(instants)
            if self.window.start < instant < self.window.end
        ]
        return (self.window.start, *inside, self.window.end)

    @cached_property
    def states(self) -> tuple[State, ...]:
        """The states of the window in order, built from the changes between them."""
        active = self._walk([self.chosen(outage) for outage in self.outages])
        certain = self._walk([_certain_interval(outage) for outage in self.outages])
        possible = self._walk([_possible_interval(outage) for outage in self.outages])
        points = self.break_points
        return tuple(
            State(
                number=number,
                start=points[number],
                end=points[number + 1],
                active=active[number],
                certain=certain[number],
                possible=possible[number],
            )
            for number in range(len(points) - 1)
        )

    def changes(self) -> Iterator[Change]:
        """Yield each interval with the outages that end and that begin at its start."""
        before: frozenset[int] = frozenset()
        for state in self.states:
            yield Change(
                start=state.start,
                end=state.end,
                ended=before - state.active,
                begun=state.active - before,
            )
            before = state.active

    def state_at(self, instant: datetime) -> State:
        """Return the state at an instant.

        Raises
        ------
        ValueError
            If the instant lies outside the window.
        """
        for state in self.states:
            if state.start <= instant < state.end:
                return state
        raise ValueError(
            f"{format_instant(instant)} lies outside the window "
            f"{format_instant(self.window.start)} to {format_instant(self.window.end)}"
        )

    def _walk(
        self, intervals: Sequence[tuple[datetime | None, datetime | None]]
    ) -> list[frozenset[int]]:
        """Return the outages in force between break points, by what begins and ends at each."""
        points = self.break_points
        place = {instant: number for number, instant in enumerate(points)}
        begins: list[list[int]] = [[] for _ in points]
        ends: list[list[int]] = [[] for _ in points]
        for number, (start, end) in enumerate(intervals):
            if start is None or start >= self.window.end:
                continue
            if end is not None and (end <= start or end <= self.window.start):
                continue
            begins[place[max(start, self.window.start)]].append(number)
            if end is not None and end < self.window.end:
                ends[place[end]].append(number)
        current: set[int] = set()
        sets: list[frozenset[int]] = []
        for number in range(len(points) - 1):
            if begins[number] or ends[number] or not sets:
                current.difference_update(ends[number])
                current.update(begins[number])
                sets.append(frozenset(current))
            else:
                sets.append(sets[-1])
        return sets

    def __repr__(self) -> str:
        return (
            f"<Timeline: {format_instant(self.window.start)} to {format_instant(self.window.end)}, "
            f"{len(self.outages)} outages, {len(self.states)} states>"
        )

    def _repr_html_(self) -> str:
        return str(make_form(self, "html"))


def _certain_interval(outage: Outage) -> tuple[datetime | None, datetime | None]:
    """Return when an outage holds whatever the times: latest start to earliest end.

    A standing closure whose end the record does not bound is taken to hold on.
    """
    end = None if outage.holds_on else outage.end.earliest
    if outage.start.latest is None or (end is None and not outage.holds_on):
        return None, None
    return outage.start.latest, end


def _possible_interval(outage: Outage) -> tuple[datetime | None, datetime | None]:
    """Return when an outage may hold: earliest start to latest end."""
    return outage.start.earliest or _BEGINNING_OF_TIME, outage.end.latest
