"""Which outages can set a figure: those that certainly have no part in it are not named with it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from netmodel.impact.costs import closes_link
from netmodel.routing.topology import label_components
from netmodel.runs.computation import Computation, TrafficImpact

_CUT = (
    "pairs_cut_at_worst", "lowest_connected_share", "resilience_loss", "time_to_recover",
)  # fmt: skip
_MARKED = {
    "highest_advisory_share": "advisory",
    "highest_slowed_share": "slowed",
    "highest_diesel_share": "diesel_only",
}


class Bearing:
    """Tells which outages can have a part in the figures of one kind of traffic.

    What is left out has no part whatever the times that the evidence allows; of what is kept some
    may have none.

    Parameters
    ----------
    run
        With the outages and the states.
    impact
        On the kind of traffic.

    Attributes
    ----------
    impact
        The same.
    """

    def __init__(self, run: Computation, impact: TrafficImpact) -> None:
        self._outages = run.timeline.outages
        self.impact, self._assessor = impact, impact.assessor
        self._with_bus = {each.incident for each in self._assessor.services}
        self._closes: dict[int, bool] = {}
        self._dearer: dict[int, bool] = {}
        self._bridges: dict[int, bool] = {}

    def positions(self, name: str, states: Iterable[int]) -> set[int]:
        """Return the positions of the outages that can have a part in a figure of some states.

        A share of cut journeys rests on what leaves the ends of a link without another way; one of
        diverted or longer journeys on what closes or slows a link; one of journeys over marked
        links on what marks them, and on what may divert journeys there where any is diverted.

        Parameters
        ----------
        name
            Of the figure, as in ``summary.json``.
        """
        return {position for state in states for position in self._of_state(name, state)}

    def _of_state(self, name: str, state: int) -> set[int]:
        held = self._held(state)
        if name in _CUT:
            return self._cutting(state)
        if name == "lowest_served_share":
            return self._cutting(state) | self._select(held, self._brings_bus)
        if name == "highest_bus_share":
            if not self._with_bus:
                return set()
            return self._select(held, lambda n: self._is_dearer(n) or self._brings_bus(n))
        if name == "highest_rerouted_share":
            return self._select(held, lambda n: self._is_closed(n) and self._may_divert(n))
        if name in _MARKED:
            return self._marking(state, _MARKED[name])
        return self._select(held, self._may_lengthen)

    def _held(self, state: int) -> set[int]:
        """Return the outages that may hold in a state, of this kind of traffic."""
        possible = self.impact.states[state].state.possible
        return {n for n in possible if self.impact.traffic in self._outages[n].traffic}

    @staticmethod
    def _select(among: set[int], wanted: Callable[[int], bool]) -> set[int]:
        return {each for each in among if wanted(each)}

    def _cutting(self, state: int) -> set[int]:
        """Return what closes a link whose ends no other way joins with all that may hold.

        If they are joined then, they are joined whatever holds, and no pair is cut by it.
        """
        closing = self._select(self._held(state), self._is_closed)
        if not closing or not self._turns_are_allowed:
            return closing
        worst = self.impact.states[state].possible_outages
        labels = self._assessor.labels.under(self._assessor.usable(worst))
        return self._select(closing, lambda n: self._apart(self._link(n), labels))

    def _marking(self, state: int, effect: str) -> set[int]:
        held = self._held(state)
        marking = self._select(held, lambda n: self._outages[n].effect == effect)
        if not marking:
            return marking
        marked = np.zeros(len(self._assessor.network.links), dtype=bool)
        marked[[self._link(n) for n in marking]] = True
        now, before = (
            self._assessor.share_over(travel, marked)
            for travel in (self.impact.states[state].travel, self._assessor.base_travel)
        )
        diverted = self._assessor.wanted_before & (now > before + 1e-9)
        others = self._select(held, self._may_divert) if diverted.any() else set()
        return marking | others

    def _is_closed(self, position: int) -> bool:
        if position not in self._closes:
            self._closes[position] = closes_link(
                self._assessor.network,
                self._assessor.profile,
                self._outages[position],
                advisory=self._assessor.advisory,
            )
        return self._closes[position]

    def _is_dearer(self, position: int) -> bool:
        """Whether an outage closes its link or makes trains take longer there."""
        if position not in self._dearer:
            minutes = self._assessor.minutes([self._outages[position]])
            changed = minutes[self._link(position)] != self._undisturbed[self._link(position)]
            self._dearer[position] = bool(changed) or self._is_closed(position)
        return self._dearer[position]

    def _may_divert(self, position: int) -> bool:
        """Whether an outage can lead journeys that still have a way over other links."""
        return self._is_dearer(position) and not self._is_bridge(self._link(position))

    def _may_lengthen(self, position: int) -> bool:
        """Whether an outage can make a journey longer that still has a way."""
        slows = self._is_dearer(position) and not self._is_closed(position)
        return slows or self._may_divert(position)

    def _is_bridge(self, link: int) -> bool:
        """Whether a link alone joins two parts of the network, and no way leads there and back.

        Each journey over it is cut when it is closed, and each takes it while it is open.
        """
        if link not in self._bridges:
            self._bridges[link] = self._turns_are_allowed and self._find_bridge(link)
        return self._bridges[link]

    def _find_bridge(self, link: int) -> bool:
        assessor = self._assessor
        # A train may turn at the far end where that costs less than to turn before it.
        if 2 * self._undisturbed[link] < assessor.profile.reversal_minutes:
            return False
        usable = assessor.usable_before.copy()
        usable[link] = False
        labels = label_components(assessor.network, usable)
        return self._apart(link, labels) and not self._turn_there(link, labels)

    def _turn_there(self, link: int, labels: NDArray[np.int64]) -> bool:
        """Whether a way of trains runs over a link between two places on one side of it."""
        ways = self._assessor.ways
        if not len(ways):
            return False
        index = self._assessor.network.hub_index
        side = labels[[index[hub] for hub in ways.hubs]]
        marked = np.zeros(len(self._assessor.network.links), dtype=bool)
        marked[link] = True
        return bool((ways.run_over(marked) & (side[ways.row] == side[ways.column])).any())

    def _apart(self, link: int, labels: NDArray[np.int64]) -> bool:
        start, end = self._assessor.network.link_ends[link]
        return bool(labels[start] != labels[end])

    def _brings_bus(self, position: int) -> bool:
        return self._outages[position].incident in self._with_bus

    def _link(self, position: int) -> int:
        return self._assessor.network.link_index[self._outages[position].link]

    @property
    def _turns_are_allowed(self) -> bool:
        """Whether trains may turn and change gauge, so that joined hubs reach each other."""
        profile = self._assessor.profile
        return math.isfinite(profile.reversal_minutes) and math.isfinite(
            profile.gauge_change_minutes
        )

    @cached_property
    def _undisturbed(self) -> NDArray[np.float64]:
        return self._assessor.minutes(())
