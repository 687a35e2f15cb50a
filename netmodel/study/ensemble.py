"""An ensemble: every metric over time with quantile bands, over draws of the restoration times.

Draws are cut into spans of constant outages, a block at a time; distinct sets of outages are few
and each is measured once; what is left is counting. Durations are whole microseconds and counts
whole numbers, so nothing depends on how the work was divided: the result is the same to the byte
for any number of workers and chunks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from netmodel.errors import InputError, Problem
from netmodel.instants import Window, add_hours, format_instant
from netmodel.outages.draws import BLOCK, HOUR, Drawing, incidents_by_id
from netmodel.outages.milestones import IntArray, milestone_limits, to_microseconds
from netmodel.outages.stages import Stages
from netmodel.outages.timeline import State
from netmodel.study.ensemble_work import (
    Block,
    Draws,
    Measuring,
    SetValues,
    cut_blocks,
    measure_sets,
    spread_work,
)

if TYPE_CHECKING:
    import pandas as pd

    from netmodel.study.run import Progress, Run
    from netmodel.study.scenario import EnsembleModel

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
QUANTILE_NAMES = tuple(f"q{round(100 * level):02d}" for level in QUANTILES)
MOST_CELLS = 400
"""Cells of the common grid, at which the parts of a state become fewer."""
PARTS = (15, 9, 5, 3, 1)
"""Parts into which a state in doubt is divided: odd, so that one lies in its middle."""
WORTH_A_PROCESS = {"blocks": 200, "sets": 400}
"""Below so many pieces of work, starting processes takes longer than doing it."""

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
        edges = [format_instant(add_hours(origin, each / HOUR)) for each in self.grid.edges]
        columns: dict[str, object] = {"start": edges[:-1], "end": edges[1:]}
        for metric in part.metrics:
            found = self.quantiles(part.traffic, metric)
            for number, name in enumerate(QUANTILE_NAMES):
                columns[f"{metric}_{name}"] = found[:, number]
        return pd.DataFrame(columns)

    def probability_connected(self, traffic: str | None = None) -> FloatArray:
        """Return the share of samples in which each pair is connected, ``(cells, pairs)``."""
        connected = self._part(traffic).of_sets.connected
        return (self.counts @ connected.astype(np.int64)) / self.samples

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
        cut = (~part.of_sets.connected[:, kept]).astype(np.float64)
        hours = self._sum_over_spans(cut) / HOUR
        ordered = np.sort(hours, axis=0)
        table: dict[str, object] = {
            "from": [part.pairs[each][0] for each in kept],
            "to": [part.pairs[each][1] for each in kept],
            "probability_cut": (hours > 0).sum(axis=0) / self.samples,
            "mean": ordered.sum(axis=0) / self.samples,
        }
        for level, name in zip(QUANTILES, QUANTILE_NAMES, strict=True):
            table[name] = ordered[_rank(level, self.samples) - 1]
        return pd.DataFrame(table)

    def losses(self, traffic: str | None = None, metric: str = "connected_share") -> FloatArray:
        """Return the resilience loss of each sample, hours; shape ``(samples,)``."""
        part = self._part(traffic)
        drop = 1.0 - part.of_sets.metrics[:, part.metrics.index(metric)]
        weights = self.microseconds / HOUR * drop[self.set_number]
        totals = np.bincount(self.sample, weights, minlength=self.samples)
        return totals.astype(np.float64)

    def describe(self) -> dict[str, object]:
        """Return how the samples were drawn and the loss that came out, as plain values."""
        described: dict[str, object] = {
            "samples": self.samples,
            "seed": self.seed,
            "drawing": self.drawing,
            "distinct_states": len(self.sets),
        }
        for name in self.traffic:
            ordered = np.sort(self.losses(name))
            described[f"resilience_loss_{name}"] = {
                key: _plain(float(ordered[_rank(level, self.samples) - 1]))
                for level, key in zip(QUANTILES, QUANTILE_NAMES, strict=True)
            }
        return described

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


def draw_ensemble(
    run: Run,
    *,
    samples: int,
    seed: int = 0,
    workers: int = 1,
    chunks: int | None = None,
    drawing: Drawing | None = None,
    progress: Progress | None = None,
) -> Ensemble:
    """Draw restoration times within the evidence and run every sample through the timeline.

    Parameters
    ----------
    samples
        >= 1.
    seed
        >= 0; the same seed gives the same samples, and more samples only add to them.
    workers
        Processes; started only when there is enough to do. A script that asks for more than one
        must start its work under ``if __name__ == "__main__"``.
    chunks
        Into how many parts the work is divided; the result does not depend on it.

    Raises
    ------
    InputError
        With every figure out of range, and every incident whose bounds exclude each other.

    Examples
    --------
    >>> from netmodel.study.run import run_scenario
    >>> run = run_scenario("crimea-may-2023")
    >>> ensemble = draw_ensemble(run, samples=100, seed=1)
    >>> low, high = ensemble.losses().min(), ensemble.losses().max()
    >>> bool(0 < low < high)
    True
    """
    _check_counts(samples=samples, seed=seed, workers=workers, chunks=chunks)
    placements = (*run.background, *run.placements)
    limits = milestone_limits(placements, run.timeline.window)
    drawing = drawing or Drawing()
    grid = build_grid(run.timeline.window, run.timeline.states)
    draws = Draws(
        stages=Stages(limits, run.timeline.outages),
        incidents=incidents_by_id(placements),
        drawing=drawing,
        samples=samples,
        seed=seed,
        instants=grid.instants,
    )
    blocks: list[Block] = spread_work(
        cut_blocks, draws, range(draws.blocks),
        **_division(draws.blocks, "blocks", workers, chunks),
    )  # fmt: skip
    if progress:
        progress("samples drawn", samples, samples)
    keys, counts, sample, number, microseconds = _join_blocks(blocks, len(grid.instants))
    sets = tuple(draws.stages.active(key) for key in keys)
    parts = {}
    for impact in run.impacts:
        measuring = Measuring(
            assessor=impact.assessor.fresh(),
            outages=run.timeline.outages,
            metrics=tuple(dict.fromkeys(("connected_share", *run.scenario.metrics))),
        )
        parts[impact.traffic] = _measure(measuring, sets, workers, chunks)
        if progress:
            progress(f"{impact.traffic} sets of outages", len(sets), len(sets))
    return Ensemble(
        samples=samples,
        seed=seed,
        drawing=drawing.name,
        grid=grid,
        sets=sets,
        counts=counts,
        sample=sample,
        set_number=number,
        microseconds=microseconds,
        traffic=parts,
    )


def choose_ensemble(
    given: EnsembleModel | None, *, samples: int | None, seed: int | None
) -> dict[str, int]:
    """Return the samples and seed of a run: what is asked for, else what the scenario says.

    Raises
    ------
    InputError
        If a figure is out of range, or only a seed is given and there is nothing to seed.
    """
    if samples is None and given is None:
        what = f"a seed (={seed}) without samples"
        raise InputError([Problem(what=what, remedy="say how many samples to draw")])
    chosen = {
        "samples": given.samples if samples is None and given is not None else samples,
        "seed": (given.seed if given is not None else 0) if seed is None else seed,
    }
    _check_counts(samples=chosen["samples"], seed=chosen["seed"], workers=1, chunks=None)
    return {name: int(value) for name, value in chosen.items() if value is not None}


def _check_counts(
    *, samples: int | None, seed: int | None, workers: int, chunks: int | None
) -> None:
    wanted = [("samples", samples, 1), ("seed", seed, 0), ("workers", workers, 1)]
    if chunks is not None:
        wanted.append(("chunks", chunks, 1))
    problems = [
        Problem(what=f"{name} (={value}) must be a whole number, at least {least}")
        for name, value, least in wanted
        if isinstance(value, bool) or not isinstance(value, int) or value < least
    ]
    if problems:
        raise InputError(problems)


def _division(count: int, kind: str, workers: int, chunks: int | None) -> dict[str, int]:
    """Return how work is divided: among processes only where that is worth it."""
    used = workers if count >= WORTH_A_PROCESS[kind] else 1
    return {"workers": used, "chunks": chunks or 4 * used}


def build_grid(window: Window, states: Sequence[State]) -> Grid:
    """Return a grid on the break points of a run; states in doubt are divided further."""
    doubtful = sum(state.possible != state.certain for state in states)
    settled = len(states) - doubtful
    parts = next((p for p in PARTS if settled + p * doubtful <= MOST_CELLS), 1)
    edges: list[int] = []
    middle: list[int] = []
    for state in states:
        start = to_microseconds(state.start, window.start)
        end = to_microseconds(state.end, window.start)
        count = parts if state.possible != state.certain and end - start >= parts else 1
        middle.append(len(edges) + count // 2)
        edges += [start + (end - start) * number // count for number in range(count)]
    edges.append(to_microseconds(window.end, window.start))
    return Grid(
        window=window,
        edges=np.array(edges, dtype=np.int64),
        middle_cell=np.array(middle, dtype=np.int64),
    )


def _join_blocks(
    blocks: Sequence[Block], cells: int
) -> tuple[IntArray, IntArray, IntArray, IntArray, IntArray]:
    """Return distinct keys, counts in cells, and the spans of all samples, numbered throughout."""
    every = [block.spans.keys for block in blocks] + [block.count_keys for block in blocks]
    keys, place = np.unique(np.concatenate(every), axis=0, return_inverse=True)
    places = np.split(place.reshape(-1), np.cumsum([len(each) for each in every])[:-1])
    counts = np.zeros((cells, len(keys)), dtype=np.int64)
    for block, found in zip(blocks, places[len(blocks) :], strict=True):
        counts[:, found] += block.counts
    return (
        keys,
        counts,
        np.concatenate([b.spans.sample + number * BLOCK for number, b in enumerate(blocks)]),
        np.concatenate([found[b.spans.number] for b, found in zip(blocks, places, strict=False)]),
        np.concatenate([block.spans.microseconds for block in blocks]),
    )


def _measure(
    measuring: Measuring, sets: Sequence[frozenset[int]], workers: int, chunks: int | None
) -> TrafficEnsemble:
    found: list[SetValues] = spread_work(
        measure_sets, measuring, sets, **_division(len(sets), "sets", workers, chunks)
    )
    demand = measuring.assessor.demand
    rows, columns = np.nonzero(demand.trips > 0)
    return TrafficEnsemble(
        traffic=measuring.assessor.profile.traffic,
        metrics=measuring.metrics,
        pairs=tuple(
            (demand.hubs[one], demand.hubs[other]) for one, other in zip(rows, columns, strict=True)
        ),
        of_sets=SetValues(
            metrics=np.stack([each.metrics for each in found]),
            connected=np.stack([each.connected for each in found]),
        ),
        in_base=measuring.assessor.base.connected[rows, columns],
    )


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
