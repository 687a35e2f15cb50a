"""Which trains join which hubs, and by which ways: direct trains, and chains with changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netmodel.arguments import refuse_wrong_kinds
from netmodel.impact.laid_lines import KNOWN, LIKELY, Calls, LaidOut, lay_trains
from netmodel.impact.pair_ways import PairWays
from netmodel.network.railway import Network
from netmodel.routing.profiles import CLOSED, LinkCosts, whole_cost
from netmodel.trains.course import Courses
from netmodel.trains.relevance import RelevantTrains

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]

CHANGE_MINUTES = 30.0
"""What a change of trains costs."""
LEAST_SHARE = 0.05
"""Ways that fewer of the trains of a pair take are left to the other ways of the pair."""
LONGEST_WAY = 1.4
"""How many times the least minutes a way may run on which no train is known to call at both hubs:
few trains are documented, and a better one may be missing."""
MOST_STATIONS = 3000
"""Hubs at which trains are changed at most: those at which most lines call."""


@refuse_wrong_kinds
def find_pair_ways(
    courses: Courses,
    running: RelevantTrains,
    network: Network,
    hubs: Sequence[str],
    *,
    costs: LinkCosts,
    least: NDArray[np.int32],
    directed: bool = False,
    reversal_minutes: float = 20.0,
    gauge_change_minutes: float = 120.0,
    change_minutes: float = CHANGE_MINUTES,
    least_share: float = LEAST_SHARE,
    longest_way: float = LONGEST_WAY,
) -> PairWays:
    """Return the ways by which trains join pairs of hubs in the base state.

    Where trains call at both hubs, their ways, each with its share of these trains. Else those of
    trains that pass both, where no more than their first and last stop is known, but their way is,
    from their documents or from those of trains of the same way. Else the quickest
    chain of trains with at most two changes, at any hub where trains call. Else those of trains
    that pass both by a way that is no more than likely. Where a train is not
    known to call at both hubs, a way runs at most `longest_way` times the least minutes. Other
    pairs have no way here. A train counts on every day on which it runs in the window, and for both
    directions: its return may not be in the record, and demand may name a pair but once. Where
    demand has directions, a way that trains run in a direction counts those alone there; one that
    they run the other way only counts for the return.

    Parameters
    ----------
    courses
        Of the trains in the base state.
    running
        The days on which each train runs.
    hubs
        Ids of the hubs of the demand.
    costs
        Of each link in the base state.
    least
        Least whole-number cost between the hubs in the base state, shape ``(hubs, hubs)``.
    directed
        Whether each direction of a pair is a pair of its own.
    reversal_minutes, gauge_change_minutes
        Of the trains of the demand.
    change_minutes
        What a change of trains costs.
    least_share
        A way that fewer of the trains of a pair take is left out, and the others take its trains.
    longest_way
        See above.

    Notes
    -----
    Direct trains cost the pairs of stops of all lines, chains the pairs of stations joined times
    the hubs of the demand: seconds for 20,000 trains and 1,000 hubs.

    Examples
    --------
    See `PairWays`.
    """
    lines = lay_trains(courses, running, network, reversal_minutes, gauge_change_minutes)
    laid = _Laid(lines, network, costs, hubs, directed=directed)
    calling = _find_direct(laid, laid.lines.calls, least, least_share)
    wanted = least < CLOSED
    np.fill_diagonal(wanted, val=False)
    wanted.reshape(-1)[calling.pair] = False
    longest = np.asarray(longest_way * least, dtype=np.float64)
    known = _find_direct(laid, laid.find_passed(KNOWN), longest, least_share, wanted)
    wanted.reshape(-1)[known.pair] = False
    chains = _find_chains(laid, wanted, longest, change_minutes)
    wanted.reshape(-1)[chains.pair] = False
    likely = _find_direct(laid, laid.find_passed(LIKELY), longest, least_share, wanted)
    return _put_together(laid, calling, _both(known, likely), chains, change_minutes)


class _Laid:
    """Lines with running sums of what lies along them, and the hubs of the demand."""

    def __init__(
        self,
        lines: LaidOut,
        network: Network,
        costs: LinkCosts,
        hubs: Sequence[str],
        *,
        directed: bool,
    ) -> None:
        self.lines, self.hubs, self._directed = lines, tuple(hubs), directed
        self.row_of = np.full(len(network.hubs), -1, dtype=np.int64)
        self.row_of[[network.hub_index[hub] for hub in hubs]] = np.arange(len(hubs))
        self.hub_count = len(network.hubs)
        laid = lines.laid
        steps = np.where(laid.forward, costs.forward[laid.link], costs.backward[laid.link])
        steps = steps.astype(np.int64)
        shut = steps >= CLOSED
        self._cost = _running(np.where(shut, 0, steps) + laid.turn)
        self._shut = _running(shut.astype(np.int64))
        # Ways of the same links in the same directions have the same sum of these marks, and
        # others have not, but for one case in 2 ** 64.
        marks = np.random.default_rng(0).integers(
            2**64, size=(len(network.links), 2), dtype=np.uint64
        )
        self._marks = _running(marks[laid.link, laid.forward.astype(int)])

    def cost(self, start: Numbers, end: Numbers) -> Numbers:
        """Return the cost of runs of steps; `CLOSED` where one is closed."""
        found = self._cost[end] - self._cost[start] - self.lines.laid.turn[start]
        open_ = self._shut[end] == self._shut[start]
        return np.asarray(np.where(open_, np.minimum(found, CLOSED), CLOSED))

    def mark(self, start: Numbers, end: Numbers) -> NDArray[np.uint64]:
        """Return the same number for runs over the same links."""
        return np.asarray(self._marks[end] - self._marks[start])

    def count_trains(self, way: Numbers, line: Numbers) -> Floats:
        """Return the trains of each way, which lines run; each counts once for each direction."""
        laid = self.lines.laid
        own = np.bincount(way, weights=laid.own[line]).astype(np.float64)
        returned = np.bincount(way, weights=laid.returned[line]).astype(np.float64)
        return np.where(own > 0, own, returned) if self._directed else own + returned

    def find_passed(self, shown: int) -> Calls:
        """Return the hubs that each line passes, where it shows the way so well."""
        lines, nothing = self.lines, np.zeros(0, dtype=np.int64)
        passed = []
        for number, shows_way in enumerate(lines.shows_way.tolist()):
            if shows_way != shown:
                passed.append((nothing, nothing))
                continue
            steps = np.arange(lines.first_step[number], lines.last_step[number] + 1)
            hubs = np.append(lines.laid.tail[steps[:-1]], lines.calls[number][0][-1])
            passed.append((hubs, steps))
        return tuple(passed)


def _pair_calls(calls: tuple[Numbers, Numbers], place_of: Numbers) -> tuple[Numbers, ...]:
    """Return the places of each two calls at known hubs in order, and the run of steps between.

    Whoever rides a train that calls twice at a place boards at the last call there, and leaves at
    the first.

    Parameters
    ----------
    place_of
        Of each hub of the network; -1 where it is not asked for.
    """
    places = place_of[calls[0]]
    asked = places >= 0
    places, steps = places[asked], calls[1][asked]
    one, other = np.triu_indices(len(places), 1)
    rides = places[one] != places[other]
    if len(np.unique(places)) < len(places):
        order = np.argsort(places, kind="stable")
        again = places[order[1:]] == places[order[:-1]]
        following = np.full(len(places), len(places))
        following[order[:-1][again]] = order[1:][again]
        before = np.full(len(places), -1)
        before[order[1:][again]] = order[:-1][again]
        rides &= (following[one] > other) & (before[other] < one)
    one, other = one[rides], other[rides]
    return places[one], places[other], steps[one], steps[other]


def _running(values: NDArray) -> NDArray:  # type: ignore[type-arg]
    return np.concatenate([np.zeros(1, dtype=values.dtype), np.cumsum(values)])


@dataclass(frozen=True, slots=True)
class _Direct:
    """Ways of direct trains by pair, the one with the greatest share first."""

    pair: Numbers
    share: Floats
    start: Numbers
    end: Numbers
    member_way: Numbers
    member_line: Numbers


def _both(one: _Direct, other: _Direct) -> _Direct:
    """Return the ways of two, of different pairs, in one."""
    members = np.concatenate([one.member_way, len(one.pair) + other.member_way])
    return _Direct(
        pair=np.concatenate([one.pair, other.pair]),
        share=np.concatenate([one.share, other.share]),
        start=np.concatenate([one.start, other.start]),
        end=np.concatenate([one.end, other.end]),
        member_way=members,
        member_line=np.concatenate([one.member_line, other.member_line]),
    )


def _find_direct(
    laid: _Laid,
    calls: Calls,
    longest: NDArray[np.float64] | NDArray[np.int32],
    least_share: float,
    wanted: NDArray[np.bool_] | None = None,
) -> _Direct:
    """Return the ways of trains that run from one hub to another.

    Parameters
    ----------
    longest
        The most that a way may cost where `wanted` is given; `CLOSED` or more where the base has
        no way.
    wanted
        Pairs that are asked for; all by default.
    """
    found = [_pair_calls(each, laid.row_of) for each in calls]
    line = np.repeat(np.arange(len(found)), [len(each[0]) for each in found])
    row, column, start, end = (
        np.concatenate([each[part] for each in found] or [np.zeros(0, np.int64)])
        for part in range(4)
    )
    cost, most = laid.cost(start, end), longest[row, column]
    kept = (cost < CLOSED) & (most < CLOSED)
    if wanted is not None:
        kept &= wanted[row, column] & (cost <= most)
    pair = (row * len(laid.hubs) + column)[kept]
    line, start, end = line[kept], start[kept], end[kept]
    order = np.lexsort((laid.mark(start, end), pair))
    line, start, end, pair = line[order], start[order], end[order], pair[order]
    mark = laid.mark(start, end)
    is_new = np.ones(len(pair), dtype=bool)
    is_new[1:] = (pair[1:] != pair[:-1]) | (mark[1:] != mark[:-1])
    way = np.cumsum(is_new) - 1
    trains = laid.count_trains(way, line)
    pair, start, end = pair[is_new], start[is_new], end[is_new]
    return _share_out(pair, trains, start, end, laid.cost(start, end), way, line, least_share)


def _share_out(
    pair: Numbers,
    trains: Floats,
    start: Numbers,
    end: Numbers,
    cost: Numbers,
    way: Numbers,
    line: Numbers,
    least_share: float,
) -> _Direct:
    """Return the ways that carry enough of the trains of their pair, with their shares."""
    number = np.unique(pair, return_inverse=True)[1]
    total = np.bincount(number, weights=trains)
    most = np.zeros(len(total))
    np.maximum.at(most, number, trains)
    kept = (trains >= least_share * total[number]) | (trains >= most[number])
    carried = np.bincount(number[kept], weights=trains[kept], minlength=len(total))
    share = trains / np.where(carried > 0, carried, 1.0)[number]
    order = np.lexsort((cost, -share, pair))
    order = order[kept[order]]
    position = np.full(len(pair), -1, dtype=np.int64)
    position[order] = np.arange(len(order))
    member, mine = position[way], position[way] >= 0
    by_way = np.argsort(member[mine], kind="stable")
    return _Direct(
        pair=pair[order],
        share=share[order],
        start=start[order],
        end=end[order],
        member_way=member[mine][by_way],
        member_line=line[mine][by_way],
    )


@dataclass(frozen=True, slots=True)
class _Chains:
    """Journeys with changes: their pair, and their stretches one after the other."""

    pair: Numbers
    offsets: Numbers
    start: Numbers
    end: Numbers


def _find_chains(
    laid: _Laid,
    wanted: NDArray[np.bool_],
    longest: NDArray[np.float64],
    change_minutes: float,
) -> _Chains:
    """Return the quickest journey with changes of each pair that is asked for."""
    stations = _find_stations(laid)
    if not wanted.any() or not len(stations):
        return _Chains(*(np.zeros(0, dtype=np.int64) for _ in range(4)))
    search = _ChainSearch(laid, stations, whole_cost(change_minutes))
    pair, offsets, chains = search.find(wanted)
    cost = search.cost[chains[:, 0], chains[:, 1]]
    running = np.add.reduceat(cost, offsets) if len(pair) else cost
    kept = running <= longest.reshape(-1)[pair]
    lengths = np.diff(offsets, append=len(chains))
    chains = chains[np.repeat(kept, lengths)]
    return _Chains(
        pair=pair[kept],
        offsets=np.cumsum(lengths[kept]) - lengths[kept],
        start=search.start[chains[:, 0], chains[:, 1]].astype(np.int64),
        end=search.end[chains[:, 0], chains[:, 1]].astype(np.int64),
    )


def _find_stations(laid: _Laid) -> Numbers:
    """Return the hubs at which trains call and may be changed; all those of the demand."""
    calls = np.zeros(laid.hub_count, dtype=np.int64)
    for stops, _ in laid.lines.calls:
        calls[np.unique(stops)] += 1
    wanted = np.where(laid.row_of >= 0, len(laid.lines.calls) + 1, 0)
    order = np.argsort(-(calls + wanted), kind="stable")[:MOST_STATIONS]
    return np.sort(order[calls[order] > 0])


class _ChainSearch:
    """The quickest direct train between stations, and journeys of several of them."""

    def __init__(self, laid: _Laid, stations: Numbers, change_cost: int) -> None:
        size = len(stations)
        place = np.full(laid.hub_count, -1, dtype=np.int64)
        place[stations] = np.arange(size)
        self.cost = np.full((size, size), CLOSED, dtype=np.int64)
        self.start = np.zeros((size, size), dtype=np.int32)
        self.end = np.zeros((size, size), dtype=np.int32)
        for calls in laid.lines.calls:
            one, other, start, end = _pair_calls(calls, place)
            cost = laid.cost(start, end)
            order = np.argsort(-cost, kind="stable")  # of a pair called at twice, the quickest
            one, other, start, end, cost = (each[order] for each in (one, other, start, end, cost))
            better = cost < self.cost[one, other]
            at = one[better], other[better]
            self.cost[at], self.start[at], self.end[at] = cost[better], start[better], end[better]
        self._row_of = laid.row_of[stations]
        self._change_cost = change_cost

    def find(self, wanted: NDArray[np.bool_]) -> tuple[Numbers, Numbers, Numbers]:
        """Return the quickest journeys with changes of some pairs of hubs of the demand.

        Returns
        -------
        tuple of ndarray
            The pairs, where their stretches begin, and of each stretch the two stations.
        """
        ours = np.flatnonzero(self._row_of >= 0)
        place = np.full(len(wanted), -1, dtype=np.int64)
        place[self._row_of[ours]] = ours
        known = place >= 0
        rows = np.flatnonzero(wanted.any(axis=1) & known)
        one = self.cost[place[rows]]
        two, over_two = self._ride_on(one, np.arange(len(self.cost)))
        three, over_three = self._ride_on(two, ours)
        asked, column = np.nonzero(wanted[rows] & known)
        end = place[column]
        longer = three[asked, end] < two[asked, end]
        found = np.minimum(two, three)[asked, end] < CLOSED
        asked, column, end, longer = asked[found], column[found], end[found], longer[found]
        last = np.where(longer, over_three[asked, end], end)
        first = over_two[asked, last]
        stations = np.stack([place[rows][asked], first, last, end], axis=1)
        stretches = np.stack([stations[:, :-1], stations[:, 1:]], axis=2)
        lengths = 2 + longer
        kept = np.stack([np.ones_like(longer), np.ones_like(longer), longer], axis=1)
        return rows[asked] * len(wanted) + column, np.cumsum(lengths) - lengths, stretches[kept]

    def _ride_on(self, cost: Numbers, to: Numbers) -> tuple[Numbers, NDArray[np.int32]]:
        """Return the least cost to some stations by one more train, and where it was boarded.

        Parameters
        ----------
        cost
            To each station so far, shape ``(rows, stations)``.
        """
        best = np.full(cost.shape, CLOSED, dtype=np.int64)
        boarded = np.full(cost.shape, -1, dtype=np.int32)
        for station in np.flatnonzero((cost < CLOSED).any(axis=0)).tolist():
            onward = to[self.cost[station, to] < CLOSED]
            further = self.cost[station, onward] + self._change_cost
            reached = cost[:, station, None] + further
            rows, at = np.nonzero(reached < best[:, onward])
            best[rows, onward[at]] = reached[rows, at]
            boarded[rows, onward[at]] = station
        return best, boarded


def _put_together(
    laid: _Laid, calling: _Direct, passing: _Direct, chains: _Chains, change_minutes: float
) -> PairWays:
    """Return direct ways and chains in one, by pair."""
    size = max(len(laid.hubs), 1)
    stretches = np.concatenate([calling.start, passing.start, chains.start])
    direct = len(calling.pair) + len(passing.pair)
    first = np.concatenate([np.arange(direct), direct + chains.offsets])
    lengths = np.diff(first, append=len(stretches))
    pair = np.concatenate([calling.pair, passing.pair, chains.pair])
    order = np.argsort(pair, kind="stable")
    taken = np.repeat(first[order], lengths[order]) + _counting(lengths[order])
    position = np.empty(len(order), dtype=np.int64)
    position[order] = np.arange(len(order))
    chained = np.repeat(np.arange(len(chains.pair)), lengths[direct:])
    member = [calling.member_way, len(calling.pair) + passing.member_way, direct + chained]
    member_way = position[np.concatenate(member)]
    of_chains = np.searchsorted(laid.lines.first_step, chains.start, side="right") - 1
    by_way = np.argsort(member_way, kind="stable")
    ends = np.concatenate([calling.end, passing.end, chains.end])
    shares = [calling.share, passing.share, np.ones(len(chains.pair))]
    return PairWays(
        hubs=laid.hubs,
        lines=laid.lines.laid,
        row=pair[order] // size,
        column=pair[order] % size,
        share=np.concatenate(shares)[order],
        passing=((order >= len(calling.pair)) & (order < direct)),
        offsets=np.cumsum(lengths[order]) - lengths[order],
        start=stretches[taken],
        end=ends[taken],
        change_minutes=change_minutes,
        member_way=member_way[by_way],
        member_line=np.concatenate([calling.member_line, passing.member_line, of_chains])[by_way],
    )


def _counting(lengths: Numbers) -> Numbers:
    """Return 0, 1, 2, ... for each of some lengths."""
    return np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
