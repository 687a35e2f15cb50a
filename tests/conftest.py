"""What several tests need: small networks, outages, and a cache of their own."""

from __future__ import annotations

import os

# The tests take every core already: threads of the linear algebra would only wait for one another,
# ten times as long as the sums take. Said before anything loads numpy, and to all that tests start.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings

from netmodel.files import kept
from netmodel.network.railway import Hub, Link, Network
from netmodel.outages.outage import Outage
from netmodel.times import Bounds

USUAL = 60
COUNT = int(os.environ.get("NETMODEL_EXAMPLES", USUAL))
"""How many cases a comparison with a slow solver takes; up to the usual few, always the same."""
settings.register_profile(
    "netmodel",
    deadline=None,
    derandomize=COUNT <= USUAL,
    max_examples=COUNT,
    phases=(Phase.explicit, Phase.generate) if COUNT < USUAL else tuple(Phase),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("netmodel")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the switch that writes the stored figures anew."""
    parser.addoption("--update-golden", action="store_true", help="store the figures as they are")


START = datetime(2023, 5, 18, tzinfo=UTC)


def at(hours: float) -> datetime:
    """Return the instant so many hours after the test epoch."""
    return START + timedelta(hours=hours)


def exactly(hours: float | None) -> Bounds:
    """Return exact bounds at so many hours, or open ones for None."""
    if hours is None:
        return Bounds(earliest=START)
    return Bounds(earliest=at(hours), latest=at(hours))


def make_network(edges: list[tuple[str, str, float]], hubs: list[str] | None = None) -> Network:
    """Return a network of main lines; parallel edges get ids of their own."""
    names = hubs or sorted({end for edge in edges for end in edge[:2]})
    return Network(
        hubs=tuple(
            Hub(id=name, name=name.upper(), lon=30 + number, lat=48.0, region="Test", country="UA")
            for number, name in enumerate(names)
        ),
        links=tuple(
            Link(id=f"{a}-{b}-{number}", from_hub=a, to_hub=b, length_km=km)
            for number, (a, b, km) in enumerate(edges)
        ),
    )


def make_outage(
    link: str,
    start: float,
    end: float | None,
    *,
    effect: str = "closed",
    incident: str | None = None,
    traffic: tuple[str, ...] = ("passenger", "freight"),
) -> Outage:
    """Return an outage of one link with exact ends, in hours after the test epoch."""
    return Outage(
        incident=incident or f"{link}@{start:g}",
        link=link,
        effect=effect,
        traffic=traffic,
        start=exactly(start),
        end=exactly(end),
        start_milestone="start",
        end_milestone="first_traffic",
        documents=("d",),
    )


OWN_FOLDER = kept.own_folder
"""What says where pieces of work are kept, for tests of that."""


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory: pytest.TempPathFactory):
    """Keep the tests' parsed files out of the user's cache, and compute what tests ask for."""
    patch = pytest.MonkeyPatch()
    shared = os.environ.get("NETMODEL_TEST_CACHE")
    patch.setenv("NETMODEL_CACHE", shared or str(tmp_path_factory.mktemp("cache")))
    patch.setattr(kept, "own_folder", lambda: None)
    yield
    patch.undo()
