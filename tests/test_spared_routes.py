"""Routes of a state that leaves those of the base as they are, and are not solved again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmodel.impact.assessment import Assessor
from netmodel.impact.demand import uniform_demand
from netmodel.routing.profiles import PASSENGER
from tests.conftest import make_network, make_outage

HUBS = [f"h{number}" for number in range(9)]
DEMAND = ["h0", "h3", "h5", "h8"]


@pytest.mark.parametrize("engine", ["scipy", "sweep"])
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(HUBS), st.sampled_from(HUBS), st.sampled_from([10.0, 20.0])
        ).filter(lambda row: row[0] != row[1]),
        min_size=6,
        max_size=24,
    ),
    out=st.sets(st.integers(0, 23), min_size=1, max_size=4),
    standing=st.sets(st.integers(0, 23), max_size=2),
    effect=st.sampled_from(["closed", "slowed"]),
)
def test_they_are_those_that_would_be_found(engine, rows, out, standing, effect):
    network = make_network(rows, HUBS)
    before, held = (
        [make_outage(network.links[n].id, 0, None, effect=kind) for n in chosen if n < len(rows)]
        for chosen, kind in ((standing, "closed"), (out, effect))
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NETMODEL_ENGINE", engine)
        assessor = Assessor(network, uniform_demand(DEMAND), PASSENGER, base_outages=before)
    marked = np.array([n in out for n in range(len(rows))])
    assessor.share_over(assessor.base_travel, marked)  # what a run asks first
    found = assessor.routes([*before, *held])
    wanted = assessor.router.solve(assessor.costs([*before, *held]))
    assert np.array_equal(found.cost, wanted.cost)
    assert np.array_equal(
        found.sum_along(network.length_km), wanted.sum_along(network.length_km), equal_nan=True
    )
    pairs = [(i, j) for i in range(len(DEMAND)) for j in range(len(DEMAND))]
    assert [found.links_between(*pair) for pair in pairs] == [
        wanted.links_between(*pair) for pair in pairs
    ]


def test_only_a_state_that_meets_a_route_is_solved():
    square = [("a", "b", 30.0), ("b", "d", 30.0), ("a", "c", 40.0), ("c", "d", 40.0)]
    assessor = Assessor(make_network(square), uniform_demand(["a", "d"]), PASSENGER)
    for link in ("c-d-3", "b-d-1"):
        outage = make_outage(link, 0, 4)
        marked = np.array([each.id == link for each in assessor.network.links])
        assessor.share_over(assessor.base_travel, marked)
        assert (assessor.routes([outage]) is assessor.base) == (link == "c-d-3")
