"""The timeline: break points and states, each a few outages more or fewer than the one before."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from netmodel.forms import make_form
from netmodel.outages.outage import MilestoneTimes, Outage
from netmodel.times import Window, format_instant, sorted_instants

Interval = tuple[datetime | None, datetime | None]
"""Start and end; a start of ``None`` is never, an end of ``None`` is open."""
_BEGINNING_OF_TIME = datetime.min.replace(tzinfo=UTC)
_NEVER: Interval = (None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSpan:
    """The states in which one outage holds; each a half-open range, empty for none.

    Parameters
    ----------
    chosen
        Where it holds under the chosen times.
    certain
        Where it, or something graver in its place, holds whatever the times that the evidence
        allows.
    possible
        Where it holds under some of them.
    """

    chosen: range
    certain: range
    possible: range


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The network over one half-open interval between two break points.

    Parameters
    ----------
    active
        Positions of the outages that hold under the chosen times.
    certain
        Positions of those that hold whatever the times that the evidence allows. A second stage
        counts where only the change from the first is in doubt: it, or the graver first stage,
        then holds.
    possible
        Positions of those that hold under some of them; includes `certain`.

    Notes
    -----
    Times that the evidence allows, chosen or drawn, have ``active <= possible``; and for each
    certain outage, it or an earlier stage of the same incident on its link is active.
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
        Chosen milestone times of each incident, or spell, by `Outage.times_key`. With none, the
        states differ only in what is certain and possible.

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
        times = self.times.get(outage.times_key)
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
    def spans(self) -> tuple[StateSpan, ...]:
        """For each outage the states in which it is chosen, certain and possible."""
        certain = certain_intervals(self.outages)
        return tuple(
            StateSpan(
                chosen=self._states_in(self.chosen(outage)),
                certain=self._states_in(surely),
                possible=self._states_in(_possible_interval(outage)),
            )
            for outage, surely in zip(self.outages, certain, strict=True)
        )

    @cached_property
    def states(self) -> tuple[State, ...]:
        """The states of the window in order, built from the changes between them."""
        points = self.break_points
        active, certain, possible = (
            _sets_in_force([getattr(span, name) for span in self.spans], len(points) - 1)
            for name in ("chosen", "certain", "possible")
        )
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

    def _states_in(self, interval: Interval) -> range:
        """Return the states between two break points."""
        start, end = interval
        if start is None or start >= self.window.end:
            return range(0)
        points = self.break_points
        first = bisect_left(points, max(start, self.window.start))
        after = len(points) - 1 if end is None else bisect_left(points, min(end, self.window.end))
        return range(first, after) if first < after else range(0)

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

    def __repr__(self) -> str:
        return (
            f"<Timeline: {format_instant(self.window.start)} to {format_instant(self.window.end)}, "
            f"{len(self.outages)} outages, {len(self.states)} states>"
        )

    def _repr_html_(self) -> str:
        return str(make_form(self, "html"))


def certain_intervals(outages: Sequence[Outage]) -> list[Interval]:
    """Return when each outage, or something graver in its place, holds whatever the times.

    An outage holds from its latest start to its earliest end. While only the change from a first
    stage to a second is in doubt, the second holds at least: so it counts from where the first
    has certainly begun and may have ended. A standing closure whose end the record does not bound
    is taken to hold on.

    Returns
    -------
    list of (start, end)
        A start of ``None`` where it is certain at no time; an end of ``None`` where it holds on.
    """
    first = {
        (outage.times_key, outage.link): outage
        for outage in outages
        if outage.start_milestone == "start"
    }
    return [_certain_interval(each, first.get((each.times_key, each.link))) for each in outages]


def _certain_interval(outage: Outage, first: Outage | None) -> Interval:
    start, end = outage.start.latest, outage.end.earliest
    if first is not None and first is not outage and not first.holds_on:
        begun = first.start.latest
        start = start if begun is None else max(begun, outage.start.earliest or begun)
    if outage.holds_on:
        end = None
    elif end is None or start is None or end <= start:
        return _NEVER
    return (start, end) if start is not None else _NEVER


def _possible_interval(outage: Outage) -> Interval:
    """Return when an outage may hold: earliest start to latest end."""
    return outage.start.earliest or _BEGINNING_OF_TIME, outage.end.latest


def _sets_in_force(spans: Sequence[range], count: int) -> list[frozenset[int]]:
    """Return which outages hold in each state, by what begins and ends in it."""
    begins: list[list[int]] = [[] for _ in range(count + 1)]
    ends: list[list[int]] = [[] for _ in range(count + 1)]
    for number, span in enumerate(spans):
        if span:
            begins[span.start].append(number)
            ends[span.stop].append(number)
    current: set[int] = set()
    sets: list[frozenset[int]] = []
    for begun, ended in zip(begins[:count], ends[:count], strict=True):
        if begun or ended or not sets:
            current.difference_update(ended)
            current.update(begun)
            sets.append(frozenset(current))
        else:
            sets.append(sets[-1])
    return sets
