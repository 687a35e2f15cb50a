"""Long parts of a run: computed where quick or asked for, else left out and said."""

import numpy as np
import pytest

import netmodel as nm
from netmodel.cli.run_verbs import _read_parts
from netmodel.errors import InputError
from netmodel.impact import attribution
from netmodel.impact.attribution import sets_to_solve
from netmodel.runs import effort
from netmodel.runs.uncertainty import build_loss_model
from netmodel.scenario.writing import scenario_texts
from tests.small_scenario import write_incident, write_scenario

CAPACITY = "capacity: {trains_per_day: 40, by_class: {main: 10, secondary: 10}}"
LONG = {"waiting": "wait_or_detour_delay_hours", "capacity": "links_full"}


@pytest.fixture
def path(tmp_path):
    return write_scenario(tmp_path, write_incident(), more=CAPACITY)


def slow(monkeypatch):
    """Let every part be expected to take long."""
    monkeypatch.setattr(effort, "LIMIT_SECONDS", 0.0)


def included(run):
    return {each.part for each in nm.runs.expect_effort(run) if each.included}


def test_quick_parts_are_part_of_a_run(path):
    run = nm.run(path)
    assert included(run) == {"waiting", "capacity", "attribution"}
    assert set(LONG.values()) <= set(run.states.columns)
    assert run.capacity is not None
    assert run.summary.compounding is not None


def test_long_parts_are_left_out_and_said(path, monkeypatch):
    slow(monkeypatch)
    run = nm.run(path)
    assert included(run) == set()
    assert not set(LONG.values()) & set(run.states.columns)
    assert run.capacity is None
    assert run.attribution is None
    said = [notice for notice in nm.runs.find_notices(run) if "left out" in notice]
    assert [part for part in effort.PARTS for notice in said if f"--with {part}" in notice] == [
        *effort.PARTS
    ]


@pytest.mark.parametrize("part", effort.PARTS)
def test_a_part_that_is_asked_for_is_computed_however_long(path, monkeypatch, part):
    slow(monkeypatch)
    run = nm.run(path, parts={part: True})
    assert included(run) == {part}
    others = [each for each in effort.PARTS if each != part]
    said = " ".join(nm.runs.find_notices(run))
    assert [each for each in effort.PARTS if f"--with {each}" in said] == others


@pytest.mark.parametrize("part", effort.PARTS)
def test_a_part_that_is_not_wanted_is_left_out_in_silence(path, part):
    run = nm.run(path, parts={part: False})
    assert included(run) == {*effort.PARTS} - {part}
    assert "left out" not in " ".join(nm.runs.find_notices(run))


def test_a_scenario_that_states_waiting_asks_for_it(tmp_path, monkeypatch):
    slow(monkeypatch)
    path = write_scenario(tmp_path, write_incident(), more="waiting: {every_hours: 3}")
    assert included(nm.run(path)) == {"waiting"}
    assert included(nm.run(path, parts={"waiting": False})) == set()


def test_parts_of_the_file_and_of_the_call_add_up_and_are_written(tmp_path):
    path = write_scenario(tmp_path, write_incident(), more="parts: {waiting: false}")
    scenario = nm.read_scenario(path)
    assert scenario.parts == {"waiting": False}
    run = nm.run(scenario, parts={"attribution": False})
    assert run.scenario.parts == {"waiting": False, "attribution": False}
    written = scenario_texts(run.scenario)["scenario.yaml"]
    assert "parts:\n  waiting: false\n  attribution: false\n" in written
    command = nm.run("crimea-may-2023", parts={"waiting": True}).provenance.command
    assert command == "netmodel run crimea-may-2023 --with waiting"


def test_the_command_names_parts():
    assert _read_parts("waiting, capacity", "attribution") == {
        "waiting": True, "capacity": True, "attribution": False,
    }  # fmt: skip
    assert _read_parts(None, None) is None
    with pytest.raises(InputError, match="waiting"):
        _read_parts("wating", None)
    with pytest.raises(InputError, match="left out"):
        _read_parts("waiting", "waiting")


def test_an_unknown_part_of_a_file_is_a_mistake(tmp_path):
    path = write_scenario(tmp_path, write_incident(), more="parts: {wait: true}")
    with pytest.raises(InputError, match="wait"):
        nm.read_scenario(path)


def test_more_work_is_expected_to_take_longer(tmp_path):
    few = write_scenario(tmp_path / "few", write_incident())
    many = write_scenario(
        tmp_path / "many",
        *(
            write_incident(f"x{day}", start=f"2023-05-18T{day:02}:00Z", end="2023-05-19T12:00Z")
            for day in range(2, 8)
        ),
    )
    one, more = (
        np.array([each.seconds for each in nm.runs.expect_effort(nm.run(path))])
        for path in (few, many)
    )
    assert (more >= one).all()
    assert (more > one).any()


def test_progress_is_told_of_long_parts_from_their_beginning(path):
    told = []
    run = nm.run(path)
    record = run.lay_out(lambda what, done, total: told.append((what, done, total)))
    assert all(done <= total for _, done, total in told)
    first = {what: done for what, done, _ in reversed(told)}
    assert first == {
        "passenger waiting": 0, "passenger capacity": 0, "attribution": 0, "worth of evidence": 0,
    }  # fmt: skip
    assert run.record is record


def test_attribution_tells_of_every_set_and_expects_those_that_states_share_once(tmp_path):
    spans = {"a": (2, 10), "b": (4, 12), "c": (6, 14)}
    path = write_scenario(
        tmp_path,
        *(
            write_incident(name, start=f"2023-05-18T{one:02}:00Z", end=f"2023-05-18T{two:02}:00Z")
            for name, (one, two) in spans.items()
        ),
    )
    run, told = nm.run(path), []
    nm.runs.attribute_run(run, progress=lambda what, done, total: told.append((done, total)))
    model = build_loss_model(run)
    sets, searches = sets_to_solve(model, run.timeline.times, run.incidents_with_outages)
    assert (sets, searches) == (8, 2)  # all subsets of three, which close the same link
    assert told[-1] == (8, 8)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_many_sets_are_counted_for_each_state(path, monkeypatch):
    run = nm.run(path)
    model = build_loss_model(run)
    monkeypatch.setattr(attribution, "TOLD_APART", 0)
    sets, _ = sets_to_solve(model, run.timeline.times, run.incidents_with_outages)
    assert sets == 3  # none while nothing holds, and both with and without the one that does
