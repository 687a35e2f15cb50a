"""Many timelines at once: which outages hold, and for how long, under many sets of times.

A stage is all outages of an incident between the same two milestones; they come and go together.
One bit for each stage in doubt makes a set of active stages a whole number, events add or take
their bit, and a running sum along the sorted events gives the set in force between any two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netmodel.evidence.model import MILESTONES
from netmodel.outages.milestones import IntArray, MilestoneLimits
from netmodel.outages.outage import Outage

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
    >>> from netmodel.instants import Bounds, Window, parse_instant
    >>> window = Window(start=parse_instant("2023-05-18T00:00Z"),
    ...                 end=parse_instant("2023-05-19T00:00Z"))
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
        row = {incident: number for number, incident in enumerate(limits.incidents)}
        groups: dict[tuple[int, int, int], list[int]] = {}
        for position, outage in enumerate(outages):
            key = (
                row[outage.incident],
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
