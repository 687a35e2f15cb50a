"""Ensembles: the same bytes however divided, within the bounds, and right in closed form."""

from __future__ import annotations

import io
import itertools

import numpy as np
import pandas as pd
import pytest

from netmodel.errors import InputError
from netmodel.outages.draws import (
    BLOCK,
    AsLongAgain,
    Drawing,
    draw_block,
    incidents_by_id,
)
from netmodel.outages.milestones import NEVER, milestone_limits
from netmodel.runs import ensemble as ensemble_module
from netmodel.runs import ensemble_result
from netmodel.runs.ensemble import draw_ensemble
from netmodel.runs.ensemble_result import QUANTILES, weighted_quantiles
from netmodel.runs.run import run_scenario
from netmodel.runs.uncertainty import build_loss_model
from tests.conftest import at
from tests.uncertain import WINDOW, make_placement

HOUR = 3_600_000_000


@pytest.fixture(scope="module")
def crimea():
    return run_scenario("crimea-may-2023", traffic=["passenger"])


@pytest.fixture(scope="module")
def drawn(crimea):
    return draw_ensemble(crimea, samples=10_000, seed=7)


def all_bytes(ensemble) -> bytes:
    """Everything that an ensemble tells, as bytes."""
    text = io.StringIO()
    ensemble.bands().to_csv(text, index=False)
    ensemble.hours_cut().to_csv(text, index=False)
    text.write(repr(ensemble.describe()))
    arrays = (ensemble.losses(), ensemble.probability_connected())
    return text.getvalue().encode() + b"".join(array.tobytes() for array in arrays)


@pytest.mark.parametrize("chunks", [1, 2, 7, 64])
def test_the_same_bytes_with_any_number_of_chunks(crimea, drawn, chunks):
    again = draw_ensemble(crimea, samples=10_000, seed=7, chunks=chunks)
    assert all_bytes(again) == all_bytes(drawn)


def test_the_same_bytes_with_two_workers(crimea, drawn, monkeypatch):
    """Issue C, 5; with processes forced upon work that would not need them."""
    monkeypatch.setattr(ensemble_module, "WORTH_A_PROCESS", {"blocks": 0, "sets": 0})
    again = draw_ensemble(crimea, samples=10_000, seed=7, workers=2, chunks=2)
    assert all_bytes(again) == all_bytes(drawn)


def test_another_seed_gives_other_samples(crimea, drawn):
    other = draw_ensemble(crimea, samples=10_000, seed=8)
    assert not np.array_equal(other.losses(), drawn.losses())
    assert np.mean(other.losses()) == pytest.approx(np.mean(drawn.losses()), rel=0.02)


def test_more_samples_only_add_to_the_first(crimea, drawn):
    few = draw_ensemble(crimea, samples=700, seed=7)
    assert np.array_equal(few.losses(), drawn.losses()[:700])


def test_every_loss_lies_within_the_bounds_that_need_no_distribution(crimea, drawn):
    bounds = build_loss_model(crimea).bounds()
    losses = drawn.losses()
    assert bounds.possible <= losses.min() + 1e-9
    assert losses.max() <= bounds.guaranteed + 1e-9
    assert losses.max() - losses.min() > 0.9 * bounds.width


def test_bands_lie_within_guaranteed_and_possible_in_every_state(crimea, drawn):
    cells = drawn.grid.middle_cell
    for name, low_is_worse in (("connected_share", True), ("isolated_hubs", False)):
        quantiles = drawn.quantiles("passenger", name, cells=cells)
        for state, row in zip(crimea.impacts[0].states, quantiles, strict=True):
            bounds = state.bounds[name]
            worst, best = (row[0], row[-1]) if low_is_worse else (-row[-1], -row[0])
            sign = 1 if low_is_worse else -1
            assert sign * bounds.guaranteed <= worst + 1e-9
            assert best <= sign * bounds.possible + 1e-9


def test_every_sample_run_one_by_one_gives_the_same_loss(crimea, drawn):
    """The vectorised loss of some samples, against a timeline for each."""
    from netmodel.impact.bounds import resilience_loss
    from netmodel.outages.milestones import as_milestone_times
    from netmodel.outages.timeline import Timeline

    placements = (*crimea.background, *crimea.placements)
    limits = milestone_limits(placements, crimea.timeline.window)
    times = draw_block(limits, incidents_by_id(placements), Drawing(), seed=7, block=0)
    for sample in (0, 1, 200):
        timeline = Timeline(
            window=crimea.timeline.window,
            outages=crimea.timeline.outages,
            times=as_milestone_times(limits, times[sample]),
        )
        results = list(crimea.impacts[0].assessor.assess(timeline, ["connected_share"]))
        loss = resilience_loss(
            [r.state.hours for r in results], [r.metrics["connected_share"] for r in results]
        )
        assert drawn.losses()[sample] == pytest.approx(loss)


