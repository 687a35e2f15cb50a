"""A few damaged inputs of every reader: each is read or refused, soon."""

import pytest

from tests.fuzz.__main__ import fuzz
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_damaged_inputs_are_read_or_refused(name):
    pytest.importorskip("osmium")
    pytest.importorskip("pyogrio")
    tally = fuzz(name, seed=0, seconds=30, most=40)
    assert tally.findings == []
    assert tally.refused > 0
