"""Who did what: Shapley shares, compounding, value of evidence."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netmodel.errors import InputError
from netmodel.impact import attribution
from netmodel.impact.attribution import (
    Attribution,
    Share,
    attribute_loss,
    compounding,
    loss_alone,
    sample_shapley,
    shapley_values,
    value_of_evidence,
)
from netmodel.outages.milestones import extreme_times
from netmodel.runs.uncertainty import attribute_run
from tests.conftest import make_network
from tests.report_records import shipped_run
from tests.uncertain import WINDOW, make_model, make_placement, placements_on

RING = make_network([("a", "b", 10), ("b", "c", 10), ("c", "d", 15), ("d", "a", 40), ("b", "d", 9)])
LINKS = [link.id for link in RING.links]
TWO_PARTS = make_network([("a", "b", 10), ("c", "d", 10)])
DOUBLE = make_network([("a", "b", 10), ("a", "b", 12)])


def attribute(network, placements, which="gravest", **settings_):
    model = make_model(network, placements)
    times = extreme_times(placements, WINDOW, which)
    names = [placement.incident.id for placement in placements]
    return attribute_loss(model, times, names, **settings_), model, times


@settings(max_examples=40)
@given(placements=placements_on(LINKS, most=5))
def test_shapley_shares_sum_to_the_total_loss(placements):
    """Issue C, 3."""
    found, _, _ = attribute(RING, placements)
    total = sum(share.share for share in found.shares)
    assert total == pytest.approx(found.loss - found.background, abs=1e-9)
    assert all(share.share >= -1e-12 and share.standard_error == 0 for share in found.shares)


@pytest.mark.parametrize("background", [0.0, 6.0, 10.0])
def test_what_stands_in_the_background_does_not_compound(background):
    shares = [Share(incident=name, alone=8.0, leave_one_out=4.0, share=6.0) for name in "ab"]
    found = Attribution(loss=background + 12.0, background=background, shares=tuple(shares))
    assert found.compounding == pytest.approx(12 / 16)
    alone = replace(found, loss=background, shares=())
    assert math.isnan(alone.compounding)


@pytest.mark.parametrize("together", [0.01, 0.5, 1.0, 20.0])
def test_what_is_lost_only_together_is_without_bound(together):
    assert compounding(together, 0.0) == math.inf
    assert compounding(together, together) == 1.0
    assert compounding(0.0, together) == 0.0


def by_all_orders(count, value):
    """Shapley values by the definition, over every order."""
    shares = np.zeros(count)
    orders = list(itertools.permutations(range(count)))
    for order in orders:
        coalition = 0
        for player in order:
            before = value(coalition)
            coalition |= 1 << player
            shares[player] += value(coalition) - before
    return shares / len(orders)


@given(worth=st.lists(st.floats(-10, 10), min_size=32, max_size=32))
def test_shapley_by_subsets_equals_all_orders(worth):
    value = worth.__getitem__
    assert shapley_values(5, value) == pytest.approx(by_all_orders(5, value), abs=1e-9)


def test_sampled_shares_sum_to_the_total_and_lie_near_the_exact_ones():
    rng = np.random.default_rng(11)
    weights = rng.random(8)

    def value(coalition):
        chosen = [weights[n] for n in range(8) if coalition >> n & 1]
        return sum(chosen) ** 2

    exact = shapley_values(8, value)
    found, errors = sample_shapley(8, value, permutations=400, rng=np.random.default_rng(2))
    assert found.sum() == pytest.approx(value(255))
    assert (np.abs(found - exact) <= 4 * errors + 1e-9).all()
    rough, larger = sample_shapley(8, value, permutations=16, rng=np.random.default_rng(2))
    assert larger.mean() > errors.mean()
    assert rough.sum() == pytest.approx(value(255))


def test_beyond_twelve_at_once_shares_are_sampled_with_an_error(monkeypatch):
    monkeypatch.setattr(attribution, "EXACT_UP_TO", 2)
    placements = [make_placement(f"i{n}", [link], (2, 2), (9, 9)) for n, link in enumerate(LINKS)]
    sampled, _, _ = attribute(RING, placements, seed=3)
    monkeypatch.undo()
    exact, _, _ = attribute(RING, placements)
    assert any(share.standard_error > 0 for share in sampled.shares)
    assert sum(s.share for s in sampled.shares) == pytest.approx(sampled.loss)
    for one, other in zip(sampled.shares, exact.shares, strict=True):
        assert abs(one.share - other.share) <= 4 * one.standard_error + 1e-9
        assert one.alone == pytest.approx(other.alone)


def test_independent_incidents_in_different_components_do_not_compound():
    """Issue C, 3: they meet in time, not on the network."""
    placements = [
        make_placement("x", ["a-b-0"], (2, 2), (8, 8)),
        make_placement("y", ["c-d-1"], (5, 5), (20, 20)),
    ]
    found, _, _ = attribute(TWO_PARTS, placements)
    assert found.compounding == pytest.approx(1.0)
    # each cuts one of two connected pairs: half of the demand, while it lasts
    assert [share.share for share in found.shares] == pytest.approx([3.0, 7.5])
    assert [share.alone for share in found.shares] == pytest.approx([3.0, 7.5])
    assert [share.leave_one_out for share in found.shares] == pytest.approx([3.0, 7.5])


def test_two_parallel_lines_are_lost_only_together():
    placements = [
        make_placement("x", ["a-b-0"], (2, 2), (8, 8)),
        make_placement("y", ["a-b-1"], (5, 5), (20, 20)),
    ]
    found, model, times = attribute(DOUBLE, placements)
    assert found.loss == pytest.approx(3.0)
    assert [share.alone for share in found.shares] == [0.0, 0.0]
    assert [share.share for share in found.shares] == pytest.approx([1.5, 1.5])
    assert [share.leave_one_out for share in found.shares] == pytest.approx([3.0, 3.0])
    assert math.isinf(found.compounding)
    assert compounding(1.0, 0.5) == 2.0
    assert loss_alone(model, times, ["x", "y"]) == pytest.approx((3.0, 0.0))


def test_two_closures_of_the_same_line_count_once():
    placements = [
        make_placement("x", ["a-b-0"], (2, 2), (8, 8)),
        make_placement("y", ["a-b-0"], (2, 2), (8, 8)),
    ]
    found, _, _ = attribute(TWO_PARTS, placements)
    assert found.compounding == pytest.approx(0.5)
    assert [share.leave_one_out for share in found.shares] == [0.0, 0.0]


def test_what_stands_beside_the_incidents_is_background():
    placements = [
        make_placement("x", ["a-b-0"], (2, 2), (8, 8)),
        make_placement("y", ["c-d-1"], (2, 2), (8, 8)),
    ]
    model = make_model(TWO_PARTS, placements)
    found = attribute_loss(model, extreme_times(placements, WINDOW, "gravest"), ["x"])
    assert found.background == pytest.approx(3.0)
    assert found.shares[0].share == pytest.approx(3.0)
    assert found.loss == pytest.approx(6.0)


def test_compounding_of_nothing_is_not_a_number():
    assert math.isnan(compounding(0.0, 0.0))
    found, _, _ = attribute(DOUBLE, [make_placement("x", ["a-b-0"], (2, 2), (8, 8))])
    assert math.isnan(found.compounding)


@settings(max_examples=25)
@given(placements=placements_on(LINKS, most=3))
def test_knowing_more_never_widens_the_answer(placements):
    model = make_model(RING, placements)
    names = [placement.incident.id for placement in placements]
    for each in value_of_evidence(model, names):
        assert each.width == pytest.approx(model.bounds().width)
        assert each.widest <= each.width + 1e-9
        assert -1e-9 <= each.narrowest <= each.known_width <= each.widest + 1e-9


def test_the_value_of_the_one_open_time_is_the_whole_width():
    placements = [
        make_placement("open", ["a-b-0"], (2, 2), (6, 12)),
        make_placement("known", ["c-d-1"], (2, 2), (8, 8)),
    ]
    found = value_of_evidence(make_model(TWO_PARTS, placements), ["open", "known"])
    assert [(each.incident, each.about) for each in found] == [("open", "restoration")]
    assert found[0].width == pytest.approx(3.0)  # half the demand, over six hours
    assert found[0].known_width == pytest.approx(0.0)
    assert found[0].shrinks_by == pytest.approx(3.0)


def test_knowing_the_end_of_a_slow_section_with_an_open_start():
    """Traffic never stopped: the end is known even where the start may come after it."""
    placements = [make_placement("slow", ["a-b-0"], (2, 8), full=(6, 9), effect="slowed")]
    model = make_model(TWO_PARTS, placements)
    assert [each.width for each in value_of_evidence(model, ["slow"])] == [0.0, 0.0]
    closed = [make_placement("shut", ["a-b-0"], (2, 8), (6, 9))]
    found = value_of_evidence(make_model(TWO_PARTS, closed), ["shut"])
    by_about = {each.about: each for each in found}
    # at worst from 2 to 9, at best begun and over at 8; with the end known at r, from 2 to r
    # at worst and from 8 at best
    ends = [6 + 3 * (n + 0.5) / 9 for n in range(9)]
    expected = [0.5 * ((r - 2) - max(0.0, r - 8)) for r in ends]
    assert by_about["restoration"].width == pytest.approx(3.5)
    assert by_about["restoration"].known_width == pytest.approx(np.mean(expected))


def test_the_most_telling_time_comes_first():
    placements = [
        make_placement("small", ["a-b-0"], (2, 2), (6, 8)),
        make_placement("large", ["c-d-1"], (2, 3), (6, None)),
    ]
    found = value_of_evidence(make_model(TWO_PARTS, placements), ["small", "large"])
    assert [(e.incident, e.about) for e in found] == [
        ("large", "restoration"), ("small", "restoration"), ("large", "start"),
    ]  # fmt: skip
    assert found[0].shrinks_by == pytest.approx(9.0)  # open to the end of the window at 24:00
    assert found[2].shrinks_by == pytest.approx(0.5)


def test_an_unknown_loss_of_several_metrics_is_refused():
    from netmodel.impact.assessment import Measures
    from netmodel.impact.loss import LossModel

    model = make_model(DOUBLE, [])
    both = Measures(model.measures.assessor, (), ("connected_share", "efficiency_ratio"))
    with pytest.raises(InputError, match="one metric, not of 2"):
        LossModel(both, model.limits)
    with pytest.raises(InputError, match="at least 4"):
        sample_shapley(2, float, permutations=2, rng=np.random.default_rng(0))


def test_a_run_tells_shares_compounding_and_what_to_look_up():
    run = shipped_run()
    summary, studied = run.summary, run.evidence.studied
    loss = next(f.value for f in summary.figures if f.name == "resilience_loss")
    assert sum(each.share_of_loss or 0 for each in studied) == pytest.approx(loss, abs=1e-3)
    assert summary.compounding == pytest.approx(1.0)
    first = summary.value_of_evidence[0]
    assert first.about == "restoration"
    assert first.shrinks_by > 0
    assert attribute_run(run).loss == pytest.approx(loss, abs=1e-3)
