"""Draws of restoration times, and the sets of outages that they make.

A stage is all outages of an incident between the same two milestones; they come and go together.
One bit for each stage in doubt makes a set of active stages a whole number, events add or take
their bit, and a running sum along the sorted events gives the set in force between any two.

Start, first traffic and full service are drawn in that order, each within what its own bounds
and the times before it leave. Where the record bounds a milestone on both sides, the draw is
uniform between the two, or uniform in the logarithm of one more than the hours since the start.
Where it sets no upper bound, an `EndSampler` says how much longer it took. Where repairs are
scaled, times are drawn as if they were not, and then scaled.

Samples come in blocks of fixed size. Each incident, or spell of one, has its own stream in each
block, given by the seed, the number of the block and the incident's id alone; so sample 1,234 is
the same however many samples, blocks or processes there are, and whichever other incidents are
studied.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from netmodel.evidence.incident import Incident
from netmodel.evidence.timing import AllowedTimes
from netmodel.evidence.vocabulary import MILESTONES
from netmodel.outages.milestones import ALWAYS, NEVER, IntArray, MilestoneLimits
from netmodel.outages.outage import Outage, Placement

BITS_PER_WORD = 62
"""Stages in one whole number of a key; the sign stays free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Outages of one incident between the same two milestones.

    Parameters
    ----------
    incident
        Its row in the limits.
    start, end
        Positions of the two milestones in `MILESTONES`.
    outages
        Positions of the outages.
    """

    incident: int
    start: int
    end: int
    outages: frozenset[int]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Spans:
    """Stretches of time over which the same outages hold, in every sample.

    Parameters
    ----------
    sample
        Row of the sample, ascending; shape ``(spans,)``.
    microseconds
        Length, > 0; those of one sample add up to the window.
    number
        Which of `keys` holds.
    keys
        Distinct sets of active stages, in ascending order, shape ``(sets, words)``.
    """

    sample: IntArray
    microseconds: IntArray
    number: IntArray
    keys: IntArray


class Stages:
    """The stages of some outages over a window.

    Parameters
    ----------
    limits
        Of the incidents; stages that hold all through the window whatever the times, or never,
        are settled from the start.
    outages
        Every outage belongs to an incident of the limits.

    Examples
    --------
    >>> from netmodel.evidence.timing import allow_times
    >>> from netmodel.times import Bounds, Window, parse_instant
    >>> window = Window(start=parse_instant("2023-05-18T00:00:00Z"),
    ...                 end=parse_instant("2023-05-19T00:00:00Z"))
    >>> hour = 3_600_000_000
    >>> allowed = allow_times((6 * hour, 8 * hour, None), (6 * hour, 12 * hour, None),
    ...                       ((0, None), (0, None)))
    >>> limits = MilestoneLimits(window=window, incidents=("x",), allowed=(allowed,),
    ...                          matters=np.array([[True, True, False]]))
    >>> outage = Outage(incident="x", link="ab", effect="closed", traffic=("passenger",),
    ...     start=Bounds(), end=Bounds(), start_milestone="start",
    ...     end_milestone="first_traffic", documents=("d",))
    >>> stages = Stages(limits, (outage,))
    >>> spans = stages.cut(limits.extreme("gravest")[None])
    >>> (spans.microseconds // hour).tolist(), [sorted(stages.active(key)) for key in spans.keys]
    ([6, 6, 12], [[], [0]])
    """

    def __init__(self, limits: MilestoneLimits, outages: Sequence[Outage]) -> None:
        self.limits = limits
        row = {key: number for number, key in enumerate(limits.keys)}
        groups: dict[tuple[int, int, int], list[int]] = {}
        for position, outage in enumerate(outages):
            key = (
                row[outage.times_key],
                MILESTONES.index(outage.start_milestone),
                MILESTONES.index(outage.end_milestone),
            )
            groups.setdefault(key, []).append(position)
        stages = [
            Stage(incident=incident, start=start, end=end, outages=frozenset(positions))
            for (incident, start, end), positions in groups.items()
        ]
        self.settled: frozenset[int] = frozenset().union(
            *(stage.outages for stage in stages if self._always_holds(stage))
        )
        self.stages = tuple(
            stage
            for stage in stages
            if not self._always_holds(stage) and not self._never_holds(stage)
        )
        self.words = max(1, -(-len(self.stages) // BITS_PER_WORD))

    def _always_holds(self, stage: Stage) -> bool:
        row = stage.incident
        begun = self.limits.latest[row, stage.start] <= 0
        return bool(begun and self.limits.earliest[row, stage.end] >= self.limits.span)

    def _never_holds(self, stage: Stage) -> bool:
        row = stage.incident
        later = self.limits.earliest[row, stage.start] >= self.limits.span
        return bool(later or self.limits.latest[row, stage.end] <= 0)

    def active(self, key: NDArray[np.int64]) -> frozenset[int]:
        """Return the positions of the outages of a key, shape ``(words,)``."""
        found = set(self.settled)
        for number, stage in enumerate(self.stages):
            word, bit = divmod(number, BITS_PER_WORD)
            if int(key[word]) >> bit & 1:
                found |= stage.outages
        return frozenset(found)

    def cut(self, times: IntArray, instants: IntArray | None = None) -> Spans:
        """Return the spans of many sets of milestone times.

        Parameters
        ----------
        times
            Shape ``(samples, incidents, 3)``, microseconds from the start of the window; start,
            first traffic and full service in order.
        instants
            If given, the spans are not stretches but these instants, each of length 1, in their
            order within each sample: for what holds at a point in time.
        """
        count = len(times)
        events, changes = self._events(times)
        order = np.argsort(events, axis=1, kind="stable")
        events = np.take_along_axis(events, order, 1)
        keys = np.zeros((count, events.shape[1] + 1, self.words), dtype=np.int64)
        keys[:, 1:] = changes[order].cumsum(axis=1)
        if instants is None:
            edges = np.concatenate(
                [np.zeros((count, 1), np.int64), events, np.full((count, 1), self.limits.span)],
                axis=1,
            )
            lengths = np.diff(edges, axis=1)
            sample, place = np.nonzero(lengths > 0)
            microseconds = lengths[sample, place]
        else:
            passed = (events[:, None, :] <= instants[None, :, None]).sum(axis=2)
            sample = np.repeat(np.arange(count), len(instants))
            place = passed.ravel()
            microseconds = np.ones(len(sample), dtype=np.int64)
        distinct, number = _distinct_rows(keys[sample, place])
        return Spans(sample=sample, microseconds=microseconds, number=number, keys=distinct)

    def _events(self, times: IntArray) -> tuple[IntArray, IntArray]:
        """Return times of beginnings and ends, and what each adds to the key."""
        count = len(self.stages)
        rows = np.array([stage.incident for stage in self.stages], dtype=np.int64)
        starts = np.array([stage.start for stage in self.stages], dtype=np.int64)
        ends = np.array([stage.end for stage in self.stages], dtype=np.int64)
        events = np.concatenate([times[:, rows, starts], times[:, rows, ends]], axis=1)
        changes = np.zeros((2 * count, self.words), dtype=np.int64)
        for number in range(count):
            word, bit = divmod(number, BITS_PER_WORD)
            changes[number, word] = 1 << bit
            changes[count + number, word] = -(1 << bit)
        return np.clip(events, 0, self.limits.span), changes


def _distinct_rows(rows: IntArray) -> tuple[IntArray, IntArray]:
    """Return the distinct rows in ascending order, and which of them each row is."""
    if rows.shape[1] == 1:  # sorting plain numbers is several times faster
        values, number = np.unique(rows[:, 0], return_inverse=True)
        return values[:, None], number.reshape(-1)
    distinct, number = np.unique(rows, axis=0, return_inverse=True)
    return distinct, number.reshape(-1)


MOST_SAMPLES = 10_000_000
"""Beyond so many, a further sample tells nothing, and memory ends."""
BLOCK = 512
"""Samples in a block."""
SECOND = 1_000_000
HOUR = 3600 * SECOND
LONGEST_HOURS = 1e7
"""Draws beyond this, over a thousand years, count as never."""
FloatArray = NDArray[np.float64]
Spread = Literal["uniform", "log-uniform"]


class EndSampler(Protocol):
    """Says how long a restoration took that the record does not bound above."""

    @property
    def name(self) -> str:
        """What is told to the reader of a run."""

    def draw_hours(
        self,
        incident: Incident,
        milestone: str,
        longer_than_hours: FloatArray,
        rng: np.random.Generator,
    ) -> FloatArray:
        """Return hours from the start to a milestone, given that they exceed a figure.

        Parameters
        ----------
        milestone
            ``first_traffic`` or ``full_service``.
        longer_than_hours
            Shape ``(samples,)``, >= 0.

        Returns
        -------
        ndarray
            Shape ``(samples,)``, none below `longer_than_hours`; inf for never.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class AsLongAgain:
    """A rule for open ends that needs no fit: it may as well last as long again.

    Given that a closure has lasted a hours, it lasts more than t with probability a / t: the
    only law for which what is still to come scales with what has been, whatever the unit. The
    median is twice the time it is known to have lasted. Nothing in it depends on the kind of
    incident, so a fitted model is better wherever there is one.

    Parameters
    ----------
    least_hours
        Where less than this is known to have passed, the rule counts from here: 4 hours, the
        mean that the operator itself gives.

    Examples
    --------
    >>> hours = AsLongAgain().draw_hours(None, "first_traffic", np.full(9999, 10.0),
    ...                                  np.random.default_rng(1))
    >>> bool(hours.min() >= 10), bool(19 < np.median(hours) < 21)
    (True, True)
    """

    least_hours: float = 4.0

    @property
    def name(self) -> str:
        """What is told to the reader of a run."""
        return f"as long again, from {self.least_hours:g} h"

    def draw_hours(
        self,
        incident: Incident | None,  # noqa: ARG002 - every kind alike
        milestone: str,  # noqa: ARG002
        longer_than_hours: FloatArray,
        rng: np.random.Generator,
    ) -> FloatArray:
        """Return hours, longer than the figures given; see `EndSampler`."""
        known = np.maximum(longer_than_hours, self.least_hours)
        return np.asarray(known / (1.0 - rng.random(len(known))), dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """How times are drawn.

    Parameters
    ----------
    ends
        For milestones without an upper bound.
    spread
        Within two bounds: ``uniform``, or ``log-uniform``, uniform in log(1 + hours since the
        start), which favours early restoration where the bounds are far apart.
    """

    ends: EndSampler = AsLongAgain()
    spread: Spread = "uniform"

    @property
    def name(self) -> str:
        """What is told to the reader of a run."""
        return f"{self.spread} within bounds; open ends: {self.ends.name}"


def draw_block(
    limits: MilestoneLimits,
    incidents: Mapping[str, Incident],
    drawing: Drawing,
    *,
    seed: int,
    block: int,
) -> IntArray:
    """Return a block of draws of all milestone times.

    Parameters
    ----------
    incidents
        By id, for the sampler of open ends.

    Returns
    -------
    ndarray
        Shape ``(BLOCK, incidents, 3)``, microseconds from the start of the window, whole seconds
        unless a bound is not; `NEVER` where a milestone does not come.
    """
    times = np.empty((BLOCK, len(limits.incidents), 3), dtype=np.int64)
    for row, (key, incident) in enumerate(zip(limits.keys, limits.incidents, strict=True)):
        stream = np.random.SeedSequence(seed, spawn_key=(block, zlib.crc32(key.encode())))
        rng = np.random.default_rng(stream)
        times[:, row] = _draw_incident(limits, row, incidents[incident], drawing, rng)
    return times


def _draw_incident(
    limits: MilestoneLimits,
    row: int,
    incident: Incident,
    drawing: Drawing,
    rng: np.random.Generator,
) -> IntArray:
    allowed = limits.allowed[row]
    start = _draw_start(allowed.earliest[0], allowed.latest[0], rng)
    first = start
    if limits.stops[row]:
        first = _draw_end(start, *_end_limits(allowed, 1, start), incident, drawing, rng)
    low, high = _end_limits(allowed, 2, start)
    full = np.maximum(first, low)
    if limits.matters[row, 2]:
        full = _draw_end(start, full, high, incident, drawing, rng, "full_service")
    return np.stack([start, *(_scale(start, end, allowed.scale) for end in (first, full))], axis=1)


def _end_limits(allowed: AllowedTimes, place: int, start: IntArray) -> tuple[IntArray, IntArray]:
    """Return the earliest and latest of an end that each start allows, without scale."""
    begun = start < NEVER
    known = np.where(begun, start, 0)
    shortest, longest = allowed.shortest[place - 1], allowed.longest[place - 1]
    low = np.maximum(allowed.earliest[place], known + shortest)
    high = np.full(BLOCK, allowed.latest[place], dtype=np.int64)
    if longest < NEVER:
        high = np.minimum(high, known + longest)
    return np.where(begun, low, NEVER), np.where(begun, high, NEVER)


def _scale(start: IntArray, end: IntArray, scale: float) -> IntArray:
    """Return ends that come so many times as long after the start, as `scale_time` does."""
    comes = (end < NEVER) & (start < NEVER)
    if scale == 1:
        return end
    lasted = np.where(comes, end - np.where(comes, start, 0), 0)
    moved = start + np.floor(scale * lasted + 0.5).astype(np.int64)
    return np.asarray(np.where(comes, moved, end), dtype=np.int64)


def _draw_start(low: int, high: int, rng: np.random.Generator) -> IntArray:
    """Draw a start; one that is bounded on one side only is taken at its bound."""
    if low <= ALWAYS or high >= NEVER:
        known = high if high < NEVER else low
        return np.full(BLOCK, known if known > ALWAYS else NEVER, dtype=np.int64)
    return _between(np.full(BLOCK, low), np.full(BLOCK, high), rng.random(BLOCK))


def _draw_end(
    start: IntArray,
    low: IntArray,
    high: IntArray,
    incident: Incident,
    drawing: Drawing,
    rng: np.random.Generator,
    milestone: str = "first_traffic",
) -> IntArray:
    if (low >= NEVER).all():
        return np.full(BLOCK, NEVER, dtype=np.int64)
    passed = np.where(low >= NEVER, 0, low - start)
    if (high >= NEVER).all():
        hours = drawing.ends.draw_hours(incident, milestone, passed / HOUR, rng)
        comes = np.isfinite(hours) & (hours < LONGEST_HOURS) & (low < NEVER)
        seconds = np.rint(np.where(comes, hours, 0.0) * 3600.0).astype(np.int64)
        return np.where(comes, np.maximum(start + seconds * SECOND, low), NEVER)
    part = rng.random(BLOCK)
    if drawing.spread == "uniform":
        return _between(low, high, part)
    # One hour is added on both sides, so that a closure may also have lasted no time at all.
    near, far = (low - start) / HOUR + 1.0, (high - start) / HOUR + 1.0
    hours = near * (far / near) ** part - 1.0
    later = start + np.rint(hours * 3600.0).astype(np.int64) * SECOND
    return np.asarray(np.minimum(np.maximum(later, low), high), dtype=np.int64)


def _between(low: IntArray, high: IntArray, part: FloatArray) -> IntArray:
    """Return instants part of the way from low to high, to the second."""
    seconds = np.rint((high - low) / SECOND * part).astype(np.int64)
    return np.asarray(np.minimum(low + seconds * SECOND, high), dtype=np.int64)


def incidents_by_id(placements: Iterable[Placement]) -> dict[str, Incident]:
    """Return the incidents of some placements by id."""
    return {placement.incident.id: placement.incident for placement in placements}
