"""What a train is: running minutes by line class, and what slows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from netmodel.network.model import Network

UNITS_PER_MINUTE = 600
"""Costs are whole tenths of a second, so that equal routes are exactly equal."""

CLOSED = 2**29
"""The cost of what cannot be used; two of them still fit into 32 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How a kind of train runs.

    Parameters
    ----------
    traffic
        ``passenger`` or ``freight``: which outages concern it.
    speed_kmh
        Average speed by line class, stops included, km/h, > 0.
    diesel_speed_share
        Speed under diesel on an electrified link whose power is out, over normal speed.
    slowed_speed_share
        Speed where traffic is slowed and no figure is reported, over normal speed.
    industrial_entry_minutes
        Added to each industrial link, so that no route runs over one unless it is the only way.
    reversal_minutes
        Running the engine round the train at a junction left by the side it was entered.
    """

    name: str
    traffic: str
    speed_kmh: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType(
            {"main": 60.0, "secondary": 45.0, "branch": 35.0, "industrial": 15.0,
             "connector": 30.0, "road": 50.0}
        )
    )  # fmt: skip
    diesel_speed_share: float = 0.75
    slowed_speed_share: float = 0.6
    industrial_entry_minutes: float = 600.0
    reversal_minutes: float = 20.0


PASSENGER = Profile(name="passenger", traffic="passenger")
FREIGHT = Profile(
    name="freight",
    traffic="freight",
    speed_kmh=MappingProxyType(
        {"main": 40.0, "secondary": 32.0, "branch": 25.0, "industrial": 15.0,
         "connector": 25.0, "road": 40.0}
    ),
    reversal_minutes=40.0,
)  # fmt: skip
PROFILES: Mapping[str, Profile] = MappingProxyType({"passenger": PASSENGER, "freight": FREIGHT})


def running_minutes(network: Network, profile: Profile) -> NDArray[np.float64]:
    """Return the undisturbed running minutes of each link, shape ``(links,)``.

    The link's own minutes where they are known, otherwise length over the speed of its class.

    Examples
    --------
    >>> from netmodel.network.model import Hub, Link
    >>> hubs = (Hub(id="a", name="A", lon=0, lat=0), Hub(id="b", name="B", lon=1, lat=0))
    >>> link = Link(id="a--b", from_hub="a", to_hub="b", length_km=120)
    >>> running_minutes(Network(hubs=hubs, links=(link,)), PASSENGER).tolist()
    [120.0]
    """
    return np.array(
        [
            (
                60.0 * link.length_km / profile.speed_kmh[link.line_class]
                if link.minutes is None
                else link.minutes
            )
            + (profile.industrial_entry_minutes if link.line_class == "industrial" else 0.0)
            for link in network.links
        ],
        dtype=np.float64,
    )


@dataclass(frozen=True, slots=True)
class LinkCosts:
    """Whole-number cost of each link in both directions, in tenths of a second.

    Parameters
    ----------
    forward, backward
        Shape ``(links,)``, int32; `CLOSED` where a link cannot be used.
    """

    forward: NDArray[np.int32]
    backward: NDArray[np.int32]

    @property
    def key(self) -> bytes:
        """The same bytes for the same costs, to recognise a state already solved."""
        return self.forward.tobytes() + self.backward.tobytes()


def costs_from_minutes(network: Network, minutes: NDArray[np.float64]) -> LinkCosts:
    """Return whole-number costs of links with the given minutes; infinite minutes are closed."""
    units = np.where(
        np.isfinite(minutes), np.maximum(np.rint(minutes * UNITS_PER_MINUTE), 1), CLOSED
    )
    forward = np.minimum(units, CLOSED).astype(np.int32)
    one_way = np.fromiter(
        (link.direction == "forward" for link in network.links), dtype=bool, count=len(forward)
    )
    backward = np.where(one_way, CLOSED, forward).astype(np.int32)
    return LinkCosts(forward=forward, backward=backward)
