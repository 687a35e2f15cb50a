"""Earliest arrival when links reopen.

A train takes the minutes that hold at the moment it enters a link, and runs through to the
link's end whatever happens behind it. At every hub it may wait for better times. So arriving
earlier is never worse, and labels of earliest arrival are exact.

Times are whole tenths of a second since an origin of the caller's choice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from netmodel.arguments import refuse_wrong_kinds
from netmodel.network.railway import Network
from netmodel.routing.profiles import CLOSED, LinkCosts
from netmodel.routing.router import Router
from netmodel.routing.trees import Trees, grow_trees, measure_from_groups

NEVER = 2**60
"""The time of what never happens; two of them still fit into 64 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phases:
    """Link costs that change at given times.

    Parameters
    ----------
    starts
        When each phase begins, rising; the last one has no end.
    costs
        The costs of each phase.

    Raises
    ------
    ValueError
        If the starts do not rise, or there is not one for each of the costs.

    Examples
    --------
    >>> free = LinkCosts(np.array([60], np.int32), np.array([60], np.int32))
    >>> Phases(starts=(0, 0), costs=(free, free))
    Traceback (most recent call last):
    ValueError: the starts of phases must rise
    """

    starts: tuple[int, ...]
    costs: tuple[LinkCosts, ...]

    @refuse_wrong_kinds
    def __post_init__(self) -> None:
        if not self.starts or len(self.starts) != len(self.costs):
            raise ValueError(f"{len(self.starts)} starts for {len(self.costs)} costs")
        if any(two <= one for one, two in pairwise(self.starts)):
            raise ValueError("the starts of phases must rise")


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """Phases seen from the arcs of a kernel.

    Parameters
    ----------
    starts
        Shape ``(phases,)``.
    cost
        Cost of each arc on entry in each phase, `NEVER` where it is closed, shape
        ``(phases, arcs)``.
    later
        Earliest arrival at the end of each arc by waiting for that phase or a later one, shape
        ``(phases + 1, arcs)``.
    """

    starts: NDArray[np.int64]
    cost: NDArray[np.int64]
    later: NDArray[np.int64]

    def phase(self, time: int) -> int:
        """Return the number of the phase at a time.

        Raises
        ------
        ValueError
            If the time lies before the first phase.
        """
        if time < self.starts[0]:
            raise ValueError(f"departure {time} lies before the first phase, {self.starts[0]}")
        return int(np.searchsorted(self.starts, time, side="right")) - 1

    def end(self, time: int) -> int:
        """Return the end of the phase at a time; `NEVER` for the last one."""
        following = self.phase(time) + 1
        return int(self.starts[following]) if following < len(self.starts) else NEVER

    def arrive(
        self,
        times: NDArray[np.int64],
        tails: NDArray[np.int64],
        arcs: NDArray[np.int64],
        *,
        waiting: bool = True,
    ) -> NDArray[np.int64]:
        """Return when trains arrive at the ends of arcs.

        Parameters
        ----------
        times
            When they stand at nodes, the last axis; `NEVER` stays so.
        tails
            For each arc, the position on that axis of the node where it begins.
        waiting
            Whether they may wait before they enter.
        """
        phases = (np.searchsorted(self.starts, times, side="right") - 1)[..., tails]
        arrival = times[..., tails] + self.cost[phases, arcs]
        if waiting:
            arrival = np.minimum(arrival, self.later[phases + 1, arcs])
        return np.asarray(np.minimum(arrival, NEVER))


_BLOCK_SIZE = 1_000_000
"""How many labels at most are corrected at once: bounds the memory, and tells progress often."""


