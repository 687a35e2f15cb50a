"""The text of a route names the hubs that it passes, whatever was told before."""

import numpy as np
import pytest

from netmodel.network.railway import Hub, Link, Network
from netmodel.routing import route_texts
from netmodel.routing.profiles import CLOSED, LinkCosts
from netmodel.routing.route_texts import RouteTexts
from netmodel.routing.router import Router

LENGTH, WIDTH = 40, 3


def make_ladder() -> Network:
    """Return a long grid, so that routes are long and many go the same way for a while."""
    ids = [f"h{n}.{k}" for n in range(LENGTH) for k in range(WIDTH)] + ["apart"]
    hubs = tuple(Hub(id=i, name=i, lon=n / 50, lat=0.0) for n, i in enumerate(ids))
    along = [(n, k, n + 1, k) for n in range(LENGTH - 1) for k in range(WIDTH)]
    across = [(n, k, n, k + 1) for n in range(LENGTH) for k in range(WIDTH - 1)]
    links = tuple(
        Link(id=f"{a}-{b}-{c}-{d}", from_hub=f"h{a}.{b}", to_hub=f"h{c}.{d}", length_km=1.0)
        for a, b, c, d in along + across
    )
    return Network(hubs=hubs, links=links)


@pytest.mark.parametrize("stride", [1, 3, 16])
@pytest.mark.parametrize("together", [True, False])
def test_texts_name_the_hubs_of_routes(monkeypatch, stride, together):
    monkeypatch.setattr(route_texts, "STRIDE", stride)
    network, rng = make_ladder(), np.random.default_rng(stride)
    terminals = [hub.id for hub in network.hubs[::5]]
    router = Router(network, terminals, engine="scipy")
    texts = RouteTexts(router)
    pairs = [*np.ndindex(len(terminals), len(terminals))]
    if not together:
        rng.shuffle(pairs)
    for _ in range(3):
        cost = rng.integers(1, 90, len(network.links)).astype(np.int32)
        cost[rng.random(len(cost)) < 0.2] = CLOSED
        routes = router.solve(LinkCosts(forward=cost, backward=cost.copy()))
        assert not routes.connected[0, -1]
        for start, end in pairs:
            told = texts.between(routes, start, end)
            assert told == ";".join(routes.hubs_between(start, end)[1:-1])
