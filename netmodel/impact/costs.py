"""What outages do to the cost of a link, for one kind of train."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from netmodel.network.railway import Network
from netmodel.outages.outage import Outage
from netmodel.routing.profiles import Profile

ADVISORY_CHOICES = ("use", "avoid")


def state_minutes(
    network: Network,
    profile: Profile,
    undisturbed: NDArray[np.float64],
    outages: Iterable[Outage],
    *,
    advisory: str = "use",
) -> NDArray[np.float64]:
    """Return the running minutes of each link under outages; inf where it is closed.

    Parameters
    ----------
    undisturbed
        Minutes without outages, from `running_minutes`, shape ``(links,)``.
    outages
        Those in force; the ones for other traffic are passed over.
    advisory
        ``use`` or ``avoid`` routes that the operator advises passengers against. Freight is
        not concerned by advice to passengers.

    Notes
    -----
    Closed outranks everything; so does a lost overhead line for a profile without diesels.
    Reported extra minutes of several outages add up; of several speed reductions the strongest
    counts. ``single_track`` changes capacity, not minutes.
    """
    minutes = undisturbed.copy()
    speed_share = np.ones_like(minutes)
    extra = np.zeros_like(minutes)
    for outage in outages:
        if profile.traffic not in outage.traffic:
            continue
        number = network.link_index[outage.link]
        if closes_link(network, profile, outage, advisory=advisory):
            minutes[number] = np.inf
            continue
        match outage.effect:
            case "slowed" if outage.slowed_minutes is not None:
                extra[number] += outage.slowed_minutes * outage.share
            case "slowed":
                speed_share[number] = min(speed_share[number], profile.slowed_speed_share)
            case "diesel_only" if network.links[number].electrified is not False:
                speed_share[number] = min(speed_share[number], profile.diesel_speed_share)
            case _:
                pass
    return minutes / speed_share + extra


def closes_link(
    network: Network, profile: Profile, outage: Outage, *, advisory: str = "use"
) -> bool:
    """Return whether an outage leaves a kind of train no way over its link.

    A closure does; so does a lost overhead line for a profile without diesels, and an advisory
    that passengers are to heed.

    Examples
    --------
    >>> import netmodel as nm
    >>> railway = nm.built_in_network()
    >>> incident = nm.built_in_catalogue().incidents["2023-05-18-simferopol-chystenke"]
    >>> outage = nm.outages.place_incidents(railway, [incident])[0].outages[0]
    >>> closes_link(railway, nm.routing.PASSENGER, outage)
    True
    """
    if profile.traffic not in outage.traffic:
        return False
    match outage.effect:
        case "closed":
            return True
        case "advisory":
            return advisory == "avoid" and profile.traffic == "passenger"
        case "diesel_only":
            wired = network.link(outage.link).electrified is not False
            return wired and profile.diesel_speed_share == 0
        case _:
            return False


def links_with_effect(
    network: Network, profile: Profile, outages: Iterable[Outage], effect: str
) -> NDArray[np.float64]:
    """Return 1 for each link on which an effect holds for this traffic, else 0."""
    marked = np.zeros(len(network.links))
    for outage in outages:
        if outage.effect == effect and profile.traffic in outage.traffic:
            marked[network.link_index[outage.link]] = 1.0
    return marked
