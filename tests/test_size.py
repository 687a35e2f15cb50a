"""What a run says of its size before it is computed."""

import netmodel as nm
from netmodel.runs import size
from netmodel.runs.size import PairSize
from tests.report_records import shipped_run


def test_rows_are_never_more_than_said():
    run = shipped_run()
    said = []
    for impact in run.impacts:
        pairs = int((impact.assessor.demand.trips > 0).sum())
        said.append(PairSize(pairs=pairs, states=len(run.timeline.states)).rows)
    assert len(run.record.pair_table.spans) <= sum(said) == len(run.pairs)


def test_a_large_run_says_its_size_before_its_states_are_solved(monkeypatch):
    monkeypatch.setattr(size, "WORTH_TELLING", 1)
    told = []
    nm.run("crimea-may-2023", note=lambda text: told.append("size: " + text),
           progress=lambda *step: told.append(step))  # fmt: skip
    assert told[0].startswith("size: ")
    assert "rows" in told[0]
    assert len([each for each in told if isinstance(each, str)]) == 1


def test_a_small_run_says_nothing():
    told = []
    nm.run("crimea-may-2023", note=told.append)
    assert told == []
