"""The text of a route names the hubs that it passes, whatever was told before."""

import numpy as np
import pytest

from netmodel.network.railway import Hub, Link, Network
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


@pytest.mark.parametrize("engine", ["scipy", "sweep"])
@pytest.mark.parametrize("kept", [1.0, 0.3])
def test_texts_name_the_hubs_of_routes(engine, kept):
    network, rng = make_ladder(), np.random.default_rng(3)
    terminals = [hub.id for hub in network.hubs[::5]]
    router = Router(network, terminals, engine=engine)
    texts = RouteTexts(router)
    for _ in range(3):
        cost = rng.integers(1, 90, len(network.links)).astype(np.int32)
        cost[rng.random(len(cost)) < 0.2] = CLOSED
        routes = router.solve(LinkCosts(forward=cost, backward=cost.copy()))
        assert not routes.connected[0, -1]
        start, end = np.nonzero(rng.random(routes.cost.shape) < kept)
        assert texts.between(routes, start, end) == [
            ";".join(routes.hubs_between(*pair)[1:-1])
            for pair in zip(start.tolist(), end.tolist(), strict=True)
        ]
