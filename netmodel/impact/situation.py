"""A state as the metrics see it, and the table of metrics by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from netmodel.impact import connectivity, rerouting

Matrix = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Situation:
    """Matrices of one state beside those of the base, shape ``(hubs, hubs)``.

    Parameters
    ----------
    trips
        Demand.
    base_minutes, minutes
        By rail, in the base and in the state; inf where there is no route.
    served_minutes
        With replacement services added; equals `minutes` where there are none.
    base_km, km
        Along the same routes; nan where there is no route.
    base_path_closed
        Whether the base route runs over a link that is closed now.
    on_advisory, on_slowed, on_diesel
        Whether the route in the state runs over a link with that effect.
    on_bus
        Whether the quickest journey with replacement services uses one.
    labels
        Component of every hub of the network under the state.
    population
        Of every hub of the network; 0 where it is not known.
    anchors
        Positions of the anchor hubs.
    """

    trips: Matrix
    base_minutes: Matrix
    minutes: Matrix
    served_minutes: Matrix
    base_km: Matrix
    km: Matrix
    base_path_closed: Mask
    on_advisory: Mask
    on_slowed: Mask
    on_diesel: Mask
    on_bus: Mask
    labels: NDArray[np.int64]
    population: Matrix
    anchors: NDArray[np.int64]

    @property
    def connected(self) -> Mask:
        """Whether there is a route by rail."""
        return np.asarray(np.isfinite(self.minutes))


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
    """

    name: str
    unit: str
    worse: str
    meaning: str
    compute: Callable[[Situation], float]
    monotone: bool = False


def _metrics() -> tuple[Metric, ...]:
    def share(name: str, meaning: str, mask: Callable[[Situation], Mask], worse: str) -> Metric:
        def compute(s: Situation) -> float:
            return rerouting.share_of_demand(mask(s), s.base_minutes, s.trips)

        return Metric(name=name, unit="share", worse=worse, meaning=meaning, compute=compute)

    return (
        Metric(
            name="connected_share", unit="share", worse="lower", monotone=True,
            meaning="demand that has a path by rail, over demand that has one in the base state",
            compute=lambda s: connectivity.connected_share(s.minutes, s.base_minutes, s.trips),
        ),
        Metric(
            name="served_share", unit="share", worse="lower",
            meaning="demand that has a path by rail or by a documented replacement service",
            compute=lambda s: connectivity.connected_share(
                s.served_minutes, s.base_minutes, s.trips
            ),
        ),
        share(
            "bus_share", "demand whose quickest journey uses a documented replacement service",
            lambda s: s.on_bus, "higher",
        ),
        Metric(
            name="unserved_demand", unit="trips", worse="higher", monotone=True,
            meaning="demand that has no path by rail any more",
            compute=lambda s: connectivity.unserved_demand(s.minutes, s.base_minutes, s.trips),
        ),
        share(
            "rerouted_share", "demand still connected whose base path is closed",
            lambda s: s.connected & s.base_path_closed, "higher",
        ),
        Metric(
            name="detour_ratio", unit="ratio", worse="higher",
            meaning="demand-weighted mean of minutes in the state over minutes in the base",
            compute=lambda s: rerouting.detour_ratio(s.minutes, s.base_minutes, s.trips),
        ),
        Metric(
            name="extra_minutes", unit="minutes", worse="higher",
            meaning="extra minutes of all demand connected in both states",
            compute=lambda s: rerouting.extra_cost(s.minutes, s.base_minutes, s.trips),
        ),
        Metric(
            name="extra_km", unit="km", worse="higher",
            meaning="extra km of all demand connected in both states",
            compute=lambda s: rerouting.extra_cost(
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
            compute=lambda s: connectivity.efficiency_ratio(s.minutes, s.base_minutes),
        ),
        Metric(
            name="components", unit="count", worse="higher", monotone=True,
            meaning="components of the hubs of the network",
            compute=lambda s: float(connectivity.component_count(s.labels)),
        ),
        Metric(
            name="largest_component_share", unit="share", worse="lower", monotone=True,
            meaning="share of the hubs that the largest component holds",
            compute=lambda s: connectivity.largest_component_share(s.labels),
        ),
        Metric(
            name="largest_component_population_share", unit="share", worse="lower", monotone=True,
            meaning="share of the hubs' population that one component holds at most",
            compute=lambda s: connectivity.largest_component_share(s.labels, s.population),
        ),
        Metric(
            name="isolated_hubs", unit="count", worse="higher", monotone=True,
            meaning="hubs with no path to any anchor hub",
            compute=lambda s: float(len(connectivity.isolated_hubs(s.labels, s.anchors))),
        ),
    )  # fmt: skip


METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _metrics()})
