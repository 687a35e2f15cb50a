"""How long held trains of known hours wait, from when they come to what is closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from netmodel.impact.train_fates import TrainFates, find_closure
from netmodel.impact.train_passages import Floats, Numbers, Passages, lay_span, parts_of, read_clock


@dataclass(frozen=True, eq=False, kw_only=True)
class HeldRuns:
    """The runs of trains of known hours that meet states in which they are held.

    Parameters
    ----------
    run, state
        Positions of a run in `Passages` and of a state that it meets, shape ``(meetings,)``.
    minutes
        From when it comes to the first link that is closed there to when that closure ends, of the
        same shape; 0 where it comes before the closure or after it.
    first
        Whether it meets no earlier state of this closure, so that a sum over these counts each wait
        once.
    """

    run: Numbers
    state: Numbers
    minutes: Floats
    first: NDArray[np.bool_]

    @property
    def total_hours(self) -> float:
        """Hours that all runs wait, those of one run in several closures added up."""
        return float(self.minutes[self.first].sum()) / 60.0

    def mean_minutes(self, train: Numbers) -> Mapping[tuple[int, int], float]:
        """Return the mean wait of the runs of a train in a state, by train and state.

        Parameters
        ----------
        train
            The train of each run, as in `Passages`.
        """
        pairs = np.stack([train[self.run], self.state], axis=1)
        found, place = np.unique(pairs, axis=0, return_inverse=True)
        place = place.ravel()
        means = np.bincount(place, weights=self.minutes) / np.maximum(np.bincount(place), 1)
        return {
            (one, state): float(m) for (one, state), m in zip(found.tolist(), means, strict=True)
        }


def find_held_runs(fates: TrainFates, passages: Passages) -> HeldRuns:
    """Return how long runs of known hours wait in the states in which they are held.

    A run waits from the time at which it comes, by its timetable, to the first link of its course
    that is closed in the state, until the closure of its course ends. That it comes later because
    it was held or slowed before is not in the model.
    """
    held = np.array([each.fate == "held" for each in fates.fates])[fates.outcome]
    met = [(runs, passages.first[runs] + step) for step, runs in passages.met()]
    run = np.concatenate([np.zeros(0, np.int64), *(runs for runs, _ in met)])
    state = np.concatenate([np.zeros(0, np.int64), *(states for _, states in met)])
    keep = held[state, fates.line_numbers[passages.train[run]]]
    order = np.lexsort((state[keep], run[keep]))
    run, state = run[keep][order], state[keep][order]
    pairs = np.stack([passages.train[run], state], axis=1)
    known, place = np.unique(pairs, axis=0, return_inverse=True)
    clock = _Clock(fates)
    told = np.array([clock.read(*pair) for pair in known.tolist()]).reshape(-1, 3)[place.ravel()]
    comes = passages.enter[run] + 60.0 * told[:, 0]
    begun, over = told[:, 1], told[:, 2]
    waits = (begun <= comes) & (comes < over)
    before = np.concatenate([[False], (run[1:] == run[:-1]) & (over[1:] == over[:-1])])[: len(run)]
    minutes = np.where(waits, over - comes, 0.0) / 60.0
    return HeldRuns(run=run, state=state, minutes=minutes, first=~before)


class _Clock:
    """When trains come to what is closed, and when that began and ends."""

    def __init__(self, fates: TrainFates) -> None:
        self.fates = fates
        self.network = fates.courses.promotion.network
        self._spans: dict[tuple[int, frozenset[int]], tuple[float, float, tuple[float, ...]]] = {}

    def read(self, train: int, state: int) -> tuple[float, float, float]:
        """Return minutes from when a train begins to pass, and begin and end of the closure.

        Begin and end in seconds of the epoch.
        """
        fates, line = self.fates, int(self.fates.line_numbers[train])
        course = fates.courses.courses[fates.trains[train]]
        active = fates.timeline.states[state].active
        closing = frozenset(fates.closing[line]) & active
        starts = [
            read_clock(course, *self._span(line, train, numbers))[0]
            for numbers in (frozenset(fates.touching[line]), closing)
        ]
        begun, over = find_closure(fates.closures[line], fates.timeline.states[state].start)
        return starts[1] - starts[0], _seconds(begun), _seconds(over)

    def _span(
        self, line: int, train: int, outages: frozenset[int]
    ) -> tuple[float, float, tuple[float, ...]]:
        key = line, outages
        if key not in self._spans:
            course = self.fates.courses.courses[self.fates.trains[train]]
            self._spans[key] = lay_span(course, self.network, parts_of(self.fates, outages))
        return self._spans[key]


def _seconds(when: datetime | None) -> float:
    """Return seconds of the epoch; never, for an end that is not known."""
    return float("inf") if when is None else when.timestamp()