@dataclass(frozen=True, eq=False)
class Ways:
    """One fixed way for each pair of terminals.

    Parameters
    ----------
    arc
        The arc by which each node is entered, by start, shape ``(terminals, nodes)``; -1 for
        none.
    end
        The node in which each way ends, shape ``(terminals, terminals)``.
    tail
        The node at which each arc of the kernel begins.
    """

    arc: NDArray[np.int64]
    end: NDArray[np.int64]
    tail: NDArray[np.int64]

    @cached_property
    def steps(self) -> tuple[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]], ...]:
        """Positions of tails and heads in the flat labels, and arcs, by arcs from the start."""
        size = self.arc.shape[1]
        row, node = np.nonzero(self.arc >= 0)
        arcs = self.arc[row, node]
        heads, tails = row * size + node, row * size + self.tail[arcs]
        standing = np.ones(self.arc.size, dtype=bool)
        standing[heads] = False
        steps = []
        while len(heads):
            ready = standing[tails]
            steps.append((tails[ready], heads[ready], arcs[ready]))
            standing[heads[ready]] = True
            heads, tails, arcs = heads[~ready], tails[~ready], arcs[~ready]
        return tuple(steps)


@dataclass(frozen=True, eq=False)
class Arrivals:
    """Earliest arrivals between all terminals.

    Parameters
    ----------
    departures
        Shape ``(departures,)``.
    time
        Shape ``(departures, terminals, terminals)``; `NEVER` where a train never arrives.
    ways
        The ways that arrive then, one set for each departure.
    """

    departures: NDArray[np.int64]
    time: NDArray[np.int64]
    ways: tuple[Ways, ...]


