"""The impact of every state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from netmodel.arguments import refuse_wrong_kinds
from netmodel.impact.bounds import (
    MetricBounds,
    bounds_of,
    monotone_metrics,
)
from netmodel.impact.buses import Service
from netmodel.impact.costs import state_minutes
from netmodel.impact.demand import Demand, has_directions
from netmodel.impact.joining import find_pair_ways
from netmodel.impact.pair_ways import NEAR_MINUTES, PairWays, no_ways
from netmodel.impact.situation import METRICS, Situation
from netmodel.impact.travel import Travel, WaysInBase, rate_ways
from netmodel.network.railway import Network
from netmodel.outages.outage import Outage
from netmodel.outages.timeline import State, Timeline
from netmodel.routing.profiles import (
    CLOSED,
    LinkCosts,
    Profile,
    costs_from_minutes,
    running_minutes,
    whole_cost,
)
from netmodel.routing.router import Router, Routes
from netmodel.routing.topology import ComponentLabels
from netmodel.trains.course import Courses
from netmodel.trains.relevance import RelevantTrains

MOST_SUMS_BYTES = 2**27
"""Sums along routes that take more memory are not all kept."""
MOST_SOLVED_BYTES = 2**29
"""Routes that take more memory are not all kept; they are solved again where they are needed."""
LEAST_STATES_KEPT = 6
"""So many states are kept, however large: those of a bound and a state beside each other."""
EXTRA_DIGITS = 1
"""Digits of the minutes of a pair in the tables, and in the sums over all pairs."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PairSums:
    """What a state meant for all pairs with demand together.

    Parameters
    ----------
    cut, cut_certain, cut_possible
        How many that have a path in the base have none: under the chosen times, whatever the times
        that the evidence allows, and under some of them.
    lost
        The demand from and to each hub that has no path any more, shape ``(hubs,)``.
    longest_extra_minutes, longest_pair
        The most that one pair takes longer than in the base, in minutes to the tenth, and its row
        and column; 0 and ``None`` where none takes longer.
    """

    cut: int
    cut_certain: int
    cut_possible: int
    lost: NDArray[np.float64]
    longest_extra_minutes: float
    longest_pair: tuple[int, int] | None


@dataclass(frozen=True, eq=False, kw_only=True)
class StateImpact:
    """What one state meant for one kind of traffic.

    Its matrices are solved again when they are asked for and no longer known, so that a run of
    many states does not hold them all.

    Parameters
    ----------
    assessor
        What solves the state.
    active, certain, possible_outages
        The outages of the state under the chosen times, for all times that the evidence allows,
        and for some of them.
    metrics
        Value of each metric asked for.
    bounds
        Guaranteed and possible value of the connected share and of each monotone metric asked
        for.
    sums
        Over all pairs with demand.
    """

    state: State
    assessor: Assessor
    active: tuple[Outage, ...]
    certain: tuple[Outage, ...]
    possible_outages: tuple[Outage, ...]
    metrics: dict[str, float]
    bounds: dict[str, MetricBounds]
    sums: PairSums

    @property
    def mark(self) -> bytes:
        """The same bytes for states in which journeys by rail are the same."""
        costs = self.assessor.costs(self.active)
        return blake2b(costs.key, digest_size=16).digest()

    @property
    def travel(self) -> Travel:
        """Journeys by rail, over the ways of trains where trains join a pair."""
        return self.assessor.travel(self.active)

    def extra_minutes(self, pair: tuple[int, int]) -> float:
        """Return how much longer a pair takes than in the base; see `Assessor.extra_minutes`."""
        return float(self.assessor.extra_minutes(self.travel)[pair])

    @property
    def routes(self) -> Routes:
        """The quickest routes, by rail."""
        return self.travel.routes

    @property
    def served(self) -> Travel:
        """Journeys with replacement services; the same as `travel` when none runs."""
        return self.assessor.served(self.active)

    @property
    def best(self) -> Routes:
        """Routes by rail, with every incident at the mildest that the evidence allows then."""
        return self.assessor.routes(self.certain, along=False)

    @property
    def worst(self) -> Routes:
        """Routes by rail, with every outage that may hold."""
        return self.assessor.routes(self.possible_outages, along=False)

    @property
    def cut_certain(self) -> NDArray[np.bool_]:
        """Pairs cut whatever the times that the evidence allows."""
        return self.assessor.wanted_before & ~self.best.connected

    @property
    def cut_possible(self) -> NDArray[np.bool_]:
        """Pairs cut under some of the times that the evidence allows."""
        return self.assessor.wanted_before & ~self.worst.connected

    @property
    def possible(self) -> float:
        """Connected share with every incident at its mildest."""
        return self.bounds["connected_share"].possible

    @property
    def guaranteed(self) -> float:
        """Connected share with every outage that may hold."""
        return self.bounds["connected_share"].guaranteed


