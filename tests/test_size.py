"""What a run says of its size before it is computed."""

import pytest

import netmodel as nm
from netmodel.errors import MachineError
from netmodel.runs import computation, size
from netmodel.runs.size import RunSize, expect_size, free_memory
from tests.report_records import shipped_run


def test_rows_are_never_more_than_said():
    run = shipped_run()
    said = expect_size([each.assessor for each in run.impacts], run.timeline)
    assert len(run.record.pair_table.spans) <= said.rows == len(run.pairs)


def test_the_texts_of_ways_are_expected_to_a_factor_of_two_of_each_kind_of_traffic(monkeypatch):
    monkeypatch.setattr(size, "WORTH_TELLING", 1)
    run = shipped_run("ukraine-february-2026")
    said = expect_size([each.assessor for each in run.impacts], run.timeline)
    routes = run.record.pair_table.routes
    assert 0.5 < said.way_letters / routes["via"].str.len().mean() < 2
    kinds = len(run.impacts)
    assert 0.5 < said.ways * said.pairs / len(routes) < 2 * kinds


def test_a_large_run_says_its_size_before_its_states_are_solved(monkeypatch):
    monkeypatch.setattr(size, "WORTH_TELLING", 1)
    told = []
    nm.run("crimea-may-2023", note=lambda text: told.append("size: " + text),
           progress=lambda *step: told.append(step))  # fmt: skip
    assert told[0].startswith("size: ")
    assert "pairs" in told[0]
    assert len([each for each in told if isinstance(each, str)]) == 1


def test_a_run_for_which_the_memory_will_not_do_is_refused_before_its_states(monkeypatch):
    monkeypatch.setattr(computation, "free_memory", lambda: 100_000_000)
    monkeypatch.setattr(size, "WORTH_TELLING", 1)
    told = []
    with pytest.raises(MachineError, match="memory"):
        nm.run("crimea-may-2023", progress=lambda *step: told.append(step))
    assert told == []


def test_memory_grows_with_every_part():
    small = RunSize(pairs=1_000, states=10, links=1_000)
    for larger in (
        RunSize(pairs=2_000, states=10, links=1_000),
        RunSize(pairs=1_000, states=20, links=1_000),
        RunSize(pairs=1_000, states=10, links=2_000),
    ):
        assert larger.memory_bytes > small.memory_bytes
    longer = RunSize(pairs=1_000, states=10, links=1_000, way_letters=1e4)
    assert longer.disk_bytes > small.disk_bytes
    assert longer.memory_bytes > small.memory_bytes


def test_many_places_are_said_as_they_were_measured():
    """30,000 links, 46 states, 200 and 1,000 places, by `bench_growth`."""
    said = RunSize(pairs=19_900, states=46, links=30_000, way_letters=3054.5, ways=2.984)
    assert 0.5 < said.memory_bytes / 0.73e9 < 2
    said = RunSize(pairs=499_500, states=46, links=30_000, way_letters=3054.5, ways=2.984)
    assert 0.5 < said.disk_bytes / 7.9e9 < 2


def test_free_memory_is_known_or_not_said():
    free = free_memory()
    assert free is None or free > 0


def test_a_small_run_says_nothing():
    told = []
    nm.run("crimea-may-2023", note=told.append)
    assert told == []