def test_pairs_looked_at_in_parts_are_the_same(drawn, monkeypatch):
    whole = drawn.hours_cut(), drawn.probability_connected()
    monkeypatch.setattr(ensemble_result, "CELLS_TOGETHER", 1)
    pd.testing.assert_frame_equal(drawn.hours_cut(), whole[0])
    assert np.array_equal(drawn.probability_connected(), whole[1])


def test_hours_cut_and_the_loss_say_the_same(crimea, drawn):
    """With uniform demand the loss is the mean over pairs of the hours cut."""
    cut = drawn.hours_cut()
    assert cut["mean"].mean() == pytest.approx(drawn.losses().mean())
    assert ((cut["q05"] <= cut["q50"]) & (cut["q50"] <= cut["q95"])).all()
    assert set(cut["probability_cut"]) == {0.0, 1.0}


def test_the_chance_of_being_connected_falls_and_rises_with_the_evidence(crimea, drawn):
    """Restoration is uniform from 14:15 to 21:00 UTC of the next day: a straight line."""
    chance = drawn.probability_connected()
    worst = chance[:, chance.min(axis=0).argmin()]
    hours = drawn.grid.instants / HOUR
    start = crimea.timeline.window.start
    first = (at(14.25) - start).total_seconds() / 3600
    last = (at(45) - start).total_seconds() / 3600
    inside = (hours > first) & (hours < last)
    expected = (hours[inside] - first) / (last - first)
    assert np.abs(worst[inside] - expected).max() < 0.02
    assert set(worst[hours > last]) == {1.0}


def test_a_run_with_samples_has_bands_and_chances():
    run = run_scenario("crimea-may-2023", traffic=["passenger"], samples=300, seed=1)
    states, pairs = run.record.states, run.record.pairs
    for name in ("q05", "q25", "q50", "q75", "q95"):
        assert f"connected_share_{name}" in states
    assert (states["connected_share_q05"] <= states["connected_share_q95"]).all()
    in_doubt = pairs["certainty"] == "in doubt"
    assert pairs.loc[in_doubt, "probability_connected"].between(0, 1, inclusive="neither").any()
    assert (pairs.loc[pairs["certainty"] == "connected", "probability_connected"] == 1).all()
    assert (pairs.loc[pairs["certainty"] == "cut", "probability_connected"] == 0).all()
    assert run.summary.ensemble.samples == 300
    assert "as long again" in run.summary.ensemble.drawing


def test_without_samples_there_are_no_such_columns(crimea):
    assert "connected_share_q50" not in crimea.record.states
    assert "probability_connected" not in crimea.record.pairs


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"samples": 0}, "samples (=0) must be"),
        ({"samples": -5, "seed": -1}, "seed (=-1) must be"),
        ({"samples": 10, "workers": 0}, "workers (=0) must be"),
        ({"samples": 10, "chunks": 0}, "chunks (=0) must be"),
    ],
)
def test_counts_out_of_range_are_refused(crimea, arguments, message):
    with pytest.raises(InputError) as caught:
        draw_ensemble(crimea, **arguments)
    assert message in str(caught.value)


def test_run_scenario_refuses_them_too():
    with pytest.raises(InputError, match="samples"):
        run_scenario("crimea-may-2023", samples=0)
    with pytest.raises(InputError, match="without samples"):
        run_scenario("crimea-may-2023", seed=3)


def draws_of(placements, drawing=None, blocks=1):
    limits = milestone_limits(placements, WINDOW)
    found = [
        draw_block(limits, incidents_by_id(placements), drawing or Drawing(), seed=3, block=n)
        for n in range(blocks)
    ]
    return np.concatenate(found)


def test_draws_come_in_order_and_within_the_bounds():
    placement = make_placement("x", ["ab"], (2, 6), (4, 9), (5, 12), then="slowed")
    times = draws_of([placement])[:, 0] / HOUR
    assert (np.diff(times, axis=1) >= 0).all()
    assert (times.min(axis=0) >= [2, 4, 5]).all()
    assert (times.max(axis=0) <= [6, 9, 12]).all()
    assert (np.ptp(times, axis=0) > 3).all()


def test_another_incident_does_not_change_the_draws_of_the_first():
    one = make_placement("one", ["ab"], (2, 6), (6, 9))
    other = make_placement("other", ["bc"], (1, 8), (8, 9))
    assert (draws_of([one])[:, 0] == draws_of([other, one])[:, 1]).all()


def test_where_only_one_side_of_a_start_is_known_it_is_taken():
    before = make_placement("before", ["ab"], (None, 6), (6, 9))
    after = make_placement("after", ["ab"], (4, None), (6, None))
    unknown = make_placement("unknown", ["ab"], (None, None))
    times = draws_of([before, after, unknown])
    assert (times[:, 0, 0] == 6 * HOUR).all()
    assert (times[:, 1, 0] == 4 * HOUR).all()
    assert (times[:, 2] == NEVER).all()


