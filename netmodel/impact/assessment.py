"""From states to impacts: routes and metrics of every state, each distinct state solved once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from netmodel.impact.costs import links_with_effect, state_minutes
from netmodel.impact.demand import Demand
from netmodel.impact.services import Service
from netmodel.impact.situation import METRICS, Situation
from netmodel.network.model import Network
from netmodel.outages.outage import Outage
from netmodel.outages.timeline import State, Timeline
from netmodel.routing.profiles import Profile, costs_from_minutes, running_minutes
from netmodel.routing.router import Router, Routes, label_components


@dataclass(frozen=True, eq=False, kw_only=True)
class StateImpact:
    """What one state meant for one kind of traffic.

    Parameters
    ----------
    routes
        By rail.
    served
        With replacement services; the same as `routes` when none runs.
    metrics
        Value of each metric asked for.
    possible, guaranteed
        Connected share if every outage in doubt is over, and if all of them hold.
    cut_certain, cut_possible
        Pairs cut whatever the times that the evidence allows, and under some of them.
    """

    state: State
    routes: Routes
    served: Routes
    metrics: dict[str, float]
    possible: float
    guaranteed: float
    cut_certain: NDArray[np.bool_]
    cut_possible: NDArray[np.bool_]


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
    """

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
    ) -> None:
        self.services = tuple(services) if profile.traffic == "passenger" else ()
        self.network = network.with_links(each.link for each in self.services)
        self.rail_count = len(network.links)
        self.demand = demand
        self.profile = profile
        self.advisory = advisory
        self.base_outages = tuple(base_outages)
        self.anchors = np.array([network.hub_index[hub] for hub in anchors], dtype=np.int64)
        self.router = Router(
            self.network, demand.hubs, reversal_minutes=profile.reversal_minutes
        )
        self._undisturbed = running_minutes(self.network, profile)
        self._is_road = np.array([link.line_class == "road" for link in self.network.links], float)
        self._solved: dict[bytes, Routes] = {}
        self._sums: dict[tuple[int, bytes], NDArray[np.float64]] = {}

    @cached_property
    def base(self) -> Routes:
        """The routes of the base state, by rail."""
        return self.routes(self.base_outages)

    def routes(self, outages: Iterable[Outage], running: Iterable[str] = ()) -> Routes:
        """Return the routes under outages.

        Parameters
        ----------
        running
            Ids of the incidents whose replacement services run.
        """
        minutes = state_minutes(
            self.network, self.profile, self._undisturbed, outages, advisory=self.advisory
        )
        open_services = set(running)
        for number, service in enumerate(self.services):
            if service.incident not in open_services:
                minutes[self.rail_count + number] = np.inf
        costs = costs_from_minutes(self.network, minutes)
        key = costs.key
        if key not in self._solved:
            self._solved[key] = self.router.solve(costs)
        return self._solved[key]

    def sum_along(self, routes: Routes, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return `Routes.sum_along`, kept for routes and values already seen."""
        key = (id(routes), values.tobytes())
        if key not in self._sums:
            self._sums[key] = routes.sum_along(values)
        return self._sums[key]

    def assess(self, timeline: Timeline, metrics: Sequence[str]) -> Iterator[StateImpact]:
        """Yield the impact of every state of a timeline, in order."""
        for state in timeline.states:
            yield self.assess_state(timeline, state, metrics)

    def assess_state(
        self, timeline: Timeline, state: State, metrics: Sequence[str]
    ) -> StateImpact:
        """Return the impact of one state."""
        active, certain, possible = (
            [timeline.outages[number] for number in sorted(numbers)]
            for numbers in (state.active, state.certain, state.possible)
        )
        routes = self.routes(active)
        running = {outage.incident for outage in active}
        served = self.routes(active, running) if self.services else routes
        best, worst = self.routes(certain), self.routes(possible)
        situation = self._situate(routes, served, active)
        share = METRICS["connected_share"].compute
        wanted = self.demand.trips > 0
        return StateImpact(
            state=state,
            routes=routes,
            served=served,
            metrics={name: METRICS[name].compute(situation) for name in metrics},
            possible=share(self._situate(best, best, certain)),
            guaranteed=share(self._situate(worst, worst, possible)),
            cut_certain=wanted & self.base.connected & ~best.connected,
            cut_possible=wanted & self.base.connected & ~worst.connected,
        )

    def _situate(self, routes: Routes, served: Routes, active: Sequence[Outage]) -> Situation:
        closed = links_with_effect(self.network, self.profile, active, "closed")
        if self.advisory == "avoid" and self.profile.traffic == "passenger":
            advised = links_with_effect(self.network, self.profile, active, "advisory")
            closed = np.maximum(closed, advised)

        def passes(effect: str) -> NDArray[np.bool_]:
            marked = links_with_effect(self.network, self.profile, active, effect)
            return np.asarray(self.sum_along(routes, marked) > 0)

        usable = closed == 0
        usable[self.rail_count :] = False
        return Situation(
            trips=self.demand.trips,
            base_minutes=self.base.minutes,
            minutes=routes.minutes,
            served_minutes=served.minutes,
            base_km=self.sum_along(self.base, self.network.length_km),
            km=self.sum_along(routes, self.network.length_km),
            base_path_closed=np.asarray(self.sum_along(self.base, closed) > 0),
            on_advisory=passes("advisory"),
            on_slowed=passes("slowed"),
            on_diesel=passes("diesel_only"),
            on_bus=np.asarray(self.sum_along(served, self._is_road) > 0),
            labels=label_components(self.network, usable),
            population=np.array([hub.population or 0 for hub in self.network.hubs], float),
            anchors=self.anchors,
        )
