"""An ensemble: every metric over time with quantile bands, over draws of the restoration times.

Draws are cut into spans of constant outages, a block at a time; distinct sets of outages are few
and each is measured once; what is left is counting. Durations are whole microseconds and counts
whole numbers, so nothing depends on how the work was divided: the result is the same to the byte
for any number of workers and chunks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from netmodel.errors import InputError, Problem
from netmodel.instants import Window, to_microseconds
from netmodel.outages.draws import BLOCK, MOST_SAMPLES, Drawing, incidents_by_id
from netmodel.outages.milestones import IntArray, milestone_limits
from netmodel.outages.stages import Stages
from netmodel.outages.timeline import State
from netmodel.study.ensemble_result import Ensemble, Grid, TrafficEnsemble
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
    from netmodel.study.run import Progress, Run
    from netmodel.study.scenario import EnsembleModel

MOST_CELLS = 400
"""Cells of the common grid, at which the parts of a state become fewer."""
PARTS = (15, 9, 5, 3, 1)
"""Parts into which a state in doubt is divided: odd, so that one lies in its middle."""
WORTH_A_PROCESS = {"blocks": 200, "sets": 400}
"""Below so many pieces of work, starting processes takes longer than doing it."""


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
    drawing
        How times are drawn; by default as the scenario says, see `choose_drawing`.

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
    drawing = drawing or choose_drawing(run)
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
) -> dict[str, object]:
    """Return the ensemble of a run: the samples and seed asked for, else what the scenario says.

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
    return {**(given.model_dump() if given is not None else {}), **chosen}


def choose_drawing(run: Run) -> Drawing:
    """Return how a run draws its times: open ends by the rule or by the fitted model.

    The model is fitted to the catalogue that comes with netmodel, with only the claims that were
    public by the run's `as_of`.

    Raises
    ------
    InputError
        If the model is asked for and cannot be fitted.
    """
    wanted = run.scenario.ensemble
    if wanted is None or wanted.open_ends == "as-long-again":
        return Drawing()
    from netmodel.evidence.built_in import built_in_catalogue
    from netmodel.evidence.durations import collect_durations
    from netmodel.evidence.restoration import fit_restoration
    from netmodel.outages.predicted_ends import ends_from_fit

    catalogue = built_in_catalogue()
    durations = collect_durations(catalogue, as_of=run.scenario.as_of_instant())
    incidents = [each.incident for each in (*run.background, *run.placements)]
    ends = ends_from_fit(fit_restoration(durations), incidents)
    return Drawing(ends=ends)


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
    if not problems and samples is not None and samples > MOST_SAMPLES:
        problems.append(Problem(what=f"samples (={samples}) must be {MOST_SAMPLES} at most"))
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
