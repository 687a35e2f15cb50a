"""PairWays: the ways by which trains join pairs of hubs, each with its share of the trains.

A way is one or more stretches of lines of trains; all ways together are a few flat arrays, and
what they come to in a state is a difference of running sums.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from netmodel.impact.laid_lines import LaidLines
from netmodel.network.railway import Network
from netmodel.routing.profiles import CLOSED, UNITS_PER_MINUTE, LinkCosts, whole_cost

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

NEAR_MINUTES = 15.0
"""Two ways of a pair that differ by less count as equally quick."""
PAIR_BASES = ("least cost", "trains", "passing trains", "trains with changes")
"""What the ways of a pair rest on: on no train, on trains that call at both hubs, on trains that
pass both of which only the ends are known, or on several trains."""


@dataclass(frozen=True, eq=False, kw_only=True)
class PairWays:
    """The ways by which trains join pairs of hubs.

    Parameters
    ----------
    hubs
        Ids of the hubs of the demand, in the order of rows and columns.
    lines
        Over which the ways run.
    row, column
        Positions of the two hubs of each way, shape ``(ways,)``; ways of one pair stand together.
    share
        Of the trains of its pair; the shares of a pair add up to 1.
    passing
        Whether the trains are known to pass both hubs and not to call at both.
    offsets
        Where the stretches of each way begin, shape ``(ways,)``.
    start, end
        The half-open run of steps of each stretch; a change of trains lies between two of them.
    change_minutes
        What each change costs.
    member_way, member_line
        The lines of the trains that take each way, one way after the other.

    Examples
    --------
    Two hubs joined by one train over a third, though a shorter link joins them:

    >>> import netmodel as nm
    >>> from datetime import date
    >>> hubs = [nm.network.Hub(id=i, name=i, lon=n, lat=0) for n, i in enumerate("abc")]
    >>> links = [nm.network.Link(id=a + b, from_hub=a, to_hub=b, length_km=60)
    ...          for a, b in ("ab", "bc", "ac")]
    >>> railway = nm.Network(hubs=tuple(hubs), links=tuple(links))
    >>> train = nm.trains.Train(id="1", number="1", kind="regional", stops=("a", "b", "c"))
    >>> timetable = nm.trains.Timetable(trains=(train,))
    >>> running = nm.trains.RelevantTrains(timetable=timetable, days={"1": (date(2026, 2, 1),)})
    >>> minutes = nm.routing.running_minutes(railway, nm.routing.PASSENGER)
    >>> costs = nm.routing.costs_from_minutes(railway, minutes)
    >>> least = nm.routing.Router(railway, ["a", "c"]).solve(costs)
    >>> ways = nm.impact.find_pair_ways(nm.trains.find_courses(timetable, railway), running,
    ...                                 railway, ["a", "c"], costs=costs, least=least.cost)
    >>> ways.of(0, 1), ways.hubs_along(0, railway), ways.in_minutes(ways.costs(costs)).tolist()
    (range(0, 1), ('a', 'b', 'c'), [120.0, 120.0])
    """

    hubs: tuple[str, ...]
    lines: LaidLines
    row: Numbers
    column: Numbers
    share: Floats
    passing: Mask
    offsets: Numbers
    start: Numbers
    end: Numbers
    change_minutes: float
    member_way: Numbers
    member_line: Numbers

    def __len__(self) -> int:
        """Return the number of ways."""
        return len(self.row)

    @cached_property
    def changes(self) -> Numbers:
        """Changes of trains on each way."""
        return np.diff(self.offsets, append=len(self.start)) - 1

    def basis(self) -> Numbers:
        """Return what each pair rests on, as positions in `PAIR_BASES`, shape ``(hubs, hubs)``."""
        basis = np.zeros((len(self.hubs),) * 2, dtype=np.int64)
        basis[self.row, self.column] = np.where(self.changes > 0, 3, 1 + self.passing)
        return basis

    @cached_property
    def _pair(self) -> Numbers:
        return self.row * len(self.hubs) + self.column

    def of(self, row: int, column: int) -> range:
        """Return the ways of a pair, the one with the greatest share first."""
        pair = row * len(self.hubs) + column
        first, last = np.searchsorted(self._pair, [pair, pair + 1]).tolist()
        return range(first, last)

    def costs(self, costs: LinkCosts) -> Numbers:
        """Return the whole-number cost of running each way, changes left out.

        Returns
        -------
        ndarray
            Shape ``(ways,)``; `CLOSED` where a link is closed.
        """
        lines = self.lines
        steps = np.where(lines.forward, costs.forward[lines.link], costs.backward[lines.link])
        steps = steps.astype(np.int64)
        shut = steps >= CLOSED
        steps[shut] = 0
        total = self._over_stretches(steps + lines.turn, free_start=lines.turn)
        blocked = self._over_stretches(shut.astype(np.int64)) > 0
        return np.where(blocked, CLOSED, np.minimum(total, CLOSED))

    def in_minutes(self, costs: Numbers) -> Floats:
        """Return costs in minutes, with those of the changes; inf where a way is closed."""
        running: Floats = np.where(costs < CLOSED, costs / UNITS_PER_MINUTE, np.inf)
        return running + self.change_minutes * self.changes

    @cached_property
    def change_costs(self) -> Numbers:
        """Whole-number cost of the changes of each way."""
        return self.changes * whole_cost(self.change_minutes)

    def sum_links(self, values: Floats) -> Floats:
        """Return the sum of a value per link along each way, shape ``(ways,)``."""
        return self._over_stretches(np.asarray(values, dtype=np.float64)[self.lines.link])

    def run_over(self, marked: Mask) -> Mask:
        """Return whether each way runs over a marked link, shape ``(ways,)``."""
        return np.asarray(self._over_stretches(marked[self.lines.link].astype(np.int64)) > 0)

    def load_links(self, trips: Floats, links: int) -> Floats:
        """Return the trips over each link, forward and backward, shape ``(links, 2)``.

        Parameters
        ----------
        trips
            On each way, shape ``(ways,)``.
        """
        lines = self.lines
        way = np.repeat(np.arange(len(self)), self.changes + 1)
        steps = np.zeros(len(lines.link) + 1)
        np.add.at(steps, self.start, trips[way])
        np.subtract.at(steps, self.end, trips[way])
        load = np.cumsum(steps)[:-1]
        return np.stack(
            [
                np.bincount(lines.link[kept], weights=load[kept], minlength=links)
                for kept in (lines.forward, ~lines.forward)
            ],
            axis=1,
        )

    def mean(self, by_way: Floats, elsewhere: Floats) -> Floats:
        """Return the mean over the ways of each pair by their shares, shape ``(hubs, hubs)``.

        Parameters
        ----------
        by_way
            Shape ``(ways,)``.
        elsewhere
            Of pairs that no train joins, shape ``(hubs, hubs)``.
        """
        mean: Floats = np.array(elsewhere, dtype=np.float64)
        if len(self):
            sums = np.add.reduceat(self.share * by_way, self._first_of_pair)
            mean[self.row[self._first_of_pair], self.column[self._first_of_pair]] = sums
        return mean

    @cached_property
    def _first_of_pair(self) -> Numbers:
        return np.flatnonzero(np.diff(self._pair, prepend=-1))

    def hubs_along(self, way: int, network: Network) -> tuple[str, ...]:
        """Return the ids of all hubs that a way passes, both ends included."""
        lines, last = self.lines, len(self.start)
        stretches = range(int(self.offsets[way]), int(np.append(self.offsets, last)[way + 1]))
        passed = [int(hub) for n in stretches for hub in lines.tail[self.start[n] : self.end[n]]]
        ids = [network.hubs[hub].id for hub in passed]
        return (*ids, self.hubs[int(self.column[way])])

    def trains_of(self, way: int) -> tuple[str, ...]:
        """Return the ids of the trains that run a way; with changes, those of each stretch."""
        first, last = np.searchsorted(self.member_way, [way, way + 1])
        lines = self.member_line[first:last].tolist()
        return tuple(dict.fromkeys(train for each in lines for train in self.lines.trains[each]))

    def _over_stretches(self, steps: NDArray, free_start: Numbers | None = None) -> NDArray:  # type: ignore[type-arg]
        """Return the sum of steps over each way, shape ``(ways,)``.

        Parameters
        ----------
        free_start
            What of the first step of a stretch does not count.
        """
        if not len(self):
            return np.zeros(0, dtype=steps.dtype)
        sums = np.concatenate([np.zeros(1, dtype=steps.dtype), np.cumsum(steps)])
        stretches = sums[self.end] - sums[self.start]
        if free_start is not None:
            stretches -= free_start[self.start]
        return np.add.reduceat(stretches, self.offsets)


def no_ways(hubs: tuple[str, ...]) -> PairWays:
    """Return the ways where no train runs.

    Examples
    --------
    >>> len(no_ways(("a", "b")))
    0
    """
    none, no_share = np.zeros(0, dtype=np.int64), np.zeros(0)
    unmarked = np.zeros(0, dtype=bool)
    return PairWays(
        hubs=hubs,
        lines=LaidLines(
            link=none,
            forward=unmarked,
            turn=none,
            tail=none,
            trains=(),
            own=no_share,
            returned=no_share,
        ),
        row=none,
        column=none,
        share=no_share,
        passing=unmarked,
        offsets=none,
        start=none,
        end=none,
        change_minutes=0.0,
        member_way=none,
        member_line=none,
    )
