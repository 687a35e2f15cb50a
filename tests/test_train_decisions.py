"""Which trains a report of a train means: by number, day and the ends that it names."""

from __future__ import annotations

from datetime import date

import pytest

import netmodel as nm
from netmodel.evidence.train_reports import TrainReport
from netmodel.runs import train_decisions
from netmodel.runs.computation import compute_states
from netmodel.runs.train_decisions import find_decisions
from tests import small_scenario
from tests.report_records import shipped_run

TABLE = """id,number,kind,stops,days
there,1/2,long_distance,Aaa;Ccc,daily
back,1/2,long_distance,Ccc;Aaa,daily
part,7,long_distance,Aaa;Bbb,daily
whole,7,long_distance,Ccc;Aaa,daily
near,8,regional,Aaa;Bbb,daily
far,9,long_distance,Aaa;Bbb,daily
seldom,5,long_distance,Aaa;Ccc,odd
"""


@pytest.fixture(scope="module")
def computed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("decisions")
    path = small_scenario.write_scenario(folder, small_scenario.write_incident())
    (folder / "net/services.csv").write_text(TABLE, encoding="utf-8")
    return compute_states(nm.read_scenario(path))


def meant(computed, monkeypatch, number: str, start: str, end: str, day: int = 18) -> set[str]:
    report = TrainReport(
        id="r", incident="x", on=date(2023, 5, day), number=number, origin=start, destination=end,
        did="cut short", document="d1",
    )  # fmt: skip
    monkeypatch.setattr(train_decisions, "built_in_decisions", lambda: (report,))
    return {train for _, train in find_decisions(computed, computed.trains)}


@pytest.mark.parametrize(
    ("number", "start", "end", "trains"),
    [
        ("1/2", "Aaa", "Ccc", {"there", "back"}),  # of a pair, both directions
        ("2", "Ccc", "Aaa", {"back"}),
        ("1", "AAA", "Bbb", {"there"}),  # passes both in that order
        ("1", "", "", {"there", "back"}),
        ("9", "Bbb", "Aaa", {"far"}),  # the pair in the other order, and no other train
        ("7", "Aaa", "Bbb", {"part"}),
        ("7", "Nowhere", "Aaa", {"whole"}),  # one end, and the incident lies on its course
        ("7", "Ccc", "Nowhere", {"whole"}),
        ("9", "Aaa", "Nowhere", set()),
        ("7", "Nowhere", "Elsewhere", set()),
        ("7", "", "Elsewhere", set()),
        ("8", "Aaa", "Bbb", set()),  # a regional number that the incident does not touch
        ("6", "Aaa", "Ccc", set()),
    ],
)
def test_a_report_means_the_trains_of_its_number_and_ends(
    computed, monkeypatch, number, start, end, trains
):
    assert meant(computed, monkeypatch, number, start, end) == trains


def test_a_report_means_trains_that_run_on_its_day(computed, monkeypatch):
    assert meant(computed, monkeypatch, "5", "Aaa", "Ccc", day=19) == {"seldom"}
    assert meant(computed, monkeypatch, "5", "Aaa", "Ccc", day=18) == set()


def test_a_pair_of_which_each_direction_is_reported_means_one_in_each(computed, monkeypatch):
    ends = [("Aaa", "Ccc"), ("Ccc", "Aaa")]
    reports = tuple(
        TrainReport(id=start, incident="x", on=date(2023, 5, 18), number="1/2", origin=start,
                    destination=end, did="held", document="d1") for start, end in ends
    )  # fmt: skip
    monkeypatch.setattr(train_decisions, "built_in_decisions", lambda: reports)
    found = find_decisions(computed, computed.trains)
    told = {(train, each.id) for (_, train), mine in found.items() for each in mine}
    assert told == {("there", "Aaa"), ("back", "Ccc")}


def test_train_8_from_sevastopol_is_not_the_one_from_chernivtsi():
    table = shipped_run("crimea-may-2023").record.trains
    told = table[table["reported_in"] == "tourism-interfax-2023-05-18"]
    assert set(told["train"]) == {"8-sevastopol-st-petersburg"}
