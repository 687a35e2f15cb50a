"""How large the tables of a run will be, told before it is computed."""

from __future__ import annotations

from dataclasses import dataclass

ROW_BYTES = 80
"""Of a row of ``pairs.csv``."""
PAIR_BYTES = 1_500
"""Of memory for each pair of places, in whatever number of states."""
WORTH_TELLING = 1_000_000
"""Rows; of fewer nothing is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairSize:
    """How many pairs of places a run follows, over all kinds of traffic.

    Examples
    --------
    >>> PairSize(pairs=499_500, states=61).rows
    30469500
    """

    pairs: int
    states: int

    @property
    def rows(self) -> int:
        """Rows of ``pairs.csv`` at most: a row for each pair in each state."""
        return self.pairs * self.states

    def tell(self) -> str:
        """Return a note for the user; empty where the tables stay small.

        Examples
        --------
        >>> print(PairSize(pairs=499_500, states=61).tell())
        499,500 pairs of places in 61 states: at most 30,469,500 rows of pairs, 2.4 GB as CSV; about 0.7 GB of memory for the pairs; fewer places of demand or a shorter window make it less
        >>> PairSize(pairs=100, states=61).tell()
        ''
        """  # noqa: E501 - what is printed is one line
        if self.rows < WORTH_TELLING:
            return ""
        return (
            f"{self.pairs:,} pairs of places in {self.states:,} states: at most {self.rows:,} rows "
            f"of pairs, {_in_bytes(self.rows * ROW_BYTES)} as CSV; about "
            f"{_in_bytes(self.pairs * PAIR_BYTES)} of memory for the pairs; fewer places of demand "
            "or a shorter window make it less"
        )


def _in_bytes(count: int) -> str:
    return f"{count / 1e9:,.1f} GB" if count >= 1e8 else f"{max(count / 1e6, 1):,.0f} MB"
