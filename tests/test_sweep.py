"""A sweep says what separate runs say, and solves what they share once."""

from itertools import product

import numpy as np
import pytest

import netmodel as nm
from netmodel.routing.router import Router
from netmodel.runs.sweep import FIGURE_COLUMNS
from tests.test_python_door import make


def figures_of(run):
    return [
        (each.traffic, each.name, *(
            np.nan if number is None else float(number)
            for number in (each.value, each.guaranteed, each.possible)
        ))
        for each in run.summary.figures
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["crimea-may-2023", "crimean-bridge-2022"])
def test_a_sweep_equals_separate_runs(name):
    scenario = nm.read_scenario(name)
    rules, scales = ["earliest", "latest"], [1, 2.0]
    table = nm.sweep(scenario, time_rule=rules, repair_scale=scales)
    assert tuple(table.columns) == ("time_rule", "repair_scale", *FIGURE_COLUMNS)
    for rule, scale in product(rules, scales):
        rows = table[(table.time_rule == rule) & (table.repair_scale == scale)]
        found = rows[["traffic", "figure", "value", "guaranteed", "possible"]]
        run = nm.run(scenario, time_rule=rule, repair_scale=scale)
        for row, expected in zip(found.itertuples(index=False), figures_of(run), strict=True):
            assert row[:2] == expected[:2]
            np.testing.assert_array_equal(row[2:], expected[2:])


def test_any_argument_can_be_swept():
    table = nm.sweep(
        make(), demand=[["A", "B"], ["A", "D"]], traffic=[["passenger"], ["freight"]],
        window=[("2023-05-18", "2023-05-19"), ("2023-05-18", "2023-05-20")],
    )  # fmt: skip
    losses = table[table.figure == "resilience_loss"]
    assert len(losses) == 8
    assert set(losses.scenario_traffic) == {"passenger", "freight"}
    assert (losses[losses.demand == "A, B"].value == 0).all()
    assert (losses[losses.demand == "A, D"].value > 0).all()


def test_what_runs_share_is_solved_once(monkeypatch):
    solved = []
    solve = Router.solve
    monkeypatch.setattr(
        Router, "solve", lambda self, *args, **kw: solved.append(1) or solve(self, *args, **kw)
    )
    nm.sweep(make(), time_rule=["earliest"])
    once = len(solved)
    nm.sweep(make(), time_rule=["earliest", "midpoint", "latest"])
    assert len(solved) == 2 * once


BAD = {
    "an unknown argument": ({"time_rul": ["latest"]}, "time_rul"),
    "one text": ({"time_rule": "latest"}, "time_rule"),
    "no values": ({"time_rule": []}, "time_rule"),
    "one number": ({"repair_scale": 2}, "repair_scale"),
    "a bad value": ({"repair_scale": [1, -1]}, "repair_scale"),
    "nothing": ({}, ""),
}


@pytest.mark.parametrize("name", BAD)
def test_a_mistake_is_told(name):
    fields, where = BAD[name]
    with pytest.raises(nm.errors.InputError) as refused:
        nm.sweep(make(), **fields)
    assert where in {each.where for each in refused.value.problems}


def test_all_mistakes_are_told_at_once():
    with pytest.raises(nm.errors.InputError) as refused:
        nm.sweep(make(), time_rule=["latets"], repair_scale=[0], anchors=[["Zz"]])
    where = {each.where for each in refused.value.problems}
    assert where == {"time_rule", "repair_scale", "anchors: item 1"}
