"""The line between two named stops that no single link joins, and its rivals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from netmodel.network.model import Hub, Network, Station
from netmodel.routing.profiles import CLOSED, LinkCosts
from netmodel.routing.router import Router

RIVAL_COST_RATIO = 1.25
"""A way between two named places is a rival if it takes at most so many times the quickest."""

Ends = Mapping[str, tuple[int, float]]
"""Hubs by which a stop is left: cost and km from the stop to each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A way between two stops.

    Parameters
    ----------
    cost
        From stop to stop, in the units of the links' costs.
    path
        Ids of the links between the hubs nearest to the stops.
    links
        Those of the path, then the stops' own links.
    reason
        The way in words: its hubs and km.
    """

    cost: int
    path: tuple[str, ...]
    hubs: tuple[str, ...]
    links: tuple[str, ...]
    reason: str


def find_lines(
    network: Network, costs: LinkCosts, start: Hub | Station, end: Hub | Station
) -> tuple[Line, ...]:
    """Return the quickest line between two stops and then its rivals; empty where there is none.

    A station lies on its link, and costs its part of the link to either end. A rival avoids some
    link of the quickest line, or the hub where the links of two stations meet, and takes at most
    `RIVAL_COST_RATIO` times as long.

    Examples
    --------
    >>> from netmodel.network.model import Link
    >>> from netmodel.routing.profiles import PASSENGER, costs_from_minutes, running_minutes
    >>> hubs = tuple(Hub(id=i, name=i.upper(), lon=n, lat=0) for n, i in enumerate("abc"))
    >>> links = (Link(id="ab", from_hub="a", to_hub="b", length_km=80),
    ...          Link(id="bc", from_hub="b", to_hub="c", length_km=80))
    >>> stops = Station(name="M", link="ab", km=70), Station(name="N", link="bc", km=20)
    >>> network = Network(hubs=hubs, links=links, stations=stops)
    >>> costs = costs_from_minutes(network, running_minutes(network, PASSENGER))
    >>> [(line.links, line.reason) for line in find_lines(network, costs, *stops)]
    [(('ab', 'bc'), 'B, 30 km')]
    """
    tails, heads = _ends_of(network, costs, start), _ends_of(network, costs, end)
    router = Router(network, list(dict.fromkeys([*tails, *heads])))
    own = [stop.link for stop in (start, end) if isinstance(stop, Station)]
    best = _quickest(router, costs, tails, heads, own)
    if best is None:
        return ()
    lines = {frozenset(best.links): best}
    for closed, without in _trials(best, own):
        other = _quickest(
            router, _close(network, costs, closed), _drop(tails, without), _drop(heads, without),
            own,
        )  # fmt: skip
        if other and other.cost <= RIVAL_COST_RATIO * best.cost:
            lines.setdefault(frozenset(other.links), other)
    return tuple(lines.values())


def _trials(best: Line, own: list[str]) -> Iterator[tuple[list[str], str]]:
    """Yield links to close, and a hub to avoid, each of which takes the quickest line away."""
    for link in best.path:
        yield [link], ""
    if not best.path:
        yield own, best.hubs[0]


def _drop(ends: Ends, hub: str) -> Ends:
    return {each: costs for each, costs in ends.items() if each != hub}


def _close(network: Network, costs: LinkCosts, links: list[str]) -> LinkCosts:
    positions = [network.link_index[link] for link in links]
    forward, backward = costs.forward.copy(), costs.backward.copy()
    forward[positions] = backward[positions] = CLOSED
    return LinkCosts(forward, backward)


def _ends_of(network: Network, costs: LinkCosts, stop: Hub | Station) -> Ends:
    """Return the hubs by which a stop is left; a part of a line has no direction."""
    if isinstance(stop, Hub):
        return {stop.id: (0, 0.0)}
    link = network.link(stop.link)
    whole = int(costs.forward[network.link_index[link.id]])
    before = min(max(stop.km, 0.0), link.length_km)
    return {
        hub: (round(whole * km / link.length_km), km)
        for hub, km in ((link.from_hub, before), (link.to_hub, link.length_km - before))
    }


def _quickest(
    router: Router, costs: LinkCosts, tails: Ends, heads: Ends, own: list[str]
) -> Line | None:
    """Return the quickest line from one of the tails to one of the heads, if any is joined."""
    routes = router.solve(costs)
    position = {hub: number for number, hub in enumerate(router.terminals)}
    joined = [
        (tails[tail][0] + int(routes.cost[position[tail], position[head]]) + heads[head][0],
         tail, head)
        for tail in tails for head in heads
        if routes.connected[position[tail], position[head]]
    ]  # fmt: skip
    if not joined:
        return None
    cost, tail, head = min(joined, key=lambda each: each[0])
    ends = position[tail], position[head]
    network = router.network
    path = tuple(network.links[number].id for number, _ in routes.links_between(*ends))
    hubs = tuple(routes.hubs_between(*ends)) or (tail,)
    km = tails[tail][1] + heads[head][1] + sum(network.link(link).length_km for link in path)
    names = "–".join(network.hub(hub).name for hub in hubs)
    links = (*path, *(link for link in dict.fromkeys(own) if link not in path))
    return Line(cost=cost, path=path, hubs=hubs, links=links, reason=f"{names}, {km:.0f} km")
