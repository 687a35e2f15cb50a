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
from tests.small_scenario import write_incident, write_scenario


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


CLAIM = "  - {document: d1, speaker: S, says: x, about: %s, at: '%s'%s}\n"


@pytest.fixture
def apart(tmp_path):
    """One incident, with an end of its own for freight and a second closure, known to the day."""
    freight = ", traffic: [freight]"
    claims = [
        ("first_traffic", "2023-05-20", freight),
        ("start", "2023-05-22T06:00Z", ", spell: 2"),
        ("first_traffic", "2023-05-23", ", spell: 2"),
    ]
    text = write_incident(
        "x", "bc", end="2023-05-19, traffic: [passenger]", more="".join(CLAIM % c for c in claims)
    )
    return nm.read_scenario(write_scenario(tmp_path, text))


@pytest.mark.parametrize("traffic", [["passenger"], ["freight"], ["passenger", "freight"]])
def test_each_outage_is_compared_with_itself_and_of_the_traffic_studied(apart, traffic):
    window = ("2023-05-17", "2023-05-26")
    one, other = (
        nm.run(apart.replace(traffic=traffic, window=window, time_rule=rule))
        for rule in ("earliest", "latest")
    )
    found = nm.compare(one, other).outages
    assert not found.duplicated(["incident", "link", "effect", "traffic", "start"]).any()
    assert all(set(each.split(";")) & set(traffic) for each in found["traffic"])
    assert len(found) == 1 + len(traffic)
    assert (found["other_end"] - found["end"] == pd.Timedelta("1D")).all()
    assert (found["standing"] == 0).all()


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
