"""Two runs compared as tables: only what differs, and all of it."""

import math
import re

import pandas as pd
import pytest

import netmodel as nm
from netmodel.errors import InputError
from netmodel.report.compare import render_comparison
from netmodel.runs.moment import background_incidents
from tests.report_records import shipped_record


@pytest.fixture(scope="module")
def runs():
    return shipped_record(), shipped_record(time_rule="latest")


@pytest.fixture(scope="module")
def comparison(runs):
    return nm.compare(*runs)


def test_a_run_does_not_differ_from_itself(runs):
    same = nm.compare(runs[0], runs[0])
    assert [len(table) for table in (same.figures, same.pairs, same.outages)] == [0, 0, 0]


def test_every_figure_that_differs_is_there(runs, comparison):
    known = [{(f.traffic, f.name): f for f in record.summary.figures} for record in runs]
    differ = {
        key for key, figure in known[0].items()
        if (figure.value, figure.guaranteed, figure.possible)
        != (known[1][key].value, known[1][key].guaranteed, known[1][key].possible)
    }  # fmt: skip
    shown = comparison.figures.set_index(["traffic", "figure"])
    assert set(shown.index) == differ
    loss = shown.loc[("passenger", "resilience_loss")]
    assert loss["difference"] == pytest.approx(loss["other_value"] - loss["value"])
    assert loss["difference"] > 0


def test_hours_of_pairs_are_those_of_the_states(runs, comparison):
    row = comparison.pairs.iloc[0]
    for record, column in zip(runs, ("hours_cut", "other_hours_cut"), strict=True):
        pairs = record.pairs
        mine = pairs[
            (pairs[["traffic", "from", "to"]] == row[["traffic", "from", "to"]]).all(axis=1)
        ]
        cut = mine.loc[mine["connected"] == 0, "state"]
        assert row[column] == pytest.approx(record.states["hours"].loc[cut].sum())


def test_outages_differ_by_their_chosen_times(comparison, runs):
    outages = comparison.outages
    outages = outages[~outages["incident"].isin(background_incidents(runs[0]))]
    assert set(outages["incident"]) == {"2023-05-18-simferopol-chystenke"}
    assert (outages["other_end"] > outages["end"]).all()
    assert all(isinstance(outages[name].dtype, pd.DatetimeTZDtype)
               for name in ("start", "end", "other_start", "other_end"))  # fmt: skip


def test_runs_of_other_scenarios_stand_side_by_side(runs):
    found = nm.compare(runs[0], shipped_record("kupiansk-pokrovsk"))
    assert found.outages["start"].isna().any()
    assert found.outages["other_start"].isna().any()
    assert found.pairs["other_hours_cut"].map(math.isnan).any()


def test_the_page_is_that_of_the_command(comparison, runs, tmp_path):
    from netmodel.report.compare import render_comparison

    path = comparison.write(tmp_path / "page.html")
    assert path.read_text(encoding="utf-8") == render_comparison(runs)
    assert "Resilience loss" in comparison._repr_html_()


@pytest.mark.parametrize(("arguments", "where"), [((None, 1), "run"), (("x", None), "run")])
def test_what_is_no_run_is_refused(arguments, where):
    with pytest.raises(InputError) as caught:
        nm.compare(*arguments)
    assert caught.value.problems[0].where == where


def test_the_page_names_the_trains_that_fare_differently(runs, comparison):
    page = render_comparison(runs)
    shown = re.findall(r'<tr data-train="([^"]*)"', page)
    assert sorted(shown) == sorted(map(str, comparison.trains["number"]))
    assert shown
    assert "data-train" not in render_comparison([runs[0], runs[0]])
