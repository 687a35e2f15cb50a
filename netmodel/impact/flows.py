"""Flows over links when every pair takes its one route, and how they change.

All-or-nothing: no capacity holds, all trips of a pair run over the route that `Routes` keeps.
Of routes of equal cost that is the one entered, seen from its end, by the arc of the lowest
number (see `netmodel.routing.trees`), so that the flows are the same in every run.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netmodel.routing.routes import Routes


def link_flows(routes: Routes, trips: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the trips over each link, forward and backward, shape ``(links, 2)``.

    Parameters
    ----------
    trips
        From row to column, shape ``(hubs, hubs)``; pairs without a route are left out.

    Examples
    --------
    >>> from netmodel.network.model import Hub, Link, Network
    >>> from netmodel.routing.profiles import PASSENGER, costs_from_minutes, running_minutes
    >>> from netmodel.routing.router import Router
    >>> hubs = tuple(Hub(id=i, name=i, lon=n, lat=0) for n, i in enumerate("abc"))
    >>> links = (Link(id="ab", from_hub="a", to_hub="b", length_km=60),
    ...          Link(id="cb", from_hub="c", to_hub="b", length_km=30))
    >>> network = Network(hubs=hubs, links=links)
    >>> routes = Router(network, ["a", "b", "c"]).solve(
    ...     costs_from_minutes(network, running_minutes(network, PASSENGER)))
    >>> link_flows(routes, np.triu(np.ones((3, 3)), 1)).tolist()
    [[2.0, 0.0], [0.0, 2.0]]
    """
    return routes.load_links(trips)


def link_flow_change(
    base: Routes, routes: Routes, trips: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the trips over each link, both directions together, over those in the base.

    Positive on links that take over traffic, negative on those that lose it; 0 on links that
    neither base nor state uses. Demand that has no route any more is lost on all its links.

    Returns
    -------
    ndarray
        Shape ``(links,)``.
    """
    change = routes.load_links(trips) - base.load_links(trips)
    return change[:, 0] + change[:, 1]


def total_minutes(routes: Routes, trips: NDArray[np.float64]) -> float:
    """Return trips times minutes over all pairs that have a route.

    Examples
    --------
    See `link_flows`; there it is 60 + 90 + 30 = 180.
    """
    served = routes.connected & (trips > 0)
    return float((routes.minutes[served] * trips[served]).sum())