class TimedRouter:
    """Solves earliest arrivals between the same terminals under many timelines.

    Parameters
    ----------
    terminals
        Ids of hubs, in the order of rows and columns.
    changing
        Ids of all links whose costs may change over time; others keep those of the first phase.

    Examples
    --------
    >>> from netmodel.network import Hub, Link
    >>> hubs = tuple(Hub(id=i, name=i, lon=n, lat=0) for n, i in enumerate("abc"))
    >>> links = (Link(id="ab", from_hub="a", to_hub="b", length_km=60),
    ...          Link(id="bc", from_hub="b", to_hub="c", length_km=30))
    >>> network = Network(hubs=hubs, links=links)
    >>> free = LinkCosts(np.array([60, 30], np.int32), np.array([60, 30], np.int32))
    >>> shut = LinkCosts(np.array([60, CLOSED], np.int32), np.array([60, CLOSED], np.int32))
    >>> router = TimedRouter(network, ["a", "c"], ["bc"])
    >>> schedule = router.schedule(Phases(starts=(0, 200), costs=(shut, free)))
    >>> router.solve(schedule, [0, 190]).time[:, 0, 1].tolist()
    [230, 280]
    """

    @refuse_wrong_kinds
    def __init__(
        self,
        network: Network,
        terminals: Sequence[str],
        changing: Iterable[str],
        *,
        reversal_minutes: float = 20.0,
        gauge_change_minutes: float = 120.0,
    ) -> None:
        ends = [
            hub
            for each in sorted({network.link_index[link] for link in changing})
            for hub in (network.links[each].from_hub, network.links[each].to_hub)
        ]
        # With both ends of every link that changes kept as nodes, each arc is either one such
        # link or a chain of constant ones, so that entering an arc is entering its link.
        self._router = Router(
            network,
            tuple(dict.fromkeys([*terminals, *ends])),
            reversal_minutes=reversal_minutes,
            gauge_change_minutes=gauge_change_minutes,
        )
        self.kernel = self._router.kernel
        self.terminals = tuple(terminals)
        self._nodes = self._router.terminal_nodes[: len(self.terminals)]

    def schedule(self, phases: Phases) -> Schedule:
        """Return phases seen from the arcs of this router's kernel."""
        costs = np.array([self._router.arc_costs(each) for each in phases.costs])
        costs = np.where(costs >= CLOSED, NEVER, costs).astype(np.int64)
        starts = np.array(phases.starts, dtype=np.int64)
        entered = np.minimum(starts[:, None] + costs, NEVER)
        later = np.full((len(starts) + 1, costs.shape[1]), NEVER, dtype=np.int64)
        later[:-1] = np.minimum.accumulate(entered[::-1], axis=0)[::-1]
        return Schedule(starts, costs, later)

    def fixed_ways(self, costs: LinkCosts) -> Ways:
        """Return the least-cost ways if costs never changed."""
        return self._fix(self._grow(self._router.arc_costs(costs)))

    def phase_ways(self, schedule: Schedule, phase: int) -> Ways:
        """Return the least-cost ways if the costs of one phase held for ever."""
        return self._fix(self._grow(np.minimum(schedule.cost[phase], CLOSED)))

    def _fix(self, trees: Trees) -> Ways:
        labels = np.where(np.isfinite(trees.distance), trees.distance, NEVER).astype(np.int64)
        return Ways(trees.arc, self._ends(labels)[0], self.kernel.arc_tail)

    def _grow(self, arc_cost: NDArray[np.int64]) -> Trees:
        """Return the least-cost tree of each terminal, the best over its start nodes."""
        sources = [node for group in self._nodes for node in group]
        trees = grow_trees(self.kernel, arc_cost, sources)
        if len(sources) == len(self._nodes):
            return trees
        starts = np.cumsum([0, *(len(group) for group in self._nodes)])
        picked = [trees.distance[one:two].argmin(axis=0) + one for one, two in pairwise(starts)]
        rows = np.array(picked, dtype=np.int64).reshape(len(self._nodes), -1)
        return Trees(
            np.take_along_axis(trees.distance, rows, 0), np.take_along_axis(trees.arc, rows, 0)
        )

    def _ends(self, labels: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the best node of each terminal by labels of all nodes, and its label."""
        width = max((len(group) for group in self._nodes), default=1)
        columns = np.array(
            [[group[min(n, len(group) - 1)] for n in range(width)] for group in self._nodes],
            dtype=np.int64,
        ).reshape(len(self._nodes), width)
        choices = labels[:, columns]
        best = choices.argmin(axis=2)
        end = columns[np.arange(len(self._nodes))[None, :], best]
        return end, np.take_along_axis(choices, best[:, :, None], 2)[:, :, 0]

    def solve(self, schedule: Schedule, departures: Sequence[int]) -> Arrivals:
        """Return the earliest arrivals for each departure time.

        Raises
        ------
        ValueError
            If a departure lies before the first phase.
        """
        count = len(self.terminals)
        block = max(1, _BLOCK_SIZE // max(1, count * len(self.kernel.arc_tail)))
        known: dict[int, Trees] = {}
        times: list[NDArray[np.int64]] = []
        ways: list[Ways] = []
        for first in range(0, len(departures), block):
            for time, way in self._solve_block(schedule, departures[first : first + block], known):
                times.append(time)
                ways.append(way)
        return Arrivals(
            np.array(departures, dtype=np.int64),
            np.array(times, dtype=np.int64).reshape(-1, count, count),
            tuple(ways),
        )

    def arrive_earliest(
        self,
        schedule: Schedule,
        departures: Sequence[int],
        progress: Callable[[int], None] | None = None,
    ) -> NDArray[np.int64]:
        """Return `Arrivals.time` alone, which takes a third of the time; see `solve`.

        Parameters
        ----------
        progress
            Called with the number of departures that are done.
        """
        count, nodes = len(self.terminals), max(self.kernel.node_count, 1)
        block = max(1, _BLOCK_SIZE // max(1, count * len(self.kernel.arc_tail)))
        known: dict[int, NDArray[np.float64]] = {}
        times = np.full((len(departures), count, count), NEVER, dtype=np.int64)
        if progress is not None:
            progress(0)
        for first in range(0, len(departures) if count else 0, block):
            together = departures[first : first + block]
            labels = np.empty((len(together), count, nodes), dtype=np.int64)
            for number, departure in enumerate(together):
                phase = schedule.phase(departure)
                if phase not in known:
                    cost = np.minimum(schedule.cost[phase], CLOSED)
                    known[phase] = measure_from_groups(self.kernel, cost, self._nodes)
                # Whoever arrives within the phase has entered every arc within it.
                reached = known[phase] <= schedule.end(departure) - departure
                labels[number] = np.where(reached, departure + known[phase], NEVER)
            ends = np.repeat([schedule.end(departure) for departure in together], count)
            flat = labels.reshape(-1, nodes)
            self._relax(schedule, flat, np.flatnonzero(self._may_improve(schedule, flat, ends)))
            times[first : first + block] = [self._ends(label)[1] for label in labels]
            if progress is not None:
                progress(first + len(together))
        return times

    def _solve_block(
        self, schedule: Schedule, departures: Sequence[int], known: dict[int, Trees]
    ) -> Iterator[tuple[NDArray[np.int64], Ways]]:
        """Yield the earliest arrivals and their ways for each departure, solved together."""
        count, nodes = len(self.terminals), max(self.kernel.node_count, 1)
        labels = np.empty((len(departures), count, nodes), dtype=np.int64)
        arcs = np.empty_like(labels)
        for number, departure in enumerate(departures):
            phase = schedule.phase(departure)
            if phase not in known:
                known[phase] = self._grow(np.minimum(schedule.cost[phase], CLOSED))
            labels[number], arcs[number] = self._seed(schedule, known[phase], departure)
        ends = np.repeat([schedule.end(departure) for departure in departures], count)
        flat = labels.reshape(-1, nodes), arcs.reshape(-1, nodes)
        rows = np.flatnonzero(self._may_improve(schedule, flat[0], ends))
        self._relax(schedule, flat[0], rows, flat[1])
        for label, arc in zip(labels, arcs, strict=True):
            end, time = self._ends(label)
            yield time, Ways(arc, end, self.kernel.arc_tail)

    def _may_improve(
        self, schedule: Schedule, labels: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Return the rows in which a terminal is not reached within the first phase, but could be.

        A node reached within it is reached as early as can be: whoever waits comes later.
        """
        cost = np.minimum(schedule.cost.min(axis=0), CLOSED)
        cheapest = measure_from_groups(self.kernel, cost, self._nodes)
        nodes = [node for group in self._nodes for node in group]
        possible = np.tile(
            np.isfinite(cheapest[:, nodes]), (len(labels) // max(len(cheapest), 1), 1)
        )
        return np.asarray((possible & (labels[:, nodes] >= ends[:, None])).any(axis=1))

    def _seed(
        self, schedule: Schedule, trees: Trees, departure: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return labels and arcs of nodes reached by arcs entered within the first phase."""
        reached = np.isfinite(trees.distance)
        labels = np.where(reached, departure + np.where(reached, trees.distance, 0), NEVER)
        labels = labels.astype(np.int64)
        if not len(self.kernel.arc_tail):
            return labels, trees.arc
        tails = np.where(trees.arc >= 0, self.kernel.arc_tail[trees.arc], 0)
        entered = np.take_along_axis(labels, tails, 1)
        late = (trees.arc >= 0) & (entered >= schedule.end(departure))
        return np.where(late, NEVER, labels), np.where(late, -1, trees.arc)

    @cached_property
    def _by_tail(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The arcs by the node at which they begin, and where those of each node begin."""
        order = np.argsort(self.kernel.arc_tail, kind="stable")
        nodes = np.arange(max(self.kernel.node_count, 1) + 1)
        return order, np.searchsorted(self.kernel.arc_tail[order], nodes)

    def _relax(
        self,
        schedule: Schedule,
        labels: NDArray[np.int64],
        rows: NDArray[np.int64],
        arcs: NDArray[np.int64] | None = None,
    ) -> None:
        """Correct the labels of some rows, in place, until no arc improves any of them.

        So are the arcs by which nodes are entered, if they are given.

        Only strict improvements are taken, so that following the arcs back never runs in a
        circle, not even through turns that cost nothing. Of arcs that improve a label alike, the
        one of the lowest number is taken.
        """
        size = labels.shape[1]
        time = labels.reshape(-1)
        entered = None if arcs is None else arcs.reshape(-1)
        changed = (rows[:, None] * size + np.arange(size)).reshape(-1)
        changed = changed[time[changed] < NEVER]
        last = np.empty(len(time), dtype=np.int32)
        while len(changed):
            places, leaving = self._leave(changed, size)
            arrival = schedule.arrive(time[changed], places, leaving)
            heads = changed[places] // size * size + self.kernel.arc_head[leaving]
            better = arrival < time[heads]
            arrival, heads, leaving = arrival[better], heads[better], leaving[better]
            np.minimum.at(time, heads, arrival)
            if entered is not None:
                best = arrival == time[heads]
                entered[heads[best]] = len(self.kernel.arc_tail)
                np.minimum.at(entered, heads[best], leaving[best])
            # Each node once: the place of the last of its arrivals is the one that is kept.
            last[heads] = np.arange(len(heads), dtype=np.int32)
            changed = heads[last[heads] == np.arange(len(heads))]

    def _leave(
        self, places: NDArray[np.int64], size: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the arcs that leave nodes, each with the position among `places` of its node."""
        order, starts = self._by_tail
        nodes = places % size
        count = starts[nodes + 1] - starts[nodes]
        numbers = np.repeat(np.arange(len(places)), count)
        offsets = np.arange(len(numbers)) - np.repeat(np.cumsum(count) - count, count)
        return numbers, order[starts[nodes[numbers]] + offsets]

    def follow(
        self,
        schedule: Schedule,
        ways: Ways,
        departures: Sequence[int],
        *,
        waiting: bool = True,
    ) -> NDArray[np.int64]:
        """Return the arrivals of trains that keep to given ways.

        Parameters
        ----------
        waiting
            Whether they wait at hubs for what is closed; without, they never arrive over a link
            that is closed when they reach it.

        Returns
        -------
        ndarray
            Shape ``(departures, terminals, terminals)``; `NEVER` where a train never arrives.
        """
        labels = np.full((len(departures), *ways.arc.shape), NEVER, dtype=np.int64)
        for number, group in enumerate(self._nodes):
            labels[:, number, list(group)] = np.array(departures, dtype=np.int64)[:, None]
        flat = labels.reshape(len(departures), -1)
        for tails, heads, arcs in ways.steps:
            here = np.arange(len(tails))
            flat[:, heads] = schedule.arrive(flat[:, tails], here, arcs, waiting=waiting)
        return np.take_along_axis(labels, ways.end[None], 2)

    def arcs_between(self, ways: Ways, start: int, end: int) -> tuple[int, ...]:
        """Return the arcs of a way between two terminals in order; empty where there is none."""
        node, arcs = int(ways.end[start, end]), []
        while (arc := int(ways.arc[start, node])) >= 0:
            arcs.append(arc)
            node = int(self.kernel.arc_tail[arc])
        return tuple(reversed(arcs))

    def links_between(self, ways: Ways, start: int, end: int) -> list[tuple[int, bool]]:
        """Return the links of a way in order, each with whether it is run forward."""
        arcs = self.arcs_between(ways, start, end)
        return [step for arc in arcs for step in self.kernel.arc_links(arc)]

    def follow_arcs(self, schedule: Schedule, arcs: Sequence[int], departure: int) -> int:
        """Return the arrival of one train that runs over arcs, waiting where it must."""
        time = departure
        for arc in arcs:
            phase = schedule.phase(time)
            time = min(
                time + int(schedule.cost[phase, arc]), int(schedule.later[phase + 1, arc]), NEVER
            )
        return time
