"""A state as the metrics see it, and the table of metrics by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from netmodel.impact import metrics
from netmodel.impact.costs import links_with_effect
from netmodel.impact.travel import Travel
from netmodel.outages.outage import Outage

if TYPE_CHECKING:
    from netmodel.impact.assessment import Assessor


Matrix = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Situation:
    """Matrices of one state beside those of the base, each found when it is first asked for.

    Matrices are of shape ``(hubs, hubs)``.

    Parameters
    ----------
    active
        The outages in force.
    """

    def __init__(self, assessor: Assessor, active: Sequence[Outage], *, along: bool = True) -> None:
        self._assessor = assessor
        self._active = tuple(active)
        self._travel = assessor.travel(active, along=along)

    @property
    def trips(self) -> Matrix:
        """Demand."""
        return self._assessor.demand.trips

    @property
    def base_minutes(self) -> Matrix:
        """By rail, in the base; inf where there is no route."""
        return self._assessor.base_minutes

    @property
    def minutes(self) -> Matrix:
        """By rail, in the state; inf where there is no route."""
        return self._travel.minutes

    @property
    def least_minutes(self) -> Matrix:
        """Of the quickest routes by rail, in the state, whatever trains run; inf without one."""
        return self._travel.routes.minutes

    @property
    def least_base_minutes(self) -> Matrix:
        """Of the quickest routes by rail, in the base; inf where there is none."""
        return self._assessor.base.minutes

    @property
    def connected(self) -> Mask:
        """Whether there is a route by rail."""
        return self._travel.connected

    @cached_property
    def _served(self) -> Travel:
        return self._assessor.served(self._active)

    @property
    def least_served_minutes(self) -> Matrix:
        """Of the quickest routes with replacement services added; inf where there is none."""
        return self._served.routes.minutes

    @property
    def base_km(self) -> Matrix:
        """Along the routes of the base; nan where there is none."""
        return self._assessor.sum_along(
            self._assessor.base_travel, self._assessor.network.length_km
        )

    @property
    def km(self) -> Matrix:
        """Along the routes of the state; nan where there is none."""
        return self._assessor.sum_along(self._travel, self._assessor.network.length_km)

    @cached_property
    def _usable(self) -> Mask:
        """Whether trains run over each link in the state."""
        return self._assessor.usable(self._active)

    @property
    def base_path_closed(self) -> Matrix:
        """Share of each pair whose way in the base runs over a link that is closed now."""
        closed = self._assessor.usable_before & ~self._usable
        return self._assessor.share_over(self._assessor.base_travel, closed)

    @property
    def on_advisory(self) -> Matrix:
        """Share of each pair whose way in the state runs over a link under an advisory."""
        return self._runs_over(self._travel, self._marked("advisory"))

    @property
    def on_slowed(self) -> Matrix:
        """Share of each pair whose way in the state runs over a link where traffic is slowed."""
        return self._runs_over(self._travel, self._marked("slowed"))

    @property
    def on_diesel(self) -> Matrix:
        """Share of each pair whose way in the state runs over a link worked by diesels only."""
        return self._runs_over(self._travel, self._marked("diesel_only"))

    @property
    def on_bus(self) -> Matrix:
        """Share of each pair that uses a replacement service where they are added."""
        return self._runs_over(self._served, self._assessor.is_road)

    @cached_property
    def labels(self) -> NDArray[np.int64]:
        """Component of every hub of the network under the state."""
        return self._assessor.labels.under(self._usable)

    @property
    def population(self) -> Matrix:
        """Of every hub of the network; 0 where it is not known."""
        return self._assessor.population

    @property
    def anchors(self) -> NDArray[np.int64]:
        """Positions of the anchor hubs."""
        return self._assessor.anchors

    def _marked(self, effect: str) -> NDArray[np.float64]:
        assessor = self._assessor
        return links_with_effect(assessor.network, assessor.profile, self._active, effect)

    def _runs_over(self, travel: Travel, marked: NDArray[np.float64]) -> Matrix:
        return self._assessor.share_over(travel, marked > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A named figure of a state.

    Parameters
    ----------
    unit
        ``share``, ``ratio``, ``minutes``, ``km``, ``trips`` or ``count``.
    worse
        ``lower`` or ``higher``: in which direction the figure gets worse.
    monotone
        Whether more outages can only make it worse, or leave it as it is. A mean over pairs that
        are still connected is not: it can fall when the worst pair is cut. Nor is a figure in
        which replacement services count, since an outage may bring one into being.
    along
        Whether it asks what lies along routes, and not only what they cost.
    """

    name: str
    unit: str
    worse: str
    meaning: str
    compute: Callable[[Situation], float]
    monotone: bool = False
    along: bool = False


