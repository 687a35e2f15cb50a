"""Minutes of timed legs by a pace that knows nothing of their line: each line left out in turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from netmodel.network.railway import Network
from netmodel.trains.pace import (
    BORDER_MINUTES,
    STEPS,
    PaceParts,
    leg_weights,
    outlying_weights,
    part_precision,
)
from netmodel.trains.timed_legs import TimedLeg

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


def leave_lines_out(network: Network, legs: Sequence[TimedLeg]) -> NDArray[np.float64]:
    """Return the minutes of each leg by the legs of all other lines.

    A line is the two ends of a train, in either direction, of all kinds and years. The pace is
    that of `fit_pace`: the same sum of squares under the same pulls is least. It is solved for the
    paces that the legs meet alone, not for the parts of all links, so that a line takes a
    fraction of a second.

    Returns
    -------
    NDArray[np.float64]
        Shape ``(legs,)``. Named stops included. A leg with no other line to learn from
        has the speeds of classes.

    Examples
    --------
    >>> leave_lines_out(Network(hubs=(), links=()), ()).tolist()
    []
    """
    if not legs:
        return np.zeros(0)
    pace = _MetPace.of(network, legs)
    lines = [frozenset(leg.train.pair) for leg in legs]
    none = np.zeros(len(pace.covariance))
    whole = pace.fit(np.arange(len(legs)), none)
    found = np.zeros(len(legs))
    for line in dict.fromkeys(lines):
        mine = np.array([each == line for each in lines])
        others = np.flatnonzero(~mine)
        logs = pace.fit(others, whole) if len(others) else none
        found[mine] = pace.minutes[mine] @ np.exp(logs)
    found += [leg.stopping for leg in legs]
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _MetPace:
    """The logarithms of the paces that legs meet: of each link by profile, and of each border.

    Parameters
    ----------
    legs
        The legs that meet them.
    minutes
        Minutes of each leg on each of them before anything is known, shape ``(legs, paces)``.
    covariance
        How they may plausibly be off together before anything is known, shape ``(paces, paces)``.
    """

    legs: Sequence[TimedLeg]
    minutes: csr_matrix
    covariance: NDArray[np.float64]

    @classmethod
    def of(cls, network: Network, legs: Sequence[TimedLeg]) -> _MetPace:
        """Return what legs meet, with the parts of `PaceParts` behind it."""
        from scipy import sparse
        from scipy.sparse.linalg import splu

        parts = PaceParts(network)
        met: dict[object, int] = {}
        columns: list[list[int]] = []
        cells: list[tuple[float, int, int]] = []
        for row, leg in enumerate(legs):
            of, base = parts.of[leg.profile], parts.base[leg.profile]
            told: list[tuple[object, list[int], float]] = [
                ((leg.profile, at), of[at], km * base[at]) for at, km in leg.km.items()
            ]
            told += [(name, [parts.border[name]], BORDER_MINUTES) for name in leg.borders]
            for key, behind, minutes in told:
                if key not in met:
                    met[key] = len(columns)
                    columns.append(behind)
                cells.append((minutes, row, met[key]))
        values, rows, cols = zip(*cells, strict=True)
        sums = np.zeros((len(columns), len(parts.columns)))
        for row, behind in enumerate(columns):
            sums[row, behind] = 1.0
        solved = splu(part_precision(network, parts).tocsc()).solve(sums.T)
        shape = (len(legs), len(columns))
        return cls(
            legs=legs,
            minutes=sparse.csr_matrix((values, (rows, cols)), shape=shape),
            covariance=sums @ solved,
        )

    def fit(self, chosen: NDArray[np.int64], logs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the paces that chosen legs give, by Gauss–Newton from a first guess."""
        from scipy import linalg, sparse

        legs = [self.legs[at] for at in chosen]
        minutes = self.minutes[chosen]
        weight = leg_weights(legs)
        running = np.log([leg.running for leg in legs])
        robust = np.ones(len(legs))
        for _ in range(STEPS):
            totals = minutes @ np.exp(logs)
            off = running - np.log(totals)
            if logs.any():
                robust = outlying_weights(off, weight)
            slope = sparse.diags(1.0 / totals) @ minutes @ sparse.diags(np.exp(logs))
            reach = slope @ self.covariance
            spread = (slope @ reach.T).T + np.diag(1.0 / (weight * robust) ** 2)
            step = reach.T @ linalg.solve(spread, off + slope @ logs, assume_a="pos") - logs
            logs = logs + np.clip(step, -0.5, 0.5)
            if np.abs(step).max() < 1e-4:
                break
        return logs
