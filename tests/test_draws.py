"""Ends and starts that are drawn one by one, with parts that are given in place of chance."""

import numpy as np
import pytest

from netmodel.outages.draws import (
    ALWAYS,
    BLOCK,
    HOUR,
    NEVER,
    AsLongAgain,
    Drawing,
    _draw_end,
    _draw_start,
)


class Parts:
    """Stands for a generator: gives the same parts each time."""

    def __init__(self, *parts):
        self.parts = np.resize(np.array(parts), BLOCK)

    def random(self, size):
        return np.resize(self.parts, size)


class Lasting:
    """Ends that come after so many hours."""

    name = "given"

    def __init__(self, *hours):
        self.hours = np.resize(np.array(hours, dtype=float), BLOCK)

    def draw_hours(self, incident, milestone, passed_hours, rng):
        self.passed_hours = passed_hours
        return self.hours


def block(value):
    return np.full(BLOCK, value, dtype=np.int64)


def drawn_hours(drawing, low, high, *parts):
    """Return the first hours after a start at 5 h at which ends between bounds are drawn."""
    start = block(5 * HOUR)
    found = _draw_end(start, block(low), block(high), None, drawing, Parts(*parts))
    return ((found - start) / HOUR)[: len(parts)].tolist()


def test_log_uniform_ends_are_even_in_the_logarithm_of_an_hour_more():
    drawing = Drawing(spread="log-uniform")
    hours = drawn_hours(drawing, 5 * HOUR, 104 * HOUR, 0.0, 0.5, 1.0)
    assert hours == pytest.approx([0, 9, 99], abs=1e-3)
    assert drawn_hours(drawing, 8 * HOUR, 20 * HOUR, 0.0, 0.5, 1.0) == pytest.approx(
        [3, 7, 15], abs=1e-3
    )


def test_uniform_ends_are_even_between_their_bounds():
    assert drawn_hours(Drawing(), 6 * HOUR, 16 * HOUR, 0.0, 0.25, 1.0) == [1, 3.5, 11]


def test_an_end_without_an_upper_bound_comes_after_the_hours_drawn_and_not_before_the_lower():
    drawing = Drawing(ends=Lasting(2.0, 7.5, np.inf, 1e9))
    start = block(5 * HOUR)
    found = _draw_end(start, block(9 * HOUR), block(NEVER), None, drawing, Parts(0.5))
    assert found[:2].tolist() == [9 * HOUR, 12.5 * HOUR]
    assert (found[2:4] == NEVER).all()
    assert (drawing.ends.passed_hours == 4).all()  # what is known to have passed since the start
    assert (_draw_end(start, block(NEVER), block(NEVER), None, drawing, Parts(0.5)) == NEVER).all()


@pytest.mark.parametrize(
    ("low", "high", "start"),
    [(ALWAYS, 3 * HOUR, 3 * HOUR), (3 * HOUR, NEVER, 3 * HOUR), (ALWAYS, NEVER, NEVER),
     (2 * HOUR, 4 * HOUR, 3 * HOUR)],
)  # fmt: skip
def test_a_start_that_is_bounded_on_one_side_is_taken_at_its_bound(low, high, start):
    assert (_draw_start(low, high, Parts(0.5)) == start).all()


def test_as_long_again_counts_from_four_hours():
    hours = AsLongAgain().draw_hours(
        None, "first_traffic", np.zeros(9999), np.random.default_rng(1)
    )
    assert hours.min() >= 4
    assert np.median(hours) == pytest.approx(8, rel=0.05)