def test_an_open_end_lasts_as_long_again_half_of_the_time():
    placement = make_placement("x", ["ab"], (0, 0), (10, None))
    lasted = draws_of([placement], blocks=8)[:, 0, 1] / HOUR
    assert lasted.min() >= 10
    assert np.mean(lasted > 20) == pytest.approx(0.5, abs=0.03)
    assert np.mean(lasted > 40) == pytest.approx(0.25, abs=0.03)


def test_nothing_known_to_have_passed_counts_from_four_hours():
    lasted = AsLongAgain().draw_hours(
        None, "first_traffic", np.zeros(2000), np.random.default_rng(1)
    )
    assert lasted.min() >= 4


def test_log_uniform_favours_early_restoration():
    placement = make_placement("x", ["ab"], (0, 0), (1, 1000))
    even = draws_of([placement])[:, 0, 1]
    early = draws_of([placement], Drawing(spread="log-uniform"))[:, 0, 1]
    assert np.median(early) < np.median(even) / 5
    assert early.min() >= HOUR
    assert early.max() <= 1000 * HOUR


def test_a_sampler_of_ones_own_decides_the_open_ends():
    class TwoDays:
        name = "two days more"

        def draw_hours(self, incident, milestone, longer_than_hours, rng):
            return longer_than_hours + 48

    placement = make_placement("x", ["ab"], (0, 0), (10, None))
    lasted = draws_of([placement], Drawing(ends=TwoDays()))[:, 0, 1] / HOUR
    assert set(lasted) == {58.0}
    assert len(lasted) == BLOCK
    assert Drawing(ends=TwoDays()).name == "uniform within bounds; open ends: two days more"


def test_weighted_quantiles_equal_numpy():
    rng = np.random.default_rng(5)
    values = rng.normal(size=9)
    counts = rng.integers(0, 30, size=(6, 9))
    counts[0] = 0
    found = weighted_quantiles(values, counts)
    assert np.isnan(found[0]).all()
    for row, number in zip(found[1:], counts[1:], strict=True):
        sample = np.repeat(values, number)
        expected = np.quantile(sample, QUANTILES, method="inverted_cdf")
        assert row == pytest.approx(expected)


def test_a_metric_that_is_not_defined_in_a_sample_is_left_out():
    found = weighted_quantiles(np.array([np.nan, 2.0, 3.0]), np.array([[90, 10, 0], [5, 0, 0]]))
    assert found[0].tolist() == [2.0] * 5
    assert np.isnan(found[1]).all()


def test_the_grid_holds_every_break_point_once(crimea, drawn):
    edges = drawn.grid.edges
    assert all(one < other for one, other in itertools.pairwise(edges))
    start = crimea.timeline.window.start
    points = {round((p - start).total_seconds() * 1e6) for p in crimea.timeline.break_points}
    assert points <= set(edges.tolist())


def test_open_ends_can_be_drawn_from_a_model_of_durations():
    """Weibull with shape 2 and median known; given 10 h, by the formula of its survival."""
    from netmodel.restoration.distributions import Mixture
    from netmodel.restoration.forecast import PredictedEnds

    weibull = Mixture(
        distribution="weibull", location=np.array([np.log(20.0)]), scale=np.array([0.5])
    )
    ends = PredictedEnds(
        model="weibull", by_kind={("derailment", "closed"): weibull}, otherwise=weibull
    )
    placement = make_placement("x", ["ab"], (0, 0), (10, None))
    lasted = draws_of([placement], Drawing(ends=ends), blocks=8)[:, 0, 1] / HOUR
    assert lasted.min() >= 10
    for hours in (15.0, 25.0):
        survives = np.exp((10 / 20) ** 2 - (hours / 20) ** 2)
        assert np.mean(lasted > hours) == pytest.approx(survives, abs=0.03)
    assert Drawing(ends=ends).name == "uniform within bounds; open ends: weibull"


def test_a_run_can_draw_open_ends_from_the_fitted_model():
    pytest.importorskip("lifelines")
    fitted = {"samples": 200, "seed": 1, "open_ends": "fitted"}
    run = run_scenario("kupiansk-pokrovsk", traffic=["passenger"], ensemble=fitted)
    told = run.ensemble.drawing
    assert "fitted to" in told
    assert "given what has passed" in told
    bounds = build_loss_model(run).bounds()
    losses = run.ensemble.losses()
    assert bounds.possible - 1e-6 <= losses.min()
    assert losses.max() <= bounds.guaranteed + 1e-6
    again = run_scenario("kupiansk-pokrovsk", traffic=["passenger"], ensemble=fitted)
    assert all_bytes(again.ensemble) == all_bytes(run.ensemble)
