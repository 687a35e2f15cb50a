"""Pairs of stops that trains run between, and which of them are expresses over finer pairs.

A train that passes stations makes a pair of its own. Such a pair is no line: it is replaced by the
pairs of the trains that stop in between, where they lead the same way.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from netmodel.errors import InputError, Problem
from netmodel.importing.gtfs_calls import UNKNOWN
from netmodel.importing.gtfs_order import FASTEST_KMH, is_too_slow
from netmodel.importing.gtfs_stops import Apart
from netmodel.importing.gtfs_trains import FeedTrains
from netmodel.importing.gtfs_trips import FeedTrain

Pair: TypeAlias = tuple[int, int]
"""Positions of two stations, the lower first; the pair of both directions."""
Leg: TypeAlias = tuple[Pair, float | None, bool]
"""Two neighbouring stops, the seconds between them, and whether both times are given."""
QUICKER, QUICKER_THAN_FEED = 2.0, 3.0
"""A run so many times quicker than its whole train, or than nine tenths of the train-km of the
feed, is a slip too, one minute allowed for."""
_SAMPLED = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressRule:
    """When a pair is an express over finer pairs, and no line of its own.

    A way over finer pairs is taken if it is short and quick enough. Short enough is a way of at
    most `detour` times the straight distance between the two stops, plus `slack_km`; or, where one
    train calls at both and at stops in between, at most `seen_detour` times. Quick enough is a way
    whose fastest runs take at most `slower` times the fastest run of the pair, plus `stop_minutes`
    for each stop in between, plus `slack_minutes`; any way is where no run of the pair has both
    times given. Distances are sums of great circles.

    A pair that is left may follow finer pairs to some station on its way and only then leave them.
    It does if at least `part_share` of it lies so, and the whole is at most `part_detour` times as
    long as the straight distance, plus `slack_km` or a tenth of that distance, whichever is less.

    Examples
    --------
    >>> ExpressRule(detour=0.5)
    Traceback (most recent call last):
    netmodel.errors.InputError: detour: detour (=0.5) must be at least 1
    """

    detour: float = 1.2
    slack_km: float = 1.0
    seen_detour: float = 1.6
    slower: float = 1.5
    stop_minutes: float = 2.0
    slack_minutes: float = 8.0
    part_detour: float = 1.02
    part_share: float = 0.4

    def __post_init__(self) -> None:
        problems = [
            Problem(what=f"{name} (={value}) must be at least {least}", where=name)
            for name, least in (
                ("detour", 1), ("slack_km", 0), ("seen_detour", 1), ("slower", 1),
                ("stop_minutes", 0), ("slack_minutes", 0), ("part_detour", 1), ("part_share", 0),
            )
            if not least <= (value := getattr(self, name)) < float("inf")
        ]  # fmt: skip
        if problems:
            raise InputError(problems)


@dataclass(slots=True, kw_only=True)
class Runs:
    """What is known of the trains between two neighbouring stops.

    Parameters
    ----------
    km
        Great circle.
    seconds
        Of the fastest run whose times at both stops are given.
    shared_seconds
        Of the fastest run whose time was shared out over stops without a time.
    trains
        Runs in the period, both directions.
    slips
        Trains whose run cannot be true, and is not counted among the fastest.
    seen
        The shortest chain of stops, from the lower to the higher end, by which one train joins
        both ends with stops in between; empty where none does.
    """

    km: float
    seconds: float | None = None
    shared_seconds: float | None = None
    trains: int = 0
    slips: int = 0
    seen: tuple[int, ...] = field(default=())

    @property
    def fastest(self) -> float | None:
        """Seconds of the fastest run, of given times if there are any."""
        return self.seconds if self.seconds is not None else self.shared_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class PairsOfStops:
    """Pairs of neighbouring stops, and the chain of stops for those that are expresses."""

    pairs: Mapping[Pair, Runs]
    expresses: Mapping[Pair, tuple[int, ...]]

    @property
    def kept(self) -> Iterator[Pair]:
        """The pairs that are lines of their own."""
        return (pair for pair in self.pairs if pair not in self.expresses)


def lay_lines(found: FeedTrains, rule: ExpressRule) -> PairsOfStops:
    """Return the pairs of stops that the trains of a feed run between, and which are expresses."""
    known: dict[Pair, float] = {}

    def apart(one: int, other: int) -> float:
        key = (min(one, other), max(one, other))
        if key not in known:
            known[key] = found.stops.apart_km(*key)
        return known[key]

    usual = _usual_kmh(found.trains, apart)
    pairs: dict[Pair, Runs] = {}
    for train in found.trains:
        legs = list(_leg_times(train, apart))
        fastest = min(_fastest_kmh(legs, apart), QUICKER_THAN_FEED * usual)
        for pair, seconds, is_given in legs:
            runs = pairs.get(pair)
            if runs is None:
                runs = pairs[pair] = Runs(km=apart(*pair))
            runs.trains += train.runs
            if seconds is None:
                continue
            most_km = min(fastest, FASTEST_KMH) * (seconds + 60) / 3600
            if runs.km > most_km or is_too_slow(runs.km, seconds):
                runs.slips += 1
            elif seconds <= 0:  # Within one minute of the clock: no time to go by.
                continue
            elif is_given:
                runs.seconds = min(runs.seconds or seconds, seconds)
            else:
                runs.shared_seconds = min(runs.shared_seconds or seconds, seconds)
    patterns = dict.fromkeys(train.stations for train in found.trains)
    find_chains_seen(patterns, pairs, apart)
    return PairsOfStops(pairs=pairs, expresses=find_expresses(pairs, apart, rule))


def _fastest_kmh(legs: Sequence[Leg], apart: Apart) -> float:
    """Return the speed above which a run between two stops of a train is no true one."""
    timed = [
        (apart(*pair), seconds)
        for pair, seconds, _ in legs
        if seconds is not None and not is_too_slow(apart(*pair), seconds)
    ]
    hours = sum(seconds for _, seconds in timed) / 3600
    if len(timed) < 2 or hours <= 0:
        return FASTEST_KMH
    return QUICKER * sum(km for km, _ in timed) / hours


def _usual_kmh(trains: Sequence[FeedTrain], apart: Apart) -> float:
    """Return the speed between stops that a tenth of the train-km of a feed exceeds."""
    timed = [
        (3600 * apart(*pair) / (seconds + 60), apart(*pair))
        for train in trains[:: len(trains) // _SAMPLED + 1]
        for pair, seconds, _ in _leg_times(train, apart)
        if seconds is not None and seconds >= 0
    ]
    if not timed:
        return FASTEST_KMH
    speed, km = np.array(sorted(timed)).T
    return float(speed[np.searchsorted(km.cumsum(), 0.9 * km.sum())])


def _leg_times(train: FeedTrain, apart: Apart) -> Iterator[Leg]:
    """Yield each pair of neighbouring stops, the seconds between, and whether both are given.

    Where times between are missing, those of the whole are shared out by straight distance.
    """
    last = len(train.stations) - 1
    start = 0
    while start < last:
        end = start + 1
        while end < last and max(train.times[end]) == UNKNOWN:
            end += 1
        left, came = train.times[start][1], train.times[end][0]
        left = train.times[start][0] if left == UNKNOWN else left
        came = train.times[end][1] if came == UNKNOWN else came
        total = None if UNKNOWN in (left, came) else float(came - left)
        kms = [apart(*pair) for pair in pairwise(train.stations[start : end + 1])]
        for place, km in enumerate(kms, start=start):
            one, other = train.stations[place], train.stations[place + 1]
            share = None if total is None or not sum(kms) else total * km / sum(kms)
            yield (min(one, other), max(one, other)), share, len(kms) == 1
        start = end


def find_chains_seen(
    patterns: Iterable[Sequence[int]], pairs: Mapping[Pair, Runs], apart: Apart
) -> None:
    """Note for each pair the shortest chain of stops by which one train joins its two ends."""
    partners: dict[int, set[int]] = {}
    for one, other in pairs:
        partners.setdefault(one, set()).add(other)
        partners.setdefault(other, set()).add(one)
    best: dict[Pair, float] = {}
    for stops in patterns:
        along = [0.0]
        for one, other in pairwise(stops):
            along.append(along[-1] + apart(one, other))
        latest: dict[int, int] = {}
        for place, stop in enumerate(stops):
            for partner in partners.get(stop, set()).intersection(latest):
                before = latest[partner]
                pair = (min(stop, partner), max(stop, partner))
                km = along[place] - along[before]
                if place - before > 1 and km < best.get(pair, float("inf")):
                    best[pair] = km
                    chain = tuple(stops[before : place + 1])
                    pairs[pair].seen = chain if chain[0] == pair[0] else chain[::-1]
            latest[stop] = place


def find_expresses(
    pairs: dict[Pair, Runs], apart: Apart, rule: ExpressRule
) -> dict[Pair, tuple[int, ...]]:
    """Return the chain of stops over finer pairs that stands for each express.

    Where an express follows finer pairs for a part of its way only, the rest of it is added to
    the pairs.

    Examples
    --------
    >>> apart = lambda one, other: 10.0 * abs(one - other)
    >>> pairs = {pair: Runs(km=apart(*pair), seconds=60 * apart(*pair))
    ...          for pair in [(0, 1), (1, 2), (0, 2)]}
    >>> find_expresses(pairs, apart, ExpressRule())
    {(0, 2): (0, 1, 2)}
    """
    chains = _take_seen(pairs, rule)
    finer: dict[int, list[int]] = {}
    rest = sorted((pair for pair in pairs if pair not in chains), key=lambda p: (pairs[p].km, p))
    for pair in rest:
        limit = rule.detour * pairs[pair].km + rule.slack_km
        way = _find_way(finer, apart, pair, limit)
        if way and _is_quick(pair, way, pairs, rule):
            chains[pair] = way
        else:
            finer.setdefault(pair[0], []).append(pair[1])
            finer.setdefault(pair[1], []).append(pair[0])
    chains |= _take_parts(pairs, chains, apart, rule)
    return {pair: _expand(pair, chains) for pair in sorted(chains)}


def _take_seen(pairs: Mapping[Pair, Runs], rule: ExpressRule) -> dict[Pair, tuple[int, ...]]:
    """Return the chains of pairs whose two ends another train joins with stops in between.

    A chain never rests on its own pair: the straightest chains are taken first, and one that would
    close a circle is not taken.
    """
    straight: list[tuple[float, Pair]] = []
    for pair, runs in pairs.items():
        km = sum(pairs[key].km for key in _keys(runs.seen))
        limit = rule.seen_detour * runs.km + rule.slack_km
        if runs.seen and km <= limit and _is_quick(pair, runs.seen, pairs, rule):
            straight.append((km / max(runs.km, 1e-9), pair))
    chains: dict[Pair, tuple[int, ...]] = {}
    for _, pair in sorted(straight):
        if not _rests_on(pair, pairs[pair].seen, chains):
            chains[pair] = pairs[pair].seen
    return chains


def _take_parts(
    pairs: dict[Pair, Runs], chains: Mapping[Pair, tuple[int, ...]], apart: Apart, rule: ExpressRule
) -> dict[Pair, tuple[int, ...]]:
    """Return the chains of pairs that follow finer pairs for a good part of their way.

    The rest of such a way, from the last station passed, is added to the pairs.
    """
    finer: dict[int, list[int]] = {}
    parts: dict[Pair, tuple[int, ...]] = {}
    kept = sorted((pair for pair in pairs if pair not in chains), key=lambda p: (pairs[p].km, p))
    for pair in kept:
        runs, new = pairs[pair], pair
        options = []
        for start, end in (pair, pair[::-1]):
            passed = _follow(finer, apart, start, end, rule)
            km, last = apart(passed[-1], end), _key(passed[-1], end)
            is_part = len(passed) > 1 and km <= (1 - rule.part_share) * runs.km
            if is_part and last not in pairs and _is_quick(pair, passed, pairs, rule):
                options.append((km, passed, end))
        if options:
            km, passed, end = min(options)
            new = _key(passed[-1], end)
            chain = passed if passed[-1] == end else (*passed, end)
            parts[pair] = chain if chain[0] == pair[0] else chain[::-1]
            if new[0] != new[1]:
                share = None if runs.fastest is None else runs.fastest * km / runs.km
                pairs[new] = Runs(km=km, shared_seconds=share)
        if new[0] != new[1]:
            finer.setdefault(new[0], []).append(new[1])
            finer.setdefault(new[1], []).append(new[0])
    return parts


def _follow(
    finer: Mapping[int, Sequence[int]], apart: Apart, start: int, end: int, rule: ExpressRule
) -> tuple[int, ...]:
    """Return the chain that leads from a start straight on, as near to an end as can be."""
    km = apart(start, end)
    limit = rule.part_detour * km + min(rule.slack_km, 0.1 * km)
    best = {start: 0.0}
    before: dict[int, int] = {}
    waiting = [start]
    while waiting:
        here = waiting.pop()
        for there in finer.get(here, ()):
            along = best[here] + apart(here, there)
            if along + apart(there, end) <= limit and along < best.get(there, float("inf")):
                best[there] = along
                before[there] = here
                waiting.append(there)
    chain = [min(best, key=lambda stop: (apart(stop, end), stop))]
    while chain[-1] != start:
        chain.append(before[chain[-1]])
    return tuple(reversed(chain))


def _rests_on(pair: Pair, chain: Sequence[int], chains: Mapping[Pair, tuple[int, ...]]) -> bool:
    waiting, met = list(_keys(chain)), set()
    while waiting:
        key = waiting.pop()
        if key == pair:
            return True
        if key not in met and key in chains:
            waiting += _keys(chains[key])
        met.add(key)
    return False


def _is_quick(
    pair: Pair, chain: Sequence[int], pairs: Mapping[Pair, Runs], rule: ExpressRule
) -> bool:
    """Whether a chain takes little more time than the pair, as far as both are known."""
    parts = [pairs[key].fastest for key in _keys(chain)]
    own = pairs[pair].seconds
    if own is None or any(part is None for part in parts):
        return True
    allowed = rule.slack_minutes + rule.stop_minutes * (len(chain) - 2)
    most = rule.slower * own + 60 * allowed
    return sum(part for part in parts if part is not None) <= most


def _find_way(
    finer: Mapping[int, Sequence[int]], apart: Apart, pair: Pair, limit_km: float
) -> tuple[int, ...]:
    """Return the shortest chain between the ends of a pair within a limit; empty if none is.

    It looks only within the ellipse around both ends in which a chain can keep to the limit.
    """
    start, end = pair
    best = {start: 0.0}
    before: dict[int, int] = {}
    waiting = [(apart(start, end), start)]
    while waiting:
        ahead, here = heapq.heappop(waiting)
        if here == end:
            chain = [end]
            while chain[-1] != start:
                chain.append(before[chain[-1]])
            return tuple(reversed(chain))
        if ahead > best[here] + apart(here, end) + 1e-9:
            continue
        for there in finer.get(here, ()):
            km = best[here] + apart(here, there)
            least = km + apart(there, end)
            if least <= limit_km and km < best.get(there, float("inf")):
                best[there] = km
                before[there] = here
                heapq.heappush(waiting, (least, there))
    return ()


def _expand(pair: Pair, chains: Mapping[Pair, tuple[int, ...]]) -> tuple[int, ...]:
    """Return the chain of a pair in which every express is replaced by its own chain."""
    chain = [pair[0]]
    for one, other in pairwise(chains[pair]):
        key = (min(one, other), max(one, other))
        part = _expand(key, chains) if key in chains else key
        for stop in (part if part[0] == one else part[::-1])[1:]:
            if stop in chain:  # Out and back again: the train need not go there.
                del chain[chain.index(stop) + 1 :]
            else:
                chain.append(stop)
    return tuple(chain)


def _keys(chain: Sequence[int]) -> Iterator[Pair]:
    return (_key(*pair) for pair in pairwise(chain))


def _key(one: int, other: int) -> Pair:
    return (min(one, other), max(one, other))