def _metrics() -> tuple[Metric, ...]:
    def share(
        name: str, meaning: str, share_of: Callable[[Situation], Matrix], worse: str
    ) -> Metric:
        def compute(s: Situation) -> float:
            return metrics.share_of_demand(share_of(s), s.least_base_minutes, s.trips)

        return Metric(
            name=name, unit="share", worse=worse, meaning=meaning, compute=compute, along=True
        )

    return (
        Metric(
            name="connected_share", unit="share", worse="lower", monotone=True,
            meaning="demand that has a path by rail, over demand that has one in the base state",
            compute=lambda s: metrics.connected_share(
                s.least_minutes, s.least_base_minutes, s.trips
            ),
        ),
        Metric(
            name="served_share", unit="share", worse="lower",
            meaning="demand that has a path by rail or by a documented replacement service",
            compute=lambda s: metrics.connected_share(
                s.least_served_minutes, s.least_base_minutes, s.trips
            ),
        ),
        share(
            "bus_share", "demand whose quickest journey uses a documented replacement service",
            lambda s: s.on_bus, "higher",
        ),
        Metric(
            name="unserved_demand", unit="trips", worse="higher", monotone=True,
            meaning="demand that has no path by rail any more",
            compute=lambda s: metrics.unserved_demand(
                s.least_minutes, s.least_base_minutes, s.trips
            ),
        ),
        share(
            "rerouted_share", "demand still connected whose base path is closed",
            lambda s: s.connected * s.base_path_closed, "higher",
        ),
        Metric(
            name="detour_ratio", unit="ratio", worse="higher",
            meaning="demand-weighted mean of minutes in the state over minutes in the base",
            compute=lambda s: metrics.detour_ratio(s.minutes, s.base_minutes, s.trips),
        ),
        Metric(
            name="extra_minutes", unit="minutes", worse="higher",
            meaning="extra minutes of all trips of the demand connected in both states, added up",
            compute=lambda s: metrics.extra_cost(s.minutes, s.base_minutes, s.trips),
        ),
        Metric(
            name="extra_km", unit="km", worse="higher", along=True,
            meaning="extra km of all demand connected in both states",
            compute=lambda s: metrics.extra_cost(
                np.where(s.connected, s.km, np.inf),
                np.where(np.isfinite(s.base_minutes), s.base_km, np.inf), s.trips,
            ),
        ),
        share(
            "advisory_share", "demand whose route runs over a section under a high-risk advisory",
            lambda s: s.on_advisory, "higher",
        ),
        share(
            "slowed_share", "demand whose route runs over a section where traffic is slowed",
            lambda s: s.on_slowed, "higher",
        ),
        share(
            "diesel_share", "demand whose route runs over a section worked by diesels only",
            lambda s: s.on_diesel, "higher",
        ),
        Metric(
            name="efficiency_ratio", unit="ratio", worse="lower", monotone=True,
            meaning="mean of 1 / minutes over all pairs, over that of the base",
            compute=lambda s: metrics.efficiency_ratio(s.minutes, s.base_minutes),
        ),
        Metric(
            name="components", unit="count", worse="higher", monotone=True,
            meaning="components of the hubs of the network",
            compute=lambda s: float(metrics.component_count(s.labels)),
        ),
        Metric(
            name="largest_component_share", unit="share", worse="lower", monotone=True,
            meaning="share of the hubs that the largest component holds",
            compute=lambda s: metrics.largest_component_share(s.labels),
        ),
        Metric(
            name="largest_component_population_share", unit="share", worse="lower", monotone=True,
            meaning="share of the hubs' population that one component holds at most",
            compute=lambda s: metrics.largest_component_share(s.labels, s.population),
        ),
        Metric(
            name="isolated_hubs", unit="count", worse="higher", monotone=True,
            meaning="hubs with no path to any anchor hub",
            compute=lambda s: float(len(metrics.isolated_hubs(s.labels, s.anchors))),
        ),
    )  # fmt: skip


METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _metrics()})