class Assessor:
    """Solves states of one network for one demand and one kind of train.

    Parameters
    ----------
    base_outages
        Outages that hold in the base state: the background against which the others count.
    services
        Replacement services; for passengers only.
    advisory
        ``use`` or ``avoid`` routes under an advisory.
    anchors
        Ids of the hubs from which a hub must be reachable not to be isolated.
    trains
        The trains that run in the window, and their courses in the base state: pairs that they
        join travel by their ways. For passengers only.
    near_minutes
        Two ways of a pair that differ by less count as equally quick.
    """

    @refuse_wrong_kinds
    def __init__(
        self,
        network: Network,
        demand: Demand,
        profile: Profile,
        *,
        base_outages: Iterable[Outage] = (),
        services: Sequence[Service] = (),
        advisory: str = "use",
        anchors: Sequence[str] = (),
        trains: tuple[RelevantTrains, Courses] | None = None,
        near_minutes: float = NEAR_MINUTES,
    ) -> None:
        self.services = tuple(services) if profile.traffic == "passenger" else ()
        self.network = network.with_links(each.link for each in self.services)
        self.rail_count = len(network.links)
        self.demand = demand
        self.profile = profile
        self.advisory = advisory
        self.near_minutes = near_minutes
        self._trains = trains if profile.traffic == "passenger" else None
        self.base_outages = tuple(base_outages)
        self.anchors = np.array([network.hub_index[hub] for hub in anchors], dtype=np.int64)
        self.router = Router(
            self.network,
            demand.hubs,
            reversal_minutes=profile.reversal_minutes,
            gauge_change_minutes=profile.gauge_change_minutes,
        )
        self._undisturbed = running_minutes(self.network, profile)
        self._undisturbed_costs = costs_from_minutes(self.network, self._undisturbed)
        self.is_road = np.array([link.line_class == "road" for link in self.network.links], float)
        self._solved: dict[bytes, Routes] = {}
        self._held = 0
        self._travels: dict[bytes, Travel] = {}
        # Known by the place of the routes in memory, which are kept, so that none takes its place.
        self._sums: dict[tuple[int, bytes], tuple[Routes, NDArray[np.float64]]] = {}
        self._passing: dict[tuple[int, bytes], tuple[Routes, NDArray[np.bool_]]] = {}
        self._concerned: frozenset[int] = frozenset()
        self._over_base: dict[int, NDArray[np.uint8]] = {}

    @cached_property
    def base(self) -> Routes:
        """The quickest routes of the base state, by rail."""
        return self.routes(self.base_outages)

    @cached_property
    def base_travel(self) -> Travel:
        """Journeys in the base state, by rail."""
        return self.travel(self.base_outages)

    @cached_property
    def base_minutes(self) -> NDArray[np.float64]:
        """Minutes of the journeys of the base state; inf where there is none."""
        return self.base_travel.minutes

    @property
    def ways(self) -> PairWays:
        """The ways by which trains join pairs; empty where no trains are given, or none join."""
        return self.ways_in_base.ways

    @cached_property
    def ways_in_base(self) -> WaysInBase:
        """The ways by which trains join pairs, with what they cost in the base."""
        if self._trains is None:
            nothing = np.zeros(0, dtype=np.int64)
            return WaysInBase(ways=no_ways(self.demand.hubs), cost=nothing, detour_cost=nothing)
        running, courses = self._trains
        costs, least = self.costs(self.base_outages), self.base.cost
        ways = find_pair_ways(
            courses,
            running,
            self.network,
            self.demand.hubs,
            costs=costs,
            least=least,
            directed=has_directions(self.demand),
            reversal_minutes=self.profile.reversal_minutes,
            gauge_change_minutes=self.profile.gauge_change_minutes,
        )
        return rate_ways(ways, ways.costs(costs), least, whole_cost(self.near_minutes))

    @cached_property
    def wanted_before(self) -> NDArray[np.bool_]:
        """Whether each pair has demand, and a route in the base."""
        return np.asarray((self.demand.trips > 0) & self.base.connected)

    def routes(
        self, outages: Iterable[Outage], running: Iterable[str] = (), *, along: bool = True
    ) -> Routes:
        """Return the quickest routes under outages.

        Parameters
        ----------
        running
            Ids of the incidents whose replacement services run.
        along
            Whether it will be asked what lies along them, and not only what they cost.
        """
        return self._routes_at(self.costs(outages, running), along=along)

    def travel(
        self, outages: Iterable[Outage], running: Iterable[str] = (), *, along: bool = True
    ) -> Travel:
        """Return the journeys under outages, by the ways of trains where trains join a pair.

        Parameters are those of `routes`.
        """
        costs = self.costs(outages, running)
        key = costs.key_beside(self._undisturbed_costs)
        travel = self._travels.get(key)
        if travel is None:
            travel = Travel(self._routes_at(costs, along=along), costs, self.ways_in_base)
            self._travels[key] = travel
        return travel

    def _routes_at(self, costs: LinkCosts, *, along: bool) -> Routes:
        key = costs.key_beside(self._undisturbed_costs)
        routes = self._solved.get(key)
        if routes is None:
            self._make_room()
            spared = self._spares_base(costs)
            routes = self.base if spared else self.router.solve(costs, along=along)
            self._solved[key] = routes
        return routes

    def _spares_base(self, costs: LinkCosts) -> bool:
        """Whether the quickest routes are surely those of the base.

        They are where no link is cheaper than there, and none that a route of the base runs over
        is dearer: each route then costs what it did, and of equal ones the same is the first.
        """
        if "base" not in vars(self):  # it is being solved
            return False
        before = self._base_costs
        risen = (costs.forward > before.forward) | (costs.backward > before.backward)
        fallen = (costs.forward < before.forward) | (costs.backward < before.backward)
        links = np.flatnonzero(risen).tolist()
        if fallen.any() or not self._over_base.keys() | self._concerned >= set(links):
            return False
        return not self._run_base(links).any()

    @cached_property
    def _base_costs(self) -> LinkCosts:
        return self.costs(self.base_outages)

    def _make_room(self) -> None:
        """Let go of all routes where they would take more memory than `MOST_SOLVED_BYTES`."""
        size = 20 * len(self.demand.hubs) ** 2 + self.router.bytes_along
        if self._held + size > MOST_SOLVED_BYTES and len(self._solved) >= LEAST_STATES_KEPT:
            self.forget()
        self._held += size

    def served(self, outages: Sequence[Outage]) -> Travel:
        """Return the journeys under outages with the replacement services that they bring."""
        if not self.services:
            return self.travel(outages)
        return self.travel(outages, {outage.incident for outage in outages})

    def minutes(
        self, outages: Iterable[Outage], running: Iterable[str] = ()
    ) -> NDArray[np.float64]:
        """Return the minutes of each link under outages; inf where it is closed.

        Services of incidents that are not in `running` are closed.
        """
        minutes = state_minutes(
            self.network, self.profile, self._undisturbed, outages, advisory=self.advisory
        )
        open_services = set(running)
        for number, service in enumerate(self.services):
            if service.incident not in open_services:
                minutes[self.rail_count + number] = np.inf
        return minutes

    def costs(self, outages: Iterable[Outage], running: Iterable[str] = ()) -> LinkCosts:
        """Return the whole-number costs of each link under outages; see `minutes`."""
        return costs_from_minutes(self.network, self.minutes(outages, running))

    def usable(self, outages: Iterable[Outage]) -> NDArray[np.bool_]:
        """Return whether trains run over each link under outages; over none that is a road."""
        usable = self.costs(outages).forward < CLOSED
        usable[self.rail_count :] = False
        return np.asarray(usable)

    @cached_property
    def usable_before(self) -> NDArray[np.bool_]:
        """Links that trains run over in the base."""
        return self.usable(self.base_outages)

    @cached_property
    def labels(self) -> ComponentLabels:
        """Tells the component of every hub under the links that trains run over."""
        return ComponentLabels(self.network, self.usable_before)

    @cached_property
    def population(self) -> NDArray[np.float64]:
        """Of every hub of the network; 0 where it is not known."""
        return np.array([hub.population or 0 for hub in self.network.hubs], dtype=np.float64)

    def sum_along(self, travel: Travel, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum of a value per link along the journey of each pair.

        Of a pair that travels by several ways, the mean; nan where there is no route.
        """
        along = self._sum_routes(travel.routes, values)
        if not len(travel.ways):
            return along
        return travel.mean(travel.ways.sum_links(values), along)

    def share_over(self, travel: Travel, marked: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the share of each pair whose journey runs over marked links."""
        over = self._run_routes(travel.routes, marked).astype(np.float64)
        if not len(travel.ways):
            return over
        return travel.mean(travel.ways.run_over(marked).astype(np.float64), over)

    @property
    def _bytes_of_sums(self) -> int:
        """What a sum along all routes takes in memory."""
        return 8 * len(self.demand.hubs) ** 2

    def _sum_routes(self, routes: Routes, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return `Routes.sum_along`, kept for routes and values already seen."""
        key = (id(routes), blake2b(values.tobytes(), digest_size=16).digest())
        if key not in self._sums:
            if len(self._sums) * self._bytes_of_sums > MOST_SUMS_BYTES:
                # Those of the base are asked for by every state and every incident.
                self._sums = {k: v for k, v in self._sums.items() if v[0] is self.base}
            self._sums[key] = routes, routes.sum_along(values)
        return self._sums[key][1]

    def _run_routes(self, routes: Routes, marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return `Routes.run_over`, kept for routes and links already seen."""
        if routes is self.base:
            return self._run_base(np.flatnonzero(marked).tolist())
        key = (id(routes), np.flatnonzero(marked).tobytes())
        if key not in self._passing:
            if len(self._passing) * self._bytes_of_sums > MOST_SUMS_BYTES:
                self._passing.clear()
            self._passing[key] = routes, routes.run_over(marked)
        return self._passing[key][1]

    def _run_base(self, links: Sequence[int]) -> NDArray[np.bool_]:
        """Return whether the quickest route of each pair in the base runs over some links.

        The question of every state and of every incident. Routes are followed once for all links
        that outages may concern, and what is found of each link is kept, eight pairs to a byte.
        """
        new = [link for link in links if link not in self._over_base]
        if new:
            others = self._concerned.difference(new)
            new += sorted(link for link in others if link not in self._over_base)
            for link, over in zip(new, self.base.pairs_over(new), strict=True):
                self._over_base[link] = np.packbits(over)
        shape = self.base.cost.shape
        found = np.zeros((self.base.cost.size + 7) // 8, dtype=np.uint8)
        for link in links:
            found |= self._over_base[link]
        return np.unpackbits(found, count=self.base.cost.size).astype(bool).reshape(shape)

    def forget(self) -> None:
        """Let go of the routes solved so far; the base is kept."""
        self._solved.clear()
        self._held = 0
        self._travels.clear()
        self._sums.clear()
        self._passing.clear()

    def fresh(self) -> Assessor:
        """Return an assessor of the same question that has solved nothing but the base."""
        other = copy(self)
        vars(other).update(_solved={}, _held=0, _travels={}, _sums={}, _passing={})
        vars(other)["_over_base"] = dict(self._over_base)
        return other

    def __getstate__(self) -> dict[str, object]:
        """Return what is pickled and copied, without what is known by the place of an object."""
        return {**vars(self), "_sums": {}, "_passing": {}}

    def measure(self, outages: Sequence[Outage], metrics: Sequence[str]) -> dict[str, float]:
        """Return the value of some metrics while outages hold."""
        asked = [METRICS[name] for name in metrics]
        situation = Situation(self, outages, along=any(metric.along for metric in asked))
        return {metric.name: metric.compute(situation) for metric in asked}

    def assess(self, timeline: Timeline, metrics: Sequence[str]) -> Iterator[StateImpact]:
        """Yield the impact of every state of a timeline, in order."""
        values = Measures(self, timeline.outages, metrics)
        bounding = Measures(self, timeline.outages, monotone_metrics(("connected_share", *metrics)))
        values.expect(
            each
            for state in timeline.states
            for each in (state.active, state.certain, state.possible)
        )
        self._concerned |= {self.network.link_index[each.link] for each in timeline.outages}
        for state in timeline.states:
            yield self._assess_state(timeline, state, values, bounding)

    def _assess_state(
        self, timeline: Timeline, state: State, values: Measures, bounding: Measures
    ) -> StateImpact:
        active, best, worst = (
            tuple(timeline.outages[number] for number in sorted(numbers))
            for numbers in (state.active, state.certain, state.possible)
        )
        return StateImpact(
            state=state,
            assessor=self,
            active=active,
            certain=best,
            possible_outages=worst,
            metrics=dict(values.of(state.active)),
            bounds=bounds_of(best=bounding.of(state.certain), worst=bounding.of(state.possible)),
            sums=self._sum_pairs(active, best, worst),
        )

    def extra_minutes(self, travel: Travel) -> NDArray[np.float64]:
        """Return how much longer each pair takes than in the base, both to the tenth of a minute.

        0 for pairs without demand, and for those without a path in the base or by `travel`.
        """
        with np.errstate(invalid="ignore"):  # inf - inf where there is no path in either
            extra = np.round(travel.minutes, EXTRA_DIGITS) - np.round(
                self.base_minutes, EXTRA_DIGITS
            )
        return np.where(self.wanted_before & travel.connected, extra, 0.0)

    def _sum_pairs(
        self, active: Sequence[Outage], best: Sequence[Outage], worst: Sequence[Outage]
    ) -> PairSums:
        """Return what a state meant for all pairs with demand together."""
        travel, before = self.travel(active), self.wanted_before
        cut = before & ~travel.connected
        lost = np.where(cut, self.demand.trips, 0.0)
        extra = self.extra_minutes(travel)
        place = np.unravel_index(int(extra.argmax()), extra.shape) if extra.size else (0, 0)
        longest = float(extra[place]) if extra.size else 0.0
        return PairSums(
            cut=int(cut.sum()),
            cut_certain=int((before & ~self.routes(best, along=False).connected).sum()),
            cut_possible=int((before & ~self.routes(worst, along=False).connected).sum()),
            lost=lost.sum(axis=1) + lost.sum(axis=0),
            longest_extra_minutes=max(longest, 0.0),
            longest_pair=(int(place[0]), int(place[1])) if longest > 0 else None,
        )


class Measures:
    """Values of some metrics under sets of outages, remembered by set.

    Scenarios have dozens of outages and thousands of samples, but few distinct sets.

    Parameters
    ----------
    outages
        Sets are given as positions in this sequence.
    metrics
        Names of metrics.
    forget_every
        After so many sets solved, let go of their routes; for long ensembles.
    """

    def __init__(
        self,
        assessor: Assessor,
        outages: Sequence[Outage],
        metrics: Sequence[str],
        *,
        forget_every: int | None = None,
    ) -> None:
        self.assessor = assessor
        self.outages = tuple(outages)
        self.metrics = tuple(metrics)
        self._forget_every = forget_every
        self._known: dict[frozenset[int], Mapping[str, float]] = {}
        traffic = assessor.profile.traffic
        concerned = (
            number
            for number, outage in enumerate(self.outages)
            if assessor.services or traffic in outage.traffic
        )
        self._concerned = frozenset(concerned)

    def concerned(self, active: frozenset[int]) -> frozenset[int]:
        """Return those of some outages that can concern this kind of traffic."""
        return active & self._concerned

    def of(self, active: frozenset[int]) -> Mapping[str, float]:
        """Return the value of every metric while the given outages hold."""
        key = self.concerned(active)
        known = self._known.get(key)
        if known is None:
            held = [self.outages[number] for number in sorted(key)]
            known = self._known[key] = self.assessor.measure(held, self.metrics)
            if self._forget_every and len(self._known) % self._forget_every == 0:
                self.assessor.forget()
        return known

    def expect(self, sets: Iterable[frozenset[int]]) -> None:
        """Say which sets will be measured, so that the engine is chosen for all of them."""
        keys = {self.concerned(active) for active in sets}
        self.assessor.router.expect(len(keys - self._known.keys()))

    @property
    def solved(self) -> int:
        """How many distinct sets have been measured."""
        return len(self._known)
