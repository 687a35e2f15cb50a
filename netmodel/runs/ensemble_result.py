"""What an ensemble tells: quantile bands, chances of being connected, hours cut, losses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from netmodel.outages.draws import BLOCK, HOUR
from netmodel.outages.milestones import IntArray
from netmodel.runs.columns import to_instants
from netmodel.runs.documents import EnsembleSummary
from netmodel.times import Window, add_hours

if TYPE_CHECKING:
    import pandas as pd


QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
QUANTILE_NAMES = tuple(f"q{round(100 * level):02d}" for level in QUANTILES)
CELLS_TOGETHER = 10_000_000
"""Pairs times sets and samples that are looked at together, to bound the memory."""
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Grid:
    """Cells of time that are common to all samples; half-open.

    Parameters
    ----------
    edges
        Microseconds into the window, shape ``(cells + 1,)``; every break point is one of them.
    middle_cell
        For each state of the run, the cell around its middle.
    """

    window: Window
    edges: IntArray
    middle_cell: IntArray

    @property
    def instants(self) -> IntArray:
        """The middle of each cell, at which samples are looked at."""
        return (self.edges[:-1] + self.edges[1:]) // 2


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SetValues:
    """What some sets of outages mean for one kind of traffic.

    Parameters
    ----------
    metrics
        Shape ``(sets, metrics)``.
    connected_bits
        Whether each pair with demand has a route by rail, eight pairs to a byte:
        `numpy.packbits` of ``(sets, pairs)``.
    """

    metrics: NDArray[np.float64]
    connected_bits: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TrafficEnsemble:
    """What the distinct sets of outages of an ensemble mean for one kind of traffic.

    Parameters
    ----------
    pairs
        Ids of the hubs of each pair with demand.
    of_sets
        One row for each set.
    in_base
        Whether each pair is connected in the base.
    """

    traffic: str
    metrics: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    of_sets: SetValues
    in_base: NDArray[np.bool_]


@dataclass(frozen=True, eq=False, kw_only=True)
class Ensemble:
    """Samples of a run under draws of the milestone times.

    Parameters
    ----------
    drawing
        How times were drawn, in words.
    durations_of, durations
        Whose durations open ends were drawn from (``built-in`` or ``own``; empty without a fit),
        and how many they are.
    sets
        The distinct sets of outages, as positions.
    counts
        In how many samples each set holds in each cell of the grid, ``(cells, sets)``.
    sample, set_number, microseconds
        The spans of all samples: whose, which set, how long.
    """

    samples: int
    seed: int
    drawing: str
    grid: Grid
    sets: tuple[frozenset[int], ...]
    counts: IntArray
    sample: IntArray
    set_number: IntArray
    microseconds: IntArray
    traffic: Mapping[str, TrafficEnsemble]
    durations_of: str = ""
    durations: int | None = None

    def __repr__(self) -> str:
        kinds = ", ".join(self.traffic)
        return (
            f"<Ensemble: {self.samples:,} samples, seed {self.seed}, {len(self.sets):,} distinct "
            f"sets of outages, {kinds}; {self.drawing}>"
        )

    def quantiles(self, traffic: str, metric: str, *, cells: IntArray | None = None) -> FloatArray:
        """Return the quantiles of a metric in each cell, or in some, shape ``(cells, 5)``.

        Levels are `QUANTILES`; each is the value of a sample (the lowest that so many samples do
        not exceed), over the samples in which the metric is defined; nan where it is in none.
        """
        part = self.traffic[traffic]
        values = part.of_sets.metrics[:, part.metrics.index(metric)]
        return weighted_quantiles(values, self.counts if cells is None else self.counts[cells])

    def bands(self, traffic: str | None = None) -> pd.DataFrame:
        """Return ``start, end`` (UTC) of each cell and five quantiles of every metric."""
        import pandas as pd

        part = self._part(traffic)
        origin = self.grid.window.start
        edges = to_instants(add_hours(origin, each / HOUR) for each in self.grid.edges)
        columns: dict[str, object] = {
            "start": edges.iloc[:-1].array,
            "end": edges.iloc[1:].array,
        }
        for metric in part.metrics:
            found = self.quantiles(part.traffic, metric)
            for number, name in enumerate(QUANTILE_NAMES):
                columns[f"{metric}_{name}"] = found[:, number]
        return pd.DataFrame(columns)

    def probability_connected(self, traffic: str | None = None) -> FloatArray:
        """Return the share of samples in which each pair is connected, ``(cells, pairs)``."""
        part = self._part(traffic)
        found = np.empty((len(self.counts), len(part.pairs)))
        counts = self.counts.astype(np.float64)  # whole numbers; sums of them are exact
        for pairs, connected in self._connected_parts(part):
            found[:, pairs] = counts @ connected.astype(np.float64)
        return found / self.samples

    def hours_cut(self, traffic: str | None = None) -> pd.DataFrame:
        """Return how long each pair is cut: mean, quantiles, and the chance that it is at all.

        Returns
        -------
        DataFrame
            One row for each pair connected in the base: ``from, to``, ``probability_cut`` at any
            time in the window, ``mean`` and five quantiles in hours.
        """
        import pandas as pd

        part = self._part(traffic)
        kept = np.flatnonzero(part.in_base)
        names = ("probability_cut", "mean", *QUANTILE_NAMES)
        figures = np.empty((len(names), len(part.pairs)))
        for pairs, connected in self._connected_parts(part):
            hours = self._sum_over_spans((~connected).astype(np.float64)) / HOUR
            figures[0, pairs] = (hours > 0).sum(axis=0) / self.samples
            ordered = np.sort(hours, axis=0)
            figures[1, pairs] = ordered.sum(axis=0) / self.samples
            for row, level in enumerate(QUANTILES, start=2):
                figures[row, pairs] = ordered[_rank(level, self.samples) - 1]
        table: dict[str, object] = {
            "from": [part.pairs[each][0] for each in kept],
            "to": [part.pairs[each][1] for each in kept],
            **dict(zip(names, figures[:, kept], strict=True)),
        }
        return pd.DataFrame(table)

    def _connected_parts(self, part: TrafficEnsemble) -> Iterator[tuple[slice, NDArray[np.bool_]]]:
        """Yield whether some pairs at a time are connected in each set, to bound the memory."""
        bits, count = part.of_sets.connected_bits, len(part.pairs)
        together = max(1, CELLS_TOGETHER // (len(bits) + self.samples) // 8)
        for first in range(0, bits.shape[1], together):
            pairs = slice(8 * first, min(8 * (first + together), count))
            found = np.unpackbits(
                bits[:, first : first + together], axis=1, count=pairs.stop - pairs.start
            )
            yield pairs, found.astype(bool)

    def losses(self, traffic: str | None = None, metric: str = "connected_share") -> FloatArray:
        """Return the resilience loss of each sample, hours; shape ``(samples,)``."""
        part = self._part(traffic)
        drop = 1.0 - part.of_sets.metrics[:, part.metrics.index(metric)]
        weights = self.microseconds / HOUR * drop[self.set_number]
        totals = np.bincount(self.sample, weights, minlength=self.samples)
        return totals.astype(np.float64)

    def describe(self) -> EnsembleSummary:
        """Return how the samples were drawn and the loss that came out."""
        losses: dict[str, dict[str, float | None]] = {}
        for name in self.traffic:
            ordered = np.sort(self.losses(name))
            losses[name] = {
                key: _plain(float(ordered[_rank(level, self.samples) - 1]))
                for level, key in zip(QUANTILES, QUANTILE_NAMES, strict=True)
            }
        return EnsembleSummary(
            samples=self.samples,
            seed=self.seed,
            drawing=self.drawing,
            durations_of=self.durations_of,
            durations=self.durations,
            distinct_states=len(self.sets),
            resilience_loss=losses,
        )

    def _part(self, traffic: str | None) -> TrafficEnsemble:
        return self.traffic[next(iter(self.traffic)) if traffic is None else traffic]

    def _sum_over_spans(self, per_set: FloatArray) -> FloatArray:
        """Return microseconds times a whole number per set, summed for each sample."""
        result = np.zeros((self.samples, per_set.shape[1]))
        edges = np.searchsorted(self.sample, np.arange(0, self.samples + BLOCK, BLOCK))
        for number, (first, last) in enumerate(pairwise(edges)):
            low = number * BLOCK
            size = min(BLOCK, self.samples - low)
            used, place = np.unique(self.set_number[first:last], return_inverse=True)
            where = (self.sample[first:last] - low) * len(used) + place
            lasted = np.bincount(
                where, self.microseconds[first:last].astype(np.float64), size * len(used)
            )
            # whole numbers below 2^53 add up exactly, in whatever order they are added
            result[low : low + size] = lasted.reshape(size, len(used)) @ per_set[used]
        return result


def weighted_quantiles(values: FloatArray, counts: IntArray) -> FloatArray:
    """Return quantiles of values that occur so many times in each cell.

    Parameters
    ----------
    values
        Shape ``(sets,)``; nan is left out.
    counts
        Shape ``(cells, sets)``, whole numbers.

    Returns
    -------
    ndarray
        Shape ``(cells, 5)``, for the levels of `QUANTILES`; nan where nothing is counted.

    Examples
    --------
    >>> weighted_quantiles(np.array([0.5, 1.0]), np.array([[30, 70], [0, 100]])).tolist()
    [[0.5, 0.5, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0, 1.0]]
    """
    known = np.flatnonzero(~np.isnan(values))
    order = known[np.argsort(values[known], kind="stable")]
    result = np.full((len(counts), len(QUANTILES)), np.nan)
    if not len(order):
        return result
    passed = counts[:, order].cumsum(axis=1)
    totals = passed[:, -1]
    for number, level in enumerate(QUANTILES):
        rank = np.maximum(np.ceil(level * totals - 1e-9), 1)
        place = np.minimum((passed < rank[:, None]).sum(axis=1), len(order) - 1)
        result[:, number] = np.where(totals > 0, values[order[place]], np.nan)
    return result


def _rank(level: float, count: int) -> int:
    """Return the position, from 1, of the lowest value that so large a share does not exceed."""
    return max(int(np.ceil(level * count - 1e-9)), 1)


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 4)
