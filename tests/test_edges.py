"""Scenarios at the edges: places without a way, links of one direction, a freight demand."""

import pytest

from netmodel.report.figures.reachability_matrix import draw_reachability_matrix
from netmodel.study.moment import hub_states
from netmodel.study.run import run_scenario
from tests.small_scenario import HUBS, write_incident, write_scenario

FOUR_HUBS = HUBS + "d,Ddd,33,50\n"
CAPACITY = "capacity: {%s by_class: {main: 1000}}\n"


# Capacity


@pytest.mark.parametrize(
    ("trains", "each"), [("trains_per_day: {passenger: 300},", 100.0), ("", 1.0)]
)
def test_pairs_without_a_base_route_have_no_trains(tmp_path, trains, each):
    path = write_scenario(
        tmp_path, write_incident(), hubs=FOUR_HUBS, demand="{hubs: [a, b, c, d]}",
        more=CAPACITY % trains,
    )  # fmt: skip
    states = run_scenario(path).states
    assert states["trains_unserved"].tolist() == pytest.approx([0, 2 * each, 0])
    assert states["trains_served"].tolist() == pytest.approx([3 * each, each, 3 * each])


# Hubs


def test_cut_share_counts_both_ways_of_one_way_links(tmp_path):
    links = (
        "id,from,to,length_km,direction\n"
        "ab,a,b,60,forward\nba,b,a,60,forward\nbc,b,c,60,both\n"
    )  # fmt: skip
    incident = write_incident(link="ab", start="2023-05-18T00:00Z", end="2023-05-19T00:00Z")
    run = run_scenario(write_scenario(tmp_path, incident, links=links))
    # Demand stands above the diagonal: a to b, a to c, b to c; half of the window is cut.
    assert run.record.hubs["cut_share"].tolist() == [0.5, 0.25, 0.25]


def test_cut_share_of_demand_in_one_direction(tmp_path):
    (tmp_path / "trips.csv").write_text("from,to,trips\nc,a,3\nb,a,1\n", encoding="utf-8")
    incident = write_incident(start="2023-05-18T00:00Z", end="2023-05-19T00:00Z")
    path = write_scenario(tmp_path, incident, demand="{kind: table, file: trips.csv}")
    shares = run_scenario(path).record.hubs["cut_share"]
    assert shares.to_dict() == {"a": 0.375, "b": 0.0, "c": 0.5}


@pytest.fixture(scope="module")
def freight(tmp_path_factory):
    more = "traffic: [passenger, freight]\ndemand_by_traffic: {freight: {hubs: [b, c]}}\n"
    folder = tmp_path_factory.mktemp("freight")
    path = write_scenario(folder, write_incident(), demand="{hubs: [a, b]}", more=more)
    return run_scenario(path).record


def test_hubs_of_a_freight_demand_of_its_own(freight):
    assert freight.hubs["in_demand"].tolist() == [1, 1, 1]
    found = hub_states(freight, 1, "freight")
    assert found["access"].to_dict() == {"b": "none", "c": "none"}
    assert hub_states(freight, 1, "passenger")["access"].to_dict() == {"a": "all", "b": "all"}


def test_the_matrix_shows_the_hubs_of_its_traffic(freight):
    from matplotlib.figure import Figure

    def names(traffic: str) -> set[str]:
        ax = draw_reachability_matrix(freight, Figure().add_subplot(), state=1, traffic=traffic)
        return {text.get_text() for text in (*ax.get_yticklabels(), *ax.texts)} & {
            "Aaa", "Bbb", "Ccc"
        }  # fmt: skip

    assert names("passenger") == {"Aaa", "Bbb"}
    assert names("freight") == {"Bbb", "Ccc"}
